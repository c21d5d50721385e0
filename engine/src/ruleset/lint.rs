//! What loads and is probably not meant: warnings for authors. Scoring never asks for them.

mod comparisons;
mod numbers;
mod texts;
mod unused;

use std::collections::BTreeSet;

use super::{Body, Declaration, Draft, LoadOptions, Ruleset, draft, has_error, tell_once};
use crate::compile;
use crate::diagnostic::{Code, Diagnostic, SourceFile};
use crate::questionnaire::{Form, Role};
pub(crate) use comparisons::comparisons_in;

/// The warnings for a ruleset that was loaded from these files, beside those that loading gave.
pub fn lint(files: &[SourceFile], ruleset: &Ruleset) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut told = Vec::new();
    let Some((draft, header)) = draft(files, ruleset.questionnaire(), &LoadOptions::all(), &mut told) else {
        return problems;
    };
    if has_error(&told) {
        return problems;
    }
    numbers::lint(&draft, &mut problems);
    texts::lint(&draft, &mut problems);
    unused::lint(&draft, &header, &mut problems);
    // The full form has all that the short one has, and where nothing is for one role only, both are alike.
    let by_role =
        ruleset.questionnaire().has_roles() || draft.declarations.iter().any(|declaration| declaration.role.is_some());
    let roles: &[Role] = if by_role { &[Role::Hurt, Role::Broke] } else { &[Role::Hurt] };
    let variants: Vec<_> = roles.iter().filter_map(|role| ruleset.variant(*role, Form::Full)).collect();
    let moving: BTreeSet<String> =
        variants.iter().flat_map(|variant| compile::lint(&draft, variant, &mut problems)).collect();
    if !variants.is_empty() {
        idle(&draft, &told, &moving, &mut problems);
    }
    tell_once(&mut problems);
    problems
}

/// Parameters that are read and change nothing.
fn idle(draft: &Draft<'_>, told: &[Diagnostic], moving: &BTreeSet<String>, problems: &mut Vec<Diagnostic>) {
    let is_parameter = |declaration: &&Declaration| matches!(declaration.body, Body::Param { .. });
    for declaration in draft.declarations.iter().filter(is_parameter) {
        let unread = told.iter().any(|problem| {
            problem.code == Code::UnusedDeclaration && problem.span.as_ref() == Some(&declaration.id.place.span)
        });
        if !unread && !moving.contains(&declaration.id.text) {
            let message = format!("the parameter `{}` changes nothing, wherever it is set", declaration.id.text);
            let problem = draft.warning(Code::IdleParameter, &declaration.id.place, message);
            problems.push(problem.hint("let a condition read it, widen its range, or leave it out"));
        }
    }
}
