//! Sheets in columns, and what was found about each.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::NotLoaded;
use super::columns::{Coded, Column};
use super::decide::{Decider, Decision, Guard, Reason, Signal};
use super::evaluate::{Evaluation, RuleOutcome};
use crate::compile::Variant;
use crate::gate::Finding;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::responses::{Answer, Missing, SafetyBlock};
use crate::ruleset::{Kind, Ruleset};
use crate::scoring::{Score, Value};

/// Many sheets, one after the other. They must be settled for their role and form
/// ([`crate::responses::Responses::settle`]).
#[derive(Debug, Clone)]
pub struct AnswerBlock {
    form: Form,
    safety: SafetyBlock,
    slots: usize,
    /// The answers of the first sheet, then those of the second, and so on.
    cells: Vec<Coded>,
    roles: Vec<Role>,
}

impl AnswerBlock {
    /// No sheets yet.
    pub fn new(questionnaire: &Questionnaire, form: Form, safety: SafetyBlock) -> Self {
        Self { form, safety, slots: questionnaire.slots.len(), cells: Vec::new(), roles: Vec::new() }
    }

    /// Adds a sheet: one answer a slot.
    pub fn push(&mut self, role: Role, answers: &[Answer]) {
        self.cells.extend(answers.iter().take(self.slots).map(|answer| Coded::from(*answer)));
        self.roles.push(role);
        self.cells.resize(self.roles.len() * self.slots, Coded::from(Answer::Missing(Missing::Skipped)));
    }

    /// A small number that equal answers have in common, and others nearly never.
    pub fn fingerprint(&self, row: usize) -> u64 {
        let mut hasher = FxHasher::default();
        for four in self.sheet(row).chunks(4) {
            hasher.write_u64(four.iter().fold(0, |word, coded| (word << 16) | coded.number() as u64));
        }
        hasher.finish()
    }

    /// How many sheets there are.
    pub fn len(&self) -> usize {
        self.roles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// Forgets the sheets and keeps the room.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.roles.clear();
    }

    /// The same sheets as a block of their own.
    pub(crate) fn only(&self, rows: &[usize]) -> Self {
        let roles = rows.iter().filter_map(|row| self.roles.get(*row).copied()).collect();
        let cells = rows.iter().flat_map(|row| self.sheet(*row)).copied().collect();
        Self { form: self.form, safety: self.safety, slots: self.slots, cells, roles }
    }

    /// Whether some answer of a sheet is unknown.
    pub(crate) fn has_unknown(&self, row: usize) -> bool {
        self.sheet(row).iter().any(|answer| answer.is_unknown())
    }

    /// The form.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// What became of the safety block of its sheets.
    pub(crate) fn safety(&self) -> SafetyBlock {
        self.safety
    }

    /// The number that stands for an answer of a sheet.
    pub(crate) fn code(&self, row: usize, slot: usize) -> i64 {
        self.sheet(row).get(slot).map_or(-1, |coded| coded.number() as i64)
    }

    /// The answers of a sheet, one a slot.
    pub(crate) fn answers(&self, row: usize) -> Vec<Answer> {
        self.sheet(row).iter().map(|coded| coded.answer()).collect()
    }

    fn sheet(&self, row: usize) -> &[Coded] {
        self.cells.get(row * self.slots..(row + 1) * self.slots).unwrap_or_default()
    }

    /// The sheets at these rows, one column a slot.
    fn columns(&self, rows: &[usize]) -> Vec<Column> {
        if rows.len() == self.len() {
            return (0..self.slots)
                .map(|slot| self.cells.iter().skip(slot).step_by(self.slots).copied().collect())
                .collect();
        }
        let cell = |row: &usize, slot: usize| self.sheet(*row).get(slot).copied();
        (0..self.slots).map(|slot| rows.iter().filter_map(|row| cell(row, slot)).collect()).collect()
    }
}

/// What was found about the sheets of a block.
#[derive(Debug, Clone)]
pub struct BlockAssessment {
    groups: Vec<Group>,
    /// For each row: its group and its place there.
    places: Vec<(usize, usize)>,
}

#[derive(Debug, Clone)]
struct Group {
    role: Role,
    findings: Vec<Finding>,
    read: Readings,
    /// For people who are both: their own part, read as the one who broke trust.
    own: Option<Readings>,
}

