//! What is counted is what `assess` says of each sheet; what no sheet can do is what no sheet does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::analysis::tests::Draw;
use crate::assess::{AnswerBlock, RowView, RuleOutcome, Signal, assess_block};
use crate::diagnostic::SourceFile;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::responses::{Answer, Missing, Responses, SafetyBlock};
use crate::ruleset::{LoadOptions, NODE_BUDGET, Ruleset, load};

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
    {"id": "uneasy", "kind": "choice", "text": "u", "safety": {"tier": "soft"}, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
    {"id": "hurt_me", "kind": "choice", "text": "s", "block": true, "safety": {"tier": "hard"}, "options":
      [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]}
  ]}"#;

const HEADINGS: &str = "//! ## Sources\n//! x\n//! ## Published\n//! x\n//! ## Validated\n//! no\n\
                        //! ## Update policy\n//! x\n//! ## Uncertainty\n//! x\n//! ## Funding\n//! x\n";

const ASSESSMENT: &str = r#"
assessment "small" version "1" questionnaire "small" title "Small";
floor core 0.3 source "design choice";
screen contradicts(a, b) source "design choice";
scale s "S" = percent(a * 2, b, -c) need 2;
scale t "T" = percent(b, weeks) need 0.5;
adjust s at_most 50 when a <= 0 && c >= 1 because "x" source "design choice";
aggregate keep_side "K" = mean_of(s, t zero_when c >= 2) need 1;
condition late when weeks >= 2;
condition unread when a >= 1;
sign bad "Bad" present 2;
rule counts "C" when a <= 0 && c >= 2 then sign("bad", 2) source "x";
rule covered_by_counts "D" when a <= 0 && c >= 2 && weeks >= 1 then sign("bad", 1) source "x";
rule cannot_fire "N" when s >= 90 && c >= 1 then sign("bad", 3) source "x";
rule always_fires "A" when t >= 0 || weeks >= 0 then note() source "x";
rule left_open "L" when !answered("weeks") && a >= 2 then note() source "x";
rule raises "F" when d == "me" && weeks >= 4 then flag("look") source "x";
rule under_a_flag "U" when flagged() && late then note() source "x";
overlay o "O" when fired("counts") && !late;
stage one "One" when s < 30;
stage two "Two" when !late || t < 40;
stage beyond "Beyond" when s < 20;
stage three "Three" otherwise;
signal walk_away "W" when signs_present() >= 1 && keep_side < 50;
signal keep_going "G" when stage_is("three") && a >= 1 && level("bad") == 0;
signal mixed "M" otherwise;
reason torn "T" when signs_present() >= 1;
reason slow "S" when t < 50;
reason near "N" when t >= 50;
reason open "O" otherwise;
"#;

const STUDY: &str = r#"
study "small" version "1" questionnaire "small" title "Small";
scale s "S" = percent(a * 2, b, -c) need 2;
condition late when weeks >= 2;
rule heavy "H" when c >= 2 && late then points("load", 2) source "x";
rule light "L" when c >= 1 then points("load", 1) source "x";
rule none_of_it "N" when c >= 2 && d == "me" && a >= 2 && s >= 90 then points("load", 1) source "x";
rule too_little "T" when a <= 0 then points("other", 1) source "x";
stage one "One" when weeks < 2;
stage two "Two" otherwise;
signal much "M" when answered("c") && points_of("load") >= 3;
signal little "L" when answered("c");
signal open "O" otherwise;
"#;

fn small(rules: &str) -> Ruleset {
    let questionnaire = Questionnaire::load(&SourceFile::new("q.json", QUESTIONNAIRE)).unwrap();
    let files = [SourceFile::new("small.rhai", format!("{HEADINGS}{rules}"))];
    let options = LoadOptions::only(Role::Hurt, Form::Short);
    load(&files, &Arc::new(questionnaire), &options).unwrap_or_else(|error| panic!("{:#?}", error.0)).0
}

