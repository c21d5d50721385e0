//! Which questions a survey covers: the form it was asked in, and what is said about the rest.

use std::collections::BTreeMap;

use bearings_engine::diagnostic::nearest;
use bearings_engine::forms_of;
use bearings_engine::questionnaire::{Form, Item, ItemKind, Questionnaire, ROLE_ITEM, Role};

use super::columns::Columns;
use super::dialect::platform::Aside;
use super::header::shown;

/// As whom people answer where neither their row nor whoever scores it says so.
pub(super) const DEFAULT_ROLE: Role = Role::Hurt;
/// The most names in one note.
const LISTED: usize = 20;

/// The full form if a column belongs to an item that only the full form asks.
pub(super) fn form(questionnaire: &Questionnaire, columns: &Columns) -> Form {
    let full_only = |item: &Item| !item.forms.is_empty() && !item.forms.contains(&Form::Short);
    let mut items = columns.slots().filter_map(|slot| questionnaire.item_of(questionnaire.slots.get(slot)?));
    if items.any(full_only) { Form::Full } else { Form::Short }
}

/// What is said once about how a survey is read.
pub(super) fn notes(
    questionnaire: &Questionnaire,
    columns: &Columns,
    form: Form,
    said: Option<Role>,
    file: &str,
) -> Vec<String> {
    let role = said.unwrap_or(DEFAULT_ROLE);
    let mut told = Vec::new();
    if forms_of(questionnaire).len() > 1 {
        told.push(format!("{} form", form.as_str()));
    }
    if questionnaire.has_roles() {
        told.push(role_note(questionnaire, columns, role));
    }
    let mut notes = Vec::new();
    if !told.is_empty() {
        notes.push(format!("{file}: {}", told.join(", ")));
    }
    if columns.id.is_none() {
        notes.push(format!("{file}: no id column, so respondents are numbered; --id names one"));
    }
    if !columns.aside.is_empty() {
        notes.push(format!("{file}: {}", asides(columns)));
    }
    if !columns.unread.is_empty() {
        // Looking for the item that was meant takes its time, so it is done for the names that are printed.
        let named = columns.unread.iter().take(LISTED);
        let names: Vec<String> = named.map(|column| unread(*column, columns, questionnaire)).collect();
        let total = columns.unread.len();
        notes.push(format!("{file}: {} not read: {}", counted(total, "column"), listed(&names, total)));
    }
    notes.extend(identifying(columns).map(|note| format!("{file}: {note}")));
    notes.extend(uncovered(questionnaire, columns, form, said).into_iter().map(|note| format!("{file}: {note}")));
    if columns.not_shown_is_skipped {
        notes.push(format!(
            "{file}: what was not shown is read as skipped: where there are safety questions, no file can take one out"
        ));
    }
    let block = |at: &usize| {
        questionnaire.slots.get(*at).and_then(|slot| questionnaire.item_of(slot)).is_some_and(|item| item.block)
    };
    let has_block = (0..questionnaire.slots.len()).any(|at| block(&at));
    if has_block && !columns.slots().any(|slot| block(&slot)) {
        notes.push(format!("{file}: no safety question has a column, so nobody can get a direction"));
    }
    for (code, clashing) in &columns.clashes {
        let names: Vec<String> = clashing
            .iter()
            .filter_map(|column| columns.name(*column))
            .map(|name| format!("`{}`", shown(name)))
            .collect();
        notes.push(format!(
            "{file}: `{}` is an answer of {} and is read as one there, not as missing",
            shown(code),
            listed(&names, names.len())
        ));
    }
    notes
}

/// How many columns of the platform hold no answers, and why.
fn asides(columns: &Columns) -> String {
    let mut counts: BTreeMap<Aside, usize> = BTreeMap::new();
    columns.aside.iter().for_each(|(_, reason)| *counts.entry(*reason).or_default() += 1);
    let reasons: Vec<String> = counts.iter().map(|(reason, count)| format!("{} {count}", reason.in_words())).collect();
    format!(
        "{} of {} not read: {}",
        counted(columns.aside.len(), "column"),
        columns.platform.in_words(),
        reasons.join(", ")
    )
}

