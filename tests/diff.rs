//! `bearings diff`: what an edit of a ruleset does to every sheet and to a survey; git revisions, `--fail-on`, budgets.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Folder, SURVEY, bearings, read, root};
use crate::table::Table;

/// One parameter of the shipped ruleset changed.
const WINDOW: &str = "diff trust-repair trust-repair --set-new window_weeks=12";

/// The files of the shipped ruleset.
fn rules() -> BTreeMap<String, String> {
    let folder = root().join("rulesets/trust-repair");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let rules = names.filter(|name| name.ends_with(".rhai"));
    rules.map(|name| (name.clone(), read(format!("rulesets/trust-repair/{name}")))).collect()
}

/// A copy of the shipped ruleset with one text in place of another.
fn copy(folder: &Folder, name: &str, from: &str, to: &str) {
    let mut found = from.is_empty();
    for (file, text) in rules() {
        found |= text.contains(from);
        let text = if from.is_empty() { text } else { text.replace(from, to) };
        folder.write(&format!("{name}/{file}"), text);
    }
    assert!(found, "no `{from}`");
}

fn survey() -> String {
    root().join(SURVEY).to_str().unwrap().to_owned()
}

/// The cells off the diagonal: from, to, how many.
fn moved(matrix: &Value, what: &str) -> BTreeMap<(String, String), String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cells = matrix["cells"].as_array().unwrap().iter().filter(|cell| cell["from"] != cell["to"]);
    cells.map(|cell| ((text(&cell["from"]), text(&cell["to"])), text(&cell[what]))).collect()
}

#[test]
fn a_longer_window_moves_sheets_back_to_giving_it_time_and_says_so() {
    let outcome = bearings(WINDOW).ok();
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{}", outcome.stdout);
    for text in [
        "window_weeks 8 -> 12",
        "a share of sheets is no share of people",
        "building_habits -> giving_it_time",
        "keep_going -> mixed",
        "turning on breach_kind lie, weeks_since",
        "roadblock_words_without_actions: now also on 0 %",
    ] {
        assert!(outcome.stdout.contains(text), "no `{text}` in: {}", outcome.stdout);
    }
    assert_eq!(outcome.stderr, "");
}

#[test]
fn the_cells_add_up_and_a_copied_folder_gives_the_same_as_a_setting() {
    let folder = Folder::new();
    copy(&folder, "own", "param window_weeks = 8", "param window_weeks = 12");
    let set = bearings(&format!("{WINDOW} --json")).ok().json();
    let copied = bearings("diff trust-repair own --json").within(folder.path()).ok().json();
    assert_eq!(set["format"], "bearings/diff@1");
    assert_eq!((&set["sheets"], &set["parameters"]), (&copied["sheets"], &copied["parameters"]));
    assert_eq!(set["sheets"]["verdict"], "COUNTED");
    for matrix in [&set["sheets"]["stage"], &set["sheets"]["signal"]] {
        let counts = |cells: Vec<&Value>| -> u128 {
            cells.iter().map(|cell| cell["sheets"].as_str().unwrap().parse::<u128>().unwrap()).sum()
        };
        let cells: Vec<&Value> = matrix["cells"].as_array().unwrap().iter().collect();
        let off = cells.iter().copied().filter(|cell| cell["from"] != cell["to"]).collect();
        assert_eq!(counts(cells.clone()).to_string(), matrix["sheets"].as_str().unwrap());
        assert_eq!(counts(off).to_string(), matrix["moved"].as_str().unwrap());
    }
    // Back again, what was gained is lost.
    let back = bearings("diff own trust-repair --json").within(folder.path()).ok().json();
    let (there, back) = (moved(&set["sheets"]["signal"], "sheets"), moved(&back["sheets"]["signal"], "sheets"));
    let turned = back.into_iter().map(|((from, to), count)| ((to, from), count)).collect();
    assert_eq!(there, turned);
}

#[test]
fn an_example_is_read_by_explain_as_the_cell_says() {
    let diff = bearings(&format!("{WINDOW} --json")).ok().json();
    let mut looked = 0;
    for matrix in ["stage", "signal"] {
        for cell in diff["sheets"][matrix]["cells"].as_array().unwrap().iter().filter(|cell| cell["from"] != cell["to"])
        {
            let example = &cell["example"];
            assert!(!example["turns_on"].as_array().unwrap().is_empty(), "{example}");
            for (side, setting) in [("old", "window_weeks=8"), ("new", "window_weeks=12")] {
                let read = bearings("explain - --format json --set")
                    .arg(setting)
                    .stdin(example["sheet"].to_string())
                    .ok()
                    .json();
                assert_eq!(read["stage"]["id"], example[side]["stage"], "{read}");
                let signal = &example[side]["signal"];
                let expected = if signal == "not_enough_answered" { &Value::Null } else { signal };
                let found = &read["signal"]["id"];
                assert!(found == expected || found == signal, "{found} is not {signal}");
                looked += 1;
            }
        }
    }
    assert!(looked >= 6, "{looked}");
}

