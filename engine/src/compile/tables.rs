//! The tables that score people: one small decision diagram a condition, over what it reads, with a level for
//! "unknown" whose child is what all possible answers agree on; and the same as a chain of look-up tables.

use std::collections::BTreeMap;

use super::lookup::{Lookup, fill_states, sums};
use super::model::Model;
use crate::diagnostic::{Code, Diagnostic};
use crate::diagram::{Diagram, NodeId, OverBudget};
use crate::ruleset::Draft;
use crate::scoring::{Sums, Value, band, band_of_fraction};
use crate::script::{Attainable, Cut, Quantity, Read, Subject, Tree};

/// A condition that the missing answers leave open.
pub(crate) const UNDECIDED: u8 = 2;

/// The most nodes of the tables of a variant, far above what the budget of paths can make.
const NODE_BUDGET: usize = 500_000;

/// The most combinations of possible values of unknown scales that one condition may be asked about on one sheet.
const MAX_COMBINATIONS: usize = 100_000;

/// Something that conditions read, with a small number for each of its levels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Variable {
    /// A slot: its levels, then absent, unknown, and unknown or absent.
    Slot(usize),
    /// A subject: its bands, then the same three.
    Subject(Subject),
    /// Others are always known.
    SlotAnswered(usize),
    ScaleAnswered(usize),
    Fired(usize),
    Overlay(usize),
    Stage,
    Flagged,
}

/// One table variable.
#[derive(Debug, Clone)]
pub(crate) struct TableVariable {
    pub(crate) variable: Variable,
    /// How many levels are answers (or bands), before those for absent and unknown.
    pub(crate) known: u32,
    /// For a subject: the cuts between its bands.
    pub(crate) cuts: Vec<Cut>,
    /// For a subject: its code by look-up, where that can be.
    pub(crate) lookup: Option<Lookup>,
}

/// A tabulated condition. Its outcome is 0 no, 1 yes, 2 undecided.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) root: NodeId,
    /// The variables it depends on.
    pub(crate) support: Vec<usize>,
    pub(crate) steps: Vec<Step>,
    /// The outcome of each state that the last step leads to.
    pub(crate) outcomes: Vec<u8>,
    /// The table of the last step, with outcomes instead of states.
    pub(crate) last: Vec<u8>,
    /// Quantities that are part of a sum or difference: while one is unknown, each of its possible values is tried.
    pub(crate) shared: Vec<Quantity>,
    pub(crate) tree: Tree,
}

/// One level of a chain of tables: `next = table[state * stride + level]`.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) variable: usize,
    pub(crate) stride: u16,
    pub(crate) table: Vec<u16>,
}

/// All tables of a variant.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    pub(crate) variables: Vec<TableVariable>,
    pub(crate) diagram: Diagram,
    pub(crate) conditions: Vec<Condition>,
    /// For each quantity, the values it can have on completely answered sheets.
    pub(crate) fills: BTreeMap<Quantity, Attainable>,
    /// The same as states, for the quantities that have them (see [`Lookup`]).
    pub(crate) fill_states: BTreeMap<Quantity, Vec<u16>>,
    /// For each scale that has states: how sheets are brought to them, and what is counted on the way.
    pub(crate) sums: Vec<Option<Sums>>,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            variables: Vec::new(),
            diagram: Diagram::new(Vec::new(), NODE_BUDGET),
            conditions: Vec::new(),
            fills: BTreeMap::new(),
            fill_states: BTreeMap::new(),
            sums: Vec::new(),
        }
    }
}

impl Tables {
    /// The number of a condition that never holds, made for this.
    pub(super) fn never(&mut self) -> usize {
        self.conditions.push(Condition {
            root: NodeId::leaf(0),
            support: Vec::new(),
            steps: Vec::new(),
            outcomes: vec![0],
            last: Vec::new(),
            shared: Vec::new(),
            tree: Tree::Leaf(false),
        });
        self.conditions.len() - 1
    }
}

impl TableVariable {
    /// The level for "has no value".
    pub(crate) fn absent(&self) -> u8 {
        self.known as u8
    }

    /// The level for "unknown".
    pub(crate) fn unknown(&self) -> u8 {
        self.known as u8 + 1
    }

    /// The level for "unknown, and perhaps not asked at all".
    pub(crate) fn unknown_or_absent(&self) -> u8 {
        self.known as u8 + 2
    }

