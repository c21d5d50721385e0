//! Data that other people collected. Nothing of it is in the repository; without it these tests say that they did
//! not run.
//!
//! Agreement with the divorce data shows that the plumbing works, and is no evidence that a sum predicts anything.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Invocation, bearings, shared_data};
use crate::table::Table;

/// One file of a folder.
#[track_caller]
fn table(folder: &Path, name: &str) -> Table {
    Table::parse(&std::fs::read_to_string(folder.join(name)).unwrap())
}

/// A divorce file, scored with the study ruleset that sums its 54 items.
fn divorce(folder: &Path, name: &str, options: &str) -> Invocation {
    bearings(&format!("score --ruleset tests/data/divorce --columns Q{{n}} {options}")).arg(folder.join(name))
}

#[test]
fn a_sum_of_54_items_equals_what_r_computed() {
    let Some(folder) = shared_data("divorce") else { return };
    let scored = divorce(&folder, "divorce_clean_derived.csv", "").ok().table();
    let expected = table(&folder, "expected_sums.csv");
    assert_eq!(expected.rows.len(), 170);
    assert_eq!(scored.column("id"), expected.column("row"));
    assert_eq!(scored.column("dps_sum"), expected.column("sum54"));
    assert_eq!(scored.column("dps_sum_answered"), ["54"; 170]);
}

#[test]
fn one_cut_of_the_sum_agrees_with_all_170_people() {
    let Some(folder) = shared_data("divorce") else { return };
    let scored = divorce(&folder, "divorce_clean_derived.csv", "--keep Divorce").ok().table();
    let expected: Vec<&str> = scored
        .column("Divorce")
        .into_iter()
        .map(|divorced| if divorced == "1" { "apart" } else { "together" })
        .collect();
    assert_eq!(scored.column("signal"), expected);
    assert_eq!(scored.counts("signal"), BTreeMap::from([("apart", 84), ("together", 86)]));
}

#[test]
fn six_items_are_enough_for_the_same_170_people() {
    let Some(folder) = shared_data("divorce") else { return };
    let own = crate::support::Folder::new();
    let items = [2, 6, 11, 18, 26, 40].map(|n| format!("dps_{n}")).join(", ");
    own.write(
        "six.rhai",
        format!(
            "study \"six\" version \"1\" questionnaire \"dps-54\" title \"Six items\";\n\
             scale six \"Six\" concern = sum({items}) source \"s\";\n\
             rule high \"High\" when six >= 6 then points(\"apart\", 1) because \"It is {{six}}.\" source \"s\";\n\
             signal apart \"Apart\" when points_of(\"apart\") >= 1;\nsignal together \"Together\" otherwise;\n"
        ),
    );
    let run = bearings("score --columns Q{n} --keep Divorce --questionnaire tests/data/divorce/questionnaire.json");
    let run = run.arg("--ruleset").arg(own.at("six.rhai")).arg(folder.join("divorce_clean_derived.csv"));
    let scored = run.ok().table();
    assert_eq!(scored.column("six"), table(&folder, "expected_sums.csv").column("sum_q2_q6_q11_q18_q26_q40"));
    let expected: Vec<&str> = scored
        .column("Divorce")
        .into_iter()
        .map(|divorced| if divorced == "1" { "apart" } else { "together" })
        .collect();
    assert_eq!(scored.column("signal"), expected);
}

#[test]
fn lines_that_end_twice_are_read_as_the_same_170_rows() {
    let Some(folder) = shared_data("divorce") else { return };
    let bytes = std::fs::read(folder.join("divorce_data.csv")).unwrap();
    assert!(bytes.windows(3).any(|end| end == b"\r\r\n"));
    let clean = divorce(&folder, "divorce_clean_derived.csv", "--keep Divorce").ok();
    let broken = divorce(&folder, "divorce_data.csv", "--keep Divorce").ok();
    assert_eq!(broken.table().rows.len(), 170);
    assert_eq!(broken.stdout, clean.stdout);
}

#[test]
fn a_reading_of_one_row_names_all_54_items() {
    let Some(folder) = shared_data("divorce") else { return };
    let expected: Vec<String> = (1..=54).map(|n| format!("dps_{n}")).collect();
    let row = &divorce(&folder, "divorce_data.csv", "--format ndjson --limit 1").ok().json_lines()[0];
    let reads = row["rules"][0]["reads"].as_array().unwrap();
    let items = reads.iter().filter(|read| read["via"] == "dps_sum");
    assert_eq!(items.map(|read| read["id"].as_str().unwrap()).collect::<Vec<_>>(), expected);

    let own = crate::support::Folder::new();
    divorce(&folder, "divorce_data.csv", "--limit 1").arg("--trace").arg(own.at("trace.csv")).ok();
    let trace = Table::parse(&own.read("trace.csv"));
    let reads: Vec<&str> = trace.cell(0, "reads").split(';').map(|read| read.split('=').next().unwrap()).collect();
    assert_eq!(reads[1..], expected);
}

#[test]
fn people_with_the_same_answers_can_be_counted_from_the_output() {
    let Some(folder) = shared_data("divorce") else { return };
    let lines = divorce(&folder, "divorce_clean_derived.csv", "--format ndjson").ok().json_lines();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // Below the cut the rule does not fire, and still shows what it read.
    for line in &lines {
        *seen.entry(line["rules"][0]["reads"].to_string()).or_default() += 1;
    }
    assert_eq!(lines.len() - seen.len(), 20, "rows beyond the first of each");
    assert_eq!(seen.len(), 150);
}

#[test]
fn five_scale_means_equal_what_psych_computed_for_2800_people() {
    let Some(folder) = shared_data("bfi") else { return };
    let scored = bearings("score --ruleset tests/data/bfi").arg(folder.join("bfi.csv")).ok().table();
    let expected = table(&folder, "expected_scores_impute_none.csv");
    assert_eq!(scored.rows.len(), 2800);
    assert_eq!(scored.column("id"), expected.column("id"));
    let mut prorated = 0;
    for scale in ["agree", "conscientious", "extraversion", "neuroticism", "openness"] {
        for (own, theirs) in scored.column(scale).iter().zip(expected.column(scale)) {
            let difference = own.parse::<f64>().unwrap() - theirs.parse::<f64>().unwrap();
            assert!(difference.abs() < 1e-9, "{scale}: {own}, not {theirs}");
        }
        prorated += scored.column(&format!("{scale}_answered")).iter().filter(|answered| **answered != "5").count();
    }
    // 508 blank cells of 364 people; some have several in one scale.
    assert!((364..=508).contains(&prorated), "{prorated}");
}
