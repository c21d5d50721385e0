//! Feldt's interval of alpha.

use super::beta::f_quantile;

/// How much of the time the interval is to hold the coefficient.
const LEVEL: f64 = 0.95;

/// The 95 % interval of an alpha (Feldt 1965; as `psych::alpha.ci` since 2022): (1 - alpha of the sample) over (1 -
/// alpha) follows F with n - 1 and (n - 1)(k - 1) degrees of freedom. It takes complete data, so that with gaps it is
/// an approximation.
pub(super) fn interval(alpha: f64, people: u64, items: usize) -> Option<(f64, f64)> {
    if people < 2 || items < 2 {
        return None;
    }
    let above = (people - 1) as f64;
    let below = above * (items - 1) as f64;
    let tail = (1.0 - LEVEL) / 2.0;
    let limit = |probability| Some(1.0 - (1.0 - alpha) * f_quantile(probability, above, below)?);
    Some((limit(1.0 - tail)?, limit(tail)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_psych_and_pingouin() {
        // The first from psych 2.2.9 (five items, 2800 people), the others from pingouin as it prints them; the last
        // two are nine complete rows of twelve: with their n, and with the twelve that pingouin takes by mistake.
        for (alpha, people, items, low, high, tolerance) in [
            (0.7030184460573041, 2800, 5, 0.6852643259, 0.7200633894, 1e-9),
            (0.591718849, 15, 10, 0.195, 0.840, 5e-4),
            (0.732660835, 12, 11, 0.435, 0.909, 5e-4),
            (0.801694915, 9, 11, 0.533, 0.947, 5e-4),
            (0.801694915, 12, 11, 0.581, 0.933, 5e-4),
        ] {
            let (found_low, found_high) = interval(alpha, people, items).unwrap();
            let is_near = (found_low - low).abs() < tolerance && (found_high - high).abs() < tolerance;
            assert!(is_near, "{found_low} to {found_high}, not {low} to {high}");
        }
    }

    #[test]
    fn one_person_or_one_item_has_no_interval() {
        assert_eq!(interval(0.5, 1, 5), None);
        assert_eq!(interval(0.5, 5, 1), None);
    }
}
