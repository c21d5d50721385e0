//! Questionnaires: what is asked, of whom, and which answers there are.
//!
//! A [`Questionnaire`] is made by [`Questionnaire::load`] from JSON and is checked: every id is unique, every
//! option has a value, every condition names an item that stands earlier. Scales and rules are not here: a
//! ruleset declares them.

mod check;
mod format;
mod lint;
mod locate;
mod write;

pub use check::parse_json;
pub use locate::{Step, locate};

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::{Diagnostic, LoadError, SourceFile};
#[cfg(test)]
pub(crate) use format::QuestionnaireFile;
pub use format::{
    Bond, Condition, Direction, Form, Operator, OptionValue, QUESTIONNAIRE_FORMAT, Role, Safety, SafetyAbout, Tier,
    Topic, Wording,
};

/// The item that says who broke the trust; its values are `hurt`, `broke`, `both`.
pub const ROLE_ITEM: &str = "my_role";
/// The item that says what kind of bond it is; its values are `partner`, `friend`, `family`.
pub const BOND_ITEM: &str = "bond_kind";
/// The item that says that the respondent is under 18; unanswered, it means not under 18.
pub const MINOR_ITEM: &str = "under_18";
/// The item that says how two people are in touch; `not_at_all` means that they are not.
pub const CONTACT_ITEM: &str = "contact_now";
/// Its answer that there is no contact.
pub const NO_CONTACT: &str = "not_at_all";

/// What an option's value starts with if the platform's code for it is no word: `code_1` for 1.
pub const CODE_OPTION: &str = "code_";

/// A checked questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its stable id, for example `trust-repair`.
    pub id: String,
    /// Its version; answers name it.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// What it asks about, in a sentence or two.
    pub description: String,
    /// Where its items come from.
    pub source: String,
    /// Under which licence its wording may be used.
    pub licence: String,
    /// The words that stand for `{bond}` in texts, for each bond.
    pub bond_words: BTreeMap<Bond, String>,
    /// What the items are about.
    pub topics: Vec<Topic>,
    /// The items in the order in which they are asked.
    pub items: Vec<Item>,
    /// What can be answered: one slot for a choice or a number, one for each option of a multi item.
    pub slots: Vec<Slot>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its stable id.
    pub id: String,
    /// What kind of answer it takes.
    pub kind: ItemKind,
    /// What is asked.
    pub text: Wording,
    /// What a result page calls it, in a few words.
    pub label: Option<Wording>,
    /// Why it is asked, for people who want to know.
    pub why: Option<String>,
    /// The position of its topic in [`Questionnaire::topics`].
    pub topic: Option<usize>,
    /// Whether a higher value speaks for (`+`) or against (`-`) repair; `0`: read by rules, never averaged.
    pub direction: Option<Direction>,
    /// The dimension it belongs to, as readers group them.
    pub dimension: Option<String>,
    /// Who is asked it; empty means everybody.
    pub roles: Vec<Role>,
    /// In which forms it is asked; empty means in all.
    pub forms: Vec<Form>,
    /// It is about the situation, not about the relationship: asked first, never stepped, not counted as core.
    pub context: bool,
    /// It is what the respondent wishes for: named, and never proposed as a change.
    pub wish: bool,
    /// Whether "does not apply" is offered.
    pub offers_not_applicable: bool,
    /// The printed numbers already point the right way: no scale may reverse them again.
    pub keyed: bool,
    /// The form prints the options from the highest number down, so who counts them starts there.
    pub falling: bool,
    /// What the safety gate makes of it.
    pub safety: Option<Safety>,
    /// It is one of the items of the safety block: never opened, stepped, proposed or written.
    pub block: bool,
    /// It is asked only if this holds.
    pub asked_if: Option<Condition>,
    /// Where it comes from, if not where the questionnaire comes from.
    pub source: Option<String>,
}

/// The kinds of answers.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// One of the options, in their order.
    Choice(Vec<ResponseOption>),
    /// A whole number from `min` to `max`, both included.
    Number {
        /// The lowest value.
        min: i64,
        /// The highest value.
        max: i64,
        /// What is counted, for example `weeks`.
        unit: Option<String>,
        /// What the highest value means, for example `a year or more`.
        max_label: Option<String>,
    },
    /// Any number of the options; each is a yes/no slot `item.option`.
    Multi(Vec<ResponseOption>),
    /// Free text: never scored, never echoed.
    Text,
}

/// One answer that is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseOption {
    /// The value that is stored and read by rules.
    pub value: OptionValue,
    /// What people read.
    pub label: String,
}

/// The unit of answering: what one column of a survey holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// `item`, or `item.option` for an option of a multi item.
    pub id: String,
    /// The position of its item in [`Questionnaire::items`].
    pub item: usize,
    /// Which option of a multi item it is.
    pub option: Option<usize>,
    /// The answers it can hold.
    pub levels: Levels,
}

/// The answers that a slot can hold, in order; an answer is stored as its position here.
#[derive(Debug, Clone, PartialEq)]
pub enum Levels {
    /// The values of response options and their labels.
    Options(Vec<ResponseOption>),
    /// The whole numbers from `min` to `max`.
    Range {
        /// The lowest value.
        min: i64,
        /// The highest value.
        max: i64,
    },
}

