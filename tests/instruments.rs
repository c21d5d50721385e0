//! Published instruments: the traps of scoring them. What each key gives stands in the cases beside the rulesets.

use crate::support::{Folder, bearings, read};

const BATCH_ONLY: [&str; 5] = ["hits", "e-hits", "wast", "web", "casr-sf"];

/// A survey of rows that each give one number to `count` numbered items.
fn uniform(prefix: &str, count: usize, rows: &[i64]) -> String {
    let header: Vec<String> = (1..=count).map(|n| format!("{prefix}{n}")).collect();
    let mut text = format!("id,{}\n", header.join(","));
    for (at, value) in rows.iter().enumerate() {
        text.push_str(&format!("p{at}{}\n", format!(",{value}").repeat(count)));
    }
    text
}

/// The cells of the scored survey, without those that count answers.
#[track_caller]
fn scored(survey: impl Into<Vec<u8>>, options: &str) -> String {
    bearings(&format!("score - --decimals 3 {options}"))
        .stdin(survey)
        .ok()
        .table()
        .without(|name| name.ends_with("_answered"))
        .csv()
}

// ---- content ----------------------------------------------------------------------------------------------------

#[test]
fn no_published_wording_is_in_the_tree() {
    let mut items = 0;
    for entry in std::fs::read_dir(crate::support::root().join("questionnaires")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == "trust-repair.json") {
            continue;
        }
        let questionnaire: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(questionnaire["licence"].as_str().unwrap().contains("The item texts are not included."), "{path:?}");
        for item in questionnaire["items"].as_array().unwrap() {
            let text = item["text"].as_str().unwrap();
            let number = text.strip_suffix(" (see the published form)").and_then(|text| text.rsplit_once(' ')).unwrap();
            assert!(number.1.parse::<u32>().is_ok() && number.0.to_lowercase().ends_with("item"), "{path:?}: {text}");
            items += 1;
        }
    }
    assert_eq!(items, 7 + 4 + 16 + 32 + 14 + 8 + 17 + 36 + 36 + 9 + 12 + 22 + 18 + 4 + 5 + 8 + 10 + 15);
}

#[test]
fn what_was_not_checked_and_what_sources_disagree_on_is_shown() {
    let shown = |id: &str| bearings(&format!("show {id}")).ok().stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for id in ["csi-4", "csi-16", "dyadic-trust", "trust-17", "ecr-r", "ims", "trim-18"] {
        assert!(shown(id).contains("from general knowledge, not checked against the paper"), "{id}");
    }
    for id in ["csi-32", "rdas", "trust-17", "ims", "hits", "wast", "web", "casr-sf"] {
        assert!(shown(id).contains("Sources disagree"), "{id}");
    }
    let rdas = shown("rdas");
    for cut in ["< 48", "<= 48", "< 47.31", "about 4.18 points"] {
        assert!(rdas.contains(cut), "{cut}");
    }
    assert!(shown("hits").contains("at or above a cut of 10 (review table)"));
}

// ---- keys -------------------------------------------------------------------------------------------------------

#[test]
fn the_two_long_forms_of_the_same_items_have_keys_of_their_own() {
    let survey = uniform("Q", 36, &[1, 4, 7]);
    let by_position = |ruleset: &str| scored(survey.clone(), &format!("--columns Q{{n}} --ruleset {ruleset}"));
    // ECR: 9 of 18 and 1 of 18 reversed; ECR-R: 2 of 18 and 12 of 18.
    assert_eq!(by_position("ecr"), "id,ecr_avoidance,ecr_anxiety\np0,4,1.333\np1,4,4\np2,4,6.667\n");
    assert_eq!(by_position("ecr-r"), "id,ecrr_anxiety,ecrr_avoidance\np0,1.667,5\np1,4,4\np2,6.333,3\n");
    // By name, a file of the one is no file of the other.
    let named = uniform("ecr_", 36, &[1]);
    assert!(scored(named.clone(), "--ruleset ecr").ends_with("p0,4,1.333\n"));
    let refused = bearings("score - --ruleset ecr-r").stdin(named).ends_with(3);
    assert!(refused.stderr.contains("no column is an item of questionnaire `ecr-r`"), "{}", refused.stderr);
}

