//! What comes out: `bearings/assessment@1`, plain data that reports are made of.
//!
//! After a hard flag there is a different shape, [`Withheld`], which has no scores, rules, sides, stage or advice:
//! no renderer can print what is not there.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::questionnaire::{Form, OptionValue, Role};

/// The first field of every assessment.
pub const ASSESSMENT_FORMAT: &str = "bearings/assessment@1";

/// One person's assessment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Assessment {
    /// A hard flag: safety comes before the question.
    Withheld(Box<Withheld>),
    /// Everything else.
    Read(Box<Reading>),
}

/// What is left after a hard flag.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Withheld {
    /// `bearings/assessment@1`.
    pub format: &'static str,
    /// `safety_first`.
    pub withheld: &'static str,
    /// What made it.
    pub provenance: Provenance,
}

/// A reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reading {
    /// `bearings/assessment@1`.
    pub format: &'static str,
    /// `assessment`, `instrument` or `study`.
    pub kind: &'static str,
    /// What the answers say.
    pub signal: SignalReading,
    /// Where things are; none where the ladder could not be finished.
    pub stage: Option<StageReading>,
    /// Remarks beside the stage.
    pub overlays: Vec<OverlayReading>,
    /// The scales.
    pub scores: Vec<ScoreReading>,
    /// The reasons to keep going as one number, and what it is the mean of.
    pub keep_side: Option<SideReading>,
    /// The levels, 0 to 3, of the signs that speak for walking away.
    pub signs: BTreeMap<String, u8>,
    /// Sums of points (studies).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, i64>,
    /// Published cuts that the scores meet (instruments).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<BandReading>,
    /// Published cuts that the scores do not meet, but are so close to that a second filling-in might.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near_cuts: Vec<BandReading>,
    /// Every rule of this role and form.
    pub rules: Vec<RuleReading>,
    /// What speaks for keeping going.
    #[serde(rename = "for")]
    pub reasons_for: Vec<SideItem>,
    /// What speaks against it.
    pub against: Vec<SideItem>,
    /// Where neither side is strong: what keeping going would still take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Change>,
    /// The smallest changes of answers that would change the signal.
    pub would_change: Vec<WouldChange>,
    /// Answers that contradict each other, which is why no direction is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradiction: Vec<ReadValue>,
    /// The open questions whose answers would settle the signal, whatever they are.
    pub would_settle: Vec<String>,
    /// How many one-step changes of an answer keep the signal; none unless it was decisive before that test.
    pub holds_under: Option<HoldsUnder>,
    /// For who is both the hurt one and the one who broke trust: the reading of one's own part.
    pub own_part: Option<Box<Reading>>,
    /// What help is to be shown: `crisis`, `advocate_first`, `own_behaviour`, `safety_open`, `no_contact`. Left out of scored surveys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<Vec<&'static str>>,
    /// What made it.
    pub provenance: Provenance,
}

/// The signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SignalReading {
    /// Its id; none if there is none to give.
    pub id: Option<String>,
    /// Why it is mixed, or why there is none.
    pub reason: Option<String>,
    /// What people read.
    pub title: String,
    /// The reason, as people read it.
    pub text: Option<String>,
}

/// The stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StageReading {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// What was read to place it.
    pub because: Vec<ReadValue>,
    /// What a person can do next.
    pub next: Option<String>,
}

/// An overlay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OverlayReading {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// What a person can do next.
    pub next: Option<String>,
}

/// A scale's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScoreReading {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether a high score is a concern.
    pub concern: bool,
    /// Before adjustments.
    pub raw: Option<f64>,
    /// After adjustments; none below the minimum.
    pub value: Option<f64>,
    /// How many items were answered.
    pub answered: u16,
    /// How many were asked and apply.
    pub of: u16,
    /// Which are missing, and why.
    pub missing: Vec<MissingItem>,
    /// Whether it stands for more items than were answered.
    pub prorated: bool,
    /// An adjustment is undecided; the cautious one of two values is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cautious: bool,
}

/// An item without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MissingItem {
    /// The item.
    pub id: String,
    /// Why.
    pub reason: &'static str,
}

