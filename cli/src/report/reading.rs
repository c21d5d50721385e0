//! What a reading says, in its order: the headline, both sides, what would change it, what is open, where things are
//! and what may help, how it was read, its limits, and where to find help.

mod headline;
pub(super) mod standing;
pub(super) mod trace;
pub(super) mod weighing;

use bearings_engine::assessment::Reading;
use bearings_engine::questionnaire::{Form, Role};

use super::support;
use super::{About, DETAILS, LIMITS, Page, Row};
pub(crate) use trace::in_words as changes_in_words;

/// The page of a reading.
pub(super) fn page(reading: &Reading, about: &About) -> Page {
    let reason = reason(reading);
    if reason == Some("other_path") {
        return support::other_path(reading, about.bond);
    }
    let mut page = Page::default();
    match (reading.kind, reason) {
        ("instrument", _) => instrument(&mut page, reading, about),
        ("study", _) => study(&mut page, reading, about),
        (_, Some("safety_left_out")) => scores_only(&mut page, reading, about),
        _ => assessment(&mut page, reading, about),
    }
    limits(&mut page, reading, about);
    support::closing(&mut page);
    page
}

fn reason(reading: &Reading) -> Option<&str> {
    reading.signal.reason.as_deref()
}

pub(super) fn has(reading: &Reading, support: &str) -> bool {
    reading.support.as_ref().is_some_and(|shown| shown.contains(&support))
}

/// Somebody who broke trust and is not in touch any more: what would change the other one's mind is not their question.
fn is_let_go_of(reading: &Reading) -> bool {
    reading.provenance.role == Role::Broke && has(reading, "no_contact")
}

fn is_decisive(reading: &Reading) -> bool {
    matches!(reading.signal.id.as_deref(), Some("keep_going" | "walk_away"))
}

fn assessment(page: &mut Page, reading: &Reading, about: &About) {
    headline::write(page, reading, about);
    // What somebody did to another one is not weighed against anything, so nothing stands beside it.
    if has(reading, "own_behaviour") {
        return;
    }
    weighing::sides(page, reading, about);
    if !is_let_go_of(reading) {
        weighing::still_missing(page, reading, about);
        weighing::would_change(page, reading, about);
    }
    not_answered(page, reading, about);
    standing::where_things_are(page, reading);
    standing::what_may_help(page, reading);
    standing::own_part(page, reading, about);
    page.heading(DETAILS);
    standing::in_numbers(page, reading, about);
    trace::scores(page, reading, about);
    trace::stage(page, reading);
    trace::rules(page, reading);
}

/// What stands at the top of a page that answers a single question about a reading: what it is, and the help that comes
/// first.
pub(super) fn top(page: &mut Page, reading: &Reading, about: &About) {
    match (reading.kind, reason(reading)) {
        ("instrument", _) => page.title(about.title.clone()),
        ("study", _) => {
            page.title(about.title.clone());
            page.text(STUDY);
            if reading.signal.id.is_some() {
                page.rows(vec![Row::new("signal", reading.signal.title.clone())]);
            }
        }
        (_, Some("safety_left_out")) => scores_top(page, reading),
        _ => headline::write(page, reading, about),
    }
}

const STUDY: &str = "This is a study ruleset, not an assessment.";

fn scores_top(page: &mut Page, reading: &Reading) {
    page.title("Scores only");
    page.text(reading.signal.text.clone().unwrap_or_default());
    headline::crisis(page, reading);
    page.text("Nobody can say what scores mean for you without the answers about safety.");
}

fn scores_only(page: &mut Page, reading: &Reading, about: &About) {
    scores_top(page, reading);
    page.heading(DETAILS);
    trace::scores(page, reading, about);
    trace::rules(page, reading);
}

fn instrument(page: &mut Page, reading: &Reading, about: &About) {
    page.title(about.title.clone());
    page.text("Scores of a published questionnaire. They are no reading of your relationship, and no advice.");
    page.heading("Scores");
    trace::scores(page, reading, about);
    trace::bands(page, reading);
    not_answered(page, reading, about);
}

