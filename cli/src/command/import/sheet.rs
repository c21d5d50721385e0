//! A table of cells with a header, read whole: lists of items are small.

use std::ops::Range;
use std::path::Path;

use bearings_engine::diagnostic::{Code, Diagnostic, SourceFile};

use crate::args::Delimiter;
use crate::definition::read_input;
use crate::exit::{Failure, Report};

/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table.
pub(super) struct Sheet {
    pub(super) source: SourceFile,
    /// The names of the columns, without what is around them.
    pub(super) header: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// A line below the header.
#[derive(Debug)]
pub(super) struct Line {
    /// Which line of the file it starts on, from 1.
    pub(super) number: u64,
    bytes: Range<usize>,
    cells: Vec<String>,
}

/// A column of a sheet; none if the sheet lacks it.
pub(super) type Column = Option<usize>;

impl Sheet {
    /// Reads a file, or standard input for `-`.
    ///
    /// # Errors
    /// It cannot be read, has no header, or its lines are of different width.
    pub(super) fn read(path: &Path, delimiter: Option<Delimiter>) -> Result<Self, Failure> {
        Self::parse(read_input(path)?, delimiter)
    }

    fn parse(source: SourceFile, delimiter: Option<Delimiter>) -> Result<Self, Failure> {
        let delimiter = match delimiter {
            Some(Delimiter(byte)) => byte,
            None => found_delimiter(&source)?,
        };
        // Lines end with a line feed, whatever stands before it: some files have two carriage returns there.
        let terminator = if source.text.contains('\n') { csv::Terminator::Any(b'\n') } else { csv::Terminator::CRLF };
        let mut records = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .has_headers(false)
            .flexible(true)
            .from_reader(source.text.as_bytes());
        let mut lines: Vec<Line> = Vec::new();
        let mut record = csv::StringRecord::new();
        // Text that is in memory and UTF-8 gives no error.
        while records.read_record(&mut record).unwrap_or(false) {
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            let position = record.position();
            let start = position.map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
            let number = position.map_or(1, csv::Position::line);
            if cells.iter().any(|cell| !cell.is_empty()) {
                lines.push(Line { number, bytes: line_at(&source.text, start), cells });
            }
        }
        let mut lines = lines.into_iter();
        let Some(header) = lines.next() else {
            let report = Report::message(format!("`{}` is empty; a list starts with a line of names", source.name));
            return Err(Failure::Definition(report));
        };
        let sheet = Self { source, header: header.cells, lines: lines.collect() };
        sheet.refuse_other_widths()?;
        Ok(sheet)
    }

    /// A line with another number of cells could hold anything under a name.
    fn refuse_other_widths(&self) -> Result<(), Failure> {
        let width = self.header.len();
        let other = self.lines.iter().filter(|line| line.cells.len() != width);
        let problems: Vec<Diagnostic> = other
            .map(|line| {
                let cells =
                    if line.cells.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", line.cells.len()) };
                let message = format!("{cells}, but the header has {width}");
                let hint = "put what holds the delimiter between quotes, or name the delimiter with --delimiter";
                self.problem(Code::InvalidItem, line, message).hint(hint)
            })
            .collect();
        self.refuse(problems)
    }

    /// The column with one of these names, the first that is there; upper and lower case count for nothing.
    pub(super) fn column(&self, names: &[&str]) -> Column {
        names.iter().find_map(|name| self.header.iter().position(|column| column.eq_ignore_ascii_case(name)))
    }

    /// The name of a column.
    pub(super) fn name(&self, column: Column) -> &str {
        column.and_then(|column| self.header.get(column)).map_or("", String::as_str)
    }

    /// A problem with a line.
    pub(super) fn problem(&self, code: Code, line: &Line, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, &self.source.name, line.bytes.clone(), message)
    }

    /// Stops if there are problems. No line is shown: what was named could be a survey by mistake.
    ///
    /// # Errors
    /// All of them.
    pub(super) fn refuse(&self, problems: Vec<Diagnostic>) -> Result<(), Failure> {
        if problems.is_empty() {
            return Ok(());
        }
        Err(Failure::Definition(Report::Places { problems, sources: vec![self.source.clone()] }))
    }

    /// Stops, since the file is no such list.
    pub(super) fn no_such_list(&self, what: &str, lacks: &str, hint: &str) -> Failure {
        let report = Report::message(format!("{}:1: this is {what}: it has no column {lacks}", self.source.name));
        Failure::Definition(report.hint(hint))
    }
}

impl Line {
    /// A cell; nothing if its column is not there.
    pub(super) fn cell(&self, column: Column) -> &str {
        column.and_then(|column| self.cells.get(column)).map_or("", String::as_str)
    }
}

/// The bytes of the line of a text that starts here, without its end.
fn line_at(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let length = rest.trim_start_matches(['\r', '\n']).lines().next().map_or(0, |line| line.trim_end().len());
    start + blank..start + blank + length
}

/// The one of the delimiters that the header has outside of quotes.
fn found_delimiter(source: &SourceFile) -> Result<u8, Failure> {
    let mut quoted = false;
    let head = source.text.trim_start().bytes().take_while(|byte| !matches!(byte, b'\n' | b'\r'));
    let outside: Vec<u8> = head
        .filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted
        })
        .collect();
    let mut found = DELIMITERS.into_iter().filter(|delimiter| outside.contains(delimiter));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Ok(b','),
        (Some(_), Some(_)) => {
            let report = Report::message(format!(
                "{}:1: the names of the columns are separated in more than one way",
                source.name
            ));
            Err(Failure::Definition(report.hint("name what stands between cells with --delimiter")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Result<Sheet, Failure> {
        Sheet::parse(SourceFile::new("list.csv", text), None)
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        sheet(text).unwrap().lines.into_iter().map(|line| line.cells).collect()
    }

    #[test]
    fn the_same_table_is_read_whatever_its_delimiter_and_line_ends() {
        let plain = "id,text\n1,\"a \"\"b\"\"\"\n2,c\n";
        let expected = cells(plain);
        assert_eq!(expected, [["1", "a \"b\""], ["2", "c"]]);
        for delimiter in [";", "\t", "|"] {
            assert_eq!(cells(&plain.replace(',', delimiter)), expected, "{delimiter}");
        }
        for end in ["\r\n", "\r\r\n", "\r"] {
            assert_eq!(cells(&plain.replace('\n', end)), expected, "{end:?}");
        }
        assert_eq!(cells(&format!("\u{FEFF}{plain}\n\n")), expected);
    }

    #[test]
    fn a_line_is_where_it_starts() {
        let sheet = sheet("id,text\r\r\n\r\r\n1,\"a\nb\"\r\r\n2,c\r\r\n").unwrap();
        assert_eq!(sheet.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [3, 5]);
        let last = sheet.lines.last().unwrap();
        assert_eq!(sheet.source.text.get(last.bytes.clone()), Some("2,c"));
    }

    #[test]
    fn what_cannot_be_read_one_way_only_is_refused() {
        for text in ["", "\n\n", "id,text;more\n", "id,text\n1\n2,a,b\n"] {
            assert!(matches!(sheet(text), Err(Failure::Definition(_))), "{text}");
        }
        let Err(Failure::Definition(Report::Places { problems, .. })) = sheet("id,text\n1\n2,a,b\n") else {
            panic!("read")
        };
        assert_eq!(problems.len(), 2);
    }
}
