//! A questionnaire: what it asks, of whom, and which answers there are.

use bearings_engine::questionnaire::{
    Direction, Form, Item, ItemKind, Operator, Questionnaire, ResponseOption, Role, Tier,
};

use crate::report::{Entry, Page, Row};

/// Adds the questionnaire to a page.
pub(super) fn describe(page: &mut Page, questionnaire: &Questionnaire) {
    page.title(format!("{}: {}", questionnaire.id, questionnaire.title));
    page.text(questionnaire.description.clone());
    page.rows(vec![
        Row::new("kind", "questionnaire"),
        Row::new("version", questionnaire.version.clone()),
        Row::new("source", questionnaire.source.clone()),
        Row::new("licence", questionnaire.licence.clone()),
        Row::new("questions", questionnaire.items.len().to_string()),
    ]);
    page.heading("Questions");
    page.entries(questionnaire.items.iter().map(|item| entry(questionnaire, item)).collect());
}

fn entry(questionnaire: &Questionnaire, item: &Item) -> Entry {
    let role = item.roles.first().copied().unwrap_or(Role::Hurt);
    let mut rows = vec![Row::new("question", bearings_engine::item_text(questionnaire, item, role, None))];
    rows.push(Row::new("answers", answers(item)));
    let printed = [
        (item.falling, "from the highest number down"),
        (item.keyed, "with numbers that point the right way: not to be reversed"),
    ];
    let printed: Vec<&str> = printed.into_iter().filter_map(|(is, words)| is.then_some(words)).collect();
    if !printed.is_empty() {
        rows.push(Row::new("printed", printed.join(", ")));
    }
    let mut asked: Vec<String> = Vec::new();
    if !item.roles.is_empty() {
        asked.push(format!("of {}", item.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")));
    }
    if let [form] = item.forms.as_slice() {
        asked.push(format!("in the {} form", form.as_str()));
    }
    if let Some(condition) = &item.asked_if {
        asked.push(format!("if {} {} {}", condition.item, sign(condition.op), condition.value));
    }
    if !asked.is_empty() {
        rows.push(Row::new("asked", asked.join(", ")));
    }
    if let Some(safety) = safety(item) {
        rows.push(Row::new("safety", safety));
    }
    if let Some(reads) = reads(item) {
        rows.push(Row::new("counts", reads));
    }
    rows.extend(item.source.iter().map(|source| Row::new("source", source.clone())));
    Entry { text: item.id.clone(), rows, ..Entry::default() }
}

fn answers(item: &Item) -> String {
    let mut text = match &item.kind {
        ItemKind::Choice(options) => options.iter().map(option_words).collect::<Vec<_>>().join("; "),
        ItemKind::Multi(options) => {
            format!("any of: {}", options.iter().map(option_words).collect::<Vec<_>>().join("; "))
        }
        ItemKind::Number { min, max, unit, max_label } => {
            let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let most = max_label.as_ref().map(|label| format!(" ({max}: {label})")).unwrap_or_default();
            format!("a whole number from {min} to {max}{unit}{most}")
        }
        ItemKind::Text => "free text, never scored".to_owned(),
    };
    if item.offers_not_applicable {
        text.push_str("; or does not apply");
    }
    text
}

/// The stored value and the label, or the label alone where it starts with the value.
fn option_words(option: &ResponseOption) -> String {
    let value = option.value.to_string();
    if option.label.starts_with(&value) { option.label.clone() } else { format!("{value} {}", option.label) }
}

fn reads(item: &Item) -> Option<String> {
    let direction = match item.direction {
        Some(Direction::Supports) => "a higher answer supports repair",
        Some(Direction::Concern) => "a higher answer is a concern",
        Some(Direction::Neutral) => "read by rules, never averaged",
        None => return item.dimension.clone(),
    };
    match &item.dimension {
        Some(dimension) => Some(format!("{direction}; {}", dimension.replace('_', " "))),
        None => Some(direction.to_owned()),
    }
}

/// What the gate does with it, without saying which answer does what.
fn safety(item: &Item) -> Option<String> {
    let what = match (item.safety.as_ref()?.tier, item.block) {
        (Tier::Hard | Tier::Soft, true) => "asked for safety; no rule reads it",
        (Tier::Opens, _) => "can bring the safety questions forward",
        (Tier::Crisis, _) => "can bring up the crisis line",
        (Tier::Hard | Tier::Soft, false) => "asked for safety too",
    };
    Some(what.to_owned())
}

/// A comparison in words.
pub(in crate::command) fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "is",
        Operator::NotEqual => "is not",
        Operator::AtMost => "is at most",
        Operator::AtLeast => "is at least",
        Operator::Less => "is below",
        Operator::Greater => "is above",
    }
}

/// The form in words, for whoever lists variants.
pub(super) fn form_words(form: Form) -> &'static str {
    match form {
        Form::Short => "short form",
        Form::Full => "full form",
    }
}
