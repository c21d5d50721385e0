//! What rules can call: one row a function, with its documentation, and its implementation. `rulesets/API.md` is
//! made from these rows.

use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString};

use super::Session;
use super::form::{Comparable, Cut, Form, Quantity};
use super::read::Read;
use crate::exact::{self, Exact};
use crate::questionnaire::OptionValue;

/// What the first argument of a function names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// An item or a scale.
    ItemOrScale,
    /// An option of a multi item: `item.option`.
    Option,
    /// A scale.
    Scale,
    /// A rule.
    Rule,
    /// A sign.
    Sign,
    /// A sum of points.
    Points,
    /// An overlay.
    Overlay,
    /// A stage.
    Stage,
    /// A signal.
    Signal,
    /// A reason, declared or the engine's own.
    Reason,
    /// It takes no name.
    Nothing,
}

/// A function of the language.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) names: Namespace,
    pub(crate) doc: &'static str,
}

/// Every function, in the order of the reference.
pub(crate) const FUNCTIONS: [Function; 16] = [
    Function {
        name: "answered",
        signature: "answered(\"x\")",
        names: Namespace::ItemOrScale,
        doc: "Whether item `x` is answered, or scale `x` has reached its minimum. Always known, also when the answer is missing.",
    },
    Function {
        name: "ticked",
        signature: "ticked(\"item.option\")",
        names: Namespace::Option,
        doc: "Whether an option of a multi item is ticked.",
    },
    Function {
        name: "count_at_most",
        signature: "count_at_most(\"scale\", 2)",
        names: Namespace::Scale,
        doc: "How many of the answered items of a scale have a keyed value of at most 2. Always known.",
    },
    Function {
        name: "count_at_least",
        signature: "count_at_least(\"scale\", 4)",
        names: Namespace::Scale,
        doc: "How many of the answered items of a scale have a keyed value of at least 4. Always known.",
    },
    Function {
        name: "fired",
        signature: "fired(\"rule\")",
        names: Namespace::Rule,
        doc: "Whether a rule fired; no while it is undecided. For overlays, stages, signals and reasons.",
    },
    Function {
        name: "level",
        signature: "level(\"sign\")",
        names: Namespace::Sign,
        doc: "The level of a sign, 0 to 3. For overlays, stages, signals and reasons.",
    },
    Function {
        name: "signs_present",
        signature: "signs_present()",
        names: Namespace::Nothing,
        doc: "How many signs are present. For overlays, stages, signals and reasons.",
    },
    Function {
        name: "points_of",
        signature: "points_of(\"keep\")",
        names: Namespace::Points,
        doc: "The sum of the points of this name over the rules that fired. For stages and signals of studies.",
    },
    Function {
        name: "overlay_is",
        signature: "overlay_is(\"overlay\")",
        names: Namespace::Overlay,
        doc: "Whether an overlay applies. For stages, signals and reasons.",
    },
    Function {
        name: "stage_is",
        signature: "stage_is(\"stage\")",
        names: Namespace::Stage,
        doc: "Whether this is the stage. For signals and reasons.",
    },
    Function {
        name: "signal_is",
        signature: "signal_is(\"signal\")",
        names: Namespace::Signal,
        doc: "Whether this is the signal that is reported, after the honesty tests and the gate; no where the result is withheld. For properties only.",
    },
    Function {
        name: "reason_is",
        signature: "reason_is(\"reason\")",
        names: Namespace::Reason,
        doc: "Whether this is the reason that is reported with the signal: a declared one, or of the engine's own `held_back`, `contradictory`, `close_call`, `other_path`, `not_enough_answered`; no where the result is withheld. For properties of assessments only.",
    },
    Function {
        name: "flagged",
        signature: "flagged()",
        names: Namespace::Nothing,
        doc: "Whether the safety gate raised a flag, or lacks an answer without which it cannot rule one out. For overlays, rules that only note, and properties.",
    },
    Function {
        name: "min",
        signature: "min(a, b)",
        names: Namespace::Nothing,
        doc: "The smaller of two whole numbers.",
    },
    Function {
        name: "max",
        signature: "max(a, b)",
        names: Namespace::Nothing,
        doc: "The greater of two whole numbers.",
    },
    Function { name: "abs", signature: "abs(a)", names: Namespace::Nothing, doc: "A whole number without its sign." },
];

