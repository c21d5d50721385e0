//! Columns that are never handed through: answers about safety, and who is under 18.

use bearings_engine::questionnaire::{Item, MINOR_ITEM, Questionnaire};

use super::header::shown;
use crate::builtin;
use crate::exit::Failure;

/// Refuses a column that is named for something else than being read, if its answers are private: those of an item that it
/// holds, or of one that it is named like, in this questionnaire or in a built-in one.
///
/// # Errors
/// The answers are private.
pub(crate) fn refuse(named: &str, holds: Option<&Item>, questionnaire: Option<&Questionnaire>) -> Result<(), Failure> {
    // In any spelling: such a column would be unread, but it holds the same answers.
    let lower = named.to_lowercase().replace("___", ".").replace("__", ".").replace('/', ".");
    let spelt = |id: &str| lower == id || lower.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
    let own = questionnaire.into_iter().flat_map(|questionnaire| &questionnaire.items);
    let is_private = holds.is_some_and(|item| item.block || item.id == MINOR_ITEM)
        || spelt(MINOR_ITEM)
        || own.filter(|item| item.block).any(|item| spelt(&item.id))
        || builtin::safety_ids().iter().any(|id| spelt(id));
    if !is_private {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{}` holds private answers (about safety, or age) and is never carried over",
        shown(named)
    )))
}