/// Every sheet; with `unknown` also those on which something is skipped.
fn every_sheet(questionnaire: &Questionnaire, unknown: &[Answer]) -> Vec<Responses> {
    let mut sheets: Vec<Vec<Answer>> = vec![Vec::new()];
    for slot in &questionnaire.slots {
        let item = questionnaire.item_of(slot).unwrap();
        let mut answers: Vec<Answer> = (0..slot.levels.count() as u16).map(Answer::Level).collect();
        answers.extend(unknown);
        if item.offers_not_applicable {
            answers.push(Answer::Missing(Missing::NotApplicable));
        }
        sheets = sheets.iter().flat_map(|sheet| answers.iter().map(|a| [sheet.as_slice(), &[*a]].concat())).collect();
    }
    let sheets: BTreeSet<Vec<Answer>> = sheets
        .into_iter()
        .map(|answers| {
            let mut sheet =
                Responses { form: Form::Short, role: Role::Hurt, bond: None, safety: SafetyBlock::Answered, answers };
            sheet.settle(questionnaire);
            sheet.answers
        })
        .collect();
    let whole =
        |answers| Responses { form: Form::Short, role: Role::Hurt, bond: None, safety: SafetyBlock::Answered, answers };
    sheets.into_iter().map(whole).collect()
}

fn count(ruleset: &Ruleset, sheets: &[Responses]) -> Covered {
    let mut coverage = Coverage::new(ruleset);
    for sheet in sheets {
        coverage.add(sheet).unwrap();
    }
    coverage.finish(Extent::Loaded).unwrap()
}

fn name(covered: &Covered, target: Target) -> String {
    let part = &covered.parts[target.part].part;
    format!("{} {} {}", part.kind.as_str(), part.id, target.shows.as_str())
}

fn block(ruleset: &Ruleset, sheets: &[Responses]) -> AnswerBlock {
    let mut block = AnswerBlock::new(ruleset.questionnaire(), Form::Short, SafetyBlock::Answered);
    for sheet in sheets {
        block.push(sheet.role, &sheet.answers);
    }
    block
}

fn tried<'a>(covered: &'a Covered, kind: PartKind, id: &str) -> &'a Tried {
    covered.parts.iter().find(|tried| tried.part.kind == kind && tried.part.id == id).unwrap()
}

/// Everything that is counted, against `assess` with and without each rule, on every sheet with every gap.
#[track_caller]
fn compare_counts(rules: &str) {
    let ruleset = small(rules);
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let sheets = every_sheet(ruleset.questionnaire(), &[Answer::Missing(Missing::Skipped)]);
    let covered = count(&ruleset, &sheets);
    let assessed = assess_block(&ruleset, &block(&ruleset, &sheets)).unwrap();
    let seen = |at: usize| match assessed.row(at) {
        RowView::Assessed(row) => Some(row),
        RowView::Withheld => None,
    };
    let rows: Vec<_> = (0..sheets.len()).filter_map(seen).collect();
    assert_eq!(covered.sheets, sheets.len() as u64);
    assert_eq!(covered.withheld, (sheets.len() - rows.len()) as u64);
    assert!(covered.withheld > 0 && rows.len() > 1000);
    for (number, rule) in variant.rules.iter().enumerate() {
        let how = |outcome| rows.iter().filter(|row| row.rule(number) == outcome).count() as u64;
        let expected = Ways {
            holds: how(RuleOutcome::Fired),
            fails: how(RuleOutcome::NotFired),
            undecided: how(RuleOutcome::Undecided),
        };
        let own = tried(&covered, PartKind::Rule, &rule.id);
        assert_eq!(own.ways, Some(expected), "{}", rule.id);
        let Some(pivotal) = own.pivotal else { continue };
        let without = ruleset.without_rule(Role::Hurt, Form::Short, number).unwrap();
        let other = assess_block(&without, &block(&ruleset, &sheets)).unwrap();
        let result = |view: RowView<'_>| {
            let RowView::Assessed(row) = view else { return None };
            Some((row.stage(), row.overlays().collect::<Vec<_>>(), row.signal(), row.reason()))
        };
        let differs = (0..sheets.len()).filter(|at| result(assessed.row(*at)) != result(other.row(*at)));
        assert_eq!(pivotal, differs.count() as u64, "{}", rule.id);
    }
    for (number, stage) in variant.stages.iter().enumerate() {
        let reached = rows.iter().filter(|row| row.stage() == Some(number)).count() as u64;
        assert_eq!(tried(&covered, PartKind::Stage, &stage.id).reached, Some(reached), "{}", stage.id);
    }
    for (number, signal) in variant.signals.iter().enumerate() {
        let is_own = |row: &&crate::assess::AssessedRow<'_>| {
            row.signal() == Signal::Declared(number) && !matches!(row.reason(), Some(crate::assess::Reason::Engine(_)))
        };
        let reached = rows.iter().filter(is_own).count() as u64;
        assert_eq!(tried(&covered, PartKind::Signal, &signal.id).reached, Some(reached), "{}", signal.id);
    }
}

