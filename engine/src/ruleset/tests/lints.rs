//! What loads and is probably not meant: each warning with its place, and what is close to it and fine.

use super::*;
use crate::ruleset::lint;

/// The warnings of the lints, and no other, for a text behind a header.
#[track_caller]
fn check_lints(header: &str, body: &str, expected: &[(&str, &str)]) {
    let files = [SourceFile::new("header.rhai", header), SourceFile::new("body.rhai", body)];
    let (ruleset, _) = load(&files, &questionnaire(), &LoadOptions::all())
        .unwrap_or_else(|LoadError(problems)| panic!("it does not load: {problems:#?}"));
    let mut problems = lint(&files, &ruleset);
    // The header of an assessment reads next to nothing of the questionnaire.
    problems.retain(|problem| problem.source == "body.rhai");
    check_diagnostics(&problems, Severity::Warning, body, expected);
}

#[track_caller]
fn check_study(body: &str, expected: &[(&str, &str)]) {
    check_lints(STUDY, body, expected);
}

const SCALES: &str = "scale s \"S\" = percent(a, b, e);\nscale t \"T\" = percent(f, g, h);\n";

/// A rule with this condition, behind two scales.
#[track_caller]
fn check_condition(condition: &str, expected: &[(&str, &str)]) {
    let body = format!("{SCALES}rule r \"R\" when {condition} then note() source \"s\";");
    check_study(&body, expected);
}

#[test]
fn a_comparison_that_comes_out_one_way_only_is_told_beside_others() {
    check_condition("s > 100 || a >= 2", &[("out-of-range 3:17", "no answers make this comparison true: `s > 100`")]);
    check_condition("a >= 2 || !(s >= 0)", &[("out-of-range 3:29", "all answers make")]);
    check_condition("a >= 2 && s - t <= 100", &[("out-of-range 3:27", "`s - t <= 100`")]);
    check_condition("a >= 2 || count_at_least(\"s\", 2) >= 4", &[("out-of-range 3:27", "no answers")]);
    check_condition("a >= 2 && weeks <= 52", &[("out-of-range 3:27", "all answers")]);
    // The same said by a number that can come out, or by a whole condition, which loading tells of.
    check_condition("s >= 100 || a >= 2", &[]);
    check_condition("a >= 2 || count_at_least(\"s\", 2) >= 3", &[]);
    check_condition("s > 100", &[]);
    // Who is not asked has no value, so that it does not hold for everybody.
    check_condition("a >= 2 && (visits <= 5 || b >= 3)", &[]);
}

#[test]
fn levels_of_signs_have_a_range_too() {
    let body = "sign x \"X\" present 2 source \"s\";\nrule r \"R\" when a >= 2 then sign(\"x\", 3) source \"s\";\n";
    let stage =
        |condition: &str| format!("{body}stage q \"Q\" when {condition} source \"s\";\nstage z \"Z\" otherwise;");
    check_study(&stage("level(\"x\") >= 4 || b >= 2"), &[("out-of-range 3:18", "")]);
    check_study(&stage("signs_present() >= 2 || b >= 2"), &[("out-of-range 3:18", "")]);
    check_study(&stage("level(\"x\") >= 3 || signs_present() >= 1"), &[]);
}

#[test]
fn a_parameter_alone_is_no_comparison_of_answers() {
    let body =
        "param p = 3 from 1 to 9 \"p\" source \"s\";\nrule r \"R\" when p >= 2 && a <= 4 then note() source \"s\";";
    check_study(body, &[]);
}

#[test]
fn a_parameter_that_moves_nothing_is_told() {
    let with = |range: &str, condition: &str| {
        let rule = format!("rule r \"R\" when {condition} then note() because \"{{p}}\" source \"s\";");
        format!("param p = 60 from {range} \"p\" source \"s\";\n{rule}")
    };
    check_study(&with("55 to 90", "weeks < p && a >= 2"), &[("idle-parameter 1:7", "`p`"), ("out-of-range 2:17", "")]);
    check_study(&with("10 to 90", "weeks >= p - 20 && a >= 2"), &[]);
    // Read by a sentence only.
    check_study(&with("55 to 90", "a >= 2"), &[("idle-parameter 1:7", "changes nothing")]);
}

