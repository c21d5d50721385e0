//! Where help is: directories and helplines. `resources/helplines.json` is the only place that names them.
//!
//! A phone number that no person has checked does not get past [`Resources::read`], so nothing can print it; one that
//! was checked carries the day of it. What day it is now is told from outside: nothing here reads a clock.

mod country;
mod date;

use std::collections::BTreeSet;

use serde::Deserialize;

pub(crate) use country::Country;
pub(crate) use date::Date;

/// The first field of the file.
const FORMAT: &str = "bearings/resources@1";

const EMBEDDED: &str = include_str!("../resources/helplines.json");

/// What is known of directories and helplines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources {
    /// How the numbers are kept up to date.
    pub(crate) update_policy: String,
    /// Lists of helplines for every country.
    pub(crate) directories: Vec<Directory>,
    helplines: Vec<Helpline>,
}

/// A list of helplines; it is named and has no number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Directory {
    /// What it is called, and how it is found.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) about: String,
}

/// A helpline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Helpline {
    /// What it is called.
    pub(crate) name: String,
    /// Whom it is for.
    pub(crate) who_for: Vec<Audience>,
    /// What finds it, together with the name of the country.
    pub(crate) search: String,
    /// Its number, once a person has checked it.
    pub(crate) number: Option<CheckedNumber>,
    place: Place,
}

/// A number that a person has compared with the helpline's own pages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CheckedNumber {
    /// The number as it is dialled.
    pub(crate) number: String,
    /// When it was compared.
    pub(crate) checked: Date,
}

impl CheckedNumber {
    /// Whether the check is older than a year, or lies ahead (then one of the two dates is wrong).
    pub(crate) fn may_have_changed(&self, today: Date) -> bool {
        today > self.checked.a_year_later() || today < self.checked
    }
}

/// Where a helpline is reached.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Country(Country),
    Eu,
}

impl Place {
    fn read(letters: &str) -> Option<Self> {
        if letters == "EU" {
            return Some(Place::Eu);
        }
        // Small letters are for people who type, not for files.
        letters.parse().ok().filter(|country: &Country| country.to_string() == letters).map(Place::Country)
    }

    fn is_in(&self, country: &Country) -> bool {
        match self {
            Place::Country(own) => own == country,
            Place::Eu => country.is_in_the_eu(),
        }
    }
}

/// Whom something is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Audience {
    Women,
    Men,
    Lgbtq,
    Children,
    OwnBehaviour,
    Suicide,
    Everybody,
}

impl Audience {
    /// Whom it is for, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Audience::Women => "for women",
            Audience::Men => "for men",
            Audience::Lgbtq => "for LGBTQ+ people",
            Audience::Children => "for children and young people",
            Audience::OwnBehaviour => "for people who worry about what they do",
            Audience::Suicide => "for thoughts of ending your life",
            Audience::Everybody => "for everybody",
        }
    }
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    update_policy: String,
    entries: Vec<Entry>,
}

/// A directory or a helpline as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    /// ISO 3166-1 alpha-2, `EU`, or null for everywhere.
    country: Option<String>,
    who_for: Vec<Audience>,
    kind: Kind,
    /// What is in a directory.
    #[serde(default)]
    about: Option<String>,
    number: Option<String>,
    search: String,
    last_checked: Option<String>,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Directory,
    Helpline,
}

impl Resources {
    /// What is built in. A test holds that it can be read; whoever needs help gets the fixed words in any case.
    pub(crate) fn built_in() -> Self {
        Self::read(EMBEDDED).unwrap_or_default()
    }

    /// Reads and checks the file.
    ///
    /// # Errors
    /// All problems, each with its entry and field.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<String>> {
        let file: File = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut check = Check::default();
        let resources = check.file(file);
        if check.problems.is_empty() { Ok(resources) } else { Err(check.problems) }
    }

    /// The helplines of a country, its own first.
    pub(crate) fn helplines_in(&self, country: &Country) -> Vec<&Helpline> {
        let mut here: Vec<&Helpline> = self.helplines.iter().filter(|line| line.place.is_in(country)).collect();
        here.sort_by_key(|line| line.place == Place::Eu);
        here
    }
}

/// Finds everything that is wrong.
#[derive(Default)]
struct Check {
    problems: Vec<String>,
    ids: BTreeSet<String>,
}

impl Check {
    fn file(&mut self, file: File) -> Resources {
        if file.format != FORMAT {
            self.problems.push(format!("format: `{}`, but `{FORMAT}` is needed", file.format));
        }
        if file.update_policy.trim().is_empty() {
            self.problems.push("update_policy: it must say how the numbers are kept up to date".to_owned());
        }
        let mut resources = Resources { update_policy: file.update_policy, ..Resources::default() };
        for entry in file.entries {
            match entry.kind {
                Kind::Directory => resources.directories.extend(self.directory(entry)),
                Kind::Helpline => resources.helplines.extend(self.helpline(entry)),
            }
        }
        if resources.directories.is_empty() {
            self.problems.push("entries: there must be a directory; it needs no number to be of help".to_owned());
        }
        resources
    }

