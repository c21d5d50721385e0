//! Reliable change and clinical significance (Jacobson & Truax 1991): how much a score must move before its
//! measurement error no longer explains it, and past which point it looks more like another population's.
//!
//! Standard deviations, means and reliability come from whoever uses this, with a source: none of them is taken from
//! the people whose change is looked at.

/// How large a change of a score must be to be more than measurement error.
///
/// ```
/// use bearings_engine::psychometrics::{Confidence, ReliableChange};
/// let change = ReliableChange::new(7.5, 0.8).unwrap();
/// assert!((change.index(32.5, 47.5) - 3.162278).abs() < 5e-7);
/// assert!(change.is_reliable(32.5, 47.5, Confidence::P95));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliableChange {
    /// The standard error of measurement of one score.
    pub standard_error: f64,
    /// The standard error of the difference of two.
    pub standard_error_of_difference: f64,
}

/// How sure one wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Two-sided 90 %.
    P90,
    /// Two-sided 95 %, as Jacobson & Truax have it.
    P95,
}

impl Confidence {
    /// The deviate of the normal distribution.
    pub fn deviate(self) -> f64 {
        match self {
            Confidence::P90 => 1.645,
            // The paper's own rounding.
            Confidence::P95 => 1.96,
        }
    }
}

impl ReliableChange {
    /// From the standard deviation of a score before any change, or of norms, and its reliability: `SE = s sqrt(1 -
    /// r)`. None unless the deviation is positive and the reliability is between 0 and 1, 1 excluded (then every
    /// change would count).
    pub fn new(standard_deviation: f64, reliability: f64) -> Option<Self> {
        if !standard_deviation.is_finite() || standard_deviation <= 0.0 || !(0.0..1.0).contains(&reliability) {
            return None;
        }
        let standard_error = standard_deviation * (1.0 - reliability).sqrt();
        Some(Self { standard_error, standard_error_of_difference: (2.0 * standard_error * standard_error).sqrt() })
    }

    /// The reliable change index: the change in standard errors of the difference.
    pub fn index(self, before: f64, after: f64) -> f64 {
        (after - before) / self.standard_error_of_difference
    }

    /// Whether the change is more than measurement error explains.
    pub fn is_reliable(self, before: f64, after: f64, level: Confidence) -> bool {
        self.index(before, after).abs() > level.deviate()
    }

    /// From where to where one score may be only by measurement error.
    pub fn band(self, score: f64, level: Confidence) -> (f64, f64) {
        let half = level.deviate() * self.standard_error;
        (score - half, score + half)
    }
}

/// Mean and standard deviation of a population's scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub standard_deviation: f64,
}

/// Which way a score gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// A higher score is better.
    Higher,
    /// A lower score is better.
    Lower,
}

impl Toward {
    fn sign(self) -> f64 {
        match self {
            Toward::Higher => 1.0,
            Toward::Lower => -1.0,
        }
    }
}

/// Cut-off A: two standard deviations from the mean of the people in distress, toward better.
pub fn cutoff_a(distressed: Population, better: Toward) -> f64 {
    distressed.mean + better.sign() * 2.0 * distressed.standard_deviation
}

/// Cut-off B: within two standard deviations of the mean of the norm group.
pub fn cutoff_b(norm: Population, better: Toward) -> f64 {
    norm.mean - better.sign() * 2.0 * norm.standard_deviation
}

/// Cut-off C: the point between both means that is as many standard deviations from one as from the other. None if
/// neither group varies.
pub fn cutoff_c(distressed: Population, norm: Population) -> Option<f64> {
    let sum = norm.standard_deviation + distressed.standard_deviation;
    let weighted = norm.standard_deviation * distressed.mean + distressed.standard_deviation * norm.mean;
    (sum > 0.0).then(|| weighted / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-7, "{found}, not {expected}");
    }

    /// Jacobson & Truax 1991, s = 7.5, reliability .80, from 32.5 to 47.5.
    #[test]
    fn the_example_of_the_paper() {
        let change = ReliableChange::new(7.5, 0.8).unwrap();
        near(change.standard_error, 3.354102);
        near(change.standard_error_of_difference, 4.743416);
        near(change.index(32.5, 47.5), 3.162278);
        assert!(change.is_reliable(32.5, 47.5, Confidence::P95) && !change.is_reliable(32.5, 41.0, Confidence::P95));
        assert!(change.is_reliable(41.0, 32.5, Confidence::P90), "down as well as up");
        let (low, high) = change.band(40.0, Confidence::P95);
        near(low, 40.0 - 1.96 * 3.3541019662496847);
        near(high + low, 80.0);
    }

    /// The paper's own populations: 40 and 7.5 in distress, 60 and 7.5 in the norm group; its c is 50.
    #[test]
    fn the_cut_offs_of_the_paper() {
        let distressed = Population { mean: 40.0, standard_deviation: 7.5 };
        let norm = Population { mean: 60.0, standard_deviation: 7.5 };
        near(cutoff_a(distressed, Toward::Higher), 55.0);
        near(cutoff_b(norm, Toward::Higher), 45.0);
        near(cutoff_c(distressed, norm).unwrap(), 50.0);
        // As many deviations from one as from the other, whichever is wider; and turned round.
        let wide = Population { mean: 60.0, standard_deviation: 15.0 };
        let cut = cutoff_c(distressed, wide).unwrap();
        near((cut - 40.0) / 7.5, (60.0 - cut) / 15.0);
        near(cutoff_a(norm, Toward::Lower), 45.0);
        near(cutoff_b(distressed, Toward::Lower), 55.0);
    }

    #[test]
    fn without_measurement_error_or_spread_there_is_none() {
        for (deviation, reliability) in [(0.0, 0.8), (-1.0, 0.8), (f64::NAN, 0.8), (7.5, 1.0), (7.5, -0.1)] {
            assert_eq!(ReliableChange::new(deviation, reliability), None);
        }
        let alike = Population { mean: 1.0, standard_deviation: 0.0 };
        assert_eq!(cutoff_c(alike, alike), None);
    }
}
