//! The respondents of a survey, read by both rulesets: who moves, and which rules say something else of them.
//!
//! Whoever has a hard flag or is under 18 gets no reading on either side: they are only counted, and not exactly where
//! they are few. Everybody else is counted exactly, since the ids of those who move are named anyway.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use bearings_engine::questionnaire::Form;
use bearings_engine::{AssessedRow, BlockAssessment, Matrix, Moves, RowView, RuleOutcome, Ruleset, Said};

use super::super::respondents::{Counts, Tally, each_block, reading};
use crate::args::Common;
use crate::exit::Failure;
use crate::output::{Output, below_csv};
use crate::survey::Survey;

/// How many of those who move are named on standard output.
const NAMED: usize = 10;

/// What was found about the respondents.
pub(super) struct People<'a> {
    /// The survey, as it is printed.
    pub(super) name: String,
    pub(super) tally: Tally,
    /// Those who get no reading on some side: a hard flag, or under 18.
    pub(super) unread: u64,
    /// The others.
    pub(super) compared: u64,
    /// From which stage and signal they go to which.
    pub(super) moves: Moves,
    /// Whose stage or signal is another one.
    pub(super) moved: u64,
    /// Who only gets another reason.
    pub(super) other_reason: u64,
    /// What says something else of those who move, by how many.
    pub(super) causes: Vec<(Cause<'a>, u64)>,
    /// Those who move though every rule and overlay says the same of them.
    pub(super) without_cause: u64,
    /// The first who move.
    pub(super) first: Vec<Move<'a>>,
}

/// Somebody who moves.
#[derive(Debug, Clone)]
pub(super) struct Move<'a> {
    pub(super) id: String,
    pub(super) old: Said<'a>,
    pub(super) new: Said<'a>,
}

/// A rule or overlay that says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cause<'a> {
    pub(super) kind: &'static str,
    pub(super) id: &'a str,
}

/// What is counted on the way.
struct Counting<'a> {
    old: &'a Ruleset,
    new: &'a Ruleset,
    form: Form,
    counts: Counts<'a>,
    causes: BTreeMap<Cause<'a>, u64>,
    unread: u64,
    compared: u64,
    moved: u64,
    other_reason: u64,
    without_cause: u64,
    first: Vec<Move<'a>>,
    file: Option<csv::Writer<Output>>,
}

impl<'a> People<'a> {
    /// Reads the survey once, both sides on each block.
    ///
    /// # Errors
    /// The survey cannot be read on, or the file of those who move cannot be written.
    pub(super) fn compare(
        survey: Survey,
        old: &'a Ruleset,
        new: &'a Ruleset,
        form: Form,
        moved: Option<&Path>,
        common: &Common,
    ) -> Result<Self, Failure> {
        let mut counting = Counting {
            old,
            new,
            form,
            counts: Counts::default(),
            causes: BTreeMap::new(),
            unread: 0,
            compared: 0,
            moved: 0,
            other_reason: 0,
            without_cause: 0,
            first: Vec::new(),
            file: moved.map(|path| Output::open(Some(path)).map(csv::Writer::from_writer)).transpose()?,
        };
        let name = survey.name().to_owned();
        counting.header(survey.id_column().unwrap_or("id"))?;
        let tally = each_block(survey, &[old, new], form, common, &mut |ids, assessed| match assessed {
            [old, new] => counting.block(ids, old, new),
            _ => Ok(()),
        })?;
        counting.done(name, tally)
    }

    /// Those that there are.
    pub(super) fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        self.moves.stage.iter().chain(&self.moves.signal)
    }
}

