//! Sending and saving a file takes the same memory however long the file is.
//! `BEISTAND_FILE_MIB=64` tries the largest there is.
#![cfg(target_os = "linux")]

use beistand_protocol::hash::sha256;
use beistand_tests::noise::noise;
use beistand_tests::organisation::Organisation;
use beistand_tests::programs::programs;
use beistand_tests::running::run_watched;
use serde_json::Value;
use std::time::Duration;
use tempfile::TempDir;

const MIB: usize = 1 << 20;
/// Of the longer file; eight parts hold it.
const ORDINARY: usize = 7;
/// What two runs of one program differ by anyway, in bytes, and much less than the longer file.
const SLACK: usize = 3 * MIB;

/// The most memory a program ever had, in bytes: its "high water mark", read until it is gone.
fn peak(id: u32) -> usize {
    let path = format!("/proc/{id}/status");
    let mut peak = 0;
    let mark = |status: String| {
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok()
    };
    while let Some(kib) = std::fs::read_to_string(&path).ok().and_then(mark) {
        peak = kib * 1024;
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let longer = std::env::var("BEISTAND_FILE_MIB").map_or(ORDINARY, |mebi| mebi.parse().unwrap());
    let organisation = Organisation::of(1);
    let instance = organisation.instance().display().to_string();
    let run = |line: &[&str], input: &str| -> (Value, usize) {
        let place = ["--server", organisation.url(), "--instance", &instance];
        let line = [&place[..], line].concat();
        let (ended, peak) = run_watched(&programs().report, &line, input, peak);
        assert!(peak > MIB, "nothing was seen of its memory");
        (ended.json(), peak)
    };
    let [short, long] = [MIB / 2, longer * MIB].map(|size| {
        let home = TempDir::new().unwrap();
        let content = noise(size);
        let path = home.path().join("file.bin");
        std::fs::write(&path, &content).unwrap();
        let attach = path.display().to_string();
        let line = [
            "file", "--json", "--wait", "--text", "-", "--attach", &attach,
        ];
        let (filed, sending) = run(&line, "with a file");
        let id = &sha256(&content).to_string()[..8];
        let folder = home.path().display().to_string();
        let line = ["save", "--json", id, "--words-fd", "0", "--folder", &folder];
        let (saved, saving) = run(&line, filed["words"].as_str().unwrap());
        assert!(std::fs::read(saved["file"].as_str().unwrap()).unwrap() == content);
        println!("{size} bytes: {sending} for sending, {saving} for saving");
        (sending, saving)
    });
    assert!(long.0 < short.0 + SLACK, "sending: {short:?} {long:?}");
    assert!(long.1 < short.1 + SLACK, "saving: {short:?} {long:?}");
}
