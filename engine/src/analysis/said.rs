//! What is said of a sheet, in the words of its ruleset: the same words for one row and for all sheets at once.

use super::Reported;
use crate::assess::{Reason, RowView, Signal};
use crate::compile::Variant;

/// The stage of a sheet on which no rung of the ladder holds, or one is undecided.
pub const UNPLACED: &str = "unplaced";
/// Beside the declared signals: too little was answered.
pub const NOT_ENOUGH_ANSWERED: &str = "not_enough_answered";
/// Beside the declared signals: a hard flag.
pub const WITHHELD: &str = "withheld";
/// Beside the declared signals: under 18.
pub const OTHER_PATH: &str = "other_path";
/// Beside the declared signals: none holds, or one is undecided.
pub const NO_SIGNAL: &str = "none";

/// What can be said of a sheet beside the declared signals.
pub const ENGINE_SIGNALS: [&str; 4] = [NOT_ENOUGH_ANSWERED, WITHHELD, OTHER_PATH, NO_SIGNAL];

/// What is said of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said<'a> {
    /// Its stage; none where none is shown (a hard flag, another path).
    pub stage: Option<&'a str>,
    /// Its signal, or one of [`ENGINE_SIGNALS`].
    pub signal: &'a str,
    /// Why, where there is a reason.
    pub reason: Option<&'a str>,
}

impl<'a> Said<'a> {
    /// What a variant says of a sheet that was assessed with it.
    pub fn of(variant: &'a Variant, row: RowView<'_>) -> Self {
        let RowView::Assessed(row) = row else {
            return Said { stage: None, signal: WITHHELD, reason: None };
        };
        let stage = row.stage().and_then(|stage| variant.stages.get(stage)).map_or(UNPLACED, |stage| &stage.id);
        let reason = row.reason().and_then(|reason| match reason {
            Reason::Declared(reason) => variant.reasons.get(reason).map(|reason| reason.id.as_str()),
            Reason::Engine(reason) => Some(reason.as_str()),
        });
        let signal = match row.signal() {
            Signal::NotEnoughAnswered => NOT_ENOUGH_ANSWERED,
            Signal::Declared(signal) => declared(variant, signal),
            Signal::None if row.is_other_path() => OTHER_PATH,
            Signal::None => NO_SIGNAL,
        };
        Said { stage: (!row.is_other_path()).then_some(stage), signal, reason }
    }
}

/// The signal of what is reported of all sheets with one outcome.
pub(crate) fn signal_of(variant: &Variant, reported: Reported) -> &str {
    let mixed = variant.signals.iter().position(|signal| signal.id == "mixed").map(|mixed| mixed as u32);
    match reported {
        Reported::Withheld => WITHHELD,
        Reported::OtherPath => OTHER_PATH,
        Reported::NotEnough => NOT_ENOUGH_ANSWERED,
        reported => reported.signal(mixed).map_or(NO_SIGNAL, |signal| declared(variant, signal as usize)),
    }
}

fn declared(variant: &Variant, signal: usize) -> &str {
    variant.signals.get(signal).map_or(NO_SIGNAL, |signal| &signal.id)
}