fn study(page: &mut Page, reading: &Reading, about: &About) {
    page.title(about.title.clone());
    page.text(STUDY);
    page.heading("Result");
    let mut rows = Vec::new();
    if reading.signal.id.is_some() {
        rows.push(Row::new("signal", reading.signal.title.clone()));
    }
    rows.extend(reading.stage.iter().map(|stage| Row::new("stage", stage.title.clone())));
    rows.extend(reading.overlays.iter().map(|overlay| Row::new("overlay", overlay.title.clone())));
    rows.extend(reading.points.iter().map(|(name, points)| Row::new(name, format!("{points} points"))));
    rows.extend(reading.signs.iter().map(|(id, level)| Row::new(about.sign(id), format!("{level} of 3"))));
    if rows.is_empty() {
        page.text("These answers lead to no outcome of the ruleset.");
    }
    page.rows(rows);
    if let Some(text) = &reading.signal.text {
        page.text(text.clone());
    }
    not_answered(page, reading, about);
    page.heading(DETAILS);
    trace::scores(page, reading, about);
    trace::bands(page, reading);
    trace::stage(page, reading);
    trace::rules(page, reading);
}

pub(super) fn not_answered(page: &mut Page, reading: &Reading, about: &About) {
    let missing = trace::missing(reading);
    let unsettled = reading.signal.id.as_deref() == Some("not_enough_answered");
    if missing.is_empty() && !unsettled {
        return;
    }
    page.heading("Not answered");
    let (settling, others): (Vec<Row>, Vec<Row>) =
        missing.into_iter().partition(|row| reading.would_settle.contains(&row.name));
    // An answer that no scale and no rule reads can settle something, too.
    let known: Vec<String> = settling.iter().map(|row| row.name.clone()).collect();
    let rest = reading.would_settle.iter().filter(|id| !known.contains(id)).map(|id| Row::new(id, ""));
    let worded = |row: Row| Row::new(about.name(&row.name), row.text);
    let settling: Vec<Row> = settling.into_iter().chain(rest).map(worded).collect();
    let others: Vec<Row> = others.into_iter().map(worded).collect();
    if !settling.is_empty() {
        page.text("Answers to these questions would settle it, whatever they are:");
        page.rows(settling);
    } else if unsettled {
        page.text("Too many questions are open to weigh anything.");
    }
    if !others.is_empty() {
        page.text(if unsettled { "Also open:" } else { "Open questions that a score or a rule reads:" });
        page.rows(others);
    }
}

fn limits(page: &mut Page, reading: &Reading, about: &About) {
    page.heading(LIMITS);
    if reading.kind == "assessment" {
        let tested = match about.validated.as_deref().map(str::trim) {
            None => String::new(),
            Some(text) if text.eq_ignore_ascii_case("no") => {
                "These rules are expert judgement. Nobody has tested them. ".to_owned()
            }
            Some(text) => format!("Tested, as the rules say of themselves: {} ", text),
        };
        page.text(format!("{tested}They describe your answers and say nothing about how things will go."));
    }
    let made = &reading.provenance;
    let form = match made.form {
        Form::Short => "short form",
        Form::Full => "full form",
    };
    page.text(format!(
        "Read by bearings {} with the rules `{}` {} from the questions `{}` {}, {form}. Their sources: bearings show {}",
        made.engine, made.ruleset.id, made.ruleset.version, made.questionnaire.id, made.questionnaire.version, about.name,
    ));
    if made.form == Form::Short && reading.kind == "assessment" {
        page.text(
            "The short form asks less: it cannot see every way of getting stuck, and it does not ask about letting go.",
        );
    }
    if !about.set.is_empty() {
        page.text(format!("Set for this reading: {}.", about.set.join(", ")));
    }
}
