//! The sheets around one sheet: those that differ from it only in answers that may change, as functions of those.

mod made;

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::change::{Class, Cost, classes, neighbours};
use crate::compile::complete::{CompleteVariable, Made};
use crate::compile::{Complete, Variant};
use crate::diagram::{Diagram, NodeId, OverBudget};
use crate::questionnaire::Questionnaire;
use crate::responses::{Answer, Missing};
pub(super) use made::Within;
use made::{But, Making, MakingKey};

/// The sheets around one, in a small diagram whose variables are those of the signal's. Its functions are 0 or 1.
pub(super) struct Around<'a> {
    questionnaire: &'a Questionnaire,
    complete: &'a Complete,
    answers: &'a [Answer],
    /// For each variable: its answers, alike ones together; empty if it stays as it is.
    classes: Vec<Vec<Class>>,
    diagram: Diagram,
    /// The nodes of the signal's diagram, children before parents.
    order: Vec<NodeId>,
    /// What functions are made from.
    makings: BTreeMap<MakingKey, Rc<Making>>,
}

impl<'a> Around<'a> {
    /// `answers` is the sheet, `may_change` says of which variables that are answered the answer may be another one.
    pub(super) fn new(
        questionnaire: &'a Questionnaire,
        complete: &'a Complete,
        answers: &'a [Answer],
        may_change: &dyn Fn(&CompleteVariable) -> bool,
        budget: usize,
    ) -> Self {
        let classes: Vec<Vec<Class>> = complete
            .variables
            .iter()
            .map(|variable| match answers.get(variable.slot) {
                Some(Answer::Level(now)) if may_change(variable) => classes(&variable.level_of, usize::from(*now)),
                _ => Vec::new(),
            })
            .collect();
        let levels = classes.iter().map(|classes| classes.len().max(1) as u32).collect();
        Self {
            questionnaire,
            complete,
            answers,
            classes,
            diagram: Diagram::new(levels, budget),
            order: complete.diagram.reachable(complete.signal),
            makings: BTreeMap::new(),
        }
    }

    /// Whether the signal is this one, whatever the answers are that are not there.
    pub(super) fn settled(&mut self, signal: usize, within: Within) -> Made {
        self.made(signal, within, &But::default())
    }

    /// Whether it is settled, and no single step of an answer would change that.
    pub(super) fn firm(&mut self, signal: usize, within: Within) -> Made {
        let mut firm = self.settled(signal, within)?;
        let complete = self.complete;
        // A step can take one answer further away than what is looked at.
        let beside = within.and_one();
        let settled = self.settled(signal, beside)?;
        for (at, variable) in (0_u32..).zip(&complete.variables).filter(|(_, variable)| variable.steppable) {
            if firm.outcome() == Some(0) {
                break;
            }
            if self.is_free(at) {
                let steps = self.steps(signal, beside, settled, at)?;
                let functions = [&[firm], steps.functions.as_slice()].concat();
                firm = self.held(&functions, at, &steps.sources, &mut FxHashMap::default())?;
            } else if let Some(Answer::Level(now)) = self.answers.get(variable.slot) {
                for moved in neighbours(&variable.level_of, usize::from(*now)).into_iter().flatten() {
                    let moved = self.made(signal, within, &But { moved: Some((at, moved)), open: &[] })?;
                    firm = self.all(&[firm, moved])?;
                }
            }
        }
        Ok(firm)
    }

    /// What the steps of a variable lead to.
    fn steps(&mut self, signal: usize, within: Within, settled: NodeId, at: u32) -> Result<Steps, OverBudget> {
        let asks = self.asks(at);
        let own = self.own_classes(at).to_vec();
        // A question that a step would bring up has no answer yet, nor has what hangs on it.
        let brought_up = |from: usize, to: usize| {
            let newly =
                |(_, levels): &&(u32, Vec<bool>)| levels.get(to) == Some(&true) && levels.get(from) != Some(&true);
            asks.iter().filter(newly).map(|(child, _)| *child).collect::<Vec<u32>>()
        };
        let mut steps = Steps { functions: vec![settled], sources: Vec::new() };
        let mut opened: Vec<Vec<u32>> = vec![Vec::new()];
        for class in &own {
            let mut sources = Vec::new();
            let moves = [(class.down, class.nearest.wrapping_sub(1)), (class.up, class.nearest + 1)];
            for (level, answer) in moves.into_iter().filter_map(|(level, answer)| Some((level?, answer))) {
                let Some(to) = own.iter().position(|known| known.level == level) else { continue };
                let open: Vec<u32> =
                    brought_up(class.nearest, answer).into_iter().flat_map(|child| self.with_hanging(child)).collect();
                let which = match opened.iter().position(|known| *known == open) {
                    Some(which) => which,
                    None => {
                        steps.functions.push(self.made(signal, within, &But { moved: None, open: &open })?);
                        opened.push(open);
                        opened.len() - 1
                    }
                };
                sources.push((which, to));
            }
            steps.sources.push(sources);
        }
        Ok(steps)
    }

