//! The arguments of `flip`.

use bearings_engine::ANALYSIS_BUDGET;
use clap::Args;

use super::RespondentArgs;

pub(super) const FLIP_EXAMPLES: &str = "\
Find the smallest change of one person's answers that changes the signal.

Examples:
  bearings flip answers.json
      the smallest change, and the next ones
  bearings flip survey.csv --id 17 --to walk_away
      the respondent whose id is 17; only what leads to this signal
  bearings flip answers.json --freeze effort_theirs,small_promises_kept
      with these two as they are

It shows how the rules read answers; it is no advice. Smallest is exact: the
fewest answers, then the fewest steps. What is about safety, what one wishes
for, what happened, and questions left open are never part of a change.";

/// `bearings flip`
#[derive(Debug, Args)]
pub(crate) struct FlipArgs {
    /// Whose answers, and by which rules.
    #[command(flatten)]
    pub(crate) respondent: RespondentArgs,
    /// Only changes that lead to this signal [default: any other one]
    #[arg(long, value_name = "SIGNAL")]
    pub(crate) to: Option<String>,
    /// Questions whose answers stay as they are
    #[arg(long, value_name = "ITEM,...", value_delimiter = ',')]
    pub(crate) freeze: Vec<String>,
    /// How many changes are shown at most
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub(crate) top: u8,
    /// The most nodes of the decision diagrams; what needs more is unknown
    #[arg(long, value_name = "NODES", default_value_t = ANALYSIS_BUDGET)]
    pub(crate) budget: usize,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
