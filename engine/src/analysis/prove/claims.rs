//! Which properties there are: ids, titles, places.

use crate::assess::Reason;
use crate::compile::{NeverTarget, Variant};
use crate::ruleset::Kind;

use super::has_promises;

/// The ids of the properties that every ruleset is asked for. No ruleset declares one of its own under such an id.
pub(crate) const BUILT_IN: [&str; 11] = [
    "total",
    "under_flag",
    "safety_yes",
    "skipping",
    "monotone",
    "stages_occur",
    "overlays_occur",
    "signals_occur",
    "reasons_occur",
    "rules_fire",
    "rules_pivotal",
];

/// A property.
pub(super) enum Subject {
    Total,
    UnderFlag,
    SafetyYes,
    Skipping,
    StagesOccur,
    OverlaysOccur,
    SignalsOccur,
    ReasonsOccur,
    RulesFire,
    RulesPivotal,
    Monotone,
    /// The `never` with this number.
    Never(usize),
    /// The `property` with this number.
    Declared(usize),
}

/// The properties of a variant.
pub(super) fn subjects(kind: Kind, variant: &Variant) -> Vec<Subject> {
    if kind == Kind::Instrument {
        return Vec::new();
    }
    let mut subjects = vec![Subject::Total];
    if has_promises(kind) {
        subjects.extend([Subject::UnderFlag, Subject::SafetyYes, Subject::Skipping, Subject::Monotone]);
    }
    subjects.extend([
        Subject::StagesOccur,
        Subject::OverlaysOccur,
        Subject::SignalsOccur,
        Subject::ReasonsOccur,
        Subject::RulesFire,
        Subject::RulesPivotal,
    ]);
    subjects.extend((0..variant.never.len()).map(Subject::Never));
    subjects.extend((0..variant.properties.len()).map(Subject::Declared));
    subjects
}

impl Subject {
    pub(super) fn id(&self, variant: &Variant) -> String {
        match self {
            Subject::Total => "total",
            Subject::UnderFlag => "under_flag",
            Subject::SafetyYes => "safety_yes",
            Subject::Skipping => "skipping",
            Subject::StagesOccur => "stages_occur",
            Subject::OverlaysOccur => "overlays_occur",
            Subject::SignalsOccur => "signals_occur",
            Subject::ReasonsOccur => "reasons_occur",
            Subject::RulesFire => "rules_fire",
            Subject::RulesPivotal => "rules_pivotal",
            Subject::Monotone => "monotone",
            Subject::Never(number) => {
                let target = variant.never.get(*number).map(|never| target_name(variant, never.target));
                return format!("never.{}", target.unwrap_or_default());
            }
            Subject::Declared(number) => {
                return variant.properties.get(*number).map_or_else(String::new, |property| property.id.clone());
            }
        }
        .to_owned()
    }

    pub(super) fn title(&self, variant: &Variant) -> String {
        match self {
            Subject::Total => "every sheet gets a stage and a signal, or a reason",
            Subject::UnderFlag => "no flag goes with keep_going; a hard one hides all",
            Subject::SafetyYes => "a yes on a safety item never makes it rosier",
            Subject::Skipping => "skipping a safety input never gives keep_going",
            Subject::StagesOccur => "every stage can occur",
            Subject::OverlaysOccur => "every overlay can occur, and can be absent",
            Subject::SignalsOccur => "every signal can occur",
            Subject::ReasonsOccur => "every declared reason can occur",
            Subject::RulesFire => "every rule can fire, and can stay silent",
            Subject::RulesPivotal => "every rule that is no note can change a result",
            Subject::Monotone => "a better answer never makes the signal worse",
            Subject::Never(number) => {
                let target = variant.never.get(*number).map(|never| target_name(variant, never.target));
                return format!("{} never occurs", target.unwrap_or_default());
            }
            Subject::Declared(number) => {
                return variant.properties.get(*number).map_or_else(String::new, |property| property.title.clone());
            }
        }
        .to_owned()
    }

    pub(super) fn at(&self, variant: &Variant) -> Option<String> {
        match self {
            Subject::Never(number) => variant.never.get(*number).map(|never| never.at.clone()),
            Subject::Declared(number) => variant.properties.get(*number).map(|property| property.at.clone()),
            _ => None,
        }
    }
}

/// The id of what never occurs.
pub(super) fn target_name(variant: &Variant, target: NeverTarget) -> String {
    let outcome = |outcomes: &[crate::compile::Outcome], at: usize| outcomes.get(at).map(|outcome| outcome.id.clone());
    match target {
        NeverTarget::Stage(at) => outcome(&variant.stages, at),
        NeverTarget::Overlay(at) => outcome(&variant.overlays, at),
        NeverTarget::Signal(at) => outcome(&variant.signals, at),
        NeverTarget::Reason(Reason::Declared(at)) => outcome(&variant.reasons, at),
        NeverTarget::Reason(Reason::Engine(reason)) => Some(reason.as_str().to_owned()),
        NeverTarget::Rule(at) => variant.rules.get(at).map(|rule| rule.id.clone()),
    }
    .unwrap_or_default()
}
