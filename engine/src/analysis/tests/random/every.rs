//! Every answer sheet of a small questionnaire, written down one by one, and what the engine says of each.

use std::collections::BTreeMap;

use super::super::super::Reported;
use crate::assess::{AnswerBlock, BlockAssessment, EngineReason, Reason, RowView, RuleOutcome, Signal, assess_block};
use crate::compile::Variant;
use crate::questionnaire::{Form, MINOR_ITEM, Questionnaire, Role};
use crate::responses::{Answer, Missing, SafetyBlock};
use crate::ruleset::Ruleset;

/// What one slot of a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) answer: Answer,
    /// Whether its question was put: it is part of the form, and the answer it hangs on is known and asks for it.
    pub(super) asked: bool,
}

/// What the engine says of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    pub(super) reported: Reported,
    /// The number of the signal that is printed, whatever the reason.
    pub(super) signal: Option<usize>,
    pub(super) reason: Option<Reason>,
    /// 0 no flag, 1 a soft one, 2 a hard question without an answer, 3 a hard one.
    pub(super) gate: u32,
    /// Whether it led to a decisive signal before the honesty tests; none where that is not looked at.
    pub(super) decisive: Option<bool>,
    /// Whether everything is answered that a rule can read.
    pub(super) complete: bool,
    /// Whether anything is shown of what follows: no hard flag, not under 18.
    pub(super) shown: bool,
    pub(super) stage: Option<usize>,
    /// Bits, by their number.
    pub(super) overlays: u32,
    pub(super) fired: u32,
    pub(super) levels: Vec<u8>,
}

/// All sheets of a ruleset for somebody hurt and the short form.
pub(super) struct Every<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) variant: &'a Variant,
    pub(super) sheets: Vec<Vec<Cell>>,
    pub(super) facts: Vec<Facts>,
    known: BTreeMap<Vec<Answer>, usize>,
}

/// The answer of a slot that a question hangs on, and whether each of its levels asks for it.
fn above(questionnaire: &Questionnaire, slot: usize) -> Option<(usize, Vec<bool>)> {
    let condition = questionnaire.item_of(&questionnaire.slots[slot])?.asked_if.as_ref()?;
    let above = questionnaire.slot(&condition.item)?;
    let levels = &questionnaire.slots[above].levels;
    let asks = (0..levels.count()).map(|level| condition.op.holds(&levels.value(level).unwrap(), &condition.value));
    Some((above, asks.collect()))
}

/// Whether leaving a slot open makes a difference to the gate.
fn may_be_missing(ruleset: &Ruleset, slot: usize) -> bool {
    let questionnaire = ruleset.questionnaire();
    let is_minor = questionnaire.slots[slot].id == MINOR_ITEM;
    let hangs = || above(questionnaire, slot).is_some_and(|(above, _)| may_be_missing(ruleset, above));
    !is_minor && (ruleset.gate().reads(slot) || hangs())
}

/// Every sheet: each question that is put has each of its answers, and what the gate looks at (or what hangs on that)
/// can be skipped and declined. `open` says which other slots can be skipped as well. None if there are more than
/// `most`.
fn every_sheet(ruleset: &Ruleset, most: usize, open: &dyn Fn(usize) -> bool) -> Option<Vec<Vec<Cell>>> {
    let questionnaire = ruleset.questionnaire();
    let put = |answer| Cell { answer, asked: true };
    let not_put = |reason| vec![Cell { answer: Answer::Missing(reason), asked: false }];
    let mut sheets: Vec<Vec<Cell>> = vec![Vec::new()];
    for (at, slot) in questionnaire.slots.iter().enumerate() {
        let item = questionnaire.item_of(slot).unwrap();
        let mut cells: Vec<Cell> = (0..slot.levels.count() as u16).map(|level| put(Answer::Level(level))).collect();
        if item.offers_not_applicable {
            cells.push(put(Answer::Missing(Missing::NotApplicable)));
        }
        if may_be_missing(ruleset, at) {
            cells.extend([Missing::Skipped, Missing::Declined].map(|reason| put(Answer::Missing(reason))));
        } else if open(at) {
            cells.push(put(Answer::Missing(Missing::Skipped)));
        }
        let above = above(questionnaire, at);
        let next = |sheet: &Vec<Cell>| {
            if !item.is_asked_in(Role::Hurt, Form::Short) {
                return not_put(Missing::NotShown);
            }
            match above.as_ref().map(|(above, asks)| (sheet[*above].answer, asks)) {
                None => cells.clone(),
                Some((Answer::Level(level), asks)) if asks[usize::from(level)] => cells.clone(),
                // Who leaves a question open may still answer what would be asked because of it.
                Some((answer, _)) if answer.is_unknown() && open(at) => cells.clone(),
                Some((answer, _)) if answer.is_unknown() => not_put(Missing::Skipped),
                Some(_) => not_put(Missing::NotShown),
            }
        };
        sheets = sheets
            .iter()
            .flat_map(|sheet| next(sheet).into_iter().map(|c| [sheet.as_slice(), &[c]].concat()))
            .collect();
        if sheets.len() > most {
            return None;
        }
    }
    Some(sheets)
}

