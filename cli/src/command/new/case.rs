//! A case with every question of a form and no answer yet.
//!
//! What it expects is what the program reads from such a sheet, so it passes, and its description says that this is
//! all that it does: an expectation worth having is written by somebody who read the answers.

use bearings_engine::assessment::{Assessment, Reading};
use bearings_engine::diagnostic::{LoadError, SourceFile};
use bearings_engine::questionnaire::{ItemKind, ROLE_ITEM, Role};
use bearings_engine::{CASE_FORMAT, Case, Kind, LoadOptions, Ruleset, Variant};
use serde_json::Value;

use crate::args::NewCaseArgs;
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};

const DESCRIPTION: &str = "Nothing is answered yet, and what is expected is what the program makes of that: so this \
                           passes and shows nothing. Say here who it is, fill in the answers, and write down what a \
                           careful reader expects before you run it.";

/// The text of the case.
///
/// # Errors
/// The ruleset cannot be used, or its questionnaire does not ask who answers.
pub(super) fn sheet(args: &NewCaseArgs) -> Result<String, Failure> {
    let definition = Definition::read(&args.ruleset, None)?;
    let form = args.form.into();
    let (ruleset, _) = definition.compile(&LoadOptions { variants: variants(form), ..LoadOptions::all() })?;
    let questionnaire = &definition.questionnaire;
    let role = Role::from(args.role);
    let says_role = questionnaire.item(ROLE_ITEM).is_some_and(|item| item.is_asked_in(role, form));
    if !says_role && role != Role::Hurt {
        let message = format!("`{}` does not ask `{ROLE_ITEM}`, so every case is read as hurt", questionnaire.id);
        return Err(Failure::Usage(message));
    }
    let answers = if says_role { vec![(ROLE_ITEM.to_owned(), quoted(role.as_str()))] } else { Vec::new() };
    let blank = |item: &&bearings_engine::questionnaire::Item| {
        item.is_asked_in(role, form) && item.kind != ItemKind::Text && !(says_role && item.id == ROLE_ITEM)
    };
    let missing = questionnaire.items.iter().filter(blank).map(|item| (item.id.clone(), quoted("skipped"))).collect();
    // A case that expects nothing is none; what comes out is known only after it was read.
    let any = vec![("withheld".to_owned(), Value::from(false).to_string())];
    let mut case = Sheet { form: form.as_str(), answers, missing, expect: any };
    case.expect = outcome(&case.text(), &ruleset)?;
    Ok(case.text())
}

/// The parts of a case, each a list of names and JSON values in the order in which they are written.
struct Sheet {
    form: &'static str,
    answers: Vec<(String, String)>,
    missing: Vec<(String, String)>,
    expect: Vec<(String, String)>,
}

impl Sheet {
    /// By hand, since the questions are to stand in the order in which they are asked.
    fn text(&self) -> String {
        let lines = [
            format!("  \"format\": {}", quoted(CASE_FORMAT)),
            format!("  \"description\": {}", quoted(DESCRIPTION)),
            format!("  \"form\": {}", quoted(self.form)),
            format!("  \"answers\": {}", object(&self.answers)),
            format!("  \"missing\": {}", object(&self.missing)),
            format!("  \"expect\": {}", object(&self.expect)),
        ];
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }
}

fn object(fields: &[(String, String)]) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("    {}: {value}", quoted(name))).collect();
    format!("{{\n{}\n  }}", lines.join(",\n"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// What the program makes of the sheet.
fn outcome(text: &str, ruleset: &Ruleset) -> Result<Vec<(String, String)>, Failure> {
    let source = SourceFile::new("the new case", text);
    let case = Case::load_for(&source, ruleset)
        .map_err(|LoadError(problems)| Failure::Definition(Report::Diagnostics { problems, sources: vec![source] }))?;
    let trace = case.trace(ruleset).map_err(|missing| Failure::Definition(Report::message(missing.to_string())))?;
    let variant = ruleset.variant(case.responses.role, case.responses.form);
    Ok(match &trace.assessment {
        Assessment::Withheld(_) => vec![("withheld".to_owned(), Value::from(true).to_string())],
        Assessment::Read(reading) => expected(reading, ruleset.kind, variant),
    })
}

/// What a case can expect of a ruleset of this kind; a list of rules is for the author to begin.
fn expected(reading: &Reading, kind: Kind, variant: Option<&Variant>) -> Vec<(String, String)> {
    // An instrument has scores and nothing else.
    if kind == Kind::Instrument {
        let scores: Vec<String> =
            reading.scores.iter().map(|score| format!("{}: {}", quoted(&score.id), Value::from(score.value))).collect();
        return vec![("scores".to_owned(), format!("{{ {} }}", scores.join(", ")))];
    }
    let word = |text: &Option<String>| Value::from(text.clone()).to_string();
    let mut fields =
        vec![("signal".to_owned(), word(&reading.signal.id)), ("reason".to_owned(), word(&reading.signal.reason))];
    if variant.is_some_and(|variant| !variant.stages.is_empty()) {
        let stage = reading.stage.as_ref().map_or("unplaced", |stage| stage.id.as_str());
        fields.push(("stage".to_owned(), quoted(stage)));
    }
    if variant.is_some_and(|variant| !variant.overlays.is_empty()) {
        let overlays: Vec<&str> = reading.overlays.iter().map(|overlay| overlay.id.as_str()).collect();
        fields.push(("overlays".to_owned(), Value::from(overlays).to_string()));
    }
    if variant.is_some_and(|variant| !variant.rules.is_empty()) {
        fields.extend(["fired", "not_fired"].map(|list| (list.to_owned(), "[]".to_owned())));
    }
    fields
}
