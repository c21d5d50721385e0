//! Which answers force what a reading leans to, and why one rule did not fire.

use bearings_engine::assessment::{Assessment, Change, Provenance, ReadValue, RuleReading, SignalReading};
use bearings_engine::{RuleOnSheet, Untold, Why, WhyNot};
use serde::Serialize;

use super::reading::trace;
use super::{About, Block, Page, Row, flip, json, laid_out, reading, support};
use crate::args::ExplainFormat;

#[derive(Serialize)]
struct WhyFile<'a> {
    format: &'static str,
    signal: &'a SignalReading,
    forced_by: Option<&'a [ReadValue]>,
    untold: Option<Untold>,
    provenance: &'a Provenance,
}

#[derive(Serialize)]
struct WhyNotFile<'a> {
    format: &'static str,
    rule: Option<&'a RuleReading>,
    condition: &'a str,
    least_change: Option<&'a [Change]>,
    untold: Option<Untold>,
    provenance: &'a Provenance,
}

/// The answers that force it, in a format. Where the page of the reading is all that may be said, it is that page.
pub(crate) fn render_why(why: &Why, about: &About, format: ExplainFormat) -> String {
    let reading = match (&why.assessment, &why.found) {
        (Assessment::Read(reading), found) if *found != Err(Untold::PageOnly) => reading,
        (assessment, _) => return super::render(assessment, about, format),
    };
    if format == ExplainFormat::Json {
        return json::indented(&WhyFile {
            format: "bearings/why@1",
            signal: &reading.signal,
            forced_by: why.found.as_ref().ok().map(|forcing| forcing.answers.as_slice()),
            untold: why.found.as_ref().err().copied(),
            provenance: &reading.provenance,
        });
    }
    let mut page = Page::default();
    reading::top(&mut page, reading, about);
    match &why.found {
        Ok(forcing) => {
            page.heading("What this rests on");
            let many = forcing.answers.len();
            let others = match forcing.free {
                0 => String::new(),
                1 => ", whatever the other one is that is read for it".to_owned(),
                free => format!(", whatever the other {free} are that are read for it"),
            };
            match many {
                0 => page.text("Every sheet of answers leads here."),
                1 => page.text(format!("This answer alone leads here{others}:")),
                _ => page.text(format!("These {many} answers alone lead here{others}:")),
            }
            page.rows(forcing.answers.iter().map(|read| Row::new(about.name(&read.id), trace::said(read))).collect());
            page.text(
                "None of them can be left out, but other answers may do the same together. Whether it is a close call, \
                 whether answers fit together, and what is about safety is looked at apart.",
            );
        }
        Err(untold) => flip::silence(&mut page, *untold, reading, about),
    }
    support::closing(&mut page);
    laid_out(&page, format)
}

/// What a rule read, and what it would have taken. `condition` gives the condition of a rule at its place.
pub(crate) fn render_why_not<'a>(
    why_not: &WhyNot,
    condition: impl Fn(&str) -> &'a str,
    about: &About,
    format: ExplainFormat,
) -> String {
    let reading = match (&why_not.assessment, &why_not.found) {
        (Assessment::Read(reading), found) if *found != Err(Untold::PageOnly) => reading,
        (assessment, _) => return super::render(assessment, about, format),
    };
    let found = why_not.found.as_ref().ok();
    let condition = found.map_or("", |found| condition(&found.rule.at));
    if format == ExplainFormat::Json {
        let least = found.and_then(|found| found.least.as_ref());
        return json::indented(&WhyNotFile {
            format: "bearings/why-not@1",
            rule: found.map(|found| &found.rule),
            condition,
            least_change: least.map(|least| least.changes.as_slice()),
            untold: why_not.found.as_ref().err().copied(),
            provenance: &reading.provenance,
        });
    }
    let mut page = Page::default();
    reading::top(&mut page, reading, about);
    match &why_not.found {
        Ok(found) => rule(&mut page, found, condition, about),
        Err(untold) => flip::silence(&mut page, *untold, reading, about),
    }
    support::closing(&mut page);
    laid_out(&page, format)
}

fn rule(page: &mut Page, found: &RuleOnSheet, condition: &str, about: &About) {
    let RuleOnSheet { rule, least } = found;
    page.heading(rule.title.clone());
    page.text(match rule.outcome {
        "fired" => "This rule fired. Its condition holds:",
        "undecided" => "Open answers would decide whether this rule fires. Its condition:",
        _ => "This rule did not fire. Its condition does not hold:",
    });
    page.0.push(Block::Code(condition.to_owned()));
    page.text("What it read:");
    page.rows(trace::reads(&rule.reads));
    match (rule.outcome, least) {
        ("not_fired", Some(least)) => {
            page.text("With the least change it would have fired:");
            page.rows(least.changes.iter().map(|change| looked_for(change, about)).collect());
        }
        ("not_fired", None) => page.text(
            "It rests on something that was not asked or not answered, on what other rules found, or on answers about \
             safety.",
        ),
        ("undecided", _) => page.rows(rule.needs.iter().map(|id| Row::new(about.name(id), "open")).collect()),
        _ => {}
    }
    page.rows(vec![
        Row::new("rule", rule.id.clone()),
        Row::new("place", rule.at.clone()),
        Row::new("does", rule.effect.join(", ")),
    ]);
}

fn looked_for(change: &Change, about: &About) -> Row {
    let text = match trace::is_score(change) {
        true => format!("{} now, {} is looked for", change.from, change.to),
        false => format!("\"{}\" now, \"{}\" is looked for", change.from, change.to),
    };
    Row::new(about.name(&change.id), text)
}
