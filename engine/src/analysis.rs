//! What a ruleset does with every possible answer sheet: exact, with witnesses, never sampled.
//!
//! A *sheet* here answers every question of one role and form; only what the safety gate looks at can also be skipped
//! or declined. What a ruleset says of a sheet is a handful of functions ([`Functions`]) in one shared diagram
//! ([`Sheets`]), and every question about all sheets is a walk over it.

mod flip;
mod functions;
mod moves;
mod prove;
mod sheets;
mod why;
mod witness;

pub use flip::{Flip, FlipQuestion, Flips, Untold, flips};
pub(crate) use functions::{Functions, Reported};
pub use prove::{ANALYSIS_BUDGET, Claim, Counterexample, Proof, Verdict, claims_of, prove};
pub(crate) use sheets::Sheets;
pub use why::{Forcing, Why, why};
pub use witness::Witness;

#[cfg(test)]
mod tests;
