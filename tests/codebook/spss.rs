//! `bearings codebook --format spss`: the syntax, read by a small reader of our own.

use std::collections::{BTreeMap, BTreeSet};

use super::{LIVING, rulesets, table};
use crate::support::{Folder, bearings, read};

/// A piece of SPSS syntax: words, signs, and texts with their quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// The commands of SPSS syntax. A command ends with a period at the end of a line; a quote in a text stands twice.
#[track_caller]
fn commands_of(syntax: &str) -> Vec<Vec<Token>> {
    let (mut commands, mut command) = (Vec::new(), Vec::new());
    for line in syntax.lines() {
        assert!(line.len() <= 256, "a line is longer than SPSS reads: {line}");
        assert!(!line.trim().is_empty(), "an empty line ends a command");
        if command.is_empty() && line.starts_with('*') {
            assert!(line.ends_with('.') && !line[..line.len() - 1].ends_with('.'), "{line}");
            continue;
        }
        let mut rest = line.trim();
        let ends = rest.ends_with('.');
        rest = rest.strip_suffix('.').unwrap_or(rest);
        while let Some(first) = rest.chars().next() {
            rest = match first {
                ' ' => rest.trim_start(),
                '\'' => {
                    let mut text = String::new();
                    let mut after = &rest[1..];
                    loop {
                        let (inside, behind) = after.split_once('\'').unwrap_or_else(|| panic!("not closed: {line}"));
                        text.push_str(inside);
                        after = behind;
                        match behind.strip_prefix('\'') {
                            Some(more) => {
                                text.push('\'');
                                after = more;
                            }
                            None => break,
                        }
                    }
                    command.push(Token::Text(text));
                    after
                }
                '(' | ')' | '/' | '=' => {
                    command.push(Token::Sign(first));
                    &rest[1..]
                }
                _ => {
                    let end = rest.find([' ', '(', ')', '=', '\'']).unwrap_or(rest.len());
                    command.push(Token::Word(rest[..end].to_owned()));
                    &rest[end..]
                }
            };
        }
        if ends {
            commands.push(std::mem::take(&mut command));
        }
    }
    assert_eq!(command, [], "the last command does not end");
    commands
}

fn word(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

/// The commands that start with these words.
fn starting<'a>(commands: &'a [Vec<Token>], words: &str) -> Vec<&'a [Token]> {
    let words: Vec<Token> = words.split(' ').map(|word| Token::Word(word.to_owned())).collect();
    commands.iter().filter_map(|command| command.strip_prefix(words.as_slice())).collect()
}

/// The variables that GET DATA reads, with their formats.
#[track_caller]
fn variables(commands: &[Vec<Token>]) -> Vec<(String, String)> {
    let [get] = starting(commands, "GET DATA").try_into().unwrap();
    let at = get.iter().position(|token| word(token) == Some("VARIABLES")).unwrap();
    let words: Vec<&str> = get[at + 2..].iter().map(|token| word(token).unwrap()).collect();
    words.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// The labels of each variable's values.
#[track_caller]
fn value_labels(commands: &[Vec<Token>]) -> BTreeMap<String, Vec<(String, String)>> {
    let mut labels: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for command in starting(commands, "VALUE LABELS") {
        for part in command.split(|token| *token == Token::Sign('/')) {
            let (name, rest) = part.split_first().unwrap();
            let text = |token: &Token| match token {
                Token::Word(text) | Token::Text(text) => text.clone(),
                Token::Sign(sign) => panic!("{sign} in {part:?}"),
            };
            let own = rest.chunks(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
            assert!(labels.insert(word(name).unwrap().to_owned(), own).is_none());
        }
    }
    labels
}

#[test]
fn spss_syntax_is_sound_for_everything_that_is_built_in() {
    for id in rulesets() {
        for side in ["", "--output-columns"] {
            let commands = commands_of(&bearings(&format!("codebook {id} {side} --format spss")).ok().stdout);
            let read = variables(&commands);
            let names = table(&format!("{id} {side}"));
            assert_eq!(read.len(), names.rows.len(), "{id} {side}");
            let mut known: BTreeSet<String> = BTreeSet::new();
            for (name, format) in &read {
                assert!(name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
                let (kind, width) = format.split_at(1);
                let width: f64 = width.parse().unwrap();
                assert!(matches!(kind, "A" | "F") && (1.0..=32_767.0).contains(&width), "{format}");
                assert!(known.insert(name.to_lowercase()), "{name} stands there twice");
            }
            // What is recoded is there before, and what is labelled afterwards.
            for command in starting(&commands, "RECODE") {
                assert!(known.contains(&word(&command[0]).unwrap().to_lowercase()));
                let into = command.iter().position(|token| word(token) == Some("INTO")).unwrap();
                assert!(known.insert(word(&command[into + 1]).unwrap().to_lowercase()), "{command:?}");
            }
            for (name, labels) in value_labels(&commands) {
                assert!(known.contains(&name.to_lowercase()), "{name}");
                let values: BTreeSet<&String> = labels.iter().map(|(value, _)| value).collect();
                assert_eq!(values.len(), labels.len(), "{name}");
                assert!(labels.iter().all(|(_, label)| !label.is_empty() && label.len() <= 120), "{labels:?}");
            }
        }
    }
}

#[test]
fn spss_gets_the_labels_of_the_questionnaire_and_a_number_for_each_reason() {
    let folder = Folder::new();
    let text = read(LIVING).replace("\"very bad\"", "\"don't ask\"").replace("\"id\": \"more\"", "\"id\": \"to\"");
    let file = folder.write("q.json", text);
    let syntax = bearings("codebook --format spss").arg(file).ok().stdout;
    let commands = commands_of(&syntax);
    let labels = value_labels(&commands);
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    assert_eq!(
        labels["mood"],
        [
            pair("-2", "don't ask"),
            pair("-1", "bad"),
            pair("0", "so so"),
            pair("1", "good"),
            pair("2", "very good"),
            pair("-91", "left open"),
            pair("-92", "rather not say"),
            pair("-93", "not known"),
            pair("-94", "does not apply"),
        ]
    );
    // Words are numbered, and the word is told.
    assert_eq!(labels["children_know"][..2], [pair("1", "yes: yes"), pair("2", "no: no")]);
    let missing = starting(&commands, "MISSING VALUES");
    let range = |name: &str| {
        let command = missing.iter().find(|command| word(&command[0]) == Some(name)).unwrap();
        command.iter().filter_map(word).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(range("mood"), ["mood", "-94", "THRU", "-91"]);
    assert_eq!(range("ties__home"), ["ties__home", "-93", "THRU", "-91"]);
    // In a scored file an empty cell stands for no word.
    let of_scored = commands_of(&bearings("codebook --output-columns --format spss").ok().stdout);
    let of_scored = starting(&of_scored, "MISSING VALUES");
    for name in ["stage", "signal", "reason"] {
        let expected = [Token::Word(name.to_owned()), Token::Sign('('), Token::Text(" ".to_owned()), Token::Sign(')')];
        assert!(of_scored.contains(&expected.as_slice()), "{name}: {of_scored:?}");
    }
    // A word of the syntax is no name.
    assert!(labels.contains_key("v_to") && syntax.contains("* to is called v_to here."), "{syntax}");
    let recoded = starting(&commands, "RECODE");
    let weeks = recoded.iter().find(|command| command.iter().filter_map(word).any(|word| word == "weeks")).unwrap();
    assert!(weeks.contains(&Token::Word("CONVERT".to_owned())) && weeks.contains(&Token::Text("dont_know".to_owned())));
}
