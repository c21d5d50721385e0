//! What a sheet says when an answer is open or moved a step, and with it the questions that hang on that answer.

use super::Sheets;
use crate::compile::complete::Made;
use crate::diagram::NodeId;

/// Which questions hang on which.
pub(super) struct Moves {
    /// For each variable: those that are asked only because of it, near and far, the farthest first.
    hanging: Vec<Vec<u32>>,
    /// For each variable and level: whether each of its nearest questions is asked.
    asks: Vec<Vec<(u32, Vec<bool>)>>,
}

impl Moves {
    pub(super) fn new(sheets: &Sheets<'_>) -> Self {
        let count = sheets.variables.len();
        let mut asks = vec![Vec::new(); count];
        for at in 0..count as u32 {
            if let Some((parent, levels)) = sheets.parent(at)
                && let Some(own) = asks.get_mut(parent as usize)
            {
                own.push((at, levels));
            }
        }
        let mut moves = Self { hanging: Vec::new(), asks };
        moves.hanging = (0..count as u32)
            .map(|at| {
                let mut found = Vec::new();
                moves.collect(at, &mut found);
                found
            })
            .collect();
        moves
    }

    fn collect(&self, at: u32, found: &mut Vec<u32>) {
        for (child, _) in self.asks.get(at as usize).into_iter().flatten() {
            self.collect(*child, found);
            found.push(*child);
        }
    }

    /// The function with a variable open: what all its answers agree on, else `several`.
    fn open(&self, sheets: &mut Sheets<'_>, function: NodeId, at: u32, several: u32) -> Made {
        let mut open = function;
        for hanging in self.hanging.get(at as usize).into_iter().flatten() {
            open = open_one(sheets, open, *hanging, several)?;
        }
        open_one(sheets, open, at, several)
    }

    /// The function over sheets on which something is missing: there it is what all fills agree on, else `several`.
    pub(super) fn open_missing(&self, sheets: &mut Sheets<'_>, function: NodeId, several: u32) -> Made {
        let mut made = function;
        // What hangs on an answer is open before that answer is.
        for at in self.farthest_first(sheets) {
            let Some(variable) = sheets.variables.get(at as usize).filter(|variable| variable.may_be_missing) else {
                continue;
            };
            let first_missing = variable.skipped();
            let open = self.open(sheets, made, at, several)?;
            made = sheets.diagram.moved(&[made, open], at, &|level| (usize::from(level >= first_missing), level))?;
        }
        Ok(made)
    }

    /// The questions that hang on a variable and are asked at one of its levels and not at another.
    fn brought_up(&self, at: u32, from: u32, to: u32) -> Vec<u32> {
        let asks = self.asks.get(at as usize).into_iter().flatten();
        let newly = asks
            .filter(|(_, levels)| levels.get(to as usize) == Some(&true) && levels.get(from as usize) != Some(&true));
        newly.map(|(child, _)| *child).collect()
    }

    fn farthest_first(&self, sheets: &Sheets<'_>) -> Vec<u32> {
        let depth = |at: &u32| {
            let (mut depth, mut above) = (0, sheets.parent(*at));
            while let Some((parent, _)) = above {
                depth += 1;
                above = sheets.parent(parent);
            }
            depth
        };
        let mut all: Vec<u32> = (0..sheets.variables.len() as u32).collect();
        all.sort_by_key(|at| std::cmp::Reverse(depth(at)));
        all
    }

    /// Whether one step of an answer would change what a sheet leans to; asked only where it leans decisively.
    ///
    /// One boundary for each item, joined by "or": about nine times quicker than following the set of neighbours.
    pub(super) fn steps(
        &self,
        sheets: &mut Sheets<'_>,
        lean: NodeId,
        several: u32,
        is_decisive: &dyn Fn(u32) -> bool,
    ) -> Made {
        let mut found = NodeId::leaf(0);
        for at in 0..sheets.variables.len() as u32 {
            let Some(variable) = sheets.variables.get(at as usize).filter(|variable| variable.steppable) else {
                continue;
            };
            let known = variable.known;
            // The questions that a step would bring up have no answer yet: one function for each set of them.
            let mut sets: Vec<Vec<u32>> = vec![Vec::new()];
            let mut functions = vec![lean];
            for (from, to) in (0..known).flat_map(|from| [from.checked_sub(1), Some(from + 1)].map(|to| (from, to))) {
                let Some(to) = to.filter(|to| *to < known) else { continue };
                let brought_up = self.brought_up(at, from, to);
                if !sets.contains(&brought_up) {
                    let mut open = lean;
                    for child in &brought_up {
                        open = self.open(sheets, open, *child, several)?;
                    }
                    functions.push(open);
                    sets.push(brought_up);
                }
            }
            let step = |from: u32, to: Option<u32>| match to.filter(|to| from < known && *to < known) {
                Some(to) => {
                    let brought_up = self.brought_up(at, from, to);
                    (sets.iter().position(|set| *set == brought_up).unwrap_or(0), to)
                }
                None => (0, from),
            };
            let up = sheets.diagram.moved(&functions, at, &|level| step(level, Some(level + 1)))?;
            let down = sheets.diagram.moved(&functions, at, &|level| step(level, level.checked_sub(1)))?;
            found = sheets.diagram.apply(&[found, lean, up, down], &|functions| {
                let [found, lean, up, down] = functions else { return None };
                if found.outcome() == Some(1) {
                    return Some(*found);
                }
                let is_plain = lean.outcome().is_some_and(|lean| !is_decisive(lean));
                if is_plain || (lean == up && lean == down) {
                    return Some(*found);
                }
                let (lean, up, down) = (lean.outcome()?, up.outcome()?, down.outcome()?);
                if lean != up || lean != down { Some(NodeId::leaf(1)) } else { Some(*found) }
            })?;
        }
        Ok(found)
    }
}

/// What all answers of one variable agree on, else `several`. "Does not apply" is no answer.
fn open_one(sheets: &mut Sheets<'_>, function: NodeId, at: u32, several: u32) -> Made {
    let known = sheets.variables.get(at as usize).map_or(0, |variable| variable.known);
    let mut fills = Vec::new();
    for level in 0..known {
        fills.push(sheets.diagram.moved(&[function], at, &|_| (0, level))?);
    }
    fills.dedup();
    sheets.diagram.consensus(&fills, several)
}
