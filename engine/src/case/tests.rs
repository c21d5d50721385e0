use std::path::Path;

use super::*;
use crate::assessment::Reading;
use crate::explain::Held;
use crate::ruleset::{LoadOptions, load};
use crate::tests::trust_repair;

fn ruleset() -> Ruleset {
    let (questionnaire, files) = trust_repair();
    load(&files, &questionnaire, &LoadOptions::all()).unwrap().0
}

/// The shipped cases of `trust-repair`.
fn sources() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rulesets/trust-repair/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| SourceFile::new(name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// What a case is compared with, read off the whole assessment.
fn brief(reading: &Reading) -> Brief {
    let labels = |near: bool| {
        let bands = reading.bands.iter().chain(if near { reading.near_cuts.as_slice() } else { &[] });
        bands.filter(|band| !near || band.near).map(|band| band.label.clone()).collect()
    };
    Brief {
        signal: reading.signal.id.clone(),
        reason: reading.signal.reason.clone(),
        stage: reading.stage.as_ref().map(|stage| stage.id.clone()),
        overlays: reading.overlays.iter().map(|overlay| overlay.id.clone()).collect(),
        bands: labels(false),
        near: labels(true),
        rules: reading.rules.iter().map(|rule| (rule.id.clone(), rule.outcome)).collect(),
        levels: reading.signs.clone(),
        scores: Vec::new(),
    }
}

#[test]
fn a_case_is_compared_with_what_its_assessment_says_and_traced_to_the_conditions_behind_it() {
    let ruleset = ruleset();
    let (mut withheld, mut unplaced, mut weighed) = (0, 0, 0);
    for source in sources() {
        let case = Case::load_for(&source, &ruleset).unwrap();
        let trace = case.trace(&ruleset).unwrap();
        let found = Brief::of_row(&ruleset, &case.responses, &case.assessed(&ruleset).unwrap(), 0);
        let Assessment::Read(reading) = &trace.assessment else {
            assert!(found.is_none() && trace.weighing.is_none(), "{}", source.name);
            withheld += 1;
            continue;
        };
        let found = found.unwrap();
        let scores: Vec<(String, Option<f64>)> =
            found.scores.iter().map(|(id, value)| (id.clone(), value.as_ref().map(crate::exact::to_f64))).collect();
        let expected: Vec<(String, Option<f64>)> =
            reading.scores.iter().map(|score| (score.id.clone(), score.value)).collect();
        assert_eq!(scores, expected, "{}", source.name);
        assert_eq!(Brief { scores: Vec::new(), ..found }, brief(reading), "{}", source.name);

        let Some(weighing) = &trace.weighing else {
            assert_eq!(reading.signal.reason.as_deref(), Some("other_path"), "{}", source.name);
            continue;
        };
        weighed += 1;
        // The stage is the first rung that holds, unless an open one comes before it.
        let rung = weighing.stages.iter().find(|rung| rung.outcome != Held::DoesNotHold);
        let stage = rung.filter(|rung| rung.outcome != Held::Undecided).map(|rung| rung.id.clone());
        assert_eq!(stage, reading.stage.as_ref().map(|stage| stage.id.clone()), "{}", source.name);
        unplaced += usize::from(stage.is_none());
        let overlays = weighing.overlays.iter().filter(|overlay| overlay.outcome == Held::Holds);
        let overlays: Vec<&str> = overlays.map(|overlay| overlay.id.as_str()).collect();
        let shown: Vec<&str> = reading.overlays.iter().map(|overlay| overlay.id.as_str()).collect();
        assert_eq!(overlays, shown, "{}", source.name);
        for (scale, score) in weighing.scales.iter().zip(&reading.scores) {
            let missing = scale.items.iter().filter(|item| item.value.is_none()).count();
            assert_eq!((&scale.id, missing), (&score.id, score.missing.len()), "{}", source.name);
        }
        let open = weighing.stages.iter().chain(&weighing.signals).filter(|rung| rung.outcome == Held::Undecided);
        for rung in open {
            assert!(!rung.needs.is_empty(), "{}: {}", source.name, rung.id);
        }
    }
    assert!(withheld > 0 && unplaced > 0 && weighed > 30, "{withheld} {unplaced} {weighed}");
}

/// A case about nobody in particular, with this expectation.
fn source(expect: &str) -> SourceFile {
    let head =
        r#"{"format": "bearings/case@1", "description": "d", "answers": {"my_role": "hurt", "bond_kind": "friend"},"#;
    SourceFile::new("c.json", format!("{head}\n\"expect\": {expect}}}"))
}

/// The messages of what is wrong with an expectation, each with the text that is pointed at.
fn problems(ruleset: &Ruleset, expect: &str) -> Vec<(String, String)> {
    let source = source(expect);
    let LoadError(problems) = Case::load_for(&source, ruleset).unwrap_err();
    let shown = |problem: &Diagnostic| {
        assert_eq!(problem.code, Code::InvalidCase);
        let place = source.text.get(problem.span.clone().unwrap()).unwrap();
        let hints: String = problem.hints.iter().map(|hint| format!("; {hint}")).collect();
        (place.to_owned(), format!("{}{hints}", problem.message))
    };
    problems.iter().map(shown).collect()
}

#[test]
fn what_a_case_expects_is_known_to_its_ruleset_when_it_is_loaded() {
    let ruleset = ruleset();
    let near = |wrong: &str, expect: &str, what: &str, right: &str| {
        let message = format!("`trust-repair` has no {what} `{wrong}`; did you mean `{right}`?");
        assert_eq!(problems(&ruleset, expect), [(format!("\"{wrong}\""), message)]);
    };
    near("walk_awya", r#"{"signal": "walk_awya"}"#, "signal", "walk_away");
    near("close_cal", r#"{"reason": "close_cal"}"#, "reason", "close_call");
    near("steady_grund", r#"{"stage": "steady_grund"}"#, "stage", "steady_ground");
    near("crossroad", r#"{"overlays": ["no_contact", "crossroad"]}"#, "overlay", "crossroads");
    near("again_onse", r#"{"fired": ["again_twice", "again_onse"]}"#, "rule", "again_once");
    near("again_onse", r#"{"not_fired": ["again_onse"]}"#, "rule", "again_once");
    // A rule that only the full form has is a near name, too.
    near("tiess", r#"{"undecided": ["tiess"]}"#, "rule", "ties");
    near("consistncy", r#"{"scores": {"consistncy": 3}}"#, "scale", "consistency");
    near("car", r#"{"levels": {"car": 3}}"#, "sign", "care");
    // What the engine alone says, and what is no outcome although it has a name.
    assert!(Case::load_for(&source(r#"{"signal": "not_enough_answered", "stage": "unplaced"}"#), &ruleset).is_ok());
    let reason = problems(&ruleset, r#"{"reason": "not_enough_answered"}"#);
    assert!(reason[0].1.starts_with("`trust-repair` has no reason `not_enough_answered`; it has: "), "{reason:?}");
    let band = problems(&ruleset, r#"{"bands": ["low"]}"#);
    assert_eq!(
        band,
        [("\"low\"".to_owned(), "`trust-repair` has no band `low`; this ruleset has no bands".to_owned())]
    );
    // Another role's rule, and a rule that the short form does not have.
    let other = problems(&ruleset, r#"{"fired": ["worn_out"]}"#);
    let message = "the rule `worn_out` does not exist for role hurt in the short form; it exists for: broke (short), broke (full)";
    assert_eq!(other, [("\"worn_out\"".to_owned(), message.to_owned())]);
    let other = problems(&ruleset, r#"{"fired": ["ties"]}"#);
    assert!(other[0].1.ends_with("it exists for: hurt (full)"), "{other:?}");
}

#[test]
fn an_expectation_that_cannot_come_true_or_always_does_is_refused() {
    let ruleset = ruleset();
    let one = |expect: &str, place: &str, message: &str| {
        assert_eq!(problems(&ruleset, expect), [(place.to_owned(), message.to_owned())]);
    };
    let twice = "the rule `again_once` is expected twice: as `fired` and as `not_fired`";
    one(r#"{"fired": ["again_once"], "not_fired": ["again_once"]}"#, "\"again_once\"", twice);
    one(r#"{"levels": {"care": 4}}"#, "\"care\"", "a level is 0 to 3");
    one(r#"{"scores": {"care": 1e-7}}"#, "\"care\"", "a score is a plain decimal such as 37.5, or null for none");
    let withheld = "nothing else can be expected where everything is withheld";
    one(r#"{"withheld": true, "stage": "unplaced"}"#, "\"withheld\"", withheld);
    assert!(problems(&ruleset, "{}")[0].1.starts_with("the case expects nothing"));
    assert!(problems(&ruleset, r#"{"fired": []}"#)[0].1.starts_with("the case expects nothing"));
    assert!(Case::load_for(&source(r#"{"withheld": false}"#), &ruleset).is_ok());
}

#[test]
fn every_kind_of_expectation_is_met_and_missed() {
    let ruleset = ruleset();
    let differences = |expect: &str| -> Vec<String> {
        let found = Case::load_for(&source(expect), &ruleset).unwrap().run(&ruleset).unwrap();
        found.differences.iter().map(ToString::to_string).collect()
    };
    // Nothing but role and bond is answered.
    for met in [
        r#"{"withheld": false, "signal": "not_enough_answered", "reason": null, "stage": "unplaced", "overlays": []}"#,
        r#"{"undecided": ["one_sided_effort"], "scores": {"consistency": null}, "levels": {"care": 0}}"#,
        r#"{"bands": [], "near": []}"#,
    ] {
        assert_eq!(differences(met), [""; 0], "{met}");
    }
    for (missed, expected) in [
        (r#"{"withheld": true}"#, "withheld: expected yes, got no"),
        (r#"{"signal": null}"#, "signal: expected none, got not_enough_answered"),
        (r#"{"reason": "close_call"}"#, "reason: expected close_call, got none"),
        (r#"{"stage": "facing_it"}"#, "stage: expected facing_it, got unplaced"),
        (r#"{"overlays": ["crossroads"]}"#, "overlays: expected crossroads, got none"),
        (r#"{"fired": ["one_sided_effort"]}"#, "rule one_sided_effort: expected fired, got undecided"),
        (r#"{"not_fired": ["one_sided_effort"]}"#, "rule one_sided_effort: expected not_fired, got undecided"),
        (r#"{"scores": {"consistency": 12.5}}"#, "score consistency: expected 12.5, got none"),
        (r#"{"levels": {"care": 2}}"#, "level of care: expected 2, got 0"),
    ] {
        assert_eq!(differences(missed), [expected]);
    }
}

#[test]
fn a_difference_points_at_the_line_that_expects_it() {
    let ruleset = ruleset();
    let source = source(
        "{\n\"fired\": [\"again_once\",\n\"one_sided_effort\"],\n\"stage\": \"facing_it\",\n\"levels\": {\"care\": 3}}",
    );
    let case = Case::load_for(&source, &ruleset).unwrap();
    let line = |difference: &Difference| source.position(difference.place(&source).unwrap().start).0;
    let differences = case.run(&ruleset).unwrap().differences;
    let lines: Vec<(String, usize)> =
        differences.iter().map(|difference| (difference.aspect.to_string(), line(difference))).collect();
    assert!(lines.contains(&("rule one_sided_effort".to_owned(), 4)), "{lines:?}");
    assert!(lines.contains(&("stage".to_owned(), 5)) && lines.contains(&("level of care".to_owned(), 6)), "{lines:?}");
}

#[test]
fn all_problems_of_a_case_come_at_once_with_their_places() {
    let ruleset = ruleset();
    let text = "{\"format\": \"bearings/case@1\", \"description\": \"d\", \"todo\": \" \",\n\"answers\": {\"effort_mine\": 77,\n\
                \"nope\": 1},\n\"expect\": {\"signal\": \"walk_awya\"}}";
    let source = SourceFile::new("c.json", text);
    let LoadError(problems) = Case::load_for(&source, &ruleset).unwrap_err();
    let lines: Vec<usize> =
        problems.iter().map(|problem| source.position(problem.span.clone().unwrap().start).0).collect();
    assert_eq!(lines, [1, 2, 3, 4], "{problems:?}");
    // Without a ruleset all but the names is checked.
    let LoadError(problems) = Case::load(&source, ruleset.questionnaire()).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:?}");
    let twice = text.replace("\"nope\": 1", "\"effort_mine\": 1");
    let LoadError(problems) = Case::load_for(&SourceFile::new("c.json", twice), &ruleset).unwrap_err();
    assert!(problems[0].message.contains("`effort_mine` occurs twice"), "{problems:?}");
}