#[test]
fn sums_and_means_are_as_published() {
    assert_eq!(
        scored(uniform("ecrs_", 12, &[1, 7]), "--ruleset ecr-s"),
        "id,ecrs_avoidance,ecrs_anxiety\np0,24,12\np1,24,36\n"
    );
    assert_eq!(
        scored(uniform("ecrrs_", 9, &[1, 7]), "--ruleset ecr-rs"),
        "id,ecrrs_avoidance,ecrrs_anxiety\np0,5,1\np1,3,7\n"
    );
    assert_eq!(scored(uniform("ras_", 7, &[1]), "--ruleset ras"), "id,ras_sum,ras_mean\np0,15,2.143\n");
    // The mean of the items times 15, not their sum times 15.
    assert_eq!(scored(uniform("casr_", 15, &[1, 5]), "--ruleset casr-sf"), "id,casr_total\np0,15\np1,75\n");
}

#[test]
fn what_is_printed_the_right_way_round_cannot_be_reversed_again() {
    for (id, item, place) in [("rdas", "rdas_7", "18:"), ("rdas", "rdas_8", "19:"), ("csi-4", "csi4_4", "9:")] {
        let folder = Folder::new();
        let rules = read(format!("rulesets/{id}/ruleset.rhai")).replacen(item, &format!("-{item}"), 1);
        folder.write("mine/ruleset.rhai", rules);
        let stderr = bearings("check mine").within(folder.path()).ends_with(4).stderr;
        assert_eq!(stderr.matches("error[reversed-twice]").count(), 1, "{stderr}");
        assert!(stderr.contains(&format!("mine/ruleset.rhai:{place}")), "{stderr}");
        assert!(stderr.contains(&format!("write `{item}` without `-`")), "{stderr}");
    }
    let help = bearings("help reversed-twice").ok().stdout;
    assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains("already point the right way"));
}

// ---- for groups only --------------------------------------------------------------------------------------------

