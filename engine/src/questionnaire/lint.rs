//! What loads and is probably not meant: warnings for people who write questionnaires.

mod labels;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::format::{ItemFile, OptionFile, OptionsFile, QUESTIONNAIRE_FORMAT, QuestionnaireFile};
use super::locate::{Step, locate};
use super::{Questionnaire, parse_json};
use crate::diagnostic::{Code, Diagnostic, SourceFile};

/// The warnings for a questionnaire that was loaded from this file.
pub(super) fn lint(source: &SourceFile, questionnaire: &Questionnaire) -> Vec<Diagnostic> {
    let Ok(file) = parse_json::<QuestionnaireFile>(source, QUESTIONNAIRE_FORMAT) else { return Vec::new() };
    let mut lint = Lint { source, problems: Vec::new() };
    for (name, options) in &file.option_lists {
        lint.options(&format!("the list `{name}`"), options, &[Step::Field("option_lists"), Step::Field(name)]);
    }
    lint.unused(&file);
    for (at, item) in file.items.iter().enumerate() {
        let path = [Step::Field("items"), Step::Element(at)];
        if let Some(OptionsFile::Listed(options)) = &item.options {
            lint.options(&format!("`{}`", item.id), options, &[path[0], path[1], Step::Field("options")]);
        }
        lint.same_text(item, file.items.iter().take(at), path);
        lint.asked_if(item, questionnaire, path);
    }
    lint.problems
}

struct Lint<'a> {
    source: &'a SourceFile,
    problems: Vec<Diagnostic>,
}

impl Lint<'_> {
    fn warn(&mut self, code: Code, path: &[Step<'_>], message: String, hint: &str) {
        let span = locate(&self.source.text, path);
        self.problems.push(Diagnostic::warning(code, &self.source.name, span, message).hint(hint));
    }

    /// Labels that stand there twice, or in another order than such words have.
    fn options(&mut self, what: &str, options: &[OptionFile], path: &[Step<'_>]) {
        let mut seen = BTreeSet::new();
        for (at, option) in options.iter().enumerate() {
            let label = option.label.trim().to_lowercase();
            if !seen.insert(label) {
                let message = format!("two options of {what} are labelled \"{}\"", option.label.trim());
                let path: Vec<Step<'_>> =
                    path.iter().copied().chain([Step::Element(at), Step::Field("label")]).collect();
                self.warn(Code::RepeatedText, &path, message, "give each option its own words");
            }
        }
        if options.iter().all(|option| option.value.number().is_some())
            && let Some((first, second)) = labels::out_of_order(options.iter().map(|option| option.label.as_str()))
        {
            let message = format!("in {what} the values rise, and \"{first}\" stands before \"{second}\"");
            self.warn(Code::LabelOrder, path, message, "put the labels in their order, from the lowest value up");
        }
    }

    /// Lists and topics that no item names.
    fn unused(&mut self, file: &QuestionnaireFile) {
        for name in file.option_lists.keys() {
            let used =
                file.items.iter().any(|item| matches!(&item.options, Some(OptionsFile::Named(list)) if list == name));
            if !used {
                let path = [Step::Field("option_lists"), Step::Field(name)];
                self.warn(Code::UnusedList, &path, format!("no item uses the list `{name}`"), "leave it out");
            }
        }
        for (at, topic) in file.topics.iter().enumerate() {
            if !file.items.iter().any(|item| item.topic.as_ref() == Some(&topic.id)) {
                let path = [Step::Field("topics"), Step::Element(at), Step::Field("id")];
                let message = format!("no item serves the topic `{}`", topic.id);
                self.warn(Code::UnusedList, &path, message, "ask something about it, or leave it out");
            }
        }
    }

    /// A question that somebody is asked twice in the same words.
    fn same_text<'i>(&mut self, item: &ItemFile, mut earlier: impl Iterator<Item = &'i ItemFile>, path: [Step<'_>; 2]) {
        let meets = |other: &ItemFile| {
            let roles = item.roles.is_empty() || other.roles.is_empty();
            let forms = item.forms.is_empty() || other.forms.is_empty();
            (roles || item.roles.iter().any(|role| other.roles.contains(role)))
                && (forms || item.forms.iter().any(|form| other.forms.contains(form)))
                && item.asked_if == other.asked_if
        };
        if let Some(twin) = earlier.find(|other| other.text == item.text && meets(other)) {
            let message = format!("`{}` asks in the same words as `{}`", item.id, twin.id);
            let hint = "say in the text what makes it another question";
            self.warn(Code::RepeatedText, &[path[0], path[1], Step::Field("text")], message, hint);
        }
    }

    /// A condition that all answers of its parent meet, or none.
    fn asked_if(&mut self, item: &ItemFile, questionnaire: &Questionnaire, path: [Step<'_>; 2]) {
        let Some(condition) = &item.asked_if else { return };
        let parent = questionnaire.slot(&condition.item).and_then(|slot| questionnaire.slots.get(slot));
        let Some(levels) = parent.map(|slot| &slot.levels) else { return };
        let answers = (0..levels.count()).filter_map(|level| levels.value(level));
        let met: BTreeSet<bool> = answers.map(|value| condition.op.holds(&value, &condition.value)).collect();
        let (code, what) = match (met.contains(&true), met.contains(&false)) {
            (true, false) => (Code::AlwaysTrue, "every answer"),
            (false, true) => (Code::NeverTrue, "no answer"),
            _ => return,
        };
        let message = format!("{what} to `{}` lets `{}` be asked", condition.item, item.id);
        self.warn(code, &[path[0], path[1], Step::Field("asked_if")], message, "compare with another value");
    }
}
