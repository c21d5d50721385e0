//! Running the binary, folders for its files, and the data that stands beside the repository.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::table::Table;

/// A survey of 200 made-up people that lies in the tree.
pub(crate) const SURVEY: &str = "tests/data/trust-repair-200.csv";

/// The top of the repository. Every command runs there, so that paths in arguments and output are relative to it.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the repository.
#[track_caller]
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `bearings` with these arguments, as they would be typed: `bearings("score survey.csv --summary")`.
pub(crate) fn bearings(arguments: &str) -> Invocation {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bearings"));
    command.current_dir(root()).args(words(arguments));
    for variable in ["CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR", "RUST_BACKTRACE", "RUST_LOG"] {
        command.env_remove(variable);
    }
    Invocation { command, stdin: Vec::new() }
}

/// A command that is about to be run.
pub(crate) struct Invocation {
    command: Command,
    stdin: Vec<u8>,
}

impl Invocation {
    /// One more argument, such as a path.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments, as they would be typed.
    pub(crate) fn args(mut self, arguments: &str) -> Self {
        self.command.args(words(arguments));
        self
    }

    /// What is piped in.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Another place to run in.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The command itself, for a test that talks with it while it runs.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    /// Runs it to its end. Whatever was asked, the program must not panic.
    #[track_caller]
    pub(crate) fn run(mut self) -> Outcome {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = self.stdin;
        // A program that does not read to the end closes the pipe, which is no fault.
        let writer = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let outcome = Outcome {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
        outcome
    }

    /// Runs it; it must succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> Outcome {
        self.ends_with(0)
    }

    /// Runs it; it must end with this status.
    #[track_caller]
    pub(crate) fn ends_with(self, status: i32) -> Outcome {
        let outcome = self.run();
        assert_eq!(outcome.status, Some(status), "{}", outcome.stderr);
        outcome
    }
}

/// How a command ended; no status if it was killed.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output as CSV.
    #[track_caller]
    pub(crate) fn table(&self) -> Table {
        Table::parse(&self.stdout)
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// Standard output as one JSON value a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Splits a command line at spaces, outside of single and double quotes. There is no other syntax.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut started, mut quote) = (String::new(), false, None);
    for letter in line.chars() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('\'' | '"', None) => (quote, started) = (Some(letter), true),
            (_, None) if letter.is_whitespace() => {
                if std::mem::take(&mut started) {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => {
                word.push(letter);
                started = true;
            }
        }
    }
    assert_eq!(quote, None, "a quote is not closed: {line}");
    if started {
        words.push(word);
    }
    words
}

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of a file in it, which need not exist.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the folder it is in.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The text of a file.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap()
    }

    /// The JSON of a file.
    #[track_caller]
    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// The names of what is in it, hidden files included.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder of real data that is never part of the repository: `$BEARINGS_SHARED_DATA`, else `../shared/data` beside
/// it. Without it the caller has nothing to test, and says so.
#[track_caller]
pub(crate) fn shared_data(folder: &str) -> Option<PathBuf> {
    let data = match std::env::var_os("BEARINGS_SHARED_DATA") {
        Some(path) => PathBuf::from(path),
        None => root().join("../shared/data"),
    };
    let path = data.join(folder);
    if path.is_dir() {
        return Some(path.canonicalize().unwrap());
    }
    let caller = std::panic::Location::caller();
    // Past the capture of the test harness, which would show it only for tests that fail.
    let line = format!("SKIPPED: {}:{}: no folder {}\n", caller.file(), caller.line(), path.display());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    None
}

#[test]
fn command_lines_are_split_at_spaces_outside_of_quotes() {
    assert_eq!(words("score  a.csv --columns 'Q{n} x' \"\" -"), ["score", "a.csv", "--columns", "Q{n} x", "", "-"]);
}
