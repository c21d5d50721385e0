//! Table = diagram = interpreter: every fast path against the oracle.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::compile::oracle::Oracle;
use crate::diagnostic::SourceFile;
use crate::gate::Gate;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::responses::{Answer, Missing, SafetyBlock};
use crate::ruleset::{LoadOptions, load};
use crate::scoring::Value;

mod exhaustive;
mod shipped;
mod skipped;

/// A ruleset and its oracle.
struct Pair {
    ruleset: crate::ruleset::Ruleset,
    oracle: Oracle,
    gate: Gate,
    role: Role,
    form: Form,
}

impl Pair {
    fn new(questionnaire: &Arc<Questionnaire>, files: &[SourceFile], role: Role, form: Form) -> Self {
        let (ruleset, _) =
            load(files, questionnaire, &LoadOptions::only(role, form)).unwrap_or_else(|error| panic!("{:#?}", error.0));
        let variant = ruleset.variant(role, form).unwrap();
        let oracle = Oracle::new(files, questionnaire, &ruleset, variant).unwrap();
        Self { gate: Gate::new(questionnaire), ruleset, oracle, role, form }
    }

    fn questionnaire(&self) -> &Questionnaire {
        self.ruleset.questionnaire()
    }

    fn variant(&self) -> &crate::compile::Variant {
        &self.oracle.variant
    }

    fn block(&self, sheets: &[Vec<Answer>]) -> BlockAssessment {
        let mut block = AnswerBlock::new(self.questionnaire(), self.form, SafetyBlock::Answered);
        for sheet in sheets {
            block.push(self.role, sheet);
        }
        assess_block(&self.ruleset, &block).unwrap()
    }

    /// Compares one assessed sheet with what the interpreter says; returns how many conditions were compared.
    #[track_caller]
    fn compare(&self, sheet: &[Answer], row: AssessedRow<'_>, most: usize) -> usize {
        let finding = self.gate.check(SafetyBlock::Answered, |slot| sheet[slot]);
        let seen = self.oracle.sheet(sheet, &finding, most).unwrap();
        let (evaluation, at) = row.evaluation();
        let mut compared = 0;
        for (number, outcome) in seen.outcomes.iter().enumerate() {
            if let Some(outcome) = outcome {
                let fast = evaluation.outcomes[number][at];
                assert_eq!(fast, *outcome, "condition {number} on {}", self.show(sheet));
                compared += 1;
            }
        }
        let as_value = |value: Value| match value {
            Value::Known { .. } => Some(value.exact()),
            Value::Unknown => None,
            Value::Absent => Some(None),
        };
        for (number, value) in seen.scales.iter().enumerate() {
            assert_eq!(as_value(row.score(number).value), *value, "scale {number} on {}", self.show(sheet));
        }
        for (number, value) in seen.aggregates.iter().enumerate() {
            assert_eq!(as_value(row.aggregate(number)), *value, "aggregate {number} on {}", self.show(sheet));
        }
        if !self.variant().stages.is_empty() && !seen.capped {
            assert_eq!(row.stage(), seen.stage.flatten(), "stage on {}", self.show(sheet));
        }
        compared
    }

    /// The signals of all fills of a sheet, by the interpreter. None if there are more than `most`.
    fn signals_of_fills(&self, sheet: &[Answer], most: usize) -> Option<BTreeSet<usize>> {
        let questionnaire = self.questionnaire();
        let mut fills = vec![sheet.to_vec()];
        for (slot, found) in questionnaire.slots.iter().enumerate() {
            let item = questionnaire.item_of(found).unwrap();
            if item.block || !self.variant().asked[slot] || item.id == crate::questionnaire::MINOR_ITEM {
                continue;
            }
            fills = fills
                .into_iter()
                .flat_map(|fill| {
                    // An item whose parent does not hold in this fill is not asked, whatever was open.
                    let mut settled = fill.clone();
                    let asked = item.asked_if.as_ref().is_none_or(|when| {
                        let parent = questionnaire.slot(&when.item).unwrap();
                        let value = settled[parent].level().and_then(|l| questionnaire.slots[parent].levels.value(l));
                        value.is_some_and(|value| when.op.holds(&value, &when.value))
                    });
                    if !asked {
                        settled[slot] = Answer::Missing(Missing::NotShown);
                        return vec![settled];
                    }
                    let open = settled[slot].is_unknown() || settled[slot] == Answer::Missing(Missing::NotShown);
                    if !open {
                        return vec![settled];
                    }
                    let levels = 0..found.levels.count() as u16;
                    levels
                        .map(|level| {
                            let mut fill = settled.clone();
                            fill[slot] = Answer::Level(level);
                            fill
                        })
                        .collect()
                })
                .collect();
            if fills.len() > most {
                return None;
            }
        }
        let finding = crate::gate::Finding::default();
        Some(
            fills
                .iter()
                .map(|fill| self.oracle.sheet(fill, &finding, most).unwrap().signal.flatten().unwrap())
                .collect(),
        )
    }

    fn show(&self, sheet: &[Answer]) -> String {
        let slots = self.questionnaire().slots.iter().zip(sheet);
        slots.map(|(slot, answer)| format!("{}={answer:?} ", slot.id)).collect()
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014), enough to draw test sheets.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }
}
