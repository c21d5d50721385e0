//! From the file to the checked questionnaire: all contradictions at once, each with its place.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use super::format::{ItemFile, KindFile, OptionFile, OptionsFile, QUESTIONNAIRE_FORMAT, QuestionnaireFile, Topic};
use super::locate::{Step, locate, offset_of};
use super::{
    BOND_ITEM, Bond, Condition, Form, Item, ItemKind, Levels, MINOR_ITEM, OptionValue, Questionnaire, ROLE_ITEM,
    ResponseOption, Role, Slot, Tier,
};
use crate::diagnostic::{Code, Diagnostic, LoadError, SourceFile};
use crate::fingerprint::sha256;

/// The most answers that one item may have. A design choice: larger numbers are to be asked in larger units.
const MAX_LEVELS: i64 = 20_000;
/// Below this in size is every number that can be an answer, so that no score of them overflows. A design choice.
const MAX_NUMBER: u64 = 1_000_000;

pub(super) fn load(source: &SourceFile) -> Result<Questionnaire, LoadError> {
    let file =
        parse_json::<QuestionnaireFile>(source, QUESTIONNAIRE_FORMAT).map_err(|problem| LoadError(vec![problem]))?;
    let mut check = Check { source, problems: Vec::new() };
    let questionnaire = check.questionnaire(file);
    if check.problems.is_empty() { Ok(questionnaire) } else { Err(LoadError(check.problems)) }
}

/// Reads a JSON text of one of our formats.
///
/// # Errors
/// What is wrong with it, with the path and the place.
pub fn parse_json<'a, T: serde::Deserialize<'a>>(source: &'a SourceFile, format: &str) -> Result<T, Diagnostic> {
    let deserializer = &mut serde_json::Deserializer::from_str(&source.text);
    let parsed = serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let at = offset_of(&source.text, inner.line(), inner.column());
        // serde_json appends its own "at line 3 column 4"; the span says that already.
        let text = inner.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text);
        let message = expected_instead(message).unwrap_or(message);
        let place = if path == "." { String::new() } else { format!(" at `{path}`") };
        Diagnostic::error(Code::InvalidJson, &source.name, at..at, format!("{message}{place}"))
    });
    // A file of another format fails in other ways too; that it is another format is the news.
    if let Ok(any) = serde_json::from_str::<serde_json::Value>(&source.text)
        && let Some(found) = any.get("format").and_then(serde_json::Value::as_str)
        && found != format
    {
        let span = locate(&source.text, &[Step::Field("format")]);
        return Err(Diagnostic::error(
            Code::UnknownFormat,
            &source.name,
            span,
            format!("the format is `{found}`, but `{format}` is needed"),
        )
        .hint("an older or newer format needs the program version that wrote it"));
    }
    parsed
}

/// What is expected where one of several shapes may stand, and none does; serde names its own type there.
fn expected_instead(message: &str) -> Option<&'static str> {
    match message.strip_prefix("data did not match any variant of untagged enum ")? {
        "AnswerValue" => Some("an answer is a whole number, a word or a list of words"),
        "OptionValue" => Some("a value is a whole number or a word"),
        "Wording" => Some("a text is a text in quotes, or an object with `default` and `by`"),
        _ => Some("what stands here has none of the shapes that it may have"),
    }
}

struct Check<'a> {
    source: &'a SourceFile,
    problems: Vec<Diagnostic>,
}

