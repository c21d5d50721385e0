//! Problems as text: with source lines and carets, as single lines, or as JSON.
//!
//! Human text carries colours always; the stream takes them out where they are not wanted ([`to_stderr`]).

use std::io::Write;
use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_ERROR_STYLE as ERROR;
use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet};
use bearings_engine::diagnostic::{Diagnostic, Severity, SourceFile};
use serde_json::json;

use crate::args::{Common, ErrorFormat};

/// What is shown of the files that problems are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// The line with the problem.
    SourceLines,
    /// Only where it is: the file holds answers, and answers are never printed in an error.
    PlaceOnly,
}

/// All problems in the order given, and in the end how many there are. Empty for no problems.
pub(crate) fn diagnostics(
    problems: &[Diagnostic],
    sources: &[SourceFile],
    context: Context,
    format: ErrorFormat,
) -> String {
    let mut text = String::new();
    for problem in problems {
        let source = sources.iter().find(|source| source.name == problem.source);
        match format {
            ErrorFormat::Human => {
                text.push_str(&human(problem, source, context));
                text.push_str("\n\n");
            }
            ErrorFormat::Plain => text.push_str(&plain(problem, source)),
            ErrorFormat::Json => text.push_str(&json_line(problem, source)),
        }
    }
    if format != ErrorFormat::Json && !problems.is_empty() {
        text.push_str(&count(problems));
        text.push('\n');
    }
    text
}

/// A piece of a file as it is written, from the start of a line, with carets under some bytes of it and a word on them.
/// Without colours.
pub(crate) fn excerpt(source: &SourceFile, piece: Range<usize>, marked: Range<usize>, label: &str) -> String {
    let text = source.text.get(piece.clone()).unwrap_or_default();
    let place = marked.start.saturating_sub(piece.start)..marked.end.saturating_sub(piece.start);
    let annotation = AnnotationKind::Primary.span(within(&place, text)).label(label);
    let snippet = Snippet::source(text)
        .line_start(source.position(piece.start).0)
        .path(source.name.as_str())
        .fold(false)
        .annotation(annotation);
    Renderer::plain().render(&[Group::with_level(Level::NOTE).element(snippet)])
}

/// A problem without a place.
pub(crate) fn message(message: &str, hints: &[String], format: ErrorFormat) -> String {
    match format {
        ErrorFormat::Human => {
            let hints: String = hints.iter().map(|hint| format!("  = help: {hint}\n")).collect();
            format!("{ERROR}error{ERROR:#}: {message}\n{hints}")
        }
        ErrorFormat::Plain => format!("error: {}\n", one_line(message, hints)),
        ErrorFormat::Json => json_object(message, hints, None),
    }
}

/// A problem with a line of a survey. The line itself is not shown: it holds answers.
pub(crate) fn row(message: &str, file: &str, line: u64, format: ErrorFormat) -> String {
    match format {
        ErrorFormat::Human => format!("{ERROR}error{ERROR:#}: {message}\n --> {file}:{line}\n"),
        ErrorFormat::Plain => format!("{file}:{line}: error: {}\n", one_line(message, &[])),
        ErrorFormat::Json => json_object(message, &[], Some((file, line))),
    }
}

fn json_object(message: &str, hints: &[String], place: Option<(&str, u64)>) -> String {
    let object = json!({
        "code": null,
        "severity": "error",
        "file": place.map(|(file, _)| file),
        "line": place.map(|(_, line)| line),
        "column": null,
        "endLine": place.map(|(_, line)| line),
        "endColumn": null,
        "message": message,
        "hints": hints,
    });
    format!("{object}\n")
}

/// Something worth knowing that is no problem; kept back by `--quiet`.
pub(crate) fn note(text: &str, common: &Common) {
    if common.quiet {
        return;
    }
    to_stderr(&match common.error_format {
        ErrorFormat::Json => format!("{}\n", json!({"severity": "note", "message": text})),
        ErrorFormat::Human | ErrorFormat::Plain => format!("note: {text}\n"),
    });
}

/// Writes to stderr, with colours only where they are wanted. If stderr is closed there is nobody to tell.
pub(crate) fn to_stderr(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// "2 errors, 1 warning".
fn count(problems: &[Diagnostic]) -> String {
    let of = |severity, one: &str, several: &str| match problems
        .iter()
        .filter(|problem| problem.severity == severity)
        .count()
    {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {several}")),
    };
    let parts = [of(Severity::Error, "error", "errors"), of(Severity::Warning, "warning", "warnings")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn human(problem: &Diagnostic, source: Option<&SourceFile>, context: Context) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code.as_str());
    let group = match (source, &problem.span) {
        (Some(source), Some(span)) if context == Context::SourceLines => {
            let annotation = AnnotationKind::Primary.span(within(span, &source.text));
            title.element(Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(annotation))
        }
        _ => title.element(origin(problem, source)),
    };
    Renderer::styled().render(&[group.elements(hint_elements(&problem.hints))])
}

/// The renderer needs a span inside the text and on character borders.
fn within(span: &Range<usize>, text: &str) -> Range<usize> {
    let border = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = border(span.start);
    start..border(span.end).max(start)
}

fn origin<'a>(problem: &'a Diagnostic, source: Option<&SourceFile>) -> Origin<'a> {
    let origin = Origin::path(problem.source.as_str());
    match place(problem, source) {
        Some((line, column)) => origin.line(line).char_column(column),
        None => origin,
    }
}

fn hint_elements(hints: &[String]) -> impl Iterator<Item = Message<'_>> {
    hints.iter().map(|hint| Level::HELP.message(hint.as_str()))
}

