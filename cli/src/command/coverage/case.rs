//! A missing case: a whole sheet, the answers that matter first, and the expectation left to a person.

use bearings_engine::CASE_FORMAT;
use bearings_engine::covered::{Covered, Suggestion};
use bearings_engine::questionnaire::{Questionnaire, ROLE_ITEM};
use bearings_engine::responses::{SafetyBlock, write_answers};
use serde::Serialize;

use super::Looked;
use super::text::shown;
use crate::exit::Failure;

/// What a suggested case says of itself, until a person has said what must come out.
const LEFT_TO_A_PERSON: &str = "decide what must come out, write it under `expect`, and take this line out";

/// How many targets a description names.
const NAMED: usize = 6;

/// The name of its file, after the first thing that it covers.
pub(super) fn name(covered: &Covered, sheet: &Suggestion) -> String {
    let first = sheet.covers.first().and_then(|target| Some((covered.parts.get(target.part)?, target.shows)));
    let (id, word) = first.map_or(("sheet", ""), |(tried, shows)| (tried.part.id.as_str(), shows.as_str()));
    format!("covers-{}-{word}", id.replace(['_', '.'], "-"))
}

/// The text of the case.
///
/// # Errors
/// None in truth: what is written here is text.
pub(super) fn text(looked: &Looked, sheet: &Suggestion) -> Result<String, Failure> {
    let questionnaire = looked.ruleset.questionnaire();
    let responses = &sheet.witness.responses;
    let file = write_answers(questionnaire, responses, SafetyBlock::Answered);
    let order = order(questionnaire, &sheet.witness.matters);
    let ordered = |id: &String| order.iter().position(|own| own == id);
    let mut answers: Vec<(&String, String)> = Vec::new();
    for (id, value) in &file.answers {
        answers.push((id, json(value)?));
    }
    answers.sort_by_key(|(id, _)| ordered(id));
    // What a question hangs on says whether it was asked.
    let mut missing: Vec<(&String, String)> = Vec::new();
    for (id, reason) in file.missing.iter().filter(|(_, reason)| reason.is_unknown()) {
        missing.push((id, json(reason)?));
    }
    missing.sort_by_key(|(id, _)| ordered(id));
    let mut lines = vec![
        format!("  \"format\": {}", json(CASE_FORMAT)?),
        format!("  \"description\": {}", json(&description(&looked.covered, sheet))?),
        format!("  \"todo\": {}", json(LEFT_TO_A_PERSON)?),
        format!("  \"form\": {}", json(responses.form.as_str())?),
        format!("  \"answers\": {}", object(&answers)?),
    ];
    if !missing.is_empty() {
        lines.push(format!("  \"missing\": {}", object(&missing)?));
    }
    lines.push("  \"expect\": {}".to_owned());
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

fn description(covered: &Covered, sheet: &Suggestion) -> String {
    let names: Vec<String> = sheet.covers.iter().take(NAMED).filter_map(|target| shown(covered, *target)).collect();
    let more = sheet.covers.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("covers: {}{more}", names.join("; "))
}

/// The items, those first whose answers make the sheet what it is.
fn order(questionnaire: &Questionnaire, matters: &[usize]) -> Vec<String> {
    let item = |slot: &usize| questionnaire.item_of(questionnaire.slots.get(*slot)?).map(|item| item.id.clone());
    let role = std::iter::once(ROLE_ITEM.to_owned());
    let all = questionnaire.items.iter().map(|item| item.id.clone());
    role.chain(matters.iter().filter_map(item)).chain(all).collect()
}

fn object(fields: &[(&String, String)]) -> Result<String, Failure> {
    let lines: Vec<String> = fields
        .iter()
        .map(|(name, value)| Ok(format!("    {}: {value}", json(name)?)))
        .collect::<Result<_, Failure>>()?;
    Ok(if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n  }}", lines.join(",\n")) })
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::writing("a case", error.into()))
}
