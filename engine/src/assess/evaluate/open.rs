//! Rows that need a second look: those whose unknown or doubtful scales stand in a sum or a difference are decided by every
//! combination of the values they could have.
#![expect(clippy::indexing_slicing, reason = "columns and tables are made with the sizes that index them")]

use std::borrow::Cow;

use super::Evaluator;
use crate::compile::{Condition, Lookup, UNDECIDED, Variable, code};
use crate::scoring::Value;
use crate::script::{Attainable, Quantity};

/// What a condition reads, as states.
struct Reads<'a> {
    /// Every quantity once.
    quantities: Vec<QuantityRead<'a>>,
    /// For each step what it looks up; none for one that reads no quantity.
    steps: Vec<Option<StepRead<'a>>>,
}

/// A quantity on every row.
struct QuantityRead<'a> {
    quantity: Quantity,
    states: Cow<'a, [u16]>,
    /// Where it is part of a sum or difference: the states it could be in while it is unknown.
    fills: Option<&'a [u16]>,
}

/// A step that looks a comparison up.
struct StepRead<'a> {
    lookup: &'a Lookup,
    /// Where its quantities stand in the list, and how many states each has.
    parts: Vec<(usize, usize)>,
}

/// An unknown quantity and the states it could be in, one after the other.
struct Wheel<'a> {
    /// Where it stands in the list of quantities.
    at: usize,
    fills: &'a [u16],
    turned: usize,
}

impl Evaluator<'_> {
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
        let undecided = |row: &usize| outcomes[*row] == UNDECIDED;
        let open: Vec<usize> = match condition.shared.is_empty() {
            true => Vec::new(),
            false => (0..self.rows).filter(undecided).collect(),
        };
        if rows.is_empty() && !open.is_empty() && self.by_states(condition, &open, outcomes) {
            return;
        }
        rows.extend(open);
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let mut candidates: Vec<(Quantity, Vec<Value>)> = Vec::new();
            for (scale, ambiguous) in self.out.ambiguous.iter().enumerate() {
                let others = ambiguous.iter().filter(|(at, _)| *at == row).map(|(_, value)| *value);
                let values: Vec<Value> = std::iter::once(self.out.scale(scale, row)).chain(others).collect();
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

    /// Decides open rows by the states that their unknown quantities could be in; says whether that could be done. It is
    /// what [`Self::agreed`] does, without computing with numbers.
    fn by_states(&self, condition: &Condition, open: &[usize], outcomes: &mut [u8]) -> bool {
        let Some(reads) = self.reads(condition) else { return false };
        let mut chosen: Vec<u16> = Vec::new();
        for row in open {
            chosen.clear();
            chosen.extend(reads.quantities.iter().map(|read| read.states[*row]));
            let unknown = |read: &&QuantityRead<'_>| self.value(read.quantity, *row) == Value::Unknown;
            let wheels = reads.quantities.iter().enumerate().filter(|(_, read)| unknown(read));
            let mut wheels: Vec<Wheel<'_>> =
                wheels.filter_map(|(at, read)| Some(Wheel { at, fills: read.fills?, turned: 0 })).collect();
            outcomes[*row] = self.agreed_states(condition, *row, &reads.steps, &mut chosen, &mut wheels);
        }
        true
    }

    /// What the steps of a condition read as states; none if something it reads has no states.
    fn reads<'a>(&'a self, condition: &Condition) -> Option<Reads<'a>> {
        let mut quantities: Vec<QuantityRead<'a>> = Vec::new();
        let mut steps = Vec::new();
        for step in &condition.steps {
            let variable = &self.variant.tables.variables[step.variable];
            if !matches!(variable.variable, Variable::Subject(_)) {
                steps.push(None);
                continue;
            }
            let lookup = variable.lookup.as_ref()?;
            let mut parts = Vec::new();
            for (quantity, count) in &lookup.parts {
                let known = quantities.iter().position(|read| read.quantity == *quantity);
                if known.is_none() {
                    let fills = match condition.shared.contains(quantity) {
                        true => Some(self.variant.tables.fill_states.get(quantity)?.as_slice()),
                        false => None,
                    };
                    quantities.push(QuantityRead { quantity: *quantity, states: self.states(*quantity)?, fills });
                }
                parts.push((known.unwrap_or(quantities.len() - 1), *count));
            }
            steps.push(Some(StepRead { lookup, parts }));
        }
        Some(Reads { quantities, steps })
    }

    /// What all combinations of the wheels agree on.
    fn agreed_states(
        &self,
        condition: &Condition,
        row: usize,
        steps: &[Option<StepRead<'_>>],
        chosen: &mut [u16],
        wheels: &mut [Wheel<'_>],
    ) -> u8 {
        let mut agreed: Option<u8> = None;
        loop {
            for wheel in wheels.iter() {
                chosen[wheel.at] = wheel.fills[wheel.turned];
            }
            let mut state = 0_usize;
            for (step, read) in condition.steps.iter().zip(steps) {
                let code = match read {
                    Some(StepRead { lookup, parts }) => {
                        let at = parts.iter().fold(0, |at, (of, count)| at * count + usize::from(chosen[*of]));
                        lookup.codes[at]
                    }
                    None => self.out.codes[step.variable][row],
                };
                state = usize::from(step.table[state * usize::from(step.stride) + usize::from(code)]);
            }
            let outcome = condition.outcomes[state];
            if outcome == UNDECIDED || agreed.is_some_and(|agreed| agreed != outcome) {
                return UNDECIDED;
            }
            agreed = Some(outcome);
            // The next combination, like an odometer.
            let Some(next) = wheels.iter().position(|wheel| wheel.turned + 1 < wheel.fills.len()) else {
                return agreed.unwrap_or(UNDECIDED);
            };
            wheels[next].turned += 1;
            wheels[..next].iter_mut().for_each(|wheel| wheel.turned = 0);
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
                    Variable::Subject(subject) => code(&self.variant.tables.variables[step.variable], subject, value),
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
