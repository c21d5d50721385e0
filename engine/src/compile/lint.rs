//! What only the decision trees of the conditions show: comparisons that come out one way only, what stands in the
//! shadow of something else, conditions that are nearly too large, parameters that move nothing, bands that overlap.

mod bands;
mod implied;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::conditions::interpreters;
use super::model::{Model, Wanted};
use super::{Outcome, OutcomeWhen, Rule, RuleEffect, Variant};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::ruleset::{Body, Draft, Expr, Place, comparisons_in};
use crate::script::{Domain, Explored, MAX_PATHS, Meaning, Script, Tree, explore};
use implied::implies;

/// The part of the budget of paths from which on a condition is told of: another item of five options may multiply
/// what it needs by five. A design choice.
const NEARLY: usize = MAX_PATHS / 2;

/// A compiled variant beside what it was compiled from.
struct Compiled<'a> {
    draft: &'a Draft<'a>,
    variant: &'a Variant,
    model: Model<'a>,
}

/// Adds the warnings for one variant. Gives the parameters that move some condition of it.
pub(crate) fn lint<'a>(draft: &'a Draft<'a>, variant: &'a Variant, problems: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    bands::lint(draft, variant, problems);
    // Most instruments have no conditions, and what their scales can come to takes a while to find out.
    if variant.tables.conditions.is_empty() {
        return BTreeSet::new();
    }
    // Loading has told what the model finds.
    let model = Model::new(draft, variant.role, variant.form, &mut Vec::new());
    let mut compiled = Compiled { draft, variant, model };
    compiled.ranges(problems);
    compiled.paths(problems);
    compiled.rules(problems);
    compiled.overlays(problems);
    compiled.ladder(&variant.stages, |body| matches!(body, Body::Stage { .. }), problems);
    compiled.ladder(&variant.signals, |body| matches!(body, Body::Signal { .. }), problems);
    compiled.moving_parameters()
}

