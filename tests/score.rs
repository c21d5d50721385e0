//! `bearings score`: the rows, the files beside them, and that a row depends on nothing but itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sheets::Draw;
use crate::support::{Folder, SURVEY, bearings, read, sha256};
use crate::table::Table;

/// The columns of a survey scored with `trust-repair`, as documented: the id, where things are, both sides, a pair of
/// columns for each scale in the order of its declaration, the rules.
const COLUMNS: &str = "id,stage,overlays,signal,reason,keep_side,walk_level,\
    acknowledge,acknowledge_answered,own_it,own_it_answered,talk,talk_answered,apology,apology_answered,\
    openness,openness_answered,consistency,consistency_answered,check_in,check_in_answered,\
    boundaries,boundaries_answered,felt_safety,felt_safety_answered,care,care_answered,\
    pressure,pressure_answered,old_fights,old_fights_answered,unsafe_feeling,unsafe_feeling_answered,\
    rules_fired,rules_undecided";

#[test]
fn the_main_command_of_the_readme_prints_counts_that_add_up() {
    let stdout = bearings(&format!("score {SURVEY} --summary")).ok().stdout;
    let fact = |name: &str| {
        let line = stdout.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no `{name}`")).parse::<u64>().unwrap()
    };
    assert_eq!(fact("rows read"), 200);
    assert_eq!(fact("scored") + fact("rejected"), fact("rows read"));
    assert_eq!(fact("withheld for safety") + fact("hurt"), fact("scored"));
    // The last row of the table of stages and signals counts everybody who was assessed.
    let cells = |line: &'_ str| line.trim_matches('│').split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let all = stdout.lines().map(cells).find(|cells| cells.first().is_some_and(|first| first == "all")).unwrap();
    let last = all.last().unwrap();
    assert_eq!(last.parse::<u64>().unwrap(), fact("hurt"));
}

#[test]
fn rows_come_in_the_documented_columns_and_in_the_order_of_the_survey() {
    let outcome = bearings(&format!("score {SURVEY}")).ok();
    assert!(!outcome.stdout.contains('\r') && outcome.stdout.ends_with('\n'));
    let table = outcome.table();
    assert_eq!(table.header.join(","), COLUMNS);
    assert_eq!(table.column("id"), Table::parse(&read(SURVEY)).column("id"));
    assert!(outcome.stderr.contains("200 rows read = 200 scored + 0 rejected"), "{}", outcome.stderr);
}