#[test]
fn equal_rules_are_proved_to_be_equal() {
    let folder = Folder::new();
    copy(&folder, "own", "", "");
    let outcome = bearings("diff trust-repair own --fail-on *:keep_going").within(folder.path()).ok();
    assert!(outcome.stdout.contains("Proved: no answer sheet gets another stage"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("none of the sheets move so"), "{}", outcome.stdout);
    let json = bearings("diff trust-repair own --json").within(folder.path()).ok().json();
    assert_eq!(json["sheets"]["verdict"], "SAME");
}

#[test]
fn who_moves_in_a_survey_is_who_scores_otherwise() {
    let folder = Folder::new();
    let run = bearings(&format!("{WINDOW} --json --data {SURVEY} --moved")).arg(folder.at("moved.csv")).ok();
    let json = run.json();
    let scored = [8, 12].map(|weeks| {
        let table = bearings(&format!("score {SURVEY} --set window_weeks={weeks}")).ok().table();
        let columns = ["id", "stage", "signal", "reason"].map(|name| table.column(name));
        let cell = |column: usize, row: usize| columns[column][row].to_owned();
        (0..table.rows.len()).map(|row| [0, 1, 2, 3].map(|column| cell(column, row))).collect::<Vec<_>>()
    });
    let (mut expected, mut signals, mut other_reason) = (Vec::new(), BTreeMap::<(String, String), u64>::new(), 0);
    for (was, is) in scored[0].iter().zip(&scored[1]) {
        if was[2] == "withheld" {
            continue;
        }
        if was[2] != is[2] {
            *signals.entry((was[2].clone(), is[2].clone())).or_default() += 1;
        }
        if (&was[1], &was[2]) != (&is[1], &is[2]) {
            let pairs = [1, 2, 3].map(|at| [was[at].clone(), is[at].clone()]);
            expected.push([vec![was[0].clone()], pairs.concat()].concat());
        } else if was[3] != is[3] {
            other_reason += 1;
        }
    }
    assert!(expected.len() >= 4, "{expected:?}");
    let file = Table::parse(&folder.read("moved.csv"));
    let columns = "id,stage_old,stage_new,signal_old,signal_new,reason_old,reason_new,differs";
    assert_eq!(file.header.join(","), columns);
    let found: Vec<Vec<String>> = file.rows.iter().map(|row| row[..7].to_vec()).collect();
    assert_eq!(found, expected);
    let people = &json["respondents"];
    assert_eq!(people["moved"], expected.len().to_string());
    assert_eq!(people["other_reason"], other_reason.to_string());
    let counted: BTreeMap<_, _> = signals.into_iter().map(|(cell, count)| (cell, count.to_string())).collect();
    assert_eq!(moved(&people["signal"], "respondents"), counted);
    assert_eq!(people["first_moved"].as_array().unwrap().len(), expected.len().min(10));
}

#[test]
fn the_rules_that_say_something_else_are_named_and_counted() {
    let folder = Folder::new();
    // The sign that they press counts from another answer on.
    copy(&folder, "own", "when    rushes_healing >= 3", "when    rushes_healing >= 1");
    copy(
        &folder,
        "less",
        "signal walk_away \"The reasons to walk away outweigh\" for hurt when bad_signs",
        "signal walk_away \"The reasons to walk away outweigh\" for hurt when fired(\"hurried\") && bad_signs",
    );
    let run = |sides: &str| {
        let moved = folder.at("moved.csv");
        let run = bearings(&format!("diff {sides} --json --data {} --moved", survey())).arg(moved);
        let json = run.within(folder.path()).ok().json();
        (json, Table::parse(&folder.read("moved.csv")))
    };
    // A note moves nobody.
    let (json, table) = run("trust-repair own");
    assert_eq!((json["respondents"]["moved"].as_str(), table.rows.len()), (Some("0"), 0));
    let rule = json["sheets"]["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "hurried").unwrap();
    assert!(rule["gained"] != "0" && rule["lost"] == "0", "{rule}");
    // Where a signal reads it, it does.
    folder.write("more/ruleset.rhai", "");
    for (file, _) in rules() {
        let text = folder.read(&format!("less/{file}"));
        folder
            .write(&format!("more/{file}"), text.replace("when    rushes_healing >= 3", "when    rushes_healing >= 1"));
    }
    let (json, table) = run("less more");
    let people = &json["respondents"];
    assert!(!table.rows.is_empty());
    let named = table.column("differs").iter().filter(|cell| cell.contains("rule hurried: not_fired > fired")).count();
    // The others have answers on which the rule fires on both sides, and one step away does so on one of them only.
    let others = table.column("differs").iter().filter(|cell| cell.is_empty()).count();
    assert!(named > 0 && others > 0 && named + others == table.rows.len(), "{named} {others}");
    let cause = people["differs"].as_array().unwrap().iter().find(|cause| cause["id"] == "hurried").unwrap();
    assert_eq!((&cause["kind"], &cause["respondents"]), (&"rule".into(), &named.to_string().into()));
    assert_eq!(people["moved_and_nothing_differs"], others.to_string());
}

#[test]
fn a_move_that_must_not_be_ends_with_1() {
    let with = |rest: &str| bearings(&format!("{WINDOW} {rest}"));
    // Over the sheets.
    with("--fail-on keep_going:walk_away").ok();
    with("--fail-on keep_going:walk_away --fail-on keep_going:mixed").ends_with(1);
    with("--fail-on *:giving_it_time").ends_with(1);
    with("--fail-on facing_it:*").ok();
    // With a survey its respondents count.
    let found = with(&format!("--data {SURVEY} --fail-on keep_going:mixed")).ends_with(1);
    assert!(found.stdout.contains("fails, 3 respondents move so"), "{}", found.stdout);
    with(&format!("--data {SURVEY} --fail-on close_to:mixed")).ends_with(2);
    let none = with(&format!("--data {SURVEY} --fail-on mixed:walk_away")).ok();
    assert!(none.stdout.contains("none of the respondents move so"), "{}", none.stdout);
}

#[test]
fn a_move_between_names_that_do_not_exist_or_do_not_go_together_is_refused() {
    for (on, texts) in [
        ("keep_gong:mixed", ["`keep_gong`", "did you mean `keep_going`?"]),
        ("facing_it:mixed", ["one is a stage", "the other a signal"]),
        ("*:*", ["name a stage or signal", "on one side"]),
        ("mixed", ["write FROM:TO", "for example"]),
    ] {
        let outcome = bearings(&format!("{WINDOW} --fail-on {on}")).ends_with(2);
        assert!(texts.iter().all(|text| outcome.stderr.contains(text)), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn past_the_budget_nothing_is_claimed_and_the_survey_is_still_compared() {
    let outcome = bearings(&format!("{WINDOW} --budget 1 --data {SURVEY}")).ok();
    assert!(
        outcome.stdout.contains("UNKNOWN over all answer sheets: it takes more than 1 nodes"),
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("Who moves: ") && !outcome.stdout.contains("Proved"), "{}", outcome.stdout);
    let json = bearings(&format!("{WINDOW} --budget 1 --json")).ok().json();
    assert_eq!(json["sheets"], serde_json::json!({"verdict": "UNKNOWN", "budget": 1}));
    // Nothing shows that nobody moves so.
    let outcome = bearings(&format!("{WINDOW} --budget 1 --fail-on mixed:walk_away")).ends_with(1);
    assert!(outcome.stdout.contains("nothing shows that no sheet moves so"), "{}", outcome.stdout);
    bearings(&format!("{WINDOW} --budget 1 --fail-on mixed:walk_away --data {SURVEY}")).ok();
}

#[test]
fn a_side_that_does_not_load_ends_with_4_and_all_that_is_wrong() {
    let folder = Folder::new();
    copy(&folder, "old", "when    rushes_healing >= 3", "when    rushes_heeling >= 3");
    copy(&folder, "new", "when    pushes_forgiveness >= 3", "when    pushes_forgivness >= 3");
    let outcome = bearings("diff old new").within(folder.path()).ends_with(4);
    for text in ["old/time.rhai:", "`rushes_heeling`", "new/time.rhai:", "`pushes_forgivness`", "2 errors"] {
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
    }
    assert_eq!(outcome.stdout, "");
    let outcome = bearings("diff trust-repair new").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("1 error"), "{}", outcome.stderr);
    let outcome = bearings("diff trust-repair trust-repair --set windw=3").ends_with(4);
    assert_eq!(outcome.stderr.matches("no parameter `windw`").count(), 1, "{}", outcome.stderr);
    let outcome = bearings("diff trust-repair no-such").ends_with(4);
    assert!(
        outcome.stderr.contains("`no-such` is neither a built-in ruleset nor a file or folder"),
        "{}",
        outcome.stderr
    );
    let outcome = bearings("diff trust-repair ras").ends_with(4);
    for text in ["`trust-repair`", "`ras`", "--questionnaire"] {
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
    }
}

#[test]
fn rejected_rows_are_named_and_left_out_and_no_answer_is_told() {
    let folder = Folder::new();
    let mut table = Table::parse(&read(SURVEY));
    table.set(1, "weeks_since", "CANARY");
    let input = folder.write("survey.csv", table.csv());
    let run = |rest: &str| bearings(&format!("{WINDOW} {rest} --data")).arg(&input);
    let outcome = run("").ends_with(6);
    assert!(outcome.stdout.contains("200 read, 1 rejected"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("1 row was rejected"), "{}", outcome.stderr);
    assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("CANARY"));
    // A move that must not be comes first.
    run("--fail-on keep_going:mixed").ends_with(1);
    // How a survey is read without one is a mistake, and so is an output that is the input.
    bearings(&format!("{WINDOW} --missing 99")).ends_with(2);
    let both = run("--moved").arg(&input);
    assert_eq!(both.run().status, Some(2));
    let moved = bearings(&format!("{WINDOW} --data {SURVEY} --moved -")).ends_with(2);
    assert!(moved.stderr.contains("--moved needs a file"), "{}", moved.stderr);
}

#[test]
fn few_people_without_a_reading_are_not_counted_exactly() {
    let folder = Folder::new();
    let mut table = Table::parse(&read(SURVEY));
    let scored = bearings(&format!("score {SURVEY}")).ok().table();
    let withheld: Vec<bool> = scored.column("signal").iter().map(|signal| ["withheld", ""].contains(signal)).collect();
    let mut kept = 0;
    let mut at = 0;
    table.rows.retain(|_| {
        let is_withheld = withheld[at];
        at += 1;
        kept += usize::from(is_withheld);
        !is_withheld || kept <= 2
    });
    let input = folder.write("survey.csv", table.csv());
    let outcome = bearings(&format!("{WINDOW} --data")).arg(input).ok();
    let text = outcome.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("fewer than 5 get no reading on either side"), "{text}");
}

/// Runs git in a folder, as nobody in particular.
fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
    let status = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap().status;
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn a_side_may_be_a_revision() {
    let folder = Folder::new();
    copy(&folder, "rules/own", "", "");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    copy(&folder, "rules/own", "param window_weeks = 8", "param window_weeks = 12");
    let expected = bearings(&format!("{WINDOW} --json")).ok().json();
    let json = bearings("diff main:rules/own rules/own --json").within(folder.path()).ok().json();
    assert_eq!(json["sheets"], expected["sheets"]);
    assert_eq!(json["old"]["name"], "main:rules/own");
    // The path counts from the current folder, as that of the other side does.
    let inside = bearings("diff HEAD:own/ own --json").within(&folder.at("rules")).ok().json();
    assert_eq!(inside["sheets"], expected["sheets"]);
    assert_eq!(folder.names(), [".git", "rules"]);

    for (side, texts) in [
        ("mian:rules/own", ["there is no revision `mian`", "a branch, a tag or a commit"]),
        ("main:rules/other", ["the revision `main` has no `rules/other`", "from the current folder"]),
        ("main:../other", ["git could not read it", "a path of its own"]),
        ("main:rules", ["the folder `main:rules` holds no .rhai file", "a ruleset is a folder"]),
    ] {
        let outcome = bearings(&format!("diff {side} rules/own")).within(folder.path()).ends_with(4);
        assert!(texts.iter().all(|text| outcome.stderr.contains(text)), "{}", outcome.stderr);
    }
    // An option is none, whatever it looks like.
    let outcome = bearings("diff").arg("--").args("--output=x:rules rules/own").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("neither a built-in ruleset"), "{}", outcome.stderr);
    let outcome = bearings("diff main:rules/own rules/own").within(Folder::new().path()).ends_with(4);
    assert!(outcome.stderr.contains("needs a git repository"), "{}", outcome.stderr);
}

#[test]
fn a_revision_brings_its_questionnaire_along() {
    let folder = Folder::new();
    let bench = |name: &str| read(format!("tests/data/living/{name}"));
    folder.write("own/ruleset.rhai", bench("ruleset.rhai"));
    folder.write("own/questionnaire.json", bench("questionnaire.json"));
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    let same = bearings("diff HEAD:own own").within(folder.path()).ok();
    assert!(same.stdout.contains("All answer sheets"), "{}", same.stdout);
    // Another questionnaire by now: only with one for both are they the same sheets.
    folder.write("own/questionnaire.json", bench("questionnaire.json").replace("\"title\": \"", "\"title\": \"New: "));
    let other = bearings("diff HEAD:own own").within(folder.path()).ends_with(4);
    assert!(other.stderr.contains("has not the same text on both sides"), "{}", other.stderr);
    bearings("diff HEAD:own own --questionnaire own/questionnaire.json").within(folder.path()).ok();
}
