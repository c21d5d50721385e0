//! How well the scales of a survey hold together, and how carefully people answered.
//!
//! While rows go by everything is counted in whole numbers, so that neither the order of rows nor how they were cut
//! into blocks can show in a result; floats come last. Nothing here changes a score: who is scored, is scored from
//! their own answers alone.
//!
//! Sources: psych (R) for alpha, item-rest correlation and alpha if dropped; Feldt 1965 for the interval; careless (R)
//! for runs and intra-individual variability; Jacobson & Truax 1991 for change. Where they differ from each other, or
//! we from them, the function says so.

mod alpha;
mod beta;
mod careless;
mod change;
mod crossed;
mod feldt;
mod omega;
mod patterns;
mod scale;
mod scores;
mod square;
#[cfg(test)]
mod tests;

pub use alpha::{Alpha, Undefined};
pub use careless::Careless;
pub use change::{Confidence, Population, ReliableChange, Toward, cutoff_a, cutoff_b, cutoff_c};
pub use patterns::AnswerPatterns;
pub use scale::{ItemReliability, ScaleAnswers, ScaleReliability};
pub use scores::{Group, ScoreSummary};
