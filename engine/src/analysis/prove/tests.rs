//! A seeded fault for each property: a ruleset that breaks this one and no other. What refutes it is looked at once more
//! by the interpreter; where it is refuted because no sheet does something, the interpreter looks at every sheet.

mod interpreted;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::diagnostic::SourceFile;
use crate::diagram::NodeId;
use crate::questionnaire::Questionnaire;
use crate::responses::Responses;
use crate::ruleset::{LoadOptions, load};
use interpreted::Interpreted;

fn read(name: &str) -> SourceFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/faults").join(name);
    SourceFile::new(name, std::fs::read_to_string(path).unwrap())
}

fn questionnaire() -> Arc<Questionnaire> {
    Arc::new(Questionnaire::load(&read("questionnaire.json")).unwrap())
}

fn ruleset(file: &SourceFile) -> Ruleset {
    let options = LoadOptions::only(Role::Hurt, Form::Short);
    load(std::slice::from_ref(file), &questionnaire(), &options).unwrap_or_else(|error| panic!("{:#?}", error.0)).0
}

fn proof_of(name: &str) -> Proof {
    let ruleset = ruleset(&read(&format!("{name}.rhai")));
    prove(&ruleset, Role::Hurt, Form::Short, ANALYSIS_BUDGET, None).unwrap()
}

fn interpreted(name: &str) -> Interpreted {
    Interpreted::new(&read(&format!("{name}.rhai")), &questionnaire())
}

/// The one property that a ruleset breaks, and what refutes it.
#[track_caller]
fn broken(name: &str) -> (String, Counterexample) {
    let proof = proof_of(name);
    let mut broken: Vec<Claim> =
        proof.claims.into_iter().filter(|claim| !matches!(claim.verdict, Verdict::Proved)).collect();
    assert_eq!(broken.len(), 1, "{broken:#?}");
    let claim = broken.remove(0);
    let Verdict::Refuted(mut found) = claim.verdict else { panic!("{claim:#?}") };
    assert_eq!(found.len(), 1, "{found:#?}");
    (claim.id, found.remove(0))
}

/// `name` breaks the property `id` alone; the sheets that show it are reported as expected, says the interpreter, too.
#[track_caller]
fn check(name: &str, id: &str, says: &str, reported: &[&str]) -> Vec<Responses> {
    let (broken, counterexample) = broken(name);
    assert_eq!((broken.as_str(), counterexample.says.as_str()), (id, says));
    let interpreted = interpreted(name);
    let sheets: Vec<Responses> = counterexample.sheets.into_iter().map(|witness| witness.responses).collect();
    let names: Vec<String> =
        sheets.iter().map(|sheet| reported_name(interpreted.variant(), interpreted.reported(sheet))).collect();
    assert_eq!(names, reported);
    sheets
}

/// `name` breaks the property `id` alone, because no sheet does something.
#[track_caller]
fn check_absent(name: &str, id: &str, says: &str) {
    assert_eq!(check(name, id, says, &[]), []);
}

/// The slots in which two sheets differ.
fn differ(sheets: &[Responses]) -> Vec<String> {
    let [one, other] = sheets else { panic!("not two sheets") };
    let pairs = one.answers.iter().zip(&other.answers).enumerate();
    pairs.filter(|(_, (a, b))| a != b).map(|(slot, _)| questionnaire().slots[slot].id.clone()).collect()
}

/// Weeks on either side of everything that they are compared with in these rulesets: 4, 8 and 40.
const WEEKS: [i64; 4] = [3, 5, 20, 50];

#[test]
fn of_the_sound_one_everything_is_proved() {
    let proof = proof_of("sound");
    let mut ids: Vec<&str> = Vec::new();
    for claim in &proof.claims {
        assert!(matches!(claim.verdict, Verdict::Proved), "{claim:#?}");
        assert!(claim.of > 0, "{claim:#?}");
        ids.push(&claim.id);
    }
    // Every one of them is broken by a test here.
    let declared = ["never.letting_go", "no_early_praise"];
    assert_eq!(ids, [BUILT_IN.as_slice(), &declared].concat());
    // Under 18 or not, 53 weeks, two items of five options, five of which two ask one more, five or missing in two ways,
    // three or missing in two ways, three yes or no or missing in two ways.
    let count = 2_u64 * 53 * 5 * 5 * (3 + 2 * 2) * (5 + 2) * (3 + 2) * 4 * 4 * 4;
    assert_eq!(proof.sheets, Some(Count::from(count)));
}

#[test]
fn every_fault_is_a_line_or_two() {
    let sound = read("sound.rhai").text;
    let known: BTreeSet<&str> = sound.lines().collect();
    let faults = [
        "total",
        "safety_yes",
        "monotone",
        "stages_occur",
        "overlays_occur",
        "signals_occur",
        "reasons_occur",
        "rules_fire",
        "rules_pivotal",
        "never",
        "declared",
    ];
    for fault in faults {
        let file = read(&format!("{fault}.rhai"));
        let new = file.text.lines().filter(|line| !line.starts_with("//!") && !known.contains(line)).count();
        assert!((1..=2).contains(&new), "{fault}: {new} new lines");
    }
}

