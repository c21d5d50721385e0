//! `bearings export`: forms for paper, REDCap and ODK, and that what comes back from them scores the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Folder, bearings, read};
use crate::table::Table;

const LIVING: &str = "tests/data/living/questionnaire.json";

/// The items of a questionnaire file that a form of one role asks, and the codes of each; free text is not asked, nor
/// is the role where it is known.
fn asked(file: &str, form: &str, role: &str) -> BTreeMap<String, BTreeSet<String>> {
    let json: serde_json::Value = serde_json::from_str(&read(file)).unwrap();
    let lists = &json["option_lists"];
    let all_or = |field: &serde_json::Value, word: &str| {
        field.as_array().is_none_or(|words| words.iter().any(|found| found == word)) || word == "both"
    };
    let mut items = BTreeMap::new();
    for item in json["items"].as_array().unwrap() {
        if item["id"] == "my_role" && role != "both" {
            continue;
        }
        if item["kind"] == "text" || !all_or(&item["forms"], form) || !all_or(&item["roles"], role) {
            continue;
        }
        let options = item["options"].as_str().map_or(&item["options"], |name| &lists[name]);
        let mut codes: BTreeSet<String> = options
            .as_array()
            .into_iter()
            .flatten()
            .map(|option| option["value"].as_str().map_or_else(|| option["value"].to_string(), str::to_owned))
            .collect();
        if item["not_applicable"] == true {
            codes.insert("not_applicable".to_owned());
        }
        items.insert(item["id"].as_str().unwrap().to_owned(), codes);
    }
    items
}

fn redcap(arguments: &str) -> Table {
    bearings(&format!("export {arguments} --to redcap")).ok().table()
}

/// The codes of a REDCap field: `0, no | 1, yes`.
fn codes(choices: &str) -> BTreeSet<String> {
    let code = |choice: &str| choice.split_once(',').unwrap().0.trim().to_owned();
    choices.split('|').filter(|choice| !choice.is_empty()).map(code).collect()
}

#[test]
fn a_dictionary_holds_every_asked_item_once_with_all_its_codes() {
    let trust_repair = "questionnaires/trust-repair.json";
    let cases = [
        (trust_repair, "short", "hurt"),
        (trust_repair, "short", "broke"),
        (trust_repair, "full", "both"),
        ("questionnaires/ras.json", "short", "hurt"),
        ("questionnaires/csi-4.json", "short", "hurt"),
        (LIVING, "short", "hurt"),
        (LIVING, "full", "both"),
    ];
    for (file, form, role) in cases {
        let dictionary = redcap(&format!("{file} --form {form} --role {role}"));
        let names = dictionary.column("Variable / Field Name");
        assert_eq!((dictionary.header.len(), names[0]), (18, "record_id"), "{file}");
        let choices = dictionary.column("Choices, Calculations, OR Slider Labels");
        let found: BTreeMap<String, BTreeSet<String>> =
            names.iter().zip(choices).map(|(name, cell)| ((*name).to_owned(), codes(cell))).collect();
        assert_eq!(found.len(), names.len(), "{file}: a field stands there twice");
        let kinds = dictionary.column("Field Type");
        let asks = |name: &str| {
            let at = names.iter().position(|found| *found == name).unwrap();
            name != "record_id" && kinds[at] != "descriptive"
        };
        let found: BTreeMap<_, _> = found.into_iter().filter(|(name, _)| asks(name)).collect();
        let expected = asked(file, form, role);
        assert_eq!(found, expected, "{file} {form} {role}");
    }
}

