//! `bearings score`: a survey in, one scored row a respondent out, and a manifest beside it.
//!
//! Rows are read into columnar blocks, assessed a block at a time, and written in their order. Memory does not
//! grow with the number of rows.

mod manifest;
mod ndjson;
mod rows;
mod summary;
mod timing;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::questionnaire::{Form, Questionnaire};
use bearings_engine::responses::{Responses, SafetyBlock};
use bearings_engine::{AnswerBlock, BlockAssessment, NotLoaded, Ruleset, evaluate_block};

use crate::args::{Common, RowFormat, ScoreArgs};
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::output::{Output, beside, refuse_overwriting, same_place};
use crate::render;
use crate::survey::{Config, Fingerprint, Map, Next, Row, RowError, Survey};
use manifest::InputRecord;
use summary::Summary;
use timing::{Part, Timing};

/// How many sheets are assessed at once: a block's columns fit the second cache.
const BLOCK: usize = 1_024;

/// What the manifest's name adds to the name of the rows.
const MANIFEST: &str = ".manifest.json";

/// How many rejected rows, and how many answered questions that were not asked, are named on stderr.
const NAMED: u64 = 10;

/// Scores surveys.
///
/// # Errors
/// A file that cannot be used or written; rejected rows, after everything else was done.
pub(crate) fn run(args: &ScoreArgs, common: &Common) -> Result<ExitCode, Failure> {
    let definition = Definition::from_args(&args.rules)?;
    let questionnaire = &definition.questionnaire;
    let map = args.columns.read_map()?;
    let config = config(args, map.as_ref());
    refuse_clashes(args)?;
    let surveys: Vec<Survey> =
        args.inputs.iter().map(|input| Survey::open(input, questionnaire, &config)).collect::<Result<_, _>>()?;
    let form = one_form(&surveys)?;
    let ruleset = definition.ready(&args.rules.settings, variants(form), common)?;
    say_once(&surveys, questionnaire, &ruleset, common);

    let rows_wanted = args.output.is_some() || !args.summary;
    let mut sink = Sink {
        ruleset: &ruleset,
        args,
        kept: surveys.first().into_iter().flat_map(Survey::kept).map(str::to_owned).collect(),
        form,
        block: AnswerBlock::new(questionnaire, form, SafetyBlock::Answered),
        pending: Vec::new(),
        rows: if rows_wanted { Some(Output::open(args.output.as_deref())?) } else { None },
        trace: args.trace.as_deref().map(|path| Output::open(Some(path))).transpose()?,
        table: rows::Table::new(&ruleset, form, args.decimals),
        summary: Summary::new(&ruleset, form),
        buffer: Vec::new(),
        timing: Timing::start(),
    };
    let mut tally = Tally::default();
    let mut inputs = Vec::new();
    for (number, survey) in surveys.into_iter().enumerate() {
        if number == 0 {
            sink.header(&survey)?;
        }
        inputs.push(score_one(survey, args, common, &mut sink, &mut tally)?);
    }
    sink.flush()?;
    let spent = sink.timing.line(tally.read);
    let done = sink.finish()?;
    report(&tally, common);
    if args.verbose {
        render::note(&spent, common);
    }
    if let (Some(path), RowFormat::Csv | RowFormat::Ndjson) = (&args.output, args.format) {
        write_manifest(path, &ruleset, form, args, &inputs, &tally, &done)?;
    }
    if args.summary {
        let text = summary::render(&done, &tally, args.summary_format);
        let mut output = Output::open(None)?;
        output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
        output.finish()?;
    }
    if tally.rejected > 0 {
        let scored = tally.read - tally.rejected;
        Err(Failure::Rows { rejected: tally.rejected, scored, hints: tally.advice })
    } else {
        Ok(ExitCode::SUCCESS)
    }
}

/// Refuses an output that is an input or another output, the manifest included: no file is lost to a second one.
fn refuse_clashes(args: &ScoreArgs) -> Result<(), Failure> {
    let stdout = (args.output.is_none() || args.summary).then(|| PathBuf::from("-"));
    let manifest = args.output.as_deref().filter(|path| *path != Path::new("-")).map(|path| beside(path, MANIFEST));
    let outputs: Vec<PathBuf> =
        stdout.into_iter().chain(args.output.clone()).chain(manifest).chain(args.trace.clone()).collect();
    for (at, output) in outputs.iter().enumerate() {
        refuse_overwriting(output, &args.inputs)?;
        if outputs.iter().take(at).any(|other| same_place(other, output)) {
            return Err(Failure::Usage(format!("two outputs would be written to `{}`", output.display())));
        }
    }
    Ok(())
}

