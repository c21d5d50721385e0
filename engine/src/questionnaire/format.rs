//! The questionnaire file as it is written: `bearings/questionnaire@1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The first field of every questionnaire file.
pub const QUESTIONNAIRE_FORMAT: &str = "bearings/questionnaire@1";

/// A questionnaire file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct QuestionnaireFile {
    /// `bearings/questionnaire@1`.
    pub(crate) format: String,
    /// For editors; ignored.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    /// A stable id: lower-case words joined by `-`.
    pub(crate) id: String,
    /// The version of the wording and options; answers name it.
    pub(crate) version: String,
    /// What people call it.
    pub(crate) title: String,
    /// What it asks about.
    pub(crate) description: String,
    /// Where the items come from.
    pub(crate) source: String,
    /// The licence of the wording.
    pub(crate) licence: String,
    /// The words for `{bond}` in texts, by bond.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) bond_words: BTreeMap<Bond, String>,
    /// Lists of options that several items share, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) option_lists: BTreeMap<String, Vec<OptionFile>>,
    /// What the items are about, in the order of the text that the questionnaire follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) topics: Vec<Topic>,
    /// The items in the order in which they are asked.
    pub(crate) items: Vec<ItemFile>,
}

/// A point of the text that the questionnaire follows, and the section it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Topic {
    /// A stable id; items name it.
    pub id: String,
    /// The heading that people see above its questions; topics of one section stand together.
    pub section: String,
    /// The point in a few words.
    pub point: String,
}

/// An item as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ItemFile {
    /// A stable id: lower-case words joined by `_`.
    pub(crate) id: String,
    /// What kind of answer it takes.
    pub(crate) kind: KindFile,
    /// What is asked.
    pub(crate) text: Wording,
    /// What a result page calls it, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<Wording>,
    /// Why it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// The topic it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) topic: Option<String>,
    /// The options of a `choice` or `multi` item, or the name of a list in `option_lists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) options: Option<OptionsFile>,
    /// The lowest value of a `number` item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<i64>,
    /// The highest value of a `number` item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<i64>,
    /// What a `number` item counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    /// What the highest value of a `number` item means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_label: Option<String>,
    /// `+`: a higher value supports repair; `-`: it is a concern; `0`: read by rules, never averaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<Direction>,
    /// The dimension it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dimension: Option<String>,
    /// Who is asked; left out means everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<Role>,
    /// The forms that ask it; left out means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) forms: Vec<Form>,
    /// About the situation: asked first, never moved by honesty tests, not counted as core.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) context: bool,
    /// What the respondent wishes for: never proposed as a change.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) wish: bool,
    /// Whether "does not apply" is offered.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) not_applicable: bool,
    /// The printed numbers already point the right way, whatever the wording: no scale may reverse them again.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) keyed: bool,
    /// The form prints the options from the highest number down, so who counts them starts there. They are listed
    /// from the lowest up all the same.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) falling: bool,
    /// What the safety gate makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) safety: Option<Safety>,
    /// One of the items of the safety block.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub(crate) block: bool,
    /// Asked only if this holds; the item named must stand earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked_if: Option<Condition>,
    /// Where this item comes from, if not where the questionnaire comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
}

/// Whether something that is said by `true` alone is left unsaid.
fn is_unsaid(said: &bool) -> bool {
    !said
}

/// The kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum KindFile {
    /// One of the options.
    Choice,
    /// A whole number in a range.
    Number,
    /// Any of the options.
    Multi,
    /// Free text, never scored.
    Text,
}

/// Options written out, or the name of a shared list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum OptionsFile {
    /// The name of a list in `option_lists`.
    Named(String),
    /// The options themselves.
    Listed(Vec<OptionFile>),
}

// By hand, since serde's own error for such a choice names neither the field nor its place.
impl<'de> Deserialize<'de> for OptionsFile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Options;
        impl<'de> serde::de::Visitor<'de> for Options {
            type Value = OptionsFile;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of options, or the name of one in `option_lists`")
            }

            fn visit_str<E>(self, name: &str) -> Result<OptionsFile, E> {
                Ok(OptionsFile::Named(name.to_owned()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<OptionsFile, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(OptionsFile::Listed)
            }
        }
        deserializer.deserialize_any(Options)
    }
}

/// A response option as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OptionFile {
    /// The value that is stored: a whole number or a word.
    pub(crate) value: OptionValue,
    /// What people read.
    pub(crate) label: String,
}

/// The value of a response option.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum OptionValue {
    /// A whole number; such options can be compared and averaged.
    Number(i64),
    /// A word; such options can only be told apart.
    Word(String),
}

