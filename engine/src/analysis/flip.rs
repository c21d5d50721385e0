//! The smallest changes of one sheet's answers that change what is reported of it.
//!
//! "Smallest" is exact: the fewest answers, then the fewest steps, then what stands first in the questionnaire. The
//! sheets around the one that was filled in are a small diagram ([`around`]), and a change is its cheapest path to
//! another signal that holds: all honesty tests included. Every change is assessed before it is told.

mod around;
mod change;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::assess::{EngineReason, NotLoaded, Reason, RowView, Signal, assess_one};
use crate::assessment::{Assessment, Change, SignalReading};
use crate::compile::{Complete, complete};
use crate::diagram::{NodeId, OverBudget};
use crate::explain::{Sheet, explain_row};
use crate::questionnaire::Role;
use crate::responses::{Answer, Missing, Responses};
use crate::ruleset::{Kind, Ruleset};
use around::{Around, Within};
use change::Cost;

/// How many changes may be looked at in vain, because a screen over the whole sheet or a rule's flag speaks against
/// them, before the search is given up. A design choice: no sheet tried needed more than a handful.
const IN_VAIN: usize = 256;

/// By how many answers farther than it must be a signal is looked for before all sheets are. A design choice: most often
/// one more is enough.
const FARTHER: u32 = 1;

/// What of a signal leads to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Nothing.
    No,
    /// All of it.
    Settled,
    /// What no step would change.
    Firm,
    /// What a step would change.
    Loose,
}

/// What is asked about a sheet.
#[derive(Debug, Clone)]
pub struct FlipQuestion {
    /// The signal to come to; none: any other one.
    pub to: Option<String>,
    /// The slots that stay as they are.
    pub frozen: Vec<usize>,
    /// How many changes are wanted.
    pub top: usize,
    /// The most nodes of the diagram.
    pub budget: usize,
}

/// What was found about a sheet.
#[derive(Debug, Clone)]
pub struct Flips {
    /// What the sheet says as it is.
    pub assessment: Assessment,
    /// The changes, or why none is told.
    pub found: Result<Vec<Flip>, Untold>,
}

/// A change of answers that leads to another signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// What the sheet would say.
    pub to: SignalReading,
    /// The answers that would be different, in the order of the questionnaire.
    pub changes: Vec<Change>,
    /// By how many steps in all.
    pub steps: u32,
}

/// Why nothing is told of what would change, or of what forces, a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Untold {
    /// The page of the reading is all that is said: a hard flag, under 18, or own acts.
    PageOnly,
    /// The safety page is not in the file.
    SafetyLeftOut,
    /// The gate took the signal away.
    HeldBack,
    /// Answers contradict each other.
    Contradictory,
    /// One step would change it, so nothing is forced.
    CloseCall,
    /// Too little was answered.
    NotEnoughAnswered,
    /// Somebody who broke trust is not in touch any more.
    NoContact,
    /// The one that is asked for is what is reported.
    Already,
    /// The rules for this role do not know the one that is asked for.
    NotDeclared,
    /// What was answered or left open about safety keeps it from being reported.
    Safety,
    /// Of somebody who is both: their own part keeps it from being reported.
    OwnPart,
    /// A study's signal reads answers that are open.
    OpenAnswers,
    /// There is no signal.
    NoSignal,
    /// The search needs more nodes than it may take.
    OverBudget,
    /// Of too many changes the assessment of the whole sheet said something else than its answers one by one.
    GivenUp,
}

impl From<OverBudget> for Untold {
    fn from(_: OverBudget) -> Self {
        Untold::OverBudget
    }
}

