//! How options were written down: as the numbers that the form prints, or counted from the first one.
//!
//! Only options with numbers are counted. A yes or no (0, 1) is not, whatever was said: platforms put the yes first
//! as often as not, and a yes to a safety question must never be taken for a no. Who counts from 1 writes 1 and 2 for
//! them, and that 1 reads like a yes; so a survey that has such columns is not read as counted from 1.

use bearings_engine::questionnaire::{Item, ItemKind, Questionnaire, Slot};
use bearings_engine::responses::Answer;

use super::cells::{Cells, Reading};
use super::columns::{Columns, Mapped};
use super::header::shown;
use super::records::Record;
use super::{Config, coverage};
use crate::args::RecordedAs;
use crate::exit::Failure;

/// Whether the options of an item can be counted.
fn is_countable(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Choice(options) => {
            let numbers: Option<Vec<i64>> = options.iter().map(|option| option.value.number()).collect();
            numbers.is_some_and(|numbers| !is_yes_or_no(&numbers))
        }
        _ => false,
    }
}

pub(super) fn is_yes_or_no(numbers: &[i64]) -> bool {
    matches!(numbers, [0, 1] | [1, 0])
}

/// Whether the options of a column are read as they are written down for most of them.
fn is_as_most(mapped: &Mapped, recorded: RecordedAs) -> bool {
    mapped.reading.recorded == recorded && mapped.reading.labels.is_none()
}

/// The names of the columns that hold a yes or no, as a message lists them; none if there is none.
fn yes_or_no(questionnaire: &Questionnaire, columns: &Columns, recorded: RecordedAs) -> Option<String> {
    let is_one = |mapped: &&Mapped| match item_of(mapped, questionnaire).map(|item| &item.kind) {
        Some(ItemKind::Choice(options)) => {
            let numbers: Vec<i64> = options.iter().filter_map(|option| option.value.number()).collect();
            numbers.len() == options.len() && is_yes_or_no(&numbers)
        }
        _ => false,
    };
    let names: Vec<String> = columns
        .mapped
        .iter()
        .filter(|mapped| is_as_most(mapped, recorded))
        .filter(is_one)
        .filter_map(|mapped| Some(format!("`{}`", shown(columns.name(mapped.column)?))))
        .collect();
    (!names.is_empty()).then(|| coverage::listed(&names, names.len()))
}

/// Refuses to count from 1 where a column holds a yes or no.
pub(super) fn refuse_yes_or_no(
    questionnaire: &Questionnaire,
    columns: &Columns,
    file: &str,
    recorded: RecordedAs,
) -> Result<(), Failure> {
    match yes_or_no(questionnaire, columns, recorded).filter(|_| recorded == RecordedAs::OneBased) {
        None => Ok(()),
        Some(names) => Err(Failure::Usage(format!(
            "{file}: --recorded-as one_based does not go with yes or no questions ({names}): counted from 1 a no is 1, \
             and 1 is how a yes is written; {}",
            recode(&questionnaire.id)
        ))),
    }
}

/// What is to be done with a survey that counts a yes or no from 1.
fn recode(questionnaire: &str) -> String {
    format!(
        "recode yes to 1 and no to 0, everything else to the printed values (`bearings show {questionnaire}` lists \
         them), and leave --recorded-as out"
    )
}

/// The number that the first option has when options are counted; none if they are not.
fn first(item: &Item, recorded: RecordedAs) -> Option<usize> {
    match recorded {
        RecordedAs::Printed => None,
        RecordedAs::OneBased => Some(1),
        RecordedAs::Position => Some(0),
    }
    .filter(|_| is_countable(item))
}

/// What stands in a cell for each level of a slot.
pub(super) fn written(slot: &Slot, item: &Item, recorded: RecordedAs) -> Vec<String> {
    let count = slot.levels.count();
    let word = |level: usize| match first(item, recorded) {
        Some(first) if item.falling => (first + count - 1 - level).to_string(),
        Some(first) => (first + level).to_string(),
        None => slot.levels.value(level).map(|value| value.to_string()).unwrap_or_default(),
    };
    (0..count).map(word).collect()
}

