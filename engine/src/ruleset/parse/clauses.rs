//! Clauses: the parts that declarations are made of, each introduced by its word.

use super::{CLAUSES, Clauses, Parsed, Parser};
use crate::questionnaire::{Bond, Form, Role};
use crate::ruleset::declaration::{Effect, Limit, Next, When};
use crate::ruleset::scan::{Token, TokenKind};

impl Parser<'_> {
    pub(super) fn clauses(&mut self, allowed: &[&str]) -> Parsed<Clauses> {
        let mut clauses = Clauses::default();
        self.clauses_until(&mut clauses, allowed, ";")?;
        Ok(clauses)
    }

    pub(super) fn clauses_until(&mut self, clauses: &mut Clauses, allowed: &[&str], end: &str) -> Parsed<()> {
        while !self.eat(end) {
            self.clause(clauses, allowed, end)?;
        }
        Ok(())
    }

    pub(super) fn clause(&mut self, clauses: &mut Clauses, allowed: &[&str], end: &str) -> Parsed<()> {
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
            "next" => {
                let text = self.string("a sentence in quotes")?.text;
                clauses.next = Some(Next { text, even_flagged: self.eat("even_flagged") });
            }
            "population" => clauses.population = Some(self.string("a population in quotes")?.text),
            "for" => {
                let word = self.peek_text();
                match Role::parse(word) {
                    Some(role) if role != Role::Both => clauses.role = Some(role),
                    _ => return self.expected("`hurt` or `broke`"),
                }
                self.at += 1;
            }
            "in" => {
                match Form::parse(self.peek_text()) {
                    Some(form) => clauses.form = Some(form),
                    None => return self.expected("`short` or `full`"),
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
    pub(super) fn titles(&mut self) -> Parsed<Vec<(Bond, String)>> {
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
    pub(super) fn effects(&mut self) -> Parsed<Vec<Effect>> {
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
}
