use super::*;
use crate::diagnostic::{Code, Diagnostic, LoadError, SourceFile};

fn questionnaire() -> Questionnaire {
    let text = r#"{"format": "bearings/questionnaire@1", "id": "q", "version": "2", "title": "t", "description": "d",
"source": "s", "licence": "l", "option_lists": {
  "often": [{"value": 0, "label": "n"}, {"value": 1, "label": "s"}, {"value": 2, "label": "o"}],
  "yes_no": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
"items": [
  {"id": "my_role", "kind": "choice", "text": "?", "context": true,
   "options": [{"value": "hurt", "label": "h"}, {"value": "broke", "label": "b"}, {"value": "both", "label": "x"}]},
  {"id": "bond_kind", "kind": "choice", "text": "?",
   "options": [{"value": "partner", "label": "p"}, {"value": "friend", "label": "f"}]},
  {"id": "under_18", "kind": "choice", "text": "?", "options": "yes_no"},
  {"id": "effort", "kind": "choice", "text": "?", "options": "often"},
  {"id": "effort_more", "kind": "choice", "text": "?", "options": "often",
   "asked_if": {"item": "effort", "op": ">=", "value": 1}},
  {"id": "effort_most", "kind": "choice", "text": "?", "options": "often",
   "asked_if": {"item": "effort_more", "op": "==", "value": 2}},
  {"id": "visits", "kind": "choice", "text": "?", "options": "often", "not_applicable": true},
  {"id": "weeks", "kind": "number", "text": "?", "min": 0, "max": 52},
  {"id": "ties", "kind": "multi", "text": "?",
   "options": [{"value": "home", "label": "h"}, {"value": "kids", "label": "k"}]},
  {"id": "words", "kind": "text", "text": "?"},
  {"id": "deep", "kind": "choice", "text": "?", "options": "often", "forms": ["full"]},
  {"id": "my_part", "kind": "choice", "text": "?", "options": "often", "roles": ["broke"]},
  {"id": "safety_fear", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "hard"}},
  {"id": "safety_more", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "hard"},
   "asked_if": {"item": "safety_fear", "op": "==", "value": 1}}
]}"#;
    Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
}

/// An answers file; `answers` stands on line 2, `missing` on line 3.
fn file(answers: &str, missing: &str) -> String {
    format!(
        r#"{{"format": "bearings/answers@1", "questionnaire": {{"id": "q", "version": "2"}}, "form": "short", "safety": "answered",
"answers": {{{answers}}},
"missing": {{{missing}}}}}"#
    )
}

fn load(text: &str) -> Result<(Responses, Vec<Conflict>), LoadError> {
    AnswersFile::load(&SourceFile::new("a.json", text), &questionnaire(), Role::Hurt)
}

fn answer(responses: &Responses, slot: &str) -> String {
    let questionnaire = questionnaire();
    let at = questionnaire.slot(slot).unwrap();
    match responses.answers[at] {
        Answer::Missing(reason) => reason.as_str().to_owned(),
        Answer::Level(_) => responses.value(&questionnaire, at).unwrap().to_string(),
    }
}

/// What some slots hold after loading: `effort=1 weeks=skipped`, and the slots with a conflict.
#[track_caller]
fn check(answers: &str, missing: &str, expected: &str, conflicting: &[&str]) {
    let (responses, conflicts) = load(&file(answers, missing)).unwrap();
    for pair in expected.split_whitespace() {
        let (slot, value) = pair.split_once('=').unwrap();
        assert_eq!(answer(&responses, slot), value, "{slot}");
    }
    let questionnaire = questionnaire();
    let found: Vec<&str> = conflicts.iter().map(|conflict| questionnaire.slots[conflict.slot].id.as_str()).collect();
    assert_eq!(found, conflicting);
}

/// `code line` of each problem, and the words that its message must hold.
#[track_caller]
fn check_refused(text: &str, expected: &[(&str, &str)]) -> Vec<Diagnostic> {
    let LoadError(problems) = load(text).expect_err("it must not load");
    let place = |problem: &Diagnostic| {
        let line = problem.span.as_ref().map_or(0, |span| crate::diagnostic::position(text, span.start).0);
        format!("{} {line}", problem.code)
    };
    let found: Vec<String> = problems.iter().map(place).collect();
    let wanted: Vec<&str> = expected.iter().map(|(place, _)| *place).collect();
    assert_eq!(found, wanted, "{problems:#?}");
    for (problem, (_, words)) in problems.iter().zip(expected) {
        assert!(problem.message.contains(words), "{}", problem.message);
    }
    problems
}

