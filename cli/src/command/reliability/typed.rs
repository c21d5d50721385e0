//! A scale of columns that were named on the command line, as a questionnaire and a ruleset of its own.

use std::sync::Arc;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::{QUESTIONNAIRE_FORMAT, Questionnaire};
use serde_json::json;

use crate::args::ValueRange;
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::survey::private;

/// What such a questionnaire, its ruleset and its scale are called.
const NAME: &str = "items";
const SCALE: &str = "all_items";

/// One scale, the mean of these items; a minus before a name reverses it.
///
/// # Errors
/// A name that no rule could write, or one that stands twice.
pub(super) fn definition(items: &[String], range: ValueRange) -> Result<Definition, Failure> {
    let names: Vec<&str> =
        items.iter().map(|item| item.trim()).map(|item| item.strip_prefix('-').unwrap_or(item)).collect();
    for (at, name) in names.iter().enumerate() {
        private::refuse(name, None, None)?;
        if !is_word(name) {
            return Err(Failure::Usage(format!(
                "--items: `{name}` is no name of letters, digits and _ that starts with a letter; such columns are \
                 named by a questionnaire's ids, or with --columns"
            )));
        }
        if names.iter().take(at).any(|other| other == name) {
            return Err(Failure::Usage(format!("--items names `{name}` twice")));
        }
    }
    let ValueRange { min, max } = range;
    let asked: Vec<serde_json::Value> = names
        .iter()
        .map(|name| json!({"id": name, "kind": "number", "text": format!("Column {name}"), "min": min, "max": max}))
        .collect();
    let questionnaire = json!({
        "format": QUESTIONNAIRE_FORMAT, "id": NAME, "version": "0", "title": "Columns of a survey",
        "description": "Columns that were named on the command line.", "source": "--items", "licence": "-",
        "items": asked,
    });
    let source = SourceFile::new("--items", questionnaire.to_string());
    let questionnaire =
        Questionnaire::load(&source).map_err(|error| Failure::Definition(Report::load(error, vec![source])))?;
    let written: Vec<&str> = items.iter().map(|item| item.trim()).collect();
    let rules = format!(
        "study \"{NAME}\" version \"0\" questionnaire \"{NAME}\" title \"Columns of a survey\";\n\
         scale {SCALE} \"Mean of the columns\" = mean({}) source \"--items\";\n",
        written.join(", ")
    );
    Ok(Definition { questionnaire: Arc::new(questionnaire), files: vec![SourceFile::new("--items", rules)] })
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
