//! The answers file: `bearings/answers@1`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answer, Conflict, Missing, ResponseProblem, Responses, SafetyBlock, responses_from};
use crate::diagnostic::{Code, Diagnostic, LoadError, SourceFile};
use crate::questionnaire::{Form, ItemKind, MINOR_ITEM, OptionValue, Questionnaire, Role, parse_json};

/// The first field of every answers file.
pub const ANSWERS_FORMAT: &str = "bearings/answers@1";

/// One person's answers as they are stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AnswersFile {
    /// `bearings/answers@1`.
    pub format: String,
    /// Which questionnaire was answered.
    pub questionnaire: QuestionnaireName,
    /// Which form was asked.
    pub form: Form,
    /// Questions that could not matter any more were not asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adaptive: bool,
    /// The answers by item; a list of option words for a multi item.
    #[serde(deserialize_with = "unique")]
    pub answers: BTreeMap<String, AnswerValue>,
    /// Why an answer is missing, by item; an item of the form that stands in neither map is skipped.
    #[serde(default, deserialize_with = "unique")]
    pub missing: BTreeMap<String, Missing>,
    /// Whether the safety block is in the file.
    pub safety: SafetyBlock,
}

/// A map in which no key may occur twice: of two answers to one item, neither may win silently.
///
/// # Errors
/// A key occurs twice, or something else is wrong with the map.
pub fn unique<'de, D: serde::Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct Unique<V>(std::marker::PhantomData<V>);
    impl<'de, V: Deserialize<'de>> serde::de::Visitor<'de> for Unique<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("one value for each item")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(key) = access.next_key::<String>()? {
                let value = access.next_value()?;
                if map.contains_key(&key) {
                    return Err(serde::de::Error::custom(format!("`{key}` occurs twice")));
                }
                map.insert(key, value);
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique(std::marker::PhantomData))
}

/// Which questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct QuestionnaireName {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum AnswerValue {
    /// The value of an option, or a number.
    One(OptionValue),
    /// The options that were ticked; an empty list means none of them.
    Several(Vec<String>),
}

impl AnswersFile {
    /// Reads an answers file and turns it into responses. `role` is used where the answers do not say it.
    ///
    /// # Errors
    /// All problems, each naming the item and its line and never the answer.
    pub fn load(
        source: &SourceFile,
        questionnaire: &Questionnaire,
        role: Role,
    ) -> Result<(Responses, Vec<Conflict>), LoadError> {
        // What a value must be is said by the parser with the place; the value itself is taken out of its words.
        let file: AnswersFile =
            parse_json(source, ANSWERS_FORMAT).map_err(|problem| LoadError(vec![without_values(problem)]))?;
        if file.format != ANSWERS_FORMAT {
            let message = format!("the format must be `{ANSWERS_FORMAT}`");
            return Err(LoadError(vec![Diagnostic::error(Code::UnknownFormat, &source.name, None, message)]));
        }
        if file.questionnaire.id != questionnaire.id || file.questionnaire.version != questionnaire.version {
            let message = format!(
                "these answers belong to questionnaire `{}` {}, not to `{}` {}",
                file.questionnaire.id, file.questionnaire.version, questionnaire.id, questionnaire.version
            );
            let problem = Diagnostic::error(Code::WrongQuestionnaire, &source.name, None, message)
                .hint("use --questionnaire and --ruleset for the one that was answered");
            return Err(LoadError(vec![problem]));
        }
        file.responses(questionnaire, role).map_err(|problems| {
            let mut told: Vec<Diagnostic> =
                problems.into_iter().map(|problem| located(&source.name, &source.text, &problem)).collect();
            told.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
            LoadError(told)
        })
    }

