//! What rules mean, seen through `assess`.

use super::*;

// ---- what rules mean --------------------------------------------------------------------------------------------

const SCALES: &str = "scale x = percent(a, b, e);\nscale y = percent(f, g, h);\nscale exact = percent(thousand) need 1;\n\
    scale total = sum(a, b, e);\nscale part = sum(a, b, e) prorate;\nscale rated = mean(a, b, visits);\n";

/// Answers as `a=2 b=? visits=- breach=lie`: a value, skipped, or does not apply. What is not named is skipped.
fn given(written: &str) -> BTreeMap<String, Result<OptionValue, Missing>> {
    written
        .split_whitespace()
        .map(|pair| {
            let (id, value) = pair.split_once('=').unwrap();
            let value = match value {
                "?" => Err(Missing::Skipped),
                "-" => Err(Missing::NotApplicable),
                word => Ok(word.parse().map_or_else(|_| OptionValue::Word(word.into()), OptionValue::Number)),
            };
            (id.to_owned(), value)
        })
        .collect()
}

#[track_caller]
fn reading_with(body: &str, set: &[(&str, &str)], answers: &str) -> Reading {
    let (ruleset, _) = load_with(STUDY, body, set).unwrap_or_else(|LoadError(problems)| panic!("{problems:#?}"));
    let calm = format!("safety_fear=0 safety_watch=0 {answers}");
    let (responses, _) =
        responses_from(&questionnaire(), Form::Short, Role::Hurt, SafetyBlock::Answered, &given(&calm)).unwrap();
    match assess(&ruleset, &responses).unwrap() {
        Assessment::Read(reading) => *reading,
        Assessment::Withheld(_) => panic!("nothing is flagged here"),
    }
}

#[track_caller]
fn reading(body: &str, answers: &str) -> Reading {
    reading_with(body, &[], answers)
}

/// What a rule with this condition does on these answers.
#[track_caller]
fn check_rule(condition: &str, answers: &str, expected: &str) {
    let found = reading(&format!("{SCALES}rule r when {condition} then note();"), answers);
    assert_eq!(found.rules[0].outcome, expected, "{condition} on {answers}");
}

fn score(reading: &Reading, id: &str) -> Option<f64> {
    reading.scores.iter().find(|score| score.id == id).unwrap().value
}

#[test]
fn scores_are_compared_exactly() {
    // 10/12 and 7/12: 83.33... and 58.33...
    let answers = "a=5 b=5 e=3 f=5 g=4 h=1";
    check_rule("x - y >= 25", answers, "fired");
    check_rule("x - y > 25", answers, "not_fired");
    check_rule("x - y == 25", answers, "fired");
    check_rule("25 <= x - y", answers, "fired");
    check_rule("y - x <= -25", answers, "fired");
    check_rule("x >= y + 25", answers, "fired");
    check_rule("2 * x - 2 * y < 50", answers, "not_fired");
    check_rule("(x - y) / 2 == 12.5", answers, "fired");
}

#[test]
fn division_of_whole_numbers_is_exact() {
    check_rule("a >= 1 && 5 / 2 >= 2.5", "a=3", "fired");
    check_rule("a >= 1 && 5 / 2 > 2.5", "a=3", "not_fired");
    check_rule("a >= 1 && 5 / 2 == 2", "a=3", "not_fired");
    check_rule("a / 2 == 1.5", "a=3", "fired");
    check_rule("(a + b) / 2 >= 3.5", "a=3 b=4", "fired");
    check_rule("a / 3 * 3 == a", "a=5", "fired");
}

#[test]
fn a_decimal_is_the_number_it_prints_as() {
    check_rule("exact == 66.7", "thousand=667", "fired");
    check_rule("exact > 66.7", "thousand=667", "not_fired");
    check_rule("exact >= 66.7", "thousand=666", "not_fired");
    // 8/12 is 66.66..., which is less than 66.7 and more than 66.6.
    check_rule("x >= 66.7", "a=5 b=5 e=1", "not_fired");
    check_rule("x > 66.666666", "a=5 b=5 e=1", "fired");
    check_rule("a >= 1 && 0.1 + 0.2 == 0.3", "a=3", "fired");
}

