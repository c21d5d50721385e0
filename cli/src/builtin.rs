//! The rulesets and questionnaires that are embedded in the binary.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::Questionnaire;
use include_dir::{Dir, File, include_dir};

static RULESETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rulesets");
static QUESTIONNAIRES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../questionnaires");

/// The ids of the built-in rulesets, in alphabetical order.
pub(crate) fn ruleset_ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = RULESETS
        .dirs()
        .filter(|folder| files_in(folder, "rhai").next().is_some())
        .filter_map(|folder| name_of(folder.path()))
        .collect();
    ids.sort_unstable();
    ids
}

/// The .rhai files of a built-in ruleset, `ruleset.rhai` first; none if there is no such ruleset.
pub(crate) fn ruleset(id: &str) -> Option<Vec<SourceFile>> {
    let mut files: Vec<SourceFile> =
        files_in(RULESETS.get_dir(id)?, "rhai").filter_map(|file| source("rulesets", file)).collect();
    sort_rules(&mut files);
    if files.is_empty() { None } else { Some(files) }
}

/// The cases of a built-in ruleset, in alphabetical order.
pub(crate) fn cases(id: &str) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = RULESETS
        .get_dir(Path::new(id).join("cases"))
        .map(|folder| files_in(folder, "json").filter_map(|file| source("rulesets", file)).collect())
        .unwrap_or_default();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The built-in questionnaires, in alphabetical order. Schemas stand beside them and are none.
pub(crate) fn questionnaires() -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = files_in(&QUESTIONNAIRES, "json")
        .filter(|file| !file.path().to_string_lossy().ends_with(".schema.json"))
        .filter_map(|file| source("questionnaires", file))
        .collect();
    // By id: with the ending, `ecr-r.json` would stand before `ecr.json`.
    files.sort_by(|a, b| a.name.trim_end_matches(".json").cmp(b.name.trim_end_matches(".json")));
    files
}

/// The ids of the built-in questionnaires: their file names without `.json`.
pub(crate) fn questionnaire_ids() -> Vec<String> {
    questionnaires().iter().filter_map(|file| Some(Path::new(&file.name).file_stem()?.to_str()?.to_owned())).collect()
}

/// A built-in questionnaire.
pub(crate) fn questionnaire(id: &str) -> Option<SourceFile> {
    QUESTIONNAIRES.get_file(format!("{id}.json")).and_then(|file| source("questionnaires", file))
}

/// The ids of the safety questions of the built-in questionnaires: their answers are private whatever a survey is read by.
pub(crate) fn safety_ids() -> &'static [String] {
    static IDS: OnceLock<Vec<String>> = OnceLock::new();
    IDS.get_or_init(|| {
        let loaded = questionnaires().into_iter().filter_map(|file| Questionnaire::load(&file).ok());
        loaded.flat_map(|own| own.items.into_iter().filter(|item| item.block).map(|item| item.id)).collect()
    })
}

/// `ruleset.rhai` first, since the others build on what it declares; then by name.
pub(crate) fn sort_rules(files: &mut [SourceFile]) {
    let is_first = |file: &SourceFile| Path::new(&file.name).file_name() == Some(OsStr::new("ruleset.rhai"));
    files.sort_by(|a, b| is_first(b).cmp(&is_first(a)).then_with(|| a.name.cmp(&b.name)));
}

fn files_in<'a>(folder: &'a Dir<'a>, extension: &'static str) -> impl Iterator<Item = &'a File<'a>> {
    folder.files().filter(move |file| file.path().extension() == Some(OsStr::new(extension)))
}

fn source(root: &str, file: &File<'_>) -> Option<SourceFile> {
    // `/` on every system: the name stands in traces, which are the same bytes everywhere.
    let path: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
    Some(SourceFile::new(format!("{root}/{}", path.join("/")), file.contents_utf8()?))
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_questionnaires_are_there() {
        let ids = questionnaire_ids();
        assert!(ids.iter().any(|id| id == "trust-repair") && ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| questionnaire(id).is_some()));
        assert_eq!(questionnaire("trust-repair").unwrap().name, "questionnaires/trust-repair.json");
        assert!(questionnaire("../Cargo").is_none());
    }

    #[test]
    fn every_listed_ruleset_has_files() {
        assert!(ruleset_ids().iter().all(|id| ruleset(id).is_some()));
        assert!(ruleset("no-such-ruleset").is_none());
    }

    #[test]
    fn cases_stand_apart_from_rules() {
        let cases = cases("trust-repair");
        assert!(!cases.is_empty());
        assert!(cases.iter().all(|case| case.name.starts_with("rulesets/trust-repair/cases/")));
    }

    #[test]
    fn the_main_file_comes_first() {
        let mut files = ["a/talk.rhai", "a/ruleset.rhai", "a/apology.rhai"].map(|name| SourceFile::new(name, ""));
        sort_rules(&mut files);
        assert_eq!(files.map(|file| file.name), ["a/ruleset.rhai", "a/apology.rhai", "a/talk.rhai"]);
    }
}