fn place(problem: &Diagnostic, source: Option<&SourceFile>) -> Option<(usize, usize)> {
    let source = source?;
    Some(source.position(within(problem.span.as_ref()?, &source.text).start))
}

fn plain(problem: &Diagnostic, source: Option<&SourceFile>) -> String {
    let at = match place(problem, source) {
        Some((line, column)) => format!("{}:{line}:{column}", problem.source),
        None => problem.source.clone(),
    };
    format!("{at}: {}[{}]: {}\n", problem.severity, problem.code, one_line(&problem.message, &problem.hints))
}

/// A message and its hints without line breaks: who reads lines gets one line a problem.
fn one_line(message: &str, hints: &[String]) -> String {
    let mut line = message.to_owned();
    for hint in hints {
        line.push_str("; ");
        line.push_str(hint);
    }
    line.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

fn json_line(problem: &Diagnostic, source: Option<&SourceFile>) -> String {
    let place = place(problem, source);
    let end = source.zip(problem.span.as_ref()).map(|(source, span)| source.position(within(span, &source.text).end));
    let object = json!({
        "code": problem.code.as_str(),
        "severity": problem.severity.to_string(),
        "file": problem.source,
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "endLine": end.map(|(line, _)| line),
        "endColumn": end.map(|(_, column)| column),
        "message": problem.message,
        "hints": problem.hints,
    });
    format!("{object}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bearings_engine::diagnostic::Code;
    use snapbox::{assert_data_eq, str};

    fn shown(format: ErrorFormat) -> String {
        let source = SourceFile::new(
            "rulesets/own/effort.rhai",
            "// é\nrule one_sided\n\twhen effort_mine - effort_them >= 2\n",
        );
        let at = source.text.find("effort_them").unwrap();
        let problems = [
            Diagnostic::error(Code::UnknownName, &source.name, at..at + 11, "no item `effort_them`")
                .did_you_mean("effort_them", ["effort_theirs"]),
            Diagnostic::warning(Code::Coverage, &source.name, None, "rule `one_sided` has no case"),
        ];
        anstream::adapter::strip_str(&diagnostics(&problems, &[source], Context::SourceLines, format)).to_string()
    }

    #[test]
    fn human_text_points_at_the_place() {
        assert_data_eq!(
            shown(ErrorFormat::Human),
            str![[r#"
error[unknown-name]: no item `effort_them`
 --> rulesets/own/effort.rhai:3:21
  |
3 |     when effort_mine - effort_them >= 2
  |                        ^^^^^^^^^^^
  |
  = help: did you mean `effort_theirs`?

warning[coverage]: rule `one_sided` has no case
--> rulesets/own/effort.rhai

1 error, 1 warning

"#]]
        );
    }

    #[test]
    fn plain_text_has_one_line_a_problem() {
        assert_data_eq!(
            shown(ErrorFormat::Plain),
            str![[r#"
rulesets/own/effort.rhai:3:21: error[unknown-name]: no item `effort_them`; did you mean `effort_theirs`?
rulesets/own/effort.rhai: warning[coverage]: rule `one_sided` has no case
1 error, 1 warning

"#]]
        );
    }

    #[test]
    fn json_has_one_object_a_line() {
        assert_data_eq!(
            shown(ErrorFormat::Json),
            str![[r#"
{"code":"unknown-name","column":21,"endColumn":32,"endLine":3,"file":"rulesets/own/effort.rhai","hints":["did you mean `effort_theirs`?"],"line":3,"message":"no item `effort_them`","severity":"error"}
{"code":"coverage","column":null,"endColumn":null,"endLine":null,"file":"rulesets/own/effort.rhai","hints":[],"line":null,"message":"rule `one_sided` has no case","severity":"warning"}

"#]]
        );
    }

    #[test]
    fn a_span_outside_the_text_is_shown_at_its_end() {
        let source = SourceFile::new("a.json", "{é");
        for span in [0..99, 2..2, 50..60] {
            let problem = Diagnostic::error(Code::InvalidJson, "a.json", span, "x");
            assert!(
                diagnostics(&[problem], std::slice::from_ref(&source), Context::SourceLines, ErrorFormat::Human)
                    .contains("a.json")
            );
        }
    }

    #[test]
    fn an_excerpt_shows_all_lines_of_a_piece_with_their_numbers() {
        let source = SourceFile::new("a.rhai", "// 1\nrule b \"B\"\n    when x >= 2\n    then note();\n");
        let from = source.text.find("rule").unwrap();
        let shown = excerpt(&source, from..source.text.len() - 1, from + 5..from + 6, "did not fire");
        assert_data_eq!(
            shown,
            str![[r#"
 --> a.rhai:2:6
  |
2 | rule b "B"
  |      ^ did not fire
3 |     when x >= 2
4 |     then note();
  |
"#]]
        );
    }

    #[test]
    fn a_row_is_named_by_its_line() {
        let human = row("row 2: no", "s.csv", 3, ErrorFormat::Human);
        assert_eq!(anstream::adapter::strip_str(&human).to_string(), "error: row 2: no\n --> s.csv:3\n");
        assert_eq!(row("row 2: no", "s.csv", 3, ErrorFormat::Plain), "s.csv:3: error: row 2: no\n");
        assert!(row("row 2: no", "s.csv", 3, ErrorFormat::Json).contains("\"line\":3"));
    }

    #[test]
    fn no_problems_print_nothing() {
        assert_eq!(diagnostics(&[], &[], Context::SourceLines, ErrorFormat::Human), "");
    }
}
