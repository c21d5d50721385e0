//! The incomplete beta function and the quantiles of F, to about 14 digits also where there are a million people.
//!
//! Logarithms and exponentials come from `libm` and not from the system, whose last digits differ between machines.

use libm::{exp, log1p};

/// More steps than any continued fraction here takes: about as many as the root of its greater parameter.
const MOST_STEPS: u32 = 200_000;

/// The value that F with these degrees of freedom stays below with a probability; none unless it is between 0 and 1
/// and both degrees are positive.
pub(super) fn f_quantile(probability: f64, above: f64, below: f64) -> Option<f64> {
    let is_possible = probability > 0.0 && probability < 1.0 && above > 0.0 && below > 0.0;
    if !is_possible || !above.is_finite() || !below.is_finite() {
        return None;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if incomplete(middle, above / 2.0, below / 2.0)? < probability { low = middle } else { high = middle }
    }
    let quantile = below * high / (above * (1.0 - high));
    quantile.is_finite().then_some(quantile)
}

/// The regularised incomplete beta function I_x(a, b); none where it does not settle.
fn incomplete(x: f64, a: f64, b: f64) -> Option<f64> {
    if x <= 0.0 {
        return Some(0.0);
    }
    if x >= 1.0 {
        return Some(1.0);
    }
    // The fraction settles fast below the mean; above it I_x(a, b) = 1 - I_(1-x)(b, a).
    if x < (a + 1.0) / (a + b + 2.0) {
        Some(power(x, a, b) * fraction(x, a, b)? / a)
    } else {
        Some(1.0 - power(1.0 - x, b, a) * fraction(1.0 - x, b, a)? / b)
    }
}

/// x^a (1-x)^b / B(a, b), by Loader's deviations from the mean (2000): logarithms of large powers would cancel.
fn power(x: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let deviance = a * excess((x * n - a) / a) + b * excess(((1.0 - x) * n - b) / b);
    let root = (a * b / (2.0 * std::f64::consts::PI * n)).sqrt();
    root * exp(stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance)
}

/// t - ln(1 + t), without cancellation near 0.
fn excess(t: f64) -> f64 {
    const SMALL: f64 = 0.1;
    if t.abs() >= SMALL {
        return t - log1p(t);
    }
    // t^2/2 - t^3/3 + t^4/4 - ...
    let (mut sum, mut term, mut n) = (0.0, -t, 2.0);
    loop {
        term *= -t;
        let next = sum + term / n;
        if next == sum {
            return sum;
        }
        (sum, n) = (next, n + 1.0);
    }
}

/// ln of the gamma function of z, less Stirling's formula (z - 1/2) ln z - z + ln(2 pi)/2.
fn stirling_rest(z: f64) -> f64 {
    const LARGE: f64 = 16.0;
    let (mut z, mut rest) = (z, 0.0);
    // From gamma(z + 1) = z gamma(z).
    while z < LARGE {
        rest += (z + 0.5) * log1p(1.0 / z) - 1.0;
        z += 1.0;
    }
    let square = z * z;
    // Bernoulli numbers: 1/12, 1/360, 1/1260, 1/1680, 1/1188, 691/360360.
    let series = 1.0 / 1188.0 - 691.0 / 360_360.0 / square;
    let series = 1.0 / 1260.0 - (1.0 / 1680.0 - series / square) / square;
    rest + (1.0 / 12.0 - (1.0 / 360.0 - series / square) / square) / z
}

/// The continued fraction of the incomplete beta function (Abramowitz & Stegun 26.5.8) by Lentz's method; none if it
/// does not settle.
fn fraction(x: f64, a: f64, b: f64) -> Option<f64> {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..=MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() < 2.0 * f64::EPSILON {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found}, not {expected}");
    }

    /// mpmath with 40 digits, rounded to 15: `betainc(a/2, b/2, 0, x, regularized=True)` halved towards the probability.
    #[test]
    fn quantiles_are_those_of_mpmath() {
        for (above, below, low, middle, high) in [
            (1.0, 1.0, 0.00154371250867413, 1.0, 647.789011477845),
            (2.0, 2.0, 0.0256410256410256, 1.0, 39.0),
            (2.0, 10.0, 0.0253820154514797, 0.743491774985175, 5.45639552591273),
            (8.0, 80.0, 0.266216233076755, 0.925770197940309, 2.35494112864247),
            (11.0, 110.0, 0.339034087685116, 0.945844150135469, 2.11225897974261),
            (14.0, 140.0, 0.393260739456491, 0.957377113878748, 1.96109159598079),
            (169.0, 8957.0, 0.796782334671398, 0.996132171197935, 1.22691219339944),
            (2799.0, 11196.0, 0.942606052073466, 0.999821364350472, 1.05978189532381),
        ] {
            for (probability, expected) in [(0.025, low), (0.5, middle), (0.975, high)] {
                check(f_quantile(probability, above, below).unwrap(), expected);
            }
        }
    }

    /// F with 2 and 2 degrees is p / (1 - p); with its degrees exchanged it is turned over.
    #[test]
    fn quantiles_keep_their_laws_with_few_and_with_many_people() {
        for probability in [0.001, 0.3, 0.9] {
            check(f_quantile(probability, 2.0, 2.0).unwrap(), probability / (1.0 - probability));
        }
        for (above, below) in [(3.0, 7.0), (999_999.0, 22_999_977.0), (4_999_999.0, 4_999_999.0)] {
            check(f_quantile(0.975, above, below).unwrap() * f_quantile(0.025, below, above).unwrap(), 1.0);
        }
    }

    /// With this many degrees of freedom F is all but normal: its variance is 2/d1 + 2/d2 in the first order, and what
    /// that leaves out is of the order 1/d1.
    #[test]
    fn with_a_million_people_quantiles_are_close_to_normal_ones() {
        let found = f_quantile(0.975, 999_999.0, 22_999_977.0).unwrap();
        let normal = 1.0 + 1.959963984540054 * (2.0_f64 / 999_999.0 + 2.0 / 22_999_977.0).sqrt();
        assert!((found - normal).abs() < 3e-6, "{found}, not about {normal}");
    }

    #[test]
    fn what_is_no_probability_has_no_quantile() {
        for (probability, above, below) in
            [(0.0, 2.0, 2.0), (1.0, 2.0, 2.0), (f64::NAN, 2.0, 2.0), (0.5, 0.0, 2.0), (0.5, 2.0, f64::INFINITY)]
        {
            assert_eq!(f_quantile(probability, above, below), None);
        }
    }
}
