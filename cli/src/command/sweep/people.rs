//! The respondents of a survey, read by every ruleset in one pass.
//!
//! Whoever has a hard flag or is under 18 is only counted: no parameter changes that.

use bearings_engine::questionnaire::Form;
use bearings_engine::{Moves, Ruleset};

use super::super::respondents::{Counts, Tally, each_block, reading};
use crate::args::Common;
use crate::exit::Failure;
use crate::survey::Survey;

/// What is known of the respondents whatever the parameters are.
pub(super) struct People {
    /// The survey, as it is printed.
    pub(super) name: String,
    pub(super) tally: Tally,
    /// Those who get no reading: a hard flag, or under 18.
    pub(super) unread: u64,
}

impl People {
    /// Reads the survey once; for each of the other rulesets, who moves.
    ///
    /// # Errors
    /// The survey cannot be read on.
    pub(super) fn compare(
        survey: Survey,
        ruleset: &Ruleset,
        others: &[Ruleset],
        form: Form,
        common: &Common,
    ) -> Result<(Self, Vec<Moves>), Failure> {
        let name = survey.name().to_owned();
        let all: Vec<&Ruleset> = std::iter::once(ruleset).chain(others).collect();
        let mut counts: Vec<Counts<'_>> = others.iter().map(|_| Counts::default()).collect();
        let mut unread = 0;
        let tally = each_block(survey, &all, form, common, &mut |ids, assessed| {
            let Some((first, rest)) = assessed.split_first() else { return Ok(()) };
            for row in 0..ids.len() {
                let Some(was) = reading(ruleset, form, first.row(row)) else {
                    unread += 1;
                    continue;
                };
                for ((other, assessed), counts) in others.iter().zip(rest).zip(&mut counts) {
                    let Some(is) = reading(other, form, assessed.row(row)) else { continue };
                    counts.add(was, is);
                }
            }
            Ok(())
        })?;
        let moves = others.iter().zip(&counts).map(|(other, counts)| counts.moves(ruleset, other)).collect();
        Ok((Self { name, tally, unread }, moves))
    }
}