    /// Where the first of these functions holds, and on all sheets one step of a variable aside the other ones that
    /// `sources` names.
    fn held(
        &mut self,
        functions: &[NodeId],
        at: u32,
        sources: &[Vec<(usize, usize)>],
        known: &mut FxHashMap<Vec<NodeId>, NodeId>,
    ) -> Made {
        let Some((firm, steps)) = functions.split_first() else { return Ok(NodeId::leaf(0)) };
        // What holds is settled, so nothing is lost where the variable makes no difference.
        let makes_none = matches!(steps, [settled] if self.diagram.variable(*settled).is_none_or(|top| top > at));
        if firm.outcome() == Some(0) || makes_none {
            return Ok(*firm);
        }
        if let Some(made) = known.get(functions) {
            return Ok(*made);
        }
        let top = functions.iter().filter_map(|id| self.diagram.variable(*id)).min().filter(|top| *top < at);
        let asked = top.unwrap_or(at);
        let count = self.diagram.levels().get(asked as usize).copied().unwrap_or(0) as usize;
        let mut children = Vec::with_capacity(count);
        for level in 0..count {
            let cofactor = |id: &NodeId| self.diagram.cofactor(*id, asked, level);
            children.push(if top.is_some() {
                let lower: Vec<NodeId> = functions.iter().map(cofactor).collect();
                self.held(&lower, at, sources, known)?
            } else {
                let mut together = [cofactor(firm), NodeId::leaf(1), NodeId::leaf(1)];
                let beside = sources.get(level).into_iter().flatten();
                for (place, (which, to)) in together.iter_mut().skip(1).zip(beside) {
                    *place = steps.get(*which).map_or(NodeId::leaf(0), |id| self.diagram.cofactor(*id, at, *to));
                }
                self.all(&together)?
            });
        }
        let made = self.diagram.node(asked, &children)?;
        known.insert(functions.to_vec(), made);
        Ok(made)
    }

    /// Whether a pair of answers contradicts itself.
    pub(super) fn contradicts(&mut self, variant: &Variant) -> Made {
        let mut found = NodeId::leaf(0);
        for (low, high) in &variant.screens.contradicts {
            let top = self.questionnaire.slots.get(*high).map_or(0, |slot| slot.levels.count().saturating_sub(1));
            let (low, high) =
                (self.answered(*low, &|answer| answer == 0)?, self.answered(*high, &|answer| answer == top)?);
            let both = self.all(&[low, high])?;
            found = self.any(&[found, both])?;
        }
        Ok(found)
    }

    /// Whether a question is asked that is not asked as it is.
    pub(super) fn brings_up(&mut self) -> Made {
        let complete = self.complete;
        let mut found = NodeId::leaf(0);
        for slot in complete.variables.iter().map(|variable| variable.slot) {
            if self.answers.get(slot) == Some(&Answer::Missing(Missing::NotShown)) {
                let asked = self.if_asked(slot, NodeId::leaf(1))?;
                found = self.any(&[found, asked])?;
            }
        }
        Ok(found)
    }

    /// Whether a slot is asked and its answer is such a one.
    fn answered(&mut self, slot: usize, holds: &dyn Fn(usize) -> bool) -> Made {
        let now = self.answers.get(slot).and_then(|answer| answer.level());
        let Some(at) = self.variable(slot).filter(|at| self.is_free(*at)) else {
            let own = NodeId::leaf(u32::from(now.is_some_and(holds)));
            return self.if_asked(slot, own);
        };
        let children: Vec<NodeId> =
            self.own_classes(at).iter().map(|class| NodeId::leaf(u32::from(holds(class.nearest)))).collect();
        let own = self.diagram.node(at, &children)?;
        self.if_asked(slot, own)
    }

    fn if_asked(&mut self, slot: usize, own: NodeId) -> Made {
        let Some((parent, levels)) = self.parent(slot).filter(|_| own.outcome() != Some(0)) else { return Ok(own) };
        let asked = self.answered(parent, &|answer| levels.get(answer) == Some(&true))?;
        self.all(&[own, asked])
    }

    /// Where all of these hold.
    pub(super) fn all(&mut self, functions: &[NodeId]) -> Made {
        self.diagram.apply(functions, &|functions| junction(functions, 0))
    }

    /// Where any of these holds.
    pub(super) fn any(&mut self, functions: &[NodeId]) -> Made {
        self.diagram.apply(functions, &|functions| junction(functions, 1))
    }

    /// Where this does not hold.
    pub(super) fn not(&mut self, function: NodeId) -> Made {
        self.diagram.map(function, &|holds| 1 - holds)
    }

