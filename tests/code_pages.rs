//! The page of each code tells the truth: its example brings up the code, and the mended one does not.

use std::collections::BTreeSet;

use bearings_engine::diagnostic::Code;

use crate::support::{Folder, SURVEY, bearings, read, root};

/// Codes whose page tells of an example instead of showing one, since it takes more than a few lines. Where they are
/// brought up instead: `engine/src/ruleset/tests/kinds.rs`, `tests/lints.rs`, `tests/export.rs`.
const TOLD: [Code; 4] = [Code::TooManyNodes, Code::Coverage, Code::RepeatedCase, Code::NotExportable];

const STUDY: &str = "study \"mine\" version \"0.1.0\" questionnaire \"trust-repair\" title \"Mine\";\n";
const QUESTIONNAIRE: &str = r#""format": "bearings/questionnaire@1", "id": "mine", "version": "1", "title": "Mine",
    "description": "d", "source": "own", "licence": "MIT""#;

/// A page, cut at its headings.
struct Page {
    /// Where the example stands: `in a study`.
    place: String,
    bad: String,
    mended: String,
}

impl Page {
    fn of(code: Code) -> Self {
        let text = bearings(&format!("help {code}")).ok().stdout;
        let (_, rest) = text.split_once("\nFor example").unwrap();
        let (place, rest) = rest.split_once('\n').unwrap();
        let (bad, rest) = rest.split_once("\nMended\n").unwrap();
        let (mended, why) = rest.split_once("\nWhy it matters\n").unwrap();
        assert!(why.lines().count() >= 2, "{code}: {why}");
        Self { place: place.trim_start_matches(", ").to_owned(), bad: bad.to_owned(), mended: mended.to_owned() }
    }

    /// The codes that a check prints for an example.
    fn codes(&self, example: &str) -> Vec<String> {
        let folder = Folder::new();
        let checked = match self.place.as_str() {
            "in a study" => {
                folder.write("mine/ruleset.rhai", format!("{STUDY}{example}"));
                "check mine"
            }
            "in a ruleset" => {
                folder.write("mine/ruleset.rhai", example);
                "check mine"
            }
            "in an assessment" => {
                copy("rulesets/trust-repair", &folder);
                folder.write("mine/extra.rhai", example);
                "check mine"
            }
            "in a questionnaire" => {
                folder.write("mine.json", questionnaire(example));
                "check mine.json"
            }
            "in a case" => {
                copy("rulesets/ras", &folder);
                folder.write("mine/cases/mine.json", format!("{{\"format\": \"bearings/case@1\", {example}}}"));
                "check mine"
            }
            "in a map" => {
                folder.write("survey.csv", read(SURVEY));
                folder.write("mine.json", format!("{{\"format\": \"bearings/map@1\", {example}}}"));
                "score survey.csv --map mine.json"
            }
            "on the command line" => {
                folder.write("survey.csv", read(SURVEY));
                folder.write("mine/ruleset.rhai", format!("{STUDY}{}", "stage met \"Met\" otherwise;"));
                example.trim().strip_prefix("bearings ").unwrap()
            }
            other => panic!("no example stands `{other}`"),
        };
        let stderr = bearings(checked).args("--error-format json").within(folder.path()).run().stderr;
        let lines = stderr.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let codes: BTreeSet<String> = lines
            .filter(|line| line["severity"] != "note")
            .map(|line| line["code"].as_str().unwrap_or_default().to_owned())
            .collect();
        codes.into_iter().collect()
    }
}

/// An example as a whole file: some items, some fields of the file, or the file itself.
fn questionnaire(example: &str) -> String {
    let example = example.trim();
    if example.contains("\"format\"") {
        example.to_owned()
    } else if example.starts_with('{') {
        format!("{{{QUESTIONNAIRE}, \"items\": [{example}]}}")
    } else {
        format!("{{{QUESTIONNAIRE}, {example}}}")
    }
}

/// The rules and cases of a shipped ruleset, as `mine`.
fn copy(ruleset: &str, folder: &Folder) {
    for entry in std::fs::read_dir(root().join(ruleset)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_str().unwrap();
            folder.write(&format!("mine/{name}"), std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_example_brings_up_its_code_and_the_mended_one_nothing() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(|code| !TOLD.contains(code)) {
        let page = Page::of(*code);
        let (bad, mut mended) = (page.codes(&page.bad), page.codes(&page.mended));
        // An example of a few lines reads a few items.
        mended.retain(|found| found != Code::UnreadItem.as_str() || code == &Code::UnreadItem);
        if bad != [code.as_str()] || !mended.is_empty() {
            wrong.push(format!("{code}: {bad:?}, mended: {mended:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_without_an_example_tells_one_in_words() {
    for code in TOLD {
        let page = Page::of(code);
        assert!(page.place.is_empty() && page.bad.len() > 80 && page.mended.len() > 80, "{code}");
    }
}

#[test]
fn help_lists_every_code() {
    let (help, codes) = (bearings("help").ok().stdout, bearings("help codes").ok().stdout);
    let (_, listed) = help.split_once("any of these codes:\n").unwrap();
    let listed: Vec<&str> = listed.split([',', '\n']).map(str::trim).filter(|code| !code.is_empty()).collect();
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, all);
    for code in all {
        assert!(codes.contains(&format!("\n{code}: ")), "{code}");
    }
    for line in help.lines().chain(codes.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
