//! Which command does what.

mod greeting;
mod help;
mod list;
mod sample;
mod score;

use std::process::ExitCode;

use crate::args::{Cli, Command};
use crate::exit::Failure;

/// Does what was asked.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        None => greeting::run(),
        Some(Command::List) => list::run(),
        Some(Command::Help(args)) => help::run(&args),
        Some(Command::Sample(args)) => sample::run(&args),
        Some(Command::Score(args)) => score::run(&args, &cli.common),
        Some(Command::Explain(_) | Command::Show(_) | Command::Check(_) | Command::Test(_)) => {
            Err(Failure::Usage("this command is not written yet".to_owned()))
        }
    }
}
