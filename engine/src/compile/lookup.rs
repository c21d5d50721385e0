//! Comparisons by look-up: where what is compared has few states, the band of every combination is found once.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Model;
use super::tables::{Condition, TableVariable, Variable, code};
use crate::assess::Coded;
use crate::exact::Exact;
use crate::responses::Answer;
use crate::ruleset::Draft;
use crate::scoring::{Counted, Sums, Value};
use crate::script::{Attainable, Quantity, Subject};

/// The most combinations of states that are looked up; a comparison with more is made sheet by sheet. A design choice:
/// the table stays in the second cache, and a ruleset loads as fast as before.
const MOST_CODES: usize = 1 << 15;

/// The code of a subject for every combination of the states of its quantities.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    /// The quantities, and how many states each has.
    pub(crate) parts: Vec<(Quantity, usize)>,
    /// The last quantity changes fastest.
    pub(crate) codes: Vec<u8>,
}

impl Lookup {
    /// The look-up of a table variable; none if it is no subject, or has too many combinations.
    pub(super) fn of(model: &Model<'_>, draft: &Draft<'_>, variable: &TableVariable) -> Option<Self> {
        let Variable::Subject(subject) = &variable.variable else { return None };
        let states: Vec<(Quantity, Vec<Value>)> = subject
            .parts()
            .iter()
            .map(|(quantity, _)| Some((*quantity, states(model, draft, *quantity)?)))
            .collect::<Option<_>>()?;
        let count = states.iter().try_fold(1_usize, |count, (_, values)| count.checked_mul(values.len()))?;
        if count > MOST_CODES {
            return None;
        }
        let codes = (0..count).map(|number| combined(variable, subject, &states, number)).collect();
        Some(Self { parts: states.into_iter().map(|(quantity, values)| (quantity, values.len())).collect(), codes })
    }
}

/// The code of one combination.
fn combined(variable: &TableVariable, subject: &Subject, states: &[(Quantity, Vec<Value>)], number: usize) -> u8 {
    code(variable, subject, |wanted| {
        let mut rest = number;
        for (quantity, values) in states.iter().rev() {
            if *quantity == wanted {
                return values.get(rest % values.len()).copied().unwrap_or(Value::Unknown);
            }
            rest /= values.len();
        }
        Value::Unknown
    })
}

/// For each quantity of a sum or difference, one state for each value that it can have on completely answered sheets. A
/// quantity that has no states, or too many values to list, is left out.
pub(super) fn fill_states(
    model: &Model<'_>,
    draft: &Draft<'_>,
    conditions: &[Condition],
) -> BTreeMap<Quantity, Vec<u16>> {
    let mut found = BTreeMap::new();
    for quantity in conditions.iter().flat_map(|condition| &condition.shared) {
        if let (Some(Attainable::Values(fills)), Some(states), false) =
            (model.fills.get(quantity), states(model, draft, *quantity), found.contains_key(quantity))
        {
            let mut state_of: BTreeMap<Exact, u16> = BTreeMap::new();
            for (state, value) in (0_u16..).zip(&states) {
                state_of.extend(value.exact().map(|value| (value, state)));
            }
            let states: Option<Vec<u16>> = fills.iter().map(|value| state_of.get(value).copied()).collect();
            found.extend(states.map(|states| (*quantity, states)));
        }
    }
    found
}

/// For each scale with states, the sums that lead to them, with what the variables count of the same answers.
pub(super) fn sums(model: &Model<'_>, variables: &[TableVariable]) -> Vec<Option<Sums>> {
    let counted = |wanted: usize| {
        let subjects = variables.iter().filter_map(|variable| match &variable.variable {
            Variable::Subject(subject) => Some(subject),
            _ => None,
        });
        let counts = subjects.flat_map(|subject| subject.parts()).filter_map(|(quantity, _)| match quantity {
            Quantity::CountAtMost { scale, value } if *scale == wanted => Some(Counted::AtMost(*value)),
            Quantity::CountAtLeast { scale, value } if *scale == wanted => Some(Counted::AtLeast(*value)),
            _ => None,
        });
        counts.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let scales = model.variant().scales.iter().enumerate();
    scales.map(|(number, scale)| Some(scale.states.as_ref()?.sums(scale, counted(number)))).collect()
}

/// The value of each state of a quantity; none if it has too many. What the states are at a sheet is for
/// `assess::evaluate` to say.
fn states(model: &Model<'_>, draft: &Draft<'_>, quantity: Quantity) -> Option<Vec<Value>> {
    let variant = model.variant();
    let whole = |numerator: i64| Value::Known { numerator, denominator: 1 };
    let up_to = |most: usize| (0..=most as i64).map(whole).collect();
    match quantity {
        Quantity::Number(slot) => {
            let levels = &draft.questionnaire.slots.get(slot)?.levels;
            let value = |coded: Coded| match coded.answer() {
                Answer::Level(level) => levels.number(usize::from(level)).map_or(Value::Absent, whole),
                Answer::Missing(reason) if reason.is_unknown() => Value::Unknown,
                Answer::Missing(_) => Value::Absent,
            };
            (levels.count() < MOST_CODES).then(|| Coded::all(levels.count()).map(value).collect())
        }
        Quantity::CountAtMost { scale, .. } | Quantity::CountAtLeast { scale, .. } => {
            Some(up_to(variant.scales.get(scale)?.items.len()))
        }
        Quantity::Scale(scale) if variant.adjusts.iter().any(|adjust| adjust.scale == scale) => None,
        Quantity::RawScale(scale) | Quantity::Scale(scale) => {
            Some(variant.scales.get(scale)?.states.as_ref()?.scores().iter().map(|score| score.value).collect())
        }
        Quantity::Level(_) => Some(up_to(3)),
        Quantity::SignsPresent => Some(up_to(variant.signs.len())),
        Quantity::Points(_) => match model.domain.quantity(quantity).0? {
            Attainable::Between(low, high) => {
                let (low, high) = (i64::try_from(low.to_integer()).ok()?, i64::try_from(high.to_integer()).ok()?);
                let count = usize::try_from(high.checked_sub(low)?).ok()?;
                (count < MOST_CODES).then(|| (low..=high).map(whole).collect())
            }
            Attainable::Values(_) => None,
        },
        Quantity::Aggregate(_) => None,
    }
}
