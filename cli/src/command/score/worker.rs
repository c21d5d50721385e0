//! What one thread does: rows of a block in, their scored lines out. What it finds is put in order by [`super::merge`].

use std::io;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::{Bond, Form};
use bearings_engine::responses::{Conflict, Responses, SafetyBlock, ShownByRole};
use bearings_engine::{
    AnswerBlock, BlockAssessment, Compared, NotLoaded, RowView, Ruleset, SafetyFinding, Signal, UnguardedBlock,
    Verifier, evaluate_block,
};

use super::anonymity::Groups;
use super::changes::{Measures, Scores};
use super::rows::{Table, cell};
use super::summary::Summary;
use super::timing::{Part, Timing};
use super::{ndjson, trace};
use crate::args::{RowFormat, ScoreArgs};
use crate::exit::{Failure, Report};
use crate::survey::{Block, Next, Noticed, Plan, Row, RowError, Rows};

/// How many sheets are assessed at once: their columns fit the second cache.
const SHEETS: usize = 1_024;

/// What stands between the id and the wave of a row where they are compared: the unit separator, which no cell holds.
const BETWEEN: u8 = 0x1F;

/// What is to be done with each row.
pub(super) struct Job<'a> {
    pub(super) ruleset: &'a Ruleset,
    /// The files it was loaded from.
    pub(super) files: &'a [SourceFile],
    pub(super) form: Form,
    pub(super) args: &'a ScoreArgs,
    /// The names of the columns that are carried over.
    pub(super) kept: Vec<String>,
    /// Whether rows are written at all.
    pub(super) writes_rows: bool,
    /// How many of the columns that are carried over say which wave a row is.
    pub(super) waves: usize,
    /// The scores of which the changes are written.
    pub(super) measures: Option<&'a Measures<'a>>,
    /// Which rows of the survey are scored.
    pub(super) wanted: Wanted,
}

/// Which rows of a survey are scored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Those that start at these bytes of the file.
    pub(super) from: u64,
    pub(super) to: u64,
    /// No row past this number.
    pub(super) last: u64,
}

impl Wanted {
    /// Every row.
    pub(super) const ALL: Wanted = Wanted { from: 0, to: u64::MAX, last: u64::MAX };

    /// Whether some row of a block may be wanted.
    pub(super) fn touches(self, block: &Block) -> bool {
        let place = block.place();
        place.end > self.from && !self.is_past(block)
    }

    /// Whether no row of a block is wanted, nor of those after it.
    pub(super) fn is_past(self, block: &Block) -> bool {
        block.place().start >= self.to || block.before() >= self.last
    }

    fn holds(self, row: &Row) -> bool {
        (self.from..self.to).contains(&row.offset) && row.number <= self.last
    }
}

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The cells of a table.
    Csv,
    /// A whole assessment.
    Whole,
    /// A JSON object of the columns that were asked for.
    Lean,
}

/// Scores blocks of one survey.
pub(super) struct Worker<'j, 'a> {
    job: &'j Job<'a>,
    plan: &'j Plan,
    rows: Rows,
    row: Row,
    responses: Responses,
    shown: ShownByRole<'a>,
    block: AnswerBlock,
    /// The beginning of the line of each row of the block, and where it ends.
    starts: Vec<u8>,
    ends: Vec<usize>,
    /// The line of each in the survey.
    lines: Vec<u64>,
    /// Who each is, and in which wave, where changes are written.
    people: Vec<(Vec<u8>, Vec<u8>)>,
    /// The bond of each, where lines of JSON hold only some columns.
    bonds: Vec<Option<Bond>>,
    lean: ndjson::Lean<'a>,
    /// What is explained at length: id, kept cells and answers.
    explained: Vec<(Vec<u8>, Vec<Vec<u8>>, Responses)>,
    table: Table<'a>,
    summary: Summary<'a>,
    timing: Timing,
    groups: Groups,
}

/// What a worker noticed and counted over all its blocks.
pub(super) struct Finished<'a> {
    pub(super) noticed: Noticed,
    pub(super) summary: Summary<'a>,
    pub(super) timing: Timing,
    pub(super) groups: Groups,
}

