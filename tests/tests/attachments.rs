//! Files travel both ways through the real programs: cleaned, in parts, and land where they harm
//! nobody.

use beistand_tests::counselor::Counselor;
use beistand_tests::noise::noise;
use beistand_tests::organisation::Organisation;
use beistand_tests::reporter::Reporter;
use beistand_tests::running::exit;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MARK: &[u8] = b"MARK-of-a-camera";
const LARGEST: usize = 64 << 20;

fn write(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// A small picture with a comment, and something behind its end.
fn photo() -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = (content.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], &length[..], content].concat()
    };
    let comment = segment(0xfe, MARK);
    let table = segment(0xdb, &[1; 65]);
    let frame = segment(0xc0, b"\x08\0\x08\0\x08\x01\x01\x11\0");
    let scan = segment(0xda, b"\x01\x01\0\0\x3f\0");
    let picture = [
        &comment[..],
        &table,
        &frame,
        &scan,
        b"\x12\x34",
        b"\xff\xd9",
        MARK,
    ]
    .concat();
    [b"\xff\xd8", &picture[..]].concat()
}

fn file(reporter: &Reporter, attach: &[&str], more: &[&str]) -> Value {
    let mut arguments = vec!["file", "--json", "--wait", "--text", "-"];
    for path in attach {
        arguments.extend_from_slice(&["--attach", path]);
    }
    arguments.extend_from_slice(more);
    reporter.run(&arguments, "with files").json()
}

/// The files of the first message of a case, by their numbers.
fn files(counselor: &Counselor, case: &str) -> Vec<(String, Value)> {
    let shown = counselor.show(case);
    let files = shown["messages"][0]["attachments"].as_array().unwrap();
    let id = |file: &Value| file["sha256"].as_str().unwrap()[..8].to_owned();
    files.iter().map(|file| (id(file), file.clone())).collect()
}

fn save(counselor: &Counselor, server: &str, case: &str, id: &str, folder: &Path) -> PathBuf {
    let folder = folder.display().to_string();
    let line = ["--server", server, "save", case, id, "--folder", &folder];
    let saved = counselor.run(&line).json();
    PathBuf::from(saved["file"].as_str().unwrap())
}

