//! What a rule costs a row: tabulated, interpreted by Rhai, and hard-coded in Rust. `cargo bench -p bearings-engine`
//!
//! The rules are the twenty of `tests/bench/`. "Tabulated" is the whole batch core (scores of five scales, rules,
//! points, stage, signal) without reading or writing; "one more rule" is what the batch loop pays for each further rule.
//! The hard-coded branches score their four scales and decide the twenty conditions; Rhai gets the scores for nothing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]

use std::sync::Arc;
use std::time::Instant;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::responses::{Answer, Missing, SafetyBlock};
use bearings_engine::{AnswerBlock, LoadOptions, assess_block, load};

const ROWS: usize = 200_000;
const BLOCK: usize = 1_024;
const RULES: f64 = 20.0;
const REVERSED: [usize; 8] = [2, 5, 8, 11, 14, 17, 20, 23];

fn main() {
    let questionnaire = SourceFile::new("questionnaire.json", include_str!("../../tests/bench/questionnaire.json"));
    let questionnaire = Arc::new(Questionnaire::load(&questionnaire).unwrap());
    let files = [SourceFile::new("ruleset.rhai", include_str!("../../tests/bench/ruleset.rhai"))];
    let started = Instant::now();
    let only = LoadOptions::only(Role::Hurt, Form::Short);
    let (ruleset, _) = load(&files, &questionnaire, &only).unwrap();
    println!("load and tabulate          {:>8.1} ms", started.elapsed().as_secs_f64() * 1e3);

    let sheets = sheets();
    let mut blocks: Vec<AnswerBlock> = Vec::new();
    for chunk in sheets.chunks(BLOCK) {
        let mut block = AnswerBlock::new(&questionnaire, Form::Short, SafetyBlock::Answered);
        for sheet in chunk {
            let answers: Vec<Answer> = sheet
                .iter()
                .map(|value| if *value == 0 { Answer::Missing(Missing::Skipped) } else { Answer::Level(value - 1) })
                .collect();
            block.push(Role::Hurt, &answers);
        }
        blocks.push(block);
    }
    let tabulated = best_of(5, || blocks.iter().map(|block| assess_block(&ruleset, block).unwrap().len()).sum());
    print("tabulated, whole batch core", tabulated, ROWS);

    // What one more rule costs: the same rules five times over, against once.
    let (more, _) = load(&[SourceFile::new("ruleset.rhai", five_times())], &questionnaire, &only).unwrap();
    let count = more.variants().map(|(_, variant)| variant.rules.len()).max().unwrap_or(0);
    assert_eq!(count as f64, 5.0 * RULES);
    let repeated = best_of(5, || blocks.iter().map(|block| assess_block(&more, block).unwrap().len()).sum());
    println!(
        "{:<27}{:>8.2} ns a row",
        "tabulated, one more rule",
        (repeated - tabulated) * 1e9 / ROWS as f64 / (4.0 * RULES)
    );

    let hand = best_of(5, || sheets.iter().map(hard_coded).sum());
    print("hard-coded Rust branches", hand, ROWS);

    // Rhai stops at a missing answer, so only complete sheets are interpreted.
    let few: Vec<[u16; 24]> =
        sheets.iter().filter(|sheet| sheet.iter().all(|value| *value > 0)).take(ROWS / 50).copied().collect();
    let interpreted = best_of(3, || interpreted(&few));
    print("interpreted by Rhai", interpreted, few.len());
}

/// The ruleset with each rule declared five times, under five names.
fn five_times() -> String {
    let text = include_str!("../../tests/bench/ruleset.rhai");
    let rules: Vec<&str> = text.split("\n\n").filter(|part| part.starts_with("rule ")).collect();
    let mut more = text.to_owned();
    for round in 2..=5 {
        for rule in &rules {
            let (head, rest) = rule.split_once(" \"").unwrap();
            more.push_str(&format!("\n{head}_{round} \"{rest}\n"));
        }
    }
    more
}

fn print(what: &str, seconds: f64, rows: usize) {
    println!("{what:<27}{:>8.2} ns a rule-row", seconds * 1e9 / rows as f64 / RULES);
}

/// The least time of some runs; the sum keeps the work from being thrown away.
fn best_of(runs: usize, mut work: impl FnMut() -> usize) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let started = Instant::now();
        std::hint::black_box(work());
        best = best.min(started.elapsed().as_secs_f64());
    }
    best
}

