//! `bearings sample`: writes a made-up survey.

use std::path::PathBuf;
use std::process::ExitCode;

use bearings_engine::questionnaire::Questionnaire;

use crate::args::SampleArgs;
use crate::definition::questionnaire_file;
use crate::exit::{Failure, Report};
use crate::output::{Output, refuse_overwriting};
use crate::sample::{self, Population};

/// Writes the survey to standard output or a file.
///
/// # Errors
/// The questionnaire cannot be used, or the output cannot be written.
pub(crate) fn run(args: &SampleArgs) -> Result<ExitCode, Failure> {
    let source = questionnaire_file(&args.questionnaire)?;
    let questionnaire =
        Questionnaire::load(&source).map_err(|error| Failure::Definition(Report::load(error, vec![source.clone()])))?;
    let population = Population { rows: args.rows, seed: args.seed, form: args.form.into(), role: args.role.into() };
    if let Some(path) = &args.output {
        refuse_overwriting(path, &[PathBuf::from(&source.name)])?;
    }
    let mut output = Output::open(args.output.as_deref())?;
    sample::write(&questionnaire, &population, &mut output).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}
