//! From what somebody typed to the files it names: a built-in id, else a path.

mod revision;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bearings_engine::diagnostic::{SourceFile, nearest};

use crate::builtin;
use crate::exit::{Failure, Report};
pub(crate) use revision::Revision;

/// The most bytes of one file of a ruleset or questionnaire. A design choice: the largest shipped one has a
/// hundredth of it, and without a limit `/dev/zero` would be read forever.
const MAX_BYTES: u64 = 8 << 20;

/// The .rhai files of a ruleset: a built-in id, a folder (`ruleset.rhai` first), or a single file.
///
/// # Errors
/// An unknown name is a problem with the definition; a file that is there and cannot be read is one of the system.
pub(crate) fn ruleset_files(id_or_path: &str) -> Result<Vec<SourceFile>, Failure> {
    if let Some(files) = builtin::ruleset(id_or_path) {
        return Ok(files);
    }
    let path = Path::new(id_or_path);
    if !path.is_dir() {
        return read_named(path, || unknown("ruleset", id_or_path, builtin::ruleset_ids())).map(|file| vec![file]);
    }
    let mut files = read_all(path, "rhai")?;
    builtin::sort_rules(&mut files);
    if files.is_empty() {
        let report = Report::message(format!("the folder `{id_or_path}` holds no .rhai file"))
            .hint("a ruleset is a folder with a ruleset.rhai");
        return Err(Failure::Definition(report));
    }
    Ok(files)
}

/// The cases beside the rules of a ruleset, by name. A single .rhai file has none.
///
/// # Errors
/// A file could not be read.
pub(crate) fn case_files(id_or_path: &str) -> Result<Vec<SourceFile>, Failure> {
    if builtin::ruleset(id_or_path).is_some() {
        return Ok(builtin::cases(id_or_path));
    }
    let folder = Path::new(id_or_path).join("cases");
    if folder.is_dir() { read_all(&folder, "json") } else { Ok(Vec::new()) }
}

/// The file of a questionnaire: a built-in id, else a path.
///
/// # Errors
/// As [`ruleset_files`].
pub(crate) fn questionnaire_file(id_or_path: &str) -> Result<SourceFile, Failure> {
    if let Some(file) = builtin::questionnaire(id_or_path) {
        return Ok(file);
    }
    let ids = builtin::questionnaire_ids();
    read_named(Path::new(id_or_path), || unknown("questionnaire", id_or_path, ids.iter().map(String::as_str).collect()))
}

/// Reads one text file whole.
///
/// # Errors
/// It could not be read, is too large or is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<SourceFile, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Failure::reading(&name, error))?;
    text_of(name, file)
}

/// The same, where `-` is standard input.
///
/// # Errors
/// As [`read_text`].
pub(crate) fn read_input(path: &Path) -> Result<SourceFile, Failure> {
    if path.as_os_str() == "-" { text_of("standard input".to_owned(), io::stdin().lock()) } else { read_text(path) }
}

fn text_of(name: String, from: impl Read) -> Result<SourceFile, Failure> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| Failure::reading(&name, error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(Failure::Definition(Report::message(format!("`{name}` is larger than {} MiB", MAX_BYTES >> 20))));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text)),
        Err(_) => Err(Failure::Definition(Report::message(format!("`{name}` is not UTF-8 text")))),
    }
}

/// A file that somebody named; if there is none, perhaps it was meant to be an id.
fn read_named(path: &Path, unknown: impl FnOnce() -> Failure) -> Result<SourceFile, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unknown()),
        _ => read_text(path),
    }
}

fn read_all(folder: &Path, extension: &str) -> Result<Vec<SourceFile>, Failure> {
    let failed = |error| Failure::reading(folder.display(), error);
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // Editors keep hidden files such as `.#effort.rhai` beside the real ones.
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension() == Some(OsStr::new(extension)) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read_text(path)).collect()
}

fn unknown(what: &str, name: &str, known: Vec<&str>) -> Failure {
    let report = Report::message(format!("`{name}` is neither a built-in {what} nor a file or folder"));
    let report = match nearest(name, known.iter().copied()) {
        Some(near) => report.hint(format!("did you mean `{near}`?")),
        None => report,
    };
    Failure::Definition(report.hint(format!("built in: {}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(result: Result<impl std::fmt::Debug, Failure>) -> Vec<String> {
        match result.unwrap_err() {
            Failure::Definition(Report::Message { hints, .. }) => hints,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_unknown_id_lists_the_built_in_ones() {
        let hints = hints(questionnaire_file("trust-repiar"));
        assert_eq!(hints.first().map(String::as_str), Some("did you mean `trust-repair`?"));
        assert!(hints.last().unwrap().contains("ras"));
        assert!(matches!(ruleset_files("no such"), Err(Failure::Definition(_))));
    }

    #[test]
    fn a_folder_gives_its_rules_and_cases_apart() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["zeal.rhai", "ruleset.rhai", ".#zeal.rhai", "README.md"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("cases")).unwrap();
        fs::write(folder.path().join("cases/a.json"), "{}").unwrap();
        let typed = folder.path().to_str().unwrap();
        let names: Vec<String> = ruleset_files(typed).unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, [format!("{typed}/ruleset.rhai"), format!("{typed}/zeal.rhai")]);
        assert_eq!(case_files(typed).unwrap().len(), 1);
        assert_eq!(ruleset_files(&format!("{typed}/zeal.rhai")).unwrap().len(), 1);
    }

    #[test]
    fn an_empty_folder_is_no_ruleset() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(ruleset_files(folder.path().to_str().unwrap()), Err(Failure::Definition(_))));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, b"\xff\xfe").unwrap();
        assert!(matches!(questionnaire_file(file.path().to_str().unwrap()), Err(Failure::Definition(_))));
    }
}
