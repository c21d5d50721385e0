use super::*;
use crate::diagnostic::SourceFile;

const YES_NO: &str = r#"[{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]"#;
const OFTEN: &str = r#"[{"value": 0, "label": "0"}, {"value": 1, "label": "1"}, {"value": 2, "label": "2"}, {"value": 3, "label": "3"}, {"value": 4, "label": "4"}]"#;

fn questionnaire(items: &[String]) -> Questionnaire {
    let text = format!(
        r#"{{"format": "bearings/questionnaire@1", "id": "q", "version": "1", "title": "t", "description": "d", "source": "s",
            "licence": "l", "option_lists": {{"yes_no": {YES_NO}, "often": {OFTEN}}}, "items": [{}]}}"#,
        items.join(",\n")
    );
    Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
}

fn choice(id: &str, options: &str, more: &str) -> String {
    format!(r#"{{"id": "{id}", "kind": "choice", "text": "?", "options": {options}{more}}}"#)
}

fn hard(id: &str) -> String {
    choice(id, r#""yes_no""#, r#", "block": true, "safety": {"tier": "hard"}"#)
}

fn soft(id: &str) -> String {
    choice(id, r#""yes_no""#, r#", "block": true, "safety": {"tier": "soft"}"#)
}

const HARD: [&str; 6] =
    ["safety_fear", "safety_body", "safety_threat", "safety_touch", "safety_saying_no", "safety_other"];
const SOFT: [&str; 3] = ["safety_watch", "safety_limit", "safety_put_down"];

/// The gate of `domain.md` 7.2 and 12, item by item.
fn full() -> Questionnaire {
    let mut items: Vec<String> = HARD.into_iter().map(hard).chain(SOFT.into_iter().map(soft)).collect();
    items.extend([
        choice(
            "safety_done_by_self",
            r#""yes_no""#,
            r#", "block": true, "safety": {"tier": "soft", "about": "myself"}"#,
        ),
        choice("can_speak_up", r#""often""#, r#", "safety": {"tier": "soft", "op": "<=", "value": 1}"#),
        choice(
            "rules_reach_further",
            r#""often""#,
            r#", "safety": {"tier": "soft", "op": ">=", "value": 3, "and": {"item": "rules_limit_whom", "op": "==", "value": "me"}}"#,
        ),
        choice("rules_limit_whom", r#"[{"value": "me", "label": "me"}, {"value": "both", "label": "both"}]"#, ""),
        r#"{"id": "leaving", "kind": "multi", "text": "?", "options": [{"value": "fear", "label": "f"}, {"value": "home", "label": "h"}]}"#.to_owned(),
        choice(
            "fear_is_of_them",
            r#""yes_no""#,
            r#", "safety": {"tier": "hard", "and": {"item": "leaving.fear", "op": "==", "value": 1}}"#,
        ),
        choice("cannot_relax", r#""often""#, r#", "safety": {"tier": "opens", "op": ">=", "value": 3}"#),
        choice("felt_no_point", r#""often""#, r#", "safety": {"tier": "crisis", "op": ">=", "value": 3}"#),
        choice("effort", r#""often""#, ""),
    ]);
    questionnaire(&items)
}

/// A sheet without any flag.
const CALM: &str = "safety_fear=0 safety_body=0 safety_threat=0 safety_touch=0 safety_saying_no=0 safety_other=0 \
    safety_watch=0 safety_limit=0 safety_put_down=0 safety_done_by_self=0 can_speak_up=3 rules_reach_further=0 \
    rules_limit_whom=both leaving.fear=0 leaving.home=1 fear_is_of_them=not_shown cannot_relax=0 felt_no_point=0 effort=2";

fn find(questionnaire: &Questionnaire, safety: SafetyBlock, written: &str) -> Finding {
    let mut answers = vec![Answer::Missing(Missing::Skipped); questionnaire.slots.len()];
    for word in written.split_whitespace() {
        let (id, value) = word.split_once('=').unwrap();
        let slot = questionnaire.slot(id).unwrap();
        answers[slot] = match Missing::parse(value) {
            Some(reason) => Answer::Missing(reason),
            None => {
                let value = value.parse().map_or_else(|_| OptionValue::Word(value.into()), OptionValue::Number);
                Answer::Level(u16::try_from(questionnaire.slots[slot].levels.level_of(&value).unwrap()).unwrap())
            }
        };
    }
    Gate::new(questionnaire).check(safety, |slot| answers[slot])
}

fn words(finding: &Finding) -> String {
    let mut words = Vec::new();
    words.extend(finding.hard.then(|| "hard".to_owned()));
    words.extend((finding.soft > 0).then(|| format!("soft {}", finding.soft)));
    words.extend(finding.unanswered.then(|| "unanswered".to_owned()));
    words.extend(finding.left_out.then(|| "left out".to_owned()));
    words.extend(finding.own_behaviour.then(|| "own behaviour".to_owned()));
    words.extend(finding.crisis.then(|| "crisis".to_owned()));
    words.join(", ")
}

/// What the gate finds on a calm sheet with some answers changed.
#[track_caller]
fn check(changed: &str, expected: &str) {
    let found = find(&full(), SafetyBlock::Answered, &format!("{CALM} {changed}"));
    assert_eq!(words(&found), expected, "{changed}");
}

#[test]
fn a_calm_sheet_raises_nothing() {
    check("", "");
    assert!(!find(&full(), SafetyBlock::Answered, CALM).flagged());
}

#[test]
fn every_hard_item_alone_is_a_hard_flag() {
    for id in HARD {
        check(&format!("{id}=1"), "hard");
    }
}

#[test]
fn two_soft_items_of_the_block_are_a_hard_flag() {
    for (at, first) in SOFT.into_iter().enumerate() {
        check(&format!("{first}=1"), "soft 1");
        for second in SOFT.into_iter().skip(at + 1) {
            check(&format!("{first}=1 {second}=1"), "hard, soft 2");
        }
    }
}

#[test]
fn what_one_did_oneself_never_adds_up_to_a_hard_flag() {
    check("safety_done_by_self=1", "soft 1, own behaviour");
    check("safety_done_by_self=1 safety_watch=1", "soft 2, own behaviour");
}

#[test]
fn soft_items_outside_of_the_block_never_add_up_to_a_hard_flag() {
    check("can_speak_up=1", "soft 1");
    check("can_speak_up=0", "soft 1");
    check("can_speak_up=2", "");
    check("can_speak_up=0 rules_reach_further=4 rules_limit_whom=me", "soft 2");
    check("can_speak_up=0 safety_watch=1", "soft 2");
}

#[test]
fn a_second_condition_must_hold_as_well() {
    check("rules_reach_further=3 rules_limit_whom=me", "soft 1");
    check("rules_reach_further=2 rules_limit_whom=me", "");
    check("rules_reach_further=4 rules_limit_whom=both", "");
    // Fear, ticked and confirmed.
    check("leaving.fear=1 fear_is_of_them=1", "hard");
    check("leaving.fear=1 fear_is_of_them=0", "");
    check("leaving.fear=0 fear_is_of_them=1", "");
}

#[test]
fn an_unknown_second_condition_is_not_a_no() {
    for missing in ["skipped", "declined", "dont_know"] {
        // The rule itself, and the question that is not answered.
        check(&format!("rules_reach_further=4 rules_limit_whom={missing}"), "soft 2");
        check(&format!("leaving.fear={missing} fear_is_of_them=1"), "soft 1, unanswered");
    }
    check("rules_reach_further=4 rules_limit_whom=not_shown", "");
}

#[test]
fn a_hard_item_that_is_refused_is_a_soft_flag_and_unanswered() {
    for id in HARD.into_iter().chain(["fear_is_of_them"]) {
        check(&format!("{id}=declined"), "soft 1, unanswered");
        check(&format!("{id}=dont_know"), "soft 1, unanswered");
        check(&format!("{id}=skipped"), "unanswered");
        check(&format!("{id}=not_applicable"), "unanswered");
    }
    check("safety_fear=declined safety_body=declined safety_threat=declined", "soft 3, unanswered");
}

#[test]
fn a_hard_item_without_an_answer_is_not_told_apart_from_a_flag_by_any_rule() {
    for missing in ["skipped", "declined", "dont_know", "not_applicable"] {
        assert!(find(&full(), SafetyBlock::Answered, &format!("{CALM} safety_fear={missing}")).flagged(), "{missing}");
    }
}

#[test]
fn any_other_gate_input_without_an_answer_is_a_soft_flag() {
    let others = ["safety_done_by_self", "can_speak_up", "rules_reach_further", "rules_limit_whom", "leaving.fear"];
    for id in SOFT.into_iter().chain(others) {
        for missing in ["skipped", "declined", "dont_know"] {
            check(&format!("{id}={missing}"), "soft 1");
        }
    }
}

#[test]
fn unknown_answers_never_add_up_to_a_hard_flag() {
    check("safety_watch=skipped safety_limit=declined safety_put_down=dont_know", "soft 3");
    check("safety_watch=1 safety_limit=declined safety_put_down=dont_know", "soft 3");
}

#[test]
fn what_was_not_shown_flags_nothing() {
    let hidden: Vec<String> =
        CALM.split_whitespace().map(|word| format!("{}=not_shown", word.split_once('=').unwrap().0)).collect();
    check(&hidden.join(" "), "");
}

#[test]
fn what_opens_the_block_or_shows_the_crisis_line_flags_nothing() {
    check("cannot_relax=4", "");
    check("cannot_relax=declined", "");
    check("felt_no_point=3", "crisis");
    check("felt_no_point=2", "");
    check("felt_no_point=declined", "");
}

#[test]
fn a_skipped_block_is_unanswered_and_never_a_no() {
    check(&CALM.replace("=0", "=skipped"), "soft 6, unanswered");
}

#[test]
fn a_block_that_was_left_out_is_said_and_hides_no_yes() {
    let found = |changed: &str| words(&find(&full(), SafetyBlock::LeftOut, &format!("{CALM} {changed}")));
    assert_eq!(found(""), "left out");
    assert_eq!(found("safety_fear=1"), "hard, left out");
}

#[test]
fn a_questionnaire_without_a_hard_item_is_known() {
    assert!(Gate::new(&full()).has_hard_item());
    let without = Gate::new(&questionnaire(&[soft("safety_watch"), choice("effort", r#""often""#, "")]));
    assert!(!without.has_hard_item());
}

// ---- every answer sheet of a small gate -------------------------------------------------------------------------

const INPUTS: usize = 6;
/// In the order of the questionnaire; a yes of the last is "me".
const SMALL: [&str; INPUTS] =
    ["safety_fear", "safety_watch", "safety_limit", "safety_done_by_self", "rules_reach_further", "rules_limit_whom"];
const NO: usize = 0;
const YES: usize = 1;
const SKIPPED: usize = 2;
/// What an input can hold: no, yes, and each way to have no answer that it can have here.
const CHOICES: usize = 6;

fn small() -> Questionnaire {
    questionnaire(&[
        hard(SMALL[0]),
        soft(SMALL[1]),
        soft(SMALL[2]),
        choice(SMALL[3], r#""yes_no""#, r#", "block": true, "safety": {"tier": "soft", "about": "myself"}"#),
        choice(
            SMALL[4],
            r#""yes_no""#,
            r#", "safety": {"tier": "soft", "and": {"item": "rules_limit_whom", "op": "==", "value": 1}}"#,
        ),
        choice(SMALL[5], r#""yes_no""#, ""),
        choice("effort", r#""often""#, ""),
        choice("cannot_relax", r#""yes_no""#, r#", "safety": {"tier": "opens"}"#),
    ])
}

fn small_sheets() -> impl Iterator<Item = [usize; INPUTS]> {
    (0..CHOICES.pow(INPUTS as u32)).map(|number| {
        let mut rest = number;
        [(); INPUTS].map(|()| {
            let choice = rest % CHOICES;
            rest /= CHOICES;
            choice
        })
    })
}

fn find_small(gate: &Gate, sheet: &[usize; INPUTS], others: Answer) -> Finding {
    gate.check(SafetyBlock::Answered, |slot| match sheet.get(slot) {
        None => others,
        Some(&NO) => Answer::Level(0),
        Some(&YES) => Answer::Level(1),
        Some(&SKIPPED) => Answer::Missing(Missing::Skipped),
        Some(3) => Answer::Missing(Missing::Declined),
        Some(4) => Answer::Missing(Missing::DontKnow),
        Some(_) => Answer::Missing(Missing::NotShown),
    })
}

fn with(sheet: &[usize; INPUTS], input: usize, choice: usize) -> [usize; INPUTS] {
    let mut changed = *sheet;
    changed[input] = choice;
    changed
}

const CALM_OTHERS: Answer = Answer::Level(0);

#[test]
fn a_yes_never_lowers_a_flag_on_any_sheet() {
    let questionnaire = small();
    let gate = Gate::new(&questionnaire);
    for sheet in small_sheets() {
        let before = find_small(&gate, &sheet, CALM_OTHERS);
        for (input, now) in sheet.iter().enumerate() {
            // An unanswered question of a pair counts by itself, also where the other half rules the flag out; its
            // yes may then say less. Every other way to a yes is checked.
            let of_pair = input >= 4;
            if of_pair && *now != NO {
                continue;
            }
            let after = find_small(&gate, &with(&sheet, input, YES), CALM_OTHERS);
            assert!(after.hard >= before.hard, "{sheet:?} {input}");
            assert!(after.flagged() >= before.flagged(), "{sheet:?} {input}");
            assert!(after.hard || after.soft >= before.soft, "{sheet:?} {input}");
            assert!(after.own_behaviour >= before.own_behaviour, "{sheet:?} {input}");
        }
    }
}

#[test]
fn skipping_a_yes_leaves_a_soft_flag_or_an_unanswered_block_on_any_sheet() {
    let questionnaire = small();
    let gate = Gate::new(&questionnaire);
    for sheet in small_sheets() {
        if !find_small(&gate, &sheet, CALM_OTHERS).flagged() {
            continue;
        }
        for (input, now) in sheet.iter().enumerate() {
            if *now == YES {
                let after = find_small(&gate, &with(&sheet, input, SKIPPED), CALM_OTHERS);
                assert!(after.flagged() || after.unanswered, "{sheet:?} {input}");
            }
        }
    }
}

#[test]
fn no_answer_outside_of_the_gate_matters_on_any_sheet() {
    let questionnaire = small();
    let gate = Gate::new(&questionnaire);
    for sheet in small_sheets() {
        let calm = find_small(&gate, &sheet, CALM_OTHERS);
        for others in [Answer::Level(1), Answer::Missing(Missing::Declined), Answer::Missing(Missing::NotShown)] {
            assert_eq!(find_small(&gate, &sheet, others), calm, "{sheet:?}");
        }
    }
}

#[test]
fn a_hard_flag_needs_a_hard_yes_or_two_soft_ones_about_the_other_person() {
    let questionnaire = small();
    let gate = Gate::new(&questionnaire);
    for sheet in small_sheets() {
        let expected = sheet[0] == YES || (sheet[1] == YES && sheet[2] == YES);
        assert_eq!(find_small(&gate, &sheet, CALM_OTHERS).hard, expected, "{sheet:?}");
    }
}

/// One option of a multi item that brings the block forward, and the question that is asked because of it.
fn follow_up() -> Questionnaire {
    questionnaire(&[
        hard("safety_fear"),
        r#"{"id": "leaving", "kind": "multi", "text": "?", "options": [{"value": "fear", "label": "f"}, {"value": "home", "label": "h"}],
            "safety": {"tier": "opens", "option": "fear"}}"#
            .to_owned(),
        choice(
            "fear_is_of_them",
            r#""yes_no""#,
            r#", "block": true, "safety": {"tier": "hard"}, "asked_if": {"item": "leaving.fear", "op": "==", "value": 1}"#,
        ),
    ])
}

#[test]
fn a_follow_up_is_hard_when_it_was_asked_and_says_yes() {
    let questionnaire = follow_up();
    let find =
        |written: &str| find(&questionnaire, SafetyBlock::Answered, &format!("safety_fear=0 leaving.home=1 {written}"));
    assert!(find("leaving.fear=1 fear_is_of_them=1").hard);
    assert_eq!(find("leaving.fear=1 fear_is_of_them=0"), Finding::default());
    assert!(find("leaving.fear=1 fear_is_of_them=skipped").unanswered);
    assert_eq!(find("leaving.fear=0 fear_is_of_them=not_shown"), Finding::default());
    // Said although it was not asked: it counts all the same.
    assert!(find("leaving.fear=0 fear_is_of_them=1").hard);
}

#[test]
fn a_tick_that_was_left_open_is_one_soft_flag_and_its_follow_up_was_not_asked() {
    let questionnaire = follow_up();
    let find =
        |written: &str| find(&questionnaire, SafetyBlock::Answered, &format!("safety_fear=0 leaving.home=1 {written}"));
    let open = find("leaving.fear=skipped fear_is_of_them=skipped");
    assert_eq!(open, Finding { soft: 1, ..Finding::default() });
    // Somebody declined to answer it, so it was asked.
    assert!(find("leaving.fear=skipped fear_is_of_them=declined").unanswered);
}

#[test]
fn only_the_option_that_is_named_is_looked_at() {
    let questionnaire = follow_up();
    let written = "safety_fear=0 leaving.fear=0 leaving.home=skipped fear_is_of_them=not_shown";
    assert_eq!(find(&questionnaire, SafetyBlock::Answered, written), Finding::default());
    let watched = |id: &str| questionnaire.is_watched(&questionnaire.slots[questionnaire.slot(id).unwrap()]);
    assert!(watched("leaving.fear") && !watched("leaving.home"));
}

/// A follow-up of a follow-up: whether the last is asked hangs on the first.
fn chain() -> Questionnaire {
    let asked_if = |item: &str| format!(r#", "asked_if": {{"item": "{item}", "op": "==", "value": 1}}"#);
    questionnaire(&[
        hard("safety_fear"),
        choice("leaving", r#""yes_no""#, ""),
        choice("leaving_fear", r#""yes_no""#, &asked_if("leaving")),
        choice(
            "fear_is_of_them",
            r#""yes_no""#,
            &format!(r#", "block": true, "safety": {{"tier": "hard"}}{}"#, asked_if("leaving_fear")),
        ),
    ])
}

#[test]
fn what_a_follow_up_hangs_on_counts_however_far_above_it_stands() {
    let find = |written: &str| find(&chain(), SafetyBlock::Answered, &format!("safety_fear=0 {written}"));
    assert_eq!(find("leaving=0 leaving_fear=not_shown fear_is_of_them=not_shown"), Finding::default());
    assert_eq!(find("leaving=1 leaving_fear=skipped fear_is_of_them=skipped").soft, 1);
    assert_eq!(find("leaving=skipped leaving_fear=skipped fear_is_of_them=skipped").soft, 1);
}
