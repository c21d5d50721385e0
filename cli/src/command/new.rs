//! `bearings new`: a first ruleset, questionnaire or case, to be changed. What is written works as it is.

mod case;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::args::{Common, New, NewArgs, NewPlace};
use crate::builtin;
use crate::exit::Failure;
use crate::output::{new_folder, refuse_unless_new, write_new};
use crate::render;

/// The id that the templates carry; they are a study that can be checked as they stand.
const TEMPLATE_ID: &str = "my-study";
const QUESTIONNAIRE: &str = include_str!("new/templates/questionnaire.json");
const RULES: &str = include_str!("new/templates/ruleset.rhai");
const FIRST_CASE: &str = include_str!("new/templates/cases/first.json");
const SECOND_CASE: &str = include_str!("new/templates/cases/second.json");

/// Writes it, and says what to do with it.
///
/// # Errors
/// Something of that name is there already, or it cannot be written.
pub(crate) fn run(args: &NewArgs, common: &Common) -> Result<ExitCode, Failure> {
    let next = match &args.what {
        New::Ruleset(args) => {
            let place = &args.place;
            refuse_built_in(place, "ruleset", |id| builtin::ruleset(id).is_some())?;
            let folder = target(place, "");
            let files = match &args.from {
                Some(from) => copied(from, place)?,
                None => vec![
                    ("ruleset.rhai".to_owned(), text(RULES, place)),
                    ("questionnaire.json".to_owned(), text(QUESTIONNAIRE, place)),
                    ("cases/first.json".to_owned(), text(FIRST_CASE, place)),
                    ("cases/second.json".to_owned(), text(SECOND_CASE, place)),
                ],
            };
            let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
            new_folder(&folder, &files)?;
            let name = shown(&folder);
            format!("wrote {name}: try `bearings check {name}`, then `bearings test {name}`")
        }
        New::Questionnaire(place) => {
            refuse_built_in(place, "questionnaire", |id| builtin::questionnaire(id).is_some())?;
            let file = target(place, ".json");
            refuse_unless_new(&file)?;
            write_new(&file, &text(QUESTIONNAIRE, place))?;
            let name = shown(&file);
            format!("wrote {name}: try `bearings check {name}`")
        }
        New::Case(args) => {
            let file = target(&args.place, ".json");
            refuse_unless_new(&file)?;
            write_new(&file, case::sheet(args)?.as_bytes())?;
            let name = shown(&file);
            format!("wrote {name}: `bearings test` runs what stands in the folder `cases` of a ruleset")
        }
    };
    render::note(&next, common);
    Ok(ExitCode::SUCCESS)
}

/// The files of a built-in ruleset under another id. It is still for the questionnaire that it was for.
fn copied(from: &str, place: &NewPlace) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let Some(rules) = builtin::ruleset(from) else {
        let ids = builtin::ruleset_ids().join(", ");
        return Err(Failure::Usage(format!("no ruleset `{from}` is built in; there are: {ids}")));
    };
    let header = format!("\"{from}\" version");
    let own = format!("\"{}\" version", place.id.as_str());
    let folder = format!("rulesets/{from}/");
    let files = rules.into_iter().chain(builtin::cases(from)).map(|file| {
        let name = file.name.strip_prefix(&folder).unwrap_or(&file.name).to_owned();
        (name, file.text.replacen(&header, &own, 1).into_bytes())
    });
    Ok(files.collect())
}

/// A ruleset names its questionnaire by its id; a built-in one of that name would be taken for it.
fn refuse_built_in(place: &NewPlace, what: &str, is_built_in: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let id = place.id.as_str();
    if is_built_in(id) || builtin::questionnaire(id).is_some() {
        return Err(Failure::Usage(format!("`{id}` is built in; give your {what} a name of its own")));
    }
    Ok(())
}

fn target(place: &NewPlace, ends: &str) -> PathBuf {
    let name = format!("{}{ends}", place.id.as_str());
    place.output.as_ref().map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name))
}

fn text(template: &str, place: &NewPlace) -> Vec<u8> {
    template.replace(TEMPLATE_ID, place.id.as_str()).into_bytes()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