fn config<'a>(args: &'a ScoreArgs, map: Option<&'a Map>) -> Config<'a> {
    Config {
        id: args.id.as_deref(),
        keep: &args.keep,
        pattern: args.columns.columns.as_ref(),
        missing: &args.columns.missing,
        recorded: args.columns.recorded_as,
        encoding: args.columns.encoding,
        map,
        form: args.rules.form.map(Into::into),
        role: args.rules.role.map(Into::into),
        fingerprint: if args.output.is_some() { Fingerprint::Sha256 } else { Fingerprint::None },
    }
}

/// All files must be of one form, since the form decides the columns that come out.
fn one_form(surveys: &[Survey]) -> Result<Form, Failure> {
    let form = surveys.first().map_or(Form::Short, Survey::form);
    match surveys.iter().find(|survey| survey.form() != form) {
        None => Ok(form),
        Some(other) => Err(Failure::Responses(
            Report::message(format!("`{}` is of another form than the files before it", other.name()))
                .hint("score them apart, or say --form short or --form full for all"),
        )),
    }
}

/// What is to be known once about how the files are read, and about what comes out.
fn say_once(surveys: &[Survey], questionnaire: &Questionnaire, ruleset: &Ruleset, common: &Common) {
    for note in surveys.iter().flat_map(Survey::notes) {
        render::note(note, common);
    }
    let has_gate = questionnaire.items.iter().any(|item| item.block);
    if has_gate && !ruleset.variants().all(|(_, variant)| variant.signals.is_empty()) {
        render::note(
            "rows that read `withheld` are those with a safety flag: treat the output like the safety answers",
            common,
        );
    }
}

/// What was counted while reading.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) read: u64,
    pub(crate) rejected: u64,
    /// Rejected rows by their first reason.
    pub(crate) reasons: BTreeMap<&'static str, u64>,
    /// Answers to questions that were not asked.
    pub(crate) conflicts: u64,
    /// Rows whose id stood in an earlier row, among the first so many ids.
    pub(crate) duplicate_ids: u64,
    /// What to try with the files whose cells make more sense in another way than was said.
    advice: Vec<String>,
    ids: Ids,
}

/// The ids seen so far, as 64-bit hashes: with a million of them, the odds that two different ones are taken for one
/// are below one in ten million.
#[derive(Debug, Default)]
struct Ids {
    seen: BTreeSet<u64>,
    full: bool,
}

/// How many ids are compared; past it memory would grow with the survey.
const MOST_IDS: usize = 1_000_000;

impl Ids {
    /// Whether this id was there before.
    fn is_duplicate(&mut self, id: &[u8]) -> bool {
        self.full |= self.seen.len() >= MOST_IDS;
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let hash = hasher.finish();
        if self.full { self.seen.contains(&hash) } else { !self.seen.insert(hash) }
    }
}

/// What was counted while scoring, and what the summary needs.
pub(crate) struct Done {
    pub(crate) summary: Summary,
}

struct Sink<'a> {
    ruleset: &'a Ruleset,
    args: &'a ScoreArgs,
    /// The names of the columns that are carried over.
    kept: Vec<String>,
    form: Form,
    block: AnswerBlock,
    /// Ids and kept cells of the rows in the block, and their answers where something is written from them.
    pending: Vec<Pending>,
    rows: Option<Output>,
    trace: Option<Output>,
    table: rows::Table,
    summary: Summary,
    buffer: Vec<u8>,
    timing: Timing,
}

/// What is kept of a row until its block is assessed.
struct Pending {
    id: Vec<u8>,
    kept: Vec<Vec<u8>>,
    responses: Option<Responses>,
}

