//! `bearings take` through a pipe: whole interviews, every key, going deeper.

use serde_json::{Value, json};

use crate::person::{Person, trust_repair};
use crate::support::{Folder, Invocation, Outcome, bearings};

/// How everything that is said ends, but for who leaves.
pub(crate) const CLOSING: &str = "This is the end. Nothing was sent.";
const RESULT: &str = "Your result is ready. Is it all right to show it here? [y/N]";
const BEFORE_SAFETY: &str = "Now come some questions about your safety.";

/// The interview in the form of the person, which is said so that nothing more is offered.
pub(crate) fn take(person: &Person) -> Invocation {
    bearings(&format!("take --form {}", person.form))
}

/// A whole interview, to the end.
#[track_caller]
pub(crate) fn sit(person: &Person, format: &str) -> Outcome {
    let outcome = take(person).args(&format!("--format {format}")).stdin(person.sitting()).ok();
    assert!(outcome.stderr.contains(CLOSING), "{}", outcome.stderr);
    outcome
}

/// What `explain` prints of the same answers.
#[track_caller]
pub(crate) fn explained(person: &Person, format: &str) -> String {
    bearings(&format!("explain - --format {format}")).stdin(person.answers_file()).ok().stdout
}

/// The interview prints what `explain` prints.
#[track_caller]
fn check(person: &Person, format: &str, expected: &str) -> Outcome {
    let outcome = sit(person, format);
    assert_eq!(outcome.stdout, explained(person, format));
    assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
    outcome
}

/// Where a question stands in what was said.
#[track_caller]
fn place(person: &Person, said: &str, id: &str) -> usize {
    let text = person.item(id)["text"].as_str().unwrap();
    let bond = &person.questionnaire["bond_words"][person.answers["bond_kind"].as_str().unwrap()];
    let text = text.replace("{bond}", bond.as_str().unwrap());
    // A text is wrapped at spaces.
    said.replace('\n', " ").find(&text).unwrap_or_else(|| panic!("`{id}` was not asked: {said}"))
}

#[test]
fn every_case_says_the_same_by_pipe_by_answers_and_by_survey() {
    let cases = Person::cases();
    let mut seen: Vec<String> = Vec::new();
    for (name, person) in &cases {
        let outcome = sit(person, "json");
        assert_eq!(outcome.stdout, explained(person, "json"), "{name}");
        let is_minor = person.answers.get("under_18") == Some(&json!(1));
        // What somebody under 18 is not asked is blank in a survey, which cannot say why.
        if !is_minor {
            let folder = Folder::new();
            let survey = folder.write("survey.csv", person.survey());
            let explain = bearings(&format!("explain --id 1 --format json --form {}", person.form)).arg(survey);
            assert_eq!(outcome.stdout, explain.ok().stdout, "{name}");
        }
        let asked = outcome.stderr.matches("\nQuestion ").count();
        assert_eq!(asked, person.asked().len(), "{name}");
        let signal = outcome.json()["signal"]["id"].as_str().unwrap_or("none").to_owned();
        for word in
            [&signal, person.answers["my_role"].as_str().unwrap(), person.answers["bond_kind"].as_str().unwrap()]
        {
            seen.push(word.to_owned());
        }
    }
    for word in ["keep_going", "walk_away", "mixed", "none", "hurt", "broke", "both", "partner", "friend", "family"] {
        assert!(seen.iter().any(|seen| seen == word), "no case is {word}");
    }
}

#[test]
fn people_read_what_explain_prints() {
    check(&Person::case("partner-keeps-showing-up"), "text", "Reasons to keep going");
    check(&Person::case("friend-again-and-again"), "text", "The reasons to step back outweigh");
    check(&Person::case("partner-torn-over-money"), "markdown", "strong reasons on both sides");
    check(&Person::case("both-but-pressing"), "text", "No direction is given");
    let minor = check(&Person::case("family-under-18"), "text", "Child Helpline International");
    assert!(!minor.stderr.contains("did your family member"), "{}", minor.stderr);
}

