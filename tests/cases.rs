//! `bearings test`: what a case can expect, what is said of one that differs, `todo`, `--run`, `--junit`.

use std::path::Path;

use crate::support::{Folder, Outcome, bearings, read};

/// The study that `bearings new ruleset` writes, with these cases instead of its own. Two people: in the first both
/// rules fire (efforts 3 and 1, no calm at home), in the second neither (efforts 2 and 2, no home).
fn study(cases: &[(&str, String)]) -> Folder {
    let folder = Folder::new();
    bearings("new ruleset own").within(folder.path()).ok();
    for name in ["first", "second"] {
        std::fs::remove_file(folder.at(&format!("own/cases/{name}.json"))).unwrap();
    }
    for (name, text) in cases {
        folder.write(&format!("own/cases/{name}.json"), text);
    }
    folder
}

const UNEVEN: &str =
    r#"{"weeks_known": 30, "effort_mine": 3, "effort_theirs": 1, "shared": ["home"], "home_is_calm": 1}"#;
const EVEN: &str = r#"{"weeks_known": 4, "effort_mine": 2, "effort_theirs": 2, "shared": []}"#;

fn case(description: &str, answers: &str, expect: &str) -> String {
    format!(
        "{{\n\"format\": \"bearings/case@1\",\n\"description\": \"{description}\",\n\"answers\": {answers},\n\"expect\": {expect}\n}}\n"
    )
}

fn todo(why: &str, case: &str) -> String {
    case.replacen("\"answers\"", &format!("\"todo\": \"{why}\",\n\"answers\""), 1)
}

fn test(folder: &Folder, arguments: &str, status: i32) -> Outcome {
    bearings("test").args(arguments).within(folder.path()).ends_with(status)
}

const HOLDS: &str =
    r#"{"signal": "strained", "stage": "known_bond", "fired": ["one_sided"], "scores": {"effort": 50}}"#;

