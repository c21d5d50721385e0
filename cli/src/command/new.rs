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
        New::Ruleset(place) => {
            refuse_built_in(place, "ruleset", |id| builtin::ruleset(id).is_some())?;
            let folder = target(place, "");
            let files = [
                ("ruleset.rhai", text(RULES, place)),
                ("questionnaire.json", text(QUESTIONNAIRE, place)),
                ("cases/first.json", text(FIRST_CASE, place)),
                ("cases/second.json", text(SECOND_CASE, place)),
            ];
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