#[test]
fn the_counts_are_what_is_assessed_with_and_without_each_rule() {
    compare_counts(ASSESSMENT);
    compare_counts(STUDY);
}

#[test]
fn a_named_condition_counts_like_a_rule_with_the_same_words() {
    let rules = format!("{ASSESSMENT}rule twin \"T\" when weeks >= 2 then note() source \"x\";");
    let ruleset = small(&rules);
    let sheets = every_sheet(ruleset.questionnaire(), &[Answer::Missing(Missing::Skipped)]);
    let covered = count(&ruleset, &sheets);
    let (named, twin) = (tried(&covered, PartKind::Condition, "late"), tried(&covered, PartKind::Rule, "twin"));
    assert_eq!(named.ways, twin.ways);
    assert!(named.ways.is_some_and(|ways| ways.holds > 0 && ways.fails > 0 && ways.undecided > 0));
    assert!(!covered.parts.iter().any(|tried| tried.part.id == "unread"), "nothing reads it");
}

/// A target is never left out unless no sheet that answers every question shows it, and never kept unless one does.
#[track_caller]
fn compare_gaps(rules: &str, never: &[&str], only_incomplete: &[&str]) {
    let ruleset = small(rules);
    let whole = count(&ruleset, &every_sheet(ruleset.questionnaire(), &[]));
    let none = count(&ruleset, &[]);
    let on_whole: BTreeMap<Target, u64> = whole.targets().collect();
    let Gaps { gaps: found, sheets } = suggestions(&ruleset, &none, NODE_BUDGET);
    assert_eq!(found.len(), on_whole.len());
    let (mut left_out, mut with_gaps) = (Vec::new(), Vec::new());
    for gap in &found {
        let name = name(&none, gap.target);
        let shown_whole = on_whole[&gap.target] > 0;
        match gap.verdict {
            Reach::Possible if shown_whole => {}
            Reach::Possible => {
                let sheet = sheets.iter().find(|sheet| sheet.covers.contains(&gap.target)).unwrap();
                assert!(sheet.witness.responses.answers.iter().any(|answer| answer.is_unknown()), "{name}");
                with_gaps.push(name);
            }
            Reach::Never => {
                assert!(!shown_whole, "{name}");
                left_out.push(name);
            }
            Reach::OnlyIncomplete | Reach::Unknown => panic!("{name}: {:?}", gap.verdict),
        }
    }
    assert_eq!(left_out, never);
    assert_eq!(with_gaps, only_incomplete);
    assert_eq!(gaps(&ruleset, &none, NODE_BUDGET), found);

    // The sheets show what they are said to show, and together everything that is possible.
    let mut shown = BTreeSet::new();
    for sheet in &sheets {
        let own = count(&ruleset, std::slice::from_ref(&sheet.witness.responses));
        let seen: BTreeSet<Target> = own.targets().filter(|(_, count)| *count > 0).map(|(target, _)| target).collect();
        assert!(sheet.covers.iter().all(|target| seen.contains(target)));
        assert!(!sheet.covers.is_empty());
        shown.extend(seen);
    }
    let possible = found.iter().filter(|gap| gap.verdict == Reach::Possible).map(|gap| gap.target);
    assert_eq!(shown, possible.collect());
    assert!(sheets.len() * 3 < shown.len(), "{} sheets for {} targets", sheets.len(), shown.len());
}

#[test]
fn what_cannot_occur_is_what_no_sheet_shows() {
    compare_gaps(
        ASSESSMENT,
        &[
            "rule covered_by_counts pivotal",
            "rule cannot_fire holds",
            "rule cannot_fire pivotal",
            "rule always_fires fails",
            "stage beyond reached",
            "reason torn reached",
        ],
        &["rule left_open holds", "reason open reached"],
    );
    compare_gaps(
        STUDY,
        &["rule none_of_it holds", "rule none_of_it pivotal", "rule too_little pivotal"],
        &["signal little fails", "signal open reached"],
    );
}

#[test]
fn nothing_is_claimed_past_the_budget() {
    let ruleset = small(ASSESSMENT);
    let none = count(&ruleset, &[]);
    for budget in [0, 1, 40, 200] {
        let found = gaps(&ruleset, &none, budget);
        assert_eq!(found.len(), none.targets().count());
        assert!(found.iter().any(|gap| gap.verdict == Reach::Unknown), "{budget}");
        let exact: BTreeMap<Target, Reach> =
            gaps(&ruleset, &none, NODE_BUDGET).into_iter().map(|gap| (gap.target, gap.verdict)).collect();
        for gap in found.iter().filter(|gap| gap.verdict != Reach::Unknown) {
            assert_eq!(gap.verdict, exact[&gap.target], "{budget}: {}", name(&none, gap.target));
        }
    }
}

