//! Properties of two sheets that differ in one answer.

use std::collections::BTreeSet;

use super::{Counterexample, Found, Prover};
use crate::analysis::witness::{TURNS, assessed};
use crate::analysis::{Reported, Witness};
use crate::diagram::{NodeId, OverBudget};
use crate::questionnaire::Direction;
use crate::responses::Responses;

/// The most levels of a variable of which all pairs are looked at. A design choice, far above what a question has.
const WIDEST: u32 = 512;

/// The most moves of a variable that are all tried for the smallest pair of sheets; of more it is the first that is bad.
const TRIED: usize = 64;

/// Moves of one variable, from the first level to the second.
type Moves = (u32, Vec<(u32, u32)>);

/// The levels of other variables that a move needs to be bad, and the move.
type BadMove = (Vec<(u32, u32)>, (u32, u32));

impl Prover<'_> {
    /// The order in which a signal is worse or better; none for what takes no part in it.
    fn rank(&self) -> impl Fn(u32) -> Option<u8> + use<> {
        let (keep_going, walk_away) = (self.signal("keep_going"), self.signal("walk_away"));
        move |outcome| match Reported::of(outcome) {
            Reported::Declared(signal) if Some(signal) == walk_away => Some(0),
            Reported::Declared(signal) if Some(signal) == keep_going => Some(2),
            Reported::Declared(_) | Reported::HeldBack | Reported::CloseCall => Some(1),
            Reported::Withheld
            | Reported::OtherPath
            | Reported::NotEnough
            | Reported::Contradictory
            | Reported::None => None,
        }
    }

    /// The variables whose better answers must not make the signal worse, with their steps towards the better.
    pub(super) fn directed(&self) -> Vec<Moves> {
        let questionnaire = self.ruleset.questionnaire();
        let declared = |slot: usize| {
            self.variant.monotone.iter().find(|monotone| monotone.slot == slot).map(|monotone| monotone.direction)
        };
        let directed = (0_u32..).zip(&self.sheets.variables).filter_map(|(at, variable)| {
            let slot = questionnaire.slots.get(variable.slot)?;
            let item = questionnaire.item_of(slot)?;
            if item.block || self.variant.not_monotone.iter().any(|exempt| exempt.slot == variable.slot) {
                return None;
            }
            let is_concern = match declared(variable.slot).or(item.direction)? {
                Direction::Supports => false,
                Direction::Concern => true,
                Direction::Neutral => return None,
            };
            if variable.known > WIDEST {
                return Some((at, Vec::new()));
            }
            // The options of an item may stand in either order.
            let number = |level: u32| {
                let answer = variable.level_of.iter().position(|own| *own == level)?;
                slot.levels.number(answer)
            };
            let mut levels: Vec<(i64, u32)> =
                (0..variable.known).map(|level| Some((number(level)?, level))).collect::<Option<_>>()?;
            levels.sort_unstable();
            if is_concern {
                levels.reverse();
            }
            // Not neighbours only: what takes no part in the order may lie between a better and a worse signal. Neighbours
            // first, though, since the first of equally small counterexamples is shown.
            let rises = (1..levels.len()).flat_map(|apart| {
                let pairs = levels.iter().zip(levels.iter().skip(apart));
                pairs.map(|((_, worse), (_, better))| (*worse, *better)).collect::<Vec<_>>()
            });
            Some((at, rises.collect()))
        });
        directed.collect()
    }

    /// The variables of which some answer is a yes to the gate, with the moves from every other answer to it.
    pub(super) fn flagging(&self) -> Vec<Moves> {
        let inputs = self.ruleset.gate().inputs().iter();
        let flagging = inputs.filter_map(|input| {
            let at = self.sheets.variable(input.slot())?;
            let variable = self.sheets.variables.get(at as usize)?;
            if variable.known > WIDEST {
                return Some((at, Vec::new()));
            }
            let level = |answer: usize| variable.level_of.get(answer).copied();
            let moves: Vec<(u32, u32)> = input
                .yeses()
                .filter_map(level)
                .flat_map(|yes| input.noes().filter_map(level).map(move |no| (no, yes)))
                .filter(|(no, yes)| no != yes)
                .collect();
            (!moves.is_empty()).then_some((at, moves))
        });
        flagging.collect()
    }

    /// The variables that can be skipped or declined, with the moves from every answer to that.
    pub(super) fn missable(&self) -> Vec<Moves> {
        let missable = (0_u32..).zip(&self.sheets.variables).filter(|(_, variable)| variable.may_be_missing);
        missable
            .map(|(at, variable)| {
                let missing = variable.skipped()..variable.levels();
                let moves = missing.flat_map(|missing| (0..variable.known).map(move |level| (level, missing)));
                (at, moves.collect())
            })
            .collect()
    }

    pub(super) fn monotone(&mut self) -> Result<Vec<Found>, OverBudget> {
        let rank = self.rank();
        let worse = |from: u32, to: u32| rank(from).zip(rank(to)).is_some_and(|(from, to)| to < from);
        let directed = self.directed();
        match self.too_wide(&directed) {
            Some(found) => Ok(vec![found]),
            None => self.no_move(&directed, &worse),
        }
    }

    pub(super) fn safety_yes(&mut self) -> Result<Vec<Found>, OverBudget> {
        let (rank, keeps) = (self.rank(), self.is_keep_going());
        // The gate's own word for "no direction" is not rosy, whatever it took the place of.
        let held_back = Reported::HeldBack.outcome();
        let rosier = |from: u32, to: u32| match (rank(from), rank(to)) {
            (Some(from), Some(now)) if to != held_back => now > from,
            _ => keeps(to) && !keeps(from),
        };
        let flagging = self.flagging();
        match self.too_wide(&flagging) {
            Some(found) => Ok(vec![found]),
            None => self.no_move(&flagging, &rosier),
        }
    }

    pub(super) fn skipping(&mut self) -> Result<Vec<Found>, OverBudget> {
        let keeps = self.is_keep_going();
        self.no_move(&self.missable(), &|from, to| keeps(to) && !keeps(from))
    }

    /// Nothing is claimed of all pairs of answers to a question that has too many.
    fn too_wide(&self, moves: &[Moves]) -> Option<Found> {
        let known = |at: u32| self.sheets.variables.get(at as usize).map_or(0, |variable| variable.known);
        let (at, _) = moves.iter().find(|(at, _)| known(*at) > WIDEST)?;
        let name = self.item_name(*at);
        Some(Found::OutOfReach(format!("`{name}` has more than {WIDEST} answers, and all pairs of them are too many")))
    }

    /// For each variable with a bad move, one counterexample.
    fn no_move(&mut self, moves: &[Moves], bad: &dyn Fn(u32, u32) -> bool) -> Result<Vec<Found>, OverBudget> {
        let reported = self.functions.reported;
        let mut good = BTreeSet::new();
        let mut found = Vec::new();
        for (at, own) in moves {
            if let Some(one) = self.sheets.diagram.find_move(reported, *at, own, bad, &mut good)? {
                let tried = if own.len() <= TRIED { own.as_slice() } else { &[one] };
                found.push(self.bad_move(*at, tried, bad)?);
            }
        }
        if found.is_empty() && self.variant.has_flag_by_score() {
            let why = "a rule raises a flag by a score, and with a skipped answer that score goes by the others";
            found.push(Found::OutOfReach(why.to_owned()));
        }
        Ok(found)
    }

    /// The pair of sheets with the fewest answers that a bad move needs.
    fn bad_move(&mut self, at: u32, moves: &[(u32, u32)], bad: &dyn Fn(u32, u32) -> bool) -> Result<Found, OverBudget> {
        let reported = self.functions.reported;
        let mut smallest: Option<BadMove> = None;
        for (from, to) in moves {
            let before = self.sheets.diagram.moved(&[reported], at, &|_| (0, *from))?;
            let after = self.sheets.diagram.moved(&[reported], at, &|_| (0, *to))?;
            let is_bad = self.sheets.diagram.apply(&[before, after], &|functions| match functions {
                [before, after] if before == after => Some(NodeId::leaf(0)),
                [before, after] => Some(NodeId::leaf(u32::from(bad(before.outcome()?, after.outcome()?)))),
                _ => None,
            })?;
            let levels = self.sheets.shortest(is_bad, &|outcome| outcome == 1);
            if let Some(levels) = levels
                && smallest.as_ref().is_none_or(|(known, _)| levels.len() < known.len())
            {
                smallest = Some((levels, (*from, *to)));
            }
        }
        let Some((levels, (from, to))) = smallest else {
            return Ok(Found::Unconfirmed(self.item_name(at)));
        };
        let with = |level: u32| [levels.as_slice(), &[(at, level)]].concat();
        let pair = (0..TURNS).find_map(|turn| {
            let sheets = [from, to].map(|level| self.sheets.responses(&with(level), turn));
            let assessed = assessed(self.ruleset, &sheets)?;
            let outcome = |row: usize| Reported::of_row(&assessed.row(row)).map(Reported::outcome);
            let (before, after) = (outcome(0)?, outcome(1)?);
            let matters = self.sheets.slots_of(&with(from));
            let witness = |responses: Responses| Witness { responses, matters: matters.clone() };
            bad(before, after).then(|| (sheets.map(witness).to_vec(), (before, after)))
        });
        Ok(match pair {
            Some((sheets, (before, after))) => {
                let says = format!("`{}`: {} becomes {}", self.item_name(at), self.name(before), self.name(after));
                Found::Confirmed(Counterexample { says, sheets })
            }
            None => Found::Unconfirmed(self.item_name(at)),
        })
    }

    fn item_name(&self, at: u32) -> String {
        let slot = self.sheets.variables.get(at as usize).map(|variable| variable.slot);
        let slot = slot.and_then(|slot| self.ruleset.questionnaire().slots.get(slot));
        slot.map_or_else(String::new, |slot| slot.id.clone())
    }
}
