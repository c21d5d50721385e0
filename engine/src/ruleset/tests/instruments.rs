//! Published keys and cuts: what must not be turned round, who is not to be told anything, how near is near.

use super::*;
use crate::assessment::BandReading;

const INSTRUMENT: &str = r#"instrument "mine" version "1" questionnaire "small" title "Mine";"#;

/// The small questionnaire, where the printed numbers of `good` are keyed.
fn keyed() -> Arc<Questionnaire> {
    let text = QUESTIONNAIRE.replace("\"direction\": \"+\"", "\"direction\": \"+\", \"keyed\": true");
    Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap())
}

fn load_keyed(body: &str) -> Loaded {
    let files = [SourceFile::new("header.rhai", INSTRUMENT), SourceFile::new("body.rhai", body)];
    load(&files, &keyed(), &LoadOptions::only(Role::Hurt, Form::Short))
}

#[track_caller]
fn check_instrument(body: &str, expected: &[(&str, &str)]) {
    match load_keyed(body) {
        Ok((_, warnings)) => assert!(expected.is_empty() && warnings.is_empty(), "it loads: {warnings:#?}"),
        Err(LoadError(problems)) => check_diagnostics(&problems, Severity::Error, body, expected),
    }
}

#[test]
fn what_is_printed_the_right_way_round_is_not_reversed() {
    check_instrument("scale s = sum(good, a);", &[]);
    check_instrument("scale s = sum(a, -good);", &[("reversed-twice 1:19", "write `good` without `-`")]);
    check_instrument("scale s = mean(-good * 2, a) need 2;", &[("reversed-twice 1:17", "already point the right way")]);
    // Where nothing says so, `-` is the key.
    check_instrument("scale s = sum(a, -b);", &[]);
    check_instrument("scale s = sum(good, a, good);", &[("duplicate-id 1:24", "counted twice")]);
}

#[test]
fn an_instrument_for_groups_labels_nobody_as_fine() {
    let with = |operator: &str| {
        format!(
            "batch_only source \"x\";\nscale s concern = sum(a, b);\nband s \"b\" {operator} 5 population \"p\" source \"x\";"
        )
    };
    check_instrument(&with(">="), &[]);
    check_instrument(&with(">"), &[]);
    for operator in ["<", "<="] {
        check_instrument(&with(operator), &[("negative-label 3:6", "tells nobody that they are fine")]);
        check_instrument(&with(operator).replace("batch_only source \"x\";", ""), &[]);
    }
}

#[test]
fn an_instrument_for_groups_has_bands_on_concerns_only() {
    let body = "batch_only source \"x\";\nscale s = sum(a, b);\nband s \"b\" >= 5 population \"p\" source \"x\";";
    check_instrument(body, &[("negative-label 3:6", "`s` does not say that a high score is a concern")]);
    check_instrument(&body.replace("batch_only source \"x\";", ""), &[]);
}

#[test]
fn a_cut_is_one_that_some_scores_meet_and_others_do_not() {
    // `a` and `b` go from 1 to 5.
    for (scale, low, high) in [("sum(a, b)", "2", "10"), ("mean(a, b)", "1", "5"), ("percent(a, b)", "0", "100")] {
        let check = |cut: &str, often: Option<&str>| {
            let body = format!("scale s = {scale};\nband s \"b\" {cut} population \"p\" source \"x\";");
            let said = often.map(|often| format!("this band is {often} met: `s` goes from {low} to {high}"));
            let expected: Vec<(&str, &str)> = said.iter().map(|said| ("invalid-number 2:6", said.as_str())).collect();
            check_instrument(&body, &expected);
        };
        check(&format!("< {low}"), Some("never"));
        check(&format!("<= {low}"), None);
        check(&format!("> {low}"), None);
        check(&format!(">= {low}"), Some("always"));
        check(&format!("> {high}"), Some("never"));
        check(&format!(">= {high}"), None);
        check(&format!("< {high}"), None);
        check(&format!("<= {high}"), Some("always"));
        check(">= 1000", Some("never"));
    }
}