/// Sheets without a flag and without a contradiction, unless that is what they are to show.
#[test]
fn a_suggested_sheet_is_a_calm_one() {
    let ruleset = small(ASSESSMENT);
    let none = count(&ruleset, &[]);
    let sheets = suggestions(&ruleset, &none, NODE_BUDGET).sheets;
    for sheet in &sheets {
        let names: Vec<String> = sheet.covers.iter().map(|target| name(&none, *target)).collect();
        let assessed =
            assess_block(&ruleset, &block(&ruleset, std::slice::from_ref(&sheet.witness.responses))).unwrap();
        let RowView::Assessed(row) = assessed.row(0) else { panic!("withheld: {names:?}") };
        let needs_a_flag = names.iter().any(|name| name == "rule under_a_flag holds");
        assert_eq!(row.finding().flagged(), needs_a_flag, "{names:?}");
        let contradicts = Some(crate::assess::Reason::Engine(crate::assess::EngineReason::Contradictory));
        assert_ne!(row.reason(), contradicts, "{names:?}");
    }
}

#[test]
fn who_is_both_is_read_as_each_and_has_one_signal() {
    let (questionnaire, files) = crate::tests::trust_repair();
    let options =
        LoadOptions { variants: vec![(Role::Hurt, Form::Short), (Role::Broke, Form::Short)], ..LoadOptions::all() };
    let (ruleset, _) = load(&files, &questionnaire, &options).unwrap();
    let mut draw = Draw(11);
    let sheets: Vec<Responses> = (0..400)
        .map(|row| {
            let answers = questionnaire.slots.iter().map(|slot| {
                let item = questionnaire.item_of(slot).unwrap();
                if item.block || item.safety.is_some() || item.id == "under_18" {
                    return Answer::Level(0);
                }
                let level = |draw: &mut Draw| draw.below(slot.levels.count() as u32) as u16;
                let (one, other) = (level(&mut draw), level(&mut draw));
                // Half of the sheets lean to the good side, so that some of them are held back by the own part.
                Answer::Level(match item.direction {
                    Some(crate::questionnaire::Direction::Supports) if row % 2 == 0 => one.max(other),
                    Some(crate::questionnaire::Direction::Concern) if row % 2 == 0 => one.min(other),
                    _ => one,
                })
            });
            let answers = answers.collect();
            let mut sheet =
                Responses { form: Form::Short, role: Role::Both, bond: None, safety: SafetyBlock::Answered, answers };
            sheet.settle(&questionnaire);
            sheet
        })
        .collect();
    let covered = count(&ruleset, &sheets);
    let assessed = assess_block(&ruleset, &block(&ruleset, &sheets)).unwrap();
    let mut fired: BTreeMap<String, u64> = BTreeMap::new();
    let mut signals: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen = 0;
    for at in 0..sheets.len() {
        let RowView::Assessed(row) = assessed.row(at) else { continue };
        seen += 1;
        for (view, role) in [(row, Role::Hurt), (row.own_part().unwrap(), Role::Broke)] {
            let variant = ruleset.variant(role, Form::Short).unwrap();
            for (number, rule) in variant.rules.iter().enumerate() {
                *fired.entry(rule.id.clone()).or_default() += u64::from(view.rule(number) == RuleOutcome::Fired);
            }
        }
        if let (Signal::Declared(signal), None | Some(crate::assess::Reason::Declared(_))) =
            (row.signal(), row.reason())
        {
            let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
            *signals.entry(variant.signals[signal].id.clone()).or_default() += 1;
        }
    }
    assert!(seen > 300, "{seen}");
    assert_eq!(covered.sheets - covered.withheld, seen);
    for tried in covered.parts.iter().filter(|tried| tried.part.kind == PartKind::Rule) {
        assert_eq!(tried.ways.unwrap().holds, fired[&tried.part.id], "{}", tried.part.id);
    }
    for tried in covered.parts.iter().filter(|tried| tried.part.kind == PartKind::Signal) {
        assert_eq!(tried.reached, Some(signals.get(&tried.part.id).copied().unwrap_or(0)), "{}", tried.part.id);
    }
}
