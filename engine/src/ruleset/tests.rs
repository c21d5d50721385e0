use std::time::{Duration, Instant};

use super::*;
use crate::assess;
use crate::assessment::{Assessment, Reading};
use crate::questionnaire::OptionValue;
use crate::responses::{Missing, SafetyBlock, responses_from};

mod claims;
mod instruments;
mod kinds;
mod limits;
mod lints;
mod meaning;
mod names;

// ---- a small questionnaire --------------------------------------------------------------------------------------

const QUESTIONNAIRE: &str = r#"{"format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "t",
"description": "d", "source": "s", "licence": "l", "bond_words": {"friend": "your friend"}, "option_lists": {
  "five": [{"value": 1, "label": "one"}, {"value": 2, "label": "two"}, {"value": 3, "label": "three"},
           {"value": 4, "label": "four"}, {"value": 5, "label": "five"}],
  "yes_no": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
"items": [
  {"id": "a", "kind": "choice", "text": "?", "options": "five"},
  {"id": "b", "kind": "choice", "text": "?", "options": "five"},
  {"id": "e", "kind": "choice", "text": "?", "options": "five"},
  {"id": "f", "kind": "choice", "text": "?", "options": "five"},
  {"id": "g", "kind": "choice", "text": "?", "options": "five"},
  {"id": "h", "kind": "choice", "text": "?", "options": "five"},
  {"id": "good", "kind": "choice", "text": "?", "options": "five", "direction": "+"},
  {"id": "bad", "kind": "choice", "text": "?", "options": "five", "direction": "-"},
  {"id": "visits", "kind": "choice", "text": "?", "options": "five", "not_applicable": true},
  {"id": "calls", "kind": "choice", "text": "?", "options": "five", "not_applicable": true},
  {"id": "more", "kind": "choice", "text": "?", "options": "five", "asked_if": {"item": "a", "op": ">=", "value": 3}},
  {"id": "thousand", "kind": "number", "text": "?", "min": 0, "max": 1000},
  {"id": "weeks", "kind": "number", "text": "?", "min": 0, "max": 52, "unit": "weeks"},
  {"id": "breach", "kind": "choice", "text": "?",
   "options": [{"value": "lie", "label": "a lie"}, {"value": "money", "label": "money"}]},
  {"id": "ties", "kind": "multi", "text": "?",
   "options": [{"value": "home", "label": "h"}, {"value": "kids", "label": "k"}]},
  {"id": "words", "kind": "text", "text": "?"},
  {"id": "deep", "kind": "choice", "text": "?", "options": "five", "forms": ["full"]},
  {"id": "bond_kind", "kind": "choice", "text": "?", "options": [{"value": "friend", "label": "f"}, {"value": "family", "label": "g"}]},
  {"id": "safety_fear", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "hard"}},
  {"id": "safety_watch", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "soft"}},
  {"id": "safety_kinds", "kind": "multi", "text": "?", "block": true, "options": [{"value": "home", "label": "h"}]}
]}"#;

fn questionnaire() -> Arc<Questionnaire> {
    Arc::new(Questionnaire::load(&SourceFile::new("small.json", QUESTIONNAIRE)).unwrap())
}

const STUDY: &str = r#"study "mine" version "1" questionnaire "small" title "Mine";"#;

const ASSESSMENT: &str = r#"//! About.
//! ## Sources
//! s
//! ## Published
//! 2026-01-01
//! ## Validated
//! no
//! ## Update policy
//! yearly
//! ## Uncertainty
//! much
//! ## Funding
//! none
assessment "mine" version "1" questionnaire "small" title "Mine";
floor core 0.1 source "design choice";
signal keep_going "Keep going" when good >= 4;
signal mixed "Mixed" otherwise;
"#;

type Loaded = Result<(Ruleset, Vec<Diagnostic>), LoadError>;

/// Loads a header file and a second file with the text under test.
fn load_with(header: &str, body: &str, set: &[(&str, &str)]) -> Loaded {
    let files = [SourceFile::new("header.rhai", header), SourceFile::new("body.rhai", body)];
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(&files, &questionnaire(), &LoadOptions { set, ..LoadOptions::only(Role::Hurt, Form::Short) })
}

/// `code line:column` of a diagnostic in the text under test.
fn place(problem: &Diagnostic, text: &str) -> String {
    match &problem.span {
        Some(span) => {
            let (line, column) = SourceFile::new("", text).position(span.start);
            format!("{} {line}:{column}", problem.code)
        }
        None => problem.code.to_string(),
    }
}

/// The diagnostics of one severity: `(place, words in the message or a hint)` each, and no other.
#[track_caller]
fn check_diagnostics(problems: &[Diagnostic], severity: Severity, body: &str, expected: &[(&str, &str)]) {
    let problems: Vec<&Diagnostic> = problems.iter().filter(|problem| problem.severity == severity).collect();
    let found: Vec<String> = problems.iter().map(|problem| place(problem, body)).collect();
    let wanted: Vec<&str> = expected.iter().map(|(place, _)| *place).collect();
    assert_eq!(found, wanted, "{problems:#?}");
    for (problem, (_, words)) in problems.iter().zip(expected) {
        let said = format!("{} / {}", problem.message, problem.hints.join(" / "));
        assert!(said.contains(words), "{said}");
    }
}

/// The errors that a study with this text does not load for.
#[track_caller]
fn check(body: &str, expected: &[(&str, &str)]) {
    match load_with(STUDY, body, &[]) {
        Ok(_) => panic!("it loads, but {expected:?} was expected"),
        Err(LoadError(problems)) => check_diagnostics(&problems, Severity::Error, body, expected),
    }
}

#[track_caller]
fn check_assessment(body: &str, expected: &[(&str, &str)]) {
    match load_with(ASSESSMENT, body, &[]) {
        Ok(_) => panic!("it loads, but {expected:?} was expected"),
        Err(LoadError(problems)) => check_diagnostics(&problems, Severity::Error, body, expected),
    }
}

/// A study with this text loads with exactly these warnings.
#[track_caller]
fn check_warns(body: &str, expected: &[(&str, &str)]) {
    match load_with(STUDY, body, &[]) {
        Ok((_, problems)) => check_diagnostics(&problems, Severity::Warning, body, expected),
        Err(LoadError(problems)) => panic!("it does not load: {problems:#?}"),
    }
}

#[track_caller]
fn check_loads(body: &str) {
    check_warns(body, &[]);
}
