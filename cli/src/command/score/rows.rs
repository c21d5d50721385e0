//! The scored file: one row a respondent, the same columns for every row.

use bearings_engine::diagnostic::nearest;
use bearings_engine::exact::{Exact, format_half_up};
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{AssessedRow, Reason, RowView, RuleOutcome, Ruleset, SafetyFinding, Signal, Value, Variant};
use rustc_hash::FxHashMap;

use super::column::ScoredColumn;
use crate::args::ScoreArgs;
use crate::exit::Failure;

/// The columns of a scored file, and where each role's variant has them.
pub(in crate::command) struct Table<'a> {
    decimals: u32,
    columns: Vec<Column>,
    /// The same by their names, for who describes them.
    scored: Vec<ScoredColumn>,
    /// The same as members of a JSON object: `,"name":`.
    members: Vec<Vec<u8>>,
    roles: Vec<Own<'a>>,
    /// Numbers that were written before, as text: a survey repeats a few hundred of them.
    texts: FxHashMap<(i64, i64), String>,
}

/// What stands in a column; the numbers are those of the lists of all roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Stage,
    Overlays,
    Signal,
    Reason,
    KeepSide,
    WalkLevel,
    Scale(usize),
    Answered(usize),
    Points(usize),
    RulesFired,
    RulesUndecided,
}

/// The variant of a role.
struct Own<'a> {
    role: Role,
    variant: &'a Variant,
    /// For each scale of all roles, the scale of this variant.
    scales: Vec<Option<usize>>,
    /// The same for sums of points.
    points: Vec<Option<usize>>,
    keep_side: Option<usize>,
    /// For each scale of all roles, the text of each of its states that was written before.
    states: Vec<Vec<Option<String>>>,
}

impl<'a> Table<'a> {
    /// The columns of a ruleset; with `fields` only these, in this order.
    ///
    /// # Errors
    /// A field is no column.
    pub(in crate::command) fn new(
        ruleset: &'a Ruleset,
        form: Form,
        decimals: u32,
        fields: &[String],
    ) -> Result<Self, Failure> {
        let variants: Vec<(Role, &Variant)> = ruleset.variants_in(form).collect();
        let mut scales: Vec<&String> = Vec::new();
        let mut points: Vec<&String> = Vec::new();
        for (_, variant) in &variants {
            for id in variant.scales.iter().map(|scale| &scale.id) {
                if !scales.contains(&id) {
                    scales.push(id);
                }
            }
            for name in &variant.points {
                if !points.contains(&name) {
                    points.push(name);
                }
            }
        }
        let any = |has: fn(&Variant) -> bool| variants.iter().any(|(_, variant)| has(variant));
        let mut columns: Vec<(Column, ScoredColumn)> = Vec::new();
        let mut add = |has: bool, pair: [(Column, ScoredColumn); 2]| columns.extend(pair.into_iter().filter(|_| has));
        add(
            any(|variant| !variant.stages.is_empty()),
            [(Column::Stage, ScoredColumn::Stage), (Column::Overlays, ScoredColumn::Overlays)],
        );
        add(
            any(|variant| !variant.signals.is_empty()),
            [(Column::Signal, ScoredColumn::Signal), (Column::Reason, ScoredColumn::Reason)],
        );
        add(
            any(|variant| !variant.signs.is_empty()),
            [(Column::KeepSide, ScoredColumn::KeepSide), (Column::WalkLevel, ScoredColumn::WalkLevel)],
        );
        for (at, id) in scales.iter().enumerate() {
            let answered = ScoredColumn::Answered((*id).clone());
            add(true, [(Column::Scale(at), ScoredColumn::Scale((*id).clone())), (Column::Answered(at), answered)]);
        }
        let sum = |(at, name): (usize, &&String)| (Column::Points(at), ScoredColumn::Points((*name).clone()));
        columns.extend(points.iter().enumerate().map(sum));
        if any(|variant| !variant.rules.is_empty()) {
            columns.push((Column::RulesFired, ScoredColumn::RulesFired));
            columns.push((Column::RulesUndecided, ScoredColumn::RulesUndecided));
        }
        let (columns, scored) = chosen(columns, fields)?.into_iter().unzip();
        let roles = variants
            .iter()
            .map(|(role, variant)| Own {
                role: *role,
                variant,
                scales: scales.iter().map(|id| variant.scales.iter().position(|scale| scale.id == **id)).collect(),
                points: points.iter().map(|name| variant.points.iter().position(|own| own == *name)).collect(),
                keep_side: variant.aggregates.iter().position(|aggregate| aggregate.id == "keep_side"),
                states: vec![Vec::new(); scales.len()],
            })
            .collect();
        let scored: Vec<ScoredColumn> = scored;
        let members = scored.iter().map(|column| format!(",\"{}\":", column.name()).into_bytes()).collect();
        Ok(Self { decimals, columns, scored, members, roles, texts: FxHashMap::default() })
    }

