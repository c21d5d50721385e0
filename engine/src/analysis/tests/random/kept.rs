//! What the random rulesets found, each with as little as it took, so that it stays found.

use super::draw::{Case, Declaration, choice};
use super::every::Every;
use super::holds::Holds;
use super::*;

const HIT: &str = r#"{"id": "hit", "text": "hit", "kind": "choice", "options": [{"value": 0, "label": "no"},
    {"value": 1, "label": "yes"}], "block": true, "safety": {"tier": "hard"}}"#;

/// A question with five answers.
fn five(id: &str, more: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"x\", \"kind\": \"choice\", {}{more}}}", choice(&[0, 1, 2, 3, 4]))
}

fn number(id: &str, more: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"x\", \"kind\": \"number\", \"min\": 0, \"max\": 5{more}}}")
}

fn rule(id: &str, when: &str, then: &str) -> Declaration {
    Declaration::Rule { id: id.to_owned(), when: when.to_owned(), then: then.to_owned() }
}

/// Whether everything that is said of all sheets of this ruleset is so.
#[track_caller]
fn check(items: &[String], texts: &[&str], others: &[Declaration]) {
    let mut declarations = vec![Declaration::Text("floor core 0 source \"x\";".to_owned())];
    declarations.extend(texts.iter().map(|text| Declaration::Text((*text).to_owned())));
    declarations.extend(others.iter().cloned());
    let case = Case { items: [&[HIT.to_owned()], items].concat(), declarations };
    let ruleset = load(&case).unwrap_or_else(|| panic!("{}\n{}", case.questionnaire(), case.ruleset()));
    let every = Every::new(&ruleset, MOST_SHEETS).unwrap();
    let mut wrong = counts::disagreements(&ruleset, &every, ANALYSIS_BUDGET).0;
    wrong.extend(verdicts::disagreements(&case, &ruleset, &every, &proof(&ruleset, ANALYSIS_BUDGET)));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const MIXED: &str = "signal mixed \"m\" otherwise;";
const SIGN: &str = "sign bad \"bad\" present 2;";
const RAISES: &str = "sign(\"bad\", 2)";

#[test]
fn what_hangs_on_a_question_of_another_form_is_not_asked() {
    let items = [five("a", ", \"forms\": [\"full\"]"), five("b", ASKED_IF_NOT_1)];
    check(&items, &[MIXED, SIGN], &[rule("r0", "b != 0", RAISES)]);
    const ASKED_IF_NOT_1: &str = ", \"asked_if\": {\"item\": \"a\", \"op\": \"!=\", \"value\": 1}";
}

#[test]
fn what_hangs_on_a_number_that_does_not_apply_is_not_asked() {
    let asked_if = ", \"asked_if\": {\"item\": \"n\", \"op\": \"!=\", \"value\": 3}";
    let items = [number("n", ", \"not_applicable\": true"), five("b", asked_if)];
    check(&items, &[MIXED, SIGN], &[rule("r0", "b < 1", RAISES)]);
}

#[test]
fn a_signal_occurs_for_reasons_of_the_engine_too() {
    let always = "signal walk_away \"w\" when a >= 2 || a < 2;";
    check(&[five("a", "")], &[always, MIXED, "never mixed because \"x\";"], &[]);
}

#[test]
fn what_needs_a_flag_is_shown_without_a_hard_one() {
    check(&[five("a", "")], &["overlay o0 \"o\" when a >= 1 && flagged();", MIXED], &[]);
}

#[test]
fn what_needs_a_gap_may_find_it_at_the_gate() {
    let afraid = five("afraid", ", \"safety\": {\"tier\": \"soft\", \"op\": \">=\", \"value\": 4}");
    check(&[afraid], &["stage p0 \"p\" when !answered(\"afraid\");", "stage p1 \"p\" otherwise;", MIXED], &[]);
}

#[test]
fn a_reason_that_is_not_told_makes_no_rule_matter() {
    let texts =
        [SIGN, "signal keep_going \"k\" when a >= 2 || a < 2;", MIXED, "reason y0 \"y\" when level(\"bad\") >= 2;"];
    check(&[five("a", "")], &texts, &[rule("r0", "a >= 2", RAISES)]);
}

#[test]
fn all_questions_that_a_step_brings_up_are_open() {
    let both = r#"{"id": "m", "text": "m", "kind": "multi", "options": [{"value": "home", "label": "h"},
        {"value": "fear", "label": "f"}], "asked_if": {"item": "a", "op": "!=", "value": 0}}"#;
    let walk_away = "signal walk_away \"w\" when a == 0 || (ticked(\"m.home\") && ticked(\"m.fear\")) || a >= 3;";
    check(&[five("a", ", \"direction\": \"+\""), both.to_owned()], &[walk_away, MIXED], &[]);
}

#[test]
fn a_contradiction_looks_at_the_ends_of_numbers_that_nothing_else_tells_apart() {
    let screen = "screen contradicts(a, n);";
    let holds = Holds::Not(Box::new(Holds::Fired("r0".to_owned())));
    let property = Declaration::Property { id: "q0".to_owned(), holds };
    check(&[five("a", ""), number("n", "")], &[SIGN, MIXED, screen], &[rule("r0", "n >= 2", RAISES), property]);
}

#[test]
fn a_witness_names_no_answer_that_makes_no_difference() {
    let never = "never o0 because \"x\";";
    let overlay = "overlay o0 \"o\" when (a >= 1 || b >= 1) && (b >= 1 || c >= 1);";
    check(&["a", "b", "c"].map(|id| five(id, "")), &[overlay, MIXED, never], &[]);
}
