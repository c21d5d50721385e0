//! A form to print, in Markdown: a box for each answer, the safety block on a page of its own, and in the end a key
//! for whoever types the answers in.

use bearings_engine::questionnaire::{ItemKind, Operator, ResponseOption};

use super::{HELP_HEADING, Part, Question, SAFETY_INTRO, Sheet, ShownIf, Test, emergency, one_line};
use crate::report::{page_as_markdown, where_help_is};

const NEW_PAGE: &str = "<div style=\"page-break-before: always\"></div>\n";
const LINE: &str = "______________";
const INTRO: &str = "\
Please tick one box for each question, unless it says otherwise. You can leave out
any question. Please do not write your name, or anybody else's, on this form.
";
const KEY: &str = "\
This page is not for the person who answers. A survey to be scored is a table with
one row a form, and these columns. Save it as CSV; `bearings help fielding` has the
rest.

- No box ticked, or more than one where one is asked for: leave the cell empty.
- Boxes of which any may be ticked: if not one of them is ticked, and \"none of these\"
  is not ticked either, leave all their cells empty.
- \"I would rather not say\" in the person's own words: type `declined`.
  \"I do not know\": type `dont_know`.
- \"Does not apply\" ticked: type `not_applicable`, into each cell of the question.
- A question that did not have to be answered (\"Only if ...\"): leave the cell empty.
- Nothing else is to be typed in: no name, no remark from the margin.
";

/// The form.
pub(crate) fn form(sheet: &Sheet<'_>) -> String {
    let questionnaire = sheet.questionnaire;
    let mut text = format!(
        "# {}\n\n{}\n\n{}\n\nNumber of this form: {LINE}\n\n{INTRO}",
        markdown(&questionnaire.title),
        markdown(&questionnaire.description),
        emergency()
    );
    let mut after_safety = false;
    for part in &sheet.parts {
        if part.safety || after_safety {
            text.push_str(&format!("\n{NEW_PAGE}"));
        }
        write_part(&mut text, part);
        after_safety = part.safety;
    }
    text.push_str("\nThat was the last question. Thank you.\n");
    if !after_safety {
        text.push_str(&format!("\n{NEW_PAGE}\n## {HELP_HEADING}\n\n{}", page_as_markdown(&where_help_is())));
    }
    text.push_str(&format!("\n{NEW_PAGE}"));
    write_key(&mut text, sheet);
    text
}

fn write_part(text: &mut String, part: &Part<'_>) {
    if let Some(title) = part.title() {
        text.push_str(&format!("\n## {}\n", markdown(title)));
    }
    if part.safety {
        text.push_str(&format!("\n{SAFETY_INTRO}\n"));
    }
    for question in &part.questions {
        write_question(text, question);
    }
    if part.safety {
        text.push_str(&format!("\n### {HELP_HEADING}\n\n{}", page_as_markdown(&where_help_is())));
    }
}

fn write_question(text: &mut String, question: &Question<'_>) {
    text.push_str(&format!("\n**{}.** {}\n\n", question.number, markdown(&question.text)));
    if !question.shown_if.is_empty() {
        let conditions: Vec<String> = question.shown_if.iter().map(condition).collect();
        text.push_str(&format!("*Only if {}.*\n\n", conditions.join(", and ")));
    }
    match &question.item.kind {
        ItemKind::Choice(_) => boxes(text, question),
        ItemKind::Multi(_) => {
            text.push_str("Tick all that fit.\n\n");
            boxes(text, question);
            text.push_str("- [ ] none of these\n");
        }
        ItemKind::Number { min, max, unit, max_label } => {
            let unit = unit.as_ref().map(|unit| format!(" {}", markdown(unit))).unwrap_or_default();
            let most = max_label.as_ref().map(|label| format!(" ({max}: {})", markdown(label))).unwrap_or_default();
            text.push_str(&format!("A whole number from {min} to {max}{most}: {LINE}{unit}\n"));
        }
        // Not in a sheet.
        ItemKind::Text => {}
    }
    if question.item.offers_not_applicable {
        text.push_str("- [ ] does not apply\n");
    }
}

fn boxes(text: &mut String, question: &Question<'_>) {
    for option in question.options() {
        text.push_str(&format!("- [ ] {}\n", markdown(&option.label)));
    }
}

fn condition(shown_if: &ShownIf<'_>) -> String {
    let number = shown_if.number;
    match (&shown_if.test, &shown_if.parent.kind) {
        (Test::Ticked(option), _) => format!("you ticked {} in question {number}", quoted(option)),
        (Test::NotTicked(option), _) => format!("you did not tick {} in question {number}", quoted(option)),
        (Test::OneOf(options), _) => answered(options.iter().copied(), number),
        (Test::Compared(operator, with), ItemKind::Choice(options)) => {
            answered(options.iter().filter(|option| operator.holds(&option.value, with)), number)
        }
        (Test::Compared(operator, with), _) => {
            let compared = match operator {
                Operator::Equal => format!("is {with}"),
                Operator::NotEqual => format!("is not {with}"),
                Operator::AtMost => format!("is {with} or less"),
                Operator::AtLeast => format!("is {with} or more"),
                Operator::Less => format!("is less than {with}"),
                Operator::Greater => format!("is more than {with}"),
            };
            format!("your answer to question {number} {compared}")
        }
    }
}

fn answered<'a>(options: impl Iterator<Item = &'a ResponseOption>, number: usize) -> String {
    let labels: Vec<String> = options.map(quoted).collect();
    format!("you answered {} to question {number}", labels.join(" or "))
}

fn quoted(option: &ResponseOption) -> String {
    format!("“{}”", markdown(&option.label))
}

/// Which column holds which question, and what is typed in for each box.
fn write_key(text: &mut String, sheet: &Sheet<'_>) {
    text.push_str(&format!("\n## For typing it in\n\n{KEY}\n"));
    if let Some(groups_only) = &sheet.groups_only {
        text.push_str(&format!("{groups_only}.\n\n"));
    }
    text.push_str("| Question | Column | Type in |\n|---|---|---|\n");
    text.push_str("|  | `id` | the number of the form |\n");
    for question in sheet.questions() {
        let (number, item) = (question.number, question.item);
        let mut row = |column: &str, cell: &str| text.push_str(&format!("| {number} | `{column}` | {cell} |\n"));
        match &item.kind {
            ItemKind::Choice(_) => {
                row(&item.id, &question.options().into_iter().map(code).collect::<Vec<_>>().join("; "));
            }
            ItemKind::Multi(options) => {
                for option in options {
                    let column = format!("{}__{}", item.id, option.value);
                    row(&column, &format!("{}: 1 if it is ticked, else 0", markdown(&option.label)));
                }
            }
            ItemKind::Number { min, max, .. } => row(&item.id, &format!("the number, from {min} to {max}")),
            // Not in a sheet.
            ItemKind::Text => {}
        }
    }
}

/// In the order of the boxes: what is typed in, and what stands beside the box.
fn code(option: &ResponseOption) -> String {
    format!("{} = {}", markdown(&option.value.to_string()), markdown(&option.label))
}

/// A stranger's text, on one line and with everything escaped that could be markup.
fn markdown(text: &str) -> String {
    let text = one_line(text);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let is_negative = text.starts_with('-') && text.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    let mut escaped = String::new();
    for (at, c) in text.chars().enumerate() {
        // What would start a list or a heading at the start of a line; `-2` does not.
        let opens = match c {
            '-' | '+' | '=' => at == 0 && !is_negative,
            '.' | ')' => at > 0 && at == digits,
            _ => false,
        };
        if opens || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' | '$' | '^') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