    fn levels(&self) -> u32 {
        match self.variable {
            Variable::Slot(_) | Variable::Subject(_) => self.known + 3,
            _ => self.known,
        }
    }
}

/// The variable behind a read; none for a named condition, which is a function of variables, and for what only
/// properties read.
fn variable_of(read: &Read) -> Option<Variable> {
    Some(match read {
        Read::Slot(slot) => Variable::Slot(*slot),
        Read::HasValue(subject) | Read::Passes(subject, _) => Variable::Subject(subject.clone()),
        Read::SlotAnswered(slot) => Variable::SlotAnswered(*slot),
        Read::ScaleAnswered(scale) => Variable::ScaleAnswered(*scale),
        Read::Fired(rule) => Variable::Fired(*rule),
        Read::Overlay(overlay) => Variable::Overlay(*overlay),
        Read::StageIs(_) => Variable::Stage,
        Read::Flagged => Variable::Flagged,
        Read::Condition(_) => return None,
        // Only properties read them, and properties are not tabulated.
        Read::SignalIs(_) | Read::ReasonIs(_) => return None,
    })
}

/// Tabulates the trees of a variant.
pub(super) fn build(draft: &Draft<'_>, model: &Model<'_>, trees: Vec<Tree>, problems: &mut Vec<Diagnostic>) -> Tables {
    let mut variables = variables(model, &trees);
    for variable in &mut variables {
        variable.lookup = Lookup::of(model, draft, variable);
    }
    let levels: Vec<u32> = variables.iter().map(TableVariable::levels).collect();
    let mut builder = Builder {
        model,
        trees: &trees,
        known: vec![None; trees.len()],
        diagram: Diagram::new(levels, NODE_BUDGET),
        variables,
    };
    let mut conditions = Vec::new();
    for (number, wanted) in model.conditions.iter().enumerate() {
        match builder.condition(number) {
            Ok(condition) => {
                if builder.combinations(&condition.shared) > MAX_COMBINATIONS {
                    let message = "this condition compares too many scales with one another";
                    problems.push(
                        draft
                            .error(Code::TooManyPaths, &wanted.expr.place, message)
                            .hint("compare fewer scales in one condition"),
                    );
                }
                conditions.push(condition);
            }
            Err(OverBudget(_)) => problems.push(draft.error(
                Code::TooManyPaths,
                &wanted.expr.place,
                "the table of this condition is too large",
            )),
        }
    }
    for variable in &builder.variables {
        if variable.levels() > 255 {
            let place = model.conditions.first().map(|wanted| wanted.expr.place.clone());
            if let Some(place) = place {
                problems.push(draft.error(
                    Code::TooManyPaths,
                    &place,
                    "one scale or number is compared with more than 250 different numbers",
                ));
            }
        }
    }
    let fill_states = fill_states(model, draft, &conditions);
    let sums = sums(model, &builder.variables);
    let (variables, diagram, fills) = (builder.variables, builder.diagram, model.fills.clone());
    Tables { variables, diagram, conditions, fills, fill_states, sums }
}

/// Everything that some condition reads, with the cuts of each subject.
fn variables(model: &Model<'_>, trees: &[Tree]) -> Vec<TableVariable> {
    let mut found: BTreeMap<Variable, Vec<Cut>> = BTreeMap::new();
    for tree in trees {
        tree.for_each_read(&mut |read| {
            let Some(variable) = variable_of(read) else {
                return;
            };
            let cuts = found.entry(variable).or_default();
            if let Read::Passes(_, cut) = read {
                cuts.push(cut.clone());
            }
        });
    }
    found
        .into_iter()
        .map(|(variable, mut cuts)| {
            cuts.sort();
            cuts.dedup();
            let known = match &variable {
                Variable::Slot(slot) => model.domain.slots.get(*slot).map_or(0, |(levels, _)| *levels as u32),
                Variable::Subject(_) => cuts.len() as u32 + 1,
                Variable::Stage => model.variant().stages.len() as u32 + 1,
                _ => 2,
            };
            TableVariable { variable, known, cuts, lookup: None }
        })
        .collect()
}

