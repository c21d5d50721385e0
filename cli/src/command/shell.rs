//! `bearings completions` and `bearings man`: the command line told to a shell and to `man`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap_mangen::Man;

use crate::args::{self, CompletionsArgs};
use crate::exit::Failure;
use crate::output::Output;

/// Prints the script that completes `bearings` in a shell.
///
/// # Errors
/// Standard output cannot be written to.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "bearings", &mut script);
    print(|output| output.write_all(&script))
}

/// Prints the page for `man`.
///
/// # Errors
/// Standard output cannot be written to.
pub(crate) fn man() -> Result<ExitCode, Failure> {
    print(|output| output.write_all(page()?.as_bytes()))
}

fn print(write: impl FnOnce(&mut Output) -> io::Result<()>) -> Result<ExitCode, Failure> {
    let mut output = Output::open(None)?;
    write(&mut output).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// One page: the program, then each command under a heading of its own. A page a command would be twenty files to
/// install, and a reader would have to know which of them to open.
fn page() -> io::Result<String> {
    // Clap fills in what commands share while it builds; help and version would stand with every command.
    let mut root = args::command().disable_help_flag(true).disable_version_flag(true);
    root.build();
    let mut page = Vec::new();
    let man = Man::new(root.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for command in root.get_subcommands() {
        write_command(command, &mut page)?;
    }
    String::from_utf8(page).map_err(io::Error::other)
}

fn write_command(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    // What every command takes is told once, in front.
    let man = Man::new(command.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg }));
    let mut part = Vec::new();
    man.render_synopsis_section(&mut part)?;
    man.render_description_section(&mut part)?;
    man.render_options_section(&mut part)?;
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    writeln!(page, ".SH {}", name.to_uppercase())?;
    // Its sections are parts of this one.
    page.extend_from_slice(String::from_utf8_lossy(&part).replace("\n.SH ", "\n.SS ").as_bytes());
    for nested in command.get_subcommands() {
        write_command(nested, page)?;
    }
    Ok(())
}
