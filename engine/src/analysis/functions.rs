//! What a variant says of a sheet, as functions of the whole sheet: what `assess` decides for one, for all at once.
//!
//! The order of [`Functions::reported`] is the order of `assess/decide.rs`; tests hold them together sheet by sheet.

use super::Sheets;
use super::moves::Moves;
use super::sheets::answer_of;
use crate::assess::{AssessedRow, EngineReason, Reason, RowView, Signal};
use crate::compile::Variant;
use crate::compile::complete::{Builder, Made, Parts};
use crate::diagram::{NodeId, OverBudget};
use crate::exact::is_share;
use crate::gate::Finding;
use crate::questionnaire::MINOR_ITEM;
use crate::responses::Answer;
use crate::ruleset::Kind;
use crate::script::Read;

/// What is reported of a sheet: its signal, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reported {
    /// A hard flag: nothing but the safety text.
    Withheld,
    /// Under 18.
    OtherPath,
    /// Too little was answered.
    NotEnough,
    /// The gate took a decisive signal away.
    HeldBack,
    /// A screen was hit.
    Contradictory,
    /// One step would change a decisive signal.
    CloseCall,
    /// No signal matches.
    None,
    /// The signal with this number.
    Declared(u32),
}

const NAMED: [Reported; 7] = [
    Reported::Withheld,
    Reported::OtherPath,
    Reported::NotEnough,
    Reported::HeldBack,
    Reported::Contradictory,
    Reported::CloseCall,
    Reported::None,
];

impl Reported {
    /// The outcome that stands for it in a diagram.
    pub(crate) fn outcome(self) -> u32 {
        match self {
            Reported::Declared(signal) => NAMED.len() as u32 + signal,
            named => NAMED.iter().position(|known| *known == named).unwrap_or(0) as u32,
        }
    }

    /// What an outcome stands for.
    pub(crate) fn of(outcome: u32) -> Self {
        let declared = || Reported::Declared(outcome - NAMED.len() as u32);
        NAMED.get(outcome as usize).copied().unwrap_or_else(declared)
    }

    fn leaf(self) -> NodeId {
        NodeId::leaf(self.outcome())
    }

    /// The reason of the engine's own.
    pub(crate) fn reason(self) -> Option<Reason> {
        let reason = match self {
            Reported::HeldBack => EngineReason::HeldBack,
            Reported::Contradictory => EngineReason::Contradictory,
            Reported::CloseCall => EngineReason::CloseCall,
            Reported::OtherPath => EngineReason::OtherPath,
            Reported::Withheld | Reported::NotEnough | Reported::None | Reported::Declared(_) => return None,
        };
        Some(Reason::Engine(reason))
    }

    /// The signal that is reported; the engine's own reasons take `mixed`.
    pub(crate) fn signal(self, mixed: Option<u32>) -> Option<u32> {
        match self {
            Reported::Declared(signal) => Some(signal),
            Reported::HeldBack | Reported::Contradictory | Reported::CloseCall => mixed,
            Reported::Withheld | Reported::OtherPath | Reported::NotEnough | Reported::None => None,
        }
    }

    /// What was reported of a sheet that was assessed; none if it is nothing that a complete sheet can lead to.
    pub(crate) fn of_row(row: &RowView<'_>) -> Option<Self> {
        let RowView::Assessed(row) = row else { return Some(Reported::Withheld) };
        Self::of_assessed(*row)
    }

    fn of_assessed(row: AssessedRow<'_>) -> Option<Self> {
        Some(match (row.signal(), row.reason()) {
            (_, Some(Reason::Engine(reason))) => match reason {
                EngineReason::HeldBack => Reported::HeldBack,
                EngineReason::Contradictory => Reported::Contradictory,
                EngineReason::CloseCall => Reported::CloseCall,
                EngineReason::OtherPath => Reported::OtherPath,
                EngineReason::SafetyLeftOut | EngineReason::Undecided => return None,
            },
            (Signal::NotEnoughAnswered, _) => Reported::NotEnough,
            (Signal::Declared(signal), _) => Reported::Declared(signal as u32),
            (Signal::None, _) => Reported::None,
        })
    }
}

/// What the gate says, from nothing to everything: outcomes of [`Functions::gate`].
const SOFT: u32 = 1;
const UNANSWERED: u32 = 2;
pub(super) const HARD: u32 = 3;

/// What a variant says of a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    /// 0 no flag, 1 a soft one, 2 a hard question without an answer, 3 a hard one.
    pub(crate) gate: NodeId,
    /// The signal before any honesty test, on sheets where nothing is missing.
    pub(crate) signal: NodeId,
    /// What is reported, see [`Reported`].
    pub(crate) reported: NodeId,
    /// The number of the stage, or one past the last.
    pub(crate) stage: NodeId,
    /// The number of the declared reason whose condition holds first, or one past the last.
    pub(crate) reason: NodeId,
    /// For each overlay, whether it holds.
    pub(crate) overlays: Vec<NodeId>,
    /// For each rule, whether it fires.
    pub(crate) fired: Vec<NodeId>,
    /// For each sign, its level.
    pub(crate) levels: Vec<NodeId>,
    /// What was made on the way.
    pub(crate) parts: Parts,
}

