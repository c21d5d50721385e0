//! From what was found on a sheet to its signal: floor, open answers, screens, one step, gate, in this order.
#![expect(clippy::indexing_slicing, reason = "columns and sheets are made with the sizes that index them")]

use super::block::is_honest;
use super::columns::{Coded, Column};
use super::evaluate::Evaluation;
use crate::compile::complete::CompleteVariable;
use crate::compile::{Complete, OutcomeWhen, Rule, Variant};
use crate::diagram::{Opening, Walker};
use crate::exact::is_share;
use crate::gate::Finding;
use crate::questionnaire::MINOR_ITEM;
use crate::responses::{Answer, Missing};
use crate::ruleset::Ruleset;

/// What a sheet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The signal with this number in [`Variant::signals`].
    Declared(usize),
    /// Too little was answered to say anything fair.
    NotEnoughAnswered,
    /// None: an instrument, another path, or a study whose condition is undecided.
    None,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The reason with this number in [`Variant::reasons`].
    Declared(usize),
    /// One that the engine gives.
    Engine(EngineReason),
}

/// The reasons that the engine gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EngineReason {
    /// The gate took a decisive signal away.
    HeldBack,
    /// A screen says that the answers contradict themselves.
    Contradictory,
    /// One answer a step aside would change the signal.
    CloseCall,
    /// Under 18.
    OtherPath,
    /// The safety block was left out of the file.
    SafetyLeftOut,
    /// A missing answer would decide it (studies).
    Undecided,
}

impl EngineReason {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            EngineReason::HeldBack => "held_back",
            EngineReason::Contradictory => "contradictory",
            EngineReason::CloseCall => "close_call",
            EngineReason::OtherPath => "other_path",
            EngineReason::SafetyLeftOut => "safety_left_out",
            EngineReason::Undecided => "undecided",
        }
    }
}

/// A sheet's signal and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) signal: Signal,
    pub(crate) reason: Option<Reason>,
    pub(crate) holds_under: Option<(u16, u16)>,
    /// The slots whose step changes the signal, with the level they would have.
    pub(crate) pivots: Vec<(usize, u16)>,
    /// The slots of a screen that was hit.
    pub(crate) contradiction: Vec<usize>,
}

impl Decision {
    fn plain(signal: Signal, reason: Option<Reason>) -> Self {
        Self { signal, reason, holds_under: None, pivots: Vec::new(), contradiction: Vec::new() }
    }

    /// For somebody who is both: `keep_going` stands only if their own part says so, too. The parts are never netted.
    pub(super) fn hold_back_by(&mut self, variant: &Variant, own: &Decision, own_variant: &Variant) {
        let is = |decision: &Decision, variant: &Variant, id: &str| match decision.signal {
            Signal::Declared(signal) => variant.signals.get(signal).is_some_and(|signal| signal.id == id),
            _ => false,
        };
        if is(self, variant, "keep_going") && !is(own, own_variant, "keep_going") {
            let mixed = variant.signals.iter().position(|signal| signal.id == "mixed");
            self.signal = mixed.map_or(Signal::None, Signal::Declared);
            self.reason = Some(Reason::Engine(EngineReason::HeldBack));
        }
    }
}

/// Whether the gate keeps a hard-flagged sheet from having a signal at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// It does.
    Withholds,
    /// A study with approval sees the sheet; the flag still holds every direction to keep going back.
    Stands,
}

/// Decides sheets of one variant.
pub(super) struct Decider<'a> {
    ruleset: &'a Ruleset,
    variant: &'a Variant,
    guard: Guard,
    walker: Walker,
    /// For each variable of the diagram, what each answer says of it.
    openings: Vec<(usize, Vec<Opening>)>,
    sheet: Vec<Opening>,
    counts: Vec<(i64, usize)>,
    keep_going: Option<usize>,
    walk_away: Option<usize>,
    minor: Option<usize>,
}

