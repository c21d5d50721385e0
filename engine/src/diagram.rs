//! Decision diagrams with many-valued variables, shared and reduced.
//!
//! A diagram is a table of nodes. A node asks for the level of one variable and has a child for each level; a
//! leaf is an outcome. Variables stand in one order on every path, equal nodes are stored once, and a node whose
//! children are all the same is never made. So two functions are equal exactly if their roots are equal.
//!
//! The ideas are old and well proved: reduced ordered diagrams and `apply` with a memo (Bryant 1986), variables
//! with many values (Srinivasan, Kam, Malik & Brayton 1990), the FORCE order (Aloul, Markov & Sakallah 2003).
//! What is particular here: one n-ary [`Diagram::apply`] with an early exit from which everything else is made,
//! and a node budget, past which the answer is "unknown", never a guess.

mod apply;
mod moves;
mod order;
mod walk;
mod weigh;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use apply::Memo;
pub(crate) use order::force_order;
pub(crate) use walk::{Nearest, Opening, Walker};

/// A node or a leaf of a [`Diagram`]. A node has a greater number than its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

const LEAF: u32 = 1 << 31;

/// The most nodes that numbers can be told apart from leaves for, however large a budget is given.
const MOST_NODES: usize = 1 << 28;

/// How many children a node may have on average within a budget of nodes: real ones have two to six.
const CHILDREN_OF_A_NODE: usize = 8;

impl NodeId {
    /// The leaf with this outcome.
    pub(crate) fn leaf(outcome: u32) -> Self {
        Self(outcome | LEAF)
    }

    /// The place of a node in a list with one entry a node, children before parents.
    pub(crate) fn number(self) -> usize {
        self.0 as usize
    }

    /// The outcome, if it is a leaf.
    pub(crate) fn outcome(self) -> Option<u32> {
        (self.0 & LEAF != 0).then_some(self.0 & !LEAF)
    }
}

/// The diagram has reached its node budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the decision diagram needs more than {0} nodes")]
pub(crate) struct OverBudget(pub(crate) usize);

#[derive(Debug, Clone, Copy)]
struct Node {
    variable: u32,
    first_child: u32,
}

/// A table of nodes over variables `0..`, each with its own number of levels, in their order on every path.
#[derive(Debug, Clone)]
pub(crate) struct Diagram {
    levels: Vec<u32>,
    nodes: Vec<Node>,
    children: Vec<NodeId>,
    /// The nodes by what they are. Only numbers stand in it: what a node is stands in the two tables above, once.
    known: HashTable<NodeId>,
    budget: usize,
    memo: Memo,
}

impl Diagram {
    /// An empty diagram; `levels[v]` is how many levels variable `v` has.
    pub(crate) fn new(levels: Vec<u32>, budget: usize) -> Self {
        let budget = budget.min(MOST_NODES);
        Self { levels, nodes: Vec::new(), children: Vec::new(), known: HashTable::new(), budget, memo: Memo::default() }
    }

    /// The most nodes, and the most that any walk may keep in mind.
    pub(crate) fn budget(&self) -> usize {
        self.budget
    }

    /// How many nodes were made.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many levels each variable has.
    pub(crate) fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// The node that asks for `variable`, or its only child if all are the same.
    ///
    /// # Errors
    /// [`OverBudget`] when there is no room for another node.
    pub(crate) fn node(&mut self, variable: u32, children: &[NodeId]) -> Result<NodeId, OverBudget> {
        debug_assert_eq!(self.levels.get(variable as usize).copied(), u32::try_from(children.len()).ok());
        if let Some((first, rest)) = children.split_first()
            && rest.iter().all(|child| child == first)
        {
            return Ok(*first);
        }
        let hash = hash(variable, children);
        let same = |id: &NodeId| self.variable(*id) == Some(variable) && self.children(*id) == children;
        if let Some(id) = self.known.find(hash, same) {
            return Ok(*id);
        }
        // A node of very many levels counts for more than one.
        if self.nodes.len() >= self.budget || self.children.len() / CHILDREN_OF_A_NODE >= self.budget {
            return Err(OverBudget(self.budget));
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { variable, first_child: self.children.len() as u32 });
        self.children.extend_from_slice(children);
        let Self { levels, nodes, children, known, .. } = self;
        known.insert_unique(hash, id, |id| {
            let of = node_of(levels, nodes, children, *id);
            of.map_or(0, |(variable, children)| self::hash(variable, children))
        });
        Ok(id)
    }

    /// The variable that a node asks for; none for a leaf.
    pub(crate) fn variable(&self, id: NodeId) -> Option<u32> {
        self.nodes.get(id.0 as usize).map(|node| node.variable)
    }

    /// The children of a node, one a level; empty for a leaf.
    pub(crate) fn children(&self, id: NodeId) -> &[NodeId] {
        node_of(&self.levels, &self.nodes, &self.children, id).map_or(&[], |(_, children)| children)
    }

    /// What `id` becomes when `variable` (its own, or one above it) has this level.
    pub(crate) fn cofactor(&self, id: NodeId, variable: u32, level: usize) -> NodeId {
        debug_assert!(self.levels.get(variable as usize).is_none_or(|count| level < *count as usize));
        match self.nodes.get(id.0 as usize) {
            Some(node) if node.variable == variable => {
                self.children.get(node.first_child as usize + level).copied().unwrap_or(id)
            }
            _ => id,
        }
    }

