//! What this program does not say: `engine/resources/words` lists it by surface, and what may stay.

mod pages;
mod phrases;
mod program;
pub(crate) mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use bearings_engine::Ruleset;
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::Questionnaire;

pub(crate) use phrases::sentences;
use phrases::{built_in, find, surfaces};
use texts::{Surface, Text, shipped};

use crate::support::read;

/// Everything that somebody can meet.
pub(crate) fn all_texts() -> &'static BTreeSet<Text> {
    static TEXTS: OnceLock<BTreeSet<Text>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut texts = BTreeSet::new();
        for questionnaire in &shipped().questionnaires {
            texts.extend(texts::of_questionnaire(questionnaire));
        }
        for file in texts::questionnaire_files() {
            texts.extend(texts::of_questionnaire_file(&file, &read(&file)));
        }
        for ruleset in &shipped().rulesets {
            texts.extend(texts::of_ruleset(ruleset));
            for file in rules_of(ruleset) {
                texts.extend(texts::of_ruleset_file(&file, &read(&file)));
            }
        }
        texts.extend(pages::of_pages());
        texts.extend(program::of_program());
        texts.extend(texts::of_help());
        texts.extend(texts::of_names());
        texts
    })
}

/// The phrases of the lists that a made-up text holds.
fn found(surface: Surface, words: &str) -> Vec<String> {
    let text = Text { surface, place: "made up".to_owned(), words: words.to_owned() };
    let findings = find(&text, &mut BTreeSet::new());
    findings.into_iter().map(|finding| format!("{}: {}", finding.found.list, finding.found.phrase)).collect()
}

#[test]
fn nothing_says_what_is_not_to_be_said() {
    let mut used = BTreeSet::new();
    // The same sentence can stand on many pages; one place is enough to find it.
    let mut findings: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for text in all_texts() {
        for finding in find(text, &mut used) {
            findings.entry(finding.line()).or_default().push(&text.place);
        }
    }
    let findings: Vec<String> = findings.into_iter().map(|(line, places)| place(&line, &places)).collect();
    let unused = built_in().allowed().iter().enumerate().filter(|(number, _)| !used.contains(number));
    let unused: Vec<String> =
        unused.map(|(_, entry)| format!("allowed.txt, nothing needs this: {}", entry.words)).collect();
    let all = [findings, unused].concat();
    assert!(all.is_empty(), "{} findings (see engine/resources/words/phrases.txt):\n{}", all.len(), all.join("\n"));
}

fn place(line: &str, places: &[&str]) -> String {
    match places {
        [one] => format!("{line} [{one}]"),
        [one, others @ ..] => format!("{line} [{one}, and {} more]", others.len()),
        [] => line.to_owned(),
    }
}

#[test]
fn every_surface_has_texts_and_a_list() {
    let mut counts: BTreeMap<Surface, usize> = BTreeMap::new();
    for text in all_texts() {
        *counts.entry(text.surface).or_default() += 1;
    }
    for (name, surface) in Surface::ALL {
        assert!(counts.get(&surface).is_some_and(|count| *count >= 5), "{name}: {counts:?}");
        let listed = built_in().lists().iter().any(|list| list.surfaces.iter().any(|known| known == name));
        assert!(listed, "no list is for {name}");
    }
}

#[test]
fn every_list_fails_its_made_up_text() {
    for list in built_in().lists() {
        for surface in surfaces(&list.surfaces) {
            let found = found(surface, &list.example);
            let own = format!("{}: ", list.name);
            assert!(found.iter().any(|found| found.starts_with(&own)), "{surface:?} lets pass: {}", list.example);
        }
    }
}

#[test]
fn every_phrase_is_found_on_every_surface_of_its_list() {
    for list in built_in().lists() {
        for phrase in &list.phrases {
            let words = phrase.replace("...", "one of these").replace('*', "s");
            for surface in surfaces(&list.surfaces) {
                let wanted = format!("{}: {phrase}", list.name);
                for words in [format!("Well, {words}, it said."), words.to_uppercase()] {
                    assert!(found(surface, &words).contains(&wanted), "{surface:?} does not find {phrase} in {words}");
                }
            }
        }
    }
}

#[test]
fn an_allowed_sentence_covers_its_own_words_only() {
    assert_eq!(found(Surface::Page, "Search \"Domestic abuse helpline\" today."), [""; 0]);
    assert_eq!(found(Surface::Page, "Abuse: search \"domestic abuse helpline\".").len(), 1);
    assert_eq!(found(Surface::Item, "Search \"domestic abuse helpline\".").len(), 1);
}

#[test]
fn a_finding_names_the_place_the_phrase_and_the_sentence() {
    let text = Text {
        surface: Surface::Item,
        place: "mine, a".to_owned(),
        words: "Really? You should go. Or not.".to_owned(),
    };
    let findings = find(&text, &mut BTreeSet::new());
    let lines: Vec<String> = findings.iter().map(|finding| place(&finding.line(), &["mine, a", "mine, b"])).collect();
    assert_eq!(lines, ["Item: \"you should*\" (an order) in: You should go. [mine, a, and 1 more]"]);
}

