//! Rulesets: a folder of Rhai files that declare scales, rules, stages and signals for one questionnaire.
//!
//! [`load`] reads, checks and tabulates one. What comes out is plain data: Rhai is met only here, never while
//! people are scored.

mod declaration;
mod lint;
mod names;
mod parse;
mod scan;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compile::{self, Variant};
use crate::diagnostic::{Code, Diagnostic, LoadError, Severity, SourceFile};
use crate::exact::Exact;
use crate::fingerprint::sha256;
use crate::gate::Gate;
use crate::questionnaire::{Form, Questionnaire, Role};
use crate::script::ReasonRead;
pub use declaration::{Aggregation, Comparison, Kind, Next};
pub(crate) use declaration::{Body, Declaration, Effect, Expr, Limit, Name, Place, Target, When};
pub(crate) use lint::comparisons_in;
pub use lint::lint;

/// The signals of an assessment; a study declares its own.
pub(crate) const ASSESSMENT_SIGNALS: [&str; 3] = ["keep_going", "walk_away", "mixed"];

/// The reasons that the engine itself gives; a ruleset may word them.
pub const ENGINE_REASONS: [&str; 8] = [
    "held_back",
    "contradictory",
    "close_call",
    "not_enough_answered",
    "other_path",
    "safety_left_out",
    "undecided",
    "withheld",
];

/// The headings that an assessment must have in the `//!` lines above its header (decision-aid standards, IPDAS).
pub const REQUIRED_HEADINGS: [&str; 6] =
    ["Sources", "Published", "Validated", "Update policy", "Uncertainty", "Funding"];

/// A loaded ruleset.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// Its stable id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// What kind it is.
    pub kind: Kind,
    /// The text above its header, before the first heading.
    pub description: String,
    /// The sections of that text: heading and content.
    pub metadata: Vec<(String, String)>,
    /// Its parameters, with the values in force.
    pub parameters: Vec<Parameter>,
    /// Why it is for groups only, if it is: nobody is shown their own number.
    pub batch_only: Option<String>,
    /// SHA-256 over its files.
    pub sha256: String,
    questionnaire: Arc<Questionnaire>,
    gate: Gate,
    variants: BTreeMap<(Role, Form), Variant>,
}

/// A number that can be set from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The value in force.
    pub value: Exact,
    /// The value that is declared.
    pub default: Exact,
    /// The least value it may have.
    pub from: Exact,
    /// The greatest value it may have.
    pub to: Exact,
    /// What it is.
    pub description: String,
    /// Where it comes from.
    pub source: String,
}

/// How to load.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Parameters set from outside: name and value as written.
    pub set: Vec<(String, String)>,
    /// The variants to make ready; others cannot be assessed.
    pub variants: Vec<(Role, Form)>,
    /// The most nodes of a decision diagram.
    pub node_budget: usize,
}

/// The default of [`LoadOptions::node_budget`]; the largest real ruleset tried needed 120,000 (a design choice).
pub const NODE_BUDGET: usize = 2_000_000;

impl LoadOptions {
    /// Every variant, no parameter set.
    pub fn all() -> Self {
        let roles = [Role::Hurt, Role::Broke];
        let variants = roles.into_iter().flat_map(|role| [(role, Form::Short), (role, Form::Full)]).collect();
        Self { set: Vec::new(), variants, node_budget: NODE_BUDGET }
    }

    /// One variant, no parameter set.
    pub fn only(role: Role, form: Form) -> Self {
        Self { variants: vec![(role, form)], ..Self::all() }
    }
}

/// The files of a ruleset, read but not yet compiled.
pub(crate) struct Draft<'a> {
    pub(crate) files: &'a [SourceFile],
    pub(crate) questionnaire: &'a Questionnaire,
    pub(crate) kind: Kind,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) parameters: Vec<Parameter>,
}

