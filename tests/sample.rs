//! `bearings sample`: a made-up survey that holds everything there is to see.

use std::collections::BTreeSet;

use crate::support::{Folder, SURVEY, bearings, read};
use crate::table::Table;

/// The stages that the short form can reach; only the full one places somebody in letting go.
const STAGES: [&str; 5] = ["facing_it", "taking_responsibility", "giving_it_time", "building_habits", "steady_ground"];

/// A sample of 2,000 and what it is scored as.
fn scored(role: &str, form: &str) -> (Table, Table) {
    let survey = bearings(&format!("sample --rows 2000 --seed 1 --role {role} --form {form}")).ok();
    let outcome = bearings("score -").stdin(survey.stdout.clone()).ok();
    assert!(outcome.stderr.contains("2000 rows read = 2000 scored + 0 rejected"), "{}", outcome.stderr);
    (survey.table(), outcome.table())
}

#[track_caller]
fn check(role: &str, form: &str, signals: &[&str], decisive: &[&str]) {
    let (survey, scored) = scored(role, form);
    assert_eq!((survey.header[0].as_str(), survey.rows.len()), ("id", 2000));
    let stages = scored.counts("stage");
    for stage in STAGES {
        assert!(stages.contains_key(stage), "{stage}: {stages:?}");
    }
    assert_eq!(stages.contains_key("letting_go"), form == "full", "{stages:?}");
    let expected: BTreeSet<&str> = signals.iter().copied().chain(["withheld", ""]).collect();
    let found = scored.counts("signal");
    assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected);
    for signal in decisive {
        assert!(found[signal] >= 100, "{signal}: {found:?}");
    }
    let weeks: Vec<u32> = survey.column("weeks_since").iter().filter_map(|cell| cell.parse().ok()).collect();
    let distinct: BTreeSet<u32> = weeks.iter().copied().collect();
    assert!(distinct.iter().all(|weeks| *weeks <= 52) && distinct.len() > 45, "{distinct:?}");
    assert!(distinct.contains(&0) && distinct.contains(&52));
    // A yes to any question of the safety block.
    let block: Vec<usize> = (0..survey.header.len()).filter(|at| survey.header[*at].starts_with("safety_")).collect();
    let yes = survey.rows.iter().filter(|row| block.iter().any(|at| row[*at] == "1")).count();
    assert!((60..=160).contains(&yes), "{yes}");
    assert_eq!(survey.counts("my_role").into_keys().collect::<Vec<_>>(), [role]);
}

#[test]
fn a_sample_of_the_hurt_holds_every_stage_and_signal() {
    let signals = ["walk_away", "keep_going", "mixed", "not_enough_answered"];
    for form in ["short", "full"] {
        check("hurt", form, &signals, &["walk_away", "keep_going"]);
    }
}

#[test]
fn a_sample_of_those_who_broke_trust_holds_their_stages_and_signals() {
    for form in ["short", "full"] {
        check("broke", form, &["keep_going", "mixed", "not_enough_answered"], &["keep_going"]);
    }
}

#[test]
fn a_mixed_signal_always_says_why() {
    for role in ["hurt", "broke"] {
        let (_, scored) = scored(role, "short");
        let silent: Vec<&str> = (0..scored.rows.len())
            .filter(|row| scored.cell(*row, "signal") == "mixed" && scored.cell(*row, "reason").is_empty())
            .map(|row| scored.cell(row, "id"))
            .collect();
        assert_eq!(silent, [""; 0], "{role}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let sample = |options: &str| bearings(&format!("sample --rows 50 {options}")).ok().stdout;
    assert_eq!(sample("--seed 3"), sample("--seed 3"));
    assert_ne!(sample("--seed 3"), sample("--seed 4"));
    assert_eq!(sample(""), sample("--seed 1 --form short --role hurt --questionnaire trust-repair"));
    let folder = Folder::new();
    assert_eq!(bearings("sample --rows 50 -o").arg(folder.at("s.csv")).ok().stdout, "");
    assert_eq!(folder.read("s.csv"), sample(""));
    assert_eq!(folder.names(), ["s.csv"]);
}

#[test]
fn the_survey_in_the_tree_is_what_sample_writes() {
    assert!(bearings("sample --rows 200 --seed 7").ok().stdout == read(SURVEY));
}

#[test]
fn every_built_in_questionnaire_and_form_can_be_sampled_and_scored() {
    for (questionnaire, form) in [("trust-repair", "full"), ("ras", "short"), ("trust-17", "short")] {
        let survey = bearings(&format!("sample --rows 300 --questionnaire {questionnaire} --form {form}")).ok().stdout;
        let outcome = bearings(&format!("score - --ruleset {questionnaire}")).stdin(survey).ok();
        assert_eq!(outcome.table().rows.len(), 300, "{questionnaire}");
    }
}
