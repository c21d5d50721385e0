//! What no sheet has shown yet: whether any could, and a few sheets that do.

use std::collections::{BTreeMap, BTreeSet};

use super::asks::asked_about;
use super::collect::{Covered, Target};
use super::parts::{Outcome, Part, Place, Shows, parts};
use super::search::{Looked, Search, Seat, Shown};
use crate::analysis::Witness;
use crate::compile::{OutcomeWhen, Variant};
use crate::diagram::OverBudget;
use crate::questionnaire::{Form, Role};
use crate::ruleset::{Kind, Ruleset};

/// Whether a sheet can show a target. Of several roles and forms the last word here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// No sheet that answers every question can, of no role and form.
    Never,
    /// No sheet that answers every question can; what it is about asks for missing answers, and one of them might.
    OnlyIncomplete,
    /// It could not be told within the budget.
    Unknown,
    /// Some sheet does.
    Possible,
}

/// A target that nothing has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The target.
    pub target: Target,
    /// Whether anything can.
    pub verdict: Reach,
}

/// A sheet that closes gaps, confirmed by the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The sheet.
    pub witness: Witness,
    /// What it shows that nothing has shown, in the order of the parts.
    pub covers: Vec<Target>,
}

/// What is missing, and sheets for it.
#[derive(Debug, Clone)]
pub struct Gaps {
    /// What nothing has shown.
    pub gaps: Vec<Gap>,
    /// Few sheets that together show all that is possible.
    pub sheets: Vec<Suggestion>,
}

/// Whether what is missing can be shown at all. `budget` is the most nodes of the diagrams of a role and form.
pub fn gaps(ruleset: &Ruleset, covered: &Covered, budget: usize) -> Vec<Gap> {
    let mut work = Work::new(ruleset, covered, budget);
    for variant in work.variants() {
        work.look_through(variant);
    }
    work.gaps()
}

/// The same, with sheets.
pub fn suggestions(ruleset: &Ruleset, covered: &Covered, budget: usize) -> Gaps {
    let mut work = Work::new(ruleset, covered, budget);
    let mut sheets = Vec::new();
    for variant in work.variants() {
        if let Some((mut search, found)) = work.look_through(variant) {
            work.fill(&mut search, found, &mut sheets);
        }
    }
    Gaps { gaps: work.gaps(), sheets }
}

/// What is missing, and what is known of it so far.
struct Work<'a> {
    ruleset: &'a Ruleset,
    covered: &'a Covered,
    budget: usize,
    verdicts: BTreeMap<Target, Option<Reach>>,
}

/// A target that a sheet of a variant shows.
struct Found {
    target: Target,
    sheet: Seat,
    /// How to look for others like it; none if something is left out of it.
    way: Option<Shown>,
}

impl<'a> Work<'a> {
    fn new(ruleset: &'a Ruleset, covered: &'a Covered, budget: usize) -> Self {
        let verdicts = covered.missing().into_iter().map(|target| (target, None)).collect();
        Self { ruleset, covered, budget, verdicts }
    }

