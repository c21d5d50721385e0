//! Kinds, ids, numbers, what running finds, warnings.

use super::*;

// ---- kinds ------------------------------------------------------------------------------------------------------

#[test]
fn what_does_not_belong_into_a_kind_is_refused() {
    check("reason r \"R\" when a >= 2;", &[("wrong-kind 1:8", "`reason` does not belong into a study")]);
    check("floor core 0.5 source \"x\";", &[("wrong-kind 1:7", "`floor` does not belong into a study")]);
    check("screen straightline 0.9 of 10;", &[("wrong-kind 1:8", "`screen` does not belong into a study")]);
    check_assessment(
        "rule r when a >= 2 then points(\"keep\", 1) source \"x\";",
        &[("wrong-kind 1:6", "points belong into studies")],
    );
    check_assessment(
        "scale s = percent(a);\nband s \"low\" < 3 population \"p\" source \"x\";",
        &[("wrong-kind 2:6", "`band` does not belong into an assessment")],
    );
    check_assessment("signal keep_goin \"K\" when a >= 2;", &[("unknown-name 1:8", "did you mean `keep_going`?")]);
    check_assessment("signal walk_away \"W\" otherwise;", &[("wrong-kind 1:8", "`signal mixed otherwise`")]);
    let instrument = STUDY.replace("study", "instrument");
    let body = "stage s otherwise;\nsignal t otherwise;\nrule r when a >= 2 then note();";
    let Err(LoadError(problems)) = load_with(&instrument, body, &[]) else { panic!("an instrument only scores") };
    let expected = [("wrong-kind 1:7", ""), ("wrong-kind 2:8", ""), ("wrong-kind 3:6", "into an instrument")];
    check_diagnostics(&problems, Severity::Error, body, &expected);
}

#[test]
fn an_assessment_says_what_a_decision_aid_must_say() {
    assert!(load_with(ASSESSMENT, "", &[]).is_ok());
    for heading in REQUIRED_HEADINGS {
        let without = ASSESSMENT.replace(&format!("//! ## {heading}\n"), "");
        let Err(LoadError(problems)) = load_with(&without, "", &[]) else { panic!("{heading} is missing") };
        check_diagnostics(&problems, Severity::Error, &without, &[("missing-metadata 13:12", heading)]);
    }
    let empty = ASSESSMENT.replace("//! none\n", "");
    let Err(LoadError(problems)) = load_with(&empty, "", &[]) else { panic!("an empty section says nothing") };
    check_diagnostics(&problems, Severity::Error, &empty, &[("missing-metadata 13:12", "Funding")]);
}

#[test]
fn an_assessment_declares_its_floor_and_what_is_left() {
    let without = |line: &str| {
        let text: String =
            ASSESSMENT.lines().filter(|own| !own.starts_with(line)).map(|own| format!("{own}\n")).collect();
        let Err(LoadError(problems)) = load_with(&text, "", &[]) else { panic!("{line} is missing") };
        (problems, text)
    };
    let (problems, text) = without("floor");
    check_diagnostics(&problems, Severity::Error, &text, &[("missing-clause 14:12", "how much must be answered")]);
    let (problems, text) = without("signal mixed");
    check_diagnostics(&problems, Severity::Error, &text, &[("missing-clause 14:12", "`signal mixed otherwise`")]);
    check_assessment("rule r when a >= 2 then note();", &[("missing-source 1:6", "design choice")]);
    check_assessment("reason why \"Why\";", &[("missing-clause 1:8", "held_back")]);
}

#[test]
fn an_assessment_needs_a_hard_safety_item() {
    let text = QUESTIONNAIRE.replace("\"hard\"", "\"soft\"");
    let soft = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let load = |header: &str| {
        load(&[SourceFile::new("header.rhai", header)], &soft, &LoadOptions::only(Role::Hurt, Form::Short))
    };
    let Err(LoadError(problems)) = load(ASSESSMENT) else { panic!("nobody may be assessed without the gate") };
    check_diagnostics(&problems, Severity::Error, ASSESSMENT, &[("no-hard-item 14:45", "make it a study")]);
    assert!(load(STUDY).is_ok());
}

// ---- ids and numbers --------------------------------------------------------------------------------------------

