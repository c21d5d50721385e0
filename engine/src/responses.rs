//! Answers: one person's [`Responses`] to a questionnaire, with every missing answer kept as what it is.
//!
//! A missing answer is never a value. Why it is missing stays known to the end: not shown, skipped, declined,
//! not known, not applicable.

mod file;
mod shown;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::questionnaire::{
    BOND_ITEM, Bond, CONTACT_ITEM, Condition, Form, MINOR_ITEM, NO_CONTACT, OptionValue, Questionnaire, ROLE_ITEM, Role,
};
pub use file::{ANSWERS_FORMAT, AnswerValue, AnswersFile, QuestionnaireName, unique, write_answers};
pub use shown::{Shown, ShownByRole};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Missing {
    /// Not part of this form, or not asked because of an earlier answer.
    NotShown,
    /// Shown and left blank.
    Skipped,
    /// "Rather not say."
    Declined,
    /// "I do not know."
    DontKnow,
    /// "Does not apply."
    NotApplicable,
}

impl Missing {
    /// Every reason.
    pub const ALL: [Missing; 5] =
        [Missing::NotShown, Missing::Skipped, Missing::Declined, Missing::DontKnow, Missing::NotApplicable];

    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Missing::NotShown => "not_shown",
            Missing::Skipped => "skipped",
            Missing::Declined => "declined",
            Missing::DontKnow => "dont_know",
            Missing::NotApplicable => "not_applicable",
        }
    }

    /// As people read it.
    pub fn in_words(self) -> &'static str {
        match self {
            Missing::NotShown => "not asked",
            Missing::Skipped => "left open",
            Missing::Declined => "rather not say",
            Missing::DontKnow => "not known",
            Missing::NotApplicable => "does not apply",
        }
    }

    /// The reason with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// Whether an answer exists but is not known here; the other reasons mean that there is none.
    pub fn is_unknown(self) -> bool {
        matches!(self, Missing::Skipped | Missing::Declined | Missing::DontKnow)
    }
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// The position of the answer in the slot's [`Levels`](crate::questionnaire::Levels).
    Level(u16),
    /// There is no answer.
    Missing(Missing),
}

impl Answer {
    /// The level, if there is an answer.
    pub fn level(self) -> Option<usize> {
        match self {
            Answer::Level(level) => Some(usize::from(level)),
            Answer::Missing(_) => None,
        }
    }

    /// Whether an answer exists but is not known.
    pub fn is_unknown(self) -> bool {
        matches!(self, Answer::Missing(reason) if reason.is_unknown())
    }
}

/// Whether the safety block is part of what is assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SafetyBlock {
    /// Its answers, missing ones included, are here.
    Answered,
    /// They were left out of a saved file; nothing may be concluded.
    LeftOut,
}

/// One person's answers, one for each slot of the questionnaire, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responses {
    /// Which form was asked.
    pub form: Form,
    /// As whom the person answers.
    pub role: Role,
    /// What kind of bond it is about, if that is known.
    pub bond: Option<Bond>,
    /// Whether the safety block is here.
    pub safety: SafetyBlock,
    /// One answer a slot.
    pub answers: Vec<Answer>,
}

/// A problem with one answer. It names the slot and never the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseProblem {
    /// No slot has this id.
    #[error("no item `{id}` in the questionnaire{}", hint(.near))]
    UnknownItem {
        /// The id as written.
        id: String,
        /// An id that is close to it.
        near: Option<String>,
    },
    /// The value is none of the slot's answers.
    #[error("the answer to `{slot}` is none of its options ({expected})")]
    InvalidValue {
        /// The slot.
        slot: String,
        /// The options or the range.
        expected: String,
    },
    /// An item stands both under `answers` and under `missing`.
    #[error("`{slot}` stands both in `answers` and in `missing`")]
    Both {
        /// The slot.
        slot: String,
    },
    /// "Does not apply" was given where it is not offered.
    #[error("`{slot}` does not offer \"does not apply\"")]
    NotApplicableNotOffered {
        /// The slot.
        slot: String,
    },
}

impl ResponseProblem {
    /// The id that it is about, as it was written.
    pub fn id(&self) -> &str {
        match self {
            Self::UnknownItem { id, .. } => id,
            Self::InvalidValue { slot, .. } | Self::Both { slot } | Self::NotApplicableNotOffered { slot } => slot,
        }
    }
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default()
}

/// A value that was given although its question was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The position of the slot.
    pub slot: usize,
}

impl Responses {
    /// Settles which items were shown: items of another form or role, and items whose `asked_if` does not hold,
    /// become [`Missing::NotShown`]; the values that were given there anyway are returned as conflicts.
    ///
    /// A value on an item of the safety block is kept even so: what a person says about their safety counts.
    /// While the parent of an `asked_if` item is unknown, so is the item, unless it has an answer.
    pub fn settle(&mut self, questionnaire: &Questionnaire) -> Vec<Conflict> {
        Shown::of(questionnaire, self.role, self.form).settle(&mut self.answers)
    }

