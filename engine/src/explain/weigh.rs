//! How the conditions behind a result came out on one sheet: for who writes rules and looks for a fault in them.
//!
//! An assessment says why its stage holds. Here stands why the others do not.

use super::Sheet;
use crate::assess::BlockAssessment;
use crate::assessment::{Distance, ReadValue};
use crate::compile::{Adjust, Outcome, OutcomeWhen, PartOf};
use crate::responses::Responses;
use crate::ruleset::Ruleset;

/// The conditions of everything that is no rule, in the order of their declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighing {
    /// The rungs of the ladder; the first that holds is the stage, unless an undecided one comes before it.
    pub stages: Vec<Weighed>,
    /// The overlays.
    pub overlays: Vec<Weighed>,
    /// The signals, before what the engine itself makes of them.
    pub signals: Vec<Weighed>,
    /// The declared reasons for a mixed signal; the first that holds is given.
    pub reasons: Vec<Weighed>,
    /// The bounds on scales, each by the id of its scale.
    pub adjusts: Vec<Weighed>,
    /// The scales with what they add up.
    pub scales: Vec<ScaleRead>,
}

/// A condition on one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Whose condition it is.
    pub id: String,
    /// `file:line`.
    pub at: String,
    /// How it came out.
    pub outcome: Held,
    /// What it read.
    pub reads: Vec<ReadValue>,
    /// For one that does not hold: how far it was from holding, where answers alone decide that.
    pub distance: Option<Distance>,
    /// For an undecided one: the answers that would decide it.
    pub needs: Vec<String>,
}

/// How a condition came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Whatever the missing answers are.
    Holds,
    /// Whatever the missing answers are.
    DoesNotHold,
    /// The missing answers would decide it.
    Undecided,
    /// It has none: it stands for what is left over.
    Otherwise,
}

/// What a scale adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleRead {
    /// The scale.
    pub id: String,
    /// `file:line`.
    pub at: String,
    /// Its items.
    pub items: Vec<ReadValue>,
}

impl Weighing {
    /// Of one sheet of a block; none where everything is withheld, and for somebody under 18, for whom nothing is
    /// weighed. `responses` are that sheet's answers.
    pub(crate) fn of_row(
        ruleset: &Ruleset,
        responses: &Responses,
        assessed: &BlockAssessment,
        row: usize,
    ) -> Option<Self> {
        let sheet = Sheet::of_row(ruleset, responses, assessed, row)?;
        let (row, variant) = (sheet.row, sheet.variant);
        if row.is_other_path() || row.finding().left_out {
            return None;
        }
        let scales = variant.scales.iter().enumerate().map(|(at, scale)| ScaleRead {
            id: scale.id.clone(),
            at: scale.at.clone(),
            items: sheet.part_reads(PartOf::Scale(at)),
        });
        Some(Self {
            stages: sheet.weigh_all(&variant.stages),
            overlays: sheet.weigh_all(&variant.overlays),
            signals: sheet.weigh_all(&variant.signals),
            reasons: sheet.weigh_all(&variant.reasons),
            adjusts: variant.adjusts.iter().map(|adjust| sheet.weigh_bound(adjust)).collect(),
            scales: scales.collect(),
        })
    }
}

impl Sheet<'_> {
    /// What only the engine says has no condition and is left out.
    fn weigh_all(&self, outcomes: &[Outcome]) -> Vec<Weighed> {
        let weighed = outcomes.iter().filter_map(|outcome| match outcome.when {
            OutcomeWhen::Condition(condition) => Some(self.weigh(&outcome.id, &outcome.at, condition)),
            OutcomeWhen::Otherwise => Some(Weighed {
                id: outcome.id.clone(),
                at: outcome.at.clone(),
                outcome: Held::Otherwise,
                reads: Vec::new(),
                distance: None,
                needs: Vec::new(),
            }),
            OutcomeWhen::Engine => None,
        });
        weighed.collect()
    }

    fn weigh_bound(&self, adjust: &Adjust) -> Weighed {
        let id = self.variant.scales.get(adjust.scale).map(|scale| scale.id.as_str()).unwrap_or_default();
        self.weigh(id, &adjust.at, adjust.condition)
    }

    fn weigh(&self, id: &str, at: &str, condition: usize) -> Weighed {
        let (evaluation, row) = self.row.evaluation();
        let found = evaluation.outcomes.get(condition).and_then(|column| column.get(row)).copied();
        let outcome = match found {
            Some(0) => Held::DoesNotHold,
            Some(1) => Held::Holds,
            _ => Held::Undecided,
        };
        Weighed {
            id: id.to_owned(),
            at: at.to_owned(),
            outcome,
            reads: self.reads(condition),
            distance: if outcome == Held::DoesNotHold { self.distance(condition) } else { None },
            needs: if outcome == Held::Undecided { self.needs(condition) } else { Vec::new() },
        }
    }
}
