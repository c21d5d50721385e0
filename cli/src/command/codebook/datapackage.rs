//! A codebook as a Data Package descriptor, version 2, with a Table Schema: what R, Python and data archives read types,
//! labels and missing values from.

use bearings_engine::questionnaire::{OptionValue, ResponseOption};
use serde::Serialize;
use serde_json::{Value, json};

use super::survey::are_words;
use super::{Codebook, Column, Values};

const PACKAGE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const RESOURCE: &str = "https://datapackage.org/profiles/2.0/dataresource.json";
const SCHEMA: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

#[derive(Serialize)]
struct Package<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: String,
    title: &'a str,
    version: &'a str,
    description: String,
    resources: [Resource<'a>; 1],
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(rename = "$schema")]
    schema_of_resource: &'static str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    path: &'a str,
    format: &'static str,
    mediatype: &'static str,
    encoding: &'static str,
    schema: Schema<'a>,
}

#[derive(Serialize)]
struct Schema<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    /// By their names: a survey may have fewer columns and others, a scored file has the kept ones beside.
    #[serde(rename = "fieldsMatch")]
    fields_match: &'static str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<&'static str>,
    #[serde(rename = "itemType", skip_serializing_if = "Option::is_none")]
    item_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    categories: Option<Vec<Value>>,
    #[serde(rename = "categoriesOrdered", skip_serializing_if = "Option::is_none")]
    categories_ordered: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<Value>,
    #[serde(rename = "missingValues", skip_serializing_if = "Vec::is_empty")]
    missing_values: Vec<Value>,
}

/// The descriptor, ready to lie beside the file as `datapackage.json`.
pub(super) fn text(codebook: &Codebook) -> serde_json::Result<String> {
    let is_scored = codebook.file == "scored.csv";
    let about: Vec<String> = codebook.about.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    let package = Package {
        schema: PACKAGE,
        name: format!("{}-{}", codebook.id, codebook.file.trim_end_matches(".csv")),
        title: &codebook.title,
        version: &codebook.version,
        description: about.into_iter().chain(codebook.notes.iter().cloned()).collect::<Vec<_>>().join("\n"),
        resources: [Resource {
            schema_of_resource: RESOURCE,
            name: codebook.file.trim_end_matches(".csv"),
            kind: "table",
            path: codebook.file,
            format: "csv",
            mediatype: "text/csv",
            encoding: "utf-8",
            schema: Schema {
                schema: SCHEMA,
                fields_match: if is_scored { "subset" } else { "partial" },
                fields: codebook.columns.iter().map(field).collect(),
            },
        }],
    };
    let mut text = serde_json::to_string_pretty(&package)?;
    text.push('\n');
    Ok(text)
}

fn field(column: &Column) -> Field<'_> {
    let (kind, mut constraints) = match &column.values {
        Values::OneOf(options) if are_words(options) => ("string", None),
        Values::OneOf(_) => ("integer", None),
        Values::AnyOf(_) => ("list", None),
        Values::Whole { min, max, .. } => ("integer", ends(json!(min), json!(max))),
        Values::Decimal { min, max } => ("number", ends(json!(min), json!(max))),
        Values::Id => ("string", None),
    };
    let is_list = kind == "list";
    let categories = match &column.values {
        Values::OneOf(options) => Some(options.iter().map(category).collect()),
        _ => None,
    };
    if matches!(column.values, Values::Id) {
        constraints = Some(json!({"required": true}));
    }
    let missing = column.missing.iter().map(|(word, means)| json!({"value": word, "label": means}));
    Field {
        name: &column.name,
        kind,
        title: &column.label,
        description: description(column),
        delimiter: is_list.then_some(";"),
        item_type: is_list.then_some("string"),
        categories_ordered: (kind == "integer" && categories.is_some()).then_some(true),
        categories,
        constraints,
        missing_values: missing.collect(),
    }
}

/// `{"minimum": 0, "maximum": 52}`, as far as the ends are known.
fn ends(min: Value, max: Value) -> Option<Value> {
    match (min.is_null(), max.is_null()) {
        (false, false) => Some(json!({"minimum": min, "maximum": max})),
        _ => None,
    }
}

fn category(option: &ResponseOption) -> Value {
    match &option.value {
        OptionValue::Number(number) => json!({"value": number, "label": option.label}),
        OptionValue::Word(word) => json!({"value": word, "label": option.label}),
    }
}

fn description(column: &Column) -> String {
    let mut parts = Vec::new();
    parts.extend(Some(column.question.clone()).filter(|question| !question.is_empty()));
    if let Values::Whole { unit, .. } = &column.values {
        parts.extend(Some(unit.clone()).filter(|unit| !unit.is_empty()));
    }
    if !column.asked.is_empty() {
        parts.push(if column.question.is_empty() { column.asked.clone() } else { format!("Asked {}", column.asked) });
    }
    if !column.scales.is_empty() {
        parts.push(format!("Scales: {}", column.scales.join("; ")));
    }
    if let Some(why) = column.private {
        parts.push(format!("Private: {why}"));
    }
    parts.join("\n")
}
