//! Resolves the declarations of one variant: which items are asked, what each name stands for, what belongs to what.

mod claims;
mod domain;
mod outcomes;

use std::collections::BTreeMap;

use super::tables::Tables;
use super::{Adjust, Aggregate, NamedCondition, Part, PartOf, Property, Rule, RuleEffect, Screens, Sign, Variant};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::questionnaire::{Direction, Form, Levels, Questionnaire, Role};
use crate::ruleset::{Body, Declaration, Draft, Effect, Expr, Kind, Name};
use crate::scoring::{Need, Scale, ScaleItem};
use crate::script::{Attainable, Domain, Ids, Meaning, Quantity, ReasonRead};

/// The greatest denominator that a mean may have, so that its numerator fits 64 bits with room to spare.
const FINEST: i64 = 1 << 52;

/// A variant in the making.
pub(super) struct Model<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    variant: Variant,
    /// What expressions can name.
    pub(super) names: BTreeMap<String, Meaning>,
    pub(super) ids: Ids,
    /// What names mean in adjustments, where they differ: scales are raw.
    pub(super) raw_names: BTreeMap<String, Meaning>,
    /// The conditions to tabulate, in the order of their numbers.
    pub(super) conditions: Vec<Wanted<'a>>,
    /// The properties to explore.
    pub(super) properties: Vec<WantedProperty<'a>>,
    /// For each quantity, the values of completely answered sheets.
    pub(super) fills: BTreeMap<Quantity, Attainable>,
    pub(super) domain: Domain,
}

/// A condition to tabulate.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) expr: &'a Expr,
    /// It belongs to an adjustment, so scale names mean raw scales.
    pub(super) raw: bool,
}

/// A property to explore.
#[derive(Clone, Copy)]
pub(super) struct WantedProperty<'a> {
    pub(super) declaration: &'a Declaration,
    pub(super) expr: &'a Expr,
}

impl<'a> Model<'a> {
    pub(super) fn new(draft: &'a Draft<'a>, role: Role, form: Form, problems: &mut Vec<Diagnostic>) -> Self {
        let questionnaire = draft.questionnaire;
        // What hangs on an answer that nobody gives here is never asked. A parent stands before what hangs on it.
        let mut asked: Vec<bool> = Vec::new();
        for slot in &questionnaire.slots {
            let item = questionnaire.item_of(slot).filter(|item| item.is_asked_in(role, form));
            let parent = item.and_then(|item| item.asked_if.as_ref()).and_then(|when| questionnaire.slot(&when.item));
            asked.push(item.is_some() && parent.is_none_or(|parent| asked.get(parent) == Some(&true)));
        }
        let is_asked = |at: usize| asked.get(at).copied().unwrap_or(false);
        let core = (0..questionnaire.slots.len())
            .filter(|at| {
                is_asked(*at)
                    && questionnaire
                        .slots
                        .get(*at)
                        .and_then(|slot| questionnaire.item_of(slot))
                        .is_some_and(|item| item.is_core())
            })
            .collect();
        let variant = Variant {
            role,
            form,
            scales: Vec::new(),
            adjusts: Vec::new(),
            aggregates: Vec::new(),
            named: Vec::new(),
            rules: Vec::new(),
            signs: Vec::new(),
            points: Vec::new(),
            overlays: Vec::new(),
            stages: Vec::new(),
            signals: Vec::new(),
            reasons: Vec::new(),
            bands: Vec::new(),
            screens: Screens::default(),
            floor: None,
            core,
            asked,
            properties: Vec::new(),
            monotone: Vec::new(),
            not_monotone: Vec::new(),
            never: Vec::new(),
            numbers: BTreeMap::new(),
            tables: Tables::default(),
            complete: None,
        };
        let mut model = Self {
            questionnaire,
            variant,
            names: BTreeMap::new(),
            ids: Ids::default(),
            raw_names: BTreeMap::new(),
            conditions: Vec::new(),
            properties: Vec::new(),
            fills: BTreeMap::new(),
            domain: Domain::default(),
        };
        model.items();
        model.every_name(draft);
        model.numbers(draft);
        for declaration in draft.for_role(role) {
            model.scale(draft, declaration, problems);
        }
        for declaration in draft.for_role(role) {
            model.aggregate(draft, declaration, problems);
        }
        for declaration in draft.for_role(role) {
            model.sign_or_condition(draft, declaration);
        }
        for declaration in draft.for_role(role) {
            model.rule(draft, declaration);
        }
        for declaration in draft.for_role(role) {
            model.outcome(draft, declaration);
            model.cut(draft, declaration, problems);
        }
        for declaration in draft.for_variant(role, form) {
            model.claim(draft, declaration);
        }
        model.finish_domain();
        model
    }

