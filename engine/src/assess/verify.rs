//! Every fast path compared with the interpreter, sheet by sheet.
//!
//! Conditions, scores, aggregates and the stage are found a second time from the script itself
//! ([`crate::compile::oracle`]), and the signal's diagram is compared with the signals of all fills of a sheet. What is
//! compared is what stands before the gate and the honesty tests, which are code of the engine and have tests of their
//! own.

use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::sync::Arc;

use super::block::{AnswerBlock, AssessedRow, BlockAssessment, RowView};
use crate::compile::oracle::{CannotRun, Oracle, Seen};
use crate::compile::{OutcomeWhen, Variant};
use crate::diagnostic::SourceFile;
use crate::diagram::Walker;
use crate::exact::Exact;
use crate::gate::Finding;
use crate::questionnaire::MINOR_ITEM;
use crate::responses::{Answer, Missing};
use crate::ruleset::Ruleset;
use crate::scoring::Value;

/// So many ways to complete what a condition reads are tried (a design choice: as many as take a moment).
const MOST_COMPLETIONS: usize = 500;

/// So many fills of a sheet with open answers are tried (a design choice, as above).
const MOST_FILLS: usize = 60;

/// Runs the script itself, and compares.
pub struct Verifier<'a> {
    ruleset: &'a Ruleset,
    oracles: Vec<Oracle>,
}

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Sheets of which everything was run a second time.
    pub whole: u64,
    /// Sheets of which a part was: a condition can be completed in too many ways.
    pub partly: u64,
    /// Sheets of which nothing was: they are withheld, or take another path.
    pub none: u64,
    /// Outcomes of conditions.
    pub conditions: u64,
    /// Sheets whose signal was compared on every fill.
    pub signals: u64,
}

impl AddAssign for Compared {
    fn add_assign(&mut self, other: Self) {
        self.whole += other.whole;
        self.partly += other.partly;
        self.none += other.none;
        self.conditions += other.conditions;
        self.signals += other.signals;
    }
}

/// The interpreter says something else, or nothing. It names what, never an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The files are not those that the ruleset was loaded from.
    #[error("the files of the ruleset are not those it was loaded from")]
    OtherFiles,
    /// The interpreter stopped.
    #[error("the interpreter could not run {what}")]
    Stopped {
        /// What it was to run.
        what: String,
        /// The place of the sheet in its block.
        row: usize,
    },
    /// Both ways to the result differ.
    #[error("the tables and the interpreter differ on {what}")]
    Differs {
        /// On what.
        what: String,
        /// The place of the sheet in its block.
        row: usize,
    },
}

impl Unverified {
    /// The place of the sheet in its block.
    pub fn row(&self) -> Option<usize> {
        match self {
            Unverified::OtherFiles => None,
            Unverified::Stopped { row, .. } | Unverified::Differs { row, .. } => Some(*row),
        }
    }
}

impl<'a> Verifier<'a> {
    /// The interpreter of every variant of a ruleset, from the files it was loaded from.
    ///
    /// # Errors
    /// [`Unverified::OtherFiles`].
    pub fn new(ruleset: &'a Ruleset, files: &[SourceFile]) -> Result<Self, Unverified> {
        let questionnaire = Arc::new(ruleset.questionnaire().clone());
        let oracles = ruleset.variants().map(|(_, variant)| Oracle::new(files, &questionnaire, ruleset, variant));
        let oracles = oracles.collect::<Result<_, CannotRun>>().map_err(|_| Unverified::OtherFiles)?;
        Ok(Self { ruleset, oracles })
    }

    /// Compares what was found about the sheets of a block.
    ///
    /// # Errors
    /// [`Unverified`]: the first sheet on which the interpreter says something else.
    pub fn verify(&self, block: &AnswerBlock, assessed: &BlockAssessment) -> Result<Compared, Unverified> {
        let mut compared = Compared::default();
        for row in 0..block.len() {
            compared += match assessed.row(row) {
                RowView::Withheld => Compared { none: 1, ..Compared::default() },
                RowView::Assessed(view) => self.row(row, block, view)?,
            };
        }
        Ok(compared)
    }

    /// Compares what was found about one sheet.
    fn row(&self, row: usize, block: &AnswerBlock, view: AssessedRow<'_>) -> Result<Compared, Unverified> {
        let oracle = self.oracles.iter().find(|oracle| view.is_of(&oracle.variant, block));
        let Some(oracle) = oracle.filter(|_| !view.is_other_path()) else {
            return Ok(Compared { none: 1, ..Compared::default() });
        };
        let sheet = Sheet { oracle, answers: block.answers(row), row };
        let seen = sheet.seen(&sheet.answers, &view.finding(), MOST_COMPLETIONS)?;
        let mut compared = Compared { conditions: sheet.compare(&seen, view)?, ..Compared::default() };
        *(if seen.capped { &mut compared.partly } else { &mut compared.whole }) += 1;
        compared.signals += u64::from(sheet.compare_signals()?);
        if let Some(own) = view.own_part() {
            compared.conditions += self.row(row, block, own)?.conditions;
        }
        Ok(compared)
    }

    /// The ruleset.
    pub fn ruleset(&self) -> &'a Ruleset {
        self.ruleset
    }
}

/// One sheet and who runs the script on it.
pub(super) struct Sheet<'a> {
    pub(super) oracle: &'a Oracle,
    pub(super) answers: Vec<Answer>,
    /// Its place in its block.
    pub(super) row: usize,
}

