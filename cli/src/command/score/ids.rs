//! The ids that were met, and how many sheets of answers were met before. Both are exact up to a budget, and say where it
//! ended: past it memory would grow with the survey.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// How many ids are compared, and how many sheets.
const MOST: usize = 1_000_000;
/// How many bytes of ids are kept.
const MOST_BYTES: usize = 16 << 20;

/// The ids seen so far, whole, so that two different ones are never taken for one.
#[derive(Debug, Default)]
pub(super) struct Ids {
    text: Vec<u8>,
    ends: Vec<u32>,
    /// Where ids do not rise, the numbers of those seen, by their hash. As long as each is longer, or of the same length and
    /// greater than the one before, none can be there twice, and no table is needed.
    table: Option<HashTable<u32>>,
    is_full: bool,
}

impl Ids {
    /// Whether this id was there before.
    pub(super) fn is_duplicate(&mut self, id: &[u8]) -> bool {
        let rises = self.last().is_none_or(|last| (last.len(), last) < (id.len(), id));
        if self.table.is_none() && rises {
            self.keep(id);
            return false;
        }
        let (text, ends) = (&self.text, &self.ends);
        let table = self.table.get_or_insert_with(|| {
            let mut table = HashTable::with_capacity(ends.len());
            for number in 0..ends.len() as u32 {
                table.insert_unique(hash(of(text, ends, number)), number, |number| hash(of(text, ends, *number)));
            }
            table
        });
        let hashed = hash(id);
        if table.find(hashed, |number| of(text, ends, *number) == id).is_some() {
            return true;
        }
        let number = self.ends.len() as u32;
        if self.keep(id)
            && let Some(table) = &mut self.table
        {
            let (text, ends) = (&self.text, &self.ends);
            table.insert_unique(hashed, number, |number| hash(of(text, ends, *number)));
        }
        false
    }

    /// How many are compared, if that were not all.
    pub(super) fn compared(&self) -> Option<usize> {
        self.is_full.then_some(self.ends.len())
    }

    fn last(&self) -> Option<&[u8]> {
        let number = u32::try_from(self.ends.len()).ok()?.checked_sub(1)?;
        Some(of(&self.text, &self.ends, number))
    }

    /// Keeps an id while there is room; says whether it did.
    fn keep(&mut self, id: &[u8]) -> bool {
        self.is_full |= self.ends.len() >= MOST || self.text.len() + id.len() > MOST_BYTES;
        if !self.is_full {
            self.text.extend_from_slice(id);
            self.ends.push(self.text.len() as u32);
        }
        !self.is_full
    }
}

/// The id with a number.
fn of<'a>(text: &'a [u8], ends: &[u32], number: u32) -> &'a [u8] {
    let number = number as usize;
    let end = |at: usize| ends.get(at).map_or(0, |end| *end as usize);
    let start = number.checked_sub(1).map_or(0, end);
    text.get(start..end(number)).unwrap_or_default()
}

fn hash(id: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    id.hash(&mut hasher);
    hasher.finish()
}

/// How many sheets repeat the answers of an earlier one. Sheets are told apart by a fingerprint of 64 bits: among a million
/// the odds that two different ones are taken for one are below one in ten million.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    prints: Vec<u64>,
    is_full: bool,
}

impl Sheets {
    /// Adds the fingerprints of some sheets.
    pub(super) fn extend(&mut self, prints: &[u64]) {
        let room = MOST - self.prints.len();
        self.is_full |= prints.len() > room;
        self.prints.extend(prints.iter().take(room));
    }

    /// How many repeat an earlier one.
    pub(super) fn duplicates(&mut self) -> u64 {
        self.prints.sort_unstable();
        self.prints.windows(2).filter(|pair| pair.first() == pair.last()).count() as u64
    }

    /// How many are compared, if that were not all.
    pub(super) fn compared(&self) -> Option<usize> {
        self.is_full.then_some(self.prints.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ids: &[&str], duplicates: &[usize]) {
        let mut seen = Ids::default();
        let found: Vec<usize> =
            ids.iter().enumerate().filter(|(_, id)| seen.is_duplicate(id.as_bytes())).map(|(at, _)| at).collect();
        assert_eq!(found, duplicates, "{ids:?}");
    }

    #[test]
    fn an_id_is_found_wherever_it_stood_before() {
        check(&["1", "2", "10", "11"], &[]);
        check(&["1", "2", "2", "10"], &[2]);
        check(&["1", "2", "10", "1", "11", "11", "9", "10"], &[3, 5, 7]);
        check(&["b", "a", "b", "a", "c"], &[2, 3]);
        check(&["", "", "a"], &[1]);
    }

    #[test]
    fn past_the_budget_an_id_is_compared_with_those_before() {
        let mut seen = Ids::default();
        for number in 0..=MOST {
            assert!(!seen.is_duplicate(number.to_string().as_bytes()));
        }
        assert_eq!(seen.compared(), Some(MOST));
        assert!(seen.is_duplicate(b"77"));
        // The one that found no room is not known.
        assert!(!seen.is_duplicate(MOST.to_string().as_bytes()));
    }

    #[test]
    fn sheets_are_counted_beyond_the_first_of_each() {
        let mut sheets = Sheets::default();
        sheets.extend(&[3, 1, 3]);
        sheets.extend(&[2, 3, 1]);
        assert_eq!((sheets.duplicates(), sheets.compared()), (3, None));
        sheets.extend(&vec![7; MOST]);
        assert_eq!(sheets.compared(), Some(MOST));
    }
}
