//! The columns of the file that `score` writes: those that it really has, and what each of them holds.

use bearings_engine::questionnaire::{Form, OptionValue, ResponseOption};
use bearings_engine::{
    Aggregation, ENGINE_REASONS, NOT_ENOUGH_ANSWERED, Outcome, Ruleset, Scale, UNPLACED, Variant, WITHHELD,
};

use super::{Codebook, Column, Values, one_line};
use crate::command::score::{ScoredColumn, Table, flagged_rows, minor_rows};
use crate::exit::Failure;
use crate::report::range;

/// The highest level of a sign.
const HIGHEST_LEVEL: usize = 3;
const NOTHING: &str = "";

/// What is said of the columns of a scored file.
///
/// # Errors
/// None: all columns are described, so that none is unknown.
pub(super) fn describe(ruleset: &Ruleset, form: Form) -> Result<Codebook, Failure> {
    let described = Described {
        variants: ruleset.variants().filter(|((_, own), _)| *own == form).map(|(_, variant)| variant).collect(),
        has_gate: ruleset.questionnaire().items.iter().any(|item| item.block),
    };
    let mut id = Column::new("id", "the respondent", Values::Id);
    id.asked =
        "the id column of the survey under its own name, else the number of the row; kept columns follow".to_owned();
    let table = Table::new(ruleset, form, 0, &[])?;
    let own = table.columns().iter().map(|column| described.column(column));
    let mut notes = Vec::new();
    let rows: Vec<&str> = [flagged_rows(ruleset), minor_rows(ruleset)].into_iter().flatten().collect();
    if !rows.is_empty() {
        notes.push(format!("{}: treat the scored file like the safety answers", rows.join(", and ")));
    }
    let mut about = vec![("Version", ruleset.version.clone()), ("Form", form.as_str().to_owned())];
    if let Some((_, validated)) = ruleset.metadata.iter().find(|(heading, _)| heading == "Validated") {
        about.push(("Validated", one_line(validated)));
    }
    Ok(Codebook {
        id: ruleset.id.clone(),
        title: one_line(&ruleset.title),
        version: ruleset.version.clone(),
        file: "scored.csv",
        about,
        notes,
        columns: std::iter::once(id).chain(own).collect(),
    })
}

struct Described<'a> {
    variants: Vec<&'a Variant>,
    has_gate: bool,
}

