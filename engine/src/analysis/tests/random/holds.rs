//! What a drawn property says, written for the engine and worked out here.

use std::fmt::{self, Display};

use super::super::super::Reported;
use super::every::{Every, Facts};
use crate::assess::{EngineReason, Reason};

/// A condition of a property.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    Not(Box<Holds>),
    And(Box<Holds>, Box<Holds>),
    Or(Box<Holds>, Box<Holds>),
    Signal(String),
    Reason(String),
    Stage(String),
    Overlay(String),
    Fired(String),
    Flagged,
    AtLeast(String, i64),
}

impl Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holds::Not(one) => write!(f, "!({one})"),
            Holds::And(one, other) => write!(f, "({one} && {other})"),
            Holds::Or(one, other) => write!(f, "({one} || {other})"),
            Holds::Signal(id) => write!(f, "signal_is(\"{id}\")"),
            Holds::Reason(id) => write!(f, "reason_is(\"{id}\")"),
            Holds::Stage(id) => write!(f, "stage_is(\"{id}\")"),
            Holds::Overlay(id) => write!(f, "overlay_is(\"{id}\")"),
            Holds::Fired(id) => write!(f, "fired(\"{id}\")"),
            Holds::Flagged => write!(f, "flagged()"),
            Holds::AtLeast(id, value) => write!(f, "{id} >= {value}"),
        }
    }
}

impl Holds {
    /// Whether it looks at anything that only a sheet without a missing answer has for certain.
    pub(super) fn needs_answers(&self) -> bool {
        match self {
            Holds::Not(one) => one.needs_answers(),
            Holds::And(one, other) | Holds::Or(one, other) => one.needs_answers() || other.needs_answers(),
            Holds::Stage(_) | Holds::Overlay(_) | Holds::Fired(_) | Holds::AtLeast(..) => true,
            Holds::Reason(id) => id.starts_with('y'),
            Holds::Signal(_) | Holds::Flagged => false,
        }
    }

    /// Whether it holds on the sheet with this number.
    pub(super) fn on(&self, every: &Every<'_>, sheet: usize) -> bool {
        let facts: &Facts = &every.facts[sheet];
        let variant = every.variant;
        let number = |outcomes: &[crate::compile::Outcome], id: &str| outcomes.iter().position(|own| own.id == id);
        match self {
            Holds::Not(one) => !one.on(every, sheet),
            Holds::And(one, other) => one.on(every, sheet) && other.on(every, sheet),
            Holds::Or(one, other) => one.on(every, sheet) || other.on(every, sheet),
            Holds::Signal(id) => facts.signal.is_some() && facts.signal == number(&variant.signals, id),
            Holds::Reason(id) => match (facts.reason, id.as_str()) {
                (_, "not_enough_answered") => facts.reported == Reported::NotEnough,
                (Some(Reason::Declared(own)), id) => variant.reasons[own].id == id,
                (Some(Reason::Engine(own)), "held_back") => own == EngineReason::HeldBack,
                (Some(Reason::Engine(own)), "contradictory") => own == EngineReason::Contradictory,
                (Some(Reason::Engine(own)), "close_call") => own == EngineReason::CloseCall,
                (Some(Reason::Engine(own)), "other_path") => own == EngineReason::OtherPath,
                _ => false,
            },
            Holds::Stage(id) => facts.stage.is_some() && facts.stage == number(&variant.stages, id),
            Holds::Overlay(id) => number(&variant.overlays, id).is_some_and(|at| facts.overlays >> at & 1 == 1),
            Holds::Fired(id) => {
                variant.rules.iter().position(|own| own.id == *id).is_some_and(|at| facts.fired >> at & 1 == 1)
            }
            Holds::Flagged => facts.gate > 0,
            Holds::AtLeast(id, value) => every.number(sheet, id).is_some_and(|own| own >= *value),
        }
    }
}
