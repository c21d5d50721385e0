//! `bearings prove`: what holds for every answer sheet, what does not and which sheet shows it, and what is not told.

use serde_json::Value;

use crate::support::{Folder, bearings, read};

const QUESTIONNAIRE: &str = "--questionnaire tests/data/faults/questionnaire.json";

/// The properties that every assessment is asked for.
const BUILT_IN: [&str; 11] = [
    "total",
    "under_flag",
    "safety_yes",
    "skipping",
    "monotone",
    "stages_occur",
    "overlays_occur",
    "signals_occur",
    "reasons_occur",
    "rules_fire",
    "rules_pivotal",
];

/// Word and id of the lines that tell a verdict. No other line may hold such a word.
#[track_caller]
fn verdicts(stdout: &str) -> Vec<(&str, &str)> {
    let words = ["PROVED", "REFUTED", "UNKNOWN"];
    let lines = stdout.lines().filter(|line| words.iter().any(|word| line.contains(word)));
    lines
        .map(|line| {
            let mut parts = line.split_whitespace();
            let (word, id) = (parts.next().unwrap(), parts.next().unwrap());
            assert!(words.contains(&word), "{line}");
            assert!(parts.all(|part| !words.contains(&part)), "{line}");
            (word, id)
        })
        .collect()
}

/// One line is REFUTED, that of `id`, and the text shows `shown`; the JSON says the same.
#[track_caller]
fn check(fault: &str, id: &str, sheets: usize, shown: &[&str]) {
    let command = format!("prove tests/data/faults/{fault}.rhai {QUESTIONNAIRE}");
    let stdout = bearings(&command).ends_with(1).stdout;
    let broken: Vec<(&str, &str)> = verdicts(&stdout).into_iter().filter(|(word, _)| *word != "PROVED").collect();
    assert_eq!(broken, [("REFUTED", id)], "{stdout}");
    for text in shown {
        assert!(stdout.contains(text), "no `{text}` in: {stdout}");
    }
    assert!(stdout.lines().all(|line| line.chars().count() <= 80), "{stdout}");
    let proof = bearings(&command).args("--json").ends_with(1).json();
    let refuted: Vec<&Value> = claims(&proof).iter().filter(|claim| claim["verdict"] == "refuted").collect();
    assert_eq!(refuted.len(), 1);
    assert_eq!(refuted[0]["id"], id);
    let found = refuted[0]["counterexamples"].as_array().unwrap();
    assert_eq!(found.len(), 1);
    assert!(stdout.contains(found[0]["says"].as_str().unwrap()));
    assert_eq!(found[0]["sheets"].as_array().unwrap().len(), sheets);
    // One property alone: the same line, and the same status.
    let alone = bearings(&command).args(&format!("--property {id}")).ends_with(1).stdout;
    assert_eq!(verdicts(&alone), [("REFUTED", id)]);
}

fn claims(proof: &Value) -> &[Value] {
    proof["claims"].as_array().unwrap()
}

#[test]
fn of_what_is_shipped_everything_is_proved() {
    for role in ["hurt", "broke"] {
        let command = format!("prove trust-repair --role {role}");
        let outcome = bearings(&command).ok();
        assert_eq!(outcome.stderr, "");
        let verdicts = verdicts(&outcome.stdout);
        assert!(verdicts.iter().all(|(word, _)| *word == "PROVED"), "{}", outcome.stdout);
        assert_eq!(verdicts.iter().take(11).map(|(_, id)| *id).collect::<Vec<_>>(), BUILT_IN);
        assert!(verdicts.contains(&("PROVED", "no_keep_going_under_a_flag")));
        assert!(verdicts.contains(&("PROVED", "never.letting_go")));
        assert_eq!(bearings(&command).ok().stdout, outcome.stdout, "the same bytes twice");
    }
    // Without a name it is that ruleset; who is both is read as the hurt one.
    let hurt = bearings("prove trust-repair").ok().stdout;
    assert_eq!(bearings("prove").ok().stdout, hurt);
}

