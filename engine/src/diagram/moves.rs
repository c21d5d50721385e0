//! Sheets that differ in one variable: the same function seen from the other sheet, and pairs of outcomes.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{Diagram, NodeId, OverBudget};

impl Diagram {
    /// The function that at each level of `variable` is one of `functions` at some level of it: `source(level)` says
    /// which one, and at which level.
    ///
    /// With one function and `source = |level| (0, level + 1)` it is what the sheet one step up would say.
    ///
    /// # Errors
    /// [`OverBudget`] when the result does not fit.
    pub(crate) fn moved(
        &mut self,
        functions: &[NodeId],
        variable: u32,
        source: &dyn Fn(u32) -> (usize, u32),
    ) -> Result<NodeId, OverBudget> {
        self.moved_memo(functions, variable, source, &mut FxHashMap::default())
    }

    fn moved_memo(
        &mut self,
        functions: &[NodeId],
        variable: u32,
        source: &dyn Fn(u32) -> (usize, u32),
        memo: &mut FxHashMap<Vec<NodeId>, NodeId>,
    ) -> Result<NodeId, OverBudget> {
        if let Some(known) = memo.get(functions) {
            return Ok(*known);
        }
        if memo.len() >= self.budget() {
            return Err(OverBudget(self.budget()));
        }
        let top = functions.iter().filter_map(|id| self.variable(*id)).min().filter(|top| *top < variable);
        let asked = top.unwrap_or(variable);
        let count = self.levels().get(asked as usize).copied().unwrap_or(0);
        let mut children = Vec::with_capacity(count as usize);
        for level in 0..count {
            children.push(if top.is_some() {
                let lower: Vec<NodeId> = functions.iter().map(|id| self.cofactor(*id, asked, level as usize)).collect();
                self.moved_memo(&lower, variable, source, memo)?
            } else {
                let (which, level) = source(level);
                functions.get(which).map_or(NodeId::leaf(0), |id| self.cofactor(*id, variable, level as usize))
            });
        }
        let id = self.node(asked, &children)?;
        memo.insert(functions.to_vec(), id);
        Ok(id)
    }

    /// Whether two sheets that differ in `variable` only, by one of `moves` (from level, to level), have outcomes for
    /// which `bad(from, to)` holds; it may not hold for two equal ones. `good` remembers pairs of nodes without such
    /// outcomes; it serves for one `bad`.
    ///
    /// # Errors
    /// [`OverBudget`] when there are more pairs than nodes are allowed.
    pub(crate) fn has_move(
        &self,
        root: NodeId,
        variable: u32,
        moves: &[(u32, u32)],
        bad: &dyn Fn(u32, u32) -> bool,
        good: &mut BTreeSet<(NodeId, NodeId)>,
    ) -> Result<bool, OverBudget> {
        for id in self.reachable(root).into_iter().filter(|id| self.variable(*id) == Some(variable)) {
            for (from, to) in moves {
                let child = |level: &u32| self.cofactor(id, variable, *level as usize);
                if self.has_pair(child(from), child(to), bad, good)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn has_pair(
        &self,
        a: NodeId,
        b: NodeId,
        bad: &dyn Fn(u32, u32) -> bool,
        good: &mut BTreeSet<(NodeId, NodeId)>,
    ) -> Result<bool, OverBudget> {
        if let (Some(a), Some(b)) = (a.outcome(), b.outcome()) {
            return Ok(bad(a, b));
        }
        if a == b || good.contains(&(a, b)) {
            return Ok(false);
        }
        if good.len() >= self.budget() {
            return Err(OverBudget(self.budget()));
        }
        let Some(variable) = [a, b].iter().filter_map(|id| self.variable(*id)).min() else { return Ok(false) };
        let count = self.levels().get(variable as usize).copied().unwrap_or(0) as usize;
        for level in 0..count {
            if self.has_pair(self.cofactor(a, variable, level), self.cofactor(b, variable, level), bad, good)? {
                return Ok(true);
            }
        }
        good.insert((a, b));
        Ok(false)
    }
}
