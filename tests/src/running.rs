//! Running a program to its end: what it is given, what it said, how it ended.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit codes that all programs share.
pub mod exit {
    /// Done.
    pub const OK: i32 = 0;
    /// Refused.
    pub const REFUSED: i32 = 1;
    /// Not a command line of this program.
    pub const USAGE: i32 = 2;
    /// An audit found something.
    pub const FINDINGS: i32 = 3;
    /// The server cannot be reached.
    pub const UNREACHABLE: i32 = 4;
}

/// What a program said and how it ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// How it was called, for messages of tests.
    pub line: String,
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs a program with `input` on its standard input, which is where tests give secrets, and
/// nothing else in the environment than what it finds there.
pub fn run(program: &Path, arguments: &[&str], input: &str) -> Ended {
    run_watched(program, arguments, input, |_| ()).0
}

/// The same; `watch` is given its process id and looks on in a thread of its own until it finds the
/// program gone.
pub fn run_watched<T: Send>(
    program: &Path,
    arguments: &[&str],
    input: &str,
    watch: impl FnOnce(u32) -> T + Send,
) -> (Ended, T) {
    let line = std::iter::once(
        program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .as_ref(),
    )
    .chain(arguments.iter().copied())
    .collect::<Vec<_>>()
    .join(" ");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{line}` does not start: {error}"));
    let mut stdin = child.stdin.take().expect("stdin was asked for");
    let id = child.id();
    let (output, seen) = std::thread::scope(|scope| {
        let watching = scope.spawn(move || watch(id));
        // A program that refuses early closes its end; what it then says is what counts.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("a started program ends");
        (output, watching.join().expect("a watcher does not panic"))
    });
    let ended = Ended {
        line,
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("programs speak UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("programs speak UTF-8"),
    };
    (ended, seen)
}

impl Ended {
    /// It must have ended well; answers its standard output.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(exit::OK), "{self:#?}");
        self.stdout
    }

    /// It must have ended well and said JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        let stdout = self.ok();
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
    }

    /// It must have refused with this code and the two lines `error:` and `hint:`, on standard
    /// error, without a panic; answers the error's sentence.
    #[track_caller]
    pub fn refused(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        let mut errors = self
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("error: "));
        let mut hints = self
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("hint: "));
        let (Some(error), None) = (errors.next(), errors.next()) else {
            panic!("one error is expected: {self:#?}");
        };
        assert!(
            hints.next().is_some_and(|hint| !hint.is_empty()),
            "no hint: {self:#?}"
        );
        error
    }
}
