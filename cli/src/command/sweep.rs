//! `bearings sweep`: how stages and signals move with a parameter, over every possible answer sheet and over the
//! respondents of a survey; and which parameters matter at all.

mod json;
mod people;
mod plan;
mod text;

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::exact::{Exact, format_half_up};
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{LoadOptions, Moves, NoImpact, Parameter, Ruleset};

use super::respondents;
use crate::args::{Common, Setting, SweepArgs};
use crate::exit::Failure;
use crate::load::{Definition, variants};
use crate::output::Output;
use crate::render;
use crate::survey::Survey;
use people::People;

/// As many decimals as a parameter can have.
const DECIMALS: u32 = 9;

/// Everything that was found.
struct Sweep<'a> {
    args: &'a SweepArgs,
    ruleset: &'a Ruleset,
    role: Role,
    form: Form,
    /// The parameters that were set otherwise, in the order of their declaration.
    swept: Vec<Swept<'a>>,
    people: Option<People>,
}

/// A parameter, and what comes of its values.
struct Swept<'a> {
    parameter: &'a Parameter,
    points: Vec<Point>,
}

/// One value of a parameter.
struct Point {
    value: Exact,
    /// From the value in force to this one, over all sheets.
    exact: Result<Moves, NoImpact>,
    /// The same over the respondents.
    people: Option<Moves>,
}

/// Sets a parameter to several values, or every parameter to both ends of its range.
///
/// # Errors
/// The ruleset or the survey cannot be used, the parameter is not there or its values are out of range.
pub(crate) fn run(args: &SweepArgs, common: &Common) -> Result<ExitCode, Failure> {
    let definition = Definition::read(&args.ruleset, args.sheets.questionnaire.as_deref())?;
    let survey = respondents::open(&args.survey, &args.sheets, &definition.questionnaire, common)?;
    let form = args.sheets.form.map(Form::from).or(survey.as_ref().map(Survey::form)).unwrap_or(Form::Short);
    let role = args.sheets.role.map_or(Role::Hurt, Role::from);
    let wanted = if survey.is_some() { variants(form) } else { vec![(role, form)] };
    let ruleset = definition.ready(&args.settings, wanted.clone(), common)?;
    let plan = plan::plan(args, &ruleset)?;

    let mut rulesets = Vec::new();
    let mut exact = Vec::new();
    for (parameter, value) in
        plan.iter().flat_map(|(parameter, values)| values.iter().map(move |value| (parameter, value)))
    {
        let set = with(&args.settings, &parameter.name, value);
        let options = LoadOptions { set, variants: wanted.clone(), ..LoadOptions::all() };
        let (other, _) = definition.compile(&options).inspect_err(|_| {
            render::note(&format!("with {} {}:", parameter.name, number(value)), common);
        })?;
        exact.push(Moves::of(&ruleset, &other, role, form, args.sheets.budget));
        // The survey is read once for all values, so they are all there then.
        if survey.is_some() {
            rulesets.push(other);
        }
    }
    let (people, moves) = match survey {
        Some(survey) => {
            let (people, moves) = People::compare(survey, &ruleset, &rulesets, form, common)?;
            (Some(people), moves)
        }
        None => (None, Vec::new()),
    };
    let (mut exact, mut moves) = (exact.into_iter(), moves.into_iter());
    let swept = plan
        .into_iter()
        .map(|(parameter, values)| {
            let points = values.into_iter().zip(exact.by_ref());
            let points = points.map(|(value, exact)| Point { value, exact, people: moves.next() }).collect();
            Swept { parameter, points }
        })
        .collect();
    let sweep = Sweep { args, ruleset: &ruleset, role, form, swept, people };
    let text = if args.json { json::text(&sweep) } else { text::text(&sweep) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    match sweep.people.and_then(|people| people.tally.rejects()) {
        Some(rejects) => Err(rejects),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// The settings that were typed, and one more.
fn with(settings: &[Setting], name: &str, value: &Exact) -> Vec<(String, String)> {
    let typed = settings.iter().map(|setting| (setting.name.clone(), setting.value.clone()));
    typed.chain([(name.to_owned(), number(value))]).collect()
}

fn number(value: &Exact) -> String {
    format_half_up(value, DECIMALS)
}
