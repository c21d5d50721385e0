//! Questionnaires as forms of other systems: paper, REDCap, XLSForm.
//!
//! What is asked of whom, in which order and when is found out here, once; the formats only write it down.

mod codes;
mod paper;
mod redcap;
#[cfg(test)]
mod tests;
mod xlsform;

use bearings_engine::item_text;
use bearings_engine::questionnaire::{
    BOND_ITEM, Bond, Condition, Form, Item, ItemKind, Operator, OptionValue, Questionnaire, ROLE_ITEM, ResponseOption,
    Role,
};

use crate::report::{Block, where_help_is};

pub(crate) use paper::form as paper;
pub(crate) use redcap::{ADVISED_NAME, dictionary as redcap};
pub(crate) use xlsform::sheets as xlsform;

/// Over the safety block, wherever a questionnaire is fielded.
const SAFETY_HEADING: &str = "Questions about safety";
const SAFETY_INTRO: &str = "Everybody gets these questions. Skipping is fine: you can leave out any of them, or \
                            all of them. If somebody could see your answers who should not, leave them out.";
/// Over the support text, with which every form ends.
const HELP_HEADING: &str = "Where help is";
const DOES_NOT_APPLY: &str = "Does not apply";

/// Whom a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Audience {
    /// The form that is asked.
    pub(crate) form: Form,
    /// As whom people answer; `both`: everybody, each is asked what concerns them.
    pub(crate) role: Role,
    /// As whom every one of them answers, if that is known: then nobody is asked.
    pub(crate) every_role: Option<Role>,
    /// The bond that the words are for; if it is known, nobody is asked.
    pub(crate) bond: Option<Bond>,
}

/// What is asked, in its order.
pub(crate) struct Sheet<'a> {
    questionnaire: &'a Questionnaire,
    parts: Vec<Part<'a>>,
    /// Items that are not asked, since everybody's answer is known, and that answer.
    pub(crate) settled: Vec<(&'a str, &'static str)>,
    /// What whoever holds the answers has to know, if single people's numbers are of no use.
    pub(crate) groups_only: Option<String>,
    /// Free text that is not asked: nothing scores it, and what people write can tell who they are.
    pub(crate) left_out: Vec<&'a str>,
}

/// Questions under one heading.
struct Part<'a> {
    heading: Option<&'a str>,
    /// They are the safety block, or a stretch of it.
    safety: bool,
    questions: Vec<Question<'a>>,
}

/// One question.
struct Question<'a> {
    /// From 1.
    number: usize,
    item: &'a Item,
    text: String,
    /// It is asked only if all of these hold.
    shown_if: Vec<ShownIf<'a>>,
}

/// An earlier answer that a question depends on.
struct ShownIf<'a> {
    number: usize,
    parent: &'a Item,
    test: Test<'a>,
}

