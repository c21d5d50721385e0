//! A codebook to read or print.

use bearings_engine::questionnaire::ResponseOption;

use super::{Codebook, Column, Values, one_line};
use crate::report::{Entry, Page, Row, page_as_markdown};

/// The codebook as Markdown.
pub(super) fn text(codebook: &Codebook) -> String {
    let mut page = Page::default();
    page.title(format!("{}: the columns of {}", codebook.title, codebook.file));
    page.rows(codebook.about.iter().map(|(name, text)| Row::new(*name, text.clone())).collect());
    page.points(codebook.notes.iter().map(|note| capitalised(note)).collect());
    page.heading("Columns");
    page.entries(codebook.columns.iter().map(entry).collect());
    page_as_markdown(&page)
}

fn entry(column: &Column) -> Entry {
    let mut rows = Vec::new();
    let mut say = |name: &str, text: &str| {
        if !text.is_empty() {
            rows.push(Row::new(name, text));
        }
    };
    say("Question", &column.question);
    for (whom, text) in &column.other_wordings {
        say(&format!("Question ({whom})"), text);
    }
    say("Asked", if column.question.is_empty() { "" } else { &column.asked });
    say("How", if column.question.is_empty() { &column.asked } else { "" });
    say("Private", column.private.unwrap_or_default());
    say("Values", &values(&column.values));
    say("Scales", &column.scales.join("; "));
    let missing: Vec<String> = column.missing.iter().map(|(word, means)| reason(word, means)).collect();
    say("Missing", &missing.join("; "));
    if let Some(counts) = &column.counts {
        let answered = counts.answered.map(|answered| format!("{answered} answered; ")).unwrap_or_default();
        let reasons = counts.missing.iter().map(|(reason, count)| format!("{} {count}", reason.in_words()));
        say("People", &format!("{answered}{}", reasons.collect::<Vec<_>>().join(", ")));
    }
    rows.extend(options(column));
    Entry { text: format!("`{}`", column.name), value: column.label.clone(), rows, ..Entry::default() }
}

/// What may stand there, where it is not a list of its own.
fn values(values: &Values) -> String {
    match values {
        Values::OneOf(_) => "one of those below".to_owned(),
        Values::AnyOf(_) => "any of those below, with `;` between them".to_owned(),
        Values::Whole { min, max, unit } => {
            let unit = if unit.is_empty() { String::new() } else { format!(" ({})", one_line(unit)) };
            match (min, max) {
                (Some(min), Some(max)) => format!("a whole number from {min} to {max}{unit}"),
                _ => format!("a whole number{unit}"),
            }
        }
        Values::Decimal { min, max } => format!("a number from {min} to {max}"),
        Values::Id => "as in the survey".to_owned(),
    }
}

/// The options, each with how often it was chosen.
fn options(column: &Column) -> Vec<Row> {
    let options: &[ResponseOption] = match &column.values {
        Values::OneOf(options) | Values::AnyOf(options) => options,
        Values::Whole { .. } | Values::Decimal { .. } | Values::Id => &[],
    };
    let counts = column.counts.iter().flat_map(|counts| &counts.levels).map(|count| format!(" ({count})"));
    let counts = counts.chain(std::iter::repeat(String::new()));
    let rows = options.iter().zip(counts);
    rows.map(|(option, count)| Row::new(option.value.to_string(), format!("{}{count}", one_line(&option.label))))
        .collect()
}

fn reason(word: &str, means: &str) -> String {
    if word.is_empty() { format!("an empty cell: {means}") } else { format!("`{word}`: {means}") }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
