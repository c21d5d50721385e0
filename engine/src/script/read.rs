//! What an expression can read, and the decision tree that reading it in every way gives.

use std::collections::BTreeMap;

use super::form::{Cut, Quantity, Subject};
use super::{Halt, Reader};
use crate::assess::EngineReason;
use crate::exact::Exact;

/// One question that an expression asks. Its answer is the number of an alternative.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Read {
    /// The answer to a choice slot: the level; one past the last level if the item has no value here.
    Slot(usize),
    /// Does the subject have a value? 0 no, 1 yes.
    HasValue(Subject),
    /// Is the subject's value above the cut? 0 no, 1 yes.
    Passes(Subject, Cut),
    /// Is the slot answered? 0 no, 1 yes.
    SlotAnswered(usize),
    /// Has the scale reached its minimum? 0 no, 1 yes.
    ScaleAnswered(usize),
    /// Has the rule fired? 0 no, 1 yes.
    Fired(usize),
    /// Does the overlay apply? 0 no, 1 yes.
    Overlay(usize),
    /// Is this the stage? 0 no, 1 yes.
    StageIs(usize),
    /// Does the condition with this number hold? 0 no, 1 yes.
    Condition(usize),
    /// Has the gate raised a flag? 0 no, 1 yes.
    Flagged,
    /// Is this the signal that is reported? 0 no, 1 yes. In properties only.
    SignalIs(usize),
    /// Is this the reason that is reported? 0 no, 1 yes. In properties only.
    ReasonIs(ReasonRead),
}

/// A reason that a property can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReasonRead {
    /// The declared one with this number.
    Declared(usize),
    /// One that the engine gives.
    Engine(EngineReason),
    /// That too little was answered, which is reported like a reason.
    NotEnoughAnswered,
}

impl ReasonRead {
    /// What the engine can say of a sheet of an assessment that holds the safety questions.
    pub(crate) const OF_THE_ENGINE: [ReasonRead; 5] = [
        ReasonRead::Engine(EngineReason::HeldBack),
        ReasonRead::Engine(EngineReason::Contradictory),
        ReasonRead::Engine(EngineReason::CloseCall),
        ReasonRead::Engine(EngineReason::OtherPath),
        ReasonRead::NotEnoughAnswered,
    ];

    /// The word for it; a declared one has its own.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            ReasonRead::Declared(_) => None,
            ReasonRead::Engine(reason) => Some(reason.as_str()),
            ReasonRead::NotEnoughAnswered => Some("not_enough_answered"),
        }
    }
}

/// The numbers that a subject can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attainable {
    /// Exactly these, rising.
    Values(Vec<Exact>),
    /// Anything between the two, as far as is known.
    Between(Exact, Exact),
}

impl Attainable {
    /// Whether a value can lie above `low` (if any) and not above `high` (if any).
    pub(crate) fn any_between(&self, low: Option<&Cut>, high: Option<&Cut>) -> bool {
        match self {
            Attainable::Values(values) => values.iter().any(|value| {
                low.is_none_or(|cut| cut.passed_by(value)) && high.is_none_or(|cut| !cut.passed_by(value))
            }),
            Attainable::Between(least, most) => {
                low.is_none_or(|cut| cut.passed_by(most)) && high.is_none_or(|cut| !cut.passed_by(least))
            }
        }
    }
}

/// What there is to read in one variant: how many alternatives each read has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Domain {
    /// For each slot: how many levels it has and whether it can be without a value.
    pub(crate) slots: Vec<(usize, bool)>,
    /// For each quantity: its numbers and whether it can be without one.
    pub(crate) quantities: BTreeMap<Quantity, (Option<Attainable>, bool)>,
    /// For each scale: how many items it has.
    pub(crate) scale_items: Vec<usize>,
    /// How many signs there are.
    pub(crate) signs: usize,
}

impl Domain {
    /// The numbers of a quantity, and whether it can be without one.
    pub(crate) fn quantity(&self, quantity: Quantity) -> (Option<Attainable>, bool) {
        match quantity {
            // A count is a value on every sheet.
            Quantity::CountAtMost { scale, .. } | Quantity::CountAtLeast { scale, .. } => {
                let items = self.scale_items.get(scale).copied().unwrap_or(0);
                (Some(up_to(items)), false)
            }
            Quantity::Level(_) => (Some(up_to(3)), false),
            Quantity::SignsPresent => (Some(up_to(self.signs)), false),
            _ => self.quantities.get(&quantity).cloned().unwrap_or((None, true)),
        }
    }

