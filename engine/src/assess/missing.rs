//! Which missing answers leave something open on a sheet.

use std::collections::BTreeSet;

use super::block::{AnswerBlock, AssessedRow};
use crate::compile::{PartOf, Variable, Variant};
use crate::responses::Answer;
use crate::scoring::Value;
use crate::script::Quantity;

impl AnswerBlock {
    /// How many of the questions that a sheet was asked and that apply are answered, and how many those are. The safety
    /// block is not counted, nor what a variant does not ask.
    pub fn completeness(&self, row: usize, variant: &Variant, block_slots: &[bool]) -> (usize, usize) {
        let is_counted =
            |slot: &usize| variant.asked.get(*slot) == Some(&true) && block_slots.get(*slot) != Some(&true);
        let (mut answered, mut asked) = (0, 0);
        for (_, answer) in self.answers(row).iter().enumerate().filter(|(slot, _)| is_counted(slot)) {
            match answer {
                Answer::Level(_) => {
                    answered += 1;
                    asked += 1;
                }
                Answer::Missing(reason) if reason.is_unknown() => asked += 1,
                Answer::Missing(_) => {}
            }
        }
        (answered, asked)
    }
}

impl AssessedRow<'_> {
    /// The slots without an answer that a rule reads here: as they are, or in a score that they leave unknown. `at` is the
    /// place of the sheet in its block.
    pub fn open_slots(self, rule: usize, variant: &Variant, block: &AnswerBlock, at: usize) -> BTreeSet<usize> {
        let mut open = Open { row: self, variant, answers: block.answers(at), slots: BTreeSet::new() };
        let condition = variant.rules.get(rule).and_then(|rule| variant.tables.conditions.get(rule.condition));
        for variable in condition.into_iter().flat_map(|condition| &condition.support) {
            match variant.tables.variables.get(*variable).map(|variable| &variable.variable) {
                Some(Variable::Slot(slot) | Variable::SlotAnswered(slot)) => open.slot(*slot),
                Some(Variable::ScaleAnswered(scale)) => open.quantity(Quantity::Scale(*scale)),
                Some(Variable::Subject(subject)) => {
                    subject.parts().iter().for_each(|(quantity, _)| open.quantity(*quantity));
                }
                _ => {}
            }
        }
        open.slots
    }
}

struct Open<'a> {
    row: AssessedRow<'a>,
    variant: &'a Variant,
    answers: Vec<Answer>,
    slots: BTreeSet<usize>,
}

impl Open<'_> {
    fn slot(&mut self, slot: usize) {
        if self.answers.get(slot).is_some_and(|answer| answer.is_unknown()) {
            self.slots.insert(slot);
        }
    }

    fn quantity(&mut self, quantity: Quantity) {
        match quantity {
            Quantity::Number(slot) => self.slot(slot),
            Quantity::RawScale(scale)
            | Quantity::Scale(scale)
            | Quantity::CountAtMost { scale, .. }
            | Quantity::CountAtLeast { scale, .. } => self.scale(scale),
            Quantity::Aggregate(aggregate) if self.row.aggregate(aggregate) == Value::Unknown => {
                let variant = self.variant;
                for part in variant.aggregates.get(aggregate).into_iter().flat_map(|aggregate| &aggregate.parts) {
                    match part.of {
                        PartOf::Scale(scale) => self.scale(scale),
                        PartOf::Aggregate(other) => self.quantity(Quantity::Aggregate(other)),
                    }
                }
            }
            _ => {}
        }
    }

    fn scale(&mut self, scale: usize) {
        if self.row.raw_score(scale).value == Value::Unknown {
            let variant = self.variant;
            let items = variant.scales.get(scale).into_iter().flat_map(|scale| &scale.items);
            items.for_each(|item| self.slot(item.slot));
        }
    }
}
