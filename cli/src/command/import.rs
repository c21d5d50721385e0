//! `bearings import`: a questionnaire from a list of items.
//!
//! Each kind of list has a reader of its own, which makes a [`Draft`]; what a questionnaire may hold is checked where
//! every questionnaire is: by loading the file that is about to be written.

mod choices;
mod draft;
mod items;
mod logic;
mod redcap;
mod sheet;
mod xlsform;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::Questionnaire;

use crate::args::{Common, ImportArgs, ImportFormat};
use crate::builtin;
use crate::exit::{Failure, Report};
use crate::output::{self, Output};
use crate::render;
use draft::Draft;

/// What stands where a list does not say it, and nobody else did.
const NOT_STATED: &str = "Not stated.";
/// The version of a questionnaire that has none yet.
const FIRST_VERSION: &str = "0.1.0";

/// Reads the list, and writes the questionnaire.
///
/// # Errors
/// The list cannot be read or makes no questionnaire, or the output cannot be written.
pub(crate) fn run(args: &ImportArgs, common: &Common) -> Result<ExitCode, Failure> {
    refuse_what_does_nothing(args)?;
    let id = args.id.as_ref().map(|id| id.as_str());
    if id.is_some_and(|id| builtin::questionnaire(id).is_some()) {
        let message = format!("`{}` is built in; give the questionnaire an id of its own", id.unwrap_or_default());
        return Err(Failure::Usage(message));
    }
    let target = args.output.as_deref();
    if let Some(path) = target {
        output::refuse_overwriting(path, &args.files)?;
        if path != Path::new("-") {
            // Its title, source and licence may have been written by hand since.
            output::refuse_unless_new(path)?;
        }
    }
    let draft = match (args.from, args.files.as_slice()) {
        (ImportFormat::Csv, [file]) => items::read(file, args)?,
        (ImportFormat::Redcap, [file]) => redcap::read(file, args.delimiter)?,
        (ImportFormat::Xlsform, files) => xlsform::read(files, args.delimiter)?,
        (ImportFormat::Csv | ImportFormat::Redcap, _) => {
            return Err(Failure::Usage("such a list is one file; name one".to_owned()));
        }
    };
    let questionnaire = questionnaire(&draft, args)?;
    let text = checked(&questionnaire, target)?;
    let mut output = Output::open(target)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    say(&draft, args, &questionnaire, common);
    Ok(ExitCode::SUCCESS)
}

fn refuse_what_does_nothing(args: &ImportArgs) -> Result<(), Failure> {
    if args.from != ImportFormat::Csv && (args.options.is_some() || args.prefix.is_some()) {
        let message = "--options and --prefix are for lists that do not hold such things: --from csv";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// What the draft and the command line come to.
fn questionnaire(draft: &Draft, args: &ImportArgs) -> Result<Questionnaire, Failure> {
    let named = args.id.as_ref().map(|id| id.as_str().to_owned());
    let id = named.or_else(|| made_id(draft.form.as_deref()?)).or_else(|| made_id(&stem(args.files.first()?)?));
    let Some(id) = id else {
        return Err(Failure::Usage("no id can be made of the file's name; say one with --id".to_owned()));
    };
    if args.id.is_none() && builtin::questionnaire(&id).is_some() {
        let message = format!("the questionnaire would be called `{id}`, which is built in; say another id with --id");
        return Err(Failure::Usage(message));
    }
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| NOT_STATED.to_owned());
    Ok(Questionnaire {
        version: draft.version.clone().unwrap_or_else(|| FIRST_VERSION.to_owned()),
        title: args.title.clone().or_else(|| draft.title.clone()).unwrap_or_else(|| id.clone()),
        id,
        description: format!("Imported from {}. What it asks about is not stated.", draft.what),
        source: said(&args.source),
        licence: said(&args.licence),
        bond_words: std::collections::BTreeMap::new(),
        topics: Vec::new(),
        items: draft.items.clone(),
        // Both are made by loading.
        slots: Vec::new(),
        sha256: String::new(),
    })
}

/// The text of the file, after it was loaded as whoever uses it would.
fn checked(questionnaire: &Questionnaire, target: Option<&Path>) -> Result<String, Failure> {
    let text = questionnaire.to_json().map_err(|error| Failure::writing("the questionnaire", error.into()))?;
    let name = target.map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    // It stands nowhere yet, and will not if it cannot be used.
    let source = SourceFile::new(format!("{name} (not written)"), text);
    match Questionnaire::load(&source) {
        Ok(_) => Ok(source.text),
        Err(error) => Err(Failure::Definition(Report::Places { problems: error.0, sources: vec![source] })),
    }
}

fn stem(path: &Path) -> Option<String> {
    let path = if path.is_dir() { path.canonicalize().ok()? } else { path.to_owned() };
    Some(path.file_stem()?.to_string_lossy().into_owned()).filter(|stem| stem != "-")
}

/// Lower-case words joined by `-`, starting with a letter; none if there is no such letter.
fn made_id(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let start = lower.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let words: Vec<&str> = start.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join("-"))
}

/// What was made of the list, and what was not.
fn say(draft: &Draft, args: &ImportArgs, questionnaire: &Questionnaire, common: &Common) {
    for note in draft.notes() {
        render::note(&note, common);
    }
    if args.source.is_none() || args.licence.is_none() {
        let text = "where the items come from and under which licence is not stated: say it with --source and \
                    --licence, or write it into the file before others use it";
        render::note(text, common);
    }
    let (items, left_out) = (questionnaire.items.len(), draft.left_out.places());
    let items = if items == 1 { "1 item".to_owned() } else { format!("{items} items") };
    let lines = if left_out == 1 { "1 line".to_owned() } else { format!("{left_out} lines") };
    let next = match args.output.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => format!("; try `bearings show {0}`, then `bearings check {0}`", path.display()),
        None => String::new(),
    };
    render::note(&format!("{items} imported, {lines} left out{next}"), common);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_a_name() {
        for (name, id) in [("reference", "reference"), ("2026 My_Items (v2)", "my-items-v2"), ("Örtliche", "rtliche")]
        {
            assert_eq!(made_id(name).as_deref(), Some(id));
        }
        assert_eq!(made_id("2026"), None);
    }
}
