//! `bearings check`: every problem of questionnaires and rulesets at once, with the lines they are on.

mod watch;

use std::collections::BTreeSet;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::diagnostic::{Code, Diagnostic, LoadError, Severity, SourceFile};
use bearings_engine::fingerprint::sha256;
use bearings_engine::questionnaire::Questionnaire;
use bearings_engine::{Case, LoadOptions, Ruleset, Variant, lint};

use super::test::{count, untried};
use crate::args::{CheckArgs, Common};
use crate::builtin;
use crate::definition::{case_files, questionnaire_file};
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::output::Output;
use crate::render::{self, Context};

/// What a check found, with the files it is about.
struct Found {
    name: String,
    facts: String,
    problems: Vec<Diagnostic>,
    sources: Vec<SourceFile>,
}

/// Checks what was named, or everything that is shipped; again and again if that is wanted.
///
/// # Errors
/// Definitions with errors (with `--strict`: with warnings), after all of them were checked.
pub(crate) fn run(args: &CheckArgs, common: &Common) -> Result<ExitCode, Failure> {
    if args.watch { watch::run(args, common) } else { once(args, common) }
}

fn once(args: &CheckArgs, common: &Common) -> Result<ExitCode, Failure> {
    let all: Vec<Result<Found, Failure>> = if args.paths.is_empty() {
        let questionnaires = builtin::questionnaire_ids().into_iter().map(|id| questionnaire(&id));
        let rulesets = builtin::ruleset_ids().into_iter().map(|id| ruleset(id, args));
        questionnaires.chain(rulesets).collect()
    } else {
        args.paths.iter().map(|path| one(path, args)).collect()
    };
    let mut output = Output::open(None)?;
    let (mut problems, mut sources) = (Vec::new(), Vec::new());
    let mut unread = Vec::new();
    for found in all {
        match found {
            Ok(found) => {
                if found.problems.is_empty() {
                    let line = format!("{}: ok, {}\n", found.name, found.facts);
                    output.write_all(line.as_bytes()).map_err(|error| output.failure(error))?;
                }
                problems.extend(found.problems);
                sources.extend(found.sources);
            }
            // What cannot be read keeps nobody from hearing of the rest.
            Err(failure) => unread.push(failure),
        }
    }
    output.finish()?;
    let fails = |problem: &Diagnostic| args.strict || problem.severity == Severity::Error;
    if problems.iter().any(fails) {
        unread.push(Failure::Definition(Report::Diagnostics { problems, sources }));
    } else if !problems.is_empty() {
        render::to_stderr(&render::diagnostics(&problems, &sources, Context::SourceLines, common.error_format));
    }
    let Some(last) = unread.pop() else { return Ok(ExitCode::SUCCESS) };
    for failure in unread {
        failure.report(common);
    }
    Err(last)
}

/// A path or id is a questionnaire if it is a .json file or names one and no ruleset.
fn one(name: &str, args: &CheckArgs) -> Result<Found, Failure> {
    if is_questionnaire(name) { questionnaire(name) } else { ruleset(name, args) }
}

fn is_questionnaire(name: &str) -> bool {
    let is_json = Path::new(name).extension().is_some_and(|extension| extension == "json");
    is_json || (builtin::ruleset(name).is_none() && builtin::questionnaire(name).is_some())
}

fn questionnaire(name: &str) -> Result<Found, Failure> {
    let source = questionnaire_file(name)?;
    let (problems, facts) = match Questionnaire::load(&source) {
        Ok(questionnaire) => (questionnaire.lint(&source), format!("{} items", questionnaire.items.len())),
        Err(LoadError(problems)) => (problems, String::new()),
    };
    Ok(Found { name: source.name.clone(), facts, problems, sources: vec![source] })
}

