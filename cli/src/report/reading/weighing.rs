//! Both sides, what is still missing, and what would change the reading.

use bearings_engine::assessment::{Change, Reading, SideItem, WouldChange};
use bearings_engine::questionnaire::{Bond, Role};

use super::super::{About, Entry, Page, Row, whole};
use super::{has, is_decisive, reason, trace};

/// More answers than this are no observation any more but a recipe, and are not told; a design choice.
const AT_MOST: usize = 3;

pub(in crate::report) const SAFETY_COUNTS_MORE: &str =
    "What you answered or left open about your safety counts more than anything on this page.";

/// The names of the two sides.
pub(super) fn names(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Broke => ("What is there so far", "What is not there yet"),
        Role::Hurt | Role::Both => ("Reasons to keep going", "What speaks against it"),
    }
}

/// Both sides in the same form, whatever stands on them.
pub(super) fn sides(page: &mut Page, reading: &Reading, about: &About) {
    let (keep, against) = names(reading.provenance.role);
    page.heading(keep);
    side(page, &reading.reasons_for, about);
    page.heading(against);
    // What was said about safety is not listed, but it is not nothing either.
    if has(reading, "advocate_first") || has(reading, "safety_open") {
        page.text(SAFETY_COUNTS_MORE);
        page.entries(reading.against.iter().map(|item| entry(item, about)).collect());
    } else {
        side(page, &reading.against, about);
    }
}

fn side(page: &mut Page, items: &[SideItem], about: &About) {
    if items.is_empty() {
        page.text("Nothing in your answers stands clearly on this side.");
    }
    page.entries(items.iter().map(|item| entry(item, about)).collect());
}

fn entry(item: &SideItem, about: &About) -> Entry {
    let value = item.value.map(|value| about.score(&item.id, value)).unwrap_or_default();
    // The scores on the way to an answer stand further down.
    let answers = item.answers.iter().filter(|read| trace::is_answer(read));
    let rows = answers.map(|read| Row::new(about.name(&read.id), trace::said(read))).collect();
    Entry { text: item.says.clone(), value, place: String::new(), rows }
}

/// What keeping going would still take, where the answers lean neither way.
pub(super) fn still_missing(page: &mut Page, reading: &Reading, about: &About) {
    let (wishes, others): (Vec<&Change>, Vec<&Change>) =
        reading.lacks.iter().partition(|change| about.wishes.contains(&change.id));
    if !matches!(reason(reading), Some("not_yet" | "faint")) || others.is_empty() {
        return;
    }
    page.heading("What is still missing");
    let bound = |change: &Change| match (trace::is_score(change), change.from.parse::<f64>()) {
        (true, Ok(from)) => format!("{}{} now, {} is looked for", whole(from), about.out_of(&change.id), change.to),
        _ => format!("\"{}\" now, \"{}\" is looked for", said(&change.from), change.to),
    };
    page.rows(others.into_iter().map(|change| Row::new(about.name(&change.id), bound(change))).collect());
    if !wishes.is_empty() {
        page.text("It would also take that you want it yourself. Only you can know that, and it is fine not to.");
    }
}

pub(super) fn would_change(page: &mut Page, reading: &Reading, about: &About) {
    let is_close = reason(reading) == Some("close_call");
    // While no direction is given, nothing can be said of what would turn it.
    if reading.signal.id.as_deref() == Some("not_enough_answered")
        || matches!(reason(reading), Some("held_back" | "contradictory"))
    {
        return;
    }
    page.heading("What would change this reading");
    let now = reading.signal.id.as_deref();
    // In a close call these are the steps it hangs on, told from where the answers lean; otherwise a change that
    // leads back to the same signal changes nothing that could be told.
    let told = |change: &&WouldChange| change.changes.len() <= AT_MOST && (is_close || Some(change.to.as_str()) != now);
    let changes: Vec<&WouldChange> = reading.would_change.iter().filter(told).collect();
    for change in &changes {
        let towards = match change.to.as_str() {
            "mixed" if is_close => "the answers would lean to neither side".to_owned(),
            to => towards(to, reading.provenance.role, about),
        };
        match change.changes.as_slice() {
            [only] if about.wishes.contains(&only.id) => {
                let name = about.name(&only.id);
                page.text(format!("It hangs on your own answer to \"{name}\". Only you can know that."));
            }
            several => page.text(format!("If {}, {towards}.", conditions(several, about))),
        }
    }
    // Under another reason the number is about a direction that was not given.
    let holds = reading.holds_under.filter(|_| is_decisive(reading) || is_close);
    match holds {
        Some(holds) if holds.kept == holds.of => {
            page.text("No single answer, moved one step, would make it lean another way.")
        }
        Some(holds) => {
            let what = if is_close { "What the answers lean to" } else { "The reading" };
            page.text(format!(
                "{what} holds when one answer is moved one step, in {} of {} ways.",
                holds.kept, holds.of
            ));
        }
        None if changes.is_empty() => page.text("No single answer decides it."),
        None => {}
    }
}

/// `a` were "x" instead of "y", and `b` were ...
pub(super) fn conditions(changes: &[Change], about: &About) -> String {
    let parts = changes.iter().map(|change| {
        format!("\"{}\" were \"{}\" instead of \"{}\"", about.name(&change.id), change.to, said(&change.from))
    });
    parts.collect::<Vec<_>>().join(", and ")
}

/// A change starts at an answer, or at the reason why there is none.
pub(in crate::report) fn said(label: &str) -> &str {
    trace::missing_words(label).unwrap_or(label)
}

/// Where another signal leans.
fn towards(signal: &str, role: Role, about: &About) -> String {
    match (signal, role, about.bond) {
        ("keep_going", Role::Broke, _) => "this would lean to showing up as you do".to_owned(),
        ("keep_going", ..) => "this would lean to keeping going".to_owned(),
        ("walk_away", _, Some(Bond::Friend)) => "this would lean to stepping back".to_owned(),
        ("walk_away", _, Some(Bond::Family)) => "this would lean to taking distance".to_owned(),
        ("walk_away", ..) => "this would lean to walking away".to_owned(),
        ("mixed", ..) => "this would be mixed".to_owned(),
        ("not_enough_answered", ..) => "too little would be left to say anything fair".to_owned(),
        (other, ..) => format!("this would read `{other}`"),
    }
}