#[test]
fn files_travel_both_ways() {
    let organisation = Organisation::of(2);
    let reporter = organisation.reporter();
    let desk = TempDir::new().unwrap();
    let home = TempDir::new().unwrap();
    let photo_path = write(home.path(), "IMG_1.jpg", &photo());
    let log = noise(3 * 1_044_480 + 17);
    let log_path = write(home.path(), ".hidden; rm -rf.txt", &log);
    let empty_path = write(home.path(), "empty", b"");
    let filed = file(&reporter, &[&photo_path, &log_path, &empty_path], &[]);
    let removed = filed["files"][0]["removed_metadata"].as_array().unwrap();
    assert_eq!(removed, &["description", "appended-data"]);
    assert_eq!(filed["files"][1]["kept_original"], true);

    organisation.sync_all();
    let alba = organisation.counselor(1);
    let server = organisation.url();
    let case = alba.only_case();
    let arrived = files(alba, &case);
    assert_eq!(arrived.len(), 3);
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();

    // The picture is still one, and what it said is gone.
    let saved = save(alba, server, &case, &arrived[0].0, desk.path());
    assert_eq!(name(&saved), "IMG_1.jpg");
    let clean = std::fs::read(&saved).unwrap();
    assert!(clean.starts_with(b"\xff\xd8") && clean.ends_with(b"\x12\x34\xff\xd9"));
    assert!(!clean.windows(MARK.len()).any(|window| window == MARK));

    // A name that would be hidden and mean something to a shell; a second copy beside the first.
    let saved = save(alba, server, &case, &arrived[1].0, desk.path());
    assert_eq!(name(&saved), "hidden_ rm -rf.txt");
    assert!(std::fs::read(&saved).unwrap() == log);
    std::fs::write(&saved, b"mine").unwrap();
    let again = save(alba, server, &case, &arrived[1].0, desk.path());
    assert_eq!(name(&again), "hidden_ rm -rf (2).txt");
    assert_eq!(std::fs::read(&saved).unwrap(), b"mine");
    let saved = save(alba, server, &case, &arrived[2].0, desk.path());
    assert_eq!(std::fs::read(&saved).unwrap(), b"");
    assert_eq!(std::fs::read_dir(desk.path()).unwrap().count(), 4);
    let unknown = alba.run(&["--server", server, "save", &case, "00000000"]);
    unknown.refused(exit::REFUSED);

    // An answer that is a file and nothing else, as it was.
    let line = [
        "--server",
        server,
        "reply",
        &case,
        "--attach",
        &photo_path,
        "--keep-metadata",
        "--status",
        "answered",
    ];
    let sent = alba.run(&line).json();
    assert_eq!(sent["files"][0]["kept_original"], true);
    let words = filed["words"].as_str().unwrap();
    let check = (0..100)
        .map(|_| reporter.check(words))
        .find(|check| check["answered"] == true)
        .expect("the answer becomes visible");
    let attached = &check["messages"][1]["attachments"][0];
    let id = &attached["sha256"].as_str().unwrap()[..8];
    let folder = home.path().join("saved");
    std::fs::create_dir(&folder).unwrap();
    let folder = folder.display().to_string();
    let line = ["save", "--json", id, "--words-fd", "0", "--folder", &folder];
    let saved = reporter.run(&line, words).json();
    let saved = std::fs::read(saved["file"].as_str().unwrap()).unwrap();
    assert_eq!(saved, photo());

    // What is withdrawn is deleted, the files too.
    let withdrawn = reporter.run(&["withdraw", "--json", "--words-fd", "0"], words);
    assert_eq!(withdrawn.json()["deleted"], 1);
    let line = ["--server", server, "save", &case, &arrived[0].0];
    let gone = alba.run(&line);
    gone.refused(exit::REFUSED);
    assert!(
        gone.stderr.contains("was deleted by whoever sent it"),
        "{gone:?}"
    );
}

#[test]
fn what_cannot_be_sent_is_said_before_anything_is() {
    let organisation = Organisation::of(1);
    let reporter = organisation.reporter();
    let home = TempDir::new().unwrap();
    let large = home.path().join("large.iso");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(LARGEST as u64 + 1).unwrap();
    let large = large.display().to_string();
    let cut = write(home.path(), "cut.jpg", &photo()[..60]);
    let folder = home.path().display().to_string();
    let known = [
        (
            &large,
            "file 1 cannot be sent: a file may have at most 67108864 bytes",
        ),
        (&cut, "file 1 is a picture that is damaged"),
        (&folder, "file 1 is not a file"),
    ];
    for (path, says) in known {
        let line = ["file", "--text", "-", "--attach", path];
        let ended = reporter.run(&line, "with a file");
        ended.refused(exit::REFUSED);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        assert!(!ended.stderr.contains(path.as_str()), "{}", ended.stderr);
    }
    organisation.sync_all();
    assert_eq!(organisation.counselor(1).cases(), Vec::<String>::new());
}

#[test]
fn many_small_files_go_with_one_message() {
    let organisation = Organisation::of(1);
    let reporter = organisation.reporter();
    let home = TempDir::new().unwrap();
    let paths: Vec<String> = (0..24)
        .map(|i| write(home.path(), &format!("{i}.txt"), &[i; 1_000]))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    file(&reporter, &paths, &[]);
    organisation.sync_all();
    let alba = organisation.counselor(1);
    let case = alba.only_case();
    let arrived = files(alba, &case);
    assert_eq!(arrived.len(), 24);
    let (id, _) = &arrived[23];
    let saved = save(alba, organisation.url(), &case, id, home.path());
    assert_eq!(std::fs::read(saved).unwrap(), [23; 1_000]);
}
