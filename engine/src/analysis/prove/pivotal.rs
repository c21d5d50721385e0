//! Whether a rule matters: some sheet is read differently without it.

use super::{Counterexample, Found, Prover};
use crate::analysis::Reported;
use crate::analysis::functions::Untested;
use crate::analysis::witness::{TURNS, assessed};
use crate::assess::RowView;
use crate::compile::RuleEffect;
use crate::diagram::{NodeId, OverBudget};
use crate::responses::Responses;
use crate::ruleset::Ruleset;

impl Prover<'_> {
    /// The rules that decide something.
    pub(super) fn deciding(&self) -> Vec<usize> {
        let never = |rule: usize| {
            self.variant.never.iter().any(|never| never.target == crate::compile::NeverTarget::Rule(rule))
        };
        let rules = self.variant.rules.iter().enumerate();
        rules
            .filter(|(at, rule)| !never(*at) && rule.effects.iter().any(|effect| *effect != RuleEffect::Note))
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn rules_pivotal(&mut self) -> Result<Vec<Found>, OverBudget> {
        let mut found = Vec::new();
        for rule in self.deciding() {
            let name = self.variant.rules.get(rule).map_or("", |rule| rule.id.as_str());
            let says = format!("no sheet is read differently without `{name}`");
            let without = self.variant.without_rule(rule);
            let functions = self.sheets.untested(&without)?;
            match self.is_pivotal(rule, &functions)? {
                Some(true) => {}
                Some(false) => found.push(Found::Confirmed(Counterexample { says, sheets: Vec::new() })),
                None => found.push(Found::Unconfirmed(format!("`{name}`"))),
            }
        }
        Ok(found)
    }

    /// Whether a rule matters; none if no sheet that differs in the diagram differs for the engine, too.
    fn is_pivotal(&mut self, rule: usize, without: &Untested) -> Result<Option<bool>, OverBudget> {
        let pairs = self.functions.overlays.iter().zip(&without.overlays).map(|(a, b)| (*a, *b));
        let mut pairs: Vec<(NodeId, NodeId)> = pairs.collect();
        pairs.push((self.functions.stage, without.stage));
        pairs.push((self.functions.lean, without.lean));
        pairs.push((self.functions.reason, without.reason));
        pairs.push((self.functions.raised, without.raised));
        let differing: Vec<(NodeId, NodeId)> = pairs.into_iter().filter(|(with, without)| with != without).collect();
        if differing.is_empty() {
            return Ok(Some(false));
        }
        let Some(other) = self.ruleset.without_rule(self.variant.role, self.variant.form, rule) else {
            return Ok(None);
        };
        for (with, without) in differing {
            let differs = self.sheets.diagram.combine(with, without, &|a, b| u32::from(a != b))?;
            let levels = self.sheets.shortest_answered(differs, &|differs| differs == 1);
            let shown = levels.and_then(|levels| {
                (0..TURNS).find(|turn| {
                    let sheet = self.sheets.responses(&levels, *turn);
                    let (with, without) = (result(self.ruleset, &sheet), result(&other, &sheet));
                    with.is_some() && with != without
                })
            });
            if shown.is_some() {
                return Ok(Some(true));
            }
        }
        // What differs before the honesty tests may be the same after them: then all of it has to be compared.
        let variant = self.variant.without_rule(rule);
        let tested = self.sheets.functions(self.ruleset.kind, &variant)?;
        let same = tested.reported == self.functions.reported
            && tested.stage == self.functions.stage
            && tested.overlays == self.functions.overlays
            && tested.reason == self.functions.reason;
        Ok(if same { Some(false) } else { None })
    }
}

/// All of a sheet's result that a rule can decide.
type SheetResult = (Option<Reported>, Option<usize>, Vec<usize>, Option<crate::assess::Reason>);

fn result(ruleset: &Ruleset, sheet: &Responses) -> Option<SheetResult> {
    let assessed = assessed(ruleset, std::slice::from_ref(sheet))?;
    let row = assessed.row(0);
    let reported = Reported::of_row(&row);
    let RowView::Assessed(row) = row else { return None };
    Some((reported, row.stage(), row.overlays().collect(), row.reason()))
}
