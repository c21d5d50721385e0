//! Leaving by Ctrl-C: at once, without a word, and with nothing half done.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::exit::Failure;

/// What Ctrl-C does from now on: it ends the program with status 0. Elsewhere it is left to the system.
pub(super) struct CtrlC {
    at_once: Arc<AtomicBool>,
    pressed: Arc<AtomicBool>,
}

impl CtrlC {
    /// Lets Ctrl-C leave.
    ///
    /// # Errors
    /// The system does not let the signal be caught.
    pub(super) fn leaves() -> Result<Self, Failure> {
        let (at_once, pressed) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let catch = || -> io::Result<()> {
            flag::register_conditional_shutdown(SIGINT, 0, Arc::clone(&at_once))?;
            flag::register(SIGINT, Arc::clone(&pressed))?;
            Ok(())
        };
        catch().map_err(|error| Failure::Io { doing: "cannot listen for Ctrl-C".to_owned(), error })?;
        Ok(Self { at_once, pressed })
    }

    /// Does something that Ctrl-C waits for, so that no part of a file is left under another name.
    pub(super) fn waits_for<T>(&self, work: impl FnOnce() -> T) -> T {
        self.at_once.store(false, Ordering::SeqCst);
        let done = work();
        self.at_once.store(true, Ordering::SeqCst);
        if self.pressed.load(Ordering::SeqCst) {
            process::exit(0);
        }
        done
    }
}
