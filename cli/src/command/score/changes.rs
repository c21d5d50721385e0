//! How each person's scores changed from wave to wave.
//!
//! Waves stand in the order of their numbers where all of them are numbers, else as they are first met in the file. Each
//! wave of a person is compared with the one before it and with their first one. The scores of all rows are held until the
//! end: with changes memory grows with the survey, about 16 bytes a score.

use std::collections::BTreeSet;
use std::path::Path;

use bearings_engine::exact::{Exact, format_half_up, to_f64};
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{AssessedRow, Ruleset, Value, Variant};
use rustc_hash::FxHashMap;

use super::reliable::Reliable;
use super::rows::cell;
use crate::exit::Failure;
use crate::output::Output;

const HEADER: &str = "id,from,to,score,before,after,change,index,reliable\n";

/// The decimals of an index, where the scores have more: it is no exact number. A design choice.
const INDEX_DECIMALS: u32 = 6;

/// What a score is in one variant.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Scale(usize),
    Aggregate(usize),
    Points(usize),
}

/// The scores whose changes are written, of both roles.
pub(super) struct Measures<'a> {
    pub(super) names: Vec<&'a str>,
    /// For each role, what each score is there, if it has it.
    roles: Vec<(Role, Vec<Option<Kind>>)>,
}

/// A score as it is held: numerator and denominator; denominator 0 where there is no value.
type Held = (i64, i64);

/// The scores of a row.
pub(super) type Scores = Vec<Held>;

impl<'a> Measures<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, form: Form) -> Self {
        let variants: Vec<(Role, &Variant)> = ruleset.variants_in(form).collect();
        let kinds = |variant: &'a Variant| -> Vec<(&'a str, Kind)> {
            let scales = variant.scales.iter().enumerate().map(|(at, scale)| (scale.id.as_str(), Kind::Scale(at)));
            let aggregates = variant.aggregates.iter().enumerate();
            let aggregates = aggregates.map(|(at, aggregate)| (aggregate.id.as_str(), Kind::Aggregate(at)));
            let points = variant.points.iter().enumerate().map(|(at, name)| (name.as_str(), Kind::Points(at)));
            scales.chain(aggregates).chain(points).collect()
        };
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in variants.iter().flat_map(|(_, variant)| kinds(variant)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let in_role = |variant: &'a Variant| -> Vec<Option<Kind>> {
            let own = kinds(variant);
            let kind = |name: &&str| own.iter().find(|(other, _)| other == name).map(|(_, kind)| *kind);
            names.iter().map(kind).collect()
        };
        let roles = variants.iter().map(|(role, variant)| (*role, in_role(variant))).collect();
        Self { names, roles }
    }

    /// The scores of a row.
    pub(super) fn of(&self, row: AssessedRow<'_>) -> Scores {
        let role = if row.role() == Role::Broke { Role::Broke } else { Role::Hurt };
        let kinds = self.roles.iter().find(|(own, _)| *own == role).map(|(_, kinds)| kinds.as_slice());
        let held = |kind: &Option<Kind>| match kind {
            Some(Kind::Scale(scale)) => number(row.score(*scale).value),
            Some(Kind::Aggregate(aggregate)) => number(row.aggregate(*aggregate)),
            Some(Kind::Points(sum)) => (row.points(*sum), 1),
            None => (0, 0),
        };
        kinds.unwrap_or_default().iter().map(held).collect()
    }
}

fn number(value: Value) -> Held {
    match value {
        Value::Known { numerator, denominator } => (numerator, denominator),
        _ => (0, 0),
    }
}

/// The rows of all people, to be compared in the end.
pub(super) struct Changes<'a> {
    measures: &'a Measures<'a>,
    reliable: Option<Reliable>,
    output: Output,
    decimals: u32,
    /// The waves as they were met.
    waves: Vec<Vec<u8>>,
    wave_of: FxHashMap<Vec<u8>, usize>,
    /// The people as they were met.
    people: Vec<Person>,
    person_of: FxHashMap<Vec<u8>, usize>,
}

/// A person and their rows: the wave and scores of each.
struct Person {
    id: Vec<u8>,
    rows: Vec<(usize, Scores)>,
}

