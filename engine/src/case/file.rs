//! A case as it is written, and where in its text things stand.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Deserializer};

use crate::questionnaire::{Form, Step, locate};
use crate::responses::{AnswerValue, Missing, unique};

/// A case as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CaseFile {
    /// `bearings/case@1`.
    pub(super) format: String,
    /// For editors; ignored.
    #[serde(rename = "$schema", default)]
    #[expect(dead_code, reason = "read by editors, accepted here")]
    schema: Option<String>,
    /// Who this is and what a careful reader expects.
    pub(super) description: String,
    /// Why it does not hold yet. Such a case does not fail a test; once it holds, it does until this is taken out.
    #[serde(default)]
    pub(super) todo: Option<String>,
    /// Which form was asked.
    #[serde(default = "short")]
    pub(super) form: Form,
    /// The answers by item.
    #[serde(deserialize_with = "unique")]
    pub(super) answers: BTreeMap<String, AnswerValue>,
    /// Why an answer is missing, by item; what stands in neither map is skipped.
    #[serde(default, deserialize_with = "unique")]
    pub(super) missing: BTreeMap<String, Missing>,
    /// What must come out.
    pub(super) expect: Expectation,
}

fn short() -> Form {
    Form::Short
}

/// What must come out; what is not named may be anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Expectation {
    /// True: nothing but the safety text, and then nothing else can be expected. False: a reading.
    #[serde(default)]
    pub(super) withheld: Option<bool>,
    /// The signal; null: none is given.
    #[serde(default, deserialize_with = "named")]
    pub(super) signal: Option<Option<String>>,
    /// The reason; null: none.
    #[serde(default, deserialize_with = "named")]
    pub(super) reason: Option<Option<String>>,
    /// The stage; `unplaced` for none.
    #[serde(default)]
    pub(super) stage: Option<String>,
    /// Exactly these overlays.
    #[serde(default)]
    pub(super) overlays: Option<Vec<String>>,
    /// Rules that must have fired.
    #[serde(default)]
    pub(super) fired: Vec<String>,
    /// Rules that must not have fired.
    #[serde(default)]
    pub(super) not_fired: Vec<String>,
    /// Rules that missing answers must leave undecided.
    #[serde(default)]
    pub(super) undecided: Vec<String>,
    /// Scores, as decimals; compared after rounding to as many places as are written. Null: no score.
    #[serde(default, deserialize_with = "unique")]
    pub(super) scores: BTreeMap<String, Option<serde_json::Number>>,
    /// Levels of signs, 0 to 3.
    #[serde(default, deserialize_with = "unique")]
    pub(super) levels: BTreeMap<String, u8>,
    /// Exactly the labels of these bands (instruments).
    #[serde(default)]
    pub(super) bands: Option<Vec<String>>,
    /// Exactly the labels of the bands whose cut a score is within measurement error of, met or not.
    #[serde(default)]
    pub(super) near: Option<Vec<String>>,
}

/// A field that is there keeps its null; a field that is not there is none.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

impl Expectation {
    /// The lists of rules, each with the outcome that it is named after.
    pub(super) fn rules(&self) -> [(&'static str, &[String]); 3] {
        [("fired", &self.fired), ("not_fired", &self.not_fired), ("undecided", &self.undecided)]
    }

    /// Whether anything of a reading is expected.
    pub(super) fn is_of_a_reading(&self) -> bool {
        let named = self.signal.is_some() || self.reason.is_some() || self.stage.is_some();
        let lists = self.overlays.is_some() || self.bands.is_some() || self.near.is_some();
        let rules = self.rules().iter().any(|(_, ids)| !ids.is_empty());
        named || lists || rules || !self.scores.is_empty() || !self.levels.is_empty()
    }
}

/// The bytes of the key that a path ends with, else of the value that stands there.
pub(super) fn key_place(text: &str, path: &[Step<'_>]) -> Option<Range<usize>> {
    let value = locate(text, path)?;
    let Some(Step::Field(name)) = path.last() else { return Some(value) };
    let key = format!("\"{name}\"");
    let before = text.get(..value.start)?;
    let joint = |at: &usize| before.get(at + key.len()..).is_some_and(|between| between.trim() == ":");
    Some(before.rfind(&key).filter(joint).map_or(value, |at| at..at + key.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_pointed_at_and_not_a_word_that_looks_like_it() {
        let text = r#"{"description": "\"care\"", "expect": {"levels": {"care" : 3}, "fired": ["care"]}}"#;
        let place = |path: &[Step<'_>]| text.get(key_place(text, path).unwrap()).unwrap();
        assert_eq!(place(&[Step::Field("expect"), Step::Field("levels"), Step::Field("care")]), "\"care\"");
        let span = key_place(text, &[Step::Field("expect"), Step::Field("levels"), Step::Field("care")]).unwrap();
        assert_eq!(span.start, text.find("\"care\" :").unwrap());
        assert_eq!(place(&[Step::Field("expect"), Step::Field("fired"), Step::Element(0)]), "\"care\"");
        // What is not there is pointed at by what it would be in.
        assert!(place(&[Step::Field("expect"), Step::Field("scores"), Step::Field("care")]).starts_with("{\"levels\""));
    }
}
