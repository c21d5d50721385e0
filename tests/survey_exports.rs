//! Survey files as the platforms write them: each is recognised, and scores right or is refused with its place.
//!
//! What the fixtures under `tests/data/exports` hold was made up by hand, and so were the rows expected of them. The
//! files of other people are read where they lie; without them these tests say that they did not run.

use std::io::Write;
use std::path::Path;

use crate::support::{Folder, Invocation, Outcome, bearings, read, root, shared_data};
use crate::table::Table;

const STUDY: &str = "--ruleset tests/data/exports";

/// Scores one of our fixtures.
fn score(file: &str, options: &str) -> Invocation {
    bearings(&format!("score tests/data/exports/{file} {STUDY} {options}"))
}

/// What was read: `id calm trust talks weeks ticked`, `.` for nothing.
fn rows(table: &Table) -> Vec<String> {
    let cell = |row: usize, name: &str| match table.cell(row, name) {
        "" => ".".to_owned(),
        some => some.to_owned(),
    };
    let columns = ["calm_read", "trust_read", "talks_read", "weeks_read", "rules_fired"];
    let row = |at: usize| {
        let answers: Vec<String> = columns.iter().map(|name| cell(at, name)).collect();
        format!("{} {}", table.rows[at][0], answers.join(" ").replace("at_", ""))
    };
    (0..table.rows.len()).map(row).collect()
}

#[track_caller]
fn says(outcome: &Outcome, expected: &[&str]) {
    for text in expected {
        assert!(outcome.stderr.contains(text), "`{text}` is not in:\n{}", outcome.stderr);
    }
}

/// A fixture whose rows all come out, with these words on stderr.
#[track_caller]
fn check(file: &str, options: &str, expected: &[&str], notes: &[&str]) {
    let outcome = score(file, options).ok();
    assert_eq!(rows(&outcome.table()), expected, "{file}: {}", outcome.stderr);
    says(&outcome, notes);
}

/// A fixture that cannot be scored as it is.
#[track_caller]
fn refused(file: &str, options: &str, status: i32, expected: &[&str]) {
    let outcome = score(file, options).ends_with(status);
    assert_eq!(outcome.stdout, "", "{file}");
    says(&outcome, expected);
}

#[test]
fn a_qualtrics_export_is_read_below_its_three_header_rows() {
    // Without a map the codes for "seen and left blank" are no answers, nor are the numbers of the places.
    let outcome = score("qualtrics-3row.csv", "--missing -99").ends_with(6);
    says(
        &outcome,
        &[
            "looks like an export of Qualtrics, since row 3 holds import ids",
            "qualtrics-3row.csv:5",
            "row 1: column `where` holds none of its answers (options of `where`, separated by `,`)",
        ],
    );
    check(
        "qualtrics-3row.csv",
        "--map tests/data/exports/qualtrics-3row.map.json",
        &["R_1 4 2 1 12 home;out", "R_2 . 5 0 52 work", "R_3 3 . . . ."],
        &[
            "1 row was written while the survey was tried out (`Status`) and kept like any other",
            "1 row is not finished (`Finished`) and kept like any other",
            "1 row chose something else than they were told (`Q9` 1) and is kept",
            "columns of Qualtrics not read: about the response 16, display order 1, free text 1",
            "may tell who somebody is",
            "`IPAddress`",
        ],
    );
}

#[test]
fn a_missing_answer_keeps_the_reason_that_the_map_gives_it() {
    let run = score("qualtrics-3row.csv", "--map tests/data/exports/qualtrics-3row.map.json --format ndjson");
    let lines = run.ok().json_lines();
    let reason = |row: usize, scale: usize| lines[row]["scores"][scale]["missing"][0]["reason"].as_str();
    assert_eq!(reason(1, 0), Some("skipped"), "{}", lines[1]);
    assert_eq!(reason(2, 1), Some("skipped"), "{}", lines[2]);
    assert_eq!(reason(2, 2), Some("not_shown"), "{}", lines[2]);
}