    /// The responses these answers stand for.
    ///
    /// # Errors
    /// All problems, each naming its item and never its answer.
    pub fn responses(
        &self,
        questionnaire: &Questionnaire,
        role: Role,
    ) -> Result<(Responses, Vec<Conflict>), Vec<ResponseProblem>> {
        let mut given: BTreeMap<String, Result<OptionValue, Missing>> = BTreeMap::new();
        let mut problems = Vec::new();
        for (id, value) in &self.answers {
            let item = questionnaire.item(id);
            match (value, item.map(|item| &item.kind)) {
                (_, Some(ItemKind::Text)) => {}
                (AnswerValue::Several(ticked), Some(ItemKind::Multi(options))) => {
                    for option in options {
                        let word = option.value.to_string();
                        given
                            .insert(format!("{id}.{word}"), Ok(OptionValue::Number(i64::from(ticked.contains(&word)))));
                    }
                    let known = |word: &String| options.iter().any(|option| option.value.to_string() == *word);
                    if !ticked.iter().all(known) {
                        let expected =
                            options.iter().map(|option| option.value.to_string()).collect::<Vec<_>>().join(", ");
                        problems.push(ResponseProblem::InvalidValue { slot: id.clone(), expected });
                    }
                }
                (AnswerValue::One(_), Some(ItemKind::Multi(_))) => {
                    problems.push(ResponseProblem::InvalidValue {
                        slot: id.clone(),
                        expected: "a list of its options".into(),
                    });
                }
                (AnswerValue::Several(_), Some(_)) => {
                    problems.push(ResponseProblem::InvalidValue {
                        slot: id.clone(),
                        expected: "one value, not a list".into(),
                    });
                }
                // An option is answered with its item, as a list.
                (_, None) if questionnaire.slot(id).is_some() => {
                    problems.push(ResponseProblem::UnknownItem { id: id.clone(), near: None });
                }
                (AnswerValue::One(value), _) => {
                    given.insert(id.clone(), Ok(value.clone()));
                }
                (AnswerValue::Several(_), None) => {
                    given.insert(id.clone(), Ok(OptionValue::Number(0)));
                }
            }
        }
        for (id, reason) in &self.missing {
            if self.answers.contains_key(id) {
                problems.push(ResponseProblem::Both { slot: id.clone() });
            }
            match questionnaire.items.iter().position(|item| item.id == *id) {
                Some(at) => {
                    for (_, slot) in questionnaire.slots_of(at) {
                        given.entry(slot.id.clone()).or_insert(Err(*reason));
                    }
                }
                None => {
                    given.entry(id.clone()).or_insert(Err(*reason));
                }
            }
        }
        match responses_from(questionnaire, self.form, role, self.safety, &given) {
            Ok(done) if problems.is_empty() => Ok(done),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }
}

/// The file for some responses, with or without the safety block. `under_18` is never written, and of somebody who
/// is under 18 the safety block is not either.
pub fn write_answers(questionnaire: &Questionnaire, responses: &Responses, safety: SafetyBlock) -> AnswersFile {
    let minor = responses.is_minor(questionnaire);
    let left_out = minor || [safety, responses.safety].contains(&SafetyBlock::LeftOut);
    let mut answers = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for (at, item) in questionnaire.items.iter().enumerate() {
        // What a question of the block hangs on says as much as its answer: a fear that was ticked.
        let opens = item.safety.as_ref().is_some_and(|safety| safety.option.is_some());
        let private = item.id == MINOR_ITEM || left_out && (item.block || opens);
        if private || !item.is_asked_in(responses.role, responses.form) {
            continue;
        }
        let slots: Vec<_> = questionnaire
            .slots_of(at)
            .filter_map(|(slot, found)| Some((found, *responses.answers.get(slot)?)))
            .collect();
        let Some((_, first)) = slots.first() else {
            continue;
        };
        match (first, &item.kind) {
            // That nearly nothing was shown would tell the age.
            (Answer::Missing(Missing::NotShown), _) if minor => {}
            (Answer::Missing(reason), _) => {
                missing.insert(item.id.clone(), *reason);
            }
            (Answer::Level(_), ItemKind::Multi(options)) => {
                let ticked = options.iter().zip(&slots).filter(|(_, (_, answer))| *answer == Answer::Level(1));
                answers.insert(
                    item.id.clone(),
                    AnswerValue::Several(ticked.map(|(option, _)| option.value.to_string()).collect()),
                );
            }
            (Answer::Level(level), _) => {
                if let Some(value) = slots.first().and_then(|(slot, _)| slot.levels.value(usize::from(*level))) {
                    answers.insert(item.id.clone(), AnswerValue::One(value));
                }
            }
        }
    }
    AnswersFile {
        format: ANSWERS_FORMAT.into(),
        questionnaire: QuestionnaireName { id: questionnaire.id.clone(), version: questionnaire.version.clone() },
        form: responses.form,
        adaptive: false,
        answers,
        missing,
        safety: if left_out { SafetyBlock::LeftOut } else { SafetyBlock::Answered },
    }
}

/// A parser's message may quote the value it met, in quotes or backticks ("invalid type: integer `3`, expected ...").
fn without_values(problem: Diagnostic) -> Diagnostic {
    let message = match problem.message.rsplit_once(", expected ") {
        Some((_, rest)) => format!("a value does not fit; expected {rest}"),
        None => problem.message.clone(),
    };
    Diagnostic { message, ..problem }
}

/// A problem with the line on which its item stands.
fn located(name: &str, text: &str, problem: &ResponseProblem) -> Diagnostic {
    let (code, id) = match problem {
        ResponseProblem::UnknownItem { id, .. } => (Code::UnknownItem, id),
        ResponseProblem::InvalidValue { slot, .. } | ResponseProblem::NotApplicableNotOffered { slot } => {
            (Code::InvalidValue, slot)
        }
        ResponseProblem::Both { slot } => (Code::DuplicateId, slot),
    };
    // Only the key is pointed at: the value beside it is an answer.
    let key = format!("\"{}\"", id.split('.').next().unwrap_or(id));
    let span = text.rfind(&key).map(|at| at..at + key.len());
    Diagnostic::error(code, name, span, problem.to_string())
}
