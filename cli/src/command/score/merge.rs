//! What was found in the blocks of a survey, in the order of its rows: written, counted and told.

use std::collections::BTreeMap;
use std::io::Write;

use bearings_engine::Compared;
use bearings_engine::questionnaire::Questionnaire;

use super::changes::Changes;
use super::ids::{Ids, Sheets};
use super::progress::Progress;
use super::worker::Scored;
use crate::args::{Common, ScoreArgs};
use crate::exit::{Failure, Report};
use crate::output::Output;
use crate::render;
use crate::survey::RowError;

/// How many rejected rows, and how many answered questions that were not asked, are named on stderr.
const NAMED: u64 = 10;

/// What was counted over all surveys.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) rejected: u64,
    /// Rejected rows by their first reason.
    pub(super) reasons: BTreeMap<&'static str, u64>,
    /// Answers to questions that were not asked.
    pub(super) conflicts: u64,
    /// Rows whose id stood in an earlier row, among the first so many ids.
    pub(super) duplicate_ids: u64,
    /// The line of the first of these.
    pub(super) first_duplicate: Option<u64>,
    /// Rows whose answers are those of an earlier row.
    pub(super) duplicate_answers: u64,
    /// Rows whose signal is another than to keep going.
    pub(super) others: u64,
    /// Rows with a hard flag.
    pub(super) withheld: u64,
    /// What was run a second time, with `--verify`.
    pub(super) compared: Compared,
    /// What to try with the files whose cells make more sense in another way than was said.
    pub(super) advice: Vec<String>,
    ids: Ids,
    sheets: Sheets,
}

/// Where everything goes.
pub(super) struct Sink<'a> {
    pub(super) rows: Option<Output>,
    pub(super) trace: Option<Output>,
    pub(super) rejects: Option<Output>,
    pub(super) changes: Option<Changes<'a>>,
}

/// One survey on its way.
pub(super) struct Merge<'a> {
    pub(super) name: &'a str,
    /// Whether its rows have ids of their own.
    pub(super) has_ids: bool,
    /// Whether a person can have several rows, told apart by their wave.
    pub(super) has_waves: bool,
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) args: &'a ScoreArgs,
    pub(super) common: &'a Common,
}

impl Merge<'_> {
    /// Takes what was found in the next block.
    pub(super) fn take(
        &self,
        scored: &mut Scored,
        sink: &mut Sink<'_>,
        tally: &mut Tally,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        tally.read += scored.read;
        tally.others += scored.others;
        tally.withheld += scored.withheld;
        tally.compared += scored.compared;
        tally.sheets.extend(&scored.prints);
        for error in &scored.rejected {
            self.reject(error, &scored.hints, sink, tally, progress)?;
        }
        for (line, slot) in &scored.conflicts {
            self.conflict(*line, *slot, tally, progress);
        }
        if self.has_ids {
            let mut start = 0;
            for (line, end) in &scored.id_ends {
                let id = scored.ids.get(start..*end).unwrap_or_default();
                start = *end;
                if tally.ids.is_duplicate(id) {
                    self.duplicate(*line, tally, progress);
                }
            }
        }
        if let Some(changes) = &mut sink.changes {
            for (id, wave, scores) in scored.measured.drain(..) {
                changes.add(&id, &wave, scores);
            }
        }
        write(&mut sink.rows, &scored.lines)?;
        write(&mut sink.trace, &scored.trace)?;
        progress.tell(tally.read);
        Ok(())
    }

    fn note(&self, line: u64, message: &str, progress: &mut Progress) {
        progress.clear();
        render::note(&format!("{}:{line}: {message}", self.name), self.common);
    }

    /// Reports a rejected row; with `--strict` it is the last.
    fn reject(
        &self,
        error: &RowError,
        hints: &[String],
        sink: &mut Sink<'_>,
        tally: &mut Tally,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        tally.rejected += 1;
        let reason = error.problems.first().map_or("unreadable", |problem| problem.reason());
        *tally.reasons.entry(reason).or_default() += 1;
        if self.args.strict {
            let mut report = Report::message(format!("{}:{}: {error}", self.name, error.line));
            for hint in hints {
                report = report.hint(hint);
            }
            return Err(Failure::Responses(
                report.hint("without --strict the row is left out and the others are scored"),
            ));
        }
        if let Some(output) = &mut sink.rejects {
            let line = super::rejects::line(self.name, error);
            output.write_all(&line).map_err(|error| output.failure(error))?;
        }
        if tally.rejected <= NAMED {
            progress.clear();
            render::to_stderr(&render::row(&error.to_string(), self.name, error.line, self.common.error_format));
        }
        Ok(())
    }

    fn conflict(&self, line: u64, slot: usize, tally: &mut Tally, progress: &mut Progress) {
        tally.conflicts += 1;
        if tally.conflicts <= NAMED
            && let Some(slot) = self.questionnaire.slots.get(slot)
        {
            self.note(line, &format!("`{}` is answered although it is not asked there", slot.id), progress);
        }
    }

    /// Reports a row whose id stood in an earlier row. It is scored all the same: which of the two is meant, nobody here
    /// can know.
    fn duplicate(&self, line: u64, tally: &mut Tally, progress: &mut Progress) {
        tally.duplicate_ids += 1;
        tally.first_duplicate.get_or_insert(line);
        if tally.duplicate_ids <= NAMED {
            let what = if self.has_waves { "this id and wave stand" } else { "this id stands" };
            self.note(line, &format!("{what} in an earlier row, too"), progress);
        }
    }
}

fn write(output: &mut Option<Output>, bytes: &[u8]) -> Result<(), Failure> {
    match output {
        Some(output) => output.write_all(bytes).map_err(|error| output.failure(error)),
        None => Ok(()),
    }
}

impl Tally {
    /// What is counted only in the end.
    pub(super) fn close(&mut self) {
        self.duplicate_answers = self.sheets.duplicates();
    }

    pub(super) fn scored(&self) -> u64 {
        self.read - self.rejected
    }

    /// The counts at the end: in = out + rejected, always.
    pub(super) fn report(&self, args: &ScoreArgs, common: &Common) {
        let note = |text: String| render::note(&text, common);
        if self.rejected > NAMED {
            note(format!("{} more rejected rows are not named here", self.rejected - NAMED));
        }
        if self.conflicts > NAMED {
            note(format!("{} more answers to questions that were not asked", self.conflicts - NAMED));
        }
        if self.duplicate_ids > NAMED {
            note(format!("{} more rows have the id of an earlier row", self.duplicate_ids - NAMED));
        }
        if let Some(compared) = self.ids.compared() {
            note(format!("ids were compared with the first {compared} only"));
        }
        match self.duplicate_answers {
            0 => {}
            1 => note("1 row has the same answers as an earlier one".to_owned()),
            count => note(format!("{count} rows have the same answers as an earlier one")),
        }
        if let Some(compared) = self.sheets.compared() {
            note(format!("answers were compared among the first {compared} rows only"));
        }
        if args.verify {
            let Compared { partly, conditions, signals, .. } = self.compared;
            note(format!(
                "verified: {conditions} conditions and the signals of {signals} rows were run a second time, and all agree"
            ));
            if partly > 0 {
                note(format!(
                    "verified: of {partly} rows only a part: too much is open to try every way of filling it"
                ));
            }
        }
        note(format!("{} rows read = {} scored + {} rejected", self.read, self.scored(), self.rejected));
    }
}
