//! Surveys: a table with one respondent a row, read in one pass.
//!
//! A row comes out as the answers that stand in it, unsettled: which items a respondent was not shown is for
//! the engine to say. No cell is ever echoed: what a person answered does not belong into an error text.

mod absent;
mod cells;
mod columns;
mod coverage;
mod decision;
mod dialect;
mod header;
mod identifying;
mod input;
mod literal;
mod map;
mod observed;
mod problem;
mod recognised;
mod recorded;
mod source;
mod ticked;

#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::Path;

use bearings_engine::questionnaire::{BOND_ITEM, Bond, Form, Questionnaire, ROLE_ITEM, Role};
use bearings_engine::responses::{Answer, Missing};
use csv::ByteRecord;

use crate::args::{ColumnPattern, Encoding, RecordedAs};
use crate::exit::{Failure, Report};
use absent::ABSENT;
use columns::Columns;
pub(crate) use decision::Decision;
use dialect::Said;
use input::{Input, Rows};
use literal::Literals;
pub(crate) use map::{Map, MapFile};
use observed::Observed;
pub(crate) use problem::{Problem, RowError};
pub(crate) use recognised::{Recognised, Use};
use recorded::Watch;
pub(crate) use source::Fingerprint;
use source::Source;

/// How a survey is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Config<'a> {
    /// The column that identifies a respondent; none: one of the usual names, else the row number.
    pub(crate) id: Option<&'a str>,
    /// Columns whose cells are handed through.
    pub(crate) keep: &'a [String],
    /// How numbered columns are named.
    pub(crate) pattern: Option<&'a ColumnPattern>,
    /// Codes that stand for "no answer".
    pub(crate) missing: &'a [String],
    /// How options were written down.
    pub(crate) recorded: RecordedAs,
    /// How the text is encoded, if it was said.
    pub(crate) encoding: Option<Encoding>,
    /// Which column holds which item, if that was written down.
    pub(crate) map: Option<&'a Map>,
    /// The form, if it was said.
    pub(crate) form: Option<Form>,
    /// The role of respondents whose row does not say it.
    pub(crate) role: Option<Role>,
    /// Whether the bytes are to be fingerprinted for a manifest.
    pub(crate) fingerprint: Fingerprint,
}

impl Config<'_> {
    /// How options were written down: as was said, else as the map says.
    pub(super) fn recorded(&self) -> RecordedAs {
        let mapped = self.map.and_then(Map::recorded_as).filter(|_| self.recorded == RecordedAs::Printed);
        mapped.unwrap_or(self.recorded)
    }

    /// How numbered columns are named: as was said, else as the map says.
    pub(super) fn pattern(&self) -> Option<&ColumnPattern> {
        self.pattern.or_else(|| self.map.and_then(Map::pattern))
    }

    /// What cannot be said both here and in the map.
    fn refuse_contradictions(&self) -> Result<(), Failure> {
        let Some(map) = self.map else { return Ok(()) };
        let recorded =
            map.recorded_as().is_some_and(|how| self.recorded != RecordedAs::Printed && how != self.recorded);
        let encoding = map.encoding().is_some_and(|how| self.encoding.is_some_and(|said| said != how));
        let option = match (recorded, encoding) {
            (true, _) => "--recorded-as",
            (_, true) => "--encoding",
            _ => return Ok(()),
        };
        Err(Failure::Usage(format!("{option} contradicts the map; change one of the two")))
    }

    fn open(&self, path: &Path) -> Result<Input, Failure> {
        self.refuse_contradictions()?;
        let encoding = self.encoding.or_else(|| self.map.and_then(Map::encoding));
        Input::new(Source::open(path, encoding, self.fingerprint)?, self.said())
    }

    fn said(&self) -> Said {
        self.map.map(Map::said).unwrap_or_default()
    }
}

/// How many rows are looked at for what no name tells of a column. A design choice.
const SAMPLED: usize = 50;

/// A survey that is being read.
pub(crate) struct Survey {
    name: String,
    rows: Rows,
    columns: Columns,
    watch: Watch,
    literals: Literals,
    form: Form,
    default_role: Role,
    roles: WordSlot<Role>,
    bonds: WordSlot<Bond>,
    slots: usize,
    record: ByteRecord,
    /// The record read last was not handed out yet: the first one is read while opening.
    pending: bool,
    count: u64,
    observed: Observed,
    decisions: Vec<Decision>,
    recorded: RecordedAs,
    map_sha256: Option<String>,
    notes: Vec<String>,
}

