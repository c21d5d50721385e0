//! Scores, rules, signs, overlays and stages of a block of sheets, column by column.
#![expect(
    clippy::indexing_slicing,
    reason = "columns and tables are made with the sizes that index them; the loops here are the hot path"
)]

mod codes;
mod open;

use std::sync::Arc;

use super::columns::Column;
use crate::compile::{OutcomeWhen, PartOf, RuleEffect, UNDECIDED, Variable, Variant};
use crate::exact::Exact;
use crate::gate::Finding;
use crate::questionnaire::Questionnaire;
use crate::scoring::{Counted, Score, States, Tally, Value, mean};
use crate::script::Quantity;

/// What a rule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleOutcome {
    /// Its condition holds, whatever the missing answers are.
    Fired,
    /// Its condition does not hold, whatever the missing answers are.
    NotFired,
    /// The missing answers would decide it; it contributes nothing.
    Undecided,
}

impl RuleOutcome {
    /// The word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleOutcome::Fired => "fired",
            RuleOutcome::NotFired => "not_fired",
            RuleOutcome::Undecided => "undecided",
        }
    }
}

/// What two bits a rule make of a word of 64.
const RULES_OF_A_WORD: usize = 32;

/// Everything but the signal, for each sheet of a block.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation {
    raw: Vec<Scores>,
    /// For each scale that has adjustments, the adjusted values; where one is undecided, the cautious one.
    adjusted: Vec<Option<Vec<Value>>>,
    /// For each scale, the rows with two values, and the other one.
    ambiguous: Vec<Vec<(usize, Value)>>,
    aggregates: Vec<Vec<Value>>,
    /// One code a table variable and row.
    pub(crate) codes: Vec<Vec<u8>>,
    /// One outcome a condition and row.
    pub(crate) outcomes: Vec<Vec<u8>>,
    levels: Vec<Vec<u8>>,
    points: Vec<Vec<i64>>,
    rule_conditions: Vec<usize>,
    /// What the rules did on each row, two bits a rule, 32 rules a word: all of a row lies in one place.
    marks: Vec<Vec<u64>>,
    overlay_conditions: Vec<usize>,
    stages: Vec<u8>,
    stage_count: usize,
}

/// The scores of a scale, before adjustments.
#[derive(Debug, Clone)]
enum Scores {
    /// By what was added up.
    States(Vec<u16>, Arc<States>),
    /// One by one.
    Each(Vec<Score>),
}

impl Scores {
    #[inline]
    fn score(&self, row: usize) -> Score {
        match self {
            Scores::States(column, states) => states.scores()[usize::from(column[row])],
            Scores::Each(scores) => scores[row],
        }
    }

    /// The state of each row, if they have one.
    fn states(&self) -> Option<&[u16]> {
        match self {
            Scores::States(column, _) => Some(column),
            Scores::Each(_) => None,
        }
    }
}

/// In which pass a table variable becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Answers,
    Scales,
    Aggregates,
    Rules,
    Overlays,
    Stages,
}

fn pass(variable: &Variable) -> Pass {
    match variable {
        Variable::Slot(_) | Variable::SlotAnswered(_) | Variable::ScaleAnswered(_) | Variable::Flagged => Pass::Answers,
        Variable::Subject(subject) => {
            let of = |quantity: &Quantity| match quantity {
                Quantity::Scale(_) => Pass::Scales,
                Quantity::Aggregate(_) => Pass::Aggregates,
                Quantity::Points(_) | Quantity::Level(_) | Quantity::SignsPresent => Pass::Rules,
                _ => Pass::Answers,
            };
            subject.parts().iter().map(|(quantity, _)| of(quantity)).max().unwrap_or(Pass::Answers)
        }
        Variable::Fired(_) => Pass::Rules,
        Variable::Overlay(_) => Pass::Overlays,
        Variable::Stage => Pass::Stages,
    }
}

struct Evaluator<'a> {
    questionnaire: &'a Questionnaire,
    variant: &'a Variant,
    findings: &'a [Finding],
    columns: &'a [Column],
    rows: usize,
    out: Evaluation,
    state: Vec<u16>,
    /// What was counted of the answers to a scale on the way to its states.
    counts: Vec<((usize, Counted), Vec<u16>)>,
}

