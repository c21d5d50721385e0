//! Sums over pairs of items: all that covariances need, in whole numbers and in one pass.
//!
//! Rows are gathered in columns of small integers, a block at a time, since one product of two columns takes a
//! fraction of the time of as many single ones. Rows with and without a gap go into blocks of their own: the complete
//! ones need half of the sums, and they are what "listwise" means.

use super::square::Square;

/// How many rows are gathered. A design choice: the columns of a few dozen items stay in the first cache.
const BLOCK: usize = 1_024;
/// From one column to the next. A power of two would put all columns onto the same lines of a cache.
const STRIDE: usize = BLOCK + 32;
/// The greatest value for which a sum of [`BLOCK`] products fits 31 bits: 1,448 squared, 1,024 times, is below 2^31.
const NARROW: u64 = 1_448;

/// Sums over the rows in which both items of a pair are answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    /// How many rows; only where row <= column.
    count: Square<u64>,
    /// The sum of the row's item.
    sum: Square<u128>,
    /// The sum of squares of the row's item.
    square: Square<u128>,
    /// The sum of products; only where row <= column.
    product: Square<u128>,
}

impl Sums {
    fn new(size: usize) -> Self {
        Self { count: Square::new(size), sum: Square::new(size), square: Square::new(size), product: Square::new(size) }
    }

    pub(super) fn size(&self) -> usize {
        self.count.size()
    }

    /// In how many rows an item is answered.
    pub(super) fn answered(&self, item: usize) -> u64 {
        self.count.at(item, item)
    }

    /// The covariance of two items over the rows with both, with n - 1 below: `cov(use = "pairwise")` of R. None with
    /// fewer than two rows, or where 128 bits do not hold it: a billion rows of values up to a million do.
    pub(super) fn covariance(&self, one: usize, other: usize) -> Option<f64> {
        let rows = self.rows(one, other);
        let products = self.deviations(one, other, self.product.at(one.min(other), one.max(other)))?;
        (rows > 1).then(|| products as f64 / (rows as f64 * (rows - 1) as f64))
    }

    /// The correlation of two items over the rows with both, all of it from these rows: `cor(use = "pairwise")` of R. None
    /// where one of them does not vary there.
    pub(super) fn correlation(&self, one: usize, other: usize) -> Option<f64> {
        let products = self.deviations(one, other, self.product.at(one.min(other), one.max(other)))?;
        let spread = |one: usize, other: usize| {
            let (rows, sum) = (u128::from(self.rows(one, other)), self.sum.at(one, other));
            Some((rows.checked_mul(self.square.at(one, other))? - sum.checked_mul(sum)?) as f64)
        };
        let spreads = spread(one, other)? * spread(other, one)?;
        (spreads > 0.0).then(|| products as f64 / spreads.sqrt())
    }

    /// In how many rows both are answered.
    fn rows(&self, one: usize, other: usize) -> u64 {
        self.count.at(one.min(other), one.max(other))
    }

    /// Rows times the sum of products, less the product of the sums. Whole numbers, so that nothing cancels.
    fn deviations(&self, one: usize, other: usize, products: u128) -> Option<i128> {
        let products = i128::try_from(u128::from(self.rows(one, other)).checked_mul(products)?).ok()?;
        let sums = i128::try_from(self.sum.at(one, other).checked_mul(self.sum.at(other, one))?).ok()?;
        Some(products - sums)
    }

    fn merge(&mut self, other: &Self) {
        self.count.join(&other.count, |own, other| *own += other);
        self.sum.join(&other.sum, |own, other| *own += other);
        self.square.join(&other.square, |own, other| *own += other);
        self.product.join(&other.product, |own, other| *own += other);
    }

    /// Adds one row.
    fn add(&mut self, values: &[Option<u64>]) {
        for (one, own) in values.iter().enumerate() {
            let Some(own) = own else { continue };
            for (other, beside) in values.iter().enumerate() {
                let Some(beside) = beside else { continue };
                let (own, beside) = (u128::from(*own), u128::from(*beside));
                self.add_at(one, other, &Part { rows: 1, sum: own, square: own * own, product: own * beside });
            }
        }
    }

    fn add_at(&mut self, one: usize, other: usize, part: &Part) {
        if let Some(cell) = self.sum.at_mut(one, other) {
            *cell += part.sum;
        }
        if let Some(cell) = self.square.at_mut(one, other) {
            *cell += part.square;
        }
        if one <= other {
            if let Some(cell) = self.count.at_mut(one, other) {
                *cell += part.rows;
            }
            if let Some(cell) = self.product.at_mut(one, other) {
                *cell += part.product;
            }
        }
    }
}

