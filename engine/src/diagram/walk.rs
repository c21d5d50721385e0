//! Questions about one sheet: where it leads, where it could lead with some answers open, what settles it, and
//! what lies nearest.

use super::{Diagram, NodeId, OverBudget};

/// What is known of a variable on one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It has this level.
    Known(u32),
    /// It can have any of the first so many levels.
    Open(u32),
}

/// Walks of one sheet: as it is, and then with one variable moved. Its room is kept, so that a walk allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Walker {
    /// The last walk that came by each node.
    stamps: Vec<u32>,
    stamp: u32,
    /// The walk of the sheet as it is, what it found, and the nodes it came by with their variables.
    own: u32,
    found: u32,
    visited: Vec<(u32, NodeId)>,
    stack: Vec<NodeId>,
}

impl Walker {
    /// The outcomes that can be reached, as a set of bits (outcomes up to 31). Stops early once all of `full` are found.
    pub(crate) fn outcomes(&mut self, diagram: &Diagram, root: NodeId, sheet: &[Opening], full: u32) -> u32 {
        if self.stamps.len() < diagram.nodes.len() {
            self.stamps.resize(diagram.nodes.len(), 0);
        }
        self.stamp += 1;
        (self.own, self.found) = (self.stamp, 0);
        self.visited.clear();
        self.stack.clear();
        self.stack.push(root);
        let mut visited = std::mem::take(&mut self.visited);
        self.found = self.walk(diagram, sheet, full, |variable, id| visited.push((variable, id)));
        // Without open answers there is one path, and it is in order.
        if !visited.is_sorted() {
            visited.sort_unstable();
        }
        self.visited = visited;
        self.found
    }

    /// The outcomes of the same sheet with one variable moved to a level. Only what lies behind the move is walked: where
    /// it comes to a node that the sheet itself came by below it, what follows is known.
    pub(crate) fn moved(
        &mut self,
        diagram: &Diagram,
        sheet: &[Opening],
        (variable, level): (u32, u32),
        full: u32,
    ) -> u32 {
        let start = self.visited.partition_point(|(own, _)| *own < variable);
        let own = self.visited.get(start..).unwrap_or_default().iter().take_while(|(own, _)| *own == variable);
        self.stamp += 1;
        self.stack.clear();
        self.stack.extend(own.filter_map(|(_, id)| diagram.children(*id).get(level as usize)));
        if self.stack.is_empty() {
            // Nothing asks for it.
            return self.found;
        }
        self.walk(diagram, sheet, full, |_, _| {})
    }

    /// Walks on from the nodes on the stack.
    fn walk(&mut self, diagram: &Diagram, sheet: &[Opening], full: u32, mut visit: impl FnMut(u32, NodeId)) -> u32 {
        let mut found = 0;
        while let Some(mut id) = self.stack.pop() {
            loop {
                if let Some(outcome) = id.outcome() {
                    found |= 1 << outcome;
                    break;
                }
                let (Some(stamp), Some(node)) = (self.stamps.get_mut(id.0 as usize), diagram.nodes.get(id.0 as usize))
                else {
                    break;
                };
                if *stamp == self.own && self.own != self.stamp {
                    found |= self.found;
                    break;
                }
                if *stamp == self.stamp {
                    break;
                }
                *stamp = self.stamp;
                visit(node.variable, id);
                match sheet.get(node.variable as usize) {
                    Some(Opening::Known(level)) => match diagram.cofactor(id, node.variable, *level as usize) {
                        child if child != id => id = child,
                        _ => break,
                    },
                    Some(Opening::Open(count)) => {
                        self.stack.extend(diagram.children(id).iter().take(*count as usize));
                        break;
                    }
                    None => break,
                }
            }
            if found == full {
                break;
            }
        }
        found
    }
}

/// The cheapest change of a sheet that reaches an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nearest<C> {
    /// What it costs in all.
    pub(crate) cost: C,
    /// The variables to change, and the levels they get.
    pub(crate) changes: Vec<(u32, u32)>,
}

impl Diagram {
    /// The outcome of a sheet on which every variable is known.
    pub(crate) fn outcome(&self, root: NodeId, level: impl Fn(u32) -> u32) -> Option<u32> {
        let mut id = root;
        while let Some(variable) = self.variable(id) {
            id = *self.children(id).get(level(variable) as usize)?;
        }
        id.outcome()
    }

    /// The variables asked for on the way of a fully known sheet, in order.
    pub(crate) fn path(&self, root: NodeId, level: impl Fn(u32) -> u32) -> Vec<u32> {
        let mut path = Vec::new();
        self.follow(root, level, |variable| path.push(variable));
        path
    }

    /// Goes the way of a fully known sheet and says each variable that is asked for, in order.
    pub(crate) fn follow(&self, root: NodeId, level: impl Fn(u32) -> u32, mut asked: impl FnMut(u32)) {
        let mut id = root;
        while let Some(variable) = self.variable(id) {
            asked(variable);
            match self.children(id).get(level(variable) as usize) {
                Some(child) => id = *child,
                None => break,
            }
        }
    }

