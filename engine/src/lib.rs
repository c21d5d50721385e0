//! Scores answer sheets by rules that anyone can read, trace and prove.
//!
//! Files become a [`Questionnaire`](questionnaire::Questionnaire), [`Responses`](responses::Responses) and a
//! [`Ruleset`]; [`assess()`] makes an [`Assessment`](assessment::Assessment) of them. Nothing here reads a file, a
//! clock or a terminal.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod analysis;
mod assess;
pub mod assessment;
mod case;
mod compile;
pub mod diagnostic;
mod diagram;
pub mod exact;
mod explain;
pub mod fingerprint;
mod gate;
pub mod interview;
pub mod psychometrics;
pub mod questionnaire;
pub mod responses;
mod ruleset;
mod scoring;
mod script;
#[cfg(test)]
mod tests;
pub mod words;

pub use analysis::{
    ANALYSIS_BUDGET, Cell, Claim, Count, Counterexample, ENGINE_SIGNALS, Flip, FlipQuestion, Flips, Forcing, Impact,
    Matrix, Moves, NO_SIGNAL, NOT_ENOUGH_ANSWERED, NoImpact, OTHER_PATH, Proof, Said, Shift, Sides, UNPLACED, Untold,
    Verdict, WITHHELD, Why, Witness, claims_of, covered, flips, prove, why,
};
pub use assess::{
    AnswerBlock, AssessedRow, BlockAssessment, Compared, EngineReason, EvaluatedBlock, NotLoaded, Reason, RowView,
    RuleOutcome, SafetyFinding, Signal, UnguardedBlock, Unverified, Verifier, assess, assess_block, evaluate_block,
};
pub use case::{Aspect, CASE_FORMAT, Case, CaseResult, CaseTrace, Difference};
pub use compile::{
    Adjust, Aggregate, Band, Exempt, Monotone, Never, NeverTarget, Outcome, Property, Rule, RuleEffect, Scale, Screens,
    Sign, Variant,
};
pub use explain::{
    FiredRules, Held, RuleOnSheet, ScaleRead, Weighed, Weighing, WhyNot, effects_of, explain_row, forms_of, item_text,
    slot_label, why_not, with_bond,
};
pub use ruleset::{
    Aggregation, Comparison, ENGINE_REASONS, Kind, LoadOptions, NODE_BUDGET, Next, Parameter, REQUIRED_HEADINGS,
    Ruleset, batch_only, header_of, kind_of, lint, load, rule_ids, signal_ids,
};
pub use scoring::{Need, ScaleItem, Score, Value};
pub use script::api_reference;
