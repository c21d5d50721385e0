//! The Rhai engine that rules run in: no packages, counted limits, exact arithmetic, and nothing to reach outside.

use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, OptimizationLevel, ParseError, ParseErrorType, Position};

use super::read::Read;
use super::{Meaning, Session, api};

// All limits are counts, the same in debug and release (Rhai's own defaults differ between the two).
const MAX_OPERATIONS: u64 = 5_000;
const MAX_CALL_LEVELS: usize = 8;
const MAX_EXPRESSION_DEPTH: usize = 64;
const MAX_STRING_BYTES: usize = 256;
pub(super) const MAX_FUNCTIONS: usize = 64;
const MAX_VARIABLES: usize = 32;

/// Words of Rhai that rules do not have.
const DISABLED: [&str; 14] = [
    "eval",
    "import",
    "export",
    "print",
    "debug",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "try",
    "throw",
    "this",
    "private",
    "type_of",
];

/// An engine whose names and functions read through the session.
pub(super) fn engine(session: &Rc<Session>) -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None) // the optimiser folds calls and placeholders away
        .set_fast_operators(false) // lets our operators win over the built-in ones
        .set_allow_looping(false)
        .set_allow_anonymous_fn(false)
        .set_allow_shadowing(false)
        .set_max_operations(MAX_OPERATIONS)
        .set_max_call_levels(MAX_CALL_LEVELS)
        .set_max_expr_depths(MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_DEPTH)
        .set_max_string_size(MAX_STRING_BYTES)
        .set_max_functions(MAX_FUNCTIONS)
        .set_max_variables(MAX_VARIABLES);
    for word in DISABLED {
        engine.disable_symbol(word);
    }
    let resolver = Rc::clone(session);
    #[expect(
        deprecated,
        reason = "marked so only because it may change; the version is pinned and tests would see it"
    )]
    engine.on_var(move |name, _, _| match resolver.names.get(name) {
        None => Ok(None),
        Some(meaning) => value_of(&resolver, meaning).map(Some),
    });
    api::register(&mut engine, session);
    engine
}

fn value_of(session: &Rc<Session>, meaning: &Meaning) -> Result<Dynamic, Box<EvalAltResult>> {
    match meaning {
        Meaning::Absent => Ok(api::no_value()),
        Meaning::Number(value) => Ok(api::number(value)),
        Meaning::Quantity(quantity) => Ok(api::quantity(*quantity)),
        Meaning::Slot(slot) => {
            let alternative = session.read(Read::Slot(*slot))?;
            let value = session.questionnaire.slots.get(*slot).and_then(|slot| slot.levels.value(alternative));
            Ok(value.map_or_else(api::no_value, |value| api::answer(&value)))
        }
        Meaning::Condition(number) => Ok(Dynamic::from(session.read(Read::Condition(*number))? == 1)),
    }
}

/// The error inside calls, and the function it happened in.
pub(super) fn innermost(error: &EvalAltResult) -> (&EvalAltResult, Option<&str>) {
    let (mut inner, mut function) = (error, None);
    while let EvalAltResult::ErrorInFunctionCall(name, _, cause, _) = inner {
        function = Some(name.as_str());
        inner = cause;
    }
    (inner, function)
}

/// Whether a helper's text declares a function of this name.
pub(super) fn is_function_named(source: &str, name: &str) -> bool {
    source
        .trim_start_matches("fn")
        .trim_start()
        .strip_prefix(name)
        .is_some_and(|rest| rest.trim_start().starts_with('('))
}

pub(super) fn is_limit(error: &EvalAltResult) -> bool {
    matches!(
        error,
        EvalAltResult::ErrorTooManyOperations(_)
            | EvalAltResult::ErrorStackOverflow(_)
            | EvalAltResult::ErrorDataTooLarge(..)
            | EvalAltResult::ErrorTooManyVariables(_)
            | EvalAltResult::ErrorTerminated(..)
    )
}

pub(super) fn is_parse_limit(error: &ParseError) -> bool {
    matches!(
        error.err_type(),
        ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions | ParseErrorType::LiteralTooLarge(..)
    )
}

/// What happened, in words for people who write rules.
pub(super) fn plain_message(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorFunctionNotFound(signature, _) => not_found(signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            format!("`{name}` is not known here; a helper function sees only its parameters")
        }
        EvalAltResult::ErrorTooManyOperations(_) => {
            format!("it takes more than {MAX_OPERATIONS} operations")
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            format!("calls are nested more than {MAX_CALL_LEVELS} deep")
        }
        EvalAltResult::ErrorDataTooLarge(..) => "a value grows too large".into(),
        EvalAltResult::ErrorTerminated(..) => "it reads too much".into(),
        EvalAltResult::ErrorMismatchDataType(wanted, found, _) => {
            format!("{} is needed here, this is {}", plain_type(wanted), plain_type(found))
        }
        EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
        EvalAltResult::ErrorArithmetic(text, _) => text.clone(),
        other => without_position(&other.to_string(), other.position()),
    }
}

pub(super) fn plain_parse_message(error: &ParseError) -> String {
    match error.err_type() {
        ParseErrorType::ExprTooDeep => {
            format!("this is nested, or chained, more than {MAX_EXPRESSION_DEPTH} deep; split it with `condition`")
        }
        ParseErrorType::VariableUndefined(name) => {
            format!("`{name}` is not known here; a helper function sees only its parameters")
        }
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// "Function not found: + (string, i64)" in words.
fn not_found(signature: &str) -> String {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    let types: Vec<&str> = types.trim_end_matches(')').split(", ").map(plain_type).collect();
    if name.chars().any(|c| c.is_alphanumeric()) {
        format!("there is no `{name}` that takes {}", types.join(" and "))
    } else {
        format!("`{name}` cannot be used with {}", types.join(" and "))
    }
}

/// The types of Rhai, as authors know them.
pub(super) fn plain_type(kind: &str) -> &str {
    match kind.trim() {
        "i64" | "INT" | "int" => "a whole number",
        "f64" | "FLOAT" | "float" => "a decimal number",
        "bool" => "a yes or no",
        "string" | "&str | ImmutableString | String" => "a word",
        "()" | "" => "nothing",
        kind if kind.contains("NoValue") => "an answer that may have no value",
        kind if kind.contains("Form") => "a score or number",
        _ => "something else",
    }
}

fn without_position(text: &str, position: Position) -> String {
    let suffix = format!(" ({position})");
    text.strip_suffix(&suffix).unwrap_or(text).to_owned()
}
