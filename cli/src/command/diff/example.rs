//! An example of a move: which answers matter, and on which of them the two sides part.

use bearings_engine::responses::{Answer, AnswersFile, Missing, Responses, SafetyBlock, write_answers};
use bearings_engine::{AnswerBlock, BlockAssessment, Ruleset, Said, Variant, Witness, assess_block};

use super::{Comparison, Kind};

/// A sheet that moves.
pub(super) struct Example<'a> {
    pub(super) old: Said<'a>,
    pub(super) new: Said<'a>,
    /// The answers of which another one, alone, would leave the old reading as it is and take the move away.
    pub(super) turns_on: Vec<Given>,
    /// The answers without which the sheet need not be in its cell.
    pub(super) matters: Vec<Given>,
    /// The whole sheet, as a file of answers.
    pub(super) sheet: AnswersFile,
}

/// An answer, or why there is none.
pub(super) struct Given {
    /// Its item, or the option of one.
    pub(super) id: String,
    pub(super) value: String,
}

impl<'a> Example<'a> {
    /// What there is to say of a sheet that moves in a matrix of this kind.
    pub(super) fn of(witness: &Witness, comparison: &Comparison<'a>, kind: Kind) -> Option<Self> {
        let sheet = &witness.responses;
        let questionnaire = comparison.old.questionnaire();
        // The sheet itself, and each that has one other answer where it matters.
        let (mut sheets, mut changed) = (vec![sheet.clone()], Vec::new());
        for slot in &witness.matters {
            let count = questionnaire.slots.get(*slot).map_or(0, |slot| slot.levels.count());
            for level in (0..count).map(|level| Answer::Level(level as u16)) {
                let mut other = sheet.clone();
                if let Some(answer) = other.answers.get_mut(*slot).filter(|answer| **answer != level) {
                    *answer = level;
                    other.settle(questionnaire);
                    sheets.push(other);
                    changed.push(*slot);
                }
            }
        }
        let (old, new) = (Side::of(comparison.old, &sheets)?, Side::of(comparison.new, &sheets)?);
        let is_hinge = |row: usize| {
            let before = kind.of(old.said(row));
            before == kind.of(old.said(0)) && kind.of(new.said(row)) == before
        };
        let mut turns_on: Vec<usize> =
            changed.iter().enumerate().filter(|(at, _)| is_hinge(at + 1)).map(|(_, slot)| *slot).collect();
        turns_on.dedup();
        let given = |slots: &[usize]| slots.iter().filter_map(|slot| Given::of(comparison.old, sheet, *slot)).collect();
        Some(Self {
            old: old.said(0),
            new: new.said(0),
            turns_on: given(&turns_on),
            matters: given(&witness.matters),
            sheet: write_answers(questionnaire, sheet, SafetyBlock::Answered),
        })
    }
}

impl Given {
    /// None for what is not asked.
    fn of(ruleset: &Ruleset, sheet: &Responses, slot: usize) -> Option<Self> {
        let questionnaire = ruleset.questionnaire();
        let value = match (sheet.answers.get(slot)?, sheet.value(questionnaire, slot)) {
            (_, Some(value)) => value.to_string(),
            (Answer::Missing(Missing::NotShown), None) => return None,
            (Answer::Missing(reason), None) => reason.as_str().to_owned(),
            (Answer::Level(_), None) => return None,
        };
        Some(Self { id: questionnaire.slots.get(slot)?.id.clone(), value })
    }
}

/// What a ruleset says of some sheets of one role and form.
struct Side<'a> {
    variant: &'a Variant,
    assessed: BlockAssessment,
}

impl<'a> Side<'a> {
    fn of(ruleset: &'a Ruleset, sheets: &[Responses]) -> Option<Self> {
        let first = sheets.first()?;
        let mut block = AnswerBlock::new(ruleset.questionnaire(), first.form, SafetyBlock::Answered);
        sheets.iter().for_each(|sheet| block.push(sheet.role, &sheet.answers));
        let assessed = assess_block(ruleset, &block).ok()?;
        Some(Self { variant: ruleset.variant(first.role, first.form)?, assessed })
    }

    fn said(&self, row: usize) -> Said<'a> {
        Said::of(self.variant, self.assessed.row(row))
    }
}
