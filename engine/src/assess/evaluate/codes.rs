//! What the tables read of each sheet, as small numbers.
#![expect(clippy::indexing_slicing, reason = "columns and tables are made with the sizes that index them")]

use std::borrow::Cow;

use super::{Evaluation, Evaluator, Pass, pass};
use crate::assess::columns::{Coded, Column};
use crate::compile::{Lookup, Variable, Variant, code};
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;
use crate::scoring::{Counted, Value};
use crate::script::Quantity;

impl Evaluation {
    /// The value of a quantity on a row.
    pub(super) fn value(
        &self,
        columns: &[Column],
        questionnaire: &Questionnaire,
        variant: &Variant,
        quantity: Quantity,
        row: usize,
    ) -> Value {
        match quantity {
            Quantity::Number(slot) => match columns[slot][row].answer() {
                Answer::Level(level) => match questionnaire.slots[slot].levels.number(usize::from(level)) {
                    Some(numerator) => Value::Known { numerator, denominator: 1 },
                    None => Value::Absent,
                },
                Answer::Missing(reason) if reason.is_unknown() => Value::Unknown,
                Answer::Missing(_) => Value::Absent,
            },
            Quantity::RawScale(scale) => self.raw_score(scale, row).value,
            Quantity::Scale(scale) => self.scale(scale, row),
            Quantity::Aggregate(aggregate) => self.aggregates[aggregate][row],
            Quantity::Points(sum) => Value::Known { numerator: self.points[sum][row], denominator: 1 },
            Quantity::Level(sign) => Value::Known { numerator: i64::from(self.levels[sign][row]), denominator: 1 },
            Quantity::SignsPresent => {
                let present =
                    variant.signs.iter().zip(&self.levels).filter(|(sign, levels)| levels[row] >= sign.present).count();
                Value::Known { numerator: present as i64, denominator: 1 }
            }
            Quantity::CountAtMost { scale, value } => count(columns, variant, scale, row, |keyed| keyed <= value),
            Quantity::CountAtLeast { scale, value } => count(columns, variant, scale, row, |keyed| keyed >= value),
        }
    }
}

fn count(columns: &[Column], variant: &Variant, scale: usize, row: usize, counts: impl Fn(i64) -> bool) -> Value {
    let counted = variant.scales[scale].items.iter().filter(|item| {
        columns[item.slot][row].level().and_then(|level| item.keyed.get(level)).is_some_and(|keyed| counts(*keyed))
    });
    Value::Known { numerator: counted.count() as i64, denominator: 1 }
}

