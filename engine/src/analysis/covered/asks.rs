//! Whether a condition asks if something was answered at all.

use std::collections::BTreeSet;

use crate::compile::{OutcomeWhen, PartOf, RuleEffect, Variant};
use crate::script::{Quantity, Read, Tree};

/// What may be left out: the read that asks for it, and its slots.
pub(super) type Asked = (Read, Vec<usize>);

/// What conditions ask about, themselves or through what they read.
pub(super) fn asked_about(variant: &Variant, conditions: impl IntoIterator<Item = usize>) -> Vec<Asked> {
    let mut asks = Asks { variant, seen: BTreeSet::new(), found: BTreeSet::new() };
    for condition in conditions {
        asks.condition(condition);
    }
    asks.found.into_iter().collect()
}

struct Asks<'a> {
    variant: &'a Variant,
    seen: BTreeSet<usize>,
    found: BTreeSet<Asked>,
}

impl Asks<'_> {
    fn condition(&mut self, number: usize) {
        if !self.seen.insert(number) {
            return;
        }
        let variant = self.variant;
        if let Some(condition) = variant.tables.conditions.get(number) {
            self.tree(&condition.tree);
        }
    }

    fn tree(&mut self, tree: &Tree) {
        let mut reads = BTreeSet::new();
        tree.for_each_read(&mut |read| {
            reads.insert(read.clone());
        });
        for read in &reads {
            self.read(read);
        }
    }

    fn read(&mut self, read: &Read) {
        let variant = self.variant;
        match read {
            Read::SlotAnswered(slot) => {
                self.found.insert((read.clone(), vec![*slot]));
            }
            Read::ScaleAnswered(scale) => {
                let items = variant.scales.get(*scale).into_iter().flat_map(|scale| &scale.items);
                self.found.insert((read.clone(), items.map(|item| item.slot).collect()));
            }
            Read::HasValue(subject) | Read::Passes(subject, _) => {
                for (quantity, _) in subject.parts() {
                    self.quantity(*quantity);
                }
            }
            Read::Fired(rule) => {
                if let Some(rule) = variant.rules.get(*rule) {
                    self.condition(rule.condition);
                }
            }
            Read::Overlay(overlay) => {
                if let Some(overlay) = variant.overlays.get(*overlay) {
                    self.when(overlay.when);
                }
            }
            Read::StageIs(_) => variant.stages.iter().for_each(|stage| self.when(stage.when)),
            Read::Condition(condition) => self.condition(*condition),
            // The first is no condition's, the others only a property's.
            Read::Slot(_) | Read::Flagged | Read::SignalIs(_) | Read::ReasonIs(_) => {}
        }
    }

    fn when(&mut self, when: OutcomeWhen) {
        if let OutcomeWhen::Condition(condition) = when {
            self.condition(condition);
        }
    }

    fn quantity(&mut self, quantity: Quantity) {
        let variant = self.variant;
        match quantity {
            Quantity::Scale(scale) => {
                for adjust in variant.adjusts.iter().filter(|adjust| adjust.scale == scale) {
                    self.condition(adjust.condition);
                }
            }
            Quantity::Aggregate(aggregate) => {
                for part in variant.aggregates.get(aggregate).into_iter().flat_map(|aggregate| &aggregate.parts) {
                    if let Some(condition) = part.zero_when {
                        self.condition(condition);
                    }
                    self.quantity(match part.of {
                        PartOf::Scale(scale) => Quantity::Scale(scale),
                        PartOf::Aggregate(other) => Quantity::Aggregate(other),
                    });
                }
            }
            Quantity::Level(_) | Quantity::SignsPresent | Quantity::Points(_) => {
                let counts = |effect: &RuleEffect| matches!(effect, RuleEffect::Sign(..) | RuleEffect::Points(..));
                for rule in variant.rules.iter().filter(|rule| rule.effects.iter().any(counts)) {
                    self.condition(rule.condition);
                }
            }
            Quantity::Number(_)
            | Quantity::RawScale(_)
            | Quantity::CountAtMost { .. }
            | Quantity::CountAtLeast { .. } => {}
        }
    }
}
