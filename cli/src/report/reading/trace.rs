//! How a reading came about: scores, the stage, and every rule with its place and what it read.

use bearings_engine::assessment::{BandReading, Change, ReadValue, Reading, RuleReading, ScoreReading, ValueRead};
use bearings_engine::responses::Missing;

use super::super::{About, Entry, Page, Row, two_places, whole};

/// The scales with what was answered of them.
pub(super) fn scores(page: &mut Page, reading: &Reading, about: &About) {
    if reading.scores.is_empty() {
        return;
    }
    if reading.kind != "instrument" {
        page.subheading("Scores");
    }
    page.rows(reading.scores.iter().map(|score| Row::new(&score.title, score_words(score, about))).collect());
}

fn score_words(score: &ScoreReading, about: &About) -> String {
    let mut words = match score.value {
        Some(value) => about.score(&score.id, value),
        None if score.of == 0 => return "does not apply".to_owned(),
        None => "too little answered".to_owned(),
    };
    match (score.answered, score.of) {
        (1, 1) => words.push_str(", rests on one answer"),
        (answered, of) => words.push_str(&format!(", {answered} of {of} answered")),
    }
    if score.concern {
        words.push_str(", high is a concern");
    }
    if score.cautious {
        words.push_str(", the more careful of two values that an open answer leaves");
    }
    if let (Some(raw), Some(value)) = (score.raw, score.value)
        && raw != value
    {
        words.push_str(&format!("; {} before this: ", whole(raw)));
        words.push_str(&about.bounds.get(&score.id).map(|why| why.join(" ")).unwrap_or_default());
    }
    words
}

/// The published cuts that the scores meet, and those that they just do not, each with for whom it was found.
pub(super) fn bands(page: &mut Page, reading: &Reading) {
    let lists = [
        ("Published cuts that a score meets", &reading.bands),
        ("Published cuts that a score nearly meets", &reading.near_cuts),
    ];
    for (heading, bands) in lists.into_iter().filter(|(_, bands)| !bands.is_empty()) {
        page.subheading(heading);
        page.entries(bands.iter().map(|band| cut(band, reading)).collect());
    }
}

fn cut(band: &BandReading, reading: &Reading) -> Entry {
    let title = reading.scores.iter().find(|score| score.id == band.scale).map_or(&band.scale, |score| &score.title);
    let mut rows = vec![Row::new("cut", &band.cut)];
    if let Some(sem) = band.sem.filter(|_| band.near) {
        let text = format!("within measurement error of this cut (about {} points)", two_places(sem));
        rows.push(Row::new("note", text));
    }
    rows.push(Row::new("found in", &band.population));
    rows.push(Row::new("source", &band.source));
    Entry { text: format!("{title}: {}", band.label), rows, ..Entry::default() }
}

/// What placed the stage.
pub(super) fn stage(page: &mut Page, reading: &Reading) {
    let Some(stage) = reading.stage.as_ref().filter(|stage| !stage.because.is_empty()) else {
        return;
    };
    page.subheading(format!("Why \"{}\"", stage.title));
    page.rows(reads(&stage.because));
}