/// What some rows add to a pair of items. Rows and product are of the pair, and only added once.
struct Part {
    rows: u64,
    sum: u128,
    square: u128,
    product: u128,
}

/// Rows that wait to be summed, a column an item; where there is no answer, 0.
#[derive(Debug, Clone)]
struct Block {
    values: Vec<i16>,
    /// 1 where there is an answer; not kept for complete rows.
    present: Vec<i16>,
    rows: usize,
}

impl Block {
    fn column(cells: &[i16], item: usize, rows: usize) -> &[i16] {
        cells.get(item * STRIDE..item * STRIDE + rows).unwrap_or_default()
    }
}

/// The sums of a scale, in the making.
#[derive(Debug, Clone)]
pub(super) struct Crossed {
    size: usize,
    is_narrow: bool,
    complete: Block,
    gappy: Block,
    /// Of the rows without a gap.
    listwise: Sums,
    /// Of the others.
    others: Sums,
}

impl Crossed {
    /// Sums of so many items with values from 0 up to `greatest`.
    pub(super) fn new(size: usize, greatest: u64) -> Self {
        let is_narrow = greatest <= NARROW;
        let cells = if is_narrow { size * STRIDE } else { 0 };
        let block = || Block { values: vec![0; cells], present: Vec::new(), rows: 0 };
        Self {
            size,
            is_narrow,
            complete: block(),
            gappy: Block { present: vec![0; cells], ..block() },
            listwise: Sums::new(size),
            others: Sums::new(size),
        }
    }

    /// Adds a row: one value an item, where it is answered; and how many are.
    pub(super) fn add(&mut self, values: &[Option<u64>], answered: usize) {
        let is_complete = answered == self.size;
        if answered == 0 {
            return;
        }
        if !self.is_narrow {
            return if is_complete { self.listwise.add(values) } else { self.others.add(values) };
        }
        let block = if is_complete { &mut self.complete } else { &mut self.gappy };
        let places = block.values.iter_mut().skip(block.rows).step_by(STRIDE);
        for (place, value) in places.zip(values) {
            // Not above `NARROW`, so that it fits.
            *place = value.unwrap_or(0) as i16;
        }
        for (place, value) in block.present.iter_mut().skip(block.rows).step_by(STRIDE).zip(values) {
            *place = i16::from(value.is_some());
        }
        block.rows += 1;
        if block.rows == BLOCK {
            self.flush();
        }
    }

    /// Sums what waits.
    fn flush(&mut self) {
        let (size, rows) = (self.size, self.complete.rows);
        for one in (0..size).filter(|_| rows > 0) {
            let own = Block::column(&self.complete.values, one, rows);
            let (sum, square) = (total(own).into(), product(own, own).into());
            for other in 0..size {
                let beside = Block::column(&self.complete.values, other, rows);
                let product = if one <= other { product(own, beside).into() } else { 0 };
                self.listwise.add_at(one, other, &Part { rows: rows as u64, sum, square, product });
            }
        }
        let rows = self.gappy.rows;
        for one in (0..size).filter(|_| rows > 0) {
            let own = Block::column(&self.gappy.values, one, rows);
            let own_present = Block::column(&self.gappy.present, one, rows);
            for other in 0..size {
                let present = Block::column(&self.gappy.present, other, rows);
                let mut part = Part {
                    rows: 0,
                    sum: product(own, present).into(),
                    square: square(own, present).into(),
                    product: 0,
                };
                if one <= other {
                    part.rows = product(own_present, present);
                    part.product = product(own, Block::column(&self.gappy.values, other, rows)).into();
                }
                self.others.add_at(one, other, &part);
            }
        }
        self.complete.rows = 0;
        self.gappy.rows = 0;
    }

    /// Adds what another one has counted of the same items.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.flush();
        other.flush();
        self.listwise.merge(&other.listwise);
        self.others.merge(&other.others);
    }

    /// The sums over the complete rows, and those over all.
    pub(super) fn listwise_and_pairwise(mut self) -> (Sums, Sums) {
        self.flush();
        let mut pairwise = self.listwise.clone();
        pairwise.merge(&self.others);
        (self.listwise, pairwise)
    }
}

/// The sum of a column. It cannot overflow, but a check at each step would keep several from being added at once.
fn total(column: &[i16]) -> u64 {
    u64::from(column.iter().fold(0_i32, |sum, value| sum.wrapping_add(i32::from(*value))).unsigned_abs())
}

