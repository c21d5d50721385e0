//! The result for eyes: text in 80 columns, or Markdown.

use bearings_engine::Ruleset;
use bearings_engine::psychometrics::{Alpha, ItemReliability, ScoreSummary, Undefined};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::super::grid::{COLUMNS, paragraph};
use super::study::{Finding, Findings, SMALLEST_SHOWN};
use crate::args::ReliabilityFormat;

/// What the numbers are, once for all of them.
const METHOD: [&str; 5] = [
    "alpha: raw Cronbach's alpha, k/(k-1) times 1 minus the sum of the items' variances over the variance of their \
     sum, of the answers as they count in the score; 95 % interval by Feldt. pairwise: each covariance over the people who answered both items; \
     n is everybody who answered any. listwise: the people who answered all.",
    "omega: total, of one factor (minres) of the pairwise correlations. Other programs may mean three factors.",
    "(-): reversed by the ruleset; all numbers are after that. r rest: correlation with the sum of the other items. \
     without: alpha of the other items.",
    "floor, ceiling: people whose answers all lie at the lowest, at the highest end.",
    "None of these numbers says that a scale measures what its name says.",
];
const AREA: &str = "AUC: how often somebody of the group that the criterion names has the higher value, ties half; 0.5 \
                    tells nothing, below it the value points the other way.";

/// Where a text goes.
struct Page {
    text: String,
    format: ReliabilityFormat,
}

/// The whole result.
pub(super) fn text(ruleset: &Ruleset, findings: &Findings<'_>, format: ReliabilityFormat) -> String {
    let mut page = Page { text: String::new(), format };
    page.heading(&format!("{} {}", ruleset.title, ruleset.version), "#");
    page.count("rows read", &findings.read.to_string());
    page.count("rejected", &findings.rejected.to_string());
    page.count("without any answer", &findings.empty.to_string());
    let compared = findings.compared_with.map(|most| format!(" (compared with the first {most} different ones)"));
    let repeated = format!("{}{}", findings.repeated, compared.unwrap_or_default());
    page.count("with the answers of an earlier row", &repeated);
    for finding in &findings.scales {
        scale(&mut page, finding, findings);
    }
    if !findings.unanswered.is_empty() {
        page.heading("No answers", "##");
        page.paragraph(&findings.unanswered.join(", "), 2);
    }
    page.heading("What the numbers are", "##");
    let area = findings.criterion.is_some().then_some(AREA);
    METHOD.into_iter().chain(area).for_each(|line| page.paragraph(line, 2));
    page.text
}

fn scale(page: &mut Page, finding: &Finding, findings: &Findings<'_>) {
    let (scale, found) = (&finding.scale, &finding.reliability);
    let role = finding.role.map(|role| format!(" ({})", role.as_str())).unwrap_or_default();
    page.heading(&format!("{}{role}: {}", scale.id, scale.title), "##");
    if finding.is_too_small() {
        page.paragraph(&format!("Not shown: fewer than {SMALLEST_SHOWN} people answered."), 2);
        return;
    }
    page.fact("items", &found.items.len().to_string());
    let complete = if found.complete == found.people {
        "all of them everything".to_owned()
    } else {
        format!("{} everything", found.complete)
    };
    page.fact("people", &format!("{} answered any of them, {complete}", found.people));
    page.fact("alpha", &alpha(found.pairwise, "pairwise", found.items.len()));
    page.fact("alpha", &alpha(found.listwise, "listwise", found.items.len()));
    page.fact("omega", &number(found.omega_total, "total, one factor, minres, pairwise"));
    page.fact("mean r", &number(found.mean_correlation, "of two items, pairwise"));
    score(page, &found.score);
    if let Some(criterion) = &findings.criterion {
        let value = criterion.value.as_deref().unwrap_or("1");
        page.fact(
            "AUC",
            &match found.score.area {
                Some(area) => format!("{}  {}={value}", decimals::<3>(area), criterion.column),
                None => "undefined: one of the two groups has no score".to_owned(),
            },
        );
    }
    items(page, &found.items, findings);
    for warning in finding.warnings(findings) {
        page.paragraph(&format!("! {warning}"), 2);
    }
}

fn alpha(alpha: Result<Alpha, Undefined>, how: &str, items: usize) -> String {
    match alpha {
        Err(why) => format!("undefined: {why} ({how})"),
        Ok(alpha) => {
            let interval =
                alpha.interval.map(|(low, high)| format!(" ({} to {})", decimals::<3>(low), decimals::<3>(high)));
            let of = if alpha.items == items { String::new() } else { format!(", {} items", alpha.items) };
            format!("{}{}  {how}, n = {}{of}", decimals::<3>(alpha.value), interval.unwrap_or_default(), alpha.people)
        }
    }
}

fn number(number: Result<f64, Undefined>, how: &str) -> String {
    match number {
        Err(why) => format!("undefined: {why}"),
        Ok(number) => format!("{}  {how}", decimals::<3>(number)),
    }
}

