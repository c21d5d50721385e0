//! Where things are, and what may help.

use bearings_engine::assessment::{OverlayReading, Reading, RuleReading};

use super::super::{About, Entry, Page, Row};
use super::{has, headline, reason, weighing};

/// So many things that may help are told, those that weigh most first; a design choice.
const TOLD: usize = 5;

pub(super) fn where_things_are(page: &mut Page, reading: &Reading) {
    page.heading("Where things are");
    let mut entries = Vec::new();
    // Between two people who are not in touch there is no stage to be at.
    match &reading.stage {
        Some(_) if has(reading, "no_contact") => {}
        Some(stage) => entries.push(with_next(&stage.title, stage.next.as_deref())),
        None => page.text("Too little was answered to say where things are."),
    }
    let said = |overlay: &OverlayReading| {
        let is_about_it = overlay.id == "no_contact";
        overlay.next.clone().filter(|_| is_about_it || !has(reading, "no_contact"))
    };
    entries.extend(reading.overlays.iter().map(|overlay| with_next(&overlay.title, said(overlay).as_deref())));
    page.entries(entries);
}

/// What was found, with what may help beside it.
pub(super) fn what_may_help(page: &mut Page, reading: &Reading) {
    let told = advice(reading, &[]);
    if !told.is_empty() {
        page.heading("What was found, and what may help");
        page.entries(told);
    }
}

/// The rules that have a word for what may help, but those that another reading told already.
fn advice(reading: &Reading, told: &[RuleReading]) -> Vec<Entry> {
    if has(reading, "no_contact") {
        return Vec::new();
    }
    let is_new = |rule: &&RuleReading| {
        rule.next.is_some() && !told.iter().any(|known| known.id == rule.id && known.next.is_some())
    };
    let mut helping: Vec<&RuleReading> = reading.rules.iter().filter(is_new).collect();
    helping.sort_by_key(|rule| rule.effect.iter().all(|effect| effect == "note"));
    helping.into_iter().take(TOLD).map(|rule| with_next(&rule.says, rule.next.as_deref())).collect()
}

/// For somebody who is both: what their own answers about their own part say. The two are never netted.
pub(in crate::report) fn own_part(page: &mut Page, reading: &Reading, about: &About) {
    let Some(own) = &reading.own_part else { return };
    page.heading("Your own part");
    page.text(headline::title(own));
    match reason(own) {
        Some("not_yet" | "held_back") | None => {}
        Some(_) => page.text(own.signal.text.clone().unwrap_or_default()),
    }
    weighing::still_missing(page, own, about);
    for change in own.would_change.iter().filter(|change| change.to == "keep_going") {
        let conditions = weighing::conditions(&change.changes, about);
        page.text(format!("If {conditions}, your own part would read: keep showing up."));
    }
    if let Some(stage) = own.stage.as_ref().filter(|_| !has(reading, "no_contact")) {
        page.text(format!("Where your own part stands: {}.", stage.title));
        page.text(stage.next.clone().unwrap_or_default());
    }
    page.entries(advice(own, &reading.rules));
}

/// The keep-going side and the signs as numbers.
pub(super) fn in_numbers(page: &mut Page, reading: &Reading, about: &About) {
    let mut rows = Vec::new();
    if let Some(value) = reading.keep_side.as_ref().and_then(|side| side.value) {
        rows.push(Row::new(weighing::names(reading.provenance.role).0, about.score("keep_side", value)));
    }
    // What was not answered has not been found to be absent.
    let known = reading.signal.id.as_deref() != Some("not_enough_answered");
    let signs = reading.signs.iter().filter(|(id, _)| known && is_raised_by_a_rule(reading, id));
    rows.extend(signs.map(|(id, level)| Row::new(about.sign(id), format!("{level} of 3 (0: not found, 3: strong)"))));
    if !rows.is_empty() {
        page.subheading("In numbers");
        page.rows(rows);
    }
}

/// A stage or overlay, and what can come next.
fn with_next(title: &str, next: Option<&str>) -> Entry {
    Entry { text: title.to_owned(), place: next.unwrap_or_default().to_owned(), ..Entry::default() }
}

/// A role can have signs that none of its rules raises; that they are at 0 says nothing.
fn is_raised_by_a_rule(reading: &Reading, sign: &str) -> bool {
    let raises = |effect: &String| effect.split_once(' ').is_some_and(|(id, _)| id == sign);
    reading.rules.iter().flat_map(|rule| &rule.effect).any(raises)
}
