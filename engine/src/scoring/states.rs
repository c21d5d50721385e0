//! The scores of a scale by a small number, its state: what was added up of the answers. A scale of six items with five
//! options each has 91 of them, so that scoring a sheet is one sum and one look-up.

#![expect(clippy::indexing_slicing, reason = "the place is kept below the length of the array")]

use std::sync::Arc;

use super::{Adder, Scale, Score, Tally};
use crate::assess::Coded;
use crate::responses::Answer;
use crate::ruleset::Aggregation;

/// The most sums that are looked up; a scale with more is scored by adding up. A design choice: the table stays in the
/// second cache.
const MOST_SUMS: usize = 1 << 14;
/// The most items, so that no sum of what they add leaves 32 bits.
const MOST_ITEMS: usize = 200;
/// What an answer adds that the item cannot have; the sum is then past every table.
const IMPOSSIBLE: u32 = 1 << 24;
/// Of a sum that no sheet comes to.
const NONE: u16 = u16::MAX;

/// All states of a scale.
#[derive(Debug, PartialEq)]
pub(crate) struct States {
    /// For each item, what each answer adds, by its [`Coded`] number.
    adds: Vec<Vec<u32>>,
    /// The state of each sum.
    states: Vec<u16>,
    /// The score of each state.
    scores: Vec<Score>,
}

/// How the three counts of a state are packed into one sum.
struct Packing {
    /// The least that an item contributes, the same for all.
    least: i64,
    /// All contributions are a multiple of this above the least.
    unit: i64,
    /// The weight of each item, the same for all.
    weight: i64,
    /// One more than the greatest sum of contributions, in units.
    sums: usize,
    /// One more than how many items can be answered.
    answered: usize,
    /// One more than how many items can be without a value.
    absent: usize,
}

impl States {
    /// The states of a scale; none if its items differ in a way that one sum cannot hold, or it has too many.
    pub(crate) fn of(scale: &Scale) -> Option<Self> {
        let adders: Vec<Adder> = scale.items.iter().map(|item| scale.adder(item)).collect();
        let packing = Packing::of(scale, &adders)?;
        let adds: Vec<Vec<u32>> = scale
            .items
            .iter()
            .zip(&adders)
            .map(|(item, adder)| {
                let add = |coded: Coded| match coded.answer() {
                    Answer::Level(level) => {
                        adder.adds.get(usize::from(level)).and_then(|add| packing.answer(*add)).unwrap_or(IMPOSSIBLE)
                    }
                    Answer::Missing(reason) if reason.is_unknown() => 0,
                    Answer::Missing(_) if item.may_be_absent => packing.absence(),
                    Answer::Missing(_) => IMPOSSIBLE,
                };
                Coded::all(item.keyed.len()).map(add).collect()
            })
            .collect();
        let mut reached = vec![false; packing.len()];
        if let Some(nothing) = reached.first_mut() {
            *nothing = true;
        }
        for adds in &adds {
            let mut steps: Vec<usize> = adds.iter().filter(|add| **add < IMPOSSIBLE).map(|add| *add as usize).collect();
            steps.sort_unstable();
            steps.dedup();
            let mut next = vec![false; reached.len()];
            for step in steps {
                for (to, from) in next.iter_mut().skip(step).zip(&reached) {
                    *to |= *from;
                }
            }
            reached = next;
        }
        let mut states = vec![NONE; reached.len()];
        let mut scores = Vec::new();
        for (sum, state) in states.iter_mut().enumerate().filter(|(sum, _)| reached.get(*sum) == Some(&true)) {
            *state = u16::try_from(scores.len()).ok().filter(|state| *state != NONE)?;
            scores.push(scale.score(&packing.tally(sum, scale, &adders)));
        }
        Some(Self { adds, states, scores })
    }

    /// The score of each state.
    pub(crate) fn scores(&self) -> &[Score] {
        &self.scores
    }

    /// What the answers to the items add, and beside it the counts over the same answers: one pass for all.
    pub(crate) fn sums(self: &Arc<Self>, scale: &Scale, counts: Vec<Counted>) -> Sums {
        let counts: Vec<Counted> = counts.into_iter().take(MOST_COUNTS).collect();
        let adds = self.adds.iter().zip(&scale.items).map(|(adds, item)| {
            let add = |(coded, add): (Coded, &u32)| {
                let keyed = coded.level().and_then(|level| item.keyed.get(level));
                counts.iter().enumerate().fold(u64::from(*add), |sum, (at, counted)| {
                    sum | u64::from(keyed.is_some_and(|keyed| counted.counts(*keyed))) << (32 + 8 * at)
                })
            };
            Adds::of(Coded::all(item.keyed.len()).zip(adds).map(add).collect())
        });
        Sums { adds: adds.collect(), counts, states: Arc::clone(self) }
    }
}

