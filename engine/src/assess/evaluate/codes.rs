//! What the tables read of each sheet, as small numbers; and the rows that need a second look.
#![expect(clippy::indexing_slicing, reason = "columns and tables are made with the sizes that index them")]

use super::{Evaluation, Evaluator, Pass, pass};
use crate::compile::{Condition, UNDECIDED, Variable, Variant};
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;
use crate::scoring::{Value, band, band_of_fraction};
use crate::script::{Attainable, Quantity, Subject};

impl Evaluation {
    /// The value of a quantity on a row.
    pub(super) fn value(
        &self,
        columns: &[Vec<Answer>],
        questionnaire: &Questionnaire,
        variant: &Variant,
        quantity: Quantity,
        row: usize,
    ) -> Value {
        match quantity {
            Quantity::Number(slot) => match columns[slot][row] {
                Answer::Level(level) => match questionnaire.slots[slot].levels.number(usize::from(level)) {
                    Some(numerator) => Value::Known { numerator, denominator: 1 },
                    None => Value::Absent,
                },
                Answer::Missing(reason) if reason.is_unknown() => Value::Unknown,
                Answer::Missing(_) => Value::Absent,
            },
            Quantity::RawScale(scale) => self.raw[scale][row].value,
            Quantity::Scale(scale) => self.scales[scale][row],
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

fn count(columns: &[Vec<Answer>], variant: &Variant, scale: usize, row: usize, counts: impl Fn(i64) -> bool) -> Value {
    let counted = variant.scales[scale].items.iter().filter(|item| match columns[item.slot][row] {
        Answer::Level(level) => counts(item.keyed[usize::from(level)]),
        Answer::Missing(_) => false,
    });
    Value::Known { numerator: counted.count() as i64, denominator: 1 }
}

impl Evaluator<'_> {
    fn value(&self, quantity: Quantity, row: usize) -> Value {
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
                let parent = self.parent(*slot);
                let may_be_absent = self.may_be_absent(*slot);
                self.columns[*slot]
                    .iter()
                    .enumerate()
                    .map(|(row, answer)| match answer {
                        Answer::Level(level) => *level as u8,
                        Answer::Missing(reason) if !reason.is_unknown() && may_be_absent => variable.absent(),
                        _ if parent.is_some_and(|parent| self.columns[parent][row].is_unknown()) => {
                            variable.unknown_or_absent()
                        }
                        _ => variable.unknown(),
                    })
                    .collect()
            }
            Variable::Subject(subject) => {
                let columns: Vec<(Quantity, Vec<Value>)> =
                    subject.parts().iter().map(|(quantity, _)| (*quantity, self.column(*quantity))).collect();
                match columns.as_slice() {
                    [(_, values)] if subject.alone().is_some() => {
                        values.iter().map(|value| self.code(at, *value)).collect()
                    }
                    columns => (0..self.rows)
                        .map(|row| {
                            self.subject_code(at, subject, |quantity| {
                                let column = columns.iter().find(|(known, _)| *known == quantity);
                                column.map_or(Value::Unknown, |(_, values)| values[row])
                            })
                        })
                        .collect(),
                }
            }
            Variable::SlotAnswered(slot) => {
                self.columns[*slot].iter().map(|answer| u8::from(answer.level().is_some())).collect()
            }
            Variable::ScaleAnswered(scale) => {
                out.raw[*scale].iter().map(|score| u8::from(matches!(score.value, Value::Known { .. }))).collect()
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

    /// A quantity on every row.
    fn column(&self, quantity: Quantity) -> Vec<Value> {
        let counted = |scale: usize, counts: &dyn Fn(i64) -> bool| {
            let mut sums = vec![0_i64; self.rows];
            for item in &self.variant.scales[scale].items {
                let adds: Vec<i64> = item.keyed.iter().map(|keyed| i64::from(counts(*keyed))).collect();
                for (sum, answer) in sums.iter_mut().zip(&self.columns[item.slot]) {
                    *sum += answer.level().and_then(|level| adds.get(level)).copied().unwrap_or(0);
                }
            }
            sums.into_iter().map(|numerator| Value::Known { numerator, denominator: 1 }).collect()
        };
        match quantity {
            Quantity::Scale(scale) => self.out.scales[scale].clone(),
            Quantity::Aggregate(aggregate) => self.out.aggregates[aggregate].clone(),
            Quantity::RawScale(scale) => self.out.raw[scale].iter().map(|score| score.value).collect(),
            Quantity::CountAtMost { scale, value } => counted(scale, &|keyed| keyed <= value),
            Quantity::CountAtLeast { scale, value } => counted(scale, &|keyed| keyed >= value),
            _ => (0..self.rows).map(|row| self.value(quantity, row)).collect(),
        }
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

    #[inline]
    pub(super) fn code(&self, at: usize, value: Value) -> u8 {
        let variable = &self.variant.tables.variables[at];
        match value {
            Value::Known { numerator, denominator } => band_of_fraction(numerator, denominator, &variable.cuts) as u8,
            Value::Absent => variable.absent(),
            Value::Unknown => variable.unknown(),
        }
    }

    pub(super) fn subject_code(&self, at: usize, subject: &Subject, value: impl Fn(Quantity) -> Value) -> u8 {
        let mut unknown = false;
        for (quantity, _) in subject.parts() {
            match value(*quantity) {
                Value::Absent => return self.variant.tables.variables[at].absent(),
                Value::Unknown => unknown = true,
                Value::Known { .. } => {}
            }
        }
        if unknown {
            return self.variant.tables.variables[at].unknown();
        }
        let cuts = &self.variant.tables.variables[at].cuts;
        let parts = |quantity: Quantity| match value(quantity) {
            Value::Known { numerator, denominator } => Some((numerator, denominator)),
            _ => None,
        };
        if let Some((numerator, denominator)) = subject.fraction(parts) {
            return band_of_fraction(numerator, denominator, cuts) as u8;
        }
        // Numbers that do not fit unreduced are reduced on the way.
        match subject.value(|quantity| value(quantity).exact()) {
            Some(value) => band(&value, cuts) as u8,
            None => self.variant.tables.variables[at].unknown(),
        }
    }

    /// Rows whose scales have two values, or whose unknown scales stand in several comparisons at once, are decided
    /// by every combination of the values they could have.
    pub(super) fn reconsider(&self, condition: &Condition, outcomes: &mut [u8]) {
        let quantities = |at: &usize| match &self.variant.tables.variables[*at].variable {
            Variable::Subject(subject) => subject.parts().iter().map(|(quantity, _)| *quantity).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let mut rows: Vec<usize> = Vec::new();
        for quantity in condition.support.iter().flat_map(quantities) {
            if let Quantity::Scale(scale) = quantity {
                rows.extend(self.out.ambiguous[scale].iter().map(|(row, _)| *row));
            }
        }
        if !condition.shared.is_empty() {
            rows.extend((0..self.rows).filter(|row| outcomes[*row] == UNDECIDED));
        }
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let mut candidates: Vec<(Quantity, Vec<Value>)> = Vec::new();
            for (scale, ambiguous) in self.out.ambiguous.iter().enumerate() {
                let others = ambiguous.iter().filter(|(at, _)| *at == row).map(|(_, value)| *value);
                let values: Vec<Value> = std::iter::once(self.out.scales[scale][row]).chain(others).collect();
                if values.len() > 1 {
                    candidates.push((Quantity::Scale(scale), values));
                }
            }
            for quantity in &condition.shared {
                if let (Value::Unknown, Some(Attainable::Values(values))) =
                    (self.value(*quantity, row), self.variant.tables.fills.get(quantity))
                {
                    candidates.push((*quantity, values.iter().map(Value::known).collect()));
                }
            }
            outcomes[row] = self.agreed(condition, row, &candidates);
        }
    }

    pub(super) fn agreed(&self, condition: &Condition, row: usize, candidates: &[(Quantity, Vec<Value>)]) -> u8 {
        let mut chosen = vec![0_usize; candidates.len()];
        let mut agreed: Option<u8> = None;
        loop {
            let value = |quantity: Quantity| match candidates.iter().position(|(known, _)| *known == quantity) {
                Some(at) => candidates[at].1[chosen[at]],
                None => self.value(quantity, row),
            };
            let mut state = 0_u16;
            for step in &condition.steps {
                let code = match &self.variant.tables.variables[step.variable].variable {
                    Variable::Subject(subject) => self.subject_code(step.variable, subject, value),
                    _ => self.out.codes[step.variable][row],
                };
                state = step.table[state as usize * step.stride as usize + code as usize];
            }
            let outcome = condition.outcomes[state as usize];
            if outcome == UNDECIDED || agreed.is_some_and(|agreed| agreed != outcome) {
                return UNDECIDED;
            }
            agreed = Some(outcome);
            // The next combination, like an odometer.
            let Some(wheel) = (0..chosen.len()).find(|wheel| chosen[*wheel] + 1 < candidates[*wheel].1.len()) else {
                return agreed.unwrap_or(UNDECIDED);
            };
            chosen[wheel] += 1;
            chosen[..wheel].fill(0);
        }
    }
}
