//! `--fail-on`: moves that must not be.

use bearings_engine::diagnostic::nearest;
use bearings_engine::{Count, ENGINE_SIGNALS, Impact, Matrix, NoImpact, Ruleset, UNPLACED, Variant};

use super::people::People;
use crate::args::Transition;
use crate::exit::Failure;

/// A move that must not be, and how often it is.
#[derive(Debug)]
pub(super) struct Verdict {
    /// The move, as it was typed.
    pub(super) on: String,
    /// How many move so; none if nobody knows.
    pub(super) found: Option<Count>,
}

impl Verdict {
    /// Whether somebody moves so, or nothing shows that nobody does.
    pub(super) fn fails(&self) -> bool {
        self.found.as_ref().is_none_or(|found| !found.is_zero())
    }
}

/// The ids of stages and of signals that can occur on either side.
fn known(old: &Ruleset, new: &Ruleset) -> (Vec<String>, Vec<String>) {
    let variants = || old.variants().chain(new.variants()).map(|(_, variant)| variant);
    let ids = |of: fn(&Variant) -> Vec<&String>, engine: &[&str]| {
        let mut ids: Vec<String> = Vec::new();
        for id in variants().flat_map(of) {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        if !ids.is_empty() {
            ids.extend(engine.iter().map(|id| (*id).to_owned()));
        }
        ids
    };
    (
        ids(|variant| variant.stages.iter().map(|stage| &stage.id).collect(), &[UNPLACED]),
        ids(|variant| variant.signals.iter().map(|signal| &signal.id).collect(), &ENGINE_SIGNALS),
    )
}

/// Refuses a move that no sheet could make, since nothing is called so.
pub(super) fn refuse_unknown(moves: &[Transition], old: &Ruleset, new: &Ruleset) -> Result<(), Failure> {
    let (stages, signals) = known(old, new);
    for transition in moves {
        let sides: Vec<&String> = [&transition.from, &transition.to].into_iter().flatten().collect();
        for id in &sides {
            if !stages.contains(id) && !signals.contains(id) {
                let all = || stages.iter().chain(&signals).map(String::as_str);
                let near = nearest(id, all()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                let all = all().collect::<Vec<_>>().join(", ");
                let message =
                    format!("--fail-on: no side has a stage or signal `{}`{near} (known: {all})", id.escape_debug());
                return Err(Failure::Usage(message));
            }
        }
        if ![&stages, &signals].iter().any(|kind| sides.iter().all(|id| kind.contains(id))) {
            let message = format!("--fail-on {}: one is a stage, the other a signal", typed(transition));
            return Err(Failure::Usage(message));
        }
    }
    Ok(())
}

fn typed(transition: &Transition) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "*".to_owned());
    format!("{}:{}", side(&transition.from), side(&transition.to))
}

/// How often each move is made: by the respondents, or where there are none, by the sheets.
pub(super) fn verdicts(
    moves: &[Transition],
    exact: &Result<Impact, NoImpact>,
    people: Option<&People<'_>>,
) -> Vec<Verdict> {
    let matrices: Option<Vec<&Matrix>> = match (people, exact) {
        (Some(people), _) => Some(people.matrices().collect()),
        (None, Ok(impact)) => Some([&impact.moves.stage, &impact.moves.signal].into_iter().flatten().collect()),
        (None, Err(_)) => None,
    };
    let found = |transition: &Transition| {
        let fits = |wanted: &Option<String>, id: &String| wanted.as_ref().is_none_or(|wanted| wanted == id);
        let cells = matrices.as_ref()?.iter().flat_map(|matrix| &matrix.cells);
        let so = cells.filter(|cell| {
            cell.from != cell.to && fits(&transition.from, &cell.from) && fits(&transition.to, &cell.to)
        });
        Some(so.map(|cell| &cell.count).sum())
    };
    moves.iter().map(|transition| Verdict { on: typed(transition), found: found(transition) }).collect()
}