    /// The numbers of a subject; none if nothing is known of them.
    pub(crate) fn attainable(&self, subject: &Subject) -> Option<Attainable> {
        if let Some(quantity) = subject.alone() {
            return self.quantity(quantity).0;
        }
        let (mut least, mut most) = (Exact::from_integer(0), Exact::from_integer(0));
        for (quantity, factor) in subject.parts() {
            let (low, high) = match self.quantity(*quantity).0? {
                Attainable::Values(values) => (*values.first()?, *values.last()?),
                Attainable::Between(low, high) => (low, high),
            };
            let (a, b) = (crate::exact::mul(&low, factor)?, crate::exact::mul(&high, factor)?);
            least = crate::exact::add(&least, &a.min(b))?;
            most = crate::exact::add(&most, &a.max(b))?;
        }
        Some(Attainable::Between(least, most))
    }

    /// Whether a subject can be without a value.
    pub(crate) fn may_lack_value(&self, subject: &Subject) -> bool {
        subject.parts().iter().any(|(quantity, _)| self.quantity(*quantity).1)
    }

    fn alternatives(&self, read: &Read) -> usize {
        match read {
            Read::Slot(slot) => self.slots.get(*slot).map_or(1, |(levels, lacks)| levels + usize::from(*lacks)),
            _ => 2,
        }
    }
}

fn up_to(most: usize) -> Attainable {
    Attainable::Values((0..=most).map(|count| Exact::from_integer(count as i128)).collect())
}

/// A condition as a decision tree: read something, go on with the child of the alternative that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    /// It holds, or not.
    Leaf(bool),
    /// A read and a child for each alternative; impossible alternatives repeat a possible one.
    Node(Read, Vec<Tree>),
}

impl Tree {
    /// Calls `visit` for every read in the tree.
    pub(crate) fn for_each_read(&self, visit: &mut impl FnMut(&Read)) {
        if let Tree::Node(read, children) = self {
            visit(read);
            for child in children {
                child.for_each_read(visit);
            }
        }
    }

    /// Whether some leaf says so.
    pub(crate) fn reaches(&self, truth: bool) -> bool {
        match self {
            Tree::Leaf(leaf) => *leaf == truth,
            Tree::Node(_, children) => children.iter().any(|child| child.reaches(truth)),
        }
    }
}

/// A step of a path through the tree that is being explored.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) read: Read,
    /// Which alternative is tried now.
    pub(super) alternative: usize,
    pub(super) alternatives: usize,
    /// The children that are finished.
    pub(super) children: Vec<Tree>,
}

/// Answers reads along one path and extends it by first alternatives.
#[derive(Debug)]
pub(super) struct Explorer {
    pub(super) domain: std::rc::Rc<Domain>,
    pub(super) path: Vec<Step>,
    /// No path may be longer than this.
    pub(super) depth: usize,
    /// A path was too long.
    pub(super) overflowed: bool,
}

impl Reader for Explorer {
    fn read(&mut self, read: Read) -> Result<usize, Halt> {
        if let Some(step) = self.path.iter().find(|step| step.read == read) {
            return Ok(step.alternative);
        }
        if let Read::Passes(subject, cut) = &read
            && let Some(known) = self.already_decided(subject, cut)
        {
            return Ok(known);
        }
        if self.path.len() >= self.depth {
            self.overflowed = true;
            return Err(Halt);
        }
        let alternatives = self.domain.alternatives(&read);
        self.path.push(Step { read, alternative: 0, alternatives, children: Vec::new() });
        Ok(0)
    }

    fn may_lack_value(&self, subject: &Subject) -> bool {
        self.domain.may_lack_value(subject)
    }
}

impl Explorer {
    /// What earlier comparisons of the same subject, or its possible values, already say about a cut.
    fn already_decided(&self, subject: &Subject, cut: &Cut) -> Option<usize> {
        let (mut low, mut high): (Option<&Cut>, Option<&Cut>) = (None, None);
        for step in &self.path {
            if let Read::Passes(known, at) = &step.read
                && known == subject
            {
                if step.alternative == 1 {
                    low = low.max(Some(at));
                } else {
                    high = Some(high.map_or(at, |high| high.min(at)));
                }
            }
        }
        if low.is_some_and(|low| cut <= low) {
            return Some(1);
        }
        if high.is_some_and(|high| cut >= high) {
            return Some(0);
        }
        let attainable = self.domain.attainable(subject)?;
        let tighter_low = Some(low.map_or(cut, |low| low.max(cut)));
        let tighter_high = Some(high.map_or(cut, |high| high.min(cut)));
        if !attainable.any_between(tighter_low, high) {
            return Some(0);
        }
        if !attainable.any_between(low, tighter_high) {
            return Some(1);
        }
        None
    }
}
