//! Safety outranks everything: nothing beside a hard flag is shown, and missing is never "no".

use std::collections::BTreeSet;

use crate::sheets::{Draw, Item, Sheet, best, items, near, near_worst, random, set, survey};
use crate::support::{Folder, bearings};
use crate::table::Table;

/// The questions of the safety block of which one yes is a hard flag, and those of which it takes two.
fn tiers(items: &[Item]) -> (Vec<&str>, Vec<&str>) {
    let of = |tier: &str| -> Vec<&str> {
        let own = items.iter().filter(|item| item.block && item.tier.as_deref() == Some(tier));
        own.map(|item| item.id.as_str()).collect()
    };
    (of("hard"), of("soft"))
}

/// Sheets of the hurt with a hard flag among answers of every quality.
fn flagged(items: &[Item]) -> Vec<Sheet> {
    let (hard, soft) = tiers(items);
    assert_eq!((hard.len(), soft.len()), (6, 3));
    let draw = &mut Draw(11);
    let flagged = (0..350).map(|number| {
        let percent = [0, 10, 60, 100][draw.below(4)];
        let mut sheet = near(items, percent, draw);
        match number % 7 {
            6 => {
                let left_out = draw.below(3);
                for id in (0..3).filter(|at| *at != left_out).map(|at| soft[at]) {
                    set(&mut sheet, items, id, "1");
                }
            }
            one => set(&mut sheet, items, hard[one], "1"),
        }
        // Other answers about safety may be missing, a direction may be clear, somebody may be under 18.
        if draw.below(3) == 0 {
            let at = items.iter().position(|item| item.id == hard[(number % 7 + 1) % 6]).unwrap();
            sheet[at] = ["", "declined", "dont_know", "0"][draw.below(4)].to_owned();
        }
        if draw.below(10) == 0 {
            set(&mut sheet, items, "under_18", "1");
        }
        sheet
    });
    flagged.collect()
}

#[test]
fn a_hard_flag_leaves_one_word_in_the_row_and_nothing_else() {
    let items = items("hurt");
    let sheets = flagged(&items);
    let table = bearings("score - --keep bond_kind").stdin(survey(&items, &sheets).csv()).ok().table();
    assert_eq!(table.rows.len(), 350);
    let signal = table.position("signal");
    for row in &table.rows {
        for (at, cell) in row.iter().enumerate().skip(2) {
            assert_eq!(cell, if at == signal { "withheld" } else { "" }, "{}: {row:?}", table.header[at]);
        }
    }
}

#[test]
fn a_hard_flag_leaves_four_fields_in_the_json_line_whatever_the_answers_were() {
    let items = items("hurt");
    let outcome = bearings("score - --format ndjson").stdin(survey(&items, &flagged(&items)).csv()).ok();
    let lines = outcome.json_lines();
    assert_eq!(lines.len(), 350);
    let mut others = BTreeSet::new();
    for (text, line) in outcome.stdout.lines().zip(&lines) {
        let keys: BTreeSet<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["format", "id", "provenance", "withheld"]));
        assert_eq!(line["withheld"], "safety_first");
        others.insert(text.split_once(',').unwrap().1);
    }
    assert_eq!(others.len(), 1, "{others:?}");
}

#[test]
fn rows_with_a_hard_flag_differ_in_nothing_but_their_id() {
    let items = items("hurt");
    let outcome = bearings("score -").stdin(survey(&items, &flagged(&items)).csv()).ok();
    let rows: BTreeSet<&str> = outcome.stdout.lines().skip(1).map(|row| row.split_once(',').unwrap().1).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
}

#[test]
fn the_trace_and_the_summary_hold_nothing_of_a_flagged_sheet() {
    let items = items("hurt");
    let flagged = flagged(&items);
    let draw = &mut Draw(12);
    let others: Vec<Sheet> = (0..60).map(|_| random(&items, draw)).collect();
    let both = [others.clone(), flagged].concat();
    let folder = Folder::new();
    let run = |sheets: &[Sheet]| {
        let run = bearings("score - --summary --summary-format json --trace").arg(folder.at("trace.csv"));
        let mut summary = run.stdin(survey(&items, sheets).csv()).ok().json();
        let respondents = summary.as_object_mut().unwrap().remove("respondents").unwrap();
        (summary, respondents, folder.read("trace.csv"))
    };
    let (summary, _, trace) = run(&others);
    let (with_flagged, respondents, trace_with_flagged) = run(&both);
    assert_eq!(respondents["withheld_for_safety"], "350");
    assert_eq!(respondents["hurt"], "60");
    assert_eq!(with_flagged, summary);
    assert!(trace.lines().count() > 100);
    assert_eq!(trace_with_flagged, trace);
}

