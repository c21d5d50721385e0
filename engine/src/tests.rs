//! The generated files: JSON Schemas of the formats, and the reference of the ruleset language.
//!
//! `SNAPSHOTS=overwrite cargo test -p bearings-engine generated` writes them anew.

use std::path::Path;

use schemars::JsonSchema;

#[track_caller]
fn fresh(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{file} is stale: run SNAPSHOTS=overwrite cargo test -p bearings-engine generated");
}

fn schema<T: JsonSchema>(name: &str) {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(T)).unwrap();
    text.push('\n');
    fresh(&format!("engine/schemas/{name}.schema.json"), &text);
}

#[test]
fn generated_schemas_are_fresh() {
    schema::<crate::questionnaire::QuestionnaireFile>("questionnaire");
    schema::<crate::responses::AnswersFile>("answers");
    schema::<crate::assessment::Assessment>("assessment");
    schema::<crate::case::CaseFile>("case");
}

#[test]
fn the_generated_reference_of_the_language_is_fresh() {
    fresh("rulesets/API.md", &crate::api_reference());
}
