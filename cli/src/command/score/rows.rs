//! The scored file: one row a respondent, the same columns for every row.

use bearings_engine::exact::{Exact, format_half_up};
use bearings_engine::questionnaire::Form;
use bearings_engine::{Reason, RowView, RuleOutcome, Ruleset, Signal, Value, Variant};
use rustc_hash::FxHashMap;

use super::column::ScoredColumn;

/// The columns of a scored file, and where each role's variant has them.
pub(in crate::command) struct Table {
    decimals: u32,
    has_stage: bool,
    has_signal: bool,
    has_rules: bool,
    has_sides: bool,
    /// The scales of all roles, by id.
    scales: Vec<String>,
    points: Vec<String>,
    roles: Vec<Role>,
    /// Numbers that were written before, as text: a survey repeats a few hundred of them.
    texts: FxHashMap<(i64, i64), String>,
}

struct Role {
    role: bearings_engine::questionnaire::Role,
    variant: Variant,
    /// For each column of `scales`, the scale of this variant.
    scales: Vec<Option<usize>>,
    points: Vec<Option<usize>>,
    keep_side: Option<usize>,
}

impl Table {
    pub(in crate::command) fn new(ruleset: &Ruleset, form: Form, decimals: u32) -> Self {
        let variants: Vec<_> = ruleset.variants().filter(|((_, own), _)| *own == form).collect();
        let mut scales: Vec<String> = Vec::new();
        let mut points: Vec<String> = Vec::new();
        for (_, variant) in &variants {
            for scale in &variant.scales {
                if !scales.contains(&scale.id) {
                    scales.push(scale.id.clone());
                }
            }
            for name in &variant.points {
                if !points.contains(name) {
                    points.push(name.clone());
                }
            }
        }
        let any = |has: fn(&Variant) -> bool| variants.iter().any(|(_, variant)| has(variant));
        let roles = variants
            .iter()
            .map(|((role, _), variant)| Role {
                role: *role,
                variant: (*variant).clone(),
                scales: scales.iter().map(|id| variant.scales.iter().position(|scale| scale.id == *id)).collect(),
                points: points.iter().map(|name| variant.points.iter().position(|own| own == name)).collect(),
                keep_side: variant.aggregates.iter().position(|aggregate| aggregate.id == "keep_side"),
            })
            .collect();
        Self {
            decimals,
            has_stage: any(|variant| !variant.stages.is_empty()),
            has_signal: any(|variant| !variant.signals.is_empty()),
            has_rules: any(|variant| !variant.rules.is_empty()),
            has_sides: any(|variant| !variant.signs.is_empty()),
            scales,
            points,
            roles,
            texts: FxHashMap::default(),
        }
    }

    /// The columns behind the id and the kept ones.
    pub(in crate::command) fn columns(&self) -> Vec<ScoredColumn> {
        let mut columns: Vec<ScoredColumn> = Vec::new();
        let mut add = |has: bool, pair: [ScoredColumn; 2]| {
            if has {
                columns.extend(pair);
            }
        };
        add(self.has_stage, [ScoredColumn::Stage, ScoredColumn::Overlays]);
        add(self.has_signal, [ScoredColumn::Signal, ScoredColumn::Reason]);
        add(self.has_sides, [ScoredColumn::KeepSide, ScoredColumn::WalkLevel]);
        for scale in &self.scales {
            add(true, [ScoredColumn::Scale(scale.clone()), ScoredColumn::Answered(scale.clone())]);
        }
        columns.extend(self.points.iter().cloned().map(ScoredColumn::Points));
        if self.has_rules {
            columns.extend([ScoredColumn::RulesFired, ScoredColumn::RulesUndecided]);
        }
        columns
    }

    pub(super) fn header(&self, id: &str, kept: &[String], out: &mut Vec<u8>) {
        cell(id.as_bytes(), out);
        for name in kept.iter().cloned().chain(self.columns().iter().map(ScoredColumn::name)) {
            out.push(b',');
            cell(name.as_bytes(), out);
        }
        out.push(b'\n');
    }

