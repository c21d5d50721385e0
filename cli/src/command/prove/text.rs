//! The verdicts for eyes: one line a property, then what each of them rests on.

use bearings_engine::{Claim, Kind, Proof, Ruleset, Verdict};

use super::super::grid::paragraph;
use super::witness;
use crate::load::not_looked_at;
use crate::report::tame;

/// The most counterexamples of a property; `--json` has all.
const TOLD: usize = 5;
/// The greatest width of the column of ids; a longer one moves its title aside.
const IDS: usize = 16;

/// The whole text.
pub(super) fn text(ruleset: &Ruleset, proof: &Proof) -> String {
    let sheets = match &proof.sheets {
        Some(count) => format!("all {} answer sheets", count.rough()),
        None => "all answer sheets".to_owned(),
    };
    let (id, version) = (&ruleset.id, &ruleset.version);
    let (role, form) = (proof.role, proof.form);
    let mut text = format!("{id} {version}: {sheets} without a gap ({}, {} form)\n", role.as_str(), form.as_str());
    text.push_str(&not_looked_at(ruleset.questionnaire(), role, form));
    text.push('\n');
    let width = proof.claims.iter().map(|claim| claim.id.chars().count()).max().unwrap_or(0).min(IDS);
    for claim in &proof.claims {
        let word = match claim.verdict {
            Verdict::Proved => "PROVED",
            Verdict::Refuted(_) => "REFUTED",
            Verdict::Unknown(_) => "UNKNOWN",
        };
        let of = if claim.of > 1 { format!(" ({})", claim.of) } else { String::new() };
        text.push_str(&format!("{word:7}  {:width$}  {}{of}\n", claim.id, tame(&claim.title)));
    }
    for claim in &proof.claims {
        if let Verdict::Refuted(_) = claim.verdict {
            refuted(&mut text, ruleset, claim);
        }
    }
    untold(&mut text, proof);
    for claim in proof.claims.iter().filter(|claim| !claim.exempt.is_empty()) {
        text.push_str(&format!("\nSet apart from {}:\n", claim.id));
        for exempt in &claim.exempt {
            paragraph(&mut text, exempt, 2);
        }
    }
    text.push('\n');
    paragraph(&mut text, &over(ruleset, proof), 0);
    text
}

/// What refutes a property.
fn refuted(text: &mut String, ruleset: &Ruleset, claim: &Claim) {
    let Verdict::Refuted(found) = &claim.verdict else { return };
    let at = claim.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
    text.push('\n');
    paragraph(text, &format!("{}{at} is broken: {}", claim.id, claim.title), 0);
    for (number, counterexample) in found.iter().take(TOLD).enumerate() {
        paragraph(text, &format!("{}. {}", number + 1, counterexample.says), 2);
        text.push_str(&witness::table(ruleset, &counterexample.sheets));
    }
    match found.len().saturating_sub(TOLD) {
        0 => {}
        more => text.push_str(&format!("  and {more} more; --json has all\n")),
    }
}

/// What could not be told, by the reason why.
fn untold(text: &mut String, proof: &Proof) {
    let mut told: Vec<&str> = Vec::new();
    for claim in &proof.claims {
        let Verdict::Unknown(why) = &claim.verdict else { continue };
        if told.contains(&why.as_str()) {
            continue;
        }
        told.push(why);
        let same = |other: &&Claim| matches!(&other.verdict, Verdict::Unknown(other) if other == why);
        let ids: Vec<&str> = proof.claims.iter().filter(same).map(|claim| claim.id.as_str()).collect();
        text.push('\n');
        paragraph(text, &format!("Not told: {}", ids.join(", ")), 0);
        paragraph(text, why, 2);
    }
}

/// What all of it is said of.
fn over(ruleset: &Ruleset, proof: &Proof) -> String {
    let mut text = "A sheet answers every question of this form".to_owned();
    if ruleset.kind == Kind::Assessment {
        text.push_str("; what the safety gate looks at may also be skipped or declined");
    }
    text.push_str(". ");
    let variant = ruleset.variant(proof.role, proof.form);
    if variant.is_some_and(|variant| variant.screens.straightline.is_some()) {
        text.push_str("One of nearly equal answers (`screen straightline`) is read as contradictory instead. ");
    }
    text.push_str("In brackets: of how many items, stages, rules ... it is said. ");
    text.push_str("All of this is about the rules, and nothing about people.");
    text
}
