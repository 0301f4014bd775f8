//! What stands between the server and the operating system: see `shim.c`. It is compiled by the
//! system's C compiler, which linking Rust needs anyway.

use super::scene::words;
use crate::clock::Clock;
use beistand_protocol::time::UnixTime;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

const SOURCE: &str = include_str!("shim.c");

/// The library's bytes.
fn compile() -> Result<Vec<u8>, String> {
    let directory = tempfile::tempdir().map_err(words)?;
    let [source, library] = ["shim.c", "shim.so"].map(|name| directory.path().join(name));
    fs::write(&source, SOURCE).map_err(words)?;
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-o"]);
    let output = command.arg(&library).arg(&source).arg("-ldl").output();
    let output = output.map_err(|error| format!("the C compiler does not run: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the shim does not compile: {said}"));
    }
    fs::read(&library).map_err(words)
}

/// See the module.
#[derive(Debug)]
pub struct Shim {
    library: PathBuf,
    clock: Arc<ShiftedClock>,
}

/// The machine's clock, set forward for the server and for its visitors alike.
#[derive(Debug)]
pub struct ShiftedClock {
    path: PathBuf,
    file: File,
}

impl ShiftedClock {
    /// By how many seconds it is ahead.
    ///
    /// # Errors
    /// Those of its file.
    pub fn ahead(&self) -> io::Result<u64> {
        let mut seconds = [0; 8];
        self.file.read_exact_at(&mut seconds, 0)?;
        Ok(u64::from_le_bytes(seconds))
    }

    /// Turns it on by `seconds`, also under a running server.
    ///
    /// # Errors
    /// Those of its file.
    pub fn advance(&self, seconds: u64) -> io::Result<()> {
        let ahead = self.ahead()? + seconds;
        self.file.write_all_at(&ahead.to_le_bytes(), 0)
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> UnixTime {
        let ahead = self.ahead().expect("the clock's file is there");
        UnixTime(crate::clock::SystemClock.now().0 + ahead)
    }
}

/// Which call of the server fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// Whether it is a sync, or else a write.
    pub sync: bool,
    /// The how many-th.
    pub at: u64,
    /// The system's number of the error.
    pub error: i32,
    /// Whether all later ones fail as well.
    pub always: bool,
}

/// What the shim does in one server.
#[derive(Debug, Clone, Default)]
pub struct Task<'a> {
    /// Writes and syncs below this folder are looked at.
    pub root: Option<&'a Path>,
    /// Where they are recorded.
    pub trace: Option<&'a Path>,
    /// What fails.
    pub failing: Option<Failing>,
}

impl Shim {
    /// Puts the shim into `directory`; it is compiled once a process.
    ///
    /// # Errors
    /// What the compiler says.
    pub fn build(directory: &Path) -> Result<Self, String> {
        static COMPILED: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
        let compiled = COMPILED.get_or_init(compile).as_ref();
        let library = directory.join("shim.so");
        fs::write(&library, compiled.map_err(Clone::clone)?).map_err(words)?;
        let path = directory.join("clock");
        fs::write(&path, [0; 8]).map_err(words)?;
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let file = file.map_err(words)?;
        let clock = Arc::new(ShiftedClock { path, file });
        Ok(Self { library, clock })
    }

    /// The clock that server and visitors share.
    pub fn clock(&self) -> Arc<ShiftedClock> {
        Arc::clone(&self.clock)
    }

    /// Puts the shim under a server that is about to start.
    pub fn put_under(&self, server: &mut Command, task: &Task<'_>) {
        server.env("LD_PRELOAD", &self.library);
        server.env("BEISTAND_SHIM_CLOCK", &self.clock.path);
        let paths = [
            ("BEISTAND_SHIM_ROOT", task.root.map(Path::as_os_str)),
            ("BEISTAND_SHIM_TRACE", task.trace.map(Path::as_os_str)),
        ];
        for (name, value) in paths {
            if let Some(value) = value {
                server.env(name, value);
            }
        }
        if let Some(failing) = task.failing {
            let what = if failing.sync { "sync" } else { "write" };
            let how = if failing.always { "always" } else { "once" };
            let value = format!("{what} {} {} {how}", failing.at, failing.error);
            server.env("BEISTAND_SHIM_FAIL", value);
        }
    }
}
