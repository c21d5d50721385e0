//! A ruleset: what it says of itself, and every declaration with its place.

use bearings_engine::exact::format_half_up;
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{Aggregation, Need, Outcome, Parameter, Ruleset, Scale, Variant, effects_of};

use super::claims;
use super::questionnaire::form_words;
use super::rule::{Read, head, when, written};
use crate::report::{Entry, Page, Row, range};

/// Adds the ruleset to a page.
pub(super) fn describe(page: &mut Page, read: &Read) {
    let ruleset = &read.ruleset;
    page.title(format!("{}: {}", ruleset.id, ruleset.title));
    for paragraph in ruleset.description.split("\n\n") {
        page.text(paragraph);
    }
    let mut rows = vec![
        Row::new("kind", ruleset.kind.as_str()),
        Row::new("version", ruleset.version.clone()),
        Row::new("questionnaire", ruleset.questionnaire().id.clone()),
    ];
    let made_for = made_for(ruleset, ruleset.variants().map(|(variant, _)| *variant));
    if !made_for.is_empty() {
        rows.push(Row::new("made for", made_for));
    }
    rows.extend(ruleset.batch_only.iter().map(|why| Row::new("use", format!("batch only, for groups: {why}"))));
    page.rows(rows);
    page.text(format!("sha256 {}", ruleset.sha256));
    for (heading, text) in &ruleset.metadata {
        page.heading(heading.clone());
        page.text(text.clone());
    }
    if !ruleset.parameters.is_empty() {
        page.heading("Parameters");
        page.entries(ruleset.parameters.iter().map(parameter).collect());
    }
    section(page, "Scales", each(ruleset, |variant| variant.scales.iter().map(|s| scale(ruleset, s)).collect()));
    section(page, "Bounds on scales", each(ruleset, |variant| adjusts(read, variant)));
    section(page, "Means of scales", each(ruleset, |variant| aggregates(read, variant)));
    section(page, "Published cuts", each(ruleset, bands));
    section(page, "Signs", each(ruleset, signs));
    section(page, "Rules", each(ruleset, |variant| rules(read, variant)));
    section(page, "Overlays", each(ruleset, |variant| outcomes(read, &variant.overlays)));
    section(page, "Stages, the first that holds", each(ruleset, |variant| outcomes(read, &variant.stages)));
    section(page, "Signals, the first that holds", each(ruleset, |variant| outcomes(read, &variant.signals)));
    section(page, "Reasons, the first that holds", each(ruleset, |variant| outcomes(read, &variant.reasons)));
    section(page, "What must always hold", claims::entries(read));
}

