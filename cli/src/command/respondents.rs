//! The respondents of a survey, read once and assessed by several rulesets: memory does not grow with their number.

use std::collections::BTreeMap;

use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::responses::{Responses, SafetyBlock, ShownByRole};
use bearings_engine::{
    AnswerBlock, BlockAssessment, Cell, Count, ENGINE_SIGNALS, Matrix, Moves, OTHER_PATH, RowView, Ruleset, Said,
    UNPLACED, Variant, WITHHELD, assess_block, forms_of,
};

use crate::args::{Common, SheetsArgs, SurveyArgs};
use crate::exit::{Failure, Report};
use crate::render;
use crate::survey::{Config, Next, Row, Survey};

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
        return match columns.is_given() {
            true => Err(Failure::Usage(
                "--columns, --missing, --recorded-as, --map and --encoding say how --data is read".to_owned(),
            )),
            false => Ok(None),
        };
    };
    let map = columns.read_map()?;
    let config = Config {
        id: survey.id.as_deref(),
        form: sheets.form.map(Into::into),
        role: sheets.role.map(Into::into),
        ..Config::new(columns, map.as_ref())
    };
    let opened = Survey::open(path, questionnaire, &config)?;
    opened.notes().iter().for_each(|note| render::note(note, common));
    Ok(Some(opened))
}

/// What is done with a block: the ids of its respondents, and what each ruleset found.
pub(super) type Look<'a> = dyn FnMut(&[Vec<u8>], &[BlockAssessment]) -> Result<(), Failure> + 'a;

/// Assesses all respondents with each ruleset, and hands them over block after block.
///
/// # Errors
/// The survey cannot be read on, or what `look` says. Rejected rows are named and counted.
pub(super) fn each_block(
    survey: Survey,
    rulesets: &[&Ruleset],
    form: Form,
    common: &Common,
    look: &mut Look<'_>,
) -> Result<Tally, Failure> {
    let Some(questionnaire) = rulesets.first().map(|ruleset| ruleset.questionnaire()) else {
        return Ok(Tally::default());
    };
    let mut assess = |block: &AnswerBlock, ids: &[Vec<u8>]| {
        let assessed = rulesets.iter().map(|ruleset| assess_block(ruleset, block)).collect::<Result<Vec<_>, _>>();
        look(ids, &assessed.map_err(|missing| Failure::Responses(Report::message(missing.to_string())))?)
    };
    let mut block = AnswerBlock::new(questionnaire, form, SafetyBlock::Answered);
    let mut ids: Vec<Vec<u8>> = Vec::new();
    let tally = each(survey, questionnaire, form, common, &mut |row, responses| {
        block.push(responses.role, &responses.answers);
        ids.push(row.id.clone());
        if block.len() == BLOCK {
            assess(&block, &ids)?;
            block.clear();
            ids.clear();
        }
        Ok(())
    })?;
    assess(&block, &ids)?;
    Ok(tally)
}

/// What is done with a respondent: the row without its answers, and the answers, settled.
type LookAtOne<'a> = &'a mut dyn FnMut(&Row, &Responses) -> Result<(), Failure>;

/// Hands over the respondents one after the other: the row, and the answers.
///
/// # Errors
/// The survey cannot be read on, or what `look` says. Rejected rows are named and counted.
pub(super) fn each(
    mut survey: Survey,
    questionnaire: &Questionnaire,
    form: Form,
    common: &Common,
    look: LookAtOne<'_>,
) -> Result<Tally, Failure> {
    let (mut tally, mut conflicts) = (Tally::default(), 0_u64);
    let mut row = survey.row();
    let mut shown = ShownByRole::new(questionnaire, form);
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
                conflicts += shown.settle(responses.role, &mut responses.answers).len() as u64;
                look(&row, &responses)?;
                std::mem::swap(&mut responses.answers, &mut row.answers);
            }
        }
    }
    for note in survey.closing_notes() {
        render::note(&note, common);
    }
    if tally.rejected > NAMED {
        render::note(&format!("{} more rejected rows are not named here", tally.rejected - NAMED), common);
    }
    if conflicts > 0 {
        render::note(&format!("{conflicts} answers to questions that were not asked; `score` names them"), common);
    }
    let scored = tally.read - tally.rejected;
    render::note(&format!("{} rows read = {scored} scored + {} rejected", tally.read, tally.rejected), common);
    let advice = survey.noticed().advice().map(str::to_owned).into_iter().chain(survey.noticed().missing_advice());
    tally.advice = advice.map(|advice| format!("{}: {advice}", survey.name())).collect();
    Ok(tally)
}

