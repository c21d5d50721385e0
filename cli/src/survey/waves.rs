//! One person, several rows: which columns say which wave a row is, and what was not asked in it.
//!
//! A longitudinal project of REDCap writes a row for every event (and every repetition), with the columns of all forms in
//! each. A form has a status column behind its own columns; where the status is empty the form has no part in the event,
//! so that its empty cells are no missing answers.

use bearings_engine::questionnaire::Questionnaire;
use bearings_engine::responses::{Answer, Missing};

use super::absent::ABSENT;
use super::columns::{Columns, keeps_questions};
use super::dialect::Dialect;
use super::dialect::platform::{Aside, Platform};
use super::header::position;
use super::records::Record;
use crate::exit::Failure;

/// How a command looks at rows of one person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waves<'a> {
    /// Each row stands for itself.
    NotTold,
    /// These columns say which wave a row is; without any, those of the map or the platform do.
    By(&'a [String]),
}

/// The columns that say which wave a row is; empty if there are none.
pub(super) fn columns(
    dialect: &Dialect,
    mapped: Option<usize>,
    waves: Waves<'_>,
    file: &str,
) -> Result<Vec<usize>, Failure> {
    let Waves::By(named) = waves else { return Ok(Vec::new()) };
    if !named.is_empty() {
        return named.iter().map(|named| position(&dialect.header, named, file, "--wave")).collect();
    }
    if let Some(column) = mapped {
        return Ok(vec![column]);
    }
    let header = &dialect.header;
    let is_event = |column: &usize| {
        let name = header.name(*column).unwrap_or_default();
        dialect.platform == Platform::Redcap && dialect.platform.aside(name, None, None) == Some(Aside::Event)
    };
    Ok((0..header.width()).filter(is_event).collect())
}

/// A form of REDCap: its status column, and what is read of it.
pub(super) struct FormOfProject {
    status: usize,
    slots: Vec<usize>,
}

impl FormOfProject {
    /// The forms of a file that has their status; `reads` gives the slots that are read from a column.
    ///
    /// Where there is a safety gate, no file can take a question out: what is blank stays skipped.
    pub(super) fn all(columns: &Columns, questionnaire: &Questionnaire) -> Vec<Self> {
        if columns.platform != Platform::Redcap || keeps_questions(questionnaire) {
            return Vec::new();
        }
        let mut forms = Vec::new();
        let mut slots: Vec<usize> = Vec::new();
        for column in 0..columns.width {
            let name = columns.name(column).unwrap_or_default();
            if columns.platform.aside(name, None, None) == Some(Aside::Status) && !columns.is_answer(column) {
                let slots = std::mem::take(&mut slots);
                forms.extend((!slots.is_empty()).then_some(Self { status: column, slots }));
            } else {
                slots.extend(columns.slots_of(column));
            }
        }
        forms
    }

    /// What is blank in a row in which the form has no part was not shown.
    pub(super) fn settle(&self, record: Record<'_>, answers: &mut [Answer]) {
        let status = record.get(self.status).unwrap_or_default().trim_ascii();
        if !status.is_empty() && status != [ABSENT] {
            return;
        }
        for slot in &self.slots {
            if let Some(answer) = answers.get_mut(*slot).filter(|answer| **answer == Answer::Missing(Missing::Skipped))
            {
                *answer = Answer::Missing(Missing::NotShown);
            }
        }
    }
}