/// What may stand in a cell, in words.
pub(super) fn expected(slot: &Slot, item: &Item, recorded: RecordedAs) -> String {
    match first(item, recorded) {
        Some(first) => format!("{first} to {}, options counted", first + slot.levels.count() - 1),
        None => bearings_engine::responses::expected(slot),
    }
}

/// What is said once where options are counted.
pub(super) fn note(questionnaire: &Questionnaire, columns: &Columns, recorded: RecordedAs) -> Option<String> {
    let start = match recorded {
        RecordedAs::Printed => return None,
        RecordedAs::OneBased => "1",
        RecordedAs::Position => "0",
    };
    let mapped = columns.mapped.iter().filter(|mapped| is_as_most(mapped, recorded));
    let items = mapped.filter_map(|mapped| item_of(mapped, questionnaire));
    let falling: Vec<String> =
        items.filter(|item| item.falling && is_countable(item)).map(|item| format!("`{}`", item.id)).collect();
    let from_above = match falling.len() {
        0 => String::new(),
        some => format!("; from the highest option down in {}", coverage::listed(&falling, some)),
    };
    Some(format!(
        "{start} is taken as the first option of an item{from_above}; yes or no, numbers and words as they are"
    ))
}

fn item_of<'a>(mapped: &Mapped, questionnaire: &'a Questionnaire) -> Option<&'a Item> {
    questionnaire.item_of(questionnaire.slots.get(mapped.slot)?)
}

/// Watches whether every answer would make sense if the options had been written down in another way than was said.
///
/// A way that one answer speaks against is given up, so that in a file without surprises nothing is left to watch
/// after a few rows.
#[derive(Clone)]
pub(super) struct Watch {
    others: Vec<Other>,
    /// What is advised instead of counting from 1, where that would be refused.
    instead: Option<String>,
}

/// Another way.
#[derive(Clone)]
struct Other {
    recorded: RecordedAs,
    /// What the cells of a column would mean, by its number among the mapped ones.
    columns: Vec<(usize, Cells)>,
    /// It makes sense of a cell that makes none as it was said.
    explains: bool,
}

impl Watch {
    /// The ways that could make sense of a cell that makes none as it was said.
    pub(super) fn new(questionnaire: &Questionnaire, columns: &Columns, config: &Config<'_>) -> Self {
        let others = [RecordedAs::Printed, RecordedAs::OneBased, RecordedAs::Position]
            .into_iter()
            .filter(|other| *other != config.recorded())
            .map(|recorded| {
                let mut differs = false;
                let mut found = Vec::new();
                let as_most = |(_, mapped): &(usize, &Mapped)| is_as_most(mapped, config.recorded());
                for (at, mapped) in columns.mapped.iter().enumerate().filter(as_most) {
                    let slot = questionnaire.slots.get(mapped.slot);
                    let Some((slot, item)) = slot.zip(item_of(mapped, questionnaire)) else { continue };
                    if is_countable(item) {
                        let said = written(slot, item, config.recorded());
                        differs |= written(slot, item, recorded).iter().any(|cell| !said.contains(cell));
                        let reading = Reading { recorded, ..mapped.reading.clone() };
                        found.push((at, Cells::new(slot, item, &reading)));
                    }
                }
                (differs, Other { recorded, columns: found, explains: false })
            });
        Self {
            others: others.filter_map(|(differs, other)| differs.then_some(other)).collect(),
            instead: yes_or_no(questionnaire, columns, config.recorded()).map(|names| {
                format!(
                    "these look like options counted from 1, which yes or no questions ({names}) cannot be: {}",
                    recode(&questionnaire.id)
                )
            }),
        }
    }

    /// Whether no other way is left.
    pub(super) fn is_idle(&self) -> bool {
        self.others.is_empty()
    }

    /// Looks at a row of the right width.
    pub(super) fn look(&mut self, record: Record<'_>, columns: &Columns) {
        self.others.retain_mut(|other| {
            for (at, cells) in &other.columns {
                let Some(mapped) = columns.mapped.get(*at) else { continue };
                let cell = record.get(mapped.column).unwrap_or_default();
                match (mapped.cells.read(cell), cells.read(cell)) {
                    (_, None) => return false,
                    (None, Some(Answer::Level(_))) => other.explains = true,
                    _ => {}
                }
            }
            true
        });
    }

