//! A codebook as CSV: a row for each column.

use super::counts::Counts;
use super::{Codebook, Column, Values, packed};

const HEADER: [&str; 14] = [
    "name",
    "label",
    "question",
    "other_wordings",
    "asked",
    "type",
    "values",
    "min",
    "max",
    "unit",
    "missing",
    "scales",
    "private",
    "file",
];

/// The codebook as CSV. How often answers were given stands behind the rest, where it was counted.
pub(super) fn text(codebook: &Codebook) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let reasons = codebook.columns.iter().find_map(|column| column.counts.as_ref());
    let counted = reasons.map(|counts| counts.missing.iter().map(|(reason, _)| reason.as_str()).collect::<Vec<_>>());
    let mut header: Vec<&str> = HEADER.to_vec();
    if let Some(reasons) = &counted {
        header.push("answered");
        header.extend(reasons);
        header.push("counts");
    }
    // Writing into a vector cannot fail, and all rows are as wide.
    drop(csv.write_record(&header));
    for column in &codebook.columns {
        let mut row = row(codebook, column);
        match (&counted, &column.counts) {
            (Some(_), Some(counts)) => row.extend(cells(counts, &column.values)),
            (Some(reasons), None) => row.extend(vec![String::new(); reasons.len() + 2]),
            (None, _) => {}
        }
        drop(csv.write_record(&row));
    }
    String::from_utf8(csv.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn row(codebook: &Codebook, column: &Column) -> Vec<String> {
    let none = String::new;
    let (kind, values, min, max, unit) = match &column.values {
        Values::OneOf(options) => ("one of", packed(options), none(), none(), none()),
        Values::AnyOf(options) => ("any of, joined by ;", packed(options), none(), none(), none()),
        Values::Whole { min, max, unit } => {
            let end = |end: &Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
            ("whole number", none(), end(min), end(max), unit.clone())
        }
        Values::Decimal { min, max } => ("number", none(), min.to_string(), max.to_string(), none()),
        Values::Id => ("id", none(), none(), none(), none()),
    };
    let wordings = column.other_wordings.iter().map(|(whom, text)| format!("{whom}: {text}"));
    let missing = column.missing.iter().map(|(word, means)| format!("{word}, {means}"));
    vec![
        column.name.clone(),
        column.label.clone(),
        column.question.clone(),
        wordings.collect::<Vec<_>>().join(" | "),
        column.asked.clone(),
        kind.to_owned(),
        values,
        min,
        max,
        unit,
        missing.collect::<Vec<_>>().join(" | "),
        column.scales.join(" | "),
        column.private.unwrap_or_default().to_owned(),
        codebook.file.to_owned(),
    ]
}

/// How many answered, how many gave each reason, and how often each value was chosen.
fn cells(counts: &Counts, values: &Values) -> Vec<String> {
    let mut cells = vec![counts.answered.map(|answered| answered.to_string()).unwrap_or_else(|| "hidden".to_owned())];
    cells.extend(counts.missing.iter().map(|(_, count)| count.to_string()));
    let value = |at: usize| match values {
        Values::OneOf(options) | Values::AnyOf(options) => options.get(at).map(|option| option.value.to_string()),
        Values::Whole { min: Some(min), .. } => i64::try_from(at).ok().map(|at| (min + at).to_string()),
        Values::Whole { min: None, .. } | Values::Decimal { .. } | Values::Id => None,
    };
    let given = counts.levels.iter().enumerate().filter_map(|(at, count)| Some(format!("{}, {count}", value(at)?)));
    cells.push(given.collect::<Vec<_>>().join(" | "));
    cells
}
