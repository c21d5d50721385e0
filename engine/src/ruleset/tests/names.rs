//! Names, clauses, strata and the safety block.

use super::*;

// ---- names ------------------------------------------------------------------------------------------------------

#[test]
fn an_unknown_name_is_told_with_its_neighbour() {
    check("rule r when goood >= 2 then note();", &[("unknown-name 1:13", "did you mean `good`?")]);
    check("rule r\n  when a >= 2 && Goods >= 1\n  then note();", &[("unknown-name 2:18", "did you mean `good`?")]);
    check("rule r when xyzzy >= 2 then note();", &[("unknown-name 1:13", "`xyzzy` is no item, scale")]);
    check(
        "scale trust = percent(a);\naggregate m = mean_of(trusst) need 1;",
        &[("unknown-name 2:23", "did you mean `trust`?")],
    );
    check(
        "scale trust = percent(a);\nadjust trusts at_most 50 when a >= 2;",
        &[("unknown-name 2:8", "did you mean `trust`?")],
    );
    check("rule r when ties >= 1 then note();", &[("unknown-name 1:13", "ticked(\"ties.option\")")]);
}

#[test]
fn an_unknown_function_is_told_with_its_neighbour() {
    check("rule r when answerd(\"a\") then note();", &[("unknown-function 1:13", "did you mean `answered`?")]);
    check("fn low(x) { x <= 1 }\nrule r when lwo(a) then note();", &[("unknown-function 2:13", "rulesets/API.md")]);
    check(
        "fn is_low(x) { x <= 1 }\nrule r when is_lov(a) then note();",
        &[("unknown-function 2:13", "did you mean `is_low`?")],
    );
}

#[test]
fn a_name_in_a_call_is_told_with_its_neighbour() {
    let rule = "sign effort present 2;\nrule one when a >= 2 then sign(\"effort\", 1), points(\"keep\", 2);\noverlay one_o when a >= 2;\nstage one_s otherwise;\n";
    for (call, expected) in [
        ("rule r when answered(\"goood\") then note();", ("unknown-name 5:22", "did you mean `good`?")),
        ("rule r when ticked(\"ties.hom\") then note();", ("unknown-item 5:20", "did you mean `ties.home`?")),
        ("rule r when count_at_most(\"a\", 2) >= 1 then note();", ("unknown-name 5:27", "no scale `a`")),
        ("overlay o when fired(\"onee\");", ("unknown-name 5:22", "did you mean `one`?")),
        ("overlay o when level(\"efort\") >= 1;", ("unknown-name 5:22", "did you mean `effort`?")),
        ("signal s when points_of(\"keeep\") >= 1;", ("unknown-name 5:25", "did you mean `keep`?")),
        ("signal s when overlay_is(\"one_oo\");", ("unknown-name 5:26", "did you mean `one_o`?")),
        ("signal s when stage_is(\"one_ss\");", ("unknown-name 5:24", "did you mean `one_s`?")),
        ("rule r when a >= 2 then sign(\"efort\", 1);", ("unknown-name 5:30", "did you mean `effort`?")),
        ("rule r when answered(a) then note();", ("syntax 5:13", "answered(\"x\")")),
    ] {
        check(&format!("{rule}{call}"), &[expected]);
    }
}

#[test]
fn an_unknown_declaration_is_told_with_its_neighbour() {
    check("rul r when a >= 2 then note();", &[("unknown-declaration 1:1", "did you mean `rule`?")]);
    check("banana r when a >= 2;", &[("unknown-declaration 1:1", "a declaration starts with one of: assessment")]);
}

#[test]
fn an_unknown_item_of_a_scale_is_told_with_its_neighbour() {
    check("scale s = percent(a, goood);", &[("unknown-item 1:22", "did you mean `good`?")]);
    check("scale s = percent(breach);", &[("invalid-item 1:19", "are not numbers")]);
    check("rule r when words == \"x\" then note();", &[("invalid-item 1:13", "free text")]);
}

#[test]
fn the_names_in_a_sentence_are_checked() {
    check(
        "rule r when a >= 2 then note() because \"You: {goood}.\";",
        &[("unknown-name 1:40", "did you mean `good`?")],
    );
    check_loads("rule r when a >= 2 then note() because \"{a} {bond} {{goood}\";");
    check("scale s = percent(a);\nadjust s at_most 50 when b >= 2 because \"{goood}\";", &[("unknown-name 2:41", "")]);
}

