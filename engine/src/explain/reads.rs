//! What a condition read on a sheet, in words: items with labels, scales with the items behind them.

use super::Sheet;
use crate::assessment::{ReadValue, ValueRead};
use crate::compile::{PartOf, Variable};
use crate::exact::{Exact, format_half_up, to_f64};
use crate::questionnaire::{ItemKind, Levels};
use crate::responses::Answer;
use crate::scoring::Value;
use crate::script::{Quantity, Subject};

impl Sheet<'_> {
    /// What a condition read on the way to its outcome.
    pub(super) fn reads(&self, condition: usize) -> Vec<ReadValue> {
        let Some(condition) = self.variant.tables.conditions.get(condition) else {
            return Vec::new();
        };
        let path = self.variant.tables.diagram.path(condition.root, |variable| self.code(variable as usize));
        let mut reads = Vec::new();
        for at in path {
            if let Some(variable) = self.variant.tables.variables.get(at as usize) {
                self.read_variable(&variable.variable, &mut reads);
            }
        }
        distinct(reads)
    }

    /// The same without what stands behind a score: the answers to a scale, the parts of an aggregate.
    pub(super) fn direct_reads(&self, path: &[u32]) -> Vec<ReadValue> {
        let mut reads = Vec::new();
        for at in path {
            match self.variant.tables.variables.get(*at as usize).map(|variable| &variable.variable) {
                Some(Variable::Subject(subject)) => {
                    reads.extend(subject.parts().iter().flat_map(|(quantity, _)| self.quantity_values(*quantity)));
                }
                Some(Variable::ScaleAnswered(scale)) => reads.extend(self.quantity_values(Quantity::Scale(*scale))),
                Some(variable) => self.read_variable(variable, &mut reads),
                None => {}
            }
        }
        distinct(reads)
    }

    /// The answers behind a part of an aggregate.
    pub(super) fn part_reads(&self, part: PartOf) -> Vec<ReadValue> {
        let mut reads = Vec::new();
        self.part_items(part, &mut reads);
        distinct(reads)
    }

    fn part_items(&self, part: PartOf, reads: &mut Vec<ReadValue>) {
        match part {
            PartOf::Scale(scale) => self.scale_items(scale, reads),
            PartOf::Aggregate(at) => {
                for part in self.variant.aggregates.get(at).map(|aggregate| aggregate.parts.as_slice()).unwrap_or(&[]) {
                    self.part_items(part.of, reads);
                    // Why a part counts as zero belongs to what stands behind the mean.
                    let (evaluation, row) = self.row.evaluation();
                    let zero = part.zero_when.filter(|condition| {
                        evaluation.outcomes.get(*condition).and_then(|column| column.get(row)) == Some(&1)
                    });
                    reads.extend(zero.map(|condition| self.reads(condition)).unwrap_or_default());
                }
            }
        }
    }

    /// The level of a table variable on this sheet.
    pub(super) fn code(&self, variable: usize) -> u32 {
        let (evaluation, row) = self.row.evaluation();
        evaluation.codes.get(variable).and_then(|column| column.get(row)).copied().map_or(0, u32::from)
    }

    fn read_variable(&self, variable: &Variable, reads: &mut Vec<ReadValue>) {
        let truth =
            |id: String, truth: bool| ReadValue { id, value: Some(ValueRead::Truth(truth)), label: None, via: None };
        let named = |id: Option<&String>| id.cloned().unwrap_or_default();
        match variable {
            Variable::Slot(slot) => reads.push(self.slot_read(*slot, None)),
            Variable::Subject(subject) => {
                for (quantity, _) in subject.parts() {
                    self.quantity_read(*quantity, reads);
                }
            }
            Variable::SlotAnswered(slot) => reads.push(self.slot_read(*slot, None)),
            Variable::ScaleAnswered(scale) => self.quantity_read(Quantity::Scale(*scale), reads),
            Variable::Fired(rule) => {
                let fired = self.row.rule(*rule) == crate::assess::RuleOutcome::Fired;
                reads.push(truth(named(self.variant.rules.get(*rule).map(|rule| &rule.id)), fired));
            }
            Variable::Overlay(overlay) => {
                let applies = self.row.overlays().any(|at| at == *overlay);
                reads.push(truth(named(self.variant.overlays.get(*overlay).map(|overlay| &overlay.id)), applies));
            }
            Variable::Stage => {
                let stage =
                    self.row.stage().and_then(|stage| self.variant.stages.get(stage)).map(|stage| stage.id.clone());
                reads.push(ReadValue { id: "stage".into(), value: None, label: stage, via: None });
            }
            // Whether the gate raised a flag is not told apart from why.
            Variable::Flagged => {}
        }
    }

    fn quantity_read(&self, quantity: Quantity, reads: &mut Vec<ReadValue>) {
        reads.extend(self.quantity_values(quantity));
        match quantity {
            Quantity::Scale(at)
            | Quantity::RawScale(at)
            | Quantity::CountAtMost { scale: at, .. }
            | Quantity::CountAtLeast { scale: at, .. } => self.scale_items(at, reads),
            Quantity::Aggregate(at) => {
                for part in self.variant.aggregates.get(at).map(|aggregate| aggregate.parts.as_slice()).unwrap_or(&[]) {
                    match part.of {
                        PartOf::Scale(scale) => self.quantity_read(Quantity::Scale(scale), reads),
                        PartOf::Aggregate(other) => self.quantity_read(Quantity::Aggregate(other), reads),
                    }
                }
            }
            Quantity::Number(_) | Quantity::Level(_) | Quantity::SignsPresent | Quantity::Points(_) => {}
        }
    }

    /// What a quantity is, and nothing of what stands behind it.
    fn quantity_values(&self, quantity: Quantity) -> Vec<ReadValue> {
        let score = |id: &str, value: Value| {
            let label = match value {
                Value::Known { .. } => None,
                Value::Unknown => Some("not enough answered".to_owned()),
                Value::Absent => Some("does not apply".to_owned()),
            };
            let value = value.exact().map(|value| ValueRead::Score(to_f64(&value)));
            ReadValue { id: id.to_owned(), value, label, via: None }
        };
        let scale = |at: usize| self.variant.scales.get(at).map(|scale| scale.id.as_str());
        let own = match quantity {
            Quantity::Number(slot) => Some(self.slot_read(slot, None)),
            Quantity::RawScale(at) => scale(at).map(|id| score(id, self.row.raw_score(at).value)),
            Quantity::Scale(at)
            | Quantity::CountAtMost { scale: at, .. }
            | Quantity::CountAtLeast { scale: at, .. } => scale(at).map(|id| score(id, self.row.score(at).value)),
            Quantity::Aggregate(at) => {
                self.variant.aggregates.get(at).map(|aggregate| score(&aggregate.id, self.row.aggregate(at)))
            }
            Quantity::Level(sign) => Some(self.sign_read(sign)),
            Quantity::SignsPresent => return (0..self.variant.signs.len()).map(|sign| self.sign_read(sign)).collect(),
            Quantity::Points(sum) => self.variant.points.get(sum).map(|id| {
                let value = Value::Known { numerator: self.row.points(sum), denominator: 1 };
                score(id, value)
            }),
        };
        own.into_iter().collect()
    }

    fn sign_read(&self, sign: usize) -> ReadValue {
        let id = self.variant.signs.get(sign).map(|sign| sign.id.clone()).unwrap_or_default();
        ReadValue { id, value: Some(ValueRead::Score(f64::from(self.row.level(sign)))), label: None, via: None }
    }

    fn scale_items(&self, scale: usize, reads: &mut Vec<ReadValue>) {
        if let Some(scale) = self.variant.scales.get(scale) {
            reads.extend(scale.items.iter().map(|item| self.slot_read(item.slot, Some(&scale.id))));
        }
    }

    pub(crate) fn slot_read(&self, slot: usize, via: Option<&String>) -> ReadValue {
        let Some(found) = self.ruleset.questionnaire().slots.get(slot) else {
            return ReadValue { id: String::new(), value: None, label: None, via: None };
        };
        let (value, label) = match self.answer(slot) {
            Answer::Level(level) => {
                let level = usize::from(level);
                (found.levels.value(level).map(ValueRead::Answer), self.label(&found.levels, found, level))
            }
            Answer::Missing(reason) => (None, reason.as_str().to_owned()),
        };
        ReadValue { id: found.id.clone(), value, label: Some(label), via: via.cloned() }
    }

    /// An answer as people read it; the highest number of a number item may have its own words.
    pub(super) fn label(&self, levels: &Levels, slot: &crate::questionnaire::Slot, level: usize) -> String {
        let item = self.ruleset.questionnaire().item_of(slot);
        if let (Levels::Range { .. }, Some(crate::questionnaire::ItemKind::Number { unit, max_label, .. })) =
            (levels, item.map(|item| &item.kind))
        {
            return match (max_label, unit) {
                (Some(label), _) if level + 1 == levels.count() => label.clone(),
                (_, Some(unit)) => format!("{} {unit}", levels.label(level)),
                _ => levels.label(level),
            };
        }
        super::with_bond(&levels.label(level), self.ruleset.questionnaire(), self.bond())
    }

    /// The value of a subject on this sheet.
    pub(super) fn subject_value(&self, subject: &Subject) -> Option<Exact> {
        subject.value(|quantity| match quantity {
            Quantity::Number(slot) => {
                let level = self.answer(slot).level()?;
                self.ruleset.questionnaire().slots.get(slot)?.levels.number(level).map(crate::exact::whole)
            }
            Quantity::Scale(scale) => self.row.score(scale).value.exact(),
            Quantity::RawScale(scale) => self.row.raw_score(scale).value.exact(),
            Quantity::Aggregate(aggregate) => self.row.aggregate(aggregate).exact(),
            Quantity::Points(sum) => Some(crate::exact::whole(self.row.points(sum))),
            Quantity::Level(sign) => Some(crate::exact::whole(i64::from(self.row.level(sign)))),
            Quantity::CountAtMost { .. } | Quantity::CountAtLeast { .. } | Quantity::SignsPresent => None,
        })
    }

    /// A text with the names in braces filled in; `{{` is a brace.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            rest = match after.strip_prefix('{') {
                Some(literal) => {
                    filled.push('{');
                    literal
                }
                None => match after.split_once('}') {
                    Some((name, after)) => {
                        filled.push_str(&self.placeholder(name.trim()));
                        after
                    }
                    None => after,
                },
            };
        }
        filled.push_str(rest);
        filled
    }

    /// The options of a multi item that are ticked, or why it is not known which.
    fn ticked(&self, item: usize) -> String {
        let questionnaire = self.ruleset.questionnaire();
        let Some(ItemKind::Multi(options)) = questionnaire.items.get(item).map(|item| &item.kind) else {
            return String::new();
        };
        let mut ticked: Vec<&str> = Vec::new();
        let mut missing = None;
        for ((slot, _), option) in questionnaire.slots_of(item).zip(options) {
            match self.answer(slot) {
                Answer::Level(1) => ticked.push(&option.label),
                Answer::Level(_) => {}
                Answer::Missing(reason) => missing = missing.or(Some(reason)),
            }
        }
        match missing {
            Some(reason) if ticked.is_empty() => reason.in_words().to_owned(),
            _ if ticked.is_empty() => "none of these".to_owned(),
            _ => ticked.join(", "),
        }
    }

    fn placeholder(&self, name: &str) -> String {
        let questionnaire = self.ruleset.questionnaire();
        if name == "bond" {
            return super::with_bond("{bond}", questionnaire, self.bond());
        }
        let shown =
            |value: Value| value.exact().map_or_else(|| "unknown".to_owned(), |value| format_half_up(&value, 0));
        if let Some(slot) = questionnaire.slot(name) {
            return match self.answer(slot) {
                Answer::Missing(reason) => reason.in_words().to_owned(),
                Answer::Level(_) => self.slot_read(slot, None).label.unwrap_or_default(),
            };
        }
        if let Some(position) = questionnaire.items.iter().position(|item| item.id == name) {
            return self.ticked(position);
        }
        if let Some(scale) = self.variant.scales.iter().position(|scale| scale.id == name) {
            return shown(self.row.score(scale).value);
        }
        if let Some(aggregate) = self.variant.aggregates.iter().position(|aggregate| aggregate.id == name) {
            return shown(self.row.aggregate(aggregate));
        }
        if let Some(sign) = self.variant.signs.iter().position(|sign| sign.id == name) {
            return self.row.level(sign).to_string();
        }
        self.variant.numbers.get(name).map_or_else(String::new, |value| format_half_up(value, 2))
    }
}

/// The same thing is named once.
fn distinct(reads: Vec<ReadValue>) -> Vec<ReadValue> {
    let mut seen: Vec<ReadValue> = Vec::new();
    for read in reads {
        if !seen.iter().any(|known| known.id == read.id) {
            seen.push(read);
        }
    }
    seen
}
