//! What published keys and cuts must not be turned into.

use super::{NameKind, Names};
use crate::diagnostic::Code;
use crate::ruleset::declaration::{Declaration, Term};
use crate::ruleset::{Body, Comparison, Name};

impl Names<'_, '_> {
    /// What the form prints the right way round is not turned round again.
    pub(super) fn reversed_twice(&mut self, term: &Term) {
        let keyed = self.draft.questionnaire.item(&term.item.text).is_some_and(|item| item.keyed);
        if term.reversed && keyed {
            let message = format!(
                "`-{0}` is reversed twice: the printed numbers of `{0}` already point the right way",
                term.item.text
            );
            let problem = self.draft.error(Code::ReversedTwice, &term.item.place, message);
            self.problems.push(problem.hint(format!("write `{}` without `-`", term.item.text)));
        }
    }

    /// Where single persons are not to be judged, nobody is told by a band that they are fine.
    pub(super) fn negative_label(&mut self, scale: &Name, comparison: Comparison) {
        let declares = |is: &dyn Fn(&Declaration) -> bool| self.draft.declarations.iter().any(is);
        if !declares(&|declaration| declaration.body == Body::BatchOnly) {
            return;
        }
        let is_concern = |declaration: &Declaration| {
            declaration.id.text == scale.text && matches!(declaration.body, Body::Scale { concern: true, .. })
        };
        let is_scale = self.names.get(scale.text.as_str()) == Some(&NameKind::Scale);
        if is_scale && !declares(&is_concern) {
            let message = format!("`{}` does not say that a high score is a concern", scale.text);
            let problem = self.draft.error(Code::NegativeLabel, &scale.place, message);
            self.problems.push(problem.hint(
                "a ruleset that is `batch_only` may only have bands on scales with `concern` after the title: reaching \
                 a cut of another one would say that people are fine",
            ));
        }
        if matches!(comparison, Comparison::Below | Comparison::AtMost) {
            let message = format!("this band of `{}` is a label for people who did not reach the cut", scale.text);
            let problem = self.draft.error(Code::NegativeLabel, &scale.place, message);
            self.problems.push(problem.hint(
                "a ruleset that is `batch_only` may only have bands with `>=` or `>`: it tells nobody that they are fine",
            ));
        }
    }
}
