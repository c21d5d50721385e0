//! What must not be in the tree: each test is an absence that something promised depends on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{read, root};

/// The files below a folder whose names end so. What git and cargo keep is left out.
pub(crate) fn files(folder: &str, ends: &str) -> Vec<(String, String)> {
    let (root, mut found) = (root(), Vec::new());
    walk(&root.join(folder), &mut |path| {
        if path.to_string_lossy().ends_with(ends)
            && let Ok(text) = fs::read_to_string(path)
        {
            found.push((path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), text));
        }
    });
    assert!(!found.is_empty(), "no {ends} in {folder}");
    found.sort();
    found
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy();
        if name == "target" || name == ".git" {
            continue;
        }
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}

/// A file without its tests and comments.
pub(crate) fn code(path: &str, text: &str) -> String {
    if path.ends_with("tests.rs") || path.contains("/tests/") {
        return String::new();
    }
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether a word stands in a text that is not part of a longer one.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(joins) && !after.starts_with(joins)
    })
}

#[test]
fn rhai_is_met_in_the_script_module_only() {
    let mut users = 0;
    for (path, text) in files("engine/src", ".rs").iter().chain(&files("cli/src", ".rs")) {
        let uses =
            has_word(&code(path, text), "rhai::") || has_word(text, "use rhai") || text.contains("extern crate rhai");
        if path.starts_with("engine/src/script") {
            users += usize::from(uses);
        } else {
            assert!(!uses, "{path}");
        }
    }
    assert!(users > 0);
    let (cli, engine) = (read("cli/Cargo.toml"), read("engine/Cargo.toml"));
    assert!(!has_word(&cli, "rhai") && has_word(&engine, "rhai"));
}

#[test]
fn the_engine_touches_neither_files_nor_clock_nor_terminal() {
    let outside = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        // Scoped threads only: they end where they began, and what they give stands in a fixed order.
        "thread::spawn",
        "thread::sleep",
        "SystemTime",
        "Instant",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "dbg!",
        "std::io",
    ];
    for (path, text) in files("engine/src", ".rs") {
        let code = code(&path, &text);
        for word in outside {
            // `impl std::io::Write` and the like are no access to anything.
            assert!(!has_word(&code, word), "{path} has {word}");
        }
        // `use std::{env, fs}` hides from the words above.
        for line in code.lines().filter(|line| line.trim_start().starts_with("use std::{")) {
            assert!(
                !["fs", "net", "env", "process", "io"].iter().any(|module| has_word(line, module)),
                "{path}: {line}"
            );
        }
    }
}

#[test]
fn the_engine_depends_on_nothing_that_belongs_to_the_command_line() {
    let manifest = read("engine/Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap();
    for name in ["clap", "csv", "anstream", "annotate-snippets", "comfy-table", "tempfile", "rand_core", "rand_pcg"] {
        assert!(!has_word(dependencies, name), "{name}");
    }
}

#[test]
fn no_crate_in_the_lock_file_can_reach_a_network() {
    let lock = read("Cargo.lock");
    let names: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert!(names.contains(&"bearings-cli") && names.len() > 30);
    let network = [
        "mio",
        "tokio",
        "socket2",
        "hyper",
        "reqwest",
        "ureq",
        "curl",
        "curl-sys",
        "async-std",
        "smol",
        "rustls",
        "native-tls",
        "openssl",
        "openssl-sys",
        "h2",
        "quinn",
        "isahc",
        "attohttpc",
        "minreq",
        "trust-dns-resolver",
    ];
    for name in network {
        assert!(!names.contains(&name), "{name}");
    }
    for (path, text) in files("cli/src", ".rs") {
        assert!(!has_word(&code(&path, &text), "std::net"), "{path}");
    }
}

#[test]
fn a_source_file_can_be_read_in_one_sitting() {
    let all = ["engine", "cli", "tests"].map(|folder| files(folder, ".rs")).concat();
    let long: Vec<String> = all
        .iter()
        .filter(|(_, text)| text.lines().count() >= 600)
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert_eq!(long, [""; 0]);
}

#[test]
fn no_path_of_somebodys_machine_is_in_the_tree() {
    // Put together here, so that this file is no finding of its own.
    let homes = ["work", "home", "root", "Users"].map(|folder| format!("/{folder}/"));
    for (path, text) in files("", "") {
        for home in &homes {
            let at = text.find(home.as_str());
            let line = at.and_then(|at| text[..at].lines().last()).unwrap_or_default();
            assert_eq!(at, None, "{path}: {line}{home}");
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    assert!(read("Cargo.toml").contains("unsafe_code = \"forbid\""));
    for crate_name in ["engine", "cli"] {
        assert!(read(format!("{crate_name}/Cargo.toml")).contains("[lints]\nworkspace = true"), "{crate_name}");
    }
}