#[test]
fn whoever_broke_trust_is_held_to_the_same_block() {
    let items = items("broke");
    let mut sheets = vec![best(&items); 4];
    set(&mut sheets[0], &items, "safety_fear", "1");
    set(&mut sheets[1], &items, "safety_watch", "1");
    // What somebody did themselves is no flag about the other one, and gives no direction either.
    set(&mut sheets[2], &items, "safety_done_by_self", "1");
    let table = bearings("score -").stdin(survey(&items, &sheets).csv()).ok().table();
    assert_eq!(table.column("signal"), ["withheld", "mixed", "mixed", "keep_going"]);
    assert_eq!(table.column("reason"), ["", "held_back", "held_back", ""]);
}

#[test]
fn leaving_out_what_the_gate_looks_at_never_makes_a_keep_going() {
    let items = items("hurt");
    let draw = &mut Draw(13);
    let (hard, soft) = tiers(&items);
    let inputs: Vec<&str> = hard.iter().chain(&soft).copied().chain(["can_speak_up"]).collect();
    let mut sheets: Vec<Sheet> = Vec::new();
    for number in 0..300 {
        let percent = [0, 3, 8, 20, 100][number % 5];
        let mut sheet = if number % 4 == 3 { near_worst(&items, percent, draw) } else { near(&items, percent, draw) };
        // Two of three sheets lean on the gate: a yes, a price for speaking up, or an answer declined.
        match number % 3 {
            0 => set(&mut sheet, &items, inputs[draw.below(9)], ["1", "declined"][draw.below(2)]),
            1 => set(&mut sheet, &items, "can_speak_up", ["0", "1"][draw.below(2)]),
            _ => {}
        }
        sheets.push(sheet);
    }
    let words = ["", "declined", "dont_know"];
    let mut all = sheets.clone();
    for (number, sheet) in sheets.iter().enumerate() {
        for (at, id) in inputs.iter().enumerate() {
            let mut skipped = sheet.clone();
            set(&mut skipped, &items, id, words[(number + at) % 3]);
            all.push(skipped);
        }
    }
    let table = bearings("score -").stdin(survey(&items, &all).csv()).ok().table();
    let signals = table.column("signal");
    let bases = &signals[..300];
    let count = |signal: &str| bases.iter().filter(|base| **base == signal).count();
    let seen = ["keep_going", "mixed", "withheld", "walk_away"].map(count);
    assert!(seen.iter().all(|count| *count >= 15), "{seen:?}");
    for (at, signal) in signals[300..].iter().enumerate() {
        let (base, input) = (at / inputs.len(), inputs[at % inputs.len()]);
        let made = *signal == "keep_going" && bases[base] != "keep_going";
        assert!(!made, "sheet {base} was {} and is keep_going without {input}", bases[base]);
    }
}

#[test]
fn the_best_answers_are_held_back_while_a_safety_answer_is_missing() {
    let items = items("hurt");
    let mut sheets = vec![best(&items)];
    for item in items.iter().filter(|item| item.block) {
        for word in ["", "skipped", "declined", "dont_know"] {
            let mut sheet = best(&items);
            set(&mut sheet, &items, &item.id, word);
            sheets.push(sheet);
        }
    }
    let table = bearings("score -").stdin(survey(&items, &sheets).csv()).ok().table();
    assert_eq!(table.cell(0, "signal"), "keep_going");
    assert_eq!(table.rows.len(), 37);
    for row in 1..37 {
        let missing = &items.iter().filter(|item| item.block).nth((row - 1) / 4).unwrap().id;
        assert_eq!((table.cell(row, "signal"), table.cell(row, "reason")), ("mixed", "held_back"), "{missing}");
    }
}