#[test]
fn a_hard_flag_changes_the_result_and_nothing_around_it() {
    let person = Person::case("partner-keeps-showing-up");
    let flagged = person.clone().with("safety_body", 1);
    let (plain, page) = (sit(&person, "text"), check(&flagged, "text", "Your safety comes before this question."));
    assert_ne!(plain.stdout, page.stdout);
    assert_eq!((plain.status, &plain.stderr), (page.status, &page.stderr));
    // Declined, not even that differs.
    let declined = |person: &Person| take(person).stdin(format!("n\n{}n\n", person.lines())).ok();
    let (plain_declined, page_declined) = (declined(&person), declined(&flagged));
    assert_eq!((plain_declined.stdout.as_str(), page_declined.stdout.as_str()), ("", ""));
    assert_eq!(plain_declined.stderr, page_declined.stderr);
    let before = |outcome: &Outcome| outcome.stderr.split(RESULT).next().unwrap().to_owned();
    assert_eq!(before(&plain_declined), before(&plain));
    assert!(plain_declined.stderr.contains(CLOSING));
}

#[test]
fn an_answer_that_opens_the_safety_page_brings_it_at_once() {
    let person = Person::case("partner-keeps-showing-up");
    let after = |person: &Person| {
        let said = sit(person, "json").stderr;
        (said.replace('\n', " ").find(BEFORE_SAFETY).unwrap(), said)
    };
    let (at, said) = after(&person);
    assert!(at > place(&person, &said, "ready_for_the_work"));
    let unheard = person.with("can_speak_up", 1);
    let (at, said) = after(&unheard);
    assert!(place(&unheard, &said, "can_speak_up") < at && at < place(&unheard, &said, "small_promises_kept"));
    assert_eq!(said.matches(BEFORE_SAFETY).count(), 1);
    assert_eq!(explained(&unheard, "json"), sit(&unheard, "json").stdout);
}

#[test]
fn missing_answers_stay_what_they_are() {
    let person = Person::case("partner-keeps-showing-up")
        .without("effort_mine", "skipped")
        .without("calm_talk_held", "declined")
        .without("agreements_kept", "not_applicable")
        .without("safety_other", "declined");
    check(&person, "json", "\"declined\"");
    // Who says neither role nor bond is asked all the same.
    let unknown = person.without("my_role", "skipped").without("bond_kind", "declined");
    let outcome = sit(&unknown, "json");
    assert_eq!(outcome.stdout, explained(&unknown, "json"));
    assert!(outcome.stderr.contains("this person") && outcome.stderr.contains("Then you are asked what"));
}

#[test]
fn what_is_given_on_the_command_line_is_not_asked() {
    let mut person = Person::case("friend-again-and-again");
    person.given = vec!["my_role", "bond_kind"];
    let outcome = take(&person).args("--role hurt --bond friend --format json").stdin(person.sitting()).ok();
    assert_eq!(outcome.stdout, explained(&person, "json"));
    assert!(!outcome.stderr.contains("Who broke trust?") && outcome.stderr.contains("your friend"));
    assert!(!outcome.stderr.contains("your partner"));
    bearings("take --role both --bond family").stdin("n\nq\n").ok();
    bearings("take --bond stranger").ends_with(2);
}

