//! The safety gate: engine code above any script. It runs first, and nothing lowers it.
//!
//! Missing is never "no". What is a flag follows `tier` in the questionnaire: a hard yes, or two soft ones of the
//! safety block about the other person's acts, end the assessment; everything else can only withhold.

use crate::questionnaire::{Condition, Operator, OptionValue, Questionnaire, Safety, SafetyAbout, Tier};
use crate::responses::{Answer, Missing, SafetyBlock};

/// What the gate found on one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Finding {
    /// Nothing but the safety text may be shown.
    pub(crate) hard: bool,
    /// How many soft flags there are, unanswered gate inputs included.
    pub(crate) soft: u16,
    /// Some hard item has no yes or no.
    pub(crate) unanswered: bool,
    /// The block was left out of the file: nothing may be concluded.
    pub(crate) left_out: bool,
    /// A yes of the respondent about their own acts.
    pub(crate) own_behaviour: bool,
    /// An answer that the crisis line answers.
    pub(crate) crisis: bool,
    /// How many soft yeses of the block are about the other one's acts; two make a hard flag.
    soft_of_block: u16,
}

impl Finding {
    /// The same for every question that is asked of it: more than two soft flags say no more than two.
    pub(crate) fn at_most_two(self) -> Self {
        Self { soft: self.soft.min(2), soft_of_block: self.soft_of_block.min(2), ..self }
    }

    /// Whether any flag is up, or cannot be told to be down.
    pub(crate) fn flagged(&self) -> bool {
        self.hard || self.soft > 0 || self.unanswered
    }
}

/// What the gate looks at, found once for a questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gate {
    inputs: Vec<Input>,
}

/// One slot that the gate looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    slot: usize,
    /// None for an item that is only named in another's `and`.
    tier: Option<Tier>,
    block: bool,
    about: SafetyAbout,
    /// For each level: is it a yes?
    yes: Vec<bool>,
    and: Option<(usize, Vec<bool>)>,
    /// The slot whose answer it was asked because of, and for each of its levels whether it was.
    asked_if: Option<(usize, Vec<bool>)>,
}

impl Gate {
    /// The gate of a questionnaire.
    pub(crate) fn new(questionnaire: &Questionnaire) -> Self {
        let resolved = |condition: &Condition| {
            let slot = questionnaire.slot(&condition.item)?;
            Some((slot, levels(questionnaire, slot, condition)))
        };
        let mut inputs: Vec<Input> = Vec::new();
        for (at, slot) in questionnaire.slots.iter().enumerate() {
            let Some(item) = questionnaire.item_of(slot) else {
                continue;
            };
            let Some(safety) = item.safety.as_ref().filter(|_| questionnaire.is_watched(slot)) else { continue };
            let yes = yes_of(safety, &slot.id);
            inputs.push(Input {
                slot: at,
                tier: Some(safety.tier),
                block: item.block,
                about: safety.about,
                yes: levels(questionnaire, at, &yes),
                and: safety.and.as_ref().and_then(&resolved),
                asked_if: item.asked_if.as_ref().and_then(&resolved),
            });
        }
        // What decides whether a flag counts, or whether its question is asked, is looked at itself, however far up.
        let mut looked_at = 0;
        while let Some(input) = inputs.get(looked_at) {
            let parent = match input.tier {
                Some(Tier::Opens | Tier::Crisis) => None,
                Some(Tier::Hard | Tier::Soft) | None => input.asked_if.as_ref(),
            };
            let above: Vec<usize> = [input.and.as_ref(), parent].into_iter().flatten().map(|(slot, _)| *slot).collect();
            for slot in above {
                let counts =
                    |input: &Input| input.slot == slot && !matches!(input.tier, Some(Tier::Opens | Tier::Crisis));
                if inputs.iter().any(counts) {
                    continue;
                }
                let item = questionnaire.slots.get(slot).and_then(|slot| questionnaire.item_of(slot));
                inputs.push(Input {
                    slot,
                    tier: None,
                    block: false,
                    about: SafetyAbout::Them,
                    yes: Vec::new(),
                    and: None,
                    asked_if: item.and_then(|item| item.asked_if.as_ref()).and_then(&resolved),
                });
            }
            looked_at += 1;
        }
        Self { inputs }
    }

    /// Whether the gate looks at this slot, for itself or because a flag hangs on it.
    pub(crate) fn reads(&self, slot: usize) -> bool {
        self.inputs.iter().any(|input| input.slot == slot)
    }

    /// Whether there is a hard item, without which nobody may be assessed.
    pub(crate) fn has_hard_item(&self) -> bool {
        self.inputs.iter().any(|input| input.tier == Some(Tier::Hard))
    }

