//! McDonald's omega total of one factor.

use super::alpha::Undefined;
use super::square::Square;

/// The most rounds of the search. A design choice: scales that one factor fits settle within a hundred.
const MOST_ROUNDS: usize = 20_000;
/// Below this change of every loading the search has settled.
const SETTLED: f64 = 1e-13;

/// Omega total of one factor: `(sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses)`.
///
/// The loadings leave the least squares over the correlations of different items ("minres", Harman & Jones 1966).
/// `psych::omega` means three factors unless told otherwise, which is another number; with one factor it puts the
/// observed sum of correlations below instead of the modelled one, which differs in the fourth decimal.
pub(super) fn total(correlations: &Square<f64>) -> Result<f64, Undefined> {
    let loadings = loadings(correlations)?;
    let sum: f64 = loadings.iter().sum();
    let unique: f64 = loadings.iter().map(|loading| 1.0 - loading * loading).sum();
    Ok(sum * sum / (sum * sum + unique))
}

/// The loadings of one factor. Each in turn is set to its least-squares value given the others, so that no round makes
/// the fit worse.
fn loadings(correlations: &Square<f64>) -> Result<Vec<f64>, Undefined> {
    let items = correlations.size();
    // With two items, one correlation says nothing about two loadings.
    if items < 3 {
        return Err(Undefined::TooFewForFactor);
    }
    let strength = |item: &usize| correlations.row(*item).iter().map(|r| r * r).sum::<f64>();
    let marker = (0..items).max_by(|one, other| strength(one).total_cmp(&strength(other)));
    let mut loadings: Vec<f64> = correlations.row(marker.unwrap_or(0)).to_vec();
    for _ in 0..MOST_ROUNDS {
        let mut moved = 0.0_f64;
        for item in 0..items {
            let (mut above, mut below) = (0.0, 0.0);
            for (other, (r, loading)) in correlations.row(item).iter().zip(&loadings).enumerate() {
                if other != item {
                    above += r * loading;
                    below += loading * loading;
                }
            }
            if below <= 0.0 {
                return Err(Undefined::NotSettled);
            }
            if let Some(own) = loadings.get_mut(item) {
                moved = moved.max((above / below - *own).abs());
                *own = above / below;
            }
        }
        if moved < SETTLED {
            let is_proper = loadings.iter().all(|loading| loading.abs() < 1.0);
            return if is_proper { Ok(loadings) } else { Err(Undefined::Heywood) };
        }
    }
    Err(Undefined::NotSettled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(items: usize, cell: impl Fn(usize, usize) -> f64) -> Square<f64> {
        Square::make(items, |one, other| Ok::<_, ()>(if one == other { 1.0 } else { cell(one, other) })).unwrap()
    }

    #[test]
    fn correlations_of_one_factor_give_its_loadings_back() {
        let made = [0.9, 0.8, 0.7, -0.4, 0.3];
        let found = loadings(&table(5, |one, other| made[one] * made[other])).unwrap();
        for (found, made) in found.iter().zip(made) {
            assert!((found - made).abs() < 1e-11, "{found}, not {made}");
        }
        let sum: f64 = made.iter().sum();
        let unique: f64 = made.iter().map(|loading| 1.0 - loading * loading).sum();
        let omega = total(&table(5, |one, other| made[one] * made[other])).unwrap();
        assert!((omega - sum * sum / (sum * sum + unique)).abs() < 1e-11);
    }

    /// With equal correlations omega and standardised alpha are the same: k r / (1 + (k - 1) r).
    #[test]
    fn with_equal_correlations_it_is_standardised_alpha() {
        for (items, r) in [(3, 0.2), (5, 0.5), (12, 0.1)] {
            let omega = total(&table(items, |_, _| r)).unwrap();
            let items = items as f64;
            assert!((omega - items * r / (1.0 + (items - 1.0) * r)).abs() < 1e-11, "{omega}");
        }
    }

    #[test]
    fn what_one_factor_cannot_be_is_undefined() {
        assert_eq!(total(&table(2, |_, _| 0.5)), Err(Undefined::TooFewForFactor));
        // Exact only with a loading of 0.8 * 0.8 / 0.3 > 1 squared.
        let heywood = |one: usize, other: usize| if one == 0 || other == 0 { 0.8 } else { 0.3 };
        assert_eq!(total(&table(3, heywood)), Err(Undefined::Heywood));
        assert_eq!(total(&table(3, |_, _| 0.0)), Err(Undefined::NotSettled));
    }
}
