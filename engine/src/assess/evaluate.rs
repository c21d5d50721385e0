//! Scores, rules, signs, overlays and stages of a block of sheets, column by column.
#![expect(
    clippy::indexing_slicing,
    reason = "columns and tables are made with the sizes that index them; the loops here are the hot path"
)]

use crate::compile::{Condition, OutcomeWhen, PartOf, RuleEffect, UNDECIDED, Variable, Variant};
use crate::gate::Finding;
use crate::questionnaire::Questionnaire;
use crate::responses::Answer;
use crate::scoring::{Score, Tally, Value, band, mean};
use crate::script::{Attainable, Quantity, Subject};

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

/// Everything but the signal, for each sheet of a block.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation {
    raw: Vec<Vec<Score>>,
    /// Adjusted values; where an adjustment is undecided, the cautious one.
    scales: Vec<Vec<Value>>,
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
    overlay_conditions: Vec<usize>,
    stages: Vec<u8>,
    stage_count: usize,
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
    columns: &'a [Vec<Answer>],
    rows: usize,
    out: Evaluation,
    state: Vec<u16>,
}

impl Evaluation {
    /// Evaluates all sheets.
    pub(crate) fn new(
        questionnaire: &Questionnaire,
        variant: &Variant,
        findings: &[Finding],
        columns: &[Vec<Answer>],
    ) -> Self {
        let rows = findings.len();
        let out = Evaluation {
            raw: Vec::new(),
            scales: Vec::new(),
            ambiguous: vec![Vec::new(); variant.scales.len()],
            aggregates: Vec::new(),
            codes: vec![Vec::new(); variant.tables.variables.len()],
            outcomes: vec![Vec::new(); variant.tables.conditions.len()],
            levels: Vec::new(),
            points: Vec::new(),
            rule_conditions: variant.rules.iter().map(|rule| rule.condition).collect(),
            overlay_conditions: variant.overlays.iter().filter_map(|overlay| condition_of(overlay.when)).collect(),
            stages: Vec::new(),
            stage_count: variant.stages.len(),
        };
        let mut evaluator = Evaluator { questionnaire, variant, findings, columns, rows, out, state: vec![0; rows] };
        evaluator.run();
        evaluator.out
    }

    pub(crate) fn raw_score(&self, scale: usize, row: usize) -> Score {
        self.raw[scale][row]
    }