#[test]
fn a_rule_in_the_shadow_of_another_is_told() {
    let sign = |how: &str| format!("sign x \"X\" {how} source \"s\";\n");
    let rules = |first: &str, second: &str| {
        format!("rule one \"One\" when {first} source \"s\";\nrule two \"Two\" when {second} source \"s\";")
    };
    let (wide, narrow) = ("a >= 2 then sign(\"x\", 2)", "a >= 4 && b >= 2 then sign(\"x\", 1)");
    let shadowed = |line: &'static str| [(line, "decides nothing")];
    check_study(&format!("{}{}", sign("present 2"), rules(wide, narrow)), &shadowed("shadowed-rule 3:6"));
    check_study(&format!("{}{}", sign("present 2"), rules(narrow, wide)), &shadowed("shadowed-rule 2:6"));
    // Levels that add up, a higher level, and a flag of another name are effects of their own.
    check_study(&format!("{}{}", sign("adds present 2"), rules(wide, narrow)), &[]);
    check_study(&format!("{}{}", sign("present 2"), rules(wide, "a >= 4 then sign(\"x\", 3)")), &[]);
    check_study(&rules("a >= 2 then flag(\"f\")", "a >= 4 then flag(\"f\")"), &shadowed("shadowed-rule 2:6"));
    check_study(&rules("a >= 2 then flag(\"f\")", "a >= 4 then flag(\"g\")"), &[]);
    check_study(&rules("a >= 2 then flag(\"f\")", "a >= 4 || b >= 2 then flag(\"f\")"), &[]);
    // Of two that are alike the later one is told of.
    check_study(&rules("a >= 2 then flag(\"f\")", "a >= 2 then flag(\"f\")"), &shadowed("shadowed-rule 2:6"));
}

#[test]
fn a_condition_that_was_copied_and_not_changed_is_told() {
    let rules = |second: &str| {
        format!("rule one \"One\" when a >= 2 then note() source \"s\";\nrule two \"Two\" when {second} source \"s\";")
    };
    check_study(&rules("a >= 2 then note()"), &[("repeated-condition 2:6", "of `one`")]);
    check_study(&rules("a >= 3 then note()"), &[]);
    check_study(&rules("b >= 2 then note()"), &[]);
    let overlays = "overlay one \"One\" when s >= 60 source \"s\";\noverlay two \"Two\" when s >= 60 source \"s\";";
    check_study(&format!("{SCALES}{overlays}"), &[("repeated-condition 4:9", "the overlay `two`")]);
}

#[test]
fn a_stage_behind_a_wider_one_is_told() {
    let ladder = |first: &str, second: &str| {
        format!(
            "{SCALES}stage one \"One\" when {first} source \"s\";\nstage two \"Two\" when {second} source \"s\";\nstage end \"End\" otherwise;"
        )
    };
    let told = [("shadowed-stage 4:7", "`two` is never reached: `one`")];
    check_study(&ladder("weeks < 20", "weeks < 4"), &told);
    check_study(&ladder("s >= 50 || a >= 4", "s >= 60 && b >= 2"), &told);
    check_study(&ladder("s - t >= 10", "s - t > 20.5 && a >= 2"), &told);
    check_study(&ladder("a >= 2", "a >= 3 && answered(\"s\")"), &told);
    for (first, second) in [("weeks < 4", "weeks < 20"), ("s >= 60", "t >= 60"), ("s >= 50 && a >= 2", "s >= 60")] {
        check_study(&ladder(first, second), &[]);
    }
    let signals = "signal one \"One\" when a >= 2 source \"s\";\nsignal two \"Two\" when a >= 3 source \"s\";";
    check_study(signals, &[("shadowed-stage 2:8", "")]);
}

#[test]
fn a_sign_that_is_never_raised_far_enough_is_told() {
    let rules = "rule one \"One\" when a >= 2 then sign(\"x\", 1) source \"s\";\nrule two \"Two\" when b >= 2 then sign(\"x\", 1) source \"s\";";
    check_study(
        &format!("sign x \"X\" present 2 source \"s\";\n{rules}"),
        &[("unreachable-sign 1:6", "raise it to 1")],
    );
    check_study(&format!("sign x \"X\" adds present 2 source \"s\";\n{rules}"), &[]);
    check_study("sign x \"X\" present 1 source \"s\";", &[("unreachable-sign 1:6", "to 0 at most")]);
}

#[test]
fn a_large_condition_is_told_before_it_is_too_large() {
    // 5^5 = 3,125 of the 5,000 paths; with four items it is 625.
    check_condition("a + b + e + f + g >= 12", &[("many-paths 3:17", "3125 paths")]);
    check_condition("a + b + e + f >= 12", &[]);
}

