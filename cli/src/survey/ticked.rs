//! Columns that hold several ticked options in one cell, such as `1,4` or `At home;At work`.

use bearings_engine::questionnaire::{ItemKind, OptionValue, Questionnaire, ResponseOption};
use bearings_engine::responses::{Answer, Missing};

use super::absent::ABSENT;
use super::cells::fold;
use super::header::shown;
use super::problem::Problem;

/// A column that holds the answers of all slots of an item.
pub(super) struct Ticked {
    /// Its position in the row.
    pub(super) column: usize,
    /// The position of its item in the questionnaire.
    pub(super) item: usize,
    /// The positions of the slots in the questionnaire, one for each option.
    pub(super) slots: Vec<usize>,
    /// What stands between two options.
    pub(super) separator: String,
    /// What stands for an option, the longest first: a label may hold the separator.
    words: Vec<(String, usize)>,
    /// Whole cells that stand for a missing answer.
    missing: Vec<(String, Missing)>,
    /// What an empty cell means.
    blank: Missing,
    /// What a cell that is not there means, where that is told apart from an empty one.
    absent: Missing,
    /// The levels of a slot for an option that was ticked, and for one that was not.
    ticked: u16,
    unticked: u16,
    expected: String,
}

/// How such a column is written.
pub(super) struct TickedReading {
    pub(super) separator: String,
    /// The words for options, by the position of the option; none: their values and labels.
    pub(super) words: Option<Vec<(String, usize)>>,
    pub(super) missing: Vec<(String, Missing)>,
    pub(super) blank: Missing,
    pub(super) absent: Option<Missing>,
}

impl Ticked {
    /// The column of a multi item; none if the item is of another kind.
    pub(super) fn new(
        column: usize,
        item: usize,
        questionnaire: &Questionnaire,
        reading: TickedReading,
    ) -> Option<Self> {
        let ItemKind::Multi(options) = &questionnaire.items.get(item)?.kind else { return None };
        let slots: Vec<usize> = questionnaire.slots_of(item).map(|(slot, _)| slot).collect();
        let levels = &questionnaire.slots.get(*slots.first()?)?.levels;
        let level = |number| u16::try_from(levels.level_of(&OptionValue::Number(number))?).ok();
        let own = || words_of(options);
        let mut words = reading
            .words
            .map_or_else(own, |words| words.into_iter().map(|(word, option)| (fold(&word), option)).collect());
        words.retain(|(word, _)| !word.is_empty());
        words.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        let reasons =
            [Missing::Skipped, Missing::Declined, Missing::DontKnow].map(|why| (why.as_str().to_owned(), why));
        let expected =
            format!("options of `{}`, separated by `{}`", questionnaire.items.get(item)?.id, reading.separator);
        Some(Self {
            column,
            item,
            slots,
            separator: reading.separator,
            words,
            missing: reading.missing.into_iter().map(|(code, why)| (fold(&code), why)).chain(reasons).collect(),
            blank: reading.blank,
            absent: reading.absent.unwrap_or(reading.blank),
            ticked: level(1)?,
            unticked: level(0)?,
            expected,
        })
    }