/// What was found in a block.
#[derive(Default)]
pub(super) struct Scored {
    /// The lines of its rows.
    pub(super) lines: Vec<u8>,
    /// The lines of the trace.
    pub(super) trace: Vec<u8>,
    /// How many rows were read.
    pub(super) read: u64,
    /// The rows that cannot be used.
    pub(super) rejected: Vec<RowError>,
    /// Answers to questions that were not asked: the line and the slot.
    pub(super) conflicts: Vec<(u64, usize)>,
    /// The ids of the rows that were scored: the line, and where the id ends.
    pub(super) ids: Vec<u8>,
    pub(super) id_ends: Vec<(u64, usize)>,
    /// A fingerprint of the answers of each.
    pub(super) prints: Vec<u64>,
    /// Rows whose signal is another than to keep going.
    pub(super) others: u64,
    /// Rows with a hard flag.
    pub(super) withheld: u64,
    /// Who the rows are, their wave and scores, where changes are written.
    pub(super) measured: Vec<(Vec<u8>, Vec<u8>, Scores)>,
    /// What was run a second time, with `--verify`.
    pub(super) compared: Compared,
    /// With `--strict`, what may be done about the rejected row, as far as the rows before it tell.
    pub(super) hints: Vec<String>,
    /// The block, to be used again.
    pub(super) used: Block,
}

impl<'j, 'a> Worker<'j, 'a> {
    pub(super) fn new(job: &'j Job<'a>, plan: &'j Plan, rows: Rows) -> Result<Self, Failure> {
        let row = plan.row();
        let (ruleset, form) = (job.ruleset, job.form);
        Ok(Self {
            responses: Responses {
                form,
                role: row.role,
                bond: None,
                safety: SafetyBlock::Answered,
                answers: Vec::new(),
            },
            shown: ShownByRole::new(ruleset.questionnaire(), form),
            block: AnswerBlock::new(ruleset.questionnaire(), form, SafetyBlock::Answered),
            starts: Vec::new(),
            ends: Vec::new(),
            lines: Vec::new(),
            people: Vec::new(),
            bonds: Vec::new(),
            lean: ndjson::Lean::new(ruleset),
            explained: Vec::new(),
            table: Table::new(ruleset, form, job.args.decimals, &job.args.fields)?,
            summary: Summary::new(ruleset, form),
            timing: Timing::start(),
            groups: Groups::default(),
            job,
            plan,
            rows,
            row,
        })
    }

