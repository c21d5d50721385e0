//! Tables: surveys and scored files, by column name.

use std::collections::BTreeMap;

/// A header and rows of the same width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads CSV; rows of another width than the header are a fault.
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        assert!(!rows.is_empty(), "there is no header");
        let header = rows.remove(0);
        Self { header, rows }
    }

    /// The table as CSV with LF line ends.
    pub(crate) fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// The position of a column.
    #[track_caller]
    pub(crate) fn position(&self, column: &str) -> usize {
        let found = self.header.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column `{column}`: {}", self.header.join(",")))
    }

    /// The cells of a column.
    #[track_caller]
    pub(crate) fn column(&self, column: &str) -> Vec<&str> {
        let at = self.position(column);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// A cell.
    #[track_caller]
    pub(crate) fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.position(column)]
    }

    /// Writes a cell.
    #[track_caller]
    pub(crate) fn set(&mut self, row: usize, column: &str, cell: &str) {
        let at = self.position(column);
        cell.clone_into(&mut self.rows[row][at]);
    }

    /// The same columns, and only some rows.
    pub(crate) fn with_rows(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        Self { header: self.header.clone(), rows: rows.into_iter().map(|at| self.rows[at].clone()).collect() }
    }

    /// The same rows without the columns that are named.
    pub(crate) fn without(&self, dropped: impl Fn(&str) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.header.len()).filter(|at| !dropped(&self.header[*at])).collect();
        let pick = |row: &Vec<String>| kept.iter().map(|at| row[*at].clone()).collect();
        Self { header: pick(&self.header), rows: self.rows.iter().map(pick).collect() }
    }

    /// One more column in front.
    pub(crate) fn with_first(&self, name: &str, cell: impl Fn(usize) -> String) -> Self {
        let mut table = self.clone();
        table.header.insert(0, name.to_owned());
        for (at, row) in table.rows.iter_mut().enumerate() {
            row.insert(0, cell(at));
        }
        table
    }

    /// How often each cell of a column occurs.
    pub(crate) fn counts(&self, column: &str) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for cell in self.column(column) {
            *counts.entry(cell).or_default() += 1;
        }
        counts
    }
}