fn ruleset(name: &str, args: &CheckArgs) -> Result<Found, Failure> {
    let definition = match Definition::read(name, args.questionnaire.as_deref()) {
        Ok(definition) => definition,
        // A questionnaire that does not load is what is wrong with the ruleset.
        Err(Failure::Definition(Report::Diagnostics { problems, sources })) => {
            return Ok(Found { name: name.to_owned(), facts: String::new(), problems, sources });
        }
        Err(other) => return Err(other),
    };
    let mut sources = definition.files.clone();
    let own = own_questionnaire(name, &definition.questionnaire);
    let cases = case_files(name)?;
    let mut compiled = None;
    let (mut problems, facts) = match definition.compile(&LoadOptions::all()) {
        Ok((ruleset, mut warnings)) => {
            warnings.extend(lint(&definition.files, &ruleset));
            // Roles and forms share most declarations; each id is counted once.
            let ids = |of: fn(&Variant) -> Vec<&str>| {
                ruleset.variants().flat_map(|(_, variant)| of(variant)).collect::<BTreeSet<&str>>().len()
            };
            let rules = ids(|variant| variant.rules.iter().map(|rule| rule.id.as_str()).collect());
            let scales = ids(|variant| variant.scales.iter().map(|scale| scale.id.as_str()).collect());
            let facts = format!(
                "{} with {}, {}, {}",
                ruleset.kind.as_str(),
                counted(scales, "scale"),
                counted(rules, "rule"),
                counted(cases.len(), "case")
            );
            compiled = Some(ruleset);
            (warnings, facts)
        }
        Err(Failure::Definition(Report::Diagnostics { problems, .. })) => (problems, String::new()),
        Err(other) => return Err(other),
    };
    let mut loaded = Vec::new();
    for case in &cases {
        let read = match &compiled {
            Some(ruleset) => Case::load_for(case, ruleset),
            None => Case::load(case, &definition.questionnaire),
        };
        match read {
            Ok(case) => loaded.push(case),
            Err(LoadError(found)) => problems.extend(found),
        }
    }
    if let Some(own) = own {
        problems.extend(definition.questionnaire.lint(&own));
        sources.push(own);
    }
    problems.extend(repeated(&loaded));
    if let (Some(ruleset), false) = (&compiled, loaded.is_empty()) {
        problems.extend(uncovered(ruleset, &loaded, &sources));
    }
    sources.extend(cases);
    Ok(Found { name: name.to_owned(), facts, problems, sources })
}

/// The questionnaire that the ruleset brings along, if that is the one it is used with.
fn own_questionnaire(ruleset: &str, used: &Questionnaire) -> Option<SourceFile> {
    let path = Path::new(ruleset).join("questionnaire.json");
    let source = path.is_file().then(|| questionnaire_file(&path.to_string_lossy()).ok()).flatten()?;
    (sha256(source.text.as_bytes()) == used.sha256).then_some(source)
}

/// A warning for each case with the answers of an earlier one. Which answers those are is not said.
fn repeated(cases: &[Case]) -> Vec<Diagnostic> {
    let twins = cases.iter().enumerate().filter_map(|(at, case)| {
        let twin = cases.iter().take(at).find(|other| other.responses == case.responses)?;
        let message = format!("this case has the same answers as `{}`", twin.name);
        let problem = Diagnostic::warning(Code::RepeatedCase, &case.name, None, message);
        Some(problem.hint("change an answer, or put both expectations into one case"))
    });
    twins.collect()
}

/// A warning for each rule that no case tries both ways.
fn uncovered(ruleset: &Ruleset, cases: &[Case], sources: &[SourceFile]) -> Vec<Diagnostic> {
    let mut tried = untried(ruleset);
    for case in cases {
        if let Ok(result) = case.run(ruleset) {
            count(&result, &mut tried);
        }
    }
    let mut problems = Vec::new();
    for (id, tried) in &tried {
        let rule = ruleset.variants().flat_map(|(_, variant)| &variant.rules).find(|rule| rule.id == *id);
        if let (Some(rule), Some(lacks)) = (rule, tried.lacks()) {
            let (file, span) = place(&rule.at, sources);
            let message = format!("the rule `{id}` {lacks} in the cases");
            let problem = Diagnostic::warning(Code::Coverage, file, span, message);
            problems.push(problem.hint("add a case in which it fires, and one in which it does not"));
        }
    }
    problems
}

/// The file of a `file:line`, and the bytes of that line.
fn place<'a>(at: &'a str, sources: &[SourceFile]) -> (&'a str, Option<Range<usize>>) {
    let (file, line) = at.rsplit_once(':').unwrap_or((at, "1"));
    let line: usize = line.parse().unwrap_or(1);
    let span = sources.iter().find(|source| source.name == file).map(|source| {
        let start: usize = source.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let length = source.text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
        start..start + length
    });
    (file, span)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
