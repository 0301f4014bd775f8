//! Compares what clients know with what a server shows.

use super::known::{Deletion, Known};
use super::scene::Scene;
use super::tally::{Tally, Wrong};
use crate::testing::Visitor;
use beistand_protocol::bytes::Slot;
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use std::collections::HashMap;
use std::time::Duration;

/// How often a put is repeated while the server says that it cannot just now.
const PATIENCE: u32 = 10;

/// Puts the same bytes again, as a writer does who got no answer: an acknowledged put must get
/// the same promise, one that was not acknowledged must go through now, whatever was done of it
/// before.
///
/// # Errors
/// A server that keeps answering that it cannot.
pub fn repeat<'a>(
    scene: &Scene,
    visitor: &Visitor,
    all: impl Iterator<Item = &'a mut Known>,
    tally: &mut Tally,
) -> Result<(), String> {
    let snapshot = scene.snapshot(visitor)?;
    for known in all {
        let (request, _) = known.request();
        let mut tries = 0;
        let again = loop {
            match visitor.put(&snapshot, &request) {
                // Says nothing about what is stored.
                Err(error) if is_temporary(&error) && tries < PATIENCE => tries += 1,
                Err(error) if is_temporary(&error) => {
                    return Err(format!("the server takes nothing in: {error}"));
                }
                other => break other.map(|(_, response)| response),
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        match (&known.promised, again) {
            (Some((before, _)), Ok(now)) if *before == now => {}
            (Some(_), Ok(_)) => {
                let what = format!("put again, it got another promise: {known}");
                tally.complain(Wrong::Lost, what);
            }
            (Some(_), Err(error)) => {
                let what = format!("put again, it was refused ({error}): {known}");
                tally.complain(Wrong::Lost, what);
            }
            (None, Ok(now)) => known.promised = Some((now, 0)),
            (None, Err(error)) => {
                let what = format!("not acknowledged, and refused now ({error}): {known}");
                tally.complain(Wrong::Half, what);
            }
        }
    }
    Ok(())
}

/// Whether an answer says nothing about what is stored: everything but the codes that do.
fn is_temporary(error: &str) -> bool {
    use beistand_protocol::problem::ProblemCode as Code;
    let permanent = [
        Code::MalformedRequest,
        Code::MalformedBlob,
        Code::WrongClass,
        Code::WrongDay,
        Code::WrongShard,
        Code::WeakStamp,
        Code::SlotOccupied,
    ];
    !permanent.iter().any(|code| code.code() == error)
}

/// Compares the whole wall of a server that has just been started, a moment after the last
/// acknowledgement: the epochs of all puts are over and were closed by its start.
///
/// # Errors
/// A server that does not answer, or shows what does not verify.
pub fn judge(
    scene: &Scene,
    visitor: &Visitor,
    all: &[Known],
    tally: &mut Tally,
) -> Result<(), String> {
    let snapshot = scene.snapshot(visitor)?;
    // The day the server closed last: what it had to forget is decided by that.
    let today = snapshot.today();
    let oldest = today.back(scene.ttl_days);
    let mut expected: HashMap<Slot, &Known> = all.iter().map(|known| (known.slot, known)).collect();
    let note = scene.team.sync(0, today, Day(0), Epoch(0));
    visitor.sync_each(&note, &mut |found| {
        let Some(known) = expected.remove(&found.slot) else {
            let what = format!("nobody put this, or it is there twice: {}", found.slot);
            return tally.complain(Wrong::Half, what);
        };
        if found.day < oldest {
            let what = format!("its day is over: {known}");
            return tally.complain(Wrong::Resurrected, what);
        }
        if known.class.is_envelope() && !snapshot.index_holds(&found.slot, found.day) {
            tally.complain(Wrong::Half, format!("it is not in the index: {known}"));
        }
        compare(known, &found, tally);
    })?;
    for known in expected.values() {
        if known.promised.is_some() && known.day >= oldest {
            tally.complain(Wrong::Lost, format!("it is not on the wall: {known}"));
        }
    }
    Ok(())
}

fn compare(known: &Known, found: &SyncRecord, tally: &mut Tally) {
    let mut wrong = |wrong, what: &str| tally.complain(wrong, format!("{what}: {known}"));
    let (request, key) = known.request();
    let record = &found.record;
    if record.delete_hash != request.delete_hash {
        wrong(Wrong::Half, "its delete hash is another");
    }
    if let Some((promised, _)) = &known.promised {
        if record.r != promised.r {
            wrong(Wrong::Half, "its r is another");
        }
    }
    match (known.deletion, Tombstone::parse(&record.blob)) {
        (Deletion::None | Deletion::Tried, None) => {
            if record.blob != request.blob.bytes() {
                wrong(Wrong::Half, "its blob is another");
            }
        }
        (Deletion::Acknowledged(_), None) => {
            wrong(Wrong::Resurrected, "it was deleted, and is there again");
        }
        (Deletion::None, Some(_)) => wrong(Wrong::Lost, "nobody deleted it, and it is gone"),
        (_, Some(tombstone)) => {
            if tombstone.key != key || tombstone.blob != request.putting().blob {
                wrong(Wrong::Half, "its tombstone is another");
            }
        }
    }
}