/// The function of this name.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The function reference as Markdown, for `rulesets/API.md`.
pub fn reference() -> String {
    let mut text = String::from(include_str!("api.md"));
    for function in &FUNCTIONS {
        text.push_str(&format!("| `{}` | {} |\n", function.signature, function.doc));
    }
    text
}

/// An answer that does not exist here: every comparison with it is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NoValue;

pub(super) fn no_value() -> Dynamic {
    Dynamic::from(NoValue)
}

pub(super) fn number(value: &Exact) -> Dynamic {
    match (value.is_integer(), i64::try_from(*value.numer())) {
        (true, Ok(whole)) => Dynamic::from(whole),
        _ => Dynamic::from(Form::constant(*value)),
    }
}

pub(super) fn quantity(quantity: Quantity) -> Dynamic {
    Dynamic::from(Form::quantity(quantity))
}

pub(super) fn answer(value: &OptionValue) -> Dynamic {
    match value {
        OptionValue::Number(number) => Dynamic::from(*number),
        OptionValue::Word(word) => Dynamic::from(word.clone()),
    }
}

type Outcome<T> = Result<T, Box<EvalAltResult>>;

const TOO_LARGE: &str = "the numbers here become too large or too fine to be exact";

/// Something that stands for a number: `i64`, a decimal literal, a form.
trait Numeric: Clone {
    fn form(&self) -> Outcome<Form>;
}

impl Numeric for i64 {
    fn form(&self) -> Outcome<Form> {
        if self.unsigned_abs() > 1_000_000_000 {
            return Err(TOO_LARGE.into());
        }
        Ok(Form::constant(exact::whole(*self)))
    }
}

impl Numeric for f64 {
    fn form(&self) -> Outcome<Form> {
        // A literal such as 66.7 is the decimal that it prints as.
        exact::parse_decimal(&self.to_string()).map(Form::constant).ok_or_else(|| TOO_LARGE.into())
    }
}

impl Numeric for Form {
    fn form(&self) -> Outcome<Form> {
        Ok(self.clone())
    }
}

#[derive(Clone, Copy)]
enum Order {
    Less,
    AtMost,
    AtLeast,
    Greater,
    Equal,
    NotEqual,
}