    /// The least change of the sheet for which a function holds.
    pub(super) fn cheapest(&self, function: NodeId) -> Option<Cost> {
        let cost = |at: u32, level: u32| {
            let class = self.own_classes(at).get(level as usize)?;
            let slot = self.complete.variables.get(at as usize)?.slot;
            let changes = if class.steps == 0 { Vec::new() } else { vec![(slot, class.nearest)] };
            Some(Cost { steps: class.steps, changes })
        };
        let found = self.diagram.nearest(function, Cost::default(), &|outcome| outcome == 1, &cost)?;
        Some(found.cost)
    }

    /// Where not all of these slots are changed.
    pub(super) fn not_all_changed(&mut self, changes: &[(usize, usize)]) -> Made {
        self.but(changes, |class, _| class.steps != 0)
    }

    /// Where not exactly these answers are given, and every other one as it is.
    pub(super) fn not_exactly(&mut self, changes: &[(usize, usize)]) -> Made {
        let all: Vec<(usize, usize)> = self
            .complete
            .variables
            .iter()
            .zip(&self.classes)
            .filter_map(|(variable, classes)| {
                let now = classes.iter().find(|class| class.steps == 0)?.nearest;
                let changed = changes.iter().find(|(slot, _)| *slot == variable.slot);
                Some((variable.slot, changed.map_or(now, |(_, answer)| *answer)))
            })
            .collect();
        self.but(&all, |class, answer| class.nearest == answer)
    }

    /// Where `is` does not hold of all these slots.
    fn but(&mut self, slots: &[(usize, usize)], is: impl Fn(&Class, usize) -> bool) -> Made {
        let mut all = NodeId::leaf(1);
        for (slot, answer) in slots {
            let Some(at) = self.variable(*slot) else { continue };
            let children: Vec<NodeId> =
                self.own_classes(at).iter().map(|class| NodeId::leaf(u32::from(is(class, *answer)))).collect();
            let own = self.diagram.node(at, &children)?;
            all = self.all(&[all, own])?;
        }
        self.not(all)
    }

    fn is_free(&self, at: u32) -> bool {
        !self.own_classes(at).is_empty()
    }

    fn own_classes(&self, at: u32) -> &[Class] {
        self.classes.get(at as usize).map_or(&[], Vec::as_slice)
    }

    fn variable(&self, slot: usize) -> Option<u32> {
        self.complete.variables.iter().position(|variable| variable.slot == slot).map(|at| at as u32)
    }

    /// The slot on which it hangs whether a slot is asked, and for each of its answers whether it is.
    fn parent(&self, slot: usize) -> Option<(usize, Vec<bool>)> {
        let found = self.questionnaire.slots.get(slot)?;
        let asked_if = self.questionnaire.item_of(found)?.asked_if.as_ref()?;
        let parent = self.questionnaire.slot(&asked_if.item)?;
        let levels = &self.questionnaire.slots.get(parent)?.levels;
        let holds = |level: usize| levels.value(level).is_some_and(|value| asked_if.op.holds(&value, &asked_if.value));
        Some((parent, (0..levels.count()).map(holds).collect()))
    }

    /// The variables that hang on a variable, and for each answer to it whether they are asked.
    fn asks(&self, at: u32) -> Vec<(u32, Vec<bool>)> {
        let slot = self.complete.variables.get(at as usize).map(|variable| variable.slot);
        let hanging = (0_u32..).zip(&self.complete.variables).filter_map(|(child, variable)| {
            let (parent, levels) = self.parent(variable.slot)?;
            (Some(parent) == slot).then_some((child, levels))
        });
        hanging.collect()
    }

    /// A variable and what hangs on it, near and far.
    fn with_hanging(&self, at: u32) -> Vec<u32> {
        let mut found = vec![at];
        let mut next = 0;
        while let Some(above) = found.get(next).copied() {
            found.extend(self.asks(above).into_iter().map(|(child, _)| child));
            next += 1;
        }
        found
    }
}

/// Where the steps of a variable lead.
struct Steps {
    /// What is settled, as it is and with some questions open that a step brings up.
    functions: Vec<NodeId>,
    /// For each class: which of them, and at which class.
    sources: Vec<Vec<(usize, usize)>>,
}

/// "All" (`decisive` 0) or "any" (`decisive` 1) of some functions, as far as it can be told already.
fn junction(functions: &[NodeId], decisive: u32) -> Option<NodeId> {
    let decisive = NodeId::leaf(decisive);
    if functions.contains(&decisive) {
        return Some(decisive);
    }
    let mut others = functions.iter().filter(|id| id.outcome().is_none());
    match others.next() {
        None => functions.first().copied(),
        Some(first) => others.all(|id| id == first).then_some(*first),
    }
}
