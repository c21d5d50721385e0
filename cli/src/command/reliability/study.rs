//! What is counted while respondents go by, and what comes of it.

use std::collections::BTreeSet;

use bearings_engine::diagnostic::nearest;
use bearings_engine::psychometrics::{AnswerPatterns, Careless, Group, ScaleAnswers, ScaleReliability};
use bearings_engine::questionnaire::{Form, Questionnaire, Role};
use bearings_engine::responses::{Answer, Missing, Responses};
use bearings_engine::{Ruleset, Scale};

use super::super::respondents::Tally;
use crate::args::Criterion;
use crate::exit::{Failure, Report};

/// Numbers from fewer people could point at one; the usual limit of statistical offices.
pub(super) const SMALLEST_SHOWN: u64 = 5;

/// What is counted of a survey.
pub(super) struct Study<'a> {
    questionnaire: &'a Questionnaire,
    roles: Vec<OfRole>,
    patterns: AnswerPatterns,
}

/// The scales of one role, and the questions that careless answering is looked for in.
struct OfRole {
    role: Role,
    people: u64,
    scales: Vec<ScaleAnswers>,
    /// The items of all scales in the order in which they are asked, with the printed number of each level.
    sequence: Vec<(usize, Vec<Option<i64>>)>,
}

/// What there is to say.
pub(super) struct Findings<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) read: u64,
    pub(super) rejected: u64,
    pub(super) empty: u64,
    pub(super) repeated: u64,
    /// The number of different rows with which later ones were compared, if there were too many for all.
    pub(super) compared_with: Option<usize>,
    pub(super) criterion: Option<Criterion>,
    pub(super) scales: Vec<Finding>,
    /// Scales without an answer.
    pub(super) unanswered: Vec<String>,
}

/// What there is to say of a scale.
pub(super) struct Finding {
    pub(super) scale: Scale,
    /// Whose it is, where a questionnaire asks people differently.
    pub(super) role: Option<Role>,
    pub(super) reliability: ScaleReliability,
}

impl<'a> Study<'a> {
    /// For the scales of a ruleset, all or those that are named.
    ///
    /// # Errors
    /// There is no such scale.
    pub(super) fn new(
        ruleset: &'a Ruleset,
        form: Form,
        named: &[String],
        has: impl Fn(usize) -> bool,
    ) -> Result<Self, Failure> {
        let questionnaire = ruleset.questionnaire();
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut roles = Vec::new();
        for role in [Role::Hurt, Role::Broke] {
            let Some(variant) = ruleset.variant(role, form) else { continue };
            known.extend(variant.scales.iter().map(|scale| scale.id.clone()));
            let slots: BTreeSet<usize> =
                variant.scales.iter().flat_map(|scale| &scale.items).map(|item| item.slot).collect();
            let is_wanted = |scale: &&Scale| named.is_empty() || named.contains(&scale.id);
            roles.push(OfRole {
                role,
                people: 0,
                scales: variant.scales.iter().filter(is_wanted).map(ScaleAnswers::new).collect(),
                sequence: slots
                    .into_iter()
                    .filter(|slot| has(*slot))
                    .map(|slot| (slot, numbers(questionnaire, slot)))
                    .collect(),
            });
        }
        if known.is_empty() {
            let message = format!("the ruleset `{}` has no scale", ruleset.id);
            return Err(Failure::Definition(Report::message(message)));
        }
        match named.iter().find(|id| !known.contains(*id)) {
            None => Ok(Self { questionnaire, roles, patterns: AnswerPatterns::new(questionnaire) }),
            Some(unknown) => {
                let known = known.iter().map(String::as_str);
                let near = nearest(unknown, known.clone()).map(|near| format!(", did you mean `{near}`?"));
                let known: Vec<&str> = known.collect();
                let message = format!("--scale: no scale `{unknown}`{}", near.unwrap_or_default());
                Err(Failure::Usage(format!("{message}; there are: {}", known.join(", "))))
            }
        }
    }

