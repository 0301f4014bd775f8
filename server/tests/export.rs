//! Exports: taken from a server at work, read into a new directory, and forgotten with the keys of
//! the server they came from.

mod conformance;
mod trial;

use beistand_protocol::bytes::InstanceId;
use beistand_protocol::class::BlobClass;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::disk::Watermark;
use beistand_server::store::sled::{import, save_export, SledStore};
use beistand_server::store::{Closing, Store as _, StoreError, StoredRoster};
use beistand_server::testing::{put_of, Program, Team};
use conformance::{closing, envelope, item, DAY};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use trial::{search, Found};

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");
const INSTANCE: InstanceId = InstanceId([7; 16]);

fn open(directory: &Path) -> SledStore {
    std::fs::create_dir_all(directory).unwrap();
    std::fs::write(directory.join("log.key"), "not used here").unwrap();
    let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
    SledStore::open(directory, &INSTANCE, Watermark::new(directory, 0), fatal).unwrap()
}

fn exported(store: &SledStore) -> Vec<u8> {
    let mut export = Vec::new();
    store.export(&mut export).unwrap();
    export
}

#[test]
fn what_was_exported_is_there_after_importing() {
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (place.path().join("from"), place.path().join("to"));
    let store = open(&from);
    let roster = StoredRoster {
        version: 1,
        accepted: DAY,
        note: "a roster".to_owned(),
    };
    store.accept_roster(roster).unwrap();
    let (seen, key) = envelope();
    let (part, _) = item(BlobClass::Part, DAY);
    let (waiting, _) = envelope();
    store.put(seen.clone(), Epoch(1)).unwrap();
    store.put(part.clone(), Epoch(1)).unwrap();
    store.end_epoch(Epoch(1)).unwrap();
    let last = closing(&store, Epoch(1), &[&seen, &part]);
    store.close_epoch(last).unwrap();
    store.put(waiting.clone(), Epoch(2)).unwrap();
    store.delete(&seen.slot, &key).unwrap();

    let export = exported(&store);
    let imported = import(&to, &from, &mut &export[..]).unwrap();
    assert_eq!((imported.items, imported.forgotten), (3, 0));
    let copy = open(&to);
    for item in [&seen, &part, &waiting] {
        assert_eq!(copy.read(&item.slot), store.read(&item.slot));
    }
    assert_eq!(copy.contents(), store.contents());
    for index in 0..3 {
        assert!(copy.leaf(index).unwrap().is_some());
        assert_eq!(copy.leaf(index), store.leaf(index));
    }
    assert_eq!(copy.oldest_pending(), Ok(Some(Epoch(2))));
    // And it goes on.
    copy.put(envelope().0, Epoch(3)).unwrap();
    assert_eq!(copy.end_epoch(Epoch(3)).unwrap().len(), 2);
    let last = closing(&copy, Epoch(3), &[&waiting]);
    copy.close_epoch(last).unwrap();
}

#[test]
fn an_old_export_brings_nothing_back() {
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (place.path().join("from"), place.path().join("to"));
    let ((deleted, key), (kept, _)) = (envelope(), envelope());
    let (gone, _) = item(BlobClass::Envelope8, Day(DAY.0 - 1));
    let export = {
        let store = open(&from);
        for item in [&deleted, &kept, &gone] {
            store.put(item.clone(), Epoch(1)).unwrap();
        }
        exported(&store)
    };
    let seized = place.path().join("seized");
    std::fs::create_dir(&seized).unwrap();
    std::fs::write(seized.join("export"), &export).unwrap();
    {
        // Whoever has the export and today's keys opens it: so the search would find it later.
        let keys = seized.join("keys");
        std::fs::create_dir(&keys).unwrap();
        for day in [DAY, Day(DAY.0 - 1)] {
            let name = day.to_string();
            std::fs::copy(from.join("keys").join(&name), keys.join(&name)).unwrap();
        }
        for item in [&deleted, &gone] {
            let found = search(&seized, item);
            assert!(found.blob > 0 && found.r > 0);
        }
        std::fs::remove_dir_all(keys).unwrap();
    }
    {
        let store = open(&from);
        store.delete(&deleted.slot, &key).unwrap();
        // Its place belongs to somebody else now.
        store.put(envelope().0, Epoch(1)).unwrap();
        store.end_epoch(Epoch(1)).unwrap();
        let last = closing(&store, Epoch(1), &[]);
        let gone = vec![Day(DAY.0 - 1)];
        store.close_epoch(Closing { gone, ..last }).unwrap();
    }
    let imported = import(&to, &from, &mut &export[..]).unwrap();
    assert_eq!((imported.items, imported.forgotten), (1, 2));
    for _ in 0..2 {
        let copy = open(&to);
        assert_eq!(copy.read(&deleted.slot), Ok(None));
        assert_eq!(copy.read(&gone.slot), Ok(None));
        let there = copy.read(&kept.slot).unwrap().unwrap();
        assert_eq!(there.blob.as_deref(), Some(kept.blob.bytes()));
    }
    // Neither in what was restored nor in the export, with all keys there are.
    std::fs::rename(seized.join("export"), to.join("export")).unwrap();
    assert_eq!(search(&to, &deleted).blob, 0);
    assert_eq!(search(&to, &gone), Found::NOTHING);
    assert!(search(&to, &kept).blob > 0);
}

