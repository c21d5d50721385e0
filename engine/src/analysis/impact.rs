//! What an edit of a ruleset does to every possible answer sheet: both rulesets side by side in one diagram.
//!
//! Where the two say the same, their functions are the same node; so the work is in what differs. Counts are exact, a
//! cell's example is assessed by both rulesets, and past the budget nothing is claimed.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::said::{ENGINE_SIGNALS, Said, UNPLACED, signal_of};
use super::sheets::answer_of;
use super::witness::assessed;
use super::{Count, Functions, Reported, Sheets, Witness};
use crate::assess::{NotLoaded, Reason};
use crate::compile::complete::Made;
use crate::compile::{Outcome, Variant};
use crate::diagram::{NodeId, OverBudget};
use crate::questionnaire::{Form, Role};
use crate::responses::{Answer, Responses};
use crate::ruleset::{Kind, Ruleset};

/// A sheet that is mixed, and no declared reason holds.
const NO_REASON: &str = "none";

/// What changes on all answer sheets of one role and form.
///
/// A sheet answers every question; what the safety gate looks at can also be skipped or declined. The straight-line
/// screen is not part of it: it looks at equal numbers on a whole sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// How many sheets there are.
    pub sheets: Count,
    /// How many of them answer everything and are shown a stage: no hard flag, not under 18. Reasons, overlays and
    /// rules are counted over these.
    pub shown: Count,
    /// What becomes of the stage and the signal.
    pub moves: Moves,
    /// Sheets whose signal is mixed on both sides, for another reason.
    pub reasons: Vec<Cell>,
    /// The overlays that hold on other sheets than before, or that one side lacks.
    pub overlays: Vec<Shift>,
    /// The rules that fire on other sheets than before, or that one side lacks.
    pub rules: Vec<Shift>,
    /// Whether the straight-line screens differ, which is not looked at.
    pub other_straightline: bool,
}

/// From which stage and signal sheets move to which.
#[derive(Debug, Clone, PartialEq)]
pub struct Moves {
    /// The stages; none if neither side declares any. Over the sheets that answer everything and are shown one.
    pub stage: Option<Matrix>,
    /// The signals; none if neither side declares any. Over all sheets, for studies over those that answer everything.
    pub signal: Option<Matrix>,
}

/// How many sheets (or people) lie in each cell from old to new.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// All that can stand on either side, in their order.
    pub ids: Vec<String>,
    /// How many it is about.
    pub of: Count,
    /// The cells in which there are any, row by row.
    pub cells: Vec<Cell>,
}

/// Some sheets of which two rulesets say this.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What the old one says.
    pub from: String,
    /// What the new one says.
    pub to: String,
    /// How many.
    pub count: Count,
    /// One of them, with as few answers that matter as there can be; only where the two differ, and confirmed by
    /// assessing it.
    pub example: Option<Witness>,
}

/// Where a rule or an overlay holds now and where it held.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// Its id.
    pub id: String,
    /// Which side has it.
    pub on: Sides,
    /// On how many sheets it holds now and did not.
    pub gained: Count,
    /// On how many sheets it held and does not now.
    pub lost: Count,
}

/// Which of two rulesets has something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Both have.
    Both,
    /// It was removed.
    OldOnly,
    /// It was added.
    NewOnly,
}

/// Why there is nothing exact to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoImpact {
    /// The diagrams do not fit.
    #[error("the decision diagram needs more than {0} nodes")]
    OverBudget(usize),
    /// A side was loaded without this variant.
    #[error(transparent)]
    NotLoaded(#[from] NotLoaded),
    /// Sheets of different questionnaires cannot be compared.
    #[error("the two rulesets are for different questionnaires")]
    OtherQuestionnaire,
}

impl From<OverBudget> for NoImpact {
    fn from(over: OverBudget) -> Self {
        NoImpact::OverBudget(over.0)
    }
}

