//! Properties of single sheets: what each is given, what can occur, what never does.

use super::claims::target_name;
use super::{Counterexample, Found, Prover, has_promises};
use crate::analysis::functions::HARD;
use crate::analysis::witness::{TURNS, assessed};
use crate::analysis::{Reported, Witness};
use crate::assess::{AssessedRow, Reason, RowView, RuleOutcome, Signal};
use crate::compile::complete::Builder;
use crate::compile::{NeverTarget, OutcomeWhen};
use crate::diagram::{NodeId, OverBudget};
use crate::script::{Read, ReasonRead, Tree};

/// The levels that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// Every sheet.
    All,
    /// Sheets on which everything is answered that a script can read. Stage, overlays, rules and declared reasons are
    /// functions of these.
    Answered,
}

impl Prover<'_> {
    /// The fewest answers with which a function has a wanted outcome.
    fn find(&self, function: NodeId, over: Over, wanted: &dyn Fn(u32) -> bool) -> Option<Vec<(u32, u32)>> {
        match over {
            Over::All => self.sheets.shortest(function, wanted),
            Over::Answered => self.sheets.shortest_answered(function, wanted),
        }
    }

    /// The sheets of which it is known what is reported: a study says nothing of the fills of a missing answer,
    /// and a flag by a score goes by a part of it.
    fn over_reported(&self) -> Over {
        if has_promises(self.ruleset.kind) && !self.variant.has_flag_by_score() { Over::All } else { Over::Answered }
    }

    /// A sheet with these levels of which the engine says the same; none if it does not.
    fn confirm(&self, levels: &[(u32, u32)], holds: &dyn Fn(&RowView<'_>) -> bool) -> Option<Witness> {
        self.sheets.witness(self.ruleset, levels, &|assessed| holds(&assessed.row(0)))
    }

    /// What is found where something must not be.
    fn must_not(
        &self,
        function: NodeId,
        over: Over,
        wanted: &dyn Fn(u32) -> bool,
        says: &str,
        holds: &dyn Fn(&RowView<'_>) -> bool,
    ) -> Option<Found> {
        let levels = self.find(function, over, wanted)?;
        Some(match self.confirm(&levels, holds) {
            Some(sheet) => Found::Confirmed(Counterexample { says: says.to_owned(), sheets: vec![sheet] }),
            None => Found::Unconfirmed(says.to_owned()),
        })
    }

    /// What is found where something must be, and is not.
    fn must(
        &self,
        function: NodeId,
        wanted: &dyn Fn(u32) -> bool,
        says: &str,
        holds: &dyn Fn(AssessedRow<'_>) -> bool,
    ) -> Option<Found> {
        let holds = |row: &RowView<'_>| matches!(row, RowView::Assessed(row) if !row.is_other_path() && holds(*row));
        let Some(levels) = self.find(function, Over::Answered, wanted) else {
            // Some things are there for missing answers, and one sheet is enough to show that they occur.
            if self.sheets.with_gaps(self.ruleset, &|assessed| holds(&assessed.row(0))).is_some() {
                return None;
            }
            return Some(Found::Confirmed(Counterexample { says: says.to_owned(), sheets: Vec::new() }));
        };
        match self.confirm(&levels, &holds) {
            Some(_) => None,
            None => Some(Found::Unconfirmed(says.to_owned())),
        }
    }

    pub(super) fn total(&self) -> Result<Vec<Found>, OverBudget> {
        let none = Reported::None.outcome();
        let is_none = |row: &RowView<'_>| Reported::of_row(row) == Some(Reported::None);
        let unsigned = (!self.variant.signals.is_empty())
            .then(|| {
                let (reported, over) = (self.functions.reported, self.over_reported());
                self.must_not(reported, over, &|outcome| outcome == none, "no signal matches", &is_none)
            })
            .flatten();
        let stages = self.variant.stages.len();
        let unplaced = |row: &RowView<'_>| matches!(row, RowView::Assessed(row) if row.stage().is_none());
        let unstaged = (stages > 0)
            .then(|| {
                let past = |stage: u32| stage as usize == stages;
                self.must_not(self.functions.stage, Over::Answered, &past, "no stage matches", &unplaced)
            })
            .flatten();
        Ok(unsigned.into_iter().chain(unstaged).collect())
    }

    pub(super) fn under_flag(&mut self) -> Result<Vec<Found>, OverBudget> {
        let keeps = self.is_keep_going();
        let withheld = Reported::Withheld.outcome();
        let bad = self.sheets.diagram.combine(self.functions.gate, self.functions.reported, &|gate, reported| {
            let unseen = (gate == HARD) != (reported == withheld);
            u32::from(unseen) + 2 * u32::from(gate > 0 && keeps(reported))
        })?;
        let keep = |row: &RowView<'_>| Reported::of_row(row).is_some_and(|reported| keeps(reported.outcome()));
        let flagged = |row: &RowView<'_>| matches!(row, RowView::Assessed(row) if row.finding().flagged());
        let kept = self.must_not(bad, Over::All, &|bad| bad >= 2, "keep_going is reported under a flag", &|row| {
            keep(row) && flagged(row)
        });
        let seen = self.must_not(
            bad,
            Over::All,
            &|bad| bad == 1,
            "a hard flag and a withheld result do not go together",
            &|row| matches!(row, RowView::Assessed(row) if row.finding().hard),
        );
        Ok(kept.into_iter().chain(seen).collect())
    }

    fn is_declared_never(&self, target: NeverTarget) -> bool {
        self.variant.never.iter().any(|never| never.target == target)
    }

    pub(super) fn stages_occur(&self) -> Result<Vec<Found>, OverBudget> {
        let looked = (0..self.variant.stages.len()).filter(|at| !self.is_declared_never(NeverTarget::Stage(*at)));
        let missing = looked.filter_map(|at| {
            let says = format!("no sheet is placed in `{}`", target_name(self.variant, NeverTarget::Stage(at)));
            self.must(self.functions.stage, &|stage| stage as usize == at, &says, &|row| row.stage() == Some(at))
        });
        Ok(missing.collect())
    }

    pub(super) fn overlays_occur(&self) -> Result<Vec<Found>, OverBudget> {
        let looked = self.functions.overlays.iter().enumerate();
        let looked = looked.filter(|(at, _)| !self.is_declared_never(NeverTarget::Overlay(*at)));
        let missing = looked.flat_map(|(at, function)| {
            let name = target_name(self.variant, NeverTarget::Overlay(at));
            let holds = move |row: AssessedRow<'_>| row.overlays().any(|overlay| overlay == at);
            let never = self.must(*function, &|outcome| outcome == 1, &format!("`{name}` never holds"), &holds);
            let always =
                self.must(*function, &|outcome| outcome == 0, &format!("`{name}` always holds"), &|row| !holds(row));
            never.into_iter().chain(always)
        });
        Ok(missing.collect())
    }

    pub(super) fn signals_occur(&self) -> Result<Vec<Found>, OverBudget> {
        let mixed = self.signal("mixed");
        let looked = (0..self.variant.signals.len()).filter(|at| !self.is_declared_never(NeverTarget::Signal(*at)));
        let missing = looked.filter_map(|at| {
            let says = format!("no sheet reads `{}`", target_name(self.variant, NeverTarget::Signal(at)));
            let wanted = |outcome: u32| Reported::of(outcome).signal(mixed) == Some(at as u32);
            let holds = |row: AssessedRow<'_>| row.signal() == Signal::Declared(at);
            self.must(self.functions.reported, &wanted, &says, &holds)
        });
        Ok(missing.collect())
    }

    /// The reasons that the ruleset gives itself.
    pub(super) fn declared_reasons(&self) -> impl Iterator<Item = usize> + '_ {
        let reasons = self.variant.reasons.iter().enumerate();
        reasons.filter(|(_, reason)| reason.when != OutcomeWhen::Engine).map(|(at, _)| at)
    }

    /// The declared reason that is reported, or one past the last where none is.
    fn reported_reason(&mut self) -> Result<NodeId, OverBudget> {
        self.reason_beside(self.functions.reported, self.functions.reason)
    }

    /// The declared reason that goes with what is reported, or one past the last where none does.
    pub(super) fn reason_beside(&mut self, reported: NodeId, reason: NodeId) -> Result<NodeId, OverBudget> {
        let none = self.variant.reasons.len() as u32;
        let decisive = [self.signal("keep_going"), self.signal("walk_away")];
        self.sheets.diagram.apply(&[reported, reason], &|functions| {
            let [reported, reason] = functions else { return None };
            match Reported::of(reported.outcome()?) {
                Reported::Declared(signal) if !decisive.contains(&Some(signal)) => reason.outcome().map(|_| *reason),
                _ => Some(NodeId::leaf(none)),
            }
        })
    }

    pub(super) fn reasons_occur(&mut self) -> Result<Vec<Found>, OverBudget> {
        let reported = self.reported_reason()?;
        let looked =
            self.declared_reasons().filter(|at| !self.is_declared_never(NeverTarget::Reason(Reason::Declared(*at))));
        let missing = looked.filter_map(|at| {
            let name = target_name(self.variant, NeverTarget::Reason(Reason::Declared(at)));
            let holds = |row: AssessedRow<'_>| row.reason() == Some(Reason::Declared(at));
            self.must(reported, &|reason| reason as usize == at, &format!("`{name}` is never the reason"), &holds)
        });
        Ok(missing.collect())
    }

    pub(super) fn rules_fire(&self) -> Result<Vec<Found>, OverBudget> {
        let looked = self.functions.fired.iter().enumerate();
        let looked = looked.filter(|(at, _)| !self.is_declared_never(NeverTarget::Rule(*at)));
        let missing = looked.flat_map(|(at, function)| {
            let name = target_name(self.variant, NeverTarget::Rule(at));
            let fires = move |row: AssessedRow<'_>| row.rule(at) == RuleOutcome::Fired;
            let never = self.must(*function, &|outcome| outcome == 1, &format!("`{name}` never fires"), &fires);
            let always =
                self.must(*function, &|outcome| outcome == 0, &format!("`{name}` always fires"), &|row| !fires(row));
            never.into_iter().chain(always)
        });
        Ok(missing.collect())
    }

    pub(super) fn never(&mut self, number: usize) -> Result<Vec<Found>, OverBudget> {
        let Some(target) = self.variant.never.get(number).map(|never| never.target) else { return Ok(Vec::new()) };
        let says = format!("`{}` occurs", target_name(self.variant, target));
        let assessed = |row: &RowView<'_>, holds: &dyn Fn(AssessedRow<'_>) -> bool| matches!(row, RowView::Assessed(row) if holds(*row));
        let found = match target {
            NeverTarget::Stage(at) => {
                self.must_not(self.functions.stage, Over::Answered, &|stage| stage as usize == at, &says, &|row| {
                    assessed(row, &|row| row.stage() == Some(at))
                })
            }
            NeverTarget::Overlay(at) => {
                let function = self.functions.overlays.get(at).copied().unwrap_or(NodeId::leaf(0));
                self.must_not(function, Over::Answered, &|outcome| outcome == 1, &says, &|row| {
                    assessed(row, &|row| row.overlays().any(|overlay| overlay == at))
                })
            }
            NeverTarget::Signal(at) => {
                let mixed = self.signal("mixed");
                let wanted = |outcome: u32| Reported::of(outcome).signal(mixed) == Some(at as u32);
                self.must_not(self.functions.reported, self.over_reported(), &wanted, &says, &|row| {
                    assessed(row, &|row| row.signal() == Signal::Declared(at))
                })
            }
            NeverTarget::Reason(Reason::Declared(at)) => {
                let reported = self.reported_reason()?;
                self.must_not(reported, Over::Answered, &|reason| reason as usize == at, &says, &|row| {
                    assessed(row, &|row| row.reason() == Some(Reason::Declared(at)))
                })
            }
            NeverTarget::Reason(engine) => {
                let wanted = |outcome: u32| Reported::of(outcome).reason() == Some(engine);
                self.must_not(self.functions.reported, self.over_reported(), &wanted, &says, &|row| {
                    assessed(row, &|row| row.reason() == Some(engine))
                })
            }
            NeverTarget::Rule(at) => {
                let function = self.functions.fired.get(at).copied().unwrap_or(NodeId::leaf(0));
                self.must_not(function, Over::Answered, &|outcome| outcome == 1, &says, &|row| {
                    assessed(row, &|row| row.rule(at) == RuleOutcome::Fired)
                })
            }
        };
        Ok(found.into_iter().collect())
    }

    /// A property that the ruleset declares.
    pub(super) fn declared(&mut self, number: usize) -> Result<Vec<Found>, OverBudget> {
        let Some(property) = self.variant.properties.get(number) else { return Ok(Vec::new()) };
        if let Some(name) = self.always_answered(&property.tree)? {
            let why = format!("it asks whether `{name}` is answered, and here every question is");
            return Ok(vec![Found::OutOfReach(why)]);
        }
        let (function, over) = self.property(&property.tree)?;
        let says = format!("`{}` does not hold", property.id);
        let levels = self.find(function, over, &|holds| holds == 0);
        let Some(levels) = levels else { return Ok(Vec::new()) };
        // The condition itself is no part of an assessment, so what is confirmed is what it reads of the result.
        let confirmed = (0..TURNS).find(|turn| {
            let whole = self.sheets.levels(&levels, *turn);
            let level = |at: u32| whole.get(at as usize).copied().unwrap_or(0);
            let outcome = |function: NodeId| self.sheets.diagram.outcome(function, level);
            let sheet = self.sheets.responses_of(&whole);
            assessed(self.ruleset, std::slice::from_ref(&sheet)).is_some_and(|assessed| {
                let row = assessed.row(0);
                let same_stage = match &row {
                    RowView::Assessed(row) if over == Over::Answered && !row.is_other_path() => {
                        let stage = row.stage().unwrap_or(self.variant.stages.len());
                        outcome(self.functions.stage) == Some(stage as u32)
                    }
                    _ => true,
                };
                same_stage && Reported::of_row(&row).map(Reported::outcome) == outcome(self.functions.reported)
            })
        });
        Ok(vec![match confirmed {
            Some(turn) => {
                let responses = self.sheets.responses(&levels, turn);
                let sheet = Witness { responses, matters: self.sheets.slots_of(&levels) };
                Found::Confirmed(Counterexample { says, sheets: vec![sheet] })
            }
            None => Found::Unconfirmed(says),
        }])
    }

    /// What a property asks for an answer to, if no sheet that is looked at lacks it: then it is about other sheets.
    fn always_answered(&mut self, tree: &Tree) -> Result<Option<String>, OverBudget> {
        let mut asked = Vec::new();
        tree.for_each_read(&mut |read| match read {
            Read::SlotAnswered(_) | Read::ScaleAnswered(_) => asked.push(read.clone()),
            _ => {}
        });
        let questionnaire = self.ruleset.questionnaire();
        let parts = self.functions.parts.clone();
        let mut builder =
            Builder::new(questionnaire, self.variant, &self.sheets.variables, &mut self.sheets.diagram, parts);
        for read in asked {
            if builder.read(&read)? == NodeId::leaf(1) {
                return Ok(match read {
                    Read::SlotAnswered(slot) => questionnaire.slots.get(slot).map(|slot| slot.id.clone()),
                    Read::ScaleAnswered(scale) => self.variant.scales.get(scale).map(|scale| scale.id.clone()),
                    _ => None,
                });
            }
        }
        Ok(None)
    }

    /// A property as a function of the sheet, and the sheets on which it is exact.
    fn property(&mut self, tree: &Tree) -> Result<(NodeId, Over), OverBudget> {
        let reported_reason = self.reported_reason()?;
        let flagged = self.sheets.diagram.map(self.functions.gate, &|says| u32::from(says > 0))?;
        let mut known = vec![(Read::Flagged, flagged)];
        let mut over = self.over_reported();
        let mut reads = Vec::new();
        tree.for_each_read(&mut |read| reads.push(read.clone()));
        for read in reads {
            let function = match read {
                Read::SignalIs(signal) => {
                    let mixed = self.signal("mixed");
                    let reported = |outcome: u32| match Reported::of(outcome).signal(mixed) {
                        Some(reported) => u32::from(reported as usize == signal),
                        None => 0,
                    };
                    self.sheets.diagram.map(self.functions.reported, &reported)?
                }
                Read::ReasonIs(ReasonRead::Engine(reason)) => {
                    let wanted = Some(Reason::Engine(reason));
                    let is_it = |outcome: u32| u32::from(Reported::of(outcome).reason() == wanted);
                    self.sheets.diagram.map(self.functions.reported, &is_it)?
                }
                Read::ReasonIs(ReasonRead::NotEnoughAnswered) => {
                    let wanted = Reported::NotEnough.outcome();
                    self.sheets.diagram.map(self.functions.reported, &|outcome| u32::from(outcome == wanted))?
                }
                Read::ReasonIs(ReasonRead::Declared(reason)) => {
                    over = Over::Answered;
                    self.sheets.diagram.map(reported_reason, &|outcome| u32::from(outcome as usize == reason))?
                }
                Read::Flagged => continue,
                _ => {
                    over = Over::Answered;
                    continue;
                }
            };
            known.push((read, function));
        }
        let mut builder = Builder::new(
            self.ruleset.questionnaire(),
            self.variant,
            &self.sheets.variables,
            &mut self.sheets.diagram,
            self.functions.parts.clone(),
        );
        for (read, function) in known {
            builder.know(read, function);
        }
        Ok((builder.tree(tree)?, over))
    }
}
