//! Large surveys: parts of a file, threads, and what becomes of rows that cannot be read.

use crate::support::{Folder, SURVEY, bearings, read};
use crate::table::Table;

/// A survey of so many rows, enough for several blocks, some of which cannot be read.
fn survey(rows: usize) -> String {
    let sample = bearings(&format!("sample --rows {rows} --seed 5")).ok().stdout;
    let mut table = Table::parse(&sample);
    for row in (17..rows).step_by(500) {
        table.set(row, "owned_up", "often");
    }
    table.csv()
}

/// Everything that comes out of a run: rows, rejects, summary, manifest, and what is said of rows.
fn everything(folder: &Folder, survey: &std::path::Path, options: &str) -> [String; 5] {
    let run = bearings("score").arg(survey).args(options).args("--summary -o").arg(folder.at("out"));
    let run = run.arg("--rejects").arg(folder.at("rejects")).ends_with(6);
    [folder.read("out"), folder.read("rejects"), folder.read("out.manifest.json"), run.stdout, run.stderr]
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = Folder::new();
    let path = folder.write("survey.csv", survey(6000));
    let one = everything(&folder, &path, "--threads 1");
    assert!(one[0].lines().count() > 5900 && one[1].lines().count() == 13, "{}", one[1].lines().count());
    for threads in [2, 8] {
        for (which, (found, expected)) in
            everything(&folder, &path, &format!("--threads {threads}")).iter().zip(&one).enumerate()
        {
            assert!(found == expected, "{threads} threads, output {which}");
        }
    }
}

#[test]
fn shards_put_together_are_the_whole() {
    let folder = Folder::new();
    let path = folder.write("survey.csv", survey(600));
    for format in ["csv", "ndjson"] {
        let whole = bearings("score").arg(&path).args(&format!("--format {format}")).ends_with(6).stdout;
        for shards in [1, 3] {
            let parts: Vec<String> = (1..=shards)
                .map(|shard| {
                    let run =
                        bearings("score").arg(&path).args(&format!("--format {format} --shard {shard}/{shards}")).run();
                    assert!(matches!(run.status, Some(0 | 6)), "{}", run.stderr);
                    run.stdout
                })
                .collect();
            assert!(shards == 1 || parts.iter().all(|part| part.len() < whole.len()), "{shards}");
            assert!(parts.concat() == whole, "{format} in {shards} parts");
        }
    }
}

#[test]
fn respondents_without_an_id_keep_their_number_in_a_shard() {
    let folder = Folder::new();
    let survey = Table::parse(&read(SURVEY)).without(|name| name == "id");
    let path = folder.write("survey.csv", survey.csv());
    let parts = [1, 2, 3].map(|shard| bearings("score").arg(&path).args(&format!("--shard {shard}/3")).ok().stdout);
    assert_eq!(parts.concat(), bearings("score").arg(&path).ok().stdout);
}

#[test]
fn only_one_plain_file_can_be_cut() {
    let survey = read(SURVEY);
    let refused = bearings("score - --shard 1/2").stdin(survey).ends_with(2);
    assert!(refused.stderr.contains("cannot cut standard input"), "{}", refused.stderr);
    for shard in ["0/2", "3/2", "1", "a/b", "1/0"] {
        bearings(&format!("score {SURVEY} --shard {shard}")).ends_with(2);
    }
}

#[test]
fn a_rejected_row_is_kept_as_it_was_with_its_place_and_the_reason() {
    let folder = Folder::new();
    let mut table = Table::parse(&read(SURVEY)).with_rows(0..4).with_first("note", |at| format!("a \"{at}\",\nb"));
    table.set(1, "owned_up", "4711");
    table.set(3, "weeks_since", "soon");
    let text = table.csv();
    let path = folder.write("survey.csv", &text);
    let run = bearings("score").arg(&path).arg("--rejects").arg(folder.at("rejects.csv")).ends_with(6);
    assert_eq!(run.table().rows.len(), 2);
    assert!(!run.stderr.contains("4711") && !run.stderr.contains("soon"), "{}", run.stderr);
    let rejects = Table::parse(&folder.read("rejects.csv"));
    assert_eq!(rejects.header, ["file", "row", "line", "columns", "reasons", "record"]);
    assert_eq!(rejects.column("row"), ["2", "4"]);
    // Each record takes two lines.
    assert_eq!(rejects.column("line"), ["4", "8"]);
    assert_eq!(rejects.column("columns"), ["owned_up", "weeks_since"]);
    let records = rejects.column("record");
    // With the header before them, the rejected rows are a survey again: mended, they can be scored.
    let header = text.lines().next().unwrap();
    let again = format!("{header}\n{}\n{}\n", records[0], records[1]);
    assert_eq!(Table::parse(&again), table.with_rows([1, 3]));
}

