//! Cronbach's alpha, and what each item does to it.

use std::fmt;

use super::crossed::Sums;
use super::feldt;
use super::omega;
use super::square::Square;

/// Cronbach's alpha of a scale. Raw: of the answers as they are, not of standardised ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alpha {
    /// The coefficient.
    pub value: f64,
    /// Feldt's 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// How many items it is of: those whose answers differ.
    pub items: usize,
    /// How many people it is from.
    pub people: u64,
}

/// Why there is no number. It is never replaced by 0 or 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// Fewer than two items have answers that differ.
    TooFewItems,
    /// Some two items were never answered by the same people, or did not vary among those.
    NeverTogether,
    /// The items cancel out: their sum does not vary.
    NoVariance,
    /// One factor takes three items at least.
    TooFewForFactor,
    /// The search for one factor does not settle.
    NotSettled,
    /// The factor would explain an item wholly or more: a Heywood case.
    Heywood,
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Undefined::TooFewItems => "fewer than two items have answers that differ",
            Undefined::NeverTogether => "too few people answered some two items",
            Undefined::NoVariance => "the items cancel out",
            Undefined::TooFewForFactor => "one factor takes three items",
            Undefined::NotSettled => "the search for one factor does not settle",
            Undefined::Heywood => "one factor would explain an item wholly (a Heywood case)",
        })
    }
}

/// The covariances of the items whose answers differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Covariances {
    /// Which items of the scale they are.
    items: Vec<usize>,
    cells: Square<f64>,
}

impl Covariances {
    /// The covariances of all items that vary. The others are left out, as `psych::alpha(delete = TRUE)` does: an item
    /// that everybody answers alike has no correlation with anything.
    pub(super) fn of(sums: &Sums) -> Result<Self, Undefined> {
        let varies = |item: &usize| sums.covariance(*item, *item).is_some_and(|variance| variance > 0.0);
        let items: Vec<usize> = (0..sums.size()).filter(varies).collect();
        let cell = |one: usize, other: usize| {
            let pair = items.get(one).zip(items.get(other));
            pair.and_then(|(one, other)| sums.covariance(*one, *other)).ok_or(Undefined::NeverTogether)
        };
        let cells = Square::make(items.len(), cell)?;
        Ok(Self { items, cells })
    }

    /// Where an item of the scale stands here; none if it does not vary.
    fn position(&self, item: usize) -> Option<usize> {
        self.items.iter().position(|own| *own == item)
    }

    fn trace(&self) -> f64 {
        (0..self.cells.size()).map(|item| self.cells.at(item, item)).sum()
    }

    /// The variance of the sum of all items.
    fn total(&self) -> f64 {
        (0..self.cells.size()).map(|item| self.row(item)).sum()
    }

    /// The covariance of an item with the sum of all.
    fn row(&self, item: usize) -> f64 {
        self.cells.row(item).iter().sum()
    }

    /// Alpha, `k/(k-1) (1 - trace/total)`, with Feldt's interval for so many people.
    pub(super) fn alpha(&self, people: u64) -> Result<Alpha, Undefined> {
        let items = self.cells.size();
        let value = coefficient(items, self.trace(), self.total())?;
        Ok(Alpha { value, interval: feldt::interval(value, people, items), items, people })
    }

    /// Alpha of the other items.
    pub(super) fn alpha_without(&self, item: usize) -> Result<f64, Undefined> {
        let at = self.position(item).ok_or(Undefined::NoVariance)?;
        let own = self.cells.at(at, at);
        coefficient(self.cells.size() - 1, self.trace() - own, self.rest(at))
    }

    /// The variance of the sum of the items but one.
    fn rest(&self, at: usize) -> f64 {
        self.total() - 2.0 * self.row(at) + self.cells.at(at, at)
    }

    /// The correlation of an item with the sum of the others (`r.drop` of psych); none where one of them does not vary.
    pub(super) fn item_rest(&self, item: usize) -> Option<f64> {
        let at = self.position(item)?;
        let own = self.cells.at(at, at);
        let (rest, covariance) = (self.rest(at), self.row(at) - own);
        (self.cells.size() > 1 && rest > 0.0).then(|| covariance / (own * rest).sqrt())
    }

    /// The correlations, each from its covariance and the variances of all answers (`cov2cor` of R, as psych has it for
    /// the mean).
    fn correlations(&self) -> Square<f64> {
        let cell = |one: usize, other: usize| {
            let variances = self.cells.at(one, one) * self.cells.at(other, other);
            Ok::<f64, std::convert::Infallible>(self.cells.at(one, other) / variances.sqrt())
        };
        match Square::make(self.cells.size(), cell) {
            Ok(cells) => cells,
            Err(never) => match never {},
        }
    }

    /// The mean of the correlations of two different items.
    pub(super) fn mean_correlation(&self) -> Result<f64, Undefined> {
        let items = self.cells.size();
        if items < 2 {
            return Err(Undefined::TooFewItems);
        }
        let correlations = self.correlations();
        let pairs = (0..items).flat_map(|one| (one + 1..items).map(move |other| (one, other)));
        let sum: f64 = pairs.map(|(one, other)| correlations.at(one, other)).sum();
        Ok(sum / (items * (items - 1) / 2) as f64)
    }

    /// McDonald's omega total of one factor, of the correlations over the people who answered both items (as psych has it
    /// for factors).
    pub(super) fn omega(&self, sums: &Sums) -> Result<f64, Undefined> {
        let cell = |one: usize, other: usize| {
            let pair = self.items.get(one).zip(self.items.get(other));
            pair.and_then(|(one, other)| sums.correlation(*one, *other)).ok_or(Undefined::NeverTogether)
        };
        omega::total(&Square::make(self.items.len(), cell)?)
    }
}

fn coefficient(items: usize, trace: f64, total: f64) -> Result<f64, Undefined> {
    if items < 2 {
        return Err(Undefined::TooFewItems);
    }
    if total <= 0.0 {
        return Err(Undefined::NoVariance);
    }
    Ok(items as f64 / (items - 1) as f64 * (1.0 - trace / total))
}
