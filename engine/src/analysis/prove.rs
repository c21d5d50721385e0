//! Properties of a ruleset, proved over all answer sheets of one role and form, or refuted by a sheet.
//!
//! Every verdict speaks of the sheets of [`Sheets`]; a sheet of nearly equal answers (the straight-line screen) is read
//! as `contradictory` instead, which no property here forbids. What refutes a property, and what shows that something can
//! occur, is looked at again by the engine itself, sheet by sheet; what it does not confirm is unknown.

mod claims;
mod moved;
mod occurs;
mod pivotal;
#[cfg(test)]
mod tests;

use super::{Count, Functions, Reported, Sheets, Witness};
use crate::compile::Variant;
use crate::diagram::OverBudget;
use crate::questionnaire::{Form, Role};
use crate::ruleset::{Kind, Ruleset};
pub(crate) use claims::BUILT_IN;
use claims::Subject;

/// The most nodes of an analysis, unless another number is given. A design choice: it keeps every analysis within about
/// 2 GiB, and is five times what the largest shipped variant takes.
pub const ANALYSIS_BUDGET: usize = 16_000_000;

/// What was found for one role and form.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The role.
    pub role: Role,
    /// The form.
    pub form: Form,
    /// How many answer sheets there are, exactly; none if the budget did not even allow to count them.
    pub sheets: Option<Count>,
    /// The properties, the built-in ones first, then those that the ruleset declares.
    pub claims: Vec<Claim>,
}

/// One property and what came of it.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its id, stable; `--property` takes it.
    pub id: String,
    /// What is said, in a sentence.
    pub title: String,
    /// `file:line` of its declaration; none for a built-in one.
    pub at: Option<String>,
    /// How many things it is said of, for example rules or items.
    pub of: usize,
    /// What was left out of it, and why.
    pub exempt: Vec<String>,
    /// Whether it is so.
    pub verdict: Verdict,
}

/// Whether a property holds.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// For every sheet.
    Proved,
    /// Not for these, the smallest that were found.
    Refuted(Vec<Counterexample>),
    /// It could not be told, and why.
    Unknown(String),
}

/// What refutes a property.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// What is wrong, in a sentence.
    pub says: String,
    /// The sheet that shows it, or the two that differ in one answer; none if it is that no sheet does something.
    pub sheets: Vec<Witness>,
}

/// Ids and titles of the properties of a ruleset for a role and form; empty for an instrument, and where that variant was
/// not loaded.
pub fn claims_of(ruleset: &Ruleset, role: Role, form: Form) -> Vec<(String, String)> {
    let Some(variant) = ruleset.variant(role, form) else { return Vec::new() };
    claims::subjects(ruleset.kind, variant)
        .into_iter()
        .map(|subject| (subject.id(variant), subject.title(variant)))
        .collect()
}

/// Proves or refutes the properties of a ruleset for one role and form. `only` limits it to the property with that id.
///
/// None if that variant was not loaded.
pub fn prove(ruleset: &Ruleset, role: Role, form: Form, budget: usize, only: Option<&str>) -> Option<Proof> {
    let variant = ruleset.variant(role, form)?;
    let mut sheets = Sheets::new(ruleset.questionnaire(), ruleset.gate(), &[variant], budget);
    let count = sheets.count().ok().map(Count::from);
    let mut subjects = claims::subjects(ruleset.kind, variant);
    subjects.retain(|subject| only.is_none_or(|only| subject.id(variant) == only));
    let functions = sheets.functions(ruleset.kind, variant);
    let mut claims = Vec::new();
    match functions {
        Ok(functions) => {
            let mut prover = Prover { ruleset, variant, sheets, functions };
            for subject in subjects {
                let (of, mut exempt) = prover.extent(&subject);
                let verdict = match prover.verdict(&subject, &mut exempt) {
                    Ok(found) if found.is_empty() => Verdict::Proved,
                    Ok(found) => refuted(found),
                    Err(over) => unknown(over),
                };
                claims.push(claim(&subject, variant, of, exempt, verdict));
            }
        }
        Err(over) => {
            claims.extend(subjects.iter().map(|subject| claim(subject, variant, 0, Vec::new(), unknown(over))))
        }
    }
    Some(Proof { role: variant.role, form: variant.form, sheets: count, claims })
}

fn claim(subject: &Subject, variant: &Variant, of: usize, exempt: Vec<String>, verdict: Verdict) -> Claim {
    let (id, title, at) = (subject.id(variant), subject.title(variant), subject.at(variant));
    Claim { id, title, at, of, exempt, verdict }
}

fn unknown(over: OverBudget) -> Verdict {
    Verdict::Unknown(format!("{over}; a greater budget may be enough"))
}

/// What contradicts a property, before it is known whether all of it is confirmed.
enum Found {
    Confirmed(Counterexample),
    /// The diagram says so, and the engine does not.
    Unconfirmed(String),
    /// It is about other sheets than those that are looked at.
    OutOfReach(String),
}

