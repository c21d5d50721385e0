//! Which of a sheet's answers already force what it leans to, whatever the other ones are.

use serde::Serialize;

use super::flip::Untold;
use crate::assess::{EngineReason, NotLoaded, Reason, RowView, Signal, assess_one};
use crate::assessment::{Assessment, ReadValue};
use crate::compile::Complete;
use crate::diagram::Opening;
use crate::explain::{Sheet, explain_row};
use crate::responses::Responses;
use crate::ruleset::{NODE_BUDGET, Ruleset};

/// What was found about a sheet.
#[derive(Debug, Clone)]
pub struct Why {
    /// What the sheet says.
    pub assessment: Assessment,
    /// The answers that force it, or why none are told.
    pub found: Result<Forcing, Untold>,
}

/// Answers that force what a sheet leans to: all sheets that have them lean to it. None of them can be left out, but there
/// may be other such sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forcing {
    /// The answers, in the order of the questionnaire.
    pub answers: Vec<ReadValue>,
    /// How many answers were free to be any other.
    pub free: usize,
}

/// A smallest set of a sheet's answers that forces what it leans to.
///
/// The questions of the safety block are no part of it: no rule reads them.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without the variant that these responses need.
pub fn why(ruleset: &Ruleset, responses: &Responses) -> Result<Why, NotLoaded> {
    let assessed = assess_one(ruleset, responses)?;
    let assessment = explain_row(ruleset, responses, &assessed, 0);
    let found = match (assessed.row(0), ruleset.variant(responses.role, responses.form)) {
        (RowView::Assessed(row), Some(variant)) => Sheet { ruleset, variant, responses, row }.why(),
        _ => Err(Untold::PageOnly),
    };
    Ok(Why { assessment, found })
}

impl Sheet<'_> {
    fn why(&self) -> Result<Forcing, Untold> {
        self.silence()?;
        match (self.row.signal(), self.row.reason()) {
            (_, Some(Reason::Engine(EngineReason::CloseCall))) => return Err(Untold::CloseCall),
            (Signal::Declared(_), _) => {}
            _ => return Err(Untold::NoSignal),
        }
        self.with_complete(NODE_BUDGET, |complete| Ok(self.forcing(complete)))
    }

    /// The smaller one of two sets: letting go of the last questions first, or of the first ones.
    fn forcing(&self, complete: &Complete) -> Forcing {
        let mut slots: Vec<usize> = complete
            .variables
            .iter()
            .filter(|variable| matches!(variable.opening(self.answer(variable.slot)), Opening::Known(_)))
            .map(|variable| variable.slot)
            .collect();
        slots.sort_unstable();
        let answered = slots.len();
        let first_kept = self.kept(complete, slots.iter().rev().copied());
        let last_kept = self.kept(complete, slots.into_iter());
        let kept = if last_kept.len() < first_kept.len() { last_kept } else { first_kept };
        let free = answered - kept.len();
        Forcing { answers: kept.into_iter().map(|slot| self.slot_read(slot, None)).collect(), free }
    }

    /// Answer after answer is let go of, what the safety gate looks at at the very end; one without which the others
    /// force nothing is kept. What is open with more answers let go of is open with fewer, so none that is kept can be
    /// left out.
    fn kept(&self, complete: &Complete, slots: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut sheet: Vec<Opening> =
            complete.variables.iter().map(|variable| variable.opening(self.answer(variable.slot))).collect();
        let (last, first): (Vec<usize>, Vec<usize>) = slots.partition(|slot| self.ruleset.gate().reads(*slot));
        let mut kept = Vec::new();
        for slot in first.into_iter().chain(last) {
            let Some(at) = complete.variables.iter().position(|variable| variable.slot == slot) else { continue };
            let (Some(place), Some(variable)) = (sheet.get_mut(at), complete.variables.get(at)) else { continue };
            let known = std::mem::replace(place, Opening::Open(variable.levels()));
            if complete.diagram.is_settled(complete.signal, &sheet) {
                continue;
            }
            if let Some(place) = sheet.get_mut(at) {
                *place = known;
            }
            kept.push(slot);
        }
        kept.sort_unstable();
        kept
    }
}
