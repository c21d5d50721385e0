//! The sheets around one sheet: those that differ from it only in answers that may change, as functions of those.

use std::cmp::Ordering;
use std::ops::Add;

use rustc_hash::FxHashMap;

use crate::compile::complete::{CompleteVariable, Made};
use crate::compile::{Complete, Variant};
use crate::diagram::{Diagram, NodeId, Opening, OverBudget};
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;

/// The sheets around one, in a small diagram whose variables are those of the signal's. Its functions are 0 or 1.
pub(super) struct Around<'a> {
    questionnaire: &'a Questionnaire,
    complete: &'a Complete,
    answers: &'a [Answer],
    /// For each variable: its answers, alike ones together; empty if it stays as it is.
    classes: Vec<Vec<Class>>,
    diagram: Diagram,
    /// Where three functions hold together.
    together: FxHashMap<[NodeId; 3], NodeId>,
}

/// Answers that nothing tells apart, nor their neighbours, nor whether they are the first or the last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Class {
    /// The variable's level, and those of the neighbours.
    level: u32,
    down: Option<u32>,
    up: Option<u32>,
    /// The one that takes the fewest steps from the answer as it is.
    nearest: usize,
    steps: u32,
}

/// What some changes take: answers first, then steps, then what stands first in the questionnaire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) steps: u32,
    /// The slots and their new answers, in the order of the questionnaire.
    pub(super) changes: Vec<(usize, usize)>,
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        let (mut changes, rest) =
            if self.changes.is_empty() { (other.changes, self.changes) } else { (self.changes, other.changes) };
        if !rest.is_empty() {
            changes.extend(rest);
            changes.sort_unstable();
        }
        Cost { steps: self.steps + other.steps, changes }
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> Ordering {
        let slots = |cost: &Self| cost.changes.iter().map(|(slot, _)| *slot).collect::<Vec<_>>();
        (self.changes.len(), self.steps)
            .cmp(&(other.changes.len(), other.steps))
            .then_with(|| slots(self).cmp(&slots(other)))
            .then_with(|| self.changes.cmp(&other.changes))
    }
}

/// What is different from the sheet as it is.
#[derive(Default)]
struct But<'a> {
    /// A variable that stays as it is has this level instead.
    moved: Option<(u32, u32)>,
    /// These have any answer.
    open: &'a [u32],
}

