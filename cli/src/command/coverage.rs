//! `bearings coverage`: which parts of a ruleset its cases, or the rows of a survey, try; and the cases that are missing.

mod case;
mod json;
mod rows;
mod text;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::covered::{Coverage, Covered, Extent, Gap, Gaps, Reach, Suggestion, gaps, suggestions};
use bearings_engine::diagnostic::{Diagnostic, LoadError};
use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::{Case, NotLoaded, Ruleset, forms_of};

use super::respondents::{Tally, told};
use crate::args::{Common, CoverageArgs};
use crate::builtin;
use crate::definition::case_files;
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::output::{Output, write_new};

/// What was looked at, and what came of it.
struct Looked {
    ruleset: Ruleset,
    covered: Covered,
    /// What was counted while a survey was read.
    tally: Tally,
    /// Cases that are marked so.
    todo: u64,
}

impl Looked {
    /// How many sheets the gate withheld, and how many go the path of somebody under 18. Of respondents, a handful is
    /// not told: it could point at a person.
    fn unseen(&self, data: Option<&Path>) -> (String, String) {
        let shown = |count: u64| if data.is_some() { told(count) } else { count.to_string() };
        (shown(self.covered.withheld), shown(self.covered.other_path))
    }
}

/// What is tried, of what can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Share {
    tried: usize,
    of: usize,
}

impl Share {
    fn new(covered: &Covered, gaps: &[Gap]) -> Self {
        let all = covered.targets().count();
        let never = gaps.iter().filter(|gap| gap.verdict == Reach::Never).count();
        Self { tried: all - gaps.len(), of: all - never }
    }

    /// Rounded down, so that 100 means all of it. Of nothing, all is tried.
    fn percent(self) -> u64 {
        (self.tried as u64 * 100).checked_div(self.of as u64).unwrap_or(100)
    }
}

/// Everything that is printed.
struct Findings<'a> {
    looked: &'a Looked,
    args: &'a CoverageArgs,
    gaps: Vec<Gap>,
    share: Share,
    /// The files that were written, each with what it covers.
    written: Vec<(PathBuf, Suggestion)>,
}

