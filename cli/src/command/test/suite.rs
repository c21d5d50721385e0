//! Rulesets with their cases, all of them loaded before a case is run.

use std::path::{Path, PathBuf};

use bearings_engine::diagnostic::{LoadError, SourceFile};
use bearings_engine::{Case, LoadOptions, Ruleset};
use regex_lite::Regex;

use crate::definition::case_files;
use crate::exit::{Failure, Report};
use crate::load::Definition;

/// How many names are listed where a pattern matches nothing; a design choice, two or three lines of a terminal.
const LISTED: usize = 12;

/// A ruleset and its cases.
pub(super) struct Suite {
    /// The ruleset as it was named.
    pub(super) name: String,
    pub(super) ruleset: Ruleset,
    /// The files of the ruleset.
    pub(super) files: Vec<SourceFile>,
    /// The cases that are to be run, each with its file.
    pub(super) cases: Vec<(SourceFile, Case)>,
    /// How many there are.
    pub(super) all: usize,
}

/// Loads rulesets and their cases.
///
/// # Errors
/// The problems of all of them.
pub(super) fn load_all(names: &[String]) -> Result<Vec<Suite>, Failure> {
    let (mut suites, mut problems, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match load(name) {
            Ok(suite) => suites.push(suite),
            Err(Failure::Definition(Report::Diagnostics { problems: found, sources: of })) => {
                problems.extend(found);
                sources.extend(of);
            }
            Err(other) => return Err(other),
        }
    }
    if problems.is_empty() { Ok(suites) } else { Err(Failure::Definition(Report::Diagnostics { problems, sources })) }
}

fn load(name: &str) -> Result<Suite, Failure> {
    let definition = Definition::read(name, None)?;
    let files = case_files(name)?;
    let (ruleset, mut problems) = match definition.compile(&LoadOptions::all()) {
        Ok((ruleset, _)) => (Some(ruleset), Vec::new()),
        Err(Failure::Definition(Report::Diagnostics { problems, .. })) => (None, problems),
        Err(other) => return Err(other),
    };
    let mut cases = Vec::new();
    let mut sources = definition.files.clone();
    for file in files {
        let loaded = match &ruleset {
            Some(ruleset) => Case::load_for(&file, ruleset),
            None => Case::load(&file, &definition.questionnaire),
        };
        match loaded {
            Ok(case) => cases.push((file, case)),
            Err(LoadError(found)) => {
                problems.extend(found);
                sources.push(file);
            }
        }
    }
    match ruleset {
        Some(ruleset) if problems.is_empty() => {
            let all = cases.len();
            Ok(Suite { name: name.to_owned(), ruleset, files: definition.files, cases, all })
        }
        _ => Err(Failure::Definition(Report::Diagnostics { problems, sources })),
    }
}

/// Leaves the cases whose file name or description matches, and the rulesets that have some.
///
/// # Errors
/// There are none: who looks for a case by a wrong name must not read that all is well.
pub(super) fn only(suites: Vec<Suite>, pattern: &Regex) -> Result<Vec<Suite>, Failure> {
    let names: Vec<String> = suites.iter().flat_map(|suite| &suite.cases).map(|(_, case)| file_name(case)).collect();
    let matches = |case: &Case| pattern.is_match(&file_name(case)) || pattern.is_match(&case.description);
    let mut left = suites;
    left.iter_mut().for_each(|suite| suite.cases.retain(|(_, case)| matches(case)));
    left.retain(|suite| !suite.cases.is_empty());
    if !left.is_empty() {
        return Ok(left);
    }
    let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    let rest = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let known = if names.is_empty() { "there are no cases".to_owned() } else { shown.join(", ") };
    let pattern = pattern.as_str().escape_debug();
    Err(Failure::Usage(format!("no case matches `{pattern}` by its file name or description; cases: {known}{rest}")))
}

impl Suite {
    /// The files that a result must not be written over.
    pub(super) fn inputs(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let cases = self.cases.iter().map(|(file, _)| file);
        self.files.iter().chain(cases).map(|file| PathBuf::from(&file.name))
    }
}

/// The name of a case's file without its folder.
fn file_name(case: &Case) -> String {
    Path::new(&case.name).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The same without `.json`: what a case is called.
pub(super) fn stem(case: &Case) -> String {
    Path::new(&case.name).file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
