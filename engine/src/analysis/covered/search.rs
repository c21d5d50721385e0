//! The diagrams of one variant, and sheets that show what is looked for.

use std::collections::{BTreeMap, BTreeSet};

use super::asks::Asked;
use super::collect::Target;
use super::parts::{Outcome, Place, Shows};
use super::reader::{Reader, Seen};
use crate::analysis::functions::HARD;
use crate::analysis::witness::TURNS;
use crate::analysis::{Functions, Reported, Sheets, Witness};
use crate::assess::{AnswerBlock, RowView};
use crate::compile::complete::{Builder, Made, Parts};
use crate::compile::{Rule, Variant};
use crate::diagram::{NodeId, OverBudget};
use crate::questionnaire::MINOR_ITEM;
use crate::responses::{Answer, Missing, Responses, SafetyBlock};
use crate::ruleset::{Kind, Ruleset};
use crate::script::Read;

/// The levels of variables.
type Levels = Vec<(u32, u32)>;

/// Looks for sheets of one variant.
pub(super) struct Search<'a> {
    reader: Reader<'a>,
    sheets: Sheets<'a>,
    ruleset: &'a Ruleset,
    /// The sheets on which something is seen: no hard flag, no other path.
    visible: NodeId,
    /// The sheets without a flag and without a contradiction.
    calm: NodeId,
    /// The conditions that are looked for, as far as there was room.
    conditions: BTreeMap<usize, NodeId>,
    flagged: NodeId,
    /// Whether sheets get a declared reason: only an assessment says why.
    says_why: bool,
    /// What was made of the variant so far.
    parts: Parts,
    says: Option<Says>,
    functions: Option<Functions>,
}

/// What a variant says of a sheet on which everything is answered, before the honesty tests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Says {
    signal: NodeId,
    stage: NodeId,
    reason: NodeId,
    overlays: Vec<NodeId>,
}

/// What came of looking for a sheet.
pub(super) enum Looked {
    /// This one shows it.
    Shown(Shown),
    /// No sheet that answers every question does.
    Nowhere,
    /// The diagrams say so of some sheet, and the engine of none that was tried.
    Unconfirmed,
}

/// A sheet that shows something.
pub(super) struct Shown {
    pub(super) sheet: Seat,
    /// The sheets that show it, or most of them.
    pub(super) function: NodeId,
    /// The levels that make it so.
    pub(super) levels: Levels,
}

/// A sheet, and everything that was seen on it.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) witness: Witness,
    pub(super) shows: BTreeSet<Target>,
    /// Whether there is neither a flag nor a contradiction.
    pub(super) is_calm: bool,
}

impl<'a> Search<'a> {
    /// # Errors
    /// [`OverBudget`] if not even the gate fits. What else does not fit is said when it is looked for.
    pub(super) fn new(
        ruleset: &'a Ruleset,
        variant: &'a Variant,
        places: Vec<(usize, Place)>,
        conditions: &BTreeSet<usize>,
        budget: usize,
    ) -> Result<Self, OverBudget> {
        let mut sheets = Sheets::new(ruleset.questionnaire(), ruleset.gate(), &[variant], budget);
        let gate = sheets.gate_says()?;
        let minor = sheets.minor()?;
        let visible = sheets.diagram.combine(gate, minor, &|gate, minor| u32::from(gate != HARD && minor == 0))?;
        let contradicts = sheets.contradicts(variant)?;
        let flagged = sheets.diagram.map(gate, &|says| u32::from(says > 0))?;
        let calm = sheets.diagram.apply(&[flagged, minor, contradicts], &|functions| {
            if functions.iter().any(|function| function.outcome() == Some(1)) {
                return Some(NodeId::leaf(0));
            }
            functions.iter().all(|function| function.outcome() == Some(0)).then_some(NodeId::leaf(1))
        })?;
        let parts = Parts::default();
        let mut builder = Builder::new(ruleset.questionnaire(), variant, &sheets.variables, &mut sheets.diagram, parts);
        builder.know(Read::Flagged, flagged);
        let mut made = BTreeMap::new();
        for condition in conditions {
            match builder.condition(*condition) {
                Ok(function) => made.insert(*condition, function),
                Err(OverBudget(_)) => break,
            };
        }
        let parts = builder.into_parts();
        let reader = Reader::new(ruleset, variant, places);
        let (conditions, says, functions) = (made, None, None);
        let says_why = ruleset.kind == Kind::Assessment;
        Ok(Self { reader, sheets, ruleset, visible, calm, conditions, flagged, says_why, parts, says, functions })
    }

