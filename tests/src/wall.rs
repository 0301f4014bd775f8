//! The wall as anybody can see it: every envelope of the public index.

use crate::organisation::Organisation;
use beistand_client::{fetch_stamped, load_snapshot};
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::FetchRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::UnixTime;
use beistand_protocol::trust::Verified;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// This machine's clock.
pub fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime(since.expect("the clock is past 1970").as_secs())
}

/// What the server shows, verified.
pub fn snapshot(organisation: &Organisation) -> Verified<Snapshot> {
    let (client, instance) = organisation.client();
    load_snapshot(&client, &instance, now(), None).expect("the server shows what holds")
}

/// Every envelope, by its slot.
pub fn envelopes(organisation: &Organisation) -> (BlobClass, BTreeMap<Slot, Vec<u8>>) {
    let (client, _) = organisation.client();
    let snapshot = snapshot(organisation);
    let class = snapshot.envelope_class();
    let count = FetchRequest::count(class, snapshot.roster().fetch_count);
    let all: Vec<Slot> = snapshot.index().slots().map(|(_, slot)| slot).collect();
    let mut envelopes = BTreeMap::new();
    for some in all.chunks(count) {
        // Filled up, as every fetch is.
        let slots: Vec<Slot> = some.iter().copied().cycle().take(count).collect();
        let start = rand::random();
        let records = fetch_stamped(&client, &snapshot, class, &slots, start);
        let records = records.expect("the server answers a fetch");
        for (slot, record) in slots.iter().zip(records) {
            envelopes.insert(*slot, record.blob);
        }
    }
    (class, envelopes)
}
