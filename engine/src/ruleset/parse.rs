//! Reads declarations: `keyword name "title" clauses ;`. All problems of a file are found in one go.
//!
//! ```text
//! rule one_sided "You carry the repair" for hurt
//!     when    effort_mine - effort_theirs >= 2 && effort_theirs <= 1
//!     then    sign("effort", 2)
//!     because "You put in {effort_mine}; they put in {effort_theirs}."
//!     source  "Article, 'Know when to walk away'.";
//! ```

use std::ops::Range;

use super::declaration::*;
use super::scan::{Token, TokenKind, scan};
use crate::diagnostic::{Code, Diagnostic, SourceFile, nearest};
use crate::exact::{Exact, parse_decimal};
use crate::questionnaire::{Bond, Operator, OptionValue, Role};

/// The words that start a declaration.
const DECLARATIONS: [&str; 19] = [
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
];

/// The words that start a clause; they end an expression and cannot be names.
const CLAUSES: [&str; 20] = [
    "version",
    "questionnaire",
    "title",
    "for",
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
    because: Option<Name>,
    source: Option<String>,
    next: Option<String>,
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
            "condition" => self.named(keyword, &["when"], |_, c| Ok(Body::Condition { when: holds(c)? }))?,
            "scale" => self.scale()?,
            "adjust" => self.named(keyword, &["when", "at_most", "at_least", "because", "source", "for"], |p, c| {
                match c.limit.take() {
                    Some(limit) => Ok(Body::Adjust { limit, when: holds(c)? }),
                    None => p.missing_clause("`at_most` or `at_least`"),
                }
            })?,
            "aggregate" => self.aggregate()?,
            "rule" => self.named(keyword, &["title", "for", "when", "then", "because", "source"], |p, c| {
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
            _ => self.floor()?,
        };
        Ok(Declaration {
            id,
            title: clauses.title,
            role: clauses.role,
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

    /// `keyword id clauses ;` where `when` (or `otherwise`) is required if it is allowed.
    fn named(
        &mut self,
        keyword: &str,
        allowed: &[&str],
        body: impl FnOnce(&mut Self, &mut Clauses) -> Parsed<Body>,
    ) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word(&format!("the name of the {keyword}"))?;
        let mut clauses = self.clauses(allowed)?;
        if allowed.contains(&"when") && clauses.when.is_none() && keyword != "reason" {
            return self.missing_clause(if allowed.contains(&"otherwise") {
                "`when` or `otherwise`"
            } else {
                "`when`"
            });
        }
        let body = body(self, &mut clauses)?;
        Ok((id, body, clauses))
    }

    fn header(&mut self, kind: Kind) -> Parsed<(Name, Body, Clauses)> {
        let id = self.string("the ruleset's id in quotes")?;
        let mut clauses = self.clauses(&["version", "questionnaire", "title"])?;
        let (Some(version), Some(questionnaire)) = (clauses.version.take(), clauses.questionnaire.take()) else {
            return self.missing_clause("`version` and `questionnaire`");
        };
        Ok((id, Body::Header { kind, version, questionnaire }, clauses))
    }

    fn param(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the parameter's name")?;
        self.expect("=")?;
        let span = self.span();
        let value = self.number()?;
        let mut clauses = self.clauses(&["from", "title", "source"])?;
        let Some((from, to)) = clauses.range.take() else {
            return self.missing_clause("its range: `from 2 to 52`");
        };
        if !(from..=to).contains(&value) {
            self.problems.push(Diagnostic::error(
                Code::InvalidNumber,
                &self.source.name,
                span,
                "the value is outside the range that is declared",
            ));
        }
        if clauses.source.is_none() {
            self.problems.push(
                Diagnostic::error(
                    Code::MissingSource,
                    &self.source.name,
                    id.place.span.clone(),
                    format!("`{}` has no `source`", id.text),
                )
                .hint("cite one, or write source \"design choice\""),
            );
        }
        Ok((id, Body::Param { value, from, to }, clauses))
    }

    fn constant(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the constant's name")?;
        self.expect("=")?;
        let value = self.number()?;
        let clauses = self.clauses(&["source"])?;
        Ok((id, Body::Const { value }, clauses))
    }

    /// `fn name(parameters) { body }`, handed to Rhai as it is.
    fn function(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let start = self.tokens.get(self.at - 1).map_or(0, |token| token.span.start);
        let id = self.word("the function's name")?;
        self.expect("(")?;
        while self.peek().is_some() && !self.peek_is("{") {
            self.at += 1;
        }
        let mut depth = 0;
        let mut calls = Vec::new();
        while let Some(token) = self.peek() {
            if token.kind == TokenKind::Word && self.tokens.get(self.at + 1).is_some_and(|next| self.text(next) == "(")
            {
                let word = self.text(token);
                if !["if", "while", "switch", "for", "loop", "else"].contains(&word) {
                    calls.push(Name { text: word.to_owned(), place: self.place(token.span.clone()) });
                }
            }
            self.at += 1;
            match self.text(token) {
                "{" | "#{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let text = self.source.text.get(start..token.span.end).unwrap_or("").to_owned();
                return Ok((id, Body::Function { text, calls }, Clauses::default()));
            }
        }
        self.expected("`}`")
    }

    /// `scale id "Title" = percent(item * 2, -item) need 0.5;`
    fn scale(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the scale's name")?;
        let mut clauses = Clauses::default();
        self.clauses_until(&mut clauses, &["title", "for", "concern"], "=")?;
        let aggregation = match self.peek_text() {
            "percent" => Aggregation::Percent,
            "mean" => Aggregation::Mean,
            "sum" => Aggregation::Sum,
            _ => return self.expected("`percent(`, `mean(` or `sum(`"),
        };
        self.at += 1;
        self.expect("(")?;
        let mut terms = Vec::new();
        loop {
            let reversed = self.eat("-");
            let item = self.word("an item")?;
            let weight = if self.eat("*") { self.small("a weight", 1..101)? } else { 1 };
            terms.push(Term { item, weight: u32::try_from(weight).unwrap_or(1), reversed });
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        self.clauses_until(&mut clauses, &["need", "prorate", "source", "because"], ";")?;
        let body = Body::Scale {
            aggregation,
            terms,
            need: clauses.need.take(),
            prorate: clauses.prorate,
            concern: clauses.concern,
        };
        Ok((id, body, clauses))
    }

    /// `aggregate id "Title" = mean_of(scale, scale zero_when condition) need 2;`
    fn aggregate(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the aggregate's name")?;
        let mut clauses = Clauses::default();
        self.clauses_until(&mut clauses, &["title", "for"], "=")?;
        self.expect("mean_of")?;
        self.expect("(")?;
        let mut parts = Vec::new();
        loop {
            let name = self.word("a scale or an aggregate")?;
            let zero_when = if self.eat("zero_when") { Some(self.expression()?) } else { None };
            parts.push(Part { name, zero_when });
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        self.clauses_until(&mut clauses, &["need", "source", "because"], ";")?;
        Ok((id, Body::Aggregate { parts, need: clauses.need.take() }, clauses))
    }

    /// `sign id "Title" adds present 2;`
    fn sign(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the sign's name")?;
        let mut clauses = Clauses::default();
        let mut present = None;
        while !self.eat(";") {
            if self.eat("present") {
                present = Some(self.small("the level at which a sign is present", 1..4)?);
            } else {
                self.clause(&mut clauses, &["title", "for", "adds", "source", "because"], ";")?;
            }
        }
        let Some(present) = present else {
            return self.missing_clause("`present 2`: from which level it counts");
        };
        Ok((id, Body::Sign { adds: clauses.adds, present: u8::try_from(present).unwrap_or(2) }, clauses))
    }

    /// `band scale "Label" >= 13.5 population "..." source "...";`
    fn band(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the scale that is banded")?;
        let title = self.string("the band's label in quotes")?.text;
        let comparison = match self.peek_text() {
            "<" => Comparison::Below,
            "<=" => Comparison::AtMost,
            ">=" => Comparison::AtLeast,
            ">" => Comparison::Above,
            _ => return self.expected("`<`, `<=`, `>=` or `>`"),
        };
        self.at += 1;
        let value = self.number()?;
        let mut clauses = self.clauses(&["population", "source", "because"])?;
        let (Some(population), true) = (clauses.population.take(), clauses.source.is_some()) else {
            return self.missing_clause("`population` and `source`");
        };
        clauses.title = Some(title);
        Ok((id, Body::Band { comparison, value, population }, clauses))
    }

    /// `screen straightline 0.9 of 10;` or `screen contradicts(item, item);`
    fn screen(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let name = self.word("`straightline` or `contradicts`")?;
        let body = match name.text.as_str() {
            "straightline" => {
                let span = self.span();
                let share = self.number()?;
                if !(Exact::new(1, 2)..=Exact::from_integer(1)).contains(&share) {
                    let message = "the share of equal answers must be from 0.5 to 1";
                    self.problems.push(Diagnostic::error(Code::InvalidNumber, &self.source.name, span, message));
                }
                let least = if self.eat("of") { self.small("the number of answers", 2..10_000)? } else { 10 };
                (name, Body::Straightline { share, least: usize::try_from(least).unwrap_or(10) })
            }
            "contradicts" => {
                self.expect("(")?;
                let first = self.word("an item")?;
                self.expect(",")?;
                let other = self.word("an item")?;
                self.expect(")")?;
                (first, Body::Contradicts { other })
            }
            _ => {
                self.at -= 1;
                return self.expected("`straightline` or `contradicts`");
            }
        };
        let clauses = self.clauses(&["source", "because", "for"])?;
        Ok((body.0, body.1, clauses))
    }

    /// `floor core 0.6 source "...";`
    fn floor(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("`core`")?;
        if id.text != "core" {
            self.at -= 1;
            return self.expected("`core`");
        }
        let span = self.span();
        let share = self.number()?;
        if !(Exact::from_integer(0)..=Exact::from_integer(1)).contains(&share) {
            self.problems.push(Diagnostic::error(
                Code::InvalidNumber,
                &self.source.name,
                span,
                "the floor is a share from 0 to 1",
            ));
        }
        let clauses = self.clauses(&["source"])?;
        Ok((id, Body::Floor { share }, clauses))
    }

    // ---- clauses ------------------------------------------------------------------------------------------------

    fn clauses(&mut self, allowed: &[&str]) -> Parsed<Clauses> {
        let mut clauses = Clauses::default();
        self.clauses_until(&mut clauses, allowed, ";")?;
        Ok(clauses)
    }

    fn clauses_until(&mut self, clauses: &mut Clauses, allowed: &[&str], end: &str) -> Parsed<()> {
        while !self.eat(end) {
            self.clause(clauses, allowed, end)?;
        }
        Ok(())
    }

    fn clause(&mut self, clauses: &mut Clauses, allowed: &[&str], end: &str) -> Parsed<()> {
        let is_title = matches!(self.peek(), Some(Token { kind: TokenKind::Text(_), .. }));
        let keyword = if is_title { "title" } else { self.peek_text() };
        if !allowed.contains(&keyword) {
            if CLAUSES.contains(&keyword) {
                return self.fail(format!("`{keyword}` does not belong into this declaration"));
            }
            let mut wanted: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
            wanted.push(format!("`{end}`"));
            return self.expected(&wanted.join(", "));
        }
        let group = match keyword {
            "otherwise" => "when",
            "at_least" => "at_most",
            "title" if !is_title => "titles",
            other => CLAUSES.into_iter().find(|known| *known == other).unwrap_or("adds"),
        };
        if clauses.seen.contains(&group) {
            return self.fail(format!("`{keyword}` is given twice"));
        }
        clauses.seen.push(group);
        if !is_title {
            self.at += 1;
        }
        match keyword {
            "title" if self.peek_is("#{") => clauses.titles = self.titles()?,
            "title" => clauses.title = Some(self.string("a text in quotes")?.text),
            "version" => clauses.version = Some(self.string("a version in quotes")?.text),
            "questionnaire" => clauses.questionnaire = Some(self.string("a questionnaire's id in quotes")?),
            "source" => clauses.source = Some(self.string("a source in quotes")?.text),
            "because" => clauses.because = Some(self.string("a sentence in quotes")?),
            "next" => clauses.next = Some(self.string("a sentence in quotes")?.text),
            "population" => clauses.population = Some(self.string("a population in quotes")?.text),
            "for" => {
                let word = self.peek_text();
                match Role::parse(word) {
                    Some(role) if role != Role::Both => clauses.role = Some(role),
                    _ => return self.expected("`hurt` or `broke`"),
                }
                self.at += 1;
            }
            "from" => {
                let from = self.number()?;
                self.expect("to")?;
                clauses.range = Some((from, self.number()?));
            }
            "need" => clauses.need = Some(self.number()?),
            "at_most" => clauses.limit = Some(Limit::AtMost(self.number()?)),
            "at_least" => clauses.limit = Some(Limit::AtLeast(self.number()?)),
            "when" => clauses.when = Some(When::Holds(self.expression()?)),
            "otherwise" => clauses.when = Some(When::Otherwise),
            "then" => clauses.then = self.effects()?,
            "prorate" => clauses.prorate = true,
            "concern" => clauses.concern = true,
            _ => clauses.adds = true,
        }
        Ok(())
    }

    /// `#{ partner: "...", friend: "...", family: "..." }`
    fn titles(&mut self) -> Parsed<Vec<(Bond, String)>> {
        self.expect("#{")?;
        let mut titles = Vec::new();
        while !self.eat("}") {
            let Some(bond) = Bond::parse(self.peek_text()) else {
                return self.expected("`partner`, `friend` or `family`");
            };
            self.at += 1;
            self.expect(":")?;
            titles.push((bond, self.string("a title in quotes")?.text));
            if !self.eat(",") && !self.peek_is("}") {
                return self.expected("`,` or `}`");
            }
        }
        Ok(titles)
    }

    /// `sign("effort", 2), points("keep", 3), flag("control"), note()`
    fn effects(&mut self) -> Parsed<Vec<Effect>> {
        let mut effects = Vec::new();
        loop {
            let name = self.word("an effect: `sign(...)`, `points(...)`, `flag(...)` or `note()`")?;
            self.expect("(")?;
            let effect = match name.text.as_str() {
                "sign" => {
                    let sign = self.string("the sign's name in quotes")?;
                    self.expect(",")?;
                    Effect::Sign { sign, level: u8::try_from(self.small("a level", 1..4)?).unwrap_or(1) }
                }
                "points" => {
                    let name = self.string("the name of the sum in quotes")?;
                    self.expect(",")?;
                    Effect::Points { name, points: self.small("points", -1000..1001)? }
                }
                "flag" => Effect::Flag { name: self.string("the flag's name in quotes")? },
                "note" => Effect::Note,
                _ => {
                    self.at -= 2;
                    return self.expected("`sign(...)`, `points(...)`, `flag(...)` or `note()`");
                }
            };
            self.expect(")")?;
            effects.push(effect);
            if !self.eat(",") {
                return Ok(effects);
            }
        }
    }

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
    fn expression(&mut self) -> Parsed<Expr> {
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

/// Takes the condition that a declaration needs.
fn holds(clauses: &mut Clauses) -> Parsed<Expr> {
    match clauses.when.take() {
        Some(When::Holds(expr)) => Ok(expr),
        _ => Err(Reported),
    }
}
