//! The columns of a survey: one an item, one for each option where several can be ticked.

use std::collections::BTreeMap;

use bearings_engine::questionnaire::{
    Form, Item, ItemKind, Levels, MINOR_ITEM, OptionValue, Questionnaire, ResponseOption, Role, Slot,
};
use bearings_engine::responses::Missing;
use bearings_engine::{Ruleset, item_text, slot_label};

use super::{Codebook, Column, Values, one_line};

/// What is said of the columns of a questionnaire, or of what one form asks, or one role is asked. The ruleset says what
/// is made of them.
pub(super) fn describe(
    questionnaire: &Questionnaire,
    ruleset: Option<&Ruleset>,
    form: Option<Form>,
    role: Option<Role>,
) -> Codebook {
    let asked = |item: &Item| {
        let in_form = form.is_none_or(|form| item.forms.is_empty() || item.forms.contains(&form));
        in_form && role.is_none_or(|role| item.roles.is_empty() || item.roles.contains(&role))
    };
    let keys = keys(ruleset);
    let slots = questionnaire.slots.iter().enumerate();
    let columns = slots.filter_map(|(at, slot)| {
        let item = questionnaire.item_of(slot).filter(|item| asked(item))?;
        Some(column(questionnaire, item, slot, keys.get(&at).cloned().unwrap_or_default()))
    });
    let mut about = vec![
        ("Version", questionnaire.version.clone()),
        ("Source", one_line(&questionnaire.source)),
        ("Licence", one_line(&questionnaire.licence)),
    ];
    if let Some(ruleset) = ruleset {
        about.push(("Scales", format!("those of the ruleset {} {}", ruleset.id, ruleset.version)));
    }
    let mut id = Column::new("id", "the respondent", Values::Id);
    id.asked = "a number or word that is not made of a name, a birthday or an address".to_owned();
    let columns: Vec<Column> = std::iter::once(id).chain(columns).collect();
    Codebook {
        id: questionnaire.id.clone(),
        title: one_line(&questionnaire.title),
        version: questionnaire.version.clone(),
        file: "survey.csv",
        about,
        notes: notes(questionnaire, &columns),
        columns,
    }
}

fn notes(questionnaire: &Questionnaire, columns: &[Column]) -> Vec<String> {
    let mut notes = Vec::new();
    let private = columns.iter().filter(|column| column.private.is_some()).count();
    if private > 0 {
        notes.push(format!(
            "columns with private answers (about safety, or age): {private}; keep them apart from the others, and from \
             whoever need not see them"
        ));
    }
    let free = questionnaire.items.iter().filter(|item| item.kind == ItemKind::Text);
    let free: Vec<String> = free.map(|item| format!("`{}`", item.id)).collect();
    if !free.is_empty() {
        notes.push(format!(
            "free text has no column here, since nothing scores it and it can tell who somebody is: {}",
            free.join(", ")
        ));
    }
    notes
}

