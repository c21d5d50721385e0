//! What a ruleset states of itself, to be proved over all sheets. Scoring never looks at it.

use crate::assess::Reason;
use crate::questionnaire::Direction;
use crate::script::Tree;

/// What must be true of every sheet.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Why it must hold.
    pub because: Option<String>,
    /// `file:line`.
    pub at: String,
    pub(crate) tree: Tree,
}

/// An item whose better answers must never make the signal worse, though the questionnaire gives it no direction.
#[derive(Debug, Clone)]
pub struct Monotone {
    /// Its slot.
    pub slot: usize,
    /// Which answers are the better ones: the higher ([`Direction::Supports`]) or the lower ([`Direction::Concern`]).
    pub direction: Direction,
    /// Why it is expected.
    pub because: Option<String>,
    /// `file:line`.
    pub at: String,
}

/// An item whose better answers may make the signal worse.
#[derive(Debug, Clone)]
pub struct Exempt {
    /// Its slot.
    pub slot: usize,
    /// Why.
    pub because: String,
    /// `file:line`.
    pub at: String,
}

/// Something that no sheet may come to.
#[derive(Debug, Clone)]
pub struct Never {
    /// What it is.
    pub target: NeverTarget,
    /// Why it cannot occur.
    pub because: String,
    /// `file:line`.
    pub at: String,
}

/// What never occurs, by its number in the variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeverTarget {
    /// A stage.
    Stage(usize),
    /// An overlay.
    Overlay(usize),
    /// A signal, as it is reported.
    Signal(usize),
    /// A reason, as it is reported.
    Reason(Reason),
    /// A rule: it never fires.
    Rule(usize),
}
