//! What is done so that identifiers and the key are found in no memory but where they are in use.
//!
//! | where | how it is kept from others |
//! |---|---|
//! | core dumps, debuggers, `/proc/PID/mem` | [`keep_private`]: none are made, and only root may look |
//! | heap | the program clears whatever is freed (`zeroizing_alloc` in `main.rs`), copies of libraries included: hyper's buffers, serde's scratch, calamine's texts, SQLite's excepted, which allocates by itself and sees digests and addresses only |
//! | identifiers, questions, cells, the key | cleared when they are dropped (`zeroize`), in whatever program they are |
//! | a request's body | cleared once it is read, where it is ours alone; else when its connection is closed or reads on |
//!
//! What remains, and where: in registers and on stacks, until they are used again, what the processor worked on last;
//! in the kernel, what it received and did not yet forget; in hyper's buffer, the last request of a connection
//! that stays open (at most the idle time-out); in swap, whatever the system put there, so swap should be
//! encrypted or off.

use std::io;

/// From now on the system writes no core dump of this process, and lets nobody but root look into its memory.
///
/// `RLIMIT_CORE` is zero (setrlimit(2)), which a handler of core dumps would not heed, and the process is not
/// dumpable (`PR_SET_DUMPABLE`, prctl(2)), which it does.
///
/// # Errors
/// Where the system refuses.
#[cfg(unix)]
pub fn keep_private() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

/// Does nothing where the system knows no such limits.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn keep_private() -> io::Result<()> {
    Ok(())
}
