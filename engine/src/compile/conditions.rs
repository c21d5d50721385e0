//! Runs the conditions of a variant over everything they can read, and reports what goes wrong, with a witness.

use std::rc::Rc;

use super::Property;
use super::model::{Model, WantedProperty};
use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::Questionnaire;
use crate::ruleset::{Body, Draft, Expr, Place};
use crate::script::{
    Explored, MAX_PATHS_OF_VARIANT, Meaning, Quantity, Read, ReasonRead, Script, ScriptError, ScriptErrorKind, Subject,
    Tree, explore,
};

/// The interpreter for conditions, and the one for adjustments (where scale names mean raw scales).
pub(super) struct Interpreters {
    pub(super) plain: Script,
    pub(super) raw: Script,
}

/// Sets up the interpreters of a variant: its names, helper functions and named conditions.
pub(super) fn interpreters(draft: &Draft<'_>, model: &Model<'_>, problems: &mut Vec<Diagnostic>) -> Interpreters {
    let questionnaire = Rc::new(draft.questionnaire.clone());
    let mut plain = Script::new(Rc::clone(&questionnaire), model.names.clone(), model.ids.clone());
    let mut raw_names = model.names.clone();
    raw_names.extend(model.raw_names.clone());
    let mut raw = Script::new(questionnaire, raw_names, model.ids.clone());
    for declaration in &draft.declarations {
        if let Body::Function { text, .. } = &declaration.body
            && let Err(error) = plain.add_function(text).and_then(|()| raw.add_function(text))
        {
            let start = function_place(declaration).span.start;
            let span = error
                .span
                .clone()
                .map_or(declaration.id.place.span.clone(), |span| span.start + start..span.end + start);
            problems.push(draft.error(code(&error), &Place { span, ..declaration.id.place.clone() }, error.message));
        }
    }
    Interpreters { plain, raw }
}

/// Where the text of a helper function stands.
fn function_place(declaration: &crate::ruleset::Declaration) -> Place {
    let Body::Function { text, .. } = &declaration.body else {
        return declaration.id.place.clone();
    };
    let start = declaration
        .id
        .place
        .span
        .start
        .saturating_sub(text.get(2..).and_then(|rest| rest.find(&declaration.id.text)).map_or(0, |at| at + 2));
    Place { file: declaration.id.place.file, span: start..start + text.len() }
}

/// What exploring a variant gives.
#[derive(Default)]
pub(super) struct ExploredVariant {
    /// The decision tree of every condition, in the order of their numbers.
    pub(super) conditions: Vec<Tree>,
    pub(super) properties: Vec<Property>,
}

/// Explores every condition, then every property.
pub(super) fn explore_all(draft: &Draft<'_>, model: &Model<'_>, problems: &mut Vec<Diagnostic>) -> ExploredVariant {
    let before = problems.len();
    let scripts = interpreters(draft, model, problems);
    // Without a helper, every condition that calls it would fail once more.
    if problems.len() > before {
        return ExploredVariant::default();
    }
    let domain = Rc::new(model.domain.clone());
    let mut left = MAX_PATHS_OF_VARIANT;
    let mut tree_of = |script: &Script, expr: &Expr| match script.compile(&expr.text) {
        Err(error) => Err(failure(draft, model, expr, &error, &[])),
        Ok(compiled) => match explore(script, &expr.text, &compiled, &domain, left) {
            Explored::Tree(tree, paths) => {
                left = left.saturating_sub(paths);
                Ok(tree)
            }
            Explored::Failed(error, witness) => Err(failure(draft, model, expr, &error, &witness)),
            Explored::TooLarge(reads) => Err(too_large(draft, model, expr, &reads)),
        },
    };
    let mut trees = Vec::new();
    for wanted in &model.conditions {
        let script = if wanted.raw { &scripts.raw } else { &scripts.plain };
        let expr = wanted.expr;
        match tree_of(script, expr) {
            Ok(tree) => {
                // A named condition is tabulated twice, and told of once.
                let twice = |other: &super::model::Wanted<'_>| !other.raw && other.expr.place == expr.place;
                if !wanted.raw || !model.conditions.iter().any(twice) {
                    warn(draft, model, expr, &tree, &trees, problems);
                }
                trees.push(tree);
            }
            Err(problem) => {
                problems.push(problem);
                trees.push(Tree::Leaf(false));
            }
        }
    }
    let mut properties = Vec::new();
    for WantedProperty { declaration, expr } in &model.properties {
        match tree_of(&scripts.plain, expr) {
            Ok(tree) => {
                warn_of_property(draft, model, expr, &tree, problems);
                let id = declaration.id.text.clone();
                properties.push(Property {
                    title: declaration.title.clone().unwrap_or_else(|| id.clone()),
                    id,
                    because: declaration.because.as_ref().map(|text| text.text.clone()),
                    at: draft.at(&declaration.id.place),
                    tree,
                });
            }
            Err(problem) => problems.push(problem),
        }
    }
    ExploredVariant { conditions: trees, properties }
}

