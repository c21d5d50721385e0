//! Every smallest change equals what an exhaustive search over all changed sheets finds, on rulesets made at random.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::*;
use crate::analysis::why;
use crate::assess::{AnswerBlock, RuleOutcome, assess_block};
use crate::compile::Rule;
use crate::compile::oracle::Oracle;
use crate::diagnostic::SourceFile;
use crate::gate::Finding;
use crate::questionnaire::{Form, Questionnaire};
use crate::responses::SafetyBlock;
use crate::ruleset::{LoadOptions, load};

const QUESTIONNAIRE: &str = r#"{
  "format": "bearings/questionnaire@1", "id": "small", "version": "1", "title": "Small", "description": "d",
  "source": "s", "licence": "l",
  "option_lists": {"five": [{"value": 0, "label": "never"}, {"value": 1, "label": "rarely"},
    {"value": 2, "label": "sometimes"}, {"value": 3, "label": "often"}, {"value": 4, "label": "always"}]},
  "items": [
    {"id": "a", "kind": "choice", "text": "a", "direction": "+", "options": "five"},
    {"id": "b", "kind": "choice", "text": "b", "direction": "-", "not_applicable": true, "options": "five"},
    {"id": "n", "kind": "number", "text": "n", "direction": "+", "min": 0, "max": 6},
    {"id": "p", "kind": "choice", "text": "p", "direction": "+", "options": "five"},
    {"id": "q", "kind": "choice", "text": "q", "direction": "+", "options": "five",
     "asked_if": {"item": "p", "op": ">=", "value": 3}},
    {"id": "kind", "kind": "choice", "text": "k", "context": true, "options":
      [{"value": 0, "label": "0"}, {"value": 1, "label": "1"}]},
    {"id": "wanted", "kind": "choice", "text": "w", "wish": true, "options":
      [{"value": 0, "label": "0"}, {"value": 1, "label": "1"}]},
    {"id": "speak", "kind": "choice", "text": "s", "direction": "+", "options": "five",
     "safety": {"tier": "soft", "op": "<=", "value": 0}},
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
floor core 0.6 source "design choice";
screen straightline 0.8 of 4 source "design choice";
screen contradicts(a, p) source "design choice";
scale s "S" = percent(a * @3, -b, p, speak) need 2;
scale t "T" = percent(p, q, -b * @3) need 1;
aggregate keep_side "K" = mean_of(s, t) need 1;
sign bad "Bad" adds present 2;
rule r1 "R1" when a <= @2 && n <= @5 then sign("bad", 2) source "x";
rule r2 "R2" when b >= @4 || (q <= @3 && n >= @5) then sign("bad", 1) source "x";
rule r3 "R3" when speak <= @4 then sign("bad", 1) source "x";
rule r4 "R4" when b >= 4 && n >= @5 then flag("x") source "x";
signal walk_away "W" when signs_present() >= 1 && keep_side < @1;
signal keep_going "G" when s >= @1 && t >= @1 && (kind == 0 || n >= @5) && wanted == 1;
signal mixed "M" otherwise;
reason torn "T" when signs_present() >= 1;
"#;

const STUDY: &str = r#"
study "small" version "1" questionnaire "small" title "Small";
scale s "S" = percent(a * @3, -b, p) need 2;
rule r1 "R1" when a <= @2 && n <= @5 then points("x", 2) source "x";
rule r2 "R2" when q >= @3 then points("x", 1) source "x";
signal low "L" when s < @1 && points_of("x") >= 1;
signal high "H" when s >= @1 && points_of("x") <= 1;
"#;

/// SplitMix64 (Steele, Lea & Flood 2014), enough to draw rules and sheets.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }

    /// The rules with each `@` replaced: `@1` by a score, `@2` to `@5` by a number from 1 to that.
    fn rules(&mut self, text: &str) -> String {
        let mut parts = text.split('@');
        let mut made = parts.next().unwrap().to_owned();
        for part in parts {
            let (kind, rest) = part.split_at(1);
            let number = match kind.parse().unwrap() {
                1 => 25 + 5 * self.below(11),
                most => 1 + self.below(most),
            };
            made += &format!("{number}{rest}");
        }
        made
    }
}

fn questionnaire() -> &'static Arc<Questionnaire> {
    static LOADED: OnceLock<Arc<Questionnaire>> = OnceLock::new();
    LOADED.get_or_init(|| Arc::new(Questionnaire::load(&SourceFile::new("q.json", QUESTIONNAIRE)).unwrap()))
}