    fn directory(&mut self, entry: Entry) -> Option<Directory> {
        self.common(&entry);
        let id = entry.id;
        if entry.number.is_some() {
            self.problem(&id, "number", "a directory is found by its name and has none");
        }
        if entry.country.is_some() {
            self.problem(&id, "country", "a directory is for every country: null");
        }
        let about = entry.about.filter(|about| !about.trim().is_empty());
        if about.is_none() {
            self.problem(&id, "about", "it must say what is in the directory");
        }
        Some(Directory { name: entry.name, about: about? })
    }

    fn helpline(&mut self, entry: Entry) -> Option<Helpline> {
        self.common(&entry);
        let id = entry.id;
        if entry.about.is_some() {
            self.problem(&id, "about", "this is for directories; `who_for` says whom a helpline is for");
        }
        let place = entry.country.as_deref().and_then(Place::read);
        if place.is_none() {
            self.problem(
                &id,
                "country",
                "a helpline is reached from a country: two capital letters of ISO 3166, or EU",
            );
        }
        let checked = entry.last_checked.as_deref().and_then(Date::parse);
        let number = match (entry.number, checked) {
            (Some(number), Some(checked)) => Some(CheckedNumber { number, checked }),
            _ => None,
        };
        Some(Helpline { name: entry.name, who_for: entry.who_for, search: entry.search, number, place: place? })
    }

    /// What must hold of both kinds.
    fn common(&mut self, entry: &Entry) {
        let id = entry.id.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(plain) {
            self.problem(id, "id", "it must be lower-case words joined by `-`");
        }
        if !self.ids.insert(id.to_owned()) {
            self.problem(id, "id", "it occurs twice");
        }
        let unique: BTreeSet<&Audience> = entry.who_for.iter().collect();
        if unique.is_empty() || unique.len() != entry.who_for.len() {
            self.problem(id, "who_for", "it must name somebody, and nobody twice");
        }
        for (field, text) in [("name", &entry.name), ("search", &entry.search), ("source", &entry.source)] {
            if text.trim().is_empty() {
                self.problem(id, field, "it is empty");
            }
        }
        // These are printed whether or not a number was checked.
        for (field, text) in
            [("name", Some(&entry.name)), ("search", Some(&entry.search)), ("about", entry.about.as_ref())]
        {
            if text.is_some_and(|text| longest_number(text) >= SHORTEST_NUMBER) {
                self.problem(id, field, "it holds a phone number; that belongs into `number` alone");
            }
        }
        if let Some(number) = &entry.number {
            let dialled = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')');
            if !number.chars().all(dialled) || longest_number(number) < SHORTEST_NUMBER {
                self.problem(id, "number", "digits, blanks, `-`, `+` and brackets make a number");
            }
        }
        if entry.last_checked.as_deref().is_some_and(|date| Date::parse(date).is_none()) {
            self.problem(id, "last_checked", "it must be a day that exists, YYYY-MM-DD, or null");
        }
    }

    fn problem(&mut self, id: &str, field: &str, what: &str) {
        self.problems.push(format!("entry `{id}`, {field}: {what}"));
    }
}

/// Three digits already make a number in some countries.
const SHORTEST_NUMBER: usize = 3;

