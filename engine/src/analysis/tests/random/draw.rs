//! Small questionnaires and rulesets for them, drawn from a seed.
//!
//! A case is kept as a list of items and a list of declarations, so that a failing one shrinks by leaving out whichever
//! of them it does not need: what is left is a file that a person can load and read.

mod items;
mod rules;
mod scores;

use std::fmt::{self, Display};

use super::super::Draw;
use super::holds::Holds;
pub(super) use items::choice;

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
    signals: Vec<String>,
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
        signals: Vec::new(),
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
}
