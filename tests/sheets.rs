//! Made-up answer sheets of `trust-repair`: the best answers, random ones, and what lies between.

use serde_json::Value;

use crate::support::read;
use crate::table::Table;

/// An item of the short form.
pub(crate) struct Item {
    pub(crate) id: String,
    /// What can be answered, in the order of the options.
    pub(crate) values: Vec<String>,
    /// Which of them speaks most for keeping going.
    best: usize,
    /// It stands in the safety block.
    pub(crate) block: bool,
    /// It is about the situation, not about what anybody did.
    context: bool,
    /// `hard`, `soft`, `opens` or `crisis`, for what the safety gate looks at.
    pub(crate) tier: Option<String>,
}

/// The items that a role is asked.
pub(crate) fn items(role: &str) -> Vec<Item> {
    let questionnaire: Value = serde_json::from_str(&read("questionnaires/trust-repair.json")).unwrap();
    let says = |list: &Value, word: &str| list.as_array().is_none_or(|list| list.iter().any(|own| own == word));
    let items = questionnaire["items"].as_array().unwrap();
    let asked = items.iter().filter(|item| says(&item["roles"], role) && says(&item["forms"], "short"));
    asked.map(|item| one(item, &questionnaire["option_lists"], role)).collect()
}

fn one(item: &Value, lists: &Value, role: &str) -> Item {
    let id = item["id"].as_str().unwrap().to_owned();
    let options = item["options"].as_str().map_or(&item["options"], |list| &lists[list]);
    let values: Vec<String> = match options.as_array() {
        Some(options) => options.iter().map(|option| text(&option["value"])).collect(),
        None => (item["min"].as_i64().unwrap()..=item["max"].as_i64().unwrap()).map(|n| n.to_string()).collect(),
    };
    let wanted = match id.as_str() {
        "my_role" => Some(role),
        "breach_kind" => Some("broken_promise"),
        "weeks_since" => Some("40"),
        "bond_kind" | "contact_now" | "under_18" => values.first().map(String::as_str),
        _ => None,
    };
    let best = match (wanted, item["direction"].as_str()) {
        (Some(wanted), _) => values.iter().position(|value| value == wanted).unwrap(),
        (None, Some("-")) => 0,
        (None, _) => values.len() - 1,
    };
    let tier = item["safety"]["tier"].as_str().map(str::to_owned);
    Item { id, values, best, block: item["block"] == true, context: item["context"] == true, tier }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One cell an item.
pub(crate) type Sheet = Vec<String>;

/// The best answer to everything, and no to every question about safety.
pub(crate) fn best(items: &[Item]) -> Sheet {
    items.iter().map(|item| item.values[item.best].clone()).collect()
}

/// Any answers, a few of them missing; no to every question about safety, and not under 18.
pub(crate) fn random(items: &[Item], draw: &mut Draw) -> Sheet {
    near(items, 100, draw)
}

/// The best answers, of which so many in a hundred are any answer or none.
pub(crate) fn near(items: &[Item], percent: usize, draw: &mut Draw) -> Sheet {
    astray(best(items), items, percent, draw)
}

/// The opposite of the best answer to every question about the two of them, with as many astray.
pub(crate) fn near_worst(items: &[Item], percent: usize, draw: &mut Draw) -> Sheet {
    let opposite = |item: &Item| {
        let other = if item.best == 0 { item.values.len() - 1 } else { 0 };
        item.values[if item.block || item.context { item.best } else { other }].clone()
    };
    astray(items.iter().map(opposite).collect(), items, percent, draw)
}

fn astray(mut sheet: Sheet, items: &[Item], percent: usize, draw: &mut Draw) -> Sheet {
    for (cell, item) in sheet.iter_mut().zip(items) {
        let fixed = item.block || item.id == "my_role" || item.id == "under_18";
        if !fixed && draw.below(100) < percent {
            let value = item.values[draw.below(item.values.len())].clone();
            *cell = if draw.below(12) == 0 { String::new() } else { value };
        }
    }
    sheet
}

/// Writes the answer to an item.
#[track_caller]
pub(crate) fn set(sheet: &mut Sheet, items: &[Item], id: &str, cell: &str) {
    let at = items.iter().position(|item| item.id == id).unwrap_or_else(|| panic!("no item `{id}`"));
    cell.clone_into(&mut sheet[at]);
}

/// The sheets as a survey, numbered from 1.
pub(crate) fn survey(items: &[Item], sheets: &[Sheet]) -> Table {
    let header = items.iter().map(|item| item.id.clone()).collect();
    Table { header, rows: sheets.to_vec() }.with_first("id", |at| (at + 1).to_string())
}

/// Numbers that look random and are the same in every run: SplitMix64 (Steele, Lea and Flood 2014).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }

    /// The numbers below `n` in any order.
    pub(crate) fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for at in (1..n).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }
}