#[test]
fn a_condition_is_decided_only_if_all_values_agree() {
    for condition in ["a <= 2 && b >= 4", "b >= 4 && a <= 2"] {
        check_rule(condition, "a=5 b=?", "not_fired");
        check_rule(condition, "a=1 b=?", "undecided");
        check_rule(condition, "a=? b=4", "undecided");
        check_rule(condition, "a=? b=3", "not_fired");
        check_rule(condition, "a=2 b=4", "fired");
    }
    for condition in ["a <= 2 || b >= 4", "b >= 4 || a <= 2"] {
        check_rule(condition, "a=1 b=?", "fired");
        check_rule(condition, "a=5 b=?", "undecided");
    }
}

#[test]
fn several_unknowns_agree_or_do_not() {
    check_rule("a >= 3 || a <= 2 || b >= 2", "a=? b=?", "fired");
    check_rule("a >= b || a < b", "a=? b=?", "fired");
    check_rule("a >= b && a < b", "a=? b=?", "not_fired");
    check_rule("a + b >= 2", "a=? b=?", "fired");
    check_rule("a + b >= 3", "a=? b=?", "undecided");
    check_rule("a + b >= 11 || e >= 2", "a=? b=? e=1", "not_fired");
    check_rule("a == 1 && b == 1 || a != 1 || b != 1", "a=? b=?", "fired");
}

#[test]
fn unknown_scales_that_stand_in_several_comparisons_move_together() {
    check_rule("x >= 50 || x < 50", "f=1", "fired");
    check_rule("x - y >= 10 && y - x >= 10", "a=?", "not_fired");
    check_rule("x >= 60 && x - y >= 10 && y >= 60", "f=5 g=5 h=5", "not_fired");
    check_rule("x - y >= 10 || x - y < 10", "a=?", "fired");
    check_rule("x >= 60", "a=?", "undecided");
}

#[test]
fn what_does_not_apply_makes_a_comparison_false() {
    for comparison in ["visits >= 1", "visits <= 5", "visits == 3", "visits != 3", "visits + a >= 2", "a - visits <= 9"]
    {
        check_rule(comparison, "a=3 visits=-", "not_fired");
        check_rule(&format!("!({comparison})"), "a=3 visits=-", "fired");
    }
    check_rule("visits >= calls", "visits=- calls=-", "not_fired");
    check_rule("answered(\"visits\")", "visits=-", "not_fired");
    check_rule("answered(\"visits\")", "visits=?", "not_fired");
    check_rule("answered(\"visits\")", "visits=1", "fired");
    check_rule("!answered(\"visits\") || visits >= 3", "visits=-", "fired");
}

#[test]
fn a_negative_of_what_does_not_apply_has_no_value_either() {
    check_rule("-visits <= 0", "visits=-", "not_fired");
    check_rule("5 + -visits >= 1", "visits=2", "fired");
}

#[test]
fn an_unknown_item_is_never_taken_for_one_that_does_not_apply() {
    check_rule("visits >= 1", "visits=?", "fired");
    check_rule("visits >= 3", "visits=?", "undecided");
}

#[test]
fn an_item_that_may_not_have_been_asked_can_turn_out_so() {
    // `more` is asked if a is at least 3.
    check_rule("more >= 1", "a=? more=?", "undecided");
    check_rule("more >= 1", "a=4 more=?", "fired");
    check_rule("more >= 1", "a=1", "not_fired");
    check_rule("more >= 6 || a >= 1", "a=? more=?", "fired");
}

#[test]
fn an_item_outside_of_the_form_has_no_value() {
    check_rule("deep >= 1 || a >= 4", "a=3", "not_fired");
    check_rule("!answered(\"deep\") && a >= 1", "a=3", "fired");
    // A rule about nothing else is left out.
    let found = reading("rule r when deep >= 3 then note();\nrule s when a >= 3 then note();", "a=3");
    assert_eq!(found.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["s"]);
}

