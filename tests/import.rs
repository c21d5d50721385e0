//! `bearings import`: questionnaires from lists of items, and that what `export` writes comes back.

mod there_and_back;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Folder, Outcome, bearings, read, shared_data};
use crate::table::Table;

/// Imports into a file of a folder, checks it, and gives what stands in it.
#[track_caller]
fn imported(folder: &Folder, arguments: &str) -> (Value, Outcome) {
    let import = || bearings(&format!("import {arguments} -o")).arg(folder.at("q.json"));
    // What was imported may have been worked on since, so it is not written over.
    if folder.at("q.json").exists() {
        assert!(import().ends_with(2).stderr.contains("is there already"));
        std::fs::remove_file(folder.at("q.json")).unwrap();
    }
    let outcome = import().ok();
    assert_eq!(outcome.stdout, "");
    bearings("check").arg(folder.at("q.json")).ok();
    (folder.json("q.json"), outcome)
}

/// The options of an item, wherever they stand.
fn options(questionnaire: &Value, item: &Value) -> Value {
    match item["options"].as_str() {
        Some(list) => questionnaire["option_lists"][list].clone(),
        None => item["options"].clone(),
    }
}

/// The items as they are, with their options in their place.
fn items(questionnaire: &Value) -> Vec<Value> {
    let with_options = |item: &Value| {
        let mut item = item.clone();
        if !item["options"].is_null() {
            item["options"] = options(questionnaire, &item);
        }
        item
    };
    questionnaire["items"].as_array().unwrap().iter().map(with_options).collect()
}

fn option(value: impl Into<Value>, label: &str) -> Value {
    json!({"value": value.into(), "label": label})
}

#[track_caller]
fn says(outcome: &Outcome, parts: &[&str]) {
    for part in parts {
        assert!(outcome.stderr.contains(part), "no {part}: {}", outcome.stderr);
    }
}

// ---- lists of items ----------------------------------------------------------------------------------------------

#[test]
fn a_list_of_items_is_read_with_its_own_and_with_shared_options() {
    let folder = Folder::new();
    let (found, outcome) = imported(
        &folder,
        "tests/data/import/items.csv --from csv --options '0=low,1=high' --source 'Made up' --licence MIT --title Mine",
    );
    let choice =
        |id: &str, text: &str, options: Value| json!({"id": id, "kind": "choice", "text": text, "options": options});
    let mut rate = choice(
        "rate",
        "Rate it.",
        json!([option(1, "worst"), option(2, "poor"), option(3, "fair"), option(4, "good"), option(5, "best")]),
    );
    rate["falling"] = true.into();
    let talk = json!([option(0, "never"), option(1, "now and then, at least"), option(2, "often")]);
    let expected = [
        choice("closeness", "How close do you feel, \"all in all\"?", json!([option(0, "low"), option(1, "high")])),
        choice("item_1", "Do you talk; really talk?", talk),
        json!({"id": "weeks", "kind": "number", "text": "How many weeks has it been?", "min": 0, "max": 52}),
        rate,
    ];
    assert_eq!(items(&found), expected);
    assert_eq!(
        (&found["source"], &found["licence"], &found["title"]),
        (&json!("Made up"), &json!("MIT"), &json!("Mine"))
    );
    assert_eq!(found["id"], "items");
    says(&outcome, &["`item` holds the ids and `label` the texts", "not carried over: `page`", "got `item_` in front"]);
    says(&outcome, &["from the highest number down", ": `rate`", "4 items imported, 0 lines left out"]);
    assert!(!outcome.stderr.contains("not stated"), "{}", outcome.stderr);
}

#[test]
fn what_nobody_stated_is_not_invented() {
    let folder = Folder::new();
    let (found, outcome) =
        imported(&folder, "tests/data/import/items.csv --from csv --options '0=low,1=high' --id mine");
    assert_eq!((&found["source"], &found["licence"]), (&json!("Not stated."), &json!("Not stated.")));
    assert_eq!((&found["id"], &found["title"]), (&json!("mine"), &json!("mine")));
    says(&outcome, &["under which licence is not stated"]);
}

