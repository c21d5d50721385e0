//! Rulesets that cannot be used: every problem at once, with its place and what may be done.

use crate::support::{Folder, SURVEY, bearings, read};

/// The shipped ruleset with one more file of these declarations.
fn with(declarations: &str) -> Folder {
    let folder = Folder::new();
    for entry in std::fs::read_dir(crate::support::root().join("rulesets/trust-repair")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".rhai") {
            folder.write(&format!("own/{name}"), read(format!("rulesets/trust-repair/{name}")));
        }
    }
    folder.write("own/extra.rhai", declarations);
    folder
}

/// `bearings check` must refuse the declarations with these texts, and `score` must write nothing.
#[track_caller]
fn check(declarations: &str, expected: &[&str]) -> String {
    let folder = with(declarations);
    let outcome = bearings("check own").within(folder.path()).ends_with(4);
    for text in expected {
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
    }
    assert_eq!(outcome.stdout, "");
    let scored = bearings("score --ruleset own -o out.csv").arg(crate::support::root().join(SURVEY));
    let scored = scored.within(folder.path()).ends_with(4);
    assert!(scored.stderr.contains("own/extra.rhai:"), "{}", scored.stderr);
    assert_eq!(folder.names(), ["own"]);
    outcome.stderr
}

const TYPO: &str = r#"rule x "X" for hurt when effort_myne >= 2 then sign("care", 1) because "B." source "s";"#;

#[test]
fn the_copied_ruleset_is_fine_without_the_bad_declarations() {
    let folder = with("// nothing more\n");
    let outcome = bearings("check own").within(folder.path()).ok();
    assert!(outcome.stdout.starts_with("own: ok") && outcome.stderr.is_empty(), "{outcome:?}");
}

#[test]
fn a_misspelt_item_is_shown_in_its_line() {
    let stderr = check(TYPO, &["error[unknown-name]: `effort_myne`", "did you mean `effort_mine`?", "1 error"]);
    assert!(stderr.contains(" --> own/extra.rhai:1:26\n"), "{stderr}");
    let caret = stderr.lines().find(|line| line.contains('^')).unwrap();
    let source = stderr.lines().find(|line| line.contains(TYPO)).unwrap();
    assert_eq!(caret.find('^'), source.find("effort_myne"), "{stderr}");
    assert_eq!(caret.matches('^').count(), "effort_myne".len());
}

#[test]
fn all_problems_come_at_once() {
    let three = [
        TYPO,
        r#"rule y "Y" for hurt when effort_mine >= 2 then sign("carre", 1) because "B." source "s";"#,
        r#"rule z "Z" for hurt when effort_mine >= 2 then sign("care", 1) because "B {efort_mine}." source "s";"#,
    ];
    let places = ["extra.rhai:1:26", "extra.rhai:2:53", "extra.rhai:3:", "3 errors"];
    let stderr = check(&three.join("\n"), &places);
    assert_eq!(stderr.matches("error[").count(), 3, "{stderr}");
}