/// Looks, and writes what is missing.
///
/// # Errors
/// A ruleset, case or survey that cannot be used; a file that cannot be written; rejected rows, after everything else
/// was done. Too little is no error: status 1.
pub(crate) fn run(args: &CoverageArgs, common: &Common) -> Result<ExitCode, Failure> {
    refuse_what_does_nothing(args)?;
    let folder = args.suggest.as_ref().map(|folder| target(folder.as_deref(), &args.ruleset)).transpose()?;
    let definition = Definition::read(&args.ruleset, args.questionnaire.as_deref())?;
    let looked = match &args.data {
        Some(survey) => rows::look(survey, args, &definition, common)?,
        None => cases(args, &definition, common)?,
    };
    let (ruleset, covered) = (&looked.ruleset, &looked.covered);
    let Gaps { gaps, sheets } = match &folder {
        Some(_) => suggestions(ruleset, covered, args.budget),
        None => Gaps { gaps: gaps(ruleset, covered, args.budget), sheets: Vec::new() },
    };
    let written = match &folder {
        Some(folder) => write(folder, &looked, sheets)?,
        None => Vec::new(),
    };
    let share = Share::new(covered, &gaps);
    let findings = Findings { looked: &looked, args, gaps, share, written };
    let text = if args.json { json::render(&findings) } else { text::render(&findings) };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    let is_short = args.threshold.is_some_and(|least| share.percent() < least);
    if is_short {
        return Ok(ExitCode::from(1));
    }
    match looked.tally.rejects() {
        Some(rejects) => Err(rejects),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// How a survey is read says nothing of cases.
fn refuse_what_does_nothing(args: &CoverageArgs) -> Result<(), Failure> {
    if args.data.is_none() && args.columns.is_given() {
        let message =
            "--columns, --missing, --recorded-as, --map and --encoding say how a survey is read: name one with --data";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// The folder that the missing cases go to.
fn target(given: Option<&Path>, ruleset: &str) -> Result<PathBuf, Failure> {
    let why = match given {
        Some(folder) => return Ok(folder.to_owned()),
        None if builtin::ruleset(ruleset).is_some() => "is built in",
        None if Path::new(ruleset).is_file() => "is a single file",
        None => return Ok(Path::new(ruleset).join("cases")),
    };
    let message =
        format!("`{ruleset}` {why}, so there is no place for its cases: name a folder, as in --suggest=cases");
    Err(Failure::Usage(message))
}

/// The roles and forms in which a questionnaire is read.
fn variants(questionnaire: &Questionnaire, role: Option<Role>, form: Option<Form>) -> Vec<(Role, Form)> {
    let roles: &[Role] = if questionnaire.has_roles() { &[Role::Hurt, Role::Broke] } else { &[Role::Hurt] };
    let forms = forms_of(questionnaire);
    let is_meant = |own: &(Role, Form)| role.is_none_or(|role| role == own.0) && form.is_none_or(|form| form == own.1);
    roles.iter().flat_map(|role| forms.iter().map(|form| (*role, *form))).filter(is_meant).collect()
}

/// Looks at the cases beside the rules.
fn cases(args: &CoverageArgs, definition: &Definition, common: &Common) -> Result<Looked, Failure> {
    let questionnaire = &definition.questionnaire;
    let (role, form) = (args.role.map(Role::from), args.form.map(Form::from));
    let variants = variants(questionnaire, role, form);
    if variants.is_empty() {
        let message = format!("the questionnaire `{}` has no such role and form", questionnaire.id);
        return Err(Failure::Usage(message));
    }
    let cases = read_cases(&args.ruleset, questionnaire)?;
    let ruleset = definition.ready(&args.settings, variants, common)?;
    let mut coverage = Coverage::new(&ruleset);
    let mut todo = 0;
    for case in &cases {
        let own = (case.responses.role, case.responses.form);
        let is_meant = role.is_none_or(|role| own.0 == role || own.0 == Role::Both) && form.is_none_or(|f| own.1 == f);
        if is_meant {
            coverage.add(&case.responses).map_err(not_loaded)?;
            todo += u64::from(case.todo.is_some());
        }
    }
    let covered = coverage.finish(Extent::Loaded).map_err(not_loaded)?;
    Ok(Looked { ruleset, covered, tally: Tally::default(), todo })
}

fn read_cases(ruleset: &str, questionnaire: &Questionnaire) -> Result<Vec<Case>, Failure> {
    let files = case_files(ruleset)?;
    let (mut cases, mut problems): (Vec<Case>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for file in &files {
        match Case::load(file, questionnaire) {
            Ok(case) => cases.push(case),
            Err(LoadError(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(cases)
    } else {
        Err(Failure::Definition(Report::Diagnostics { problems, sources: files }))
    }
}

fn not_loaded(missing: NotLoaded) -> Failure {
    Failure::Definition(Report::message(missing.to_string()))
}

/// Writes the missing cases under names that are free.
fn write(folder: &Path, looked: &Looked, sheets: Vec<Suggestion>) -> Result<Vec<(PathBuf, Suggestion)>, Failure> {
    if sheets.is_empty() {
        return Ok(Vec::new());
    }
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder.display(), error))?;
    let mut taken = BTreeSet::new();
    let mut written = Vec::new();
    for sheet in sheets {
        let name = case::name(&looked.covered, &sheet);
        let path = (1..)
            .map(|number| if number == 1 { format!("{name}.json") } else { format!("{name}-{number}.json") })
            .map(|file| folder.join(file))
            .find(|path| !taken.contains(path) && fs::symlink_metadata(path).is_err());
        // There are more numbers than files.
        let Some(path) = path else { continue };
        write_new(&path, case::text(looked, &sheet)?.as_bytes())?;
        taken.insert(path.clone());
        written.push((path, sheet));
    }
    Ok(written)
}