    /// The slots that it looks at.
    pub(crate) fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.inputs.iter().map(|input| input.slot)
    }

    /// A level of a slot that raises no flag; none for a slot that the gate does not look at.
    pub(crate) fn unflagged_level(&self, slot: usize) -> Option<usize> {
        let input = self.inputs.iter().find(|input| input.slot == slot)?;
        Some(input.yes.iter().position(|yes| !yes).unwrap_or(0))
    }

    /// What it looks at, one by one.
    pub(crate) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What the answers say. `answer` gives the answer to a slot, settled for role and form.
    pub(crate) fn check(&self, safety: SafetyBlock, answer: impl Fn(usize) -> Answer) -> Finding {
        // What has no safety page has left none out.
        let left_out = safety == SafetyBlock::LeftOut && !self.inputs.is_empty();
        let mut finding = Finding { left_out, ..Finding::default() };
        for input in &self.inputs {
            input.add_to(&mut finding, &answer);
        }
        finding
    }
}

impl Input {
    /// The slot.
    pub(crate) fn slot(&self) -> usize {
        self.slot
    }

    /// The answers that are a yes; none for an item that only lets another one's yes count.
    pub(crate) fn yeses(&self) -> impl Iterator<Item = usize> + '_ {
        self.yes.iter().enumerate().filter(|(_, yes)| **yes).map(|(answer, _)| answer)
    }

    /// The answers that are none.
    pub(crate) fn noes(&self) -> impl Iterator<Item = usize> + '_ {
        self.yes.iter().enumerate().filter(|(_, yes)| !**yes).map(|(answer, _)| answer)
    }

    /// The slots whose answers decide what this one says: its own, the one that must hold as well, and the one that
    /// it was asked because of.
    pub(crate) fn looks_at(&self) -> impl Iterator<Item = usize> + '_ {
        let others = [self.and.as_ref(), self.asked_if.as_ref()].into_iter().flatten().map(|(slot, _)| *slot);
        std::iter::once(self.slot).chain(others)
    }

    /// Adds what this one says to what was found so far.
    pub(crate) fn add_to(&self, finding: &mut Finding, answer: impl Fn(usize) -> Answer) {
        let hard = self.tier == Some(Tier::Hard);
        match answer(self.slot) {
            Answer::Level(level) => {
                let own = self.yes.get(usize::from(level)).copied().unwrap_or(false);
                let and = self.and.as_ref().map_or(Some(true), |(slot, yes)| is_yes(answer(*slot), yes));
                match self.tier {
                    Some(Tier::Hard) if own && and == Some(true) => finding.hard = true,
                    // Unknown answers never add up to a hard flag, but they are not a no either.
                    Some(Tier::Hard) if own && and.is_none() => finding.unanswered = true,
                    Some(Tier::Soft) if own && and != Some(false) => {
                        finding.soft += 1;
                        finding.own_behaviour |= self.about == SafetyAbout::Myself;
                        finding.soft_of_block += u16::from(self.block && self.about == SafetyAbout::Them);
                        finding.hard |= finding.soft_of_block >= 2;
                    }
                    Some(Tier::Crisis) if own => finding.crisis = true,
                    _ => {}
                }
            }
            // Nobody was asked it: what it depends on is unknown, and counts itself.
            Answer::Missing(Missing::Skipped) if !self.was_asked(&answer) => {}
            Answer::Missing(reason) => {
                // A hard item outside of this form or role, or not asked because of its condition, asks nothing.
                finding.unanswered |= hard && reason != Missing::NotShown;
                let counts = match self.tier {
                    Some(Tier::Hard) => matches!(reason, Missing::Declined | Missing::DontKnow),
                    Some(Tier::Opens | Tier::Crisis) => false,
                    Some(Tier::Soft) | None => reason.is_unknown(),
                };
                finding.soft += u16::from(counts);
            }
        }
    }

    /// Whether the answer that it depends on, if any, is known to ask for it.
    fn was_asked(&self, answer: impl Fn(usize) -> Answer) -> bool {
        self.asked_if.as_ref().is_none_or(|(slot, yes)| is_yes(answer(*slot), yes) == Some(true))
    }
}

/// What a yes is on a slot of a safety item.
pub(crate) fn yes_of(safety: &Safety, slot: &str) -> Condition {
    Condition {
        item: slot.to_owned(),
        op: safety.op.unwrap_or(Operator::Equal),
        value: safety.value.clone().unwrap_or(OptionValue::Number(1)),
    }
}

/// Whether an answer is a yes; none while it is unknown.
fn is_yes(answer: Answer, yes: &[bool]) -> Option<bool> {
    match answer {
        Answer::Level(level) => Some(yes.get(usize::from(level)).copied().unwrap_or(false)),
        Answer::Missing(reason) => (!reason.is_unknown()).then_some(false),
    }
}

fn levels(questionnaire: &Questionnaire, slot: usize, condition: &Condition) -> Vec<bool> {
    let Some(slot) = questionnaire.slots.get(slot) else {
        return Vec::new();
    };
    (0..slot.levels.count())
        .map(|level| slot.levels.value(level).is_some_and(|value| condition.op.holds(&value, &condition.value)))
        .collect()
}

#[cfg(test)]
mod tests;
