//! Files that are not finished yet. A signal that ends the program clears them away first; nothing helps against SIGKILL,
//! which leaves such a file beside its place, under its own name, and never a half output.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::{fs, io, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

static FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
static LISTENING: Once = Once::new();

/// A file that is not finished yet, for as long as this lives.
#[derive(Debug)]
pub(super) struct Pending(PathBuf);

impl Pending {
    /// From now on a signal clears this file away.
    ///
    /// # Errors
    /// The system does not let signals be caught.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let mut listening = Ok(());
        LISTENING.call_once(|| listening = listen());
        listening?;
        FILES.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Ok(Self(path.to_owned()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        FILES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Waits for a signal on a thread of its own; then the program ends as the signal would have ended it.
fn listen() -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let wait = move || {
        for signal in signals.forever() {
            for path in FILES.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                // What is gone already needs no clearing away.
                let _ = fs::remove_file(path);
            }
            let _ = emulate_default_handler(signal);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
}