/// What a variable is while a function is made.
enum Place {
    At(u32),
    Any(u32),
    Free,
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
            together: FxHashMap::default(),
        }
    }

    /// Whether the signal is this one, whatever the answers are that are not there.
    pub(super) fn settled(&mut self, signal: usize) -> Made {
        self.made(signal, &But::default())
    }

    /// Whether it is settled, and no single step of an answer would change that.
    pub(super) fn firm(&mut self, signal: usize) -> Made {
        let settled = self.settled(signal)?;
        let mut firm = settled;
        let complete = self.complete;
        // From the last variable on: what is above a variable is only gone through, so the smaller the better.
        let steppable = complete.variables.iter().enumerate().rev().filter(|(_, variable)| variable.steppable);
        for (at, variable) in steppable.map(|(at, variable)| (at as u32, variable)) {
            if firm.outcome() == Some(0) {
                break;
            }
            if self.is_free(at) {
                let steps = self.steps(signal, settled, at)?;
                let mut functions = vec![firm];
                functions.extend(&steps.functions);
                firm = self.held(&functions, at, &steps.sources, &mut FxHashMap::default())?;
            } else if let Some(Answer::Level(now)) = self.answers.get(variable.slot) {
                for moved in neighbours(&variable.level_of, usize::from(*now)).into_iter().flatten() {
                    let moved = self.made(signal, &But { moved: Some((at, moved)), open: &[] })?;
                    firm = self.all(&[firm, moved])?;
                }
            }
        }
        Ok(firm)
    }

    /// What the steps of a variable lead to.
    fn steps(&mut self, signal: usize, settled: NodeId, at: u32) -> Result<Steps, OverBudget> {
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
                        steps.functions.push(self.made(signal, &But { moved: None, open: &open })?);
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
                self.three(together)?
            });
        }
        let made = self.diagram.node(asked, &children)?;
        known.insert(functions.to_vec(), made);
        Ok(made)
    }

    /// Where all three hold. What was found once is known: the same functions meet at many places.
    fn three(&mut self, mut functions: [NodeId; 3]) -> Made {
        functions.sort_unstable();
        let [first, second, third] = functions;
        // Leaves are greater than nodes.
        if functions.contains(&NodeId::leaf(0)) {
            return Ok(NodeId::leaf(0));
        }
        let holds = NodeId::leaf(1);
        if third == holds && (second == holds || second == first) || (first == second && second == third) {
            return Ok(first);
        }
        if let Some(made) = self.together.get(&functions) {
            return Ok(*made);
        }
        let Some(asked) = functions.iter().filter_map(|id| self.diagram.variable(*id)).min() else { return Ok(holds) };
        let count = self.diagram.levels().get(asked as usize).copied().unwrap_or(0) as usize;
        let mut children = Vec::with_capacity(count);
        for level in 0..count {
            children.push(self.three(functions.map(|id| self.diagram.cofactor(id, asked, level)))?);
        }
        let made = self.diagram.node(asked, &children)?;
        self.together.insert(functions, made);
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

    /// Where the signal is this one on sheets that differ from the one as it is by `but`.
    fn made(&mut self, signal: usize, but: &But<'_>) -> Made {
        self.below(self.complete.signal, signal as u32, but, &mut FxHashMap::default())
    }

    fn below(&mut self, id: NodeId, signal: u32, but: &But<'_>, known: &mut FxHashMap<NodeId, NodeId>) -> Made {
        if let Some(outcome) = id.outcome() {
            return Ok(NodeId::leaf(u32::from(outcome == signal)));
        }
        if let Some(made) = known.get(&id) {
            return Ok(*made);
        }
        let complete = self.complete;
        let at = complete.diagram.variable(id).unwrap_or(0);
        let child = |level: u32| complete.diagram.cofactor(id, at, level as usize);
        let made = match self.place(at, but) {
            Place::At(level) => self.below(child(level), signal, but, known)?,
            Place::Any(levels) => {
                let children = (0..levels).map(|level| self.below(child(level), signal, but, known));
                let children = children.collect::<Result<Vec<NodeId>, _>>()?;
                self.all(&children)?
            }
            Place::Free => {
                let levels: Vec<u32> = self.own_classes(at).iter().map(|class| class.level).collect();
                let children = levels.into_iter().map(|level| self.below(child(level), signal, but, known));
                let children = children.collect::<Result<Vec<NodeId>, _>>()?;
                self.diagram.node(at, &children)?
            }
        };
        known.insert(id, made);
        Ok(made)
    }

    fn place(&self, at: u32, but: &But<'_>) -> Place {
        let Some(variable) = self.complete.variables.get(at as usize) else { return Place::At(0) };
        if but.open.contains(&at) {
            return Place::Any(variable.known);
        }
        if let Some((_, level)) = but.moved.filter(|(moved, _)| *moved == at) {
            return Place::At(level);
        }
        let answer = self.answers.get(variable.slot).copied();
        match answer.map(|answer| variable.opening(answer)) {
            Some(Opening::Known(_)) if self.is_free(at) => Place::Free,
            Some(Opening::Known(level)) => Place::At(level),
            Some(Opening::Open(levels)) => Place::Any(levels),
            None => Place::Any(variable.known),
        }
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

/// The levels beside an answer.
fn neighbours(level_of: &[u32], answer: usize) -> [Option<u32>; 2] {
    let level = |answer: usize| level_of.get(answer).copied();
    [answer.checked_sub(1).and_then(level), level(answer + 1)]
}

/// The answers of a variable, those together that nothing tells apart.
fn classes(level_of: &[u32], now: usize) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    for (answer, level) in level_of.iter().enumerate() {
        let [down, up] = neighbours(level_of, answer);
        let steps = answer.abs_diff(now) as u32;
        let same = |class: &&mut Class| (class.level, class.down, class.up) == (*level, down, up);
        match classes.iter_mut().find(same) {
            Some(class) if steps < class.steps => (class.nearest, class.steps) = (answer, steps),
            Some(_) => {}
            None => classes.push(Class { level: *level, down, up, nearest: answer, steps }),
        }
    }
    classes
}
