//! A table with an item a row: its id, its text, perhaps its options or its range.

use std::path::Path;

use bearings_engine::diagnostic::{Code, Diagnostic};
use bearings_engine::questionnaire::Item;

use super::choices::{choices, typed_pairs};
use super::draft::{self, Draft};
use super::sheet::{Column, Line, Sheet};
use crate::args::ImportArgs;
use crate::exit::Failure;

/// What a column of ids is called, the likeliest name first. The last one is how a copy of the Divorce Predictors data
/// that many people use spells it.
const IDS: [&str; 9] = ["id", "item_id", "item", "name", "variable", "code", "number", "attribute_id", "atribute_id"];
/// What a column of texts is called.
const TEXTS: [&str; 7] = ["text", "item_text", "question", "wording", "description", "label", "item"];
const OPTIONS: [&str; 2] = ["options", "choices"];
/// What is put before an id that is a number, which no id can be.
const PREFIX: &str = "item_";

/// Where what is read stands.
struct Columns {
    id: Column,
    text: Column,
    options: Column,
    min: Column,
    max: Column,
}

/// Reads such a table.
///
/// # Errors
/// It cannot be read, lacks ids or texts, or something in it is no item.
pub(super) fn read(path: &Path, args: &ImportArgs) -> Result<Draft, Failure> {
    let sheet = Sheet::read(path, args.delimiter)?;
    let columns = columns(&sheet)?;
    let shared = shared_options(args)?;
    let prefix = args.prefix.as_deref().unwrap_or(PREFIX);
    let mut draft = Draft::new("a list of items", &sheet.source.name);
    draft.read_as(format!("`{}` holds the ids and `{}` the texts", sheet.name(columns.id), sheet.name(columns.text)));
    note_unread(&sheet, &columns, &mut draft);
    let mut problems = Vec::new();
    let mut numbered = false;
    for line in &sheet.lines {
        let written = line.cell(columns.id);
        let is_number = written.starts_with(|c: char| c.is_ascii_digit());
        numbered |= is_number;
        let id = if is_number { format!("{prefix}{written}") } else { written.to_owned() };
        match item(&id, line, &columns, shared.as_deref(), &mut draft) {
            Ok(item) if draft.items.iter().any(|other| other.id == item.id) => {
                problems.push(sheet.problem(Code::DuplicateId, line, format!("the id `{id}` stands there twice")));
            }
            Ok(item) => draft.items.push(item),
            Err(Wrong { what, hint }) => {
                problems.push(hinted(sheet.problem(Code::InvalidItem, line, what), hint));
            }
        }
    }
    sheet.refuse(problems)?;
    draft.refuse_empty()?;
    if numbered {
        draft.read_as(format!("ids that are numbers got `{prefix}` in front, since an id starts with a letter"));
    }
    Ok(draft)
}

/// What is wrong with a line, and what to do.
struct Wrong {
    what: &'static str,
    hint: &'static str,
}

fn hinted(problem: Diagnostic, hint: &str) -> Diagnostic {
    if hint.is_empty() { problem } else { problem.hint(hint) }
}

fn columns(sheet: &Sheet) -> Result<Columns, Failure> {
    let id = sheet.column(&IDS);
    let others: Vec<&str> = TEXTS.into_iter().filter(|name| id.is_none() || sheet.column(&[name]) != id).collect();
    let text = sheet.column(&others);
    let lacking =
        [(id, "of ids", "`id`"), (text, "of texts", "`text`")].into_iter().find(|(column, ..)| column.is_none());
    if let Some((_, lacks, name)) = lacking {
        let hint = format!("name it {name}; if the names are not taken apart rightly, say --delimiter");
        return Err(sheet.no_such_list("no list of items", lacks, &hint));
    }
    Ok(Columns { id, text, options: sheet.column(&OPTIONS), min: sheet.column(&["min"]), max: sheet.column(&["max"]) })
}

/// The options that are typed for all items.
fn shared_options(args: &ImportArgs) -> Result<Option<Vec<(String, String)>>, Failure> {
    let Some(text) = &args.options else { return Ok(None) };
    let wrong = || {
        let message = "--options takes values and labels such as '0=Never,1=Seldom,2=Often'; put `|` between them if a \
                       label has a comma";
        Failure::Usage(message.to_owned())
    };
    let pairs = typed_pairs(text).ok_or_else(wrong)?;
    match choices(pairs.clone()) {
        Ok(_) => Ok(Some(pairs)),
        Err(why) => Err(Failure::Usage(format!("--options makes no item: {why}"))),
    }
}

fn note_unread(sheet: &Sheet, columns: &Columns, draft: &mut Draft) {
    let read = [columns.id, columns.text, columns.options, columns.min, columns.max];
    let unread = sheet.header.iter().enumerate().filter(|(at, name)| !read.contains(&Some(*at)) && !name.is_empty());
    let unread: Vec<String> = unread.map(|(_, name)| format!("`{name}`")).collect();
    if !unread.is_empty() {
        draft.read_as(format!("not carried over: {}", unread.join(", ")));
    }
}

fn item(
    id: &str,
    line: &Line,
    columns: &Columns,
    shared: Option<&[(String, String)]>,
    draft: &mut Draft,
) -> Result<Item, Wrong> {
    let text = line.cell(columns.text);
    if !id.starts_with(|c: char| c.is_ascii_alphabetic()) || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        return Err(Wrong { what: "the id is none: letters, digits and `_`, starting with a letter", hint: "" });
    }
    if text.is_empty() {
        return Err(Wrong { what: "the item has no text", hint: "" });
    }
    let own = line.cell(columns.options);
    match (line.cell(columns.min), line.cell(columns.max), own) {
        ("", "", "") => {
            let Some(pairs) = shared else {
                let hint = "say them for all items that have none: --options '0=Never,1=Seldom,2=Often'";
                return Err(Wrong { what: "the item has neither options nor a range", hint });
            };
            choice(id, text, pairs.to_vec(), draft)
        }
        ("", "", own) => {
            let hint = "write each as VALUE=LABEL with `|` between them";
            choice(id, text, typed_pairs(own).ok_or(Wrong { what: "the options cannot be read", hint })?, draft)
        }
        (min, max, "") => match (min.parse(), max.parse()) {
            (Ok(min), Ok(max)) => Ok(draft::item(id, text, draft::number(min, max))),
            _ => Err(Wrong { what: "a range needs a whole number in `min` and in `max`", hint: "" }),
        },
        _ => Err(Wrong { what: "the item has both options and a range", hint: "" }),
    }
}

fn choice(id: &str, text: &str, pairs: Vec<(String, String)>, draft: &mut Draft) -> Result<Item, Wrong> {
    match choices(pairs) {
        Ok(choices) => Ok(draft.choice(id, text, choices)),
        Err(_) => {
            let hint = "each needs a value of its own and a label, and there are at least two";
            Err(Wrong { what: "the options make no choice", hint })
        }
    }
}
