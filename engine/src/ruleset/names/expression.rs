//! What a condition names and calls: each name is known, and is computed before its reader.

use std::collections::BTreeSet;

use super::{Context, NameKind, Names, Stratum};
use crate::diagnostic::Code;
use crate::ruleset::{Body, Draft, Effect, Expr, Name};
use crate::script::{FUNCTIONS, Namespace, function};

impl<'a> Names<'a, '_> {
    pub(super) fn expression(&mut self, expr: &'a Expr, context: &Context, depth: usize) {
        for name in &expr.names {
            self.used.insert(name.text.clone());
            match self.names.get(name.text.as_str()).copied() {
                Some(NameKind::Item) => {
                    self.closed_item(name);
                }
                Some(NameKind::Multi) => {
                    let problem = self.draft.error(
                        Code::UnknownName,
                        &name.place,
                        format!("`{}` has several answers", name.text),
                    );
                    self.problems.push(problem.hint(format!("ask for one of them: ticked(\"{}.option\")", name.text)));
                }
                Some(NameKind::Text) => {
                    self.problems.push(self.draft.error(
                        Code::InvalidItem,
                        &name.place,
                        format!("`{}` is free text, which is never scored", name.text),
                    ));
                }
                Some(NameKind::Scale) => self.stratum(name, Stratum::Scales, context),
                Some(NameKind::Aggregate) => self.stratum(name, Stratum::Aggregates, context),
                Some(NameKind::Number) => {}
                Some(NameKind::Condition(at)) => self.condition(name, at, expr, context, depth),
                None => {
                    let known: Vec<&str> = self.names.keys().copied().collect();
                    let message = format!("`{}` is no item, scale, aggregate, condition or parameter", name.text);
                    self.problems.push(
                        self.draft.error(Code::UnknownName, &name.place, message).did_you_mean(&name.text, known),
                    );
                }
            }
        }
        for (name, argument) in &expr.calls {
            self.call(name, argument.as_ref(), context, depth);
        }
    }

    /// A named condition stands for its text: it must be declared earlier, and what it reads must be readable here.
    pub(super) fn condition(&mut self, name: &Name, at: usize, expr: &Expr, context: &Context, depth: usize) {
        let Some(declaration) = self.draft.declarations.get(at) else {
            return;
        };
        let later = (declaration.id.place.file, declaration.id.place.span.start)
            >= (expr.place.file, expr.place.span.start)
            && self
                .draft
                .declarations
                .iter()
                .any(|d| matches!(&d.body, Body::Condition { when } if when.place == expr.place));
        if later || depth > 16 {
            self.problems.push(self.draft.error(
                Code::WrongStratum,
                &name.place,
                format!("the condition `{}` must be declared before it is used in another", name.text),
            ));
            return;
        }
        if let Body::Condition { when } = &declaration.body {
            let before = self.problems.len();
            self.expression(when, context, depth + 1);
            // What is wrong inside is told once, at the condition itself; what is wrong for this reader, here too.
            if self.problems.len() > before
                && self.problems.iter().skip(before).all(|problem| problem.code != Code::WrongStratum)
            {
                self.problems.truncate(before);
            }
        }
    }

    pub(super) fn stratum(&mut self, name: &Name, stratum: Stratum, context: &Context) {
        if stratum > context.upto {
            let message = format!("{} cannot read `{}`, which is computed later", context.what, name.text);
            self.problems.push(self.draft.error(Code::WrongStratum, &name.place, message));
        }
    }

    /// A helper sees only its parameters: it calls arithmetic and other helpers, and reads nothing.
    pub(super) fn helper(&mut self, id: &Name, calls: &[Name]) {
        if function(&id.text).is_some() {
            let message = format!("`{}` is a function of the language", id.text);
            self.problems.push(self.draft.error(Code::DuplicateId, &id.place, message));
        }
        for call in calls {
            let pure = ["min", "max", "abs"].contains(&call.text.as_str());
            let own = self.draft.declarations.iter().any(|declaration| {
                matches!(declaration.body, Body::Function { .. }) && declaration.id.text == call.text
            });
            if !pure && !own {
                let message = format!("a helper function cannot call `{}`", call.text);
                let problem = self.draft.error(Code::UnknownFunction, &call.place, message);
                self.problems.push(problem.hint("it sees only its parameters; read outside and pass what it needs"));
            }
        }
    }

    pub(super) fn call(&mut self, name: &Name, argument: Option<&Name>, context: &Context, depth: usize) {
        let Some(known) = function(&name.text) else {
            let own =
                self.draft.declarations.iter().filter(|declaration| matches!(declaration.body, Body::Function { .. }));
            let own: Vec<&str> = own.map(|declaration| declaration.id.text.as_str()).collect();
            if !own.contains(&name.text.as_str()) {
                let all = own.into_iter().chain(FUNCTIONS.iter().map(|function| function.name));
                let problem = self.draft.error(
                    Code::UnknownFunction,
                    &name.place,
                    format!("there is no function `{}`", name.text),
                );
                self.problems
                    .push(problem.did_you_mean(&name.text, all).hint("rulesets/API.md lists what a rule can call"));
            }
            return;
        };
        if known.names == Namespace::Nothing {
            match known.name {
                "flagged" if !context.flagged => {
                    let message = format!(
                        "{} cannot read `flagged()`; only overlays, properties and rules that note can",
                        context.what
                    );
                    self.problems.push(self.draft.error(Code::WrongStratum, &name.place, message));
                }
                "signs_present" => self.stratum(name, Stratum::Rules, context),
                _ => {}
            }
            return;
        }
        let Some(argument) = argument else {
            let problem =
                self.draft.error(Code::Syntax, &name.place, format!("`{}` takes a name in quotes", known.name));
            self.problems.push(problem.hint(known.signature));
            return;
        };
        self.used.insert(argument.text.clone());
        match known.names {
            Namespace::ItemOrScale => match self.names.get(argument.text.as_str()) {
                Some(NameKind::Item) => {
                    self.closed_item(argument);
                }
                Some(NameKind::Scale) => self.stratum(argument, Stratum::Scales, context),
                _ => {
                    let known: Vec<&str> = self
                        .names
                        .iter()
                        .filter(|(_, kind)| matches!(kind, NameKind::Scale | NameKind::Item))
                        .map(|(name, _)| *name)
                        .collect();
                    self.problems.push(
                        self.draft
                            .error(Code::UnknownName, &argument.place, format!("no item or scale `{}`", argument.text))
                            .did_you_mean(&argument.text, known),
                    );
                }
            },
            Namespace::Option => {
                let slot = self
                    .draft
                    .questionnaire
                    .slots
                    .iter()
                    .find(|slot| slot.option.is_some() && slot.id == argument.text);
                match slot.and_then(|slot| self.draft.questionnaire.item_of(slot)) {
                    Some(item) if item.block => self.safety_item(argument),
                    Some(_) => {}
                    None => {
                        let known: Vec<&str> = self
                            .draft
                            .questionnaire
                            .slots
                            .iter()
                            .filter(|slot| slot.option.is_some())
                            .map(|slot| slot.id.as_str())
                            .collect();
                        self.problems.push(
                            self.draft
                                .error(
                                    Code::UnknownItem,
                                    &argument.place,
                                    format!("no item option `{}`", argument.text),
                                )
                                .did_you_mean(&argument.text, known),
                        );
                    }
                }
            }
            Namespace::Scale => {
                self.named(argument, NameKind::Scale, "scale");
                self.stratum(argument, Stratum::Items, context);
            }
            Namespace::Rule => {
                self.declared(argument, "rule", |body| matches!(body, Body::Rule { .. }));
                self.stratum(argument, Stratum::Rules, context);
                self.tainted(argument, context, depth);
            }
            Namespace::Sign => {
                self.declared(argument, "sign", |body| matches!(body, Body::Sign { .. }));
                self.stratum(argument, Stratum::Rules, context);
            }
            Namespace::Points => {
                self.points(argument);
                self.stratum(argument, Stratum::Rules, context);
            }
            Namespace::Overlay => {
                self.declared(argument, "overlay", |body| matches!(body, Body::Overlay { .. }));
                self.stratum(argument, Stratum::Overlays, context);
                self.tainted(argument, context, depth);
            }
            Namespace::Stage => {
                self.declared(argument, "stage", |body| matches!(body, Body::Stage { .. }));
                self.stratum(argument, Stratum::Stages, context);
            }
            Namespace::Signal => {
                self.declared(argument, "signal", |body| matches!(body, Body::Signal { .. }));
                self.reported(name, context, depth);
            }
            Namespace::Reason => {
                self.reason(argument);
                self.reported(name, context, depth);
            }
            Namespace::Nothing => {}
        }
    }

    /// A rule or overlay that reads `flagged()` must not reach stage or signal in a roundabout way.
    pub(super) fn tainted(&mut self, name: &Name, context: &Context, depth: usize) {
        if context.flagged || depth > 16 {
            return;
        }
        let draft = self.draft;
        let reads_flag =
            draft.declarations.iter().filter(|declaration| declaration.id.text == name.text).any(|declaration| {
                match &declaration.body {
                    Body::Rule { when, .. } | Body::Overlay { when } => reads_flagged(draft, when, 0),
                    _ => false,
                }
            });
        if reads_flag {
            let message = format!("{} cannot read `{}`, which reads `flagged()`", context.what, name.text);
            self.problems.push(draft.error(Code::WrongStratum, &name.place, message));
        }
    }

    pub(super) fn points(&mut self, name: &Name) {
        let known: BTreeSet<&str> = self
            .draft
            .declarations
            .iter()
            .flat_map(|declaration| match &declaration.body {
                Body::Rule { effects, .. } => effects.as_slice(),
                _ => &[],
            })
            .filter_map(|effect| match effect {
                Effect::Points { name, .. } => Some(name.text.as_str()),
                _ => None,
            })
            .collect();
        if !known.contains(name.text.as_str()) {
            self.problems.push(
                self.draft
                    .error(Code::UnknownName, &name.place, format!("no rule gives points `{}`", name.text))
                    .did_you_mean(&name.text, known),
            );
        }
    }

    /// The names in `{...}` of a sentence.
    pub(super) fn sentence(&mut self, text: Option<&Name>) {
        let Some(text) = text else { return };
        for name in placeholders(&text.text) {
            let is_sign = self
                .draft
                .declarations
                .iter()
                .any(|declaration| matches!(declaration.body, Body::Sign { .. }) && declaration.id.text == name);
            if !self.closed_item(&Name { text: name.clone(), place: text.place.clone() })
                && !is_sign
                && name != "bond"
                && !matches!(
                    self.names.get(name.as_str()),
                    Some(NameKind::Item | NameKind::Multi | NameKind::Scale | NameKind::Aggregate | NameKind::Number)
                )
            {
                let known: Vec<&str> = self.names.keys().copied().collect();
                let message = format!("`{{{name}}}` names no item, scale, aggregate, sign or parameter");
                self.problems
                    .push(self.draft.error(Code::UnknownName, &text.place, message).did_you_mean(&name, known));
            }
        }
    }
}

fn reads_flagged(draft: &Draft<'_>, expr: &Expr, depth: usize) -> bool {
    expr.calls.iter().any(|(name, argument)| {
        name.text == "flagged"
            || name.text == "fired"
                && depth < 16
                && draft.declarations.iter().any(|declaration| match &declaration.body {
                    Body::Rule { when, .. } => {
                        argument.as_ref().is_some_and(|rule| rule.text == declaration.id.text)
                            && reads_flagged(draft, when, depth + 1)
                    }
                    _ => false,
                })
    }) || expr.names.iter().any(|name| {
        depth < 16
            && draft.declarations.iter().any(|declaration| match &declaration.body {
                Body::Condition { when } => declaration.id.text == name.text && reads_flagged(draft, when, depth + 1),
                _ => false,
            })
    })
}

/// The names in `{...}`; `{{` is a brace.
pub(crate) fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        rest = match after.strip_prefix('{') {
            Some(literal) => literal,
            None => match after.split_once('}') {
                Some((name, after)) => {
                    names.push(name.trim().to_owned());
                    after
                }
                None => "",
            },
        };
    }
    names
}
