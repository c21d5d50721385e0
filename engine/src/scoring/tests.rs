use std::collections::BTreeSet;

use super::*;
use crate::responses::Missing;

/// An item from `min` to `max` with a weight; a negative weight means that it is reversed.
pub(super) fn item(slot: usize, min: i64, max: i64, weight: i64) -> ScaleItem {
    let reversed = weight < 0;
    let key = |value: i64| if reversed { min + max - value } else { value };
    ScaleItem {
        slot,
        weight: weight.abs(),
        reversed,
        may_be_absent: false,
        keyed: (min..=max).map(key).collect(),
        min,
        max,
    }
}

pub(super) fn scale_of(aggregation: Aggregation, items: Vec<ScaleItem>, need: Need) -> Scale {
    Scale::new("s".into(), "S".into(), false, aggregation, items, need, None, "s.rhai:1".into())
}

/// Three items of different ranges: 0 to 4, 1 to 7 and 0 to 1.
fn mixed(aggregation: Aggregation, weights: [i64; 3], need: Need) -> Scale {
    let ranges = [(0, 4), (1, 7), (0, 1)];
    let items =
        ranges.iter().zip(weights).enumerate().map(|(slot, ((min, max), weight))| item(slot, *min, *max, weight));
    scale_of(aggregation, items.collect(), need)
}

/// Answers written as people would: a value of the item, `?` for skipped, `-` for does not apply.
fn sheet(scale: &Scale, answers: &str) -> Vec<Answer> {
    let written = answers.split(' ').zip(&scale.items);
    written
        .map(|(word, item)| match word {
            "?" => Answer::Missing(Missing::Skipped),
            "-" => Answer::Missing(Missing::NotApplicable),
            value => Answer::Level(u16::try_from(value.parse::<i64>().unwrap() - item.min).unwrap()),
        })
        .collect()
}

/// `expected` is a fraction, `unknown` or `absent`.
#[track_caller]
fn check(scale: &Scale, answers: &str, expected: &str) {
    let found = match scale.score_sheet(&sheet(scale, answers)).value {
        Value::Unknown => "unknown".to_owned(),
        Value::Absent => "absent".to_owned(),
        known => known.exact().unwrap().to_string(),
    };
    assert_eq!(found, expected, "score of {answers}");
}

const HALF: Need = Need::Share(Exact::new_raw(1, 2));

#[test]
fn percent_is_each_items_share_of_its_own_range() {
    // (3/4 + 1/6 + 1) / 3 = 23/36
    check(&mixed(Aggregation::Percent, [1, 1, 1], HALF), "3 2 1", "575/9");
    check(&mixed(Aggregation::Percent, [1, 1, 1], HALF), "0 1 0", "0");
    check(&mixed(Aggregation::Percent, [1, 1, 1], HALF), "4 7 1", "100");
    // (3 * 3/4 + 1/6 + 1) / 5 = 41/60
    check(&mixed(Aggregation::Percent, [3, 1, 1], HALF), "3 2 1", "205/3");
    // 2 on a range from 1 to 7 is 6 when reversed: (3/4 + 5/6 + 1) / 3 = 31/36
    check(&mixed(Aggregation::Percent, [1, -1, 1], HALF), "3 2 1", "775/9");
}

#[test]
fn mean_keeps_the_range_of_the_items() {
    check(&mixed(Aggregation::Mean, [1, 1, 1], HALF), "3 2 1", "2");
    check(&mixed(Aggregation::Mean, [3, 1, 1], HALF), "3 2 1", "12/5");
    check(&mixed(Aggregation::Mean, [1, -1, 1], HALF), "3 2 1", "10/3");
    check(&mixed(Aggregation::Mean, [1, 1, 1], HALF), "3 ? 1", "2");
    check(&mixed(Aggregation::Mean, [3, 1, 1], HALF), "? 2 1", "3/2");
}

#[test]
fn sum_adds_values_and_needs_all_of_them() {
    check(&mixed(Aggregation::Sum, [1, 1, 1], Need::All), "3 2 1", "6");
    check(&mixed(Aggregation::Sum, [1, -1, 1], Need::All), "3 2 1", "10");
    check(&mixed(Aggregation::Sum, [3, 1, 2], Need::All), "3 2 1", "13");
    check(&mixed(Aggregation::Sum, [1, 1, 1], Need::All), "3 ? 1", "unknown");
}

