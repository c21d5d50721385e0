//! What there is to try in a variant, and where its outcome is found.

use std::collections::BTreeSet;

use crate::analysis::Reported;
use crate::assess::RowView;
use crate::assess::{AssessedRow, Reason};
use crate::compile::{OutcomeWhen, PartOf, RuleEffect, Variant};
use crate::ruleset::Kind;
use crate::script::Read;

/// What kind of part of a ruleset it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// A rule.
    Rule,
    /// A condition that has a name.
    Condition,
    /// The condition of an `adjust`.
    Adjust,
    /// The condition of a `zero_when`.
    ZeroWhen,
    /// An overlay.
    Overlay,
    /// A stage.
    Stage,
    /// A signal.
    Signal,
    /// A reason that the ruleset gives.
    Reason,
}

impl PartKind {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            PartKind::Rule => "rule",
            PartKind::Condition => "condition",
            PartKind::Adjust => "adjust",
            PartKind::ZeroWhen => "zero_when",
            PartKind::Overlay => "overlay",
            PartKind::Stage => "stage",
            PartKind::Signal => "signal",
            PartKind::Reason => "reason",
        }
    }
}

/// A part of a ruleset that sheets can try. Roles and forms share it: it is one part by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its id. A `zero_when` has that of its aggregate and that of the part it voids.
    pub id: String,
    /// `file:line` of its first declaration.
    pub at: String,
}

impl Part {
    /// Whether a part of another variant is the same. Several bounds on one scale have nothing but their place.
    pub(super) fn is(&self, other: &Part) -> bool {
        let place = |part: &Part| matches!(part.kind, PartKind::Adjust).then(|| part.at.clone());
        (self.kind, &self.id, place(self)) == (other.kind, &other.id, place(other))
    }
}

/// What a sheet shows of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// Its condition holds; a rule fires.
    Holds,
    /// Its condition does not hold.
    Fails,
    /// The missing answers would decide its condition.
    Undecided,
    /// It is the stage, signal or reason of the sheet.
    Reached,
    /// Stage, overlays, signal or reason of the sheet would be others without it.
    Pivotal,
}

impl Shows {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Shows::Holds => "holds",
            Shows::Fails => "fails",
            Shows::Undecided => "undecided",
            Shows::Reached => "reached",
            Shows::Pivotal => "pivotal",
        }
    }
}

/// Where it is found what a sheet shows of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The number of its condition.
    pub(super) condition: Option<usize>,
    /// What it can be of a sheet.
    pub(super) outcome: Option<Outcome>,
    /// The number of the rule, if it decides something.
    pub(super) deciding: Option<usize>,
}

/// What can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Stage(usize),
    Signal(usize),
    Reason(usize),
}

impl Outcome {
    /// Whether a sheet has come to it. A signal that the engine took away is not reached.
    pub(super) fn is_of(self, row: AssessedRow<'_>) -> bool {
        match self {
            Outcome::Stage(stage) => row.stage() == Some(stage),
            Outcome::Signal(signal) => {
                Reported::of_row(&RowView::Assessed(row)) == Some(Reported::Declared(signal as u32))
            }
            Outcome::Reason(reason) => row.reason() == Some(Reason::Declared(reason)),
        }
    }
}

/// The parts of a variant, kind by kind, in the order of their declaration.
pub(super) fn parts(kind: Kind, variant: &Variant) -> Vec<(Part, Place)> {
    let mut found = Vec::new();
    let mut add = |kind, id: &str, at: &str, place| {
        found.push((Part { kind, id: id.to_owned(), at: at.to_owned() }, place));
    };
    let decided = |condition| Place { condition: Some(condition), outcome: None, deciding: None };
    for (number, rule) in variant.rules.iter().enumerate() {
        let decides = rule.effects.iter().any(|effect| *effect != RuleEffect::Note);
        let place = Place { deciding: decides.then_some(number), ..decided(rule.condition) };
        add(PartKind::Rule, &rule.id, &rule.at, place);
    }
    let read = read_conditions(variant);
    for named in &variant.named {
        // One that only another role reads is not to be tried here.
        if read.contains(&named.condition) || read.contains(&named.raw) {
            add(PartKind::Condition, &named.id, &named.at, decided(named.condition));
        }
    }
    for adjust in &variant.adjusts {
        let id = variant.scales.get(adjust.scale).map_or("", |scale| &scale.id);
        add(PartKind::Adjust, id, &adjust.at, decided(adjust.condition));
    }
    for aggregate in &variant.aggregates {
        for part in &aggregate.parts {
            let Some(condition) = part.zero_when else { continue };
            let of = match part.of {
                PartOf::Scale(scale) => variant.scales.get(scale).map_or("", |scale| &scale.id),
                PartOf::Aggregate(other) => variant.aggregates.get(other).map_or("", |other| &other.id),
            };
            add(PartKind::ZeroWhen, &format!("{}.{of}", aggregate.id), &aggregate.at, decided(condition));
        }
    }
    for overlay in &variant.overlays {
        if let Some(condition) = condition_of(overlay.when) {
            add(PartKind::Overlay, &overlay.id, &overlay.at, decided(condition));
        }
    }
    let mut ladder = |kind, outcomes: &[crate::compile::Outcome], of: fn(usize) -> Outcome| {
        for (number, outcome) in outcomes.iter().enumerate() {
            // What only the engine says is tried by the tests of the engine.
            if outcome.when != OutcomeWhen::Engine {
                let condition = condition_of(outcome.when);
                let place = Place { condition, outcome: Some(of(number)), deciding: None };
                add(kind, &outcome.id, &outcome.at, place);
            }
        }
    };
    ladder(PartKind::Stage, &variant.stages, Outcome::Stage);
    ladder(PartKind::Signal, &variant.signals, Outcome::Signal);
    // Only an assessment says why.
    if kind == Kind::Assessment {
        ladder(PartKind::Reason, &variant.reasons, Outcome::Reason);
    }
    found
}

/// The numbers of the conditions that something in a variant hangs on.
fn read_conditions(variant: &Variant) -> BTreeSet<usize> {
    let of_outcomes = [&variant.overlays, &variant.stages, &variant.signals, &variant.reasons].into_iter().flatten();
    let of_outcomes = of_outcomes.filter_map(|outcome| condition_of(outcome.when));
    let of_rules = variant.rules.iter().map(|rule| rule.condition);
    let of_scales = variant.adjusts.iter().map(|adjust| adjust.condition);
    let parts = variant.aggregates.iter().flat_map(|aggregate| &aggregate.parts);
    let mut left: Vec<usize> =
        of_outcomes.chain(of_rules).chain(of_scales).chain(parts.filter_map(|part| part.zero_when)).collect();
    let mut read = BTreeSet::new();
    while let Some(number) = left.pop() {
        if read.insert(number)
            && let Some(condition) = variant.tables.conditions.get(number)
        {
            condition.tree.for_each_read(&mut |read| {
                if let Read::Condition(other) = read {
                    left.push(*other);
                }
            });
        }
    }
    read
}

fn condition_of(when: OutcomeWhen) -> Option<usize> {
    match when {
        OutcomeWhen::Condition(condition) => Some(condition),
        OutcomeWhen::Otherwise | OutcomeWhen::Engine => None,
    }
}
