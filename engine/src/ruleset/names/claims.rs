//! What a ruleset states of itself: what is named exists, has an order, and is not stated twice.

use super::{Context, Names, Stratum};
use crate::diagnostic::Code;
use crate::questionnaire::Direction;
use crate::ruleset::declaration::{Declaration, Directed, Target};
use crate::ruleset::{Body, Kind, Name};
use crate::script::ReasonRead;

impl Names<'_, '_> {
    /// Only properties, which nothing is computed from, may look at what is reported in the end.
    pub(super) fn reported(&mut self, function: &Name, context: &Context, depth: usize) {
        // Inside a named condition it is told at the condition, which is no place for it either.
        if context.upto < Stratum::Signals && depth == 0 {
            let message = format!("{} cannot read `{}(...)`; only a property can", context.what, function.text);
            self.problems.push(self.draft.error(Code::WrongStratum, &function.place, message));
        }
    }

    /// A reason that a property asks for: a declared one, or one of the engine's own.
    pub(super) fn reason(&mut self, name: &Name) {
        let declared =
            self.draft.declarations.iter().filter(|declaration| Target::Reason.is_declared_by(&declaration.body));
        let mut known: Vec<&str> = declared.map(|declaration| declaration.id.text.as_str()).collect();
        let own: Vec<&str> = ReasonRead::OF_THE_ENGINE.into_iter().filter_map(ReasonRead::word).collect();
        let hint = match self.draft.kind {
            Kind::Assessment => format!("the engine's own that can be asked for are {}", own.join(", ")),
            _ => format!("a {} has no reasons", self.draft.kind.as_str()),
        };
        if self.draft.kind == Kind::Assessment {
            known.extend(own);
        }
        if !known.contains(&name.text.as_str()) {
            let problem = self.draft.error(Code::UnknownName, &name.place, format!("no reason `{}`", name.text));
            self.problems.push(problem.did_you_mean(&name.text, known).hint(hint));
        }
    }

    /// Items that are declared monotone, against what the questionnaire says of them.
    pub(super) fn monotone(&mut self, items: &[Directed]) {
        for Directed { item, direction } in items {
            self.ordered_item(item);
            let (here, there) = match direction {
                Direction::Concern => ("lower", "higher"),
                _ => ("higher", "lower"),
            };
            let known = self.draft.questionnaire.item(&item.text).and_then(|item| item.direction);
            if known.is_some_and(|known| known != Direction::Neutral && known != *direction) {
                let message = format!(
                    "a {here} answer to `{}` is the better one here, and a {there} one by the questionnaire",
                    item.text
                );
                let problem = self.draft.warning(Code::DirectionMismatch, &item.place, message);
                self.problems
                    .push(problem.hint("leave it out: where the questionnaire gives a direction, that is checked"));
            }
        }
    }

    /// An item whose answers have an order, outside of what the engine alone looks at.
    pub(super) fn ordered_item(&mut self, name: &Name) {
        if self.known_item(name) && !self.closed_item(name) && !self.has_numbers(name) {
            let message = format!("the answers to `{}` have no order", name.text);
            let problem = self.draft.error(Code::InvalidItem, &name.place, message);
            self.problems.push(problem.hint("only numbers, and choices whose values are numbers, have one"));
        }
    }

    /// No item is declared monotone twice, or both monotone and not, in any variant.
    pub(super) fn monotone_once(&mut self) {
        let draft = self.draft;
        let mut seen: Vec<(&str, &Declaration)> = Vec::new();
        for declaration in &draft.declarations {
            let items: Vec<&Name> = match &declaration.body {
                Body::Monotone { items } => items.iter().map(|directed| &directed.item).collect(),
                Body::NotMonotone { items } => items.iter().collect(),
                _ => continue,
            };
            for item in items {
                let word = |declaration: &Declaration| super::space(&declaration.body);
                let earlier = seen.iter().find(|(id, other)| *id == item.text && declaration.meets(other));
                if let Some((_, earlier)) = earlier {
                    let message = match (word(earlier), word(declaration)) {
                        (before, now) if before == now => format!("`{}` stands twice under `{now}`", item.text),
                        (before, now) => format!("`{}` cannot be both `{before}` and `{now}`", item.text),
                    };
                    self.problems.push(draft.error(Code::DuplicateId, &item.place, message));
                }
                seen.push((&item.text, declaration));
            }
        }
    }

    /// What never occurs must be something that could: one stage, overlay, signal, reason or rule.
    pub(super) fn never(&mut self, name: &Name, kind: Option<Target>) {
        let draft = self.draft;
        let found = draft.targets_named(kind, &name.text);
        match found.as_slice() {
            [_] => {}
            [] => {
                let wanted = |known: &Target| kind.is_none_or(|kind| kind == *known);
                let of = |declaration: &&Declaration| {
                    Target::ALL.into_iter().filter(wanted).any(|known| known.is_declared_by(&declaration.body))
                };
                let declared = draft.declarations.iter().filter(of);
                let mut known: Vec<&str> = declared.map(|declaration| declaration.id.text.as_str()).collect();
                if wanted(&Target::Reason) {
                    known.extend(draft.engine_reasons());
                }
                let what = kind.map_or("stage, overlay, signal, reason or rule", Target::as_str);
                let problem = draft.error(Code::UnknownName, &name.place, format!("no {what} `{}`", name.text));
                self.problems.push(problem.did_you_mean(&name.text, known));
            }
            [first, ..] => {
                let kinds: Vec<&str> = found.iter().map(|kind| kind.as_str()).collect();
                let message = format!("`{}` is the name of more than one thing: {}", name.text, kinds.join(", "));
                let problem = draft.error(Code::AmbiguousName, &name.place, message);
                self.problems.push(problem.hint(format!("say which: `never {} {}`", first.as_str(), name.text)));
            }
        }
    }
}
