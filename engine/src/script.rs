//! The only module that names Rhai: expressions in, decision trees out.
//!
//! A condition is never run against answers while people are scored. It is run once over every combination of
//! what it reads ([`explore()`]); the tree that comes out is the rule. The same interpreter, fed with one answer
//! sheet, is the oracle that tests compare everything with ([`Script::evaluate`]).

mod api;
mod explore;
mod form;
mod read;
mod sandbox;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Position, Scope};

use crate::exact::Exact;
use crate::questionnaire::Questionnaire;
pub use api::reference as api_reference;
pub(crate) use api::{FUNCTIONS, Namespace, function};
pub(crate) use explore::{Explored, MAX_PATHS, MAX_PATHS_OF_VARIANT, explore};
pub(crate) use form::{Cut, Quantity, Subject};
pub(crate) use read::{Attainable, Domain, Read, ReasonRead, Tree};

/// What a name stands for in one variant of a ruleset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// A choice item: its value is read whole.
    Slot(usize),
    /// A number item, a scale or an aggregate: it is only ever compared.
    Quantity(Quantity),
    /// A parameter or constant.
    Number(Exact),
    /// A named condition, by its number among all conditions: read as a yes or no.
    Condition(usize),
    /// It exists, but not in this variant: it has no value.
    Absent,
}

/// The ids that calls can name, with what they stand for in this variant; none: declared, but not in this variant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    /// Slots (items and `item.option`).
    pub(crate) slots: BTreeMap<String, Option<usize>>,
    /// Scales.
    pub(crate) scales: BTreeMap<String, Option<usize>>,
    /// Rules.
    pub(crate) rules: BTreeMap<String, Option<usize>>,
    /// Signs.
    pub(crate) signs: BTreeMap<String, Option<usize>>,
    /// Point sums.
    pub(crate) points: BTreeMap<String, Option<usize>>,
    /// Overlays.
    pub(crate) overlays: BTreeMap<String, Option<usize>>,
    /// Stages.
    pub(crate) stages: BTreeMap<String, Option<usize>>,
    /// Signals.
    pub(crate) signals: BTreeMap<String, Option<usize>>,
    /// Reasons, the engine's own included.
    pub(crate) reasons: BTreeMap<String, Option<ReasonRead>>,
}

impl Ids {
    /// Whether what a function names is part of the variant; none where it names nothing, or nothing that exists.
    pub(crate) fn contains(&self, names: Namespace, id: &str) -> Option<bool> {
        let number = match names {
            Namespace::ItemOrScale => self.slots.get(id).or_else(|| self.scales.get(id)),
            Namespace::Option => self.slots.get(id),
            Namespace::Scale => self.scales.get(id),
            Namespace::Rule => self.rules.get(id),
            Namespace::Sign => self.signs.get(id),
            Namespace::Points => self.points.get(id),
            Namespace::Overlay => self.overlays.get(id),
            Namespace::Stage => self.stages.get(id),
            Namespace::Signal => self.signals.get(id),
            Namespace::Reason => return self.reasons.get(id).map(Option::is_some),
            Namespace::Nothing => None,
        };
        number.map(Option::is_some)
    }
}

/// Where the values come from while an expression runs.
pub(crate) trait Reader {
    /// Which of the alternatives of `read` holds; see [`Read`] for their meaning.
    fn read(&mut self, read: Read) -> Result<usize, Halt>;

    /// Whether the subject can be without a value here, so that a comparison must ask first.
    fn may_lack_value(&self, subject: &Subject) -> bool;
}

/// Evaluation stops: the tree has grown too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Halt;

/// Why an expression could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptError {
    /// The bytes it is about, within the text of the expression (or of the helper function).
    pub(crate) span: Option<Range<usize>>,
    /// The helper function in which it happened, by its number, if not in the expression itself.
    pub(crate) function: Option<usize>,
    /// What happened.
    pub(crate) message: String,
    /// Of which kind it is.
    pub(crate) kind: ScriptErrorKind,
}

/// The kinds of script errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScriptErrorKind {
    /// A counted limit was reached.
    Limit,
    /// The expression gives something else than yes or no.
    NotYesOrNo,
    /// Anything else.
    Other,
}

impl ScriptErrorKind {
    fn of_limit(is_limit: bool) -> Self {
        if is_limit { Self::Limit } else { Self::Other }
    }
}

/// What an expression is evaluated against; shared with the functions that the engine calls.
pub(crate) struct Session {
    reader: RefCell<Option<Rc<RefCell<dyn Reader>>>>,
    names: BTreeMap<String, Meaning>,
    ids: Ids,
    questionnaire: Rc<Questionnaire>,
}

