//! The coverage table: every point of the article with the items, rules, outcomes and advice that serve it, found by
//! following what reads what from the items on.

use std::collections::BTreeSet;

use crate::compile::{OutcomeWhen, Part, PartOf, RuleEffect, Variable, Variant};
use crate::questionnaire::{Form, Role, Tier};
use crate::ruleset::LoadOptions;
use crate::script::Quantity;

/// Something that reads, or is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Slot(usize),
    Scale(usize),
    Aggregate(usize),
    Rule(usize),
    Sign(usize),
    Overlay(usize),
    Stage(usize),
}

/// What reads what in one variant.
struct Reading<'a> {
    variant: &'a Variant,
    /// What is read, and what reads it.
    pairs: Vec<(Thing, Thing)>,
}

impl<'a> Reading<'a> {
    fn of(variant: &'a Variant) -> Self {
        let mut reading = Self { variant, pairs: Vec::new() };
        for (at, scale) in variant.scales.iter().enumerate() {
            reading.pairs.extend(scale.items.iter().map(|item| (Thing::Slot(item.slot), Thing::Scale(at))));
        }
        for adjust in &variant.adjusts {
            reading.condition(adjust.condition, Thing::Scale(adjust.scale));
        }
        for (at, aggregate) in variant.aggregates.iter().enumerate() {
            for Part { of, zero_when } in &aggregate.parts {
                reading.pairs.push((part(*of), Thing::Aggregate(at)));
                if let Some(condition) = zero_when {
                    reading.condition(*condition, Thing::Aggregate(at));
                }
            }
        }
        for (at, rule) in variant.rules.iter().enumerate() {
            reading.condition(rule.condition, Thing::Rule(at));
            for effect in &rule.effects {
                if let RuleEffect::Sign(sign, _) = effect {
                    reading.pairs.push((Thing::Rule(at), Thing::Sign(*sign)));
                }
            }
        }
        type Made = fn(usize) -> Thing;
        let outcomes: [(&[crate::compile::Outcome], Made); 2] =
            [(&variant.overlays, Thing::Overlay), (&variant.stages, Thing::Stage)];
        for (list, made) in outcomes {
            for (at, outcome) in list.iter().enumerate() {
                if let OutcomeWhen::Condition(condition) = outcome.when {
                    reading.condition(condition, made(at));
                }
            }
        }
        reading
    }

    fn condition(&mut self, condition: usize, reader: Thing) {
        let tables = &self.variant.tables;
        for at in &tables.conditions[condition].support {
            let read: Vec<Thing> = match &tables.variables[*at].variable {
                Variable::Slot(slot) | Variable::SlotAnswered(slot) => vec![Thing::Slot(*slot)],
                Variable::ScaleAnswered(scale) => vec![Thing::Scale(*scale)],
                Variable::Fired(rule) => vec![Thing::Rule(*rule)],
                Variable::Overlay(overlay) => vec![Thing::Overlay(*overlay)],
                Variable::Stage => (0..self.variant.stages.len()).map(Thing::Stage).collect(),
                Variable::Flagged => Vec::new(),
                Variable::Subject(subject) => {
                    subject.parts().iter().flat_map(|(quantity, _)| self.quantity(*quantity)).collect()
                }
            };
            self.pairs.extend(read.into_iter().map(|read| (read, reader)));
        }
    }

    fn quantity(&self, quantity: Quantity) -> Vec<Thing> {
        match quantity {
            Quantity::Number(slot) => vec![Thing::Slot(slot)],
            Quantity::Scale(scale)
            | Quantity::RawScale(scale)
            | Quantity::CountAtMost { scale, .. }
            | Quantity::CountAtLeast { scale, .. } => vec![Thing::Scale(scale)],
            Quantity::Aggregate(aggregate) => vec![Thing::Aggregate(aggregate)],
            Quantity::Level(sign) => vec![Thing::Sign(sign)],
            Quantity::SignsPresent => (0..self.variant.signs.len()).map(Thing::Sign).collect(),
            Quantity::Points(_) => Vec::new(),
        }
    }

    fn readers(&self, read: &BTreeSet<Thing>) -> BTreeSet<Thing> {
        self.pairs.iter().filter(|(from, _)| read.contains(from)).map(|(_, reader)| *reader).collect()
    }

    /// Everything that these things lead to.
    fn onward(&self, from: BTreeSet<Thing>) -> BTreeSet<Thing> {
        let mut found = from;
        loop {
            let more = self.readers(&found);
            if more.is_subset(&found) {
                return found;
            }
            found.extend(more);
        }
    }

    fn name(&self, thing: Thing) -> String {
        let variant = self.variant;
        match thing {
            Thing::Slot(_) => String::new(),
            Thing::Scale(at) => variant.scales[at].id.clone(),
            Thing::Aggregate(at) => variant.aggregates[at].id.clone(),
            Thing::Rule(at) => variant.rules[at].id.clone(),
            Thing::Sign(at) => format!("sign {}", variant.signs[at].id),
            Thing::Overlay(at) => variant.overlays[at].id.clone(),
            Thing::Stage(at) => variant.stages[at].id.clone(),
        }
    }

