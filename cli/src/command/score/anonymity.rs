//! Whether respondents could be told apart by what others know of them: how many share each combination of the cells of some
//! columns (k-anonymity).
//!
//! An empty cell could be any value, so it counts with every other, as `sdcMicro::freqCalc` has it. Cells are counted and
//! never printed.

use rustc_hash::FxHashMap;

/// The most different combinations that are counted. A design choice: past it memory would grow with the survey.
const MOST: usize = 500_000;
/// The most pairs of combinations that are compared because one of them has an empty cell; past it an empty cell is a value
/// like any other, which can only make groups smaller.
const MOST_PAIRS: usize = 200_000_000;

/// How many respondents have each combination of cells.
#[derive(Debug, Default)]
pub(super) struct Groups {
    counts: FxHashMap<Vec<Vec<u8>>, u64>,
    is_full: bool,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anonymity {
    /// So many respondents are in a group smaller than was asked for; the smallest group has so many.
    Found { below: u64, smallest: u64 },
    /// There are too many different combinations to count.
    TooMany,
}

impl Groups {
    /// Counts a respondent.
    pub(super) fn add(&mut self, cells: &[Vec<u8>]) {
        if let Some(count) = self.counts.get_mut(cells) {
            *count += 1;
        } else if self.counts.len() < MOST {
            self.counts.insert(cells.iter().map(|cell| cell.trim_ascii().to_vec()).collect(), 1);
        } else {
            self.is_full = true;
        }
    }

    /// Adds what another thread counted.
    pub(super) fn merge(&mut self, other: Groups) {
        self.is_full |= other.is_full;
        for (cells, count) in sorted(other.counts) {
            *self.counts.entry(cells).or_default() += count;
        }
        self.is_full |= self.counts.len() > MOST;
    }

    /// How many respondents are in a group of fewer than `k`.
    pub(super) fn below(self, k: u64) -> Anonymity {
        if self.is_full {
            return Anonymity::TooMany;
        }
        let groups = sorted(self.counts);
        let (mut below, mut smallest) = (0, u64::MAX);
        for ((_, count), size) in groups.iter().zip(sizes(&groups)) {
            smallest = smallest.min(size);
            below += if size < k { *count } else { 0 };
        }
        Anonymity::Found { below, smallest: if groups.is_empty() { 0 } else { smallest } }
    }
}

/// What is said of it.
pub(super) fn sentence(k: u64, found: Anonymity, columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
    let columns = columns.join(", ");
    match found {
        Anonymity::Found { below: 0, .. } => format!("by {columns} everybody is one of {k} or more"),
        Anonymity::Found { below: 1, .. } => {
            format!("by {columns} 1 row is in a group smaller than {k}: who knows the person could find it")
        }
        Anonymity::Found { below, .. } => {
            format!("by {columns} {below} rows are in groups smaller than {k}: who knows a person could find theirs")
        }
        Anonymity::TooMany => format!("{columns} have too many different combinations to be counted"),
    }
}

type Counted = Vec<(Vec<Vec<u8>>, u64)>;

/// In an order that does not depend on how they were hashed.
fn sorted(counts: FxHashMap<Vec<Vec<u8>>, u64>) -> Counted {
    #[expect(clippy::iter_over_hash_type, reason = "what comes out is sorted")]
    let mut sorted: Counted = {
        let mut found = Vec::with_capacity(counts.len());
        for group in counts {
            found.push(group);
        }
        found
    };
    sorted.sort_unstable();
    sorted
}

/// How many respondents each group may be taken for.
fn sizes(groups: &Counted) -> Vec<u64> {
    let open: Vec<usize> =
        groups.iter().enumerate().filter(|(_, (cells, _))| cells.iter().any(Vec::is_empty)).map(|(at, _)| at).collect();
    let mut sizes: Vec<u64> = groups.iter().map(|(_, count)| *count).collect();
    if open.len().saturating_mul(groups.len()) > MOST_PAIRS {
        return sizes;
    }
    for at in &open {
        let Some((cells, count)) = groups.get(*at) else { continue };
        for (other, (others, more)) in groups.iter().enumerate().filter(|(other, _)| other != at) {
            let fits = cells.iter().zip(others).all(|(a, b)| a == b || a.is_empty() || b.is_empty());
            if !fits {
                continue;
            }
            if let Some(size) = sizes.get_mut(*at) {
                *size += more;
            }
            // A complete group meets the open one only here; two open ones meet twice.
            if !others.iter().any(Vec::is_empty)
                && let Some(size) = sizes.get_mut(other)
            {
                *size += count;
            }
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(columns: [&str; 3]) -> (Vec<Vec<Vec<u8>>>, Groups) {
        let cell = |column: &str, at: usize| column.split(',').nth(at).unwrap().as_bytes().to_vec();
        let rows: Vec<Vec<Vec<u8>>> = (0..8).map(|at| columns.map(|column| cell(column, at)).to_vec()).collect();
        let mut groups = Groups::default();
        rows.iter().for_each(|row| groups.add(row));
        (rows, groups)
    }

    /// How many respondents each row may be taken for.
    #[track_caller]
    fn check(columns: [&str; 3], expected: [u64; 8]) {
        let (rows, groups) = groups(columns);
        let counted = sorted(groups.counts);
        let sizes = sizes(&counted);
        let size = |row: &Vec<Vec<u8>>| sizes[counted.iter().position(|(cells, _)| cells == row).unwrap()];
        assert_eq!(rows.iter().map(size).collect::<Vec<_>>(), expected);
    }

    /// The numbers are those of `sdcMicro` 5.8.1, `tests/testthat/test_freqCalc.R`.
    #[test]
    fn groups_are_as_large_as_sdc_micro_says() {
        let (a, b) = ("2,3,2,2,3,3,1,2", "3,3,3,3,3,3,4,3");
        check([a, b, "1,3,1,2,1,1,1,1"], [3, 1, 3, 1, 2, 2, 1, 3]);
        check([a, b, "1,3,,2,1,1,,1"], [3, 1, 4, 2, 2, 2, 1, 3]);
    }

    #[test]
    fn rows_in_small_groups_are_counted() {
        let found = |k| groups(["2,3,2,2,3,3,1,2", "3,3,3,3,3,3,4,3", "1,3,1,2,1,1,1,1"]).1.below(k);
        assert_eq!(found(1), Anonymity::Found { below: 0, smallest: 1 });
        assert_eq!(found(2), Anonymity::Found { below: 3, smallest: 1 });
        assert_eq!(found(4), Anonymity::Found { below: 8, smallest: 1 });
        assert_eq!(Groups::default().below(5), Anonymity::Found { below: 0, smallest: 0 });
    }

    #[test]
    fn past_the_budget_nothing_is_claimed() {
        let mut groups = Groups::default();
        (0..=MOST).for_each(|at| groups.add(&[at.to_string().into_bytes()]));
        assert_eq!(groups.below(2), Anonymity::TooMany);
    }
}
