//! `bearings flip`, `explain --why` and `explain --why-not`: what they find, and where they say nothing.

use serde_json::{Value, json};

use crate::person::{Person, trust_repair};
use crate::sheets::Draw;
use crate::support::{Folder, Outcome, bearings};

/// What `flip` finds, as JSON.
#[track_caller]
fn flipped(person: &Person, arguments: &str) -> Value {
    bearings(&format!("flip - --json {arguments}")).stdin(person.answers_file()).ok().json()
}

#[track_caller]
fn said(person: &Person, command: &str) -> String {
    bearings(command).stdin(person.answers_file()).ok().stdout
}

/// The words without the breaks between lines.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What one knows of an item: its options with their labels.
fn options(person: &Person, id: &str) -> Vec<(Value, String)> {
    let item = person.item(id);
    let options = item["options"].as_str().map_or(&item["options"], |list| &person.questionnaire["option_lists"][list]);
    let options = options.as_array().unwrap_or_else(|| panic!("{id} has no options"));
    options.iter().map(|option| (option["value"].clone(), option["label"].as_str().unwrap().to_owned())).collect()
}

/// The person with the answers of a flip.
fn with_changes(person: &Person, flip: &Value) -> Person {
    let mut changed = person.clone();
    for change in flip["changes"].as_array().unwrap() {
        let (id, to) = (change["id"].as_str().unwrap(), change["to"].as_str().unwrap());
        let item = person.item(id);
        let value = if item["kind"] == "number" {
            match to.split(' ').next().unwrap().parse::<i64>() {
                Ok(number) => json!(number),
                Err(_) => item["max"].clone(),
            }
        } else {
            options(person, id).into_iter().find(|(_, label)| label == to).unwrap().0
        };
        // Numbers that are told in words have a label of their own.
        changed = changed.with(id, value);
    }
    changed
}

/// Whether a question may be part of a change at all.
fn may_change(item: &Value) -> bool {
    let open = ["context", "block", "wish"].iter().all(|word| item[*word] != true) && item["kind"] != "text";
    open && item["safety"].is_null() && !["rules_limit_whom", "fear_is_of_them"].contains(&item["id"].as_str().unwrap())
}

