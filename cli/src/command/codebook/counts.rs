//! How often each answer was given. What is rare could point at a person and is not shown, and nothing that is shown
//! lets it be worked out.

use bearings_engine::questionnaire::{Form, MINOR_ITEM, Questionnaire};
use bearings_engine::responses::{Answer, Missing, Responses};

use super::Codebook;
use crate::args::{CodebookArgs, Common};
use crate::command::respondents::{self, Tally};
use crate::exit::Failure;
use crate::render;
use crate::survey::{Config, Survey};

/// Smaller counts are not shown, as in the summary of `score`.
const SMALLEST_SHOWN: u64 = 5;

/// What was counted of a survey.
pub(super) struct Counted {
    pub(super) form: Form,
    pub(super) tally: Tally,
    /// For each slot.
    slots: Vec<SlotCounts>,
}

/// How often each answer to a slot was given, and each reason for none.
#[derive(Clone)]
struct SlotCounts {
    levels: Vec<u64>,
    missing: [u64; Missing::ALL.len()],
}

/// The counts of a column as they may be shown.
#[derive(Debug, PartialEq)]
pub(super) struct Counts {
    /// How many answered; none where it would give a hidden count away.
    pub(super) answered: Option<u64>,
    /// In the order of the values; for a number, of as many as were given.
    pub(super) levels: Vec<Count>,
    pub(super) missing: Vec<(Missing, Count)>,
}

/// A count, if it may be shown. Of one that may not it is not said whether it is small itself or keeps another hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Shown(u64),
    Hidden,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Count::Shown(count) => write!(f, "{count}"),
            Count::Hidden => f.write_str("hidden"),
        }
    }
}

/// Counts the answers of the survey, if there is one.
pub(super) fn count(
    args: &CodebookArgs,
    questionnaire: &Questionnaire,
    common: &Common,
) -> Result<Option<Counted>, Failure> {
    let Some(path) = &args.survey.data else { return Ok(None) };
    let columns = &args.survey.columns;
    let map = columns.read_map()?;
    let config = Config {
        id: args.survey.id.as_deref(),
        form: args.form.map(Into::into),
        role: args.role.map(Into::into),
        ..Config::new(columns, map.as_ref())
    };
    let survey = Survey::open(path, questionnaire, &config)?;
    survey.notes().iter().for_each(|note| render::note(note, common));
    let form = survey.form();
    let none = |levels: usize| SlotCounts { levels: vec![0; levels], missing: [0; Missing::ALL.len()] };
    let mut slots: Vec<SlotCounts> = questionnaire.slots.iter().map(|slot| none(slot.levels.count())).collect();
    let tally = respondents::each(survey, questionnaire, form, common, &mut |_, responses: &Responses| {
        for (slot, answer) in slots.iter_mut().zip(&responses.answers) {
            slot.add(*answer);
        }
        Ok(())
    })?;
    Ok(Some(Counted { form, tally, slots }))
}

impl SlotCounts {
    fn add(&mut self, answer: Answer) {
        let count = match answer {
            Answer::Level(level) => self.levels.get_mut(usize::from(level)),
            Answer::Missing(reason) => {
                let at = Missing::ALL.iter().position(|known| *known == reason);
                at.and_then(|at| self.missing.get_mut(at))
            }
        };
        if let Some(count) = count {
            *count += 1;
        }
    }

    /// What may be shown. All cells add up to the rows of the file, which anybody can count: so that the hidden ones
    /// cannot be worked out, there are two or more, and not all of them are 1.
    fn shown(&self) -> Counts {
        let cells: Vec<u64> = self.levels.iter().chain(&self.missing).copied().collect();
        let mut by_size: Vec<usize> =
            (0..cells.len()).filter(|at| cells.get(*at).is_some_and(|count| *count > 0)).collect();
        by_size.sort_by_key(|at| cells.get(*at));
        let (mut hidden, mut sum) = (Vec::new(), 0);
        for at in by_size {
            let count = cells.get(at).copied().unwrap_or_default();
            let gives_away = !hidden.is_empty() && (hidden.len() == 1 || sum == hidden.len() as u64);
            if count < SMALLEST_SHOWN || gives_away {
                hidden.push(at);
                sum += count;
            }
        }
        let shown =
            |(at, count): (usize, &u64)| if hidden.contains(&at) { Count::Hidden } else { Count::Shown(*count) };
        let mut shown: Vec<Count> = cells.iter().enumerate().map(shown).collect();
        let missing = shown.split_off(self.levels.len());
        // How many answered tells what the hidden ones on either side add up to.
        let tells = !hidden.is_empty();
        Counts {
            answered: (!tells).then(|| self.levels.iter().sum()),
            levels: shown,
            missing: Missing::ALL.into_iter().zip(missing).collect(),
        }
    }
}