impl Order {
    const ALL: [(&'static str, Order); 6] = [
        ("<", Order::Less),
        ("<=", Order::AtMost),
        (">=", Order::AtLeast),
        (">", Order::Greater),
        ("==", Order::Equal),
        ("!=", Order::NotEqual),
    ];

    fn holds(self, difference: &Exact) -> bool {
        let zero = exact::whole(0);
        match self {
            Order::Less => *difference < zero,
            Order::AtMost => *difference <= zero,
            Order::AtLeast => *difference >= zero,
            Order::Greater => *difference > zero,
            Order::Equal => *difference == zero,
            Order::NotEqual => *difference != zero,
        }
    }

    fn flip(self) -> Self {
        match self {
            Order::Less => Order::Greater,
            Order::AtMost => Order::AtLeast,
            Order::AtLeast => Order::AtMost,
            Order::Greater => Order::Less,
            same => same,
        }
    }
}

fn compare(session: &Session, left: &Form, right: &Form, order: Order) -> Outcome<bool> {
    let (subject, bound, order) = match left.compare(right).ok_or(TOO_LARGE)? {
        Comparable::Numbers(difference) => return Ok(order.holds(&difference)),
        Comparable::Form { subject, bound, flipped } => (subject, bound, if flipped { order.flip() } else { order }),
    };
    // A comparison with something that has no value is false, whatever it asks.
    if session.may_lack_value(&subject) && session.read(Read::HasValue(subject.clone()))? == 0 {
        return Ok(false);
    }
    let passes = |cut: Cut| session.read(Read::Passes(subject.clone(), cut)).map(|answer| answer == 1);
    let (reaches, exceeds) = (Cut::at_least(bound), Cut::greater(bound));
    Ok(match order {
        Order::AtLeast => passes(reaches)?,
        Order::Greater => passes(exceeds)?,
        Order::AtMost => !passes(exceeds)?,
        Order::Less => !passes(reaches)?,
        Order::Equal => passes(reaches)? && !passes(exceeds)?,
        Order::NotEqual => !passes(reaches)? || passes(exceeds)?,
    })
}

fn arithmetic<A: Numeric, B: Numeric>(left: &A, right: &B, operator: &str) -> Outcome<Form> {
    let (left, right) = (left.form()?, right.form()?);
    let result = match operator {
        "+" => left.add(&right),
        "-" => right.scale(&exact::whole(-1)).and_then(|negative| left.add(&negative)),
        "*" => match (left.as_constant(), right.as_constant()) {
            (_, Some(by)) => left.scale(&by),
            (Some(by), _) => right.scale(&by),
            _ => return Err("scores cannot be multiplied with each other".into()),
        },
        _ => match right.as_constant() {
            Some(by) if by == exact::whole(0) => return Err("division by zero".into()),
            Some(by) => exact::div(&exact::whole(1), &by).and_then(|inverse| left.scale(&inverse)),
            None => return Err("nothing can be divided by a score".into()),
        },
    };
    result.ok_or_else(|| TOO_LARGE.into())
}

fn register_numeric<A: Numeric + 'static, B: Numeric + 'static>(
    engine: &mut Engine,
    session: &Rc<Session>,
    operators: [&'static str; 4],
) {
    for operator in operators {
        engine.register_fn(operator, move |left: A, right: B| arithmetic(&left, &right, operator));
    }
    for (name, order) in Order::ALL {
        let session = Rc::clone(session);
        engine.register_fn(name, move |left: A, right: B| compare(&session, &left.form()?, &right.form()?, order));
    }
}

/// Comparisons that Rhai would silently answer with "no" are errors: they are always mistakes.
fn refuse<A: Clone + 'static, B: Clone + 'static>(engine: &mut Engine, what: &'static str) {
    for (name, _) in Order::ALL {
        engine.register_fn(name, move |_: A, _: B| -> Outcome<bool> { Err(what.into()) });
        engine.register_fn(name, move |_: B, _: A| -> Outcome<bool> { Err(what.into()) });
    }
}

fn register_no_value<B: Clone + 'static>(engine: &mut Engine) {
    for (name, _) in Order::ALL {
        engine.register_fn(name, |_: NoValue, _: B| false);
        engine.register_fn(name, |_: B, _: NoValue| false);
    }
    for name in ["+", "-", "*", "/"] {
        engine.register_fn(name, |_: NoValue, _: B| NoValue);
        engine.register_fn(name, |_: B, _: NoValue| NoValue);
    }
}

/// Gives the engine the operators and functions of the language.
pub(super) fn register(engine: &mut Engine, session: &Rc<Session>) {
    const ALL: [&str; 4] = ["+", "-", "*", "/"];
    engine.register_type_with_name::<Form>("Form").register_type_with_name::<NoValue>("NoValue");
    register_numeric::<Form, Form>(engine, session, ALL);
    register_numeric::<Form, i64>(engine, session, ALL);
    register_numeric::<i64, Form>(engine, session, ALL);
    register_numeric::<Form, f64>(engine, session, ALL);
    register_numeric::<f64, Form>(engine, session, ALL);
    register_numeric::<f64, f64>(engine, session, ALL);
    register_numeric::<f64, i64>(engine, session, ALL);
    register_numeric::<i64, f64>(engine, session, ALL);
    // Whole numbers add and multiply as Rhai does (checked); only division must stay exact.
    engine.register_fn("/", |left: i64, right: i64| arithmetic(&left, &right, "/"));
    engine.register_fn("-", |form: Form| {
        form.scale(&exact::whole(-1)).ok_or_else(|| Box::<EvalAltResult>::from(TOO_LARGE))
    });
    engine.register_fn("!", |truth: bool| !truth);
    engine.register_fn("-", |number: i64| number.checked_neg().ok_or_else(|| Box::<EvalAltResult>::from(TOO_LARGE)));
    engine.register_fn("-", |number: f64| -number);
    for name in ["%", "**", "<<", ">>", "&", "|", "^"] {
        let refusal = format!("`{name}` is not part of the language");
        engine.register_fn(name, move |_: i64, _: i64| -> Outcome<i64> { Err(refusal.as_str().into()) });
    }
    refuse::<bool, i64>(engine, "a yes or no is compared with a number");
    refuse::<bool, f64>(engine, "a yes or no is compared with a number");
    refuse::<bool, Form>(engine, "a yes or no is compared with a score");
    refuse::<bool, ImmutableString>(engine, "a yes or no is compared with a word");
    refuse::<ImmutableString, i64>(engine, "a word is compared with a number");
    refuse::<ImmutableString, f64>(engine, "a word is compared with a number");
    refuse::<ImmutableString, Form>(engine, "a word is compared with a score");
    register_no_value::<i64>(engine);
    register_no_value::<f64>(engine);
    register_no_value::<Form>(engine);
    register_no_value::<ImmutableString>(engine);
    engine.register_fn("-", |_: NoValue| NoValue);
    for (name, _) in Order::ALL {
        engine.register_fn(name, |_: NoValue, _: NoValue| false);
    }
    for name in ALL {
        engine.register_fn(name, |_: NoValue, _: NoValue| NoValue);
    }
    engine.register_fn("min", |a: i64, b: i64| a.min(b));
    engine.register_fn("max", |a: i64, b: i64| a.max(b));
    engine.register_fn("abs", |a: i64| a.saturating_abs());
    register_reads(engine, session);
}

fn unknown(what: &str, name: &str) -> Box<EvalAltResult> {
    format!("there is no {what} `{name}`").into()
}

fn register_reads(engine: &mut Engine, session: &Rc<Session>) {
    let yes = |session: &Session, read: Read| session.read(read).map(|answer| answer == 1);

    let s = Rc::clone(session);
    engine.register_fn("answered", move |name: ImmutableString| {
        match (s.ids.slots.get(name.as_str()), s.ids.scales.get(name.as_str())) {
            (Some(slot), _) => slot.map_or(Ok(false), |slot| yes(&s, Read::SlotAnswered(slot))),
            (None, Some(scale)) => scale.map_or(Ok(false), |scale| yes(&s, Read::ScaleAnswered(scale))),
            (None, None) => Err(unknown("item or scale", &name)),
        }
    });
    let s = Rc::clone(session);
    engine.register_fn("ticked", move |name: ImmutableString| match s.ids.slots.get(name.as_str()) {
        Some(slot) => slot.map_or(Ok(false), |slot| yes(&s, Read::Slot(slot))),
        None => Err(unknown("item option", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("count_at_most", move |name: ImmutableString, value: i64| {
        match s.ids.scales.get(name.as_str()) {
            Some(scale) => Ok(scale.map_or_else(no_value, |scale| quantity(Quantity::CountAtMost { scale, value }))),
            None => Err(unknown("scale", &name)),
        }
    });
    let s = Rc::clone(session);
    engine.register_fn("count_at_least", move |name: ImmutableString, value: i64| {
        match s.ids.scales.get(name.as_str()) {
            Some(scale) => Ok(scale.map_or_else(no_value, |scale| quantity(Quantity::CountAtLeast { scale, value }))),
            None => Err(unknown("scale", &name)),
        }
    });
    let s = Rc::clone(session);
    engine.register_fn("fired", move |name: ImmutableString| match s.ids.rules.get(name.as_str()) {
        Some(rule) => rule.map_or(Ok(false), |rule| yes(&s, Read::Fired(rule))),
        None => Err(unknown("rule", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("level", move |name: ImmutableString| match s.ids.signs.get(name.as_str()) {
        Some(sign) => Ok(sign.map_or_else(|| Dynamic::from(0_i64), |sign| quantity(Quantity::Level(sign)))),
        None => Err(unknown("sign", &name)),
    });
    engine.register_fn("signs_present", || quantity(Quantity::SignsPresent));
    let s = Rc::clone(session);
    engine.register_fn("points_of", move |name: ImmutableString| match s.ids.points.get(name.as_str()) {
        Some(sum) => Ok(sum.map_or_else(|| Dynamic::from(0_i64), |sum| quantity(Quantity::Points(sum)))),
        None => Err(unknown("sum of points", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("overlay_is", move |name: ImmutableString| match s.ids.overlays.get(name.as_str()) {
        Some(overlay) => overlay.map_or(Ok(false), |overlay| yes(&s, Read::Overlay(overlay))),
        None => Err(unknown("overlay", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("stage_is", move |name: ImmutableString| match s.ids.stages.get(name.as_str()) {
        Some(stage) => stage.map_or(Ok(false), |stage| yes(&s, Read::StageIs(stage))),
        None => Err(unknown("stage", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("signal_is", move |name: ImmutableString| match s.ids.signals.get(name.as_str()) {
        Some(signal) => signal.map_or(Ok(false), |signal| yes(&s, Read::SignalIs(signal))),
        None => Err(unknown("signal", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("reason_is", move |name: ImmutableString| match s.ids.reasons.get(name.as_str()) {
        Some(reason) => reason.map_or(Ok(false), |reason| yes(&s, Read::ReasonIs(reason))),
        None => Err(unknown("reason", &name)),
    });
    let s = Rc::clone(session);
    engine.register_fn("flagged", move || yes(&s, Read::Flagged));
}
