//! A questionnaire small enough to try every sheet of it, unknowns included.

use super::*;

const QUESTIONNAIRE: &str = r#"{
  "format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "Small", "description": "d",
  "source": "s", "licence": "l",
  "items": [
    {"id": "a", "kind": "choice", "text": "a", "direction": "+", "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "partly"}, {"value": 2, "label": "yes"}]},
    {"id": "b", "kind": "choice", "text": "b", "direction": "+", "not_applicable": true, "options":
      [{"value": 1, "label": "1"}, {"value": 2, "label": "2"}, {"value": 3, "label": "3"}, {"value": 4, "label": "4"}, {"value": 5, "label": "5"}]},
    {"id": "c", "kind": "choice", "text": "c", "direction": "-", "options":
      [{"value": 0, "label": "0"}, {"value": 1, "label": "1"}, {"value": 2, "label": "2"}]},
    {"id": "weeks", "kind": "number", "text": "w", "min": 0, "max": 4},
    {"id": "d", "kind": "choice", "text": "d", "asked_if": {"item": "c", "op": ">=", "value": 1}, "options":
      [{"value": "me", "label": "me"}, {"value": "them", "label": "them"}]},
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
assessment "small" version "1" questionnaire "small" title "Small";
param window = 2 from 1 to 4 "w" source "design choice";
floor core 0 source "design choice";
fn low(x) { x <= 1 }
scale s "S" = percent(a * 2, b, -c) need 2;
scale t "T" = percent(b, weeks) need 0.5;
scale u "U" concern = percent(c) need 1;
scale t2 "T2" = percent(b, weeks) need 0.5;
adjust t2 at_most 50 when b >= 3 because "x" source "design choice";
adjust t2 at_most 30 when a <= 0 because "x" source "design choice";
adjust s at_most 50 when low(a) && u >= 50 because "x" source "design choice";
aggregate keep_side "K" = mean_of(s, t zero_when c >= 2) need 1;
condition near when s - t <= 10.5 && t - s <= 10.5;
condition late when weeks >= window;
sign bad "Bad" adds present 2;
sign worse "Worse" present 2;
rule r1 "R1" when a <= 0 && c >= 2 then sign("bad", 1) source "x";
rule r2 "R2" when c >= 2 && (b <= 2 || a <= 0) then sign("bad", 2) source "x";
rule r3 "R3" when a - c >= 1 || weeks >= 3 then note() source "x";
rule r4 "R4" when s - t >= 8.33 && (t >= 25 || s >= 60) then sign("worse", 2) source "x";
rule r5 "R5" when d == "me" && !near then sign("worse", 3) source "x";
rule r6 "R6" when !answered("b") || count_at_most("s", 1) >= 2 then note() source "x";
rule r7 "R7" when keep_side < 40 && 5 / 2 >= 2.5 then note() source "x";
rule r8 "R8" when b * 10 - t > 5 && late then note() source "x";
rule r9 "R9" when s - t >= 60 then note() source "x";
rule r10 "R10" when t2 >= 35 then note() source "x";
overlay o "O" when fired("r3") && level("bad") >= 1 && !flagged();
stage one "One" when s < 30 || u > 66.7;
stage two "Two" when !late || t < 40;
stage three "Three" otherwise;
signal walk_away "W" when signs_present() >= 1 && keep_side < 50;
signal keep_going "G" when stage_is("three") && a >= 1 && level("bad") == 0;
signal mixed "M" otherwise;
reason torn "T" when signs_present() >= 1;
"#;

fn pair() -> Pair {
    let questionnaire = Questionnaire::load(&SourceFile::new("q.json", QUESTIONNAIRE)).unwrap();
    Pair::new(&Arc::new(questionnaire), &[SourceFile::new("small.rhai", RULES)], Role::Hurt, Form::Short)
}

/// Every sheet: each answer, unknown, and what else the item allows.
fn every_sheet(questionnaire: &Questionnaire) -> Vec<Vec<Answer>> {
    let mut sheets: Vec<Vec<Answer>> = vec![Vec::new()];
    for slot in &questionnaire.slots {
        let item = questionnaire.item_of(slot).unwrap();
        let mut answers: Vec<Answer> = (0..slot.levels.count() as u16).map(Answer::Level).collect();
        if item.block {
            answers.truncate(1);
        } else {
            answers.push(Answer::Missing(Missing::Skipped));
        }
        if item.offers_not_applicable {
            answers.push(Answer::Missing(Missing::NotApplicable));
        }
        sheets = sheets.iter().flat_map(|sheet| answers.iter().map(|a| [sheet.as_slice(), &[*a]].concat())).collect();
    }
    for sheet in &mut sheets {
        let mut responses = crate::responses::Responses {
            form: Form::Short,
            role: Role::Hurt,
            bond: None,
            safety: SafetyBlock::Answered,
            answers: sheet.clone(),
        };
        responses.settle(questionnaire);
        *sheet = responses.answers;
    }
    sheets.sort();
    sheets.dedup();
    sheets
}

#[test]
fn tables_equal_the_interpreter_on_every_sheet() {
    let pair = pair();
    let sheets = every_sheet(pair.questionnaire());
    let assessed = pair.block(&sheets);
    let mut compared = 0;
    for (row, sheet) in sheets.iter().enumerate() {
        let RowView::Assessed(view) = assessed.row(row) else { panic!("nothing is flagged here") };
        compared += pair.compare(sheet, view);
    }
    // 4 x 7 x 4 x 6 answers, of which c = 1, 2 or unknown asks d.
    assert_eq!(sheets.len(), 4 * 7 * (1 + 3 * 3) * 6);
    assert!(compared > sheets.len() * 12, "only {compared} conditions were compared");
}

#[test]
fn the_diagram_equals_the_interpreter_on_the_fills_of_every_sheet() {
    let pair = pair();
    let sheets = every_sheet(pair.questionnaire());
    let assessed = pair.block(&sheets);
    let complete = pair.variant().complete.as_ref().unwrap();
    let (mut open, mut single) = (0, 0);
    for (row, sheet) in sheets.iter().enumerate() {
        let RowView::Assessed(view) = assessed.row(row) else { panic!("nothing is flagged here") };
        let signals = pair.signals_of_fills(sheet);
        let before = view.decision_details().unwrap();
        if signals.len() > 1 {
            open += 1;
            assert_eq!(view.signal(), Signal::NotEnoughAnswered, "{}", pair.show(sheet));
            // The set that settles it: filling it in leaves one outcome, and each of its members matters.
            let settling = settling(complete, sheet);
            assert!(!settling.is_empty(), "{}", pair.show(sheet));
            let unknown: Vec<usize> = (0..sheet.len()).filter(|slot| sheet[*slot].is_unknown()).collect();
            let matters = |slot: usize| changes_something(&pair, sheet, slot);
            for slot in unknown {
                assert_eq!(settling.contains(&slot), matters(slot), "slot {slot} of {}", pair.show(sheet));
            }
        } else {
            single += 1;
            assert_ne!(view.signal(), Signal::NotEnoughAnswered, "{}", pair.show(sheet));
            let only = *signals.first().unwrap();
            let id = pair.variant().signals[only].id.as_str();
            if before.reason.is_none() || id == "mixed" {
                assert_eq!(view.signal(), Signal::Declared(only), "{}", pair.show(sheet));
            }
            assert_eq!(before.holds_under.is_some(), id != "mixed", "{}", pair.show(sheet));
        }
    }
    assert!(open > 100 && single > 100, "{open} open, {single} settled");
}

/// Whether two fills that differ in this slot alone (and in what is then asked) lead to different signals.
fn changes_something(pair: &Pair, sheet: &[Answer], slot: usize) -> bool {
    let others: Vec<usize> = (0..sheet.len()).filter(|at| *at != slot && sheet[*at].is_unknown()).collect();
    let mut fills = vec![sheet.to_vec()];
    for at in others {
        let levels = pair.questionnaire().slots[at].levels.count() as u16;
        fills = fills
            .iter()
            .flat_map(|fill| {
                (0..levels).map(|level| {
                    let mut fill = fill.clone();
                    fill[at] = Answer::Level(level);
                    fill
                })
            })
            .collect();
    }
    let levels = pair.questionnaire().slots[slot].levels.count() as u16;
    fills.iter().any(|fill| {
        let outcomes: BTreeSet<BTreeSet<usize>> = (0..levels)
            .map(|level| {
                let mut fill = fill.clone();
                fill[slot] = Answer::Level(level);
                pair.signals_of_fills(&fill)
            })
            .collect();
        outcomes.len() > 1
    })
}

#[test]
fn the_one_step_test_equals_moving_every_answer() {
    let pair = pair();
    let sheets = every_sheet(pair.questionnaire());
    let assessed = pair.block(&sheets);
    let b = pair.questionnaire().slot("b").unwrap();
    let mut tested = 0;
    for (row, sheet) in sheets.iter().enumerate() {
        let RowView::Assessed(view) = assessed.row(row) else { continue };
        let Some((kept, of)) = view.holds_under() else { continue };
        // `b` alone has five levels and a direction.
        let Answer::Level(level) = sheet[b] else {
            assert_eq!((kept, of), (0, 0));
            continue;
        };
        let before = pair.signals_of_fills(sheet);
        let neighbours: Vec<u16> =
            [level.checked_sub(1), Some(level + 1).filter(|up| *up < 5)].into_iter().flatten().collect();
        let same = neighbours.iter().filter(|neighbour| {
            let mut moved = sheet.clone();
            moved[b] = Answer::Level(**neighbour);
            pair.signals_of_fills(&moved) == before
        });
        assert_eq!((usize::from(kept), usize::from(of)), (same.count(), neighbours.len()), "{}", pair.show(sheet));
        tested += 1;
    }
    assert!(tested > 50, "only {tested} decisive sheets");
}

const HANGING: &str = r#"{
  "format": "bearings/questionnaire@1", "id": "hanging", "version": "1", "title": "t", "description": "d",
  "source": "s", "licence": "l",
  "items": [
    {"id": "later", "kind": "number", "text": "l", "min": 0, "max": 1, "forms": ["full"]},
    {"id": "weeks", "kind": "number", "text": "w", "min": 0, "max": 4, "not_applicable": true},
    {"id": "of_weeks", "kind": "number", "text": "a", "min": 0, "max": 1,
     "asked_if": {"item": "weeks", "op": "!=", "value": 2}},
    {"id": "of_later", "kind": "number", "text": "b", "min": 0, "max": 1,
     "asked_if": {"item": "later", "op": "==", "value": 0}},
    {"id": "hurt_me", "kind": "choice", "text": "s", "block": true, "safety": {"tier": "hard"}, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]}
  ]}"#;

