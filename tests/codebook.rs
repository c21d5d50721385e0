//! `bearings codebook`: every column of a survey and of a scored file, in four formats.

use std::collections::{BTreeMap, BTreeSet};

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

/// A piece of SPSS syntax: words, signs, and texts with their quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// The commands of SPSS syntax. A command ends with a period at the end of a line; a quote in a text stands twice.
#[track_caller]
fn commands(syntax: &str) -> Vec<Vec<Token>> {
    let (mut commands, mut command) = (Vec::new(), Vec::new());
    for line in syntax.lines() {
        assert!(line.len() <= 256, "a line is longer than SPSS reads: {line}");
        assert!(!line.trim().is_empty(), "an empty line ends a command");
        if command.is_empty() && line.starts_with('*') {
            assert!(line.ends_with('.') && !line[..line.len() - 1].ends_with('.'), "{line}");
            continue;
        }
        let mut rest = line.trim();
        let ends = rest.ends_with('.');
        rest = rest.strip_suffix('.').unwrap_or(rest);
        while let Some(first) = rest.chars().next() {
            rest = match first {
                ' ' => rest.trim_start(),
                '\'' => {
                    let mut text = String::new();
                    let mut after = &rest[1..];
                    loop {
                        let (inside, behind) = after.split_once('\'').unwrap_or_else(|| panic!("not closed: {line}"));
                        text.push_str(inside);
                        after = behind;
                        match behind.strip_prefix('\'') {
                            Some(more) => {
                                text.push('\'');
                                after = more;
                            }
                            None => break,
                        }
                    }
                    command.push(Token::Text(text));
                    after
                }
                '(' | ')' | '/' | '=' => {
                    command.push(Token::Sign(first));
                    &rest[1..]
                }
                _ => {
                    let end = rest.find([' ', '(', ')', '=', '\'']).unwrap_or(rest.len());
                    command.push(Token::Word(rest[..end].to_owned()));
                    &rest[end..]
                }
            };
        }
        if ends {
            commands.push(std::mem::take(&mut command));
        }
    }
    assert_eq!(command, [], "the last command does not end");
    commands
}

fn word(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

/// The commands that start with these words.
fn starting<'a>(commands: &'a [Vec<Token>], words: &str) -> Vec<&'a [Token]> {
    let words: Vec<Token> = words.split(' ').map(|word| Token::Word(word.to_owned())).collect();
    commands.iter().filter_map(|command| command.strip_prefix(words.as_slice())).collect()
}

/// The variables that GET DATA reads, with their formats.
#[track_caller]
fn variables(commands: &[Vec<Token>]) -> Vec<(String, String)> {
    let [get] = starting(commands, "GET DATA").try_into().unwrap();
    let at = get.iter().position(|token| word(token) == Some("VARIABLES")).unwrap();
    let words: Vec<&str> = get[at + 2..].iter().map(|token| word(token).unwrap()).collect();
    words.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// The labels of each variable's values.
#[track_caller]
fn value_labels(commands: &[Vec<Token>]) -> BTreeMap<String, Vec<(String, String)>> {
    let mut labels: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for command in starting(commands, "VALUE LABELS") {
        for part in command.split(|token| *token == Token::Sign('/')) {
            let (name, rest) = part.split_first().unwrap();
            let text = |token: &Token| match token {
                Token::Word(text) | Token::Text(text) => text.clone(),
                Token::Sign(sign) => panic!("{sign} in {part:?}"),
            };
            let own = rest.chunks(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
            assert!(labels.insert(word(name).unwrap().to_owned(), own).is_none());
        }
    }
    labels
}

#[test]
fn spss_syntax_is_sound_for_everything_that_is_built_in() {
    for id in rulesets() {
        for side in ["", "--output-columns"] {
            let commands = commands(&bearings(&format!("codebook {id} {side} --format spss")).ok().stdout);
            let read = variables(&commands);
            let names = table(&format!("{id} {side}"));
            assert_eq!(read.len(), names.rows.len(), "{id} {side}");
            let mut known: BTreeSet<String> = BTreeSet::new();
            for (name, format) in &read {
                assert!(name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
                let (kind, width) = format.split_at(1);
                let width: f64 = width.parse().unwrap();
                assert!(matches!(kind, "A" | "F") && (1.0..=32_767.0).contains(&width), "{format}");
                assert!(known.insert(name.to_lowercase()), "{name} stands there twice");
            }
            // What is recoded is there before, and what is labelled afterwards.
            for command in starting(&commands, "RECODE") {
                assert!(known.contains(&word(&command[0]).unwrap().to_lowercase()));
                let into = command.iter().position(|token| word(token) == Some("INTO")).unwrap();
                assert!(known.insert(word(&command[into + 1]).unwrap().to_lowercase()), "{command:?}");
            }
            for (name, labels) in value_labels(&commands) {
                assert!(known.contains(&name.to_lowercase()), "{name}");
                let values: BTreeSet<&String> = labels.iter().map(|(value, _)| value).collect();
                assert_eq!(values.len(), labels.len(), "{name}");
                assert!(labels.iter().all(|(_, label)| !label.is_empty() && label.len() <= 120), "{labels:?}");
            }
        }
    }
}

#[test]
fn spss_gets_the_labels_of_the_questionnaire_and_a_number_for_each_reason() {
    let folder = Folder::new();
    let text = read(LIVING).replace("\"very bad\"", "\"don't ask\"").replace("\"id\": \"more\"", "\"id\": \"to\"");
    let file = folder.write("q.json", text);
    let syntax = bearings("codebook --format spss").arg(file).ok().stdout;
    let commands = commands(&syntax);
    let labels = value_labels(&commands);
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    assert_eq!(
        labels["mood"],
        [
            pair("-2", "don't ask"),
            pair("-1", "bad"),
            pair("0", "so so"),
            pair("1", "good"),
            pair("2", "very good"),
            pair("-91", "left open"),
            pair("-92", "rather not say"),
            pair("-93", "not known"),
            pair("-94", "does not apply"),
        ]
    );
    // Words are numbered, and the word is told.
    assert_eq!(labels["children_know"][..2], [pair("1", "yes: yes"), pair("2", "no: no")]);
    let missing = starting(&commands, "MISSING VALUES");
    let range = |name: &str| {
        let command = missing.iter().find(|command| word(&command[0]) == Some(name)).unwrap();
        command.iter().filter_map(word).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(range("mood"), ["mood", "-94", "THRU", "-91"]);
    assert_eq!(range("ties__home"), ["ties__home", "-93", "THRU", "-91"]);
    // In a scored file an empty cell stands for no word.
    let of_scored = self::commands(&bearings("codebook --output-columns --format spss").ok().stdout);
    let of_scored = starting(&of_scored, "MISSING VALUES");
    for name in ["stage", "signal", "reason"] {
        let expected = [Token::Word(name.to_owned()), Token::Sign('('), Token::Text(" ".to_owned()), Token::Sign(')')];
        assert!(of_scored.contains(&expected.as_slice()), "{name}: {of_scored:?}");
    }
    // A word of the syntax is no name.
    assert!(labels.contains_key("v_to") && syntax.contains("* to is called v_to here."), "{syntax}");
    let recoded = starting(&commands, "RECODE");
    let weeks = recoded.iter().find(|command| command.iter().filter_map(word).any(|word| word == "weeks")).unwrap();
    assert!(weeks.contains(&Token::Word("CONVERT".to_owned())) && weeks.contains(&Token::Text("dont_know".to_owned())));
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
