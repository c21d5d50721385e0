//! How a function of the sheets around one is made from the diagram of the signal, no farther out than it is needed.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Around;
use crate::compile::complete::Made;
use crate::diagram::{NodeId, Opening};

/// More answers than any questionnaire has.
const FAR: u32 = u32::MAX >> 1;

/// How far from the sheet as it is others are looked at: what a function says of those that are
/// farther away is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::analysis::flip) enum Within {
    /// So many answers are others at most.
    Changes(u32),
    /// Any number is.
    Any,
}

impl Within {
    pub(super) fn and_one(self) -> Self {
        match self {
            Within::Changes(most) => Within::Changes(most + 1),
            Within::Any => Within::Any,
        }
    }

    fn reaches(self, distance: u32) -> bool {
        match self {
            Within::Changes(most) => distance <= most,
            Within::Any => distance < FAR,
        }
    }

    /// What is left of it after one more answer; none if that is too far away.
    fn after(self, is_changed: bool) -> Option<Self> {
        match self {
            Within::Changes(most) => most.checked_sub(u32::from(is_changed)).map(Within::Changes),
            Within::Any => Some(Within::Any),
        }
    }
}

/// What a function says of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sought {
    /// That it is this one, whatever the answers are that are not there.
    Settled(u32),
    /// That it is, or could be, another one.
    Unsettled(u32),
}

impl Sought {
    fn is(self, outcome: u32) -> bool {
        match self {
            Sought::Settled(signal) => outcome == signal,
            Sought::Unsettled(signal) => outcome != signal,
        }
    }
}

/// What a function is made from.
pub(super) struct Making {
    sought: Sought,
    places: Vec<Place>,
    /// For each node of the signal's diagram: how many answers must at least be others below it.
    distances: Vec<u32>,
}

impl Making {
    fn distance(&self, id: NodeId) -> Option<u32> {
        match id.outcome() {
            Some(outcome) => Some(if self.sought.is(outcome) { 0 } else { FAR }),
            None => self.distances.get(id.number()).copied(),
        }
    }

    fn place(&self, at: u32) -> Place {
        self.places.get(at as usize).copied().unwrap_or(Place::At(0))
    }
}

/// What is sought, a variable that is moved, and those that are open.
pub(super) type MakingKey = (Sought, Option<(u32, u32)>, Vec<u32>);

/// What is different from the sheet as it is.
#[derive(Default)]
pub(super) struct But<'a> {
    /// A variable that stays as it is has this level instead.
    pub(super) moved: Option<(u32, u32)>,
    /// These have any answer.
    pub(super) open: &'a [u32],
}

/// What a variable is while a function is made.
#[derive(Debug, Clone, Copy)]
enum Place {
    At(u32),
    Any(u32),
    Free,
}