/// What hangs on an answer that does not apply, or on a question of another form, is not asked: no answer to it is
/// waited for, in the signal as in the rules.
#[test]
fn a_parent_without_a_value_asks_for_nothing() {
    let header = RULES.split("assessment").next().unwrap();
    for (child, weeks) in [("of_weeks", Answer::Missing(Missing::NotApplicable)), ("of_later", Answer::Level(0))] {
        let rules = format!(
            "{header}assessment \"hanging\" version \"1\" questionnaire \"hanging\" title \"H\";
             floor core 0 source \"design choice\";
             rule r \"R\" when {child} >= 1 then note() source \"x\";
             signal keep_going \"G\" when {child} >= 1 || weeks == 4;
             signal mixed \"M\" otherwise;"
        );
        let questionnaire = Arc::new(Questionnaire::load(&SourceFile::new("q.json", HANGING)).unwrap());
        let pair = Pair::new(&questionnaire, &[SourceFile::new("h.rhai", rules)], Role::Hurt, Form::Short);
        let not_shown = Answer::Missing(Missing::NotShown);
        let own = if child == "of_weeks" { not_shown } else { Answer::Level(1) };
        let assessed = pair.block(&[vec![not_shown, weeks, own, not_shown, Answer::Level(0)]]);
        let RowView::Assessed(row) = assessed.row(0) else { panic!("nothing is flagged here") };
        // A rule that reads nothing of this form is left out of it.
        assert!((0..pair.variant().rules.len()).all(|rule| row.rule(rule) == RuleOutcome::NotFired), "{child}");
        let Signal::Declared(signal) = row.signal() else { panic!("{child}: {:?}", row.signal()) };
        assert_eq!(pair.variant().signals[signal].id, "mixed", "{child}");
    }
}
