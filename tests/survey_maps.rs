//! Maps of columns: what they say, what they must not, and `bearings map`.

use serde_json::{Value, json};

use crate::support::{Folder, Invocation, Outcome, SURVEY, bearings, read, root};

/// Scores a survey by a map, with the study ruleset of the exports.
fn score(folder: &Folder, survey: &str, map: &str, options: &str) -> Invocation {
    folder.write("survey.csv", survey);
    folder.write("map.json", map);
    let run = bearings(&format!("score survey.csv --map map.json {options}")).within(folder.path());
    run.arg("--ruleset").arg(root().join("tests/data/exports"))
}

fn map(fields: Value) -> String {
    let mut map = json!({"format": "bearings/map@1"});
    map.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    map.to_string()
}

#[track_caller]
fn says(outcome: &Outcome, expected: &[&str]) {
    for text in expected {
        assert!(outcome.stderr.contains(text), "`{text}` is not in:\n{}", outcome.stderr);
    }
}

/// A map that cannot be used, and what is said of it. No answer may be said.
#[track_caller]
fn refused(survey: &str, fields: Value, status: i32, expected: &[&str]) {
    let outcome = score(&Folder::new(), survey, &map(fields), "").ends_with(status);
    says(&outcome, expected);
    assert_eq!(outcome.stdout, "");
    assert!(!outcome.stderr.contains("424242"), "{}", outcome.stderr);
}

/// A survey that is read by a map, and the cells of some columns.
#[track_caller]
fn check(survey: &str, fields: Value, columns: &[&str], expected: &[&str]) {
    let outcome = score(&Folder::new(), survey, &map(fields), "").ok();
    let table = outcome.table();
    let row = |at: usize| columns.iter().map(|column| table.cell(at, column)).collect::<Vec<_>>().join(" ");
    assert_eq!((0..table.rows.len()).map(row).collect::<Vec<_>>(), expected, "{}", outcome.stderr);
}

#[test]
fn columns_are_found_by_name_alias_and_pattern() {
    let columns = json!([{"column": "how_calm", "aliases": ["calmness", "ruhe"], "item": "calm"}]);
    for name in ["how_calm", "ruhe"] {
        check(
            &format!("id,{name},trust\na,4,2\n"),
            json!({"columns": columns}),
            &["calm_read", "trust_read"],
            &["4 2"],
        );
    }
    check("id,Q1,Q2\na,4,2\n", json!({"pattern": "Q{n}"}), &["calm_read", "trust_read"], &["4 2"]);
    // What is left out on purpose is not read, though it is named like an item.
    check("id,calm,trust\na,4,2\n", json!({"not_read": ["trust"]}), &["calm_read", "trust_read"], &["4 "]);
}

#[test]
fn each_column_has_its_own_way_of_writing() {
    let fields = json!({"columns": [
        {"column": "a", "item": "calm", "recorded_as": "position", "missing": {"9": "declined"}},
        {"column": "b", "item": "trust", "labels": {"nie": 1, "immer": 5}},
    ]});
    check("id,a,b\n1,0,nie\n2,9,IMMER\n", fields, &["calm_read", "trust_read"], &["1 1", " 5"]);
    let fields = json!({"recorded_as": "position"});
    check("id,calm,trust\n1,0,4\n", fields, &["calm_read", "trust_read"], &["1 5"]);
}

#[test]
fn with_labels_nothing_else_is_an_answer() {
    let fields = json!({"columns": [{"column": "b", "item": "trust", "labels": {"nie": 1, "immer": 5}}]});
    for cell in ["5", "Always", "", "oft"] {
        let outcome = score(&Folder::new(), &format!("id,b,calm\n1,{cell},1\n"), &map(fields.clone()), "").run();
        let expected = if cell.is_empty() { 0 } else { 6 };
        assert_eq!(outcome.status, Some(expected), "{cell}: {}", outcome.stderr);
        if expected == 6 {
            says(&outcome, &["column `b` holds none of its answers (the labels of the map)"]);
        }
    }
}

