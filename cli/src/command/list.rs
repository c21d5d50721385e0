//! `bearings list`: what is built in.

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::LoadOptions;
use bearings_engine::questionnaire::Questionnaire;

use crate::builtin;
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::output::Output;

/// Id, what it is, version, title.
type Line = [String; 4];

/// Prints one line for each ruleset and questionnaire.
///
/// # Errors
/// A built-in file is broken, or standard output cannot be written to.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let mut lines = rulesets()?;
    lines.extend(questionnaires()?);
    let mut output = Output::open(None)?;
    output.write_all(aligned(&lines).as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// What their headers say. No variant is compiled, so that this stays quick.
fn rulesets() -> Result<Vec<Line>, Failure> {
    let options = LoadOptions { variants: Vec::new(), ..LoadOptions::all() };
    builtin::ruleset_ids()
        .into_iter()
        .map(|id| {
            let (ruleset, _) = Definition::read(id, None)?.compile(&options)?;
            let title = match ruleset.batch_only {
                Some(_) => format!("{} [batch only]", ruleset.title),
                None => ruleset.title,
            };
            Ok([ruleset.id, ruleset.kind.as_str().to_owned(), ruleset.version, title])
        })
        .collect()
}

fn questionnaires() -> Result<Vec<Line>, Failure> {
    builtin::questionnaires()
        .into_iter()
        .map(|source| match Questionnaire::load(&source) {
            Ok(found) => Ok([found.id, "questionnaire".to_owned(), found.version, found.title]),
            Err(error) => Err(Failure::Definition(Report::load(error, vec![source]))),
        })
        .collect()
}

/// Columns as wide as their widest cell; the last one as it comes.
fn aligned(lines: &[Line]) -> String {
    let width = |pick: fn(&Line) -> &String| lines.iter().map(|line| pick(line).chars().count()).max().unwrap_or(0);
    let (ids, kinds, versions) =
        (width(|[id, ..]| id), width(|[_, kind, ..]| kind), width(|[_, _, version, _]| version));
    let mut text = String::new();
    for [id, kind, version, title] in lines {
        let line = format!("{id:ids$}  {kind:kinds$}  {version:versions$}  {title}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_questionnaire_loads_and_is_listed() {
        let lines = questionnaires().unwrap();
        assert_eq!(lines.len(), builtin::questionnaires().len());
        assert!(lines.iter().any(|[id, ..]| id == "ras"));
    }

    #[test]
    fn every_shipped_ruleset_is_listed_with_its_kind() {
        let lines = rulesets().unwrap();
        assert_eq!(lines.iter().map(|[id, ..]| id.as_str()).collect::<Vec<_>>(), builtin::ruleset_ids());
        let kinds = ["assessment", "instrument", "study"];
        assert!(lines.iter().all(|[_, kind, ..]| kinds.contains(&kind.as_str())), "{lines:?}");
        assert!(lines.iter().all(|[_, _, version, title]| !version.is_empty() && !title.is_empty()), "{lines:?}");
    }

    #[test]
    fn columns_are_aligned() {
        let line = |id: &str, title: &str| [id.to_owned(), "ruleset".to_owned(), String::new(), title.to_owned()];
        assert_eq!(aligned(&[line("a", ""), line("abc", "x")]), "a    ruleset\nabc  ruleset    x\n");
    }
}
