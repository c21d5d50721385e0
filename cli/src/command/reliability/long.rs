//! Answers in long form: one line an answer. The lines of a person may stand anywhere, so all are held in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use bearings_engine::psychometrics::Group;
use bearings_engine::questionnaire::{Form, OptionValue, Questionnaire, ROLE_ITEM, Role};
use bearings_engine::responses::{Answer, Missing, Responses, SafetyBlock, expected, level_for};
use csv::ByteRecord;

use super::super::respondents::Tally;
use super::Look;
use crate::args::{Common, LongColumns, ReliabilityArgs};
use crate::exit::{Failure, Report};
use crate::render;

/// How many lines with problems are named on stderr.
const NAMED: u64 = 10;

/// The people of such a file.
pub(super) struct People {
    pub(super) form: Form,
    /// The column that names them.
    pub(super) id_name: String,
    /// The slots that some line is about.
    pub(super) asked: BTreeSet<usize>,
    role: Role,
    /// In the order in which they come up.
    answers: Vec<(Vec<u8>, Vec<Answer>)>,
}

/// Reads such a file whole.
///
/// # Errors
/// It cannot be read, or some lines cannot be used; they are named on stderr, up to a number.
pub(super) fn read(
    args: &ReliabilityArgs,
    columns: &LongColumns,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<People, Failure> {
    let name = match args.input.as_os_str() == "-" {
        true => "standard input".to_owned(),
        false => args.input.display().to_string(),
    };
    let mut lines = Lines::open(&args.input, name)?;
    let places = lines.places(columns)?;
    let reader = Reader { args, questionnaire };
    let mut people = People {
        form: Form::Short,
        id_name: columns.id.clone(),
        asked: BTreeSet::new(),
        role: args.rules.role.map_or(Role::Hurt, Into::into),
        answers: Vec::new(),
    };
    let mut known: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut given: BTreeSet<(usize, usize)> = BTreeSet::new();
    let (mut read, mut wrong) = (0_u64, 0_u64);
    while let Some((line, record)) = lines.next()? {
        read += 1;
        let told = reader.line(&record, lines.width, &places, columns).and_then(|(id, slot, answer)| {
            let person = *known.entry(id.to_vec()).or_insert_with(|| {
                people.answers.push((id.to_vec(), vec![Answer::Missing(Missing::Skipped); questionnaire.slots.len()]));
                people.answers.len() - 1
            });
            if !given.insert((person, slot)) {
                return Err("this person's answer to this item stands in an earlier line, too".to_owned());
            }
            people.asked.insert(slot);
            if let Some(place) = people.answers.get_mut(person).and_then(|(_, answers)| answers.get_mut(slot)) {
                *place = answer;
            }
            Ok(())
        });
        if let Err(problem) = told {
            wrong += 1;
            if wrong <= NAMED {
                render::to_stderr(&render::row(&problem, &lines.name, line, common.error_format));
            }
        }
    }
    if wrong > 0 {
        let lines_are = if wrong == 1 { "1 line".to_owned() } else { format!("{wrong} lines") };
        let report = Report::message(format!("{}: {lines_are} of {read} cannot be used", lines.name));
        return Err(Failure::Responses(report.hint("an answer that is left out would look like a skipped question")));
    }
    if read == 0 {
        let report = Report::message(format!("{}:1: there is a header line, but no line below it", lines.name));
        return Err(Failure::Responses(report));
    }
    people.form = args.rules.form.map_or_else(|| form(questionnaire, &people.asked), Into::into);
    let items = questionnaire.slots.len() - people.asked.len();
    if items > 0 {
        render::note(&format!("{}: {items} items have no line, and are taken as skipped", lines.name), common);
    }
    render::note(&format!("{read} lines read = {} people", people.answers.len()), common);
    Ok(people)
}

/// The full form if some line is about an item that only the full form asks.
fn form(questionnaire: &Questionnaire, asked: &BTreeSet<usize>) -> Form {
    let items = asked.iter().filter_map(|slot| questionnaire.item_of(questionnaire.slots.get(*slot)?));
    let mut forms = items.map(|item| &item.forms);
    if forms.any(|forms| !forms.is_empty() && !forms.contains(&Form::Short)) { Form::Full } else { Form::Short }
}

impl People {
    /// Hands the people over one after the other.
    ///
    /// # Errors
    /// What `look` says.
    pub(super) fn each(self, questionnaire: &Questionnaire, common: &Common, look: Look<'_>) -> Result<Tally, Failure> {
        let role_slot = questionnaire.slot(ROLE_ITEM);
        let (mut tally, mut conflicts) = (Tally::default(), 0);
        for (id, answers) in self.answers {
            tally.read += 1;
            let (form, role) = (self.form, self.role);
            let mut responses = Responses { form, role, bond: None, safety: SafetyBlock::Answered, answers };
            let said = role_slot.and_then(|slot| responses.value(questionnaire, slot));
            responses.role = said.and_then(|value| Role::parse(&value.to_string())).unwrap_or(role);
            conflicts += responses.settle(questionnaire).len();
            look(&id, &responses, Group::Untold)?;
        }
        if conflicts > 0 {
            render::note(&format!("{conflicts} answers to questions that were not asked"), common);
        }
        Ok(tally)
    }
}

/// Where the three columns stand.
struct Places {
    id: usize,
    item: usize,
    response: usize,
}

/// The lines of the file.
struct Lines {
    name: String,
    records: csv::Reader<Box<dyn Read>>,
    width: usize,
}

impl Lines {
    fn open(path: &Path, name: String) -> Result<Self, Failure> {
        let failed = |error| Failure::reading(&name, error);
        let bytes: Box<dyn Read> = match path.as_os_str() == "-" {
            true => Box::new(io::stdin()),
            false => Box::new(File::open(path).map_err(failed)?),
        };
        let mut bytes = BufReader::with_capacity(1 << 16, bytes);
        let head = bytes.fill_buf().map_err(failed)?;
        let head = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|delimiter| head.contains(delimiter)).unwrap_or(b',');
        let records = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            // Lines of another length are reported as such.
            .flexible(true)
            .from_reader(Box::new(bytes) as Box<dyn Read>);
        Ok(Self { name, records, width: 0 })
    }

    /// The next line that is not blank, with its number.
    fn next(&mut self) -> Result<Option<(u64, ByteRecord)>, Failure> {
        let mut record = ByteRecord::new();
        loop {
            let more = self.records.read_byte_record(&mut record).map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                match error.into_kind() {
                    csv::ErrorKind::Io(error) => Failure::reading(&self.name, error),
                    // Its text could hold cells, and is not printed.
                    _ => Failure::Responses(Report::message(format!("{}:{line}: the line cannot be read", self.name))),
                }
            })?;
            let is_blank = record.len() == 1 && record.get(0).is_some_and(|cell| cell.trim_ascii().is_empty());
            match (more, is_blank) {
                (false, _) => return Ok(None),
                (true, true) => {}
                (true, false) => {
                    let line = record.position().map_or(1, csv::Position::line);
                    return Ok(Some((line, record)));
                }
            }
        }
    }

    /// Reads the header.
    fn places(&mut self, columns: &LongColumns) -> Result<Places, Failure> {
        let Some((_, header)) = self.next()? else {
            return Err(Failure::Responses(Report::message(format!("{}:1: the file is empty", self.name))));
        };
        self.width = header.len();
        let place = |named: &str| {
            let mut places = header.iter().enumerate().filter(|(_, cell)| cell.trim_ascii() == named.as_bytes());
            match (places.next(), places.next()) {
                (Some((at, _)), None) => Ok(at),
                (found, _) => {
                    let how_many = if found.is_some() { "two columns" } else { "no column" };
                    let report = Report::message(format!("{}:1: {how_many} named `{named}`", self.name));
                    Err(Failure::Responses(report.hint("--long=ID,ITEM,RESPONSE names the three columns")))
                }
            }
        };
        Ok(Places { id: place(&columns.id)?, item: place(&columns.item)?, response: place(&columns.response)? })
    }
}