impl Draft<'_> {
    /// A diagnostic about a place in the files.
    pub(crate) fn error(&self, code: Code, place: &Place, message: impl Into<String>) -> Diagnostic {
        let source = self.files.get(place.file).map_or("", |file| file.name.as_str());
        Diagnostic::error(code, source, place.span.clone(), message)
    }

    /// A warning about a place in the files.
    pub(crate) fn warning(&self, code: Code, place: &Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..self.error(code, place, message) }
    }

    /// `file:line` of a place.
    pub(crate) fn at(&self, place: &Place) -> String {
        self.files
            .get(place.file)
            .map_or_else(String::new, |file| format!("{}:{}", file.name, file.position(place.span.start).0))
    }

    /// The declarations for a role.
    pub(crate) fn for_role(&self, role: Role) -> impl Iterator<Item = &Declaration> {
        self.declarations.iter().filter(move |declaration| declaration.role.is_none_or(|r| r == role))
    }

    /// What kinds of things that sheets can come to have this name, in any variant.
    pub(crate) fn targets_named(&self, kind: Option<Target>, id: &str) -> Vec<Target> {
        let declared = |kind: Target| {
            self.declarations
                .iter()
                .any(|declaration| kind.is_declared_by(&declaration.body) && declaration.id.text == id)
        };
        let of_the_engine = |kind: Target| kind == Target::Reason && self.engine_reasons().contains(&id);
        let wanted = Target::ALL.into_iter().filter(|known| kind.is_none_or(|kind| kind == *known));
        wanted.filter(|kind| declared(*kind) || of_the_engine(*kind)).collect()
    }

    /// The reasons that the engine gives for answered sheets of this kind of ruleset.
    pub(crate) fn engine_reasons(&self) -> Vec<&'static str> {
        let answered = |reason: &ReasonRead| *reason != ReasonRead::NotEnoughAnswered;
        let own = ReasonRead::OF_THE_ENGINE.into_iter().filter(|_| self.kind == Kind::Assessment);
        own.filter(answered).filter_map(ReasonRead::word).collect()
    }

    /// The declarations for a role and form.
    pub(crate) fn for_variant(&self, role: Role, form: Form) -> impl Iterator<Item = &Declaration> {
        self.for_role(role).filter(move |declaration| declaration.form.is_none_or(|f| f == form))
    }
}

/// The id of the questionnaire and of the ruleset that files declare, without checking anything else.
pub fn header_of(files: &[SourceFile]) -> Option<(String, String)> {
    let mut ignored = Vec::new();
    let mut declarations = files.iter().enumerate().flat_map(|(at, file)| parse::parse(at, file, &mut ignored));
    declarations.find_map(|declaration| match declaration.body {
        Body::Header { questionnaire, .. } => Some((declaration.id.text, questionnaire.text)),
        _ => None,
    })
}

/// What kind of ruleset files declare, without checking anything else.
pub fn kind_of(files: &[SourceFile]) -> Option<Kind> {
    let mut ignored = Vec::new();
    let mut declarations = files.iter().enumerate().flat_map(|(at, file)| parse::parse(at, file, &mut ignored));
    declarations.find_map(|declaration| match declaration.body {
        Body::Header { kind, .. } => Some(kind),
        _ => None,
    })
}

/// The ids of what files declare of one sort, without checking anything else.
fn declared(files: &[SourceFile], is_wanted: impl Fn(&Body) -> bool) -> Vec<String> {
    let mut ignored = Vec::new();
    let declarations = files.iter().enumerate().flat_map(|(at, file)| parse::parse(at, file, &mut ignored));
    let mut ids: Vec<String> = Vec::new();
    for declaration in declarations.filter(|declaration| is_wanted(&declaration.body)) {
        if !ids.contains(&declaration.id.text) {
            ids.push(declaration.id.text);
        }
    }
    ids
}

/// The ids of the rules that files declare for any role and form, without checking anything else.
pub fn rule_ids(files: &[SourceFile]) -> Vec<String> {
    declared(files, |body| matches!(body, Body::Rule { .. }))
}

/// The ids of the signals that files declare for any role and form, without checking anything else.
pub fn signal_ids(files: &[SourceFile]) -> Vec<String> {
    declared(files, |body| matches!(body, Body::Signal { .. }))
}

/// Why the ruleset that files declare is for groups only, without checking anything else; none if it is not.
pub fn batch_only(files: &[SourceFile]) -> Option<String> {
    let mut ignored = Vec::new();
    let declarations: Vec<Declaration> =
        files.iter().enumerate().flat_map(|(at, file)| parse::parse(at, file, &mut ignored)).collect();
    batch_only_source(&declarations)
}

fn batch_only_source(declarations: &[Declaration]) -> Option<String> {
    declarations.iter().find(|declaration| declaration.body == Body::BatchOnly)?.source.clone()
}

