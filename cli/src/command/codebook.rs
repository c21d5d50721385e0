//! `bearings codebook`: what stands in each column of a survey, or of the file that `score` makes of it.
//!
//! What is to be said of a column is found out once ([`survey`], [`scored`]); the formats only write it down.

mod counts;
mod datapackage;
mod markdown;
mod scored;
mod spss;
mod survey;
mod table;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use bearings_engine::questionnaire::{Questionnaire, ResponseOption};
use bearings_engine::{LoadOptions, Ruleset, forms_of};

use crate::args::{CodebookArgs, CodebookFormat, Common, DEFAULT_RULESET};
use crate::builtin;
use crate::definition::questionnaire_file;
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::output::{Output, refuse_overwriting};
use crate::render;
use counts::Counts;

/// What is said of a file and its columns.
struct Codebook {
    /// The id of what it belongs to.
    id: String,
    title: String,
    version: String,
    /// The file as it is called in examples.
    file: &'static str,
    /// More about the file as a whole: a name and a text.
    about: Vec<(&'static str, String)>,
    /// What is to be known before the columns are used.
    notes: Vec<String>,
    columns: Vec<Column>,
}

/// What is said of a column.
struct Column {
    name: String,
    /// What it is, in a few words.
    label: String,
    /// What was asked; nothing for what was not asked.
    question: String,
    /// The question as others are asked it: whom, and how.
    other_wordings: Vec<(String, String)>,
    values: Values,
    /// What stands there instead of a value, and what it means.
    missing: Vec<(&'static str, &'static str)>,
    /// What is made of it.
    scales: Vec<String>,
    /// Who is asked, and when.
    asked: String,
    /// Why it is kept apart from the others, if it is.
    private: Option<&'static str>,
    counts: Option<Counts>,
}

/// What can stand in a column.
enum Values {
    /// One of these.
    OneOf(Vec<ResponseOption>),
    /// Any of these, with `;` between them.
    AnyOf(Vec<ResponseOption>),
    /// A whole number; an end that is not known is not said.
    Whole { min: Option<i64>, max: Option<i64>, unit: String },
    /// A number that may have decimals.
    Decimal { min: f64, max: f64 },
    /// Whatever identifies a respondent.
    Id,
}

impl Column {
    /// A column of which only this is known.
    fn new(name: impl Into<String>, label: impl Into<String>, values: Values) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            question: String::new(),
            other_wordings: Vec::new(),
            values,
            missing: Vec::new(),
            scales: Vec::new(),
            asked: String::new(),
            private: None,
            counts: None,
        }
    }
}

