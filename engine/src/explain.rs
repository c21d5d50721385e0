//! From what was found on one sheet to an [`Assessment`]: every point traced to rules, scores and answers.
//!
//! Nothing is decided here. Traces are rebuilt from the tables for the sheets that were asked for; scoring a
//! survey without traces pays nothing for them.

mod brief;
mod changes;
mod fired;
mod reads;
mod weigh;
mod why_not;

use std::collections::BTreeMap;

use crate::assess::{AssessedRow, BlockAssessment, EngineReason, Reason, RowView, RuleOutcome, Signal};
use crate::assessment::*;
use crate::compile::{OutcomeWhen, PartOf, Rule, RuleEffect, Variant};
use crate::exact::{format_half_up, to_f64};
use crate::questionnaire::{Bond, Form, Role};
use crate::responses::{Answer, Responses};
use crate::ruleset::{Kind, Next, Ruleset};
pub(crate) use brief::Brief;
pub use fired::FiredRules;
pub use weigh::{Held, ScaleRead, Weighed, Weighing};

pub use why_not::{RuleOnSheet, WhyNot, why_not};

/// The value from which a part of the keep-going side is named as a reason for keeping going. A design choice: what
/// `trust-repair` looks for in each of them.
const GOOD: i128 = 60;
/// The value below which it is named on the other side. A design choice: the middle of the scale.
const MIDDLE: i128 = 50;

/// What one sheet is explained from.
pub(crate) struct Sheet<'a> {
    pub(crate) ruleset: &'a Ruleset,
    pub(crate) variant: &'a Variant,
    pub(crate) responses: &'a Responses,
    pub(crate) row: AssessedRow<'a>,
}

/// The assessment of one sheet of a block; `responses` are that sheet's answers.
pub fn explain_row(ruleset: &Ruleset, responses: &Responses, assessed: &BlockAssessment, row: usize) -> Assessment {
    let provenance = provenance(ruleset, responses.role, responses.form);
    match Sheet::of_row(ruleset, responses, assessed, row) {
        Some(sheet) => Assessment::Read(Box::new(sheet.reading(provenance))),
        None => {
            Assessment::Withheld(Box::new(Withheld { format: ASSESSMENT_FORMAT, withheld: "safety_first", provenance }))
        }
    }
}

impl<'a> Sheet<'a> {
    /// One sheet of a block; none where everything is withheld. `responses` are that sheet's answers.
    pub(crate) fn of_row(
        ruleset: &'a Ruleset,
        responses: &'a Responses,
        assessed: &'a BlockAssessment,
        row: usize,
    ) -> Option<Self> {
        let RowView::Assessed(row) = assessed.row(row) else { return None };
        let variant = ruleset.variant(responses.role, responses.form)?;
        Some(Self { ruleset, variant, responses, row })
    }
}