#[test]
fn in_is_out_and_rejected_in_every_place_that_says_so() {
    let folder = Folder::new();
    let path = folder.write("survey.csv", survey(1200));
    let run = bearings("score").arg(&path).args("--summary --summary-format json -o").arg(folder.at("out.csv"));
    let run = run.arg("--rejects").arg(folder.at("rejects.csv")).ends_with(6);
    let (rows, rejected) = (1200, 3);
    assert_eq!(Table::parse(&folder.read("out.csv")).rows.len(), rows - rejected);
    assert_eq!(Table::parse(&folder.read("rejects.csv")).rows.len(), rejected);
    assert!(run.stderr.contains("1200 rows read = 1197 scored + 3 rejected"), "{}", run.stderr);
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["rows"].to_string(), "{\"read\":1200,\"rejected\":3,\"scored\":1197}");
    let summary: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(summary["respondents"]["rejected"], "3");
}

#[test]
fn fields_are_the_columns_that_come_out() {
    let whole = bearings(&format!("score {SURVEY}")).ok().table();
    let found = bearings(&format!("score {SURVEY} --fields rules_fired,signal,consistency")).ok().table();
    assert_eq!(found.header, ["id", "rules_fired", "signal", "consistency"]);
    for name in &found.header {
        assert_eq!(found.column(name), whole.column(name), "{name}");
    }
    for (fields, said) in [
        ("signal,stag", "no column `stag`, did you mean `stage`?"),
        ("signal,signal", "`signal` stands there twice"),
        ("safety_fear", "no column `safety_fear`"),
        ("under_18", "no column `under_18`"),
    ] {
        let refused = bearings(&format!("score {SURVEY} --fields {fields}")).ends_with(2);
        assert!(refused.stderr.contains(said) && refused.stdout.is_empty(), "{}", refused.stderr);
    }
}

#[test]
fn blind_leaves_flagged_rows_out_and_counts_no_few_of_them() {
    let folder = Folder::new();
    let whole = bearings(&format!("score {SURVEY}")).ok().table();
    let flagged: Vec<usize> = (0..200).filter(|row| whole.cell(*row, "signal") == "withheld").collect();
    assert!(flagged.len() >= 5, "{}", flagged.len());
    let blind = |survey: &str| {
        let path = folder.write("survey.csv", survey);
        bearings("score").arg(path).args("--blind -o").arg(folder.at("out.csv")).ok();
        let left_out = folder.json("out.csv.manifest.json")["left_out_for_safety"].as_str().unwrap().to_owned();
        (Table::parse(&folder.read("out.csv")), left_out)
    };
    let (found, left_out) = blind(&read(SURVEY));
    let others: Vec<usize> = (0..200).filter(|row| !flagged.contains(row)).collect();
    assert_eq!(found, whole.with_rows(others));
    assert_eq!(left_out, flagged.len().to_string());
    let few = Table::parse(&read(SURVEY)).with_rows(0..=flagged[3]);
    let (_, left_out) = blind(&few.csv());
    assert_eq!(left_out, "fewer than 5");
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let folder = Folder::new();
    let path = folder.write("survey.csv", survey(600));
    let run = bearings("score").arg(&path).args("--dry-run").ends_with(6);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("600 rows read = 598 scored + 2 rejected"), "{}", run.stderr);
    assert_eq!(folder.names(), ["survey.csv"]);
    bearings("score").arg(&path).args("--dry-run -o").arg(folder.at("out.csv")).ends_with(2);
}

#[test]
fn the_exit_status_says_whether_somebody_is_not_told_to_keep_going() {
    let survey = Table::parse(&read(SURVEY));
    let whole = bearings(&format!("score {SURVEY}")).ok().table();
    let keep: Vec<usize> = (0..200).filter(|row| whole.cell(*row, "signal") == "keep_going").collect();
    let withheld = (0..200).find(|row| whole.cell(*row, "signal") == "withheld").unwrap();
    let check = |rows: Vec<usize>, status| {
        bearings("score - --exit-status").stdin(survey.with_rows(rows).csv()).ends_with(status);
    };
    check(keep.clone(), 0);
    check(keep.iter().copied().chain([withheld]).collect(), 1);
    check((0..200).collect(), 1);
    bearings(&format!("score {SURVEY}")).ok();
}

#[test]
fn rows_with_the_answers_of_an_earlier_one_are_counted() {
    let survey = Table::parse(&read(SURVEY));
    let twice = survey.with_rows([0, 1, 2, 1, 1, 2]).without(|name| name == "id");
    let said = bearings("score -").stdin(twice.csv()).ok().stderr;
    assert!(said.contains("3 rows have the same answers as an earlier one"), "{said}");
    let said = bearings("score -").stdin(survey.csv()).ok().stderr;
    assert!(!said.contains("same answers"), "{said}");
}
