//! What is declared, asked or raised for nothing.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::{BOND_ITEM, CONTACT_ITEM, Item, ItemKind, MINOR_ITEM, Questionnaire, ROLE_ITEM};
use crate::ruleset::names::placeholders;
use crate::ruleset::{Body, Declaration, Draft, Effect, Expr, Kind, When};

/// So many names are listed; the others are counted.
const LISTED: usize = 8;

pub(super) fn lint(draft: &Draft<'_>, header: &Declaration, problems: &mut Vec<Diagnostic>) {
    let read = Read::of(draft);
    for declaration in &draft.declarations {
        match &declaration.body {
            Body::Function { .. } if !read.called.contains(declaration.id.text.as_str()) => {
                let message = format!("nothing calls `{}`", declaration.id.text);
                problems.push(draft.warning(Code::UnusedDeclaration, &declaration.id.place, message));
            }
            Body::Rule { effects, .. } => points(draft, effects, &read, problems),
            Body::Sign { adds, present } => sign(draft, declaration, *adds, *present, problems),
            _ => {}
        }
    }
    // A study looks at what it likes; the other two kinds say what they make of everything that they ask.
    if draft.kind != Kind::Study {
        items(draft, header, &read, problems);
    }
}

/// Every name that something reads.
#[derive(Default)]
struct Read<'a> {
    names: BTreeSet<String>,
    called: BTreeSet<&'a str>,
}

impl<'a> Read<'a> {
    fn of(draft: &'a Draft<'_>) -> Self {
        let mut read = Self::default();
        for declaration in &draft.declarations {
            for expr in conditions(declaration) {
                read.names.extend(expr.names.iter().map(|name| name.text.clone()));
                read.names.extend(expr.calls.iter().filter_map(|(_, argument)| Some(argument.as_ref()?.text.clone())));
                read.called.extend(expr.calls.iter().map(|(name, _)| name.text.as_str()));
            }
            match &declaration.body {
                Body::Scale { terms, .. } => read.names.extend(terms.iter().map(|term| term.item.text.clone())),
                Body::Contradicts { other } => {
                    read.names.extend([declaration.id.text.clone(), other.text.clone()]);
                }
                // What is only proved of an item is no use of it; a helper that a property calls is used.
                Body::Property { holds } => read.called.extend(holds.calls.iter().map(|(name, _)| name.text.as_str())),
                Body::Function { calls, .. } => {
                    read.called
                        .extend(calls.iter().map(|call| call.text.as_str()).filter(|id| *id != declaration.id.text));
                }
                _ => {}
            }
            let texts = declaration.because.iter().map(|text| text.text.as_str());
            let texts = texts
                .chain(declaration.title.as_deref())
                .chain(declaration.next.as_ref().map(|next| next.text.as_str()));
            read.names.extend(texts.flat_map(placeholders));
        }
        read
    }
}

/// The conditions of a declaration.
fn conditions(declaration: &Declaration) -> Vec<&Expr> {
    match &declaration.body {
        Body::Condition { when }
        | Body::Adjust { when, .. }
        | Body::Rule { when, .. }
        | Body::Overlay { when }
        | Body::Stage { when: When::Holds(when) }
        | Body::Signal { when: When::Holds(when), .. }
        | Body::Reason { when: Some(When::Holds(when)) } => vec![when],
        Body::Aggregate { parts, .. } => parts.iter().filter_map(|part| part.zero_when.as_ref()).collect(),
        _ => Vec::new(),
    }
}

/// Points that no condition asks for.
fn points(draft: &Draft<'_>, effects: &[Effect], read: &Read<'_>, problems: &mut Vec<Diagnostic>) {
    for effect in effects {
        if let Effect::Points { name, .. } = effect
            && !read.names.contains(&name.text)
        {
            let message = format!("nothing reads the points `{}`", name.text);
            let problem = draft.warning(Code::UnusedDeclaration, &name.place, message);
            problems.push(problem.hint(format!("let a stage or a signal read points_of(\"{}\")", name.text)));
        }
    }
}

/// A sign that its rules never raise far enough.
fn sign(draft: &Draft<'_>, declaration: &Declaration, adds: bool, present: u8, problems: &mut Vec<Diagnostic>) {
    let levels = draft.declarations.iter().filter_map(|other| match &other.body {
        Body::Rule { effects, .. } => Some(effects),
        _ => None,
    });
    let levels = levels.flatten().filter_map(|effect| match effect {
        Effect::Sign { sign, level } if sign.text == declaration.id.text => Some(usize::from(*level)),
        _ => None,
    });
    let highest = if adds { levels.sum() } else { levels.max().unwrap_or(0) };
    if highest < usize::from(present) {
        let message = format!(
            "the sign `{}` is present from level {present} on, and its rules raise it to {highest} at most",
            declaration.id.text
        );
        let problem = draft.warning(Code::UnreachableSign, &declaration.id.place, message);
        problems.push(problem.hint("raise it in a rule: then sign(\"...\", 2); or lower `present`"));
    }
}

/// Items that are asked for nothing.
fn items(draft: &Draft<'_>, header: &Declaration, read: &Read<'_>, problems: &mut Vec<Diagnostic>) {
    let questionnaire = draft.questionnaire;
    let unread: Vec<String> = questionnaire
        .items
        .iter()
        .filter(|item| !has_a_use(questionnaire, item) && !is_read(item, read))
        .map(|item| format!("`{}`", item.id))
        .collect();
    if unread.is_empty() {
        return;
    }
    let listed = unread.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    let others = match unread.len().saturating_sub(LISTED) {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let message = format!("nothing reads {listed}{others} of the questionnaire `{}`", questionnaire.id);
    let problem = draft.warning(Code::UnreadItem, &header.id.place, message);
    problems.push(problem.hint("let a scale or a rule read it, or do not ask it"));
}

fn is_read(item: &Item, read: &Read<'_>) -> bool {
    let options: &[_] = match &item.kind {
        ItemKind::Multi(options) => options,
        _ => &[],
    };
    read.names.contains(&item.id)
        || options.iter().any(|option| read.names.contains(&format!("{}.{}", item.id, option.value)))
}

/// Whether the engine, the gate or another item looks at an item; free text is read by people.
fn has_a_use(questionnaire: &Questionnaire, item: &Item) -> bool {
    let by_another = questionnaire.items.iter().any(|other| {
        let and = other.safety.as_ref().and_then(|safety| safety.and.as_ref());
        and.iter().copied().chain(&other.asked_if).any(|condition| condition.item.split('.').next() == Some(&item.id))
    });
    [ROLE_ITEM, BOND_ITEM, MINOR_ITEM, CONTACT_ITEM].contains(&item.id.as_str())
        || item.kind == ItemKind::Text
        || item.block
        || item.safety.is_some()
        || by_another
}