    /// Whether the known levels of a sheet leave only one outcome.
    pub(crate) fn is_settled(&self, root: NodeId, sheet: &[Opening]) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = vec![root];
        let mut only = None;
        while let Some(id) = stack.pop() {
            if let Some(outcome) = id.outcome() {
                if *only.get_or_insert(outcome) != outcome {
                    return false;
                }
                continue;
            }
            let Some(mark) = seen.get_mut(id.0 as usize).filter(|mark| !**mark) else { continue };
            *mark = true;
            let children = self.children(id);
            match self.variable(id).and_then(|variable| sheet.get(variable as usize)) {
                Some(Opening::Known(level)) => stack.extend(children.get(*level as usize)),
                Some(Opening::Open(count)) => stack.extend(children.iter().take(*count as usize)),
                None => stack.extend(children),
            }
        }
        true
    }

    /// Whether every way from here ends where `wanted` holds, if these variables have these levels and every other one
    /// any level that `may_be`.
    pub(crate) fn is_always(
        &self,
        root: NodeId,
        fixed: &[(u32, u32)],
        may_be: &dyn Fn(u32, u32) -> bool,
        wanted: &dyn Fn(u32) -> bool,
    ) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            let Some(variable) = self.variable(id) else {
                if id.outcome().is_some_and(wanted) {
                    continue;
                }
                return false;
            };
            match seen.get_mut(id.0 as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let known = fixed.iter().find(|(known, _)| *known == variable).map(|(_, level)| *level);
            let ways = (0_u32..).zip(self.children(id));
            let open =
                ways.filter(|(level, _)| known.map_or_else(|| may_be(variable, *level), |known| known == *level));
            stack.extend(open.map(|(_, child)| *child));
        }
        true
    }

    /// The open variables that the function still depends on, once the known levels are filled in.
    ///
    /// Asking exactly these settles the outcome whatever the answers are, and no smaller set does: it is the
    /// support of the restricted function.
    pub(crate) fn open_support(&self, root: NodeId, sheet: &[Opening]) -> Result<Vec<u32>, OverBudget> {
        let open = |opening: &Opening| match opening {
            Opening::Known(_) => 1,
            Opening::Open(count) => *count,
        };
        let mut restricted = Diagram::new(sheet.iter().map(open).collect(), self.budget);
        let mut made: Vec<Option<NodeId>> = vec![None; self.nodes.len()];
        // Children have smaller numbers than parents, so one pass upwards sees every child before it is needed.
        for id in self.reachable(root) {
            let variable = self.variable(id).unwrap_or(0);
            let new = |child: &NodeId| made.get(child.0 as usize).copied().flatten().unwrap_or(*child);
            let node = match sheet.get(variable as usize) {
                Some(Opening::Open(count)) => {
                    let children: Vec<NodeId> = self.children(id).iter().take(*count as usize).map(new).collect();
                    restricted.node(variable, &children)?
                }
                Some(Opening::Known(level)) => self.children(id).get(*level as usize).map(new).unwrap_or(id),
                None => id,
            };
            if let Some(place) = made.get_mut(id.0 as usize) {
                *place = Some(node);
            }
        }
        let new_root = made.get(root.0 as usize).copied().flatten().unwrap_or(root);
        Ok(restricted.support(new_root))
    }

    /// The cheapest levels that lead to an outcome for which `wanted` holds. `cost(variable, level)` is what it
    /// costs to have this level; none forbids it. Ties go to the lower levels, so the answer is always the same.
    pub(crate) fn nearest<C>(
        &self,
        root: NodeId,
        zero: C,
        wanted: &dyn Fn(u32) -> bool,
        cost: &dyn Fn(u32, u32) -> Option<C>,
    ) -> Option<Nearest<C>>
    where
        C: Clone + Ord + std::ops::Add<Output = C>,
    {
        // The best way down from each node, children first.
        let nodes = self.reachable(root);
        let mut best: Vec<Option<(C, u32)>> = vec![None; self.nodes.len()];
        let price = |best: &[Option<(C, u32)>], id: NodeId| match id.outcome() {
            Some(outcome) => wanted(outcome).then(|| zero.clone()),
            None => best.get(id.0 as usize).cloned().flatten().map(|(cost, _)| cost),
        };
        for id in nodes {
            let variable = self.variable(id).unwrap_or(0);
            let mut cheapest: Option<(C, u32)> = None;
            for (level, child) in (0_u32..).zip(self.children(id)) {
                let (Some(step), Some(rest)) = (cost(variable, level), price(&best, *child)) else {
                    continue;
                };
                let total = step + rest;
                if cheapest.as_ref().is_none_or(|(known, _)| total < *known) {
                    cheapest = Some((total, level));
                }
            }
            if let Some(place) = best.get_mut(id.0 as usize) {
                *place = cheapest;
            }
        }
        let total = price(&best, root)?;
        let mut changes = Vec::new();
        let mut id = root;
        while let Some(variable) = self.variable(id) {
            let (_, level) = best.get(id.0 as usize).cloned().flatten()?;
            if cost(variable, level).is_some_and(|step| step > zero) {
                changes.push((variable, level));
            }
            id = *self.children(id).get(level as usize)?;
        }
        Some(Nearest { cost: total, changes })
    }
}
