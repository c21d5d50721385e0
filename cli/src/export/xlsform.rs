//! An XLSForm for ODK: the sheets survey, choices and settings, each a CSV file.

use std::collections::BTreeMap;

use bearings_engine::diagnostic::{Diagnostic, SourceFile};
use bearings_engine::questionnaire::{ItemKind, Operator, ResponseOption};
use bearings_engine::responses::Missing;

use super::codes::{self, Rules};
use super::{
    DOES_NOT_APPLY, HELP_HEADING, Part, Question, SAFETY_INTRO, Sheet, ShownIf, Test, all_of, emergency, help_lines,
    looks_like_a_formula, one_line,
};
use crate::report;

const SURVEY: [&str; 7] = ["type", "name", "label", "hint", "relevant", "constraint", "constraint_message"];
const CHOICES: [&str; 3] = ["list_name", "name", "label"];
const SETTINGS: [&str; 3] = ["form_title", "form_id", "version"];

/// The three sheets, as file names and what stands in the files.
///
/// # Errors
/// Every name and code that ODK would refuse.
pub(crate) fn sheets(sheet: &Sheet<'_>, source: &SourceFile) -> Result<[(&'static str, Vec<u8>); 3], Vec<Diagnostic>> {
    let rules = Rules { system: "ODK", name: |_| None, taken: vec!["meta".to_owned(), "instanceID".to_owned()] };
    let problems = codes::problems(sheet, &rules, source);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut lists = Lists::default();
    let mut survey = vec![SURVEY.map(str::to_owned)];
    survey.push(row("note", sheet.free_name("in_danger"), label(&emergency())));
    for (at, part) in sheet.parts.iter().enumerate() {
        write_part(part, at + 1, sheet, &mut lists, &mut survey);
    }
    let help: Vec<String> = std::iter::once(HELP_HEADING.to_owned()).chain(help_lines()).collect();
    let help: Vec<String> = help.iter().map(|line| label(line)).collect();
    survey.push(row("note", sheet.free_name("where_help_is"), help.join("\n")));
    let questionnaire = sheet.questionnaire;
    let settings = [label(&questionnaire.title), codes::form_name(&questionnaire.id), label(&questionnaire.version)];
    Ok([
        ("survey.csv", csv(&survey)),
        ("choices.csv", csv(&lists.rows)),
        ("settings.csv", csv(&[SETTINGS.map(str::to_owned), settings])),
    ])
}

/// A row that is no question.
fn row(kind: &str, name: String, label: String) -> [String; 7] {
    [kind.to_owned(), name, label, String::new(), String::new(), String::new(), String::new()]
}

/// A group for questions under a heading; without one they stand by themselves.
fn write_part(part: &Part<'_>, number: usize, sheet: &Sheet<'_>, lists: &mut Lists, survey: &mut Vec<[String; 7]>) {
    if let Some(title) = part.title() {
        survey.push(row("begin_group", sheet.free_name(&format!("part_{number}")), label(title)));
    }
    if part.safety {
        let text = format!("{SAFETY_INTRO} {}", report::first_help());
        survey.push(row("note", sheet.free_name(&format!("part_{number}_note")), label(&text)));
    }
    survey.extend(part.questions.iter().map(|question| question_row(question, lists)));
    if part.title().is_some() {
        survey.push(row("end_group", String::new(), String::new()));
    }
}

fn question_row(question: &Question<'_>, lists: &mut Lists) -> [String; 7] {
    let item = question.item;
    let mut constraint = [String::new(), String::new()];
    let (kind, hint) = match &item.kind {
        ItemKind::Choice(_) => (
            format!("select_one {}", lists.name(&item.id, &question.options(), item.offers_not_applicable)),
            String::new(),
        ),
        ItemKind::Multi(_) => {
            let list = lists.name(&item.id, &question.options(), false);
            (format!("select_multiple {list}"), "Tick all that fit".to_owned())
        }
        ItemKind::Number { min, max, unit, max_label } => {
            let message = format!("A whole number from {min} to {max}");
            constraint = [format!(". >= {min} and . <= {max}"), message.clone()];
            let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let most = max_label.as_ref().map(|label| format!("; {max}: {label}")).unwrap_or_default();
            ("integer".to_owned(), label(&format!("{message}{unit}{most}")))
        }
        // Not in a sheet.
        ItemKind::Text => Default::default(),
    };
    let [constraint, message] = constraint;
    [kind, item.id.clone(), label(&question.text), hint, all_of(&question.shown_if, clause), constraint, message]
}

fn clause(shown_if: &ShownIf<'_>) -> String {
    let id = format!("${{{}}}", shown_if.parent.id);
    let (operator, value) = match &shown_if.test {
        Test::Ticked(option) => return format!("selected({id}, '{}')", option.value),
        Test::NotTicked(option) => return format!("not(selected({id}, '{}'))", option.value),
        Test::OneOf(options) => {
            let equal = options.iter().map(|option| format!("{id} = '{}'", option.value));
            return equal.collect::<Vec<_>>().join(" or ");
        }
        Test::Compared(operator, value) => (*operator, *value),
    };
    match operator {
        Operator::Equal => format!("{id} = '{value}'"),
        // No answer is different from anything, so it is named; compared by size it is never true.
        Operator::NotEqual => {
            let mut clause = format!("{id} != '' and {id} != '{value}'");
            if shown_if.parent.offers_not_applicable {
                clause.push_str(&format!(" and {id} != '{}'", Missing::NotApplicable.as_str()));
            }
            clause
        }
        Operator::AtMost => format!("{id} <= {value}"),
        Operator::AtLeast => format!("{id} >= {value}"),
        Operator::Less => format!("{id} < {value}"),
        Operator::Greater => format!("{id} > {value}"),
    }
}

/// The lists of choices; items with the same options share one.
struct Lists {
    rows: Vec<[String; 3]>,
    names: BTreeMap<Vec<[String; 2]>, String>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { rows: vec![CHOICES.map(str::to_owned)], names: BTreeMap::new() }
    }
}

impl Lists {
    /// The list with these options; a new one is called like the item.
    fn name(&mut self, item: &str, options: &[&ResponseOption], not_applicable: bool) -> String {
        let word = Missing::NotApplicable.as_str();
        let mut choices: Vec<[String; 2]> =
            options.iter().map(|option| [option.value.to_string(), label(&option.label)]).collect();
        if not_applicable {
            choices.push([word.to_owned(), DOES_NOT_APPLY.to_owned()]);
        }
        if let Some(name) = self.names.get(&choices) {
            return name.clone();
        }
        let rows = choices.iter().map(|[value, label]| [item.to_owned(), value.clone(), label.clone()]);
        self.rows.extend(rows);
        self.names.insert(choices, item.to_owned());
        item.to_owned()
    }
}

/// A text as ODK shows it. `${` would be filled in, and a sign that starts a cell would be a formula in a
/// spreadsheet, which these sheets are made for: a space without width keeps them apart from it.
fn label(text: &str) -> String {
    let text = one_line(text).replace("${", "$\u{200b}{");
    if looks_like_a_formula(&text) { format!("\u{200b}{text}") } else { text }
}

fn csv<const WIDTH: usize>(rows: &[[String; WIDTH]]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing into a vector cannot fail, and all rows are as wide.
        drop(csv.write_record(row));
    }
    csv.into_inner().unwrap_or_default()
}
