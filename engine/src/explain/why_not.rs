//! Why one rule did not fire on a sheet.

use crate::analysis::Untold;
use crate::assess::{NotLoaded, RowView, RuleOutcome};
use crate::assessment::{Assessment, Distance, RuleReading};
use crate::compile::Variable;
use crate::responses::Responses;
use crate::ruleset::Ruleset;

use super::changes::NOTHING;
use super::{Sheet, explain_row};

/// What was found about a rule on a sheet.
#[derive(Debug, Clone)]
pub struct WhyNot {
    /// What the sheet says.
    pub assessment: Assessment,
    /// What the rule did, or why nothing is told of it.
    pub found: Result<RuleOnSheet, Untold>,
}

/// What a rule did on a sheet, and what it would have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOnSheet {
    /// What it did and read.
    pub rule: RuleReading,
    /// For one that did not fire: the least change of what it reads with which it would. None if there is none that
    /// leaves alone what the safety gate looks at, what is missing and what other rules say.
    pub least: Option<Distance>,
}

/// What a rule did on a sheet.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without the variant that these responses need.
pub fn why_not(ruleset: &Ruleset, responses: &Responses, rule: &str) -> Result<WhyNot, NotLoaded> {
    let assessed = crate::assess::assess_one(ruleset, responses)?;
    let assessment = explain_row(ruleset, responses, &assessed, 0);
    let found = match (assessed.row(0), ruleset.variant(responses.role, responses.form), &assessment) {
        (RowView::Assessed(row), Some(variant), Assessment::Read(reading)) => {
            Sheet { ruleset, variant, responses, row }.rule_named(rule, &reading.rules)
        }
        _ => Err(Untold::PageOnly),
    };
    Ok(WhyNot { assessment, found })
}

impl Sheet<'_> {
    fn rule_named(&self, id: &str, readings: &[RuleReading]) -> Result<RuleOnSheet, Untold> {
        if self.row.is_other_path() || self.row.finding().own_behaviour {
            return Err(Untold::PageOnly);
        }
        let named = self.variant.rules.iter().zip(readings).enumerate().find(|(_, (rule, _))| rule.id == id);
        let (number, (rule, reading)) = named.ok_or(Untold::NotDeclared)?;
        let did_not = self.row.rule(number) == RuleOutcome::NotFired;
        let least = if did_not { self.least_change(rule.condition) } else { None };
        Ok(RuleOnSheet { rule: reading.clone(), least })
    }

    /// The least change of what a condition reads that would make it hold, but for what the safety gate looks at.
    fn least_change(&self, condition: usize) -> Option<Distance> {
        let tables = &self.variant.tables;
        let root = tables.conditions.get(condition)?.root;
        let is_fixed = |at: usize| match tables.variables.get(at).map(|variable| &variable.variable) {
            Some(Variable::Slot(slot)) => self.ruleset.gate().reads(*slot),
            _ => false,
        };
        let cost = |at: u32, level: u32| match is_fixed(at as usize) && level != self.code(at as usize) {
            true => None,
            false => self.cost(at as usize, level),
        };
        let nearest = tables.diagram.nearest(root, NOTHING, &|outcome| outcome == 1, &cost)?;
        Some(self.distance_of(nearest))
    }
}
