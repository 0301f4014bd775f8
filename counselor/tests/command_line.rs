//! The `beistand` program as scripts see it: exit codes, `error:` and `hint:`, what may not be
//! repeated, and the whole set-up without a server.

use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const PASSPHRASE: &str = "lamp river stone";

/// Runs the program in `folder`, with `input` on standard input.
fn run(folder: &Path, input: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_beistand"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends before it reads is fine.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs it well and reads its JSON.
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let line = [&["--json", "--passphrase-fd", "0"], arguments].concat();
    let output = run(folder, PASSPHRASE, &line);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs it badly: the exit code and what it says, which is an error and a hint and no more.
#[track_caller]
fn fails(folder: &Path, input: &str, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, input, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].starts_with("error: ") && lines[1].starts_with("hint: "),
        "{said}"
    );
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), said)
}

/// A folder with a root key, an instance and a desk.
fn set_up() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = json(folder.path(), &["--vault", "root", "root", "new"]);
    let key = key["key"].as_str().unwrap();
    let address = "http://127.0.0.1:9";
    json(
        folder.path(),
        &["root", "init-instance", "--root", key, "--address", address],
    );
    let invite = [
        "invite",
        "--instance",
        "instance.json",
        "--serial",
        "1",
        "--name",
        "Alex",
    ];
    json(folder.path(), &invite);
    json(
        folder.path(),
        &["--vault", "desk", "join", "invitation.json"],
    );
    folder
}

#[test]
fn an_organisation_is_set_up_without_anybody_typing() {
    let folder = set_up();
    let path = folder.path();
    let log = json(path, &["--vault", "log", "root", "new", "--name", "log-1"]);
    let template = run(path, "", &["root", "template"]).stdout;
    std::fs::write(path.join("organisation.toml"), template).unwrap();
    let draft = json(
        path,
        &[
            "root",
            "roster",
            "--first",
            "--instance",
            "instance.json",
            "--organisation",
            "organisation.toml",
            "--log",
            log["key"].as_str().unwrap(),
            "--add",
            "join-request.json",
        ],
    );
    assert_eq!(
        (&draft["version"], &draft["members"], &draft["devices"]),
        (&1.into(), &1.into(), &1.into())
    );
    let sign = [
        "--vault",
        "root",
        "root",
        "sign",
        "--instance",
        "instance.json",
        "--out",
    ];
    let signed = json(
        path,
        &[&sign[..], &["roster.note", "roster-draft.json"]].concat(),
    );
    assert_eq!(
        (&signed["signatures"], &signed["missing"]),
        (&1.into(), &0.into())
    );
    // Signing twice changes nothing.
    let again = json(path, &[&sign[..], &["again.note", "roster.note"]].concat());
    assert_eq!(again["note"], signed["note"]);
    // The next one follows from it, with nothing said but where the last one is.
    let next = json(
        path,
        &[
            "root",
            "roster",
            "--instance",
            "instance.json",
            "--previous",
            "roster.note",
        ],
    );
    assert_eq!((&next["version"], &next["devices"]), (&2.into(), &1.into()));
    // A stranger's key signs nothing.
    let stranger = [
        "--vault",
        "log",
        "--passphrase-fd",
        "0",
        "root",
        "sign",
        "roster-draft.json",
    ];
    assert_eq!(fails(path, PASSPHRASE, &stranger).0, 1);
    // Nothing but a roster is signed.
    let other = [
        "--vault",
        "root",
        "--passphrase-fd",
        "0",
        "root",
        "sign",
        "instance.json",
    ];
    assert_eq!(fails(path, PASSPHRASE, &other).0, 1);
    // Nobody is there to publish to.
    let publish = [
        "root",
        "publish",
        "roster.note",
        "--instance",
        "instance.json",
    ];
    assert_eq!(fails(path, "", &publish).0, 4);
}