    /// Adds what another reader of the same survey saw: a way is left only where no row speaks against it.
    pub(super) fn add(&mut self, seen: Watch) {
        self.others.retain_mut(|other| {
            let same = seen.others.iter().find(|seen| seen.recorded == other.recorded);
            other.explains |= same.is_some_and(|seen| seen.explains);
            same.is_some()
        });
    }

    /// What to try, if some cells made no sense and another way makes sense of every one.
    pub(super) fn advice(&self) -> Option<&str> {
        let other = self.others.iter().find(|other| other.explains)?;
        Some(match (other.recorded, &self.instead) {
            (RecordedAs::Printed, _) => "these look like the printed values: leave --recorded-as out",
            (RecordedAs::OneBased, Some(instead)) => instead,
            (RecordedAs::OneBased, None) => "these look like options counted from 1: try --recorded-as one_based",
            (RecordedAs::Position, _) => "these look like options counted from 0: try --recorded-as position",
        })
    }
}

#[cfg(test)]
mod tests {
    use bearings_engine::diagnostic::SourceFile;

    use super::*;

    /// Items of every kind; `bonds` has words, `turned` is printed from above.
    fn questionnaire() -> Questionnaire {
        let text = r#"{"format": "bearings/questionnaire@1", "id": "q", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "option_lists": {
  "trend": [{"value": -1, "label": "worse"}, {"value": 0, "label": "same"}, {"value": 1, "label": "better"}],
  "yes_no": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}],
  "bonds": [{"value": "partner", "label": "p"}, {"value": "friend", "label": "f"}]}, "items": [
{"id": "trend", "kind": "choice", "text": "?", "options": "trend"},
{"id": "turned", "kind": "choice", "text": "?", "options": "trend", "falling": true},
{"id": "yes", "kind": "choice", "text": "?", "options": "yes_no"},
{"id": "bonds", "kind": "choice", "text": "?", "options": "bonds"},
{"id": "weeks", "kind": "number", "text": "?", "min": 2, "max": 4},
{"id": "ties", "kind": "multi", "text": "?", "options": [{"value": "home", "label": "h"}]}]}"#;
        Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
    }

    #[test]
    fn only_options_with_numbers_are_counted() {
        let questionnaire = questionnaire();
        let cells = |id: &str, recorded| {
            let slot = &questionnaire.slots[questionnaire.slot(id).unwrap()];
            written(slot, questionnaire.item_of(slot).unwrap(), recorded).join(" ")
        };
        for (id, printed, one_based, position) in [
            ("trend", "-1 0 1", "1 2 3", "0 1 2"),
            ("turned", "-1 0 1", "3 2 1", "2 1 0"),
            ("yes", "0 1", "0 1", "0 1"),
            ("bonds", "partner friend", "partner friend", "partner friend"),
            ("weeks", "2 3 4", "2 3 4", "2 3 4"),
            ("ties.home", "0 1", "0 1", "0 1"),
        ] {
            let found = [RecordedAs::Printed, RecordedAs::OneBased, RecordedAs::Position].map(|how| cells(id, how));
            assert_eq!(found, [printed, one_based, position], "{id}");
        }
    }

    #[test]
    fn what_may_stand_in_a_cell_follows_the_way_of_writing() {
        let questionnaire = questionnaire();
        let words = |id: &str, recorded| {
            let slot = &questionnaire.slots[questionnaire.slot(id).unwrap()];
            expected(slot, questionnaire.item_of(slot).unwrap(), recorded)
        };
        assert_eq!(words("trend", RecordedAs::Printed), "-1, 0, 1");
        assert_eq!(words("trend", RecordedAs::OneBased), "1 to 3, options counted");
        assert_eq!(words("turned", RecordedAs::Position), "0 to 2, options counted");
        assert_eq!(words("yes", RecordedAs::OneBased), "0, 1");
    }
}