impl Described<'_> {
    fn column(&self, column: &ScoredColumn) -> Column {
        let name = column.name();
        let empty = |why| vec![(NOTHING, why)];
        let (label, values, missing) = match column {
            ScoredColumn::Stage => {
                let unplaced = word(UNPLACED, "no stage holds, or one hangs on a missing answer");
                let stages = self.outcomes(|variant| &variant.stages, [unplaced]);
                ("the stage", Values::OneOf(stages), empty("no stage: withheld, or under 18"))
            }
            ScoredColumn::Overlays => {
                let overlays = self.outcomes(|variant| &variant.overlays, []);
                ("what holds beside the stage", Values::AnyOf(overlays), empty("nothing does"))
            }
            ScoredColumn::Signal => {
                let of_the_gate = word(WITHHELD, "a safety flag: nothing else is said of this row");
                let too_few = word(NOT_ENOUGH_ANSWERED, "other answers to what is open would change the signal");
                let own = [Some(too_few), self.has_gate.then_some(of_the_gate)];
                let signals = self.outcomes(|variant| &variant.signals, own.into_iter().flatten());
                ("the signal", Values::OneOf(signals), empty("no signal: none holds, or under 18"))
            }
            ScoredColumn::Reason => {
                // A declared reason may give an engine's reason other words.
                let engine = ENGINE_REASONS.iter().map(|id| word(id, engine_reason(id)));
                let reasons = self.outcomes(|variant| &variant.reasons, engine);
                (
                    "why the signal is not one of the two decisive ones",
                    Values::OneOf(reasons),
                    empty("no reason is needed"),
                )
            }
            ScoredColumn::KeepSide => (
                "how much speaks for keeping going",
                Values::Decimal { min: 0.0, max: 100.0 },
                empty("too little was answered, or withheld"),
            ),
            ScoredColumn::WalkLevel => {
                let signs = self.variants.iter().map(|variant| variant.signs.len()).max().unwrap_or(0);
                let max = i64::try_from(signs * HIGHEST_LEVEL).ok();
                let values = Values::Whole { min: Some(0), max, unit: "the sum of the signs".to_owned() };
                ("how much speaks for walking away", values, empty("withheld, or under 18"))
            }
            ScoredColumn::Scale(id) => return self.scale(name, id),
            ScoredColumn::Answered(id) => return self.answered(name, id),
            ScoredColumn::Points(_) => (
                "a sum of the points of rules that fired",
                Values::Whole { min: None, max: None, unit: "points".to_owned() },
                empty("withheld"),
            ),
            ScoredColumn::RulesFired => ("the rules that fired", Values::AnyOf(self.rules()), empty("none did")),
            ScoredColumn::RulesUndecided => {
                let label = "the rules that hang on a missing answer";
                (label, Values::AnyOf(self.rules()), empty("none does"))
            }
        };
        let mut described = Column { missing, ..Column::new(name, label, values) };
        if *column == ScoredColumn::Signal && self.has_gate {
            described.private = Some("tells who has a safety flag");
        }
        described
    }

    /// The scale in each role that has it.
    fn scales<'s>(&'s self, id: &'s str) -> impl Iterator<Item = &'s Scale> {
        self.variants.iter().flat_map(|variant| &variant.scales).filter(move |scale| scale.id == id)
    }

    fn scale(&self, name: String, id: &str) -> Column {
        let ends = self.scales(id).map(range).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let (min, max) = ends.unwrap_or_default();
        let Some(scale) = self.scales(id).next() else {
            return Column::new(name, NOTHING, Values::Decimal { min, max });
        };
        let how = match scale.aggregation {
            Aggregation::Percent => "percent of the possible range",
            Aggregation::Mean => "mean",
            Aggregation::Sum => "sum",
        };
        let need: Vec<usize> = self.scales(id).map(|scale| scale.need.of(scale.items.len())).collect();
        let items: Vec<usize> = self.scales(id).map(|scale| scale.items.len()).collect();
        let way = if scale.concern { "a high score is a concern" } else { "a high score is good" };
        Column {
            asked: format!("{how} of {}, of which {} are needed; {way}", counted(&items), between(&need)),
            missing: vec![(NOTHING, "too few of its items were answered, it is not asked here, or withheld")],
            ..Column::new(name, one_line(&scale.title), Values::Decimal { min, max })
        }
    }

    fn answered(&self, name: String, id: &str) -> Column {
        let most = self.scales(id).map(|scale| scale.items.len()).max().and_then(|most| i64::try_from(most).ok());
        let values = Values::Whole { min: Some(0), max: most, unit: "items".to_owned() };
        let mut column = Column::new(name, format!("how many items of {id} were answered"), values);
        column.missing = vec![(NOTHING, "the scale is not asked here, or withheld")];
        column
    }

    /// What any role declares, and then what the engine says; who comes first words it.
    fn outcomes(
        &self,
        of: impl Fn(&Variant) -> &[Outcome],
        engine: impl IntoIterator<Item = ResponseOption>,
    ) -> Vec<ResponseOption> {
        let declared = self.variants.iter().flat_map(|variant| of(variant));
        once_each(declared.map(|outcome| word(&outcome.id, &one_line(&outcome.title))).chain(engine))
    }

    fn rules(&self) -> Vec<ResponseOption> {
        let rules = self.variants.iter().flat_map(|variant| &variant.rules);
        once_each(rules.map(|rule| word(&rule.id, &one_line(&rule.title))))
    }
}

fn once_each(words: impl Iterator<Item = ResponseOption>) -> Vec<ResponseOption> {
    let mut found: Vec<ResponseOption> = Vec::new();
    for word in words {
        if found.iter().all(|known| known.value != word.value) {
            found.push(word);
        }
    }
    found
}

fn word(id: &str, label: &str) -> ResponseOption {
    let label = if label.is_empty() { id.replace('_', " ") } else { label.to_owned() };
    ResponseOption { value: OptionValue::Word(id.to_owned()), label }
}

/// What a reason of the engine means, where the ruleset does not word it.
fn engine_reason(id: &str) -> &'static str {
    match id {
        "held_back" => "the safety questions keep a direction back",
        "contradictory" => "answers contradict each other",
        "close_call" => "one answer a step aside would change it",
        "not_enough_answered" => "too little was answered",
        "other_path" => "under 18",
        "safety_left_out" => "the safety questions were left out",
        "undecided" => "a missing answer would decide it",
        _ => "a safety flag",
    }
}

fn counted(items: &[usize]) -> String {
    let several = items.iter().any(|count| *count != 1);
    format!("{} {}", between(items), if several { "items" } else { "item" })
}

/// One number, or from where to where they go: roles may have different ones.
fn between(numbers: &[usize]) -> String {
    let (least, most) = (numbers.iter().min().copied().unwrap_or(0), numbers.iter().max().copied().unwrap_or(0));
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}
