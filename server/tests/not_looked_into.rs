//! No process of the same user looks into a server's memory, where for moments there are keys that
//! are to be destroyed. Seen from outside, as somebody who tries.
//!
//! Root may look into everything, so as root all of it is done as another user.
#![cfg(target_os = "linux")]

use beistand_server::testing::{Place, Program};
use std::fs;
use std::io;
use std::os::unix::fs::{chown, MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");
/// `nobody`, on most systems; that it is nobody else is all that matters.
const NOBODY: u32 = 65_534;
/// What Linux shows of a process to those who may look into it, and to nobody else.
const INSIDES: [&str; 4] = ["maps", "environ", "auxv", "mem"];

/// A command that is run as somebody who is not root.
fn as_user(program: impl AsRef<Path>, is_root: bool) -> Command {
    let mut command = Command::new(program.as_ref());
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Tries to read a first byte of what is inside a process.
fn look(process: u32, what: &str, is_root: bool) -> io::Result<Output> {
    let path = format!("/proc/{process}/{what}");
    as_user("head", is_root).args(["-c", "1", &path]).output()
}

struct Bystander(Child);

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn nobody_of_the_same_user_reads_its_memory() {
    let mut place = Place::new(PROGRAM);
    let folder = place.directory.path();
    // Whoever owns a new folder is who runs this.
    let is_root = folder.metadata().unwrap().uid() == 0;
    // Root's folders are not always everybody's to read.
    let program = folder.join("program");
    fs::copy(PROGRAM, &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    if is_root {
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    place.program = program;
    let mut bystander = as_user("sleep", is_root);
    let bystander = match bystander.arg("600").stdout(Stdio::null()).spawn() {
        Err(error) if is_root && error.kind() == io::ErrorKind::PermissionDenied => {
            eprintln!("skipped: this root may not become another user");
            return;
        }
        bystander => Bystander(bystander.unwrap()),
    };
    // Somebody who has nothing to hide can be looked into: what follows says something.
    let seen = look(bystander.0.id(), "maps", is_root).unwrap();
    assert!(
        seen.status.success() && seen.stdout.len() == 1,
        "{}",
        String::from_utf8_lossy(&seen.stderr)
    );

    let mut serve = place.command();
    if is_root {
        serve.uid(NOBODY).gid(NOBODY);
    }
    let mut server = Program::start_command(&mut serve).unwrap();
    let process = server.child().id();
    for what in INSIDES {
        let seen = look(process, what, is_root).unwrap();
        assert!(!seen.status.success() && seen.stdout.is_empty(), "{what}");
        // What may not be looked into belongs to root.
        let owner = fs::metadata(format!("/proc/{process}/{what}")).unwrap();
        assert_eq!(owner.uid(), 0, "{what}");
    }
}
