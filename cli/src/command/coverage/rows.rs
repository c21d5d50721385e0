//! The rows of a survey, one after the other.

use std::path::Path;

use bearings_engine::covered::{Coverage, Extent};
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::responses::{Responses, SafetyBlock};

use super::{Looked, not_loaded, note_rejected, variants};
use crate::args::{Common, CoverageArgs};
use crate::exit::Failure;
use crate::load::Definition;
use crate::render;
use crate::survey::{Config, Fingerprint, Next, Survey};

/// How many rejected rows are named on stderr.
const NAMED: u64 = 10;

/// Looks at a survey. What is to be covered are the roles and the form that its rows have.
pub(super) fn look(
    path: &Path,
    args: &CoverageArgs,
    definition: &Definition,
    common: &Common,
) -> Result<Looked, Failure> {
    let questionnaire = &definition.questionnaire;
    let config = Config {
        id: None,
        keep: &[],
        pattern: args.columns.columns.as_ref(),
        missing: &args.columns.missing,
        recorded: args.columns.recorded_as,
        form: args.form.map(Form::from),
        role: args.role.map(Role::from),
        fingerprint: Fingerprint::None,
    };
    let mut survey = Survey::open(path, questionnaire, &config)?;
    let form = survey.form();
    // Without forms of its own a questionnaire is read as the one that the survey is said to be.
    let mut wanted = variants(questionnaire, None, None);
    wanted.iter_mut().for_each(|variant| variant.1 = form);
    wanted.dedup();
    let ruleset = definition.ready(&args.settings, wanted, common)?;
    for note in survey.notes() {
        render::note(note, common);
    }
    let mut coverage = Coverage::new(&ruleset);
    let mut row = survey.row();
    let mut responses =
        Responses { form, role: row.role, bond: None, safety: SafetyBlock::Answered, answers: Vec::new() };
    let mut rejected = 0;
    loop {
        match survey.next(&mut row)? {
            Next::End => break,
            Next::Rejected(error) => {
                rejected += 1;
                if rejected <= NAMED {
                    let text = render::row(&error.to_string(), survey.name(), error.line, common.error_format);
                    render::to_stderr(&text);
                }
            }
            Next::Row => {
                std::mem::swap(&mut responses.answers, &mut row.answers);
                (responses.role, responses.bond) = (row.role, row.bond);
                responses.settle(questionnaire);
                coverage.add(&responses).map_err(not_loaded)?;
                std::mem::swap(&mut responses.answers, &mut row.answers);
            }
        }
    }
    let advice = survey.advice().map(str::to_owned).into_iter().chain(survey.missing_advice());
    let hints = advice.map(|advice| format!("{}: {advice}", survey.name())).collect();
    note_rejected(rejected.saturating_sub(NAMED), common);
    let covered = coverage.finish(Extent::Read).map_err(not_loaded)?;
    Ok(Looked { ruleset, covered, rejected, hints, todo: 0 })
}