    /// The function `branches[selector]`: a case distinction over the outcomes `0..` of `selector`.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn select(&mut self, selector: NodeId, branches: &[NodeId]) -> Result<NodeId, OverBudget> {
        let mut functions = vec![selector];
        functions.extend_from_slice(branches);
        self.apply(&functions, &|functions| {
            let (selector, branches) = functions.split_first()?;
            match selector.outcome() {
                Some(outcome) => branches.get(outcome as usize).or(branches.last()).copied(),
                None => all_equal(branches),
            }
        })
    }

    /// `combine` of the outcomes of two functions.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn combine(
        &mut self,
        a: NodeId,
        b: NodeId,
        combine: &dyn Fn(u32, u32) -> u32,
    ) -> Result<NodeId, OverBudget> {
        // The same two outcomes meet at very many places, and exact fractions are dear.
        let known: RefCell<FxHashMap<(u32, u32), u32>> = RefCell::default();
        self.apply(&[a, b], &|functions| {
            let [a, b] = functions else { return None };
            let pair = (a.outcome()?, b.outcome()?);
            let outcome = *known.borrow_mut().entry(pair).or_insert_with(|| combine(pair.0, pair.1));
            Some(NodeId::leaf(outcome))
        })
    }

    /// Adds up several functions: `add` takes a sum, the number of a function and its outcome, and gives the next sum. The
    /// first sum is 0, and the order in which outcomes are added must not matter.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn add_up(
        &mut self,
        functions: &[NodeId],
        add: &dyn Fn(u32, usize, u32) -> u32,
    ) -> Result<NodeId, OverBudget> {
        // What is known of a function goes into the sum, and nothing is left of it: sheets with the same sum meet.
        let added = NodeId::leaf(u32::MAX >> 1);
        let sum_and_functions = [&[NodeId::leaf(0)], functions].concat();
        self.apply(&sum_and_functions, &|functions| {
            let (sum, functions) = functions.split_first_mut()?;
            for (number, function) in functions.iter_mut().enumerate() {
                if let Some(outcome) = function.outcome().filter(|_| *function != added) {
                    *sum = NodeId::leaf(add(sum.outcome()?, number, outcome));
                    *function = added;
                }
            }
            functions.iter().all(|function| *function == added).then_some(*sum)
        })
    }

    /// The function with every outcome replaced.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn map(&mut self, function: NodeId, replace: &dyn Fn(u32) -> u32) -> Result<NodeId, OverBudget> {
        self.apply(&[function], &|functions| Some(NodeId::leaf(replace(functions.first()?.outcome()?))))
    }

    /// What all functions agree on, and `undecided` where they do not. An `undecided` of one is one of all.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn consensus(&mut self, functions: &[NodeId], undecided: u32) -> Result<NodeId, OverBudget> {
        self.apply(functions, &|functions| {
            if functions.iter().any(|id| id.outcome() == Some(undecided)) {
                return Some(NodeId::leaf(undecided));
            }
            let agreed = all_equal(functions);
            let leaves = functions.iter().all(|id| id.outcome().is_some());
            agreed.or(leaves.then_some(NodeId::leaf(undecided)))
        })
    }

    /// The variables that the function really depends on, in order.
    pub(crate) fn support(&self, root: NodeId) -> Vec<u32> {
        let mut variables: Vec<u32> = self.reachable(root).into_iter().filter_map(|id| self.variable(id)).collect();
        variables.sort_unstable();
        variables.dedup();
        variables
    }

    /// The nodes below a root, itself included, children before parents.
    pub(crate) fn reachable(&self, root: NodeId) -> Vec<NodeId> {
        let mut seen: Vec<bool> = vec![false; self.nodes.len()];
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if let Some(mark) = seen.get_mut(id.0 as usize).filter(|mark| !**mark) {
                *mark = true;
                stack.extend_from_slice(self.children(id));
            }
        }
        seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(at, _)| NodeId(at as u32)).collect()
    }

    /// A function in a diagram that holds nothing else: what was made on the way to it is left behind.
    ///
    /// # Errors
    /// None in truth: it fits where it fitted before.
    pub(crate) fn alone(&self, root: NodeId) -> Result<(Diagram, NodeId), OverBudget> {
        let mut alone = Diagram::new(self.levels.clone(), self.budget);
        let mut made: Vec<NodeId> = (0..self.nodes.len() as u32).map(NodeId).collect();
        let new = |made: &[NodeId], id: NodeId| made.get(id.0 as usize).copied().unwrap_or(id);
        for id in self.reachable(root) {
            let children: Vec<NodeId> = self.children(id).iter().map(|child| new(&made, *child)).collect();
            let node = alone.node(self.variable(id).unwrap_or(0), &children)?;
            if let Some(place) = made.get_mut(id.0 as usize) {
                *place = node;
            }
        }
        Ok((alone, new(&made, root)))
    }
}

/// The variable and the children of a node.
fn node_of<'a>(levels: &[u32], nodes: &[Node], children: &'a [NodeId], id: NodeId) -> Option<(u32, &'a [NodeId])> {
    let node = nodes.get(id.0 as usize)?;
    let count = levels.get(node.variable as usize).copied().unwrap_or(0);
    let own = children.get(node.first_child as usize..(node.first_child + count) as usize)?;
    Some((node.variable, own))
}

/// The same in every build: no random seed.
fn hash(variable: u32, children: &[NodeId]) -> u64 {
    let mut hasher = FxHasher::default();
    (variable, children).hash(&mut hasher);
    hasher.finish()
}

/// The one value they all have.
fn all_equal(functions: &[NodeId]) -> Option<NodeId> {
    let (first, rest) = functions.split_first()?;
    rest.iter().all(|id| id == first).then_some(*first)
}