#[test]
fn a_number_made_for_groups_is_not_held_up_to_one_person() {
    for id in BATCH_ONLY {
        let survey = bearings(&format!("sample --rows 3 --questionnaire {id}")).ok().stdout;
        let one = bearings(&format!("explain - --id 2 --ruleset {id}")).stdin(survey.clone()).ends_with(2);
        assert_eq!(one.stdout, "", "{id}");
        for part in [&format!("`{id}` is for groups only"), "less than the safety questions", "bearings help support"] {
            assert!(one.stderr.contains(part), "{id}: {}", one.stderr);
        }
        assert_eq!(bearings(&format!("score - --ruleset {id}")).stdin(survey).ok().table().rows.len(), 3);
        assert!(bearings(&format!("show {id}")).ok().stdout.contains("batch only, for groups: "), "{id}");
    }
    let listed = bearings("list").ok().stdout;
    let marked: Vec<&str> = listed
        .lines()
        .filter(|line| line.ends_with(" [batch only]"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(marked, ["casr-sf", "e-hits", "hits", "wast", "web"]);
    let survey = bearings("sample --rows 3 --questionnaire rdas").ok().stdout;
    bearings("explain - --id 2 --ruleset rdas").stdin(survey).ok();
}

#[test]
fn nobody_is_labelled_as_fine_by_an_instrument_for_groups() {
    for id in BATCH_ONLY {
        let rules = read(format!("rulesets/{id}/ruleset.rhai"));
        let scale = rules.lines().find_map(|line| line.strip_prefix("scale ")).unwrap().split(' ').next().unwrap();
        for operator in ["<", "<="] {
            let folder = Folder::new();
            let band = format!("band {scale} \"low\" {operator} 5 population \"p\" source \"s\";\n");
            folder.write("mine/ruleset.rhai", format!("{rules}{band}"));
            let stderr = bearings("check mine").within(folder.path()).ends_with(4).stderr;
            assert_eq!(stderr.matches("error[negative-label]").count(), 1, "{stderr}");
            assert!(stderr.contains("tells nobody that they are fine"), "{stderr}");
        }
    }
}

// ---- near a cut -------------------------------------------------------------------------------------------------

#[test]
fn a_score_near_a_cut_is_said_to_be_so_in_every_format() {
    // Six items at 4 and eight at 3: 48, which one source calls distressed and the other does not.
    let mut survey = uniform("rdas_", 14, &[3]);
    survey = survey.replacen(&",3".repeat(6), &",4".repeat(6), 1);
    let explain = |format: &str| {
        let stdout =
            bearings(&format!("explain - --id p0 --ruleset rdas --format {format}")).stdin(survey.clone()).ok();
        stdout.stdout
    };
    for format in ["text", "markdown"] {
        let text = explain(format).split_whitespace().collect::<Vec<_>>().join(" ");
        let (met, near) = text.split_once("Published cuts that a score nearly meets").unwrap();
        assert!(met.contains("48 (0 to 69)") && met.contains("Published cuts that a score meets"), "{text}");
        assert!(met.contains("(48 or less)") && !met.contains("(47 or less)"), "{text}");
        assert!(near.contains("(47 or less)") && near.contains("(47.31)"), "{text}");
        assert_eq!(text.matches("within measurement error of this cut (about 4.18 points)").count(), 3, "{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&explain("json")).unwrap();
    let cuts = |list: &str| -> Vec<String> {
        let bands = json[list].as_array().unwrap().iter();
        bands.map(|band| format!("{} {} {}", band["cut"].as_str().unwrap(), band["near"], band["sem"])).collect()
    };
    assert_eq!(cuts("bands"), ["<= 48 true 4.18"]);
    assert_eq!(cuts("near_cuts"), ["< 48 true 4.18", "< 47.31 true 4.18"]);
    // Where no error is known nothing is near.
    let csi = bearings("explain - --id p0 --ruleset csi-4").stdin(uniform("csi4_", 4, &[3])).ok().stdout;
    assert!(csi.contains("< 13.5") && !csi.contains("measurement error"), "{csi}");
}

// ---- how options were written down ------------------------------------------------------------------------------

/// The highest, the lowest and a middle sheet of the CSI-4 in printed numbers, each number this much higher.
fn csi(shift: i64) -> String {
    let rows = [[6, 5, 5, 5], [0, 0, 0, 0], [3, 3, 2, 1]];
    let mut text = "id,csi4_1,csi4_2,csi4_3,csi4_4\n".to_owned();
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|value| (value + shift).to_string()).collect();
        text.push_str(&format!("p{at},{}\n", cells.join(",")));
    }
    text
}

#[test]
fn counted_options_score_like_the_printed_ones() {
    let expected = "id,csi_sum\np0,21\np1,0\np2,9\n";
    assert_eq!(scored(csi(0), "--ruleset csi-4"), expected);
    assert_eq!(scored(csi(0), "--ruleset csi-4 --recorded-as printed"), expected);
    // The trap: platforms count from 1, and the sum is 4 too high.
    assert_eq!(scored(csi(1), "--ruleset csi-4 --recorded-as one_based"), expected);
    assert_eq!(scored(csi(0), "--ruleset csi-4 --recorded-as position"), expected);
    // Answers from 1 to 5 are counted from 0.
    assert_eq!(
        scored(uniform("ras_", 7, &[0]), "--ruleset ras --recorded-as position"),
        "id,ras_sum,ras_mean\np0,15,2.143\n"
    );
    assert_eq!(
        scored(uniform("ras_", 7, &[1]), "--ruleset ras --recorded-as one_based"),
        "id,ras_sum,ras_mean\np0,15,2.143\n"
    );
}

#[test]
fn counting_starts_where_the_form_starts() {
    // The first option everywhere: 5 in items 1 to 6, 0 in 7 to 10, 4 in 11, 0 in 12 to 14.
    let outcome = bearings("score - --ruleset rdas --recorded-as one_based").stdin(uniform("rdas_", 14, &[1])).ok();
    let table = outcome.table();
    let cell = |name: &str| table.cell(0, name).to_owned();
    assert_eq!(
        ["rdas_total", "rdas_consensus", "rdas_satisfaction", "rdas_cohesion"].map(cell),
        ["34", "30", "0", "4"].map(str::to_owned)
    );
    let falling =
        "from the highest option down in `rdas_1`, `rdas_2`, `rdas_3`, `rdas_4`, `rdas_5`, `rdas_6`, `rdas_11`;";
    assert!(outcome.stderr.contains(falling), "{}", outcome.stderr);
    assert!(bearings("show rdas").ok().stdout.contains("from the highest number down"));
}

/// The hints about `--recorded-as`, after `bearings score` of this CSI-4 file ended with this status.
#[track_caller]
fn hints(survey: &str, options: &str, status: i32) -> Vec<String> {
    let outcome = bearings(&format!("score - --ruleset csi-4 {options}")).stdin(survey).ends_with(status);
    outcome.stderr.lines().filter(|line| line.contains("these look like")).map(str::to_owned).collect()
}

#[test]
fn options_that_were_counted_otherwise_are_recognised_once() {
    let one = |hints: Vec<String>, words: &str| assert!(hints.len() == 1 && hints[0].ends_with(words), "{hints:?}");
    let rows: String = csi(1).lines().skip(1).map(|line| format!("{line}\n")).collect();
    let many = csi(1) + rows.as_str();
    one(hints(&csi(1), "", 6), "these look like options counted from 1: try --recorded-as one_based");
    one(hints(&many, "", 6), "these look like options counted from 1: try --recorded-as one_based");
    one(hints(&csi(1), "--quiet", 6), "try --recorded-as one_based");
    one(hints(&csi(1), "--strict", 3), "try --recorded-as one_based");
    one(hints(&csi(0), "--recorded-as one_based", 6), "these look like the printed values: leave --recorded-as out");
    one(hints(&csi(1), "--recorded-as position", 6), "try --recorded-as one_based");
    let ras = bearings("score - --ruleset ras").stdin(uniform("ras_", 7, &[0, 3])).ends_with(6).stderr;
    assert_eq!(ras.matches("these look like options counted from 0: try --recorded-as position").count(), 1, "{ras}");
}

#[test]
fn where_one_answer_speaks_against_it_no_other_way_is_proposed() {
    let none: [&str; 0] = [];
    assert_eq!(hints(&csi(0), "", 0), none);
    assert_eq!(hints(&csi(1), "--recorded-as one_based", 0), none);
    // One slip of the pen among printed numbers, a 0 above it or below it.
    assert_eq!(hints(&format!("{}p9,1,6,1,1\n", csi(0)), "", 6), none);
    assert_eq!(hints("id,csi4_1,csi4_2\na,1,6\nb,0,0\n", "", 6), none);
    // A number that no way explains, and a word.
    assert_eq!(hints(&format!("{}p9,99,1,1,1\n", csi(1)), "", 6), none);
    assert_eq!(hints(&format!("{}p9,often,1,1,1\n", csi(1)), "", 6), none);
    // With its code it is no answer.
    assert_eq!(hints(&format!("{}p9,99,1,1,1\n", csi(1)), "--missing 99", 6).len(), 1);
}

#[test]
fn one_persons_row_is_explained_with_the_same_hint() {
    let explain = |id: &str| bearings(&format!("explain - --id {id} --ruleset csi-4")).stdin(csi(1));
    let refused = explain("p0").ends_with(3);
    assert!(refused.stderr.contains("try --recorded-as one_based"), "{}", refused.stderr);
    // This row fits as it is, but its neighbours tell that it means something else.
    let fits = explain("p2").ok();
    assert!(fits.stdout.contains("13 (0 to 21)"), "{}", fits.stdout);
    assert!(
        fits.stderr.contains("some rows could not be read; these look like options counted from 1"),
        "{}",
        fits.stderr
    );
    let counted = bearings("explain - --id p2 --ruleset csi-4 --recorded-as one_based").stdin(csi(1)).ok();
    assert!(
        counted.stdout.contains("9 (0 to 21)") && !counted.stderr.contains("these look like"),
        "{}",
        counted.stdout
    );
    let answers = r#"{"format": "bearings/answers@1"}"#;
    let refused = bearings("explain - --recorded-as position").stdin(answers).ends_with(2);
    assert!(refused.stderr.contains("--recorded-as are for surveys"), "{}", refused.stderr);
}

#[test]
fn no_answer_is_named_where_cells_do_not_fit() {
    // 424242 stands nowhere else.
    for recorded in ["printed", "one_based", "position"] {
        let survey = "id,csi4_1,csi4_2,csi4_3,csi4_4\na,424242,1,1,1\n";
        let outcome = bearings(&format!("score - --ruleset csi-4 --recorded-as {recorded}")).stdin(survey).ends_with(6);
        assert!(!outcome.stderr.contains("424242"), "{}", outcome.stderr);
    }
    let outcome = bearings("score - --ruleset csi-4 --recorded-as one_based").stdin(csi(0)).ends_with(6);
    assert!(
        outcome.stderr.contains("`csi4_1` holds none of its answers (1 to 7, options counted)"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn how_options_were_written_down_stands_in_the_manifest() {
    for (option, word) in
        [("", "printed"), ("--recorded-as one_based", "one_based"), ("--recorded-as position", "position")]
    {
        let folder = Folder::new();
        let shift = i64::from(word == "one_based");
        bearings(&format!("score - --ruleset csi-4 {option} -o")).arg(folder.at("o.csv")).stdin(csi(shift)).ok();
        assert_eq!(folder.json("o.csv.manifest.json")["policies"]["recorded_as"], word);
    }
}

#[test]
fn a_yes_to_a_safety_question_is_a_yes_however_options_are_counted() {
    for recorded in ["printed", "position"] {
        let score = |survey: &str| bearings(&format!("score - --recorded-as {recorded}")).stdin(survey);
        let table = score("id,my_role,effort_mine,safety_fear\na,hurt,1,1\nb,hurt,1,0\n").ok().table();
        assert_eq!(table.cell(0, "signal"), "withheld", "{recorded}");
        assert_ne!(table.cell(1, "signal"), "withheld", "{recorded}");
        // Counted as 1 and 2 a yes or no is not taken at all.
        let refused = score("id,my_role,effort_mine,safety_fear\na,hurt,1,2\n").ends_with(6);
        assert!(refused.stderr.contains("`safety_fear` holds none of its answers (0, 1)"), "{}", refused.stderr);
    }
    for command in ["score -", "explain - --id a"] {
        let survey = "id,my_role,effort_mine,safety_fear\na,hurt,1,1\n";
        let refused = bearings(&format!("{command} --recorded-as one_based")).stdin(survey).ends_with(2);
        assert!(refused.stderr.contains("recode yes to 1 and no to 0"), "{}", refused.stderr);
        assert_eq!(refused.stdout, "");
    }
}

#[test]
fn nothing_speaks_of_forms_and_roles_where_there_are_none() {
    let folder = Folder::new();
    let rows = bearings("score - --ruleset csi-4 -o").arg(folder.at("o.csv")).stdin(csi(0)).ok();
    let summary = |format: &str| {
        bearings(&format!("score - --ruleset csi-4 --summary --summary-format {format}")).stdin(csi(0)).ok()
    };
    let (table, json) = (summary("table"), summary("json"));
    for text in [
        &rows.stderr,
        &folder.read("o.csv.manifest.json"),
        &table.stdout,
        &json.stdout,
        &bearings("show csi-4").ok().stdout,
    ] {
        for word in ["short", "full form", "hurt", "broke", "role"] {
            assert!(!text.contains(word), "`{word}` in {text}");
        }
    }
    let shown = bearings("show trust-repair").ok().stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("hurt, short form") && shown.contains("broke, full form"), "{shown}");
}
