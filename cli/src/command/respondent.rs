//! One person: whose answers they are, read from a file of answers or from a row of a survey.

use std::fs::{self, File};
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::questionnaire::{Questionnaire, ROLE_ITEM, Role};
use bearings_engine::responses::{AnswersFile, Conflict, Responses, SafetyBlock};
use bearings_engine::{Ruleset, batch_only, header_of};

use crate::args::{Common, RespondentArgs};
use crate::definition::read_text;
use crate::exit::{Failure, Report};
use crate::load::{Definition, variants};
use crate::render;
use crate::survey::{Config, Next, Row, Survey};

/// The most bytes of answers on standard input. A design choice, the same as for files.
const MAX_BYTES: u64 = 8 << 20;

/// The answers of the person that the arguments name, and the rules as they are for them.
///
/// # Errors
/// The answers or the rules cannot be used.
pub(super) fn open(
    args: &RespondentArgs,
    definition: &Definition,
    common: &Common,
) -> Result<(Ruleset, Responses), Failure> {
    refuse_batch_only(definition)?;
    let (responses, conflicts) = read(args, &definition.questionnaire, common)?;
    tell(&conflicts, &definition.questionnaire, common);
    // Somebody who is both is read as the hurt one, and their own part as the one who broke trust.
    let wanted = match responses.role {
        Role::Both => variants(responses.form),
        role => vec![(role, responses.form)],
    };
    let ruleset = definition.ready(&args.rules.settings, wanted, common)?;
    Ok((ruleset, responses))
}

/// A number that was made for groups is not held up to one person.
fn refuse_batch_only(definition: &Definition) -> Result<(), Failure> {
    let Some((id, _)) = header_of(&definition.files).filter(|_| batch_only(&definition.files).is_some()) else {
        return Ok(());
    };
    Err(Failure::Usage(format!("{}; see `bearings help support`", super::groups_only(&id))))
}

/// What kind of input it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answers,
    Survey,
}

fn read(
    args: &RespondentArgs,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<(Responses, Vec<Conflict>), Failure> {
    let kind = kind_of(&args.input, args.id.is_some())?;
    match (kind, &args.id) {
        (Kind::Answers, _) => answers(args, questionnaire, common),
        (Kind::Survey, Some(id)) => respondent(args, id, questionnaire, common),
        (Kind::Survey, None) => {
            Err(Failure::Usage("this is a survey; say which respondent it is about with --id VALUE".to_owned()))
        }
    }
}

/// Answers start with a brace or are called JSON, a survey neither. A pipe that is no standard input can be read only once, so there
/// `--id` decides.
fn kind_of(path: &Path, has_id: bool) -> Result<Kind, Failure> {
    let failed = |error| Failure::reading(path.display(), error);
    if path.as_os_str() == "-" {
        if io::stdin().is_terminal() {
            let message = "standard input is a terminal; name a file, or pipe the answers in";
            return Err(Failure::Usage(message.to_owned()));
        }
        // Only looked at: what is not consumed is still there for who reads next.
        return look(&mut io::stdin().lock()).map_err(|error| Failure::reading("standard input", error));
    }
    if fs::metadata(path).map_err(failed)?.is_file() {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            return Ok(Kind::Answers);
        }
        return look(&mut io::BufReader::new(File::open(path).map_err(failed)?)).map_err(failed);
    }
    Ok(if has_id { Kind::Survey } else { Kind::Answers })
}

/// Looks at the first byte that is not blank.
fn look(input: &mut impl BufRead) -> io::Result<Kind> {
    loop {
        let bytes = input.fill_buf()?;
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if let Some(first) = text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            return Ok(if *first == b'{' { Kind::Answers } else { Kind::Survey });
        }
        let blank = bytes.len();
        if blank == 0 {
            return Ok(Kind::Survey);
        }
        input.consume(blank);
    }
}

