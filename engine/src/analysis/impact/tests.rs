//! What is said of all sheets is what comes out when every one of them is assessed by both rulesets.

use std::sync::Arc;

use super::*;
use crate::analysis::tests::Draw;
use crate::assess::{AnswerBlock, RowView, RuleOutcome, assess_block};
use crate::diagnostic::SourceFile;
use crate::questionnaire::Questionnaire;
use crate::responses::{Missing, SafetyBlock};
use crate::ruleset::{LoadOptions, NODE_BUDGET, load};

/// A questionnaire with everything that makes sheets differ: answers that can be missing, an answer that does not apply,
/// questions that hang on others (one of them looked at by the gate), a number, and who is under 18.
const QUESTIONNAIRE: &str = r#"{
  "format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "Small", "description": "d",
  "source": "s", "licence": "l",
  "items": [
    {"id": "under_18", "kind": "choice", "text": "u", "context": true, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
    {"id": "a", "kind": "choice", "text": "a", "direction": "+", "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "partly"}, {"value": 2, "label": "yes"}]},
    {"id": "b", "kind": "choice", "text": "b", "direction": "+", "not_applicable": true, "options":
      [{"value": 1, "label": "1"}, {"value": 2, "label": "2"}, {"value": 3, "label": "3"}, {"value": 4, "label": "4"}, {"value": 5, "label": "5"}]},
    {"id": "c", "kind": "choice", "text": "c", "direction": "-", "safety": {"tier": "soft", "op": ">=", "value": 2}, "options":
      [{"value": 0, "label": "0"}, {"value": 1, "label": "1"}, {"value": 2, "label": "2"}]},
    {"id": "weeks", "kind": "number", "text": "w", "min": 0, "max": 4},
    {"id": "d", "kind": "choice", "text": "d", "asked_if": {"item": "c", "op": ">=", "value": 1}, "options":
      [{"value": "me", "label": "me"}, {"value": "them", "label": "them"}]},
    {"id": "hurt_me", "kind": "choice", "text": "s", "block": true, "safety": {"tier": "hard"}, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]}
  ]}"#;

const HEAD: &str = r#"
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
floor core 0 source "design choice";
scale s "S" = percent(a * 2, b, -c) need 1;
scale t "T" = percent(b, weeks) need 0.5;
aggregate keep_side "K" = mean_of(s, t) need 1;
"#;

/// Declarations with numbers and signs drawn at random.
fn rules(draw: &mut Draw) -> String {
    let mut text = HEAD.to_owned();
    let mut any = |words: &[&str]| words[draw.below(words.len() as u32) as usize].to_owned();
    let atoms = [
        "a >= 1",
        "a >= 2",
        "b >= 3",
        "b <= 2",
        "c >= 1",
        "c >= 2",
        "weeks >= 1",
        "weeks >= 2",
        "weeks >= 3",
        "s >= 40",
        "s < 60",
        "t >= 50",
        "s - t >= 10",
        "d == \"me\"",
        "!answered(\"b\")",
        "keep_side < 50",
    ];
    for rule in ["r1", "r2", "r3"] {
        let (one, joint, other) = (any(&atoms), any(&["&&", "||"]), any(&atoms));
        let effect = any(&["sign(\"bad\", 1)", "sign(\"bad\", 2)", "note()"]);
        text.push_str(&format!("rule {rule} \"R\" when {one} {joint} {other} then {effect} source \"x\";\n"));
    }
    text.push_str("sign bad \"Bad\" adds present 2;\n");
    text.push_str(&format!("overlay o \"O\" when fired(\"r1\") {} {};\n", any(&["&&", "||"]), any(&atoms)));
    text.push_str(&format!("stage one \"One\" when {} && {};\n", any(&atoms), any(&atoms)));
    text.push_str(&format!("stage two \"Two\" when {};\nstage three \"Three\" otherwise;\n", any(&atoms)));
    text.push_str(&format!("signal walk_away \"W\" when signs_present() >= 1 && {};\n", any(&atoms)));
    text.push_str(&format!("signal keep_going \"G\" when !stage_is(\"one\") && {};\n", any(&atoms)));
    text.push_str("signal mixed \"M\" otherwise;\n");
    text.push_str(&format!("reason torn \"T\" when signs_present() >= 1 && {};\n", any(&atoms)));
    text.push_str(&format!("reason faint \"F\" when {};\n", any(&atoms)));
    text
}

