//! Leaving `bearings take`, and what may be written: nothing, unless a file was named and wanted again.

use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::person::Person;
use crate::support::{Folder, bearings};
use crate::take::{CLOSING, explained, sit, take};

#[test]
fn somebody_who_could_be_seen_can_stop_before_anything_is_asked() {
    let person = Person::case("partner-keeps-showing-up");
    for typed in ["y\n\n", "y\ny\n", "y\nq\n", "q\n"] {
        let outcome = take(&person).stdin(typed).ok();
        assert_eq!(outcome.stdout, "");
        assert!(outcome.stderr.ends_with("[Y/n] ") || outcome.stderr.ends_with("[y/N] "), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("Question 1"));
    }
    let on = take(&person).args("--format json").stdin(format!("y\nn\n{}y\n", person.lines())).ok();
    assert_eq!(on.stdout, explained(&person, "json"));
}

#[test]
fn leaving_is_silent_wherever_it_happens() {
    let person = Person::case("partner-keeps-showing-up");
    let whole = sit(&person, "text").stderr;
    let places = ["bond_kind", "weeks_since", "effort_mine", "safety_fear", "safety_put_down"];
    let mut befores: Vec<String> = places.iter().map(|id| person.lines_before(id)).collect();
    befores.extend([String::new(), format!("n\n{}", person.lines())]);
    for (before, key) in befores.iter().zip(["q", "Q", "\u{1b}", "1\u{1b}[A", "q", " q ", "\u{1b}\u{1b}"]) {
        let folder = Folder::new();
        let run = take(&person).args("--answers-out").arg(folder.at("answers.json"));
        let outcome = run.stdin(format!("{before}{key}\n")).ok();
        assert_eq!(outcome.stdout, "");
        assert_eq!(folder.names(), [""; 0]);
        // Nothing follows the key: up to the prompt it is what was said to everybody.
        let said = outcome.stderr.replace(&file_note(&outcome.stderr), "");
        assert!(whole.starts_with(&said), "{said}");
        assert!(said.ends_with("] "), "{said}");
    }
}

/// What the first screen says of a file, with the empty line after it.
fn file_note(said: &str) -> String {
    let start = said.find("You named a file. At the end").unwrap();
    said[start..].split_inclusive("\n\n").next().unwrap().to_owned()
}

