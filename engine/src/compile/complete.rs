//! The signal as one decision diagram over completely answered sheets.
//!
//! An incomplete sheet's signal is the set of outcomes of its fills, so the diagram knows no "unknown": it knows
//! what every completely answered sheet says, and a walk with some answers left open says the rest. Items of the
//! safety block are not in it: no script reads them, and they are never opened.
//!
//! Everything is made from [`Diagram`]: a slot is a node, a scale adds up slots, a comparison replaces values by
//! yes and no, a condition selects.

mod quantity;
mod variables;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{OutcomeWhen, Rule, Variant};
use crate::diagram::{Diagram, NodeId, OverBudget};
use crate::exact::Exact;
use crate::questionnaire::Questionnaire;
use crate::script::{Quantity, Read, Tree};
pub(crate) use variables::{CompleteVariable, Extent, variables};

/// The diagram of a variant's signal, and how a sheet is read into it.
#[derive(Debug, Clone)]
pub(crate) struct Complete {
    pub(crate) diagram: Diagram,
    /// Its outcomes are the numbers of the signals.
    pub(crate) signal: NodeId,
    pub(crate) variables: Vec<CompleteVariable>,
    /// Whether a rule raises a flag, if any can: a function of the same variables.
    pub(crate) raised: Option<Raised>,
}

/// Whether a rule raises a flag: 0 no, 1 yes.
#[derive(Debug, Clone)]
pub(crate) struct Raised {
    pub(crate) diagram: Diagram,
    pub(crate) root: NodeId,
}

/// Builds the diagram of a variant.
pub(crate) fn build(questionnaire: &Questionnaire, variant: &Variant, budget: usize) -> Result<Complete, OverBudget> {
    let variables = variables(questionnaire, &[variant], Extent::Read);
    let levels = variables.iter().map(CompleteVariable::levels).collect();
    complete(questionnaire, variant, variables, Diagram::new(levels, budget), Parts::default())
}

/// Goes on from what was made of the variant in the diagram.
fn complete(
    questionnaire: &Questionnaire,
    variant: &Variant,
    variables: Vec<CompleteVariable>,
    mut diagram: Diagram,
    parts: Parts,
) -> Result<Complete, OverBudget> {
    let mut builder = Builder::new(questionnaire, variant, &variables, &mut diagram, parts);
    let signal = builder.ladder(&variant.signals)?;
    let raised = if variant.rules.iter().any(Rule::raises_flag) { Some(builder.raised()?) } else { None };
    // Nine in ten nodes were made for scores and conditions on the way.
    let raised = raised.map(|raised| diagram.alone(raised)).transpose()?;
    let raised = raised.map(|(diagram, root)| Raised { diagram, root });
    let (diagram, signal) = diagram.alone(signal)?;
    Ok(Complete { diagram, signal, variables, raised })
}

/// The diagrams of a variant's signal without one rule or another: what hangs on no rule is made once.
pub(crate) struct WithoutRules {
    variables: Vec<CompleteVariable>,
    diagram: Diagram,
    parts: Parts,
}

impl WithoutRules {
    /// # Errors
    /// [`OverBudget`] if not even the signal with all rules fits.
    pub(crate) fn new(questionnaire: &Questionnaire, variant: &Variant, budget: usize) -> Result<Self, OverBudget> {
        let variables = variables(questionnaire, &[variant], Extent::Read);
        let levels = variables.iter().map(CompleteVariable::levels).collect();
        let mut diagram = Diagram::new(levels, budget);
        let mut builder = Builder::new(questionnaire, variant, &variables, &mut diagram, Parts::default());
        builder.ladder(&variant.signals)?;
        let parts = builder.into_parts().without_rules(variant);
        Ok(Self { variables, diagram, parts })
    }

    /// The diagram of the same variant without a rule.
    ///
    /// # Errors
    /// [`OverBudget`] if it does not fit.
    pub(crate) fn build(&self, questionnaire: &Questionnaire, without: &Variant) -> Result<Complete, OverBudget> {
        // What is made for one rule is of no use to the next.
        complete(questionnaire, without, self.variables.clone(), self.diagram.clone(), self.parts.clone())
    }
}

/// Numbers that stand as outcomes of diagrams: outcome 0 is "has no value".
#[derive(Debug, Clone, Default)]
struct Numbers {
    values: Vec<Exact>,
    /// By numerator and denominator, which say what a reduced fraction is.
    known: FxHashMap<(i128, i128), u32>,
}

impl Numbers {
    fn outcome(&mut self, value: Option<Exact>) -> u32 {
        let Some(value) = value else { return 0 };
        let Self { values, known } = self;
        *known.entry((*value.numer(), *value.denom())).or_insert_with(|| {
            values.push(value);
            values.len() as u32
        })
    }

    fn value(&self, outcome: u32) -> Option<Exact> {
        self.values.get((outcome as usize).checked_sub(1)?).copied()
    }
}

