//! What the cells of one column mean, found without parsing.

use bearings_engine::questionnaire::{Item, Slot};
use bearings_engine::responses::{Answer, Missing};

use super::absent::ABSENT;
use super::recorded::written;
use crate::args::RecordedAs;

/// The reasons that a survey may give in words.
const WORDS: [Missing; 4] = [Missing::Skipped, Missing::Declined, Missing::DontKnow, Missing::NotApplicable];

/// How the cells of a column are written, beside what the questionnaire says.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// How options were written down.
    pub(super) recorded: RecordedAs,
    /// Codes for a missing answer, and why it is missing.
    pub(super) missing: Vec<(String, Missing)>,
    /// What an empty cell means.
    pub(super) blank: Answer,
    /// The words for the levels, and no others; none: the values and labels of the questionnaire.
    pub(super) labels: Option<Vec<(String, u16)>>,
    /// What a cell that is not there means, where that is told apart from an empty one.
    pub(super) absent: Option<Missing>,
}

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
    /// Labels in any case and with any space between their words, sorted.
    labels: Vec<(String, Answer)>,
    blank: Answer,
}

impl Cells {
    /// The cells of a slot: its values or labels, the words for missing answers, and the codes for "no answer".
    pub(super) fn new(slot: &Slot, item: &Item, reading: &Reading) -> Self {
        let mut cells = Self {
            digits: [None; 10],
            pairs: Box::new([None; 100]),
            others: Vec::new(),
            labels: Vec::new(),
            blank: reading.blank,
        };
        let values = match &reading.labels {
            Some(labels) => labels.clone(),
            None => (0..).zip(written(slot, item, reading.recorded)).map(|(level, cell)| (cell, level)).collect(),
        };
        for (cell, level) in &values {
            cells.others.push((cell.trim().as_bytes().to_vec(), Answer::Level(*level)));
        }
        cells.others.sort();
        if let Some(reason) = reading.absent {
            cells.add(&char::from(ABSENT).to_string(), Answer::Missing(reason));
        }
        for word in WORDS.into_iter().filter(|word| *word != Missing::NotApplicable || item.offers_not_applicable) {
            cells.add(word.as_str(), Answer::Missing(word));
        }
        for (code, reason) in &reading.missing {
            cells.add(code.trim(), Answer::Missing(*reason));
        }
        let labels = match &reading.labels {
            Some(_) => values,
            None => (0..).zip((0..slot.levels.count()).map(|level| slot.levels.label(level))).map(swapped).collect(),
        };
        cells.label(&labels);
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
    fn add(&mut self, cell: &str, answer: Answer) {
        if let Err(at) = self.others.binary_search_by(|(known, _)| known.as_slice().cmp(cell.as_bytes())) {
            self.others.insert(at, (cell.as_bytes().to_vec(), answer));
        }
    }

    /// Takes labels for what they say. Numbers are no labels: which of two numbers is meant, a value or a label, nobody
    /// could know. Nor are labels that two answers have.
    fn label(&mut self, labels: &[(String, u16)]) {
        let folded: Vec<(String, u16)> = labels
            .iter()
            .map(|(label, level)| (fold(label), *level))
            .filter(|(label, _)| !label.is_empty() && label.parse::<f64>().is_err())
            .collect();
        for (label, level) in &folded {
            let is_clear = folded.iter().all(|(other, of)| other != label || of == level);
            if is_clear && !self.labels.iter().any(|(known, _)| known == label) {
                self.labels.push((label.clone(), Answer::Level(*level)));
            }
        }
        self.labels.sort();
        // As it is written a label is found at once.
        for (label, level) in labels {
            if self.labels.binary_search(&(fold(label), Answer::Level(*level))).is_ok() {
                self.add(label.trim(), Answer::Level(*level));
            }
        }
    }

    /// The answer that a digit alone stands for; none if it is no digit, or no answer.
    #[inline]
    pub(super) fn digit(&self, byte: u8) -> Option<Answer> {
        *self.digits.get(usize::from(byte.wrapping_sub(b'0')))?
    }

    /// The answer that a cell stands for, whatever spaces are around it; none if it is not one.
    pub(super) fn read(&self, cell: &[u8]) -> Option<Answer> {
        self.read_longer(cell.trim_ascii())
    }

    fn read_longer(&self, cell: &[u8]) -> Option<Answer> {
        match *cell {
            [] => Some(self.blank),
            [one @ b'0'..=b'9'] => *self.digits.get(usize::from(one - b'0'))?,
            [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => *self.pairs.get(pair(ten, one))?,
            _ => match self.others.binary_search_by(|(known, _)| known.as_slice().cmp(cell)) {
                Ok(at) => self.others.get(at).map(|(_, answer)| *answer),
                Err(_) => match whole(cell) {
                    Some(number) => self.read_longer(number),
                    None => self.read_label(cell),
                },
            },
        }
    }

    fn read_label(&self, cell: &[u8]) -> Option<Answer> {
        if self.labels.is_empty() {
            return None;
        }
        let label = fold(std::str::from_utf8(cell).ok()?);
        if label.is_empty() {
            // Spaces that are not ASCII.
            return Some(self.blank);
        }
        let at = self.labels.binary_search_by(|(known, _)| known.as_str().cmp(&label)).ok()?;
        self.labels.get(at).map(|(_, answer)| *answer)
    }
}

fn swapped((level, label): (u16, String)) -> (String, u16) {
    (label, level)
}

/// A label in small letters, with one space between its words: platforms are not strict about either.
pub(super) fn fold(label: &str) -> String {
    label.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The whole number that a cell such as `3.0` or `3,0` stands for: programs that fill gaps with "not a number" write
/// every other number of that column so, and some platforms write a comma in one field and a point in the next.
fn whole(cell: &[u8]) -> Option<&[u8]> {
    let number = cell.strip_suffix(b".0").or_else(|| cell.strip_suffix(b",0"))?;
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
    use bearings_engine::diagnostic::SourceFile;
    use bearings_engine::questionnaire::Questionnaire;

    use super::*;
    use crate::survey::tests::questionnaire;

    fn reading(codes: &[&str]) -> Reading {
        Reading {
            recorded: RecordedAs::Printed,
            missing: codes.iter().map(|code| ((*code).to_owned(), Missing::Skipped)).collect(),
            blank: Answer::Missing(Missing::Skipped),
            labels: None,
            absent: None,
        }
    }

    fn cells_of(questionnaire: &Questionnaire, slot: &str, reading: &Reading) -> Cells {
        let slot = &questionnaire.slots[questionnaire.slot(slot).unwrap()];
        Cells::new(slot, questionnaire.item_of(slot).unwrap(), reading)
    }

    fn cells(slot: &str, codes: &[&str]) -> Cells {
        cells_of(&questionnaire(), slot, &reading(codes))
    }

    /// A choice with these labels for 1, 2 and so on.
    fn labelled(labels: &[&str]) -> Questionnaire {
        let option = |(at, label): (usize, &&str)| format!(r#"{{"value": {}, "label": {label:?}}}"#, at + 1);
        let options: Vec<String> = labels.iter().enumerate().map(option).collect();
        let text = format!(
            r#"{{"format": "bearings/questionnaire@1", "id": "q", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{{"id": "a", "kind": "choice", "text": "?", "options": [{}]}}]}}"#,
            options.join(", ")
        );
        Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
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
            ("9,0", Some(9)),
            ("1,5", None),
            ("+1", None),
        ] {
            assert_eq!(weeks.read(cell.as_bytes()), answer.map(Answer::Level), "{cell}");
        }
        let kinds = cells("bond_kind", &[]);
        assert_eq!(kinds.read(b"friend"), Some(Answer::Level(1)));
        assert_eq!(kinds.read(b"Friend"), Some(Answer::Level(1)));
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

    #[test]
    fn labels_are_read_in_any_case_and_spacing_and_no_other_words() {
        let questionnaire = labelled(&["Strongly disagree", "Neither", "Strongly  Agree ", "Don\u{2019}t mind"]);
        let cells = cells_of(&questionnaire, "a", &reading(&[]));
        for (cell, level) in [
            ("Strongly disagree", Some(0)),
            ("STRONGLY DISAGREE", Some(0)),
            ("Strongly Agree", Some(2)),
            (" strongly\u{a0}agree", Some(2)),
            ("Don\u{2019}t mind", Some(3)),
            ("3", Some(2)),
            ("Agree", None),
            ("Strongly", None),
            ("", None),
        ] {
            let expected = level.map(Answer::Level).or((cell.is_empty()).then_some(Answer::Missing(Missing::Skipped)));
            assert_eq!(cells.read(cell.as_bytes()), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_number_is_never_taken_for_a_label_and_a_shared_label_for_none() {
        // The label of the second option is the value of the first one; the last two cannot be told apart.
        let questionnaire = labelled(&["2", "1", "17", "1 (none at all)", "same", "Same"]);
        let cells = cells_of(&questionnaire, "a", &reading(&[]));
        for (cell, level) in
            [("1", Some(0)), ("2", Some(1)), ("17", None), ("1 (None at all)", Some(3)), ("same", None), ("Same", None)]
        {
            assert_eq!(cells.read(cell.as_bytes()), level.map(Answer::Level), "{cell:?}");
        }
    }

    #[test]
    fn labels_of_a_map_are_read_and_no_others() {
        let questionnaire = labelled(&["low", "middle", "high"]);
        let labels = vec![("12".to_owned(), 0), ("Often".to_owned(), 2), (String::new(), 1)];
        let codes = Reading { missing: vec![("-99".to_owned(), Missing::Declined)], ..reading(&[]) };
        let own = Reading { labels: Some(labels), blank: Answer::Level(1), ..codes };
        let cells = cells_of(&questionnaire, "a", &own);
        for (cell, answer) in [
            ("12", Some(Answer::Level(0))),
            ("often", Some(Answer::Level(2))),
            ("", Some(Answer::Level(1))),
            ("-99", Some(Answer::Missing(Missing::Declined))),
            ("1", None),
            ("low", None),
        ] {
            assert_eq!(cells.read(cell.as_bytes()), answer, "{cell:?}");
        }
    }
}
