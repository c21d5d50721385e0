//! What sheets have tried of a ruleset: which rules they fire, leave and make pivotal, which conditions they meet both
//! ways, which stages, signals and reasons they lead to; what is left, whether any sheet could do it, and one that does.
//!
//! Counting is `assess`, sheet by sheet ([`Coverage`]). What no sheet did is looked for in the diagrams ([`gaps()`]): they
//! hold the sheets on which every question is answered, so "cannot occur" is said of these. A target that asks for a
//! missing answer itself is never left out for that.

mod asks;
mod collect;
mod gaps;
mod parts;
mod reader;
mod search;

pub use collect::{Coverage, Covered, Extent, Target, Tried, Ways};
pub use gaps::{Gap, Gaps, Reach, Suggestion, gaps, suggestions};
pub use parts::{Part, PartKind, Shows};

#[cfg(test)]
mod tests;
