//! What can be typed, as clap types. What it means is not here: that is for the commands.

mod analysis;
mod codebook;
mod compare;
mod coverage;
mod export;
mod flip;
mod import;
mod map;
mod new;
mod reliability;
mod scoring;
mod take;
mod test;
mod value;

use std::path::PathBuf;

use bearings_engine::questionnaire::QUESTIONNAIRE_FORMAT;
use bearings_engine::responses::ANSWERS_FORMAT;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use analysis::PROVE_EXAMPLES;
pub(crate) use analysis::ProveArgs;
use codebook::CODEBOOK_EXAMPLES;
pub(crate) use codebook::{CodebookArgs, CodebookFormat};
use compare::{DIFF_EXAMPLES, SWEEP_EXAMPLES};
pub(crate) use compare::{DiffArgs, SheetsArgs, SurveyArgs, SweepArgs, Transition};
use coverage::COVERAGE_EXAMPLES;
pub(crate) use coverage::CoverageArgs;
use export::EXPORT_EXAMPLES;
pub(crate) use export::{AskedRole, ExportArgs, ExportFormat};
use flip::FLIP_EXAMPLES;
pub(crate) use flip::FlipArgs;
use import::IMPORT_EXAMPLES;
pub(crate) use import::{Delimiter, ImportArgs, ImportFormat};
use map::MAP_EXAMPLES;
pub(crate) use map::MapArgs;
use new::NEW_EXAMPLES;
pub(crate) use new::{New, NewArgs, NewCaseArgs, NewPlace};
use reliability::RELIABILITY_EXAMPLES;
pub(crate) use reliability::{Criterion, LongColumns, ReliabilityArgs, ReliabilityFormat, ValueRange};
pub(crate) use scoring::{
    ColumnArgs, Encoding, ExplainArgs, ExplainFormat, RecordedAs, RespondentArgs, RowFormat, RulesArgs, ScoreArgs,
    SummaryFormat,
};
use scoring::{EXPLAIN_EXAMPLES, SCORE_EXAMPLES};
use take::TAKE_EXAMPLES;
pub(crate) use take::TakeArgs;
use test::TEST_EXAMPLES;
pub(crate) use test::TestArgs;
pub(crate) use value::{ColumnPattern, FormArg, RoleArg, Setting, Shard};

use crate::resources::Country;

/// The ruleset that is used unless another one is named.
pub(crate) const DEFAULT_RULESET: &str = "trust-repair";

/// Take your bearings after trust was broken, score surveys, and work on rulesets.
#[derive(Debug, Parser)]
#[command(name = "bearings", version, disable_help_subcommand = true, max_term_width = 80)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do; nothing: the greeting.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorArg,
    /// How problems are written to stderr
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub(crate) error_format: ErrorFormat,
    /// Say nothing on stderr but problems
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    // Not doc comments, here and below: these words need no explaining in the help text.
    // On a terminal that can show them, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// How problems are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErrorFormat {
    /// With the source line and a caret.
    Human,
    /// One line each.
    Plain,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer the questions yourself and read the result
    #[command(long_about = TAKE_EXAMPLES)]
    Take(TakeArgs),
    /// Explain one person's result: the reasons on both sides
    #[command(long_about = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Find the smallest change of answers that changes the signal
    #[command(long_about = FLIP_EXAMPLES)]
    Flip(FlipArgs),
    /// Score a survey, one row a respondent
    #[command(long_about = SCORE_EXAMPLES)]
    Score(ScoreArgs),
    /// How well scales hold together, and how carefully people answered
    #[command(long_about = RELIABILITY_EXAMPLES)]
    Reliability(ReliabilityArgs),
    /// Describe every column of a survey, or of the scored file
    #[command(long_about = CODEBOOK_EXAMPLES)]
    Codebook(CodebookArgs),
    /// See how a survey file is read, and draft a map of its columns
    #[command(long_about = MAP_EXAMPLES)]
    Map(MapArgs),
    /// Write a questionnaire as a form: for paper, REDCap or ODK
    #[command(long_about = EXPORT_EXAMPLES)]
    Export(ExportArgs),
    /// Write a made-up survey to try things on
    Sample(SampleArgs),
    /// List the built-in rulesets and questionnaires
    List,
    /// Show a questionnaire's items or a ruleset's rules
    Show(ShowArgs),
    /// Write a first ruleset, questionnaire or case, to be changed
    #[command(long_about = NEW_EXAMPLES)]
    New(NewArgs),
    /// Make a questionnaire of a list of items: CSV, REDCap, XLSForm
    #[command(long_about = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Find every problem in rulesets and questionnaires
    Check(CheckArgs),
    /// Run the cases that stand beside the rules
    #[command(long_about = TEST_EXAMPLES)]
    Test(TestArgs),
    /// Prove what a ruleset promises, over all answer sheets
    #[command(long_about = PROVE_EXAMPLES)]
    Prove(ProveArgs),
    /// What an edit of a ruleset does to everybody: all sheets, a survey
    #[command(long_about = DIFF_EXAMPLES)]
    Diff(DiffArgs),
    /// How stages and signals move with a parameter of a ruleset
    #[command(long_about = SWEEP_EXAMPLES)]
    Sweep(SweepArgs),
    /// See which rules the cases try, and write the missing ones
    #[command(long_about = COVERAGE_EXAMPLES)]
    Coverage(CoverageArgs),
    /// Print the script that completes `bearings` in your shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
    /// Read about a topic, a command or an error code
    Help(HelpArgs),
}

