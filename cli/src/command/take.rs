//! `bearings take`: one person answers line by line and reads the result.
//!
//! Which question comes next is decided by the engine's [`Interview`]; here is what is said and done around it. It
//! must not show from outside what somebody answered: every outcome has the same questions before it, the same
//! closing line and the same status, and who leaves leaves without a word.

mod asker;
mod leave;
mod lines;
mod page;
mod words;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use bearings_engine::interview::{Given, Interview};
use bearings_engine::questionnaire::Form;
use bearings_engine::responses::{Responses, SafetyBlock, write_answers};
use bearings_engine::{Kind, Ruleset, forms_of};

use super::explain;
use crate::args::{Common, DEFAULT_RULESET, ExplainFormat, TakeArgs};
use crate::builtin;
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::output;
use crate::report::{self, About};
use asker::Asker;
use leave::CtrlC;
use lines::{Decision, Lines, Stop, Unsaid};

/// Asks, and shows the result to who wants to see it.
///
/// # Errors
/// The rules cannot be used, the file for the answers cannot be made, or a piped input ends too early.
pub(crate) fn run(args: &TakeArgs, common: &Common) -> Result<ExitCode, Failure> {
    // Whatever can fail fails here, and not after ten minutes of questions.
    if let Some(path) = &args.answers_out {
        refuse_standard_output(path)?;
        output::refuse_unless_new(path)?;
    }
    let name = ruleset_name(args);
    let definition = Definition::read(name, args.questionnaire.as_deref())?;
    let questionnaire = &*definition.questionnaire;
    let forms = args.form.map_or_else(|| forms_of(questionnaire), |form| vec![form.into()]);
    let wanted = forms.iter().flat_map(|form| variants(*form)).collect();
    let ruleset = definition.ready(&args.settings, wanted, common)?;
    refuse_what_advises_nobody(&ruleset)?;
    let given = Given { role: args.role.map(Into::into), bond: args.bond.map(Into::into) };
    let form = args.form.map_or(Form::Short, Into::into);
    let mut interview = Interview::new(questionnaire, form, given)
        .map_err(|error| Failure::Usage(format!("{error}; leave the option out, and it is asked")))?;

    let ctrl_c = CtrlC::leaves()?;
    let stdin = io::stdin();
    let mut lines = Lines::new(stdin.lock(), io::stderr(), stdin.is_terminal());
    match (Sitting { args, ruleset: &ruleset, name, ctrl_c }).hold(&mut interview, &mut lines) {
        Ok(()) | Err(Stop::Left) => Ok(ExitCode::SUCCESS),
        Err(Stop::Ended) => {
            // Off the line that still waits for an answer.
            let _ = lines.gap();
            Err(ended(&interview))
        }
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// A questionnaire that is built in as a ruleset brings its own rules.
fn ruleset_name(args: &TakeArgs) -> &str {
    let own = args.questionnaire.as_deref().filter(|name| builtin::ruleset(name).is_some());
    args.ruleset.as_deref().or(own).unwrap_or(DEFAULT_RULESET)
}

fn refuse_standard_output(path: &Path) -> Result<(), Failure> {
    if path == Path::new("-") {
        let message = "--answers-out needs the name of a file; standard output is for the result";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// Scores alone are nothing to be met with after personal questions.
fn refuse_what_advises_nobody(ruleset: &Ruleset) -> Result<(), Failure> {
    if ruleset.kind == Kind::Assessment {
        return Ok(());
    }
    let message = format!(
        "`{}` is no assessment ({}), so there is nothing to take; `bearings score` scores such answers",
        ruleset.id,
        ruleset.kind.as_str()
    );
    Err(Failure::Usage(message))
}

/// What is said when a piped input ends while something is still to be answered.
fn ended(interview: &Interview<'_>) -> Failure {
    let report = match interview.question() {
        Some(question) => {
            // That a question was asked because of an answer, or that safety came early, tells the answer.
            let tells = question.item.block || question.item.asked_if.is_some();
            let which = if tells { "a question".to_owned() } else { format!("question `{}`", question.item.id) };
            let message = format!("the input ended before {which} was answered");
            Report::message(message).hint("each line answers what is asked next; `s` skips a question")
        }
        None => {
            let message = "the input ended after the last question, but what is asked at the end needs an answer, too";
            Report::message(message).hint("`y` is yes and `n` is no, for example to showing the result")
        }
    };
    Failure::Responses(report)
}

/// What is fixed for one interview.
struct Sitting<'a> {
    args: &'a TakeArgs,
    ruleset: &'a Ruleset,
    /// The ruleset as it was named.
    name: &'a str,
    ctrl_c: CtrlC,
}

impl Sitting<'_> {
    fn hold(&self, interview: &mut Interview<'_>, lines: &mut Lines<impl BufRead, impl Write>) -> Result<(), Stop> {
        let questionnaire = self.ruleset.questionnaire();
        lines.say(&words::opening(questionnaire, self.args.answers_out.is_some()))?;
        if lines.yes_or_no(words::PRIVACY, Unsaid::No)? && lines.yes_or_no(words::STOP_HERE, Unsaid::Yes)? {
            return Err(Stop::Left);
        }
        let may_be_shown = self.ask(interview, lines)?;
        let responses = interview.responses();
        if may_be_shown {
            lines.gap()?;
            self.show(&responses, lines)?;
        }
        if let Some(path) = &self.args.answers_out {
            self.save(path, &responses, lines)?;
        }
        lines.say(&page::paragraph(words::CLOSING))
    }

    /// Asks to the end. Yes if the result may be shown.
    fn ask(&self, interview: &mut Interview<'_>, lines: &mut Lines<impl BufRead, impl Write>) -> Result<bool, Stop> {
        let mut asker = Asker::default();
        loop {
            while interview.question().is_some() {
                asker.ask(self.ruleset.questionnaire(), interview, lines)?;
            }
            let deeper = if self.args.form.is_none() { interview.deeper() } else { 0 };
            if deeper > 0 {
                match lines.decide(&words::deeper(deeper), Unsaid::No)? {
                    Decision::Yes => {
                        interview.go_deeper();
                        continue;
                    }
                    Decision::Back => {
                        interview.back();
                        continue;
                    }
                    Decision::No => {}
                }
            }
            match lines.decide(words::RESULT, Unsaid::No)? {
                Decision::Yes => return Ok(true),
                Decision::No => return Ok(false),
                Decision::Back => {
                    interview.back();
                }
            }
        }
    }

    /// Shows the result; on a terminal how it came about only to somebody who wants to read it.
    fn show(&self, responses: &Responses, lines: &mut Lines<impl BufRead, impl Write>) -> Result<(), Stop> {
        if self.args.format != ExplainFormat::Text || !io::stdout().is_terminal() {
            return explain::print(self.ruleset, responses, self.name, self.args.format).map_err(Stop::Failed);
        }
        let assessment = explain::assessed(self.ruleset, responses).map_err(Stop::Failed)?;
        let (page, details) = report::in_two_parts(&assessment, &About::of(self.ruleset, responses, self.name));
        explain::show(&page).map_err(Stop::Failed)?;
        if let Some(details) = details
            && lines.yes_or_no(words::HOW_IT_CAME_ABOUT, Unsaid::No)?
        {
            lines.gap()?;
            explain::show(&details).map_err(Stop::Failed)?;
        }
        Ok(())
    }

    /// Writes the answers to a file, if that is still wanted.
    fn save(
        &self,
        path: &Path,
        responses: &Responses,
        lines: &mut Lines<impl BufRead, impl Write>,
    ) -> Result<(), Stop> {
        let questionnaire = self.ruleset.questionnaire();
        lines.say(&page::paragraph(words::BEFORE_SAVING))?;
        if !lines.yes_or_no(words::SAVE, Unsaid::No)? {
            return Ok(());
        }
        let mut safety = SafetyBlock::LeftOut;
        if !responses.is_minor(questionnaire) && lines.yes_or_no(words::SAVE_SAFETY, Unsaid::No)? {
            safety = SafetyBlock::Answered;
        }
        let file = write_answers(questionnaire, responses, safety);
        // Plain data with string keys always becomes JSON.
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        self.ctrl_c.waits_for(|| output::write_new(path, text.as_bytes())).map_err(Stop::Failed)?;
        lines.say(&page::paragraph(words::SAVED))
    }
}
