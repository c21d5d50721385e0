//! Exact numbers: scores, thresholds and parameters are ratios of integers, never floats.
//!
//! 83.33... - 58.33... is exactly 25, on every machine. Rounding happens in output only, half up.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub};

/// An exact number.
pub type Exact = Ratio<i128>;

/// The most digits before and after the point that a written number may have. A design choice: it keeps every
/// product and sum that a ruleset can form far inside 128 bits.
const MAX_INTEGER_DIGITS: usize = 9;
const MAX_DECIMALS: usize = 9;

/// A whole number.
pub fn whole(value: i64) -> Exact {
    Exact::from_integer(i128::from(value))
}

/// The decimal that is written: `66.7` is 667/10. None if it is no plain decimal or has too many digits.
pub fn parse_decimal(text: &str) -> Option<Exact> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let before: String = before.chars().filter(|c| *c != '_').collect();
    if before.is_empty() || before.len() > MAX_INTEGER_DIGITS || after.len() > MAX_DECIMALS {
        return None;
    }
    if !before.chars().chain(after.chars()).all(|c| c.is_ascii_digit()) {
        return None;
    }
    let numerator: i128 = format!("{before}{after}").parse().ok()?;
    let denominator = 10_i128.checked_pow(u32::try_from(after.len()).ok()?)?;
    Some(Exact::new(sign * numerator, denominator))
}

/// `a + b`, or none when it does not fit.
pub fn add(a: &Exact, b: &Exact) -> Option<Exact> {
    a.checked_add(b)
}

/// `a - b`, or none when it does not fit.
pub fn sub(a: &Exact, b: &Exact) -> Option<Exact> {
    a.checked_sub(b)
}

/// `a * b`, or none when it does not fit.
pub fn mul(a: &Exact, b: &Exact) -> Option<Exact> {
    a.checked_mul(b)
}

/// `a / b`, or none when it does not fit or `b` is zero.
pub fn div(a: &Exact, b: &Exact) -> Option<Exact> {
    a.checked_div(b)
}

/// The number with `decimals` places (at most 12), rounded half up (away from minus infinity at ties), zeros trimmed.
///
/// ```
/// use bearings_engine::exact::{format_half_up, parse_decimal, Exact};
/// assert_eq!(format_half_up(&Exact::new(250, 3), 1), "83.3");
/// assert_eq!(format_half_up(&Exact::new(1, 2), 0), "1");
/// assert_eq!(format_half_up(&Exact::new(-1, 2), 0), "0");
/// assert_eq!(format_half_up(&parse_decimal("62.50").unwrap(), 12), "62.5");
/// ```
pub fn format_half_up(value: &Exact, decimals: u32) -> String {
    let scale = 10_i128.pow(decimals.min(12));
    let numerator = *value.numer();
    let denominator = *value.denom();
    // floor(value * scale + 1/2), in integers: whole part and remainder apart, so that nothing overflows.
    let whole = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let scaled = whole * scale + (rest * scale * 2 + denominator).div_euclid(2 * denominator);
    let sign = if scaled < 0 { "-" } else { "" };
    let (units, fraction) = (scaled.abs() / scale, scaled.abs() % scale);
    if fraction == 0 {
        return format!("{sign}{units}");
    }
    let digits = format!("{fraction:0width$}", width = decimals.min(12) as usize);
    format!("{sign}{units}.{}", digits.trim_end_matches('0'))
}

/// The nearest double, for output only: one correctly rounded division of numbers that are exact themselves.
pub fn to_f64(value: &Exact) -> f64 {
    *value.numer() as f64 / *value.denom() as f64
}

/// Whether `count` is at least this share of `all`.
pub(crate) fn is_share(count: usize, share: &Exact, all: usize) -> bool {
    count as i128 * *share.denom() >= *share.numer() * all as i128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_numbers_they_print_as() {
        assert_eq!(parse_decimal("66.7"), Some(Exact::new(667, 10)));
        assert_eq!(parse_decimal("-0.5"), Some(Exact::new(-1, 2)));
        for bad in ["", ".", "1e5", "1.2.3", "12345678901", "0.1234567890", "- 1", "."] {
            assert_eq!(parse_decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_difference_of_thirds_is_exactly_twenty_five() {
        assert_eq!(Exact::new(250, 3) - Exact::new(175, 3), whole(25));
    }

    #[test]
    fn rounding_is_half_up() {
        for (numerator, denominator, decimals, shown) in [
            (5, 2, 0, "3"),
            (-5, 2, 0, "-2"),
            (1, 3, 12, "0.333333333333"),
            (2, 3, 2, "0.67"),
            (100, 1, 3, "100"),
            (-1, 3, 1, "-0.3"),
        ] {
            assert_eq!(format_half_up(&Exact::new(numerator, denominator), decimals), shown);
        }
    }
}