/// The groups of the help text: who uses which commands.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Assess", &["take", "explain", "flip"]),
    ("Score surveys", &["score", "map", "reliability", "codebook", "export", "sample"]),
    (
        "Work on rulesets and questionnaires",
        &["list", "show", "new", "import", "check", "test", "coverage", "prove", "diff", "sweep"],
    ),
    ("Shell", &["completions", "man", "help"]),
];

/// `bearings sample`
#[derive(Debug, Args)]
pub(crate) struct SampleArgs {
    /// How many respondents
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) rows: u64,
    /// Which made-up survey; the same seed gives the same bytes everywhere
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The questionnaire: a built-in id or a file
    #[arg(long, value_name = "QUESTIONNAIRE", default_value = DEFAULT_RULESET)]
    pub(crate) questionnaire: String,
    /// The form that is asked
    #[arg(long, default_value = "short")]
    pub(crate) form: FormArg,
    /// As whom people answer
    #[arg(long, default_value = "hurt")]
    pub(crate) role: RoleArg,
    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `bearings show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A ruleset, a questionnaire or a rule: a built-in id or a path
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `bearings check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Ruleset folders, .rhai files, questionnaire files [default: everything that is built in]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// The questionnaire that the rulesets are checked against [default: the one they name]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// Let warnings fail the check, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Check again, and run the cases, whenever a file is saved; Ctrl-C ends it
    #[arg(long)]
    pub(crate) watch: bool,
}

/// `bearings completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell; where its scripts go, its own manual says
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// `bearings help`
#[derive(Debug, Args)]
pub(crate) struct HelpArgs {
    /// support, fielding, exit-codes, formats, codes, problems, a command, or a code
    /// such as unknown-name
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
    /// With `support`: what is known for a country, named by its two letters
    #[arg(long, value_name = "XX")]
    pub(crate) country: Option<Country>,
}

/// The command line as clap knows it, with the commands grouped by who uses them.
pub(crate) fn command() -> clap::Command {
    let version = env!("CARGO_PKG_VERSION");
    let command = Cli::command()
        .version(version)
        // Clap keeps texts for the life of the program; this one is made once.
        .long_version(&*format!("{version}\nformats: {QUESTIONNAIRE_FORMAT}, {ANSWERS_FORMAT}").leak());
    let groups = grouped(&command);
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}Options\n{{options}}\n\n\
         `bearings COMMAND --help` shows a command's options and examples.\n\
         If you ever feel unsafe with somebody: bearings help support\n"
    );
    command.help_template(template)
}

fn grouped(command: &clap::Command) -> String {
    let width = command.get_subcommands().map(|sub| sub.get_name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (group, names) in GROUPS {
        text.push_str(&format!("{group}\n"));
        for sub in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {:width$}  {about}\n", sub.get_name()));
        }
        text.push('\n');
    }
    text
}

/// Reads the command line. A request for help or a mistake ends the program here (statuses 0 and 2).
pub(crate) fn parse() -> Cli {
    let mut matches = command().get_matches();
    Cli::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| error.exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = command();
        let mut known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        known.sort_unstable();
        assert_eq!(grouped, known);
    }

    #[test]
    fn help_fits_eighty_columns() {
        let mut root = command();
        root.build();
        let mut texts = vec![("bearings".to_owned(), root.render_long_help().to_string())];
        for sub in root.get_subcommands_mut() {
            texts.push((sub.get_name().to_owned(), sub.render_long_help().to_string()));
            for nested in sub.get_subcommands_mut() {
                texts.push((nested.get_name().to_owned(), nested.render_long_help().to_string()));
            }
        }
        for (name, text) in texts {
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
        }
    }

    #[test]
    fn negative_codes_and_patterns_are_read() {
        let cli = Cli::try_parse_from([
            "bearings",
            "score",
            "x.csv",
            "--missing",
            "-9,-99",
            "--columns",
            "Q{n}",
            "--set",
            "window_weeks=4",
        ])
        .unwrap();
        let Some(Command::Score(args)) = cli.command else { panic!("not score") };
        assert_eq!(args.columns.missing, ["-9", "-99"]);
        assert_eq!(args.rules.ruleset, "trust-repair");
        assert_eq!(args.rules.settings.first().map(|setting| setting.value.as_str()), Some("4"));
    }

    #[test]
    fn commands_are_not_abbreviated() {
        assert!(Cli::try_parse_from(["bearings", "sco", "x.csv"]).is_err());
    }
}
