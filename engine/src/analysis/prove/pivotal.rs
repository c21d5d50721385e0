//! Whether a rule matters: some sheet is read differently without it.

use super::{Counterexample, Found, Prover};
use crate::analysis::Reported;
use crate::analysis::witness::{TURNS, assessed};
use crate::assess::{Reason, RowView};
use crate::compile::complete::{Builder, Parts};
use crate::compile::{NeverTarget, Rule, RuleEffect, Variant};
use crate::diagram::{NodeId, OverBudget};
use crate::responses::Responses;
use crate::ruleset::Ruleset;
use crate::script::Read;

/// What a rule can change, from what is quickly made to what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Overlay(usize),
    Stage,
    Signal,
    Reason,
}

/// How much a rule matters.
enum Weight {
    /// It can change stage, overlays, signal or reason.
    Pivotal,
    /// It can change the level of a sign, which is shown, and nothing else.
    LevelOnly,
    /// Nothing is read differently without it.
    None,
    /// The diagrams differ, and no sheet was found that the engine reads differently.
    Unconfirmed,
}

impl Prover<'_> {
    /// The rules that decide something.
    pub(super) fn deciding(&self) -> Vec<usize> {
        let never = |rule: usize| self.variant.never.iter().any(|never| never.target == NeverTarget::Rule(rule));
        let rules = self.variant.rules.iter().enumerate();
        rules
            .filter(|(at, rule)| !never(*at) && rule.effects.iter().any(|effect| *effect != RuleEffect::Note))
            .map(|(at, _)| at)
            .collect()
    }

    /// For each rule that decides something, whether it matters. `exempt` gets those that change a shown level only.
    pub(super) fn rules_pivotal(&mut self, exempt: &mut Vec<String>) -> Result<Vec<Found>, OverBudget> {
        let parts = self.functions.parts.without_rules(self.variant);
        let mut found = Vec::new();
        for rule in self.deciding() {
            let name = self.variant.rules.get(rule).map_or("", |rule| rule.id.as_str());
            let says = format!("no sheet is read differently without `{name}`");
            match self.weight(rule, parts.clone())? {
                Weight::Pivotal => {}
                Weight::LevelOnly => {
                    exempt.push(format!("{name}: it changes the level of a sign that is shown, and nothing else"));
                }
                Weight::None => found.push(Found::Confirmed(Counterexample { says, sheets: Vec::new() })),
                Weight::Unconfirmed => found.push(Found::Unconfirmed(format!("`{name}`"))),
            }
        }
        Ok(found)
    }

    fn weight(&mut self, rule: usize, mut parts: Parts) -> Result<Weight, OverBudget> {
        let variant = self.variant.without_rule(rule);
        let mut looked_at: Vec<Part> = (0..variant.overlays.len()).map(Part::Overlay).collect();
        looked_at.extend([Part::Stage, Part::Signal, Part::Reason]);
        // Enough for overlays and stage; a signal needs its diagram.
        let unsigned = self.ruleset.with_variant(variant.clone());
        let mut differs_somewhere = false;
        for part in looked_at {
            let (with, without);
            (with, without, parts) = self.made(&variant, part, parts)?;
            if with == without {
                continue;
            }
            differs_somewhere = true;
            let differs = self.sheets.diagram.combine(with, without, &|a, b| u32::from(a != b))?;
            let Some(levels) = self.sheets.shortest_answered(differs, &|differs| differs == 1) else { continue };
            let signed = match part {
                Part::Overlay(_) | Part::Stage => None,
                Part::Signal | Part::Reason => self.ruleset.without_rule(variant.role, variant.form, rule),
            };
            let other = match part {
                Part::Overlay(_) | Part::Stage => &unsigned,
                // Without a diagram of its own there is no signal to compare with.
                Part::Signal | Part::Reason => match &signed {
                    Some(signed) => signed,
                    None => return Ok(Weight::Unconfirmed),
                },
            };
            let shown = self.is_read_otherwise(&levels, other, &|with, without| match part {
                Part::Overlay(_) => with.overlays != without.overlays,
                Part::Stage => with.stage != without.stage,
                Part::Signal | Part::Reason => with != without,
            });
            if shown {
                return Ok(Weight::Pivotal);
            }
        }
        let raises_flag = self.variant.rules.get(rule).is_some_and(Rule::raises_flag);
        if differs_somewhere || raises_flag {
            return self.weight_after_tests(rule, &variant);
        }
        let untested = self.sheets.untested(&variant, parts)?;
        Ok(if untested.levels == self.functions.levels { Weight::None } else { Weight::LevelOnly })
    }

    /// Whether a sheet with these levels is read otherwise by another ruleset.
    fn is_read_otherwise(
        &self,
        levels: &[(u32, u32)],
        other: &Ruleset,
        differ: &dyn Fn(&SheetResult, &SheetResult) -> bool,
    ) -> bool {
        (0..TURNS).any(|turn| {
            let sheet = self.sheets.responses(levels, turn);
            let results = result(self.ruleset, &sheet).zip(result(other, &sheet));
            results.is_some_and(|(with, without)| differ(&with, &without))
        })
    }

    /// What differs before the honesty tests may be the same after them, and a flag works only there.
    fn weight_after_tests(&mut self, rule: usize, variant: &Variant) -> Result<Weight, OverBudget> {
        let tested = self.sheets.functions(self.ruleset.kind, variant)?;
        if tested.reported != self.functions.reported {
            return Ok(Weight::Pivotal);
        }
        // A reason stands only beside what is neither decisive nor of the engine's own making.
        let with = self.reason_beside(self.functions.reported, self.functions.reason)?;
        let without = self.reason_beside(tested.reported, tested.reason)?;
        if with != without {
            let differs = self.sheets.diagram.combine(with, without, &|a, b| u32::from(a != b))?;
            let levels = self.sheets.shortest_answered(differs, &|differs| differs == 1);
            let other = self.ruleset.without_rule(variant.role, variant.form, rule);
            let shown = levels.zip(other).is_some_and(|(levels, other)| {
                self.is_read_otherwise(&levels, &other, &|with, without| with.reason != without.reason)
            });
            return Ok(if shown { Weight::Pivotal } else { Weight::Unconfirmed });
        }
        Ok(match tested.stage == self.functions.stage && tested.overlays == self.functions.overlays {
            true if tested.levels == self.functions.levels => Weight::None,
            true => Weight::LevelOnly,
            false => Weight::Unconfirmed,
        })
    }

    /// One part with and without the rule, and what was made of it.
    fn made(&mut self, variant: &Variant, part: Part, parts: Parts) -> Result<(NodeId, NodeId, Parts), OverBudget> {
        let flagged = self.sheets.diagram.map(self.functions.gate, &|says| u32::from(says > 0))?;
        let sheets = &mut self.sheets;
        let mut builder = Builder::new(sheets.questionnaire, variant, &sheets.variables, &mut sheets.diagram, parts);
        builder.know(Read::Flagged, flagged);
        let functions = &self.functions;
        let (with, without) = match part {
            Part::Overlay(at) => {
                let with = functions.overlays.get(at).copied().unwrap_or(NodeId::leaf(0));
                (with, builder.overlay(at)?)
            }
            Part::Stage => (functions.stage, builder.stage()?),
            Part::Signal => (functions.signal, builder.ladder(&variant.signals)?),
            Part::Reason => (functions.reason, builder.ladder(&variant.reasons)?),
        };
        Ok((with, without, builder.into_parts()))
    }
}

/// All of a sheet's result that a rule can decide.
#[derive(PartialEq)]
struct SheetResult {
    reported: Option<Reported>,
    reason: Option<Reason>,
    stage: Option<usize>,
    overlays: Vec<usize>,
}

/// None for a sheet that is withheld or goes another path.
fn result(ruleset: &Ruleset, sheet: &Responses) -> Option<SheetResult> {
    let assessed = assessed(ruleset, std::slice::from_ref(sheet))?;
    let row = assessed.row(0);
    let reported = Reported::of_row(&row);
    let RowView::Assessed(row) = row else { return None };
    let shown = !row.is_other_path();
    shown.then(|| SheetResult {
        reported,
        reason: row.reason(),
        stage: row.stage(),
        overlays: row.overlays().collect(),
    })
}