impl Sheet<'_> {
    /// What the interpreter says of a sheet that stands for this one.
    pub(super) fn seen(&self, answers: &[Answer], finding: &Finding, most: usize) -> Result<Seen, Unverified> {
        self.oracle.sheet(answers, finding, most).map_err(|CannotRun { condition }| Unverified::Stopped {
            what: name(&self.oracle.variant, condition),
            row: self.row,
        })
    }

    fn same(&self, is_same: bool, what: impl FnOnce() -> String) -> Result<(), Unverified> {
        if is_same { Ok(()) } else { Err(Unverified::Differs { what: what(), row: self.row }) }
    }

    /// Everything but the signal; how many conditions were compared.
    pub(super) fn compare(&self, seen: &Seen, view: AssessedRow<'_>) -> Result<u64, Unverified> {
        let variant = &self.oracle.variant;
        let mut conditions = 0;
        for (number, outcome) in seen.outcomes.iter().enumerate() {
            if let Some(outcome) = outcome {
                self.same(view.outcome(number) == Some(*outcome), || name(variant, number))?;
                conditions += 1;
            }
        }
        for (number, (value, scale)) in seen.scales.iter().zip(&variant.scales).enumerate() {
            self.same(as_seen(view.score(number).value) == *value, || format!("scale `{}`", scale.id))?;
        }
        for (number, (value, aggregate)) in seen.aggregates.iter().zip(&variant.aggregates).enumerate() {
            self.same(as_seen(view.aggregate(number)) == *value, || format!("aggregate `{}`", aggregate.id))?;
        }
        if !variant.stages.is_empty() && !seen.capped {
            self.same(view.stage() == seen.stage.flatten(), || "the stage".to_owned())?;
        }
        Ok(conditions)
    }

    /// The signals of all fills of the sheet, by the interpreter. None if there are more fills than `most`.
    pub(super) fn signals(&self, most: usize) -> Result<Option<BTreeSet<usize>>, Unverified> {
        let Some(fills) = self.fills(most) else { return Ok(None) };
        let mut signals = BTreeSet::new();
        for fill in &fills {
            let signal = self.seen(fill, &Finding::default(), usize::MAX)?.signal.flatten();
            self.same(signal.is_some(), || "whether there is a signal".to_owned())?;
            signals.extend(signal);
        }
        Ok(Some(signals))
    }

    /// Compares the diagram of the signal with the signals of all fills; whether there are few enough.
    fn compare_signals(&self) -> Result<bool, Unverified> {
        let Some(complete) = &self.oracle.variant.complete else { return Ok(false) };
        let Some(signals) = self.signals(MOST_FILLS)? else { return Ok(false) };
        let answer = |slot: usize| self.answers.get(slot).copied().unwrap_or(Answer::Missing(Missing::Skipped));
        let openings: Vec<_> = complete.variables.iter().map(|own| own.opening(answer(own.slot))).collect();
        let found = Walker::default().outcomes(&complete.diagram, complete.signal, &openings, u32::MAX);
        self.same(found == signals.iter().fold(0, |set, signal| set | 1 << signal), || "the signal".to_owned())?;
        Ok(true)
    }

    /// The sheets that this one could be if every question that a script may read were answered. None if there are too
    /// many.
    fn fills(&self, most: usize) -> Option<Vec<Vec<Answer>>> {
        let questionnaire = &self.oracle.questionnaire;
        let mut fills = vec![self.answers.clone()];
        for (slot, found) in questionnaire.slots.iter().enumerate() {
            let item = questionnaire.item_of(found)?;
            if item.block || !*self.oracle.variant.asked.get(slot)? || item.id == MINOR_ITEM {
                continue;
            }
            let parent = item.asked_if.as_ref().and_then(|when| Some((when, questionnaire.slot(&when.item)?)));
            let mut next = Vec::new();
            for mut fill in fills {
                // An item whose parent does not hold in this fill is not asked, whatever was open.
                let is_asked = parent.is_none_or(|(when, parent)| {
                    let level = fill.get(parent).and_then(|answer| answer.level());
                    let value = level.and_then(|level| questionnaire.slots.get(parent)?.levels.value(level));
                    value.is_some_and(|value| when.op.holds(&value, &when.value))
                });
                let own = fill.get_mut(slot)?;
                if !is_asked {
                    *own = Answer::Missing(Missing::NotShown);
                } else if own.is_unknown() || *own == Answer::Missing(Missing::NotShown) {
                    for level in 0..found.levels.count() {
                        let mut fill = fill.clone();
                        *fill.get_mut(slot)? = Answer::Level(u16::try_from(level).ok()?);
                        next.push(fill);
                    }
                    continue;
                }
                next.push(fill);
            }
            fills = next;
            if fills.len() > most {
                return None;
            }
        }
        Some(fills)
    }
}

/// A value as the oracle says it: none unknown, `Some(None)` absent.
fn as_seen(value: Value) -> Option<Option<Exact>> {
    match value {
        Value::Known { .. } => Some(value.exact()),
        Value::Unknown => None,
        Value::Absent => Some(None),
    }
}

/// What a condition belongs to, for people.
fn name(variant: &Variant, condition: usize) -> String {
    let is_it = |when: OutcomeWhen| when == OutcomeWhen::Condition(condition);
    let outcome = |what: &str, outcomes: &[crate::compile::Outcome]| {
        outcomes.iter().find(|outcome| is_it(outcome.when)).map(|outcome| format!("{what} `{}`", outcome.id))
    };
    let rule = || variant.rules.iter().find(|rule| rule.condition == condition);
    let named = || variant.named.iter().find(|named| named.condition == condition);
    rule()
        .map(|rule| format!("rule `{}`", rule.id))
        .or_else(|| named().map(|named| format!("condition `{}`", named.id)))
        .or_else(|| outcome("overlay", &variant.overlays))
        .or_else(|| outcome("stage", &variant.stages))
        .or_else(|| outcome("signal", &variant.signals))
        .or_else(|| outcome("reason", &variant.reasons))
        .unwrap_or_else(|| format!("condition number {condition}"))
}
