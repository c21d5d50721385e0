//! The columns of a scored file, for who writes it and for who describes it.

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
