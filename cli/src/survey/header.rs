//! What a file says about its columns: their names, and on some platforms their questions and stable ids.

use std::collections::BTreeMap;

use bearings_engine::diagnostic::nearest;

use crate::exit::{Failure, Report};

/// The most characters of a column's name that are printed; some platforms name columns by whole questions.
const NAME_SHOWN: usize = 60;

/// The columns as the file describes them.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    names: Vec<String>,
    /// What was asked, in the words of whoever made the survey; none if no row says it.
    questions: Vec<String>,
    /// Qualtrics' ids, which stay when a question is renamed; none if no row says them.
    import_ids: Vec<String>,
}

impl Header {
    /// Names of columns, and the rows below them that say more. Space around them is no part of them.
    pub(super) fn new(names: Vec<String>, questions: Vec<String>, import_ids: Vec<String>) -> Self {
        let trimmed = |texts: Vec<String>| texts.iter().map(|text| text.trim().to_owned()).collect();
        Self { names: trimmed(names), questions: trimmed(questions), import_ids: trimmed(import_ids) }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The name of a column.
    pub(super) fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// All names, from the first column on.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What was asked in a column, if a row says it.
    pub(super) fn question(&self, column: usize) -> Option<&str> {
        self.questions.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The stable id of a column, if a row says it.
    pub(super) fn import_id(&self, column: usize) -> Option<&str> {
        self.import_ids.get(column).map(String::as_str).filter(|id| !id.is_empty())
    }

    /// The columns with this name; if there is none, those with this import id.
    pub(super) fn named(&self, name: &str) -> Vec<usize> {
        let places = |texts: &[String]| -> Vec<usize> {
            let found = texts.iter().enumerate().filter(|(_, text)| !text.is_empty() && *text == name);
            found.map(|(column, _)| column).collect()
        };
        let named = places(&self.names);
        if named.is_empty() { places(&self.import_ids) } else { named }
    }

    /// The columns with this import id.
    pub(super) fn imported(&self, id: &str) -> Vec<usize> {
        (0..self.width()).filter(|column| self.import_id(*column) == Some(id)).collect()
    }

    /// Names that several columns have, each with these columns.
    pub(super) fn repeated(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (column, name) in self.names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            places.entry(name).or_default().push(column);
        }
        places.retain(|_, columns| columns.len() > 1);
        places
    }

    /// A column as a message names it.
    pub(super) fn shown(&self, column: usize) -> String {
        match self.name(column).filter(|name| !name.is_empty()) {
            Some(name) => format!("`{}`", shown(name)),
            None => format!("column {} (no name)", column + 1),
        }
    }
}

/// Places of columns, as people count them: "columns 3 and 7".
pub(super) fn places(columns: &[usize]) -> String {
    let numbers: Vec<String> = columns.iter().map(|column| (column + 1).to_string()).collect();
    match numbers.split_last() {
        None => "no column".to_owned(),
        Some((only, [])) => format!("column {only}"),
        Some((last, others)) => format!("columns {} and {last}", others.join(", ")),
    }
}

/// A name fit for a message: without control characters, which could move a terminal's cursor, and not too long.
pub(super) fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(NAME_SHOWN).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if name.chars().nth(NAME_SHOWN).is_some() {
        text.push_str("...");
    }
    text
}

/// The one column with this name or import id; `what` asks for it.
pub(super) fn position(header: &Header, named: &str, file: &str, what: &str) -> Result<usize, Failure> {
    let column = shown(named);
    match header.named(named).as_slice() {
        [at] => Ok(*at),
        [] => {
            let report = Report::message(format!("{file}:1: {what} names a column `{column}` that is not there"));
            Err(Failure::Responses(match nearest(named, header.names().filter(|name| name.len() <= 64)) {
                Some(near) => report.hint(format!("did you mean `{}`?", shown(near))),
                None => report,
            }))
        }
        several => {
            let number = if several.len() == 2 { "two".to_owned() } else { several.len().to_string() };
            let report = Report::message(format!(
                "{file}:1: {number} columns are named `{column}` ({}), so that {what} could mean either",
                places(several)
            ));
            let ids: Vec<&str> = several.iter().filter_map(|column| header.import_id(*column)).collect();
            Err(Failure::Responses(match ids.is_empty() {
                true => report,
                false => report.hint(format!("name one of them by its import id: {}", ids.join(", "))),
            }))
        }
    }
}
