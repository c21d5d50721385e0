//! A survey file as it is recognised: every decision, what each column is, and a map that says the same.

use std::path::Path;

use bearings_engine::questionnaire::Questionnaire;

use super::columns::Columns;
use super::dialect::platform::{Aside, Platform};
use super::map::{ColumnEntry, FileEntry, MAP_FORMAT, MapFile, Reason};
use super::observed::Observed;
use super::records::Records;
use super::{Block, Config, Decision, SAMPLED, next_block};
use crate::args::{Encoding, RecordedAs};
use crate::exit::Failure;

/// What was found out about a file.
pub(crate) struct Recognised {
    /// The name of the file, as it is printed.
    pub(crate) name: String,
    /// How it is written, one sentence each.
    pub(crate) decisions: Vec<Decision>,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// How many rows it has.
    pub(crate) rows: u64,
    /// How many of them have more or fewer cells than there are columns.
    pub(crate) ragged: u64,
    /// What is to be said about its rows.
    pub(crate) notes: Vec<String>,
    /// A map of the columns as they are read.
    pub(crate) draft: MapFile,
}

/// A column.
pub(crate) struct Column {
    /// What it is called, in a message.
    pub(crate) shown: String,
    /// What is done with it.
    pub(crate) used: Use,
    /// It may tell who somebody is.
    pub(crate) is_identifying: bool,
}

/// What is done with a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Use {
    /// It identifies a respondent.
    Id,
    /// It holds the answers to an item, or to an option of one.
    Answer(String),
    /// It holds all ticked options of an item, with this between them.
    Ticked(String, String),
    /// It says which wave of a person a row is.
    Wave,
    /// It is carried over.
    Kept,
    /// It is the platform's own, and why.
    Aside(Aside),
    /// Nothing reads it.
    Unread,
}

impl Recognised {
    /// Looks at a whole file (`-` is standard input).
    ///
    /// # Errors
    /// It cannot be read, or what was said or mapped does not fit.
    pub(crate) fn read(path: &Path, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        let input = config.open(path)?;
        let name = input.name.clone();
        let dialect = input.dialect.clone();
        let encoding = input.encoding();
        let columns = Columns::look(&dialect, &input.sample(SAMPLED), &name, questionnaire, config)?;
        let mut observed = Observed::default();
        let (mut rows, mut ragged) = (0, 0);
        let mut records = Records::new(dialect.marks());
        let mut blocks = input.into_blocks(|_| false);
        let mut block = Block::default();
        while let Some(next) = next_block(&mut blocks, std::mem::take(&mut block), &name)? {
            block = next;
            records.restart();
            while let Some(record) = records.next(&block) {
                rows += 1;
                if record.len() == columns.width {
                    let cell = |column: usize| record.get(column).unwrap_or_default();
                    columns.observers.look(dialect.platform, cell, &mut observed);
                } else {
                    ragged += 1;
                }
            }
        }
        let file = FileEntry {
            encoding: Some(encoding).filter(|encoding| *encoding != Encoding::Utf8),
            delimiter: Some(char::from(dialect.delimiter).to_string()),
            header_rows: Some(dialect.header_rows),
            platform: Some(dialect.platform).filter(|platform| *platform != Platform::Plain),
        };
        Ok(Self {
            decisions: dialect.decisions,
            columns: (0..columns.width).map(|column| describe(column, &columns, questionnaire)).collect(),
            rows,
            ragged,
            notes: columns.observers.notes(&observed, columns.header()),
            draft: draft(&columns, questionnaire, config, file),
            name,
        })
    }
}

fn describe(column: usize, columns: &Columns, questionnaire: &Questionnaire) -> Column {
    let header = columns.header();
    let mut shown = header.shown(column);
    if header.repeated().contains_key(header.name(column).unwrap_or_default())
        && let Some(id) = header.import_id(column)
    {
        shown = format!("{shown} ({id})");
    }
    let used = used(column, columns, questionnaire);
    Column { shown, used, is_identifying: columns.identifying.contains(&column) }
}

fn used(column: usize, columns: &Columns, questionnaire: &Questionnaire) -> Use {
    if let Some(mapped) = columns.mapped.iter().find(|mapped| mapped.column == column) {
        let slot = questionnaire.slots.get(mapped.slot);
        return Use::Answer(slot.map(|slot| slot.id.clone()).unwrap_or_default());
    }
    if let Some(ticked) = columns.ticked.iter().find(|ticked| ticked.column == column) {
        let item = questionnaire.items.get(ticked.item).map(|item| item.id.clone());
        return Use::Ticked(item.unwrap_or_default(), ticked.separator.clone());
    }
    if columns.kept.iter().take(columns.waves).any(|wave| *wave == column) {
        return Use::Wave;
    }
    let aside = columns.aside.iter().find(|(other, _)| *other == column).map(|(_, reason)| *reason);
    match aside {
        _ if columns.id == Some(column) => Use::Id,
        _ if columns.kept.contains(&column) => Use::Kept,
        Some(reason) => Use::Aside(reason),
        None => Use::Unread,
    }
}

/// A map that reads the file as it is read without one. Columns that nothing reads stand in `not_read`, from where
/// they can be moved.
fn draft(columns: &Columns, questionnaire: &Questionnaire, config: &Config<'_>, file: FileEntry) -> MapFile {
    let header = columns.header();
    let repeated = header.repeated();
    let is_clear =
        |column: usize| header.name(column).is_some_and(|name| !name.is_empty() && !repeated.contains_key(name));
    let reference = |column: usize| -> Option<String> {
        let name = header.name(column).filter(|_| is_clear(column));
        name.or_else(|| header.import_id(column)).map(str::to_owned)
    };
    let mut entries = Vec::new();
    let mut not_read = Vec::new();
    for column in 0..columns.width {
        let (item, separator) = match used(column, columns, questionnaire) {
            Use::Answer(item) => (item, None),
            Use::Ticked(item, separator) => (item, Some(separator)),
            Use::Aside(_) | Use::Unread => {
                not_read.extend(reference(column));
                continue;
            }
            Use::Id | Use::Wave | Use::Kept => continue,
        };
        let named = header.name(column).filter(|_| is_clear(column)).map(str::to_owned);
        let import_id = header.import_id(column).filter(|_| named.is_none()).map(str::to_owned);
        entries.push(ColumnEntry { column: named, import_id, item, separator, ..ColumnEntry::default() });
    }
    let codes = config.missing.iter().map(|code| (code.clone(), Reason::Skipped));
    // Several columns that say it together are found again without the map.
    let wave = match columns.kept.get(..columns.waves) {
        Some([only]) => reference(*only),
        _ => None,
    };
    MapFile {
        format: MAP_FORMAT.to_owned(),
        schema: None,
        questionnaire: Some(questionnaire.id.clone()),
        file,
        id: columns.id.and_then(reference),
        wave,
        keep: columns.kept.iter().skip(columns.waves).copied().filter_map(reference).collect(),
        pattern: None,
        recorded_as: Some(config.recorded()).filter(|recorded| *recorded != RecordedAs::Printed),
        missing: codes.collect(),
        labels: std::collections::BTreeMap::new(),
        columns: entries,
        attention: Vec::new(),
        not_read,
    }
}
