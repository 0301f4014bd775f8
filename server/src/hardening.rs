//! What the process gives up before it serves: core dumps, being looked into, and the words of its
//! own faults.

use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use std::io;

/// Forbids core dumps, and lets no process of the same user read this one's memory. Call it
/// before anything secret is read.
///
/// # Errors
/// Those of the system.
pub fn close_up() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Has `tell` told where the process met a fault of its own, and nothing else: a panic's message may
/// hold what came from outside.
pub fn report_faults(tell: impl Fn(&str) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| (place.file(), place.line()));
        let (file, line) = place.unwrap_or(("unknown", 0));
        tell(&format!("a fault of the server itself at {file}:{line}"));
    }));
}

/// Lets this process have as many files and connections open as the system allows, and answers
/// how many those are.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        // Then it stays as it was.
        Err(_) => limit.current,
    };
    limit.unwrap_or(u64::MAX)
}