/// A property that says nothing, or that no sheet can have. That it negates what may be missing is its very shape.
fn warn_of_property(draft: &Draft<'_>, model: &Model<'_>, expr: &Expr, tree: &Tree, problems: &mut Vec<Diagnostic>) {
    // In a variant that lacks some of what it reads, a property may well be constant.
    if !model.names_only_what_is_inside(expr) {
        return;
    }
    if !tree.reaches(false) {
        let message = "this property holds whatever is found, so it says nothing";
        problems.push(draft.warning(Code::AlwaysTrue, &expr.place, message));
    } else if !tree.reaches(true) {
        problems.push(draft.warning(Code::NeverTrue, &expr.place, "no answers can have this property"));
    }
    comparisons(draft, model, expr, problems);
}

/// A condition that never or always holds, or that turns a missing value into a yes.
fn warn(
    draft: &Draft<'_>,
    model: &Model<'_>,
    expr: &Expr,
    tree: &Tree,
    trees: &[Tree],
    problems: &mut Vec<Diagnostic>,
) {
    // In a form that lacks some of what it reads, a condition may well be constant.
    if expr.names.iter().any(|name| model.names.get(&name.text) == Some(&Meaning::Absent)) {
        return;
    }
    let reads_something = !expr.names.is_empty() || !expr.calls.is_empty();
    if reads_something && !tree.reaches(true) {
        problems.push(draft.warning(Code::NeverTrue, &expr.place, "no answers can make this condition hold"));
    } else if reads_something && !tree.reaches(false) {
        problems.push(draft.warning(Code::AlwaysTrue, &expr.place, "this condition holds whatever the answers are"));
    }
    comparisons(draft, model, expr, problems);
    let lacks = expr.negated.iter().any(|name| match model.names.get(name) {
        Some(Meaning::Slot(slot)) => model.domain.slots.get(*slot).is_some_and(|(_, lacks)| *lacks),
        Some(Meaning::Quantity(quantity)) => model.domain.quantity(*quantity).1,
        Some(Meaning::Condition(number)) => trees.get(*number).is_some_and(|tree| may_lack(model, tree)),
        _ => false,
    });
    // `!answered(...)` asks for missing answers on purpose.
    let asks = expr.calls.iter().any(|(name, _)| name.text == "answered");
    if lacks && !asks {
        let problem =
            draft.warning(Code::NegatedMissing, &expr.place, "`!` also holds when an answer here does not apply");
        problems.push(problem.hint("write the opposite comparison, or add `answered(...)`"));
    }
}

