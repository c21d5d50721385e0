//! Overlays, stages, signals, reasons, bands and screens of a variant.

use super::Model;
use crate::compile::{Band, Lined, Outcome, OutcomeWhen, outcome_when};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::to_f64;
use crate::gate::Gate;
use crate::questionnaire::Direction;
use crate::ruleset::{Body, Draft};
use crate::script::{Attainable, ReasonRead};

impl<'a> Model<'a> {
    pub(super) fn outcome(&mut self, draft: &Draft<'_>, declaration: &'a crate::ruleset::Declaration) {
        let id = declaration.id.text.clone();
        let (when, titles) = match &declaration.body {
            Body::Overlay { when } => (OutcomeWhen::Condition(self.want(when, false)), Vec::new()),
            Body::Stage { when } => (outcome_when(when, |expr| self.want(expr, false)), Vec::new()),
            Body::Signal { when, titles } => (outcome_when(when, |expr| self.want(expr, false)), titles.clone()),
            Body::Reason { when: Some(when) } => (outcome_when(when, |expr| self.want(expr, false)), Vec::new()),
            Body::Reason { when: None } => (OutcomeWhen::Engine, Vec::new()),
            Body::Band { comparison, value, population, sem } => {
                if let Some(Some(scale)) = self.ids.scales.get(&id).copied() {
                    self.variant.bands.push(Band {
                        scale,
                        label: declaration.title.clone().unwrap_or_default(),
                        comparison: *comparison,
                        value: *value,
                        sem: *sem,
                        population: population.clone(),
                        source: declaration.source.clone().unwrap_or_default(),
                    });
                }
                return;
            }
            Body::Straightline { share, least } => {
                self.variant.screens.straightline = Some((*share, *least));
                self.variant.screens.lined = self.lined();
                return;
            }
            Body::Contradicts { other } => {
                let slots = (self.questionnaire.slot(&id), self.questionnaire.slot(&other.text));
                if let (Some(first), Some(second)) = slots
                    && self.is_asked(first)
                    && self.is_asked(second)
                {
                    self.variant.screens.contradicts.push((first, second));
                }
                return;
            }
            Body::Floor { share } => {
                self.variant.floor = Some(*share);
                return;
            }
            _ => return,
        };
        let title = declaration
            .title
            .clone()
            .or_else(|| titles.first().map(|(_, title)| title.clone()))
            .unwrap_or_else(|| id.clone());
        let outcome = Outcome {
            id: id.clone(),
            title,
            titles,
            next: declaration.next.clone(),
            at: draft.at(&declaration.id.place),
            when,
        };
        let (list, ids) = match &declaration.body {
            Body::Overlay { .. } => (&mut self.variant.overlays, &mut self.ids.overlays),
            Body::Stage { .. } => (&mut self.variant.stages, &mut self.ids.stages),
            Body::Signal { .. } => (&mut self.variant.signals, &mut self.ids.signals),
            _ => {
                if when != OutcomeWhen::Engine {
                    self.ids.reasons.insert(id, Some(ReasonRead::Declared(self.variant.reasons.len())));
                }
                self.variant.reasons.push(outcome);
                return;
            }
        };
        ids.insert(id, Some(list.len()));
        list.push(outcome);
    }

    /// A cut that every score meets, or none, says nothing: most likely it belongs to another way of scoring.
    pub(super) fn cut(
        &self,
        draft: &Draft<'_>,
        declaration: &crate::ruleset::Declaration,
        problems: &mut Vec<Diagnostic>,
    ) {
        let Body::Band { comparison, value, .. } = &declaration.body else { return };
        let scale = self.ids.scales.get(&declaration.id.text).copied().flatten();
        let Some(scale) = scale.and_then(|at| self.variant.scales.get(at)) else { return };
        let Attainable::Between(low, high) = scale.bounds() else { return };
        let often = match (comparison.holds(&low, value), comparison.holds(&high, value)) {
            (true, true) => "always",
            (false, false) => "never",
            _ => return,
        };
        let message = format!(
            "this band is {often} met: `{}` goes from {} to {}",
            declaration.id.text,
            to_f64(&low),
            to_f64(&high)
        );
        problems.push(
            draft
                .error(Code::InvalidNumber, &declaration.id.place, message)
                .hint("look up for which way of scoring the cut was published, and how its items are counted"),
        );
    }

    pub(super) fn lined(&self) -> Vec<Lined> {
        let gate = Gate::new(self.questionnaire);
        let asked = self.questionnaire.slots.iter().enumerate().filter(|(at, _)| self.is_asked(*at));
        asked
            .filter_map(|(at, slot)| {
                let item = self.questionnaire.item_of(slot)?;
                let concern = match item.direction? {
                    Direction::Supports => false,
                    Direction::Concern => true,
                    Direction::Neutral => return None,
                };
                let numbers: Option<Vec<i64>> =
                    (0..slot.levels.count()).map(|level| slot.levels.number(level)).collect();
                let looked_at = slot.option.is_none() && !item.block && !item.context;
                Some(Lined { slot: at, concern, watched: gate.reads(at), numbers: numbers.filter(|_| looked_at)? })
            })
            .collect()
    }
}
