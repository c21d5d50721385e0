//! The second way to every result, for tests: run the script itself, over every completion of what is unknown.
//!
//! It shares with the fast path only the declarations. Scores, adjustments, aggregates, levels and ladders are
//! computed here once more, in the plainest way; conditions are run by the interpreter.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::conditions::{Interpreters, interpreters};
use super::model::Model;
use super::{OutcomeWhen, PartOf, RuleEffect, Variant};
use crate::diagnostic::SourceFile;
use crate::exact::Exact;
use crate::gate::Finding;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::responses::{Answer, Missing};
use crate::ruleset::{Aggregation, LoadOptions, draft};
use crate::scoring::Scale;
use crate::script::{Attainable, Compiled, Halt, Quantity, Read, Reader, Subject};

/// The interpreter of one variant, ready to be asked.
pub(crate) struct Oracle {
    pub(crate) questionnaire: Arc<Questionnaire>,
    pub(crate) variant: Variant,
    scripts: Interpreters,
    /// Text, compiled, and whether it belongs to an adjustment; by the number of the condition.
    conditions: Vec<(String, Compiled, bool)>,
    /// What each condition reads, found once.
    reads: Vec<Reads>,
}

/// What a condition reads.
struct Reads {
    /// The named conditions it reads itself.
    named: BTreeSet<usize>,
    /// The slots it reads, also through named conditions.
    slots: BTreeSet<usize>,
    /// The other quantities.
    quantities: BTreeSet<Quantity>,
}

/// What a read says on one completed sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) answers: Vec<Answer>,
    pub(crate) values: BTreeMap<Quantity, Option<Exact>>,
    pub(crate) truths: BTreeMap<Read, bool>,
}

struct Worldly(World, Arc<Questionnaire>);

impl Reader for Worldly {
    fn read(&mut self, read: Read) -> Result<usize, Halt> {
        let world = &self.0;
        Ok(match &read {
            Read::Slot(slot) => match world.answers[*slot] {
                Answer::Level(level) => usize::from(level),
                Answer::Missing(_) => self.1.slots[*slot].levels.count(),
            },
            Read::SlotAnswered(slot) if !world.truths.contains_key(&read) => {
                usize::from(world.answers[*slot].level().is_some())
            }
            Read::HasValue(subject) => usize::from(self.value(subject).is_some()),
            Read::Passes(subject, cut) => usize::from(self.value(subject).is_some_and(|value| cut.passed_by(&value))),
            _ => usize::from(*world.truths.get(&read).unwrap_or_else(|| panic!("{read:?} is not in the world"))),
        })
    }

    fn may_lack_value(&self, _: &Subject) -> bool {
        true
    }
}

impl Worldly {
    fn value(&self, subject: &Subject) -> Option<Exact> {
        subject.value(|quantity| match quantity {
            Quantity::Number(slot) => {
                let level = self.0.answers[slot].level()?;
                self.1.slots[slot].levels.number(level).map(crate::exact::whole)
            }
            _ => *self.0.values.get(&quantity).unwrap_or_else(|| panic!("{quantity:?} is not in the world")),
        })
    }
}

