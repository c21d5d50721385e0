//! How far a long run is, on a terminal, after a second: rows, rows a second, and how long is left.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::args::Common;

/// Nothing is said of a run that is shorter.
const QUIET: Duration = Duration::from_secs(1);
/// How often the line changes.
const EVERY: Duration = Duration::from_millis(250);

/// The line at the bottom of the terminal.
pub(super) struct Progress {
    started: Instant,
    /// When the line may change again; none if nobody looks.
    due: Option<Instant>,
    is_shown: bool,
    /// How many bytes there are to read, if that is known, and how many were.
    pub(super) bytes: (Option<u64>, u64),
}

impl Progress {
    pub(super) fn new(common: &Common, bytes: Option<u64>) -> Self {
        let started = Instant::now();
        let is_seen = io::stderr().is_terminal() && !common.quiet;
        Self { started, due: is_seen.then(|| started + QUIET), is_shown: false, bytes: (bytes, 0) }
    }

    /// Says how many rows were read.
    pub(super) fn tell(&mut self, rows: u64) {
        let now = Instant::now();
        if self.due.is_none_or(|due| now < due) {
            return;
        }
        self.due = Some(now + EVERY);
        self.is_shown = true;
        let line = line(rows, now.duration_since(self.started), self.bytes);
        // Who cannot see it misses nothing.
        let _ = write!(io::stderr(), "\r{line}\x1b[K");
        let _ = io::stderr().flush();
    }

    /// Makes room for another line.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(rows: u64, spent: Duration, bytes: (Option<u64>, u64)) -> String {
    let seconds = spent.as_secs_f64().max(f64::MIN_POSITIVE);
    let left = match bytes {
        (Some(all), read) if read > 0 => {
            let left = seconds * (all.saturating_sub(read)) as f64 / read as f64;
            format!(", about {left:.0} s left")
        }
        _ => String::new(),
    };
    format!("{rows} rows, {:.0} a second{left}", rows as f64 / seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_and_the_time_left_follow_from_what_was_done() {
        let spent = Duration::from_secs(4);
        assert_eq!(line(2000, spent, (None, 10)), "2000 rows, 500 a second");
        assert_eq!(line(2000, spent, (Some(40), 10)), "2000 rows, 500 a second, about 12 s left");
        assert_eq!(line(2000, spent, (Some(40), 40)), "2000 rows, 500 a second, about 0 s left");
    }
}
