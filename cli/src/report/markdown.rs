//! A page as Markdown, to keep or print.

use super::{Block, Entry, Page, Row, tame};

/// The page as Markdown.
pub(crate) fn page(page: &Page) -> String {
    let blocks: Vec<String> = page.0.iter().map(block).collect();
    blocks.join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Title(title) => format!("# {}\n", inline(title)),
        Block::Heading(title) => format!("## {}\n", inline(title)),
        Block::Subheading(title) => format!("### {}\n", inline(title)),
        Block::Text(paragraph) => format!("{}\n", inline(paragraph)),
        Block::Points(points) => points.iter().map(|point| format!("- {}\n", inline(point))).collect(),
        Block::Rows(rows) => rows.iter().map(|row| row_line(row, 0)).collect(),
        Block::Entries(entries) => entries.iter().map(entry).collect(),
        Block::Code(code) => code.lines().map(|line| format!("    {}\n", tame(line))).collect(),
    }
}

fn entry(entry: &Entry) -> String {
    let mut text = format!("- **{}**", inline(&entry.text));
    for part in [&entry.value, &entry.place].into_iter().filter(|part| !part.is_empty()) {
        text.push_str(&format!(" — {}", inline(part)));
    }
    text.push('\n');
    text.extend(entry.rows.iter().map(|row| row_line(row, 2)));
    text
}

fn row_line(row: &Row, indent: usize) -> String {
    let name = if is_id(&row.name) { format!("`{}`", row.name) } else { inline(&row.name) };
    match row.text.is_empty() {
        true => format!("{:indent$}- {name}\n", ""),
        false => format!("{:indent$}- {name}: {}\n", "", inline(&row.text)),
    }
}

fn is_id(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.')
}

/// The text with what Markdown would read as markup escaped, but for names between backticks.
fn inline(text: &str) -> String {
    let mut escaped = String::new();
    let mut in_code = false;
    let tamed = tame(text);
    let pairs = tamed.matches('`').count().is_multiple_of(2);
    for c in tamed.trim().chars() {
        match c {
            '`' if pairs => in_code = !in_code,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' if !in_code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_and_the_rest_is_no_markup() {
        let rows = vec![Row::new("effort_mine", "a *lot*"), Row::new("Where it is", "`a_b` and <c>")];
        assert_eq!(block(&Block::Rows(rows)), "- `effort_mine`: a \\*lot\\*\n- Where it is: `a_b` and \\<c\\>\n");
    }

    #[test]
    fn what_is_behind_a_thing_is_nested() {
        let behind = Entry {
            text: "Consistency".to_owned(),
            value: "75 of 100".to_owned(),
            place: String::new(),
            rows: vec![Row::new("clean_weeks", "in all 4 weeks")],
        };
        assert_eq!(entry(&behind), "- **Consistency** — 75 of 100\n  - `clean_weeks`: in all 4 weeks\n");
    }
}