/// What scales make of each slot, in words.
fn keys(ruleset: Option<&Ruleset>) -> BTreeMap<usize, Vec<String>> {
    let mut keys: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let scales = ruleset.into_iter().flat_map(|ruleset| ruleset.variants()).flat_map(|(_, variant)| &variant.scales);
    for scale in scales {
        for item in &scale.items {
            let weight = if item.weight == 1 { String::new() } else { format!(", times {}", item.weight) };
            let reversed = match item.reversed {
                true => format!(", reversed ({} - value)", item.min + item.max),
                false => String::new(),
            };
            let key = format!("{}{reversed}{weight}", scale.id);
            let known = keys.entry(item.slot).or_default();
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }
    keys
}

fn column(questionnaire: &Questionnaire, item: &Item, slot: &Slot, scales: Vec<String>) -> Column {
    let role = item.roles.first().copied().unwrap_or(Role::Hurt);
    let values = match (&slot.levels, &item.kind) {
        (Levels::Options(options), _) => Values::OneOf(options.clone()),
        (Levels::Range { min, max }, ItemKind::Number { unit, max_label, .. }) => {
            let unit = unit.clone().unwrap_or_default();
            let most = max_label.as_ref().map(|label| format!("{max}: {label}")).unwrap_or_default();
            let unit = [unit, most].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
            Values::Whole { min: Some(*min), max: Some(*max), unit }
        }
        (Levels::Range { min, max }, _) => Values::Whole { min: Some(*min), max: Some(*max), unit: String::new() },
    };
    let label = match (&item.label, option(item, slot)) {
        (None, None) => String::new(),
        (None, Some(option)) => one_line(&option.label),
        (Some(_), _) => one_line(&slot_label(questionnaire, slot, role, None)),
    };
    Column {
        question: one_line(&item_text(questionnaire, item, role, None)),
        other_wordings: other_wordings(questionnaire, item, role),
        missing: missing(item),
        scales,
        asked: asked(item),
        private: private(item),
        // As our own surveys write them, and as every reader takes them.
        ..Column::new(slot.id.replacen('.', "__", 1), label, values)
    }
}

fn option<'a>(item: &'a Item, slot: &Slot) -> Option<&'a ResponseOption> {
    match &item.kind {
        ItemKind::Multi(options) => options.get(slot.option?),
        _ => None,
    }
}

/// The question as it is worded for other roles and bonds, as far as that differs: for whom, and how.
fn other_wordings(questionnaire: &Questionnaire, item: &Item, first: Role) -> Vec<(String, String)> {
    let roles: &[Role] = if item.roles.is_empty() { &Role::ALL } else { &item.roles };
    let bonds = std::iter::once(None).chain(questionnaire.bond_words.keys().copied().map(Some));
    let mut seen = vec![one_line(&item_text(questionnaire, item, first, None))];
    let mut found = Vec::new();
    for bond in bonds {
        let texts: Vec<(Role, String)> =
            roles.iter().map(|role| (*role, one_line(&item_text(questionnaire, item, *role, bond)))).collect();
        let is_one = texts.iter().all(|(_, text)| texts.first().is_some_and(|(_, first)| first == text));
        for (role, text) in texts {
            if seen.contains(&text) {
                continue;
            }
            let role = (!is_one).then(|| role.as_str());
            let whom: Vec<&str> = role.into_iter().chain(bond.map(|bond| bond.as_str())).collect();
            seen.push(text.clone());
            found.push((whom.join(", "), text));
        }
    }
    found
}

/// What a cell may hold instead of an answer.
fn missing(item: &Item) -> Vec<(&'static str, &'static str)> {
    let mut words = vec![("", "left open, or not asked")];
    let reasons = [Missing::Skipped, Missing::Declined, Missing::DontKnow, Missing::NotApplicable];
    let offered = reasons.into_iter().filter(|reason| *reason != Missing::NotApplicable || item.offers_not_applicable);
    words.extend(offered.map(|reason| (reason.as_str(), reason.in_words())));
    words
}

fn asked(item: &Item) -> String {
    let mut asked = Vec::new();
    if !item.roles.is_empty() {
        let roles: Vec<&str> = item.roles.iter().map(|role| role.as_str()).collect();
        asked.push(format!("of {}", roles.join(", ")));
    }
    if let [form] = item.forms.as_slice() {
        asked.push(format!("in the {} form", form.as_str()));
    }
    if let Some(condition) = &item.asked_if {
        let item = condition.item.replacen('.', "__", 1);
        asked.push(format!("if {item} {} {}", crate::command::show::sign(condition.op), condition.value));
    }
    asked.join(", ")
}

/// Why a column is private, if it is.
fn private(item: &Item) -> Option<&'static str> {
    if item.block {
        Some("about safety")
    } else if item.id == MINOR_ITEM {
        Some("age")
    } else {
        None
    }
}

/// Whether the values of a column are words.
pub(super) fn are_words(options: &[ResponseOption]) -> bool {
    options.iter().any(|option| matches!(option.value, OptionValue::Word(_)))
}