/// One respondent. Made once and filled again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which data row it is, from 1.
    pub(crate) number: u64,
    /// The line of the file it starts on, from 1.
    pub(crate) line: u64,
    /// The cell of the id column, or the row number.
    pub(crate) id: Vec<u8>,
    /// The cells of the kept columns.
    pub(crate) kept: Vec<Vec<u8>>,
    /// As whom the respondent answers.
    pub(crate) role: Role,
    /// What kind of bond it is about, if the row says it.
    pub(crate) bond: Option<Bond>,
    /// One answer for each slot of the questionnaire, before settling.
    pub(crate) answers: Vec<Answer>,
}

/// What came next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// The row was filled.
    Row,
    /// The row cannot be used; what it was filled with means nothing.
    Rejected(RowError),
    /// There are no more rows.
    End,
}

/// The meaning of the levels of an item such as `my_role`, if the survey has it.
struct WordSlot<T> {
    slot: Option<usize>,
    meanings: Vec<Option<T>>,
}

impl Survey {
    /// Opens a survey (`-` is standard input), reads its header and finds out what its columns mean.
    ///
    /// # Errors
    /// It cannot be read, is no survey of this questionnaire, or private columns were to be kept.
    pub(crate) fn open(path: &Path, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        Self::start(config.open(path)?, questionnaire, config)
    }

    fn start(input: Input, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        let name = input.name.clone();
        let columns = Columns::find(&input.dialect, &input.sample(SAMPLED), &name, questionnaire, config)?;
        recorded::refuse_yes_or_no(questionnaire, &columns, &name, config.recorded())?;
        let form = config.form.unwrap_or_else(|| coverage::form(questionnaire, &columns));
        let default_role = config.role.unwrap_or(coverage::DEFAULT_ROLE);
        let mut notes: Vec<String> = input.notes().collect();
        notes.extend(coverage::notes(questionnaire, &columns, form, config.role, &name));
        let counted = recorded::note(questionnaire, &columns, config.recorded());
        notes.extend(counted.map(|note| format!("{name}: {note}")));
        let decisions = input.dialect.decisions.clone();
        let below = input.lines_above().max(1);
        let mut rows = input.into_rows(|column| columns.is_answer(column));
        let mut record = ByteRecord::new();
        if !rows.next(&mut record)? {
            let report = Report::message(format!("{name}:{below}: there is a header line, but no row below it"));
            return Err(Failure::Responses(report));
        }
        Ok(Self {
            watch: Watch::new(questionnaire, &columns, config),
            literals: Literals::default(),
            name,
            rows,
            form,
            default_role,
            roles: WordSlot::find(questionnaire, &columns, ROLE_ITEM, Role::parse),
            bonds: WordSlot::find(questionnaire, &columns, BOND_ITEM, Bond::parse),
            columns,
            slots: questionnaire.slots.len(),
            record,
            pending: true,
            count: 0,
            observed: Observed::default(),
            decisions,
            recorded: config.recorded(),
            map_sha256: config.map.map(Map::sha256),
            notes,
        })
    }

    /// The name of the file, as it is printed.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What was decided about how the file is written.
    pub(crate) fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// How options were written down, where a column of the map does not say otherwise.
    pub(crate) fn recorded(&self) -> RecordedAs {
        self.recorded
    }

    /// SHA-256 of the map, if the survey is read by one.
    pub(crate) fn map_sha256(&self) -> Option<&str> {
        self.map_sha256.as_deref()
    }

