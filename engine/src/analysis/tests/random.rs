//! What is said of all sheets of small random rulesets, against every one of their sheets.
//!
//! The cases are drawn by a plain generator rather than by strategies of `proptest`: what a case is made of depends on
//! what was drawn before it (names, strata, what hangs on what), and a draw that is taken back leaves a text that does not
//! load. Here a failing case shrinks by leaving out declarations and items for as long as it still loads and fails.

mod changes;
mod counts;
mod draw;
mod edits;
mod every;
mod holds;
mod kept;
mod verdicts;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::*;
use super::Draw;
use crate::diagnostic::SourceFile;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::ruleset::{LoadOptions, Ruleset};
use draw::{Case, Declaration};
use every::Every;

/// How many rulesets are looked at.
const CASES: usize = 200;

/// The most sheets of one. It keeps each within a fraction of a second.
const MOST_SHEETS: usize = 20_000;

fn load(case: &Case) -> Option<Ruleset> {
    let questionnaire = Questionnaire::load(&SourceFile::new("q.json", case.questionnaire())).ok()?;
    let files = [SourceFile::new("drawn.rhai", case.ruleset())];
    let options = LoadOptions::only(Role::Hurt, Form::Short);
    crate::ruleset::load(&files, &Arc::new(questionnaire), &options).ok().map(|(ruleset, _)| ruleset)
}

fn proof(ruleset: &Ruleset, budget: usize) -> Proof {
    prove(ruleset, Role::Hurt, Form::Short, budget, None).unwrap()
}

