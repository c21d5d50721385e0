//! One question: how it is written, and what a typed line means for it.

use bearings_engine::interview::{Question, Reply};
use bearings_engine::questionnaire::{Bond, Item, ItemKind, Questionnaire, ResponseOption, Role};
use bearings_engine::{item_text, with_bond};

use crate::report::wrapped;

const COLUMNS: usize = 80;

/// What a typed line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Reply(Reply),
    Back,
    Why,
    Help,
    Leave,
}

/// What a line means; none if it means nothing. Whether a reply fits its question is for the interview to say.
pub(super) fn key(line: &str, question: &Question<'_>) -> Option<Key> {
    let typed = line.trim().to_ascii_lowercase();
    let reply = match typed.as_str() {
        "q" => return Some(Key::Leave),
        "b" => return Some(Key::Back),
        "?" => return Some(Key::Why),
        "h" => return Some(Key::Help),
        "s" => Reply::Skipped,
        "r" => Reply::Declined,
        "n" => Reply::NotApplicable,
        // Only who went back has something that Enter can keep.
        "" => question.reply.clone()?,
        typed => match &question.item.kind {
            ItemKind::Choice(_) => Reply::Option(option(typed)?),
            ItemKind::Number { .. } => Reply::Number(number(typed)?),
            ItemKind::Multi(_) if matches!(typed, "0" | "none") => Reply::Ticked([].into()),
            ItemKind::Multi(_) => {
                let words = typed.split([' ', '\t', ',']).filter(|word| !word.is_empty());
                Reply::Ticked(words.map(option).collect::<Option<_>>()?)
            }
            ItemKind::Text => return None,
        },
    };
    Some(Key::Reply(reply))
}

/// The position of the option with this number; options are numbered from 1.
fn option(typed: &str) -> Option<usize> {
    usize::try_from(number(typed)?).ok()?.checked_sub(1)
}

/// A whole number without the plus that `parse` would take.
fn number(typed: &str) -> Option<i64> {
    typed.parse().ok().filter(|_| !typed.starts_with('+'))
}

/// The question with its answers. What an option stands for inside is not shown.
pub(super) fn question(
    questionnaire: &Questionnaire,
    question: &Question<'_>,
    role: Role,
    bond: Option<Bond>,
) -> String {
    let item = question.item;
    let mut text = format!("Question {} of about {}\n", question.number, question.of);
    text.push_str(&paragraph(&item_text(questionnaire, item, role, bond)));
    let options: &[ResponseOption] = match &item.kind {
        ItemKind::Choice(options) | ItemKind::Multi(options) => options,
        ItemKind::Number { .. } | ItemKind::Text => &[],
    };
    let width = options.len().to_string().len();
    for (at, option) in options.iter().enumerate() {
        let label = with_bond(&option.label, questionnaire, bond);
        text.push_str(&entry(&format!("{:>width$}", at + 1), &label));
    }
    if item.offers_not_applicable {
        text.push_str(&entry(&format!("{:>width$}", "n"), "does not apply"));
    }
    if !matches!(item.kind, ItemKind::Choice(_)) {
        text.push_str(&paragraph(&how(item)));
    }
    if let Some(reply) = &question.reply {
        text.push_str(&paragraph(&format!("Your answer until now: {}. Enter keeps it.", said(reply))));
    }
    text
}

/// A line of a list, indented, with what follows aligned.
fn entry(name: &str, text: &str) -> String {
    let start = name.chars().count() + 4;
    let mut lines = wrapped(text, COLUMNS - start).into_iter();
    let mut entry = format!("  {name}  {}\n", lines.next().unwrap_or_default());
    lines.for_each(|line| entry.push_str(&format!("{:start$}{line}\n", "")));
    entry
}

/// How the question is answered, as a request.
fn how(item: &Item) -> String {
    match &item.kind {
        ItemKind::Choice(options) => format!("Type a number from 1 to {}.", options.len()),
        ItemKind::Multi(options) if options.len() == 1 => "Type 1 if it fits, or 0 if it does not.".to_owned(),
        ItemKind::Multi(_) => "Type the numbers of all that fit in one line, such as 1 2, or 0 for none.".to_owned(),
        ItemKind::Number { min, max, unit, max_label } => {
            let what = unit.as_ref().map_or_else(|| "a number".to_owned(), |unit| format!("the number of {unit}"));
            let most = max_label.as_ref().map(|label| format!("; {max} = {label}")).unwrap_or_default();
            format!("Type {what}, from {min} to {max}{most}.")
        }
        // Never asked.
        ItemKind::Text => String::new(),
    }
}

/// All keys that a question takes.
pub(super) fn keys(item: &Item) -> String {
    let not_applicable = if item.offers_not_applicable { " n does not apply," } else { "" };
    paragraph(&format!(
        "Keys, each with Enter: b back, s skip, r rather not say,{not_applicable} ? why this is asked, h where help is, q leave."
    ))
}

/// What is possible, after something that was not.
pub(super) fn possible(item: &Item) -> String {
    format!("{}{}", paragraph(&how(item)), keys(item))
}

