//! Numbers that decide something: each has a source, and items that are added up have one range.

use crate::diagnostic::{Code, Diagnostic, SourceFile};
use crate::questionnaire::{ItemKind, Levels, Questionnaire};
use crate::ruleset::declaration::Term;
use crate::ruleset::scan::{TokenKind, scan};
use crate::ruleset::{Aggregation, Body, Declaration, Draft, Expr, Kind, When};

pub(super) fn lint(draft: &Draft<'_>, problems: &mut Vec<Diagnostic>) {
    for declaration in &draft.declarations {
        if declaration.source.is_none() {
            unsourced(draft, declaration, problems);
        }
        if let Body::Scale { aggregation, terms, .. } = &declaration.body {
            if *aggregation != Aggregation::Percent && declaration.source.is_none() {
                ranges(draft, declaration, terms, problems);
            }
            open_ended(draft, terms, problems);
        }
    }
}

/// A number without a source. Where it must have one, loading says so.
fn unsourced(draft: &Draft<'_>, declaration: &Declaration, problems: &mut Vec<Diagnostic>) {
    let number = match &declaration.body {
        Body::Scale { terms, .. } => {
            let weighted = terms.iter().find(|term| term.weight != 1);
            weighted.map(|term| format!("the weight {} of `{}`", term.weight, term.item.text))
        }
        Body::Rule { when, .. } if draft.kind != Kind::Assessment => threshold(when),
        Body::Condition { when }
        | Body::Overlay { when }
        | Body::Stage { when: When::Holds(when) }
        | Body::Signal { when: When::Holds(when), .. }
        | Body::Reason { when: Some(When::Holds(when)) } => threshold(when),
        Body::Adjust { .. } => Some("this bound".to_owned()),
        Body::Const { .. } => Some(format!("the constant `{}`", declaration.id.text)),
        Body::Sign { .. } => Some("the level at which this sign is present".to_owned()),
        Body::Floor { .. } | Body::Straightline { .. } => Some("this share".to_owned()),
        Body::Aggregate { parts, .. } => parts.iter().find_map(|part| threshold(part.zero_when.as_ref()?)),
        _ => None,
    };
    if let Some(number) = number {
        let problem = draft.warning(Code::MissingSource, &declaration.id.place, format!("{number} has no `source`"));
        problems.push(problem.hint("cite one, or write source \"Design choice: ...\" and say why it is this number"));
    }
}

/// The first number that a condition compares with by size. What is only told apart (`== 1`) is no threshold, and
/// neither is 0 or 1 of something that is counted.
fn threshold(expr: &Expr) -> Option<String> {
    let source = SourceFile::new("", expr.text.as_str());
    let tokens = scan(&source, &mut Vec::new());
    let text = |at: usize| tokens.get(at).and_then(|token| expr.text.get(token.span.clone())).unwrap_or_default();
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Number);
    let by_size = (0..tokens.len()).filter(|at| [">=", "<=", ">", "<"].contains(&text(*at)));
    let numbers = by_size.flat_map(|at| [at.checked_sub(1), Some(at + 1)]).flatten().filter(|at| is_number(*at));
    numbers.map(text).find(|number| !["0", "1"].contains(number)).map(|number| format!("the threshold {number}"))
}

/// Items of a mean or a sum whose ranges differ.
fn ranges(draft: &Draft<'_>, declaration: &Declaration, terms: &[Term], problems: &mut Vec<Diagnostic>) {
    let mut first: Option<(&Term, (i64, i64))> = None;
    for term in terms {
        let Some(range) = bounds(draft.questionnaire, &term.item.text) else { continue };
        match first {
            None => first = Some((term, range)),
            Some((other, known)) if known != range => {
                let message = format!(
                    "`{}` goes from {} to {} and `{}` from {} to {}, so they do not count alike in `{}`",
                    other.item.text, known.0, known.1, term.item.text, range.0, range.1, declaration.id.text
                );
                let problem = draft.warning(Code::MixedRanges, &term.item.place, message);
                problems
                    .push(problem.hint("use `percent(...)`, or name by `source` the key that adds them up like this"));
                return;
            }
            Some(_) => {}
        }
    }
}

fn bounds(questionnaire: &Questionnaire, item: &str) -> Option<(i64, i64)> {
    questionnaire.slots.get(questionnaire.slot(item)?).map(|slot| &slot.levels).and_then(Levels::bounds)
}

/// Reversed numbers whose highest value stands for everything above it, too.
fn open_ended(draft: &Draft<'_>, terms: &[Term], problems: &mut Vec<Diagnostic>) {
    for term in terms.iter().filter(|term| term.reversed) {
        let item = draft.questionnaire.item(&term.item.text);
        let Some(ItemKind::Number { max, max_label: Some(label), .. }) = item.map(|item| &item.kind) else { continue };
        let message = format!(
            "`-{}` is reversed by its highest value, and {max} means \"{label}\": there is no true upper bound",
            term.item.text
        );
        let problem = draft.warning(Code::ReverseWithoutBounds, &term.item.place, message);
        problems.push(problem.hint("let a rule compare the number, or ask for it in ordered options"));
    }
}