    /// The columns behind the id and the kept ones.
    pub(in crate::command) fn columns(&self) -> &[ScoredColumn] {
        &self.scored
    }

    /// The header line.
    pub(super) fn header(&self, id: &str, kept: &[String], args: &ScoreArgs) -> Vec<u8> {
        let mut line = Vec::new();
        cell(id.as_bytes(), &mut line);
        let own = self.scored.iter().map(ScoredColumn::name);
        let safety = args.with_safety.then(|| "safety".to_owned());
        for name in kept.iter().cloned().chain(own).chain(safety) {
            line.push(b',');
            cell(name.as_bytes(), &mut line);
        }
        line.push(b'\n');
        line
    }

    /// Adds the cells of a row behind what stands there already: the id and the kept cells.
    pub(super) fn row(&mut self, view: RowView<'_>, out: &mut Vec<u8>) {
        match view {
            RowView::Assessed(row) => self.cells(row, out),
            // A hard flag: `withheld`, and nothing else.
            RowView::Withheld => {
                for column in &self.columns {
                    out.push(b',');
                    if *column == Column::Signal {
                        out.extend_from_slice(b"withheld");
                    }
                }
            }
        }
        out.push(b'\n');
    }

    /// The same for a study with approval, with what the gate found as the last cell.
    pub(super) fn unguarded_row(&mut self, row: AssessedRow<'_>, finding: SafetyFinding, out: &mut Vec<u8>) {
        self.cells(row, out);
        out.push(b',');
        out.extend_from_slice(finding.as_str().as_bytes());
        out.push(b'\n');
    }

    /// Adds the columns as members of a JSON object. `fired` adds the rules that fired, as an array.
    pub(super) fn members(
        &mut self,
        view: RowView<'_>,
        out: &mut Vec<u8>,
        mut fired: impl FnMut(AssessedRow<'_>, &mut Vec<u8>),
    ) {
        let row = match view {
            RowView::Assessed(row) => Some(row),
            RowView::Withheld => None,
        };
        let role = if row.is_some_and(|row| row.role() == Role::Broke) { Role::Broke } else { Role::Hurt };
        let own = self.roles.iter_mut().find(|own| own.role == role);
        let mut writer =
            own.zip(row).map(|(own, row)| Writer { own, decimals: self.decimals, texts: &mut self.texts, row });
        for (column, member) in self.columns.iter().zip(&self.members) {
            out.extend_from_slice(member);
            match (&mut writer, column) {
                // A hard flag: `withheld`, and nothing else.
                (None, Column::Signal) => out.extend_from_slice(b"\"withheld\""),
                (None, _) => out.extend_from_slice(b"null"),
                (Some(writer), Column::RulesFired) => fired(writer.row, out),
                (Some(writer), column) => writer.value(*column, out),
            }
        }
    }

    fn cells(&mut self, row: AssessedRow<'_>, out: &mut Vec<u8>) {
        let role = if row.role() == Role::Broke { Role::Broke } else { Role::Hurt };
        if let Some(own) = self.roles.iter_mut().find(|own| own.role == role) {
            let mut writer = Writer { own, decimals: self.decimals, texts: &mut self.texts, row };
            for column in &self.columns {
                out.push(b',');
                writer.cell(*column, out);
            }
        }
    }
}

/// A column, and how it is described.
type Described = (Column, ScoredColumn);

/// The columns that were asked for, in that order; all of them where nothing was.
fn chosen(columns: Vec<Described>, fields: &[String]) -> Result<Vec<Described>, Failure> {
    if fields.is_empty() {
        return Ok(columns);
    }
    let names: Vec<String> = columns.iter().map(|(_, column)| column.name()).collect();
    let mut found: Vec<Described> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    for field in fields {
        match columns.iter().zip(&names).find(|(_, name)| *name == field) {
            Some((column, _)) if found.contains(column) => unknown.push(format!("`{field}` stands there twice")),
            Some((column, _)) => found.push(column.clone()),
            None => {
                let near = nearest(field, names.iter().map(String::as_str));
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                unknown.push(format!("there is no column `{field}`{near}"));
            }
        }
    }
    match unknown.is_empty() {
        true => Ok(found),
        false => Err(Failure::Usage(format!("--fields: {}; the columns are {}", unknown.join("; "), names.join(", ")))),
    }
}

/// Writes the cells of one row.
struct Writer<'t, 'a> {
    own: &'t mut Own<'a>,
    decimals: u32,
    texts: &'t mut FxHashMap<(i64, i64), String>,
    row: AssessedRow<'t>,
}

impl Writer<'_, '_> {
    /// A column as a JSON value: a number, a text, a list of ids, or `null` where its cell would be empty.
    fn value(&mut self, column: Column, out: &mut Vec<u8>) {
        // Ids are made of letters, digits and underscores, so that none needs an escape.
        let quote: &[u8] = match column {
            Column::Stage | Column::Signal | Column::Reason => b"\"",
            Column::Overlays | Column::RulesUndecided | Column::RulesFired => {
                let start = out.len() + 1;
                out.push(b'[');
                self.cell(column, out);
                let ids = out.split_off(start);
                for (at, id) in ids.split(|byte| *byte == b';').filter(|id| !id.is_empty()).enumerate() {
                    out.extend_from_slice(if at > 0 { b",\"" } else { b"\"" });
                    out.extend_from_slice(id);
                    out.push(b'"');
                }
                out.push(b']');
                return;
            }
            _ => b"",
        };
        out.extend_from_slice(quote);
        let start = out.len();
        self.cell(column, out);
        if out.len() == start {
            out.truncate(start - quote.len());
            out.extend_from_slice(b"null");
        } else {
            out.extend_from_slice(quote);
        }
    }

