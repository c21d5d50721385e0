//! From the header to what each column means.

mod holding;

use std::collections::{BTreeMap, BTreeSet};

use bearings_engine::questionnaire::{Item, Questionnaire, Slot};
use bearings_engine::responses::{Answer, Missing};
use csv::ByteRecord;

use super::cells::{Cells, Reading};
use super::dialect::Dialect;
use super::dialect::platform::{Aside, Platform};
use super::header::{Header, places, position, shown};
use super::identifying::is_identifying;
use super::map::{Fits, Fitted, Holds};
use super::observed::Observers;
use super::recorded::{expected, written};
use super::ticked::{Ticked, TickedReading};
use super::{Config, Private, Problem, private, waves};
use crate::exit::{Failure, Report};
use holding::{Names, holdings, slots};

/// The id columns that are found without being named: our own, and what survey platforms write. Those that mean an id
/// only in the files of one platform are known to it.
const ID_COLUMNS: [&str; 4] = ["id", "respondent_id", "ResponseId", "record_id"];

/// What the columns mean.
pub(super) struct Columns {
    /// The columns that hold the answers of one slot each.
    pub(super) mapped: Vec<Mapped>,
    /// The columns that hold all ticked options of an item.
    pub(super) ticked: Vec<Ticked>,
    /// The column with the respondent's id.
    pub(super) id: Option<usize>,
    /// The columns that are handed through, in the order asked for.
    pub(super) kept: Vec<usize>,
    /// How many of these, from the first on, say which wave a row is.
    pub(super) waves: usize,
    /// The columns by which respondents could be told apart.
    pub(super) quasi: Vec<usize>,
    /// The columns that nothing reads, and nobody knows why.
    pub(super) unread: Vec<usize>,
    /// The columns of the platform that hold no answers.
    pub(super) aside: Vec<(usize, Aside)>,
    /// The columns that may tell who somebody is, those that are written out first.
    pub(super) identifying: Vec<usize>,
    /// The columns that say something of a row.
    pub(super) observers: Observers,
    /// What some unread ones would be called if they were written in the case of the questionnaire, or of the pattern.
    pub(super) other_case: BTreeMap<usize, String>,
    /// How many there are.
    pub(super) width: usize,
    /// Codes for "no answer" that are an answer in some columns: the code, and those columns.
    pub(super) clashes: Vec<(String, Vec<usize>)>,
    /// Which platform wrote them.
    pub(super) platform: Platform,
    /// The file says what was not shown, which is read as skipped here.
    pub(super) not_shown_is_skipped: bool,
    header: Header,
}

/// A column that holds the answers of one slot.
pub(super) struct Mapped {
    /// Its position in the row.
    pub(super) column: usize,
    /// The position of its slot in the questionnaire.
    pub(super) slot: usize,
    /// What its cells mean.
    pub(super) cells: Cells,
    /// How its cells are written.
    pub(super) reading: Reading,
    expected: String,
}

impl Mapped {
    /// What is wrong with a cell that is no answer.
    pub(super) fn problem(&self, cell: &[u8], column: Option<&str>) -> Problem {
        let column = shown(column.unwrap_or_default());
        if cell.trim_ascii() == b"not_applicable" {
            Problem::NotOffered { column }
        } else if std::str::from_utf8(cell).is_err() {
            Problem::NotUtf8 { column }
        } else {
            Problem::Value { column, expected: self.expected.clone() }
        }
    }
}

