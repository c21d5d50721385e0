//! A comparison for programs: `bearings/diff@1`. Counts are strings of digits, since they pass what a number can hold.

use bearings_engine::{Cell, Count, Impact, Matrix, NoImpact, Ruleset, Said, Shift, Sides};
use serde_json::{Map, Value, json};

use super::super::respondents::told;
use super::example::{Example, Given};
use super::people::People;
use super::{Comparison, Kind, parameters};

pub(super) fn text(comparison: &Comparison<'_>) -> String {
    let side = |ruleset: &Ruleset, typed: &str| json!({"name": typed, "id": ruleset.id, "version": ruleset.version, "sha256": ruleset.sha256});
    let questionnaire = comparison.old.questionnaire();
    let parameters: Vec<Value> = parameters(comparison.old, comparison.new)
        .into_iter()
        .map(|(name, old, new)| json!({"name": name, "old": old, "new": new}))
        .collect();
    let verdicts: Vec<Value> = comparison
        .verdicts
        .iter()
        .map(|verdict| {
            let found = verdict.found.as_ref().map(Count::to_string);
            json!({"move": verdict.on, "found": found, "fails": verdict.fails()})
        })
        .collect();
    let object = json!({
        "format": "bearings/diff@1",
        "old": side(comparison.old, &comparison.args.old),
        "new": side(comparison.new, &comparison.args.new),
        "questionnaire": {"id": questionnaire.id, "version": questionnaire.version, "sha256": questionnaire.sha256},
        "parameters": parameters,
        "role": comparison.role.as_str(),
        "form": comparison.form.as_str(),
        "sheets": exact(comparison),
        "respondents": comparison.people.as_ref().map(people),
        "fail_on": verdicts,
    });
    let mut text = serde_json::to_string_pretty(&object).unwrap_or_default();
    text.push('\n');
    text
}

fn exact(comparison: &Comparison<'_>) -> Value {
    let impact = match &comparison.exact {
        Ok(impact) => impact,
        Err(NoImpact::OverBudget(budget)) => return json!({"verdict": "UNKNOWN", "budget": budget}),
        Err(other) => return json!({"verdict": "UNKNOWN", "why": other.to_string()}),
    };
    let cell = |cell: &Cell, all: &Count, kind: Kind| {
        let mut object = cell_of(cell, all, "sheets");
        if let Some(example) = cell.example.as_ref().and_then(|example| Example::of(example, comparison, kind)) {
            object.insert("example".into(), example_of(&example));
        }
        Value::Object(object)
    };
    let matrix = |matrix: &Option<Matrix>, kind: Kind| {
        matrix.as_ref().map(|found| matrix_of(found, "sheets", |own| cell(own, &found.of, kind)))
    };
    let Impact { sheets, shown, moves, reasons, overlays, rules, other_straightline } = impact;
    json!({
        "verdict": if impact.is_none() { "SAME" } else { "COUNTED" },
        "count": sheets.to_string(),
        "answered_and_shown": shown.to_string(),
        "stage": matrix(&moves.stage, Kind::Stage),
        "signal": matrix(&moves.signal, Kind::Signal),
        "reason_of_mixed": reasons.iter().map(|own| cell_of(own, shown, "sheets").into()).collect::<Vec<Value>>(),
        "overlays": overlays.iter().map(shift).collect::<Vec<_>>(),
        "rules": rules.iter().map(shift).collect::<Vec<_>>(),
        "other_straightline_screen": other_straightline,
    })
}

fn cell_of(cell: &Cell, all: &Count, what: &str) -> Map<String, Value> {
    let share = cell.count.share_of(all);
    let pairs = [
        ("from", json!(cell.from)),
        ("to", json!(cell.to)),
        (what, json!(cell.count.to_string())),
        ("share", json!(share)),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn matrix_of(matrix: &Matrix, what: &str, cell: impl Fn(&Cell) -> Value) -> Value {
    let moved = matrix.moved();
    json!({
        "ids": matrix.ids,
        what: matrix.of.to_string(),
        "moved": moved.to_string(),
        "moved_share": moved.share_of(&matrix.of),
        "cells": matrix.cells.iter().map(cell).collect::<Vec<_>>(),
    })
}

/// A whole sheet, which answers of it matter, on which of them both sides part, and what they say of it.
fn example_of(example: &Example<'_>) -> Value {
    let ids = |answers: &[Given]| answers.iter().map(|answer| answer.id.clone()).collect::<Vec<_>>();
    json!({
        "turns_on": ids(&example.turns_on),
        "matters": ids(&example.matters),
        "sheet": example.sheet,
        "old": said_of(example.old),
        "new": said_of(example.new),
    })
}

fn said_of(said: Said<'_>) -> Value {
    json!({"stage": said.stage, "signal": said.signal, "reason": said.reason})
}

fn shift(shift: &Shift) -> Value {
    let on = match shift.on {
        Sides::Both => "both",
        Sides::OldOnly => "old",
        Sides::NewOnly => "new",
    };
    json!({"id": shift.id, "on": on, "gained": shift.gained.to_string(), "lost": shift.lost.to_string()})
}

fn people(people: &People<'_>) -> Value {
    let matrix = |matrix: &Option<Matrix>| {
        matrix
            .as_ref()
            .map(|found| matrix_of(found, "respondents", |cell| cell_of(cell, &found.of, "respondents").into()))
    };
    let causes: Vec<Value> = people
        .causes
        .iter()
        .map(|(cause, rows)| json!({"kind": cause.kind, "id": cause.id, "respondents": rows.to_string()}))
        .collect();
    let first: Vec<Value> = people
        .first
        .iter()
        .map(|one| json!({"id": one.id, "old": said_of(one.old), "new": said_of(one.new)}))
        .collect();
    json!({
        "survey": people.name,
        "read": people.tally.read.to_string(),
        "rejected": people.tally.rejected.to_string(),
        "without_reading": told(people.unread),
        "compared": people.compared.to_string(),
        "stage": matrix(&people.moves.stage),
        "signal": matrix(&people.moves.signal),
        "moved": people.moved.to_string(),
        "other_reason": people.other_reason.to_string(),
        "first_moved": first,
        "differs": causes,
        "moved_and_nothing_differs": people.without_cause.to_string(),
    })
}
