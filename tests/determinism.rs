//! The same inputs give the same bytes, and a row is scored as if it were alone.

use serde_json::Value;

use crate::sheets::Draw;
use crate::support::{Folder, SURVEY, bearings, read};
use crate::table::Table;

/// The rows, as both formats, with every file that can stand beside them.
fn everything(options: &str) -> Vec<(String, String)> {
    let folder = Folder::new();
    for format in ["csv", "ndjson"] {
        let run = bearings(&format!("score {SURVEY} {options} --format {format} --summary"));
        let run = run.arg("-o").arg(folder.at(format)).arg("--trace").arg(folder.at(&format!("{format}.trace")));
        folder.write(&format!("{format}.summary"), run.ok().stdout);
    }
    folder.names().into_iter().map(|name| (name.clone(), folder.read(&name))).collect()
}

#[test]
fn two_runs_give_the_same_bytes_in_every_file() {
    let first = everything("");
    assert_eq!(first.len(), 8);
    for ((name, first), (_, second)) in first.iter().zip(everything("")) {
        assert!(*first == second, "{name}");
    }
}

#[test]
fn the_trace_and_the_summary_do_not_depend_on_the_format_of_the_rows() {
    let files = everything("");
    let text = |name: &str| &files.iter().find(|(own, _)| own == name).unwrap().1;
    assert!(text("csv.trace") == text("ndjson.trace"));
    assert!(text("csv.summary") == text("ndjson.summary"));
}

/// The shipped questionnaire with its items in another order, and nothing else changed.
fn shuffled(seed: u64) -> String {
    let mut questionnaire: Value = serde_json::from_str(&read("questionnaires/trust-repair.json")).unwrap();
    let items = questionnaire["items"].as_array().unwrap().clone();
    let mut order = Draw(seed).order(items.len());
    // A parent stands before the item that is asked because of it: such pairs change places.
    let id = |at: usize| items[at]["id"].as_str().unwrap();
    for (child, item) in items.iter().enumerate().filter(|(_, item)| !item["asked_if"].is_null()) {
        let parent = item["asked_if"]["item"].as_str().unwrap().split('.').next().unwrap();
        let place = |wanted: usize, order: &[usize]| order.iter().position(|at| *at == wanted).unwrap();
        let parent = (0..items.len()).find(|at| id(*at) == parent).unwrap();
        let (first, second) = (place(parent, &order), place(child, &order));
        if first > second {
            order.swap(first, second);
        }
    }
    questionnaire["items"] = order.into_iter().map(|at| items[at].clone()).collect();
    questionnaire.to_string()
}

#[test]
fn the_order_of_the_items_in_the_questionnaire_does_not_matter() {
    let survey = bearings("sample --rows 1500 --seed 9").ok().stdout;
    let expected = bearings("score -").stdin(survey.as_str()).ok().stdout;
    for seed in [1, 2] {
        let folder = Folder::new();
        let path = folder.write("shuffled.json", shuffled(seed));
        let found = bearings("score - --questionnaire").arg(path).stdin(survey.as_str()).ok().stdout;
        let first = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
        assert!(found == expected, "{first:?}");
    }
}

#[test]
fn the_order_of_the_columns_in_the_survey_does_not_matter() {
    let survey = Table::parse(&read(SURVEY));
    let order = Draw(3).order(survey.header.len());
    let pick = |row: &Vec<String>| order.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
    let other = Table { header: pick(&survey.header), rows: survey.rows.iter().map(pick).collect() };
    assert_ne!(other.header, survey.header);
    let expected = bearings(&format!("score {SURVEY}")).ok().stdout;
    assert!(bearings("score -").stdin(other.csv()).ok().stdout == expected);
}

#[test]
fn a_row_alone_is_scored_as_among_the_others() {
    let survey = Table::parse(&read(SURVEY));
    let whole = bearings(&format!("score {SURVEY}")).ok().stdout;
    let lines = bearings(&format!("score {SURVEY} --format ndjson")).ok().stdout;
    for row in Draw(4).order(200).into_iter().take(12) {
        let alone = bearings("score -").stdin(survey.with_rows([row]).csv()).ok().stdout;
        assert_eq!(alone.lines().nth(1), whole.lines().nth(row + 1));
        let alone = bearings("score - --format ndjson").stdin(survey.with_rows([row]).csv()).ok().stdout;
        assert_eq!(alone.lines().next(), lines.lines().nth(row));
    }
}
