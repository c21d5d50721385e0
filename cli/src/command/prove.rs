//! `bearings prove`: what a ruleset promises, over every possible answer sheet.

mod json;
mod text;
mod witness;

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::questionnaire::Role;
use bearings_engine::{Claim, Kind, Verdict, claims_of, prove};

use crate::args::{Common, ProveArgs};
use crate::exit::Failure;
use crate::load::Definition;
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
    let text = if args.json { json::text(&ruleset, &proof, args.variant.budget) } else { text::text(&ruleset, &proof) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    let is_proved = |claim: &Claim| matches!(claim.verdict, Verdict::Proved);
    Ok(if proof.claims.iter().all(is_proved) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
