//! `bearings new`, `completions` and `man`: what is written works as it is, and nothing is written over.

use std::collections::BTreeSet;

use crate::support::{Folder, bearings, read, root};

const COMMANDS: [&str; 13] = [
    "explain",
    "score",
    "export",
    "sample",
    "list",
    "show",
    "new",
    "check",
    "test",
    "coverage",
    "completions",
    "man",
    "help",
];

/// Every file below a folder, by its path.
fn files(folder: &Folder) -> Vec<String> {
    fn walk(folder: &Folder, within: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder.at(within)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let path = if within.is_empty() { name } else { format!("{within}/{name}") };
            if folder.at(&path).is_dir() { walk(folder, &path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

#[test]
fn a_new_ruleset_passes_its_check_and_its_cases_at_once() {
    let folder = Folder::new();
    let outcome = bearings("new ruleset calm-days").within(folder.path()).ok();
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("bearings check calm-days"), "{}", outcome.stderr);
    let expected = ["cases/first.json", "cases/second.json", "questionnaire.json", "ruleset.rhai"];
    assert_eq!(files(&folder), expected.map(|name| format!("calm-days/{name}")));
    for name in files(&folder) {
        assert!(!folder.read(&name).contains("my-study"), "{name}");
    }
    let check = bearings("check calm-days --strict").within(folder.path()).ok();
    assert_eq!(check.stdout, "calm-days: ok, study with 1 scale, 2 rules, 2 cases\n");
    let test = bearings("test calm-days").within(folder.path()).ok();
    assert!(test.stdout.contains("2 of 2 rules fired in some case and not in another"), "{}", test.stdout);
    assert!(test.stdout.ends_with("2 passed, 0 failed\n"), "{}", test.stdout);
    // A survey can be made up for it and scored, too.
    let survey = bearings("sample --questionnaire calm-days/questionnaire.json").within(folder.path()).ok().stdout;
    let scored = bearings("score - --ruleset calm-days").within(folder.path()).stdin(survey).ok().table();
    let signals: BTreeSet<&str> = scored.column("signal").into_iter().collect();
    assert!(signals.contains("strained") && signals.contains("balanced"), "{signals:?}");
}

#[test]
fn a_copy_of_a_built_in_ruleset_is_one_of_its_own_and_passes() {
    let folder = Folder::new();
    bearings("new ruleset my-rules --from trust-repair").within(folder.path()).ok();
    let written = files(&folder);
    let count = |ends: &str| written.iter().filter(|name| name.ends_with(ends)).count();
    let shipped = |within: &str, ends: &str| {
        let entries = std::fs::read_dir(root().join(within)).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(ends)).count()
    };
    assert_eq!(count(".rhai"), shipped("rulesets/trust-repair", ".rhai"));
    assert_eq!(count(".json"), shipped("rulesets/trust-repair/cases", ".json"));
    assert!(folder.read("my-rules/ruleset.rhai").contains("assessment \"my-rules\" version"));
    let check = bearings("check my-rules --strict").within(folder.path()).ok();
    assert!(check.stdout.starts_with("my-rules: ok, assessment with"), "{}", check.stdout);
    let shown = bearings("show my-rules").within(folder.path()).ok();
    assert!(shown.stdout.contains("my-rules"), "{}", shown.stdout);
    let other = bearings("new ruleset other --from no-such").within(folder.path()).ends_with(2);
    assert!(other.stderr.contains("no ruleset `no-such` is built in") && other.stderr.contains("trust-17"));
    assert!(!folder.at("other").exists());
}

#[test]
fn a_new_ruleset_goes_where_it_is_told() {
    let folder = Folder::new();
    folder.write("rules/note.txt", "");
    bearings("new ruleset calm-days -o rules").within(folder.path()).ok();
    bearings("check rules/calm-days --strict").within(folder.path()).ok();
    bearings("test rules/calm-days").within(folder.path()).ok();
    assert!(bearings("new ruleset calm-days -o nowhere").within(folder.path()).ends_with(5).stderr.contains("nowhere"));
    assert_eq!(folder.names(), ["rules"]);
}

#[test]
fn a_new_questionnaire_has_an_item_of_each_kind() {
    let folder = Folder::new();
    bearings("new questionnaire calm-days").within(folder.path()).ok();
    bearings("check calm-days.json --strict").within(folder.path()).ok();
    let json = folder.json("calm-days.json");
    assert_eq!(json["id"], "calm-days");
    let kinds: BTreeSet<&str> =
        json["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["choice", "multi", "number", "text"]);
}

#[test]
fn nothing_is_written_over() {
    let folder = Folder::new();
    for (what, file) in [("ruleset", "own"), ("questionnaire", "own.json"), ("case", "blank.json")] {
        let id = file.split('.').next().unwrap();
        let run = || bearings(&format!("new {what} {id}")).within(folder.path());
        run().ok();
        let before = files(&folder).iter().map(|name| folder.read(name)).collect::<Vec<_>>();
        let outcome = run().ends_with(2);
        assert!(outcome.stderr.contains(&format!("`{file}` is there already")), "{}", outcome.stderr);
        let after = files(&folder).iter().map(|name| folder.read(name)).collect::<Vec<_>>();
        assert_eq!(before, after);
    }
    // Not even an empty folder, which may be somebody's.
    std::fs::create_dir(folder.at("empty")).unwrap();
    bearings("new ruleset empty").within(folder.path()).ends_with(2);
}

#[test]
fn a_name_that_would_be_taken_for_another_is_refused() {
    for (what, id) in [("ruleset", "ras"), ("ruleset", "trust-repair"), ("questionnaire", "csi-4")] {
        let folder = Folder::new();
        let outcome = bearings(&format!("new {what} {id}")).within(folder.path()).ends_with(2);
        assert!(outcome.stderr.contains("is built in"), "{}", outcome.stderr);
        assert_eq!(folder.names(), [""; 0]);
    }
    for id in ["../up", "Calm", "a_b", "-", "a.json"] {
        let outcome = bearings("new ruleset --").arg(id).within(Folder::new().path()).ends_with(2);
        assert!(outcome.stderr.contains("lower-case words joined by -"), "{}", outcome.stderr);
    }
}

/// The ids of the questions that a form asks of a role, in their order, from the questionnaire's file.
fn asked(questionnaire: &str, form: &str, role: &str) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&read(format!("questionnaires/{questionnaire}.json"))).unwrap();
    let fits = |words: &serde_json::Value, word: &str| {
        word == "both" || words.as_array().is_none_or(|words| words.iter().any(|found| found == word))
    };
    let items = json["items"].as_array().unwrap().iter();
    let items = items.filter(|item| fits(&item["forms"], form) && fits(&item["roles"], role));
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// A case for a shipped ruleset holds every question, and passes beside the rules; its expectation is returned.
#[track_caller]
fn check_case(ruleset: &str, options: &str, form: &str, role: &str) -> serde_json::Value {
    let folder = Folder::new();
    for entry in std::fs::read_dir(root().join("rulesets").join(ruleset)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            folder
                .write(&format!("mine/{}", path.file_name().unwrap().to_string_lossy()), std::fs::read(path).unwrap());
        }
    }
    folder.write("mine/cases/none.txt", "");
    bearings(&format!("new case nobody-yet --ruleset {ruleset} -o mine/cases {options}")).within(folder.path()).ok();
    let test = bearings("test mine").within(folder.path()).ok();
    assert!(test.stdout.ends_with("1 passed, 0 failed\n"), "{}", test.stdout);
    let text = folder.read("mine/cases/nobody-yet.json");
    // In the order in which they are asked, which a parsed map would not tell.
    let keys: Vec<String> = text
        .lines()
        .filter(|line| line.ends_with("\"skipped\"") || line.ends_with("\"skipped\",") || line.contains("\"my_role\""))
        .map(|line| line.trim().split('"').nth(1).unwrap().to_owned())
        .collect();
    let mut expected = asked(ruleset, form, role);
    // Who answers is said, since the questions depend on it; it stands under the answers, in front.
    if let Some(at) = expected.iter().position(|id| id == "my_role") {
        let said = expected.remove(at);
        expected.insert(0, said);
        assert!(text.contains(&format!("\"my_role\": \"{role}\"")));
    }
    assert_eq!(keys, expected);
    let json = folder.json("mine/cases/nobody-yet.json");
    assert_eq!(json["form"], form);
    assert!(json["description"].as_str().unwrap().contains("Nothing is answered yet"));
    json["expect"].clone()
}

#[test]
fn a_new_case_holds_every_question_of_the_form_and_passes() {
    let unanswered = serde_json::json!({"signal": "not_enough_answered", "reason": null, "stage": "unplaced",
        "overlays": [], "fired": [], "not_fired": []});
    for role in ["hurt", "broke", "both"] {
        assert_eq!(check_case("trust-repair", &format!("--role {role}"), "short", role), unanswered);
    }
    assert_eq!(check_case("trust-repair", "--form full", "full", "hurt"), unanswered);
    assert_eq!(check_case("csi-4", "", "short", "hurt"), serde_json::json!({"scores": {"csi_sum": null}}));
    let outcome = bearings("new case x --ruleset csi-4 --role broke").within(Folder::new().path()).ends_with(2);
    assert!(outcome.stderr.contains("does not ask `my_role`"), "{}", outcome.stderr);
}

#[test]
fn completions_know_every_command_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = bearings(&format!("completions {shell}")).ok().stdout;
        for word in COMMANDS.iter().copied().chain(["xlsform", "summary-format", "questionnaire"]) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    bearings("completions tcsh").ends_with(2);
}

#[test]
fn the_manual_page_tells_every_command_and_option_once() {
    let page = bearings("man").ok().stdout;
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
    for command in COMMANDS {
        let heading = format!("BEARINGS {}", command.to_uppercase());
        assert_eq!(headings.iter().filter(|found| found.trim_matches('"') == heading).count(), 1, "{headings:?}");
    }
    assert!(headings.iter().any(|found| found.trim_matches('"') == "BEARINGS NEW CASE"), "{headings:?}");
    let plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
    for option in ["--summary-format", "--to", "--bond", "--strict", "--ruleset"] {
        assert!(plain.contains(option), "{option}");
    }
    // What every command takes stands in front only: in the synopsis and among the options.
    assert_eq!(plain.matches("--error-format").count(), 2);
    assert_eq!(page, bearings("man").ok().stdout);
}