    pub(super) fn variant(&self) -> &'a Variant {
        self.reader.variant
    }

    /// A sheet that shows a target.
    ///
    /// # Errors
    /// [`OverBudget`] if it cannot be told within the budget.
    pub(super) fn look_for(&mut self, target: Target, place: Place) -> Result<Looked, OverBudget> {
        let first = match (target.shows, place) {
            (Shows::Pivotal, Place { deciding: Some(rule), .. }) => self.may_be_pivotal(rule)?,
            (Shows::Reached, Place { outcome: Some(outcome), .. }) => vec![self.may_reach(outcome)?],
            (_, Place { condition: Some(condition), .. }) => vec![self.holds(condition, target.shows)?],
            _ => Vec::new(),
        };
        let first: Vec<NodeId> = first.into_iter().filter(|function| self.is_met(*function)).collect();
        if first.is_empty() {
            return Ok(Looked::Nowhere);
        }
        for function in first {
            if let Some(shown) = self.shown(target, function)? {
                return Ok(Looked::Shown(shown));
            }
        }
        // So far it was a sheet before the honesty tests, which cost most of the work.
        let exactly = match (target.shows, place) {
            (Shows::Pivotal, Place { deciding: Some(rule), .. }) => self.is_pivotal(rule)?,
            (Shows::Reached, Place { outcome: Some(outcome @ (Outcome::Signal(_) | Outcome::Reason(_))), .. }) => {
                self.reaches(outcome)?
            }
            _ => return Ok(Looked::Unconfirmed),
        };
        if !self.is_met(exactly) {
            return Ok(Looked::Nowhere);
        }
        Ok(match self.shown(target, exactly)? {
            Some(shown) => Looked::Shown(shown),
            None => Looked::Unconfirmed,
        })
    }

    /// Whether some sheet on which everything is answered meets a function.
    fn is_met(&self, function: NodeId) -> bool {
        self.sheets.shortest_answered(function, &|outcome| outcome == 1).is_some()
    }

    fn and(&mut self, a: NodeId, b: NodeId) -> Made {
        self.sheets.diagram.combine(a, b, &|a, b| u32::from(a == 1 && b == 1))
    }

    fn holds(&mut self, condition: usize, shows: Shows) -> Made {
        let wanted = u32::from(shows == Shows::Holds);
        let over = OverBudget(self.sheets.diagram.budget());
        let function = self.conditions.get(&condition).copied().ok_or(over)?;
        let visible = self.visible;
        self.sheets.diagram.combine(function, visible, &|holds, visible| u32::from(holds == wanted && visible == 1))
    }

    fn says(&mut self) -> Result<Says, OverBudget> {
        if let Some(known) = &self.says {
            return Ok(known.clone());
        }
        let (made, parts) = self.says_of(self.variant(), self.parts.clone())?;
        (self.says, self.parts) = (Some(made.clone()), parts);
        Ok(made)
    }

    fn says_of(&mut self, variant: &Variant, parts: Parts) -> Result<(Says, Parts), OverBudget> {
        let sheets = &mut self.sheets;
        let mut builder = Builder::new(sheets.questionnaire, variant, &sheets.variables, &mut sheets.diagram, parts);
        builder.know(Read::Flagged, self.flagged);
        let overlays = (0..variant.overlays.len()).map(|overlay| builder.overlay(overlay)).collect::<Result<_, _>>()?;
        let stage = builder.stage()?;
        let signal = builder.ladder(&variant.signals)?;
        let reason = match self.says_why {
            true => builder.ladder(&variant.reasons)?,
            false => NodeId::leaf(0),
        };
        Ok((Says { signal, stage, reason, overlays }, builder.into_parts()))
    }

    fn functions(&mut self) -> Result<Functions, OverBudget> {
        if let Some(known) = &self.functions {
            return Ok(known.clone());
        }
        let made = self.sheets.functions(self.ruleset.kind, self.variant())?;
        self.functions = Some(made.clone());
        Ok(made)
    }

    /// Whether a number is that of a signal which the honesty tests look at.
    fn is_decisive(&self) -> impl Fn(u32) -> bool + use<'a> {
        let signals = &self.variant().signals;
        move |signal| {
            let id = signals.get(signal as usize).map(|signal| signal.id.as_str());
            matches!(id, Some("keep_going" | "walk_away"))
        }
    }

    /// The sheets that come to something before the honesty tests; no other sheet does after them.
    fn may_reach(&mut self, outcome: Outcome) -> Made {
        let says = self.says()?;
        let is_decisive = self.is_decisive();
        let diagram = &mut self.sheets.diagram;
        let function = match outcome {
            Outcome::Stage(stage) => diagram.map(says.stage, &|own| u32::from(own as usize == stage))?,
            Outcome::Signal(signal) => diagram.map(says.signal, &|own| u32::from(own as usize == signal))?,
            Outcome::Reason(reason) => diagram.combine(says.signal, says.reason, &|signal, own| {
                u32::from(own as usize == reason && !is_decisive(signal))
            })?,
        };
        let visible = self.visible;
        self.and(function, visible)
    }

    /// The sheets that come to a signal or reason after all tests.
    fn reaches(&mut self, outcome: Outcome) -> Made {
        let functions = self.functions()?;
        let is_decisive = self.is_decisive();
        self.sheets.diagram.combine(functions.reported, functions.reason, &|reported, reason| {
            let reported = Reported::of(reported);
            u32::from(match outcome {
                Outcome::Signal(signal) => reported == Reported::Declared(signal as u32),
                Outcome::Reason(own) => {
                    reason as usize == own && matches!(reported, Reported::Declared(signal) if !is_decisive(signal))
                }
                Outcome::Stage(_) => false,
            })
        })
    }

    /// For each thing that a rule can change before the honesty tests, the sheets on which it does; and where it fires,
    /// if it raises a flag. A rule without any changes nothing after the tests.
    fn may_be_pivotal(&mut self, rule: usize) -> Result<Vec<NodeId>, OverBudget> {
        let variant = self.variant();
        let with = self.says()?;
        let (without, _) = self.says_of(&variant.without_rule(rule), self.parts.without_rules(variant))?;
        let mut pairs = vec![(with.stage, without.stage)];
        pairs.extend(with.overlays.into_iter().zip(without.overlays));
        pairs.extend([(with.signal, without.signal), (with.reason, without.reason)]);
        let mut found = Vec::new();
        for (with, without) in pairs.into_iter().filter(|(with, without)| with != without) {
            found.push(self.sheets.diagram.combine(with, without, &|a, b| u32::from(a != b))?);
        }
        if variant.rules.get(rule).is_some_and(Rule::raises_flag) {
            let sheets = &mut self.sheets;
            let parts = self.parts.clone();
            found.push(
                Builder::new(sheets.questionnaire, variant, &sheets.variables, &mut sheets.diagram, parts)
                    .fired(rule)?,
            );
        }
        let visible = self.visible;
        found.into_iter().map(|function| self.and(function, visible)).collect()
    }

    /// The sheets on which a rule is pivotal.
    fn is_pivotal(&mut self, rule: usize) -> Made {
        let with = self.functions()?;
        let without = self.sheets.functions(self.ruleset.kind, &self.variant().without_rule(rule))?;
        let (is_decisive, says_why) = (self.is_decisive(), self.says_why);
        let functions = [with.reported, without.reported, with.reason, without.reason];
        let mut found = self.sheets.diagram.apply(&functions, &|functions| {
            let [reported, other, reason, other_reason] = functions else { return None };
            if reported == other && reason == other_reason {
                return Some(NodeId::leaf(0));
            }
            let (reported, other) = (Reported::of(reported.outcome()?), Reported::of(other.outcome()?));
            let is_said = says_why && matches!(reported, Reported::Declared(signal) if !is_decisive(signal));
            let differs = reported != other || is_said && reason.outcome()? != other_reason.outcome()?;
            Some(NodeId::leaf(u32::from(differs)))
        })?;
        let shown = with.overlays.iter().zip(&without.overlays).map(|(a, b)| (*a, *b));
        for (with, without) in shown.chain([(with.stage, without.stage)]) {
            let differs = self.sheets.diagram.combine(with, without, &|a, b| u32::from(a != b))?;
            found = self.sheets.diagram.combine(found, differs, &|a, b| a | b)?;
        }
        let visible = self.visible;
        self.and(found, visible)
    }

    /// A sheet that meets a function and shows the target: a calm one if there is one.
    fn shown(&mut self, target: Target, function: NodeId) -> Result<Option<Shown>, OverBudget> {
        let calm = self.calm;
        let calm = self.and(function, calm)?;
        let support = self.sheets.diagram.support(function);
        let met = |outcome: u32| outcome == 1;
        // The first is the shortest, and what is free on it stays without a flag where it can.
        let paths = [
            self.sheets.shortest_answered(function, &met),
            self.sheets.shortest_answered(calm, &met),
            self.sheets.shortest(function, &met),
        ];
        let mut second_best = None;
        for levels in paths.into_iter().flatten() {
            let Some(mut sheet) = self.sheet(target, &levels) else { continue };
            let own: Levels = levels.iter().copied().filter(|(at, _)| support.contains(at)).collect();
            sheet.witness.matters = self.sheets.slots_of(&own);
            let is_calm = sheet.is_calm;
            let shown = Shown { sheet, function, levels };
            if is_calm {
                return Ok(Some(shown));
            }
            second_best = second_best.or(Some(shown));
        }
        Ok(second_best)
    }

    /// A sheet with these levels that shows the target: a calm one if the levels allow it.
    pub(super) fn sheet(&mut self, target: Target, levels: &Levels) -> Option<Seat> {
        let matters = self.sheets.slots_of(levels);
        let mut second_best = None;
        for turn in 0..TURNS {
            let responses = self.sheets.responses(levels, turn);
            let Some(sheet) = self.seat(responses, &matters).filter(|sheet| sheet.shows.contains(&target)) else {
                continue;
            };
            if sheet.is_calm {
                return Some(sheet);
            }
            second_best = second_best.or(Some(sheet));
        }
        second_best
    }

    /// Whether a reason holds on some sheet that needs one: there an earlier one comes first, and may be open on another.
    ///
    /// # Errors
    /// [`OverBudget`] if it cannot be told within the budget.
    pub(super) fn holds_behind_others(&mut self, place: Place) -> Result<bool, OverBudget> {
        let Some(condition) = place.condition else { return Ok(true) };
        let says = self.says()?;
        let is_decisive = self.is_decisive();
        let (variant, sheets, parts) = (self.variant(), &mut self.sheets, self.parts.clone());
        let mut builder = Builder::new(sheets.questionnaire, variant, &sheets.variables, &mut sheets.diagram, parts);
        let holds = builder.condition(condition)?;
        let behind = self
            .sheets
            .diagram
            .combine(holds, says.signal, &|holds, signal| u32::from(holds == 1 && !is_decisive(signal)))?;
        Ok(self.is_met(behind))
    }

    /// A sheet with one of these left out, or all of them, that shows the target.
    ///
    /// # Errors
    /// [`OverBudget`] if it cannot be told within the budget.
    pub(super) fn left_out(
        &mut self,
        target: Target,
        place: Place,
        asked: &[Asked],
    ) -> Result<Option<Seat>, OverBudget> {
        let each = asked.iter().map(std::slice::from_ref);
        let all = (asked.len() > 1).then_some(asked);
        for asked in each.chain(all) {
            if let Some(function) = self.as_if_left_out(target, place, asked)?
                && let Some(sheet) = self.left_out_together(target, function, asked)
            {
                return Ok(Some(sheet));
            }
        }
        Ok(None)
    }

    fn left_out_together(&mut self, target: Target, function: NodeId, asked: &[Asked]) -> Option<Seat> {
        let levels = self.sheets.shortest_answered(function, &|outcome| outcome == 1)?;
        let open: Vec<usize> = asked.iter().flat_map(|(_, slots)| slots.iter().copied()).collect();
        let mut matters = [self.sheets.slots_of(&levels), open.clone()].concat();
        matters.sort_unstable();
        matters.dedup();
        (0..TURNS).find_map(|turn| {
            let mut responses = self.sheets.responses(&levels, turn);
            for slot in &open {
                if let Some(answer @ Answer::Level(_)) = responses.answers.get_mut(*slot) {
                    *answer = Answer::Missing(Missing::Skipped);
                }
            }
            responses.settle(self.ruleset.questionnaire());
            let sheet = self.seat(responses, &matters)?;
            sheet.shows.contains(&target).then_some(sheet)
        })
    }

    /// The sheets that show a target if some things count as left out; none if it is not one condition's or ladder's.
    fn as_if_left_out(&mut self, target: Target, place: Place, asked: &[Asked]) -> Result<Option<NodeId>, OverBudget> {
        let (variant, sheets) = (self.variant(), &mut self.sheets);
        let parts = Parts::default();
        let mut builder = Builder::new(sheets.questionnaire, variant, &sheets.variables, &mut sheets.diagram, parts);
        builder.know(Read::Flagged, self.flagged);
        for (read, _) in asked {
            builder.know(read.clone(), NodeId::leaf(0));
        }
        let (function, wanted) = match (target.shows, place.condition, place.outcome) {
            (Shows::Holds, Some(condition), _) => (builder.condition(condition)?, 1),
            (Shows::Fails, Some(condition), _) => (builder.condition(condition)?, 0),
            (Shows::Reached, _, Some(Outcome::Stage(stage))) => (builder.stage()?, stage),
            (Shows::Reached, _, Some(Outcome::Signal(signal))) => (builder.ladder(&variant.signals)?, signal),
            (Shows::Reached, _, Some(Outcome::Reason(reason))) => (builder.ladder(&variant.reasons)?, reason),
            _ => return Ok(None),
        };
        let calm = self.calm;
        let is_it = |own: u32, calm: u32| u32::from(own as usize == wanted && calm == 1);
        Ok(Some(self.sheets.diagram.combine(function, calm, &is_it)?))
    }

    /// A sheet with many gaps on which the target comes out.
    pub(super) fn with_gaps(&mut self, target: Target, place: Place) -> Option<Seat> {
        let outcome = place.outcome.filter(|_| target.shows == Shows::Reached)?;
        let witness = self.sheets.with_gaps(
            self.ruleset,
            &|assessed| matches!(assessed.row(0), RowView::Assessed(row) if outcome.is_of(row)),
        )?;
        let sheet = self.seat(witness.responses, &witness.matters)?;
        sheet.shows.contains(&target).then_some(sheet)
    }

    /// More levels, so that a sheet with the given ones meets another function, too; none if they contradict it.
    pub(super) fn joined(&self, levels: &Levels, function: NodeId) -> Option<Levels> {
        let cost = |at: u32, level: u32| {
            let is_known = self.sheets.variables.get(at as usize).is_some_and(|variable| level < variable.skipped());
            match levels.iter().find(|(known, _)| *known == at) {
                Some((_, fixed)) => (*fixed == level).then_some(0_u32),
                None => is_known.then_some(1),
            }
        };
        let more = self.sheets.diagram.nearest(function, 0_u32, &|outcome| outcome == 1, &cost)?.changes;
        Some([levels.as_slice(), &more].concat())
    }

    /// What a sheet shows.
    fn seat(&mut self, mut responses: Responses, matters: &[usize]) -> Option<Seat> {
        // A file never holds it, and unanswered it means no.
        if let Some(slot) = self.ruleset.questionnaire().slot(MINOR_ITEM)
            && let Some(answer) = responses.answers.get_mut(slot)
            && *answer == Answer::Level(0)
        {
            *answer = Answer::Missing(Missing::Skipped);
        }
        let mut block = AnswerBlock::new(self.ruleset.questionnaire(), responses.form, SafetyBlock::Answered);
        block.push(responses.role, &responses.answers);
        let mut shows = BTreeSet::new();
        let visit = &mut |_, seen| {
            if let Seen::Shows(part, seen) = seen {
                shows.insert(Target { part, shows: seen });
            }
        };
        let assessed = self.reader.look(&block, visit).ok()?;
        let row = assessed.row(0);
        let is_contradictory = Reported::of_row(&row) == Some(Reported::Contradictory);
        let is_calm = matches!(row, RowView::Assessed(row) if !row.finding().flagged()) && !is_contradictory;
        Some(Seat { witness: Witness { responses, matters: matters.to_vec() }, shows, is_calm })
    }
}
