use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use bearings_engine::assessment::Assessment;
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::{CONTACT_ITEM, NO_CONTACT, OptionValue, Questionnaire, Role};
use bearings_engine::responses::{Answer, AnswersFile, Missing, Responses};
use bearings_engine::{LoadOptions, Ruleset, assess, load};
use serde_json::{Value, json};

use super::*;
use crate::builtin;

const FORMATS: [ExplainFormat; 3] = [ExplainFormat::Text, ExplainFormat::Markdown, ExplainFormat::Json];
const AUTONOMY: &str = "Only you know what is right.";
const SUPPORT: &str = "If you ever feel unsafe with somebody: bearings help support";

struct Shipped {
    questionnaire: Arc<Questionnaire>,
    ruleset: Ruleset,
}

impl Shipped {
    fn load(id: &str) -> Self {
        let questionnaire = Arc::new(Questionnaire::load(&builtin::questionnaire(id).unwrap()).unwrap());
        let (ruleset, _) = load(&builtin::ruleset(id).unwrap(), &questionnaire, &LoadOptions::all()).unwrap();
        Self { questionnaire, ruleset }
    }

    fn responses(&self, form: &Value, answers: &Value, missing: &Value, safety: &str) -> Responses {
        let file = json!({
            "format": "bearings/answers@1",
            "questionnaire": {"id": self.questionnaire.id, "version": self.questionnaire.version},
            "form": form, "answers": answers, "missing": missing, "safety": safety,
        });
        let source = SourceFile::new("answers.json", file.to_string());
        AnswersFile::load(&source, &self.questionnaire, Role::Hurt).unwrap().0
    }

    /// The answers of a persona, some of them changed.
    fn persona(&self, name: &str, changed: &[(&str, i64)], safety: &str) -> Responses {
        let cases = builtin::cases("trust-repair");
        let case = cases.iter().find(|case| case.name.ends_with(&format!("/{name}.json"))).unwrap();
        let mut case: Value = serde_json::from_str(&case.text).unwrap();
        for (item, value) in changed {
            case["answers"][*item] = json!(value);
            case["missing"].as_object_mut().unwrap().remove(*item);
        }
        self.responses(&case["form"], &case["answers"], &case["missing"], safety)
    }

    fn render(&self, responses: &Responses, format: ExplainFormat) -> String {
        let assessment = assess(&self.ruleset, responses).unwrap();
        let about = About::of(&self.ruleset, responses, &self.ruleset.id);
        anstream::adapter::strip_str(&render(&assessment, &about, format)).to_string()
    }

    fn text(&self, persona: &str, changed: &[(&str, i64)]) -> String {
        self.render(&self.persona(persona, changed, "answered"), ExplainFormat::Text)
    }
}

/// The words without the breaks between lines.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Both roles and both forms, made once: it takes seconds without optimization.
fn trust_repair() -> &'static Shipped {
    static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| Shipped::load("trust-repair"));
    &SHIPPED
}

fn names() -> Vec<String> {
    let cases = builtin::cases("trust-repair");
    let stem = |name: &str| name.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
    cases.iter().map(|case| stem(&case.name)).collect()
}

#[test]
fn every_persona_is_rendered_in_every_format() {
    let shipped = trust_repair();
    for name in names() {
        let responses = shipped.persona(&name, &[], "answered");
        for format in FORMATS {
            let text = shipped.render(&responses, format);
            assert!(text.ends_with('\n'), "{name}");
            if format == ExplainFormat::Text {
                // Somebody under 18 is not told that it is theirs to decide.
                let is_minor = text.starts_with("Thank you for answering.");
                assert_eq!(text.contains(AUTONOMY), !is_minor, "{name}: {text}");
                assert_eq!(text.lines().last(), Some(SUPPORT), "{name}");
                assert!(text.lines().all(|line| line.chars().count() <= 80), "{name}: {text}");
            }
        }
    }
}

