//! Every verdict of `prove`, worked out sheet by sheet from what the property says.

use std::collections::BTreeSet;

use super::super::super::{Counterexample, Proof, Reported, Verdict};
use super::draw::{Case, Declaration};
use super::every::{Every, Facts};
use crate::assess::{EngineReason, Reason};
use crate::questionnaire::{Direction, OptionValue};
use crate::responses::Answer;
use crate::ruleset::Ruleset;

/// What a property is said of.
enum Bad<'a> {
    /// Single sheets of which this must not be true; the second: whether only complete ones are looked at.
    Sheet(Box<dyn Fn(usize) -> bool + 'a>, bool),
    /// Sheets that differ in the answer to this slot and go from the one to the other.
    Pair(usize, Box<dyn Fn(usize, usize) -> bool + 'a>),
    /// Something that no sheet does.
    Absent,
}

/// One thing that may be found to be wrong, by the name under which a counterexample tells it.
struct Looked<'a> {
    name: String,
    bad: Bad<'a>,
    is_bad: Found,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    /// The sheets that the analysis speaks of do not settle it.
    Either,
}

impl From<bool> for Found {
    fn from(found: bool) -> Self {
        if found { Found::Yes } else { Found::No }
    }
}

/// All disagreements between a proof and the sheets.
pub(super) fn disagreements(case: &Case, ruleset: &Ruleset, every: &Every<'_>, proof: &Proof) -> Vec<String> {
    let brute = Brute { case, ruleset, every };
    let mut wrong = Vec::new();
    for claim in &proof.claims {
        let looked = brute.looked(&claim.id);
        let mut told = BTreeSet::new();
        match &claim.verdict {
            Verdict::Proved => {}
            Verdict::Refuted(counterexamples) => {
                for counterexample in counterexamples {
                    let name = name_of(counterexample);
                    match looked.iter().find(|looked| looked.name == name) {
                        Some(looked) => {
                            let problem = brute.shows(looked, counterexample).err();
                            wrong.extend(problem.map(|problem| format!("{}: {name}: {problem}", claim.id)));
                        }
                        None => wrong.push(format!("{}: nothing is called {name}", claim.id)),
                    }
                    told.insert(name);
                }
            }
            Verdict::Unknown(why) => {
                wrong.push(format!("{}: unknown: {why}", claim.id));
                continue;
            }
        }
        for Looked { name, is_bad, .. } in &looked {
            match (is_bad, told.contains(name)) {
                (Found::Yes, false) => wrong.push(format!("{}: {name} is not told, and a sheet shows it", claim.id)),
                (Found::No, true) => wrong.push(format!("{}: {name} is told, and it is not so", claim.id)),
                _ => {}
            }
        }
    }
    wrong
}

/// What a counterexample is about: what stands between the first backticks, and whether it is too much of it.
fn name_of(counterexample: &Counterexample) -> String {
    let says = &counterexample.says;
    let name = says.split('`').nth(1).map_or(says.as_str(), |name| name);
    if says.ends_with("always holds") || says.ends_with("always fires") {
        format!("always {name}")
    } else {
        name.to_owned()
    }
}

/// How well off a sheet is read; contradictory answers and no signal stand aside.
fn rank(reported: Reported, every: &Every<'_>) -> Option<u8> {
    match reported {
        Reported::Declared(at) => Some(match every.variant.signals[at as usize].id.as_str() {
            "walk_away" => 0,
            "keep_going" => 2,
            _ => 1,
        }),
        Reported::HeldBack | Reported::CloseCall => Some(1),
        _ => None,
    }
}

struct Brute<'a> {
    case: &'a Case,
    ruleset: &'a Ruleset,
    every: &'a Every<'a>,
}

