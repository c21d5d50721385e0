//! Rows that may not be meant to count, and people who did not do what they were told: counted, never left out.

use super::cells::fold;
use super::dialect::platform::{Mark, Platform};
use super::header::Header;

/// The columns that say so.
#[derive(Debug, Default)]
pub(super) struct Observers {
    marks: Vec<(usize, Mark)>,
    attention: Vec<Attention>,
}

/// A column in which people were told what to choose.
#[derive(Debug)]
struct Attention {
    column: usize,
    /// In small letters.
    expected: Vec<String>,
}

/// What was counted in some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Observed {
    previews: u64,
    unfinished: u64,
    /// Rows that chose something else, for each column in which people were told what to choose.
    inattentive: Vec<u64>,
    /// Rows with at least one of these.
    inattentive_rows: u64,
}

impl Observers {
    /// The columns of a file, and those that a map names with what was to be chosen.
    pub(super) fn new(header: &Header, platform: Platform, attention: &[(usize, Vec<String>)]) -> Self {
        let mark = |column| platform.mark(header.name(column)?, header.question(column)).map(|mark| (column, mark));
        let attention = attention.iter().map(|(column, expected)| Attention {
            column: *column,
            expected: expected.iter().map(|text| fold(text)).collect(),
        });
        Self { marks: (0..header.width()).filter_map(mark).collect(), attention: attention.collect() }
    }

    /// Whether there is nothing to look at.
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.attention.is_empty()
    }

    /// Looks at a row.
    pub(super) fn look<'a>(&self, platform: Platform, cell: impl Fn(usize) -> &'a [u8], observed: &mut Observed) {
        for (column, mark) in &self.marks {
            let count = u64::from(platform.is_marked(*mark, cell(*column)));
            match mark {
                Mark::Preview => observed.previews += count,
                Mark::Unfinished => observed.unfinished += count,
            }
        }
        observed.inattentive.resize(self.attention.len(), 0);
        let mut any = false;
        for (attention, count) in self.attention.iter().zip(&mut observed.inattentive) {
            // Who left it blank, or was not shown it, chose nothing wrong.
            let chosen = fold(&String::from_utf8_lossy(cell(attention.column)));
            let failed = !chosen.is_empty() && !attention.expected.contains(&chosen);
            *count += u64::from(failed);
            any |= failed;
        }
        observed.inattentive_rows += u64::from(any);
    }

    /// What is said of the rows in the end.
    pub(super) fn notes(&self, observed: &Observed, header: &Header) -> Vec<String> {
        let name = |mark| {
            let column = self.marks.iter().find(|(_, known)| *known == mark).map(|(column, _)| header.shown(*column));
            column.unwrap_or_default()
        };
        let mut notes = Vec::new();
        let kept = |count: u64| if count == 1 { "kept like any other" } else { "kept like all others" };
        if observed.previews > 0 {
            let rows = rows(observed.previews, "was", "were");
            let column = name(Mark::Preview);
            notes.push(format!(
                "{rows} written while the survey was tried out ({column}) and {}",
                kept(observed.previews)
            ));
        }
        if observed.unfinished > 0 {
            let rows = rows(observed.unfinished, "is", "are");
            let column = name(Mark::Unfinished);
            notes.push(format!("{rows} not finished ({column}) and {}", kept(observed.unfinished)));
        }
        if !self.attention.is_empty() {
            let columns: Vec<String> = self
                .attention
                .iter()
                .zip(&observed.inattentive)
                .map(|(attention, count)| format!("{} {count}", header.shown(attention.column)))
                .collect();
            let people = observed.inattentive_rows;
            notes.push(format!(
                "{} chose something else than they were told ({}) and {}",
                rows(people, "", "").trim_end(),
                columns.join(", "),
                if people == 1 { "is kept" } else { "are kept" }
            ));
        }
        notes
    }
}

impl Observed {
    /// Adds what was counted in other rows.
    pub(super) fn add(&mut self, other: &Self) {
        self.previews += other.previews;
        self.unfinished += other.unfinished;
        self.inattentive.resize(self.inattentive.len().max(other.inattentive.len()), 0);
        for (count, more) in self.inattentive.iter_mut().zip(&other.inattentive) {
            *count += more;
        }
        self.inattentive_rows += other.inattentive_rows;
    }
}

/// "1 row is", "3 rows are".
fn rows(count: u64, one: &str, several: &str) -> String {
    if count == 1 { format!("1 row {one}") } else { format!("{count} rows {several}") }
}
