//! The arguments of `score` and `explain`, and what the two share.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::survey::Map;

use super::{ColumnPattern, DEFAULT_RULESET, FormArg, RoleArg, Setting, Shard};

/// Which rules, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct RulesArgs {
    /// The ruleset: a built-in id, a folder or a .rhai file
    #[arg(long, value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// The questionnaire: a built-in id or a file [default: the one the ruleset names]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// Set a parameter of the ruleset; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// The form that was asked [default: full if an item that only the full form asks has a column]
    #[arg(long)]
    pub(crate) form: Option<FormArg>,
    /// As whom people answered where `my_role` does not say it [default: hurt]
    #[arg(long)]
    pub(crate) role: Option<RoleArg>,
}

/// How the columns of a survey are read.
#[derive(Debug, Clone, Args)]
pub(crate) struct ColumnArgs {
    /// The names of numbered columns, counting the questions of the questionnaire from 1
    #[arg(long, value_name = "Q{n}")]
    pub(crate) columns: Option<ColumnPattern>,
    /// Codes that stand for "no answer", such as 99 or -9
    #[arg(long, value_name = "CODE,...", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) missing: Vec<String>,
    /// How the platform wrote down which option was chosen; yes and no must stand as 1 and 0
    #[arg(long, value_name = "HOW", default_value = "printed")]
    pub(crate) recorded_as: RecordedAs,
    /// A map of the columns, as `bearings map` drafts it
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// How the text is encoded [default: found out; UTF-8 or UTF-16]
    #[arg(long, value_name = "ENCODING")]
    pub(crate) encoding: Option<Encoding>,
}

impl ColumnArgs {
    /// Whether anything was said about the columns.
    pub(crate) fn is_given(&self) -> bool {
        self.columns.is_some()
            || !self.missing.is_empty()
            || self.recorded_as != RecordedAs::Printed
            || self.map.is_some()
            || self.encoding.is_some()
    }

    /// The map, if one was named.
    ///
    /// # Errors
    /// It cannot be read, or is no map.
    pub(crate) fn read_map(&self) -> Result<Option<Map>, Failure> {
        self.map.as_deref().map(Map::read).transpose()
    }
}

/// How a text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Encoding {
    // Not doc comments: these words need no explaining in the help text.
    // With or without a byte-order mark.
    #[value(name = "utf-8")]
    #[serde(rename = "utf-8")]
    Utf8,
    // The low byte of each pair first, as Windows programs write it.
    #[value(name = "utf-16le")]
    #[serde(rename = "utf-16le")]
    Utf16Le,
    // The high byte first.
    #[value(name = "utf-16be")]
    #[serde(rename = "utf-16be")]
    Utf16Be,
    // What older Windows programs of Western Europe and America write.
    #[value(name = "windows-1252")]
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// Its name.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16 (little-endian)",
            Encoding::Utf16Be => "UTF-16 (big-endian)",
            Encoding::Windows1252 => "Windows-1252",
        }
    }
}

/// How options were written down. Yes or no (0, 1), numbers and words always stand as they are, so that a survey with
/// a yes or no cannot be read as counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum RecordedAs {
    /// The value of the option as the questionnaire writes it
    Printed,
    /// Counted: 1 is the first option that the form prints; refused where a column holds a yes or no
    #[value(name = "one_based")]
    OneBased,
    /// Counted: 0 is the first option that the form prints
    Position,
}

impl RecordedAs {
    /// The word as it is typed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RecordedAs::Printed => "printed",
            RecordedAs::OneBased => "one_based",
            RecordedAs::Position => "position",
        }
    }
}

pub(super) const SCORE_EXAMPLES: &str = "\
Score a survey, one row a respondent.

Examples:
  bearings score survey.csv --summary
      how many people stand where, as a table
  bearings score survey.csv -o scored.csv
      one scored row a respondent, and scored.csv.manifest.json beside it
  bearings score survey.csv --missing 99 --ruleset my-rules/
      99 stands for \"no answer\", and the rules are your own

The columns are named like the items (`item`, or `item__option` where several
options can be ticked). Nothing is guessed: a cell that is no answer rejects its
row, and stderr says where.";

