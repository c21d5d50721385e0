//! The bytes of a survey file as UTF-8 text: unpacked, decoded, and refused where they are no text.
//!
//! What is read here is what every later step sees, so that a compressed or UTF-16 file is scored like the plain one.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::Decision;
use crate::args::Encoding;
use crate::exit::{Failure, Report};

const BUFFER: usize = 1 << 16;
/// How many bytes are looked at to see what a file is: more than any mark at its start, and enough letters to tell
/// UTF-16 from bytes that are no text.
const PEEKED: u64 = 1_024;
const GZIP: &[u8] = b"\x1F\x8B";
const BOM: &[u8] = b"\xEF\xBB\xBF";
const BOM_LE: &[u8] = b"\xFF\xFE";
const BOM_BE: &[u8] = b"\xFE\xFF";

/// Whether the bytes are hashed while they are read; it costs time that only a manifest needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    /// They are.
    Sha256,
    /// They are not.
    None,
}

/// A survey file as UTF-8 text.
pub(super) struct Source {
    /// How it is called in messages.
    pub(super) name: String,
    /// What was found out about its bytes.
    pub(super) decisions: Vec<Decision>,
    /// How they are encoded.
    pub(super) encoding: Encoding,
    /// How many bytes there are, if that is known before they are read.
    pub(super) length: Option<u64>,
    text: NoNul,
    hash: Option<Arc<Mutex<Sha256>>>,
}

/// A place at which the bytes are no text. The line is known to whoever counts the lines.
#[derive(Debug)]
pub(super) struct NoText {
    /// What is wrong.
    what: String,
    /// What may be done about it.
    hint: &'static str,
    /// How many bytes of UTF-8 stand before it on its line, plus 1.
    column: u64,
}

impl fmt::Display for NoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for NoText {}

/// The failure for an error of reading text, which came up on this line.
pub(super) fn failure(name: &str, line: u64, error: io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<NoText>()) {
        Some(NoText { what, hint, column }) => {
            Failure::Responses(Report::message(format!("{name}:{line}:{column}: {what}")).hint(*hint))
        }
        None => Failure::reading(name, error),
    }
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, said: Option<Encoding>, fingerprint: Fingerprint) -> Result<Self, Failure> {
        if path.as_os_str() != "-" {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Failure::reading(&name, error))?;
            let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len());
            return Ok(Self { length, ..Self::new(name, Box::new(file), said, fingerprint)? });
        }
        if io::stdin().is_terminal() {
            return Err(Failure::Usage("standard input is a terminal; name a file, or pipe a survey in".to_owned()));
        }
        Self::new("standard input".to_owned(), Box::new(io::stdin()), said, fingerprint)
    }

    /// Looks at the first bytes to find out how they are packed and encoded.
    pub(super) fn new(
        name: String,
        bytes: Box<dyn Read + Send>,
        said: Option<Encoding>,
        fingerprint: Fingerprint,
    ) -> Result<Self, Failure> {
        let hash = (fingerprint == Fingerprint::Sha256).then(|| Arc::new(Mutex::new(Sha256::new())));
        let bytes: Box<dyn Read + Send> = match &hash {
            Some(hash) => Box::new(Hashed { bytes, hash: Arc::clone(hash) }),
            None => bytes,
        };
        let failed = |error| Failure::reading(&name, error);
        let mut decisions = Vec::new();
        let (mut head, mut bytes) = peek(bytes).map_err(failed)?;
        if head.starts_with(GZIP) {
            decisions.push(Decision::note("the file is compressed (gzip) and is unpacked while it is read"));
            (head, bytes) = peek(Box::new(MultiGzDecoder::new(bytes))).map_err(failed)?;
        }
        refuse_other_files(&head, &name)?;
        let (encoding, why) = encoding(&head, said, &name)?;
        let skipped = if encoding == Encoding::Utf8 && head.starts_with(BOM) { BOM.len() } else { 0 };
        let sentence = format!("the text is {}{why}", encoding.in_words());
        decisions.push(match encoding {
            Encoding::Utf8 => Decision::detail(sentence),
            _ => Decision::note(sentence),
        });
        io::copy(&mut bytes.by_ref().take(u64::try_from(skipped).unwrap_or(0)), &mut io::sink()).map_err(failed)?;
        let text: Box<dyn Read + Send> = match encoding {
            Encoding::Utf8 => bytes,
            Encoding::Utf16Le => Box::new(Decoded::new(bytes, UTF_16LE, encoding)),
            Encoding::Utf16Be => Box::new(Decoded::new(bytes, UTF_16BE, encoding)),
            Encoding::Windows1252 => Box::new(Decoded::new(bytes, WINDOWS_1252, encoding)),
        };
        Ok(Self {
            name,
            decisions,
            encoding,
            length: None,
            text: NoNul { bytes: text, column: 1, is_met: false },
            hash,
        })
    }

    /// Reads what is left and gives the SHA-256 of all the bytes as they lie in the file, if it was asked for.
    pub(super) fn fingerprint(mut self) -> io::Result<Option<String>> {
        let Some(hash) = self.hash else { return Ok(None) };
        io::copy(&mut self.text, &mut io::sink())?;
        let hash = hash.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer)
    }
}