/// Loads a ruleset for a questionnaire. Beside it come the warnings.
///
/// # Errors
/// All problems of all files; nothing is loaded then.
pub fn load(
    files: &[SourceFile],
    questionnaire: &Arc<Questionnaire>,
    options: &LoadOptions,
) -> Result<(Ruleset, Vec<Diagnostic>), LoadError> {
    let mut problems = Vec::new();
    let Some((draft, header)) = draft(files, questionnaire, options, &mut problems) else {
        return Err(LoadError(problems));
    };
    let mut variants = BTreeMap::new();
    if !has_error(&problems) {
        for ((role, form), made, found) in compiled(&draft, options) {
            problems.extend(found);
            if let Some(variant) = made {
                variants.insert((role, form), variant);
            }
        }
    }
    tell_once(&mut problems);
    if has_error(&problems) {
        return Err(LoadError(problems));
    }
    let version = match &header.body {
        Body::Header { version, .. } => version.clone(),
        _ => String::new(),
    };
    let (description, metadata) = sections(&header.doc);
    let all: String = files.iter().map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n");
    let ruleset = Ruleset {
        id: header.id.text,
        version,
        title: header.title.unwrap_or_default(),
        kind: draft.kind,
        description,
        metadata,
        parameters: draft.parameters,
        batch_only: batch_only_source(&draft.declarations),
        sha256: sha256(all.as_bytes()),
        questionnaire: Arc::clone(questionnaire),
        gate: Gate::new(questionnaire),
        variants,
    };
    Ok((ruleset, problems))
}

/// A role and form, its variant if it has no errors, and its problems.
type Compiled = ((Role, Form), Option<Variant>, Vec<Diagnostic>);

/// The variants that are wanted, each with its problems. They have nothing to do with one another, so each has a thread
/// of its own; what comes out stands in the order in which they are wanted.
fn compiled(draft: &Draft<'_>, options: &LoadOptions) -> Vec<Compiled> {
    let one = |(role, form): (Role, Form)| {
        let mut problems = Vec::new();
        let variant = compile::variant(draft, role, form, options.node_budget, &mut problems);
        ((role, form), variant, problems)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = options.variants.iter().map(|wanted| scope.spawn(move || one(*wanted))).collect();
        // A thread that panicked is a fault of the engine, and is passed on as one.
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)))
            .collect()
    })
}

/// Reads the files and checks everything that can be checked without running a condition. None if there is no
/// usable header.
pub(crate) fn draft<'a>(
    files: &'a [SourceFile],
    questionnaire: &'a Questionnaire,
    options: &LoadOptions,
    problems: &mut Vec<Diagnostic>,
) -> Option<(Draft<'a>, Declaration)> {
    let declarations: Vec<Declaration> =
        files.iter().enumerate().flat_map(|(at, file)| parse::parse(at, file, problems)).collect();
    let is_header = |declaration: &&Declaration| matches!(declaration.body, Body::Header { .. });
    let Some(header) = declarations.iter().find(is_header).cloned() else {
        if problems.is_empty() {
            let name = files.first().map_or("ruleset", |file| file.name.as_str());
            problems.push(Diagnostic::error(Code::MissingClause, name, None, "no file declares the ruleset").hint(
                "start with: assessment \"my-rules\" version \"0.1.0\" questionnaire \"trust-repair\" title \"...\";",
            ));
        }
        return None;
    };
    let Body::Header { kind, questionnaire: wanted, .. } = header.body.clone() else { return None };
    let mut draft = Draft { files, questionnaire, kind, declarations, parameters: Vec::new() };
    if let Some(second) = draft.declarations.iter().filter(is_header).nth(1) {
        problems.push(draft.error(Code::DuplicateId, &second.id.place, "a ruleset has one header"));
    }
    if wanted.text != questionnaire.id {
        let message = format!("this ruleset is for questionnaire `{}`, not for `{}`", wanted.text, questionnaire.id);
        let problem = draft.error(Code::WrongQuestionnaire, &wanted.place, message);
        problems.push(problem.hint("choose the questionnaire with --questionnaire"));
        return None;
    }
    if kind == Kind::Assessment {
        let (_, metadata) = sections(&header.doc);
        for heading in REQUIRED_HEADINGS {
            if !metadata.iter().any(|(known, text)| known == heading && !text.is_empty()) {
                let message = format!("the `//!` lines above the header lack `## {heading}`");
                let problem = draft.error(Code::MissingMetadata, &header.id.place, message);
                problems.push(problem.hint("a decision aid must say this about itself"));
            }
        }
        if !Gate::new(questionnaire).has_hard_item() {
            let message = format!("the questionnaire `{}` has no hard safety item", questionnaire.id);
            let problem = draft.error(Code::NoHardItem, &wanted.place, message);
            problems.push(problem.hint("an assessment needs the safety gate; make it a study"));
        }
    }
    draft.parameters = parameters(&draft, options, problems);
    names::check(&draft, problems);
    Some((draft, header))
}

