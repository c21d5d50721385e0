//! `bearings test`: the cases beside the rules, and which rules they try both ways.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use bearings_engine::assessment::Assessment;
use bearings_engine::diagnostic::LoadError;
use bearings_engine::{Case, CaseResult, LoadOptions, Ruleset};

use crate::args::{Common, TestArgs};
use crate::builtin;
use crate::definition::case_files;
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::output::Output;

/// How often cases made a rule fire and not fire.
#[derive(Debug, Default)]
pub(super) struct Tried {
    fired: usize,
    not_fired: usize,
}

impl Tried {
    /// What no case did with it.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        match (self.fired, self.not_fired) {
            (0, 0) => Some("was never decided"),
            (0, _) => Some("never fired"),
            (_, 0) => Some("always fired"),
            _ => None,
        }
    }
}

/// Every rule of a ruleset, by id, before any case was run.
pub(super) fn untried(ruleset: &Ruleset) -> BTreeMap<String, Tried> {
    let rules = ruleset.variants().flat_map(|(_, variant)| &variant.rules);
    rules.map(|rule| (rule.id.clone(), Tried::default())).collect()
}

/// Runs the cases of the rulesets that were named, or of everything that is shipped.
///
/// # Errors
/// A ruleset or case that cannot be used. A case that fails is no error: status 1.
pub(crate) fn run(args: &TestArgs, _: &Common) -> Result<ExitCode, Failure> {
    let names: Vec<String> = if args.rulesets.is_empty() {
        builtin::ruleset_ids().into_iter().map(str::to_owned).collect()
    } else {
        args.rulesets.clone()
    };
    let mut output = Output::open(None)?;
    let (mut passed, mut failed) = (0, 0);
    for name in &names {
        let (text, own_passed, own_failed) = ruleset(name)?;
        passed += own_passed;
        failed += own_failed;
        output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    }
    let text = format!("{passed} passed, {failed} failed\n");
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn ruleset(name: &str) -> Result<(String, usize, usize), Failure> {
    let definition = Definition::read(name, None)?;
    let (ruleset, _) = definition.compile(&LoadOptions::all())?;
    let files = case_files(name)?;
    let mut tried = untried(&ruleset);
    let mut text = format!("{name}: {} cases\n", files.len());
    let (mut passed, mut failed) = (0, 0);
    for file in &files {
        let case = Case::load(file, &definition.questionnaire).map_err(|LoadError(problems)| {
            Failure::Definition(Report::Diagnostics { problems, sources: files.clone() })
        })?;
        let result = case.run(&ruleset).map_err(|missing| Failure::Definition(Report::message(missing.to_string())))?;
        count(&result, &mut tried);
        if result.differences.is_empty() {
            passed += 1;
        } else {
            failed += 1;
            text.push_str(&failure(&case, &result));
        }
    }
    let both = tried.values().filter(|tried| tried.fired > 0 && tried.not_fired > 0).count();
    if files.is_empty() {
        return Ok((format!("{name}: no cases\n"), 0, 0));
    }
    if !tried.is_empty() {
        text.push_str(&format!("  {both} of {} rules fired in some case and not in another\n", tried.len()));
    }
    for (id, tried) in &tried {
        if let Some(what) = tried.lacks() {
            text.push_str(&format!("  {id} {what} in the cases\n"));
        }
    }
    Ok((text, passed, failed))
}

/// Adds what the rules did in one case.
pub(super) fn count(result: &CaseResult, tried: &mut BTreeMap<String, Tried>) {
    let Assessment::Read(reading) = &result.assessment else { return };
    for rule in &reading.rules {
        let tried = tried.entry(rule.id.clone()).or_default();
        match rule.outcome {
            "fired" => tried.fired += 1,
            "not_fired" => tried.not_fired += 1,
            _ => {}
        }
    }
}

fn failure(case: &Case, result: &CaseResult) -> String {
    let mut text = format!("  FAILED {}\n    {}\n", case.name, case.description);
    for difference in &result.differences {
        text.push_str(&format!("    {difference}\n"));
    }
    if let Assessment::Read(reading) = &result.assessment {
        for rule in reading.rules.iter().filter(|rule| rule.outcome == "fired") {
            text.push_str(&format!("    fired: {} ({}) {}\n", rule.id, rule.at, rule.says));
        }
    }
    text
}
