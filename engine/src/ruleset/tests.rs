use std::time::{Duration, Instant};

use super::*;
use crate::assess;
use crate::assessment::{Assessment, Reading};
use crate::questionnaire::OptionValue;
use crate::responses::{Missing, SafetyBlock, responses_from};

// ---- a small questionnaire --------------------------------------------------------------------------------------

const QUESTIONNAIRE: &str = r#"{"format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "t",
"description": "d", "source": "s", "licence": "l", "bond_words": {"friend": "your friend"}, "option_lists": {
  "five": [{"value": 1, "label": "one"}, {"value": 2, "label": "two"}, {"value": 3, "label": "three"},
           {"value": 4, "label": "four"}, {"value": 5, "label": "five"}],
  "yes_no": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
"items": [
  {"id": "a", "kind": "choice", "text": "?", "options": "five"},
  {"id": "b", "kind": "choice", "text": "?", "options": "five"},
  {"id": "e", "kind": "choice", "text": "?", "options": "five"},
  {"id": "f", "kind": "choice", "text": "?", "options": "five"},
  {"id": "g", "kind": "choice", "text": "?", "options": "five"},
  {"id": "h", "kind": "choice", "text": "?", "options": "five"},
  {"id": "good", "kind": "choice", "text": "?", "options": "five", "direction": "+"},
  {"id": "bad", "kind": "choice", "text": "?", "options": "five", "direction": "-"},
  {"id": "visits", "kind": "choice", "text": "?", "options": "five", "not_applicable": true},
  {"id": "calls", "kind": "choice", "text": "?", "options": "five", "not_applicable": true},
  {"id": "more", "kind": "choice", "text": "?", "options": "five", "asked_if": {"item": "a", "op": ">=", "value": 3}},
  {"id": "thousand", "kind": "number", "text": "?", "min": 0, "max": 1000},
  {"id": "weeks", "kind": "number", "text": "?", "min": 0, "max": 52, "unit": "weeks"},
  {"id": "breach", "kind": "choice", "text": "?",
   "options": [{"value": "lie", "label": "a lie"}, {"value": "money", "label": "money"}]},
  {"id": "ties", "kind": "multi", "text": "?",
   "options": [{"value": "home", "label": "h"}, {"value": "kids", "label": "k"}]},
  {"id": "words", "kind": "text", "text": "?"},
  {"id": "deep", "kind": "choice", "text": "?", "options": "five", "forms": ["full"]},
  {"id": "bond_kind", "kind": "choice", "text": "?", "options": [{"value": "friend", "label": "f"}, {"value": "family", "label": "g"}]},
  {"id": "safety_fear", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "hard"}},
  {"id": "safety_watch", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "soft"}},
  {"id": "safety_kinds", "kind": "multi", "text": "?", "block": true, "options": [{"value": "home", "label": "h"}]}
]}"#;

fn questionnaire() -> Arc<Questionnaire> {
    Arc::new(Questionnaire::load(&SourceFile::new("small.json", QUESTIONNAIRE)).unwrap())
}

const STUDY: &str = r#"study "mine" version "1" questionnaire "small" title "Mine";"#;

const ASSESSMENT: &str = r#"//! About.
//! ## Sources
//! s
//! ## Published
//! 2026-01-01
//! ## Validated
//! no
//! ## Update policy
//! yearly
//! ## Uncertainty
//! much
//! ## Funding
//! none
assessment "mine" version "1" questionnaire "small" title "Mine";
floor core 0.1 source "design choice";
signal keep_going "Keep going" when good >= 4;
signal mixed "Mixed" otherwise;
"#;

type Loaded = Result<(Ruleset, Vec<Diagnostic>), LoadError>;

/// Loads a header file and a second file with the text under test.
fn load_with(header: &str, body: &str, set: &[(&str, &str)]) -> Loaded {
    let files = [SourceFile::new("header.rhai", header), SourceFile::new("body.rhai", body)];
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(&files, &questionnaire(), &LoadOptions { set, ..LoadOptions::only(Role::Hurt, Form::Short) })
}

/// `code line:column` of a diagnostic in the text under test.
fn place(problem: &Diagnostic, text: &str) -> String {
    match &problem.span {
        Some(span) => {
            let (line, column) = SourceFile::new("", text).position(span.start);
            format!("{} {line}:{column}", problem.code)
        }
        None => problem.code.to_string(),
    }
}

/// The diagnostics of one severity: `(place, words in the message or a hint)` each, and no other.
#[track_caller]
fn check_diagnostics(problems: &[Diagnostic], severity: Severity, body: &str, expected: &[(&str, &str)]) {
    let problems: Vec<&Diagnostic> = problems.iter().filter(|problem| problem.severity == severity).collect();
    let found: Vec<String> = problems.iter().map(|problem| place(problem, body)).collect();
    let wanted: Vec<&str> = expected.iter().map(|(place, _)| *place).collect();
    assert_eq!(found, wanted, "{problems:#?}");
    for (problem, (_, words)) in problems.iter().zip(expected) {
        let said = format!("{} / {}", problem.message, problem.hints.join(" / "));
        assert!(said.contains(words), "{said}");
    }
}

/// The errors that a study with this text does not load for.
#[track_caller]
fn check(body: &str, expected: &[(&str, &str)]) {
    match load_with(STUDY, body, &[]) {
        Ok(_) => panic!("it loads, but {expected:?} was expected"),
        Err(LoadError(problems)) => check_diagnostics(&problems, Severity::Error, body, expected),
    }
}

#[track_caller]
fn check_assessment(body: &str, expected: &[(&str, &str)]) {
    match load_with(ASSESSMENT, body, &[]) {
        Ok(_) => panic!("it loads, but {expected:?} was expected"),
        Err(LoadError(problems)) => check_diagnostics(&problems, Severity::Error, body, expected),
    }
}

/// A study with this text loads with exactly these warnings.
#[track_caller]
fn check_warns(body: &str, expected: &[(&str, &str)]) {
    match load_with(STUDY, body, &[]) {
        Ok((_, problems)) => check_diagnostics(&problems, Severity::Warning, body, expected),
        Err(LoadError(problems)) => panic!("it does not load: {problems:#?}"),
    }
}

#[track_caller]
fn check_loads(body: &str) {
    check_warns(body, &[]);
}

// ---- names ------------------------------------------------------------------------------------------------------

#[test]
fn an_unknown_name_is_told_with_its_neighbour() {
    check("rule r when goood >= 2 then note();", &[("unknown-name 1:13", "did you mean `good`?")]);
    check("rule r\n  when a >= 2 && Goods >= 1\n  then note();", &[("unknown-name 2:18", "did you mean `good`?")]);
    check("rule r when xyzzy >= 2 then note();", &[("unknown-name 1:13", "`xyzzy` is no item, scale")]);
    check(
        "scale trust = percent(a);\naggregate m = mean_of(trusst) need 1;",
        &[("unknown-name 2:23", "did you mean `trust`?")],
    );
    check(
        "scale trust = percent(a);\nadjust trusts at_most 50 when a >= 2;",
        &[("unknown-name 2:8", "did you mean `trust`?")],
    );
    check("rule r when ties >= 1 then note();", &[("unknown-name 1:13", "ticked(\"ties.option\")")]);
}

#[test]
fn an_unknown_function_is_told_with_its_neighbour() {
    check("rule r when answerd(\"a\") then note();", &[("unknown-function 1:13", "did you mean `answered`?")]);
    check("fn low(x) { x <= 1 }\nrule r when lwo(a) then note();", &[("unknown-function 2:13", "rulesets/API.md")]);
    check(
        "fn is_low(x) { x <= 1 }\nrule r when is_lov(a) then note();",
        &[("unknown-function 2:13", "did you mean `is_low`?")],
    );
}

