//! The bytes of a survey: where they come from, how cells are separated, and what they hash to.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::blocks::{BLOCK, Block, Blocks, MAX_ROW_BYTES, Marks, Unread};
use crate::exit::{Failure, Report};

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

/// A survey file as blocks of records.
pub(super) struct Input {
    /// How it is called in messages.
    pub(super) name: String,
    pub(super) marks: Marks,
    /// How many bytes there are, if that is known before they are read.
    pub(super) length: Option<u64>,
    blocks: Blocks,
    hash: Option<Arc<Mutex<Sha256>>>,
}

/// Hashes what is read.
struct Metered {
    bytes: Box<dyn Read + Send>,
    hash: Arc<Mutex<Sha256>>,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, fingerprint: Fingerprint) -> Result<Self, Failure> {
        if path.as_os_str() != "-" {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Failure::reading(&name, error))?;
            let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len());
            return Ok(Self { length, ..Self::new(name, Box::new(file), fingerprint)? });
        }
        if io::stdin().is_terminal() {
            return Err(Failure::Usage("standard input is a terminal; name a file, or pipe a survey in".to_owned()));
        }
        Self::new("standard input".to_owned(), Box::new(io::stdin()), fingerprint)
    }

    /// Looks at the first line to find the delimiter.
    pub(super) fn new(name: String, bytes: Box<dyn Read + Send>, fingerprint: Fingerprint) -> Result<Self, Failure> {
        let hash = (fingerprint == Fingerprint::Sha256).then(|| Arc::new(Mutex::new(Sha256::new())));
        let bytes = match &hash {
            Some(hash) => Box::new(Metered { bytes, hash: Arc::clone(hash) }),
            None => bytes,
        };
        let mut reader = BufReader::with_capacity(BUFFER, bytes);
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(MAX_HEAD_BYTES)
            .read_until(b'\n', &mut head)
            .map_err(|error| Failure::reading(&name, error))?;
        refuse_other_files(&head, &name)?;
        // Lines end with a line feed, whatever stands before it (some exports write two carriage returns), so that
        // they are counted as editors count them. Only a file without any has carriage returns alone.
        let terminator = if head.contains(&b'\n') { b'\n' } else { b'\r' };
        let marks = Marks { delimiter: delimiter(&head), terminator };
        if head.starts_with(BOM) {
            head.drain(..BOM.len());
        }
        let blocks = Blocks::new(Box::new(Cursor::new(head).chain(reader)), marks, BLOCK);
        Ok(Self { name, marks, length: None, blocks, hash })
    }

    /// The next records; none at the end.
    pub(super) fn next(&mut self, used: Block) -> Result<Option<Block>, Failure> {
        self.blocks.next(used).map_err(|unread| match unread {
            Unread::Io(error) => Failure::reading(&self.name, error),
            Unread::TooLong { line } => {
                let message = format!("{}:{line}: a row is longer than {} MiB", self.name, MAX_ROW_BYTES >> 20);
                Failure::Responses(Report::message(message).hint("perhaps a quote is opened and never closed"))
            }
        })
    }

    /// Takes the header off the first block: its cells.
    pub(super) fn take_header(&mut self, block: &mut Block) -> Option<Vec<Vec<u8>>> {
        self.blocks.take_header(block)
    }

    /// The failure of a file with nothing in it.
    pub(super) fn empty(&self) -> Failure {
        Failure::Responses(Report::message(format!(
            "{}:1: the file is empty; a survey starts with a line that names its columns",
            self.name
        )))
    }

    /// What is worth saying about how the bytes are read.
    pub(super) fn notes(&self) -> Vec<String> {
        let how = match self.marks.delimiter {
            b';' => "semicolons",
            b'\t' => "tabs",
            _ => return Vec::new(),
        };
        vec![format!("{}: the cells are separated by {how}", self.name)]
    }

    /// Reads what is left and gives the hash of everything.
    pub(super) fn fingerprint(mut self) -> Result<Option<String>, Failure> {
        let Some(hash) = self.hash else { return Ok(None) };
        self.blocks.exhaust().map_err(|error| Failure::reading(&self.name, error))?;
        let hash = hash.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize();
        Ok(Some(hash.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let mut hash = self.hash.lock().unwrap_or_else(PoisonError::into_inner);
        hash.update(buffer.get(..count).unwrap_or_default());
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
