//! Reads declarations: `keyword name "title" clauses ;`. All problems of a file are found in one go.
//!
//! ```text
//! rule one_sided "You carry the repair" for hurt
//!     when    effort_mine - effort_theirs >= 2 && effort_theirs <= 1
//!     then    sign("effort", 2)
//!     because "You put in {effort_mine}; they put in {effort_theirs}."
//!     source  "Article, 'Know when to walk away'.";
//! ```

mod claims;
mod clauses;
mod declarations;
mod expression;

use std::ops::Range;

use super::declaration::*;
use super::scan::{Token, TokenKind, scan};
use crate::diagnostic::{Code, Diagnostic, SourceFile, nearest};
use crate::exact::{Exact, parse_decimal};
use crate::questionnaire::{Bond, Form, Role};

/// The words that start a declaration.
const DECLARATIONS: [&str; 24] = [
    "assessment",
    "instrument",
    "study",
    "param",
    "const",
    "fn",
    "condition",
    "scale",
    "adjust",
    "aggregate",
    "rule",
    "sign",
    "overlay",
    "stage",
    "signal",
    "reason",
    "band",
    "screen",
    "floor",
    "batch_only",
    "property",
    "monotone",
    "not_monotone",
    "never",
];

/// The words that start a clause; they end an expression and cannot be names.
const CLAUSES: [&str; 21] = [
    "version",
    "questionnaire",
    "title",
    "for",
    "in",
    "from",
    "to",
    "source",
    "when",
    "otherwise",
    "then",
    "because",
    "need",
    "prorate",
    "concern",
    "at_most",
    "at_least",
    "zero_when",
    "next",
    "adds",
    "population",
];

/// The declarations of one file.
pub(super) fn parse(file: usize, source: &SourceFile, problems: &mut Vec<Diagnostic>) -> Vec<Declaration> {
    let tokens = scan(source, problems);
    let mut parser = Parser { file, source, tokens: &tokens, at: 0, problems };
    let mut declarations = Vec::new();
    while let Some(declaration) = parser.next_declaration() {
        declarations.extend(declaration.ok());
    }
    declarations
}

/// A problem was reported; the declaration is given up.
struct Reported;

type Parsed<T> = Result<T, Reported>;

struct Parser<'a> {
    file: usize,
    source: &'a SourceFile,
    tokens: &'a [Token],
    at: usize,
    problems: &'a mut Vec<Diagnostic>,
}

/// The clauses that any declaration may have; each declaration takes what it knows and refuses the rest.
#[derive(Default)]
struct Clauses {
    title: Option<String>,
    role: Option<Role>,
    form: Option<Form>,
    because: Option<Name>,
    source: Option<String>,
    next: Option<Next>,
    when: Option<When>,
    then: Vec<Effect>,
    need: Option<Exact>,
    limit: Option<Limit>,
    titles: Vec<(Bond, String)>,
    version: Option<String>,
    questionnaire: Option<Name>,
    population: Option<String>,
    range: Option<(Exact, Exact)>,
    prorate: bool,
    concern: bool,
    adds: bool,
    /// The clauses that were met; none may be given twice.
    seen: Vec<&'static str>,
}

