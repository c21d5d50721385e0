//! From the header line to what each column means.

use std::collections::{BTreeMap, BTreeSet};

use bearings_engine::diagnostic::nearest;
use bearings_engine::questionnaire::{MINOR_ITEM, Questionnaire};

use super::cells::Cells;
use super::recorded::{expected, written};
use super::{Config, Private, Problem};
use crate::exit::{Failure, Report};

/// The id columns that are found without being named: our own, and what survey platforms write.
///
/// ODK's `KEY` is not among them: a column of that name may be anything, so it is named with `--id`.
const ID_COLUMNS: [&str; 4] = ["id", "respondent_id", "ResponseId", "record_id"];
/// The most characters of a column's name that are printed; some platforms name columns by whole questions.
const NAME_SHOWN: usize = 60;

/// What the columns mean.
pub(super) struct Columns {
    /// The columns that hold answers.
    pub(super) mapped: Vec<Mapped>,
    /// The column with the respondent's id.
    pub(super) id: Option<usize>,
    /// The columns that are handed through, in the order asked for.
    pub(super) kept: Vec<usize>,
    /// The columns by which respondents could be told apart.
    pub(super) quasi: Vec<usize>,
    /// The columns that nothing reads.
    pub(super) unread: Vec<usize>,
    /// What some of them would be called if they were written in the case of the questionnaire, or of the pattern.
    pub(super) other_case: BTreeMap<usize, String>,
    /// How many there are.
    pub(super) width: usize,
    /// Codes for "no answer" that are an answer in some columns: the code, and those columns.
    pub(super) clashes: Vec<(String, Vec<usize>)>,
    names: Vec<String>,
}

/// A column that holds the answers of one slot.
pub(super) struct Mapped {
    /// Its position in the row.
    pub(super) column: usize,
    /// The position of its slot in the questionnaire.
    pub(super) slot: usize,
    /// What its cells mean.
    pub(super) cells: Cells,
    expected: String,
}

impl Mapped {
    /// What is wrong with a cell that is no answer.
    pub(super) fn problem(&self, cell: &[u8], column: Option<&str>) -> Problem {
        let column = shown(column.unwrap_or_default());
        if cell.trim_ascii() == b"not_applicable" {
            Problem::NotOffered { column }
        } else if std::str::from_utf8(cell).is_err() {
            Problem::NotUtf8 { column }
        } else {
            Problem::Value { column, expected: self.expected.clone() }
        }
    }
}

