//! What the tables read of each sheet, as small numbers; and the rows that need a second look.
#![expect(clippy::indexing_slicing, reason = "columns and tables are made with the sizes that index them")]

use std::borrow::Cow;

use super::{Evaluation, Evaluator, Pass, pass};
use crate::assess::columns::{Coded, Column};
use crate::compile::{Condition, Lookup, UNDECIDED, Variable, Variant, code};
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;
use crate::scoring::{Counted, Value};
use crate::script::{Attainable, Quantity};

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
    fn states(&self, quantity: Quantity) -> Option<Cow<'_, [u16]>> {
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
        // The states of every quantity that the condition reads, each once.
        let mut quantities: Vec<(Quantity, Cow<'_, [u16]>, Option<&[u16]>)> = Vec::new();
        // For each step, where its quantities stand in that list, and how many states each has.
        let mut steps: Vec<Option<(&Lookup, Vec<(usize, usize)>)>> = Vec::new();
        for step in &condition.steps {
            let variable = &self.variant.tables.variables[step.variable];
            let Variable::Subject(_) = &variable.variable else {
                steps.push(None);
                continue;
            };
            let Some(lookup) = &variable.lookup else { return false };
            let mut parts = Vec::new();
            for (quantity, count) in &lookup.parts {
                let known = quantities.iter().position(|(known, ..)| known == quantity);
                let at = match known {
                    Some(at) => at,
                    None => {
                        let Some(states) = self.states(*quantity) else { return false };
                        let fills = match condition.shared.contains(quantity) {
                            false => None,
                            true => match self.variant.tables.fill_states.get(quantity) {
                                Some(fills) => Some(fills.as_slice()),
                                None => return false,
                            },
                        };
                        quantities.push((*quantity, states, fills));
                        quantities.len() - 1
                    }
                };
                parts.push((at, *count));
            }
            steps.push(Some((lookup, parts)));
        }
        let mut chosen: Vec<u16> = Vec::new();
        for row in open {
            chosen.clear();
            chosen.extend(quantities.iter().map(|(_, states, _)| states[*row]));
            let mut wheels: Vec<(usize, &[u16], usize)> = Vec::new();
            for (at, (quantity, ..)) in quantities.iter().enumerate() {
                if let (Some(fills), Value::Unknown) = (quantities[at].2, self.value(*quantity, *row)) {
                    wheels.push((at, fills, 0));
                }
            }
            outcomes[*row] = self.agreed_states(condition, *row, &steps, &mut chosen, &mut wheels);
        }
        true
    }

    /// What all combinations of the wheels agree on.
    fn agreed_states(
        &self,
        condition: &Condition,
        row: usize,
        steps: &[Option<(&Lookup, Vec<(usize, usize)>)>],
        chosen: &mut [u16],
        wheels: &mut [(usize, &[u16], usize)],
    ) -> u8 {
        let mut agreed: Option<u8> = None;
        loop {
            for (at, fills, turned) in wheels.iter() {
                chosen[*at] = fills[*turned];
            }
            let mut state = 0_usize;
            for (step, looked_up) in condition.steps.iter().zip(steps) {
                let code = match looked_up {
                    Some((lookup, parts)) => {
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
            let Some(wheel) = wheels.iter().position(|(_, fills, turned)| turned + 1 < fills.len()) else {
                return agreed.unwrap_or(UNDECIDED);
            };
            wheels[wheel].2 += 1;
            wheels[..wheel].iter_mut().for_each(|(.., turned)| *turned = 0);
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