impl Counted {
    /// Puts the counts beside the columns. Private answers are not counted.
    pub(super) fn enter(&self, questionnaire: &Questionnaire, codebook: &mut Codebook) {
        for column in &mut codebook.columns {
            let at = questionnaire.slots.iter().position(|slot| slot.id.replacen('.', "__", 1) == column.name);
            let item = at.and_then(|at| questionnaire.item_of(questionnaire.slots.get(at)?));
            let is_private = item.is_none_or(|item| item.block || item.id == MINOR_ITEM);
            column.counts = at.filter(|_| !is_private).and_then(|at| self.slots.get(at)).map(SlotCounts::shown);
        }
        let text = format!("a count below {SMALLEST_SHOWN} is hidden, and so is what would give it away");
        codebook.about.push(("Counts", text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(levels: &[u64], skipped: u64) -> (Option<u64>, Vec<String>, String) {
        let counts = SlotCounts { levels: levels.to_vec(), missing: [0, skipped, 0, 0, 0] }.shown();
        let skipped = counts.missing.iter().find(|(reason, _)| *reason == Missing::Skipped).unwrap().1.to_string();
        (counts.answered, counts.levels.iter().map(Count::to_string).collect(), skipped)
    }

    #[test]
    fn a_hidden_count_is_never_alone() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(shown(&[10, 0, 7], 5), (Some(22 - 5), words(&["10", "0", "7"]), "5".into()));
        assert_eq!(shown(&[10, 2, 7], 9), (None, words(&["10", "hidden", "hidden"]), "9".into()));
        assert_eq!(shown(&[10, 2, 3], 9), (None, words(&["10", "hidden", "hidden"]), "9".into()));
        assert_eq!(shown(&[10, 1, 20], 1), (None, words(&["hidden", "hidden", "20"]), "hidden".into()));
    }

    /// For every small table: the number of rows and what is shown leave each hidden count open. Whoever looks knows that
    /// a hidden one is not 0, and all the others.
    #[test]
    fn no_hidden_count_can_be_worked_out() {
        let tables: Vec<[u64; 4]> = (0..7 * 7 * 7 * 7).map(|n: u64| [n % 7, n / 7 % 7, n / 49 % 7, n / 343]).collect();
        let mut looked_at = 0;
        for table in &tables {
            let (answered, mut told, skipped) = shown(&table[..3], table[3]);
            told.push(skipped);
            let is_hidden: Vec<bool> = told.iter().map(|cell| cell == "hidden").collect();
            let has_small = table.iter().any(|count| (1..SMALLEST_SHOWN).contains(count));
            assert_eq!(is_hidden.contains(&true), has_small, "{table:?}");
            assert!(answered.is_none() == has_small, "{table:?}");
            // Where nothing but empty cells is left to be shown, that is all that can be done.
            if told.iter().all(|cell| cell == "hidden" || cell == "0") {
                continue;
            }
            let fits = |other: &&[u64; 4]| {
                other.iter().sum::<u64>() == table.iter().sum::<u64>()
                    && (0..4).all(|at| if is_hidden[at] { other[at] > 0 } else { other[at] == table[at] })
            };
            let alike: Vec<&[u64; 4]> = tables.iter().filter(fits).collect();
            for at in (0..4).filter(|at| is_hidden[*at] && table[*at] < SMALLEST_SHOWN) {
                looked_at += 1;
                assert!(alike.iter().any(|other| other[at] != table[at]), "{table:?}: {told:?}");
            }
        }
        assert!(looked_at > 0);
    }
}
