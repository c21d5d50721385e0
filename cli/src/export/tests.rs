use bearings_engine::diagnostic::SourceFile;

use super::*;

fn source(items: &str) -> SourceFile {
    let text = format!(
        r#"{{"format":"bearings/questionnaire@1","id":"Small one","version":"1","title":"t","description":"d","source":"s","licence":"l","items":[
        {{"id":"my_role","kind":"choice","text":"Who?","options":[{{"value":"hurt","label":"they"}},{{"value":"broke","label":"I"}},{{"value":"both","label":"both"}}]}},
        {{"id":"again","kind":"choice","text":"Again?","not_applicable":true,"options":[{{"value":0,"label":"no"}},{{"value":1,"label":"once"}},{{"value":2,"label":"twice"}}]}},
        {{"id":"where","kind":"multi","text":"Where?","options":[{{"value":"home","label":"at home"}}]}},
        {items}]}}"#
    );
    SourceFile::new("small.json", text)
}

/// An item that is asked if something holds.
fn item(id: &str, rest: &str) -> String {
    format!(
        r#"{{"id":"{id}","kind":"choice","text":"?","options":[{{"value":0,"label":"no"}},{{"value":1,"label":"yes"}}]{rest}}}"#
    )
}

fn asked_if(parent: &str, op: &str, value: i64) -> String {
    format!(r#","asked_if":{{"item":"{parent}","op":"{op}","value":{value}}}"#)
}

const EVERYBODY: Audience = Audience { form: Form::Full, role: Role::Both, every_role: None, bond: None };

/// The cells of one column of a CSV by the cell in another.
fn cell(csv: &[u8], key: (&str, &str), column: &str) -> Option<String> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|found| found == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    rows.iter().find(|row| row[at(key.0)] == *key.1).map(|row| row[at(column)].to_owned())
}

/// What decides whether the last question is asked: on paper, in REDCap, in ODK; none if it is asked nowhere.
#[track_caller]
fn check(item: &str, audience: Audience, expected: Option<[&str; 3]>) {
    let source = source(item);
    let questionnaire = Questionnaire::load(&source).unwrap();
    let sheet = Sheet::new(&questionnaire, audience);
    let id = &questionnaire.items.last().unwrap().id;
    let mut dictionary = Vec::new();
    redcap(&sheet, &source).ok().unwrap().write(&mut dictionary).unwrap();
    let branching = cell(&dictionary, ("Variable / Field Name", id), "Branching Logic (Show field only if...)");
    let [(_, survey), ..] = xlsform(&sheet, &source).unwrap();
    let relevant = cell(&survey, ("name", id), "relevant");
    let form = paper(&sheet);
    let only = form.lines().filter_map(|line| line.strip_prefix("*Only if ")?.strip_suffix(".*")).next_back();
    match expected {
        Some([on_paper, in_redcap, in_odk]) => {
            assert_eq!(only.unwrap_or_default(), on_paper);
            assert_eq!((branching.as_deref(), relevant.as_deref()), (Some(in_redcap), Some(in_odk)));
        }
        None => assert_eq!((only, branching, relevant), (None, None, None)),
    }
}

#[test]
fn a_condition_says_the_same_in_every_format() {
    let at_least = item("x", &asked_if("again", ">=", 1));
    check(
        &at_least,
        EVERYBODY,
        Some(["you answered “once” or “twice” to question 2", "[again] <> '' and [again] >= 1", "${again} >= 1"]),
    );
    let equal = item("x", &asked_if("again", "==", 2));
    check(&equal, EVERYBODY, Some(["you answered “twice” to question 2", "[again] = '2'", "${again} = '2'"]));
    // Neither an empty field nor "does not apply" is an answer that differs.
    check(
        &item("x", &asked_if("again", "!=", 0)),
        EVERYBODY,
        Some([
            "you answered “once” or “twice” to question 2",
            "[again] <> '' and [again] <> '0' and [again] <> 'not_applicable'",
            "${again} != '' and ${again} != '0' and ${again} != 'not_applicable'",
        ]),
    );
    check(
        &item("x", &asked_if("where.home", "!=", 0)),
        EVERYBODY,
        Some(["you ticked “at home” in question 3", "[where(home)] = '1'", "selected(${where}, 'home')"]),
    );
    check(
        &item("x", &asked_if("where.home", "<", 1)),
        EVERYBODY,
        Some(["you did not tick “at home” in question 3", "[where(home)] = '0'", "not(selected(${where}, 'home'))"]),
    );
}