#[test]
fn a_sheet_without_a_stage_is_found() {
    let sheets = check("total", "total", "no stage matches", &["mixed (close_call)"]);
    assert_eq!(interpreted("total").seen(&sheets[0]).stage, Some(None));
}

/// An assessment with such signals does not load.
#[test]
fn a_sheet_without_a_signal_is_found_in_a_study() {
    let (id, counterexample) = broken("total_study");
    assert_eq!((id.as_str(), counterexample.says.as_str()), ("total", "no signal matches"));
    let seen = interpreted("total_study").seen(&counterexample.sheets[0].responses);
    assert_eq!((seen.signal, seen.capped), (Some(None), false));
}

#[test]
fn a_safety_yes_that_makes_it_rosier_is_found() {
    let says = "`who_has_rules`: walk_away becomes mixed";
    let sheets = check("safety_yes", "safety_yes", says, &["walk_away", "mixed"]);
    assert_eq!(differ(&sheets), ["who_has_rules"]);
}

/// Who does not answer does not contradict themselves. So a screen on what opens the safety page would break the promise
/// that skipping never gives `keep_going`, and does not load.
#[test]
fn no_screen_looks_at_what_the_gate_looks_at() {
    let sound = read("sound.rhai");
    for (from, to) in [("keeps_word", "at_ease"), ("listens", "at_ease")] {
        let screen = "screen contradicts(keeps_word, listens)";
        let text = sound.text.replace(screen, &screen.replace(from, to));
        let options = LoadOptions::only(Role::Hurt, Form::Short);
        let problems = load(&[SourceFile::new("screen.rhai", text)], &questionnaire(), &options).unwrap_err().0;
        let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
        assert_eq!(problem.code, crate::diagnostic::Code::SafetyItemRead);
        assert!(problem.message.contains("`at_ease`"), "{}", problem.message);
    }
}

const FLAG: &str = "rule doubt \"Doubt\" when of_part < 60 then flag(\"f\") source \"Made up.\";
    scale of_part \"Of part\" = percent(keeps_word, presses) need 0.5 source \"Made up.\";\n";

/// A flag by a score: on a sheet with a gap the score of the others may lie above, and some fill below.
#[test]
fn of_a_flag_by_a_score_nothing_is_claimed_where_something_is_missing() {
    let text = read("sound.rhai").text + FLAG;
    let ruleset = ruleset(&SourceFile::new("flag.rhai", text));
    let proof = prove(&ruleset, Role::Hurt, Form::Short, ANALYSIS_BUDGET, None).unwrap();
    for claim in proof.claims {
        let is_unknown = matches!(&claim.verdict, Verdict::Unknown(why) if why.contains("raises a flag by a score"));
        let is_of_gaps = ["skipping", "safety_yes", "monotone"].contains(&claim.id.as_str());
        assert!(is_unknown == is_of_gaps || matches!(claim.verdict, Verdict::Refuted(_)), "{claim:#?}");
    }
}

#[test]
fn a_better_answer_that_makes_it_worse_is_found() {
    let says = "`presses`: mixed (close_call) becomes walk_away";
    let sheets = check("monotone", "monotone", says, &["mixed (close_call)", "walk_away"]);
    assert_eq!(differ(&sheets), ["presses"]);
}

#[test]
fn a_stage_that_no_sheet_comes_to_is_found() {
    check_absent("stages_occur", "stages_occur", "no sheet is placed in `late`");
    let interpreted = interpreted("stages_occur");
    let sheets = interpreted.every_calm_sheet(&WEEKS);
    let seen: BTreeSet<usize> = sheets.iter().map(|sheet| interpreted.seen(sheet).stage.unwrap().unwrap()).collect();
    let seen: Vec<&str> = seen.into_iter().map(|stage| interpreted.variant().stages[stage].id.as_str()).collect();
    assert_eq!(seen, ["early", "steady", "slow"]);
}

#[test]
fn an_overlay_that_never_holds_is_found() {
    check_absent("overlays_occur", "overlays_occur", "`heavy` never holds");
    let interpreted = interpreted("overlays_occur");
    let crate::compile::OutcomeWhen::Condition(heavy) = interpreted.variant().overlays[0].when else { panic!() };
    for sheet in interpreted.every_calm_sheet(&WEEKS) {
        assert_eq!(interpreted.seen(&sheet).outcomes[heavy], Some(0));
    }
}

#[test]
fn a_signal_that_is_never_reported_is_found() {
    check_absent("signals_occur", "signals_occur", "no sheet reads `keep_going`");
    let interpreted = interpreted("signals_occur");
    // It leans so, and one step changes that.
    let mut leaning = 0;
    for sheet in interpreted.every_calm_sheet(&WEEKS) {
        let signal = interpreted.seen(&sheet).signal.unwrap().unwrap();
        if interpreted.variant().signals[signal].id == "keep_going" {
            assert!(matches!(interpreted.reported(&sheet), Reported::CloseCall | Reported::HeldBack));
            leaning += 1;
        }
    }
    assert!(leaning > 0);
}

