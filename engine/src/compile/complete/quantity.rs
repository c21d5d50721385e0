//! Scales, counts, aggregates, levels and points as functions of a complete sheet.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{Builder, Made};
use crate::compile::{Part, PartOf, RuleEffect};
use crate::diagram::NodeId;
use crate::exact::Exact;
use crate::responses::Answer;
use crate::scoring::Tally;
use crate::script::{Quantity, Subject};

impl Builder<'_> {
    /// The value of a quantity: an outcome of `Numbers`.
    pub(super) fn quantity(&mut self, quantity: Quantity) -> Made {
        if let Some(known) = self.parts.quantities.get(&quantity) {
            return Ok(*known);
        }
        let made = self.make_quantity(quantity)?;
        self.parts.quantities.insert(quantity, made);
        Ok(made)
    }

    fn make_quantity(&mut self, quantity: Quantity) -> Made {
        match quantity {
            Quantity::Number(slot) => {
                let own = self.slot(slot)?;
                let levels = self.questionnaire.slots.get(slot).map(|slot| slot.levels.clone());
                let variable = self.variables.iter().find(|variable| variable.slot == slot);
                // The first number of a level stands for all that no comparison tells apart.
                let number = |level: u32| {
                    let answer = variable?.level_of.iter().position(|known| *known == level)?;
                    levels.as_ref()?.number(answer).map(crate::exact::whole)
                };
                self.numbered(own, &number)
            }
            Quantity::CountAtMost { scale, value } => self.count(scale, &|keyed| keyed <= value),
            Quantity::CountAtLeast { scale, value } => self.count(scale, &|keyed| keyed >= value),
            Quantity::RawScale(scale) => self.raw_scale(scale),
            Quantity::Scale(scale) => self.scale(scale),
            Quantity::Aggregate(aggregate) => self.aggregate(aggregate),
            Quantity::Points(sum) => self.points(sum),
            Quantity::Level(sign) => {
                let level = self.level(sign)?;
                self.whole_number(level)
            }
            Quantity::SignsPresent => {
                let mut count = NodeId::leaf(0);
                for (number, sign) in self.variant.signs.iter().enumerate() {
                    let level = self.level(number)?;
                    let present = u32::from(sign.present);
                    count = self.diagram.combine(count, level, &|count, level| count + u32::from(level >= present))?;
                }
                self.whole_number(count)
            }
        }
    }

    pub(super) fn subject(&mut self, subject: &Subject) -> Made {
        // Most subjects are one quantity as it is.
        if let [(quantity, factor)] = subject.parts()
            && *factor == crate::exact::whole(1)
        {
            return self.quantity(*quantity);
        }
        let mut sum = NodeId::leaf(self.parts.numbers.outcome(Some(crate::exact::whole(0))));
        for (quantity, factor) in subject.parts() {
            let part = self.quantity(*quantity)?;
            let factor = *factor;
            sum = self
                .arithmetic(sum, part, &|sum, part| crate::exact::add(&sum?, &crate::exact::mul(&part?, &factor)?))?;
        }
        Ok(sum)
    }

    /// Combines two diagrams of numbers.
    fn arithmetic(&mut self, a: NodeId, b: NodeId, of: &dyn Fn(Option<Exact>, Option<Exact>) -> Option<Exact>) -> Made {
        let numbers = RefCell::new(std::mem::take(&mut self.parts.numbers));
        let made = self.diagram.combine(a, b, &|a, b| {
            let (left, right) = (numbers.borrow().value(a), numbers.borrow().value(b));
            numbers.borrow_mut().outcome(of(left, right))
        });
        self.parts.numbers = numbers.into_inner();
        made
    }

    fn raw_scale(&mut self, number: usize) -> Made {
        let Some(scale) = self.variant.scales.get(number) else {
            return Ok(NodeId::leaf(0));
        };
        let tallies = RefCell::new(vec![Tally::default()]);
        let known = RefCell::new(FxHashMap::from_iter([(Tally::default(), 0_u32)]));
        let slots: Vec<NodeId> = scale.items.iter().map(|item| self.slot(item.slot)).collect::<Result<_, _>>()?;
        let adders: Vec<_> = scale.items.iter().map(|item| (item.keyed.len(), scale.adder(item))).collect();
        let sum = self.diagram.add_up(&slots, &|sum, item, level| {
            let mut tally = tallies.borrow().get(sum as usize).copied().unwrap_or_default();
            if let Some((_, adder)) = adders.get(item).filter(|(levels, _)| (level as usize) < *levels) {
                adder.add(&mut tally, Answer::Level(level as u16));
            }
            *known.borrow_mut().entry(tally).or_insert_with(|| {
                tallies.borrow_mut().push(tally);
                tallies.borrow().len() as u32 - 1
            })
        })?;
        let tallies = tallies.into_inner();
        self.numbered(sum, &|sum| scale.score(tallies.get(sum as usize)?).value.exact())
    }

    fn count(&mut self, number: usize, counts: &dyn Fn(i64) -> bool) -> Made {
        let Some(scale) = self.variant.scales.get(number) else {
            return Ok(NodeId::leaf(0));
        };
        let slots: Vec<NodeId> = scale.items.iter().map(|item| self.slot(item.slot)).collect::<Result<_, _>>()?;
        let sum = self.diagram.add_up(&slots, &|sum, item, level| {
            let keyed = scale.items.get(item).and_then(|item| item.keyed.get(level as usize));
            sum + u32::from(keyed.is_some_and(|keyed| counts(*keyed)))
        })?;
        self.whole_number(sum)
    }

    /// Outcomes that are whole numbers, as outcomes of `Numbers`.
    fn whole_number(&mut self, function: NodeId) -> Made {
        self.numbered(function, &|number| Some(crate::exact::whole(i64::from(number))))
    }

    /// A function whose outcomes are replaced by numbers, or by "has no value".
    fn numbered(&mut self, function: NodeId, number: &dyn Fn(u32) -> Option<Exact>) -> Made {
        let numbers = RefCell::new(std::mem::take(&mut self.parts.numbers));
        let made = self.diagram.map(function, &|outcome| numbers.borrow_mut().outcome(number(outcome)));
        self.parts.numbers = numbers.into_inner();
        made
    }

    fn scale(&mut self, number: usize) -> Made {
        let mut value = self.quantity(Quantity::RawScale(number))?;
        for adjust in self.variant.adjusts.iter().filter(|adjust| adjust.scale == number) {
            let holds = self.condition(adjust.condition)?;
            let bounded = self.arithmetic(value, NodeId::leaf(0), &|value, _| Some(adjust.limit.apply(&value?)))?;
            value = self.diagram.select(holds, &[value, bounded])?;
        }
        Ok(value)
    }

    fn aggregate(&mut self, number: usize) -> Made {
        let Some(aggregate) = self.variant.aggregates.get(number) else {
            return Ok(NodeId::leaf(0));
        };
        // The sum so far and how many parts have a value, as one outcome.
        let nothing = (Exact::from_integer(0), 0_usize);
        let states = RefCell::new(vec![nothing]);
        let known = RefCell::new(FxHashMap::from_iter([((0_i128, 1_i128, 0_usize), 0_u32)]));
        let mut parts = aggregate.parts.iter().map(|part| self.part(part)).collect::<Result<Vec<_>, _>>()?;
        // From above to below, so that a part is put where the sum ends: the sum is walked through once for each.
        parts.sort_by_key(|part| self.diagram.variable(*part));
        let mut sum = NodeId::leaf(0);
        for own in parts {
            let numbers = &self.parts.numbers;
            sum = self.diagram.combine(sum, own, &|sum, own| {
                let (total, count) = states.borrow().get(sum as usize).copied().unwrap_or(nothing);
                let state = match numbers.value(own) {
                    Some(value) => (total + value, count + 1),
                    None => (total, count),
                };
                let (total, count) = state;
                *known.borrow_mut().entry((*total.numer(), *total.denom(), count)).or_insert_with(|| {
                    states.borrow_mut().push(state);
                    states.borrow().len() as u32 - 1
                })
            })?;
        }
        let states = states.into_inner();
        self.numbered(sum, &|sum| {
            let (total, count) = states.get(sum as usize)?;
            let enough = *count > 0 && *count >= aggregate.need;
            enough.then(|| total / Exact::from_integer(*count as i128))
        })
    }

    /// What a part of an aggregate comes to.
    fn part(&mut self, part: &Part) -> Made {
        let own = match part.of {
            PartOf::Scale(scale) => self.quantity(Quantity::Scale(scale))?,
            PartOf::Aggregate(other) => self.quantity(Quantity::Aggregate(other))?,
        };
        let Some(condition) = part.zero_when else { return Ok(own) };
        let zero = self.arithmetic(own, NodeId::leaf(0), &|value, _| value.map(|_| Exact::from_integer(0)))?;
        let holds = self.condition(condition)?;
        self.diagram.select(holds, &[own, zero])
    }

    /// The level of a sign.
    pub(crate) fn level(&mut self, number: usize) -> Made {
        let Some(sign) = self.variant.signs.get(number) else {
            return Ok(NodeId::leaf(0));
        };
        let mut level = NodeId::leaf(0);
        for rule in &self.variant.rules {
            for effect in &rule.effects {
                let RuleEffect::Sign(raised, by) = effect else {
                    continue;
                };
                if *raised == number {
                    let fired = self.condition(rule.condition)?;
                    let by = u32::from(*by);
                    level = self.diagram.combine(level, fired, &|level, fired| match (fired, sign.adds) {
                        (0, _) => level,
                        (_, true) => (level + by).min(3),
                        (_, false) => level.max(by),
                    })?;
                }
            }
        }
        Ok(level)
    }

    fn points(&mut self, number: usize) -> Made {
        let mut sum = NodeId::leaf(self.parts.numbers.outcome(Some(crate::exact::whole(0))));
        for rule in &self.variant.rules {
            for effect in &rule.effects {
                let RuleEffect::Points(known, points) = effect else {
                    continue;
                };
                if *known == number {
                    let fired = self.condition(rule.condition)?;
                    let points = crate::exact::whole(*points);
                    let one = NodeId::leaf(self.parts.numbers.outcome(Some(points)));
                    let given = self.diagram.select(fired, &[NodeId::leaf(0), one])?;
                    sum = self.arithmetic(sum, given, &|sum, given| Some(sum? + given.unwrap_or_default()))?;
                }
            }
        }
        Ok(sum)
    }
}
