//! The interview: which question comes next, and what a reply changes.
//!
//! [`Interview`] is a state machine without words, keys or a screen: whoever asks shows [`Interview::question`] and
//! gives back a [`Reply`]. Which question comes next follows from the replies alone, so going back over one decides
//! anew what is asked after it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::yes_of;
use crate::questionnaire::{
    BOND_ITEM, Bond, Form, Item, ItemKind, MINOR_ITEM, OptionValue, Questionnaire, ROLE_ITEM, Role, Slot, Tier,
};
use crate::responses::{Answer, Missing, Responses, SafetyBlock, role_and_bond};

/// One person's interview, at some point between its first question and its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Interview<'q> {
    questionnaire: &'q Questionnaire,
    /// The items in the order in which they are asked, as far as no reply changes it.
    order: Vec<usize>,
    given: Given,
    form: Form,
    /// By item; what was given beforehand stands here, too.
    replies: BTreeMap<usize, Reply>,
    /// The items that were asked and still are, in the order in which that happened.
    asked: Vec<usize>,
    /// Which of them was gone back to.
    again: Option<usize>,
}

/// What is known before the first question, and so is not asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// As whom the person answers.
    pub role: Option<Role>,
    /// What kind of bond it is about.
    pub bond: Option<Bond>,
}

/// What a person can do with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The option of a choice with this position.
    Option(usize),
    /// A whole number.
    Number(i64),
    /// The options of a multi item with these positions, and no others.
    Ticked(BTreeSet<usize>),
    /// Left blank.
    Skipped,
    /// "Rather not say."
    Declined,
    /// "Does not apply."
    NotApplicable,
}

/// Why a reply was not taken. It says nothing of what the reply was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The question has other answers.
    #[error("this is none of the answers to the question")]
    NoSuchAnswer,
    /// "Does not apply" is not offered here.
    #[error("\"does not apply\" is not offered here")]
    NotApplicableNotOffered,
    /// Nothing is asked any more.
    #[error("every question has been asked")]
    Finished,
}

/// What was given beforehand is none of the answers to this item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` has no such answer in this questionnaire")]
pub struct NotOffered(pub &'static str);

/// A question, at the time at which it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question<'q> {
    /// What is asked.
    pub item: &'q Item,
    /// Which question it is, from 1.
    pub number: usize,
    /// How many questions there are, as far as the replies decide it until now.
    pub of: usize,
    /// The reply that stands, if the question was gone back to.
    pub reply: Option<Reply>,
}

impl<'q> Interview<'q> {
    /// An interview before its first question.
    ///
    /// # Errors
    /// [`NotOffered`] if the questionnaire asks for role or bond and what is given is none of the options.
    pub fn new(questionnaire: &'q Questionnaire, form: Form, given: Given) -> Result<Self, NotOffered> {
        let mut order: Vec<usize> = (0..questionnaire.items.len()).collect();
        order.sort_by_key(|at| questionnaire.items.get(*at).map(turn));
        let mut replies = BTreeMap::new();
        let known = [(ROLE_ITEM, given.role.map(Role::as_str)), (BOND_ITEM, given.bond.map(Bond::as_str))];
        for (id, word) in known {
            if let (Some(word), Some(slot)) = (word, questionnaire.slot(id).and_then(|at| questionnaire.slots.get(at)))
            {
                let option = slot.levels.level_of(&OptionValue::Word(word.to_owned())).ok_or(NotOffered(id))?;
                replies.insert(slot.item, Reply::Option(option));
            }
        }
        Ok(Self { questionnaire, order, given, form, replies, asked: Vec::new(), again: None })
    }

