//! The records of a survey: what describes the columns, and then one respondent after the other.

use std::io::{self, Chain, Cursor, Read};

use csv::{ByteRecord, Terminator};

use super::Decision;
use super::absent::MarkAbsent;
use super::blocks::{BLOCK, Blocks, MAX_ROW_BYTES};
use super::dialect::{Dialect, Head, Said};
use super::source::{Source, failure};
use crate::args::Encoding;
use crate::exit::Failure;

/// How much is read to see how a file is written, unless its header is longer. A design choice: some hundred rows.
const HEAD: usize = 1 << 16;
/// How many lines of the start must have ended, beside the header, so that there is something to compare.
const HEAD_LINES: usize = 8;
const BUFFER: usize = 1 << 16;

/// A survey file of which only the start was read.
pub(super) struct Input {
    /// How it is called in messages.
    pub(super) name: String,
    /// How it is written.
    pub(super) dialect: Dialect,
    source: Source,
    /// The start, up to somewhere in its rows.
    head: Vec<u8>,
    is_whole: bool,
    /// Where the rows start, in bytes of the head.
    start: usize,
}

/// All that is left to be read: the start, which is in memory, and the rest.
type Rest = Chain<Cursor<Vec<u8>>, Source>;

/// The text below the header.
pub(super) enum Text {
    /// As it lies in the file.
    AsItIs(Rest),
    /// With the cells marked that are not there.
    Marked(Box<MarkAbsent<Rest>>),
}

/// Reads text into records of any width.
pub(super) fn reader<R: Read>(delimiter: u8, terminator: Terminator, text: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(terminator)
        .has_headers(false)
        // Rows of another length are reported as such by the survey, with their place.
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(text)
}

impl Input {
    /// Reads the start of a file and finds out how it is written.
    pub(super) fn new(mut source: Source, said: Said) -> Result<Self, Failure> {
        let name = source.name.clone();
        let (head, is_whole) = read_head(&mut source)?;
        let (mut dialect, start) = Dialect::recognise(&Head { text: &head, is_whole }, said, &name)?;
        dialect.decisions.splice(0..0, std::mem::take(&mut source.decisions));
        Ok(Self { name, dialect, source, head, is_whole, start })
    }

    /// How the text is encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.source.encoding
    }

    /// How many bytes the file has, if that is known before it is read.
    pub(super) fn length(&self) -> Option<u64> {
        self.source.length
    }

    /// The first rows, as they are written; they are looked at for what no name tells of a column.
    pub(super) fn sample(&self, most: usize) -> Vec<ByteRecord> {
        let text = self.head.get(self.start..).unwrap_or_default();
        let records =
            Head { text, is_whole: self.is_whole }.records(self.dialect.delimiter, self.dialect.terminator, most);
        records.into_iter().map(|record| record.cells).collect()
    }

    /// How many lines stand above the rows.
    pub(super) fn lines_above(&self) -> u64 {
        let above = self.head.iter().take(self.start).filter(|byte| **byte == b'\n').count();
        u64::try_from(above).unwrap_or(0)
    }

    /// What is worth saying about how the file is read.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        Decision::notes(&self.dialect.decisions).map(|text| format!("{}: {text}", self.name))
    }

    /// The text below the header. Where cells that are not there mean something, they are marked in the columns that
    /// are read as answers.
    pub(super) fn into_text(self, is_answer: impl Fn(usize) -> bool) -> Text {
        let mut start = Cursor::new(self.head);
        start.set_position(u64::try_from(self.start).unwrap_or(0));
        let rest = start.chain(self.source);
        if !self.dialect.absent_is_not_shown {
            return Text::AsItIs(rest);
        }
        let columns = (0..self.dialect.header.width()).map(is_answer).collect();
        Text::Marked(Box::new(MarkAbsent::new(rest, self.dialect.delimiter, columns)))
    }

    /// The rows, in blocks.
    pub(super) fn into_blocks(self, is_answer: impl Fn(usize) -> bool) -> Blocks<Text> {
        let (line, offset) = (self.lines_above() + 1, self.start as u64);
        let marks = self.dialect.marks();
        Blocks::new(self.into_text(is_answer), marks, BLOCK).starting(line, offset)
    }
}

/// The start of a file, and whether that is all of it: as much as it takes to see how it is written.
fn read_head(source: &mut Source) -> Result<(Vec<u8>, bool), Failure> {
    let mut head = Vec::new();
    let mut wanted = HEAD;
    loop {
        let missing = u64::try_from(wanted.saturating_sub(head.len())).unwrap_or(0);
        let read = source.by_ref().take(missing).read_to_end(&mut head);
        if let Err(error) = read {
            let above = head.iter().filter(|byte| **byte == b'\n').count();
            return Err(failure(&source.name, u64::try_from(above).unwrap_or(0) + 1, error));
        }
        let is_whole = head.len() < wanted;
        if is_whole || ended_lines(&head) >= HEAD_LINES || wanted >= MAX_ROW_BYTES {
            return Ok((head, is_whole));
        }
        wanted *= 4;
    }
}

/// How many lines end outside of quotes.
fn ended_lines(text: &[u8]) -> usize {
    let mut quoted = false;
    let ends = text.iter().filter(|byte| {
        quoted ^= **byte == b'"';
        !quoted && matches!(byte, b'\n' | b'\r')
    });
    ends.count()
}

impl Text {
    /// What is left of the file.
    pub(super) fn into_source(self) -> Source {
        match self {
            Text::AsItIs(rest) => rest.into_inner().1,
            Text::Marked(marked) => marked.into_inner().into_inner().1,
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Text::AsItIs(rest) => rest.read(buffer),
            Text::Marked(marked) => marked.read(buffer),
        }
    }
}
