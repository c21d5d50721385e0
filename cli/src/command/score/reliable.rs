//! How far a score must move before measurement error no longer explains it: the file that says what is needed for that.

use std::collections::BTreeMap;
use std::path::Path;

use bearings_engine::diagnostic::{Code, Diagnostic, SourceFile, nearest};
use bearings_engine::psychometrics::{Confidence, ReliableChange};
use bearings_engine::questionnaire::{Step, locate, parse_json};
use bearings_engine::responses::unique;
use serde::{Deserialize, Serialize};

use crate::definition::read_text;
use crate::exit::{Failure, Report};

/// The first field of the file.
const FORMAT: &str = "bearings/reliable-change@1";

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "it is compared while the file is read")]
    format: String,
    /// How sure one wants to be, two-sided: 90 or 95.
    #[serde(default = "usual")]
    confidence: u8,
    #[serde(deserialize_with = "unique")]
    scores: BTreeMap<String, Measured>,
}

/// Jacobson & Truax 1991 take 95 %.
fn usual() -> u8 {
    95
}

/// What is known of a score.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    /// Its reliability, from 0 to below 1.
    reliability: f64,
    /// Its standard deviation before any change, or in a norm group.
    standard_deviation: f64,
    /// Where both numbers are from.
    source: String,
}

/// What is needed to tell which changes are reliable.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reliable {
    /// Two-sided, in percent.
    confidence: u8,
    scores: BTreeMap<String, Measured>,
    #[serde(skip)]
    level: Confidence,
    #[serde(skip)]
    changes: BTreeMap<String, ReliableChange>,
}

impl Reliable {
    /// Reads the file. `names` are the scores that there are.
    ///
    /// # Errors
    /// It cannot be read; a score is unknown, or a number is impossible or without a source.
    pub(super) fn read(path: &Path, names: &[&str]) -> Result<Self, Failure> {
        let source = read_text(path)?;
        Self::of(&source, names)
            .map_err(|problems| Failure::Definition(Report::Diagnostics { problems, sources: vec![source] }))
    }

    fn of(source: &SourceFile, names: &[&str]) -> Result<Self, Vec<Diagnostic>> {
        let file = parse_json::<File>(source, FORMAT).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        let mut problem = |path: &[Step<'_>], message: String| {
            let span = locate(&source.text, path);
            problems.push(Diagnostic::error(Code::InvalidParameter, &source.name, span, message));
        };
        let level = match file.confidence {
            90 => Confidence::P90,
            95 => Confidence::P95,
            _ => {
                problem(&[Step::Field("confidence")], "`confidence` is 90 or 95".to_owned());
                Confidence::P95
            }
        };
        let mut changes = BTreeMap::new();
        for (name, measured) in &file.scores {
            let path = [Step::Field("scores"), Step::Field(name)];
            if !names.contains(&name.as_str()) {
                let near = nearest(name, names.iter().copied());
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                problem(&path, format!("there is no score `{name}`{near}"));
            }
            if measured.source.trim().is_empty() {
                problem(&path, format!("the numbers of `{name}` have no source"));
            }
            match ReliableChange::new(measured.standard_deviation, measured.reliability) {
                Some(change) => {
                    changes.insert(name.clone(), change);
                }
                None => problem(
                    &path,
                    format!("`{name}` needs a standard deviation above 0 and a reliability from 0 to below 1"),
                ),
            }
        }
        if problems.is_empty() {
            Ok(Self { confidence: file.confidence, scores: file.scores, level, changes })
        } else {
            Err(problems)
        }
    }

    /// The reliable change index of a change, and whether it is more than measurement error: `up`, `down` or `no`. None for
    /// a score of which nothing is known.
    pub(super) fn index(&self, score: &str, before: f64, after: f64) -> Option<(f64, &'static str)> {
        let change = self.changes.get(score)?;
        let index = change.index(before, after);
        let word = match change.is_reliable(before, after, self.level) {
            false => "no",
            true if index > 0.0 => "up",
            true => "down",
        };
        Some((index, word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Reliable, Vec<String>> {
        let source = SourceFile::new("reliable.json", text);
        Reliable::of(&source, &["apology", "openness"])
            .map_err(|problems| problems.iter().map(|problem| problem.message.clone()).collect())
    }

    #[test]
    fn every_number_is_looked_at_at_once() {
        let problems = read(
            r#"{"format": "bearings/reliable-change@1", "confidence": 99, "scores": {
                "apolgy": {"reliability": 0.8, "standard_deviation": 7.5, "source": "x"},
                "openness": {"reliability": 1, "standard_deviation": 7.5, "source": " "}}}"#,
        )
        .unwrap_err();
        let expected = [
            "`confidence` is 90 or 95",
            "there is no score `apolgy`, did you mean `apology`?",
            "the numbers of `openness` have no source",
            "`openness` needs a standard deviation above 0 and a reliability from 0 to below 1",
        ];
        assert_eq!(problems, expected);
    }

    /// Jacobson & Truax 1991: s = 7.5, reliability .80, from 32.5 to 47.5.
    #[test]
    fn the_example_of_the_paper() {
        let reliable = read(
            r#"{"format": "bearings/reliable-change@1", "scores": {
                "apology": {"reliability": 0.8, "standard_deviation": 7.5, "source": "Jacobson & Truax 1991"}}}"#,
        )
        .unwrap();
        let (index, word) = reliable.index("apology", 32.5, 47.5).unwrap();
        assert!((index - 3.162278).abs() < 5e-7 && word == "up");
        assert_eq!(reliable.index("apology", 47.5, 32.5).unwrap().1, "down");
        assert_eq!(reliable.index("apology", 40.0, 41.0).unwrap().1, "no");
        assert_eq!(reliable.index("openness", 40.0, 41.0), None);
    }
}