#[test]
fn half_of_three_is_two() {
    let found = |answers| score(&reading(SCALES, answers), "x");
    assert_eq!(found("a=5 b=?"), None);
    assert_eq!(found("a=5 b=4"), Some(87.5));
    let read = reading(SCALES, "a=5 b=4");
    let x = read.scores.iter().find(|score| score.id == "x").unwrap();
    assert_eq!((x.answered, x.of, x.prorated), (2, 3, true));
    assert_eq!(x.missing.iter().map(|item| (item.id.as_str(), item.reason)).collect::<Vec<_>>(), [("e", "skipped")]);
    // What does not apply is not asked: half of two is one.
    assert_eq!(score(&reading(SCALES, "a=4 visits=-"), "rated"), Some(4.0));
    assert_eq!(score(&reading(SCALES, "a=4 visits=?"), "rated"), None);
}

#[test]
fn a_sum_needs_all_unless_it_may_be_prorated() {
    let found = reading(SCALES, "a=5 b=4");
    assert_eq!((score(&found, "total"), score(&found, "part")), (None, Some(13.5)));
    let found = reading(SCALES, "a=5 b=4 e=1");
    assert_eq!((score(&found, "total"), score(&found, "part")), (Some(10.0), Some(10.0)));
}

#[test]
fn a_score_with_its_minimum_is_a_value_for_rules() {
    check_rule("x >= 87.5", "a=5 b=4", "fired");
    check_rule("x >= 88", "a=5 b=4", "not_fired");
    check_rule("answered(\"x\")", "a=5 b=4", "fired");
    check_rule("answered(\"x\")", "a=5", "not_fired");
    check_rule("!answered(\"x\") || x >= 60", "a=5", "fired");
}

#[test]
fn counts_are_values_over_what_was_answered() {
    check_rule("count_at_least(\"x\", 4) >= 2", "a=5 b=4", "fired");
    check_rule("count_at_least(\"x\", 4) >= 2", "a=5 b=?", "not_fired");
    check_rule("count_at_most(\"x\", 2) == 0", "a=5", "fired");
    check_rule("count_at_most(\"x\", 2) >= 1", "a=5 b=2 e=1", "fired");
    // A reversed item counts with its keyed value.
    let body = "scale s = percent(-a, -b);\nrule r when count_at_least(\"s\", 4) == 2 then note();";
    assert_eq!(reading(body, "a=1 b=2").rules[0].outcome, "fired");
}

#[test]
fn an_adjustment_bounds_and_an_undecided_one_is_cautious() {
    let body = format!(
        "{SCALES}scale risk concern = percent(a, b, e);\nadjust x at_most 50 when f >= 4;\nadjust risk at_least 80 when f >= 4;\n\
         rule low when x <= 60 then note();\nrule under when x <= 90 then note();"
    );
    let outcomes = |found: &Reading| found.rules.iter().map(|rule| rule.outcome).collect::<Vec<_>>();
    let holds = reading(&body, "a=5 b=4 e=1 f=4");
    assert_eq!((score(&holds, "x"), score(&holds, "risk")), (Some(50.0), Some(80.0)));
    assert_eq!(outcomes(&holds), ["fired", "fired"]);
    let x = |found: &Reading| found.scores.iter().find(|score| score.id == "x").unwrap().clone();
    assert!((x(&holds).raw.unwrap() - 58.333_333_333_333).abs() < 1e-9 && !x(&holds).cautious);
    // 5, 4 and 4 are 83.33...: without the adjustment `low` does not fire, with it does; `under` fires either way.
    let open = reading(&body, "a=5 b=4 e=4 f=?");
    assert_eq!(score(&open, "x"), Some(50.0), "the lower one of a good scale");
    assert!(x(&open).cautious);
    assert_eq!(outcomes(&open), ["undecided", "fired"]);
    assert_eq!(score(&open, "risk").map(f64::round), Some(83.0), "83.33 is above the bound, so there is only one");
    let open = reading(&body, "a=2 b=1 e=1 f=?");
    assert_eq!(score(&open, "risk"), Some(80.0), "the higher one of a concern");
    assert_eq!(score(&open, "x").map(f64::round), Some(8.0));
    assert!(!x(&open).cautious);
    assert_eq!(outcomes(&open), ["fired", "fired"]);
}