/// The sample without some columns.
fn sample_without(dropped: impl Fn(&str) -> bool) -> Table {
    let survey = bearings("sample --rows 1000 --seed 2").ok().table();
    let fewer = survey.without(dropped);
    assert!(fewer.header.len() < survey.header.len());
    bearings("score -").stdin(fewer.csv()).ok().table()
}

#[test]
fn without_a_column_about_safety_nobody_gets_a_direction() {
    let table = sample_without(|name| name.starts_with("safety_"));
    let signals = table.counts("signal");
    assert!(signals["mixed"] > 500, "{signals:?}");
    for direction in ["keep_going", "walk_away", "withheld"] {
        assert!(!signals.contains_key(direction), "{signals:?}");
    }
    assert!(table.counts("reason")["held_back"] > 200);
}

#[test]
fn without_one_of_the_columns_about_safety_nobody_is_told_to_keep_going() {
    let (hard, soft) = (["safety_fear", "safety_other"], ["safety_watch", "safety_put_down"]);
    for column in hard.iter().chain(&soft) {
        let signals = sample_without(|name| name == *column);
        assert_eq!(signals.counts("signal").get("keep_going"), None, "{column}");
    }
}

#[test]
fn people_under_18_get_neither_stage_nor_sides_nor_signal() {
    let items = items("hurt");
    let draw = &mut Draw(14);
    let mut sheets: Vec<Sheet> = (0..40).map(|_| near(&items, 15, draw)).collect();
    sheets.extend((0..40).map(|_| random(&items, draw)));
    for sheet in &mut sheets {
        set(sheet, &items, "under_18", "1");
    }
    let mut flagged = best(&items);
    set(&mut flagged, &items, "under_18", "1");
    set(&mut flagged, &items, "safety_fear", "1");
    sheets.push(flagged);
    let text = survey(&items, &sheets).csv();
    let table = bearings("score -").stdin(text.as_str()).ok().table();
    for row in 0..80 {
        for column in ["stage", "overlays", "signal", "keep_side", "walk_level", "rules_fired", "rules_undecided"] {
            assert_eq!(table.cell(row, column), "", "{column}");
        }
        assert_eq!(table.cell(row, "reason"), "other_path");
    }
    assert_eq!(table.cell(80, "signal"), "withheld");
    let lines = bearings("score - --format ndjson").stdin(text).ok().json_lines();
    for line in &lines[..80] {
        assert_eq!((&line["signal"]["id"], &line["signal"]["reason"]), (&().into(), &"other_path".into()));
        assert!(line["stage"].is_null() && line["keep_side"].is_null(), "{line}");
        for list in ["overlays", "for", "against", "would_change"] {
            assert_eq!(line[list].as_array().map(Vec::len), Some(0), "{list}");
        }
    }
}

#[test]
fn an_unanswered_age_means_not_under_18() {
    let items = items("hurt");
    let sheets: Vec<Sheet> = ["0", "", "declined"]
        .map(|age| {
            let mut sheet = best(&items);
            set(&mut sheet, &items, "under_18", age);
            sheet
        })
        .to_vec();
    let table = bearings("score -").stdin(survey(&items, &sheets).csv()).ok().table();
    assert_eq!(table.column("signal"), ["keep_going"; 3]);
}

#[test]
fn scored_lines_hold_no_safety_item_and_no_word_about_support() {
    let items = items("hurt");
    let draw = &mut Draw(15);
    let mut sheets: Vec<Sheet> = (0..60).map(|_| near(&items, 40, draw)).collect();
    for (at, sheet) in sheets.iter_mut().enumerate() {
        set(
            sheet,
            &items,
            ["safety_watch", "safety_limit", "safety_put_down"][at % 3],
            ["1", "declined", ""][at / 3 % 3],
        );
    }
    let text = survey(&items, &sheets).csv();
    let folder = Folder::new();
    let lines = bearings("score - --format ndjson --trace").arg(folder.at("t.csv")).stdin(text.as_str()).ok().stdout;
    let rows = bearings("score -").stdin(text).ok().stdout;
    for (name, output) in [("ndjson", &lines), ("trace", &folder.read("t.csv")), ("csv", &rows)] {
        assert!(output.lines().count() >= 60, "{name}");
        for word in ["safety_watch", "safety_limit", "safety_put_down", "safety_fear", "\"support\"", "advocate"] {
            assert!(!output.contains(word), "{word} in {name}");
        }
    }
}
