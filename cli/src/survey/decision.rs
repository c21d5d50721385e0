//! What was decided about how a survey is read: one sentence each.

/// A sentence, and how much it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    /// What was decided, without a name of the file and without a full stop.
    pub(crate) text: String,
    weight: Weight,
}

/// How much a decision matters to somebody who scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It is said whenever the file is read.
    Note,
    /// It is said by `bearings map`: it is what anybody would expect.
    Detail,
}

impl Decision {
    /// Something that is said whenever the file is read.
    pub(super) fn note(text: impl Into<String>) -> Self {
        Self { text: text.into(), weight: Weight::Note }
    }

    /// Something that is said to those who ask.
    pub(super) fn detail(text: impl Into<String>) -> Self {
        Self { text: text.into(), weight: Weight::Detail }
    }

    /// What is said whenever the file is read.
    pub(super) fn notes(decisions: &[Self]) -> impl Iterator<Item = &str> {
        decisions.iter().filter(|decision| decision.weight == Weight::Note).map(|decision| decision.text.as_str())
    }
}
