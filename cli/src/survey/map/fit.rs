//! Whether a map fits: the questionnaire it names items of, and the columns of a file. All problems at once.

use std::collections::{BTreeMap, BTreeSet};

use bearings_engine::diagnostic::{Code, Diagnostic, SourceFile};
use bearings_engine::questionnaire::{ItemKind, Levels, OptionValue, Questionnaire, Step, locate};
use bearings_engine::responses::Missing;

use super::Map;
use super::format::{AttentionEntry, ColumnEntry, LabelList, LabelValue, LabelsEntry, MAP_FORMAT, MapFile, Reason};
use crate::args::{ColumnPattern, RecordedAs};
use crate::exit::{Failure, Report};
use crate::survey::header::{Header, places, shown};
use crate::survey::recorded::is_yes_or_no;

/// A map laid over the columns of a file.
#[derive(Debug, Default)]
pub(in crate::survey) struct Fits {
    /// The columns with answers.
    pub(in crate::survey) columns: BTreeMap<usize, Fitted>,
    /// The column that identifies a respondent.
    pub(in crate::survey) id: Option<usize>,
    /// The column that says which wave a row is; it is handed through.
    pub(in crate::survey) wave: Option<usize>,
    /// The other columns that are handed through.
    pub(in crate::survey) kept: Vec<usize>,
    /// Columns in which people were told what to choose, and what.
    pub(in crate::survey) attention: Vec<(usize, Vec<String>)>,
    /// Columns that are left out on purpose.
    pub(in crate::survey) not_read: BTreeSet<usize>,
    /// Codes for a missing answer in every column; the empty text is an empty cell.
    pub(in crate::survey) missing: Vec<(String, Missing)>,
}

/// A column with answers, as a map has it.
#[derive(Debug)]
pub(in crate::survey) struct Fitted {
    /// Whose answers it holds.
    pub(in crate::survey) holds: Holds,
    /// How options were written down, if it says that.
    pub(in crate::survey) recorded: Option<RecordedAs>,
    /// Its own codes for a missing answer.
    pub(in crate::survey) missing: Vec<(String, Missing)>,
    /// What may stand in its cells, and which level or option that is.
    pub(in crate::survey) labels: Option<Vec<(String, usize)>>,
}

/// Whose answers a column holds.
#[derive(Debug, Clone)]
pub(in crate::survey) enum Holds {
    /// Those of a slot.
    Slot(usize),
    /// Those of all slots of an item, with this between them.
    Item(usize, String),
}

/// What is wrong with a map by itself.
pub(super) fn look(file: &MapFile, source: &SourceFile) -> Vec<Diagnostic> {
    let mut look = Look { source, problems: Vec::new() };
    if file.format != MAP_FORMAT {
        let message = format!("the format must be `{MAP_FORMAT}`");
        look.problem(Code::UnknownFormat, &[Step::Field("format")], message);
    }
    if let Some(Err(error)) = file.pattern.as_deref().map(str::parse::<ColumnPattern>) {
        look.problem(Code::InvalidMap, &[Step::Field("pattern")], error);
    }
    let written = [Step::Field("file"), Step::Field("delimiter")];
    if file
        .file
        .delimiter
        .as_ref()
        .is_some_and(|text| !matches!(text.as_bytes(), [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte)))
    {
        look.problem(Code::InvalidMap, &written, "a delimiter is one character of ASCII, no quote and no line end");
    }
    if file.file.header_rows == Some(0) {
        let path = [Step::Field("file"), Step::Field("header_rows")];
        look.problem(Code::InvalidMap, &path, "the first row always names the columns, so there is at least 1");
    }
    for (at, entry) in file.columns.iter().enumerate() {
        let path = [Step::Field("columns"), Step::Element(at)];
        look.named(entry.column.as_ref(), entry.import_id.as_ref(), &path);
        if entry.import_id.is_some() && !entry.aliases.is_empty() {
            look.problem(Code::InvalidMap, &path, "an import id has no aliases: it stays when a column is renamed");
        }
        if let Some(LabelsEntry::Named(list)) = &entry.labels
            && !file.labels.contains_key(list)
        {
            let path = [path[0], path[1], Step::Field("labels")];
            let message = format!("there is no list of labels `{list}`");
            let problem = look.problem(Code::InvalidMap, &path, message);
            *problem = problem.clone().did_you_mean(list, file.labels.keys().map(String::as_str));
        }
        if entry.separator.as_deref() == Some("") {
            let path = [path[0], path[1], Step::Field("separator")];
            look.problem(Code::InvalidMap, &path, "a separator has at least one character");
        }
    }
    for (at, entry) in file.attention.iter().enumerate() {
        let path = [Step::Field("attention"), Step::Element(at)];
        look.named(entry.column.as_ref(), entry.import_id.as_ref(), &path);
        if entry.expected.is_empty() {
            look.problem(Code::InvalidMap, &path, "`expected` says what people were told to choose");
        }
    }
    look.problems
}

