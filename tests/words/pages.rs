//! Real pages: what `explain` prints for every shipped case, and for what the cases leave out.

use std::collections::BTreeSet;

use bearings_engine::assess;
use bearings_engine::assessment::Assessment;
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::Role;
use bearings_engine::responses::AnswersFile;
use serde_json::{Value, json};

use super::texts::{Surface, Text, Texts, each_text, names_in, shipped};
use crate::support::{bearings, read};

/// A sheet of answers for a ruleset.
struct Sheet {
    /// The case it comes from, and what was changed.
    place: String,
    ruleset: &'static str,
    answers: Value,
}

/// So many pages of the full form are printed: each costs seconds, since the program starts anew for it.
const FULL: usize = 4;

/// What all sheets say, and the lines of the pages of many.
pub(super) fn of_pages() -> BTreeSet<Text> {
    let sheets = sheets();
    let (full, short): (Vec<&Sheet>, Vec<&Sheet>) = sheets.iter().partition(|sheet| sheet.answers["form"] == "full");
    let printed: Vec<&Sheet> = short.into_iter().chain(full.into_iter().take(FULL)).collect();
    let printed = std::thread::scope(|scope| {
        let threads: Vec<_> = printed
            .chunks(printed.len().div_ceil(2))
            .map(|sheets| scope.spawn(|| sheets.iter().flat_map(|sheet| page(sheet)).collect::<Vec<Text>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<BTreeSet<Text>>()
    });
    let asked = sheets.iter().filter(|sheet| sheet.ruleset == "trust-repair" && sheet.answers["form"] == "short");
    let asked = asked.step_by(EVERY).flat_map(answered);
    printed.into_iter().chain(sheets.iter().flat_map(said)).chain(asked).collect()
}

/// Of every so many sheets of the short form it is asked what would change it and what it rests on.
const EVERY: usize = 4;

/// What is said to a question about a sheet.
fn answered(sheet: &Sheet) -> Vec<Text> {
    let mut texts = Texts::new(format!("question about {}", sheet.place));
    for command in ["flip -", "explain - --why", "explain - --why-not one_sided_effort"] {
        let page = bearings(command).stdin(sheet.answers.to_string()).ok().stdout;
        for paragraph in page.replace("\n  - ", "\n\n").split("\n\n") {
            let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            for surface in surfaces(sheet).into_iter().filter(|surface| *surface != Surface::Own) {
                texts.add(surface, "line", line.clone());
            }
        }
    }
    texts.done().into_iter().collect()
}

fn sheets() -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for ruleset in &shipped().rulesets {
        for name in names_in(&format!("rulesets/{}/cases", ruleset.id), |name| name.ends_with(".json")) {
            let case: Value = serde_json::from_str(&read(&name)).unwrap();
            let questionnaire = ruleset.questionnaire();
            let answers = json!({
                "format": "bearings/answers@1",
                "questionnaire": {"id": questionnaire.id, "version": questionnaire.version},
                "form": case.get("form").unwrap_or(&json!("short")),
                "answers": case["answers"],
                "missing": case.get("missing").unwrap_or(&json!({})),
                "safety": "answered",
            });
            let place = name.rsplit_once('/').unwrap().1.trim_end_matches(".json").to_owned();
            sheets.push(Sheet { place, ruleset: &ruleset.id, answers });
        }
    }
    let of_all: Vec<Sheet> = sheets.iter().enumerate().flat_map(|(number, sheet)| changed(number, sheet)).collect();
    sheets.extend(of_all);
    sheets
}

/// What no case need be about: a flag, the crisis line, a file without the safety questions, by turns; and own acts,
/// for all who are asked about them.
fn changed(number: usize, sheet: &Sheet) -> Vec<Sheet> {
    let by_turns: [(&str, &[(&str, i64)]); 4] = [
        ("afraid", &[("safety_fear", 1)]),
        ("watched, and without hope", &[("safety_watch", 1), ("felt_no_point", 4)]),
        ("young", &[("under_18", 1), ("felt_no_point", 4)]),
        ("safety left out", &[]),
    ];
    if sheet.ruleset != "trust-repair" {
        return Vec::new();
    }
    let mut sheets = vec![sheet.with(by_turns[number % by_turns.len()])];
    if ["broke", "both"].iter().any(|role| sheet.answers["answers"]["my_role"] == *role) {
        sheets.push(sheet.with(("did it, too", &[("safety_done_by_self", 1)])));
    }
    sheets
}

impl Sheet {
    /// The sheet with some answers changed; with none, its safety questions are left out.
    fn with(&self, (how, changes): (&str, &[(&str, i64)])) -> Self {
        let mut answers = self.answers.clone();
        for (item, value) in changes {
            answers["missing"].as_object_mut().unwrap().remove(*item);
            answers["answers"][*item] = json!(value);
        }
        if changes.is_empty() {
            answers["safety"] = json!("left_out");
            for map in ["answers", "missing"] {
                answers[map].as_object_mut().unwrap().retain(|item, _| !item.starts_with("safety_"));
            }
        }
        Self { place: format!("{}, {how}", self.place), ruleset: self.ruleset, answers }
    }
}

/// The lines of the page for a sheet, on every surface that it stands for.
fn page(sheet: &Sheet) -> Vec<Text> {
    let mut texts = Texts::new(format!("page for {}", sheet.place));
    let surfaces = surfaces(sheet);
    // Markdown says what the text says (a test holds that) and breaks no lines.
    let command = format!("explain - --format markdown --ruleset {}", sheet.ruleset);
    let outcome = bearings(&command).stdin(sheet.answers.to_string()).run();
    let page = match outcome.status {
        Some(0) => outcome.stdout,
        // Some instruments are for groups only; then the refusal is what somebody reads.
        Some(2) if sheet.ruleset != "trust-repair" => outcome.stderr,
        status => panic!("{}: {status:?} {}", sheet.place, outcome.stderr),
    };
    let page = page.replace('\\', "");
    let own = own_lines(&page);
    for line in page.lines().map(|line| line.trim_start_matches([' ', '#', '-']).trim()).filter(|line| !line.is_empty())
    {
        for surface in &surfaces {
            if *surface != Surface::Own || own.contains(line) {
                texts.add(*surface, "line", line);
            }
        }
    }
    texts.done().into_iter().collect()
}

/// What the engine makes of a sheet.
fn assessed(sheet: &Sheet) -> Assessment {
    let ruleset = shipped().rulesets.iter().find(|ruleset| ruleset.id == sheet.ruleset).unwrap();
    let source = SourceFile::new("answers.json", sheet.answers.to_string());
    let (responses, _) = AnswersFile::load(&source, ruleset.questionnaire(), Role::Hurt).unwrap();
    assess(ruleset, &responses).unwrap()
}

/// The texts that a page is made of.
fn said(sheet: &Sheet) -> BTreeSet<Text> {
    let mut texts = Texts::new(format!("reading of {}", sheet.place));
    let reading = serde_json::to_value(assessed(sheet)).unwrap();
    each_text(&reading, &mut |words| texts.add(Surface::Page, "text", words));
    texts.done()
}

/// What the engine says that this page is.
fn surfaces(sheet: &Sheet) -> Vec<Surface> {
    let mut surfaces = vec![Surface::Page];
    match assessed(sheet) {
        Assessment::Withheld(_) => surfaces.push(Surface::Withheld),
        Assessment::Read(reading) => match reading.signal.reason.as_deref() {
            Some("other_path") => surfaces.push(Surface::Minors),
            Some("safety_left_out") => surfaces.push(Surface::LeftOut),
            _ if reading.support.is_some_and(|support| support.contains(&"own_behaviour")) => {
                surfaces.extend([Surface::Own, Surface::OwnPage]);
            }
            _ => {}
        },
    }
    surfaces
}

/// What stands before the first section of a page, the help for those who did harm included.
fn own_lines(page: &str) -> BTreeSet<&str> {
    page.lines()
        .take_while(|line| !line.starts_with("## "))
        .map(|line| line.trim_start_matches([' ', '#', '-']).trim())
        .collect()
}