    /// Items and their slots.
    fn items(&mut self) {
        for (at, slot) in self.questionnaire.slots.iter().enumerate() {
            let asked = self.is_asked(at);
            self.ids.slots.insert(slot.id.clone(), asked.then_some(at));
            let lacks = self.may_be_absent(at);
            self.domain.slots.push((slot.levels.count(), lacks));
            if slot.option.is_some() {
                continue;
            }
            let meaning = match (&slot.levels, asked) {
                (_, false) => Meaning::Absent,
                (Levels::Range { min, max }, true) => {
                    let values: Vec<Exact> = (*min..=*max).map(crate::exact::whole).collect();
                    self.domain
                        .quantities
                        .insert(Quantity::Number(at), (Some(Attainable::Values(values.clone())), lacks));
                    self.fills.insert(Quantity::Number(at), Attainable::Values(values));
                    Meaning::Quantity(Quantity::Number(at))
                }
                (Levels::Options(_), true) => Meaning::Slot(at),
            };
            self.names.insert(slot.id.clone(), meaning);
        }
    }

    /// Every declared name, also of other roles: known, but without a value here unless something below fills it in.
    fn every_name(&mut self, draft: &Draft<'_>) {
        for declaration in &draft.declarations {
            let id = declaration.id.text.clone();
            match &declaration.body {
                Body::Scale { .. } => {
                    self.names.insert(id.clone(), Meaning::Absent);
                    self.ids.scales.insert(id, None);
                }
                Body::Aggregate { .. } | Body::Condition { .. } => {
                    self.names.insert(id, Meaning::Absent);
                }
                Body::Rule { effects, .. } => {
                    self.ids.rules.insert(id, None);
                    for effect in effects {
                        if let Effect::Points { name, .. } = effect {
                            self.ids.points.insert(name.text.clone(), None);
                        }
                    }
                }
                Body::Sign { .. } => {
                    self.ids.signs.insert(id, None);
                }
                Body::Overlay { .. } => {
                    self.ids.overlays.insert(id, None);
                }
                Body::Stage { .. } => {
                    self.ids.stages.insert(id, None);
                }
                Body::Signal { .. } => {
                    self.ids.signals.insert(id, None);
                }
                Body::Reason { when: Some(_) } => {
                    self.ids.reasons.insert(id, None);
                }
                _ => {}
            }
        }
        if draft.kind == Kind::Assessment {
            let own = ReasonRead::OF_THE_ENGINE.into_iter();
            self.ids.reasons.extend(own.filter_map(|reason| Some((reason.word()?.to_owned(), Some(reason)))));
        }
    }

    fn numbers(&mut self, draft: &Draft<'_>) {
        for declaration in &draft.declarations {
            let id = &declaration.id.text;
            let value = match &declaration.body {
                Body::Param { .. } => {
                    draft.parameters.iter().find(|parameter| parameter.name == *id).map(|parameter| parameter.value)
                }
                Body::Const { value } => Some(*value),
                _ => None,
            };
            if let Some(value) = value {
                self.names.insert(id.clone(), Meaning::Number(value));
                self.variant.numbers.insert(id.clone(), value);
            }
        }
    }

    fn is_asked(&self, slot: usize) -> bool {
        self.variant.asked.get(slot).copied().unwrap_or(false)
    }

    /// Whether an asked slot can be without a value: "does not apply", or not asked because of another answer.
    fn may_be_absent(&self, slot: usize) -> bool {
        self.questionnaire
            .slots
            .get(slot)
            .and_then(|slot| self.questionnaire.item_of(slot))
            .is_some_and(|item| item.offers_not_applicable || item.asked_if.is_some())
    }

    fn scale(
        &mut self,
        draft: &Draft<'_>,
        declaration: &'a crate::ruleset::Declaration,
        problems: &mut Vec<Diagnostic>,
    ) {
        let Body::Scale { aggregation, terms, need, prorate, concern } = &declaration.body else {
            return;
        };
        let mut items = Vec::new();
        for term in terms {
            let Some(slot) = self.questionnaire.slot(&term.item.text) else {
                continue;
            };
            self.check_direction(draft, *concern, &term.item, term.reversed, problems);
            if self.is_asked(slot) {
                items.extend(self.scale_item(slot, i64::from(term.weight), term.reversed));
            }
        }
        // All items outside of this form: the scale is left out of the variant.
        if items.is_empty() {
            return;
        }
        let one = Exact::from_integer(1);
        let need = match need {
            _ if *aggregation == crate::ruleset::Aggregation::Sum && !prorate => Need::All,
            Some(share) if *share < one => Need::Share(*share),
            Some(count) => Need::Count(usize::try_from(*count.numer()).unwrap_or(1)),
            // The half rule: the usual default of published manuals (EORTC, SF-36).
            None => Need::Share(Exact::new(1, 2)),
        };
        let scale = Scale::new(
            declaration.id.text.clone(),
            declaration.title.clone().unwrap_or_else(|| declaration.id.text.clone()),
            *concern,
            *aggregation,
            items,
            need,
            declaration.source.clone(),
            draft.at(&declaration.id.place),
        );
        if !scale.fits() {
            problems.push(draft.error(
                Code::InvalidNumber,
                &declaration.id.place,
                "the weights and ranges of this scale are too large to be exact",
            ));
            return;
        }
        let number = self.variant.scales.len();
        let (all, fills) = scale.attainable();
        let absent = scale.may_be_absent();
        self.domain.quantities.insert(Quantity::RawScale(number), (Some(all), absent));
        self.fills.insert(Quantity::RawScale(number), fills);
        self.names.insert(declaration.id.text.clone(), Meaning::Quantity(Quantity::Scale(number)));
        self.raw_names.insert(declaration.id.text.clone(), Meaning::Quantity(Quantity::RawScale(number)));
        self.ids.scales.insert(declaration.id.text.clone(), Some(number));
        self.variant.scales.push(scale);
    }