/// Every rule: those that hold and those that an open answer would decide with what they read, the others with how
/// far they are from it.
pub(super) fn rules(page: &mut Page, reading: &Reading) {
    let with =
        |outcome: &str| -> Vec<&RuleReading> { reading.rules.iter().filter(|rule| rule.outcome == outcome).collect() };
    let (fired, undecided, others) = (with("fired"), with("undecided"), with("not_fired"));
    if !fired.is_empty() {
        page.subheading("Rules that hold");
        page.entries(fired.into_iter().map(|rule| entry(rule, String::new())).collect());
    }
    if !undecided.is_empty() {
        page.subheading("Rules that an open answer would decide");
        let needs = |rule: &RuleReading| match rule.needs.is_empty() {
            true => String::new(),
            false => {
                format!(", open: {}", rule.needs.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "))
            }
        };
        page.entries(undecided.into_iter().map(|rule| entry(rule, needs(rule))).collect());
    }
    if !others.is_empty() {
        page.subheading("Rules that do not hold, and what it would take");
        page.rows(others.into_iter().map(|rule| Row::new(&rule.id, distance(rule))).collect());
    }
}

fn entry(rule: &RuleReading, needs: String) -> Entry {
    Entry {
        text: rule.says.clone(),
        value: String::new(),
        place: format!("rule `{}`, {}{needs}", rule.id, rule.at),
        rows: reads(&rule.reads),
    }
}

fn distance(rule: &RuleReading) -> String {
    let Some(distance) = rule.distance.as_ref().filter(|distance| !distance.changes.is_empty()) else {
        return "rests on something that was not asked or not answered".to_owned();
    };
    in_words(&distance.changes)
}

/// Changes of answers and scores, by id: `effort_mine` from "A lot" to "Some".
pub(crate) fn in_words(changes: &[Change]) -> String {
    let parts = changes.iter().map(|change| match is_score(change) {
        true => format!("`{}` from {} to {}", change.id, change.from, change.to),
        false => format!("`{}` from \"{}\" to \"{}\"", change.id, change.from, change.to),
    });
    parts.collect::<Vec<_>>().join(", and ")
}

/// A score goes from a number to a bound, an answer from one label to another.
pub(in crate::report) fn is_score(change: &Change) -> bool {
    change.from.parse::<f64>().is_ok() && ["at ", "under ", "more "].iter().any(|side| change.to.starts_with(side))
}

pub(in crate::report) fn reads(reads: &[ReadValue]) -> Vec<Row> {
    let row = |read: &ReadValue| match &read.via {
        Some(scale) => Row::new(&read.id, format!("{} (in {})", said(read), scale.replace('_', " "))),
        None => Row::new(&read.id, said(read)),
    };
    reads.iter().map(row).collect()
}

/// Whether it is an answer, or the lack of one, and no score.
pub(super) fn is_answer(read: &ReadValue) -> bool {
    match &read.value {
        Some(ValueRead::Answer(_)) => true,
        Some(_) => false,
        None => read.label.as_deref().is_some_and(|label| missing_words(label).is_some()),
    }
}

/// What was read, in words.
pub(in crate::report) fn said(read: &ReadValue) -> String {
    match (&read.value, read.label.as_deref()) {
        (Some(ValueRead::Score(value)), _) => whole(*value),
        (Some(ValueRead::Truth(truth)), _) => if *truth { "yes" } else { "no" }.to_owned(),
        (Some(ValueRead::Answer(value)), None) => value.to_string(),
        (None, Some(label)) => missing_words(label).unwrap_or(label).to_owned(),
        (Some(ValueRead::Answer(_)), Some(label)) => label.to_owned(),
        (None, None) => "no value".to_owned(),
    }
}

/// The reason why an answer is missing, in words.
pub(super) fn missing_words(word: &str) -> Option<&'static str> {
    Missing::parse(word).map(Missing::in_words)
}

/// The answers that exist and are not known, wherever they were looked for.
pub(super) fn missing(reading: &Reading) -> Vec<Row> {
    let scored = reading.scores.iter().flat_map(|score| &score.missing).map(|item| (item.id.as_str(), item.reason));
    let read = reading
        .rules
        .iter()
        .flat_map(|rule| &rule.reads)
        .chain(reading.stage.iter().flat_map(|stage| &stage.because))
        .filter(|read| read.value.is_none())
        .filter_map(|read| Some((read.id.as_str(), read.label.as_deref()?)));
    let mut rows: Vec<Row> = Vec::new();
    for (id, reason) in scored.chain(read) {
        let unknown = Missing::parse(reason).is_some_and(Missing::is_unknown);
        if unknown && !rows.iter().any(|row| row.name == id) {
            rows.push(Row::new(id, missing_words(reason).unwrap_or_default()));
        }
    }
    rows
}
