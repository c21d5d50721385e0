//! `bearings reliability`: how well the scales of a survey hold together, and how carefully people answered.

mod careless;
mod criterion;
mod json;
mod long;
mod study;
mod text;
mod typed;

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::psychometrics::Group;
use bearings_engine::questionnaire::{Form, Questionnaire};
use bearings_engine::responses::Responses;

use super::respondents::{Tally, each};
use crate::args::{Common, ReliabilityArgs};
use crate::exit::Failure;
use crate::load::{Definition, variants};
use crate::output::{Output, refuse_overwriting, same_place};
use crate::render;
use crate::survey::{Config, Survey};
use careless::CarelessFile;
use criterion::Groups;
use study::Study;

/// Counts a survey and says what there is to say of its scales.
///
/// # Errors
/// A file that cannot be used or written; rejected rows, after everything else was done.
pub(crate) fn run(args: &ReliabilityArgs, common: &Common) -> Result<ExitCode, Failure> {
    if let Some(careless) = &args.careless {
        refuse_overwriting(careless, std::slice::from_ref(&args.input))?;
        if same_place(careless, "-".as_ref()) {
            return Err(Failure::Usage("--careless needs a file: standard output holds the result".to_owned()));
        }
    }
    let definition = match args.range {
        Some(range) => typed::definition(&args.items, range)?,
        None => Definition::from_args(&args.rules)?,
    };
    let source = Source::open(args, &definition.questionnaire, common)?;
    let form = source.form();
    let ruleset = definition.ready(&args.rules.settings, variants(form), common)?;
    let mut study = Study::new(&ruleset, form, &args.scales, |slot| source.has(slot))?;
    let mut careless = args.careless.as_deref().map(|path| CarelessFile::open(path, source.id_name())).transpose()?;
    let tally = source.read(args, &definition.questionnaire, common, &mut |id, responses, group| {
        study.add(responses, group);
        match &mut careless {
            Some(file) => file.add(id, study.careless(responses)),
            None => Ok(()),
        }
    })?;
    if let Some(file) = careless {
        file.finish()?;
    }
    let findings = study.findings(args.criterion.as_ref(), &tally);
    let text = if args.json { json::text(&ruleset, &findings) } else { text::text(&ruleset, &findings, args.format) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    tally.rejects().map_or(Ok(ExitCode::SUCCESS), Err)
}

/// Where answers come from.
enum Source {
    /// One row a respondent.
    Wide(Box<Survey>),
    /// One line an answer.
    Long(long::People),
}

/// What is done with a respondent: the id, the answers and the group.
type Look<'a> = &'a mut dyn FnMut(&[u8], &Responses, Group) -> Result<(), Failure>;

impl Source {
    fn open(args: &ReliabilityArgs, questionnaire: &Questionnaire, common: &Common) -> Result<Self, Failure> {
        if let Some(columns) = &args.long {
            return long::read(args, columns, questionnaire, common).map(Source::Long);
        }
        let keep: Vec<String> = args.criterion.iter().map(|criterion| criterion.column.clone()).collect();
        let map = args.columns.read_map()?;
        let config = Config {
            id: args.id.as_deref(),
            keep: &keep,
            keep_option: "--criterion",
            form: args.rules.form.map(Into::into),
            role: args.rules.role.map(Into::into),
            ..Config::new(&args.columns, map.as_ref())
        };
        let survey = Survey::open(&args.input, questionnaire, &config)?;
        survey.notes().iter().for_each(|note| render::note(note, common));
        Ok(Source::Wide(Box::new(survey)))
    }

    fn form(&self) -> Form {
        match self {
            Source::Wide(survey) => survey.form(),
            Source::Long(people) => people.form,
        }
    }

    /// Whether the file holds answers to this slot.
    fn has(&self, slot: usize) -> bool {
        match self {
            Source::Wide(survey) => survey.has(slot),
            Source::Long(people) => people.asked.contains(&slot),
        }
    }

    /// What the column of the respondents is called.
    fn id_name(&self) -> &str {
        match self {
            Source::Wide(survey) => survey.id_column().unwrap_or("id"),
            Source::Long(people) => &people.id_name,
        }
    }

    fn read(
        self,
        args: &ReliabilityArgs,
        questionnaire: &Questionnaire,
        common: &Common,
        look: Look<'_>,
    ) -> Result<Tally, Failure> {
        match self {
            Source::Long(people) => people.each(questionnaire, common, look),
            Source::Wide(survey) => {
                let (form, file) = (survey.form(), survey.name().to_owned());
                let mut groups = args.criterion.as_ref().map(|criterion| Groups::new(criterion, &file));
                each(*survey, questionnaire, form, common, &mut |row, responses| {
                    let group = groups.as_mut().map_or(Ok(Group::Untold), |groups| groups.group(row))?;
                    look(&row.id, responses, group)
                })
            }
        }
    }
}
