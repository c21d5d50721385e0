//! The arguments of `reliability`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::RulesArgs;
use super::scoring::ColumnArgs;

pub(super) const RELIABILITY_EXAMPLES: &str = "\
How well the scales of a survey hold together, and how carefully people answered.

Examples:
  bearings reliability survey.csv --ruleset my-study/
      alpha with its interval, omega, item-rest correlations, floor and ceiling
  bearings reliability survey.csv --items Q1,Q2,-Q3 --range 1..5
      one scale without a ruleset; Q3 is reversed
  bearings reliability survey.csv --criterion relapsed --careless careless.csv
      does each scale point the way the column says; runs of the same answer
  bearings reliability answers.csv --long --items Q1,Q2,-Q3 --range 1..5
      one line an answer, in the columns id, item and response

Nothing is reversed, dropped or filled in by itself: what looks wrong is told.
A number that cannot be worked out is undefined, never 0 or 1.";

/// `bearings reliability`
#[derive(Debug, Args)]
pub(crate) struct ReliabilityArgs {
    /// The survey file; - is standard input
    #[arg(value_name = "SURVEY.csv")]
    pub(crate) input: PathBuf,
    /// Only these scales [default: all of the ruleset]
    #[arg(long = "scale", value_name = "ID,...", value_delimiter = ',')]
    pub(crate) scales: Vec<String>,
    /// One scale of these columns instead of a ruleset; a minus reverses an item
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',', allow_hyphen_values = true, requires = "range",
        conflicts_with_all = ["scales", "ruleset", "questionnaire", "settings", "form", "role", "columns", "recorded_as"])]
    pub(crate) items: Vec<String>,
    /// The lowest and the highest answer that the items of --items allow
    #[arg(long, value_name = "MIN..MAX", allow_hyphen_values = true, requires = "items")]
    pub(crate) range: Option<ValueRange>,
    /// A column that tells two groups apart by 1 and 0, or by one value of it and any other
    #[arg(long, value_name = "COLUMN[=VALUE]", conflicts_with = "long")]
    pub(crate) criterion: Option<Criterion>,
    /// Write for each respondent the longest run of one answer, the mean run, the variability and the count of answers
    #[arg(long, value_name = "FILE")]
    pub(crate) careless: Option<PathBuf>,
    /// The file has one line an answer, and these columns; it is held in memory
    #[arg(long, value_name = "ID,ITEM,RESPONSE", num_args = 0..=1, require_equals = true,
        default_missing_value = "id,item,response", conflicts_with_all = ["recorded_as", "id"])]
    pub(crate) long: Option<LongColumns>,
    /// The column that identifies a respondent [default: as for `score`]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// How the columns are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// Which rules, and how.
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// How the result is written
    #[arg(long, default_value = "table")]
    pub(crate) format: ReliabilityFormat,
    /// Print one JSON object, numbers in full
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReliabilityFormat {
    // Not doc comments: these words need no explaining in the help text.
    Table,
    Markdown,
}

/// The answers that items allow: `1..5`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueRange {
    /// The lowest.
    pub(crate) min: i64,
    /// The highest.
    pub(crate) max: i64,
}

impl FromStr for ValueRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once("..").and_then(|(min, max)| Some((min.parse().ok()?, max.parse().ok()?)));
        match ends {
            Some((min, max)) if min < max => Ok(Self { min, max }),
            _ => Err("write the lowest and the highest answer, for example 1..5".to_owned()),
        }
    }
}

/// What tells two groups apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Criterion {
    /// The column.
    pub(crate) column: String,
    /// The cell of one group; any other is the other's. None: 1 and 0.
    pub(crate) value: Option<String>,
}

impl FromStr for Criterion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, value) = match text.rsplit_once('=') {
            Some((column, value)) => (column, Some(value.trim().to_owned())),
            None => (text, None),
        };
        if column.trim().is_empty() || value.as_ref().is_some_and(String::is_empty) {
            return Err("write COLUMN or COLUMN=VALUE, for example relapsed or group=2".to_owned());
        }
        Ok(Self { column: column.trim().to_owned(), value })
    }
}

/// The columns of a file with one line an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongColumns {
    /// Who answered.
    pub(crate) id: String,
    /// What was answered.
    pub(crate) item: String,
    /// The answer.
    pub(crate) response: String,
}

impl FromStr for LongColumns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        match names.as_slice() {
            [id, item, response] if [id, item, response].iter().all(|name| !name.is_empty()) => {
                let [id, item, response] = [id, item, response].map(|name| (*name).to_owned());
                Ok(Self { id, item, response })
            }
            _ => Err("name three columns, for example --long=id,item,response".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_two_ends() {
        assert_eq!("-2..2".parse(), Ok(ValueRange { min: -2, max: 2 }));
        for bad in ["", "1", "1..", "5..1", "1..1", "1..x", "1-5"] {
            assert!(bad.parse::<ValueRange>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_criterion_is_a_column_and_perhaps_a_value() {
        let criterion = |text: &str| text.parse::<Criterion>().ok().map(|found| (found.column, found.value));
        assert_eq!(criterion("Divorce"), Some(("Divorce".to_owned(), None)));
        assert_eq!(criterion("a=b=2"), Some(("a=b".to_owned(), Some("2".to_owned()))));
        assert_eq!((criterion("=2"), criterion("a="), criterion("")), (None, None, None));
    }

    #[test]
    fn long_columns_are_three() {
        assert_eq!("Subj, Items,Scores".parse::<LongColumns>().unwrap().item, "Items");
        assert!("a,b".parse::<LongColumns>().is_err() && "a,,c".parse::<LongColumns>().is_err());
    }
}