/// Comparisons of an item with a literal that none of its answers, or all of them, make true.
fn comparisons(draft: &Draft<'_>, model: &Model<'_>, expr: &Expr, problems: &mut Vec<Diagnostic>) {
    for (name, operator, literal) in &expr.comparisons {
        let Some(Meaning::Slot(slot)) = model.names.get(&name.text) else { continue };
        let Some(levels) = draft.questionnaire.slots.get(*slot).map(|slot| &slot.levels) else { continue };
        let mut truths =
            (0..levels.count()).filter_map(|level| levels.value(level)).map(|value| operator.holds(&value, literal));
        let first = truths.next().unwrap_or(false);
        // An answer that does not apply makes every comparison false.
        let lacks = model.domain.slots.get(*slot).is_some_and(|(_, lacks)| *lacks);
        if truths.any(|truth| truth != first) || (first && lacks) {
            continue;
        }
        // The whole condition may have been reported already, from the same place on.
        let reported = |problem: &Diagnostic| {
            matches!(problem.code, Code::NeverTrue | Code::AlwaysTrue)
                && problem.span.as_ref().is_some_and(|span| span.start == name.place.span.start)
        };
        if problems.iter().any(reported) {
            continue;
        }
        let what = if first { "every answer" } else { "no answer" };
        let message = format!("{what} to `{}` makes this comparison true", name.text);
        problems.push(draft.warning(Code::OutOfRange, &name.place, message));
    }
}

/// Whether a condition compares something that can be without a value.
fn may_lack(model: &Model<'_>, tree: &Tree) -> bool {
    let mut lacks = false;
    tree.for_each_read(&mut |read| {
        lacks |= match read {
            Read::HasValue(_) => true,
            Read::Slot(slot) => model.domain.slots.get(*slot).is_some_and(|(_, lacks)| *lacks),
            _ => false,
        }
    });
    lacks
}

fn code(error: &ScriptError) -> Code {
    match error.kind {
        ScriptErrorKind::Limit => Code::ScriptLimit,
        ScriptErrorKind::NotYesOrNo => Code::NotAComparison,
        ScriptErrorKind::Other => Code::ScriptError,
    }
}

/// A script error as a diagnostic at the right place, with the answers that lead to it.
fn failure(
    draft: &Draft<'_>,
    model: &Model<'_>,
    expr: &Expr,
    error: &ScriptError,
    witness: &[(Read, usize)],
) -> Diagnostic {
    let within = |place: &Place| {
        let length = place.span.end - place.span.start;
        let span = error.span.clone().map_or(place.span.clone(), |span| {
            let start = place.span.start + span.start.min(length);
            start..(place.span.start + span.end.min(length)).max(start)
        });
        Place { file: place.file, span }
    };
    let functions =
        || draft.declarations.iter().filter(|declaration| matches!(declaration.body, Body::Function { .. }));
    let place = match error.function.and_then(|number| functions().nth(number)) {
        Some(declaration) => within(&function_place(declaration)),
        None => within(&expr.place),
    };
    let problem = draft.error(code(error), &place, error.message.clone());
    if witness.is_empty() {
        return problem;
    }
    let shown: Vec<String> =
        witness.iter().map(|(read, alternative)| describe(draft.questionnaire, model, read, *alternative)).collect();
    problem.hint(format!("it fails for example when {}", shown.join(", ")))
}

fn too_large(draft: &Draft<'_>, model: &Model<'_>, expr: &Expr, reads: &[Read]) -> Diagnostic {
    let mut names: Vec<String> = reads.iter().map(|read| read_name(draft.questionnaire, model, read)).collect();
    names.sort();
    names.dedup();
    let shown = names.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    draft
        .error(Code::TooManyPaths, &expr.place, format!("this condition reads too much to be tabulated: {shown}"))
        .hint("let it read a scale instead of many items, or split it into several rules")
}

