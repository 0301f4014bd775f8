//! What a restart makes of stamps: which of them were used for fetches is written down nowhere, so a
//! fetch can be made once more with each, and never twice (`docs/threat-model.md` says why that is
//! borne). The stamps of puts are spent for good, with their slots.

use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::FetchRequest;
use beistand_protocol::stamp::{self, StampUse};
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Place, Visitor};

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

/// Status and code of one fetch.
fn fetch(visitor: &Visitor, request: &FetchRequest) -> (u16, String) {
    let answer = visitor.post("/v1/fetch", &request.encode()).unwrap();
    let code = match answer.status {
        200 => String::new(),
        _ => answer.code(),
    };
    (answer.status, code)
}

#[test]
fn a_restart_gives_each_used_stamp_one_more_fetch_and_no_put_anything() {
    let place = Place::new(PROGRAM);
    let (accepted, used) = ((200, String::new()), (403, "used-stamp".to_owned()));

    let server = place.start();
    let visitor = server.visitor(&place.team);
    place.post_roster(&visitor);
    let now = SystemClock.now();
    let snapshot = visitor.snapshot(now, now.day().back(1)).unwrap();
    let (put, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (_, promise) = visitor.put(&snapshot, &put).unwrap();
    let slots: Vec<Slot> = (0..4).map(|_| Slot(rand::random())).collect();
    let bits = snapshot.stamp_bits(StampUse::Fetch);
    let (challenge, from) = (snapshot.challenge(), rand::random());
    let stamp = stamp::search(StampUse::Fetch, challenge, &slots[0], bits, from, 1 << 24);
    let request = FetchRequest {
        class: BlobClass::Envelope8,
        stamp: stamp.unwrap(),
        slots,
    };
    assert_eq!(fetch(&visitor, &request), accepted);
    assert_eq!(fetch(&visitor, &request), used);
    server.kill().unwrap();

    let server = place.start();
    let visitor = server.visitor(&place.team);
    assert_eq!(fetch(&visitor, &request), accepted);
    assert_eq!(fetch(&visitor, &request), used);
    assert_eq!(visitor.put(&snapshot, &put).unwrap().1, promise);
}
