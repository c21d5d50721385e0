//! Runs a condition over every combination of what it really reads, by backtracking: the exact decision tree.

use std::cell::RefCell;
use std::rc::Rc;

use super::read::{Domain, Explorer, Read, Step, Tree};
use super::{Compiled, Script, ScriptError};

/// The most paths that one condition may have, the most of one variant, and the most reads on a path.
/// Design choices: the largest honest rules seen have some hundred paths.
pub(crate) const MAX_PATHS: usize = 5_000;
pub(crate) const MAX_PATHS_OF_VARIANT: usize = 20_000;
const MAX_READS_ON_A_PATH: usize = 64;

/// What exploring found.
#[derive(Debug)]
pub(crate) enum Explored {
    /// The whole tree and how many paths it has.
    Tree(Tree, usize),
    /// The condition fails for some answers; the reads on the way are the witness.
    Failed(ScriptError, Vec<(Read, usize)>),
    /// The budget was reached; what it reads.
    TooLarge(Vec<Read>),
}

/// Explores a condition; at most `budget` paths.
pub(crate) fn explore(
    script: &Script,
    text: &str,
    compiled: &Compiled,
    domain: &Rc<Domain>,
    budget: usize,
) -> Explored {
    let mut path: Vec<Step> = Vec::new();
    let mut paths = 0;
    loop {
        paths += 1;
        let explorer = Explorer { domain: Rc::clone(domain), path, depth: MAX_READS_ON_A_PATH, overflowed: false };
        let explorer = Rc::new(RefCell::new(explorer));
        let result = script.evaluate(text, compiled, Rc::<RefCell<Explorer>>::clone(&explorer));
        path = std::mem::take(&mut explorer.borrow_mut().path);
        if explorer.borrow().overflowed || paths > budget.min(MAX_PATHS) {
            return Explored::TooLarge(path.into_iter().map(|step| step.read).collect());
        }
        let mut subtree = match result {
            Ok(truth) => Tree::Leaf(truth),
            Err(error) => {
                return Explored::Failed(error, path.into_iter().map(|step| (step.read, step.alternative)).collect());
            }
        };
        // Close every step whose alternatives are all done; then go on with the next alternative of the last open one.
        loop {
            let Some(mut step) = path.pop() else {
                return Explored::Tree(subtree, paths);
            };
            step.children.push(subtree);
            step.alternative += 1;
            if step.alternative < step.alternatives {
                path.push(step);
                break;
            }
            subtree = Tree::Node(step.read, step.children);
        }
    }
}
