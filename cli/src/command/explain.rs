//! `bearings explain`: one person's answers in, the reading with all its reasons out; or one question about it answered.

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::assessment::Assessment;
use bearings_engine::diagnostic::nearest;
use bearings_engine::responses::Responses;
use bearings_engine::{Ruleset, assess, rule_ids, why, why_not};

use super::respondent;
use crate::args::{Common, ExplainArgs, ExplainFormat};
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::report::{self, About};

/// Prints the reading, or what stands behind one part of it.
///
/// # Errors
/// The answers or the rules cannot be used, or standard output cannot be written to.
pub(crate) fn run(args: &ExplainArgs, common: &Common) -> Result<ExitCode, Failure> {
    let rules = &args.respondent.rules;
    let definition = Definition::from_args(rules)?;
    if args.why {
        super::refuse_instrument(&definition)?;
    }
    if let Some(rule) = &args.why_not {
        refuse_unknown(rule, &rule_ids(&definition.files))?;
    }
    let (ruleset, responses) = respondent::open(&args.respondent, &definition, common)?;
    let about = || About::of(&ruleset, &responses, &rules.ruleset);
    if args.why {
        let found = why(&ruleset, &responses).map_err(not_loaded)?;
        show(&report::render_why(&found, &about(), args.format))?;
    } else if let Some(rule) = &args.why_not {
        let found = why_not(&ruleset, &responses, rule).map_err(not_loaded)?;
        let condition = |at: &str| super::show::condition_at(&definition.files, at);
        show(&report::render_why_not(&found, condition, &about(), args.format))?;
    } else {
        print(&ruleset, &responses, &rules.ruleset, args.format)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A rule that no role and no form has is a slip of the pen.
fn refuse_unknown(rule: &str, known: &[String]) -> Result<(), Failure> {
    if known.iter().any(|id| id == rule) {
        return Ok(());
    }
    let near = nearest(rule, known.iter().map(String::as_str));
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::Usage(format!("the ruleset has no rule `{}`{near}", rule.escape_debug())))
}

pub(super) fn not_loaded(error: bearings_engine::NotLoaded) -> Failure {
    Failure::Definition(Report::message(error.to_string()))
}

/// Assesses some answers and prints the reading on standard output. `name` is the ruleset as it was named.
///
/// # Errors
/// The ruleset was loaded without what these answers need, or standard output cannot be written to.
pub(super) fn print(
    ruleset: &Ruleset,
    responses: &Responses,
    name: &str,
    format: ExplainFormat,
) -> Result<(), Failure> {
    let assessment = assessed(ruleset, responses)?;
    show(&report::render(&assessment, &About::of(ruleset, responses, name), format))
}

pub(super) fn assessed(ruleset: &Ruleset, responses: &Responses) -> Result<Assessment, Failure> {
    assess(ruleset, responses).map_err(not_loaded)
}

/// Writes a result to standard output.
///
/// # Errors
/// It cannot be written to.
pub(super) fn show(text: &str) -> Result<(), Failure> {
    // Colours are taken out here where they are not wanted.
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::writing("standard output", error))
}
