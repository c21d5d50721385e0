//! How many sheets lead to each outcome, exactly.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::{Diagram, NodeId, OverBudget};

/// How many sheets have which outcome.
type Counts = BTreeMap<u32, BigUint>;

impl Diagram {
    /// How many sheets lead to each outcome, where level `l` of variable `v` stands for `sizes[v][l]` answers.
    ///
    /// # Errors
    /// [`OverBudget`] if more counts than the budget has nodes would be kept at once: a count takes more room than a node.
    pub(crate) fn weigh(&self, root: NodeId, sizes: &[Vec<u32>]) -> Result<Counts, OverBudget> {
        let totals: Vec<u32> = sizes.iter().map(|levels| levels.iter().sum()).collect();
        let last = totals.len();
        let place = |id: NodeId| self.variable(id).map_or(last, |variable| variable as usize);
        // The variables that a path steps over have any of their answers.
        let mut gaps: BTreeMap<(usize, usize), BigUint> = BTreeMap::new();
        let mut gap = |from: usize, to: usize| {
            let product = || totals.get(from..to).unwrap_or_default().iter().copied().map(BigUint::from).product();
            gaps.entry((from, to)).or_insert_with(product).clone()
        };
        let nodes = self.reachable(root);
        let mut known: Vec<Counts> = Vec::with_capacity(nodes.len());
        let mut kept = 0;
        for id in &nodes {
            let variable = place(*id);
            let mut counts = Counts::new();
            for (level, child) in self.children(*id).iter().enumerate() {
                let size = sizes.get(variable).and_then(|levels| levels.get(level)).copied().unwrap_or(1);
                let ways = gap(variable + 1, place(*child)) * size;
                let mut add = |outcome: u32, count: BigUint| *counts.entry(outcome).or_default() += count;
                match child.outcome() {
                    Some(outcome) => add(outcome, ways),
                    // Children come before their parents.
                    None => {
                        let below = nodes.binary_search(child).ok().and_then(|at| known.get(at));
                        for (outcome, count) in below.into_iter().flatten() {
                            add(*outcome, count * &ways);
                        }
                    }
                }
            }
            kept += counts.len();
            if kept > self.budget {
                return Err(OverBudget(self.budget));
            }
            known.push(counts);
        }
        Ok(match root.outcome() {
            Some(outcome) => Counts::from([(outcome, gap(0, last))]),
            None => {
                let above = gap(0, place(root));
                known.pop().unwrap_or_default().into_iter().map(|(outcome, count)| (outcome, count * &above)).collect()
            }
        })
    }
}