/// The first bytes, and all of them.
fn peek(mut bytes: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    bytes.by_ref().take(PEEKED).read_to_end(&mut head)?;
    let all = Cursor::new(head.clone()).chain(bytes);
    Ok((head, Box::new(all)))
}

/// How the bytes are encoded, and why that is thought.
///
/// Windows-1252 is never found out: nearly every sequence of bytes is some text in it, so that it would be a guess.
fn encoding(head: &[u8], said: Option<Encoding>, name: &str) -> Result<(Encoding, &'static str), Failure> {
    let marked = [(BOM, Encoding::Utf8), (BOM_LE, Encoding::Utf16Le), (BOM_BE, Encoding::Utf16Be)]
        .into_iter()
        .find_map(|(mark, encoding)| head.starts_with(mark).then_some(encoding));
    match (said, marked) {
        (Some(said), Some(marked)) if said != marked => Err(Failure::Usage(format!(
            "{name}: the file starts with the byte-order mark of {}, so it is not {}",
            marked.in_words(),
            said.in_words()
        ))),
        (Some(said), _) => Ok((said, ", as was said")),
        (None, Some(marked)) => Ok((marked, ", by its byte-order mark")),
        (None, None) => Ok(match zeros(head) {
            [true, false] => (Encoding::Utf16Be, ", by where its zero bytes stand"),
            [false, true] => (Encoding::Utf16Le, ", by where its zero bytes stand"),
            _ => (Encoding::Utf8, ""),
        }),
    }
}

/// Whether zero bytes make up half of the even, and of the odd places, and hardly any of the other ones: letters of
/// Western languages are such pairs in UTF-16. The shares are design choices.
fn zeros(head: &[u8]) -> [bool; 2] {
    let count = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (count(0), count(1));
    let most = |zeros: usize, others: usize| zeros * 4 >= head.len().max(1) && others * 8 <= zeros;
    [most(even, odd), most(odd, even)]
}

/// Files that are often taken for a survey.
fn refuse_other_files(head: &[u8], name: &str) -> Result<(), Failure> {
    let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let starts = |mark: &[u8]| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let (what, hint) = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") {
        ("is a spreadsheet or an archive", "save the sheet as CSV in UTF-8, or unpack the archive")
    } else if head.starts_with(b"BZh") || head.starts_with(b"\xFD7zXZ") || head.starts_with(b"\x28\xB5\x2F\xFD") {
        ("is compressed in another way than gzip", "unpack it first")
    } else if head.starts_with(b"$FL2") || head.starts_with(b"$FL3") {
        ("is an SPSS data file", "write it as CSV first: `haven` in R and `pyreadstat` in Python read it")
    } else if text.starts_with(b"{") || text.starts_with(b"[{") {
        ("is JSON, not a survey", "one person's answers are read by `bearings explain`")
    } else if starts(b"<!doctype") || starts(b"<html") {
        ("is a web page, not a survey", "perhaps a login page was saved instead of the export")
    } else {
        return Ok(());
    };
    Err(Failure::Responses(Report::message(format!("{name}:1: the file {what}")).hint(hint)))
}

