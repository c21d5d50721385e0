//! The records of a block, and the cells of a record.

use memchr::memchr;

use super::blocks::{Block, Marks, is_blank, lines};

/// One record, as it stands in its block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// What the cells are cut out of.
    text: &'a [u8],
    /// Where each cell starts and ends.
    spans: &'a [(u32, u32)],
    /// The record as it was written, without its line end.
    pub(super) raw: &'a [u8],
    /// The line it starts on.
    pub(super) line: u64,
    /// The byte of the file it starts at.
    pub(super) offset: u64,
    /// It ended with the file, and no line end closed it.
    pub(super) is_cut: bool,
}

impl<'a> Record<'a> {
    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A cell.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<&'a [u8]> {
        let (start, end) = *self.spans.get(at)?;
        self.text.get(start as usize..end as usize)
    }

    /// The only byte of a cell; none if it has none or several.
    #[inline]
    pub(super) fn only_byte(&self, at: usize) -> Option<u8> {
        let (start, end) = *self.spans.get(at)?;
        if end.wrapping_sub(start) == 1 { self.text.get(start as usize).copied() } else { None }
    }

    /// The cells, in their order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let text = self.text;
        self.spans.iter().map(move |(start, end)| text.get(*start as usize..*end as usize).unwrap_or_default())
    }
}

/// Reads the records of one block after the other. Buffers are kept.
pub(super) struct Records {
    marks: Marks,
    core: csv_core::Reader,
    /// How far the block is read.
    at: usize,
    /// How many lines that were.
    lines: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
    spans: Vec<(u32, u32)>,
}

impl Records {
    pub(super) fn new(marks: Marks) -> Self {
        let core = csv_core::ReaderBuilder::new()
            .delimiter(marks.delimiter)
            .terminator(csv_core::Terminator::Any(marks.terminator))
            .build();
        let mut records =
            Self { marks, core, at: 0, lines: 0, text: vec![0; 1 << 12], ends: vec![0; 64], spans: Vec::new() };
        // `csv-core` takes a byte-order mark off the first thing it reads, and that may be a cell in mid-file.
        records.quoted(&[b'x', marks.terminator]);
        records
    }

    /// Starts another block.
    pub(super) fn restart(&mut self) {
        (self.at, self.lines) = (0, 0);
    }

    /// The next record that is not blank.
    pub(super) fn next<'a>(&'a mut self, block: &'a Block) -> Option<Record<'a>> {
        loop {
            let ahead = block.bytes.get(self.at..).filter(|ahead| !ahead.is_empty())?;
            let line = block.line + self.lines;
            let offset = block.offset + self.at as u64;
            let (length, is_cut) = if block.has_quotes { self.quoted(ahead) } else { self.plain(ahead) };
            let whole = ahead.get(..length)?;
            self.at += length;
            self.lines += match block.has_quotes {
                true => lines(whole),
                false => u64::from(whole.ends_with(b"\n")),
            };
            let raw = whole.strip_suffix(&[self.marks.terminator]);
            if is_blank(whole) {
                continue;
            }
            let text = if block.has_quotes { self.text.as_slice() } else { ahead };
            return Some(Record { text, spans: &self.spans, raw: raw.unwrap_or(whole), line, offset, is_cut });
        }
    }

    /// Cuts a record without quotes into cells; gives its length, and whether no line end closed it.
    fn plain(&mut self, ahead: &[u8]) -> (usize, bool) {
        let end = memchr(self.marks.terminator, ahead);
        let record = ahead.get(..end.unwrap_or(ahead.len())).unwrap_or_default();
        self.spans.clear();
        let mut start = 0_u32;
        let mut cell = |end: u32| {
            self.spans.push((start, end));
            start = end + 1;
        };
        // Eight bytes at once: cells are short, so that looking for each delimiter anew would cost more than it finds.
        let (words, rest) = record.as_chunks::<8>();
        for (at, word) in (0_u32..).step_by(8).zip(words) {
            let mut found = places(u64::from_le_bytes(*word), self.marks.delimiter);
            while found != 0 {
                cell(at + found.trailing_zeros() / 8);
                found &= found - 1;
            }
        }
        for (at, byte) in ((record.len() - rest.len()) as u32..).zip(rest) {
            if *byte == self.marks.delimiter {
                cell(at);
            }
        }
        cell(record.len() as u32);
        end.map_or((ahead.len(), true), |end| (end + 1, false))
    }

    /// The same for one with quotes.
    fn quoted(&mut self, ahead: &[u8]) -> (usize, bool) {
        use csv_core::ReadRecordResult;
        // Blank lines are records here, as everywhere; `csv-core` would step over them.
        if ahead.first() == Some(&self.marks.terminator) {
            return (1, false);
        }
        let (mut read, mut written, mut cells) = (0, 0, 0);
        let is_cut;
        loop {
            let input = ahead.get(read..).unwrap_or_default();
            let (text, ends) = (self.text.get_mut(written..), self.ends.get_mut(cells..));
            let (result, more, text, ends) =
                self.core.read_record(input, text.unwrap_or_default(), ends.unwrap_or_default());
            read += more;
            written += text;
            cells += ends;
            match result {
                // The block ends with the file, without a line end; asked again, the reader closes the record.
                ReadRecordResult::InputEmpty if !input.is_empty() => {}
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record | ReadRecordResult::End | ReadRecordResult::InputEmpty => {
                    is_cut = input.is_empty();
                    break;
                }
            }
        }
        self.spans.clear();
        let mut start = 0_u32;
        for end in self.ends.iter().take(cells) {
            self.spans.push((start, *end as u32));
            start = *end as u32;
        }
        (read, is_cut)
    }
}

/// Where a byte stands in eight of them: the highest bit of each place.
fn places(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let other = word ^ (u64::from(byte) * 0x0101_0101_0101_0101);
    // A byte without any bit is the only one that stays without a high bit.
    !(((other & LOW) + LOW) | other | LOW)
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for byte in [b',', 0, 0x7F, 0x80, 0xFF] {
            for others in [b'a', 0, 1, b'-', 0x7F, 0x80, 0xAC, 0xFF] {
                for pattern in 0..256_u32 {
                    let stands = |at: u32| pattern >> at & 1 == 1;
                    let bytes: [u8; 8] = std::array::from_fn(|at| if stands(at as u32) { byte } else { others });
                    let expected: u64 =
                        (0..8).filter(|at| stands(*at) || others == byte).map(|at| 0x80_u64 << (8 * at)).sum();
                    assert_eq!(places(u64::from_le_bytes(bytes), byte), expected, "{bytes:?}");
                }
            }
        }
    }
}
