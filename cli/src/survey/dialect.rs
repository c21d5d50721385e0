//! How a survey file is written: what separates its cells, which rows describe its columns, and which platform wrote
//! it. Everything is found out from the first records, and every decision is kept as a sentence.

pub(super) mod platform;

use csv::{ByteRecord, Terminator};

use super::Decision;
use super::blocks::Marks;
use super::header::{Header, places};
use super::input::reader;
use crate::exit::{Failure, Report};
pub(crate) use platform::Platform;

/// The delimiters that are looked for; the first one is taken where nothing tells them apart.
const DELIMITERS: [(u8, &str); 4] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];
/// How many records are looked at. A design choice: more than any header has, and enough rows to compare their widths.
const SAMPLED: usize = 50;

/// What was said about how the file is written; what was not said is found out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    pub(super) delimiter: Option<u8>,
    pub(super) header_rows: Option<usize>,
    pub(super) platform: Option<Platform>,
}

/// How a survey file is written.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    /// Which platform wrote it.
    pub(super) platform: Platform,
    /// What separates cells.
    pub(super) delimiter: u8,
    /// What ends lines.
    pub(super) terminator: Terminator,
    /// How many records describe the columns.
    pub(super) header_rows: usize,
    /// The columns.
    pub(super) header: Header,
    /// Whether a cell that is not there means that the question was not shown, and an empty one that it was left blank.
    pub(super) absent_is_not_shown: bool,
    /// What was decided, one sentence each.
    pub(super) decisions: Vec<Decision>,
}

impl Dialect {
    /// How records and cells are told apart.
    pub(super) fn marks(&self) -> Marks {
        let terminator = match self.terminator {
            Terminator::Any(byte) => byte,
            _ => b'\r',
        };
        Marks { delimiter: self.delimiter, terminator }
    }
}

/// The start of a file.
pub(super) struct Head<'a> {
    /// Its text.
    pub(super) text: &'a [u8],
    /// Whether it is the whole file.
    pub(super) is_whole: bool,
}

/// A record of the start.
pub(super) struct Sampled {
    /// Its cells.
    pub(super) cells: ByteRecord,
    /// Where it ends, in bytes.
    pub(super) end: usize,
}

impl Head<'_> {
    /// The first records that are complete and not blank.
    pub(super) fn records(&self, delimiter: u8, terminator: Terminator, most: usize) -> Vec<Sampled> {
        let mut records = Vec::new();
        let mut reader = reader(delimiter, terminator, self.text);
        let mut cells = ByteRecord::new();
        while records.len() < most && reader.read_byte_record(&mut cells).is_ok_and(|more| more) {
            let end = usize::try_from(reader.position().byte()).unwrap_or(self.text.len());
            if end >= self.text.len() && !self.is_whole {
                break;
            }
            if !is_blank(&cells) {
                records.push(Sampled { cells: cells.clone(), end });
            }
        }
        records
    }

    /// Lines end with a line feed, whatever stands before it (some exports write two carriage returns), so that they
    /// are counted as editors count them. Only a file without any has carriage returns alone.
    fn terminator(&self) -> Terminator {
        let mut quoted = false;
        let mut feeds = self.text.iter().filter(|byte| {
            quoted ^= **byte == b'"';
            **byte == b'\n' && !quoted
        });
        if feeds.next().is_some() { Terminator::Any(b'\n') } else { Terminator::CRLF }
    }

    /// The delimiter with which most of the sampled records have as many cells as the first one; of several, the one
    /// that makes most columns.
    fn delimiter(&self, terminator: Terminator) -> u8 {
        let mut best = ((0, 0), b',');
        for (candidate, _) in DELIMITERS {
            let records = self.records(candidate, terminator, SAMPLED);
            let Some((first, rows)) = records.split_first() else { continue };
            let width = first.cells.len();
            let alike = rows.iter().filter(|row| row.cells.len() == width).count();
            let key = (alike * 1_000 / rows.len().max(1), width);
            if width > 1 && key > best.0 {
                best = (key, candidate);
            }
        }
        best.1
    }

    /// Whether every cell that holds something stands in quotes.
    fn is_quoted_throughout(&self, delimiter: u8, until: usize) -> bool {
        let (mut quoted, mut at_start, mut any) = (false, true, false);
        for byte in self.text.iter().take(until) {
            match *byte {
                b'"' => {
                    any |= at_start;
                    quoted = !quoted;
                    at_start = false;
                }
                _ if quoted => {}
                b'\n' | b'\r' => at_start = true,
                byte if byte == delimiter => at_start = true,
                _ if at_start => return false,
                _ => {}
            }
        }
        any
    }
}

/// A record without anything on it; a carriage return may stand there.
pub(super) fn is_blank(cells: &ByteRecord) -> bool {
    cells.len() == 1 && cells.get(0).is_some_and(|cell| cell.trim_ascii().is_empty())
}

