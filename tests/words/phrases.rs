//! The lists of the engine, asked for the surfaces that these tests know.

use std::collections::BTreeSet;
use std::sync::OnceLock;

pub(crate) use bearings_engine::words::sentences;
use bearings_engine::words::{self, Words};

use super::texts::{Surface, Text};

/// The lists that are part of the program, read once.
pub(super) fn built_in() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(Words::built_in)
}

/// A phrase where it may not be.
#[derive(Debug)]
pub(super) struct Finding {
    surface: Surface,
    pub(super) found: words::Finding,
}

impl Finding {
    /// Everything but the place.
    pub(super) fn line(&self) -> String {
        let words::Finding { list, phrase, sentence } = &self.found;
        format!("{:?}: \"{phrase}\" ({list}) in: {sentence}", self.surface)
    }
}

/// The surfaces that a list or an entry is for.
pub(super) fn surfaces(names: &[String]) -> impl Iterator<Item = Surface> {
    names.iter().map(|name| Surface::named(name))
}

/// Every phrase in a text that its surface does not say. `used` collects the allowed entries that were needed.
pub(super) fn find(text: &Text, used: &mut BTreeSet<usize>) -> Vec<Finding> {
    let found = built_in().find(text.surface.name(), &text.words);
    used.extend(found.used);
    found.findings.into_iter().map(|found| Finding { surface: text.surface, found }).collect()
}