/// Writes the codebook.
///
/// # Errors
/// A questionnaire, ruleset or survey that cannot be used; rejected rows, after everything else was done.
pub(crate) fn run(args: &CodebookArgs, common: &Common) -> Result<ExitCode, Failure> {
    refuse_what_does_nothing(args)?;
    if let Some(output) = &args.output {
        let definitions = args.questionnaire.iter().chain(&args.ruleset).map(PathBuf::from);
        let inputs: Vec<PathBuf> = definitions.chain(args.survey.data.clone()).collect();
        refuse_overwriting(output, &inputs)?;
    }
    let (codebook, rejects) =
        if args.output_columns { (of_scored(args, common)?, None) } else { of_survey(args, common)? };
    let text = match args.format {
        CodebookFormat::Markdown => markdown::text(&codebook),
        CodebookFormat::Csv => table::text(&codebook),
        CodebookFormat::Spss => spss::text(&codebook),
        CodebookFormat::Datapackage => {
            datapackage::text(&codebook).map_err(|error| Failure::writing("the codebook", error.into()))?
        }
    };
    let mut output = Output::open(args.output.as_deref())?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    for note in &codebook.notes {
        render::note(note, common);
    }
    match rejects {
        Some(rejects) => Err(rejects),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn refuse_what_does_nothing(args: &CodebookArgs) -> Result<(), Failure> {
    if args.survey.data.is_none() && args.survey.columns.is_given() {
        let message = "`--columns`, `--missing` and `--recorded-as` say how a survey is read: name one with --data";
        return Err(Failure::Usage(message.to_owned()));
    }
    if args.output_columns && args.role.is_some() {
        return Err(Failure::Usage("a scored file has the columns of every role: leave --role out".to_owned()));
    }
    let counts = args.survey.data.is_some();
    if counts && matches!(args.format, CodebookFormat::Spss | CodebookFormat::Datapackage) {
        let message = "counts have no place in this format: leave --data out, or take --format markdown or csv";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// The columns of a survey, and what is said of rows that could not be counted.
fn of_survey(args: &CodebookArgs, common: &Common) -> Result<(Codebook, Option<Failure>), Failure> {
    let (questionnaire, ruleset) = match (&args.questionnaire, &args.ruleset) {
        (given, Some(ruleset)) => {
            let definition = Definition::read(ruleset, given.as_deref())?;
            let ruleset = compiled(&definition)?;
            (ruleset.questionnaire().clone(), Some(ruleset))
        }
        (given, None) => {
            let id = given.as_deref().unwrap_or(DEFAULT_RULESET);
            // A questionnaire of one's own may have the id of a built-in one, and other items.
            let ruleset = match builtin::questionnaire(id).and_then(|_| builtin::ruleset(id)) {
                Some(_) => Some(compiled(&Definition::read(id, None)?)?),
                None => None,
            };
            let questionnaire = match &ruleset {
                Some(ruleset) => ruleset.questionnaire().clone(),
                None => loaded(id)?,
            };
            (questionnaire, ruleset)
        }
    };
    let counted = counts::count(args, &questionnaire, common)?;
    let form = args.form.map(Into::into).or(counted.as_ref().map(|counted| counted.form));
    let mut codebook = survey::describe(&questionnaire, ruleset.as_ref(), form, args.role.map(Into::into));
    let Some(counted) = counted else { return Ok((codebook, None)) };
    counted.enter(&questionnaire, &mut codebook);
    Ok((codebook, counted.tally.rejects()))
}

fn loaded(id_or_path: &str) -> Result<Questionnaire, Failure> {
    let source = questionnaire_file(id_or_path)?;
    Questionnaire::load(&source).map_err(|error| Failure::Definition(Report::load(error, vec![source])))
}

/// The ruleset with every form that its questionnaire has.
fn compiled(definition: &Definition) -> Result<Ruleset, Failure> {
    let forms = forms_of(&definition.questionnaire);
    let mut options = LoadOptions::all();
    options.variants.retain(|(_, form)| forms.contains(form));
    Ok(definition.compile(&options)?.0)
}

/// The columns of a scored file.
fn of_scored(args: &CodebookArgs, common: &Common) -> Result<Codebook, Failure> {
    let ruleset = match (&args.ruleset, &args.questionnaire) {
        (Some(ruleset), _) => ruleset.as_str(),
        (None, None) => DEFAULT_RULESET,
        (None, Some(id)) if builtin::ruleset(id).is_some() => id,
        (None, Some(_)) => {
            let message = "the columns of a scored file are those of a ruleset: name it with --ruleset";
            return Err(Failure::Usage(message.to_owned()));
        }
    };
    let questionnaire = args.questionnaire.as_deref().filter(|_| args.ruleset.is_some());
    let form = args.form.map_or(bearings_engine::questionnaire::Form::Short, Into::into);
    let ruleset = Definition::read(ruleset, questionnaire)?.ready(&[], variants(form), common)?;
    scored::describe(&ruleset, form)
}

/// Values and labels in one text, as REDCap writes choices: `0, no | 1, yes`.
fn packed(options: &[ResponseOption]) -> String {
    options.iter().map(|option| format!("{}, {}", option.value, option.label)).collect::<Vec<_>>().join(" | ")
}

/// A text in one line; nothing in it steers a terminal.
fn one_line(text: &str) -> String {
    crate::report::tame(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
