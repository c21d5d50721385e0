//! `bearings check --watch`: checks again, and runs the cases, whenever a file is saved.
//!
//! The files are looked at three times a second instead of asking the system to tell: that works on every file system,
//! network folders included, and costs a few calls for the handful of files that a ruleset has.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};

use clap::Parser;

use super::{is_questionnaire, once};
use crate::args::{CheckArgs, Cli, Command, Common};
use crate::builtin;
use crate::command::test;
use crate::exit::Failure;
use crate::render;

/// How long to wait between two looks: short for somebody who waits, long for the machine.
const PAUSE: Duration = Duration::from_millis(300);

/// What tells one state of a file from another: when it was written, and how long it is.
type Stamp = (Option<Duration>, u64);

/// The files that are watched, and how they were when they were looked at.
#[derive(Debug, PartialEq, Eq)]
struct Seen(BTreeMap<PathBuf, Stamp>);

/// Checks and tests what was named until somebody ends it.
///
/// # Errors
/// Nothing was named that can change, or nobody reads the output any more.
pub(super) fn run(args: &CheckArgs, common: &Common) -> Result<ExitCode, Failure> {
    let paths = watched(args)?;
    let mut seen = Seen::now(&paths);
    let next = || {
        loop {
            sleep(PAUSE);
            let now = Seen::now(&paths);
            let changed = seen.changes(&now);
            if !changed.is_empty() {
                seen = now;
                return Some(changed);
            }
        }
    };
    render::note(&format!("watching {}; Ctrl-C ends it", paths.join(", ")), common);
    rounds(next, common, || round(args, common))?;
    Ok(ExitCode::SUCCESS)
}

/// One round now and one after each change; what is wrong is told and ends nothing.
fn rounds(
    mut changes: impl FnMut() -> Option<Vec<String>>,
    common: &Common,
    mut round: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    loop {
        match round() {
            Err(Failure::Io { doing, error }) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Err(Failure::Io { doing, error });
            }
            Err(failure) => {
                failure.report(common);
            }
            Ok(()) => {}
        }
        let Some(changed) = changes() else { return Ok(()) };
        render::note(&format!("---- saved: {} ----", changed.join(", ")), common);
    }
}

/// The check, and the cases of every ruleset if it finds no error.
fn round(args: &CheckArgs, common: &Common) -> Result<(), Failure> {
    once(args, common)?;
    let rulesets = args.paths.iter().filter(|path| !is_questionnaire(path));
    // As if `bearings test` were typed for them, with whatever its options are when they are left out.
    let typed = ["bearings", "test", "--"].into_iter().map(str::to_owned).chain(rulesets.cloned());
    let typed: Vec<String> = typed.collect();
    if typed.len() > 3
        && let Ok(Cli { command: Some(Command::Test(args)), .. }) = Cli::try_parse_from(typed)
    {
        test::run(&args, common)?;
    }
    Ok(())
}

/// The paths that were named, and the questionnaire's if that is a file, too.
fn watched(args: &CheckArgs) -> Result<Vec<String>, Failure> {
    let nothing = |what: String| {
        Failure::Usage(format!("{what}; name a folder or file: bearings check --watch rulesets/my-rules"))
    };
    if args.paths.is_empty() {
        return Err(nothing("what is built in does not change, so there is nothing to watch".to_owned()));
    }
    let is_built_in = |path: &String| builtin::ruleset(path).is_some() || builtin::questionnaire(path).is_some();
    if let Some(path) = args.paths.iter().find(|path| is_built_in(path)) {
        return Err(nothing(format!("`{path}` is built in and does not change")));
    }
    let questionnaire = args.questionnaire.iter().filter(|path| !is_built_in(path));
    Ok(args.paths.iter().chain(questionnaire).cloned().collect())
}

impl Seen {
    fn now(paths: &[String]) -> Self {
        let mut seen = BTreeMap::new();
        for path in paths {
            look(Path::new(path), &mut seen);
        }
        Self(seen)
    }

