//! What is not said to people, by surface: the lists of `resources/words`, and finding their phrases in a text.
//!
//! A check of a ruleset warns of them in what its rules say; the program's own tests look at everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The most words that three dots stand for.
const GAP: usize = 3;

/// Phrases that some surfaces do not say.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// What they have in common.
    pub name: String,
    /// Where they are not said; the head of `phrases.txt` tells what each surface is.
    pub surfaces: Vec<String>,
    /// A made-up text that must not pass.
    pub example: String,
    /// The phrases as they are written there.
    pub phrases: Vec<String>,
}

/// Words that may stay although a phrase is in them.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// Where they may stay.
    pub surfaces: Vec<String>,
    /// The words as they stand.
    pub words: String,
    /// Why they may stay.
    pub reason: String,
    split: Vec<String>,
}

/// A phrase where it may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of its list.
    pub list: String,
    /// The phrase as it is written in the list.
    pub phrase: String,
    /// The sentence it was found in.
    pub sentence: String,
}

/// What was found in one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The phrases that may not be there.
    pub findings: Vec<Finding>,
    /// The numbers of the [`Allowed`] that covered a phrase.
    pub used: BTreeSet<usize>,
}

/// The lists, ready to be looked for.
#[derive(Debug)]
pub struct Words {
    lists: Vec<List>,
    allowed: Vec<Allowed>,
    /// For the first letter of a phrase: its list, its number there, its words with stars and dots kept.
    patterns: BTreeMap<char, Vec<(usize, usize, Vec<String>)>>,
}

impl Words {
    /// The lists that are part of the program.
    pub fn built_in() -> Self {
        let lists = lists(include_str!("../resources/words/phrases.txt"));
        let allowed = allowed(include_str!("../resources/words/allowed.txt"));
        let mut patterns: BTreeMap<char, Vec<(usize, usize, Vec<String>)>> = BTreeMap::new();
        for (list, phrases) in lists.iter().enumerate() {
            for (number, phrase) in phrases.phrases.iter().enumerate() {
                let pattern = pattern(phrase);
                let first = pattern.first().and_then(|word| word.chars().next());
                if let Some(first) = first {
                    patterns.entry(first).or_default().push((list, number, pattern));
                }
            }
        }
        Self { lists, allowed, patterns }
    }

    /// The lists as they are written.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// The words that may stay.
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// Every phrase in a text that its surface does not say.
    pub fn find(&self, surface: &str, text: &str) -> Findings {
        let mut found = Findings::default();
        // What could be seen in a list of files is seen part by part.
        let split = if surface == "name" { text.replace(['_', '-', '.', '/'], " ") } else { String::new() };
        for sentence in sentences(if split.is_empty() { text } else { &split }) {
            let words = words(sentence);
            let kept = self.kept(surface, &words);
            let mut hits: Vec<(usize, usize, Range<usize>)> = Vec::new();
            for (at, word) in words.iter().enumerate() {
                let patterns = word.chars().next().and_then(|first| self.patterns.get(&first));
                for (list, number, pattern) in patterns.into_iter().flatten() {
                    if let Some(length) = length_at(pattern, &words, at) {
                        hits.push((*list, *number, at..at + length));
                    }
                }
            }
            hits.sort_by_key(|(list, number, words)| (*list, *number, words.start));
            for (list, number, hit) in hits {
                let Some(list) = self.lists.get(list).filter(|list| list.is_for(surface)) else { continue };
                match kept.iter().find(|(_, kept)| kept.start <= hit.start && hit.end <= kept.end) {
                    Some((number, _)) => {
                        found.used.insert(*number);
                    }
                    None => found.findings.push(Finding {
                        list: list.name.clone(),
                        phrase: list.phrases.get(number).cloned().unwrap_or_default(),
                        sentence: sentence.to_owned(),
                    }),
                }
            }
        }
        found
    }

    /// Which of the words of a sentence may stay, and by which entry.
    fn kept(&self, surface: &str, words: &[String]) -> Vec<(usize, Range<usize>)> {
        let entries = self.allowed.iter().enumerate();
        let entries = entries.filter(|(_, entry)| entry.surfaces.iter().any(|known| known == surface));
        let mut kept = Vec::new();
        for (number, entry) in entries {
            let starts =
                (0..words.len()).filter(|at| words.get(*at..).is_some_and(|rest| rest.starts_with(&entry.split)));
            kept.extend(starts.map(|at| (number, at..at + entry.split.len())));
        }
        kept
    }
}

impl List {
    fn is_for(&self, surface: &str) -> bool {
        self.surfaces.iter().any(|known| known == surface)
    }
}

/// Splits a heading: `[inside] after`.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (inside, after) = line.strip_prefix('[')?.split_once(']')?;
    Some((inside.trim(), after.trim()))
}

fn surfaces(words: &str) -> Vec<String> {
    words.split(',').map(|word| word.trim().to_owned()).collect()
}

fn lists(text: &str) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, on)) = heading(line) {
            lists.push(List { name: name.to_owned(), surfaces: surfaces(on), ..List::default() });
        } else if let Some(list) = lists.last_mut() {
            match line.strip_prefix("example:") {
                Some(example) => example.trim().clone_into(&mut list.example),
                None => list.phrases.push(line.to_owned()),
            }
        }
    }
    lists
}