fn ruleset(text: &str) -> Ruleset {
    let files = [SourceFile::new("small.rhai", text)];
    let options = LoadOptions::only(Role::Hurt, Form::Short);
    load(&files, questionnaire(), &options).unwrap_or_else(|error| panic!("{text}\n{:#?}", error.0)).0
}

fn sheet(answers: Vec<Answer>) -> Responses {
    let (form, role, safety) = (Form::Short, Role::Hurt, SafetyBlock::Answered);
    let mut responses = Responses { form, role, bond: None, safety, answers };
    responses.settle(questionnaire());
    responses
}

/// A sheet on which `missing` in ten answers are missing.
fn drawn(draw: &mut Draw, missing: u64) -> Responses {
    let answers = questionnaire().slots.iter().map(|slot| {
        let item = questionnaire().item_of(slot).unwrap();
        match draw.below(10) {
            _ if item.block => Answer::Level(0),
            0 if item.offers_not_applicable => Answer::Missing(Missing::NotApplicable),
            tenth if tenth < missing => Answer::Missing([Missing::Skipped, Missing::DontKnow][draw.below(2) as usize]),
            _ => Answer::Level(draw.below(slot.levels.count() as u64) as u16),
        }
    });
    sheet(answers.collect())
}

fn slot(id: &str) -> usize {
    questionnaire().slot(id).unwrap()
}