#[test]
fn numbers_without_a_source_are_told() {
    for (body, expected) in [
        ("rule r \"R\" when a >= 2 then note();", ("missing-source 1:6", "the threshold 2")),
        ("const c = 3;\nrule r \"R\" when a >= c then note();", ("missing-source 1:7", "the constant `c`")),
        ("condition c when 4 <= a;\nrule r \"R\" when c then note();", ("missing-source 1:11", "the threshold 4")),
        ("overlay o \"O\" when a >= 2;", ("missing-source 1:9", "the threshold 2")),
        ("stage q \"Q\" when a > 3;\nstage z \"Z\" otherwise;", ("missing-source 1:7", "the threshold 3")),
        ("scale s \"S\" = percent(a * 3, b);", ("missing-source 1:7", "the weight 3 of `a`")),
        ("scale s \"S\" = percent(a);\nadjust s at_most 50 when b == 5;", ("missing-source 2:8", "this bound")),
        ("scale s \"S\" = percent(a);\naggregate m \"M\" = mean_of(s zero_when b >= 3);", ("missing-source 2:11", "")),
    ] {
        check_study(body, &[expected]);
    }
    check_study("stage q \"Q\" when a > 3 source \"Design choice.\";\nstage z \"Z\" otherwise;", &[]);
    check_study("scale s \"S\" = percent(a * 3, b) source \"Design choice.\";", &[]);
    // What is only told apart is no threshold, and neither is whether there is any.
    check_study("rule r \"R\" when a == 2 && breach != \"lie\" then note();", &[]);
    check_study("scale s \"S\" = percent(a, b);\nrule r \"R\" when count_at_least(\"s\", 4) >= 1 then note();", &[]);
}

#[test]
fn items_of_different_ranges_are_told_where_they_are_added_up() {
    check_study(
        "scale s \"S\" = mean(a, weeks);",
        &[("mixed-ranges 1:23", "`a` goes from 1 to 5 and `weeks` from 0 to 52")],
    );
    check_study("scale s \"S\" = sum(a, weeks, thousand);", &[("mixed-ranges 1:22", "")]);
    check_study("scale s \"S\" = sum(a, weeks) source \"The key of a paper.\";", &[]);
    check_study("scale s \"S\" = percent(a, weeks);\nscale t \"T\" = sum(a, b);", &[]);
}

#[test]
fn names_that_nothing_reads_are_told() {
    check_study("fn low(x) { x <= 1 }", &[("unused-declaration 1:4", "nothing calls `low`")]);
    check_study("fn low(x) { low(x) }", &[("unused-declaration 1:4", "")]);
    check_study("fn low(x) { x <= 1 }\nrule r \"R\" when low(a) then note();", &[]);
    check_study("fn low(x) { x <= 1 }\nproperty p holds low(a) || a >= 2;", &[]);
    let rule = "rule r \"R\" when a == 2 then points(\"keep\", 1);";
    check_study(rule, &[("unused-declaration 1:36", "points_of(\"keep\")")]);
    check_study(&format!("{rule}\nsignal q \"Q\" when points_of(\"keep\") >= 1;"), &[]);
}

#[test]
fn items_that_nothing_reads_are_told_where_everything_is_to_be_used() {
    let instrument = STUDY.replacen("study", "instrument", 1);
    let files = [SourceFile::new("header.rhai", format!("{instrument}\nscale s \"S\" = percent(a, b, e, f, g, h);"))];
    let (ruleset, _) = load(&files, &questionnaire(), &LoadOptions::all()).unwrap();
    let problems = lint(&files, &ruleset);
    let found: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(found, ["unread-item"]);
    let message = &problems[0].message;
    // Not what the gate looks at, nor free text, nor the bond; the ninth and later are counted.
    assert!(
        message.starts_with("nothing reads `good`, `bad`, `visits`, `calls`, `more`, `thousand`, `weeks`, `breach`")
    );
    assert!(message.contains(" and 2 more of the questionnaire `small`"), "{message}");
}

