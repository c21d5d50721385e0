//! What differs in a case, and the rule or condition behind it as it is written, with what it read.
//!
//! A case is a made-up sheet of who writes rules, so its answers may be shown. After a hard flag there is nothing to
//! show, here as everywhere.

mod ladder;
mod lines;

use bearings_engine::assessment::{Assessment, Reading, RuleReading};
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::{Aspect, Case, CaseTrace, Difference, Held, Weighed, Weighing};

use super::indented;
use super::suite::Suite;
use crate::report::{changes_in_words, tame};
use lines::{Lines, short_reads};

/// What the case is about.
pub(super) fn described(case: &Case) -> String {
    indented(&case.description, 4)
}

/// Why it does not hold yet.
pub(super) fn why_todo(case: &Case) -> String {
    indented(case.todo.as_deref().unwrap_or_default(), 4)
}

/// A difference with what led to it.
pub(super) fn traced(
    difference: &Difference,
    suite: &Suite,
    file: &SourceFile,
    case: &Case,
    trace: &CaseTrace,
) -> String {
    let line = difference.place(file).map_or(1, |place| file.position(place.start).0);
    let mut lines = Lines::new(&suite.files);
    lines.line(4, &format!("{difference}  ({}:{line})", file.name));
    let Assessment::Read(reading) = &trace.assessment else {
        lines.line(6, "the safety gate raises a hard flag for these answers, and nothing else is read then");
        return lines.text;
    };
    let Some(weighing) = &trace.weighing else {
        lines.line(6, "the case is about somebody under 18, for whom nothing is weighed");
        return lines.text;
    };
    let scene = Scene { difference, suite, case, reading, weighing };
    scene.tell(&mut lines);
    lines.text
}

/// What a difference is looked for in.
struct Scene<'a> {
    difference: &'a Difference,
    suite: &'a Suite,
    case: &'a Case,
    reading: &'a Reading,
    weighing: &'a Weighing,
}