/// What a scale comes to, computed once more: none below the minimum, `Some(None)` if nothing applies.
fn plain_score(scale: &Scale, answers: &[Answer]) -> Option<Option<Exact>> {
    let applies = |answer: &Answer| match answer {
        Answer::Level(_) => true,
        Answer::Missing(reason) => reason.is_unknown(),
    };
    let asked = scale.items.iter().filter(|item| applies(&answers[item.slot])).count();
    if asked == 0 {
        return Some(None);
    }
    let whole = |number: i64| Exact::from_integer(i128::from(number));
    let answered: Vec<_> =
        scale.items.iter().filter_map(|item| Some((item, whole(item.keyed[answers[item.slot].level()?])))).collect();
    if answered.len() < scale.need.of(asked).max(1) {
        return None;
    }
    let sum = |values: Vec<Exact>| values.into_iter().fold(whole(0), |a, b| a + b);
    let weight = sum(answered.iter().map(|(item, _)| whole(item.weight)).collect());
    Some(Some(match scale.aggregation {
        Aggregation::Percent => {
            let share = |item: &crate::scoring::ScaleItem, value: Exact| {
                whole(100) * (value - whole(item.min)) / whole(item.max - item.min)
            };
            sum(answered.iter().map(|(item, value)| whole(item.weight) * share(item, *value)).collect()) / weight
        }
        Aggregation::Mean => sum(answered.iter().map(|(item, value)| whole(item.weight) * *value).collect()) / weight,
        Aggregation::Sum if answered.len() == asked => {
            sum(answered.iter().map(|(item, value)| whole(item.weight) * *value).collect())
        }
        Aggregation::Sum => {
            let all: Vec<_> = scale.items.iter().filter(|item| applies(&answers[item.slot])).collect();
            let low = sum(all.iter().map(|item| whole(item.weight * item.min)).collect());
            let range = sum(all.iter().map(|item| whole(item.weight * (item.max - item.min))).collect());
            let got = sum(answered.iter().map(|(item, v)| whole(item.weight) * (*v - whole(item.min))).collect());
            let possible = sum(answered.iter().map(|(item, _)| whole(item.weight * (item.max - item.min))).collect());
            low + got / possible * range
        }
    }))
}

impl Reads {
    fn of(variant: &Variant, number: usize) -> Self {
        let mut found = Self { named: BTreeSet::new(), slots: BTreeSet::new(), quantities: BTreeSet::new() };
        let (mut pending, mut seen) = (vec![number], BTreeSet::new());
        while let Some(reading) = pending.pop() {
            if !seen.insert(reading) {
                continue;
            }
            variant.tables.conditions[reading].tree.for_each_read(&mut |read| match read {
                Read::Condition(other) => {
                    pending.push(*other);
                    if reading == number {
                        found.named.insert(*other);
                    }
                }
                Read::Slot(slot) => {
                    found.slots.insert(*slot);
                }
                Read::HasValue(subject) | Read::Passes(subject, _) => {
                    for (quantity, _) in subject.parts() {
                        match quantity {
                            Quantity::Number(slot) => found.slots.insert(*slot),
                            other => found.quantities.insert(*other),
                        };
                    }
                }
                _ => {}
            });
        }
        found
    }
}

impl Oracle {
    pub(crate) fn new(files: &[SourceFile], questionnaire: &Arc<Questionnaire>, role: Role, form: Form) -> Self {
        let mut problems = Vec::new();
        let options = LoadOptions::only(role, form);
        let (draft, _) = draft(files, questionnaire, &options, &mut problems).expect("the ruleset has a header");
        let model = Model::new(&draft, role, form, &mut problems);
        let scripts = interpreters(&draft, &model, &mut problems);
        let conditions = model
            .conditions
            .iter()
            .map(|wanted| {
                let script = if wanted.raw { &scripts.raw } else { &scripts.plain };
                let compiled = script.compile(&wanted.expr.text).expect("it compiled when it was loaded");
                (wanted.expr.text.clone(), compiled, wanted.raw)
            })
            .collect();
        let variant = super::variant(&draft, role, form, crate::ruleset::NODE_BUDGET, &mut problems);
        let variant = variant.unwrap_or_else(|| panic!("the ruleset does not load: {problems:#?}"));
        let count = variant.tables.conditions.len();
        let reads = (0..count).map(|number| Reads::of(&variant, number)).collect();
        Self { questionnaire: Arc::clone(questionnaire), variant, scripts, conditions, reads }
    }

    /// Runs a condition in a completed world. Named conditions that it reads are run first.
    pub(crate) fn holds(&self, number: usize, mut world: World) -> bool {
        for other in &self.reads[number].named {
            if !world.truths.contains_key(&Read::Condition(*other)) {
                let truth = self.holds(*other, world.clone());
                world.truths.insert(Read::Condition(*other), truth);
            }
        }
        let (text, compiled, raw) = &self.conditions[number];
        let script = if *raw { &self.scripts.raw } else { &self.scripts.plain };
        let reader = Rc::new(RefCell::new(Worldly(world, Arc::clone(&self.questionnaire))));
        script.evaluate(text, compiled, reader).expect("it ran when it was loaded")
    }

