//! The sheets of one role and form: their variables, how many there are, and one that takes a given path.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::compile::Variant;
use crate::compile::complete::{CompleteVariable, Extent, Made, variables};
use crate::diagram::{Diagram, NodeId, OverBudget};
use crate::gate::Gate;
use crate::questionnaire::{Form, Questionnaire, ROLE_ITEM, Role};
use crate::responses::{Answer, Missing, Responses, SafetyBlock};

/// All answer sheets of one role and form, and a diagram over them.
///
/// A question that is not asked because of another answer makes no difference to any function here, whatever the
/// level of its variable is. So every path is a sheet; only counting has to take each sheet once ([`Self::valid`]).
pub(crate) struct Sheets<'a> {
    pub(crate) questionnaire: &'a Questionnaire,
    pub(crate) gate: &'a Gate,
    pub(crate) role: Role,
    pub(crate) form: Form,
    pub(crate) variables: Vec<CompleteVariable>,
    pub(crate) diagram: Diagram,
}

/// What a slot says to the gate, as the outcome of a function: a level, or past the levels one of these.
pub(super) fn answer_of(outcome: u32, known: u32) -> Answer {
    match outcome.checked_sub(known) {
        None => Answer::Level(outcome as u16),
        Some(0) => Answer::Missing(Missing::NotApplicable),
        Some(1) => Answer::Missing(Missing::Skipped),
        Some(2) => Answer::Missing(Missing::Declined),
        Some(_) => Answer::Missing(Missing::NotShown),
    }
}

impl<'a> Sheets<'a> {
    /// The sheets that variants of one role and form can tell apart. `budget` is the most nodes of the diagram.
    pub(crate) fn new(questionnaire: &'a Questionnaire, gate: &'a Gate, variants: &[&Variant], budget: usize) -> Self {
        let mut variables = variables(questionnaire, variants, Extent::Every);
        // The role is given, not answered.
        let role_slot = questionnaire.slot(ROLE_ITEM);
        variables.retain(|variable| Some(variable.slot) != role_slot);
        let levels = variables.iter().map(CompleteVariable::levels).collect();
        let (role, form) = variants.first().map_or((Role::Hurt, Form::Short), |variant| (variant.role, variant.form));
        Self { questionnaire, gate, role, form, variables, diagram: Diagram::new(levels, budget) }
    }

    /// The number of the variable that stands for a slot.
    pub(crate) fn variable(&self, slot: usize) -> Option<u32> {
        self.variables.iter().position(|variable| variable.slot == slot).map(|at| at as u32)
    }

    /// The variable on which it depends whether the one with this number is asked, and for each of its levels whether it is.
    pub(super) fn parent(&self, at: u32) -> Option<(u32, Vec<bool>)> {
        let slot = self.variables.get(at as usize)?.slot;
        let item = self.questionnaire.slots.get(slot).and_then(|slot| self.questionnaire.item_of(slot))?;
        let asked_if = item.asked_if.as_ref()?;
        let parent = self.variable(self.questionnaire.slot(&asked_if.item)?)?;
        let own = self.variables.get(parent as usize)?;
        let levels = &self.questionnaire.slots.get(own.slot)?.levels;
        let holds = |level: usize| levels.value(level).is_some_and(|value| asked_if.op.holds(&value, &asked_if.value));
        Some((parent, (0..own.known as usize).map(holds).collect()))
    }

    /// The answer to a slot as the gate sees it, see [`answer_of`].
    pub(super) fn answer(&mut self, slot: usize) -> Made {
        let Some(at) = self.variable(slot) else {
            // Outside of this form or role.
            return Ok(NodeId::leaf(3));
        };
        let Some(variable) = self.variables.get(at as usize) else { return Ok(NodeId::leaf(3)) };
        let known = variable.known;
        let first_missing = variable.skipped();
        let outcome = |level: u32| if level < first_missing { level } else { known + 1 + level - first_missing };
        let children: Vec<NodeId> = (0..variable.levels()).map(|level| NodeId::leaf(outcome(level))).collect();
        let own = self.diagram.node(at, &children)?;
        let Some((parent, asks)) = self.parent(at) else { return Ok(own) };
        let above = self.variables.get(parent as usize).map(|parent| (parent.slot, parent.known));
        let Some((above, above_known)) = above else { return Ok(own) };
        let above = self.answer(above)?;
        // 0: not asked; 1: asked; 2: nobody knows, so it was not asked and its answer is unknown.
        let asked = self.diagram.map(above, &|outcome| match answer_of(outcome, above_known) {
            Answer::Level(level) => u32::from(asks.get(usize::from(level)) == Some(&true)),
            Answer::Missing(reason) if reason.is_unknown() => 2,
            Answer::Missing(_) => 0,
        })?;
        self.diagram.select(asked, &[NodeId::leaf(known + 3), own, NodeId::leaf(known + 1)])
    }

