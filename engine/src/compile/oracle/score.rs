//! What scales come to, computed once more in the plainest way.
#![expect(clippy::indexing_slicing, reason = "sheets and keys are made with the sizes that index them")]

use crate::exact::Exact;
use crate::responses::Answer;
use crate::ruleset::Aggregation;
use crate::scoring::Scale;
use crate::script::Quantity;

/// What a scale comes to, computed once more: none below the minimum, `Some(None)` if nothing applies.
pub(super) fn plain_score(scale: &Scale, answers: &[Answer]) -> Option<Option<Exact>> {
    let applies = |answer: &Answer| match answer {
        Answer::Level(_) => true,
        Answer::Missing(reason) => reason.is_unknown(),
    };
    let asked = scale.items.iter().filter(|item| applies(&answers[item.slot])).count();
    if asked == 0 {
        return Some(None);
    }
    let whole = |number: i64| Exact::from_integer(i128::from(number));
    let answered: Vec<_> =
        scale.items.iter().filter_map(|item| Some((item, whole(item.keyed[answers[item.slot].level()?])))).collect();
    if answered.len() < scale.need.of(asked).max(1) {
        return None;
    }
    let sum = |values: Vec<Exact>| values.into_iter().fold(whole(0), |a, b| a + b);
    let weight = sum(answered.iter().map(|(item, _)| whole(item.weight)).collect());
    Some(Some(match scale.aggregation {
        Aggregation::Percent => {
            let share = |item: &crate::scoring::ScaleItem, value: Exact| {
                whole(100) * (value - whole(item.min)) / whole(item.max - item.min)
            };
            sum(answered.iter().map(|(item, value)| whole(item.weight) * share(item, *value)).collect()) / weight
        }
        Aggregation::Mean => sum(answered.iter().map(|(item, value)| whole(item.weight) * *value).collect()) / weight,
        Aggregation::Sum if answered.len() == asked => {
            sum(answered.iter().map(|(item, value)| whole(item.weight) * *value).collect())
        }
        Aggregation::Sum => {
            let all: Vec<_> = scale.items.iter().filter(|item| applies(&answers[item.slot])).collect();
            let low = sum(all.iter().map(|item| whole(item.weight * item.min)).collect());
            let range = sum(all.iter().map(|item| whole(item.weight * (item.max - item.min))).collect());
            let got = sum(answered.iter().map(|(item, v)| whole(item.weight) * (*v - whole(item.min))).collect());
            let possible = sum(answered.iter().map(|(item, _)| whole(item.weight * (item.max - item.min))).collect());
            low + got / possible * range
        }
    }))
}

/// A count over a scale, if the quantity is one of this scale.
pub(super) fn count(quantity: Quantity, number: usize, scale: &Scale, answers: &[Answer]) -> Option<Exact> {
    let keyed = || scale.items.iter().filter_map(|item| Some(item.keyed[answers[item.slot].level()?]));
    match quantity {
        Quantity::CountAtMost { scale, value } if scale == number => {
            Some(Exact::from_integer(keyed().filter(|keyed| *keyed <= value).count() as i128))
        }
        Quantity::CountAtLeast { scale, value } if scale == number => {
            Some(Exact::from_integer(keyed().filter(|keyed| *keyed >= value).count() as i128))
        }
        _ => None,
    }
}
