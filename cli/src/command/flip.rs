//! `bearings flip`: the smallest changes of one person's answers that change the signal.

use std::process::ExitCode;

use bearings_engine::diagnostic::nearest;
use bearings_engine::questionnaire::Questionnaire;
use bearings_engine::{FlipQuestion, flips, signal_ids};

use super::{explain, respondent};
use crate::args::{Common, ExplainFormat, FlipArgs};
use crate::exit::Failure;
use crate::load::Definition;
use crate::report::{self, About};

/// Prints the changes.
///
/// # Errors
/// The answers or the rules cannot be used, an item or a signal is not known, or standard output cannot be written to.
pub(crate) fn run(args: &FlipArgs, common: &Common) -> Result<ExitCode, Failure> {
    let rules = &args.respondent.rules;
    let definition = Definition::from_args(rules)?;
    super::refuse_instrument(&definition)?;
    // What can be wrong with the command line is found before any answer is read: the status never depends on those.
    let question = FlipQuestion {
        to: args.to.as_deref().map(|to| known_signal(to, &signal_ids(&definition.files))).transpose()?,
        frozen: frozen(&args.freeze, &definition.questionnaire)?,
        top: usize::from(args.top),
        budget: args.budget,
    };
    let (ruleset, responses) = respondent::open(&args.respondent, &definition, common)?;
    let found = flips(&ruleset, &responses, &question).map_err(explain::not_loaded)?;
    let format = if args.json { ExplainFormat::Json } else { ExplainFormat::Text };
    let slots = &definition.questionnaire.slots;
    let frozen: Vec<&str> =
        question.frozen.iter().filter_map(|slot| slots.get(*slot)).map(|slot| slot.id.as_str()).collect();
    let about = About::of(&ruleset, &responses, &rules.ruleset);
    explain::show(&report::render_flips(&found, &about, &question, &frozen, format))?;
    Ok(ExitCode::SUCCESS)
}

fn known_signal(to: &str, known: &[String]) -> Result<String, Failure> {
    if known.iter().any(|id| id == to) || known.is_empty() {
        return Ok(to.to_owned());
    }
    let near = nearest(to, known.iter().map(String::as_str));
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let message = format!("the ruleset has no signal `{}`{near} (it has {})", to.escape_debug(), known.join(", "));
    Err(Failure::Usage(message))
}

/// The slots of some items; an option of an item that takes several can be named as well.
fn frozen(items: &[String], questionnaire: &Questionnaire) -> Result<Vec<usize>, Failure> {
    let mut slots = Vec::new();
    let mut unknown = Vec::new();
    for name in items.iter().map(|name| name.trim()) {
        let item = questionnaire.items.iter().position(|item| item.id == name);
        match (item, questionnaire.slot(name)) {
            (Some(item), _) => slots.extend(questionnaire.slots_of(item).map(|(slot, _)| slot)),
            (None, Some(slot)) => slots.push(slot),
            (None, None) => unknown.push(name),
        }
    }
    if unknown.is_empty() {
        return Ok(slots);
    }
    let ids = || questionnaire.items.iter().map(|item| item.id.as_str());
    let said = unknown.into_iter().map(|name| match nearest(name, ids()) {
        Some(near) => format!("`{}` (did you mean `{near}`?)", name.escape_debug()),
        None => format!("`{}`", name.escape_debug()),
    });
    let message =
        format!("--freeze names what is no item of `{}`: {}", questionnaire.id, said.collect::<Vec<_>>().join(", "));
    Err(Failure::Usage(message))
}
