//! What must not be told of respondents: columns by which they could be known, and what a study with approval may see.

use crate::support::{Folder, SURVEY, bearings, read};
use crate::table::Table;

#[test]
fn respondents_in_small_groups_are_counted_and_their_cells_never_printed() {
    let folder = Folder::new();
    let places = |at: usize| ["Aville", "Btown", "Cburg"][if at == 0 { 2 } else { at % 2 }].to_owned();
    let survey = Table::parse(&read(SURVEY)).with_rows(0..41).with_first("place", places);
    let path = folder.write("survey.csv", survey.csv());
    let run = |k: u32, more: &str| {
        let run = bearings("score").arg(&path).args(&format!("--k-anonymity {k} --quasi place {more}"));
        run.arg("-o").arg(folder.at("out.csv")).ok().stderr
    };
    let said = run(5, "");
    assert!(said.contains("by `place` 1 row is in a group smaller than 5"), "{said}");
    assert!(!said.contains("Cburg") && !said.contains("not read: `place`"), "{said}");
    let manifest = folder.json("out.csv.manifest.json");
    assert_eq!(manifest["k_anonymity"].to_string(), r#"{"columns":["place"],"k":5,"rows_below":1,"smallest_group":1}"#);
    assert!(run(20, "").contains("by `place` 1 row is in a group smaller than 20"));
    for threads in [1, 4] {
        assert!(run(30, &format!("--threads {threads}")).contains("by `place` 41 rows are in groups smaller than 30"));
    }
    bearings(&format!("score {SURVEY} --k-anonymity 5")).ends_with(2);
    bearings(&format!("score {SURVEY} --quasi bond_kind")).ends_with(2);
    let all = bearings(&format!("score {SURVEY} --k-anonymity 2 --quasi bond_kind")).ok().stderr;
    assert!(all.contains("by `bond_kind` everybody is one of 2 or more"), "{all}");
}

#[test]
fn safety_answers_and_age_are_neither_kept_nor_a_field_nor_a_group() {
    for private in ["safety_fear", "under_18"] {
        for option in ["--keep", "--fields", "--k-anonymity 2 --quasi", "--id"] {
            let refused = bearings(&format!("score {SURVEY} {option} {private}")).ends_with(2);
            assert!(refused.stdout.is_empty() && refused.stderr.contains(private), "{}", refused.stderr);
        }
    }
}

/// Whatever a survey is read by: another ruleset, or columns that are named on the command line.
#[test]
fn safety_answers_are_private_under_any_ruleset() {
    let refused = bearings(&format!("reliability {SURVEY} --items safety_fear,safety_body --range 0..1")).ends_with(2);
    assert!(refused.stdout.is_empty() && refused.stderr.contains("`safety_fear` holds private answers"));
    let folder = Folder::new();
    folder.write("s.csv", "id,calm,safety_fear\n1,4,0\n");
    let refused =
        bearings("score --ruleset tests/data/exports --keep safety_fear").arg(folder.at("s.csv")).ends_with(2);
    assert!(refused.stderr.contains("`safety_fear` holds private answers"), "{}", refused.stderr);
}

#[test]
fn a_study_with_approval_sees_what_is_withheld() {
    let folder = Folder::new();
    let plain = bearings(&format!("score {SURVEY}")).ok().table();
    let run = bearings(&format!("score {SURVEY} --with-safety --keep safety_fear -o")).arg(folder.at("out.csv")).ok();
    assert!(run.stderr.contains("nothing is withheld"), "{}", run.stderr);
    let found = Table::parse(&folder.read("out.csv"));
    assert_eq!(found.header.last().unwrap(), "safety");
    assert!(found.column("signal").iter().all(|signal| *signal != "withheld"));
    let mut hard = 0;
    for row in 0..200 {
        if plain.cell(row, "signal") == "withheld" {
            hard += 1;
            assert_eq!(found.cell(row, "safety"), "hard");
            // Its scores are there, and no flag leaves a direction to keep going.
            assert_ne!(found.cell(row, "consistency_answered"), "");
            assert_ne!(found.cell(row, "signal"), "keep_going");
        } else {
            assert_ne!(found.cell(row, "safety"), "hard");
            for name in &plain.header {
                assert_eq!(found.cell(row, name), plain.cell(row, name), "row {row}, {name}");
            }
        }
    }
    assert!(hard >= 5, "{hard}");
    let manifest = folder.json("out.csv.manifest.json");
    assert!(manifest["notes"].to_string().contains("Nothing is withheld here"), "{manifest}");
    for other in ["--format ndjson", "--blind", "--summary", "--trace trace.csv"] {
        bearings(&format!("score {SURVEY} --with-safety {other}")).ends_with(2);
    }
}