#[test]
fn of_the_sound_one_everything_is_proved_with_nothing_to_add() {
    let stdout = bearings(&format!("prove tests/data/faults/sound.rhai {QUESTIONNAIRE}")).ok().stdout;
    let verdicts = verdicts(&stdout);
    assert_eq!(verdicts.len(), BUILT_IN.len() + 2);
    assert!(verdicts.iter().all(|(word, _)| *word == "PROVED"), "{stdout}");
    assert!(
        stdout.starts_with("faults 1: all 41,552,000 answer sheets without a gap (hurt, short form)\n"),
        "{stdout}"
    );
}

#[test]
fn each_seeded_fault_refutes_its_property_and_no_other() {
    check("total", "total", 1, &["1. no stage matches", "stage       unplaced"]);
    let rosier = "who_has_rules  none (nobody)  me (me alone)";
    check("safety_yes", "safety_yes", 2, &["`who_has_rules`: walk_away becomes mixed", rosier]);
    let worse = "presses        2 (sometimes)       1 (rarely)";
    check("monotone", "monotone", 2, &["`presses`: mixed (close_call) becomes walk_away", worse]);
    check("stages_occur", "stages_occur", 0, &["1. no sheet is placed in `late`"]);
    check(
        "overlays_occur",
        "overlays_occur",
        0,
        &["1. `heavy` never holds", "Set apart from rules_pivotal:\n  blamed: it"],
    );
    check("signals_occur", "signals_occur", 0, &["1. no sheet reads `keep_going`"]);
    check("reasons_occur", "reasons_occur", 0, &["1. `early_harm` is never the reason"]);
    check("rules_fire", "rules_fire", 0, &["1. `tense` never fires"]);
    check("rules_pivotal", "rules_pivotal", 0, &["1. no sheet is read differently without `pressed_hard`"]);
    let place = "never.letting_go (tests/data/faults/never.rhai:58) is broken: letting_go never";
    check("never", "never.letting_go", 1, &[place, "1. `letting_go` occurs", "stage       letting_go"]);
    let place = "no_early_praise (tests/data/faults/declared.rhai:";
    check("declared", "no_early_praise", 1, &[place, "signal         keep_going", "stage          early"]);
    check("total_study", "total", 1, &["1. no signal matches", "signal         none"]);
}

/// What `explain` says of the sheets that the JSON holds is what the proof says of them.
#[test]
fn a_counterexample_can_be_explained() {
    let folder = Folder::new();
    for name in ["questionnaire.json", "monotone.rhai"] {
        folder.write(&format!("own/{name}"), read(format!("tests/data/faults/{name}")));
    }
    let proof = bearings("prove own --property monotone --json").within(folder.path()).ends_with(1).json();
    assert_eq!(proof["format"], "bearings/proof@1");
    assert_eq!((&proof["role"], &proof["form"]), (&"hurt".into(), &"short".into()));
    assert_eq!((&proof["ruleset"]["id"], &proof["questionnaire"]["id"]), (&"faults".into(), &"faults".into()));
    assert_eq!(proof["sheets"], "41552000");
    let [claim] = claims(&proof) else { panic!("{proof}") };
    assert_eq!((&claim["id"], &claim["verdict"], &claim["of"]), (&"monotone".into(), &"refuted".into(), &5.into()));
    assert!(claim["why"].is_null() && claim["at"].is_null());
    let sheets = claim["counterexamples"][0]["sheets"].as_array().unwrap();
    let mut answers = Vec::new();
    for (sheet, signal) in sheets.iter().zip(["mixed", "walk_away"]) {
        assert_eq!(sheet["signal"].as_str().unwrap().split(' ').next(), Some(signal));
        assert!(sheet["matters"].as_array().unwrap().contains(&"presses".into()));
        folder.write("sheet.json", sheet["answers"].to_string());
        let explained = bearings("explain sheet.json --ruleset own --format json").within(folder.path()).ok().json();
        assert_eq!(explained["signal"]["id"], signal);
        answers.push(sheet["answers"]["answers"].as_object().unwrap().clone());
    }
    let differ: Vec<&String> = answers[0].keys().filter(|id| answers[0].get(*id) != answers[1].get(*id)).collect();
    assert_eq!(differ, ["presses"]);
    assert_eq!((&answers[0]["presses"], &answers[1]["presses"]), (&2.into(), &1.into()));
}