enum Test<'a> {
    /// The answer compares so.
    Compared(Operator, &'a OptionValue),
    /// The answer is one of these.
    OneOf(Vec<&'a ResponseOption>),
    /// This option of a multi item is ticked.
    Ticked(&'a ResponseOption),
    /// It is not.
    NotTicked(&'a ResponseOption),
}

impl<'a> Sheet<'a> {
    /// What this audience is asked. A question whose condition can never hold here is left out.
    pub(crate) fn new(questionnaire: &'a Questionnaire, audience: Audience) -> Self {
        let mut sheet =
            Self { questionnaire, parts: Vec::new(), settled: Vec::new(), groups_only: None, left_out: Vec::new() };
        for item in questionnaire.items.iter().filter(|item| item.is_asked_in(audience.role, audience.form)) {
            let settled = match item.id.as_str() {
                ROLE_ITEM => audience.every_role.map(Role::as_str),
                BOND_ITEM => audience.bond.map(Bond::as_str),
                _ => None,
            };
            if let Some(answer) = settled {
                sheet.settled.push((&item.id, answer));
                continue;
            }
            if item.kind == ItemKind::Text {
                sheet.left_out.push(&item.id);
                continue;
            }
            let known = item.asked_if.as_ref().and_then(|condition| sheet.is_settled(condition));
            let asked_if = match known {
                Some(true) => None,
                Some(false) => continue,
                None => item.asked_if.as_ref().map(|condition| sheet.shown_if(condition)),
            };
            let shown_if = match asked_if {
                // Its parent is not asked, or no answer to it brings the question up.
                Some(None) => continue,
                Some(Some(shown_if)) => vec![shown_if],
                None => Vec::new(),
            };
            let shown_if = sheet.for_role(item, audience.role).into_iter().chain(shown_if).collect();
            // Who is asked as one of two roles gets the words of that role.
            let role = if let [only] = item.roles.as_slice() { *only } else { audience.role };
            let text = item_text(questionnaire, item, role, audience.bond);
            let number = sheet.questions().count() + 1;
            sheet.push(Question { number, item, text, shown_if });
        }
        sheet
    }

    fn push(&mut self, question: Question<'a>) {
        let (heading, safety) = (self.questionnaire.section_of(question.item), question.item.block);
        match self.parts.last_mut() {
            Some(part) if part.heading == heading && part.safety == safety => part.questions.push(question),
            _ => self.parts.push(Part { heading, safety, questions: vec![question] }),
        }
    }

    fn questions(&self) -> impl Iterator<Item = &Question<'a>> {
        self.parts.iter().flat_map(|part| &part.questions)
    }

    fn asked(&self, id: &str) -> Option<&Question<'a>> {
        self.questions().find(|question| question.item.id == id)
    }

    /// Whether a condition holds for everybody, or for nobody; none if it hangs on an answer.
    fn is_settled(&self, condition: &Condition) -> Option<bool> {
        let (_, answer) = self.settled.iter().find(|(id, _)| *id == condition.item)?;
        Some(condition.op.holds(&OptionValue::Word((*answer).to_owned()), &condition.value))
    }

    /// A name of our own that no item has.
    fn free_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.questions().any(|question| question.item.id.eq_ignore_ascii_case(&name)) {
            name.push_str("_too");
        }
        name
    }

    fn shown_if(&self, condition: &'a Condition) -> Option<ShownIf<'a>> {
        let (id, option) =
            condition.item.split_once('.').map_or((condition.item.as_str(), None), |(id, option)| (id, Some(option)));
        let asked = self.asked(id)?;
        let holds = |value: i64| condition.op.holds(&OptionValue::Number(value), &condition.value);
        let test = match (&asked.item.kind, option) {
            (ItemKind::Multi(options), Some(word)) => {
                let option = options.iter().find(|option| option.value.to_string() == word)?;
                match (holds(0), holds(1)) {
                    (false, false) => return None,
                    (true, false) => Test::NotTicked(option),
                    (_, true) => Test::Ticked(option),
                }
            }
            (ItemKind::Choice(options), None)
                if !options.iter().any(|option| condition.op.holds(&option.value, &condition.value)) =>
            {
                return None;
            }
            (ItemKind::Number { min, max, .. }, None) if !(*min..=*max).any(holds) => return None,
            _ => Test::Compared(condition.op, &condition.value),
        };
        Some(ShownIf { number: asked.number, parent: asked.item, test })
    }

    /// In a form for everybody, who answers decides which of the questions for one role are asked.
    fn for_role(&self, item: &Item, role: Role) -> Option<ShownIf<'a>> {
        let [only] = item.roles.as_slice() else { return None };
        let asked = self.asked(ROLE_ITEM).filter(|_| role == Role::Both && *only != Role::Both)?;
        let ItemKind::Choice(options) = &asked.item.kind else { return None };
        let fits = |option: &&'a ResponseOption| {
            let said = Role::parse(&option.value.to_string());
            said == Some(*only) || said == Some(Role::Both)
        };
        let test = Test::OneOf(options.iter().filter(fits).collect());
        Some(ShownIf { number: asked.number, parent: asked.item, test })
    }
}

impl<'a> Question<'a> {
    /// The options in the order in which the form prints them.
    fn options(&self) -> Vec<&'a ResponseOption> {
        match &self.item.kind {
            ItemKind::Choice(options) if self.item.falling => options.iter().rev().collect(),
            ItemKind::Choice(options) | ItemKind::Multi(options) => options.iter().collect(),
            ItemKind::Number { .. } | ItemKind::Text => Vec::new(),
        }
    }
}

impl Part<'_> {
    /// What stands over it.
    fn title(&self) -> Option<&str> {
        self.heading.or(self.safety.then_some(SAFETY_HEADING))
    }
}

/// All conditions together; each is written by the format.
fn all_of(shown_if: &[ShownIf<'_>], clause: fn(&ShownIf<'_>) -> String) -> String {
    let one = |shown_if: &ShownIf<'_>| match &shown_if.test {
        Test::OneOf(options) if options.len() > 1 => format!("({})", clause(shown_if)),
        _ => clause(shown_if),
    };
    match shown_if {
        [only] => clause(only),
        several => several.iter().map(one).collect::<Vec<_>>().join(" and "),
    }
}

/// The line that cannot wait, for the start of a form.
fn emergency() -> String {
    help_lines().into_iter().next().unwrap_or_default()
}

/// All of the support text, for the end of a form: a line for each sentence and each directory.
fn help_lines() -> Vec<String> {
    let mut lines = Vec::new();
    for block in where_help_is().0 {
        match block {
            Block::Title(text) | Block::Heading(text) | Block::Subheading(text) => lines.push(text),
            Block::Text(text) | Block::Code(text) => lines.push(text),
            Block::Points(points) => lines.extend(points),
            Block::Rows(rows) => lines.extend(rows.iter().map(|row| format!("{}: {}", row.name, row.text))),
            Block::Entries(entries) => lines.extend(entries.into_iter().map(|entry| entry.text)),
        }
    }
    lines
}

/// One line of a stranger's text: no line breaks, nothing that steers a terminal, one space between words.
fn one_line(text: &str) -> String {
    crate::report::tame(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a spreadsheet could take the text for a formula.
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}