#[test]
fn an_id_is_declared_once_for_each_role() {
    check(
        "rule r when a >= 2 then note();\nrule r when b >= 2 then note();",
        &[("duplicate-id 2:6", "`r` is declared twice")],
    );
    check(
        "rule r for hurt when a >= 2 then note();\nrule r for hurt when b >= 2 then note();",
        &[("duplicate-id 2:6", "`r` is declared twice")],
    );
    check("rule r for hurt when a >= 2 then note();\nrule r when b >= 2 then note();", &[("duplicate-id 2:6", "")]);
    check_loads("rule r for hurt when a >= 2 then note();\nrule r for broke when b >= 2 then note();");
    check(
        "scale s = percent(a);\naggregate s = mean_of(s) need 1;",
        &[("duplicate-id 2:11", ""), ("wrong-stratum 2:23", "")],
    );
    check("fn f(x) { x >= 1 }\nfn f(x) { x >= 2 }\nrule r when f(a) then note();", &[("duplicate-id 2:4", "")]);
    check("scale good = percent(a);", &[("duplicate-id 1:7", "already an item")]);
    check("scale s = percent(a, b, a);", &[("duplicate-id 1:25", "counted twice")]);
}

#[test]
fn a_helper_cannot_take_the_name_of_a_function_of_the_language() {
    check("fn answered(x) { true }\nrule r when answered(\"a\") && b >= 2 then note();", &[("duplicate-id 1:4", "")]);
}

#[test]
fn a_number_out_of_its_range_is_refused() {
    for (body, expected) in [
        (
            "param p = 60 from 2 to 52 source \"x\";\nrule r when weeks >= p then note();",
            ("invalid-number 1:11", "outside the range"),
        ),
        ("scale s = percent(a * 0);", ("invalid-number 1:23", "a weight must be a whole number from 1 to 100")),
        ("scale s = percent(a * 101);", ("invalid-number 1:23", "from 1 to 100")),
        ("scale s = percent(a, b) need 3;", ("invalid-number 1:7", "a count from 1 to 2")),
        ("scale s = percent(a, b) need 1.5;", ("invalid-number 1:7", "a share between 0 and 1")),
        ("scale s = percent(a, b) need 0;", ("invalid-number 1:7", "a share between 0 and 1")),
        ("sign s present 2;\nrule r when a >= 2 then sign(\"s\", 4);", ("invalid-number 2:35", "from 1 to 3")),
        ("sign s present 4;", ("invalid-number 1:16", "from 1 to 3")),
        ("rule r when a >= 2 then points(\"x\", 1001);", ("invalid-number 1:37", "from -1000 to 1000")),
        ("const C = 12345678901;", ("syntax 1:11", "at most 9 digits")),
    ] {
        check(body, &[expected]);
    }
    check_assessment("screen straightline 0.4 of 10;", &[("invalid-number 1:21", "from 0.5 to 1")]);
}

#[test]
fn a_parameter_is_set_within_its_range() {
    let body = "param wait = 8 from 2 to 52 source \"x\";\nrule r when weeks >= wait then note();";
    let set = |name, value| match load_with(STUDY, body, &[(name, value)]) {
        Ok(_) => String::new(),
        Err(LoadError(problems)) => {
            assert_eq!((problems.len(), problems[0].source.as_str()), (1, "--set"));
            format!("{} {} {}", problems[0].code, problems[0].message, problems[0].hints.join(" "))
        }
    };
    assert_eq!(set("wait", "12"), "");
    assert_eq!(set("wait", "2"), "");
    for bad in ["1", "53", "many", "", "1e1", "8.1234567891"] {
        assert!(set("wait", bad).contains("invalid-parameter `wait` must be a number from 2 to 52"), "{bad}");
    }
    assert!(set("waits", "8").contains("invalid-parameter the ruleset has no parameter `waits` did you mean `wait`?"));
}

