//! The documents tell the truth: what they show in ```` ```console ```` fences is run and compared.
//!
//! A line `$ bearings ...` (or `$ cargo run --release -- ...`) is a command; what follows is what it prints. A line
//! `...` stands for any number of lines. A first line `? 3` says that the command ends with status 3; then stderr is
//! compared too, after stdout. The commands of a document share a folder that looks like the top of the repository,
//! so that one may read what another wrote. What stands in a ```` ```diff FILE ```` fence is done to that file before
//! the commands below it run: its lines with `-` are there exactly once, and those with `+` take their place.

use std::path::Path;

use crate::support::{Folder, bearings, read, root, words};

/// What a document shows of one command.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    line: usize,
    /// What is edited before it runs.
    edits: Vec<Edit>,
    command: String,
    status: i32,
    output: Vec<String>,
}

/// A change of a file.
#[derive(Debug, Clone, Default, PartialEq)]
struct Edit {
    file: String,
    old: String,
    new: String,
}

fn shown(document: &str) -> Vec<Shown> {
    let (mut found, mut inside): (Vec<Shown>, bool) = (Vec::new(), false);
    let (mut edits, mut editing): (Vec<Edit>, bool) = (Vec::new(), false);
    for (number, line) in document.lines().enumerate() {
        match line {
            _ if line.trim_start().starts_with("```") => {
                let file = line.trim().strip_prefix("```diff ").filter(|_| !inside && !editing);
                edits.extend(file.map(|file| Edit { file: file.to_owned(), ..Edit::default() }));
                editing = file.is_some();
                inside = !inside && line.trim() == "```console";
            }
            _ if editing => {
                let edit = edits.last_mut().unwrap();
                match line.split_at_checked(1) {
                    Some(("-", old)) => edit.old.push_str(&format!("{old}\n")),
                    Some(("+", new)) => edit.new.push_str(&format!("{new}\n")),
                    _ => panic!("line {}: neither taken out nor put in", number + 1),
                }
            }
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), line.strip_prefix("? "), found.last_mut()) {
                (Some(command), ..) => {
                    let command = command.trim_end().to_owned();
                    let edits = std::mem::take(&mut edits);
                    found.push(Shown { line: number + 1, edits, command, ..Shown::default() });
                }
                (None, Some(status), Some(last)) if last.output.is_empty() => last.status = status.parse().unwrap(),
                (None, _, Some(last)) => last.output.push(line.trim_end().to_owned()),
                (None, _, None) => panic!("line {}: output without a command", number + 1),
            },
        }
    }
    for command in &mut found {
        // The empty line between two commands belongs to neither.
        while command.output.last().is_some_and(String::is_empty) {
            command.output.pop();
        }
    }
    found
}

/// The arguments for `bearings` in a command line. There is no shell here.
fn arguments(command: &str) -> &str {
    let known = ["bearings", "cargo run --release --", "./target/release/bearings", "target/release/bearings"];
    let rest = known.iter().find_map(|start| command.strip_prefix(start));
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with(' '));
    rest.unwrap_or_else(|| panic!("cannot be run here: {command}"))
}

/// Whether lines are as shown, where `...` stands for any number of them.
fn fits(shown: &[String], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        Some((first, rest)) => {
            printed.split_first().is_some_and(|(line, printed)| line.trim_end() == first && fits(rest, printed))
        }
    }
}

/// A folder that looks like the top of the repository, so that nothing is written into the real one.
fn copy_of_the_top() -> Folder {
    let folder = Folder::new();
    for name in ["questionnaires", "rulesets", "tests/data", "docs", "examples"] {
        copy(&root().join(name), name, &folder);
    }
    folder
}

fn copy(from: &Path, name: &str, to: &Folder) {
    if from.is_file() {
        to.write(name, std::fs::read(from).unwrap());
    }
    let Ok(entries) = std::fs::read_dir(from) else { return };
    for entry in entries.map(Result::unwrap) {
        copy(&entry.path(), &format!("{name}/{}", entry.file_name().to_string_lossy()), to);
    }
}

