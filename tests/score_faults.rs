//! What may happen to a run that writes: a full disk, a signal, a reader that goes away. No half output is left.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Folder, SURVEY, bearings, read};

const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

/// A run that waits for more of its survey, with an output that it has begun to write.
fn waiting(folder: &Folder) -> Child {
    let run =
        bearings("score - --threads 2 -o").arg(folder.at("out.csv")).arg("--rejects").arg(folder.at("rejects.csv"));
    let mut command = run.command();
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // More than one block, so that rows were written when the signal comes; the pipe stays open.
    let survey = bearings("sample --rows 8000 --seed 2").ok().stdout;
    child.stdin.as_mut().unwrap().write_all(survey.as_bytes()).unwrap();
    let began = |name: &String| name.starts_with(".bearings-");
    let since = Instant::now();
    while folder.names().iter().filter(|name| began(name)).count() < 2 {
        assert!(since.elapsed() < Duration::from_secs(60), "{:?}", folder.names());
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn signal(child: &Child, number: i32) {
    assert!(Command::new("kill").arg(format!("-{number}")).arg(child.id().to_string()).status().unwrap().success());
}

#[test]
fn a_signal_leaves_nothing_behind_and_the_status_it_always_has() {
    for number in [SIGINT, SIGTERM] {
        let folder = Folder::new();
        folder.write("out.csv", "what was there\n");
        let mut child = waiting(&folder);
        signal(&child, number);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "{status}");
        assert_eq!(folder.names(), ["out.csv"]);
        assert_eq!(folder.read("out.csv"), "what was there\n");
    }
}

#[test]
fn a_kill_leaves_no_half_output() {
    let folder = Folder::new();
    folder.write("out.csv", "what was there\n");
    let mut child = waiting(&folder);
    signal(&child, SIGKILL);
    assert_eq!(child.wait().unwrap().signal(), Some(SIGKILL));
    assert_eq!(folder.read("out.csv"), "what was there\n");
    let others: Vec<String> = folder.names().into_iter().filter(|name| !name.starts_with(".bearings-")).collect();
    assert_eq!(others, ["out.csv"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let survey = bearings("sample --rows 20000 --seed 2").ok().stdout;
    let folder = Folder::new();
    let mut command = bearings("score").arg(folder.write("survey.csv", survey)).command();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(first.starts_with("id,stage,") && !said.contains("error"), "{first} {said}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A disk that is full before anything is on it.
#[test]
fn a_full_disk_is_said_and_costs_no_file() {
    if !fs::metadata("/dev/full").is_ok_and(|found| !found.is_file()) {
        eprintln!("SKIPPED: there is no /dev/full here");
        return;
    }
    let folder = Folder::new();
    let survey = bearings("sample --rows 4000 --seed 2").ok().stdout;
    let path = folder.write("survey.csv", &survey);
    for options in ["-o /dev/full", "-o /dev/full --format ndjson", "--trace /dev/full", "--threads 1 -o /dev/full"] {
        let run = bearings("score").arg(&path).args(options).ends_with(5);
        assert!(run.stderr.contains("cannot write `/dev/full`: No space left on device"), "{}", run.stderr);
    }
    assert_eq!(folder.names(), ["survey.csv"]);
    assert_eq!(folder.read("survey.csv"), survey);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = bearings(&format!("score {SURVEY}")).command();
    let status = command.stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(5));
    assert!(!read(SURVEY).is_empty());
}

#[test]
fn cells_and_rows_of_any_size_are_read_or_refused() {
    let header = "id,owned_up,note\n";
    let long = "x".repeat(1 << 20);
    let run = bearings("score - --keep note --fields signal").stdin(format!("{header}1,2,{long}\n2,2,a\n")).ok();
    assert_eq!(run.stdout, format!("id,note,signal\n1,{long},not_enough_answered\n2,a,not_enough_answered\n"));
    let wide: String = (0..10_000).map(|column| format!(",c{column}")).collect();
    let cells = ",1".repeat(10_000);
    let run = bearings("score - --fields signal").stdin(format!("id,owned_up{wide}\n7,2{cells}\n")).ok();
    assert_eq!(run.stdout, "id,signal\n7,not_enough_answered\n");
    assert!(run.stderr.contains("10000 columns not read"), "{}", run.stderr);
    let open = format!("{header}1,2,\"{}", "x".repeat(17 << 20));
    let run = bearings("score -").stdin(open).ends_with(3);
    assert!(run.stderr.contains(":2: a row is longer than 16 MiB"), "{}", run.stderr);
}