/// The most counts that have room beside a sum; each takes eight of its bits, and there are at most [`MOST_ITEMS`] items.
const MOST_COUNTS: usize = 4;

/// Which answers to the items of a scale are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    /// Those with a keyed value of at most this.
    AtMost(i64),
    /// Those with a keyed value of at least this.
    AtLeast(i64),
}

impl Counted {
    /// Whether an answer with this keyed value counts.
    pub(crate) fn counts(self, keyed: i64) -> bool {
        match self {
            Counted::AtMost(most) => keyed <= most,
            Counted::AtLeast(least) => keyed >= least,
        }
    }
}

/// How many answers most items have room for, the reasons for a missing one included. Numbers past it share the last
/// place, which no answer of such an item has.
const FEW: usize = 32;

/// What each answer to an item adds, by its [`Coded`] number.
#[derive(Debug, Clone)]
enum Adds {
    /// Of an item with few answers: looked up without asking whether there is such a place.
    Few(Box<[u64; FEW]>),
    Many(Vec<u64>),
}

impl Adds {
    fn of(adds: Vec<u64>) -> Self {
        if adds.len() >= FEW {
            return Adds::Many(adds);
        }
        let mut few = Box::new([u64::from(IMPOSSIBLE); FEW]);
        few.iter_mut().zip(adds).for_each(|(place, add)| *place = add);
        Adds::Few(few)
    }

    /// Adds what the answers of a column add.
    fn add(&self, sums: &mut [u64], column: &[Coded]) {
        match self {
            Adds::Few(adds) => {
                for (sum, answer) in sums.iter_mut().zip(column) {
                    *sum += adds[answer.number().min(FEW - 1)];
                }
            }
            Adds::Many(adds) => {
                for (sum, answer) in sums.iter_mut().zip(column) {
                    *sum += adds.get(answer.number()).copied().unwrap_or(u64::from(IMPOSSIBLE));
                }
            }
        }
    }
}

/// The sums of a scale, with counts beside them.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    /// For each item, what each answer adds: to the sum in the low half, to the counts in the bytes above.
    adds: Vec<Adds>,
    /// What is counted.
    pub(crate) counts: Vec<Counted>,
    /// What a sum comes to.
    pub(crate) states: Arc<States>,
}

impl Sums {
    /// The state of each sheet, and each of the counts; none if one has an answer that its item cannot have.
    pub(crate) fn columns<'a>(
        &self,
        answers: impl Iterator<Item = &'a [Coded]>,
        rows: usize,
    ) -> Option<(Vec<u16>, Vec<Vec<u16>>)> {
        let mut sums = vec![0_u64; rows];
        for (adds, column) in self.adds.iter().zip(answers) {
            adds.add(&mut sums, column);
        }
        let mut possible = true;
        let states = sums
            .iter()
            .map(|sum| {
                let state = self.states.states.get(*sum as u32 as usize).copied().unwrap_or(NONE);
                possible &= state != NONE;
                state
            })
            .collect();
        let count = |at: usize| sums.iter().map(|sum| (sum >> (32 + 8 * at)) as u16 & 0xFF).collect();
        possible.then(|| (states, (0..self.counts.len()).map(count).collect()))
    }
}

impl Packing {
    fn of(scale: &Scale, adders: &[Adder]) -> Option<Self> {
        let first = adders.first().filter(|_| adders.len() <= MOST_ITEMS)?;
        let least = *first.adds.iter().min()?;
        let absent = scale.items.iter().filter(|item| item.may_be_absent).count();
        let uniform = adders.iter().all(|adder| {
            adder.weight == first.weight
                && adder.adds.iter().min() == Some(&least)
                // A sum with items that do not apply has its own bounds.
                && (scale.aggregation != Aggregation::Sum
                    || absent == 0
                    || (adder.base, adder.range) == (first.base, first.range))
        });
        if !uniform {
            return None;
        }
        let above = |add: &i64| add.checked_sub(least);
        let unit =
            adders.iter().flat_map(|adder| &adder.adds).try_fold(0, |unit, add| Some(super::gcd(above(add)?, unit)))?;
        let unit = unit.max(1);
        let mut sums = 1_usize;
        for adder in adders {
            let most = adder.adds.iter().filter_map(above).max().unwrap_or(0) / unit;
            sums = sums.checked_add(usize::try_from(most).ok()?)?;
        }
        let packing = Self { least, unit, weight: first.weight, sums, answered: adders.len() + 1, absent: absent + 1 };
        let fits = sums.checked_mul(packing.answered)?.checked_mul(packing.absent)? <= MOST_SUMS;
        fits.then_some(packing)
    }