    /// A condition's outcome in a world with unknowns: what all completions agree on. None if there are too many.
    ///
    /// `values` gives, for each quantity, the values it could have here (one if it is known).
    pub(crate) fn consensus(
        &self,
        number: usize,
        world: &World,
        values: &dyn Fn(Quantity) -> Vec<Option<Exact>>,
        most: usize,
    ) -> Option<u8> {
        let mut worlds = vec![world.clone()];
        let Reads { slots, quantities, .. } = &self.reads[number];
        for slot in slots.iter().copied() {
            let fills = self.fills(slot, &world.answers);
            worlds = worlds
                .iter()
                .flat_map(|world| {
                    fills.iter().map(|fill| {
                        let mut world = world.clone();
                        // Whether it was answered is not a matter of what it could be.
                        let answered = world.answers[slot].level().is_some();
                        world.truths.insert(Read::SlotAnswered(slot), answered);
                        world.answers[slot] = *fill;
                        world
                    })
                })
                .collect();
            if worlds.len() > most {
                return None;
            }
        }
        for quantity in quantities.iter().copied() {
            let fills = values(quantity);
            worlds = worlds
                .iter()
                .flat_map(|world| {
                    fills.iter().map(|fill| {
                        let mut world = world.clone();
                        world.values.insert(quantity, *fill);
                        world
                    })
                })
                .collect();
            if worlds.len() > most {
                return None;
            }
        }
        let mut outcomes: BTreeSet<bool> = BTreeSet::new();
        for world in worlds {
            outcomes.insert(self.holds(number, world));
            if outcomes.len() > 1 {
                return Some(super::UNDECIDED);
            }
        }
        outcomes.first().map(|truth| u8::from(*truth))
    }

    /// What an unknown answer could be.
    pub(crate) fn fills(&self, slot: usize, answers: &[Answer]) -> Vec<Answer> {
        if !answers[slot].is_unknown() {
            return vec![answers[slot]];
        }
        let levels = self.questionnaire.slots[slot].levels.count();
        let mut fills: Vec<Answer> = (0..levels).map(|level| Answer::Level(level as u16)).collect();
        let item = self.questionnaire.item_of(&self.questionnaire.slots[slot]);
        let parent = item.and_then(|item| item.asked_if.as_ref()).and_then(|when| self.questionnaire.slot(&when.item));
        if parent.is_some_and(|parent| answers[parent].is_unknown()) {
            fills.push(Answer::Missing(Missing::NotShown));
        }
        fills
    }

    /// The values of a quantity that cannot be told from the answers: those of completely answered sheets, or
    /// places around every threshold.
    fn possible(&self, quantity: Quantity) -> Vec<Option<Exact>> {
        match self.variant.tables.fills.get(&quantity) {
            Some(Attainable::Values(values)) => values.iter().copied().map(Some).collect(),
            _ => {
                let small = Exact::new(1, 1000);
                let cuts = self.variant.tables.variables.iter().flat_map(|variable| variable.cuts.iter());
                let mut places: Vec<Exact> =
                    cuts.flat_map(|cut| [*cut.at() - small, *cut.at(), *cut.at() + small]).collect();
                places.retain(|place| (Exact::from_integer(0)..=Exact::from_integer(100)).contains(place));
                places.into_iter().map(Some).collect()
            }
        }
    }

