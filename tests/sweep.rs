//! `bearings sweep`: how stages and signals move with a parameter, and which parameters matter.

use serde_json::Value;

use crate::support::{Folder, SURVEY, bearings, read};
use crate::table::Table;

fn points(json: &Value) -> &Vec<Value> {
    json["parameters"][0]["values"].as_array().unwrap()
}

#[track_caller]
fn share<'a>(matrix: &'a Value, id: &str) -> &'a Value {
    matrix["shares"].as_array().unwrap().iter().find(|share| share["id"] == id).unwrap()
}

#[test]
fn every_parameter_is_set_to_both_ends_and_what_matters_most_comes_first() {
    let outcome = bearings("sweep").ok();
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{}", outcome.stdout);
    let rows: Vec<Vec<&str>> = outcome
        .stdout
        .lines()
        .filter_map(|line| Some(line.strip_prefix('│')?.trim_end_matches('│').split_whitespace().collect()))
        .filter(|row: &Vec<&str>| row.len() == 5)
        .collect();
    let set: Vec<(&str, &str)> = rows.iter().map(|row| (row[0], row[2])).collect();
    for end in [("window_weeks", "2"), ("window_weeks", "52"), ("window_factor", "1"), ("deception_extra", "30")] {
        assert!(set.contains(&end), "{set:?}");
    }
    assert_eq!(set.len(), 10);
    // Sorted by the signal: a small number is written as a power of ten.
    let signals: Vec<f64> = rows.iter().map(|row| row[3].parse().unwrap()).collect();
    assert!(signals.is_sorted_by(|a, b| a >= b), "{signals:?}");
    assert!(outcome.stdout.contains("a share of sheets is no share of people"), "{}", outcome.stdout);
}

#[test]
fn a_value_gives_the_shares_that_diff_gives() {
    let json = bearings("sweep --param window_weeks=8..12 --step 4 --json").ok().json();
    assert_eq!(json["format"], "bearings/sweep@1");
    let points = points(&json);
    assert_eq!(points.iter().map(|point| &point["value"]).collect::<Vec<_>>(), ["8", "12"]);
    let diff = bearings("diff trust-repair trust-repair --set-new window_weeks=12 --json").ok().json();
    for kind in ["stage", "signal"] {
        let (cells, at) = (&diff["sheets"][kind], &points[1]["sheets"][kind]);
        assert_eq!((&cells["moved"], &cells["sheets"]), (&at["otherwise"], &at["sheets"]));
        assert_eq!(points[0]["sheets"][kind]["otherwise"], "0");
        for id in cells["ids"].as_array().unwrap() {
            let to = cells["cells"].as_array().unwrap().iter().filter(|cell| cell["to"] == *id);
            let sum: u128 = to.map(|cell| cell["sheets"].as_str().unwrap().parse::<u128>().unwrap()).sum();
            assert_eq!(share(at, id.as_str().unwrap())["sheets"], sum.to_string());
        }
    }
}

#[test]
fn the_shares_of_respondents_are_those_of_score() {
    let run = format!("sweep --param window_weeks=4..16 --step 12 --data {SURVEY}");
    let json = bearings(&format!("{run} --json")).ok().json();
    for (point, weeks) in points(&json).iter().zip([4, 16]) {
        let table = bearings(&format!("score {SURVEY} --set window_weeks={weeks}")).ok().table();
        let count =
            |column: &str, id: &str| table.column(column).iter().filter(|cell| **cell == id).count().to_string();
        let found = &point["respondents"];
        for id in ["keep_going", "walk_away", "mixed", "not_enough_answered"] {
            assert_eq!(share(&found["signal"], id)["respondents"], count("signal", id), "{id} at {weeks}");
        }
        for id in ["facing_it", "giving_it_time", "building_habits", "steady_ground", "unplaced"] {
            assert_eq!(share(&found["stage"], id)["respondents"], count("stage", id), "{id} at {weeks}");
        }
    }
    let text = bearings(&run).ok().stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let chart =
        text.lines().find(|line| line.trim_start().starts_with("building_habits") && line.contains('%')).unwrap();
    assert!(chart.contains("█▁"), "{chart}");
    assert!(text.contains("walk_away") && text.contains("the same at each value"), "{text}");
}