impl Evaluator<'_> {
    pub(super) fn value(&self, quantity: Quantity, row: usize) -> Value {
        self.out.value(self.columns, self.questionnaire, self.variant, quantity, row)
    }

    /// Fills the columns of the variables that this pass makes known.
    pub(super) fn fill(&mut self, now: Pass) {
        for at in 0..self.variant.tables.variables.len() {
            if pass(&self.variant.tables.variables[at].variable) == now {
                self.out.codes[at] = self.codes(at);
            }
        }
    }

    pub(super) fn codes(&self, at: usize) -> Vec<u8> {
        let variable = &self.variant.tables.variables[at];
        let out = &self.out;
        match &variable.variable {
            Variable::Slot(slot) => {
                let may_be_absent = self.may_be_absent(*slot);
                let levels = self.questionnaire.slots[*slot].levels.count();
                let codes: Vec<u8> = Coded::all(levels)
                    .map(|coded| match coded.answer() {
                        Answer::Level(level) => level as u8,
                        Answer::Missing(reason) if !reason.is_unknown() && may_be_absent => variable.absent(),
                        Answer::Missing(_) => variable.unknown(),
                    })
                    .collect();
                let mut column: Vec<u8> = self.columns[*slot].iter().map(|answer| codes[answer.number()]).collect();
                if let Some(parent) = self.parent(*slot) {
                    for (code, above) in column.iter_mut().zip(&self.columns[parent]) {
                        if *code == variable.unknown() && above.is_unknown() {
                            *code = variable.unknown_or_absent();
                        }
                    }
                }
                column
            }
            Variable::Subject(subject) => {
                if let Some(codes) = variable.lookup.as_ref().and_then(|lookup| self.looked_up(lookup)) {
                    return codes;
                }
                let columns: Vec<(Quantity, Vec<Value>)> =
                    subject.parts().iter().map(|(quantity, _)| (*quantity, self.column(*quantity))).collect();
                let of = |row: usize| {
                    code(variable, subject, |quantity| {
                        let column = columns.iter().find(|(known, _)| *known == quantity);
                        column.map_or(Value::Unknown, |(_, values)| values[row])
                    })
                };
                (0..self.rows).map(of).collect()
            }
            Variable::SlotAnswered(slot) => {
                self.columns[*slot].iter().map(|answer| u8::from(answer.level().is_some())).collect()
            }
            Variable::ScaleAnswered(scale) => {
                let is_known = |row| u8::from(matches!(out.raw_score(*scale, row).value, Value::Known { .. }));
                (0..self.rows).map(is_known).collect()
            }
            Variable::Fired(rule) => out.outcomes[self.variant.rules[*rule].condition]
                .iter()
                .map(|outcome| u8::from(*outcome == 1))
                .collect(),
            Variable::Overlay(overlay) => {
                out.outcomes[out.overlay_conditions[*overlay]].iter().map(|outcome| u8::from(*outcome == 1)).collect()
            }
            Variable::Stage => out.stages.clone(),
            Variable::Flagged => self.findings.iter().map(|finding| u8::from(finding.flagged())).collect(),
        }
    }

    /// A subject's codes by the states of its quantities; none if some sheet is in no state.
    fn looked_up(&self, lookup: &Lookup) -> Option<Vec<u8>> {
        let codes = &lookup.codes;
        let columns: Vec<Cow<'_, [u16]>> =
            lookup.parts.iter().map(|(quantity, _)| self.states(*quantity)).collect::<Option<_>>()?;
        match (columns.as_slice(), lookup.parts.as_slice()) {
            ([states], _) => Some(states.iter().map(|state| codes[usize::from(*state)]).collect()),
            ([first, second], [_, (_, stride)]) => {
                let at = |(a, b): (&u16, &u16)| codes[usize::from(*a) * stride + usize::from(*b)];
                Some(first.iter().zip(second.iter()).map(at).collect())
            }
            (columns, parts) => {
                let at = |row: usize| {
                    columns
                        .iter()
                        .zip(parts)
                        .fold(0, |at, (states, (_, stride))| at * stride + usize::from(states[row]))
                };
                Some((0..self.rows).map(|row| codes[at(row)]).collect())
            }
        }
    }

    /// The states of a quantity, as `compile::lookup` counts them; none if it has none on some sheet.
    pub(super) fn states(&self, quantity: Quantity) -> Option<Cow<'_, [u16]>> {
        let out = &self.out;
        match quantity {
            Quantity::Number(slot) => Some(self.columns[slot].iter().map(|answer| answer.number() as u16).collect()),
            Quantity::RawScale(scale) | Quantity::Scale(scale) => out.raw[scale].states().map(Cow::Borrowed),
            Quantity::CountAtMost { scale, value } => Some(self.counted(scale, Counted::AtMost(value))),
            Quantity::CountAtLeast { scale, value } => Some(self.counted(scale, Counted::AtLeast(value))),
            Quantity::Level(sign) => Some(out.levels[sign].iter().map(|level| u16::from(*level)).collect()),
            Quantity::SignsPresent => {
                let present = |row: usize| {
                    let signs = self.variant.signs.iter().zip(&out.levels);
                    signs.filter(|(sign, levels)| levels[row] >= sign.present).count() as u16
                };
                Some((0..self.rows).map(present).collect())
            }
            Quantity::Points(sum) => {
                let low = self.variant.least_points(sum);
                Some(out.points[sum].iter().map(|points| (points - low) as u16).collect())
            }
            Quantity::Aggregate(_) => None,
        }
    }

    /// How many answers to the items of a scale count, on every row.
    fn counted(&self, scale: usize, counted: Counted) -> Cow<'_, [u16]> {
        if let Some((_, counts)) = self.counts.iter().find(|(of, _)| *of == (scale, counted)) {
            return Cow::Borrowed(counts);
        }
        let mut sums = vec![0_u16; self.rows];
        for item in &self.variant.scales[scale].items {
            let keyed = |coded: Coded| coded.level().and_then(|level| item.keyed.get(level));
            let add = |coded: Coded| keyed(coded).is_some_and(|keyed| counted.counts(*keyed)).into();
            let adds: Vec<u16> = Coded::all(item.keyed.len()).map(add).collect();
            for (sum, answer) in sums.iter_mut().zip(&self.columns[item.slot]) {
                *sum += adds[answer.number()];
            }
        }
        sums.into()
    }

    /// A quantity on every row.
    fn column(&self, quantity: Quantity) -> Vec<Value> {
        (0..self.rows).map(|row| self.value(quantity, row)).collect()
    }

    /// Whether conditions were tried without a value of this slot. A survey of two arms leaves questions out that the
    /// questionnaire always asks; what a condition on one of them would say is then not known.
    fn may_be_absent(&self, slot: usize) -> bool {
        let item = self.questionnaire.slots.get(slot).and_then(|slot| self.questionnaire.item_of(slot));
        item.is_some_and(|item| item.offers_not_applicable || item.asked_if.is_some())
    }

    pub(super) fn parent(&self, slot: usize) -> Option<usize> {
        let item = self.questionnaire.item_of(self.questionnaire.slots.get(slot)?)?;
        self.questionnaire.slot(&item.asked_if.as_ref()?.item)
    }
}