#[test]
fn fifty_four_texts_keep_their_order_and_their_signs() {
    let Some(data) = shared_data("divorce") else { return };
    let text = std::fs::read_to_string(data.join("reference.tsv")).unwrap();
    let expected: Vec<(String, &str)> = text
        .split('\n')
        .skip(1)
        .filter_map(|line| line.trim_end_matches('\r').split_once('|'))
        .map(|(number, text)| (format!("Q{number}"), text.trim()))
        .collect();
    assert_eq!(expected.len(), 54);
    let folder = Folder::new();
    for delimiter in ["", "--delimiter '|'"] {
        let list = data.join("reference.tsv");
        let scale = "--from csv --prefix Q --options '0=Never,1=Seldom,2=Averagely,3=Frequently,4=Always'";
        let (found, _) = imported(&folder, &format!("'{}' {scale} {delimiter}", list.display()));
        let found = items(&found);
        let texts: Vec<(String, &str)> = found
            .iter()
            .map(|item| (item["id"].as_str().unwrap().to_owned(), item["text"].as_str().unwrap()))
            .collect();
        assert_eq!(texts, expected);
        assert!(found.iter().all(|item| item["options"][4] == option(4, "Always")));
    }
    // What was imported reads the answers of the study.
    folder.write(
        "sum.rhai",
        format!(
            "study \"sum\" version \"1\" questionnaire \"reference\" title \"Sum\";\n\
             scale total \"Sum\" = sum({}) source \"s\";\n",
            (1..=54).map(|n| format!("Q{n}")).collect::<Vec<_>>().join(", ")
        ),
    );
    let run = bearings("score --ruleset").arg(folder.at("sum.rhai")).arg("--questionnaire").arg(folder.at("q.json"));
    let scored = run.arg(data.join("divorce_clean_derived.csv")).ok().table();
    let sums = Table::parse(&std::fs::read_to_string(data.join("expected_sums.csv")).unwrap());
    assert_eq!(scored.column("total"), sums.column("sum54"));
}

#[test]
fn a_list_that_is_none_says_so_with_every_line() {
    let refused = |list: &str, options: &str, status: i32, parts: &[&str]| {
        let outcome = bearings(&format!("import - --from csv --id mine {options}")).stdin(list).ends_with(status);
        assert_eq!(outcome.stdout, "");
        says(&outcome, parts);
    };
    let scale = "--options '0=no,1=yes'";
    refused("", scale, 4, &["is empty"]);
    refused("id,text\n", scale, 4, &["holds no item"]);
    refused("frage,antwort\na,b\n", scale, 4, &["no column of ids", "name it `id`"]);
    refused("id,antwort\na,b\n", scale, 4, &["no column of texts", "name it `text`"]);
    refused("id;text,more\na;b,c\n", scale, 4, &["in more than one way", "--delimiter"]);
    refused("id,text\na,b\nc,d,e\nf\n", scale, 4, &["3 cells, but the header has 2", "1 cell, but", "2 errors"]);
    refused("id,text\na,One?\nb,Two?\na,Three?\n", scale, 4, &["`a` stands there twice", "input:4:1"]);
    refused("id,text\na,One?\n", "", 4, &["neither options nor a range", "--options"]);
    refused("id,text,options\na,One?,never\nb,,0=a|1=b\nc d,x,0=a|1=b\n", "", 4, &["3 errors", "has no text"]);
    refused("id,text,options\na,One?,0=a|0=b\n", "", 4, &["make no choice"]);
    refused("id,text,min,max\na,One?,0,x\n", "", 4, &["whole number in `min`"]);
    refused("id,text,min,max\na,One?,5,5\n", "", 4, &["needs `min` below `max`", "not written"]);
    refused("id,text\na,One?\n", "--options never", 2, &["--options takes values and labels"]);
    refused("id,text\nrecord_id,One?\n", scale, 4, &["holds the respondent's id"]);
    bearings("import - --from csv --id ras --options '0=no,1=yes'").stdin("id,text\na,b\n").ends_with(2);
    bearings("import - --from redcap --prefix x").stdin("").ends_with(2);
    bearings("import - --from csv --options '0=no,1=yes'").stdin("id,text\na,b\n").ends_with(2);
    bearings("import no-such-file.csv --from csv").ends_with(5);
}

/// A survey that was named by mistake: nothing that somebody answered is printed.
#[test]
fn no_cell_of_a_survey_that_was_taken_for_a_list_is_printed() {
    let canary = "canary4711";
    for survey in [
        format!("id,text,mood\n1,{canary},3\n1,{canary},4\n"),
        format!("id,text,mood\n{canary}@example.org,{canary},3\n2,{canary}\n"),
        format!("id,text,options\na,{canary},{canary}\n"),
        format!("id,text,min,max\na,{canary},{canary},9\nb,{canary},9,3\n"),
        format!("id,text,min,max\nb,{canary},9,3\n"),
    ] {
        for format in ["human", "plain", "json"] {
            let run = bearings(&format!("import - --from csv --id mine --error-format {format}")).stdin(survey.clone());
            let outcome = run.ends_with(4);
            assert!(!outcome.stderr.contains(canary) && outcome.stdout.is_empty(), "{}", outcome.stderr);
        }
    }
}