impl<'a> Parser<'a> {
    // ---- tokens -------------------------------------------------------------------------------------------------

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn text(&self, token: &Token) -> &'a str {
        self.source.text.get(token.span.clone()).unwrap_or("")
    }

    fn peek_text(&self) -> &'a str {
        self.peek().map_or("", |token| self.text(token))
    }

    fn peek_is(&self, text: &str) -> bool {
        self.peek()
            .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Mark) && self.text(token) == text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.peek_is(text);
        self.at += usize::from(found);
        found
    }

    fn span(&self) -> Range<usize> {
        match self.peek() {
            Some(token) => token.span.clone(),
            None => self.source.text.len()..self.source.text.len(),
        }
    }

    fn fail<T>(&mut self, message: String) -> Parsed<T> {
        let span = self.span();
        self.problems.push(Diagnostic::error(Code::Syntax, &self.source.name, span, message));
        Err(Reported)
    }

    fn expected<T>(&mut self, what: &str) -> Parsed<T> {
        let found = match self.peek() {
            Some(_) => format!("`{}`", self.peek_text().chars().take(30).collect::<String>()),
            None => "the end of the file".to_owned(),
        };
        self.fail(format!("expected {what}, found {found}"))
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) { Ok(()) } else { self.expected(&format!("`{text}`")) }
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { file: self.file, span }
    }

    fn word(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Word && !CLAUSES.contains(&self.text(token)) => {
                self.at += 1;
                Ok(Name { text: self.text(token).to_owned(), place: self.place(token.span.clone()) })
            }
            _ => self.expected(what),
        }
    }

    fn string(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            Some(Token { kind: TokenKind::Text(text), span }) => {
                self.at += 1;
                Ok(Name { text: text.clone(), place: self.place(span.clone()) })
            }
            _ => self.expected(what),
        }
    }

    fn number(&mut self) -> Parsed<Exact> {
        let negative = self.eat("-");
        match self.peek() {
            Some(token) if token.kind == TokenKind::Number => match parse_decimal(self.text(token)) {
                Some(value) => {
                    self.at += 1;
                    Ok(if negative { -value } else { value })
                }
                None => self.fail("a number may have at most 9 digits before and 9 after the point".into()),
            },
            _ => self.expected("a number"),
        }
    }

    fn small(&mut self, what: &str, range: Range<i128>) -> Parsed<i64> {
        let span = self.span();
        let value = self.number()?;
        if value.is_integer() && range.contains(value.numer()) {
            return Ok(i64::try_from(*value.numer()).unwrap_or(0));
        }
        let message = format!("{what} must be a whole number from {} to {}", range.start, range.end - 1);
        self.problems.push(Diagnostic::error(Code::InvalidNumber, &self.source.name, span, message));
        Err(Reported)
    }

    // ---- declarations -------------------------------------------------------------------------------------------

    /// The next declaration; after a problem, reading goes on behind the next `;`.
    fn next_declaration(&mut self) -> Option<Parsed<Declaration>> {
        let mut doc = Vec::new();
        while let Some(Token { kind: TokenKind::Doc(line), .. }) = self.peek() {
            doc.push(line.clone());
            self.at += 1;
        }
        self.peek()?;
        let start = self.at;
        let parsed = self.declaration(doc);
        // A problem that is found at the closing `;` must not cost the next declaration.
        let closed = self.at > start && self.tokens.get(self.at - 1).is_some_and(|last| self.text(last) == ";");
        if parsed.is_err() && !closed {
            self.skip_to_next(start);
        }
        Some(parsed)
    }

    fn skip_to_next(&mut self, start: usize) {
        while self.peek().is_some() && !self.eat(";") {
            let starts_next = self.at > start && DECLARATIONS.contains(&self.peek_text()) && self.starts_line();
            if starts_next {
                return;
            }
            self.at += 1;
        }
    }

    fn starts_line(&self) -> bool {
        let before = self.source.text.get(..self.span().start).unwrap_or("");
        before.ends_with('\n') || before.is_empty()
    }

    fn declaration(&mut self, doc: Vec<String>) -> Parsed<Declaration> {
        let keyword = self.peek_text();
        if !DECLARATIONS.contains(&keyword) {
            let problem = Diagnostic::error(
                Code::UnknownDeclaration,
                &self.source.name,
                self.span(),
                format!("`{keyword}` starts no declaration"),
            );
            let problem = match nearest(keyword, DECLARATIONS) {
                Some(_) => problem.did_you_mean(keyword, DECLARATIONS),
                None => problem.hint(format!("a declaration starts with one of: {}", DECLARATIONS.join(", "))),
            };
            self.problems.push(problem);
            return Err(Reported);
        }
        self.at += 1;
        let (id, body, clauses) = match keyword {
            "assessment" => self.header(Kind::Assessment)?,
            "instrument" => self.header(Kind::Instrument)?,
            "study" => self.header(Kind::Study)?,
            "param" => self.param()?,
            "const" => self.constant()?,
            "fn" => self.function()?,
            "condition" => self.named(keyword, &["when", "source"], |_, c| Ok(Body::Condition { when: holds(c)? }))?,
            "scale" => self.scale()?,
            "adjust" => self.named(keyword, &["when", "at_most", "at_least", "because", "source", "for"], |p, c| {
                match c.limit.take() {
                    Some(limit) => Ok(Body::Adjust { limit, when: holds(c)? }),
                    None => p.missing_clause("`at_most` or `at_least`"),
                }
            })?,
            "aggregate" => self.aggregate()?,
            "rule" => self.named(keyword, &["title", "for", "when", "then", "because", "source", "next"], |p, c| {
                let effects = std::mem::take(&mut c.then);
                if effects.is_empty() {
                    p.missing_clause("`then`")
                } else {
                    Ok(Body::Rule { when: holds(c)?, effects })
                }
            })?,
            "sign" => self.sign()?,
            "overlay" => self.named(keyword, &["title", "for", "when", "because", "source", "next"], |_, c| {
                Ok(Body::Overlay { when: holds(c)? })
            })?,
            "stage" => {
                self.named(keyword, &["title", "for", "when", "otherwise", "because", "source", "next"], |_, c| {
                    Ok(Body::Stage { when: c.when.take().ok_or(Reported)? })
                })?
            }
            "signal" => {
                self.named(keyword, &["title", "for", "when", "otherwise", "because", "source", "next"], |_, c| {
                    Ok(Body::Signal { when: c.when.take().ok_or(Reported)?, titles: std::mem::take(&mut c.titles) })
                })?
            }
            "reason" => self.named(keyword, &["title", "for", "when", "otherwise", "next", "source"], |_, c| {
                Ok(Body::Reason { when: c.when.take() })
            })?,
            "band" => self.band()?,
            "screen" => self.screen()?,
            "batch_only" => self.batch_only()?,
            "property" => self.property()?,
            "monotone" => self.monotone()?,
            "not_monotone" => self.not_monotone()?,
            "never" => self.never()?,
            _ => self.floor()?,
        };
        Ok(Declaration {
            id,
            title: clauses.title,
            role: clauses.role,
            form: clauses.form,
            doc,
            because: clauses.because,
            source: clauses.source,
            next: clauses.next,
            body,
        })
    }

    fn missing_clause<T>(&mut self, what: &str) -> Parsed<T> {
        let span = self.tokens.get(self.at.saturating_sub(1)).map(|token| token.span.clone());
        self.problems.push(Diagnostic::error(
            Code::MissingClause,
            &self.source.name,
            span,
            format!("this declaration lacks {what}"),
        ));
        Err(Reported)
    }
}

/// Takes the condition that a declaration needs.
fn holds(clauses: &mut Clauses) -> Parsed<Expr> {
    match clauses.when.take() {
        Some(When::Holds(expr)) => Ok(expr),
        _ => Err(Reported),
    }
}
