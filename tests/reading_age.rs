//! How hard the words are. Two measures that count no syllables: the Automated Readability Index and Coleman-Liau.
//! Both give a US school grade; grade 7 is about twelve years.
//!
//! `cargo test reading_age -- --nocapture` prints the table. On a single sentence the numbers are noisy (one long
//! word moves them by whole grades), so a single question has a wide limit and single lines of advice have none.

use std::collections::BTreeSet;

use bearings_engine::item_text;
use bearings_engine::questionnaire::{Bond, Questionnaire, Role};
use serde_json::Value;

use crate::support::read;
use crate::words::texts::{Surface, shipped};
use crate::words::{all_texts, sentences};

/// What the texts of a surface may need together, by either measure.
const GRADE: f64 = 7.0;
/// What one question may need, by the mean of both.
const GRADE_OF_ONE: f64 = 11.0;

/// What the measures count.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    letters: f64,
    words: f64,
    sentences: f64,
}

impl Counts {
    fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts = Self::default();
        for sentence in texts.into_iter().flat_map(sentences) {
            counts.sentences += 1.0;
            for word in sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)) {
                counts.words += 1.0;
                counts.letters += word.chars().filter(|c| c.is_alphanumeric()).count() as f64;
            }
        }
        counts
    }

    /// Senter and Smith 1967.
    fn automated_readability_index(self) -> f64 {
        4.71 * (self.letters / self.words) + 0.5 * (self.words / self.sentences) - 21.43
    }

    /// Coleman and Liau 1975: letters and sentences in a hundred words.
    fn coleman_liau(self) -> f64 {
        5.88 * (self.letters / self.words) - 29.6 * (self.sentences / self.words) - 15.8
    }

    fn mean(self) -> f64 {
        f64::midpoint(self.automated_readability_index(), self.coleman_liau())
    }

    /// By the harder of the two.
    fn worst(self) -> f64 {
        self.automated_readability_index().max(self.coleman_liau())
    }
}

fn trust_repair() -> &'static Questionnaire {
    shipped().questionnaires.iter().find(|questionnaire| questionnaire.id == "trust-repair").unwrap()
}

/// The questions as a partner reads them, each with its item.
fn questions() -> BTreeSet<(&'static str, String)> {
    let items = trust_repair().items.iter();
    let texts = items.flat_map(|item| {
        let read = |role| item_text(trust_repair(), item, role, Some(Bond::Partner));
        [Role::Hurt, Role::Broke].map(|role| (item.id.as_str(), read(role)))
    });
    texts.collect()
}

/// What is said on a surface, each text once. Lines that name helplines are no sentences, and names are given.
fn said(surface: Surface, place: &str) -> BTreeSet<String> {
    let resources: Value = serde_json::from_str(&read("cli/resources/helplines.json")).unwrap();
    let entries = resources["entries"].as_array().unwrap();
    let names: Vec<&str> = entries.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    let texts = all_texts().iter().filter(|text| text.surface == surface && text.place.starts_with(place));
    let texts = texts.filter(|text| !names.iter().any(|name| text.words.contains(name)));
    texts.map(|text| filled(&text.words)).collect()
}

/// A name in braces stands for a score or an answer.
fn filled(text: &str) -> String {
    let mut filled = String::new();
    for (at, part) in text.split(['{', '}']).enumerate() {
        filled.push_str(if at % 2 == 1 { "often" } else { part });
    }
    filled
}

/// The groups that have a limit, and what stands in each.
fn groups() -> Vec<(&'static str, BTreeSet<String>)> {
    let questions = questions().into_iter().map(|(_, text)| text).collect();
    let why = trust_repair().items.iter().filter_map(|item| item.why.clone()).collect();
    let pages = [Surface::Withheld, Surface::Minors, Surface::Own];
    let safety = pages.into_iter().flat_map(|surface| said(surface, "page for ")).collect();
    let mut groups = vec![
        ("questions", questions),
        ("why they are asked", why),
        ("advice", said(Surface::Advice, "trust-repair, ")),
        ("safety pages", safety),
        ("help support", said(Surface::Help, "help, bearings help support")),
    ];
    // What `take` asks and says, once there is `take`.
    let prompts = said(Surface::Program, "text in the code, cli/src/command/take");
    let prompts: BTreeSet<String> = prompts.into_iter().filter(|text| text.split_whitespace().count() > 3).collect();
    if !prompts.is_empty() {
        groups.push(("prompts", prompts));
    }
    groups
}