#[test]
fn a_prorated_sum_takes_the_share_of_what_was_possible() {
    let sum = mixed(Aggregation::Sum, [1, 1, 1], HALF);
    // The answered two reach 4 of 5; the three go from 1 to 12: 1 + 11 * 4/5.
    check(&sum, "3 ? 1", "49/5");
    // Doubling one item's weight: answered 7 of 9, all from 1 to 16.
    check(&mixed(Aggregation::Sum, [2, 1, 1], HALF), "3 ? 1", "38/3");
    check(&sum, "3 ? ?", "unknown");
    // The ends are reached by the ends.
    check(&sum, "0 1 ?", "1");
    check(&sum, "4 7 ?", "12");
}

#[test]
fn what_does_not_apply_is_left_out_and_not_prorated_over() {
    check(&mixed(Aggregation::Percent, [1, 1, 1], HALF), "3 - 1", "175/2");
    check(&mixed(Aggregation::Sum, [1, 1, 1], Need::All), "3 - 1", "4");
    check(&mixed(Aggregation::Sum, [1, 1, 1], HALF), "3 - ?", "15/4");
    check(&mixed(Aggregation::Mean, [1, 1, 1], HALF), "- - -", "absent");
    check(&mixed(Aggregation::Mean, [1, 1, 1], HALF), "? - -", "unknown");
}

#[test]
fn a_score_says_how_much_it_rests_on() {
    let scale = mixed(Aggregation::Percent, [1, 1, 1], HALF);
    let score = |answers| scale.score_sheet(&sheet(&scale, answers));
    assert_eq!((score("3 ? 1").answered, score("3 ? 1").asked), (2, 3));
    assert_eq!((score("3 - 1").answered, score("3 - 1").asked), (2, 2));
    assert!(score("3 ? 1").is_prorated());
    assert!(!score("3 - 1").is_prorated());
    assert!(!score("3 ? ?").is_prorated(), "below its minimum there is no score that could be prorated");
}

#[test]
fn need_is_rounded_up_and_never_more_than_what_was_asked() {
    let share = |n, d| Need::Share(Exact::new(n, d));
    for (need, asked, expected) in [
        (share(1, 2), 3, 2),
        (share(1, 2), 4, 2),
        (share(3, 5), 5, 3),
        (share(2, 3), 4, 3),
        (share(1, 100), 4, 1),
        (Need::Count(2), 5, 2),
        (Need::Count(4), 3, 3),
        (Need::All, 5, 5),
    ] {
        assert_eq!(need.of(asked), expected, "{need:?} of {asked}");
    }
}

#[test]
fn one_answer_is_always_needed() {
    check(&mixed(Aggregation::Percent, [1, 1, 1], Need::Share(Exact::new(1, 100))), "? ? ?", "unknown");
}

/// Every sheet of a scale: each item at each value, skipped if `with_unknown`, and not applicable where it may be so.
pub(super) fn sheets(scale: &Scale, with_unknown: bool) -> Vec<Vec<Answer>> {
    let mut sheets = vec![Vec::new()];
    for item in &scale.items {
        let mut choices: Vec<Answer> = (0..item.keyed.len() as u16).map(Answer::Level).collect();
        choices.extend(with_unknown.then_some(Answer::Missing(Missing::Skipped)));
        choices.extend(item.may_be_absent.then_some(Answer::Missing(Missing::NotApplicable)));
        sheets = sheets
            .iter()
            .flat_map(|sheet| choices.iter().map(|choice| [sheet.as_slice(), &[*choice]].concat()))
            .collect();
    }
    sheets
}

#[track_caller]
fn check_attainable(scale: &Scale) {
    let brute = |with_unknown| {
        let values: BTreeSet<Exact> =
            sheets(scale, with_unknown).iter().filter_map(|sheet| scale.score_sheet(sheet).value.exact()).collect();
        Attainable::Values(values.into_iter().collect())
    };
    assert_eq!(scale.attainable(), (brute(true), brute(false)));
}

#[test]
fn the_attainable_scores_are_those_of_all_sheets() {
    for aggregation in [Aggregation::Percent, Aggregation::Mean, Aggregation::Sum] {
        for need in [HALF, Need::All, Need::Count(1)] {
            for weights in [[1, 1, 1], [3, -1, 2]] {
                let scale = mixed(aggregation, weights, need);
                check_attainable(&scale);
                let mut items = scale.items;
                items[1].may_be_absent = true;
                check_attainable(&scale_of(aggregation, items, need));
            }
        }
    }
}