#[test]
fn a_corrected_answer_counts_as_if_it_had_been_the_first_one() {
    let person = Person::case("partner-torn-over-money");
    let line = |id: &str| person.asked().into_iter().find(|asked| asked.id == id).unwrap().line;
    let before = person.lines_before("small_promises_kept");
    let sitting = person.sitting();
    let rest = sitting.strip_prefix(before.as_str()).unwrap();
    let straight = sit(&person, "json").stdout;
    let corrected = |typed: String| take(&person).args("--format json").stdin(typed).ok();
    // Another answer first, then back, and the right one.
    let once = corrected(format!("{before}1\nb\n{rest}"));
    assert_eq!(once.stdout, straight);
    assert!(once.stderr.contains("Your answer until now: 1. Enter keeps it."));
    // Three back and one answer: it goes on where it was. Enter keeps what stands.
    let three = corrected(format!("{before}b\nb\nb\n\n{rest}"));
    assert_eq!(three.stdout, straight);
    // Another role asks other questions; back in the first one everything of it is asked.
    let role = line("my_role");
    let other = corrected(format!("{}2\nb\n{role}\n{}", person.lines_before("my_role"), {
        let after = person.lines_before("my_role");
        sitting.strip_prefix(format!("{after}{role}\n").as_str()).unwrap().to_owned()
    }));
    assert_eq!(other.stdout, straight);
    // From the end the last question can be gone back to, too.
    let last = person.asked().last().unwrap().line.clone();
    let end = corrected(format!("{}b\n{last}\ny\n", sitting.strip_suffix("y\n").unwrap()));
    assert_eq!(end.stdout, straight);
}

#[test]
fn there_is_nothing_before_the_first_question() {
    let person = Person::case("partner-keeps-showing-up");
    let outcome = take(&person).args("--format json").stdin(format!("n\nb\n{}y\n", person.lines())).ok();
    assert!(outcome.stderr.contains("This is the first question"));
    assert_eq!(outcome.stdout, explained(&person, "json"));
}

#[test]
fn a_question_says_why_it_is_asked() {
    let person = Person::case("partner-keeps-showing-up");
    let before = person.lines_before("safety_fear");
    let outcome = take(&person).stdin(format!("{before}?\nq\n")).ok();
    let why = person.item("safety_fear")["why"].as_str().unwrap();
    assert!(outcome.stderr.replace('\n', " ").contains(why), "{}", outcome.stderr);
}

#[test]
fn what_is_no_answer_is_asked_again_and_never_repeated() {
    let person = Person::case("partner-keeps-showing-up");
    let wrong = ["0", "6", "99", "+1", "1.5", "1 2", "-1", "CANARYANSWER", "", "y", "424242", "\u{7f}", "1\t1", "ü"];
    let long = "1".repeat(100_000);
    let wrong: String = wrong.iter().copied().chain([long.as_str()]).map(|line| format!("{line}\n")).collect();
    let before = person.lines_before("can_be_myself");
    let sitting = person.sitting();
    let typed = format!("{before}{wrong}{}", sitting.strip_prefix(before.as_str()).unwrap());
    let outcome = take(&person).args("--format json").stdin(typed).ok();
    assert_eq!(outcome.stdout, explained(&person, "json"));
    assert_eq!(outcome.stderr.matches("Type a number from 1 to 5.").count(), 15);
    for canary in ["CANARY", "424242", "99", "1.5", "1111"] {
        assert!(!outcome.stderr.contains(canary), "{canary}");
    }
    // Where "does not apply" is not offered, it is not taken; a number has its own bounds.
    let before = person.lines_before("weeks_since");
    let outcome = take(&person).stdin(format!("{before}n\n53\n-1\nmany\nq\n")).ok();
    assert_eq!(outcome.stderr.matches("Type the number of weeks, from 0 to 52; 52 = a year or more.").count(), 5);
}

#[test]
fn at_the_prompts_only_yes_and_no_are_taken() {
    let person = Person::case("partner-keeps-showing-up");
    let typed = format!("CANARYANSWER\nb\n1\nN\n{}perhaps\n1\nYES\n", person.lines());
    let outcome = take(&person).args("--format json").stdin(typed).ok();
    assert_eq!(outcome.stdout, explained(&person, "json"));
    assert_eq!(outcome.stderr.matches("Please type y for yes or n for no").count(), 5);
    assert!(!outcome.stderr.contains("CANARY") && !outcome.stderr.contains("perhaps"));
}

