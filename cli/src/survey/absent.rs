//! Cells that are not there at all, told apart from empty quotes.
//!
//! LimeSurvey writes nothing between two separators where a question was never shown, and `""` where it was shown and
//! left blank. CSV readers lose that. So it is written out before they read: a cell that is not there becomes
//! [`ABSENT`], in the columns whose answers are read and in no other.

use std::io::{self, Read};

/// What stands in for a cell that is not there: a control character (unit separator) that no platform writes.
pub(super) const ABSENT: u8 = 0x1F;
const BUFFER: usize = 1 << 16;

/// Text in which absent cells of some columns are marked.
pub(super) struct MarkAbsent<R> {
    text: R,
    delimiter: u8,
    /// Whether the cells of a column are read as answers.
    columns: Vec<bool>,
    /// Which column is being read.
    column: usize,
    place: Place,
    input: Vec<u8>,
    output: Vec<u8>,
    left: std::ops::Range<usize>,
    ended: bool,
}

/// Where in a row the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a line.
    Line,
    /// At the start of a cell that is not the first.
    Cell,
    /// Within a cell without quotes, or after its closing quote.
    Within,
    /// Between quotes.
    Quoted,
}

impl<R: Read> MarkAbsent<R> {
    /// Marks absent cells in the columns for which `columns` is true.
    pub(super) fn new(text: R, delimiter: u8, columns: Vec<bool>) -> Self {
        Self {
            text,
            delimiter,
            columns,
            column: 0,
            place: Place::Line,
            input: vec![0; BUFFER],
            output: Vec::with_capacity(BUFFER + BUFFER / 2),
            left: 0..0,
            ended: false,
        }
    }

    /// What it reads from.
    pub(super) fn into_inner(self) -> R {
        self.text
    }

    fn mark(&mut self) {
        if self.columns.get(self.column).is_some_and(|is_read| *is_read) {
            self.output.push(ABSENT);
        }
    }

    fn push(&mut self, byte: u8) {
        match (self.place, byte) {
            (Place::Quoted, b'"') => self.place = Place::Within,
            (Place::Quoted, _) => {}
            // A doubled quote within quotes leaves them and enters them again.
            (_, b'"') => self.place = Place::Quoted,
            (place, b'\n' | b'\r') => {
                // A line with nothing on it is no row.
                if place == Place::Cell {
                    self.mark();
                }
                self.place = Place::Line;
                self.column = 0;
            }
            (place, byte) if byte == self.delimiter => {
                if place != Place::Within {
                    self.mark();
                }
                self.place = Place::Cell;
                self.column += 1;
            }
            _ => self.place = Place::Within,
        }
        self.output.push(byte);
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.left.is_empty() && !self.ended {
            let mut input = std::mem::take(&mut self.input);
            let read = self.text.read(&mut input);
            self.output.clear();
            let count = *read.as_ref().unwrap_or(&0);
            input.iter().take(count).for_each(|byte| self.push(*byte));
            self.input = input;
            self.ended = read? == 0;
            if self.ended && self.place == Place::Cell {
                self.mark();
                self.place = Place::Line;
            }
            self.left = 0..self.output.len();
        }
        Ok(())
    }
}

impl<R: Read> Read for MarkAbsent<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let mut left = self.output.get(self.left.clone()).unwrap_or_default();
        let count = left.read(buffer)?;
        self.left.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, columns: [bool; 3], expected: &str) {
        let mut found = String::new();
        MarkAbsent::new(text.as_bytes(), b';', columns.to_vec()).read_to_string(&mut found).unwrap();
        assert_eq!(found.replace('\x1F', "?"), expected);
    }

    #[test]
    fn only_cells_that_are_not_there_are_marked() {
        check("\"1\";\"\";\"a\"\r\n\"2\";;\r\n\r\n", [true; 3], "\"1\";\"\";\"a\"\r\n\"2\";?;?\r\n\r\n");
        check(";;\n;\"\";", [true; 3], "?;?;?\n?;\"\";?");
        check(";;\n", [false, true, false], ";?;\n");
        check("\"a\n;;\"\"\";;\"b\"\n", [true; 3], "\"a\n;;\"\"\";?;\"b\"\n");
    }
}
