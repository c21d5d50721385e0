//! Scale scores: exact, by each item's own declared bounds, prorated over what was answered.
//!
//! A respondent's score depends on that respondent's answers alone. A scale below its minimum has no score; it is
//! never filled with a mean, a median or zero.

mod states;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::exact::Exact;
use crate::responses::{Answer, Missing};
use crate::ruleset::Aggregation;
use crate::script::{Attainable, Cut};
pub(crate) use states::{Counted, States, Sums};

/// What a scale, an aggregate or a sum comes to on one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Value {
    /// `numerator / denominator`, not necessarily reduced; the denominator is positive.
    Known {
        /// The numerator.
        numerator: i64,
        /// The denominator.
        denominator: i64,
    },
    /// There is one, but too little was answered to say which.
    #[default]
    Unknown,
    /// Nothing of it applies, so there is none.
    Absent,
}

impl Value {
    /// The exact number, if it is known.
    pub fn exact(self) -> Option<Exact> {
        match self {
            Value::Known { numerator, denominator } => Some(Exact::new(i128::from(numerator), i128::from(denominator))),
            _ => None,
        }
    }

    /// A known value; unknown if it does not fit (which loading a ruleset rules out).
    pub(crate) fn known(value: &Exact) -> Self {
        let fits = |value: &Exact| Some((i64::try_from(*value.numer()).ok()?, i64::try_from(*value.denom()).ok()?));
        match fits(value).or_else(|| fits(&value.reduced())) {
            Some((numerator, denominator)) => Value::Known { numerator, denominator },
            None => Value::Unknown,
        }
    }
}

/// How much must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This share of the items asked, rounded up.
    Share(Exact),
    /// This many items, or all that were asked if those are fewer.
    Count(usize),
    /// All items asked.
    All,
}

impl Need {
    /// How many of `asked` items must be answered.
    pub fn of(self, asked: usize) -> usize {
        match self {
            Need::All => asked,
            Need::Count(count) => count.min(asked),
            Need::Share(share) => {
                let exact = share * Exact::from_integer(asked as i128);
                usize::try_from(exact.ceil().to_integer()).unwrap_or(asked).min(asked)
            }
        }
    }
}

/// A scale in one variant of a ruleset.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Its stable id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether a high score is a concern.
    pub concern: bool,
    /// How it is made.
    pub aggregation: Aggregation,
    /// Its items that this form asks.
    pub items: Vec<ScaleItem>,
    /// How many must be answered.
    pub need: Need,
    /// Where it comes from.
    pub source: Option<String>,
    /// `file:line` of its declaration.
    pub at: String,
    /// The lowest common multiple of the item ranges.
    unit: i64,
    /// How many answers are needed, by how many items apply.
    needed: Vec<u16>,
    /// Its scores by look-up, where that can be.
    pub(crate) states: Option<Arc<States>>,
}

/// An item of a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleItem {
    /// The position of its slot.
    pub slot: usize,
    /// Its weight.
    pub weight: i64,
    /// Whether it is reversed: min + max - value, by the declared bounds.
    pub reversed: bool,
    /// Whether it can be without a value.
    pub may_be_absent: bool,
    /// The keyed value of each level.
    pub keyed: Vec<i64>,
    /// The lowest value of the item.
    pub min: i64,
    /// The highest value of the item.
    pub max: i64,
}

/// What was added up of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Tally {
    /// Sum of contributions of the answered items.
    pub(crate) sum: i64,
    /// Sum of weights of the answered items.
    pub(crate) weight: i64,
    /// How many items were answered.
    pub(crate) answered: u16,
    /// How many were asked and apply.
    pub(crate) asked: u16,
    /// For sums: the least total, and the range, of the items asked.
    base: i64,
    range: i64,
}

/// What the answers to one item of a scale add to its tally.
#[derive(Debug, Clone)]
pub(crate) struct Adder {
    adds: Vec<i64>,
    weight: i64,
    base: i64,
    range: i64,
}

impl Adder {
    /// What each level adds.
    pub(crate) fn adds(&self) -> &[i64] {
        &self.adds
    }

    /// Adds one answer.
    #[inline]
    pub(crate) fn add(&self, tally: &mut Tally, answer: Answer) {
        let known = match answer {
            Answer::Level(level) => self.adds.get(usize::from(level)).copied(),
            Answer::Missing(reason) if reason.is_unknown() => None,
            Answer::Missing(_) => return,
        };
        tally.asked += 1;
        tally.base += self.base;
        tally.range += self.range;
        if let Some(add) = known {
            tally.answered += 1;
            tally.sum += add;
            tally.weight += self.weight;
        }
    }
}

/// A scale's score on one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// What it comes to.
    pub value: Value,
    /// How many items were answered.
    pub answered: u16,
    /// How many were asked and apply.
    pub asked: u16,
}