#[test]
fn cases_that_hold_are_counted_and_nothing_is_said_of_them() {
    let folder = study(&[
        ("a", case("Gives more.", UNEVEN, HOLDS)),
        ("b", case("Even.", EVEN, r#"{"signal": "balanced", "not_fired": ["one_sided", "restless_home"]}"#)),
    ]);
    let stdout = test(&folder, "own", 0).stdout;
    assert_eq!(stdout, "own: 2 cases\n  2 of 2 rules fired in some case and not in another\n2 passed, 0 failed\n");
}

#[test]
fn two_failing_cases_are_both_shown_with_the_rule_in_its_source_and_what_it_read() {
    let folder = study(&[
        ("a", case("Gives more.", UNEVEN, r#"{"not_fired": ["one_sided"]}"#)),
        ("b", case("Even.", EVEN, r#"{"fired": ["one_sided"], "signal": "balanced"}"#)),
        ("c", case("Open.", r#"{"effort_theirs": 2}"#, r#"{"fired": ["one_sided"]}"#)),
    ]);
    let stdout = test(&folder, "own", 1).stdout;
    assert!(stdout.ends_with("0 passed, 3 failed\n"), "{stdout}");
    let place = |text: &str| stdout.find(text).unwrap_or_else(|| panic!("no `{text}` in: {stdout}"));
    let (a, b, c) = (
        place(
            "FAILED own/cases/a.json\n    Gives more.\n    rule one_sided: expected not_fired, got fired  (own/cases/a.json:5)\n",
        ),
        place(
            "FAILED own/cases/b.json\n    Even.\n    rule one_sided: expected fired, got not_fired  (own/cases/b.json:5)\n",
        ),
        place(
            "FAILED own/cases/c.json\n    Open.\n    rule one_sided: expected fired, got undecided  (own/cases/c.json:5)\n",
        ),
    );
    assert!(a < b && b < c);
    let rules = folder.read("own/ruleset.rhai");
    let line = rules.lines().position(|line| line.starts_with("rule one_sided")).unwrap() + 1;
    assert_eq!(stdout.matches(&format!("--> own/ruleset.rhai:{line}:6\n")).count(), 3, "{stdout}");
    // The whole declaration stands there, and the caret under the id.
    for written in
        ["when    effort_mine - effort_theirs >= wide_gap", "then    points(\"strain\", 2)", "source  \"Design"]
    {
        assert_eq!(stdout.matches(written).count(), 3, "{written}");
    }
    assert_eq!(stdout.matches("^^^^^^^^^ fired\n").count(), 1);
    assert_eq!(stdout.matches("^^^^^^^^^ did not fire\n").count(), 1);
    assert_eq!(stdout.matches("^^^^^^^^^ is undecided\n").count(), 1);
    assert!(
        stdout[a..b].contains("effort_mine: 3 \"a lot\"\n") && stdout[a..b].contains("effort_theirs: 1 \"a little\"\n")
    );
    // 2 - 2 = 0 and 2 are needed: two steps, which one answer can make.
    let ways = ["`effort_mine` from \"some\" to \"a great deal\"", "`effort_theirs` from \"some\" to \"none\""];
    let way = "to fire: ";
    assert!(ways.iter().any(|wanted| stdout[b..c].contains(&format!("{way}{wanted}"))), "{stdout}");
    assert!(stdout[c..].contains("effort_mine: skipped\n") && stdout[c..].contains("open: effort_mine\n"), "{stdout}");
}

#[test]
fn stage_signal_and_score_are_traced_to_the_conditions_and_answers_behind_them() {
    let expect = r#"{"stage": "known_bond", "signal": "strained", "scores": {"effort": 75}}"#;
    let folder = study(&[("a", case("Even.", EVEN, expect))]);
    let stdout = test(&folder, "own", 1).stdout;
    let (signal, rest) = stdout.split_once("    stage: expected known_bond, got new_bond").unwrap();
    let (stage, score) = rest.split_once("    score effort: expected 75, got 50").unwrap();
    // The ladder: the one that was expected does not hold, the one that came out does.
    assert!(signal.contains("    signal: expected strained, got balanced  (own/cases/a.json:5)\n"), "{signal}");
    assert!(signal.contains("^^^^^^^^ does not hold\n") && signal.contains("        strain: 0\n"), "{signal}");
    assert!(signal.contains("      balanced holds: effort: 50\n"), "{signal}");
    // A rung that holds too early is shown in full, with its source.
    assert!(
        stage.contains("stage new_bond \"They have not known each other for long\" when weeks_known < 8"),
        "{stage}"
    );
    assert!(stage.contains("^^^^^^^^ holds\n") && stage.contains("weeks_known: 4 \"4 weeks\"\n"), "{stage}");
    assert!(stage.contains("known_bond is what is left over\n"), "{stage}");
    assert!(score.contains("2 of 2 answered\n") && score.contains("scale effort \"Effort on both sides\""), "{score}");
    assert!(score.contains("effort_mine: 2 \"some\"\n") && score.contains("effort_theirs: 2 \"some\"\n"), "{score}");
}

/// `trust-repair` with some of its cases, each with another expectation.
fn shipped(cases: &[(&str, serde_json::Value)]) -> String {
    let folder = Folder::new();
    for entry in std::fs::read_dir(crate::support::root().join("rulesets/trust-repair")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            folder.write(&format!("own/{}", path.file_name().unwrap().to_string_lossy()), std::fs::read(path).unwrap());
        }
    }
    for (name, expect) in cases {
        let text = read(format!("rulesets/trust-repair/cases/{name}.json"));
        let mut case: serde_json::Value = serde_json::from_str(&text).unwrap();
        case["expect"] = expect.clone();
        folder.write(&format!("own/cases/{name}.json"), case.to_string());
    }
    test(&folder, "own --run .", 1).stdout
}

#[test]
fn levels_overlays_and_reasons_are_traced_to_what_makes_them() {
    let wrong = serde_json::json!({"levels": {"care": 1}, "overlays": ["crossroads"], "reason": "too_early"});
    let close = serde_json::json!({"signal": "keep_going"});
    let stdout = shipped(&[("partner-keeps-showing-up", wrong), ("partner-hangs-on-one-answer", close)]);
    let name = "partner-keeps-showing-up.json";
    assert!(stdout.contains(&format!("level of care: expected 1, got 0  (own/cases/{name}:1)\n")), "{stdout}");
    for rule in ["apology_missing", "repair_matters_little", "nothing_unasked"] {
        assert!(stdout.contains(&format!("      {rule} (care 1) did not fire\n")), "{stdout}");
    }
    assert!(stdout.contains("to fire: `repair_matters_to_them` from \"completely true\" to \"a little true\"\n"));
    assert!(stdout.contains("overlays: expected crossroads, got none"), "{stdout}");
    assert!(stdout.contains("overlay crossroads \"Time to choose for yourself\" for hurt"), "{stdout}");
    assert!(stdout.contains("reason: expected too_early, got none") && stdout.contains("the signal is keep_going\n"));
    assert!(stdout.contains("reason too_early \"It is too early"), "{stdout}");

    // Where the engine itself takes a direction back, it is said by which answer.
    assert!(stdout.contains("signal: expected keep_going, got mixed"), "{stdout}");
    assert!(stdout.contains("reason close_call: "), "{stdout}");
    assert!(stdout.contains("mixed with `can_be_myself` from \"sometimes\" to \"rarely\"\n"), "{stdout}");
}

#[test]
fn after_a_hard_flag_a_failing_case_shows_nothing_but_that() {
    let folder = crate::support::root().join("rulesets/trust-repair/cases");
    let withheld = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| {
        let case: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        case["expect"]["withheld"] == true
    });
    let names: Vec<String> = withheld.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert!(!names.is_empty());
    let cases: Vec<_> = names.iter().map(|name| (name.as_str(), serde_json::json!({"signal": "mixed"}))).collect();
    let stdout = shipped(&cases);
    assert!(stdout.ends_with(&format!("0 passed, {} failed\n", names.len())), "{stdout}");
    for (at, part) in stdout.split("  FAILED ").skip(1).enumerate() {
        let (_, told) = part.split_once("    withheld: expected no, got yes  (").unwrap();
        let rest: Vec<&str> = told.lines().skip(1).filter(|line| !line.ends_with("failed")).collect();
        let said = "      the safety gate raises a hard flag for these answers, and nothing else is read then";
        assert_eq!(rest, [said], "{at}");
    }
}

#[test]
fn a_todo_that_differs_fails_nothing_and_one_that_holds_fails() {
    let open = todo("The gap is still argued about.", &case("Even.", EVEN, r#"{"fired": ["one_sided"]}"#));
    let folder = study(&[("open", open.clone()), ("fine", case("Gives more.", UNEVEN, HOLDS))]);
    let stdout = test(&folder, "own", 0).stdout;
    let said = "  todo own/cases/open.json\n    The gap is still argued about.\n    rule one_sided: expected fired, got not_fired\n";
    assert!(stdout.contains(said) && stdout.ends_with("1 passed, 0 failed, 1 todo\n"), "{stdout}");

    folder.write("own/cases/done.json", todo("Not yet.", &case("Gives more.", UNEVEN, HOLDS)));
    let stdout = test(&folder, "own", 1).stdout;
    let said = "  FAILED own/cases/done.json\n    Not yet.\n    passes now: take `todo` out of the file\n";
    assert!(stdout.contains(said) && stdout.ends_with("1 passed, 1 failed, 1 todo\n"), "{stdout}");
}

#[test]
fn unknown_names_stop_everything_before_a_case_is_run_all_of_them_with_their_places() {
    let folder = study(&[
        ("a", case("x", UNEVEN, r#"{"fired": ["one_sidde"], "stage": "old_bond"}"#)),
        ("b", case("x", EVEN, r#"{"scores": {"efort": 50}, "undecided": ["restless_home", "nothing"]}"#)),
        ("c", case("x", EVEN, r#"{"signal": "strained"}"#)),
    ]);
    let outcome = test(&folder, "own --junit junit.xml --error-format plain", 4);
    assert_eq!(outcome.stdout, "");
    assert!(!folder.at("junit.xml").exists());
    let problem = |place: &str, what: &str| format!("own/cases/{place}: error[invalid-case]: `own` has no {what}");
    for (start, end) in [
        (problem("a.json:5:22", "rule `one_sidde`"), "did you mean `one_sided`?"),
        (problem("a.json:5:45", "stage `old_bond`"), "did you mean `new_bond`?"),
        (problem("b.json:5:23", "scale `efort`"), "did you mean `effort`?"),
        (problem("b.json:5:68", "rule `nothing`"), "it has: one_sided, restless_home"),
    ] {
        let lines = outcome.stderr.lines().filter(|line| line.starts_with(&start) && line.ends_with(end));
        assert_eq!(lines.count(), 1, "{start} {end}: {}", outcome.stderr);
    }
    assert!(outcome.stderr.ends_with("4 errors\n"), "{}", outcome.stderr);
    // `check` says the same.
    let check = bearings("check own --error-format plain").within(folder.path()).ends_with(4);
    assert_eq!(check.stderr.matches("error[invalid-case]").count(), 4, "{}", check.stderr);
    // With a caret.
    let human = test(&folder, "own", 4).stderr;
    assert!(human.contains("| {\"fired\"") || human.contains("\"fired\": [\"one_sidde\"]"), "{human}");
    assert!(human.contains(&"^".repeat("\"one_sidde\"".len())), "{human}");
}

#[test]
fn only_the_cases_that_match_are_run() {
    let folder = study(&[
        ("uneven", case("Gives more.", UNEVEN, HOLDS)),
        ("even", case("Both the same.", EVEN, r#"{"signal": "strained"}"#)),
    ]);
    // By the file's name, by the description, by nothing.
    let by_name = test(&folder, "own --run ^uneven", 0).stdout;
    assert_eq!(by_name, "own: 1 of 2 cases\n1 passed, 0 failed\n");
    let by_description = test(&folder, "own --run '(?i)both THE'", 1).stdout;
    assert!(by_description.starts_with("own: 1 of 2 cases\n  FAILED own/cases/even.json\n"), "{by_description}");
    // A folder's name is no case's name.
    for (pattern, said) in
        [("own", "no case matches `own`"), ("xyz", "cases: even.json, uneven.json"), ("(", "'--run <REGEX>'")]
    {
        let outcome = test(&folder, &format!("own --run '{pattern}' --junit junit.xml"), 2);
        assert!(outcome.stdout.is_empty() && outcome.stderr.contains(said), "{}", outcome.stderr);
    }
    assert_eq!(folder.names(), ["own"]);
    let shipped = bearings("test --run no-such-case").ends_with(2).stderr;
    assert!(shipped.contains(" more"), "{shipped}");
    let shipped = bearings("test --run partner-keeps-showing-up").ok().stdout;
    assert!(shipped.starts_with("trust-repair: 1 of ") && shipped.ends_with("1 passed, 0 failed\n"), "{shipped}");
}

#[test]
fn a_ruleset_without_cases_says_so_and_fails_where_it_is_asked_to() {
    let folder = study(&[]);
    assert_eq!(test(&folder, "own", 0).stdout, "own: no cases\n0 passed, 0 failed\n");
    assert_eq!(test(&folder, "own --fail-on-empty", 1).stdout, "own: no cases\n0 passed, 0 failed\n");
    // One that has some does not hide one that has none.
    assert!(test(&folder, "own csi-4 --fail-on-empty", 1).stdout.contains("own: no cases\n"));
    test(&folder, "csi-4 --fail-on-empty", 0);
    assert!(test(&folder, "own --run x", 2).stderr.contains("there are no cases"));
}

/// An element of an XML document: name, attributes, text and children. Only what the writer uses is understood, and
/// everything else is a failure.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn unescaped(text: &str) -> String {
    assert!(!text.contains(['<', '>']), "{text}");
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap();
        whole.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => panic!("&{other};"),
        });
        whole.push_str(rest);
    }
    whole
}

/// A strict parser of well-formed documents without comments, sections or namespaces.
fn parse(document: &str) -> Element {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(document.chars().all(allowed), "{document}");
    let mut rest = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    let mut open = vec![Element::default()];
    while let Some((text, after)) = rest.split_once('<') {
        open.last_mut().unwrap().text.push_str(&unescaped(text));
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let done = open.pop().unwrap();
            assert_eq!(done.name, name);
            open.last_mut().unwrap().children.push(done);
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        while let Some((name, after)) = attributes.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            assert!(element.get(name).is_empty(), "{name} twice");
            element.attributes.push((name.to_owned(), unescaped(value)));
            attributes = after;
        }
        assert_eq!(attributes.trim(), "");
        if empty { open.last_mut().unwrap().children.push(element) } else { open.push(element) }
    }
    assert_eq!((rest, open.len()), ("\n", 1));
    let mut root = open.pop().unwrap().children;
    assert_eq!(root.len(), 1);
    root.pop().unwrap()
}

#[test]
fn junit_tells_every_case_and_is_whole_and_the_same_each_time() {
    let odd = r#"A <b> & \"c\" ]]> \u001b[31m \u0000 \ufffe é"#;
    let folder = study(&[
        ("a", case("Gives more.", UNEVEN, HOLDS)),
        ("b", case(odd, EVEN, r#"{"fired": ["one_sided"], "signal": "strained"}"#)),
        ("c", todo("Later & <maybe>.", &case("Even.", EVEN, r#"{"fired": ["one_sided"]}"#))),
        ("d", todo("Not yet.", &case("Gives more.", UNEVEN, HOLDS))),
    ]);
    let stdout = test(&folder, "own csi-4 --junit out/junit.xml", 5).stdout;
    assert_eq!(stdout, "");
    let stdout = test(&folder, "own csi-4 --junit junit.xml", 1).stdout;
    let text = folder.read("junit.xml");
    let suites = parse(&text);
    let csi = std::fs::read_dir(crate::support::root().join("rulesets/csi-4/cases")).unwrap().count();
    let count = |element: &Element| ["tests", "failures", "errors", "skipped"].map(|name| element.get(name).to_owned());
    assert_eq!(
        (suites.name.as_str(), count(&suites)),
        ("testsuites", [&(4 + csi).to_string(), "2", "0", "1"].map(String::from))
    );
    let [own, other] = &suites.children[..] else { panic!("{suites:?}") };
    assert_eq!((own.get("name"), count(own)), ("own", ["4", "2", "0", "1"].map(String::from)));
    assert_eq!((other.get("name"), count(other)), ("csi-4", [&csi.to_string(), "0", "0", "0"].map(String::from)));
    assert!(other.children.iter().all(|case| case.name == "testcase" && case.children.is_empty()));
    let cases: Vec<(&str, &str, &str)> =
        own.children.iter().map(|case| (case.get("name"), case.get("classname"), case.get("file"))).collect();
    let expected: Vec<(&str, &str, String)> =
        ["a", "b", "c", "d"].iter().map(|name| (*name, "own", format!("own/cases/{name}.json"))).collect();
    assert_eq!(cases, expected.iter().map(|(name, class, file)| (*name, *class, file.as_str())).collect::<Vec<_>>());
    assert!(own.children[0].children.is_empty());
    let inside = |at: usize| {
        let [only] = &own.children[at].children[..] else { panic!("{own:?}") };
        (only.name.as_str(), only.get("message").to_owned(), only.text.clone())
    };
    let (name, message, body) = inside(1);
    let wanted = "signal: expected strained, got balanced; rule one_sided: expected fired, got not_fired";
    assert_eq!((name, message.as_str()), ("failure", wanted));
    assert!(
        body.contains("A <b> & \"c\" ]]>") && body.contains("é") && body.contains("--> own/ruleset.rhai:"),
        "{body}"
    );
    // What stands there is what is printed, less what XML cannot say.
    assert!(stdout.replace('\u{fffe}', "").contains(&body), "{stdout}");
    assert_eq!((inside(2).0, inside(2).1.as_str()), ("skipped", "todo: Later & <maybe>."));
    assert_eq!((inside(3).0, inside(3).1.as_str()), ("failure", "passes now: take `todo` out of the file"));
    test(&folder, "own csi-4 --junit junit.xml", 1);
    assert_eq!(folder.read("junit.xml"), text);
    assert!(!text.contains("time=") && !text.contains(&*folder.path().to_string_lossy()));
}

#[test]
fn junit_is_never_written_over_a_file_of_the_ruleset_or_into_the_text() {
    let folder =
        study(&[("a", case("Gives more.", UNEVEN, HOLDS)), ("b", case("Even.", EVEN, r#"{"stage": "new_bond"}"#))]);
    for input in ["own/cases/a.json", "own/ruleset.rhai", "own/cases/../cases/b.json"] {
        let before = folder.read(input);
        let outcome = test(&folder, &format!("own --run ^a --junit {input}"), 2);
        assert!(outcome.stderr.contains("is an input"), "{}", outcome.stderr);
        assert_eq!(folder.read(input), before);
    }
    assert!(test(&folder, "own --junit -", 2).stderr.contains("--junit needs a file"));
    assert!(Path::new(&folder.at("own")).is_dir() && folder.names() == ["own"]);
}

#[test]
fn the_help_says_what_a_todo_that_holds_does() {
    let help = bearings("test --help").ok().stdout;
    let words: Vec<&str> = help.split_whitespace().collect();
    let help = words.join(" ");
    for part in ["\"todo\": \"why\"", "Once it holds it fails", "--run", "--junit", "--fail-on-empty"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
