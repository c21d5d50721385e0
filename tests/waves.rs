//! One person, several rows: waves, their keys, and how scores changed.

use crate::support::{Folder, bearings, shared_data};
use crate::table::Table;

const STUDY: &str = "--ruleset tests/data/exports";

/// A study with one score, the mean of two numbers from 0 to 100.
fn study(folder: &Folder) {
    let item = |id: &str| format!(r#"{{"id": "{id}", "kind": "number", "text": "?", "min": 0, "max": 100}}"#);
    folder.write(
        "q/questionnaire.json",
        format!(
            r#"{{"format": "bearings/questionnaire@1", "id": "two", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{}, {}]}}"#,
            item("a"),
            item("b")
        ),
    );
    folder.write(
        "q/ruleset.rhai",
        "study \"two\" version \"1\" questionnaire \"two\" title \"t\";\nscale s \"S\" = mean(a, b) need 1;\n",
    );
}

#[test]
fn scores_are_compared_with_the_wave_before_and_with_the_first() {
    let folder = Folder::new();
    study(&folder);
    // Waves as numbers, so that 10 comes after 2; the last row has no score, so nothing is said of it.
    folder.write("s.csv", "id,wave,a,b\nx,10,60,61\nx,1,32,33\nx,2,47,48\ny,1,50,50\ny,2,,\nz,2,7,7\n");
    folder.write(
        "jt.json",
        r#"{"format": "bearings/reliable-change@1",
            "scores": {"s": {"reliability": 0.8, "standard_deviation": 7.5, "source": "Jacobson & Truax 1991"}}}"#,
    );
    let run = |options: &str| {
        let run = bearings("score s.csv --ruleset q --wave wave --changes changes.csv -o out.csv --reliable-change");
        run.within(folder.path()).args(options).ok()
    };
    let said = run("jt.json").stderr;
    assert!(said.contains("waves, in this order: 1, 2, 10"), "{said}");
    // 15 / 4.743416 = 3.162278, as Jacobson & Truax have it.
    let expected = "id,from,to,score,before,after,change,index,reliable
x,1,2,s,32.5,47.5,15,3.162278,up
x,2,10,s,47.5,60.5,13,2.740641,up
x,1,10,s,32.5,60.5,28,5.902918,up
";
    assert_eq!(folder.read("changes.csv"), expected);
    let scored = Table::parse(&folder.read("out.csv"));
    assert_eq!(scored.header[..2], ["id", "wave"]);
    assert_eq!(scored.rows.len(), 6);
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["reliable_change"]["scores"]["s"]["source"], "Jacobson & Truax 1991");
    assert_eq!(manifest["reliable_change"]["confidence"], 95);
    assert_eq!(manifest["inputs"][0]["wave_columns"][0], "wave");
    // Any number of threads, the same bytes.
    run("jt.json --threads 4");
    assert_eq!(folder.read("changes.csv"), expected);

    folder.write("bad.json", r#"{"format": "bearings/reliable-change@1", "scores": {"t": {"reliability": 1.2, "standard_deviation": 7.5, "source": ""}}}"#);
    let refused = bearings("score s.csv --ruleset q --wave wave --changes c2.csv --reliable-change bad.json");
    let refused = refused.within(folder.path()).ends_with(4);
    for text in ["there is no score `t`, did you mean `s`?", "no source", "reliability from 0 to below 1"] {
        assert!(refused.stderr.contains(text), "{}", refused.stderr);
    }
    assert!(!folder.at("c2.csv").exists());
}

