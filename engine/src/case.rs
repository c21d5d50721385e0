//! Cases: answer sheets beside a ruleset, and what must come out. `bearings/case@1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::assess::assess;
use crate::assessment::{Assessment, Reading};
use crate::diagnostic::{Code, Diagnostic, LoadError, SourceFile};
use crate::exact::{format_half_up, parse_decimal};
use crate::questionnaire::{Form, Questionnaire, Role, parse_json};
use crate::responses::{ANSWERS_FORMAT, AnswerValue, AnswersFile, Missing, QuestionnaireName, Responses, SafetyBlock};
use crate::ruleset::Ruleset;

/// The first field of every case.
pub const CASE_FORMAT: &str = "bearings/case@1";

/// A case as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CaseFile {
    /// `bearings/case@1`.
    format: String,
    /// For editors; ignored.
    #[serde(rename = "$schema", default)]
    #[expect(dead_code, reason = "read by editors, accepted here")]
    schema: Option<String>,
    /// Who this is and what a careful reader expects.
    description: String,
    /// Which form was asked.
    #[serde(default = "short")]
    form: Form,
    /// The answers by item.
    answers: BTreeMap<String, AnswerValue>,
    /// Why an answer is missing, by item; what stands in neither map is skipped.
    #[serde(default)]
    missing: BTreeMap<String, Missing>,
    /// What must come out.
    expect: Expectation,
}

fn short() -> Form {
    Form::Short
}

/// What must come out; what is not named may be anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Expectation {
    /// Nothing but the safety text.
    #[serde(default)]
    withheld: bool,
    /// The signal; null: none is given.
    #[serde(default, deserialize_with = "named")]
    signal: Option<Option<String>>,
    /// The reason; null: none.
    #[serde(default, deserialize_with = "named")]
    reason: Option<Option<String>>,
    /// The stage; `unplaced` for none.
    #[serde(default)]
    stage: Option<String>,
    /// Exactly these overlays.
    #[serde(default)]
    overlays: Option<Vec<String>>,
    /// Rules that must have fired.
    #[serde(default)]
    fired: Vec<String>,
    /// Rules that must not have fired.
    #[serde(default)]
    not_fired: Vec<String>,
    /// Rules that missing answers must leave undecided.
    #[serde(default)]
    undecided: Vec<String>,
    /// Scores, as decimals; compared after rounding to as many places as are written. Null: no score.
    #[serde(default)]
    scores: BTreeMap<String, Option<serde_json::Number>>,
    /// Levels of signs.
    #[serde(default)]
    levels: BTreeMap<String, u8>,
    /// Exactly the labels of these bands (instruments).
    #[serde(default)]
    bands: Option<Vec<String>>,
    /// Exactly the labels of the bands whose cut a score is within measurement error of, met or not.
    #[serde(default)]
    near: Option<Vec<String>>,
}

/// A field that is there keeps its null; a field that is not there is none.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// A case that can be run.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its file.
    pub name: String,
    /// Who this is and what a careful reader expects.
    pub description: String,
    /// The answers, settled.
    pub responses: Responses,
    expect: Expectation,
}

/// What came of a case.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// What differs, one sentence each; empty if the case holds.
    pub differences: Vec<String>,
    /// What came out.
    pub assessment: Assessment,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// All problems that were found.
    pub fn load(source: &SourceFile, questionnaire: &Questionnaire) -> Result<Self, LoadError> {
        let file: CaseFile = parse_json(source, CASE_FORMAT).map_err(|problem| LoadError(vec![problem]))?;
        if file.format != CASE_FORMAT {
            let message = format!("the format must be `{CASE_FORMAT}`");
            return Err(LoadError(vec![Diagnostic::error(Code::UnknownFormat, &source.name, None, message)]));
        }
        let answers = AnswersFile {
            format: ANSWERS_FORMAT.into(),
            questionnaire: QuestionnaireName { id: questionnaire.id.clone(), version: questionnaire.version.clone() },
            form: file.form,
            adaptive: false,
            answers: file.answers,
            missing: file.missing,
            safety: SafetyBlock::Answered,
        };
        let problem = |message: String| Diagnostic::error(Code::InvalidCase, &source.name, None, message);
        let (responses, conflicts) = answers
            .responses(questionnaire, Role::Hurt)
            .map_err(|problems| LoadError(problems.iter().map(|found| problem(found.to_string())).collect()))?;
        let conflicts: Vec<Diagnostic> = conflicts
            .iter()
            .filter_map(|conflict| questionnaire.slots.get(conflict.slot))
            .map(|slot| problem(format!("`{}` is answered although it is not asked", slot.id)))
            .collect();
        if !conflicts.is_empty() {
            return Err(LoadError(conflicts));
        }
        Ok(Self { name: source.name.clone(), description: file.description, responses, expect: file.expect })
    }

    /// Runs the case.
    ///
    /// # Errors
    /// The ruleset was not loaded for the role and form of the case.
    pub fn run(&self, ruleset: &Ruleset) -> Result<CaseResult, crate::assess::NotLoaded> {
        let assessment = assess(ruleset, &self.responses)?;
        let differences = match &assessment {
            Assessment::Withheld(_) if self.expect.withheld => Vec::new(),
            Assessment::Withheld(_) => vec!["it is withheld, which was not expected".to_owned()],
            Assessment::Read(_) if self.expect.withheld => vec!["it should be withheld, and is not".to_owned()],
            Assessment::Read(reading) => self.expect.differences(reading),
        };
        Ok(CaseResult { differences, assessment })
    }
}

