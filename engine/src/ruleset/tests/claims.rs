//! What a ruleset states of itself: properties, monotone items, what never occurs.

use super::*;
use crate::assess::{EngineReason, Reason};
use crate::compile::NeverTarget;
use crate::questionnaire::Direction;
use crate::script::{Read, ReasonRead, Tree};

/// The ruleset with these declarations, for both roles and both forms, and what `of` says of each variant.
#[track_caller]
fn variants<T: PartialEq + std::fmt::Debug>(
    header: &str,
    body: &str,
    of: impl Fn(&Variant) -> T,
    expected: [(Role, Form, T); 4],
) {
    let files = [SourceFile::new("header.rhai", header), SourceFile::new("body.rhai", body)];
    let (ruleset, problems) = load(&files, &questionnaire(), &LoadOptions::all())
        .unwrap_or_else(|LoadError(problems)| panic!("{problems:#?}"));
    assert_eq!(problems, [], "{body}");
    for (role, form, wanted) in expected {
        assert_eq!(of(ruleset.variant(role, form).unwrap()), wanted, "{role:?} {form:?}: {body}");
    }
}

fn ids(variant: &Variant) -> Vec<&str> {
    variant.properties.iter().map(|property| property.id.as_str()).collect()
}

/// `hurt short`, `hurt full`, `broke short`, `broke full`.
fn each<T>(values: [T; 4]) -> [(Role, Form, T); 4] {
    let [a, b, c, d] = values;
    [
        (Role::Hurt, Form::Short, a),
        (Role::Hurt, Form::Full, b),
        (Role::Broke, Form::Short, c),
        (Role::Broke, Form::Full, d),
    ]
}

/// The tree of the one property of an assessment with these declarations.
#[track_caller]
fn tree(body: &str) -> Tree {
    let (ruleset, problems) =
        load_with(ASSESSMENT, body, &[]).unwrap_or_else(|LoadError(problems)| panic!("{problems:#?}"));
    assert_eq!(problems, [], "{body}");
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    assert_eq!(variant.properties.len(), 1, "{body}");
    variant.properties[0].tree.clone()
}

/// A yes or no that is read, with what follows no and yes.
fn asks(read: Read, no: Tree, yes: Tree) -> Tree {
    Tree::Node(read, vec![no, yes])
}

const FALSE: Tree = Tree::Leaf(false);
const TRUE: Tree = Tree::Leaf(true);

// ---- properties -------------------------------------------------------------------------------------------------

#[test]
fn a_property_is_kept_as_what_it_reads_and_what_it_says() {
    // The signals of the small assessment: keep_going is number 0, mixed number 1.
    assert_eq!(
        tree("property p holds !(flagged() && signal_is(\"keep_going\"));"),
        asks(Read::Flagged, TRUE, asks(Read::SignalIs(0), TRUE, FALSE))
    );
    assert_eq!(
        tree(
            "reason faint \"F\" when a >= 2;\nreason why \"W\" otherwise;\nproperty p holds signal_is(\"mixed\") || !reason_is(\"why\");"
        ),
        asks(Read::SignalIs(1), asks(Read::ReasonIs(ReasonRead::Declared(1)), TRUE, FALSE), TRUE)
    );
    for (word, read) in [
        ("held_back", ReasonRead::Engine(EngineReason::HeldBack)),
        ("contradictory", ReasonRead::Engine(EngineReason::Contradictory)),
        ("close_call", ReasonRead::Engine(EngineReason::CloseCall)),
        ("other_path", ReasonRead::Engine(EngineReason::OtherPath)),
        ("not_enough_answered", ReasonRead::NotEnoughAnswered),
    ] {
        let property = format!("property p holds !reason_is(\"{word}\");");
        let expected = asks(Read::ReasonIs(read), TRUE, FALSE);
        assert_eq!(tree(&property), expected);
        // A ruleset may word the engine's reasons; they are still the engine's.
        assert_eq!(tree(&format!("reason {word} \"Words.\";\n{property}")), expected);
    }
}

