//! REDCap's data dictionary: one row a field, in 18 columns.

use std::collections::BTreeSet;
use std::path::Path;

use bearings_engine::diagnostic::Code;
use bearings_engine::questionnaire::{Item, ItemKind, Wording};

use super::choices::{boxes, choices, pairs};
use super::draft::{self, Draft};
use super::logic;
use super::sheet::{Column, Line, Sheet};
use crate::args::Delimiter;
use crate::exit::Failure;

/// From where to where a slider goes that does not say so.
const SLIDER: (i64, i64) = (0, 100);

/// Where what is read stands. Each column is called as in the file that REDCap gives out, or as in its API.
struct Columns {
    name: Column,
    form: Column,
    section: Column,
    kind: Column,
    label: Column,
    choices: Column,
    validation: Column,
    min: Column,
    max: Column,
    identifier: Column,
    branching: Column,
}

/// Reads a dictionary.
///
/// # Errors
/// It cannot be read, is no dictionary, or holds nothing that could be asked.
pub(super) fn read(path: &Path, delimiter: Option<Delimiter>) -> Result<Draft, Failure> {
    let sheet = Sheet::read(path, delimiter)?;
    let columns = columns(&sheet)?;
    let mut draft = Draft::new("a REDCap data dictionary", &sheet.source.name);
    let mut problems = Vec::new();
    for line in &sheet.lines {
        let name = line.cell(columns.name);
        if draft.items.iter().any(|item| item.id == name) {
            problems.push(sheet.problem(Code::DuplicateId, line, format!("the field `{name}` stands there twice")));
            continue;
        }
        match item(name, line, &columns, &mut draft) {
            Ok(mut item) => {
                let clauses = logic::parse(line.cell(columns.branching));
                draft.ask_if(&mut item, clauses.as_deref());
                draft.items.push(item);
            }
            Err(reason) => draft.left_out.add(reason, format!("line {} `{name}`", line.number)),
        }
    }
    sheet.refuse(problems)?;
    draft.refuse_empty()?;
    if sheet.lines.iter().any(|line| !line.cell(columns.section).is_empty()) {
        draft.read_as("section headers are not carried over: reword a question that needs the one above it".to_owned());
    }
    let forms: BTreeSet<&str> = sheet.lines.iter().map(|line| line.cell(columns.form)).collect();
    // One form names the questionnaire; several are one project.
    draft.form = forms.first().filter(|form| forms.len() == 1 && !form.is_empty()).map(|form| (*form).to_owned());
    Ok(draft)
}

fn columns(sheet: &Sheet) -> Result<Columns, Failure> {
    let columns = Columns {
        name: sheet.column(&["Variable / Field Name", "field_name"]),
        form: sheet.column(&["Form Name", "form_name"]),
        section: sheet.column(&["Section Header", "section_header"]),
        kind: sheet.column(&["Field Type", "field_type"]),
        label: sheet.column(&["Field Label", "field_label"]),
        choices: sheet.column(&["Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"]),
        validation: sheet
            .column(&["Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"]),
        min: sheet.column(&["Text Validation Min", "text_validation_min"]),
        max: sheet.column(&["Text Validation Max", "text_validation_max"]),
        identifier: sheet.column(&["Identifier?", "identifier"]),
        branching: sheet.column(&["Branching Logic (Show field only if...)", "branching_logic"]),
    };
    let needed = [
        (columns.name, "`Variable / Field Name`"),
        (columns.kind, "`Field Type`"),
        (columns.label, "`Field Label`"),
        (columns.choices, "`Choices, Calculations, OR Slider Labels`"),
    ];
    match needed.into_iter().find(|(column, _)| column.is_none()) {
        Some((_, lacks)) => {
            let hint = "a dictionary is downloaded from the project's page \"Data Dictionary\"";
            Err(sheet.no_such_list("no REDCap data dictionary", lacks, hint))
        }
        None => Ok(columns),
    }
}

