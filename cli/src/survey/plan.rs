//! What the cells of a row mean: found once, the same for every row and every thread.

use std::io::Write;

use bearings_engine::questionnaire::{BOND_ITEM, Bond, Form, Questionnaire, ROLE_ITEM, Role};
use bearings_engine::responses::{Answer, Missing};

use super::absent::ABSENT;
use super::blocks::{Block, Marks};
use super::columns::Columns;
use super::header::shown;
use super::literal::Literals;
use super::observed::Observed;
use super::problem::{Problem, RowError};
use super::recorded::Watch;
use super::records::{Record, Records};
use super::waves::FormOfProject;
use super::{Next, Row};

/// What the cells of a row mean.
pub(crate) struct Plan {
    pub(super) columns: Columns,
    pub(super) marks: Marks,
    pub(super) form: Form,
    pub(super) default_role: Role,
    roles: WordSlot<Role>,
    bonds: WordSlot<Bond>,
    slots: usize,
    forms: Vec<FormOfProject>,
}

/// The meaning of the levels of an item such as `my_role`, if the survey has it.
struct WordSlot<T> {
    slot: Option<usize>,
    meanings: Vec<Option<T>>,
}

/// What is noticed while rows are read. Of several readers it is put together in the end.
#[derive(Clone)]
pub(crate) struct Noticed {
    pub(super) watch: Watch,
    pub(super) literals: Literals,
    pub(super) observed: Observed,
}

/// Reads rows, block after block. Each thread has its own.
pub(crate) struct Rows {
    records: Records,
    pub(super) noticed: Noticed,
    /// How many rows of the block were read.
    read: u64,
}

impl Plan {
    pub(super) fn new(
        questionnaire: &Questionnaire,
        columns: Columns,
        marks: Marks,
        form: Form,
        default_role: Role,
    ) -> Self {
        Self {
            roles: WordSlot::find(questionnaire, &columns, ROLE_ITEM, Role::parse),
            bonds: WordSlot::find(questionnaire, &columns, BOND_ITEM, Bond::parse),
            slots: questionnaire.slots.len(),
            forms: FormOfProject::all(&columns, questionnaire),
            columns,
            marks,
            form,
            default_role,
        }
    }

    /// A row to be filled.
    pub(crate) fn row(&self) -> Row {
        Row {
            number: 0,
            line: 0,
            offset: 0,
            id: Vec::new(),
            kept: vec![Vec::new(); self.columns.kept.len()],
            quasi: vec![Vec::new(); self.columns.quasi.len()],
            role: self.default_role,
            bond: None,
            answers: vec![Answer::Missing(Missing::Skipped); self.slots],
        }
    }

    /// Whether respondents have no id of their own and are numbered.
    pub(crate) fn is_numbered(&self) -> bool {
        self.columns.id.is_none()
    }

