//! One scale over the rows of a survey.

use super::alpha::{Alpha, Covariances, Undefined};
use super::crossed::Crossed;
use super::scores::{Counts, End, Group, ScoreSummary, Scores, area, count, merge};
use crate::responses::{Answer, Missing};
use crate::scoring::{Adder, Scale, ScaleItem, Tally};

/// What is counted of a scale while rows go by.
#[derive(Debug, Clone)]
pub struct ScaleAnswers {
    scale: Scale,
    items: Vec<ItemAnswers>,
    crossed: Crossed,
    scores: Scores,
    /// People who answered all items, by the sum of what their answers count; their scores follow from it. Empty where
    /// there are too many sums.
    sums: Vec<Counts>,
    /// What a count of one is worth in the score's own units.
    unit: u64,
    /// People who answered any of its items.
    people: u64,
    /// The row at hand.
    row: Vec<Option<u64>>,
}

/// What is counted of an item.
#[derive(Debug, Clone)]
struct ItemAnswers {
    slot: usize,
    reversed: bool,
    adder: Adder,
    /// The keyed value of each level.
    keyed: Vec<i64>,
    greatest: u64,
    levels: Vec<LevelAnswers>,
    missing: [u64; Missing::ALL.len()],
}

/// What is counted of a level of an item.
#[derive(Debug, Clone)]
struct LevelAnswers {
    /// What it counts in the score, from 0: by the item's weight and range where items differ in those.
    counted: u64,
    people: Counts,
}

/// The most sums that are counted one by one. A design choice; past it each score is looked up.
const MOST_SUMS: u64 = 1 << 16;

/// What there is to say of a scale. Its coefficients are of the answers as they count in the score: reversed, and by
/// their weight and range where items differ in those. Where they do not, that is raw alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleReliability {
    /// How many people answered any of its items.
    pub people: u64,
    /// How many answered all.
    pub complete: u64,
    /// Alpha from the covariances over the people who answered both items of a pair; n is everybody who answered any.
    pub pairwise: Result<Alpha, Undefined>,
    /// Alpha from the people who answered all items.
    pub listwise: Result<Alpha, Undefined>,
    /// The mean correlation of two different items, pairwise.
    pub mean_correlation: Result<f64, Undefined>,
    /// McDonald's omega total of one factor (minres), of the pairwise correlations.
    pub omega_total: Result<f64, Undefined>,
    /// Its items, in their order.
    pub items: Vec<ItemReliability>,
    /// Its scores.
    pub score: ScoreSummary,
}

/// What there is to say of an item within its scale. Pairwise, and after reversal; correlations and alpha are of what the
/// answers count in the score.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemReliability {
    /// The position of its slot in the questionnaire.
    pub slot: usize,
    /// Whether the scale reverses it.
    pub reversed: bool,
    /// How many people answered it.
    pub answered: u64,
    /// How many did not, by the reasons of [`Missing::ALL`].
    pub missing: [u64; Missing::ALL.len()],
    /// The mean of its keyed values.
    pub mean: Option<f64>,
    /// Their standard deviation, with n - 1.
    pub standard_deviation: Option<f64>,
    /// The correlation with the sum of the other items; none if it, or they, do not vary.
    pub item_rest: Option<f64>,
    /// Alpha of the other items.
    pub alpha_if_dropped: Result<f64, Undefined>,
    /// How often the second group's keyed value is the higher one.
    pub area: Option<f64>,
    /// For each level of the slot, its keyed value and how many people chose it.
    pub chosen: Vec<(i64, u64)>,
}

impl ItemReliability {
    /// Whether it has answers, and all are alike: then it is left out of alpha.
    pub fn is_constant(&self) -> bool {
        self.chosen.iter().filter(|(_, people)| *people > 0).count() == 1
    }

    /// Whether it points against the rest of its scale: perhaps it should be reversed, or was reversed in the file.
    pub fn points_against(&self) -> bool {
        self.item_rest.is_some_and(|r| r < 0.0)
    }
}