impl Sheet<'_> {
    fn bond(&self) -> Option<Bond> {
        self.responses.bond
    }

    pub(crate) fn answer(&self, slot: usize) -> Answer {
        self.responses.answers.get(slot).copied().unwrap_or(Answer::Missing(crate::responses::Missing::Skipped))
    }

    fn reading(&self, provenance: Provenance) -> Reading {
        let finding = self.row.finding();
        // Without the safety block, and for somebody under 18, scores may be shown; nothing that leans either way.
        let no_advice = finding.left_out || self.row.is_other_path();
        let advice = self.may_be_advised(no_advice);
        // What somebody did to another one is not weighed against anything, and no two sides are drawn beside it.
        let may_advise = !no_advice && !finding.own_behaviour && self.ruleset.kind == Kind::Assessment;
        let keep_side = self.variant.aggregates.iter().position(|aggregate| aggregate.id == "keep_side");
        let sides = if may_advise { keep_side } else { None };
        let rules: Vec<RuleReading> = if self.row.is_other_path() {
            Vec::new()
        } else {
            (0..self.variant.rules.len()).map(|rule| self.rule(rule, advice)).collect()
        };
        let mut support = Vec::new();
        if finding.crisis {
            support.push("crisis");
        }
        if finding.soft > 0 {
            support.push("advocate_first");
        }
        if finding.own_behaviour {
            support.push("own_behaviour");
        }
        if finding.unanswered {
            support.push("safety_open");
        }
        if self.responses.is_out_of_touch(self.ruleset.questionnaire()) {
            support.push("no_contact");
        }
        Reading {
            format: ASSESSMENT_FORMAT,
            kind: self.ruleset.kind.as_str(),
            signal: self.signal(),
            stage: self.row.stage().and_then(|stage| self.stage(stage, advice)),
            overlays: if no_advice {
                Vec::new()
            } else {
                self.row.overlays().filter_map(|overlay| self.overlay(overlay, advice)).collect()
            },
            scores: if self.row.is_other_path() {
                Vec::new()
            } else {
                (0..self.variant.scales.len()).filter_map(|scale| self.score(scale)).collect()
            },
            keep_side: sides.and_then(|aggregate| self.side(aggregate)),
            signs: if no_advice {
                BTreeMap::new()
            } else {
                let raised = |at: &usize| self.variant.rules.iter().any(|rule| rule.raises(*at));
                let signs = self.variant.signs.iter().enumerate().filter(|(at, _)| raised(at));
                signs.map(|(at, sign)| (sign.id.clone(), self.row.level(at))).collect()
            },
            points: self
                .variant
                .points
                .iter()
                .enumerate()
                .map(|(at, name)| (name.clone(), self.row.points(at)))
                .collect(),
            bands: self.bands(|_, met| met),
            near_cuts: self.bands(|near, met| near && !met),
            reasons_for: sides.map(|aggregate| self.side_items(aggregate, Side::For)).unwrap_or_default(),
            against: if may_advise { self.against(sides, &rules) } else { Vec::new() },
            lacks: if may_advise { self.lacks() } else { Vec::new() },
            would_change: if may_advise { self.would_change() } else { Vec::new() },
            contradiction: self
                .row
                .decision_details()
                .map(|d| self.contradiction(&d.contradiction))
                .unwrap_or_default(),
            would_settle: if no_advice { Vec::new() } else { self.would_settle() },
            holds_under: self.row.holds_under().map(|(kept, of)| HoldsUnder { kept, of }),
            own_part: self.own_part(&provenance),
            support: Some(support),
            rules,
            provenance,
        }
    }

    /// The answers that contradict each other; a whole sheet of equal answers is not listed.
    fn contradiction(&self, slots: &[usize]) -> Vec<ReadValue> {
        if slots.len() > 2 { Vec::new() } else { slots.iter().map(|slot| self.slot_read(*slot, None)).collect() }
    }

    fn own_part(&self, provenance: &Provenance) -> Option<Box<Reading>> {
        let row = self.row.own_part()?;
        let variant = self.ruleset.variant(Role::Broke, self.responses.form)?;
        let own = Sheet { variant, row, ..*self };
        Some(Box::new(own.reading(Provenance { role: Role::Broke, ..provenance.clone() })))
    }

    pub(crate) fn signal(&self) -> SignalReading {
        let reason = self.row.reason();
        let (id, title) = match self.row.signal() {
            Signal::Declared(signal) => match self.variant.signals.get(signal) {
                Some(signal) => (Some(signal.id.clone()), self.fill(signal.title(self.bond()))),
                None => (None, String::new()),
            },
            Signal::NotEnoughAnswered => (
                Some("not_enough_answered".to_owned()),
                self.engine_title("not_enough_answered", "Too little was answered to say anything fair"),
            ),
            Signal::None => (None, String::new()),
        };
        let word = reason.and_then(|reason| match reason {
            Reason::Declared(at) => self.variant.reasons.get(at).map(|reason| reason.id.clone()),
            Reason::Engine(reason) => Some(reason.as_str().to_owned()),
        });
        let text = reason.map(|reason| match reason {
            Reason::Declared(at) => {
                self.variant.reasons.get(at).map_or_else(String::new, |reason| self.fill(&reason.title))
            }
            Reason::Engine(reason) => self.engine_title(reason.as_str(), default_text(reason)),
        });
        // A title that says what to look at would lean one way where no direction is given.
        let title = match reason {
            Some(Reason::Engine(EngineReason::HeldBack | EngineReason::Contradictory)) => {
                "No direction is given".into()
            }
            Some(Reason::Engine(EngineReason::OtherPath | EngineReason::SafetyLeftOut)) => "No reading is given".into(),
            _ => title,
        };
        SignalReading { id, reason: word, title, text }
    }

    /// The ruleset's words for a reason of the engine, or the engine's own.
    fn engine_title(&self, id: &str, default: &str) -> String {
        let worded = self.variant.reasons.iter().find(|reason| reason.id == id && reason.when == OutcomeWhen::Engine);
        worded.map_or_else(|| default.to_owned(), |reason| self.fill(&reason.title))
    }

    fn stage(&self, number: usize, advice: Advice) -> Option<StageReading> {
        let stage = self.variant.stages.get(number)?;
        // The last resort is explained by the rung before it, which did not hold.
        let condition = self.variant.stages.iter().take(number + 1).rev().find_map(|stage| match stage.when {
            OutcomeWhen::Condition(condition) => Some(condition),
            _ => None,
        });
        Some(StageReading {
            id: stage.id.clone(),
            title: self.fill(&stage.title),
            because: condition.map(|condition| self.reads(condition)).unwrap_or_default(),
            next: self.advice(stage.next.as_ref(), advice),
        })
    }

    fn overlay(&self, number: usize, advice: Advice) -> Option<OverlayReading> {
        let overlay = self.variant.overlays.get(number)?;
        Some(OverlayReading {
            id: overlay.id.clone(),
            title: self.fill(&overlay.title),
            next: self.advice(overlay.next.as_ref(), advice),
        })
    }

    /// Which advice may be given on this sheet.
    fn may_be_advised(&self, no_advice: bool) -> Advice {
        let finding = self.row.finding();
        let leaning = |id: &str| match self.row.signal() {
            Signal::Declared(signal) => self.variant.signals.get(signal).is_some_and(|signal| signal.id == id),
            _ => false,
        };
        // A screen says that nothing can be read from the answers, so nothing follows from them.
        let unread = matches!(self.row.reason(), Some(Reason::Engine(EngineReason::Contradictory)));
        if no_advice || finding.own_behaviour || unread {
            return Advice::Withheld;
        }
        // Beside a flag, and for somebody who has reasons to go, work on the two of them is not what comes next.
        let aside = finding.flagged() || finding.unanswered || leaning("walk_away") || self.reason_is("one_sign");
        if aside && self.ruleset.kind == Kind::Assessment { Advice::EvenFlagged } else { Advice::Given }
    }

    fn reason_is(&self, id: &str) -> bool {
        match self.row.reason() {
            Some(Reason::Declared(at)) => self.variant.reasons.get(at).is_some_and(|reason| reason.id == id),
            _ => false,
        }
    }

    fn advice(&self, next: Option<&Next>, advice: Advice) -> Option<String> {
        let said = |next: &&Next| match advice {
            Advice::Given => true,
            Advice::EvenFlagged => next.even_flagged,
            Advice::Withheld => false,
        };
        next.filter(said).map(|next| self.fill(&next.text))
    }

    fn score(&self, number: usize) -> Option<ScoreReading> {
        let scale = self.variant.scales.get(number)?;
        let (raw, score) = (self.row.raw_score(number), self.row.score(number));
        let missing = scale.items.iter().filter_map(|item| match self.answer(item.slot) {
            Answer::Missing(reason) => Some(MissingItem {
                id: self.ruleset.questionnaire().slots.get(item.slot)?.id.clone(),
                reason: reason.as_str(),
            }),
            Answer::Level(_) => None,
        });
        Some(ScoreReading {
            id: scale.id.clone(),
            title: scale.title.clone(),
            concern: scale.concern,
            raw: raw.value.exact().as_ref().map(to_f64),
            value: score.value.exact().as_ref().map(to_f64),
            answered: score.answered,
            of: score.asked,
            missing: missing.collect(),
            prorated: score.is_prorated(),
            cautious: self.row.is_cautious(number),
        })
    }

    fn side(&self, aggregate: usize) -> Option<SideReading> {
        let parts = &self.variant.aggregates.get(aggregate)?.parts;
        let parts = parts.iter().filter_map(|part| {
            let (id, title, value) = self.part(part.of)?;
            Some(PartReading { id, title, value: value.exact().as_ref().map(to_f64) })
        });
        Some(SideReading { value: self.row.aggregate(aggregate).exact().as_ref().map(to_f64), parts: parts.collect() })
    }

    fn part(&self, part: PartOf) -> Option<(String, String, crate::scoring::Value)> {
        Some(match part {
            PartOf::Scale(at) => {
                let scale = self.variant.scales.get(at)?;
                (scale.id.clone(), scale.title.clone(), self.row.score(at).value)
            }
            PartOf::Aggregate(at) => {
                let aggregate = self.variant.aggregates.get(at)?;
                (aggregate.id.clone(), aggregate.title.clone(), self.row.aggregate(at))
            }
        })
    }

    /// The published cuts that are wanted by whether a score is near them and whether it meets them.
    fn bands(&self, wanted: impl Fn(bool, bool) -> bool) -> Vec<BandReading> {
        let found = self.variant.bands.iter().filter_map(|band| {
            let score = self.row.score(band.scale).value.exact()?;
            let (near, met) = (band.is_near(&score), band.comparison.holds(&score, &band.value));
            wanted(near, met).then_some(())?;
            Some(BandReading {
                scale: self.variant.scales.get(band.scale)?.id.clone(),
                label: band.label.clone(),
                cut: format!("{} {}", band.comparison.as_str(), format_half_up(&band.value, 9)),
                near,
                sem: band.sem.as_ref().map(to_f64),
                population: band.population.clone(),
                source: band.source.clone(),
            })
        });
        found.collect()
    }

    /// What a rule says on the sheet, with its braces.
    fn sentence<'r>(&self, rule: &'r Rule, outcome: RuleOutcome) -> &'r str {
        let silent = self.ruleset.kind == Kind::Assessment && self.row.finding().left_out;
        match (outcome, &rule.because) {
            // Sentences may advise; where the safety block was left out, only what was found is named.
            (RuleOutcome::Fired, Some(because)) if !silent => because,
            _ => &rule.title,
        }
    }

    fn rule(&self, number: usize, advice: Advice) -> RuleReading {
        let Some(rule) = self.variant.rules.get(number) else {
            return RuleReading::nothing();
        };
        let outcome = self.row.rule(number);
        let says = self.fill(self.sentence(rule, outcome));
        RuleReading {
            id: rule.id.clone(),
            title: self.fill(&rule.title),
            outcome: outcome.as_str(),
            effect: rule.effects.iter().map(|effect| effect_word(self.variant, effect)).collect(),
            reads: self.reads(rule.condition),
            says,
            next: self.advice(rule.next.as_ref().filter(|_| outcome == RuleOutcome::Fired), advice),
            source: rule.source.clone(),
            at: rule.at.clone(),
            distance: if outcome == RuleOutcome::NotFired { self.distance(rule.condition) } else { None },
            needs: if outcome == RuleOutcome::Undecided { self.needs(rule.condition) } else { Vec::new() },
        }
    }

    /// The parts of the keep-going side that are good, or those below the middle.
    fn side_items(&self, aggregate: usize, side: Side) -> Vec<SideItem> {
        let Some(aggregate) = self.variant.aggregates.get(aggregate) else {
            return Vec::new();
        };
        let mut items: Vec<SideItem> = Vec::new();
        for part in &aggregate.parts {
            let Some((id, title, value)) = self.part(part.of) else {
                continue;
            };
            let Some(exact) = value.exact() else { continue };
            let stands = match side {
                Side::For => exact >= crate::exact::Exact::from_integer(GOOD),
                Side::Against => exact < crate::exact::Exact::from_integer(MIDDLE),
            };
            if stands {
                let at = match part.of {
                    PartOf::Scale(at) => self.variant.scales.get(at).map(|scale| scale.at.clone()),
                    PartOf::Aggregate(at) => self.variant.aggregates.get(at).map(|aggregate| aggregate.at.clone()),
                };
                let answers = self.part_reads(part.of);
                items.push(SideItem {
                    id,
                    says: title,
                    value: Some(to_f64(&exact)),
                    sign: None,
                    answers,
                    at: at.unwrap_or_default(),
                });
            }
        }
        let key = |item: &SideItem| item.value.unwrap_or(0.0);
        items.sort_by(|a, b| if side == Side::For { key(b).total_cmp(&key(a)) } else { key(a).total_cmp(&key(b)) });
        items
    }

    fn against(&self, keep_side: Option<usize>, rules: &[RuleReading]) -> Vec<SideItem> {
        let mut items = Vec::new();
        for (rule, reading) in self.variant.rules.iter().zip(rules) {
            let sign = rule.effects.iter().find_map(|effect| match effect {
                RuleEffect::Sign(sign, level) => {
                    self.variant.signs.get(*sign).map(|sign| format!("{} +{level}", sign.id))
                }
                _ => None,
            });
            // Of rules whose levels do not add up, only the one that set the level counts.
            let counts = rule.effects.iter().all(|effect| match effect {
                RuleEffect::Sign(sign, level) => {
                    let adds = self.variant.signs.get(*sign).is_some_and(|sign| sign.adds);
                    adds || *level == self.row.level(*sign)
                }
                _ => true,
            });
            if reading.outcome == "fired" && sign.is_some() && counts {
                items.push(SideItem {
                    id: rule.id.clone(),
                    says: reading.says.clone(),
                    value: None,
                    sign,
                    answers: reading.reads.clone(),
                    at: rule.at.clone(),
                });
            }
        }
        items.extend(keep_side.map(|aggregate| self.side_items(aggregate, Side::Against)).unwrap_or_default());
        items
    }
}

