//! Counting what sheets show, in blocks, so that memory does not grow with their number.

use super::parts::{Part, PartKind, Place, Shows, parts};
use super::reader::{Reader, Seen};
use crate::assess::{AnswerBlock, NotLoaded, RowView, assess_block};
use crate::questionnaire::{Form, Role};
use crate::responses::{Responses, SafetyBlock};
use crate::ruleset::Ruleset;

/// How many sheets are looked at together.
const BLOCK: usize = 1_024;

/// Counts what sheets show of a ruleset. They are given whole, with their safety block.
///
/// Whoever is both is read as each: two readings of one sheet. Their signal and reason are those of the whole sheet, and
/// are counted where both readings are.
pub struct Coverage<'a> {
    ruleset: &'a Ruleset,
    counters: Vec<Counter<'a>>,
    covered: Covered,
}

/// The sheets of one variant that are still to be counted.
struct Counter<'a> {
    reader: Reader<'a>,
    block: AnswerBlock,
    /// What each of them is.
    sheets: Vec<Sheet>,
    is_read: bool,
}

/// What a row of a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheet {
    /// A sheet.
    Whole,
    /// The first reading of somebody who is both.
    First,
    /// A second reading of a sheet that is counted already.
    Second,
}

/// What was counted.
#[derive(Debug, Clone)]
pub struct Covered {
    /// How many sheets there were.
    pub sheets: u64,
    /// How many of them are withheld: nothing is seen there.
    pub withheld: u64,
    /// How many of them go another path: nothing is read there.
    pub other_path: u64,
    /// The roles and forms that are meant.
    pub variants: Vec<(Role, Form)>,
    /// The parts of these, and how often sheets tried them.
    pub parts: Vec<Tried>,
}

/// How often sheets tried a part. What it cannot do is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The part.
    pub part: Part,
    /// How its condition came out.
    pub ways: Option<Ways>,
    /// How often it was the stage, signal or reason.
    pub reached: Option<u64>,
    /// On how many sheets it is pivotal.
    pub pivotal: Option<u64>,
}

/// How a condition came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways {
    /// It held.
    pub holds: u64,
    /// It did not hold.
    pub fails: u64,
    /// The missing answers would decide it.
    pub undecided: u64,
}

/// Something that sheets are to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The number of the part in [`Covered::parts`].
    pub part: usize,
    /// What is to be shown of it.
    pub shows: Shows,
}

/// What is to be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every role and form that was loaded.
    Loaded,
    /// Those of which there was a sheet.
    Read,
}

impl<'a> Coverage<'a> {
    /// Nothing counted yet.
    pub fn new(ruleset: &'a Ruleset) -> Self {
        let mut all: Vec<Part> = Vec::new();
        let mut tried: Vec<Tried> = Vec::new();
        let mut counters = Vec::new();
        let found: Vec<_> = ruleset.variants().map(|(_, variant)| (variant, parts(ruleset.kind, variant))).collect();
        // Kind by kind, so that all roles and forms of a rule stand before the first condition.
        for (_, parts) in &found {
            for (part, _) in parts {
                if !all.iter().any(|known| known.is(part)) {
                    all.push(part.clone());
                }
            }
        }
        all.sort_by_key(|part| part.kind);
        tried.extend(all.into_iter().map(|part| Tried { part, ways: None, reached: None, pivotal: None }));
        for (variant, parts) in found {
            let mut places: Vec<(usize, Place)> = Vec::new();
            for (part, place) in parts {
                let own = tried.iter_mut().enumerate().find(|(_, known)| known.part.is(&part));
                if let Some((number, known)) = own {
                    known.can(place);
                    places.push((number, place));
                }
            }
            let block = AnswerBlock::new(ruleset.questionnaire(), variant.form, SafetyBlock::Answered);
            let reader = Reader::new(ruleset, variant, places);
            counters.push(Counter { reader, block, sheets: Vec::new(), is_read: false });
        }
        let covered = Covered { sheets: 0, withheld: 0, other_path: 0, variants: Vec::new(), parts: tried };
        Self { ruleset, counters, covered }
    }

    /// Counts one more sheet.
    ///
    /// # Errors
    /// [`NotLoaded`] if no variant that the sheet needs was loaded.
    pub fn add(&mut self, responses: &Responses) -> Result<(), NotLoaded> {
        let (form, role) = (responses.form, responses.role);
        let own: Vec<usize> = (0..self.counters.len())
            .filter(|at| {
                self.counters.get(*at).is_some_and(|counter| {
                    counter.reader.variant.form == form && (role == Role::Both || counter.reader.variant.role == role)
                })
            })
            .collect();
        let sheets = match own.as_slice() {
            [] => return Err(NotLoaded { role, form }),
            [_] if role == Role::Both => vec![Sheet::First],
            [_] => vec![Sheet::Whole],
            _ => {
                self.joint_outcome(responses)?;
                vec![Sheet::First, Sheet::Second]
            }
        };
        self.covered.sheets += 1;
        for (at, sheet) in own.into_iter().zip(sheets) {
            let Some(counter) = self.counters.get_mut(at) else { continue };
            counter.is_read = true;
            counter.block.push(counter.reader.variant.role, &responses.answers);
            counter.sheets.push(sheet);
            if counter.block.len() == BLOCK {
                counter.count(&mut self.covered)?;
            }
        }
        Ok(())
    }

