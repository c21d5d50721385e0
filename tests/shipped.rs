//! What is built in: it is listed, it checks without a word, and its cases pass and try every rule both ways.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Folder, bearings, read, root};

/// All of them; but for the first one they are instruments.
const RULESETS: [&str; 19] = [
    "trust-repair",
    "ras",
    "csi-4",
    "csi-16",
    "csi-32",
    "rdas",
    "dyadic-trust",
    "trust-17",
    "ecr",
    "ecr-r",
    "ecr-rs",
    "ecr-s",
    "ims",
    "trim-18",
    "hits",
    "e-hits",
    "wast",
    "web",
    "casr-sf",
];

#[test]
fn everything_built_in_is_listed() {
    let stdout = bearings("list").ok().stdout;
    for id in RULESETS {
        let kind = if id == "trust-repair" { "assessment" } else { "instrument" };
        for kind in [kind, "questionnaire"] {
            let named = |line: &str| line.split_whitespace().take(2).eq([id, kind]);
            assert_eq!(stdout.lines().filter(|line| named(line)).count(), 1, "{id} {kind}");
        }
    }
}

#[test]
fn no_instrument_has_a_stage_or_a_signal() {
    for id in &RULESETS[1..] {
        let sample = bearings(&format!("sample --rows 20 --questionnaire {id}")).ok().stdout;
        let header = bearings(&format!("score - --ruleset {id}")).stdin(sample.clone()).ok().table().header;
        assert!(header.len() > 2 && !header.iter().any(|name| name == "stage" || name == "signal"), "{id}: {header:?}");
        let lines = bearings(&format!("score - --ruleset {id} --format ndjson")).stdin(sample).ok().json_lines();
        assert_eq!(lines.len(), 20);
        for line in &lines {
            assert!(line["stage"].is_null() && line["signal"]["id"].is_null(), "{id}: {line}");
            assert!(line["scores"].as_array().is_some_and(|scores| !scores.is_empty()), "{id}: {line}");
            assert_eq!(line["kind"], "instrument");
        }
    }
}

#[test]
fn everything_built_in_checks_without_a_word() {
    let outcome = bearings("check --strict").ok();
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        assert!(!line.starts_with("error") && !line.starts_with("warning"), "{line}");
    }
    assert_eq!(outcome.stderr, "");
    for id in RULESETS {
        assert!(outcome.stdout.contains(&format!("{id}: ok, ")), "{id}");
        assert!(outcome.stdout.contains(&format!("{id}.json: ok, ")), "{id}");
    }
}