fn questionnaire(text: &str) -> Arc<Questionnaire> {
    Arc::new(Questionnaire::load(&SourceFile::new("q.json", text)).unwrap())
}

fn loaded(questionnaire: &Arc<Questionnaire>, text: &str) -> Ruleset {
    let files = [SourceFile::new("small.rhai", text)];
    load(&files, questionnaire, &LoadOptions::only(Role::Hurt, Form::Short)).unwrap_or_else(|e| panic!("{e:?}")).0
}

const UNKNOWN: Answer = Answer::Missing(Missing::Skipped);

/// Every sheet; what the gate looks at, and what hangs on that, can be skipped or declined. What hangs on an answer that
/// is not known was not asked, and is unknown in one way.
fn every_sheet(questionnaire: &Questionnaire) -> Vec<Vec<Answer>> {
    let mut sheets: Vec<Vec<Answer>> = vec![Vec::new()];
    for slot in &questionnaire.slots {
        let item = questionnaire.item_of(slot).unwrap();
        let mut answers: Vec<Answer> = (0..slot.levels.count() as u16).map(Answer::Level).collect();
        let parent = item.asked_if.as_ref().and_then(|asked_if| questionnaire.item(&asked_if.item));
        if item.safety.is_some() || parent.is_some_and(|parent| parent.safety.is_some()) {
            answers.extend([Missing::Skipped, Missing::Declined].map(Answer::Missing));
        }
        if item.offers_not_applicable {
            answers.push(Answer::Missing(Missing::NotApplicable));
        }
        sheets = sheets.iter().flat_map(|sheet| answers.iter().map(|a| [sheet.as_slice(), &[*a]].concat())).collect();
    }
    sheets.retain_mut(|sheet| {
        let mut responses = Responses {
            form: Form::Short,
            role: Role::Hurt,
            bond: None,
            safety: SafetyBlock::Answered,
            answers: sheet.clone(),
        };
        responses.settle(questionnaire);
        let is_open = |slot: usize| {
            let item = questionnaire.item_of(&questionnaire.slots[slot]).unwrap();
            item.asked_if.as_ref().is_some_and(|asked_if| responses.holds(questionnaire, asked_if).is_none())
        };
        let is_one = (0..sheet.len()).all(|slot| !is_open(slot) || responses.answers[slot] == UNKNOWN);
        *sheet = responses.answers;
        is_one
    });
    sheets.sort();
    sheets.dedup();
    sheets
}

/// What comes out when all sheets are assessed one by one.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    sheets: u64,
    shown: u64,
    stage: BTreeMap<(String, String), u64>,
    signal: BTreeMap<(String, String), u64>,
    reason: BTreeMap<(String, String), u64>,
    /// Rules and overlays: gained, lost.
    shifts: BTreeMap<String, (u64, u64)>,
}

fn one_by_one(old: &Ruleset, new: &Ruleset) -> Counted {
    let questionnaire = old.questionnaire();
    let sheets = every_sheet(questionnaire);
    let mut block = AnswerBlock::new(questionnaire, Form::Short, SafetyBlock::Answered);
    sheets.iter().for_each(|sheet| block.push(Role::Hurt, sheet));
    let assessed = [old, new].map(|ruleset| assess_block(ruleset, &block).unwrap());
    let variants = [old, new].map(|ruleset| ruleset.variant(Role::Hurt, Form::Short).unwrap());
    let mut counted = Counted { sheets: sheets.len() as u64, ..Counted::default() };
    for (row, sheet) in sheets.iter().enumerate() {
        let views = [0, 1].map(|side| assessed[side].row(row));
        let [before, after] = [0, 1].map(|side| Said::of(variants[side], views[side]));
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        *counted.signal.entry(pair(before.signal, after.signal)).or_default() += 1;
        let is_answered = !sheet.iter().any(|a| matches!(a, Answer::Missing(reason) if reason.is_unknown()));
        let (Some(from), Some(to), true) = (before.stage, after.stage, is_answered) else { continue };
        counted.shown += 1;
        *counted.stage.entry(pair(from, to)).or_default() += 1;
        if (before.signal, after.signal) == ("mixed", "mixed") && before.reason != after.reason {
            let key = pair(before.reason.unwrap_or("none"), after.reason.unwrap_or("none"));
            *counted.reason.entry(key).or_default() += 1;
        }
        let [RowView::Assessed(before), RowView::Assessed(after)] = views else { panic!("a stage is shown") };
        let mut holds: BTreeMap<String, [bool; 2]> = BTreeMap::new();
        for (side, view) in [before, after].into_iter().enumerate() {
            for (at, rule) in variants[side].rules.iter().enumerate() {
                holds.entry(rule.id.clone()).or_default()[side] = view.rule(at) == RuleOutcome::Fired;
            }
            for overlay in view.overlays() {
                holds.entry(variants[side].overlays[overlay].id.clone()).or_default()[side] = true;
            }
        }
        for (id, [was, is]) in holds.into_iter().filter(|(_, [was, is])| was != is) {
            let entry = counted.shifts.entry(id).or_default();
            *entry = (entry.0 + u64::from(is), entry.1 + u64::from(was));
        }
    }
    counted
}

