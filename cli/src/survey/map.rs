//! Maps: which column holds which item, and what its cells mean, written down once for all files of a study.

mod fit;
mod format;

use std::path::Path;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::parse_json;

use super::dialect::Said;
use crate::args::{ColumnPattern, Encoding, RecordedAs};
use crate::definition::read_text;
use crate::exit::{Failure, Report};
pub(super) use fit::{Fits, Fitted, Holds};
pub(crate) use format::{ColumnEntry, FileEntry, MAP_FORMAT, MapFile, Reason};

/// A map that was read. Whether it fits a survey and a questionnaire is found out with them.
#[derive(Debug)]
pub(crate) struct Map {
    file: MapFile,
    source: SourceFile,
    pattern: Option<ColumnPattern>,
}

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    /// It cannot be read, or is no map.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Self::of(read_text(path)?)
    }

    fn of(source: SourceFile) -> Result<Self, Failure> {
        let refused = |problems| {
            let sources = vec![source.clone()];
            Failure::Definition(Report::Diagnostics { problems, sources })
        };
        let file = parse_json::<MapFile>(&source, MAP_FORMAT).map_err(|problem| refused(vec![problem]))?;
        let problems = fit::look(&file, &source);
        if !problems.is_empty() {
            return Err(refused(problems));
        }
        let pattern = file.pattern.as_deref().and_then(|pattern| pattern.parse().ok());
        Ok(Self { file, source, pattern })
    }

    /// What it says about how the file is written.
    pub(super) fn said(&self) -> Said {
        let file = &self.file.file;
        Said {
            delimiter: file.delimiter.as_deref().and_then(|text| text.bytes().next()),
            header_rows: file.header_rows,
            platform: file.platform,
        }
    }

    /// The encoding of the file, if it says one.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.file.file.encoding
    }

    /// How numbered columns are named, if it says that.
    pub(super) fn pattern(&self) -> Option<&ColumnPattern> {
        self.pattern.as_ref()
    }

    /// How options were written down, if it says that for all columns.
    pub(super) fn recorded_as(&self) -> Option<RecordedAs> {
        self.file.recorded_as
    }

    /// SHA-256 of the file, for a manifest.
    pub(super) fn sha256(&self) -> String {
        bearings_engine::fingerprint::sha256(self.source.text.as_bytes())
    }
}