#[test]
fn what_is_built_in_is_what_stands_in_the_tree() {
    for id in RULESETS {
        let folder = bearings(&format!("check rulesets/{id}")).ok().stdout;
        let built_in = bearings(&format!("check {id}")).ok().stdout;
        assert_eq!(folder.trim_start_matches("rulesets/"), built_in);
    }
    let folders = std::fs::read_dir(root().join("rulesets")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = folders
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let stdout = bearings("list").ok().stdout;
    let mut listed: Vec<&str> = stdout
        .lines()
        .filter(|line| !line.contains(" questionnaire "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, found);
}

/// "19 passed, 0 failed" as numbers.
#[track_caller]
fn counts(stdout: &str) -> (u32, u32) {
    let last = stdout.lines().last().unwrap();
    let words: Vec<&str> = last.split_whitespace().collect();
    let [passed, "passed,", failed, "failed"] = words.as_slice() else { panic!("{last}") };
    (passed.parse().unwrap(), failed.parse().unwrap())
}

#[test]
fn every_case_passes() {
    let (passed, failed) = counts(&bearings("test").ok().stdout);
    let files = RULESETS.map(|id| std::fs::read_dir(root().join("rulesets").join(id).join("cases")).unwrap().count());
    assert_eq!((passed, failed), (u32::try_from(files.iter().sum::<usize>()).unwrap(), 0));
    assert!(files.iter().all(|count| *count >= 5), "{files:?}");
    assert_eq!(counts(&bearings("test ras").ok().stdout), (u32::try_from(files[1]).unwrap(), 0));
}

#[test]
fn every_rule_fires_in_some_case_and_not_in_another() {
    let stdout = bearings("test").ok().stdout;
    let lacking: Vec<&str> = stdout
        .lines()
        .map(str::trim)
        .filter(|line| line.contains(" never fired") || line.contains(" always fired"))
        .collect();
    assert_eq!(lacking, [""; 0]);
    let line = stdout.lines().find(|line| line.contains(" rules fired in some case and not in another")).unwrap();
    let numbers: Vec<u32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(numbers[0] == numbers[1] && numbers[0] >= 13, "{line}");
}

#[test]
fn the_cases_of_a_copy_in_any_folder_pass_too() {
    let folder = Folder::new();
    for part in ["", "cases"] {
        for entry in std::fs::read_dir(root().join("rulesets/csi-4").join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("any name/{part}/{}", path.file_name().unwrap().to_string_lossy());
                folder.write(&name, std::fs::read(&path).unwrap());
            }
        }
    }
    let stdout = bearings("test").arg("any name").within(folder.path()).ok().stdout;
    assert_eq!(counts(&stdout).1, 0);
    assert!(counts(&stdout).0 > 0);
}

#[test]
fn the_shipped_ruleset_declares_its_window_of_eight_weeks() {
    let manifest = |setting: &str| {
        let folder = Folder::new();
        let run = bearings(&format!("score tests/data/trust-repair-200.csv {setting} -o")).arg(folder.at("o.csv"));
        run.ok();
        folder.json("o.csv.manifest.json")["params"].to_string()
    };
    assert!(manifest("").contains(r#""window_weeks":"8""#));
    assert_eq!(manifest("--set window_weeks=8"), manifest(""));
}

#[test]
fn a_rule_that_no_case_tries_both_ways_is_a_warning() {
    let folder = Folder::new();
    for entry in ["ruleset", "apologies", "consistency", "decision", "effort", "felt_safety"] {
        let text = crate::support::read(root().join(format!("rulesets/trust-repair/{entry}.rhai")));
        folder.write(&format!("mine/{entry}.rhai"), text);
    }
    let case = crate::support::read(root().join("rulesets/trust-repair/cases/partner-torn-over-money.json"));
    folder.write("mine/cases/torn.json", case);
    let outcome = bearings("check mine").within(folder.path()).ok();
    assert!(outcome.stderr.contains("warning[coverage]: the rule `again_often` never fired"), "{}", outcome.stderr);
    bearings("check mine --strict").within(folder.path()).ends_with(4);
}

#[test]
fn a_copy_under_the_name_of_a_built_in_one_is_not_taken_for_it() {
    let folder = Folder::new();
    folder.write("ras/ruleset.rhai", "nonsense");
    let outcome = bearings("check ras").within(folder.path()).ok();
    assert!(outcome.stderr.contains("the one here is `./ras`"), "{}", outcome.stderr);
    bearings("check ./ras").within(folder.path()).ends_with(4);
}

/// The cases of `trust-repair`, as they are written.
fn personas() -> Vec<Value> {
    let folder = std::fs::read_dir(root().join("rulesets/trust-repair/cases")).unwrap();
    folder.map(|entry| serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap()).collect()
}

/// The ids that declarations of a kind have in a file of the ruleset.
fn declared(kind: &str, file: &str) -> BTreeSet<String> {
    let text = read(format!("rulesets/trust-repair/{file}"));
    let ids = text.lines().filter_map(|line| line.strip_prefix(&format!("{kind} "))?.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

#[test]
fn every_stage_overlay_signal_and_reason_is_expected_of_some_persona() {
    let personas = personas();
    assert!(personas.len() >= 25, "{}", personas.len());
    let expected = |key: &str| -> BTreeSet<String> {
        let values = personas.iter().map(|case| &case["expect"][key]);
        let words = values.flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    assert_eq!(&declared("overlay", "decision.rhai") - &expected("overlays"), BTreeSet::new());
    let mut stages = declared("stage", "decision.rhai");
    stages.insert("unplaced".to_owned());
    assert_eq!(&stages - &expected("stage"), BTreeSet::new());
    let mut signals = declared("signal", "decision.rhai");
    signals.insert("not_enough_answered".to_owned());
    assert_eq!(&signals - &expected("signal"), BTreeSet::new());
    // A file whose safety page was left out is no case; it has a test of its own.
    let mut reasons = declared("reason", "decision.rhai");
    for told_otherwise in ["not_enough_answered", "safety_left_out"] {
        assert!(reasons.remove(told_otherwise), "{told_otherwise}");
    }
    assert_eq!(&reasons - &expected("reason"), BTreeSet::new());
    assert!(personas.iter().any(|case| case["expect"]["withheld"].as_bool() == Some(true)));
    let answered =
        |item: &str| -> BTreeSet<&str> { personas.iter().filter_map(|case| case["answers"][item].as_str()).collect() };
    assert_eq!(answered("my_role"), BTreeSet::from(["hurt", "broke", "both"]));
    assert_eq!(answered("bond_kind"), BTreeSet::from(["partner", "friend", "family"]));
    let forms: BTreeSet<&str> = personas.iter().filter_map(|case| case["form"].as_str()).collect();
    assert_eq!(forms, BTreeSet::from(["short", "full"]));
}