fn answers(sheet: &[Cell]) -> Vec<Answer> {
    sheet.iter().map(|cell| cell.answer).collect()
}

pub(super) fn assess_all(ruleset: &Ruleset, sheets: &[Vec<Cell>]) -> BlockAssessment {
    let mut block = AnswerBlock::new(ruleset.questionnaire(), Form::Short, SafetyBlock::Answered);
    for sheet in sheets {
        block.push(Role::Hurt, &answers(sheet));
    }
    assess_block(ruleset, &block).unwrap()
}

fn bits(found: impl Iterator<Item = usize>) -> u32 {
    found.fold(0, |bits, at| bits | 1 << at)
}

fn facts(variant: &Variant, row: &RowView<'_>, complete: bool) -> Option<Facts> {
    let nothing = Facts {
        reported: Reported::Withheld,
        signal: None,
        reason: None,
        gate: 3,
        decisive: None,
        complete,
        shown: false,
        stage: None,
        overlays: 0,
        fired: 0,
        levels: Vec::new(),
    };
    let RowView::Assessed(row) = row else { return Some(nothing) };
    let signal = match row.signal() {
        Signal::Declared(at) => Some(at),
        Signal::NotEnoughAnswered | Signal::None => None,
    };
    let reported = match (row.reason(), row.signal()) {
        (Some(Reason::Engine(EngineReason::OtherPath)), _) => Reported::OtherPath,
        (Some(Reason::Engine(EngineReason::HeldBack)), _) => Reported::HeldBack,
        (Some(Reason::Engine(EngineReason::Contradictory)), _) => Reported::Contradictory,
        (Some(Reason::Engine(EngineReason::CloseCall)), _) => Reported::CloseCall,
        (Some(Reason::Engine(EngineReason::SafetyLeftOut | EngineReason::Undecided)), _) => return None,
        (_, Signal::NotEnoughAnswered) => Reported::NotEnough,
        (_, Signal::None) => Reported::None,
        (_, Signal::Declared(at)) => Reported::Declared(at as u32),
    };
    let finding = row.finding();
    let gate = match (finding.unanswered, finding.soft) {
        (true, _) => 2,
        (false, soft) => u32::from(soft > 0),
    };
    let is_settled = signal.is_some();
    let facts = Facts {
        reported,
        signal,
        reason: row.reason(),
        gate,
        decisive: is_settled.then(|| row.holds_under().is_some()),
        shown: !row.is_other_path(),
        stage: row.stage(),
        overlays: bits(row.overlays()),
        fired: bits((0..variant.rules.len()).filter(|rule| row.rule(*rule) == RuleOutcome::Fired)),
        levels: (0..variant.signs.len()).map(|sign| row.level(sign)).collect(),
        ..nothing
    };
    Some(facts)
}

impl<'a> Every<'a> {
    /// None if there are more than `most` sheets.
    pub(super) fn new(ruleset: &'a Ruleset, most: usize) -> Option<Self> {
        let variant = ruleset.variant(Role::Hurt, Form::Short)?;
        let questionnaire = ruleset.questionnaire();
        let sheets = every_sheet(ruleset, most, &|_| false)?;
        let known = sheets.iter().enumerate().map(|(at, sheet)| (answers(sheet), at)).collect();
        let assessed = assess_all(ruleset, &sheets);
        let open = |at: usize, cell: &Cell| {
            !questionnaire.item_of(&questionnaire.slots[at]).unwrap().block && cell.answer.is_unknown()
        };
        let complete = |sheet: &Vec<Cell>| !sheet.iter().enumerate().any(|(at, cell)| open(at, cell));
        let facts = sheets.iter().enumerate().map(|(row, sheet)| facts(variant, &assessed.row(row), complete(sheet)));
        let facts: Vec<Facts> = facts.map(|facts| facts.expect("a complete sheet is never left undecided")).collect();
        let mut every = Self { questionnaire, variant, sheets, facts, known };
        every.uncover();
        Some(every)
    }

