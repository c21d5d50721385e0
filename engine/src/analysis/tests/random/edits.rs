//! What an edit of a ruleset changes: both rulesets asked about every sheet.

use std::collections::BTreeMap;

use super::super::super::{Cell, Count, Impact, Matrix, Reported, Shift, Witness};
use super::super::Draw;
use super::draw::{Case, Declaration};
use super::every::{Every, Facts};
use crate::assess::Reason;
use crate::compile::{Outcome, Variant};
use crate::questionnaire::{Form, Role};
use crate::ruleset::Ruleset;

/// The case with one threshold, one rule, one condition or one rung changed.
pub(super) fn edited(case: &Case, draw: &mut Draw) -> Case {
    let mut edited = case.clone();
    let rules: Vec<usize> = (0..edited.declarations.len())
        .filter(|at| matches!(edited.declarations[*at], Declaration::Rule { .. }))
        .collect();
    let (any, rule) = (draw.below(edited.declarations.len() as u32), draw.below(rules.len() as u32));
    let (any, rule, other) = (any as usize, rules[rule as usize], rules[draw.below(rules.len() as u32) as usize]);
    let condition = match &edited.declarations[other] {
        Declaration::Rule { when, .. } => when.clone(),
        _ => String::new(),
    };
    match (draw.below(4), &mut edited.declarations[rule]) {
        (0, Declaration::Rule { when, .. }) => *when = condition,
        (1, Declaration::Rule { when, .. }) => *when = raised(when),
        (2, _) => drop(edited.declarations.remove(any)),
        _ => {
            if let Declaration::Text(text) = &mut edited.declarations[any] {
                *text = raised(text);
            }
        }
    }
    edited
}

/// The text with the last number behind a comparison one higher.
fn raised(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let is_comparison = |word: &str| ["==", "!=", ">=", "<=", ">", "<"].contains(&word);
    let starts_with_digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let number = (1..words.len()).rev().find(|at| is_comparison(&words[at - 1]) && starts_with_digit(&words[*at]));
    if let Some(at) = number {
        let digits = words[at].chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = words[at].split_at(digits);
        words[at] = format!("{}{rest}", number.parse::<u32>().unwrap() + 1);
    }
    words.join(" ")
}

/// The sheets as one ruleset says it, in the words of its files.
struct Words<'a> {
    every: &'a Every<'a>,
}

impl<'a> Words<'a> {
    fn variant(&self) -> &'a Variant {
        self.every.variant
    }

    fn stage(&self, facts: &Facts) -> &'a str {
        facts.stage.map_or("unplaced", |at| self.variant().stages[at].id.as_str())
    }

    fn signal(&self, facts: &Facts) -> &'a str {
        match (facts.reported, facts.signal) {
            (_, Some(at)) => self.variant().signals[at].id.as_str(),
            (Reported::Withheld, _) => "withheld",
            (Reported::OtherPath, _) => "other_path",
            (Reported::NotEnough, _) => "not_enough_answered",
            _ => "none",
        }
    }

    /// Why a sheet is mixed.
    fn reason(&self, facts: &Facts) -> &'a str {
        match facts.reason {
            Some(Reason::Declared(at)) => self.variant().reasons[at].id.as_str(),
            Some(Reason::Engine(reason)) => reason.as_str(),
            None => "none",
        }
    }
}

/// Which sheets go from one thing to another.
type Moved<'a> = BTreeMap<(&'a str, &'a str), Vec<usize>>;