    /// The question that is to be answered now; none at the end.
    pub fn question(&self) -> Option<Question<'q>> {
        let pending = self.pending();
        let at = self.current(&pending)?;
        let item = self.questionnaire.items.get(at)?;
        let number = self.again.unwrap_or(self.asked.len()) + 1;
        Some(Question { item, number, of: self.asked.len() + pending.len(), reply: self.replies.get(&at).cloned() })
    }

    /// How many questions have no reply yet, as far as the replies decide it until now.
    pub fn remaining(&self) -> usize {
        self.pending().len()
    }

    /// Takes the reply to the current question. What is not asked any more because of it is forgotten.
    ///
    /// After a question that was gone back to, the interview goes on where it was.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn reply(&mut self, reply: Reply) -> Result<(), Refused> {
        let at = self.current(&self.pending()).ok_or(Refused::Finished)?;
        let item = self.questionnaire.items.get(at).ok_or(Refused::Finished)?;
        check(item, &reply)?;
        self.replies.insert(at, reply);
        if self.again.take().is_none() {
            self.asked.push(at);
        }
        self.forget();
        Ok(())
    }

    /// Goes back to the question before. No if there is none.
    pub fn back(&mut self) -> bool {
        match self.again.unwrap_or(self.asked.len()).checked_sub(1) {
            Some(before) => {
                self.again = Some(before);
                true
            }
            None => false,
        }
    }

    /// How many questions the full form would add; none under 18.
    pub fn deeper(&self) -> usize {
        if self.is_minor() {
            return 0;
        }
        let full = Self { form: Form::Full, ..self.clone() };
        full.remaining().saturating_sub(self.remaining())
    }

    /// Goes on with the full form. Nothing is asked twice.
    pub fn go_deeper(&mut self) {
        self.form = Form::Full;
        self.again = None;
    }

    /// As whom the person answers; unanswered, as the one who was hurt.
    pub fn role(&self) -> Role {
        self.so_far().role
    }

    /// What kind of bond it is about, if that is known.
    pub fn bond(&self) -> Option<Bond> {
        self.so_far().bond
    }

    /// Whether the person said to be under 18. Then only what the crisis line answers and the safety block are asked.
    pub fn is_minor(&self) -> bool {
        self.so_far().is_minor(self.questionnaire)
    }

    /// The replies as responses. What is still to be asked is skipped.
    pub fn responses(&self) -> Responses {
        let mut responses = self.so_far();
        let pending = self.pending();
        for (slot, answer) in self.questionnaire.slots.iter().zip(&mut responses.answers) {
            if pending.contains(&slot.item) {
                *answer = Answer::Missing(Missing::Skipped);
            }
        }
        // Whether an item is asked may hang on an answer that is not known; then neither is the item's own.
        responses.settle(self.questionnaire);
        responses
    }

    /// What was replied until now; everything else counts as not shown, so that no condition on it holds.
    fn so_far(&self) -> Responses {
        let answer = |slot: &Slot| match self.replies.get(&slot.item) {
            Some(reply) => answer(slot, reply),
            None => Answer::Missing(Missing::NotShown),
        };
        let answers: Vec<Answer> = self.questionnaire.slots.iter().map(answer).collect();
        let (role, bond) = role_and_bond(self.questionnaire, &answers);
        Responses {
            form: self.form,
            role: role.or(self.given.role).unwrap_or(Role::Hurt),
            bond: bond.or(self.given.bond),
            safety: SafetyBlock::Answered,
            answers,
        }
    }

    /// The item that is asked now.
    fn current(&self, pending: &[usize]) -> Option<usize> {
        match self.again {
            Some(again) => self.asked.get(again).copied(),
            None => pending.first().copied(),
        }
    }

    /// The items that are still to be asked, in their order.
    fn pending(&self) -> Vec<usize> {
        let so_far = self.so_far();
        let is_open = |at: &usize| !self.replies.contains_key(at) && self.is_shown(*at, &so_far);
        let mut pending: Vec<usize> = self.order.iter().copied().filter(is_open).collect();
        if self.replies.keys().any(|at| self.opens_block(*at, &so_far)) {
            pending.sort_by_key(|at| self.questionnaire.items.get(*at).is_some_and(|item| !item.block));
        }
        pending
    }

    fn is_shown(&self, at: usize, so_far: &Responses) -> bool {
        let Some(item) = self.questionnaire.items.get(at) else {
            return false;
        };
        // Free text is scored by nobody, so nobody is asked to write any.
        if item.kind == ItemKind::Text || !item.is_asked_in(so_far.role, so_far.form) {
            return false;
        }
        // What was said about the situation before the age was known stays said.
        let before = is_context(item) && self.replies.contains_key(&at);
        if so_far.is_minor(self.questionnaire) && !(item.block || is_crisis(item) || before) {
            return false;
        }
        item.asked_if.as_ref().is_none_or(|condition| so_far.holds(self.questionnaire, condition) == Some(true))
    }

    /// Whether a reply brings the safety block at once.
    fn opens_block(&self, at: usize, so_far: &Responses) -> bool {
        let Some(item) = self.questionnaire.items.get(at).filter(|item| !item.block) else {
            return false;
        };
        let Some(safety) = item.safety.as_ref().filter(|safety| safety.tier != Tier::Crisis) else {
            return false;
        };
        let mut slots = self.questionnaire.slots_of(at).filter(|(_, slot)| self.questionnaire.is_watched(slot));
        let own = slots.any(|(_, slot)| so_far.holds(self.questionnaire, &yes_of(safety, &slot.id)) == Some(true));
        // A second half that was asked and is not known is no "no"; one that is still to be asked can wait.
        own && safety.and.as_ref().is_none_or(|and| so_far.holds(self.questionnaire, and) != Some(false))
    }

    /// Forgets the replies to what is not asked any more, and then what followed from them.
    fn forget(&mut self) {
        loop {
            let so_far = self.so_far();
            let gone: Vec<usize> = self.asked.iter().copied().filter(|at| !self.is_shown(*at, &so_far)).collect();
            if gone.is_empty() {
                return;
            }
            self.asked.retain(|at| !gone.contains(at));
            self.replies.retain(|at, _| !gone.contains(at));
        }
    }
}