    fn fill(&self, record: Record<'_>, noticed: &mut Noticed, row: &mut Row) -> Result<(), Vec<Problem>> {
        if has_open_quote(record) {
            return Err(vec![Problem::OpenQuote]);
        }
        if record.len() != self.columns.width {
            return Err(vec![Problem::Width { found: record.len(), expected: self.columns.width }]);
        }
        if !noticed.watch.is_idle() {
            noticed.watch.look(record, &self.columns);
        }
        if !self.columns.observers.is_empty() {
            let cell = |column: usize| record.get(column).unwrap_or_default();
            self.columns.observers.look(self.columns.platform, cell, &mut noticed.observed);
        }
        let mut problems = Vec::new();
        for mapped in &self.columns.mapped {
            // Both are inside: the width was compared, and slots come from the questionnaire.
            let Some(answer) = row.answers.get_mut(mapped.slot) else {
                continue;
            };
            // Nearly every cell is one digit.
            if let Some(found) = record.only_byte(mapped.column).and_then(|byte| mapped.cells.digit(byte)) {
                *answer = found;
                continue;
            }
            let Some(cell) = record.get(mapped.column) else {
                continue;
            };
            match mapped.cells.read(cell) {
                Some(found) => *answer = found,
                None => {
                    noticed.literals.count(cell);
                    problems.push(mapped.problem(cell, self.columns.name(mapped.column)));
                }
            }
        }
        for ticked in &self.columns.ticked {
            let cell = record.get(ticked.column).unwrap_or_default();
            if !ticked.read(cell, &mut row.answers) {
                problems.push(ticked.problem(self.columns.name(ticked.column)));
            }
        }
        for form in &self.forms {
            form.settle(record, &mut row.answers);
        }
        self.identify(record, row, &mut problems);
        if problems.iter().any(|problem| matches!(problem, Problem::NotUtf8 { .. })) {
            noticed.literals.count_broken();
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        row.role = self.roles.meaning(&row.answers).unwrap_or(self.default_role);
        row.bond = self.bonds.meaning(&row.answers);
        Ok(())
    }

    /// Hands the id and the kept cells through; they are written out again, so they must be text.
    fn identify(&self, record: Record<'_>, row: &mut Row, problems: &mut Vec<Problem>) {
        row.id.clear();
        match self.columns.id {
            Some(column) => self.copy(record, column, &mut row.id, problems),
            // Writing into a vector cannot fail.
            None => drop(write!(row.id, "{}", row.number)),
        }
        for (column, kept) in self.columns.kept.iter().zip(&mut row.kept) {
            kept.clear();
            self.copy(record, *column, kept, problems);
        }
        let waves = row.kept.get(..self.columns.waves).unwrap_or_default();
        let is_blank = |cell: &Vec<u8>| cell.trim_ascii().is_empty();
        // Several columns can all be empty: REDCap's row of what is asked once, beside those that are repeated.
        let lacks_wave = matches!(waves, [only] if is_blank(only));
        if lacks_wave || !waves.is_empty() && is_blank(&row.id) {
            problems.push(Problem::NoKey);
        }
        for (column, cell) in self.columns.quasi.iter().zip(&mut row.quasi) {
            cell.clear();
            let text = record.get(*column).unwrap_or_default().trim_ascii();
            cell.extend_from_slice(if text == [ABSENT] { b"" } else { text });
        }
    }

    fn copy(&self, record: Record<'_>, column: usize, to: &mut Vec<u8>, problems: &mut Vec<Problem>) {
        let mut cell = record.get(column).unwrap_or_default();
        if cell == [ABSENT] {
            cell = b"";
        }
        // What is left of a line end such as CR LF.
        while let Some(rest) = cell.strip_suffix(b"\r") {
            cell = rest;
        }
        if std::str::from_utf8(cell).is_err() {
            problems.push(Problem::NotUtf8 { column: shown(self.columns.name(column).unwrap_or_default()) });
        }
        to.extend_from_slice(cell);
    }
}

impl Rows {
    pub(super) fn new(plan: &Plan, noticed: Noticed) -> Self {
        Self { records: Records::new(plan.marks), noticed, read: 0 }
    }

    /// Starts another block.
    pub(crate) fn restart(&mut self) {
        self.records.restart();
        self.read = 0;
    }

    /// Fills the row with the next respondent of a block. A row that makes no sense is no error: [`Next::Rejected`].
    pub(crate) fn next(&mut self, plan: &Plan, block: &Block, row: &mut Row) -> Next {
        let Some(record) = self.records.next(block) else { return Next::End };
        self.read += 1;
        row.number = block.before + self.read;
        row.line = record.line;
        row.offset = record.offset;
        match plan.fill(record, &mut self.noticed, row) {
            Ok(()) => Next::Row,
            Err(problems) => {
                // What was marked as not there is not in the file.
                let raw = record.raw.iter().copied().filter(|byte| *byte != ABSENT).collect();
                Next::Rejected(RowError { row: row.number, line: row.line, problems, raw })
            }
        }
    }

    /// What may be done about the rejected rows so far.
    pub(crate) fn hints(&self) -> Vec<String> {
        self.noticed.hints()
    }

    /// What was noticed.
    pub(crate) fn noticed(self) -> Noticed {
        self.noticed
    }
}

impl Noticed {
    /// Adds what another reader of the same survey noticed.
    pub(crate) fn add(&mut self, other: Noticed) {
        self.watch.add(other.watch);
        self.literals.add(&other.literals);
        self.observed.add(&other.observed);
    }

    /// All that may be tried about rejected rows.
    pub(crate) fn hints(&self) -> Vec<String> {
        self.advice().map(str::to_owned).into_iter().chain(self.missing_advice()).collect()
    }

    /// What to try instead, if it looks as if options were written down in another way than was said.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.watch.advice()
    }

    /// What to try, if most of the cells that are no answer hold one word that other programs write for none.
    pub(crate) fn missing_advice(&self) -> Option<String> {
        self.literals.advice()
    }
}

/// Whether this record, the last one, swallowed the rest of the file after a quote that is never closed.
///
/// A cell with a line break must have been quoted; then the file must end with its closing quote.
fn has_open_quote(record: Record<'_>) -> bool {
    let breaks = |cell: &[u8]| cell.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    let closed = || {
        let last = record.raw.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r'));
        last == Some(&b'"')
    };
    record.is_cut && record.iter().next_back().is_some_and(breaks) && !closed()
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
