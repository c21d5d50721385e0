//! What is wrong with a row. The place is named and what is allowed, never what stands there.

use std::fmt;

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowError {
    /// Which data row, from 1.
    pub(crate) row: u64,
    /// The line it starts on.
    pub(crate) line: u64,
    /// Everything that is wrong with it.
    pub(crate) problems: Vec<Problem>,
    /// The row as it was written, without its line end. It is never printed.
    pub(crate) raw: Vec<u8>,
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A cell is none of the answers of its item.
    Value {
        /// The column, fit for printing.
        column: String,
        /// What may stand there.
        expected: String,
    },
    /// `not_applicable` where the item does not offer it.
    NotOffered {
        /// The column, fit for printing.
        column: String,
    },
    /// Bytes that are no text.
    NotUtf8 {
        /// The column, fit for printing.
        column: String,
    },
    /// More or fewer cells than the header has.
    Width {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A quote is opened and never closed, so that the rest of the file became one cell.
    OpenQuote,
    /// Nothing says whose row it is, or in which wave, although one person can have several.
    NoKey,
}

impl Problem {
    /// The column it is about.
    pub(crate) fn column(&self) -> Option<&str> {
        match self {
            Problem::Value { column, .. } | Problem::NotOffered { column } | Problem::NotUtf8 { column } => {
                Some(column)
            }
            Problem::Width { .. } | Problem::OpenQuote | Problem::NoKey => None,
        }
    }

    /// A word for counting rejects by reason.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Problem::Value { .. } => "not an answer",
            Problem::NotOffered { .. } => "does not apply, not offered",
            Problem::NotUtf8 { .. } => "not UTF-8",
            Problem::Width { .. } => "wrong number of cells",
            Problem::OpenQuote => "quote not closed",
            Problem::NoKey => "no id or wave",
        }
    }
}

/// The most problems of one row that are written out.
const SHOWN: usize = 3;

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: ", self.row)?;
        for (at, problem) in self.problems.iter().take(SHOWN).enumerate() {
            write!(f, "{}{problem}", if at == 0 { "" } else { "; " })?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Value { column, expected } => {
                write!(f, "column `{column}` holds none of its answers ({expected})")
            }
            Problem::NotOffered { column } => {
                write!(f, "column `{column}` holds `not_applicable`, which its item does not offer")
            }
            Problem::NotUtf8 { column } => write!(f, "column `{column}` is not UTF-8 text"),
            Problem::Width { found: 1, expected } => {
                write!(f, "1 cell, but the header has {expected}")
            }
            Problem::Width { found, expected } => {
                write!(f, "{found} cells, but the header has {expected}")
            }
            Problem::OpenQuote => f.write_str("a quote is opened and not closed until the end of the file"),
            Problem::NoKey => f.write_str("the id or the wave is empty, so that nobody knows whose row it is"),
        }
    }
}