/// `trust-repair` with a few more questions of every kind in its full form.
fn longer() -> Value {
    let mut questionnaire = trust_repair();
    let yes_no = json!([{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]);
    let options = json!([{"value": "calm", "label": "calm"}, {"value": "tired", "label": "tired"},
        {"value": "afraid", "label": "afraid of {bond}"}]);
    let more = [
        json!({"id": "extra_often", "kind": "choice", "text": "How often is an extra question asked?",
            "options": "frequency", "forms": ["full"]}),
        json!({"id": "extra_ticks", "kind": "multi", "text": "Which extra feelings are there?", "options": options,
            "forms": ["full"]}),
        json!({"id": "extra_tired", "kind": "choice", "text": "Is it an extra kind of tired?", "options": yes_no,
            "forms": ["full"], "asked_if": {"item": "extra_ticks.tired", "op": "==", "value": 1}}),
        json!({"id": "extra_words", "kind": "text", "text": "Any extra words?", "forms": ["full"]}),
        json!({"id": "extra_fear", "kind": "choice", "text": "Is the extra fear one of them?", "options": yes_no,
            "forms": ["full"], "block": true, "safety": {"tier": "hard"},
            "asked_if": {"item": "extra_ticks.afraid", "op": "==", "value": 1}}),
    ];
    questionnaire["items"].as_array_mut().unwrap().extend(more);
    questionnaire
}

#[test]
fn going_deeper_asks_what_was_not_asked_and_reads_it_all() {
    let folder = Folder::new();
    let file = folder.write("longer.json", longer().to_string());
    let take = || bearings("take --format json").arg(&file);
    let short = Person { questionnaire: longer(), ..Person::case("partner-keeps-showing-up") };
    let full = Person { form: "full".to_owned(), ..short.clone() }
        .with("extra_often", 2)
        .with("extra_ticks", json!(["calm", "tired", "afraid"]))
        .with("extra_tired", 1)
        .with("extra_fear", 0);
    let (first, more) = (short.asked(), full.asked_after(&short.asked()));
    let ids: Vec<&str> = more.iter().map(|asked| asked.id.as_str()).collect();
    assert!(["extra_often", "extra_ticks", "extra_tired", "extra_fear"].iter().all(|id| ids.contains(id)), "{ids:?}");
    let more: String = more.iter().map(|asked| format!("{}\n", asked.line)).collect();

    let deeper = take().stdin(format!("n\n{}y\n{more}y\n", short.lines())).ok();
    let explain = bearings("explain - --format json --questionnaire").arg(&file).stdin(full.answers_file()).ok();
    assert_eq!(deeper.stdout, explain.stdout);
    assert_eq!(deeper.json()["provenance"]["form"], "full");
    assert_eq!(deeper.stderr.matches("\nQuestion ").count(), first.len() + more.lines().count());
    assert!(deeper.stderr.contains("Type the numbers of all that fit in one line, such as 1 2, or 0 for none."));
    assert!(deeper.stderr.contains("  3  afraid of your partner\n"), "{}", deeper.stderr);
    assert!(deeper.stderr.contains("Here is more about your safety."));
    assert!(!deeper.stderr.contains("Any extra words?"));

    // Straight through the full form it is the same.
    let straight = take().args("--form full").stdin(full.sitting()).ok();
    assert_eq!(straight.stdout, deeper.stdout);
    assert!(!straight.stderr.contains("Go deeper?"));

    // Who does not go deeper has the short form; b at the question goes back.
    let last = first.last().unwrap().line.clone();
    let not = take().stdin(format!("n\n{}b\n{last}\n\ny\n", short.lines())).ok();
    let explain = bearings("explain - --format json --questionnaire").arg(&file).stdin(short.answers_file()).ok();
    assert_eq!(not.stdout, explain.stdout);
    let offer = not.stderr.split("Go deeper? ").nth(1).unwrap();
    // A question that hangs on another one is counted when it is known to be asked.
    let without_hanging = Person { form: "full".to_owned(), ..short.clone() }.asked_after(&first);
    assert!(offer.starts_with(&format!("{} more questions, about ", without_hanging.len())), "{offer}");

    // Some feelings, none, and what is no tick: each takes one line.
    let none = full.clone().with("extra_ticks", json!([]));
    let ticks = none.lines_before("extra_ticks");
    let typed = format!("{ticks}4\n0 1\nCANARYANSWER\n\n{}", none.sitting().strip_prefix(ticks.as_str()).unwrap());
    let outcome = take().args("--form full").stdin(typed).ok();
    let explain = bearings("explain - --format json --questionnaire").arg(&file).stdin(none.answers_file()).ok();
    assert_eq!(outcome.stdout, explain.stdout);
    assert!(!outcome.stderr.contains("CANARY") && !outcome.stderr.contains("extra kind of tired"));
    let words = none.sitting().replacen(&format!("{ticks}0\n"), &format!("{ticks}None\n"), 1);
    assert_eq!(take().args("--form full").stdin(words).ok().stdout, outcome.stdout);
}

#[test]
fn a_fear_that_is_named_late_still_ends_the_reading() {
    let folder = Folder::new();
    let file = folder.write("longer.json", longer().to_string());
    let short = Person { questionnaire: longer(), ..Person::case("partner-keeps-showing-up") };
    let full = Person { form: "full".to_owned(), ..short.clone() };
    let full = full.with("extra_ticks", json!(["afraid"])).with("extra_fear", 1);
    let more: String = full.asked_after(&short.asked()).iter().map(|asked| format!("{}\n", asked.line)).collect();
    let run = bearings("take --format json").arg(&file);
    let outcome = run.stdin(format!("n\n{}y\n{more}y\n", short.lines())).ok();
    assert_eq!(outcome.json()["withheld"], "safety_first");
}

#[test]
fn what_scores_and_advises_nobody_is_not_taken() {
    let outcome = bearings("take ras").stdin("n\n").ends_with(2);
    assert!(outcome.stderr.contains("`ras` is no assessment (instrument)"), "{}", outcome.stderr);
    let study = bearings("take --ruleset tests/data/bfi").stdin("n\n").ends_with(2);
    assert!(study.stderr.contains("is no assessment (study)"), "{}", study.stderr);
    bearings("take no-such-thing").stdin("n\n").ends_with(4);
    let other = bearings("take --questionnaire ras").stdin("n\n").ends_with(2);
    assert!(other.stderr.contains("unexpected argument"), "{}", other.stderr);
}

#[test]
fn answers_to_another_version_are_not_read_as_answers_to_this_one() {
    let person = Person::case("partner-keeps-showing-up");
    let version = person.questionnaire["version"].as_str().unwrap().to_owned();
    for (field, old, new) in [("version", version.as_str(), "0.0.7"), ("id", "trust-repair", "other-words")] {
        let text =
            person.answers_file().replacen(&format!("\"{field}\":\"{old}\""), &format!("\"{field}\":\"{new}\""), 1);
        let outcome = bearings("explain -").stdin(text).ends_with(3);
        assert!(outcome.stderr.contains("these answers belong to questionnaire"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(new) && outcome.stderr.contains(&version), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn everything_said_fits_the_screen_and_shows_no_stored_value() {
    for person in ["both-each-does-their-part", "family-under-18"].map(Person::case) {
        let folder = Folder::new();
        let run = take(&person).args("--answers-out").arg(folder.at("a.json"));
        let said = run.stdin(format!("{}n\n", person.sitting())).ok().stderr;
        for line in said.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let once = ["local emergency number", "Would it bring you trouble", RESULT, CLOSING];
        assert!(once.iter().all(|text| said.matches(text).count() == 1), "{said}");
        for stored in ["broken_promise", "living_together", "my_role", "safety_", "trust-repair"] {
            assert!(!said.contains(stored), "{stored}");
        }
    }
}
