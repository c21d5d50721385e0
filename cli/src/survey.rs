//! Surveys: a table with one respondent a row, read in one pass.
//!
//! A row comes out as the answers that stand in it, unsettled: which items a respondent was not shown is for
//! the engine to say. No cell is ever echoed: what a person answered does not belong into an error text.

mod cells;
mod columns;
mod coverage;
mod input;
mod literal;
mod problem;
mod recorded;

#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::Path;

use bearings_engine::questionnaire::{BOND_ITEM, Bond, Form, Questionnaire, ROLE_ITEM, Role};
use bearings_engine::responses::{Answer, Missing};
use csv::ByteRecord;

use crate::args::{ColumnPattern, RecordedAs};
use crate::exit::{Failure, Report};
use columns::Columns;
pub(crate) use input::Fingerprint;
use input::Input;
use literal::Literals;
pub(crate) use problem::{Problem, RowError};
use recorded::Watch;

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
    /// The form, if it was said.
    pub(crate) form: Option<Form>,
    /// The role of respondents whose row does not say it.
    pub(crate) role: Option<Role>,
    /// Whether the bytes are to be fingerprinted for a manifest.
    pub(crate) fingerprint: Fingerprint,
}

/// A survey that is being read.
pub(crate) struct Survey {
    input: Input,
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
    rows: u64,
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
        Self::start(Input::open(path, config.fingerprint)?, questionnaire, config)
    }

    fn start(mut input: Input, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        let header = input.header()?;
        let columns = Columns::find(&header, &input.name, questionnaire, config)?;
        recorded::refuse_yes_or_no(questionnaire, &columns, &input.name, config.recorded)?;
        let mut record = ByteRecord::new();
        if !input.next(&mut record)? {
            let report = Report::message(format!("{}:1: there is a header line, but no row below it", input.name));
            return Err(Failure::Responses(report));
        }
        let form = config.form.unwrap_or_else(|| coverage::form(questionnaire, &columns.mapped));
        let default_role = config.role.unwrap_or(coverage::DEFAULT_ROLE);
        let mut notes = input.notes();
        notes.extend(coverage::notes(questionnaire, &columns, form, config.role, &input.name));
        let counted = recorded::note(questionnaire, &columns, config.recorded);
        notes.extend(counted.map(|note| format!("{}: {note}", input.name)));
        Ok(Self {
            watch: Watch::new(questionnaire, &columns, config),
            literals: Literals::default(),
            input,
            form,
            default_role,
            roles: WordSlot::find(questionnaire, &columns, ROLE_ITEM, Role::parse),
            bonds: WordSlot::find(questionnaire, &columns, BOND_ITEM, Bond::parse),
            columns,
            slots: questionnaire.slots.len(),
            record,
            pending: true,
            rows: 0,
            notes,
        })
    }

    /// The name of the file, as it is printed.
    pub(crate) fn name(&self) -> &str {
        &self.input.name
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

    /// Whether a column holds the answers to this slot.
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.columns.has(slot)
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
        if !std::mem::take(&mut self.pending) && !self.input.next(&mut self.record)? {
            return Ok(Next::End);
        }
        self.rows += 1;
        row.number = self.rows;
        row.line = self.input.line(&self.record);
        match self.fill(row) {
            Ok(()) => Ok(Next::Row),
            Err(problems) => Ok(Next::Rejected(RowError { row: row.number, line: row.line, problems })),
        }
    }

    fn fill(&mut self, row: &mut Row) -> Result<(), Vec<Problem>> {
        if self.input.has_open_quote(&self.record) {
            return Err(vec![Problem::OpenQuote]);
        }
        if self.record.len() != self.columns.width {
            return Err(vec![Problem::Width { found: self.record.len(), expected: self.columns.width }]);
        }
        if !self.watch.is_idle() {
            self.watch.look(&self.record, &self.columns);
        }
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
        self.identify(row, &mut problems);
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
        // What is left of a line end such as CR LF.
        while let Some(rest) = cell.strip_suffix(b"\r") {
            cell = rest;
        }
        if std::str::from_utf8(cell).is_err() {
            problems.push(Problem::NotUtf8 { column: columns::shown(self.columns.name(column).unwrap_or_default()) });
        }
        to.extend_from_slice(cell);
    }

    /// Reads what is left unread and gives the SHA-256 of all the bytes, if it was asked for.
    ///
    /// # Errors
    /// The file cannot be read to its end.
    pub(crate) fn fingerprint(self) -> Result<Option<String>, Failure> {
        let name = self.input.name.clone();
        self.input.fingerprint().map_err(|error: io::Error| Failure::reading(name, error))
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
