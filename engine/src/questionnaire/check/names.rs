//! What a survey could not tell apart: columns with one name, ids that are the respondent's, values that are reasons.
//! And what people could not read: texts without a word.

use std::collections::BTreeMap;

use super::Check;
use crate::diagnostic::Code;
use crate::questionnaire::Slot;
use crate::questionnaire::format::{ItemFile, OptionFile, OptionValue};
use crate::questionnaire::locate::Step;
use crate::responses::Missing;

/// The columns that identify respondents, and are found in a survey without being named.
const ID_COLUMNS: [&str; 4] = ["id", "respondent_id", "record_id", "responseid"];

impl Check<'_> {
    /// An item whose column would be taken for the respondent's id.
    pub(super) fn respondent_id(&mut self, id: &str, path: [Step<'_>; 2]) {
        if ID_COLUMNS.iter().any(|column| column.eq_ignore_ascii_case(id)) {
            let message = format!("a column `{id}` of a survey holds the respondent's id, so no item can be called so");
            self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("id")], message);
        }
    }

    /// Texts of an item that hold nothing.
    pub(super) fn texts(&mut self, raw: &ItemFile, path: [Step<'_>; 2]) {
        for (field, wording) in [("text", Some(&raw.text)), ("label", raw.label.as_ref())] {
            if wording.is_some_and(|wording| wording.all().any(is_blank)) {
                let message = format!("the `{field}` of `{}` is empty", raw.id);
                self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field(field)], message);
            }
        }
    }

    /// Options that nobody could read, or that a survey reads as something else.
    pub(super) fn option_words(&mut self, id: &str, options: &[OptionFile], at: &[Step<'_>]) {
        if options.iter().any(|option| is_blank(&option.label)) {
            self.problem(Code::InvalidItem, at, format!("an option of `{id}` has an empty label"));
        }
        let reasons =
            [Missing::Skipped, Missing::Declined, Missing::DontKnow, Missing::NotApplicable, Missing::NotShown];
        for option in options {
            let OptionValue::Word(word) = &option.value else { continue };
            if is_blank(word) {
                self.problem(Code::InvalidItem, at, format!("an option of `{id}` has an empty value"));
            } else if word.trim() != word {
                let message = format!("the value `{word}` of `{id}` has spaces around it, which no survey keeps");
                self.problem(Code::InvalidItem, at, message);
            } else if reasons.iter().any(|reason| reason.as_str() == word) {
                let message = format!("the value `{word}` of `{id}` is how a survey says why an answer is missing");
                self.problem(Code::InvalidItem, at, message)
                    .hints
                    .push("use another word, or `\"not_applicable\": true` for what does not apply".to_owned());
            }
        }
    }

    /// Two slots that a column could stand for.
    pub(super) fn columns(&mut self, slots: &[Slot]) {
        let mut names: BTreeMap<String, &Slot> = BTreeMap::new();
        for slot in slots {
            let clash = slot.column_names().into_iter().find_map(|name| {
                let other = *names.entry(name.clone()).or_insert(slot);
                // The same id twice is a problem of its own.
                (other.id != slot.id).then_some((name, other))
            });
            let Some((name, other)) = clash else { continue };
            let message = format!("a column `{name}` of a survey could hold `{}` as well as `{}`", other.id, slot.id);
            self.problem(Code::DuplicateId, &[Step::Field("items"), Step::Element(slot.item)], message);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
