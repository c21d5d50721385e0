//! A phone number is printed only where somebody asks about a country, and only after a person has checked it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::architecture::{code, files, has_word};
use crate::support::{bearings, read};
use crate::words::all_texts;
use crate::words::texts::Surface;

/// A helpline or directory of the file.
struct Entry {
    country: Option<String>,
    number: Option<String>,
    checked: Option<String>,
}

fn entries() -> Vec<Entry> {
    let resources: Value = serde_json::from_str(&read("cli/resources/helplines.json")).unwrap();
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let one = |entry: &Value| Entry {
        country: word(&entry["country"]),
        number: word(&entry["number"]),
        checked: word(&entry["last_checked"]),
    };
    resources["entries"].as_array().unwrap().iter().map(one).collect()
}

/// The numbers in a text, as digits alone: what stands between the digits of one number is left out.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for part in text.split(|c: char| !(c.is_ascii_digit() || " -()./+".contains(c))) {
        numbers.insert(part.chars().filter(char::is_ascii_digit).collect());
    }
    numbers.remove("");
    numbers
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn a_number_that_nobody_checked_is_printed_nowhere() {
    let entries = entries();
    let unchecked = entries.iter().filter(|entry| entry.checked.is_none()).filter_map(|entry| entry.number.as_ref());
    let mut unchecked: BTreeSet<String> = unchecked.map(|number| digits(number)).collect();
    for checked in entries.iter().filter(|entry| entry.checked.is_some()).filter_map(|entry| entry.number.as_ref()) {
        unchecked.remove(&digits(checked));
    }
    for text in all_texts() {
        let found: Vec<String> = numbers(&text.words).intersection(&unchecked).cloned().collect();
        assert!(found.is_empty(), "{:?}, {}: {found:?}", text.surface, text.place);
    }
    for country in countries() {
        let page = bearings(&format!("help support --country {country}")).ok().stdout;
        assert_eq!(numbers(&page).intersection(&unchecked).count(), 0, "{page}");
    }
}

/// The countries of the file, one that it knows nothing of, and one that only the EU's numbers are for.
fn countries() -> BTreeSet<String> {
    let named = entries().into_iter().filter_map(|entry| entry.country).filter(|country| country != "EU");
    named.chain(["ZA".to_owned(), "SE".to_owned()]).collect()
}

#[test]
fn a_country_shows_its_checked_numbers_and_no_other_digit() {
    let entries = entries();
    for country in countries() {
        let page = bearings(&format!("help support --country {country}")).ok().stdout;
        assert!(page.contains(&format!("\n{country}: ")), "{page}");
        let own = entries.iter().filter(|entry| entry.country.as_ref().is_some_and(|own| *own == country));
        let checked = own.filter(|entry| entry.checked.is_some()).filter_map(|entry| entry.number.as_ref());
        let mut rest = page.clone();
        for number in checked {
            assert!(page.contains(number.as_str()), "{number} is not in {page}");
        }
        for entry in entries.iter().filter(|entry| entry.checked.is_some()) {
            rest = rest.replace(entry.number.as_deref().unwrap_or_default(), "");
            rest = rest.replace(&entry.checked.as_deref().unwrap_or_default()[..7], "");
        }
        assert!(!rest.contains(|c: char| c.is_ascii_digit()), "{page}");
    }
}

#[test]
fn the_page_for_everybody_and_the_safety_pages_hold_no_number() {
    let support = bearings("help support").ok().stdout;
    assert!(!support.contains(|c: char| c.is_ascii_digit()), "{support}");
    for text in all_texts() {
        if [Surface::Withheld, Surface::Minors, Surface::Own].contains(&text.surface) {
            assert!(numbers(&text.words).iter().all(|number| number == "18"), "{}: {}", text.place, text.words);
        }
    }
}

#[test]
fn a_country_is_named_by_two_letters_and_only_for_support() {
    let known = bearings("help support --country gb").ok().stdout;
    assert_eq!(known, bearings("help support --country GB").ok().stdout);
    for (command, says) in [
        ("help support --country UK", "the United Kingdom is GB"),
        ("help support --country ZZ", "two letters of a country"),
        ("help formats --country GB", "`bearings help support`"),
        ("help --country GB", "`bearings help support`"),
    ] {
        let outcome = bearings(command).ends_with(2);
        assert!(outcome.stderr.contains(says) && outcome.stdout.is_empty(), "{command}: {}", outcome.stderr);
    }
}

#[test]
fn the_day_is_read_in_one_place_and_asked_for_by_help_alone() {
    let users = |word: &str| -> Vec<String> {
        let all = files("cli/src", ".rs");
        all.into_iter().filter(|(path, text)| has_word(&code(path, text), word)).map(|(path, _)| path).collect()
    };
    assert_eq!(users("SystemTime"), ["cli/src/command.rs"]);
    assert_eq!(users("today()"), ["cli/src/command.rs", "cli/src/command/help.rs"]);
}

#[test]
fn numbers_are_found_whatever_stands_between_their_digits() {
    let found = numbers("call 0808 2000-247, or (01) 6; v1.2");
    assert_eq!(found, BTreeSet::from(["08082000247", "016", "12"].map(str::to_owned)));
}