impl<'a> Brute<'a> {
    fn facts(&self, sheet: usize) -> &'a Facts {
        &self.every.facts[sheet]
    }

    fn looked(&self, id: &str) -> Vec<Looked<'a>> {
        let (every, variant) = (self.every, self.every.variant);
        match id {
            "total" => {
                let unsigned = self.sheet("no signal matches", false, |facts| facts.reported == Reported::None);
                let staged = !variant.stages.is_empty();
                let unstaged = self.sheet("no stage matches", true, move |facts| staged && facts.stage.is_none());
                vec![unsigned, unstaged]
            }
            "under_flag" => {
                let keeps = |facts: &Facts| rank(facts.reported, every) == Some(2);
                let kept = "keep_going is reported under a flag";
                let seen = "a hard flag and a withheld result do not go together";
                vec![
                    self.sheet(kept, false, move |facts| facts.gate > 0 && keeps(facts)),
                    self.sheet(seen, false, |facts| (facts.gate == 3) != (facts.reported == Reported::Withheld)),
                ]
            }
            "safety_yes" => self.safety_yes(),
            "skipping" => self.skipping(),
            "monotone" => self.monotone(),
            "stages_occur" => self.occur(&variant.stages, |facts, at| facts.stage == Some(at), false),
            "overlays_occur" => self.occur(&variant.overlays, |facts, at| facts.overlays >> at & 1 == 1, true),
            "signals_occur" => self.occur(&variant.signals, |facts, at| facts.signal == Some(at), false),
            "reasons_occur" => {
                self.occur(&variant.reasons, |facts, at| facts.reason == Some(Reason::Declared(at)), false)
            }
            "rules_fire" => {
                let rules: Vec<String> = variant.rules.iter().map(|rule| rule.id.clone()).collect();
                self.occur_of(&rules, |facts, at| facts.fired >> at & 1 == 1, true)
            }
            "rules_pivotal" => self.pivotal(),
            _ => vec![self.stated(id)],
        }
    }

    fn sheet(&self, name: &str, complete: bool, bad: impl Fn(&Facts) -> bool + 'a) -> Looked<'a> {
        let every = self.every;
        self.numbered(name, complete, move |sheet| bad(&every.facts[sheet]))
    }

    fn numbered(&self, name: &str, complete: bool, bad: impl Fn(usize) -> bool + 'a) -> Looked<'a> {
        let mut sheets = (0..self.every.sheets.len()).filter(|sheet| self.facts(*sheet).complete || !complete);
        let is_bad = sheets.any(&bad).into();
        Looked { name: name.to_owned(), bad: Bad::Sheet(Box::new(bad), complete), is_bad }
    }

    fn pair(&self, slot: usize, bad: impl Fn(usize, usize) -> bool + 'a) -> Looked<'a> {
        let mut is_bad = false;
        self.every.for_each_pair(slot, &mut |from, to| is_bad |= bad(from, to));
        let name = self.every.questionnaire.slots[slot].id.clone();
        Looked { name, bad: Bad::Pair(slot, Box::new(bad)), is_bad: is_bad.into() }
    }

    // ---- what is said of two sheets ----

    fn safety_yes(&self) -> Vec<Looked<'a>> {
        let every = self.every;
        let questionnaire = every.questionnaire;
        let watched =
            (0..questionnaire.slots.len()).filter(|slot| questionnaire.is_watched(&questionnaire.slots[*slot]));
        watched
            .map(|slot| {
                let levels = &questionnaire.slots[slot].levels;
                let safety = questionnaire.item_of(&questionnaire.slots[slot]).unwrap().safety.as_ref().unwrap();
                let yes = move |sheet: usize| {
                    let value = levels.value(every.sheets[sheet][slot].answer.level()?)?;
                    Some(match (&safety.op, &safety.value) {
                        (Some(op), Some(wanted)) => op.holds(&value, wanted),
                        _ => value == OptionValue::Number(1),
                    })
                };
                self.pair(slot, move |from, to| {
                    let (before, after) = (every.facts[from].reported, every.facts[to].reported);
                    let rosier = match (rank(before, every), rank(after, every)) {
                        // The gate's word for "no direction".
                        _ if after == Reported::HeldBack => false,
                        (Some(before), Some(after)) => after > before,
                        (None, after) => after == Some(2),
                        (Some(_), None) => false,
                    };
                    yes(from) == Some(false) && yes(to) == Some(true) && rosier
                })
            })
            .collect()
    }

    fn skipping(&self) -> Vec<Looked<'a>> {
        let every = self.every;
        let answer = move |sheet: usize, slot: usize| every.sheets[sheet][slot].answer;
        let can_be_left =
            |slot: &usize| every.sheets.iter().any(|sheet| sheet[*slot].asked && sheet[*slot].answer.is_unknown());
        let left = (0..every.questionnaire.slots.len()).filter(can_be_left);
        left.map(|slot| {
            let keeps = move |sheet: usize| rank(every.facts[sheet].reported, every) == Some(2);
            self.pair(slot, move |from, to| {
                matches!(answer(from, slot), Answer::Level(_))
                    && answer(to, slot).is_unknown()
                    && keeps(to)
                    && !keeps(from)
            })
        })
        .collect()
    }

    fn monotone(&self) -> Vec<Looked<'a>> {
        let every = self.every;
        let (questionnaire, variant) = (every.questionnaire, every.variant);
        let directed = questionnaire.slots.iter().enumerate().filter_map(|(slot, known)| {
            let item = questionnaire.item_of(known)?;
            let declared = variant.monotone.iter().find(|monotone| monotone.slot == slot).map(|own| own.direction);
            let exempt = variant.not_monotone.iter().any(|exempt| exempt.slot == slot);
            let step = match declared.or(item.direction)? {
                Direction::Supports => 1,
                Direction::Concern => -1,
                Direction::Neutral => return None,
            };
            (!item.block && !exempt).then_some((slot, step))
        });
        directed
            .map(|(slot, step)| {
                let level = move |sheet: usize| every.sheets[sheet][slot].answer.level().map(|level| level as i32);
                self.pair(slot, move |from, to| {
                    let better = level(from).zip(level(to)).is_some_and(|(from, to)| (to - from) * step > 0);
                    let ranks = rank(every.facts[from].reported, every).zip(rank(every.facts[to].reported, every));
                    better && ranks.is_some_and(|(before, after)| after < before)
                })
            })
            .collect()
    }

    // ---- what can occur ----

    /// Whether each of these can occur, and, for `both`, can be absent.
    fn occur(
        &self,
        outcomes: &[crate::compile::Outcome],
        holds: impl Fn(&Facts, usize) -> bool + Copy,
        both: bool,
    ) -> Vec<Looked<'a>> {
        let ids: Vec<String> = outcomes.iter().map(|outcome| outcome.id.clone()).collect();
        self.occur_of(&ids, holds, both)
    }

    fn occur_of(&self, ids: &[String], holds: impl Fn(&Facts, usize) -> bool + Copy, both: bool) -> Vec<Looked<'a>> {
        let mut looked = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            if self.is_stated_never(id) {
                continue;
            }
            let ways =
                if both { vec![(id.clone(), true), (format!("always {id}"), false)] } else { vec![(id.clone(), true)] };
            for (name, wanted) in ways {
                let is_it = |facts: &Facts| holds(facts, at) == wanted;
                let seen = self.every.facts.iter().any(|facts| facts.shown && is_it(facts));
                let is_bad = match seen {
                    true => Found::No,
                    // Some things are there for answers that are missing.
                    false if self.every.with_gaps(self.ruleset, &is_it) => Found::Either,
                    false => Found::Yes,
                };
                looked.push(Looked { name, bad: Bad::Absent, is_bad });
            }
        }
        looked
    }

    fn is_stated_never(&self, id: &str) -> bool {
        self.case.declarations.iter().any(
            |declaration| matches!(declaration, Declaration::Text(text) if text.starts_with(&format!("never {id} "))),
        )
    }

    // ---- rules ----

    /// Every rule that is no note, taken out of the text of the ruleset.
    fn pivotal(&self) -> Vec<Looked<'a>> {
        let is_of_this_form = |id: &str| self.every.variant.rules.iter().any(|rule| rule.id == id);
        let rules = self.case.declarations.iter().enumerate().filter_map(|(at, declaration)| match declaration {
            Declaration::Rule { id, then, .. } => (then != "note()" && is_of_this_form(id)).then(|| (at, id.clone())),
            _ => None,
        });
        let rules = rules.filter(|(_, id)| !self.is_stated_never(id));
        rules
            .map(|(at, id)| {
                let mut without = self.case.clone();
                if let Declaration::Rule { when, .. } = &mut without.declarations[at] {
                    *when = "false".to_owned();
                }
                let other = super::load(&without).expect("a rule that never fires is allowed");
                let other = Every::new(&other, usize::MAX).unwrap();
                let pairs = || self.every.facts.iter().zip(&other.facts).filter(|(with, _)| with.shown);
                let outcome = |facts: &Facts| (facts.reported, facts.reason, facts.stage, facts.overlays);
                let differ = |(with, without): (&Facts, &Facts)| {
                    let shown = outcome(with) != outcome(without) || with.levels != without.levels;
                    with.reported != without.reported || with.complete && shown
                };
                // What a rule does to stage, overlays and reasons where answers are missing is not looked at.
                let only_with_gaps =
                    pairs().any(|(with, without)| outcome(with) != outcome(without) || with.levels != without.levels);
                let is_bad = match pairs().any(differ) {
                    true => Found::No,
                    false if only_with_gaps => Found::Either,
                    false => Found::Yes,
                };
                Looked { name: id, bad: Bad::Absent, is_bad }
            })
            .collect()
    }

    // ---- what the ruleset states ----

    fn stated(&self, id: &str) -> Looked<'a> {
        let every = self.every;
        let variant = every.variant;
        let at = |outcomes: &[crate::compile::Outcome], id: &str| outcomes.iter().position(|own| own.id == id);
        let Some(target) = id.strip_prefix("never.") else {
            let holds = self.case.declarations.iter().find_map(|declaration| match declaration {
                Declaration::Property { id: own, holds } if own == id => Some(holds),
                _ => None,
            });
            let holds = holds.unwrap_or_else(|| panic!("a property {id} that is not declared"));
            return self.numbered(id, holds.needs_answers(), move |sheet| !holds.on(every, sheet));
        };
        let engine = |reason| move |facts: &Facts| facts.reason == Some(Reason::Engine(reason));
        match target {
            "held_back" => self.sheet(target, false, engine(EngineReason::HeldBack)),
            "close_call" => self.sheet(target, false, engine(EngineReason::CloseCall)),
            "keep_going" | "walk_away" | "mixed" => {
                let signal = at(&variant.signals, target);
                self.sheet(target, false, move |facts| facts.signal.is_some() && facts.signal == signal)
            }
            _ if target.starts_with('p') => {
                let stage = at(&variant.stages, target);
                self.sheet(target, true, move |facts| facts.stage.is_some() && facts.stage == stage)
            }
            _ if target.starts_with('o') => {
                let overlay = at(&variant.overlays, target).unwrap();
                self.sheet(target, true, move |facts| facts.overlays >> overlay & 1 == 1)
            }
            _ if target.starts_with('y') => {
                let reason = at(&variant.reasons, target).map(Reason::Declared);
                self.sheet(target, true, move |facts| facts.reason.is_some() && facts.reason == reason)
            }
            _ => {
                let rule = variant.rules.iter().position(|rule| rule.id == target).unwrap();
                self.sheet(target, true, move |facts| facts.fired >> rule & 1 == 1)
            }
        }
    }

    // ---- counterexamples ----

    /// Whether the sheets of a counterexample are sheets, and show what they are said to show, whatever is answered to
    /// the questions that are said not to matter.
    fn shows(&self, looked: &Looked<'_>, counterexample: &Counterexample) -> Result<(), String> {
        let every = self.every;
        let mut shown = Vec::new();
        for witness in &counterexample.sheets {
            shown.push(every.find(&witness.responses.answers).ok_or("its sheet is none of the sheets")?);
        }
        let agree = |matters: &[usize], one: usize, other: usize| {
            matters.iter().all(|slot| every.sheets[one][*slot].answer == every.sheets[other][*slot].answer)
        };
        match (&looked.bad, shown.as_slice(), counterexample.sheets.as_slice()) {
            (Bad::Absent, [], []) => Ok(()),
            (Bad::Sheet(bad, complete), [sheet], [witness]) => {
                if !bad(*sheet) {
                    return Err("its sheet does not show it".to_owned());
                }
                let alike = (0..every.sheets.len()).filter(|other| {
                    (!complete || self.facts(*other).complete) && agree(&witness.matters, *sheet, *other)
                });
                let mut others = alike.filter(|other| !bad(*other));
                others.next().map_or(Ok(()), |other| {
                    Err(format!("other answers matter, too: {:?} and {:?}", every.sheets[*sheet], every.sheets[other]))
                })
            }
            (Bad::Pair(slot, bad), [from, to], [before, after]) => {
                let (mut is_pair, mut all_bad) = (false, true);
                every.for_each_pair(*slot, &mut |one, other| {
                    is_pair |= (one, other) == (*from, *to);
                    if agree(&before.matters, *from, one) && agree(&after.matters, *to, other) {
                        all_bad &= bad(one, other);
                    }
                });
                match (is_pair && bad(*from, *to), all_bad) {
                    (true, true) => Ok(()),
                    (true, false) => Err("other answers matter, too".to_owned()),
                    (false, _) => Err("its sheets do not show it".to_owned()),
                }
            }
            _ => Err(format!("it is shown by {} sheets", shown.len())),
        }
    }
}