/// The short reminder before which a line is typed.
pub(super) fn prompt(item: &Item) -> String {
    let answers = match &item.kind {
        ItemKind::Choice(options) => format!("1-{}", options.len()),
        ItemKind::Multi(options) => format!("0-{}", options.len()),
        ItemKind::Number { min, max, .. } => format!("{min}-{max}"),
        ItemKind::Text => String::new(),
    };
    let not_applicable = if item.offers_not_applicable { " n" } else { "" };
    format!("[{answers}, b s r{not_applicable} ? h q] ")
}

/// A reply as it was typed, or what it means.
fn said(reply: &Reply) -> String {
    match reply {
        Reply::Option(at) => (at + 1).to_string(),
        Reply::Number(number) => number.to_string(),
        Reply::Ticked(ticked) if ticked.is_empty() => "none of these".to_owned(),
        Reply::Ticked(ticked) => ticked.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(" "),
        Reply::Skipped => "skipped".to_owned(),
        Reply::Declined => "rather not say".to_owned(),
        Reply::NotApplicable => "does not apply".to_owned(),
    }
}

/// Lines that fit the screen.
pub(super) fn paragraph(text: &str) -> String {
    wrapped(text, COLUMNS).iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use bearings_engine::diagnostic::SourceFile;

    use super::*;

    fn questionnaire() -> Questionnaire {
        let text = r#"{"format": "bearings/questionnaire@1", "id": "q", "version": "2", "title": "t",
"description": "d", "source": "s", "licence": "l", "bond_words": {"friend": "your friend"}, "items": [
  {"id": "visits", "kind": "choice", "text": "How often does {bond} visit?", "not_applicable": true,
   "options": [{"value": 7, "label": "never"}, {"value": 9, "label": "whenever {bond} can"}]},
  {"id": "weeks", "kind": "number", "text": "Since when?", "min": -5, "max": 52, "unit": "weeks",
   "max_label": "a year or more"},
  {"id": "ties", "kind": "multi", "text": "What ties you?",
   "options": [{"value": "home", "label": "a home"}, {"value": "work", "label": "work"}]}
]}"#;
        Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
    }

    fn asked<'q>(questionnaire: &'q Questionnaire, id: &str, reply: Option<Reply>) -> Question<'q> {
        Question { item: questionnaire.item(id).unwrap(), number: 2, of: 30, reply }
    }

    #[track_caller]
    fn check(id: &str, line: &str, expected: Option<Reply>) {
        let questionnaire = questionnaire();
        let found = key(line, &asked(&questionnaire, id, None));
        assert_eq!(found, expected.map(Key::Reply), "{line:?}");
    }

    #[test]
    fn a_line_is_a_number_of_an_option_a_number_or_some_of_them() {
        check("visits", " 2\r", Some(Reply::Option(1)));
        check("visits", "S", Some(Reply::Skipped));
        check("visits", "n", Some(Reply::NotApplicable));
        for line in ["0", "-1", "+1", "1.0", "1 2", "", "no", "yes", "1;", "٣"] {
            check("visits", line, None);
        }
        check("weeks", "-3", Some(Reply::Number(-3)));
        check("weeks", "r", Some(Reply::Declined));
        check("weeks", "1e1", None);
        for line in ["1 2", "2,1", " 1,\t2 2"] {
            check("ties", line, Some(Reply::Ticked([0, 1].into())));
        }
        for line in ["0", "None"] {
            check("ties", line, Some(Reply::Ticked([].into())));
        }
        for line in ["", "0 1", "1 home"] {
            check("ties", line, None);
        }
    }

    #[test]
    fn enter_keeps_what_stands() {
        let questionnaire = questionnaire();
        let again = asked(&questionnaire, "visits", Some(Reply::Declined));
        assert_eq!(key("", &again), Some(Key::Reply(Reply::Declined)));
        assert_eq!(
            [key("b", &again), key("?", &again), key("Q", &again)].map(Option::unwrap),
            [Key::Back, Key::Why, Key::Leave]
        );
    }

    #[test]
    fn a_question_shows_numbers_and_labels_and_never_values() {
        let questionnaire = questionnaire();
        let text =
            |id, reply| question(&questionnaire, &asked(&questionnaire, id, reply), Role::Hurt, Some(Bond::Friend));
        assert_eq!(
            text("visits", None),
            "Question 2 of about 30\nHow often does your friend visit?\n  1  never\n  2  whenever your friend can\n  \
             n  does not apply\n"
        );
        assert_eq!(
            text("weeks", Some(Reply::Number(52))),
            "Question 2 of about 30\nSince when?\nType the number of weeks, from -5 to 52; 52 = a year or more.\n\
             Your answer until now: 52. Enter keeps it.\n"
        );
        assert!(text("ties", Some(Reply::Ticked([].into()))).ends_with("now: none of these. Enter keeps it.\n"));
        let prompts = ["visits", "weeks", "ties"].map(|id| prompt(questionnaire.item(id).unwrap()));
        assert_eq!(prompts, ["[1-2, b s r n ? h q] ", "[-5-52, b s r ? h q] ", "[0-2, b s r ? h q] "]);
    }
}