#[test]
fn a_mean_that_cannot_be_held_exactly_does_not_load() {
    let primes = [19_997, 19_993, 19_991, 19_979, 19_973];
    let items =
        primes.map(|max| format!(r#"{{"id": "n{max}", "kind": "number", "text": "?", "min": 0, "max": {max}}}"#));
    let text = QUESTIONNAIRE.replace("\"items\": [", &format!("\"items\": [{},", items.join(",")));
    let wide = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let scales = primes.map(|max| format!("scale s{max} = percent(n{max}) need 1;"));
    let parts = primes.map(|max| format!("s{max}")).join(", ");
    let body = format!(
        "{STUDY}\n{}\naggregate m = mean_of({parts}) need 5;\nrule r when m >= 50 then note();",
        scales.join(" ")
    );
    let files = [SourceFile::new("body.rhai", body)];
    let Ok((ruleset, _)) = load(&files, &wide, &LoadOptions::only(Role::Hurt, Form::Short)) else { return };
    // If it loads, every complete sheet must decide the rule.
    let given = primes.map(|max| (format!("n{max}"), Ok(OptionValue::Number(max - 1)))).into_iter().collect();
    let (responses, _) = responses_from(&wide, Form::Short, Role::Hurt, SafetyBlock::Answered, &given).unwrap();
    let Assessment::Read(reading) = assess(&ruleset, &responses).unwrap() else { panic!("no flag here") };
    assert_eq!(reading.rules[0].outcome, "fired", "all five are near 100");
}

// ---- what running a condition finds -----------------------------------------------------------------------------

#[test]
fn a_script_that_fails_for_some_answers_is_told_with_a_witness() {
    check("rule r when 10 / (a - 2) >= 1 then note();", &[("script-error 1:16", "it fails for example when `a` is 2")]);
    check(
        "rule r when b >= 2 && 1 / (a - b) >= 1 then note();",
        &[("script-error 1:25", "it fails for example when `b` is 2, `a` is 2")],
    );
    // Where the failure cannot happen there is none.
    check_loads("rule r when a != 2 && 10 / (a - 2) >= 1 then note();");
}

#[test]
fn what_is_always_a_mistake_is_an_error() {
    let scales = "scale s = percent(a);\nscale t = percent(b);\n";
    for (condition, words) in [
        ("breach == 1", "a word is compared with a number"),
        ("breach >= s", "a word is compared with a score"),
        ("(a >= 2) == 1", "a yes or no is compared with a number"),
        ("1 < a < 4", "a yes or no is compared with a number"),
        ("s * t >= 5", "scores cannot be multiplied"),
        ("5 / s >= 5", "nothing can be divided by a score"),
        ("a % 2 == 1", "`%` is not part of the language"),
        ("a / 0 >= 1", "division by zero"),
        ("a + b * 9223372036854775807 >= 1", ""),
        ("s >= 0.1234567891", "too fine"),
        ("s * 1000000007 * 1000000007 * 1000000007 * 1000000007 * 1000000007 >= 1", "too large"),
    ] {
        let body = format!("{scales}rule r when {condition} then note();");
        let Err(LoadError(problems)) = load_with(STUDY, &body, &[]) else { panic!("{condition} loads") };
        assert_eq!(problems[0].code, Code::ScriptError, "{condition}: {problems:?}");
        assert!(problems[0].message.contains(words), "{condition}: {}", problems[0].message);
        assert_eq!(place(&problems[0], &body).split(':').next(), Some("script-error 3"), "{condition}");
    }
}

#[test]
fn a_condition_is_yes_or_no() {
    check("rule r when a + 1 then note();", &[("not-a-comparison 1:13", "this gives a whole number")]);
    check("rule r when breach then note();", &[("not-a-comparison 1:13", "this gives a word")]);
    check("scale s = percent(a);\nrule r when s then note();", &[("not-a-comparison 2:13", "a score or number")]);
}

#[test]
fn an_error_in_a_helper_is_told_where_it_stands() {
    check(
        "fn share(x) { 10 / (x - 2) >= 1 }\nrule r when share(a) then note();",
        &[("script-error 1:18", "it fails for example when `a` is 2")],
    );
    check("fn f(x) { x >= a }\nrule r when f(b) then note();", &[("script-error 1:16", "sees only its parameters")]);
}

#[test]
fn what_reads_too_much_does_not_load() {
    check("rule r when a + b + e + f + g + h >= 15 then note();", &[("too-many-paths 1:13", "let it read a scale")]);
    check_loads("scale s = sum(a, b, e, f, g, h);\nrule r when s >= 15 then note();");
}

#[test]
fn a_diagram_over_its_budget_does_not_load() {
    let options = LoadOptions { node_budget: 1, ..LoadOptions::only(Role::Hurt, Form::Short) };
    let text = ASSESSMENT.replace("good >= 4", "good >= 4 && bad <= 2");
    let Err(LoadError(problems)) = load(&[SourceFile::new("h.rhai", text.as_str())], &questionnaire(), &options) else {
        panic!("one node is not enough")
    };
    check_diagnostics(&problems, Severity::Error, &text, &[("too-many-nodes 14:12", "hurt (short form)")]);
}

// ---- warnings ---------------------------------------------------------------------------------------------------

#[test]
fn a_condition_that_never_or_always_holds_is_a_warning() {
    check_warns("rule r when a >= 6 then note();", &[("never-true 1:13", "")]);
    check_warns("rule r when a >= 1 then note();", &[("always-true 1:13", "")]);
    check_warns("rule r when a >= 3 && a <= 2 then note();", &[("never-true 1:13", "")]);
    check_warns("rule r when breach == \"lye\" then note();", &[("never-true 1:13", "")]);
    check_warns("scale s = percent(a);\nrule r when s > 100 then note();", &[("never-true 2:13", "")]);
    check_warns("condition c when a >= 6;\nrule r when c || b >= 2 then note();", &[("never-true 1:18", "")]);
    check_loads("rule r when visits >= 1 then note();");
}

#[test]
fn an_adjustment_that_never_applies_is_a_warning() {
    check_warns("scale s = percent(a);\nadjust s at_most 50 when b >= 6;", &[("never-true 2:26", "")]);
}

#[test]
fn a_comparison_that_cannot_hold_is_a_warning_also_beside_others() {
    check_warns("rule r when breach == \"lye\" || a >= 2 then note();", &[("out-of-range 1:13", "")]);
}

#[test]
fn an_item_that_is_counted_against_its_direction_is_a_warning() {
    check_warns("scale s = percent(good, bad);", &[("direction-mismatch 1:25", "`bad` is not reversed here")]);
    check_warns("scale s = percent(-good, -bad);", &[("direction-mismatch 1:20", "`good` is reversed here")]);
    check_warns("scale s concern = percent(good, bad);", &[("direction-mismatch 1:27", "`good` is not reversed here")]);
    let hints = [
        (
            "scale s = percent(good, bad);",
            "write `-` before it; or is a high score of this scale bad? Then write `concern`",
        ),
        (
            "scale s = percent(-good, -bad);",
            "leave out the `-`; or is a high score of this scale bad? Then write `concern`",
        ),
        ("scale s concern = percent(-good, -bad);", "leave out the `-`; or is a high score of this scale good?"),
        ("scale s concern = percent(good, bad);", "write `-` before it; or is a high score of this scale good?"),
    ];
    for (body, hint) in hints {
        let (_, warnings) = load_with(STUDY, body, &[]).unwrap();
        assert!(warnings.iter().any(|warning| warning.hints.iter().any(|said| said.starts_with(hint))), "{warnings:?}");
    }
    check_loads("scale s = percent(good, -bad, a, -b);");
    check_loads("scale s concern = percent(-good, bad);");
}

#[test]
fn a_negated_comparison_that_can_lack_its_value_is_a_warning() {
    check_warns("rule r when !(visits >= 3) then note();", &[("negated-missing 1:13", "`answered(...)`")]);
    check_warns("rule r when !(more >= 3) then note();", &[("negated-missing 1:13", "")]);
    check_warns("condition often when visits >= 3;\nrule r when !often then note();", &[("negated-missing 2:13", "")]);
    check_loads("rule r when answered(\"visits\") && !(visits >= 3) then note();");
    check_loads("rule r when !(a >= 3) then note();");
}

#[test]
fn what_nothing_reads_is_a_warning() {
    check_warns("condition c when a >= 2;", &[("unused-declaration 1:11", "nothing reads `c`")]);
    check_warns("const C = 2;", &[("unused-declaration 1:7", "nothing reads `C`")]);
    check_warns("param p = 3 from 1 to 4 source \"x\";", &[("unused-declaration 1:7", "nothing reads `p`")]);
    check_loads("param p = 3 from 1 to 4 source \"x\";\nrule r when a >= 2 then note() because \"of {p}\";");
}

#[test]
fn a_stage_behind_the_last_resort_is_a_warning() {
    check_warns("stage first otherwise;\nstage second when a >= 2;", &[("shadowed-stage 2:7", "")]);
}