    /// Everything about one sheet, by the interpreter: the outcome of every condition that is asked about.
    ///
    /// Conditions with too many completions are none.
    pub(crate) fn sheet(&self, answers: &[Answer], finding: &Finding, most: usize) -> Seen {
        let variant = &self.variant;
        let mut world = World { answers: answers.to_vec(), ..World::default() };
        world.truths.insert(Read::Flagged, finding.flagged());
        let mut seen = Seen { outcomes: vec![None; variant.tables.conditions.len()], ..Seen::default() };
        // For each quantity, the values it could have; one if it is known.
        let mut values: BTreeMap<Quantity, Vec<Option<Exact>>> = BTreeMap::new();
        for (number, scale) in variant.scales.iter().enumerate() {
            let score = plain_score(scale, answers);
            world.truths.insert(Read::ScaleAnswered(number), matches!(score, Some(Some(_))));
            let possible = score.map_or_else(|| self.possible(Quantity::RawScale(number)), |score| vec![score]);
            values.insert(Quantity::RawScale(number), possible);
            for variable in &variant.tables.variables {
                if let super::Variable::Subject(subject) = &variable.variable {
                    for (quantity, _) in subject.parts() {
                        if let Some(count) = count(*quantity, number, scale, answers) {
                            values.insert(*quantity, vec![Some(count)]);
                        }
                    }
                }
            }
        }
        let decide =
            |seen: &mut Seen, values: &BTreeMap<Quantity, Vec<Option<Exact>>>, world: &World, number: usize| {
                // What comes after a condition with too many completions cannot be known here either.
                if seen.capped {
                    return None;
                }
                let outcome = self.consensus(number, world, &|quantity| values[&quantity].clone(), most);
                seen.capped = outcome.is_none();
                seen.outcomes[number] = outcome;
                outcome
            };
        let mut shown: Vec<Option<Option<Exact>>> = Vec::new();
        for (number, scale) in variant.scales.iter().enumerate() {
            let raw = plain_score(scale, answers);
            let mut possible = values[&Quantity::RawScale(number)].clone();
            let mut display = raw;
            if raw.is_none() {
                possible = self.possible(Quantity::Scale(number));
            }
            for adjust in variant.adjusts.iter().filter(|adjust| adjust.scale == number) {
                let outcome = decide(&mut seen, &values, &world, adjust.condition);
                if raw.flatten().is_some() {
                    let bounded = possible.iter().map(|value| value.map(|value| adjust.limit.apply(&value)));
                    possible = match outcome {
                        Some(0) => possible,
                        Some(1) => bounded.collect(),
                        _ => bounded.chain(possible.iter().copied()).collect(),
                    };
                    let cautious = if scale.concern { possible.iter().max() } else { possible.iter().min() };
                    display = cautious.copied();
                }
            }
            values.insert(Quantity::Scale(number), possible);
            shown.push(display);
        }
        let mut aggregates: Vec<Option<Option<Exact>>> = Vec::new();
        for (number, aggregate) in variant.aggregates.iter().enumerate() {
            let mut known = Vec::new();
            let mut unknown = 0;
            for part in &aggregate.parts {
                let own = match part.of {
                    PartOf::Scale(scale) => shown[scale],
                    PartOf::Aggregate(other) => aggregates[other],
                };
                let zero = part.zero_when.map(|condition| decide(&mut seen, &values, &world, condition));
                match (own, zero) {
                    (Some(Some(_)), Some(Some(1 | super::UNDECIDED))) => known.push(Exact::from_integer(0)),
                    (Some(Some(value)), _) => known.push(value),
                    (None, _) => unknown += 1,
                    (Some(None), _) => {}
                }
            }
            let count = known.len();
            let value = if count >= aggregate.need && count > 0 {
                let sum = known.into_iter().fold(Exact::from_integer(0), |a, b| a + b);
                Some(Some(sum / Exact::from_integer(count as i128)))
            } else if count + unknown >= aggregate.need {
                None
            } else {
                Some(None)
            };
            let quantity = Quantity::Aggregate(number);
            values.insert(quantity, value.map_or_else(|| self.possible(quantity), |value| vec![value]));
            aggregates.push(value);
        }
        for (number, rule) in variant.rules.iter().enumerate() {
            let outcome = decide(&mut seen, &values, &world, rule.condition);
            world.truths.insert(Read::Fired(number), outcome == Some(1));
        }
        let mut present = 0;
        for (number, sign) in variant.signs.iter().enumerate() {
            let mut level = 0;
            for rule in variant.rules.iter() {
                for effect in &rule.effects {
                    if let RuleEffect::Sign(raised, by) = effect
                        && *raised == number
                        && seen.outcomes[rule.condition] == Some(1)
                    {
                        level = if sign.adds { (level + by).min(3) } else { level.max(*by) };
                    }
                }
            }
            present += i64::from(level >= sign.present);
            values.insert(Quantity::Level(number), vec![Some(crate::exact::whole(i64::from(level)))]);
        }
        values.insert(Quantity::SignsPresent, vec![Some(crate::exact::whole(present))]);
        for (number, _) in variant.points.iter().enumerate() {
            let points = variant.rules.iter().filter(|rule| seen.outcomes[rule.condition] == Some(1));
            let given = points.flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
                RuleEffect::Points(sum, points) if *sum == number => Some(*points),
                _ => None,
            });
            values.insert(Quantity::Points(number), vec![Some(crate::exact::whole(given.sum()))]);
        }
        for (number, overlay) in variant.overlays.iter().enumerate() {
            if let OutcomeWhen::Condition(condition) = overlay.when {
                let outcome = decide(&mut seen, &values, &world, condition);
                world.truths.insert(Read::Overlay(number), outcome == Some(1));
            }
        }
        seen.stage = self.ladder(&variant.stages, &mut |condition| decide(&mut seen, &values, &world, condition));
        for number in 0..variant.stages.len() {
            world.truths.insert(Read::StageIs(number), seen.stage == Some(Some(number)));
        }
        seen.signal = self.ladder(&variant.signals, &mut |condition| decide(&mut seen, &values, &world, condition));
        seen.reason = self.ladder(&variant.reasons, &mut |condition| decide(&mut seen, &values, &world, condition));
        if seen.capped {
            return seen;
        }
        seen.scales = shown;
        seen.aggregates = aggregates;
        seen
    }

    /// First match: none if an undecided rung stops it, `Some(None)` if nothing holds.
    fn ladder(&self, rungs: &[super::Outcome], decide: &mut dyn FnMut(usize) -> Option<u8>) -> Option<Option<usize>> {
        for (number, rung) in rungs.iter().enumerate() {
            match rung.when {
                OutcomeWhen::Otherwise => return Some(Some(number)),
                OutcomeWhen::Engine => {}
                OutcomeWhen::Condition(condition) => match decide(condition) {
                    Some(0) => {}
                    Some(1) => return Some(Some(number)),
                    _ => return None,
                },
            }
        }
        Some(None)
    }
}

