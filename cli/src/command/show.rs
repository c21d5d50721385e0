//! `bearings show`: what is in a ruleset or a questionnaire, or one rule of a built-in ruleset.

mod claims;
mod questionnaire;
mod rule;
mod ruleset;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::LoadOptions;
use bearings_engine::diagnostic::nearest;
use bearings_engine::questionnaire::Questionnaire;

use crate::args::ShowArgs;
use crate::builtin;
use crate::definition::questionnaire_file;
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::report::{Page, page_as_text};
pub(super) use questionnaire::sign;
pub(super) use rule::written;

/// Prints what the id stands for: a ruleset, a questionnaire, both of that name, or a rule.
///
/// # Errors
/// Nothing has this name, it has problems, or standard output cannot be written to.
pub(crate) fn run(args: &ShowArgs) -> Result<ExitCode, Failure> {
    let text = page_as_text(&page(&args.id)?);
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::writing("standard output", error))?;
    Ok(ExitCode::SUCCESS)
}

fn page(id: &str) -> Result<Page, Failure> {
    let mut page = Page::default();
    if builtin::ruleset(id).is_some() || builtin::questionnaire(id).is_some() {
        if builtin::ruleset(id).is_some() {
            ruleset::describe(&mut page, &compiled(id)?);
        }
        if let Some(file) = builtin::questionnaire(id) {
            questionnaire::describe(&mut page, &load(file)?);
        }
        return Ok(page);
    }
    if !Path::new(id).exists() {
        return match rule::find(id)? {
            Some((ruleset, rule)) => Ok(rule::describe(&ruleset, &rule)),
            None => Err(unknown(id)),
        };
    }
    if Path::new(id).is_file() && Path::new(id).extension().is_some_and(|extension| extension == "json") {
        questionnaire::describe(&mut page, &load(questionnaire_file(id)?)?);
    } else {
        ruleset::describe(&mut page, &compiled(id)?);
    }
    Ok(page)
}

/// The condition of a declaration at `file:line`, as it is written.
pub(super) fn condition_at<'a>(files: &'a [bearings_engine::diagnostic::SourceFile], at: &str) -> &'a str {
    rule::when(rule::written(files, at)).unwrap_or_default()
}

fn load(file: bearings_engine::diagnostic::SourceFile) -> Result<Questionnaire, Failure> {
    Questionnaire::load(&file).map_err(|error| Failure::Definition(Report::load(error, vec![file])))
}

/// A ruleset with the forms that its questionnaire really has, and its files.
fn compiled(id: &str) -> Result<rule::Read, Failure> {
    let definition = Definition::read(id, None)?;
    let forms = bearings_engine::forms_of(&definition.questionnaire);
    let mut options = LoadOptions::all();
    options.variants.retain(|(_, form)| forms.contains(form));
    let (ruleset, _) = definition.compile(&options)?;
    Ok(rule::Read { ruleset, files: definition.files })
}

fn unknown(id: &str) -> Failure {
    let rulesets = builtin::ruleset_ids();
    let questionnaires = builtin::questionnaire_ids();
    let rules = rule::ids();
    let known = rulesets.iter().copied().chain(questionnaires.iter().chain(&rules).map(String::as_str));
    let report =
        Report::message(format!("`{}` is no built-in ruleset, questionnaire or rule, and no file", id.escape_debug()));
    let report = match nearest(id, known) {
        Some(near) => report.hint(format!("did you mean `{near}`?")),
        None => report,
    };
    Failure::Definition(report.hint("`bearings list` shows what is built in"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(id: &str) -> String {
        anstream::adapter::strip_str(&page_as_text(&page(id).unwrap())).to_string()
    }

    #[test]
    fn everything_that_is_built_in_can_be_shown() {
        for id in builtin::ruleset_ids() {
            let text = text(id);
            assert!(text.contains("version") && text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
        for id in builtin::questionnaire_ids() {
            assert!(text(&id).contains("licence"), "{id}");
        }
    }

    #[test]
    fn a_name_of_both_shows_the_ruleset_first() {
        let text = text("trust-repair");
        let (ruleset, questionnaire) = (text.find("assessment").unwrap(), text.find("asked for safety").unwrap());
        assert!(ruleset < questionnaire);
    }

    /// Where a rule stands in the shipped files.
    fn place(file: &str, rule: &str) -> String {
        let files = builtin::ruleset("trust-repair").unwrap();
        let source = files.iter().find(|source| source.name.ends_with(file)).unwrap();
        let line = source.text.lines().position(|line| line.starts_with(&format!("rule {rule} "))).unwrap();
        format!("rulesets/trust-repair/{file}:{}", line + 1)
    }

    #[test]
    fn a_ruleset_shows_where_everything_stands() {
        let text = text("trust-repair").split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "window_weeks",
            "8, from 2 to 52",
            &place("effort.rhai", "one_sided_effort"),
            "What it looks at",
            "3 x apology_owns_it",
            "reversed plays_it_down",
            "hurt, short form",
            "The reasons to step back outweigh",
            "bad_signs && more_than_a_bad_spell",
            "apology zero_when times_repeated >= 2",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }

    #[test]
    fn a_rule_is_shown_with_its_condition() {
        let text = text("one_sided_effort");
        assert!(text.contains("    when    effort_mine - effort_theirs >= 2 && effort_theirs <= 1\n"), "{text}");
        assert!(
            text.contains("Ross & Sicoly 1979") && text.contains(&place("effort.rhai", "one_sided_effort")),
            "{text}"
        );
        assert!(!text.contains("carrying_wears_out"), "{text}");
    }

    #[test]
    fn a_name_close_to_a_known_one_is_found() {
        let Err(Failure::Definition(Report::Message { hints, .. })) = page("one_sided_efort") else { panic!("found") };
        assert!(hints.iter().any(|hint| hint.contains("`one_sided_effort`")), "{hints:?}");
    }

    #[test]
    fn a_path_is_a_ruleset_or_a_questionnaire() {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("mine.rhai");
        std::fs::write(&rules, &builtin::ruleset("csi-4").unwrap().first().unwrap().text).unwrap();
        assert!(text(rules.to_str().unwrap()).contains("below the published cut"));
        let questions = folder.path().join("mine.json");
        std::fs::write(&questions, builtin::questionnaire("ras").unwrap().text).unwrap();
        assert!(text(questions.to_str().unwrap()).contains("licence"));
    }
}
