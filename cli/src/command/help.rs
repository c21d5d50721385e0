//! `bearings help TOPIC`: topics, commands and codes.

mod codes;
mod support;

use std::io::Write;
use std::process::ExitCode;

use bearings_engine::diagnostic::{Code, nearest};

use codes::page;

use crate::args::{self, HelpArgs};
use crate::exit::Failure;
use crate::output::Output;
use crate::resources::Resources;

/// The topics that are neither a command nor a code.
const TOPICS: [(&str, &str); 6] = [
    ("support", include_str!("help/support.txt")),
    ("fielding", include_str!("help/fielding.txt")),
    ("exit-codes", include_str!("help/exit-codes.txt")),
    ("formats", include_str!("help/formats.txt")),
    ("changes", include_str!("help/changes.txt")),
    ("problems", include_str!("help/problems.txt")),
];

/// Prints the text for the topic.
///
/// # Errors
/// There is no such topic, or standard output cannot be written to.
pub(crate) fn run(args: &HelpArgs) -> Result<ExitCode, Failure> {
    let text = match (args.topic.as_deref(), &args.country) {
        (Some("support"), Some(country)) => support::text_for(&Resources::built_in(), country, super::today()),
        (_, Some(_)) => {
            return Err(Failure::Usage("--country belongs to `bearings help support`".to_owned()));
        }
        (topic, None) => text_for(topic)?,
    };
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn text_for(topic: Option<&str>) -> Result<String, Failure> {
    let mut root = args::command();
    root.build();
    let Some(topic) = topic else {
        let names = TOPICS.map(|(name, _)| name).join(", ");
        let topics = format!("Topics: {names}, codes;\nany command; and any of these codes:");
        let codes = codes::wrapped(&Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", "));
        return Ok(format!("{}\n{topics}\n{codes}\n", root.render_long_help()));
    };
    if topic == "codes" {
        return Ok(codes::list());
    }
    if topic == "support" {
        return Ok(support::text(&Resources::built_in()));
    }
    if let Some((_, text)) = TOPICS.iter().find(|(name, _)| *name == topic) {
        return Ok((*text).to_owned());
    }
    if let Some(command) = root.find_subcommand_mut(topic) {
        let help = command.render_long_help().to_string();
        // `coverage` is a command, and what `check` warns of.
        let code = Code::ALL.iter().find(|code| code.as_str() == topic);
        return Ok(code.map_or(help.clone(), |code| format!("{help}\n{}", page(*code))));
    }
    // Both `unknown-name` and what was printed around it are understood.
    let word = topic.trim_start_matches("error[").trim_start_matches("warning[").trim_end_matches(']');
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == word) {
        return Ok(page(*code));
    }
    Err(unknown(topic, &root))
}

fn unknown(topic: &str, root: &clap::Command) -> Failure {
    let names = TOPICS.iter().map(|(name, _)| *name);
    let known = names
        .chain(["codes"])
        .chain(root.get_subcommands().map(clap::Command::get_name))
        .chain(Code::ALL.iter().map(|code| code.as_str()));
    let near = nearest(topic, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Failure::Usage(format!("there is no help topic `{}`{near}", topic.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_command_and_code_has_a_text() {
        let root = args::command();
        let commands = root.get_subcommands().map(clap::Command::get_name);
        for topic in
            TOPICS.iter().map(|(name, _)| *name).chain(commands).chain(Code::ALL.iter().map(|code| code.as_str()))
        {
            assert!(text_for(Some(topic)).unwrap().len() > 40, "{topic}");
        }
        assert!(text_for(Some("error[unknown-name]")).unwrap().starts_with("unknown-name: "));
    }

    #[test]
    fn topics_fit_the_terminal() {
        for (topic, _) in TOPICS {
            let text = text_for(Some(topic)).unwrap();
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }

    #[test]
    fn support_names_no_number_that_could_be_out_of_date() {
        let text = text_for(Some("support")).unwrap();
        assert!(!text.contains(|c: char| c.is_ascii_digit()));
    }

    #[test]
    fn a_misspelt_topic_is_found() {
        let Err(Failure::Usage(message)) = text_for(Some("suport")) else { panic!("found") };
        assert!(message.contains("did you mean `support`?"));
    }
}
