//! Small questionnaires and rulesets for them, drawn from a seed.
//!
//! A case is kept as a list of items and a list of declarations, so that a failing one shrinks by leaving out whichever
//! of them it does not need: what is left is a file that a person can load and read.

use std::fmt::{self, Display};

use super::super::Draw;
use super::holds::Holds;

/// A questionnaire and an assessment for it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// One JSON object each.
    pub(super) items: Vec<String>,
    pub(super) declarations: Vec<Declaration>,
}

/// One declaration. What the brute force works with is kept apart; the rest is text.
#[derive(Debug, Clone)]
pub(super) enum Declaration {
    Text(String),
    Rule { id: String, when: String, then: String },
    Property { id: String, holds: Holds },
}

const HEADER: &str = "//! ## Sources\n//! x\n//! ## Published\n//! x\n//! ## Validated\n//! x\n//! ## Update policy\n\
    //! x\n//! ## Uncertainty\n//! x\n//! ## Funding\n//! x\n\
    assessment \"drawn\" version \"1\" questionnaire \"drawn\" title \"Drawn\";\n";

impl Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Declaration::Text(text) => write!(f, "{text}"),
            Declaration::Rule { id, when, then } => {
                write!(f, "rule {id} \"{id}\" when {when} then {then} source \"x\";")
            }
            Declaration::Property { id, holds } => write!(f, "property {id} holds {holds};"),
        }
    }
}

impl Case {
    pub(super) fn questionnaire(&self) -> String {
        format!(
            "{{\"format\": \"bearings/questionnaire@1\", \"id\": \"drawn\", \"version\": \"1\", \"title\": \"t\", \
             \"description\": \"d\", \"source\": \"s\", \"licence\": \"l\", \"items\": [\n{}\n]}}",
            self.items.join(",\n")
        )
    }

    pub(super) fn ruleset(&self) -> String {
        let declarations: Vec<String> = self.declarations.iter().map(Declaration::to_string).collect();
        format!("{HEADER}{}\n", declarations.join("\n"))
    }
}

/// The answers to an item, as a condition writes them.
#[derive(Debug, Clone)]
enum Values {
    Numbers(Vec<i64>),
    Words,
    /// The names of the options.
    Ticks(Vec<String>),
}

/// An item that rules can read, or that another item can hang on.
#[derive(Debug, Clone)]
struct Item {
    id: String,
    values: Values,
    /// Whether the other answers are read by the engine alone.
    closed: bool,
}

/// What a condition may read: the later, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Upto {
    Scales,
    Aggregates,
    /// A rule that only notes.
    Notes,
    Overlays,
    Stages,
    Signals,
}

/// What was drawn so far.
struct Sketch<'a> {
    draw: &'a mut Draw,
    items: Vec<Item>,
    texts: Vec<String>,
    declarations: Vec<Declaration>,
    /// Names with the highest value that a comparison with them is likely to be decided by.
    scales: Vec<(String, i64)>,
    aggregates: Vec<String>,
    conditions: Vec<String>,
    signs: Vec<String>,
    rules: Vec<String>,
    overlays: Vec<String>,
    /// Overlays that do not read the gate, which stages and signals may read.
    plain_overlays: Vec<String>,
    stages: Vec<String>,
    reasons: Vec<String>,
}

/// A case, the same for the same draws.
pub(super) fn case(draw: &mut Draw) -> Case {
    let mut sketch = Sketch {
        draw,
        items: Vec::new(),
        texts: Vec::new(),
        declarations: Vec::new(),
        scales: Vec::new(),
        aggregates: Vec::new(),
        conditions: Vec::new(),
        signs: Vec::new(),
        rules: Vec::new(),
        overlays: Vec::new(),
        plain_overlays: Vec::new(),
        stages: Vec::new(),
        reasons: Vec::new(),
    };
    sketch.all_items();
    sketch.scores();
    sketch.rules();
    sketch.outcomes();
    sketch.stated();
    Case { items: sketch.texts, declarations: sketch.declarations }
}

