//! Conditions: where one ends, and which names, calls and comparisons stand in it. What it means is Rhai's business.

use super::{CLAUSES, Parsed, Parser};
use crate::questionnaire::{Operator, OptionValue};
use crate::ruleset::declaration::{Expr, Name};
use crate::ruleset::scan::{Token, TokenKind};

impl Parser<'_> {
    /// `name op literal`, if nothing is computed on either side of it.
    fn comparison(&self, name: &Name) -> Option<(Name, Operator, OptionValue)> {
        let arithmetic =
            |token: Option<&Token>| token.is_some_and(|token| ["+", "-", "*", "/"].contains(&self.text(token)));
        let (operator, literal) = (self.tokens.get(self.at + 1)?, self.tokens.get(self.at + 2)?);
        if arithmetic(self.at.checked_sub(1).and_then(|before| self.tokens.get(before)))
            || arithmetic(self.tokens.get(self.at + 3))
        {
            return None;
        }
        let operator = match self.text(operator) {
            "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<=" => Operator::AtMost,
            ">=" => Operator::AtLeast,
            "<" => Operator::Less,
            ">" => Operator::Greater,
            _ => return None,
        };
        let value = match &literal.kind {
            TokenKind::Text(word) => OptionValue::Word(word.clone()),
            TokenKind::Number => OptionValue::Number(self.text(literal).parse().ok()?),
            _ => return None,
        };
        Some((name.clone(), operator, value))
    }

    /// The words behind a `!`: the next one, or all in the next brackets.
    fn negated(&self, words: &mut Vec<String>) {
        let mut depth = 0_usize;
        for token in self.tokens.iter().skip(self.at + 1) {
            match (&token.kind, self.text(token)) {
                (TokenKind::Mark, "(") => depth += 1,
                (TokenKind::Mark, ")") => depth = depth.saturating_sub(1),
                (TokenKind::Word, word) => words.push(word.to_owned()),
                (TokenKind::Text(text), _) => words.push(text.clone()),
                _ => {}
            }
            let next_is_call = depth == 0 && token.kind == TokenKind::Word;
            if depth == 0 && !next_is_call || next_is_call && !self.is_call(token) {
                return;
            }
        }
    }

    /// Whether a bracket follows a word.
    fn is_call(&self, token: &Token) -> bool {
        self.source.text.get(token.span.end..).is_some_and(|rest| rest.trim_start().starts_with('('))
    }

    /// A Rhai expression: everything up to the next clause word, `,` or `)` outside of brackets, or `;`.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let mut depth = 0_usize;
        let mut names = Vec::new();
        let mut calls = Vec::new();
        let mut negated = Vec::new();
        let mut comparisons = Vec::new();
        while let Some(token) = self.peek() {
            let text = self.text(token);
            match (&token.kind, text) {
                (TokenKind::Mark, ";") | (TokenKind::Doc(_), _) => break,
                (TokenKind::Mark, ",") | (TokenKind::Mark, ")") if depth == 0 => break,
                (TokenKind::Word, word) if depth == 0 && CLAUSES.contains(&word) => break,
                (TokenKind::Word, word) if ["and", "or", "not"].contains(&word) => {
                    let sign = match word {
                        "and" => "&&",
                        "or" => "||",
                        _ => "!",
                    };
                    return self.fail(format!("`{word}` is not part of the language, write `{sign}`"));
                }
                (TokenKind::Mark, "(" | "[" | "{" | "#{") => depth += 1,
                (TokenKind::Mark, ")" | "]" | "}") => depth = depth.saturating_sub(1),
                (TokenKind::Mark, "!") => self.negated(&mut negated),
                (TokenKind::Word, word) => {
                    let name = Name { text: word.to_owned(), place: self.place(token.span.clone()) };
                    let next = self.tokens.get(self.at + 1);
                    if next.is_some_and(|next| self.text(next) == "(") {
                        let whole =
                            self.tokens.get(self.at + 3).is_some_and(|after| [")", ","].contains(&self.text(after)));
                        let argument = match self.tokens.get(self.at + 2) {
                            Some(Token { kind: TokenKind::Text(text), span }) if whole => {
                                Some(Name { text: text.clone(), place: self.place(span.clone()) })
                            }
                            _ => None,
                        };
                        calls.push((name, argument));
                    } else if !["true", "false", "if", "else", "switch"].contains(&word) {
                        comparisons.extend(self.comparison(&name));
                        names.push(name);
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        let (Some(first), Some(last)) = (self.tokens.get(start), self.tokens.get(self.at.saturating_sub(1))) else {
            return self.expected("a condition");
        };
        if self.at == start {
            return self.expected("a condition");
        }
        let span = first.span.start..last.span.end;
        let text = self.source.text.get(span.clone()).unwrap_or("").to_owned();
        Ok(Expr { text, place: self.place(span), names, calls, comparisons, negated })
    }
}