impl Score {
    /// Whether some answers are missing that the score was prorated over.
    pub fn is_prorated(self) -> bool {
        self.value.exact().is_some() && self.answered < self.asked
    }
}

/// The most states that the possible values of a scale are enumerated over; past it only their bounds are used.
const MAX_STATES: usize = 50_000;

impl Scale {
    #[expect(clippy::too_many_arguments, reason = "one argument a field, named at the only call")]
    pub(crate) fn new(
        id: String,
        title: String,
        concern: bool,
        aggregation: Aggregation,
        items: Vec<ScaleItem>,
        need: Need,
        source: Option<String>,
        at: String,
    ) -> Self {
        let unit = items.iter().map(|item| (item.max - item.min).max(1)).fold(1, lcm);
        let needed = (0..=items.len()).map(|asked| need.of(asked).max(1) as u16).collect();
        let mut scale = Self { id, title, concern, aggregation, items, need, source, at, unit, needed, states: None };
        scale.states = States::of(&scale).map(Arc::new);
        scale
    }

    /// What each answer to an item adds.
    pub(crate) fn adder(&self, item: &ScaleItem) -> Adder {
        let range = (item.max - item.min).max(1);
        let (adds, weight): (Vec<i64>, i64) = match self.aggregation {
            Aggregation::Percent => {
                let add = |keyed: &i64| item.weight * (keyed - item.min) * (self.unit / range);
                (item.keyed.iter().map(add).collect(), item.weight * self.unit)
            }
            Aggregation::Mean => (item.keyed.iter().map(|keyed| item.weight * keyed).collect(), item.weight),
            Aggregation::Sum => {
                (item.keyed.iter().map(|keyed| item.weight * (keyed - item.min)).collect(), item.weight * range)
            }
        };
        Adder { adds, weight, base: item.weight * item.min, range: item.weight * (item.max - item.min) }
    }

    /// The score for what was added up.
    #[inline]
    pub(crate) fn score(&self, tally: &Tally) -> Score {
        let value = if tally.asked == 0 {
            Value::Absent
        } else if tally.answered < self.needed.get(usize::from(tally.asked)).copied().unwrap_or(u16::MAX)
            || tally.weight == 0
        {
            Value::Unknown
        } else {
            let (base, span) = match self.aggregation {
                Aggregation::Percent => (0, 100),
                Aggregation::Mean => (0, 1),
                Aggregation::Sum => (tally.base, tally.range),
            };
            if self.aggregation == Aggregation::Sum && tally.weight == tally.range {
                Value::Known { numerator: base + tally.sum, denominator: 1 }
            } else {
                Value::Known { numerator: base * tally.weight + tally.sum * span, denominator: tally.weight }
            }
        };
        Score { value, answered: tally.answered, asked: tally.asked }
    }

    /// The score of one sheet.
    pub fn score_sheet(&self, answers: &[Answer]) -> Score {
        let mut tally = Tally::default();
        for item in &self.items {
            if let Some(answer) = answers.get(item.slot) {
                self.adder(item).add(&mut tally, *answer);
            }
        }
        self.score(&tally)
    }