#[test]
fn values_are_checked_before_anything_is_done() {
    for (rest, text) in [
        ("--param window_weks=4..8", "did you mean `window_weeks`?"),
        ("--param window_weeks=1..8", "is declared from 2 to 52"),
        ("--param window_weeks=4..53", "is declared from 2 to 52"),
        ("--param window_weeks=8..4", "the first value is greater than the last"),
        ("--param window_weeks", "write NAME=A..B"),
        ("--param window_weeks=2..52 --step 0.1", "more than 100 values"),
        ("--param window_weeks=2..52 --step 0", "a number above 0"),
        ("--param window_factor=1..1.000000001", "more decimals"),
        ("--step 2", "--param"),
        ("ras --param x=1..2", "it declares none"),
    ] {
        let outcome = bearings(&format!("sweep {rest}")).ends_with(2);
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn steps_are_whole_where_the_parameter_is_and_tenths_elsewhere() {
    let values = |param: &str| -> Vec<String> {
        let json = bearings(&format!("sweep --budget 1 --json --param {param}")).ok().json();
        points(&json).iter().map(|point| point["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(values("window_weeks=4..6"), ["4", "5", "6"]);
    assert_eq!(values("window_weeks=2..52"), ["2", "7", "12", "17", "22", "27", "32", "37", "42", "47", "52"]);
    assert_eq!(values("window_factor=1..2")[..3], ["1", "1.1", "1.2"]);
    assert_eq!(values("window_weeks=8..8"), ["8"]);
}

#[test]
fn past_the_budget_a_cell_is_unknown_and_respondents_are_still_counted() {
    let run = format!("sweep --budget 1 --param window_weeks=4..16 --step 12 --data {SURVEY}");
    let text = bearings(&run).ok().stdout;
    assert!(text.contains("UNKNOWN: it takes more than 1 nodes") && text.contains("a reading"), "{text}");
    assert!(!text.contains("Counts over sheets are exact"), "{text}");
    let json = bearings(&format!("{run} --json")).ok().json();
    assert_eq!(points(&json)[0]["sheets"], serde_json::json!({"verdict": "UNKNOWN", "budget": 1}));
    assert_ne!(points(&json)[1]["respondents"]["signal"]["otherwise"], "0");
    let ends = bearings("sweep --budget 1").ok().stdout;
    assert!(ends.contains("UNKNOWN") && !ends.contains("changes nothing"), "{ends}");
}

#[test]
fn what_changes_nothing_is_said_to() {
    let folder = Folder::new();
    for name in ["ruleset", "apologies", "consistency", "effort", "felt_safety", "decision"] {
        let text = read(format!("rulesets/trust-repair/{name}.rhai"));
        // Nothing reads the parameter any more but a rule that only says something.
        let text = text.replace("condition long_enough when answered(\"weeks_since\") && weeks_since >= steady_weeks;",
            "condition long_enough when answered(\"weeks_since\") && weeks_since >= 26;\nrule quiet \"Q\" when weeks_since >= steady_weeks then note() because \"B.\" source \"s\";");
        folder.write(&format!("own/{name}.rhai"), text);
    }
    let text = bearings("sweep own").within(folder.path()).ok().stdout;
    assert!(text.contains("steady_weeks changes nothing at either end of its range"), "{text}");
    let text = bearings("sweep ras").ok().stdout;
    assert!(text.contains("It declares no parameter"), "{text}");
}

#[test]
fn rejected_rows_end_with_6() {
    let folder = Folder::new();
    let mut table = Table::parse(&read(SURVEY));
    table.set(1, "weeks_since", "CANARY");
    let input = folder.write("survey.csv", table.csv());
    let outcome = bearings("sweep --budget 1 --param window_weeks=4..5 --data").arg(input).ends_with(6);
    assert!(outcome.stdout.contains("200 read, 1 rejected"), "{}", outcome.stdout);
    assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("CANARY"));
}
