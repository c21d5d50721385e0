//! Which questions were shown to somebody, by their role, their form and their own answers.

use super::{Answer, Conflict, Missing};
use crate::questionnaire::{Form, Questionnaire, Role};

/// What it takes for each question to be shown to people of one role in one form; found once for many sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The slots that are not shown to everybody, parents first.
    slots: Vec<Conditional>,
}

/// A slot that is not shown to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Conditional {
    slot: usize,
    /// It belongs to another role or form.
    outside: bool,
    /// It is one of the safety block.
    block: bool,
    /// The slot it is asked because of, and for each of its levels whether it is.
    asked_if: Option<(usize, Vec<bool>)>,
}

impl Shown {
    /// What is shown to a role in a form.
    pub fn of(questionnaire: &Questionnaire, role: Role, form: Form) -> Self {
        let mut slots = Vec::new();
        for (at, slot) in questionnaire.slots.iter().enumerate() {
            let Some(item) = questionnaire.item_of(slot) else { continue };
            let outside = !item.is_asked_in(role, form);
            let asked_if = item.asked_if.as_ref().and_then(|condition| {
                let parent = questionnaire.slot(&condition.item)?;
                let levels = &questionnaire.slots.get(parent)?.levels;
                let holds = |level: usize| {
                    levels.value(level).is_some_and(|value| condition.op.holds(&value, &condition.value))
                };
                Some((parent, (0..levels.count()).map(holds).collect()))
            });
            if outside || asked_if.is_some() {
                slots.push(Conditional { slot: at, outside, block: item.block, asked_if });
            }
        }
        Self { slots }
    }

    /// Settles the answers of one sheet: see [`Responses::settle`](super::Responses::settle).
    pub fn settle(&self, answers: &mut [Answer]) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for conditional in &self.slots {
            let asked = conditional.asked(answers);
            let Some(answer) = answers.get_mut(conditional.slot) else { continue };
            let not_asked = asked == Some(false);
            if !conditional.outside && !not_asked {
                if asked.is_none() && *answer == Answer::Missing(Missing::NotShown) {
                    *answer = Answer::Missing(Missing::Skipped);
                }
                continue;
            }
            let given = matches!(answer, Answer::Level(_));
            // An item of another form may well have been answered; only a broken `asked_if` is a contradiction.
            if given && not_asked && !conditional.outside {
                conflicts.push(Conflict { slot: conditional.slot });
            }
            if !(given && conditional.block) {
                *answer = Answer::Missing(Missing::NotShown);
            }
        }
        conflicts
    }
}

/// What is shown to each role that was met in one form.
#[derive(Debug, Clone)]
pub struct ShownByRole<'q> {
    questionnaire: &'q Questionnaire,
    form: Form,
    known: Vec<(Role, Shown)>,
}

impl<'q> ShownByRole<'q> {
    /// Nobody was met yet.
    pub fn new(questionnaire: &'q Questionnaire, form: Form) -> Self {
        Self { questionnaire, form, known: Vec::new() }
    }

    /// Settles the answers of somebody in this role: see [`Responses::settle`](super::Responses::settle).
    pub fn settle(&mut self, role: Role, answers: &mut [Answer]) -> Vec<Conflict> {
        if !self.known.iter().any(|(known, _)| *known == role) {
            self.known.push((role, Shown::of(self.questionnaire, role, self.form)));
        }
        let shown = self.known.iter().find(|(known, _)| *known == role);
        shown.map(|(_, shown)| shown.settle(answers)).unwrap_or_default()
    }
}

impl Conditional {
    /// Whether it is asked; none while the answer that it hangs on is unknown. A parent without a value asks nothing.
    fn asked(&self, answers: &[Answer]) -> Option<bool> {
        let Some((parent, levels)) = &self.asked_if else { return Some(true) };
        match answers.get(*parent)? {
            Answer::Level(level) => Some(levels.get(usize::from(*level)).copied().unwrap_or(false)),
            Answer::Missing(reason) if reason.is_unknown() => None,
            Answer::Missing(_) => Some(false),
        }
    }
}
