//! The single comparisons that a condition is made of.

use std::ops::Range;

use crate::diagnostic::SourceFile;
use crate::ruleset::Expr;
use crate::ruleset::scan::{Token, TokenKind, scan};

const COMPARISONS: [&str; 6] = [">=", "<=", ">", "<", "==", "!="];

/// Where in the text of a condition its comparisons stand; none if it is a single one.
pub(crate) fn comparisons_in(expr: &Expr) -> Vec<Range<usize>> {
    let source = SourceFile::new("", expr.text.as_str());
    let tokens = scan(&source, &mut Vec::new());
    let parts = Parts { text: &expr.text, tokens: &tokens };
    let mut found = Vec::new();
    // What follows from a case distinction is no comparison of its own.
    if parts.any(&["&&", "||"]) && !parts.any(&["{", "#{"]) {
        parts.collect(0..tokens.len(), &mut found);
    }
    found
}

struct Parts<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Parts<'_> {
    fn text_of(&self, token: &Token) -> &str {
        self.text.get(token.span.clone()).unwrap_or_default()
    }

    fn any(&self, marks: &[&str]) -> bool {
        self.tokens.iter().any(|token| token.kind == TokenKind::Mark && marks.contains(&self.text_of(token)))
    }

    /// Splits at `&&` and `||`, and looks into brackets that hold nothing but a condition.
    fn collect(&self, range: Range<usize>, found: &mut Vec<Range<usize>>) {
        let within = |range: &Range<usize>| self.tokens.get(range.clone()).unwrap_or_default();
        let tokens = within(&range);
        let splits = self.outside_of_brackets(tokens, |text| ["&&", "||"].contains(&text));
        if !splits.is_empty() {
            let ends = splits.iter().copied().chain([tokens.len()]);
            let mut start = 0;
            for end in ends {
                self.collect(range.start + start..range.start + end, found);
                start = end + 1;
            }
            return;
        }
        let negations = tokens.iter().take_while(|token| self.text_of(token) == "!").count();
        let rest = tokens.get(negations..).unwrap_or_default();
        let bracketed = rest.first().is_some_and(|token| self.text_of(token) == "(")
            && self.closing(rest) == Some(rest.len().saturating_sub(1));
        if bracketed {
            self.collect(range.start + negations + 1..range.end - 1, found);
        } else if let (Some(first), Some(last)) = (rest.first(), rest.last())
            && !self.outside_of_brackets(rest, |text| COMPARISONS.contains(&text)).is_empty()
        {
            found.push(first.span.start..last.span.end);
        }
    }

    /// The positions of marks that stand in no bracket.
    fn outside_of_brackets(&self, tokens: &[Token], wanted: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut depth = 0_usize;
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Mark) {
            match self.text_of(token) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                text if depth == 0 && wanted(text) => found.push(at),
                _ => {}
            }
        }
        found
    }

    /// Where the bracket closes that the tokens start with.
    fn closing(&self, tokens: &[Token]) -> Option<usize> {
        let mut depth = 0_usize;
        tokens.iter().position(|token| {
            match self.text_of(token) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::{Body, parse};

    #[track_caller]
    fn check(condition: &str, expected: &[&str]) {
        let source = SourceFile::new("", format!("condition c when {condition};"));
        let declarations = parse::parse(0, &source, &mut Vec::new());
        let Body::Condition { when } = &declarations[0].body else { panic!("no condition") };
        let found: Vec<&str> = comparisons_in(when).into_iter().map(|range| when.text.get(range).unwrap()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn comparisons_are_found_between_the_connectives() {
        check("a >= 2 && b < 3", &["a >= 2", "b < 3"]);
        check("a - b >= 2 || !(b < 3 && c)", &["a - b >= 2", "b < 3"]);
        check("!(a == 1) && (2 * (b - 1)) <= 3", &["a == 1", "(2 * (b - 1)) <= 3"]);
        check("count_at_least(\"s\", 2) >= 9 || answered(\"s\")", &["count_at_least(\"s\", 2) >= 9"]);
        check("level(\"x\") >= 4 || signs_present() == 9", &["level(\"x\") >= 4", "signs_present() == 9"]);
    }

    #[test]
    fn a_single_comparison_and_a_case_distinction_have_no_parts() {
        check("((a >= 2))", &[]);
        check("if a >= 2 { b >= 2 } else { c >= 2 }", &[]);
    }
}