/// The item that a field is; an error is the reason why it is none.
fn item(name: &str, line: &Line, columns: &Columns, draft: &mut Draft) -> Result<Item, String> {
    let kind = line.cell(columns.kind);
    if line.cell(columns.identifier).eq_ignore_ascii_case("y") {
        return Err("it is marked as telling who somebody is".to_owned());
    }
    let label = plain(line.cell(columns.label));
    let written = line.cell(columns.choices);
    let codes = || {
        let pairs = pairs(written, '|').ok_or_else(|| "its choices are no codes and labels".to_owned())?;
        Ok::<_, String>(pairs.into_iter().map(|(code, label)| (code, plain(&label))).collect::<Vec<_>>())
    };
    let fixed = |one: &str, other: &str| vec![("0".to_owned(), one.to_owned()), ("1".to_owned(), other.to_owned())];
    let pairs = match kind {
        "radio" | "dropdown" => choices(codes()?)?,
        "yesno" => choices(fixed("No", "Yes"))?,
        "truefalse" => choices(fixed("False", "True"))?,
        "checkbox" => {
            let options = boxes(codes()?)?;
            return with_text(draft::item(name, &label, ItemKind::Multi(options)));
        }
        "slider" => {
            let (min, max) = range(line, columns, Some(SLIDER))?;
            if !written.is_empty() {
                draft.changed("the words along the slider are not carried over", name);
            }
            return with_text(draft::item(name, &label, draft::number(min, max)));
        }
        "text" => {
            let (min, max) = match line.cell(columns.validation) {
                "integer" => range(line, columns, None)?,
                "" => return Err("it is free text, which nothing scores".to_owned()),
                _ => return Err("it is a text that is no whole number".to_owned()),
            };
            return with_text(draft::item(name, &label, draft::number(min, max)));
        }
        "notes" => return Err("it is free text, which nothing scores".to_owned()),
        "descriptive" => return Err("it only shows a text".to_owned()),
        "calc" => return Err("it is computed by REDCap".to_owned()),
        "file" => return Err("it takes a file".to_owned()),
        _ => return Err("no such kind of field is known".to_owned()),
    };
    with_text(draft.choice(name, &label, pairs))
}

fn with_text(item: Item) -> Result<Item, String> {
    if item.text == Wording::Same(String::new()) { Err("it has no label".to_owned()) } else { Ok(item) }
}

/// From where to where a number goes.
fn range(line: &Line, columns: &Columns, unsaid: Option<(i64, i64)>) -> Result<(i64, i64), String> {
    let end = |cell: &str, unsaid: Option<i64>| match (cell, unsaid) {
        ("", Some(unsaid)) => Ok(unsaid),
        ("", None) => Err("it is a number without a lowest and a highest value".to_owned()),
        (cell, _) => cell.parse().map_err(|_| "its lowest or highest value is no whole number".to_owned()),
    };
    let min = end(line.cell(columns.min), unsaid.map(|(min, _)| min))?;
    let max = end(line.cell(columns.max), unsaid.map(|(_, max)| max))?;
    if min < max { Ok((min, max)) } else { Err("its lowest value is not below its highest".to_owned()) }
}

/// A label without its markup. REDCap shows labels as HTML, so `&lt;` in one stands for `<`.
fn plain(label: &str) -> String {
    let mut text = String::new();
    let mut rest = label;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match after.split_once('>') {
            Some((_, behind)) if is_tag => {
                text.push(' ');
                rest = behind;
            }
            _ => {
                text.push('<');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').and_then(|(name, behind)| Some((entity(name)?, behind)));
        match entity {
            Some((c, behind)) => {
                plain.push(c);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => char::from_u32(name.strip_prefix('#')?.parse().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_people_saw() {
        for (label, text) in [
            ("Are you <b>well</b>?", "Are you well ?"),
            ("<div class=\"rich-text-field-label\"><p>One</p>\n<p>two</p></div>", "One two"),
            ("a &lt;b&gt; &amp;amp; &#124; c", "a <b> &amp; | c"),
            ("1 < 2 & 3 > 2; AT&T;", "1 < 2 & 3 > 2; AT&T;"),
            ("&#43;1 &nbsp; &quot;x&quot;", "+1 \"x\""),
        ] {
            assert_eq!(plain(label), text);
        }
    }
}
