//! Cases: answer sheets beside a ruleset, and what must come out. `bearings/case@1`.

mod compare;
mod file;
mod names;
#[cfg(test)]
mod tests;

use crate::assess::{AnswerBlock, BlockAssessment, NotLoaded, assess_block};
use crate::assessment::Assessment;
use crate::diagnostic::{Code, Diagnostic, LoadError, SourceFile};
use crate::explain::{Brief, Weighing, explain_row};
use crate::questionnaire::{OptionValue, Questionnaire, ROLE_ITEM, Role, Step, parse_json};
use crate::responses::{
    ANSWERS_FORMAT, AnswerValue, AnswersFile, QuestionnaireName, ResponseProblem, Responses, SafetyBlock,
};
use crate::ruleset::Ruleset;
pub use compare::{Aspect, Difference};
pub(crate) use file::CaseFile;
use file::{Expectation, key_place};

/// The first field of every case.
pub const CASE_FORMAT: &str = "bearings/case@1";

/// A case that can be run.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its file.
    pub name: String,
    /// Who this is and what a careful reader expects.
    pub description: String,
    /// Why it does not hold yet, if it does not.
    pub todo: Option<String>,
    /// The answers, settled.
    pub responses: Responses,
    expect: Expectation,
}

/// What came of a case.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// What differs; empty if the case holds.
    pub differences: Vec<Difference>,
    /// What each rule did, by id: `fired`, `not_fired` or `undecided`. None where nothing was weighed.
    pub rules: Vec<(String, &'static str)>,
}

/// All that is known of how a case came out, for the person who looks for the fault.
#[derive(Debug, Clone)]
pub struct CaseTrace {
    /// What came out.
    pub assessment: Assessment,
    /// How the conditions behind stage, overlays, signal, reason and scores came out; none where nothing was weighed.
    pub weighing: Option<Weighing>,
}

impl Case {
    /// Whether it expects anything. One that does not is met by every outcome.
    pub fn expects_something(&self) -> bool {
        self.expect.withheld.is_some() || self.expect.is_of_a_reading()
    }

    /// Reads a case, with everything checked but the names that it expects something of: those are the ruleset's.
    ///
    /// # Errors
    /// All problems that were found.
    pub fn load(source: &SourceFile, questionnaire: &Questionnaire) -> Result<Self, LoadError> {
        let file = parse(source)?;
        let (case, problems) = read(&file, source, questionnaire);
        finish(case, problems)
    }

    /// Reads a case for a ruleset: it can expect something only of what the ruleset has for the role and form of the
    /// case.
    ///
    /// # Errors
    /// All problems that were found.
    pub fn load_for(source: &SourceFile, ruleset: &Ruleset) -> Result<Self, LoadError> {
        let file = parse(source)?;
        let (case, mut problems) = read(&file, source, ruleset.questionnaire());
        let role = case.as_ref().map(|case| case.responses.role).or_else(|| written_role(&file));
        problems.extend(role.map(|role| names::check(&file, source, ruleset, role)).unwrap_or_default());
        finish(case, problems)
    }

    /// Runs the case.
    ///
    /// # Errors
    /// The ruleset was not loaded for the role and form of the case.
    pub fn run(&self, ruleset: &Ruleset) -> Result<CaseResult, NotLoaded> {
        let found = Brief::of_row(ruleset, &self.responses, &self.assessed(ruleset)?, 0);
        let differences = self.expect.differences(found.as_ref());
        Ok(CaseResult { differences, rules: found.map(|found| found.rules).unwrap_or_default() })
    }

    /// What came out and how, whatever the case expects.
    ///
    /// # Errors
    /// The ruleset was not loaded for the role and form of the case.
    pub fn trace(&self, ruleset: &Ruleset) -> Result<CaseTrace, NotLoaded> {
        let assessed = self.assessed(ruleset)?;
        Ok(CaseTrace {
            assessment: explain_row(ruleset, &self.responses, &assessed, 0),
            weighing: Weighing::of_row(ruleset, &self.responses, &assessed, 0),
        })
    }

    fn assessed(&self, ruleset: &Ruleset) -> Result<BlockAssessment, NotLoaded> {
        let mut block = AnswerBlock::new(ruleset.questionnaire(), self.responses.form, self.responses.safety);
        block.push(self.responses.role, &self.responses.answers);
        assess_block(ruleset, &block)
    }
}