/// What one variant says of the sheets of a group.
#[derive(Debug, Clone)]
struct Readings {
    evaluation: Evaluation,
    decisions: Vec<Decision>,
}

/// What may be seen of a sheet.
#[derive(Debug, Clone, Copy)]
pub enum RowView<'a> {
    /// A hard flag: there is nothing to see, by construction.
    Withheld,
    /// Everything else.
    Assessed(AssessedRow<'a>),
}

/// A sheet without a hard flag.
#[derive(Debug, Clone, Copy)]
pub struct AssessedRow<'a> {
    group: &'a Group,
    readings: &'a Readings,
    role: Role,
    row: usize,
}

/// Sheets whose scores, rules and stages are known, and whose signals are not yet.
#[derive(Debug, Clone)]
pub struct EvaluatedBlock {
    parts: Vec<Part>,
    places: Vec<(usize, usize)>,
}

/// The sheets of one role.
#[derive(Debug, Clone)]
struct Part {
    role: Role,
    /// Their answers.
    columns: Vec<Column>,
    findings: Vec<Finding>,
    evaluation: Evaluation,
    own: Option<Evaluation>,
}

pub(super) fn evaluate(ruleset: &Ruleset, block: &AnswerBlock) -> Result<EvaluatedBlock, NotLoaded> {
    let mut parts: Vec<Part> = Vec::new();
    let mut places = vec![(0, 0); block.len()];
    for role in [Role::Hurt, Role::Broke, Role::Both] {
        let rows: Vec<usize> =
            block.roles.iter().enumerate().filter(|(_, own)| **own == role).map(|(row, _)| row).collect();
        if rows.is_empty() {
            continue;
        }
        for (place, row) in rows.iter().enumerate() {
            if let Some(entry) = places.get_mut(*row) {
                *entry = (parts.len(), place);
            }
        }
        let variant = ruleset.variant(role, block.form).ok_or(NotLoaded { role, form: block.form })?;
        let columns = block.columns(&rows);
        let answer = |slot: usize, row: usize| {
            let coded = columns.get(slot).and_then(|column| column.get(row)).copied();
            coded.map_or(Answer::Missing(Missing::Skipped), Coded::answer)
        };
        let findings: Vec<Finding> =
            (0..rows.len()).map(|row| ruleset.gate().check(block.safety, |slot| answer(slot, row))).collect();
        let evaluation = Evaluation::new(ruleset.questionnaire(), variant, &findings, &columns);
        let own = match role {
            Role::Both => {
                let variant = own_variant(ruleset, block)?;
                Some(Evaluation::new(ruleset.questionnaire(), variant, &findings, &columns))
            }
            _ => None,
        };
        parts.push(Part { role, columns, findings, evaluation, own });
    }
    Ok(EvaluatedBlock { parts, places })
}

impl EvaluatedBlock {
    /// Decides the conditions that have a name, too. Scoring does without: others read them, and nothing reports them.
    ///
    /// # Errors
    /// [`NotLoaded`] if the ruleset lacks a variant that some sheet needs.
    pub(crate) fn with_named(mut self, ruleset: &Ruleset, block: &AnswerBlock) -> Result<Self, NotLoaded> {
        let parts = std::mem::take(&mut self.parts).into_iter().map(|part| {
            let role = part.role;
            let variant = ruleset.variant(role, block.form).ok_or(NotLoaded { role, form: block.form })?;
            let columns = &part.columns;
            let named = variant.named.iter().map(|named| named.condition);
            let questionnaire = ruleset.questionnaire();
            let evaluation = part.evaluation.with_conditions(questionnaire, variant, &part.findings, columns, named);
            Ok(Part { evaluation, ..part })
        });
        self.parts = parts.collect::<Result<_, NotLoaded>>()?;
        Ok(self)
    }

    /// Decides the signals, with all honesty tests. `ruleset` and `block` are those it was evaluated from.
    ///
    /// # Errors
    /// [`NotLoaded`] if the ruleset lacks a variant that some sheet needs.
    pub fn decide(self, ruleset: &Ruleset, block: &AnswerBlock) -> Result<BlockAssessment, NotLoaded> {
        self.decided(ruleset, block, Guard::Withholds)
    }

