//! What a ruleset does with every possible answer sheet: exact, with witnesses, never sampled.
//!
//! A *sheet* here answers every question of one role and form; only what the safety gate looks at can also be skipped
//! or declined. What a ruleset says of a sheet is a handful of functions ([`Functions`]) in one shared diagram
//! ([`Sheets`]), and every question about all sheets is a walk over it.

mod count;
pub mod covered;
mod flip;
mod functions;
mod impact;
mod moves;
mod prove;
mod said;
mod sheets;
mod why;
mod witness;

pub use count::Count;
pub use flip::{Flip, FlipQuestion, Flips, Untold, flips};
pub(crate) use functions::{Functions, Reported};
pub use impact::{Cell, Impact, Matrix, Moves, NoImpact, Shift, Sides};
pub(crate) use prove::BUILT_IN as BUILT_IN_PROPERTIES;
pub use prove::{ANALYSIS_BUDGET, Claim, Counterexample, Proof, Verdict, claims_of, prove};
pub use said::{ENGINE_SIGNALS, NO_SIGNAL, NOT_ENOUGH_ANSWERED, OTHER_PATH, Said, UNPLACED, WITHHELD};
pub(crate) use sheets::Sheets;
pub use why::{Forcing, Why, why};
pub use witness::Witness;

#[cfg(test)]
mod tests;