/// The roles and forms that differ; nothing where none do.
pub(super) fn made_for(ruleset: &Ruleset, variants: impl Iterator<Item = (Role, Form)>) -> String {
    let by_role = ruleset.questionnaire().has_roles();
    let by_form = bearings_engine::forms_of(ruleset.questionnaire()).len() > 1;
    let mut words: Vec<String> = Vec::new();
    for (role, form) in variants {
        let parts = [by_role.then(|| role.as_str()), by_form.then(|| form_words(form))];
        let word = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if word.is_empty() {
            continue;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join("; ")
}

fn section(page: &mut Page, heading: &str, entries: Vec<Entry>) {
    if !entries.is_empty() {
        page.heading(heading);
        page.entries(entries);
    }
}

/// What the variants declare. What all roles share is shown once; the rest says for whom it is.
fn each(ruleset: &Ruleset, of: impl Fn(&Variant) -> Vec<Entry>) -> Vec<Entry> {
    let mut roles: Vec<Role> = Vec::new();
    let mut found: Vec<(Entry, Vec<Role>)> = Vec::new();
    for ((role, _), variant) in ruleset.variants() {
        if !roles.contains(role) {
            roles.push(*role);
        }
        for entry in of(variant) {
            match found.iter_mut().find(|(known, _)| *known == entry) {
                Some((_, of)) if of.contains(role) => {}
                Some((_, of)) => of.push(*role),
                None => found.push((entry, vec![*role])),
            }
        }
    }
    let said = found.into_iter().map(|(mut entry, of)| {
        if of.len() < roles.len() {
            entry.rows.insert(0, Row::new("for", of.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")));
        }
        entry
    });
    said.collect()
}

/// A piece of a declaration on one line.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parameter(parameter: &Parameter) -> Entry {
    let number = |value| format_half_up(value, 9);
    let words = format!("{}, from {} to {}", number(&parameter.value), number(&parameter.from), number(&parameter.to));
    Entry {
        text: parameter.name.clone(),
        rows: vec![
            Row::new("value", words),
            Row::new("is", parameter.description.clone()),
            Row::new("source", parameter.source.clone()),
        ],
        ..Entry::default()
    }
}

fn scale(ruleset: &Ruleset, scale: &Scale) -> Entry {
    let items = scale.items.iter().map(|item| {
        let id = ruleset.questionnaire().slots.get(item.slot).map_or("", |slot| slot.id.as_str());
        let weight = if item.weight == 1 { String::new() } else { format!("{} x ", item.weight) };
        let reversed = if item.reversed { "reversed " } else { "" };
        format!("{weight}{reversed}{id}")
    });
    let how = match scale.aggregation {
        Aggregation::Percent => "percent of",
        Aggregation::Mean => "mean of",
        Aggregation::Sum => "sum of",
    };
    let (from, to) = range(scale);
    let mut rows = vec![
        Row::new("made of", format!("{how} {}", items.collect::<Vec<_>>().join(", "))),
        Row::new("goes", format!("from {from} to {to}{}", if scale.concern { "; high is a concern" } else { "" })),
        Row::new("needs", need(scale.need, scale.items.len())),
    ];
    rows.extend(scale.source.iter().map(|source| Row::new("source", source.clone())));
    Entry { text: format!("{}: {}", scale.id, scale.title), place: scale.at.clone(), rows, ..Entry::default() }
}

fn need(need: Need, of: usize) -> String {
    match need.of(of) {
        all if all == of => "all of them answered".to_owned(),
        some => format!("{some} of {of} answered"),
    }
}

fn adjusts(read: &Read, variant: &Variant) -> Vec<Entry> {
    let entry = |adjust: &bearings_engine::Adjust| {
        let mut rows = vec![Row::new("written", on_one_line(head(written(&read.files, &adjust.at))))];
        rows.extend(said_and_source(adjust.because.as_ref(), adjust.source.as_ref()));
        let text = variant.scales.get(adjust.scale).map(|scale| scale.id.clone()).unwrap_or_default();
        Entry { text, place: adjust.at.clone(), rows, ..Entry::default() }
    };
    variant.adjusts.iter().map(entry).collect()
}

fn aggregates(read: &Read, variant: &Variant) -> Vec<Entry> {
    let entry = |aggregate: &bearings_engine::Aggregate| Entry {
        text: format!("{}: {}", aggregate.id, aggregate.title),
        place: aggregate.at.clone(),
        rows: vec![
            Row::new("written", on_one_line(head(written(&read.files, &aggregate.at)))),
            Row::new("needs", format!("{} of its parts", aggregate.need)),
        ],
        ..Entry::default()
    };
    variant.aggregates.iter().map(entry).collect()
}

fn bands(variant: &Variant) -> Vec<Entry> {
    let entry = |band: &bearings_engine::Band| {
        let number = |value| format_half_up(value, 9);
        let mut rows = vec![
            Row::new("scale", variant.scales.get(band.scale).map(|scale| scale.id.clone()).unwrap_or_default()),
            Row::new("cut", format!("{} {}", band.comparison.as_str(), number(&band.value))),
        ];
        let error = |sem| format!("about {} points (standard error of measurement)", number(sem));
        rows.extend(band.sem.iter().map(|sem| Row::new("error", error(sem))));
        rows.push(Row::new("found in", band.population.clone()));
        rows.push(Row::new("source", band.source.clone()));
        Entry { text: band.label.clone(), rows, ..Entry::default() }
    };
    variant.bands.iter().map(entry).collect()
}

fn signs(variant: &Variant) -> Vec<Entry> {
    let entry = |sign: &bearings_engine::Sign| Entry {
        text: format!("{}: {}", sign.id, sign.title),
        rows: vec![Row::new(
            "level",
            format!(
                "0 to 3, present from {}; {}",
                sign.present,
                if sign.adds { "the levels of its rules add up" } else { "the highest level of its rules" }
            ),
        )],
        ..Entry::default()
    };
    variant.signs.iter().map(entry).collect()
}

fn rules(read: &Read, variant: &Variant) -> Vec<Entry> {
    let entry = |rule: &bearings_engine::Rule| {
        let mut rows = doc(&rule.doc);
        rows.extend(condition(read, &rule.at));
        rows.push(Row::new("does", effects_of(variant, rule).join(", ")));
        rows.extend(said_and_source(rule.because.as_ref(), rule.source.as_ref()));
        Entry { text: format!("{}: {}", rule.id, rule.title), place: rule.at.clone(), rows, ..Entry::default() }
    };
    variant.rules.iter().map(entry).collect()
}

/// The `//!` lines as rows, one a heading.
fn doc(lines: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in lines.iter().map(|line| line.trim()) {
        match (line.strip_prefix("## "), rows.last_mut()) {
            (Some(heading), _) => rows.push(Row::new(heading, "")),
            (None, Some(row)) => row.text = format!("{} {line}", row.text).trim().to_owned(),
            (None, None) => rows.push(Row::new("about", line)),
        }
    }
    rows
}

fn said_and_source(because: Option<&String>, source: Option<&String>) -> Vec<Row> {
    let because = because.map(|because| Row::new("says", because.clone()));
    let source = source.map(|source| Row::new("source", source.clone()));
    because.into_iter().chain(source).collect()
}

/// When a declaration takes effect.
fn condition(read: &Read, at: &str) -> Option<Row> {
    when(written(&read.files, at)).map(|condition| Row::new("when", on_one_line(condition)))
}

fn outcomes(read: &Read, outcomes: &[Outcome]) -> Vec<Entry> {
    let entry = |outcome: &Outcome| {
        let titles = outcome.titles.iter().map(|(bond, title)| Row::new(bond.as_str(), title.clone()));
        let rows = condition(read, &outcome.at)
            .into_iter()
            .chain(titles)
            .chain(outcome.next.iter().map(|next| Row::new("next", next.text.clone())));
        Entry {
            text: format!("{}: {}", outcome.id, outcome.title),
            place: outcome.at.clone(),
            rows: rows.collect(),
            ..Entry::default()
        }
    };
    outcomes.iter().map(entry).collect()
}