#[test]
fn a_name_in_a_call_is_told_with_its_neighbour() {
    let rule = "sign effort present 2;\nrule one when a >= 2 then sign(\"effort\", 1), points(\"keep\", 2);\noverlay one_o when a >= 2;\nstage one_s otherwise;\n";
    for (call, expected) in [
        ("rule r when answered(\"goood\") then note();", ("unknown-name 5:22", "did you mean `good`?")),
        ("rule r when ticked(\"ties.hom\") then note();", ("unknown-item 5:20", "did you mean `ties.home`?")),
        ("rule r when count_at_most(\"a\", 2) >= 1 then note();", ("unknown-name 5:27", "no scale `a`")),
        ("overlay o when fired(\"onee\");", ("unknown-name 5:22", "did you mean `one`?")),
        ("overlay o when level(\"efort\") >= 1;", ("unknown-name 5:22", "did you mean `effort`?")),
        ("signal s when points_of(\"keeep\") >= 1;", ("unknown-name 5:25", "did you mean `keep`?")),
        ("signal s when overlay_is(\"one_oo\");", ("unknown-name 5:26", "did you mean `one_o`?")),
        ("signal s when stage_is(\"one_ss\");", ("unknown-name 5:24", "did you mean `one_s`?")),
        ("rule r when a >= 2 then sign(\"efort\", 1);", ("unknown-name 5:30", "did you mean `effort`?")),
        ("rule r when answered(a) then note();", ("syntax 5:13", "answered(\"x\")")),
    ] {
        check(&format!("{rule}{call}"), &[expected]);
    }
}

#[test]
fn an_unknown_declaration_is_told_with_its_neighbour() {
    check("rul r when a >= 2 then note();", &[("unknown-declaration 1:1", "did you mean `rule`?")]);
    check("banana r when a >= 2;", &[("unknown-declaration 1:1", "a declaration starts with one of: assessment")]);
}

#[test]
fn an_unknown_item_of_a_scale_is_told_with_its_neighbour() {
    check("scale s = percent(a, goood);", &[("unknown-item 1:22", "did you mean `good`?")]);
    check("scale s = percent(breach);", &[("invalid-item 1:19", "are not numbers")]);
    check("rule r when words == \"x\" then note();", &[("invalid-item 1:13", "free text")]);
}

#[test]
fn the_names_in_a_sentence_are_checked() {
    check(
        "rule r when a >= 2 then note() because \"You: {goood}.\";",
        &[("unknown-name 1:40", "did you mean `good`?")],
    );
    check_loads("rule r when a >= 2 then note() because \"{a} {bond} {{goood}\";");
    check("scale s = percent(a);\nadjust s at_most 50 when b >= 2 because \"{goood}\";", &[("unknown-name 2:41", "")]);
}

#[test]
fn the_names_in_titles_and_advice_are_checked() {
    check("rule r \"{goood}\" when a >= 2 then note();", &[("unknown-name 1:6", "did you mean `good`?")]);
    check("overlay o \"O\" when a >= 2 next \"{goood}\";", &[("unknown-name 1:9", "did you mean `good`?")]);
    check("stage s \"{safety_fear}\" otherwise;", &[("safety-item-read 1:7", "")]);
    check("signal s when a >= 2 title #{ friend: \"{goood}\" };", &[("unknown-name 1:8", "did you mean `good`?")]);
}

// ---- clauses ----------------------------------------------------------------------------------------------------

#[test]
fn a_declaration_without_a_part_says_which() {
    for (body, expected) in [
        ("rule r when a >= 2;", ("missing-clause 1:19", "lacks `then`")),
        ("rule r then note();", ("missing-clause 1:19", "lacks `when`")),
        ("overlay o \"O\";", ("missing-clause 1:14", "lacks `when`")),
        ("stage s \"S\";", ("missing-clause 1:12", "lacks `when` or `otherwise`")),
        ("scale s = percent(a);\nadjust s when a >= 2;", ("missing-clause 2:21", "`at_most` or `at_least`")),
        ("param p = 3 source \"x\";", ("missing-clause 1:23", "`from 2 to 52`")),
        ("sign s adds;", ("missing-clause 1:12", "`present 2`")),
        (
            "scale s = percent(a);\nband s \"low\" < 3 source \"x\";",
            ("missing-clause 2:28", "`population` and `source`"),
        ),
        ("param p = 3 from 1 to 4;\nrule r when a >= p then note();", ("missing-source 1:7", "design choice")),
    ] {
        check(body, &[expected]);
    }
}

#[test]
fn a_clause_that_does_not_belong_is_refused() {
    check("rule r when a >= 2 then note() next \"x\";", &[("syntax 1:32", "`next` does not belong")]);
    check("rule r for both when a >= 2 then note();", &[("syntax 1:12", "`hurt` or `broke`")]);
    check("rule r when a >= 2 then shout();", &[("syntax 1:25", "`note()`")]);
    check("rule r when then note();", &[("syntax 1:13", "expected a condition")]);
    check("scale s = median(a);", &[("syntax 1:11", "`percent(`, `mean(` or `sum(`")]);
}

#[test]
fn a_clause_given_twice_is_refused() {
    check("rule r when a >= 2 when b >= 2 then note();", &[("syntax 1:20", "twice")]);
}

#[test]
fn a_ruleset_has_one_header() {
    let Err(LoadError(problems)) = load(
        &[SourceFile::new("r.rhai", "rule r when a >= 2 then note();")],
        &questionnaire(),
        &LoadOptions::only(Role::Hurt, Form::Short),
    ) else {
        panic!("a ruleset needs a header")
    };
    check_diagnostics(&problems, Severity::Error, "", &[("missing-clause", "no file declares the ruleset")]);
    check(STUDY, &[("duplicate-id 1:7", "one header")]);
}

#[test]
fn a_ruleset_belongs_to_one_questionnaire() {
    let header = STUDY.replace("\"small\"", "\"other\"");
    let Err(LoadError(problems)) = load_with(&header, "", &[]) else { panic!("it is for another questionnaire") };
    check_diagnostics(&problems, Severity::Error, &header, &[("wrong-questionnaire 1:40", "not for `small`")]);
}

#[test]
fn words_of_other_languages_are_told_what_to_write() {
    check("rule r when a >= 2 and b >= 2 then note();", &[("syntax 1:20", "write `&&`")]);
    check("rule r when a >= 2 or b >= 2 then note();", &[("syntax 1:20", "write `||`")]);
    check("rule r when not (a >= 2) then note();", &[("syntax 1:13", "write `!`")]);
}

#[test]
fn an_unclosed_string_is_told_where_it_starts() {
    check("rule r \"Title when a >= 2 then note();", &[("syntax 1:8", "not closed"), ("syntax 1:39", "")]);
    check("rule r `Title` when a >= 2 then note();", &[("syntax 1:8", "use double quotes")]);
}

#[test]
fn an_unclosed_comment_does_not_swallow_the_rest() {
    check(
        "rule r when a >= 2 then note();\n/* to be continued\nrule s when nonsense then note();",
        &[("syntax 2:1", "")],
    );
}

#[test]
fn all_problems_are_told_at_once_in_file_order() {
    check(
        "rule one when goood >= 2 then note();\nrule two when a >= 2;\nrule three when b >= 2 && answerd(\"a\") then note();",
        &[("unknown-name 1:15", ""), ("missing-clause 2:21", ""), ("unknown-function 3:27", "")],
    );
    // A broken declaration does not hide the next, also without its semicolon.
    check(
        "rule one when a >= 2 then note()\nrule two when goood >= 2 then note();",
        &[("syntax 2:1", ""), ("unknown-name 2:15", "")],
    );
}

// ---- strata -----------------------------------------------------------------------------------------------------

