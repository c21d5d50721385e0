//! Cuts a ruleset file into tokens. Strings and comments are known; what a condition means is Rhai's business.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic, SourceFile};

/// The most bytes that a ruleset file may have; Rhai's parser is quadratic in some constructs, and this keeps its
/// worst case near a tenth of a second.
pub(crate) const MAX_SOURCE_BYTES: usize = 64 * 1024;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word: a name or a keyword.
    Word,
    /// A number as it is written.
    Number,
    /// A string, already without quotes and escapes.
    Text(String),
    /// An operator or bracket.
    Mark,
    /// A `//!` line, without the marker.
    Doc(String),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

/// Operators of two characters; longer ones of Rhai do not occur in rules.
const PAIRS: [&str; 8] = [">=", "<=", "==", "!=", "&&", "||", "=>", "#{"];

/// All tokens of a file; problems such as an unclosed string are reported and scanning goes on.
pub(crate) fn scan(source: &SourceFile, problems: &mut Vec<Diagnostic>) -> Vec<Token> {
    let text = source.text.as_str();
    if text.len() > MAX_SOURCE_BYTES {
        let message = format!("the file has {} bytes; a ruleset file may have {MAX_SOURCE_BYTES}", text.len());
        problems.push(
            Diagnostic::error(Code::ScriptLimit, &source.name, None, message)
                .hint("split it into several files of the ruleset's folder"),
        );
        return Vec::new();
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if rest.starts_with("//") {
            let line = rest.lines().next().unwrap_or(rest);
            if let Some(doc) = line.strip_prefix("//!") {
                let kind = TokenKind::Doc(doc.strip_prefix(' ').unwrap_or(doc).trim_end().to_owned());
                tokens.push(Token { kind, span: at..at + line.len() });
            }
            line.len()
        } else if rest.starts_with("/*") {
            match rest.find("*/") {
                Some(end) => end + 2,
                None => {
                    let message = "this comment is not closed";
                    problems.push(
                        Diagnostic::error(Code::Syntax, &source.name, at..at + 2, message).hint("add the closing `*/`"),
                    );
                    rest.len()
                }
            }
        } else if first == '"' || first == '`' {
            string(source, at, first, &mut tokens, problems)
        } else if first.is_ascii_digit() {
            let length = number_length(rest);
            tokens.push(Token { kind: TokenKind::Number, span: at..at + length });
            length
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(Token { kind: TokenKind::Word, span: at..at + length });
            length
        } else {
            let length = PAIRS.iter().find(|pair| rest.starts_with(**pair)).map_or(first.len_utf8(), |pair| pair.len());
            tokens.push(Token { kind: TokenKind::Mark, span: at..at + length });
            length
        };
        at += length;
    }
    tokens
}

/// Digits, underscores and at most one point that is followed by a digit.
fn number_length(rest: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let before = digits(rest);
    match rest.get(before..).and_then(|tail| tail.strip_prefix('.')) {
        Some(tail) if tail.starts_with(|c: char| c.is_ascii_digit()) => before + 1 + digits(tail),
        _ => before,
    }
}

/// Scans a string that starts at `at`; returns its length with quotes.
fn string(
    source: &SourceFile,
    at: usize,
    quote: char,
    tokens: &mut Vec<Token>,
    problems: &mut Vec<Diagnostic>,
) -> usize {
    let rest = source.text.get(at..).unwrap_or("");
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            // A string that spans lines is joined: the line break and the indentation become one space.
            '\n' => value.push(' '),
            c if c == quote => {
                let length = offset + 1;
                let span = at..at + length;
                if quote == '`' {
                    let message = "strings in backticks are not part of the language";
                    problems.push(
                        Diagnostic::error(Code::Syntax, &source.name, span.clone(), message).hint("use double quotes"),
                    );
                }
                let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
                tokens.push(Token { kind: TokenKind::Text(value), span });
                return length;
            }
            c => value.push(c),
        }
    }
    problems.push(
        Diagnostic::error(Code::Syntax, &source.name, at..at + 1, "this string is not closed")
            .hint("add the closing `\"`"),
    );
    rest.len()
}