impl Impact {
    /// What `new` says of every sheet that `old` says otherwise of. `budget` is the most nodes of the diagram.
    ///
    /// # Errors
    /// [`NoImpact`]: past the budget, not loaded, or not comparable.
    pub fn of(old: &Ruleset, new: &Ruleset, role: Role, form: Form, budget: usize) -> Result<Self, NoImpact> {
        let mut pair = Pair::new(old, new, role, form, budget)?;
        let mut moves = Moves { stage: None, signal: None };
        if let Some(moved) = pair.stages()? {
            moves.stage = Some(pair.with_examples(moved, |said, id| said.stage == Some(id)));
        }
        if let Some(moved) = pair.signals()? {
            moves.signal = Some(pair.with_examples(moved, |said, id| said.signal == id));
        }
        let sheets = pair.sheets.count()?.into();
        let shown = pair.sheets.counts(pair.shown)?.remove(&1).unwrap_or_default().into();
        let reasons = pair.reasons()?;
        let (old_variant, new_variant) = (pair.old.variant, pair.new.variant);
        let overlays = pair.shifts(
            &ids(&old_variant.overlays, |overlay| &overlay.id, &pair.old.functions.overlays),
            &ids(&new_variant.overlays, |overlay| &overlay.id, &pair.new.functions.overlays),
        )?;
        let rules = pair.shifts(
            &ids(&old_variant.rules, |rule| &rule.id, &pair.old.functions.fired),
            &ids(&new_variant.rules, |rule| &rule.id, &pair.new.functions.fired),
        )?;
        let other_straightline = old_variant.screens.straightline != new_variant.screens.straightline;
        Ok(Self { sheets, shown, moves, reasons, overlays, rules, other_straightline })
    }

    /// Whether it is proved that no sheet gets another stage, signal or reason, and no overlay or rule holds elsewhere.
    pub fn is_none(&self) -> bool {
        let still = |matrix: &Option<Matrix>| matrix.as_ref().is_none_or(|matrix| matrix.moved().is_zero());
        let idle = |shift: &Shift| shift.gained.is_zero() && shift.lost.is_zero();
        !self.other_straightline
            && still(&self.moves.stage)
            && still(&self.moves.signal)
            && self.reasons.is_empty()
            && self.overlays.iter().chain(&self.rules).all(idle)
    }
}

impl Moves {
    /// The same as in [`Impact`], without examples.
    ///
    /// # Errors
    /// As [`Impact::of`].
    pub fn of(old: &Ruleset, new: &Ruleset, role: Role, form: Form, budget: usize) -> Result<Self, NoImpact> {
        let mut pair = Pair::new(old, new, role, form, budget)?;
        let stage = pair.stages()?.map(|moved| moved.matrix);
        Ok(Self { stage, signal: pair.signals()?.map(|moved| moved.matrix) })
    }
}

impl Matrix {
    /// How many are not on one side what they are on the other.
    pub fn moved(&self) -> Count {
        self.cells.iter().filter(|cell| cell.from != cell.to).map(|cell| &cell.count).sum()
    }

    /// How many are this on the new side.
    pub fn now(&self, id: &str) -> Count {
        self.cells.iter().filter(|cell| cell.to == id).map(|cell| &cell.count).sum()
    }
}

/// A ruleset, and what it says of all sheets.
struct Side<'a> {
    ruleset: &'a Ruleset,
    variant: &'a Variant,
    functions: Functions,
}

impl<'a> Side<'a> {
    /// What it says of one sheet, by assessing it.
    fn of_one(&self, sheet: &Responses, is: impl Fn(Said<'_>) -> bool) -> bool {
        let assessed = assessed(self.ruleset, std::slice::from_ref(sheet));
        assessed.is_some_and(|assessed| is(Said::of(self.variant, assessed.row(0))))
    }
}

/// Two rulesets over the same sheets.
struct Pair<'a> {
    sheets: Sheets<'a>,
    old: Side<'a>,
    new: Side<'a>,
    /// 1 where nothing is missing.
    answered: NodeId,
    /// 1 where nothing is missing and a stage is shown.
    shown: NodeId,
}

