//! Which column holds which answers: by the map, by its name, by its number, or by the question above it.

use std::collections::{BTreeMap, BTreeSet};

use bearings_engine::questionnaire::{ItemKind, Questionnaire, Role};

use crate::survey::Config;
use crate::survey::cells::fold;
use crate::survey::dialect::Dialect;
use crate::survey::header::Header;
use crate::survey::map::{Fits, Holds};

/// The names that stand for slots, and the numbers.
pub(super) struct Names<'a> {
    slots: BTreeMap<String, usize>,
    /// The same in small letters, and how they are written.
    lower: BTreeMap<String, String>,
    questionnaire: &'a Questionnaire,
    config: &'a Config<'a>,
}

impl<'a> Names<'a> {
    /// Every name that a column may have.
    pub(super) fn new(questionnaire: &'a Questionnaire, config: &'a Config<'a>) -> Self {
        let slots = questionnaire.slots.iter().enumerate();
        let slots: BTreeMap<String, usize> =
            slots.flat_map(|(at, slot)| slot.column_names().into_iter().map(move |name| (name, at))).collect();
        let lower = slots.keys().map(|name| (name.to_lowercase(), name.clone())).collect();
        Self { slots, lower, questionnaire, config }
    }

    /// The slot of a column with this name.
    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.slots.get(name).copied().or_else(|| self.numbered(name))
    }

    /// The slot of a numbered column: question 1 is the first that can be answered.
    fn numbered(&self, name: &str) -> Option<usize> {
        let at = self.config.pattern()?.number(name)?.checked_sub(1)?;
        (at < self.questionnaire.slots.len()).then_some(at)
    }

    /// What a name would be in the case of the questionnaire, or of the pattern.
    pub(super) fn in_its_case(&self, name: &str) -> Option<String> {
        let slot = self.lower.get(&name.to_lowercase()).cloned();
        slot.or_else(|| self.config.pattern()?.in_its_case(name))
    }
}

/// What each column holds, none if it holds no answers.
pub(super) fn holdings(
    dialect: &Dialect,
    names: &Names<'_>,
    fits: Option<&Fits>,
    questionnaire: &Questionnaire,
) -> Vec<Option<Holds>> {
    let header = &dialect.header;
    let is_left_out = |column: usize| fits.is_some_and(|fits| fits.not_read.contains(&column));
    let mut held: Vec<Option<Holds>> = (0..header.width())
        .map(|column| {
            if let Some(fitted) = fits.and_then(|fits| fits.columns.get(&column)) {
                return Some(fitted.holds.clone());
            }
            let name = header.name(column).filter(|name| !name.is_empty() && !is_left_out(column))?;
            let other = || names.slot(&dialect.platform.other_name(name)?);
            names.slot(name).or_else(other).map(Holds::Slot)
        })
        .collect();
    let mut taken: BTreeSet<usize> = held.iter().flatten().flat_map(|holds| slots(holds, questionnaire)).collect();
    if let Some(separator) = dialect.platform.ticked_by() {
        for (column, place) in held.iter_mut().enumerate().filter(|(column, _)| !is_left_out(*column)) {
            let item = questionnaire.items.iter().position(|item| {
                Some(item.id.as_str()) == header.name(column) && matches!(item.kind, ItemKind::Multi(_))
            });
            let Some(item) = item.filter(|_| place.is_none()) else { continue };
            let own: Vec<usize> = questionnaire.slots_of(item).map(|(slot, _)| slot).collect();
            // Some write a column for each option besides; nothing is lost if the whole one is not read.
            if own.iter().all(|slot| !taken.contains(slot)) {
                taken.extend(own);
                *place = Some(Holds::Item(item, separator.to_owned()));
            }
        }
    }
    // Who pinned the columns in a map has said what is meant.
    if fits.is_none() {
        for (column, slot) in asked(header, questionnaire, &taken) {
            if let Some(place) = held.get_mut(column).filter(|place| place.is_none()) {
                *place = Some(Holds::Slot(slot));
            }
        }
    }
    held
}

/// The slots whose answers are held.
pub(super) fn slots(holds: &Holds, questionnaire: &Questionnaire) -> Vec<usize> {
    match holds {
        Holds::Slot(slot) => vec![*slot],
        Holds::Item(item, _) => questionnaire.slots_of(*item).map(|(slot, _)| slot).collect(),
    }
}

/// Columns above which a question stands word for word as the questionnaire asks it, or that are named by it. A text
/// that two columns or two questions have tells nothing.
fn asked(header: &Header, questionnaire: &Questionnaire, taken: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let mut questions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, slot) in questionnaire.slots.iter().enumerate() {
        let Some(item) = questionnaire.item_of(slot) else { continue };
        let text = item.text.pick(Role::Hurt, None);
        let option = match (&item.kind, slot.option) {
            (ItemKind::Multi(options), Some(option)) => options.get(option).map(|option| option.label.as_str()),
            _ => None,
        };
        let texts = match option {
            None => vec![fold(text)],
            // As Google Forms and LimeSurvey, and as Qualtrics write it.
            Some(label) => vec![fold(&format!("{text} [{label}]")), fold(&format!("{text} - {label}"))],
        };
        for text in texts {
            questions.entry(text).or_default().push(at);
        }
    }
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for column in 0..header.width() {
        let texts = [header.name(column), header.question(column)];
        let found = texts.into_iter().flatten().find_map(|text| questions.get(&fold(text)));
        if let Some([slot]) = found.map(Vec::as_slice) {
            columns.entry(*slot).or_default().push(column);
        }
    }
    columns
        .into_iter()
        .filter(|(slot, _)| !taken.contains(slot))
        .filter_map(|(slot, columns)| match columns.as_slice() {
            [column] => Some((*column, slot)),
            _ => None,
        })
        .collect()
}
