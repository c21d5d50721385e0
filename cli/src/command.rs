//! Which command does what.

mod check;
mod explain;
mod export;
mod greeting;
mod help;
mod list;
mod new;
mod sample;
mod score;
mod shell;
mod show;
mod take;
mod test;

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
        Some(Command::Export(args)) => export::run(&args, &cli.common),
        Some(Command::New(args)) => new::run(&args, &cli.common),
        Some(Command::Completions(args)) => shell::completions(&args),
        Some(Command::Man) => shell::man(),
        Some(Command::Check(args)) => check::run(&args, &cli.common),
        Some(Command::Test(args)) => test::run(&args, &cli.common),
        Some(Command::Score(args)) => score::run(&args, &cli.common),
        Some(Command::Take(args)) => take::run(&args, &cli.common),
        Some(Command::Explain(args)) => explain::run(&args, &cli.common),
        Some(Command::Show(args)) => show::run(&args),
    }
}