#[test]
fn in_a_form_for_everybody_the_role_decides_too() {
    let both = item("x", &format!(r#","roles":["broke"]{}"#, asked_if("again", "==", 1)));
    check(
        &both,
        EVERYBODY,
        Some([
            "you answered “I” or “both” to question 1, and you answered “once” to question 2",
            "([my_role] = 'broke' or [my_role] = 'both') and [again] = '1'",
            "(${my_role} = 'broke' or ${my_role} = 'both') and ${again} = '1'",
        ]),
    );
    let broke = Audience { role: Role::Broke, ..EVERYBODY };
    check(&both, broke, Some(["you answered “once” to question 2", "[again] = '1'", "${again} = '1'"]));
    check(&item("x", r#","roles":["broke"]"#), broke, Some(["", "", ""]));
    check(&item("x", r#","roles":["hurt"]"#), broke, None);
}

#[test]
fn what_is_known_of_everybody_is_not_asked() {
    let bond = r#"{"id":"bond_kind","kind":"choice","text":"What?","options":[{"value":"partner","label":"p"},{"value":"friend","label":"f"}]}"#;
    let if_partner = r#","asked_if":{"item":"bond_kind","op":"==","value":"partner"}"#;
    let source = source(&format!("{bond}, {}", item("x", if_partner)));
    let questionnaire = Questionnaire::load(&source).unwrap();
    let ids = |audience| {
        let sheet = Sheet::new(&questionnaire, audience);
        let ids: Vec<&str> = sheet.questions().map(|question| question.item.id.as_str()).collect();
        (ids.join(" "), sheet.settled.len())
    };
    let of = |role, every_role, bond| Audience { role, every_role, bond, ..EVERYBODY };
    assert_eq!(ids(EVERYBODY), ("my_role again where bond_kind x".to_owned(), 0));
    assert_eq!(ids(of(Role::Hurt, None, None)).1, 0);
    assert_eq!(ids(of(Role::Hurt, Some(Role::Hurt), Some(Bond::Partner))), ("again where x".to_owned(), 2));
    assert_eq!(ids(of(Role::Both, None, Some(Bond::Friend))), ("my_role again where".to_owned(), 1));
    // What everybody is asked has no condition left.
    check(&format!("{bond}, {}", item("x", if_partner)), of(Role::Both, None, Some(Bond::Partner)), Some(["", "", ""]));
}

#[test]
fn what_falls_on_the_form_falls_wherever_it_is_fielded() {
    let source = source(&item("x", r#","falling":true"#));
    let questionnaire = Questionnaire::load(&source).unwrap();
    let sheet = Sheet::new(&questionnaire, EVERYBODY);
    let form = paper(&sheet);
    assert!(form.contains("- [ ] yes\n- [ ] no\n") && form.contains("| `x` | 1 = yes; 0 = no |"), "{form}");
    let mut dictionary = Vec::new();
    redcap(&sheet, &source).ok().unwrap().write(&mut dictionary).unwrap();
    let choices = cell(&dictionary, ("Variable / Field Name", "x"), "Choices, Calculations, OR Slider Labels");
    assert_eq!(choices.as_deref(), Some("1, yes | 0, no"));
    let [_, (_, choices), _] = xlsform(&sheet, &source).unwrap();
    let choices = String::from_utf8(choices).unwrap();
    assert!(choices.contains("x,1,yes\nx,0,no\n"), "{choices}");
}

#[test]
fn a_question_that_can_never_come_up_is_left_out() {
    check(&item("x", &asked_if("again", ">", 2)), EVERYBODY, None);
    check(&item("x", &asked_if("where.home", ">", 1)), EVERYBODY, None);
    // Its parent is not asked in this form.
    let child = format!("{}, {}", item("p", r#","forms":["full"]"#), item("x", &asked_if("p", "==", 1)));
    check(&child, Audience { form: Form::Short, ..EVERYBODY }, None);
    check(&child, EVERYBODY, Some(["you answered “yes” to question 4", "[p] = '1'", "${p} = '1'"]));
}

#[test]
fn a_heading_stands_over_its_questions_in_every_format() {
    let source = source(&item("x", r#","block":true,"safety":{"tier":"hard"}"#));
    let questionnaire = Questionnaire::load(&source).unwrap();
    let mut sheet = Sheet::new(&questionnaire, EVERYBODY);
    let [first, safety] = sheet.parts.as_mut_slice() else { panic!("{}", sheet.parts.len()) };
    (first.heading, safety.heading) = (Some("=Where *you* are"), None);
    let form = paper(&sheet);
    assert!(form.contains("\n## \\=Where \\*you\\* are\n\n**1.** Who?\n"), "{form}");
    assert!(form.contains("\n## Questions about safety\n"), "{form}");
    let mut dictionary = Vec::new();
    redcap(&sheet, &source).ok().unwrap().write(&mut dictionary).unwrap();
    let section = |id: &str| cell(&dictionary, ("Variable / Field Name", id), "Section Header").unwrap();
    assert_eq!((section("my_role"), section("again")), ("&#61;Where *you* are".into(), String::new()));
    assert!(section("x").starts_with("Questions about safety. Everybody gets these questions."));
    let [(_, survey), ..] = xlsform(&sheet, &source).unwrap();
    let label = |name: &str| cell(&survey, ("name", name), "label").unwrap();
    assert_eq!(label("part_1"), "\u{200b}=Where *you* are");
    assert!(label("part_2_note").contains("Skipping is fine") && label("part_2") == "Questions about safety");
}

#[test]
fn a_name_of_our_own_gives_way_to_an_item() {
    let source = source(&item("part_2", r#","block":true,"safety":{"tier":"hard"}"#));
    let questionnaire = Questionnaire::load(&source).unwrap();
    let [(_, survey), ..] = xlsform(&Sheet::new(&questionnaire, EVERYBODY), &source).unwrap();
    assert_eq!(cell(&survey, ("type", "begin_group"), "name").as_deref(), Some("part_2_too"));
}

#[test]
fn a_form_is_called_like_its_questionnaire() {
    for (id, name) in
        [("trust-repair", "trust_repair"), ("Small one", "small_one"), ("4 --x--", "form_4_x"), ("é", "form")]
    {
        assert_eq!(codes::form_name(id), name);
    }
}
