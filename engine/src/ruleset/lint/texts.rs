//! What people read: titles, sentences, and the words in them.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::Role;
use crate::ruleset::scan::{TokenKind, scan};
use crate::ruleset::{Body, Declaration, Draft, Kind, Place};
use crate::words::Words;

pub(super) fn lint(draft: &Draft<'_>, problems: &mut Vec<Diagnostic>) {
    let words = Words::built_in();
    for declaration in &draft.declarations {
        untitled(draft, declaration, problems);
        silent(draft, declaration, problems);
        for (surface, text) in texts(declaration) {
            for found in words.find(surface, text).findings {
                let message = format!("\"{}\" is not said to people here: {}", found.phrase, found.list);
                let problem = draft.warning(Code::WordList, &place_of(draft, declaration, text), message);
                problems.push(problem.hint(format!("say it in other words: {}", found.sentence)));
            }
        }
    }
    same_titles(draft, problems);
}

/// What has a title that people see, by its word.
fn titled(body: &Body) -> Option<&'static str> {
    Some(match body {
        Body::Scale { .. } => "scale",
        Body::Aggregate { .. } => "aggregate",
        Body::Sign { .. } => "sign",
        Body::Rule { .. } => "rule",
        Body::Overlay { .. } => "overlay",
        Body::Stage { .. } => "stage",
        Body::Signal { .. } => "signal",
        Body::Reason { .. } => "reason",
        _ => return None,
    })
}

fn untitled(draft: &Draft<'_>, declaration: &Declaration, problems: &mut Vec<Diagnostic>) {
    let by_bond = matches!(&declaration.body, Body::Signal { titles, .. } if !titles.is_empty());
    let Some(word) = titled(&declaration.body).filter(|_| !by_bond) else { return };
    if declaration.title.as_deref().unwrap_or_default().trim().is_empty() {
        let message = format!("the {word} `{}` has no title, so people are shown its id", declaration.id.text);
        let problem = draft.warning(Code::MissingTitle, &declaration.id.place, message);
        problems.push(problem.hint(format!("write it behind the id: {word} {} \"...\"", declaration.id.text)));
    }
}

/// A rule of an assessment that a person never hears of.
fn silent(draft: &Draft<'_>, declaration: &Declaration, problems: &mut Vec<Diagnostic>) {
    let is_rule = matches!(declaration.body, Body::Rule { .. }) && draft.kind == Kind::Assessment;
    if is_rule && declaration.because.is_none() {
        let message = format!("the rule `{}` has no `because`: it weighs without a word", declaration.id.text);
        let problem = draft.warning(Code::MissingBecause, &declaration.id.place, message);
        problems.push(problem.hint("say in a sentence what was answered: because \"You put in {effort_mine}.\""));
    }
}

/// Two of one kind and for one role that are called the same.
fn same_titles(draft: &Draft<'_>, problems: &mut Vec<Diagnostic>) {
    // For each kind and title: the ids and roles that have it.
    type Owners<'a> = Vec<(&'a str, Option<Role>)>;
    let mut known: BTreeMap<(&str, &str), Owners<'_>> = BTreeMap::new();
    for declaration in &draft.declarations {
        let (Some(word), Some(title)) = (titled(&declaration.body), &declaration.title) else { continue };
        let id = declaration.id.text.as_str();
        let others = known.entry((word, title)).or_default();
        let meets = |role: &Option<Role>| role.is_none() || declaration.role.is_none() || *role == declaration.role;
        if let Some((other, _)) = others.iter().find(|(other, role)| *other != id && meets(role)) {
            let message = format!("the {word} `{id}` has the title of `{other}`");
            let problem = draft.warning(Code::DuplicateTitle, &declaration.id.place, message);
            problems.push(problem.hint("give each its own title: a page names them by it"));
        }
        others.push((id, declaration.role));
    }
}

/// Every text of a declaration, with the surface that people meet it on.
fn texts(declaration: &Declaration) -> Vec<(&'static str, &str)> {
    let advice = |text| ("advice", text);
    let title = declaration.title.as_deref();
    let because = declaration.because.as_ref().map(|text| text.text.as_str());
    let next = declaration.next.as_ref().map(|next| next.text.as_str());
    match &declaration.body {
        Body::Rule { .. } => {
            let doc = declaration.doc.iter().map(|line| line.trim_start_matches("## "));
            doc.map(advice).chain([title, because, next].into_iter().flatten().map(advice)).collect()
        }
        Body::Adjust { .. } => because.map(advice).into_iter().collect(),
        Body::Band { .. } => title.map(|title| ("verdict", title)).into_iter().collect(),
        body if titled(body).is_some() => {
            let by_bond: &[_] = match body {
                Body::Signal { titles, .. } => titles,
                _ => &[],
            };
            let titles = by_bond.iter().map(|(_, title)| title.as_str()).chain(title);
            titles.map(|title| ("verdict", title)).chain(next.map(advice)).collect()
        }
        _ => Vec::new(),
    }
}

/// Where a text of a declaration stands: the first that reads so behind its id, or before it for a `//!` line.
fn place_of(draft: &Draft<'_>, declaration: &Declaration, text: &str) -> Place {
    let id = &declaration.id.place;
    let Some(file) = draft.files.get(id.file) else { return id.clone() };
    let tokens = scan(file, &mut Vec::new());
    let quoted = tokens.iter().find(|token| {
        token.span.start >= id.span.start && matches!(&token.kind, TokenKind::Text(found) if found == text)
    });
    let commented = tokens.iter().rev().find(|token| {
        token.span.end <= id.span.start && matches!(&token.kind, TokenKind::Doc(line) if line.ends_with(text))
    });
    quoted.or(commented).map_or_else(|| id.clone(), |token| Place { span: token.span.clone(), ..id.clone() })
}
