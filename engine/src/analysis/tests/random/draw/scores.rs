//! Scales, what bounds and averages them, and the conditions that everything is made of.

use super::{Item, Sketch, Upto, Values};

impl Sketch<'_> {
    /// The items that have numbers, with their values.
    pub(super) fn numbers(&self) -> Vec<(String, Vec<i64>)> {
        let numbered = |item: &Item| match &item.values {
            Values::Numbers(values) if !item.closed => Some((item.id.clone(), values.clone())),
            _ => None,
        };
        self.items.iter().filter_map(numbered).collect()
    }

    pub(super) fn scores(&mut self) {
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

    pub(super) fn condition(&mut self, upto: Upto) -> String {
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

    /// A condition of answers alone.
    ///
    /// Flags of rules are drawn with these. Where an answer is missing, a flag follows the scores and counts as they are,
    /// and the analysis goes by every answer that there could be: for scores of other answers these are not the same.
    pub(super) fn condition_of_answers(&mut self) -> String {
        let first = self.of_item();
        match self.of_difference() {
            Some(second) => format!("{first} || {second}"),
            None => first,
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
        let one_slot = |item: &&Item| !item.closed && !matches!(item.values, Values::Ticks(_));
        let mut names: Vec<String> = self.items.iter().filter(one_slot).map(|item| item.id.clone()).collect();
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
}
