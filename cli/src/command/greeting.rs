//! `bearings` alone: the ways to start.

use std::io::Write;
use std::process::ExitCode;

use crate::exit::Failure;
use crate::output::Output;

const GREETING: &str = "\
bearings: take your bearings after trust was broken.

Three ways to start:
  bearings take                        answer the questions yourself: ten quiet
                                       minutes, one key an answer
  bearings score survey.csv --summary  a survey, one row a respondent
  bearings check my-rules/             rules of your own; `bearings list` shows
                                       what is built in

No survey at hand? `bearings sample -o survey.csv` makes one up.
Nothing is stored and nothing is sent. All commands: bearings --help
If you ever feel unsafe with somebody: bearings help support
";

/// Prints the greeting.
///
/// # Errors
/// Standard output cannot be written to.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let mut output = Output::open(None)?;
    output.write_all(GREETING.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::GREETING;

    #[test]
    fn it_is_short_and_ends_with_where_to_get_support() {
        assert!(GREETING.lines().count() < 15);
        assert!(GREETING.lines().all(|line| line.len() <= 80));
        assert!(GREETING.lines().last().unwrap().ends_with("bearings help support"));
    }
}
