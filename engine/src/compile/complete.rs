//! The signal as one decision diagram over completely answered sheets.
//!
//! An incomplete sheet's signal is the set of outcomes of its fills, so the diagram knows no "unknown": it knows
//! what every completely answered sheet says, and a walk with some answers left open says the rest. Items of the
//! safety block are not in it: no script reads them, and they are never opened.
//!
//! Everything is made from [`Diagram`]: a slot is a node, a scale adds up slots, a comparison replaces values by
//! yes and no, a condition selects.

mod quantity;

use std::collections::BTreeMap;

use super::{OutcomeWhen, Variant};
use crate::diagram::{Diagram, NodeId, Opening, OverBudget, force_order};
use crate::exact::Exact;
use crate::gate::Gate;
use crate::questionnaire::{Direction, Levels, Questionnaire};
use crate::responses::{Answer, Missing};
use crate::script::{Quantity, Read, Tree};

/// The diagram of a variant's signal, and how a sheet is read into it.
#[derive(Debug, Clone)]
pub(crate) struct Complete {
    pub(crate) diagram: Diagram,
    /// Its outcomes are the numbers of the signals.
    pub(crate) signal: NodeId,
    pub(crate) variables: Vec<CompleteVariable>,
}

/// A variable of the diagram.
#[derive(Debug, Clone)]
pub(crate) struct CompleteVariable {
    /// The slot it stands for.
    pub(crate) slot: usize,
    /// For each answer of the slot: its level here. Numbers share a level with those that no comparison tells apart.
    pub(crate) level_of: Vec<u32>,
    /// How many levels are answers.
    pub(crate) known: u32,
    /// Whether there is a level more, for "has no value".
    pub(crate) may_be_absent: bool,
    /// Whether the one-step test moves it: ordered, directed, five or more levels, neither context nor safety block.
    pub(crate) steppable: bool,
    /// Whether it is what the respondent wishes for.
    pub(crate) wish: bool,
    /// Whether a change of it may be proposed: neither context nor a wish nor looked at by the safety gate.
    pub(crate) proposable: bool,
}

impl CompleteVariable {
    /// What an answer says of the variable.
    ///
    /// An item that is not shown because of another answer is not read while that answer stands, and unknown once
    /// it changes, so it counts as open.
    pub(crate) fn opening(&self, answer: Answer) -> Opening {
        match answer {
            Answer::Level(level) => Opening::Known(self.level_of.get(usize::from(level)).copied().unwrap_or(0)),
            Answer::Missing(Missing::NotApplicable) if self.may_be_absent => Opening::Known(self.known),
            Answer::Missing(_) => Opening::Open(self.known),
        }
    }
}

/// Builds the diagram of a variant.
pub(super) fn build(questionnaire: &Questionnaire, variant: &Variant, budget: usize) -> Result<Complete, OverBudget> {
    let variables = variables(questionnaire, variant);
    let levels = variables.iter().map(|variable| variable.known + u32::from(variable.may_be_absent)).collect();
    let mut builder = Builder {
        questionnaire,
        variant,
        variables: &variables,
        diagram: Diagram::new(levels, budget),
        numbers: Numbers::default(),
        stage: None,
        reads: BTreeMap::new(),
        quantities: BTreeMap::new(),
        conditions: BTreeMap::new(),
    };
    let signal = builder.ladder(&variant.signals)?;
    // Nine in ten nodes were made for scores and conditions on the way.
    let (diagram, signal) = builder.diagram.alone(signal)?;
    Ok(Complete { diagram, signal, variables })
}