struct Look<'a> {
    source: &'a SourceFile,
    problems: Vec<Diagnostic>,
}

impl Look<'_> {
    fn problem(&mut self, code: Code, path: &[Step<'_>], message: impl Into<String>) -> &mut Diagnostic {
        let span = locate(&self.source.text, path);
        self.problems.push(Diagnostic::error(code, &self.source.name, span, message));
        let last = self.problems.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "pushed the line before")]
        &mut self.problems[last]
    }

    fn named(&mut self, column: Option<&String>, import_id: Option<&String>, path: &[Step<'_>]) {
        if column.is_some() == import_id.is_some() {
            self.problem(Code::InvalidMap, path, "a column is named by `column` or by `import_id`, one of the two");
        }
    }

    /// The one column that is meant.
    fn one(&mut self, found: &[usize], named: &str, header: &Header, path: &[Step<'_>]) -> Option<usize> {
        match found {
            [one] => Some(*one),
            [] => {
                let message = format!("the survey has no column `{}`", shown(named));
                let problem = self.problem(Code::InvalidMap, path, message);
                *problem = problem.clone().did_you_mean(named, header.names().filter(|name| name.len() <= 64));
                None
            }
            several => {
                let message = format!("`{}` is the name of {} of the survey", shown(named), places(several));
                let ids: Vec<&str> = several.iter().filter_map(|column| header.import_id(*column)).collect();
                let problem = self.problem(Code::InvalidMap, path, message);
                if !ids.is_empty() {
                    problem.hints.push(format!("name one of them by its import id: {}", ids.join(", ")));
                }
                None
            }
        }
    }

    fn column_of(&mut self, entry: &ColumnEntry, header: &Header, path: &[Step<'_>; 2]) -> Option<usize> {
        if let Some(id) = &entry.import_id {
            return self.one(&header.imported(id), id, header, &[path[0], path[1], Step::Field("import_id")]);
        }
        let name = entry.column.as_ref()?;
        let mut found: Vec<usize> =
            std::iter::once(name).chain(&entry.aliases).flat_map(|name| header.named(name)).collect();
        found.sort_unstable();
        found.dedup();
        self.one(&found, name, header, &[path[0], path[1], Step::Field("column")])
    }

    fn attention_of(&mut self, entry: &AttentionEntry, header: &Header, path: &[Step<'_>; 2]) -> Option<usize> {
        match (&entry.import_id, &entry.column) {
            (Some(id), _) => self.one(&header.imported(id), id, header, &[path[0], path[1], Step::Field("import_id")]),
            (None, Some(name)) => {
                self.one(&header.named(name), name, header, &[path[0], path[1], Step::Field("column")])
            }
            (None, None) => None,
        }
    }

    fn holds(&mut self, entry: &ColumnEntry, questionnaire: &Questionnaire, path: &[Step<'_>; 2]) -> Option<Holds> {
        let at = [path[0], path[1], Step::Field("item")];
        let item = questionnaire.items.iter().position(|item| item.id == entry.item);
        let is_multi =
            |item: usize| questionnaire.items.get(item).is_some_and(|item| matches!(item.kind, ItemKind::Multi(_)));
        match (questionnaire.slot(&entry.item), item, &entry.separator) {
            (_, Some(item), Some(separator)) if is_multi(item) => Some(Holds::Item(item, separator.clone())),
            (Some(_), _, Some(_)) => {
                let path = [path[0], path[1], Step::Field("separator")];
                let message = format!("`{}` has one answer a cell, so nothing separates several", entry.item);
                self.problem(Code::InvalidMap, &path, message);
                None
            }
            (Some(slot), _, None) => Some(Holds::Slot(slot)),
            (None, Some(_), None) => {
                let message = format!("several options of `{}` can be ticked", entry.item);
                let problem = self.problem(Code::InvalidMap, &at, message);
                problem
                    .hints
                    .push("say with `separator` what stands between them in a cell, or name `item.option`".into());
                None
            }
            (None, _, _) => {
                let message = format!("`{}` is no item of questionnaire `{}`", entry.item, questionnaire.id);
                let slots = questionnaire.slots.iter().map(|slot| slot.id.as_str());
                let problem = self.problem(Code::UnknownItem, &at, message);
                *problem = problem.clone().did_you_mean(&entry.item, slots);
                None
            }
        }
    }

    /// The levels, or for ticked options the options, that labels stand for.
    fn labels(
        &mut self,
        labels: &LabelList,
        holds: &Holds,
        questionnaire: &Questionnaire,
        path: &[Step<'_>],
    ) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        let level = |value: &LabelValue| {
            let value = match value {
                LabelValue::Number(number) => OptionValue::Number(*number),
                LabelValue::Word(word) => OptionValue::Word(word.clone()),
            };
            match holds {
                Holds::Slot(slot) => questionnaire.slots.get(*slot)?.levels.level_of(&value),
                Holds::Item(item, _) => match &questionnaire.items.get(*item)?.kind {
                    ItemKind::Multi(options) => options.iter().position(|option| option.value == value),
                    _ => None,
                },
            }
        };
        for (label, value) in &labels.0 {
            match level(value) {
                Some(level) => found.push((label.clone(), level)),
                None => {
                    let mut at = path.to_vec();
                    at.push(Step::Field(label));
                    let id = match holds {
                        Holds::Slot(slot) => questionnaire.slots.get(*slot).map(|slot| slot.id.as_str()),
                        Holds::Item(item, _) => questionnaire.items.get(*item).map(|item| item.id.as_str()),
                    };
                    let message = format!("`{}` has no such option", id.unwrap_or_default());
                    self.problem(Code::InvalidValue, &at, message);
                }
            }
        }
        found
    }
}

impl Map {
    /// Lays the map over the columns of a file.
    ///
    /// # Errors
    /// Everything that does not fit, with its place in the map.
    pub(in crate::survey) fn fit(
        &self,
        header: &Header,
        questionnaire: &Questionnaire,
        file: &str,
    ) -> Result<Fits, Failure> {
        let mut look = Look { source: &self.source, problems: Vec::new() };
        let mut fits = Fits { missing: codes(&self.file.missing), ..Fits::default() };
        if let Some(id) = self.file.questionnaire.as_ref().filter(|id| **id != questionnaire.id) {
            let message = format!("the map is for questionnaire `{id}`, but `{}` is used", questionnaire.id);
            look.problem(Code::WrongQuestionnaire, &[Step::Field("questionnaire")], message);
        }
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, entry) in self.file.columns.iter().enumerate() {
            let path = [Step::Field("columns"), Step::Element(at)];
            let column = look.column_of(entry, header, &path);
            let holds = look.holds(entry, questionnaire, &path);
            let Some(holds) = holds else { continue };
            let fitted = look.fitted(entry, holds, &self.file, questionnaire, &path);
            let Some(column) = column else { continue };
            if taken.insert(column, at).is_some() {
                look.problem(Code::InvalidMap, &path, format!("{} is mapped twice", header.shown(column)));
            }
            fits.columns.insert(column, fitted);
        }
        look.one_column_each(&fits, header, questionnaire, &taken);
        let mut resolve = |named: &String, path: &[Step<'_>]| look.one(&header.named(named), named, header, path);
        fits.id = self.file.id.as_ref().and_then(|id| resolve(id, &[Step::Field("id")]));
        fits.wave = self.file.wave.as_ref().and_then(|wave| resolve(wave, &[Step::Field("wave")]));
        for (at, named) in self.file.keep.iter().enumerate() {
            fits.kept.extend(resolve(named, &[Step::Field("keep"), Step::Element(at)]));
        }
        for (at, entry) in self.file.attention.iter().enumerate() {
            let path = [Step::Field("attention"), Step::Element(at)];
            let column = look.attention_of(entry, header, &path);
            fits.attention.extend(column.map(|column| (column, entry.expected.clone())));
        }
        // Files of one study differ in what they have besides, so a column that is not there is no mistake here.
        fits.not_read = self.file.not_read.iter().flat_map(|named| header.named(named)).collect();
        if look.problems.is_empty() {
            return Ok(fits);
        }
        let few = self.file.columns.len() > 1 && fits.columns.is_empty();
        if few && let Some(first) = look.problems.first_mut() {
            first.hints.push(format!("no column of the map stands in `{file}`: is it the map of another survey?"));
        }
        Err(Failure::Definition(Report::Diagnostics { problems: look.problems, sources: vec![self.source.clone()] }))
    }
}

impl Look<'_> {
    fn fitted(
        &mut self,
        entry: &ColumnEntry,
        holds: Holds,
        file: &MapFile,
        questionnaire: &Questionnaire,
        path: &[Step<'_>; 2],
    ) -> Fitted {
        let field = |name| [path[0], path[1], Step::Field(name)];
        let labels = entry.labels.as_ref().and_then(|labels| match labels {
            LabelsEntry::Own(list) => Some((list, field("labels").to_vec())),
            LabelsEntry::Named(name) => {
                Some((file.labels.get(name)?, vec![Step::Field("labels"), Step::Field(name.as_str())]))
            }
        });
        let labels = labels.map(|(list, place)| self.labels(list, &holds, questionnaire, &place));
        let slot = match &holds {
            Holds::Slot(slot) => questionnaire.slots.get(*slot),
            Holds::Item(..) => None,
        };
        match (entry.recorded_as, &labels, slot) {
            (Some(_), Some(_), _) => {
                self.problem(
                    Code::InvalidMap,
                    &field("recorded_as"),
                    "with `labels` nothing is counted: leave one out",
                );
            }
            (Some(_), _, None) => {
                let message = "ticked options are not counted: say with `labels` what stands for each";
                self.problem(Code::InvalidMap, &field("recorded_as"), message);
            }
            (Some(RecordedAs::OneBased), _, Some(slot)) if is_binary(&slot.levels) => {
                let message = "a yes or no is never counted from 1: say with `labels` what stands for each";
                self.problem(Code::InvalidMap, &field("recorded_as"), message);
            }
            _ => {}
        }
        let offered = slot.and_then(|slot| questionnaire.item_of(slot)).is_some_and(|item| item.offers_not_applicable);
        if !offered && entry.missing.values().any(|reason| *reason == Reason::NotApplicable) {
            let message = format!("`{}` does not offer \"does not apply\"", entry.item);
            self.problem(Code::InvalidMap, &field("missing"), message);
        }
        for (code, _) in entry.missing.iter().filter(|(code, _)| !code.is_empty()) {
            let is_label = labels.as_ref().is_some_and(|labels| labels.iter().any(|(label, _)| label == code));
            let is_value = labels.is_none()
                && entry.recorded_as.is_none_or(|how| how == RecordedAs::Printed)
                && slot.is_some_and(|slot| {
                    (0..slot.levels.count())
                        .any(|level| slot.levels.value(level).is_some_and(|v| v.to_string() == *code))
                });
            if is_label || is_value {
                let place = [path[0], path[1], Step::Field("missing"), Step::Field(code)];
                let message = format!("a code for a missing answer of `{}` is also one of its answers", entry.item);
                self.problem(Code::InvalidMap, &place, message);
            }
        }
        Fitted { holds, recorded: entry.recorded_as, missing: codes(&entry.missing), labels }
    }

    /// Two columns for one answer would leave open which is meant.
    fn one_column_each(
        &mut self,
        fits: &Fits,
        header: &Header,
        questionnaire: &Questionnaire,
        entries: &BTreeMap<usize, usize>,
    ) {
        let mut held: BTreeMap<usize, usize> = BTreeMap::new();
        for (column, fitted) in &fits.columns {
            let slots: Vec<usize> = match &fitted.holds {
                Holds::Slot(slot) => vec![*slot],
                Holds::Item(item, _) => questionnaire.slots_of(*item).map(|(slot, _)| slot).collect(),
            };
            for slot in slots {
                let Some(other) = held.insert(slot, *column) else { continue };
                let id = questionnaire.slots.get(slot).map_or("", |slot| slot.id.as_str());
                let entry = entries.get(column).copied().unwrap_or_default();
                let path = [Step::Field("columns"), Step::Element(entry), Step::Field("item")];
                let message = format!("{} and {} both hold `{id}`", header.shown(other), header.shown(*column));
                self.problem(Code::InvalidMap, &path, message);
            }
        }
    }
}

fn is_binary(levels: &Levels) -> bool {
    let numbers: Vec<i64> = (0..levels.count()).filter_map(|level| levels.number(level)).collect();
    is_yes_or_no(&numbers)
}

fn codes(missing: &BTreeMap<String, Reason>) -> Vec<(String, Missing)> {
    missing.iter().map(|(code, reason)| (code.clone(), Missing::from(*reason))).collect()
}