/// Uniform answers 1 to 5, two in a hundred missing (0).
fn sheets() -> Vec<[u16; 24]> {
    let mut state = 7_u64;
    let mut next = move || {
        // SplitMix64 (Steele, Lea & Flood 2014).
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    (0..ROWS).map(|_| std::array::from_fn(|_| if next() % 50 == 0 { 0 } else { (next() % 5) as u16 + 1 })).collect()
}

fn keyed(sheet: &[u16; 24], item: usize) -> i64 {
    match sheet[item - 1] {
        0 => 0,
        value if REVERSED.contains(&item) => 6 - i64::from(value),
        value => i64::from(value),
    }
}

fn score(sheet: &[u16; 24], from: usize) -> Option<f64> {
    let values = (from..from + 6).map(|item| keyed(sheet, item)).filter(|value| *value > 0);
    let (count, sum) = values.fold((0, 0), |(count, sum), value| (count + 1, sum + value));
    (count >= 4).then(|| 25.0 * (sum - count) as f64 / count as f64)
}

/// The twenty conditions as a good engineer would write them; any comparison with a missing answer is false.
fn hard_coded(sheet: &[u16; 24]) -> usize {
    let k: [i64; 25] = std::array::from_fn(|item| if item == 0 { 0 } else { keyed(sheet, item) });
    let [a, c, e, s] = [1, 7, 13, 19].map(|from| score(sheet, from).unwrap_or(f64::NAN));
    let low = |item: usize, bound: i64| k[item] > 0 && k[item] <= bound;
    let lows = (1..=24).filter(|item| low(*item, 2)).count();
    let answered = (1..=24).filter(|item| k[*item] > 0).count();
    let fired = [
        a >= 70.0,
        c >= 70.0,
        e >= 65.0,
        s >= 75.0,
        k[1] >= 4 && k[3] >= 4,
        k[7] >= 4 && k[9] >= 4 && k[12] >= 3,
        k[13] >= 4 && !low(15, 2),
        a >= 60.0 && c >= 60.0 && e >= 60.0 && s >= 60.0,
        a >= 55.0 && (a - c).abs() <= 10.1,
        lows <= 2 && answered >= 20,
        a - c >= 19.9,
        c < 35.0,
        e < 35.0,
        s < 40.0,
        a < 30.0,
        low(19, 1) || low(24, 1),
        low(8, 2) && (low(10, 2) || low(11, 2)),
        low(14, 2) && low(17, 2) && (e.is_nan() || e < 60.0),
        lows >= 10,
        e - s >= 24.9 || c - s >= 24.9,
    ];
    fired.iter().filter(|fired| **fired).count()
}

/// The same conditions, compiled once and interpreted for each row, on complete sheets.
fn interpreted(sheets: &[[u16; 24]]) -> usize {
    const CONDITIONS: [&str; 20] = [
        "a >= 70.0",
        "c >= 70.0",
        "e >= 65.0",
        "s >= 75.0",
        "q1 >= 4 && q3 >= 4",
        "q7 >= 4 && q9 >= 4 && q12 >= 3",
        "q13 >= 4 && !(q15 <= 2)",
        "a >= 60.0 && c >= 60.0 && e >= 60.0 && s >= 60.0",
        "a >= 55.0 && a - c <= 10.1 && a - c >= -10.1",
        "lows <= 2 && answered >= 20",
        "a - c >= 19.9",
        "c < 35.0",
        "e < 35.0",
        "s < 40.0",
        "a < 30.0",
        "q19 <= 1 || q24 <= 1",
        "q8 <= 2 && (q10 <= 2 || q11 <= 2)",
        "q14 <= 2 && q17 <= 2 && !(e >= 60.0)",
        "lows >= 10",
        "e - s >= 24.9 || c - s >= 24.9",
    ];
    let mut engine = rhai::Engine::new_raw();
    engine.register_fn("!", |truth: bool| !truth);
    engine.register_fn("-", |number: f64| -number);
    let compiled: Vec<rhai::AST> = CONDITIONS.iter().map(|text| engine.compile_expression(text).unwrap()).collect();
    let mut fired = 0;
    for sheet in sheets {
        let mut scope = rhai::Scope::new();
        for item in 1..=24 {
            scope.push(format!("q{item}"), keyed(sheet, item));
        }
        for (name, from) in [("a", 1), ("c", 7), ("e", 13), ("s", 19)] {
            scope.push(name, score(sheet, from).unwrap_or(0.0));
        }
        scope.push("lows", (1..=24).filter(|item| keyed(sheet, *item) <= 2).count() as i64);
        scope.push("answered", 24_i64);
        for ast in &compiled {
            fired += usize::from(engine.eval_ast_with_scope::<bool>(&mut scope, ast).unwrap());
        }
    }
    fired
}