/// When an item has its turn: who and whom it is about, the situation, everything else, the safety block.
fn turn(item: &Item) -> u8 {
    match item.id.as_str() {
        ROLE_ITEM | BOND_ITEM => 0,
        _ if item.block => 3,
        _ if is_context(item) => 1,
        _ => 2,
    }
}

fn is_context(item: &Item) -> bool {
    item.context || [ROLE_ITEM, BOND_ITEM, MINOR_ITEM].contains(&item.id.as_str())
}

fn is_crisis(item: &Item) -> bool {
    item.safety.as_ref().is_some_and(|safety| safety.tier == Tier::Crisis)
}

fn check(item: &Item, reply: &Reply) -> Result<(), Refused> {
    let fits = match (&item.kind, reply) {
        (_, Reply::NotApplicable) if !item.offers_not_applicable => return Err(Refused::NotApplicableNotOffered),
        (_, Reply::Skipped | Reply::Declined | Reply::NotApplicable) => true,
        (ItemKind::Choice(options), Reply::Option(at)) => *at < options.len(),
        (ItemKind::Number { min, max, .. }, Reply::Number(number)) => (min..=max).contains(&number),
        (ItemKind::Multi(options), Reply::Ticked(ticked)) => ticked.iter().all(|at| *at < options.len()),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Refused::NoSuchAnswer) }
}

/// What a reply to an item says about one of its slots.
fn answer(slot: &Slot, reply: &Reply) -> Answer {
    let level = match reply {
        Reply::Skipped => return Answer::Missing(Missing::Skipped),
        Reply::Declined => return Answer::Missing(Missing::Declined),
        Reply::NotApplicable => return Answer::Missing(Missing::NotApplicable),
        Reply::Option(at) => Some(*at),
        Reply::Number(number) => slot.levels.level_of(&OptionValue::Number(*number)),
        Reply::Ticked(ticked) => slot.option.map(|option| usize::from(ticked.contains(&option))),
    };
    // Every reply was checked against its item when it was taken.
    level.and_then(|level| u16::try_from(level).ok()).map_or(Answer::Missing(Missing::Skipped), Answer::Level)
}