    /// What was changed, added or taken away.
    fn changes(&self, now: &Self) -> Vec<String> {
        let gone = self.0.keys().filter(|path| !now.0.contains_key(*path));
        let new = now.0.iter().filter(|(path, stamp)| self.0.get(*path) != Some(stamp)).map(|(path, _)| path);
        let mut changed: Vec<String> = gone.chain(new).map(|path| path.display().to_string()).collect();
        changed.sort();
        changed
    }
}

/// Notes a file, or those of a folder that a check reads. What cannot be looked at counts as not there.
fn look(path: &Path, seen: &mut BTreeMap<PathBuf, Stamp>) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.is_file() {
        let written = metadata.modified().ok().and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        seen.insert(path.to_owned(), (written, metadata.len()));
        return;
    }
    for (folder, extension) in [(path.to_owned(), "rhai"), (path.join("cases"), "json")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && entry.path().extension().is_some_and(|found| found == extension) && entry.path().is_file() {
                look(&entry.path(), seen);
            }
        }
    }
    // The questionnaire that a ruleset may bring along.
    let own = path.join("questionnaire.json");
    if own.is_file() {
        look(&own, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{ColorArg, ErrorFormat};
    use crate::exit::Report;

    const COMMON: Common = Common { color: ColorArg::Never, error_format: ErrorFormat::Plain, quiet: true };

    fn seen(folder: &Path) -> Seen {
        Seen::now(&[folder.to_str().unwrap().to_owned()])
    }

    #[test]
    fn there_is_a_round_at_the_start_and_one_for_each_change_whatever_is_wrong() {
        let mut changes = vec![vec!["a.rhai".to_owned()], vec!["b.rhai".to_owned()]].into_iter();
        let mut count = 0;
        let round = || {
            count += 1;
            Err(Failure::Definition(Report::message("made up")))
        };
        rounds(|| changes.next(), &COMMON, round).unwrap();
        assert_eq!(count, 3);
    }

    #[test]
    fn a_closed_pipe_ends_it() {
        let round = || Err(Failure::writing("x", io::ErrorKind::BrokenPipe.into()));
        assert!(rounds(|| Some(Vec::new()), &COMMON, round).is_err());
    }

    #[test]
    fn a_saved_a_new_and_a_removed_file_are_changes_and_others_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        fs::create_dir(folder.path().join("cases")).unwrap();
        write("ruleset.rhai", "one");
        let first = seen(folder.path());
        assert_eq!(first.changes(&seen(folder.path())), [""; 0]);
        write(".#ruleset.rhai", "an editor's own");
        write("notes.txt", "no part of it");
        assert_eq!(first.changes(&seen(folder.path())), [""; 0]);
        write("ruleset.rhai", "longer");
        write("cases/a.json", "{}");
        write("questionnaire.json", "{}");
        let second = seen(folder.path());
        let names = |changes: Vec<String>| -> Vec<String> {
            let start = format!("{}/", folder.path().display());
            changes.iter().map(|path| path.trim_start_matches(&start).to_owned()).collect()
        };
        assert_eq!(names(first.changes(&second)), ["cases/a.json", "questionnaire.json", "ruleset.rhai"]);
        fs::remove_file(folder.path().join("cases/a.json")).unwrap();
        assert_eq!(names(second.changes(&seen(folder.path()))), ["cases/a.json"]);
    }

    #[test]
    fn what_is_built_in_cannot_be_watched() {
        let args = |paths: &[&str]| CheckArgs {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            questionnaire: None,
            strict: false,
            watch: true,
        };
        assert!(matches!(watched(&args(&[])), Err(Failure::Usage(_))));
        assert!(matches!(watched(&args(&["own", "ras"])), Err(Failure::Usage(message)) if message.contains("`ras`")));
        assert_eq!(watched(&args(&["own"])).unwrap(), ["own"]);
    }
}
