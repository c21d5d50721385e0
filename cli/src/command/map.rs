//! `bearings map`: how a survey file is read, and a map that says the same.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::questionnaire::Questionnaire;

use crate::args::{Common, MapArgs};
use crate::exit::{Failure, Report};
use crate::load::Definition;
use crate::output::{self, Output};
use crate::render;
use crate::report::wrapped;
use crate::survey::{Config, MapFile, Recognised, Use, Waves};

/// How wide text is.
const WIDTH: usize = 80;
/// How much of a column's name is shown beside what it is.
const NAME: usize = 28;

/// Looks at the file, prints what was decided, and writes the map.
///
/// # Errors
/// The file, the questionnaire or a map cannot be used, or the output cannot be written.
pub(crate) fn run(args: &MapArgs, common: &Common) -> Result<ExitCode, Failure> {
    let to_file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(path) = to_file {
        output::refuse_unless_new(path)?;
    }
    let definition = Definition::read(&args.ruleset, args.questionnaire.as_deref())?;
    let questionnaire = &definition.questionnaire;
    let map = args.columns.read_map()?;
    let config = Config {
        id: args.id.as_deref(),
        keep: &args.keep,
        waves: Waves::By(&[]),
        ..Config::new(&args.columns, map.as_ref())
    };
    let found = Recognised::read(&args.input, questionnaire, &config)?;
    if args.output.is_some() && to_file.is_none() {
        print(&json(&found.draft)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&text(&found, questionnaire))?;
    if let Some(path) = to_file {
        output::write_new(path, json(&found.draft)?.as_bytes())?;
        render::note(&format!("the map is in `{}`; --map reads a survey by it", path.display()), common);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()
}

fn json(draft: &MapFile) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(draft);
    text.map(|text| text + "\n").map_err(|error| Failure::Responses(Report::message(error.to_string())))
}

fn text(found: &Recognised, questionnaire: &Questionnaire) -> String {
    let mut text = String::new();
    let columns = found.columns.len();
    let _ = writeln!(text, "{}\n", found.name);
    let sentences = found.decisions.iter().map(|decision| decision.text.clone());
    section(&mut text, "How it is read", sentences);
    let mut rows = vec![format!(
        "{} of {columns} columns",
        if found.rows == 1 { "1 row".to_owned() } else { format!("{} rows", found.rows) }
    )];
    if found.ragged > 0 {
        rows.push(format!("{} of them have more or fewer cells than that and are rejected", found.ragged));
    }
    rows.extend(found.notes.iter().cloned());
    section(&mut text, "Rows", rows);
    let _ = writeln!(text, "Columns (items of `{}`)", questionnaire.id);
    for (at, column) in found.columns.iter().enumerate() {
        let identifying = if column.is_identifying { ", identifying" } else { "" };
        let _ = writeln!(text, "{:>5}  {}  {}{identifying}", at + 1, clipped(&column.shown), used(&column.used));
    }
    let read = found.columns.iter().filter(|column| matches!(column.used, Use::Answer(_) | Use::Ticked(..))).count();
    let missing: Vec<&str> = unmapped(found, questionnaire);
    text.push('\n');
    let mut closing = vec![format!("{read} of {columns} columns hold answers to `{}`", questionnaire.id)];
    if read == 0 {
        closing.push(
            "name the questionnaire with --ruleset or --questionnaire; where columns are called otherwise, write a map \
             with -o and move them from `not_read` to `columns`"
                .to_owned(),
        );
    } else if !missing.is_empty() {
        let named: Vec<String> = missing.iter().map(|id| format!("`{id}`")).collect();
        closing.push(format!("no column for {}", named.join(", ")));
    }
    section(&mut text, "Answers", closing);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The slots that no column holds.
fn unmapped<'a>(found: &Recognised, questionnaire: &'a Questionnaire) -> Vec<&'a str> {
    let holds = |id: &str| {
        found.columns.iter().any(|column| match &column.used {
            Use::Answer(slot) => slot == id,
            Use::Ticked(item, _) => id.split('.').next() == Some(item),
            _ => false,
        })
    };
    questionnaire.slots.iter().map(|slot| slot.id.as_str()).filter(|id| !holds(id)).collect()
}

fn section(text: &mut String, title: &str, sentences: impl IntoIterator<Item = String>) {
    let _ = writeln!(text, "{title}");
    for sentence in sentences {
        for (at, line) in wrapped(&sentence, WIDTH - 4).iter().enumerate() {
            let _ = writeln!(text, "  {} {line}", if at == 0 { "-" } else { " " });
        }
    }
    text.push('\n');
}

/// A name as wide as the column of names.
fn clipped(name: &str) -> String {
    if name.chars().count() <= NAME {
        return format!("{name:NAME$}");
    }
    let start: String = name.chars().take(NAME - 3).collect();
    format!("{start}...")
}

fn used(used: &Use) -> String {
    match used {
        Use::Id => "the id".to_owned(),
        Use::Answer(slot) => format!("item {slot}"),
        Use::Ticked(item, separator) => format!("item {item}, between `{separator}`"),
        Use::Wave => "which wave of a person a row is".to_owned(),
        Use::Kept => "carried over".to_owned(),
        Use::Aside(reason) => format!("not read: {}", reason.in_words()),
        Use::Unread => "not read".to_owned(),
    }
}