#[test]
fn a_field_says_what_it_takes_and_when_it_is_shown() {
    let dictionary = redcap(&format!("{LIVING} --form full --role both --bond partner"));
    let row = |name: &str| {
        let at = dictionary.column("Variable / Field Name").iter().position(|found| *found == name).unwrap();
        let cell = |column: &str| dictionary.cell(at, column).to_owned();
        [
            cell("Field Type"),
            cell("Text Validation Type OR Show Slider Number"),
            cell("Text Validation Min"),
            cell("Text Validation Max"),
            cell("Branching Logic (Show field only if...)"),
        ]
    };
    assert_eq!(row("record_id"), ["text", "", "", "", ""]);
    assert_eq!(row("weeks"), ["text", "integer", "0", "52", ""]);
    assert_eq!(row("mood"), ["radio", "", "", "", ""]);
    assert_eq!(row("mood_since"), ["radio", "", "", "", "[mood] <> '' and [mood] <= -1"]);
    assert_eq!(row("ties"), ["checkbox", "", "", "", ""]);
    assert_eq!(row("children_know"), ["radio", "", "", "", "[ties(Children)] = '1'"]);
    assert_eq!(row("after_weeks"), ["checkbox", "", "", "", "[weeks] <> '' and [weeks] >= 10"]);
    assert_eq!(row("own_part"), ["radio", "", "", "", "[my_role] = 'broke' or [my_role] = 'both'"]);
    let labels = dictionary.column("Field Label");
    assert!(labels.contains(&"Are you afraid of your partner?"), "{labels:?}");
    let choices = dictionary.column("Choices, Calculations, OR Slider Labels");
    // A bar separates choices, and a cell that starts with a sign could be taken for a formula.
    assert!(choices.contains(&"home, a home | Children, children &#124; or pets | money, money"), "{choices:?}");
    assert!(
        choices
            .contains(&" -2, very bad | -1, bad | 0, so so | 1, good | 2, very good | not_applicable, Does not apply")
    );
}

#[test]
fn names_that_redcap_would_refuse_are_all_named() {
    let folder = Folder::new();
    let text = read(LIVING)
        .replace("\"id\": \"weeks\"", "\"id\": \"Weeks\"")
        .replace("\"item\": \"weeks\"", "\"item\": \"Weeks\"")
        .replace("\"id\": \"afraid\"", "\"id\": \"living_complete\"")
        .replace(
            "\"value\": \"yes\"",
            "\"value\": \"y,es\", \"label\": \"yes\" }, { \"value\": \"my\", \"label\": \"yes\" }, { \"value\": \"My\"",
        );
    let file = folder.write("q.json", text);
    let outcome = bearings("export --to redcap").arg(file).ends_with(4);
    assert_eq!(outcome.stdout, "");
    for part in ["`Weeks`", "`living_complete`", "`My`", "`y,es`", "error[not-exportable]", "4 errors"] {
        assert!(outcome.stderr.contains(part), "no {part}: {}", outcome.stderr);
    }
    // On paper nothing is wrong with them.
    bearings("export --to paper").arg(folder.at("q.json")).ok();
}

/// A made-up survey of the questionnaire, and what it is scored as.
struct Survey {
    table: Table,
    ruleset: &'static str,
}

impl Survey {
    fn of(questionnaire: &str, ruleset: &'static str, options: &str) -> Self {
        let table = bearings(&format!("sample --rows 200 --seed 5 --questionnaire {questionnaire} {options}")).ok();
        Self { table: table.table(), ruleset }
    }

    /// The columns that hold an option, as `item`, `option`.
    fn boxes(&self) -> Vec<(usize, String, String)> {
        let named = self.table.header.iter().enumerate();
        named
            .filter_map(|(at, name)| Some((at, name.split_once("__")?)))
            .map(|(at, (item, option))| (at, item.to_owned(), option.to_owned()))
            .collect()
    }

    #[track_caller]
    fn score(&self, survey: &Table, options: &str) -> Table {
        let run = bearings(&format!("score - --ruleset {} {options}", self.ruleset)).stdin(survey.csv());
        let outcome = run.ok();
        assert!(outcome.stderr.contains("200 rows read = 200 scored"), "{}", outcome.stderr);
        outcome.table()
    }

    /// Both surveys are scored to the same bytes, but for the name of the id column.
    #[track_caller]
    fn same(&self, before: &Table, after: &Table, id: &str, options: &str) {
        let expected = self.score(before, "").csv();
        let found = self.score(after, options).csv();
        assert_eq!(found.strip_prefix(id), expected.strip_prefix("id"));
        assert!(expected.lines().count() == 201);
    }
}