    /// Reads a cell into the answers of its slots; false if something in it is no option. With nothing ticked there is
    /// no answer: whoever ticks none of several boxes may have left the question out.
    pub(super) fn read(&self, cell: &[u8], answers: &mut [Answer]) -> bool {
        let Ok(text) = std::str::from_utf8(cell) else { return false };
        let text = fold(text);
        let reason = if cell == [ABSENT] {
            Some(self.absent)
        } else if text.is_empty() {
            Some(self.blank)
        } else {
            self.missing.iter().find(|(code, _)| *code == text).map(|(_, reason)| *reason)
        };
        self.set_all(answers, reason.map_or(Answer::Level(self.unticked), Answer::Missing));
        if reason.is_some() {
            return true;
        }
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let Some((option, after)) = self.option(rest) else { return false };
            if let Some(answer) = self.slots.get(option).and_then(|slot| answers.get_mut(*slot)) {
                *answer = Answer::Level(self.ticked);
            }
            rest = after;
        }
        true
    }

    /// The option that stands first, and what is left after it and the separator.
    fn option<'a>(&self, text: &'a str) -> Option<(usize, &'a str)> {
        let text = text.trim_start();
        self.words.iter().find_map(|(word, option)| {
            let after = text.strip_prefix(word.as_str())?;
            let rest = match self.separator.trim() {
                "" => after.strip_prefix(' '),
                separator => after.trim_start().strip_prefix(separator),
            };
            match rest {
                Some(rest) => Some((*option, rest.trim())),
                None => after.trim().is_empty().then_some((*option, "")),
            }
        })
    }

    fn set_all(&self, answers: &mut [Answer], to: Answer) {
        for slot in &self.slots {
            if let Some(answer) = answers.get_mut(*slot) {
                *answer = to;
            }
        }
    }

    /// What is wrong with a cell that is no list of options.
    pub(super) fn problem(&self, column: Option<&str>) -> Problem {
        Problem::Value { column: shown(column.unwrap_or_default()), expected: self.expected.clone() }
    }
}

/// Values and labels of options. A label that two options have, or that is the value of one, stands for none.
fn words_of(options: &[ResponseOption]) -> Vec<(String, usize)> {
    let values: Vec<(String, usize)> =
        options.iter().enumerate().map(|(at, option)| (fold(&option.value.to_string()), at)).collect();
    let labels: Vec<(String, usize)> =
        options.iter().enumerate().map(|(at, option)| (fold(&option.label), at)).collect();
    let is_clear = |label: &str, at: usize| {
        !label.is_empty()
            && label.parse::<f64>().is_err()
            && values.iter().chain(&labels).all(|(other, of)| other != label || *of == at)
    };
    let clear: Vec<(String, usize)> = labels.iter().filter(|(label, at)| is_clear(label, *at)).cloned().collect();
    values.into_iter().chain(clear).collect()
}

#[cfg(test)]
mod tests {
    use bearings_engine::diagnostic::SourceFile;

    use super::*;

    fn questionnaire() -> Questionnaire {
        let text = r#"{"format": "bearings/questionnaire@1", "id": "q", "version": "1", "title": "t", "description": "d",
"source": "s", "licence": "l", "items": [{"id": "where", "kind": "multi", "text": "?", "options": [
{"value": "home", "label": "At home, alone"}, {"value": "room", "label": "At home"}, {"value": "out", "label": "Out"}]}]}"#;
        Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
    }

    #[track_caller]
    fn check(separator: &str, cell: &str, expected: Option<&str>) {
        let reading = TickedReading {
            separator: separator.into(),
            words: None,
            missing: vec![("-99".into(), Missing::Declined)],
            blank: Missing::NotShown,
            absent: None,
        };
        let ticked = Ticked::new(0, 0, &questionnaire(), reading).unwrap();
        let mut answers = [Answer::Level(9); 3];
        let found = ticked.read(cell.as_bytes(), &mut answers).then(|| {
            answers
                .iter()
                .map(|answer| match answer {
                    Answer::Level(level) => level.to_string(),
                    Answer::Missing(reason) => format!("({})", reason.as_str()),
                })
                .collect::<String>()
        });
        assert_eq!(found.as_deref(), expected, "{cell}");
    }

    #[test]
    fn each_option_of_a_cell_is_ticked_and_the_others_are_not() {
        for (cell, expected) in [
            ("home", Some("100")),
            ("home,out", Some("101")),
            (" ROOM , OUT ", Some("011")),
            ("At home, alone,Out", Some("101")),
            ("At home,Out", Some("011")),
            ("At home,At home, alone", Some("110")),
            ("", Some("(not_shown)(not_shown)(not_shown)")),
            ("-99", Some("(declined)(declined)(declined)")),
            ("declined", Some("(declined)(declined)(declined)")),
            ("home;out", None),
            ("home,nowhere", None),
            ("homeout", None),
            ("7", None),
        ] {
            check(",", cell, expected);
        }
        check(";", "At home, alone;Out", Some("101"));
        check(" ", "home out", Some("101"));
        check(" ", "homeout", None);
    }
}
