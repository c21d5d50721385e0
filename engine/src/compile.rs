//! From declarations to one variant: names resolved for a role and form, every condition tabulated, the signal a
//! diagram. What comes out is plain data that scores people without ever meeting a script.

mod claims;
pub(crate) mod complete;
mod conditions;
mod lint;
mod lookup;
mod model;
pub(crate) mod oracle;
mod tables;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::questionnaire::{Bond, Form, Role};
use crate::ruleset::{Comparison, Draft, Kind, Limit, Next, When};
pub use crate::scoring::Scale;
use crate::script::{Quantity, Read};
pub use claims::{Exempt, Monotone, Never, NeverTarget, Property};
pub(crate) use complete::Complete;
pub(crate) use conditions::subject_name;
pub(crate) use lint::lint;
pub(crate) use lookup::Lookup;
pub(crate) use tables::{Condition, Tables, UNDECIDED, Variable, code};

/// A ruleset as it is for one role and form.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The role.
    pub role: Role,
    /// The form.
    pub form: Form,
    /// The scales, in the order of their declaration.
    pub scales: Vec<Scale>,
    /// Bounds on scales.
    pub adjusts: Vec<Adjust>,
    /// Means of scales.
    pub aggregates: Vec<Aggregate>,
    /// The conditions that have a name.
    pub(crate) named: Vec<NamedCondition>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The signs that speak for walking away.
    pub signs: Vec<Sign>,
    /// The sums of points, by name (studies).
    pub points: Vec<String>,
    /// The overlays.
    pub overlays: Vec<Outcome>,
    /// The rungs of the ladder.
    pub stages: Vec<Outcome>,
    /// The signals.
    pub signals: Vec<Outcome>,
    /// The reasons for `mixed`, and the wording of the engine's own.
    pub reasons: Vec<Outcome>,
    /// Published cuts of scales.
    pub bands: Vec<Band>,
    /// The screens.
    pub screens: Screens,
    /// The share of core items that must be answered.
    pub floor: Option<Exact>,
    /// The slots that count for it.
    pub core: Vec<usize>,
    /// For each slot: does this variant ask it?
    pub asked: Vec<bool>,
    /// What must be true of every sheet.
    pub properties: Vec<Property>,
    /// The items that are to be monotone beside those to which the questionnaire gives a direction.
    pub monotone: Vec<Monotone>,
    /// The items that need not be monotone.
    pub not_monotone: Vec<Exempt>,
    /// What no sheet may come to.
    pub never: Vec<Never>,
    pub(crate) numbers: BTreeMap<String, Exact>,
    pub(crate) tables: Tables,
    pub(crate) complete: Option<Complete>,
}

/// A bound on a scale that holds under a condition.
#[derive(Debug, Clone)]
pub struct Adjust {
    /// The scale's number.
    pub scale: usize,
    /// Why, for people.
    pub because: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// `file:line`.
    pub at: String,
    pub(crate) limit: Limit,
    pub(crate) condition: usize,
}

/// A condition that others read by its name.
#[derive(Debug, Clone)]
pub(crate) struct NamedCondition {
    /// Its id.
    pub(crate) id: String,
    /// `file:line`.
    pub(crate) at: String,
    pub(crate) condition: usize,
    /// The same where scale names mean raw scales.
    pub(crate) raw: usize,
}

/// An exact mean.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How many parts must have a value.
    pub need: usize,
    /// `file:line`.
    pub at: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of an aggregate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) of: PartOf,
    pub(crate) zero_when: Option<usize>,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartOf {
    Scale(usize),
    Aggregate(usize),
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Its `//!` text.
    pub doc: Vec<String>,
    /// What is said when it fires, with names in braces.
    pub because: Option<String>,
    /// What a person can do next when it fires.
    pub next: Option<Next>,
    /// Where it comes from.
    pub source: Option<String>,
    /// `file:line`.
    pub at: String,
    /// What it does.
    pub effects: Vec<RuleEffect>,
    pub(crate) condition: usize,
}

impl Rule {
    /// Whether it raises a flag.
    pub(crate) fn raises_flag(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, RuleEffect::Flag(_)))
    }

    /// Whether it can raise the sign with this number.
    pub fn raises(&self, sign: usize) -> bool {
        self.effects.iter().any(|effect| matches!(effect, RuleEffect::Sign(raised, _) if *raised == sign))
    }
}

/// What a rule does when it fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleEffect {
    /// Raises a sign (by its number).
    Sign(usize, u8),
    /// Adds points to a sum (by its number).
    Points(usize, i64),
    /// Adds a flag.
    Flag(String),
    /// Says something.
    Note,
}

/// Something that speaks for walking away, in levels 0 to 3.
#[derive(Debug, Clone)]
pub struct Sign {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether the levels of its rules add up.
    pub adds: bool,
    /// From which level it is present.
    pub present: u8,
}

/// A stage, overlay, signal or reason.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// What people read by bond.
    pub titles: Vec<(Bond, String)>,
    /// What a person can do next.
    pub next: Option<Next>,
    /// `file:line`.
    pub at: String,
    pub(crate) when: OutcomeWhen,
}

/// When an outcome holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutcomeWhen {
    /// When this condition does.
    Condition(usize),
    /// When nothing before it does.
    Otherwise,
    /// Only the engine says so.
    Engine,
}