/// A matrix, and the function that leads to its cells off the diagonal: row times the number of ids, plus column.
struct Moved {
    matrix: Matrix,
    cell: NodeId,
}

impl<'a> Pair<'a> {
    fn new(old: &'a Ruleset, new: &'a Ruleset, role: Role, form: Form, budget: usize) -> Result<Self, NoImpact> {
        let questionnaire = old.questionnaire();
        if questionnaire.sha256 != new.questionnaire().sha256 {
            return Err(NoImpact::OtherQuestionnaire);
        }
        let of = |ruleset: &'a Ruleset| ruleset.variant(role, form).ok_or(NotLoaded { role, form });
        let (old_variant, new_variant) = (of(old)?, of(new)?);
        let mut sheets = Sheets::new(questionnaire, old.gate(), &[old_variant, new_variant], budget);
        let functions = sheets.functions(old.kind, old_variant)?;
        let old = Side { ruleset: old, variant: old_variant, functions };
        let functions = sheets.functions(new.kind, new_variant)?;
        let new = Side { ruleset: new, variant: new_variant, functions };
        let answered = sheets.answered()?;
        // The gate and who is under 18 belong to the questionnaire, so they say the same on both sides.
        let shown = sheets.diagram.apply(&[answered, old.functions.reported], &|functions| match functions {
            [answered, _] if answered.outcome() == Some(0) => Some(*answered),
            [answered, reported] => {
                let is_shown = !matches!(Reported::of(reported.outcome()?), Reported::Withheld | Reported::OtherPath);
                answered.outcome().map(|answered| NodeId::leaf(answered & u32::from(is_shown)))
            }
            _ => None,
        })?;
        Ok(Self { sheets, old, new, answered, shown })
    }

    fn stages(&mut self) -> Result<Option<Moved>, OverBudget> {
        let (old, new) = (self.old.variant, self.new.variant);
        if old.stages.is_empty() && new.stages.is_empty() {
            return Ok(None);
        }
        let ids = in_order(&old.stages, &new.stages, &[UNPLACED]);
        let of = |variant: &Variant| {
            let number = |stage: u32| position(&ids, variant.stages.get(stage as usize).map_or(UNPLACED, |s| &s.id));
            (0..=variant.stages.len() as u32).map(number).collect::<Vec<u32>>()
        };
        let (old, new) = (of(old), of(new));
        let old = self.renamed(self.old.functions.stage, &|stage| old.get(stage as usize).copied().unwrap_or(0))?;
        let new = self.renamed(self.new.functions.stage, &|stage| new.get(stage as usize).copied().unwrap_or(0))?;
        self.matrix(ids, old, new, self.shown).map(Some)
    }

    fn signals(&mut self) -> Result<Option<Moved>, OverBudget> {
        let (old, new) = (self.old.variant, self.new.variant);
        if old.signals.is_empty() && new.signals.is_empty() {
            return Ok(None);
        }
        let ids = in_order(&old.signals, &new.signals, &ENGINE_SIGNALS);
        let number = |variant: &Variant, reported: u32| position(&ids, signal_of(variant, Reported::of(reported)));
        let is_honest = [&self.old, &self.new].iter().all(|side| side.ruleset.kind == Kind::Assessment);
        // A study stops at a condition that a missing answer leaves undecided, where its fills may agree.
        let within = if is_honest { NodeId::leaf(1) } else { self.answered };
        let old = self.renamed(self.old.functions.reported, &|reported| number(old, reported))?;
        let new = self.renamed(self.new.functions.reported, &|reported| number(new, reported))?;
        self.matrix(ids, old, new, within).map(Some)
    }

