//! Table = diagram = interpreter: every fast path against the oracle.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::verify::Sheet;
use super::*;
use crate::compile::oracle::Oracle;
use crate::diagnostic::SourceFile;
use crate::gate::Gate;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::responses::{Answer, Missing, SafetyBlock};
use crate::ruleset::{LoadOptions, load};

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

    fn sheet(&self, answers: &[Answer]) -> Sheet<'_> {
        Sheet { oracle: &self.oracle, answers: answers.to_vec(), row: 0 }
    }

    /// Compares one assessed sheet with what the interpreter says; returns how many conditions were compared.
    #[track_caller]
    fn compare(&self, answers: &[Answer], row: AssessedRow<'_>) -> usize {
        let finding = self.gate.check(SafetyBlock::Answered, |slot| answers[slot]);
        let sheet = self.sheet(answers);
        let compared = sheet.seen(answers, &finding, usize::MAX).and_then(|seen| sheet.compare(&seen, row));
        compared.unwrap_or_else(|error| panic!("{error} on {}", self.show(answers))) as usize
    }

    /// The signals of all fills of a sheet, by the interpreter.
    fn signals_of_fills(&self, answers: &[Answer]) -> BTreeSet<usize> {
        self.sheet(answers).signals(usize::MAX).unwrap().unwrap()
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