/// The code of a subject, given the value of each of its quantities.
pub(crate) fn code(variable: &TableVariable, subject: &Subject, value: impl Fn(Quantity) -> Value) -> u8 {
    let mut unknown = false;
    for (quantity, _) in subject.parts() {
        match value(*quantity) {
            Value::Absent => return variable.absent(),
            Value::Unknown => unknown = true,
            Value::Known { .. } => {}
        }
    }
    if unknown {
        return variable.unknown();
    }
    let parts = |quantity: Quantity| match value(quantity) {
        Value::Known { numerator, denominator } => Some((numerator, denominator)),
        _ => None,
    };
    if let Some((numerator, denominator)) = subject.fraction(parts) {
        return band_of_fraction(numerator, denominator, &variable.cuts) as u8;
    }
    // Numbers that do not fit unreduced are reduced on the way.
    match subject.value(|quantity| value(quantity).exact()) {
        Some(value) => band(&value, &variable.cuts) as u8,
        None => variable.unknown(),
    }
}

struct Builder<'a, 'd> {
    model: &'a Model<'d>,
    trees: &'a [Tree],
    /// The conditions as functions of known levels, as far as they are made.
    known: Vec<Option<NodeId>>,
    diagram: Diagram,
    variables: Vec<TableVariable>,
}

impl Builder<'_, '_> {
    fn condition(&mut self, number: usize) -> Result<Condition, OverBudget> {
        let known = self.known(number)?;
        let tree = self.trees.get(number).cloned().unwrap_or(Tree::Leaf(false));
        let root = self.with_unknowns(known)?;
        let support: Vec<usize> = self.diagram.support(root).into_iter().map(|variable| variable as usize).collect();
        let (steps, outcomes) = self.chain(root, &support);
        let shared = self.shared(&support);
        let outcome = |state: &u16| outcomes.get(usize::from(*state)).copied().unwrap_or(0);
        let last = steps.last().map(|step| step.table.iter().map(outcome).collect()).unwrap_or_default();
        Ok(Condition { root, support, steps, outcomes, last, shared, tree })
    }

    /// A condition over known levels. A named one that another reads is declared before it, so this comes to an end.
    fn known(&mut self, number: usize) -> Result<NodeId, OverBudget> {
        if let Some(Some(known)) = self.known.get(number) {
            return Ok(*known);
        }
        let made = match self.trees.get(number) {
            Some(tree) => self.lower(tree)?,
            None => NodeId::leaf(0),
        };
        if let Some(place) = self.known.get_mut(number) {
            *place = Some(made);
        }
        Ok(made)
    }

    /// The tree as a diagram over known levels; the levels for unknown are filled in later.
    fn lower(&mut self, tree: &Tree) -> Result<NodeId, OverBudget> {
        match tree {
            Tree::Leaf(truth) => Ok(NodeId::leaf(u32::from(*truth))),
            Tree::Node(read, children) => {
                let children: Result<Vec<NodeId>, OverBudget> =
                    children.iter().map(|child| self.lower(child)).collect();
                let selector = self.selector(read)?;
                self.diagram.select(selector, &children?)
            }
        }
    }

    /// A node whose outcome is the alternative of `read`.
    fn selector(&mut self, read: &Read) -> Result<NodeId, OverBudget> {
        if let Read::Condition(number) = read {
            return self.known(*number);
        }
        let wanted = variable_of(read);
        let Some(at) = self.variables.iter().position(|known| Some(&known.variable) == wanted.as_ref()) else {
            return Ok(NodeId::leaf(0));
        };
        let Some(variable) = self.variables.get(at) else {
            return Ok(NodeId::leaf(0));
        };
        let alternative = |level: u32| match read {
            Read::Passes(_, cut) => {
                let above = variable.cuts.iter().position(|known| known == cut).unwrap_or(0) as u32;
                u32::from(level > above && level < variable.known)
            }
            Read::HasValue(_) => u32::from(level < variable.known),
            Read::StageIs(stage) => u32::from(level as usize == *stage),
            // Levels past the known ones mean "absent" until the unknown ones get their own children.
            _ => level.min(variable.known),
        };
        let children: Vec<NodeId> = (0..variable.levels()).map(|level| NodeId::leaf(alternative(level))).collect();
        self.diagram.node(at as u32, &children)
    }

