//! The summary of a survey: how many people stand where. Counts below five are not shown.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bearings_engine::questionnaire::{Form, Role};
use bearings_engine::{BlockAssessment, Kind, Reason, RowView, RuleOutcome, Ruleset, Signal, Variant};
use comfy_table::{CellAlignment, Table, TableStyle, presets};

use super::merge::Tally;
use crate::args::SummaryFormat;

/// Smaller counts could point at a person; the usual limit of statistical offices.
pub(super) const SMALLEST_SHOWN: u64 = 5;

/// What is counted over the rows.
pub(crate) struct Summary<'a> {
    title: String,
    kind: Kind,
    variants: Vec<(Role, &'a Variant)>,
    withheld: u64,
    may_withhold: bool,
    /// Whether it makes a difference as whom somebody answers.
    has_roles: bool,
    roles: BTreeMap<&'static str, u64>,
    /// Stage, then signal.
    placed: BTreeMap<(usize, String), BTreeMap<String, u64>>,
    signals: Vec<String>,
    reasons: BTreeMap<String, u64>,
    overlays: BTreeMap<String, u64>,
    scores: BTreeMap<(usize, String), Moments>,
    rules: BTreeMap<(usize, String), (u64, u64)>,
}

/// What is kept of a score's distribution: count, sum, bins of a tenth of its range.
#[derive(Default, Clone)]
struct Moments {
    count: u64,
    missing: u64,
    /// In units of 2^-40, so that the order of the rows makes no difference.
    sum: i128,
    least: f64,
    most: f64,
    low: f64,
    high: f64,
    bins: [u64; 10],
}

impl<'a> Summary<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, form: Form) -> Self {
        let variants: Vec<(Role, &Variant)> = ruleset
            .variants()
            .filter(|((_, own), _)| *own == form)
            .map(|((role, _), variant)| (*role, variant))
            .collect();
        let mut signals: Vec<String> = Vec::new();
        for (_, variant) in &variants {
            for signal in &variant.signals {
                if !signals.contains(&signal.id) {
                    signals.push(signal.id.clone());
                }
            }
        }
        Self {
            title: format!("{} {}", ruleset.title, ruleset.version),
            kind: ruleset.kind,
            variants,
            withheld: 0,
            may_withhold: ruleset.questionnaire().items.iter().any(|item| item.block),
            has_roles: ruleset.questionnaire().has_roles(),
            roles: BTreeMap::new(),
            placed: BTreeMap::new(),
            signals,
            reasons: BTreeMap::new(),
            overlays: BTreeMap::new(),
            scores: BTreeMap::new(),
            rules: BTreeMap::new(),
        }
    }

    /// Adds what another thread counted.
    pub(super) fn merge(&mut self, other: Summary<'a>) {
        fn sum<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
            from.into_iter().for_each(|(key, count)| *to.entry(key).or_default() += count);
        }
        self.withheld += other.withheld;
        sum(&mut self.roles, other.roles);
        for (stage, counts) in other.placed {
            sum(self.placed.entry(stage).or_default(), counts);
        }
        sum(&mut self.reasons, other.reasons);
        sum(&mut self.overlays, other.overlays);
        for (scale, moments) in other.scores {
            match self.scores.entry(scale) {
                Entry::Vacant(place) => drop(place.insert(moments)),
                Entry::Occupied(mut known) => known.get_mut().merge(&moments),
            }
        }
        for (rule, (fired, undecided)) in other.rules {
            let counts = self.rules.entry(rule).or_default();
            (counts.0, counts.1) = (counts.0 + fired, counts.1 + undecided);
        }
    }

    /// Whether rows can be withheld at all.
    pub(super) fn may_withhold(&self) -> bool {
        self.may_withhold
    }

    /// Counts the rows of a block.
    pub(super) fn add(&mut self, assessed: &BlockAssessment) {
        for at in 0..assessed.len() {
            let row = match assessed.row(at) {
                RowView::Withheld => {
                    self.withheld += 1;
                    continue;
                }
                RowView::Assessed(row) => row,
            };
            *self.roles.entry(row.role().as_str()).or_default() += 1;
            let own = if row.role() == Role::Broke { Role::Broke } else { Role::Hurt };
            let Some((_, variant)) = self.variants.iter().find(|(role, _)| *role == own) else { continue };
            let signal = match row.signal() {
                Signal::Declared(signal) => variant.signals.get(signal).map_or("", |signal| &signal.id).to_owned(),
                Signal::NotEnoughAnswered => "not_enough_answered".to_owned(),
                Signal::None => "none".to_owned(),
            };
            if !variant.signals.is_empty() || !variant.stages.is_empty() {
                let stage = row.stage().and_then(|at| Some((at, variant.stages.get(at)?.id.clone())));
                let stage = stage.unwrap_or((usize::MAX, "unplaced".to_owned()));
                *self.placed.entry(stage).or_default().entry(signal).or_default() += 1;
            }
            match row.reason() {
                Some(Reason::Declared(reason)) => {
                    let id = variant.reasons.get(reason).map(|reason| reason.id.clone()).unwrap_or_default();
                    *self.reasons.entry(id).or_default() += 1;
                }
                Some(Reason::Engine(reason)) => *self.reasons.entry(reason.as_str().to_owned()).or_default() += 1,
                None => {}
            }
            for overlay in row.overlays().filter_map(|overlay| variant.overlays.get(overlay)) {
                *self.overlays.entry(overlay.id.clone()).or_default() += 1;
            }
            for (number, scale) in variant.scales.iter().enumerate() {
                let value = row.score(number).value.exact().as_ref().map(bearings_engine::exact::to_f64);
                let moments = self.scores.entry((number, scale.id.clone())).or_insert_with(|| Moments::of(scale));
                moments.add(value);
            }
            for (number, rule) in variant.rules.iter().enumerate() {
                let counts = self.rules.entry((number, rule.id.clone())).or_default();
                counts.0 += u64::from(row.rule(number) == RuleOutcome::Fired);
                counts.1 += u64::from(row.rule(number) == RuleOutcome::Undecided);
            }
        }
    }

    fn assessed(&self) -> u64 {
        self.roles.values().sum()
    }
}