/// Hashes what is read.
struct Hashed {
    bytes: Box<dyn Read + Send>,
    hash: Arc<Mutex<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.hash.lock().unwrap_or_else(PoisonError::into_inner).update(read);
        Ok(count)
    }
}

/// Another encoding, decoded strictly: nothing is replaced.
struct Decoded {
    bytes: Box<dyn Read + Send>,
    decoder: Decoder,
    encoding: Encoding,
    /// Undecoded bytes, and which of them are left.
    raw: Vec<u8>,
    raw_left: std::ops::Range<usize>,
    /// Decoded bytes, and which of them are left.
    text: Vec<u8>,
    text_left: std::ops::Range<usize>,
    state: Decoding,
    /// As in [`NoText`].
    column: u64,
}

/// How far decoding has come.
#[derive(PartialEq, Eq)]
enum Decoding {
    /// There may be more bytes.
    Reading,
    /// All bytes are read; the decoder may hold back some.
    Ending,
    /// Everything is decoded.
    Ended,
    /// The next bytes are none of the encoding.
    Malformed,
}

impl Decoded {
    fn new(bytes: Box<dyn Read + Send>, from: &'static encoding_rs::Encoding, encoding: Encoding) -> Self {
        Self {
            bytes,
            decoder: from.new_decoder_with_bom_removal(),
            encoding,
            raw: vec![0; BUFFER],
            raw_left: 0..0,
            text: vec![0; BUFFER],
            text_left: 0..0,
            state: Decoding::Reading,
            column: 1,
        }
    }

