//! The respondents of a survey, read once and assessed by several rulesets: memory does not grow with their number.

use bearings_engine::questionnaire::{Form, Questionnaire};
use bearings_engine::responses::{Responses, SafetyBlock};
use bearings_engine::{AnswerBlock, BlockAssessment, Ruleset, assess_block};

use crate::args::{Common, RecordedAs, SheetsArgs, SurveyArgs};
use crate::exit::{Failure, Report};
use crate::render;
use crate::survey::{Config, Fingerprint, Next, Survey};

/// How many sheets are assessed at once: a block's columns fit the second cache.
const BLOCK: usize = 1_024;
/// How many rejected rows are named on stderr.
const NAMED: u64 = 10;

/// What was counted while reading.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) rejected: u64,
    advice: Vec<String>,
}

impl Tally {
    /// The failure that stands for rejected rows, once everything else was done.
    pub(super) fn rejects(self) -> Option<Failure> {
        let scored = self.read - self.rejected;
        (self.rejected > 0).then_some(Failure::Rows { rejected: self.rejected, scored, hints: self.advice })
    }
}

/// Opens the survey, if there is one, and says how it is read.
///
/// # Errors
/// It cannot be read; or it is said how a survey is read, and there is none.
pub(super) fn open(
    survey: &SurveyArgs,
    sheets: &SheetsArgs,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<Option<Survey>, Failure> {
    let columns = &survey.columns;
    let Some(path) = &survey.data else {
        let is_said =
            columns.columns.is_some() || !columns.missing.is_empty() || columns.recorded_as != RecordedAs::Printed;
        return match is_said {
            true => Err(Failure::Usage("--columns, --missing and --recorded-as say how --data is read".to_owned())),
            false => Ok(None),
        };
    };
    let config = Config {
        id: survey.id.as_deref(),
        keep: &[],
        pattern: columns.columns.as_ref(),
        missing: &columns.missing,
        recorded: columns.recorded_as,
        form: sheets.form.map(Into::into),
        role: sheets.role.map(Into::into),
        fingerprint: Fingerprint::None,
    };
    let opened = Survey::open(path, questionnaire, &config)?;
    opened.notes().iter().for_each(|note| render::note(note, common));
    Ok(Some(opened))
}

/// Assesses all respondents with each ruleset, and hands over block after block: the ids and what each ruleset found.
///
/// # Errors
/// The survey cannot be read on, or what `look` says. Rejected rows are named and counted.
pub(super) fn each_block(
    mut survey: Survey,
    rulesets: &[&Ruleset],
    form: Form,
    common: &Common,
    look: &mut dyn FnMut(&[Vec<u8>], &[BlockAssessment]) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let Some(questionnaire) = rulesets.first().map(|ruleset| ruleset.questionnaire()) else {
        return Ok(Tally::default());
    };
    let mut assess = |block: &AnswerBlock, ids: &[Vec<u8>]| {
        let assessed = rulesets.iter().map(|ruleset| assess_block(ruleset, block)).collect::<Result<Vec<_>, _>>();
        look(ids, &assessed.map_err(|missing| Failure::Responses(Report::message(missing.to_string())))?)
    };
    let (mut tally, mut conflicts) = (Tally::default(), 0_u64);
    let mut row = survey.row();
    let mut block = AnswerBlock::new(questionnaire, form, SafetyBlock::Answered);
    let mut ids: Vec<Vec<u8>> = Vec::new();
    let mut responses =
        Responses { form, role: row.role, bond: None, safety: SafetyBlock::Answered, answers: Vec::new() };
    loop {
        match survey.next(&mut row)? {
            Next::End => break,
            Next::Rejected(error) => {
                tally.read += 1;
                tally.rejected += 1;
                if tally.rejected <= NAMED {
                    let line = render::row(&error.to_string(), survey.name(), error.line, common.error_format);
                    render::to_stderr(&line);
                }
            }
            Next::Row => {
                tally.read += 1;
                std::mem::swap(&mut responses.answers, &mut row.answers);
                (responses.role, responses.bond) = (row.role, row.bond);
                conflicts += responses.settle(questionnaire).len() as u64;
                block.push(responses.role, &responses.answers);
                ids.push(row.id.clone());
                std::mem::swap(&mut responses.answers, &mut row.answers);
                if block.len() == BLOCK {
                    assess(&block, &ids)?;
                    block.clear();
                    ids.clear();
                }
            }
        }
    }
    assess(&block, &ids)?;
    if tally.rejected > NAMED {
        render::note(&format!("{} more rejected rows are not named here", tally.rejected - NAMED), common);
    }
    if conflicts > 0 {
        render::note(&format!("{conflicts} answers to questions that were not asked; `score` names them"), common);
    }
    let scored = tally.read - tally.rejected;
    render::note(&format!("{} rows read = {scored} scored + {} rejected", tally.read, tally.rejected), common);
    let advice = survey.advice().map(str::to_owned).into_iter().chain(survey.missing_advice());
    tally.advice = advice.map(|advice| format!("{}: {advice}", survey.name())).collect();
    Ok(tally)
}
