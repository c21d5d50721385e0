//! Sheets that show something: the answers that make it so, and what is read of them.

use bearings_engine::assessment::Assessment;
use bearings_engine::questionnaire::Slot;
use bearings_engine::responses::{Answer, Responses};
use bearings_engine::{Ruleset, Witness, assess};
use comfy_table::{Table, presets};

/// The answers that matter on one or two sheets, side by side, and the results; empty for no sheet.
pub(super) fn table(ruleset: &Ruleset, sheets: &[Witness]) -> String {
    let Some(first) = sheets.first() else { return String::new() };
    let questionnaire = ruleset.questionnaire();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if sheets.len() > 1 {
        table.add_row(["", "before", "after"]);
    }
    for slot in &first.matters {
        let Some(found) = questionnaire.slots.get(*slot) else { continue };
        let answers = sheets.iter().map(|sheet| answer(found, &sheet.responses, *slot));
        let answers: Vec<String> = answers.collect();
        let differs = answers.iter().any(|answer| Some(answer) != answers.first());
        let mut row = vec![format!("    {}{}", if differs { "> " } else { "  " }, found.id)];
        row.extend(answers);
        table.add_row(row);
    }
    for (what, read) in [("signal", signal as fn(&Assessment) -> String), ("stage", stage)] {
        let mut row = vec![format!("      {what}")];
        row.extend(sheets.iter().map(|sheet| match assess(ruleset, &sheet.responses) {
            Ok(assessment) => read(&assessment),
            Err(missing) => missing.to_string(),
        }));
        table.add_row(row);
    }
    let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n      (other answers are free; signal and stage are one example; --json has all)\n", lines.join("\n"))
}

fn answer(slot: &Slot, responses: &Responses, at: usize) -> String {
    match responses.answers.get(at) {
        Some(Answer::Level(level)) => {
            let level = usize::from(*level);
            let value = slot.levels.value(level).map_or_else(String::new, |value| value.to_string());
            match slot.levels.label(level) {
                label if label.is_empty() || label == value => value,
                label => format!("{value} ({label})"),
            }
        }
        Some(Answer::Missing(reason)) => reason.as_str().to_owned(),
        None => String::new(),
    }
}

/// The signal and its reason.
pub(super) fn signal(assessment: &Assessment) -> String {
    match assessment {
        Assessment::Withheld(_) => "withheld".to_owned(),
        Assessment::Read(reading) => {
            let id = reading.signal.id.clone().unwrap_or_else(|| "none".to_owned());
            reading.signal.reason.as_ref().map_or(id.clone(), |reason| format!("{id} ({reason})"))
        }
    }
}

/// The stage.
pub(super) fn stage(assessment: &Assessment) -> String {
    match assessment {
        Assessment::Withheld(_) => "withheld".to_owned(),
        Assessment::Read(reading) => {
            reading.stage.as_ref().map_or_else(|| "unplaced".to_owned(), |stage| stage.id.clone())
        }
    }
}
