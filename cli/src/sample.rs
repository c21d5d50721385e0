//! Made-up surveys: the same bytes for the same rows, seed, form and role, on every machine.
//!
//! Only integers are used: a float's last bit may differ between machines. Each respondent has a generator of
//! their own, so that a longer survey begins with the shorter one.

mod person;
mod random;

use std::io::{self, Write};

use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::responses::Answer;

use crate::output::below_csv;
use person::Interview;
use random::Random;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Population {
    /// How many respondents.
    pub(crate) rows: u64,
    /// Which ones.
    pub(crate) seed: u64,
    /// The form they are asked.
    pub(crate) form: Form,
    /// As whom they answer.
    pub(crate) role: Role,
}

/// Writes the survey: the column `id`, then one column a slot in the order of the questionnaire.
///
/// # Errors
/// It cannot be written to.
pub(crate) fn write(questionnaire: &Questionnaire, population: &Population, to: impl Write) -> io::Result<()> {
    rows(questionnaire, population, to).map_err(below_csv)
}

fn rows(questionnaire: &Questionnaire, population: &Population, to: impl Write) -> Result<(), csv::Error> {
    let interview = Interview::new(questionnaire, population.form, population.role);
    let mut csv = csv::Writer::from_writer(to);
    csv.write_field("id")?;
    for (_, slot) in interview.asked() {
        csv.write_field(slot.id.replacen('.', "__", 1))?;
    }
    csv.write_record(None::<&[u8]>)?;
    let words: Vec<Vec<String>> = interview
        .asked()
        .map(|(_, slot)| {
            (0..slot.levels.count()).filter_map(|level| Some(slot.levels.value(level)?.to_string())).collect()
        })
        .collect();
    for number in 1..=population.rows {
        let responses = interview.hold(&mut Random::new(population.seed, number));
        csv.write_field(number.to_string())?;
        for ((at, _), words) in interview.asked().zip(&words) {
            let word = match responses.answers.get(at) {
                Some(Answer::Level(level)) => words.get(usize::from(*level)).map_or("", String::as_str),
                Some(Answer::Missing(reason)) if !reason.is_unknown() => "",
                Some(Answer::Missing(reason)) => person::cell(*reason),
                None => "",
            };
            csv.write_field(word)?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(csv.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bearings_engine::diagnostic::SourceFile;

    fn survey(questionnaire: &Questionnaire, population: Population) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        write(questionnaire, &population, &mut bytes).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn trust_repair() -> Questionnaire {
        Questionnaire::load(&crate::builtin::questionnaire("trust-repair").unwrap()).unwrap()
    }

    const POPULATION: Population = Population { rows: 2000, seed: 7, form: Form::Short, role: Role::Hurt };

    /// The cells of one column.
    fn column<'a>(rows: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
        let at = rows[0].iter().position(|cell| cell == name).unwrap();
        rows.iter().skip(1).map(|row| row[at].as_str()).collect()
    }

    fn share(cells: &[&str], fits: impl Fn(&str) -> bool) -> usize {
        cells.iter().filter(|cell| fits(cell)).count() * 1000 / cells.len()
    }

    #[test]
    fn the_bytes_are_fixed() {
        let questionnaire = Questionnaire::load(&crate::builtin::questionnaire("ras").unwrap()).unwrap();
        let mut bytes = Vec::new();
        write(&questionnaire, &Population { rows: 6, ..POPULATION }, &mut bytes).unwrap();
        snapbox::assert_data_eq!(
            String::from_utf8(bytes).unwrap(),
            snapbox::str![[r#"
id,ras_1,ras_2,ras_3,ras_4,ras_5,ras_6,ras_7
1,3,2,1,5,1,2,3
2,1,1,1,5,1,1,5
3,2,1,2,4,2,2,4
4,5,5,5,1,5,5,1
5,5,5,5,1,4,4,1
6,2,3,4,3,3,2,

"#]]
        );
    }

    #[test]
    fn a_longer_survey_begins_with_the_shorter_one() {
        let short = survey(&trust_repair(), Population { rows: 5, ..POPULATION });
        let long = survey(&trust_repair(), Population { rows: 9, ..POPULATION });
        assert_eq!(short, long[..6]);
        assert_ne!(short, survey(&trust_repair(), Population { rows: 5, seed: 8, ..POPULATION }));
    }

    #[test]
    fn it_holds_only_what_this_role_and_form_is_asked() {
        let rows = survey(&trust_repair(), POPULATION);
        assert_eq!(rows[0][..3], ["id", "bond_kind", "my_role"]);
        assert!(!rows[0].iter().any(|name| name == "owned_up_self"));
        assert!(column(&rows, "my_role").iter().all(|cell| *cell == "hurt"));
    }

    #[test]
    fn shares_are_near_what_is_promised() {
        let rows = survey(&trust_repair(), POPULATION);
        let weeks: std::collections::BTreeSet<&str> = column(&rows, "weeks_since").into_iter().collect();
        assert!(weeks.len() >= 53, "{}", weeks.len());
        assert!((4..=20).contains(&share(&column(&rows, "under_18"), |cell| cell == "1")));
        let safety: Vec<usize> = (0..rows[0].len()).filter(|at| rows[0][*at].starts_with("safety_")).collect();
        let with = |word: &str| rows.iter().skip(1).filter(|row| safety.iter().any(|at| row[*at] == word)).count();
        assert!((70..=130).contains(&with("1")), "{}", with("1"));
        assert!((8..=35).contains(&with("declined")), "{}", with("declined"));
        assert!((8..=35).contains(&rows.iter().filter(|row| safety.iter().all(|at| row[*at].is_empty())).count()));
        let others: Vec<&str> =
            rows.iter().skip(1).flat_map(|row| row.iter().take(safety[0]).map(String::as_str)).collect();
        assert!((15..=45).contains(&share(&others, str::is_empty)), "{}", share(&others, str::is_empty));
    }

    #[test]
    fn both_ends_are_clear_cut() {
        let rows = survey(&trust_repair(), POPULATION);
        let all = |names: &[(&str, &str)]| {
            let columns: Vec<(Vec<&str>, &str)> =
                names.iter().map(|(name, values)| (column(&rows, name), *values)).collect();
            (0..rows.len() - 1)
                .filter(|row| {
                    columns.iter().all(|(cells, values)| !cells[*row].is_empty() && values.contains(cells[*row]))
                })
                .count()
        };
        let good = all(&[
            ("times_repeated", "0"),
            ("can_name_an_effort", "1"),
            ("owned_up", "2"),
            ("apology_owns_it", "2"),
            ("can_speak_up", "34"),
            ("body_on_guard", "01"),
        ]);
        let bad = all(&[
            ("times_repeated", "23"),
            ("can_name_an_effort", "0"),
            ("acted_unprompted", "0"),
            ("effort_theirs", "01"),
            ("effort_mine", "34"),
        ]);
        assert!(good > 330, "{good}");
        assert!(bad > 300, "{bad}");
    }

    #[test]
    fn any_questionnaire_can_be_answered() {
        let source = SourceFile::new(
            "q.json",
            r#"{"format":"bearings/questionnaire@1","id":"q","version":"1","title":"q","description":"d","source":"s","licence":"l","items":[
            {"id":"again","kind":"choice","text":"t","options":[{"value":0,"label":"no"},{"value":1,"label":"yes"}]},
            {"id":"where","kind":"multi","text":"t","options":[{"value":"home","label":"h"},{"value":"work","label":"w"}],"asked_if":{"item":"again","op":"==","value":1}},
            {"id":"notes","kind":"text","text":"t"}]}"#,
        );
        let rows = survey(&Questionnaire::load(&source).unwrap(), Population { rows: 300, ..POPULATION });
        assert_eq!(rows[0], ["id", "again", "where__home", "where__work"]);
        assert!(rows.iter().skip(1).all(|row| row[1] == "1" || row[2].is_empty() && row[3].is_empty()));
        assert!(column(&rows, "where__home").contains(&"1"));
        for source in crate::builtin::questionnaires() {
            let questionnaire = Questionnaire::load(&source).unwrap();
            assert_eq!(survey(&questionnaire, Population { rows: 2, ..POPULATION }).len(), 3, "{}", source.name);
        }
    }
}
