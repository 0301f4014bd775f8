//! What the process gives up before it serves. One test, because it changes the process it runs in.

use beistand_server::hardening::{close_up, raise_open_files};
use rustix::process::{getrlimit, Resource};

#[test]
fn no_core_is_dumped_and_nobody_looks_into_memory() {
    close_up().unwrap();
    let core = getrlimit(Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{dumpable_behavior, DumpableBehavior};
        let behavior = dumpable_behavior().unwrap();
        assert_eq!(behavior, DumpableBehavior::NotDumpable);
    }
    // Doing it again changes nothing.
    close_up().unwrap();
    let files = raise_open_files();
    let limit = getrlimit(Resource::Nofile);
    assert_eq!(limit.current, limit.maximum);
    assert_eq!(files, limit.maximum.unwrap_or(u64::MAX));
}