/// Only what the engine confirms refutes anything.
fn refuted(found: Vec<Found>) -> Verdict {
    let (mut confirmed, mut unconfirmed) = (Vec::new(), Vec::new());
    for found in found {
        match found {
            Found::Confirmed(counterexample) => confirmed.push(counterexample),
            Found::Unconfirmed(says) => unconfirmed.push(says),
            Found::OutOfReach(why) => return Verdict::Unknown(why),
        }
    }
    match confirmed.is_empty() {
        true => Verdict::Unknown(format!("no sheet was found that the engine confirms: {}", unconfirmed.join("; "))),
        false => Verdict::Refuted(confirmed),
    }
}

/// What a proof works with.
struct Prover<'a> {
    ruleset: &'a Ruleset,
    variant: &'a Variant,
    sheets: Sheets<'a>,
    functions: Functions,
}

impl Prover<'_> {
    fn signal(&self, id: &str) -> Option<u32> {
        self.variant.signals.iter().position(|signal| signal.id == id).map(|at| at as u32)
    }

    /// Whether it is reported as this signal, without a reason of the engine's.
    fn is_keep_going(&self) -> impl Fn(u32) -> bool + use<> {
        let keep_going = self.signal("keep_going");
        move |outcome| matches!(Reported::of(outcome), Reported::Declared(signal) if Some(signal) == keep_going)
    }

    /// What is reported, as a reader of the proof would call it.
    fn name(&self, outcome: u32) -> String {
        reported_name(self.variant, Reported::of(outcome))
    }

    /// What it is said of, and what it is not said of and why.
    fn extent(&self, subject: &Subject) -> (usize, Vec<String>) {
        match subject {
            Subject::Monotone => {
                let exempt = self.variant.not_monotone.iter().map(|exempt| {
                    let slot = self.ruleset.questionnaire().slots.get(exempt.slot);
                    format!("{}: {}", slot.map_or("", |slot| slot.id.as_str()), exempt.because)
                });
                (self.directed().len(), exempt.collect())
            }
            Subject::SafetyYes => (self.flagging().len(), Vec::new()),
            Subject::Skipping => (self.missable().len(), Vec::new()),
            Subject::StagesOccur => (self.variant.stages.len(), Vec::new()),
            Subject::OverlaysOccur => (self.variant.overlays.len(), Vec::new()),
            Subject::SignalsOccur => (self.variant.signals.len(), Vec::new()),
            Subject::ReasonsOccur => (self.declared_reasons().count(), Vec::new()),
            Subject::RulesFire => (self.variant.rules.len(), Vec::new()),
            Subject::RulesPivotal => (self.deciding().len(), Vec::new()),
            Subject::Total | Subject::UnderFlag | Subject::Never(_) | Subject::Declared(_) => (1, Vec::new()),
        }
    }

    fn verdict(&mut self, subject: &Subject, exempt: &mut Vec<String>) -> Result<Vec<Found>, OverBudget> {
        if matches!(subject, Subject::Never(_) | Subject::Declared(_)) && self.variant.has_flag_by_score() {
            exempt.push("sheets on which an answer is skipped or declined: a rule raises a flag by a score".to_owned());
        }
        match subject {
            Subject::Total => self.total(),
            Subject::UnderFlag => self.under_flag(),
            Subject::SafetyYes => self.safety_yes(),
            Subject::Skipping => self.skipping(),
            Subject::StagesOccur => self.stages_occur(),
            Subject::OverlaysOccur => self.overlays_occur(),
            Subject::SignalsOccur => self.signals_occur(),
            Subject::ReasonsOccur => self.reasons_occur(),
            Subject::RulesFire => self.rules_fire(),
            Subject::RulesPivotal => self.rules_pivotal(exempt),
            Subject::Monotone => self.monotone(),
            Subject::Never(number) => self.never(*number),
            Subject::Declared(number) => self.declared(*number),
        }
    }
}

/// What is reported of a sheet, in the words of the files.
pub(crate) fn reported_name(variant: &Variant, reported: Reported) -> String {
    match reported {
        Reported::Withheld => "withheld".to_owned(),
        Reported::OtherPath => "no signal (other_path)".to_owned(),
        Reported::NotEnough => "not_enough_answered".to_owned(),
        Reported::HeldBack => "mixed (held_back)".to_owned(),
        Reported::Contradictory => "mixed (contradictory)".to_owned(),
        Reported::CloseCall => "mixed (close_call)".to_owned(),
        Reported::None => "no signal".to_owned(),
        Reported::Declared(signal) => {
            variant.signals.get(signal as usize).map_or_else(String::new, |signal| signal.id.clone())
        }
    }
}

/// Whether a ruleset of this kind has honesty tests and the gate's promises to keep.
fn has_promises(kind: Kind) -> bool {
    kind == Kind::Assessment
}
