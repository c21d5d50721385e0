//! What a reading says, in its order: the signal, both sides, what would change it, what is open, where things
//! are, how it was read, its limits, and where to find help.

mod trace;

use bearings_engine::assessment::{Change, ReadValue, Reading, SideItem, WouldChange};
use bearings_engine::questionnaire::{Bond, Form, Role};

use super::support::{self, ADVOCATE_FIRST, CRISIS, OWN_BEHAVIOUR};
use super::{About, Entry, Page, Row};

/// For whom distance is not simply a choice.
const DISTANCE: &str = "Distance can be a little: shorter visits, or somebody else in the room. Where one of you \
    depends on the other's care, it may not be possible now, and that is no failing.";

/// For somebody who broke trust and has no contact.
const RESPECT_IT: &str = "You are not in touch now. If they do not want contact, respect that: nothing on this page is \
    about changing it.";

/// So many changes are told in a sentence, more of them in a list; a design choice.
const IN_A_SENTENCE: usize = 2;

/// The page of a reading.
pub(super) fn page(reading: &Reading, about: &About) -> Page {
    let reason = reading.signal.reason.as_deref();
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

/// Somebody who broke trust and is not in touch any more: what would change the other one's mind is not their question.
fn is_let_go_of(reading: &Reading) -> bool {
    reading.provenance.role == Role::Broke && has(reading, "no_contact")
}

fn reason(reading: &Reading) -> Option<&str> {
    reading.signal.reason.as_deref()
}

fn has(reading: &Reading, support: &str) -> bool {
    reading.support.as_ref().is_some_and(|shown| shown.contains(&support))
}

fn assessment(page: &mut Page, reading: &Reading, about: &About) {
    page.title(title(reading, has(reading, "own_behaviour")));
    match &reading.signal.text {
        Some(_) if is_let_go_of(reading) => page.text(RESPECT_IT),
        Some(text) => page.text(text.clone()),
        None if is_decisive(reading) && has(reading, "no_contact") => {
            page.text(
                "You are not in touch now. This is about how things were when you last had to do with each other.",
            );
        }
        None if is_decisive(reading) => {
            page.text("That is how your answers read today. It does not tell how things will go.");
        }
        None => {}
    }
    // Days without hope come before everything that is weighed.
    if has(reading, "crisis") {
        support::help(page, CRISIS);
    }
    if matches!(reason(reading), Some("one_sign" | "torn")) {
        let present = reading
            .signs
            .iter()
            .filter(|(id, level)| about.signs.get(*id).is_some_and(|(_, present)| **level >= *present));
        let named: Vec<String> = present.map(|(id, _)| about.sign(id)).collect();
        page.text(format!("What speaks clearly for going: {}.", named.join(", ")));
    }
    if let [first, second] = reading.contradiction.as_slice() {
        let said = |read: &ReadValue| format!("\"{}\": {}", about.name(&read.id), trace::said(read));
        page.text(format!("These two do not fit together: {} and {}.", said(first), said(second)));
    }
    if reading.signal.id.as_deref() == Some("walk_away") && has(reading, "advocate_first") {
        page.text(ADVOCATE_FIRST);
    }
    if has(reading, "safety_open") {
        page.text("Some of the safety questions were left open. While they are, no direction is given.");
    }
    if has(reading, "own_behaviour") {
        page.text(
            "You answered that you did one of these things to them. That comes first, and nothing here weighs against \
             it. It can be stopped, and there are people who help with exactly that. Please do not use this page to \
             persuade them of anything.",
        );
        support::help(page, OWN_BEHAVIOUR);
    }
    if reading.signal.id.as_deref() == Some("walk_away") && about.bond == Some(Bond::Family) {
        page.text(DISTANCE);
    }
    sides(page, reading, about);
    if !is_let_go_of(reading) {
        still_missing(page, reading, about);
        would_change(page, reading, about);
    }
    not_answered(page, reading, about);
    where_things_are(page, reading, about);
    what_may_help(page, reading);
    own_part(page, reading, about);
    page.heading("How this was read");
    trace::scores(page, reading, about);
    trace::stage(page, reading);
    trace::rules(page, reading);
}

/// What the answers lean to. Whoever did harm is not told to wait and see: they are not the one to judge that.
fn title(reading: &Reading, did_harm: bool) -> &str {
    if did_harm && reading.signal.id.as_deref() == Some("mixed") {
        return "No direction is given";
    }
    &reading.signal.title
}

/// For somebody who is both: what their own answers about their own part say. The two are never netted.
fn own_part(page: &mut Page, reading: &Reading, about: &About) {
    let Some(own) = &reading.own_part else { return };
    page.heading("Your own part");
    page.text(title(own, has(reading, "own_behaviour")));
    if let Some(text) = &own.signal.text {
        page.text(text.clone());
    }
    for change in own.would_change.iter().filter(|change| change.to == "keep_going") {
        page.text(format!("If {}, your own part would read: keep showing up.", conditions(&change.changes, about)));
    }
    if let Some(stage) = &own.stage {
        page.text(format!("Where your own part stands: {}.", stage.title));
        if let Some(next) = stage.next.as_ref().filter(|_| !has(own, "no_contact")) {
            page.text(next.clone());
        }
    }
    advice(page, own);
}

fn scores_only(page: &mut Page, reading: &Reading, about: &About) {
    page.title("Scores only");
    page.text(reading.signal.text.clone().unwrap_or_default());
    if has(reading, "crisis") {
        support::help(page, CRISIS);
    }
    page.text("Nobody can say what scores mean for you without knowing whether you have something to fear.");
    page.heading("How this was read");
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
    page.text("This is a study ruleset, not an assessment.");
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
    page.heading("How this was read");
    trace::scores(page, reading, about);
    trace::bands(page, reading);
    trace::stage(page, reading);
    trace::rules(page, reading);
}

fn is_decisive(reading: &Reading) -> bool {
    matches!(reading.signal.id.as_deref(), Some("keep_going" | "walk_away"))
}

/// The names of the two sides.
fn side_names(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Broke => ("What is there so far", "What is not there yet"),
        Role::Hurt | Role::Both => ("Reasons to keep going", "What speaks against it"),
    }
}