#[test]
fn a_named_output_gets_the_same_bytes_and_a_manifest_beside_it() {
    let folder = Folder::new();
    let outcome = bearings(&format!("score {SURVEY} -o")).arg(folder.at("scored.csv")).ok();
    assert_eq!(outcome.stdout, "");
    assert_eq!(folder.names(), ["scored.csv", "scored.csv.manifest.json"]);
    assert_eq!(folder.read("scored.csv"), bearings(&format!("score {SURVEY}")).ok().stdout);
    let manifest = folder.json("scored.csv.manifest.json");
    assert_eq!(manifest["format"], "bearings/manifest@1");
    let rows = &manifest["rows"];
    assert_eq!((&rows["read"], &rows["scored"], &rows["rejected"]), (&200.into(), &200.into(), &0.into()));
    assert_eq!(manifest["inputs"][0]["name"], "trust-repair-200.csv");
    assert_eq!(manifest["inputs"][0]["sha256"], sha256(read(SURVEY)));
    for fingerprint in ["ruleset", "questionnaire"] {
        assert_eq!(manifest[fingerprint]["id"], "trust-repair");
        assert_eq!(manifest[fingerprint]["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn a_manifest_counts_rejected_rows_and_holds_no_answer_and_no_date() {
    let folder = Folder::new();
    let text = read(SURVEY);
    let mut survey = Table::parse(&text).with_first("person", |at| format!("CANARYPERSON{at}"));
    survey.set(1, "weeks_since", "424242");
    survey.set(2, "owned_up", "CANARYANSWER");
    let input = folder.write("survey.csv", survey.csv());
    let run = bearings("score --id person --keep breach_kind -o").arg(folder.at("out.csv")).arg(input);
    run.ends_with(6);
    let manifest = folder.json("out.csv.manifest.json");
    let rows = &manifest["rows"];
    assert_eq!((&rows["read"], &rows["scored"], &rows["rejected"]), (&200.into(), &198.into(), &2.into()));
    assert_eq!(manifest["rejects"]["not an answer"], 2);
    assert_eq!(Table::parse(&folder.read("out.csv")).rows.len(), 198);
    let text = folder.read("out.csv.manifest.json");
    for answer in ["CANARY", "424242", "affair", "broken_promise"] {
        assert!(!text.contains(answer), "{answer}");
    }
    assert!(!holds_date(&text), "{text}");
    assert!(holds_date("on 2026-11-24."));
}

/// Whether there is anything like 2026-11-24.
fn holds_date(text: &str) -> bool {
    let shape = |bytes: &[u8]| {
        (0..10).all(|at| if at == 4 || at == 7 { bytes[at] == b'-' } else { bytes[at].is_ascii_digit() })
    };
    text.as_bytes().windows(10).any(shape)
}

/// The rows as CSV, the same rows as NDJSON, and the trace.
fn three_forms() -> (Table, Vec<Value>, Table) {
    let folder = Folder::new();
    let csv = bearings(&format!("score {SURVEY} --trace")).arg(folder.at("trace.csv")).ok().table();
    let lines = bearings(&format!("score {SURVEY} --format ndjson")).ok();
    for line in lines.stdout.lines() {
        assert!(line.starts_with(r#"{"id":""#) && line.contains(r#"","format":"bearings/assessment@1","#), "{line}");
    }
    (csv, lines.json_lines(), Table::parse(&folder.read("trace.csv")))
}

#[test]
fn csv_and_ndjson_agree_about_every_row() {
    let (table, lines, _) = three_forms();
    assert_eq!(table.rows.len(), lines.len());
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut withheld = 0;
    for (at, line) in lines.iter().enumerate() {
        let cell = |column: &str| table.cell(at, column);
        assert_eq!(line["id"], cell("id"));
        if cell("signal") == "withheld" {
            assert_eq!(line["withheld"], "safety_first");
            withheld += 1;
            continue;
        }
        // The ladder that could not be climbed to an answer has a word in a table, and null in JSON.
        let stage = if cell("stage") == "unplaced" { "" } else { cell("stage") };
        let signal = &line["signal"];
        let found = [&line["stage"]["id"], &signal["id"], &signal["reason"]].map(word);
        assert_eq!(found, [stage, cell("signal"), cell("reason")], "{}", cell("id"));
        let overlays: Vec<String> = line["overlays"].as_array().unwrap().iter().map(|own| word(&own["id"])).collect();
        assert_eq!(overlays.join(";"), cell("overlays"));
        for score in line["scores"].as_array().unwrap() {
            let id = score["id"].as_str().unwrap();
            let value = cell(id).parse::<f64>().ok();
            assert!(same(value, score["value"].as_f64()), "{id}: {value:?} {score}");
            assert_eq!(score["answered"].to_string(), cell(&format!("{id}_answered")));
        }
    }
    assert_eq!(withheld, table.counts("signal")["withheld"]);
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    }
}

#[test]
fn a_trace_joins_the_rows_on_their_id_and_names_the_same_rules() {
    let (table, _, trace) = three_forms();
    assert_eq!(trace.header.join(","), "id,rule,outcome,effect,reads");
    let mut rules: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for row in &trace.rows {
        assert!(["fired", "undecided"].contains(&row[2].as_str()), "{row:?}");
        assert!(row[4].contains('='), "a rule reads something: {row:?}");
        rules.entry((&row[0], &row[2])).or_default().push(&row[1]);
    }
    let (mut fired, mut undecided) = (0, 0);
    for at in 0..table.rows.len() {
        for (outcome, column, count) in
            [("fired", "rules_fired", &mut fired), ("undecided", "rules_undecided", &mut undecided)]
        {
            let traced = rules.remove(&(table.cell(at, "id"), outcome)).unwrap_or_default();
            assert_eq!(traced.join(";"), table.cell(at, column), "{}", table.cell(at, "id"));
            *count += traced.len();
        }
    }
    assert_eq!(rules, BTreeMap::new(), "the trace has ids that the rows have not");
    assert!(fired > 100 && undecided > 5, "{fired} {undecided}");
}

#[test]
fn a_summary_comes_as_markdown_and_as_json() {
    let markdown = bearings(&format!("score {SURVEY} --summary --summary-format markdown")).ok().stdout;
    assert!(markdown.starts_with("## Trust repair") && markdown.contains("\n- rows read: 200\n"), "{markdown}");
    assert!(markdown.contains("\n| stage ") && markdown.contains("\n|--"), "{markdown}");
    let json = bearings(&format!("score {SURVEY} --summary --summary-format json")).ok().json();
    assert_eq!(json["format"], "bearings/summary@1");
    assert_eq!(json["respondents"]["rows_read"], "200");
    let table = bearings(&format!("score {SURVEY}")).ok().table();
    let signals = table.counts("signal");
    let stages = json["stage_by_signal"].as_array().unwrap();
    let all = stages.iter().find(|row| row["stage"] == "all").unwrap();
    for signal in ["walk_away", "keep_going", "mixed"] {
        assert_eq!(all[signal], signals[signal].to_string(), "{signal}");
    }
    // A hidden count is never alone in its row or column: the totals would give it away.
    let names = ["walk_away", "keep_going", "mixed", "not_enough_answered", "none", "all"];
    let is_hidden = |row: &serde_json::Value, name: &str| matches!(row[name].as_str().unwrap(), "<5" | "*");
    let mut hidden = 0;
    for row in stages {
        let in_row = names.iter().filter(|name| is_hidden(row, name)).count();
        assert_ne!(in_row, 1, "{row}");
        hidden += in_row;
    }
    assert!(hidden > 4);
    for name in names {
        assert_ne!(stages.iter().filter(|row| is_hidden(row, name)).count(), 1, "{name}");
    }
    let completeness = json["completeness"].as_array().unwrap();
    let answered: u64 = completeness.iter().filter_map(|row| row["people"].as_str().unwrap().parse::<u64>().ok()).sum();
    assert!((180..=189).contains(&answered), "{completeness:?}");
    let open = json["open"].as_array().unwrap();
    assert!(open.iter().any(|row| row["question"] == "effort_theirs" && row["people"] == "9"), "{open:?}");
    assert_eq!(json["scores"].as_array().unwrap().len(), 13);
    let rules = read("rulesets/trust-repair/effort.rhai");
    assert!(rules.contains("rule one_sided_effort"));
    assert!(json["rules"].as_array().unwrap().iter().any(|rule| rule["rule"] == "one_sided_effort"), "{json}");
}

#[test]
fn a_summary_shows_no_small_count() {
    let survey = Table::parse(&read(SURVEY)).with_rows(0..30);
    let table = bearings("score -").stdin(survey.csv()).ok().table();
    let small: Vec<&str> =
        table.counts("reason").into_iter().filter(|(_, count)| (1..5).contains(count)).map(|(id, _)| id).collect();
    assert!(!small.is_empty());
    let json = bearings("score - --summary --summary-format json").stdin(survey.csv()).ok().json();
    for reason in json["reason"].as_array().unwrap() {
        let id = reason["reason"].as_str().unwrap();
        assert_eq!(reason["people"] == "<5", small.contains(&id), "{reason}");
    }
}

#[test]
fn shuffling_the_survey_shuffles_the_rows_and_changes_nothing_else() {
    let survey = Table::parse(&read(SURVEY));
    let order = Draw(7).order(survey.rows.len());
    let expected = bearings(&format!("score {SURVEY}")).ok().table().with_rows(order.clone());
    let found = bearings("score -").stdin(survey.with_rows(order).csv()).ok().table();
    assert_ne!(found.rows[0][0], "1");
    assert_eq!(found, expected);
}

#[test]
fn rows_around_the_border_of_a_block_are_scored_like_alone() {
    let survey = bearings("sample --rows 3000 --seed 5").ok().table();
    let whole = bearings("score -").stdin(survey.csv()).ok().table();
    assert_eq!(whole.rows.len(), 3000);
    let rows = 1022..1026;
    let alone = bearings("score -").stdin(survey.with_rows(rows.clone()).csv()).ok().table();
    assert_eq!(alone.column("id"), ["1023", "1024", "1025", "1026"]);
    assert_eq!(alone, whole.with_rows(rows));
}

#[test]
fn the_summary_fits_a_terminal_of_80_columns() {
    let stdout = bearings("score tests/data/trust-repair-200.csv --summary").ok().stdout;
    let widest = stdout.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 80, "{} columns: {widest}", widest.chars().count());
}
