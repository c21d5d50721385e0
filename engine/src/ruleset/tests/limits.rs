//! Scripts of strangers: each ends in an error, and soon.

use super::*;

// ---- limits -----------------------------------------------------------------------------------------------------

/// A hostile study is refused quickly, with an error that says that it is one.
#[track_caller]
fn check_refuses(body: &str, codes: &[&str]) {
    let start = Instant::now();
    let found = load_with(STUDY, body, &[]);
    let took = start.elapsed();
    let short: String = body.chars().take(60).collect();
    let Err(LoadError(problems)) = found else { panic!("it loads: {short}") };
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        assert!(codes.contains(&problem.code.as_str()), "{short}: {problem:?}");
        assert!(!problem.message.is_empty(), "{short}");
    }
    // A second alone; more on a machine that runs all tests at once.
    assert!(took < Duration::from_secs(5), "{short}: {took:?}");
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let large = format!("rule r when a >= 2 then note();\n//{}", "x".repeat(64 * 1024));
    check(&large, &[("script-limit", "split it into several files")]);
    check_loads(&format!("rule r when a >= 2 then note();\n//{}", "x".repeat(60 * 1024)));
}

#[test]
fn chains_and_brackets_have_a_depth() {
    let chain = vec!["a >= 2"; 100].join(" && ");
    check_refuses(&format!("rule r when {chain} then note();"), &["script-limit"]);
    let negations = "!".repeat(500);
    check_refuses(&format!("rule r when {negations}(a >= 2) then note();"), &["script-limit"]);
    for depth in [100, 10_000] {
        let body = format!("rule r when {}a >= 2{} then note();", "(".repeat(depth), ")".repeat(depth));
        check_refuses(&body, &["script-limit"]);
        check_refuses(
            &format!("fn f(x) {{ {}x >= 2{} }}\nrule r when f(a) then note();", "(".repeat(depth), ")".repeat(depth)),
            &["script-limit"],
        );
        check_refuses(&format!("rule r when {} then note();", "(".repeat(depth)), &["missing-clause"]);
    }
    check_loads(&format!("rule r when {}a >= 2{} then note();", "(".repeat(10), ")".repeat(10)));
}

#[test]
fn loops_are_not_part_of_the_language() {
    for body in
        ["loop {}", "while true {}", "loop { loop {} }", "for i in 0..9 {}", "do { } while true", "while x >= 0 { }"]
    {
        check_refuses(
            &format!("fn f(x) {{ {body}; true }}\nrule r when f(a) then note();"),
            &["script-error", "script-limit", "syntax"],
        );
    }
    check_refuses("rule r when loop {} then note();", &["script-error", "syntax", "unknown-name"]);
}

#[test]
fn recursion_ends_in_an_error() {
    check(
        "fn deeper(x) { deeper(x) }\nrule r when deeper(a) then note();",
        &[("script-limit 2:13", "nested more than 8 deep")],
    );
    // The place is the call, also when it does not stand first.
    check(
        "fn deeper(x) { deeper(x) }\nrule r when b >= 1 && e >= 1 && deeper(a) then note();",
        &[("script-limit 2:33", "nested more than 8 deep")],
    );
    check_refuses("fn f(x) { g(x) }\nfn g(x) { f(x) }\nrule r when f(a) then note();", &["script-limit"]);
    check_refuses("fn f(x) { f(x) || f(x) }\nrule r when f(a) then note();", &["script-limit"]);
    // Wide, not deep: 6 calls of 6 calls of ..., within the levels that are allowed.
    let wide: Vec<String> =
        (0..7).map(|n| format!("fn f{n}(x) {{ {} }}", vec![format!("f{}(x)", n + 1); 6].join(" && "))).collect();
    check_refuses(
        &format!("{}\nfn f7(x) {{ true }}\nrule r when f0(a) then note();", wide.join("\n")),
        &["script-limit"],
    );
}

#[test]
fn a_growing_word_ends_in_an_error() {
    check_refuses(
        "fn f(s, n) { if n == 0 { s == \"\" } else { f(s + s, n - 1) } }\nrule r when f(\"0123456789012345678901234567890123456789\", 7) && a >= 2 then note();",
        &["script-limit", "script-error"],
    );
    let doubling = "s += s; ".repeat(40);
    check_refuses(
        &format!("fn f() {{ let s = \"0123456789\"; {doubling} s == \"\" }}\nrule r when f() && a >= 2 then note();"),
        &["script-limit", "script-error"],
    );
    check_refuses(
        &format!("rule r when breach == \"{}\" then note();", "x".repeat(5000)),
        &["script-limit", "script-error"],
    );
}

#[test]
fn a_script_reaches_nothing_outside() {
    for call in [
        "eval(\"true\")",
        "print(\"x\")",
        "debug(\"x\")",
        "sleep(1000000)",
        "timestamp()",
        "rand()",
        "parse_json(\"{}\")",
        "open_file(\"/etc/passwd\")",
        "x.call()",
        "Fn(\"f\").call(x)",
        "call(\"f\", x)",
        "type_of(x) == \"i64\"",
        "[x, x].len() >= 1",
        "#{a: 1}.a == 1",
        "(|| true)()",
    ] {
        check_refuses(
            &format!("fn f(x) {{ {call} }}\nrule r when f(a) then note();"),
            &["script-error", "syntax", "unknown-function"],
        );
        check_refuses(
            &format!("rule r when a >= 2 && {} then note();", call.replace('x', "a")),
            &["script-error", "syntax", "unknown-function", "unknown-name"],
        );
    }
    for statement in ["import \"m\" as m;", "export x;", "throw \"x\";", "try { x } catch { }", "global::A", "this"] {
        check_refuses(
            &format!("fn f(x) {{ {statement} true }}\nrule r when f(a) then note();"),
            &["script-error", "syntax", "unknown-function"],
        );
    }
    check_refuses("import \"m\" as m;", &["unknown-declaration"]);
    check_refuses("let x = 1;", &["unknown-declaration"]);
}

#[test]
fn a_condition_is_one_expression() {
    for condition in ["a = 2", "{ let z = a; z >= 2 }", "if a >= 2 { true }", "a >= 2; b >= 2"] {
        let body = format!("rule r when {condition} then note();");
        assert!(load_with(STUDY, &body, &[]).is_err(), "{condition} loads");
    }
}

#[test]
fn two_hundred_functions_are_refused() {
    let functions: Vec<String> = (0..200).map(|n| format!("fn f{n}(x) {{ x >= {n} }}")).collect();
    check_refuses(&format!("{}\nrule r when f3(a) then note();", functions.join("\n")), &["script-limit"]);
}

#[test]
fn many_variables_are_refused() {
    let lets: Vec<String> = (0..100).map(|n| format!("let v{n} = {n};")).collect();
    check_refuses(
        &format!("fn f(x) {{ {} true }}\nrule r when f(a) then note();", lets.join(" ")),
        &["script-limit", "script-error"],
    );
}