    /// Rules read neither the safety block nor the age. So what they say of a sheet that is not shown is what they say
    /// of one that is, and that differs in those answers alone; both are flagged, or neither is.
    fn uncover(&mut self) {
        for at in 0..self.sheets.len() {
            if self.facts[at].shown {
                continue;
            }
            let mut twin = self.sheets[at].clone();
            for (slot, cell) in twin.iter_mut().enumerate().filter(|(_, cell)| cell.asked) {
                let id = self.questionnaire.slots[slot].id.as_str();
                let block = self.questionnaire.item_of(&self.questionnaire.slots[slot]).unwrap().block;
                match self.facts[at].gate {
                    3 if id == "hit" => cell.answer = Answer::Missing(Missing::Skipped),
                    3 if block => cell.answer = Answer::Level(0),
                    _ if id == MINOR_ITEM => cell.answer = Answer::Level(0),
                    _ => {}
                }
            }
            let twin = &self.facts[self.find(&answers(&twin)).expect("the twin is a sheet, too")];
            assert!(twin.shown);
            let (stage, overlays, fired, levels) = (twin.stage, twin.overlays, twin.fired, twin.levels.clone());
            let own = &mut self.facts[at];
            (own.stage, own.overlays, own.fired, own.levels) = (stage, overlays, fired, levels);
        }
    }

    /// The number of the sheet with these answers.
    pub(super) fn find(&self, answers: &[Answer]) -> Option<usize> {
        self.known.get(answers).copied()
    }

    /// The number that was answered to an item.
    pub(super) fn number(&self, sheet: usize, item: &str) -> Option<i64> {
        let slot = self.questionnaire.slot(item)?;
        self.questionnaire.slots[slot].levels.number(self.sheets[sheet][slot].answer.level()?)
    }

    /// The slots that are asked because of this one, near and far.
    fn hanging(&self, slot: usize) -> Vec<usize> {
        let hangs = |at: usize| {
            let mut next = above(self.questionnaire, at);
            while let Some((above_it, _)) = next {
                if above_it == slot {
                    return true;
                }
                next = above(self.questionnaire, above_it);
            }
            false
        };
        (0..self.questionnaire.slots.len()).filter(|at| hangs(*at)).collect()
    }

    /// Every pair of sheets that differ in one asked answer, and in what is asked because of it: what is asked on both
    /// has the same answer on both.
    pub(super) fn for_each_pair(&self, slot: usize, found: &mut dyn FnMut(usize, usize)) {
        let hanging = self.hanging(slot);
        let mut groups: BTreeMap<Vec<Answer>, Vec<usize>> = BTreeMap::new();
        for (at, sheet) in self.sheets.iter().enumerate().filter(|(_, sheet)| sheet[slot].asked) {
            let rest = (0..sheet.len()).filter(|other| *other != slot && !hanging.contains(other));
            groups.entry(rest.map(|other| sheet[other].answer).collect()).or_default().push(at);
        }
        for group in groups.values() {
            for from in group {
                for to in group {
                    let (before, after) = (&self.sheets[*from], &self.sheets[*to]);
                    let agree =
                        |at: &usize| !before[*at].asked || !after[*at].asked || before[*at].answer == after[*at].answer;
                    if before[slot] != after[slot] && hanging.iter().all(agree) {
                        found(*from, *to);
                    }
                }
            }
        }
    }

    /// Whether something holds on some sheet on which any answers may be missing.
    pub(super) fn with_gaps(&self, ruleset: &Ruleset, holds: &dyn Fn(&Facts) -> bool) -> bool {
        let sheets = every_sheet(ruleset, usize::MAX, &|_| true).unwrap();
        let assessed = assess_all(ruleset, &sheets);
        let facts = (0..sheets.len()).filter_map(|row| facts(self.variant, &assessed.row(row), false));
        facts.filter(|facts| facts.shown).any(|facts| holds(&facts))
    }
}
