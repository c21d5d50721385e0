//! What the cells of one column mean, found without parsing.

use bearings_engine::questionnaire::{Item, Slot};
use bearings_engine::responses::{Answer, Missing};

use super::recorded::written;
use crate::args::RecordedAs;

/// The reasons that a survey may give in words.
const WORDS: [Missing; 4] = [Missing::Skipped, Missing::Declined, Missing::DontKnow, Missing::NotApplicable];

/// Every cell that a column may hold.
///
/// Nearly all cells of a survey are one or two digits, so those are looked up directly.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    digits: [Option<Answer>; 10],
    /// Apart from the rest, so that the digits of neighbouring columns stay close together.
    pairs: Box<[Option<Answer>; 100]>,
    /// Sorted by the cell.
    others: Vec<(Vec<u8>, Answer)>,
}

impl Cells {
    /// The cells of a slot: its values, the words for missing answers, and the codes for "no answer".
    pub(super) fn new(slot: &Slot, item: &Item, codes: &[String], recorded: RecordedAs) -> Self {
        let mut cells = Self { digits: [None; 10], pairs: Box::new([None; 100]), others: Vec::new() };
        for (level, cell) in written(slot, item, recorded).into_iter().enumerate() {
            if let Ok(level) = u16::try_from(level) {
                cells.others.push((cell.into_bytes(), Answer::Level(level)));
            }
        }
        cells.others.sort();
        for word in WORDS.into_iter().filter(|word| *word != Missing::NotApplicable || item.offers_not_applicable) {
            cells.add(word.as_str(), word);
        }
        for code in codes {
            cells.add(code.trim(), Missing::Skipped);
        }
        cells.others.retain(|(cell, answer)| match direct(cell, &mut cells.digits, cells.pairs.as_mut_slice()) {
            Some(place) => {
                *place = Some(*answer);
                false
            }
            None => true,
        });
        cells
    }

    /// What stands in the questionnaire comes first: a code that is also an answer stays an answer.
    fn add(&mut self, cell: &str, reason: Missing) {
        if let Err(at) = self.others.binary_search_by(|(known, _)| known.as_slice().cmp(cell.as_bytes())) {
            self.others.insert(at, (cell.as_bytes().to_vec(), Answer::Missing(reason)));
        }
    }

    /// The answer that a cell stands for, whatever spaces are around it; none if it is not one.
    #[inline]
    pub(super) fn read(&self, cell: &[u8]) -> Option<Answer> {
        match *cell {
            [one @ b'0'..=b'9'] => *self.digits.get(usize::from(one - b'0'))?,
            _ => self.read_longer(cell.trim_ascii()),
        }
    }

    fn read_longer(&self, cell: &[u8]) -> Option<Answer> {
        match *cell {
            [] => Some(Answer::Missing(Missing::Skipped)),
            [one @ b'0'..=b'9'] => *self.digits.get(usize::from(one - b'0'))?,
            [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => *self.pairs.get(pair(ten, one))?,
            _ => match self.others.binary_search_by(|(known, _)| known.as_slice().cmp(cell)) {
                Ok(at) => self.others.get(at).map(|(_, answer)| *answer),
                Err(_) => self.read_longer(whole(cell)?),
            },
        }
    }
}

/// The whole number that a cell such as `3.0` stands for: programs that fill gaps with "not a number" write every other
/// number of that column so.
fn whole(cell: &[u8]) -> Option<&[u8]> {
    let number = cell.strip_suffix(b".0")?;
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(number)
}

fn pair(ten: u8, one: u8) -> usize {
    usize::from(ten - b'0') * 10 + usize::from(one - b'0')
}

/// Where the answer of a cell of one or two digits stands.
fn direct<'a>(
    cell: &[u8],
    digits: &'a mut [Option<Answer>],
    pairs: &'a mut [Option<Answer>],
) -> Option<&'a mut Option<Answer>> {
    match *cell {
        [one @ b'0'..=b'9'] => digits.get_mut(usize::from(one - b'0')),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => pairs.get_mut(pair(ten, one)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::tests::questionnaire;

    fn cells(slot: &str, codes: &[&str]) -> Cells {
        let questionnaire = questionnaire();
        let slot = &questionnaire.slots[questionnaire.slot(slot).unwrap()];
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        Cells::new(slot, questionnaire.item_of(slot).unwrap(), &codes, RecordedAs::Printed)
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let weeks = cells("weeks_since", &["-9", "99"]);
        for (cell, answer) in [
            ("0", Some(0)),
            ("9", Some(9)),
            ("10", Some(10)),
            ("52", Some(52)),
            ("53", None),
            ("05", None),
            ("9.0", Some(9)),
            (" 10.0 ", Some(10)),
            ("52.0", Some(52)),
            ("53.0", None),
            ("1.5", None),
            ("1.00", None),
            ("1.", None),
            (".0", None),
            ("05.0", None),
            ("1.0.0", None),
            ("+1", None),
        ] {
            assert_eq!(weeks.read(cell.as_bytes()), answer.map(Answer::Level), "{cell}");
        }
        let kinds = cells("bond_kind", &[]);
        assert_eq!(kinds.read(b"friend"), Some(Answer::Level(1)));
        assert_eq!(kinds.read(b"Friend"), None);
        assert_eq!(kinds.read(b"friend.0"), None);
    }

    #[test]
    fn missing_answers_keep_their_reason() {
        let cells = cells("effort", &["-9", "99", "2"]);
        for (cell, reason) in [
            ("", Missing::Skipped),
            ("skipped", Missing::Skipped),
            ("declined", Missing::Declined),
            ("dont_know", Missing::DontKnow),
            ("-9", Missing::Skipped),
            ("99", Missing::Skipped),
            ("99.0", Missing::Skipped),
            ("-9.0", Missing::Skipped),
        ] {
            assert_eq!(cells.read(cell.as_bytes()), Some(Answer::Missing(reason)), "{cell}");
        }
        // 2 is an answer of this item, so it cannot be a code for none.
        assert_eq!(cells.read(b"2"), Some(Answer::Level(2)));
        assert_eq!(cells.read(b"not_shown"), None);
    }

    #[test]
    fn does_not_apply_is_read_only_where_it_is_offered() {
        assert_eq!(cells("effort", &[]).read(b"not_applicable"), None);
        assert_eq!(cells("calm", &[]).read(b"not_applicable"), Some(Answer::Missing(Missing::NotApplicable)));
    }
}
