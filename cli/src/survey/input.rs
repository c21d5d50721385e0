//! The bytes of a survey: where they come from, how cells are separated, and what they hash to.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, IsTerminal, Read};
use std::path::Path;

use csv::ByteRecord;
use sha2::{Digest, Sha256};

use crate::exit::{Failure, Report};

/// The most bytes of one row. A design choice: without a limit one unclosed quote would read a whole disk into
/// memory.
const MAX_ROW_BYTES: usize = 16 << 20;
/// The most bytes of the header that are looked at to find the delimiter.
const MAX_HEAD_BYTES: u64 = 1 << 20;
const BUFFER: usize = 1 << 16;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Whether the bytes are hashed while they are read; it costs time that only a manifest needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    /// They are.
    Sha256,
    /// They are not.
    None,
}

/// A survey file as records.
pub(super) struct Input {
    /// How it is called in messages.
    pub(super) name: String,
    delimiter: u8,
    records: csv::Reader<Metered>,
}

/// Counts, hashes and remembers what is read.
struct Metered {
    bytes: Box<dyn Read + Send>,
    /// Bytes since the last record.
    since: usize,
    hash: Option<Sha256>,
    /// The last byte that is no line end.
    last: u8,
    /// Nothing is left; the record that was being read ended with the file.
    ended: bool,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, fingerprint: Fingerprint) -> Result<Self, Failure> {
        if path.as_os_str() != "-" {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Failure::reading(&name, error))?;
            return Self::new(name, Box::new(file), fingerprint);
        }
        if io::stdin().is_terminal() {
            return Err(Failure::Usage("standard input is a terminal; name a file, or pipe a survey in".to_owned()));
        }
        Self::new("standard input".to_owned(), Box::new(io::stdin()), fingerprint)
    }

    /// Looks at the first line to find the delimiter.
    pub(super) fn new(name: String, bytes: Box<dyn Read + Send>, fingerprint: Fingerprint) -> Result<Self, Failure> {
        let mut reader = BufReader::with_capacity(BUFFER, bytes);
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(MAX_HEAD_BYTES)
            .read_until(b'\n', &mut head)
            .map_err(|error| Failure::reading(&name, error))?;
        refuse_other_files(&head, &name)?;
        let delimiter = delimiter(&head);
        // Lines end with a line feed, whatever stands before it (some exports write two carriage returns), so that
        // they are counted as editors count them. Only a file without any has carriage returns alone.
        let terminator = if head.contains(&b'\n') { csv::Terminator::Any(b'\n') } else { csv::Terminator::CRLF };
        let metered = Metered {
            bytes: Box::new(Cursor::new(head).chain(reader)),
            since: 0,
            hash: (fingerprint == Fingerprint::Sha256).then(Sha256::new),
            last: b'\n',
            ended: false,
        };
        let records = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .has_headers(false)
            // Rows of another length are reported as such by the survey, with their place.
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(metered);
        Ok(Self { name, delimiter, records })
    }

    /// The cells of the header line.
    pub(super) fn header(&mut self) -> Result<ByteRecord, Failure> {
        let mut header = ByteRecord::new();
        if self.next(&mut header)? {
            return Ok(header);
        }
        let report = Report::message(format!(
            "{}:1: the file is empty; a survey starts with a line that names its columns",
            self.name
        ));
        Err(Failure::Responses(report))
    }

    /// Reads the next record that is not blank; false at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<bool, Failure> {
        loop {
            self.records.get_mut().since = 0;
            let more = self.records.read_byte_record(record).map_err(|error| self.failure(error))?;
            // Some platforms pad files with blank lines; a carriage return may stand on them.
            let blank = record.len() == 1 && record.get(0).is_some_and(|cell| cell.trim_ascii().is_empty());
            if !more || !blank {
                return Ok(more);
            }
        }
    }

    /// The line on which the record read last starts.
    pub(super) fn line(&self, record: &ByteRecord) -> u64 {
        let within = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
        let ending = u64::from(!self.records.get_ref().ended);
        let after = self.records.position().line();
        after.saturating_sub(ending).saturating_sub(u64::try_from(within).unwrap_or(0)).max(1)
    }

    /// Whether this record, the last one, swallowed the rest of the file after a quote that is never closed.
    ///
    /// A cell with a line break must have been quoted; then the file must end with its closing quote.
    pub(super) fn has_open_quote(&self, record: &ByteRecord) -> bool {
        let metered = self.records.get_ref();
        let breaks = |cell: &[u8]| cell.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        metered.ended && metered.last != b'"' && record.iter().next_back().is_some_and(breaks)
    }

    /// What is worth saying about how the bytes are read.
    pub(super) fn notes(&self) -> Vec<String> {
        let how = match self.delimiter {
            b';' => "semicolons",
            b'\t' => "tabs",
            _ => return Vec::new(),
        };
        vec![format!("{}: the cells are separated by {how}", self.name)]
    }

    /// Reads what is left and gives the hash of everything.
    pub(super) fn fingerprint(self) -> io::Result<Option<String>> {
        let mut metered = self.records.into_inner();
        if metered.hash.is_some() {
            let mut rest = vec![0; BUFFER];
            loop {
                metered.since = 0;
                if metered.read(&mut rest)? == 0 {
                    break;
                }
            }
        }
        Ok(metered.hash.map(|hash| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    fn failure(&self, error: csv::Error) -> Failure {
        let line = error.position().map_or(1, csv::Position::line);
        match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let line = self.records.position().line().max(line);
                let message = format!("{}:{line}: a row is longer than {} MiB", self.name, MAX_ROW_BYTES >> 20);
                Failure::Responses(Report::message(message).hint("perhaps a quote is opened and never closed"))
            }
            csv::ErrorKind::Io(error) => Failure::reading(&self.name, error),
            // Nothing else can come up while bytes are read into rows of any length; if it does, its text could
            // hold cells and is not printed.
            _ => Failure::Responses(Report::message(format!("{}:{line}: the row cannot be read", self.name))),
        }
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since > MAX_ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.bytes.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.since += count;
        self.ended = count == 0;
        if let Some(hash) = &mut self.hash {
            hash.update(read);
        }
        if let Some(last) = read.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
            self.last = *last;
        }
        Ok(count)
    }
}

/// Comma, unless the header line has none and has semicolons or tabs instead.
fn delimiter(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut found = [false; 3];
    for byte in head.iter().take_while(|byte| !matches!(byte, b'\n')) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => return b',',
            b';' if !quoted => found[1] = true,
            b'\t' if !quoted => found[2] = true,
            b'\r' if !quoted => break,
            _ => {}
        }
    }
    match found {
        [_, true, _] => b';',
        [_, _, true] => b'\t',
        _ => b',',
    }
}

/// Files that are often taken for a survey.
fn refuse_other_files(head: &[u8], name: &str) -> Result<(), Failure> {
    let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let (what, hint) = if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || head.contains(&0) {
        ("is UTF-16 or no text at all", "save it as CSV in UTF-8")
    } else if head.starts_with(b"PK\x03\x04") {
        ("is a spreadsheet or an archive", "save the sheet as CSV in UTF-8")
    } else if text.starts_with(b"{") || text.starts_with(b"[{") {
        ("is JSON, not a survey", "one person's answers are read by `bearings explain`")
    } else {
        return Ok(());
    };
    Err(Failure::Responses(Report::message(format!("{name}:1: the file {what}")).hint(hint)))
}
