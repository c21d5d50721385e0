//! The arguments of `diff` and `sweep`.

use std::path::PathBuf;
use std::str::FromStr;

use bearings_engine::ANALYSIS_BUDGET;
use bearings_engine::exact::{Exact, parse_decimal};
use clap::Args;

use super::scoring::ColumnArgs;
use super::{DEFAULT_RULESET, FormArg, RoleArg, Setting};

/// Which answer sheets, and how much work they may take.
#[derive(Debug, Clone, Args)]
pub(crate) struct SheetsArgs {
    /// The questionnaire: a built-in id or a file [default: the one the ruleset names]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// The form that is asked [default: that of the survey, else short]
    #[arg(long)]
    pub(crate) form: Option<FormArg>,
    /// As whom people answer; in a survey, where `my_role` does not say it [default: hurt]
    #[arg(long)]
    pub(crate) role: Option<RoleArg>,
    /// The most nodes of the decision diagrams; what needs more is unknown
    #[arg(long, value_name = "NODES", default_value_t = ANALYSIS_BUDGET)]
    pub(crate) budget: usize,
}

/// Which survey, and how it is read.
#[derive(Debug, Clone, Args)]
pub(crate) struct SurveyArgs {
    /// Look at the respondents of this survey, too; - is standard input
    #[arg(long, value_name = "SURVEY.csv")]
    pub(crate) data: Option<PathBuf>,
    /// The column that identifies a respondent [default: as for `score`]
    #[arg(long, value_name = "COLUMN", requires = "data")]
    pub(crate) id: Option<String>,
    /// How its columns are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
}

pub(super) const DIFF_EXAMPLES: &str = "\
What an edit of a ruleset does: to every possible answer sheet, exactly, and to
the respondents of a survey.

Examples:
  bearings diff trust-repair my-rules/
      from which stage and signal to which, how many sheets, an example each
  bearings diff main:my-rules my-rules/ --data survey.csv --moved moved.csv
      against the last commit; who moved, and which rules did it
  bearings diff trust-repair trust-repair --set-new window_weeks=12
      one parameter changed
  bearings diff old/ new/ --data survey.csv --fail-on walk_away:keep_going
      status 1 if anybody moves so; * stands for any stage or signal

Counts over sheets are exact and no shares of people: most sheets are like
nobody's. UNKNOWN: the sheets took more than --budget, and nothing is claimed.";

/// `bearings diff`
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The ruleset as it was: a built-in id, a path, or REV:PATH in git
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The ruleset as it is to be
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// Which survey, and how it is read.
    #[command(flatten)]
    pub(crate) survey: SurveyArgs,
    /// Write everybody who moved to this file, whole or not at all
    #[arg(long, value_name = "FILE", requires = "data")]
    pub(crate) moved: Option<PathBuf>,
    /// End with status 1 if a respondent (without a survey: a sheet) moves so; may be repeated
    #[arg(long, value_name = "FROM:TO")]
    pub(crate) fail_on: Vec<Transition>,
    /// Set a parameter on both sides; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Set a parameter of the new side only; may be repeated
    #[arg(long = "set-new", value_name = "NAME=VALUE")]
    pub(crate) settings_new: Vec<Setting>,
    /// Which sheets.
    #[command(flatten)]
    pub(crate) sheets: SheetsArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) const SWEEP_EXAMPLES: &str = "\
How stages and signals move with a parameter of a ruleset, over every possible
answer sheet and over the respondents of a survey.

Examples:
  bearings sweep trust-repair
      which design choices matter: every parameter at both ends of its range
  bearings sweep trust-repair --param window_weeks=4..16 --step 2
      the shares at each value
  bearings sweep trust-repair --data survey.csv
      the same for real respondents

Shares of sheets are exact and no shares of people: most sheets are like
nobody's. UNKNOWN: a value took more than --budget, and nothing is claimed.";

/// `bearings sweep`
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// The ruleset: a built-in id, a folder or a .rhai file
    #[arg(value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// The parameter and its values, both ends included [default: every parameter at both ends of its range]
    #[arg(long, value_name = "NAME=A..B")]
    pub(crate) param: Option<Span>,
    /// How far apart the values are [default: 1, where that makes at most 25 values of whole numbers, else a tenth]
    #[arg(long, value_name = "S", requires = "param", value_parser = step)]
    pub(crate) step: Option<Exact>,
    /// Which survey, and how it is read.
    #[command(flatten)]
    pub(crate) survey: SurveyArgs,
    /// Set a parameter for all values; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Which sheets.
    #[command(flatten)]
    pub(crate) sheets: SheetsArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `FROM:TO`, ids of stages or signals; none is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

impl FromStr for Transition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |side: &str| (side != "*").then(|| side.to_owned());
        match text.split_once(':').map(|(from, to)| (from.trim(), to.trim())) {
            Some(("*", "*")) => Err("name a stage or signal on one side at least".to_owned()),
            Some((from, to)) if from == to => Err("who stays does not move; name two".to_owned()),
            Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok(Self { from: side(from), to: side(to) }),
            _ => Err("write FROM:TO, for example mixed:walk_away or *:walk_away".to_owned()),
        }
    }
}

/// `NAME=A..B`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) from: Exact,
    pub(crate) to: Exact,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').and_then(|(name, ends)| {
            let (from, to) = ends.split_once("..")?;
            Some((name.trim(), parse_decimal(from.trim())?, parse_decimal(to.trim())?))
        });
        match parts {
            Some((_, from, to)) if from > to => Err("the first value is greater than the last".to_owned()),
            Some((name, from, to)) if !name.is_empty() => Ok(Self { name: name.to_owned(), from, to }),
            _ => Err("write NAME=A..B, for example window_weeks=4..16".to_owned()),
        }
    }
}

fn step(text: &str) -> Result<Exact, String> {
    let above_zero = |step: &Exact| *step.numer() > 0;
    parse_decimal(text).filter(above_zero).ok_or_else(|| "write a number above 0, for example 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_name_a_side_at_least() {
        let read = |text: &str| text.parse::<Transition>();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("mixed:walk_away"), Ok(Transition { from: some("mixed"), to: some("walk_away") }));
        assert_eq!(read("*:mixed"), Ok(Transition { from: None, to: some("mixed") }));
        for bad in ["*:*", "mixed", "mixed:", ":mixed", "mixed:mixed", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spans_have_two_ends_in_order() {
        let read = |text: &str| text.parse::<Span>();
        let span = read("window_factor=1.5..3").unwrap();
        assert_eq!((span.name.as_str(), span.from, span.to), ("window_factor", Exact::new(3, 2), Exact::new(3, 1)));
        for bad in ["window_weeks", "window_weeks=4", "window_weeks=9..4", "=1..2", "x=a..b"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(step("0").is_err() && step("-1").is_err() && step("0.5") == Ok(Exact::new(1, 2)));
    }
}
