//! Which of two groups a respondent belongs to.

use bearings_engine::psychometrics::Group;

use crate::args::Criterion;
use crate::exit::{Failure, Report};
use crate::survey::Row;

/// Reads the column that tells the groups apart.
pub(super) struct Groups<'a> {
    criterion: &'a Criterion,
    file: &'a str,
}

impl<'a> Groups<'a> {
    pub(super) fn new(criterion: &'a Criterion, file: &'a str) -> Self {
        Self { criterion, file }
    }

    /// The group of a respondent; an empty cell tells none.
    ///
    /// # Errors
    /// The cell is neither 1 nor 0, and no value was named.
    pub(super) fn group(&self, row: &Row) -> Result<Group, Failure> {
        let cell = row.kept.first().map(|cell| cell.trim_ascii()).unwrap_or_default();
        match (&self.criterion.value, cell) {
            (_, b"") => Ok(Group::Untold),
            (Some(value), cell) if cell == value.as_bytes() => Ok(Group::Second),
            (Some(_), _) => Ok(Group::First),
            (None, b"1" | b"1.0") => Ok(Group::Second),
            (None, b"0" | b"0.0") => Ok(Group::First),
            (None, _) => {
                let column = &self.criterion.column;
                let message = format!(
                    "{}:{}: row {}: column `{column}` holds neither 1 nor 0, so that it does not tell two groups apart",
                    self.file, row.line, row.number
                );
                let hint = format!("name the value of one group: --criterion '{column}=VALUE'");
                Err(Failure::Responses(Report::message(message).hint(hint)))
            }
        }
    }
}