/// The sheets that have other answers to some of `slots`: what was changed, in order, and by how many steps.
fn changed_sheets(sheet: &Responses, slots: &[usize]) -> Vec<(Vec<(usize, usize)>, usize)> {
    let mut found = vec![(Vec::new(), 0)];
    for slot in slots {
        let Answer::Level(now) = sheet.answers[*slot] else { continue };
        let count = questionnaire().slots[*slot].levels.count();
        let others = |(changes, steps): &(Vec<(usize, usize)>, usize)| {
            let changed = (0..count).filter(|answer| *answer != usize::from(now)).map(|answer| {
                let changes = [changes.as_slice(), &[(*slot, answer)]].concat();
                (changes, steps + answer.abs_diff(usize::from(now)))
            });
            [(changes.clone(), *steps)].into_iter().chain(changed).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(others).collect();
    }
    found
}

/// Answers put in place: what is asked only now is skipped.
fn with(sheet: &Responses, changes: &[(usize, usize)]) -> Responses {
    let mut changed = sheet.clone();
    for (slot, answer) in changes {
        changed.answers[*slot] = Answer::Level(*answer as u16);
    }
    let asks = changed.answers[slot("p")].level().map(|level| level >= 3);
    let own = &mut changed.answers[slot("q")];
    match (asks, *own) {
        (Some(true), Answer::Missing(Missing::NotShown)) => *own = Answer::Missing(Missing::Skipped),
        (Some(false), _) => *own = Answer::Missing(Missing::NotShown),
        _ => {}
    }
    changed
}

/// What is reported of a sheet, if it is a signal that may be told.
fn reported(row: RowView<'_>) -> Option<usize> {
    let RowView::Assessed(row) = row else { return None };
    match (row.signal(), row.reason()) {
        (_, Some(Reason::Engine(EngineReason::HeldBack | EngineReason::Contradictory))) => None,
        (Signal::Declared(signal), _) => Some(signal),
        _ => None,
    }
}

/// Slots and the levels they get.
type Levels = Vec<(usize, usize)>;

/// The changes that a search through all changed sheets finds. None if the sheet is not one that is told about.
fn searched(ruleset: &Ruleset, sheet: &Responses, question: &FlipQuestion) -> Option<Vec<(usize, Levels)>> {
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let may_change = ["a", "b", "n", "p", "q"].map(slot);
    let may_change: Vec<usize> = may_change.into_iter().filter(|slot| !question.frozen.contains(slot)).collect();
    let all = changed_sheets(sheet, &may_change);
    let mut block = AnswerBlock::new(questionnaire(), Form::Short, SafetyBlock::Answered);
    for (changes, _) in &all {
        block.push(Role::Hurt, &with(sheet, changes).answers);
    }
    let assessed = assess_block(ruleset, &block).unwrap();
    let RowView::Assessed(row) = assessed.row(0) else { panic!("nothing is flagged here") };
    let now = reported(assessed.row(0));
    if ruleset.kind == Kind::Assessment {
        now?;
    }
    // A flag of a rule is never taken away by a change.
    let flag = variant.rules.iter().position(Rule::raises_flag);
    let raised = flag.is_some_and(|rule| row.rule(rule) != RuleOutcome::NotFired);
    let is_target = |signal: usize| {
        let id = variant.signals[signal].id.as_str();
        Some(signal) != now && question.to.as_deref().is_none_or(|to| to == id) && !(raised && id == "keep_going")
    };
    let mut found = Vec::new();
    for (row, (changes, steps)) in all.iter().enumerate() {
        let brings_up = with(sheet, changes).answers[slot("q")].is_unknown() && !sheet.answers[slot("q")].is_unknown();
        if ruleset.kind == Kind::Study && brings_up {
            continue;
        }
        if let Some(signal) = reported(assessed.row(row)).filter(|signal| is_target(*signal)) {
            let slots: Vec<usize> = changes.iter().map(|(slot, _)| *slot).collect();
            found.push((changes.len(), *steps, slots, changes.clone(), signal));
        }
    }
    found.sort();
    let mut told: Vec<(Vec<usize>, usize, Levels)> = Vec::new();
    for (_, _, slots, changes, signal) in found {
        if told.len() < question.top && !told.iter().any(|(own, ..)| own.iter().all(|slot| slots.contains(slot))) {
            told.push((slots, signal, changes));
        }
    }
    Some(told.into_iter().map(|(_, signal, changes)| (signal, changes)).collect())
}

/// Compares; returns how many changes there were, or why none is told.
#[track_caller]
fn compare(ruleset: &Ruleset, sheet: &Responses, question: &FlipQuestion, rules: &str) -> Result<usize, Untold> {
    let expected = searched(ruleset, sheet, question);
    let flips = flips(ruleset, sheet, question).unwrap();
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let label = |(slot, answer): &(usize, usize)| {
        let slot = &questionnaire().slots[*slot];
        (slot.id.clone(), slot.levels.label(*answer))
    };
    let said = || format!("{rules}\n{:?}\n{question:?}", sheet.answers);
    match &flips.found {
        Ok(found) => {
            let found: Vec<_> = found
                .iter()
                .map(|flip| {
                    let changes = flip.changes.iter().map(|change| (change.id.clone(), change.to.clone()));
                    (flip.to.id.clone().unwrap(), changes.collect::<Vec<_>>())
                })
                .collect();
            let expected: Vec<_> = expected
                .unwrap_or_else(|| panic!("told too much: {}", said()))
                .iter()
                .map(|(signal, changes)| (variant.signals[*signal].id.clone(), changes.iter().map(label).collect()))
                .collect();
            assert_eq!(found, expected, "{}", said());
            Ok(found.len())
        }
        Err(Untold::Safety | Untold::Already) => {
            assert!(expected.is_some_and(|expected| expected.is_empty()), "{}", said());
            Err(Untold::Already)
        }
        Err(why) => {
            assert!(expected.is_none() || *why == Untold::OpenAnswers, "{why:?} {}", said());
            Err(*why)
        }
    }
}

fn question(to: Option<&str>, frozen: &[&str], top: usize) -> FlipQuestion {
    let frozen = frozen.iter().map(|id| slot(id)).collect();
    FlipQuestion { to: to.map(str::to_owned), frozen, top, budget: 1_000_000 }
}

#[test]
fn the_smallest_changes_equal_those_of_a_search_through_all_sheets() {
    let mut draw = Draw(7);
    let (mut told, mut sizes) = (BTreeSet::new(), BTreeSet::new());
    for number in 0..200 {
        let rules = draw.rules(RULES);
        let ruleset = ruleset(&rules);
        for missing in [0, 0, 2] {
            let sheet = drawn(&mut draw, missing);
            let to = [None, Some("keep_going"), Some("walk_away"), Some("mixed")][number % 4];
            let frozen: &[&str] = [&[] as &[&str], &["a"], &["p", "n"]][draw.below(3) as usize];
            let question = question(to, frozen, [1, 3, 8][draw.below(3) as usize]);
            match compare(&ruleset, &sheet, &question, &rules) {
                Ok(many) => drop(sizes.insert(many)),
                Err(why) => drop(told.insert(format!("{why:?}"))),
            }
        }
    }
    assert!(sizes.len() >= 4, "{sizes:?}");
    let all = ["Already", "Contradictory", "HeldBack", "NotEnoughAnswered"];
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

/// With fewer of `p`, `q` is not asked; a step back brings it up without an answer, whatever it was before.
#[test]
fn a_question_that_a_step_brings_up_has_no_answer_yet() {
    let (head, _) = RULES.split_once("scale s").unwrap();
    let rules = format!(
        r#"{head}signal keep_going "G" when p <= 2 || q >= 2; signal walk_away "W" when n < 0; signal mixed "M" otherwise;"#
    );
    let ruleset = ruleset(&rules);
    let levels = [2, 1, 3, 4, 4, 0, 1, 2, 0].map(Answer::Level);
    let sheet = sheet(levels.to_vec());
    assert_eq!(compare(&ruleset, &sheet, &question(None, &[], 3), &rules), Ok(2));
    let found = flips(&ruleset, &sheet, &question(None, &[], 1)).unwrap().found.unwrap();
    let Some(Flip { to, changes, steps: 2 }) = found.first() else { panic!("{found:?}") };
    assert_eq!(
        (to.reason.as_deref(), changes.first().map(|change| change.id.as_str())),
        (Some("close_call"), Some("p"))
    );
}

#[test]
fn the_smallest_changes_of_a_study_are_exact_too() {
    let mut draw = Draw(8);
    let (mut many, mut open) = (0, 0);
    for number in 0..60 {
        let rules = draw.rules(STUDY);
        let ruleset = ruleset(&rules);
        for missing in [0, 2] {
            let sheet = drawn(&mut draw, missing);
            let to = [None, Some("low"), Some("high")][number % 3];
            match compare(&ruleset, &sheet, &question(to, &[], 3), &rules) {
                Ok(found) => many += found,
                Err(Untold::OpenAnswers) => open += 1,
                Err(_) => {}
            }
        }
    }
    assert!(many > 60 && open > 10, "{many} {open}");
}

#[test]
fn with_too_few_nodes_nothing_is_claimed() {
    let mut draw = Draw(9);
    let mut over = 0;
    for _ in 0..20 {
        let ruleset = ruleset(&draw.rules(RULES));
        let question = FlipQuestion { budget: 1, ..question(None, &[], 3) };
        let sheet = drawn(&mut draw, 0);
        over += usize::from(flips(&ruleset, &sheet, &question).unwrap().found == Err(Untold::OverBudget));
    }
    assert!(over > 5, "{over}");
}

/// What every fully answered sheet leans to, by the interpreter.
fn leanings(rules: &str) -> Vec<(Vec<Answer>, usize)> {
    let ruleset = ruleset(rules);
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let files = [SourceFile::new("small.rhai", rules)];
    let oracle = Oracle::new(&files, questionnaire(), &ruleset, variant).unwrap();
    let mut sheets: Vec<Vec<Answer>> = vec![Vec::new()];
    for slot in &questionnaire().slots {
        let item = questionnaire().item_of(slot).unwrap();
        let count = if item.block { 1 } else { slot.levels.count() as u16 };
        let mut answers: Vec<Answer> = (0..count).map(Answer::Level).collect();
        if item.offers_not_applicable {
            answers.push(Answer::Missing(Missing::NotApplicable));
        }
        sheets = sheets.iter().flat_map(|sheet| answers.iter().map(|a| [sheet.as_slice(), &[*a]].concat())).collect();
    }
    let mut sheets: Vec<Vec<Answer>> = sheets.into_iter().map(|answers| sheet(answers).answers).collect();
    sheets.sort();
    sheets.dedup();
    let none = Finding::default();
    let lean = |sheet: &Vec<Answer>| oracle.sheet(sheet, &none, usize::MAX).unwrap().signal.flatten().unwrap();
    sheets.into_iter().map(|sheet| (sheet.clone(), lean(&sheet))).collect()
}

#[test]
fn the_answers_that_force_it_do_and_none_of_them_can_be_left_out() {
    let mut draw = Draw(10);
    let mut sizes = BTreeSet::new();
    for _ in 0..2 {
        let rules = draw.rules(RULES);
        let (ruleset, all) = (ruleset(&rules), leanings(&rules));
        for missing in [0, 0, 0, 0, 0, 0, 1, 1] {
            let sheet = drawn(&mut draw, missing);
            let why = why(&ruleset, &sheet).unwrap();
            let (Ok(forcing), Assessment::Read(reading)) = (&why.found, &why.assessment) else { continue };
            let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
            let now = variant.signals.iter().position(|own| Some(&own.id) == reading.signal.id.as_ref()).unwrap();
            let slots: Vec<usize> = forcing.answers.iter().map(|read| slot(&read.id)).collect();
            let others = |slots: &[usize]| {
                let has = |own: &Vec<Answer>| slots.iter().all(|slot| own[*slot] == sheet.answers[*slot]);
                all.iter().any(|(own, lean)| has(own) && *lean != now)
            };
            assert!(!others(&slots), "{rules}\n{:?}\n{slots:?}", sheet.answers);
            for left_out in &slots {
                let rest: Vec<usize> = slots.iter().copied().filter(|slot| slot != left_out).collect();
                assert!(others(&rest), "{rules}\n{:?}\n{slots:?} without {left_out}", sheet.answers);
            }
            sizes.insert(slots.len());
        }
    }
    assert!(sizes.len() >= 3, "{sizes:?}");
}
