//! The variables of the diagrams: which slots, in which order, with which levels.

use std::collections::BTreeMap;

use crate::compile::Variant;
use crate::diagram::{Opening, force_order};
use crate::gate::Gate;
use crate::questionnaire::{Direction, Levels, MINOR_ITEM, Questionnaire};
use crate::responses::{Answer, Missing};
use crate::script::{Cut, Quantity, Read, Tree};

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
    /// Whether there are two levels more, for "skipped" and "declined", see [`Extent`].
    pub(crate) may_be_missing: bool,
    /// Whether the one-step test moves it: ordered, directed, five or more levels, neither context nor safety block.
    pub(crate) steppable: bool,
    /// Whether it is what the respondent wishes for.
    pub(crate) wish: bool,
    /// Whether a change of it may be proposed: neither context nor a wish nor looked at by the safety gate.
    pub(crate) proposable: bool,
}

impl CompleteVariable {
    /// How many levels there are in all.
    pub(crate) fn levels(&self) -> u32 {
        self.skipped() + 2 * u32::from(self.may_be_missing)
    }

    /// The level for "skipped", if there is one: the first after those that are known.
    pub(crate) fn skipped(&self) -> u32 {
        self.known + u32::from(self.may_be_absent)
    }

    /// How many answers each level stands for.
    pub(crate) fn sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.known as usize];
        for level in &self.level_of {
            if let Some(size) = sizes.get_mut(*level as usize) {
                *size += 1;
            }
        }
        sizes.resize(self.levels() as usize, 1);
        sizes
    }

    /// An answer that has this level: the middle one of those that nothing tells apart.
    pub(crate) fn answer(&self, level: u32) -> Answer {
        let answers: Vec<usize> =
            self.level_of.iter().enumerate().filter(|(_, own)| **own == level).map(|(answer, _)| answer).collect();
        match (answers.get(answers.len() / 2), level.checked_sub(self.skipped())) {
            (Some(answer), _) => Answer::Level(*answer as u16),
            (None, None) => Answer::Missing(Missing::NotApplicable),
            (None, Some(0)) => Answer::Missing(Missing::Skipped),
            (None, Some(_)) => Answer::Missing(Missing::Declined),
        }
    }

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

/// Which sheets the variables can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Answers to what something reads. All that a signal needs.
    Read,
    /// Answers to every question of the form; and what the gate looks at can also be skipped or declined.
    Every,
}

/// The variables for variants of one questionnaire, role and form, in FORCE order: what is read together stands
/// together.
pub(crate) fn variables(questionnaire: &Questionnaire, variants: &[&Variant], extent: Extent) -> Vec<CompleteVariable> {
    let gate = Gate::new(questionnaire);
    let mut reads = Reads::default();
    for variant in variants {
        reads.add(variant);
        if extent == Extent::Every {
            variant.properties.iter().for_each(|property| reads.add_tree(variant, &property.tree));
        }
    }
    reads.add_parents(questionnaire);
    if extent == Extent::Every {
        reads.groups.push(gate.slots().collect());
        // The gate and the screens look at every number, and what is not asked counts once.
        reads.whole.extend(gate.slots());
        reads
            .whole
            .extend(variants.iter().flat_map(|variant| &variant.screens.contradicts).flat_map(|(a, b)| [*a, *b]));
        let hangs =
            |slot: &crate::questionnaire::Slot| questionnaire.item_of(slot).is_some_and(|item| item.asked_if.is_some());
        reads.whole.extend(questionnaire.slots.iter().enumerate().filter(|(_, slot)| hangs(slot)).map(|(at, _)| at));
    }
    let used: Vec<usize> = reads.groups.iter().flatten().copied().collect();
    let is_used = |slot: &usize| extent == Extent::Every || used.contains(slot);
    let is_asked = |slot: &usize| variants.iter().any(|variant| variant.asked.get(*slot) == Some(&true));
    let order = force_order(questionnaire.slots.len(), &reads.groups);
    order
        .into_iter()
        .filter(|slot| is_used(slot) && is_asked(slot))
        .filter_map(|slot| reads.variable(questionnaire, &gate, extent, slot))
        .collect()
}

/// What variants read.
#[derive(Default)]
struct Reads {
    /// The slots that a scale or condition reads together.
    groups: Vec<Vec<usize>>,
    /// What single numbers are compared with.
    cuts: BTreeMap<usize, Vec<Cut>>,
    /// The slots of which every number counts.
    whole: Vec<usize>,
}