/// All disagreements between an impact and what both rulesets say of every sheet; and how many cells were compared.
pub(super) fn disagreements(old: &Ruleset, new: &Ruleset, before: &Every<'_>, budget: usize) -> (Vec<String>, usize) {
    let impact = match Impact::of(old, new, Role::Hurt, Form::Short, budget) {
        Ok(impact) => impact,
        Err(why) => return (vec![format!("no impact: {why}")], 0),
    };
    let after = &Every::new(new, usize::MAX).unwrap();
    let (from, to) = (Words { every: before }, Words { every: after });
    let all: Vec<usize> = (0..before.sheets.len()).collect();
    // Everything is answered, what the gate looks at as well.
    let is_answered = |sheet: &usize| !before.sheets[*sheet].iter().any(|cell| cell.answer.is_unknown());
    let shown: Vec<usize> =
        all.iter().copied().filter(is_answered).filter(|sheet| before.facts[*sheet].shown).collect();
    let moved = |of: &[usize], word: &dyn for<'a> Fn(&Words<'a>, &Facts) -> &'a str| {
        let mut moved = BTreeMap::<(String, String), Vec<usize>>::new();
        for sheet in of {
            let (old, new) = (word(&from, &before.facts[*sheet]), word(&to, &after.facts[*sheet]));
            moved.entry((old.to_owned(), new.to_owned())).or_default().push(*sheet);
        }
        moved
    };
    let mut wrong = Vec::new();
    let mut cells = 0;
    if impact.sheets != count(all.len()) || impact.shown != count(shown.len()) {
        wrong.push(format!("{} sheets, {} shown; not {} and {}", impact.sheets, impact.shown, all.len(), shown.len()));
    }
    let stages = moved(&shown, &|words, facts| words.stage(facts));
    let has_stages = !(before.variant.stages.is_empty() && after.variant.stages.is_empty());
    if impact.moves.stage.is_some() != has_stages {
        wrong.push("a matrix of stages without stages, or none with them".to_owned());
    }
    let signals = moved(&all, &|words, facts| words.signal(facts));
    for (name, matrix, moved, of) in
        [("stage", &impact.moves.stage, &stages, &shown), ("signal", &impact.moves.signal, &signals, &all)]
    {
        let Some(matrix) = matrix else { continue };
        let moved: Moved<'_> =
            moved.iter().map(|((from, to), all)| ((from.as_str(), to.as_str()), all.clone())).collect();
        cells += matrix.cells.len();
        wrong.extend(
            matrix_disagreements(before, matrix, &moved, of).into_iter().map(|problem| format!("{name}: {problem}")),
        );
    }
    let is_mixed = |sheet: &usize| {
        let both = [(&from, before), (&to, after)];
        both.iter().all(|(words, every)| words.signal(&every.facts[*sheet]) == "mixed")
    };
    let mixed: Vec<usize> = shown.iter().copied().filter(is_mixed).collect();
    let mut reasons = moved(&mixed, &|words, facts| words.reason(facts));
    reasons.retain(|(from, to), _| from != to);
    let told = |cell: &Cell| ((cell.from.clone(), cell.to.clone()), cell.count.clone());
    let told: BTreeMap<(String, String), Count> = impact.reasons.iter().map(told).collect();
    let reasons: BTreeMap<(String, String), Count> =
        reasons.into_iter().map(|(cell, sheets)| (cell, count(sheets.len()))).collect();
    if told != reasons {
        wrong.push(format!("reasons: {told:?}, and not {reasons:?}"));
    }
    let ids = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.id.clone()).collect::<Vec<_>>();
    let rules = |variant: &Variant| variant.rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>();
    type Bits = fn(&Facts) -> u32;
    let overlays: Bits = |facts| facts.overlays;
    let fired: Bits = |facts| facts.fired;
    for (shifts, old, new, bits) in [
        (&impact.overlays, ids(&before.variant.overlays), ids(&after.variant.overlays), overlays),
        (&impact.rules, rules(before.variant), rules(after.variant), fired),
    ] {
        let holds = |ids: &[String], every: &Every<'_>, id: &str, sheet: usize| {
            ids.iter().position(|own| own == id).is_some_and(|at| bits(&every.facts[sheet]) >> at & 1 == 1)
        };
        for id in old.iter().chain(new.iter().filter(|id| !old.contains(id))) {
            let number = |was: bool| {
                let moved =
                    |sheet: &&usize| (holds(&old, before, id, **sheet), holds(&new, after, id, **sheet)) == (was, !was);
                count(shown.iter().filter(moved).count())
            };
            let (gained, lost) = (number(false), number(true));
            let is_told = |shift: &&Shift| shift.id == *id;
            let told = shifts.iter().find(is_told).map(|shift| (shift.gained.clone(), shift.lost.clone()));
            let told = told.unwrap_or_default();
            cells += 1;
            if told != (gained.clone(), lost.clone()) {
                wrong.push(format!("{id}: {told:?}, and not {gained} gained and {lost} lost"));
            }
        }
    }
    (wrong, cells)
}

fn count(of: usize) -> Count {
    Count::from(of as u64)
}

fn matrix_disagreements(every: &Every<'_>, matrix: &Matrix, moved: &Moved<'_>, of: &[usize]) -> Vec<String> {
    let mut wrong = Vec::new();
    let told: BTreeMap<(&str, &str), Count> =
        matrix.cells.iter().map(|cell| ((cell.from.as_str(), cell.to.as_str()), cell.count.clone())).collect();
    let expected: BTreeMap<(&str, &str), Count> = moved.iter().map(|(cell, all)| (*cell, count(all.len()))).collect();
    if told != expected || told.len() != matrix.cells.len() {
        wrong.push(format!("{told:?}, and not {expected:?}"));
        return wrong;
    }
    if matrix.of != count(of.len()) {
        wrong.push(format!("of {}, and not of {}", matrix.of, of.len()));
    }
    for cell in &matrix.cells {
        let there = &moved[&(cell.from.as_str(), cell.to.as_str())];
        match (&cell.example, cell.from == cell.to) {
            (None, true) => {}
            (Some(example), false) => {
                let problem = example_problem(every, example, there, of);
                wrong.extend(problem.map(|problem| format!("from {} to {}: {problem}", cell.from, cell.to)));
            }
            (example, _) => wrong.push(format!("from {} to {}: {example:?}", cell.from, cell.to)),
        }
    }
    wrong
}

/// What is wrong with an example of a cell: it lies there, and so does every sheet that has the answers that matter.
fn example_problem(every: &Every<'_>, example: &Witness, there: &[usize], of: &[usize]) -> Option<String> {
    let Some(sheet) = every.find(&example.responses.answers) else {
        return Some("its example is none of the sheets".to_owned());
    };
    if !there.contains(&sheet) {
        return Some("its example lies elsewhere".to_owned());
    }
    let agree = |other: &usize| {
        example.matters.iter().all(|slot| every.sheets[sheet][*slot].answer == every.sheets[*other][*slot].answer)
    };
    let mut elsewhere = of.iter().filter(|other| agree(other) && there.binary_search(other).is_err());
    elsewhere.next().map(|_| "other answers matter to its example, too".to_owned())
}