#[test]
fn a_close_call_is_told_by_the_answer_it_hangs_on() {
    let person = Person::case("partner-hangs-on-one-answer");
    let found = flipped(&person, "--top 1");
    assert_eq!((&found["format"], &found["untold"]), (&json!("bearings/flip@1"), &Value::Null));
    assert_eq!(found["signal"]["reason"], "close_call");
    let [flip] = found["flips"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!(flip["to"]["id"], "keep_going");
    assert_eq!(flip["to"]["reason"], Value::Null);
    assert_eq!(flip["changes"], json!([{"id": "can_be_myself", "from": "sometimes", "to": "often"}]));
    let text = flowing(&said(&person, "flip - --top 1"));
    let sentence = "If \"Being yourself around them\" had been answered \"often\" instead of \"sometimes\", \
                    the reading would be \"The reasons to keep going outweigh\".";
    assert!(text.contains(sentence), "{text}");
}

/// What `flip` says of a changed sheet is what `explain` says of it; and nothing is changed that may not be.
#[test]
fn every_change_does_what_is_said_of_it_and_touches_nothing_about_safety() {
    let mut told = 0;
    for (name, person) in Person::cases().into_iter().filter(|(_, person)| person.form == "short") {
        let found = flipped(&person, "--top 4");
        let mut before: Vec<Vec<&str>> = Vec::new();
        for flip in found["flips"].as_array().into_iter().flatten() {
            let ids: Vec<&str> =
                flip["changes"].as_array().unwrap().iter().map(|change| change["id"].as_str().unwrap()).collect();
            assert!(ids.iter().all(|id| may_change(person.item(id))), "{name}: {ids:?}");
            assert!(!before.iter().any(|known| known.iter().all(|id| ids.contains(id))), "{name}: {ids:?}");
            assert!(before.last().is_none_or(|last| last.len() <= ids.len()), "{name}");
            assert_ne!(flip["to"]["id"], found["signal"]["id"], "{name}");
            before.push(ids);
            told += 1;
            // Each run costs time: one change a case is looked at again.
            if before.len() == 1 {
                let again = bearings("explain - --format json").stdin(with_changes(&person, flip).answers_file());
                assert_eq!(again.ok().json()["signal"], flip["to"], "{name}: {flip}");
            }
        }
    }
    assert!(told > 25, "{told}");
}

/// The sheets that differ in one answer, scored as a survey: no smaller change than the one that is told.
#[test]
fn no_single_answer_does_with_fewer_steps() {
    for name in ["partner-keeps-showing-up", "partner-hangs-on-one-answer", "family-steady-after-a-year"] {
        let person = Person::case(name);
        let found = flipped(&person, "--top 1");
        let mut sheets = Vec::new();
        for asked in person.asked().iter().filter(|asked| may_change(person.item(&asked.id))) {
            // One question brings up another one, which has no column here.
            let Some(now) = person.answers.get(&asked.id).filter(|_| asked.id != "times_repeated") else { continue };
            let values: Vec<Value> = match person.item(&asked.id)["kind"].as_str().unwrap() {
                "choice" => options(&person, &asked.id).into_iter().map(|(value, _)| value).collect(),
                _ => continue,
            };
            let place = values.iter().position(|value| value == now).unwrap();
            for (at, value) in values.iter().enumerate().filter(|(at, _)| *at != place) {
                sheets.push((at.abs_diff(place), person.clone().with(&asked.id, value.clone())));
            }
        }
        let mut survey = String::new();
        for (number, (_, sheet)) in sheets.iter().enumerate() {
            let own = sheet.survey();
            let (header, row) = own.split_once('\n').unwrap();
            if number == 0 {
                survey = format!("{header}\n");
            }
            let (_, cells) = row.split_once(',').unwrap();
            survey.push_str(&format!("{number},{cells}"));
        }
        let table = bearings("score -").stdin(survey).ok().table();
        let now = found["signal"]["id"].as_str().unwrap();
        let others = table.column("signal").into_iter().zip(table.column("reason")).zip(&sheets);
        let steps = others.filter(|((signal, reason), _)| {
            *signal != now && !["held_back", "contradictory"].contains(reason) && *signal != "not_enough_answered"
        });
        let least = steps.map(|(_, (steps, _))| *steps).min().unwrap();
        let [flip] = found["flips"].as_array().unwrap().as_slice() else { panic!("{found}") };
        assert_eq!(
            (flip["changes"].as_array().unwrap().len(), flip["steps"].as_u64().unwrap()),
            (1, least as u64),
            "{name}"
        );
    }
}

#[test]
fn a_torn_sheet_is_far_from_either_side_and_is_told_what_it_rests_on() {
    let person = Person::case("partner-torn-over-money");
    let found = flipped(&person, "");
    let flips = found["flips"].as_array().unwrap();
    assert!(flips.len() == 3 && flips.iter().all(|flip| flip["changes"].as_array().unwrap().len() > 2), "{found}");
    let text = said(&person, "flip -");
    for part in [
        "The smallest change of the answers that are looked at:",
        "Other changes, from small to large:",
        "It does not say what to answer",
    ] {
        assert!(flowing(&text).contains(part), "{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains("you should"));
}

const ALL: [&str; 4] = [
    "flip -",
    "flip - --to walk_away --freeze can_be_myself",
    "explain - --why",
    "explain - --why-not one_sided_effort",
];

/// The same bytes as `explain`, in every format.
#[track_caller]
fn check_page_only(person: &Person) {
    let page = |format: &str| said(person, &format!("explain - --format {format}"));
    for command in ALL {
        assert_eq!(said(person, command), page("text"), "{command}");
        let json = if command.starts_with("flip") { "--json" } else { "--format json" };
        assert_eq!(said(person, &format!("{command} {json}")), page("json"), "{command}");
    }
    assert_eq!(said(person, "explain - --why --format markdown"), page("markdown"));
    assert_eq!(said(person, "explain - --why-not one_sided_effort --format markdown"), page("markdown"));
}

#[test]
fn after_a_hard_flag_there_is_the_safety_page_and_nothing_else() {
    check_page_only(&Person::case("partner-good-answers-and-fear"));
    check_page_only(&Person::case("partner-torn-over-money").with("safety_threat", 1));
    check_page_only(&Person::case("broke-and-is-hurt-for-it"));
}

#[test]
fn minors_and_who_did_harm_get_their_page() {
    check_page_only(&Person::case("family-under-18"));
    check_page_only(&Person::case("broke-trust-and-is-tired").with("safety_done_by_self", 1));
}

/// Nothing of what would change, only what `explain` itself says.
#[track_caller]
fn check_untold(person: &Person, arguments: &str, why: &str) -> String {
    let found = flipped(person, arguments);
    assert_eq!((&found["untold"], &found["flips"]), (&json!(why), &json!([])), "{found}");
    let text = flowing(&said(person, &format!("flip - {arguments}")));
    for part in ["would change", "had been answered", "The smallest"] {
        assert!(!text.contains(part), "{text}");
    }
    text
}

#[test]
fn what_the_gate_took_away_is_not_asked_for_another_way() {
    let page = flowing(&said(&Person::case("friend-rather-not-say"), "explain -"));
    let text = check_untold(&Person::case("friend-rather-not-say"), "", "held_back");
    let sentence = "about your safety comes before the rest.";
    assert!(page.contains(sentence) && text.contains(sentence), "{text}");
    check_untold(&Person::case("partner-safety-page-skipped"), "--to keep_going", "held_back");
    check_untold(&Person::case("both-but-pressing"), "", "held_back");
    // A soft flag, and an open safety question, beside a reading that is mixed of its own.
    let torn = Person::case("partner-torn-over-money");
    let soft = torn.clone().with("safety_watch", 1);
    let text = check_untold(&soft, "--to keep_going", "safety");
    assert!(text.contains("counts more than anything on this page"), "{text}");
    let found = flipped(&soft, "");
    let to: Vec<&Value> = found["flips"].as_array().unwrap().iter().map(|flip| &flip["to"]["id"]).collect();
    assert!(!to.is_empty() && to.iter().all(|id| *id == "walk_away"), "{found}");
    check_untold(&torn.without("safety_fear", "skipped"), "", "safety");
}

#[test]
fn a_file_without_the_safety_page_says_nothing_of_a_direction() {
    let mut answers: Value = serde_json::from_str(&Person::case("partner-torn-over-money").answers_file()).unwrap();
    for map in ["answers", "missing"] {
        answers[map].as_object_mut().unwrap().retain(|id, _| !id.starts_with("safety_"));
    }
    answers["safety"] = json!("left_out");
    for command in ["flip -", "flip - --to keep_going", "explain - --why"] {
        let text = bearings(command).stdin(answers.to_string()).ok().stdout;
        assert!(text.starts_with("Scores only\n"), "{text}");
        assert!(!text.contains("outweigh") && !text.contains("would be"), "{text}");
    }
    let json = bearings("flip - --json").stdin(answers.to_string()).ok().json();
    assert_eq!((&json["untold"], &json["flips"]), (&json!("safety_left_out"), &json!([])));
}

#[test]
fn too_little_and_answers_that_contradict_each_other_turn_into_nothing() {
    let person = Person::case("friend-stopped-half-way");
    let text = check_untold(&person, "", "not_enough_answered");
    let explained = bearings("explain - --format json").stdin(person.answers_file()).ok().json();
    assert_eq!(flipped(&person, "")["would_settle"], explained["would_settle"]);
    assert!(text.contains("Not answered"), "{text}");
    check_untold(&Person::case("family-answers-disagree"), "", "contradictory");
    check_untold(&Person::case("friend-same-tick-on-every-line"), "", "contradictory");
    check_untold(&Person::case("broke-trust-and-no-contact"), "", "no_contact");
}

#[test]
fn what_is_frozen_stays_and_with_everything_frozen_nothing_is_left() {
    let person = Person::case("partner-hangs-on-one-answer");
    let found = flipped(&person, "--to keep_going --freeze can_be_myself");
    assert_eq!(found["frozen"], json!(["can_be_myself"]));
    for flip in found["flips"].as_array().unwrap() {
        assert!(flip["changes"].as_array().unwrap().iter().all(|change| change["id"] != "can_be_myself"), "{found}");
    }
    let all: Vec<String> = person.asked().into_iter().map(|asked| asked.id).collect();
    let arguments = format!("--freeze {}", all.join(","));
    let found = flipped(&person, &arguments);
    assert_eq!((&found["flips"], &found["untold"]), (&json!([]), &Value::Null));
    let text = flowing(&said(&person, &format!("flip - {arguments}")));
    assert!(
        text.contains("No other answers to the questions that are looked at here lead to another reading."),
        "{text}"
    );
}

#[test]
fn where_it_leads_is_said_by_name() {
    let person = Person::case("partner-keeps-showing-up");
    let found = flipped(&person, "--to walk_away --top 2");
    assert!(found["flips"].as_array().unwrap().iter().all(|flip| flip["to"]["id"] == "walk_away"));
    // The status never depends on the answers.
    let text = check_untold(&person, "--to keep_going", "already");
    assert!(text.contains("That is how the answers read already."), "{text}");
    check_untold(&Person::case("broke-trust-and-is-tired"), "--to walk_away", "not_declared");
}

#[track_caller]
fn check_usage(arguments: &str, message: &str) {
    let outcome: Outcome = bearings(arguments).ends_with(2);
    let said = flowing(&outcome.stderr);
    assert!(said.contains(message) && outcome.stdout.is_empty(), "{said}");
}

#[test]
fn what_cannot_be_asked_is_refused_before_an_answer_is_read() {
    // None of these files is there.
    check_usage("flip none.json --to keep_gong", "no signal `keep_gong`; did you mean `keep_going`?");
    check_usage(
        "flip none.json --freeze effort_their,xyzzy",
        "`effort_their` (did you mean `effort_theirs`?), `xyzzy`",
    );
    check_usage("flip none.json --top 0", "0 is not in 1..=20");
    check_usage("explain none.json --why-not one_sided_efort", "did you mean `one_sided_effort`?");
    check_usage("explain none.json --why --why-not one_sided_effort", "cannot be used with");
    for command in ["flip none.json --ruleset ras", "explain none.json --why --ruleset ras"] {
        check_usage(command, "`ras` is an instrument: it has scores and no signal");
    }
}

#[test]
fn a_row_of_a_survey_is_a_person() {
    let person = Person::case("partner-keeps-showing-up");
    for command in ["flip", "explain --why", "explain --why-not one_sided_effort"] {
        let (verb, options) = command.split_once(' ').unwrap_or((command, ""));
        let of_row = bearings(&format!("{verb} - --id 1 {options}")).stdin(person.survey()).ok().stdout;
        assert_eq!(of_row, said(&person, &format!("{verb} - {options}")));
    }
    bearings("flip -").stdin(person.survey()).ends_with(2);
}

#[test]
fn too_few_nodes_are_said_and_nothing_is_claimed() {
    let person = Person::case("partner-torn-over-money");
    let text = check_untold(&person, "--budget 1", "over_budget");
    assert!(text.contains("It is unknown") && text.contains("--budget"), "{text}");
}

#[test]
fn a_study_has_its_own_signals() {
    let folder = Folder::new();
    let rules = r#"study "mine" version "1" questionnaire "living" title "Mine";
        scale mood_scale "Mood" = mean(mood) need 1;
        signal good "Good days" when mood_scale >= 1;
        signal grey "Grey days" otherwise;"#;
    folder.write("mine.rhai", rules);
    let answers = json!({"format": "bearings/answers@1", "questionnaire": {"id": "living", "version": "1"},
        "form": "short", "answers": {"my_role": "hurt", "mood": 2, "afraid": 0}, "missing": {}, "safety": "answered"});
    let run = |more: &str| {
        let command = format!("flip - --questionnaire tests/data/living/questionnaire.json {more} --ruleset");
        bearings(&command).arg(folder.at("mine.rhai")).stdin(answers.to_string())
    };
    let found = run("--json").ok().json();
    assert_eq!(found["signal"]["id"], "good");
    let to = json!({"id": "grey", "reason": null, "title": "Grey days", "text": null});
    assert_eq!(
        found["flips"],
        json!([{"to": to, "changes": [{"id": "mood", "from": "very good", "to": "so so"}], "steps": 2}])
    );
    let text = flowing(&run("").ok().stdout);
    assert!(text.contains("This is a study ruleset, not an assessment."), "{text}");
    assert!(text.contains("the reading would be \"Grey days\"."), "{text}");
    let wrong = run("--to mixed").ends_with(2);
    assert!(wrong.stderr.contains("no signal `mixed` (it has good, grey)"), "{}", wrong.stderr);
}

/// With the answers that are named, the rules lean the same way whatever is answered elsewhere.
#[test]
fn the_answers_that_are_named_force_it() {
    for (name, decisive) in [("partner-torn-over-money", false), ("friend-again-and-again", true)] {
        let person = Person::case(name);
        let why = bearings("explain - --why --format json").stdin(person.answers_file()).ok().json();
        assert_eq!(why["format"], "bearings/why@1");
        let forced: Vec<&str> =
            why["forced_by"].as_array().unwrap().iter().map(|read| read["id"].as_str().unwrap()).collect();
        assert!(!forced.is_empty() && forced.iter().all(|id| person.item(id)["block"] != true), "{why}");
        let draw = &mut Draw(5);
        let mut survey = String::new();
        for number in 0..300 {
            let mut other = person.clone();
            for asked in person.asked() {
                let item = person.item(&asked.id);
                let is_free = item["block"] != true
                    && item["kind"] == "choice"
                    && !["my_role", "bond_kind", "under_18"].contains(&asked.id.as_str());
                if is_free && item["safety"].is_null() && !forced.contains(&asked.id.as_str()) {
                    let options = options(&person, &asked.id);
                    other = other.with(&asked.id, options[draw.below(options.len())].0.clone());
                }
            }
            let own = other.survey();
            let (header, row) = own.split_once('\n').unwrap();
            if number == 0 {
                survey = format!("{header}\n");
            }
            survey.push_str(&format!("{number},{}", row.split_once(',').unwrap().1));
        }
        let table = bearings("score -").stdin(survey).ok().table();
        let outcomes = table.column("signal").into_iter().zip(table.column("reason"));
        for (signal, reason) in outcomes {
            // A direction that is forced can still be a close call, and answers can contradict each other.
            let leans = if decisive {
                signal == "walk_away" || ["close_call", "contradictory"].contains(&reason)
            } else {
                signal == "mixed" && reason != "close_call"
            };
            assert!(leans, "{name}: {signal} {reason}");
        }
    }
}

#[test]
fn a_reading_without_a_direction_rests_on_nothing_that_could_be_named() {
    for (name, why) in [
        ("partner-hangs-on-one-answer", "close_call"),
        ("friend-rather-not-say", "held_back"),
        ("family-answers-disagree", "contradictory"),
        ("friend-stopped-half-way", "not_enough_answered"),
    ] {
        let found = bearings("explain - --why --format json").stdin(Person::case(name).answers_file()).ok().json();
        assert_eq!((&found["untold"], &found["forced_by"]), (&json!(why), &Value::Null), "{name}");
        let text = said(&Person::case(name), "explain - --why");
        assert!(!text.contains("What this rests on"), "{text}");
    }
}

#[test]
fn a_rule_that_did_not_fire_says_what_it_read_and_what_it_takes() {
    let person = Person::case("partner-keeps-showing-up");
    let found = bearings("explain - --why-not one_sided_effort --format json").stdin(person.answers_file()).ok().json();
    assert_eq!((&found["format"], &found["rule"]["outcome"]), (&json!("bearings/why-not@1"), &json!("not_fired")));
    assert_eq!(found["condition"], "effort_mine - effort_theirs >= 2 && effort_theirs <= 1");
    assert_eq!(found["least_change"], json!([{"id": "effort_theirs", "from": "a lot", "to": "a little"}]));
    let text = flowing(&said(&person, "explain - --why-not one_sided_effort"));
    for part in
        ["This rule did not fire.", "effort_mine a lot", "\"a lot\" now, \"a little\" is looked for", "effort.rhai:"]
    {
        assert!(text.contains(part), "{text}");
    }
    let fires = Person::case("friend-again-and-again");
    let text = flowing(&said(&fires, "explain - --why-not one_sided_effort"));
    assert!(text.contains("This rule fired. Its condition holds:") && !text.contains("is looked for"), "{text}");
    let open = person.clone().without("effort_mine", "skipped").with("effort_theirs", 1);
    let text = flowing(&said(&open, "explain - --why-not one_sided_effort"));
    assert!(text.contains("Open answers would decide whether this rule fires."), "{text}");
    // A rule of the other role is no slip of the pen.
    let broke = Person::case("broke-trust-and-is-tired");
    let text = flowing(&said(&broke, "explain - --why-not one_sided_effort"));
    assert!(text.contains("not part of the rules for this role and form"), "{text}");
    assert_eq!(trust_repair()["id"], "trust-repair");
}
