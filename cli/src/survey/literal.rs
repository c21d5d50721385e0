//! Words that other programs write for a missing answer. Only these are ever printed of a cell.

use super::dialect::NOT_UTF8;

/// What R, pandas, spreadsheets and statistics packages write.
const WORDS: [&str; 6] = ["NA", "N/A", "NaN", "null", "None", "."];

/// How many cells were no answer, and how many of them were such a word.
#[derive(Debug, Default, Clone)]
pub(super) struct Literals {
    cells: u64,
    words: [u64; WORDS.len()],
    /// Some cell was no UTF-8.
    broken: bool,
}

impl Literals {
    /// Counts a cell that is no answer.
    pub(super) fn count(&mut self, cell: &[u8]) {
        self.cells += 1;
        let cell = cell.trim_ascii();
        for (word, count) in WORDS.iter().zip(&mut self.words) {
            *count += u64::from(cell == word.as_bytes());
        }
    }

    /// Takes note of a cell that is no UTF-8.
    pub(super) fn count_broken(&mut self) {
        self.broken = true;
    }

    /// Adds what another reader counted.
    pub(super) fn add(&mut self, other: &Self) {
        self.cells += other.cells;
        self.broken |= other.broken;
        for (count, more) in self.words.iter_mut().zip(other.words) {
            *count += more;
        }
    }

    /// What to try, if some cells are no text, or most of them hold one word.
    pub(super) fn advice(&self) -> Option<String> {
        if self.broken {
            return Some(NOT_UTF8.to_owned());
        }
        let (word, _) = WORDS.iter().zip(self.words).find(|(_, count)| count * 2 > self.cells)?;
        Some(format!(
            "most of the cells that are no answer hold `{word}`: if that stands for none, try --missing {word}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(cells: &[&str]) -> Option<String> {
        let mut literals = Literals::default();
        cells.iter().for_each(|cell| literals.count(cell.as_bytes()));
        literals.advice()
    }

    #[test]
    fn the_word_of_most_cells_is_proposed_and_no_other() {
        for word in WORDS {
            let found = advice(&[word, "4711", word]).unwrap();
            assert!(found.ends_with(&format!("try --missing {word}")) && !found.contains("4711"), "{found}");
        }
        assert_eq!(advice(&["NA", "4711"]), None);
        assert_eq!(advice(&["NA", "NaN"]), None);
        assert_eq!(advice(&["often", "often"]), None);
        assert_eq!(advice(&[]), None);
    }
}
