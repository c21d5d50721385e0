//! Skipping what the gate looks at never turns another result into `keep_going`: over every sheet of a small
//! questionnaire, with a rule that raises a flag by a score, and with the screen for straight-lining.

use super::*;

const QUESTIONNAIRE: &str = r#"{
  "format": "bearings/questionnaire@1", "id": "skipped", "version": "1", "title": "t", "description": "d",
  "source": "s", "licence": "l",
  "items": [
    {"id": "afraid", "kind": "number", "text": "a", "min": 0, "max": 2, "direction": "-",
     "safety": {"tier": "soft", "op": ">=", "value": 2}},
    {"id": "n", "kind": "number", "text": "n", "min": 0, "max": 2, "asked_if": {"item": "afraid", "op": "==", "value": 1}},
    {"id": "tense", "kind": "number", "text": "t", "min": 0, "max": 2, "direction": "-",
     "safety": {"tier": "opens", "op": ">=", "value": 2}},
    {"id": "c", "kind": "number", "text": "c", "min": 0, "max": 2, "direction": "+"},
    {"id": "e", "kind": "number", "text": "e", "min": 0, "max": 2, "direction": "+"},
    {"id": "hurt_me", "kind": "choice", "text": "s", "block": true, "safety": {"tier": "hard"}, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]}
  ]}"#;

const RULES: &str = r#"
//! ## Sources
//! x
//! ## Published
//! x
//! ## Validated
//! no
//! ## Update policy
//! x
//! ## Uncertainty
//! x
//! ## Funding
//! x
assessment "skipped" version "1" questionnaire "skipped" title "Skipped";
floor core 0 source "design choice";
scale s "S" = percent(c, n, -tense) need 0.5;
signal keep_going "G" when c >= 1;
signal mixed "M" otherwise;
"#;

const SLOTS: [&str; 6] = ["afraid", "n", "tense", "c", "e", "hurt_me"];

/// Every sheet: an answer, or none, to every question that is asked.
fn sheets(questionnaire: &Questionnaire) -> Vec<Vec<Answer>> {
    let counts: Vec<u16> = questionnaire.slots.iter().map(|slot| slot.levels.count() as u16).collect();
    let mut sheets: Vec<Vec<Answer>> = vec![Vec::new()];
    for (slot, count) in counts.iter().enumerate() {
        let mut longer = Vec::new();
        for sheet in sheets {
            let asked = slot != 1 || sheet[0] == Answer::Level(1);
            let unknown = slot == 1 && sheet[0].is_unknown();
            let answers: Vec<Answer> = match (asked, unknown) {
                (_, true) => vec![Answer::Missing(Missing::Skipped)],
                (false, _) => vec![Answer::Missing(Missing::NotShown)],
                (true, _) => (0..*count).map(Answer::Level).chain([Answer::Missing(Missing::Skipped)]).collect(),
            };
            longer.extend(answers.into_iter().map(|answer| [sheet.as_slice(), &[answer]].concat()));
        }
        sheets = longer;
    }
    sheets
}

/// How many pairs of sheets, one with an answer to `skipped` and one without, were compared where the first is not told to
/// keep going though it leans so.
fn compare(rules: &str, skipped: &[usize]) -> usize {
    let questionnaire = Arc::new(Questionnaire::load(&SourceFile::new("q.json", QUESTIONNAIRE)).unwrap());
    assert!(questionnaire.slots.iter().map(|slot| slot.id.as_str()).eq(SLOTS));
    let pair =
        Pair::new(&questionnaire, &[SourceFile::new("r.rhai", format!("{RULES}{rules}"))], Role::Hurt, Form::Short);
    let keeps = |row: RowView<'_>| match row {
        RowView::Withheld => false,
        RowView::Assessed(row) => row.signal() == Signal::Declared(0),
    };
    let mut withheld = 0;
    for sheet in sheets(&questionnaire) {
        for slot in skipped.iter().filter(|slot| sheet[**slot].level().is_some()) {
            let mut other = sheet.clone();
            other[*slot] = Answer::Missing(Missing::Skipped);
            let assessed = pair.block(&[sheet.clone(), other.clone()]);
            assert!(
                keeps(assessed.row(0)) || !keeps(assessed.row(1)),
                "{} without {}",
                pair.show(&sheet),
                SLOTS[*slot]
            );
            withheld += usize::from(!keeps(assessed.row(0)) && sheet[3].level().is_some_and(|level| level >= 1));
        }
    }
    withheld
}

#[test]
fn a_flag_by_a_score_is_not_got_rid_of_by_skipping() {
    let withheld = compare("rule r \"R\" when s < 60 then flag(\"f\") source \"x\";", &[1, 2]);
    assert!(withheld > 10, "{withheld}");
}

#[test]
fn the_screen_for_equal_answers_is_not_passed_by_skipping_what_the_gate_looks_at() {
    let withheld = compare("screen straightline 0.7 of 4 source \"design choice\";", &[0, 2]);
    assert!(withheld > 10, "{withheld}");
}