const QUESTIONNAIRE: &str = r#"{
    "format": "bearings/questionnaire@1", "id": "mine", "version": "0.1.0", "title": "help one",
    "description": "help two", "source": "help three", "licence": "help four",
    "bond_words": {"partner": "item partner", "friend": "item friend", "family": "item family"},
    "items": [
        {"id": "name_a", "kind": "choice", "why": "item why", "source": "help five", "text": {
            "default": "item default",
            "by": [{"role": "broke", "text": "item broke"}, {"bond": "friend", "text": "about {bond}"}]},
         "options": [{"value": 0, "label": "item no"}, {"value": 1, "label": "item yes"}]},
        {"id": "name_b", "kind": "number", "text": "item number", "min": 0, "max": 3, "unit": "item unit",
         "max_label": "item or more"},
        {"id": "name_c", "kind": "multi", "text": "item many", "options": [{"value": "name_tick", "label": "item tick"}]}
    ]}"#;

const RULES: &str = r#"
    //! help six
    //! ## Sources
    //! help seven
    study "mine" version "0.1.0" questionnaire "mine" title "help eight";
    param name_p = 1 from 0 to 2 "help nine" source "help ten";
    scale name_s "verdict scale" = sum(name_b) source "help eleven";
    adjust name_s at_most 2 when name_a == 1 because "advice bound" source "help twelve";
    aggregate name_g "verdict mean" = mean_of(name_s) need 1;
    sign name_i "verdict sign" present 2 source "none";
    //! ## advice heading
    //! advice
    //! text
    rule name_r "advice title" when name_s >= 2 then sign("name_i", 1) because "advice because" source "help thirteen";
    rule name_q "advice too" when name_a == name_p then points("name_x", 1) because "advice two" source "help fourteen";
    overlay name_o "verdict overlay" when name_s >= 1 next "advice overlay";
    stage name_t "verdict stage" otherwise next "advice stage";
    signal name_u "verdict signal" when name_s >= 1 title #{ partner: "verdict partner", friend: "verdict friend", family: "verdict family" };
    property name_v "help fifteen" holds name_a == 1 || !signal_is("name_u") because "help sixteen";
    monotone -name_b because "help seventeen";
    not_monotone name_a because "help eighteen";
    never name_o because "help nineteen";
    signal name_w "verdict other" otherwise;
"#;

#[test]
fn every_text_of_a_definition_is_collected() {
    let questionnaire = Questionnaire::load(&SourceFile::new("mine.json", QUESTIONNAIRE)).unwrap();
    let texts = texts::of_questionnaire(&questionnaire);
    let ruleset = texts::loaded(&[SourceFile::new("mine.rhai", RULES)], &Arc::new(questionnaire));
    let texts: BTreeSet<(Surface, String)> =
        texts.into_iter().chain(texts::of_ruleset(&ruleset)).map(|text| (text.surface, text.words)).collect();
    // Each text says on which surface it is met.
    for quoted in [QUESTIONNAIRE, RULES].join("\n").split('"').skip(1).step_by(2) {
        let surface = match quoted.split([' ', '_']).next().unwrap() {
            "item" => Surface::Item,
            "help" => Surface::Help,
            "name" => Surface::Name,
            "verdict" => Surface::Verdict,
            "advice" => Surface::Advice,
            _ => continue,
        };
        let quoted = if quoted == "item friend" { "about item friend" } else { quoted };
        let is_bond = quoted == "item partner" || quoted == "item family";
        assert!(is_bond || texts.contains(&(surface, quoted.to_owned())), "{quoted} is not in {texts:?}");
    }
    for (surface, words) in [
        (Surface::Help, "help six"),
        (Surface::Help, "help seven"),
        (Surface::Advice, "advice heading"),
        (Surface::Advice, "advice text"),
        (Surface::Name, "name_c.name_tick"),
    ] {
        assert!(texts.contains(&(surface, words.to_owned())), "{words} is not in {texts:?}");
    }
}

fn rules_of(ruleset: &Ruleset) -> Vec<String> {
    texts::names_in(&format!("rulesets/{}", ruleset.id), |name| name.ends_with(".rhai"))
}

#[test]
fn every_text_of_a_shipped_ruleset_is_collected() {
    let mut looked_at = 0;
    for ruleset in &shipped().rulesets {
        let collected: BTreeSet<String> = texts::of_ruleset(ruleset).into_iter().map(|text| text.words).collect();
        for file in rules_of(ruleset) {
            let rules = read(&file);
            for text in texts::texts_of_rules(&rules) {
                // The sources of signs and screens are not kept when a ruleset is loaded.
                let is_source = rules.contains(&format!("source \"{text}\""));
                assert!(is_source || collected.contains(&text), "{file}: {text}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn a_field_that_the_format_is_given_later_is_collected_too() {
    let text = QUESTIONNAIRE.replace("\"items\": [", "\"parts\": [{\"called\": \"item of later\"}], \"items\": [");
    let texts = texts::of_questionnaire_file("mine.json", &text);
    let words: BTreeSet<&str> = texts.iter().map(|text| text.words.as_str()).collect();
    for known in ["item of later", "item why", "item tick", "about {bond}", "item family"] {
        assert!(words.contains(known), "{known}");
    }
    assert!(!words.contains("help two") && !words.contains("help five"), "{words:?}");
}