#[test]
fn a_reason_that_comes_too_late_is_found() {
    check_absent("reasons_occur", "reasons_occur", "`early_harm` is never the reason");
    let interpreted = interpreted("reasons_occur");
    let sheets = interpreted.every_calm_sheet(&WEEKS);
    let seen: BTreeSet<usize> = sheets.iter().map(|sheet| interpreted.seen(sheet).reason.unwrap().unwrap()).collect();
    let seen: Vec<&str> = seen.into_iter().map(|reason| interpreted.variant().reasons[reason].id.as_str()).collect();
    assert_eq!(seen, ["torn", "too_early", "faint"]);
}

#[test]
fn a_rule_that_never_fires_is_found() {
    check_absent("rules_fire", "rules_fire", "`tense` never fires");
    let interpreted = interpreted("rules_fire");
    let tense = interpreted.variant().rules.iter().position(|rule| rule.id == "tense").unwrap();
    for sheet in interpreted.every_calm_sheet(&WEEKS) {
        assert!(!interpreted.fires(&interpreted.seen(&sheet), tense));
    }
}

/// Without that rule it is the sound one: the interpreter reads every sheet alike with both.
#[test]
fn a_rule_that_changes_nothing_is_found() {
    check_absent("rules_pivotal", "rules_pivotal", "no sheet is read differently without `pressed_hard`");
    let (with, without) = (interpreted("rules_pivotal"), interpreted("sound"));
    let mut fired = 0;
    for sheet in with.every_calm_sheet(&WEEKS) {
        let (a, b) = (with.seen(&sheet), without.seen(&sheet));
        assert_eq!((a.stage, a.signal, a.reason), (b.stage, b.signal, b.reason));
        let pressed_hard = with.variant().rules.iter().position(|rule| rule.id == "pressed_hard").unwrap();
        fired += usize::from(with.fires(&a, pressed_hard));
    }
    assert!(fired > 0);
}

#[test]
fn what_was_said_never_to_occur_is_found() {
    let sheets = check("never", "never.letting_go", "`letting_go` occurs", &["mixed"]);
    let interpreted = interpreted("never");
    let stage = interpreted.seen(&sheets[0]).stage.unwrap().unwrap();
    assert_eq!(interpreted.variant().stages[stage].id, "letting_go");
}

#[test]
fn what_breaks_a_declared_property_is_found() {
    let sheets = check("declared", "no_early_praise", "`no_early_praise` does not hold", &["keep_going"]);
    let interpreted = interpreted("declared");
    let stage = interpreted.seen(&sheets[0]).stage.unwrap().unwrap();
    assert_eq!(interpreted.variant().stages[stage].id, "early");
}

/// A prover that was told something wrong.
#[track_caller]
fn told_wrongly(wrong: &dyn Fn(&mut Sheets<'_>, &Functions) -> NodeId, subject: &Subject, expected: &str) {
    let ruleset = ruleset(&read("sound.rhai"));
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let mut sheets = Sheets::new(ruleset.questionnaire(), ruleset.gate(), &[variant], ANALYSIS_BUDGET);
    let mut functions = sheets.functions(ruleset.kind, variant).unwrap();
    functions.reported = wrong(&mut sheets, &functions);
    let mut prover = Prover { ruleset: &ruleset, variant, sheets, functions };
    let found = prover.verdict(subject, &mut Vec::new()).unwrap();
    let Verdict::Unknown(why) = refuted(found) else { panic!("refuted by what the engine does not say") };
    assert_eq!(why, format!("no sheet was found that the engine confirms: {expected}"));
}

/// The gate is code of the engine, above every script, so no ruleset can break this property. The fault is put into what
/// the prover is told instead: it is found, and as the engine does not confirm it, nothing is claimed.
#[test]
fn a_gate_that_lets_something_through_would_be_found() {
    let leaning = |lean: u32| Reported::Declared(lean).outcome();
    told_wrongly(
        &|sheets, functions| sheets.diagram.map(functions.signal, &leaning).unwrap(),
        &Subject::UnderFlag,
        "keep_going is reported under a flag; a hard flag and a withheld result do not go together",
    );
    let shown = Reported::Contradictory.outcome();
    let withheld = Reported::Withheld.outcome();
    told_wrongly(
        &|sheets, functions| {
            let show = |outcome: u32| if outcome == withheld { shown } else { outcome };
            sheets.diagram.map(functions.reported, &show).unwrap()
        },
        &Subject::UnderFlag,
        "a hard flag and a withheld result do not go together",
    );
}

/// The rest of what the gate keeps: a question that is not answered never gives `keep_going`.
#[test]
fn a_gate_that_overlooks_a_missing_answer_would_be_found() {
    let keeps = Reported::Declared(1).outcome();
    told_wrongly(
        &|sheets, functions| {
            let unanswered = |gate: u32, reported: u32| if gate == 2 { keeps } else { reported };
            sheets.diagram.combine(functions.gate, functions.reported, &unanswered).unwrap()
        },
        &Subject::Skipping,
        // Of the other two one yes alone is not withheld, and both together are.
        "safety_fear; safety_watch; safety_limit",
    );
}