/// The columns that may tell who somebody is: those that are written out, because that was asked for, and the others.
fn identifying(columns: &Columns) -> impl Iterator<Item = String> {
    let is_written = |column: &usize| columns.id == Some(*column) || columns.kept.contains(column);
    let (written, others): (Vec<usize>, Vec<usize>) = columns.identifying.iter().partition(|column| is_written(column));
    let named = |columns_of: &[usize]| {
        let names: Vec<String> = columns_of.iter().map(|column| columns.header().shown(*column)).collect();
        listed(&names, names.len())
    };
    let others = (!others.is_empty()).then(|| {
        format!(
            "{} may tell who somebody is, and {} not written out unless --keep asks: {}",
            counted(others.len(), "column"),
            if others.len() == 1 { "is" } else { "are" },
            named(&others)
        )
    });
    let written = (!written.is_empty()).then(|| {
        format!(
            "{} that may tell who somebody is {} written to the output: {}",
            counted(written.len(), "column"),
            if written.len() == 1 { "is" } else { "are" },
            named(&written)
        )
    });
    others.into_iter().chain(written)
}

fn role_note(questionnaire: &Questionnaire, columns: &Columns, role: Role) -> String {
    match questionnaire.slot(ROLE_ITEM) {
        Some(slot) if columns.has(slot) => {
            format!("role from column `{ROLE_ITEM}` ({} where it is empty)", role.as_str())
        }
        _ => format!("role {}", role.as_str()),
    }
}

/// A column that nothing reads, with the item it may have been meant for.
fn unread(column: usize, columns: &Columns, questionnaire: &Questionnaire) -> String {
    let name = columns.name(column).unwrap_or_default();
    if let Some(meant) = columns.other_case.get(&column) {
        return format!("`{}` (did you mean `{meant}`?)", shown(name));
    }
    if questionnaire.item(name).is_some_and(|item| matches!(item.kind, ItemKind::Multi(_))) {
        return format!(
            "`{}` (split it: a column for each option, 0 or 1; or say in a map what separates them)",
            shown(name)
        );
    }
    let slots = questionnaire.slots.iter().map(|slot| slot.id.as_str());
    // A whole question is no misspelt id, and comparing it would take long.
    let near = if name.len() <= 64 { nearest(name, slots) } else { None };
    match near {
        Some(near) => format!("`{}` (did you mean `{near}`?)", shown(name)),
        None => format!("`{}`", shown(name)),
    }
}

/// The slots of the form without a column, grouped so that a survey of one role is not told every item of the other.
/// Where everybody's role was said, nobody had to be asked.
fn uncovered(questionnaire: &Questionnaire, columns: &Columns, form: Form, said: Option<Role>) -> Vec<String> {
    let role = said.unwrap_or(DEFAULT_ROLE);
    let by_role = questionnaire.slot(ROLE_ITEM).is_some_and(|slot| columns.has(slot));
    let role = if by_role { Role::Both } else { role };
    let asked: Vec<(usize, &Item, &str)> = questionnaire
        .slots
        .iter()
        .enumerate()
        .filter_map(|(at, slot)| Some((at, questionnaire.item_of(slot)?, slot.id.as_str())))
        .filter(|(_, item, _)| item.is_asked_in(role, form))
        .collect();
    let mut notes = Vec::new();
    let mut left = Vec::new();
    for group in [Role::Hurt, Role::Broke] {
        let only: Vec<&(usize, &Item, &str)> = asked.iter().filter(|(_, item, _)| item.roles == [group]).collect();
        if by_role && !only.is_empty() && !only.iter().any(|(at, ..)| columns.has(*at)) {
            notes.push(format!(
                "no column for any of the {} that only the role `{}` is asked",
                counted(only.len(), "item"),
                group.as_str()
            ));
            left.push(group);
        }
    }
    let missing: Vec<String> = asked
        .iter()
        .filter(|(_, item, _)| said.is_none() || item.id != ROLE_ITEM)
        .filter(|(at, item, _)| !columns.has(*at) && !left.iter().any(|group| item.roles == [*group]))
        .map(|(_, _, id)| format!("`{id}`"))
        .collect();
    if !missing.is_empty() {
        notes.push(format!(
            "no column for {}, taken as skipped: {}",
            counted(missing.len(), "item"),
            listed(&missing, missing.len())
        ));
    }
    notes
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The first names of so many.
pub(super) fn listed(names: &[String], total: usize) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match total.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
