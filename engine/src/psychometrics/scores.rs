//! The scores of a scale over people: mean, spread, ends, and how well they tell two groups apart.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::exact::{Exact, to_f64};
use crate::scoring::{Score, Value};

/// To which of two groups a person belongs, by a criterion outside of the questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// That is not known, or there is no criterion.
    Untold,
    /// One group.
    First,
    /// The other one.
    Second,
}

/// How many people of each group.
pub(super) type Counts = [u64; 3];

/// Counts a person.
pub(super) fn count(counts: &mut Counts, group: Group) {
    let at = match group {
        Group::Untold => 0,
        Group::First => 1,
        Group::Second => 2,
    };
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

/// Adds the counts of others.
pub(super) fn merge(counts: &mut Counts, others: &Counts) {
    counts.iter_mut().zip(others).for_each(|(own, other)| *own += other);
}

/// The share of pairs, one person of each group, in which the second group's has the higher value; ties count half
/// (the area under the ROC curve; Hanley & McNeil 1982). None where a group is empty.
///
/// The counts stand in the order of their values.
pub(super) fn area<'a>(rising: impl Iterator<Item = &'a Counts>) -> Option<f64> {
    let (mut first, mut second, mut twice) = (0_u128, 0_u128, 0_u128);
    for [_, of_first, of_second] in rising {
        let (of_first, of_second) = (u128::from(*of_first), u128::from(*of_second));
        twice += of_second * (2 * first + of_first);
        (first, second) = (first + of_first, second + of_second);
    }
    let pairs = first * second;
    (pairs > 0).then(|| twice as f64 / (2 * pairs) as f64)
}

/// How many parts of its range a scale's distribution is shown in.
pub(super) const PARTS: usize = 10;

/// The distribution of a scale's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreSummary {
    /// How many people have a score.
    pub people: u64,
    /// How many have none, since too little was answered or nothing of it applies.
    pub unscored: u64,
    /// The mean.
    pub mean: Option<f64>,
    /// The standard deviation, with n - 1.
    pub standard_deviation: Option<f64>,
    /// The share of people with the lowest score that their answered items allow.
    pub floor: Option<f64>,
    /// The share with the highest.
    pub ceiling: Option<f64>,
    /// The lowest and the highest score that the scale allows.
    pub range: (f64, f64),
    /// How many people in each tenth of the range.
    pub tenths: [u64; PARTS],
    /// How often the second group's score is the higher one; none without a criterion.
    pub area: Option<f64>,
}

/// The scores of a scale, in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores {
    /// People by the denominator and the numerator of their score: a mean over fewer items has another denominator.
    values: BTreeMap<(i64, i64), Counts>,
    unscored: u64,
    floor: u64,
    ceiling: u64,
}

/// At which end of a scale all of somebody's answers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Lowest,
    Highest,
    Neither,
}

impl Scores {
    /// Counts a person.
    pub(super) fn add(&mut self, score: Score, end: End, group: Group) {
        let mut person = Counts::default();
        count(&mut person, group);
        self.add_all(score, end, &person);
    }

