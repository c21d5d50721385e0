//! Small scales whose numbers can be worked out by hand.

use super::*;
use crate::questionnaire::Questionnaire;
use crate::responses::{Answer, Missing};
use crate::ruleset::Aggregation;
use crate::scoring::{Need, Scale, ScaleItem};

/// A mean of items from 1 to 5, those named reversed.
fn scale(items: usize, reversed: &[usize]) -> Scale {
    let items = (0..items).map(|slot| {
        let reversed = reversed.contains(&slot);
        let keyed = (1..=5).map(|value| if reversed { 6 - value } else { value }).collect();
        ScaleItem { slot, weight: 1, reversed, may_be_absent: false, keyed, min: 1, max: 5 }
    });
    Scale::new("s".into(), "S".into(), false, Aggregation::Mean, items.collect(), Need::All, None, "s.rhai:1".into())
}

/// Answers as they are written: `?` is skipped.
fn answers(row: &str) -> Vec<Answer> {
    let answer = |word: &str| match word.parse::<u16>() {
        Ok(value) => Answer::Level(value - 1),
        Err(_) => Answer::Missing(Missing::Skipped),
    };
    row.split(' ').map(answer).collect()
}

fn counted(scale: &Scale, rows: &[&str]) -> ScaleAnswers {
    let mut counted = ScaleAnswers::new(scale);
    rows.iter().for_each(|row| counted.add(&answers(row), Group::Untold));
    counted
}

fn found(scale: &Scale, rows: &[&str]) -> ScaleReliability {
    counted(scale, rows).reliability()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-14, "{found}, not {expected}");
}

/// Variances 5/3 and 4/3, covariance 4/3: alpha is 2 (1 - 3 / (17/3)), the correlation (4/3) / sqrt(20/9).
#[test]
fn two_items_by_hand() {
    let found = found(&scale(2, &[]), &["1 2", "2 2", "3 4", "4 4"]);
    let alpha = found.pairwise.unwrap();
    near(alpha.value, 16.0 / 17.0);
    assert_eq!((alpha.items, alpha.people, found.people, found.complete), (2, 4, 4, 4));
    assert_eq!(found.listwise, found.pairwise);
    near(found.mean_correlation.unwrap(), 2.0 / 5.0_f64.sqrt());
    for item in &found.items {
        near(item.item_rest.unwrap(), 2.0 / 5.0_f64.sqrt());
        assert_eq!(item.alpha_if_dropped, Err(Undefined::TooFewItems), "one item has no alpha");
    }
    near(found.items[0].standard_deviation.unwrap(), (5.0_f64 / 3.0).sqrt());
    assert_eq!((found.items[0].mean, found.items[1].mean), (Some(2.5), Some(3.0)));
    assert_eq!(found.omega_total, Err(Undefined::TooFewForFactor));
    // The scores are 1.5 2 3.5 4.
    assert_eq!(found.score.mean, Some(2.75));
    near(found.score.standard_deviation.unwrap(), (4.25_f64 / 3.0).sqrt());
}

#[test]
fn a_reversed_item_is_counted_after_reversal() {
    let straight = found(&scale(2, &[]), &["1 2", "2 2", "3 4", "4 4"]);
    let turned = found(&scale(2, &[1]), &["1 4", "2 4", "3 2", "4 2"]);
    assert_eq!(turned.pairwise, straight.pairwise);
    assert_eq!(turned.items[1].mean, straight.items[1].mean);
    // Level by level as the form has them, with what each is worth.
    assert_eq!(turned.items[1].chosen, [(5, 0), (4, 2), (3, 0), (2, 2), (1, 0)]);
}

#[test]
fn an_item_that_points_the_other_way_is_seen() {
    // The third is the first, read from the other end.
    let found = found(&scale(3, &[]), &["1 2 5", "2 2 4", "3 4 3", "4 4 2"]);
    let against: Vec<bool> = found.items.iter().map(ItemReliability::points_against).collect();
    assert!(against[2] && found.items[2].item_rest.unwrap() < -0.9, "{found:?}");
    assert!(found.pairwise.unwrap().value < 0.0, "it can be below zero, and is then told as it is");
}

#[test]
fn gaps_are_left_out_by_pair_or_by_row() {
    let rows = ["1 2", "2 2", "3 4", "4 4", "5 ?", "? ?"];
    let found = found(&scale(2, &[]), &rows);
    near(found.listwise.unwrap().value, 16.0 / 17.0);
    // Variances 5/2 and 4/3, covariance 4/3 as before.
    near(found.pairwise.unwrap().value, 2.0 * (8.0 / 3.0) / (2.5 + 4.0));
    assert_eq!((found.pairwise.unwrap().people, found.listwise.unwrap().people), (5, 4));
    assert_eq!((found.people, found.complete, found.score.people, found.score.unscored), (5, 4, 4, 2));
    let skipped = Missing::ALL.iter().position(|reason| *reason == Missing::Skipped).unwrap();
    assert_eq!((found.items[0].missing[skipped], found.items[1].missing[skipped]), (1, 2));
}