#[test]
fn key_and_kept_columns_come_from_the_map() {
    let fields = json!({"id": "who", "wave": "when", "keep": ["site"]});
    let outcome = score(&Folder::new(), "site,when,who,calm\ns,2,p,4\n", &map(fields), "--keep calm").ok();
    assert!(outcome.stdout.starts_with("who,when,site,calm,"), "{}", outcome.stdout);
    assert!(outcome.stdout.lines().nth(1).unwrap().starts_with("p,2,s,4,"), "{}", outcome.stdout);
}

#[test]
fn everything_that_does_not_fit_is_said_at_once_with_its_place() {
    let fields = json!({
        "id": "nobody",
        "columns": [
            {"column": "clam", "item": "calm"},
            {"column": "trust", "item": "thrust"},
            {"column": "where", "item": "where"},
            {"column": "weeks", "item": "weeks", "separator": ","},
            {"column": "talks", "item": "talks", "labels": {"Y": 2}},
        ],
    });
    refused(
        "id,calm,trust,where,weeks,talks\n1,424242,1,1,1,1\n",
        fields,
        4,
        &[
            "map.json:1:",
            "the survey has no column `clam`",
            "did you mean `calm`?",
            "`thrust` is no item of questionnaire `exports`",
            "did you mean `trust`?",
            "several options of `where` can be ticked",
            "`weeks` has one answer a cell",
            "`talks` has no such option",
            "the survey has no column `nobody`",
            "6 errors",
        ],
    );
}