fn parse(source: &SourceFile) -> Result<CaseFile, LoadError> {
    let file: CaseFile = parse_json(source, CASE_FORMAT).map_err(|problem| LoadError(vec![problem]))?;
    if file.format != CASE_FORMAT {
        let message = format!("the format must be `{CASE_FORMAT}`");
        let place = key_place(&source.text, &[Step::Field("format")]);
        return Err(LoadError(vec![Diagnostic::error(Code::UnknownFormat, &source.name, place, message)]));
    }
    Ok(file)
}

/// The case without its names checked, none if its answers cannot be used; and the problems.
fn read(file: &CaseFile, source: &SourceFile, questionnaire: &Questionnaire) -> (Option<Case>, Vec<Diagnostic>) {
    let problem = |path: &[Step<'_>], message: String| {
        Diagnostic::error(Code::InvalidCase, &source.name, key_place(&source.text, path), message)
    };
    let mut problems = Vec::new();
    if file.todo.as_ref().is_some_and(|why| why.trim().is_empty()) {
        problems.push(problem(&[Step::Field("todo")], "`todo` says why the case does not hold yet".to_owned()));
    }
    let expect = &file.expect;
    match expect.withheld {
        Some(true) if expect.is_of_a_reading() => {
            let message = "nothing else can be expected where everything is withheld".to_owned();
            problems.push(problem(&[Step::Field("expect"), Step::Field("withheld")], message));
        }
        // While it is a todo, nobody need have said yet what must come out.
        None if file.todo.is_none() && !expect.is_of_a_reading() => {
            let message = "the case expects nothing, so it would always pass".to_owned();
            let hint = "expect a signal, a reason, a stage, rules, scores or levels";
            problems.push(problem(&[Step::Field("expect")], message).hint(hint));
        }
        _ => {}
    }
    let answers = AnswersFile {
        format: ANSWERS_FORMAT.into(),
        questionnaire: QuestionnaireName { id: questionnaire.id.clone(), version: questionnaire.version.clone() },
        form: file.form,
        adaptive: false,
        answers: file.answers.clone(),
        missing: file.missing.clone(),
        safety: SafetyBlock::Answered,
    };
    let responses = match answers.responses(questionnaire, Role::Hurt) {
        Ok((responses, conflicts)) => {
            for slot in conflicts.iter().filter_map(|conflict| questionnaire.slots.get(conflict.slot)) {
                let message = format!("`{}` is answered although it is not asked", slot.id);
                problems.push(problem(&answer_path(file, &slot.id), message));
            }
            Some(responses)
        }
        Err(found) => {
            let of = |found: &ResponseProblem| problem(&answer_path(file, found.id()), found.to_string());
            problems.extend(found.iter().map(of));
            None
        }
    };
    let case = responses.map(|responses| Case {
        name: source.name.clone(),
        description: file.description.clone(),
        todo: file.todo.clone(),
        responses,
        expect: expect.clone(),
    });
    (case, problems)
}

fn finish(case: Option<Case>, mut problems: Vec<Diagnostic>) -> Result<Case, LoadError> {
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    match case {
        Some(case) if problems.is_empty() => Ok(case),
        _ => Err(LoadError(problems)),
    }
}

/// Whose case it is, where its answers cannot be used; none if the role is among what is wrong with them.
fn written_role(file: &CaseFile) -> Option<Role> {
    match file.answers.get(ROLE_ITEM) {
        None => Some(Role::Hurt),
        Some(AnswerValue::One(OptionValue::Word(word))) => Role::parse(word),
        Some(_) => None,
    }
}

/// Where a case has an answer, or why there is none; options are answered with their item.
fn answer_path<'a>(file: &CaseFile, id: &'a str) -> [Step<'a>; 2] {
    let item = id.split('.').next().unwrap_or(id);
    let written = |id: &str| file.answers.contains_key(id) || file.missing.contains_key(id);
    let id = if written(id) { id } else { item };
    let map = if file.answers.contains_key(id) { "answers" } else { "missing" };
    [Step::Field(map), Step::Field(id)]
}
