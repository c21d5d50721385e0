//! A sweep for programs: `bearings/sweep@1`. Counts are strings of digits, since they pass what a number can hold.

use bearings_engine::{Matrix, Moves, NoImpact};
use serde_json::{Value, json};

use super::super::respondents::told;
use super::{Point, Sweep, Swept, number};

pub(super) fn text(sweep: &Sweep<'_>) -> String {
    let ruleset = sweep.ruleset;
    let people = sweep.people.as_ref().map(|people| {
        json!({
            "survey": people.name,
            "read": people.tally.read.to_string(),
            "rejected": people.tally.rejected.to_string(),
            "without_reading": told(people.unread),
        })
    });
    let object = json!({
        "format": "bearings/sweep@1",
        "ruleset": {"id": ruleset.id, "version": ruleset.version, "sha256": ruleset.sha256},
        "role": sweep.role.as_str(),
        "form": sweep.form.as_str(),
        "respondents": people,
        "parameters": sweep.swept.iter().map(swept).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&object).unwrap_or_default();
    text.push('\n');
    text
}

fn swept(swept: &Swept<'_>) -> Value {
    let parameter = swept.parameter;
    json!({
        "name": parameter.name,
        "in_force": number(&parameter.value),
        "from": number(&parameter.from),
        "to": number(&parameter.to),
        "values": swept.points.iter().map(point).collect::<Vec<_>>(),
    })
}

fn point(point: &Point) -> Value {
    let sheets = match &point.exact {
        Ok(found) => moves(found, "sheets"),
        Err(NoImpact::OverBudget(budget)) => json!({"verdict": "UNKNOWN", "budget": budget}),
        Err(other) => json!({"verdict": "UNKNOWN", "why": other.to_string()}),
    };
    let respondents = point.people.as_ref().map(|found| moves(found, "respondents"));
    json!({"value": number(&point.value), "sheets": sheets, "respondents": respondents})
}

fn moves(moves: &Moves, what: &str) -> Value {
    let matrix = |matrix: &Option<Matrix>| matrix.as_ref().map(|found| shares(found, what));
    json!({"verdict": "COUNTED", "stage": matrix(&moves.stage), "signal": matrix(&moves.signal)})
}

/// The share of each outcome at this value, and of those who have another one with the value in force.
fn shares(matrix: &Matrix, what: &str) -> Value {
    let moved = matrix.moved();
    let shares = matrix.ids.iter().map(|id| {
        let now = matrix.now(id);
        json!({"id": id, what: now.to_string(), "share": now.share_of(&matrix.of)})
    });
    json!({
        what: matrix.of.to_string(),
        "shares": shares.collect::<Vec<_>>(),
        "otherwise": moved.to_string(),
        "otherwise_share": moved.share_of(&matrix.of),
    })
}