    /// Counts a respondent.
    pub(super) fn add(&mut self, responses: &Responses, group: Group) {
        self.patterns.add(&responses.answers);
        if let Some(own) = self.roles.iter_mut().find(|own| own.role == asked_as(responses.role)) {
            own.people += 1;
            own.scales.iter_mut().for_each(|scale| scale.add(&responses.answers, group));
        }
    }

    /// The signs of careless answering of a respondent.
    pub(super) fn careless(&self, responses: &Responses) -> Careless {
        let own = self.roles.iter().find(|own| own.role == asked_as(responses.role));
        let asked = own.into_iter().flat_map(|own| &own.sequence).filter_map(|(slot, numbers)| {
            match responses.answers.get(*slot)? {
                // Who is not asked a question cannot answer it carelessly.
                Answer::Missing(Missing::NotShown) => None,
                Answer::Missing(_) => Some(None),
                Answer::Level(level) => Some(numbers.get(usize::from(*level)).copied().flatten()),
            }
        });
        Careless::of(asked)
    }

    /// What there is to say.
    pub(super) fn findings(self, criterion: Option<&Criterion>, tally: &Tally) -> Findings<'a> {
        let (mut scales, mut unanswered) = (Vec::new(), Vec::new());
        let has_roles = self.questionnaire.has_roles();
        for own in self.roles.into_iter().filter(|own| own.people > 0) {
            for counted in own.scales {
                let scale = counted.scale().clone();
                let reliability = counted.reliability();
                match reliability.people {
                    0 => unanswered.push(scale.id),
                    _ => scales.push(Finding { scale, role: has_roles.then_some(own.role), reliability }),
                }
            }
        }
        Findings {
            questionnaire: self.questionnaire,
            read: tally.read,
            rejected: tally.rejected,
            empty: self.patterns.empty(),
            repeated: self.patterns.repeated(),
            compared_with: self.patterns.compared_with(),
            criterion: criterion.cloned(),
            scales,
            unanswered,
        }
    }
}

impl Findings<'_> {
    /// The id of a slot.
    pub(super) fn slot_id(&self, slot: usize) -> &str {
        self.questionnaire.slots.get(slot).map_or("", |slot| slot.id.as_str())
    }
}

impl Finding {
    /// Whether it is from so few people that its numbers could point at one.
    pub(super) fn is_too_small(&self) -> bool {
        self.reliability.people < SMALLEST_SHOWN
    }

    /// What looks wrong, in sentences: nothing is changed because of it.
    pub(super) fn warnings(&self, findings: &Findings<'_>) -> Vec<String> {
        let mut warnings = Vec::new();
        for item in &self.reliability.items {
            let id = findings.slot_id(item.slot);
            if item.points_against() {
                warnings.push(match item.reversed {
                    true => format!(
                        "{id} is reversed and goes against the other items: perhaps the file has it reversed already"
                    ),
                    false => format!("{id} goes against the other items: perhaps it should be reversed"),
                });
            }
            if item.is_constant() {
                warnings.push(format!("{id} has the same answer from everybody and is left out of all but the score"));
            }
            if item.answered == 0 {
                warnings.push(format!("{id} has no answer"));
            }
        }
        if self.reliability.score.area.is_some_and(|area| area < 0.5) {
            warnings.push(
                "the score is lower in the group that the criterion names: is the key, or the criterion, turned round?"
                    .to_owned(),
            );
        }
        warnings
    }
}

/// Who is both is asked as the hurt one.
fn asked_as(role: Role) -> Role {
    if role == Role::Broke { Role::Broke } else { Role::Hurt }
}

/// The number that each level of a slot stands for.
fn numbers(questionnaire: &Questionnaire, slot: usize) -> Vec<Option<i64>> {
    let levels = questionnaire.slots.get(slot).map(|slot| &slot.levels);
    levels.map(|levels| (0..levels.count()).map(|level| levels.number(level)).collect()).unwrap_or_default()
}