/// Makes what a variant says, bit by bit, in one shared table of nodes; what was made once is known.
pub(crate) struct Builder<'a> {
    questionnaire: &'a Questionnaire,
    variant: &'a Variant,
    variables: &'a [CompleteVariable],
    pub(crate) diagram: &'a mut Diagram,
    parts: Parts,
}

/// What a [`Builder`] has made, to go on with another time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    numbers: Numbers,
    stage: Option<NodeId>,
    reads: BTreeMap<Read, NodeId>,
    quantities: BTreeMap<Quantity, NodeId>,
    conditions: BTreeMap<usize, NodeId>,
}

impl Parts {
    /// What of it stays as it is when the variant loses a rule: scores, and the conditions that hang on no rule.
    pub(crate) fn without_rules(&self, variant: &Variant) -> Parts {
        let hangs = rules_reach(variant);
        let hangs_on_rules = |read: &Read| reads_rules(read, &hangs);
        let mut parts = self.clone();
        parts.stage = None;
        parts.reads.retain(|read, _| !hangs_on_rules(read));
        parts.quantities.retain(|quantity, _| !is_of_rules(quantity));
        parts.conditions.retain(|number, _| hangs.get(*number) == Some(&false));
        parts
    }
}

/// For each condition, whether it hangs on what a rule did. A named condition that another reads stands before it.
fn rules_reach(variant: &Variant) -> Vec<bool> {
    let mut hangs: Vec<bool> = Vec::new();
    for condition in &variant.tables.conditions {
        let mut found = false;
        condition.tree.for_each_read(&mut |read| found |= reads_rules(read, &hangs));
        hangs.push(found);
    }
    hangs
}

fn reads_rules(read: &Read, hangs: &[bool]) -> bool {
    match read {
        Read::Fired(_) | Read::Overlay(_) | Read::StageIs(_) | Read::SignalIs(_) | Read::ReasonIs(_) => true,
        // One that is not known yet may hang on anything.
        Read::Condition(number) => hangs.get(*number).copied().unwrap_or(true),
        Read::HasValue(subject) | Read::Passes(subject, _) => {
            subject.parts().iter().any(|(quantity, _)| is_of_rules(quantity))
        }
        Read::Slot(_) | Read::SlotAnswered(_) | Read::ScaleAnswered(_) | Read::Flagged => false,
    }
}

/// Whether a quantity is one that rules make.
fn is_of_rules(quantity: &Quantity) -> bool {
    matches!(quantity, Quantity::Level(_) | Quantity::SignsPresent | Quantity::Points(_))
}

/// A function, or the node budget was reached.
pub(crate) type Made = Result<NodeId, OverBudget>;

impl<'a> Builder<'a> {
    /// Goes on with what was made of this variant in this diagram. Every variable stands for a slot of `questionnaire`.
    pub(crate) fn new(
        questionnaire: &'a Questionnaire,
        variant: &'a Variant,
        variables: &'a [CompleteVariable],
        diagram: &'a mut Diagram,
        parts: Parts,
    ) -> Self {
        Self { questionnaire, variant, variables, diagram, parts }
    }

    /// What was made so far.
    pub(crate) fn into_parts(self) -> Parts {
        self.parts
    }
}