fn describe(questionnaire: &Questionnaire, model: &Model<'_>, read: &Read, alternative: usize) -> String {
    let name = read_name(questionnaire, model, read);
    match read {
        Read::Slot(slot) => match questionnaire.slots.get(*slot).and_then(|slot| slot.levels.value(alternative)) {
            Some(value) => format!("{name} is {value}"),
            None => format!("{name} does not apply"),
        },
        Read::Passes(_, cut) => {
            let than = if alternative == 1 { "at least about" } else { "at most about" };
            format!("{name} is {than} {}", crate::exact::format_half_up(cut.at(), 2))
        }
        Read::HasValue(_) if alternative == 0 => format!("{name} has no value"),
        Read::HasValue(_) => format!("{name} has a value"),
        _ if alternative == 0 => format!("{name} is no"),
        _ => format!("{name} is yes"),
    }
}

fn read_name(questionnaire: &Questionnaire, model: &Model<'_>, read: &Read) -> String {
    let slot = |slot: &usize| questionnaire.slots.get(*slot).map_or_else(String::new, |slot| format!("`{}`", slot.id));
    let variant = model.variant();
    match read {
        Read::Slot(at) => slot(at),
        Read::SlotAnswered(at) => format!("whether {} is answered", slot(at)),
        Read::HasValue(subject) | Read::Passes(subject, _) => subject_name(questionnaire, variant, subject),
        Read::ScaleAnswered(at) => {
            variant.scales.get(*at).map_or_else(String::new, |scale| format!("whether `{}` is answered", scale.id))
        }
        Read::Fired(at) => {
            variant.rules.get(*at).map_or_else(String::new, |rule| format!("whether `{}` fired", rule.id))
        }
        Read::Overlay(at) => {
            variant.overlays.get(*at).map_or_else(String::new, |overlay| format!("the overlay `{}`", overlay.id))
        }
        Read::StageIs(at) => {
            variant.stages.get(*at).map_or_else(String::new, |stage| format!("whether the stage is `{}`", stage.id))
        }
        Read::Condition(at) => {
            model.conditions.get(*at).map_or_else(String::new, |wanted| format!("whether `{}` holds", wanted.expr.text))
        }
        Read::Flagged => "whether a flag is up".into(),
        Read::SignalIs(at) => {
            variant.signals.get(*at).map_or_else(String::new, |signal| format!("whether the signal is `{}`", signal.id))
        }
        Read::ReasonIs(reason) => {
            let word = match reason {
                ReasonRead::Declared(at) => variant.reasons.get(*at).map(|reason| reason.id.as_str()),
                of_the_engine => of_the_engine.word(),
            };
            format!("whether the reason is `{}`", word.unwrap_or_default())
        }
    }
}

/// A subject as an author would write it: `consistency - felt_safety`.
pub(crate) fn subject_name(questionnaire: &Questionnaire, variant: &super::Variant, subject: &Subject) -> String {
    let name = |quantity: &Quantity| match quantity {
        Quantity::Number(at) => questionnaire.slots.get(*at).map(|slot| slot.id.clone()),
        Quantity::RawScale(at) | Quantity::Scale(at) => variant.scales.get(*at).map(|scale| scale.id.clone()),
        Quantity::Aggregate(at) => variant.aggregates.get(*at).map(|aggregate| aggregate.id.clone()),
        Quantity::Level(at) => variant.signs.get(*at).map(|sign| format!("level({})", sign.id)),
        Quantity::SignsPresent => Some("signs_present()".to_owned()),
        Quantity::Points(at) => variant.points.get(*at).cloned(),
        Quantity::CountAtMost { scale, value } => {
            variant.scales.get(*scale).map(|scale| format!("count_at_most({}, {value})", scale.id))
        }
        Quantity::CountAtLeast { scale, value } => {
            variant.scales.get(*scale).map(|scale| format!("count_at_least({}, {value})", scale.id))
        }
    };
    let mut text = String::new();
    for (quantity, factor) in subject.parts() {
        let negative = *factor < crate::exact::whole(0);
        let size = if negative { -*factor } else { *factor };
        text.push_str(match (text.is_empty(), negative) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        });
        if size != crate::exact::whole(1) {
            text.push_str(&format!("{} * ", crate::exact::format_half_up(&size, 4)));
        }
        text.push_str(&name(quantity).unwrap_or_default());
    }
    text
}