/// The sum of the products of two columns: below 2^31 by [`NARROW`].
fn product(one: &[i16], other: &[i16]) -> u64 {
    let sum = one
        .iter()
        .zip(other)
        .fold(0_i32, |sum, (one, other)| sum.wrapping_add(i32::from(*one).wrapping_mul(i32::from(*other))));
    u64::from(sum.unsigned_abs())
}

/// The sum of the squares of a column over the rows in which another one is answered.
fn square(column: &[i16], present: &[i16]) -> u64 {
    let sum = column.iter().zip(present).fold(0_i32, |sum, (value, present)| {
        let value = i32::from(*value);
        sum.wrapping_add(value.wrapping_mul(value).wrapping_mul(i32::from(*present)))
    });
    u64::from(sum.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made-up rows with about one gap in ten, more of them than a block holds.
    fn rows(size: usize, greatest: u64) -> Vec<Vec<Option<u64>>> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let mut value = || (next() % 10 > 0).then(|| u64::from(next()) % (greatest + 1));
        (0..3 * BLOCK + 17).map(|_| (0..size).map(|_| value()).collect()).collect()
    }

    fn add(crossed: &mut Crossed, row: &[Option<u64>]) {
        crossed.add(row, row.iter().flatten().count());
    }

    fn directly(rows: &[Vec<Option<u64>>], size: usize) -> (Sums, Sums) {
        let (mut listwise, mut pairwise) = (Sums::new(size), Sums::new(size));
        for row in rows {
            pairwise.add(row);
            if row.iter().all(Option::is_some) {
                listwise.add(row);
            }
        }
        (listwise, pairwise)
    }

    #[test]
    fn blocks_give_the_sums_of_single_rows() {
        for (size, greatest) in [(1, 6), (5, 6), (9, NARROW), (4, NARROW + 1), (3, 2_000_000)] {
            let rows = rows(size, greatest);
            let mut crossed = Crossed::new(size, greatest);
            rows.iter().for_each(|row| add(&mut crossed, row));
            assert!(crossed.listwise_and_pairwise() == directly(&rows, size), "{size} items up to {greatest}");
        }
    }

    #[test]
    fn the_greatest_values_do_not_overflow() {
        let rows = vec![vec![Some(NARROW); 2]; 2 * BLOCK];
        let mut crossed = Crossed::new(2, NARROW);
        rows.iter().for_each(|row| add(&mut crossed, row));
        assert!(crossed.listwise_and_pairwise() == directly(&rows, 2));
    }

    #[test]
    fn parts_can_be_merged() {
        let rows = rows(4, 6);
        let mut whole = Crossed::new(4, 6);
        let mut parts = [Crossed::new(4, 6), Crossed::new(4, 6)];
        for (at, row) in rows.iter().enumerate() {
            add(&mut whole, row);
            add(&mut parts[usize::from(at % 3 == 0)], row);
        }
        let [mut one, other] = parts;
        one.merge(other);
        assert!(one.listwise_and_pairwise() == whole.listwise_and_pairwise());
    }

    #[test]
    fn a_covariance_is_over_the_rows_with_both() {
        let mut crossed = Crossed::new(2, 6);
        for row in [[Some(1), Some(2)], [Some(3), Some(2)], [Some(5), Some(5)], [Some(6), None]] {
            add(&mut crossed, &row);
        }
        let (listwise, pairwise) = crossed.listwise_and_pairwise();
        // 1 3 5 beside 2 2 5: means 3 and 3, (2 + 0 + 4) / 2.
        assert_eq!((pairwise.covariance(0, 1), pairwise.covariance(1, 0)), (Some(3.0), Some(3.0)));
        // 1 3 5 6: mean 3.75, (7.5625 + 0.5625 + 1.5625 + 5.0625) / 3; without the 6, mean 3, (4 + 0 + 4) / 2.
        assert_eq!((pairwise.covariance(0, 0), listwise.covariance(0, 0)), (Some(14.75 / 3.0), Some(4.0)));
        // All of it from the first three rows: 3 / sqrt(4 * 3).
        assert_eq!(pairwise.correlation(1, 0), Some(0.75_f64.sqrt()));
        assert_eq!((pairwise.answered(0), pairwise.answered(1)), (4, 3));
        assert_eq!(Crossed::new(2, 6).listwise_and_pairwise().0.covariance(0, 1), None);
    }
}