impl Around<'_> {
    /// The fewest answers that must be others for what is sought; none if none are enough.
    pub(super) fn away(&mut self, sought: Sought) -> Option<u32> {
        let making = self.making(sought, &But::default());
        making.distance(self.complete.signal).filter(|distance| *distance < FAR)
    }

    /// Where it is as is sought on the sheets that differ from the one as it is by `but`.
    pub(super) fn made(&mut self, sought: Sought, within: Within, but: &But<'_>) -> Made {
        let key = ((sought, but.moved, but.open.to_vec()), within);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let making = self.making(sought, but);
        let made = self.below(self.complete.signal, within, &making, &mut FxHashMap::default())?;
        self.known.insert(key, made);
        Ok(made)
    }

    /// What such a function is made from, found once.
    fn making(&mut self, sought: Sought, but: &But<'_>) -> Rc<Making> {
        let key = (sought, but.moved, but.open.to_vec());
        if let Some(known) = self.makings.get(&key) {
            return Rc::clone(known);
        }
        let making = Rc::new(self.new_making(sought, but));
        self.makings.insert(key, Rc::clone(&making));
        making
    }

    fn below(
        &mut self,
        id: NodeId,
        within: Within,
        making: &Making,
        known: &mut FxHashMap<(NodeId, Within), NodeId>,
    ) -> Made {
        if let Some(outcome) = id.outcome() {
            return Ok(NodeId::leaf(u32::from(making.sought.is(outcome))));
        }
        if making.distance(id).is_none_or(|distance| !within.reaches(distance)) {
            return Ok(NodeId::leaf(0));
        }
        if let Some(made) = known.get(&(id, within)) {
            return Ok(*made);
        }
        let complete = self.complete;
        let at = complete.diagram.variable(id).unwrap_or(0);
        let child = |level: u32| complete.diagram.cofactor(id, at, level as usize);
        let made = match making.place(at) {
            Place::At(level) => self.below(child(level), within, making, known)?,
            Place::Any(levels) => {
                let children = (0..levels).map(|level| self.below(child(level), within, making, known));
                let children = children.collect::<Result<Vec<NodeId>, _>>()?;
                match making.sought {
                    Sought::Settled(_) => self.all(&children)?,
                    Sought::Unsettled(_) => self.any(&children)?,
                }
            }
            Place::Free => {
                let count = self.own_classes(at).len();
                let mut children = Vec::with_capacity(count);
                for class in 0..count {
                    let class = self.own_classes(at).get(class).map(|class| (class.level, class.steps > 0));
                    let (level, is_changed) = class.unwrap_or_default();
                    children.push(match within.after(is_changed) {
                        Some(within) => self.below(child(level), within, making, known)?,
                        None => NodeId::leaf(0),
                    });
                }
                self.diagram.node(at, &children)?
            }
        };
        known.insert((id, within), made);
        Ok(made)
    }

    /// The sheets that are no farther away. What a function says of others is not to be relied on.
    pub(in crate::analysis::flip) fn near(&mut self, within: Within) -> Made {
        let Within::Changes(most) = within else { return Ok(NodeId::leaf(1)) };
        // From the last variable upwards: for each number of changes that may still be made, what is near enough.
        let mut left: Vec<NodeId> = vec![NodeId::leaf(1); most as usize + 1];
        for at in
            (0..self.classes.len() as u32).rev().filter(|at| !self.own_classes(*at).is_empty()).collect::<Vec<_>>()
        {
            let changed: Vec<bool> = self.own_classes(at).iter().map(|class| class.steps > 0).collect();
            let mut above = Vec::with_capacity(left.len());
            for (number, same) in left.iter().enumerate() {
                let fewer = number.checked_sub(1).and_then(|number| left.get(number)).copied();
                let other = fewer.unwrap_or(NodeId::leaf(0));
                let children: Vec<NodeId> =
                    changed.iter().map(|changed| if *changed { other } else { *same }).collect();
                above.push(self.diagram.node(at, &children)?);
            }
            left = above;
        }
        Ok(left.pop().unwrap_or(NodeId::leaf(1)))
    }

    fn new_making(&self, sought: Sought, but: &But<'_>) -> Making {
        let places = (0..self.complete.variables.len() as u32).map(|at| self.place(at, but)).collect();
        let mut making = Making { sought, places, distances: vec![FAR; self.complete.diagram.len()] };
        for id in &self.order {
            let at = self.complete.diagram.variable(*id).unwrap_or(0);
            let children = self.complete.diagram.children(*id);
            let of = |level: u32| {
                let child = children.get(level as usize).copied();
                child.and_then(|child| making.distance(child)).unwrap_or(FAR)
            };
            let distance = match making.place(at) {
                Place::At(level) => of(level),
                Place::Any(levels) => match sought {
                    // It must be settled for each of them.
                    Sought::Settled(_) => (0..levels).map(of).max().unwrap_or(FAR),
                    Sought::Unsettled(_) => (0..levels).map(of).min().unwrap_or(FAR),
                },
                Place::Free => {
                    let ways = self.own_classes(at).iter();
                    ways.map(|class| of(class.level) + u32::from(class.steps > 0)).min().unwrap_or(FAR)
                }
            };
            if let Some(place) = making.distances.get_mut(id.number()) {
                *place = distance.min(FAR);
            }
        }
        making
    }

    fn place(&self, at: u32, but: &But<'_>) -> Place {
        let Some(variable) = self.complete.variables.get(at as usize) else { return Place::At(0) };
        if but.open.contains(&at) {
            return Place::Any(variable.known);
        }
        if let Some((_, level)) = but.moved.filter(|(moved, _)| *moved == at) {
            return Place::At(level);
        }
        let answer = self.answers.get(variable.slot).copied();
        match answer.map(|answer| variable.opening(answer)) {
            Some(Opening::Known(_)) if self.is_free(at) => Place::Free,
            Some(Opening::Known(level)) => Place::At(level),
            Some(Opening::Open(levels)) => Place::Any(levels),
            None => Place::Any(variable.known),
        }
    }
}