fn row(name: &str, texts: usize, counts: Counts) -> String {
    let (index, other) = (counts.automated_readability_index(), counts.coleman_liau());
    format!("{name:24} {texts:5} texts {:6} words {index:6.1} {other:6.1}", counts.words)
}

#[test]
fn all_that_is_said_can_be_read_at_twelve() {
    println!("{:50}    ARI     CL", "");
    let mut hard = Vec::new();
    for (name, texts) in groups() {
        let counts = Counts::of(texts.iter().map(String::as_str));
        assert!(counts.words > 50.0, "{name}: {texts:?}");
        let row = row(name, texts.len(), counts);
        println!("{row}");
        if counts.worst() > GRADE {
            let mut lines: Vec<&String> = texts.iter().filter(|text| text.split(' ').count() > 4).collect();
            lines.sort_by(|a, b| Counts::of([b.as_str()]).mean().total_cmp(&Counts::of([a.as_str()]).mean()));
            let lines =
                lines.iter().take(12).map(|text| format!("\n    {:5.1} {text}", Counts::of([text.as_str()]).mean()));
            hard.push(format!("{row}; the hardest:{}", lines.collect::<String>()));
        }
    }
    // Titles are no sentences, so their grades are printed and have no limit.
    let titles = said(Surface::Verdict, "trust-repair, ");
    println!("{}", row("titles", titles.len(), Counts::of(titles.iter().map(String::as_str))));
    assert!(hard.is_empty(), "above grade {GRADE}:\n{}", hard.join("\n"));
}

#[test]
fn no_question_is_hard_on_its_own() {
    let mut questions: Vec<(f64, &str, String)> =
        questions().into_iter().map(|(id, text)| (Counts::of([text.as_str()]).mean(), id, text)).collect();
    questions.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (grade, id, text) in questions.iter().take(10) {
        println!("{grade:5.1} {id}: {text}");
    }
    let hard: Vec<String> = questions
        .iter()
        .filter(|(grade, ..)| *grade > GRADE_OF_ONE)
        .map(|(grade, id, text)| format!("{grade:.1} {id}: {text}"))
        .collect();
    assert!(hard.is_empty(), "above grade {GRADE_OF_ONE}:\n{}", hard.join("\n"));
}

#[test]
fn the_measures_give_the_published_grades() {
    // 639 letters, 119 words and 5 sentences are grade 14.5 in the worked example that is often printed with the
    // formula of Coleman and Liau. The other by hand: 4.71 * 4.5 + 0.5 * 20 - 21.43 = 9.765.
    let counts = Counts { letters: 639.0, words: 119.0, sentences: 5.0 };
    assert!((counts.coleman_liau() - 14.5).abs() < 0.05, "{}", counts.coleman_liau());
    let counts = Counts { letters: 450.0, words: 100.0, sentences: 5.0 };
    assert!((counts.automated_readability_index() - 9.765).abs() < 1e-9);
}

#[test]
fn words_letters_and_sentences_are_counted() {
    let counts = Counts::of(["One two, three. Is it four-teen?", "No end"]);
    assert_eq!((counts.letters, counts.words, counts.sentences), (28.0, 8.0, 3.0));
    assert_eq!(filled("You said {a_score}, {b}."), "You said often, often.");
}

#[test]
fn hard_words_are_found() {
    let text = "The multidimensional operationalisation of interpersonal accountability necessitates deliberation.";
    assert!(Counts::of([text]).mean() > GRADE_OF_ONE && Counts::of(["The cat sat on the mat."]).worst() < GRADE);
}
