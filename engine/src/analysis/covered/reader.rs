//! What sheets of one variant show.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::parts::{Place, Shows};
use crate::assess::{
    AnswerBlock, AssessedRow, BlockAssessment, NotLoaded, Reason, RowView, RuleOutcome, Signal, assess_block,
    evaluate_block,
};
use crate::compile::Variant;
use crate::compile::complete::WithoutRules;
use crate::ruleset::{Kind, NODE_BUDGET, Ruleset};

/// What was seen on one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A hard flag: nothing is seen.
    Withheld,
    /// Under 18: nothing is read.
    OtherPath,
    /// This, of the part with this number.
    Shows(usize, Shows),
}

/// Looks at sheets of one variant.
pub(super) struct Reader<'a> {
    ruleset: &'a Ruleset,
    pub(super) variant: &'a Variant,
    /// The parts to look at, by number, and where to look.
    pub(super) places: Vec<(usize, Place)>,
    /// The ruleset without one of its rules, made when it is first needed; none where it does not fit.
    without: BTreeMap<usize, Option<Ruleset>>,
    /// What these are made of; none where it does not fit.
    signals: OnceCell<Option<WithoutRules>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, variant: &'a Variant, places: Vec<(usize, Place)>) -> Self {
        Self { ruleset, variant, places, without: BTreeMap::new(), signals: OnceCell::new() }
    }

    /// Tells `visit` what each sheet of a block shows; the block is of this variant's role and form.
    pub(super) fn look(
        &mut self,
        block: &AnswerBlock,
        visit: &mut dyn FnMut(usize, Seen),
    ) -> Result<BlockAssessment, NotLoaded> {
        let evaluated = evaluate_block(self.ruleset, block)?.with_named(self.ruleset, block)?;
        let assessed = evaluated.decide(self.ruleset, block)?;
        for at in 0..assessed.len() {
            match assessed.row(at) {
                RowView::Withheld => visit(at, Seen::Withheld),
                RowView::Assessed(row) if row.is_other_path() => visit(at, Seen::OtherPath),
                RowView::Assessed(row) => self.conditions_and_outcomes(row, &mut |seen| visit(at, seen)),
            }
        }
        let deciding: Vec<(usize, usize)> =
            self.places.iter().filter_map(|(part, place)| Some((*part, place.deciding?))).collect();
        for (part, rule) in deciding {
            for at in self.pivotal(rule, block, &assessed)? {
                visit(at, Seen::Shows(part, Shows::Pivotal));
            }
        }
        Ok(assessed)
    }

    fn conditions_and_outcomes(&self, row: AssessedRow<'_>, visit: &mut dyn FnMut(Seen)) {
        let (evaluation, at) = row.evaluation();
        for (part, place) in &self.places {
            if let Some(condition) = place.condition {
                let outcome = evaluation.outcomes.get(condition).and_then(|column| column.get(at));
                visit(Seen::Shows(
                    *part,
                    match outcome {
                        Some(1) => Shows::Holds,
                        Some(0) => Shows::Fails,
                        _ => Shows::Undecided,
                    },
                ));
            }
            if place.outcome.is_some_and(|outcome| outcome.is_of(row)) {
                visit(Seen::Shows(*part, Shows::Reached));
            }
        }
    }

    /// The sheets of a block on which a rule is pivotal.
    fn pivotal(
        &mut self,
        rule: usize,
        block: &AnswerBlock,
        assessed: &BlockAssessment,
    ) -> Result<Vec<usize>, NotLoaded> {
        let (ruleset, variant) = (self.ruleset, self.variant);
        let may_be = |at: &usize| match assessed.row(*at) {
            RowView::Assessed(row) => !row.is_other_path() && may_be_pivotal(ruleset.kind, rule, row, block, *at),
            RowView::Withheld => false,
        };
        let rows: Vec<usize> = (0..assessed.len()).filter(may_be).collect();
        if rows.is_empty() {
            return Ok(rows);
        }
        let signals = || WithoutRules::new(ruleset.questionnaire(), variant, NODE_BUDGET).ok();
        let without = || {
            let mut without = variant.without_rule(rule);
            if ruleset.kind == Kind::Assessment {
                let signals = self.signals.get_or_init(signals).as_ref()?;
                without.complete = Some(signals.build(ruleset.questionnaire(), &without).ok()?);
            }
            Some(ruleset.with_variant(without))
        };
        let Some(without) = self.without.entry(rule).or_insert_with(without) else { return Ok(Vec::new()) };
        let other = assess_block(without, &block.only(&rows))?;
        let differs = |(place, at): &(usize, usize)| result(assessed.row(*at)) != result(other.row(*place));
        Ok(rows.into_iter().enumerate().filter(differs).map(|(_, at)| at).collect())
    }
}

/// Whether a sheet can be another one without a rule. A rule that did not fire has a say in a signal only through the
/// sheets that the signal's tests look at: the fills of a sheet, and its neighbours where it leans decisively.
fn may_be_pivotal(kind: Kind, rule: usize, row: AssessedRow<'_>, block: &AnswerBlock, at: usize) -> bool {
    let looks_further = kind == Kind::Assessment && (row.holds_under().is_some() || block.has_unknown(at));
    looks_further || row.rule(rule) != RuleOutcome::NotFired
}

/// All of a sheet's result that a rule can decide.
#[derive(PartialEq)]
struct SheetResult {
    stage: Option<usize>,
    overlays: Vec<usize>,
    signal: Signal,
    reason: Option<Reason>,
}

/// None for a sheet that is withheld.
fn result(row: RowView<'_>) -> Option<SheetResult> {
    let RowView::Assessed(row) = row else { return None };
    Some(SheetResult {
        stage: row.stage(),
        overlays: row.overlays().collect(),
        signal: row.signal(),
        reason: row.reason(),
    })
}