/// The smallest changes of a sheet's answers that lead to another signal.
///
/// Nothing that the safety gate looks at, no wish, nothing that only says what happened, and no missing answer is
/// ever part of one; each needs questions that no smaller one of them gets by with. Of somebody who is both, what only
/// their own part reads stays as it is.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without the variant that these responses need.
pub fn flips(ruleset: &Ruleset, responses: &Responses, question: &FlipQuestion) -> Result<Flips, NotLoaded> {
    let assessed = assess_one(ruleset, responses)?;
    let assessment = explain_row(ruleset, responses, &assessed, 0);
    let found = match (assessed.row(0), ruleset.variant(responses.role, responses.form)) {
        (RowView::Assessed(row), Some(variant)) => Sheet { ruleset, variant, responses, row }.flips(question),
        _ => Err(Untold::PageOnly),
    };
    Ok(Flips { assessment, found })
}

impl Sheet<'_> {
    fn flips(&self, question: &FlipQuestion) -> Result<Vec<Flip>, Untold> {
        self.silence()?;
        let targets = self.targets(question)?;
        self.with_complete(question.budget, |complete| self.search(complete, &targets, question))
    }

    /// Whether it may be said at all what stands behind a signal, and what would change it.
    pub(super) fn silence(&self) -> Result<(), Untold> {
        let finding = self.row.finding();
        if self.row.is_other_path() || finding.own_behaviour {
            return Err(Untold::PageOnly);
        }
        match (self.row.signal(), self.row.reason()) {
            (_, Some(Reason::Engine(EngineReason::SafetyLeftOut))) => return Err(Untold::SafetyLeftOut),
            (_, Some(Reason::Engine(EngineReason::HeldBack))) => return Err(Untold::HeldBack),
            (_, Some(Reason::Engine(EngineReason::Contradictory))) => return Err(Untold::Contradictory),
            (_, Some(Reason::Engine(EngineReason::Undecided))) => return Err(Untold::OpenAnswers),
            (Signal::NotEnoughAnswered, _) => return Err(Untold::NotEnoughAnswered),
            _ => {}
        }
        // Whoever broke trust and is not in touch any more is not told what would change anything between the two.
        let questionnaire = self.ruleset.questionnaire();
        let is_let_go_of = self.responses.role == Role::Broke && self.responses.is_out_of_touch(questionnaire);
        if is_let_go_of && self.ruleset.kind == Kind::Assessment { Err(Untold::NoContact) } else { Ok(()) }
    }

    /// The signals that a change may lead to.
    fn targets(&self, question: &FlipQuestion) -> Result<Vec<usize>, Untold> {
        let now = match self.row.signal() {
            Signal::Declared(now) => Some(now),
            Signal::NotEnoughAnswered | Signal::None => None,
        };
        let signals = &self.variant.signals;
        if let Some(to) = &question.to {
            let wanted = signals.iter().position(|signal| signal.id == *to).ok_or(Untold::NotDeclared)?;
            return if Some(wanted) == now {
                Err(Untold::Already)
            } else {
                self.withheld(wanted).map(|()| vec![wanted])
            };
        }
        let others = (0..signals.len()).filter(|signal| Some(*signal) != now);
        let (mut targets, mut first) = (Vec::new(), None);
        for signal in others {
            match self.withheld(signal) {
                Ok(()) => targets.push(signal),
                Err(why) => first = first.or(Some(why)),
            }
        }
        if targets.is_empty() { Err(first.unwrap_or(Untold::NoSignal)) } else { Ok(targets) }
    }

    /// Whether something that no change of an answer takes away keeps a signal from being reported.
    fn withheld(&self, signal: usize) -> Result<(), Untold> {
        if self.ruleset.kind != Kind::Assessment {
            return Ok(());
        }
        let finding = self.row.finding();
        let is = |id: &str| self.variant.signals.get(signal).is_some_and(|signal| signal.id == id);
        if finding.unanswered && (is("keep_going") || is("walk_away")) {
            return Err(Untold::Safety);
        }
        if !is("keep_going") {
            return Ok(());
        }
        let raised =
            self.variant.rules.iter().enumerate().any(|(number, rule)| {
                rule.raises_flag() && self.row.rule(number) != crate::assess::RuleOutcome::NotFired
            });
        if finding.soft > 0 || raised {
            return Err(Untold::Safety);
        }
        let own = self.row.own_part().map(|own| (own.signal(), self.ruleset.variant(Role::Broke, self.responses.form)));
        match own {
            Some((Signal::Declared(own), Some(variant)))
                if variant.signals.get(own).is_some_and(|signal| signal.id == "keep_going") =>
            {
                Ok(())
            }
            Some(_) => Err(Untold::OwnPart),
            None => Ok(()),
        }
    }

    /// The diagram of the signal. That of a study speaks of sheets without open answers only, and is made for them.
    pub(super) fn with_complete<T>(
        &self,
        budget: usize,
        told: impl FnOnce(&Complete) -> Result<T, Untold>,
    ) -> Result<T, Untold> {
        if let Some(complete) = &self.variant.complete {
            return told(complete);
        }
        if self.variant.signals.is_empty() {
            return Err(Untold::NoSignal);
        }
        let complete = complete::build(self.ruleset.questionnaire(), self.variant, budget)?;
        let is_open = complete.variables.iter().any(|variable| self.answer(variable.slot).is_unknown());
        if is_open { Err(Untold::OpenAnswers) } else { told(&complete) }
    }

    fn search(&self, complete: &Complete, targets: &[usize], question: &FlipQuestion) -> Result<Vec<Flip>, Untold> {
        let may_change = |variable: &crate::compile::complete::CompleteVariable| {
            variable.proposable && !question.frozen.contains(&variable.slot)
        };
        let questionnaire = self.ruleset.questionnaire();
        let answers = &self.responses.answers;
        let pivots = self.row.decision_details().map(|decision| decision.pivots.as_slice()).unwrap_or_default();
        let turns: Vec<usize> = pivots.iter().map(|(slot, _)| *slot).collect();
        let mut around = Around::new(questionnaire, complete, answers, &may_change, &turns, question.budget);
        let is_honest = self.ruleset.kind == Kind::Assessment;
        // A study reads a question that has no answer yet in its own way, not as any answer.
        let unread = if is_honest { around.contradicts(self.variant)? } else { around.brings_up()? };
        let mut taken = around.not(unread)?;
        let (mut flips, mut in_vain) = (Vec::new(), 0);
        // What lies near is found without looking at all that lies far away.
        for within in self.bounds(&mut around, targets) {
            if flips.len() >= question.top {
                break;
            }
            let near = around.near(within)?;
            let looked_at = around.all(&[near, taken])?;
            let mut left = self.leading_to(&mut around, targets, within, looked_at)?;
            while flips.len() < question.top {
                let Some(cost) = around.cheapest(left) else { break };
                let but = match self.confirmed(&cost, targets) {
                    Some(flip) => {
                        flips.push(flip);
                        around.not_all_changed(&cost.changes)?
                    }
                    None => {
                        in_vain += 1;
                        around.not_exactly(&cost.changes)?
                    }
                };
                if in_vain == IN_VAIN {
                    return Err(Untold::GivenUp);
                }
                left = around.all(&[left, but])?;
                taken = around.all(&[taken, but])?;
            }
        }
        Ok(flips)
    }

    /// How far to look, step by step: a little farther than each signal is away, and then everywhere.
    fn bounds(&self, around: &mut Around<'_>, targets: &[usize]) -> Vec<Within> {
        let signals = 0..self.variant.signals.len();
        let first = signals.filter_map(|signal| match self.looks_at(signal, targets) {
            Look::No => None,
            Look::Settled | Look::Firm => around.distance(signal),
            // What a step takes to another signal lies a step before it.
            Look::Loose => around.way_out(signal).map(|distance| distance.saturating_sub(1)),
        });
        let mut bounds: Vec<u32> = first.flat_map(|distance| (0..=FARTHER).map(move |more| distance + more)).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let near = bounds.into_iter().map(Within::Changes);
        near.chain([Within::Any]).collect()
    }

    /// What of a signal can be reported as one of the targets.
    fn looks_at(&self, signal: usize, targets: &[usize]) -> Look {
        let id = |signal: usize| self.variant.signals.get(signal).map(|signal| signal.id.as_str());
        let is_honest = self.ruleset.kind == Kind::Assessment;
        let is_decisive = is_honest && matches!(id(signal), Some("keep_going" | "walk_away"));
        // A direction that one step would change is mixed, unless the gate speaks before that.
        let mixed = is_honest && targets.iter().any(|target| id(*target) == Some("mixed"));
        let is_close = mixed && is_decisive && self.withheld(signal) != Err(Untold::Safety);
        match (targets.contains(&signal), is_close) {
            (false, false) => Look::No,
            (false, true) => Look::Loose,
            (true, false) if is_decisive => Look::Firm,
            (true, _) => Look::Settled,
        }
    }

    /// Where one of these signals would be reported, as far as the answers tell it one by one. Only what is told by the
    /// sheet as a whole (equal answers, a share that must be there, a rule's flag) is left to the assessment.
    ///
    /// Only where `looked_at` holds.
    fn leading_to(
        &self,
        around: &mut Around<'_>,
        targets: &[usize],
        within: Within,
        looked_at: NodeId,
    ) -> Result<NodeId, OverBudget> {
        let mut found = NodeId::leaf(0);
        for signal in 0..self.variant.signals.len() {
            let own = match self.looks_at(signal, targets) {
                Look::No => continue,
                Look::Settled => {
                    let settled = around.settled(signal, within)?;
                    around.all(&[settled, looked_at])?
                }
                Look::Firm => around.firm(signal, within, looked_at)?,
                Look::Loose => around.loose(signal, within, looked_at)?,
            };
            found = around.any(&[found, own])?;
        }
        Ok(found)
    }

    /// What the engine says of the changed sheet, if it is one of the signals that are wanted.
    fn confirmed(&self, cost: &Cost, targets: &[usize]) -> Option<Flip> {
        let responses = changed(self, &cost.changes);
        let assessed = assess_one(self.ruleset, &responses).ok()?;
        let RowView::Assessed(row) = assessed.row(0) else { return None };
        let Signal::Declared(signal) = row.signal() else { return None };
        let is_told = !matches!(
            row.reason(),
            Some(Reason::Engine(EngineReason::HeldBack | EngineReason::Contradictory | EngineReason::Undecided))
        );
        if !is_told || !targets.contains(&signal) {
            return None;
        }
        let to = Sheet { responses: &responses, row, ..*self }.signal();
        let changes = cost.changes.iter().filter_map(|(slot, answer)| self.answer_change(*slot, *answer)).collect();
        Some(Flip { to, changes, steps: cost.steps })
    }
}

/// The sheet with other answers. What is asked only now has no answer.
fn changed(sheet: &Sheet<'_>, changes: &[(usize, usize)]) -> Responses {
    let questionnaire = sheet.ruleset.questionnaire();
    let mut responses = sheet.responses.clone();
    for (slot, answer) in changes {
        if let Some(place) = responses.answers.get_mut(*slot) {
            *place = Answer::Level(*answer as u16);
        }
    }
    for (at, slot) in questionnaire.slots.iter().enumerate() {
        let asked_if = questionnaire.item_of(slot).and_then(|item| item.asked_if.as_ref());
        let is_asked = asked_if.is_none_or(|condition| responses.holds(questionnaire, condition) == Some(true));
        if let Some(place) = responses.answers.get_mut(at)
            && asked_if.is_some()
            && is_asked
            && *place == Answer::Missing(Missing::NotShown)
        {
            *place = Answer::Missing(Missing::Skipped);
        }
    }
    responses.settle(questionnaire);
    responses
}
