//! Which parameters are set to which values.

use bearings_engine::diagnostic::nearest;
use bearings_engine::exact::{Exact, parse_decimal, whole};
use bearings_engine::{Parameter, Ruleset};

use super::number;
use crate::args::SweepArgs;
use crate::exit::Failure;

/// The most values of one parameter. A design choice: more take long and fit no screen.
const MOST: usize = 100;
/// The most steps of 1, unless a step is given.
const STEPS: i64 = 24;

/// The parameters and their values, in the order of their declaration.
///
/// # Errors
/// There is no such parameter, or a value is outside of its range.
pub(super) fn plan<'a>(args: &SweepArgs, ruleset: &'a Ruleset) -> Result<Vec<(&'a Parameter, Vec<Exact>)>, Failure> {
    let Some(span) = &args.param else {
        let ends = ruleset.parameters.iter().map(|parameter| {
            let mut ends = vec![parameter.from, parameter.to];
            ends.retain(|end| *end != parameter.value);
            (parameter, ends)
        });
        return Ok(ends.collect());
    };
    let Some(parameter) = ruleset.parameters.iter().find(|parameter| parameter.name == span.name) else {
        let names = || ruleset.parameters.iter().map(|parameter| parameter.name.as_str());
        let near = nearest(&span.name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let known = match ruleset.parameters.is_empty() {
            true => "it declares none".to_owned(),
            false => names().collect::<Vec<_>>().join(", "),
        };
        let name = span.name.escape_debug();
        let message = format!("`{}` has no parameter `{name}`{near} (declared: {known})", ruleset.id);
        return Err(Failure::Usage(message));
    };
    if span.from < parameter.from || span.to > parameter.to {
        return Err(Failure::Usage(format!(
            "`{}` is declared from {} to {}; the ruleset says nothing about other values",
            parameter.name,
            number(&parameter.from),
            number(&parameter.to)
        )));
    }
    let step = args.step.unwrap_or_else(|| usual_step(parameter, span.from, span.to));
    let mut values = vec![span.from];
    // A step of 0 is the tenth of no range at all.
    while let Some(next) = values.last().map(|last| *last + step).filter(|next| *next <= span.to && step > whole(0)) {
        if values.len() == MOST {
            return Err(Failure::Usage(format!("that makes more than {MOST} values; take a greater --step")));
        }
        values.push(next);
    }
    if values.iter().any(|value| parse_decimal(&number(value)) != Some(*value)) {
        return Err(Failure::Usage("a value has more decimals than a parameter can have; give a --step".to_owned()));
    }
    Ok(vec![(parameter, values)])
}

/// 1 for a parameter in whole numbers, unless that makes too many; else a tenth of the range.
fn usual_step(parameter: &Parameter, from: Exact, to: Exact) -> Exact {
    let is_whole = [from, to, parameter.default].iter().all(Exact::is_integer);
    if is_whole && to - from <= whole(STEPS) { whole(1) } else { (to - from) / whole(10) }
}
