//! The options of `bearings score`, each by what it changes.

use crate::support::{Folder, SURVEY, bearings, read, sha256};
use crate::table::Table;

/// The survey scored with these options.
#[track_caller]
fn check(options: &str) -> Table {
    bearings(&format!("score {SURVEY} {options}")).ok().table()
}

#[test]
fn columns_are_kept_in_the_order_asked_for() {
    let survey = Table::parse(&read(SURVEY));
    let table = check("--keep breach_kind,bond_kind");
    assert_eq!(table.header[..4], ["id", "breach_kind", "bond_kind", "stage"]);
    assert_eq!(table.column("breach_kind"), survey.column("breach_kind"));
    assert_eq!(table.column("bond_kind"), survey.column("bond_kind"));
    assert_eq!(table.without(|name| name.ends_with("_kind")), check(""));
}

#[test]
fn a_kept_cell_comes_out_as_it_stands_however_it_must_be_quoted() {
    let cells = ["plain", "a, b", "say \"x\"", "two\nlines", "ünïcode", " spaced "];
    let survey = Table::parse(&read(SURVEY)).with_rows(0..cells.len()).with_first("note", |at| cells[at].to_owned());
    let table = bearings("score - --keep note").stdin(survey.csv()).ok().table();
    assert_eq!(table.column("note"), cells);
    let lines = bearings("score - --keep note --format ndjson").stdin(survey.csv()).ok().json_lines();
    let kept: Vec<&str> = lines.iter().map(|line| line["kept"]["note"].as_str().unwrap()).collect();
    assert_eq!(kept, cells);
}

#[test]
fn the_id_is_a_named_column_else_a_usual_one_else_the_row_number() {
    let survey = Table::parse(&read(SURVEY)).without(|name| name == "id").with_rows(0..3);
    let ids = |name: &str, options: &str| {
        let input = survey.with_first(name, |at| format!("p{at}")).csv();
        let table = bearings(&format!("score - {options}")).stdin(input).ok().table();
        (table.header[0].clone(), table.rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>().join(" "))
    };
    let named = |name: &str| (name.to_owned(), "p0 p1 p2".to_owned());
    assert_eq!(ids("code", "--id code"), named("code"));
    assert_eq!(ids("respondent_id", ""), named("respondent_id"));
    assert_eq!(ids("ResponseId", ""), named("ResponseId"));
    assert_eq!(ids("code", ""), ("id".to_owned(), "1 2 3".to_owned()));
}

#[test]
fn decimals_are_cut_half_up_and_change_nothing_else() {
    let exact = check("");
    for decimals in [0, 1, 3] {
        let short = check(&format!("--decimals {decimals}"));
        let (mut rounded, mut numbers) = (0, 0);
        for (long, short) in exact.rows.iter().zip(&short.rows) {
            for ((name, long), short) in exact.header.iter().zip(long).zip(short) {
                if !is_score(name) || long.is_empty() {
                    assert_eq!(long, short, "{name}");
                    continue;
                }
                numbers += 1;
                rounded += usize::from(long != short);
                assert!(short.split_once('.').is_none_or(|(_, tail)| tail.len() <= decimals), "{short}");
                let unit = 10_f64.powi(i32::try_from(decimals).unwrap());
                let expected = (long.parse::<f64>().unwrap() * unit + 0.5 + 1e-9).floor() / unit;
                assert!((short.parse::<f64>().unwrap() - expected).abs() < 1e-9, "{long} became {short}");
            }
        }
        assert!(numbers > 2000 && rounded > 100, "{numbers} {rounded}");
    }
}

fn is_score(name: &str) -> bool {
    let others = ["id", "stage", "overlays", "signal", "reason", "walk_level", "rules_fired", "rules_undecided"];
    !others.contains(&name) && !name.ends_with("_answered")
}

#[test]
fn a_missing_code_is_read_like_an_empty_cell() {
    let mut blank = Table::parse(&read(SURVEY));
    let mut coded = blank.clone();
    for (row, item) in [(0, "owned_up"), (1, "weeks_since"), (2, "safety_fear"), (3, "clean_weeks")] {
        blank.set(row, item, "");
        coded.set(row, item, if row % 2 == 0 { "-99" } else { "77" });
    }
    let expected = bearings("score -").stdin(blank.csv()).ok();
    let found = bearings("score - --missing 77,-99").stdin(coded.csv()).ok();
    assert_eq!(found.stdout, expected.stdout);
    let refused = bearings("score -").stdin(coded.csv()).ends_with(6);
    assert_eq!(refused.table().rows.len(), 196);
}

