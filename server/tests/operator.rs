//! An operator's first hour: `init`, `check-config`, options from three places, TLS, stopping.

use beistand_protocol::class::BlobClass;
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Program, Team, Watched};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::CertificateDer;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn good(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What a refusal says: a sentence and a hint.
fn refused(output: &Output, code: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("error: ") && lines[1].starts_with("hint: "));
    said
}

/// A folder that `init` has made, with an instance file.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let output = program()
            .arg("init")
            .arg(folder.path())
            .args(["--listen", "127.0.0.1:0", "--host", "help.example.org"])
            .output();
        good(&output.unwrap());
        Program::write_instance(&folder.path(), &Team::new(1)).unwrap();
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("server")
    }

    fn config(&self) -> PathBuf {
        self.path().join("beistand-server.toml")
    }

    fn append(&self, lines: &str) {
        let before = std::fs::read_to_string(self.config()).unwrap();
        std::fs::write(self.config(), before + lines).unwrap();
    }

    fn check(&self) -> Command {
        let mut command = program();
        command
            .arg("check-config")
            .arg("--config")
            .arg(self.config());
        command
    }
}

#[test]
fn init_makes_what_is_needed_once_and_says_what_to_do_next() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("new/server");
    let init = || program().arg("init").arg(&folder).output().unwrap();
    let said = good(&init());
    let key = Program::log_key(&folder.join("data")).unwrap().to_string();
    assert!(said.contains(&key), "{said}");
    for step in [
        "instance.json",
        "check-config",
        "serve --config",
        "beistand guide",
    ] {
        assert!(said.contains(step), "{step}: {said}");
    }
    let options = folder.join("beistand-server.toml");
    let written = std::fs::read_to_string(&options).unwrap();
    assert!(written.contains("listen = \"127.0.0.1:8080\""), "{written}");
    // Nothing that is there is changed.
    assert!(refused(&init(), 1).contains("already"));
    assert_eq!(std::fs::read_to_string(&options).unwrap(), written);
    std::fs::remove_file(&options).unwrap();
    assert!(good(&init()).contains(&key), "the log key stays");

    let other = directory.path().join("other");
    let output = program()
        .arg("init")
        .arg(&other)
        .args(["--host", "https://x/"])
        .output()
        .unwrap();
    refused(&output, 1);
    assert!(!other.exists());
}

