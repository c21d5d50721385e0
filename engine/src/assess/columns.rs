//! Answers in columns: one small number an answer, so that a table can be indexed by it.

use crate::responses::{Answer, Missing};

/// An answer as a number: the reasons for a missing one first, in the order of [`Missing::ALL`], then the levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coded(u16);

/// The answers to one slot, one a sheet.
pub(crate) type Column = Vec<Coded>;

/// How many numbers come before the first level.
const REASONS: u16 = Missing::ALL.len() as u16;

impl Coded {
    /// Every code of a slot with so many levels, in the order of their numbers.
    pub(crate) fn all(levels: usize) -> impl Iterator<Item = Coded> {
        let most = REASONS.saturating_add(u16::try_from(levels).unwrap_or(u16::MAX));
        (0..most).map(Coded)
    }

    /// The number.
    #[inline]
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// What it stands for.
    #[inline]
    pub(crate) fn answer(self) -> Answer {
        match self.0.checked_sub(REASONS) {
            Some(level) => Answer::Level(level),
            None => Answer::Missing(Missing::ALL.get(self.number()).copied().unwrap_or(Missing::Skipped)),
        }
    }

    /// The level, if there is an answer.
    #[inline]
    pub(crate) fn level(self) -> Option<usize> {
        self.0.checked_sub(REASONS).map(usize::from)
    }

    /// Whether an answer exists but is not known.
    #[inline]
    pub(crate) fn is_unknown(self) -> bool {
        self.answer().is_unknown()
    }
}

impl From<Answer> for Coded {
    #[inline]
    fn from(answer: Answer) -> Self {
        Coded(match answer {
            // A slot has far fewer levels than there are numbers: loading a questionnaire limits them.
            Answer::Level(level) => level.saturating_add(REASONS),
            // The order of the reasons is that of `Missing::ALL`, see the test.
            Answer::Missing(reason) => reason as u16,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_comes_back() {
        let missing = Missing::ALL.map(Answer::Missing);
        let levels = (0..300).map(Answer::Level);
        let answers: Vec<Answer> = missing.into_iter().chain(levels).collect();
        for (number, answer) in answers.iter().enumerate() {
            let coded = Coded::from(*answer);
            assert_eq!((coded.number(), coded.answer(), coded.level()), (number, *answer, answer.level()));
            assert_eq!(coded.is_unknown(), answer.is_unknown());
        }
        assert!(Coded::all(300).map(Coded::answer).eq(answers));
    }
}