#[test]
fn what_does_not_vary_is_left_out_and_what_is_undefined_is_no_number() {
    let constant = found(&scale(3, &[]), &["1 2 3", "2 2 3", "3 4 3", "4 4 3"]);
    assert_eq!(constant.pairwise.unwrap().items, 2);
    near(constant.pairwise.unwrap().value, 16.0 / 17.0);
    assert!(constant.items[2].is_constant() && constant.items[2].item_rest.is_none());
    assert_eq!(constant.items[2].standard_deviation, Some(0.0));

    let one = found(&scale(1, &[]), &["1", "2"]);
    assert_eq!(one.pairwise, Err(Undefined::TooFewItems));
    let nobody = found(&scale(2, &[]), &[]);
    assert_eq!(nobody.pairwise, Err(Undefined::TooFewItems));
    assert_eq!((nobody.people, nobody.items[0].mean), (0, None));
    let apart = found(&scale(2, &[]), &["1 ?", "2 ?", "? 3", "? 4"]);
    assert_eq!(apart.pairwise, Err(Undefined::NeverTogether));
    assert_eq!(apart.listwise, Err(Undefined::TooFewItems));
    // Whoever is high in one is low in the other: the sum is 6 for everybody.
    let cancelled = found(&scale(2, &[]), &["1 5", "2 4", "4 2"]);
    assert_eq!(cancelled.pairwise, Err(Undefined::NoVariance));
}

#[test]
fn parts_of_a_survey_can_be_merged() {
    let rows = ["1 2 3", "2 2 ?", "3 4 1", "4 4 5", "5 ? 5", "1 1 1", "2 ? ?"];
    let scale = scale(3, &[2]);
    let mut one = counted(&scale, &rows[..3]);
    one.merge(counted(&scale, &rows[3..]));
    assert_eq!(one.reliability(), found(&scale, &rows));
}

/// An item from 1 to 5 counts as its answers do; one from 1 to 3 counts twice as much a step, so that both go from 0 to
/// 100. The sums are then those of the two items above, and alpha with them.
#[test]
fn items_count_as_they_do_in_the_score() {
    let narrow =
        ScaleItem { slot: 1, weight: 1, reversed: false, may_be_absent: false, keyed: vec![1, 2, 3], min: 1, max: 3 };
    let mixed = |aggregation| {
        let items = vec![scale(1, &[]).items[0].clone(), narrow.clone()];
        Scale::new("s".into(), "S".into(), false, aggregation, items, Need::All, None, "s.rhai:1".into())
    };
    let rows = ["1 1", "2 1", "3 3", "5 3"];
    let percent = found(&mixed(Aggregation::Percent), &rows);
    let widened = found(&scale(2, &[]), &["1 1", "2 1", "3 5", "5 5"]);
    near(percent.pairwise.unwrap().value, widened.pairwise.unwrap().value);
    assert_eq!(percent.items[1].mean, Some(2.0), "told as it was answered");
    let mean = found(&mixed(Aggregation::Mean), &rows);
    near(mean.pairwise.unwrap().value, found(&scale(2, &[]), &rows).pairwise.unwrap().value);
}

#[test]
fn the_ends_are_where_all_answers_lie() {
    let found = found(&scale(2, &[1]), &["1 5", "5 1", "5 1", "3 3"]);
    assert_eq!((found.score.floor, found.score.ceiling), (Some(0.25), Some(0.5)));
    assert_eq!(found.score.tenths, [1, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
}

#[test]
fn the_second_group_is_told_from_the_first() {
    let mut counted = ScaleAnswers::new(&scale(2, &[1]));
    for (row, group) in [("1 1", Group::First), ("2 2", Group::First), ("4 5", Group::Second), ("5 5", Group::Second)] {
        counted.add(&answers(row), group);
    }
    let found = counted.reliability();
    // By the first item the second group is higher always; by the second, which is reversed, never.
    assert_eq!((found.items[0].area, found.items[1].area), (Some(1.0), Some(0.0)));
    // Scores 3 3 against 2.5 3: one tie with each, and lower twice.
    assert_eq!(found.score.area, Some(0.25));
}

#[test]
fn rows_with_the_same_answers_are_counted_exactly() {
    let file = crate::diagnostic::SourceFile::new("q.json", questionnaire(40));
    let questionnaire = Questionnaire::load(&file).unwrap();
    let mut patterns = AnswerPatterns::new(&questionnaire);
    let row = |last: &str| answers(&format!("{}{last}", "5 ".repeat(39)));
    for last in ["1", "2", "1", "?", "1", "?"] {
        patterns.add(&row(last));
    }
    let nothing = answers(&["?"; 40].join(" "));
    patterns.add(&nothing);
    patterns.add(&nothing);
    assert_eq!((patterns.repeated(), patterns.empty(), patterns.compared_with()), (3, 2, None));
}

/// So many items from 1 to 5: more than one word holds.
fn questionnaire(items: usize) -> String {
    let items: Vec<String> = (0..items)
        .map(|at| format!(r#"{{"id": "q{at}", "kind": "number", "text": "?", "min": 1, "max": 5}}"#))
        .collect();
    format!(
        r#"{{"format": "bearings/questionnaire@1", "id": "q", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{}]}}"#,
        items.join(",\n")
    )
}