#[test]
fn one_row_and_the_rules_that_rows_try_are_read_by_the_same_map() {
    let map = "--map tests/data/exports/limesurvey-codes.map.json --ruleset tests/data/exports";
    let file = "tests/data/exports/limesurvey-codes.csv";
    let person = bearings(&format!("explain {file} --id 1 {map} --format json")).ok().json();
    let fired = person["rules"].as_array().unwrap().iter().filter(|rule| rule["outcome"] == "fired");
    assert_eq!(fired.map(|rule| rule["id"].as_str().unwrap()).collect::<Vec<_>>(), ["at_home", "at_out"]);
    let map = map.replace("--ruleset ", "");
    let covered = bearings(&format!("coverage --data {file} --json {map}")).ok().json();
    assert_eq!(covered["format"], "bearings/coverage@1");
    bearings("explain tests/data/answers.json --map tests/data/exports/gforms.map.json").ends_with(2);
}

#[test]
fn an_old_qualtrics_export_has_two_header_rows_and_no_last_column() {
    check(
        "qualtrics-legacy.csv",
        "",
        &["R_1 4 2 . . .", "R_2 5 . . . ."],
        &["Qualtrics (old form)", "1 row is not finished (`V10`)", "12 columns of Qualtrics (old form) not read"],
    );
}

#[test]
fn limesurvey_codes_need_to_be_said_and_labels_do_not() {
    let expected = ["1 4 2 1 12 home;out", "2 . 5 0 52 work", "3 3 . . . ."];
    check(
        "limesurvey-codes.csv",
        "--map tests/data/exports/limesurvey-codes.map.json",
        &expected,
        &["export of LimeSurvey", "semicolons", "1 row is not finished (`submitdate`)", "free text 1", "timing 2"],
    );
    let outcome = score("limesurvey-codes.csv", "").ends_with(6);
    says(&outcome, &["limesurvey-codes.csv:2", "row 1: column `talks` holds none of its answers (0, 1)"]);
    assert!(!outcome.stderr.contains("Caf\u{e9}"), "{}", outcome.stderr);
    // Its labels stand in any case, and its columns are named by code and question.
    check("limesurvey-labels.csv", "", &["1 4 2 1 12 .", "2 5 . 0 . ."], &["export of LimeSurvey"]);
}

#[test]
fn what_limesurvey_did_not_show_is_not_shown() {
    let run = score("limesurvey-codes.csv", "--map tests/data/exports/limesurvey-codes.map.json --format ndjson");
    let text = run.ok().stdout;
    let lines: Vec<&str> = text.lines().collect();
    let reasons = |line: &str, reason: &str| line.matches(&format!("\"reason\":\"{reason}\"")).count();
    assert_eq!((reasons(lines[1], "skipped"), reasons(lines[1], "not_shown")), (1, 0), "{}", lines[1]);
    assert_eq!((reasons(lines[2], "skipped"), reasons(lines[2], "not_shown")), (0, 3), "{}", lines[2]);
}

#[test]
fn redcap_exports_are_read_with_their_boxes_events_and_commas() {
    check(
        "redcap-flat.csv",
        "",
        &["1 4 2 1 12 home;out", "2 . 5 0 52 work"],
        &["export of REDCap", "status of a form 1", "about the response 2"],
    );
    let events = ["1 4 2 . . .", "1 . . 1 12 .", "2 5 . . . ."];
    check("redcap-longitudinal.csv", "", &events, &["told apart by `redcap_event_name`"]);
    check("redcap-repeat.csv", "", &["1 . . 1 . .", "1 4 2 . . .", "1 5 3 . . ."], &["`redcap_repeat_instance`"]);
    let outcome = score("redcap-decimal-comma.csv", "").ends_with(6);
    assert_eq!(rows(&outcome.table()), ["1 4 2 . 12 ."]);
    says(&outcome, &["redcap-decimal-comma.csv:3", "row 2: column `weeks`", "a whole number from 0 to 52"]);
}

#[test]
fn a_google_form_is_known_by_its_sentences() {
    let expected = ["1 4 2 1 12 home;out", "2 . 5 0 52 work"];
    check("gforms.csv", "--map tests/data/exports/gforms.map.json", &expected, &["an export of Google Forms"]);
    // Word for word the questions are those of the questionnaire; only what separates ticked options must be said.
    let outcome = score("gforms.csv", "").ok();
    assert_eq!(rows(&outcome.table()), ["1 4 2 1 12 .", "2 . 5 0 52 ."]);
    says(&outcome, &["`Where do you meet?`"]);
}

