//! The file of rejected rows: each as it was written, with its place and what is wrong. It holds answers, as the survey
//! does; what is said of them on stderr does not.

use super::rows::cell;
use crate::survey::RowError;

/// The header line.
pub(super) const HEADER: &str = "file,row,line,columns,reasons,record\n";

/// The line of a rejected row.
pub(super) fn line(file: &str, error: &RowError) -> Vec<u8> {
    let mut line = Vec::new();
    let columns: Vec<&str> = error.problems.iter().filter_map(|problem| problem.column()).collect();
    let reasons: Vec<String> = error.problems.iter().map(|problem| problem.to_string()).collect();
    cell(file.as_bytes(), &mut line);
    for text in [error.row.to_string(), error.line.to_string(), columns.join(";"), reasons.join("; ")] {
        line.push(b',');
        cell(text.as_bytes(), &mut line);
    }
    line.push(b',');
    cell(&error.raw, &mut line);
    line.push(b'\n');
    line
}
