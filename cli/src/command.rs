//! Which command does what.

mod check;
mod codebook;
mod coverage;
mod diff;
mod explain;
mod export;
mod flip;
mod greeting;
mod grid;
mod help;
mod import;
mod list;
mod map;
mod new;
mod prove;
mod reliability;
mod respondent;
mod respondents;
mod sample;
mod score;
mod shell;
mod show;
mod sweep;
mod take;
mod test;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use bearings_engine::{Kind, header_of, kind_of};

use crate::args::{Cli, Command};
use crate::exit::Failure;
use crate::load::Definition;
use crate::resources::Date;

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
        Some(Command::Map(args)) => map::run(&args, &cli.common),
        Some(Command::Export(args)) => export::run(&args, &cli.common),
        Some(Command::Codebook(args)) => codebook::run(&args, &cli.common),
        Some(Command::Import(args)) => import::run(&args, &cli.common),
        Some(Command::New(args)) => new::run(&args, &cli.common),
        Some(Command::Completions(args)) => shell::completions(&args),
        Some(Command::Man) => shell::man(),
        Some(Command::Check(args)) => check::run(&args, &cli.common),
        Some(Command::Prove(args)) => prove::run(&args, &cli.common),
        Some(Command::Test(args)) => test::run(&args, &cli.common),
        Some(Command::Diff(args)) => diff::run(&args, &cli.common),
        Some(Command::Sweep(args)) => sweep::run(&args, &cli.common),
        Some(Command::Coverage(args)) => coverage::run(&args, &cli.common),
        Some(Command::Reliability(args)) => reliability::run(&args, &cli.common),
        Some(Command::Score(args)) => score::run(&args, &cli.common),
        Some(Command::Take(args)) => take::run(&args, &cli.common),
        Some(Command::Explain(args)) => explain::run(&args, &cli.common),
        Some(Command::Flip(args)) => flip::run(&args, &cli.common),
        Some(Command::Show(args)) => show::run(&args),
    }
}

/// What is said of a ruleset that is for groups only: a number that was made for groups is not held up to one person.
fn groups_only(id: &str) -> String {
    format!(
        "`{id}` is for groups only: it was made for research on many people, and a single person's number from it says \
         less than the safety questions"
    )
}

/// An instrument has scores and no signal, so nothing can be asked of one.
fn refuse_instrument(definition: &Definition) -> Result<(), Failure> {
    if kind_of(&definition.files) != Some(Kind::Instrument) {
        return Ok(());
    }
    let id = header_of(&definition.files).map(|(id, _)| id).unwrap_or_default();
    Err(Failure::Usage(format!("`{id}` is an instrument: it has scores and no signal that could change")))
}

/// The day by this machine's clock. Only for how old the check of a phone number is: an assessment has no date.
#[expect(clippy::disallowed_methods, reason = "how old a check is depends on the day; no result does")]
pub(crate) fn today() -> Date {
    const SECONDS_A_DAY: u64 = 24 * 60 * 60;
    // A clock before 1970 is wrong in any case; then every check lies ahead, and that is said.
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Date::from_days(i64::try_from(passed.as_secs() / SECONDS_A_DAY).unwrap_or_default())
}
