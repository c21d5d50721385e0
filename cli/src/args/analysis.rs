//! The arguments of the commands that look at all answer sheets of a ruleset.

use bearings_engine::ANALYSIS_BUDGET;
use clap::Args;

use super::{DEFAULT_RULESET, FormArg, RoleArg, Setting};

/// Which rules, for whom, and how much work they may take.
#[derive(Debug, Clone, Args)]
pub(crate) struct VariantArgs {
    /// The questionnaire: a built-in id or a file [default: the one the ruleset names]
    #[arg(long, value_name = "QUESTIONNAIRE")]
    pub(crate) questionnaire: Option<String>,
    /// Set a parameter of the ruleset; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// The form that is asked
    #[arg(long, default_value = "short")]
    pub(crate) form: FormArg,
    /// As whom people answer; `both` is read as `hurt`
    #[arg(long, default_value = "hurt")]
    pub(crate) role: RoleArg,
    /// The most nodes of the decision diagrams; what needs more is unknown
    #[arg(long, value_name = "NODES", default_value_t = ANALYSIS_BUDGET)]
    pub(crate) budget: usize,
}

pub(super) const PROVE_EXAMPLES: &str = "\
Prove what a ruleset promises, over every answer sheet without a gap.

Examples:
  bearings prove trust-repair
      the short form, as the one who was hurt
  bearings prove my-rules/ --form full --role broke
      another form and role
  bearings prove my-rules/ --property monotone
      one property only

One line a property. PROVED: no such sheet breaks it. REFUTED: the smallest
sheets that break it follow, two side by side where one answer makes the
difference. UNKNOWN: it took more than --budget, and nothing is claimed.
Status 0 if everything is proved, else 1.";

/// `bearings prove`
#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// A ruleset: a built-in id, a folder or a .rhai file
    #[arg(value_name = "RULESET", default_value = DEFAULT_RULESET)]
    pub(crate) ruleset: String,
    /// Only the property with this id
    #[arg(long, value_name = "ID")]
    pub(crate) property: Option<String>,
    /// Which rules, for whom.
    #[command(flatten)]
    pub(crate) variant: VariantArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