#[test]
fn the_bounds_hold_every_score() {
    for aggregation in [Aggregation::Percent, Aggregation::Mean, Aggregation::Sum] {
        for need in [HALF, Need::All] {
            for absent in [[false; 3], [false, true, false], [true, true, true]] {
                // Ranges on both sides of zero, and one that does not reach it.
                let mut scale =
                    scale_of(aggregation, vec![item(0, -3, -1, 2), item(1, 2, 5, -1), item(2, -1, 1, 1)], need);
                for (item, absent) in scale.items.iter_mut().zip(absent) {
                    item.may_be_absent = absent;
                }
                let Attainable::Between(least, most) = scale.bounds() else { panic!("bounds are bounds") };
                for sheet in sheets(&scale, true) {
                    if let Some(score) = scale.score_sheet(&sheet).value.exact() {
                        assert!(
                            (least..=most).contains(&score),
                            "{aggregation:?} {absent:?}: {score} is not between {least} and {most}"
                        );
                    }
                }
            }
        }
    }
}

fn known(numerator: i64, denominator: i64) -> Value {
    Value::Known { numerator, denominator }
}

#[test]
fn a_mean_of_different_denominators_is_exact() {
    let (value, known_parts, unknown_parts) =
        mean([known(1, 3), known(1, 4), Value::Unknown, Value::Absent].into_iter());
    assert_eq!(value.exact(), Some(Exact::new(7, 24)));
    assert_eq!((known_parts, unknown_parts), (2, 1));
    // Not reduced, negative, and zero.
    let (value, ..) = mean([known(250, 3), known(-50, 6), known(0, 7)].into_iter());
    assert_eq!(value.exact(), Some(Exact::from_integer(25)));
    // Many with the same large denominator stay small.
    let (value, ..) = mean((0..100).map(|_| known(1, 999_983)));
    assert_eq!(value.exact(), Some(Exact::new(1, 999_983)));
}

#[test]
fn a_mean_of_nothing_is_absent() {
    assert_eq!(mean(std::iter::empty()).0, Value::Absent);
    assert_eq!(mean([Value::Unknown, Value::Absent].into_iter()), (Value::Absent, 0, 1));
}

#[test]
fn a_mean_of_awkward_denominators_does_not_overflow() {
    // A percent of one number item with a range of 19,997 and the like: all of them load.
    let primes = [19_997, 19_993, 19_991, 19_979, 19_973, 19_963, 19_961, 19_949, 19_937, 19_927];
    let parts = primes.map(|prime| known(100 * 9_999, prime));
    let (value, known_parts, _) = mean(parts.into_iter());
    assert_eq!(known_parts, parts.len());
    // It may be too fine to be held, but then it is not called absent.
    assert_ne!(value, Value::Absent);
}

#[test]
fn a_band_is_the_number_of_cuts_that_are_passed() {
    let at = |n| Exact::from_integer(n);
    let cuts = [Cut::at_least(at(2)), Cut::greater(at(2)), Cut::at_least(at(5))];
    for (value, expected) in [(Exact::new(19, 10), 0), (at(2), 1), (Exact::new(21, 10), 2), (at(5), 3), (at(9), 3)] {
        assert_eq!(band(&value, &cuts), expected, "{value}");
    }
    // Values of scales come unreduced.
    assert_eq!(band(&Exact::new_raw(200, 100), &cuts), 1);
}

#[test]
fn a_scale_that_is_too_large_to_be_exact_is_seen() {
    assert!(mixed(Aggregation::Percent, [1, 1, 1], HALF).fits());
    let large = (0..3).map(|slot| item(slot, 0, 19_990 + 3 * slot as i64, 100)).collect();
    assert!(!scale_of(Aggregation::Percent, large, HALF).fits());
}

#[test]
fn scores_are_written_half_up() {
    use crate::exact::format_half_up;
    let scale = mixed(Aggregation::Percent, [1, 1, 1], HALF);
    let written = |answers, decimals| {
        format_half_up(&scale.score_sheet(&sheet(&scale, answers)).value.exact().unwrap(), decimals)
    };
    assert_eq!(written("3 2 1", 12), "63.888888888889");
    assert_eq!(written("3 2 1", 0), "64");
    assert_eq!(written("3 - 1", 0), "88", "87.5 is rounded up");
    assert_eq!(written("3 - 1", 12), "87.5");
    assert_eq!(written("4 7 1", 12), "100");
}