    /// The same for a study that has approval to see what the gate withholds. What comes out is no [`BlockAssessment`], so
    /// that nothing which is made for people can print it.
    ///
    /// # Errors
    /// [`NotLoaded`] if the ruleset lacks a variant that some sheet needs.
    pub fn decide_unguarded(self, ruleset: &Ruleset, block: &AnswerBlock) -> Result<UnguardedBlock, NotLoaded> {
        self.decided(ruleset, block, Guard::Stands).map(UnguardedBlock)
    }

    fn decided(self, ruleset: &Ruleset, block: &AnswerBlock, guard: Guard) -> Result<BlockAssessment, NotLoaded> {
        let mut groups = Vec::new();
        for Part { role, columns, findings, evaluation, own } in self.parts {
            let variant = ruleset.variant(role, block.form).ok_or(NotLoaded { role, form: block.form })?;
            let columns = columns.as_slice();
            let decided = |variant: &Variant, evaluation: Evaluation| {
                let mut decider = Decider::new(ruleset, variant, guard);
                let decide = |(row, finding)| decider.decide(finding, &evaluation, row, columns);
                let decisions = findings.iter().enumerate().map(decide).collect();
                Readings { evaluation, decisions }
            };
            let mut read = decided(variant, evaluation);
            let own = match own {
                Some(own) => {
                    let own_variant = own_variant(ruleset, block)?;
                    let own = decided(own_variant, own);
                    for (decision, own) in read.decisions.iter_mut().zip(&own.decisions) {
                        decision.hold_back_by(variant, own, own_variant);
                    }
                    Some(own)
                }
                None => None,
            };
            groups.push(Group { role, findings, read, own });
        }
        Ok(BlockAssessment { groups, places: self.places })
    }
}

/// The variant in which somebody's own part is read.
fn own_variant<'a>(ruleset: &'a Ruleset, block: &AnswerBlock) -> Result<&'a Variant, NotLoaded> {
    ruleset.variant(Role::Broke, block.form).ok_or(NotLoaded { role: Role::Broke, form: block.form })
}

impl BlockAssessment {
    /// How many sheets there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What may be seen of a sheet. A row that does not exist is withheld too.
    pub fn row(&self, row: usize) -> RowView<'_> {
        let Some((group, row)) = self.places.get(row).and_then(|(group, row)| Some((self.groups.get(*group)?, *row)))
        else {
            return RowView::Withheld;
        };
        match group.findings.get(row) {
            Some(finding) if !finding.hard => {
                RowView::Assessed(AssessedRow { group, readings: &group.read, role: group.role, row })
            }
            _ => RowView::Withheld,
        }
    }
}

/// Sheets as a study with approval sees them: nothing is withheld, and what the gate found stands beside.
#[derive(Debug, Clone)]
pub struct UnguardedBlock(BlockAssessment);

/// What the gate found on a sheet, most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SafetyFinding {
    /// A hard flag, which withholds everything.
    Hard,
    /// A soft flag, which withholds `keep_going`.
    Soft,
    /// A hard question without an answer, which withholds every direction.
    Unanswered,
    /// No flag.
    None,
}

impl SafetyFinding {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            SafetyFinding::Hard => "hard",
            SafetyFinding::Soft => "soft",
            SafetyFinding::Unanswered => "unanswered",
            SafetyFinding::None => "none",
        }
    }
}

impl UnguardedBlock {
    /// A sheet and what the gate found on it; none for a row that does not exist.
    pub fn row(&self, row: usize) -> Option<(AssessedRow<'_>, SafetyFinding)> {
        let (group, row) = *self.0.places.get(row)?;
        let group = self.0.groups.get(group)?;
        let finding = group.findings.get(row)?;
        let found = if finding.hard {
            SafetyFinding::Hard
        } else if finding.soft > 0 {
            SafetyFinding::Soft
        } else if finding.unanswered {
            SafetyFinding::Unanswered
        } else {
            SafetyFinding::None
        };
        Some((AssessedRow { group, readings: &group.read, role: group.role, row }, found))
    }
}

impl<'a> AssessedRow<'a> {
    /// For somebody who is both: their own part, read as the one who broke trust. It can only withhold.
    pub fn own_part(self) -> Option<Self> {
        let readings = self.group.own.as_ref().filter(|_| self.role == Role::Both)?;
        Some(Self { readings, role: Role::Broke, ..self })
    }

