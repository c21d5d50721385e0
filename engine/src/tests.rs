//! The generated files: JSON Schemas of the formats, and the reference of the ruleset language.
//!
//! `SNAPSHOTS=overwrite cargo test -p bearings-engine generated` writes them anew.

mod coverage;

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;

use crate::diagnostic::SourceFile;
use crate::questionnaire::Questionnaire;

/// The questionnaire `trust-repair` and the files of its ruleset, as they are shipped.
pub(crate) fn trust_repair() -> (Arc<Questionnaire>, Vec<SourceFile>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let questionnaire = SourceFile::new("trust-repair.json", read(&root.join("questionnaires/trust-repair.json")));
    let folder = std::fs::read_dir(root.join("rulesets/trust-repair")).unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rhai"));
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files = paths.iter().map(|path| SourceFile::new(name(path), read(path))).collect();
    (Arc::new(Questionnaire::load(&questionnaire).unwrap()), files)
}

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
fn the_generated_coverage_table_is_fresh_and_has_no_empty_cell() {
    let table = coverage::table();
    assert!(!table.contains("|  |"), "an empty cell: {table}");
    fresh("rulesets/COVERAGE.md", &table);
}

/// Forgiving is shown, never scored: "forgiveness is never evidence for staying"; and so are ties, wishes for others
/// and where a doubt comes from.
#[test]
fn no_signal_depends_on_forgiving_or_on_what_makes_leaving_hard() {
    let shaping = [
        "forgiving_is_clear",
        "forgiving_is_my_choice",
        "wishes_them_well",
        "anger_protects_me",
        "expects_it_again",
        "would_wish_for_a_friend",
        "what_makes_leaving_hard",
        "doubt_felt",
        "trend_since_last_month",
    ];
    for item in shaping {
        assert_eq!(coverage::signals_of(item), [""; 0], "{item}");
    }
    assert_eq!(coverage::signals_of("times_repeated"), ["walk_away", "keep_going"]);
    assert_eq!(coverage::signals_of("want_them_in_my_life"), ["keep_going"]);
}

#[test]
fn the_generated_reference_of_the_language_is_fresh() {
    fresh("rulesets/API.md", &crate::api_reference());
}