#[test]
fn nothing_that_is_printed_judges_or_promises() {
    let shipped = trust_repair();
    for name in names() {
        let text = shipped.text(&name, &[]).to_lowercase();
        for word in ["abuser", "toxic", "narciss", "risk level", "diagnos", "victim", "you should", "%", "ultimatum"] {
            assert!(!text.contains(word), "{name} says {word}");
        }
        let claims = text.replace("unsafe", "").replace("safety", "");
        assert!(!claims.contains("safe"), "{name} says safe");
    }
}

/// Everything that could tell something of the answers.
fn telling(shipped: &Shipped) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = shipped.questionnaire.items.iter().map(|item| item.id.clone()).collect();
    for (_, variant) in shipped.ruleset.variants() {
        ids.extend(variant.rules.iter().flat_map(|rule| [rule.id.clone(), rule.title.clone()]));
        let outcomes = [&variant.stages, &variant.signals, &variant.overlays, &variant.reasons];
        ids.extend(outcomes.into_iter().flatten().flat_map(|outcome| [outcome.id.clone(), outcome.title.clone()]));
        ids.extend(variant.scales.iter().map(|scale| scale.title.clone()));
    }
    // Names of one word can stand in any sentence ("talk", "care").
    ids.retain(|id| id.contains([' ', '_']));
    ids
}

#[test]
fn after_a_hard_flag_nothing_is_left_of_the_answers() {
    let shipped = trust_repair();
    let responses = shipped.persona("partner-good-answers-and-fear", &[], "answered");
    for format in FORMATS {
        let text = shipped.render(&responses, format);
        for id in telling(shipped) {
            assert!(!text.contains(&id), "{format:?} says {id}: {text}");
        }
        for field in ["\"scores\"", "\"stage\"", "\"signal\"", "\"rules\"", "\"support\"", "of 100", "of 3"] {
            assert!(!text.contains(field), "{format:?} has {field}");
        }
        if format != ExplainFormat::Json {
            assert!(!text.contains(|c: char| c.is_ascii_digit()), "{format:?} has a number: {text}");
            assert!(text.contains("crisis line") && text.contains("emergency number") && text.contains(AUTONOMY));
        }
    }
}

#[test]
fn every_hard_flag_reads_the_same() {
    let shipped = trust_repair();
    let good = shipped.persona("partner-good-answers-and-fear", &[], "answered");
    let others = [
        shipped.persona("partner-keeps-showing-up", &[("safety_body", 1)], "answered"),
        shipped.persona("friend-again-and-again", &[("safety_watch", 1), ("safety_limit", 1)], "answered"),
        shipped.persona("friend-stopped-half-way", &[("safety_other", 1), ("felt_no_point", 4)], "answered"),
        shipped.persona("family-under-18", &[("safety_threat", 1)], "answered"),
    ];
    for format in FORMATS {
        for other in &others {
            assert_eq!(shipped.render(&good, format), shipped.render(other, format));
        }
    }
}

#[test]
fn both_sides_have_a_place_even_when_one_is_empty() {
    let shipped = trust_repair();
    for name in ["partner-keeps-showing-up", "friend-again-and-again"] {
        let text = shipped.text(name, &[]);
        assert!(text.contains("\nReasons to keep going\n") && text.contains("\nWhat speaks against it\n"), "{text}");
        assert_eq!(text.matches("Nothing in your answers stands clearly on this side.").count(), 1, "{text}");
    }
}

#[test]
fn answers_stand_behind_what_is_said() {
    let text = trust_repair().text("partner-torn-over-money", &[]);
    assert!(text.contains("    Happened again                 twice\n"), "{text}");
    let text = flowing(&text);
    assert!(text.contains("rule `again_twice`, rulesets/trust-repair/consistency.rhai:"), "{text}");
    assert!(text.contains("\"Happened again\" were \"not again\" instead of \"twice\""), "{text}");
    assert!(text.contains("this would lean to keeping going"), "{text}");
    assert!(text.contains("Nobody has tested them."), "{text}");
}

