//! The texts in the source code: also what no case makes the program print, and what is asked at a prompt.

use std::collections::BTreeSet;

use super::texts::{Surface, Text, Texts};
use crate::architecture::{code, files};

/// Every literal text of both crates, tests left out.
pub(super) fn of_program() -> BTreeSet<Text> {
    let mut texts = Texts::new("text in the code");
    for folder in ["cli/src", "engine/src"] {
        for (path, text) in files(folder, ".rs") {
            for literal in literals(&code(&path, &text)) {
                // An empty line in a text ends a sentence.
                for part in literal.split("\n\n") {
                    texts.add(Surface::Program, &path, part.replace('\n', " "));
                }
            }
        }
    }
    texts.done()
}

/// The texts between quotes. Escapes stand for a blank, except for quotes themselves.
pub(super) fn literals(code: &str) -> Vec<String> {
    let (mut literals, mut rest) = (Vec::new(), code);
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, from) = rest.split_at(at);
        let raw = before.trim_end_matches('#');
        let hashes = "#".repeat(before.len() - raw.len());
        if from.starts_with('\'') {
            // A quote between single quotes opens nothing; a lifetime has no second one.
            let skipped = ["'\"'", "'\\\"'", "'\\''"].iter().find(|quoted| from.starts_with(**quoted));
            rest = &from[skipped.map_or(1, |quoted| quoted.len())..];
        } else if raw.ends_with('r') && !raw.ends_with(|c: char| c == '_' || (c.is_alphanumeric() && c != 'r')) {
            let (literal, after) = from[1..].split_once(format!("\"{hashes}").as_str()).unwrap();
            literals.push(literal.to_owned());
            rest = after;
        } else {
            let (literal, length) = quoted(&from[1..]);
            literals.push(literal);
            rest = &from[1 + length..];
        }
    }
    literals
}

/// The text up to the closing quote, and how many bytes it takes with it.
fn quoted(text: &str) -> (String, usize) {
    let mut literal = String::new();
    let mut letters = text.char_indices();
    while let Some((at, c)) = letters.next() {
        match c {
            '"' => return (literal, at + 1),
            '\\' => match letters.next().map(|(_, escaped)| escaped) {
                Some(quote @ ('"' | '\'')) => literal.push(quote),
                Some('n') => literal.push('\n'),
                _ => literal.push(' '),
            },
            _ => literal.push(c),
        }
    }
    panic!("a text does not end: {}", &text[..text.len().min(60)]);
}

#[test]
fn texts_are_found_between_quotes_and_nowhere_else() {
    let code =
        r##"let a = "one \"two\" three"; let b: &'a str = r#"four "five""#; match c { '"' => "six", '\'' => d("") }"##;
    assert_eq!(literals(code), ["one \"two\" three", "four \"five\"", "six", ""]);
    assert_eq!(literals("\"one\\\n    two\\nthree\""), ["one     two\nthree"]);
}