impl Scene<'_> {
    fn tell(&self, lines: &mut Lines<'_>) {
        match &self.difference.aspect {
            Aspect::Withheld => lines.line(6, "no answer of the case raises a hard flag"),
            Aspect::Signal => self.signal(lines),
            Aspect::Reason => self.reason(lines),
            Aspect::Stage => {
                ladder::tell(lines, &self.weighing.stages, &self.difference.expected, &self.difference.got);
            }
            Aspect::Overlays => self.overlays(lines),
            Aspect::Bands | Aspect::Near => self.bands(lines),
            Aspect::Rule(id) => {
                if let Some(rule) = self.rule_reading(id) {
                    rule_in_full(lines, rule);
                }
            }
            Aspect::Level(sign) => self.level(lines, sign),
            Aspect::Score(scale) => self.score(lines, scale),
        }
    }

    fn rule_reading(&self, id: &str) -> Option<&RuleReading> {
        self.reading.rules.iter().find(|rule| rule.id == id)
    }

    /// The conditions of the signals, and what the engine made of them.
    fn signal(&self, lines: &mut Lines<'_>) {
        self.engine(lines);
        ladder::tell(lines, &self.weighing.signals, &self.difference.expected, &self.difference.got);
    }

    fn reason(&self, lines: &mut Lines<'_>) {
        let signal = self.reading.signal.id.as_deref().unwrap_or("none");
        lines.line(6, &format!("the signal is {signal}"));
        self.engine(lines);
        ladder::tell(lines, &self.weighing.reasons, &self.difference.expected, &self.difference.got);
    }

    /// Why the engine gives no direction where the conditions of the ruleset alone would, or could.
    fn engine(&self, lines: &mut Lines<'_>) {
        let signal = &self.reading.signal;
        if let (Some(reason), Some(text)) = (&signal.reason, &signal.text) {
            lines.line(6, &format!("reason {reason}: {text}"));
        }
        match signal.reason.as_deref() {
            Some("close_call") => {
                for change in &self.reading.would_change {
                    lines.line(8, &format!("{} with {}", change.to, changes_in_words(&change.changes)));
                }
            }
            Some("contradictory") => lines.reads(8, &self.reading.contradiction),
            _ => {}
        }
        if let Some(own) = &self.reading.own_part {
            lines.line(6, &format!("their own part is read as {}", own.signal.id.as_deref().unwrap_or("no signal")));
        }
        if !self.reading.would_settle.is_empty() {
            lines.line(6, &format!("open answers that would settle it: {}", self.reading.would_settle.join(", ")));
        }
    }

    fn overlays(&self, lines: &mut Lines<'_>) {
        let names = |list: &str| list.split(", ").map(str::to_owned).collect::<Vec<_>>();
        let (expected, got) = (names(&self.difference.expected), names(&self.difference.got));
        for overlay in &self.weighing.overlays {
            if expected.contains(&overlay.id) != got.contains(&overlay.id) {
                weighed_in_full(lines, overlay);
            }
        }
    }

    fn bands(&self, lines: &mut Lines<'_>) {
        let Some(variant) = self.suite.ruleset.variant(self.case.responses.role, self.case.responses.form) else {
            return;
        };
        let has = |list: &str, label: &str| list.split(", ").any(|known| known == label);
        for band in &variant.bands {
            if has(&self.difference.expected, &band.label) == has(&self.difference.got, &band.label) {
                continue;
            }
            let Some(scale) = variant.scales.get(band.scale) else { continue };
            let score = self.reading.scores.iter().find(|score| score.id == scale.id).and_then(|score| score.value);
            let cut = bearings_engine::exact::format_half_up(&band.value, 9);
            let sem = band.sem.map_or_else(String::new, |sem| {
                format!(", near within {} of it", bearings_engine::exact::format_half_up(&sem, 9))
            });
            let score = score.map_or_else(|| "no value".to_owned(), lines::number);
            lines.line(
                6,
                &format!("{}: {} {} {cut}{sem}; the score is {score}", band.label, scale.id, band.comparison.as_str()),
            );
            self.scale(lines, &scale.id);
        }
    }

    /// The rules that raise a sign; in full those that may be wrong.
    fn level(&self, lines: &mut Lines<'_>, sign: &str) {
        let Some(variant) = self.suite.ruleset.variant(self.case.responses.role, self.case.responses.form) else {
            return;
        };
        let Some(at) = variant.signs.iter().position(|known| known.id == sign) else { return };
        if let Some(sign) = variant.signs.get(at) {
            let how = if sign.adds { "add up, to 3 at most" } else { "do not add up: the highest counts" };
            lines.line(6, &format!("the levels of the rules that raise it {how}"));
        }
        let too_high = self.difference.got > self.difference.expected;
        for rule in variant.rules.iter().filter(|rule| rule.raises(at)) {
            let Some(reading) = self.rule_reading(&rule.id) else { continue };
            let effects = bearings_engine::effects_of(variant, rule).join(", ");
            lines.line(6, &format!("{} ({effects}) {}", rule.id, outcome_word(reading.outcome)));
            if (reading.outcome == "fired") == too_high {
                rule_in_full(lines, reading);
            }
        }
    }

    fn score(&self, lines: &mut Lines<'_>, id: &str) {
        if let Some(score) = self.reading.scores.iter().find(|score| score.id == id) {
            lines.line(6, &format!("{} of {} answered", score.answered, score.of));
            if let (Some(raw), Some(value)) = (score.raw, score.value)
                && raw != value
            {
                lines.line(6, &format!("{} before it was bounded", lines::number(raw)));
            }
        }
        self.scale(lines, id);
        for bound in self.weighing.adjusts.iter().filter(|bound| bound.id == id) {
            if bound.outcome != Held::DoesNotHold {
                weighed_in_full(lines, bound);
            }
        }
    }

    /// A scale as it is written, with its answers.
    fn scale(&self, lines: &mut Lines<'_>, id: &str) {
        if let Some(scale) = self.weighing.scales.iter().find(|scale| scale.id == id) {
            lines.excerpt(&scale.at, &scale.id, "");
            lines.reads(8, &scale.items);
        }
    }
}

fn rule_in_full(lines: &mut Lines<'_>, rule: &RuleReading) {
    lines.excerpt(&rule.at, &rule.id, outcome_word(rule.outcome));
    lines.reads(8, &rule.reads);
    match rule.outcome {
        "not_fired" => lines.way(8, "to fire", &rule.reads, rule.distance.as_ref()),
        "undecided" => lines.open(8, &rule.needs),
        _ => {}
    }
}

fn weighed_in_full(lines: &mut Lines<'_>, weighed: &Weighed) {
    lines.excerpt(&weighed.at, &weighed.id, held_word(weighed.outcome));
    lines.reads(8, &weighed.reads);
    match weighed.outcome {
        Held::DoesNotHold => lines.way(8, "to hold", &weighed.reads, weighed.distance.as_ref()),
        Held::Undecided => lines.open(8, &weighed.needs),
        Held::Holds | Held::Otherwise => {}
    }
}

/// In one line, and what it would take in another.
fn weighed_in_short(lines: &mut Lines<'_>, weighed: &Weighed) {
    let reads = short_reads(&weighed.reads);
    let reads = if reads.is_empty() { String::new() } else { format!(": {reads}") };
    lines.line(6, &format!("{} {}{reads}", tame(&weighed.id), held_word(weighed.outcome)));
}

fn outcome_word(outcome: &str) -> &'static str {
    match outcome {
        "fired" => "fired",
        "not_fired" => "did not fire",
        _ => "is undecided",
    }
}

fn held_word(held: Held) -> &'static str {
    match held {
        Held::Holds => "holds",
        Held::DoesNotHold => "does not hold",
        Held::Undecided => "is undecided",
        Held::Otherwise => "is what is left over",
    }
}