fn has_error(problems: &[Diagnostic]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

impl Ruleset {
    /// The questionnaire it is for.
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.questionnaire
    }

    /// The rules as they are for a role and form; none if that was not loaded. Who is `both` is read as the hurt one.
    pub fn variant(&self, role: Role, form: Form) -> Option<&Variant> {
        let role = if role == Role::Both { Role::Hurt } else { role };
        self.variants.get(&(role, form))
    }

    /// The ruleset as it would be without a rule of one variant: its condition never holds. Other variants are left out.
    ///
    /// None if there is no such variant, or the diagram of its signal does not fit.
    pub(crate) fn without_rule(&self, role: Role, form: Form, rule: usize) -> Option<Ruleset> {
        let mut variant = self.variant(role, form)?.without_rule(rule);
        if self.kind == Kind::Assessment {
            variant.complete = Some(compile::complete::build(&self.questionnaire, &variant, NODE_BUDGET).ok()?);
        }
        Some(self.with_variant(variant))
    }

    /// The ruleset with this variant and no other.
    pub(crate) fn with_variant(&self, variant: Variant) -> Ruleset {
        let variants = BTreeMap::from([((variant.role, variant.form), variant)]);
        Ruleset {
            id: self.id.clone(),
            version: self.version.clone(),
            title: self.title.clone(),
            kind: self.kind,
            description: self.description.clone(),
            metadata: self.metadata.clone(),
            parameters: self.parameters.clone(),
            batch_only: self.batch_only.clone(),
            sha256: self.sha256.clone(),
            questionnaire: Arc::clone(&self.questionnaire),
            gate: self.gate.clone(),
            variants,
        }
    }

    /// The variants that were loaded.
    pub fn variants(&self) -> impl Iterator<Item = (&(Role, Form), &Variant)> {
        self.variants.iter()
    }

    /// The variants of a form, each with its role.
    pub fn variants_in(&self, form: Form) -> impl Iterator<Item = (Role, &Variant)> {
        self.variants.iter().filter(move |((_, own), _)| *own == form).map(|((role, _), variant)| (*role, variant))
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The text of a metadata section.
    pub fn section(&self, heading: &str) -> Option<&str> {
        self.metadata.iter().find(|(known, _)| known == heading).map(|(_, text)| text.as_str())
    }
}

/// The lines before the first `## Heading`, and the sections after it.
pub(crate) fn sections(doc: &[String]) -> (String, Vec<(String, String)>) {
    let mut intro: Vec<&str> = Vec::new();
    let mut sections: Vec<(String, Vec<&str>)> = Vec::new();
    for line in doc {
        match (line.strip_prefix("## "), sections.last_mut()) {
            (Some(heading), _) => sections.push((heading.trim().to_owned(), Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => intro.push(line),
        }
    }
    let text = |lines: &[&str]| lines.join("\n").trim().to_owned();
    (text(&intro), sections.iter().map(|(heading, lines)| (heading.clone(), text(lines))).collect())
}

fn parameters(draft: &Draft<'_>, options: &LoadOptions, problems: &mut Vec<Diagnostic>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = draft
        .declarations
        .iter()
        .filter_map(|declaration| match &declaration.body {
            Body::Param { value, from, to } => Some(Parameter {
                name: declaration.id.text.clone(),
                value: *value,
                default: *value,
                from: *from,
                to: *to,
                description: declaration.title.clone().unwrap_or_default(),
                source: declaration.source.clone().unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    for (name, text) in &options.set {
        let names: Vec<String> = parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let problem = match (
            parameters.iter_mut().find(|parameter| parameter.name == *name),
            crate::exact::parse_decimal(text),
        ) {
            (None, _) => Diagnostic::error(
                Code::InvalidParameter,
                "--set",
                None,
                format!("the ruleset has no parameter `{name}`"),
            )
            .did_you_mean(name, names.iter().map(String::as_str)),
            (Some(parameter), Some(value)) if (parameter.from..=parameter.to).contains(&value) => {
                parameter.value = value;
                continue;
            }
            (Some(parameter), _) => {
                let show = |value: &Exact| crate::exact::format_half_up(value, 9);
                let message =
                    format!("`{name}` must be a number from {} to {}", show(&parameter.from), show(&parameter.to));
                Diagnostic::error(Code::InvalidParameter, "--set", None, message)
            }
        };
        problems.push(problem);
    }
    parameters
}

/// The same problem is found in several variants; it is told once, in file order.
fn tell_once(problems: &mut Vec<Diagnostic>) {
    let mut seen: Vec<Diagnostic> = Vec::new();
    for problem in problems.drain(..) {
        let told = |known: &Diagnostic| {
            (known.code, &known.source, &known.span, &known.message)
                == (problem.code, &problem.source, &problem.span, &problem.message)
        };
        if !seen.iter().any(told) {
            seen.push(problem);
        }
    }
    seen.sort_by(|a, b| {
        let key =
            |d: &Diagnostic| (std::cmp::Reverse(d.severity), d.source.clone(), d.span.as_ref().map(|span| span.start));
        key(a).cmp(&key(b))
    });
    *problems = seen;
}
