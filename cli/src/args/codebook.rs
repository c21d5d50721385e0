//! The arguments of `codebook`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::compare::SurveyArgs;
use super::{FormArg, RoleArg};

pub(super) const CODEBOOK_EXAMPLES: &str = "\
Describe every column of a survey, or of the scored file.

Examples:
  bearings codebook trust-repair -o codebook.md
      each column: the question, its answers, what is missing, its scales
  bearings codebook trust-repair --form short --role hurt --format spss -o in.sps
      syntax that reads survey.csv, as one form of one role has it, into SPSS
  bearings codebook ras --output-columns --format datapackage -o datapackage.json
      the columns of the scored file, for programs
  bearings codebook ras --data survey.csv
      with how often each answer was given

Counts below 5 are not shown, and answers about safety or age are never counted.";

/// `bearings codebook`
#[derive(Debug, Args)]
pub(crate) struct CodebookArgs {
    /// The questionnaire: a built-in id or a file [default: the one of the ruleset, else trust-repair]
    #[arg(value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    pub(crate) format: CodebookFormat,
    /// Describe the file that `score` writes, not the one that it reads
    #[arg(long, conflicts_with = "data")]
    pub(crate) output_columns: bool,
    /// The ruleset whose scales are named: a built-in id, a folder or a .rhai file [default: the built-in one of the
    /// questionnaire's name]
    #[arg(long, value_name = "RULESET")]
    pub(crate) ruleset: Option<String>,
    /// The form [default: all items; with --output-columns short; with --data that of the survey]
    #[arg(long)]
    pub(crate) form: Option<FormArg>,
    /// Only what is asked of this role; with --data, where `my_role` does not say it [default: all; with --data hurt]
    #[arg(long)]
    pub(crate) role: Option<RoleArg>,
    /// Which survey, and how it is read.
    #[command(flatten)]
    pub(crate) survey: SurveyArgs,
    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How a codebook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodebookFormat {
    /// For people.
    Markdown,
    /// A table with a column a row.
    Csv,
    /// Syntax that reads the file and labels it.
    Spss,
    /// A descriptor (Data Package 2).
    Datapackage,
}
