//! The second way to every result: run the script itself, over every completion of what is unknown.
//!
//! It shares with the fast path only the declarations. Scores, adjustments, aggregates, levels and ladders are
//! computed here once more, in the plainest way; conditions are run by the interpreter. Tests compare everything with
//! it, and so does `--verify`.
#![expect(clippy::indexing_slicing, reason = "sheets and variants are made with the sizes that index them")]

mod condition;
mod score;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conditions::interpreters;
use super::model::Model;
use super::{OutcomeWhen, PartOf, RuleEffect, Variant};
use crate::diagnostic::SourceFile;
use crate::exact::Exact;
use crate::gate::Finding;
use crate::questionnaire::Questionnaire;
use crate::responses::{Answer, Missing};
use crate::ruleset::{LoadOptions, Ruleset, draft};
use crate::script::{Attainable, Quantity, Read};
use condition::{Conditions, Could, Known};
use score::{count, plain_score};

/// The interpreter of one variant, ready to be asked.
pub(crate) struct Oracle {
    pub(crate) questionnaire: Arc<Questionnaire>,
    pub(crate) variant: Variant,
    conditions: Conditions,
}

/// The interpreter could not run a condition that it ran when the ruleset was loaded, or it read something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CannotRun {
    /// The condition; past all of them if the ruleset itself could not be read once more.
    pub(crate) condition: usize,
}

impl Oracle {
    /// The interpreter of a variant of a ruleset, from the files the ruleset was loaded from.
    ///
    /// # Errors
    /// [`CannotRun`] if these are not its files.
    pub(crate) fn new(
        files: &[SourceFile],
        questionnaire: &Arc<Questionnaire>,
        ruleset: &Ruleset,
        variant: &Variant,
    ) -> Result<Self, CannotRun> {
        let fault = CannotRun { condition: usize::MAX };
        let mut problems = Vec::new();
        let options = LoadOptions::only(variant.role, variant.form);
        let (mut draft, _) = draft(files, questionnaire, &options, &mut problems).ok_or(fault)?;
        draft.parameters.clone_from(&ruleset.parameters);
        let model = Model::new(&draft, variant.role, variant.form, &mut problems);
        let scripts = interpreters(&draft, &model, &mut problems);
        let texts: Vec<_> = model.conditions.iter().map(|wanted| (wanted.expr.text.clone(), wanted.raw)).collect();
        if texts.len() != variant.tables.conditions.len() {
            return Err(fault);
        }
        let anything = |quantity| possible(variant, quantity);
        let conditions = Conditions::new(questionnaire, variant, scripts, texts, anything)?;
        Ok(Self { questionnaire: Arc::clone(questionnaire), variant: variant.clone(), conditions })
    }

