//! One sheet that shows something, with as few answers as it takes, looked at again by the engine itself.

use super::Sheets;
use crate::assess::{AnswerBlock, BlockAssessment, assess_block};
use crate::compile::complete::CompleteVariable;
use crate::diagram::NodeId;
use crate::questionnaire::MINOR_ITEM;
use crate::responses::{Answer, Missing, Responses, SafetyBlock};
use crate::ruleset::Ruleset;

/// How often the answers that do not matter are chosen anew, if the first choice says something of its own (a sheet of
/// equal answers). A design choice, far above what was ever needed.
pub(crate) const TURNS: usize = 64;

/// How many sheets with gaps are tried. A design choice: what a ruleset says of gaps is met within some hundred.
const TRIES: u64 = 4096;

/// A sheet that shows something.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// A whole sheet.
    pub responses: Responses,
    /// The slots whose answers make it so, in the order of the questionnaire; every other answer is free.
    pub matters: Vec<usize>,
}

impl Sheets<'_> {
    /// The levels of the fewest variables that lead a function to an outcome for which `wanted` holds.
    pub(crate) fn shortest(&self, function: NodeId, wanted: &dyn Fn(u32) -> bool) -> Option<Vec<(u32, u32)>> {
        let cost = |_: u32, _: u32| Some(1_u32);
        let nearest = self.diagram.nearest(function, 0_u32, wanted, &cost)?;
        Some(nearest.changes)
    }

    /// The same among the sheets on which everything is answered that a script can read.
    ///
    /// A yes of the safety block is taken only where nothing else will do: an unanswered one is a flag as well, and
    /// does not hide what is looked for.
    pub(crate) fn shortest_answered(&self, function: NodeId, wanted: &dyn Fn(u32) -> bool) -> Option<Vec<(u32, u32)>> {
        let nearest = |is_open: &dyn Fn(&CompleteVariable, u32) -> bool| {
            let cost = |at: u32, level: u32| {
                let variable = self.variables.get(at as usize)?;
                let may_be =
                    if self.is_block(variable.slot) { is_open(variable, level) } else { level < variable.skipped() };
                may_be.then_some(1_u32)
            };
            Some(self.diagram.nearest(function, 0_u32, wanted, &cost)?.changes)
        };
        nearest(&|variable, level| !self.is_yes(variable, level)).or_else(|| nearest(&|_, _| true))
    }

    fn is_block(&self, slot: usize) -> bool {
        let item = self.questionnaire.slots.get(slot).and_then(|slot| self.questionnaire.item_of(slot));
        item.is_some_and(|item| item.block)
    }

    /// Whether the gate takes this level for a yes.
    fn is_yes(&self, variable: &CompleteVariable, level: u32) -> bool {
        let is_it = |answer: usize| variable.level_of.get(answer) == Some(&level);
        self.gate.inputs().iter().filter(|input| input.slot() == variable.slot).any(|input| input.yeses().any(is_it))
    }

    /// A sheet with these levels for which `holds` is true once it is assessed; none if no choice of the other answers
    /// makes it so.
    pub(crate) fn witness(
        &self,
        ruleset: &Ruleset,
        levels: &[(u32, u32)],
        holds: &dyn Fn(&BlockAssessment) -> bool,
    ) -> Option<Witness> {
        self.confirmed(levels, &|sheet| {
            assessed(ruleset, std::slice::from_ref(sheet)).is_some_and(|assessed| holds(&assessed))
        })
    }

    /// A sheet with these levels for which `holds` is true; none if no choice of the other answers makes it so.
    pub(crate) fn confirmed(&self, levels: &[(u32, u32)], holds: &dyn Fn(&Responses) -> bool) -> Option<Witness> {
        let responses = (0..TURNS).map(|turn| self.responses(levels, turn)).find(holds)?;
        Some(Witness { responses, matters: self.slots_of(levels) })
    }

    /// A sheet on which some questions are left open for which `holds` is true once it is assessed: sheets of many
    /// answers and gaps are tried. That none is found says nothing.
    pub(crate) fn with_gaps(&self, ruleset: &Ruleset, holds: &dyn Fn(&BlockAssessment) -> bool) -> Option<Witness> {
        let variant = ruleset.variant(self.role, self.form)?;
        (0..TRIES).find_map(|turn| {
            let mut spread = Spread(turn);
            let levels: Vec<u32> =
                (0_u32..).zip(&self.variables).map(|(at, own)| self.spread(at, own, &mut spread)).collect();
            let mut responses = self.responses_of(&levels);
            let mut open: Vec<usize> = Vec::new();
            for scale in &variant.scales {
                let slots = scale.items.iter().map(|item| item.slot);
                match spread.below(4) {
                    0 => open.extend(slots),
                    1 => open.extend(slots.filter(|_| spread.below(2) == 0)),
                    _ => {}
                }
            }
            let counted =
                |slot: &usize| variant.scales.iter().any(|scale| scale.items.iter().any(|item| item.slot == *slot));
            let others = self.variables.iter().map(|variable| variable.slot).filter(|slot| !counted(slot));
            open.extend(others.filter(|_| spread.below(4) == 0));
            open.retain(|slot| !self.is_block(*slot));
            for slot in &open {
                if let Some(answer @ Answer::Level(_)) = responses.answers.get_mut(*slot) {
                    *answer = Answer::Missing(Missing::Skipped);
                }
            }
            responses.settle(self.questionnaire);
            open.sort_unstable();
            open.dedup();
            let is_it = assessed(ruleset, std::slice::from_ref(&responses)).is_some_and(|assessed| holds(&assessed));
            is_it.then_some(Witness { responses, matters: open })
        })
    }

    /// Any answer to what rules may read; no flag of the safety block, nor what else only the engine looks at.
    fn spread(&self, at: u32, variable: &CompleteVariable, spread: &mut Spread) -> u32 {
        let minor = self.questionnaire.slot(MINOR_ITEM) == Some(variable.slot);
        match self.is_block(variable.slot) || minor {
            true => self.levels(&[], 0).get(at as usize).copied().unwrap_or(0),
            false => spread.below(variable.skipped()),
        }
    }

    /// The slots of variables, in the order of the questionnaire.
    pub(crate) fn slots_of(&self, levels: &[(u32, u32)]) -> Vec<usize> {
        let mut slots: Vec<usize> = levels
            .iter()
            .filter_map(|(at, _)| self.variables.get(*at as usize))
            .map(|variable| variable.slot)
            .collect();
        slots.sort_unstable();
        slots
    }
}

/// Numbers that look as if they had been drawn, the same for the same start (SplitMix64, Steele, Lea & Flood 2014).
struct Spread(u64);

impl Spread {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % u64::from(most.max(1))) as u32
    }
}

/// What the engine says of sheets, one row each.
pub(crate) fn assessed(ruleset: &Ruleset, sheets: &[Responses]) -> Option<BlockAssessment> {
    let first = sheets.first()?;
    let mut block = AnswerBlock::new(ruleset.questionnaire(), first.form, SafetyBlock::Answered);
    for sheet in sheets {
        block.push(sheet.role, &sheet.answers);
    }
    assess_block(ruleset, &block).ok()
}