#[test]
fn what_is_no_whole_export_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (place.path().join("from"), place.path().join("to"));
    let store = open(&from);
    store.put(envelope().0, Epoch(1)).unwrap();
    let export = exported(&store);
    for length in [0, 10, 100, export.len() / 2, export.len() - 1] {
        let outcome = import(&to, &from, &mut &export[..length]);
        assert!(matches!(outcome, Err(StoreError::Failed(_))), "{length}");
        assert_eq!(std::fs::read_dir(&to).unwrap().count(), 0);
    }
    // A schema of which nothing is known, and a directory that holds something.
    let mut other = export.clone();
    other[21] = 99;
    let outcome = import(&to, &from, &mut &other[..]);
    assert!(matches!(outcome, Err(StoreError::Schema { found: 99, .. })));
    std::fs::write(to.join("something"), "").unwrap();
    assert!(import(&to, &from, &mut &export[..]).is_err());
    assert!(to.join("something").exists());
}

#[test]
fn a_running_server_is_exported_while_others_put() {
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (place.path().join("from"), place.path().join("to"));
    let team = Team::new(3);
    let instance = Program::write_instance(place.path(), &team).unwrap();
    let server = Program::start(Path::new(PROGRAM), &from, &instance).unwrap();
    let visitor = server.visitor(&team);
    let log = Program::log_key(&from).unwrap();
    let now = || beistand_server::clock::Clock::now(&beistand_server::clock::SystemClock);
    let roster = team.sign_roster(&team.first_roster(&log, now()));
    visitor.post("/v1/rosters", roster.as_bytes()).unwrap();
    let snapshot = visitor.snapshot(now(), Day(0)).unwrap().into_inner();
    let put = || {
        let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
        visitor.put(&snapshot, &request).unwrap();
        request
    };
    let before: Vec<_> = (0..5).map(|_| put()).collect();
    let export = place.path().join("export");
    let run = |verb: &str, arguments: &[&Path]| {
        let mut command = Command::new(PROGRAM);
        command.arg(verb).args(arguments).output().unwrap()
    };
    let [data, file, keys] = ["--data", "--instance", "--keys"].map(Path::new);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                put();
            }
        });
        let output = run("export", &[data, &from, file, &instance, &export]);
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    });
    // The same name again is refused.
    let again = run("export", &[data, &from, file, &instance, &export]);
    assert_eq!(again.status.code(), Some(1));
    server.kill().unwrap();
    let output = run("import", &[data, &to, keys, &from, &export]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let store_of = |directory: &Path| {
        let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
        let id = team.instance.instance;
        SledStore::open(directory, &id, Watermark::new(directory, 0), fatal).unwrap()
    };
    {
        let copy = store_of(&to);
        for request in &before {
            let there = copy.read(&request.slot).unwrap().unwrap();
            assert_eq!(there.blob.as_deref(), Some(request.blob.bytes()));
        }
    }
    // It serves, and its log goes on.
    let server = Program::start(Path::new(PROGRAM), &to, &instance).unwrap();
    server.visitor(&team).snapshot(now(), Day(0)).unwrap();
    // A stopped server is exported, too.
    drop(server);
    let second = place.path().join("second");
    let watermark = Watermark::new(&to, 0);
    let exported = save_export(&to, &team.instance.instance, watermark, &second).unwrap();
    assert!(exported.items >= 5 && exported.leaves > 0);
}