impl Outcome {
    /// The title for a bond.
    pub fn title(&self, bond: Option<Bond>) -> &str {
        self.titles.iter().find(|(b, _)| Some(*b) == bond).map_or(&self.title, |(_, title)| title)
    }
}

/// A published cut.
#[derive(Debug, Clone)]
pub struct Band {
    /// The scale's number.
    pub scale: usize,
    /// What it is called.
    pub label: String,
    /// How it compares.
    pub comparison: Comparison,
    /// With what.
    pub value: Exact,
    /// How far a score can be off: one standard error of measurement.
    pub sem: Option<Exact>,
    /// For whom it was found.
    pub population: String,
    /// Where it comes from.
    pub source: String,
}

impl Band {
    /// Whether a score is so close to the cut that it could as well be on the other side of it.
    pub fn is_near(&self, score: &Exact) -> bool {
        self.sem.is_some_and(|sem| {
            let distance = if *score < self.value { self.value - *score } else { *score - self.value };
            distance < sem
        })
    }
}

/// Checks whether the answers can be taken at face value.
#[derive(Debug, Clone, Default)]
pub struct Screens {
    /// The share of equal raw answers at which a sheet is straight-lined, and the least number of answers.
    pub straightline: Option<(Exact, usize)>,
    /// Pairs of slots that contradict each other: the first at its lowest while the second is at its highest.
    pub contradicts: Vec<(usize, usize)>,
    /// The slots that straight-lining looks at: directed, answered on a scale, outside the safety block.
    pub(crate) lined: Vec<Lined>,
}

/// A slot that straight-lining looks at.
#[derive(Debug, Clone)]
pub(crate) struct Lined {
    pub(crate) slot: usize,
    /// Whether a higher answer is a concern.
    pub(crate) concern: bool,
    /// Whether the gate looks at it.
    pub(crate) watched: bool,
    /// The number of each level.
    pub(crate) numbers: Vec<i64>,
}

impl Variant {
    /// The least that a sum of points can come to.
    pub(crate) fn least_points(&self, sum: usize) -> i64 {
        let effects = self.rules.iter().flat_map(|rule| &rule.effects);
        let of = |effect: &RuleEffect| match effect {
            RuleEffect::Points(known, points) if *known == sum => (*points).min(0),
            _ => 0,
        };
        effects.map(of).sum()
    }

    /// Whether a rule raises a flag by more than single answers. On a sheet with gaps it then goes by a score of the others,
    /// too, which no diagram of completely answered sheets knows.
    pub(crate) fn has_flag_by_score(&self) -> bool {
        let flags = self.rules.iter().filter(|rule| rule.raises_flag());
        flags.into_iter().any(|rule| self.reads_scores(rule.condition))
    }

    fn reads_scores(&self, condition: usize) -> bool {
        let mut found = false;
        if let Some(condition) = self.tables.conditions.get(condition) {
            condition.tree.for_each_read(&mut |read| {
                found |= match read {
                    Read::Slot(_) => false,
                    Read::Condition(other) => self.reads_scores(*other),
                    Read::HasValue(subject) | Read::Passes(subject, _) => {
                        !matches!(subject.alone(), Some(Quantity::Number(_)))
                    }
                    _ => true,
                }
            });
        }
        found
    }

    /// The variant as it would be without a rule: its condition never holds. It has no diagram of its signal yet.
    pub(crate) fn without_rule(&self, rule: usize) -> Variant {
        let mut variant = self.clone();
        variant.complete = None;
        let never = variant.tables.never();
        if let Some(rule) = variant.rules.get_mut(rule) {
            rule.condition = never;
        }
        variant
    }
}

/// Compiles one variant; problems are added to `problems`. None if it has errors.
pub(crate) fn variant(
    draft: &Draft<'_>,
    role: Role,
    form: Form,
    node_budget: usize,
    problems: &mut Vec<Diagnostic>,
) -> Option<Variant> {
    let before = errors(problems);
    let model = model::Model::new(draft, role, form, problems);
    let explored = conditions::explore_all(draft, &model, problems);
    if errors(problems) > before {
        return None;
    }
    let tables = tables::build(draft, &model, explored.conditions, problems);
    let mut variant = model.into_variant(tables, explored.properties);
    if errors(problems) > before {
        return None;
    }
    if draft.kind == Kind::Assessment {
        match complete::build(draft.questionnaire, &variant, node_budget) {
            Ok(complete) => variant.complete = Some(complete),
            Err(over) => {
                let header = draft
                    .declarations
                    .iter()
                    .find(|declaration| matches!(declaration.body, crate::ruleset::Body::Header { .. }));
                if let Some(header) = header {
                    let problem = draft.error(
                        Code::TooManyNodes,
                        &header.id.place,
                        format!("{} ({} form): {over}", role.as_str(), form.as_str()),
                    );
                    problems.push(problem.hint(
                        "let the conditions of the signals read scales and aggregates instead of many single items",
                    ));
                }
                return None;
            }
        }
    }
    Some(variant)
}

fn errors(problems: &[Diagnostic]) -> usize {
    problems.iter().filter(|problem| problem.severity == crate::diagnostic::Severity::Error).count()
}

/// An `otherwise`, or the number of a condition.
fn outcome_when<'a>(when: &'a When, condition: impl FnOnce(&'a crate::ruleset::Expr) -> usize) -> OutcomeWhen {
    match when {
        When::Holds(expr) => OutcomeWhen::Condition(condition(expr)),
        When::Otherwise => OutcomeWhen::Otherwise,
    }
}