#[test]
fn a_close_call_names_the_answers_it_hangs_on() {
    let text = trust_repair().text("partner-torn-over-money", &[("times_repeated", 0)]);
    let text = flowing(&text);
    assert!(text.contains("It is a close call"), "{text}");
    assert!(text.contains("It hangs on your own answer to \"Willing to do the work\""), "{text}");
    assert!(text.contains("holds when one answer is moved one step, in 40 of 41 ways"), "{text}");
}

#[test]
fn hopeless_answers_bring_the_crisis_line_into_every_outcome() {
    let shipped = trust_repair();
    for name in ["partner-keeps-showing-up", "friend-stopped-half-way", "family-under-18", "broke-trust-and-presses"] {
        assert!(shipped.text(name, &[("felt_no_point", 4)]).contains("crisis line"), "{name}");
        assert!(!shipped.text(name, &[("felt_no_point", 0)]).contains("crisis line"), "{name}");
    }
}

#[test]
fn leaving_is_planned_with_an_advocate_beside_a_flag() {
    let shipped = trust_repair();
    let said = |changed| flowing(&shipped.text("friend-again-and-again", changed)).contains(support::ADVOCATE_FIRST);
    assert!(said(&[("safety_watch", 1)]));
    assert!(!said(&[]));
}

#[test]
fn own_acts_bring_their_own_help() {
    let text = trust_repair().text("broke-trust-and-keeps-showing-up", &[("safety_done_by_self", 1)]);
    assert!(text.contains("If you worry about what you do to somebody:"), "{text}");
    assert!(!text.contains("Keep showing up"), "{text}");
}

#[test]
fn own_acts_come_before_everything_and_bring_no_advice() {
    let text = flowing(&trust_repair().text("broke-trust-and-keeps-showing-up", &[("safety_done_by_self", 1)]));
    assert!(text.contains("Please do not use this page to persuade them"), "{text}");
    assert!(text.contains("No direction is given") && !text.contains("A short check-in"), "{text}");
}

#[test]
fn whoever_did_harm_is_not_told_to_wait_and_see() {
    let shipped = trust_repair();
    let title = |changed| shipped.text("broke-trust-and-is-tired", changed).lines().next().unwrap().to_owned();
    assert_eq!(title(&[]), "Mixed: give it time, look at actions");
    assert_eq!(title(&[("safety_done_by_self", 1)]), "No direction is given");
}

#[test]
fn an_open_safety_page_is_named() {
    let text = flowing(&trust_repair().text("partner-safety-page-skipped", &[]));
    assert!(text.contains("Some of the safety questions were left open."), "{text}");
    assert!(!flowing(&trust_repair().text("partner-torn-over-money", &[])).contains("left open"), "{text}");
}

#[test]
fn somebody_under_age_reads_nothing_of_the_bond() {
    let shipped = trust_repair();
    let text = shipped.text("family-under-18", &[]);
    assert!(flowing(&text).contains("child helpline") && text.contains("Child Helpline International"), "{text}");
    for id in telling(shipped).iter().filter(|id| !text.starts_with(id.as_str())) {
        assert!(!text.contains(id.as_str()), "{id}");
    }
    assert!(!text.contains("of 100") && text.lines().count() < 25, "{text}");
}

#[test]
fn without_the_safety_page_there_are_only_scores() {
    let shipped = trust_repair();
    let responses = shipped.persona("partner-torn-over-money", &[], "left_out");
    let text = shipped.render(&responses, ExplainFormat::Text);
    assert!(text.starts_with("Scores only\n") && text.contains("Consistency"), "{text}");
    assert!(!text.contains("lean to") && !text.contains("Where things are"), "{text}");
    // A rule is named; the sentence it would say is not said.
    let responses = shipped.persona("broke-trust-and-presses", &[], "left_out");
    let text = flowing(&shipped.render(&responses, ExplainFormat::Text));
    assert!(text.contains("Room for their own time") && !text.contains("Waiting is part"), "{text}");
}

