//! What a drawn ruleset states of itself, true or not.

use super::*;

impl Sketch<'_> {
    pub(super) fn stated(&mut self) {
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