/// A text, the same for everybody or worded by role and bond. `{bond}` stands for the word for the bond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Wording {
    /// The same for everybody.
    Same(String),
    /// Worded differently for some; the first that fits is used.
    Varied {
        /// For everybody else.
        default: String,
        /// The special wordings.
        by: Vec<SpecialWording>,
    },
}

/// A wording for some respondents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SpecialWording {
    /// For this role only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// For this bond only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bond: Option<Bond>,
    /// The text.
    text: String,
}

impl Wording {
    /// Every text.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let (first, others) = match self {
            Wording::Same(text) => (text, [].as_slice()),
            Wording::Varied { default, by } => (default, by.as_slice()),
        };
        std::iter::once(first.as_str()).chain(others.iter().map(|special| special.text.as_str()))
    }

    /// The text for a role and bond, before `{bond}` is filled in.
    pub fn pick(&self, role: Role, bond: Option<Bond>) -> &str {
        match self {
            Wording::Same(text) => text,
            Wording::Varied { default, by } => by
                .iter()
                .find(|special| {
                    special.role.is_none_or(|r| r == role) && (special.bond.is_none() || special.bond == bond)
                })
                .map_or(default, |special| &special.text),
        }
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Role {
    /// Whose trust was broken.
    Hurt,
    /// Who broke trust.
    Broke,
    /// Some of each; both sets are asked and never netted.
    Both,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Hurt, Role::Broke, Role::Both];

    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Hurt => "hurt",
            Role::Broke => "broke",
            Role::Both => "both",
        }
    }

    /// The role with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// How long the questionnaire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Form {
    /// The core items.
    Short,
    /// All items.
    Full,
}

impl Form {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Short => "short",
            Form::Full => "full",
        }
    }

    /// The form with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Form::Short, Form::Full].into_iter().find(|form| form.as_str() == word)
    }
}

/// What kind of bond it is; it changes wording only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Bond {
    /// A partner.
    Partner,
    /// A friend.
    Friend,
    /// A family member.
    Family,
}

impl Bond {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Bond::Partner => "partner",
            Bond::Friend => "friend",
            Bond::Family => "family",
        }
    }

    /// The bond with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Bond::Partner, Bond::Friend, Bond::Family].into_iter().find(|bond| bond.as_str() == word)
    }
}

/// Which way an item points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Direction {
    /// A higher value supports repair.
    #[serde(rename = "+")]
    Supports,
    /// A higher value is a concern.
    #[serde(rename = "-")]
    Concern,
    /// Read by rules, never averaged.
    #[serde(rename = "0")]
    Neutral,
}

/// What the safety gate makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Safety {
    /// What a yes means.
    pub tier: Tier,
    /// How the answer is compared; without `op` and `value` a yes is the value 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<Operator>,
    /// With what it is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<OptionValue>,
    /// For a multi item: the option that is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// A second condition that must hold as well; the item it names is a gate input too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub and: Option<Condition>,
    /// Whose acts it is about; an answer about one's own acts never adds up with another to a hard flag.
    #[serde(default, skip_serializing_if = "SafetyAbout::is_them")]
    pub about: SafetyAbout,
}

/// Whose acts a safety item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SafetyAbout {
    /// What the other person does.
    #[default]
    Them,
    /// What the respondent did.
    Myself,
}

impl SafetyAbout {
    /// What is not said is about the other one.
    fn is_them(&self) -> bool {
        *self == SafetyAbout::Them
    }
}

/// How serious a yes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Tier {
    /// Nothing but the safety text is shown.
    Hard,
    /// `keep_going` is withheld; two of the block make a hard flag.
    Soft,
    /// The safety block is asked at once.
    Opens,
    /// The crisis line is shown in every outcome; it withholds nothing.
    Crisis,
}

/// A comparison of an item with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Condition {
    /// The item, or `item.option` of a multi item.
    pub item: String,
    /// How it is compared.
    pub op: Operator,
    /// With what it is compared.
    pub value: OptionValue,
}

/// How an answer is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Operator {
    /// Equal.
    #[serde(rename = "==")]
    Equal,
    /// Different.
    #[serde(rename = "!=")]
    NotEqual,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
}

impl Operator {
    /// Whether `left op right` holds.
    pub fn holds(self, left: &OptionValue, right: &OptionValue) -> bool {
        match self {
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            _ => match (left, right) {
                (OptionValue::Number(left), OptionValue::Number(right)) => match self {
                    Operator::AtMost => left <= right,
                    Operator::AtLeast => left >= right,
                    Operator::Less => left < right,
                    _ => left > right,
                },
                _ => false,
            },
        }
    }
}