    /// The decisive signals that an answer to one of these slots can make or unmake: proved on the diagram, for what a
    /// signal reads is more than what it depends on.
    fn signals(&self, slots: &BTreeSet<Thing>) -> Vec<String> {
        let complete = self.variant.complete.as_ref().unwrap();
        let mut diagram = complete.diagram.clone();
        let mut depends = |at: usize| {
            let is_it = diagram.map(complete.signal, &|outcome| u32::from(outcome as usize == at)).unwrap();
            let support = diagram.support(is_it);
            support.iter().any(|variable| slots.contains(&Thing::Slot(complete.variables[*variable as usize].slot)))
        };
        let signals = self.variant.signals.iter().enumerate();
        let decisive = signals.filter(|(at, signal)| signal.id != "mixed" && depends(*at));
        decisive.map(|(_, signal)| signal.id.clone()).collect()
    }

    fn next(&self, thing: Thing) -> Option<&str> {
        let next = match thing {
            Thing::Rule(at) => self.variant.rules[at].next.as_ref(),
            Thing::Overlay(at) => self.variant.overlays[at].next.as_ref(),
            Thing::Stage(at) => self.variant.stages[at].next.as_ref(),
            _ => None,
        };
        next.map(|next| next.text.as_str())
    }
}

fn part(of: PartOf) -> Thing {
    match of {
        PartOf::Scale(at) => Thing::Scale(at),
        PartOf::Aggregate(at) => Thing::Aggregate(at),
    }
}

/// Words in their order, each once.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn add(&mut self, word: String) {
        if !word.is_empty() && !self.0.contains(&word) {
            self.0.push(word);
        }
    }

    fn cell(self, between: &str) -> String {
        self.0.join(between).replace('|', "\\|")
    }
}

/// The decisive signals that an item can make or unmake, for either role in the full form.
pub(super) fn signals_of(item: &str) -> Vec<String> {
    let (questionnaire, files) = super::trust_repair();
    let (ruleset, _) = crate::ruleset::load(&files, &questionnaire, &LoadOptions::all()).unwrap();
    let position = questionnaire.items.iter().position(|known| known.id == item).unwrap();
    let slots = questionnaire.slots_of(position).map(|(slot, _)| Thing::Slot(slot)).collect();
    let mut signals = Words::default();
    for role in [Role::Hurt, Role::Broke] {
        let reading = Reading::of(ruleset.variant(role, Form::Full).unwrap());
        reading.signals(&slots).into_iter().for_each(|signal| signals.add(signal));
    }
    signals.0
}

/// The table as Markdown.
pub(super) fn table() -> String {
    let (questionnaire, files) = super::trust_repair();
    let (ruleset, _) = crate::ruleset::load(&files, &questionnaire, &LoadOptions::all()).unwrap();
    let readings: Vec<Reading<'_>> = [Role::Hurt, Role::Broke]
        .into_iter()
        .map(|role| Reading::of(ruleset.variant(role, Form::Full).unwrap()))
        .collect();
    let mut text = include_str!("coverage.md").to_owned();
    for (at, topic) in questionnaire.topics.iter().enumerate() {
        let mut items = Words::default();
        let mut slots = BTreeSet::new();
        for (position, item) in questionnaire.items.iter().enumerate().filter(|(_, item)| item.topic == Some(at)) {
            items.add(format!("`{}`{}", item.id, if item.is_core() { "*" } else { "" }));
            slots.extend(questionnaire.slots_of(position).map(|(slot, _)| Thing::Slot(slot)));
        }
        let (mut rules, mut outcomes, mut advice) = (Words::default(), Words::default(), Words::default());
        // What the gate looks at is read by no rule; it stands above them.
        let watched = questionnaire.items.iter().filter(|item| item.topic == Some(at));
        for (item, safety) in watched.filter_map(|item| Some((item, item.safety.as_ref()?))) {
            rules.add("the safety gate".to_owned());
            match safety.tier {
                Tier::Hard => outcomes.add("safety_first".to_owned()),
                Tier::Soft => outcomes.add("held_back".to_owned()),
                Tier::Opens => outcomes.add("asks the safety questions first".to_owned()),
                Tier::Crisis => outcomes.add("crisis text".to_owned()),
            }
            if item.block {
                advice.add("Where to find help: bearings help support.".to_owned());
            }
        }
        for reading in &readings {
            let direct = reading.readers(&slots);
            let scales: BTreeSet<Thing> =
                direct.iter().copied().filter(|thing| matches!(thing, Thing::Scale(_))).collect();
            let near: BTreeSet<Thing> = direct.union(&reading.readers(&scales)).copied().collect();
            for thing in &direct {
                if matches!(thing, Thing::Scale(_) | Thing::Rule(_)) {
                    rules.add(format!("`{}`", reading.name(*thing)));
                }
            }
            for thing in reading.onward(slots.clone()) {
                if matches!(thing, Thing::Sign(_) | Thing::Overlay(_) | Thing::Stage(_)) {
                    outcomes.add(reading.name(thing));
                }
            }
            reading.signals(&slots).into_iter().for_each(|signal| outcomes.add(signal));
            let advising = if direct.iter().any(|thing| reading.next(*thing).is_some()) { direct } else { near };
            advising.iter().filter_map(|thing| reading.next(*thing)).for_each(|next| advice.add(next.to_owned()));
        }
        if outcomes.0.is_empty() {
            outcomes.add("advice only".to_owned());
        }
        text.push_str(&format!(
            "| {}: {} | {} | {} | {} | {} |\n",
            topic.section,
            topic.point,
            items.cell(" "),
            rules.cell(" "),
            outcomes.cell(", "),
            advice.cell(" "),
        ));
    }
    text
}