#[test]
fn the_names_in_titles_and_advice_are_checked() {
    check("rule r \"{goood}\" when a >= 2 then note();", &[("unknown-name 1:6", "did you mean `good`?")]);
    check("overlay o \"O\" when a >= 2 next \"{goood}\";", &[("unknown-name 1:9", "did you mean `good`?")]);
    check("stage s \"{safety_fear}\" otherwise;", &[("safety-item-read 1:7", "")]);
    check("signal s when a >= 2 title #{ friend: \"{goood}\" };", &[("unknown-name 1:8", "did you mean `good`?")]);
}

// ---- clauses ----------------------------------------------------------------------------------------------------

#[test]
fn a_declaration_without_a_part_says_which() {
    for (body, expected) in [
        ("rule r when a >= 2;", ("missing-clause 1:19", "lacks `then`")),
        ("rule r then note();", ("missing-clause 1:19", "lacks `when`")),
        ("overlay o \"O\";", ("missing-clause 1:14", "lacks `when`")),
        ("stage s \"S\";", ("missing-clause 1:12", "lacks `when` or `otherwise`")),
        ("scale s = percent(a);\nadjust s when a >= 2;", ("missing-clause 2:21", "`at_most` or `at_least`")),
        ("param p = 3 source \"x\";", ("missing-clause 1:23", "`from 2 to 52`")),
        ("sign s adds;", ("missing-clause 1:12", "`present 2`")),
        (
            "scale s = percent(a);\nband s \"low\" < 3 source \"x\";",
            ("missing-clause 2:28", "`population` and `source`"),
        ),
        ("param p = 3 from 1 to 4;\nrule r when a >= p then note();", ("missing-source 1:7", "design choice")),
    ] {
        check(body, &[expected]);
    }
}

#[test]
fn a_clause_that_does_not_belong_is_refused() {
    check("rule r when a >= 2 then note() need 2;", &[("syntax 1:32", "`need` does not belong")]);
    check("rule r for both when a >= 2 then note();", &[("syntax 1:12", "`hurt` or `broke`")]);
    check("rule r when a >= 2 then shout();", &[("syntax 1:25", "`note()`")]);
    check("rule r when then note();", &[("syntax 1:13", "expected a condition")]);
    check("scale s = median(a);", &[("syntax 1:11", "`percent(`, `mean(` or `sum(`")]);
}

#[test]
fn a_clause_given_twice_is_refused() {
    check("rule r when a >= 2 when b >= 2 then note();", &[("syntax 1:20", "twice")]);
}

#[test]
fn a_ruleset_has_one_header() {
    let Err(LoadError(problems)) = load(
        &[SourceFile::new("r.rhai", "rule r when a >= 2 then note();")],
        &questionnaire(),
        &LoadOptions::only(Role::Hurt, Form::Short),
    ) else {
        panic!("a ruleset needs a header")
    };
    check_diagnostics(&problems, Severity::Error, "", &[("missing-clause", "no file declares the ruleset")]);
    check(STUDY, &[("duplicate-id 1:7", "one header")]);
}

#[test]
fn a_ruleset_belongs_to_one_questionnaire() {
    let header = STUDY.replace("\"small\"", "\"other\"");
    let Err(LoadError(problems)) = load_with(&header, "", &[]) else { panic!("it is for another questionnaire") };
    check_diagnostics(&problems, Severity::Error, &header, &[("wrong-questionnaire 1:40", "not for `small`")]);
}

#[test]
fn words_of_other_languages_are_told_what_to_write() {
    check("rule r when a >= 2 and b >= 2 then note();", &[("syntax 1:20", "write `&&`")]);
    check("rule r when a >= 2 or b >= 2 then note();", &[("syntax 1:20", "write `||`")]);
    check("rule r when not (a >= 2) then note();", &[("syntax 1:13", "write `!`")]);
}

#[test]
fn an_unclosed_string_is_told_where_it_starts() {
    check("rule r \"Title when a >= 2 then note();", &[("syntax 1:8", "not closed"), ("syntax 1:39", "")]);
    check("rule r `Title` when a >= 2 then note();", &[("syntax 1:8", "use double quotes")]);
}

#[test]
fn an_unclosed_comment_does_not_swallow_the_rest() {
    check(
        "rule r when a >= 2 then note();\n/* to be continued\nrule s when nonsense then note();",
        &[("syntax 2:1", "")],
    );
}