#[test]
fn what_is_imported_never_takes_the_place_of_the_list() {
    let folder = Folder::new();
    let list = folder.write("items.csv", "id,text\na,One?\n");
    let run = || bearings("import --from csv --options '0=no,1=yes'").arg(&list);
    run().arg("-o").arg(&list).ends_with(2);
    assert_eq!(folder.read("items.csv"), "id,text\na,One?\n");
    // A list that is refused leaves no file.
    bearings("import --from csv").arg(&list).arg("-o").arg(folder.at("q.json")).ends_with(4);
    assert_eq!(folder.names(), ["items.csv"]);
    let stdout: Value = run().ok().json();
    assert_eq!(stdout["items"][0]["id"], "a");
}

// ---- REDCap ------------------------------------------------------------------------------------------------------

#[test]
fn a_dictionary_is_read_field_by_field() {
    let folder = Folder::new();
    let (found, outcome) = imported(&folder, "tests/data/import/dictionary.csv --from redcap");
    let item = |id: &str, kind: &str, text: &str, more: Value| {
        let mut item = json!({"id": id, "kind": kind, "text": text});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    };
    let asked_if = |item: &str, op: &str, value: i64| json!({"item": item, "op": op, "value": value});
    let with = |options: Value, asked_if: Value| json!({"options": options, "asked_if": asked_if});
    let words = json!([option("me", "I do"), option("you", "You do"), option("3", "Nobody")]);
    let homes = json!([option(1, "one"), option(2, "two"), option(3, "three"), option(99, "cannot say")]);
    let expected = [
        item(
            "well",
            "choice",
            "Are you well & rested?",
            json!({
                "options": [option(0, "no"), option(1, "so so, mostly"), option(2, "yes")], "not_applicable": true
            }),
        ),
        item(
            "since",
            "number",
            "For how many weeks?",
            json!({
                "min": 0, "max": 52, "asked_if": asked_if("well", "<=", 1)
            }),
        ),
        item("agree", "choice", "Do you agree?", json!({"options": [option(0, "No"), option(1, "Yes")]})),
        item("true_so", "choice", "It is so.", json!({"options": [option(0, "False"), option(1, "True")]})),
        item(
            "share",
            "multi",
            "What do you share?",
            json!({
                "options": [option("code_1", "a home"), option("code_2", "money"), option("pets", "pets | plants")]
            }),
        ),
        item("pets_name", "choice", "Who feeds them?", with(words, asked_if("share.pets", "==", 1))),
        item("homes", "choice", "How many homes?", with(homes, asked_if("share.code_1", "==", 1))),
        item("mood", "number", "How is your mood?", json!({"min": 0, "max": 100})),
    ];
    assert_eq!(items(&found), expected);
    assert_eq!(found["id"], "baseline");
    says(
        &outcome,
        &[
            "line 2 `record_id`",
            "it only shows a text: line 3 `welcome`",
            "it is marked as telling who somebody is: line 4 `full_name`, line 5 `nickname`",
            "no whole number: line 8 `height`",
            "without a lowest and a highest value: line 9 `age`",
            "computed by REDCap: line 16 `total`",
            "line 17 `comments`",
            "it takes a file: line 18 `photo`",
            "fewer than two options: line 19 `only_one`",
            "asked of everybody, since",
            "`true_so`",
            "far from the other numbers, and an option like them: 99",
            "--missing 99",
            "numbers stand beside words, so that all of its options are words: `pets_name`",
            "the words along the slider are not carried over: `mood`",
            "section headers are not carried over",
            "8 items imported, 10 lines left out",
        ],
    );
}

