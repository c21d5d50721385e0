//! Signs of careless answering in one person's answers, in the order in which the questions were asked.
//!
//! They are taken of the answers as they were given: reversing items first would hide that somebody ticked one column
//! all the way down. No threshold is built in, since the literature agrees on none.

/// What one person's answers look like.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Careless {
    /// How many questions were answered.
    pub answered: u64,
    /// The longest run of the same answer; 0 without any.
    pub longest_run: u64,
    /// How many questions there are in a run on average, as `careless::longstring(avg = TRUE)`; none without an answer.
    pub mean_run: Option<f64>,
    /// Intra-individual variability, the standard deviation of the answers with n - 1 (Dunn et al. 2018;
    /// `careless::irv`): low where one answer was given all the time, high where answers were given by chance. None
    /// with fewer than two.
    pub variability: Option<f64>,
}

impl Careless {
    /// The signs in these answers; none is a question without an answer. Such a one ends a run and is a run of its
    /// own, as in `rle` of R.
    pub fn of(answers: impl IntoIterator<Item = Option<i64>>) -> Self {
        let (mut questions, mut runs, mut run, mut longest) = (0_u64, 0_u64, 0_u64, 0_u64);
        let (mut answered, mut sum, mut squares) = (0_u64, 0_i128, 0_i128);
        let mut last = None;
        for answer in answers {
            questions += 1;
            if answer.is_none() || answer != last {
                (runs, run) = (runs + 1, 0);
            }
            run += 1;
            last = answer;
            if let Some(value) = answer.map(i128::from) {
                longest = longest.max(run);
                answered += 1;
                (sum, squares) = (sum + value, squares + value * value);
            }
        }
        let n = i128::from(answered);
        let variance = || (n * squares - sum * sum) as f64 / (n * (n - 1)) as f64;
        Self {
            answered,
            longest_run: longest,
            mean_run: (answered > 0).then(|| questions as f64 / runs as f64),
            variability: (answered > 1).then(|| variance().sqrt()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answers: &[Option<i64>], longest: u64, mean: Option<f64>, variability: Option<f64>) {
        let found = Careless::of(answers.iter().copied());
        assert_eq!((found.longest_run, found.mean_run), (longest, mean), "{answers:?}");
        assert_eq!(found.variability, variability, "{answers:?}");
        assert_eq!(found.answered, answers.iter().flatten().count() as u64);
    }

    #[test]
    fn runs_are_those_of_rle_in_r() {
        check(&[Some(1), None, None, Some(1)], 1, Some(1.0), Some(0.0));
        check(&[None, None, Some(2), Some(2)], 2, Some(4.0 / 3.0), Some(0.0));
        check(&[Some(3), Some(3), Some(3), Some(1), Some(1)], 3, Some(2.5), Some(1.2_f64.sqrt()));
        check(&[Some(-1), Some(1)], 1, Some(1.0), Some(2.0_f64.sqrt()));
    }

    #[test]
    fn without_answers_nothing_is_known() {
        check(&[], 0, None, None);
        check(&[None, None], 0, None, None);
        check(&[None, Some(4)], 1, Some(1.0), None);
    }
}
