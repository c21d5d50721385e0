//! The arguments of `coverage`.

use std::path::PathBuf;

use bearings_engine::ANALYSIS_BUDGET;
use clap::Args;

use super::scoring::ColumnArgs;
use super::{DEFAULT_RULESET, FormArg, RoleArg, Setting};

pub(super) const COVERAGE_EXAMPLES: &str = "\
See which parts of a ruleset its cases try, and write the cases that are missing.

Examples:
  bearings coverage
      the cases of trust-repair, in every role and form
  bearings coverage my-rules/ --threshold 100
      status 1 unless all is tried that can be
  bearings coverage my-rules/ --suggest
      writes the missing cases beside the others, answers filled in; what must
      come out is for a person to say
  bearings coverage my-rules/ --data survey.csv
      what the respondents of a survey try

To be tried are: each rule fired and not fired, and pivotal unless it is a note;
each condition met and not met; each stage, signal and reason. What no sheet can
do that answers every question is left out and listed: that is proved over all
of these sheets. A rule is pivotal on a sheet if the stage, the overlays, the
signal or the reason would be another one without it.";

/// `bearings coverage`
#[derive(Debug, Args)]
pub(crate) struct CoverageArgs {
    /// The ruleset: a built-in id, a folder or a .rhai file
    #[arg(value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// The questionnaire: a built-in id or a file [default: the one the ruleset names]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// Set a parameter of the ruleset; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Only cases of this form; with --data the form that was asked [default: all; with --data: as the columns say]
    #[arg(long)]
    pub(crate) form: Option<FormArg>,
    /// Only cases of this role; with --data as whom people answered where `my_role` does not say it [default: all;
    /// with --data: hurt]
    #[arg(long)]
    pub(crate) role: Option<RoleArg>,
    /// Look at the rows of this survey instead of the cases; - is standard input
    #[arg(long, value_name = "SURVEY.csv")]
    pub(crate) data: Option<PathBuf>,
    /// How the columns of the survey are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// End with status 1 if less than this much is tried
    #[arg(long, value_name = "PCT", value_parser = clap::value_parser!(u64).range(0..=100))]
    pub(crate) threshold: Option<u64>,
    /// Write the missing cases, into this folder [default: `cases` beside the rules]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, conflicts_with = "data")]
    pub(crate) suggest: Option<Option<PathBuf>>,
    /// The most nodes of the diagrams of a role and form; past it the answer is "not known"
    #[arg(long, value_name = "NODES", default_value_t = ANALYSIS_BUDGET)]
    pub(crate) budget: usize,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
