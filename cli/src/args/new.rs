//! The arguments of `new`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};

use super::{AskedRole, DEFAULT_RULESET, FormArg};

pub(super) const NEW_EXAMPLES: &str = "\
Write a first ruleset, questionnaire or case, to be changed.

Examples:
  bearings new ruleset my-study
      a folder with rules, a questionnaire and two cases that pass
  bearings new ruleset my-rules --from trust-repair
      a copy of a built-in ruleset with its cases, to be changed
  bearings new case calm-but-tired --ruleset my-study -o my-study/cases
      an answer sheet with every question, none of them answered

Nothing is written over.";

/// `bearings new`
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// What is written.
    #[command(subcommand)]
    pub(crate) what: New,
}

/// What can be begun.
#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// A folder with a study, or a copy of a built-in ruleset: rules and cases
    Ruleset(NewRulesetArgs),
    /// A questionnaire with an item of each kind
    Questionnaire(NewPlace),
    /// An answer sheet for a ruleset, with every question of the form
    Case(NewCaseArgs),
}

/// What it is called, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct NewPlace {
    /// Its id: lower-case words joined by -
    #[arg(value_name = "ID")]
    pub(crate) id: NewId,
    /// The folder to write into [default: the one you are in]
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
}

/// `bearings new ruleset`
#[derive(Debug, Args)]
pub(crate) struct NewRulesetArgs {
    /// What it is called, and where it goes.
    #[command(flatten)]
    pub(crate) place: NewPlace,
    /// Copy this built-in ruleset and its cases
    #[arg(long, value_name = "RULESET")]
    pub(crate) from: Option<String>,
}

/// `bearings new case`
#[derive(Debug, Args)]
pub(crate) struct NewCaseArgs {
    /// What it is called, and where it goes.
    #[command(flatten)]
    pub(crate) place: NewPlace,
    /// The ruleset: a built-in id, a folder or a .rhai file
    #[arg(long, value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// The form that is asked
    #[arg(long, default_value = "short")]
    pub(crate) form: FormArg,
    /// As whom the person answers
    #[arg(long, default_value = "hurt")]
    pub(crate) role: AskedRole,
}

/// The id of something new, which also names its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewId(String);

impl NewId {
    /// The id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NewId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let letter = text.starts_with(|c: char| c.is_ascii_lowercase());
        if letter && text.len() <= 64 && text.split('-').all(word) {
            return Ok(Self(text.to_owned()));
        }
        Err("write lower-case words joined by -, for example my-study".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_words() {
        for id in ["my-study", "a", "trust-17"] {
            assert_eq!(id.parse::<NewId>().unwrap().as_str(), id);
        }
        for other in ["", "My", "-a", "a-", "a--b", "1a", "a_b", "../a", "a/b", "a.json", &"a".repeat(65)] {
            assert!(other.parse::<NewId>().is_err(), "{other}");
        }
    }
}