impl Reads {
    fn add(&mut self, variant: &Variant) {
        let scales = variant.scales.iter().map(|scale| scale.items.iter().map(|item| item.slot).collect());
        let scales: Vec<Vec<usize>> = scales.collect();
        self.whole.extend(scales.iter().flatten());
        self.groups.extend(scales);
        for condition in &variant.tables.conditions {
            self.add_tree(variant, &condition.tree);
        }
    }

    fn add_tree(&mut self, variant: &Variant, tree: &Tree) {
        let mut group = Vec::new();
        tree.for_each_read(&mut |read| match read {
            Read::Slot(slot) | Read::SlotAnswered(slot) => group.push(*slot),
            Read::Passes(subject, cut) => {
                for (quantity, _) in subject.parts() {
                    if let Quantity::Number(slot) = quantity {
                        group.push(*slot);
                        if subject.alone().is_some() {
                            self.cuts.entry(*slot).or_default().push(cut.clone());
                        } else {
                            self.whole.push(*slot);
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
        self.groups.push(group);
    }

    /// The parent of an item that is asked only sometimes is read with it, number by number.
    fn add_parents(&mut self, questionnaire: &Questionnaire) {
        // From the last to the first: a parent stands before what hangs on it, and may hang on something itself.
        let pairs = questionnaire.slots.iter().enumerate().rev().filter_map(|(slot, found)| {
            let condition = questionnaire.item_of(found)?.asked_if.as_ref()?;
            Some((slot, questionnaire.slot(&condition.item)?))
        });
        for (slot, parent) in pairs {
            self.whole.push(parent);
            if self.groups.iter().flatten().any(|read| *read == slot) {
                self.groups.push(vec![slot, parent]);
            }
        }
    }

    fn variable(
        &self,
        questionnaire: &Questionnaire,
        gate: &Gate,
        extent: Extent,
        slot: usize,
    ) -> Option<CompleteVariable> {
        let found = questionnaire.slots.get(slot)?;
        let item = questionnaire.item_of(found)?;
        let directed = matches!(item.direction, Some(Direction::Supports | Direction::Concern));
        let steppable = directed && !item.block && !item.context && found.levels.count() >= 5;
        // What tells a step of every number apart cannot lump numbers together.
        let is_whole = self.whole.contains(&slot) || (extent == Extent::Every && steppable);
        let (level_of, known) = match &found.levels {
            Levels::Range { min, max } if !is_whole => self.bands(slot, *min, *max),
            levels => ((0..levels.count() as u32).collect(), levels.count() as u32),
        };
        Some(CompleteVariable {
            slot,
            known,
            level_of,
            may_be_absent: item.offers_not_applicable,
            may_be_missing: extent == Extent::Every && may_be_missing(questionnaire, gate, slot),
            steppable,
            wish: item.wish,
            proposable: !item.context && !item.block && !item.wish && !gate.reads(slot),
        })
    }

    /// The level of each number of a range, one for all numbers that no comparison tells apart; and how many there are.
    fn bands(&self, slot: usize, min: i64, max: i64) -> (Vec<u32>, u32) {
        let mut cuts = self.cuts.get(&slot).cloned().unwrap_or_default();
        cuts.sort();
        cuts.dedup();
        // Bands that hold no whole number are left out, so that levels have no gaps.
        let bands: Vec<usize> = (min..=max).map(|n| crate::scoring::band(&crate::exact::whole(n), &cuts)).collect();
        let mut distinct = bands.clone();
        distinct.dedup();
        let level = |band: &usize| distinct.iter().position(|known| known == band).unwrap_or(0) as u32;
        (bands.iter().map(level).collect(), distinct.len() as u32)
    }
}

/// Whether a slot without an answer makes a difference to the gate: it looks at it, or at what the slot hangs on.
/// Who does not say whether they are under 18 counts as not.
fn may_be_missing(questionnaire: &Questionnaire, gate: &Gate, slot: usize) -> bool {
    let Some(item) = questionnaire.slots.get(slot).and_then(|slot| questionnaire.item_of(slot)) else { return false };
    let parent = item.asked_if.as_ref().and_then(|condition| questionnaire.slot(&condition.item));
    item.id != MINOR_ITEM
        && (gate.reads(slot) || parent.is_some_and(|parent| may_be_missing(questionnaire, gate, parent)))
}
