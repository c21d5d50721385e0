//! The summary of a survey: how many people stand where. Counts below five are not shown.

mod page;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::{
    AnswerBlock, AssessedRow, BlockAssessment, Kind, Reason, RowView, RuleOutcome, Ruleset, Signal, Variant,
};

use super::suppression::SMALLEST_SHOWN;
pub(super) use page::render;

/// How much of what they were asked people answered: all, and from these percentages on. A design choice.
const COMPLETENESS: [u32; 4] = [90, 75, 60, 0];

/// What is counted over the rows.
pub(crate) struct Summary<'a> {
    title: String,
    kind: Kind,
    variants: Vec<(Role, &'a Variant)>,
    withheld: u64,
    may_withhold: bool,
    /// Whether it makes a difference as whom somebody answers.
    has_roles: bool,
    roles: BTreeMap<&'static str, u64>,
    /// Stage, then signal.
    placed: BTreeMap<(usize, String), BTreeMap<String, u64>>,
    signals: Vec<String>,
    reasons: BTreeMap<String, u64>,
    overlays: BTreeMap<String, u64>,
    scores: BTreeMap<(usize, String), Moments>,
    rules: BTreeMap<(usize, String), (u64, u64)>,
    questionnaire: &'a Questionnaire,
    /// Whether a slot belongs to the safety block.
    block_slots: Vec<bool>,
    /// How many people answered all, and from each of [`COMPLETENESS`] on.
    completeness: [u64; 1 + COMPLETENESS.len()],
    /// For each slot without an answer, how many people it leaves a rule open for, and how many rules those are in all.
    open: BTreeMap<usize, (u64, u64)>,
}

/// What is kept of a score's distribution: count, sum, bins of a tenth of its range.
#[derive(Default, Clone)]
struct Moments {
    count: u64,
    missing: u64,
    /// In units of 2^-40, so that the order of the rows makes no difference.
    sum: i128,
    least: f64,
    most: f64,
    low: f64,
    high: f64,
    bins: [u64; 10],
}