impl Columns {
    /// Finds the meaning of every column, and refuses what must not be read or handed through.
    pub(super) fn find(
        header: &[Vec<u8>],
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<Self, Failure> {
        let names = names(header, file)?;
        let slots = slot_names(questionnaire);
        let slot_of = |name: &str| slots.get(name).copied().or_else(|| numbered(name, questionnaire, config));
        let kept = config.keep.iter().filter(|_| config.private == Private::Refused);
        for named in config.id.into_iter().chain(kept.chain(config.quasi).map(String::as_str)) {
            refuse_private(named, slot_of(named), questionnaire)?;
        }
        let id = match config.id {
            Some(named) => Some(position(&names, named, file, "--id")?),
            None => ID_COLUMNS.iter().find_map(|usual| names.iter().position(|name| name == usual)),
        };
        let kept =
            config.keep.iter().map(|named| position(&names, named, file, "--keep")).collect::<Result<Vec<_>, _>>()?;
        let quasi = config.quasi.iter().map(|named| position(&names, named, file, "--quasi"));
        let quasi = quasi.collect::<Result<Vec<_>, _>>()?;
        if let Some(id) = id {
            // The usual names are found by position, so that they are looked at here for a second one.
            position(&names, names.get(id).map_or("", String::as_str), file, "the id")?;
        }
        let mut columns = Self {
            mapped: Vec::new(),
            id,
            kept,
            quasi,
            unread: Vec::new(),
            other_case: BTreeMap::new(),
            width: names.len(),
            clashes: Vec::new(),
            names,
        };
        columns.refuse_other_numbers(slot_of, file, questionnaire, config)?;
        columns.map(slot_of, file, questionnaire, config)?;
        columns.find_other_case(&slots, config);
        if columns.mapped.is_empty() {
            return Err(columns.nothing_fits(file, questionnaire, config));
        }
        Ok(columns)
    }

    /// Finds out which unread columns are only written in another case.
    fn find_other_case(&mut self, slots: &BTreeMap<String, usize>, config: &Config<'_>) {
        let lower: BTreeMap<String, &String> = slots.keys().map(|name| (name.to_lowercase(), name)).collect();
        for column in &self.unread {
            let Some(name) = self.names.get(*column) else { continue };
            let slot = lower.get(&name.to_lowercase()).map(|slot| (*slot).clone());
            if let Some(meant) = slot.or_else(|| config.pattern?.in_its_case(name)) {
                self.other_case.insert(*column, meant);
            }
        }
    }

    fn nothing_fits(&self, file: &str, questionnaire: &Questionnaire, config: &Config<'_>) -> Failure {
        let message = format!("{file}:1: no column is an item of questionnaire `{}`", questionnaire.id);
        let mut report = Report::message(message);
        if let Some((column, meant)) = self.other_case.first_key_value() {
            let name = self.name(*column).unwrap_or_default();
            report = report.hint(format!("did you mean `{meant}` by `{}`? Upper and lower case count", shown(name)));
        }
        Failure::Responses(report.hint(match config.pattern {
            None => {
                "columns are named like the items (`bearings show` lists them); numbered columns need --columns 'Q{n}'"
            }
            Some(_) => "no column fits the pattern of --columns, either",
        }))
    }

    /// Refuses numbered columns whose number no question has: then the numbers mean something else, and every other
    /// column could hold the answers to another question than it seems to.
    fn refuse_other_numbers(
        &self,
        slot_of: impl Fn(&str) -> Option<usize>,
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<(), Failure> {
        let fits = |name: &str| config.pattern.is_some_and(|pattern| pattern.number(name).is_some());
        let others = self.names.iter().enumerate();
        let others = others.filter(|(at, name)| self.id != Some(*at) && fits(name) && slot_of(name).is_none());
        let named: Vec<String> = others.map(|(_, name)| format!("`{}`", shown(name))).collect();
        let fit = match named.len() {
            0 => return Ok(()),
            1 => "fits",
            _ => "fit",
        };
        let message = format!(
            "{file}:1: {} has {} questions; {} {fit} the pattern of --columns",
            questionnaire.id,
            questionnaire.slots.len(),
            named.join(", ")
        );
        let mut report = Report::message(message).hint(
            "question 1 of the questionnaire must be number 1: rename the columns, or name what is no question in \
             another way",
        );
        if questionnaire.slots.len() > questionnaire.items.len() {
            report = report.hint("where several options can be ticked, each of them counts as a question");
        }
        Err(Failure::Responses(report))
    }

    fn map(
        &mut self,
        slot_of: impl Fn(&str) -> Option<usize>,
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<(), Failure> {
        let mut taken: BTreeMap<usize, &str> = BTreeMap::new();
        let mut clashes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (column, name) in self.names.iter().enumerate() {
            let found = slot_of(name).and_then(|at| Some((at, questionnaire.slots.get(at)?)));
            let Some((at, slot, item)) = found.and_then(|(at, slot)| Some((at, slot, questionnaire.item_of(slot)?)))
            else {
                if self.id != Some(column) && !self.kept.contains(&column) && !self.quasi.contains(&column) {
                    self.unread.push(column);
                }
                continue;
            };
            if let Some(other) = taken.insert(at, name) {
                let message =
                    format!("{file}:1: the columns `{}` and `{}` both hold `{}`", shown(other), shown(name), slot.id);
                return Err(Failure::Responses(Report::message(message).hint("rename or remove one of them")));
            }
            let values: BTreeSet<String> = written(slot, item, config.recorded).into_iter().collect();
            for code in config.missing.iter().filter(|code| values.contains(code.trim())) {
                clashes.entry(code.trim()).or_default().push(column);
            }
            self.mapped.push(Mapped {
                column,
                slot: at,
                cells: Cells::new(slot, item, config.missing, config.recorded),
                expected: expected(slot, item, config.recorded),
            });
        }
        // ODK writes a question of several options whole, too; nothing is lost if that is not read.
        let whole = |column: &usize| {
            let at = questionnaire.items.iter().position(|item| Some(&item.id) == self.names.get(*column));
            at.is_some_and(|at| questionnaire.slots_of(at).any(|(slot, _)| self.has(slot)))
        };
        let unread: Vec<usize> = self.unread.iter().copied().filter(|column| !whole(column)).collect();
        self.unread = unread;
        self.clashes = clashes.into_iter().map(|(code, columns)| (code.to_owned(), columns)).collect();
        Ok(())
    }

    /// The name of a column, as the file has it.
    pub(super) fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// Whether a slot has a column.
    pub(super) fn has(&self, slot: usize) -> bool {
        self.mapped.iter().any(|mapped| mapped.slot == slot)
    }
}

/// A name fit for a message: without control characters, which could move a terminal's cursor, and not too long.
pub(super) fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(NAME_SHOWN).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if name.chars().nth(NAME_SHOWN).is_some() {
        text.push_str("...");
    }
    text
}

fn names(header: &[Vec<u8>], file: &str) -> Result<Vec<String>, Failure> {
    let name = |cell: &Vec<u8>| std::str::from_utf8(cell).ok().map(|name| name.trim().to_owned());
    header.iter().map(name).collect::<Option<Vec<_>>>().ok_or_else(|| {
        let report = Report::message(format!("{file}:1: the names of the columns are not UTF-8 text"));
        Failure::Responses(report.hint("save the file as CSV in UTF-8"))
    })
}

/// The slot of every name that a column may have.
fn slot_names(questionnaire: &Questionnaire) -> BTreeMap<String, usize> {
    let slots = questionnaire.slots.iter().enumerate();
    slots.flat_map(|(at, slot)| slot.column_names().into_iter().map(move |name| (name, at))).collect()
}

/// The slot of a numbered column: question 1 is the first that can be answered.
fn numbered(name: &str, questionnaire: &Questionnaire, config: &Config<'_>) -> Option<usize> {
    let at = config.pattern?.number(name)?.checked_sub(1)?;
    (at < questionnaire.slots.len()).then_some(at)
}

/// Answers about safety, and who is under 18, are never handed through.
fn refuse_private(named: &str, slot: Option<usize>, questionnaire: &Questionnaire) -> Result<(), Failure> {
    let private = |id: &str, block: bool| block || id == MINOR_ITEM;
    let mapped = slot.and_then(|slot| questionnaire.item_of(questionnaire.slots.get(slot)?));
    // In any spelling: such a column would be unread, but it holds the same answers.
    let lower = named.to_lowercase().replace("___", ".").replace("__", ".").replace('/', ".");
    let spelt = |id: &str| lower == id || lower.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
    let is_private = mapped.is_some_and(|item| private(&item.id, item.block))
        || spelt(MINOR_ITEM)
        || questionnaire.items.iter().any(|item| item.block && spelt(&item.id));
    if !is_private {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{}` holds private answers (about safety, or age) and is never carried over",
        shown(named)
    )))
}

/// The one column with this name.
fn position(names: &[String], named: &str, file: &str, what: &str) -> Result<usize, Failure> {
    let mut places = names.iter().enumerate().filter(|(_, name)| *name == named).map(|(at, _)| at);
    let column = shown(named);
    match (places.next(), places.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => {
            let report = Report::message(format!(
                "{file}:1: two columns are named `{column}`, so that {what} could mean either"
            ));
            Err(Failure::Responses(report))
        }
        (None, _) => {
            let report = Report::message(format!("{file}:1: {what} names a column `{column}` that is not there"));
            Err(Failure::Responses(match nearest(named, names.iter().map(String::as_str)) {
                Some(near) => report.hint(format!("did you mean `{}`?", shown(near))),
                None => report,
            }))
        }
    }
}
