//! Names and strata: every name is known, and each declaration reads only what is computed before it.

mod claims;
mod expression;
mod instrument;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use expression::placeholders;

use super::{ASSESSMENT_SIGNALS, Body, Declaration, Draft, ENGINE_REASONS, Effect, Kind, Name, When};
use crate::analysis::BUILT_IN_PROPERTIES;
use crate::diagnostic::{Code, Diagnostic};
use crate::gate::Gate;
use crate::questionnaire::{BOND_ITEM, ItemKind, MINOR_ITEM, ROLE_ITEM, Role};

/// In which order things are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stratum {
    Items,
    Scales,
    Aggregates,
    Rules,
    Overlays,
    Stages,
    Signals,
}

/// What a name can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameKind {
    Item,
    Multi,
    Text,
    Scale,
    Aggregate,
    Number,
    Condition(usize),
}

/// Who reads, and up to where.
struct Context {
    what: &'static str,
    upto: Stratum,
    flagged: bool,
}

struct Names<'a, 'd> {
    draft: &'a Draft<'d>,
    problems: &'a mut Vec<Diagnostic>,
    names: BTreeMap<&'a str, NameKind>,
    used: BTreeSet<String>,
}

/// Checks all names of a ruleset.
pub(super) fn check(draft: &Draft<'_>, problems: &mut Vec<Diagnostic>) {
    let mut names = BTreeMap::new();
    for item in &draft.questionnaire.items {
        let kind = match item.kind {
            ItemKind::Multi(_) => NameKind::Multi,
            ItemKind::Text => NameKind::Text,
            _ => NameKind::Item,
        };
        names.insert(item.id.as_str(), kind);
    }
    let mut check = Names { draft, problems, names, used: BTreeSet::new() };
    check.declare();
    check.kinds();
    for declaration in &draft.declarations {
        check.declaration(declaration);
    }
    check.monotone_once();
    check.unused();
    check.shadowed();
}