    /// Sheets that are mixed on both sides, for another reason.
    fn reasons(&mut self) -> Result<Vec<Cell>, OverBudget> {
        let mut ids = in_order(&self.old.variant.reasons, &self.new.variant.reasons, &[NO_REASON]);
        for reported in [Reported::HeldBack, Reported::Contradictory, Reported::CloseCall] {
            ids.extend(engine_reason(reported).map(str::to_owned).filter(|id| !ids.contains(id)));
        }
        // Past the reasons: not mixed.
        let plain = ids.len() as u32;
        ids.push(String::new());
        let mut sides = Vec::new();
        for side in [&self.old, &self.new] {
            let made = self.sheets.diagram.apply(&[side.functions.reported, side.functions.reason], &|functions| {
                let [reported, reason] = functions else { return None };
                let reported = Reported::of(reported.outcome()?);
                if let Some(reason) = engine_reason(reported) {
                    return Some(NodeId::leaf(position(&ids, reason)));
                }
                let is_mixed =
                    matches!(reported, Reported::Declared(_)) && signal_of(side.variant, reported) == "mixed";
                if !is_mixed {
                    return Some(NodeId::leaf(plain));
                }
                let reason =
                    side.variant.reasons.get(reason.outcome()? as usize).map_or(NO_REASON, |reason| &reason.id);
                Some(NodeId::leaf(position(&ids, reason)))
            })?;
            sides.push(made);
        }
        let [old, new] = sides[..] else { return Ok(Vec::new()) };
        let moved = self.moved(plain + 1, old, new, self.shown)?;
        let counts = self.sheets.counts(moved)?;
        Ok(cells(&ids, counts).filter(|((from, to), _)| *from != plain && *to != plain).map(|(_, cell)| cell).collect())
    }

    /// What holds on other sheets than before.
    fn shifts(&mut self, old: &[(&str, NodeId)], new: &[(&str, NodeId)]) -> Result<Vec<Shift>, OverBudget> {
        let find = |all: &[(&str, NodeId)], id: &str| all.iter().find(|(own, _)| *own == id).map(|(_, holds)| *holds);
        let mut names: Vec<&str> = old.iter().map(|(id, _)| *id).collect();
        names.extend(new.iter().map(|(id, _)| *id).filter(|id| find(old, id).is_none()));
        let mut shifts = Vec::new();
        for id in names {
            let (before, after) = (find(old, id), find(new, id));
            let never = NodeId::leaf(0);
            let moved = self.moved(2, before.unwrap_or(never), after.unwrap_or(never), self.shown)?;
            let mut counts = self.sheets.counts(moved)?;
            let on = match (before, after) {
                (Some(_), None) => Sides::OldOnly,
                (None, _) => Sides::NewOnly,
                _ => Sides::Both,
            };
            let gained = Count::from(counts.remove(&1).unwrap_or_default());
            let lost = Count::from(counts.remove(&2).unwrap_or_default());
            if on != Sides::Both || !gained.is_zero() || !lost.is_zero() {
                shifts.push(Shift { id: id.to_owned(), on, gained, lost });
            }
        }
        Ok(shifts)
    }

    /// A function whose outcomes are numbers that both sides share.
    fn renamed(&mut self, function: NodeId, number: &dyn Fn(u32) -> u32) -> Made {
        self.sheets.diagram.map(function, number)
    }

    /// From which outcome to which a sheet moves: row times `count` plus column. On the sheets outside of `within`, and
    /// where nothing moves, it is the number of cells.
    fn moved(&mut self, count: u32, old: NodeId, new: NodeId, within: NodeId) -> Made {
        let still = NodeId::leaf(count * count);
        self.sheets.diagram.apply(&[within, old, new], &|functions| {
            let [within, old, new] = functions else { return None };
            if old == new || within.outcome() == Some(0) {
                return Some(still);
            }
            within.outcome()?;
            Some(NodeId::leaf(old.outcome()? * count + new.outcome()?))
        })
    }

