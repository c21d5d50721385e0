//! What a ruleset states of itself, with its places.

use bearings_engine::questionnaire::{Direction, Form, Role};
use bearings_engine::{Exempt, Monotone, Never, NeverTarget, Property, Reason, Ruleset, Variant};

use super::rule::{Read, condition, written};
use super::ruleset::{made_for, on_one_line};
use crate::report::{Entry, Row};

/// Properties, monotone items, exemptions, and what never occurs.
pub(super) fn entries(read: &Read) -> Vec<Entry> {
    let ruleset = &read.ruleset;
    let mut entries = each(ruleset, |variant| variant.properties.iter().map(|known| property(read, known)).collect());
    entries.extend(each(ruleset, |variant| variant.monotone.iter().map(|known| monotone(ruleset, known)).collect()));
    entries.extend(each(ruleset, |variant| variant.not_monotone.iter().map(|known| exempt(ruleset, known)).collect()));
    entries.extend(each(ruleset, |variant| variant.never.iter().map(|known| never(variant, known)).collect()));
    entries
}

/// What the variants state, each thing once; what some of them lack says for which it is.
fn each(ruleset: &Ruleset, of: impl Fn(&Variant) -> Vec<Entry>) -> Vec<Entry> {
    let mut found: Vec<(Entry, Vec<(Role, Form)>)> = Vec::new();
    for (key, variant) in ruleset.variants() {
        for entry in of(variant) {
            match found.iter_mut().find(|(known, _)| *known == entry) {
                Some((_, of)) => of.push(*key),
                None => found.push((entry, vec![*key])),
            }
        }
    }
    let all = ruleset.variants().count();
    let said = found.into_iter().map(|(mut entry, of)| {
        // Where the questionnaire knows neither roles nor forms there are no words for them.
        let whom = if of.len() < all { made_for(ruleset, of.into_iter()) } else { String::new() };
        if !whom.is_empty() {
            entry.rows.insert(0, Row::new("for", whom));
        }
        entry
    });
    said.collect()
}

fn property(read: &Read, property: &Property) -> Entry {
    let holds = condition(written(&read.files, &property.at), "holds").map(on_one_line);
    let holds = holds.map(|holds| Row::new("holds", holds));
    Entry {
        text: format!("{}: {}", property.id, property.title),
        place: property.at.clone(),
        rows: holds.into_iter().chain(why(property.because.as_ref())).collect(),
        ..Entry::default()
    }
}

fn monotone(ruleset: &Ruleset, monotone: &Monotone) -> Entry {
    let which = if monotone.direction == Direction::Concern { "lower" } else { "higher" };
    Entry {
        text: format!("{}: a {which} answer never makes the signal worse", slot(ruleset, monotone.slot)),
        place: monotone.at.clone(),
        rows: why(monotone.because.as_ref()).collect(),
        ..Entry::default()
    }
}

fn exempt(ruleset: &Ruleset, exempt: &Exempt) -> Entry {
    Entry {
        text: format!("{}: a better answer may make the signal worse", slot(ruleset, exempt.slot)),
        place: exempt.at.clone(),
        rows: why(Some(&exempt.because)).collect(),
        ..Entry::default()
    }
}

fn never(variant: &Variant, never: &Never) -> Entry {
    let outcome = |list: &[bearings_engine::Outcome], at: usize| list.get(at).map(|outcome| outcome.id.clone());
    let (kind, id) = match never.target {
        NeverTarget::Stage(at) => ("stage", outcome(&variant.stages, at)),
        NeverTarget::Overlay(at) => ("overlay", outcome(&variant.overlays, at)),
        NeverTarget::Signal(at) => ("signal", outcome(&variant.signals, at)),
        NeverTarget::Reason(Reason::Declared(at)) => ("reason", outcome(&variant.reasons, at)),
        NeverTarget::Reason(Reason::Engine(reason)) => ("reason", Some(reason.as_str().to_owned())),
        NeverTarget::Rule(at) => ("rule", variant.rules.get(at).map(|rule| rule.id.clone())),
    };
    Entry {
        text: format!("never: the {kind} {}", id.unwrap_or_default()),
        place: never.at.clone(),
        rows: why(Some(&never.because)).collect(),
        ..Entry::default()
    }
}

fn why(because: Option<&String>) -> impl Iterator<Item = Row> {
    because.map(|because| Row::new("why", because.clone())).into_iter()
}

fn slot(ruleset: &Ruleset, at: usize) -> String {
    ruleset.questionnaire().slots.get(at).map(|slot| slot.id.clone()).unwrap_or_default()
}
