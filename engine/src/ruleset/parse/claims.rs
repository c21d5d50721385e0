//! What a ruleset states of itself, to be proved: properties, monotone items, what never occurs.

use super::{CLAUSES, Clauses, Parsed, Parser};
use crate::questionnaire::Direction;
use crate::ruleset::declaration::{Body, Directed, Name, Target};
use crate::ruleset::scan::TokenKind;

impl Parser<'_> {
    /// `property id "Title" for hurt in short holds !(flagged() && signal_is("keep_going")) because "...";`
    pub(super) fn property(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let id = self.word("the property's name")?;
        let mut clauses = Clauses::default();
        let mut holds = None;
        // Not among the clauses, whose words cannot be names; nor does it ever end a condition.
        while !self.eat(";") {
            if holds.is_none() && self.eat("holds") {
                holds = Some(self.expression()?);
            } else if self.peek_is("when") {
                return self.fail("a property says what always `holds`, not `when`".into());
            } else {
                self.clause(&mut clauses, &["title", "for", "in", "because"], ";")?;
            }
        }
        match holds {
            Some(holds) => Ok((id, Body::Property { holds }, clauses)),
            None => self.missing_clause("`holds`"),
        }
    }

    /// `monotone item, -item because "...";` The first item is its place.
    pub(super) fn monotone(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let first = self.directed()?;
        let id = first.item.clone();
        let mut items = vec![first];
        while self.eat(",") {
            items.push(self.directed()?);
        }
        let clauses = self.clauses(&["for", "in", "because"])?;
        Ok((id, Body::Monotone { items }, clauses))
    }

    fn directed(&mut self) -> Parsed<Directed> {
        let direction = if self.eat("-") { Direction::Concern } else { Direction::Supports };
        Ok(Directed { item: self.word("an item")?, direction })
    }

    /// `not_monotone item, item because "...";` The first item is its place.
    pub(super) fn not_monotone(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let first = self.word("an item")?;
        let mut items = vec![first.clone()];
        while self.eat(",") {
            items.push(self.word("an item")?);
        }
        let clauses = self.clauses(&["for", "in", "because"])?;
        if clauses.because.is_none() {
            return self.missing_clause("`because`: why a better answer may make the signal worse");
        }
        Ok((first, Body::NotMonotone { items }, clauses))
    }

    /// `never stage letting_go in short because "...";` The kind may be left out.
    pub(super) fn never(&mut self) -> Parsed<(Name, Body, Clauses)> {
        let mut id = self.word("what never occurs")?;
        // A name may itself be one of the words for a kind: it is one only if a name follows.
        let named =
            self.peek().is_some_and(|token| token.kind == TokenKind::Word && !CLAUSES.contains(&self.text(token)));
        let target = Target::ALL.into_iter().find(|target| named && target.as_str() == id.text);
        if target.is_some() {
            id = self.word("what never occurs")?;
        }
        let clauses = self.clauses(&["for", "in", "because"])?;
        if clauses.because.is_none() {
            return self.missing_clause("`because`: why it never occurs");
        }
        Ok((id, Body::Never { target }, clauses))
    }
}