#[track_caller]
fn check(document: &str) -> usize {
    let commands = shown(&read(document));
    let folder = copy_of_the_top();
    for Shown { line, edits, command, status, output } in &commands {
        for Edit { file, old, new } in edits {
            let text = folder.read(file);
            assert_eq!(text.matches(old.as_str()).count(), 1, "{document}: {file} has not once:\n{old}");
            folder.write(file, text.replacen(old.as_str(), new, 1));
        }
        let outcome = bearings(arguments(command)).within(folder.path()).ends_with(*status);
        let mut printed = outcome.stdout;
        if *status != 0 {
            printed.push_str(&outcome.stderr);
        }
        let lines: Vec<&str> = printed.trim_end().lines().collect();
        assert!(fits(output, &lines), "{document}:{line}: `{command}` prints\n{printed}");
    }
    commands.len()
}

#[test]
fn the_readme_shows_what_happens() {
    assert!(root().join("README.md").is_file(), "there is no README.md");
    assert!(check("README.md") > 0, "README.md shows no command");
}

#[test]
fn the_other_documents_show_what_happens() {
    let mut documents: Vec<String> = ["CONTRIBUTING.md", "ARCHITECTURE.md"].map(str::to_owned).to_vec();
    if let Ok(entries) = std::fs::read_dir(root().join("docs")) {
        documents.extend(entries.map(|entry| format!("docs/{}", entry.unwrap().file_name().to_string_lossy())));
    }
    for document in documents.iter().filter(|name| name.ends_with(".md") && root().join(name).is_file()) {
        check(document);
    }
}

#[test]
fn the_first_commands_of_the_readme_are_the_ones_that_scripts_rely_on() {
    let readme = read("README.md");
    let first = |start: &str| {
        let lines = readme.lines().map(|line| line.strip_prefix("$ ").unwrap_or(line));
        lines.filter(|line| line.starts_with(start)).map(str::to_owned).next().unwrap_or_default()
    };
    assert_eq!(first("cargo run --release"), "cargo run --release -- score tests/data/trust-repair-200.csv --summary");
    assert_eq!(first("cargo test"), "cargo test --workspace");
}

#[test]
fn a_transcript_is_read_by_its_fences() {
    let text =
        "$ not this\n```console\n$ bearings list\na\n\n$ bearings x\n? 2\nerror\n```\n```rust\n$ nor this\n```\n";
    let one = |line, command: &str, status, output: &str| Shown {
        line,
        command: command.to_owned(),
        status,
        output: vec![output.to_owned()],
        ..Shown::default()
    };
    assert_eq!(shown(text), [one(3, "bearings list", 0, "a"), one(6, "bearings x", 2, "error")]);
    let edited = shown("```diff a.rhai\n-x\n+y\n+z\n```\n```console\n$ bearings list\na\n```\n");
    let edit = Edit { file: "a.rhai".to_owned(), old: "x\n".to_owned(), new: "y\nz\n".to_owned() };
    assert_eq!(edited, [Shown { edits: vec![edit], ..one(7, "bearings list", 0, "a") }]);
    assert_eq!(words(arguments("cargo run --release -- score 'a b' -")), ["score", "a b", "-"]);
}

#[test]
fn dots_stand_for_any_number_of_lines_and_nothing_else_does() {
    let fits = |shown: &str, printed: &str| {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        fits(&shown, &printed.lines().collect::<Vec<_>>())
    };
    assert!(fits("a\n...\nd", "a\nb\nc\nd") && fits("a\n...\nd", "a\nd") && fits("...", "") && fits("a", "a  "));
    assert!(!fits("a\n...\nd", "a\nb") && !fits("a", "a\nb") && !fits("a\nb", "a") && !fits("", "a"));
}