#[test]
fn an_aggregate_can_void_a_part() {
    let body = format!(
        "{SCALES}aggregate m = mean_of(x zero_when f >= 4, y) need 2;\nrule r when m >= 50 then note() because \"{{m}}\";\nrule s when m >= 40 then note();"
    );
    let found = |answers| {
        let read = reading(&body, answers);
        (read.rules[0].outcome, read.rules[1].outcome)
    };
    // x is 100, y is 25 or more.
    assert_eq!(found("a=5 b=5 e=5 f=1 g=2 h=3"), ("fired", "fired"));
    assert_eq!(found("a=5 b=5 e=5 f=4 g=5 h=4"), ("not_fired", "fired"));
    assert_eq!(found("a=5 b=5 e=5 f=5 g=5 h=5"), ("fired", "fired"));
    // f is unknown: x counts as zero, y is prorated from g and h.
    assert_eq!(found("a=5 b=5 e=5 f=? g=4 h=4"), ("not_fired", "not_fired"));
    // Both parts are needed.
    assert_eq!(found("a=5 b=5 e=5"), ("undecided", "undecided"));
}

#[test]
fn points_and_levels_are_those_of_the_rules_that_fired() {
    let body = "sign most present 2;\nsign added adds present 2;\n\
        rule one when a >= 2 then sign(\"most\", 1), sign(\"added\", 2), points(\"keep\", 3);\n\
        rule two when b >= 2 then sign(\"most\", 2), sign(\"added\", 2), points(\"keep\", -5);\n\
        overlay both when signs_present() == 2;\noverlay three when level(\"added\") == 3;\n\
        stage minus when points_of(\"keep\") == -2;\nstage plus when points_of(\"keep\") >= 1;\nstage none otherwise;";
    let found = |answers| {
        let read = reading(body, answers);
        (
            (read.signs["most"], read.signs["added"], read.points["keep"]),
            read.overlays.iter().map(|overlay| overlay.id.clone()).collect::<Vec<_>>().join(" "),
            read.stage.map(|stage| stage.id).unwrap_or_default(),
        )
    };
    assert_eq!(found("a=2 b=2"), ((2, 3, -2), "both three".into(), "minus".into()));
    assert_eq!(found("a=2 b=1"), ((1, 2, 3), String::new(), "plus".into()));
    assert_eq!(found("a=1 b=1"), ((0, 0, 0), String::new(), "none".into()));
    // An undecided rule contributes nothing.
    assert_eq!(found("a=2 b=?"), ((1, 2, 3), String::new(), "plus".into()));
}

#[test]
fn an_undecided_rule_is_listed_with_what_would_decide_it() {
    let found = reading("rule r when a <= 2 && b >= 4 then note();\noverlay o when fired(\"r\");", "a=1 b=?");
    assert_eq!((found.rules[0].outcome, found.rules[0].needs.as_slice()), ("undecided", &["b".to_owned()][..]));
    assert!(found.overlays.is_empty());
}

#[test]
fn the_first_stage_that_holds_is_the_stage() {
    let body = "stage first when a >= 4;\nstage second when b >= 2;\nstage third otherwise;";
    let found = |answers| reading(body, answers).stage.map(|stage| stage.id);
    assert_eq!(found("a=4 b=5"), Some("first".into()));
    assert_eq!(found("a=3 b=5"), Some("second".into()));
    assert_eq!(found("a=3 b=1"), Some("third".into()));
    assert_eq!(found("a=4 b=?"), Some("first".into()), "what stands below is not looked at");
    assert_eq!(found("a=? b=5"), None, "an undecided rung stops the ladder");
    assert_eq!(found("a=3 b=?"), None);
    let open = "stage first when a >= 4;";
    assert!(reading(open, "a=3").stage.is_none(), "a ladder may end without a match");
}

#[test]
fn a_study_reads_its_signal_as_it_reads_its_stage() {
    let body = "signal first \"First\" when a >= 4;\nsignal second \"Second\" otherwise;";
    let found = |answers| {
        let signal = reading(body, answers).signal;
        (signal.id.unwrap_or_default(), signal.reason.unwrap_or_default())
    };
    assert_eq!(found("a=4"), ("first".into(), String::new()));
    assert_eq!(found("a=3"), ("second".into(), String::new()));
    assert_eq!(found("a=?"), (String::new(), "undecided".into()));
}