fn allowed(text: &str) -> Vec<Allowed> {
    let mut entries: Vec<Allowed> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some((on, kept)) = heading(line) {
            let entry = Allowed { surfaces: surfaces(on), words: kept.to_owned(), ..Allowed::default() };
            entries.push(Allowed { split: words(kept), ..entry });
        } else if let Some(entry) = entries.last_mut() {
            entry.reason.push_str(line.trim());
        }
    }
    entries
}

/// The words of a sentence, in small letters. `_` joins, so that an id is one word; `%` is a word.
fn words(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'").chars().collect();
    let inside = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (at, &c) in letters.iter().enumerate() {
        let joins = c.is_alphanumeric() || c == '_' || (c == '\'' && inside(at.checked_sub(1)) && inside(Some(at + 1)));
        match (joins, words.last_mut()) {
            (true, Some(word)) if open => word.push(c),
            (true, _) => words.push(c.to_string()),
            (false, _) if c == '%' => words.push("%".to_owned()),
            (false, _) => {}
        }
        open = joins;
    }
    words
}

/// Sentences: what stands between full stops, question and exclamation marks that end a word.
pub fn sentences(text: &str) -> Vec<&str> {
    let (mut sentences, mut start) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if matches!(c, '.' | '?' | '!') && next.is_none_or(|next| next.is_whitespace() || "\"')*".contains(next)) {
            sentences.push(text.get(start..=at).unwrap_or_default().trim());
            start = at + 1;
        }
    }
    sentences.push(text.get(start..).unwrap_or_default().trim());
    sentences.retain(|sentence| sentence.chars().any(char::is_alphanumeric) || sentence.contains('%'));
    sentences
}

/// How many words from `at` on a phrase takes, if it stands there.
fn length_at(phrase: &[String], words: &[String], at: usize) -> Option<usize> {
    let Some((first, rest)) = phrase.split_first() else { return Some(0) };
    if first == "..." {
        return (0..=GAP).find_map(|gap| length_at(rest, words, at + gap).map(|length| gap + length));
    }
    let word = words.get(at)?;
    let fits = first.strip_suffix('*').map_or(word == first, |start| word.starts_with(start));
    if fits { length_at(rest, words, at + 1).map(|length| length + 1) } else { None }
}

/// A phrase as `words` would give it, with stars and dots kept.
fn pattern(phrase: &str) -> Vec<String> {
    let parts = phrase.split_whitespace().flat_map(|part| match part.strip_suffix('*') {
        _ if part == "..." => vec![part.to_owned()],
        Some(start) => {
            let mut parts = words(start);
            if let Some(last) = parts.last_mut() {
                last.push('*');
            }
            parts
        }
        None => words(part),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_well_formed() {
        let built_in = Words::built_in();
        for list in built_in.lists() {
            assert!(!list.example.is_empty() && !list.phrases.is_empty(), "{} has no example or no phrase", list.name);
        }
        for entry in built_in.allowed() {
            assert!(!entry.reason.is_empty(), "no reason is given why this may stay: {}", entry.words);
            assert!(!entry.split.is_empty());
        }
        let starts_with_dots = |list: &List| list.phrases.iter().any(|phrase| phrase.starts_with("..."));
        assert!(!built_in.lists().iter().any(starts_with_dots), "phrases are found by their first letter");
    }

    #[test]
    fn sentences_end_where_a_word_does() {
        assert_eq!(sentences("See file.rhai:3. Is it? \"No.\" - "), ["See file.rhai:3.", "Is it?", "\"No."]);
    }

    #[test]
    fn words_are_small_and_ids_are_one() {
        assert_eq!(
            words("Don\u{2019}t \u{2018}say\u{2019} 5% of room_to_forgive!"),
            ["don't", "say", "5", "%", "of", "room_to_forgive"]
        );
    }

    #[test]
    fn stars_stand_for_endings_and_dots_for_up_to_three_words() {
        let found = |phrase: &str, text: &str| {
            let (pattern, words) = (pattern(phrase), words(text));
            (0..words.len()).any(|at| length_at(&pattern, &words, at).is_some())
        };
        assert!(found("toxic*", "such toxicity") && found("toxic*", "TOXIC") && !found("toxic", "toxicity"));
        assert!(
            found("show ... this page", "Show all of them this page.") && found("show ... this page", "show this page")
        );
        assert!(!found("show ... this page", "show them what you read on this page"));
        assert!(found("co-depend*", "co-dependent") && !found("safe", "unsafe") && !found("liar", "familiar"));
    }

    #[test]
    fn a_phrase_is_found_in_its_sentence_and_on_its_surface_only() {
        let built_in = Words::built_in();
        let found = built_in.find("advice", "It is fine. Perhaps you should go.");
        let finding = found.findings.first().unwrap();
        assert_eq!((finding.phrase.as_str(), finding.sentence.as_str()), ("you should*", "Perhaps you should go."));
        assert_eq!(built_in.find("name", "you should go").findings, []);
        let kept = built_in.find("advice", "There is no date by which you must feel better.");
        assert_eq!((kept.findings.len(), kept.used.len()), (0, 1));
    }
}
