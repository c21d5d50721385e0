//! Asking one question after another.

use std::io::{BufRead, Write};

use bearings_engine::interview::{Interview, Reply};
use bearings_engine::questionnaire::{Item, Questionnaire, ROLE_ITEM};
use bearings_engine::with_bond;

use super::lines::{Lines, Stop};
use super::page::{self, Key, paragraph};
use super::words;
use crate::report::{page_as_text, where_help_is};

/// Knows what was said before.
#[derive(Debug, Default)]
pub(super) struct Asker {
    /// The heading that was said last.
    section: Option<String>,
    /// The question before is part of the safety block.
    in_block: bool,
    /// The safety block was introduced.
    knows_block: bool,
    /// All keys were named beside a question.
    knows_keys: bool,
}

impl Asker {
    /// Asks the current question until it is answered or gone back from.
    ///
    /// # Errors
    /// [`Stop`]; the question is not answered then.
    pub(super) fn ask(
        &mut self,
        questionnaire: &Questionnaire,
        interview: &mut Interview<'_>,
        lines: &mut Lines<impl BufRead, impl Write>,
    ) -> Result<(), Stop> {
        let Some(question) = interview.question() else {
            return Ok(());
        };
        let item = question.item;
        if let Some(heading) = self.heading(questionnaire, item) {
            lines.say(&paragraph(&heading))?;
        }
        let mut text = page::question(questionnaire, &question, interview.role(), interview.bond());
        if !std::mem::replace(&mut self.knows_keys, true) {
            text.push_str(&page::keys(item));
        }
        lines.say(&text)?;
        loop {
            match lines.prompt(&page::prompt(item))?.and_then(|line| page::key(&line, &question)) {
                Some(Key::Leave) => return Err(Stop::Left),
                Some(Key::Back) if interview.back() => return Ok(()),
                Some(Key::Back) => lines.say(&paragraph(words::FIRST))?,
                Some(Key::Why) => {
                    let why = item.why.as_deref().unwrap_or(words::NO_REASON);
                    lines.say(&paragraph(&with_bond(why, questionnaire, interview.bond())))?;
                }
                Some(Key::Help) => {
                    lines.say(&page_as_text(&where_help_is()))?;
                    // Help is long, and the question has left the screen.
                    lines.say(&text)?;
                }
                Some(Key::Reply(reply)) => {
                    let role_is_unsaid = item.id == ROLE_ITEM && !matches!(reply, Reply::Option(_));
                    match interview.reply(reply) {
                        Ok(()) if role_is_unsaid => return lines.say(&paragraph(words::ROLE_UNSAID)),
                        Ok(()) => return Ok(()),
                        Err(_) => lines.say(&page::possible(item))?,
                    }
                }
                None => lines.say(&page::possible(item))?,
            }
        }
    }

    /// What is said before a question with which something new begins.
    fn heading(&mut self, questionnaire: &Questionnaire, item: &Item) -> Option<String> {
        let was_in_block = std::mem::replace(&mut self.in_block, item.block);
        let section = questionnaire.section_of(item).filter(|_| !item.block).map(str::to_owned);
        let changes = section != self.section;
        self.section.clone_from(&section);
        if item.block {
            let knew = std::mem::replace(&mut self.knows_block, true);
            let text = if knew { words::MORE_SAFETY } else { words::BEFORE_SAFETY };
            return (!was_in_block).then(|| text.to_owned());
        }
        section.filter(|_| changes)
    }
}
