//! The arguments of `export`.

use std::path::PathBuf;

use bearings_engine::questionnaire::Role;
use clap::{Args, ValueEnum};

use super::FormArg;
use super::value::BondArg;

pub(super) const EXPORT_EXAMPLES: &str = "\
Write a questionnaire as a form that people fill in.

Examples:
  bearings export trust-repair --to paper -o form.md
      Markdown to print: boxes to tick, and in the end a key for typing it in
  bearings export trust-repair --to redcap -o dictionary.csv
      a data dictionary, to be uploaded into a new REDCap project
  bearings export trust-repair --to xlsform -o form/
      the sheets survey, choices and settings of an XLSForm, for ODK

What comes back scores as it is. Before you field anything: bearings help
fielding";

/// `bearings export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The questionnaire: a built-in id or a file
    #[arg(value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: String,
    /// What the form is made for
    #[arg(long, value_name = "WHAT")]
    pub(crate) to: ExportFormat,
    /// The form that is asked
    #[arg(long, default_value = "short")]
    pub(crate) form: FormArg,
    /// Whom it is for, which is then not asked; with both, each is asked what concerns them [default: hurt, and asked]
    #[arg(long)]
    pub(crate) role: Option<AskedRole>,
    /// The bond it is about, which is then not asked [default: words that fit every bond]
    #[arg(long)]
    pub(crate) bond: Option<BondArg>,
    /// Write to this file instead of standard output; for xlsform a folder that is not there yet
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
}

/// What a form is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Markdown, to print.
    Paper,
    /// A data dictionary (CSV).
    Redcap,
    /// Three sheets (CSV) for ODK.
    Xlsform,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AskedRole {
    /// Their trust was broken.
    Hurt,
    /// They broke trust.
    Broke,
    /// Some of each: the questions of both.
    Both,
}

impl From<AskedRole> for Role {
    fn from(role: AskedRole) -> Self {
        match role {
            AskedRole::Hurt => Role::Hurt,
            AskedRole::Broke => Role::Broke,
            AskedRole::Both => Role::Both,
        }
    }
}