#[test]
fn past_the_budget_nothing_is_claimed() {
    let outcome = bearings("prove trust-repair --budget 1").ends_with(1);
    let verdicts = verdicts(&outcome.stdout);
    assert!(verdicts.len() > BUILT_IN.len());
    assert!(verdicts.iter().all(|(word, _)| *word == "UNKNOWN"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("more than 1 nodes; a greater budget"), "{}", outcome.stdout);
    let proof = bearings("prove trust-repair --budget 1 --json").ends_with(1).json();
    assert_eq!(proof["sheets"], Value::Null);
    for claim in claims(&proof) {
        assert_eq!(claim["verdict"], "unknown");
        assert!(claim["why"].as_str().unwrap().contains("more than 1 nodes"));
        assert_eq!(claim["counterexamples"], Value::Array(Vec::new()));
    }
    // Whatever the budget: what is proved without one is never refuted, and the other way round.
    for budget in [10, 100, 1_000, 3_000, 10_000, 30_000] {
        let command = format!("prove tests/data/faults/safety_yes.rhai {QUESTIONNAIRE} --budget {budget}");
        let outcome = bearings(&command).ends_with(1);
        for (word, id) in self::verdicts(&outcome.stdout) {
            let wrong = if id == "safety_yes" { "PROVED" } else { "REFUTED" };
            assert_ne!(word, wrong, "{budget}: {}", outcome.stdout);
        }
    }
    let usage = bearings("prove trust-repair --budget few").ends_with(2);
    assert!(usage.stderr.contains("--budget"), "{}", usage.stderr);
}

#[test]
fn one_property_can_be_asked_for() {
    let stdout = bearings("prove trust-repair --property monotone").ok().stdout;
    assert_eq!(verdicts(&stdout), [("PROVED", "monotone")]);
    let unknown = bearings("prove trust-repair --property monoton").ends_with(2);
    assert_eq!(unknown.stdout, "");
    for id in BUILT_IN.into_iter().chain(["no property `monoton`", "never.letting_go", "no_keep_going_under_a_flag"]) {
        assert!(unknown.stderr.contains(id), "no `{id}` in: {}", unknown.stderr);
    }
}

#[test]
fn an_instrument_has_nothing_to_prove() {
    let outcome = bearings("prove ras").ends_with(2);
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("`ras` is an instrument"), "{}", outcome.stderr);
}

#[test]
fn what_does_not_load_is_not_proved() {
    let folder = Folder::new();
    let sound = read("tests/data/faults/sound.rhai");
    folder.write("own/questionnaire.json", read("tests/data/faults/questionnaire.json"));
    let broken = sound.replace("when blames == 1", "when blame == 1").replace("good >= 60", "god >= 60");
    folder.write("own/ruleset.rhai", broken);
    let outcome = bearings("prove own").within(folder.path()).ends_with(4);
    assert_eq!(outcome.stdout, "");
    for text in ["did you mean `blames`?", "did you mean `good`?", "2 errors"] {
        assert!(outcome.stderr.contains(text), "no `{text}` in: {}", outcome.stderr);
    }
    // A property that is none: a number, a name that nobody knows, an id that every ruleset has.
    let holds = r#"holds !(stage_is("early") && signal_is("keep_going"))"#;
    for (other, code) in [("holds good", "not-a-comparison"), ("holds stage_is(\"eary\")", "unknown-name")] {
        folder.write("own/ruleset.rhai", sound.replace(holds, other));
        let outcome = bearings("prove own").within(folder.path()).ends_with(4);
        assert!(outcome.stderr.contains(&format!("error[{code}]")), "{other}: {}", outcome.stderr);
    }
    folder.write("own/ruleset.rhai", sound.replace("property no_early_praise", "property total"));
    let outcome = bearings("prove own").within(folder.path()).ends_with(4);
    assert!(outcome.stderr.contains("error[duplicate-id]: `total` is a property"), "{}", outcome.stderr);
    let outcome = bearings("prove no/such/ruleset").ends_with(4);
    assert!(outcome.stderr.contains("`no/such/ruleset`"), "{}", outcome.stderr);
}

