//! Changes of answers: which answers are alike, and what changes take.

use std::cmp::Ordering;
use std::ops::Add;

/// Answers that nothing tells apart, nor their neighbours, nor whether they are the first or the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// The variable's level, and those of the neighbours.
    pub(super) level: u32,
    pub(super) down: Option<u32>,
    pub(super) up: Option<u32>,
    /// The one that takes the fewest steps from the answer as it is.
    pub(super) nearest: usize,
    pub(super) steps: u32,
}

/// What some changes take: answers first, then steps, then what stands first in the questionnaire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) steps: u32,
    /// The slots and their new answers, in the order of the questionnaire.
    pub(super) changes: Vec<(usize, usize)>,
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        let (mut changes, rest) =
            if self.changes.is_empty() { (other.changes, self.changes) } else { (self.changes, other.changes) };
        if !rest.is_empty() {
            changes.extend(rest);
            changes.sort_unstable();
        }
        Cost { steps: self.steps + other.steps, changes }
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> Ordering {
        let slots = |cost: &Self| cost.changes.iter().map(|(slot, _)| *slot).collect::<Vec<_>>();
        (self.changes.len(), self.steps)
            .cmp(&(other.changes.len(), other.steps))
            .then_with(|| slots(self).cmp(&slots(other)))
            .then_with(|| self.changes.cmp(&other.changes))
    }
}

/// The levels beside an answer.
pub(super) fn neighbours(level_of: &[u32], answer: usize) -> [Option<u32>; 2] {
    let level = |answer: usize| level_of.get(answer).copied();
    [answer.checked_sub(1).and_then(level), level(answer + 1)]
}

/// The answers of a variable, those together that nothing tells apart.
pub(super) fn classes(level_of: &[u32], now: usize) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    for (answer, level) in level_of.iter().enumerate() {
        let [down, up] = neighbours(level_of, answer);
        let steps = answer.abs_diff(now) as u32;
        let same = |class: &&mut Class| (class.level, class.down, class.up) == (*level, down, up);
        match classes.iter_mut().find(same) {
            Some(class) if steps < class.steps => (class.nearest, class.steps) = (answer, steps),
            Some(_) => {}
            None => classes.push(Class { level: *level, down, up, nearest: answer, steps }),
        }
    }
    classes
}
