//! The arguments of `take`. Answers are none of them: what is typed here stays in the history of a shell.

use std::path::PathBuf;

use clap::Args;

use super::value::{BondArg, OwnRoleArg};
use super::{ExplainFormat, FormArg, Setting};

pub(super) const TAKE_EXAMPLES: &str = "\
Answer the questions yourself and read the result.

Examples:
  bearings take
      about ten minutes, one key and Enter for each answer
  bearings take --bond friend --role hurt
      what is said here is not asked
  bearings take --answers-out answers.json
      asks at the end whether to write the answers to this new file;
      `bearings explain answers.json` reads it

Nothing is sent, and nothing is stored without a file that you name. q or Ctrl-C
leaves at any time, prints nothing more and keeps nothing; the status is 0 then,
as it is for every result.

Questions go to stderr, the result alone to stdout. From a pipe, each line
answers what is asked next: `n` to the question about the screen, an answer to
each question, and `y` to show the result.";

/// `bearings take`
#[derive(Debug, Args)]
pub(crate) struct TakeArgs {
    /// The questionnaire: a built-in id or a file [default: the one the ruleset names]
    #[arg(value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// As whom you answer; not asked then
    #[arg(long)]
    pub(crate) role: Option<OwnRoleArg>,
    /// Whom it is about; not asked then
    #[arg(long)]
    pub(crate) bond: Option<BondArg>,
    /// The form that is asked [default: short, and at its end you are asked whether to go on]
    #[arg(long)]
    pub(crate) form: Option<FormArg>,
    /// How the result is written
    #[arg(long, default_value = "text")]
    pub(crate) format: ExplainFormat,
    /// Offer to write your answers to this new file, whole or not at all
    #[arg(long, value_name = "FILE.json")]
    pub(crate) answers_out: Option<PathBuf>,
    /// The ruleset: a built-in id, a folder or a .rhai file [default: trust-repair]
    #[arg(long, value_name = "RULESET")]
    pub(crate) ruleset: Option<String>,
    /// Set a parameter of the ruleset; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
}
