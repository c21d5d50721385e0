//! When a field is shown, as REDCap (`[x] = '1'`) and XLSForm (`${x} = '1'`) write it.
//!
//! Only what a questionnaire could say is read: comparisons joined by "and", each of them perhaps several joined by
//! "or". Whatever else there is in these languages is not understood, on purpose.

use bearings_engine::questionnaire::Operator;

/// A comparison of an earlier answer with a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) target: Target,
    pub(super) op: Operator,
    /// None for no answer: `''`.
    pub(super) value: Option<String>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// The answer to a field.
    Field(String),
    /// Whether a box of a field is ticked: 1, or 0.
    Box(String, String),
}

/// Comparisons of which one must hold.
pub(super) type Clause = Vec<Comparison>;

/// The clauses that must all hold: none for an empty text, nothing for what is not understood.
pub(super) fn parse(text: &str) -> Option<Vec<Clause>> {
    let mut parser = Parser { rest: text.trim() };
    if parser.rest.is_empty() { Some(Vec::new()) } else { parser.clauses() }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn clauses(&mut self) -> Option<Vec<Clause>> {
        let mut clauses = vec![self.clause()?];
        // Alternatives need no parentheses where nothing else stands beside them.
        if self.word("or") {
            clauses.first_mut()?.extend(self.alternatives()?);
        } else {
            while self.word("and") {
                clauses.push(self.clause()?);
            }
        }
        self.rest.is_empty().then_some(clauses)
    }

    fn clause(&mut self) -> Option<Clause> {
        if !self.sign("(") {
            return Some(vec![self.comparison()?]);
        }
        let clause = self.alternatives()?;
        self.sign(")").then_some(clause)
    }

    fn alternatives(&mut self) -> Option<Clause> {
        let mut clause = vec![self.comparison()?];
        while self.word("or") {
            clause.push(self.comparison()?);
        }
        Some(clause)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        if self.sign("not(") {
            let comparison = self.comparison()?;
            let selected = matches!(comparison.target, Target::Box(..)) && comparison.value.as_deref() == Some("1");
            return (selected && self.sign(")")).then(|| Comparison { value: Some("0".to_owned()), ..comparison });
        }
        if self.sign("selected(") {
            let field = self.field()?;
            let Target::Field(field) = field else { return None };
            let code = if self.sign(",") { self.quoted()?? } else { return None };
            let target = Target::Box(field, code);
            return self.sign(")").then(|| Comparison { target, op: Operator::Equal, value: Some("1".to_owned()) });
        }
        let target = self.field()?;
        let op = self.operator()?;
        Some(Comparison { target, op, value: self.value()? })
    }

    /// `${x}`, `[x]` or `[x(code)]`.
    fn field(&mut self) -> Option<Target> {
        let (inside, rest) = if self.sign("${") { self.rest.split_once('}')? } else { self.bracketed()? };
        self.rest = rest.trim_start();
        let name = |name: &str| {
            let name = name.trim();
            let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            plain.then(|| name.to_owned())
        };
        match inside.split_once('(') {
            Some((field, code)) => Some(Target::Box(name(field)?, name(code.strip_suffix(')')?)?)),
            None => Some(Target::Field(name(inside)?)),
        }
    }

    fn bracketed(&mut self) -> Option<(&'a str, &'a str)> {
        self.sign("[").then_some(())?;
        self.rest.split_once(']')
    }

    fn operator(&mut self) -> Option<Operator> {
        // The longer ones first.
        const OPERATORS: [(&str, Operator); 7] = [
            ("<>", Operator::NotEqual),
            ("!=", Operator::NotEqual),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("=", Operator::Equal),
        ];
        OPERATORS.into_iter().find(|(sign, _)| self.sign(sign)).map(|(_, operator)| operator)
    }

    fn value(&mut self) -> Option<Option<String>> {
        if self.rest.starts_with(['\'', '"']) {
            return self.quoted();
        }
        let is_part = |c: char| c.is_ascii_digit() || c == '-';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        number.parse::<i64>().ok()?;
        // A decimal is no value of an item.
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '.') {
            return None;
        }
        self.rest = rest.trim_start();
        Some(Some(number.to_owned()))
    }

    fn quoted(&mut self) -> Option<Option<String>> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (inside, rest) = self.rest.strip_prefix(quote)?.split_once(quote)?;
        self.rest = rest.trim_start();
        Some(Some(inside.trim().to_owned()).filter(|inside| !inside.is_empty()))
    }

    fn sign(&mut self, sign: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        self.rest = rest.trim_start();
        true
    }

    /// A word that joins, in any case.
    fn word(&mut self, word: &str) -> bool {
        let Some((start, rest)) = self.rest.split_at_checked(word.len()) else { return false };
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let found = start.eq_ignore_ascii_case(word) && ends;
        if found {
            self.rest = rest.trim_start();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, op: Operator, value: &str) -> Comparison {
        let value = Some(value.to_owned()).filter(|value| !value.is_empty());
        Comparison { target: Target::Field(name.to_owned()), op, value }
    }

    #[test]
    fn comparisons_are_read_as_both_systems_write_them() {
        for text in ["[x] = '1'", "[x]=\"1\"", "[x] = 1", "${x} = '1'", "([x] = '1')"] {
            assert_eq!(parse(text), Some(vec![vec![field("x", Operator::Equal, "1")]]), "{text}");
        }
        let ticked = |value: &str| {
            let target = Target::Box("x".to_owned(), "a".to_owned());
            vec![vec![Comparison { target, op: Operator::Equal, value: Some(value.to_owned()) }]]
        };
        assert_eq!(parse("[x(a)] = '1'"), Some(ticked("1")));
        assert_eq!(parse("selected(${x}, 'a')"), Some(ticked("1")));
        assert_eq!(parse("not(selected(${x}, 'a'))"), Some(ticked("0")));
        assert_eq!(parse(" "), Some(Vec::new()));
    }

    #[test]
    fn and_joins_clauses_and_or_stands_in_one() {
        let (a, b) = (field("a", Operator::AtLeast, "-2"), field("b", Operator::NotEqual, ""));
        assert_eq!(parse("[a] >= -2 AND [b] <> ''"), Some(vec![vec![a.clone()], vec![b.clone()]]));
        assert_eq!(parse("${a} >= -2 or ${b} != ''"), Some(vec![vec![a.clone(), b.clone()]]));
        assert_eq!(parse("([a] >= -2 or [b] != '') and [a] >= -2"), Some(vec![vec![a.clone(), b], vec![a]]));
    }

    #[test]
    fn what_is_not_understood_is_no_condition() {
        for text in [
            "[a] = '1' or [b] = '1' and [c] = '1'",
            "[event_1_arm_1][a] = '1'",
            "sum([a], [b]) > 3",
            "[a] = [b]",
            "[a] > 1.5",
            "[a] = '1' and",
            "[a] = '1' [b] = '1'",
            "not(${a} = '1')",
            "[a",
            "[a] = '1",
            "([a] = '1'",
            "${a} = 1x",
            "[a] = '1' android",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