impl Expectation {
    fn differences(&self, reading: &Reading) -> Vec<String> {
        let mut found = Vec::new();
        let shown = |text: &Option<String>| text.as_deref().unwrap_or("none").to_owned();
        let mut compare = |what: &str, expected: String, is: String| {
            if expected != is {
                found.push(format!("{what}: expected {expected}, got {is}"));
            }
        };
        if let Some(signal) = &self.signal {
            compare("signal", shown(signal), shown(&reading.signal.id));
        }
        if let Some(reason) = &self.reason {
            compare("reason", shown(reason), shown(&reading.signal.reason));
        }
        if let Some(stage) = &self.stage {
            let is = reading.stage.as_ref().map_or("unplaced".to_owned(), |stage| stage.id.clone());
            compare("stage", stage.clone(), is);
        }
        if let Some(overlays) = &self.overlays {
            let is: Vec<String> = reading.overlays.iter().map(|overlay| overlay.id.clone()).collect();
            compare("overlays", overlays.join(", "), is.join(", "));
        }
        if let Some(bands) = &self.bands {
            let is: Vec<String> = reading.bands.iter().map(|band| band.label.clone()).collect();
            compare("bands", bands.join(", "), is.join(", "));
        }
        if let Some(near) = &self.near {
            let bands = reading.bands.iter().chain(&reading.near_cuts).filter(|band| band.near);
            let is: Vec<String> = bands.map(|band| band.label.clone()).collect();
            compare("near", near.join(", "), is.join(", "));
        }
        for (rules, outcome) in [(&self.fired, "fired"), (&self.not_fired, "not_fired"), (&self.undecided, "undecided")]
        {
            for id in rules {
                let is = reading.rules.iter().find(|rule| rule.id == *id).map_or("no such rule", |rule| rule.outcome);
                compare(&format!("rule {id}"), outcome.to_owned(), is.to_owned());
            }
        }
        for (id, level) in &self.levels {
            let is = reading.signs.get(id).map_or("no such sign".to_owned(), u8::to_string);
            compare(&format!("level of {id}"), level.to_string(), is);
        }
        for (id, expected) in &self.scores {
            let score = reading.scores.iter().find(|score| score.id == *id);
            let expected = expected.as_ref().map(ToString::to_string);
            // As many places as are written: 2.286 is met by 16/7.
            let places = expected.as_ref().and_then(|text| text.split_once('.')).map_or(0, |(_, places)| places.len());
            let is = match score {
                None => "no such scale".to_owned(),
                Some(score) => score.value.map_or("none".to_owned(), |value| rounded(value, places)),
            };
            compare(&format!("score {id}"), expected.unwrap_or_else(|| "none".to_owned()), is);
        }
        found
    }
}

fn rounded(value: f64, places: usize) -> String {
    let text = format!("{value:.9}");
    let exact = parse_decimal(text.trim_start_matches('+'));
    let rounded = exact.map(|value| format_half_up(&value, u32::try_from(places).unwrap_or(0)));
    let rounded = rounded.unwrap_or(text);
    // 26.0 is written, 26 is meant.
    match (places, rounded.contains('.')) {
        (0, _) | (_, true) => rounded,
        (places, false) => format!("{rounded}.{}", "0".repeat(places)),
    }
}