    pub(crate) fn score(&self, scale: usize, row: usize) -> Score {
        Score { value: self.scales[scale][row], ..self.raw[scale][row] }
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

    /// The value of a quantity on a row.
    fn value(
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
        for rule in &variant.rules {
            self.decide(rule.condition);
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
        for scale in &self.variant.scales {
            let mut tallies = vec![Tally::default(); self.rows];
            for item in &scale.items {
                for (tally, answer) in tallies.iter_mut().zip(&self.columns[item.slot]) {
                    scale.add(tally, item, *answer);
                }
            }
            self.out.raw.push(tallies.iter().map(|tally| scale.score(tally)).collect());
        }
    }

    fn adjusted_scores(&mut self) {
        let variant = self.variant;
        self.out.scales = self.out.raw.iter().map(|scores| scores.iter().map(|score| score.value).collect()).collect();
        for adjust in &variant.adjusts {
            self.decide(adjust.condition);
            let concern = variant.scales[adjust.scale].concern;
            for row in 0..self.rows {
                let outcome = self.out.outcomes[adjust.condition][row];
                let value = self.out.scales[adjust.scale][row];
                let (1.., Some(exact)) = (outcome, value.exact()) else { continue };
                let bounded = Value::known(&adjust.limit.apply(&exact));
                match outcome {
                    1 => self.out.scales[adjust.scale][row] = bounded,
                    _ => {
                        // Both values are possible. The cautious one is shown: the lower of a good, the higher of a concern.
                        let higher = bounded.exact().is_some_and(|bounded| bounded > exact);
                        let (shown, other) = if higher == concern { (bounded, value) } else { (value, bounded) };
                        if bounded.exact() != Some(exact) {
                            self.out.scales[adjust.scale][row] = shown;
                            self.out.ambiguous[adjust.scale].push((row, other));
                        }
                    }
                }
            }
        }
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
                    PartOf::Scale(scale) => (self.out.scales[scale][row], variant.scales[scale].concern),
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

    /// Fills the columns of the variables that this pass makes known.
    fn fill(&mut self, now: Pass) {
        for at in 0..self.variant.tables.variables.len() {
            if pass(&self.variant.tables.variables[at].variable) == now {
                self.out.codes[at] = self.codes(at);
            }
        }
    }

    fn codes(&self, at: usize) -> Vec<u8> {
        let variable = &self.variant.tables.variables[at];
        let out = &self.out;
        match &variable.variable {
            Variable::Slot(slot) => {
                let parent = self.parent(*slot);
                self.columns[*slot]
                    .iter()
                    .enumerate()
                    .map(|(row, answer)| match answer {
                        Answer::Level(level) => *level as u8,
                        Answer::Missing(reason) if !reason.is_unknown() => variable.absent(),
                        _ if parent.is_some_and(|parent| self.columns[parent][row].is_unknown()) => {
                            variable.unknown_or_absent()
                        }
                        _ => variable.unknown(),
                    })
                    .collect()
            }
            Variable::Subject(subject) => match subject.alone() {
                Some(quantity) => (0..self.rows).map(|row| self.code(at, self.value(quantity, row))).collect(),
                None => (0..self.rows)
                    .map(|row| self.subject_code(at, subject, |quantity| self.value(quantity, row)))
                    .collect(),
            },
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

    fn parent(&self, slot: usize) -> Option<usize> {
        let item = self.questionnaire.item_of(self.questionnaire.slots.get(slot)?)?;
        self.questionnaire.slot(&item.asked_if.as_ref()?.item)
    }

    fn value(&self, quantity: Quantity, row: usize) -> Value {
        self.out.value(self.columns, self.questionnaire, self.variant, quantity, row)
    }

    #[inline]
    fn code(&self, at: usize, value: Value) -> u8 {
        let variable = &self.variant.tables.variables[at];
        match value.raw() {
            Some(value) => band(&value, &variable.cuts) as u8,
            None if value == Value::Absent => variable.absent(),
            None => variable.unknown(),
        }
    }

    fn subject_code(&self, at: usize, subject: &Subject, value: impl Fn(Quantity) -> Value) -> u8 {
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
        match subject.value(|quantity| value(quantity).exact()) {
            Some(value) => band(&value, &self.variant.tables.variables[at].cuts) as u8,
            None => self.variant.tables.variables[at].unknown(),
        }
    }

    /// Runs a condition's tables over all rows.
    fn decide(&mut self, number: usize) {
        if !self.out.outcomes[number].is_empty() || self.rows == 0 {
            return;
        }
        let condition = &self.variant.tables.conditions[number];
        self.state.fill(0);
        for step in &condition.steps {
            let stride = step.stride as usize;
            for (state, code) in self.state.iter_mut().zip(&self.out.codes[step.variable]) {
                *state = step.table[*state as usize * stride + *code as usize];
            }
        }
        let mut outcomes: Vec<u8> = self.state.iter().map(|state| condition.outcomes[*state as usize]).collect();
        self.reconsider(condition, &mut outcomes);
        self.out.outcomes[number] = outcomes;
    }

    /// Rows whose scales have two values, or whose unknown scales stand in several comparisons at once, are decided
    /// by every combination of the values they could have.
    fn reconsider(&self, condition: &Condition, outcomes: &mut [u8]) {
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

    fn agreed(&self, condition: &Condition, row: usize, candidates: &[(Quantity, Vec<Value>)]) -> u8 {
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
