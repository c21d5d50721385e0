//! Counts that may be shown: small ones could point at a person, and no shown total may give them away.

/// Smaller counts could point at a person; the usual limit of statistical offices.
pub(super) const SMALLEST_SHOWN: u64 = 5;

/// What stands for a count that is hidden so that a small one cannot be worked out.
pub(super) const HIDDEN: &str = "*";

/// Whether a count could point at a person.
pub(super) fn is_small(count: u64) -> bool {
    (1..SMALLEST_SHOWN).contains(&count)
}

/// A count that may be shown by itself.
pub(super) fn shown(count: u64) -> String {
    if is_small(count) { format!("<{SMALLEST_SHOWN}") } else { count.to_string() }
}

/// How many people, next to a small count that would otherwise follow from the number of all: rounded down to fives.
pub(super) fn roughly(count: u64) -> String {
    format!("{}+", count / SMALLEST_SHOWN * SMALLEST_SHOWN)
}

/// The parts of a whole that is shown elsewhere: where one is small, the least of the others is hidden with it.
pub(super) fn parts(counts: &[u64]) -> Vec<String> {
    let [row] = <[Vec<String>; 1]>::try_from(hide(&[counts.to_vec()], true)).unwrap_or_default();
    row
}

/// A table of counts, the totals not included. Gives the cells, each row with its total as the last, and the totals of the
/// columns as the last row.
pub(super) fn table(rows: &[Vec<u64>]) -> Vec<Vec<String>> {
    let with_total = |row: &Vec<u64>| row.iter().copied().chain([row.iter().sum()]).collect::<Vec<u64>>();
    let mut all: Vec<Vec<u64>> = rows.iter().map(with_total).collect();
    let width = all.first().map_or(0, Vec::len);
    all.push((0..width).map(|column| all.iter().filter_map(|row| row.get(column)).sum()).collect());
    hide(&all, false)
}

/// Hides counts until no line with a hidden one has all others shown. With `only_rows` there are no columns to add up.
fn hide(counts: &[Vec<u64>], only_rows: bool) -> Vec<Vec<String>> {
    let width = counts.first().map_or(0, Vec::len);
    let mut hidden: Vec<Vec<bool>> =
        counts.iter().map(|row| row.iter().map(|count| is_small(*count)).collect()).collect();
    let rows = (0..counts.len()).map(|row| (0..width).map(|column| (row, column)).collect());
    let columns = (0..width).map(|column| (0..counts.len()).map(|row| (row, column)).collect());
    let lines: Vec<Vec<(usize, usize)>> = rows.chain(columns.filter(|_| !only_rows)).collect();
    let count = |(row, column): (usize, usize)| counts.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    loop {
        let is_hidden = |(row, column): (usize, usize)| {
            hidden.get(row).and_then(|row: &Vec<bool>| row.get(column)).copied().unwrap_or(false)
        };
        let alone = lines.iter().find_map(|line| {
            let some = line.iter().filter(|place| is_hidden(**place)).count();
            let others = line.iter().copied().filter(|place| !is_hidden(*place) && count(*place) > 0);
            // Where another line needs one hidden as well, one serves both; else the least is hidden.
            let serves = |place: (usize, usize)| {
                let crossing = lines.iter().filter(|other| *other != line && other.contains(&place));
                crossing.into_iter().any(|other| other.iter().any(|place| is_hidden(*place)))
            };
            (some == 1).then(|| others.min_by_key(|place| (!serves(*place), count(*place)))).flatten()
        });
        let Some((row, column)) = alone else { break };
        if let Some(place) = hidden.get_mut(row).and_then(|row| row.get_mut(column)) {
            *place = true;
        }
    }
    let cell = |(count, hidden): (&u64, &bool)| match (is_small(*count), hidden) {
        (true, _) => shown(*count),
        (false, true) => HIDDEN.to_owned(),
        (false, false) => count.to_string(),
    };
    counts.iter().zip(&hidden).map(|(counts, hidden)| counts.iter().zip(hidden).map(cell).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_count_follows_from_no_total() {
        // 3 would follow from its row and its column; the least of each is hidden with it, and so are they.
        let cells = table(&[vec![3, 20, 30], vec![10, 40, 9], vec![50, 60, 70]]);
        assert_eq!(cells[0], ["<5", "*", "30", "53"]);
        assert_eq!(cells[1], ["*", "*", "9", "59"]);
        assert_eq!(cells[2], ["50", "60", "70", "180"]);
        assert_eq!(cells[3], ["63", "120", "109", "292"]);
        for line in 0..3 {
            let in_row = cells[line][..3].iter().filter(|cell| cell.parse::<u64>().is_err()).count();
            let in_column = cells.iter().filter(|row| row[line].parse::<u64>().is_err()).count();
            assert!(in_row != 1 && in_column != 1, "{cells:?}");
        }
    }

    #[test]
    fn nothing_is_hidden_where_nothing_is_small() {
        assert_eq!(table(&[vec![0, 5], vec![7, 0]]), [["0", "5", "5"], ["7", "0", "7"], ["7", "5", "12"]]);
        assert_eq!(parts(&[0, 6, 90]), ["0", "6", "90"]);
    }

    #[test]
    fn the_least_of_the_others_is_hidden_with_a_small_part() {
        assert_eq!(parts(&[2, 90, 30, 0]), ["<5", "90", "*", "0"]);
        assert_eq!(parts(&[2, 1, 30]), ["<5", "<5", "30"]);
        // There is nothing else to hide: then the whole is the small count itself.
        assert_eq!(parts(&[2, 0]), ["<5", "0"]);
        assert_eq!(roughly(188), "185+");
    }
}