#[test]
fn two_rows_of_one_person_in_one_wave_are_an_error_and_nothing_is_written() {
    let folder = Folder::new();
    study(&folder);
    folder.write("s.csv", "id,wave,a,b\nx,1,60,61\nx,2,32,33\ny,1,1,1\nx,2,47,48\n");
    let run = bearings("score s.csv --ruleset q --wave wave -o out.csv").within(folder.path()).ends_with(3);
    for text in
        ["s.csv:5: this id and wave stand in an earlier row", "the row in line 5 has the id and wave of an earlier row"]
    {
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
    assert!(!folder.at("out.csv").exists());
    // An empty id or wave is nobody's row.
    folder.write("e.csv", "id,wave,a,b\nx,1,60,61\n,2,32,33\ny,,1,1\n");
    let run = bearings("score e.csv --ruleset q --wave wave --changes c.csv").within(folder.path()).ends_with(6);
    assert_eq!(run.stderr.matches("the id or the wave is empty").count(), 2, "{}", run.stderr);
    // Without waves the id is there twice, which is no error.
    let run = bearings("score s.csv --ruleset q -o out.csv").within(folder.path()).ok();
    assert!(run.stderr.contains("s.csv:3: this id stands in an earlier row"), "{}", run.stderr);
}

#[test]
fn changes_need_to_know_who_and_when() {
    let folder = Folder::new();
    study(&folder);
    folder.write("s.csv", "id,wave,a,b\nx,1,60,61\n");
    folder.write("n.csv", "wave,a,b\n1,60,61\n");
    let refused = |command: &str, expected: &str| {
        let run = bearings(&format!("score {command} --ruleset q")).within(folder.path()).ends_with(2);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    refused("s.csv --changes c.csv", "Name the column with --wave");
    refused("n.csv --wave wave", "name it with --id");
    refused("s.csv --wave wave --changes s.csv", "s.csv");
    refused("s.csv --reliable-change x.json", "--changes");
    let run = bearings("score s.csv --ruleset q --wave wav").within(folder.path()).ends_with(3);
    assert!(run.stderr.contains("did you mean `wave`?"), "{}", run.stderr);
    assert!(!folder.at("c.csv").exists());
}

#[test]
fn a_safety_flag_leaves_no_change_behind() {
    let folder = Folder::new();
    let survey = Table::parse(&crate::support::read(crate::support::SURVEY)).with_rows(0..120);
    let survey = survey.with_first("wave", |row| (row % 2).to_string());
    let people = survey.with_first("person", |row| (row / 2).to_string());
    folder.write("s.csv", people.csv());
    let run = bearings("score s.csv --id person --wave wave --changes c.csv").within(folder.path()).ok();
    let scored = run.table();
    let signals = scored.column("signal");
    let withheld: Vec<String> =
        (0..120).filter(|row| signals[*row] == "withheld").map(|row| (row / 2).to_string()).collect();
    assert!(!withheld.is_empty());
    let changes = Table::parse(&folder.read("c.csv"));
    assert!(changes.rows.len() > 300);
    let people = changes.column("id");
    assert!(withheld.iter().all(|person| !people.contains(&person.as_str())));
}

/// Events become waves, and what belongs to other events is no missing answer.
#[test]
fn events_of_redcap_are_waves_and_blanks_of_other_events_are_not_missing() {
    let run = bearings(&format!("score tests/data/exports/redcap-longitudinal.csv {STUDY} --format ndjson")).ok();
    assert!(run.stderr.contains("told apart by `redcap_event_name`"), "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    let reasons = |line: usize, reason: &str| lines[line].matches(&format!("\"reason\":\"{reason}\"")).count();
    assert_eq!((reasons(0, "skipped"), reasons(1, "skipped"), reasons(2, "skipped")), (0, 0, 1), "{}", run.stdout);
    assert!((0..3).all(|line| reasons(line, "not_shown") > 0));
    let Some(folder) = shared_data("redcap") else { return };
    // The morale questionnaire of a real project: a row for each of a person's events.
    let own = Folder::new();
    let item = |id: &str| format!(r#"{{"id": "{id}", "kind": "number", "text": "?", "min": 0, "max": 10}}"#);
    let items: Vec<String> = ["pmq1", "pmq2", "pmq3", "pmq4"].map(item).into();
    own.write(
        "q/questionnaire.json",
        format!(
            r#"{{"format": "bearings/questionnaire@1", "id": "morale", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{}]}}"#,
            items.join(", ")
        ),
    );
    own.write(
        "q/ruleset.rhai",
        "study \"morale\" version \"1\" questionnaire \"morale\" title \"t\";\nscale morale \"M\" = sum(pmq1, pmq2, pmq3, pmq4) need 1.0;\n",
    );
    let run =
        bearings("score --ruleset q --changes c.csv").within(own.path()).arg(folder.join("longitudinal_data.csv"));
    let run = run.ok();
    let table = run.table();
    assert_eq!(table.header[..2], ["study_id", "redcap_event_name"]);
    assert_eq!(table.rows.len(), 18);
    let changes = Table::parse(&own.read("c.csv"));
    assert!(!changes.rows.is_empty(), "{}", run.stdout);
}