impl Evaluation {
    /// Evaluates all sheets.
    pub(crate) fn new(
        questionnaire: &Questionnaire,
        variant: &Variant,
        findings: &[Finding],
        columns: &[Column],
    ) -> Self {
        let rows = findings.len();
        let out = Evaluation {
            raw: Vec::new(),
            adjusted: Vec::new(),
            ambiguous: vec![Vec::new(); variant.scales.len()],
            aggregates: Vec::new(),
            codes: vec![Vec::new(); variant.tables.variables.len()],
            outcomes: vec![Vec::new(); variant.tables.conditions.len()],
            levels: Vec::new(),
            points: Vec::new(),
            rule_conditions: variant.rules.iter().map(|rule| rule.condition).collect(),
            marks: vec![vec![0; rows]; variant.rules.len().div_ceil(RULES_OF_A_WORD)],
            overlay_conditions: variant.overlays.iter().filter_map(|overlay| condition_of(overlay.when)).collect(),
            stages: Vec::new(),
            stage_count: variant.stages.len(),
        };
        let mut evaluator = Evaluator {
            questionnaire,
            variant,
            findings,
            columns,
            rows,
            out,
            state: vec![0; rows],
            counts: Vec::new(),
        };
        evaluator.run();
        evaluator.out
    }

    /// The same with these conditions decided, too: one that others read by its name stands nowhere by itself.
    pub(super) fn with_conditions(
        self,
        questionnaire: &Questionnaire,
        variant: &Variant,
        findings: &[Finding],
        columns: &[Column],
        conditions: impl Iterator<Item = usize>,
    ) -> Self {
        let rows = findings.len();
        let mut evaluator = Evaluator {
            questionnaire,
            variant,
            findings,
            columns,
            rows,
            out: self,
            state: vec![0; rows],
            counts: Vec::new(),
        };
        for condition in conditions {
            evaluator.decide(condition);
        }
        evaluator.out
    }

    pub(crate) fn raw_score(&self, scale: usize, row: usize) -> Score {
        self.raw[scale].score(row)
    }

    pub(crate) fn score(&self, scale: usize, row: usize) -> Score {
        let raw = self.raw_score(scale, row);
        Score { value: self.adjusted[scale].as_ref().map_or(raw.value, |values| values[row]), ..raw }
    }

    /// The state of a scale that is not adjusted.
    pub(crate) fn state(&self, scale: usize, row: usize) -> Option<usize> {
        let states = self.raw[scale].states().filter(|_| self.adjusted[scale].is_none())?;
        Some(usize::from(states[row]))
    }

    /// A scale's value, with adjustments.
    fn scale(&self, scale: usize, row: usize) -> Value {
        match &self.adjusted[scale] {
            Some(values) => values[row],
            None => self.raw_score(scale, row).value,
        }
    }

    pub(crate) fn is_ambiguous(&self, scale: usize, row: usize) -> bool {
        self.ambiguous[scale].iter().any(|(at, _)| *at == row)
    }

    pub(crate) fn aggregate(&self, aggregate: usize, row: usize) -> Value {
        self.aggregates[aggregate][row]
    }

    pub(crate) fn level(&self, sign: usize, row: usize) -> u8 {
        self.levels[sign][row]
    }

    pub(crate) fn points(&self, sum: usize, row: usize) -> i64 {
        self.points[sum][row]
    }

    pub(crate) fn rule(&self, rule: usize, row: usize) -> RuleOutcome {
        match self.outcomes[self.rule_conditions[rule]][row] {
            0 => RuleOutcome::NotFired,
            1 => RuleOutcome::Fired,
            _ => RuleOutcome::Undecided,
        }
    }

    /// The numbers of the rules that did this, rising.
    pub(crate) fn rules_that(&self, did: RuleOutcome, row: usize) -> impl Iterator<Item = usize> + '_ {
        const LOW: u64 = 0x5555_5555_5555_5555;
        let rules = self.rule_conditions.len();
        let words = self.marks.iter().enumerate().flat_map(move |(at, word)| {
            let (low, high) = (word[row] & LOW, (word[row] >> 1) & LOW);
            let mut bits = match did {
                RuleOutcome::NotFired => !(low | high) & LOW,
                RuleOutcome::Fired => low,
                RuleOutcome::Undecided => high,
            };
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                // Takes the lowest bit away.
                bits &= bits.checked_sub(1)?;
                Some(at * RULES_OF_A_WORD + bit / 2)
            })
        });
        words.take_while(move |rule| *rule < rules)
    }

    pub(crate) fn overlays(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        self.overlay_conditions
            .iter()
            .enumerate()
            .filter(move |(_, condition)| self.outcomes[**condition][row] == 1)
            .map(|(at, _)| at)
    }

    pub(crate) fn stage(&self, row: usize) -> Option<usize> {
        let stage = usize::from(*self.stages.get(row)?);
        (stage < self.stage_count).then_some(stage)
    }
}