fn number(count: &Count) -> u64 {
    count.to_string().parse().unwrap()
}

fn from_diagrams(impact: &Impact) -> Counted {
    let cells =
        |cells: &[Cell]| cells.iter().map(|cell| ((cell.from.clone(), cell.to.clone()), number(&cell.count))).collect();
    let shifts = impact
        .rules
        .iter()
        .chain(&impact.overlays)
        .map(|shift| (shift.id.clone(), (number(&shift.gained), number(&shift.lost))));
    Counted {
        sheets: number(&impact.sheets),
        shown: number(&impact.shown),
        stage: cells(&impact.moves.stage.as_ref().unwrap().cells),
        signal: cells(&impact.moves.signal.as_ref().unwrap().cells),
        reason: cells(&impact.reasons),
        shifts: shifts.filter(|(_, counts)| *counts != (0, 0)).collect(),
    }
}

/// Compares the two ways, and looks at every example again.
fn compare(old: &Ruleset, new: &Ruleset) -> Impact {
    let impact = Impact::of(old, new, Role::Hurt, Form::Short, NODE_BUDGET).unwrap();
    let expected = one_by_one(old, new);
    assert_eq!(from_diagrams(&impact), expected);
    let signals = impact.moves.signal.as_ref().unwrap();
    assert_eq!(signals.of, impact.sheets);
    assert_eq!(
        number(&signals.now("mixed")),
        expected.signal.iter().filter(|((_, to), _)| to == "mixed").map(|(_, n)| n).sum::<u64>()
    );
    let matrices = [(impact.moves.stage.as_ref().unwrap(), true), (signals, false)];
    for (matrix, is_stage) in matrices {
        for cell in &matrix.cells {
            assert_eq!(cell.example.is_some(), cell.from != cell.to, "{cell:?}");
            let Some(example) = &cell.example else { continue };
            let said = [old, new].map(|ruleset| {
                let assessed = assessed(ruleset, std::slice::from_ref(&example.responses)).unwrap();
                let said = Said::of(ruleset.variant(Role::Hurt, Form::Short).unwrap(), assessed.row(0));
                if is_stage { said.stage.unwrap().to_owned() } else { said.signal.to_owned() }
            });
            assert_eq!(said, [cell.from.clone(), cell.to.clone()]);
        }
    }
    assert_eq!(
        Moves::of(old, new, Role::Hurt, Form::Short, NODE_BUDGET).map(|moves| moves.signal.unwrap().moved()),
        Ok(signals.moved())
    );
    impact
}

#[test]
fn every_sheet_assessed_twice_gives_the_same_matrices() {
    let questionnaire = questionnaire(QUESTIONNAIRE);
    let mut draw = Draw(11);
    let (mut moved, mut gained, mut reasons) = (0, 0, 0);
    let mut old = loaded(&questionnaire, &rules(&mut draw));
    for _ in 0..PAIRS {
        let new = loaded(&questionnaire, &rules(&mut draw));
        let impact = compare(&old, &new);
        moved += impact.moves.signal.unwrap().cells.len();
        gained += impact.rules.iter().filter(|rule| !rule.gained.is_zero()).count();
        reasons += impact.reasons.len();
        assert!(compare(&new, &new).is_none());
        old = new;
    }
    assert!(moved > 4 * PAIRS && gained > PAIRS && reasons > PAIRS / 2, "{moved} {gained} {reasons}");
}

/// How many pairs of rulesets are drawn.
const PAIRS: usize = 200;

