//! `bearings prove`: what a ruleset promises, over every possible answer sheet.

mod json;
mod witness;

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::questionnaire::Role;
use bearings_engine::{Claim, Kind, Proof, Ruleset, Verdict, claims_of, prove};

use crate::args::{Common, ProveArgs};
use crate::exit::Failure;
use crate::load::{Definition, not_looked_at};
use crate::output::Output;

/// Proves what can be proved.
///
/// # Errors
/// A ruleset that cannot be used, or a property that it does not have. What is refuted or unknown is no error: status 1.
pub(crate) fn run(args: &ProveArgs, common: &Common) -> Result<ExitCode, Failure> {
    let (role, form) = (args.variant.role.into(), args.variant.form.into());
    // Who is both is read as the hurt one; their own part can only take `keep_going` away.
    let role = if role == Role::Both { Role::Hurt } else { role };
    let definition = Definition::read(&args.ruleset, args.variant.questionnaire.as_deref())?;
    let ruleset = definition.ready(&args.variant.settings, vec![(role, form)], common)?;
    let known = claims_of(&ruleset, role, form);
    if ruleset.kind == Kind::Instrument {
        let message = format!("`{}` is an instrument: it has scores and bands, and no result to prove", ruleset.id);
        return Err(Failure::Usage(message));
    }
    if let Some(wanted) = &args.property
        && !known.iter().any(|(id, _)| id == wanted)
    {
        let ids: Vec<&str> = known.iter().map(|(id, _)| id.as_str()).collect();
        return Err(Failure::Usage(format!("there is no property `{wanted}`; there are: {}", ids.join(", "))));
    }
    let proof = prove(&ruleset, role, form, args.variant.budget, args.property.as_deref())
        .ok_or_else(|| Failure::Usage("this ruleset has no such role and form".to_owned()))?;
    let text = if args.json { json::text(&ruleset, &proof, args.variant.budget) } else { text(&ruleset, &proof) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    let is_proved = |claim: &Claim| matches!(claim.verdict, Verdict::Proved);
    Ok(if proof.claims.iter().all(is_proved) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn text(ruleset: &Ruleset, proof: &Proof) -> String {
    let sheets = proof.sheets.as_ref().map_or("too many to count".to_owned(), |count| grouped(&count.to_string()));
    let mut text = format!(
        "{} {}, {} form, {}\nAnswer sheets on which every question is answered: {sheets}\n{}\n",
        ruleset.id,
        ruleset.version,
        proof.form.as_str(),
        proof.role.as_str(),
        not_looked_at(ruleset.questionnaire(), proof.role, proof.form)
    );
    let width = proof.claims.iter().map(|claim| claim.id.chars().count()).max().unwrap_or(0);
    for claim in &proof.claims {
        let word = match claim.verdict {
            Verdict::Proved => "PROVED",
            Verdict::Refuted(_) => "REFUTED",
            Verdict::Unknown(_) => "UNKNOWN",
        };
        let of = if claim.of > 1 { format!(" ({})", claim.of) } else { String::new() };
        text.push_str(&format!("{word:7}  {:width$}  {}{of}\n", claim.id, claim.title));
    }
    for claim in &proof.claims {
        text.push_str(&details(ruleset, claim));
    }
    text.push_str(
        "\nThis is about the rules, over all sheets of this form on which every question is\n\
         answered; what the safety gate looks at may also be skipped or declined. Sheets of\n\
         nearly equal answers are read as contradictory instead. It says nothing about life.\n",
    );
    text
}

/// What a line of the table has no room for.
fn details(ruleset: &Ruleset, claim: &Claim) -> String {
    let mut text = String::new();
    match &claim.verdict {
        Verdict::Proved => {}
        Verdict::Refuted(found) => {
            let at = claim.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
            text.push_str(&format!("\n{}{at}: {}\n", claim.id, claim.title));
            for (number, counterexample) in found.iter().enumerate() {
                text.push_str(&format!("  {}. not so: {}\n", number + 1, counterexample.says));
                text.push_str(&witness::table(ruleset, &counterexample.sheets));
            }
        }
        Verdict::Unknown(why) => text.push_str(&format!("\n{}: not told, since {why}\n", claim.id)),
    }
    if !claim.exempt.is_empty() {
        text.push_str(&format!("\n{}: set apart\n", claim.id));
        for exempt in &claim.exempt {
            text.push_str(&format!("  {exempt}\n"));
        }
    }
    text
}

/// Digits in groups of three, as numbers of this size are read.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
