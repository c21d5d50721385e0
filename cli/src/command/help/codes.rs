//! A page for each code of a problem: what it means, an example, the same mended, why it matters.
//!
//! The pages are files beside this one, named like their code. `tests/code_pages.rs` runs their examples.

use bearings_engine::diagnostic::Code;
use include_dir::{Dir, include_dir};

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/command/help/codes");

/// So many letters a line; a terminal has at least these.
const WIDTH: usize = 80;

/// The page of a code, under what it means.
pub(super) fn page(code: Code) -> String {
    let file = PAGES.get_file(format!("{code}.txt")).and_then(|file| file.contents_utf8()).unwrap_or_default();
    let text = format!("{}\n\n{}", wrapped(&format!("{code}: {}", code.explanation())), file.trim_end());
    format!("{}\n", text.trim_end())
}

/// All codes with what they mean.
pub(super) fn list() -> String {
    let mut text = "The codes of problems; `bearings help CODE` has a page for each\n".to_owned();
    for code in Code::ALL {
        text.push_str(&format!("\n{}\n", wrapped(&format!("{code}: {}", code.explanation()))));
    }
    text
}

/// A text in lines that fit the terminal.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_and_every_page_a_code() {
        for code in Code::ALL {
            let page = page(*code);
            assert!(page.starts_with(&format!("{code}: ")), "{page}");
            let headings: Vec<&str> = page.lines().skip(1).filter(|line| is_heading(line)).collect();
            let wanted = ["For example", "Mended", "Why it matters"];
            let fits = headings.iter().zip(wanted).all(|(heading, wanted)| heading.starts_with(wanted));
            assert!(headings.len() == 3 && fits, "{code}: {headings:?}");
            for line in page.lines() {
                assert!(line.chars().count() <= WIDTH, "{code}: {line}");
            }
        }
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for file in PAGES.files() {
            let name = file.path().file_stem().unwrap().to_str().unwrap();
            assert!(codes.contains(&name), "{name}");
        }
    }

    /// What stands at the start of a line behind an empty one.
    fn is_heading(line: &str) -> bool {
        ["For example", "Mended", "Why it matters"].iter().any(|heading| line.starts_with(heading))
    }

    #[test]
    fn lines_are_broken_between_words_and_none_is_too_long() {
        let text = "word ".repeat(40);
        let lines = wrapped(&text);
        assert!(lines.lines().all(|line| line.len() <= WIDTH) && lines.lines().count() == 3, "{lines}");
        assert_eq!(lines.split_whitespace().count(), 40);
        assert!(list().lines().count() > 2 * Code::ALL.len());
    }
}