#[test]
fn what_one_side_lacks_gets_a_row_of_its_own() {
    let questionnaire = questionnaire(QUESTIONNAIRE);
    let text = rules(&mut Draw(3));
    let old = loaded(&questionnaire, &text);
    let edited = text
        .replace("stage two ", "stage second ")
        .replace("rule r3 ", "rule r4 ")
        .replace("overlay o ", "overlay other ")
        .replace("stage three", "stage late \"L\" when weeks >= 3;\nstage three");
    let new = loaded(&questionnaire, &edited);
    let impact = compare(&old, &new);
    let stages = impact.moves.stage.unwrap();
    assert_eq!(stages.ids, ["one", "two", "three", "second", "late", "unplaced"]);
    assert!(stages.cells.iter().any(|cell| (cell.from.as_str(), cell.to.as_str()) == ("two", "second")));
    let on = |shifts: &[Shift], id: &str| shifts.iter().find(|shift| shift.id == id).map(|shift| shift.on);
    assert_eq!(on(&impact.rules, "r3"), Some(Sides::OldOnly));
    assert_eq!(on(&impact.rules, "r4"), Some(Sides::NewOnly));
    assert_eq!(on(&impact.overlays, "o"), Some(Sides::OldOnly));
    assert_eq!(on(&impact.overlays, "other"), Some(Sides::NewOnly));
}

/// A study stops at a condition that a missing answer leaves undecided; over sheets without one it is counted exactly.
#[test]
fn the_signals_of_a_study_are_counted_where_nothing_is_missing() {
    let questionnaire = questionnaire(QUESTIONNAIRE);
    let study = |cut: u32| {
        format!(
            "study \"small\" version \"1\" questionnaire \"small\" title \"Small\";\n\
             signal high \"H\" when c >= {cut} && a >= 1;\nsignal low \"L\" when weeks <= 1;\n"
        )
    };
    let (old, new) = (loaded(&questionnaire, &study(1)), loaded(&questionnaire, &study(2)));
    let impact = Impact::of(&old, &new, Role::Hurt, Form::Short, NODE_BUDGET).unwrap();
    let found = impact.moves.signal.unwrap();
    assert_eq!(impact.moves.stage, None);
    let sides = [&old, &new].map(|ruleset| (ruleset, ruleset.variant(Role::Hurt, Form::Short).unwrap()));
    let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
    for sheet in every_sheet(&questionnaire) {
        if sheet.iter().any(|answer| matches!(answer, Answer::Missing(reason) if reason.is_unknown())) {
            continue;
        }
        let mut block = AnswerBlock::new(&questionnaire, Form::Short, SafetyBlock::Answered);
        block.push(Role::Hurt, &sheet);
        let [from, to] = sides.map(|(ruleset, variant)| {
            Said::of(variant, assess_block(ruleset, &block).unwrap().row(0)).signal.to_owned()
        });
        *expected.entry((from, to)).or_default() += 1;
    }
    let cells: BTreeMap<_, _> =
        found.cells.iter().map(|cell| ((cell.from.clone(), cell.to.clone()), number(&cell.count))).collect();
    assert_eq!(cells, expected);
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert!(
        expected.contains_key(&pair("high", "low")) && expected.contains_key(&pair("high", "none")),
        "{expected:?}"
    );
}

#[test]
fn nothing_is_claimed_past_the_budget_of_other_sheets_or_of_what_is_not_looked_at() {
    let questionnaire = questionnaire(QUESTIONNAIRE);
    let text = rules(&mut Draw(3));
    let ruleset = loaded(&questionnaire, &text);
    let of = |new: &Ruleset, budget| Impact::of(&ruleset, new, Role::Hurt, Form::Short, budget);
    assert_eq!(of(&ruleset, 1), Err(NoImpact::OverBudget(1)));
    let not_loaded = Impact::of(&ruleset, &ruleset, Role::Hurt, Form::Full, NODE_BUDGET);
    assert!(matches!(not_loaded, Err(NoImpact::NotLoaded(_))));
    let other = self::questionnaire(&QUESTIONNAIRE.replace("\"Small\"", "\"Other\""));
    assert_eq!(of(&loaded(&other, &text), NODE_BUDGET), Err(NoImpact::OtherQuestionnaire));
    let screen = format!("{text}screen straightline 0.9 of 3 source \"design choice\";\n");
    let impact = of(&loaded(&questionnaire, &screen), NODE_BUDGET).unwrap();
    assert!(impact.other_straightline && !impact.is_none());
    assert!(impact.moves.signal.unwrap().moved().is_zero());
}
