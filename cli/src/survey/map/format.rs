//! The JSON of a map, `bearings/map@1`.

use std::collections::BTreeMap;

use bearings_engine::responses::{Missing, unique};
use serde::{Deserialize, Serialize};

use crate::args::{Encoding, RecordedAs};
use crate::survey::dialect::Platform;

/// The first field of every map.
pub(crate) const MAP_FORMAT: &str = "bearings/map@1";

/// Which column of a survey holds which item, and what its cells mean.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MapFile {
    /// `bearings/map@1`.
    pub(crate) format: String,
    /// Where the JSON Schema of this file stands, for editors; not read.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    /// The id of the questionnaire whose items are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) questionnaire: Option<String>,
    /// How the file is written; what is left out is found out from the file.
    #[serde(default, skip_serializing_if = "FileEntry::is_empty")]
    pub(crate) file: FileEntry,
    /// The column that identifies a respondent, by name or import id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The column that says which wave or event a row belongs to; with the id it is the key of a row, and it is carried
    /// over into the output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wave: Option<String>,
    /// Columns that are carried over into the output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) keep: Vec<String>,
    /// How numbered columns are named, such as `Q{n}`: question 1 is the first of the questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    /// How the platform wrote down which option was chosen, where a column does not say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recorded_as: Option<RecordedAs>,
    /// Codes for a missing answer, and why it is missing, for every column; the empty text stands for an empty cell.
    #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) missing: BTreeMap<String, Reason>,
    /// Lists of labels that several columns share: what stands in a cell, and the value of the option that it means.
    #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, LabelList>,
    /// The columns that hold answers. Columns that are named like an item are read without being listed.
    #[serde(default)]
    pub(crate) columns: Vec<ColumnEntry>,
    /// Columns in which people were told what to choose. Whoever chose something else is counted, and kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attention: Vec<AttentionEntry>,
    /// Columns that are left out on purpose, by name or import id: no word is said about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_read: Vec<String>,
}

/// How a file is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FileEntry {
    /// How its text is encoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) encoding: Option<Encoding>,
    /// What separates its cells: one character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delimiter: Option<String>,
    /// How many records describe the columns; the names stand in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) header_rows: Option<usize>,
    /// Which platform wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) platform: Option<Platform>,
}

impl FileEntry {
    fn is_empty(&self) -> bool {
        self.encoding.is_none() && self.delimiter.is_none() && self.header_rows.is_none() && self.platform.is_none()
    }
}

/// A list of labels.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LabelList(#[serde(deserialize_with = "unique")] pub(crate) BTreeMap<String, LabelValue>);

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum LabelValue {
    /// A whole number.
    Number(i64),
    /// A word.
    Word(String),
}

/// A column with answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ColumnEntry {
    /// Its name in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<String>,
    /// Other names that it has in other files of the study; one file has only one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
    /// Its import id in Qualtrics' third row, instead of a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import_id: Option<String>,
    /// The item it holds; `item.option` for one option of an item of which several can be ticked.
    pub(crate) item: String,
    /// What stands between ticked options, where one cell holds all of them: then `item` is the whole item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) separator: Option<String>,
    /// How the platform wrote down which option was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recorded_as: Option<RecordedAs>,
    /// Codes for a missing answer in this column, and why it is missing.
    #[serde(default, deserialize_with = "unique", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) missing: BTreeMap<String, Reason>,
    /// What may stand in its cells and the values that are meant, or the name of a shared list. Then nothing else is an
    /// answer: neither the values nor the labels of the questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<LabelsEntry>,
}

/// Labels, or the name of a list of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum LabelsEntry {
    /// The name of a shared list.
    Named(String),
    /// The labels.
    Own(LabelList),
}

/// A column in which people were told what to choose.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AttentionEntry {
    /// Its name in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<String>,
    /// Its import id in Qualtrics' third row, instead of a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import_id: Option<String>,
    /// What people were told to choose, as it stands in a cell: the code, the label, or both.
    pub(crate) expected: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Reason {
    /// It was not asked.
    NotShown,
    /// It was asked and left blank.
    Skipped,
    /// "Rather not say."
    Declined,
    /// "I do not know."
    DontKnow,
    /// "Does not apply"; only where the item offers it.
    NotApplicable,
}

impl From<Reason> for Missing {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NotShown => Missing::NotShown,
            Reason::Skipped => Missing::Skipped,
            Reason::Declined => Missing::Declined,
            Reason::DontKnow => Missing::DontKnow,
            Reason::NotApplicable => Missing::NotApplicable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_schema_of_the_map_is_fresh() {
        let mut text = serde_json::to_string_pretty(&schemars::schema_for!(MapFile)).unwrap();
        text.push('\n');
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/schemas/map.schema.json");
        if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
            std::fs::write(path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == text, "stale: run SNAPSHOTS=overwrite cargo test -p bearings-cli generated");
    }
}