    /// Who runs the rules themselves, if that is asked for.
    pub(super) fn verifier(&self) -> Result<Option<Verifier<'a>>, Failure> {
        let Job { ruleset, files, args, .. } = self.job;
        args.verify
            .then(|| Verifier::new(ruleset, files))
            .transpose()
            .map_err(|error| Failure::Unverified(error.to_string()))
    }

    /// Scores the rows of a block. `scored` is what was found in another one: its room is used again.
    pub(super) fn score(
        &mut self,
        block: Block,
        mut scored: Scored,
        verifier: Option<&Verifier<'a>>,
    ) -> Result<Scored, Failure> {
        scored.clear();
        self.timing.start_again();
        self.rows.restart();
        let numbered = self.plan.is_numbered();
        loop {
            let next = self.rows.next(self.plan, &block, &mut self.row);
            if matches!(next, Next::End) {
                break;
            }
            if !self.job.wanted.holds(&self.row) {
                continue;
            }
            scored.read += 1;
            match next {
                Next::Rejected(error) => {
                    scored.rejected.push(error);
                    if self.job.args.strict {
                        scored.hints = self.rows.hints();
                        break;
                    }
                }
                _ => {
                    if !numbered {
                        scored.ids.extend_from_slice(&self.row.id);
                        for wave in self.row.kept.iter().take(self.job.waves) {
                            scored.ids.push(BETWEEN);
                            scored.ids.extend_from_slice(wave);
                        }
                        scored.id_ends.push((self.row.line, scored.ids.len()));
                    }
                    self.push(&mut scored, verifier)?;
                }
            }
        }
        self.flush(&mut scored, verifier)?;
        scored.used = block;
        Ok(scored)
    }

    /// Takes a row up into the block of sheets.
    fn push(&mut self, scored: &mut Scored, verifier: Option<&Verifier<'a>>) -> Result<(), Failure> {
        let (row, responses) = (&mut self.row, &mut self.responses);
        std::mem::swap(&mut responses.answers, &mut row.answers);
        (responses.role, responses.bond) = (row.role, row.bond);
        let conflicts = self.shown.settle(responses.role, &mut responses.answers);
        scored.conflicts.extend(conflicts.into_iter().map(|Conflict { slot }| (row.line, slot)));
        if !row.quasi.is_empty() {
            self.groups.add(&row.quasi);
        }
        self.block.push(responses.role, &responses.answers);
        scored.prints.push(self.block.fingerprint(self.block.len() - 1));
        if self.job.writes() == Some(Line::Lean) {
            self.bonds.push(row.bond);
            ndjson::Line::new(&row.id, &self.job.kept, &row.kept).begin(&mut self.starts).map_err(unwritten)?;
        }
        if self.job.explains() {
            self.explained.push((row.id.clone(), row.kept.clone(), responses.clone()));
        }
        if self.job.measures.is_some() {
            let wave = row.kept.get(..self.job.waves).unwrap_or_default().join(&b' ');
            self.people.push((row.id.clone(), wave));
        }
        if self.job.writes() == Some(Line::Csv) {
            cell(&row.id, &mut self.starts);
            for kept in &row.kept {
                self.starts.push(b',');
                cell(kept, &mut self.starts);
            }
        }
        self.ends.push(self.starts.len());
        self.lines.push(row.line);
        std::mem::swap(&mut responses.answers, &mut row.answers);
        if self.block.len() == SHEETS { self.flush(scored, verifier) } else { Ok(()) }
    }

    /// Assesses the block of sheets and writes its rows.
    fn flush(&mut self, scored: &mut Scored, verifier: Option<&Verifier<'a>>) -> Result<(), Failure> {
        self.timing.lap(Part::Reading);
        let missing = |missing: NotLoaded| Failure::Responses(Report::message(missing.to_string()));
        let evaluated = evaluate_block(self.job.ruleset, &self.block).map_err(missing)?;
        self.timing.lap(Part::Tables);
        if self.job.args.with_safety {
            let assessed = evaluated.decide_unguarded(self.job.ruleset, &self.block).map_err(missing)?;
            self.timing.lap(Part::Signals);
            self.write_unguarded(&assessed, scored);
        } else {
            let assessed = evaluated.decide(self.job.ruleset, &self.block).map_err(missing)?;
            self.timing.lap(Part::Signals);
            if let Some(verifier) = verifier {
                scored.compared += self.verify(verifier, &assessed)?;
            }
            if self.job.args.summary {
                self.summary.add(&self.block, &assessed);
            }
            self.write(&assessed, scored)?;
        }
        self.block.clear();
        self.starts.clear();
        self.ends.clear();
        self.lines.clear();
        self.people.clear();
        self.explained.clear();
        self.bonds.clear();
        self.timing.lap(Part::Writing);
        Ok(())
    }

    fn verify(&self, verifier: &Verifier<'_>, assessed: &BlockAssessment) -> Result<Compared, Failure> {
        verifier.verify(&self.block, assessed).map_err(|error| {
            let line = error.row().and_then(|row| self.lines.get(row));
            let place = line.map_or(String::new(), |line| format!("line {line}: "));
            Failure::Unverified(format!("{place}{error}"))
        })
    }

    fn write(&mut self, assessed: &BlockAssessment, scored: &mut Scored) -> Result<(), Failure> {
        if let Some(measures) = self.job.measures {
            for (at, (id, wave)) in self.people.drain(..).enumerate() {
                if let RowView::Assessed(row) = assessed.row(at) {
                    scored.measured.push((id, wave, measures.of(row)));
                }
            }
        }
        let mut start = 0;
        for (at, end) in self.ends.iter().enumerate() {
            let view = assessed.row(at);
            let is_withheld = matches!(view, RowView::Withheld);
            scored.withheld += u64::from(is_withheld);
            scored.others += u64::from(!self.job.keeps_going(view));
            let beginning = self.starts.get(start..*end).unwrap_or_default();
            start = *end;
            if !self.job.writes_rows || is_withheld && self.job.args.blind {
                continue;
            }
            let written = match self.job.writes() {
                None => Ok(()),
                Some(Line::Csv) => {
                    scored.lines.extend_from_slice(beginning);
                    self.table.row(view, &mut scored.lines);
                    Ok(())
                }
                Some(Line::Lean) => {
                    scored.lines.extend_from_slice(beginning);
                    let bond = self.bonds.get(at).copied().flatten();
                    self.lean.end(&mut self.table, (&self.block, at, bond), view, &mut scored.lines);
                    Ok(())
                }
                Some(Line::Whole) => self.explained.get(at).map_or(Ok(()), |(id, kept, responses)| {
                    let line = ndjson::Line::new(id, &self.job.kept, kept);
                    line.write(self.job.ruleset, responses, assessed, at, &mut scored.lines)
                }),
            };
            written.map_err(unwritten)?;
        }
        if self.job.args.trace.is_some() {
            for (at, (id, _, responses)) in self.explained.iter().enumerate() {
                trace::row(self.job.ruleset, responses, assessed, at, id, &mut scored.trace);
            }
        }
        Ok(())
    }

    /// Writes rows for a study with approval: nothing is withheld, and what the gate found stands beside.
    fn write_unguarded(&mut self, assessed: &UnguardedBlock, scored: &mut Scored) {
        let mut start = 0;
        for (at, end) in self.ends.iter().enumerate() {
            let beginning = self.starts.get(start..*end).unwrap_or_default();
            start = *end;
            let Some((row, finding)) = assessed.row(at) else { continue };
            scored.withheld += u64::from(finding == SafetyFinding::Hard);
            scored.others += u64::from(!self.job.keeps_going(RowView::Assessed(row)));
            if self.job.writes_rows {
                scored.lines.extend_from_slice(beginning);
                self.table.unguarded_row(row, finding, &mut scored.lines);
            }
        }
    }

    /// What was noticed and counted over all its blocks.
    pub(super) fn finish(self) -> Finished<'a> {
        let Self { rows, summary, timing, groups, .. } = self;
        Finished { noticed: rows.noticed(), summary, timing, groups }
    }
}