#[test]
fn an_instrument_gives_scores_with_their_range_and_no_reading() {
    let shipped = Shipped::load("csi-4");
    let answers = json!({"csi4_1": 2, "csi4_2": 1, "csi4_3": 1, "csi4_4": 1});
    let text =
        shipped.render(&shipped.responses(&json!("short"), &answers, &json!({}), "left_out"), ExplainFormat::Text);
    assert!(text.contains("5 (0 to 21), 4 of 4 answered"), "{text}");
    assert!(text.contains("< 13.5") && text.contains("found in"), "{text}");
    assert!(!text.contains("Where things are") && text.contains(AUTONOMY), "{text}");
}

#[test]
fn a_study_is_labelled_as_one() {
    const RULES: &str = r#"
        study "mine" version "0.1.0" questionnaire "csi-4" title "Mine";
        scale total "Total" = sum(csi4_1, csi4_2, csi4_3, csi4_4) source "Made up.";
        rule much "Much of it" when total >= 10 then points("good", 2) because "It came to {total}." source "Made up.";
        rule more "More of it" when csi4_1 >= 5 then points("good", 1) because "More." source "Made up.";
        stage high "High" when points_of("good") >= 2;
        stage low "Low" otherwise;
        signal go "Go on" when points_of("good") >= 2;
        signal wait "Wait" otherwise;
    "#;
    let questionnaire = Arc::new(Questionnaire::load(&builtin::questionnaire("csi-4").unwrap()).unwrap());
    let options = LoadOptions::all();
    let (ruleset, _) = load(&[SourceFile::new("mine.rhai", RULES)], &questionnaire, &options).unwrap();
    let shipped = Shipped { questionnaire, ruleset };
    let answers = json!({"csi4_1": 4, "csi4_2": 3, "csi4_3": 3, "csi4_4": 2});
    let text =
        shipped.render(&shipped.responses(&json!("short"), &answers, &json!({}), "left_out"), ExplainFormat::Text);
    for part in ["This is a study ruleset, not an assessment.", "Go on", "High", "2 points", "It came to 12.", AUTONOMY]
    {
        assert!(text.contains(part), "no {part}: {text}");
    }
    assert!(!text.contains("Reasons to keep going") && !text.contains("expert judgement"), "{text}");
}

#[test]
fn numbers_are_rounded_half_up() {
    assert_eq!([12.5, 87.49, 0.0].map(whole), ["13", "87", "0"]);
    assert_eq!(two_places(3.714_285), "3.71");
}

#[test]
fn markdown_says_what_text_says() {
    let shipped = trust_repair();
    let bare = |text: String| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    for name in names() {
        let responses = shipped.persona(&name, &[], "answered");
        let text = bare(shipped.render(&responses, ExplainFormat::Text));
        assert_eq!(text, bare(shipped.render(&responses, ExplainFormat::Markdown)), "{name}");
    }
}

#[test]
fn json_is_the_assessment_itself() {
    let shipped = trust_repair();
    let responses = shipped.persona("partner-torn-over-money", &[], "answered");
    let read: Value = serde_json::from_str(&shipped.render(&responses, ExplainFormat::Json)).unwrap();
    let Assessment::Read(reading) = assess(&shipped.ruleset, &responses).unwrap() else { panic!("withheld") };
    assert_eq!(read, serde_json::to_value(&reading).unwrap());
}

#[test]
fn what_keeping_going_would_still_take_is_named_and_a_wish_is_not_proposed() {
    let text = flowing(&trust_repair().text("partner-all-well-but-she-is-done", &[]));
    assert!(text.contains("Whether you want to go on is your own question, and no is a full answer."), "{text}");
    assert!(!text.contains("What is still missing"), "{text}");
    assert!(!text.contains("\"Wanting them in your life\" were"), "{text}");
    let text = flowing(&trust_repair().text("broke-friend-who-keeps-asking", &[]));
    assert!(
        text.contains(
            "What is still missing Asking when they will forgive \"almost always\" now, \"rarely\" is looked for"
        ),
        "{text}"
    );
}