#[test]
fn other_tables_are_read_as_they_are_written() {
    let expected = ["a 4 2 1 12 .", "b . 5 0 52 ."];
    check("semicolon.csv", "", &expected, &["separated by semicolons"]);
    check("utf16le.csv", "", &expected, &["UTF-16 (little-endian), by its byte-order mark", "separated by tabs"]);
    check("odk.csv", "", &["uuid:1 4 2 1 12 home;out", "uuid:2 . 5 0 52 work"], &["an export of ODK"]);
    check(
        "windows-1252.csv",
        "--encoding windows-1252",
        &["M\u{fc}ller-1 4 2 1 12 .", "b . 5 0 52 ."],
        &["Windows-1252, as was said"],
    );
    let ragged = score("ragged.csv", "").ends_with(6);
    assert_eq!(rows(&ragged.table()), expected);
    says(&ragged, &["ragged.csv:3", "row 2: 3 cells, but the header has 5", "ragged.csv:5", "row 4: 6 cells"]);
}

#[test]
fn what_is_no_survey_of_this_shape_is_refused_with_its_place() {
    refused("jspsych.csv", "", 3, &["jspsych.csv:1:", "one row for each trial"]);
    refused("nul.csv", "", 3, &["nul.csv:3:3: there is a NUL byte"]);
    let expected = ["windows-1252.csv:1: the name of column 6 is not UTF-8", "--encoding windows-1252"];
    refused("windows-1252.csv", "", 3, &expected);
    refused("utf16le.csv", "--encoding windows-1252", 2, &["byte-order mark of UTF-16"]);
    // In a cell that nothing reads such a byte does no harm; in an answer it rejects its row.
    let survey = b"id,calm,note\na,4,caf\xe9\nb,oft\xe9,x\n".to_vec();
    let outcome = bearings(&format!("score - {STUDY}")).stdin(survey).ends_with(6);
    assert_eq!(rows(&outcome.table()), ["a 4 . . . ."]);
    says(&outcome, &["standard input:3", "row 2: column `calm` is not UTF-8 text", "--encoding windows-1252"]);
}

#[test]
fn a_packed_file_scores_like_the_plain_one() {
    let folder = Folder::new();
    for file in ["redcap-flat.csv", "utf16le.csv"] {
        let bytes = std::fs::read(root().join("tests/data/exports").join(file)).unwrap();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        let packed = packed.finish().unwrap();
        let path = folder.write("survey.csv.gz", &packed);
        let run = |path: &Path| bearings(&format!("score {STUDY}")).arg(path);
        let outcome = run(&path).ok();
        assert_eq!(outcome.stdout, score(file, "").ok().stdout, "{file}");
        says(&outcome, &["compressed (gzip)"]);
        // Half a file is no file, and nothing of it comes out as if it were whole.
        let half = folder.write("half.csv.gz", &packed[..packed.len() / 2]);
        let output = folder.at("out.csv");
        run(&half).arg("-o").arg(&output).ends_with(5);
        assert!(!output.exists());
    }
}

#[test]
fn files_of_unusual_size_are_read_or_refused_in_order() {
    let folder = Folder::new();
    let run = |text: String| {
        let path = folder.write("survey.csv", text);
        bearings(&format!("score {STUDY}")).arg(path)
    };
    let long = "x".repeat(1 << 20);
    let outcome = run(format!("id,calm,note\na,4,\"{long}\"\nb,{long},\nc,5,\n")).ends_with(6);
    assert_eq!(rows(&outcome.table()), ["a 4 . . . .", "c 5 . . . ."]);
    says(&outcome, &["survey.csv:3", "column `calm`"]);
    assert!(outcome.stderr.len() < 4_000, "{}", outcome.stderr.len());

    let names: Vec<String> = (0..10_000).map(|n| format!("x{n}")).collect();
    let outcome = run(format!("id,{},calm\na,{}3\n", names.join(","), "1,".repeat(10_000))).ok();
    assert_eq!(rows(&outcome.table()), ["a 3 . . . ."]);
    says(&outcome, &["10000 columns not read: ", "and 9980 more"]);

    let outcome = run("id,calm\n".to_owned()).ends_with(3);
    says(&outcome, &["survey.csv:1: there is a header line, but no row below it"]);
}

