//! Lines of a failure: pieces of the ruleset, and what was read.

use bearings_engine::assessment::{Distance, ReadValue, ValueRead};
use bearings_engine::diagnostic::SourceFile;

use crate::command::show::written;
use crate::render;
use crate::report::{changes_in_words, tame};

/// The text so far, and the files it shows pieces of.
pub(super) struct Lines<'a> {
    pub(super) text: String,
    files: &'a [SourceFile],
}

impl<'a> Lines<'a> {
    pub(super) fn new(files: &'a [SourceFile]) -> Self {
        Self { text: String::new(), files }
    }

    pub(super) fn line(&mut self, room: usize, line: &str) {
        self.text.push_str(&format!("{:room$}{}\n", "", tame(line)));
    }

    /// The declaration at `file:line`, with its id marked.
    pub(super) fn excerpt(&mut self, at: &str, id: &str, label: &str) {
        let found = at.rsplit_once(':').and_then(|(name, _)| self.files.iter().find(|file| file.name == name));
        let declaration = written(self.files, at);
        let Some((file, start)) = found.and_then(|file| Some((file, offset(&file.text, declaration)?))) else {
            return;
        };
        let mark = start + word(declaration, id);
        let shown = render::excerpt(file, start..start + declaration.len(), mark..mark + id.len(), label);
        for line in shown.lines() {
            self.text.push_str(format!("      {line}").trim_end());
            self.text.push('\n');
        }
    }

    /// What was read, one thing a line; the answers of a scale below it.
    pub(super) fn reads(&mut self, room: usize, reads: &[ReadValue]) {
        for read in reads {
            let room = if read.via.is_some() { room + 2 } else { room };
            self.line(room, &said(read));
        }
    }

    /// How far it was from an outcome.
    pub(super) fn way(&mut self, room: usize, what: &str, reads: &[ReadValue], distance: Option<&Distance>) {
        let changes = distance.map(|distance| changes_in_words(&distance.changes)).unwrap_or_default();
        let way = match (changes.is_empty(), reads.is_empty()) {
            (false, _) => &changes,
            (true, false) => "not by these answers and scores alone",
            (true, true) => "it reads no answer of this case",
        };
        self.line(room, &format!("{what}: {way}"));
    }

    /// What is open.
    pub(super) fn open(&mut self, room: usize, needs: &[String]) {
        if !needs.is_empty() {
            self.line(room, &format!("open: {}", needs.join(", ")));
        }
    }
}

/// Where in a text a piece of it begins.
fn offset(text: &str, piece: &str) -> Option<usize> {
    let start = (piece.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (!piece.is_empty() && start < text.len()).then_some(start)
}

/// Where the id stands in its declaration, as a word of its own.
fn word(declaration: &str, id: &str) -> usize {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = declaration.match_indices(id).map(|(at, _)| at);
    let alone = |at: &usize| {
        let before = declaration.get(..*at).is_some_and(|before| before.ends_with(joins));
        let after = declaration.get(at + id.len()..).is_some_and(|after| after.starts_with(joins));
        !before && !after
    };
    found.find(alone).unwrap_or(0)
}

/// What was read itself, without the answers behind scores, in one line.
pub(super) fn short_reads(reads: &[ReadValue]) -> String {
    reads.iter().filter(|read| read.via.is_none()).map(said).collect::<Vec<_>>().join(", ")
}

fn said(read: &ReadValue) -> String {
    let value = match (&read.value, read.label.as_deref()) {
        (Some(ValueRead::Score(value)), _) => number(*value),
        (Some(ValueRead::Truth(truth)), _) => if *truth { "yes" } else { "no" }.to_owned(),
        (Some(ValueRead::Answer(value)), Some(label)) if value.to_string() != label => format!("{value} \"{label}\""),
        (Some(ValueRead::Answer(value)), _) => value.to_string(),
        (None, Some(label)) => label.to_owned(),
        (None, None) => "no value".to_owned(),
    };
    format!("{}: {value}", read.id)
}

/// With two decimals at most.
pub(super) fn number(value: f64) -> String {
    ((value * 100.0 + 0.5).floor() / 100.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_marked_where_it_stands_alone() {
        let declaration = "rule a_b \"a\" when a >= 2";
        assert_eq!(word(declaration, "a_b"), 5);
        assert_eq!(word(declaration, "a"), 10);
        assert_eq!(word(declaration, "c"), 0);
    }
}