fn score_one(
    mut survey: Survey,
    args: &ScoreArgs,
    common: &Common,
    sink: &mut Sink<'_>,
    tally: &mut Tally,
) -> Result<InputRecord, Failure> {
    let mut row = survey.row();
    let (read_before, rejected_before) = (tally.read, tally.rejected);
    let questionnaire = sink.ruleset.questionnaire();
    let mut responses =
        Responses { form: sink.form, role: row.role, bond: None, safety: SafetyBlock::Answered, answers: Vec::new() };
    while args.limit.is_none_or(|limit| tally.read < limit) {
        match survey.next(&mut row)? {
            Next::End => break,
            Next::Rejected(error) => {
                tally.read += 1;
                reject(&survey, &error, args, common, tally)?;
            }
            Next::Row => {
                tally.read += 1;
                duplicate(&survey, &row, common, tally);
                std::mem::swap(&mut responses.answers, &mut row.answers);
                (responses.role, responses.bond) = (row.role, row.bond);
                let conflicts = responses.settle(questionnaire);
                conflicting(&conflicts, &survey, &row, questionnaire, common, tally);
                sink.push(&row, &responses)?;
                std::mem::swap(&mut responses.answers, &mut row.answers);
            }
        }
    }
    for note in survey.closing_notes() {
        render::note(&note, common);
    }
    let mut advise = |advice: &str| tally.advice.push(format!("{}: {advice}", survey.name()));
    if let Some(advice) = survey.advice() {
        advise(advice);
        if tally.read - read_before > tally.rejected - rejected_before {
            advise("the rows that were scored are then wrong, too");
        }
    }
    if let Some(advice) = survey.missing_advice() {
        advise(&advice);
    }
    let name = Path::new(survey.name()).file_name().map_or(survey.name().to_owned(), |n| n.to_string_lossy().into());
    let read_as = survey.decisions().iter().map(|decision| decision.text.clone()).collect();
    let (map_sha256, recorded) = (survey.map_sha256().map(str::to_owned), survey.recorded());
    let (form, role, id) = (survey.form(), survey.default_role(), survey.id_column().map(str::to_owned));
    Ok(InputRecord {
        name,
        sha256: survey.fingerprint()?,
        form: manifest::form_word(sink.ruleset, form),
        default_role: questionnaire.has_roles().then(|| role.as_str()),
        id_column: id,
        read_as,
        map_sha256,
        recorded,
        rows: tally.read - read_before,
        rejected: tally.rejected - rejected_before,
    })
}

/// Reports a row whose id stood in an earlier row. It is scored all the same: which of the two is meant, nobody here
/// can know.
fn duplicate(survey: &Survey, row: &Row, common: &Common, tally: &mut Tally) {
    if survey.id_column().is_some() && tally.ids.is_duplicate(&row.id) {
        tally.duplicate_ids += 1;
        if tally.duplicate_ids <= NAMED {
            render::note(&format!("{}:{}: this id stands in an earlier row, too", survey.name(), row.line), common);
        }
    }
}

/// Reports a rejected row; with `--strict` it is the last.
fn reject(
    survey: &Survey,
    error: &RowError,
    args: &ScoreArgs,
    common: &Common,
    tally: &mut Tally,
) -> Result<(), Failure> {
    tally.rejected += 1;
    let reason = error.problems.first().map_or("unreadable", |problem| problem.reason());
    *tally.reasons.entry(reason).or_default() += 1;
    if args.strict {
        let mut report = Report::message(format!("{}:{}: {error}", survey.name(), error.line));
        if let Some(advice) = survey.advice() {
            report = report.hint(advice);
        }
        if let Some(advice) = survey.missing_advice() {
            report = report.hint(advice);
        }
        return Err(Failure::Responses(report.hint("without --strict the row is left out and the others are scored")));
    }
    if tally.rejected <= NAMED {
        render::to_stderr(&render::row(&error.to_string(), survey.name(), error.line, common.error_format));
    }
    Ok(())
}

fn conflicting(
    conflicts: &[bearings_engine::responses::Conflict],
    survey: &Survey,
    row: &Row,
    questionnaire: &Questionnaire,
    common: &Common,
    tally: &mut Tally,
) {
    for conflict in conflicts {
        tally.conflicts += 1;
        if tally.conflicts <= NAMED
            && let Some(slot) = questionnaire.slots.get(conflict.slot)
        {
            let item = &slot.id;
            let message =
                format!("{}:{}: `{item}` is answered although it is not asked there", survey.name(), row.line);
            render::note(&message, common);
        }
    }
}

