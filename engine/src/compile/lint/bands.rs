//! Bands of one scale and one population that contradict each other, or leave scores out between them.

use std::collections::BTreeMap;

use crate::compile::{Band, Variant};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, format_half_up};
use crate::ruleset::{Body, Comparison, Draft, Place};
use crate::scoring::Scale;
use crate::script::Attainable;

/// A band and where it is declared.
type Placed<'a> = (&'a Band, &'a Place);

pub(super) fn lint(draft: &Draft<'_>, variant: &Variant, problems: &mut Vec<Diagnostic>) {
    // Bands stand in the variant as they are declared, those of scales that it lacks left out.
    let scales: BTreeMap<&str, &Scale> = variant.scales.iter().map(|scale| (scale.id.as_str(), scale)).collect();
    let declared = draft.for_role(variant.role).filter(|declaration| {
        matches!(declaration.body, Body::Band { .. }) && scales.contains_key(declaration.id.text.as_str())
    });
    let mut groups: BTreeMap<(usize, &str), Vec<Placed<'_>>> = BTreeMap::new();
    for (band, declaration) in variant.bands.iter().zip(declared) {
        groups.entry((band.scale, &band.population)).or_default().push((band, &declaration.id.place));
    }
    for ((scale, _), bands) in &groups {
        let Some(scale) = variant.scales.get(*scale) else { continue };
        twice(draft, bands, problems);
        if bands.iter().any(|(band, _)| is_below(band)) && !bands.iter().all(|(band, _)| is_below(band)) {
            borders(draft, scale, bands, problems);
        }
    }
}

fn is_below(band: &Band) -> bool {
    matches!(band.comparison, Comparison::Below | Comparison::AtMost)
}

/// The same cut declared once more.
fn twice(draft: &Draft<'_>, bands: &[Placed<'_>], problems: &mut Vec<Diagnostic>) {
    for (at, (band, place)) in bands.iter().enumerate() {
        let same = |(other, _): &Placed<'_>| (other.comparison, other.value) == (band.comparison, band.value);
        if let Some((other, _)) = bands.iter().take(at).copied().find(|placed| same(placed)) {
            let message = format!("this band has the cut of \"{}\": {}", other.label, cut(band));
            let problem = draft.warning(Code::BandOverlap, place, message);
            problems.push(problem.hint("leave one out, or say in `population` for whom each of them was found"));
        }
    }
}

/// Scores that bands of both directions hold for, or none.
fn borders(draft: &Draft<'_>, scale: &Scale, bands: &[Placed<'_>], problems: &mut Vec<Diagnostic>) {
    let holds = |(band, _): &Placed<'_>, score: &Exact| band.comparison.holds(score, &band.value);
    let scores = scores(scale, bands);
    for (at, upper) in bands.iter().enumerate() {
        let others = bands.iter().take(at).filter(|lower| is_below(lower.0) != is_below(upper.0));
        for lower in others {
            if let Some(score) = scores.iter().find(|score| holds(lower, score) && holds(upper, score)) {
                let message = format!("a score of {} is in this band and in \"{}\"", shown(score), lower.0.label);
                let problem = draft.warning(Code::BandOverlap, upper.1, message);
                problems.push(problem.hint("let one of the two cuts leave the number out: `<` beside `>=`"));
            }
        }
    }
    let left_out = scores.iter().find(|score| !bands.iter().any(|band| holds(band, score)));
    if let (Some(score), Some((_, place))) = (left_out, bands.last()) {
        let message = format!("a score of {} is in no band of `{}`", shown(score), scale.id);
        let problem = draft.warning(Code::BandGap, place, message);
        problems.push(problem.hint("move a cut, or declare a band for what lies between"));
    }
}

/// The scores to try: all that can come out, or those around the cuts where they are too many to list.
fn scores(scale: &Scale, bands: &[Placed<'_>]) -> Vec<Exact> {
    match scale.attainable().1 {
        Attainable::Values(values) => values,
        Attainable::Between(low, high) => {
            let mut cuts: Vec<Exact> = bands.iter().map(|(band, _)| band.value).collect();
            cuts.sort();
            let middles = cuts.iter().zip(cuts.iter().skip(1)).map(|(a, b)| (a + b) / Exact::from_integer(2));
            let mut scores: Vec<Exact> = cuts.iter().copied().chain(middles).collect();
            scores.retain(|score| (low..=high).contains(score));
            scores.sort();
            scores
        }
    }
}

fn cut(band: &Band) -> String {
    format!("{} {}", band.comparison.as_str(), shown(&band.value))
}

fn shown(value: &Exact) -> String {
    format_half_up(value, 4)
}