    /// The names of the columns that are handed through.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &str> {
        self.columns.kept.iter().filter_map(|column| self.columns.name(*column))
    }

    /// What is to be said about the rows once they are read: previews, unfinished ones, inattentive people.
    pub(crate) fn closing_notes(&self) -> Vec<String> {
        let notes = self.columns.observers.notes(&self.observed, self.columns.header());
        notes.into_iter().map(|note| format!("{}: {note}", self.name)).collect()
    }

    /// The form that was asked.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// The role of respondents whose row does not say it.
    pub(crate) fn default_role(&self) -> Role {
        self.default_role
    }

    /// The name of the id column; none if respondents are numbered.
    pub(crate) fn id_column(&self) -> Option<&str> {
        self.columns.id.and_then(|column| self.columns.name(column))
    }

    /// What is to be said once about how the survey is read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What to try instead, if it looks as if options were written down in another way than was said.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.watch.advice()
    }

    /// What to try, if most of the cells that are no answer hold one word that other programs write for none.
    pub(crate) fn missing_advice(&self) -> Option<String> {
        self.literals.advice()
    }

    /// A row to be filled.
    pub(crate) fn row(&self) -> Row {
        Row {
            number: 0,
            line: 0,
            id: Vec::new(),
            kept: vec![Vec::new(); self.columns.kept.len()],
            role: self.default_role,
            bond: None,
            answers: vec![Answer::Missing(Missing::Skipped); self.slots],
        }
    }

    /// Fills the row with the next respondent.
    ///
    /// # Errors
    /// The file cannot be read on. A row that makes no sense is no error: [`Next::Rejected`].
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<Next, Failure> {
        if !std::mem::take(&mut self.pending) && !self.rows.next(&mut self.record)? {
            return Ok(Next::End);
        }
        self.count += 1;
        row.number = self.count;
        row.line = self.rows.line(&self.record);
        match self.fill(row) {
            Ok(()) => Ok(Next::Row),
            Err(problems) => Ok(Next::Rejected(RowError { row: row.number, line: row.line, problems })),
        }
    }

    fn fill(&mut self, row: &mut Row) -> Result<(), Vec<Problem>> {
        if self.rows.has_open_quote(&self.record) {
            return Err(vec![Problem::OpenQuote]);
        }
        if self.record.len() != self.columns.width {
            return Err(vec![Problem::Width { found: self.record.len(), expected: self.columns.width }]);
        }
        if !self.watch.is_idle() {
            self.watch.look(&self.record, &self.columns);
        }
        let cell = |column: usize| self.record.get(column).unwrap_or_default();
        self.columns.observers.look(self.columns.platform, cell, &mut self.observed);
        let mut problems = Vec::new();
        for mapped in &self.columns.mapped {
            // Both are inside: the width was compared, and slots come from the questionnaire.
            let Some(cell) = self.record.get(mapped.column) else {
                continue;
            };
            let Some(answer) = row.answers.get_mut(mapped.slot) else {
                continue;
            };
            match mapped.cells.read(cell) {
                Some(found) => *answer = found,
                None => {
                    self.literals.count(cell);
                    problems.push(mapped.problem(cell, self.columns.name(mapped.column)));
                }
            }
        }
        for ticked in &self.columns.ticked {
            let cell = self.record.get(ticked.column).unwrap_or_default();
            if !ticked.read(cell, &mut row.answers) {
                problems.push(ticked.problem(self.columns.name(ticked.column)));
            }
        }
        self.identify(row, &mut problems);
        if problems.iter().any(|problem| matches!(problem, Problem::NotUtf8 { .. })) {
            self.literals.count_broken();
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        row.role = self.roles.meaning(&row.answers).unwrap_or(self.default_role);
        row.bond = self.bonds.meaning(&row.answers);
        Ok(())
    }

    /// Hands the id and the kept cells through; they are written out again, so they must be text.
    fn identify(&self, row: &mut Row, problems: &mut Vec<Problem>) {
        row.id.clear();
        match self.columns.id {
            Some(column) => self.copy(column, &mut row.id, problems),
            // Writing into a vector cannot fail.
            None => drop(write!(row.id, "{}", row.number)),
        }
        for (column, kept) in self.columns.kept.iter().zip(&mut row.kept) {
            kept.clear();
            self.copy(*column, kept, problems);
        }
    }

    fn copy(&self, column: usize, to: &mut Vec<u8>, problems: &mut Vec<Problem>) {
        let mut cell = self.record.get(column).unwrap_or_default();
        if cell == [ABSENT] {
            cell = b"";
        }
        // What is left of a line end such as CR LF.
        while let Some(rest) = cell.strip_suffix(b"\r") {
            cell = rest;
        }
        if std::str::from_utf8(cell).is_err() {
            problems.push(Problem::NotUtf8 { column: header::shown(self.columns.name(column).unwrap_or_default()) });
        }
        to.extend_from_slice(cell);
    }

    /// Reads what is left unread and gives the SHA-256 of all the bytes, if it was asked for.
    ///
    /// # Errors
    /// The file cannot be read to its end.
    pub(crate) fn fingerprint(self) -> Result<Option<String>, Failure> {
        self.rows.fingerprint().map_err(|error: io::Error| Failure::reading(self.name, error))
    }
}

impl<T: Copy> WordSlot<T> {
    fn find(questionnaire: &Questionnaire, columns: &Columns, item: &str, parse: fn(&str) -> Option<T>) -> Self {
        let slot = questionnaire.slot(item).filter(|slot| columns.has(*slot));
        let meanings = slot
            .and_then(|slot| questionnaire.slots.get(slot))
            .map(|slot| (0..slot.levels.count()).map(|level| parse(&slot.levels.value(level)?.to_string())).collect())
            .unwrap_or_default();
        Self { slot, meanings }
    }

    fn meaning(&self, answers: &[Answer]) -> Option<T> {
        *self.meanings.get(answers.get(self.slot?)?.level()?)?
    }
}
