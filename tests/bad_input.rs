//! Surveys and command lines that cannot be used: what is said, where, with which status, and what is left behind.
//!
//! Every check looks for the same three things besides: no answer in a message, no half output, no panic.

use crate::support::{Folder, Outcome, SURVEY, bearings, read};
use crate::table::Table;

/// Values that stand in surveys below and must never come out on stderr.
const CANARIES: [&str; 2] = ["424242", "CANARYANSWER"];

/// Scores a survey that must fail with this status and these texts on stderr, and leaves no output.
#[track_caller]
fn check(survey: impl AsRef<[u8]>, options: &str, status: i32, expected: &[&str]) {
    let folder = Folder::new();
    folder.write("survey.csv", survey);
    let run = bearings(&format!("score survey.csv -o out.csv --trace trace.csv {options}")).within(folder.path());
    says(&run.ends_with(status), expected);
    assert_eq!(folder.names(), ["survey.csv"], "something was written");
}

#[track_caller]
fn says(outcome: &Outcome, expected: &[&str]) {
    for text in expected {
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
    }
    for canary in CANARIES {
        assert!(!outcome.stderr.contains(canary), "an answer is in: {}", outcome.stderr);
    }
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_survey_without_a_known_column_is_refused() {
    let message = "survey.csv:1: no column is an item of questionnaire `trust-repair`";
    check("id,owned_upp\n1,CANARYANSWER\n", "", 3, &[message]);
}

#[test]
fn a_column_that_stands_there_twice_is_refused() {
    check("id,owned_up,owned_up\n1,424242,1\n", "", 3, &["survey.csv:1:", "`owned_up`", "rename or remove"]);
    check("id,id,owned_up\n1,424242,1\n", "", 3, &["survey.csv:1:", "two columns are named `id`"]);
}

#[test]
fn an_empty_file_and_a_header_alone_are_refused() {
    check("", "", 3, &["survey.csv:1: the file is empty"]);
    check("\n\n", "", 3, &["survey.csv:1: the file is empty"]);
    check("id,owned_up\n", "", 3, &["survey.csv:1:", "no row below it"]);
}

#[test]
fn other_kinds_of_files_are_refused_by_what_they_are() {
    check(b"\xff\xfei\0d\0\n", "", 3, &["survey.csv:1:", "not UTF-16"]);
    check(b"id,owned_up\n1,\0\n", "", 3, &["survey.csv:2:3: there is a NUL byte"]);
    check("<!DOCTYPE html><p>424242", "", 3, &["survey.csv:1:", "web page"]);
    check(b"PK\x03\x04xlsx", "", 3, &["survey.csv:1:", "spreadsheet"]);
    check("{\"answers\": {\"owned_up\": 424242}}", "", 3, &["survey.csv:1:", "JSON"]);
    check(b"id,caf\xe9,owned_up\n1,2,424242\n", "", 3, &["survey.csv:1:", "UTF-8"]);
}

#[test]
fn a_misspelt_id_column_is_found() {
    let survey = "person,owned_up\n1,424242\n";
    check(survey, "--id persn", 3, &["survey.csv:1:", "`persn`", "did you mean `person`?"]);
    check(survey, "--keep persn", 3, &["survey.csv:1:", "`persn`", "did you mean `person`?"]);
}

#[test]
fn a_survey_of_another_questionnaire_is_refused() {
    check(read(SURVEY), "--ruleset ras", 3, &["survey.csv:1:", "questionnaire `ras`"]);
    check("id,ras_1\n1,424242\n", "", 3, &["survey.csv:1:", "questionnaire `trust-repair`"]);
}

#[test]
fn a_ruleset_with_another_questionnaire_than_its_own_is_refused() {
    let survey = "id,ras_1\n1,3\n";
    check(survey, "--questionnaire ras", 4, &["questionnaire", "`ras`", "`trust-repair`", "--ruleset ras"]);
    check(survey, "--ruleset ras --summary-format json", 2, &["--summary"]);
}

#[test]
fn an_unknown_ruleset_or_questionnaire_is_named_with_what_there_is() {
    let survey = read(SURVEY);
    check(
        &survey,
        "--ruleset trust-repiar",
        4,
        &["`trust-repiar`", "did you mean `trust-repair`?", "csi-4, dyadic-trust"],
    );
    check(&survey, "--questionnaire rass", 4, &["`rass`", "did you mean `ras`?"]);
}

#[test]
fn private_columns_are_never_carried_over() {
    for column in ["safety_fear", "safety_put_down", "under_18", "SAFETY_FEAR"] {
        check(read(SURVEY), &format!("--keep {column}"), 2, &[column, "never carried over"]);
        check(read(SURVEY), &format!("--id {column}"), 2, &[column, "never carried over"]);
    }
}

#[test]
fn a_parameter_that_is_not_there_or_out_of_range_is_refused() {
    let survey = read(SURVEY);
    check(&survey, "--set nothing=1", 4, &["no parameter `nothing`"]);
    check(&survey, "--set window_week=9", 4, &["`window_week`", "`window_weeks`"]);
    check(&survey, "--set window_weeks=99", 4, &["`window_weeks`", "from 2 to 52"]);
    check(&survey, "--set window_weeks=soon", 4, &["`window_weeks`", "from 2 to 52"]);
    check(&survey, "--set window_weeks", 2, &["NAME=VALUE"]);
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused() {
    let survey = read(SURVEY);
    for options in ["--decimals 13", "--format xml", "--limit -1", "--role both", "--columns Q", "--nothing"] {
        check(&survey, options, 2, &["error:"]);
    }
    assert_eq!(bearings("score").ends_with(2).stdout, "");
}

#[test]
fn strict_stops_at_the_first_bad_row_and_writes_nothing() {
    let survey = "id,weeks_since,owned_up\na,3,1\nb,424242,1\nc,3,CANARYANSWER\n";
    check(survey, "--strict", 3, &["survey.csv:3:", "row 2", "column `weeks_since`", "from 0 to 52"]);
}

/// Scores a survey of which the rows `a` and `e` are good and one between is bad; the others must come out.
#[track_caller]
fn rejects(bad: &[u8], expected: &[&str]) {
    let folder = Folder::new();
    let survey = [b"id,weeks_since,owned_up\na,3,1\n", bad, b"\ne,3,2\n"].concat();
    folder.write("survey.csv", survey);
    let outcome = bearings("score survey.csv -o out.csv").within(folder.path()).ends_with(6);
    says(&outcome, expected);
    says(&outcome, &["survey.csv:3", "row 2", "3 rows read = 2 scored + 1 rejected", "1 row was rejected"]);
    assert_eq!(Table::parse(&folder.read("out.csv")).column("id"), ["a", "e"]);
    assert_eq!(folder.names(), ["out.csv", "out.csv.manifest.json", "survey.csv"]);
}

#[test]
fn a_value_that_is_no_answer_rejects_its_row_and_is_not_echoed() {
    rejects(b"b,424242,1", &["column `weeks_since`", "a whole number from 0 to 52"]);
    rejects(b"b,3,CANARYANSWER", &["column `owned_up`", "(0, 1, 2)"]);
    rejects(b"b,424242,CANARYANSWER", &["column `weeks_since`", "column `owned_up`"]);
    rejects(b"b,3,1.5", &["column `owned_up`"]);
    rejects(b"b,3,9.0", &["column `owned_up`"]);
    rejects(b"b,3,not_applicable", &["column `owned_up`", "does not offer"]);
}

#[test]
fn a_ragged_row_is_rejected() {
    rejects(b"b,424242", &["2 cells, but the header has 3"]);
    rejects(b"b,3,1,CANARYANSWER", &["4 cells, but the header has 3"]);
}

#[test]
fn bytes_that_are_no_text_reject_their_row() {
    rejects(b"b,3,\xff\xfe", &["column `owned_up` is not UTF-8"]);
    rejects(b"\xff,3,1", &["column `id` is not UTF-8"]);
}

#[test]
fn many_bad_rows_are_named_up_to_a_limit_and_all_are_counted() {
    let rows: String = (0..50).map(|row| format!("{row},424242\n")).collect();
    let outcome = bearings("score -").stdin(format!("id,weeks_since\n{rows}last,3\n")).ends_with(6);
    assert_eq!(outcome.stderr.matches("column `weeks_since`").count(), 10);
    assert!(outcome.stderr.contains("40 more rejected rows") && outcome.stderr.contains("1 scored + 50 rejected"));
    assert!(!outcome.stderr.contains("424242"));
    assert_eq!(outcome.table().column("id"), ["last"]);
}

#[test]
fn an_unclosed_quote_is_found_where_it_starts() {
    let outcome = bearings("score -").stdin("id,note,owned_up\na,ok,1\nb,\"CANARYANSWER,1\nc,ok,1\n").ends_with(6);
    assert!(outcome.stderr.contains("standard input:3") && outcome.stderr.contains("quote"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("CANARYANSWER"));
    assert_eq!(outcome.table().column("id"), ["a"]);
}

#[test]
fn an_input_is_never_written_over() {
    let folder = Folder::new();
    let survey = read(SURVEY);
    folder.write("survey.csv", &survey);
    folder.write("rows.manifest.json", &survey);
    for options in [
        "survey.csv -o survey.csv",
        "survey.csv -o ./survey.csv",
        "survey.csv --trace survey.csv",
        "rows.manifest.json -o rows",
    ] {
        let outcome = bearings(&format!("score {options}")).within(folder.path()).ends_with(2);
        says(&outcome, &["is an input"]);
        assert_eq!(folder.names(), ["rows.manifest.json", "survey.csv"], "{options}");
        assert!(folder.read("survey.csv") == survey && folder.read("rows.manifest.json") == survey, "{options}");
    }
}

#[test]
fn two_outputs_cannot_have_one_name() {
    let folder = Folder::new();
    folder.write("survey.csv", read(SURVEY));
    for options in [
        "-o a.csv --trace a.csv",
        "-o a.csv --trace ./a.csv",
        "-o a --trace a.manifest.json",
        "--trace -",
        "--summary -o -",
        "--summary --trace -",
    ] {
        let outcome = bearings(&format!("score survey.csv {options}")).within(folder.path()).ends_with(2);
        says(&outcome, &["error: "]);
        assert_eq!(folder.names(), ["survey.csv"], "{options}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    folder.write("survey.csv", read(SURVEY));
    for options in ["-o nowhere/out.csv", "--trace nowhere/out.csv"] {
        let outcome = bearings(&format!("score survey.csv {options}")).within(folder.path()).ends_with(5);
        assert!(outcome.stderr.contains("cannot write `nowhere/out.csv`"), "{}", outcome.stderr);
        assert_eq!(folder.names(), ["survey.csv"]);
    }
    let outcome = bearings("score survey.csv -o .").within(folder.path()).ends_with(5);
    says(&outcome, &["cannot write `.`"]);
}

#[test]
fn an_input_that_is_not_there_is_named() {
    let folder = Folder::new();
    let outcome = bearings("score nothing.csv -o out.csv").within(folder.path()).ends_with(5);
    says(&outcome, &["cannot read `nothing.csv`"]);
    assert_eq!(folder.names(), [""; 0]);
    let outcome = bearings("score . -o out.csv").within(folder.path()).ends_with(5);
    says(&outcome, &["cannot read `.`"]);
}

#[test]
fn problems_of_a_survey_come_as_lines_and_as_json_too() {
    let survey = "id,weeks_since\na,3\nb,424242\n";
    let plain = bearings("score - --error-format plain").stdin(survey).ends_with(6).stderr;
    assert!(
        plain.lines().any(|line| line.starts_with("standard input:3: error: row 2: column `weeks_since`")),
        "{plain}"
    );
    let json = bearings("score - --error-format json").stdin(survey).ends_with(6).stderr;
    assert!(!json.contains("424242"));
    let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let problem = lines.iter().find(|line| line["line"] == 3).unwrap();
    assert_eq!((&problem["file"], &problem["severity"]), (&"standard input".into(), &"error".into()));
}

#[test]
fn an_id_that_stands_twice_is_named_with_its_line_and_both_rows_are_scored() {
    let folder = Folder::new();
    folder.write("survey.csv", "id,owned_up\na,1\nb,2\na,0\n");
    let outcome = bearings("score survey.csv").within(folder.path()).ok();
    assert!(outcome.stderr.contains("survey.csv:4: this id stands in an earlier row, too"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout.lines().count(), 4);
}

#[test]
fn rows_that_were_scored_are_spoken_of_only_if_there_are_some() {
    let score = |rows: &str| {
        let survey = format!("id,csi4_1,csi4_2,csi4_3,csi4_4\n{rows}");
        bearings("score - --ruleset csi-4").stdin(survey).ends_with(6).stderr
    };
    let wrong = "the rows that were scored are then wrong, too";
    let some = score("a,7,6,6,6\nb,1,1,1,1\n");
    assert!(some.contains(wrong) && some.contains("1 row was rejected; the others are done"), "{some}");
    let none = score("a,7,6,6,6\n");
    assert!(!none.contains("wrong, too") && none.contains("1 row was rejected; no row was scored"), "{none}");
    let missing = score("a,NA,1,1,1\nb,1.0,NA,1,1\nc,1.0,1,1,1\n");
    assert!(missing.contains("try --missing NA") && !missing.contains("wrong, too"), "{missing}");
}

#[test]
fn a_file_called_json_is_read_as_json() {
    let folder = Folder::new();
    for (text, said) in [("[1, 424242]", "invalid-json"), ("", "invalid-json"), ("CANARYANSWER", "invalid-json")] {
        folder.write("answers.json", text);
        let outcome = bearings("explain answers.json").within(folder.path()).ends_with(3);
        says(&outcome, &[said, "answers.json:1:"]);
        assert!(!outcome.stderr.contains("survey"), "{}", outcome.stderr);
    }
}

#[test]
fn what_an_answer_may_be_is_said_without_the_names_of_types() {
    let folder = Folder::new();
    for value in ["true", "1.5", "{}", "[424242]"] {
        let text = format!(
            "{{\"format\": \"bearings/answers@1\", \"questionnaire\": {{\"id\": \"trust-repair\", \"version\": \"x\"}},\n\
             \"form\": \"short\",\n\"answers\": {{\"owned_up\": {value}}}}}"
        );
        folder.write("answers.json", text);
        let outcome = bearings("explain answers.json").within(folder.path()).ends_with(3);
        let said = "an answer is a whole number, a word or a list of words at `answers.owned_up`";
        says(&outcome, &[said, "answers.json:3:"]);
        assert!(!outcome.stderr.contains("untagged"), "{}", outcome.stderr);
    }
}

#[test]
fn a_byte_order_mark_at_the_start_of_a_file_is_skipped() {
    let folder = Folder::new();
    let marked = |path: &str| format!("\u{FEFF}{}", read(path));
    folder.write("rules/ruleset.rhai", marked("rulesets/csi-4/ruleset.rhai"));
    folder.write("questionnaire.json", marked("questionnaires/csi-4.json"));
    let survey = "id,csi4_1,csi4_2,csi4_3,csi4_4\na,1,1,1,1\n";
    let expected = bearings("score - --ruleset csi-4").stdin(survey).ok().stdout;
    let found = bearings("score - --ruleset rules --questionnaire questionnaire.json").within(folder.path());
    assert_eq!(found.stdin(survey).ok().stdout, expected);
}