/// Both sides in the same form, whatever stands on them.
fn sides(page: &mut Page, reading: &Reading, about: &About) {
    let (keep, against) = side_names(reading.provenance.role);
    for (name, items) in [(keep, &reading.reasons_for), (against, &reading.against)] {
        page.heading(name);
        if items.is_empty() {
            page.text("Nothing in your answers stands clearly on this side.");
        }
        page.entries(items.iter().map(|item| side_item(item, about)).collect());
    }
}

fn side_item(item: &SideItem, about: &About) -> Entry {
    let value = match (item.value, &item.sign) {
        (Some(value), _) => about.score(&item.id, value),
        (None, Some(sign)) => about.sign(sign),
        (None, None) => String::new(),
    };
    // The scores on the way to an answer stand further down.
    let answers = item.answers.iter().filter(|read| trace::is_answer(read));
    let rows = answers.map(|read| Row::new(about.name(&read.id), trace::said(read))).collect();
    Entry { text: item.says.clone(), value, place: String::new(), rows }
}

/// What keeping going would still take, where the answers lean neither way.
fn still_missing(page: &mut Page, reading: &Reading, about: &About) {
    if !matches!(reason(reading), Some("not_yet" | "faint")) {
        return;
    }
    let (wishes, others): (Vec<&Change>, Vec<&Change>) =
        reading.lacks.iter().partition(|change| about.wishes.contains(&change.id));
    page.heading("What is still missing");
    if reading.lacks.is_empty() {
        page.text(match trace::missing(reading).is_empty() {
            true => "It is not listed here.",
            false => "It cannot be named while some answers are open.",
        });
    }
    let bound = |change: &Change| match trace::is_score(change) {
        true => format!("{}{} now, {} is looked for", change.from, about.out_of(&change.id), change.to),
        false => format!("\"{}\" now, \"{}\" is looked for", said(&change.from), change.to),
    };
    page.rows(others.into_iter().map(|change| Row::new(about.name(&change.id), bound(change))).collect());
    if !wishes.is_empty() {
        page.text("It would also take that you want it yourself. Only you can know that, and it is fine not to.");
    }
}

