//! The arguments of `import`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::new::NewId;

pub(super) const IMPORT_EXAMPLES: &str = "\
Make a questionnaire of a list of items.

Examples:
  bearings import items.csv --from csv --options '0=Never,1=Seldom,2=Often' -o q.json
      a table with an item a row: its id, its text, perhaps its options
  bearings import dictionary.csv --from redcap -o q.json
      a REDCap data dictionary, as REDCap gives it out
  bearings import form/ --from xlsform -o q.json
      a folder with the sheets survey.csv and choices.csv of an XLSForm

Nothing is guessed: a line that is no item, or that cannot be carried over, is
named with its reason. Who wrote the items and under which licence is not in
such a list: say it with --source and --licence.";

/// `bearings import`
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The item list; - is standard input. For xlsform the folder of the sheets, or the sheets themselves
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What kind of list it is
    #[arg(long, value_name = "KIND")]
    pub(crate) from: ImportFormat,
    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The id of the questionnaire: lower-case words joined by - [default: made of the file's name]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<NewId>,
    /// What the questionnaire is called [default: the form's title, else the id]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Where the items come from
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// Under which licence the wording may be used
    #[arg(long, value_name = "TEXT")]
    pub(crate) licence: Option<String>,
    /// What stands between cells: a character, or `tab` [default: the one that the header has]
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) delimiter: Option<Delimiter>,
    /// For csv: the options of items that have none of their own; `|` between them if a label has a comma
    #[arg(long, value_name = "VALUE=LABEL,...")]
    pub(crate) options: Option<String>,
    /// For csv: what is put before an id that is a number [default: item_]
    #[arg(long, value_name = "WORD")]
    pub(crate) prefix: Option<String>,
}

/// What kind of list items come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A table with an item a row.
    Csv,
    /// A REDCap data dictionary.
    Redcap,
    /// The sheets of an XLSForm, as CSV.
    Xlsform,
}

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delimiter(pub(crate) u8);

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            b"tab" | b"\\t" => Ok(Self(b'\t')),
            [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && !matches!(one, b'"' | b'\n' | b'\r') => {
                Ok(Self(*one))
            }
            _ => Err("write one character such as ; or |, or the word tab".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character_or_a_word() {
        for (text, byte) in [(";", b';'), ("|", b'|'), ("tab", b'\t'), ("\t", b'\t')] {
            assert_eq!(text.parse(), Ok(Delimiter(byte)));
        }
        for other in ["", ";;", "a", "\"", "§", "semicolon"] {
            assert!(other.parse::<Delimiter>().is_err(), "{other}");
        }
    }
}