#[test]
fn what_is_for_groups_only_says_so() {
    let (ruleset, _) = load_keyed("batch_only source \"why\";\nscale s = sum(a, b);").unwrap();
    assert_eq!(ruleset.batch_only.as_deref(), Some("why"));
    assert_eq!(load_keyed("scale s = sum(a, b);").unwrap().0.batch_only, None);
    let files = |body: &str| [SourceFile::new("header.rhai", INSTRUMENT), SourceFile::new("body.rhai", body)];
    assert_eq!(batch_only(&files("batch_only source \"why\";\nscale s = sum(nothing);")).as_deref(), Some("why"));
    assert_eq!(batch_only(&files("scale s = sum(a);")), None);
    check_instrument("batch_only;", &[("missing-clause 1:11", "why it is for groups only")]);
    check_instrument("batch_only source \"x\";\nbatch_only source \"y\";", &[("duplicate-id 2:1", "declared twice")]);
    check("batch_only source \"x\";", &[("wrong-kind 1:1", "`batch_only` does not belong into a study")]);
    check_assessment(
        "batch_only source \"x\";",
        &[("wrong-kind 1:1", "`batch_only` does not belong into an assessment")],
    );
}

#[test]
fn a_standard_error_is_above_nothing_and_given_once() {
    let band = |clause: &str| format!("scale s = sum(a, b);\nband s \"b\" < 5 population \"p\" source \"x\" {clause};");
    check_instrument(&band("sem 1.5"), &[]);
    check_instrument(&band("sem 0"), &[("invalid-number 2:46", "above 0")]);
    check_instrument(&band("sem -1"), &[("invalid-number 2:46", "above 0")]);
    check_instrument(&band("sem"), &[("syntax 2:45", "expected a number")]);
    check_instrument(&band("sem 1 sem 2"), &[("syntax 2:48", "expected")]);
    // The word is free for a survey's own item.
    let text =
        QUESTIONNAIRE.replace("\"id\": \"a\"", "\"id\": \"sem\"").replace("\"item\": \"a\"", "\"item\": \"sem\"");
    let own = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let files = [SourceFile::new("x.rhai", format!("{INSTRUMENT}\nscale s = sum(sem, b);"))];
    assert!(load(&files, &own, &LoadOptions::only(Role::Hurt, Form::Short)).is_ok());
}

/// Two items from 1 to 5 that add up to the score.
fn read(body: &str, score: i64) -> Box<Reading> {
    let (ruleset, _) = load_keyed(body).unwrap();
    let answers = [("a", score / 2), ("b", score - score / 2)];
    let given = answers.map(|(id, value)| (id.to_owned(), Ok(OptionValue::Number(value)))).into_iter().collect();
    let (responses, _) =
        responses_from(ruleset.questionnaire(), Form::Short, Role::Hurt, SafetyBlock::Answered, &given).unwrap();
    match assess(&ruleset, &responses).unwrap() {
        Assessment::Read(reading) => reading,
        Assessment::Withheld(_) => panic!("an instrument has no gate"),
    }
}

#[test]
fn a_score_closer_to_the_cut_than_its_error_is_near_on_either_side() {
    let body = "scale s = sum(a, b);\nband s \"low\" < 6 population \"p\" source \"x\" sem 2;";
    let words = |bands: &[BandReading]| bands.iter().map(|band| (band.near, band.sem)).collect::<Vec<_>>();
    for (score, met, unmet) in [
        (3, vec![(false, Some(2.0))], vec![]),
        // As far away as the error itself is not closer than it.
        (4, vec![(false, Some(2.0))], vec![]),
        (5, vec![(true, Some(2.0))], vec![]),
        (6, vec![], vec![(true, Some(2.0))]),
        (7, vec![], vec![(true, Some(2.0))]),
        (8, vec![], vec![]),
    ] {
        let reading = read(body, score);
        assert_eq!((words(&reading.bands), words(&reading.near_cuts)), (met, unmet), "{score}");
    }
}

#[test]
fn without_an_error_nothing_is_near() {
    let body = "scale s = sum(a, b);\nband s \"low\" < 6 population \"p\" source \"x\";";
    let (at_the_cut, below) = (read(body, 6), read(body, 5));
    assert!(at_the_cut.bands.is_empty() && at_the_cut.near_cuts.is_empty() && below.near_cuts.is_empty());
    assert_eq!(below.bands.iter().map(|band| (band.near, band.sem)).collect::<Vec<_>>(), [(false, None)]);
}