impl Sketch<'_> {
    fn below(&mut self, most: usize) -> usize {
        self.draw.below(most as u32) as usize
    }

    /// True in one of `of` draws.
    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = self.below(from.len());
        from[at].clone()
    }

    fn declare(&mut self, text: impl Into<String>) {
        self.declarations.push(Declaration::Text(text.into()));
    }

    // ---- the questionnaire ----

    fn all_items(&mut self) {
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

    // ---- scores ----

    /// The items that have numbers, with their values.
    fn numbers(&self) -> Vec<(String, Vec<i64>)> {
        let numbered = |item: &Item| match &item.values {
            Values::Numbers(values) if !item.closed => Some((item.id.clone(), values.clone())),
            _ => None,
        };
        self.items.iter().filter_map(numbered).collect()
    }

    fn scores(&mut self) {
        let share = self.pick(&["0", "0.5", "0.6", "1"]);
        self.declare(format!("floor core {share} source \"x\";"));
        let numbers = self.numbers();
        for id in ["s", "t"].into_iter().take(1 + self.below(2)) {
            let mut left = numbers.clone();
            let mut terms = Vec::new();
            for _ in 0..1 + self.below(left.len().min(3)) {
                let at = self.below(left.len());
                let (item, _) = left.remove(at);
                let sign = self.pick(&["", "", "-"]);
                let weight = self.pick(&["", "", " * 2"]);
                terms.push(format!("{sign}{item}{weight}"));
            }
            let (how, top) = self.pick(&[("percent", 100), ("percent", 100), ("mean", 4)]);
            let need = self.pick(&["", " need 0.5", " need 1"]);
            self.declare(format!("scale {id} \"{id}\" = {how}({}){need};", terms.join(", ")));
            self.scales.push((id.to_owned(), top));
        }
        if self.once_in(2) {
            let when = self.condition(Upto::Scales);
            let (scale, top) = self.scales[0].clone();
            let (way, limit) = (self.pick(&["at_most", "at_least"]), top / 2);
            self.declare(format!("adjust {scale} {way} {limit} when {when} because \"x\" source \"x\";"));
        }
        if self.once_in(2) {
            let when = self.condition(Upto::Scales);
            let names: Vec<String> = self.scales.iter().map(|(id, _)| id.clone()).collect();
            let need = 1 + self.below(names.len());
            self.declare(format!("aggregate g \"g\" = mean_of({} zero_when {when}) need {need};", names.join(", ")));
            self.aggregates.push("g".to_owned());
        }
        for id in ["k", "l"].into_iter().take(self.below(3)) {
            let when = self.condition(Upto::Aggregates);
            self.declare(format!("condition {id} when {when};"));
            self.conditions.push(id.to_owned());
        }
    }

    // ---- conditions ----

    fn condition(&mut self, upto: Upto) -> String {
        let first = self.atom(upto);
        match self.below(8) {
            0..=2 => first,
            3 | 4 => format!("{first} && {}", self.atom(upto)),
            5 | 6 => format!("{first} || {}", self.atom(upto)),
            _ => {
                let (second, third) = (self.atom(upto), self.atom(upto));
                format!("({first} || {second}) && !({third})")
            }
        }
    }

    /// One comparison, of what was drawn so far.
    fn atom(&mut self, upto: Upto) -> String {
        loop {
            let found = match self.below(14) {
                0..=3 => Some(self.of_item()),
                4 => self.of_difference(),
                5 | 6 => self.of_scale(),
                7 => self.of_count(),
                8 => self.of_answered(),
                9 if upto >= Upto::Aggregates => self.of_higher_score(),
                10 if upto >= Upto::Notes => self.of_gate(upto),
                11 if upto >= Upto::Overlays => self.of_rules(),
                12 if upto >= Upto::Stages => self.of_overlays(),
                13 if upto >= Upto::Signals => self.of_stages(),
                _ => None,
            };
            if let Some(found) = found {
                return found;
            }
        }
    }

    fn of_item(&mut self) -> String {
        let open: Vec<Item> = self.items.iter().filter(|item| !item.closed).cloned().collect();
        let item = self.pick(&open);
        match &item.values {
            Values::Numbers(values) => {
                let op = self.pick(&[">=", "<=", "==", "!=", ">", "<"]);
                format!("{} {op} {}", item.id, self.pick(values))
            }
            Values::Words => format!("{} == \"{}\"", item.id, self.pick(&["me", "them"])),
            Values::Ticks(options) => format!("ticked(\"{}.{}\")", item.id, self.pick(options)),
        }
    }

    fn of_difference(&mut self) -> Option<String> {
        let numbers = self.numbers();
        let (first, second) = (self.pick(&numbers).0, self.pick(&numbers).0);
        let bound = self.below(4);
        let shape = self.pick(&["-", "+", "*"]);
        (first != second).then(|| match shape {
            "*" => format!("2 * {first} - {second} > {bound}"),
            "+" => format!("{first} + {second} <= {}", bound + 2),
            _ => format!("{first} - {second} >= {bound}"),
        })
    }

    fn of_scale(&mut self) -> Option<String> {
        let scales = self.scales.clone();
        if scales.is_empty() {
            return None;
        }
        let (scale, top) = self.pick(&scales);
        let op = self.pick(&[">=", "<=", ">", "<"]);
        if scales.len() > 1 && self.once_in(4) {
            return Some(format!("s - t {op} {}", self.pick(&["-10", "0", "8.33", "25"])));
        }
        let cut = if top == 100 {
            self.pick(&["25", "33.3", "50", "60", "66.7"])
        } else {
            self.pick(&["1", "1.5", "2", "3"])
        };
        Some(format!("{scale} {op} {cut}"))
    }

    fn of_count(&mut self) -> Option<String> {
        let scales = self.scales.clone();
        if scales.is_empty() {
            return None;
        }
        let (scale, _) = self.pick(&scales);
        let way = self.pick(&["at_most", "at_least"]);
        Some(format!("count_{way}(\"{scale}\", {}) >= {}", 1 + self.below(3), 1 + self.below(2)))
    }

    fn of_answered(&mut self) -> Option<String> {
        if !self.once_in(3) {
            return None;
        }
        let mut names: Vec<String> =
            self.items.iter().filter(|item| !item.closed).map(|item| item.id.clone()).collect();
        names.extend(self.scales.iter().map(|(id, _)| id.clone()));
        Some(format!("answered(\"{}\")", self.pick(&names)))
    }

    fn of_higher_score(&mut self) -> Option<String> {
        let (aggregates, conditions) = (self.aggregates.clone(), self.conditions.clone());
        if !conditions.is_empty() && self.once_in(2) {
            return Some(self.pick(&conditions));
        }
        if aggregates.is_empty() {
            return None;
        }
        let op = self.pick(&[">=", "<"]);
        Some(format!("{} {op} {}", self.pick(&aggregates), self.pick(&["2", "40", "55"])))
    }

    fn of_gate(&mut self, upto: Upto) -> Option<String> {
        // Stages and signals may not look at the gate.
        (upto <= Upto::Overlays && self.once_in(2)).then(|| "flagged()".to_owned())
    }

    fn of_rules(&mut self) -> Option<String> {
        let (signs, rules) = (self.signs.clone(), self.rules.clone());
        match self.below(3) {
            0 if !signs.is_empty() => Some(format!("level(\"{}\") >= {}", self.pick(&signs), 1 + self.below(3))),
            1 if !signs.is_empty() => {
                let op = self.pick(&[">=", "=="]);
                Some(format!("signs_present() {op} {}", self.below(3)))
            }
            2 if !rules.is_empty() => Some(format!("fired(\"{}\")", self.pick(&rules))),
            _ => None,
        }
    }

    fn of_overlays(&mut self) -> Option<String> {
        let overlays = self.plain_overlays.clone();
        (!overlays.is_empty()).then(|| format!("overlay_is(\"{}\")", self.pick(&overlays)))
    }

    fn of_stages(&mut self) -> Option<String> {
        let stages = self.stages.clone();
        (!stages.is_empty()).then(|| format!("stage_is(\"{}\")", self.pick(&stages)))
    }

    // ---- rules and outcomes ----

    fn rules(&mut self) {
        for id in ["bad", "worse"].into_iter().take(1 + self.below(2)) {
            let adds = self.pick(&["", " adds"]);
            let present = 1 + self.below(2);
            self.declare(format!("sign {id} \"{id}\"{adds} present {present};"));
            self.signs.push(id.to_owned());
        }
        for number in 0..3 + self.below(4) {
            let id = format!("r{number}");
            let signs = self.signs.clone();
            let then = match self.below(8) {
                0..=4 => format!("sign(\"{}\", {})", self.pick(&signs), 1 + self.below(3)),
                5 => "flag(\"f\")".to_owned(),
                _ => "note()".to_owned(),
            };
            let when = self.condition(if then == "note()" { Upto::Notes } else { Upto::Aggregates });
            if !when.contains("flagged") {
                self.rules.push(id.clone());
            }
            self.declarations.push(Declaration::Rule { id, when, then });
        }
    }

    fn outcomes(&mut self) {
        for number in 0..self.below(3) {
            let (id, when) = (format!("o{number}"), self.condition(Upto::Overlays));
            self.declare(format!("overlay {id} \"{id}\" when {when};"));
            if !when.contains("flagged") {
                self.plain_overlays.push(id.clone());
            }
            self.overlays.push(id);
        }
        let rungs = self.below(4);
        for number in 0..rungs {
            let id = format!("p{number}");
            let otherwise = number + 1 == rungs && !self.once_in(3);
            let when =
                if otherwise { "otherwise".to_owned() } else { format!("when {}", self.condition(Upto::Stages)) };
            self.declare(format!("stage {id} \"{id}\" {when};"));
            self.stages.push(id);
        }
        let mut decisive = vec!["keep_going", "walk_away"];
        if self.once_in(2) {
            decisive.reverse();
        }
        if self.once_in(8) {
            decisive.pop();
        }
        for id in decisive {
            let when = self.condition(Upto::Signals);
            self.declare(format!("signal {id} \"{id}\" when {when};"));
        }
        self.declare("signal mixed \"m\" otherwise;");
        for number in 0..self.below(3) {
            let (id, when) = (format!("y{number}"), self.condition(Upto::Signals));
            self.declare(format!("reason {id} \"{id}\" when {when};"));
            self.reasons.push(id);
        }
        let numbers = self.numbers();
        if numbers.len() > 1 && self.once_in(3) {
            let (low, high) = (self.pick(&numbers).0, self.pick(&numbers).0);
            self.declare(format!("screen contradicts({low}, {high});"));
        }
    }

    // ---- what is stated ----

    fn stated(&mut self) {
        let numbers = self.numbers();
        if self.once_in(3) {
            let (item, sign) = (self.pick(&numbers).0, self.pick(&["", "-"]));
            self.declare(format!("monotone {sign}{item} because \"x\";"));
        } else if self.once_in(3) {
            let item = self.pick(&numbers).0;
            self.declare(format!("not_monotone {item} because \"x\";"));
        }
        let named = [&self.stages, &self.overlays, &self.rules, &self.reasons].into_iter().flatten().cloned();
        let mut targets: Vec<String> = named.collect();
        targets.extend(["keep_going", "walk_away", "mixed", "held_back", "close_call"].map(str::to_owned));
        for _ in 0..self.below(3) {
            let at = self.below(targets.len());
            let target = targets.remove(at);
            self.declare(format!("never {target} because \"x\";"));
        }
        for number in 0..self.below(4) {
            let holds = self.holds();
            self.declarations.push(Declaration::Property { id: format!("q{number}"), holds });
        }
    }

    fn holds(&mut self) -> Holds {
        let first = self.stated_atom();
        let second = self.stated_atom();
        match self.below(4) {
            0 => Holds::Not(Box::new(first)),
            1 => Holds::Not(Box::new(Holds::And(Box::new(first), Box::new(second)))),
            2 => Holds::Or(Box::new(Holds::Not(Box::new(first))), Box::new(second)),
            _ => Holds::Or(Box::new(first), Box::new(second)),
        }
    }

    fn stated_atom(&mut self) -> Holds {
        let (stages, overlays) = (self.stages.clone(), self.overlays.clone());
        let (rules, reasons) = (self.rules.clone(), self.reasons.clone());
        match self.below(10) {
            0..=2 => Holds::Signal(self.pick(&["keep_going", "walk_away", "mixed"]).to_owned()),
            3 => Holds::Reason(
                self.pick(&["held_back", "contradictory", "close_call", "other_path", "not_enough_answered"])
                    .to_owned(),
            ),
            4 if !reasons.is_empty() => Holds::Reason(self.pick(&reasons)),
            5 if !stages.is_empty() => Holds::Stage(self.pick(&stages)),
            6 if !overlays.is_empty() => Holds::Overlay(self.pick(&overlays)),
            7 if !rules.is_empty() => Holds::Fired(self.pick(&rules)),
            8 => {
                let numbers = self.numbers();
                let (item, values) = self.pick(&numbers);
                Holds::AtLeast(item, self.pick(&values))
            }
            _ => Holds::Flagged,
        }
    }
}

fn choice(values: &[i64]) -> String {
    let options: Vec<String> =
        values.iter().map(|value| format!("{{\"value\": {value}, \"label\": \"{value}\"}}")).collect();
    format!("\"options\": [{}]", options.join(", "))
}
