//! One scale over the rows of a survey.

use super::alpha::{Alpha, Covariances, Undefined};
use super::crossed::Crossed;
use super::scores::{Counts, End, Group, ScoreSummary, Scores, area, count, merge};
use crate::responses::{Answer, Missing};
use crate::scoring::{Adder, Scale, Tally};

/// What is counted of a scale while rows go by.
#[derive(Debug, Clone)]
pub struct ScaleAnswers {
    scale: Scale,
    items: Vec<ItemAnswers>,
    crossed: Crossed,
    scores: Scores,
    /// People who answered any of its items.
    people: u64,
    /// The row at hand.
    row: Vec<Option<u32>>,
}

/// What is counted of an item.
#[derive(Debug, Clone)]
struct ItemAnswers {
    slot: usize,
    reversed: bool,
    adder: Adder,
    lowest: i64,
    /// How far each level lies above the lowest, after reversal.
    offsets: Vec<u32>,
    greatest: u32,
    /// People by level.
    levels: Vec<Counts>,
    missing: [u64; Missing::ALL.len()],
}

/// What there is to say of a scale.
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

/// What there is to say of an item within its scale. Pairwise, and after reversal.
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
        let items: Vec<ItemAnswers> = scale
            .items
            .iter()
            .map(|item| {
                let lowest = item.keyed.iter().copied().min().unwrap_or(0);
                let offsets: Vec<u32> =
                    item.keyed.iter().map(|keyed| u32::try_from(keyed - lowest).unwrap_or(0)).collect();
                ItemAnswers {
                    slot: item.slot,
                    reversed: item.reversed,
                    adder: scale.adder(item),
                    lowest,
                    greatest: offsets.iter().copied().max().unwrap_or(0),
                    levels: vec![Counts::default(); offsets.len()],
                    offsets,
                    missing: [0; Missing::ALL.len()],
                }
            })
            .collect();
        let greatest = items.iter().map(|item| item.greatest).max().unwrap_or(0);
        Self {
            scale: scale.clone(),
            crossed: Crossed::new(items.len(), greatest),
            row: vec![None; items.len()],
            items,
            scores: Scores::default(),
            people: 0,
        }
    }

    /// The scale.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// Counts one person's answers, one a slot.
    pub fn add(&mut self, answers: &[Answer], group: Group) {
        let mut tally = Tally::default();
        let (mut is_lowest, mut is_highest, mut is_answered) = (true, true, false);
        for (item, value) in self.items.iter_mut().zip(&mut self.row) {
            let answer = answers.get(item.slot).copied().unwrap_or(Answer::Missing(Missing::NotShown));
            item.adder.add(&mut tally, answer);
            *value = item.count(answer, group);
            if let Some(offset) = value {
                is_answered = true;
                is_lowest &= *offset == 0;
                is_highest &= *offset == item.greatest;
            }
        }
        self.people += u64::from(is_answered);
        self.crossed.add(&self.row);
        let end = match (is_lowest, is_highest) {
            (true, false) => End::Lowest,
            (false, true) => End::Highest,
            _ => End::Neither,
        };
        self.scores.add(self.scale.score(&tally), end, group);
    }

    /// Adds what another one has counted of the same scale.
    pub fn merge(&mut self, other: Self) {
        for (own, other) in self.items.iter_mut().zip(&other.items) {
            own.levels.iter_mut().zip(&other.levels).for_each(|(own, other)| merge(own, other));
            own.missing.iter_mut().zip(other.missing).for_each(|(own, other)| *own += other);
        }
        self.crossed.merge(other.crossed);
        self.scores.merge(&other.scores);
        self.people += other.people;
    }

    /// What there is to say.
    pub fn reliability(self) -> ScaleReliability {
        let (listwise, pairwise) = self.crossed.listwise_and_pairwise();
        let complete = if self.items.is_empty() { 0 } else { listwise.answered(0) };
        let covariances = Covariances::of(&pairwise);
        ScaleReliability {
            people: self.people,
            complete,
            pairwise: covariances.as_ref().map_err(|why| *why).and_then(|all| all.alpha(self.people)),
            listwise: Covariances::of(&listwise).and_then(|all| all.alpha(complete)),
            mean_correlation: covariances.as_ref().map_err(|why| *why).and_then(Covariances::mean_correlation),
            omega_total: covariances.as_ref().map_err(|why| *why).and_then(Covariances::omega),
            items: self.items.iter().enumerate().map(|(at, item)| item.reliability(at, &covariances)).collect(),
            score: self.scores.summary(self.scale.range()),
        }
    }
}

impl ItemAnswers {
    /// Counts an answer and gives its keyed value above the lowest.
    fn count(&mut self, answer: Answer, group: Group) -> Option<u32> {
        match answer {
            Answer::Level(level) => {
                let level = usize::from(level);
                count(self.levels.get_mut(level)?, group);
                self.offsets.get(level).copied()
            }
            Answer::Missing(reason) => {
                let at = Missing::ALL.iter().position(|known| *known == reason)?;
                *self.missing.get_mut(at)? += 1;
                None
            }
        }
    }

    fn reliability(&self, at: usize, covariances: &Result<Covariances, Undefined>) -> ItemReliability {
        let mut chosen: Vec<(u32, Counts)> = self.offsets.iter().copied().zip(self.levels.iter().copied()).collect();
        let keyed = |offset: u32| self.lowest + i64::from(offset);
        let in_order = chosen.iter().map(|(offset, counts)| (keyed(*offset), counts.iter().sum())).collect();
        chosen.sort_by_key(|(offset, _)| *offset);
        let weighed =
            || chosen.iter().map(|(offset, counts)| (i128::from(*offset), i128::from(counts.iter().sum::<u64>())));
        let (mut people, mut sum, mut squares) = (0_i128, 0_i128, 0_i128);
        for (offset, count) in weighed() {
            people += count;
            sum += offset * count;
            squares += offset * offset * count;
        }
        // Whole numbers up to here, so that nothing cancels.
        let variance = || (people * squares - sum * sum) as f64 / (people * (people - 1)) as f64;
        ItemReliability {
            slot: self.slot,
            reversed: self.reversed,
            answered: u64::try_from(people).unwrap_or(u64::MAX),
            missing: self.missing,
            mean: (people > 0).then(|| self.lowest as f64 + sum as f64 / people as f64),
            standard_deviation: (people > 1).then(|| variance().sqrt()),
            item_rest: covariances.as_ref().ok().and_then(|all| all.item_rest(at)),
            alpha_if_dropped: covariances.as_ref().map_err(|why| *why).and_then(|all| all.alpha_without(at)),
            area: area(chosen.iter().map(|(_, counts)| counts)),
            chosen: in_order,
        }
    }
}