impl<'a> Names<'a, '_> {
    fn declare(&mut self) {
        // The same id may be declared once for each role and form.
        let mut seen: Vec<(&str, &Declaration)> = Vec::new();
        let mut bands: BTreeSet<&str> = BTreeSet::new();
        for (at, declaration) in self.draft.declarations.iter().enumerate() {
            let id = declaration.id.text.as_str();
            let space = space(&declaration.body);
            let kind = match &declaration.body {
                Body::Scale { .. } => Some(NameKind::Scale),
                Body::Aggregate { .. } => Some(NameKind::Aggregate),
                Body::Param { .. } | Body::Const { .. } => Some(NameKind::Number),
                Body::Condition { .. } => Some(NameKind::Condition(at)),
                Body::Band { .. } => {
                    bands.insert(id);
                    None
                }
                _ => None,
            };
            if !["band", "screen", "adjust", "header", "monotone", "not_monotone", "never"].contains(&space) {
                let clash =
                    |(s, other): &(&str, &Declaration)| *s == space && other.id.text == id && declaration.meets(other);
                if seen.iter().any(clash) {
                    self.problems.push(self.draft.error(
                        Code::DuplicateId,
                        &declaration.id.place,
                        format!("`{id}` is declared twice"),
                    ));
                }
                seen.push((space, declaration));
            }
            if let Some(kind) = kind {
                if matches!(self.names.get(id), Some(NameKind::Item | NameKind::Multi | NameKind::Text)) {
                    self.problems.push(self.draft.error(
                        Code::DuplicateId,
                        &declaration.id.place,
                        format!("`{id}` is already an item of the questionnaire"),
                    ));
                }
                self.names.insert(id, kind);
            }
        }
    }

    /// What belongs into which kind of ruleset.
    fn kinds(&mut self) {
        let kind = self.draft.kind;
        for declaration in &self.draft.declarations {
            let misplaced = matches!(
                (&declaration.body, kind),
                (
                    Body::Rule { .. }
                        | Body::Sign { .. }
                        | Body::Overlay { .. }
                        | Body::Stage { .. }
                        | Body::Signal { .. }
                        | Body::Property { .. }
                        | Body::Monotone { .. }
                        | Body::NotMonotone { .. }
                        | Body::Never { .. },
                    Kind::Instrument,
                ) | (
                    Body::Reason { .. } | Body::Floor { .. } | Body::Straightline { .. } | Body::Contradicts { .. },
                    Kind::Instrument | Kind::Study,
                ) | (Body::Band { .. }, Kind::Assessment)
                    | (Body::BatchOnly, Kind::Assessment | Kind::Study)
            );
            if misplaced {
                let message =
                    format!("`{}` does not belong into {} {}", space(&declaration.body), article(kind), kind.as_str());
                self.problems.push(self.draft.error(Code::WrongKind, &declaration.id.place, message));
            }
            if let Body::Rule { effects, .. } = &declaration.body
                && kind == Kind::Assessment
                && effects.iter().any(|effect| matches!(effect, Effect::Points { .. }))
            {
                let message = "points belong into studies; in an assessment a rule raises a sign, a flag, or notes";
                self.problems.push(self.draft.error(Code::WrongKind, &declaration.id.place, message));
            }
            if let Body::Signal { when, .. } = &declaration.body
                && kind == Kind::Assessment
            {
                let id = declaration.id.text.as_str();
                if !ASSESSMENT_SIGNALS.contains(&id) {
                    let message = format!("the signals of an assessment are {}", ASSESSMENT_SIGNALS.join(", "));
                    self.problems.push(
                        self.draft
                            .error(Code::UnknownName, &declaration.id.place, message)
                            .did_you_mean(id, ASSESSMENT_SIGNALS),
                    );
                }
                if (id == "mixed") != (*when == When::Otherwise) {
                    self.problems.push(self.draft.error(
                        Code::WrongKind,
                        &declaration.id.place,
                        "`mixed` is what is left: `signal mixed otherwise`",
                    ));
                }
            }
        }
        if kind == Kind::Assessment {
            let floors = self
                .draft
                .declarations
                .iter()
                .filter(|declaration| matches!(declaration.body, Body::Floor { .. }))
                .count();
            let mixed =
                self.draft.declarations.iter().any(|d| matches!(d.body, Body::Signal { .. }) && d.id.text == "mixed");
            let header =
                self.draft.declarations.iter().find(|declaration| matches!(declaration.body, Body::Header { .. }));
            if let Some(header) = header {
                if floors != 1 {
                    self.problems.push(
                        self.draft
                            .error(
                                Code::MissingClause,
                                &header.id.place,
                                "an assessment declares once how much must be answered",
                            )
                            .hint("floor core 0.6 source \"...\";"),
                    );
                }
                if !mixed {
                    self.problems.push(self.draft.error(
                        Code::MissingClause,
                        &header.id.place,
                        "an assessment declares `signal mixed otherwise`",
                    ));
                }
            }
        }
    }

    fn declaration(&mut self, declaration: &'a Declaration) {
        let shown = matches!(
            declaration.body,
            Body::Rule { .. } | Body::Overlay { .. } | Body::Stage { .. } | Body::Signal { .. } | Body::Reason { .. }
        );
        let titles: &[(_, String)] = match &declaration.body {
            Body::Signal { titles, .. } => titles,
            _ => &[],
        };
        let texts = declaration
            .title
            .iter()
            .chain(declaration.next.as_ref().map(|next| &next.text))
            .chain(titles.iter().map(|(_, title)| title));
        for text in texts.filter(|_| shown) {
            self.sentence(Some(&Name { text: text.clone(), place: declaration.id.place.clone() }));
        }
        match &declaration.body {
            Body::Scale { terms, need, .. } => {
                let mut once = BTreeSet::new();
                for term in terms {
                    self.scale_item(&term.item);
                    self.reversed_twice(term);
                    if !once.insert(&term.item.text) {
                        self.problems.push(self.draft.error(
                            Code::DuplicateId,
                            &term.item.place,
                            format!("`{}` is counted twice", term.item.text),
                        ));
                    }
                }
                self.need(declaration, *need, terms.len());
            }
            Body::Aggregate { parts, need } => {
                for part in parts {
                    self.aggregate_part(declaration, &part.name);
                    if let Some(when) = &part.zero_when {
                        self.expression(
                            when,
                            &Context { what: "`zero_when`", upto: Stratum::Scales, flagged: false },
                            0,
                        );
                    }
                }
                self.need(declaration, *need, parts.len());
            }
            Body::Adjust { when, .. } => {
                self.named(&declaration.id, NameKind::Scale, "scale");
                self.sentence(declaration.because.as_ref());
                self.expression(when, &Context { what: "an adjustment", upto: Stratum::Scales, flagged: false }, 0);
            }
            Body::Rule { when, effects } => {
                let note = effects.iter().all(|effect| *effect == Effect::Note);
                self.expression(when, &Context { what: "a rule", upto: Stratum::Aggregates, flagged: note }, 0);
                for effect in effects {
                    if let Effect::Sign { sign, .. } = effect {
                        self.declared(sign, "sign", |body| matches!(body, Body::Sign { .. }));
                    }
                }
                if self.draft.kind == Kind::Assessment && declaration.source.is_none() {
                    let problem = self.draft.error(
                        Code::MissingSource,
                        &declaration.id.place,
                        format!("the rule `{}` has no `source`", declaration.id.text),
                    );
                    self.problems.push(problem.hint("cite one, or write source \"design choice\""));
                }
                self.sentence(declaration.because.as_ref());
            }
            Body::Overlay { when } => {
                self.expression(when, &Context { what: "an overlay", upto: Stratum::Rules, flagged: true }, 0)
            }
            Body::Stage { when: When::Holds(when) } => {
                self.expression(when, &Context { what: "a stage", upto: Stratum::Overlays, flagged: false }, 0);
            }
            Body::Signal { when: When::Holds(when), .. } => {
                self.expression(when, &Context { what: "a signal", upto: Stratum::Stages, flagged: false }, 0);
            }
            Body::Reason { when } => match when {
                Some(_) if ENGINE_REASONS.contains(&declaration.id.text.as_str()) => {
                    let message = format!(
                        "`{}` is a reason that the engine gives: it takes words, and no `when`",
                        declaration.id.text
                    );
                    self.problems.push(self.draft.error(Code::DuplicateId, &declaration.id.place, message));
                }
                Some(When::Holds(when)) => {
                    self.expression(when, &Context { what: "a reason", upto: Stratum::Stages, flagged: false }, 0)
                }
                Some(When::Otherwise) => {}
                None if ENGINE_REASONS.contains(&declaration.id.text.as_str()) => {}
                None => {
                    let message = format!(
                        "a reason needs `when`; only the engine's own have none: {}",
                        ENGINE_REASONS.join(", ")
                    );
                    self.problems.push(self.draft.error(Code::MissingClause, &declaration.id.place, message));
                }
            },
            Body::Function { calls, .. } => self.helper(&declaration.id, calls),
            Body::Band { comparison, .. } => {
                self.named(&declaration.id, NameKind::Scale, "scale");
                self.negative_label(&declaration.id, *comparison);
            }
            Body::Contradicts { other } => {
                for item in [&declaration.id, other] {
                    self.scale_item(item);
                    self.unwatched_item(item);
                }
            }
            Body::Condition { when } => {
                // Where it is used decides what it may read; here only that its names exist.
                self.expression(when, &Context { what: "a condition", upto: Stratum::Stages, flagged: true }, 0);
            }
            Body::Property { holds } => {
                if BUILT_IN_PROPERTIES.contains(&declaration.id.text.as_str()) {
                    let message = format!("`{}` is a property that every ruleset is asked for", declaration.id.text);
                    self.problems.push(self.draft.error(Code::DuplicateId, &declaration.id.place, message));
                }
                self.expression(holds, &Context { what: "a property", upto: Stratum::Signals, flagged: true }, 0);
            }
            Body::Monotone { items } => self.monotone(items),
            Body::NotMonotone { items } => items.iter().for_each(|item| self.ordered_item(item)),
            Body::Never { target } => self.never(&declaration.id, *target),
            _ => {}
        }
    }

    fn need(&mut self, declaration: &Declaration, need: Option<crate::exact::Exact>, parts: usize) {
        let most = crate::exact::Exact::from_integer(parts as i128);
        if need.is_some_and(|need| {
            need <= crate::exact::Exact::from_integer(0)
                || need > most
                || (need > crate::exact::Exact::from_integer(1) && !need.is_integer())
        }) {
            let message = format!("`need` is a share between 0 and 1, or a count from 1 to {parts}");
            self.problems.push(self.draft.error(Code::InvalidNumber, &declaration.id.place, message));
        }
    }

    /// An item that can be averaged: it has numbers, is not in the safety block and not a multi item.
    fn scale_item(&mut self, name: &Name) {
        if !self.known_item(name) {
            return;
        }
        self.closed_item(name);
        if !self.has_numbers(name) {
            self.problems.push(self.draft.error(
                Code::InvalidItem,
                &name.place,
                format!("the answers to `{}` are not numbers", name.text),
            ));
        }
    }

    /// Reports an item that the gate looks at: who skips it would get past the screen, and missing is never "no".
    fn unwatched_item(&mut self, name: &Name) {
        let questionnaire = self.draft.questionnaire;
        let gate = Gate::new(questionnaire);
        // Of the safety block itself it is said already that nothing may read it.
        let is_block = questionnaire.item(&name.text).is_some_and(|item| item.block);
        if !is_block && questionnaire.slot(&name.text).is_some_and(|slot| gate.reads(slot)) {
            let message =
                format!("the safety gate looks at `{}`, so no screen may: who skips it would get past", name.text);
            let problem = self.draft.error(Code::SafetyItemRead, &name.place, message);
            self.problems.push(problem.hint("let the screen compare two other questions"));
        }
    }

    /// Reports a name that is no item; says whether it is one.
    fn known_item(&mut self, name: &Name) -> bool {
        self.used.insert(name.text.clone());
        let found = self.draft.questionnaire.item(&name.text).is_some();
        if !found {
            let known: Vec<&str> = self.draft.questionnaire.items.iter().map(|item| item.id.as_str()).collect();
            let message = format!("no item `{}` in questionnaire `{}`", name.text, self.draft.questionnaire.id);
            self.problems
                .push(self.draft.error(Code::UnknownItem, &name.place, message).did_you_mean(&name.text, known));
        }
        found
    }

    /// Whether the answers to an item are numbers, which rise in their order.
    fn has_numbers(&self, name: &Name) -> bool {
        let slot = self.draft.questionnaire.slot(&name.text);
        slot.and_then(|slot| self.draft.questionnaire.slots.get(slot))
            .is_some_and(|slot| slot.levels.bounds().is_some())
    }

    /// Reports an item that no rule may read: one of the safety block, or one that the engine alone looks at. Says
    /// whether it was one.
    fn closed_item(&mut self, name: &Name) -> bool {
        if self.draft.questionnaire.item(&name.text).is_some_and(|item| item.block) {
            self.safety_item(name);
            return true;
        }
        let hint = match name.text.as_str() {
            MINOR_ITEM => "people under 18 go another path, which is engine code",
            ROLE_ITEM => "a declaration for one role says `for hurt` or `for broke`",
            BOND_ITEM if self.draft.kind == Kind::Assessment => {
                "the bond changes wording only: `title #{ partner: ... }`"
            }
            _ => return false,
        };
        let problem = self.draft.error(Code::ClosedItem, &name.place, format!("no rule may read `{}`", name.text));
        self.problems.push(problem.hint(hint));
        true
    }

    fn safety_item(&mut self, name: &Name) {
        let problem = self.draft.error(
            Code::SafetyItemRead,
            &name.place,
            format!("`{}` belongs to the safety block, which no rule may read", name.text),
        );
        self.problems.push(problem.hint(
            "the gate is engine code; `flagged()` says in overlays, notes and properties whether it raised a flag",
        ));
    }

    fn aggregate_part(&mut self, owner: &Declaration, name: &Name) {
        self.used.insert(name.text.clone());
        let earlier =
            self.draft.declarations.iter().take_while(|declaration| declaration.id.place != owner.id.place).any(
                |declaration| matches!(declaration.body, Body::Aggregate { .. }) && declaration.id.text == name.text,
            );
        match self.names.get(name.text.as_str()) {
            Some(NameKind::Scale) => {}
            Some(NameKind::Aggregate) if earlier => {}
            Some(NameKind::Aggregate) => {
                self.problems.push(self.draft.error(
                    Code::WrongStratum,
                    &name.place,
                    format!("the aggregate `{}` must be declared before it is used", name.text),
                ));
            }
            _ => {
                let known: Vec<&str> = self
                    .names
                    .iter()
                    .filter(|(_, kind)| matches!(kind, NameKind::Scale | NameKind::Aggregate))
                    .map(|(name, _)| *name)
                    .collect();
                self.problems.push(
                    self.draft
                        .error(Code::UnknownName, &name.place, format!("no scale or aggregate `{}`", name.text))
                        .did_you_mean(&name.text, known),
                );
            }
        }
    }

    fn named(&mut self, name: &Name, kind: NameKind, what: &str) {
        self.used.insert(name.text.clone());
        if self.names.get(name.text.as_str()) != Some(&kind) {
            let known: Vec<&str> = self.names.iter().filter(|(_, k)| **k == kind).map(|(name, _)| *name).collect();
            self.problems.push(
                self.draft
                    .error(Code::UnknownName, &name.place, format!("no {what} `{}`", name.text))
                    .did_you_mean(&name.text, known),
            );
        }
    }

    fn declared(&mut self, name: &Name, what: &str, is: impl Fn(&Body) -> bool) {
        let known: Vec<&str> = self
            .draft
            .declarations
            .iter()
            .filter(|declaration| is(&declaration.body))
            .map(|declaration| declaration.id.text.as_str())
            .collect();
        if !known.contains(&name.text.as_str()) {
            self.problems.push(
                self.draft
                    .error(Code::UnknownName, &name.place, format!("no {what} `{}`", name.text))
                    .did_you_mean(&name.text, known),
            );
        }
    }

    /// Stages and signals behind an `otherwise` of the same role.
    fn shadowed(&mut self) {
        let draft = self.draft;
        let mut last: Vec<(&str, Option<Role>)> = Vec::new();
        for declaration in &draft.declarations {
            let (Body::Stage { when } | Body::Signal { when, .. }) = &declaration.body else { continue };
            let word = space(&declaration.body);
            let behind =
                last.iter().any(|(known, role)| *known == word && (role.is_none() || *role == declaration.role));
            if behind {
                let message = format!("`{}` stands behind one that always matches", declaration.id.text);
                self.problems.push(draft.warning(Code::ShadowedStage, &declaration.id.place, message));
            }
            if *when == When::Otherwise {
                last.push((word, declaration.role));
            }
        }
    }

    fn unused(&mut self) {
        let shown = |body: &Body| matches!(body, Body::Condition { .. } | Body::Param { .. } | Body::Const { .. });
        let draft = self.draft;
        for declaration in draft.declarations.iter().filter(|declaration| shown(&declaration.body)) {
            let in_text = draft
                .declarations
                .iter()
                .filter_map(|d| d.because.as_ref())
                .any(|text| placeholders(&text.text).contains(&declaration.id.text));
            if !self.used.contains(&declaration.id.text) && !in_text {
                self.problems.push(draft.warning(
                    Code::UnusedDeclaration,
                    &declaration.id.place,
                    format!("nothing reads `{}`", declaration.id.text),
                ));
            }
        }
    }
}

/// The word for a declaration, which is also its name space.
fn space(body: &Body) -> &'static str {
    match body {
        Body::Header { .. } => "header",
        Body::Param { .. }
        | Body::Const { .. }
        | Body::Scale { .. }
        | Body::Aggregate { .. }
        | Body::Condition { .. } => "name",
        Body::Function { .. } => "fn",
        Body::Adjust { .. } => "adjust",
        Body::Rule { .. } => "rule",
        Body::Sign { .. } => "sign",
        Body::Overlay { .. } => "overlay",
        Body::Stage { .. } => "stage",
        Body::Signal { .. } => "signal",
        Body::Reason { .. } => "reason",
        Body::Band { .. } => "band",
        Body::Straightline { .. } | Body::Contradicts { .. } => "screen",
        Body::Floor { .. } => "floor",
        Body::BatchOnly => "batch_only",
        Body::Property { .. } => "property",
        Body::Monotone { .. } => "monotone",
        Body::NotMonotone { .. } => "not_monotone",
        Body::Never { .. } => "never",
    }
}

fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Study => "a",
        _ => "an",
    }
}
