//! What the process gives up before it serves. One test, because it changes the process it runs in;
//! `program.rs` looks whether the program does it.

use beistand_server::hardening::{close_up, raise_open_files, report_faults};
use rustix::process::{getrlimit, Resource};
use std::sync::{Arc, Mutex};

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
    // A fault says where it is, and nothing of what came from outside.
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let keep = Arc::clone(&told);
    report_faults(move |sentence| keep.lock().unwrap().push(sentence.to_owned()));
    let outside = "m4rk3r";
    let (line, fault) = (line!(), std::panic::catch_unwind(|| panic!("no {outside}")));
    drop(std::panic::take_hook());
    assert!(fault.is_err());
    let place = format!("a fault of the server itself at {}:{line}", file!());
    assert_eq!(*told.lock().unwrap(), [place]);
    // Doing it again changes nothing.
    close_up().unwrap();
    let files = raise_open_files();
    let limit = getrlimit(Resource::Nofile);
    assert_eq!(limit.current, limit.maximum);
    assert_eq!(files, limit.maximum.unwrap_or(u64::MAX));
}