#[test]
fn a_parameter_moves_people_and_stands_in_the_manifest() {
    let folder = Folder::new();
    let out = folder.at("out.csv");
    bearings(&format!("score {SURVEY} --set window_weeks=12 -o")).arg(&out).ok();
    let (before, after) = (check(""), Table::parse(&folder.read("out.csv")));
    let moved = (0..200).filter(|row| before.cell(*row, "stage") != after.cell(*row, "stage")).count();
    assert!((1..100).contains(&moved), "{moved}");
    let scales = |table: &Table| table.column("consistency").join(" ");
    assert_eq!(scales(&before), scales(&after));
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["params"]["window_weeks"], "12");
    assert_eq!(manifest["params"]["steady_weeks"], "26");
    let plain = folder.at("plain.csv");
    bearings(&format!("score {SURVEY} -o")).arg(&plain).ok();
    assert_eq!(folder.json("plain.csv.manifest.json")["params"]["window_weeks"], "8");
}

#[test]
fn a_limit_stops_after_so_many_rows_and_still_fingerprints_the_whole_file() {
    let folder = Folder::new();
    let out = folder.at("out.csv");
    bearings(&format!("score {SURVEY} --limit 7 -o")).arg(&out).ok();
    assert_eq!(Table::parse(&folder.read("out.csv")), check("").with_rows(0..7));
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["rows"]["read"], 7);
    assert_eq!(manifest["policies"]["limit"], 7);
    assert_eq!(manifest["inputs"][0]["sha256"], sha256(read(SURVEY)));
}

