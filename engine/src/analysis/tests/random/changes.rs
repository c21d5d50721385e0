//! The smallest changes of a sheet, by looking at every sheet that differs from it only in what may be proposed.

use super::super::super::{FlipQuestion, Reported, Untold, flips};
use super::super::Draw;
use super::every::Every;
use crate::assess::{AnswerBlock, AssessedRow, EngineReason, Reason, RowView, RuleOutcome, Signal, assess_block};
use crate::compile::{RuleEffect, Variant};
use crate::questionnaire::{Form, Role, SafetyAbout};
use crate::responses::{Answer, Missing, Responses, SafetyBlock};
use crate::ruleset::Ruleset;

/// A change: the slots with their new answers, and the signal that it leads to.
type Changed = (Vec<(usize, usize)>, String);

/// What is asked about some sheets of a ruleset.
pub(super) fn questions(every: &Every<'_>, draw: &mut Draw, how_many: u32) -> Vec<(usize, FlipQuestion)> {
    // Most sheets are drawn from those of which something is told.
    let is_told = |sheet: &usize| matches!(every.facts[*sheet].reported, Reported::Declared(_) | Reported::CloseCall);
    let told: Vec<usize> = (0..every.sheets.len()).filter(is_told).collect();
    let mut asked = Vec::new();
    for number in 0..how_many {
        let sheet = match told.is_empty() || number == 0 {
            true => draw.below(every.sheets.len() as u32) as usize,
            false => told[draw.below(told.len() as u32) as usize],
        };
        let to = [None, None, Some("keep_going"), Some("walk_away"), Some("mixed")][draw.below(5) as usize];
        let frozen: Vec<usize> = (0..every.questionnaire.slots.len()).filter(|_| draw.below(6) == 0).collect();
        let top = [1, 3, 8][draw.below(3) as usize];
        asked.push((sheet, FlipQuestion { to: to.map(str::to_owned), frozen, top, budget: 1_000_000 }));
    }
    asked
}

/// What is wrong with the changes that are told of one sheet; or how many there are.
pub(super) fn disagreement(
    ruleset: &Ruleset,
    every: &Every<'_>,
    sheet: usize,
    question: &FlipQuestion,
) -> Result<usize, String> {
    let answers: Vec<Answer> = every.sheets[sheet].iter().map(|cell| cell.answer).collect();
    let (form, role, safety) = (Form::Short, Role::Hurt, SafetyBlock::Answered);
    let responses = Responses { form, role, bond: None, safety, answers };
    // While a rule raises a flag, nothing that leads by way of `keep_going` is looked for, not even where that would be
    // too close to tell; which way it came from is not seen on a sheet that is mixed. So only the other way is asked.
    let alone = super::every::assess_all(ruleset, &every.sheets[sheet..=sheet]);
    let is_raised = matches!(alone.row(0), RowView::Assessed(row) if raises_flag(every.variant, row));
    let to = if is_raised { Some("walk_away".to_owned()) } else { question.to.clone() };
    let question = &FlipQuestion { to, ..question.clone() };
    let found = flips(ruleset, &responses, question).unwrap().found;
    let expected = searched(ruleset, every, sheet, question);
    let said = || format!("of {:?} asked {question:?}", responses.answers);
    match (found, expected) {
        (Ok(found), Some(expected)) => {
            let told = found.iter().map(|flip| {
                let changes = flip.changes.iter().map(|change| (change.id.clone(), change.to.clone())).collect();
                (changes, flip.to.id.clone().unwrap_or_default())
            });
            let told: Vec<(Vec<(String, String)>, String)> = told.collect();
            let label = |(slot, answer): &(usize, usize)| {
                let slot = &every.questionnaire.slots[*slot];
                (slot.id.clone(), slot.levels.label(*answer))
            };
            let worded = expected.into_iter().map(|(changes, to)| (changes.iter().map(label).collect(), to));
            let worded: Vec<(Vec<(String, String)>, String)> = worded.collect();
            if told == worded {
                Ok(told.len())
            } else {
                Err(format!("{} is told {told:?}, and not {worded:?}", said()))
            }
        }
        (Ok(found), None) => Err(format!("{} is told {found:?}, of which nothing may be told", said())),
        (Err(Untold::Already | Untold::Safety | Untold::NotDeclared | Untold::NoSignal), Some(expected)) => {
            if expected.is_empty() { Ok(0) } else { Err(format!("{} is told nothing, and not {expected:?}", said())) }
        }
        (Err(Untold::PageOnly | Untold::HeldBack | Untold::Contradictory | Untold::NotEnoughAnswered), None) => Ok(0),
        (Err(why), _) => Err(format!("{} is told nothing: {why:?}", said())),
    }
}

fn raises_flag(variant: &Variant, row: AssessedRow<'_>) -> bool {
    variant.rules.iter().enumerate().any(|(number, rule)| {
        rule.effects.iter().any(|e| matches!(e, RuleEffect::Flag(_))) && row.rule(number) != RuleOutcome::NotFired
    })
}