/// What REDCap's raw export holds: boxes in columns of their own, 0 where nothing is ticked, whether shown or not, and
/// columns about the form.
#[track_caller]
fn comes_back_from_redcap(survey: &Survey, form: &str) {
    let mut before = survey.table.clone();
    for (at, ..) in survey.boxes() {
        for row in before.rows.iter_mut().filter(|row| row[at].is_empty()) {
            row[at] = "0".to_owned();
        }
    }
    let mut after = before.clone();
    after.header[0] = "record_id".to_owned();
    for (at, item, option) in survey.boxes() {
        after.header[at] = format!("{item}___{}", option.to_lowercase());
    }
    after.header.push(format!("{form}_complete"));
    after.rows.iter_mut().for_each(|row| row.push("2".to_owned()));
    survey.same(&before, &after, "record_id", "");
}

/// What ODK's CSV holds: the date first, the ticked options in one column and each in one of its own, the key last.
#[track_caller]
fn comes_back_from_odk(survey: &Survey) {
    let before = &survey.table;
    let boxes = survey.boxes();
    let keys = before.column("id");
    let mut after = before.without(|name| name == "id").with_first("SubmissionDate", |at| format!("2026-01-{at}"));
    let items: BTreeSet<&str> = boxes.iter().map(|(_, item, _)| item.as_str()).collect();
    for (at, item, option) in &boxes {
        after.header[*at] = format!("{item}/{option}");
    }
    for item in items {
        after.header.push(item.to_owned());
        after.rows.iter_mut().for_each(|row| row.push(String::new()));
    }
    after.header.push("KEY".to_owned());
    for (row, key) in after.rows.iter_mut().zip(keys) {
        row.push(key.to_owned());
    }
    survey.same(before, &after, "KEY", "--id KEY");
}

#[test]
fn what_comes_back_scores_the_same() {
    for options in ["", "--role broke", "--form full"] {
        let survey = Survey::of("trust-repair", "trust-repair", options);
        comes_back_from_redcap(&survey, "trust_repair");
        comes_back_from_odk(&survey);
    }
    let survey = Survey::of(LIVING, "tests/data/living", "--form full");
    assert_eq!(survey.boxes().len(), 5);
    comes_back_from_redcap(&survey, "living");
    comes_back_from_odk(&survey);
}

#[test]
fn a_box_that_was_not_shown_is_named_and_counts_for_nothing() {
    let score = |boxes: &str| {
        let survey = format!("record_id,weeks,after_weeks___talk,after_weeks___rest\n1,3,{boxes}\n");
        bearings("score - --ruleset tests/data/living").stdin(survey).ok()
    };
    let (hidden, empty) = (score("0,0"), score(","));
    assert_eq!(hidden.stdout, empty.stdout);
    assert!(hidden.stderr.contains("`after_weeks.talk` is answered although it is not asked there"));
    assert!(!empty.stderr.contains("although"));
}

/// The three sheets of an XLSForm in a folder.
fn sheets(folder: &Folder, arguments: &str) -> [Table; 3] {
    bearings(&format!("export {arguments} --to xlsform -o")).arg(folder.at("form")).ok();
    ["survey", "choices", "settings"].map(|sheet| Table::parse(&folder.read(&format!("form/{sheet}.csv"))))
}

#[test]
fn an_xlsform_holds_every_asked_item_once_with_all_its_codes() {
    let trust_repair = "questionnaires/trust-repair.json";
    for (file, form, role) in
        [(trust_repair, "short", "hurt"), (trust_repair, "full", "both"), (LIVING, "short", "broke")]
    {
        let folder = Folder::new();
        let [survey, choices, settings] = sheets(&folder, &format!("{file} --form {form} --role {role}"));
        let mut lists: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (list, name) in choices.column("list_name").into_iter().zip(choices.column("name")) {
            assert!(lists.entry(list).or_default().insert(name.to_owned()), "{name} stands twice in {list}");
        }
        let mut found = BTreeMap::new();
        for (kind, name) in survey.column("type").into_iter().zip(survey.column("name")) {
            let codes = match kind.split_once(' ') {
                Some(("select_one" | "select_multiple", list)) => lists[list].clone(),
                _ if kind == "integer" => BTreeSet::new(),
                _ => continue,
            };
            assert_eq!(found.insert(name.to_owned(), codes), None, "{name} stands there twice");
        }
        assert_eq!(found, asked(file, form, role), "{file} {form} {role}");
        let kinds = survey.column("type");
        let count = |kind: &str| kinds.iter().filter(|found| **found == kind).count();
        assert_eq!(count("begin_group"), count("end_group"));
        assert_eq!(settings.header, ["form_title", "form_id", "version"]);
    }
}