impl Builder<'_> {
    /// Says beforehand what a read is.
    pub(crate) fn know(&mut self, read: Read, function: NodeId) {
        self.parts.reads.insert(read, function);
    }

    /// First match, from the last rung upwards. The outcome past the last is "none".
    pub(crate) fn ladder(&mut self, rungs: &[super::Outcome]) -> Made {
        let mut below = NodeId::leaf(rungs.len() as u32);
        for (number, rung) in rungs.iter().enumerate().rev() {
            let here = NodeId::leaf(number as u32);
            below = match rung.when {
                OutcomeWhen::Otherwise => here,
                OutcomeWhen::Engine => below,
                OutcomeWhen::Condition(condition) => {
                    let holds = self.condition(condition)?;
                    self.diagram.select(holds, &[below, here])?
                }
            };
        }
        Ok(below)
    }

    pub(crate) fn stage(&mut self) -> Made {
        let made = match self.parts.stage {
            Some(made) => made,
            None => self.ladder(&self.variant.stages)?,
        };
        self.parts.stage = Some(made);
        Ok(made)
    }

    /// A condition over complete sheets; its outcome is 0 or 1.
    pub(crate) fn condition(&mut self, number: usize) -> Made {
        if let Some(known) = self.parts.conditions.get(&number) {
            return Ok(*known);
        }
        let made = match self.variant.tables.conditions.get(number).map(|condition| &condition.tree) {
            Some(tree) => self.tree(tree)?,
            None => NodeId::leaf(0),
        };
        self.parts.conditions.insert(number, made);
        Ok(made)
    }

    pub(crate) fn tree(&mut self, tree: &Tree) -> Made {
        match tree {
            Tree::Leaf(truth) => Ok(NodeId::leaf(u32::from(*truth))),
            Tree::Node(read, children) => {
                let children: Result<Vec<NodeId>, OverBudget> = children.iter().map(|child| self.tree(child)).collect();
                let children = children?;
                let selector = self.read(read)?;
                self.diagram.select(selector, &children)
            }
        }
    }

    /// What a read says on a complete sheet: its outcome is the number of the alternative.
    pub(crate) fn read(&mut self, read: &Read) -> Made {
        if let Some(known) = self.parts.reads.get(read) {
            return Ok(*known);
        }
        let made = match read {
            Read::Slot(slot) => self.slot(*slot)?,
            Read::SlotAnswered(slot) => {
                let own = self.slot(*slot)?;
                let known = self.known_levels(*slot);
                self.diagram.map(own, &|level| u32::from(level < known))?
            }
            Read::ScaleAnswered(scale) => {
                let value = self.quantity(Quantity::RawScale(*scale))?;
                self.diagram.map(value, &|value| u32::from(value != 0))?
            }
            Read::HasValue(subject) => {
                let value = self.subject(subject)?;
                self.diagram.map(value, &|value| u32::from(value != 0))?
            }
            Read::Passes(subject, cut) => {
                let value = self.subject(subject)?;
                let numbers = &self.parts.numbers;
                self.diagram
                    .map(value, &|value| u32::from(numbers.value(value).is_some_and(|value| cut.passed_by(&value))))?
            }
            Read::Fired(rule) => self.fired(*rule)?,
            Read::Overlay(overlay) => self.overlay(*overlay)?,
            Read::StageIs(stage) => {
                let ladder = self.stage()?;
                let stage = *stage as u32;
                self.diagram.map(ladder, &|now| u32::from(now == stage))?
            }
            Read::Condition(condition) => self.condition(*condition)?,
            // What only the whole sheet can say is known beforehand, where it is read at all ([`Builder::know`]): loading
            // refuses signals and stages that read the gate, and properties alone read what is reported.
            Read::Flagged | Read::SignalIs(_) | Read::ReasonIs(_) => NodeId::leaf(0),
        };
        self.parts.reads.insert(read.clone(), made);
        Ok(made)
    }

    /// Whether an overlay holds; its outcome is 0 or 1.
    pub(crate) fn overlay(&mut self, overlay: usize) -> Made {
        match self.variant.overlays.get(overlay).map(|overlay| overlay.when) {
            Some(OutcomeWhen::Condition(condition)) => self.condition(condition),
            _ => Ok(NodeId::leaf(0)),
        }
    }

    /// Whether some rule raises a flag; its outcome is 0 or 1.
    pub(crate) fn raised(&mut self) -> Made {
        let mut raised = NodeId::leaf(0);
        for (number, rule) in self.variant.rules.iter().enumerate() {
            if rule.raises_flag() {
                let fires = self.fired(number)?;
                raised = self.diagram.combine(raised, fires, &|a, b| a | b)?;
            }
        }
        Ok(raised)
    }

    /// Whether a rule fires; its outcome is 0 or 1.
    pub(crate) fn fired(&mut self, rule: usize) -> Made {
        match self.variant.rules.get(rule) {
            Some(rule) => self.condition(rule.condition),
            None => Ok(NodeId::leaf(0)),
        }
    }

    fn known_levels(&self, slot: usize) -> u32 {
        self.variables.iter().find(|variable| variable.slot == slot).map_or(0, |variable| variable.known)
    }

    /// The level of a slot; one past its levels where it has no value.
    fn slot(&mut self, slot: usize) -> Made {
        let Some(at) = self.variables.iter().position(|variable| variable.slot == slot) else {
            return Ok(NodeId::leaf(0));
        };
        let Some(variable) = self.variables.get(at) else {
            return Ok(NodeId::leaf(0));
        };
        // What is missing reads like the first answer here; who asks about it puts something better in its place.
        let value = |level: u32| if level < variable.skipped() { level } else { 0 };
        let children: Vec<NodeId> = (0..variable.levels()).map(|level| NodeId::leaf(value(level))).collect();
        let own = self.diagram.node(at as u32, &children)?;
        // An item that is asked only sometimes is read together with its condition, so that its own variable is
        // never "not shown" and open answers combine freely.
        let item = self.questionnaire.slots.get(slot).and_then(|slot| self.questionnaire.item_of(slot));
        let Some(asked_if) = item.and_then(|item| item.asked_if.as_ref()) else {
            return Ok(own);
        };
        let Some(parent) = self.questionnaire.slot(&asked_if.item) else {
            return Ok(own);
        };
        let above = self.slot(parent)?;
        let values = self.questionnaire.slots.get(parent).map(|slot| slot.levels.clone());
        let holds = self.diagram.map(above, &|level| {
            let value = values.as_ref().and_then(|levels| levels.value(level as usize));
            u32::from(value.is_some_and(|value| asked_if.op.holds(&value, &asked_if.value)))
        })?;
        self.diagram.select(holds, &[NodeId::leaf(variable.known), own])
    }
}