fn score(page: &mut Page, score: &ScoreSummary) {
    let told = |number: Option<f64>| number.map_or("-".to_owned(), decimals::<2>);
    let unscored = if score.unscored == 0 { String::new() } else { format!(", {} without", score.unscored) };
    let mean =
        format!("mean {}, SD {}, n = {}{unscored}", told(score.mean), told(score.standard_deviation), score.people);
    page.fact("score", &mean);
    let percent =
        |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{} %", decimals::<1>(share * 100.0)));
    page.fact("ends", &format!("floor {}, ceiling {}", percent(score.floor), percent(score.ceiling)));
    let (low, high) = score.range;
    page.fact("spread", &format!("{low} {} {high}", bars(&score.tenths)));
}

/// One small block for each part; parts of fewer than five people are left flat.
fn bars(parts: &[u64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let tallest = parts.iter().copied().max().unwrap_or(0).max(1);
    let height = |count: u64| if count < SMALLEST_SHOWN { 0 } else { (count * 7).div_ceil(tallest) as usize };
    parts.iter().filter_map(|count| BLOCKS.get(height(*count))).collect()
}

fn items(page: &mut Page, items: &[ItemReliability], findings: &Findings<'_>) {
    let mut header = ["item", "n", "missing", "mean", "SD", "r rest", "without"].map(str::to_owned).to_vec();
    let has_area = findings.criterion.is_some();
    header.extend(has_area.then(|| "AUC".to_owned()));
    let rows = items.iter().map(|item| {
        let is_shown = item.answered >= SMALLEST_SHOWN;
        let told = |number: Option<f64>| number.filter(|_| is_shown).map_or("-".to_owned(), decimals::<2>);
        let exact = |number: Option<f64>| number.map_or("-".to_owned(), decimals::<3>);
        let mut cells = vec![
            format!("{}{}", findings.slot_id(item.slot), if item.reversed { " (-)" } else { "" }),
            item.answered.to_string(),
            item.missing.iter().sum::<u64>().to_string(),
            told(item.mean),
            told(item.standard_deviation),
            exact(item.item_rest),
            exact(item.alpha_if_dropped.ok()),
        ];
        cells.extend(has_area.then(|| exact(item.area)));
        cells
    });
    let rows: Vec<Vec<String>> = rows.collect();
    page.table(header, rows);
}

/// A number with so many decimals, rounded half up, and no minus before a zero.
fn decimals<const N: usize>(number: f64) -> String {
    let unit = (0..N).fold(1.0, |unit, _| unit * 10.0);
    let text = format!("{:.N$}", (number * unit + 0.5).floor() / unit);
    match text.strip_prefix('-') {
        Some(size) if size.chars().all(|c| matches!(c, '0' | '.')) => size.to_owned(),
        _ => text,
    }
}

impl Page {
    fn heading(&mut self, heading: &str, mark: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        match self.format {
            ReliabilityFormat::Table => paragraph(&mut self.text, heading, 0),
            ReliabilityFormat::Markdown => self.text.push_str(&format!("{mark} {heading}\n\n")),
        }
    }

    fn count(&mut self, what: &str, told: &str) {
        let mark = if self.format == ReliabilityFormat::Table { "  " } else { "- " };
        self.text.push_str(&format!("{mark}{what}: {told}\n"));
    }

    fn fact(&mut self, what: &str, told: &str) {
        match self.format {
            // Only the short names stand in a column.
            ReliabilityFormat::Table => self.text.push_str(&format!("  {what:<6}  {told}\n")),
            ReliabilityFormat::Markdown => self.text.push_str(&format!("- {what}: {told}\n")),
        }
    }

    fn paragraph(&mut self, text: &str, indent: usize) {
        match self.format {
            ReliabilityFormat::Table => paragraph(&mut self.text, text, indent),
            ReliabilityFormat::Markdown => self.text.push_str(&format!("{text}\n\n")),
        }
    }

    fn table(&mut self, header: Vec<String>, rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        table.load_style(match self.format {
            ReliabilityFormat::Table => presets::UTF8_BORDERS_ONLY,
            ReliabilityFormat::Markdown => presets::ASCII_MARKDOWN,
        });
        table.set_header(header);
        rows.into_iter().for_each(|row| {
            table.add_row(row);
        });
        if self.format == ReliabilityFormat::Table {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(COLUMNS as u16);
            table.column_iter_mut().for_each(|column| {
                column.set_padding((0, 1));
            });
        }
        table.column_iter_mut().skip(1).for_each(|column| {
            column.set_cell_alignment(CellAlignment::Right);
        });
        self.text.push_str(&format!("\n{table}\n"));
        if self.format == ReliabilityFormat::Markdown {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_half_up() {
        assert_eq!([5.25, -5.25, 0.04, 5.24].map(decimals::<1>), ["5.3", "-5.2", "0.0", "5.2"]);
        assert_eq!([0.7265, -0.0004, 1.0].map(decimals::<3>), ["0.727", "0.000", "1.000"]);
    }

    #[test]
    fn parts_of_few_people_are_flat() {
        assert_eq!(bars(&[0, 4, 5, 100]), "▁▁▂█");
    }
}