impl Job<'_> {
    /// Whether rows are written at a length that takes more than their block.
    fn explains(&self) -> bool {
        self.args.trace.is_some() || self.writes() == Some(Line::Whole)
    }

    /// What the line of a row holds, if rows are written.
    fn writes(&self) -> Option<Line> {
        let line = match self.args.format {
            RowFormat::Csv => Line::Csv,
            RowFormat::Ndjson if self.args.fields.is_empty() => Line::Whole,
            RowFormat::Ndjson => Line::Lean,
        };
        self.writes_rows.then_some(line)
    }

    fn keeps_going(&self, view: RowView<'_>) -> bool {
        let RowView::Assessed(row) = view else { return false };
        let Signal::Declared(signal) = row.signal() else { return false };
        let variant = self.ruleset.variant(row.role(), self.form);
        variant.and_then(|variant| variant.signals.get(signal)).is_some_and(|signal| signal.id == "keep_going")
    }
}

impl Scored {
    fn clear(&mut self) {
        self.lines.clear();
        self.trace.clear();
        self.rejected.clear();
        self.conflicts.clear();
        self.ids.clear();
        self.id_ends.clear();
        self.hints.clear();
        self.measured.clear();
        self.prints.clear();
        (self.read, self.others, self.withheld) = (0, 0, 0);
        self.compared = Compared::default();
    }
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure::writing("the rows", io::Error::from(error))
}