    /// Whether a condition of the questionnaire holds; none while its item is unknown. An item without a value makes it false.
    pub fn holds(&self, questionnaire: &Questionnaire, condition: &Condition) -> Option<bool> {
        let at = questionnaire.slot(&condition.item)?;
        match (self.answers.get(at)?, questionnaire.slots.get(at)) {
            (Answer::Level(level), Some(slot)) => Some(
                slot.levels
                    .value(usize::from(*level))
                    .is_some_and(|value| condition.op.holds(&value, &condition.value)),
            ),
            (Answer::Missing(reason), _) if reason.is_unknown() => None,
            _ => Some(false),
        }
    }

    /// Whether the respondent said to be under 18; unanswered means no.
    pub fn is_minor(&self, questionnaire: &Questionnaire) -> bool {
        questionnaire.slot(MINOR_ITEM).and_then(|at| self.answers.get(at)) == Some(&Answer::Level(1))
    }

    /// Whether the respondent said that there is no contact.
    pub fn is_out_of_touch(&self, questionnaire: &Questionnaire) -> bool {
        let value = questionnaire.slot(CONTACT_ITEM).and_then(|slot| self.value(questionnaire, slot));
        value == Some(OptionValue::Word(NO_CONTACT.to_owned()))
    }

    /// The value of a slot, if it is answered.
    pub fn value(&self, questionnaire: &Questionnaire, slot: usize) -> Option<OptionValue> {
        questionnaire.slots.get(slot)?.levels.value(self.answers.get(slot)?.level()?)
    }
}

/// A level, or what is wrong with a value.
pub fn level_for(questionnaire: &Questionnaire, slot: usize, value: &OptionValue) -> Result<Answer, ResponseProblem> {
    let Some(found) = questionnaire.slots.get(slot) else {
        return Err(ResponseProblem::UnknownItem { id: slot.to_string(), near: None });
    };
    match found.levels.level_of(value).and_then(|level| u16::try_from(level).ok()) {
        Some(level) => Ok(Answer::Level(level)),
        None => Err(ResponseProblem::InvalidValue { slot: found.id.clone(), expected: expected(found) }),
    }
}

/// The answers a slot takes, in a few words.
pub fn expected(slot: &crate::questionnaire::Slot) -> String {
    match &slot.levels {
        crate::questionnaire::Levels::Range { min, max } => {
            format!("a whole number from {min} to {max}")
        }
        crate::questionnaire::Levels::Options(options) => {
            options.iter().map(|option| option.value.to_string()).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Role and bond as the answers themselves say; `my_role` and `bond_kind` are their single source.
pub(crate) fn role_and_bond(questionnaire: &Questionnaire, answers: &[Answer]) -> (Option<Role>, Option<Bond>) {
    let word = |id| {
        let at = questionnaire.slot(id)?;
        let level = answers.get(at)?.level()?;
        Some(questionnaire.slots.get(at)?.levels.value(level)?.to_string())
    };
    (word(ROLE_ITEM).and_then(|w| Role::parse(&w)), word(BOND_ITEM).and_then(|w| Bond::parse(&w)))
}

/// Makes responses from values by slot id. Slots that are not named are skipped, or not shown outside the form; so are
/// those that are said to be not shown, but for somebody under 18.
///
/// `role` is used where the answers do not say it.
///
/// # Errors
/// All problems, each naming its slot and never its answer.
pub fn responses_from(
    questionnaire: &Questionnaire,
    form: Form,
    role: Role,
    safety: SafetyBlock,
    given: &BTreeMap<String, Result<OptionValue, Missing>>,
) -> Result<(Responses, Vec<Conflict>), Vec<ResponseProblem>> {
    let mut problems = Vec::new();
    // Of somebody under 18 most of the form is not asked, and nothing is weighed.
    let minor = given.get(MINOR_ITEM) == Some(&Ok(OptionValue::Number(1)));
    let mut answers = vec![Answer::Missing(Missing::Skipped); questionnaire.slots.len()];
    for (id, value) in given {
        let Some(at) = questionnaire.slot(id) else {
            let near = crate::diagnostic::nearest(id, questionnaire.slots.iter().map(|slot| slot.id.as_str()));
            problems.push(ResponseProblem::UnknownItem { id: id.clone(), near: near.map(str::to_owned) });
            continue;
        };
        let offers = questionnaire
            .slots
            .get(at)
            .and_then(|slot| questionnaire.item_of(slot))
            .is_some_and(|item| item.offers_not_applicable);
        let answer = match value {
            Ok(value) => level_for(questionnaire, at, value),
            Err(Missing::NotApplicable) if !offers => {
                Err(ResponseProblem::NotApplicableNotOffered { slot: id.clone() })
            }
            // Which items were shown follows from the other answers; a file cannot take a question out by saying so.
            Err(Missing::NotShown) if !minor => continue,
            Err(reason) => Ok(Answer::Missing(*reason)),
        };
        match (answer, answers.get_mut(at)) {
            (Ok(answer), Some(place)) => *place = answer,
            (Err(problem), _) => problems.push(problem),
            _ => {}
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (said_role, bond) = role_and_bond(questionnaire, &answers);
    let mut responses = Responses { form, role: said_role.unwrap_or(role), bond, safety, answers };
    let conflicts = responses.settle(questionnaire);
    Ok((responses, conflicts))
}
