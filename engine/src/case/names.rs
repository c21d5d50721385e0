//! Whether the names that a case expects something of are names of the ruleset.

use super::compare::UNPLACED;
use super::file::{CaseFile, key_place};
use crate::assess::EngineReason;
use crate::compile::{OutcomeWhen, Variant};
use crate::diagnostic::{Code, Diagnostic, SourceFile};
use crate::exact::parse_decimal;
use crate::questionnaire::{Form, Role, Step, locate};
use crate::ruleset::{Kind, Ruleset};

/// The reasons that the engine gives on its own.
const ENGINE: [EngineReason; 6] = [
    EngineReason::HeldBack,
    EngineReason::Contradictory,
    EngineReason::CloseCall,
    EngineReason::OtherPath,
    EngineReason::SafetyLeftOut,
    EngineReason::Undecided,
];

/// The highest level of a sign.
const HIGHEST: u8 = 3;

/// What kind of name is expected, and where a ruleset has it.
struct Sort {
    what: &'static str,
    names: fn(&Variant) -> Vec<&str>,
    /// Those that no ruleset declares.
    own: Vec<&'static str>,
}

struct Check<'a> {
    source: &'a SourceFile,
    ruleset: &'a Ruleset,
    role: Role,
    form: Form,
    problems: Vec<Diagnostic>,
}

/// What the case expects that can never come out: unknown names, the same rule twice, numbers out of range.
pub(super) fn check(file: &CaseFile, source: &SourceFile, ruleset: &Ruleset, role: Role) -> Vec<Diagnostic> {
    let expect = &file.expect;
    let mut check = Check { source, ruleset, role, form: file.form, problems: Vec::new() };
    let signals = Sort {
        what: "signal",
        names: |variant| variant.signals.iter().map(|signal| signal.id.as_str()).collect(),
        own: if ruleset.kind == Kind::Assessment { vec!["not_enough_answered"] } else { Vec::new() },
    };
    let reasons = Sort { what: "reason", names: declared_reasons, own: ENGINE.map(EngineReason::as_str).to_vec() };
    let stages = Sort {
        what: "stage",
        names: |variant| variant.stages.iter().map(|stage| stage.id.as_str()).collect(),
        own: vec![UNPLACED],
    };
    let sort = |what, names| Sort { what, names, own: Vec::new() };
    let overlays = sort("overlay", |variant| variant.overlays.iter().map(|overlay| overlay.id.as_str()).collect());
    let rules = sort("rule", |variant| variant.rules.iter().map(|rule| rule.id.as_str()).collect());
    let scales = sort("scale", |variant| variant.scales.iter().map(|scale| scale.id.as_str()).collect());
    let signs = sort("sign", raised_signs);
    let bands = sort("band", |variant| variant.bands.iter().map(|band| band.label.as_str()).collect());

    for (sort, field, id) in [
        (&signals, "signal", expect.signal.as_ref().and_then(Option::as_ref)),
        (&reasons, "reason", expect.reason.as_ref().and_then(Option::as_ref)),
        (&stages, "stage", expect.stage.as_ref()),
    ] {
        if let Some(id) = id {
            check.name(sort, &[Step::Field("expect"), Step::Field(field)], id);
        }
    }
    for (sort, field, ids) in
        [(&overlays, "overlays", &expect.overlays), (&bands, "bands", &expect.bands), (&bands, "near", &expect.near)]
    {
        check.list(sort, field, ids.as_deref().unwrap_or_default());
    }
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (field, ids) in expect.rules() {
        check.list(&rules, field, ids);
        for (at, id) in ids.iter().enumerate() {
            match seen.iter().find(|(known, _)| known == id) {
                Some((_, first)) => {
                    let message = format!("the rule `{id}` is expected twice: as `{first}` and as `{field}`");
                    check.problem(&[Step::Field("expect"), Step::Field(field), Step::Element(at)], message);
                }
                None => seen.push((id, field)),
            }
        }
    }
    for (id, level) in &expect.levels {
        let path = [Step::Field("expect"), Step::Field("levels"), Step::Field(id)];
        check.name(&signs, &path, id);
        if *level > HIGHEST {
            check.problem(&path, format!("a level is 0 to {HIGHEST}"));
        }
    }
    for (id, score) in &expect.scores {
        let path = [Step::Field("expect"), Step::Field("scores"), Step::Field(id)];
        check.name(&scales, &path, id);
        if score.as_ref().is_some_and(|score| parse_decimal(&score.to_string()).is_none()) {
            check.problem(&path, "a score is a plain decimal such as 37.5, or null for none".to_owned());
        }
    }
    check.problems
}

/// The reasons that can come out: a ruleset may also word those of the engine.
fn declared_reasons(variant: &Variant) -> Vec<&str> {
    let declared = variant.reasons.iter().filter(|reason| reason.when != OutcomeWhen::Engine);
    declared.map(|reason| reason.id.as_str()).collect()
}

/// Only what a rule can raise has a level in a reading.
fn raised_signs(variant: &Variant) -> Vec<&str> {
    let raised = |sign: &usize| variant.rules.iter().any(|rule| rule.raises(*sign));
    let signs = variant.signs.iter().enumerate().filter(|(sign, _)| raised(sign));
    signs.map(|(_, sign)| sign.id.as_str()).collect()
}

impl Check<'_> {
    fn problem(&mut self, path: &[Step<'_>], message: String) {
        self.problems.push(self.located(path, message));
    }

    fn located(&self, path: &[Step<'_>], message: String) -> Diagnostic {
        let place = match path {
            // A field that holds one name: the name is what is wrong.
            [_, Step::Field(_)] => locate(&self.source.text, path),
            _ => key_place(&self.source.text, path),
        };
        Diagnostic::error(Code::InvalidCase, &self.source.name, place, message)
    }

    fn list(&mut self, sort: &Sort, field: &str, ids: &[String]) {
        for (at, id) in ids.iter().enumerate() {
            self.name(sort, &[Step::Field("expect"), Step::Field(field), Step::Element(at)], id);
        }
    }

    /// A name must be one of the variant that reads the case.
    fn name(&mut self, sort: &Sort, path: &[Step<'_>], id: &str) {
        let Some(variant) = self.ruleset.variant(self.role, self.form) else { return };
        let mut known = (sort.names)(variant);
        known.extend(&sort.own);
        if known.contains(&id) {
            return;
        }
        let what = sort.what;
        let elsewhere: Vec<String> = self
            .ruleset
            .variants()
            .filter(|(_, variant)| (sort.names)(variant).contains(&id))
            .map(|((role, form), _)| format!("{} ({})", role.as_str(), form.as_str()))
            .collect();
        if !elsewhere.is_empty() {
            let (role, form) = (self.role.as_str(), self.form.as_str());
            let message = format!("the {what} `{id}` does not exist for role {role} in the {form} form");
            let problem = self.located(path, message).hint(format!("it exists for: {}", elsewhere.join(", ")));
            self.problems.push(problem);
            return;
        }
        let message = format!("`{}` has no {what} `{id}`", self.ruleset.id);
        let everywhere = self.ruleset.variants().flat_map(|(_, variant)| (sort.names)(variant));
        let problem = self.located(path, message).did_you_mean(id, known.iter().copied().chain(everywhere));
        let few = known.len() <= FEW && problem.hints.is_empty();
        self.problems.push(match known.is_empty() {
            true => problem.hint(format!("this ruleset has no {what}s")),
            false if few => problem.hint(format!("it has: {}", known.join(", "))),
            false => problem,
        });
    }
}

/// How many names are listed where none is near; a design choice: more than a screen line or two helps nobody.
const FEW: usize = 16;