/// What lines mean.
struct Reader<'a> {
    args: &'a ReliabilityArgs,
    questionnaire: &'a Questionnaire,
}

impl Reader<'_> {
    /// Who, what and which answer; or what is wrong, without a cell.
    fn line<'r>(
        &self,
        record: &'r ByteRecord,
        width: usize,
        places: &Places,
        columns: &LongColumns,
    ) -> Result<(&'r [u8], usize, Answer), String> {
        if record.len() != width {
            return Err(format!("{} cells, but the header has {width}", record.len()));
        }
        let cell = |place: usize| record.get(place).unwrap_or_default().trim_ascii();
        let text = |place: usize, column: &str| {
            std::str::from_utf8(cell(place)).map_err(|_| format!("column `{column}` is not UTF-8 text"))
        };
        let id = text(places.id, &columns.id)?;
        if id.is_empty() {
            return Err(format!("column `{}` is empty, so that nobody knows whose answer it is", columns.id));
        }
        let (item, response) = (text(places.item, &columns.item)?, text(places.response, &columns.response)?);
        let slot = self
            .slot(item)
            .ok_or_else(|| format!("column `{}` names no item of `{}`", columns.item, self.questionnaire.id))?;
        let answer = self.answer(slot, response).ok_or_else(|| {
            let expected = self.questionnaire.slots.get(slot).map(expected).unwrap_or_default();
            format!("column `{}` holds none of the answers to this item ({expected})", columns.response)
        })?;
        Ok((id.as_bytes(), slot, answer))
    }

    fn slot(&self, name: &str) -> Option<usize> {
        let slots = &self.questionnaire.slots;
        let named = slots.iter().position(|slot| slot.column_names().iter().any(|own| own == name));
        let numbered = || self.args.columns.columns.as_ref()?.number(name)?.checked_sub(1);
        named.or_else(numbered).filter(|slot| *slot < slots.len())
    }

    fn answer(&self, slot: usize, cell: &str) -> Option<Answer> {
        if cell.is_empty() {
            return Some(Answer::Missing(Missing::Skipped));
        }
        // A column with gaps is often written as 3.0 for 3.
        let whole = cell.strip_suffix(".0").unwrap_or(cell);
        let value = whole.parse().map_or_else(|_| OptionValue::Word(cell.to_owned()), OptionValue::Number);
        if let Ok(answer) = level_for(self.questionnaire, slot, &value) {
            return Some(answer);
        }
        if self.args.columns.missing.iter().any(|code| code.trim() == cell) {
            return Some(Answer::Missing(Missing::Skipped));
        }
        let item = self.questionnaire.slots.get(slot).and_then(|slot| self.questionnaire.item_of(slot))?;
        let reason = Missing::parse(cell).filter(|reason| match reason {
            Missing::NotShown => false,
            Missing::NotApplicable => item.offers_not_applicable,
            _ => true,
        })?;
        Some(Answer::Missing(reason))
    }
}
