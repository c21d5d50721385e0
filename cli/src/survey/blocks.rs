//! The bytes of a survey in blocks of whole records, so that several threads can read them, each its own.
//!
//! Where a record ends is found as `csv-core` finds it: a quote opens a cell only at its start, and a line end within
//! quotes ends nothing. Records are counted on the way, so that each is known by its number and its line.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2};

#[cfg(test)]
mod tests;

/// The most bytes of one record. A design choice: without a limit one unclosed quote would read a whole disk into
/// memory.
pub(super) const MAX_ROW_BYTES: usize = 16 << 20;
/// How many bytes a block has, but for what its last record takes: small enough for the second cache, large enough that
/// handing it to another thread costs nothing.
pub(super) const BLOCK: usize = 1 << 18;
const QUOTE: u8 = b'"';

/// Some whole records.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Their bytes.
    pub(super) bytes: Vec<u8>,
    /// The line on which they start, from 1.
    pub(super) line: u64,
    /// The byte of the file they start at.
    pub(super) offset: u64,
    /// How many records that are not blank come before them.
    pub(super) before: u64,
    /// How many of these are not blank.
    pub(super) rows: u64,
    /// Whether a quote stands in them.
    pub(super) has_quotes: bool,
    /// Whether nothing follows.
    pub(super) is_last: bool,
}

/// How records and their cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// What stands between cells.
    pub(super) delimiter: u8,
    /// What ends a record.
    pub(super) terminator: u8,
}

/// Why the bytes cannot be read on.
#[derive(Debug)]
pub(super) enum Unread {
    /// The system says so, or the bytes are no text, on this line.
    Io { error: io::Error, line: u64 },
    /// The record that starts on this line is longer than [`MAX_ROW_BYTES`].
    TooLong { line: u64 },
}

/// Cuts what is read into blocks.
pub(super) struct Blocks<R> {
    source: R,
    marks: Marks,
    size: usize,
    /// What was read past the last block.
    rest: Vec<u8>,
    ended: bool,
    line: u64,
    offset: u64,
    before: u64,
}

/// How far the bytes were looked through.
#[derive(Debug, Default)]
struct Scan {
    /// Up to here.
    at: usize,
    /// Where the record starts that is looked through.
    start: usize,
    quoted: bool,
    has_quotes: bool,
    rows: u64,
}

impl Block {
    /// The bytes of the file it stands at.
    pub(crate) fn place(&self) -> std::ops::Range<u64> {
        self.offset..self.offset + self.bytes.len() as u64
    }

    /// How many rows come before its own.
    pub(crate) fn before(&self) -> u64 {
        self.before
    }
}

impl<R: Read> Blocks<R> {
    /// Blocks of about `size` bytes of what `source` holds, from its first byte.
    pub(super) fn new(source: R, marks: Marks, size: usize) -> Self {
        Self { source, marks, size, rest: Vec::new(), ended: false, line: 1, offset: 0, before: 0 }
    }

    /// The same, where the first byte stands on this line and so far into the file.
    pub(super) fn starting(self, line: u64, offset: u64) -> Self {
        Self { line, offset, ..self }
    }

    /// The next records; none at the end. `block` is one that is not needed any more: its room is used again.
    pub(super) fn next(&mut self, mut block: Block) -> Result<Option<Block>, Unread> {
        let bytes = &mut block.bytes;
        bytes.clear();
        bytes.append(&mut self.rest);
        let mut scan = Scan::default();
        let mut wanted = self.size;
        loop {
            if !self.ended && bytes.len() < wanted {
                let missing = wanted - bytes.len();
                let read = match self.source.by_ref().take(missing as u64).read_to_end(bytes) {
                    Ok(read) => read,
                    Err(error) => {
                        let line = self.line + lines(bytes);
                        return Err(Unread::Io { error, line });
                    }
                };
                self.ended = read < missing;
            }
            scan.advance(bytes, self.marks, self.ended);
            if bytes.len() - scan.start > MAX_ROW_BYTES {
                let whole = bytes.get(..scan.start).unwrap_or_default();
                let line = self.line + lines(whole);
                return Err(Unread::TooLong { line });
            }
            if self.ended && scan.start < bytes.len() {
                scan.end_record(bytes, bytes.len());
            }
            if scan.start > 0 || self.ended {
                break;
            }
            wanted = bytes.len() + self.size;
        }
        self.rest.extend_from_slice(bytes.get(scan.start..).unwrap_or_default());
        bytes.truncate(scan.start);
        if bytes.is_empty() {
            return Ok(None);
        }
        (block.line, block.offset) = (self.line, self.offset);
        (block.before, block.rows) = (self.before, scan.rows);
        (block.has_quotes, block.is_last) = (scan.has_quotes, self.ended);
        self.line += lines(bytes);
        self.offset += bytes.len() as u64;
        self.before += scan.rows;
        Ok(Some(block))
    }

    /// What is left of the source.
    pub(super) fn into_inner(self) -> R {
        self.source
    }
}

impl Scan {
    /// Looks through the bytes that were not looked through yet, as far as it can be told what they are.
    fn advance(&mut self, bytes: &[u8], marks: Marks, ended: bool) {
        loop {
            let ahead = bytes.get(self.at..).unwrap_or_default();
            if self.quoted {
                let Some(found) = memchr(QUOTE, ahead) else {
                    self.at = bytes.len();
                    return;
                };
                match ahead.get(found + 1) {
                    Some(&QUOTE) => self.at += found + 2,
                    // Whether it is one of two, only the next byte tells.
                    None if !ended => {
                        self.at += found;
                        return;
                    }
                    _ => {
                        self.at += found + 1;
                        self.quoted = false;
                    }
                }
                continue;
            }
            let Some(found) = memchr2(marks.terminator, QUOTE, ahead) else {
                self.at = bytes.len();
                return;
            };
            let place = self.at + found;
            self.at = place + 1;
            if ahead.get(found) == Some(&QUOTE) {
                self.has_quotes = true;
                let before = place.checked_sub(1).filter(|_| place > self.start).and_then(|at| bytes.get(at));
                self.quoted = before.is_none_or(|byte| *byte == marks.delimiter);
            } else {
                self.end_record(bytes, place + 1);
            }
        }
    }

    /// The record that was looked through ends here.
    fn end_record(&mut self, bytes: &[u8], end: usize) {
        let record = bytes.get(self.start..end).unwrap_or_default();
        self.rows += u64::from(!is_blank(record));
        self.start = end;
    }
}

/// How many lines end in these bytes, as editors count them.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Whether nothing stands in a record: some platforms pad files with blank lines, and a carriage return may stand there.
pub(super) fn is_blank(record: &[u8]) -> bool {
    record.trim_ascii_start().is_empty()
}