/// The counts at the end: in = out + rejected, always.
fn report(tally: &Tally, common: &Common) {
    if tally.rejected > NAMED {
        render::note(&format!("{} more rejected rows are not named here", tally.rejected - NAMED), common);
    }
    if tally.conflicts > NAMED {
        render::note(&format!("{} more answers to questions that were not asked", tally.conflicts - NAMED), common);
    }
    if tally.duplicate_ids > NAMED {
        render::note(&format!("{} more rows have the id of an earlier row", tally.duplicate_ids - NAMED), common);
    }
    if tally.ids.full {
        render::note(&format!("ids were compared with the first {MOST_IDS} only"), common);
    }
    let scored = tally.read - tally.rejected;
    render::note(&format!("{} rows read = {scored} scored + {} rejected", tally.read, tally.rejected), common);
}

impl Sink<'_> {
    fn header(&mut self, survey: &Survey) -> Result<(), Failure> {
        if let Some(output) = &mut self.rows
            && self.args.format == RowFormat::Csv
        {
            self.buffer.clear();
            self.table.header(survey.id_column().unwrap_or("id"), &self.kept, &mut self.buffer);
            output.write_all(&self.buffer).map_err(|error| output.failure(error))?;
        }
        if let Some(output) = &mut self.trace {
            output.write_all(trace::HEADER.as_bytes()).map_err(|error| output.failure(error))?;
        }
        Ok(())
    }

    fn push(&mut self, row: &Row, responses: &Responses) -> Result<(), Failure> {
        self.block.push(responses.role, &responses.answers);
        let explains = self.trace.is_some() || self.args.format == RowFormat::Ndjson;
        self.pending.push(Pending {
            id: row.id.clone(),
            kept: row.kept.clone(),
            responses: explains.then(|| responses.clone()),
        });
        if self.block.len() == BLOCK { self.flush() } else { Ok(()) }
    }

    /// Assesses the block and writes its rows.
    fn flush(&mut self) -> Result<(), Failure> {
        self.timing.lap(Part::Reading);
        let missing = |missing: NotLoaded| Failure::Responses(Report::message(missing.to_string()));
        let evaluated = evaluate_block(self.ruleset, &self.block).map_err(missing)?;
        self.timing.lap(Part::Tables);
        let assessed = evaluated.decide(self.ruleset, &self.block).map_err(missing)?;
        self.timing.lap(Part::Signals);
        if self.args.summary {
            self.summary.add(&assessed);
        }
        self.buffer.clear();
        for (at, pending) in self.pending.iter().enumerate().filter(|_| self.rows.is_some()) {
            match (self.args.format, &pending.responses) {
                (RowFormat::Csv, _) => {
                    self.table.row(assessed.row(at), &pending.id, &pending.kept, &mut self.buffer);
                }
                (RowFormat::Ndjson, Some(responses)) => {
                    let line = ndjson::Line::new(&pending.id, &self.kept, &pending.kept);
                    line.write(self.ruleset, responses, &assessed, at, &mut self.buffer)
                        .map_err(|error| Failure::writing("the rows", io::Error::from(error)))?;
                }
                (RowFormat::Ndjson, None) => {}
            }
        }
        if let Some(output) = &mut self.rows {
            output.write_all(&self.buffer).map_err(|error| output.failure(error))?;
        }
        self.trace(&assessed)?;
        self.block.clear();
        self.pending.clear();
        self.timing.lap(Part::Writing);
        Ok(())
    }

    fn trace(&mut self, assessed: &BlockAssessment) -> Result<(), Failure> {
        let Some(output) = &mut self.trace else { return Ok(()) };
        self.buffer.clear();
        for (at, pending) in self.pending.iter().enumerate() {
            if let Some(responses) = &pending.responses {
                trace::row(self.ruleset, responses, assessed, at, &pending.id, &mut self.buffer);
            }
        }
        output.write_all(&self.buffer).map_err(|error| output.failure(error))
    }

    fn finish(self) -> Result<Done, Failure> {
        for output in [self.rows, self.trace].into_iter().flatten() {
            output.finish()?;
        }
        Ok(Done { summary: self.summary })
    }
}

fn write_manifest(
    path: &Path,
    ruleset: &Ruleset,
    form: Form,
    args: &ScoreArgs,
    inputs: &[InputRecord],
    tally: &Tally,
    done: &Done,
) -> Result<(), Failure> {
    let text = manifest::text(ruleset, form, args, inputs, tally, done)
        .map_err(|error| Failure::writing("the manifest", io::Error::from(error)))?;
    // Standard output, a pipe and a device have no place beside them.
    if !path.is_file() {
        return Ok(());
    }
    let mut output = Output::open(Some(&beside(path, MANIFEST)))?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()
}
