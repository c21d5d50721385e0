//! The questionnaire.

use super::{Item, Sketch, Values};

impl Sketch<'_> {
    pub(super) fn all_items(&mut self) {
        // What the gate always needs stands anywhere.
        let count = 3 + self.below(4);
        let hard_at = self.below(count + 1);
        let mut kinds = vec![0, 1, 2, 3, 4, 5, 6, 7, 8];
        for number in 0..=count {
            if number == hard_at {
                let options = choice(&[0, 1]);
                self.item(
                    "hit",
                    Values::Numbers(vec![0, 1]),
                    true,
                    &format!("\"kind\": \"choice\", {options}, \"block\": true, \"safety\": {{\"tier\": \"hard\"}}"),
                    true,
                );
                continue;
            }
            // A steppable item is always there, since most honesty tests need one; nothing else stands twice.
            let kind = match number {
                0 => 0,
                1 if hard_at == 0 => 0,
                _ => {
                    let at = self.below(kinds.len());
                    kinds.remove(at)
                }
            };
            kinds.retain(|left| *left != kind);
            self.one_item(kind);
        }
    }

    fn one_item(&mut self, kind: usize) {
        match kind {
            0 | 1 => {
                let id = if kind == 0 { "a" } else { "b" };
                let top = 4 + i64::from(self.once_in(4));
                let values: Vec<i64> = (0..=top).collect();
                let direction = self.pick(&["+", "-", "+", "-", "0"]);
                let more = self.more(direction);
                let text = format!("\"kind\": \"choice\", {}, {more}", choice(&values));
                self.item(id, Values::Numbers(values), false, &text, kind == 0);
            }
            2 => {
                let values = vec![1, 2, 3];
                let direction = self.pick(&["+", "-", "0", ""]);
                let more = self.more(direction);
                let text = format!("\"kind\": \"choice\", {}, {more}", choice(&values));
                self.item("c", Values::Numbers(values), false, &text, false);
            }
            3 => {
                let text = "\"kind\": \"choice\", \"options\": [{\"value\": \"me\", \"label\": \"me\"}, \
                    {\"value\": \"them\", \"label\": \"them\"}]";
                self.item("w", Values::Words, false, text, false);
            }
            4 => {
                let top = 3 + self.below(5) as i64;
                let direction = self.pick(&["+", "-", "", ""]);
                let more = self.more(direction);
                let text = format!("\"kind\": \"number\", \"min\": 0, \"max\": {top}, {more}");
                self.item("n", Values::Numbers((0..=top).collect()), false, &text, false);
            }
            5 => {
                let watched = if self.once_in(2) {
                    let tier = self.pick(&["soft", "opens", "crisis"]);
                    format!(", \"safety\": {{\"tier\": \"{tier}\", \"option\": \"fear\"}}")
                } else {
                    String::new()
                };
                let text = format!(
                    "\"kind\": \"multi\", \"options\": [{{\"value\": \"home\", \"label\": \"h\"}}, \
                     {{\"value\": \"fear\", \"label\": \"f\"}}]{watched}"
                );
                let ticks = ["home", "fear"].map(str::to_owned).to_vec();
                self.item("m", Values::Ticks(ticks), false, &text, false);
            }
            // A soft flag of the block, sometimes one that another answer must confirm.
            6 => {
                let and = if self.once_in(3) { self.hangs_on("and") } else { String::new() };
                let about = self.pick(&["", "", ", \"about\": \"myself\""]);
                let tier = self.pick(&["soft", "soft", "soft", "opens", "hard"]);
                let options = choice(&[0, 1]);
                let safety = format!("\"safety\": {{\"tier\": \"{tier}\"{about}{and}}}");
                let text = format!("\"kind\": \"choice\", {options}, \"block\": true, {safety}");
                self.item("watch", Values::Numbers(vec![0, 1]), true, &text, false);
            }
            // A soft flag that rules may read as well.
            7 => {
                let direction = self.pick(&["-", "0", ""]);
                let more = self.more(direction).replace(", \"not_applicable\": true", "");
                let safety = "\"safety\": {\"tier\": \"soft\", \"op\": \">=\", \"value\": 2}";
                let text = format!("\"kind\": \"choice\", {}, {safety}, {more}", choice(&[0, 1, 2]));
                self.item("afraid", Values::Numbers(vec![0, 1, 2]), false, &text, false);
            }
            _ => {
                let text = format!("\"kind\": \"choice\", {}, \"context\": true", choice(&[0, 1]));
                self.item("under_18", Values::Numbers(vec![0, 1]), true, &text, true);
            }
        }
    }

    /// A direction and now and then something else that makes a difference to a test.
    fn more(&mut self, direction: &str) -> String {
        let mut more = vec!["\"label\": \"x\"".to_owned()];
        if !direction.is_empty() {
            more.push(format!("\"direction\": \"{direction}\""));
        }
        for (word, of) in [("not_applicable", 3), ("context", 8), ("wish", 8)] {
            if self.once_in(of) {
                more.push(format!("\"{word}\": true"));
            }
        }
        if self.once_in(16) {
            more.push("\"forms\": [\"full\"]".to_owned());
        }
        more.join(", ")
    }

    /// `and` or `asked_if` with an earlier answer; nothing hangs on the block, or rules would read it.
    fn hangs_on(&mut self, word: &str) -> String {
        let open: Vec<Item> = self.items.iter().filter(|item| !item.closed).cloned().collect();
        if open.is_empty() {
            return String::new();
        }
        let above = self.pick(&open);
        let (id, op, value) = match &above.values {
            Values::Numbers(values) => {
                let value = self.pick(values);
                (above.id.clone(), self.pick(&[">=", "<=", "==", "!="]), value.to_string())
            }
            Values::Words => (above.id.clone(), "==", "\"me\"".to_owned()),
            Values::Ticks(options) => {
                let option = self.pick(options);
                (format!("{}.{option}", above.id), "==", "1".to_owned())
            }
        };
        format!(", \"{word}\": {{\"item\": \"{id}\", \"op\": \"{op}\", \"value\": {value}}}")
    }

    fn item(&mut self, id: &str, values: Values, closed: bool, text: &str, always: bool) {
        let asked_if = if !always && self.once_in(3) { self.hangs_on("asked_if") } else { String::new() };
        self.texts.push(format!("{{\"id\": \"{id}\", \"text\": \"{id}\", {text}{asked_if}}}"));
        self.items.push(Item { id: id.to_owned(), values, closed });
    }
}

/// The options of a choice.
pub(in super::super) fn choice(values: &[i64]) -> String {
    let options: Vec<String> =
        values.iter().map(|value| format!("{{\"value\": {value}, \"label\": \"{value}\"}}")).collect();
    format!("\"options\": [{}]", options.join(", "))
}
