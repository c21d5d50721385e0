//! How many sheets there are and what each function says of them, counted one by one.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::super::super::{Reported, Sheets};
use super::every::{Cell, Every, Facts};
use crate::assess::Reason;
use crate::compile::complete::CompleteVariable;
use crate::diagram::NodeId;
use crate::responses::{Answer, Missing};
use crate::ruleset::{Kind, Ruleset};

/// A function, what the brute force says it is on a sheet, and on which sheets it says anything of it.
struct Said<'a> {
    name: String,
    function: NodeId,
    is: Box<dyn Fn(&Facts) -> u32 + 'a>,
    of: fn(&Facts) -> bool,
}

/// The level that stands for what a slot holds. Where its question is not put, any level does.
fn level(variable: &CompleteVariable, cell: Cell, any: u32) -> u32 {
    match cell.answer {
        _ if !cell.asked => any % variable.levels(),
        Answer::Level(level) => variable.level_of[usize::from(level)],
        Answer::Missing(Missing::NotApplicable) => variable.known,
        Answer::Missing(Missing::Skipped) => variable.skipped(),
        Answer::Missing(_) => variable.skipped() + 1,
    }
}

/// All disagreements between the functions of a ruleset and its sheets, and how many comparisons were made.
pub(super) fn disagreements(ruleset: &Ruleset, every: &Every<'_>, budget: usize) -> (Vec<String>, usize) {
    let variant = every.variant;
    let mut sheets = Sheets::new(ruleset.questionnaire(), ruleset.gate(), &[variant], budget);
    let functions = sheets.functions(Kind::Assessment, variant).unwrap();
    let mut wrong = Vec::new();
    let count = sheets.count().unwrap();
    if count != BigUint::from(every.sheets.len()) {
        wrong.push(format!("{count} sheets, and not {}", every.sheets.len()));
    }
    let is_complete = |facts: &Facts| facts.complete;
    let mut said = vec![
        said("reported", functions.reported, |facts| facts.reported.outcome(), |_| true),
        said("gate", functions.gate, |facts| facts.gate, |_| true),
        said("stage", functions.stage, |facts| facts.stage.unwrap_or(variant.stages.len()) as u32, is_complete),
        // A reason is told only beside a signal that a ruleset gives itself, and that is not decisive.
        said(
            "reason",
            functions.reason,
            |facts| match facts.reason {
                Some(Reason::Declared(at)) => at as u32,
                _ => variant.reasons.len() as u32,
            },
            |facts| facts.complete && matches!(facts.reported, Reported::Declared(_)) && facts.decisive == Some(false),
        ),
    ];
    for (at, function) in functions.overlays.iter().enumerate() {
        let name = format!("overlay {}", variant.overlays[at].id);
        said.push(self::said(&name, *function, move |facts| facts.overlays >> at & 1, is_complete));
    }
    for (at, function) in functions.fired.iter().enumerate() {
        let name = format!("rule {}", variant.rules[at].id);
        said.push(self::said(&name, *function, move |facts| facts.fired >> at & 1, is_complete));
    }
    for (at, function) in functions.levels.iter().enumerate() {
        let name = format!("sign {}", variant.signs[at].id);
        said.push(self::said(&name, *function, move |facts| u32::from(facts.levels[at]), is_complete));
    }
    let mut compared = 0;
    for Said { name, function, is, of } in said {
        let mut expected: BTreeMap<u32, usize> = BTreeMap::new();
        for (number, (sheet, facts)) in every.sheets.iter().zip(&every.facts).enumerate() {
            if !of(facts) {
                continue;
            }
            *expected.entry(is(facts)).or_default() += 1;
            let level = |at: u32| {
                let variable = &sheets.variables[at as usize];
                level(variable, sheet[variable.slot], number as u32 + at)
            };
            let outcome = sheets.diagram.outcome(function, level);
            compared += 1;
            if outcome != Some(is(facts)) {
                wrong.push(format!("{name} of {sheet:?} is {outcome:?}, and not {}", is(facts)));
                break;
            }
        }
        let counted = if every.facts.iter().all(of) {
            sheets.counts(function).unwrap()
        } else {
            counts(&mut sheets, &name, function)
        };
        let expected: BTreeMap<u32, BigUint> =
            expected.into_iter().map(|(outcome, count)| (outcome, BigUint::from(count))).collect();
        // Where a reason is told is no function of its own.
        if name != "reason" && counted != expected {
            wrong.push(format!("{name} is counted as {counted:?}, and not as {expected:?}"));
        }
    }
    (wrong, compared)
}

fn said<'a>(name: &str, function: NodeId, is: impl Fn(&Facts) -> u32 + 'a, of: fn(&Facts) -> bool) -> Said<'a> {
    Said { name: name.to_owned(), function, is: Box::new(is), of }
}

/// The counts over the sheets on which everything is answered that a rule can read.
fn counts(sheets: &mut Sheets<'_>, name: &str, function: NodeId) -> BTreeMap<u32, BigUint> {
    const LEFT_OUT: u32 = 1000;
    let mut kept = function;
    for at in 0..sheets.variables.len() {
        let (slot, known) = (sheets.variables[at].slot, sheets.variables[at].known);
        let item = sheets.questionnaire.item_of(&sheets.questionnaire.slots[slot]).unwrap();
        if item.block || !sheets.variables[at].may_be_missing {
            continue;
        }
        let answer = sheets.answer(slot).unwrap();
        kept = sheets
            .diagram
            .combine(answer, kept, &|answer, kept| {
                if matches!(answer.checked_sub(known), Some(1 | 2)) { LEFT_OUT } else { kept }
            })
            .unwrap_or_else(|over| panic!("{name}: {over}"));
    }
    let mut counts = sheets.counts(kept).unwrap();
    counts.remove(&LEFT_OUT);
    counts
}