    fn scale_item(&self, slot: usize, weight: i64, reversed: bool) -> Option<ScaleItem> {
        let levels = &self.questionnaire.slots.get(slot)?.levels;
        let (min, max) = levels.bounds()?;
        let key = |value: i64| if reversed { min + max - value } else { value };
        let keyed = (0..levels.count()).filter_map(|level| levels.number(level)).map(key).collect();
        Some(ScaleItem { slot, weight, reversed, may_be_absent: self.may_be_absent(slot), keyed, min, max })
    }

    /// A scale that is good when high takes supporting items as they are and reverses concerns; and the other way round.
    fn check_direction(
        &self,
        draft: &Draft<'_>,
        concern: bool,
        item: &Name,
        reversed: bool,
        problems: &mut Vec<Diagnostic>,
    ) {
        let expected = match self.questionnaire.item(&item.text).and_then(|item| item.direction) {
            Some(Direction::Supports) => concern,
            Some(Direction::Concern) => !concern,
            _ => return,
        };
        if reversed != expected {
            let (is, should, key) = match reversed {
                true => ("is reversed", "should not be", "leave out the `-`"),
                false => ("is not reversed", "should be", "write `-` before it"),
            };
            let other = match concern {
                true => "good? Then leave out `concern`",
                false => "bad? Then write `concern` after the title",
            };
            let message =
                format!("`{}` {is} here, and by the direction that the questionnaire declares it {should}", item.text);
            problems.push(
                draft
                    .warning(Code::DirectionMismatch, &item.place, message)
                    .hint(format!("{key}; or is a high score of this scale {other}")),
            );
        }
    }

    fn aggregate(
        &mut self,
        draft: &Draft<'_>,
        declaration: &'a crate::ruleset::Declaration,
        problems: &mut Vec<Diagnostic>,
    ) {
        let Body::Aggregate { parts, need } = &declaration.body else {
            return;
        };
        let mut known = Vec::new();
        for part in parts {
            let of = match self.names.get(&part.name.text) {
                Some(Meaning::Quantity(Quantity::Scale(scale))) => PartOf::Scale(*scale),
                Some(Meaning::Quantity(Quantity::Aggregate(aggregate))) => PartOf::Aggregate(*aggregate),
                _ => continue,
            };
            let zero_when = part.zero_when.as_ref().map(|expr| self.want(expr, false));
            known.push(Part { of, zero_when });
        }
        if known.is_empty() {
            return;
        }
        let fineness =
            known.iter().try_fold(known.len() as i64, |product, part| product.checked_mul(self.fineness(part.of)?));
        if fineness.is_none_or(|fineness| fineness > FINEST) {
            let message =
                "this mean is too fine to be exact: the ranges or weights of its scales have no common measure";
            problems.push(draft.error(Code::InvalidNumber, &declaration.id.place, message));
            return;
        }
        // `need` counts the parts as declared; where fewer exist in this variant, all of them are needed.
        let wanted = need.map_or(Need::All, |need| {
            if need < Exact::from_integer(1) {
                Need::Share(need)
            } else {
                Need::Count(usize::try_from(*need.numer()).unwrap_or(1))
            }
        });
        let number = self.variant.aggregates.len();
        self.names.insert(declaration.id.text.clone(), Meaning::Quantity(Quantity::Aggregate(number)));
        self.variant.aggregates.push(Aggregate {
            id: declaration.id.text.clone(),
            title: declaration.title.clone().unwrap_or_else(|| declaration.id.text.clone()),
            need: wanted.of(known.len()),
            at: draft.at(&declaration.id.place),
            parts: known,
        });
    }

