//! The long trace: one line for each rule that fired or was left undecided, with what it read.

use bearings_engine::assessment::{Assessment, ReadValue, RuleReading, ValueRead};
use bearings_engine::responses::Responses;
use bearings_engine::{BlockAssessment, Ruleset, explain_row};

use super::rows::cell;

pub(super) const HEADER: &str = "id,rule,outcome,effect,reads\n";

pub(super) fn row(
    ruleset: &Ruleset,
    responses: &Responses,
    assessed: &BlockAssessment,
    at: usize,
    id: &[u8],
    out: &mut Vec<u8>,
) {
    let Assessment::Read(reading) = explain_row(ruleset, responses, assessed, at) else { return };
    for rule in reading.rules.iter().filter(|rule| rule.outcome != "not_fired") {
        line(id, rule, out);
    }
}

fn line(id: &[u8], rule: &RuleReading, out: &mut Vec<u8>) {
    let reads: Vec<String> = rule.reads.iter().map(read).collect();
    cell(id, out);
    for text in [rule.id.as_str(), rule.outcome, &rule.effect.join(";"), &reads.join(";")] {
        out.push(b',');
        cell(text.as_bytes(), out);
    }
    out.push(b'\n');
}

/// `item=value`, or `item=skipped`.
fn read(read: &ReadValue) -> String {
    let value = match &read.value {
        Some(ValueRead::Answer(value)) => value.to_string(),
        Some(ValueRead::Score(value)) => value.to_string(),
        Some(ValueRead::Truth(truth)) => truth.to_string(),
        None => read.label.clone().unwrap_or_default(),
    };
    format!("{}={value}", read.id)
}
