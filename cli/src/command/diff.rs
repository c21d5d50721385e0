//! `bearings diff`: what an edit of a ruleset does, to every possible answer sheet and to the respondents of a survey.

mod example;
mod fail;
mod json;
mod people;
mod text;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::exact::format_half_up;
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{Impact, NoImpact, Ruleset, Said};

use super::respondents;
use crate::args::{Common, DiffArgs, Setting};
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::output::{Output, refuse_overwriting};
use crate::survey::Survey;
use fail::Verdict;
use people::People;

/// As many decimals as a parameter can have.
const DECIMALS: u32 = 9;

/// Everything that a comparison found.
struct Comparison<'a> {
    args: &'a DiffArgs,
    old: &'a Ruleset,
    new: &'a Ruleset,
    role: Role,
    form: Form,
    exact: Result<Impact, NoImpact>,
    people: Option<People<'a>>,
    verdicts: Vec<Verdict>,
}

/// Compares two rulesets.
///
/// # Errors
/// A side or the survey cannot be used, or something cannot be written. A move that `--fail-on` names is no error:
/// status 1.
pub(crate) fn run(args: &DiffArgs, common: &Common) -> Result<ExitCode, Failure> {
    refuse_clashes(args)?;
    let read = |side: &str| Definition::read_revision(side, args.sheets.questionnaire.as_deref());
    let (old, new) = both(read(&args.old), read(&args.new))?;
    refuse_other_questionnaire(&old, &new)?;
    let survey = respondents::open(&args.survey, &args.sheets, &old.questionnaire, common)?;
    let form = args.sheets.form.map(Form::from).or(survey.as_ref().map(Survey::form)).unwrap_or(Form::Short);
    let role = args.sheets.role.map_or(Role::Hurt, Role::from);
    let wanted = if survey.is_some() { variants(form) } else { vec![(role, form)] };
    let settings_new: Vec<Setting> = args.settings.iter().chain(&args.settings_new).cloned().collect();
    let loaded = old.ready(&args.settings, wanted.clone(), common);
    let (old, new) = both(loaded, new.ready(&settings_new, wanted, common))?;
    fail::refuse_unknown(&args.fail_on, &old, &new)?;

    let exact = Impact::of(&old, &new, role, form, args.sheets.budget);
    let people = match survey {
        Some(survey) => Some(People::compare(survey, &old, &new, form, args.moved.as_deref(), common)?),
        None => None,
    };
    let verdicts = fail::verdicts(&args.fail_on, &exact, people.as_ref());
    let comparison = Comparison { args, old: &old, new: &new, role, form, exact, people, verdicts };
    let text = if args.json { json::text(&comparison) } else { text::text(&comparison) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;

    let fails = comparison.verdicts.iter().any(Verdict::fails);
    match (comparison.people.and_then(|people| people.tally.rejects()), fails) {
        (Some(rejects), true) => {
            rejects.report(common);
            Ok(ExitCode::from(1))
        }
        (Some(rejects), false) => Err(rejects),
        (None, true) => Ok(ExitCode::from(1)),
        (None, false) => Ok(ExitCode::SUCCESS),
    }
}

/// Both sides, or everything that is wrong with them.
fn both<T>(old: Result<T, Failure>, new: Result<T, Failure>) -> Result<(T, T), Failure> {
    match (old, new) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (
            Err(Failure::Definition(Report::Diagnostics { mut problems, mut sources })),
            Err(Failure::Definition(Report::Diagnostics { problems: others, sources: other_sources })),
        ) => {
            // Two settings of one file have the same problems.
            let new: Vec<_> = others.into_iter().filter(|problem| !problems.contains(problem)).collect();
            problems.extend(new);
            sources.extend(other_sources);
            Err(Failure::Definition(Report::Diagnostics { problems, sources }))
        }
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

fn refuse_other_questionnaire(old: &Definition, new: &Definition) -> Result<(), Failure> {
    let (old, new) = (&old.questionnaire, &new.questionnaire);
    if old.sha256 == new.sha256 {
        return Ok(());
    }
    let message = if (&old.id, &old.version) == (&new.id, &new.version) {
        format!("the questionnaire `{}` {} has not the same text on both sides", old.id, old.version)
    } else {
        format!(
            "the old side is for the questionnaire `{}` {}, the new one for `{}` {}",
            old.id, old.version, new.id, new.version
        )
    };
    let report = Report::message(message)
        .hint("only readings of the same answer sheets can be compared")
        .hint("name one questionnaire for both sides with --questionnaire");
    Err(Failure::Definition(report))
}

fn refuse_clashes(args: &DiffArgs) -> Result<(), Failure> {
    let Some(moved) = &args.moved else { return Ok(()) };
    if moved == Path::new("-") {
        return Err(Failure::Usage("--moved needs a file: standard output has the comparison".to_owned()));
    }
    refuse_overwriting(moved, args.survey.data.as_slice())
}

/// What a matrix is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stage,
    Signal,
}

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Kind::Stage => "Stage",
            Kind::Signal => "Signal",
        }
    }

    /// What is said of it; nothing where no stage is shown.
    fn of(self, said: Said<'_>) -> Option<&str> {
        match self {
            Kind::Stage => said.stage,
            Kind::Signal => Some(said.signal),
        }
    }
}

/// The parameters that have another value, or are on one side only: `window_weeks 8 -> 12`.
fn parameters(old: &Ruleset, new: &Ruleset) -> Vec<(String, Option<String>, Option<String>)> {
    let value = |ruleset: &Ruleset, name: &str| {
        let parameter = ruleset.parameters.iter().find(|parameter| parameter.name == name);
        parameter.map(|parameter| format_half_up(&parameter.value, DECIMALS))
    };
    let mut names: Vec<&String> = old.parameters.iter().map(|parameter| &parameter.name).collect();
    names.extend(new.parameters.iter().map(|parameter| &parameter.name).filter(|name| value(old, name).is_none()));
    let all = names.into_iter().map(|name| (name.clone(), value(old, name), value(new, name)));
    all.filter(|(_, old, new)| old != new).collect()
}