impl Slot {
    /// Every name that a column of a survey may have for it: its id, and for an option of a multi item what our own
    /// surveys (`item__option`), REDCap (`item___option`, in lower case) and ODK (`item/option`) write. No other slot
    /// has one of them.
    ///
    /// An option is a word, and a platform's code need not be one: `code_1` stands for the code 1.
    pub fn column_names(&self) -> Vec<String> {
        let mut names = vec![self.id.clone()];
        if let Some((item, option)) = self.id.split_once('.') {
            let code = option.strip_prefix(CODE_OPTION).filter(|code| code.starts_with(|c: char| c.is_ascii_digit()));
            for option in std::iter::once(option).chain(code) {
                let lower = option.to_lowercase();
                names.extend(["__", "/", "___"].map(|between| format!("{item}{between}{option}")));
                if lower != option {
                    names.push(format!("{item}___{lower}"));
                }
            }
        }
        names
    }
}

impl Levels {
    /// How many answers there are.
    pub fn count(&self) -> usize {
        match self {
            Levels::Options(options) => options.len(),
            Levels::Range { min, max } => usize::try_from(max - min + 1).unwrap_or(0),
        }
    }

    /// The number that a level stands for; none for a word.
    pub fn number(&self, level: usize) -> Option<i64> {
        match self {
            Levels::Options(options) => options.get(level)?.value.number(),
            Levels::Range { min, max } => Some(min + i64::try_from(level).ok()?).filter(|number| number <= max),
        }
    }

    /// The value that a level stands for.
    pub fn value(&self, level: usize) -> Option<OptionValue> {
        match self {
            Levels::Options(options) => options.get(level).map(|option| option.value.clone()),
            Levels::Range { .. } => self.number(level).map(OptionValue::Number),
        }
    }

    /// The level of a value.
    pub fn level_of(&self, value: &OptionValue) -> Option<usize> {
        match (self, value) {
            (Levels::Options(options), value) => options.iter().position(|option| option.value == *value),
            (Levels::Range { min, max }, OptionValue::Number(n)) if (min..=max).contains(&n) => {
                usize::try_from(n - min).ok()
            }
            _ => None,
        }
    }

    /// The label of a level; numbers are their own label.
    pub fn label(&self, level: usize) -> String {
        match self {
            Levels::Options(options) => options.get(level).map(|option| option.label.clone()).unwrap_or_default(),
            Levels::Range { .. } => self.number(level).map(|n| n.to_string()).unwrap_or_default(),
        }
    }

    /// The lowest and the highest number; none if the values are words.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let numbers: Option<Vec<i64>> = match self {
            Levels::Options(options) => options.iter().map(|option| option.value.number()).collect(),
            Levels::Range { min, max } => Some(vec![*min, *max]),
        };
        let numbers = numbers?;
        Some((*numbers.iter().min()?, *numbers.iter().max()?))
    }
}

impl Questionnaire {
    /// Reads and checks a questionnaire.
    ///
    /// # Errors
    /// All problems that were found, each with its place in the file.
    pub fn load(source: &SourceFile) -> Result<Self, LoadError> {
        check::load(source)
    }

    /// What is probably not meant in the file that it was loaded from, beside what would keep it from loading.
    pub fn lint(&self, source: &SourceFile) -> Vec<Diagnostic> {
        lint::lint(source, self)
    }

    /// The file that it could have been loaded from. It is not checked: only loading does that.
    ///
    /// # Errors
    /// It cannot be written as JSON, which no questionnaire that was loaded brings about.
    pub fn to_json(&self) -> serde_json::Result<String> {
        write::to_json(self)
    }

    /// Whether it makes a difference as whom somebody answers.
    pub fn has_roles(&self) -> bool {
        self.items.iter().any(|item| !item.roles.is_empty() || item.id == ROLE_ITEM)
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The position of the slot with this id (`item` or `item.option`).
    pub fn slot(&self, id: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.id == id)
    }

    /// The item that a slot belongs to.
    pub fn item_of(&self, slot: &Slot) -> Option<&Item> {
        self.items.get(slot.item)
    }

    /// The topic that an item serves.
    pub fn topic_of(&self, item: &Item) -> Option<&Topic> {
        self.topics.get(item.topic?)
    }

    /// The heading that stands above an item's question.
    pub fn section_of(&self, item: &Item) -> Option<&str> {
        Some(self.topic_of(item)?.section.as_str())
    }

    /// Whether the safety gate looks at this slot because of its item's `safety`.
    pub fn is_watched(&self, slot: &Slot) -> bool {
        let Some(item) = self.item_of(slot) else { return false };
        let Some(safety) = &item.safety else { return false };
        match (&item.kind, &safety.option, slot.option) {
            (ItemKind::Multi(options), Some(watched), Some(option)) => {
                options.get(option).is_some_and(|option| option.value.to_string() == *watched)
            }
            _ => true,
        }
    }

    /// The slots of an item.
    pub fn slots_of(&self, item: usize) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate().filter(move |(_, slot)| slot.item == item)
    }
}

impl Item {
    /// Whether the item belongs to this form as seen by this role.
    ///
    /// Who is `both` is asked what the hurt one and what the one who broke trust are asked.
    pub fn is_asked_in(&self, role: Role, form: Form) -> bool {
        let in_role = self.roles.is_empty() || role == Role::Both || self.roles.contains(&role);
        let in_form = self.forms.is_empty() || self.forms.contains(&form);
        in_role && in_form
    }

    /// Whether the item counts for completeness: asked in the short form, neither context nor safety block nor text.
    pub fn is_core(&self) -> bool {
        let in_short = self.forms.is_empty() || self.forms.contains(&Form::Short);
        in_short && !self.context && !self.block && self.kind != ItemKind::Text
    }
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionValue::Number(n) => write!(f, "{n}"),
            OptionValue::Word(word) => f.write_str(word),
        }
    }
}

impl OptionValue {
    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            OptionValue::Number(n) => Some(*n),
            OptionValue::Word(_) => None,
        }
    }
}
