//! REDCap's data dictionary: 18 columns, one row a field.
//!
//! A choice is a `radio`, also where it is no or yes: a `yesno` field would show its own labels in its own order.

use std::io::{self, Write};

use bearings_engine::diagnostic::{Diagnostic, SourceFile};
use bearings_engine::questionnaire::{ItemKind, Operator, OptionValue, ResponseOption};
use bearings_engine::responses::Missing;

use super::codes::{self, Rules};
use super::{
    DOES_NOT_APPLY, HELP_HEADING, Part, Question, SAFETY_INTRO, Sheet, ShownIf, Test, all_of, emergency, help_lines,
    looks_like_a_formula, one_line,
};
use crate::output::below_csv;
use crate::report;

/// The columns as REDCap writes them into the dictionaries that it gives out.
const COLUMNS: [&str; 18] = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
];
/// The first field of every project.
const RECORD: &str = "record_id";
/// REDCap warns of longer names, since some programs that read its exports cut them.
pub(crate) const ADVISED_NAME: usize = 26;
const LONGEST_NAME: usize = 100;

/// One row; what is not named is empty.
#[derive(Default)]
struct Field {
    name: String,
    section: String,
    kind: &'static str,
    label: String,
    choices: String,
    note: String,
    validation: &'static str,
    bounds: Option<(i64, i64)>,
    branching: String,
    number: String,
    annotation: String,
}

/// A dictionary, ready to be written.
pub(crate) struct Dictionary {
    form: String,
    fields: Vec<Field>,
    /// Names that are longer than what is advised.
    pub(crate) long_names: Vec<String>,
}

/// The sheet as a dictionary.
///
/// # Errors
/// Every name and code that REDCap would refuse.
pub(crate) fn dictionary(sheet: &Sheet<'_>, source: &SourceFile) -> Result<Dictionary, Vec<Diagnostic>> {
    let form = codes::form_name(&sheet.questionnaire.id);
    let rules =
        Rules { system: "REDCap", name: wrong_name, taken: vec![RECORD.to_owned(), format!("{form}_complete")] };
    let problems = codes::problems(sheet, &rules, source);
    if !problems.is_empty() {
        return Err(problems);
    }
    let record = Field {
        name: RECORD.to_owned(),
        kind: "text",
        label: "Record ID".to_owned(),
        note: "A number that is not made of a name, a birthday or an address".to_owned(),
        ..Field::default()
    };
    let text_only = |name: &str, section: &str, label: String| Field {
        name: sheet.free_name(name),
        section: section.to_owned(),
        kind: "descriptive",
        label,
        ..Field::default()
    };
    let mut fields = vec![record, text_only("in_danger", "", shown(&emergency()))];
    for part in &sheet.parts {
        let mut section = section(part);
        fields.extend(part.questions.iter().map(|question| field(question, std::mem::take(&mut section))));
    }
    let help: Vec<String> = help_lines().iter().map(|line| shown(line)).collect();
    fields.push(text_only("where_help_is", HELP_HEADING, help.join("<br>")));
    let names = fields.iter().map(|field| &field.name);
    let long_names = names.filter(|name| name.len() > ADVISED_NAME).cloned().collect();
    Ok(Dictionary { form, fields, long_names })
}

fn wrong_name(name: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        Some("its names are lower-case letters, digits and `_`, starting with a letter")
    } else if name.contains("__") || name.ends_with('_') {
        // `a__b` would become `a_b`, and `___` separates a box from its field.
        Some("its names have no two `_` in a row and end with a letter or digit")
    } else if name.len() > LONGEST_NAME {
        Some("its names have at most 100 characters")
    } else if name.starts_with("redcap_") {
        Some("names that start with `redcap_` are its own")
    } else {
        None
    }
}

/// The header over the first field of a part. In surveys it can start a page.
fn section(part: &Part<'_>) -> String {
    let title = shown(part.title().unwrap_or_default());
    match part.safety {
        true => format!("{title}. {SAFETY_INTRO} {}", shown(&report::first_help())),
        false => title,
    }
}

fn field(question: &Question<'_>, section: String) -> Field {
    let item = question.item;
    let mut field = Field {
        name: item.id.clone(),
        section,
        label: shown(&question.text),
        branching: all_of(&question.shown_if, clause),
        number: question.number.to_string(),
        annotation: missing_codes(question),
        ..Field::default()
    };
    match &item.kind {
        ItemKind::Choice(_) => {
            field.kind = "radio";
            field.choices = choices(&question.options(), item.offers_not_applicable);
        }
        ItemKind::Multi(_) => {
            field.kind = "checkbox";
            // A box for "does not apply" would be a column that nothing reads.
            field.choices = choices(&question.options(), false);
            field.note = "Tick all that fit".to_owned();
        }
        ItemKind::Number { min, max, unit, max_label } => {
            field.kind = "text";
            field.validation = "integer";
            field.bounds = Some((*min, *max));
            let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let most = max_label.as_ref().map(|label| format!("; {max}: {label}")).unwrap_or_default();
            field.note = shown(&format!("From {min} to {max}{unit}{most}"));
        }
        // Not in a sheet.
        ItemKind::Text => {}
    }
    field
}

