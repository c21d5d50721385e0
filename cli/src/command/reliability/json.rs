//! The result as data, numbers in full.

use std::collections::BTreeMap;

use bearings_engine::Ruleset;
use bearings_engine::psychometrics::{Alpha, ItemReliability, Undefined};
use bearings_engine::responses::Missing;
use serde::Serialize;

use super::study::{Finding, Findings, SMALLEST_SHOWN};

#[derive(Serialize)]
struct Whole<'a> {
    format: &'static str,
    ruleset: &'a str,
    version: &'a str,
    rows: Rows,
    criterion: Option<&'a str>,
    method: BTreeMap<&'static str, &'static str>,
    scales: Vec<ScaleLine<'a>>,
    without_answers: &'a [String],
}

#[derive(Serialize)]
struct Rows {
    read: u64,
    rejected: u64,
    without_answer: u64,
    same_answers_as_an_earlier_row: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_with: Option<usize>,
}

#[derive(Serialize)]
struct ScaleLine<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(flatten)]
    numbers: Shown<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    TooFew { not_shown: String },
    Numbers(Box<Numbers<'a>>),
}

#[derive(Serialize)]
struct Numbers<'a> {
    people: u64,
    complete: u64,
    alpha_pairwise: AlphaLine,
    alpha_listwise: AlphaLine,
    omega_total: Number,
    mean_inter_item_r: Number,
    score: ScoreLine,
    items: Vec<ItemLine<'a>>,
    warnings: Vec<String>,
}

/// A number, or why there is none.
#[derive(Serialize)]
struct Number {
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<String>,
}

#[derive(Serialize)]
struct AlphaLine {
    #[serde(flatten)]
    number: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    feldt_95: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
}

#[derive(Serialize)]
struct ScoreLine {
    n: u64,
    unscored: u64,
    mean: Option<f64>,
    sd: Option<f64>,
    floor: Option<f64>,
    ceiling: Option<f64>,
    lowest: f64,
    highest: f64,
    tenths: Vec<Option<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auc: Option<f64>,
}

#[derive(Serialize)]
struct ItemLine<'a> {
    id: &'a str,
    reversed: bool,
    n: u64,
    missing: BTreeMap<&'static str, u64>,
    mean: Option<f64>,
    sd: Option<f64>,
    item_rest_r: Option<f64>,
    alpha_if_dropped: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    auc: Option<f64>,
    answers: Vec<AnswerLine>,
}

#[derive(Serialize)]
struct AnswerLine {
    keyed: i64,
    people: Option<u64>,
}

/// The result as one JSON object.
pub(super) fn text(ruleset: &Ruleset, findings: &Findings<'_>) -> String {
    let whole = Whole {
        format: "bearings/reliability@1",
        ruleset: &ruleset.id,
        version: &ruleset.version,
        rows: Rows {
            read: findings.read,
            rejected: findings.rejected,
            without_answer: findings.empty,
            same_answers_as_an_earlier_row: findings.repeated,
            compared_with: findings.compared_with,
        },
        criterion: findings.criterion.as_ref().map(|criterion| criterion.column.as_str()),
        method: BTreeMap::from([
            (
                "alpha",
                "raw, of the answers as they count in the score, of the items that vary; n of pairwise: who answered any",
            ),
            ("interval", "Feldt, 95 %, n - 1 and (n - 1)(k - 1) degrees of freedom"),
            ("omega_total", "one factor, minres, pairwise correlations, modelled variance below"),
            ("item_rest_r", "with the sum of the other items, pairwise, after reversal"),
            ("small_counts", "below 5 null"),
            ("tenths", "people with a score in each tenth of its range"),
        ]),
        scales: findings.scales.iter().map(|finding| scale(finding, findings)).collect(),
        without_answers: &findings.unanswered,
    };
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn scale<'a>(finding: &'a Finding, findings: &'a Findings<'_>) -> ScaleLine<'a> {
    let found = &finding.reliability;
    let numbers = match finding.is_too_small() {
        true => Shown::TooFew { not_shown: format!("fewer than {SMALLEST_SHOWN} people answered") },
        false => Shown::Numbers(Box::new(Numbers {
            people: found.people,
            complete: found.complete,
            alpha_pairwise: alpha(found.pairwise),
            alpha_listwise: alpha(found.listwise),
            omega_total: number(found.omega_total),
            mean_inter_item_r: number(found.mean_correlation),
            score: ScoreLine {
                n: found.score.people,
                unscored: found.score.unscored,
                mean: found.score.mean,
                sd: found.score.standard_deviation,
                floor: found.score.floor,
                ceiling: found.score.ceiling,
                lowest: found.score.range.0,
                highest: found.score.range.1,
                tenths: found.score.tenths.iter().map(|people| shown(*people)).collect(),
                auc: found.score.area,
            },
            items: found.items.iter().map(|one| item(one, findings)).collect(),
            warnings: finding.warnings(findings),
        })),
    };
    let role = finding.role.map(bearings_engine::questionnaire::Role::as_str);
    ScaleLine { id: &finding.scale.id, title: &finding.scale.title, role, numbers }
}

fn item<'a>(item: &ItemReliability, findings: &'a Findings<'_>) -> ItemLine<'a> {
    let is_shown = item.answered >= SMALLEST_SHOWN;
    let missing = Missing::ALL.iter().zip(item.missing).filter(|(_, people)| *people > 0);
    ItemLine {
        id: findings.slot_id(item.slot),
        reversed: item.reversed,
        n: item.answered,
        missing: missing.map(|(reason, people)| (reason.as_str(), people)).collect(),
        mean: item.mean.filter(|_| is_shown),
        sd: item.standard_deviation.filter(|_| is_shown),
        item_rest_r: item.item_rest,
        alpha_if_dropped: number(item.alpha_if_dropped),
        auc: item.area,
        answers: item
            .chosen
            .iter()
            .map(|(keyed, people)| AnswerLine { keyed: *keyed, people: shown(*people) })
            .collect(),
    }
}

fn alpha(alpha: Result<Alpha, Undefined>) -> AlphaLine {
    AlphaLine {
        number: number(alpha.map(|alpha| alpha.value)),
        feldt_95: alpha.ok().and_then(|alpha| alpha.interval).map(|(low, high)| [low, high]),
        items: alpha.ok().map(|alpha| alpha.items),
        n: alpha.ok().map(|alpha| alpha.people),
    }
}

fn number(number: Result<f64, Undefined>) -> Number {
    Number { value: number.ok(), undefined: number.err().map(|why| why.to_string()) }
}

/// A count that may be shown.
fn shown(people: u64) -> Option<u64> {
    (people == 0 || people >= SMALLEST_SHOWN).then_some(people)
}
