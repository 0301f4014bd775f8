//! The program as an operator meets it: starting, stopping, refusing.

use beistand_protocol::class::BlobClass;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Place, Program, Team, Visitor};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

/// Starts where it must be refused.
fn refused(data: &Path, instance: &Path) -> String {
    let output = Program::command(Path::new(PROGRAM), data, instance)
        .output()
        .unwrap();
    said(&output, 1)
}

/// What it said on its way out: two lines, with this exit code.
fn said(output: &Output, code: i32) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(output.stdout.is_empty());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with("error: ") && lines[1].starts_with("hint: "),
        "{text}"
    );
    text
}

fn now() -> UnixTime {
    SystemClock.now()
}

fn stop(mut server: Program, signal: &str) {
    let pid = server.child().id().to_string();
    assert!(Command::new("kill")
        .args([signal, &pid])
        .status()
        .unwrap()
        .success());
    let start = Instant::now();
    loop {
        if let Some(status) = server.child().try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_restart_keeps_everything() {
    let place = Place::new(PROGRAM);
    let server = place.start();
    let visitor = server.visitor(&place.team);
    place.post_roster(&visitor);
    let today = now().day();
    let prekey = place.team.prekey(0, today);
    assert_eq!(
        visitor
            .post("/v1/prekeys", prekey.as_bytes())
            .unwrap()
            .status,
        204
    );
    let snapshot = visitor.snapshot(now(), today.back(1)).unwrap();
    let (kept, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (deleted, key) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (part, _) = put_of(&snapshot, BlobClass::Part, snapshot.today());
    let (_, promise) = visitor.put(&snapshot, &kept).unwrap();
    visitor.put(&snapshot, &deleted).unwrap();
    visitor.put(&snapshot, &part).unwrap();
    assert_eq!(visitor.delete(&deleted.slot, &key).unwrap(), 204);
    let rosters = visitor.get("/v1/rosters").unwrap().body;
    // Both signals end it in order.
    stop(server, "-TERM");

    let mut last_size = 0;
    for signal in ["-INT", "-TERM"] {
        let server = place.start();
        let visitor = server.visitor(&place.team);
        assert_eq!(visitor.get("/v1/rosters").unwrap().body, rosters);
        let again = visitor.snapshot(now(), today.back(1)).unwrap();
        assert!(again.state().checkpoint.head.size > last_size);
        last_size = again.state().checkpoint.head.size;
        assert_eq!(again.challenge(), snapshot.challenge());
        assert!(again.prekeys().of(&again.roster().devices[0]).is_some());
        assert_eq!(visitor.put(&again, &kept).unwrap().1, promise);
        let synced = wait_for(&visitor, &place.team, 3);
        for record in synced {
            let blob = &record.record.blob;
            if record.slot == deleted.slot {
                assert!(beistand_protocol::tombstone::Tombstone::parse(blob).is_some());
            } else {
                assert!(blob == kept.blob.bytes() || blob == part.blob.bytes());
            }
        }
        stop(server, signal);
    }
}

fn wait_for(
    visitor: &Visitor,
    team: &Team,
    count: usize,
) -> Vec<beistand_protocol::sync::SyncRecord> {
    for _ in 0..200 {
        let today = now().day();
        let synced = visitor
            .sync(&team.sync(0, today, Day(0), Epoch(0)))
            .unwrap();
        if synced.len() == count {
            return synced;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the epoch does not close");
}

#[test]
fn a_second_server_on_the_same_data_is_refused_in_a_sentence() {
    let place = Place::new(PROGRAM);
    let server = place.start();
    let text = refused(&place.data(), &place.instance);
    assert!(
        text.contains("another server is running on this data directory"),
        "{text}"
    );
    assert_eq!(
        server.visitor(&place.team).get("/healthz").unwrap().status,
        200
    );
    // The log key can be asked for meanwhile.
    let output = Command::new(PROGRAM)
        .arg("log-key")
        .arg("--data")
        .arg(place.data())
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0));
    let key: beistand_protocol::verifier_key::VerifierKey = String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .parse()
        .unwrap();
    assert_eq!(key, Program::log_key(&place.data()).unwrap());
    drop(server);
    place.start();
}

#[test]
fn an_unknown_schema_is_refused_and_left_alone() {
    let place = Place::new(PROGRAM);
    drop(place.start());
    let wall = place.data().join("wall");
    {
        let database = sled::Config::new()
            .path(&wall)
            .segment_size(2 << 20)
            .open()
            .unwrap();
        database.insert(b"mschema", &99u32.to_be_bytes()).unwrap();
        database.flush().unwrap();
    }
    let text = refused(&place.data(), &place.instance);
    assert!(text.contains("schema version 99"), "{text}");
    let database = sled::Config::new()
        .path(&wall)
        .segment_size(2 << 20)
        .open()
        .unwrap();
    assert_eq!(
        database.get(b"mschema").unwrap().unwrap(),
        &99u32.to_be_bytes()
    );
}

#[test]
fn the_data_of_another_instance_and_a_missing_log_key_are_refused() {
    let place = Place::new(PROGRAM);
    let server = place.start();
    place.post_roster(&server.visitor(&place.team));
    stop(server, "-TERM");
    let other = place.directory.path().join("other.json");
    std::fs::write(&other, Team::new(2).instance_file()).unwrap();
    let text = refused(&place.data(), &other);
    assert!(text.contains("another instance"), "{text}");

    let key = place.data().join("log.key");
    std::fs::rename(&key, place.directory.path().join("log.key")).unwrap();
    let text = refused(&place.data(), &place.instance);
    assert!(text.contains("log key"), "{text}");
    assert!(!key.exists());
    std::fs::rename(place.directory.path().join("log.key"), &key).unwrap();
    place.start();
}

#[test]
fn a_damaged_store_is_refused_in_a_sentence() {
    let place = Place::new(PROGRAM);
    let server = place.start();
    let visitor = server.visitor(&place.team);
    place.post_roster(&visitor);
    let snapshot = visitor.snapshot(now(), now().day()).unwrap();
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    visitor.put(&snapshot, &request).unwrap();
    stop(server, "-TERM");
    let keys = place.data().join("keys").join(snapshot.today().to_string());
    let mut bytes = std::fs::read(&keys).unwrap();
    bytes[64..].fill(0);
    std::fs::write(&keys, bytes).unwrap();
    let text = refused(&place.data(), &place.instance);
    assert!(text.contains("the key of an item is missing"), "{text}");
}

#[test]
fn leftovers_of_a_failed_opening_are_moved_aside() {
    let place = Place::new(PROGRAM);
    drop(place.start());
    let leftover = place.data().join("wall").join("snap.00000000.generating");
    std::fs::write(&leftover, "").unwrap();
    drop(place.start());
    assert!(!leftover.exists());
    assert_eq!(
        std::fs::read_dir(place.data().join("aside"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn wrong_arguments_files_and_addresses_have_their_exit_codes() {
    let place = Place::new(PROGRAM);
    let nowhere = place.directory.path().join("nowhere.json");
    let text = refused(&place.data(), &nowhere);
    assert!(text.contains("the instance file cannot be read"), "{text}");
    std::fs::write(&nowhere, "{}").unwrap();
    refused(&place.data(), &nowhere);

    let command = |arguments: &[&str]| Command::new(PROGRAM).args(arguments).output().unwrap();
    assert_eq!(command(&[]).status.code(), Some(2));
    assert_eq!(command(&["serve"]).status.code(), Some(2));
    assert_eq!(
        command(&["serve", "--listen", "nonsense"]).status.code(),
        Some(2)
    );
    let version = command(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    let version = String::from_utf8(version.stdout).unwrap();
    assert!(
        version.starts_with("beistand-server ") && version.contains("(commit "),
        "{version}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut serve = Command::new(PROGRAM);
    serve
        .arg("serve")
        .arg("--data")
        .arg(place.data())
        .arg("--instance")
        .arg(&place.instance);
    let output = serve.args(["--listen", &address]).output().unwrap();
    said(&output, 1);

    let mut serve = place.command();
    let output = serve
        .args(["--keep-free", "999999999999"])
        .output()
        .unwrap();
    assert!(said(&output, 1).contains("too little room"));
    let mut serve = place.command();
    let output = serve
        .arg("--site")
        .arg(place.directory.path())
        .output()
        .unwrap();
    assert!(said(&output, 1).contains("index.html"));
}

#[test]
#[cfg(target_os = "linux")]
fn it_dumps_no_core() {
    let mut server = Place::new(PROGRAM).start();
    let limits = format!("/proc/{}/limits", server.child().id());
    let limits = std::fs::read_to_string(limits).unwrap();
    let core = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    let numbers: Vec<&str> = core.unwrap().split_whitespace().take(2).collect();
    assert_eq!(numbers, ["0", "0"]);
}
