//! `bearings check` as its user meets it: warnings beside errors, several paths, JSON for editors, and on every save.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Folder, bearings, read};

const RULES: &str = r#"study "mine" version "0.1.0" questionnaire "trust-repair" title "Mine";
rule tired "It is tiring" for hurt
    when wears_me_out >= 4
    then note()
    because "It wears you out: {wears_me_out}."
    source "Design choice: the highest answer.";
"#;

fn case(wears_me_out: i64, outcome: &str) -> String {
    format!(
        r#"{{"format": "bearings/case@1", "description": "made up",
            "answers": {{"my_role": "hurt", "wears_me_out": {wears_me_out}}}, "expect": {{"{outcome}": ["tired"]}}}}"#
    )
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("mine/ruleset.rhai", RULES);
    folder.write("mine/cases/worn.json", case(4, "fired"));
    folder.write("mine/cases/fresh.json", case(0, "not_fired"));
    folder
}

#[test]
fn warnings_are_printed_and_fail_with_strict_only() {
    let folder = folder();
    bearings("check mine --strict").within(folder.path()).ok();
    folder.write("mine/ruleset.rhai", RULES.replace("\"It is tiring\" ", ""));
    let outcome = bearings("check mine").within(folder.path()).ok();
    assert!(outcome.stderr.contains("warning[missing-title]") && outcome.stderr.contains("mine/ruleset.rhai:2:6"));
    assert!(outcome.stderr.ends_with("1 warning\n"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
    let strict = bearings("check mine --strict").within(folder.path()).ends_with(4);
    assert_eq!(strict.stderr, outcome.stderr);
    // Who scores is not told what is for authors.
    let scored = bearings("score - --ruleset mine").stdin(read(crate::support::SURVEY)).within(folder.path()).ok();
    assert!(!scored.stderr.contains("missing-title"), "{}", scored.stderr);
}

#[test]
fn the_questionnaire_that_a_ruleset_brings_along_is_looked_at_too() {
    let folder = Folder::new();
    bearings("new ruleset calm-days").within(folder.path()).ok();
    let text = folder.read("calm-days/questionnaire.json");
    folder.write("calm-days/questionnaire.json", text.replacen("\"a lot\"", "\"none at all\"", 1));
    let outcome = bearings("check calm-days --error-format plain").within(folder.path()).ok();
    assert!(outcome.stderr.starts_with("calm-days/questionnaire.json:"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("warning[label-order]"), "{}", outcome.stderr);
    // It is not looked at where another one is used.
    folder.write("calm-days/ruleset.rhai", RULES);
    folder.write("calm-days/cases/first.json", case(4, "fired"));
    folder.write("calm-days/cases/second.json", case(0, "not_fired"));
    bearings("check calm-days --strict").within(folder.path()).ok();
}

#[test]
fn a_case_with_the_answers_of_another_and_a_rule_tried_one_way_are_told() {
    let folder = folder();
    folder.write("mine/cases/fresh.json", case(4, "fired"));
    let outcome = bearings("check mine --error-format plain").within(folder.path()).ok();
    let worn =
        "mine/cases/worn.json: warning[repeated-case]: this case has the same answers as `mine/cases/fresh.json`";
    assert!(outcome.stderr.starts_with(worn), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("warning[coverage]: the rule `tired` always fired in the cases"));
    // Which answers they are stays in the file.
    assert!(!outcome.stderr.contains("wears_me_out"), "{}", outcome.stderr);
}

#[test]
fn all_paths_are_checked_whatever_is_wrong_with_one() {
    let folder = folder();
    folder.write("bad/ruleset.rhai", RULES.replace("wears_me_out >= 4", "wears_me_uot >= 4"));
    folder.write("bad.json", read("questionnaires/ras.json").replacen("\"choice\"", "\"chioce\"", 1));
    let outcome = bearings("check nowhere bad mine bad.json").within(folder.path()).ends_with(4);
    assert!(outcome.stdout.starts_with("mine: ok, study with 0 scales, 1 rule, 2 cases"), "{}", outcome.stdout);
    for text in ["`nowhere` is neither", "error[unknown-name]: `wears_me_uot`", "error[invalid-json]", "2 errors"] {
        assert!(outcome.stderr.contains(text), "{text} in {}", outcome.stderr);
    }
}

#[test]
fn an_editor_gets_where_a_problem_starts_and_ends() {
    let folder = folder();
    let rules = RULES.replace("wears_me_out >= 4", "\"é\" == \"é\" && wears_me_uot\n    >= 4");
    folder.write("mine/ruleset.rhai", rules.replace("\"It is tiring\" ", ""));
    let outcome = bearings("check mine --error-format json").within(folder.path()).ends_with(4);
    let lines: Vec<Value> = outcome.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let problem = &lines[0];
    assert_eq!(problem["code"], "unknown-name");
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["file"], "mine/ruleset.rhai");
    assert_eq!([&problem["line"], &problem["column"]], [3, 24]);
    assert_eq!([&problem["endLine"], &problem["endColumn"]], [3, 36]);
    assert_eq!(problem["hints"], serde_json::json!(["did you mean `wears_me_out`?"]));
    // The fields that the help topic promises, and no other.
    let help = bearings("help problems").ok().stdout;
    for field in problem.as_object().unwrap().keys() {
        assert!(help.contains(field.as_str()), "{field}");
    }
    assert_eq!(problem.as_object().unwrap().len(), 9);
}

/// A running watch, killed at the end of its test.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(command: &str, folder: &Folder) -> Self {
        let mut command = bearings(command).within(folder.path()).command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines() {
                    // After the test nobody listens any more.
                    if sender.send(line.unwrap()).is_err() {
                        return;
                    }
                }
            });
        }
        Self { child, lines }
    }

    /// Waits for a line that holds these words. The limit only ends a test that would hang.
    #[track_caller]
    fn until(&self, words: &str) {
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) {
            if line.contains(words) {
                return;
            }
            seen.push(line);
        }
        panic!("no `{words}` in {seen:#?}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_watch_checks_and_tests_again_on_every_save() {
    let folder = folder();
    let mut watch = Watch::start("check --watch mine --error-format plain", &folder);
    watch.until("mine: ok, study");
    watch.until("2 passed, 0 failed");
    // A rule that is broken, a case that fails, and all is well again.
    folder.write("mine/ruleset.rhai", RULES.replace("wears_me_out >= 4", "wears_me_uot >= 4"));
    watch.until("saved: mine/ruleset.rhai");
    watch.until("mine/ruleset.rhai:3:10: error[unknown-name]");
    folder.write("mine/ruleset.rhai", RULES.replace("wears_me_out >= 4", "wears_me_out == 3"));
    watch.until("saved: mine/ruleset.rhai");
    watch.until("1 passed, 1 failed");
    folder.write("mine/cases/worn.json", case(3, "fired"));
    watch.until("saved: mine/cases/worn.json");
    watch.until("2 passed, 0 failed");
    assert!(watch.child.try_wait().unwrap().is_none(), "it goes on until somebody ends it");
}

#[test]
fn there_is_nothing_to_watch_in_what_is_built_in() {
    for command in ["check --watch", "check --watch trust-repair"] {
        let outcome = bearings(command).ends_with(2);
        assert!(outcome.stderr.contains("bearings check --watch rulesets/my-rules"), "{}", outcome.stderr);
    }
}
