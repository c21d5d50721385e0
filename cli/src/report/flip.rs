//! What would change a reading: the smallest changes of answers, told as what the rules make of answers and never as
//! what somebody should answer or do.

use bearings_engine::assessment::{Assessment, Change, Provenance, Reading, SignalReading};
use bearings_engine::{Flip, FlipQuestion, Flips, Untold};
use serde::Serialize;

use super::reading::{self, standing, weighing};
use super::{About, Page, json, laid_out, support};
use crate::args::ExplainFormat;

/// What was asked and what was found.
#[derive(Serialize)]
struct FlipFile<'a> {
    format: &'static str,
    signal: &'a SignalReading,
    to: Option<&'a str>,
    frozen: Vec<&'a str>,
    flips: &'a [Flip],
    untold: Option<Untold>,
    would_settle: &'a [String],
    provenance: &'a Provenance,
}

/// The changes in a format. Where the page of the reading is all that may be said, it is that page. `frozen` names the
/// slots that were to stay as they are.
pub(crate) fn render_flips(
    flips: &Flips,
    about: &About,
    question: &FlipQuestion,
    frozen: &[&str],
    format: ExplainFormat,
) -> String {
    let reading = match (&flips.assessment, &flips.found) {
        (Assessment::Read(reading), found) if *found != Err(Untold::PageOnly) => reading,
        (assessment, _) => return super::render(assessment, about, format),
    };
    if format == ExplainFormat::Json {
        return json::indented(&FlipFile {
            format: "bearings/flip@1",
            signal: &reading.signal,
            to: question.to.as_deref(),
            frozen: frozen.to_vec(),
            flips: flips.found.as_deref().unwrap_or_default(),
            untold: flips.found.as_ref().err().copied(),
            would_settle: &reading.would_settle,
            provenance: &reading.provenance,
        });
    }
    let mut page = Page::default();
    reading::top(&mut page, reading, about);
    match &flips.found {
        Ok(found) => {
            page.heading("What would change this reading");
            changes(&mut page, found, about, question);
            if !frozen.is_empty() {
                let names: Vec<String> = frozen.iter().map(|slot| format!("\"{}\"", about.name(slot))).collect();
                page.text(format!("Left as they are: {}.", names.join(", ")));
            }
            page.text(
                "What is about safety, what you wish for, the situation and questions without an answer are not looked \
                 at. This shows how the rules read answers. It does not say what to answer, or what to do.",
            );
        }
        Err(untold) => silence(&mut page, *untold, reading, about),
    }
    support::closing(&mut page);
    laid_out(&page, format)
}

fn changes(page: &mut Page, flips: &[Flip], about: &About, question: &FlipQuestion) {
    let Some((smallest, others)) = flips.split_first() else {
        let to = question.to.as_ref().map_or("another reading".to_owned(), |to| format!("`{to}`"));
        page.text(format!("No other answers to the questions that are looked at here lead to {to}."));
        return;
    };
    page.text("The smallest change of the answers that are looked at:");
    page.points(vec![sentence(smallest, about)]);
    if !others.is_empty() {
        page.text("Other changes, from small to large:");
        page.points(others.iter().map(|flip| sentence(flip, about)).collect());
    }
}

fn sentence(flip: &Flip, about: &About) -> String {
    let mut text = format!("If {}, the reading would be \"{}\".", had_been(&flip.changes, about), flip.to.title);
    if let Some(reason) = &flip.to.text {
        text.push_str(&format!(" {reason}"));
    }
    text
}

/// `a` had been answered "x" instead of "y", and `b` ...
fn had_been(changes: &[Change], about: &About) -> String {
    let parts = changes.iter().enumerate().map(|(number, change)| {
        let verb = if number == 0 { "had been answered " } else { "" };
        format!("\"{}\" {verb}\"{}\" instead of \"{}\"", about.name(&change.id), change.to, change.from)
    });
    parts.collect::<Vec<_>>().join(", and ")
}

/// Why nothing is told of what stands behind a reading. What its own sentence says already is not said again.
pub(super) fn silence(page: &mut Page, untold: Untold, reading: &Reading, about: &About) {
    match untold {
        Untold::PageOnly | Untold::SafetyLeftOut | Untold::Contradictory | Untold::CloseCall | Untold::NoContact => {}
        Untold::HeldBack => standing::own_part(page, reading, about),
        Untold::Safety if reading::has(reading, "safety_open") => {}
        Untold::Safety => page.text(weighing::SAFETY_COUNTS_MORE),
        Untold::OwnPart => {
            page.text("What comes first is your own part.");
            standing::own_part(page, reading, about);
        }
        Untold::NotEnoughAnswered => reading::not_answered(page, reading, about),
        Untold::Already => page.text("That is how the answers read already."),
        Untold::NotDeclared => page.text("It is not part of the rules for this role and form."),
        Untold::OpenAnswers => page.text("This study reads answers that were left open, so nothing is told here."),
        Untold::NoSignal => page.text("The answers lead to no signal of these rules."),
        Untold::OverBudget => page.text("It is unknown: the search takes more than it may. `--budget` allows more."),
        Untold::GivenUp => page.text("It is unknown: the search was given up after many tries."),
    }
}
