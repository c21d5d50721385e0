//! Blocks to threads and back: each thread scores blocks of its own, and what comes back is taken in the order of the file.
//!
//! Threads and channels of the standard library do all that is needed: who reads hands blocks out in turn and takes results
//! in the same turn, so that no more than two blocks a thread are held and the order needs no sorting.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::worker::{Scored, Worker};
use crate::exit::Failure;
use crate::survey::Block;

/// How many blocks a thread may be behind.
const AHEAD: usize = 2;

/// Scores every block that `next` gives, and hands what was found to `take`, in the same order, until it says that it has
/// had enough. Gives the workers back.
///
/// # Errors
/// What reading, scoring or taking says first, in the order of the blocks.
pub(super) fn run<'j, 'a>(
    workers: Vec<Worker<'j, 'a>>,
    next: &mut dyn FnMut(Block) -> Result<Option<Block>, Failure>,
    take: &mut dyn FnMut(&mut Scored) -> Result<(), Failure>,
) -> Result<Vec<Worker<'j, 'a>>, Failure> {
    let mut workers = workers;
    if let [worker] = workers.as_mut_slice() {
        let mut scored = Scored::default();
        let verifier = worker.verifier()?;
        while let Some(block) = next(std::mem::take(&mut scored.used))? {
            scored = worker.score(block, scored, verifier.as_ref())?;
            take(&mut scored)?;
        }
        return Ok(workers);
    }
    std::thread::scope(|scope| {
        let mut lanes: Vec<Lane> = Vec::new();
        let mut running = Vec::new();
        for mut worker in workers {
            let (to, blocks) = sync_channel::<(Block, Scored)>(AHEAD);
            let (results, from) = sync_channel::<Result<Scored, Failure>>(AHEAD);
            lanes.push(Lane { to, from });
            running.push(scope.spawn(move || {
                // The interpreter stays in the thread that made it.
                let verifier = match worker.verifier() {
                    Ok(verifier) => verifier,
                    Err(failure) => {
                        // Who listens takes it as the result of the first block.
                        drop(results.send(Err(failure)));
                        return worker;
                    }
                };
                for (block, used) in blocks {
                    let scored = worker.score(block, used, verifier.as_ref());
                    let failed = scored.is_err();
                    // Nobody listens any more after a failure elsewhere.
                    if results.send(scored).is_err() || failed {
                        break;
                    }
                }
                worker
            }));
        }
        let done = in_turn(&lanes, next, take);
        drop(lanes);
        let workers = running.into_iter().map(|thread| thread.join().map_err(|_| stopped())).collect();
        done.and(workers)
    })
}

/// The two ends of a thread.
struct Lane {
    to: SyncSender<(Block, Scored)>,
    from: Receiver<Result<Scored, Failure>>,
}

fn in_turn(
    lanes: &[Lane],
    next: &mut dyn FnMut(Block) -> Result<Option<Block>, Failure>,
    take: &mut dyn FnMut(&mut Scored) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let lane = |number: usize| lanes.get(number % lanes.len()).ok_or_else(stopped);
    let (mut sent, mut taken) = (0, 0);
    let mut used = Scored::default();
    loop {
        let block = next(std::mem::take(&mut used.used))?;
        if let Some(block) = block {
            lane(sent)?.to.send((block, std::mem::take(&mut used))).map_err(|_| stopped())?;
            sent += 1;
            if sent - taken < AHEAD * lanes.len() {
                continue;
            }
        } else if taken == sent {
            return Ok(());
        }
        used = lane(taken)?.from.recv().map_err(|_| stopped())??;
        taken += 1;
        take(&mut used)?;
    }
}

/// A thread ended before its time; what it says of that stands on stderr.
fn stopped() -> Failure {
    Failure::writing("the rows", std::io::Error::other("a thread stopped before its time"))
}
