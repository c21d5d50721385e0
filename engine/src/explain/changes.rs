//! How far things are: from a rule that did not fire, and from another signal.

use std::collections::BTreeMap;
use std::ops::Add;

use super::Sheet;
use crate::assess::{Reason, Signal};
use crate::assessment::{Change, Distance, WouldChange};
use crate::compile::{Complete, OutcomeWhen, Variable};
use crate::diagram::{Nearest, Opening, Walker};
use crate::exact::{Exact, format_half_up, to_f64};
use crate::responses::Answer;

/// How many changes of a kind are shown ("three observable things on each side"), a design choice.
const SHOWN: usize = 3;

/// Steps on items and points of scales. To compare the two, a step counts as 25 points: one step of a five-level
/// item is a quarter of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    steps: u32,
    points: Exact,
}

impl Cost {
    fn total(&self) -> Exact {
        Exact::from_integer(i128::from(self.steps) * 25) + self.points
    }
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost { steps: self.steps + other.steps, points: self.points + other.points }
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.total().cmp(&other.total()).then(self.steps.cmp(&other.steps))
    }
}

pub(super) const NOTHING: Cost = Cost { steps: 0, points: Exact::new_raw(0, 1) };

impl Sheet<'_> {
    /// The least change of what a condition reads that would make it hold.
    pub(super) fn distance(&self, condition: usize) -> Option<Distance> {
        let tables = &self.variant.tables;
        let root = tables.conditions.get(condition)?.root;
        let nearest = tables
            .diagram
            .nearest(root, NOTHING, &|outcome| outcome == 1, &|variable, level| self.cost(variable as usize, level))?;
        Some(self.distance_of(nearest))
    }

    pub(super) fn distance_of(&self, nearest: Nearest<Cost>) -> Distance {
        let changes =
            nearest.changes.iter().filter_map(|(variable, level)| self.table_change(*variable as usize, *level));
        Distance { steps: nearest.cost.steps, points: to_f64(&nearest.cost.points), changes: changes.collect() }
    }

    /// What `keep_going` would still take on a sheet whose reason for being mixed is one of the ruleset's own: what its
    /// condition lacks, and what keeps the stage from being one that it takes. Nothing while the gate withholds it, and nothing that
    /// the gate looks at.
    pub(super) fn lacks(&self) -> Vec<Change> {
        let wanted = self.variant.signals.iter().find(|signal| signal.id == "keep_going").map(|signal| signal.when);
        let (Some(OutcomeWhen::Condition(condition)), Some(Reason::Declared(_))) = (wanted, self.row.reason()) else {
            return Vec::new();
        };
        let finding = self.row.finding();
        if finding.unanswered || finding.soft > 0 {
            return Vec::new();
        }
        let Some(own) = self.way_to(condition, 1, None) else { return Vec::new() };
        let Some(of_stage) = self.way_to_stage(condition) else { return Vec::new() };
        let tables = &self.variant.tables;
        // A score can be looked for twice; what takes it further is enough for both.
        let mut changes: BTreeMap<u32, u32> = BTreeMap::new();
        for (variable, level) in own.into_iter().chain(of_stage) {
            let now = self.code(variable as usize);
            let place = changes.entry(variable).or_insert(level);
            if level.abs_diff(now) > place.abs_diff(now) {
                *place = level;
            }
        }
        let is_told = |variable: u32| match tables.variables.get(variable as usize).map(|variable| &variable.variable) {
            Some(Variable::Slot(slot)) => !self.ruleset.gate().reads(*slot),
            _ => true,
        };
        let told = changes.into_iter().filter(|(variable, _)| is_told(*variable));
        told.filter_map(|(variable, level)| self.table_change(variable as usize, level)).collect()
    }

    /// The least changes after which the stage is one with which a condition can hold; none if open answers decide it.
    fn way_to_stage(&self, condition: usize) -> Option<Vec<(u32, u32)>> {
        let (evaluation, row) = self.row.evaluation();
        let mut changes = Vec::new();
        for (number, stage) in self.variant.stages.iter().enumerate() {
            let OutcomeWhen::Condition(rung) = stage.when else { break };
            match evaluation.outcomes.get(rung).and_then(|column| column.get(row))? {
                0 => {}
                1 if self.way_to(condition, 1, Some(number)).is_some() => break,
                1 => changes.extend(self.way_to(rung, 0, None)?),
                _ => return None,
            }
        }
        Some(changes)
    }

    /// The least changes that give a condition an outcome, in this stage or in any one. What kind of thing happened
    /// stays as it is.
    fn way_to(&self, condition: usize, outcome: u32, stage: Option<usize>) -> Option<Vec<(u32, u32)>> {
        let tables = &self.variant.tables;
        let root = tables.conditions.get(condition)?.root;
        let questionnaire = self.ruleset.questionnaire();
        let is_fixed = |slot: usize| {
            let item = questionnaire.slots.get(slot).and_then(|slot| questionnaire.item_of(slot));
            item.is_some_and(|item| item.context)
        };
        let cost = |variable: u32, level: u32| {
            let at = variable as usize;
            match tables.variables.get(at).map(|variable| &variable.variable) {
                Some(Variable::Stage) => stage.is_none_or(|stage| stage == level as usize).then_some(NOTHING),
                Some(Variable::Slot(slot)) if is_fixed(*slot) && level != self.code(at) => None,
                _ => self.cost(at, level),
            }
        };
        Some(tables.diagram.nearest(root, NOTHING, &|found| found == outcome, &cost)?.changes)
    }

    /// The unknown answers that an undecided condition still depends on.
    pub(super) fn needs(&self, condition: usize) -> Vec<String> {
        let tables = &self.variant.tables;
        let Some(condition) = tables.conditions.get(condition) else {
            return Vec::new();
        };
        let sheet: Vec<Opening> = tables
            .variables
            .iter()
            .enumerate()
            .map(|(at, variable)| {
                let code = self.code(at);
                if code > variable.known { Opening::Open(variable.known) } else { Opening::Known(code) }
            })
            .collect();
        let support = tables.diagram.open_support(condition.root, &sheet).unwrap_or_default();
        let mut names = Vec::new();
        for at in support {
            match tables.variables.get(at as usize).map(|variable| &variable.variable) {
                Some(Variable::Slot(slot)) => {
                    names.extend(self.ruleset.questionnaire().slots.get(*slot).map(|slot| slot.id.clone()))
                }
                Some(Variable::Subject(subject)) => names.extend(self.unknown_items(subject)),
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// The unanswered items behind a subject.
    fn unknown_items(&self, subject: &crate::script::Subject) -> Vec<String> {
        let mut slots = Vec::new();
        for (quantity, _) in subject.parts() {
            match quantity {
                crate::script::Quantity::Number(slot) => slots.push(*slot),
                crate::script::Quantity::Scale(scale) | crate::script::Quantity::RawScale(scale) => {
                    slots.extend(
                        self.variant.scales.get(*scale).iter().flat_map(|scale| &scale.items).map(|item| item.slot),
                    );
                }
                crate::script::Quantity::Aggregate(aggregate) => {
                    let Some(aggregate) = self.variant.aggregates.get(*aggregate) else {
                        continue;
                    };
                    for part in &aggregate.parts {
                        if let crate::compile::PartOf::Scale(scale) = part.of {
                            slots.extend(
                                self.variant
                                    .scales
                                    .get(scale)
                                    .iter()
                                    .flat_map(|scale| &scale.items)
                                    .map(|item| item.slot),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        let open = slots.into_iter().filter(|slot| self.answer(*slot).is_unknown());
        open.filter_map(|slot| self.ruleset.questionnaire().slots.get(slot).map(|slot| slot.id.clone())).collect()
    }

    /// What it costs to give a table variable a level.
    pub(super) fn cost(&self, at: usize, level: u32) -> Option<Cost> {
        let variable = self.variant.tables.variables.get(at)?;
        let now = self.code(at);
        if now == level {
            return Some(NOTHING);
        }
        // Only answers can change, and only to answers.
        if level >= variable.known || now >= variable.known {
            return None;
        }
        match &variable.variable {
            Variable::Slot(_) => Some(Cost { steps: now.abs_diff(level), ..NOTHING }),
            Variable::Subject(subject) => {
                let value = self.subject_value(subject)?;
                let edge = if level > now {
                    variable.cuts.get(level as usize - 1)?
                } else {
                    variable.cuts.get(level as usize)?
                };
                let gap = *edge.at() - value;
                let points = if gap < Exact::from_integer(0) { -gap } else { gap };
                Some(Cost { points, ..NOTHING })
            }
            _ => None,
        }
    }

    fn table_change(&self, at: usize, level: u32) -> Option<Change> {
        let variable = self.variant.tables.variables.get(at)?;
        let questionnaire = self.ruleset.questionnaire();
        match &variable.variable {
            Variable::Slot(slot) => self.answer_change(*slot, level as usize),
            Variable::Subject(subject) => {
                let now = self.subject_value(subject)?;
                let up = level > self.code(at);
                let edge =
                    if up { variable.cuts.get(level as usize - 1)? } else { variable.cuts.get(level as usize)? };
                let to = edge.side(up);
                let id = crate::compile::subject_name(questionnaire, self.variant, subject);
                Some(Change { id, from: format_half_up(&now, 1), to: format!("{to} {}", format_half_up(edge.at(), 1)) })
            }
            _ => None,
        }
    }

    pub(crate) fn answer_change(&self, slot: usize, level: usize) -> Option<Change> {
        let found = self.ruleset.questionnaire().slots.get(slot)?;
        let from = match self.answer(slot) {
            Answer::Level(level) => self.label(&found.levels, found, usize::from(level)),
            Answer::Missing(reason) => reason.as_str().to_owned(),
        };
        Some(Change { id: found.id.clone(), from, to: self.label(&found.levels, found, level) })
    }

    /// The steps that a close call hangs on, else the smallest change that leads to each decisive signal. Nothing
    /// that the safety gate looks at is ever part of it.
    pub(super) fn would_change(&self) -> Vec<WouldChange> {
        let (Some(complete), Some(decision)) = (&self.variant.complete, self.row.decision_details()) else {
            return Vec::new();
        };
        let Signal::Declared(now) = self.row.signal() else {
            return Vec::new();
        };
        let sheet: Vec<Opening> =
            complete.variables.iter().map(|variable| variable.opening(self.answer(variable.slot))).collect();
        let finding = self.row.finding();
        let mut changes = Vec::new();
        let mut walker = Walker::default();
        // Answers that contradict each other lean nowhere, so nothing can be said of what would turn them.
        if !decision.contradiction.is_empty() {
            return changes;
        }
        if !decision.pivots.is_empty() {
            for (slot, level) in &decision.pivots {
                let Some(at) = complete.variables.iter().position(|variable| variable.slot == *slot) else {
                    continue;
                };
                let Some(variable) = complete.variables.get(at).filter(|variable| variable.proposable || variable.wish)
                else {
                    continue;
                };
                let mut moved = sheet.clone();
                if let (Some(place), Some(level)) = (moved.get_mut(at), variable.level_of.get(usize::from(*level))) {
                    *place = Opening::Known(*level);
                }
                let to = self
                    .only_outcome(complete, &mut walker, &moved)
                    .map_or("not_enough_answered".to_owned(), |signal| self.signal_id(signal));
                changes.extend(
                    self.answer_change(*slot, usize::from(*level))
                        .map(|change| WouldChange { to, changes: vec![change] }),
                );
            }
            changes.truncate(2 * SHOWN);
            return changes;
        }
        for (number, signal) in self.variant.signals.iter().enumerate() {
            let held_back = finding.unanswered || (signal.id == "keep_going" && finding.soft > 0);
            if number == now || signal.id == "mixed" || held_back {
                continue;
            }
            let nearest = self.nearest_signal(complete, &sheet, number, &mut walker);
            // No change at all means that what stands in the way is not an answer of this sheet.
            changes.extend(nearest.filter(|nearest| !nearest.changes.is_empty()));
        }
        changes
    }

    fn nearest_signal(
        &self,
        complete: &Complete,
        sheet: &[Opening],
        signal: usize,
        walker: &mut Walker,
    ) -> Option<WouldChange> {
        let cost = |variable: u32, level: u32| {
            let own = complete.variables.get(variable as usize)?;
            match sheet.get(variable as usize)? {
                Opening::Open(options) => (level < *options).then_some(0),
                Opening::Known(now) if *now == level => Some(0),
                Opening::Known(now) if own.proposable && level < own.known && *now < own.known => {
                    Some(now.abs_diff(level))
                }
                Opening::Known(_) => None,
            }
        };
        let nearest = complete.diagram.nearest(complete.signal, 0_u32, &|outcome| outcome as usize == signal, &cost)?;
        // The open answers were free to choose on the way there; the change counts only if they do not matter.
        let mut changed = sheet.to_vec();
        for (variable, level) in &nearest.changes {
            if let Some(place) = changed.get_mut(*variable as usize) {
                *place = Opening::Known(*level);
            }
        }
        if self.only_outcome(complete, walker, &changed) != Some(signal) {
            return None;
        }
        let changes = nearest.changes.iter().filter_map(|(variable, level)| {
            let own = complete.variables.get(*variable as usize)?;
            let answer = own.level_of.iter().position(|known| known == level)?;
            self.answer_change(own.slot, answer)
        });
        Some(WouldChange { to: self.signal_id(signal), changes: changes.collect() })
    }

    fn only_outcome(&self, complete: &Complete, walker: &mut Walker, sheet: &[Opening]) -> Option<usize> {
        let full = (1_u32 << self.variant.signals.len()) - 1;
        let outcomes = walker.outcomes(&complete.diagram, complete.signal, sheet, full);
        (outcomes.count_ones() == 1).then(|| outcomes.trailing_zeros() as usize)
    }

    fn signal_id(&self, signal: usize) -> String {
        self.variant.signals.get(signal).map(|signal| signal.id.clone()).unwrap_or_default()
    }

    /// The open questions that would settle the signal.
    pub(super) fn would_settle(&self) -> Vec<String> {
        let (Some(complete), Signal::NotEnoughAnswered) = (&self.variant.complete, self.row.signal()) else {
            return Vec::new();
        };
        let slots = crate::assess::settling(complete, &self.responses.answers);
        slots
            .into_iter()
            .filter_map(|slot| self.ruleset.questionnaire().slots.get(slot).map(|slot| slot.id.clone()))
            .collect()
    }
}