/// The sound ruleset with one number more, `amount`, from 0 to `most`, and a rule that reads it.
fn with_an_amount(most: u32, item: &str, rule: &str) -> Folder {
    let folder = Folder::new();
    let amount =
        format!(r#"{{ "id": "amount", "kind": "number", "text": "How much?", "min": 0, "max": {most}, {item} }},"#);
    let weeks = r#"{ "id": "weeks""#;
    let questionnaire = read("tests/data/faults/questionnaire.json");
    folder.write("own/questionnaire.json", questionnaire.replacen(weeks, &format!("{amount}\n    {weeks}"), 1));
    folder.write("own/ruleset.rhai", read("tests/data/faults/sound.rhai") + rule);
    folder
}

const DEAR: &str = "rule dear \"Dear\" when amount >= 300 && presses >= 1 then sign(\"harm\", 2) \
                    because \"It is dear.\" source \"Made up.\";\n";

#[test]
fn a_number_of_ten_thousand_values_that_is_not_stepped_is_looked_at_as_two() {
    let folder = with_an_amount(9999, r#""context": true"#, DEAR);
    let proof = bearings("prove own --json").within(folder.path()).ok().json();
    assert_eq!(proof["sheets"], (41_552_000_u64 * 10_000).to_string());
}

/// Every one of its values counts for the one-step test; all pairs of them are not looked at, and that is said.
#[test]
fn a_number_of_ten_thousand_values_that_is_stepped_is_proved_but_for_its_pairs() {
    let folder = with_an_amount(9999, r#""direction": "-""#, DEAR);
    let outcome = bearings("prove own").within(folder.path()).ends_with(1);
    for (word, id) in verdicts(&outcome.stdout) {
        assert_eq!(word, if id == "monotone" { "UNKNOWN" } else { "PROVED" }, "{}", outcome.stdout);
    }
    let why = "\nNot told: monotone\n  `amount` has more than 512 answers";
    assert!(outcome.stdout.contains(why), "{}", outcome.stdout);
}

#[test]
fn the_step_of_a_number_that_makes_it_worse_is_found() {
    let folder = with_an_amount(400, r#""direction": "-""#, &DEAR.replace(">= 300", "<= 299"));
    let proof = bearings("prove own --property monotone --json").within(folder.path()).ends_with(1).json();
    let sheets = &claims(&proof)[0]["counterexamples"][0]["sheets"];
    let amount = |sheet: usize| sheets[sheet]["answers"]["answers"]["amount"].as_i64().unwrap();
    // Less is better, and at 299 it turns.
    assert!(amount(0) > amount(1) && amount(1) <= 299, "{sheets}");
}

#[test]
fn a_rule_that_reads_everything_is_refused() {
    let folder = Folder::new();
    folder.write("own/questionnaire.json", read("tests/data/synthetic/questionnaire.json"));
    let ids = ["words", "deeds", "effort", "ease", "time"].map(|name| (1..=6).map(move |n| format!("{name}_{n}")));
    let sum: Vec<String> = ids.into_iter().flatten().collect();
    assert_eq!(sum.len(), 30);
    let rule =
        format!("rule all \"All\" when {} >= 60 then note() because \"All.\" source \"Made up.\";\n", sum.join(" + "));
    folder.write("own/ruleset.rhai", read("tests/data/synthetic/ruleset.rhai") + rule.as_str());
    let outcome = bearings("prove own").within(folder.path()).ends_with(4);
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("error[too-many-paths]"), "{}", outcome.stderr);
}

#[test]
fn many_counterexamples_are_cut_short_in_text_and_whole_in_json() {
    let command = "prove tests/data/synthetic --property rules_pivotal";
    let proof = bearings(command).args("--json").ends_with(1).json();
    let all = claims(&proof)[0]["counterexamples"].as_array().unwrap().len();
    assert!(all > 5);
    let stdout = bearings(command).ends_with(1).stdout;
    assert!(stdout.contains(&format!("\n  and {} more; --json has all\n", all - 5)), "{stdout}");
    assert_eq!(stdout.matches("no sheet is read differently without").count(), 5);
}

#[test]
fn help_tells_what_it_does_and_how_it_ends() {
    let help = bearings("help prove").ok().stdout;
    assert_eq!(bearings("prove --help").ok().stdout, help);
    assert!(help.contains("--property") && help.contains("--budget"), "{help}");
    assert!(bearings("help exit-codes").ok().stdout.contains("`prove`"));
    assert!(bearings("help formats").ok().stdout.contains("bearings/proof@1"));
}