    /// The greatest denominator of a part's value.
    fn fineness(&self, part: PartOf) -> Option<i64> {
        match part {
            PartOf::Scale(scale) => Some(self.variant.scales.get(scale)?.greatest_denominator()),
            PartOf::Aggregate(other) => {
                let parts = &self.variant.aggregates.get(other)?.parts;
                parts.iter().try_fold(parts.len() as i64, |product, part| product.checked_mul(self.fineness(part.of)?))
            }
        }
    }

    fn sign_or_condition(&mut self, draft: &Draft<'_>, declaration: &'a crate::ruleset::Declaration) {
        let id = declaration.id.text.clone();
        match &declaration.body {
            Body::Sign { adds, present } => {
                self.ids.signs.insert(id.clone(), Some(self.variant.signs.len()));
                let title = declaration.title.clone().unwrap_or_else(|| id.clone());
                self.variant.signs.push(Sign { id, title, adds: *adds, present: *present });
            }
            Body::Condition { when } => {
                let (plain, raw) = (self.want(when, false), self.want(when, true));
                self.names.insert(id.clone(), Meaning::Condition(plain));
                let at = draft.at(&declaration.id.place);
                self.variant.named.push(NamedCondition { id: id.clone(), at, condition: plain, raw });
                self.raw_names.insert(id, Meaning::Condition(raw));
            }
            _ => {}
        }
    }

    fn rule(&mut self, draft: &Draft<'_>, declaration: &'a crate::ruleset::Declaration) {
        let id = declaration.id.text.clone();
        match &declaration.body {
            Body::Rule { when, effects } if !self.all_outside(when) => {
                let condition = self.want(when, false);
                let effects = effects.iter().map(|effect| self.effect(effect)).collect();
                self.ids.rules.insert(id.clone(), Some(self.variant.rules.len()));
                self.variant.rules.push(Rule {
                    title: declaration.title.clone().unwrap_or_else(|| id.clone()),
                    id,
                    doc: declaration.doc.clone(),
                    because: declaration.because.as_ref().map(|text| text.text.clone()),
                    next: declaration.next.clone(),
                    source: declaration.source.clone(),
                    at: draft.at(&declaration.id.place),
                    effects,
                    condition,
                });
            }
            Body::Adjust { limit, when } if !self.all_outside(when) => {
                let Some(Some(scale)) = self.ids.scales.get(&id).copied() else {
                    return;
                };
                let condition = self.want(when, true);
                self.variant.adjusts.push(Adjust {
                    scale,
                    because: declaration.because.as_ref().map(|text| text.text.clone()),
                    source: declaration.source.clone(),
                    at: draft.at(&declaration.id.place),
                    limit: *limit,
                    condition,
                });
            }
            _ => {}
        }
    }

    /// Whether an expression reads items or scales, and none of them is part of this variant.
    fn all_outside(&self, expr: &Expr) -> bool {
        let named = expr.names.iter().filter_map(|name| match self.names.get(&name.text) {
            Some(Meaning::Number(_)) | None => None,
            Some(meaning) => Some(*meaning == Meaning::Absent),
        });
        let called = expr.calls.iter().filter_map(|(_, argument)| {
            let name = &argument.as_ref()?.text;
            let slot = self.ids.slots.get(name).map(Option::is_none);
            slot.or_else(|| self.ids.scales.get(name).map(Option::is_none))
        });
        let outside: Vec<bool> = named.chain(called).collect();
        !outside.is_empty() && outside.iter().all(|outside| *outside)
    }

    fn effect(&mut self, effect: &Effect) -> RuleEffect {
        match effect {
            Effect::Sign { sign, level } => match self.ids.signs.get(&sign.text) {
                Some(Some(sign)) => RuleEffect::Sign(*sign, *level),
                _ => RuleEffect::Note,
            },
            Effect::Points { name, points } => {
                let sum = match self.variant.points.iter().position(|known| *known == name.text) {
                    Some(sum) => sum,
                    None => {
                        self.variant.points.push(name.text.clone());
                        self.variant.points.len() - 1
                    }
                };
                self.ids.points.insert(name.text.clone(), Some(sum));
                RuleEffect::Points(sum, *points)
            }
            Effect::Flag { name } => RuleEffect::Flag(name.text.clone()),
            Effect::Note => RuleEffect::Note,
        }
    }

    /// The number of a condition that will be tabulated.
    fn want(&mut self, expr: &'a Expr, raw: bool) -> usize {
        self.conditions.push(Wanted { expr, raw });
        self.conditions.len() - 1
    }

    pub(super) fn variant(&self) -> &Variant {
        &self.variant
    }

    pub(super) fn into_variant(self, tables: Tables, properties: Vec<Property>) -> Variant {
        Variant { tables, properties, ..self.variant }
    }
}
