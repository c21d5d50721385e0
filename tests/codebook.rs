//! `bearings codebook`: every column of a survey and of a scored file, in four formats.

mod spss;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Folder, bearings, read, root};
use crate::table::Table;

const LIVING: &str = "tests/data/living/questionnaire.json";

/// The codebook as a table.
#[track_caller]
fn table(arguments: &str) -> Table {
    bearings(&format!("codebook --format csv {arguments}")).ok().table()
}

#[track_caller]
fn package(arguments: &str) -> Value {
    bearings(&format!("codebook --format datapackage {arguments}")).ok().json()
}

/// The values and labels of `0, no | 1, yes`.
fn pairs(cell: &str) -> Vec<(String, String)> {
    let pair = |part: &str| part.split_once(", ").map(|(value, label)| (value.to_owned(), label.to_owned())).unwrap();
    if cell.is_empty() { Vec::new() } else { cell.split(" | ").map(pair).collect() }
}

/// The ids of everything that is built in and can score.
fn rulesets() -> Vec<String> {
    let mut ids: Vec<String> = std::fs::read_dir(root().join("rulesets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    assert!(ids.len() >= 19);
    ids
}

// ---- what `score` writes -----------------------------------------------------------------------------------------

/// A survey of made-up people, scored.
#[track_caller]
fn scored(ruleset: &str, questionnaire: &str, options: &str) -> Table {
    let sample = bearings(&format!("sample --rows 300 --seed 3 --questionnaire {questionnaire} {options}")).ok().stdout;
    let options = options.split("--role").next().unwrap();
    bearings(&format!("score - --ruleset {ruleset} {options}")).stdin(sample).ok().table()
}

/// Whether a cell is as the key says.
#[track_caller]
fn fits(key: &Table, row: usize, cell: &str) -> bool {
    let values: BTreeSet<String> = pairs(key.cell(row, "values")).into_iter().map(|(value, _)| value).collect();
    let end = |column: &str| key.cell(row, column).parse::<f64>();
    let inside = |number: f64| end("min").is_ok_and(|min| min <= number) && end("max").is_ok_and(|max| number <= max);
    match key.cell(row, "type") {
        _ if cell.is_empty() => key.cell(row, "missing").starts_with(", "),
        "one of" => values.contains(cell),
        "any of, joined by ;" => cell.split(';').all(|one| values.contains(one)),
        "whole number" if key.cell(row, "max").is_empty() => cell.parse::<i64>().is_ok(),
        "whole number" => cell.parse::<i64>().is_ok_and(|number| inside(number as f64)),
        "number" => cell.parse::<f64>().is_ok_and(inside),
        "id" => true,
        other => panic!("no type {other}"),
    }
}

#[track_caller]
fn every_scored_column_is_in_the_key(ruleset: &str, questionnaire: &str, options: &str) {
    let scored = scored(ruleset, questionnaire, options);
    let form = options.split("--role").next().unwrap();
    let key = table(&format!("--output-columns --ruleset {ruleset} {form}"));
    assert_eq!(key.column("name"), scored.header, "{ruleset} {options}");
    for (row, name) in scored.header.iter().enumerate() {
        assert!(!key.cell(row, "label").is_empty(), "{ruleset}: {name}");
        for cell in scored.column(name) {
            assert!(fits(&key, row, cell), "{ruleset}: {name} holds {cell:?}");
        }
    }
    let fields = package(&format!("--output-columns --ruleset {ruleset} {form}"));
    let fields = fields["resources"][0]["schema"]["fields"].as_array().unwrap().clone();
    assert_eq!(fields.iter().map(|field| field["name"].as_str().unwrap()).collect::<Vec<_>>(), scored.header);
}

#[test]
fn the_key_has_every_column_of_a_scored_file_and_no_other() {
    for id in rulesets() {
        every_scored_column_is_in_the_key(&id, &id, "");
    }
    for options in ["--form full", "--role broke", "--form full --role broke"] {
        every_scored_column_is_in_the_key("trust-repair", "trust-repair", options);
    }
    for study in ["living", "divorce"] {
        let folder = format!("tests/data/{study}");
        every_scored_column_is_in_the_key(&folder, &format!("{folder}/questionnaire.json"), "");
    }
}

#[test]
fn a_key_says_what_a_scale_is_made_of() {
    let key = table("ras --output-columns");
    let row =
        key.column("name").iter().position(|name| name.starts_with("ras") && !name.ends_with("_answered")).unwrap();
    // Seven items, printed 1 to 5: Hendrick 1988.
    assert!(key.cell(row, "asked").contains("of 7 items"), "{}", key.cell(row, "asked"));
    let notes = bearings("codebook trust-repair --output-columns").ok();
    for text in [&notes.stdout, &notes.stderr] {
        assert!(text.to_lowercase().contains("treat the scored file like the safety answers"), "{text}");
    }
    assert!(!bearings("codebook ras --output-columns").ok().stderr.contains("safety"));
}

// ---- what `score` reads ------------------------------------------------------------------------------------------

/// Every column of a made-up survey is described, and its cells are what is said of them.
#[test]
fn every_column_of_a_survey_is_described() {
    let mut seen = BTreeSet::new();
    let key = table("trust-repair");
    for role in ["hurt", "broke"] {
        let survey = bearings(&format!("sample --rows 200 --seed 9 --form full --role {role}")).ok().table();
        for name in survey.header.iter().skip(1) {
            let row = key.column("name").iter().position(|known| known == name).unwrap_or_else(|| panic!("{name}"));
            seen.insert(name.clone());
            let missing: Vec<String> = pairs(key.cell(row, "missing")).into_iter().map(|(word, _)| word).collect();
            for cell in survey.column(name) {
                assert!(fits(&key, row, cell) || missing.iter().any(|word| word == cell), "{name}: {cell:?}");
            }
        }
    }
    let all: BTreeSet<String> = key.column("name").into_iter().skip(1).map(str::to_owned).collect();
    assert_eq!(seen, all);
}

/// The syntax for SPSS reads columns by their place, so for one form of one role they stand as in a survey.
#[test]
fn the_columns_of_one_form_and_role_stand_as_in_its_survey() {
    for options in
        ["--form short --role hurt", "--form full --role hurt", "--form short --role broke", "--form full --role broke"]
    {
        for questionnaire in ["trust-repair", LIVING] {
            let survey = bearings(&format!("sample --rows 1 --questionnaire {questionnaire} {options}")).ok().table();
            assert_eq!(table(&format!("{questionnaire} {options}")).column("name"), survey.header, "{options}");
        }
    }
}

#[test]
fn a_column_says_what_was_asked_of_whom_and_what_is_made_of_it() {
    let key = table(&format!("{LIVING} --ruleset tests/data/living"));
    let row = |name: &str| key.column("name").iter().position(|known| *known == name).unwrap();
    let cell = |name: &str, column: &str| key.cell(row(name), column).to_owned();
    assert_eq!(cell("mood", "question"), "How was it with this person, all in all?");
    assert_eq!(
        cell("mood", "other_wordings"),
        "broke: How was it, all in all? | hurt, partner: How was it with your partner, all in all?"
    );
    assert_eq!(cell("mood", "values"), "-2, very bad | -1, bad | 0, so so | 1, good | 2, very good");
    assert_eq!(cell("mood", "scales"), "mood_scale");
    assert!(cell("mood", "missing").contains("not_applicable, "), "{}", cell("mood", "missing"));
    assert!(!cell("more", "missing").contains("not_applicable, "));
    assert_eq!(cell("ties__Children", "label"), "children | or pets");
    assert_eq!(cell("ties__Children", "values"), "0, no | 1, yes");
    assert_eq!(cell("children_know", "asked"), "if ties__Children is 1");
    assert_eq!(cell("own_part", "asked"), "of broke");
    assert_eq!((cell("weeks", "min"), cell("weeks", "max")), ("0".to_owned(), "52".to_owned()));
    assert_eq!(cell("weeks", "unit"), "weeks; 52: a year or more");
    assert_eq!((cell("afraid", "private"), cell("mood", "private")), ("about safety".to_owned(), String::new()));
    // Free text has no column, and is named.
    assert!(!key.column("name").contains(&"remarks"));
    let outcome = bearings(&format!("codebook {LIVING}")).ok();
    assert!(outcome.stderr.contains("`remarks`") && outcome.stdout.contains("remarks"), "{}", outcome.stderr);
    // One form only.
    assert!(!table(&format!("{LIVING} --form short")).column("name").contains(&"more"));
}

#[test]
fn a_reversed_item_says_so() {
    // Items 4 and 7 of the RAS are reversed, printed 1 to 5: Hendrick 1988.
    let key = table("ras");
    let reversed: Vec<&str> = key
        .column("name")
        .into_iter()
        .zip(key.column("scales"))
        .filter(|(_, scales)| scales.contains("reversed (6 - value)"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(reversed, ["ras_4", "ras_7"]);
}

/// Items of the safety block and who is under 18, from the file itself.
#[test]
fn answers_about_safety_and_age_are_marked() {
    let file: Value = serde_json::from_str(&read("questionnaires/trust-repair.json")).unwrap();
    let expected: BTreeSet<String> = file["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["block"] == true || item["id"] == "under_18")
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(expected.len() > 9);
    let key = table("trust-repair");
    let marked = key.column("name").into_iter().zip(key.column("private")).filter(|(_, why)| !why.is_empty());
    let marked: BTreeSet<String> = marked.map(|(name, _)| name.split("__").next().unwrap().to_owned()).collect();
    assert_eq!(marked, expected);
}

// ---- counts ------------------------------------------------------------------------------------------------------

/// Twenty people: twelve say 0, seven say 1 of `more`, one skips; all are afraid.
fn survey() -> String {
    let mut text = "id,mood,more,afraid,weeks\n".to_owned();
    for n in 0..20 {
        let more = if n < 12 {
            "0"
        } else if n < 19 {
            "1"
        } else {
            ""
        };
        let mood = if n < 10 { "2" } else { "not_applicable" };
        text.push_str(&format!("p{n},{mood},{more},1,{}\n", if n < 14 { 3 } else { 8 }));
    }
    text
}

#[test]
fn answers_are_counted_and_rare_ones_hidden() {
    let folder = Folder::new();
    let data = folder.write("survey.csv", survey());
    let run = || bearings(&format!("codebook {LIVING} --data")).arg(&data);
    let key = run().args("--format csv").ok().table();
    let row = |name: &str| key.column("name").iter().position(|known| *known == name).unwrap();
    let cell = |name: &str, column: &str| key.cell(row(name), column).to_owned();
    assert_eq!(cell("mood", "counts"), "-2, 0 | -1, 0 | 0, 0 | 1, 0 | 2, 10");
    assert_eq!((cell("mood", "answered"), cell("mood", "not_applicable")), ("10".to_owned(), "10".to_owned()));
    assert_eq!(cell("mood", "skipped"), "0");
    // One skipped it: the seven are hidden with them, and so is how many answered.
    assert_eq!(cell("more", "counts"), "0, 12 | 1, hidden");
    assert_eq!((cell("more", "skipped"), cell("more", "answered")), ("hidden".to_owned(), "hidden".to_owned()));
    assert!(cell("weeks", "counts").contains("3, 14") && cell("weeks", "counts").contains("8, 6"));
    // What nobody was asked, since the mood was good or does not apply.
    assert_eq!(cell("mood_since", "not_shown"), "20");
    // Everybody's answer, and nothing of it is told.
    assert_eq!((cell("afraid", "counts"), cell("afraid", "answered")), (String::new(), String::new()));
    let page = run().ok().stdout;
    assert!(page.contains("very good (10)") && page.contains("hidden"), "{page}");
    let afraid = page.split("- **`afraid`**").nth(1).unwrap();
    assert!(!afraid.contains("20") && !afraid.contains("answered"), "{afraid}");
}

#[test]
fn rejected_rows_are_named_and_the_others_counted() {
    let folder = Folder::new();
    let data = folder.write("survey.csv", survey().replace("p0,2,", "p0,4711,"));
    let outcome = bearings(&format!("codebook {LIVING} --format csv --data")).arg(&data).ends_with(6);
    assert!(outcome.stderr.contains("row 1") && !outcome.stderr.contains("4711"), "{}", outcome.stderr);
    let key = outcome.table();
    let row = key.column("name").iter().position(|name| *name == "mood").unwrap();
    assert_eq!(key.cell(row, "answered"), "9");
}

#[test]
fn what_would_do_nothing_is_refused() {
    for arguments in [
        "--format spss --data tests/data/trust-repair-200.csv",
        "--format datapackage --data tests/data/trust-repair-200.csv",
        "--output-columns --data tests/data/trust-repair-200.csv",
        "--missing 99",
        "--output-columns --role hurt",
        &format!("{LIVING} --output-columns"),
    ] {
        let outcome = bearings(&format!("codebook {arguments}")).ends_with(2);
        assert_eq!(outcome.stdout, "", "{arguments}");
    }
    bearings("codebook no-such-questionnaire").ends_with(4);
    let folder = Folder::new();
    let data = folder.write("survey.csv", survey());
    bearings(&format!("codebook {LIVING} --data")).arg(&data).arg("-o").arg(&data).ends_with(2);
    assert_eq!(folder.read("survey.csv"), survey());
    let questionnaire = folder.write("q.json", read(LIVING));
    bearings("codebook").arg(&questionnaire).arg("-o").arg(&questionnaire).ends_with(2);
    assert_eq!(folder.read("q.json"), read(LIVING));
}

// ---- formats for programs ----------------------------------------------------------------------------------------

#[test]
fn a_data_package_says_types_labels_and_what_is_missing() {
    let found = package(&format!("{LIVING} --ruleset tests/data/living"));
    assert_eq!(found["$schema"], "https://datapackage.org/profiles/2.0/datapackage.json");
    let resource = &found["resources"][0];
    assert_eq!((&resource["path"], &resource["type"]), (&"survey.csv".into(), &"table".into()));
    let fields = resource["schema"]["fields"].as_array().unwrap();
    let field = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(field("mood")["type"], "integer");
    assert_eq!(field("mood")["categories"][0], serde_json::json!({"value": -2, "label": "very bad"}));
    assert_eq!(field("mood")["categoriesOrdered"], true);
    assert_eq!(field("children_know")["type"], "string");
    assert_eq!(field("weeks")["constraints"], serde_json::json!({"minimum": 0, "maximum": 52}));
    let missing = |name: &str| -> Vec<String> {
        let missing = field(name)["missingValues"].as_array().unwrap();
        missing.iter().map(|value| value["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(missing("mood"), ["", "skipped", "declined", "dont_know", "not_applicable"]);
    for id in rulesets() {
        for side in ["", "--output-columns"] {
            sound(&package(&format!("{id} {side}")));
        }
    }
}

/// What the standard asks of a descriptor: https://datapackage.org/standard/table-schema/ (2.0).
#[track_caller]
fn sound(package: &Value) {
    let name = package["resources"][0]["name"].as_str().unwrap();
    assert!(
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')),
        "{name}"
    );
    let schema = &package["resources"][0]["schema"];
    let fields_match = schema["fieldsMatch"].as_str().unwrap();
    assert!(["exact", "equal", "subset", "superset", "partial"].contains(&fields_match));
    let mut names = BTreeSet::new();
    for field in schema["fields"].as_array().unwrap() {
        assert!(names.insert(field["name"].as_str().unwrap()), "{field}");
        let kind = field["type"].as_str().unwrap();
        assert!(["string", "integer", "number", "list"].contains(&kind), "{field}");
        if let Some(categories) = field.get("categories") {
            assert!(matches!(kind, "string" | "integer"), "{field}");
            let values: BTreeSet<String> =
                categories.as_array().unwrap().iter().map(|category| category["value"].to_string()).collect();
            assert_eq!(values.len(), categories.as_array().unwrap().len(), "{field}");
            let fits = |value: &String| value.starts_with('"') == (kind == "string");
            assert!(values.iter().all(fits), "{field}");
        }
        for part in ["value", "label"] {
            let missing = field["missingValues"].as_array().into_iter().flatten();
            let found: Vec<&str> = missing.map(|value| value[part].as_str().unwrap()).collect();
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{field}");
        }
    }
}

#[test]
fn a_codebook_is_markdown_unless_asked_otherwise() {
    let page = bearings("codebook trust-repair").ok().stdout;
    assert!(page.starts_with("# Trust repair: the columns of survey.csv\n"), "{page}");
    let entries = page.lines().filter(|line| line.starts_with("- **")).count();
    assert_eq!(entries, table("trust-repair").rows.len());
    let folder = Folder::new();
    let outcome = bearings("codebook trust-repair -o").arg(folder.at("codebook.md")).ok();
    assert_eq!((outcome.stdout.as_str(), folder.read("codebook.md")), ("", page));
}
