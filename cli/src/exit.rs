//! How a command ends: the failures, what is printed of each, and the exit codes.
//!
//! Ctrl-C ends a command as the system would, with status 130, after what was not finished is cleared away; in the
//! interview it leaves. A finished command whose findings fail (a failed test, a refuted property) is no [`Failure`];
//! its command returns its own status.

use std::fmt;
use std::io;
use std::process::ExitCode;

use bearings_engine::diagnostic::{Diagnostic, LoadError, SourceFile};

use crate::args::Common;
use crate::render::{self, Context};

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that cannot be done.
    Usage(String),
    /// The answers, or a survey as a whole, cannot be read.
    Responses(Report),
    /// A questionnaire or ruleset cannot be used.
    Definition(Report),
    /// A file could not be read or written.
    Io {
        /// What was tried: "cannot read `survey.csv`".
        doing: String,
        /// What the system said.
        error: io::Error,
    },
    /// What was asked to be verified is not so. What was being written is left out.
    Unverified(String),
    /// Everything was done, but some rows were rejected; each was reported where it was met.
    Rows {
        /// How many rows.
        rejected: u64,
        /// How many were not.
        scored: u64,
        /// What may be done about it.
        hints: Vec<String>,
    },
}

/// What is printed of a failure.
#[derive(Debug)]
pub(crate) enum Report {
    /// One sentence and what may be done about it.
    Message {
        /// What is wrong.
        message: String,
        /// What to do.
        hints: Vec<String>,
    },
    /// Problems with places in a file that could be somebody's answers, taken for another kind of file: no line of it is
    /// shown.
    Places {
        /// The problems, in the order in which they are printed.
        problems: Vec<Diagnostic>,
        /// The files they are about.
        sources: Vec<SourceFile>,
    },
    /// Problems with places.
    Diagnostics {
        /// The problems, in the order in which they are printed.
        problems: Vec<Diagnostic>,
        /// The files they are about.
        sources: Vec<SourceFile>,
    },
}

impl Report {
    /// A sentence.
    pub(crate) fn message(message: impl Into<String>) -> Self {
        Self::Message { message: message.into(), hints: Vec::new() }
    }

    /// The same with one more hint; diagnostics carry their own.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Message { hints, .. } = &mut self {
            hints.push(hint.into());
        }
        self
    }

    /// The problems of a failed load.
    pub(crate) fn load(error: LoadError, sources: Vec<SourceFile>) -> Self {
        Self::Diagnostics { problems: error.0, sources }
    }
}

impl Failure {
    /// A file could not be read.
    pub(crate) fn reading(name: impl fmt::Display, error: io::Error) -> Self {
        Self::Io { doing: format!("cannot read `{name}`"), error }
    }

    /// A file could not be written.
    pub(crate) fn writing(name: impl fmt::Display, error: io::Error) -> Self {
        Self::Io { doing: format!("cannot write `{name}`"), error }
    }

    /// The number that the shell sees.
    fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Responses(_) => 3,
            Failure::Definition(_) => 4,
            // Who reads our output has seen enough (`bearings score ... | head`): that is success.
            Failure::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Failure::Io { .. } => 5,
            Failure::Unverified(_) => 1,
            Failure::Rows { .. } => 6,
        }
    }

    /// What is printed on stderr; empty for nothing.
    fn text(&self, common: &Common) -> String {
        let format = common.error_format;
        match self {
            Failure::Usage(message) => render::message(message, &["see `bearings --help`".to_owned()], format),
            Failure::Responses(report) => report_text(report, Context::PlaceOnly, common),
            Failure::Definition(report) => report_text(report, Context::SourceLines, common),
            Failure::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => String::new(),
            Failure::Io { doing, error } => render::message(&format!("{doing}: {error}"), &[], format),
            Failure::Unverified(message) => {
                let hints = [
                    "nothing was written; this is a fault of this program: please report it with the ruleset, without the survey"
                        .to_owned(),
                ];
                render::message(message, &hints, format)
            }
            Failure::Rows { rejected, scored, hints } => {
                let rows = if *rejected == 1 { "1 row was".to_owned() } else { format!("{rejected} rows were") };
                let others = if *scored == 0 { "no row was scored" } else { "the others are done" };
                render::message(&format!("{rows} rejected; {others}"), hints, format)
            }
        }
    }

    /// Prints what must be said and gives the exit code.
    pub(crate) fn report(&self, common: &Common) -> ExitCode {
        render::to_stderr(&self.text(common));
        ExitCode::from(self.code())
    }
}

fn report_text(report: &Report, context: Context, common: &Common) -> String {
    match report {
        Report::Message { message, hints } => render::message(message, hints, common.error_format),
        Report::Places { problems, sources } => {
            render::diagnostics(problems, sources, Context::PlaceOnly, common.error_format)
        }
        Report::Diagnostics { problems, sources } => {
            render::diagnostics(problems, sources, context, common.error_format)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{ColorArg, ErrorFormat};
    use bearings_engine::diagnostic::Code;

    const COMMON: Common = Common { color: ColorArg::Never, error_format: ErrorFormat::Human, quiet: false };

    #[test]
    fn each_failure_has_its_code() {
        let io = |kind| Failure::writing("x", io::Error::from(kind));
        for (failure, code) in [
            (Failure::Usage(String::new()), 2),
            (Failure::Responses(Report::message("")), 3),
            (Failure::Definition(Report::message("")), 4),
            (io(io::ErrorKind::NotFound), 5),
            (io(io::ErrorKind::BrokenPipe), 0),
            (Failure::Rows { rejected: 2, scored: 1, hints: Vec::new() }, 6),
        ] {
            assert_eq!(failure.code(), code);
        }
    }

    #[test]
    fn others_are_done_only_if_there_are_others() {
        for (rejected, scored, text) in [
            (1, 2, "1 row was rejected; the others are done"),
            (2, 1, "2 rows were rejected; the others are done"),
            (1, 0, "1 row was rejected; no row was scored"),
        ] {
            let found = Failure::Rows { rejected, scored, hints: Vec::new() }.text(&COMMON);
            assert!(found.contains(text), "{found}");
        }
    }

    #[test]
    fn a_broken_pipe_says_nothing() {
        assert_eq!(Failure::writing("x", io::ErrorKind::BrokenPipe.into()).text(&COMMON), "");
    }

    #[test]
    fn a_problem_with_answers_never_shows_the_line_they_stand_on() {
        let source = SourceFile::new("answers.json", "{\"answers\": {\"effort_mine\": 4711}}");
        let problem =
            Diagnostic::error(Code::InvalidValue, "answers.json", 13..26, "the answer is none of its options");
        let load = || Report::load(LoadError(vec![problem.clone()]), vec![source.clone()]);
        let text = Failure::Responses(load()).text(&COMMON);
        assert!(text.contains("answers.json:1:14") && !text.contains("4711"), "{text}");
        assert!(Failure::Definition(load()).text(&COMMON).contains("4711"));
    }
}
