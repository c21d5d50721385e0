//! One JSON object a line: a whole assessment, or the columns that were asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bearings_engine::assessment::Assessment;
use bearings_engine::questionnaire::Bond;
use bearings_engine::responses::Responses;
use bearings_engine::{AnswerBlock, BlockAssessment, FiredRules, RowView, Ruleset, explain_row};
use serde::Serialize;

use super::rows::Table;

/// Who a line is about.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    id: Cow<'a, str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<&'a str, Cow<'a, str>>,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    line: &'a Line<'a>,
    #[serde(flatten)]
    assessment: Assessment,
}

/// The lines that hold only the columns that were asked for.
pub(super) struct Lean<'a> {
    fired: FiredRules<'a>,
}

impl<'a> Lean<'a> {
    pub(super) fn new(ruleset: &'a Ruleset) -> Self {
        Self { fired: FiredRules::new(ruleset) }
    }

    /// Ends the line that was begun for a sheet.
    pub(super) fn end(
        &mut self,
        table: &mut Table<'_>,
        (block, at, bond): (&AnswerBlock, usize, Option<Bond>),
        view: RowView<'_>,
        out: &mut Vec<u8>,
    ) {
        table.members(view, out, |row, out| self.fired.write(block, at, row, bond, out));
        out.extend_from_slice(b"}\n");
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(id: &'a [u8], names: &'a [String], kept: &'a [Vec<u8>]) -> Self {
        let cells = kept.iter().map(|cell| String::from_utf8_lossy(cell));
        Self { id: String::from_utf8_lossy(id), kept: names.iter().map(String::as_str).zip(cells).collect() }
    }

    /// Adds the beginning of a line that [`Lean::end`] ends.
    pub(super) fn begin(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        // More stands in the same object.
        out.pop();
        Ok(())
    }

    /// Adds the line of one sheet.
    pub(super) fn write(
        &self,
        ruleset: &Ruleset,
        responses: &Responses,
        assessed: &BlockAssessment,
        at: usize,
        out: &mut Vec<u8>,
    ) -> serde_json::Result<()> {
        let mut assessment = explain_row(ruleset, responses, assessed, at);
        // What help is to be shown would tell who raised a flag.
        if let Assessment::Read(reading) = &mut assessment {
            reading.support = None;
        }
        serde_json::to_writer(&mut *out, &Whole { line: self, assessment })?;
        out.push(b'\n');
        Ok(())
    }
}