#[test]
fn joining_again_asks_for_the_same_again() {
    let folder = set_up();
    let first = std::fs::read(folder.path().join("join-request.json")).unwrap();
    json(
        folder.path(),
        &["--vault", "desk", "join", "invitation.json"],
    );
    assert_eq!(
        std::fs::read(folder.path().join("join-request.json")).unwrap(),
        first
    );
    let invite = [
        "invite",
        "--instance",
        "instance.json",
        "--serial",
        "2",
        "--name",
        "Sam",
        "--out",
        "sam.json",
    ];
    json(folder.path(), &invite);
    let other = [
        "--vault",
        "desk",
        "--passphrase-fd",
        "0",
        "join",
        "sam.json",
    ];
    assert_eq!(fails(folder.path(), PASSPHRASE, &other).0, 2);
}

#[test]
fn an_instance_file_is_never_written_over() {
    let folder = set_up();
    let key = json(folder.path(), &["--vault", "root", "root", "key"]);
    let before = std::fs::read(folder.path().join("instance.json")).unwrap();
    let again = [
        "root",
        "init-instance",
        "--root",
        key["key"].as_str().unwrap(),
        "--address",
        "https://x.example",
    ];
    assert_eq!(fails(folder.path(), "", &again).0, 2);
    assert_eq!(
        std::fs::read(folder.path().join("instance.json")).unwrap(),
        before
    );
}

#[test]
fn a_wrong_passphrase_is_one_clear_sentence() {
    let folder = set_up();
    for verb in [&["list"][..], &["sync"], &["keys", "export"], &["doctor"]] {
        let line = [&["--vault", "desk", "--passphrase-fd", "0"], verb].concat();
        let (code, said) = fails(folder.path(), "lamp river stones", &line);
        assert_eq!(code, 1);
        assert!(
            said.starts_with("error: this passphrase does not open the vault\n"),
            "{said}"
        );
        assert!(!said.contains("stones"));
    }
}