/// The slots that something reads, in FORCE order: what is read together stands together.
fn variables(questionnaire: &Questionnaire, variant: &Variant) -> Vec<CompleteVariable> {
    let mut groups: Vec<Vec<usize>> =
        variant.scales.iter().map(|scale| scale.items.iter().map(|item| item.slot).collect()).collect();
    let mut cuts: BTreeMap<usize, Vec<crate::script::Cut>> = BTreeMap::new();
    let mut whole: Vec<usize> = groups.iter().flatten().copied().collect();
    for condition in &variant.tables.conditions {
        let mut group = Vec::new();
        condition.tree.for_each_read(&mut |read| match read {
            Read::Slot(slot) | Read::SlotAnswered(slot) => group.push(*slot),
            Read::Passes(subject, cut) => {
                for (quantity, _) in subject.parts() {
                    if let Quantity::Number(slot) = quantity {
                        group.push(*slot);
                        if subject.alone().is_some() {
                            cuts.entry(*slot).or_default().push(cut.clone());
                        } else {
                            whole.push(*slot);
                        }
                    }
                    if let Quantity::Scale(scale) | Quantity::RawScale(scale) = quantity {
                        group.extend(
                            variant.scales.get(*scale).iter().flat_map(|scale| &scale.items).map(|item| item.slot),
                        );
                    }
                }
            }
            _ => {}
        });
        group.sort_unstable();
        group.dedup();
        groups.push(group);
    }
    // The parent of an item that is asked only sometimes is read with it.
    let parent = |slot: usize| {
        let item = questionnaire.slots.get(slot).and_then(|slot| questionnaire.item_of(slot))?;
        questionnaire.slot(&item.asked_if.as_ref()?.item)
    };
    let read: Vec<usize> = groups.iter().flatten().copied().collect();
    groups.extend(read.iter().filter_map(|slot| Some(vec![*slot, parent(*slot)?])));
    let used: Vec<usize> = groups.iter().flatten().copied().collect();
    let order = force_order(questionnaire.slots.len(), &groups);
    let gate = Gate::new(questionnaire);
    let of_slot = |slot: usize| {
        let found = questionnaire.slots.get(slot)?;
        let item = questionnaire.item_of(found)?;
        let (level_of, known) = match &found.levels {
            Levels::Range { min, max } if !whole.contains(&slot) => {
                let cuts = cuts.get(&slot).map(Vec::as_slice).unwrap_or(&[]);
                let mut sorted = cuts.to_vec();
                sorted.sort();
                sorted.dedup();
                // Bands that hold no whole number are left out, so that levels have no gaps.
                let bands: Vec<usize> =
                    (*min..=*max).map(|n| crate::scoring::band(&crate::exact::whole(n), &sorted)).collect();
                let mut distinct = bands.clone();
                distinct.dedup();
                let level = |band: &usize| distinct.iter().position(|known| known == band).unwrap_or(0) as u32;
                (bands.iter().map(level).collect(), distinct.len() as u32)
            }
            levels => ((0..levels.count() as u32).collect(), levels.count() as u32),
        };
        let directed = matches!(item.direction, Some(Direction::Supports | Direction::Concern));
        Some(CompleteVariable {
            slot,
            known,
            level_of,
            may_be_absent: item.offers_not_applicable,
            steppable: directed && !item.block && !item.context && found.levels.count() >= 5,
            wish: item.wish,
            proposable: !item.context && !item.block && !item.wish && !gate.reads(slot),
        })
    };
    order
        .into_iter()
        .filter(|slot| used.contains(slot) && variant.asked.get(*slot) == Some(&true))
        .filter_map(of_slot)
        .collect()
}

/// Numbers that stand as outcomes of diagrams: outcome 0 is "has no value".
#[derive(Default)]
struct Numbers {
    values: Vec<Exact>,
    known: BTreeMap<Exact, u32>,
}

impl Numbers {
    fn outcome(&mut self, value: Option<Exact>) -> u32 {
        let Some(value) = value else { return 0 };
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        self.values.push(value);
        let outcome = self.values.len() as u32;
        self.known.insert(value, outcome);
        outcome
    }

    fn value(&self, outcome: u32) -> Option<Exact> {
        self.values.get((outcome as usize).checked_sub(1)?).copied()
    }
}

struct Builder<'a> {
    questionnaire: &'a Questionnaire,
    variant: &'a Variant,
    variables: &'a [CompleteVariable],
    diagram: Diagram,
    numbers: Numbers,
    stage: Option<NodeId>,
    reads: BTreeMap<Read, NodeId>,
    quantities: BTreeMap<Quantity, NodeId>,
    conditions: BTreeMap<usize, NodeId>,
}

type Made = Result<NodeId, OverBudget>;

impl Builder<'_> {
    /// First match, from the last rung upwards. The outcome past the last is "none".
    fn ladder(&mut self, rungs: &[super::Outcome]) -> Made {
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

    fn stage(&mut self) -> Made {
        let made = match self.stage {
            Some(made) => made,
            None => self.ladder(&self.variant.stages)?,
        };
        self.stage = Some(made);
        Ok(made)
    }

    /// A condition over complete sheets; its outcome is 0 or 1.
    fn condition(&mut self, number: usize) -> Made {
        if let Some(known) = self.conditions.get(&number) {
            return Ok(*known);
        }
        let made = match self.variant.tables.conditions.get(number).map(|condition| &condition.tree) {
            Some(tree) => self.tree(tree)?,
            None => NodeId::leaf(0),
        };
        self.conditions.insert(number, made);
        Ok(made)
    }

    fn tree(&mut self, tree: &Tree) -> Made {
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
    fn read(&mut self, read: &Read) -> Made {
        if let Some(known) = self.reads.get(read) {
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
                let numbers = &self.numbers;
                self.diagram
                    .map(value, &|value| u32::from(numbers.value(value).is_some_and(|value| cut.passed_by(&value))))?
            }
            Read::Fired(rule) => match self.variant.rules.get(*rule) {
                Some(rule) => self.condition(rule.condition)?,
                None => NodeId::leaf(0),
            },
            Read::Overlay(overlay) => match self.variant.overlays.get(*overlay).map(|overlay| overlay.when) {
                Some(OutcomeWhen::Condition(condition)) => self.condition(condition)?,
                _ => NodeId::leaf(0),
            },
            Read::StageIs(stage) => {
                let ladder = self.stage()?;
                let stage = *stage as u32;
                self.diagram.map(ladder, &|now| u32::from(now == stage))?
            }
            Read::Condition(condition) => self.condition(*condition)?,
            // Loading refuses signals and stages that read the gate.
            Read::Flagged => NodeId::leaf(0),
            // Only properties read them, and the signal reads no property.
            Read::SignalIs(_) | Read::ReasonIs(_) => NodeId::leaf(0),
        };
        self.reads.insert(read.clone(), made);
        Ok(made)
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
        let levels = variable.known + u32::from(variable.may_be_absent);
        let children: Vec<NodeId> = (0..levels).map(NodeId::leaf).collect();
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
