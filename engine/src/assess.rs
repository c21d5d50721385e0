//! The heart: answers in, assessments out.
//!
//! [`assess_block`] is the base case: many sheets in columns. One person ([`assess`]) is a block of one, so a
//! reading at the terminal and a row of a survey can never differ. Both are total: they always answer. The gate
//! comes first; a sheet with a hard flag has no scores, rules, stage or advice that anything could print.

mod block;
mod columns;
mod decide;
mod evaluate;
mod missing;
mod verify;

use crate::assessment::Assessment;
use crate::responses::Responses;
use crate::ruleset::Ruleset;
pub use block::{AnswerBlock, AssessedRow, BlockAssessment, EvaluatedBlock, RowView, SafetyFinding, UnguardedBlock};
pub(crate) use columns::Coded;
pub(crate) use decide::settling;
pub use decide::{EngineReason, Reason, Signal};
pub use evaluate::RuleOutcome;
pub use verify::{Compared, Unverified, Verifier};

/// Assesses one set of responses.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without the variant that these responses need.
pub fn assess(ruleset: &Ruleset, responses: &Responses) -> Result<Assessment, NotLoaded> {
    let assessed = assess_one(ruleset, responses)?;
    Ok(crate::explain::explain_row(ruleset, responses, &assessed, 0))
}

/// A block of one.
pub(crate) fn assess_one(ruleset: &Ruleset, responses: &Responses) -> Result<BlockAssessment, NotLoaded> {
    let mut block = AnswerBlock::new(ruleset.questionnaire(), responses.form, responses.safety);
    block.push(responses.role, &responses.answers);
    assess_block(ruleset, &block)
}

/// Assesses many sheets at once, each on its own: a sheet's result depends on its own answers alone.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without a variant that some sheet needs.
pub fn assess_block(ruleset: &Ruleset, block: &AnswerBlock) -> Result<BlockAssessment, NotLoaded> {
    evaluate_block(ruleset, block)?.decide(ruleset, block)
}

/// The first half of [`assess_block`]: gate, scores, rules, stages. [`EvaluatedBlock::decide`] is the second.
///
/// # Errors
/// [`NotLoaded`] if the ruleset was loaded without a variant that some sheet needs.
pub fn evaluate_block(ruleset: &Ruleset, block: &AnswerBlock) -> Result<EvaluatedBlock, NotLoaded> {
    block::evaluate(ruleset, block)
}

/// The ruleset was loaded without this variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ruleset was not loaded for role {} and the {} form", .role.as_str(), .form.as_str())]
pub struct NotLoaded {
    /// The role that was needed.
    pub role: crate::questionnaire::Role,
    /// The form that was needed.
    pub form: crate::questionnaire::Form,
}

#[cfg(test)]
mod tests;
