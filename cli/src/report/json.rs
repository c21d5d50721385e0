//! The assessment as JSON: `bearings/assessment@1`.

use bearings_engine::assessment::Assessment;

/// The assessment, indented, with a line end.
pub(super) fn assessment(assessment: &Assessment) -> String {
    indented(assessment)
}

/// Plain data, indented, with a line end.
pub(super) fn indented(data: &impl serde::Serialize) -> String {
    // Plain data with string keys always becomes JSON.
    let mut text = serde_json::to_string_pretty(data).unwrap_or_default();
    text.push('\n');
    text
}