impl Session {
    fn read(&self, read: Read) -> Result<usize, Box<EvalAltResult>> {
        match self.reader.borrow().as_ref() {
            Some(reader) => reader
                .borrow_mut()
                .read(read)
                .map_err(|Halt| EvalAltResult::ErrorTerminated(Dynamic::UNIT, Position::NONE).into()),
            None => Err("nothing can be read here".into()),
        }
    }

    fn may_lack_value(&self, subject: &Subject) -> bool {
        self.reader.borrow().as_ref().is_some_and(|reader| reader.borrow().may_lack_value(subject))
    }
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Compiled(AST);

/// The interpreter for one variant of a ruleset.
pub(crate) struct Script {
    engine: Engine,
    session: Rc<Session>,
    functions: Vec<String>,
    library: AST,
}

impl Script {
    /// An interpreter that knows these names.
    pub(crate) fn new(questionnaire: Rc<Questionnaire>, names: BTreeMap<String, Meaning>, ids: Ids) -> Self {
        let session = Rc::new(Session { reader: RefCell::new(None), names, ids, questionnaire });
        let engine = sandbox::engine(&session);
        Self { engine, session, functions: Vec::new(), library: AST::empty() }
    }

    /// Adds a helper function: `fn low(x) { x <= 1 }`.
    pub(crate) fn add_function(&mut self, text: &str) -> Result<(), ScriptError> {
        if self.functions.len() >= sandbox::MAX_FUNCTIONS {
            return Err(ScriptError {
                span: None,
                function: None,
                message: format!("a ruleset may have at most {} helper functions", sandbox::MAX_FUNCTIONS),
                kind: ScriptErrorKind::Limit,
            });
        }
        self.engine.set_strict_variables(true);
        let compiled = self.engine.compile(text);
        self.engine.set_strict_variables(false);
        let ast = compiled.map_err(|error| parse_error(text, &error))?;
        self.library = self.library.merge(&ast);
        self.functions.push(text.to_owned());
        Ok(())
    }

    /// Compiles a condition. It is one expression: no statements, no assignments.
    pub(crate) fn compile(&self, text: &str) -> Result<Compiled, ScriptError> {
        let ast = self.engine.compile_expression(text).map_err(|error| parse_error(text, &error))?;
        Ok(Compiled(self.library.merge(&ast)))
    }

    /// Evaluates a condition with what `reader` says.
    pub(crate) fn evaluate(
        &self,
        text: &str,
        compiled: &Compiled,
        reader: Rc<RefCell<dyn Reader>>,
    ) -> Result<bool, ScriptError> {
        *self.session.reader.borrow_mut() = Some(reader);
        let result = self.engine.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &compiled.0);
        *self.session.reader.borrow_mut() = None;
        match result {
            Ok(value) => match value.as_bool() {
                Ok(truth) => Ok(truth),
                Err(kind) => Err(ScriptError {
                    span: Some(0..text.len()),
                    function: None,
                    message: format!("a condition must be yes or no; this gives {}", sandbox::plain_type(kind)),
                    kind: ScriptErrorKind::NotYesOrNo,
                }),
            },
            Err(error) => Err(self.run_error(text, &error)),
        }
    }

    fn run_error(&self, text: &str, error: &EvalAltResult) -> ScriptError {
        let (inner, called) = sandbox::innermost(error);
        let function =
            called.and_then(|name| self.functions.iter().position(|source| sandbox::is_function_named(source, name)));
        let source = function.and_then(|at| self.functions.get(at)).map_or(text, String::as_str);
        ScriptError {
            span: token_at(source, inner.position()),
            function,
            message: sandbox::plain_message(inner),
            kind: ScriptErrorKind::of_limit(sandbox::is_limit(inner)),
        }
    }
}

fn parse_error(text: &str, error: &rhai::ParseError) -> ScriptError {
    ScriptError {
        span: token_at(text, error.position()),
        function: None,
        message: sandbox::plain_parse_message(error),
        kind: ScriptErrorKind::of_limit(sandbox::is_parse_limit(error)),
    }
}

/// The bytes of the word or mark at a Rhai position (line and column from 1, in characters) of `text`.
fn token_at(text: &str, position: Position) -> Option<Range<usize>> {
    let line = position.line()?;
    let line_start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(line_start..)?;
    let start = line_start
        + rest.char_indices().nth(position.position().unwrap_or(1).saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
    let tail = text.get(start..)?;
    let word = tail.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tail.len());
    let length = if word > 0 { word } else { tail.chars().next().map_or(0, char::len_utf8) };
    Some(start..start + length)
}