    fn len(&self) -> usize {
        self.sums * self.answered * self.absent
    }

    /// What an answer with this contribution adds.
    fn answer(&self, add: i64) -> Option<u32> {
        let units = usize::try_from(add.checked_sub(self.least)? / self.unit).ok()?;
        u32::try_from(units + self.sums).ok()
    }

    /// What an item without a value adds.
    fn absence(&self) -> u32 {
        (self.sums * self.answered) as u32
    }

    /// What was added up to come to a sum.
    fn tally(&self, sum: usize, scale: &Scale, adders: &[Adder]) -> Tally {
        let units = (sum % self.sums) as i64;
        let answered = sum / self.sums % self.answered;
        let absent = sum / self.sums / self.answered;
        let asked = adders.len().saturating_sub(absent);
        let count = answered as i64;
        // Where items can be absent the bounds are the same for each, see `Packing::of`.
        let asked_adders = || adders.iter().take(if scale.aggregation == Aggregation::Sum { asked } else { 0 });
        Tally {
            sum: units * self.unit + count * self.least,
            weight: count * self.weight,
            answered: answered as u16,
            asked: asked as u16,
            base: asked_adders().map(|adder| adder.base).sum(),
            range: asked_adders().map(|adder| adder.range).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{item, scale_of, sheets};
    use super::*;
    use crate::scoring::{Need, ScaleItem};

    fn absent(item: ScaleItem) -> ScaleItem {
        ScaleItem { may_be_absent: true, ..item }
    }

    /// Every sheet of every scale here has the score that adding up gives.
    #[test]
    fn a_state_has_the_score_that_adding_up_gives() {
        for aggregation in [Aggregation::Percent, Aggregation::Mean, Aggregation::Sum] {
            for need in [Need::All, Need::Count(1), Need::Count(2)] {
                for items in [
                    vec![item(0, 1, 3, 1), item(1, 1, 3, -1), item(2, 1, 3, 1)],
                    vec![item(0, 1, 3, 2), item(1, 1, 3, -2), item(2, 1, 3, 2)],
                    vec![absent(item(0, 0, 2, 1)), item(1, 0, 2, 1), absent(item(2, 0, 2, -1))],
                    vec![item(0, -2, 1, 1), item(1, -2, 1, 1), item(2, -2, 1, 1)],
                    vec![item(0, 0, 4, 1), item(1, 0, 2, 2), item(2, 0, 4, 1)],
                ] {
                    let scale = scale_of(aggregation, items, need);
                    let Some(states) = &scale.states else {
                        assert!(scale.items[1].weight == 2 && scale.items[0].weight == 1, "{aggregation:?} {scale:?}");
                        continue;
                    };
                    let sheets = sheets(&scale, true);
                    let columns: Vec<Vec<Coded>> =
                        (0..3).map(|slot| sheets.iter().map(|sheet| Coded::from(sheet[slot])).collect()).collect();
                    let wanted = vec![Counted::AtMost(1), Counted::AtLeast(2)];
                    let sums = states.sums(&scale, wanted.clone());
                    let (found, counts) = sums.columns(columns.iter().map(Vec::as_slice), sheets.len()).unwrap();
                    for (row, (sheet, state)) in sheets.iter().zip(found).enumerate() {
                        assert_eq!(states.scores()[usize::from(state)], scale.score_sheet(sheet), "{sheet:?}");
                        for (counted, counts) in wanted.iter().zip(&counts) {
                            let keyed = sheet.iter().zip(&scale.items);
                            let keyed = keyed.filter_map(|(answer, item)| Some(item.keyed[answer.level()?]));
                            let expected = keyed.filter(|keyed| counted.counts(*keyed)).count();
                            assert_eq!(usize::from(counts[row]), expected, "{sheet:?} {counted:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_an_item_cannot_have_is_not_looked_up() {
        let scale = scale_of(Aggregation::Mean, vec![item(0, 1, 3, 1), item(1, 1, 3, 1)], Need::Count(1));
        let states = scale.states.as_ref().unwrap();
        let sums = states.sums(&scale, Vec::new());
        let column = |answer: Answer| {
            sums.columns([[Coded::from(answer)].as_slice(); 2].into_iter(), 1).map(|(states, _)| states)
        };
        assert!(column(Answer::Level(2)).is_some());
        assert_eq!(column(Answer::Level(3)), None);
        assert_eq!(column(Answer::Missing(crate::responses::Missing::NotApplicable)), None);
    }

    #[test]
    fn six_items_of_five_options_have_ninety_one_states() {
        let scale = scale_of(Aggregation::Percent, (0..6).map(|slot| item(slot, 1, 5, 1)).collect(), Need::Count(4));
        assert_eq!(scale.states.as_ref().unwrap().scores().len(), 91);
    }
}
