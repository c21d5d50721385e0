use super::*;
use crate::diagnostic::Diagnostic;

/// A questionnaire around some items; the first item stands on line 5.
fn with_items(items: &str) -> String {
    format!(
        r#"{{"format": "bearings/questionnaire@1", "id": "q", "version": "1",
"title": "t", "description": "d", "source": "s", "licence": "l",
"option_lists": {{"yes_no": [{{"value": 0, "label": "no"}}, {{"value": 1, "label": "yes"}}]}},
"items": [
{items}
]}}"#
    )
}

fn load(text: &str) -> Result<Questionnaire, Vec<Diagnostic>> {
    Questionnaire::load(&SourceFile::new("q.json", text)).map_err(|error| error.0)
}

/// `code line` of each problem of a whole file, and the words that its message or hints must hold.
#[track_caller]
fn check_file(text: &str, expected: &[(&str, &str)]) {
    let problems = load(text).expect_err("it must not load");
    let place = |problem: &Diagnostic| {
        let line = problem.span.as_ref().map_or(0, |span| crate::diagnostic::position(text, span.start).0);
        format!("{} {line}", problem.code)
    };
    let found: Vec<String> = problems.iter().map(place).collect();
    let wanted: Vec<&str> = expected.iter().map(|(place, _)| *place).collect();
    assert_eq!(found, wanted, "{problems:#?}");
    for (problem, (_, words)) in problems.iter().zip(expected) {
        let said = format!("{} {}", problem.message, problem.hints.join(" "));
        assert!(said.contains(words), "{said}");
    }
}

/// The same for a list of items.
#[track_caller]
fn check(items: &str, expected: &[(&str, &str)]) {
    check_file(&with_items(items), expected);
}

#[track_caller]
fn check_loads(items: &str) -> Questionnaire {
    load(&with_items(items)).unwrap()
}

const A: &str = r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_no"}"#;

#[test]
fn a_small_questionnaire_loads() {
    let questionnaire = check_loads(&format!(
        r#"{A},
{{"id": "weeks", "kind": "number", "text": "?", "min": -2, "max": 3, "unit": "weeks"}},
{{"id": "ties", "kind": "multi", "text": "?", "options": [{{"value": "home", "label": "h"}}, {{"value": "kids", "label": "k"}}]}},
{{"id": "words", "kind": "text", "text": "?"}}"#
    ));
    let slots: Vec<&str> = questionnaire.slots.iter().map(|slot| slot.id.as_str()).collect();
    assert_eq!(slots, ["a", "weeks", "ties.home", "ties.kids"], "text has no slot, a multi item one an option");
    let weeks = &questionnaire.slots[1].levels;
    assert_eq!((weeks.count(), weeks.number(0), weeks.bounds()), (6, Some(-2), Some((-2, 3))));
    assert_eq!(weeks.level_of(&OptionValue::Number(3)), Some(5));
    assert_eq!(weeks.level_of(&OptionValue::Number(4)), None);
}

#[test]
fn an_unknown_field_is_refused_with_its_path_and_line() {
    check_file(
        &with_items(A).replace(r#""title": "t""#, r#""title": "t", "colour": "red""#),
        &[("invalid-json 2", "unknown field `colour`")],
    );
    check(
        r#"{"id": "a", "kind": "choice", "text": "?",
"options": "yes_no", "weight": 2}"#,
        &[("invalid-json 6", "`items[0].weight`")],
    );
    check(
        r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_no",
"safety": {"tier": "hard",
"level": 2}}"#,
        &[("invalid-json 7", "`items[0].safety.level`")],
    );
    check(
        &format!(
            r#"{A}, {{"id": "b", "kind": "choice", "text": "?", "options": "yes_no",
"asked_if": {{"item": "a", "op": "==", "value": 1, "else": 2}}}}"#
        ),
        &[("invalid-json 6", "`items[1].asked_if.else`")],
    );
}

#[test]
fn an_unknown_field_of_an_option_is_named() {
    check_file(
        &with_items(A).replace(r#""label": "yes""#, r#""label": "yes", "score": 3"#),
        &[("invalid-json 3", "unknown field `score`")],
    );
    check(
        r#"{"id": "a", "kind": "choice", "text": "?",
"options": [{"value": 0, "label": "no"},
{"value": 1, "label": "yes", "score": 3}]}"#,
        &[("invalid-json 7", "`score`")],
    );
}

