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
mod verdicts;

use std::sync::Arc;

use super::super::*;
use super::Draw;
use crate::diagnostic::SourceFile;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::ruleset::{LoadOptions, Ruleset};
use draw::Case;
use every::Every;

/// How many rulesets are looked at.
const CASES: u64 = 200;

/// The most sheets of one. It keeps each within a fraction of a second.
const MOST_SHEETS: usize = 20_000;

fn load(case: &Case) -> Option<Ruleset> {
    let questionnaire = Questionnaire::load(&SourceFile::new("q.json", case.questionnaire())).ok()?;
    let files = [SourceFile::new("drawn.rhai", case.ruleset())];
    let options = LoadOptions::only(Role::Hurt, Form::Short);
    crate::ruleset::load(&files, &Arc::new(questionnaire), &options).ok().map(|(ruleset, _)| ruleset)
}

/// The case without whatever it does not need for `fails` to be true of it.
fn shrunk(case: &Case, fails: &dyn Fn(&Case) -> bool) -> Case {
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

fn problems(seed: u64, case: &Case, which: &str) -> Vec<String> {
    let Some(ruleset) = load(case) else { return Vec::new() };
    let Some(every) = Every::new(&ruleset, MOST_SHEETS) else { return Vec::new() };
    match which {
        "verdicts" => {
            let proof = prove(&ruleset, Role::Hurt, Form::Short, ANALYSIS_BUDGET, None).unwrap();
            verdicts::disagreements(case, &ruleset, &every, &proof)
        }
        "counts" => counts::disagreements(&ruleset, &every, ANALYSIS_BUDGET).0,
        "edits" => {
            for turn in 0..8 {
                let edited = edits::edited(case, &mut Draw(seed << 32 | 1 << 24 | turn << 16));
                if let Some(new) = load(&edited) {
                    let (wrong, n) = edits::disagreements(&ruleset, &new, ANALYSIS_BUDGET);
                    if n > 3 {
                        return wrong;
                    }
                }
            }
            Vec::new()
        }
        _ => {
            let mut draw = Draw(seed << 32 | 1 << 25);
            let asked = changes::questions(&every, &mut draw, 6);
            asked.iter().filter_map(|(sheet, q)| changes::disagreement(&ruleset, &every, *sheet, q).err()).collect()
        }
    }
}

#[test]
fn explore_one() {
    let seed: u64 = std::env::var("SEED").unwrap().parse().unwrap();
    let with = std::env::var("WITH").unwrap();
    let which = std::env::var("WHICH").unwrap();
    let case = draw::case(&mut Draw(seed << 32));
    let small = shrunk(&case, &|case| problems(seed, case, &which).iter().any(|p| p.contains(&with)));
    eprintln!("{}\n{}\n{:#?}", small.questionnaire(), small.ruleset(), problems(seed, &small, &which));
}

#[test]
fn explore() {
    for which in std::env::var("WHICH").unwrap().split(',') {
        let start = std::time::Instant::now();
        let mut bad = 0;
        let most: u64 = std::env::var("MOST").map_or(220, |m| m.parse().unwrap());
        for seed in 1..most {
            let case = draw::case(&mut Draw(seed << 32));
            let wrong = problems(seed, &case, which);
            if !wrong.is_empty() {
                bad += 1;
                if bad < 12 {
                    eprintln!("{which} {seed}: {}", wrong[0]);
                }
            }
        }
        eprintln!("{which}: {bad} bad, {:?}", start.elapsed());
    }
}
