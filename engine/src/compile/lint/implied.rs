//! Whether one condition holds wherever another does, as far as their trees show.

use crate::script::{Read, Tree};

/// The most steps of one comparison: with the largest trees of honest rulesets a few thousand. Past it nothing is said.
const MAX_STEPS: usize = 200_000;

/// Whether the second tree holds wherever the first one does. Different reads count as independent of each other, so
/// a yes is certain and a no may be wrong; the exact answer is a matter of the diagram.
pub(super) fn implies(first: &Tree, second: &Tree) -> bool {
    let mut walk = Walk { path: Vec::new(), steps: 0 };
    walk.implies(first, second) && walk.steps < MAX_STEPS
}

struct Walk<'t> {
    /// What was read on the way, and which alternative was taken.
    path: Vec<(&'t Read, usize)>,
    steps: usize,
}

impl<'t> Walk<'t> {
    fn implies(&mut self, first: &'t Tree, second: &'t Tree) -> bool {
        self.steps += 1;
        if self.steps >= MAX_STEPS {
            return false;
        }
        match (first, second) {
            (Tree::Leaf(false), _) | (_, Tree::Leaf(true)) => true,
            (Tree::Leaf(true), Tree::Leaf(false)) => false,
            (Tree::Node(read, children), _) => {
                children.iter().enumerate().all(|(at, child)| self.along(read, at, child, second))
            }
            (Tree::Leaf(true), Tree::Node(read, children)) => {
                children.iter().enumerate().all(|(at, child)| self.along(read, at, first, child))
            }
        }
    }

    /// Goes on with one alternative of a read, if what was read before allows it.
    fn along(&mut self, read: &'t Read, alternative: usize, first: &'t Tree, second: &'t Tree) -> bool {
        if self.path.iter().any(|(known, taken)| excludes(known, *taken, read, alternative)) {
            return true;
        }
        self.path.push((read, alternative));
        let holds = self.implies(first, second);
        self.path.pop();
        holds
    }
}

/// Whether an outcome of a read cannot stand beside that of another.
fn excludes(known: &Read, taken: usize, read: &Read, alternative: usize) -> bool {
    if known == read {
        return taken != alternative;
    }
    match (known, read) {
        (Read::Passes(subject, at), Read::Passes(other, cut)) if subject == other => match (taken, alternative) {
            (1, 0) => cut <= at,
            (0, 1) => cut >= at,
            _ => false,
        },
        _ => false,
    }
}
