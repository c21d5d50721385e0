//! What is reported of a sheet, made once more in the plainest way: every fill written out, every step taken, every
//! condition run by the interpreter. It shares with the proofs neither tables nor diagrams.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::Reported;
use crate::compile::oracle::{Oracle, Seen};
use crate::compile::{RuleEffect, Variant};
use crate::diagnostic::SourceFile;
use crate::exact::Exact;
use crate::gate::{Finding, Gate};
use crate::questionnaire::{Direction, Form, Levels, MINOR_ITEM, Questionnaire, Role};
use crate::responses::{Answer, Missing, Responses, SafetyBlock};
use crate::ruleset::{LoadOptions, load};

pub(super) struct Interpreted {
    oracle: Oracle,
    gate: Gate,
}

impl Interpreted {
    pub(super) fn new(file: &SourceFile, questionnaire: &Arc<Questionnaire>) -> Self {
        let files = std::slice::from_ref(file);
        let (ruleset, _) = load(files, questionnaire, &LoadOptions::only(Role::Hurt, Form::Short)).unwrap();
        let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
        let oracle = Oracle::new(files, questionnaire, &ruleset, variant).unwrap();
        Self { oracle, gate: Gate::new(questionnaire) }
    }

    pub(super) fn variant(&self) -> &Variant {
        &self.oracle.variant
    }

    fn finding(&self, sheet: &Responses) -> Finding {
        self.gate.check(sheet.safety, |slot| sheet.answers[slot])
    }

    /// What the interpreter says of a sheet: rules, overlays, stage, and the signal and reason before any honesty test.
    pub(super) fn seen(&self, sheet: &Responses) -> Seen {
        self.oracle.sheet(&sheet.answers, &self.finding(sheet), usize::MAX).unwrap()
    }

    /// Whether a rule fires.
    pub(super) fn fires(&self, seen: &Seen, rule: usize) -> bool {
        seen.outcomes[self.variant().rules[rule].condition] == Some(1)
    }

    /// The sheets that a sheet could be if every question that a script may read were answered.
    fn fills(&self, sheet: &Responses) -> Vec<Responses> {
        let questionnaire = &self.oracle.questionnaire;
        let open = (0..questionnaire.slots.len()).find(|slot| {
            let item = questionnaire.item_of(&questionnaire.slots[*slot]).unwrap();
            sheet.answers[*slot].is_unknown() && self.variant().asked[*slot] && !item.block && item.id != MINOR_ITEM
        });
        let Some(slot) = open else { return vec![sheet.clone()] };
        let answered = |level: usize| {
            let mut fill = sheet.clone();
            fill.answers[slot] = Answer::Level(level as u16);
            fill.settle(questionnaire);
            self.fills(&fill)
        };
        (0..questionnaire.slots[slot].levels.count()).flat_map(answered).collect()
    }

    fn signals(&self, sheet: &Responses) -> BTreeSet<usize> {
        self.fills(sheet).iter().map(|fill| self.seen(fill).signal.unwrap().unwrap()).collect()
    }

    /// The sheet with another answer; what is asked only now has none yet.
    fn moved(&self, sheet: &Responses, slot: usize, level: u16) -> Responses {
        let questionnaire = &self.oracle.questionnaire;
        let mut moved = sheet.clone();
        moved.answers[slot] = Answer::Level(level);
        for (at, own) in questionnaire.slots.iter().enumerate() {
            let item = questionnaire.item_of(own).unwrap();
            let asked = item.asked_if.as_ref().is_some_and(|when| moved.holds(questionnaire, when) == Some(true));
            if asked && self.variant().asked[at] && moved.answers[at] == Answer::Missing(Missing::NotShown) {
                moved.answers[at] = Answer::Missing(Missing::Skipped);
            }
        }
        moved.settle(questionnaire);
        moved
    }