/// `0, no | 1, yes`.
fn choices(options: &[&ResponseOption], not_applicable: bool) -> String {
    let mut choices: Vec<String> =
        options.iter().map(|option| format!("{}, {}", option.value, shown(&option.label))).collect();
    let word = Missing::NotApplicable.as_str();
    if not_applicable {
        choices.push(format!("{word}, {DOES_NOT_APPLY}"));
    }
    let text = choices.join(" | ");
    // The first code may be negative. Spaces around codes count for nothing.
    if looks_like_a_formula(&text) { format!(" {text}") } else { text }
}

/// The codes to be used as REDCap's missing data codes, which whoever types answers in can choose. "Does not apply" is
/// none of them: it is a choice of the questions that offer it, and a code cannot be both.
fn missing_codes(question: &Question<'_>) -> String {
    match question.item.kind {
        // Boxes have none.
        ItemKind::Multi(_) => String::new(),
        _ => format!("Missing data codes: {}, {}", Missing::Declined.as_str(), Missing::DontKnow.as_str()),
    }
}

fn clause(shown_if: &ShownIf<'_>) -> String {
    let id = &shown_if.parent.id;
    match &shown_if.test {
        Test::Ticked(option) => format!("[{id}({})] = '1'", option.value),
        Test::NotTicked(option) => format!("[{id}({})] = '0'", option.value),
        Test::OneOf(options) => {
            options.iter().map(|option| format!("[{id}] = '{}'", option.value)).collect::<Vec<_>>().join(" or ")
        }
        Test::Compared(Operator::Equal, value) => compared(id, Operator::Equal, value),
        Test::Compared(operator, value) => {
            // An empty field counts as 0, or as different from anything.
            let mut clause = format!("[{id}] <> '' and {}", compared(id, *operator, value));
            if *operator == Operator::NotEqual && shown_if.parent.offers_not_applicable {
                clause.push_str(&format!(" and [{id}] <> '{}'", Missing::NotApplicable.as_str()));
            }
            clause
        }
    }
}

/// Numbers that are compared by their size stand without quotes, as REDCap asks for; with quotes 10 is below 9.
fn compared(id: &str, operator: Operator, value: &OptionValue) -> String {
    match operator {
        Operator::Equal => format!("[{id}] = '{value}'"),
        Operator::NotEqual => format!("[{id}] <> '{value}'"),
        Operator::AtMost => format!("[{id}] <= {value}"),
        Operator::AtLeast => format!("[{id}] >= {value}"),
        Operator::Less => format!("[{id}] < {value}"),
        Operator::Greater => format!("[{id}] > {value}"),
    }
}

/// A text as REDCap shows it. Labels are HTML there, `[field]` and `{field}` in them are filled in, and `|` ends a
/// choice; a sign that starts a cell would be a formula in a spreadsheet. Each is written so that it is only shown.
fn shown(text: &str) -> String {
    let text = one_line(text);
    let formula = looks_like_a_formula(&text);
    let mut escaped = String::new();
    for (at, c) in text.char_indices() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '[' | ']' | '{' | '}' | '|' => escaped.push_str(&format!("&#{};", u32::from(c))),
            _ if at == 0 && formula => escaped.push_str(&format!("&#{};", u32::from(c))),
            _ => escaped.push(c),
        }
    }
    escaped
}

impl Dictionary {
    /// Writes it as CSV.
    ///
    /// # Errors
    /// It cannot be written to.
    pub(crate) fn write(&self, to: impl Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(COLUMNS).map_err(below_csv)?;
        for field in &self.fields {
            csv.write_record(self.row(field)).map_err(below_csv)?;
        }
        csv.flush()
    }

    fn row(&self, field: &Field) -> [String; 18] {
        let (min, max) = field.bounds.map_or_else(Default::default, |(min, max)| (min.to_string(), max.to_string()));
        let own = |text: &str| text.to_owned();
        // No field identifies anybody, none has to be answered, and alignment and matrices are left to the project.
        [
            own(&field.name),
            own(&self.form),
            own(&field.section),
            own(field.kind),
            own(&field.label),
            own(&field.choices),
            own(&field.note),
            own(field.validation),
            min,
            max,
            String::new(),
            own(&field.branching),
            String::new(),
            String::new(),
            own(&field.number),
            String::new(),
            String::new(),
            own(&field.annotation),
        ]
    }
}