impl<'a> Compiled<'a> {
    fn tree(&self, condition: usize) -> Option<&'a Tree> {
        self.variant.tables.conditions.get(condition).map(|condition| &condition.tree)
    }

    /// The conditions as they are written, each once: a named one is tabulated twice.
    fn written(&self) -> impl Iterator<Item = (usize, &Wanted<'a>)> {
        let twice = |wanted: &Wanted<'_>| {
            wanted.raw && self.model.conditions.iter().any(|other| !other.raw && other.expr.place == wanted.expr.place)
        };
        self.model.conditions.iter().enumerate().filter(move |(_, wanted)| !twice(wanted))
    }

    /// Comparisons beside others that come out one way only.
    fn ranges(&self, problems: &mut Vec<Diagnostic>) {
        let scripts = interpreters(self.draft, &self.model, &mut Vec::new());
        let domain = Rc::new(self.model.domain.clone());
        for (_, wanted) in self.written() {
            let script = if wanted.raw { &scripts.raw } else { &scripts.plain };
            for comparison in comparisons_in(wanted.expr) {
                let start = wanted.expr.place.span.start;
                let span = start + comparison.start..start + comparison.end;
                let place = Place { span, ..wanted.expr.place.clone() };
                let text = wanted.expr.text.get(comparison).unwrap_or_default();
                if !self.is_open(wanted.expr, &place) {
                    continue;
                }
                let Some(tree) = explored(script, text, &domain) else { continue };
                let what = match (tree.reaches(true), tree.reaches(false)) {
                    (false, _) => "no answers make",
                    (_, false) => "all answers make",
                    _ => continue,
                };
                let problem =
                    self.draft.warning(Code::OutOfRange, &place, format!("{what} this comparison true: `{text}`"));
                problems
                    .push(problem.hint("compare with a number between the lowest and the highest that can come out"));
            }
        }
    }

    /// Whether a comparison reads answers of this variant, and loading has not looked at it already.
    fn is_open(&self, expr: &Expr, place: &Place) -> bool {
        let within = |other: &Place| place.span.start <= other.span.start && other.span.end <= place.span.end;
        let meanings: Vec<&Meaning> = expr
            .names
            .iter()
            .filter(|name| within(&name.place))
            .filter_map(|name| self.model.names.get(&name.text))
            .collect();
        let calls = || expr.calls.iter().filter(|(name, _)| within(&name.place));
        let absent_call = calls().filter_map(|(_, argument)| argument.as_ref()).any(|argument| {
            [&self.model.ids.scales, &self.model.ids.signs, &self.model.ids.points]
                .iter()
                .any(|ids| ids.get(&argument.text) == Some(&None))
        });
        let told = expr.comparisons.iter().any(|(name, ..)| {
            within(&name.place) && matches!(self.model.names.get(&name.text), Some(Meaning::Slot(_)))
        });
        let reads = calls().next().is_some() || meanings.iter().any(|meaning| !matches!(meaning, Meaning::Number(_)));
        reads && !told && !absent_call && !meanings.contains(&&Meaning::Absent)
    }

    /// Conditions that are nearly too large.
    fn paths(&self, problems: &mut Vec<Diagnostic>) {
        for (number, wanted) in self.written() {
            let paths = self.tree(number).map_or(0, leaves);
            if paths > NEARLY {
                let message = format!("this condition has {paths} paths; with more than {MAX_PATHS} it would not load");
                let problem = self.draft.warning(Code::ManyPaths, &wanted.expr.place, message);
                problems
                    .push(problem.hint("let it read a scale instead of many items, or split it into several rules"));
            }
        }
    }

    /// Rules that decide nothing beside another, and rules with the condition of another.
    fn rules(&self, problems: &mut Vec<Diagnostic>) {
        let rules = &self.variant.rules;
        for (at, rule) in rules.iter().enumerate() {
            let Some(tree) = self.tree(rule.condition).filter(|tree| tree.reaches(true)) else { continue };
            let others = || rules.iter().enumerate().filter(|(other, _)| *other != at);
            let shadow = others().find(|(other, by)| {
                let covers = |rule: &Rule, by: &Rule| {
                    self.dominates(by, rule) && self.tree(by.condition).is_some_and(|other| implies(tree, other))
                };
                let mutual =
                    || self.dominates(rule, by) && self.tree(by.condition).is_some_and(|other| implies(other, tree));
                // Of two that do the same, the later one is told of.
                covers(rule, by) && (*other < at || !mutual())
            });
            let same = others()
                .find(|(other, by)| *other < at && by.effects == rule.effects && self.tree(by.condition) == Some(tree));
            let (code, message, hint) = match (shadow, same) {
                (Some((_, by)), _) => (
                    Code::ShadowedRule,
                    format!("the rule `{}` decides nothing: `{}` does as much whenever it fires", rule.id, by.id),
                    "narrow the other rule, raise this one's level, or make it a `note()`",
                ),
                (None, Some((_, by))) => (
                    Code::RepeatedCondition,
                    format!("the rule `{}` has the condition and the effects of `{}`", rule.id, by.id),
                    "change the condition, or say both sentences in one rule",
                ),
                (None, None) => continue,
            };
            self.tell(code, &rule.id, |body| matches!(body, Body::Rule { .. }), message, hint, problems);
        }
    }

    /// Whether each effect of a rule is one of another, at least as strong, and does not add up with it.
    fn dominates(&self, by: &Rule, rule: &Rule) -> bool {
        rule.effects.iter().all(|effect| match effect {
            RuleEffect::Sign(sign, level) => {
                let adds = self.variant.signs.get(*sign).is_none_or(|sign| sign.adds);
                !adds
                    && by.effects.iter().any(|other| matches!(other, RuleEffect::Sign(s, l) if s == sign && l >= level))
            }
            RuleEffect::Flag(_) => by.effects.contains(effect),
            RuleEffect::Points(..) | RuleEffect::Note => false,
        })
    }

    fn overlays(&self, problems: &mut Vec<Diagnostic>) {
        let tree = |outcome: &Outcome| match outcome.when {
            OutcomeWhen::Condition(number) => self.tree(number),
            _ => None,
        };
        for (at, overlay) in self.variant.overlays.iter().enumerate() {
            let mut earlier = self.variant.overlays.iter().take(at);
            let twin = earlier.find(|other| tree(other).is_some() && tree(other) == tree(overlay));
            if let Some(twin) = twin {
                let message = format!("the overlay `{}` has the condition of `{}`", overlay.id, twin.id);
                let hint = "change the condition, or make one overlay of both";
                let is = |body: &Body| matches!(body, Body::Overlay { .. });
                self.tell(Code::RepeatedCondition, &overlay.id, is, message, hint, problems);
            }
        }
    }

    /// Stages or signals that an earlier one always comes before.
    fn ladder(&self, rungs: &[Outcome], is: fn(&Body) -> bool, problems: &mut Vec<Diagnostic>) {
        for (at, rung) in rungs.iter().enumerate() {
            let OutcomeWhen::Condition(number) = rung.when else { continue };
            let Some(tree) = self.tree(number).filter(|tree| tree.reaches(true)) else { continue };
            let before = rungs.iter().take(at).find(|other| match other.when {
                OutcomeWhen::Condition(other) => self.tree(other).is_some_and(|other| implies(tree, other)),
                _ => false,
            });
            if let Some(before) = before {
                let message = format!("`{}` is never reached: `{}` matches whenever it does", rung.id, before.id);
                let hint = "put the narrower one first, or change its condition";
                self.tell(Code::ShadowedStage, &rung.id, is, message, hint, problems);
            }
        }
    }

    fn tell(
        &self,
        code: Code,
        id: &str,
        is: impl Fn(&Body) -> bool,
        message: String,
        hint: &str,
        problems: &mut Vec<Diagnostic>,
    ) {
        let mut declarations = self.draft.for_role(self.variant.role);
        if let Some(declaration) = declarations.find(|declaration| declaration.id.text == id && is(&declaration.body)) {
            problems.push(self.draft.warning(code, &declaration.id.place, message).hint(hint));
        }
    }

    /// The parameters that change the tree of some condition when all are set to one end of their ranges.
    fn moving_parameters(&mut self) -> BTreeSet<String> {
        let ends: [Vec<(String, Exact)>; 2] = [
            self.draft.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.from)).collect(),
            self.draft.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.to)).collect(),
        ];
        let mut moving = BTreeSet::new();
        if self.draft.parameters.is_empty() {
            return moving;
        }
        let domain = Rc::new(self.model.domain.clone());
        for end in ends {
            for (name, value) in end {
                self.model.names.insert(name, Meaning::Number(value));
            }
            let scripts = interpreters(self.draft, &self.model, &mut Vec::new());
            for (number, wanted) in self.written() {
                let is_parameter = |name: &str| self.draft.parameters.iter().any(|parameter| parameter.name == name);
                let named = || wanted.expr.names.iter().map(|name| &name.text).filter(|name| is_parameter(name));
                if named().all(|name| moving.contains(name)) {
                    continue;
                }
                let script = if wanted.raw { &scripts.raw } else { &scripts.plain };
                let tree = explored(script, &wanted.expr.text, &domain);
                if tree.is_none() || tree.as_ref() != self.tree(number) {
                    moving.extend(named().cloned());
                }
            }
        }
        moving
    }
}

/// The tree of a text; none if it fails or is too large.
fn explored(script: &Script, text: &str, domain: &Rc<Domain>) -> Option<Tree> {
    let compiled = script.compile(text).ok()?;
    match explore(script, text, &compiled, domain, MAX_PATHS) {
        Explored::Tree(tree, _) => Some(tree),
        _ => None,
    }
}

fn leaves(tree: &Tree) -> usize {
    match tree {
        Tree::Leaf(_) => 1,
        Tree::Node(_, children) => children.iter().map(leaves).sum(),
    }
}