    /// Whether one step of an answer leads to another signal.
    fn is_close(&self, sheet: &Responses, signals: &BTreeSet<usize>) -> bool {
        let questionnaire = &self.oracle.questionnaire;
        (0..questionnaire.slots.len()).any(|slot| {
            let item = questionnaire.item_of(&questionnaire.slots[slot]).unwrap();
            let directed = matches!(item.direction, Some(Direction::Supports | Direction::Concern));
            let count = questionnaire.slots[slot].levels.count();
            let Answer::Level(level) = sheet.answers[slot] else { return false };
            let steps = [level.checked_sub(1), Some(level + 1).filter(|up| usize::from(*up) < count)];
            directed
                && count >= 5
                && !item.block
                && !item.context
                && steps.into_iter().flatten().any(|step| self.signals(&self.moved(sheet, slot, step)) != *signals)
        })
    }

    fn contradicts(&self, sheet: &Responses) -> bool {
        let top = |slot: usize| self.oracle.questionnaire.slots[slot].levels.count() - 1;
        let pairs = &self.variant().screens.contradicts;
        pairs.iter().any(|(low, high)| {
            sheet.answers[*low] == Answer::Level(0) && sheet.answers[*high].level() == Some(top(*high))
        })
    }

    /// What an assessment reports. Straight-lining is left out: it looks at ten answers, and here are fewer.
    pub(super) fn reported(&self, sheet: &Responses) -> Reported {
        let variant = self.variant();
        let finding = self.finding(sheet);
        if finding.hard {
            return Reported::Withheld;
        }
        let minor = self.oracle.questionnaire.slot(MINOR_ITEM).unwrap();
        if sheet.answers[minor] == Answer::Level(1) {
            return Reported::OtherPath;
        }
        let core: Vec<Answer> = variant.core.iter().map(|slot| sheet.answers[*slot]).collect();
        let answered = core.iter().filter(|answer| matches!(answer, Answer::Level(_))).count();
        let asked = answered + core.iter().filter(|answer| answer.is_unknown()).count();
        let share = variant.floor.unwrap_or(Exact::from_integer(0));
        if Exact::from_integer(answered as i128) < share * Exact::from_integer(asked as i128) {
            return Reported::NotEnough;
        }
        let signals = self.signals(sheet);
        if signals.len() != 1 {
            return Reported::NotEnough;
        }
        let signal = *signals.first().unwrap();
        let keeps = variant.signals[signal].id == "keep_going";
        let decisive = keeps || variant.signals[signal].id == "walk_away";
        let flags = variant.rules.iter().any(|rule| rule.effects.iter().any(|e| matches!(e, RuleEffect::Flag(_))));
        assert!(!flags, "a flag of a rule is not looked at here");
        if decisive && (finding.unanswered || (keeps && finding.soft > 0)) {
            return Reported::HeldBack;
        }
        if self.contradicts(sheet) {
            return Reported::Contradictory;
        }
        if decisive && self.is_close(sheet, &signals) {
            return Reported::CloseCall;
        }
        Reported::Declared(signal as u32)
    }

    /// Every sheet on which every question is answered and no safety answer is a yes; of numbers only those given.
    pub(super) fn every_calm_sheet(&self, numbers: &[i64]) -> Vec<Responses> {
        let questionnaire = &self.oracle.questionnaire;
        let answers = vec![Answer::Missing(Missing::Skipped); questionnaire.slots.len()];
        let empty =
            Responses { form: Form::Short, role: Role::Hurt, bond: None, safety: SafetyBlock::Answered, answers };
        let mut sheets = vec![empty];
        for (at, slot) in questionnaire.slots.iter().enumerate() {
            let item = questionnaire.item_of(slot).unwrap();
            let levels: Vec<u16> = match &slot.levels {
                _ if item.block || item.id == MINOR_ITEM => vec![0],
                Levels::Range { min, .. } => numbers.iter().map(|number| (number - min) as u16).collect(),
                levels => (0..levels.count() as u16).collect(),
            };
            let with = |sheet: &Responses, level: u16| {
                let mut sheet = sheet.clone();
                sheet.answers[at] = Answer::Level(level);
                sheet.settle(questionnaire);
                sheet
            };
            sheets = sheets.iter().flat_map(|sheet| levels.iter().map(|level| with(sheet, *level))).collect();
        }
        sheets.sort_by(|a, b| a.answers.cmp(&b.answers));
        sheets.dedup();
        sheets
    }
}