impl<'a> Changes<'a> {
    /// Opens the file of changes, and reads what is known of the scores.
    ///
    /// # Errors
    /// A file cannot be read or written, or says what cannot be.
    pub(super) fn open(
        measures: &'a Measures<'a>,
        path: &Path,
        reliable: Option<&Path>,
        decimals: u32,
    ) -> Result<Self, Failure> {
        Ok(Self {
            reliable: reliable.map(|path| Reliable::read(path, &measures.names)).transpose()?,
            output: Output::open(Some(path))?,
            measures,
            decimals,
            waves: Vec::new(),
            wave_of: FxHashMap::default(),
            people: Vec::new(),
            person_of: FxHashMap::default(),
        })
    }

    /// What is known of the scores, for a manifest.
    pub(super) fn reliable(&self) -> Option<&Reliable> {
        self.reliable.as_ref()
    }

    /// Takes up a row.
    pub(super) fn add(&mut self, id: &[u8], wave: &[u8], scores: Scores) {
        let Self { waves, wave_of, people, person_of, .. } = self;
        let wave = *wave_of.entry(wave.to_vec()).or_insert_with(|| {
            waves.push(wave.to_vec());
            waves.len() - 1
        });
        let person = *person_of.entry(id.to_vec()).or_insert_with(|| {
            people.push(Person { id: id.to_vec(), rows: Vec::new() });
            people.len() - 1
        });
        if let Some(person) = people.get_mut(person) {
            person.rows.push((wave, scores));
        }
    }

    /// Writes the changes. Gives the waves in their order.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn finish(mut self) -> Result<Vec<String>, Failure> {
        use std::io::Write;

        let order = order(&self.waves);
        let mut place = vec![0; order.len()];
        for (at, wave) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*wave) {
                *place = at;
            }
        }
        let mut lines = HEADER.as_bytes().to_vec();
        for Person { id, mut rows } in std::mem::take(&mut self.people) {
            rows.sort_by_key(|(wave, _)| place.get(*wave).copied());
            for (at, after) in rows.iter().enumerate().skip(1) {
                // With the wave before, and with the first; they are one for the second wave.
                let earlier: BTreeSet<usize> = [at - 1, 0].into();
                for before in earlier.iter().rev().filter_map(|earlier| rows.get(*earlier)) {
                    self.lines(&id, before, after, &mut lines);
                }
            }
            if lines.len() > 1 << 16 {
                self.output.write_all(&lines).map_err(|error| self.output.failure(error))?;
                lines.clear();
            }
        }
        self.output.write_all(&lines).map_err(|error| self.output.failure(error))?;
        let waves = order.iter().filter_map(|wave| self.waves.get(*wave));
        let waves = waves.map(|wave| String::from_utf8_lossy(wave).into_owned()).collect();
        self.output.finish()?;
        Ok(waves)
    }

    fn lines(&self, id: &[u8], before: &(usize, Scores), after: &(usize, Scores), out: &mut Vec<u8>) {
        let wave = |number: usize| self.waves.get(number).map_or(&[][..], Vec::as_slice);
        for ((name, earlier), later) in self.measures.names.iter().zip(&before.1).zip(&after.1) {
            let (Some(earlier), Some(later)) = (exact(*earlier), exact(*later)) else { continue };
            let index = self.reliable.as_ref();
            let index = index.and_then(|reliable| reliable.index(name, to_f64(&earlier), to_f64(&later)));
            let (index, word) = match index {
                Some((index, word)) => (format!("{index:.*}", self.decimals.min(INDEX_DECIMALS) as usize), word),
                None => (String::new(), ""),
            };
            cell(id, out);
            let numbers = [earlier, later, later - earlier].map(|number| format_half_up(&number, self.decimals));
            let [earlier, later, change] = &numbers;
            for text in [wave(before.0), wave(after.0), name.as_bytes()] {
                out.push(b',');
                cell(text, out);
            }
            for text in [earlier, later, change, index.as_str(), word] {
                out.push(b',');
                out.extend_from_slice(text.as_bytes());
            }
            out.push(b'\n');
        }
    }
}

fn exact((numerator, denominator): Held) -> Option<Exact> {
    (denominator != 0).then(|| Exact::new(i128::from(numerator), i128::from(denominator)))
}

/// The numbers of the waves, in their order.
fn order(waves: &[Vec<u8>]) -> Vec<usize> {
    let number = |wave: &Vec<u8>| std::str::from_utf8(wave).ok().and_then(bearings_engine::exact::parse_decimal);
    let mut order: Vec<usize> = (0..waves.len()).collect();
    if let Some(numbers) = waves.iter().map(number).collect::<Option<Vec<Exact>>>() {
        order.sort_by_key(|wave| numbers.get(*wave).copied());
    }
    order
}
