//! What a ruleset states of itself: shown, checked, and nothing that a score depends on.

use crate::support::{Folder, SURVEY, bearings, read, root};

const QUESTIONNAIRE: &str = r#"{"format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "t",
"description": "d", "source": "s", "licence": "l", "items": [
  {"id": "a", "kind": "number", "text": "?", "min": 0, "max": 9},
  {"id": "b", "kind": "number", "text": "?", "min": 0, "max": 9},
  {"id": "safety_x", "kind": "choice", "text": "?", "block": true, "safety": {"tier": "hard"},
   "options": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]}]}"#;

/// A study of a small questionnaire with these declarations.
fn study(declarations: &str) -> Folder {
    let folder = Folder::new();
    folder.write("own/questionnaire.json", QUESTIONNAIRE);
    let header = "study \"own\" version \"1\" questionnaire \"small\" title \"T\";\nsignal good when a >= 5;\n";
    folder.write("own/own.rhai", format!("{header}{declarations}"));
    folder
}

#[test]
fn show_lists_what_must_always_hold() {
    let folder = study(
        "property fair \"Fair to all\" holds !(flagged()\n    && signal_is(\"good\")) because \"So.\";\nmonotone a, -b;\n\
         never good because \"Not yet.\";\nproperty bare holds a >= 1 || signal_is(\"good\") for hurt;",
    );
    let shown = bearings("show own").within(folder.path()).ok().stdout;
    let (_, listed) = shown.split_once("What must always hold\n").unwrap();
    let lines: Vec<String> = listed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "fair: Fair to all",
        "own/own.rhai:3",
        "holds !(flagged() && signal_is(\"good\"))",
        "why So.",
        "bare: bare",
        "own/own.rhai:7",
        "holds a >= 1 || signal_is(\"good\")",
        "a: a higher answer never makes the signal worse",
        "own/own.rhai:5",
        "b: a lower answer never makes the signal worse",
        "own/own.rhai:5",
        "never: the signal good",
        "own/own.rhai:6",
        "why Not yet.",
    ];
    assert_eq!(lines.join("\n").trim_end(), expected.join("\n"), "{shown}");
}

#[test]
fn what_is_meant_for_one_role_or_form_says_so() {
    let shown = bearings("show trust-repair").ok().stdout;
    let (_, listed) = shown.split_once("What must always hold\n").unwrap();
    let (_, never) = listed.split_once("  never: the stage letting_go\n").unwrap();
    assert_eq!(never.lines().nth(1).unwrap().trim(), "for               hurt, short form; broke, short form");
    let (_, property) = listed.split_once("  no_keep_going_under_a_flag: ").unwrap();
    assert!(property.lines().nth(2).unwrap().trim().starts_with("holds "), "{property}");
}

#[test]
fn every_wrong_statement_is_told_at_once() {
    let folder = study(
        "property p holds safety_x == 0;\nproperty q holds a + b;\nmonotone aa;\nnever goood because \"x\";\n\
         never good;\nstage s when signal_is(\"good\");",
    );
    let stderr = bearings("check own").within(folder.path()).ends_with(4).stderr;
    for expected in [
        "error[safety-item-read]: `safety_x`",
        "error[unknown-item]: no item `aa`",
        "error[unknown-name]: no stage, overlay, signal, reason or rule `goood`",
        "did you mean `good`?",
        "error[missing-clause]: this declaration lacks `because`: why it never occurs",
        "error[wrong-stratum]: a stage cannot read `signal_is(...)`; only a property can",
        "own/own.rhai:8:14",
        "5 errors",
    ] {
        assert!(stderr.contains(expected), "no `{expected}` in: {stderr}");
    }
    // What only running it finds is told once the names are right.
    let folder = study("property q holds a + b;");
    let stderr = bearings("check own").within(folder.path()).ends_with(4).stderr;
    assert!(stderr.contains("error[not-a-comparison]: a condition must be yes or no"), "{stderr}");
    assert!(stderr.contains("own/own.rhai:3:18"), "{stderr}");
}

#[test]
fn no_score_depends_on_what_is_stated() {
    let folder = Folder::new();
    let files: Vec<_> =
        std::fs::read_dir(root().join("rulesets/trust-repair")).unwrap().map(|file| file.unwrap()).collect();
    let mut left_out = 0;
    for file in files.iter().filter(|file| file.path().extension().is_some_and(|extension| extension == "rhai")) {
        let name = file.file_name().into_string().unwrap();
        let text = read(format!("rulesets/trust-repair/{name}"));
        let mut kept = String::new();
        let mut within = false;
        for line in text.lines() {
            within |= ["property ", "monotone ", "not_monotone ", "never "].iter().any(|word| line.starts_with(word));
            if within {
                left_out += 1;
                within = !line.ends_with(';');
            } else {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        folder.write(&format!("own/{name}"), kept);
    }
    assert!(left_out > 10, "{left_out}");
    let scored = |ruleset: &str| bearings(&format!("score --ruleset {ruleset}")).arg(root().join(SURVEY));
    let with = scored("trust-repair").ok().stdout;
    let without = scored("own").within(folder.path()).ok().stdout;
    assert!(with == without);
    assert_eq!(with.lines().count(), 201);
}