    pub(super) fn row(&mut self, view: RowView<'_>, id: &[u8], kept: &[Vec<u8>], out: &mut Vec<u8>) {
        cell(id, out);
        for text in kept {
            out.push(b',');
            cell(text, out);
        }
        let own = match view {
            RowView::Assessed(row) => {
                let role = if row.role() == bearings_engine::questionnaire::Role::Broke { row.role() } else { HURT };
                self.roles.iter().position(|known| known.role == role).map(|at| (row, at))
            }
            RowView::Withheld => None,
        };
        let Some((row, at)) = own else {
            self.withheld(out);
            return;
        };
        let Some(role) = self.roles.get(at) else { return };
        let variant = &role.variant;
        if self.has_stage {
            out.push(b',');
            let stage = row.stage().and_then(|stage| variant.stages.get(stage));
            // The ladder of somebody on another path is not climbed at all.
            let unplaced = if row.is_other_path() { "" } else { "unplaced" };
            out.extend_from_slice(stage.map_or(unplaced, |stage| stage.id.as_str()).as_bytes());
            out.push(b',');
            list(row.overlays().filter_map(|overlay| variant.overlays.get(overlay)).map(|overlay| &overlay.id), out);
        }
        if self.has_signal {
            out.push(b',');
            match row.signal() {
                Signal::Declared(signal) => {
                    out.extend_from_slice(variant.signals.get(signal).map_or("", |signal| &signal.id).as_bytes());
                }
                Signal::NotEnoughAnswered => out.extend_from_slice(b"not_enough_answered"),
                Signal::None => {}
            }
            out.push(b',');
            match row.reason() {
                Some(Reason::Declared(reason)) => {
                    out.extend_from_slice(variant.reasons.get(reason).map_or("", |reason| &reason.id).as_bytes());
                }
                Some(Reason::Engine(reason)) => out.extend_from_slice(reason.as_str().as_bytes()),
                None => {}
            }
        }
        if self.has_sides {
            out.push(b',');
            let keep_side = role.keep_side.map_or(Value::Absent, |aggregate| row.aggregate(aggregate));
            number(&mut self.texts, self.decimals, keep_side, out);
            out.push(b',');
            if !row.is_other_path() {
                let level: u32 = (0..variant.signs.len()).map(|sign| u32::from(row.level(sign))).sum();
                out.extend_from_slice(level.to_string().as_bytes());
            }
        }
        for scale in &role.scales {
            out.push(b',');
            match scale.map(|scale| row.score(scale)) {
                Some(score) => {
                    number(&mut self.texts, self.decimals, score.value, out);
                    out.push(b',');
                    out.extend_from_slice(score.answered.to_string().as_bytes());
                }
                None => out.push(b','),
            }
        }
        for sum in &role.points {
            out.push(b',');
            if let Some(sum) = sum {
                out.extend_from_slice(row.points(*sum).to_string().as_bytes());
            }
        }
        if self.has_rules {
            for wanted in [RuleOutcome::Fired, RuleOutcome::Undecided] {
                out.push(b',');
                let rules = variant.rules.iter().enumerate().filter(|(at, _)| row.rule(*at) == wanted);
                list(rules.map(|(_, rule)| &rule.id), out);
            }
        }
        out.push(b'\n');
    }

    /// A hard flag: `withheld`, and nothing else.
    fn withheld(&self, out: &mut Vec<u8>) {
        for column in self.columns() {
            out.push(b',');
            if column == ScoredColumn::Signal {
                out.extend_from_slice(b"withheld");
            }
        }
        out.push(b'\n');
    }
}

const HURT: bearings_engine::questionnaire::Role = bearings_engine::questionnaire::Role::Hurt;

fn number(texts: &mut FxHashMap<(i64, i64), String>, decimals: u32, value: Value, out: &mut Vec<u8>) {
    if let Value::Known { numerator, denominator } = value {
        let text = texts
            .entry((numerator, denominator))
            .or_insert_with(|| format_half_up(&Exact::new(i128::from(numerator), i128::from(denominator)), decimals));
        out.extend_from_slice(text.as_bytes());
    }
}

/// Ids joined by `;`.
fn list<'a>(ids: impl Iterator<Item = &'a String>, out: &mut Vec<u8>) {
    for (at, id) in ids.enumerate() {
        if at > 0 {
            out.push(b';');
        }
        out.extend_from_slice(id.as_bytes());
    }
}

/// A cell, quoted if it must be.
pub(super) fn cell(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.push(b'"');
        for byte in text {
            if *byte == b'"' {
                out.push(b'"');
            }
            out.push(*byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text);
    }
}