#[test]
fn a_passphrase_ends_with_its_line() {
    let folder = set_up();
    let line = ["--vault", "desk", "--passphrase-fd", "0", "list"];
    for input in [
        "lamp river stone\n",
        "lamp river stone\r\n",
        "lamp river stone\nand more",
    ] {
        assert!(
            run(folder.path(), input, &line).status.success(),
            "{input:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_passphrase_comes_through_any_descriptor() {
    let folder = set_up();
    std::fs::write(folder.path().join("passphrase"), PASSPHRASE).unwrap();
    let script = "exec \"$0\" --vault desk --passphrase-fd 3 list 3< passphrase < /dev/null";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_beistand")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let missing = ["--vault", "desk", "--passphrase-fd", "77", "list"];
    assert_eq!(fails(folder.path(), "", &missing).0, 2);
}

#[test]
fn wrong_usage_is_said_and_what_was_typed_is_not_repeated() {
    let folder = set_up();
    let cases: [&[&str]; 9] = [
        &[],
        &["hunter2"],
        &["list", "hunter2"],
        &["--passphrase", "hunter2", "list"],
        &["--passphrase-fd", "hunter2", "list"],
        &["show", "hunter2"],
        &["--server", "http://hunter2.example", "sync"],
        &["list"],
        &["--vault", "desk", "list"],
    ];
    for arguments in cases {
        let (code, said) = fails(folder.path(), "", arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let (code, _) = fails(
        folder.path(),
        PASSPHRASE,
        &["--vault", "nowhere", "--passphrase-fd", "0", "list"],
    );
    assert_eq!(code, 2);
    let short = ["--vault", "new", "--passphrase-fd", "0", "root", "new"];
    assert_eq!(fails(folder.path(), "short", &short).0, 1);
    assert!(!folder.path().join("new/vault.json").exists());
    let both = [
        "--vault",
        "desk",
        "--passphrase-fd",
        "0",
        "reply",
        "0000-0000",
        "--text",
        "-",
    ];
    assert_eq!(fails(folder.path(), PASSPHRASE, &both).0, 2);
}

#[test]
fn a_vault_is_not_used_for_what_it_is_not() {
    let folder = set_up();
    let desk = ["--vault", "root", "--passphrase-fd", "0", "list"];
    assert_eq!(fails(folder.path(), PASSPHRASE, &desk).0, 2);
    let root = ["--vault", "desk", "--passphrase-fd", "0", "root", "key"];
    assert_eq!(fails(folder.path(), PASSPHRASE, &root).0, 2);
    let again = ["--vault", "root", "--passphrase-fd", "0", "root", "new"];
    assert_eq!(fails(folder.path(), PASSPHRASE, &again).0, 2);
}

#[test]
fn foreign_and_broken_files_are_refused() {
    let folder = set_up();
    let path = folder.path();
    let other = set_up();
    let write = |name: &str, bytes: &[u8]| std::fs::write(path.join(name), bytes).unwrap();
    let read = |from: &TempDir, name: &str| std::fs::read(from.path().join(name)).unwrap();
    write("foreign.json", &read(&other, "join-request.json"));
    let request = String::from_utf8(read(&folder, "join-request.json")).unwrap();
    write("changed.json", request.replace("Alex", "Alix").as_bytes());
    write("cut.json", &request.as_bytes()[..request.len() / 2]);
    let log = json(path, &["--vault", "log", "root", "new", "--name", "log-1"]);
    let log = log["key"].as_str().unwrap();
    write("o.toml", &run(path, "", &["root", "template"]).stdout);
    let roster = [
        "root",
        "roster",
        "--first",
        "--instance",
        "instance.json",
        "--organisation",
    ];
    for request in ["foreign.json", "changed.json", "cut.json"] {
        let line = [&roster[..], &["o.toml", "--log", log, "--add", request]].concat();
        assert_eq!(fails(path, "", &line).0, 1, "{request}");
    }
    let line = [&roster[..], &["nothing.toml", "--log", log]].concat();
    assert_eq!(fails(path, "", &line).0, 2);
    write("wrong.toml", b"name = 'x'\npromise = 3\n");
    let line = [&roster[..], &["wrong.toml", "--log", log]].concat();
    assert_eq!(fails(path, "", &line).0, 1);
    write("instance.cut", &read(&folder, "instance.json")[..50]);
    let line = [
        "invite",
        "--instance",
        "instance.cut",
        "--serial",
        "3",
        "--name",
        "Kim",
    ];
    assert_eq!(fails(path, "", &line).0, 1);
    assert!(!path.join("roster-draft.json").exists());
}

#[test]
fn an_absent_server_is_unreachable_and_the_doctor_says_so() {
    let folder = set_up();
    let line = ["--vault", "desk", "--passphrase-fd", "0", "sync"];
    assert_eq!(fails(folder.path(), PASSPHRASE, &line).0, 4);
    let line = [
        "--vault",
        "desk",
        "--passphrase-fd",
        "0",
        "--json",
        "doctor",
    ];
    let output = run(folder.path(), PASSPHRASE, &line);
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["well"], false);
}

#[test]
fn keys_are_exported_for_their_owner_only() {
    let folder = set_up();
    let line = ["--vault", "desk", "--passphrase-fd", "0", "keys", "export"];
    let output = run(folder.path(), PASSPHRASE, &line);
    assert!(output.status.success());
    let keys = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        keys.lines()
            .filter(|line| line.starts_with("AGE-SECRET-KEY-PQ-1"))
            .count(),
        1
    );
    assert!(String::from_utf8(output.stderr)
        .unwrap()
        .starts_with("warning: "));
    let to_file = [&line[..], &["--out", "keys.txt"]].concat();
    assert!(run(folder.path(), PASSPHRASE, &to_file).status.success());
    let path = folder.path().join("keys.txt");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), keys);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // What is there is not written over.
    let output = run(folder.path(), PASSPHRASE, &to_file);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn version_and_help_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let version = String::from_utf8(run(folder.path(), "", &["--version"]).stdout).unwrap();
    assert!(
        version.starts_with(concat!("beistand ", env!("CARGO_PKG_VERSION"), " (")),
        "{version}"
    );
    let help = String::from_utf8(run(folder.path(), "", &["--help"]).stdout).unwrap();
    let guide = String::from_utf8(run(folder.path(), "", &["guide"]).stdout).unwrap();
    for verb in [
        "root", "invite", "join", "sync", "list", "show", "reply", "keys", "doctor",
    ] {
        assert!(help.contains(verb) && guide.contains(verb), "{verb}");
    }
}
