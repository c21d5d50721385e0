//! A reading in ids and numbers, without words and traces: what a case is compared with.

use std::collections::BTreeMap;

use super::Sheet;
use crate::assess::BlockAssessment;
use crate::exact::Exact;
use crate::responses::Responses;
use crate::ruleset::Ruleset;

/// What came out of one sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Brief {
    pub(crate) signal: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) stage: Option<String>,
    pub(crate) overlays: Vec<String>,
    /// The labels of the bands that are met.
    pub(crate) bands: Vec<String>,
    /// The labels of the bands whose cut is near, those that are met first.
    pub(crate) near: Vec<String>,
    pub(crate) rules: Vec<(String, &'static str)>,
    pub(crate) levels: BTreeMap<String, u8>,
    pub(crate) scores: Vec<(String, Option<Exact>)>,
}

impl Brief {
    /// Of one sheet of a block; none where everything is withheld. `responses` are that sheet's answers.
    pub(crate) fn of_row(
        ruleset: &Ruleset,
        responses: &Responses,
        assessed: &BlockAssessment,
        row: usize,
    ) -> Option<Self> {
        let sheet = Sheet::of_row(ruleset, responses, assessed, row)?;
        let (row, variant) = (sheet.row, sheet.variant);
        let other_path = row.is_other_path();
        let no_advice = row.finding().left_out || other_path;
        let signal = sheet.signal();
        let (met, close) = (sheet.bands(|_, met| met), sheet.bands(|near, met| near && !met));
        let near = met.iter().chain(&close).filter(|band| band.near).map(|band| band.label.clone()).collect();
        let mut brief = Brief {
            signal: signal.id,
            reason: signal.reason,
            stage: row.stage().and_then(|stage| variant.stages.get(stage)).map(|stage| stage.id.clone()),
            overlays: Vec::new(),
            bands: met.into_iter().map(|band| band.label).collect(),
            near,
            rules: Vec::new(),
            levels: BTreeMap::new(),
            scores: Vec::new(),
        };
        if !no_advice {
            let overlays = row.overlays().filter_map(|overlay| variant.overlays.get(overlay));
            brief.overlays = overlays.map(|overlay| overlay.id.clone()).collect();
            let raised = |sign: &usize| variant.rules.iter().any(|rule| rule.raises(*sign));
            let signs = variant.signs.iter().enumerate().filter(|(sign, _)| raised(sign));
            brief.levels = signs.map(|(at, sign)| (sign.id.clone(), row.level(at))).collect();
        }
        if !other_path {
            let rules = variant.rules.iter().enumerate();
            brief.rules = rules.map(|(at, rule)| (rule.id.clone(), row.rule(at).as_str())).collect();
            let scales = variant.scales.iter().enumerate();
            brief.scores = scales.map(|(at, scale)| (scale.id.clone(), row.score(at).value.exact())).collect();
        }
        Some(brief)
    }
}