#[test]
fn what_keeps_the_stage_back_is_still_missing_too() {
    let shipped = trust_repair();
    let text = flowing(&shipped.text("partner-truth-in-instalments", &[]));
    assert!(
        text.contains("What is still missing Finding out new parts \"often\" now, \"sometimes\" is looked for What"),
        "{text}"
    );
    // The lists of what it takes and of what would change the reading speak of the same sheet.
    let text = flowing(&shipped.text("partner-truth-in-instalments", &[("can_be_myself", 0)]));
    assert!(text.contains("Feeling at ease 50 of 100 now, at least 60 is looked for"), "{text}");
    assert!(text.contains("\"often\" now, \"sometimes\" is looked for"), "{text}");
    for name in names() {
        let Assessment::Read(reading) = assess(&shipped.ruleset, &shipped.persona(&name, &[], "answered")).unwrap()
        else {
            continue;
        };
        let is_open = matches!(reading.signal.reason.as_deref(), Some("not_yet" | "faint"));
        let is_flagged = reading.support.as_ref().is_some_and(|shown| shown.contains(&"advocate_first"));
        let is_apart = reading.support.as_ref().is_some_and(|shown| shown.contains(&"no_contact"));
        let is_complete = reading.scores.iter().all(|score| score.missing.is_empty());
        if is_open && is_complete && !is_flagged && !is_apart {
            assert!(!reading.lacks.is_empty(), "{name}");
        }
    }
}

#[test]
fn under_a_flag_nothing_is_said_of_what_keeping_going_would_take() {
    let shipped = trust_repair();
    for persona in ["partner-all-well-but-she-is-done", "friend-neither-of-us-tries-much", "both-stuck-in-old-fights"] {
        let text = flowing(&shipped.text(persona, &[("safety_watch", 1)]));
        assert!(!text.contains("What is still missing"), "{text}");
        assert!(!text.contains("is looked for") && !text.contains("It would also take"), "{text}");
    }
    let text = flowing(&shipped.text("both-stuck-in-old-fights", &[("safety_done_by_self", 1)]));
    assert!(!text.contains("is looked for"), "{text}");
}

#[test]
fn one_clear_sign_is_named() {
    let text = flowing(&trust_repair().text("partner-forgiven-before-anything-changed", &[]));
    assert!(text.contains("What speaks clearly against going on: Little care."), "{text}");
}

#[test]
fn what_may_help_stands_beside_what_was_found_and_not_where_there_is_no_contact() {
    let text = flowing(&trust_repair().text("partner-torn-over-money", &[]));
    assert!(text.contains("Name that effort, to yourself or aloud."), "{text}");
    let text = flowing(&trust_repair().text("friend-gone-and-never-answered", &[]));
    assert!(text.contains("You owe nobody contact") && !text.contains("what may help"), "{text}");
}

#[test]
fn who_did_such_things_gets_no_advice_on_the_relationship() {
    let shipped = trust_repair();
    let text = flowing(&shipped.text("broke-and-has-done-one-of-these", &[]));
    assert!(text.contains("do not use this page to persuade them") && !text.contains("what may help"), "{text}");
    let rules = serde_json::from_str::<Value>(
        &shipped.render(&shipped.persona("broke-and-has-done-one-of-these", &[], "answered"), ExplainFormat::Json),
    )
    .unwrap();
    assert!(rules["rules"].as_array().unwrap().iter().all(|rule| rule["next"].is_null()), "{rules}");
}

/// Every persona's assessment as data.
fn assessments() -> Vec<(String, Value)> {
    let shipped = trust_repair();
    let read = |name: String| {
        let text = shipped.render(&shipped.persona(&name, &[], "answered"), ExplainFormat::Json);
        let value: Value = serde_json::from_str(&text).unwrap();
        (name, value)
    };
    names().into_iter().map(read).collect()
}