#[test]
fn each_declaration_may_read_what_stands_before_it() {
    check_loads(
        "sign effort present 2;
         scale s = percent(a);
         scale t = percent(b);
         adjust s at_most 50 when t >= 60 || e >= 3;
         aggregate one = mean_of(s, t) need 1;
         aggregate two = mean_of(one, t zero_when s >= 60) need 1;
         condition quiet when fired(\"r\") && stage_is(\"first\");
         rule r when two >= 60 && s >= 50 then sign(\"effort\", 2), points(\"keep\", 1);
         rule n when flagged() && a >= 2 then note();
         overlay o when fired(\"r\") && level(\"effort\") >= 1 && signs_present() >= 1 || flagged();
         overlay plain when fired(\"r\");
         stage first when overlay_is(\"plain\") && points_of(\"keep\") >= 1;
         stage last otherwise;
         signal yes when quiet;
         signal no otherwise;",
    );
}

#[test]
fn nothing_reads_what_is_computed_later() {
    let given = "sign effort present 2; scale s = percent(a); aggregate m = mean_of(s) need 1;\n\
        rule one when a >= 2 then sign(\"effort\", 1); overlay o when fired(\"one\"); stage last otherwise;\n";
    for (body, expected) in [
        ("adjust s at_most 50 when m >= 50;", ("wrong-stratum 3:26", "an adjustment cannot read `m`")),
        ("aggregate n = mean_of(s zero_when m >= 50) need 1;", ("wrong-stratum 3:35", "`zero_when` cannot read `m`")),
        ("rule r when fired(\"one\") then note();", ("wrong-stratum 3:19", "a rule cannot read `one`")),
        ("rule r when level(\"effort\") >= 1 then note();", ("wrong-stratum 3:19", "`effort`")),
        ("rule r when signs_present() >= 1 then note();", ("wrong-stratum 3:13", "`signs_present`")),
        ("overlay p when stage_is(\"last\");", ("wrong-stratum 3:25", "an overlay cannot read `last`")),
        ("overlay p when overlay_is(\"o\");", ("wrong-stratum 3:27", "an overlay cannot read `o`")),
        ("stage t when stage_is(\"last\");", ("wrong-stratum 3:23", "a stage cannot read `last`")),
    ] {
        check(&format!("{given}{body}"), &[expected]);
    }
}

#[test]
fn what_another_builds_on_must_stand_before_it() {
    check(
        "scale s = percent(a);\naggregate one = mean_of(two) need 1;\naggregate two = mean_of(s) need 1;",
        &[("wrong-stratum 2:25", "declared before")],
    );
    check(
        "condition one when two && a >= 2;\ncondition two when b >= 2;\nrule r when one then note();",
        &[("wrong-stratum 1:20", "declared before")],
    );
    check(
        "condition one when one || a >= 2;\nrule r when one then note();",
        &[("wrong-stratum 1:20", "declared before")],
    );
}

#[test]
fn a_named_condition_may_read_what_its_reader_may() {
    let condition = "rule one when a >= 2 then note();\ncondition c when fired(\"one\");\n";
    check_loads(&format!("{condition}overlay o when c;"));
    check(&format!("{condition}rule r when c then note();"), &[("wrong-stratum 2:24", "a rule cannot read `one`")]);
}

#[test]
fn the_gate_reaches_overlays_and_notes_and_nothing_further() {
    for (body, expected) in [
        ("stage s when flagged();", ("wrong-stratum 1:14", "a stage cannot read `flagged()`")),
        ("signal s when a >= 2 && flagged();", ("wrong-stratum 1:25", "a signal cannot read `flagged()`")),
        ("rule r when flagged() then points(\"x\", 1);", ("wrong-stratum 1:13", "a rule cannot read `flagged()`")),
        (
            "scale s = percent(a);\nadjust s at_most 50 when flagged();",
            ("wrong-stratum 2:26", "an adjustment cannot read `flagged()`"),
        ),
        (
            "overlay o when flagged();\nstage s when overlay_is(\"o\");",
            ("wrong-stratum 2:25", "which reads `flagged()`"),
        ),
        (
            "rule n when flagged() then note();\nsignal s when fired(\"n\");",
            ("wrong-stratum 2:21", "which reads `flagged()`"),
        ),
        ("condition c when flagged();\nsignal s when c;", ("wrong-stratum 1:18", "a signal cannot read `flagged()`")),
        (
            "condition c when flagged();\noverlay o when c;\nsignal s when overlay_is(\"o\");",
            ("wrong-stratum 3:26", "which reads `flagged()`"),
        ),
        (
            "rule n when flagged() then note();\ncondition c when fired(\"n\");\nstage s when c;",
            ("wrong-stratum 2:24", "which reads `flagged()`"),
        ),
    ] {
        check(body, &[expected]);
    }
}

#[test]
fn the_gate_does_not_reach_a_stage_in_two_steps() {
    check(
        "rule n when flagged() then note();\noverlay o when fired(\"n\");\nstage s when overlay_is(\"o\");",
        &[("wrong-stratum 3:25", "which reads `flagged()`")],
    );
    check(
        "rule n when flagged() then note();\ncondition c when fired(\"n\");\noverlay o when c;\nstage s when overlay_is(\"o\");",
        &[("wrong-stratum 4:25", "which reads `flagged()`")],
    );
}

#[test]
fn a_helper_is_no_way_around_the_strata() {
    check("fn up() { flagged() }\nstage s when up();", &[("unknown-function 1:11", "`flagged`")]);
}

// ---- the safety block -------------------------------------------------------------------------------------------

#[test]
fn no_rule_reads_the_safety_block() {
    for (body, at) in [
        ("rule r when safety_fear == 1 then note();", "safety-item-read 1:13"),
        ("rule r when answered(\"safety_fear\") then note();", "safety-item-read 1:22"),
        ("rule r when ticked(\"safety_kinds.home\") then note();", "safety-item-read 1:20"),
        ("rule r when a >= 2 then note() because \"{safety_fear}\";", "safety-item-read 1:40"),
        ("scale s = percent(a, safety_fear);", "safety-item-read 1:22"),
        ("overlay o when safety_watch == 1;", "safety-item-read 1:16"),
        ("stage s when safety_watch == 1;", "safety-item-read 1:14"),
        ("scale s = percent(a);\naggregate m = mean_of(s zero_when safety_fear == 1) need 1;", "safety-item-read 2:35"),
        ("condition c when safety_fear == 1;\nrule r when c then note();", "safety-item-read 1:18"),
    ] {
        check(body, &[(at, "no rule may read")]);
    }
    check_assessment("screen contradicts(a, safety_fear);", &[("safety-item-read 1:23", "no rule may read")]);
}

#[test]
fn a_helper_is_no_way_to_the_safety_block() {
    check(
        "fn asked() { answered(\"safety_fear\") }\nrule r when asked() then note();",
        &[("unknown-function 1:14", "`answered`")],
    );
    check(
        "fn home() { ticked(\"safety_kinds.home\") }\nrule r when home() then note();",
        &[("unknown-function 1:13", "`ticked`")],
    );
}

#[test]
fn a_name_cannot_be_put_together_to_reach_the_safety_block() {
    let scale = "scale s = percent(a);\n";
    for rule in [
        "rule r when answered(\"s\" + \"afety_fear\") then note();",
        "rule r when answered((\"safety_fear\")) then note();",
        "rule r when answered(if a >= 2 { \"safety_fear\" } else { \"a\" }) then note();",
        "fn it(x) { answered(x) }\nrule r when it(\"safety_fear\") then note();",
    ] {
        assert!(load_with(STUDY, &format!("{scale}{rule}"), &[]).is_err(), "{rule} loads");
    }
}

// ---- kinds ------------------------------------------------------------------------------------------------------

#[test]
fn what_does_not_belong_into_a_kind_is_refused() {
    check("reason r \"R\" when a >= 2;", &[("wrong-kind 1:8", "`reason` does not belong into a study")]);
    check("floor core 0.5 source \"x\";", &[("wrong-kind 1:7", "`floor` does not belong into a study")]);
    check("screen straightline 0.9 of 10;", &[("wrong-kind 1:8", "`screen` does not belong into a study")]);
    check_assessment(
        "rule r when a >= 2 then points(\"keep\", 1) source \"x\";",
        &[("wrong-kind 1:6", "points belong into studies")],
    );
    check_assessment(
        "scale s = percent(a);\nband s \"low\" < 3 population \"p\" source \"x\";",
        &[("wrong-kind 2:6", "`band` does not belong into an assessment")],
    );
    check_assessment("signal keep_goin \"K\" when a >= 2;", &[("unknown-name 1:8", "did you mean `keep_going`?")]);
    check_assessment("signal walk_away \"W\" otherwise;", &[("wrong-kind 1:8", "`signal mixed otherwise`")]);
    let instrument = STUDY.replace("study", "instrument");
    let body = "stage s otherwise;\nsignal t otherwise;\nrule r when a >= 2 then note();";
    let Err(LoadError(problems)) = load_with(&instrument, body, &[]) else { panic!("an instrument only scores") };
    let expected = [("wrong-kind 1:7", ""), ("wrong-kind 2:8", ""), ("wrong-kind 3:6", "into an instrument")];
    check_diagnostics(&problems, Severity::Error, body, &expected);
}

#[test]
fn an_assessment_says_what_a_decision_aid_must_say() {
    assert!(load_with(ASSESSMENT, "", &[]).is_ok());
    for heading in REQUIRED_HEADINGS {
        let without = ASSESSMENT.replace(&format!("//! ## {heading}\n"), "");
        let Err(LoadError(problems)) = load_with(&without, "", &[]) else { panic!("{heading} is missing") };
        check_diagnostics(&problems, Severity::Error, &without, &[("missing-metadata 13:12", heading)]);
    }
    let empty = ASSESSMENT.replace("//! none\n", "");
    let Err(LoadError(problems)) = load_with(&empty, "", &[]) else { panic!("an empty section says nothing") };
    check_diagnostics(&problems, Severity::Error, &empty, &[("missing-metadata 13:12", "Funding")]);
}

#[test]
fn an_assessment_declares_its_floor_and_what_is_left() {
    let without = |line: &str| {
        let text: String =
            ASSESSMENT.lines().filter(|own| !own.starts_with(line)).map(|own| format!("{own}\n")).collect();
        let Err(LoadError(problems)) = load_with(&text, "", &[]) else { panic!("{line} is missing") };
        (problems, text)
    };
    let (problems, text) = without("floor");
    check_diagnostics(&problems, Severity::Error, &text, &[("missing-clause 14:12", "how much must be answered")]);
    let (problems, text) = without("signal mixed");
    check_diagnostics(&problems, Severity::Error, &text, &[("missing-clause 14:12", "`signal mixed otherwise`")]);
    check_assessment("rule r when a >= 2 then note();", &[("missing-source 1:6", "design choice")]);
    check_assessment("reason why \"Why\";", &[("missing-clause 1:8", "held_back")]);
}

#[test]
fn an_assessment_needs_a_hard_safety_item() {
    let text = QUESTIONNAIRE.replace("\"hard\"", "\"soft\"");
    let soft = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let load = |header: &str| {
        load(&[SourceFile::new("header.rhai", header)], &soft, &LoadOptions::only(Role::Hurt, Form::Short))
    };
    let Err(LoadError(problems)) = load(ASSESSMENT) else { panic!("nobody may be assessed without the gate") };
    check_diagnostics(&problems, Severity::Error, ASSESSMENT, &[("no-hard-item 14:45", "make it a study")]);
    assert!(load(STUDY).is_ok());
}

// ---- ids and numbers --------------------------------------------------------------------------------------------

#[test]
fn an_id_is_declared_once_for_each_role() {
    check(
        "rule r when a >= 2 then note();\nrule r when b >= 2 then note();",
        &[("duplicate-id 2:6", "`r` is declared twice")],
    );
    check(
        "rule r for hurt when a >= 2 then note();\nrule r for hurt when b >= 2 then note();",
        &[("duplicate-id 2:6", "`r` is declared twice")],
    );
    check("rule r for hurt when a >= 2 then note();\nrule r when b >= 2 then note();", &[("duplicate-id 2:6", "")]);
    check_loads("rule r for hurt when a >= 2 then note();\nrule r for broke when b >= 2 then note();");
    check(
        "scale s = percent(a);\naggregate s = mean_of(s) need 1;",
        &[("duplicate-id 2:11", ""), ("wrong-stratum 2:23", "")],
    );
    check("fn f(x) { x >= 1 }\nfn f(x) { x >= 2 }\nrule r when f(a) then note();", &[("duplicate-id 2:4", "")]);
    check("scale good = percent(a);", &[("duplicate-id 1:7", "already an item")]);
    check("scale s = percent(a, b, a);", &[("duplicate-id 1:25", "counted twice")]);
}

#[test]
fn a_helper_cannot_take_the_name_of_a_function_of_the_language() {
    check("fn answered(x) { true }\nrule r when answered(\"a\") && b >= 2 then note();", &[("duplicate-id 1:4", "")]);
}

#[test]
fn a_number_out_of_its_range_is_refused() {
    for (body, expected) in [
        (
            "param p = 60 from 2 to 52 source \"x\";\nrule r when weeks >= p then note();",
            ("invalid-number 1:11", "outside the range"),
        ),
        ("scale s = percent(a * 0);", ("invalid-number 1:23", "a weight must be a whole number from 1 to 100")),
        ("scale s = percent(a * 101);", ("invalid-number 1:23", "from 1 to 100")),
        ("scale s = percent(a, b) need 3;", ("invalid-number 1:7", "a count from 1 to 2")),
        ("scale s = percent(a, b) need 1.5;", ("invalid-number 1:7", "a share between 0 and 1")),
        ("scale s = percent(a, b) need 0;", ("invalid-number 1:7", "a share between 0 and 1")),
        ("sign s present 2;\nrule r when a >= 2 then sign(\"s\", 4);", ("invalid-number 2:35", "from 1 to 3")),
        ("sign s present 4;", ("invalid-number 1:16", "from 1 to 3")),
        ("rule r when a >= 2 then points(\"x\", 1001);", ("invalid-number 1:37", "from -1000 to 1000")),
        ("const C = 12345678901;", ("syntax 1:11", "at most 9 digits")),
    ] {
        check(body, &[expected]);
    }
    check_assessment("screen straightline 0.4 of 10;", &[("invalid-number 1:21", "from 0.5 to 1")]);
}

#[test]
fn a_parameter_is_set_within_its_range() {
    let body = "param wait = 8 from 2 to 52 source \"x\";\nrule r when weeks >= wait then note();";
    let set = |name, value| match load_with(STUDY, body, &[(name, value)]) {
        Ok(_) => String::new(),
        Err(LoadError(problems)) => {
            assert_eq!((problems.len(), problems[0].source.as_str()), (1, "--set"));
            format!("{} {} {}", problems[0].code, problems[0].message, problems[0].hints.join(" "))
        }
    };
    assert_eq!(set("wait", "12"), "");
    assert_eq!(set("wait", "2"), "");
    for bad in ["1", "53", "many", "", "1e1", "8.1234567891"] {
        assert!(set("wait", bad).contains("invalid-parameter `wait` must be a number from 2 to 52"), "{bad}");
    }
    assert!(set("waits", "8").contains("invalid-parameter the ruleset has no parameter `waits` did you mean `wait`?"));
}

#[test]
fn a_mean_that_cannot_be_held_exactly_does_not_load() {
    let primes = [19_997, 19_993, 19_991, 19_979, 19_973];
    let items =
        primes.map(|max| format!(r#"{{"id": "n{max}", "kind": "number", "text": "?", "min": 0, "max": {max}}}"#));
    let text = QUESTIONNAIRE.replace("\"items\": [", &format!("\"items\": [{},", items.join(",")));
    let wide = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let scales = primes.map(|max| format!("scale s{max} = percent(n{max}) need 1;"));
    let parts = primes.map(|max| format!("s{max}")).join(", ");
    let body = format!(
        "{STUDY}\n{}\naggregate m = mean_of({parts}) need 5;\nrule r when m >= 50 then note();",
        scales.join(" ")
    );
    let files = [SourceFile::new("body.rhai", body)];
    let Ok((ruleset, _)) = load(&files, &wide, &LoadOptions::only(Role::Hurt, Form::Short)) else { return };
    // If it loads, every complete sheet must decide the rule.
    let given = primes.map(|max| (format!("n{max}"), Ok(OptionValue::Number(max - 1)))).into_iter().collect();
    let (responses, _) = responses_from(&wide, Form::Short, Role::Hurt, SafetyBlock::Answered, &given).unwrap();
    let Assessment::Read(reading) = assess(&ruleset, &responses).unwrap() else { panic!("no flag here") };
    assert_eq!(reading.rules[0].outcome, "fired", "all five are near 100");
}

// ---- what running a condition finds -----------------------------------------------------------------------------

#[test]
fn a_script_that_fails_for_some_answers_is_told_with_a_witness() {
    check("rule r when 10 / (a - 2) >= 1 then note();", &[("script-error 1:16", "it fails for example when `a` is 2")]);
    check(
        "rule r when b >= 2 && 1 / (a - b) >= 1 then note();",
        &[("script-error 1:25", "it fails for example when `b` is 2, `a` is 2")],
    );
    // Where the failure cannot happen there is none.
    check_loads("rule r when a != 2 && 10 / (a - 2) >= 1 then note();");
}

#[test]
fn what_is_always_a_mistake_is_an_error() {
    let scales = "scale s = percent(a);\nscale t = percent(b);\n";
    for (condition, words) in [
        ("breach == 1", "a word is compared with a number"),
        ("breach >= s", "a word is compared with a score"),
        ("(a >= 2) == 1", "a yes or no is compared with a number"),
        ("1 < a < 4", "a yes or no is compared with a number"),
        ("s * t >= 5", "scores cannot be multiplied"),
        ("5 / s >= 5", "nothing can be divided by a score"),
        ("a % 2 == 1", "`%` is not part of the language"),
        ("a / 0 >= 1", "division by zero"),
        ("a + b * 9223372036854775807 >= 1", ""),
        ("s >= 0.1234567891", "too fine"),
        ("s * 1000000007 * 1000000007 * 1000000007 * 1000000007 * 1000000007 >= 1", "too large"),
    ] {
        let body = format!("{scales}rule r when {condition} then note();");
        let Err(LoadError(problems)) = load_with(STUDY, &body, &[]) else { panic!("{condition} loads") };
        assert_eq!(problems[0].code, Code::ScriptError, "{condition}: {problems:?}");
        assert!(problems[0].message.contains(words), "{condition}: {}", problems[0].message);
        assert_eq!(place(&problems[0], &body).split(':').next(), Some("script-error 3"), "{condition}");
    }
}

#[test]
fn a_condition_is_yes_or_no() {
    check("rule r when a + 1 then note();", &[("not-a-comparison 1:13", "this gives a whole number")]);
    check("rule r when breach then note();", &[("not-a-comparison 1:13", "this gives a word")]);
    check("scale s = percent(a);\nrule r when s then note();", &[("not-a-comparison 2:13", "a score or number")]);
}

#[test]
fn an_error_in_a_helper_is_told_where_it_stands() {
    check(
        "fn share(x) { 10 / (x - 2) >= 1 }\nrule r when share(a) then note();",
        &[("script-error 1:18", "it fails for example when `a` is 2")],
    );
    check("fn f(x) { x >= a }\nrule r when f(b) then note();", &[("script-error 1:16", "sees only its parameters")]);
}

#[test]
fn what_reads_too_much_does_not_load() {
    check("rule r when a + b + e + f + g + h >= 15 then note();", &[("too-many-paths 1:13", "let it read a scale")]);
    check_loads("scale s = sum(a, b, e, f, g, h);\nrule r when s >= 15 then note();");
}

#[test]
fn a_diagram_over_its_budget_does_not_load() {
    let options = LoadOptions { node_budget: 1, ..LoadOptions::only(Role::Hurt, Form::Short) };
    let text = ASSESSMENT.replace("good >= 4", "good >= 4 && bad <= 2");
    let Err(LoadError(problems)) = load(&[SourceFile::new("h.rhai", text.as_str())], &questionnaire(), &options) else {
        panic!("one node is not enough")
    };
    check_diagnostics(&problems, Severity::Error, &text, &[("too-many-nodes 14:12", "hurt (short form)")]);
}

// ---- warnings ---------------------------------------------------------------------------------------------------

#[test]
fn a_condition_that_never_or_always_holds_is_a_warning() {
    check_warns("rule r when a >= 6 then note();", &[("never-true 1:13", "")]);
    check_warns("rule r when a >= 1 then note();", &[("always-true 1:13", "")]);
    check_warns("rule r when a >= 3 && a <= 2 then note();", &[("never-true 1:13", "")]);
    check_warns("rule r when breach == \"lye\" then note();", &[("never-true 1:13", "")]);
    check_warns("scale s = percent(a);\nrule r when s > 100 then note();", &[("never-true 2:13", "")]);
    check_warns("condition c when a >= 6;\nrule r when c || b >= 2 then note();", &[("never-true 1:18", "")]);
    check_loads("rule r when visits >= 1 then note();");
}

#[test]
fn an_adjustment_that_never_applies_is_a_warning() {
    check_warns("scale s = percent(a);\nadjust s at_most 50 when b >= 6;", &[("never-true 2:26", "")]);
}

#[test]
fn a_comparison_that_cannot_hold_is_a_warning_also_beside_others() {
    check_warns("rule r when breach == \"lye\" || a >= 2 then note();", &[("never-true 1:13", "")]);
}

#[test]
fn an_item_that_is_counted_against_its_direction_is_a_warning() {
    check_warns("scale s = percent(good, bad);", &[("direction-mismatch 1:25", "`bad` is not reversed here")]);
    check_warns("scale s = percent(-good, -bad);", &[("direction-mismatch 1:20", "`good` is reversed here")]);
    check_warns("scale s concern = percent(good, bad);", &[("direction-mismatch 1:27", "`good` is not reversed here")]);
    check_loads("scale s = percent(good, -bad, a, -b);");
    check_loads("scale s concern = percent(-good, bad);");
}

#[test]
fn a_negated_comparison_that_can_lack_its_value_is_a_warning() {
    check_warns("rule r when !(visits >= 3) then note();", &[("negated-missing 1:13", "`answered(...)`")]);
    check_warns("rule r when !(more >= 3) then note();", &[("negated-missing 1:13", "")]);
    check_warns("condition often when visits >= 3;\nrule r when !often then note();", &[("negated-missing 2:13", "")]);
    check_loads("rule r when answered(\"visits\") && !(visits >= 3) then note();");
    check_loads("rule r when !(a >= 3) then note();");
}

#[test]
fn what_nothing_reads_is_a_warning() {
    check_warns("condition c when a >= 2;", &[("unused-declaration 1:11", "nothing reads `c`")]);
    check_warns("const C = 2;", &[("unused-declaration 1:7", "nothing reads `C`")]);
    check_warns("param p = 3 from 1 to 4 source \"x\";", &[("unused-declaration 1:7", "nothing reads `p`")]);
    check_loads("param p = 3 from 1 to 4 source \"x\";\nrule r when a >= 2 then note() because \"of {p}\";");
}

#[test]
fn a_stage_behind_the_last_resort_is_a_warning() {
    check_warns("stage first otherwise;\nstage second when a >= 2;", &[("shadowed-stage 2:7", "")]);
}

// ---- limits -----------------------------------------------------------------------------------------------------

/// A hostile study is refused quickly, with an error that says that it is one.
#[track_caller]
fn check_refuses(body: &str, codes: &[&str]) {
    let start = Instant::now();
    let found = load_with(STUDY, body, &[]);
    let took = start.elapsed();
    let short: String = body.chars().take(60).collect();
    let Err(LoadError(problems)) = found else { panic!("it loads: {short}") };
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        assert!(codes.contains(&problem.code.as_str()), "{short}: {problem:?}");
        assert!(!problem.message.is_empty(), "{short}");
    }
    // A second alone; more on a machine that runs all tests at once.
    assert!(took < Duration::from_secs(5), "{short}: {took:?}");
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let large = format!("rule r when a >= 2 then note();\n//{}", "x".repeat(64 * 1024));
    check(&large, &[("script-limit", "split it into several files")]);
    check_loads(&format!("rule r when a >= 2 then note();\n//{}", "x".repeat(60 * 1024)));
}

#[test]
fn chains_and_brackets_have_a_depth() {
    let chain = vec!["a >= 2"; 100].join(" && ");
    check_refuses(&format!("rule r when {chain} then note();"), &["script-limit"]);
    let negations = "!".repeat(500);
    check_refuses(&format!("rule r when {negations}(a >= 2) then note();"), &["script-limit"]);
    for depth in [100, 10_000] {
        let body = format!("rule r when {}a >= 2{} then note();", "(".repeat(depth), ")".repeat(depth));
        check_refuses(&body, &["script-limit"]);
        check_refuses(
            &format!("fn f(x) {{ {}x >= 2{} }}\nrule r when f(a) then note();", "(".repeat(depth), ")".repeat(depth)),
            &["script-limit"],
        );
        check_refuses(&format!("rule r when {} then note();", "(".repeat(depth)), &["missing-clause"]);
    }
    check_loads(&format!("rule r when {}a >= 2{} then note();", "(".repeat(10), ")".repeat(10)));
}

#[test]
fn loops_are_not_part_of_the_language() {
    for body in
        ["loop {}", "while true {}", "loop { loop {} }", "for i in 0..9 {}", "do { } while true", "while x >= 0 { }"]
    {
        check_refuses(
            &format!("fn f(x) {{ {body}; true }}\nrule r when f(a) then note();"),
            &["script-error", "script-limit", "syntax"],
        );
    }
    check_refuses("rule r when loop {} then note();", &["script-error", "syntax", "unknown-name"]);
}

#[test]
fn recursion_ends_in_an_error() {
    check(
        "fn deeper(x) { deeper(x) }\nrule r when deeper(a) then note();",
        &[("script-limit 2:13", "nested more than 8 deep")],
    );
    // The place is the call, also when it does not stand first.
    check(
        "fn deeper(x) { deeper(x) }\nrule r when b >= 1 && e >= 1 && deeper(a) then note();",
        &[("script-limit 2:33", "nested more than 8 deep")],
    );
    check_refuses("fn f(x) { g(x) }\nfn g(x) { f(x) }\nrule r when f(a) then note();", &["script-limit"]);
    check_refuses("fn f(x) { f(x) || f(x) }\nrule r when f(a) then note();", &["script-limit"]);
    // Wide, not deep: 6 calls of 6 calls of ..., within the levels that are allowed.
    let wide: Vec<String> =
        (0..7).map(|n| format!("fn f{n}(x) {{ {} }}", vec![format!("f{}(x)", n + 1); 6].join(" && "))).collect();
    check_refuses(
        &format!("{}\nfn f7(x) {{ true }}\nrule r when f0(a) then note();", wide.join("\n")),
        &["script-limit"],
    );
}

#[test]
fn a_growing_word_ends_in_an_error() {
    check_refuses(
        "fn f(s, n) { if n == 0 { s == \"\" } else { f(s + s, n - 1) } }\nrule r when f(\"0123456789012345678901234567890123456789\", 7) && a >= 2 then note();",
        &["script-limit", "script-error"],
    );
    let doubling = "s += s; ".repeat(40);
    check_refuses(
        &format!("fn f() {{ let s = \"0123456789\"; {doubling} s == \"\" }}\nrule r when f() && a >= 2 then note();"),
        &["script-limit", "script-error"],
    );
    check_refuses(
        &format!("rule r when breach == \"{}\" then note();", "x".repeat(5000)),
        &["script-limit", "script-error"],
    );
}

#[test]
fn a_script_reaches_nothing_outside() {
    for call in [
        "eval(\"true\")",
        "print(\"x\")",
        "debug(\"x\")",
        "sleep(1000000)",
        "timestamp()",
        "rand()",
        "parse_json(\"{}\")",
        "open_file(\"/etc/passwd\")",
        "x.call()",
        "Fn(\"f\").call(x)",
        "call(\"f\", x)",
        "type_of(x) == \"i64\"",
        "[x, x].len() >= 1",
        "#{a: 1}.a == 1",
        "(|| true)()",
    ] {
        check_refuses(
            &format!("fn f(x) {{ {call} }}\nrule r when f(a) then note();"),
            &["script-error", "syntax", "unknown-function"],
        );
        check_refuses(
            &format!("rule r when a >= 2 && {} then note();", call.replace('x', "a")),
            &["script-error", "syntax", "unknown-function", "unknown-name"],
        );
    }
    for statement in ["import \"m\" as m;", "export x;", "throw \"x\";", "try { x } catch { }", "global::A", "this"] {
        check_refuses(
            &format!("fn f(x) {{ {statement} true }}\nrule r when f(a) then note();"),
            &["script-error", "syntax", "unknown-function"],
        );
    }
    check_refuses("import \"m\" as m;", &["unknown-declaration"]);
    check_refuses("let x = 1;", &["unknown-declaration"]);
}

#[test]
fn a_condition_is_one_expression() {
    for condition in ["a = 2", "{ let z = a; z >= 2 }", "if a >= 2 { true }", "a >= 2; b >= 2"] {
        let body = format!("rule r when {condition} then note();");
        assert!(load_with(STUDY, &body, &[]).is_err(), "{condition} loads");
    }
}

#[test]
fn two_hundred_functions_are_refused() {
    let functions: Vec<String> = (0..200).map(|n| format!("fn f{n}(x) {{ x >= {n} }}")).collect();
    check_refuses(&format!("{}\nrule r when f3(a) then note();", functions.join("\n")), &["script-limit"]);
}

#[test]
fn many_variables_are_refused() {
    let lets: Vec<String> = (0..100).map(|n| format!("let v{n} = {n};")).collect();
    check_refuses(
        &format!("fn f(x) {{ {} true }}\nrule r when f(a) then note();", lets.join(" ")),
        &["script-limit", "script-error"],
    );
}

// ---- what rules mean --------------------------------------------------------------------------------------------

const SCALES: &str = "scale x = percent(a, b, e);\nscale y = percent(f, g, h);\nscale exact = percent(thousand) need 1;\n\
    scale total = sum(a, b, e);\nscale part = sum(a, b, e) prorate;\nscale rated = mean(a, b, visits);\n";

/// Answers as `a=2 b=? visits=- breach=lie`: a value, skipped, or does not apply. What is not named is skipped.
fn given(written: &str) -> BTreeMap<String, Result<OptionValue, Missing>> {
    written
        .split_whitespace()
        .map(|pair| {
            let (id, value) = pair.split_once('=').unwrap();
            let value = match value {
                "?" => Err(Missing::Skipped),
                "-" => Err(Missing::NotApplicable),
                word => Ok(word.parse().map_or_else(|_| OptionValue::Word(word.into()), OptionValue::Number)),
            };
            (id.to_owned(), value)
        })
        .collect()
}

#[track_caller]
fn reading_with(body: &str, set: &[(&str, &str)], answers: &str) -> Reading {
    let (ruleset, _) = load_with(STUDY, body, set).unwrap_or_else(|LoadError(problems)| panic!("{problems:#?}"));
    let calm = format!("safety_fear=0 safety_watch=0 {answers}");
    let (responses, _) =
        responses_from(&questionnaire(), Form::Short, Role::Hurt, SafetyBlock::Answered, &given(&calm)).unwrap();
    match assess(&ruleset, &responses).unwrap() {
        Assessment::Read(reading) => *reading,
        Assessment::Withheld(_) => panic!("nothing is flagged here"),
    }
}

#[track_caller]
fn reading(body: &str, answers: &str) -> Reading {
    reading_with(body, &[], answers)
}

/// What a rule with this condition does on these answers.
#[track_caller]
fn check_rule(condition: &str, answers: &str, expected: &str) {
    let found = reading(&format!("{SCALES}rule r when {condition} then note();"), answers);
    assert_eq!(found.rules[0].outcome, expected, "{condition} on {answers}");
}

fn score(reading: &Reading, id: &str) -> Option<f64> {
    reading.scores.iter().find(|score| score.id == id).unwrap().value
}

#[test]
fn scores_are_compared_exactly() {
    // 10/12 and 7/12: 83.33... and 58.33...
    let answers = "a=5 b=5 e=3 f=5 g=4 h=1";
    check_rule("x - y >= 25", answers, "fired");
    check_rule("x - y > 25", answers, "not_fired");
    check_rule("x - y == 25", answers, "fired");
    check_rule("25 <= x - y", answers, "fired");
    check_rule("y - x <= -25", answers, "fired");
    check_rule("x >= y + 25", answers, "fired");
    check_rule("2 * x - 2 * y < 50", answers, "not_fired");
    check_rule("(x - y) / 2 == 12.5", answers, "fired");
}

#[test]
fn division_of_whole_numbers_is_exact() {
    check_rule("a >= 1 && 5 / 2 >= 2.5", "a=3", "fired");
    check_rule("a >= 1 && 5 / 2 > 2.5", "a=3", "not_fired");
    check_rule("a >= 1 && 5 / 2 == 2", "a=3", "not_fired");
    check_rule("a / 2 == 1.5", "a=3", "fired");
    check_rule("(a + b) / 2 >= 3.5", "a=3 b=4", "fired");
    check_rule("a / 3 * 3 == a", "a=5", "fired");
}

#[test]
fn a_decimal_is_the_number_it_prints_as() {
    check_rule("exact == 66.7", "thousand=667", "fired");
    check_rule("exact > 66.7", "thousand=667", "not_fired");
    check_rule("exact >= 66.7", "thousand=666", "not_fired");
    // 8/12 is 66.66..., which is less than 66.7 and more than 66.6.
    check_rule("x >= 66.7", "a=5 b=5 e=1", "not_fired");
    check_rule("x > 66.666666", "a=5 b=5 e=1", "fired");
    check_rule("a >= 1 && 0.1 + 0.2 == 0.3", "a=3", "fired");
}

#[test]
fn a_condition_is_decided_only_if_all_values_agree() {
    for condition in ["a <= 2 && b >= 4", "b >= 4 && a <= 2"] {
        check_rule(condition, "a=5 b=?", "not_fired");
        check_rule(condition, "a=1 b=?", "undecided");
        check_rule(condition, "a=? b=4", "undecided");
        check_rule(condition, "a=? b=3", "not_fired");
        check_rule(condition, "a=2 b=4", "fired");
    }
    for condition in ["a <= 2 || b >= 4", "b >= 4 || a <= 2"] {
        check_rule(condition, "a=1 b=?", "fired");
        check_rule(condition, "a=5 b=?", "undecided");
    }
}

#[test]
fn several_unknowns_agree_or_do_not() {
    check_rule("a >= 3 || a <= 2 || b >= 2", "a=? b=?", "fired");
    check_rule("a >= b || a < b", "a=? b=?", "fired");
    check_rule("a >= b && a < b", "a=? b=?", "not_fired");
    check_rule("a + b >= 2", "a=? b=?", "fired");
    check_rule("a + b >= 3", "a=? b=?", "undecided");
    check_rule("a + b >= 11 || e >= 2", "a=? b=? e=1", "not_fired");
    check_rule("a == 1 && b == 1 || a != 1 || b != 1", "a=? b=?", "fired");
}

#[test]
fn unknown_scales_that_stand_in_several_comparisons_move_together() {
    check_rule("x >= 50 || x < 50", "f=1", "fired");
    check_rule("x - y >= 10 && y - x >= 10", "a=?", "not_fired");
    check_rule("x >= 60 && x - y >= 10 && y >= 60", "f=5 g=5 h=5", "not_fired");
    check_rule("x - y >= 10 || x - y < 10", "a=?", "fired");
    check_rule("x >= 60", "a=?", "undecided");
}

#[test]
fn what_does_not_apply_makes_a_comparison_false() {
    for comparison in ["visits >= 1", "visits <= 5", "visits == 3", "visits != 3", "visits + a >= 2", "a - visits <= 9"]
    {
        check_rule(comparison, "a=3 visits=-", "not_fired");
        check_rule(&format!("!({comparison})"), "a=3 visits=-", "fired");
    }
    check_rule("visits >= calls", "visits=- calls=-", "not_fired");
    check_rule("answered(\"visits\")", "visits=-", "not_fired");
    check_rule("answered(\"visits\")", "visits=?", "not_fired");
    check_rule("answered(\"visits\")", "visits=1", "fired");
    check_rule("!answered(\"visits\") || visits >= 3", "visits=-", "fired");
}

#[test]
fn a_negative_of_what_does_not_apply_has_no_value_either() {
    check_rule("-visits <= 0", "visits=-", "not_fired");
    check_rule("5 + -visits >= 1", "visits=2", "fired");
}

#[test]
fn an_unknown_item_is_never_taken_for_one_that_does_not_apply() {
    check_rule("visits >= 1", "visits=?", "fired");
    check_rule("visits >= 3", "visits=?", "undecided");
}

#[test]
fn an_item_that_may_not_have_been_asked_can_turn_out_so() {
    // `more` is asked if a is at least 3.
    check_rule("more >= 1", "a=? more=?", "undecided");
    check_rule("more >= 1", "a=4 more=?", "fired");
    check_rule("more >= 1", "a=1", "not_fired");
    check_rule("more >= 6 || a >= 1", "a=? more=?", "fired");
}

#[test]
fn an_item_outside_of_the_form_has_no_value() {
    check_rule("deep >= 1 || a >= 4", "a=3", "not_fired");
    check_rule("!answered(\"deep\") && a >= 1", "a=3", "fired");
    // A rule about nothing else is left out.
    let found = reading("rule r when deep >= 3 then note();\nrule s when a >= 3 then note();", "a=3");
    assert_eq!(found.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["s"]);
}

#[test]
fn half_of_three_is_two() {
    let found = |answers| score(&reading(SCALES, answers), "x");
    assert_eq!(found("a=5 b=?"), None);
    assert_eq!(found("a=5 b=4"), Some(87.5));
    let read = reading(SCALES, "a=5 b=4");
    let x = read.scores.iter().find(|score| score.id == "x").unwrap();
    assert_eq!((x.answered, x.of, x.prorated), (2, 3, true));
    assert_eq!(x.missing.iter().map(|item| (item.id.as_str(), item.reason)).collect::<Vec<_>>(), [("e", "skipped")]);
    // What does not apply is not asked: half of two is one.
    assert_eq!(score(&reading(SCALES, "a=4 visits=-"), "rated"), Some(4.0));
    assert_eq!(score(&reading(SCALES, "a=4 visits=?"), "rated"), None);
}

#[test]
fn a_sum_needs_all_unless_it_may_be_prorated() {
    let found = reading(SCALES, "a=5 b=4");
    assert_eq!((score(&found, "total"), score(&found, "part")), (None, Some(13.5)));
    let found = reading(SCALES, "a=5 b=4 e=1");
    assert_eq!((score(&found, "total"), score(&found, "part")), (Some(10.0), Some(10.0)));
}

#[test]
fn a_score_with_its_minimum_is_a_value_for_rules() {
    check_rule("x >= 87.5", "a=5 b=4", "fired");
    check_rule("x >= 88", "a=5 b=4", "not_fired");
    check_rule("answered(\"x\")", "a=5 b=4", "fired");
    check_rule("answered(\"x\")", "a=5", "not_fired");
    check_rule("!answered(\"x\") || x >= 60", "a=5", "fired");
}

#[test]
fn counts_are_values_over_what_was_answered() {
    check_rule("count_at_least(\"x\", 4) >= 2", "a=5 b=4", "fired");
    check_rule("count_at_least(\"x\", 4) >= 2", "a=5 b=?", "not_fired");
    check_rule("count_at_most(\"x\", 2) == 0", "a=5", "fired");
    check_rule("count_at_most(\"x\", 2) >= 1", "a=5 b=2 e=1", "fired");
    // A reversed item counts with its keyed value.
    let body = "scale s = percent(-a, -b);\nrule r when count_at_least(\"s\", 4) == 2 then note();";
    assert_eq!(reading(body, "a=1 b=2").rules[0].outcome, "fired");
}

#[test]
fn an_adjustment_bounds_and_an_undecided_one_is_cautious() {
    let body = format!(
        "{SCALES}scale risk concern = percent(a, b, e);\nadjust x at_most 50 when f >= 4;\nadjust risk at_least 80 when f >= 4;\n\
         rule low when x <= 60 then note();\nrule under when x <= 90 then note();"
    );
    let outcomes = |found: &Reading| found.rules.iter().map(|rule| rule.outcome).collect::<Vec<_>>();
    let holds = reading(&body, "a=5 b=4 e=1 f=4");
    assert_eq!((score(&holds, "x"), score(&holds, "risk")), (Some(50.0), Some(80.0)));
    assert_eq!(outcomes(&holds), ["fired", "fired"]);
    let x = |found: &Reading| found.scores.iter().find(|score| score.id == "x").unwrap().clone();
    assert!((x(&holds).raw.unwrap() - 58.333_333_333_333).abs() < 1e-9 && !x(&holds).cautious);
    // 5, 4 and 4 are 83.33...: without the adjustment `low` does not fire, with it does; `under` fires either way.
    let open = reading(&body, "a=5 b=4 e=4 f=?");
    assert_eq!(score(&open, "x"), Some(50.0), "the lower one of a good scale");
    assert!(x(&open).cautious);
    assert_eq!(outcomes(&open), ["undecided", "fired"]);
    assert_eq!(score(&open, "risk").map(f64::round), Some(83.0), "83.33 is above the bound, so there is only one");
    let open = reading(&body, "a=2 b=1 e=1 f=?");
    assert_eq!(score(&open, "risk"), Some(80.0), "the higher one of a concern");
    assert_eq!(score(&open, "x").map(f64::round), Some(8.0));
    assert!(!x(&open).cautious);
    assert_eq!(outcomes(&open), ["fired", "fired"]);
}

#[test]
fn an_aggregate_can_void_a_part() {
    let body = format!(
        "{SCALES}aggregate m = mean_of(x zero_when f >= 4, y) need 2;\nrule r when m >= 50 then note() because \"{{m}}\";\nrule s when m >= 40 then note();"
    );
    let found = |answers| {
        let read = reading(&body, answers);
        (read.rules[0].outcome, read.rules[1].outcome)
    };
    // x is 100, y is 25 or more.
    assert_eq!(found("a=5 b=5 e=5 f=1 g=2 h=3"), ("fired", "fired"));
    assert_eq!(found("a=5 b=5 e=5 f=4 g=5 h=4"), ("not_fired", "fired"));
    assert_eq!(found("a=5 b=5 e=5 f=5 g=5 h=5"), ("fired", "fired"));
    // f is unknown: x counts as zero, y is prorated from g and h.
    assert_eq!(found("a=5 b=5 e=5 f=? g=4 h=4"), ("not_fired", "not_fired"));
    // Both parts are needed.
    assert_eq!(found("a=5 b=5 e=5"), ("undecided", "undecided"));
}

#[test]
fn points_and_levels_are_those_of_the_rules_that_fired() {
    let body = "sign most present 2;\nsign added adds present 2;\n\
        rule one when a >= 2 then sign(\"most\", 1), sign(\"added\", 2), points(\"keep\", 3);\n\
        rule two when b >= 2 then sign(\"most\", 2), sign(\"added\", 2), points(\"keep\", -5);\n\
        overlay both when signs_present() == 2;\noverlay three when level(\"added\") == 3;\n\
        stage minus when points_of(\"keep\") == -2;\nstage plus when points_of(\"keep\") >= 1;\nstage none otherwise;";
    let found = |answers| {
        let read = reading(body, answers);
        (
            (read.signs["most"], read.signs["added"], read.points["keep"]),
            read.overlays.iter().map(|overlay| overlay.id.clone()).collect::<Vec<_>>().join(" "),
            read.stage.map(|stage| stage.id).unwrap_or_default(),
        )
    };
    assert_eq!(found("a=2 b=2"), ((2, 3, -2), "both three".into(), "minus".into()));
    assert_eq!(found("a=2 b=1"), ((1, 2, 3), String::new(), "plus".into()));
    assert_eq!(found("a=1 b=1"), ((0, 0, 0), String::new(), "none".into()));
    // An undecided rule contributes nothing.
    assert_eq!(found("a=2 b=?"), ((1, 2, 3), String::new(), "plus".into()));
}

#[test]
fn an_undecided_rule_is_listed_with_what_would_decide_it() {
    let found = reading("rule r when a <= 2 && b >= 4 then note();\noverlay o when fired(\"r\");", "a=1 b=?");
    assert_eq!((found.rules[0].outcome, found.rules[0].needs.as_slice()), ("undecided", &["b".to_owned()][..]));
    assert!(found.overlays.is_empty());
}

#[test]
fn the_first_stage_that_holds_is_the_stage() {
    let body = "stage first when a >= 4;\nstage second when b >= 2;\nstage third otherwise;";
    let found = |answers| reading(body, answers).stage.map(|stage| stage.id);
    assert_eq!(found("a=4 b=5"), Some("first".into()));
    assert_eq!(found("a=3 b=5"), Some("second".into()));
    assert_eq!(found("a=3 b=1"), Some("third".into()));
    assert_eq!(found("a=4 b=?"), Some("first".into()), "what stands below is not looked at");
    assert_eq!(found("a=? b=5"), None, "an undecided rung stops the ladder");
    assert_eq!(found("a=3 b=?"), None);
    let open = "stage first when a >= 4;";
    assert!(reading(open, "a=3").stage.is_none(), "a ladder may end without a match");
}

#[test]
fn a_study_reads_its_signal_as_it_reads_its_stage() {
    let body = "signal first \"First\" when a >= 4;\nsignal second \"Second\" otherwise;";
    let found = |answers| {
        let signal = reading(body, answers).signal;
        (signal.id.unwrap_or_default(), signal.reason.unwrap_or_default())
    };
    assert_eq!(found("a=4"), ("first".into(), String::new()));
    assert_eq!(found("a=3"), ("second".into(), String::new()));
    assert_eq!(found("a=?"), (String::new(), "undecided".into()));
}

#[test]
fn a_parameter_changes_the_result_and_is_told() {
    let body = "param wait = 8 from 2 to 52 source \"x\";\nparam share = 1.5 from 1 to 3 source \"x\";\n\
        rule r when weeks >= wait * share then note();";
    let found = |set: &[(&str, &str)], weeks: i64| reading_with(body, set, &format!("weeks={weeks}")).rules[0].outcome;
    assert_eq!((found(&[], 11), found(&[], 12)), ("not_fired", "fired"));
    assert_eq!((found(&[("wait", "20")], 29), found(&[("wait", "20")], 30)), ("not_fired", "fired"));
    assert_eq!(found(&[("share", "1")], 8), "fired");
    let read = reading_with(body, &[("wait", "20")], "weeks=1");
    assert_eq!(read.provenance.params["wait"], "20");
    assert_eq!(read.provenance.params["share"], "1.5");
}

#[test]
fn a_sentence_says_what_was_answered() {
    let body = format!(
        "{SCALES}param wait = 8 from 2 to 52 source \"x\";\nsign effort present 2;\n\
         rule r \"A title\" when a >= 2 && weeks >= wait then sign(\"effort\", 2)\n\
         because \"You said {{a}}, {{weeks}} of {{wait}}, {{x}} and {{effort}}; {{bond}}; {{{{not this}}; {{visits}}.\";"
    );
    let says = |answers| reading(&body, answers).rules[0].says.clone();
    assert_eq!(
        says("a=4 b=5 weeks=9 bond_kind=friend visits=-"),
        "You said four, 9 weeks of 8, 88 and 2; your friend; {not this}; not_applicable."
    );
    assert_eq!(says("a=1 weeks=9"), "A title", "a rule that did not fire says its title");
}

#[test]
fn a_helper_and_a_constant_are_read_like_what_they_stand_for() {
    let body = "const LOW = 2;\nfn low(x, most) { x <= most }\nrule r when low(a, LOW) then note();";
    assert_eq!(reading(body, "a=2").rules[0].outcome, "fired");
    assert_eq!(reading(body, "a=3").rules[0].outcome, "not_fired");
    assert_eq!(reading(body, "a=?").rules[0].outcome, "undecided");
}

#[test]
fn a_trace_names_the_file_and_line() {
    let found = reading("\n\nrule r when a >= 2 then note();", "a=1");
    assert_eq!(found.rules[0].at, "body.rhai:3");
    assert_eq!(found.rules[0].reads.iter().map(|read| read.id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(found.rules[0].distance.as_ref().map(|distance| distance.steps), Some(1));
}
