//! What scales, aggregates and sums can come to, once all adjustments and rules of the variant are known.

use super::Model;
use crate::compile::{PartOf, RuleEffect};
use crate::exact::Exact;
use crate::script::{Attainable, Quantity};

impl Model<'_> {
    /// What scales and aggregates can come to, now that all adjustments are known.
    pub(super) fn finish_domain(&mut self) {
        for number in 0..self.variant.scales.len() {
            let (all, absent) =
                self.domain.quantities.get(&Quantity::RawScale(number)).cloned().unwrap_or((None, true));
            let limits: Vec<crate::ruleset::Limit> = self
                .variant
                .adjusts
                .iter()
                .filter(|adjust| adjust.scale == number)
                .map(|adjust| adjust.limit)
                .collect();
            let adjusted = all.map(|all| adjusted(all, &limits));
            let fills =
                self.fills.get(&Quantity::RawScale(number)).cloned().map(|fills| self::adjusted(fills, &limits));
            self.domain.quantities.insert(Quantity::Scale(number), (adjusted, absent));
            self.fills.extend(fills.map(|fills| (Quantity::Scale(number), fills)));
        }
        for number in 0..self.variant.aggregates.len() {
            let Some(aggregate) = self.variant.aggregates.get(number) else {
                continue;
            };
            let (mut low, mut high): (Option<Exact>, Option<Exact>) = (None, None);
            let mut lacking = 0;
            for part in &aggregate.parts {
                let quantity = match part.of {
                    PartOf::Scale(scale) => Quantity::Scale(scale),
                    PartOf::Aggregate(other) => Quantity::Aggregate(other),
                };
                let Some((Some(attainable), lacks)) = self.domain.quantities.get(&quantity) else {
                    continue;
                };
                lacking += usize::from(*lacks);
                let zero = part.zero_when.map(|_| Exact::from_integer(0));
                let (least, most) = ends(attainable);
                low = [low, least, zero].into_iter().flatten().min();
                high = [high, most, zero].into_iter().flatten().max();
            }
            let lacks = aggregate.parts.len() - lacking < aggregate.need;
            let attainable = low.zip(high).map(|(low, high)| Attainable::Between(low, high));
            self.fills.extend(attainable.clone().map(|attainable| (Quantity::Aggregate(number), attainable)));
            self.domain.quantities.insert(Quantity::Aggregate(number), (attainable, lacks));
        }
        for sum in 0..self.variant.points.len() {
            let points = self.variant.rules.iter().flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
                RuleEffect::Points(known, points) if *known == sum => Some(*points),
                _ => None,
            });
            let (low, high) = points.fold((0, 0), |(low, high), points| (low + points.min(0), high + points.max(0)));
            let attainable = Attainable::Between(crate::exact::whole(low), crate::exact::whole(high));
            self.domain.quantities.insert(Quantity::Points(sum), (Some(attainable), false));
        }
        self.domain.scale_items = self.variant.scales.iter().map(|scale| scale.items.len()).collect();
        self.domain.signs = self.variant.signs.len();
    }
}

/// The values together with those that any of the bounds, one after the other, can make of them.
fn adjusted(attainable: Attainable, limits: &[crate::ruleset::Limit]) -> Attainable {
    limits.iter().fold(attainable, |attainable, limit| match attainable {
        Attainable::Values(mut values) => {
            let bounded: Vec<Exact> = values.iter().map(|value| limit.apply(value)).collect();
            values.extend(bounded);
            values.sort();
            values.dedup();
            Attainable::Values(values)
        }
        Attainable::Between(low, high) => Attainable::Between(low.min(limit.apply(&low)), high.max(limit.apply(&high))),
    })
}

fn ends(attainable: &Attainable) -> (Option<Exact>, Option<Exact>) {
    match attainable {
        Attainable::Values(values) => (values.first().copied(), values.last().copied()),
        Attainable::Between(low, high) => (Some(*low), Some(*high)),
    }
}