#[test]
fn all_problems_are_told_at_once_in_file_order() {
    check(
        "rule one when goood >= 2 then note();\nrule two when a >= 2;\nrule three when b >= 2 && answerd(\"a\") then note();",
        &[("unknown-name 1:15", ""), ("missing-clause 2:21", ""), ("unknown-function 3:27", "")],
    );
    // A broken declaration does not hide the next, also without its semicolon.
    check(
        "rule one when a >= 2 then note()\nrule two when goood >= 2 then note();",
        &[("syntax 2:1", ""), ("unknown-name 2:15", "")],
    );
}

// ---- strata -----------------------------------------------------------------------------------------------------

#[test]
fn each_declaration_may_read_what_stands_before_it() {
    check_loads(
        "sign effort present 2;
         scale s = percent(a);
         scale t = percent(b);
         adjust s at_most 50 when t >= 60 || e >= 3;
         aggregate one = mean_of(s, t) need 1;
         aggregate two = mean_of(one, t zero_when s >= 60) need 1;
         condition quiet when fired(\"r\") && stage_is(\"first\");
         rule r when two >= 60 && s >= 50 then sign(\"effort\", 2), points(\"keep\", 1);
         rule n when flagged() && a >= 2 then note();
         overlay o when fired(\"r\") && level(\"effort\") >= 1 && signs_present() >= 1 || flagged();
         overlay plain when fired(\"r\");
         stage first when overlay_is(\"plain\") && points_of(\"keep\") >= 1;
         stage last otherwise;
         signal yes when quiet;
         signal no otherwise;",
    );
}

#[test]
fn nothing_reads_what_is_computed_later() {
    let given = "sign effort present 2; scale s = percent(a); aggregate m = mean_of(s) need 1;\n\
        rule one when a >= 2 then sign(\"effort\", 1); overlay o when fired(\"one\"); stage last otherwise;\n";
    for (body, expected) in [
        ("adjust s at_most 50 when m >= 50;", ("wrong-stratum 3:26", "an adjustment cannot read `m`")),
        ("aggregate n = mean_of(s zero_when m >= 50) need 1;", ("wrong-stratum 3:35", "`zero_when` cannot read `m`")),
        ("rule r when fired(\"one\") then note();", ("wrong-stratum 3:19", "a rule cannot read `one`")),
        ("rule r when level(\"effort\") >= 1 then note();", ("wrong-stratum 3:19", "`effort`")),
        ("rule r when signs_present() >= 1 then note();", ("wrong-stratum 3:13", "`signs_present`")),
        ("overlay p when stage_is(\"last\");", ("wrong-stratum 3:25", "an overlay cannot read `last`")),
        ("overlay p when overlay_is(\"o\");", ("wrong-stratum 3:27", "an overlay cannot read `o`")),
        ("stage t when stage_is(\"last\");", ("wrong-stratum 3:23", "a stage cannot read `last`")),
    ] {
        check(&format!("{given}{body}"), &[expected]);
    }
}

#[test]
fn what_another_builds_on_must_stand_before_it() {
    check(
        "scale s = percent(a);\naggregate one = mean_of(two) need 1;\naggregate two = mean_of(s) need 1;",
        &[("wrong-stratum 2:25", "declared before")],
    );
    check(
        "condition one when two && a >= 2;\ncondition two when b >= 2;\nrule r when one then note();",
        &[("wrong-stratum 1:20", "declared before")],
    );
    check(
        "condition one when one || a >= 2;\nrule r when one then note();",
        &[("wrong-stratum 1:20", "declared before")],
    );
}

#[test]
fn a_named_condition_may_read_what_its_reader_may() {
    let condition = "rule one when a >= 2 then note();\ncondition c when fired(\"one\");\n";
    check_loads(&format!("{condition}overlay o when c;"));
    check(&format!("{condition}rule r when c then note();"), &[("wrong-stratum 2:24", "a rule cannot read `one`")]);
}

#[test]
fn the_gate_reaches_overlays_and_notes_and_nothing_further() {
    for (body, expected) in [
        ("stage s when flagged();", ("wrong-stratum 1:14", "a stage cannot read `flagged()`")),
        ("signal s when a >= 2 && flagged();", ("wrong-stratum 1:25", "a signal cannot read `flagged()`")),
        ("rule r when flagged() then points(\"x\", 1);", ("wrong-stratum 1:13", "a rule cannot read `flagged()`")),
        (
            "scale s = percent(a);\nadjust s at_most 50 when flagged();",
            ("wrong-stratum 2:26", "an adjustment cannot read `flagged()`"),
        ),
        (
            "overlay o when flagged();\nstage s when overlay_is(\"o\");",
            ("wrong-stratum 2:25", "which reads `flagged()`"),
        ),
        (
            "rule n when flagged() then note();\nsignal s when fired(\"n\");",
            ("wrong-stratum 2:21", "which reads `flagged()`"),
        ),
        ("condition c when flagged();\nsignal s when c;", ("wrong-stratum 1:18", "a signal cannot read `flagged()`")),
        (
            "condition c when flagged();\noverlay o when c;\nsignal s when overlay_is(\"o\");",
            ("wrong-stratum 3:26", "which reads `flagged()`"),
        ),
        (
            "rule n when flagged() then note();\ncondition c when fired(\"n\");\nstage s when c;",
            ("wrong-stratum 2:24", "which reads `flagged()`"),
        ),
    ] {
        check(body, &[expected]);
    }
}

#[test]
fn the_gate_does_not_reach_a_stage_in_two_steps() {
    check(
        "rule n when flagged() then note();\noverlay o when fired(\"n\");\nstage s when overlay_is(\"o\");",
        &[("wrong-stratum 3:25", "which reads `flagged()`")],
    );
    check(
        "rule n when flagged() then note();\ncondition c when fired(\"n\");\noverlay o when c;\nstage s when overlay_is(\"o\");",
        &[("wrong-stratum 4:25", "which reads `flagged()`")],
    );
}

#[test]
fn a_helper_is_no_way_around_the_strata() {
    check("fn up() { flagged() }\nstage s when up();", &[("unknown-function 1:11", "`flagged`")]);
}

// ---- the safety block -------------------------------------------------------------------------------------------

#[test]
fn no_rule_reads_the_safety_block() {
    for (body, at) in [
        ("rule r when safety_fear == 1 then note();", "safety-item-read 1:13"),
        ("rule r when answered(\"safety_fear\") then note();", "safety-item-read 1:22"),
        ("rule r when ticked(\"safety_kinds.home\") then note();", "safety-item-read 1:20"),
        ("rule r when a >= 2 then note() because \"{safety_fear}\";", "safety-item-read 1:40"),
        ("scale s = percent(a, safety_fear);", "safety-item-read 1:22"),
        ("overlay o when safety_watch == 1;", "safety-item-read 1:16"),
        ("stage s when safety_watch == 1;", "safety-item-read 1:14"),
        ("scale s = percent(a);\naggregate m = mean_of(s zero_when safety_fear == 1) need 1;", "safety-item-read 2:35"),
        ("condition c when safety_fear == 1;\nrule r when c then note();", "safety-item-read 1:18"),
    ] {
        check(body, &[(at, "no rule may read")]);
    }
    check_assessment("screen contradicts(a, safety_fear);", &[("safety-item-read 1:23", "no rule may read")]);
}

#[test]
fn a_helper_is_no_way_to_the_safety_block() {
    check(
        "fn asked() { answered(\"safety_fear\") }\nrule r when asked() then note();",
        &[("unknown-function 1:14", "`answered`")],
    );
    check(
        "fn home() { ticked(\"safety_kinds.home\") }\nrule r when home() then note();",
        &[("unknown-function 1:13", "`ticked`")],
    );
}

#[test]
fn a_name_cannot_be_put_together_to_reach_the_safety_block() {
    let scale = "scale s = percent(a);\n";
    for rule in [
        "rule r when answered(\"s\" + \"afety_fear\") then note();",
        "rule r when answered((\"safety_fear\")) then note();",
        "rule r when answered(if a >= 2 { \"safety_fear\" } else { \"a\" }) then note();",
        "fn it(x) { answered(x) }\nrule r when it(\"safety_fear\") then note();",
    ] {
        assert!(load_with(STUDY, &format!("{scale}{rule}"), &[]).is_err(), "{rule} loads");
    }
}

#[test]
fn no_rule_reads_what_the_engine_alone_looks_at() {
    check_assessment(
        "rule r when bond_kind == \"friend\" then note() source \"x\";",
        &[("closed-item 1:13", "wording only")],
    );
    check_assessment("rule r when answered(\"bond_kind\") then note() source \"x\";", &[("closed-item 1:22", "")]);
    // A study may compare bonds.
    check_loads("rule r when bond_kind == \"friend\" then note();");
}