/// Whether it may be said what a person can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advice {
    Given,
    /// Only what is said even beside a flag.
    EvenFlagged,
    Withheld,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    For,
    Against,
}

impl RuleReading {
    fn nothing() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            outcome: "not_fired",
            effect: Vec::new(),
            reads: Vec::new(),
            says: String::new(),
            next: None,
            source: None,
            at: String::new(),
            distance: None,
            needs: Vec::new(),
        }
    }
}

/// What a rule does, in a word or two: `repeat 2`, `points keep 3`, `flag control`, `note`.
pub(crate) fn effect_word(variant: &Variant, effect: &RuleEffect) -> String {
    match effect {
        RuleEffect::Sign(sign, level) => {
            let id = variant.signs.get(*sign).map_or("", |sign| sign.id.as_str());
            format!("{id} {level}")
        }
        RuleEffect::Points(sum, points) => {
            format!("points {} {points}", variant.points.get(*sum).map_or("", String::as_str))
        }
        RuleEffect::Flag(name) => format!("flag {name}"),
        RuleEffect::Note => "note".to_owned(),
    }
}

fn default_text(reason: EngineReason) -> &'static str {
    match reason {
        EngineReason::HeldBack => {
            "The answers lean one way, but something else in them has to come first, so no direction is given."
        }
        EngineReason::Contradictory => "Some answers contradict each other, so no direction is given.",
        EngineReason::CloseCall => "It is a close call: one answer a step aside would change it.",
        EngineReason::OtherPath => "This tool does not weigh relationships for people under 18.",
        EngineReason::SafetyLeftOut => "The safety questions are not in this file, so only scores are shown.",
        EngineReason::Undecided => "A missing answer would decide it.",
    }
}

