//! Rules, outcomes, and what is stated of them.

use super::super::holds::Holds;
use super::{Case, Declaration, Sketch, Upto};
use crate::diagnostic::SourceFile;
use crate::gate::Gate;
use crate::questionnaire::Questionnaire;

impl Sketch<'_> {
    pub(super) fn rules(&mut self) {
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
            let when = match then.as_str() {
                "note()" => self.condition(Upto::Notes),
                "flag(\"f\")" => self.condition_of_answers(),
                _ => self.condition(Upto::Aggregates),
            };
            if !when.contains("flagged") {
                self.rules.push(id.clone());
            }
            self.declarations.push(Declaration::Rule { id, when, then });
        }
    }

    pub(super) fn outcomes(&mut self) {
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
            self.signals.push(id.to_owned());
        }
        self.signals.push("mixed".to_owned());
        self.declare("signal mixed \"m\" otherwise;");
        for number in 0..self.below(3) {
            let (id, when) = (format!("y{number}"), self.condition(Upto::Signals));
            self.declare(format!("reason {id} \"{id}\" when {when};"));
            self.reasons.push(id);
        }
        let numbers = self.unwatched();
        if numbers.len() > 1 && self.once_in(3) {
            let (low, high) = (self.pick(&numbers).0, self.pick(&numbers).0);
            self.declare(format!("screen contradicts({low}, {high});"));
        }
    }

    /// The numbers that the gate does not look at: those that a screen may name.
    fn unwatched(&self) -> Vec<(String, Vec<i64>)> {
        let text = Case { items: self.texts.clone(), declarations: Vec::new() }.questionnaire();
        // One that does not load makes no ruleset either.
        let Ok(questionnaire) = Questionnaire::load(&SourceFile::new("drawn.json", text)) else {
            return self.numbers();
        };
        let gate = Gate::new(&questionnaire);
        let watched = |id: &str| questionnaire.slot(id).is_none_or(|slot| gate.reads(slot));
        self.numbers().into_iter().filter(|(id, _)| !watched(id)).collect()
    }

    pub(super) fn stated(&mut self) {
        let numbers = self.numbers();
        if self.once_in(3) {
            let (item, sign) = (self.pick(&numbers).0, self.pick(&["", "-"]));
            self.declare(format!("monotone {sign}{item} because \"x\";"));
        } else if self.once_in(3) {
            let item = self.pick(&numbers).0;
            self.declare(format!("not_monotone {item} because \"x\";"));
        }
        let named = [&self.stages, &self.overlays, &self.rules, &self.reasons, &self.signals];
        let mut targets: Vec<String> = named.into_iter().flatten().cloned().collect();
        targets.extend(["held_back", "close_call"].map(str::to_owned));
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
            0..=2 => {
                let signals = self.signals.clone();
                Holds::Signal(self.pick(&signals))
            }
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
                // At least the lowest is no condition.
                Holds::AtLeast(item, self.pick(&values[1..]))
            }
            _ => Holds::Flagged,
        }
    }
}
