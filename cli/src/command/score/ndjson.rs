//! One JSON assessment a line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bearings_engine::assessment::Assessment;
use bearings_engine::responses::Responses;
use bearings_engine::{BlockAssessment, Ruleset, explain_row};
use serde::Serialize;

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

impl<'a> Line<'a> {
    pub(super) fn new(id: &'a [u8], names: &'a [String], kept: &'a [Vec<u8>]) -> Self {
        let cells = kept.iter().map(|cell| String::from_utf8_lossy(cell));
        Self { id: String::from_utf8_lossy(id), kept: names.iter().map(String::as_str).zip(cells).collect() }
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
