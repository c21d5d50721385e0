//! The summary as a page: its tables, as text, Markdown or JSON.

use std::collections::BTreeMap;

use bearings_engine::Kind;
use comfy_table::{CellAlignment, Table, TableStyle, presets};

use super::{COMPLETENESS, Moments, Summary, UNIT};
use crate::args::SummaryFormat;
use crate::command::score::merge::Tally;
use crate::command::score::suppression::{HIDDEN, SMALLEST_SHOWN, is_small, parts, roughly, shown, table};

/// One table of the summary.
struct Section {
    name: &'static str,
    heading: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn sections(summary: &Summary<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    if !summary.placed.is_empty() {
        let has_stages = summary.variants.iter().any(|(_, variant)| !variant.stages.is_empty());
        let mut signals = summary.signals.clone();
        for extra in ["not_enough_answered", "none"] {
            if summary.placed.values().any(|row| row.contains_key(extra)) {
                signals.push(extra.to_owned());
            }
        }
        let mut header = vec![if has_stages { "stage".to_owned() } else { String::new() }];
        header.extend(signals.iter().cloned());
        header.push("all".to_owned());
        let count = |row: &BTreeMap<String, u64>, signal: &String| row.get(signal).copied().unwrap_or(0);
        let counts: Vec<Vec<u64>> =
            summary.placed.values().map(|row| signals.iter().map(|signal| count(row, signal)).collect()).collect();
        let names = summary.placed.keys().map(|(_, stage)| stage.clone()).chain(["all".to_owned()]);
        let rows = names.zip(table(&counts)).map(|(name, cells)| [vec![name], cells].concat());
        // Without stages there is one row, and the totals are the same.
        let rows: Vec<Vec<String>> = rows.skip(usize::from(!has_stages)).collect();
        sections.push(Section { name: "stage_by_signal", heading: "Stage and signal".into(), header, rows });
    }
    // Each person is in one of them, so that a small count could follow from the others.
    let one_of = |name: &'static str, heading: &str, counts: Vec<(String, u64)>| Section {
        name,
        heading: heading.to_owned(),
        header: vec![name.replace('_', " "), "people".to_owned()],
        rows: {
            let cells = parts(&counts.iter().map(|(_, count)| *count).collect::<Vec<_>>());
            counts.iter().zip(cells).map(|((id, _), cell)| vec![id.clone(), cell]).collect()
        },
    };
    let counts = |name: &'static str, heading: &str, counts: &BTreeMap<String, u64>| Section {
        name,
        heading: heading.to_owned(),
        header: vec![name.to_owned(), "people".to_owned()],
        rows: counts.iter().map(|(id, count)| vec![id.clone(), shown(*count)]).collect(),
    };
    sections.push(one_of("completeness", "How much of what they were asked people answered", completeness(summary)));
    if !summary.reasons.is_empty() {
        let reasons = summary.reasons.iter().map(|(id, count)| (id.clone(), *count)).collect();
        sections.push(one_of("reason", "Reasons", reasons));
    }
    if !summary.overlays.is_empty() {
        sections.push(counts("overlay", "Beside the stage", &summary.overlays));
    }
    sections.push(Section {
        name: "scores",
        heading: "Scores".into(),
        header: ["scale", "people", "missing", "mean", "least", "most", "low to high"].map(str::to_owned).to_vec(),
        rows: summary.scores.iter().map(|((_, id), moments)| score_row(id, moments)).collect(),
    });
    if !summary.rules.is_empty() {
        let mut rules: Vec<_> = summary.rules.iter().collect();
        rules.sort_by_key(|((number, _), (fired, _))| (std::cmp::Reverse(*fired), *number));
        let rows =
            rules.into_iter().map(|((_, id), (fired, undecided))| vec![id.clone(), shown(*fired), shown(*undecided)]);
        sections.push(Section {
            name: "rules",
            heading: "Rules, by how often they fired".into(),
            header: ["rule", "fired", "undecided"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
        });
    }
    if !summary.open.is_empty() {
        let slot =
            |slot: &usize| summary.questionnaire.slots.get(*slot).map(|slot| slot.id.clone()).unwrap_or_default();
        let mut open: Vec<_> = summary.open.iter().collect();
        open.sort_by_key(|(slot, (people, _))| (std::cmp::Reverse(*people), **slot));
        let rows = open.into_iter().map(|(at, (people, rules))| {
            vec![slot(at), shown(*people), if is_small(*people) { HIDDEN.to_owned() } else { shown(*rules) }]
        });
        sections.push(Section {
            name: "open",
            heading: "Missing answers that leave rules undecided".into(),
            header: ["question", "people", "rules"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
        });
    }
    sections
}

/// How many people answered how much.
fn completeness(summary: &Summary<'_>) -> Vec<(String, u64)> {
    let mut upper = 100;
    let mut names = vec!["all".to_owned()];
    for from in COMPLETENESS {
        names.push(match from {
            0 => format!("less than {upper} %"),
            from => format!("{from} to below {upper} %"),
        });
        upper = from;
    }
    names.into_iter().zip(summary.completeness).collect()
}

fn score_row(id: &str, moments: &Moments) -> Vec<String> {
    let number = |value: f64| if moments.count < SMALLEST_SHOWN { "-".to_owned() } else { format!("{value:.1}") };
    vec![
        id.to_owned(),
        // Both together are everybody, who are counted elsewhere.
        if is_small(moments.missing) { roughly(moments.count) } else { shown(moments.count) },
        shown(moments.missing),
        number(moments.sum as f64 / UNIT / moments.count.max(1) as f64),
        number(moments.least),
        number(moments.most),
        moments.bars(),
    ]
}

/// The counts that stand above the tables.
fn facts(summary: &Summary<'_>, tally: &Tally) -> Vec<(&'static str, String)> {
    // Whoever is withheld is whoever was scored and has no role here: where one of these is hidden, so is their sum.
    let roles: Vec<u64> = summary.roles.values().copied().collect();
    let hides = is_small(summary.withheld) || roles.iter().any(|count| is_small(*count));
    let whole = |count: u64| if hides { HIDDEN.to_owned() } else { count.to_string() };
    let mut facts = vec![
        ("rows read", whole(tally.read)),
        ("rejected", tally.rejected.to_string()),
        ("scored", whole(tally.scored())),
    ];
    if summary.may_withhold {
        facts.push(("withheld for safety", shown(summary.withheld)));
    }
    if summary.has_roles {
        facts.extend(summary.roles.keys().copied().zip(parts(&roles)));
    }
    facts
}

fn closing(summary: &Summary<'_>) -> &'static str {
    match summary.kind {
        Kind::Assessment => "These rules are expert judgement, not validated. The counts foretell nothing.",
        Kind::Instrument => "Scores of a published instrument; no stage and no signal follow from them.",
        Kind::Study => "A study: the outcomes are a researcher's own; agreement is no evidence.",
    }
}

/// The summary as a text.
pub(in crate::command::score) fn render(summary: &Summary<'_>, tally: &Tally, format: SummaryFormat) -> String {
    match format {
        SummaryFormat::Json => json(summary, tally),
        SummaryFormat::Table => text(summary, tally, presets::UTF8_BORDERS_ONLY, ""),
        SummaryFormat::Markdown => text(summary, tally, presets::ASCII_MARKDOWN, "## "),
    }
}

fn text(summary: &Summary<'_>, tally: &Tally, style: TableStyle, mark: &str) -> String {
    let mut text = format!("{mark}{}\n\n", summary.title);
    for (what, count) in facts(summary, tally) {
        text.push_str(&format!("{}{what}: {count}\n", if mark.is_empty() { "  " } else { "- " }));
    }
    for section in sections(summary) {
        let mut table = Table::new();
        // A table for eyes must fit 80 columns: long names are broken, and cells stand closer.
        let for_eyes = mark.is_empty();
        let name = |name: &String| {
            if for_eyes { name.replace("not_enough_answered", "not_enough\n_answered") } else { name.clone() }
        };
        table.load_style(style).set_header(section.header.iter().map(name));
        for row in &section.rows {
            table.add_row(row);
        }
        if for_eyes {
            table.column_iter_mut().for_each(|column| {
                column.set_padding((0, 1));
            });
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        text.push_str(&format!("\n{mark}{}\n{}{table}\n", section.heading, if mark.is_empty() { "" } else { "\n" }));
    }
    text.push_str(&format!(
        "\nCounts below {SMALLEST_SHOWN} are not shown; * is not shown so that none can be worked out.\n{}\n",
        closing(summary)
    ));
    text
}

fn json(summary: &Summary<'_>, tally: &Tally) -> String {
    let mut object = serde_json::Map::new();
    object.insert("format".into(), "bearings/summary@1".into());
    object.insert("title".into(), summary.title.clone().into());
    let facts: serde_json::Map<String, serde_json::Value> =
        facts(summary, tally).into_iter().map(|(what, count)| (what.replace(' ', "_"), count.into())).collect();
    object.insert("respondents".into(), facts.into());
    for section in sections(summary) {
        let rows: Vec<serde_json::Value> = section
            .rows
            .iter()
            .map(|row| {
                let cells = section.header.iter().map(|name| name.replace(' ', "_")).zip(row.iter().cloned());
                cells
                    .map(|(name, cell)| (name, serde_json::Value::from(cell)))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            })
            .collect();
        object.insert(section.name.into(), rows.into());
    }
    object.insert("note".into(), closing(summary).into());
    let mut text = serde_json::to_string_pretty(&serde_json::Value::Object(object)).unwrap_or_default();
    text.push('\n');
    text
}
