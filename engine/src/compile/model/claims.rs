//! Properties, monotone items and what never occurs. What is not part of the variant is left out of it.

use super::{Model, WantedProperty};
use crate::assess::Reason;
use crate::compile::{Exempt, Monotone, Never, NeverTarget};
use crate::ruleset::{Body, Declaration, Draft, Expr, Name, Target};
use crate::script::{Meaning, ReasonRead, function};

impl<'a> Model<'a> {
    pub(super) fn claim(&mut self, draft: &Draft<'_>, declaration: &'a Declaration) {
        let at = draft.at(&declaration.id.place);
        let because = declaration.because.as_ref().map(|text| text.text.clone());
        match &declaration.body {
            Body::Property { holds } if !self.names_only_what_is_outside(holds) => {
                self.properties.push(WantedProperty { declaration, expr: holds });
            }
            Body::Monotone { items } => {
                for directed in items {
                    if let Some(slot) = self.asked_slot(&directed.item) {
                        let (because, at) = (because.clone(), at.clone());
                        self.variant.monotone.push(Monotone { slot, direction: directed.direction, because, at });
                    }
                }
            }
            Body::NotMonotone { items } => {
                let because = because.unwrap_or_default();
                for slot in items.iter().filter_map(|item| self.asked_slot(item)).collect::<Vec<_>>() {
                    self.variant.not_monotone.push(Exempt { slot, because: because.clone(), at: at.clone() });
                }
            }
            Body::Never { target } => {
                // Checking the names found exactly one.
                let kind = draft.targets_named(*target, &declaration.id.text).first().copied();
                if let Some(target) = kind.and_then(|kind| self.never_target(kind, &declaration.id.text)) {
                    self.variant.never.push(Never { target, because: because.unwrap_or_default(), at });
                }
            }
            _ => {}
        }
    }

    fn asked_slot(&self, item: &Name) -> Option<usize> {
        self.questionnaire.slot(&item.text).filter(|slot| self.is_asked(*slot))
    }

    fn never_target(&self, kind: Target, id: &str) -> Option<NeverTarget> {
        let ids = &self.ids;
        Some(match kind {
            Target::Stage => NeverTarget::Stage(ids.stages.get(id).copied().flatten()?),
            Target::Overlay => NeverTarget::Overlay(ids.overlays.get(id).copied().flatten()?),
            Target::Signal => NeverTarget::Signal(ids.signals.get(id).copied().flatten()?),
            Target::Rule => NeverTarget::Rule(ids.rules.get(id).copied().flatten()?),
            Target::Reason => NeverTarget::Reason(match ids.reasons.get(id).copied().flatten()? {
                ReasonRead::Declared(number) => Reason::Declared(number),
                ReasonRead::Engine(reason) => Reason::Engine(reason),
                ReasonRead::NotEnoughAnswered => return None,
            }),
        })
    }

    /// Whether nothing that an expression names is part of this variant.
    fn names_only_what_is_outside(&self, expr: &Expr) -> bool {
        let inside = self.inside(expr);
        !inside.is_empty() && inside.iter().all(|inside| !inside)
    }

    /// Whether everything that an expression names is part of this variant.
    pub(in crate::compile) fn names_only_what_is_inside(&self, expr: &Expr) -> bool {
        self.inside(expr).iter().all(|inside| *inside)
    }

    /// For each name in an expression that could be outside of a variant: is it inside?
    fn inside(&self, expr: &Expr) -> Vec<bool> {
        let named = expr.names.iter().filter_map(|name| match self.names.get(&name.text)? {
            Meaning::Number(_) => None,
            meaning => Some(*meaning != Meaning::Absent),
        });
        let called = expr
            .calls
            .iter()
            .filter_map(|(name, argument)| self.ids.contains(function(&name.text)?.names, &argument.as_ref()?.text));
        named.chain(called).collect()
    }
}