#[test]
fn an_xlsform_says_when_a_question_is_asked_and_which_numbers_fit() {
    let folder = Folder::new();
    let [survey, choices, settings] = sheets(&folder, &format!("{LIVING} --form full --role both"));
    let cell = |name: &str, column: &str| {
        let at = survey.column("name").iter().position(|found| *found == name).unwrap();
        survey.cell(at, column).to_owned()
    };
    assert_eq!(cell("weeks", "constraint"), ". >= 0 and . <= 52");
    assert_eq!(cell("mood_since", "relevant"), "${mood} <= -1");
    assert_eq!(cell("after_weeks", "relevant"), "${weeks} >= 10");
    assert_eq!(cell("children_know", "relevant"), "selected(${ties}, 'Children')");
    assert_eq!(cell("own_part", "relevant"), "${my_role} = 'broke' or ${my_role} = 'both'");
    assert!(choices.column("label").contains(&"children | or pets"));
    assert_eq!(settings.rows, [["Living together", "living", "1"]]);
}

#[test]
fn three_files_are_written_whole_into_a_folder_that_is_not_there_yet() {
    let folder = Folder::new();
    let run = || bearings(&format!("export {LIVING} --to xlsform -o")).arg(folder.at("form"));
    let outcome = run().ok();
    assert_eq!(outcome.stdout, "");
    assert_eq!(folder.names(), ["form"]);
    let before = folder.read("form/survey.csv");
    let outcome = run().ends_with(2);
    assert!(outcome.stderr.contains("is there already"), "{}", outcome.stderr);
    assert_eq!(folder.read("form/survey.csv"), before);
    for without in ["", "-o -"] {
        let outcome = bearings(&format!("export {LIVING} --to xlsform {without}")).ends_with(2);
        assert!(outcome.stderr.contains("-o FOLDER"), "{}", outcome.stderr);
    }
}

fn paper(arguments: &str) -> String {
    bearings(&format!("export {arguments} --to paper")).ok().stdout
}

#[test]
fn a_paper_form_has_a_box_for_every_answer_and_a_key_for_every_column() {
    let form = paper(&format!("{LIVING} --form full --role both --bond partner"));
    let (sheet, key) = form.split_once("## For typing it in").unwrap();
    let lines: Vec<&str> = sheet.lines().collect();
    for line in [
        "# Living together",
        "**3.** How was it, all in all?",
        "- [ ] very bad",
        "- [ ] does not apply",
        "*Only if you answered “very bad” or “bad” to question 3.*",
        "**5.** What do you share?",
        "- [ ] children \\| or pets",
        "- [ ] none of these",
        "*Only if you ticked “children \\| or pets” in question 5.*",
        "*Only if your answer to question 2 is 10 or more.*",
        "*Only if you answered “I did” or “Some of each” to question 1.*",
        "## Questions about safety",
        "**10.** Are you afraid of your partner?",
    ] {
        assert!(lines.contains(&line), "no `{line}` in\n{sheet}");
    }
    assert!(!form.contains("What else?"), "free text is not asked");
    assert!(sheet.contains("use your local emergency number"));
    for row in [
        "| 2 | `weeks` | the number, from 0 to 52 |",
        "| 3 | `mood` | -2 = very bad; -1 = bad; 0 = so so; 1 = good; 2 = very good |",
        "| 5 | `ties__Children` | children \\| or pets: 1 if it is ticked, else 0 |",
        "| 10 | `afraid` | 0 = no; 1 = yes |",
    ] {
        assert!(key.contains(row), "no `{row}` in\n{key}");
    }
}

#[test]
fn the_questions_about_safety_have_a_page_of_their_own_that_says_where_help_is() {
    let form = paper("trust-repair");
    let pages: Vec<&str> = form.split("<div style=\"page-break-before: always\"></div>").collect();
    assert_eq!(pages.len(), 3, "questions, safety, key");
    let mut items = asked("questionnaires/trust-repair.json", "short", "hurt");
    // Without --role it is asked.
    items.insert("my_role".to_owned(), BTreeSet::new());
    let questions = |page: &str| page.lines().filter(|line| line.starts_with("**")).count();
    let safety = items.keys().filter(|id| id.starts_with("safety_")).count();
    assert_eq!((questions(pages[0]), questions(pages[1])), (items.len() - safety, safety));
    assert!(pages[1].contains("you can leave out any of them"));
    // Every line of help that does not age, in the words of `help support`.
    let flowing = |text: &str| text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let page = flowing(pages[1]);
    for part in bearings("help support").ok().stdout.split("\n\n") {
        let first = part.lines().next().unwrap();
        assert!(page.contains(&flowing(first)), "no `{first}`");
    }
}

