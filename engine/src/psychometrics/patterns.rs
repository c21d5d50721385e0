//! Rows with the same answers: now and then a person sent twice, or made up.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::questionnaire::Questionnaire;
use crate::responses::Answer;

/// How many different rows are compared; past it memory would grow with the survey. A design choice, as for ids.
const MOST: usize = 1_000_000;

/// The rows seen so far, compared whole and not by a hash.
#[derive(Debug)]
pub struct AnswerPatterns {
    /// For each slot, the word that it is packed into, and where.
    places: Vec<(usize, u32)>,
    width: usize,
    row: Vec<u64>,
    /// All different rows, one behind the other.
    rows: Vec<u64>,
    known: HashTable<u32>,
    repeated: u64,
    empty: u64,
    is_full: bool,
}

impl AnswerPatterns {
    /// For rows of a questionnaire.
    pub fn new(questionnaire: &Questionnaire) -> Self {
        let (mut places, mut word, mut used) = (Vec::new(), 0, 0);
        for slot in &questionnaire.slots {
            // One code more than there are levels, for no answer.
            let bits = u64::BITS - (slot.levels.count() as u64).leading_zeros();
            if used + bits > u64::BITS {
                (word, used) = (word + 1, 0);
            }
            places.push((word, used));
            used += bits;
        }
        let width = word + 1;
        Self {
            places,
            width,
            row: vec![0; width],
            rows: Vec::new(),
            known: HashTable::new(),
            repeated: 0,
            empty: 0,
            is_full: false,
        }
    }

    /// Counts a row.
    pub fn add(&mut self, answers: &[Answer]) {
        self.row.fill(0);
        for ((word, shift), answer) in self.places.iter().zip(answers) {
            if let (Some(word), Some(level)) = (self.row.get_mut(*word), answer.level()) {
                *word |= (level as u64 + 1) << shift;
            }
        }
        if self.row.iter().all(|word| *word == 0) {
            self.empty += 1;
            return;
        }
        let row_at = |rows: &[u64], at: u32| {
            let start = at as usize * self.width;
            rows.get(start..start + self.width) == Some(self.row.as_slice())
        };
        let hash = hash_of(&self.row);
        if self.known.find(hash, |at| row_at(&self.rows, *at)).is_some() {
            self.repeated += 1;
            return;
        }
        let next = self.known.len();
        self.is_full |= next >= MOST;
        if self.is_full {
            return;
        }
        self.rows.extend_from_slice(&self.row);
        // Below `MOST`, so that it fits.
        let (rows, width) = (&self.rows, self.width);
        self.known.insert_unique(hash, next as u32, |at| {
            hash_of(rows.get(*at as usize * width..(*at as usize + 1) * width).unwrap_or_default())
        });
    }

    /// How many rows had the answers of an earlier row. Rows without any answer are not among them.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// How many rows had no answer at all.
    pub fn empty(&self) -> u64 {
        self.empty
    }

    /// The number of different rows with which later ones were compared, if there were too many for all.
    pub fn compared_with(&self) -> Option<usize> {
        self.is_full.then_some(MOST)
    }
}

fn hash_of(row: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    row.iter().for_each(|word| hasher.write_u64(*word));
    hasher.finish()
}