    /// The signal and the reason of somebody who is both: the own part can take `keep_going` away.
    fn joint_outcome(&mut self, responses: &Responses) -> Result<(), NotLoaded> {
        let mut block = AnswerBlock::new(self.ruleset.questionnaire(), responses.form, SafetyBlock::Answered);
        block.push(responses.role, &responses.answers);
        let assessed = assess_block(self.ruleset, &block)?;
        let RowView::Assessed(row) = assessed.row(0) else { return Ok(()) };
        let hurt = self
            .counters
            .iter()
            .find(|counter| counter.reader.variant.role == Role::Hurt && counter.reader.variant.form == responses.form);
        let reached = hurt.into_iter().flat_map(|counter| &counter.reader.places);
        for (part, place) in reached {
            let is_joint = self.covered.parts.get(*part).is_some_and(|tried| is_joint(tried.part.kind));
            if is_joint && place.outcome.is_some_and(|outcome| outcome.is_of(row)) {
                self.covered.shows(*part, Shows::Reached);
            }
        }
        Ok(())
    }

    /// What was counted.
    ///
    /// # Errors
    /// [`NotLoaded`] if no variant that some sheet needs was loaded.
    pub fn finish(mut self, extent: Extent) -> Result<Covered, NotLoaded> {
        for counter in &mut self.counters {
            counter.count(&mut self.covered)?;
        }
        let meant = |counter: &&Counter<'_>| extent == Extent::Loaded || counter.is_read;
        let meant: Vec<&Counter<'_>> = self.counters.iter().filter(meant).collect();
        self.covered.variants =
            meant.iter().map(|counter| (counter.reader.variant.role, counter.reader.variant.form)).collect();
        // What only other roles and forms can do is not missing here.
        let places: Vec<(usize, Place)> = meant.iter().flat_map(|counter| counter.reader.places.clone()).collect();
        let all = std::mem::take(&mut self.covered.parts);
        self.covered.parts = all
            .into_iter()
            .enumerate()
            .filter_map(|(number, tried)| {
                let mut here = Tried { part: tried.part, ways: None, reached: None, pivotal: None };
                let mut own = places.iter().filter(|(part, _)| *part == number).peekable();
                own.peek()?;
                own.for_each(|(_, place)| here.can(*place));
                Some(Tried {
                    ways: here.ways.and(tried.ways),
                    reached: here.reached.and(tried.reached),
                    pivotal: here.pivotal.and(tried.pivotal),
                    ..here
                })
            })
            .collect();
        Ok(self.covered)
    }
}

/// Whether somebody who is both has one of it for both readings.
fn is_joint(kind: PartKind) -> bool {
    matches!(kind, PartKind::Signal | PartKind::Reason)
}

impl Counter<'_> {
    fn count(&mut self, covered: &mut Covered) -> Result<(), NotLoaded> {
        let sheets = &self.sheets;
        self.reader.look(&self.block, &mut |at, seen| {
            let sheet = sheets.get(at).copied().unwrap_or(Sheet::Second);
            match seen {
                Seen::Withheld => covered.withheld += u64::from(sheet != Sheet::Second),
                Seen::OtherPath => covered.other_path += u64::from(sheet != Sheet::Second),
                Seen::Shows(part, Shows::Reached) => {
                    let kind = covered.parts.get(part).map(|tried| tried.part.kind);
                    if sheet == Sheet::Whole || !kind.is_some_and(is_joint) {
                        covered.shows(part, Shows::Reached);
                    }
                }
                Seen::Shows(part, shows) => covered.shows(part, shows),
            }
        })?;
        self.block.clear();
        self.sheets.clear();
        Ok(())
    }
}

impl Tried {
    /// Adds what the part can do in one more variant.
    fn can(&mut self, place: Place) {
        if place.condition.is_some() {
            self.ways.get_or_insert_default();
        }
        if place.outcome.is_some() {
            self.reached.get_or_insert_default();
        }
        if place.deciding.is_some() {
            self.pivotal.get_or_insert_default();
        }
    }

    /// How often it did each of the things that are to be covered.
    fn counts(&self) -> impl Iterator<Item = (Shows, u64)> + use<> {
        let ways = self.ways.map(|ways| [(Shows::Holds, ways.holds), (Shows::Fails, ways.fails)]);
        let reached = self.reached.map(|count| (Shows::Reached, count));
        let pivotal = self.pivotal.map(|count| (Shows::Pivotal, count));
        ways.into_iter().flatten().chain(reached).chain(pivotal)
    }
}

impl Covered {
    fn shows(&mut self, part: usize, shows: Shows) {
        let Some(tried) = self.parts.get_mut(part) else { return };
        let count = match shows {
            Shows::Holds => tried.ways.as_mut().map(|ways| &mut ways.holds),
            Shows::Fails => tried.ways.as_mut().map(|ways| &mut ways.fails),
            Shows::Undecided => tried.ways.as_mut().map(|ways| &mut ways.undecided),
            Shows::Reached => tried.reached.as_mut(),
            Shows::Pivotal => tried.pivotal.as_mut(),
        };
        if let Some(count) = count {
            *count += 1;
        }
    }

    /// Everything that is to be shown, and on how many sheets it was.
    pub fn targets(&self) -> impl Iterator<Item = (Target, u64)> + '_ {
        self.parts
            .iter()
            .enumerate()
            .flat_map(|(part, tried)| tried.counts().map(move |(shows, count)| (Target { part, shows }, count)))
    }

    /// What no sheet has shown.
    pub fn missing(&self) -> Vec<Target> {
        self.targets().filter(|(_, count)| *count == 0).map(|(target, _)| target).collect()
    }
}