impl Check<'_> {
    fn problem(&mut self, code: Code, path: &[Step<'_>], message: String) -> &mut Diagnostic {
        let span = locate(&self.source.text, path);
        self.problems.push(Diagnostic::error(code, &self.source.name, span, message));
        let last = self.problems.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "pushed the line before")]
        &mut self.problems[last]
    }

    fn questionnaire(&mut self, file: QuestionnaireFile) -> Questionnaire {
        if file.format != QUESTIONNAIRE_FORMAT {
            self.problem(
                Code::UnknownFormat,
                &[Step::Field("format")],
                format!("the format is `{}`, but `{QUESTIONNAIRE_FORMAT}` is needed", file.format),
            );
        }
        self.topics(&file.topics);
        let mut items: Vec<Item> = Vec::new();
        let mut slots: Vec<Slot> = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, raw) in file.items.into_iter().enumerate() {
            let path = [Step::Field("items"), Step::Element(at)];
            if !is_id(&raw.id) {
                let message = format!("`{}` is no item id: letters, digits and `_`, starting with a letter", raw.id);
                self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("id")], message);
            }
            self.respondent_id(&raw.id, path);
            self.texts(&raw, path);
            if !seen.insert(raw.id.clone()) {
                self.problem(
                    Code::DuplicateId,
                    &[path[0], path[1], Step::Field("id")],
                    format!("the item id `{}` occurs twice", raw.id),
                );
            }
            let item = self.item(raw, path, &file.option_lists, &file.topics, &slots);
            add_slots(&item, items.len(), &mut slots);
            items.push(item);
        }
        self.columns(&slots);
        // The second condition of a safety item may name a later item, so it is looked at last.
        for (at, item) in items.iter().enumerate() {
            if let Some(condition) = item.safety.as_ref().and_then(|safety| safety.and.as_ref()) {
                self.condition(condition, &[Step::Field("items"), Step::Element(at), Step::Field("safety")], &slots);
            }
            self.asked_together(item, &items, [Step::Field("items"), Step::Element(at)]);
        }
        if slots.is_empty() {
            self.problem(
                Code::InvalidItem,
                &[Step::Field("items")],
                "a questionnaire needs at least one item that can be answered".into(),
            );
        }
        Questionnaire {
            id: file.id,
            version: file.version,
            title: file.title,
            description: file.description,
            source: file.source,
            licence: file.licence,
            bond_words: file.bond_words,
            topics: file.topics,
            items,
            slots,
            sha256: sha256(self.source.text.as_bytes()),
        }
    }

    /// Two topics with one id, or a section that stands in two places.
    fn topics(&mut self, topics: &[Topic]) {
        let mut ids = BTreeSet::new();
        let mut closed = BTreeSet::new();
        let mut open: Option<&str> = None;
        for (at, topic) in topics.iter().enumerate() {
            let path = [Step::Field("topics"), Step::Element(at)];
            if !ids.insert(&topic.id) {
                let path = [path[0], path[1], Step::Field("id")];
                self.problem(Code::DuplicateId, &path, format!("the topic id `{}` occurs twice", topic.id));
            }
            if open != Some(topic.section.as_str()) {
                closed.extend(open);
                open = Some(&topic.section);
                if closed.contains(topic.section.as_str()) {
                    let message = format!("the section \"{}\" stands in two places", topic.section);
                    self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("section")], message);
                }
            }
        }
    }

    /// The topic that an item names.
    fn topic(&mut self, raw: &ItemFile, path: [Step<'_>; 2], topics: &[Topic]) -> Option<usize> {
        let named = raw.topic.as_deref()?;
        let found = topics.iter().position(|topic| topic.id == named);
        if found.is_none() {
            let near = crate::diagnostic::nearest(named, topics.iter().map(|topic| topic.id.as_str()));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            let at = [path[0], path[1], Step::Field("topic")];
            self.problem(Code::UnknownName, &at, format!("no topic `{named}` in `topics`")).hints.extend(hint);
        }
        found
    }

    fn item(
        &mut self,
        raw: ItemFile,
        path: [Step<'_>; 2],
        lists: &BTreeMap<String, Vec<OptionFile>>,
        topics: &[Topic],
        earlier: &[Slot],
    ) -> Item {
        let kind = self.kind(&raw, path, lists);
        let topic = self.topic(&raw, path, topics);
        self.special_item(&raw.id, &kind, path);
        self.printed(&raw, &kind, path);
        let item = Item {
            kind,
            id: raw.id,
            text: raw.text,
            label: raw.label,
            why: raw.why,
            topic,
            direction: raw.direction,
            dimension: raw.dimension,
            roles: raw.roles,
            forms: raw.forms,
            context: raw.context,
            wish: raw.wish,
            offers_not_applicable: raw.not_applicable,
            keyed: raw.keyed,
            falling: raw.falling,
            safety: raw.safety,
            block: raw.block,
            asked_if: raw.asked_if,
            source: raw.source,
        };
        if let Some(condition) = &item.asked_if {
            self.condition(condition, &[path[0], path[1], Step::Field("asked_if")], earlier);
        }
        if let Some(safety) = &item.safety {
            let at = [path[0], path[1], Step::Field("safety")];
            if safety.op.is_some() != safety.value.is_some() {
                self.problem(
                    Code::InvalidItem,
                    &at,
                    format!("`safety` of `{}` needs both `op` and `value`, or neither (a yes is the value 1)", item.id),
                );
            }
            let known = |word: &String| match &item.kind {
                ItemKind::Multi(options) => options.iter().any(|option| option.value.to_string() == *word),
                _ => false,
            };
            if safety.option.as_ref().is_some_and(|word| !known(word)) {
                self.problem(Code::InvalidItem, &at, format!("`safety` of `{}` names none of its options", item.id));
            }
            let has_yes = levels_of(&item)
                .iter()
                .any(|levels| levels.level_of(safety.value.as_ref().unwrap_or(&OptionValue::Number(1))).is_some());
            if !has_yes {
                self.problem(
                    Code::InvalidValue,
                    &at,
                    format!("`safety` of `{}` compares with a value that is none of its options", item.id),
                );
            }
        }
        item
    }

    fn kind(&mut self, raw: &ItemFile, path: [Step<'_>; 2], lists: &BTreeMap<String, Vec<OptionFile>>) -> ItemKind {
        let numeric =
            [raw.min.is_some(), raw.max.is_some(), raw.unit.is_some(), raw.max_label.is_some()].contains(&true);
        if raw.kind != KindFile::Number && numeric {
            self.problem(
                Code::InvalidItem,
                &path,
                format!("`min`, `max`, `unit` and `max_label` belong to number items; `{}` is none", raw.id),
            );
        }
        if matches!(raw.kind, KindFile::Number | KindFile::Text) && raw.options.is_some() {
            self.problem(Code::InvalidItem, &path, format!("`{}` takes no options", raw.id));
        }
        match raw.kind {
            KindFile::Text => ItemKind::Text,
            KindFile::Choice => ItemKind::Choice(self.options(raw, path, lists, 2)),
            KindFile::Multi => ItemKind::Multi(self.options(raw, path, lists, 1)),
            KindFile::Number => {
                let (min, max) = (raw.min.unwrap_or(0), raw.max.unwrap_or(0));
                let in_reach = is_in_reach(min) && is_in_reach(max);
                if raw.min.is_none() || raw.max.is_none() || !in_reach || min >= max || max - min >= MAX_LEVELS {
                    let message = format!(
                        "number item `{}` needs `min` below `max`, at most {MAX_LEVELS} values, each below a million",
                        raw.id
                    );
                    self.problem(Code::InvalidItem, &path, message);
                    return ItemKind::Number { min: 0, max: 1, unit: None, max_label: None };
                }
                ItemKind::Number { min, max, unit: raw.unit.clone(), max_label: raw.max_label.clone() }
            }
        }
    }

    fn options(
        &mut self,
        raw: &ItemFile,
        path: [Step<'_>; 2],
        lists: &BTreeMap<String, Vec<OptionFile>>,
        least: usize,
    ) -> Vec<ResponseOption> {
        let at = [path[0], path[1], Step::Field("options")];
        let empty = Vec::new();
        let written = match &raw.options {
            Some(OptionsFile::Listed(options)) => options,
            Some(OptionsFile::Named(name)) => match lists.get(name) {
                Some(options) => options,
                None => {
                    let problem = self.problem(Code::UnknownName, &at, format!("no list `{name}` in `option_lists`"));
                    if let Some(near) = crate::diagnostic::nearest(name, lists.keys().map(String::as_str)) {
                        problem.hints.push(format!("did you mean `{near}`?"));
                    }
                    &empty
                }
            },
            None => &empty,
        };
        if written.len() < least || written.len() > 250 {
            self.problem(
                Code::InvalidItem,
                &at,
                format!("`{}` needs {least} to 250 options, and has {}", raw.id, written.len()),
            );
        }
        self.option_words(&raw.id, written, &at);
        let values: BTreeSet<_> = written.iter().map(|option| &option.value).collect();
        if values.len() < written.len() {
            self.problem(Code::DuplicateId, &at, format!("two options of `{}` have the same value", raw.id));
        }
        let numbers = written.iter().filter(|option| option.value.number().is_some()).count();
        if numbers != 0 && numbers != written.len() {
            self.problem(Code::InvalidItem, &at, format!("the options of `{}` mix numbers and words", raw.id));
        }
        if !written.iter().filter_map(|option| option.value.number()).all(is_in_reach) {
            self.problem(Code::InvalidItem, &at, format!("each option value of `{}` must be below a million", raw.id));
        }
        if raw.kind == KindFile::Multi
            && !written.iter().all(|option| matches!(&option.value, OptionValue::Word(word) if is_id(word)))
        {
            self.problem(
                Code::InvalidItem,
                &at,
                format!("the option values of multi item `{}` must be words such as `home`", raw.id),
            );
        }
        if numbers == written.len() && !written.iter().zip(written.iter().skip(1)).all(|(a, b)| a.value < b.value) {
            self.problem(Code::InvalidItem, &at, format!("the option values of `{}` must rise in their order", raw.id));
        }
        written
            .iter()
            .map(|option| ResponseOption { value: option.value.clone(), label: option.label.clone() })
            .collect()
    }

    /// What is said of printed numbers needs some.
    fn printed(&mut self, raw: &ItemFile, kind: &ItemKind, path: [Step<'_>; 2]) {
        let numbered = match kind {
            ItemKind::Choice(options) => options.iter().all(|option| option.value.number().is_some()),
            _ => false,
        };
        if raw.keyed && !(numbered || matches!(kind, ItemKind::Number { .. })) {
            let message = format!("`keyed` speaks of the printed numbers of an item, and `{}` has none", raw.id);
            self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("keyed")], message);
        }
        if raw.falling && !numbered {
            let message = format!("`falling` speaks of options with numbers, and `{}` has none", raw.id);
            self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("falling")], message);
        }
    }

    /// `my_role`, `bond_kind` and `under_18` are read by the engine, so their values are fixed.
    fn special_item(&mut self, id: &str, kind: &ItemKind, path: [Step<'_>; 2]) {
        let known = |word: &str| match id {
            ROLE_ITEM => Role::parse(word).is_some(),
            _ => Bond::parse(word).is_some(),
        };
        let fits = match (id, kind) {
            (ROLE_ITEM | BOND_ITEM, ItemKind::Choice(options)) => {
                options.iter().all(|option| matches!(&option.value, OptionValue::Word(word) if known(word)))
            }
            (MINOR_ITEM, ItemKind::Choice(options)) => {
                options.iter().map(|option| option.value.number()).eq([Some(0), Some(1)])
            }
            (ROLE_ITEM | BOND_ITEM | MINOR_ITEM, _) => false,
            _ => true,
        };
        if !fits {
            let values = match id {
                ROLE_ITEM => "`hurt`, `broke`, `both`",
                BOND_ITEM => "`partner`, `friend`, `family`",
                _ => "0 (no) and 1 (yes)",
            };
            self.problem(
                Code::InvalidItem,
                &path,
                format!("the item `{id}` has a fixed meaning; it is a choice with the values {values}"),
            );
        }
    }

    /// Where a flag hangs on another answer, that is asked wherever the flag's own question is: what was not asked
    /// counts as a no.
    fn asked_together(&mut self, item: &Item, items: &[Item], path: [Step<'_>; 2]) {
        let Some(safety) = item.safety.as_ref().filter(|safety| matches!(safety.tier, Tier::Hard | Tier::Soft)) else {
            return;
        };
        let everywhere =
            Role::ALL.into_iter().flat_map(|role| [Form::Short, Form::Full].into_iter().map(move |form| (role, form)));
        for condition in safety.and.iter().chain(&item.asked_if) {
            let id = condition.item.split('.').next().unwrap_or_default();
            let Some(other) = items.iter().find(|other| other.id == id) else { continue };
            let apart = |(role, form)| item.is_asked_in(role, form) && !other.is_asked_in(role, form);
            if everywhere.clone().any(apart) {
                let message = format!("`{}` hangs on `{id}`, which is not asked of everybody who is asked it", item.id);
                let problem = self.problem(Code::InvalidItem, &[path[0], path[1], Step::Field("safety")], message);
                problem.hints.push(format!("give `{id}` at least the same `roles` and `forms`"));
            }
        }
    }

    fn condition(&mut self, condition: &Condition, path: &[Step<'_>], earlier: &[Slot]) {
        match earlier.iter().find(|slot| slot.id == condition.item) {
            None => {
                let names: Vec<String> = earlier.iter().map(|slot| slot.id.clone()).collect();
                let problem = self.problem(
                    Code::InvalidAskedIf,
                    path,
                    format!("`{}` names no item that can be read here; a parent must stand earlier", condition.item),
                );
                if let Some(near) = crate::diagnostic::nearest(&condition.item, names.iter().map(String::as_str)) {
                    problem.hints.push(format!("did you mean `{near}`?"));
                }
            }
            Some(slot) => {
                let item = slot.id.clone();
                if slot.levels.level_of(&condition.value).is_none() {
                    self.problem(
                        Code::InvalidAskedIf,
                        path,
                        format!("`{}` is none of the options of `{item}`", condition.value),
                    );
                }
            }
        }
    }
}

fn is_in_reach(number: i64) -> bool {
    number.unsigned_abs() < MAX_NUMBER
}

fn levels_of(item: &Item) -> Vec<Levels> {
    match &item.kind {
        ItemKind::Choice(options) => vec![Levels::Options(options.clone())],
        ItemKind::Number { min, max, .. } => vec![Levels::Range { min: *min, max: *max }],
        ItemKind::Multi(options) => vec![yes_no(); options.len()],
        ItemKind::Text => Vec::new(),
    }
}

fn yes_no() -> Levels {
    let option = |value, label: &str| ResponseOption { value: OptionValue::Number(value), label: label.into() };
    Levels::Options(vec![option(0, "no"), option(1, "yes")])
}

fn add_slots(item: &Item, at: usize, slots: &mut Vec<Slot>) {
    for (option, levels) in levels_of(item).into_iter().enumerate() {
        let slot = match &item.kind {
            ItemKind::Multi(options) => {
                let word = options.get(option).map(|option| option.value.to_string()).unwrap_or_default();
                Slot { id: format!("{}.{word}", item.id), item: at, option: Some(option), levels }
            }
            _ => Slot { id: item.id.clone(), item: at, option: None, levels },
        };
        slots.push(slot);
    }
}

/// Ids are what a rule can write: a word. Ours are lower-case; those of other people's surveys need not be.
fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