#[test]
fn what_people_read_has_a_title_and_each_its_own() {
    check_study("scale s = percent(a);", &[("missing-title 1:7", "the scale `s`")]);
    check_study("rule r when a == 2 then note();", &[("missing-title 1:6", "")]);
    check_study("signal q when a == 2 title #{ friend: \"Q\" };", &[]);
    let rules = |first: &str, second: &str| {
        format!("rule one \"T\" {first}when a == 2 then note();\nrule two \"T\" {second}when a == 3 then note();")
    };
    check_study(&rules("", ""), &[("duplicate-title 2:6", "of `one`")]);
    check_study(&rules("for hurt ", ""), &[("duplicate-title 2:6", "")]);
    check_study(&rules("for hurt ", "for broke "), &[]);
    check_study("rule one \"T\" when a == 2 then note();\nstage two \"T\" when a == 3;", &[]);
}

#[test]
fn a_rule_that_weighs_without_a_word_is_told_in_an_assessment() {
    let rule = "rule r \"R\" when a == 2 then note() source \"s\";";
    check_lints(ASSESSMENT, rule, &[("missing-because 1:6", "")]);
    check_lints(ASSESSMENT, &rule.replace("source", "because \"You said so.\" source"), &[]);
    check_study(rule, &[]);
}

#[test]
fn words_that_are_not_said_are_told_where_they_stand() {
    let rule = |texts: &str| format!("rule r \"R\" when a == 2 then note() {texts};");
    check_study(
        &rule("because \"Fine. You should go.\""),
        &[("word-list 1:44", "say it in other words: You should go.")],
    );
    check_study(&rule("next \"You must go.\""), &[("word-list 1:41", "\"you must\"")]);
    check_study("//! A toxic thing.\nrule r \"R\" when a == 2 then note();", &[("word-list 1:1", "\"toxic*\"")]);
    check_study("stage q \"It will work out\" when a == 2;\nstage z \"Z\" otherwise;", &[("word-list 1:9", "")]);
    check_study(&rule("because \"It is calm.\" next \"There is no date by which you must feel better.\""), &[]);
    // What a source says is no text for people.
    check_study(&rule("source \"A paper on victims of abuse.\""), &[]);
}

// ---- bands ------------------------------------------------------------------------------------------------------

#[track_caller]
fn check_bands(bands: &[(&str, &str)], expected: &[(&str, &str)]) {
    let instrument = STUDY.replacen("study", "instrument", 1);
    let mut body = "scale s \"S\" = sum(a, b, e, f, g, h) source \"s\";\n".to_owned();
    for (at, (cut, population)) in bands.iter().enumerate() {
        body.push_str(&format!("band s \"band {at}\" {cut} population \"{population}\" source \"s\";\n"));
    }
    check_lints(&instrument, &body, expected);
}

#[test]
fn bands_that_overlap_or_leave_scores_out_are_told() {
    check_bands(
        &[("<= 13", "p"), (">= 13", "p")],
        &[("band-overlap 3:6", "a score of 13 is in this band and in \"band 0\"")],
    );
    check_bands(&[("< 13", "p"), ("> 13", "p")], &[("band-gap 3:6", "a score of 13 is in no band of `s`")]);
    check_bands(&[("< 13", "p"), (">= 15", "p")], &[("band-gap 3:6", "a score of 13 ")]);
    check_bands(&[("< 13", "p"), ("< 13", "p")], &[("band-overlap 3:6", "the cut of \"band 0\": < 13")]);
    // The sum is a whole number: between 12 and 13 nothing can come out.
    check_bands(&[("<= 12", "p"), (">= 13", "p")], &[]);
    check_bands(&[("<= 12.5", "p"), ("> 12.5", "p")], &[]);
    // Nested cuts of one direction, and cuts that were found for different people.
    check_bands(&[(">= 10", "p"), (">= 20", "p")], &[]);
    check_bands(&[("<= 13", "p"), (">= 13", "q")], &[]);
}

#[test]
fn a_reversed_number_without_an_upper_bound_is_told() {
    let text = QUESTIONNAIRE.replace(r#""max": 52, "unit": "weeks""#, r#""max": 52, "max_label": "a year or more""#);
    let questionnaire = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    for (term, expected) in [("-weeks", 1), ("weeks", 0), ("-thousand", 0)] {
        let files = [SourceFile::new("r.rhai", format!("{STUDY}\nscale s \"S\" = percent({term});"))];
        let (ruleset, _) = load(&files, &questionnaire, &LoadOptions::all()).unwrap();
        let found = lint(&files, &ruleset);
        let codes: Vec<Code> = found.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, vec![Code::ReverseWithoutBounds; expected], "{term}");
        assert!(found.iter().all(|problem| problem.message.contains("\"a year or more\"")));
    }
}