/// The digits of the longest number in a text, whatever stands between them as in phone numbers.
fn longest_number(text: &str) -> usize {
    let joins = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/');
    let (mut longest, mut digits) = (0, 0);
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits += 1;
        } else if !joins(c) {
            digits = 0;
        }
        longest = longest.max(digits);
    }
    longest
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn directory() -> Value {
        json!({"id": "all", "name": "All of them", "country": null, "who_for": ["everybody"], "kind": "directory",
            "about": "helplines", "number": null, "search": "all of them", "last_checked": null, "source": "made up"})
    }

    fn helpline(last_checked: Value) -> Value {
        json!({"id": "made-up", "name": "Made-up Line", "country": "DE", "who_for": ["women"], "kind": "helpline",
            "number": "0999 123", "search": "made-up line", "last_checked": last_checked, "source": "made up"})
    }

    fn file(entries: &[Value]) -> String {
        json!({"format": FORMAT, "update_policy": "Now and then.", "entries": entries}).to_string()
    }

    fn problems(entries: &[Value]) -> Vec<String> {
        Resources::read(&file(entries)).unwrap_err()
    }

    #[test]
    fn what_is_built_in_can_be_read() {
        let resources = Resources::read(EMBEDDED).unwrap();
        let names: Vec<&str> = resources.directories.iter().map(|directory| directory.name.as_str()).collect();
        assert_eq!(names, ["Lila", "NO MORE Global Directory", "Find A Helpline", "Child Helpline International"]);
        assert!(resources.helplines.len() >= 10);
    }

    #[test]
    fn a_number_that_nobody_checked_does_not_get_in() {
        let read = |checked| Resources::read(&file(&[directory(), helpline(checked)])).unwrap();
        let unchecked = read(Value::Null);
        assert!(!format!("{unchecked:?}").contains("0999"), "{unchecked:?}");
        let checked = read(json!("2026-05-04"));
        let number = checked.helplines[0].number.as_ref().unwrap();
        assert_eq!((number.number.as_str(), number.checked), ("0999 123", date("2026-05-04")));
    }

    #[test]
    fn a_check_holds_for_a_year() {
        let number = CheckedNumber { number: "0999 123".to_owned(), checked: date("2026-05-04") };
        for (today, changed) in
            [("2026-05-03", true), ("2026-05-04", false), ("2027-05-04", false), ("2027-05-05", true)]
        {
            assert_eq!(number.may_have_changed(date(today)), changed, "{today}");
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut other = directory();
        for (field, value) in [("number", json!("123")), ("country", json!("DE")), ("about", json!(" "))] {
            other[field] = value;
        }
        let mut line = helpline(json!("2026-02-30"));
        for (field, value) in [
            ("id", json!("all")),
            ("name", json!("Call 0999 123")),
            ("country", json!("de")),
            ("who_for", json!(["men", "men"])),
            ("number", json!("0999 one")),
            ("about", json!("a line")),
            ("source", json!("")),
        ] {
            line[field] = value;
        }
        let found = problems(&[directory(), other, line]);
        let fields: Vec<&str> =
            found.iter().map(|problem| problem.split(", ").nth(1).unwrap().split(':').next().unwrap()).collect();
        assert_eq!(
            fields,
            [
                "id",
                "number",
                "country",
                "about",
                "id",
                "who_for",
                "source",
                "name",
                "number",
                "last_checked",
                "about",
                "country"
            ],
            "{found:#?}"
        );
    }

    #[test]
    fn a_file_without_a_directory_or_a_policy_is_refused() {
        let text = json!({"format": "bearings/resources@2", "update_policy": "", "entries": []}).to_string();
        assert_eq!(Resources::read(&text).unwrap_err().len(), 3);
        assert!(problems(&[helpline(Value::Null)])[0].contains("there must be a directory"));
    }

    #[test]
    fn unknown_fields_and_audiences_are_refused() {
        let mut line = helpline(Value::Null);
        line["phone"] = json!("0999 123");
        assert!(problems(&[directory(), line])[0].contains("unknown field `phone`"));
        let mut line = helpline(Value::Null);
        line["who_for"] = json!(["anybody"]);
        assert!(problems(&[directory(), line])[0].contains("unknown variant `anybody`"));
    }

    #[test]
    fn what_holds_for_the_eu_stands_after_what_is_known_of_the_country() {
        let resources = Resources::built_in();
        let names = |country: &str| -> Vec<&str> {
            resources.helplines_in(&country.parse().unwrap()).iter().map(|line| line.name.as_str()).collect()
        };
        assert_eq!(names("FR"), ["Violences Femmes Info", "EU helpline for women", "EU child helpline"]);
        assert_eq!(names("SE"), ["EU helpline for women", "EU child helpline"]);
        assert_eq!(names("US"), ["National Domestic Violence Hotline"]);
        assert_eq!(names("ZA"), [""; 0]);
    }

    #[test]
    fn digits_are_a_number_whatever_stands_between_them() {
        for (text, digits) in [("", 0), ("line 7", 1), ("1-800 (79)", 6), ("3 or 4", 1), ("116 016", 6)] {
            assert_eq!(longest_number(text), digits, "{text}");
        }
    }

    // The release script runs this one: what depends on the day must not fail a test run.
    #[test]
    #[ignore = "depends on the day; .ci/release-check runs it"]
    fn no_check_is_older_than_a_year() {
        let today = crate::command::today();
        let resources = Resources::read(EMBEDDED).unwrap();
        let (mut unchecked, mut old) = (Vec::new(), Vec::new());
        for line in &resources.helplines {
            match &line.number {
                None => unchecked.push(line.name.as_str()),
                Some(number) if number.may_have_changed(today) => old.push(line.name.as_str()),
                Some(_) => {}
            }
        }
        println!("without a number that was checked, so not printed: {}", unchecked.join(", "));
        assert_eq!(old, [""; 0], "these were checked more than a year ago, or on a day to come");
    }
}