#[test]
fn every_column_of_the_key_is_one_that_score_reads() {
    for (arguments, options) in [
        ("trust-repair", ""),
        ("trust-repair --role broke", "--role broke"),
        ("trust-repair --role hurt", "--role hurt"),
        ("trust-repair --form full --role both", ""),
    ] {
        let form = paper(arguments);
        let (_, key) = form.split_once("## For typing it in").unwrap();
        let rows = key.lines().filter(|line| line.starts_with("| "));
        let columns: Vec<&str> = rows.filter_map(|line| line.split('`').nth(1)).collect();
        let header = columns.join(",");
        assert!(columns.len() > 30, "{header}");
        let row = ",".repeat(columns.len() - 1);
        let outcome = bearings(&format!("score - {options}")).stdin(format!("{header}\n1{row}\n")).ok();
        assert!(!outcome.stderr.contains("not read"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("taken as skipped"), "{}", outcome.stderr);
    }
}

/// A questionnaire of a stranger, whose texts try to be something else.
fn hostile() -> String {
    read(LIVING)
        .replace("Living together", "=HYPERLINK(\\\"http://x\\\")")
        .replace("What do you share?", "=cmd|' /C calc'!A0")
        .replace("\"label\": \"money\"", "\"label\": \"+1,\\n| x, [record_id] ${weeks} <script>\"")
        .replace("How many weeks ago was it?", "@SUM(A1)\\u001b[2J # *many*")
}

#[test]
fn texts_of_strangers_stay_texts() {
    let folder = Folder::new();
    let file = folder.write("q.json", hostile());
    let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    let run = |to: &str| bearings("export --form full --role both --to").args(to).arg(&file);

    let dictionary = run("redcap").ok().table();
    assert_eq!(dictionary.header.len(), 18);
    let cells: Vec<&String> = dictionary.rows.iter().flatten().collect();
    assert_eq!(cells.iter().filter(|cell| formula(cell)).count(), 0);
    assert!(cells.iter().any(|cell| *cell == "&#61;cmd&#124;' /C calc'!A0"), "{cells:?}");
    // What REDCap would fill in or separate at is written so that it is only shown.
    assert!(
        cells.iter().any(
            |cell| cell.ends_with("money, &#43;1, &#124; x, &#91;record_id&#93; $&#123;weeks&#125; &lt;script&gt;")
        )
    );

    bearings("export --form full --role both --to xlsform").arg(&file).arg("-o").arg(folder.at("form")).ok();
    for sheet in ["survey", "choices", "settings"] {
        let table = Table::parse(&folder.read(&format!("form/{sheet}.csv")));
        for cell in table.rows.iter().flatten() {
            assert!(!formula(cell) && !cell.contains('\u{1b}'), "{cell}");
        }
    }
    let choices = Table::parse(&folder.read("form/choices.csv"));
    assert!(!choices.column("label").iter().any(|label| label.contains("${")));

    let form = run("paper").ok().stdout;
    assert!(!form.contains('\u{1b}') && !form.contains("<script>") && form.contains("\\<script\\>"), "{form}");
    assert!(form.contains("\\# \\*many\\*"));
}

#[test]
fn a_form_of_an_unknown_questionnaire_or_kind_is_refused() {
    let outcome = bearings("export trust-repiar --to paper").ends_with(4);
    assert!(outcome.stderr.contains("did you mean `trust-repair`?"));
    bearings("export trust-repair --to word").ends_with(2);
    bearings("export trust-repair").ends_with(2);
    bearings("export --to paper").ends_with(2);
}

#[test]
fn fielding_is_explained() {
    let text = bearings("help fielding").ok().stdout;
    for word in ["ethics", "bearings help support", "free text", "special category", "REDCap", "ODK", "paper", "KEY"] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn the_questionnaire_itself_is_never_written_over() {
    let folder = Folder::new();
    let own = folder.write("own.json", read(LIVING));
    for command in ["export --to paper", "export --to redcap", "sample --rows 2 --questionnaire"] {
        let outcome = bearings(command).arg(&own).arg("-o").arg(&own).ends_with(2);
        assert!(outcome.stderr.contains("is an input"), "{}", outcome.stderr);
    }
    assert_eq!(folder.read("own.json"), read(LIVING));
}

#[test]
fn what_is_settled_is_not_asked_and_how_to_score_it_is_said() {
    for role in ["hurt", "broke"] {
        let outcome = bearings(&format!("export trust-repair --to redcap --role {role} --bond friend")).ok();
        let table = outcome.table();
        let names = table.column("Variable / Field Name");
        assert!(!names.contains(&"my_role") && !names.contains(&"bond_kind"), "{names:?}");
        for part in [format!("`--role {role}`"), "a column `bond_kind` that holds `friend`".to_owned()] {
            assert!(outcome.stderr.contains(&part), "no {part}: {}", outcome.stderr);
        }
    }
    for options in ["", "--role both"] {
        let table = redcap(&format!("trust-repair {options}"));
        let names = table.column("Variable / Field Name");
        assert!(names.contains(&"my_role") && names.contains(&"bond_kind"), "{options}");
    }
}

#[test]
fn every_form_of_every_questionnaire_begins_with_danger_and_ends_with_help() {
    let flowing = |text: &str| {
        let text = text.replace('\\', "").replace("&#", "").replace("<br>", " ").replace(['-', '*', '|', ':'], " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let support = bearings("help support").ok().stdout;
    let complete = |form: &str, place: &str| {
        let form = flowing(form);
        // Names of directories and what is in them stand apart by more than one space.
        for line in support.lines().flat_map(|line| line.trim().split("  ")).filter(|line| !line.is_empty()) {
            assert!(form.contains(&flowing(line)), "no `{line}` in {place}: {form}");
        }
    };
    let danger = "If you are in danger now, use your local emergency number.";
    let ids = std::fs::read_dir(crate::support::root().join("questionnaires")).unwrap();
    let ids = ids.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    let mut forms = 0;
    for id in ids.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned())).filter(|id| !id.contains("schema")) {
        let form = paper(&id);
        let (first, rest) = form.split_once("**1.**").unwrap();
        assert!(first.contains(danger), "{id}");
        let (sheet, _) = rest.split_once("## For typing it in").unwrap();
        let (_, after) = sheet.rsplit_once("- [ ]").unwrap();
        complete(after, &id);

        let dictionary = redcap(&id);
        let labels = dictionary.column("Field Label");
        let kinds = dictionary.column("Field Type");
        assert_eq!((labels[1], kinds[1]), (danger, "descriptive"), "{id}");
        assert_eq!(kinds.last(), Some(&"descriptive"), "{id}");
        complete(labels.last().unwrap(), &id);

        let folder = Folder::new();
        let [survey, ..] = sheets(&folder, &id);
        assert_eq!((survey.cell(0, "type"), survey.cell(0, "label")), ("note", danger), "{id}");
        let last = survey.rows.len() - 1;
        assert_eq!(survey.cell(last, "type"), "note", "{id}");
        complete(survey.cell(last, "label"), &id);
        forms += 1;
    }
    assert!(forms > 15, "{forms}");
}

#[test]
fn a_form_for_groups_says_so_to_the_staff_and_not_to_who_answers() {
    for id in ["hits", "web"] {
        let outcome = bearings(&format!("export {id} --to paper")).ok();
        let sentence = format!("`{id}` is for groups only: it was made for research on many people");
        let (sheet, key) = outcome.stdout.split_once("## For typing it in").unwrap();
        assert!(key.contains(&sentence) && !sheet.contains("a single person's number"), "{key}");
        for to in ["paper", "redcap"] {
            let stderr = bearings(&format!("export {id} --to {to}")).ok().stderr;
            assert!(stderr.contains(&sentence), "{stderr}");
        }
    }
    let outcome = bearings("export ras --to paper").ok();
    assert!(!outcome.stdout.contains("single person's") && !outcome.stderr.contains("single person's"));
}