#[test]
fn beside_a_flag_and_for_who_may_go_nothing_between_the_two_is_advised() {
    let quiet: BTreeSet<&str> = trust_repair()
        .ruleset
        .variants()
        .flat_map(|(_, variant)| &variant.rules)
        .filter(|rule| rule.next.as_ref().is_some_and(|next| next.even_flagged))
        .map(|rule| rule.id.as_str())
        .collect();
    let mut seen = 0;
    for (name, reading) in assessments() {
        let shows = |word: &str| reading["support"].as_array().is_some_and(|shown| shown.iter().any(|own| own == word));
        let flagged = shows("advocate_first") || shows("safety_open");
        if !(flagged || reading["signal"]["id"] == "walk_away" || reading["signal"]["reason"] == "one_sign") {
            continue;
        }
        for rule in reading["rules"].as_array().unwrap().iter().filter(|rule| !rule["next"].is_null()) {
            seen += 1;
            assert!(quiet.contains(rule["id"].as_str().unwrap()), "{name}: {rule}");
        }
        assert!(reading["stage"]["next"].is_null(), "{name}");
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn nothing_that_the_gate_looks_at_is_proposed_and_no_change_is_empty() {
    let gate =
        ["can_speak_up", "rules_", "what_makes", "cannot_relax", "body_on_guard", "felt_no_point", "safety_", "fear_"];
    let mut seen = 0;
    for (name, reading) in assessments() {
        let Some(would_change) = reading["would_change"].as_array() else { continue };
        assert!(would_change.iter().all(|change| !change["changes"].as_array().unwrap().is_empty()), "{name}");
        let lacks = reading["lacks"].as_array().into_iter().flatten();
        for change in would_change.iter().flat_map(|change| change["changes"].as_array().unwrap()).chain(lacks) {
            seen += 1;
            // A scale may rest on such an item; the item itself is never named.
            let id = change["id"].as_str().unwrap();
            assert!(id == "rules_spread" || !gate.iter().any(|own| id.starts_with(own)), "{name}: {change}");
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn what_stands_in_the_way_of_a_stage_is_missing_too() {
    let text = flowing(&trust_repair().text("partner-truth-in-instalments", &[]));
    assert!(
        text.contains("What is still missing Finding out new parts \"often\" now, \"sometimes\" is looked for"),
        "{text}"
    );
}

#[test]
fn what_to_do_next_for_ones_own_part_is_not_said_without_contact_or_after_own_acts() {
    const NEXT: &str = "A short check-in, started by each in turn.";
    let shipped = trust_repair();
    let text = |responses: &Responses| shipped.render(responses, ExplainFormat::Text);
    let own_part = |text: &str| text.split("Your own part\n").nth(1).unwrap().to_owned();
    let mut responses = shipped.persona("both-stuck-in-old-fights", &[], "answered");
    assert!(own_part(&text(&responses)).contains(NEXT));
    let slot = shipped.questionnaire.slot(CONTACT_ITEM).unwrap();
    let level = shipped.questionnaire.slots[slot].levels.level_of(&OptionValue::Word(NO_CONTACT.to_owned())).unwrap();
    responses.answers[slot] = Answer::Level(u16::try_from(level).unwrap());
    let apart = own_part(&text(&responses));
    assert!(!apart.contains("Where your own part stands") && !apart.contains(NEXT), "{apart}");
    let acts = text(&shipped.persona("both-stuck-in-old-fights", &[("safety_done_by_self", 1)], "answered"));
    assert!(!acts.contains(NEXT) && !acts.contains("\n\n\n"), "{acts}");
}

#[test]
fn nobody_is_told_to_talk_while_a_safety_question_is_open() {
    const TALK: [&str; 3] = ["Pick a calm hour", "Start with the day's small things", "Try a short check-in"];
    let shipped = trust_repair();
    let mut responses = shipped.persona("friend-two-bad-weeks", &[], "answered");
    let text = shipped.render(&responses, ExplainFormat::Json);
    assert!(TALK.iter().all(|advice| text.contains(advice)), "{text}");
    responses.answers[shipped.questionnaire.slot("safety_fear").unwrap()] = Answer::Missing(Missing::Skipped);
    let text = shipped.render(&responses, ExplainFormat::Json);
    assert!(!TALK.iter().any(|advice| text.contains(advice)), "{text}");
}
