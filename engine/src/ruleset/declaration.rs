//! What a ruleset file declares, as it was written: names are not yet resolved.

use std::ops::Range;

use crate::exact::Exact;
use crate::questionnaire::{Bond, Direction, Form, Operator, OptionValue, Role};

/// Where something stands: which file of the ruleset, which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) span: Range<usize>,
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// A Rhai expression: its text, its place, and the names and calls in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expr {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Words that are not calls.
    pub(crate) names: Vec<Name>,
    /// Calls, with their first argument if that is a string.
    pub(crate) calls: Vec<(Name, Option<Name>)>,
    /// Comparisons of a name with a literal: the name, the operator, the literal.
    pub(crate) comparisons: Vec<(Name, Operator, OptionValue)>,
    /// The words that `!` stands before, or before the bracket they stand in.
    pub(crate) negated: Vec<String>,
}

/// The three kinds of rulesets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Stage and signal with the gate and the honesty tests; the only kind a person is interviewed with.
    Assessment,
    /// Scores and bands of a published instrument; never a stage or a signal.
    Instrument,
    /// A researcher's own outcomes and points.
    Study,
}

impl Kind {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Assessment => "assessment",
            Kind::Instrument => "instrument",
            Kind::Study => "study",
        }
    }
}

/// One declaration with what all of them can have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declaration {
    /// What it declares.
    pub(crate) id: Name,
    /// The title or label.
    pub(crate) title: Option<String>,
    /// The role it is for; none means every role.
    pub(crate) role: Option<Role>,
    /// The form it is for; none means every form.
    pub(crate) form: Option<Form>,
    /// The `//!` lines above it.
    pub(crate) doc: Vec<String>,
    pub(crate) because: Option<Name>,
    pub(crate) source: Option<String>,
    /// What a person can do next.
    pub(crate) next: Option<Next>,
    pub(crate) body: Body,
}

impl Declaration {
    /// Whether some variant has both.
    pub(crate) fn meets(&self, other: &Declaration) -> bool {
        let roles = self.role.is_none() || other.role.is_none() || self.role == other.role;
        let forms = self.form.is_none() || other.form.is_none() || self.form == other.form;
        roles && forms
    }
}

/// What a person can do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The words.
    pub text: String,
    /// Whether it is said beside a safety flag, too, and where the reasons to walk away outweigh: it is about the
    /// person, and asks for nothing between the two.
    pub even_flagged: bool,
}

/// What is particular to each kind of declaration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Header {
        kind: Kind,
        version: String,
        questionnaire: Name,
    },
    Param {
        value: Exact,
        from: Exact,
        to: Exact,
    },
    Const {
        value: Exact,
    },
    Function {
        text: String,
        /// What it calls.
        calls: Vec<Name>,
    },
    Condition {
        when: Expr,
    },
    Scale {
        aggregation: Aggregation,
        terms: Vec<Term>,
        need: Option<Exact>,
        prorate: bool,
        concern: bool,
    },
    Adjust {
        limit: Limit,
        when: Expr,
    },
    Aggregate {
        parts: Vec<Part>,
        need: Option<Exact>,
    },
    Rule {
        when: Expr,
        effects: Vec<Effect>,
    },
    Sign {
        adds: bool,
        present: u8,
    },
    Overlay {
        when: Expr,
    },
    Stage {
        when: When,
    },
    Signal {
        when: When,
        titles: Vec<(Bond, String)>,
    },
    Reason {
        when: Option<When>,
    },
    Band {
        comparison: Comparison,
        value: Exact,
        population: String,
        /// The standard error of measurement, in the unit of the score.
        sem: Option<Exact>,
    },
    Straightline {
        share: Exact,
        least: usize,
    },
    Contradicts {
        other: Name,
    },
    Floor {
        share: Exact,
    },
    BatchOnly,
    /// What must be true of every sheet.
    Property {
        holds: Expr,
    },
    /// Items whose better answers must never make a signal worse, though the questionnaire gives them no direction.
    Monotone {
        items: Vec<Directed>,
    },
    /// Items of which that is not expected.
    NotMonotone {
        items: Vec<Name>,
    },
    /// What must never be found.
    Never {
        target: Option<Target>,
    },
}

/// An item and which of its answers are the better ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directed {
    pub(crate) item: Name,
    pub(crate) direction: Direction,
}

/// What kind of thing is never found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Stage,
    Overlay,
    Signal,
    Reason,
    Rule,
}

impl Target {
    pub(crate) const ALL: [Target; 5] = [Target::Stage, Target::Overlay, Target::Signal, Target::Reason, Target::Rule];

    /// The word as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Target::Stage => "stage",
            Target::Overlay => "overlay",
            Target::Signal => "signal",
            Target::Reason => "reason",
            Target::Rule => "rule",
        }
    }

    /// Whether a declaration declares one that sheets can have; the engine's reasons are only worded.
    pub(crate) fn is_declared_by(self, body: &Body) -> bool {
        match self {
            Target::Stage => matches!(body, Body::Stage { .. }),
            Target::Overlay => matches!(body, Body::Overlay { .. }),
            Target::Signal => matches!(body, Body::Signal { .. }),
            Target::Reason => matches!(body, Body::Reason { when: Some(_) }),
            Target::Rule => matches!(body, Body::Rule { .. }),
        }
    }
}

/// A condition, or the last resort.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum When {
    Holds(Expr),
    Otherwise,
}

/// How a scale is made of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// 0 to 100: the weighted mean of each item's share of its own range.
    Percent,
    /// The weighted mean of the values.
    Mean,
    /// The weighted sum of the values.
    Sum,
}

/// An item of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) item: Name,
    pub(crate) weight: u32,
    pub(crate) reversed: bool,
}

/// A bound that an adjustment puts on a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    AtMost(Exact),
    AtLeast(Exact),
}

impl Limit {
    /// The value, bounded.
    pub(crate) fn apply(self, value: &Exact) -> Exact {
        match self {
            Limit::AtMost(most) => (*value).min(most),
            Limit::AtLeast(least) => (*value).max(least),
        }
    }
}

/// A part of an aggregate; it counts as zero when the condition holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: Name,
    pub(crate) zero_when: Option<Expr>,
}

/// What a rule does when it fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Raises a sign by this many levels (1 to 3).
    Sign { sign: Name, level: u8 },
    /// Adds points to a sum of a study.
    Points { name: Name, points: i64 },
    /// Adds a flag of this name: `keep_going` is withheld.
    Flag { name: Name },
    /// Says something, decides nothing.
    Note,
}

/// How a band compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Comparison {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::AtLeast => ">=",
            Comparison::Above => ">",
        }
    }

    /// Whether `left` compares so with `right`.
    pub fn holds(self, left: &Exact, right: &Exact) -> bool {
        match self {
            Comparison::Below => left < right,
            Comparison::AtMost => left <= right,
            Comparison::AtLeast => left >= right,
            Comparison::Above => left > right,
        }
    }
}