#[test]
fn a_map_that_contradicts_itself_is_refused() {
    let survey = "id,calm,trust,talks\n1,424242,1,1\n";
    let columns = |entry: Value| json!({"columns": [entry]});
    for (fields, expected) in [
        (columns(json!({"item": "calm"})), "a column is named by `column` or by `import_id`"),
        (columns(json!({"column": "calm", "import_id": "QID1", "item": "calm"})), "one of the two"),
        (columns(json!({"column": "calm", "item": "calm", "labels": "none"})), "there is no list of labels `none`"),
        (columns(json!({"column": "calm", "item": "calm", "missing": {"2": "declined"}})), "also one of its answers"),
        (columns(json!({"column": "calm", "item": "calm", "missing": {"9": "not_applicable"}})), "does not offer"),
        (columns(json!({"column": "talks", "item": "talks", "recorded_as": "one_based"})), "never counted from 1"),
        (
            columns(json!({"column": "calm", "item": "calm", "recorded_as": "position", "labels": {"x": 1}})),
            "with `labels` nothing is counted",
        ),
        (columns(json!({"column": "calm", "item": "trust"})), "both hold `trust`"),
        (json!({"file": {"delimiter": ",,"}}), "a delimiter is one character"),
        (json!({"file": {"header_rows": 0}}), "at least 1"),
        (json!({"attention": [{"column": "calm", "expected": []}]}), "`expected` says"),
        (json!({"questionnaire": "ras"}), "the map is for questionnaire `ras`"),
        (json!({"colums": []}), "unknown field `colums`"),
        (json!({"columns": [{"column": "calm", "item": "calm", "missing": {"9": "refused"}}]}), "columns[0].missing"),
        (json!({"pattern": "Q"}), "write {n} once"),
    ] {
        // Two columns for one item come up while the columns are laid out.
        let is_layout = expected.starts_with("both hold");
        refused(survey, fields, if is_layout { 3 } else { 4 }, &[expected]);
    }
    let folder = Folder::new();
    let outcome =
        score(&folder, survey, r#"{"format": "bearings/map@1", "missing": {"9": "skipped", "9": "declined"}}"#, "");
    says(&outcome.ends_with(4), &["`9` occurs twice"]);
    let outcome = score(&folder, survey, &map(json!({"recorded_as": "one_based"})), "--recorded-as position");
    says(&outcome.ends_with(2), &["--recorded-as contradicts the map"]);
}

#[test]
fn a_map_cannot_carry_private_answers_over_or_take_a_safety_question_out() {
    let survey = read(SURVEY).replacen("safety_fear", "fear", 1);
    let folder = Folder::new();
    folder.write("survey.csv", &survey);
    let run = |fields: Value| {
        folder.write("map.json", map(fields));
        bearings("score survey.csv --map map.json").within(folder.path())
    };
    let fear = json!([{"column": "fear", "item": "safety_fear"}]);
    let plain = bearings("score").arg(root().join(SURVEY)).ok().stdout;
    assert_eq!(run(json!({"columns": fear})).ok().stdout, plain);
    for fields in [
        json!({"columns": fear, "keep": ["fear"]}),
        json!({"columns": fear, "id": "fear"}),
        json!({"columns": fear, "wave": "fear"}),
        json!({"columns": fear, "attention": [{"column": "fear", "expected": ["0"]}]}),
    ] {
        says(&run(fields).ends_with(2), &["`fear` holds private answers", "never carried over"]);
    }
    // A blank safety answer stays one, whatever the map calls it.
    let not_shown = json!({"columns": fear, "missing": {"": "not_shown"}});
    assert_eq!(run(not_shown).ok().stdout, plain);
}

#[test]
fn what_bearings_map_drafts_reads_the_file_as_it_is_read_without() {
    for file in
        ["redcap-flat.csv", "semicolon.csv", "utf16le.csv", "odk.csv", "qualtrics-legacy.csv", "limesurvey-labels.csv"]
    {
        let folder = Folder::new();
        let path = root().join("tests/data/exports").join(file);
        let ruleset = root().join("tests/data/exports");
        let draft = folder.at("map.json");
        let run = bearings("map").arg(&path).arg("--ruleset").arg(&ruleset);
        let outcome = run.arg("-o").arg(&draft).ok();
        says(&outcome, &["--map reads a survey by it"]);
        let score = |options: &[&std::path::Path]| {
            let run = bearings("score").arg(&path).arg("--ruleset").arg(&ruleset);
            options.iter().fold(run, |run, option| run.arg(option)).ok().stdout
        };
        let by_map = score(&[std::path::Path::new("--map"), &draft]);
        assert_eq!(by_map, score(&[]), "{file}");
        // A map is somebody's work by the time that a second one is drafted.
        let again = bearings("map").arg(&path).arg("-o").arg(&draft).ends_with(2);
        says(&again, &["is there already"]);
    }
    let draft = bearings("map tests/data/exports/qualtrics-3row.csv --ruleset tests/data/exports -o -").ok().json();
    assert_eq!(draft["format"], "bearings/map@1");
    assert_eq!(draft["file"]["header_rows"], 3);
    assert_eq!(draft["id"], "ResponseId");
    assert!(
        draft["columns"].as_array().unwrap().contains(&json!({"column": "where", "item": "where", "separator": ","}))
    );
    assert!(draft["not_read"].as_array().unwrap().contains(&json!("QID9")));
}

#[test]
fn a_file_of_another_questionnaire_is_described_all_the_same() {
    let outcome = bearings("map tests/data/exports/redcap-flat.csv").ok();
    for text in ["0 of 12 columns hold answers to `trust-repair`", "--ruleset", "record_id"] {
        assert!(outcome.stdout.contains(text), "{}", outcome.stdout);
    }
    let outcome =
        bearings("map tests/data/exports/redcap-flat.csv --map tests/data/exports/gforms.map.json").ends_with(4);
    says(&outcome, &["the map is for questionnaire `exports`", "no column of the map stands in"]);
}

#[test]
fn the_manifest_says_how_a_file_was_read() {
    let folder = Folder::new();
    let fields = map(json!({"recorded_as": "position"}));
    score(&folder, "id;calm\na;0\n", &fields, "-o out.csv").ok();
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["policies"]["recorded_as"], "position");
    assert_eq!(manifest["inputs"][0]["map_sha256"], crate::support::sha256(&fields));
    let read_as = manifest["inputs"][0]["read_as"].as_array().unwrap();
    assert!(read_as.contains(&json!("the cells are separated by semicolons")), "{read_as:?}");
}
