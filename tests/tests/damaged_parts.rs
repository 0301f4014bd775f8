//! A server that keeps a part of a file back, or gives out another than it should: both programs name
//! each as what it is and save nothing; once the server is honest again the file is there.

use beistand_tests::meddler::Meddler;
use beistand_tests::noise::noise;
use beistand_tests::organisation::Organisation;
use beistand_tests::reporter::Reporter;
use beistand_tests::running::{exit, Ended};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// `class ‖ stamp` before the slots of a fetch (protocol.md, section 6).
const BEFORE_SLOTS: usize = 1 + 8;
const PART_CLASS: u8 = 3;

/// What a server may do about the second part of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Nothing,
    KeepBack,
    Swap,
    Exchange,
    Alter,
}

const NAMED: [(Deed, &str); 4] = [
    (Deed::KeepBack, "it is not there"),
    (
        Deed::Swap,
        "it was exchanged for another part of the same file",
    ),
    (Deed::Exchange, "it belongs to another file"),
    (Deed::Alter, "it was altered"),
];

/// A server that has seen the parts of the film and of the note, in this order.
struct Malice {
    deed: Deed,
    /// Slots and records, in the order in which they were first asked for.
    records: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Malice {
    fn answer(&mut self, request: &[u8], honest: Vec<u8>) -> Vec<u8> {
        if request.first() != Some(&PART_CLASS) {
            return honest;
        }
        let slot = &request[BEFORE_SLOTS..];
        if !self.records.iter().any(|(known, _)| known == slot) {
            self.records.push((slot.to_vec(), honest.clone()));
        }
        if self.records.get(1).is_none_or(|(second, _)| second != slot) {
            return honest;
        }
        let record = |number: usize| self.records[number].1.clone();
        match self.deed {
            Deed::Nothing => honest,
            Deed::KeepBack => noise(honest.len()),
            Deed::Swap => record(0),
            Deed::Exchange => record(2),
            Deed::Alter => {
                let mut altered = honest;
                let last = altered.len() - 1;
                altered[last] ^= 1;
                altered
            }
        }
    }
}

#[test]
fn a_missing_swapped_altered_or_foreign_part_is_named() {
    let organisation = Organisation::of(1);
    let home = TempDir::new().unwrap();
    let contents = [noise(1_044_480 + 5), b"a note".to_vec()];
    let paths = ["film.mp4", "note.txt"].map(|name| home.path().join(name));
    let mut line = vec!["file", "--json", "--wait", "--text", "-"];
    for (path, content) in paths.iter().zip(&contents) {
        std::fs::write(path, content).unwrap();
        line.extend(["--attach", path.to_str().unwrap()]);
    }
    let filed = organisation.reporter().run(&line, "two files").json();
    let words = filed["words"].as_str().unwrap();
    organisation.sync_all();
    let alba = organisation.counselor(1);
    let case = alba.only_case();
    let sent = alba.show(&case)["messages"][0]["attachments"].clone();
    let ids = [0, 1].map(|file: usize| sent[file]["sha256"].as_str().unwrap()[..8].to_owned());

    let malice = Arc::new(Mutex::new(Malice {
        deed: Deed::Nothing,
        records: Vec::new(),
    }));
    let server = Arc::clone(&malice);
    let meddler = Meddler::before(organisation.url(), move |request, honest| {
        server.lock().unwrap().answer(request, honest)
    });
    let reporter = Reporter::new(&meddler.url, &organisation.instance());
    let on_a_desk = |id: &str, folder: &Path| {
        let folder = folder.display().to_string();
        alba.run(&[
            "--server",
            &meddler.url,
            "save",
            &case,
            id,
            "--folder",
            &folder,
        ])
    };
    let by_the_reporter = |id: &str, folder: &Path| {
        let folder = folder.display().to_string();
        let line = ["save", "--json", id, "--words-fd", "0", "--folder", &folder];
        reporter.run(&line, words)
    };
    let honest = |save: &dyn Fn(&str, &Path) -> Ended| {
        for (id, content) in ids.iter().zip(&contents) {
            let folder = TempDir::new().unwrap();
            let saved = save(id, folder.path()).json();
            let saved = std::fs::read(saved["file"].as_str().unwrap()).unwrap();
            assert!(saved == *content);
        }
    };
    honest(&by_the_reporter);
    assert_eq!(malice.lock().unwrap().records.len(), 3);
    for (deed, sentence) in NAMED {
        malice.lock().unwrap().deed = deed;
        for save in [
            &on_a_desk as &dyn Fn(&str, &Path) -> Ended,
            &by_the_reporter,
        ] {
            let folder = TempDir::new().unwrap();
            let ended = save(&ids[0], folder.path());
            let error = ended.refused(exit::REFUSED);
            let expected = format!("part 2 of the file cannot be used: {sentence}");
            assert_eq!(error, expected, "{deed:?}");
            let left = std::fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(left, 0, "nothing of it is left: {deed:?}");
        }
    }
    malice.lock().unwrap().deed = Deed::Nothing;
    honest(&on_a_desk);
}
