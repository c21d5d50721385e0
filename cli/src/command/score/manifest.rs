//! The manifest beside a scored file: what made it, so that it can be made again. It holds no date and no answer.

use std::collections::BTreeMap;

use bearings_engine::assessment::{Fingerprint, provenance};
use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{Ruleset, forms_of};
use serde::Serialize;

use super::anonymity::Anonymity;
use super::merge::Tally;
use super::reliable::Reliable;
use super::suppression::SMALLEST_SHOWN;
use crate::args::{RecordedAs, RowFormat, ScoreArgs};

/// The first field of every manifest.
const MANIFEST_FORMAT: &str = "bearings/manifest@1";

/// One input file.
#[derive(Debug, Serialize)]
pub(super) struct InputRecord {
    pub(super) name: String,
    pub(super) sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) form: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_role: Option<&'static str>,
    pub(super) id_column: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) wave_columns: Vec<String>,
    /// What was decided about how the file is written, one sentence each.
    pub(super) read_as: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) map_sha256: Option<String>,
    /// Stands among the policies: it is the same for all files.
    #[serde(skip)]
    pub(super) recorded: RecordedAs,
    pub(super) rows: u64,
    pub(super) rejected: u64,
}

/// What was found while scoring.
pub(super) struct Found<'a> {
    pub(super) inputs: &'a [InputRecord],
    pub(super) tally: &'a Tally,
    /// The size of a group that was asked for, and what was found.
    pub(super) anonymity: Option<(u64, Anonymity)>,
    /// The waves in their order, where changes were written.
    pub(super) waves: Option<Vec<String>>,
    /// What tells which of them are reliable.
    pub(super) reliable: Option<Reliable>,
}

/// Whether respondents can be told apart.
#[derive(Serialize)]
struct AnonymityRecord<'a> {
    k: u64,
    columns: &'a [String],
    /// None if there were too many combinations to count.
    rows_below: Option<u64>,
    smallest_group: Option<u64>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    engine: &'static str,
    ruleset: Fingerprint,
    questionnaire: Fingerprint,
    params: BTreeMap<String, String>,
    /// Only where forms differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    inputs: &'a [InputRecord],
    rows: Rows,
    rejects: &'a BTreeMap<&'static str, u64>,
    answers_not_asked: u64,
    duplicate_ids: u64,
    duplicate_answers: u64,
    /// Only where rows with a hard flag were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out_for_safety: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k_anonymity: Option<AnonymityRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waves: &'a Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reliable_change: &'a Option<Reliable>,
    policies: Policies<'a>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Rows {
    read: u64,
    scored: u64,
    rejected: u64,
}

/// How answers were read and scored; each line is a choice that another program might make differently.
#[derive(Serialize)]
struct Policies<'a> {
    output: &'static str,
    decimals: u32,
    rounding: &'static str,
    missing_codes: &'a [String],
    recorded_as: &'static str,
    empty_cell: &'static str,
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    fields: &'a [String],
    scales: BTreeMap<String, String>,
}

pub(super) fn text(ruleset: &Ruleset, form: Form, args: &ScoreArgs, found: &Found<'_>) -> serde_json::Result<String> {
    let Found { inputs, tally, anonymity, ref waves, ref reliable } = *found;
    let made = provenance(ruleset, Role::Hurt, form);
    let mut notes = Vec::new();
    if args.with_safety {
        notes.push("Nothing is withheld here, and the column `safety` says what the gate found.".to_owned());
    } else if let Some(rows) = super::private_rows(ruleset, args) {
        notes.push(format!("{rows}: treat this file like the safety answers"));
    }
    let manifest = Manifest {
        format: MANIFEST_FORMAT,
        engine: made.engine,
        ruleset: made.ruleset,
        questionnaire: made.questionnaire,
        params: made.params,
        form: form_word(ruleset, form),
        inputs,
        rows: Rows { read: tally.read, scored: tally.scored(), rejected: tally.rejected },
        rejects: &tally.reasons,
        answers_not_asked: tally.conflicts,
        duplicate_ids: tally.duplicate_ids,
        duplicate_answers: tally.duplicate_answers,
        left_out_for_safety: args.blind.then(|| left_out(tally.withheld)),
        k_anonymity: anonymity.map(|(k, found)| {
            let (rows_below, smallest_group) = match found {
                Anonymity::Found { below, smallest } => (Some(below), Some(smallest)),
                Anonymity::TooMany => (None, None),
            };
            AnonymityRecord { k, columns: &args.quasi, rows_below, smallest_group }
        }),
        waves,
        reliable_change: reliable,
        policies: Policies {
            output: if args.format == RowFormat::Csv { "csv" } else { "ndjson" },
            decimals: args.decimals,
            rounding: "half up, in the output only",
            missing_codes: &args.columns.missing,
            recorded_as: inputs.first().map_or(args.columns.recorded_as, |input| input.recorded).as_str(),
            empty_cell: "skipped",
            limit: args.limit,
            shard: args.shard.as_ref().map(|shard| shard.to_string()),
            fields: &args.fields,
            scales: scales(ruleset, form),
        },
        notes,
    };
    let mut text = serde_json::to_string_pretty(&manifest)?;
    text.push('\n');
    Ok(text)
}

/// How many rows were left out, as it may be told: a few could point at somebody.
fn left_out(rows: u64) -> String {
    match rows {
        0..SMALLEST_SHOWN => format!("fewer than {SMALLEST_SHOWN}"),
        rows => rows.to_string(),
    }
}

/// The form, where the questionnaire has more than one.
pub(super) fn form_word(ruleset: &Ruleset, form: Form) -> Option<&'static str> {
    (forms_of(ruleset.questionnaire()).len() > 1).then(|| form.as_str())
}

/// How each scale is made and how many answers it takes, in words.
fn scales(ruleset: &Ruleset, form: Form) -> BTreeMap<String, String> {
    let mut scales = BTreeMap::new();
    for ((role, own), variant) in ruleset.variants() {
        for scale in variant.scales.iter().filter(|_| *own == form) {
            let items = scale.items.len();
            let how = match scale.aggregation {
                bearings_engine::Aggregation::Percent => "percent of the possible range",
                bearings_engine::Aggregation::Mean => "mean",
                bearings_engine::Aggregation::Sum => "sum",
            };
            let need = scale.need.of(items);
            let text = format!("{how} of {items} items, prorated over those answered, at least {need}");
            let name = match ruleset.questionnaire().has_roles() {
                true => format!("{} ({})", scale.id, role.as_str()),
                false => scale.id.clone(),
            };
            scales.insert(name, text);
        }
    }
    scales
}
