//! The arguments of `map`.

use std::path::PathBuf;

use clap::Args;

use super::DEFAULT_RULESET;
use super::scoring::ColumnArgs;

pub(super) const MAP_EXAMPLES: &str = "\
See how a survey file is read, and write that down as a map.

Examples:
  bearings map export.csv
      which platform wrote it, how it is read, and what each column is
  bearings map export.csv --ruleset my-rules/ -o map.json
      the same as a map: a file to be changed where columns have other names
  bearings map export.csv --ruleset my-rules/ --map map.json
      whether a map fits
  bearings score export.csv --ruleset my-rules/ --map map.json
      score by it

A map says which column holds which item, what its cells mean and which codes
stand for a missing answer. `bearings help formats` lists its fields.";

/// `bearings map`
#[derive(Debug, Args)]
pub(crate) struct MapArgs {
    /// The survey file; - is standard input
    #[arg(value_name = "SURVEY")]
    pub(crate) input: PathBuf,
    /// The ruleset whose questionnaire is looked for: a built-in id, a folder or a .rhai file
    #[arg(long, value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// The questionnaire that is looked for: a built-in id or a file [default: the one the ruleset names]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// The column that identifies a respondent
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// Columns to carry over into the output
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) keep: Vec<String>,
    /// How the columns are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// Write a map to this file, which must not be there yet; - prints nothing but the map
    #[arg(short, long, value_name = "FILE", conflicts_with = "map")]
    pub(crate) output: Option<PathBuf>,
}
