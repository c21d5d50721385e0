//! What is said of all sheets of small random rulesets, against every one of their sheets.
//!
//! The cases are drawn by a plain generator rather than by strategies of `proptest`: what a case is made of depends on
//! what was drawn before it (names, strata, what hangs on what), and a draw that is taken back leaves a text that does not
//! load. Here a failing case shrinks by leaving out declarations and items for as long as it still loads and fails.

mod counts;
mod draw;
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

fn problems(case: &Case) -> Vec<String> {
    let Some(ruleset) = load(case) else { return Vec::new() };
    let Some(every) = Every::new(&ruleset, MOST_SHEETS) else { return Vec::new() };
    let proof = prove(&ruleset, Role::Hurt, Form::Short, ANALYSIS_BUDGET, None).unwrap();
    let mut all = verdicts::disagreements(case, &ruleset, &every, &proof);
    all.extend(counts::disagreements(&ruleset, &every, ANALYSIS_BUDGET).0);
    all
}

#[test]
fn explore_one() {
    let seed: u64 = std::env::var("SEED").unwrap().parse().unwrap();
    let with = std::env::var("WITH").unwrap();
    let case = draw::case(&mut Draw(seed << 32));
    let small = shrunk(&case, &|case| problems(case).iter().any(|p| p.contains(&with)));
    eprintln!("{}\n{}\n{:#?}", small.questionnaire(), small.ruleset(), problems(&small));
}

#[test]
fn explore() {
    let (mut drawn, mut large, mut failed) = (0, 0, 0);
    let mut sheets = 0;
    let mut kinds = std::collections::BTreeMap::<String, usize>::new();
    let mut verdicts = std::collections::BTreeMap::<String, usize>::new();
    let mut times = [0.0; 4];
    let mut cases = 0;
    let mut compared = 0;
    let mut seed = 0;
    while cases < CASES {
        seed += 1;
        drawn += 1;
        let case = draw::case(&mut Draw(seed << 32));
        let start = std::time::Instant::now();
        let Some(ruleset) = load(&case) else {
            failed += 1;
            if failed < 5 {
                let q = Questionnaire::load(&SourceFile::new("q.json", case.questionnaire()));
                match q {
                    Err(e) => eprintln!("{e:?}"),
                    Ok(q) => eprintln!(
                        "{:?}",
                        crate::ruleset::load(
                            &[SourceFile::new("drawn.rhai", case.ruleset())],
                            &Arc::new(q),
                            &LoadOptions::only(Role::Hurt, Form::Short)
                        )
                        .err()
                    ),
                }
            }
            continue;
        };
        times[0] += start.elapsed().as_secs_f64();
        let start = std::time::Instant::now();
        let Some(every) = Every::new(&ruleset, MOST_SHEETS) else {
            large += 1;
            continue;
        };
        times[1] += start.elapsed().as_secs_f64();
        cases += 1;
        sheets += every.sheets.len();
        let start = std::time::Instant::now();
        let proof = prove(&ruleset, Role::Hurt, Form::Short, ANALYSIS_BUDGET, None).unwrap();
        times[2] += start.elapsed().as_secs_f64();
        for claim in &proof.claims {
            let word = match claim.verdict {
                Verdict::Proved => "P",
                Verdict::Refuted(_) => "R",
                Verdict::Unknown(_) => "U",
            };
            let id = if claim.id.starts_with('q') { "property" } else { claim.id.split('.').next().unwrap() };
            *verdicts.entry(format!("{id} {word}")).or_default() += 1;
        }
        let start = std::time::Instant::now();
        let (more, n) = counts::disagreements(&ruleset, &every, ANALYSIS_BUDGET);
        compared += n;
        for wrong in verdicts::disagreements(&case, &ruleset, &every, &proof).into_iter().chain(more) {
            let entry = kinds
                .entry(
                    wrong
                        .split(": ")
                        .filter(|p| !p.contains('['))
                        .map(|p| p.chars().filter(|c| !c.is_ascii_digit()).take(70).collect::<String>())
                        .collect::<Vec<_>>()
                        .join(": "),
                )
                .or_default();
            *entry += 1;
            if *entry <= 2 {
                eprintln!("seed {seed}: {wrong}");
            }
        }
        times[3] += start.elapsed().as_secs_f64();
    }
    eprintln!(
        "{drawn} drawn, {failed} failed, {large} large, {sheets} sheets, {compared} compared, {times:?}\n{kinds:#?}\n{verdicts:#?}"
    );
}
