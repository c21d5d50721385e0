//! Linear forms: what a scale is inside an expression. A form can be added, scaled and compared; every comparison
//! is one read, exact, whatever the numbers behind it are.

use crate::exact::{self, Exact};

/// Something that has a number, but is only read by comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quantity {
    /// A number item.
    Number(usize),
    /// How many answered items of a scale have a keyed value of at most this.
    CountAtMost { scale: usize, value: i64 },
    /// How many answered items of a scale have a keyed value of at least this.
    CountAtLeast { scale: usize, value: i64 },
    /// A scale before its adjustments.
    RawScale(usize),
    /// A scale.
    Scale(usize),
    /// An aggregate of scales.
    Aggregate(usize),
    /// The level of a sign, 0 to 3.
    Level(usize),
    /// How many signs are present.
    SignsPresent,
    /// A sum of points of fired rules.
    Points(usize),
}

/// What a comparison is about: a sum of quantities, the first with factor 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject(Vec<(Quantity, Exact)>);

impl Subject {
    /// The quantities and their factors.
    pub(crate) fn parts(&self) -> &[(Quantity, Exact)] {
        &self.0
    }

    /// The quantity, if there is only one.
    pub(crate) fn alone(&self) -> Option<Quantity> {
        match self.0.as_slice() {
            [(quantity, _)] => Some(*quantity),
            _ => None,
        }
    }

    /// The same as numerator and denominator, not reduced; the hot path needs no more. None when it does not fit.
    pub(crate) fn fraction(&self, mut of: impl FnMut(Quantity) -> Option<(i64, i64)>) -> Option<(i64, i64)> {
        let mut sum = (0_i64, 1_i64);
        for (quantity, factor) in &self.0 {
            let (numerator, denominator) = of(*quantity)?;
            let part = (
                numerator.checked_mul(i64::try_from(*factor.numer()).ok()?)?,
                denominator.checked_mul(i64::try_from(*factor.denom()).ok()?)?,
            );
            let crossed = sum.0.checked_mul(part.1)?.checked_add(part.0.checked_mul(sum.1)?)?;
            sum = (crossed, sum.1.checked_mul(part.1)?);
        }
        Some(sum)
    }

    /// The value of the form, given the value of each quantity; none when one has no value.
    pub(crate) fn value(&self, mut of: impl FnMut(Quantity) -> Option<Exact>) -> Option<Exact> {
        let mut sum = exact::whole(0);
        for (quantity, factor) in &self.0 {
            sum = exact::add(&sum, &exact::mul(&of(*quantity)?, factor)?)?;
        }
        Some(sum)
    }
}

/// A place between numbers: below it lie the values less than `at` (and `at` itself if `after`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cut {
    at: Exact,
    after: bool,
}

impl Cut {
    /// Values of at least `at` pass.
    pub(crate) fn at_least(at: Exact) -> Self {
        Self { at, after: false }
    }

    /// Values greater than `at` pass.
    pub(crate) fn greater(at: Exact) -> Self {
        Self { at, after: true }
    }

    /// Where it lies.
    pub(crate) fn at(&self) -> &Exact {
        &self.at
    }

    /// The values above it, or below it, in words.
    pub(crate) fn side(&self, above: bool) -> &'static str {
        match (above, self.after) {
            (true, false) => "at least",
            (true, true) => "more than",
            (false, false) => "under",
            (false, true) => "at most",
        }
    }

    /// Whether a value lies above.
    pub(crate) fn passed_by(&self, value: &Exact) -> bool {
        *value > self.at || (!self.after && *value == self.at)
    }

    /// The same for a numerator and a positive denominator, which need not be reduced.
    #[inline]
    pub(crate) fn passed_by_fraction(&self, numerator: i64, denominator: i64) -> bool {
        match (i64::try_from(*self.at.numer()), i64::try_from(*self.at.denom())) {
            (Ok(at), Ok(of)) => {
                // The product of two 64-bit numbers always fits 128 bits, so nothing wraps.
                let left = i128::from(numerator).wrapping_mul(i128::from(of));
                let right = i128::from(at).wrapping_mul(i128::from(denominator));
                left > right || (left == right && !self.after)
            }
            _ => self.passed_by(&Exact::new(i128::from(numerator), i128::from(denominator))),
        }
    }
}

/// A linear form with a constant: what expressions compute with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    terms: Vec<(Quantity, Exact)>,
    constant: Exact,
}

/// How two forms compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Comparable {
    /// Both are numbers: the difference left - right.
    Numbers(Exact),
    /// `subject op bound`, after moving everything to one side; `flipped` if the sides changed.
    Form { subject: Subject, bound: Exact, flipped: bool },
}

impl Form {
    pub(super) fn constant(value: Exact) -> Self {
        Self { terms: Vec::new(), constant: value }
    }

    pub(super) fn quantity(quantity: Quantity) -> Self {
        Self { terms: vec![(quantity, exact::whole(1))], constant: exact::whole(0) }
    }

    pub(super) fn as_constant(&self) -> Option<Exact> {
        self.terms.is_empty().then_some(self.constant)
    }

    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let mut terms = self.terms.clone();
        for (quantity, factor) in &other.terms {
            match terms.iter_mut().find(|(known, _)| known == quantity) {
                Some((_, sum)) => *sum = exact::add(sum, factor)?,
                None => terms.push((*quantity, *factor)),
            }
        }
        terms.retain(|(_, factor)| *factor != exact::whole(0));
        terms.sort();
        Some(Self { terms, constant: exact::add(&self.constant, &other.constant)? })
    }

    pub(super) fn scale(&self, by: &Exact) -> Option<Self> {
        let terms: Option<Vec<_>> =
            self.terms.iter().map(|(quantity, factor)| Some((*quantity, exact::mul(factor, by)?))).collect();
        let mut terms = terms?;
        terms.retain(|(_, factor)| *factor != exact::whole(0));
        Some(Self { terms, constant: exact::mul(&self.constant, by)? })
    }

    pub(super) fn compare(&self, other: &Self) -> Option<Comparable> {
        let difference = self.add(&other.scale(&exact::whole(-1))?)?;
        let Some((_, lead)) = difference.terms.first() else {
            return Some(Comparable::Numbers(difference.constant));
        };
        let inverse = exact::div(&exact::whole(1), lead)?;
        let flipped = *lead < exact::whole(0);
        let normal = difference.scale(&inverse)?;
        Some(Comparable::Form { subject: Subject(normal.terms), bound: -normal.constant, flipped })
    }
}