    /// Counts people of the same score.
    pub(super) fn add_all(&mut self, score: Score, end: End, people: &Counts) {
        let how_many: u64 = people.iter().sum();
        let Value::Known { numerator, denominator } = score.value else {
            self.unscored += how_many;
            return;
        };
        merge(self.values.entry((denominator, numerator)).or_default(), people);
        match end {
            End::Lowest => self.floor += how_many,
            End::Highest => self.ceiling += how_many,
            End::Neither => {}
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (value, counts) in &other.values {
            merge(self.values.entry(*value).or_default(), counts);
        }
        self.unscored += other.unscored;
        self.floor += other.floor;
        self.ceiling += other.ceiling;
    }

    pub(super) fn summary(&self, range: (f64, f64)) -> ScoreSummary {
        let rising = self.rising();
        let people: u64 = rising.iter().flat_map(|(_, counts)| counts).sum();
        let share = |count: u64| (people > 0).then(|| count as f64 / people as f64);
        let weighed = || rising.iter().map(|(value, counts)| (to_f64(value), counts.iter().sum::<u64>() as f64));
        let mean = (people > 0).then(|| weighed().map(|(value, count)| value * count).sum::<f64>() / people as f64);
        let spread = mean.filter(|_| people > 1).map(|mean| {
            let squares: f64 = weighed().map(|(value, count)| count * (value - mean) * (value - mean)).sum();
            (squares / (people - 1) as f64).sqrt()
        });
        let mut tenths = [0; PARTS];
        for (value, counts) in &rising {
            if let Some(tenth) = tenths.get_mut(tenth(to_f64(value), range)) {
                *tenth += counts.iter().sum::<u64>();
            }
        }
        ScoreSummary {
            people,
            unscored: self.unscored,
            mean,
            standard_deviation: spread,
            floor: share(self.floor),
            ceiling: share(self.ceiling),
            range,
            tenths,
            area: area(rising.iter().map(|(_, counts)| counts)),
        }
    }

    /// The scores in their order, equal ones together whatever their denominators.
    fn rising(&self) -> Vec<(Exact, Counts)> {
        let exact = |(denominator, numerator): &(i64, i64)| {
            Exact::new(i128::from(*numerator), i128::from((*denominator).max(1)))
        };
        let mut all: Vec<(Exact, Counts)> = self.values.iter().map(|(key, counts)| (exact(key), *counts)).collect();
        all.sort_by_key(|(value, _)| *value);
        all.dedup_by(|(value, counts), (kept, into)| {
            let is_same = (*value).cmp(kept) == Ordering::Equal;
            if is_same {
                merge(into, counts);
            }
            is_same
        });
        all
    }
}

/// In which part of the range a score lies; the highest one belongs into the last.
fn tenth(value: f64, (low, high): (f64, f64)) -> usize {
    let share = if high > low { (value - low) / (high - low) } else { 0.0 };
    ((share * PARTS as f64) as usize).min(PARTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(numerator: i64, denominator: i64) -> Score {
        Score { value: Value::Known { numerator, denominator }, answered: 1, asked: 1 }
    }

    #[test]
    fn ties_count_half() {
        // 2 and 3 against 1 2 2: of six pairs, 2 > 1, 2 = 2 twice, 3 > all three.
        let counts = [[5, 1, 0], [0, 2, 1], [9, 0, 1]];
        assert_eq!(area(counts.iter()), Some(5.0 / 6.0));
        assert_eq!(area([[0, 1, 0], [0, 0, 1]].iter()), Some(1.0));
        assert_eq!(area([[0, 3, 3]].iter()), Some(0.5));
        assert_eq!(area([[3, 3, 0]].iter()), None);
    }

    #[test]
    fn the_same_score_with_another_denominator_is_the_same_score() {
        let mut scores = Scores::default();
        scores.add(score(5, 5), End::Lowest, Group::First);
        scores.add(score(4, 4), End::Lowest, Group::Second);
        scores.add(score(12, 4), End::Neither, Group::Second);
        scores.add(Score { value: Value::Unknown, answered: 0, asked: 5 }, End::Neither, Group::First);
        let summary = scores.summary((1.0, 5.0));
        assert_eq!((summary.people, summary.unscored), (3, 1));
        // 1 1 3: mean 5/3, squares 4/9 + 4/9 + 16/9, over 2.
        assert!((summary.mean.unwrap() - 5.0 / 3.0).abs() < 1e-15);
        assert!((summary.standard_deviation.unwrap() - (4.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(summary.area, Some(0.75));
        assert_eq!((summary.floor, summary.ceiling), (Some(2.0 / 3.0), Some(0.0)));
        assert_eq!(summary.tenths, [2, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn nobody_has_no_mean() {
        let summary = Scores::default().summary((0.0, 100.0));
        assert_eq!((summary.mean, summary.standard_deviation, summary.floor, summary.area), (None, None, None, None));
    }
}