fn count(quantity: Quantity, number: usize, scale: &Scale, answers: &[Answer]) -> Option<Exact> {
    let keyed = || scale.items.iter().filter_map(|item| Some(item.keyed[answers[item.slot].level()?]));
    match quantity {
        Quantity::CountAtMost { scale, value } if scale == number => {
            Some(Exact::from_integer(keyed().filter(|keyed| *keyed <= value).count() as i128))
        }
        Quantity::CountAtLeast { scale, value } if scale == number => {
            Some(Exact::from_integer(keyed().filter(|keyed| *keyed >= value).count() as i128))
        }
        _ => None,
    }
}

/// What the oracle saw of a sheet.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// A condition had too many completions; from there on nothing is known.
    pub(crate) capped: bool,
    /// By condition; none where it was not asked.
    pub(crate) outcomes: Vec<Option<u8>>,
    /// The value shown of each scale: none unknown, `Some(None)` absent.
    pub(crate) scales: Vec<Option<Option<Exact>>>,
    /// The same for aggregates.
    pub(crate) aggregates: Vec<Option<Option<Exact>>>,
    /// The stage: none if the ladder stopped.
    pub(crate) stage: Option<Option<usize>>,
    /// The first signal that holds: none if an undecided one stopped the search.
    pub(crate) signal: Option<Option<usize>>,
    /// The first declared reason that holds: none if an undecided one stopped the search.
    pub(crate) reason: Option<Option<usize>>,
}