    fn cell(&mut self, column: Column, out: &mut Vec<u8>) {
        let (row, variant) = (self.row, self.own.variant);
        match column {
            Column::Stage => {
                let stage = row.stage().and_then(|stage| variant.stages.get(stage));
                // The ladder of somebody on another path is not climbed at all.
                let unplaced = if row.is_other_path() || variant.stages.is_empty() { "" } else { "unplaced" };
                out.extend_from_slice(stage.map_or(unplaced, |stage| stage.id.as_str()).as_bytes());
            }
            Column::Overlays => {
                list(
                    row.overlays().filter_map(|overlay| variant.overlays.get(overlay)).map(|overlay| &overlay.id),
                    out,
                );
            }
            Column::Signal => out.extend_from_slice(match row.signal() {
                Signal::Declared(signal) => variant.signals.get(signal).map_or(b"", |signal| signal.id.as_bytes()),
                Signal::NotEnoughAnswered => b"not_enough_answered",
                Signal::None => b"",
            }),
            Column::Reason => out.extend_from_slice(
                match row.reason() {
                    Some(Reason::Declared(reason)) => variant.reasons.get(reason).map_or("", |reason| &reason.id),
                    Some(Reason::Engine(reason)) => reason.as_str(),
                    None => "",
                }
                .as_bytes(),
            ),
            Column::KeepSide => {
                let value = self.own.keep_side.map_or(Value::Absent, |aggregate| row.aggregate(aggregate));
                self.number(value, out);
            }
            Column::WalkLevel => {
                if !row.is_other_path() {
                    let level: u32 = (0..variant.signs.len()).map(|sign| u32::from(row.level(sign))).sum();
                    whole(level.into(), out);
                }
            }
            Column::Scale(number) => {
                if let Some(scale) = self.own.scales.get(number).copied().flatten() {
                    self.scale(number, scale, out);
                }
            }
            Column::Answered(number) => {
                if let Some(scale) = self.own.scales.get(number).copied().flatten() {
                    whole(row.score(scale).answered.into(), out);
                }
            }
            Column::Points(number) => {
                if let Some(sum) = self.own.points.get(number).copied().flatten() {
                    whole(row.points(sum), out);
                }
            }
            Column::RulesFired => self.rules(RuleOutcome::Fired, out),
            Column::RulesUndecided => self.rules(RuleOutcome::Undecided, out),
        }
    }

    fn rules(&self, did: RuleOutcome, out: &mut Vec<u8>) {
        let variant = self.own.variant;
        list(self.row.rules_that(did).filter_map(|rule| variant.rules.get(rule)).map(|rule| &rule.id), out);
    }

    /// A score; one by a state is written as it was the last time.
    fn scale(&mut self, number: usize, scale: usize, out: &mut Vec<u8>) {
        let value = |row: AssessedRow<'_>| row.score(scale).value;
        let Some(state) = self.row.state(scale) else { return self.number(value(self.row), out) };
        let Some(known) = self.own.states.get_mut(number) else { return };
        if known.len() <= state {
            known.resize(state + 1, None);
        }
        if let Some(text) = known.get_mut(state) {
            let text = text.get_or_insert_with(|| written(value(self.row), self.decimals));
            out.extend_from_slice(text.as_bytes());
        }
    }

    fn number(&mut self, value: Value, out: &mut Vec<u8>) {
        if let Value::Known { numerator, denominator } = value {
            let text = self.texts.entry((numerator, denominator)).or_insert_with(|| written(value, self.decimals));
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// A number half up; nothing where there is none.
fn written(value: Value, decimals: u32) -> String {
    match value {
        Value::Known { numerator, denominator } => {
            format_half_up(&Exact::new(i128::from(numerator), i128::from(denominator)), decimals)
        }
        _ => String::new(),
    }
}

/// A whole number; nearly all have one digit.
fn whole(number: i64, out: &mut Vec<u8>) {
    match u8::try_from(number) {
        Ok(digit @ 0..=9) => out.push(b'0' + digit),
        _ => out.extend_from_slice(number.to_string().as_bytes()),
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