#[test]
fn a_property_has_a_title_a_place_and_perhaps_a_reason() {
    let body = "\nproperty one \"All is well\" holds !signal_is(\"mixed\") || a >= 2 because \"So.\";\nproperty two holds !flagged();";
    let (ruleset, _) = load_with(ASSESSMENT, body, &[]).unwrap();
    let variant = ruleset.variant(Role::Hurt, Form::Short).unwrap();
    let said: Vec<_> =
        variant.properties.iter().map(|p| (p.title.as_str(), p.because.as_deref(), p.at.as_str())).collect();
    assert_eq!(said, [("All is well", Some("So."), "body.rhai:2"), ("two", None, "body.rhai:3")]);
}

#[test]
fn a_property_may_read_all_that_is_computed() {
    check_loads(
        "sign effort present 2; scale s = percent(a, b); aggregate m = mean_of(s) need 1;
         condition low when s <= 40;
         rule r when a >= 2 then sign(\"effort\", 1), points(\"keep\", 1);
         rule n when flagged() then note();
         overlay o when fired(\"n\");
         stage first when low; stage last otherwise;
         signal yes when a >= 3; signal no otherwise;
         property items holds a >= 2 || ticked(\"ties.home\") || answered(\"b\") || !signal_is(\"yes\");
         property scores holds s >= 20 || m >= 20 || low || count_at_most(\"s\", 2) >= 1 || signal_is(\"yes\");
         property rules holds fired(\"r\") || level(\"effort\") == 0 || signs_present() >= 1 || points_of(\"keep\") >= 1;
         property gate holds !(fired(\"n\") && overlay_is(\"o\") && flagged() && stage_is(\"first\"));",
    );
}

#[test]
fn a_property_costs_scoring_nothing() {
    let conditions = |body: &str| {
        let (ruleset, _) = load_with(STUDY, body, &[]).unwrap();
        let tables = &ruleset.variant(Role::Hurt, Form::Short).unwrap().tables;
        (tables.conditions.len(), tables.variables.len())
    };
    let rules = "rule r when a >= 2 then note();\nsignal s when b >= 2;\n";
    let property = "property p holds e >= 2 || signal_is(\"s\") || fired(\"r\");";
    assert_eq!(conditions(&format!("{rules}{property}")), conditions(rules));
}

#[test]
fn only_properties_look_at_what_is_reported() {
    let given = "rule one when a >= 2 then note() source \"x\";\nscale s = percent(a);\n";
    for (body, expected) in [
        ("rule r when signal_is(\"mixed\") then note() source \"x\";", "wrong-stratum 3:13"),
        ("adjust s at_most 50 when signal_is(\"mixed\");", "wrong-stratum 3:26"),
        ("aggregate m = mean_of(s zero_when signal_is(\"mixed\")) need 1;", "wrong-stratum 3:35"),
        ("overlay o when reason_is(\"held_back\");", "wrong-stratum 3:16"),
        ("stage t when signal_is(\"mixed\");", "wrong-stratum 3:14"),
        ("reason y \"Y\" when reason_is(\"close_call\");", "wrong-stratum 3:19"),
        ("condition c when signal_is(\"mixed\");\nproperty p holds c;", "wrong-stratum 3:18"),
        // Told once, at the condition.
        ("condition c when signal_is(\"mixed\");\nstage t when c;", "wrong-stratum 3:18"),
    ] {
        check_assessment(&format!("{given}{body}"), &[(expected, "only a property can")]);
    }
    check("signal s when a >= 2;\nsignal t when signal_is(\"s\");", &[("wrong-stratum 2:15", "only a property can")]);
    check(
        "signal s when a >= 2;\nfn asks() { signal_is(\"s\") }\nrule r when asks() then note();",
        &[("unknown-function 2:13", "`signal_is`")],
    );
}

#[test]
fn the_names_in_a_property_are_checked() {
    for (body, expected) in [
        ("property p holds goood >= 2;", ("unknown-name 1:18", "did you mean `good`?")),
        ("property p holds signal_is(\"keep_goin\");", ("unknown-name 1:28", "did you mean `keep_going`?")),
        ("property p holds reason_is(\"close_cal\");", ("unknown-name 1:28", "did you mean `close_call`?")),
        ("property p holds reason_is(\"withheld\");", ("unknown-name 1:28", "held_back, contradictory")),
        ("reason dull \"D\" when a >= 2;\nproperty p holds reason_is(\"dul\");", ("unknown-name 2:28", "`dull`?")),
        ("property p holds signal_is(keep_going);", ("syntax 1:18", "signal_is(\"signal\")")),
        ("property p holds safety_fear == 0;", ("safety-item-read 1:18", "no rule may read")),
        ("property p holds !ticked(\"safety_kinds.home\");", ("safety-item-read 1:26", "no rule may read")),
        ("property p holds bond_kind == \"friend\";", ("closed-item 1:18", "wording only")),
    ] {
        // `signal_is(keep_going)` also names what is no item.
        let also: &[(&str, &str)] =
            if body.contains("(keep_going)") { &[("unknown-name 1:28", "no item")] } else { &[] };
        let expected: Vec<_> = also.iter().copied().chain([expected]).collect();
        check_assessment(body, &expected.into_iter().rev().collect::<Vec<_>>());
    }
    check("property p holds reason_is(\"held_back\");", &[("unknown-name 1:28", "a study has no reasons")]);
}

#[test]
fn a_property_is_yes_or_no_for_all_answers_and_can_be_explored() {
    check("property p holds a + 1;", &[("not-a-comparison 1:18", "this gives a whole number")]);
    check("signal s when a >= 2;\nproperty p holds signal_is(\"s\") >= 1;", &[("script-error 2:33", "")]);
    check(
        "signal s when a >= 2;\nproperty p holds !signal_is(\"s\") || 10 / (b - 2) >= 1;",
        &[("script-error 2:40", "it fails for example when whether the signal is `s` is yes, `b` is 2")],
    );
    check_assessment(
        "property p holds !reason_is(\"close_call\") || 10 / (b - 2) >= 1;",
        &[("script-error 1:49", "when whether the reason is `close_call` is yes, `b` is 2")],
    );
    check(
        "signal s when a >= 2;\nproperty p holds signal_is(\"s\") || a + b + e + f + g + h >= 15;",
        &[("too-many-paths 2:18", "whether the signal is `s`")],
    );
}

#[test]
fn a_property_that_says_nothing_is_a_warning() {
    check_warns(
        "signal s when a >= 2;\nproperty p holds signal_is(\"s\") || a >= 1;",
        &[("always-true 2:18", "says nothing"), ("out-of-range 2:36", "every answer")],
    );
    check_warns("property p holds true;", &[("always-true 1:18", "says nothing")]);
    check_warns("property p holds a >= 6;", &[("never-true 1:18", "")]);
    // What may be missing is negated on purpose.
    check_loads("signal s when a >= 2;\nproperty p holds !(visits >= 3 && signal_is(\"s\"));");
}

#[test]
fn a_property_without_its_parts_is_refused() {
    check("property p \"P\";", &[("missing-clause 1:15", "lacks `holds`")]);
    check("property p when a >= 2;", &[("syntax 1:12", "`holds`, not `when`")]);
    check("property p holds;", &[("syntax 1:17", "expected a condition")]);
    check("property p holds a >= 2 source \"x\";", &[("syntax 1:25", "`source` does not belong")]);
    check("property p in long holds a >= 2;", &[("syntax 1:15", "`short` or `full`")]);
    check("property p in short in full holds a >= 2;", &[("syntax 1:21", "twice")]);
    check("rule r in short when a >= 2 then note();", &[("syntax 1:8", "`in` does not belong")]);
    // An item may have the name of the word that introduces the condition.
    let text = QUESTIONNAIRE.replace("\"id\": \"weeks\"", "\"id\": \"holds\"");
    let named = Arc::new(Questionnaire::load(&SourceFile::new("small.json", text)).unwrap());
    let files = [SourceFile::new("r.rhai", format!("{STUDY}\nproperty p holds holds >= 2 || a >= 2;"))];
    assert!(load(&files, &named, &LoadOptions::only(Role::Hurt, Form::Short)).is_ok());
}

#[test]
fn a_property_is_declared_once_for_each_role_and_form() {
    check("property p holds a >= 2;\nproperty p holds b >= 2;", &[("duplicate-id 2:10", "declared twice")]);
    check("property monotone holds a >= 2;", &[("duplicate-id 1:10", "every ruleset")]);
    check("property p in short holds a >= 2;\nproperty p for hurt holds b >= 2;", &[("duplicate-id 2:10", "")]);
    variants(
        STUDY,
        "property p in short for hurt holds a >= 2;\nproperty p in full holds b >= 2;\nproperty q for broke holds e >= 2;",
        |variant| variant.properties.iter().map(|p| format!("{} {}", p.id, p.at)).collect::<Vec<_>>(),
        each([
            vec!["p body.rhai:1".to_owned()],
            vec!["p body.rhai:2".to_owned()],
            vec!["q body.rhai:3".to_owned()],
            vec!["p body.rhai:2".to_owned(), "q body.rhai:3".to_owned()],
        ]),
    );
}

#[test]
fn a_property_that_names_only_what_a_variant_lacks_is_left_out_of_it() {
    let body = "signal s when a >= 2;\nsignal gone for hurt when b >= 4;\n\
        property deeper holds deep <= 4;\nproperty mine holds !signal_is(\"gone\");\n\
        property both holds deep <= 4 || signal_is(\"s\");\nproperty gate holds !flagged();";
    let all = ["deeper", "mine", "both", "gate"].to_vec();
    variants(STUDY, body, |variant| ids(variant).join(" "), {
        let without =
            |left_out: &[&str]| all.iter().copied().filter(|id| !left_out.contains(id)).collect::<Vec<_>>().join(" ");
        each([without(&["deeper"]), without(&[]), without(&["deeper", "mine"]), without(&["mine"])])
    });
}

#[test]
fn the_reasons_of_the_engine_are_worded_and_not_declared() {
    check_assessment("reason held_back \"H\" when a >= 2;", &[("duplicate-id 1:8", "the engine gives")]);
    check_assessment("reason close_call \"H\" otherwise;", &[("duplicate-id 1:8", "no `when`")]);
}

// ---- monotone ---------------------------------------------------------------------------------------------------

#[test]
fn monotone_items_are_slots_with_a_direction() {
    let body = "monotone a, -weeks because \"Why.\";\nnot_monotone b, thousand for hurt because \"Four.\";\nmonotone deep in full;";
    let (up, down) = (Direction::Supports, Direction::Concern);
    let slot = |id: &str| questionnaire().slot(id).unwrap();
    let found = |variant: &Variant| {
        let monotone: Vec<_> =
            variant.monotone.iter().map(|m| (m.slot, m.direction, m.because.clone(), m.at.clone())).collect();
        let exempt: Vec<_> = variant.not_monotone.iter().map(|e| (e.slot, e.because.clone(), e.at.clone())).collect();
        (monotone, exempt)
    };
    let why = Some("Why.".to_owned());
    let first = vec![
        (slot("a"), up, why.clone(), "body.rhai:1".to_owned()),
        (slot("weeks"), down, why, "body.rhai:1".to_owned()),
    ];
    let mut full = first.clone();
    full.push((slot("deep"), up, None, "body.rhai:3".to_owned()));
    let exempt: Vec<_> =
        ["b", "thousand"].iter().map(|id| (slot(id), "Four.".to_owned(), "body.rhai:2".to_owned())).collect();
    variants(
        STUDY,
        body,
        found,
        each([(first.clone(), exempt.clone()), (full.clone(), exempt), (first, Vec::new()), (full, Vec::new())]),
    );
    // An item that the short form does not ask is left out of it.
    variants(STUDY, "monotone deep;", |variant| variant.monotone.len(), each([0, 1, 0, 1]));
    variants(STUDY, "not_monotone deep because \"Why.\";", |variant| variant.not_monotone.len(), each([0, 1, 0, 1]));
}

#[test]
fn only_items_with_an_order_are_monotone() {
    for word in ["monotone", "not_monotone"] {
        let at = |column: usize| word.len() + column;
        for (item, code, words) in [
            ("aa", "unknown-item", "no item `aa`"),
            ("goood", "unknown-item", "did you mean `good`?"),
            ("breach", "invalid-item", "no order"),
            ("ties", "invalid-item", "no order"),
            ("words", "invalid-item", "no order"),
            ("safety_fear", "safety-item-read", "safety block"),
            ("safety_watch", "safety-item-read", "safety block"),
        ] {
            let expected = format!("{code} 1:{}", at(2));
            check(&format!("{word} {item} because \"Why.\";"), &[(&expected, words)]);
        }
        let expected = format!("invalid-item 1:{}", at(5));
        check(&format!("{word} a, breach because \"Why.\";"), &[(&expected, "no order")]);
        let expected = format!("closed-item 1:{}", at(2));
        check_assessment(&format!("{word} bond_kind because \"Why.\";"), &[(&expected, "")]);
    }
    check("monotone a, -breach;", &[("invalid-item 1:14", "")]);
}

#[test]
fn an_exemption_says_why() {
    check("not_monotone a;", &[("missing-clause 1:15", "`because`")]);
    check("not_monotone -a because \"x\";", &[("syntax 1:14", "expected an item")]);
    check("monotone;", &[("syntax 1:9", "expected an item")]);
    check("monotone a \"Title\";", &[("syntax 1:12", "")]);
}

#[test]
fn an_item_is_monotone_or_not_and_said_once() {
    for (body, expected) in [
        ("monotone a, a;", ("duplicate-id 1:13", "twice under `monotone`")),
        ("monotone a;\nmonotone b, -a;", ("duplicate-id 2:14", "twice under `monotone`")),
        ("not_monotone a because \"x\";\nnot_monotone a because \"y\";", ("duplicate-id 2:14", "twice")),
        ("monotone a;\nnot_monotone a because \"x\";", ("duplicate-id 2:14", "both `monotone` and `not_monotone`")),
        ("monotone a for hurt;\nnot_monotone a in short because \"x\";", ("duplicate-id 2:14", "both")),
    ] {
        check(body, &[expected]);
    }
    check_loads("monotone a for hurt;\nnot_monotone a for broke because \"x\";");
    check_loads("monotone a in short;\nmonotone -a in full;");
}

#[test]
fn a_direction_against_the_questionnaire_is_a_warning() {
    check_warns("monotone -good;", &[("direction-mismatch 1:11", "a lower answer to `good` is the better one here")]);
    check_warns("monotone bad;", &[("direction-mismatch 1:10", "a higher answer to `bad` is the better one here")]);
    check_loads("monotone good, -bad;");
    check_loads("not_monotone good, bad because \"x\";");
}

// ---- never ------------------------------------------------------------------------------------------------------

const THINGS: &str = "rule fires when a >= 2 then note() source \"x\";\noverlay over for hurt when a >= 2;\n\
    stage low when a >= 2;\nstage high for hurt otherwise;\nstage top for broke otherwise;\n\
    reason dull \"D\" when a >= 2;\n";

#[test]
fn what_never_occurs_is_found_by_its_name() {
    let found =
        |variant: &Variant| variant.never.iter().map(|never| (never.target, never.because.clone())).collect::<Vec<_>>();
    let header = ASSESSMENT.replace("signal mixed", "signal walk_away \"W\" for hurt when bad >= 4;\nsignal mixed");
    let why = || "Why.".to_owned();
    let only = |target| each([(); 4]).map(|(role, form, ())| (role, form, vec![(target, why())]));
    for (name, target) in [
        ("fires", NeverTarget::Rule(0)),
        ("rule fires", NeverTarget::Rule(0)),
        ("stage low", NeverTarget::Stage(0)),
        ("keep_going", NeverTarget::Signal(0)),
        ("dull", NeverTarget::Reason(Reason::Declared(0))),
        ("reason close_call", NeverTarget::Reason(Reason::Engine(EngineReason::CloseCall))),
        ("held_back", NeverTarget::Reason(Reason::Engine(EngineReason::HeldBack))),
    ] {
        variants(&header, &format!("{THINGS}never {name} because \"Why.\";"), found, only(target));
    }
    // Of another role, or of a form that is not meant: left out.
    let never = |target| vec![(target, why())];
    let body = |never: &str| format!("{THINGS}never {never} because \"Why.\";");
    variants(
        &header,
        &body("overlay over"),
        found,
        each([never(NeverTarget::Overlay(0)), never(NeverTarget::Overlay(0)), vec![], vec![]]),
    );
    // keep_going stands before it.
    let walk_away = never(NeverTarget::Signal(1));
    variants(&header, &body("signal walk_away in short"), found, each([walk_away, vec![], vec![], vec![]]));
    variants(
        &header,
        &body("top in full for broke"),
        found,
        each([vec![], vec![], vec![], never(NeverTarget::Stage(1))]),
    );
    variants(&header, &body("walk_away for broke"), found, each([vec![], vec![], vec![], vec![]]));
}

#[test]
fn what_never_occurs_exists_and_is_one_thing() {
    for (never, expected) in [
        ("never lowe because \"x\";", ("unknown-name 7:7", "did you mean `low`?")),
        ("never xyzzy because \"x\";", ("unknown-name 7:7", "no stage, overlay, signal, reason or rule `xyzzy`")),
        ("never stage walk_away because \"x\";", ("unknown-name 7:13", "no stage `walk_away`")),
        ("never reason not_enough_answered because \"x\";", ("unknown-name 7:14", "no reason `not_enough")),
        ("never low;", ("missing-clause 7:10", "`because`")),
        ("never because \"x\";", ("syntax 7:7", "expected what never occurs")),
        ("never low when a >= 2;", ("syntax 7:11", "does not belong")),
    ] {
        check_assessment(&format!("{THINGS}{never}"), &[expected]);
    }
    let both = "stage dim when a >= 2;\nsignal dim when b >= 2;\nrule stage when a >= 3 then note();\n";
    check(&format!("{both}never dim because \"x\";"), &[("ambiguous-name 4:7", "say which: `never stage dim`")]);
    check_loads(&format!("{both}never signal dim because \"x\";"));
    // A rule may have the name of a kind.
    check_loads(&format!("{both}never stage because \"x\";"));
    check_loads(&format!("{both}never rule stage because \"x\";"));
    check("never held_back because \"x\";", &[("unknown-name 1:7", "")]);
}

// ---- kinds ------------------------------------------------------------------------------------------------------

#[test]
fn an_instrument_states_nothing_of_itself() {
    let instrument = STUDY.replace("study", "instrument");
    let body = "scale s = percent(a);\nproperty p holds a >= 2;\nmonotone b;\nnot_monotone e because \"x\";\n";
    let Err(LoadError(problems)) = load_with(&instrument, body, &[]) else { panic!("an instrument only scores") };
    let expected =
        [("wrong-kind 2:10", "`property`"), ("wrong-kind 3:10", "`monotone`"), ("wrong-kind 4:14", "`not_monotone`")];
    check_diagnostics(&problems, Severity::Error, body, &expected);
    let body = "never s because \"x\";";
    let Err(LoadError(problems)) = load_with(&instrument, body, &[]) else { panic!("an instrument only scores") };
    let expected = [("wrong-kind 1:7", "`never` does not belong into an instrument"), ("unknown-name 1:7", "")];
    check_diagnostics(&problems, Severity::Error, body, &expected);
}
