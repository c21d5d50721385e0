//! Names and codes that another system would refuse are found before anything is written, all of them.

use std::collections::BTreeSet;

use bearings_engine::diagnostic::{Code, Diagnostic, SourceFile};
use bearings_engine::questionnaire::{ItemKind, OptionValue};

use super::{Question, Sheet};

/// What the fields of a system may be called.
pub(super) struct Rules {
    /// The system, as people call it.
    pub(super) system: &'static str,
    /// What is wrong with the name of a field, if anything.
    pub(super) name: fn(&str) -> Option<&'static str>,
    /// Names that the system uses itself.
    pub(super) taken: Vec<String>,
}

/// Everything that keeps the sheet from being fielded with a system.
pub(super) fn problems(sheet: &Sheet<'_>, rules: &Rules, source: &SourceFile) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut problem = |message: String, hint: &str| {
        found.push(Diagnostic::error(Code::NotExportable, &source.name, None, message).hint(hint));
    };
    for question in sheet.questions() {
        let (id, system) = (&question.item.id, rules.system);
        if let Some(wrong) = (rules.name)(id) {
            problem(format!("the item `{id}` cannot be a field of {system}: {wrong}"), "rename the item");
        }
        if rules.taken.iter().any(|taken| taken.eq_ignore_ascii_case(id)) {
            problem(format!("{system} has a field `{id}` of its own"), "rename the item");
        }
        let mut seen = BTreeSet::new();
        for value in values(question) {
            if !is_code(value) {
                let message = format!("the value `{}` of `{id}` cannot be a code of {system}", value_shown(value));
                problem(message, "use a whole number, or letters, digits and `_`");
            }
            // The names of columns are written in lower case, and some databases compare so.
            if !seen.insert(value.to_string().to_lowercase()) {
                let message =
                    format!("two values of `{id}` are `{value}` to {system}, which ignores upper and lower case");
                problem(message, "rename one of them");
            }
        }
    }
    found
}

fn values<'a>(question: &'a Question<'_>) -> impl Iterator<Item = &'a OptionValue> {
    let options = match &question.item.kind {
        ItemKind::Choice(options) | ItemKind::Multi(options) => options.as_slice(),
        ItemKind::Number { .. } | ItemKind::Text => &[],
    };
    options.iter().map(|option| &option.value)
}

fn is_code(value: &OptionValue) -> bool {
    match value {
        OptionValue::Number(_) => true,
        OptionValue::Word(word) => {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && word.len() <= 100
        }
    }
}

fn value_shown(value: &OptionValue) -> String {
    value.to_string().escape_debug().take(60).collect()
}

/// The id of a questionnaire as the name of a form: lower-case letters, digits and `_`, starting with a letter.
pub(super) fn form_name(id: &str) -> String {
    let lower = id.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let word: String = words.join("_").chars().take(60).collect();
    let letter = word.starts_with(|c: char| c.is_ascii_alphabetic());
    let name = if letter { word } else { format!("form_{word}") };
    name.trim_end_matches('_').to_owned()
}
