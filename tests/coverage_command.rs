//! `bearings coverage`: what the cases or a survey try, what cannot be tried, and the cases that are missing.

use std::fs;

use serde_json::Value;

use crate::support::{Folder, SURVEY, bearings, read, root};

/// The small ruleset in a folder of its own.
fn tiny() -> Folder {
    let folder = Folder::new();
    for name in ["ruleset.rhai", "questionnaire.json", "cases/far.json", "cases/even.json"] {
        folder.write(&format!("tiny/{name}"), read(format!("tests/data/coverage/{name}")));
    }
    folder
}

/// `kind id shows` of a list of targets.
fn names(json: &Value, list: &str) -> Vec<String> {
    let word = |target: &Value, field: &str| target[field].as_str().unwrap().to_owned();
    let targets = json[list].as_array().unwrap().iter();
    targets.map(|target| ["kind", "id", "shows"].map(|field| word(target, field)).join(" ")).collect()
}

/// The counts of a rule: fired, not fired, undecided, pivotal.
#[track_caller]
fn rule<'a>(json: &'a Value, id: &str) -> [&'a str; 4] {
    let rule = json["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap();
    ["holds", "fails", "undecided", "pivotal"].map(|field| rule[field].as_str().unwrap_or("none"))
}

#[test]
fn what_is_tried_what_is_not_and_what_cannot_be() {
    let json = bearings("coverage tests/data/coverage --json").ok().json();
    assert_eq!(json["format"], "bearings/coverage@1");
    assert_eq!((&json["by"], &json["sheets"], &json["todo"]), (&"cases".into(), &"2".into(), &"0".into()));
    // far.json: 4 and 0, calm 4; even.json: 2 and 2, calm 2.
    assert_eq!(rule(&json, "one_sided"), ["1", "1", "0", "1"]);
    assert_eq!(rule(&json, "far_apart"), ["1", "1", "0", "0"]);
    assert_eq!(rule(&json, "restless"), ["0", "2", "0", "0"]);
    assert_eq!(rule(&json, "noted"), ["1", "1", "0", "none"]);
    assert_eq!(names(&json, "not_tried"), ["rule restless holds", "rule restless pivotal"]);
    // Half of what `mine` can be is no 90 %; who is three apart is two apart, and strained already.
    let never = ["rule impossible holds", "rule impossible pivotal", "rule far_apart pivotal"];
    assert_eq!(names(&json, "cannot_occur"), never);
    // Five rules both ways, four pivotal, a condition both ways, three outcomes; three of these cannot be.
    assert_eq!((&json["tried"], &json["of"], &json["percent"]), (&"14".into(), &"16".into(), &87.into()));
}

#[test]
fn the_text_ends_with_the_share_and_names_the_places() {
    let text = bearings("coverage tests/data/coverage").ok().stdout;
    assert!(text.starts_with("tiny 1 by 2 cases (hurt, short form)\n"), "{text}");
    assert!(text.contains("rule `restless` fires (tests/data/coverage/ruleset.rhai:13)\n"), "{text}");
    let left_out = text.split("and left out:\n").nth(1).unwrap();
    assert!(left_out.starts_with("  rule `impossible` fires (tests/data/coverage/ruleset.rhai:14)\n"), "{text}");
    assert!(text.ends_with("\n14 of 16 are tried: 87 %\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_threshold_decides_the_status() {
    bearings("coverage tests/data/coverage --threshold 87").ok();
    let short = bearings("coverage tests/data/coverage --threshold 88").ends_with(1);
    assert!(short.stdout.ends_with("14 of 16 are tried: 87 %, below 88 %\n"), "{}", short.stdout);
    bearings("coverage tests/data/coverage --json --threshold 100").ends_with(1);
    bearings("coverage tests/data/coverage --threshold 101").ends_with(2);
}

#[test]
fn the_missing_cases_are_written_and_then_all_is_tried() {
    let folder = tiny();
    let outcome = bearings("coverage tiny --suggest").within(folder.path()).ok();
    assert!(outcome.stdout.contains("wrote tiny/cases/covers-restless-holds.json: 2 things\n"), "{}", outcome.stdout);
    let case = folder.json("tiny/cases/covers-restless-holds.json");
    assert_eq!(case["description"], "covers: rule `restless` fires; rule `restless` is pivotal");
    assert_eq!(case["expect"], serde_json::json!({}));
    assert_eq!(case["answers"]["calm"], 0);
    assert_eq!(case["answers"].as_object().unwrap().len(), 3, "a whole sheet");
    let text = folder.read("tiny/cases/covers-restless-holds.json");

    let again = bearings("coverage tiny --threshold 100 --suggest").within(folder.path()).ok();
    assert!(again.stdout.ends_with("16 of 16 are tried: 100 %\n"), "{}", again.stdout);
    assert!(again.stdout.contains("1 of them is marked todo"), "{}", again.stdout);
    assert_eq!(fs::read_dir(folder.at("tiny/cases")).unwrap().count(), 3, "nothing more was written");
    // It does not pass unseen: a person has to say what must come out.
    let test = bearings("test tiny").within(folder.path()).ok();
    assert!(test.stdout.ends_with("2 passed, 0 failed, 1 todo\n"), "{}", test.stdout);
    folder.write(
        "tiny/cases/covers-restless-holds.json",
        text.replace("\"expect\": {}", "\"expect\": {\"signal\": \"strained\"}"),
    );
    bearings("test tiny").within(folder.path()).ends_with(1);
}

#[test]
fn nothing_is_written_over_and_a_built_in_ruleset_needs_a_folder() {
    let folder = tiny();
    folder.write("tiny/cases/covers-restless-holds.json", read("tests/data/coverage/cases/far.json"));
    bearings("coverage tiny --suggest").within(folder.path()).ok();
    assert_eq!(folder.read("tiny/cases/covers-restless-holds.json"), read("tests/data/coverage/cases/far.json"));
    assert!(folder.at("tiny/cases/covers-restless-holds-2.json").is_file());
    let elsewhere = bearings("coverage tiny/ruleset.rhai --questionnaire tiny/questionnaire.json --suggest=more");
    elsewhere.within(folder.path()).ok();
    assert!(folder.at("more").is_dir());

    for ruleset in ["trust-repair", "tiny/ruleset.rhai"] {
        let outcome = bearings(&format!("coverage {ruleset} --suggest")).within(folder.path()).ends_with(2);
        assert!(outcome.stderr.contains("--suggest=cases"), "{}", outcome.stderr);
    }
}

#[test]
fn cases_for_everything_are_written_from_nothing() {
    let folder = Folder::new();
    for file in fs::read_dir(root().join("rulesets/trust-repair")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rhai") {
            folder.write(&format!("own/{}", path.file_name().unwrap().to_str().unwrap()), fs::read(&path).unwrap());
        }
    }
    for (role, form) in [("hurt", "short"), ("broke", "full")] {
        let run = format!("coverage own --role {role} --form {form} --json");
        let before = bearings(&run).within(folder.path()).ok().json();
        let written = bearings(&format!("{run} --suggest")).within(folder.path()).ok().json();
        let files = written["written"].as_array().unwrap().len();
        let targets = names(&before, "not_tried").len();
        assert!(files > 0 && files * 3 < targets, "{files} files for {targets} targets");
        let after = bearings(&run).within(folder.path()).ok().json();
        assert_eq!(names(&after, "not_tried"), [""; 0]);
        assert_eq!(names(&after, "unknown"), [""; 0]);
        assert_eq!(after["todo"], files.to_string());
    }
    // They can be run, and none of them passes or fails before somebody has looked at it.
    let test = bearings("test own").within(folder.path()).ok();
    assert!(test.stdout.contains("0 passed, 0 failed, "), "{}", test.stdout);
}

#[test]
fn the_answers_that_matter_stand_first() {
    let folder = Folder::new();
    bearings("coverage csi-4 --suggest=none").within(folder.path()).ok();
    assert_eq!(folder.names(), [""; 0], "an instrument lacks no case");
    for name in ["ruleset.rhai", "questionnaire.json"] {
        folder.write(&format!("one/{name}"), read(format!("tests/data/coverage/{name}")));
    }
    // One rule, and one condition that is met either way: the answer to `calm` is all that matters.
    let rules = folder.read("one/ruleset.rhai");
    let kept = rules.lines().filter(|line| !line.starts_with("rule ") || line.starts_with("rule noted"));
    let kept: Vec<&str> = kept.filter(|line| !line.contains("strain") && !line.starts_with("scale")).collect();
    folder.write("one/ruleset.rhai", kept.join("\n"));
    bearings("coverage one --suggest").within(folder.path()).ok();
    let text = folder.read("one/cases/covers-noted-holds.json");
    assert!(text.contains("\"answers\": {\n    \"calm\": "), "{text}");
    assert!(text.contains("\"mine\": ") && text.contains("\"theirs\": "), "{text}");
}

#[test]
fn every_rule_of_the_shipped_ruleset_is_tried_both_ways() {
    let json = bearings("coverage --json").ok().json();
    let rules = json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 75);
    for rule in rules {
        assert!(rule["holds"] != "0" && rule["fails"] != "0", "{rule}");
    }
    // 47 of the 55 cases are read, four of them as hurt and as the one who broke trust.
    assert_eq!((&json["sheets"], &json["withheld"], &json["other_path"]), (&"55".into(), &"5".into(), &"3".into()));
    assert_eq!(names(&json, "unknown"), [""; 0]);
    assert!(json["percent"].as_u64().unwrap() >= 99, "{}", json["percent"]);
}

#[test]
fn past_the_budget_nothing_is_left_out() {
    let json = bearings("coverage tests/data/coverage --budget 1 --json").ok().json();
    assert_eq!(names(&json, "cannot_occur"), [""; 0]);
    assert_eq!(names(&json, "unknown").len(), 5);
    assert_eq!((&json["tried"], &json["of"]), (&"14".into(), &"19".into()));
    let text = bearings("coverage tests/data/coverage --budget 1").ok().stdout;
    assert!(text.contains("UNKNOWN whether any sheet could") && text.contains("--budget"), "{text}");
}

#[test]
fn the_rows_of_a_survey_count_like_cases() {
    let folder = tiny();
    folder.write("rows.csv", "id,mine,theirs,calm\n1,4,0,4\n2,2,2,2\n3,2,2,\n");
    let json = bearings("coverage tiny --data rows.csv --json").within(folder.path()).ok().json();
    assert_eq!((&json["by"], &json["sheets"]), (&"data".into(), &"3".into()));
    assert_eq!(rule(&json, "one_sided"), ["1", "2", "0", "1"]);
    assert_eq!(rule(&json, "restless"), ["0", "2", "1", "0"]);
    assert_eq!(rule(&json, "noted"), ["1", "1", "1", "none"]);
    assert_eq!(names(&json, "not_tried"), ["rule restless holds", "rule restless pivotal"]);

    // A row that cannot be read is left out, told of without its answer, and changes the status.
    folder.write("bad.csv", "id,mine,theirs,calm\n1,4,0,4\n2,4711,2,2\n");
    let bad = bearings("coverage tiny --data bad.csv").within(folder.path()).ends_with(6);
    assert!(bad.stdout.contains("by 1 row of the survey"), "{}", bad.stdout);
    assert!(bad.stderr.contains("bad.csv:3") && !bad.stderr.contains("4711"), "{}", bad.stderr);
    bearings("coverage tiny --data bad.csv --threshold 100").within(folder.path()).ends_with(1);
}

#[test]
fn a_survey_fires_the_rules_that_its_scored_rows_name() {
    let json = bearings(&format!("coverage --data {SURVEY} --json")).ok().json();
    let scored = bearings(&format!("score {SURVEY}")).ok().table();
    let withheld = scored.column("signal").into_iter().filter(|signal| *signal == "withheld").count();
    assert_eq!(
        json["withheld"],
        if (1..5).contains(&withheld) { "fewer than 5".to_owned() } else { withheld.to_string() }
    );
    for (column, field) in [("rules_fired", "holds"), ("rules_undecided", "undecided")] {
        let cells = scored.column(column);
        for rule in json["rules"].as_array().unwrap() {
            let id = rule["id"].as_str().unwrap();
            let rows = cells.iter().filter(|cell| cell.split(';').any(|own| own == id)).count();
            assert_eq!(rule[field], rows.to_string(), "{id}");
        }
    }
    // Stages and signals likewise; a signal that the engine took away is not come to.
    let (signals, reasons) = (scored.column("signal"), scored.column("reason"));
    let own = |at: usize| !["held_back", "contradictory", "close_call"].contains(&reasons[at]);
    for part in json["parts"].as_array().unwrap() {
        let id = part["id"].as_str().unwrap();
        let rows = match part["kind"].as_str().unwrap() {
            "stage" => scored.column("stage").into_iter().filter(|stage| *stage == id).count(),
            "signal" => (0..signals.len()).filter(|at| signals[*at] == id && own(*at)).count(),
            "reason" => reasons.iter().filter(|reason| **reason == id).count(),
            _ => continue,
        };
        assert_eq!(part["reached"], rows.to_string(), "{id}");
    }
}

#[test]
fn what_says_nothing_here_is_refused() {
    let outcome = bearings("coverage tests/data/coverage --missing 99").ends_with(2);
    assert!(outcome.stderr.contains("--data"), "{}", outcome.stderr);
    bearings(&format!("coverage --data {SURVEY} --suggest=x")).ends_with(2);
    let form = bearings("coverage tests/data/coverage --form full").ends_with(2);
    assert!(form.stderr.contains("no such role and form"), "{}", form.stderr);
    bearings("coverage tests/data/no-such-ruleset").ends_with(4);
}

#[test]
fn all_broken_cases_are_named_at_once() {
    let folder = tiny();
    folder.write(
        "tiny/cases/one.json",
        r#"{"format": "bearings/case@1", "description": "d", "answers": {"min": 1}, "expect": {"signal": "x"}}"#,
    );
    folder.write(
        "tiny/cases/two.json",
        r#"{"format": "bearings/case@1", "description": "d", "answers": {}, "expect": {}}"#,
    );
    let outcome = bearings("coverage tiny").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("one.json") && outcome.stderr.contains("two.json"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
}

#[test]
fn an_instrument_has_nothing_to_be_tried() {
    let outcome = bearings("coverage ras --threshold 100").ok();
    assert!(outcome.stdout.ends_with("0 of 0 are tried: 100 %\n"), "{}", outcome.stdout);
}