    /// 1 for one way of writing each sheet, 0 for every other: what is not asked has its first level.
    fn valid(&mut self) -> Made {
        let mut valid = NodeId::leaf(1);
        for at in 0..self.variables.len() as u32 {
            let Some((parent, asks)) = self.parent(at) else { continue };
            let Some(above) = self.variables.get(parent as usize).map(|parent| (parent.slot, parent.known)) else {
                continue;
            };
            let answer = self.answer(above.0)?;
            let is_asked = self.diagram.map(answer, &|outcome| match answer_of(outcome, above.1) {
                Answer::Level(level) => u32::from(asks.get(usize::from(level)) == Some(&true)),
                Answer::Missing(_) => 0,
            })?;
            let count = self.diagram.levels().get(at as usize).copied().unwrap_or(1);
            let first: Vec<NodeId> = (0..count).map(|level| NodeId::leaf(u32::from(level == 0))).collect();
            let first = self.diagram.node(at, &first)?;
            let own = self.diagram.select(is_asked, &[first, NodeId::leaf(1)])?;
            valid = self.diagram.combine(valid, own, &|a, b| a & b)?;
        }
        Ok(valid)
    }

    /// How many sheets lead to each outcome of a function. Outcomes that no sheet has are left out.
    ///
    /// # Errors
    /// [`OverBudget`] if there is no room to tell the sheets apart, or to keep the counts.
    pub(crate) fn counts(&mut self, function: NodeId) -> Result<BTreeMap<u32, BigUint>, OverBudget> {
        let valid = self.valid()?;
        const NO_SHEET: u32 = u32::MAX >> 1;
        let once = self.diagram.apply(&[function, valid], &|functions| match functions {
            [function, valid] if valid.outcome() == Some(1) => Some(*function),
            [_, valid] => valid.outcome().map(|_| NodeId::leaf(NO_SHEET)),
            _ => None,
        })?;
        let sizes = self.variables.iter().map(CompleteVariable::sizes).collect::<Vec<_>>();
        let mut counts = self.diagram.weigh(once, &sizes)?;
        counts.remove(&NO_SHEET);
        Ok(counts)
    }

    /// How many sheets there are.
    ///
    /// # Errors
    /// [`OverBudget`] if there is no room to tell the sheets apart.
    pub(crate) fn count(&mut self) -> Result<BigUint, OverBudget> {
        Ok(self.counts(NodeId::leaf(0))?.into_values().sum())
    }

    /// The responses of a sheet that has these levels; the other answers are free to choose, and `turn` chooses them:
    /// other turns, other answers.
    pub(crate) fn responses(&self, fixed: &[(u32, u32)], turn: usize) -> Responses {
        self.responses_of(&self.levels(fixed, turn))
    }

    /// A level for every variable: the given one, or one that `turn` chooses.
    pub(crate) fn levels(&self, fixed: &[(u32, u32)], turn: usize) -> Vec<u32> {
        let level = |at: u32| {
            let fixed = fixed.iter().find(|(known, _)| *known == at);
            fixed.map_or_else(|| self.free_level(at, turn), |(_, level)| *level)
        };
        (0..self.variables.len() as u32).map(level).collect()
    }

    /// The responses of the sheet with these levels, one a variable.
    pub(crate) fn responses_of(&self, levels: &[u32]) -> Responses {
        let mut answers = vec![Answer::Missing(Missing::NotShown); self.questionnaire.slots.len()];
        for (at, variable) in (0_u32..).zip(&self.variables) {
            if let (Some(place), Some(level)) = (answers.get_mut(variable.slot), levels.get(at as usize)) {
                *place = match self.is_asked(at, levels) {
                    Some(true) => variable.answer(*level),
                    Some(false) => Answer::Missing(Missing::NotShown),
                    // What hangs on an unknown answer was not asked, and is unknown.
                    None => Answer::Missing(Missing::Skipped),
                };
            }
        }
        if let Some(slot) = self.questionnaire.slot(ROLE_ITEM)
            && let Some(levels) = self.questionnaire.slots.get(slot).map(|slot| &slot.levels)
            && let Some(level) = (0..levels.count())
                .find(|level| levels.value(*level).is_some_and(|value| value.to_string() == self.role.as_str()))
            && let Some(place) = answers.get_mut(slot)
        {
            *place = Answer::Level(level as u16);
        }
        let mut responses =
            Responses { form: self.form, role: self.role, bond: None, safety: SafetyBlock::Answered, answers };
        responses.settle(self.questionnaire);
        responses
    }

    /// Whether the question of a variable is asked on a sheet with these levels; none if nobody knows.
    fn is_asked(&self, at: u32, levels: &[u32]) -> Option<bool> {
        let Some((parent, asks)) = self.parent(at) else { return Some(true) };
        let (Some(own), Some(level)) = (self.variables.get(parent as usize), levels.get(parent as usize)) else {
            return Some(false);
        };
        match self.is_asked(parent, levels)? {
            true if *level >= own.skipped() => None,
            asked => Some(asked && asks.get(*level as usize) == Some(&true)),
        }
    }

    /// An answer that nothing hangs on: no flag where the gate looks, and not the same number everywhere, since a
    /// sheet of equal answers would say something of its own.
    fn free_level(&self, at: u32, turn: usize) -> u32 {
        let Some(variable) = self.variables.get(at as usize) else { return 0 };
        let item = self.questionnaire.slots.get(variable.slot).and_then(|slot| self.questionnaire.item_of(slot));
        let is_plain = item.is_some_and(|item| item.context);
        match self.gate.unflagged_level(variable.slot) {
            Some(level) => variable.level_of.get(level).copied().unwrap_or(0),
            None if is_plain => 0,
            None => ((at as usize * 7 + turn * (at as usize + 3)) % variable.known.max(1) as usize) as u32,
        }
    }
}