/// `bearings map` on a file of other people.
#[track_caller]
fn recognised(folder: &Path, file: &str, expected: &[&str]) -> String {
    let text = bearings("map").arg(folder.join(file)).ok().stdout;
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in expected {
        assert!(flat.contains(part), "{file}: `{part}` is not in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.starts_with('/')), "{text}");
    text
}

#[test]
fn qualtrics_exports_of_other_people_are_recognised() {
    let Some(folder) = shared_data("qualtrics") else { return };
    for file in ["study1_numeric.csv", "study1_text.csv"] {
        let text = recognised(
            &folder,
            file,
            &[
                "export of Qualtrics, since row 3 holds import ids",
                "213 rows of 121 columns",
                "25 rows are not finished (`Finished`)",
                "`Q135` is the name of columns 84 and 118, told apart by their import ids QID135, QID125",
                "`Q135` (QID135)",
            ],
        );
        // Names, addresses and places are named as columns, and not one cell of them is.
        assert!(text.contains("`IPAddress`") && !text.contains("198.51.100") && !text.contains("R_3QWYG8qaZyigzEJ"));
    }
    let expected = ["Qualtrics (old form)", "1 row of 16 columns", "the empty column after it is none", "`V1` the id"];
    recognised(&folder, "sample_legacy.csv", &expected);
    recognised(&folder, "study1_code_label_map.csv", &["no export of a platform", "675 rows of 6 columns"]);
}

#[test]
fn limesurvey_exports_of_other_people_are_recognised() {
    let Some(folder) = shared_data("limesurvey") else { return };
    let text = recognised(
        &folder,
        "survey_998192_R_data_file.csv",
        &[
            "by its byte-order mark",
            "export of LimeSurvey",
            "7 rows of 71 columns",
            "`Response ID` the id",
            "5 rows are not finished (`Date submitted`)",
            "timing",
        ],
    );
    assert!(text.contains(", identifying") && !text.contains("4747647"));
    recognised(
        &folder,
        "rse_survey_2017_nl.csv",
        &[
            "export of LimeSurvey, since its columns are named by code and question",
            "77 rows of 131 columns",
            "column 1 has no name",
        ],
    );
}

#[test]
fn likert_labels_of_a_limesurvey_map_in_any_case() {
    let Some(folder) = shared_data("limesurvey") else { return };
    let own = Folder::new();
    let labels = |labels: &[&str]| -> String {
        let option = |(at, label): (usize, &&str)| format!(r#"{{"value": {}, "label": "{label}"}}"#, at + 1);
        labels.iter().enumerate().map(option).collect::<Vec<_>>().join(", ")
    };
    own.write(
        "q/questionnaire.json",
        format!(
            r#"{{"format": "bearings/questionnaire@1", "id": "nl", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [
{{"id": "career", "kind": "choice", "text": "?", "options": [{}]}},
{{"id": "coding", "kind": "choice", "text": "?", "options": [{}]}}]}}"#,
            labels(&["strongly disagree", "disagree", "neither agree or disagree", "agree", "strongly agree"]),
            labels(&["1 (none at all)", "2", "3", "4", "5", "6", "7", "8", "9", "10 (all my time)"])
        ),
    );
    own.write(
        "q/ruleset.rhai",
        "study \"nl\" version \"1\" questionnaire \"nl\" title \"t\";\n\
         scale career_read \"c\" = sum(career) need 1 source \"s\";\nscale coding_read \"c\" = sum(coding) need 1 source \"s\";\n",
    );
    let raw = Table::parse(&std::fs::read_to_string(folder.join("rse_survey_2017_nl.csv")).unwrap());
    let header = |start: &str| raw.header.iter().find(|name| name.starts_with(start)).unwrap().clone();
    let (career, coding) = (header("likert2[progRSE4]"), header("likert0[time1can]"));
    let map = serde_json::json!({"format": "bearings/map@1", "columns": [
        {"column": career, "item": "career"}, {"column": coding, "item": "coding"}]});
    own.write("map.json", map.to_string());
    let run =
        bearings("score --ruleset q --map map.json").within(own.path()).arg(folder.join("rse_survey_2017_nl.csv"));
    let scored = run.ok().table();
    let words = ["strongly disagree", "disagree", "neither agree or disagree", "agree", "strongly agree"];
    let expected: Vec<String> = raw
        .column(&career)
        .iter()
        .map(|label| {
            let at = words.iter().position(|word| *word == label.to_lowercase());
            at.map_or(String::new(), |at| (at + 1).to_string())
        })
        .collect();
    assert_eq!(scored.column("career_read"), expected);
    let number = |cell: &&str| cell.split(' ').next().unwrap().to_owned();
    assert_eq!(scored.column("coding_read"), raw.column(&coding).iter().map(number).collect::<Vec<_>>());
    assert!(scored.column("coding_read").contains(&"1") && scored.column("career_read").contains(&"5"));
}

