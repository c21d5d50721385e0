//! What `export` writes comes back from `import`.

use serde_json::{Value, json};

use super::{items, options};
use crate::support::{Folder, bearings, read, root};

const LIVING: &str = "tests/data/living/questionnaire.json";

/// What a form can carry of an item that is asked of everybody, from the file itself.
///
/// It cannot carry, and so is not compared: `label`, `why`, `topic`, `direction`, `dimension`, `context`, `wish`,
/// `keyed`, `safety`, `block` and `source`, which only this program reads; `forms`, since a form is one of them; `unit`
/// and `max_label`, which stand in a note; wordings for some roles and bonds, since a form has one.
fn carried(questionnaire: &Value, item: &Value) -> Value {
    let mut carried = json!({"id": item["id"], "kind": item["kind"]});
    let mut keep = |field: &str, value: &Value| {
        if !value.is_null() {
            carried[field] = value.clone();
        }
    };
    if let Some(text) = item["text"].as_str() {
        keep("text", &text.replace("{bond}", "this person").into());
    }
    keep("options", &options(questionnaire, item));
    for field in ["min", "max", "falling", "asked_if"] {
        keep(field, &item[field]);
    }
    // Boxes and numbers have no place for "does not apply".
    if item["kind"] == "choice" {
        keep("not_applicable", &item["not_applicable"]);
    }
    // In a form for everybody, who is asked is an answer to the question of the role.
    if questionnaire["items"].as_array().unwrap().iter().any(|item| item["id"] == "my_role") {
        keep("roles", &item["roles"]);
    }
    carried
}

#[track_caller]
fn comes_back(file: &str, to: &str) {
    let before: Value = serde_json::from_str(&read(file)).unwrap();
    let folder = Folder::new();
    let form = if to == "redcap" { "form.csv" } else { "form" };
    bearings(&format!("export {file} --to {to} --form full --role both -o")).arg(folder.at(form)).ok();
    let list = folder.at(form);
    bearings(&format!("import --from {to} --id copy")).arg(list).arg("-o").arg(folder.at("q.json")).ok();
    let after = folder.json("q.json");
    let asked = before["items"].as_array().unwrap().iter().filter(|item| {
        let forms = item["forms"].as_array();
        item["kind"] != "text" && forms.is_none_or(|forms| forms.iter().any(|form| form == "full"))
    });
    let expected: Vec<Value> = asked.map(|item| carried(&before, item)).collect();
    let mut found = items(&after);
    assert_eq!(found.len(), expected.len(), "{file}");
    for (found, expected) in found.iter_mut().zip(&expected) {
        // Wordings for several roles or bonds cannot all come back.
        if expected.get("text").is_none() {
            assert!(found.as_object_mut().unwrap().remove("text").is_some());
        }
        assert_eq!(found, expected, "{file} {to}");
    }
    bearings("check").arg(folder.at("q.json")).ok();
}

#[test]
fn what_is_exported_comes_back() {
    let mut files: Vec<String> = std::fs::read_dir(root().join("questionnaires"))
        .unwrap()
        .map(|entry| format!("questionnaires/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".json"))
        .collect();
    assert!(files.len() >= 19, "{files:?}");
    files.push(LIVING.to_owned());
    for file in &files {
        comes_back(file, "redcap");
        comes_back(file, "xlsform");
    }
}

#[test]
fn a_questionnaire_passes_through_a_pipe() {
    let dictionary = bearings("export ras --to redcap").ok().stdout;
    let outcome = bearings("import - --from redcap --id mine").stdin(dictionary).ok();
    assert_eq!(outcome.json()["items"].as_array().unwrap().len(), 7);
}
