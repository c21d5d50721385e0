//! The outcomes as JUnit XML, which CI servers read. There are no times in it: the same cases give the same bytes.

use bearings_engine::Difference;

use super::suite::stem;
use super::{Outcome, Ran, Verdict};

/// The whole document.
pub(super) fn document(outcomes: &[Outcome<'_>]) -> String {
    let all = |of: fn(&Outcome<'_>) -> usize| outcomes.iter().map(of).sum::<usize>();
    let counts = counts(all(|outcome| outcome.cases.len()), all(failures), all(todos));
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bearings test\"{counts}>\n");
    outcomes.iter().for_each(|outcome| suite(&mut text, outcome));
    text.push_str("</testsuites>\n");
    text
}

fn failures(outcome: &Outcome<'_>) -> usize {
    outcome.count(Verdict::is_failure)
}

fn todos(outcome: &Outcome<'_>) -> usize {
    outcome.count(|verdict| verdict == Verdict::Todo)
}

fn counts(tests: usize, failures: usize, skipped: usize) -> String {
    format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
}

fn suite(text: &mut String, outcome: &Outcome<'_>) {
    let counts = counts(outcome.cases.len(), failures(outcome), todos(outcome));
    let name = escaped(&outcome.suite.name);
    text.push_str(&format!("  <testsuite name=\"{name}\"{counts}>\n"));
    outcome.cases.iter().for_each(|ran| case(text, ran, &name));
    text.push_str("  </testsuite>\n");
}

fn case(text: &mut String, ran: &Ran<'_>, suite: &str) {
    let (name, file) = (escaped(&stem(ran.case)), escaped(&ran.case.name));
    text.push_str(&format!("    <testcase name=\"{name}\" classname=\"{suite}\" file=\"{file}\""));
    let (element, message) = match ran.verdict {
        Verdict::Passed => {
            text.push_str("/>\n");
            return;
        }
        Verdict::Failed => ("failure", differences(&ran.differences)),
        Verdict::PassesNow => ("failure", "passes now: take `todo` out of the file".to_owned()),
        Verdict::Todo => ("skipped", format!("todo: {}", ran.case.todo.as_deref().unwrap_or_default())),
    };
    let (message, body) = (escaped(&message), escaped(&ran.text));
    text.push_str(&format!(">\n      <{element} message=\"{message}\">{body}</{element}>\n    </testcase>\n"));
}

fn differences(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Text for an attribute or an element. What XML 1.0 has no way to write is left out: a parser would refuse the file.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_means_is_escaped_and_what_it_cannot_say_is_left_out() {
        assert_eq!(escaped("a<b>&\"c\"\n\td\u{0}\u{1b}[1m\u{85}\u{fffe}é"), "a&lt;b&gt;&amp;&quot;c&quot;\n\td[1mé");
    }
}
