//! A square table, such as the covariances of a scale's items.

/// One cell for each pair of items.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Square<T> {
    size: usize,
    cells: Vec<T>,
}

impl<T: Copy + Default> Square<T> {
    pub(super) fn new(size: usize) -> Self {
        Self { size, cells: vec![T::default(); size * size] }
    }

    /// A table made cell by cell.
    pub(super) fn make<E>(size: usize, mut cell: impl FnMut(usize, usize) -> Result<T, E>) -> Result<Self, E> {
        let places = (0..size).flat_map(|row| (0..size).map(move |column| (row, column)));
        Ok(Self { size, cells: places.map(|(row, column)| cell(row, column)).collect::<Result<_, _>>()? })
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// A cell; those outside of the table are empty.
    pub(super) fn at(&self, row: usize, column: usize) -> T {
        self.cells.get(row * self.size + column).copied().unwrap_or_default()
    }

    pub(super) fn at_mut(&mut self, row: usize, column: usize) -> Option<&mut T> {
        self.cells.get_mut(row * self.size + column)
    }

    /// The cells of a row.
    pub(super) fn row(&self, row: usize) -> &[T] {
        self.cells.get(row * self.size..(row + 1) * self.size).unwrap_or_default()
    }

    /// Joins each cell with the one at its place in another table of the same size.
    pub(super) fn join(&mut self, other: &Self, join: impl Fn(&mut T, T)) {
        for (own, other) in self.cells.iter_mut().zip(&other.cells) {
            join(own, *other);
        }
    }
}