#[test]
fn an_unknown_field_of_a_wording_is_refused() {
    check(
        r#"{"id": "a", "kind": "choice", "options": "yes_no",
"text": {"default": "?", "by": [], "tone": "warm"}}"#,
        &[("invalid-json 6", "")],
    );
}

#[test]
fn a_missing_field_and_broken_json_have_a_place() {
    check(r#"{"id": "a", "kind": "choice", "options": "yes_no"}"#, &[("invalid-json 5", "missing field `text`")]);
    check(r#"{"id": "a" "kind": "choice"}"#, &[("invalid-json 5", "expected `,` or `}`")]);
    check(r#"{"id": "a", "kind": "slider", "text": "?"}"#, &[("invalid-json 5", "unknown variant `slider`")]);
}

#[test]
fn another_format_is_the_only_news() {
    let older = with_items(r#"{"id": "a", "kind": "slider"}"#).replace("questionnaire@1", "questionnaire@2");
    check_file(&older, &[("unknown-format 1", "`bearings/questionnaire@2`")]);
    let other = with_items(A).replace("questionnaire@1", "answers@1");
    check_file(&other, &[("unknown-format 1", "`bearings/questionnaire@1` is needed")]);
}

#[test]
fn ids_are_unique_words() {
    check(&format!("{A},\n{A}"), &[("duplicate-id 6", "`a` occurs twice")]);
    for id in ["_a", "1a", "a-b", "", "ä"] {
        check(&A.replace(r#""a""#, &format!("{id:?}")), &[("invalid-item 5", "is no item id")]);
    }
}

#[test]
fn options_are_checked() {
    let item = |options: &str| format!(r#"{{"id": "a", "kind": "choice", "text": "?",{}"options": {options}}}"#, "\n");
    let option = |value: &str| format!(r#"{{"value": {value}, "label": "x"}}"#);
    check(&item("[]"), &[("invalid-item 6", "has 0")]);
    check(&item(&format!("[{}]", option("1"))), &[("invalid-item 6", "has 1")]);
    let many: Vec<String> = (0..251).map(|n| option(&n.to_string())).collect();
    check(&item(&format!("[{}]", many.join(","))), &[("invalid-item 6", "has 251")]);
    check(
        &item(&format!("[{}, {}]", option("1"), option("1"))),
        &[("duplicate-id 6", "same value"), ("invalid-item 6", "must rise")],
    );
    check(&item(&format!("[{}, {}]", option("2"), option("1"))), &[("invalid-item 6", "must rise")]);
    check(&item(&format!("[{}, {}]", option("1"), option(r#""w""#))), &[("invalid-item 6", "mix numbers and words")]);
    for number in ["1000000", "-1000000", "9223372036854775807", "-9223372036854775808"] {
        let [low, high] = if number.starts_with('-') { [number, "0"] } else { ["0", number] };
        check(&item(&format!("[{}, {}]", option(low), option(high))), &[("invalid-item 6", "below a million")]);
    }
    check(&item(r#""yes_noo""#), &[("unknown-name 6", "did you mean `yes_no`?"), ("invalid-item 6", "has 0")]);
    check(r#"{"id": "a", "kind": "choice", "text": "?"}"#, &[("invalid-item 5", "has 0")]);
}

#[test]
fn the_options_of_a_multi_item_are_words() {
    check(r#"{"id": "a", "kind": "multi", "text": "?", "options": "yes_no"}"#, &[("invalid-item 5", "must be words")]);
    check(
        r#"{"id": "a", "kind": "multi", "text": "?", "options": [{"value": "At Home", "label": "h"}]}"#,
        &[("invalid-item 5", "must be words")],
    );
}

#[test]
fn a_number_has_a_range_within_reason() {
    let number = |range: &str| format!(r#"{{"id": "n", "kind": "number", "text": "?"{range}}}"#);
    for range in [
        "",
        r#", "min": 0"#,
        r#", "max": 9"#,
        r#", "min": 5, "max": 5"#,
        r#", "min": 6, "max": 5"#,
        r#", "min": 0, "max": 20000"#,
        r#", "min": 999999, "max": 1000001"#,
        r#", "min": -9223372036854775808, "max": 9223372036854775807"#,
    ] {
        check(&number(range), &[("invalid-item 5", "`min` below `max`")]);
    }
    check_loads(&number(r#", "min": 0, "max": 19999"#));
}

#[test]
fn fields_of_another_kind_are_refused() {
    check(
        r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_no", "min": 1}"#,
        &[("invalid-item 5", "belong to number items")],
    );
    check(
        r#"{"id": "a", "kind": "number", "text": "?", "min": 1, "max": 3, "options": "yes_no"}"#,
        &[("invalid-item 5", "takes no options")],
    );
    check(
        &format!(r#"{A}, {{"id": "t", "kind": "text", "text": "?", "options": "yes_no"}}"#),
        &[("invalid-item 5", "takes no options")],
    );
}

#[test]
fn nothing_to_answer_is_no_questionnaire() {
    check("", &[("invalid-item 4", "at least one item")]);
    check(r#"{"id": "t", "kind": "text", "text": "?"}"#, &[("invalid-item 4", "at least one item")]);
}

#[test]
fn asked_if_names_an_earlier_item_and_one_of_its_options() {
    let asked_if = |item: &str, value: &str| {
        format!(
            r#"{{"id": "b", "kind": "choice", "text": "?", "options": "yes_no",
"asked_if": {{"item": "{item}", "op": "==", "value": {value}}}}}"#
        )
    };
    check_loads(&format!("{A}, {}", asked_if("a", "1")));
    check(&format!("{}, {A}", asked_if("a", "1")), &[("invalid-asked-if 6", "must stand earlier")]);
    check(&format!("{A}, {}", asked_if("b", "1")), &[("invalid-asked-if 6", "must stand earlier")]);
    check(&format!("{A}, {}", asked_if("a", "2")), &[("invalid-asked-if 6", "none of the options of `a`")]);
    check(&format!("{A}, {}", asked_if("a", r#""yes""#)), &[("invalid-asked-if 6", "none of the options of `a`")]);
    let effort = A.replace(r#""a""#, r#""effort""#);
    check(&format!("{effort}, {}", asked_if("efort", "1")), &[("invalid-asked-if 6", "did you mean `effort`?")]);
}

#[test]
fn a_multi_item_is_a_parent_by_its_options() {
    let ties = r#"{"id": "ties", "kind": "multi", "text": "?", "options": [{"value": "home", "label": "h"}]}"#;
    let child = |item: &str| {
        format!(
            r#"{{"id": "b", "kind": "choice", "text": "?", "options": "yes_no",
"asked_if": {{"item": "{item}", "op": "==", "value": 1}}}}"#
        )
    };
    check_loads(&format!("{ties}, {}", child("ties.home")));
    check(&format!("{ties}, {}", child("ties")), &[("invalid-asked-if 6", "")]);
}

#[test]
fn what_the_gate_compares_with_is_checked() {
    let safety = |safety: &str| {
        format!(
            r#"{{"id": "a", "kind": "choice", "text": "?", "options": "yes_no",
"safety": {{"tier": "soft"{safety}}}}}"#
        )
    };
    check_loads(&safety(""));
    check(&safety(r#", "op": ">=""#), &[("invalid-item 6", "both `op` and `value`")]);
    check(&safety(r#", "value": 1"#), &[("invalid-item 6", "both `op` and `value`")]);
    check(&safety(r#", "op": ">=", "value": 7"#), &[("invalid-value 6", "none of its options")]);
    let and = |item: &str| safety(&format!(r#", "and": {{"item": "{item}", "op": "==", "value": 1}}"#));
    check(&and("nobody"), &[("invalid-asked-if 6", "`nobody`")]);
    // The second condition may stand later.
    check_loads(&format!("{}, {}", and("b"), A.replace(r#""a""#, r#""b""#)));
}

#[test]
fn a_gate_item_needs_an_answer_that_can_be_a_yes() {
    check(
        &format!(r#"{A}, {{"id": "t", "kind": "text", "text": "?", "safety": {{"tier": "hard"}}}}"#),
        &[("invalid-value 5", "none of its options")],
    );
    check(
        r#"{"id": "a", "kind": "choice", "text": "?", "options": [{"value": "y", "label": "y"}, {"value": "n", "label": "n"}], "safety": {"tier": "hard"}}"#,
        &[("invalid-value 5", "none of its options")],
    );
}

#[test]
fn items_that_the_engine_reads_have_fixed_values() {
    let words = |id: &str, values: &[&str]| {
        let options: Vec<String> =
            values.iter().map(|value| format!(r#"{{"value": "{value}", "label": "x"}}"#)).collect();
        format!(r#"{{"id": "{id}", "kind": "choice", "text": "?", "options": [{}]}}"#, options.join(","))
    };
    check_loads(&words("my_role", &["hurt", "broke", "both"]));
    check_loads(&words("my_role", &["broke", "hurt"]));
    check(&words("my_role", &["hurt", "hurter"]), &[("invalid-item 5", "`hurt`, `broke`, `both`")]);
    check_loads(&words("bond_kind", &["partner", "friend", "family"]));
    check(&words("bond_kind", &["partner", "colleague"]), &[("invalid-item 5", "`partner`, `friend`, `family`")]);
    check_loads(&A.replace(r#""a""#, r#""under_18""#));
    check(&words("under_18", &["no", "yes"]), &[("invalid-item 5", "0 (no) and 1 (yes)")]);
    check(
        r#"{"id": "my_role", "kind": "number", "text": "?", "min": 0, "max": 2}"#,
        &[("invalid-item 5", "fixed meaning")],
    );
}

#[test]
fn all_problems_are_told_at_once() {
    check(
        r#"{"id": "a-b", "kind": "choice", "text": "?", "options": "yes_no"},
{"id": "b", "kind": "number", "text": "?"},
{"id": "c", "kind": "choice", "text": "?", "options": "nope"}"#,
        &[("invalid-item 5", ""), ("invalid-item 6", ""), ("unknown-name 7", ""), ("invalid-item 7", "")],
    );
}

#[test]
fn items_are_asked_by_role_and_form() {
    let questionnaire = check_loads(
        r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_no", "roles": ["hurt"], "forms": ["full"]},
{"id": "b", "kind": "choice", "text": "?", "options": "yes_no"},
{"id": "c", "kind": "choice", "text": "?", "options": "yes_no", "context": true}"#,
    );
    let [a, b, c] = [0, 1, 2].map(|at| &questionnaire.items[at]);
    assert!(a.is_asked_in(Role::Hurt, Form::Full) && a.is_asked_in(Role::Both, Form::Full));
    assert!(!a.is_asked_in(Role::Broke, Form::Full) && !a.is_asked_in(Role::Hurt, Form::Short));
    assert!(b.is_asked_in(Role::Broke, Form::Short));
    assert!(b.is_core() && !a.is_core() && !c.is_core());
}

#[test]
fn a_wording_is_picked_by_role_and_bond() {
    let questionnaire = check_loads(
        r#"{"id": "a", "kind": "choice", "options": "yes_no", "text": {"default": "you and {bond}", "by": [
{"role": "broke", "bond": "friend", "text": "as a friend"}, {"role": "broke", "text": "as the one who broke it"}]}}"#,
    );
    let text = |role, bond| questionnaire.items[0].text.pick(role, bond);
    assert_eq!(text(Role::Hurt, Some(Bond::Friend)), "you and {bond}");
    assert_eq!(text(Role::Broke, Some(Bond::Friend)), "as a friend");
    assert_eq!(text(Role::Broke, Some(Bond::Family)), "as the one who broke it");
    assert_eq!(text(Role::Broke, None), "as the one who broke it");
}

#[test]
fn words_are_told_apart_and_never_ordered() {
    let word = |text: &str| OptionValue::Word(text.into());
    assert!(Operator::Equal.holds(&word("a"), &word("a")) && Operator::NotEqual.holds(&word("a"), &word("b")));
    for operator in [Operator::AtMost, Operator::AtLeast, Operator::Less, Operator::Greater] {
        assert!(!operator.holds(&word("a"), &word("b")) && !operator.holds(&word("b"), &word("a")));
        assert!(!operator.holds(&word("a"), &OptionValue::Number(1)));
    }
    assert!(Operator::Less.holds(&OptionValue::Number(1), &OptionValue::Number(2)));
    assert!(!Operator::Greater.holds(&OptionValue::Number(2), &OptionValue::Number(2)));
}

/// A questionnaire with these topics around two items.
fn with_topics(topics: &str, topic: &str) -> String {
    format!(
        r#"{{"format": "bearings/questionnaire@1", "id": "q", "version": "1",
"title": "t", "description": "d", "source": "s", "licence": "l",
"topics": [
{topics}
],
"items": [
{{"id": "a", "kind": "choice", "text": "?", "topic": "{topic}", "label": "A", "options": [{{"value": 0, "label": "no"}}, {{"value": 1, "label": "yes"}}]}}
]}}"#
    )
}

#[test]
fn an_item_stands_under_the_section_of_its_topic() {
    let topics = r#"{"id": "own_up", "section": "Face it", "point": "own up"}"#;
    let questionnaire = load(&with_topics(topics, "own_up")).unwrap();
    let item = questionnaire.item("a").unwrap();
    assert_eq!(questionnaire.section_of(item), Some("Face it"));
    assert_eq!(questionnaire.topic_of(item).unwrap().point, "own up");
}

#[test]
fn topics_are_known_have_one_id_each_and_sections_stand_together() {
    let topics = "{\"id\": \"own_up\", \"section\": \"Face it\", \"point\": \"own up\"},\n\
                  {\"id\": \"talk\", \"section\": \"Talk\", \"point\": \"talk\"},\n\
                  {\"id\": \"own_up\", \"section\": \"Face it\", \"point\": \"again\"}";
    check_file(
        &with_topics(topics, "own_yp"),
        &[
            ("duplicate-id 6", "the topic id `own_up` occurs twice"),
            ("invalid-item 6", "\"Face it\" stands in two places"),
            ("unknown-name 9", "did you mean `own_up`?"),
        ],
    );
}

#[test]
fn safety_names_an_option_that_there_is() {
    check(
        r#"{"id": "ties", "kind": "multi", "text": "?", "options": [{"value": "home", "label": "h"}], "safety": {"tier": "opens", "option": "fear"}}"#,
        &[("invalid-item 5", "names none of its options")],
    );
}

#[test]
fn what_is_said_of_printed_numbers_needs_some() {
    let questionnaire = check_loads(
        r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_no", "keyed": true, "falling": true},
{"id": "n", "kind": "number", "text": "?", "min": 0, "max": 3, "keyed": true},
{"id": "b", "kind": "choice", "text": "?", "options": "yes_no"}"#,
    );
    let said: Vec<_> = questionnaire.items.iter().map(|item| (item.keyed, item.falling)).collect();
    assert_eq!(said, [(true, true), (true, false), (false, false)]);
    check(
        r#"{"id": "n", "kind": "number", "text": "?", "min": 0, "max": 3, "falling": true},
{"id": "w", "kind": "text", "text": "?", "keyed": true},
{"id": "m", "kind": "multi", "text": "?", "options": [{"value": "home", "label": "h"}], "keyed": true, "falling": true},
{"id": "c", "kind": "choice", "text": "?", "options": [{"value": "x", "label": "x"}, {"value": "y", "label": "y"}],
"falling": true}"#,
        &[
            ("invalid-item 5", "`falling`"),
            ("invalid-item 6", "`keyed`"),
            ("invalid-item 7", "`keyed`"),
            ("invalid-item 7", "`falling`"),
            ("invalid-item 9", "`c` has none"),
        ],
    );
}

#[test]
fn a_reason_for_a_missing_answer_is_no_value() {
    for word in ["declined", "skipped", "dont_know", "not_applicable", "not_shown"] {
        let options = format!(r#"[{{"value": "yes", "label": "y"}}, {{"value": "{word}", "label": "x"}}]"#);
        for kind in ["choice", "multi"] {
            let item = format!(r#"{{"id": "a", "kind": "{kind}", "text": "?", "options": {options}}}"#);
            check(&item, &[("invalid-item 5", &format!("`{word}` of `a` is how a survey says"))]);
        }
    }
    let choice = |value: &str| {
        format!(
            r#"{{"id": "a", "kind": "choice", "text": "?", "options": [{{"value": "x", "label": "x"}}, {{"value": "{value}", "label": "y"}}]}}"#
        )
    };
    check(&choice(""), &[("invalid-item 5", "an option of `a` has an empty value")]);
    check(&choice(" y"), &[("invalid-item 5", "spaces around it")]);
    check_loads(&choice("not applicable"));
}

#[test]
fn texts_and_labels_hold_words() {
    check(
        r#"{"id": "a", "kind": "choice", "text": " ", "options": "yes_no", "label": ""},
{"id": "b", "kind": "choice", "text": {"default": "?", "by": [{"role": "hurt", "text": ""}]}, "options": "yes_no"},
{"id": "c", "kind": "choice", "text": "?", "options": [{"value": 0, "label": "no"}, {"value": 1, "label": "\t"}]}"#,
        &[
            ("invalid-item 5", "the `text` of `a` is empty"),
            ("invalid-item 5", "the `label` of `a` is empty"),
            ("invalid-item 6", "the `text` of `b` is empty"),
            ("invalid-item 7", "an option of `c` has an empty label"),
        ],
    );
}

#[test]
fn no_item_is_called_like_the_id_of_a_respondent() {
    for id in ["id", "ID", "respondent_id", "Record_Id", "ResponseId"] {
        let item = format!(r#"{{"id": "{id}", "kind": "choice", "text": "?", "options": "yes_no"}}"#);
        check(&item, &[("invalid-item 5", &format!("a column `{id}` of a survey holds the respondent's id"))]);
    }
    check_loads(r#"{"id": "idea", "kind": "choice", "text": "?", "options": "yes_no"}"#);
}

#[test]
fn no_two_slots_share_the_name_of_a_column() {
    let choice = |id: &str| format!(r#"{{"id": "{id}", "kind": "choice", "text": "?", "options": "yes_no"}}"#);
    let multi = |id: &str, option: &str| {
        format!(r#"{{"id": "{id}", "kind": "multi", "text": "?", "options": [{{"value": "{option}", "label": "l"}}]}}"#)
    };
    for (first, second, name) in [
        (multi("a", "b"), choice("a__b"), "`a__b` of a survey could hold `a.b` as well as `a__b`"),
        (choice("a__b"), multi("a", "b"), "`a__b` of a survey could hold `a__b` as well as `a.b`"),
        (multi("a", "Up"), choice("a___up"), "`a___up` of a survey could hold `a.Up` as well as `a___up`"),
        (multi("a", "b"), multi("a_", "b"), "`a___b` of a survey could hold `a.b` as well as `a_.b`"),
    ] {
        check(&format!("{first},\n{second}"), &[("duplicate-id 6", name)]);
    }
    let both = r#"{"id": "a", "kind": "multi", "text": "?", "options": [{"value": "up", "label": "l"}, {"value": "Up", "label": "l"}]}"#;
    check(both, &[("duplicate-id 5", "`a___up` of a survey could hold `a.up` as well as `a.Up`")]);
    check_loads(&format!("{},\n{},\n{}", multi("a", "b"), choice("a_b"), multi("ab", "b")));
}

#[test]
fn a_byte_order_mark_is_skipped_and_moves_no_place() {
    let text = with_items(r#"{"id": "a", "kind": "choice", "text": "?", "options": "yes_on"}"#);
    let marked = load(&format!("\u{FEFF}{text}")).unwrap_err();
    assert_eq!(marked, load(&text).unwrap_err());
    let broken = text.replacen("{", "{,", 1);
    assert_eq!(load(&format!("\u{FEFF}{broken}")).unwrap_err(), load(&broken).unwrap_err());
    load(&format!("\u{FEFF}{}", with_items(A))).unwrap();
}

#[test]
fn what_is_expected_is_said_without_the_names_of_types() {
    for (item, said) in [
        (r#"{"id": "a", "kind": "choice", "text": 1, "options": "yes_no"}"#, "a text is a text in quotes"),
        (
            r#"{"id": "a", "kind": "choice", "text": "?", "options": [{"value": 1.5, "label": "l"}]}"#,
            "a value is a whole number or a word at `items[0].options[0].value`",
        ),
    ] {
        let problems = load(&with_items(item)).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert!(problem.message.contains(said) && !problem.message.contains("variant"), "{}", problem.message);
    }
}

#[test]
fn what_a_flag_hangs_on_is_asked_wherever_the_flag_is() {
    let items = |hangs: &str, forms: &str| {
        format!(
            r#"{{"id": "whom", "kind": "choice", "text": "?", "options": "yes_no"{forms}}},
{{"id": "reach", "kind": "choice", "text": "?", "options": "yes_no", {hangs}}}"#
        )
    };
    let and = r#""safety": {"tier": "soft", "and": {"item": "whom", "op": "==", "value": 1}}"#;
    let asked_if = r#""safety": {"tier": "hard"}, "asked_if": {"item": "whom", "op": "==", "value": 1}"#;
    let opens = r#""safety": {"tier": "opens"}, "asked_if": {"item": "whom", "op": "==", "value": 1}"#;
    for hangs in [and, asked_if] {
        check_loads(&items(hangs, ""));
        check(&items(hangs, r#", "forms": ["full"]"#), &[("invalid-item 6", "at least the same `roles` and `forms`")]);
        check(&items(hangs, r#", "roles": ["broke"]"#), &[("invalid-item 6", "`reach` hangs on `whom`")]);
        check_loads(&items(&format!(r#""forms": ["full"], {hangs}"#), r#", "forms": ["full"]"#));
    }
    check_loads(&items(opens, r#", "forms": ["full"]"#));
}