/// `bearings score`
#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// The survey files; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How the scored rows are written
    #[arg(long, default_value = "csv")]
    pub(crate) format: RowFormat,
    /// The column that identifies a respondent [default: id, respondent_id, ResponseId, record_id, the platform's own,
    /// else the row number]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// The columns that say which wave of a person a row is; they are written behind the id [default: as the map says, or
    /// the events of REDCap]
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) wave: Vec<String>,
    /// Write how each person's scores changed from wave to wave to this file (`bearings help changes`)
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    pub(crate) changes: Option<PathBuf>,
    /// Reliability and standard deviation of scores, with their source, to tell which changes are more than measurement
    /// error (JSON)
    #[arg(long, value_name = "FILE", requires = "changes")]
    pub(crate) reliable_change: Option<PathBuf>,
    /// Columns to carry over into the output
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) keep: Vec<String>,
    /// How the columns are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// Which rules, and how.
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Print a summary (instead of the rows, unless -o is given)
    #[arg(long)]
    pub(crate) summary: bool,
    /// How the summary is written
    #[arg(long, value_name = "FORMAT", default_value = "table", requires = "summary")]
    pub(crate) summary_format: SummaryFormat,
    /// Write which rules fired and what they read to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// The most decimals of a number
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=12))]
    pub(crate) decimals: u32,
    /// Stop after this many rows
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Stop at the first row that cannot be read
    #[arg(long, conflicts_with = "rejects")]
    pub(crate) strict: bool,
    /// Write the rows that cannot be read to this file, as they were, with the place and the reason
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// The columns to write behind the id and the kept ones, in this order [default: all]
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Leave out the rows with a safety flag, and count them in the manifest if there are five or more
    #[arg(long)]
    pub(crate) blind: bool,
    /// Say how many rows are in groups smaller than K, by the columns of --quasi
    #[arg(long, value_name = "K", requires = "quasi", value_parser = clap::value_parser!(u64).range(2..))]
    pub(crate) k_anonymity: Option<u64>,
    /// Columns by which somebody could be known, such as age and place
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',', requires = "k_anonymity")]
    pub(crate) quasi: Vec<String>,
    /// For a study with approval: withhold nothing, and add a column `safety` (hard, soft, unanswered, none); CSV only
    #[arg(long, conflicts_with_all = ["blind", "summary", "trace", "changes"])]
    pub(crate) with_safety: bool,
    /// Also run the rules themselves, row by row, and compare; much slower; nothing is written if anything differs
    #[arg(long, conflicts_with = "with_safety")]
    pub(crate) verify: bool,
    /// Read, score and count, and write no rows and no manifest
    #[arg(long, conflicts_with_all = ["output", "trace", "rejects", "changes"])]
    pub(crate) dry_run: bool,
    /// End with status 1 if somebody's signal is another than to keep going
    #[arg(long)]
    pub(crate) exit_status: bool,
    /// How many threads score; they make no difference to what comes out [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Score one of N parts of the file; what comes out, put together in order, is what the whole file gives
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Say on stderr how long each part took
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

/// How scored rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line: the assessment, or with --fields those columns; `rules_fired` with what was read.
    Ndjson,
}

/// How a summary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SummaryFormat {
    Table,
    Markdown,
    Json,
}

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Explain one person's result: the reasons on both sides, and what would change it.

Examples:
  bearings explain answers.json
      from a file of answers
  bearings explain survey.csv --id 17
      the respondent whose id is 17
  bearings explain answers.json --format markdown > reading.md
      to keep or print
  bearings explain answers.json --why
      the few answers that already force it, whatever the others are
  bearings explain answers.json --why-not one_sided_effort
      why that rule did not fire";

/// One person: whose answers, and by which rules.
#[derive(Debug, Args)]
pub(crate) struct RespondentArgs {
    /// A file of answers (JSON) or a survey (CSV, with --id); - is standard input
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// Which respondent of a survey
    #[arg(long, value_name = "VALUE")]
    pub(crate) id: Option<String>,
    /// How the columns are read.
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// Which rules, and how.
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
}

/// `bearings explain`
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Whose answers, and by which rules.
    #[command(flatten)]
    pub(crate) respondent: RespondentArgs,
    /// How the explanation is written
    #[arg(long, default_value = "text")]
    pub(crate) format: ExplainFormat,
    /// Say only which answers already force what the answers lean to
    #[arg(long)]
    pub(crate) why: bool,
    /// Say only what this rule read, and what it would have taken for it to fire
    #[arg(long, value_name = "RULE", conflicts_with = "why")]
    pub(crate) why_not: Option<String>,
}

/// How an explanation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Text,
    Json,
    Markdown,
}