/// The same before any honesty test, which is most of what a variant says for a part of the work.
pub(crate) struct Untested {
    pub(crate) gate: NodeId,
    pub(crate) signal: NodeId,
    /// The signal on all sheets; past the signals: none matches; one further: its fills differ.
    pub(crate) lean: NodeId,
    pub(crate) stage: NodeId,
    pub(crate) reason: NodeId,
    pub(crate) overlays: Vec<NodeId>,
    pub(crate) fired: Vec<NodeId>,
    /// Whether a rule raises a flag; 2 where its fills differ.
    pub(crate) raised: NodeId,
    pub(crate) levels: Vec<NodeId>,
    pub(crate) parts: Parts,
}

impl Sheets<'_> {
    /// What `variant` says.
    ///
    /// # Errors
    /// [`OverBudget`] if the diagrams do not fit.
    pub(crate) fn functions(&mut self, kind: Kind, variant: &Variant) -> Result<Functions, OverBudget> {
        let Untested { gate, signal, lean, stage, reason, overlays, fired, raised, levels, parts } =
            self.untested(variant, Parts::default())?;
        let reported = match kind {
            Kind::Assessment => self.tested(variant, gate, lean, raised)?,
            Kind::Study | Kind::Instrument => self.plain(variant, gate, lean)?,
        };
        Ok(Functions { gate, signal, reported, stage, reason, overlays, fired, levels, parts })
    }

    /// What `variant` says before any honesty test; `parts` are what was made of it in this diagram before.
    ///
    /// # Errors
    /// [`OverBudget`] if the diagrams do not fit.
    pub(crate) fn untested(&mut self, variant: &Variant, parts: Parts) -> Result<Untested, OverBudget> {
        let gate = self.gate_says()?;
        let flagged = self.diagram.map(gate, &|says| u32::from(says > 0))?;
        let mut builder = Builder::new(self.questionnaire, variant, &self.variables, &mut self.diagram, parts);
        builder.know(Read::Flagged, flagged);
        let fired = (0..variant.rules.len()).map(|rule| builder.fired(rule)).collect::<Result<_, _>>()?;
        let raised = builder.raised()?;
        let overlays = (0..variant.overlays.len()).map(|overlay| builder.overlay(overlay)).collect::<Result<_, _>>()?;
        let stage = builder.stage()?;
        let reason = builder.ladder(&variant.reasons)?;
        let signal = builder.ladder(&variant.signals)?;
        let levels = (0..variant.signs.len()).map(|sign| builder.level(sign)).collect::<Result<_, _>>()?;
        let parts = builder.into_parts();
        let several = variant.signals.len() as u32 + 1;
        let moves = Moves::new(self);
        let lean = moves.open_missing(self, signal, several)?;
        let raised = moves.open_missing(self, raised, 2)?;
        Ok(Untested { gate, signal, lean, stage, reason, overlays, fired, raised, levels, parts })
    }

    /// What the gate says of a sheet.
    pub(super) fn gate_says(&mut self) -> Made {
        let mut findings = vec![Finding::default()];
        let mut so_far = NodeId::leaf(0);
        for input in self.gate.inputs() {
            let slots: Vec<usize> = input.looks_at().collect();
            let known: Vec<u32> = slots
                .iter()
                .map(|slot| self.variable(*slot).and_then(|at| self.variables.get(at as usize)).map_or(0, |v| v.known))
                .collect();
            let mut functions = vec![so_far];
            for slot in &slots {
                functions.push(self.answer(*slot)?);
            }
            let cell = std::cell::RefCell::new(findings);
            so_far = self.diagram.apply(&functions, &|functions| {
                let outcomes: Option<Vec<u32>> = functions.iter().map(|id| id.outcome()).collect();
                let outcomes = outcomes?;
                let (before, answers) = outcomes.split_first()?;
                let mut finding = cell.borrow().get(*before as usize)?.clone();
                input.add_to(&mut finding, |slot| {
                    let at = slots.iter().position(|known| *known == slot).unwrap_or(0);
                    answer_of(answers.get(at).copied().unwrap_or(0), known.get(at).copied().unwrap_or(0))
                });
                let finding = finding.at_most_two();
                let mut findings = cell.borrow_mut();
                let known = findings.iter().position(|known| *known == finding);
                Some(NodeId::leaf(known.unwrap_or_else(|| {
                    findings.push(finding);
                    findings.len() - 1
                }) as u32))
            })?;
            findings = cell.into_inner();
        }
        self.diagram.map(so_far, &|number| match findings.get(number as usize) {
            Some(finding) if finding.hard => HARD,
            Some(finding) if finding.unanswered => UNANSWERED,
            Some(finding) if finding.soft > 0 => SOFT,
            _ => 0,
        })
    }

    /// Whether the respondent is under 18.
    pub(super) fn minor(&mut self) -> Made {
        match self.questionnaire.slot(MINOR_ITEM) {
            Some(slot) if self.variable(slot).is_some() => {
                let answer = self.answer(slot)?;
                self.diagram.map(answer, &|outcome| u32::from(outcome == 1))
            }
            _ => Ok(NodeId::leaf(0)),
        }
    }

    /// A study reports its signal as it stands; only a hard flag and another path come before it. It says nothing of fills,
    /// so this is exact on sheets without a missing answer alone.
    fn plain(&mut self, variant: &Variant, gate: NodeId, lean: NodeId) -> Made {
        let none = variant.signals.len() as u32;
        let minor = self.minor()?;
        self.diagram.apply(&[gate, minor, lean], &|functions| {
            let [gate, minor, lean] = functions else { return None };
            match (gate.outcome()?, minor.outcome()?) {
                (HARD, _) => Some(Reported::Withheld.leaf()),
                (_, 1) => Some(Reported::OtherPath.leaf()),
                _ => Some(match lean.outcome()? {
                    lean if lean < none => Reported::Declared(lean).leaf(),
                    _ => Reported::None.leaf(),
                }),
            }
        })
    }

    /// The signal after all honesty tests and the gate.
    fn tested(&mut self, variant: &Variant, gate: NodeId, lean: NodeId, raised: NodeId) -> Made {
        let signal = |id: &str| variant.signals.iter().position(|signal| signal.id == id).map(|at| at as u32);
        let (keep_going, walk_away) = (signal("keep_going"), signal("walk_away"));
        let is_decisive = |lean: u32| Some(lean) == keep_going || Some(lean) == walk_away;
        let none = variant.signals.len() as u32;
        let minor = self.minor()?;
        let floor = self.floor(variant)?;
        let contradicts = self.contradicts(variant)?;
        let steps = Moves::new(self).steps(self, lean, none + 1, &is_decisive)?;
        let functions = [gate, minor, floor, lean, contradicts, steps, raised];
        self.diagram.apply(&functions, &|functions| {
            let [gate, minor, floor, lean, contradicts, steps, raised] = functions else { return None };
            let gate = gate.outcome();
            if gate == Some(HARD) {
                return Some(Reported::Withheld.leaf());
            }
            let gate = gate?;
            if minor.outcome()? == 1 {
                return Some(Reported::OtherPath.leaf());
            }
            if floor.outcome()? == 0 {
                return Some(Reported::NotEnough.leaf());
            }
            let lean = lean.outcome()?;
            if lean > none {
                return Some(Reported::NotEnough.leaf());
            }
            if is_decisive(lean) {
                let keeps = Some(lean) == keep_going;
                if gate == UNANSWERED || (keeps && (gate == SOFT || raised.outcome()? != 0)) {
                    return Some(Reported::HeldBack.leaf());
                }
            }
            if contradicts.outcome()? == 1 {
                return Some(Reported::Contradictory.leaf());
            }
            if is_decisive(lean) && steps.outcome()? == 1 {
                return Some(Reported::CloseCall.leaf());
            }
            Some(if lean == none { Reported::None.leaf() } else { Reported::Declared(lean).leaf() })
        })
    }

    /// Whether enough of the core questions that apply are answered.
    fn floor(&mut self, variant: &Variant) -> Made {
        let Some(floor) = &variant.floor else { return Ok(NodeId::leaf(1)) };
        const ASKED: u32 = 1 << 12;
        let mut sum = NodeId::leaf(0);
        for slot in &variant.core {
            let known = self.variable(*slot).and_then(|at| self.variables.get(at as usize)).map_or(0, |v| v.known);
            let answer = self.answer(*slot)?;
            let counts = self.diagram.map(answer, &|outcome| match answer_of(outcome, known) {
                Answer::Level(_) => ASKED + 1,
                Answer::Missing(reason) if reason.is_unknown() => ASKED,
                Answer::Missing(_) => 0,
            })?;
            sum = self.diagram.combine(sum, counts, &|a, b| a + b)?;
        }
        self.diagram.map(sum, &|sum| u32::from(is_share((sum % ASKED) as usize, floor, (sum / ASKED) as usize)))
    }

    /// Whether a pair of answers contradicts itself. Straight-lining is no part of this: it looks at equal numbers on
    /// a whole sheet, and no diagram of it stays small.
    pub(super) fn contradicts(&mut self, variant: &Variant) -> Made {
        let mut found = NodeId::leaf(0);
        for (low, high) in &variant.screens.contradicts {
            let top = self.questionnaire.slots.get(*high).map_or(0, |slot| slot.levels.count().saturating_sub(1));
            let (low, high) = (self.answer(*low)?, self.answer(*high)?);
            let both = self.diagram.combine(low, high, &|low, high| u32::from(low == 0 && high as usize == top))?;
            found = self.diagram.combine(found, both, &|a, b| a | b)?;
        }
        Ok(found)
    }
}
