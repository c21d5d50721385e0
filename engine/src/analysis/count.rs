//! How many sheets: exact numbers that pass 64 bits, and their shares.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use num_bigint::BigUint;

/// A number of sheets or of people, exact.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(BigUint);

impl Count {
    /// Whether it is none.
    pub fn is_zero(&self) -> bool {
        self.0 == BigUint::ZERO
    }

    /// Its share of all, from 0 to 1 and rounded half up to six decimals; 0 of none.
    pub fn share_of(&self, all: &Count) -> f64 {
        if all.is_zero() {
            return 0.0;
        }
        let millionths = (&self.0 * 2_000_000_u32 + &all.0) / (&all.0 * 2_u32);
        f64::from(u32::try_from(millionths).unwrap_or(1_000_000)) / 1_000_000.0
    }

    /// Its share of all in percent, as people read it: two decimals, and where that would hide what is there (nearly
    /// none, nearly all) something that does not.
    pub fn percent_of(&self, all: &Count) -> String {
        if self.is_zero() || all.is_zero() {
            return "0".to_owned();
        }
        if self == all {
            return "100".to_owned();
        }
        let hundredths = (&self.0 * 20_000_u32 + &all.0) / (&all.0 * 2_u32);
        match u32::try_from(hundredths).unwrap_or(10_000) {
            0 => self.tiny(all),
            10_000.. => ">99.99".to_owned(),
            hundredths => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        }
    }

    /// A share far below a percent, as a power of ten: `3.1e-7`.
    fn tiny(&self, all: &Count) -> String {
        let (mut grown, mut exponent) = (&self.0 * 100_u32, 0_u32);
        while grown < all.0 {
            grown *= 10_u32;
            exponent += 1;
        }
        let tenths = (grown * 20_u32 + &all.0) / (&all.0 * 2_u32);
        match u32::try_from(tenths).unwrap_or(10) {
            // Rounded up to the next power.
            100.. => format!("1.0e-{}", exponent.saturating_sub(1)),
            tenths => format!("{}.{}e-{exponent}", tenths / 10, tenths % 10),
        }
    }

    /// The digits in groups of three: `1,234,567`.
    pub fn grouped(&self) -> String {
        let digits = self.0.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    /// The digits where they are few, else roughly, as a power of ten: `1.2e33`.
    pub fn rough(&self) -> String {
        let digits = self.0.to_string();
        let exponent = digits.len() - 1;
        match (digits.get(..1), digits.get(1..2)) {
            (Some(first), Some(second)) if exponent >= 9 => format!("{first}.{second}e{exponent}"),
            _ => self.grouped(),
        }
    }

    /// How far it lies from the least to the most, in so many steps; 0 where these are the same.
    pub fn step_between(&self, least: &Count, most: &Count, steps: u32) -> u32 {
        let (height, range) = (self.without(least).0, most.without(least).0);
        if range == BigUint::ZERO {
            return 0;
        }
        u32::try_from(height * steps / range).unwrap_or(steps).min(steps)
    }

    /// What is left when a part is taken away.
    pub(crate) fn without(&self, part: &Count) -> Count {
        // A part is never more than the whole.
        Count(if self.0 >= part.0 { &self.0 - &part.0 } else { BigUint::ZERO })
    }
}

impl fmt::Display for Count {
    /// All digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<BigUint> for Count {
    fn from(count: BigUint) -> Self {
        Self(count)
    }
}

impl From<u64> for Count {
    fn from(count: u64) -> Self {
        Self(count.into())
    }
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        Count(self.0 + other.0)
    }
}

impl AddAssign<&Count> for Count {
    fn add_assign(&mut self, other: &Count) {
        self.0 += &other.0;
    }
}

impl<'a> Sum<&'a Count> for Count {
    fn sum<I: Iterator<Item = &'a Count>>(counts: I) -> Self {
        let mut sum = Count::default();
        counts.for_each(|count| sum += count);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_hide_neither_nearly_none_nor_nearly_all() {
        let count = |n: u64| Count::from(n);
        for (part, all, percent) in [
            (0, 7, "0"),
            (7, 7, "100"),
            (1, 3, "33.33"),
            (2, 3, "66.67"),
            (1, 20_000, "0.01"),
            (1, 20_001, "5.0e-3"),
            (1, 3_000_000, "3.3e-5"),
            (999, 100_000_000, "1.0e-3"),
            (9_999_999, 10_000_000, ">99.99"),
        ] {
            assert_eq!(count(part).percent_of(&count(all)), percent, "{part} of {all}");
        }
        assert_eq!(count(2).share_of(&count(3)), 0.666_667);
        assert_eq!((count(3).share_of(&count(3)), count(3).share_of(&count(0))), (1.0, 0.0));
    }

    #[test]
    fn digits_are_grouped_and_long_numbers_roughly_told() {
        assert_eq!(Count::from(1_234_567).grouped(), "1,234,567");
        assert_eq!(Count::from(123).grouped(), "123");
        assert_eq!(Count::from(123_456_789).rough(), "123,456,789");
        let step = |n: u64| Count::from(n).step_between(&Count::from(10), &Count::from(20), 7);
        assert_eq!([10, 11, 15, 20].map(step), [0, 0, 3, 7]);
        assert_eq!(Count::from(1_934_567_890).rough(), "1.9e9");
    }
}
