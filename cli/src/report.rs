//! An assessment as people read it.
//!
//! What is said stands in [`reading`] and [`support`]; both make a [`Page`], and [`text`] and [`markdown`] only lay
//! it out, so that no format says more than another. [`json`] is the assessment itself.

mod flip;
mod json;
mod markdown;
mod reading;
mod support;
#[cfg(test)]
mod tests;
mod text;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use bearings_engine::assessment::Assessment;
use bearings_engine::exact::format_half_up;
use bearings_engine::questionnaire::{Bond, Role};
use bearings_engine::responses::Responses;
use bearings_engine::{Aggregation, Ruleset, Scale, Variant, slot_label};

use crate::args::ExplainFormat;
pub(crate) use flip::render_flips;
pub(crate) use markdown::page as page_as_markdown;
pub(crate) use reading::changes_in_words;
pub(crate) use support::{DIRECTORIES, EMERGENCY, SUPPORT, directories, first_help, where_help_is};
pub(crate) use text::{page as page_as_text, wrapped};
pub(crate) use why::{render_why, render_why_not};

/// The assessment in a format.
pub(crate) fn render(assessment: &Assessment, about: &About, format: ExplainFormat) -> String {
    let page = || page_of(assessment, about);
    match format {
        ExplainFormat::Text => text::page(&page()),
        ExplainFormat::Markdown => markdown::page(&page()),
        ExplainFormat::Json => json::assessment(assessment),
    }
}

fn laid_out(page: &Page, format: ExplainFormat) -> String {
    match format {
        ExplainFormat::Markdown => markdown::page(page),
        ExplainFormat::Text | ExplainFormat::Json => text::page(page),
    }
}

/// The heading of what a person reads only if they want to.
const DETAILS: &str = "How this was read";
/// The heading behind it.
const LIMITS: &str = "Limits and sources";

/// The page of a reading for a terminal, without how it came about; and that, if there is any of it.
pub(crate) fn in_two_parts(assessment: &Assessment, about: &About) -> (String, Option<String>) {
    let mut page = page_of(assessment, about);
    let is = |block: &Block, heading: &str| matches!(block, Block::Heading(text) if text == heading);
    let details = page.0.iter().position(|block| is(block, DETAILS));
    let limits = page.0.iter().position(|block| is(block, LIMITS));
    let details = match (details, limits) {
        (Some(from), Some(to)) if from < to => Some(Page(page.0.drain(from..to).collect())),
        _ => None,
    };
    (text::page(&page), details.map(|details| text::page(&details)))
}

fn page_of(assessment: &Assessment, about: &About) -> Page {
    match assessment {
        Assessment::Withheld(_) => support::withheld(),
        Assessment::Read(reading) => reading::page(reading, about),
    }
}

/// What a page says of the rules that an assessment does not hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// The ruleset as somebody named it.
    pub(crate) name: String,
    /// What it is called.
    pub(crate) title: String,
    /// What it says about being tested.
    pub(crate) validated: Option<String>,
    /// What kind of bond the answers are about.
    pub(crate) bond: Option<Bond>,
    /// From where to where scales and means of scales go.
    pub(crate) ranges: BTreeMap<String, (f64, f64)>,
    /// Why a scale can be bounded.
    pub(crate) bounds: BTreeMap<String, Vec<String>>,
    /// What the signs are called, and from which level each is present.
    pub(crate) signs: BTreeMap<String, (String, u8)>,
    /// What questions, scales and means of scales are called.
    pub(crate) names: BTreeMap<String, String>,
    /// The questions about what somebody wishes for.
    pub(crate) wishes: BTreeSet<String>,
    /// Parameters that were set to something else than what is declared.
    pub(crate) set: Vec<String>,
}

impl About {
    /// What is to be said of this ruleset.
    pub(crate) fn of(ruleset: &Ruleset, responses: &Responses, name: &str) -> Self {
        let mut about = Self {
            name: name.to_owned(),
            title: ruleset.title.clone(),
            validated: ruleset.section("Validated").map(str::to_owned),
            bond: responses.bond,
            ..Self::default()
        };
        for parameter in ruleset.parameters.iter().filter(|parameter| parameter.value != parameter.default) {
            let (value, default) = (format_half_up(&parameter.value, 9), format_half_up(&parameter.default, 9));
            about.set.push(format!("{} = {value} (declared: {default})", parameter.name));
        }
        let questionnaire = ruleset.questionnaire();
        for slot in &questionnaire.slots {
            about.names.insert(slot.id.clone(), slot_label(questionnaire, slot, responses.role, responses.bond));
            if questionnaire.item_of(slot).is_some_and(|item| item.wish) {
                about.wishes.insert(slot.id.clone());
            }
        }
        // Whoever is both is read twice; what is named alike in both readings is said of the hurt one's.
        if responses.role == Role::Both
            && let Some(variant) = ruleset.variant(Role::Broke, responses.form)
        {
            about.describe(variant);
        }
        if let Some(variant) = ruleset.variant(responses.role, responses.form) {
            about.describe(variant);
        }
        about
    }

