//! The lists of `phrases.txt` and `allowed.txt`, and finding their phrases in a text.

use std::collections::BTreeSet;

use super::texts::{Surface, Text};

/// The most words that three dots stand for.
const GAP: usize = 3;

/// Phrases that some surfaces do not say.
#[derive(Debug)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) surfaces: Vec<Surface>,
    /// A made-up text that must not pass.
    pub(super) example: String,
    pub(super) phrases: Vec<String>,
}

/// Words that may stay.
#[derive(Debug)]
pub(super) struct Allowed {
    surfaces: Vec<Surface>,
    pub(super) words: String,
    reason: String,
}

/// A phrase where it may not be.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) surface: Surface,
    pub(super) list: String,
    pub(super) phrase: String,
    pub(super) sentence: String,
}

impl Finding {
    /// Everything but the place.
    pub(super) fn line(&self) -> String {
        format!("{:?}: \"{}\" ({}) in: {}", self.surface, self.phrase, self.list, self.sentence)
    }
}

/// Splits a heading: `[inside] after`.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (inside, after) = line.strip_prefix('[')?.split_once(']')?;
    Some((inside.trim(), after.trim()))
}

fn surfaces(words: &str) -> Vec<Surface> {
    words.split(',').map(|word| Surface::named(word.trim())).collect()
}

pub(super) fn lists(text: &str) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, on)) = heading(line) {
            let (name, example) = (name.to_owned(), String::new());
            lists.push(List { name, surfaces: surfaces(on), example, phrases: Vec::new() });
        } else if let Some(example) = line.strip_prefix("example:") {
            example.trim().clone_into(&mut lists.last_mut().unwrap().example);
        } else {
            lists.last_mut().unwrap().phrases.push(line.to_owned());
        }
    }
    lists
}

pub(super) fn allowed(text: &str) -> Vec<Allowed> {
    let mut entries: Vec<Allowed> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match heading(line) {
            Some((on, words)) => {
                let words = words.to_owned();
                entries.push(Allowed { surfaces: surfaces(on), words, reason: String::new() });
            }
            None => {
                assert!(line.starts_with(' '), "a reason is indented: {line}");
                entries.last_mut().unwrap().reason.push_str(line.trim());
            }
        }
    }
    for entry in &entries {
        assert!(!entry.reason.is_empty(), "no reason is given why this may stay: {}", entry.words);
    }
    entries
}

/// The words of a sentence, in small letters. `_` joins, so that an id is one word; `%` is a word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let letters: Vec<char> = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'").chars().collect();
    for (at, &c) in letters.iter().enumerate() {
        let inside = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric());
        let joins = c.is_alphanumeric()
            || c == '_'
            || (c == '\'' && at > 0 && inside(letters.get(at - 1)) && inside(letters.get(at + 1)));
        match (joins, open) {
            (true, true) => words.last_mut().unwrap().push(c),
            (true, false) => words.push(c.to_string()),
            (false, _) if c == '%' => words.push("%".to_owned()),
            (false, _) => {}
        }
        open = joins;
    }
    words
}

/// Sentences: what stands between full stops, question and exclamation marks that end a word.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let (mut sentences, mut start) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if matches!(c, '.' | '?' | '!') && next.is_none_or(|next| next.is_whitespace() || "\"')*".contains(next)) {
            sentences.push(text[start..=at].trim());
            start = at + 1;
        }
    }
    sentences.push(text[start..].trim());
    sentences
        .into_iter()
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric) || sentence.contains('%'))
        .collect()
}

/// How many words from `at` on a phrase takes, if it stands there.
fn length_at(phrase: &[&str], words: &[String], at: usize) -> Option<usize> {
    let Some((first, rest)) = phrase.split_first() else { return Some(0) };
    if *first == "..." {
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
            parts.last_mut().unwrap().push('*');
            parts
        }
        None => words(part),
    });
    parts.collect()
}

/// Every phrase in a text that its surface does not say. `used` collects the entries of `allowed` that were needed.
pub(super) fn find(lists: &[List], allowed: &[Allowed], text: &Text, used: &mut BTreeSet<usize>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What could be seen in a list of files is seen part by part.
    let split =
        if text.surface == Surface::Name { text.words.replace(['_', '-', '.', '/'], " ") } else { String::new() };
    let whole = if split.is_empty() { text.words.as_str() } else { split.as_str() };
    for sentence in sentences(whole) {
        let words = words(sentence);
        let kept: Vec<(usize, std::ops::Range<usize>)> = allowed
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.surfaces.contains(&text.surface))
            .flat_map(|(number, entry)| {
                let own = self::words(&entry.words);
                let starts = (0..words.len()).filter(|at| words[*at..].starts_with(&own)).collect::<Vec<_>>();
                starts.into_iter().map(move |at| (number, at..at + own.len())).collect::<Vec<_>>()
            })
            .collect();
        for list in lists.iter().filter(|list| list.surfaces.contains(&text.surface)) {
            for phrase in &list.phrases {
                let pattern = pattern(phrase);
                let pattern: Vec<&str> = pattern.iter().map(String::as_str).collect();
                let hits = (0..words.len()).filter_map(|at| Some(at..at + length_at(&pattern, &words, at)?));
                for hit in hits {
                    match kept.iter().find(|(_, kept)| kept.start <= hit.start && hit.end <= kept.end) {
                        Some((number, _)) => {
                            used.insert(*number);
                        }
                        None => findings.push(Finding {
                            surface: text.surface,
                            list: list.name.clone(),
                            phrase: phrase.clone(),
                            sentence: sentence.to_owned(),
                        }),
                    }
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let pattern: Vec<&str> = pattern.iter().map(String::as_str).collect();
            (0..words.len()).any(|at| length_at(&pattern, &words, at).is_some())
        };
        assert!(found("toxic*", "such toxicity") && found("toxic*", "TOXIC") && !found("toxic", "toxicity"));
        assert!(
            found("show ... this page", "Show all of them this page.") && found("show ... this page", "show this page")
        );
        assert!(!found("show ... this page", "show them what you read on this page"));
        assert!(found("co-depend*", "co-dependent") && !found("safe", "unsafe") && !found("liar", "familiar"));
    }
}