impl ScaleAnswers {
    /// For a scale of a ruleset.
    pub fn new(scale: &Scale) -> Self {
        let mut items: Vec<ItemAnswers> = scale.items.iter().map(|item| ItemAnswers::new(scale, item)).collect();
        // No coefficient changes if all items are measured in another unit, so the largest whole one is taken.
        let levels = items.iter().flat_map(|item| &item.levels);
        let unit = levels.fold(0, |unit, level| gcd(unit, level.counted)).max(1);
        for item in &mut items {
            item.levels.iter_mut().for_each(|level| level.counted /= unit);
            item.greatest /= unit;
        }
        let greatest = items.iter().map(|item| item.greatest).max().unwrap_or(0);
        let sums = items.iter().map(|item| item.greatest).sum::<u64>().saturating_add(1);
        let sums = if sums <= MOST_SUMS { sums as usize } else { 0 };
        Self {
            scale: scale.clone(),
            crossed: Crossed::new(items.len(), greatest),
            row: vec![None; items.len()],
            items,
            scores: Scores::default(),
            sums: vec![Counts::default(); sums],
            unit,
            people: 0,
        }
    }

    /// The scale.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// Counts one person's answers, one a slot.
    pub fn add(&mut self, answers: &[Answer], group: Group) {
        let (mut sum, mut answered) = (0, 0);
        for (item, value) in self.items.iter_mut().zip(&mut self.row) {
            *value = item.count(answer_of(answers, item.slot), group);
            if let Some(counted) = value {
                sum += *counted;
                answered += 1;
            }
        }
        self.people += u64::from(answered > 0);
        self.crossed.add(&self.row, answered);
        let place = if answered == self.items.len() { self.sums.get_mut(sum as usize) } else { None };
        match place {
            Some(place) => count(place, group),
            None => self.score(answers, group),
        }
    }

    /// Counts the score of one person, as the ruleset makes it.
    fn score(&mut self, answers: &[Answer], group: Group) {
        let mut tally = Tally::default();
        self.items.iter().for_each(|item| item.adder.add(&mut tally, answer_of(answers, item.slot)));
        let lies = |at: fn(&ItemAnswers) -> u64| {
            let answered = || self.items.iter().zip(&self.row).filter_map(|(item, value)| Some((item, (*value)?)));
            answered().all(|(item, value)| value == at(item))
        };
        let end = match (lies(|_| 0), lies(|item| item.greatest)) {
            (true, false) => End::Lowest,
            (false, true) => End::Highest,
            _ => End::Neither,
        };
        self.scores.add(self.scale.score(&tally), end, group);
    }

    /// Counts the scores of the people of whom only the sum was counted.
    fn score_sums(&mut self) {
        let mut lowest = Tally::default();
        for item in &self.items {
            let level = item.levels.iter().position(|level| level.counted == 0).and_then(|at| u16::try_from(at).ok());
            item.adder.add(&mut lowest, level.map_or(Answer::Missing(Missing::NotShown), Answer::Level));
        }
        let highest = self.sums.len().saturating_sub(1);
        for (sum, people) in
            self.sums.iter_mut().enumerate().filter(|(_, people)| people.iter().any(|count| *count > 0))
        {
            let mut tally = lowest;
            tally.sum += i64::try_from(self.unit * sum as u64).unwrap_or(i64::MAX);
            let end = match sum {
                _ if highest == 0 => End::Neither,
                0 => End::Lowest,
                sum if sum == highest => End::Highest,
                _ => End::Neither,
            };
            self.scores.add_all(self.scale.score(&tally), end, people);
            *people = Counts::default();
        }
    }

    /// Adds what another one has counted of the same scale.
    pub fn merge(&mut self, other: Self) {
        for (own, other) in self.items.iter_mut().zip(&other.items) {
            own.levels.iter_mut().zip(&other.levels).for_each(|(own, other)| merge(&mut own.people, &other.people));
            own.missing.iter_mut().zip(other.missing).for_each(|(own, other)| *own += other);
        }
        self.crossed.merge(other.crossed);
        self.scores.merge(&other.scores);
        self.sums.iter_mut().zip(&other.sums).for_each(|(own, other)| merge(own, other));
        self.people += other.people;
    }

