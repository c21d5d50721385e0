//! A table of numbers for eyes: named rows and columns in 80 columns of characters.

use comfy_table::{CellAlignment, Table, presets};

use crate::report::wrapped;

/// How wide a terminal is taken to be.
pub(super) const COLUMNS: usize = 80;

/// A table of numbers.
pub(super) struct Grid {
    /// What the rows are.
    pub(super) corner: String,
    pub(super) columns: Vec<String>,
    /// The name of each row, and its cells.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

impl Grid {
    /// The table; where the names of its columns do not fit side by side, they are numbered.
    pub(super) fn text(&self) -> String {
        let fits = |table: &String| table.lines().all(|line| line.chars().count() <= COLUMNS);
        let whole = self.lay(str::to_owned, halved);
        if let Some(table) = [whole, self.lay(halved, halved)].into_iter().find(fits) {
            return table;
        }
        let number = |name: &str| self.columns.iter().position(|own| own == name).map(|at| (at + 1).to_string());
        let numbered = |name: &str| format!("{:>2} {name}", number(name).unwrap_or_default());
        let is_row = |column: &&String| self.rows.iter().any(|(row, _)| row == *column);
        let is_square = self.columns.iter().any(|column| is_row(&column));
        let row = |name: &str| if is_square { numbered(name) } else { name.to_owned() };
        let mut text = self.lay(row, |name| number(name).unwrap_or_default());
        let others = self.columns.iter().filter(|column| !is_row(column));
        let others: Vec<String> = others.map(|name| numbered(name).trim_start().to_owned()).collect();
        paragraph(&mut text, &others.join(", "), 0);
        text
    }

    fn lay(&self, row: impl Fn(&str) -> String, column: impl Fn(&str) -> String) -> String {
        let mut table = Table::new();
        let header = std::iter::once(halved(&self.corner)).chain(self.columns.iter().map(|name| column(name)));
        table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
        for (name, cells) in &self.rows {
            table.add_row(std::iter::once(row(name)).chain(cells.iter().cloned()));
        }
        table.column_iter_mut().for_each(|column| {
            column.set_padding((0, 1));
        });
        table.column_iter_mut().skip(1).for_each(|column| {
            column.set_cell_alignment(CellAlignment::Right);
        });
        format!("{table}\n")
    }
}

/// A long id in two lines, broken at the underscore nearest to its middle.
fn halved(id: &str) -> String {
    const LONG: usize = 9;
    let middle = id.len() / 2;
    let breaks = id.match_indices('_').map(|(at, _)| at);
    match breaks.min_by_key(|at| at.abs_diff(middle)).and_then(|at| id.split_at_checked(at + 1)) {
        Some((before, after)) if id.len() > LONG => format!("{before}\n{after}"),
        _ => id.to_owned(),
    }
}

/// Adds a paragraph with its own indent. A line break at its start stays.
pub(super) fn paragraph(text: &mut String, paragraph: &str, indent: usize) {
    if paragraph.starts_with('\n') {
        text.push('\n');
    }
    for line in wrapped(paragraph, COLUMNS - indent) {
        text.push_str(&format!("{:indent$}{line}\n", ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(ids: &[&str]) -> String {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let rows = ids.iter().map(|id| (id.clone(), vec!["1".to_owned(); ids.len()])).collect();
        Grid { corner: String::new(), columns: ids, rows }.text()
    }

    #[test]
    fn long_names_are_halved_and_too_many_are_numbered() {
        let halves = grid(&["not_enough_answered", "mixed"]);
        // The column's name is halved, the row's stands whole.
        assert_eq!(halves.matches("not_enough_answered").count(), 1, "{halves}");
        assert!(halves.lines().any(|line| line.contains("not_enough_ ")), "{halves}");
        let long: Vec<String> = (0..9).map(|at| format!("a_long_name_of_stage_{at}")).collect();
        let numbered = grid(&long.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(numbered.lines().all(|line| line.chars().count() <= COLUMNS), "{numbered}");
        assert!(numbered.contains("9 a_long_name_of_stage_8"), "{numbered}");
    }

    #[test]
    fn numbered_columns_without_a_row_are_named_below() {
        let columns: Vec<String> = (0..9).map(|at| format!("a_long_name_of_stage_{at}")).collect();
        let rows = vec![("8".to_owned(), vec!["1".to_owned(); 9])];
        let text = Grid { corner: "window_weeks".to_owned(), columns, rows }.text();
        assert!(text.contains("\n1 a_long_name_of_stage_0, 2 a_long"), "{text}");
    }
}
