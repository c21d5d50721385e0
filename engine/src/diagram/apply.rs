//! The one operation from which everything else is made: several functions combined point by point.

use hashbrown::HashTable;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::{CHILDREN_OF_A_NODE, Diagram, NodeId, OverBudget};

impl Diagram {
    /// The function that `rule` makes of several functions, point by point.
    ///
    /// `rule` is asked about the functions as they stand at some depth. It answers as soon as it can, at the
    /// latest when all of them are leaves; where it cannot, the next variable is split. It may put simpler functions in
    /// their place if those come to the same.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn apply(
        &mut self,
        functions: &[NodeId],
        rule: &dyn Fn(&mut [NodeId]) -> Option<NodeId>,
    ) -> Result<NodeId, OverBudget> {
        let mut memo = std::mem::take(&mut self.memo);
        memo.start(functions.len());
        let mut apply = Apply { diagram: self, rule, memo, functions: functions.to_vec(), made: Vec::new() };
        let made = apply.at(0);
        let Apply { memo, diagram, .. } = apply;
        diagram.memo = memo;
        made
    }
}

/// One application under way. Its two stacks and its memo are flat, so that no step allocates on its own.
struct Apply<'a> {
    diagram: &'a mut Diagram,
    rule: &'a dyn Fn(&mut [NodeId]) -> Option<NodeId>,
    memo: Memo,
    /// The functions of every step on the way down, `width` each.
    functions: Vec<NodeId>,
    /// The children that are finished, of every step on the way down.
    made: Vec<NodeId>,
}

impl Apply<'_> {
    /// The result for the functions that start at `start`, the last on their stack.
    fn at(&mut self, start: usize) -> Result<NodeId, OverBudget> {
        let functions = self.functions.get_mut(start..).unwrap_or_default();
        if let Some(decided) = (self.rule)(functions) {
            return Ok(decided);
        }
        if let Some(known) = self.memo.find(functions) {
            return Ok(known);
        }
        let Some(variable) = functions.iter().filter_map(|id| self.diagram.variable(*id)).min() else {
            // Only leaves, and the rule did not answer: every rule here does.
            debug_assert!(false, "a rule must answer when all functions are leaves");
            return Ok(functions.first().copied().unwrap_or(NodeId::leaf(0)));
        };
        // What comes to few nodes can take many steps all the same.
        let steps = self.memo.results.len().max(self.memo.functions.len() / CHILDREN_OF_A_NODE);
        if steps >= self.diagram.budget() {
            return Err(OverBudget(self.diagram.budget()));
        }
        let count = self.diagram.levels().get(variable as usize).copied().unwrap_or(0) as usize;
        let (end, first_child) = (self.functions.len(), self.made.len());
        for level in 0..count {
            for at in start..end {
                let function = self.functions.get(at).copied().unwrap_or(NodeId::leaf(0));
                self.functions.push(self.diagram.cofactor(function, variable, level));
            }
            let child = self.at(end)?;
            self.functions.truncate(end);
            self.made.push(child);
        }
        let id = self.diagram.node(variable, self.made.get(first_child..).unwrap_or_default())?;
        self.made.truncate(first_child);
        self.memo.insert(self.functions.get(start..).unwrap_or_default(), id);
        Ok(id)
    }
}

/// What was found for which functions.
#[derive(Debug, Default)]
pub(super) struct Memo {
    width: usize,
    /// The functions of every entry, `width` each.
    functions: Vec<NodeId>,
    results: Vec<NodeId>,
    entries: HashTable<u32>,
}

impl Clone for Memo {
    /// A copy of a diagram starts with nothing in mind.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memo {
    /// Forgets everything and keeps the room: a table that grows anew each time costs as much as what is found in it.
    fn start(&mut self, width: usize) {
        self.width = width;
        self.functions.clear();
        self.results.clear();
        self.entries.clear();
    }

    fn find(&self, functions: &[NodeId]) -> Option<NodeId> {
        let same = |entry: &u32| entry_of(&self.functions, self.width, *entry) == functions;
        self.results.get(*self.entries.find(hash(functions), same)? as usize).copied()
    }

    fn insert(&mut self, functions: &[NodeId], result: NodeId) {
        let entry = self.results.len() as u32;
        self.functions.extend_from_slice(functions);
        self.results.push(result);
        let Self { width, functions: all, entries, .. } = self;
        entries.insert_unique(hash(functions), entry, |entry| hash(entry_of(all, *width, *entry)));
    }
}

fn entry_of(functions: &[NodeId], width: usize, entry: u32) -> &[NodeId] {
    let start = entry as usize * width;
    functions.get(start..start + width).unwrap_or_default()
}

fn hash(functions: &[NodeId]) -> u64 {
    let mut hasher = FxHasher::default();
    functions.hash(&mut hasher);
    hasher.finish()
}
