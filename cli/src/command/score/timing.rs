//! How long each part of scoring took, for `--verbose`.

use std::time::{Duration, Instant};

/// The parts of scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Reading,
    Tables,
    Signals,
    Writing,
}

/// Time spent so far in each part.
#[derive(Debug)]
pub(super) struct Timing {
    since: Instant,
    spent: [(Part, &'static str, Duration); 4],
}

impl Timing {
    pub(super) fn start() -> Self {
        let part = |part, name| (part, name, Duration::ZERO);
        Self {
            since: Instant::now(),
            spent: [
                part(Part::Reading, "reading"),
                part(Part::Tables, "scores, rules and stage"),
                part(Part::Signals, "signals and honesty tests"),
                part(Part::Writing, "writing"),
            ],
        }
    }

    /// What went by since the last call belongs to no part.
    pub(super) fn start_again(&mut self) {
        self.since = Instant::now();
    }

    /// Adds what another thread took.
    pub(super) fn add(&mut self, other: &Timing) {
        for ((.., spent), (.., more)) in self.spent.iter_mut().zip(&other.spent) {
            *spent += *more;
        }
    }

    /// The time since the last call belongs to this part.
    pub(super) fn lap(&mut self, part: Part) {
        let now = Instant::now();
        let took = now.duration_since(self.since);
        self.since = now;
        for (_, _, spent) in self.spent.iter_mut().filter(|(own, ..)| *own == part) {
            *spent += took;
        }
    }

    /// One line: seconds and share of each part, of all threads together, and rows a second of one.
    pub(super) fn line(&self, rows: u64) -> String {
        let total: f64 = self.spent.iter().map(|(_, _, spent)| spent.as_secs_f64()).sum();
        let share = |spent: &Duration| 100.0 * spent.as_secs_f64() / total.max(f64::MIN_POSITIVE);
        let parts: Vec<String> = self
            .spent
            .iter()
            .map(|(_, name, spent)| format!("{name} {:.2} s ({:.0} %)", spent.as_secs_f64(), share(spent)))
            .collect();
        format!("{:.0} rows a CPU second: {}", rows as f64 / total.max(f64::MIN_POSITIVE), parts.join(", "))
    }
}