impl<'a> Counting<'a> {
    fn block(&mut self, ids: &[Vec<u8>], old: &BlockAssessment, new: &BlockAssessment) -> Result<(), Failure> {
        for (at, id) in ids.iter().enumerate() {
            let views = (old.row(at), new.row(at));
            let said = (reading(self.old, self.form, views.0), reading(self.new, self.form, views.1));
            match (said, views) {
                ((Some(was), Some(is)), (RowView::Assessed(before), RowView::Assessed(after))) => {
                    self.row(id, (before, was), (after, is))?;
                }
                _ => self.unread += 1,
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        id: &[u8],
        (before, was): (AssessedRow<'_>, Said<'a>),
        (after, is): (AssessedRow<'_>, Said<'a>),
    ) -> Result<(), Failure> {
        self.compared += 1;
        self.counts.add(was, is);
        if (was.stage, was.signal) == (is.stage, is.signal) {
            self.other_reason += u64::from(was.reason != is.reason);
            return Ok(());
        }
        self.moved += 1;
        let changes = changes(self.outcomes(self.old, before), self.outcomes(self.new, after));
        self.without_cause += u64::from(changes.is_empty());
        for (cause, ..) in &changes {
            *self.causes.entry(*cause).or_default() += 1;
        }
        if self.first.len() < NAMED {
            self.first.push(Move { id: String::from_utf8_lossy(id).into_owned(), old: was, new: is });
        }
        self.write(id, was, is, &changes)
    }

    /// What every rule and overlay says of somebody.
    fn outcomes(&self, ruleset: &'a Ruleset, row: AssessedRow<'_>) -> Outcomes<'a> {
        let Some(variant) = ruleset.variant(row.role(), self.form) else { return Vec::new() };
        let rules = variant.rules.iter().enumerate().map(|(at, rule)| {
            let outcome = match row.rule(at) {
                RuleOutcome::Fired => "fired",
                RuleOutcome::NotFired => "not_fired",
                RuleOutcome::Undecided => "undecided",
            };
            (Cause { kind: "rule", id: &rule.id }, outcome)
        });
        let holding: Vec<usize> = row.overlays().collect();
        let overlays = variant.overlays.iter().enumerate().map(|(at, overlay)| {
            let outcome = if holding.contains(&at) { "holds" } else { "does_not_hold" };
            (Cause { kind: "overlay", id: &overlay.id }, outcome)
        });
        rules.chain(overlays).collect()
    }

    fn header(&mut self, id: &str) -> Result<(), Failure> {
        let columns = [id, "stage_old", "stage_new", "signal_old", "signal_new", "reason_old", "reason_new", "differs"];
        self.record(&columns.map(str::as_bytes))
    }

    fn write(
        &mut self,
        id: &[u8],
        was: Said<'_>,
        is: Said<'_>,
        changes: &[(Cause<'_>, &str, &str)],
    ) -> Result<(), Failure> {
        let differs: Vec<String> =
            changes.iter().map(|(cause, was, is)| format!("{} {}: {was} > {is}", cause.kind, cause.id)).collect();
        let cells = [
            was.stage.unwrap_or_default(),
            is.stage.unwrap_or_default(),
            was.signal,
            is.signal,
            was.reason.unwrap_or_default(),
            is.reason.unwrap_or_default(),
            &differs.join("; "),
        ];
        let mut record = vec![id];
        record.extend(cells.iter().map(|cell| cell.as_bytes()));
        self.record(&record)
    }

    fn record(&mut self, cells: &[&[u8]]) -> Result<(), Failure> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = file.write_record(cells).map_err(below_csv);
        written.map_err(|error| Failure::writing("the file of those who moved", error))
    }

    fn done(self, name: String, tally: Tally) -> Result<People<'a>, Failure> {
        if let Some(file) = self.file {
            let mut output = file
                .into_inner()
                .map_err(|error| Failure::writing("the file of those who moved", error.into_error()))?;
            output.flush().map_err(|error| output.failure(error))?;
            output.finish()?;
        }
        let mut causes: Vec<(Cause<'a>, u64)> = self.causes.into_iter().collect();
        causes.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        Ok(People {
            name,
            tally,
            unread: self.unread,
            compared: self.compared,
            moves: self.counts.moves(self.old, self.new),
            moved: self.moved,
            other_reason: self.other_reason,
            causes,
            without_cause: self.without_cause,
            first: self.first,
        })
    }
}

type Outcomes<'a> = Vec<(Cause<'a>, &'static str)>;

/// The rules and overlays that say something else of somebody, and what they said and say.
fn changes<'a>(was: Outcomes<'a>, is: Outcomes<'a>) -> Vec<(Cause<'a>, &'static str, &'static str)> {
    const ABSENT: &str = "absent";
    let find = |all: &Outcomes<'a>, cause: &Cause<'a>| {
        all.iter().find(|(own, _)| own == cause).map_or(ABSENT, |(_, outcome)| *outcome)
    };
    let mut changes: Vec<_> = was.iter().map(|(cause, outcome)| (*cause, *outcome, find(&is, cause))).collect();
    let added = is.iter().map(|(cause, outcome)| (*cause, find(&was, cause), *outcome));
    changes.extend(added.filter(|(_, was, _)| *was == ABSENT));
    changes.retain(|(_, was, is)| was != is);
    changes
}
