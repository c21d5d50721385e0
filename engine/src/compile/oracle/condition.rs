//! One condition, run by the interpreter in every completion of what it reads.
//!
//! A condition is given what it reads and nothing else, so what was found once for the same readings stands.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::CannotRun;
use crate::compile::conditions::Interpreters;
use crate::compile::{UNDECIDED, Variant};
use crate::exact::Exact;
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;
use crate::script::{Compiled, Halt, Quantity, Read, Reader, Subject};

/// As many readings of one condition are kept in mind; then it starts anew. A design choice: memory stays small.
const MOST_KEPT: usize = 4096;

/// What a condition reads, also through the named conditions it reads.
#[derive(Debug, Default)]
struct Reads {
    /// The named conditions it reads itself.
    named: BTreeSet<usize>,
    slots: BTreeSet<usize>,
    /// The slots of which it reads only whether they are answered.
    answered: BTreeSet<usize>,
    quantities: BTreeSet<Quantity>,
    /// What else is known to be so or not.
    truths: BTreeSet<Read>,
}

impl Reads {
    fn of(variant: &Variant, number: usize) -> Self {
        let mut found = Self::default();
        let (mut pending, mut seen) = (vec![number], BTreeSet::new());
        while let Some(reading) = pending.pop() {
            if !seen.insert(reading) {
                continue;
            }
            let Some(condition) = variant.tables.conditions.get(reading) else { continue };
            condition.tree.for_each_read(&mut |read| match read {
                Read::Condition(other) => {
                    pending.push(*other);
                    if reading == number {
                        found.named.insert(*other);
                    }
                }
                Read::Slot(slot) => {
                    found.slots.insert(*slot);
                }
                Read::SlotAnswered(slot) => {
                    found.answered.insert(*slot);
                }
                Read::HasValue(subject) | Read::Passes(subject, _) => {
                    for (quantity, _) in subject.parts() {
                        match quantity {
                            Quantity::Number(slot) => found.slots.insert(*slot),
                            other => found.quantities.insert(*other),
                        };
                    }
                }
                other => {
                    found.truths.insert(other.clone());
                }
            });
        }
        found
    }
}

/// What a quantity could be on a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Could {
    /// One of these; a known quantity is one alone, and may be "has no value".
    Be(Vec<Option<Exact>>),
    /// Anything that such a quantity can be.
    BeAnything,
}

impl Could {
    /// The one value it has.
    pub(super) fn only(value: Option<Exact>) -> Self {
        Could::Be(vec![value])
    }
}

/// What is known of a sheet when a condition is run.
pub(super) struct Known<'a> {
    /// What each slot could hold.
    pub(super) fills: &'a dyn Fn(usize) -> Vec<Answer>,
    pub(super) is_answered: &'a dyn Fn(usize) -> bool,
    pub(super) quantities: &'a BTreeMap<Quantity, Could>,
    pub(super) truths: &'a BTreeMap<Read, bool>,
}

/// What a condition reads of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Readings {
    slots: Vec<Vec<Answer>>,
    answered: Vec<bool>,
    quantities: Vec<Could>,
    truths: Vec<bool>,
}

/// One completed sheet, as far as a condition reads it.
#[derive(Debug, Default)]
struct World {
    answers: BTreeMap<usize, Answer>,
    answered: BTreeMap<usize, bool>,
    values: BTreeMap<Quantity, Option<Exact>>,
    truths: BTreeMap<Read, bool>,
}

struct Worldly(RefCell<World>, Arc<Questionnaire>);

impl Worldly {
    /// What the world does not hold stops the condition: it would be a read that nobody knew of.
    fn alternative(&self, read: &Read) -> Option<usize> {
        let world = self.0.borrow();
        Some(match read {
            Read::Slot(slot) => match world.answers.get(slot)? {
                Answer::Level(level) => usize::from(*level),
                Answer::Missing(_) => self.1.slots.get(*slot)?.levels.count(),
            },
            Read::SlotAnswered(slot) => usize::from(*world.answered.get(slot)?),
            Read::HasValue(subject) => usize::from(self.value(&world, subject)?.is_some()),
            Read::Passes(subject, cut) => {
                usize::from(self.value(&world, subject)?.is_some_and(|value| cut.passed_by(&value)))
            }
            other => usize::from(*world.truths.get(other)?),
        })
    }

    /// None if something of it is not in the world.
    fn value(&self, world: &World, subject: &Subject) -> Option<Option<Exact>> {
        let mut is_known = true;
        let value = subject.value(|quantity| {
            let found = match quantity {
                Quantity::Number(slot) => world.answers.get(&slot).map(|answer| {
                    let levels = &self.1.slots.get(slot)?.levels;
                    levels.number(answer.level()?).map(crate::exact::whole)
                }),
                _ => world.values.get(&quantity).copied(),
            };
            is_known &= found.is_some();
            found.flatten()
        });
        is_known.then_some(value)
    }
}

impl Reader for Rc<Worldly> {
    fn read(&mut self, read: Read) -> Result<usize, Halt> {
        self.alternative(&read).ok_or(Halt)
    }

    fn may_lack_value(&self, _: &Subject) -> bool {
        true
    }
}

/// The conditions of a variant, ready to be run.
pub(super) struct Conditions {
    questionnaire: Arc<Questionnaire>,
    scripts: Interpreters,
    conditions: Vec<Interpreted>,
    /// What a quantity of which nothing is known can be.
    anything: BTreeMap<Quantity, Vec<Option<Exact>>>,
}