/// Every field of REDCap's own test projects comes back as an item or is named with its line.
#[test]
fn every_field_of_a_real_dictionary_is_an_item_or_is_named() {
    let Some(data) = shared_data("redcap") else { return };
    let folder = Folder::new();
    for project in ["longitudinal", "survey", "checkboxes", "repeating_sparse"] {
        let path = data.join(format!("{project}_dictionary.csv"));
        let dictionary = Table::parse(&std::fs::read_to_string(&path).unwrap());
        let (found, outcome) = imported(&folder, &format!("'{}' --from redcap --id project", path.display()));
        let found: BTreeSet<String> =
            items(&found).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        for row in 0..dictionary.rows.len() {
            let cell = |column: &str| dictionary.cell(row, column);
            let name = cell("Variable / Field Name");
            let ends = !cell("Text Validation Min").is_empty() && !cell("Text Validation Max").is_empty();
            let is_item = match cell("Field Type") {
                "radio" | "dropdown" | "yesno" | "truefalse" | "checkbox" | "slider" => true,
                "text" => cell("Text Validation Type OR Show Slider Number") == "integer" && ends,
                _ => false,
            } && cell("Identifier?").is_empty();
            assert_eq!(found.contains(name), is_item, "{project}: {name}");
            assert_ne!(outcome.stderr.contains(&format!(" `{name}`")) && !is_item, is_item, "{project}: {name}");
        }
    }
    // A number that stands for a choice is a choice of two and more; one simple branching is carried over, a double one is not.
    let (found, outcome) = imported(
        &folder,
        &format!("'{}' --from redcap --id project", data.join("longitudinal_dictionary.csv").display()),
    );
    let given_birth = items(&found).into_iter().find(|item| item["id"] == "given_birth").unwrap();
    assert_eq!(given_birth["asked_if"], json!({"item": "sex", "op": "==", "value": 0}));
    says(&outcome, &["line 15 `num_children`"]);
}