/// A rule that is shown by `show`, without any answers.
pub fn effects_of(variant: &Variant, rule: &crate::compile::Rule) -> Vec<String> {
    rule.effects.iter().map(|effect| effect_word(variant, effect)).collect()
}

/// A text in which `{bond}` is filled in.
pub fn with_bond(text: &str, questionnaire: &crate::questionnaire::Questionnaire, bond: Option<Bond>) -> String {
    let word = bond.and_then(|bond| questionnaire.bond_words.get(&bond)).map_or("this person", String::as_str);
    text.replace("{bond}", word)
}

/// The wording of an item for a role and bond.
pub fn item_text(
    questionnaire: &crate::questionnaire::Questionnaire,
    item: &crate::questionnaire::Item,
    role: Role,
    bond: Option<Bond>,
) -> String {
    with_bond(item.text.pick(role, bond), questionnaire, bond)
}

/// What a result page calls a slot: its item's label, and for an option of a multi item the option's.
pub fn slot_label(
    questionnaire: &crate::questionnaire::Questionnaire,
    slot: &crate::questionnaire::Slot,
    role: Role,
    bond: Option<Bond>,
) -> String {
    let item = questionnaire.item_of(slot);
    let label =
        item.and_then(|item| item.label.as_ref()).map(|label| with_bond(label.pick(role, bond), questionnaire, bond));
    let name = label.unwrap_or_else(|| slot.id.split('.').next().unwrap_or_default().replace('_', " "));
    match (item.map(|item| &item.kind), slot.option) {
        (Some(crate::questionnaire::ItemKind::Multi(options)), Some(option)) => {
            format!("{name}: {}", options.get(option).map_or("", |option| option.label.as_str()))
        }
        _ => name,
    }
}

/// The forms in which a questionnaire really differs.
pub fn forms_of(questionnaire: &crate::questionnaire::Questionnaire) -> Vec<Form> {
    let differs = questionnaire
        .items
        .iter()
        .any(|item| item.is_asked_in(Role::Both, Form::Full) != item.is_asked_in(Role::Both, Form::Short));
    if differs { vec![Form::Short, Form::Full] } else { vec![Form::Short] }
}