impl Dialect {
    /// Finds out how a file is written.
    ///
    /// # Errors
    /// The file is empty, its header is no text, or it holds no respondents a row.
    pub(super) fn recognise(head: &Head<'_>, said: Said, name: &str) -> Result<(Self, usize), Failure> {
        let terminator = head.terminator();
        let delimiter = said.delimiter.unwrap_or_else(|| head.delimiter(terminator));
        let records = head.records(delimiter, terminator, SAMPLED);
        let Some(first) = records.first() else {
            return Err(Failure::Responses(Report::message(if head.text.trim_ascii().is_empty() {
                format!("{name}:1: the file is empty; a survey starts with a line that names its columns")
            } else {
                format!("{name}:1: the line that names the columns does not end; perhaps a quote is never closed")
            })));
        };
        let found = platform::recognise(&records);
        let platform = said.platform.unwrap_or(found.platform);
        let is_as_found = platform == found.platform;
        let header_rows = said.header_rows.unwrap_or(if is_as_found { found.header_rows } else { 1 }).max(1);
        let import_ids = match records.get(2) {
            Some(row) if header_rows > 2 => row.cells.iter().map(platform::import_id).collect(),
            _ => Vec::new(),
        };
        let questions = match records.get(1) {
            Some(row) if header_rows > 1 => texts(&row.cells).unwrap_or_default(),
            _ => Vec::new(),
        };
        let names = texts(&first.cells).map_err(|column| {
            let report = Report::message(format!("{name}:1: the name of column {} is not UTF-8 text", column + 1));
            Failure::Responses(report.hint(NOT_UTF8))
        })?;
        platform::refuse_other_shapes(&names, name)?;
        let end = records.get(header_rows - 1).or(records.last()).map_or(0, |record| record.end);
        let last = records.last().map_or(0, |record| record.end);
        let absent_is_not_shown = platform == Platform::Limesurvey && head.is_quoted_throughout(delimiter, last);
        let mut dialect = Self {
            platform,
            delimiter,
            terminator,
            header_rows,
            header: Header::new(names, questions, import_ids),
            absent_is_not_shown,
            decisions: Vec::new(),
        };
        dialect.decide(said, &found.why, head);
        dialect.describe_columns(&records);
        Ok((dialect, end))
    }

    fn decide(&mut self, said: Said, why: &str, head: &Head<'_>) {
        let separated = DELIMITERS.iter().find(|(byte, _)| *byte == self.delimiter);
        let by = separated.map_or_else(|| format!("`{}`", char::from(self.delimiter)), |(_, word)| (*word).to_owned());
        let as_said = |is_said: bool| if is_said { ", as was said" } else { "" };
        let sentence = format!("the cells are separated by {by}{}", as_said(said.delimiter.is_some()));
        self.decisions.push(match self.delimiter {
            b',' => Decision::detail(sentence),
            _ => Decision::note(sentence),
        });
        if head.text.windows(3).any(|end| end == b"\r\r\n") {
            let sentence = "some lines end with two carriage returns and a line feed, which are read as one line end";
            self.decisions.push(Decision::note(sentence));
        }
        let rows = match self.header_rows {
            1 => "row 1 names the columns".to_owned(),
            2 => "row 1 names the columns, row 2 holds the questions".to_owned(),
            3 => "row 1 names the columns, row 2 holds the questions, row 3 the import ids".to_owned(),
            n => format!("rows 1 to {n} describe the columns"),
        };
        let is_said = as_said(said.platform.is_some() || said.header_rows.is_some());
        self.decisions.push(match self.platform {
            Platform::Plain => {
                Decision::detail(format!("it is no export of a platform that is known; {rows}{is_said}"))
            }
            platform if said.platform.is_some() => {
                Decision::note(format!("it is read as an export of {}; {rows}{is_said}", platform.in_words()))
            }
            platform => {
                Decision::note(format!("it looks like an export of {}, since {why}; {rows}", platform.in_words()))
            }
        });
        if self.absent_is_not_shown {
            self.decisions.push(Decision::note(
                "every cell is quoted, so empty quotes are read as left blank (skipped), and nothing at all between two \
                 separators as not shown",
            ));
        } else if self.platform == Platform::Limesurvey {
            self.decisions.push(Decision::note(
                "not every cell is quoted, so questions that were not shown cannot be told from those left blank: both \
                 are read as skipped",
            ));
        }
    }

    /// What is odd about the columns.
    fn describe_columns(&mut self, records: &[Sampled]) {
        let rows = records.get(self.header_rows..).unwrap_or_default();
        let width = self.header.width();
        let nameless: Vec<usize> =
            (0..width).filter(|column| self.header.name(*column).is_some_and(str::is_empty)).collect();
        let is_empty = |column: usize| {
            rows.iter().all(|row| row.cells.get(column).is_none_or(|cell| cell.trim_ascii().is_empty()))
        };
        let mut decisions = Vec::new();
        for column in nameless {
            decisions.push(if column + 1 == width && is_empty(column) {
                let message = "lines end with a separator: the empty column after it is none";
                Decision::detail(message)
            } else {
                Decision::note(format!("column {} has no name and is not read", column + 1))
            });
        }
        for (name, columns) in self.header.repeated() {
            let ids: Vec<&str> = columns.iter().filter_map(|column| self.header.import_id(*column)).collect();
            let apart = if ids.len() == columns.len() {
                format!("told apart by their import ids {}", ids.join(", "))
            } else {
                "which nothing tells apart, so that naming it is refused".to_owned()
            };
            let name = super::header::shown(name);
            decisions.push(Decision::detail(format!("`{name}` is the name of {}, {apart}", places(&columns))));
        }
        self.decisions.extend(decisions);
    }
}

/// What may be done about a file in another encoding.
pub(super) const NOT_UTF8: &str =
    "save the file as CSV in UTF-8; a file of an older Windows program may be read with --encoding windows-1252";

/// The cells as text; the first that is none.
fn texts(cells: &ByteRecord) -> Result<Vec<String>, usize> {
    let text = |(column, cell): (usize, &[u8])| std::str::from_utf8(cell).map(str::to_owned).map_err(|_| column);
    cells.iter().enumerate().map(text).collect()
}
