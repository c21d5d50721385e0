//! A page for a terminal: 80 columns, headings in bold, nothing told by colour alone.
//!
//! The bold is always written; the stream takes it out where it is not wanted.

use clap::builder::styling::Style;

use super::{Block, Entry, Page, Row, tame};

const COLUMNS: usize = 80;
const BOLD: Style = Style::new().bold();
/// The widest name that others are aligned with; after a longer one the text starts on the next line.
const WIDEST_NAME: usize = 32;
/// The same for a sentence with a value beside it.
const WIDEST_TEXT: usize = 46;

/// The page as text.
pub(crate) fn page(page: &Page) -> String {
    let names = column(page.0.iter().flat_map(rows_of).map(|row| row.name.as_str()), WIDEST_NAME);
    let mut text = String::new();
    let mut last: Option<&Block> = None;
    for block in &page.0 {
        if let Some(last) = last
            && !(matches!(last, Block::Heading(_) | Block::Subheading(_)) || is_close(last, block))
        {
            text.push('\n');
        }
        write_block(&mut text, block, names);
        last = Some(block);
    }
    text
}

/// A paragraph and the rows that it announces stand together.
fn is_close(last: &Block, next: &Block) -> bool {
    matches!(last, Block::Text(text) if text.ends_with(':'))
        && matches!(next, Block::Rows(_) | Block::Entries(_) | Block::Points(_))
}

fn write_block(text: &mut String, block: &Block, names: usize) {
    match block {
        Block::Title(title) | Block::Heading(title) => {
            for line in wrapped(title, COLUMNS) {
                text.push_str(&format!("{BOLD}{line}{BOLD:#}\n"));
            }
        }
        Block::Subheading(title) => push(text, title, 2, 2),
        Block::Text(paragraph) => push(text, paragraph, 0, 0),
        Block::Points(points) => points.iter().for_each(|point| push(text, &format!("- {point}"), 2, 4)),
        Block::Rows(rows) => rows.iter().for_each(|row| write_row(text, row, 2, names)),
        Block::Entries(entries) => {
            let valued = entries.iter().filter(|entry| !entry.value.is_empty());
            let values = column(valued.map(|entry| entry.text.as_str()), WIDEST_TEXT);
            entries.iter().for_each(|entry| write_entry(text, entry, values, names));
        }
        Block::Code(code) => {
            for line in code.lines() {
                text.push_str(&format!("    {}\n", tame(line).trim_end()));
            }
        }
    }
}

fn rows_of(block: &Block) -> Box<dyn Iterator<Item = &Row> + '_> {
    match block {
        Block::Rows(rows) => Box::new(rows.iter()),
        Block::Entries(entries) => Box::new(entries.iter().flat_map(|entry| &entry.rows)),
        _ => Box::new(std::iter::empty()),
    }
}

/// How wide a column of these names is.
fn column<'a>(names: impl Iterator<Item = &'a str>, widest: usize) -> usize {
    names.map(|name| name.chars().count()).filter(|width| *width <= widest).max().unwrap_or(0)
}

fn write_entry(text: &mut String, entry: &Entry, values: usize, names: usize) {
    if entry.value.is_empty() {
        push(text, &entry.text, 2, 4);
    } else {
        write_row(text, &Row::new(entry.text.clone(), entry.value.clone()), 2, values);
    }
    if !entry.place.is_empty() {
        push(text, &entry.place, 4, 4);
    }
    for row in &entry.rows {
        write_row(text, row, 4, names);
    }
}

fn write_row(text: &mut String, row: &Row, indent: usize, names: usize) {
    let name = tame(&row.name);
    let start = indent + names + 2;
    let mut lines = wrapped(&row.text, COLUMNS.saturating_sub(start)).into_iter();
    let width = name.chars().count();
    if width > names && indent + width + 2 + row.text.chars().count() <= COLUMNS {
        text.push_str(&format!("{:indent$}{name}  {}\n", "", tame(&row.text)));
        return;
    }
    if width <= names {
        let first = lines.next().unwrap_or_default();
        text.push_str(format!("{:indent$}{name:names$}  {first}", "").trim_end());
        text.push('\n');
    } else {
        push(text, &name, indent, indent + 2);
    }
    for line in lines {
        text.push_str(&format!("{:start$}{line}\n", ""));
    }
}

fn push(text: &mut String, paragraph: &str, first: usize, rest: usize) {
    let width = COLUMNS - first.max(rest);
    for (at, line) in wrapped(paragraph, width).into_iter().enumerate() {
        let indent = if at == 0 { first } else { rest };
        text.push_str(&format!("{:indent$}{line}\n", ""));
    }
}

/// Lines of at most so many characters, broken at spaces; a longer word has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in tame(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(blocks: Vec<Block>) -> String {
        anstream::adapter::strip_str(&page(&Page(blocks))).to_string()
    }

    #[test]
    fn names_are_aligned_and_long_texts_hang() {
        let rows = vec![Row::new("effort_mine", "a lot"), Row::new("wears_me_out", "word ".repeat(20))];
        let text = plain(vec![Block::Heading("Answers".to_owned()), Block::Rows(rows)]);
        assert!(text.starts_with("Answers\n  effort_mine   a lot\n  wears_me_out  word word"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= COLUMNS));
        assert!(text.lines().last().unwrap().starts_with("                word"));
    }

    #[test]
    fn a_name_that_is_too_long_has_its_own_line() {
        let long = "x".repeat(WIDEST_NAME + 1);
        let text = plain(vec![Block::Rows(vec![Row::new(&long, "a"), Row::new("short", "b")])]);
        assert_eq!(text, format!("  {long}  a\n  short  b\n"));
        let text = plain(vec![Block::Rows(vec![Row::new(&long, "word ".repeat(12)), Row::new("short", "b")])]);
        assert!(text.starts_with(&format!("  {long}\n         word word")), "{text}");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let text = plain(vec![Block::Text("a\u{1b}[2Jb\u{202e}c\nd".to_owned())]);
        assert_eq!(text, "a [2Jb c d\n");
    }
}