fn would_change(page: &mut Page, reading: &Reading, about: &About) {
    if reading.signal.id.as_deref() == Some("not_enough_answered") {
        return;
    }
    page.heading("What would change this reading");
    let reason = reading.signal.reason.as_deref();
    let is_close = reason == Some("close_call");
    let now = reading.signal.id.as_deref();
    // In a close call these are the steps it hangs on, told from where the answers lean; otherwise a change that
    // leads back to the same signal changes nothing that could be told.
    let changes: Vec<&WouldChange> =
        reading.would_change.iter().filter(|change| is_close || Some(change.to.as_str()) != now).collect();
    for change in &changes {
        let towards = match change.to.as_str() {
            "mixed" if is_close => "the answers would lean to neither side".to_owned(),
            to => towards(to, reading.provenance.role, about),
        };
        if let [only] = change.changes.as_slice()
            && about.wishes.contains(&only.id)
        {
            page.text(format!("It hangs on your own answer to \"{}\". Only you can know that.", about.name(&only.id)));
        } else if change.changes.len() <= IN_A_SENTENCE {
            page.text(format!("If {}, {towards}.", conditions(&change.changes, about)));
        } else {
            page.text(format!("If these {} answers were all different, {towards}:", change.changes.len()));
            let row = |change: &Change| {
                Row::new(about.name(&change.id), format!("\"{}\" instead of \"{}\"", change.to, said(&change.from)))
            };
            page.rows(change.changes.iter().map(row).collect());
        }
    }
    if changes.is_empty() {
        page.text(match reason {
            Some("held_back" | "contradictory") => "While no direction is given, no change of it is listed here.",
            Some("close_call") => "The answers that it hangs on are not listed here.",
            _ => "No small number of answers was found that would be enough to change it.",
        });
    }
    // Under another reason the number is about a direction that was not given.
    if let Some(holds) = reading.holds_under.filter(|_| is_decisive(reading) || is_close) {
        let what = if is_close { "What the answers lean to" } else { "The reading" };
        page.text(format!(
            "{what} holds under {} of {} one-step changes: one answer moved one step up or down, all others kept.",
            holds.kept, holds.of
        ));
    }
}

/// `a` were "x" instead of "y", and `b` were ...
fn conditions(changes: &[Change], about: &About) -> String {
    let parts = changes.iter().map(|change| {
        format!("\"{}\" were \"{}\" instead of \"{}\"", about.name(&change.id), change.to, said(&change.from))
    });
    parts.collect::<Vec<_>>().join(", and ")
}

/// A change starts at an answer, or at the reason why there is none.
fn said(label: &str) -> &str {
    trace::missing_words(label).unwrap_or(label)
}

fn spaced(id: &str) -> String {
    id.replace(['_', '.'], " ")
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

fn not_answered(page: &mut Page, reading: &Reading, about: &About) {
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

fn where_things_are(page: &mut Page, reading: &Reading, about: &About) {
    page.heading("Where things are");
    let mut entries = Vec::new();
    // What to do next with each other is nothing for two people who are not in touch.
    let next = |text: &Option<String>| text.clone().filter(|_| !has(reading, "no_contact"));
    match &reading.stage {
        Some(stage) => entries.push(with_next(&stage.title, next(&stage.next).as_deref())),
        None => page.text("Too little was answered to say where things are."),
    }
    entries.extend(reading.overlays.iter().map(|overlay| with_next(&overlay.title, overlay.next.as_deref())));
    page.entries(entries);
    let mut rows = Vec::new();
    if let Some(value) = reading.keep_side.as_ref().and_then(|side| side.value) {
        rows.push(Row::new(side_names(reading.provenance.role).0, about.score("keep_side", value)));
    }
    let signs: Vec<Row> = reading
        .signs
        .iter()
        .filter(|(id, _)| is_raised_by_a_rule(reading, id))
        .map(|(id, level)| Row::new(about.sign(id), format!("{level} of 3")))
        .collect();
    if !(rows.is_empty() && signs.is_empty()) {
        page.text(match signs.is_empty() {
            true => "In numbers:",
            false => "In numbers; the signs that speak against it go from 0 (not there) to 3 (strong):",
        });
        rows.extend(signs);
        page.rows(rows);
    }
}

/// Every rule that found something and has a word for what may help, beside what it found.
fn what_may_help(page: &mut Page, reading: &Reading) {
    if reading.rules.iter().any(|rule| rule.next.is_some()) && !has(reading, "no_contact") {
        page.heading("What was found, and what may help");
        advice(page, reading);
    }
}

fn advice(page: &mut Page, reading: &Reading) {
    let helping = reading.rules.iter().filter(|rule| rule.next.is_some() && !has(reading, "no_contact"));
    page.entries(helping.map(|rule| with_next(&rule.says, rule.next.as_deref())).collect());
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

fn limits(page: &mut Page, reading: &Reading, about: &About) {
    page.heading("Limits and sources");
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