    fn decision(self) -> Option<&'a Decision> {
        self.readings.decisions.get(self.row)
    }

    /// The role it was read in.
    pub fn role(self) -> Role {
        self.role
    }

    /// The signal.
    pub fn signal(self) -> Signal {
        self.decision().map_or(Signal::None, |decision| decision.signal)
    }

    /// Why.
    pub fn reason(self) -> Option<Reason> {
        self.decision().and_then(|decision| decision.reason)
    }

    /// Of the one-step changes of the sheet, how many keep the signal; none unless it was decisive before that test.
    pub fn holds_under(self) -> Option<(u16, u16)> {
        self.decision().and_then(|decision| decision.holds_under)
    }

    /// Whether this sheet goes another path (under 18): no stage, overlays, sides or advice on the bond.
    pub fn is_other_path(self) -> bool {
        matches!(self.reason(), Some(Reason::Engine(super::EngineReason::OtherPath)))
    }

    /// The stage's number; none where the ladder stopped at an undecided rung, or on another path.
    pub fn stage(self) -> Option<usize> {
        if self.is_other_path() { None } else { self.readings.evaluation.stage(self.row) }
    }

    /// The numbers of the overlays that apply.
    pub fn overlays(self) -> impl Iterator<Item = usize> + 'a {
        let shown = !self.is_other_path();
        self.readings.evaluation.overlays(self.row).filter(move |_| shown)
    }

    /// A scale's score, with adjustments.
    pub fn score(self, scale: usize) -> Score {
        self.readings.evaluation.score(scale, self.row)
    }

    /// A scale's score before adjustments.
    pub fn raw_score(self, scale: usize) -> Score {
        self.readings.evaluation.raw_score(scale, self.row)
    }

    /// A small number that says all there is to say of a scale's score: two sheets with the same have the same score. None
    /// for a scale that has adjustments or too many scores.
    pub fn state(self, scale: usize) -> Option<usize> {
        self.readings.evaluation.state(scale, self.row)
    }

    /// Whether an undecided adjustment leaves two values; the cautious one is shown.
    pub fn is_cautious(self, scale: usize) -> bool {
        self.readings.evaluation.is_ambiguous(scale, self.row)
    }

    /// An aggregate's value.
    pub fn aggregate(self, aggregate: usize) -> Value {
        if self.is_other_path() { Value::Unknown } else { self.readings.evaluation.aggregate(aggregate, self.row) }
    }

    /// What a rule did.
    pub fn rule(self, rule: usize) -> RuleOutcome {
        if self.is_other_path() { RuleOutcome::NotFired } else { self.readings.evaluation.rule(rule, self.row) }
    }

    /// The numbers of the rules that did this, rising.
    pub fn rules_that(self, did: RuleOutcome) -> impl Iterator<Item = usize> + 'a {
        let shown = !self.is_other_path();
        self.readings.evaluation.rules_that(did, self.row).filter(move |_| shown || did == RuleOutcome::NotFired)
    }

    /// The level of a sign.
    pub fn level(self, sign: usize) -> u8 {
        if self.is_other_path() { 0 } else { self.readings.evaluation.level(sign, self.row) }
    }

    /// A sum of points.
    pub fn points(self, sum: usize) -> i64 {
        self.readings.evaluation.points(sum, self.row)
    }

    pub(crate) fn finding(self) -> Finding {
        self.group.findings.get(self.row).cloned().unwrap_or_default()
    }

    pub(crate) fn decision_details(self) -> Option<&'a Decision> {
        self.decision()
    }

    /// Whether it was read by this variant.
    pub(super) fn is_of(self, variant: &Variant, block: &AnswerBlock) -> bool {
        let role = if self.role == Role::Both { Role::Hurt } else { self.role };
        (variant.role, variant.form) == (role, block.form)
    }

    /// The outcome of a condition: 0, 1 or undecided. None if it was not decided.
    pub(super) fn outcome(self, condition: usize) -> Option<u8> {
        self.readings.evaluation.outcomes.get(condition)?.get(self.row).copied()
    }

    pub(crate) fn evaluation(self) -> (&'a Evaluation, usize) {
        (&self.readings.evaluation, self.row)
    }
}

/// Whether a ruleset of this kind gives signals by fills and honesty tests.
pub(super) fn is_honest(kind: Kind) -> bool {
    kind == Kind::Assessment
}