#[test]
fn what_could_run_on_is_refused() {
    let rule = |condition: &str| {
        format!(r#"rule x "X" for hurt when {condition} then sign("care", 1) because "B." source "s";"#)
    };
    check("while true { }", &["extra.rhai:1:1", "`while`"]);
    check("throw 1;", &["extra.rhai:1:1", "`throw`"]);
    check(&rule("loop { }"), &["extra.rhai:1:26", "`loop`"]);
    check(&format!("fn f(x) {{ loop {{ }} }}\n{}", rule("f(effort_mine)")), &["extra.rhai:1:11", "loop"]);
    check(&format!("fn f(x) {{ throw x }}\n{}", rule("f(effort_mine)")), &["extra.rhai:1:11", "throw"]);
    check(&format!("fn f(x) {{ f(x) }}\n{}", rule("f(effort_mine)")), &["script-limit", "extra.rhai:2:26"]);
    let mutual = format!("fn f(x) {{ g(x) }}\nfn g(x) {{ f(x) }}\n{}", rule("f(effort_mine)"));
    check(&mutual, &["script-limit", "extra.rhai:3:26"]);
    check(&rule(&format!("{}effort_mine >= 2{}", "(".repeat(5000), ")".repeat(5000))), &["extra.rhai:1:"]);
}

#[test]
fn functions_that_reach_outside_are_not_there() {
    for call in ["print(x)", "debug(x)", "eval(\"1\")", "timestamp()", "rand()", "open_file(\"/etc/passwd\")"] {
        let name = call.split('(').next().unwrap();
        let function = format!("fn f(x) {{ {call}; x >= 1 }}\n");
        let rule = r#"rule x "X" for hurt when f(effort_mine) then sign("care", 1) because "B." source "s";"#;
        check(&(function + rule), &["extra.rhai:1:", name]);
    }
}

#[test]
fn text_that_is_no_declaration_is_refused_with_its_place() {
    check("rule x \"X", &["error[syntax]", "extra.rhai:1:8", "not closed"]);
    check("rule x", &["error[syntax]", "extra.rhai:1:"]);
    check("rulle x \"X\";", &["extra.rhai:1:1", "`rulle`", "did you mean `rule`?"]);
    check("\u{0}", &["extra.rhai:1:1"]);
    check(TYPO.replace("effort_myne >= 2", "safety_fear == 1").as_str(), &["extra.rhai:1:26", "safety_fear"]);
}

#[test]
fn json_has_one_object_a_problem_and_plain_one_line() {
    let folder = with(&format!("{TYPO}\n{}", TYPO.replace("rule x", "rule y")));
    for command in ["check own", "score - --ruleset own"] {
        let json = bearings(command).args("--error-format json").stdin(read(SURVEY)).within(folder.path());
        let lines: Vec<serde_json::Value> =
            json.ends_with(4).stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let problems: Vec<_> = lines.iter().filter(|line| line["severity"] == "error").collect();
        assert_eq!(problems.len(), 2, "{lines:?}");
        for (problem, line) in problems.iter().zip([1, 2]) {
            assert_eq!(problem["code"], "unknown-name");
            assert_eq!(problem["file"], "own/extra.rhai");
            assert_eq!((&problem["line"], &problem["column"]), (&line.into(), &26.into()));
            assert!(problem["message"].as_str().unwrap().contains("effort_myne"));
            assert_eq!(problem["hints"][0], "did you mean `effort_mine`?");
        }
        let plain = bearings(command).args("--error-format plain").stdin(read(SURVEY)).within(folder.path());
        let stderr = plain.ends_with(4).stderr;
        for start in ["own/extra.rhai:1:26: error[unknown-name]: ", "own/extra.rhai:2:26: error[unknown-name]: "] {
            assert_eq!(stderr.lines().filter(|line| line.starts_with(start)).count(), 1, "{stderr}");
        }
        assert!(!stderr.contains('^'));
    }
}

#[test]
fn every_code_that_is_printed_has_a_help_text() {
    let help = bearings("help unknown-name").ok().stdout;
    assert!(help.starts_with("unknown-name: "), "{help}");
    assert_eq!(bearings("help no-such-code").ends_with(2).stdout, "");
}

#[test]
fn a_folder_without_rules_and_a_file_that_is_not_there_are_refused() {
    let folder = Folder::new();
    folder.write("empty/README.md", "");
    let outcome = bearings("check empty").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("`empty` holds no .rhai file"), "{}", outcome.stderr);
    let outcome = bearings("check no/such.rhai").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("`no/such.rhai`"), "{}", outcome.stderr);
}

#[test]
fn a_broken_questionnaire_is_shown_in_its_line() {
    let folder = Folder::new();
    let text = read("questionnaires/ras.json").replacen("\"kind\": \"choice\"", "\"kind\": \"chioce\"", 1);
    folder.write("own.json", &text);
    let outcome = bearings("check own.json").within(folder.path()).ends_with(4);
    let line = text.lines().position(|line| line.contains("chioce")).unwrap() + 1;
    assert!(outcome.stderr.contains(&format!("own.json:{line}:")), "{}", outcome.stderr);
    assert!(outcome.stderr.contains('^'), "{}", outcome.stderr);
}

#[test]
fn a_case_that_does_not_come_true_fails_the_test_with_both_results() {
    let folder = with("");
    let case = read("rulesets/trust-repair/cases/partner-keeps-showing-up.json");
    folder.write("own/cases/good.json", &case);
    let passed = bearings("test own").within(folder.path()).ok().stdout;
    assert!(passed.ends_with("1 passed, 0 failed\n"), "{passed}");
    folder.write("own/cases/wrong.json", case.replace("keep_going", "walk_away"));
    let failed = bearings("test own").within(folder.path()).ends_with(1).stdout;
    assert!(failed.contains("FAILED") && failed.contains("wrong"), "{failed}");
    assert!(failed.contains("keep_going") && failed.contains("walk_away"), "{failed}");
    assert!(failed.ends_with("1 passed, 1 failed\n"), "{failed}");
}
