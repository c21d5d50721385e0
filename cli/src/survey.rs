//! Surveys: a table with one respondent a row, read in one pass.
//!
//! A row comes out as the answers that stand in it, unsettled: which items a respondent was not shown is for
//! the engine to say. No cell is ever echoed: what a person answered does not belong into an error text.

mod absent;
mod blocks;
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
mod plan;
pub(crate) mod private;
mod problem;
mod recognised;
mod recorded;
mod records;
mod source;
mod ticked;
mod waves;

#[cfg(test)]
mod tests;

use std::path::Path;

use bearings_engine::questionnaire::{Bond, Form, Questionnaire, Role};
use bearings_engine::responses::Answer;

use crate::args::{ColumnArgs, ColumnPattern, Encoding, RecordedAs};
use crate::exit::{Failure, Report};
pub(crate) use blocks::Block;
use blocks::{Blocks, Unread};
use columns::Columns;
pub(crate) use decision::Decision;
use dialect::Said;
use input::{Input, Text};
use literal::Literals;
pub(crate) use map::{Map, MapFile};
use observed::Observed;
pub(crate) use plan::{Noticed, Plan, Rows};
pub(crate) use problem::{Problem, RowError};
pub(crate) use recognised::{Recognised, Use};
use recorded::Watch;
pub(crate) use source::Fingerprint;
use source::Source;
pub(crate) use waves::Waves;

/// How a survey is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Config<'a> {
    /// The column that identifies a respondent; none: one of the usual names, else the row number.
    pub(crate) id: Option<&'a str>,
    /// Columns whose cells are handed through.
    pub(crate) keep: &'a [String],
    /// The option that names them, for messages.
    pub(crate) keep_option: &'static str,
    /// Which columns say which wave a row is; they are handed through before the others.
    pub(crate) waves: Waves<'a>,
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

impl<'a> Config<'a> {
    /// As the columns are said to be read, and nothing else said.
    pub(crate) fn new(columns: &'a ColumnArgs, map: Option<&'a Map>) -> Self {
        Self {
            id: None,
            keep: &[],
            keep_option: "--keep",
            waves: Waves::NotTold,
            quasi: &[],
            private: Private::Refused,
            pattern: columns.columns.as_ref(),
            missing: &columns.missing,
            recorded: columns.recorded_as,
            encoding: columns.encoding,
            map,
            form: None,
            role: None,
            fingerprint: Fingerprint::None,
        }
    }

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
    name: String,
    /// How many bytes the file has, if that is known before it is read.
    length: Option<u64>,
    blocks: Blocks<Text>,
    plan: Plan,
    rows: Rows,
    /// The block that is read.
    block: Block,
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
    /// The byte of the text it starts at.
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
        let (marks, length) = (input.dialect.marks(), input.length());
        let mut blocks = input.into_blocks(|column| columns.is_answer(column));
        let mut block = Block::default();
        while block.rows == 0 {
            block = next_block(&mut blocks, block, &name)?.ok_or_else(|| {
                let report = Report::message(format!("{name}:{below}: there is a header line, but no row below it"));
                Failure::Responses(report)
            })?;
        }
        let watch = Watch::new(questionnaire, &columns, config);
        let noticed = Noticed { watch, literals: Literals::default(), observed: Observed::default() };
        let plan = Plan::new(questionnaire, columns, marks, form, default_role);
        Ok(Self {
            rows: Rows::new(&plan, noticed),
            name,
            length,
            blocks,
            plan,
            block,
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
        self.plan.columns.kept.iter().filter_map(|column| self.plan.columns.name(*column))
    }

    /// How many of them, from the first on, say which wave a row is.
    pub(crate) fn waves(&self) -> usize {
        self.plan.columns.waves
    }

    /// What is to be said about the rows once they are read: previews, unfinished ones, inattentive people.
    pub(crate) fn closing_notes(&self) -> Vec<String> {
        let notes = self.plan.columns.observers.notes(&self.rows.noticed.observed, self.plan.columns.header());
        notes.into_iter().map(|note| format!("{}: {note}", self.name)).collect()
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

    /// What is to be said once about how the survey is read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether a slot has a column.
    pub(crate) fn has(&self, slot: usize) -> bool {
        self.plan.columns.has(slot)
    }

    /// How many bytes the file has, if that is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
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
            match next_block(&mut self.blocks, used, &self.name)? {
                Some(block) => self.block = block,
                None => return Ok(Next::End),
            }
            self.rows.restart();
        }
    }

    /// What rows mean, and the source of the blocks they are in, for readers of their own ([`Survey::reader`]).
    pub(crate) fn parts(&mut self) -> (&Plan, Blockwise<'_>) {
        let first = Some(std::mem::take(&mut self.block));
        (&self.plan, Blockwise { blocks: &mut self.blocks, name: &self.name, first })
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
        let source = self.blocks.into_inner().into_source();
        source.fingerprint().map_err(|error| Failure::reading(self.name, error))
    }
}

/// The blocks of a survey, from its first row.
pub(crate) struct Blockwise<'a> {
    blocks: &'a mut Blocks<Text>,
    name: &'a str,
    first: Option<Block>,
}

impl Blockwise<'_> {
    /// The next rows; none at the end. `used` is a block that is not needed any more.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub(crate) fn next(&mut self, used: Block) -> Result<Option<Block>, Failure> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => next_block(self.blocks, used, self.name),
        }
    }
}

fn next_block(blocks: &mut Blocks<Text>, used: Block, name: &str) -> Result<Option<Block>, Failure> {
    blocks.next(used).map_err(|unread| match unread {
        Unread::Io { error, line } => source::failure(name, line, error),
        Unread::TooLong { line } => {
            let message = format!("{name}:{line}: a row is longer than {} MiB", blocks::MAX_ROW_BYTES >> 20);
            Failure::Responses(Report::message(message).hint("perhaps a quote is opened and never closed"))
        }
    })
}