    /// What an unknown answer could be.
    fn fills(&self, slot: usize, answers: &[Answer]) -> Vec<Answer> {
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

    /// Everything about one sheet, by the interpreter: the outcome of every condition that is asked about.
    ///
    /// Conditions with more than `most` completions are none.
    ///
    /// # Errors
    /// [`CannotRun`] if the interpreter stops.
    pub(crate) fn sheet(&self, answers: &[Answer], finding: &Finding, most: usize) -> Result<Seen, CannotRun> {
        let variant = &self.variant;
        let mut truths = BTreeMap::from([(Read::Flagged, finding.flagged())]);
        let mut seen = Seen { outcomes: vec![None; variant.tables.conditions.len()], ..Seen::default() };
        let mut values: BTreeMap<Quantity, Could> = BTreeMap::new();
        for (number, scale) in variant.scales.iter().enumerate() {
            let score = plain_score(scale, answers);
            truths.insert(Read::ScaleAnswered(number), matches!(score, Some(Some(_))));
            values.insert(Quantity::RawScale(number), score.map_or(Could::BeAnything, Could::only));
            for variable in &variant.tables.variables {
                if let super::Variable::Subject(subject) = &variable.variable {
                    for (quantity, _) in subject.parts() {
                        if let Some(count) = count(*quantity, number, scale, answers) {
                            values.insert(*quantity, Could::only(Some(count)));
                        }
                    }
                }
            }
        }
        let decide = |seen: &mut Seen, values: &BTreeMap<_, _>, truths: &BTreeMap<_, _>, number: usize| {
            // What comes after a condition with too many completions cannot be known here either.
            if seen.capped {
                return Ok(None);
            }
            let fills = |slot: usize| self.fills(slot, answers);
            let is_answered = |slot: usize| answers[slot].level().is_some();
            let known = Known { fills: &fills, is_answered: &is_answered, quantities: values, truths };
            let outcome = self.conditions.outcome(number, &known, most)?;
            seen.capped = outcome.is_none();
            seen.outcomes[number] = outcome;
            Ok(outcome)
        };
        let mut shown: Vec<Option<Option<Exact>>> = Vec::new();
        for (number, scale) in variant.scales.iter().enumerate() {
            let raw = plain_score(scale, answers);
            let mut display = raw;
            let mut possible = raw.map(|value| vec![value]);
            for adjust in variant.adjusts.iter().filter(|adjust| adjust.scale == number) {
                let outcome = decide(&mut seen, &values, &truths, adjust.condition)?;
                if let Some(known) = possible.as_mut().filter(|_| raw.flatten().is_some()) {
                    let bounded: Vec<_> =
                        known.iter().map(|value| value.map(|value| adjust.limit.apply(&value))).collect();
                    match outcome {
                        Some(0) => {}
                        Some(1) => *known = bounded,
                        _ => known.extend(bounded),
                    }
                    let cautious = if scale.concern { known.iter().max() } else { known.iter().min() };
                    display = cautious.copied();
                }
            }
            values.insert(Quantity::Scale(number), possible.map_or(Could::BeAnything, Could::Be));
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
                let zero =
                    part.zero_when.map(|condition| decide(&mut seen, &values, &truths, condition)).transpose()?;
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
            values.insert(quantity, value.map_or(Could::BeAnything, Could::only));
            aggregates.push(value);
        }
        for (number, rule) in variant.rules.iter().enumerate() {
            let outcome = decide(&mut seen, &values, &truths, rule.condition)?;
            truths.insert(Read::Fired(number), outcome == Some(1));
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
            values.insert(Quantity::Level(number), Could::only(Some(crate::exact::whole(i64::from(level)))));
        }
        values.insert(Quantity::SignsPresent, Could::only(Some(crate::exact::whole(present))));
        for (number, _) in variant.points.iter().enumerate() {
            let points = variant.rules.iter().filter(|rule| seen.outcomes[rule.condition] == Some(1));
            let given = points.flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
                RuleEffect::Points(sum, points) if *sum == number => Some(*points),
                _ => None,
            });
            values.insert(Quantity::Points(number), Could::only(Some(crate::exact::whole(given.sum()))));
        }
        for (number, overlay) in variant.overlays.iter().enumerate() {
            if let OutcomeWhen::Condition(condition) = overlay.when {
                let outcome = decide(&mut seen, &values, &truths, condition)?;
                truths.insert(Read::Overlay(number), outcome == Some(1));
            }
        }
        seen.stage = ladder(&variant.stages, &mut |condition| decide(&mut seen, &values, &truths, condition))?;
        for number in 0..variant.stages.len() {
            truths.insert(Read::StageIs(number), seen.stage == Some(Some(number)));
        }
        seen.signal = ladder(&variant.signals, &mut |condition| decide(&mut seen, &values, &truths, condition))?;
        seen.reason = ladder(&variant.reasons, &mut |condition| decide(&mut seen, &values, &truths, condition))?;
        if !seen.capped {
            seen.scales = shown;
            seen.aggregates = aggregates;
        }
        Ok(seen)
    }
}

/// First match: none if an undecided rung stops it, `Some(None)` if nothing holds.
fn ladder(
    rungs: &[super::Outcome],
    decide: &mut dyn FnMut(usize) -> Result<Option<u8>, CannotRun>,
) -> Result<Option<Option<usize>>, CannotRun> {
    for (number, rung) in rungs.iter().enumerate() {
        match rung.when {
            OutcomeWhen::Otherwise => return Ok(Some(Some(number))),
            OutcomeWhen::Engine => {}
            OutcomeWhen::Condition(condition) => match decide(condition)? {
                Some(0) => {}
                Some(1) => return Ok(Some(Some(number))),
                _ => return Ok(None),
            },
        }
    }
    Ok(Some(None))
}

/// The values of a quantity that cannot be told from the answers: those of completely answered sheets, or places
/// around every threshold.
fn possible(variant: &Variant, quantity: Quantity) -> Vec<Option<Exact>> {
    match variant.tables.fills.get(&quantity) {
        Some(Attainable::Values(values)) => values.iter().copied().map(Some).collect(),
        _ => {
            let small = Exact::new(1, 1000);
            let cuts = variant.tables.variables.iter().flat_map(|variable| variable.cuts.iter());
            let mut places: Vec<Exact> =
                cuts.flat_map(|cut| [*cut.at() - small, *cut.at(), *cut.at() + small]).collect();
            places.retain(|place| (Exact::from_integer(0)..=Exact::from_integer(100)).contains(place));
            places.into_iter().map(Some).collect()
        }
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