#[test]
fn a_parameter_changes_the_result_and_is_told() {
    let body = "param wait = 8 from 2 to 52 source \"x\";\nparam share = 1.5 from 1 to 3 source \"x\";\n\
        rule r when weeks >= wait * share then note();";
    let found = |set: &[(&str, &str)], weeks: i64| reading_with(body, set, &format!("weeks={weeks}")).rules[0].outcome;
    assert_eq!((found(&[], 11), found(&[], 12)), ("not_fired", "fired"));
    assert_eq!((found(&[("wait", "20")], 29), found(&[("wait", "20")], 30)), ("not_fired", "fired"));
    assert_eq!(found(&[("share", "1")], 8), "fired");
    let read = reading_with(body, &[("wait", "20")], "weeks=1");
    assert_eq!(read.provenance.params["wait"], "20");
    assert_eq!(read.provenance.params["share"], "1.5");
}

#[test]
fn a_sentence_says_what_was_answered() {
    let body = format!(
        "{SCALES}param wait = 8 from 2 to 52 source \"x\";\nsign effort present 2;\n\
         rule r \"A title\" when a >= 2 && weeks >= wait then sign(\"effort\", 2)\n\
         because \"You said {{a}}, {{weeks}} of {{wait}}, {{x}} and {{effort}}; {{bond}}; {{{{not this}}; {{visits}}.\";"
    );
    let says = |answers| reading(&body, answers).rules[0].says.clone();
    assert_eq!(
        says("a=4 b=5 weeks=9 bond_kind=friend visits=-"),
        "You said four, 9 weeks of 8, 88 and 2; your friend; {not this}; does not apply."
    );
    assert_eq!(says("a=1 weeks=9"), "A title", "a rule that did not fire says its title");
}

#[test]
fn a_sentence_says_what_was_ticked_or_why_that_is_not_known() {
    let body = "rule r when a >= 2 then note() because \"You ticked: {ties}.\";";
    let says = |ties: &str| reading(body, &format!("a=4 {ties}")).rules[0].says.clone();
    assert_eq!(says("ties.home=1 ties.kids=1"), "You ticked: h, k.");
    assert_eq!(says("ties.home=0 ties.kids=1"), "You ticked: k.");
    assert_eq!(says("ties.home=0 ties.kids=0"), "You ticked: none of these.");
    assert_eq!(says(""), "You ticked: left open.");
    assert_eq!(says("ties.home=0"), "You ticked: left open.");
}

#[test]
fn a_helper_and_a_constant_are_read_like_what_they_stand_for() {
    let body = "const LOW = 2;\nfn low(x, most) { x <= most }\nrule r when low(a, LOW) then note();";
    assert_eq!(reading(body, "a=2").rules[0].outcome, "fired");
    assert_eq!(reading(body, "a=3").rules[0].outcome, "not_fired");
    assert_eq!(reading(body, "a=?").rules[0].outcome, "undecided");
}

#[test]
fn a_trace_names_the_file_and_line() {
    let found = reading("\n\nrule r when a >= 2 then note();", "a=1");
    assert_eq!(found.rules[0].at, "body.rhai:3");
    assert_eq!(found.rules[0].reads.iter().map(|read| read.id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(found.rules[0].distance.as_ref().map(|distance| distance.steps), Some(1));
}

#[test]
fn a_study_gives_no_signal_either_where_the_safety_page_was_left_out() {
    let body = "signal leave \"Leave\" when a >= 2;\nsignal rest \"Rest\" otherwise;";
    let (ruleset, _) = load_with(STUDY, body, &[]).unwrap();
    let signal = |safety| {
        let given = given("safety_fear=0 safety_watch=0 a=4");
        let (responses, _) = responses_from(&questionnaire(), Form::Short, Role::Hurt, safety, &given).unwrap();
        let Assessment::Read(reading) = assess(&ruleset, &responses).unwrap() else { panic!("nothing is flagged") };
        (reading.signal.id, reading.signal.reason)
    };
    assert_eq!(signal(SafetyBlock::Answered), (Some("leave".to_owned()), None));
    assert_eq!(signal(SafetyBlock::LeftOut), (None, Some("safety_left_out".to_owned())));
}