/// Boxes of REDCap's checkbox fields, whose codes are numbers, are read under the names that REDCap gives them.
#[test]
fn boxes_with_numbers_for_codes_are_read_from_the_export_of_the_project() {
    let Some(data) = shared_data("redcap") else { return };
    let folder = Folder::new();
    let (found, _) =
        imported(&folder, &format!("'{}' --from redcap --id boxes", data.join("checkboxes_dictionary.csv").display()));
    let expected =
        |codes: &[(&str, &str)]| -> Value { codes.iter().map(|(code, label)| option(*code, label)).collect() };
    let found = items(&found);
    let ones = [("code_1", "one"), ("code_2", "two"), ("code_3", "three"), ("code_4", "four")];
    assert_eq!(found[0]["options"], expected(&ones));
    assert_eq!(found[1]["options"], expected(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")]));
    let rules: Vec<String> = ["check_one.code_1", "check_one.code_4", "check_two.b"]
        .iter()
        .zip([1, 2, 4])
        .map(|(option, points)| {
            format!(
                "rule r{points} \"r\" when ticked(\"{option}\") then points(\"sum\", {points}) because \"b\" source \"s\";\n"
            )
        })
        .collect();
    folder.write(
        "boxes.rhai",
        format!(
            "study \"b\" version \"1\" questionnaire \"boxes\" title \"Boxes\";\n{}signal x \"X\" otherwise;\n",
            rules.concat()
        ),
    );
    let run = bearings("score --ruleset").arg(folder.at("boxes.rhai")).arg("--questionnaire").arg(folder.at("q.json"));
    let outcome = run.arg(data.join("checkboxes_data.csv")).ok();
    // Rows 1 to 4: the first box; the second field's b; all four boxes; none.
    assert_eq!(outcome.table().column("sum_points"), ["1", "4", "3", "0"]);
}

/// The same with a dictionary and an export of our own: REDCap names the column of the code 1 `share___1`.
#[test]
fn a_code_that_is_no_word_is_read_under_the_name_that_the_platform_gives_it() {
    let folder = Folder::new();
    imported(&folder, "tests/data/import/dictionary.csv --from redcap");
    folder.write(
        "boxes.rhai",
        "study \"b\" version \"1\" questionnaire \"baseline\" title \"Boxes\";\n\
         rule one \"r\" when ticked(\"share.code_1\") then points(\"sum\", 1) because \"b\" source \"s\";\n\
         rule pets \"r\" when ticked(\"share.pets\") then points(\"sum\", 2) because \"b\" source \"s\";\n\
         signal x \"X\" otherwise;\n",
    );
    for (one, two, pets) in [("share___1", "share___2", "share___pets"), ("share/1", "share/2", "share/pets")] {
        let survey = format!("record_id,{one},{two},{pets}\n1,1,0,0\n2,0,1,1\n3,1,1,1\n4,0,0,0\n");
        let run = bearings("score - --ruleset").arg(folder.at("boxes.rhai")).arg("--questionnaire");
        let scored = run.arg(folder.at("q.json")).stdin(survey).ok().table();
        assert_eq!(scored.column("sum_points"), ["1", "2", "3", "0"]);
    }
}

#[test]
fn a_file_that_is_no_dictionary_says_what_it_lacks() {
    let outcome = bearings("import tests/data/import/items.csv --from redcap").ends_with(4);
    says(&outcome, &["no REDCap data dictionary", "`Variable / Field Name`"]);
    let header = read("tests/data/import/dictionary.csv").lines().next().unwrap().to_owned();
    let only_text = format!("{header}\nrecord_id,f,,text,Record ID,,,,,,,,,,,,,\n");
    let outcome = bearings("import - --from redcap --id x").stdin(only_text).ends_with(4);
    says(&outcome, &["holds no item", "line 2 `record_id`"]);
    let row = "a,f,,yesno,Well?,,,,,,,,,,,,,\n";
    let outcome = bearings("import - --from redcap --id x").stdin(format!("{header}\n{row}{row}")).ends_with(4);
    says(&outcome, &["the field `a` stands there twice", "input:3:1"]);
}

// ---- XLSForm -----------------------------------------------------------------------------------------------------

#[test]
fn sheets_are_read_from_a_folder_or_one_by_one() {
    let folder = Folder::new();
    let (found, outcome) = imported(&folder, "tests/data/import/form --from xlsform");
    let item = |id: &str, kind: &str, text: &str, more: Value| {
        let mut item = json!({"id": id, "kind": kind, "text": text});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    };
    let yes_no = json!([option(0, "no"), option(1, "yes")]);
    let asked_if = |item: &str, value: i64| json!({"item": item, "op": "==", "value": value});
    let often = json!([option("often", "often"), option("now", "now and then"), option("never", "never")]);
    let expected = [
        item("well", "choice", "Are you well?", json!({"options": yes_no})),
        item("talk", "choice", "How often do you talk?", json!({"options": often, "asked_if": asked_if("well", 1)})),
        item("weeks", "number", "How many weeks?", json!({"min": 0, "max": 52, "asked_if": asked_if("well", 0)})),
        item(
            "ties",
            "multi",
            "What do you share?",
            json!({
                "options": [option("home", "a home"), option("code_2", "money")], "asked_if": asked_if("well", 0)
            }),
        ),
        item(
            "mood",
            "number",
            "How is your mood?",
            json!({"min": 1, "max": 7, "asked_if": asked_if("ties.code_2", 1)}),
        ),
        item("late", "choice", "Is it late?", json!({"options": yes_no})),
    ];
    assert_eq!(items(&found), expected);
    assert_eq!(
        (&found["id"], &found["title"], &found["version"]),
        (&json!("small-form"), &json!("A small form"), &json!("2026-01"))
    );
    says(
        &outcome,
        &[
            "the labels are those of `label::English (en)`",
            "not carried over from tests/data/import/form/choices.csv: `score`",
            "line 3 `hello`",
            "without a lowest and a highest value: line 13 `age`",
            "line 14 `remarks`",
            "it may be asked several times: line 16 `child_well`",
            "offers more than the choices of its list: line 18 `other`",
            "it is disabled: line 19 `old`",
            "line 20 `total`",
            "asked of everybody, since",
            "6 items imported, 14 lines left out",
        ],
    );
    let sheets = ["choices", "settings", "survey"].map(|sheet| format!("tests/data/import/form/{sheet}.csv")).join(" ");
    assert_eq!(imported(&folder, &format!("{sheets} --from xlsform")).0, found);
}

#[test]
fn sheets_that_are_missing_or_twice_are_named() {
    let form = "tests/data/import/form";
    let outcome = bearings(&format!("import {form}/choices.csv --from xlsform")).ends_with(2);
    says(&outcome, &["the sheet survey is missing"]);
    let outcome = bearings(&format!("import {form}/survey.csv {form}/survey.csv --from xlsform")).ends_with(2);
    says(&outcome, &["second sheet of its kind"]);
    let outcome = bearings("import tests/data/import/items.csv --from xlsform").ends_with(4);
    says(&outcome, &["no sheet of an XLSForm"]);
    let outcome = bearings("import tests/data/bfi --from xlsform").ends_with(5);
    says(&outcome, &["survey.csv"]);
    // Without its choices a question is left out, and said.
    let outcome = bearings(&format!("import {form}/survey.csv --from xlsform --id x")).ok();
    says(&outcome, &["its list stands in no sheet choices: line 5 `well`"]);
}