/// How many units of [`Moments`]' sum make one.
const UNIT: f64 = (1_u64 << 40) as f64;

impl Moments {
    fn of(scale: &bearings_engine::Scale) -> Self {
        let (low, high) = scale.range();
        Self { low, high, least: f64::INFINITY, most: f64::NEG_INFINITY, ..Self::default() }
    }

    fn add(&mut self, value: Option<f64>) {
        let Some(value) = value else {
            self.missing += 1;
            return;
        };
        self.count += 1;
        self.sum += (value * UNIT) as i128;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.0 };
        // A share of 1 belongs into the last bin.
        let bin = ((share * 10.0) as usize).min(9);
        if let Some(count) = self.bins.get_mut(bin) {
            *count += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.missing += other.missing;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        for (bin, more) in self.bins.iter_mut().zip(other.bins) {
            *bin += more;
        }
    }

    /// Ten small blocks, one for each tenth of the range; bins of fewer than five people are left flat.
    fn bars(&self) -> String {
        const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let tallest = self.bins.iter().copied().max().unwrap_or(0).max(1);
        let height = |count: u64| if count < SMALLEST_SHOWN { 0 } else { (count * 7).div_ceil(tallest) as usize };
        self.bins.iter().filter_map(|count| BLOCKS.get(height(*count))).collect()
    }
}

/// A count that may be shown.
fn shown(count: u64) -> String {
    match count {
        0 => "0".to_owned(),
        count if count < SMALLEST_SHOWN => format!("<{SMALLEST_SHOWN}"),
        count => count.to_string(),
    }
}

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
        let mut rows: Vec<Vec<String>> = Vec::new();
        for ((_, stage), row) in summary.placed.iter().filter(|_| has_stages) {
            let mut cells = vec![stage.clone()];
            cells.extend(signals.iter().map(|signal| shown(count(row, signal))));
            cells.push(shown(row.values().sum()));
            rows.push(cells);
        }
        let mut all = vec!["all".to_owned()];
        all.extend(signals.iter().map(|signal| shown(summary.placed.values().map(|row| count(row, signal)).sum())));
        all.push(shown(summary.assessed()));
        rows.push(all);
        sections.push(Section { name: "stage_by_signal", heading: "Stage and signal".into(), header, rows });
    }
    let counts = |name, heading: &str, counts: &BTreeMap<String, u64>| Section {
        name,
        heading: heading.to_owned(),
        header: vec![name.to_owned(), "people".to_owned()],
        rows: counts.iter().map(|(id, count)| vec![id.clone(), shown(*count)]).collect(),
    };
    if !summary.reasons.is_empty() {
        sections.push(counts("reason", "Reasons", &summary.reasons));
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
    sections
}

fn score_row(id: &str, moments: &Moments) -> Vec<String> {
    let number = |value: f64| if moments.count < SMALLEST_SHOWN { "-".to_owned() } else { format!("{value:.1}") };
    vec![
        id.to_owned(),
        shown(moments.count),
        shown(moments.missing),
        number(moments.sum as f64 / UNIT / moments.count.max(1) as f64),
        number(moments.least),
        number(moments.most),
        moments.bars(),
    ]
}

/// The counts that stand above the tables.
fn facts(summary: &Summary<'_>, tally: &Tally) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("rows read", tally.read.to_string()),
        ("rejected", tally.rejected.to_string()),
        ("scored", tally.scored().to_string()),
    ];
    if summary.may_withhold {
        facts.push(("withheld for safety", shown(summary.withheld)));
    }
    if summary.has_roles {
        facts.extend(summary.roles.iter().map(|(role, count)| (*role, shown(*count))));
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
pub(super) fn render(summary: &Summary<'_>, tally: &Tally, format: SummaryFormat) -> String {
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
    text.push_str(&format!("\nCounts below {SMALLEST_SHOWN} are not shown.\n{}\n", closing(summary)));
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
