//! Surveys: a table with one respondent a row, read in one pass.
//!
//! A row comes out as the answers that stand in it, unsettled: which items a respondent was not shown is for
//! the engine to say. No cell is ever echoed: what a person answered does not belong into an error text.

mod blocks;
mod cells;
mod columns;
mod coverage;
mod input;
mod literal;
mod plan;
mod problem;
mod recorded;
mod records;

#[cfg(test)]
mod tests;

use std::path::Path;

use bearings_engine::questionnaire::{Bond, Form, Questionnaire, Role};
use bearings_engine::responses::Answer;

use crate::args::{ColumnPattern, RecordedAs};
use crate::exit::{Failure, Report};
pub(crate) use blocks::Block;
use columns::Columns;
pub(crate) use input::Fingerprint;
use input::Input;
use literal::Literals;
pub(crate) use plan::{Noticed, Plan, Rows};
pub(crate) use problem::{Problem, RowError};
use recorded::Watch;

/// How a survey is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Config<'a> {
    /// The column that identifies a respondent; none: one of the usual names, else the row number.
    pub(crate) id: Option<&'a str>,
    /// Columns whose cells are handed through.
    pub(crate) keep: &'a [String],
    /// Columns by which respondents could be told apart.
    pub(crate) quasi: &'a [String],
    /// Whether the kept ones may be answers about safety, or who is under 18.
    pub(crate) private: Private,
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

/// Whether private columns may be handed through: answers about safety, and who is under 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Private {
    /// They never are.
    Refused,
    /// They are, for a study that has approval for it.
    Kept,
}

/// A survey that is being read.
pub(crate) struct Survey {
    input: Input,
    plan: Plan,
    rows: Rows,
    /// The block that is read; the first one is, less its header, while opening.
    block: Block,
    notes: Vec<String>,
}

/// One respondent. Made once and filled again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which data row it is, from 1.
    pub(crate) number: u64,
    /// The line of the file it starts on, from 1.
    pub(crate) line: u64,
    /// The byte of the file it starts at.
    pub(crate) offset: u64,
    /// The cell of the id column, or the row number.
    pub(crate) id: Vec<u8>,
    /// The cells of the kept columns.
    pub(crate) kept: Vec<Vec<u8>>,
    /// The cells of the columns by which respondents could be told apart.
    pub(crate) quasi: Vec<Vec<u8>>,
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

impl Survey {
    /// Opens a survey (`-` is standard input), reads its header and finds out what its columns mean.
    ///
    /// # Errors
    /// It cannot be read, is no survey of this questionnaire, or private columns were to be kept.
    pub(crate) fn open(path: &Path, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        Self::start(Input::open(path, config.fingerprint)?, questionnaire, config)
    }

    fn start(mut input: Input, questionnaire: &Questionnaire, config: &Config<'_>) -> Result<Self, Failure> {
        let mut block = input.next(Block::default())?.ok_or_else(|| input.empty())?;
        let header = input.take_header(&mut block).ok_or_else(|| input.empty())?;
        let columns = Columns::find(&header, &input.name, questionnaire, config)?;
        recorded::refuse_yes_or_no(questionnaire, &columns, &input.name, config.recorded)?;
        if block.rows == 0 {
            block = match input.next(block)? {
                Some(next) if next.rows > 0 => next,
                _ => {
                    let report =
                        Report::message(format!("{}:1: there is a header line, but no row below it", input.name));
                    return Err(Failure::Responses(report));
                }
            };
        }
        let form = config.form.unwrap_or_else(|| coverage::form(questionnaire, &columns.mapped));
        let default_role = config.role.unwrap_or(coverage::DEFAULT_ROLE);
        let mut notes = input.notes();
        notes.extend(coverage::notes(questionnaire, &columns, form, config.role, &input.name));
        let counted = recorded::note(questionnaire, &columns, config.recorded);
        notes.extend(counted.map(|note| format!("{}: {note}", input.name)));
        let watch = Watch::new(questionnaire, &columns, config);
        let plan = Plan::new(questionnaire, columns, input.marks, form, default_role);
        let rows = Rows::new(&plan, Noticed { watch, literals: Literals::default() });
        Ok(Self { input, plan, rows, block, notes })
    }

    /// The name of the file, as it is printed.
    pub(crate) fn name(&self) -> &str {
        &self.input.name
    }

    /// The form that was asked.
    pub(crate) fn form(&self) -> Form {
        self.plan.form
    }

    /// The role of respondents whose row does not say it.
    pub(crate) fn default_role(&self) -> Role {
        self.plan.default_role
    }

    /// The name of the id column; none if respondents are numbered.
    pub(crate) fn id_column(&self) -> Option<&str> {
        self.plan.columns.id.and_then(|column| self.plan.columns.name(column))
    }

    /// Whether a column holds the answers to this slot.
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.columns.has(slot)
    }

    /// What is to be said once about how the survey is read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many bytes the file has, if that is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        self.input.length
    }

    /// What was noticed so far.
    pub(crate) fn noticed(&self) -> &Noticed {
        &self.rows.noticed
    }

    /// A row to be filled.
    pub(crate) fn row(&self) -> Row {
        self.plan.row()
    }

    /// Fills the row with the next respondent.
    ///
    /// # Errors
    /// The file cannot be read on. A row that makes no sense is no error: [`Next::Rejected`].
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<Next, Failure> {
        loop {
            match self.rows.next(&self.plan, &self.block, row) {
                Next::End => {}
                found => return Ok(found),
            }
            let used = std::mem::take(&mut self.block);
            match self.input.next(used)? {
                Some(block) => self.block = block,
                None => return Ok(Next::End),
            }
            self.rows.restart();
        }
    }

    /// What rows mean, and the source of the blocks they are in, for readers of their own ([`Survey::reader`]).
    pub(crate) fn parts(&mut self) -> (&Plan, Source<'_>) {
        (&self.plan, Source { input: &mut self.input, first: Some(std::mem::take(&mut self.block)) })
    }

    /// A reader of blocks; what it noticed is given back with [`Survey::notice`].
    pub(crate) fn reader(&self) -> Rows {
        Rows::new(&self.plan, self.rows.noticed.clone())
    }

    /// Adds what a reader noticed.
    pub(crate) fn notice(&mut self, noticed: Noticed) {
        self.rows.noticed.add(noticed);
    }

    /// Reads what is left unread and gives the SHA-256 of all the bytes, if it was asked for.
    ///
    /// # Errors
    /// The file cannot be read to its end.
    pub(crate) fn fingerprint(self) -> Result<Option<String>, Failure> {
        self.input.fingerprint()
    }
}

/// The blocks of a survey, from its first row.
pub(crate) struct Source<'a> {
    input: &'a mut Input,
    first: Option<Block>,
}

impl Source<'_> {
    /// The next rows; none at the end. `used` is a block that is not needed any more.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub(crate) fn next(&mut self, used: Block) -> Result<Option<Block>, Failure> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.input.next(used),
        }
    }
}