/// What a ruleset says of a respondent; none where there is no reading (a hard flag, or under 18).
pub(super) fn reading<'a>(ruleset: &'a Ruleset, form: Form, view: RowView<'_>) -> Option<Said<'a>> {
    let RowView::Assessed(row) = view else { return None };
    Some(Said::of(ruleset.variant(row.role(), form)?, view)).filter(|said| said.stage.is_some())
}

/// How many go from what one ruleset says to what another one says.
#[derive(Debug, Default)]
pub(super) struct Counts<'a> {
    stage: BTreeMap<(&'a str, &'a str), u64>,
    signal: BTreeMap<(&'a str, &'a str), u64>,
}

impl<'a> Counts<'a> {
    /// Counts a respondent.
    pub(super) fn add(&mut self, was: Said<'a>, is: Said<'a>) {
        *self.stage.entry((was.stage.unwrap_or_default(), is.stage.unwrap_or_default())).or_default() += 1;
        *self.signal.entry((was.signal, is.signal)).or_default() += 1;
    }

    /// The counts as matrices, of what either ruleset declares.
    pub(super) fn moves(&self, old: &Ruleset, new: &Ruleset) -> Moves {
        let ids = |of: fn(&Variant) -> Vec<&String>, engine: &[&str]| {
            let mut ids: Vec<String> = Vec::new();
            for id in old.variants().chain(new.variants()).flat_map(|(_, variant)| of(variant)) {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
            let is_there = !ids.is_empty();
            let engine = engine.iter().filter(|id| ![WITHHELD, OTHER_PATH].contains(id));
            ids.extend(engine.map(|id| (*id).to_owned()));
            is_there.then_some(ids)
        };
        let stages = ids(|variant| variant.stages.iter().map(|stage| &stage.id).collect(), &[UNPLACED]);
        let signals = ids(|variant| variant.signals.iter().map(|signal| &signal.id).collect(), &ENGINE_SIGNALS);
        Moves {
            stage: stages.map(|ids| matrix(ids, &self.stage)),
            signal: signals.map(|ids| matrix(ids, &self.signal)),
        }
    }
}

fn matrix(ids: Vec<String>, counts: &BTreeMap<(&str, &str), u64>) -> Matrix {
    let mut cells = Vec::new();
    for from in &ids {
        for to in &ids {
            if let Some(count) = counts.get(&(from.as_str(), to.as_str())) {
                cells.push(Cell { from: from.clone(), to: to.clone(), count: Count::from(*count), example: None });
            }
        }
    }
    let of = cells.iter().map(|cell| &cell.count).sum();
    Matrix { ids, of, cells }
}

/// Whose sheets are looked at, where there is a choice: ` (hurt, short form)`.
pub(super) fn whose(questionnaire: &Questionnaire, role: Role, form: Form) -> String {
    let role = questionnaire.has_roles().then(|| role.as_str().to_owned());
    let form = (forms_of(questionnaire).len() > 1).then(|| format!("{} form", form.as_str()));
    let told: Vec<String> = role.into_iter().chain(form).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

/// How many get no reading, as it may be told: a few could point at somebody.
pub(super) fn told(unread: u64) -> String {
    const SMALLEST_SHOWN: u64 = 5;
    match unread {
        1..SMALLEST_SHOWN => format!("fewer than {SMALLEST_SHOWN}"),
        count => count.to_string(),
    }
}
