//! What was expected beside what came out.

use std::fmt;
use std::ops::Range;

use super::file::{Expectation, key_place};
use crate::diagnostic::SourceFile;
use crate::exact::{Exact, format_half_up};
use crate::explain::Brief;
use crate::questionnaire::Step;

/// What a case can expect something of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aspect {
    /// Whether there is nothing but the safety text.
    Withheld,
    /// The signal.
    Signal,
    /// The reason.
    Reason,
    /// The stage.
    Stage,
    /// The overlays.
    Overlays,
    /// The bands that are met.
    Bands,
    /// The bands whose cut is near.
    Near,
    /// A rule, by its id.
    Rule(String),
    /// The level of a sign, by its id.
    Level(String),
    /// The score of a scale, by its id.
    Score(String),
}

/// One thing that came out otherwise than expected. Lists are joined by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub aspect: Aspect,
    /// What the case expects.
    pub expected: String,
    /// What came out.
    pub got: String,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aspect::Withheld => f.write_str("withheld"),
            Aspect::Signal => f.write_str("signal"),
            Aspect::Reason => f.write_str("reason"),
            Aspect::Stage => f.write_str("stage"),
            Aspect::Overlays => f.write_str("overlays"),
            Aspect::Bands => f.write_str("bands"),
            Aspect::Near => f.write_str("near"),
            Aspect::Rule(id) => write!(f, "rule {id}"),
            Aspect::Level(id) => write!(f, "level of {id}"),
            Aspect::Score(id) => write!(f, "score {id}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.aspect, self.expected, self.got)
    }
}

impl Difference {
    fn new(aspect: Aspect, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { aspect, expected: expected.into(), got: got.into() }
    }

    /// Where its case expects it: the key in the file.
    pub fn place(&self, source: &SourceFile) -> Option<Range<usize>> {
        let within = |field, id| key_place(&source.text, &[Step::Field("expect"), Step::Field(field), id]);
        match &self.aspect {
            // Its list is named after what is expected of it; nothing else in the list is named so.
            Aspect::Rule(id) => {
                let list = within(&self.expected, Step::Element(0))?;
                let from = source.text.get(list.start..)?;
                let key = format!("\"{id}\"");
                from.find(&key).map(|at| list.start + at..list.start + at + key.len())
            }
            Aspect::Level(id) => within("levels", Step::Field(id)),
            Aspect::Score(id) => within("scores", Step::Field(id)),
            other => key_place(&source.text, &[Step::Field("expect"), Step::Field(&other.to_string())]),
        }
    }
}

impl Expectation {
    /// What differs; none came out where the gate withheld everything.
    pub(super) fn differences(&self, found: Option<&Brief>) -> Vec<Difference> {
        let withheld = Difference::new(Aspect::Withheld, "yes", "no");
        let read = Difference::new(Aspect::Withheld, "no", "yes");
        match (found, self.withheld == Some(true)) {
            (None, true) => Vec::new(),
            (None, false) => vec![read],
            (Some(_), true) => vec![withheld],
            (Some(found), false) => self.differences_of(found),
        }
    }

    fn differences_of(&self, found: &Brief) -> Vec<Difference> {
        let mut differences = Vec::new();
        let mut compare = |aspect: Aspect, expected: String, got: String| {
            if expected != got {
                differences.push(Difference { aspect, expected, got });
            }
        };
        let named = |text: &Option<String>| text.as_deref().unwrap_or("none").to_owned();
        if let Some(signal) = &self.signal {
            compare(Aspect::Signal, named(signal), named(&found.signal));
        }
        if let Some(reason) = &self.reason {
            compare(Aspect::Reason, named(reason), named(&found.reason));
        }
        if let Some(stage) = &self.stage {
            compare(Aspect::Stage, stage.clone(), found.stage.clone().unwrap_or_else(|| UNPLACED.to_owned()));
        }
        let lists = [
            (Aspect::Overlays, &self.overlays, &found.overlays),
            (Aspect::Bands, &self.bands, &found.bands),
            (Aspect::Near, &self.near, &found.near),
        ];
        for (aspect, expected, got) in lists {
            if let Some(expected) = expected {
                compare(aspect, listed(expected), listed(got));
            }
        }
        for (outcome, ids) in self.rules() {
            for id in ids {
                let got = found.rules.iter().find(|(known, _)| known == id).map_or(NOT_GIVEN, |(_, got)| *got);
                compare(Aspect::Rule(id.clone()), outcome.to_owned(), got.to_owned());
            }
        }
        for (id, level) in &self.levels {
            let got = found.levels.get(id).map_or_else(|| NOT_GIVEN.to_owned(), u8::to_string);
            compare(Aspect::Level(id.clone()), level.to_string(), got);
        }
        for (id, expected) in &self.scores {
            let expected = expected.as_ref().map(ToString::to_string);
            // As many places as are written: 2.286 is met by 16/7.
            let places = expected.as_ref().and_then(|text| text.split_once('.')).map_or(0, |(_, places)| places.len());
            let got = match found.scores.iter().find(|(known, _)| known == id) {
                None => NOT_GIVEN.to_owned(),
                Some((_, value)) => value.as_ref().map_or("none".to_owned(), |value| rounded(value, places)),
            };
            compare(Aspect::Score(id.clone()), expected.unwrap_or_else(|| "none".to_owned()), got);
        }
        differences
    }
}

/// The stage of a sheet on which the ladder could not be finished.
pub(super) const UNPLACED: &str = "unplaced";

/// For somebody under 18, for whom nothing is weighed.
const NOT_GIVEN: &str = "not given";

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn rounded(value: &Exact, places: usize) -> String {
    let rounded = format_half_up(value, u32::try_from(places).unwrap_or(0));
    // 26.0 is written, 26 is meant.
    match (places, rounded.contains('.')) {
        (0, _) | (_, true) => rounded,
        (places, false) => format!("{rounded}.{}", "0".repeat(places)),
    }
}