    fn describe(&mut self, variant: &Variant) {
        for scale in &variant.scales {
            self.ranges.insert(scale.id.clone(), range(scale));
        }
        if variant.scales.iter().all(|scale| scale.aggregation == Aggregation::Percent) {
            self.ranges.extend(variant.aggregates.iter().map(|aggregate| (aggregate.id.clone(), (0.0, 100.0))));
        }
        self.signs = variant.signs.iter().map(|sign| (sign.id.clone(), (sign.title.clone(), sign.present))).collect();
        self.names.extend(variant.scales.iter().map(|scale| (scale.id.clone(), scale.title.clone())));
        self.names.extend(variant.aggregates.iter().map(|aggregate| (aggregate.id.clone(), aggregate.title.clone())));
        for adjust in &variant.adjusts {
            if let (Some(scale), Some(because)) = (variant.scales.get(adjust.scale), &adjust.because) {
                self.bounds.entry(scale.id.clone()).or_default().push(because.clone());
            }
        }
    }

    /// A sign by what it is called: `care` alone would read as its opposite. A level may follow: `care +1`.
    fn sign(&self, sign: &str) -> String {
        let (id, level) = sign.split_once(' ').map_or((sign, String::new()), |(id, level)| (id, format!(" {level}")));
        let title = self.signs.get(id).map(|(title, _)| title).filter(|title| !title.is_empty());
        format!("{}{level}", title.map_or(id, String::as_str))
    }

    /// What a question, a scale or a mean of scales is called.
    fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.replace(['_', '.'], " "))
    }

    /// What stands behind a number between 0 and 100: ` of 100`.
    fn out_of(&self, id: &str) -> &'static str {
        if self.ranges.get(id) == Some(&(0.0, 100.0)) { " of 100" } else { "" }
    }

    /// A score in words: `75 of 100`, `26 (7 to 35)`.
    fn score(&self, id: &str, value: f64) -> String {
        match self.ranges.get(id) {
            Some((0.0, 100.0)) => format!("{} of 100", whole(value)),
            Some((from, to)) if to - from < SHORT => format!("{} ({from} to {to})", two_places(value)),
            Some((from, to)) => format!("{} ({from} to {to})", whole(value)),
            None => whole(value),
        }
    }
}

/// On scales that are shorter than this a whole number would say too little; a design choice.
const SHORT: f64 = 20.0;

/// The lowest and the highest score that a scale can have when all its items are asked.
pub(crate) fn range(scale: &Scale) -> (f64, f64) {
    let weighted = |pick: fn(&bearings_engine::ScaleItem) -> i64| -> i64 {
        scale.items.iter().map(|item| item.weight * pick(item)).sum()
    };
    let (from, to) = match scale.aggregation {
        Aggregation::Percent => (0, 100),
        Aggregation::Mean => (
            scale.items.iter().map(|item| item.min).min().unwrap_or(0),
            scale.items.iter().map(|item| item.max).max().unwrap_or(0),
        ),
        Aggregation::Sum => (weighted(|item| item.min), weighted(|item| item.max)),
    };
    (from as f64, to as f64)
}

/// Rounded half up.
fn whole(value: f64) -> String {
    (value + 0.5).floor().to_string()
}

fn two_places(value: f64) -> String {
    ((value * 100.0 + 0.5).floor() / 100.0).to_string()
}

/// What a reading says, before it is laid out. In texts, names stand between backticks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Page(pub(crate) Vec<Block>);

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// What the page is about.
    Title(String),
    /// The start of a section.
    Heading(String),
    /// The start of a part of a section.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// Names and what is to be said of each.
    Rows(Vec<Row>),
    /// Things with something behind them.
    Entries(Vec<Entry>),
    /// Sentences that stand each on its own.
    Points(Vec<String>),
    /// Lines as they stand in a file.
    Code(String),
}

/// A name, and what is to be said of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A thing, and what is behind it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) text: String,
    /// A number or a word for it.
    pub(crate) value: String,
    /// Where it stands.
    pub(crate) place: String,
    pub(crate) rows: Vec<Row>,
}

impl Page {
    pub(crate) fn title(&mut self, text: impl Into<String>) {
        self.0.push(Block::Title(text.into()));
    }

    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Heading(text.into()));
    }

    pub(crate) fn subheading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Subheading(text.into()));
    }

    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.0.push(Block::Text(text.into()));
    }

    pub(crate) fn points(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.0.push(Block::Points(points));
        }
    }

    pub(crate) fn rows(&mut self, rows: Vec<Row>) {
        if !rows.is_empty() {
            self.0.push(Block::Rows(rows));
        }
    }

    pub(crate) fn entries(&mut self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.0.push(Block::Entries(entries));
        }
    }
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// A text from a file of a stranger: nothing in it may steer a terminal or turn the direction of writing.
pub(crate) fn tame(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}