#[test]
fn several_files_are_scored_like_one() {
    let folder = Folder::new();
    let survey = Table::parse(&read(SURVEY));
    let first = folder.write("first.csv", survey.with_rows(0..80).csv());
    // The columns of the second one stand in another order, and its cells are separated by semicolons.
    let mut second = survey.with_rows(80..200);
    second.header.reverse();
    second.rows.iter_mut().for_each(|row| row.reverse());
    let second = folder.write("second.csv", second.csv().replace(',', ";"));
    bearings("score").arg(&first).arg(&second).args("-o").arg(folder.at("out.csv")).ok();
    assert_eq!(folder.read("out.csv"), bearings(&format!("score {SURVEY}")).ok().stdout);
    let manifest = folder.json("out.csv.manifest.json");
    let rows: Vec<String> = manifest["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| format!("{} {}", input["name"], input["rows"]))
        .collect();
    assert_eq!(rows, ["\"first.csv\" 80", "\"second.csv\" 120"]);
    assert_eq!(manifest["inputs"][1]["sha256"], sha256(folder.read("second.csv")));
}

#[test]
fn standard_input_is_scored_like_a_file() {
    assert_eq!(bearings("score -").stdin(read(SURVEY)).ok().table(), check(""));
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let text = format!("\u{FEFF}{}", read(SURVEY).replace('\n', "\r\n"));
    assert_eq!(bearings("score -").stdin(text).ok().table(), check(""));
}

#[test]
fn a_built_in_instrument_has_scales_and_neither_stage_nor_signal() {
    let survey = "id,ras_1,ras_2,ras_3,ras_4,ras_5,ras_6,ras_7\na,5,5,5,1,5,5,1\nb,1,1,1,5,1,1,5\nc,3,3,3,3,3,3,\n";
    let table = bearings("score - --ruleset ras").stdin(survey).ok().table();
    assert_eq!(table.csv(), "id,ras_sum,ras_sum_answered,ras_mean,ras_mean_answered\na,35,7,5,7\nb,7,7,1,7\nc,,6,,6\n");
}

#[test]
fn unmapped_columns_are_named_once_and_quiet_says_nothing() {
    let survey = Table::parse(&read(SURVEY)).with_first("owned_upp", |_| "x".to_owned());
    let stderr = bearings("score -").stdin(survey.csv()).ok().stderr;
    assert_eq!(stderr.matches("owned_upp").count(), 1, "{stderr}");
    assert!(stderr.contains("did you mean `owned_up`?"), "{stderr}");
    assert_eq!(bearings("score - --quiet").stdin(survey.csv()).ok().stderr, "");
}

#[test]
fn help_says_where_people_find_support_and_the_greeting_needs_no_terminal() {
    assert!(bearings("--help").ok().stdout.contains("bearings help support"));
    assert!(!bearings("").ok().stdout.is_empty());
    assert!(bearings("score --help").ok().stdout.contains("--summary"));
    assert_eq!(bearings("scor x.csv").ends_with(2).stdout, "");
}

#[test]
fn verbose_says_how_long_each_part_took() {
    let stderr = bearings("score tests/data/trust-repair-200.csv -v").ok().stderr;
    for part in ["rows a CPU second: reading ", "scores, rules and stage ", "signals and honesty tests ", "writing "] {
        assert!(stderr.contains(part), "{stderr}");
    }
    assert!(!bearings("score tests/data/trust-repair-200.csv").ok().stderr.contains("rows a CPU second"));
}

#[test]
fn the_rules_themselves_can_be_run_beside_the_tables() {
    let plain = bearings(&format!("score {SURVEY}")).ok();
    for threads in [1, 3] {
        let run = bearings(&format!("score {SURVEY} --verify --threads {threads}")).ok();
        assert_eq!(run.stdout, plain.stdout);
        assert!(run.stderr.contains("were run a second time, and all agree"), "{}", run.stderr);
        // How many rows were withheld is nobody's to know from this.
        assert!(!run.stderr.contains("withheld, or"), "{}", run.stderr);
    }
    let run = bearings(&format!("score {SURVEY} --verify --with-safety")).ends_with(2);
    assert!(run.stderr.contains("--with-safety"), "{}", run.stderr);
}

/// Lines of JSON with some columns: the values are those of the CSV, and each fired rule has what it says and read.
#[test]
fn lines_of_json_can_hold_some_columns_and_the_rules_that_fired() {
    let columns = "stage,signal,reason,consistency,consistency_answered,overlays,rules_undecided";
    let csv = bearings(&format!("score {SURVEY} --fields {columns},rules_fired")).ok().table();
    let lean = |threads: u32| {
        let options = format!("--format ndjson --keep bond_kind --threads {threads} --fields {columns},rules_fired");
        bearings(&format!("score {SURVEY} {options}")).ok().stdout
    };
    let text = lean(1);
    assert_eq!(text, lean(3), "any number of threads, the same bytes");
    let whole = bearings(&format!("score {SURVEY} --format ndjson")).ok().stdout;
    let (mut fired, mut withheld) = (0, 0);
    for (row, (line, whole)) in text.lines().zip(whole.lines()).enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let whole: serde_json::Value = serde_json::from_str(whole).unwrap();
        assert_eq!(line["id"], csv.rows[row][0]);
        assert!(line["kept"]["bond_kind"].is_string());
        let listed = |name: &str| {
            let ids = line[name].as_array().map(|ids| ids.iter().map(|id| id.as_str().unwrap()).collect::<Vec<_>>());
            ids.unwrap_or_default().join(";")
        };
        for name in ["overlays", "rules_undecided"] {
            assert_eq!(listed(name), csv.cell(row, name));
        }
        for name in ["stage", "signal", "reason", "consistency", "consistency_answered"] {
            let written = match &line[name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            let cell = csv.cell(row, name);
            assert!(written == cell || written.parse::<f64>().unwrap() == cell.parse::<f64>().unwrap(), "{name}");
        }
        if line["signal"] == "withheld" {
            withheld += 1;
            assert!(line["rules_fired"].is_null() && line["stage"].is_null());
            continue;
        }
        let rules = line["rules_fired"].as_array().unwrap();
        let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.join(";"), csv.cell(row, "rules_fired"));
        // What it says and read is what the whole assessment has, but for what stands behind a score.
        for rule in rules {
            let of = |own: &&serde_json::Value| own["id"] == rule["id"];
            let same = whole["rules"].as_array().unwrap().iter().find(of).unwrap();
            assert_eq!(rule["says"], same["says"]);
            let behind = same["reads"].as_array().unwrap();
            let reads = rule["reads"].as_array().unwrap();
            let is_there = |read: &serde_json::Value| {
                behind.iter().any(|other| ["id", "value", "label"].iter().all(|name| other[name] == read[name]))
            };
            assert!(!reads.is_empty() && reads.iter().all(is_there), "{rule} {same}");
            assert!(reads.iter().all(|read| read.get("via").is_none()), "{rule}");
            fired += 1;
        }
    }
    assert!(fired > 500 && withheld > 3, "{fired} {withheld}");
}