impl Columns {
    /// Finds the meaning of every column, and refuses what must not be read or handed through.
    ///
    /// # Errors
    /// The columns contradict each other, the map or what was asked for; or none of them holds an answer.
    pub(super) fn find(
        dialect: &Dialect,
        sample: &[ByteRecord],
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<Self, Failure> {
        let columns = Self::look(dialect, sample, file, questionnaire, config)?;
        if columns.mapped.is_empty() && columns.ticked.is_empty() {
            return Err(columns.nothing_fits(file, questionnaire, config));
        }
        Ok(columns)
    }

    /// The same for a file that may hold no answer to this questionnaire.
    ///
    /// # Errors
    /// As [`Columns::find`], but for the last.
    pub(super) fn look(
        dialect: &Dialect,
        sample: &[ByteRecord],
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<Self, Failure> {
        let header = &dialect.header;
        let names = Names::new(questionnaire, config);
        let item = |slot: Option<usize>| questionnaire.item_of(questionnaire.slots.get(slot?)?);
        let kept_names = config.keep.iter().filter(|_| config.private == Private::Refused);
        for named in config.id.into_iter().chain(kept_names.chain(config.quasi).map(String::as_str)) {
            private::refuse(named, item(names.slot(named)), Some(questionnaire))?;
        }
        let fits = config.map.map(|map| map.fit(header, questionnaire, file)).transpose()?;
        let id = find_id(dialect, fits.as_ref(), file, config)?;
        let mapped_wave = fits.as_ref().and_then(|fits| fits.wave);
        let mut kept = waves::columns(dialect, mapped_wave, config.waves, file)?;
        let waves = kept.len();
        let mapped = fits.iter().flat_map(|fits| fits.wave.iter().chain(&fits.kept)).copied().map(Ok);
        for column in mapped.chain(config.keep.iter().map(|named| position(header, named, file, config.keep_option))) {
            let column = column?;
            if !kept.contains(&column) {
                kept.push(column);
            }
        }
        let quasi = config.quasi.iter().map(|named| position(header, named, file, "--quasi"));
        let quasi: Vec<usize> = quasi.collect::<Result<_, _>>()?;
        let held = holdings(dialect, &names, fits.as_ref(), questionnaire);
        let attention = fits.as_ref().map(|fits| fits.attention.as_slice()).unwrap_or_default();
        let kept_private = kept.iter().filter(|_| config.private == Private::Refused);
        let written_out = id.iter().chain(kept_private).chain(&quasi).copied();
        for column in written_out.clone().chain(attention.iter().map(|(column, _)| *column)) {
            let slot = held
                .get(column)
                .and_then(Option::as_ref)
                .and_then(|holds| slots(holds, questionnaire).first().copied());
            private::refuse(header.name(column).unwrap_or_default(), item(slot), Some(questionnaire))?;
        }
        let mut columns = Self {
            mapped: Vec::new(),
            ticked: Vec::new(),
            unread: Vec::new(),
            aside: Vec::new(),
            identifying: Vec::new(),
            observers: Observers::new(header, dialect.platform, attention),
            other_case: BTreeMap::new(),
            width: header.width(),
            clashes: Vec::new(),
            platform: dialect.platform,
            not_shown_is_skipped: keeps_questions(questionnaire) && says_not_shown(dialect, fits.as_ref()),
            header: header.clone(),
            id,
            kept,
            waves,
            quasi,
        };
        columns.refuse_other_numbers(&names, file, questionnaire, config)?;
        columns.map(held, dialect, fits.as_ref(), file, questionnaire, config)?;
        columns.sort_unread(fits.as_ref(), attention, questionnaire);
        columns.find_other_case(&names);
        columns.find_identifying(sample);
        Ok(columns)
    }

    /// The slots that have a column.
    pub(super) fn slots(&self) -> impl Iterator<Item = usize> {
        self.mapped.iter().map(|mapped| mapped.slot).chain(self.ticked.iter().flat_map(|ticked| ticked.slots.clone()))
    }

    /// The slots that are read from a column.
    pub(super) fn slots_of(&self, column: usize) -> impl Iterator<Item = usize> {
        let one = self.mapped.iter().filter(move |mapped| mapped.column == column).map(|mapped| mapped.slot);
        let several = self.ticked.iter().filter(move |ticked| ticked.column == column);
        one.chain(several.flat_map(|ticked| ticked.slots.iter().copied()))
    }

    /// Whether a slot has a column.
    pub(super) fn has(&self, slot: usize) -> bool {
        self.slots().any(|other| other == slot)
    }

    /// Whether the cells of a column are read as answers.
    pub(super) fn is_answer(&self, column: usize) -> bool {
        self.mapped.iter().any(|mapped| mapped.column == column)
            || self.ticked.iter().any(|ticked| ticked.column == column)
    }

    /// The name of a column, as the file has it.
    pub(super) fn name(&self, column: usize) -> Option<&str> {
        self.header.name(column)
    }

    /// All that the file says of its columns.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Finds out which unread columns are only written in another case.
    fn find_other_case(&mut self, names: &Names<'_>) {
        for column in &self.unread {
            if let Some(meant) = self.header.name(*column).and_then(|name| names.in_its_case(name)) {
                self.other_case.insert(*column, meant);
            }
        }
    }

    /// Finds the columns that may tell who somebody is; an answer is not among them, whatever its column is called.
    fn find_identifying(&mut self, sample: &[ByteRecord]) {
        let written: Vec<usize> = self.id.iter().chain(&self.kept).copied().collect();
        let others = (0..self.width).filter(|column| !written.contains(column));
        let all = written.iter().copied().chain(others).filter(|column| !self.is_answer(*column));
        let is_text = |column: usize| {
            let name = self.header.name(column).unwrap_or_default();
            let aside = self.platform.aside(name, self.header.question(column), self.header.import_id(column));
            aside == Some(Aside::Text)
        };
        let may_tell = |column: &usize| is_text(*column) || is_identifying(&self.header, *column, sample);
        self.identifying = all.filter(may_tell).collect();
    }

    fn nothing_fits(&self, file: &str, questionnaire: &Questionnaire, config: &Config<'_>) -> Failure {
        let message = format!("{file}:1: no column is an item of questionnaire `{}`", questionnaire.id);
        let mut report = Report::message(message);
        if let Some((column, meant)) = self.other_case.first_key_value() {
            let name = self.name(*column).unwrap_or_default();
            report = report.hint(format!("did you mean `{meant}` by `{}`? Upper and lower case count", shown(name)));
        }
        let report = report.hint(match config.pattern() {
            None => {
                "columns are named like the items (`bearings show` lists them); numbered columns need --columns 'Q{n}'"
            }
            Some(_) => "no column fits the pattern of --columns, either",
        });
        Failure::Responses(match config.map {
            None => report.hint("columns with other names: `bearings map` drafts a map, and --map reads by it"),
            Some(_) => report,
        })
    }

    /// Refuses numbered columns whose number no question has: then the numbers mean something else, and every other
    /// column could hold the answers to another question than it seems to.
    fn refuse_other_numbers(
        &self,
        names: &Names<'_>,
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<(), Failure> {
        let fits = |name: &str| config.pattern().is_some_and(|pattern| pattern.number(name).is_some());
        let others = self.header.names().enumerate();
        let others = others.filter(|(at, name)| self.id != Some(*at) && fits(name) && names.slot(name).is_none());
        let named: Vec<String> = others.map(|(_, name)| format!("`{}`", shown(name))).collect();
        let fit = match named.len() {
            0 => return Ok(()),
            1 => "fits",
            _ => "fit",
        };
        let message = format!(
            "{file}:1: {} has {} questions; {} {fit} the pattern of --columns",
            questionnaire.id,
            questionnaire.slots.len(),
            named.join(", ")
        );
        let mut report = Report::message(message).hint(
            "question 1 of the questionnaire must be number 1: rename the columns, or name what is no question in \
             another way",
        );
        if questionnaire.slots.len() > questionnaire.items.len() {
            report = report.hint("where several options can be ticked, each of them counts as a question");
        }
        Err(Failure::Responses(report))
    }

    fn map(
        &mut self,
        held: Vec<Option<Holds>>,
        dialect: &Dialect,
        fits: Option<&Fits>,
        file: &str,
        questionnaire: &Questionnaire,
        config: &Config<'_>,
    ) -> Result<(), Failure> {
        let context =
            Context { fits, config, marks_absent: dialect.absent_is_not_shown, keeps: keeps_questions(questionnaire) };
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        let mut clashes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (column, holds) in held.into_iter().enumerate() {
            let Some(holds) = holds else { continue };
            for slot in slots(&holds, questionnaire) {
                if let Some(other) = taken.insert(slot, column) {
                    let id = questionnaire.slots.get(slot).map_or("", |slot| slot.id.as_str());
                    let message = format!(
                        "{file}:1: {} and {} ({}) both hold `{id}`",
                        self.header.shown(other),
                        self.header.shown(column),
                        places(&[other, column])
                    );
                    let report = Report::message(message).hint("rename or remove one of them");
                    return Err(Failure::Responses(report.hint("a map (--map) says which of them is meant")));
                }
            }
            let fitted = fits.and_then(|fits| fits.columns.get(&column));
            match holds {
                Holds::Slot(at) => {
                    let Some(slot) = questionnaire.slots.get(at) else { continue };
                    let Some(item) = questionnaire.item_of(slot) else { continue };
                    let reading = context.reading(item, slot, fitted);
                    let values: BTreeSet<String> = match &reading.labels {
                        None => written(slot, item, reading.recorded).into_iter().collect(),
                        Some(labels) => labels.iter().map(|(label, _)| label.clone()).collect(),
                    };
                    for (code, _) in reading.missing.iter().filter(|(code, _)| values.contains(code.trim())) {
                        clashes.entry(code.trim().to_owned()).or_default().push(column);
                    }
                    let expected = match &reading.labels {
                        None => expected(slot, item, reading.recorded),
                        Some(_) => "the labels of the map".to_owned(),
                    };
                    let cells = Cells::new(slot, item, &reading);
                    self.mapped.push(Mapped { column, slot: at, cells, reading, expected });
                }
                Holds::Item(item, separator) => {
                    let reading = context.ticked(separator, fitted);
                    self.ticked.extend(Ticked::new(column, item, questionnaire, reading));
                }
            }
        }
        self.clashes = clashes.into_iter().collect();
        Ok(())
    }

    /// Tells columns that are the platform's own, or left out on purpose, from those that nobody knows.
    fn sort_unread(&mut self, fits: Option<&Fits>, attention: &[(usize, Vec<String>)], questionnaire: &Questionnaire) {
        // ODK writes a question of several options whole, too; nothing is lost if that is not read.
        let is_whole = |name: &str| {
            let at = questionnaire.items.iter().position(|item| item.id == name);
            at.is_some_and(|at| questionnaire.slots_of(at).any(|(slot, _)| self.has(slot)))
        };
        let (mut unread, mut aside) = (Vec::new(), Vec::new());
        for column in 0..self.width {
            let name = self.header.name(column).unwrap_or_default();
            let is_used = self.is_answer(column)
                || self.id == Some(column)
                || self.kept.contains(&column)
                || self.quasi.contains(&column)
                || attention.iter().any(|(other, _)| *other == column);
            let is_left_out = fits.is_some_and(|fits| fits.not_read.contains(&column));
            if is_used || is_left_out || name.is_empty() || is_whole(name) {
                continue;
            }
            match self.platform.aside(name, self.header.question(column), self.header.import_id(column)) {
                Some(reason) => aside.push((column, reason)),
                None => unread.push(column),
            }
        }
        (self.unread, self.aside) = (unread, aside);
    }
}

/// Whether a file cannot take a question out by saying that it was not shown: where there is a safety gate, that
/// follows from the other answers alone.
pub(super) fn keeps_questions(questionnaire: &Questionnaire) -> bool {
    questionnaire.items.iter().any(|item| item.block || item.safety.is_some())
}

fn says_not_shown(dialect: &Dialect, fits: Option<&Fits>) -> bool {
    let is_one = |(_, reason): &(String, Missing)| *reason == Missing::NotShown;
    let in_map = |fits: &Fits| {
        fits.missing.iter().any(is_one) || fits.columns.values().any(|column| column.missing.iter().any(is_one))
    };
    dialect.absent_is_not_shown || fits.is_some_and(in_map)
}

/// What decides how the cells of a column are read.
struct Context<'a> {
    fits: Option<&'a Fits>,
    config: &'a Config<'a>,
    /// Cells that are not there are told apart from empty ones.
    marks_absent: bool,
    /// See [`keeps_questions`].
    keeps: bool,
}

impl Context<'_> {
    fn reason(&self, reason: Missing) -> Missing {
        if self.keeps && reason == Missing::NotShown { Missing::Skipped } else { reason }
    }

    /// The codes of a column, its own ones first; the empty one is the reason for an empty cell.
    fn codes(&self, fitted: Option<&Fitted>, offers_not_applicable: bool) -> (Vec<(String, Missing)>, Missing) {
        let own = fitted.map(|fitted| fitted.missing.as_slice()).unwrap_or_default();
        let shared = self.fits.map(|fits| fits.missing.as_slice()).unwrap_or_default();
        let typed = self.config.missing.iter().map(|code| (code.clone(), Missing::Skipped));
        let all: Vec<(String, Missing)> = own
            .iter()
            .chain(shared)
            .cloned()
            .chain(typed)
            .filter(|(_, reason)| *reason != Missing::NotApplicable || offers_not_applicable)
            .map(|(code, reason)| (code, self.reason(reason)))
            .collect();
        let blank = all.iter().find(|(code, _)| code.is_empty()).map_or(Missing::Skipped, |(_, reason)| *reason);
        (all.into_iter().filter(|(code, _)| !code.is_empty()).collect(), blank)
    }

    fn absent(&self) -> Option<Missing> {
        self.marks_absent.then(|| self.reason(Missing::NotShown))
    }

    fn reading(&self, item: &Item, slot: &Slot, fitted: Option<&Fitted>) -> Reading {
        let (missing, blank) = self.codes(fitted, item.offers_not_applicable);
        let labels: Option<Vec<(String, u16)>> = fitted.and_then(|fitted| fitted.labels.as_ref()).map(|labels| {
            let level = |(label, level): &(String, usize)| Some((label.clone(), u16::try_from(*level).ok()?));
            labels.iter().filter(|(_, level)| *level < slot.levels.count()).filter_map(level).collect()
        });
        let blank_is =
            |labels: &Vec<(String, u16)>| labels.iter().find(|(label, _)| label.is_empty()).map(|(_, level)| *level);
        Reading {
            recorded: fitted.and_then(|fitted| fitted.recorded).unwrap_or(self.config.recorded()),
            missing,
            blank: labels.as_ref().and_then(blank_is).map_or(Answer::Missing(blank), Answer::Level),
            labels: labels.map(|labels| labels.into_iter().filter(|(label, _)| !label.is_empty()).collect()),
            absent: self.absent(),
        }
    }

    fn ticked(&self, separator: String, fitted: Option<&Fitted>) -> TickedReading {
        let (missing, blank) = self.codes(fitted, false);
        let words = fitted.and_then(|fitted| fitted.labels.clone());
        TickedReading { separator, words, missing, blank, absent: self.absent() }
    }
}

/// The column with the id: as it was said, as the map says, one of the usual names, or the platform's.
fn find_id(dialect: &Dialect, fits: Option<&Fits>, file: &str, config: &Config<'_>) -> Result<Option<usize>, Failure> {
    let header = &dialect.header;
    if let Some(named) = config.id {
        return position(header, named, file, "--id").map(Some);
    }
    if let Some(id) = fits.and_then(|fits| fits.id) {
        return Ok(Some(id));
    }
    let usual = ID_COLUMNS.iter().find(|usual| header.names().any(|name| name == **usual));
    if let Some(usual) = usual {
        return position(header, usual, file, "the id").map(Some);
    }
    let is_id = |column: &usize| {
        let name = header.name(*column).unwrap_or_default();
        dialect.platform.is_id(*column, name, header.question(*column))
    };
    Ok((0..header.width()).find(is_id))
}
