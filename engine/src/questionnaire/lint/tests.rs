use super::*;

/// The codes and places of the warnings for these fields of a questionnaire.
#[track_caller]
fn check(fields: &str, expected: &[(&str, &str)]) {
    let text = format!(
        "{{\"format\": \"{QUESTIONNAIRE_FORMAT}\", \"id\": \"mine\", \"version\": \"1\", \"title\": \"t\", \
         \"description\": \"d\", \"source\": \"s\", \"licence\": \"l\",\n{fields}}}"
    );
    let source = SourceFile::new("mine.json", text);
    let questionnaire = Questionnaire::load(&source).unwrap();
    let problems = questionnaire.lint(&source);
    let places: Vec<String> = problems
        .iter()
        .map(|problem| {
            let at = problem.span.as_ref().and_then(|span| source.text.get(span.clone())).unwrap_or("nowhere");
            format!("{}: {at}", problem.code)
        })
        .collect();
    assert_eq!(places, expected.iter().map(|(place, _)| *place).collect::<Vec<_>>(), "{problems:#?}");
    for (problem, (_, words)) in problems.iter().zip(expected) {
        assert!(problem.message.contains(words), "{}", problem.message);
    }
}

fn choice(labels: &[&str]) -> String {
    let options: Vec<String> =
        labels.iter().enumerate().map(|(at, label)| format!("{{\"value\": {at}, \"label\": \"{label}\"}}")).collect();
    format!("\"kind\": \"choice\", \"options\": [{}]", options.join(", "))
}

fn items(items: &[String]) -> String {
    format!("\"items\": [{}]", items.join(",\n"))
}

fn item(id: &str, text: &str, rest: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"{text}\", {rest}}}")
}

const DAYS: &str = "\"kind\": \"number\", \"min\": 0, \"max\": 7";

#[test]
fn labels_that_turn_round_are_told() {
    let turned = choice(&["never", "sometimes", "rarely", "always"]);
    let options = turned.split_once("\"options\": ").unwrap().1.to_owned();
    let place = format!("label-order: {options}");
    check(&items(&[item("a", "A?", &turned)]), &[(&place, "\"sometimes\" stands before \"rarely\"")]);
    let fields = format!(
        "\"option_lists\": {{\"often\": {options}}},\n{}",
        items(&[item("a", "A?", "\"kind\": \"choice\", \"options\": \"often\"")])
    );
    check(&fields, &[(&place, "the list `often`")]);
    for fine in
        [["never", "rarely", "sometimes", "always"], ["always", "often", "rarely", "never"], ["a", "d", "c", "b"]]
    {
        check(&items(&[item("a", "A?", &choice(&fine))]), &[]);
    }
}

#[test]
fn words_without_numbers_have_no_order() {
    let words = r#""kind": "choice", "options": [{"value": "s", "label": "sometimes"}, {"value": "r", "label": "rarely"}, {"value": "o", "label": "often"}]"#;
    check(&items(&[item("a", "A?", words)]), &[]);
}

#[test]
fn a_label_and_a_text_that_stand_there_twice_are_told() {
    check(
        &items(&[item("a", "A?", &choice(&["no", "yes", "Yes "]))]),
        &[("repeated-text: \"Yes \"", "two options of `a`")],
    );
    check(
        &items(&[item("a", "A?", DAYS), item("b", "A?", DAYS)]),
        &[("repeated-text: \"A?\"", "`b` asks in the same words as `a`")],
    );
    // Nobody is asked both of these.
    let role = |role: &str| format!("{DAYS}, \"roles\": [\"{role}\"]");
    check(&items(&[item("a", "A?", &role("hurt")), item("b", "A?", &role("broke"))]), &[]);
    check(&items(&[item("a", "A?", DAYS), item("b", "B?", DAYS)]), &[]);
}

#[test]
fn lists_and_topics_that_nothing_names_are_told() {
    let list = r#""option_lists": {"often": [{"value": 0, "label": "n"}, {"value": 1, "label": "y"}]},"#;
    let topics = r#""topics": [{"id": "home", "section": "Home", "point": "p"}],"#;
    let fields = format!("{list}\n{topics}\n{}", items(&[item("a", "A?", DAYS)]));
    check(
        &fields,
        &[
            (r#"unused-list: [{"value": 0, "label": "n"}, {"value": 1, "label": "y"}]"#, "the list `often`"),
            ("unused-list: \"home\"", "the topic `home`"),
        ],
    );
    let used = item("a", "A?", "\"kind\": \"choice\", \"options\": \"often\", \"topic\": \"home\"");
    check(&format!("{list}\n{topics}\n{}", items(&[used])), &[]);
}

#[test]
fn a_condition_that_no_answer_or_every_answer_meets_is_told() {
    let asked = |op: &str, value: i64| {
        format!("{DAYS}, \"asked_if\": {{\"item\": \"a\", \"op\": \"{op}\", \"value\": {value}}}")
    };
    let with = |op: &str, value: i64| items(&[item("a", "A?", DAYS), item("b", "B?", &asked(op, value))]);
    let place = |code: &str, op: &str, value: i64| {
        format!("{code}: {}", asked(op, value).split_once("\"asked_if\": ").unwrap().1)
    };
    check(&with(">=", 0), &[(&place("always-true", ">=", 0), "every answer to `a` lets `b` be asked")]);
    check(&with("<", 0), &[(&place("never-true", "<", 0), "no answer to `a`")]);
    check(&with(">=", 1), &[]);
}
