//! `bearings score`: a survey in, one scored row a respondent out, and a manifest beside it.
//!
//! Blocks of rows are scored by several threads, each on its own, and put together in the order of the file. Memory does
//! not grow with the number of rows.

mod anonymity;
mod changes;
mod column;
mod ids;
mod manifest;
mod merge;
mod ndjson;
mod pipeline;
mod progress;
mod rejects;
mod reliable;
mod rows;
mod summary;
mod suppression;
mod timing;
mod trace;
mod worker;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::Ruleset;
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::Form;

use crate::args::{Common, RowFormat, ScoreArgs};
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::output::{Output, beside, refuse_overwriting, same_place};
use crate::render;
use crate::survey::{Block, Config, Fingerprint, Map, Private, Survey, Waves};
use anonymity::Groups;
use changes::{Changes, Measures};
pub(in crate::command) use column::{ScoredColumn, flagged_rows, minor_rows};
use manifest::{Found, InputRecord};
use merge::{Merge, Sink, Tally};
use progress::Progress;
pub(in crate::command) use rows::Table;
use summary::Summary;
use timing::Timing;
use worker::{Job, Scored, Wanted, Worker};

/// What the manifest's name adds to the name of the rows.
const MANIFEST: &str = ".manifest.json";

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
    if args.with_safety && args.format != RowFormat::Csv {
        return Err(Failure::Usage(
            "--with-safety writes CSV only: an assessment never holds what the gate withholds".to_owned(),
        ));
    }
    let surveys: Vec<Survey> =
        args.inputs.iter().map(|input| Survey::open(input, questionnaire, &config)).collect::<Result<_, _>>()?;
    let form = one_form(&surveys)?;
    let ruleset = definition.ready(&args.rules.settings, variants(form), common)?;
    let table = Table::new(&ruleset, form, args.decimals, &args.fields)?;
    refuse_unclear_waves(&surveys, args)?;
    say_once(&surveys, &ruleset, args, common);

    let measures = Measures::new(&ruleset, form);
    let changes = args
        .changes
        .as_deref()
        .map(|path| Changes::open(&measures, path, args.reliable_change.as_deref(), args.decimals));
    let open = |path: &Path| Output::open(Some(path));
    let writes_rows = !args.dry_run && (args.output.is_some() || !args.summary);
    let mut sink = Sink {
        rows: if writes_rows { Some(Output::open(args.output.as_deref())?) } else { None },
        trace: args.trace.as_deref().map(open).transpose()?,
        rejects: args.rejects.as_deref().map(open).transpose()?,
        changes: changes.transpose()?,
    };
    let mut run = Run {
        kept: surveys.first().into_iter().flat_map(Survey::kept).map(str::to_owned).collect(),
        args,
        common,
        ruleset: &ruleset,
        files: &definition.files,
        form,
        writes_rows,
        measures: args.changes.is_some().then_some(&measures),
        tally: Tally::default(),
        timing: Timing::start(),
        groups: Groups::default(),
    };
    let mut summary = Summary::new(&ruleset, form);
    let mut inputs = Vec::new();
    let has_waves = surveys.iter().any(|survey| survey.waves() > 0);
    for (number, mut survey) in surveys.into_iter().enumerate() {
        if number == 0 {
            run.header(&survey, &table, &mut sink)?;
        }
        run.score(&mut survey, &mut sink, &mut summary)?;
        inputs.push(run.record(survey, &inputs)?);
    }
    let Run { mut tally, timing, groups, .. } = run;
    let anonymity = args.k_anonymity.map(|k| (k, groups.below(k)));
    if has_waves && tally.duplicate_ids > 0 {
        return Err(twice(&tally));
    }
    for output in [sink.rows, sink.trace, sink.rejects].into_iter().flatten() {
        output.finish()?;
    }
    let reliable = sink.changes.as_ref().and_then(Changes::reliable).cloned();
    let waves = sink.changes.map(Changes::finish).transpose()?;
    if let Some(waves) = waves.as_ref().filter(|waves| !waves.is_empty()) {
        render::note(&format!("waves, in this order: {}", waves.join(", ")), common);
    }
    tally.close();
    tally.report(args, common);
    if let Some(path) = args.rejects.as_ref().filter(|_| tally.rejected > 0) {
        let text = "holds rejected rows as they were, with all they say of a person: keep it like the survey";
        render::note(&format!("`{}` {text}", path.display()), common);
    }
    if let Some((k, found)) = anonymity {
        render::note(&anonymity::sentence(k, found, &args.quasi), common);
    }
    if args.verbose {
        render::note(&timing.line(tally.read), common);
    }
    if let Some(path) = args.output.as_deref().filter(|_| !args.dry_run) {
        write_manifest(
            path,
            &ruleset,
            form,
            args,
            &Found { inputs: &inputs, tally: &tally, anonymity, waves, reliable },
        )?;
    }
    if args.summary {
        let text = summary::render(&summary, &tally, args.summary_format);
        let mut output = Output::open(None)?;
        output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
        output.finish()?;
    }
    if tally.rejected > 0 {
        return Err(Failure::Rows { rejected: tally.rejected, scored: tally.scored(), hints: tally.advice });
    }
    Ok(if args.exit_status && tally.others > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Two rows of one person in one wave: which of them is meant, nobody here can know.
fn twice(tally: &Tally) -> Failure {
    let line = tally.first_duplicate.unwrap_or_default();
    let rows = match tally.duplicate_ids {
        1 => format!("the row in line {line} has"),
        rows => format!("{rows} rows, the first in line {line}, have"),
    };
    Failure::Responses(
        Report::message(format!("{rows} the id and wave of an earlier row, so nothing was written"))
            .hint("keep one row for each person and wave, or name more columns with --wave"),
    )
}

/// Refuses changes of people who cannot be known again.
fn refuse_unclear_waves(surveys: &[Survey], args: &ScoreArgs) -> Result<(), Failure> {
    if let Some(survey) = surveys.iter().find(|survey| survey.waves() > 0 && survey.id_column().is_none()) {
        return Err(Failure::Usage(format!(
            "`{}` has no id column: name it with --id, so that the rows of one person can be told",
            survey.name()
        )));
    }
    match surveys.iter().find(|survey| args.changes.is_some() && survey.waves() == 0) {
        Some(survey) => {
            Err(Failure::Usage(format!("which wave is a row of `{}`? Name the column with --wave", survey.name())))
        }
        None => Ok(()),
    }
}

/// Refuses an output that is an input or another output, the manifest included: no file is lost to a second one.
fn refuse_clashes(args: &ScoreArgs) -> Result<(), Failure> {
    let stdout = (args.output.is_none() || args.summary).then(|| PathBuf::from("-"));
    let manifest = args.output.as_deref().filter(|path| *path != Path::new("-")).map(|path| beside(path, MANIFEST));
    let outputs: Vec<PathBuf> = stdout
        .into_iter()
        .chain(args.output.clone())
        .chain(manifest)
        .chain(args.trace.clone())
        .chain(args.rejects.clone())
        .chain(args.changes.clone())
        .collect();
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
        waves: Waves::By(&args.wave),
        quasi: &args.quasi,
        private: if args.with_safety { Private::Kept } else { Private::Refused },
        form: args.rules.form.map(Into::into),
        role: args.rules.role.map(Into::into),
        fingerprint: if args.output.is_some() { Fingerprint::Sha256 } else { Fingerprint::None },
        ..Config::new(&args.columns, map)
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
fn say_once(surveys: &[Survey], ruleset: &Ruleset, args: &ScoreArgs, common: &Common) {
    for note in surveys.iter().flat_map(Survey::notes) {
        render::note(note, common);
    }
    for survey in surveys.iter().filter(|survey| survey.waves() > 0 && args.wave.is_empty()) {
        let columns: Vec<String> = survey.kept().take(survey.waves()).map(|name| format!("`{name}`")).collect();
        let text = format!("{}: one person can have several rows, told apart by {}", survey.name(), columns.join(", "));
        render::note(&text, common);
    }
    let private = private_rows(ruleset, args);
    if args.with_safety {
        render::note(
            "nothing is withheld, and the column `safety` says what was found: keep it as your approval says",
            common,
        );
    } else if let Some(rows) = private {
        render::note(&format!("{rows}: treat the output like the safety answers"), common);
    }
}

/// Which rows of the output tell of a safety flag, or of somebody's age.
fn private_rows(ruleset: &Ruleset, args: &ScoreArgs) -> Option<String> {
    let rows: Vec<&str> =
        [flagged_rows(ruleset).filter(|_| !args.blind), minor_rows(ruleset)].into_iter().flatten().collect();
    (!rows.is_empty()).then(|| rows.join(", and "))
}

/// Surveys on their way.
struct Run<'a> {
    /// The names of the columns that are carried over.
    kept: Vec<String>,
    args: &'a ScoreArgs,
    common: &'a Common,
    ruleset: &'a Ruleset,
    files: &'a [SourceFile],
    form: Form,
    writes_rows: bool,
    /// The scores of which the changes are written.
    measures: Option<&'a Measures<'a>>,
    tally: Tally,
    timing: Timing,
    groups: Groups,
}

impl<'a> Run<'a> {
    /// Writes the header lines; rows of a later shard are put behind those of the first one.
    fn header(&self, survey: &Survey, table: &Table<'_>, sink: &mut Sink<'_>) -> Result<(), Failure> {
        let is_first = self.args.shard.as_ref().is_none_or(|shard| shard.number == 1);
        let rows = match self.args.format {
            RowFormat::Csv => table.header(survey.id_column().unwrap_or("id"), &self.kept, self.args),
            RowFormat::Ndjson => Vec::new(),
        };
        let headers = [
            (&mut sink.rows, rows),
            (&mut sink.trace, trace::HEADER.as_bytes().to_vec()),
            (&mut sink.rejects, rejects::HEADER.as_bytes().to_vec()),
        ];
        for (output, header) in headers.into_iter().filter(|_| is_first) {
            if let Some(output) = output {
                output.write_all(&header).map_err(|error| output.failure(error))?;
            }
        }
        Ok(())
    }

    /// Scores a survey.
    fn score(&mut self, survey: &mut Survey, sink: &mut Sink<'_>, summary: &mut Summary<'a>) -> Result<(), Failure> {
        let (read, rejected) = (self.tally.read, self.tally.rejected);
        let job = Job {
            ruleset: self.ruleset,
            files: self.files,
            form: self.form,
            args: self.args,
            kept: self.kept.clone(),
            writes_rows: self.writes_rows,
            waves: survey.waves(),
            measures: self.measures,
            wanted: self.wanted(survey)?,
        };
        let name = survey.name().to_owned();
        let merge = Merge {
            name: &name,
            has_ids: survey.id_column().is_some(),
            has_waves: survey.waves() > 0,
            questionnaire: self.ruleset.questionnaire(),
            args: self.args,
            common: self.common,
        };
        let mut progress = Progress::new(self.common, survey.length());
        let readers: Vec<_> = (0..self.threads()).map(|_| survey.reader()).collect();
        let (plan, mut source) = survey.parts();
        let workers =
            readers.into_iter().map(|reader| Worker::new(&job, plan, reader)).collect::<Result<Vec<_>, _>>()?;
        let mut next = |mut used: Block| {
            while let Some(block) = source.next(used)? {
                if job.wanted.is_past(&block) {
                    return Ok(None);
                }
                if job.wanted.touches(&block) {
                    return Ok(Some(block));
                }
                used = block;
            }
            Ok(None)
        };
        let tally = &mut self.tally;
        let mut take = |scored: &mut Scored| merge.take(scored, sink, tally, &mut progress);
        let workers = pipeline::run(workers, &mut next, &mut take)?;
        progress.clear();
        let found: Vec<_> = workers.into_iter().map(Worker::finish).collect();
        for found in found {
            survey.notice(found.noticed);
            summary.merge(found.summary);
            self.timing.add(&found.timing);
            self.groups.merge(found.groups);
        }
        for note in survey.closing_notes() {
            render::note(&note, self.common);
        }
        let advice = survey.noticed().advice().map(|advice| {
            let scored = self.tally.read - read > self.tally.rejected - rejected;
            let wrong = scored.then(|| "the rows that were scored are then wrong, too".to_owned());
            [Some(advice.to_owned()), wrong].into_iter().flatten()
        });
        let advice: Vec<String> = advice.into_iter().flatten().chain(survey.noticed().missing_advice()).collect();
        self.tally.advice.extend(advice.into_iter().map(|advice| format!("{name}: {advice}")));
        Ok(())
    }

    /// How many threads score; the first rejected row in the order of the file is found by one.
    fn threads(&self) -> usize {
        match self.args.threads {
            _ if self.args.strict => 1,
            Some(threads) => threads.get(),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// Which rows of the survey are wanted.
    fn wanted(&self, survey: &Survey) -> Result<Wanted, Failure> {
        let left = |limit: u64| limit.saturating_sub(self.tally.read);
        let last = self.args.limit.map_or(u64::MAX, left);
        let Some(shard) = &self.args.shard else { return Ok(Wanted { last, ..Wanted::ALL }) };
        match survey.length().filter(|_| self.args.inputs.len() == 1) {
            Some(length) => {
                let (from, to) = shard.of(length);
                Ok(Wanted { from, to, last })
            }
            None => Err(Failure::Usage("--shard cuts one plain file; it cannot cut standard input".to_owned())),
        }
    }

    /// What the manifest says of a survey that was scored.
    fn record(&self, survey: Survey, before: &[InputRecord]) -> Result<InputRecord, Failure> {
        let (rows, rejected) =
            before.iter().fold((0, 0), |(rows, rejected), other| (rows + other.rows, rejected + other.rejected));
        let name =
            Path::new(survey.name()).file_name().map_or(survey.name().to_owned(), |n| n.to_string_lossy().into());
        let read_as = survey.decisions().iter().map(|decision| decision.text.clone()).collect();
        let (map_sha256, recorded) = (survey.map_sha256().map(str::to_owned), survey.recorded());
        let wave_columns = survey.kept().take(survey.waves()).map(str::to_owned).collect();
        let (form, role, id) = (survey.form(), survey.default_role(), survey.id_column().map(str::to_owned));
        let questionnaire = self.ruleset.questionnaire();
        Ok(InputRecord {
            name,
            sha256: survey.fingerprint()?,
            form: manifest::form_word(self.ruleset, form),
            default_role: questionnaire.has_roles().then(|| role.as_str()),
            id_column: id,
            wave_columns,
            read_as,
            map_sha256,
            recorded,
            rows: self.tally.read - rows,
            rejected: self.tally.rejected - rejected,
        })
    }
}

fn write_manifest(
    path: &Path,
    ruleset: &Ruleset,
    form: Form,
    args: &ScoreArgs,
    found: &Found<'_>,
) -> Result<(), Failure> {
    let text = manifest::text(ruleset, form, args, found)
        .map_err(|error| Failure::writing("the manifest", io::Error::from(error)))?;
    // Standard output, a pipe and a device have no place beside them.
    if !path.is_file() {
        return Ok(());
    }
    let mut output = Output::open(Some(&beside(path, MANIFEST)))?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()
}
