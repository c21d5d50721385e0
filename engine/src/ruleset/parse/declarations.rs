//! The declarations one by one: what stands between the keyword and the `;`.

use super::{Clauses, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::ruleset::declaration::{Aggregation, Body, Comparison, Kind, Name, Part, Term};
use crate::ruleset::scan::TokenKind;

impl Parser<'_> {
    /// `keyword id clauses ;` where `when` (or `otherwise`) is required if it is allowed.
    pub(super) fn named(
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

    pub(super) fn header(&mut self, kind: Kind) -> Parsed<(Name, Body, Clauses)> {
        let id = self.string("the ruleset's id in quotes")?;
        let mut clauses = self.clauses(&["version", "questionnaire", "title"])?;
        let (Some(version), Some(questionnaire)) = (clauses.version.take(), clauses.questionnaire.take()) else {
            return self.missing_clause("`version` and `questionnaire`");
        };
        Ok((id, Body::Header { kind, version, questionnaire }, clauses))
    }

    pub(super) fn param(&mut self) -> Parsed<(Name, Body, Clauses)> {
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

    pub(super) fn constant(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the constant's name")?;
        self.expect("=")?;
        let value = self.number()?;
        let clauses = self.clauses(&["source"])?;
        Ok((id, Body::Const { value }, clauses))
    }

    /// `fn name(parameters) { body }`, handed to Rhai as it is.
    pub(super) fn function(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
    pub(super) fn scale(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
    pub(super) fn aggregate(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
    pub(super) fn sign(&mut self) -> Parsed<(Name, Body, Clauses)> {
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

    /// `band scale "Label" >= 13.5 population "..." source "..." sem 4.18;`
    pub(super) fn band(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
        let mut clauses = Clauses::default();
        let mut sem = None;
        // Not among the clauses, whose words cannot be names: a survey may well have an item `sem`.
        while !self.eat(";") {
            if sem.is_none() && self.eat("sem") {
                sem = Some(self.standard_error()?);
            } else {
                self.clause(&mut clauses, &["population", "source", "because"], ";")?;
            }
        }
        let (Some(population), true) = (clauses.population.take(), clauses.source.is_some()) else {
            return self.missing_clause("`population` and `source`");
        };
        clauses.title = Some(title);
        Ok((id, Body::Band { comparison, value, population, sem }, clauses))
    }

    fn standard_error(&mut self) -> Parsed<Exact> {
        let span = self.span();
        let sem = self.number()?;
        if sem <= Exact::from_integer(0) {
            let message = "a standard error of measurement is above 0";
            self.problems.push(Diagnostic::error(Code::InvalidNumber, &self.source.name, span, message));
        }
        Ok(sem)
    }

    /// `batch_only source "...";` The word itself is its place.
    pub(super) fn batch_only(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let span = self.tokens.get(self.at - 1).map_or(0..0, |token| token.span.clone());
        let id = Name { text: "batch_only".to_owned(), place: self.place(span) };
        let clauses = self.clauses(&["source"])?;
        if clauses.source.is_none() {
            return self.missing_clause("`source`: why it is for groups only");
        }
        Ok((id, Body::BatchOnly, clauses))
    }

    /// `screen straightline 0.9 of 10;` or `screen contradicts(item, item);`
    pub(super) fn screen(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
    pub(super) fn floor(&mut self) -> Parsed<(Name, Body, Clauses)> {
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
}
