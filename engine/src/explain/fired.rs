//! The rules that fired, as JSON, for surveys: what each says and what it read.
//!
//! What a rule says of a sheet depends on what it reads and on nothing else, and among many sheets the same is read again
//! and again. So it is written once for each reading, and kept.

use std::ops::Range;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Sheet;
use crate::assess::{AnswerBlock, AssessedRow, RuleOutcome};
use crate::assessment::ReadValue;
use crate::compile::{Variable, Variant};
use crate::questionnaire::{Bond, Role};
use crate::responses::Responses;
use crate::ruleset::Ruleset;
use crate::scoring::Value;
use crate::script::Quantity;

/// As much text is kept; what is met after it is written anew each time. A design choice.
const MOST_TEXT: usize = 16 << 20;

/// Writes which rules fired on sheets.
pub struct FiredRules<'a> {
    ruleset: &'a Ruleset,
    /// By the rule, the bond and all that was read: where in the text it stands.
    known: FxHashMap<Box<[i64]>, Range<usize>>,
    text: Vec<u8>,
    key: Vec<i64>,
    path: Vec<u32>,
}

/// A rule that fired. An item or score that was read has its value; what stands behind a score is not repeated.
#[derive(Serialize)]
struct Fired<'a> {
    id: &'a str,
    says: String,
    reads: Vec<ReadValue>,
}

impl<'a> FiredRules<'a> {
    /// Nothing is kept yet.
    pub fn new(ruleset: &'a Ruleset) -> Self {
        Self { ruleset, known: FxHashMap::default(), text: Vec::new(), key: Vec::new(), path: Vec::new() }
    }

    /// Adds a JSON array of the rules that fired on a sheet: `[{"id": ..., "says": ..., "reads": [...]}, ...]`. `at` is the
    /// place of the sheet in its block.
    pub fn write(
        &mut self,
        block: &AnswerBlock,
        at: usize,
        row: AssessedRow<'_>,
        bond: Option<Bond>,
        out: &mut Vec<u8>,
    ) {
        out.push(b'[');
        let role = if row.role() == Role::Both { Role::Hurt } else { row.role() };
        if let Some(variant) = self.ruleset.variant(role, block.form()) {
            let before = out.len();
            for rule in row.rules_that(RuleOutcome::Fired) {
                if out.len() > before {
                    out.push(b',');
                }
                self.rule(variant, rule, block, at, row, bond, out);
            }
        }
        out.push(b']');
    }

    #[expect(clippy::too_many_arguments, reason = "a sheet is its block, its place and its row")]
    fn rule(
        &mut self,
        variant: &Variant,
        rule: usize,
        block: &AnswerBlock,
        at: usize,
        row: AssessedRow<'_>,
        bond: Option<Bond>,
        out: &mut Vec<u8>,
    ) {
        let Some(condition) = variant.rules.get(rule).and_then(|rule| variant.tables.conditions.get(rule.condition))
        else {
            return;
        };
        let (evaluation, place) = row.evaluation();
        let code = |variable: u32| {
            let column = evaluation.codes.get(variable as usize);
            column.and_then(|column| column.get(place)).copied().map_or(0, u32::from)
        };
        self.path.clear();
        variant.tables.diagram.follow(condition.root, code, |variable| self.path.push(variable));
        self.key.clear();
        self.key.extend([
            variant.role as i64,
            rule as i64,
            bond.map_or(-1, |bond| bond as i64),
            i64::from(row.finding().left_out),
        ]);
        for variable in &self.path {
            match variant.tables.variables.get(*variable as usize).map(|variable| &variable.variable) {
                Some(Variable::Slot(slot) | Variable::SlotAnswered(slot)) => self.key.push(block.code(at, *slot)),
                Some(Variable::ScaleAnswered(scale)) => {
                    read(Quantity::Scale(*scale), variant, block, at, row, &mut self.key)
                }
                Some(Variable::Subject(subject)) => {
                    for (quantity, _) in subject.parts() {
                        read(*quantity, variant, block, at, row, &mut self.key);
                    }
                }
                Some(Variable::Fired(_) | Variable::Overlay(_) | Variable::Flagged) => {
                    self.key.push(i64::from(code(*variable)));
                }
                Some(Variable::Stage) => self.key.push(row.stage().map_or(-1, |stage| stage as i64)),
                None => {}
            }
        }
        if let Some(range) = self.known.get(self.key.as_slice()) {
            out.extend_from_slice(self.text.get(range.clone()).unwrap_or_default());
            return;
        }
        let start = out.len();
        let responses = Responses {
            form: block.form(),
            role: row.role(),
            bond,
            safety: block.safety(),
            answers: block.answers(at),
        };
        let sheet = Sheet { ruleset: self.ruleset, variant, responses: &responses, row };
        let Some(declared) = variant.rules.get(rule) else { return };
        let says = sheet.sentence(declared, RuleOutcome::Fired);
        let fired = Fired { id: &declared.id, says: sheet.fill(says), reads: sheet.direct_reads(&self.path) };
        // Writing plain data into memory cannot fail.
        drop(serde_json::to_writer(&mut *out, &fired));
        let written = out.get(start..).unwrap_or_default();
        if !quotes_answers(says) && self.text.len() + written.len() <= MOST_TEXT {
            let from = self.text.len();
            self.text.extend_from_slice(written);
            self.known.insert(self.key.as_slice().into(), from..self.text.len());
        }
    }
}

/// Whether a sentence quotes something in braces that the rule need not have read.
fn quotes_answers(says: &str) -> bool {
    let quoted = says.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    quoted.into_iter().any(|(name, _)| name.trim() != "bond")
}

/// All that is written of a quantity, as numbers.
fn read(
    quantity: Quantity,
    variant: &Variant,
    block: &AnswerBlock,
    at: usize,
    row: AssessedRow<'_>,
    key: &mut Vec<i64>,
) {
    let value = match quantity {
        Quantity::Number(slot) => return key.push(block.code(at, slot)),
        Quantity::RawScale(scale) => row.raw_score(scale).value,
        Quantity::Scale(scale) | Quantity::CountAtMost { scale, .. } | Quantity::CountAtLeast { scale, .. } => {
            row.score(scale).value
        }
        Quantity::Aggregate(aggregate) => row.aggregate(aggregate),
        Quantity::Level(sign) => return key.push(i64::from(row.level(sign))),
        Quantity::SignsPresent => {
            return key.extend((0..variant.signs.len()).map(|sign| i64::from(row.level(sign))));
        }
        Quantity::Points(sum) => return key.push(row.points(sum)),
    };
    key.extend(match value {
        Value::Known { numerator, denominator } => [numerator, denominator],
        Value::Unknown => [0, 0],
        Value::Absent => [1, 0],
    });
}