impl<'a> Decider<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, variant: &'a Variant, guard: Guard) -> Self {
        let signal = |id: &str| variant.signals.iter().position(|signal| signal.id == id);
        let openings = |variable: &CompleteVariable| {
            let all = Coded::all(variable.level_of.len()).map(|coded| variable.opening(coded.answer()));
            (variable.slot, all.collect())
        };
        let variables = variant.complete.iter().flat_map(|complete| &complete.variables);
        Self {
            ruleset,
            variant,
            guard,
            walker: Walker::default(),
            openings: variables.map(openings).collect(),
            sheet: Vec::new(),
            counts: Vec::new(),
            keep_going: signal("keep_going"),
            walk_away: signal("walk_away"),
            minor: ruleset.questionnaire().slot(MINOR_ITEM),
        }
    }

    pub(super) fn decide(
        &mut self,
        finding: &Finding,
        evaluation: &Evaluation,
        row: usize,
        columns: &[Column],
    ) -> Decision {
        if self.variant.signals.is_empty() || finding.hard && self.guard == Guard::Withholds {
            return Decision::plain(Signal::None, None);
        }
        let engine = |reason| Decision::plain(Signal::None, Some(Reason::Engine(reason)));
        if self.minor.is_some_and(|slot| columns[slot][row].answer() == Answer::Level(1)) {
            return engine(EngineReason::OtherPath);
        }
        if finding.left_out {
            return engine(EngineReason::SafetyLeftOut);
        }
        if !is_honest(self.ruleset.kind) {
            return match self.first_match(evaluation, row) {
                Some(Some(signal)) => Decision::plain(Signal::Declared(signal), None),
                Some(None) => Decision::plain(Signal::None, None),
                None => engine(EngineReason::Undecided),
            };
        }
        match &self.variant.complete {
            Some(complete) => self.honest(complete, finding, evaluation, row, columns),
            // An assessment does not load without its diagram; without one there would be no signal to give.
            None => Decision::plain(Signal::None, None),
        }
    }

    /// The first signal whose condition holds, as a study reads it; none if an undecided one stops the search.
    fn first_match(&self, evaluation: &Evaluation, row: usize) -> Option<Option<usize>> {
        for (number, signal) in self.variant.signals.iter().enumerate() {
            match signal.when {
                OutcomeWhen::Otherwise => return Some(Some(number)),
                OutcomeWhen::Engine => {}
                OutcomeWhen::Condition(condition) => match evaluation.outcomes[condition][row] {
                    0 => {}
                    1 => return Some(Some(number)),
                    _ => return None,
                },
            }
        }
        Some(None)
    }

    fn honest(
        &mut self,
        complete: &Complete,
        finding: &Finding,
        evaluation: &Evaluation,
        row: usize,
        columns: &[Column],
    ) -> Decision {
        if !self.reaches_floor(row, columns) {
            return Decision::plain(Signal::NotEnoughAnswered, None);
        }
        // (a) Open answers: if their fills lead to several signals, there is none to give.
        self.sheet.clear();
        self.sheet.extend(self.openings.iter().map(|(slot, openings)| openings[columns[*slot][row].number()]));
        let full = (1_u32 << self.variant.signals.len()) - 1;
        let outcomes = self.walker.outcomes(&complete.diagram, complete.signal, &self.sheet, full);
        if outcomes.count_ones() != 1 {
            return Decision::plain(Signal::NotEnoughAnswered, None);
        }
        let signal = outcomes.trailing_zeros() as usize;
        let decisive = Some(signal) == self.keep_going || Some(signal) == self.walk_away;
        let contradiction = self.screened(row, columns);
        let mut decision = Decision::plain(Signal::Declared(signal), None);
        if decisive {
            self.one_step(complete, row, columns, &mut decision);
        }
        let held_back = decisive && self.is_held_back(complete, signal, finding, evaluation, row);
        let reason = if held_back {
            Some(Reason::Engine(EngineReason::HeldBack))
        } else if !contradiction.is_empty() {
            Some(Reason::Engine(EngineReason::Contradictory))
        } else if !decision.pivots.is_empty() {
            Some(Reason::Engine(EngineReason::CloseCall))
        } else if decisive {
            None
        } else {
            self.declared_reason(evaluation, row).map(Reason::Declared)
        };
        if decisive && reason.is_some() || !contradiction.is_empty() {
            let mixed = self.variant.signals.iter().position(|signal| signal.id == "mixed");
            decision.signal = mixed.map_or(Signal::None, Signal::Declared);
        }
        decision.reason = reason;
        decision.contradiction = contradiction;
        decision
    }

    /// Whether enough of the core questions that apply are answered.
    fn reaches_floor(&self, row: usize, columns: &[Column]) -> bool {
        let Some(floor) = &self.variant.floor else {
            return true;
        };
        let (mut answered, mut asked) = (0, 0);
        for slot in &self.variant.core {
            match columns[*slot][row].answer() {
                Answer::Level(_) => {
                    answered += 1;
                    asked += 1;
                }
                Answer::Missing(reason) if reason.is_unknown() => asked += 1,
                Answer::Missing(_) => {}
            }
        }
        is_share(answered, floor, asked)
    }

    /// The slots of the screen that is hit first; none if the answers can be taken at face value.
    fn screened(&mut self, row: usize, columns: &[Column]) -> Vec<usize> {
        let screens = &self.variant.screens;
        let questionnaire = self.ruleset.questionnaire();
        for (low, high) in &screens.contradicts {
            let top = questionnaire.slots[*high].levels.count().saturating_sub(1);
            if columns[*low][row].level() == Some(0) && columns[*high][row].level() == Some(top) {
                return vec![*low, *high];
            }
        }
        if let Some((share, least)) = &screens.straightline {
            // A handful of different values at most, so a list is the fastest map.
            self.counts.clear();
            let (mut answered, mut unsaid, mut supports, mut concerns) = (0, 0, false, false);
            for lined in &screens.lined {
                let answer = columns[lined.slot][row].answer();
                match answer {
                    Answer::Level(level) => {
                        let value = lined.numbers[usize::from(level)];
                        match self.counts.iter_mut().find(|(known, _)| *known == value) {
                            Some((_, count)) => *count += 1,
                            None => self.counts.push((value, 1)),
                        }
                    }
                    // Nobody gets past the screen by skipping what the gate looks at: it counts as one more of the same.
                    Answer::Missing(reason) if lined.watched && reason.is_unknown() => unsaid += 1,
                    Answer::Missing(_) => continue,
                }
                answered += 1;
                supports |= !lined.concern;
                concerns |= lined.concern;
            }
            let most = unsaid + self.counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
            // Equal answers to questions that point both ways say two things at once.
            if answered >= *least && supports && concerns && is_share(most, share, answered) {
                return screens.lined.iter().map(|lined| lined.slot).collect();
            }
        }
        Vec::new()
    }

    /// (b) Every answered item with five or more levels is moved one step up and down.
    fn one_step(&mut self, complete: &Complete, row: usize, columns: &[Column], decision: &mut Decision) {
        let Signal::Declared(signal) = decision.signal else {
            return;
        };
        let only = 1_u32 << signal;
        let full = (1_u32 << self.variant.signals.len()) - 1;
        let (mut kept, mut of) = (0, 0);
        // The sheet was walked just before, and what the walk did not ask for cannot change the signal.
        for (at, variable) in complete.variables.iter().enumerate().filter(|(_, variable)| variable.steppable) {
            let Answer::Level(level) = columns[variable.slot][row].answer() else { continue };
            let neighbours =
                [level.checked_sub(1), Some(level + 1).filter(|up| usize::from(*up) < variable.level_of.len())];
            for neighbour in neighbours.into_iter().flatten() {
                of += 1;
                let to = variable.level_of[usize::from(neighbour)];
                let outcomes = match self.sheet[at] == Opening::Known(to) {
                    true => only,
                    false => self.walker.moved(&complete.diagram, &self.sheet, (at as u32, to), full),
                };
                if outcomes == only {
                    kept += 1;
                } else {
                    decision.pivots.push((variable.slot, neighbour));
                }
            }
        }
        decision.holds_under = Some((kept, of));
    }

    /// Whether the gate, or a flag of a rule, withholds a decisive signal.
    fn is_held_back(
        &mut self,
        complete: &Complete,
        signal: usize,
        finding: &Finding,
        evaluation: &Evaluation,
        row: usize,
    ) -> bool {
        if finding.unanswered {
            return true;
        }
        if Some(signal) != self.keep_going {
            return false;
        }
        // A rule with a flag effect that is undecided counts as fired; and so does one that some way to fill the open
        // answers would make fire, though a score of the others alone does not.
        let fires = |rule: &Rule| evaluation.outcomes[rule.condition][row] != 0;
        finding.hard
            || finding.soft > 0
            || self.variant.rules.iter().filter(|rule| rule.raises_flag()).any(fires)
            || complete
                .raised
                .as_ref()
                .is_some_and(|raised| self.walker.outcomes(&raised.diagram, raised.root, &self.sheet, 0b11) & 0b10 != 0)
    }

    /// The first declared reason whose condition holds; an undecided one does not.
    fn declared_reason(&self, evaluation: &Evaluation, row: usize) -> Option<usize> {
        self.variant.reasons.iter().position(|reason| match reason.when {
            OutcomeWhen::Otherwise => true,
            OutcomeWhen::Engine => false,
            OutcomeWhen::Condition(condition) => evaluation.outcomes[condition][row] == 1,
        })
    }
}

/// The open questions whose answers would settle a sheet's signal, whatever they are: the smallest such set.
pub(crate) fn settling(complete: &Complete, answers: &[Answer]) -> Vec<usize> {
    let sheet: Vec<Opening> =
        complete.variables.iter().map(|variable| variable.opening(answers[variable.slot])).collect();
    let support = complete.diagram.open_support(complete.signal, &sheet).unwrap_or_default();
    support
        .into_iter()
        .map(|at| complete.variables[at as usize].slot)
        .filter(|slot| answers[*slot] != Answer::Missing(Missing::NotShown))
        .collect()
}