    /// Whether nothing of the scale may apply to somebody.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.items.iter().all(|item| item.may_be_absent)
    }

    /// The scores that can occur: first on any sheet, then on sheets without unknown answers.
    pub(crate) fn attainable(&self) -> (Attainable, Attainable) {
        (self.values(true), self.values(false))
    }

    fn values(&self, with_unknown: bool) -> Attainable {
        if let Some(states) = &self.states {
            let scores = states.scores().iter().filter(|score| with_unknown || score.answered == score.asked);
            let values: BTreeSet<Exact> = scores.filter_map(|score| score.value.exact()).collect();
            return Attainable::Values(values.into_iter().collect());
        }
        let mut states = BTreeSet::from([Tally::default()]);
        for item in &self.items {
            let adder = self.adder(item);
            let mut answers: Vec<Answer> = (0..item.keyed.len()).map(|level| Answer::Level(level as u16)).collect();
            if item.may_be_absent {
                answers.push(Answer::Missing(Missing::NotApplicable));
            }
            // Where all answers are needed, a sheet that lacks one has no score.
            if with_unknown && self.need != Need::All {
                answers.push(Answer::Missing(Missing::Skipped));
            }
            let mut next = BTreeSet::new();
            for state in &states {
                next.extend(answers.iter().map(|answer| {
                    let mut tally = *state;
                    adder.add(&mut tally, *answer);
                    tally
                }));
            }
            if next.len() > MAX_STATES {
                return self.bounds();
            }
            states = next;
        }
        let values: BTreeSet<Exact> = states.iter().filter_map(|tally| self.score(tally).value.exact()).collect();
        Attainable::Values(values.into_iter().collect())
    }

    /// The least and greatest score by the item bounds alone.
    pub(crate) fn bounds(&self) -> Attainable {
        let zero = Exact::from_integer(0);
        match self.aggregation {
            Aggregation::Percent => Attainable::Between(zero, Exact::from_integer(100)),
            Aggregation::Mean => {
                let low = self.items.iter().map(|item| item.min).min().unwrap_or(0);
                let high = self.items.iter().map(|item| item.max).max().unwrap_or(0);
                Attainable::Between(crate::exact::whole(low), crate::exact::whole(high))
            }
            Aggregation::Sum => {
                // An item that does not apply adds nothing, which may be less, or more, than it can add.
                let ends = self.items.iter().map(|item| {
                    let (low, high) = (item.weight * item.min, item.weight * item.max);
                    if item.may_be_absent { (low.min(0), high.max(0)) } else { (low, high) }
                });
                let (low, high) = ends.fold((0, 0), |sum, ends| (sum.0 + ends.0, sum.1 + ends.1));
                Attainable::Between(crate::exact::whole(low), crate::exact::whole(high))
            }
        }
    }

    /// The least and greatest score there can be, for display.
    pub fn range(&self) -> (f64, f64) {
        match self.bounds() {
            Attainable::Between(low, high) => (crate::exact::to_f64(&low), crate::exact::to_f64(&high)),
            Attainable::Values(_) => (0.0, 100.0),
        }
    }

    /// The greatest denominator that a score can have.
    pub(crate) fn greatest_denominator(&self) -> i64 {
        let weights = self.items.iter().map(|item| match self.aggregation {
            Aggregation::Percent => item.weight * self.unit,
            Aggregation::Mean => item.weight,
            Aggregation::Sum => item.weight * (item.max - item.min),
        });
        weights.sum::<i64>().max(1)
    }

    /// Whether every sum that can occur stays far inside 64 bits.
    pub(crate) fn fits(&self) -> bool {
        let total: Option<i64> = self.items.iter().try_fold(0_i64, |sum, item| {
            let size = item.max.abs().max(item.min.abs()).max(item.max - item.min).max(1);
            item.weight.checked_mul(size)?.checked_mul(self.unit)?.checked_add(sum)
        });
        total.and_then(|total| total.checked_mul(1000)).is_some_and(|total| total < 1 << 52)
    }
}

/// Which band a value falls into: how many of the rising `cuts` it passes.
pub(crate) fn band(value: &Exact, cuts: &[Cut]) -> usize {
    cuts.partition_point(|cut| cut.passed_by(value))
}

/// The same for a numerator and a positive denominator, which need not be reduced.
#[inline]
pub(crate) fn band_of_fraction(numerator: i64, denominator: i64, cuts: &[Cut]) -> usize {
    // A handful of cuts: counting on is faster than halving.
    cuts.iter().take_while(|cut| cut.passed_by_fraction(numerator, denominator)).count()
}

/// The exact mean of values over those that are known; `zeroed` values count as zero.
pub(crate) fn mean(values: impl Iterator<Item = Value>) -> (Value, usize, usize) {
    // As numerator and denominator, without reducing: loading has made sure that the mean fits.
    let mut sum = Some((0_i128, 1_i128));
    let (mut known, mut unknown) = (0, 0);
    for value in values {
        match value {
            Value::Known { numerator, denominator } => {
                known += 1;
                sum = sum.and_then(|sum| add_fractions(sum, (numerator.into(), denominator.into())));
            }
            Value::Unknown => unknown += 1,
            Value::Absent => {}
        }
    }
    let value = match i128::try_from(known) {
        Ok(count) if count > 0 => sum
            .and_then(|(n, d)| Some(Value::known(&Exact::new_raw(n, d.checked_mul(count)?))))
            .unwrap_or(Value::Unknown),
        _ => Value::Absent,
    };
    (value, known, unknown)
}

/// The sum of two fractions; reduced only where it would not fit otherwise.
fn add_fractions(a: (i128, i128), b: (i128, i128)) -> Option<(i128, i128)> {
    let plain =
        |a: (i128, i128)| Some((a.0.checked_mul(b.1)?.checked_add(b.0.checked_mul(a.1)?)?, a.1.checked_mul(b.1)?));
    plain(a).or_else(|| {
        let sum = crate::exact::add(&Exact::new(a.0, a.1), &Exact::new(b.0, b.1))?;
        Some((*sum.numer(), *sum.denom()))
    })
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn lcm(a: i64, b: i64) -> i64 {
    (a / gcd(a, b)).saturating_mul(b)
}

#[cfg(test)]
mod tests;