    fn matrix(&mut self, ids: Vec<String>, old: NodeId, new: NodeId, within: NodeId) -> Result<Moved, OverBudget> {
        let count = ids.len() as u32;
        let cell = self.moved(count, old, new, within)?;
        let outside = NodeId::leaf(count);
        let rows = self.sheets.diagram.select(within, &[outside, old])?;
        let mut rows = self.sheets.counts(rows)?;
        rows.remove(&count);
        let counts = self.sheets.counts(cell)?;
        let mut all: BTreeMap<(u32, u32), Cell> = cells(&ids, counts).collect();
        // What does not move is what is left of a row.
        for (row, total) in &rows {
            let total = Count::from(total.clone());
            let gone: Count = all.range((*row, 0)..(*row + 1, 0)).map(|(_, cell)| &cell.count).sum();
            let stays = total.without(&gone);
            if let (Some(id), false) = (ids.get(*row as usize), stays.is_zero()) {
                all.insert((*row, *row), Cell { from: id.clone(), to: id.clone(), count: stays, example: None });
            }
        }
        let of = rows.into_values().sum::<BigUint>().into();
        Ok(Moved { matrix: Matrix { ids, of, cells: all.into_values().collect() }, cell })
    }

    /// Puts an example into each cell off the diagonal.
    fn with_examples(&self, moved: Moved, is: fn(Said<'_>, &str) -> bool) -> Matrix {
        let Moved { mut matrix, cell: function } = moved;
        let count = matrix.ids.len() as u32;
        for cell in matrix.cells.iter_mut().filter(|cell| cell.from != cell.to) {
            let wanted = position(&matrix.ids, &cell.from) * count + position(&matrix.ids, &cell.to);
            let levels = self.sheets.shortest(function, &|outcome| outcome == wanted);
            cell.example = levels.and_then(|levels| {
                self.sheets.confirmed(&levels, &|sheet| {
                    self.old.of_one(sheet, |said| is(said, &cell.from))
                        && self.new.of_one(sheet, |said| is(said, &cell.to))
                })
            });
        }
        matrix
    }
}

impl Sheets<'_> {
    /// 1 for the sheets on which nothing is missing.
    fn answered(&mut self) -> Made {
        let mut answered = NodeId::leaf(1);
        let missing: Vec<(usize, u32)> = self
            .variables
            .iter()
            .filter(|variable| variable.may_be_missing)
            .map(|variable| (variable.slot, variable.known))
            .collect();
        for (slot, known) in missing {
            let answer = self.answer(slot)?;
            let is_there = self.diagram.map(answer, &|outcome| match answer_of(outcome, known) {
                Answer::Level(_) => 1,
                Answer::Missing(reason) => u32::from(!reason.is_unknown()),
            })?;
            answered = self.diagram.combine(answered, is_there, &|a, b| a & b)?;
        }
        Ok(answered)
    }
}

/// The cells of counts by row times the number of ids plus column.
fn cells(ids: &[String], counts: BTreeMap<u32, BigUint>) -> impl Iterator<Item = ((u32, u32), Cell)> {
    let count = ids.len() as u32;
    counts.into_iter().filter_map(move |(outcome, sheets)| {
        let (row, column) = (outcome / count, outcome % count);
        // The outcome past all cells has a row of its own, which no id goes with.
        let (from, to) = (ids.get(row as usize)?, ids.get(column as usize)?);
        let cell = Cell { from: from.clone(), to: to.clone(), count: sheets.into(), example: None };
        Some(((row, column), cell))
    })
}

/// The ids of both sides in the order of the old one, what is new behind, and then what the engine adds.
fn in_order(old: &[Outcome], new: &[Outcome], engine: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in old.iter().chain(new).map(|outcome| outcome.id.as_str()).chain(engine.iter().copied()) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// The reason of the engine's own, where there is one.
fn engine_reason(reported: Reported) -> Option<&'static str> {
    match reported.reason()? {
        Reason::Engine(reason) => Some(reason.as_str()),
        Reason::Declared(_) => None,
    }
}

fn position(ids: &[String], id: &str) -> u32 {
    ids.iter().position(|known| known == id).unwrap_or(0) as u32
}

/// Things with their functions.
fn ids<'a, T>(things: &'a [T], id: fn(&T) -> &String, functions: &[NodeId]) -> Vec<(&'a str, NodeId)> {
    things.iter().map(|thing| id(thing).as_str()).zip(functions.iter().copied()).collect()
}

#[cfg(test)]
mod tests;
