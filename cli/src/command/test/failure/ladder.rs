//! Conditions of which the first that holds counts: stages, signals, reasons.

use bearings_engine::{Held, Weighed};

use super::lines::Lines;
use super::{weighed_in_full, weighed_in_short};

/// The rungs as far as they matter; in full the one on which the two outcomes part.
pub(super) fn tell(lines: &mut Lines<'_>, rungs: &[Weighed], expected: &str, got: &str) {
    let place = |id: &str| rungs.iter().position(|rung| rung.id == id);
    let (expected, got) = (place(expected), place(got));
    let parting = parting(rungs, expected, got);
    let last = expected.into_iter().chain(got).chain(parting).max();
    for (at, rung) in rungs.iter().enumerate().take_while(|(at, _)| Some(*at) <= last) {
        if Some(at) == parting {
            weighed_in_full(lines, rung);
        } else {
            weighed_in_short(lines, rung);
        }
    }
}

/// The rung that should have come out otherwise: the one that holds before the expected one is reached, the open one
/// that stops the ladder before that, or the expected one itself.
fn parting(rungs: &[Weighed], expected: Option<usize>, got: Option<usize>) -> Option<usize> {
    let open = rungs.iter().position(|rung| rung.outcome == Held::Undecided);
    let stopped = got.or(open);
    match (expected, stopped) {
        (Some(expected), Some(stopped)) => Some(expected.min(stopped)),
        (expected, stopped) => expected.or(stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rungs(outcomes: &[Held]) -> Vec<Weighed> {
        let rung = |(at, outcome): (usize, &Held)| Weighed {
            id: at.to_string(),
            at: String::new(),
            outcome: *outcome,
            reads: Vec::new(),
            distance: None,
            needs: Vec::new(),
        };
        outcomes.iter().enumerate().map(rung).collect()
    }

    #[test]
    fn the_two_outcomes_part_on_the_first_rung_that_is_otherwise() {
        use Held::{DoesNotHold, Holds, Otherwise, Undecided};
        let sure = rungs(&[DoesNotHold, Holds, DoesNotHold, Otherwise]);
        // Too early: what holds is in the way. Too late: what was expected does not hold.
        assert_eq!(parting(&sure, Some(2), Some(1)), Some(1));
        assert_eq!(parting(&sure, Some(0), Some(1)), Some(0));
        let open = rungs(&[DoesNotHold, Undecided, Holds, Otherwise]);
        assert_eq!(parting(&open, Some(2), None), Some(1));
        assert_eq!(parting(&open, Some(0), None), Some(0));
        assert_eq!(parting(&open, None, Some(2)), Some(2));
        assert_eq!(parting(&sure, None, None), None);
    }
}