/// What is reported of a row, if it is a signal that may be told.
fn reported(row: RowView<'_>) -> Option<usize> {
    let RowView::Assessed(row) = row else { return None };
    match (row.signal(), row.reason()) {
        (_, Some(Reason::Engine(EngineReason::HeldBack | EngineReason::Contradictory))) => None,
        (Signal::Declared(signal), _) => Some(signal),
        _ => None,
    }
}

/// The changes that a search through all changed sheets finds, smallest first; none of those that need all that a
/// smaller one needs. None for a sheet of which nothing may be told.
fn searched(ruleset: &Ruleset, every: &Every<'_>, sheet: usize, question: &FlipQuestion) -> Option<Vec<Changed>> {
    let (questionnaire, variant) = (every.questionnaire, every.variant);
    let answers: Vec<Answer> = every.sheets[sheet].iter().map(|cell| cell.answer).collect();
    let may_change: Vec<usize> = (0..answers.len())
        .filter(|slot| {
            let item = questionnaire.item_of(&questionnaire.slots[*slot]).unwrap();
            !(item.block || item.context || item.wish || ruleset.gate().reads(*slot) || question.frozen.contains(slot))
        })
        .collect();
    let mut all: Vec<(Vec<(usize, usize)>, usize)> = vec![(Vec::new(), 0)];
    for slot in may_change {
        let Answer::Level(now) = answers[slot] else { continue };
        let others = |(changes, steps): &(Vec<(usize, usize)>, usize)| {
            let others = (0..questionnaire.slots[slot].levels.count()).filter(|answer| *answer != usize::from(now));
            let changed = others.map(|answer| {
                ([changes.as_slice(), &[(slot, answer)]].concat(), steps + answer.abs_diff(usize::from(now)))
            });
            [(changes.clone(), *steps)].into_iter().chain(changed).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(others).collect();
    }
    let mut block = AnswerBlock::new(questionnaire, Form::Short, SafetyBlock::Answered);
    for (changes, _) in &all {
        block.push(Role::Hurt, &with(every, &answers, changes));
    }
    let assessed = assess_block(ruleset, &block).unwrap();
    let now = reported(assessed.row(0))?;
    let RowView::Assessed(row) = assessed.row(0) else { return None };
    let is_own = |slot: &usize| {
        let safety = questionnaire.item_of(&questionnaire.slots[*slot]).and_then(|item| item.safety.as_ref());
        safety.is_some_and(|safety| safety.about == SafetyAbout::Myself) && answers[*slot] == Answer::Level(1)
    };
    // Own acts: the page of help is all that is said.
    if row.finding().own_behaviour {
        assert!((0..answers.len()).any(|slot| is_own(&slot)));
        return None;
    }
    // A flag of a rule is never taken away by a change.
    let raised = raises_flag(variant, row);
    let is_target = |signal: usize| {
        let id = variant.signals[signal].id.as_str();
        signal != now && question.to.as_deref().is_none_or(|to| to == id) && !(raised && id == "keep_going")
    };
    let mut found = Vec::new();
    for (row, (changes, steps)) in all.iter().enumerate() {
        if let Some(signal) = reported(assessed.row(row)).filter(|signal| is_target(*signal)) {
            let slots: Vec<usize> = changes.iter().map(|(slot, _)| *slot).collect();
            // The fewest answers, then the fewest steps, then what stands first in the questionnaire.
            found.push((changes.len(), *steps, slots, changes.clone(), signal));
        }
    }
    found.sort();
    let mut told: Vec<(Vec<usize>, Changed)> = Vec::new();
    for (_, _, slots, changes, signal) in found {
        if told.len() < question.top && !told.iter().any(|(own, _)| own.iter().all(|slot| slots.contains(slot))) {
            told.push((slots, (changes, variant.signals[signal].id.clone())));
        }
    }
    Some(told.into_iter().map(|(_, changed)| changed).collect())
}

/// The answers with these changed. What is asked only now has no answer, and what is not asked any more has none either.
fn with(every: &Every<'_>, answers: &[Answer], changes: &[(usize, usize)]) -> Vec<Answer> {
    let mut changed = answers.to_vec();
    for (slot, answer) in changes {
        changed[*slot] = Answer::Level(*answer as u16);
    }
    for slot in 0..changed.len() {
        let Some((above, asks)) = every.above(slot) else { continue };
        if !every.is_of_this_form(slot) {
            continue;
        }
        changed[slot] = match (changed[above], changed[slot]) {
            (Answer::Level(level), own) if asks[usize::from(level)] => match own {
                Answer::Missing(Missing::NotShown) => Answer::Missing(Missing::Skipped),
                own => own,
            },
            (unknown, Answer::Missing(Missing::NotShown)) if unknown.is_unknown() => Answer::Missing(Missing::Skipped),
            (unknown, own) if unknown.is_unknown() => own,
            _ => Answer::Missing(Missing::NotShown),
        };
    }
    changed
}