    /// The variants, those first whose diagrams are small.
    fn variants(&self) -> Vec<&'a Variant> {
        let mut variants: Vec<(Role, Form)> = self.covered.variants.clone();
        variants.sort_by_key(|(role, form)| (*form == Form::Full, *role));
        variants.into_iter().filter_map(|(role, form)| self.ruleset.variant(role, form)).collect()
    }

    fn gaps(&self) -> Vec<Gap> {
        let verdict = |verdict: &Option<Reach>| verdict.unwrap_or(Reach::Unknown);
        self.verdicts.iter().map(|(target, own)| Gap { target: *target, verdict: verdict(own) }).collect()
    }

    fn note(&mut self, target: Target, verdict: Reach) {
        if let Some(known) = self.verdicts.get_mut(&target) {
            *known = (*known).max(Some(verdict));
        }
    }

    fn is_open(&self, target: Target) -> bool {
        self.verdicts.get(&target).is_some_and(|verdict| *verdict != Some(Reach::Possible))
    }

    /// Looks for everything that is still open and that a variant could show. None if nothing is.
    fn look_through(&mut self, variant: &'a Variant) -> Option<(Search<'a>, Vec<Found>)> {
        let number = |part: &Part| self.covered.parts.iter().position(|tried| tried.part.is(part));
        let mut places: Vec<(usize, Place)> = parts(self.ruleset.kind, variant)
            .into_iter()
            .filter_map(|(part, place)| Some((number(&part)?, place)))
            .collect();
        let targets: Vec<Target> = self.verdicts.keys().copied().filter(|target| self.is_open(*target)).collect();
        let placed = |target: &Target| {
            let (_, place) = places.iter().find(|(part, _)| *part == target.part)?;
            let is_there = match target.shows {
                Shows::Holds | Shows::Fails | Shows::Undecided => place.condition.is_some(),
                Shows::Reached => place.outcome.is_some(),
                Shows::Pivotal => place.deciding.is_some(),
            };
            is_there.then_some((*target, *place))
        };
        let open: Vec<(Target, Place)> = targets.iter().filter_map(placed).collect();
        if open.is_empty() {
            return None;
        }
        // Whether other rules are pivotal, too, does not pay to look at.
        let wanted: BTreeSet<usize> = open
            .iter()
            .filter(|(target, _)| target.shows == Shows::Pivotal)
            .filter_map(|(_, place)| place.deciding)
            .collect();
        for (_, place) in &mut places {
            place.deciding = place.deciding.filter(|rule| wanted.contains(rule));
        }
        let conditions: BTreeSet<usize> = open
            .iter()
            .filter(|(target, _)| matches!(target.shows, Shows::Holds | Shows::Fails))
            .filter_map(|(_, place)| place.condition)
            .collect();
        let Ok(mut search) = Search::new(self.ruleset, variant, places, &conditions, self.budget) else {
            open.iter().for_each(|(target, _)| self.note(*target, Reach::Unknown));
            return None;
        };
        let mut found = Vec::new();
        for (target, place) in open {
            let verdict = match search.look_for(target, place) {
                Ok(Looked::Shown(shown)) => {
                    found.push(Found { target, sheet: shown.sheet.clone(), way: Some(shown) });
                    Reach::Possible
                }
                Ok(Looked::Nowhere) => {
                    nowhere(self.ruleset.kind, &mut search, target, place, &mut found).unwrap_or(Reach::Unknown)
                }
                Ok(Looked::Unconfirmed) | Err(_) => Reach::Unknown,
            };
            self.note(target, verdict);
        }
        Some((search, found))
    }

    /// Few sheets that show all that was found: each one as much as goes together.
    fn fill(&mut self, search: &mut Search<'_>, mut found: Vec<Found>, sheets: &mut Vec<Suggestion>) {
        while !found.is_empty() {
            let first = found.remove(0);
            let own = |shows: &BTreeSet<Target>| -> Vec<Target> {
                shows.iter().copied().filter(|target| self.verdicts.contains_key(target)).collect()
            };
            let mut sheet = first.sheet;
            if let Some(way) = &first.way {
                let mut levels = way.levels.clone();
                for other in found.iter().filter_map(|other| other.way.as_ref()) {
                    let Some(more) = search.joined(&levels, other.function) else { continue };
                    let joined = search.sheet(first.target, &more).filter(|joined| joined.is_calm == sheet.is_calm);
                    if let Some(joined) = joined {
                        (levels, sheet) = (more, joined);
                    }
                }
            }
            let covers = own(&sheet.shows);
            found.retain(|other| !covers.contains(&other.target));
            covers.iter().for_each(|target| self.note(*target, Reach::Possible));
            // What an earlier one shows as well need not be said again.
            let told = |target: &Target| sheets.iter().any(|known: &Suggestion| known.covers.contains(target));
            let covers = covers.into_iter().filter(|target| !told(target)).collect();
            sheets.push(Suggestion { witness: sheet.witness, covers });
        }
    }
}

/// No sheet that answers every question shows it. Where it asks for missing answers, some are left out.
fn nowhere(
    kind: Kind,
    search: &mut Search<'_>,
    target: Target,
    place: Place,
    found: &mut Vec<Found>,
) -> Result<Reach, OverBudget> {
    let variant = search.variant();
    let asked = asked_about(variant, read_for(kind, variant, target, place));
    // An earlier reason that is open lets the next one be read, whatever they ask.
    let is_reason = target.shows == Shows::Reached && matches!(place.outcome, Some(Outcome::Reason(_)));
    if asked.is_empty() && !(is_reason && search.holds_behind_others(place)?) {
        return Ok(Reach::Never);
    }
    let sheet = search.left_out(target, place, &asked)?;
    Ok(match sheet.or_else(|| search.with_gaps(target, place)) {
        Some(sheet) => {
            found.push(Found { target, sheet, way: None });
            Reach::Possible
        }
        None => Reach::OnlyIncomplete,
    })
}

/// The conditions on which it depends whether a sheet shows a target.
fn read_for(kind: Kind, variant: &Variant, target: Target, place: Place) -> Vec<usize> {
    let ladder = |outcomes: &[crate::compile::Outcome], upto: usize| -> Vec<usize> {
        let conditions = outcomes.iter().take(upto + 1).filter_map(|outcome| match outcome.when {
            OutcomeWhen::Condition(condition) => Some(condition),
            _ => None,
        });
        conditions.collect()
    };
    match (target.shows, place.outcome) {
        (Shows::Reached, Some(Outcome::Stage(stage))) => ladder(&variant.stages, stage),
        // The signal of an assessment is that of the fills of a sheet, on which nothing is missing.
        (Shows::Reached, Some(Outcome::Signal(_))) if kind == Kind::Assessment => Vec::new(),
        (Shows::Reached, Some(Outcome::Signal(signal))) => ladder(&variant.signals, signal),
        (Shows::Reached, Some(Outcome::Reason(reason))) => ladder(&variant.reasons, reason),
        _ => place.condition.into_iter().collect(),
    }
}
