//! The columns of a scored file, for who writes it and for who describes it.

use bearings_engine::Ruleset;
use bearings_engine::questionnaire::MINOR_ITEM;

/// A column behind the id and the kept ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::command) enum ScoredColumn {
    Stage,
    Overlays,
    Signal,
    Reason,
    KeepSide,
    WalkLevel,
    /// A scale's score.
    Scale(String),
    /// How many of its items were answered.
    Answered(String),
    /// A sum of points.
    Points(String),
    RulesFired,
    RulesUndecided,
}

impl ScoredColumn {
    /// Its name in the header.
    pub(in crate::command) fn name(&self) -> String {
        match self {
            ScoredColumn::Stage => "stage".to_owned(),
            ScoredColumn::Overlays => "overlays".to_owned(),
            ScoredColumn::Signal => "signal".to_owned(),
            ScoredColumn::Reason => "reason".to_owned(),
            ScoredColumn::KeepSide => "keep_side".to_owned(),
            ScoredColumn::WalkLevel => "walk_level".to_owned(),
            ScoredColumn::Scale(scale) => scale.clone(),
            ScoredColumn::Answered(scale) => format!("{scale}_answered"),
            ScoredColumn::Points(sum) => format!("{sum}_points"),
            ScoredColumn::RulesFired => "rules_fired".to_owned(),
            ScoredColumn::RulesUndecided => "rules_undecided".to_owned(),
        }
    }
}

/// Which rows of a scored file tell of a safety flag, in words; none if no row can.
pub(in crate::command) fn flagged_rows(ruleset: &Ruleset) -> Option<&'static str> {
    let has_gate = ruleset.questionnaire().items.iter().any(|item| item.block);
    (has_gate && gives_signals(ruleset)).then_some("rows that read `withheld` are those with a safety flag")
}

/// Which rows tell of somebody's age, in words; none if no row can.
pub(in crate::command) fn minor_rows(ruleset: &Ruleset) -> Option<&'static str> {
    let asks = ruleset.questionnaire().slot(MINOR_ITEM).is_some();
    (asks && gives_signals(ruleset)).then_some("rows with the reason `other_path` are people under 18")
}

fn gives_signals(ruleset: &Ruleset) -> bool {
    ruleset.variants().any(|(_, variant)| !variant.signals.is_empty())
}
