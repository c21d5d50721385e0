//! The rows of a survey, one after the other.

use std::path::Path;

use bearings_engine::covered::{Coverage, Extent};
use bearings_engine::questionnaire::{Form, Role};

use super::super::respondents::each;
use super::{Looked, not_loaded, variants};
use crate::args::{Common, CoverageArgs};
use crate::exit::Failure;
use crate::load::Definition;
use crate::render;
use crate::survey::{Config, Survey};

/// Looks at a survey. What is to be covered are the roles and the form that its rows have.
pub(super) fn look(
    path: &Path,
    args: &CoverageArgs,
    definition: &Definition,
    common: &Common,
) -> Result<Looked, Failure> {
    let questionnaire = &definition.questionnaire;
    let map = args.columns.read_map()?;
    let config = Config {
        form: args.form.map(Form::from),
        role: args.role.map(Role::from),
        ..Config::new(&args.columns, map.as_ref())
    };
    let survey = Survey::open(path, questionnaire, &config)?;
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
    let tally =
        each(survey, questionnaire, form, common, &mut |_, responses| coverage.add(responses).map_err(not_loaded))?;
    let covered = coverage.finish(Extent::Read).map_err(not_loaded)?;
    Ok(Looked { ruleset, covered, tally, todo: 0 })
}
