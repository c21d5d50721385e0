//! The arguments of `test`.

use std::path::PathBuf;

use clap::Args;
use regex_lite::Regex;

pub(super) const TEST_EXAMPLES: &str = "\
Run the cases that stand beside the rules.

A case is an answer sheet and what must come out of it: a signal, a reason, a
stage, overlays, scores, levels, rules that fired, did not fire or are
undecided. Where something else comes out, the rule is shown as it is written,
with what it read and how far it was from the other outcome.

A case with \"todo\": \"why\" does not hold yet: it is run and fails nothing. Once
it holds it fails, until the `todo` is taken out, so that it cannot break again
unseen. One that expects nothing yet stays a todo.

Examples:
  bearings test my-rules
  bearings test my-rules --run '(?i)effort' --junit cases.xml

Status 1 if a case failed.";

/// `bearings test`
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Rulesets: built-in ids or folders [default: all that are built in]
    #[arg(value_name = "RULESET")]
    pub(crate) rulesets: Vec<String>,
    /// Only cases whose file name or description matches this regular expression
    #[arg(long, value_name = "REGEX")]
    pub(crate) run: Option<Regex>,
    /// Also write the outcomes to this file as JUnit XML, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Fail where a ruleset has no cases
    #[arg(long)]
    pub(crate) fail_on_empty: bool,
}