/// What of a case disagrees, with other draws of what is asked about it for another seed. Nothing of one that does not
/// load.
type Check<'a> = &'a mut dyn FnMut(&Case, &Ruleset, &Every<'_>, &mut Draw) -> Vec<String>;

fn checked(case: &Case, seed: u64, check: Check<'_>) -> Option<Vec<String>> {
    let ruleset = load(case)?;
    let every = Every::new(&ruleset, MOST_SHEETS)?;
    Some(check(case, &ruleset, &every, &mut Draw(seed << 32 | 1 << 31)))
}

/// Checks as many rulesets; the first that disagrees is told with as little of it as it takes.
fn check_cases(check: Check<'_>) {
    let mut cases = 0;
    for seed in 1.. {
        let case = draw::case(&mut Draw(seed << 32));
        let Some(wrong) = checked(&case, seed, check) else { continue };
        if !wrong.is_empty() {
            let small = shrunk(&case, &mut |case| checked(case, seed, check).is_some_and(|wrong| !wrong.is_empty()));
            let still = checked(&small, seed, check).unwrap_or_default();
            panic!("seed {seed}: {wrong:#?}\n{}\n{}\n{still:#?}", small.questionnaire(), small.ruleset());
        }
        cases += 1;
        if cases == CASES {
            return;
        }
    }
}

/// The case without whatever it does not need for `fails` to be true of it.
fn shrunk(case: &Case, fails: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut small = case.clone();
    loop {
        let mut smaller = (0..small.declarations.len() + small.items.len()).rev().filter_map(|at| {
            let mut less = small.clone();
            if at < less.declarations.len() {
                less.declarations.remove(at);
            } else {
                less.items.remove(at - small.declarations.len());
            }
            fails(&less).then_some(less)
        });
        match smaller.next() {
            Some(less) => small = less,
            None => return small,
        }
    }
}

#[test]
fn most_that_is_drawn_is_a_ruleset() {
    let (mut loaded, mut small, mut sheets) = (0, 0, 0);
    for seed in 1..=CASES as u64 {
        let Some(ruleset) = load(&draw::case(&mut Draw(seed << 32))) else { continue };
        loaded += 1;
        let Some(every) = Every::new(&ruleset, MOST_SHEETS) else { continue };
        small += 1;
        sheets += every.sheets.len();
    }
    assert!(loaded * 20 >= CASES * 19 && small * 10 >= CASES * 9, "{loaded} loaded, {small} of these are small");
    assert!(sheets > 1000 * CASES, "only {sheets} sheets");
}

#[test]
fn counts_and_functions_are_those_of_the_sheets_one_by_one() {
    let mut compared = 0;
    check_cases(&mut |_, ruleset, every, _| {
        let (wrong, of_this) = counts::disagreements(ruleset, every, ANALYSIS_BUDGET);
        compared += of_this;
        wrong
    });
    assert!(compared > 1_000_000, "only {compared} comparisons");
}

#[test]
fn verdicts_are_those_of_the_sheets_one_by_one() {
    let mut seen: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    check_cases(&mut |case, ruleset, every, _| {
        let proof = proof(ruleset, ANALYSIS_BUDGET);
        for claim in &proof.claims {
            let is_stated = claim.id.starts_with('q') || claim.id.starts_with("never.");
            let name = if is_stated { "stated" } else { claim.id.as_str() };
            let [proved, refuted] = seen.entry(name.to_owned()).or_default();
            match claim.verdict {
                Verdict::Proved => *proved += 1,
                Verdict::Refuted(_) => *refuted += 1,
                Verdict::Unknown(_) => {}
            }
        }
        verdicts::disagreements(case, ruleset, every, &proof)
    });
    // What the engine promises is never refuted; of everything else there is some of both.
    for (name, [proved, refuted]) in &seen {
        let is_promise = ["under_flag", "skipping"].contains(&name.as_str());
        assert!(*proved >= 5 && (is_promise || *refuted >= 5), "{name}: {proved} proved, {refuted} refuted");
    }
    assert_eq!(seen.len(), 12, "{seen:?}");
}

#[test]
fn past_the_budget_nothing_is_claimed_and_within_it_nothing_else() {
    let mut seen = [0, 0];
    check_cases(&mut |_, ruleset, every, draw| {
        if draw.below(4) > 0 {
            return Vec::new();
        }
        let mut wrong = Vec::new();
        let full = proof(ruleset, ANALYSIS_BUDGET);
        if full.sheets != Some(Count::from(every.sheets.len() as u64)) {
            wrong.push(format!("{:?} sheets, and not {}", full.sheets, every.sheets.len()));
        }
        for budget in [1, 20 + draw.below(200) as usize, 200 + draw.below(2000) as usize] {
            let scarce = proof(ruleset, budget);
            if scarce.sheets.is_some() && scarce.sheets != full.sheets {
                wrong.push(format!("{:?} sheets with {budget} nodes", scarce.sheets));
            }
            for (scarce, full) in scarce.claims.iter().zip(&full.claims) {
                let is_unknown = matches!(scarce.verdict, Verdict::Unknown(_));
                seen[usize::from(is_unknown)] += 1;
                let is_same = std::mem::discriminant(&scarce.verdict) == std::mem::discriminant(&full.verdict);
                if !is_unknown && (budget == 1 || !is_same) {
                    wrong
                        .push(format!("{}: {:?} with {budget} nodes, and {:?}", full.id, scarce.verdict, full.verdict));
                }
            }
        }
        wrong
    });
    assert!(seen[0] > 100 && seen[1] > 500, "{seen:?}");
}

#[test]
fn what_an_edit_changes_is_what_it_changes_sheet_by_sheet() {
    let (mut compared, mut moved) = (0, 0);
    check_cases(&mut |case, ruleset, every, draw| {
        // An edit that does not load is drawn again.
        let Some(new) = (0..20).find_map(|_| load(&edits::edited(case, draw))) else { return Vec::new() };
        let (wrong, cells) = edits::disagreements(ruleset, &new, every, ANALYSIS_BUDGET);
        compared += cells;
        let impact = Impact::of(ruleset, &new, Role::Hurt, Form::Short, ANALYSIS_BUDGET);
        moved += usize::from(impact.is_ok_and(|impact| !impact.is_none()));
        wrong
    });
    assert!(compared > 10 * CASES && 3 * moved > CASES, "{compared} cells, {moved} edits that change something");
}

#[test]
fn smallest_changes_are_those_of_a_search_through_all_changed_sheets() {
    let mut told = 0;
    check_cases(&mut |_, ruleset, every, draw| {
        let mut wrong = Vec::new();
        for (sheet, question) in changes::questions(every, draw, 32) {
            match changes::disagreement(ruleset, every, sheet, &question) {
                Ok(changes) => told += changes,
                Err(problem) => wrong.push(problem),
            }
        }
        wrong
    });
    assert!(told > 3 * CASES, "only {told} changes");
}

/// The screen looks at a whole sheet, and is no part of any function: what is claimed holds where it is not hit.
#[test]
fn nothing_wrong_is_claimed_beside_the_straight_line_screen() {
    let mut straight = 0;
    check_cases(&mut |case, _, without, draw| {
        let mut screened = case.clone();
        screened.declarations.push(Declaration::Text("screen straightline 0.6 of 2;".to_owned()));
        let Some(ruleset) = load(&screened).filter(|_| draw.below(4) == 0) else { return Vec::new() };
        let mut every = Every::new(&ruleset, MOST_SHEETS).unwrap();
        every.find_straight(without);
        straight += usize::from(every.has_straight());
        verdicts::disagreements(&screened, &ruleset, &every, &proof(&ruleset, ANALYSIS_BUDGET))
    });
    assert!(straight >= 5, "{straight} rulesets have straight-lined sheets");
}