#[test]
fn every_option_init_explains_is_one_and_its_default_is_the_default() {
    let folder = Folder::new();
    let written = std::fs::read_to_string(folder.config()).unwrap();
    // What is commented out is what a line would look like; paths and TLS need files.
    let all: String = written
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            line.split_once(" = ")
                .is_some_and(|(key, _)| !key.contains(' '))
        })
        .filter(|line| !line.starts_with("certificate"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(all.lines().count() >= 5, "{all}");
    let before = good(&folder.check().output().unwrap());
    folder.append(&all);
    let after = good(&folder.check().output().unwrap());
    let without_metrics: Vec<&str> = after
        .lines()
        .filter(|line| !line.starts_with("metrics"))
        .collect();
    assert_eq!(without_metrics, before.lines().collect::<Vec<_>>());
}

#[test]
fn check_config_says_what_would_be_served_and_what_keeps_it_from_it() {
    let folder = Folder::new();
    let said = good(&folder.check().output().unwrap());
    assert!(
        said.contains("help.example.org") && said.ends_with("with this\n"),
        "{said}"
    );
    // Beside a server that serves.
    let server = Watched::start(Path::new(PROGRAM), &[], |_| {}).unwrap();
    let mut command = program();
    command.arg("check-config").arg("--data").arg(server.data());
    command
        .arg("--instance")
        .arg(folder.path().join("instance.json"));
    let output = command.output().unwrap();
    good(&output);
    assert_eq!(server.visitor().get("/readyz").unwrap().status, 200);

    let mut open = folder.check();
    let output = open.args(["--listen", "0.0.0.0:80"]).output().unwrap();
    good(&output);
    assert!(text(&output.stderr).contains("warning: this is plain HTTP"));
    let refuse = |arguments: &[&str], code, reason: &str| {
        let output = folder.check().args(arguments).output().unwrap();
        let said = refused(&output, code);
        assert!(said.contains(reason), "{said}");
    };
    refuse(&["--metrics", "192.0.2.1:9180"], 1, "this machine only");
    refuse(&["--certificate", "x.pem"], 1, "needs its key");
    refuse(
        &["--certificate", "x", "--certificate-key", "y"],
        1,
        "the certificate cannot be read",
    );
    refuse(&["--host", "a/b"], 1, "without scheme and path");
    refuse(&["--keep-free", "999999999999"], 1, "too little room");
    refuse(
        &["--instance", "nowhere.json"],
        1,
        "the instance file cannot be read",
    );
    refuse(&["--listen", "nonsense"], 2, "");
    refused(&program().arg("check-config").output().unwrap(), 2);

    folder.append("\nlisten_to = 1\n");
    let said = refused(&folder.check().output().unwrap(), 1);
    let line = std::fs::read_to_string(folder.config())
        .unwrap()
        .lines()
        .count();
    assert!(said.contains(&format!("in line {line}")), "{said}");
}

#[test]
fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let folder = Folder::new();
    folder.append("envelopes_per_epoch = 11\n");
    let check = |environment: Option<&str>, argument: Option<&str>| {
        let mut command = folder.check();
        if let Some(value) = environment {
            command.env("BEISTAND_ENVELOPES_PER_EPOCH", value);
        }
        if let Some(value) = argument {
            command.args(["--envelopes-per-epoch", value]);
        }
        good(&command.output().unwrap())
    };
    assert!(check(None, None).contains(" 11 envelopes"));
    assert!(check(Some("12"), None).contains(" 12 envelopes"));
    assert!(check(Some("12"), Some("13")).contains(" 13 envelopes"));
    let output = folder.check().env("BEISTAND_LISTEN", "m4rk3r").output();
    assert!(!refused(&output.unwrap(), 2).contains("m4rk3r"));
    // The file itself can be named by the environment.
    let mut command = program();
    command
        .arg("check-config")
        .env("BEISTAND_CONFIG", folder.config());
    good(&command.output().unwrap());
}

#[test]
fn the_server_speaks_tls_itself_where_it_is_told_to() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls");
    let path = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let directory = tempfile::tempdir().unwrap();
    let team = Team::new(1);
    let instance = Program::write_instance(directory.path(), &team).unwrap();
    let data = directory.path().join("data");
    let mut child = Program::command(Path::new(PROGRAM), &data, &instance)
        .args(["--certificate", &certificate, "--certificate-key", &key])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = child.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
    let address = line
        .trim_end()
        .strip_prefix("listening on https://")
        .unwrap();

    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(&certificate).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = "localhost".try_into().unwrap();
    let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut stream = rustls::StreamOwned::new(session, stream);
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("alive\n"),
        "{answer}"
    );
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    // Plain HTTP is no answer there.
    let mut plain = TcpStream::connect(address).unwrap();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_is_under_way_is_finished_before_the_server_ends() {
    let server = Watched::start(Path::new(PROGRAM), &[], |_| {}).unwrap();
    let now = SystemClock.now();
    let snapshot = server.visitor().snapshot(now, now.day().back(1)).unwrap();
    let (put, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let frame = put.encode();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /v1/envelopes HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        frame.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // That it asks for the body shows that the server has begun.
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&frame[..frame.len() / 2]).unwrap();
    let asked = Command::new("kill")
        .args(["-TERM", &server.pid().to_string()])
        .status();
    assert!(asked.unwrap().success());
    while TcpStream::connect(server.address).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    stream.write_all(&frame[frame.len() / 2..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