    /// What there is to say.
    pub fn reliability(mut self) -> ScaleReliability {
        self.score_sums();
        let (listwise, pairwise) = self.crossed.listwise_and_pairwise();
        let complete = if self.items.is_empty() { 0 } else { listwise.answered(0) };
        let covariances = Covariances::of(&pairwise);
        ScaleReliability {
            people: self.people,
            complete,
            pairwise: covariances.as_ref().map_err(|why| *why).and_then(|all| all.alpha(self.people)),
            listwise: Covariances::of(&listwise).and_then(|all| all.alpha(complete)),
            mean_correlation: covariances.as_ref().map_err(|why| *why).and_then(Covariances::mean_correlation),
            omega_total: covariances.as_ref().map_err(|why| *why).and_then(|all| all.omega(&pairwise)),
            items: self.items.iter().enumerate().map(|(at, item)| item.reliability(at, &covariances)).collect(),
            score: self.scores.summary(self.scale.range()),
        }
    }
}

impl ItemAnswers {
    fn new(scale: &Scale, item: &ScaleItem) -> Self {
        let adder = scale.adder(item);
        let lowest = adder.adds().iter().copied().min().unwrap_or(0);
        let level = |add: &i64| LevelAnswers { counted: add.abs_diff(lowest), people: Counts::default() };
        let levels: Vec<LevelAnswers> = adder.adds().iter().map(level).collect();
        Self {
            slot: item.slot,
            reversed: item.reversed,
            keyed: item.keyed.clone(),
            greatest: levels.iter().map(|level| level.counted).max().unwrap_or(0),
            levels,
            missing: [0; Missing::ALL.len()],
            adder,
        }
    }

    /// Counts an answer and gives what it counts in the score.
    fn count(&mut self, answer: Answer, group: Group) -> Option<u64> {
        match answer {
            Answer::Level(level) => {
                let level = self.levels.get_mut(usize::from(level))?;
                count(&mut level.people, group);
                Some(level.counted)
            }
            Answer::Missing(reason) => {
                let at = Missing::ALL.iter().position(|known| *known == reason)?;
                *self.missing.get_mut(at)? += 1;
                None
            }
        }
    }

    fn reliability(&self, at: usize, covariances: &Result<Covariances, Undefined>) -> ItemReliability {
        let people = self.levels.iter().map(|level| level.people);
        let mut chosen: Vec<(i64, Counts)> = self.keyed.iter().copied().zip(people).collect();
        let in_order = chosen.iter().map(|(keyed, counts)| (*keyed, counts.iter().sum())).collect();
        chosen.sort_by_key(|(keyed, _)| *keyed);
        let (mut people, mut sum, mut squares) = (0_i128, 0_i128, 0_i128);
        for (keyed, counts) in &chosen {
            let (keyed, count) = (i128::from(*keyed), i128::from(counts.iter().sum::<u64>()));
            people += count;
            sum += keyed * count;
            squares += keyed * keyed * count;
        }
        // Whole numbers up to here, so that nothing cancels.
        let variance = || (people * squares - sum * sum) as f64 / (people * (people - 1)) as f64;
        ItemReliability {
            slot: self.slot,
            reversed: self.reversed,
            answered: u64::try_from(people).unwrap_or(u64::MAX),
            missing: self.missing,
            mean: (people > 0).then(|| sum as f64 / people as f64),
            standard_deviation: (people > 1).then(|| variance().sqrt()),
            item_rest: covariances.as_ref().ok().and_then(|all| all.item_rest(at)),
            alpha_if_dropped: covariances.as_ref().map_err(|why| *why).and_then(|all| all.alpha_without(at)),
            area: area(chosen.iter().map(|(_, counts)| counts)),
            chosen: in_order,
        }
    }
}

fn answer_of(answers: &[Answer], slot: usize) -> Answer {
    answers.get(slot).copied().unwrap_or(Answer::Missing(Missing::NotShown))
}

/// The greatest common divisor; of 0 and a number, that number.
fn gcd(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { gcd(other, one % other) }
}
