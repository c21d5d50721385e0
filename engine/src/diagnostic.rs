//! What is wrong with a file, as plain values: a stable code, a place, a sentence, a hint.
//!
//! Loading never stops at the first problem; it returns every [`Diagnostic`] it found.
//! Rendering (colours, source snippets) is not here: the CLI does that.

use std::fmt;
use std::ops::Range;

/// A text that was loaded: its name (as the user knows it) and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path or built-in name, as it is printed in `file:line:column`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// A source from its name and text. A byte-order mark at its start is no part of the text: what is read, every place
    /// and every fingerprint is as if it were not there.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{FEFF}') {
            text.remove(0);
        }
        Self { name: name.into(), text }
    }

    /// The line and column (both from 1, columns in characters) of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        position(&self.text, offset)
    }
}

/// The line and column (both from 1, columns in characters) of a byte offset into `text`.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
    (line, column)
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file loads; something in it is probably not meant.
    Warning,
    /// The file does not load.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($variant:ident = $word:literal, $doc:literal;)*) => {
        /// The stable name of a kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $doc] $variant,)* }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The word that is printed: `error[unknown-name]`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }

            /// One or two sentences: what it means and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $doc,)* }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid-json", "The file is not JSON of the expected shape: a comma is missing, a field is unknown or has the wrong type. The message names the place.";
    UnknownFormat = "unknown-format", "The first field `format` names a format or version that this program does not read. Update the program or correct the field.";
    UnknownItem = "unknown-item", "A name stands for no item of the questionnaire. Correct the spelling, or add the item.";
    UnknownName = "unknown-name", "A name in a rule stands for no item, scale, aggregate, condition, parameter or constant. Correct the spelling, or declare it.";
    AmbiguousName = "ambiguous-name", "A name stands for more than one thing here. Say which kind is meant, for example `never stage x`.";
    UnknownFunction = "unknown-function", "A rule calls a function that is neither part of the language (see rulesets/API.md) nor declared with `fn`.";
    DuplicateId = "duplicate-id", "Two things have the same id. Ids must be unique, since results and traces name them.";
    InvalidItem = "invalid-item", "An item of the questionnaire contradicts itself, for example a choice without options or a number without a range.";
    InvalidValue = "invalid-value", "A value is none of the options or outside the range that the questionnaire declares. Values are never guessed or clamped.";
    InvalidAskedIf = "invalid-asked-if", "A condition `asked_if` or `safety.and` names an item that does not stand earlier, or a value that is none of its options.";
    Syntax = "syntax", "The text is not a declaration of the ruleset language. The message says what was expected.";
    UnknownDeclaration = "unknown-declaration", "A declaration starts with a word that the language does not have.";
    MissingClause = "missing-clause", "A declaration lacks a part that it must have, for example `when`.";
    MissingMetadata = "missing-metadata", "An assessment ruleset must carry its decision-aid metadata: sources, date, validated yes or no, update policy, uncertainty, funding.";
    MissingSource = "missing-source", "A number that decides something has no `source`. Cite one, or say that it is a design choice.";
    WrongQuestionnaire = "wrong-questionnaire", "The ruleset was written for another questionnaire than the one it is used with.";
    WrongKind = "wrong-kind", "A declaration does not belong into this kind of ruleset (assessment, instrument or study).";
    WrongStratum = "wrong-stratum", "A declaration reads something that is computed only after it. Data flows items, scales, aggregates, rules, signs, overlays, stages, signals; only a property reads the signal.";
    SafetyItemRead = "safety-item-read", "A rule reads an item of the safety block, or a screen one that the gate looks at. The safety gate is engine code; rules never see those answers, and no screen may be passed by skipping one.";
    ClosedItem = "closed-item", "A rule reads an item that the engine alone looks at: who is under 18, in which role somebody answers, in an assessment also what kind of bond it is.";
    NoHardItem = "no-hard-item", "An assessment ruleset needs a questionnaire with at least one hard safety item, so that the gate can protect people.";
    InvalidNumber = "invalid-number", "A number is out of its range or too fine to be computed exactly; the cut of a band must be one that some scores of its scale meet and others do not.";
    ScriptError = "script-error", "The script fails for some answers. Every combination of answers is tried when a ruleset is loaded; the message shows one that fails.";
    ScriptLimit = "script-limit", "The script reached one of the counted limits (source size, operations, depth, string size). Rulesets are bounded on purpose.";
    TooManyPaths = "too-many-paths", "A condition has too many different paths to be tabulated. Split it, or let it read a scale instead of many items.";
    TooManyNodes = "too-many-nodes", "The decision diagram of the signal passed its node budget. Let rules cross fewer dimensions.";
    NotAComparison = "not-a-comparison", "A condition gives something else than yes or no.";
    AlwaysTrue = "always-true", "A condition holds whatever the answers are.";
    NeverTrue = "never-true", "A condition holds for no answers, so its declaration can never take effect.";
    NegatedMissing = "negated-missing", "A comparison that can be without a value is negated with `!`: a question that does not apply then counts as yes. Say `answered(...)` as well if that is not meant.";
    DirectionMismatch = "direction-mismatch", "A scale counts an item against the direction that the questionnaire declares for it: reversed where it should not be, or not reversed where it should be. Write or leave out the `-` before the item, or say by `concern` after the title that a high score is bad. A `monotone` item that already has a direction is left out.";
    ReversedTwice = "reversed-twice", "A scale reverses an item whose printed numbers already point the right way (`keyed` in the questionnaire). Reversing them again would count it against the scale. Write the item without `-`.";
    NegativeLabel = "negative-label", "A ruleset that is `batch_only` has a band below a cut, or on a scale that is no `concern`: a label for people who are fine by it. Such an instrument misses many people, and nobody is to be told by it that they are fine. Keep the bands with `>=` or `>` on scales that are a `concern`.";
    UnusedDeclaration = "unused-declaration", "A declaration is read by nothing: a parameter, constant, condition, helper function or sum of points.";
    ShadowedStage = "shadowed-stage", "A stage or signal can never be reached: an earlier one matches whenever it does.";
    Coverage = "coverage", "A rule has no case in which it fires, or none in which it does not.";
    InvalidCase = "invalid-case", "A case file cannot be used: an unknown id, or an expectation of an unknown name.";
    InvalidMap = "invalid-map", "A map of the columns of a survey contradicts itself, or does not fit the survey that is read by it: a column is not there, is there twice, or its codes are answers.";
    NotExportable = "not-exportable", "A name or value of the questionnaire is not one that the other system takes. Rename it, or field the questionnaire in another way.";
    InvalidParameter = "invalid-parameter", "A parameter set from outside is unknown or out of its declared range.";
    OutOfRange = "out-of-range", "A comparison inside a condition holds for every answer, or for none: it compares with a number that lies outside of what can come out.";
    UnreadItem = "unread-item", "The questionnaire asks something that the ruleset never uses: people answer it for nothing.";
    UnreachableSign = "unreachable-sign", "The rules that raise a sign never raise it as far as it must be raised to be present.";
    ShadowedRule = "shadowed-rule", "A rule changes nothing: whenever it fires, another rule does the same or more.";
    RepeatedCondition = "repeated-condition", "Two declarations of one kind have the same condition, so one of them is probably a copy that was not finished.";
    IdleParameter = "idle-parameter", "A parameter changes nothing, wherever it is set within its range.";
    BandOverlap = "band-overlap", "Two bands of one scale that point in opposite directions hold for the same score, or one band stands there twice.";
    BandGap = "band-gap", "Between two bands of one scale there are scores that belong to neither.";
    MixedRanges = "mixed-ranges", "A mean or a sum adds up items with different ranges, so that some count for more than others without a word about it.";
    ReverseWithoutBounds = "reverse-without-bounds", "A scale reverses a number whose highest value means `or more`: it has no true upper bound to be reversed by.";
    LabelOrder = "label-order", "The labels of an item's options do not stand in their usual order, while the values rise.";
    RepeatedText = "repeated-text", "Two items, or two options of one item, have the same text, so that nobody can tell them apart.";
    UnusedList = "unused-list", "The questionnaire declares a list of options or a topic that no item names.";
    MissingTitle = "missing-title", "Something that people are shown has no title, so they are shown its id.";
    MissingBecause = "missing-because", "A rule has no `because`, so it fires without a word to the person.";
    DuplicateTitle = "duplicate-title", "Two declarations of one kind have the same title, so that people cannot tell them apart.";
    WordList = "word-list", "A text says something that is not said to people here: a verdict on a person, a forecast, an order. `engine/resources/words` lists the phrases.";
    ManyPaths = "many-paths", "A condition comes near to the number of paths that one may have; a little more and the ruleset does not load.";
    RepeatedCase = "repeated-case", "Two cases have the same answers, so the second one tries nothing new.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The name of the source file, see [`SourceFile::name`].
    pub source: String,
    /// The bytes of the source it is about; none if it is about the whole file.
    pub span: Option<Range<usize>>,
    /// What is wrong: one sentence, lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error about a place in a source.
    pub fn error(
        code: Code,
        source: impl Into<String>,
        span: impl Into<Option<Range<usize>>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            source: source.into(),
            span: span.into(),
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// A warning about a place in a source.
    pub fn warning(
        code: Code,
        source: impl Into<String>,
        span: impl Into<Option<Range<usize>>>,
        message: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, source, span, message) }
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same with "did you mean ..." if a name of `known` is close to `wrong`.
    #[must_use]
    pub fn did_you_mean<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wrong, known) {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// Loading failed; all the problems that were found, in file order.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} problem(s) in the definition files", .0.len())]
pub struct LoadError(pub Vec<Diagnostic>);

/// The known name nearest to a misspelt one, if it is near enough to be worth saying.
///
/// Near means: an edit distance of at most a third of its length, rounded up.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong_lower = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (edit_distance(&wrong_lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein's distance, in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = substituted.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        assert_eq!(nearest("effort_them", ["effort_mine", "effort_theirs", "apology"]), Some("effort_theirs"));
        assert_eq!(nearest("xyz", ["effort_mine", "apology"]), None);
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        assert_eq!(position("a\nbé c", 6), (2, 4));
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn codes_are_unique_words() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