    /// Rebuilds a function so that the children for unknown levels are what all possible levels agree on.
    ///
    /// From the bottom up, so that several unknowns are right together: the child for an unknown is the consensus
    /// of functions that already know what to do with the unknowns below.
    fn with_unknowns(&mut self, root: NodeId) -> Result<NodeId, OverBudget> {
        let mut made: BTreeMap<NodeId, NodeId> = BTreeMap::new();
        for id in self.diagram.reachable(root) {
            let Some(at) = self.diagram.variable(id) else {
                continue;
            };
            let Some(variable) = self.variables.get(at as usize).cloned() else {
                continue;
            };
            let mut children: Vec<NodeId> =
                self.diagram.children(id).iter().map(|child| made.get(child).copied().unwrap_or(*child)).collect();
            let fills: Vec<NodeId> =
                self.fill_levels(&variable).into_iter().filter_map(|level| children.get(level).copied()).collect();
            if matches!(variable.variable, Variable::Slot(_) | Variable::Subject(_)) {
                let absent = children.get(variable.known as usize).copied();
                let or_absent: Vec<NodeId> = fills.iter().copied().chain(absent).collect();
                let unknown = self.diagram.consensus(&fills, u32::from(UNDECIDED))?;
                let unknown_or_absent = self.diagram.consensus(&or_absent, u32::from(UNDECIDED))?;
                children.truncate(variable.known as usize + 1);
                children.extend([unknown, unknown_or_absent]);
            }
            let node = self.diagram.node(at, &children)?;
            made.insert(id, node);
        }
        Ok(made.get(&root).copied().unwrap_or(root))
    }

    /// The levels that an unknown can turn out to be.
    fn fill_levels(&self, variable: &TableVariable) -> Vec<usize> {
        let every = 0..variable.known as usize;
        let Variable::Subject(subject) = &variable.variable else {
            return every.collect();
        };
        let fills = match subject.alone() {
            Some(quantity) => {
                self.model.fills.get(&quantity).cloned().or_else(|| self.model.domain.quantity(quantity).0)
            }
            None => self.model.domain.attainable(subject),
        };
        let possible = |band: &usize| {
            let low = band.checked_sub(1).and_then(|at| variable.cuts.get(at));
            fills.as_ref().is_none_or(|fills| fills.any_between(low, variable.cuts.get(*band)))
        };
        let levels: Vec<usize> = every.clone().filter(possible).collect();
        if levels.is_empty() { every.collect() } else { levels }
    }

    /// The diagram as a chain of tables, one for each variable of its support.
    fn chain(&self, root: NodeId, support: &[usize]) -> (Vec<Step>, Vec<u8>) {
        let mut states = vec![root];
        let mut steps = Vec::new();
        for at in support {
            let stride = self.diagram.levels().get(*at).copied().unwrap_or(1);
            let mut next: Vec<NodeId> = Vec::new();
            let mut index: BTreeMap<NodeId, u16> = BTreeMap::new();
            let mut table = Vec::with_capacity(states.len() * stride as usize);
            for state in &states {
                for level in 0..stride as usize {
                    let asks = self.diagram.variable(*state) == Some(*at as u32);
                    let child =
                        if asks { self.diagram.children(*state).get(level).copied().unwrap_or(*state) } else { *state };
                    table.push(*index.entry(child).or_insert_with(|| {
                        next.push(child);
                        next.len() as u16 - 1
                    }));
                }
            }
            steps.push(Step { variable: *at, stride: stride as u16, table });
            states = next;
        }
        let outcomes = states.iter().map(|state| state.outcome().unwrap_or(0) as u8).collect();
        (steps, outcomes)
    }

    /// The quantities that are part of sums and differences. While one of them is unknown, its own possible values,
    /// and not those of the sum, say what the condition can be.
    fn shared(&self, support: &[usize]) -> Vec<Quantity> {
        let subjects: Vec<&Subject> = support
            .iter()
            .filter_map(|at| match &self.variables.get(*at)?.variable {
                Variable::Subject(subject) => Some(subject),
                _ => None,
            })
            .collect();
        let mut quantities: Vec<Quantity> = Vec::new();
        for subject in subjects.iter().filter(|subject| subject.alone().is_none()) {
            quantities.extend(subject.parts().iter().map(|(quantity, _)| *quantity));
        }
        quantities.sort();
        quantities.dedup();
        quantities
    }

    fn combinations(&self, shared: &[Quantity]) -> usize {
        shared
            .iter()
            .map(|quantity| match self.model.fills.get(quantity) {
                Some(Attainable::Values(values)) => values.len(),
                _ => 1,
            })
            .fold(1, usize::saturating_mul)
    }
}