#[test]
fn redcap_and_divorce_files_of_other_people_are_recognised() {
    if let Some(folder) = shared_data("redcap") {
        recognised(&folder, "checkboxes_data.csv", &["export of REDCap", "4 rows of 13 columns", "`record_id` the id"]);
        let expected =
            ["export of REDCap", "18 rows of 125 columns", "`study_id` the id", "which wave of a person a row is"];
        let text = recognised(&folder, "longitudinal_data.csv", &expected);
        assert!(text.contains("`email`") && !text.contains("zlehnox"));
        recognised(&folder, "repeating_sparse_data.csv", &["export of REDCap", "9 rows of 15 columns"]);
        recognised(
            &folder,
            "survey_data.csv",
            &["export of REDCap", "2 rows of 33 columns", "`participant_id` the id"],
        );
    }
    let Some(folder) = shared_data("divorce") else { return };
    let twice = "two carriage returns and a line feed";
    recognised(&folder, "divorce_data.csv", &["semicolons", twice, "170 rows of 55 columns"]);
    recognised(&folder, "divorce_clean_derived.csv", &["commas", "170 rows of 55 columns"]);
    recognised(&folder, "reference.tsv", &["vertical bars", twice, "54 rows of 2 columns"]);
}

#[test]
fn boxes_of_redcap_become_one_item_of_which_several_can_be_ticked() {
    let Some(folder) = shared_data("redcap") else { return };
    let own = Folder::new();
    let options = |words: &[&str]| -> String {
        let option = |word: &&str| format!(r#"{{"value": "{word}", "label": "{word}"}}"#);
        words.iter().map(option).collect::<Vec<_>>().join(", ")
    };
    own.write(
        "q/questionnaire.json",
        format!(
            r#"{{"format": "bearings/questionnaire@1", "id": "boxes", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{{"id": "check_two", "kind": "multi", "text": "?", "options": [{}]}}]}}"#,
            options(&["a", "b", "c", "d", "e"])
        ),
    );
    let rule = |word: &str| {
        format!("rule is_{word} \"{word}\" when ticked(\"check_two.{word}\") then note() because \"t\" source \"s\";\n")
    };
    let rules: String = ["a", "b", "c", "d", "e"].map(rule).concat();
    own.write("q/ruleset.rhai", format!("study \"boxes\" version \"1\" questionnaire \"boxes\" title \"t\";\n{rules}"));
    let run = bearings("score --ruleset q").within(own.path()).arg(folder.join("checkboxes_data.csv"));
    let scored = run.ok().table();
    assert_eq!(scored.column("record_id"), ["1", "2", "3", "4"]);
    // What the file itself says in its column `desired_result`, in words.
    assert_eq!(scored.column("rules_fired"), ["is_a;is_c", "is_b;is_d", "", ""]);
    let text = bearings("map --ruleset q").within(own.path()).arg(folder.join("checkboxes_data.csv")).ok().stdout;
    for word in ["a", "b", "c", "d", "e"] {
        assert!(text.contains(&format!("item check_two.{word}")), "{text}");
    }
}

/// One of the two files of the study, scored by a map.
fn study1(folder: &Path, file: &str, map: &Path) -> Outcome {
    let run = bearings("score --ruleset tests/data/exports/study1").arg("--map").arg(map);
    run.arg(folder.join(file)).ok()
}

#[test]
fn codes_and_labels_of_one_study_score_to_the_same_bytes() {
    let Some(folder) = shared_data("qualtrics") else { return };
    let map = root().join("tests/data/exports/study1/map.json");
    let (numeric, text) = (study1(&folder, "study1_numeric.csv", &map), study1(&folder, "study1_text.csv", &map));
    assert_eq!(numeric.stdout, text.stdout);
    for outcome in [&numeric, &text] {
        let attention = "6 rows chose something else than they were told (`Q134` 2, `Q135` 4) and are kept";
        says(outcome, &["25 rows are not finished", attention]);
    }
    let scored = numeric.table();
    let raw = numeric_rows(&folder);
    assert_eq!(scored.rows.len(), 213);
    let filled = |name: &str| scored.column(name).iter().filter(|cell| !cell.is_empty()).count();
    assert_eq!((filled("arm_a"), filled("arm_b")), (105, 103));
    let none = (0..213).filter(|at| scored.cell(*at, "arm_a").is_empty() && scored.cell(*at, "arm_b").is_empty());
    assert_eq!(none.count(), 5);
    // By hand from the file: the mean of four codes, 1 for "strongly agree".
    for (at, row) in raw.rows.iter().enumerate() {
        for (columns, scale) in [(["Q5", "Q6", "Q7", "Q8"], "arm_a"), (["Q63", "Q64", "Q65", "Q66"], "arm_b")] {
            let codes: Vec<f64> = columns
                .iter()
                .filter_map(|name| row[raw.header.iter().position(|known| known == name).unwrap()].parse().ok())
                .collect();
            let cell = scored.cell(at, scale);
            match codes.len() {
                0 => assert_eq!(cell, ""),
                n => {
                    let mean = codes.iter().sum::<f64>() / n as f64;
                    assert!((cell.parse::<f64>().unwrap() - mean).abs() < 1e-9, "row {at} {scale}");
                }
            }
        }
    }
    // Two people ticked two bonds at once.
    let ticked = scored.column("rules_fired");
    let fired = |what: &str| ticked.iter().filter(|cell| **cell == what).count();
    assert_eq!((fired("is_single;is_monogamous"), fired("is_single;is_married")), (1, 1));
}

/// The numeric file without the two rows that describe its columns.
fn numeric_rows(folder: &Path) -> Table {
    let mut table = Table::parse(&std::fs::read_to_string(folder.join("study1_numeric.csv")).unwrap());
    table.rows.drain(..2);
    table
}

#[test]
fn codes_that_are_not_what_their_labels_say_are_read_by_the_label_list_of_the_study() {
    let Some(folder) = shared_data("qualtrics") else { return };
    let own = Folder::new();
    let pairs = Table::parse(&std::fs::read_to_string(folder.join("study1_code_label_map.csv")).unwrap());
    let mut labels = serde_json::Map::new();
    for at in (0..pairs.rows.len()).filter(|at| pairs.cell(*at, "column") == "Q129") {
        let years: i64 = pairs.cell(at, "label").parse().unwrap();
        labels.insert(pairs.cell(at, "code").to_owned(), years.into());
    }
    assert_eq!(labels["12"], 29);
    let map = |with: serde_json::Value| {
        let mut map: serde_json::Value = serde_json::from_str(&read("tests/data/exports/study1/map.json")).unwrap();
        map["columns"].as_array_mut().unwrap().push(with);
        own.write("map.json", map.to_string())
    };
    let numeric = map(serde_json::json!({"column": "Q129", "item": "age", "labels": labels}));
    let numeric = study1(&folder, "study1_numeric.csv", &numeric);
    let text = map(serde_json::json!({"column": "Q129", "item": "age"}));
    assert_eq!(numeric.stdout, study1(&folder, "study1_text.csv", &text).stdout);
    let ages = numeric.table();
    assert!(ages.column("age_read").iter().filter(|cell| !cell.is_empty()).count() > 150);
    // Without the list a code that happens to be an age would be one; most are none, and their rows are rejected.
    let run = bearings("score --ruleset tests/data/exports/study1 --map").arg(own.at("map.json"));
    run.arg(folder.join("study1_numeric.csv")).ends_with(6);
}

#[test]
fn a_column_name_that_occurs_twice_is_told_apart_by_its_import_id_or_refused() {
    let Some(folder) = shared_data("qualtrics") else { return };
    let run = |keep: &str| {
        let map = "--map tests/data/exports/study1/map.json";
        let run = bearings(&format!("score --ruleset tests/data/exports/study1 {map} --keep {keep}"));
        run.arg(folder.join("study1_numeric.csv"))
    };
    let outcome = run("Q135").ends_with(3);
    says(&outcome, &["two columns are named `Q135` (columns 84 and 118)", "QID135, QID125"]);
    let kept = run("QID135").ok().table();
    assert_eq!(kept.column("Q135").iter().filter(|cell| !cell.is_empty() && **cell != "3").count(), 4);
}