fn condition_of(when: OutcomeWhen) -> Option<usize> {
    match when {
        OutcomeWhen::Condition(condition) => Some(condition),
        _ => None,
    }
}

impl Evaluator<'_> {
    fn run(&mut self) {
        let variant = self.variant;
        self.raw_scores();
        self.fill(Pass::Answers);
        self.adjusted_scores();
        self.fill(Pass::Scales);
        for aggregate in 0..variant.aggregates.len() {
            self.aggregate(aggregate);
        }
        self.fill(Pass::Aggregates);
        for (number, rule) in variant.rules.iter().enumerate() {
            self.decide(rule.condition);
            let shift = 2 * (number % RULES_OF_A_WORD);
            let outcomes = &self.out.outcomes[rule.condition];
            for (mark, outcome) in self.out.marks[number / RULES_OF_A_WORD].iter_mut().zip(outcomes) {
                *mark |= u64::from(*outcome) << shift;
            }
        }
        self.signs_and_points();
        self.fill(Pass::Rules);
        for overlay in &variant.overlays {
            self.decide_outcome(overlay.when);
        }
        self.fill(Pass::Overlays);
        self.stage();
        self.fill(Pass::Stages);
        for outcome in variant.signals.iter().chain(&variant.reasons) {
            self.decide_outcome(outcome.when);
        }
    }

    fn raw_scores(&mut self) {
        for (number, scale) in self.variant.scales.iter().enumerate() {
            let columns = scale.items.iter().map(|item| self.columns[item.slot].as_slice());
            let sums = self.variant.tables.sums.get(number).and_then(Option::as_ref);
            let found = sums.and_then(|sums| Some((sums, sums.columns(columns, self.rows)?)));
            self.out.raw.push(match found {
                Some((sums, (states, counts))) => {
                    let counts = sums.counts.iter().zip(counts);
                    self.counts.extend(counts.map(|(counted, column)| ((number, *counted), column)));
                    Scores::States(states, Arc::clone(&sums.states))
                }
                None => {
                    let mut tallies = vec![Tally::default(); self.rows];
                    for item in &scale.items {
                        let adder = scale.adder(item);
                        for (tally, answer) in tallies.iter_mut().zip(&self.columns[item.slot]) {
                            adder.add(tally, answer.answer());
                        }
                    }
                    Scores::Each(tallies.iter().map(|tally| scale.score(tally)).collect())
                }
            });
        }
    }

    fn adjusted_scores(&mut self) {
        let variant = self.variant;
        let is_adjusted = |scale: &usize| variant.adjusts.iter().any(|adjust| adjust.scale == *scale);
        let out = &self.out;
        let values = |scale: usize| (0..self.rows).map(|row| out.raw_score(scale, row).value).collect();
        self.out.adjusted =
            (0..variant.scales.len()).map(|scale| Some(scale).filter(is_adjusted).map(values)).collect();
        for adjust in &variant.adjusts {
            self.decide(adjust.condition);
            for row in 0..self.rows {
                let outcome = self.out.outcomes[adjust.condition][row];
                if outcome != 0 && matches!(self.out.scale(adjust.scale, row), Value::Known { .. }) {
                    self.adjust(adjust, row, outcome == UNDECIDED);
                }
            }
        }
    }

    /// Bounds all the values that a scale can have on a row; an undecided bound leaves the unbounded ones as well.
    fn adjust(&mut self, adjust: &crate::compile::Adjust, row: usize, undecided: bool) {
        let shown = self.out.scale(adjust.scale, row);
        let others = &mut self.out.ambiguous[adjust.scale];
        let before: Vec<Value> =
            std::iter::once(shown).chain(others.iter().filter(|(at, _)| *at == row).map(|(_, value)| *value)).collect();
        let bounded = before.iter().filter_map(|value| value.exact()).map(|value| adjust.limit.apply(&value));
        let mut values: Vec<Exact> = bounded.collect();
        if undecided {
            values.extend(before.iter().filter_map(|value| value.exact()));
        }
        values.sort();
        values.dedup();
        // The cautious value is shown: the lowest of a good scale, the highest of a concern.
        if self.variant.scales[adjust.scale].concern {
            values.reverse();
        }
        others.retain(|(at, _)| *at != row);
        let mut values = values.iter().map(Value::known);
        if let (Some(cautious), Some(column)) = (values.next(), &mut self.out.adjusted[adjust.scale]) {
            column[row] = cautious;
        }
        self.out.ambiguous[adjust.scale].extend(values.map(|value| (row, value)));
    }

    fn aggregate(&mut self, number: usize) {
        let variant = self.variant;
        let aggregate = &variant.aggregates[number];
        for condition in aggregate.parts.iter().filter_map(|part| part.zero_when) {
            self.decide(condition);
        }
        let mut column = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let parts = aggregate.parts.iter().map(|part| {
                let (value, concern) = match part.of {
                    PartOf::Scale(scale) => (self.out.scale(scale, row), variant.scales[scale].concern),
                    PartOf::Aggregate(other) => (self.out.aggregates[other][row], false),
                };
                match (value, part.zero_when.map(|condition| self.out.outcomes[condition][row])) {
                    (Value::Known { .. }, Some(1)) => Value::Known { numerator: 0, denominator: 1 },
                    // An undecided zero counts as one, like an undecided adjustment: the cautious value.
                    (Value::Known { .. }, Some(UNDECIDED)) if !concern => Value::Known { numerator: 0, denominator: 1 },
                    (value, _) => value,
                }
            });
            let (value, known, unknown) = mean(parts);
            column.push(if known >= aggregate.need {
                value
            } else if known + unknown >= aggregate.need {
                Value::Unknown
            } else {
                Value::Absent
            });
        }
        self.out.aggregates.push(column);
    }

    fn signs_and_points(&mut self) {
        let variant = self.variant;
        for number in 0..variant.signs.len() {
            let mut column = vec![0_u8; self.rows];
            for rule in &variant.rules {
                for effect in &rule.effects {
                    if let RuleEffect::Sign(sign, by) = effect
                        && *sign == number
                    {
                        for (level, outcome) in column.iter_mut().zip(&self.out.outcomes[rule.condition]) {
                            if *outcome == 1 {
                                *level =
                                    if variant.signs[number].adds { (*level + by).min(3) } else { (*level).max(*by) };
                            }
                        }
                    }
                }
            }
            self.out.levels.push(column);
        }
        for number in 0..variant.points.len() {
            let mut column = vec![0_i64; self.rows];
            for rule in &variant.rules {
                for effect in &rule.effects {
                    if let RuleEffect::Points(sum, points) = effect
                        && *sum == number
                    {
                        for (total, outcome) in column.iter_mut().zip(&self.out.outcomes[rule.condition]) {
                            *total += if *outcome == 1 { *points } else { 0 };
                        }
                    }
                }
            }
            self.out.points.push(column);
        }
    }

    fn decide_outcome(&mut self, when: OutcomeWhen) {
        if let Some(condition) = condition_of(when) {
            self.decide(condition);
        }
    }

    /// First match; an undecided rung stops the ladder: no stage.
    fn stage(&mut self) {
        let variant = self.variant;
        for stage in &variant.stages {
            self.decide_outcome(stage.when);
        }
        let none = variant.stages.len() as u8;
        self.out.stages = (0..self.rows)
            .map(|row| {
                for (number, stage) in variant.stages.iter().enumerate() {
                    match condition_of(stage.when).map(|condition| self.out.outcomes[condition][row]) {
                        Some(0) => {}
                        Some(UNDECIDED) => return none,
                        _ => return number as u8,
                    }
                }
                none
            })
            .collect();
    }

    /// Runs a condition's tables over all rows.
    fn decide(&mut self, number: usize) {
        if !self.out.outcomes[number].is_empty() || self.rows == 0 {
            return;
        }
        let condition = &self.variant.tables.conditions[number];
        let mut outcomes: Vec<u8> = match condition.steps.as_slice() {
            [] => vec![condition.outcomes.first().copied().unwrap_or(0); self.rows],
            [only] => self.out.codes[only.variable].iter().map(|code| condition.last[usize::from(*code)]).collect(),
            [first, between @ .., last] => {
                for (state, code) in self.state.iter_mut().zip(&self.out.codes[first.variable]) {
                    *state = first.table[usize::from(*code)];
                }
                for step in between {
                    let stride = usize::from(step.stride);
                    for (state, code) in self.state.iter_mut().zip(&self.out.codes[step.variable]) {
                        *state = step.table[usize::from(*state) * stride + usize::from(*code)];
                    }
                }
                let stride = usize::from(last.stride);
                let at = |(state, code): (&u16, &u8)| condition.last[usize::from(*state) * stride + usize::from(*code)];
                self.state.iter().zip(&self.out.codes[last.variable]).map(at).collect()
            }
        };
        self.reconsider(condition, &mut outcomes);
        self.out.outcomes[number] = outcomes;
    }
}