#[test]
fn an_input_that_ends_too_early_names_the_question_and_leaves_nothing() {
    let person = Person::case("partner-keeps-showing-up");
    // That safety came early, or that a question was asked because of an answer, would tell that answer.
    for (id, named) in [
        ("bond_kind", "question `bond_kind`"),
        ("effort_mine", "question `effort_mine`"),
        ("safety_watch", "a question"),
    ] {
        let folder = Folder::new();
        let run = take(&person).args("--answers-out").arg(folder.at("answers.json"));
        let outcome = run.stdin(person.lines_before(id)).ends_with(3);
        let message = format!("error: the input ended before {named} was answered\n");
        assert!(outcome.stderr.contains(&message), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
        assert_eq!(folder.names(), [""; 0]);
    }
    let outcome = take(&person).stdin("").ends_with(3);
    assert!(outcome.stderr.contains("before question `bond_kind` was answered"), "{}", outcome.stderr);
    let outcome = take(&person).stdin(format!("n\n{}", person.lines())).ends_with(3);
    assert!(outcome.stderr.contains("the input ended after the last question"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
}

#[test]
fn ctrl_c_leaves_without_a_word() {
    let person = Person::case("partner-keeps-showing-up");
    let mut command = take(&person).command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(person.lines_before("effort_mine").as_bytes()).unwrap();
    let (mut stderr, mut said) = (child.stderr.take().unwrap(), String::new());
    let wanted =
        format!("Question {} of", person.asked().iter().position(|asked| asked.id == "effort_mine").unwrap() + 1);
    let mut buffer = [0; 4096];
    while !said.contains(&wanted) || !said.ends_with("] ") {
        let read = stderr.read(&mut buffer).unwrap();
        assert!(read > 0, "it ended: {said}");
        said.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    let kill = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len(), rest.as_str()), (Some(0), 0, ""));
}

#[test]
fn answers_are_written_only_to_who_wants_it_twice_and_the_safety_page_only_to_who_wants_it_thrice() {
    let person = Person::case("partner-keeps-showing-up").with("safety_watch", 1);
    let save = |typed: &str| {
        let folder = Folder::new();
        let run = take(&person).args("--format json --answers-out").arg(folder.at("answers.json"));
        let outcome = run.stdin(format!("{}{typed}", person.sitting())).ok();
        assert_eq!(outcome.stdout, explained(&person, "json"));
        assert!(outcome.stderr.contains(CLOSING) && outcome.stderr.contains("backups"), "{}", outcome.stderr);
        (folder, outcome)
    };
    for typed in ["n\n", "\n"] {
        assert_eq!(save(typed).0.names(), [""; 0]);
    }
    // Leaving at the second question writes nothing either.
    assert_eq!(save_left(&person), [""; 0]);

    let (folder, _) = save("y\n\n");
    assert_eq!(folder.names(), ["answers.json"]);
    let (text, file) = (folder.read("answers.json"), folder.json("answers.json"));
    assert_eq!(file["safety"], "left_out");
    assert!(!text.contains("safety_") && !text.contains("under_18"), "{text}");
    let read_back = bearings("explain --format json").arg(folder.at("answers.json")).ok().json();
    assert_eq!((&read_back["signal"]["id"], &read_back["signal"]["reason"]), (&Value::Null, &json!("safety_left_out")));
    assert!(read_back["scores"].as_array().unwrap().len() > 5);

    let (folder, outcome) = save("y\ny\n");
    let file = folder.json("answers.json");
    assert_eq!((&file["safety"], &file["answers"]["safety_watch"]), (&json!("answered"), &json!(1)));
    assert!(!folder.read("answers.json").contains("under_18"));
    let read_back = bearings("explain --format json").arg(folder.at("answers.json")).ok();
    assert_eq!(read_back.stdout, outcome.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.at("answers.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

fn save_left(person: &Person) -> Vec<String> {
    let folder = Folder::new();
    let run = take(person).args("--answers-out").arg(folder.at("answers.json"));
    let outcome = run.stdin(format!("{}y\nq\n", person.sitting())).ok();
    assert!(outcome.stderr.ends_with("leave them out. [y/N] "), "{}", outcome.stderr);
    folder.names()
}

#[test]
fn the_answers_can_be_written_without_the_result_being_shown() {
    let person = Person::case("partner-keeps-showing-up");
    let folder = Folder::new();
    let run = take(&person).args("--answers-out").arg(folder.at("answers.json"));
    let outcome = run.stdin(format!("n\n{}n\ny\nn\n", person.lines())).ok();
    assert_eq!(outcome.stdout, "");
    assert_eq!(folder.names(), ["answers.json"]);
}

#[test]
fn of_somebody_under_18_the_safety_page_is_never_written() {
    let person = Person::case("family-under-18").with("safety_fear", 1).with("felt_no_point", 4);
    let folder = Folder::new();
    let run = take(&person).args("--answers-out").arg(folder.at("answers.json"));
    let outcome = run.stdin(format!("{}y\n", person.sitting())).ok();
    assert!(!outcome.stderr.contains("Write your answers about safety"), "{}", outcome.stderr);
    let text = folder.read("answers.json");
    assert_eq!(folder.json("answers.json")["safety"], "left_out");
    assert!(!text.contains("safety_fear") && !text.contains("under_18"), "{text}");
    assert!(text.contains("felt_no_point") && !text.contains("not_shown"));
    let asked: Vec<String> = person.asked().into_iter().map(|asked| asked.id).collect();
    let rest: Vec<&str> = asked.iter().map(String::as_str).filter(|id| !id.starts_with("safety_")).collect();
    assert_eq!(
        rest,
        ["bond_kind", "my_role", "breach_kind", "weeks_since", "contact_now", "under_18", "felt_no_point"]
    );
}

#[test]
fn a_file_that_cannot_be_new_is_refused_before_any_question() {
    let folder = Folder::new();
    folder.write("answers.json", "mine");
    for (name, message) in [
        ("answers.json", "`answers.json` is there already"),
        ("no/answers.json", "there is no folder for `no/answers.json`"),
        ("-", "--answers-out needs the name of a file"),
        (".", "`.` is there already"),
    ] {
        let outcome = bearings("take --answers-out").arg(name).within(folder.path()).stdin("n\n").ends_with(2);
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("Question") && !outcome.stderr.contains("emergency"));
    }
    assert_eq!(folder.read("answers.json"), "mine");
}

#[test]
fn a_file_that_appeared_meanwhile_is_not_replaced() {
    let person = Person::case("partner-keeps-showing-up");
    let folder = Folder::new();
    let mut command = take(&person).args("--format json --answers-out").arg(folder.at("answers.json")).command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
    // The first words come after the file was looked for.
    stderr.read_exact(&mut [0; 20]).unwrap();
    folder.write("answers.json", "somebody else's");
    let typed = format!("{}y\nn\n", person.sitting());
    let writer = std::thread::spawn(move || stdin.write_all(typed.as_bytes()));
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(folder.read("answers.json"), "somebody else's");
    assert_eq!(folder.names(), ["answers.json"]);
}
