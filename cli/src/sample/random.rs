//! Random integers that are the same everywhere.

use rand_core::Rng;
use rand_pcg::Pcg64Mcg;

/// The generator of one respondent.
pub(super) struct Random(Pcg64Mcg);

impl Random {
    /// The generator of the respondent with this number.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        // The state is spelt out here: a library may change how it stretches a short seed, and no byte may follow.
        let high = mixed(seed);
        let low = mixed(high ^ mixed(number));
        Self(Pcg64Mcg::new((u128::from(high ^ number) << 64) | u128::from(low)))
    }

    /// A number from 0 to `n - 1`, each as likely; 0 for no numbers.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        // The high half of the product; its bias is below n / 2^64.
        let product = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).unsigned_abs() + 1;
        low.saturating_add_unsigned(self.below(width))
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn happens(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }
}

/// SplitMix64's output function (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195): near seeds become far states.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range_and_reach_its_ends() {
        let mut random = Random::new(1, 1);
        let drawn: Vec<i64> = (0..1000).map(|_| random.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let first: Vec<u64> = (0..200).map(|number| Random::new(5, number).below(10)).collect();
        assert!((0..10).all(|digit| first.iter().filter(|drawn| **drawn == digit).count() > 5));
    }
}