struct Interpreted {
    text: String,
    compiled: Compiled,
    is_of_adjustment: bool,
    reads: Reads,
    /// What all completions of some readings agree on.
    found: RefCell<FxHashMap<Readings, u8>>,
}

impl Conditions {
    /// `texts`: each condition with whether it belongs to an adjustment.
    pub(super) fn new(
        questionnaire: &Arc<Questionnaire>,
        variant: &Variant,
        scripts: Interpreters,
        texts: Vec<(String, bool)>,
        anything: impl Fn(Quantity) -> Vec<Option<Exact>>,
    ) -> Result<Self, CannotRun> {
        let mut conditions = Vec::new();
        for (number, (text, is_of_adjustment)) in texts.into_iter().enumerate() {
            let script = if is_of_adjustment { &scripts.raw } else { &scripts.plain };
            let compiled = script.compile(&text).map_err(|_| CannotRun { condition: number })?;
            let reads = Reads::of(variant, number);
            conditions.push(Interpreted { text, compiled, is_of_adjustment, reads, found: RefCell::default() });
        }
        let read = conditions.iter().flat_map(|condition| &condition.reads.quantities);
        let anything = read.map(|quantity| (*quantity, anything(*quantity))).collect();
        Ok(Self { questionnaire: Arc::clone(questionnaire), scripts, conditions, anything })
    }

    /// What all completions of a sheet agree on: 0, 1 or undecided. None if there are more than `most`.
    ///
    /// # Errors
    /// [`CannotRun`] if the interpreter stops, or the condition reads what it does not when it is compiled.
    pub(super) fn outcome(&self, number: usize, known: &Known<'_>, most: usize) -> Result<Option<u8>, CannotRun> {
        let fault = CannotRun { condition: number };
        let condition = self.conditions.get(number).ok_or(fault)?;
        let reads = &condition.reads;
        let quantity = |quantity: &Quantity| known.quantities.get(quantity).cloned().ok_or(fault);
        let truth = |read: &Read| known.truths.get(read).copied().ok_or(fault);
        let readings = Readings {
            slots: reads.slots.iter().map(|slot| (known.fills)(*slot)).collect(),
            answered: reads.answered.iter().map(|slot| (known.is_answered)(*slot)).collect(),
            quantities: reads.quantities.iter().map(quantity).collect::<Result<_, _>>()?,
            truths: reads.truths.iter().map(truth).collect::<Result<_, _>>()?,
        };
        if let Some(found) = condition.found.borrow().get(&readings) {
            return Ok(Some(*found));
        }
        let quantities: Vec<&[Option<Exact>]> = reads
            .quantities
            .iter()
            .zip(&readings.quantities)
            .map(|(quantity, could)| match could {
                Could::Be(values) => values.as_slice(),
                Could::BeAnything => self.anything.get(quantity).map_or(&[][..], Vec::as_slice),
            })
            .collect();
        let counts: Vec<usize> =
            readings.slots.iter().map(Vec::len).chain(quantities.iter().map(|values| values.len())).collect();
        let completions = counts.iter().try_fold(1_usize, |all, count| all.checked_mul(*count));
        let Some(completions) = completions.filter(|completions| *completions <= most) else { return Ok(None) };
        let world = Rc::new(Worldly(RefCell::default(), Arc::clone(&self.questionnaire)));
        let mut outcome = None;
        for completion in 0..completions {
            {
                let mut world = world.0.borrow_mut();
                // Each completion is a number whose digits say which fill each slot and quantity has.
                let mut rest = completion;
                let mut digit = |count: usize| {
                    let digit = rest % count;
                    rest /= count;
                    digit
                };
                for (slot, fills) in reads.slots.iter().zip(&readings.slots) {
                    let fill = fills.get(digit(fills.len())).ok_or(fault)?;
                    world.answers.insert(*slot, *fill);
                }
                for (quantity, values) in reads.quantities.iter().zip(&quantities) {
                    let value = values.get(digit(values.len())).ok_or(fault)?;
                    world.values.insert(*quantity, *value);
                }
                world.answered = reads.answered.iter().copied().zip(readings.answered.iter().copied()).collect();
                world.truths = reads.truths.iter().cloned().zip(readings.truths.iter().copied()).collect();
            }
            let holds = u8::from(self.holds(number, &world)?);
            if *outcome.get_or_insert(holds) != holds {
                outcome = Some(UNDECIDED);
                break;
            }
        }
        if let Some(outcome) = outcome {
            let mut found = condition.found.borrow_mut();
            if found.len() >= MOST_KEPT {
                found.clear();
            }
            found.insert(readings, outcome);
        }
        Ok(outcome)
    }

    /// Runs a condition in a completed world. Named conditions that it reads are run first.
    fn holds(&self, number: usize, world: &Rc<Worldly>) -> Result<bool, CannotRun> {
        let fault = CannotRun { condition: number };
        let condition = self.conditions.get(number).ok_or(fault)?;
        for other in &condition.reads.named {
            let is_known = world.0.borrow().truths.contains_key(&Read::Condition(*other));
            if !is_known {
                let truth = self.holds(*other, world)?;
                world.0.borrow_mut().truths.insert(Read::Condition(*other), truth);
            }
        }
        let script = if condition.is_of_adjustment { &self.scripts.raw } else { &self.scripts.plain };
        let reader = Rc::new(RefCell::new(Rc::clone(world)));
        script.evaluate(&condition.text, &condition.compiled, reader).map_err(|_| fault)
    }
}
