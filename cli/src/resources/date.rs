//! Days, as far as the age of a check needs them.

use std::fmt;

/// A day of the calendar that is in use everywhere (Gregorian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    year: i64,
    month: u8,
    day: u8,
}

impl Date {
    /// `YYYY-MM-DD`, if there is such a day.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Option<i64> {
            let part = parts.next()?;
            // `parse` would accept "+1".
            let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse().ok() } else { None }
        };
        let (year, month, day) = (number(4)?, u8::try_from(number(2)?).ok()?, u8::try_from(number(2)?).ok()?);
        let is_real = parts.next().is_none() && (1..=days_of(year, month)).contains(&day);
        if is_real { Some(Self { year, month, day }) } else { None }
    }

    /// The day so many days after 1 January 1970.
    pub(crate) fn from_days(days: i64) -> Self {
        let (mut year, mut left) = (1970, days.max(0));
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while left >= i64::from(days_of(year, month)) {
            left -= i64::from(days_of(year, month));
            month += 1;
        }
        Self { year, month, day: u8::try_from(left + 1).unwrap_or(1) }
    }

    /// The same day a year later; 29 February becomes 1 March.
    pub(super) fn a_year_later(self) -> Self {
        let year = self.year + 1;
        if self.day > days_of(year, self.month) {
            return Self { year, month: self.month + 1, day: 1 };
        }
        Self { year, ..self }
    }
}

/// The month is enough for somebody who reads how old a check is.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

fn days_of_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

/// None in a month that does not exist.
fn days_of(year: i64, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        // From Python's `datetime.date`.
        for (days, date) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (20_088, "2024-12-31"),
            (20_148, "2025-03-01"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Some(Date::from_days(days)), Date::parse(date), "{date}");
        }
    }

    #[test]
    fn only_real_days_are_read() {
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-01", "2026-05", "soon", "+026-05-01"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2024-02-29").unwrap().to_string(), "2024-02");
    }

    #[test]
    fn a_year_later_is_a_real_day_too() {
        let later = |text| Date::parse(text).unwrap().a_year_later();
        assert_eq!(Some(later("2024-02-29")), Date::parse("2025-03-01"));
        assert_eq!(Some(later("2023-12-31")), Date::parse("2024-12-31"));
    }
}