    /// Decodes some more; afterwards there is text, or the end is reached.
    fn decode(&mut self) -> io::Result<()> {
        while self.text_left.is_empty() && matches!(self.state, Decoding::Reading | Decoding::Ending) {
            if self.raw_left.is_empty() && self.state == Decoding::Reading {
                self.raw_left = 0..self.bytes.read(&mut self.raw)?;
                if self.raw_left.is_empty() {
                    self.state = Decoding::Ending;
                }
            }
            let raw = self.raw.get(self.raw_left.clone()).unwrap_or_default();
            let is_last = self.state == Decoding::Ending;
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(raw, &mut self.text, is_last);
            self.raw_left.start += read;
            self.text_left = 0..written;
            match result {
                DecoderResult::Malformed(..) => self.state = Decoding::Malformed,
                DecoderResult::InputEmpty if is_last => self.state = Decoding::Ended,
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decode()?;
        if self.text_left.is_empty() && self.state == Decoding::Malformed {
            let what = format!("the bytes are not {}", self.encoding.in_words());
            let hint = "save the file as CSV in UTF-8, or say its encoding with --encoding";
            return Err(io::Error::new(io::ErrorKind::InvalidData, NoText { what, hint, column: self.column }));
        }
        let mut text = self.text.get(self.text_left.clone()).unwrap_or_default();
        let count = text.read(buffer)?;
        self.text_left.start += count;
        self.column = column_after(self.column, buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Refuses zero bytes: no text has one, and what reads them as text cuts cells short.
struct NoNul {
    bytes: Box<dyn Read + Send>,
    column: u64,
    is_met: bool,
}

impl Read for NoNul {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        if !self.is_met {
            count = self.bytes.read(buffer)?;
            let read = buffer.get(..count).unwrap_or_default();
            // Most pieces have none, and looking for one is fast.
            if read.contains(&0) {
                self.is_met = true;
                count = read.iter().position(|byte| *byte == 0).unwrap_or(count);
            }
            self.column = column_after(self.column, buffer.get(..count).unwrap_or_default());
        }
        if count == 0 && self.is_met {
            let hint = "the file is damaged or no text; write it anew as CSV in UTF-8";
            let error = NoText { what: "there is a NUL byte, which no text has".to_owned(), hint, column: self.column };
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(count)
    }
}

/// The column after some text that starts at this one.
fn column_after(column: u64, text: &[u8]) -> u64 {
    let (start, rest) = match text.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => (1, text.len() - end - 1),
        None => (column, text.len()),
    };
    start + u64::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn source(bytes: &[u8], said: Option<Encoding>) -> Result<Source, Failure> {
        Source::new("s.csv".into(), Box::new(Cursor::new(bytes.to_vec())), said, Fingerprint::Sha256)
    }

    /// The text, or what is said instead of it; the line is counted here as a reader would.
    fn text(bytes: &[u8], said: Option<Encoding>) -> String {
        let mut source = match source(bytes, said) {
            Ok(source) => source,
            Err(failure) => return format!("{failure:?}"),
        };
        let mut read = Vec::new();
        match source.read_to_end(&mut read) {
            Ok(_) => String::from_utf8(read).unwrap(),
            Err(error) => {
                let line = 1 + u64::try_from(read.iter().filter(|byte| **byte == b'\n').count()).unwrap();
                format!("{:?}", failure("s.csv", line, error))
            }
        }
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn the_same_text_comes_out_of_every_encoding() {
        let expected = "id,wörd\n1,\u{1F600}\n".repeat(10_000);
        let marked = format!("\u{FEFF}{expected}");
        for bytes in [
            expected.clone().into_bytes(),
            marked.clone().into_bytes(),
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
            utf16(&expected, u16::to_le_bytes),
            utf16(&expected, u16::to_be_bytes),
        ] {
            assert!(text(&bytes, None) == expected, "{:?}", &bytes[..8]);
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&bytes).unwrap();
            assert!(text(&packed.finish().unwrap(), None) == expected, "packed {:?}", &bytes[..8]);
        }
        assert_eq!(text(b"id,caf\xe9\x80\n", Some(Encoding::Windows1252)), "id,café€\n");
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let found = text(b"id,a\n1,x\n2,\0y\n", None);
        assert!(found.contains("s.csv:3:3: there is a NUL byte"), "{found}");
        // A lone half of a pair, on the second line after two letters.
        let mut bytes = utf16("\u{FEFF}id\nab", u16::to_le_bytes);
        bytes.extend([0x00, 0xD8, b'x', 0]);
        let found = text(&bytes, None);
        assert!(found.contains("s.csv:2:3: the bytes are not UTF-16"), "{found}");
        bytes.truncate(bytes.len() - 5);
        assert!(text(&bytes, None).contains("are not UTF-16"));
        assert!(text(b"\x1F\x8Bnot gzip", None).contains("cannot read"));
    }

    #[test]
    fn a_mark_that_contradicts_what_was_said_is_refused() {
        assert!(text(b"\xEF\xBB\xBFid\n", Some(Encoding::Windows1252)).contains("byte-order mark of UTF-8"));
        assert_eq!(text(b"\xEF\xBB\xBFid\n", Some(Encoding::Utf8)), "id\n");
    }

    #[test]
    fn the_fingerprint_is_of_the_bytes_in_the_file() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"id\n1\n").unwrap();
        for bytes in [packed.finish().unwrap(), utf16("\u{FEFF}id\n", u16::to_be_bytes), b"id\n".to_vec()] {
            let found = source(&bytes, None).unwrap().fingerprint().unwrap();
            assert_eq!(found, Some(bearings_engine::fingerprint::sha256(&bytes)));
        }
    }
}