fn answers(
    args: &RespondentArgs,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<(Responses, Vec<Conflict>), Failure> {
    if args.id.is_some() || args.columns.is_given() {
        let message = "--id, --columns, --missing, --map, --encoding and --recorded-as are for surveys; this is one \
                       person's file of answers";
        return Err(Failure::Usage(message.to_owned()));
    }
    let source = source(&args.input)?;
    let role = args.rules.role.map_or(Role::Hurt, Into::into);
    let (responses, conflicts) = AnswersFile::load(&source, questionnaire, role)
        .map_err(|error| Failure::Responses(Report::load(error, vec![source])))?;
    if args.rules.form.is_some_and(|form| responses.form != form.into()) {
        let message = "the file of answers names another form than --form; leave --form out";
        return Err(Failure::Usage(message.to_owned()));
    }
    let silent = |slot: usize| responses.answers.get(slot).is_some_and(|answer| answer.level().is_none());
    if questionnaire.slot(ROLE_ITEM).is_some_and(silent) {
        render::note(&format!("the answers do not say `{ROLE_ITEM}`; they are read as `{}`", role.as_str()), common);
    }
    Ok((responses, conflicts))
}

fn source(path: &Path) -> Result<SourceFile, Failure> {
    if path.as_os_str() != "-" {
        // What is wrong with this file is wrong with answers, not with a definition.
        return read_text(path).map_err(|failure| match failure {
            Failure::Definition(report) => Failure::Responses(report),
            other => other,
        });
    }
    let name = "standard input";
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| Failure::reading(name, error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        let report = Report::message(format!("{name} holds more than {} MiB", MAX_BYTES >> 20));
        return Err(Failure::Responses(report));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Responses(Report::message(format!("{name} is not UTF-8 text"))))?;
    Ok(SourceFile::new(name, text))
}

/// The first row of the survey with this id.
fn respondent(
    args: &RespondentArgs,
    id: &str,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<(Responses, Vec<Conflict>), Failure> {
    let map = args.columns.read_map()?;
    let config = Config {
        form: args.rules.form.map(Into::into),
        role: args.rules.role.map(Into::into),
        ..Config::new(&args.columns, map.as_ref())
    };
    let mut survey = Survey::open(&args.input, questionnaire, &config)?;
    for note in survey.notes() {
        render::note(note, common);
    }
    let mut row = survey.row();
    let mut rejected = 0_u64;
    let mut found: Option<Row> = None;
    let mut refused: Option<Report> = None;
    loop {
        // A row that is rejected early keeps the id it had.
        row.id.clear();
        match survey.next(&mut row)? {
            Next::Row if row.id == id.as_bytes() => match &found {
                // The other one may be somebody else.
                Some(first) => return Err(twice(&survey, first.line, row.line)),
                None => found = Some(row.clone()),
            },
            Next::Rejected(error) if row.id == id.as_bytes() => {
                // The other rows are looked at all the same: they tell how the file is to be read.
                let report = Report::message(format!("{}:{}: {error}", survey.name(), error.line));
                refused.get_or_insert(report);
            }
            Next::Row => {}
            Next::Rejected(_) => rejected += 1,
            Next::End => break,
        }
    }
    if let Some(report) = refused {
        return Err(Failure::Responses(advised(report, &survey)));
    }
    let Some(row) = found else { return Err(not_found(&survey, rejected)) };
    // Their own answers fit, but may mean something else than they seem to.
    if let Some(advice) = survey.noticed().advice() {
        render::note(&format!("{}: some rows could not be read; {advice}", survey.name()), common);
    }
    let mut responses = Responses {
        form: survey.form(),
        role: row.role,
        bond: row.bond,
        safety: SafetyBlock::Answered,
        answers: row.answers,
    };
    let conflicts = responses.settle(questionnaire);
    Ok((responses, conflicts))
}

/// The report with what to try, if options or missing answers seem to be written down in another way than was said.
fn advised(report: Report, survey: &Survey) -> Report {
    let advice = survey.noticed().advice().map(str::to_owned);
    advice.into_iter().chain(survey.noticed().missing_advice()).fold(report, Report::hint)
}

fn twice(survey: &Survey, first: u64, second: u64) -> Failure {
    let place = format!("{}:{second}: this --id stands on line {first}, too", survey.name());
    Failure::Responses(Report::message(place).hint("give each respondent an id of their own"))
}

fn not_found(survey: &Survey, rejected: u64) -> Failure {
    let place = match survey.id_column() {
        Some(column) => {
            format!("no row of `{}` has this --id in its column `{}`", survey.name(), column.escape_debug())
        }
        None => format!("`{}` has no id column and no row with this number", survey.name()),
    };
    let report = advised(Report::message(place), survey);
    let report = match rejected {
        0 => report,
        1 => report.hint("1 row could not be read; `bearings score` says why"),
        _ => report.hint(format!("{rejected} rows could not be read; `bearings score` says why")),
    };
    Failure::Responses(report)
}

/// Values that were given although their question was not asked. What somebody said on the safety page is not
/// named anywhere.
fn tell(conflicts: &[Conflict], questionnaire: &Questionnaire, common: &Common) {
    let slots = conflicts.iter().filter_map(|conflict| questionnaire.slots.get(conflict.slot));
    for slot in slots.filter(|slot| questionnaire.item_of(slot).is_some_and(|item| !item.block)) {
        let text =
            format!("`{}` holds an answer, but was not asked because of an earlier one; it is not used", slot.id);
        render::note(&text, common);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::Parser;

    use super::*;
    use crate::args::{Cli, ColorArg, Command, ErrorFormat};

    const COMMON: Common = Common { color: ColorArg::Never, error_format: ErrorFormat::Human, quiet: true };
    const SURVEY: &str = "id,my_role,effort_mine\n17,hurt,3\n18,both,9\n16,broke,1\n17,broke,1\n";

    fn args(typed: &[&str]) -> RespondentArgs {
        match Cli::try_parse_from(["bearings", "explain"].iter().chain(typed)).unwrap().command {
            Some(Command::Explain(args)) => args.respondent,
            _ => panic!("not explain"),
        }
    }

    /// Reads a file with this text.
    fn read_text(text: &str, typed: &[&str]) -> Result<(Responses, Vec<Conflict>), Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("input");
        fs::write(&path, text).unwrap();
        let args = args(&[&[path.to_str().unwrap()], typed].concat());
        read(&args, &Definition::from_args(&args.rules).unwrap().questionnaire, &COMMON)
    }

    fn message(result: Result<(Responses, Vec<Conflict>), Failure>) -> String {
        match result.unwrap_err() {
            Failure::Responses(Report::Message { message, .. }) | Failure::Usage(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_start_with_a_brace_after_what_is_blank() {
        let kind = |text: &[u8]| look(&mut io::BufReader::with_capacity(2, text)).unwrap();
        assert_eq!(kind(b" \n\n\n {"), Kind::Answers);
        assert_eq!(kind(b"\"id\",x"), Kind::Survey);
        assert_eq!(kind(b""), Kind::Survey);
        assert_eq!(look(&mut &b"\xEF\xBB\xBF{"[..]).unwrap(), Kind::Answers);
    }

    #[test]
    fn the_row_with_the_id_is_read_and_two_of_them_are_refused() {
        let (responses, _) = read_text(SURVEY, &["--id", "16"]).unwrap();
        assert_eq!(responses.role, Role::Broke);
        let message = message(read_text(SURVEY, &["--id", "17"]));
        assert!(message.contains(":5: this --id stands on line 2, too"), "{message}");
    }

    #[test]
    fn an_id_that_is_not_there_names_the_column_and_no_answer() {
        let message = message(read_text(SURVEY, &["--id", "4711"]));
        assert!(message.contains("column `id`") && !message.contains("4711"), "{message}");
    }

    #[test]
    fn a_row_that_cannot_be_read_says_where_and_not_what() {
        let message = message(read_text(SURVEY, &["--id", "18"]));
        // The name of the temporary folder may hold any digit.
        let (_, what) = message.split_once(":3: ").unwrap();
        assert!(what.contains("row 2: column `effort_mine`") && !what.contains('9'), "{message}");
    }

    #[test]
    fn what_belongs_to_a_survey_is_refused_for_answers() {
        assert!(message(read_text("{}", &["--id", "17"])).contains("for surveys"));
        assert!(message(read_text(SURVEY, &[])).contains("--id VALUE"));
    }
}
