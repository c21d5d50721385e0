//! `bearings`: take your bearings after trust was broken, score surveys, and work on rulesets.

mod args;
mod builtin;
mod command;
mod definition;
mod exit;
mod export;
mod load;
mod output;
mod render;
mod report;
mod resources;
mod sample;
mod survey;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = args::parse();
    match cli.common.color {
        // A terminal that calls itself dumb cannot show colours.
        args::ColorArg::Auto if std::env::var_os("TERM").is_some_and(|term| term == "dumb") => {
            anstream::ColorChoice::Never
        }
        args::ColorArg::Auto => anstream::ColorChoice::Auto,
        args::ColorArg::Always => anstream::ColorChoice::Always,
        args::ColorArg::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    let common = cli.common.clone();
    command::run(cli).unwrap_or_else(|failure| failure.report(&common))
}