#[test]
fn what_is_written_is_what_is_read() {
    check(
        r#""my_role": "broke", "effort": 2, "weeks": 12, "ties": ["kids"], "words": "never kept""#,
        r#""visits": "not_applicable", "effort_more": "declined", "bond_kind": "dont_know""#,
        "my_role=broke effort=2 weeks=12 ties.home=0 ties.kids=1 visits=not_applicable effort_more=declined \
         bond_kind=dont_know effort_most=skipped",
        &[],
    );
}

#[test]
fn what_stands_in_neither_map_is_skipped() {
    check("", "", "effort=skipped ties.home=skipped weeks=skipped safety_fear=skipped", &[]);
}

#[test]
fn role_and_bond_are_what_the_answers_say() {
    let load = |answers| load(&file(answers, "")).unwrap().0;
    let said = load(r#""my_role": "both", "bond_kind": "friend""#);
    assert_eq!((said.role, said.bond), (Role::Both, Some(Bond::Friend)));
    let unsaid = load("");
    assert_eq!((unsaid.role, unsaid.bond), (Role::Hurt, None));
}

#[test]
fn a_written_file_reads_back_without_what_is_never_written() {
    let questionnaire = questionnaire();
    let (before, _) = load(&file(
        r#""my_role": "broke", "bond_kind": "friend", "under_18": 0, "effort": 1, "weeks": 52, "ties": ["home"],
           "my_part": 0, "safety_fear": 1, "safety_more": 0"#,
        r#""visits": "not_applicable", "effort_more": "dont_know""#,
    ))
    .unwrap();
    let written = write_answers(&questionnaire, &before, SafetyBlock::LeftOut);
    assert_eq!(written.safety, SafetyBlock::LeftOut);
    let text = serde_json::to_string_pretty(&written).unwrap();
    for never in ["safety_fear", "safety_more", "under_18", "words"] {
        assert!(!text.contains(never), "{never} must not be written");
    }
    let (after, conflicts) = load(&text).unwrap();
    assert_eq!(conflicts, []);
    assert_eq!((after.form, after.role, after.bond), (before.form, before.role, before.bond));
    for (at, slot) in questionnaire.slots.iter().enumerate() {
        let private = questionnaire.item_of(slot).unwrap().block || slot.id == "under_18";
        if !private {
            assert_eq!(after.answers[at], before.answers[at], "{}", slot.id);
        }
    }
    assert_eq!(answer(&after, "safety_fear"), "skipped");
    assert_eq!(answer(&after, "under_18"), "skipped");
}

#[test]
fn the_safety_block_is_written_only_where_it_is_asked_for_and_never_of_somebody_under_18() {
    let questionnaire = questionnaire();
    let written = |answers: &str, safety| {
        let (responses, _) = load(&file(answers, "")).unwrap();
        write_answers(&questionnaire, &responses, safety)
    };
    let adult = r#""under_18": 0, "effort": 1, "safety_fear": 1"#;
    let whole = written(adult, SafetyBlock::Answered);
    assert_eq!((whole.safety, whole.answers.contains_key("safety_fear")), (SafetyBlock::Answered, true));
    assert_eq!(whole.missing.get("safety_more"), Some(&Missing::Skipped));
    assert!(!whole.answers.contains_key("under_18") && !whole.missing.contains_key("under_18"));
    let (back, _) = load(&serde_json::to_string(&whole).unwrap()).unwrap();
    assert_eq!((answer(&back, "safety_fear"), answer(&back, "effort")), ("1".into(), "1".into()));

    let minor = written(r#""under_18": 1, "effort": 0, "safety_fear": 1"#, SafetyBlock::Answered);
    assert_eq!(minor.safety, SafetyBlock::LeftOut);
    let text = serde_json::to_string(&minor).unwrap();
    assert!(text.contains("effort") && !text.contains("safety_fear") && !text.contains("under_18"), "{text}");
    assert!(!text.contains("not_shown") && written(r#""effort": 0"#, SafetyBlock::Answered).missing.len() > 5);
}

#[test]
fn ticks_of_none_are_an_answer() {
    let questionnaire = questionnaire();
    let (none, _) = load(&file(r#""ties": []"#, "")).unwrap();
    assert_eq!((answer(&none, "ties.home"), answer(&none, "ties.kids")), ("0".into(), "0".into()));
    let written = write_answers(&questionnaire, &none, SafetyBlock::LeftOut);
    assert_eq!(written.answers.get("ties"), Some(&file::AnswerValue::Several(Vec::new())));
    check("", r#""ties": "declined""#, "ties.home=declined ties.kids=declined", &[]);
}

#[test]
fn an_unknown_item_is_refused_with_its_line_and_neighbour() {
    check_refused(
        &file(r#""efort": 1"#, ""),
        &[("unknown-item 2", "no item `efort` in the questionnaire, did you mean `effort`?")],
    );
    check_refused(&file("", r#""xyz": "skipped""#), &[("unknown-item 3", "no item `xyz` in the questionnaire")]);
}

#[test]
fn all_problems_are_told_at_once() {
    check_refused(
        &file(r#""efort": 1, "weeks": 99"#, r#""effort_more": "not_applicable""#),
        &[("unknown-item 2", ""), ("invalid-value 2", "from 0 to 52"), ("invalid-value 3", "does not offer")],
    );
}

#[test]
fn a_problem_never_tells_the_answer() {
    for (answers, expected) in [
        (r#""effort": 987654"#, "none of its options (0, 1, 2)"),
        (r#""effort": "secretword""#, "none of its options"),
        (r#""weeks": 987654"#, "a whole number from 0 to 52"),
        (r#""weeks": -987654"#, "a whole number from 0 to 52"),
        (r#""my_role": "secretword""#, "none of its options (hurt, broke, both)"),
        (r#""ties": ["secretword"]"#, "none of its options (home, kids)"),
        (r#""ties": "secretword""#, "a list of its options"),
        (r#""effort": ["secretword"]"#, "one value, not a list"),
    ] {
        let problems = check_refused(&file(answers, ""), &[("invalid-value 2", expected)]);
        let said = format!("{problems:?}");
        assert!(!said.contains("secretword") && !said.contains("987654"), "{said}");
    }
}

#[test]
fn a_value_of_the_wrong_shape_is_not_told_either() {
    for answers in
        [r#""effort": {"secretword": 987654}"#, r#""effort": 98765.4"#, r#""effort": true"#, r#""effort": null"#]
    {
        let LoadError(problems) = load(&file(answers, "")).expect_err("no such answer");
        let said = format!("{problems:?}");
        assert_eq!(problems[0].code, Code::InvalidJson);
        assert!(!said.contains("secretword") && !said.contains("98765"), "{said}");
        assert!(problems[0].message.contains("`answers.effort`"), "{}", problems[0].message);
    }
    let LoadError(problems) =
        load(&file("", r#""effort": "secret, expected secretword""#)).expect_err("no such reason");
    assert!(!format!("{problems:?}").contains("secretword"), "{problems:?}");
}

#[test]
fn an_unknown_field_is_refused_with_its_path_and_line() {
    let text = file("", "").replace("\n\"missing\"", "\n\"notes\": \"x\",\n\"missing\"");
    check_refused(&text, &[("invalid-json 3", "`notes`")]);
    let text = file("", "").replace(r#""version": "2""#, r#""version": "2", "title": "t""#);
    check_refused(&text, &[("invalid-json 1", "`questionnaire.title`")]);
}

#[test]
fn an_item_is_answered_or_missing_and_not_both() {
    check_refused(
        &file(r#""effort": 1"#, r#""effort": "skipped""#),
        &[("duplicate-id 3", "both in `answers` and in `missing`")],
    );
    check_refused(
        &file(r#""ties": ["home"]"#, r#""ties": "declined""#),
        &[("duplicate-id 3", "both in `answers` and in `missing`")],
    );
}

#[test]
fn an_item_that_is_answered_twice_is_refused() {
    assert!(load(&file(r#""effort": 1, "effort": 2"#, "")).is_err(), "the last one must not win silently");
    assert!(
        load(&file(r#""ties": ["home"], "ties.home": 0"#, "")).is_err(),
        "an option is not answered beside its item"
    );
    for option in ["1", "0", "[]", r#"["home"]"#] {
        check_refused(&file(&format!(r#""ties.home": {option}"#), ""), &[("unknown-item 0", "`ties.home`")]);
    }
}

#[test]
fn does_not_apply_must_be_offered() {
    check("", r#""visits": "not_applicable""#, "visits=not_applicable", &[]);
    check_refused(&file("", r#""effort": "not_applicable""#), &[("invalid-value 3", "`effort` does not offer")]);
}

#[test]
fn answers_belong_to_one_questionnaire_and_version() {
    let text = file("", "").replace(r#""version": "2""#, r#""version": "1""#);
    check_refused(&text, &[("wrong-questionnaire 0", "`q` 1, not to `q` 2")]);
    let text = file("", "").replace(r#""id": "q""#, r#""id": "p""#);
    check_refused(&text, &[("wrong-questionnaire 0", "`p` 2, not to `q` 2")]);
    let text = file("", "").replace("answers@1", "answers@2");
    check_refused(&text, &[("unknown-format 1", "`bearings/answers@2`")]);
}

#[test]
fn items_of_another_form_or_role_are_not_shown() {
    check(r#""effort": 0"#, r#""deep": "declined""#, "deep=not_shown my_part=not_shown", &[]);
    check(r#""my_role": "broke""#, "", "my_part=skipped deep=not_shown", &[]);
    check(r#""my_role": "both", "my_part": 1"#, "", "my_part=1", &[]);
    // An answer to an item of another form is no contradiction.
    check(r#""deep": 2, "my_part": 2"#, "", "deep=not_shown my_part=not_shown", &[]);
    let full = file(r#""deep": 2"#, "").replace(r#""short""#, r#""full""#);
    assert_eq!(answer(&load(&full).unwrap().0, "deep"), "2");
}

#[test]
fn a_file_cannot_say_that_a_question_of_its_form_was_not_shown() {
    check("", r#""safety_fear": "not_shown", "effort": "not_shown""#, "safety_fear=skipped effort=skipped", &[]);
    check(
        r#""effort": 1"#,
        r#""effort_more": "not_shown", "ties": "not_shown""#,
        "effort_more=skipped ties.home=skipped",
        &[],
    );
    check(
        r#""effort": 0"#,
        r#""effort_more": "not_shown", "deep": "not_shown""#,
        "effort_more=not_shown deep=not_shown",
        &[],
    );
}

#[test]
fn a_value_that_was_not_asked_for_is_a_conflict() {
    check(r#""effort": 0, "effort_more": 2"#, "", "effort_more=not_shown", &["effort_more"]);
    check(r#""effort": 1, "effort_more": 2"#, "", "effort_more=2", &[]);
    check(r#""effort": 0"#, r#""effort_more": "declined""#, "effort_more=not_shown", &[]);
}

#[test]
fn what_hangs_on_a_question_that_was_not_asked_is_not_asked_either() {
    check(r#""effort": 0"#, "", "effort_more=not_shown effort_most=not_shown", &[]);
    check(
        r#""effort": 0, "effort_more": 2, "effort_most": 1"#,
        "",
        "effort_more=not_shown effort_most=not_shown",
        &["effort_more", "effort_most"],
    );
}

#[test]
fn while_the_parent_is_unknown_the_child_keeps_what_it_has() {
    check("", r#""effort": "declined""#, "effort_more=skipped", &[]);
    check(r#""effort_more": 1"#, r#""effort": "dont_know""#, "effort_more=1", &[]);
}

#[test]
fn what_a_person_says_about_their_safety_is_kept() {
    check(r#""safety_fear": 0, "safety_more": 1"#, "", "safety_more=1", &["safety_more"]);
    check(r#""safety_fear": 0"#, "", "safety_more=not_shown", &[]);
    check("", "", "safety_more=skipped", &[]);
}

#[test]
fn only_a_yes_is_under_18() {
    let is_minor = |answers, missing| load(&file(answers, missing)).unwrap().0.is_minor(&questionnaire());
    assert!(is_minor(r#""under_18": 1"#, ""));
    assert!(!is_minor(r#""under_18": 0"#, "") && !is_minor("", "") && !is_minor("", r#""under_18": "declined""#));
}

#[test]
fn unknown_is_told_from_known_to_be_without_a_value() {
    let unknown: Vec<&str> =
        Missing::ALL.into_iter().filter(|reason| reason.is_unknown()).map(Missing::as_str).collect();
    assert_eq!(unknown, ["skipped", "declined", "dont_know"]);
    for reason in Missing::ALL {
        assert_eq!(Missing::parse(reason.as_str()), Some(reason));
    }
}
