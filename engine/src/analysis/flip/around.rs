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
use made::{But, Making, MakingKey, Sought};

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
    /// Those that were made.
    known: BTreeMap<(MakingKey, Within), NodeId>,
    /// The variables of which a step on the sheet as it is turns what it leans to.
    turns: Vec<u32>,
}

impl<'a> Around<'a> {
    /// `answers` is the sheet, `may_change` says of which variables that are answered the answer may be another one, and
    /// `turns` names the slots of which a step turns what the sheet leans to.
    pub(super) fn new(
        questionnaire: &'a Questionnaire,
        complete: &'a Complete,
        answers: &'a [Answer],
        may_change: &dyn Fn(&CompleteVariable) -> bool,
        turns: &[usize],
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
        let turns = (0_u32..).zip(&complete.variables).filter(|(_, variable)| turns.contains(&variable.slot));
        Self {
            turns: turns.map(|(at, _)| at).collect(),
            questionnaire,
            complete,
            answers,
            classes,
            diagram: Diagram::new(levels, budget),
            order: complete.diagram.reachable(complete.signal),
            makings: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// The fewest answers that must be others for the signal to be settled; none if none are enough.
    pub(super) fn distance(&mut self, signal: usize) -> Option<u32> {
        self.away(Sought::Settled(signal as u32))
    }

    /// The same for the signal not to be settled any more.
    pub(super) fn way_out(&mut self, signal: usize) -> Option<u32> {
        self.away(Sought::Unsettled(signal as u32))
    }

    /// Whether the signal is this one, whatever the answers are that are not there.
    pub(super) fn settled(&mut self, signal: usize, within: Within) -> Made {
        self.made(Sought::Settled(signal as u32), within, &But::default())
    }

    /// Whether it is settled, and no single step of an answer would change that; where `looked_at` holds.
    pub(super) fn firm(&mut self, signal: usize, within: Within, looked_at: NodeId) -> Made {
        let near = self.settled(signal, within)?;
        let mut firm = self.all(&[near, looked_at])?;
        // Those of which a step tells most come first: there, next to nothing may be left.
        let mut steppable = self.steppable();
        steppable.sort_by_key(|at| !self.turns.contains(at));
        for at in steppable {
            if firm.outcome() == Some(0) {
                break;
            }
            firm = self.beside(firm, Sought::Settled(signal as u32), within, at)?;
        }
        Ok(firm)
    }

    /// Whether it is settled, and some single step of an answer would change that; where `looked_at` holds.
    pub(super) fn loose(&mut self, signal: usize, within: Within, looked_at: NodeId) -> Made {
        let near = self.settled(signal, within)?;
        let near = self.all(&[near, looked_at])?;
        let mut loose = NodeId::leaf(0);
        for at in self.steppable() {
            let own = self.beside(near, Sought::Unsettled(signal as u32), within, at)?;
            loose = self.any(&[loose, own])?;
        }
        Ok(loose)
    }

    /// The variables that are moved a step.
    fn steppable(&self) -> Vec<u32> {
        let steppable = (0_u32..).zip(&self.complete.variables).filter(|(_, variable)| variable.steppable);
        steppable.map(|(at, _)| at).collect()
    }

    /// Where a function holds and on the sheets one step of a variable aside it is as is sought: on all of them where a
    /// signal must be settled, on one of them where it must not.
    fn beside(&mut self, function: NodeId, sought: Sought, within: Within, at: u32) -> Made {
        let complete = self.complete;
        let Some(variable) = complete.variables.get(at as usize) else { return Ok(function) };
        if self.is_free(at) {
            let steps = self.steps(sought, within, at)?;
            let functions = [&[function], steps.functions.as_slice()].concat();
            return self.stepped(&functions, at, &steps, &mut FxHashMap::default());
        }
        let now = self.answers.get(variable.slot).and_then(|answer| answer.level());
        let mut moved = Vec::new();
        for level in now.into_iter().flat_map(|now| neighbours(&variable.level_of, now)).flatten() {
            moved.push(self.made(sought, within, &But { moved: Some((at, level)), open: &[] })?);
        }
        let together = match sought {
            Sought::Settled(_) => self.all(&moved)?,
            Sought::Unsettled(_) => self.any(&moved)?,
        };
        self.all(&[function, together])
    }

    /// What the steps of a variable lead to.
    fn steps(&mut self, sought: Sought, within: Within, at: u32) -> Result<Steps, OverBudget> {
        let asks = self.asks(at);
        let own = self.own_classes(at).to_vec();
        // A question that a step would bring up has no answer yet, nor has what hangs on it.
        let brought_up = |from: usize, to: usize| {
            let newly =
                |(_, levels): &&(u32, Vec<bool>)| levels.get(to) == Some(&true) && levels.get(from) != Some(&true);
            asks.iter().filter(newly).map(|(child, _)| *child).collect::<Vec<u32>>()
        };
        // A step can take one answer further away than what is looked at.
        let within = within.and_one();
        let mut steps = Steps { sought, functions: Vec::new(), sources: Vec::new() };
        let mut opened: Vec<Vec<u32>> = Vec::new();
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
                        steps.functions.push(self.made(sought, within, &But { moved: None, open: &open })?);
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

    /// Where the first of some functions holds, and on the sheets one step of a variable aside the other ones do.
    fn stepped(
        &mut self,
        functions: &[NodeId],
        at: u32,
        steps: &Steps,
        known: &mut FxHashMap<Vec<NodeId>, NodeId>,
    ) -> Made {
        let Some((first, others)) = functions.split_first() else { return Ok(NodeId::leaf(0)) };
        if first.outcome() == Some(0) {
            return Ok(*first);
        }
        // Where the variable makes no difference, the sheets beside are like the one between them: settled.
        if matches!(others, [only] if self.diagram.variable(*only).is_none_or(|top| top > at)) {
            return Ok(match steps.sought {
                Sought::Settled(_) => *first,
                Sought::Unsettled(_) => NodeId::leaf(0),
            });
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
                self.stepped(&lower, at, steps, known)?
            } else {
                let own = cofactor(first);
                let sources = steps.sources.get(level).into_iter().flatten();
                let beside =
                    sources.filter_map(|(which, to)| Some(self.diagram.cofactor(*others.get(*which)?, at, *to)));
                let beside: Vec<NodeId> = beside.collect();
                let together = match steps.sought {
                    Sought::Settled(_) => self.all(&beside)?,
                    Sought::Unsettled(_) => self.any(&beside)?,
                };
                self.all(&[own, together])?
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

    /// Where all of these hold; of none, everywhere.
    pub(super) fn all(&mut self, functions: &[NodeId]) -> Made {
        if functions.is_empty() {
            return Ok(NodeId::leaf(1));
        }
        self.diagram.apply(functions, &|functions| junction(functions, 0))
    }

    /// Where any of these holds; of none, nowhere.
    pub(super) fn any(&mut self, functions: &[NodeId]) -> Made {
        if functions.is_empty() {
            return Ok(NodeId::leaf(0));
        }
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
    sought: Sought,
    /// What is sought, with the questions open that a step brings up, if it does.
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
