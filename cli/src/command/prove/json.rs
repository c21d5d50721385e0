//! `bearings/proof@1`: the same for programs.

use bearings_engine::responses::{SafetyBlock, write_answers};
use bearings_engine::{Claim, Counterexample, Proof, Ruleset, Verdict, Witness, assess};
use serde_json::{Value, json};

use super::witness::{signal, stage};

/// One object, and a line break.
pub(super) fn text(ruleset: &Ruleset, proof: &Proof, budget: usize) -> String {
    let value = json!({
        "format": "bearings/proof@1",
        "ruleset": { "id": ruleset.id, "version": ruleset.version, "sha256": ruleset.sha256 },
        "questionnaire": { "id": ruleset.questionnaire().id, "version": ruleset.questionnaire().version },
        "role": proof.role.as_str(),
        "form": proof.form.as_str(),
        // Digits: the number is greater than any that JSON readers keep exactly.
        "over": "sheets on which every question is answered; what the safety gate looks at may be skipped or declined",
        "sheets": proof.sheets.as_ref().map(ToString::to_string),
        "budget": budget,
        "claims": proof.claims.iter().map(|one| claim(ruleset, one)).collect::<Vec<Value>>(),
    });
    format!("{value:#}\n")
}

fn claim(ruleset: &Ruleset, claim: &Claim) -> Value {
    let (verdict, why, found): (&str, Option<&str>, &[Counterexample]) = match &claim.verdict {
        Verdict::Proved => ("proved", None, &[]),
        Verdict::Refuted(found) => ("refuted", None, found),
        Verdict::Unknown(why) => ("unknown", Some(why), &[]),
    };
    let counterexamples = found.iter().map(|counterexample| {
        let sheets: Vec<Value> = counterexample.sheets.iter().map(|sheet| witness(ruleset, sheet)).collect();
        json!({ "says": counterexample.says, "sheets": sheets })
    });
    json!({
        "id": claim.id,
        "title": claim.title,
        "at": claim.at,
        "of": claim.of,
        "exempt": claim.exempt,
        "verdict": verdict,
        "why": why,
        "counterexamples": counterexamples.collect::<Vec<Value>>(),
    })
}

fn witness(ruleset: &Ruleset, sheet: &Witness) -> Value {
    let questionnaire = ruleset.questionnaire();
    let matters = sheet.matters.iter().filter_map(|slot| questionnaire.slots.get(*slot)).map(|slot| slot.id.clone());
    // Nobody's answers: the sheet was made by the proof, so its safety answers may stand in it.
    let answers = write_answers(questionnaire, &sheet.responses, SafetyBlock::Answered);
    let (signal, stage) = match assess(ruleset, &sheet.responses) {
        Ok(assessment) => (Some(signal(&assessment)), Some(stage(&assessment))),
        Err(_) => (None, None),
    };
    json!({ "matters": matters.collect::<Vec<String>>(), "answers": answers, "signal": signal, "stage": stage })
}