/// A mean of scales.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SideReading {
    /// 0 to 100; none if too few parts have a value.
    pub value: Option<f64>,
    /// Its parts.
    pub parts: Vec<PartReading>,
}

/// A part of a mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PartReading {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Its value.
    pub value: Option<f64>,
}

/// A published cut that a score meets, or is near.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BandReading {
    /// The scale.
    pub scale: String,
    /// What it is called.
    pub label: String,
    /// `< 13.5` and the like.
    pub cut: String,
    /// Whether the score is within measurement error of the cut: closer to it than one standard error.
    pub near: bool,
    /// The standard error of measurement, in the unit of the score, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sem: Option<f64>,
    /// For whom it was found.
    pub population: String,
    /// Where it comes from.
    pub source: String,
}

/// What a rule did, and what it read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleReading {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// `fired`, `not_fired` or `undecided`.
    pub outcome: &'static str,
    /// What it does when it fires.
    pub effect: Vec<String>,
    /// What it read.
    pub reads: Vec<ReadValue>,
    /// The sentence it says; the title for one that did not fire.
    pub says: String,
    /// For one that fired: what a person can do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// `file:line`.
    pub at: String,
    /// For one that did not fire: how far it was from firing.
    pub distance: Option<Distance>,
    /// For an undecided one: the answers that would decide it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReadValue {
    /// An item, scale, aggregate, sign, rule, overlay or `stage`.
    pub id: String,
    /// Its value; none if it is missing.
    pub value: Option<ValueRead>,
    /// The label of the answer, or why it is missing.
    pub label: Option<String>,
    /// The scale through which an item was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ValueRead {
    /// The value of an answer.
    Answer(OptionValue),
    /// A score.
    Score(f64),
    /// A yes or no.
    Truth(bool),
}

/// How far a rule is from firing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Distance {
    /// Option steps on its own items.
    pub steps: u32,
    /// Points of its scales.
    pub points: f64,
    /// The changes themselves.
    pub changes: Vec<Change>,
}

/// A change of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// The item, scale or aggregate.
    pub id: String,
    /// What it is.
    pub from: String,
    /// What it would be.
    pub to: String,
}

/// Something on one side of the question.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SideItem {
    /// A scale, an aggregate or a rule.
    pub id: String,
    /// What people read.
    pub says: String,
    /// The score, for a scale or aggregate.
    pub value: Option<f64>,
    /// The sign that a rule raises, with the level it adds.
    pub sign: Option<String>,
    /// The answers behind it.
    pub answers: Vec<ReadValue>,
    /// `file:line`.
    pub at: String,
}

/// A smallest change of answers that leads to another signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WouldChange {
    /// The signal it leads to.
    pub to: String,
    /// The answers that would be different.
    pub changes: Vec<Change>,
}

/// How stable a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HoldsUnder {
    /// How many one-step changes keep it.
    pub kept: u16,
    /// How many there are.
    pub of: u16,
}

/// What made a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The version of the engine.
    pub engine: &'static str,
    /// The ruleset.
    pub ruleset: Fingerprint,
    /// The questionnaire.
    pub questionnaire: Fingerprint,
    /// The parameters in force.
    pub params: BTreeMap<String, String>,
    /// The form.
    pub form: Form,
    /// The role.
    pub role: Role,
}

/// Exactly which definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fingerprint {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its files.
    pub sha256: String,
}

/// The provenance of anything this ruleset makes for a role and form.
pub fn provenance(ruleset: &crate::ruleset::Ruleset, role: Role, form: Form) -> Provenance {
    let questionnaire = ruleset.questionnaire();
    Provenance {
        engine: env!("CARGO_PKG_VERSION"),
        ruleset: Fingerprint {
            id: ruleset.id.clone(),
            version: ruleset.version.clone(),
            sha256: ruleset.sha256.clone(),
        },
        questionnaire: Fingerprint {
            id: questionnaire.id.clone(),
            version: questionnaire.version.clone(),
            sha256: questionnaire.sha256.clone(),
        },
        params: ruleset
            .parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), crate::exact::format_half_up(&parameter.value, 9)))
            .collect(),
        form,
        role,
    }
}