impl<'a> Summary<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, form: Form) -> Self {
        let variants: Vec<(Role, &Variant)> = ruleset.variants_in(form).collect();
        let mut signals: Vec<String> = Vec::new();
        for (_, variant) in &variants {
            for signal in &variant.signals {
                if !signals.contains(&signal.id) {
                    signals.push(signal.id.clone());
                }
            }
        }
        Self {
            title: format!("{} {}", ruleset.title, ruleset.version),
            kind: ruleset.kind,
            variants,
            withheld: 0,
            may_withhold: ruleset.questionnaire().items.iter().any(|item| item.block),
            has_roles: ruleset.questionnaire().has_roles(),
            roles: BTreeMap::new(),
            placed: BTreeMap::new(),
            signals,
            reasons: BTreeMap::new(),
            overlays: BTreeMap::new(),
            scores: BTreeMap::new(),
            rules: BTreeMap::new(),
            questionnaire: ruleset.questionnaire(),
            block_slots: block_slots(ruleset.questionnaire()),
            completeness: Default::default(),
            open: BTreeMap::new(),
        }
    }

    /// Adds what another thread counted.
    pub(super) fn merge(&mut self, other: Summary<'a>) {
        fn sum<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
            from.into_iter().for_each(|(key, count)| *to.entry(key).or_default() += count);
        }
        self.withheld += other.withheld;
        sum(&mut self.roles, other.roles);
        for (stage, counts) in other.placed {
            sum(self.placed.entry(stage).or_default(), counts);
        }
        sum(&mut self.reasons, other.reasons);
        sum(&mut self.overlays, other.overlays);
        for (scale, moments) in other.scores {
            match self.scores.entry(scale) {
                Entry::Vacant(place) => drop(place.insert(moments)),
                Entry::Occupied(mut known) => known.get_mut().merge(&moments),
            }
        }
        for (count, more) in self.completeness.iter_mut().zip(other.completeness) {
            *count += more;
        }
        for (slot, (people, rules)) in other.open {
            let counts = self.open.entry(slot).or_default();
            (counts.0, counts.1) = (counts.0 + people, counts.1 + rules);
        }
        for (rule, (fired, undecided)) in other.rules {
            let counts = self.rules.entry(rule).or_default();
            (counts.0, counts.1) = (counts.0 + fired, counts.1 + undecided);
        }
    }

    /// Counts how much a sheet answers, and which missing answers leave rules open.
    fn add_missing(&mut self, row: AssessedRow<'_>, variant: &Variant, block: &AnswerBlock, at: usize) {
        let (answered, asked) = block.completeness(at, variant, &self.block_slots);
        let is_from = |percent: &u32| answered * 100 >= asked * *percent as usize;
        let bin = if answered == asked { 0 } else { 1 + COMPLETENESS.iter().position(is_from).unwrap_or(0) };
        if let Some(count) = self.completeness.get_mut(bin) {
            *count += 1;
        }
        let mut rules: BTreeMap<usize, u64> = BTreeMap::new();
        for rule in row.rules_that(RuleOutcome::Undecided) {
            for slot in row.open_slots(rule, variant, block, at) {
                *rules.entry(slot).or_default() += 1;
            }
        }
        for (slot, rules) in rules {
            let counts = self.open.entry(slot).or_default();
            (counts.0, counts.1) = (counts.0 + 1, counts.1 + rules);
        }
    }

    /// Counts the rows of a block.
    pub(super) fn add(&mut self, block: &AnswerBlock, assessed: &BlockAssessment) {
        for at in 0..assessed.len() {
            let row = match assessed.row(at) {
                RowView::Withheld => {
                    self.withheld += 1;
                    continue;
                }
                RowView::Assessed(row) => row,
            };
            *self.roles.entry(row.role().as_str()).or_default() += 1;
            let own = if row.role() == Role::Broke { Role::Broke } else { Role::Hurt };
            let Some((_, variant)) = self.variants.iter().find(|(role, _)| *role == own).copied() else { continue };
            self.add_missing(row, variant, block, at);
            let signal = match row.signal() {
                Signal::Declared(signal) => variant.signals.get(signal).map_or("", |signal| &signal.id).to_owned(),
                Signal::NotEnoughAnswered => "not_enough_answered".to_owned(),
                Signal::None => "none".to_owned(),
            };
            if !variant.signals.is_empty() || !variant.stages.is_empty() {
                let stage = row.stage().and_then(|at| Some((at, variant.stages.get(at)?.id.clone())));
                let stage = stage.unwrap_or((usize::MAX, "unplaced".to_owned()));
                *self.placed.entry(stage).or_default().entry(signal).or_default() += 1;
            }
            match row.reason() {
                Some(Reason::Declared(reason)) => {
                    let id = variant.reasons.get(reason).map(|reason| reason.id.clone()).unwrap_or_default();
                    *self.reasons.entry(id).or_default() += 1;
                }
                Some(Reason::Engine(reason)) => *self.reasons.entry(reason.as_str().to_owned()).or_default() += 1,
                None => {}
            }
            for overlay in row.overlays().filter_map(|overlay| variant.overlays.get(overlay)) {
                *self.overlays.entry(overlay.id.clone()).or_default() += 1;
            }
            for (number, scale) in variant.scales.iter().enumerate() {
                let value = row.score(number).value.exact().as_ref().map(bearings_engine::exact::to_f64);
                let moments = self.scores.entry((number, scale.id.clone())).or_insert_with(|| Moments::of(scale));
                moments.add(value);
            }
            for (number, rule) in variant.rules.iter().enumerate() {
                let counts = self.rules.entry((number, rule.id.clone())).or_default();
                counts.0 += u64::from(row.rule(number) == RuleOutcome::Fired);
                counts.1 += u64::from(row.rule(number) == RuleOutcome::Undecided);
            }
        }
    }
}

/// How many units of [`Moments`]' sum make one.
const UNIT: f64 = (1_u64 << 40) as f64;

impl Moments {
    fn of(scale: &bearings_engine::Scale) -> Self {
        let (low, high) = scale.range();
        Self { low, high, least: f64::INFINITY, most: f64::NEG_INFINITY, ..Self::default() }
    }

    fn add(&mut self, value: Option<f64>) {
        let Some(value) = value else {
            self.missing += 1;
            return;
        };
        self.count += 1;
        self.sum += (value * UNIT) as i128;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.0 };
        // A share of 1 belongs into the last bin.
        let bin = ((share * 10.0) as usize).min(9);
        if let Some(count) = self.bins.get_mut(bin) {
            *count += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.missing += other.missing;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        for (bin, more) in self.bins.iter_mut().zip(other.bins) {
            *bin += more;
        }
    }

    /// Ten small blocks, one for each tenth of the range; bins of fewer than five people are left flat.
    fn bars(&self) -> String {
        const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let tallest = self.bins.iter().copied().max().unwrap_or(0).max(1);
        let height = |count: u64| if count < SMALLEST_SHOWN { 0 } else { (count * 7).div_ceil(tallest) as usize };
        self.bins.iter().filter_map(|count| BLOCKS.get(height(*count))).collect()
    }
}

fn block_slots(questionnaire: &Questionnaire) -> Vec<bool> {
    questionnaire.slots.iter().map(|slot| questionnaire.item_of(slot).is_some_and(|item| item.block)).collect()
}
