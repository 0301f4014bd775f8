//! Frames have one encoding; what is cut off or too long is refused.
mod support;

use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{parse_answer, FetchError, FetchRecord, FetchRequest};
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::leaf::commitment;
use beistand_protocol::promise::{self, Promise, PromiseError, PutResponse};
use beistand_protocol::put::{PutError, PutRequest};
use beistand_protocol::stamp::{bits, search, StampUse};
use beistand_protocol::sync::{SyncRecord, SyncRequest};
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::{grammar::SealedBlob, roster::Writer};
use support::{world, BlobParts, NOW};

fn put() -> PutRequest {
    let class = BlobClass::Envelope8;
    PutRequest {
        day: Day(20_833),
        slot: Slot([1; 16]),
        delete_hash: DeleteHash([2; 16]),
        shard: 0,
        stamp: 0x0102_0304_0506_0708,
        blob: SealedBlob::parse(class, BlobParts::new(class, 1).build()).unwrap(),
    }
}

#[test]
fn a_put_is_laid_out_as_documented() {
    let bytes = put().encode();
    assert_eq!(bytes[0], 1);
    assert_eq!(bytes[1..5], [0, 0, 0x51, 0x61]);
    assert_eq!(bytes[5..21], [1; 16]);
    assert_eq!(bytes[21..37], [2; 16]);
    assert_eq!(bytes[37], 0);
    assert_eq!(bytes[38..46], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(&bytes[46..68], b"age-encryption.org/v1\n");
    assert_eq!(PutRequest::parse(&bytes).unwrap(), put());
    for length in (0..bytes.len()).step_by(97).chain(0..60) {
        let in_place = PutRequest::parse_in_place(bytes[..length].to_vec());
        assert!(in_place.is_err());
        assert_eq!(PutRequest::parse(&bytes[..length]), in_place);
    }
    assert_eq!(PutRequest::parse_in_place(bytes.clone()).unwrap(), put());
    let mut unknown = bytes;
    unknown[0] = 9;
    assert_eq!(PutRequest::parse(&unknown), Err(PutError::Frame));
}

#[test]
fn a_fetch_has_exactly_its_number_of_slots() {
    let request = FetchRequest {
        class: BlobClass::Envelope8,
        stamp: 5,
        slots: vec![Slot([1; 16]), Slot([2; 16])],
    };
    let bytes = request.encode();
    assert_eq!(FetchRequest::parse(&bytes, 2).unwrap(), request);
    assert_eq!(
        FetchRequest::parse(&bytes, 4),
        Err(FetchError::Count { expected: 4 })
    );
    let part = FetchRequest {
        class: BlobClass::Part,
        stamp: 5,
        slots: vec![Slot([1; 16])],
    };
    assert_eq!(FetchRequest::parse(&part.encode(), 4).unwrap(), part);
    assert!(FetchRequest::parse(&bytes[..9], 0).is_ok_and(|request| request.slots.is_empty()));
}

#[test]
fn an_answer_is_read_only_whole() {
    let class = BlobClass::Envelope8;
    let record = FetchRecord {
        r: CommitmentNonce([1; 32]),
        leaf: 7,
        delete_hash: DeleteHash([3; 16]),
        blob: vec![5; class.size()],
    };
    let mut bytes = Vec::new();
    record.encode_into(&mut bytes);
    record.encode_into(&mut bytes);
    assert_eq!(
        parse_answer(class, 2, &bytes).unwrap(),
        vec![record.clone(), record.clone()]
    );
    assert_eq!(parse_answer(class, 1, &bytes), Err(FetchError::Answer));
    let sync = SyncRecord {
        class,
        day: Day(9),
        slot: Slot([8; 16]),
        epoch: Epoch(4),
        record,
    };
    let mut bytes = Vec::new();
    sync.encode_into(&mut bytes);
    assert_eq!(SyncRecord::parse_first(&bytes[..bytes.len() - 1]), Ok(None));
    assert_eq!(
        SyncRecord::parse_first(&bytes),
        Ok(Some((sync, bytes.len())))
    );
    assert!(SyncRecord::parse_first(&[0]).is_err());
}

#[test]
fn a_delete_is_48_bytes() {
    let request = DeleteRequest {
        slot: Slot([1; 16]),
        key: DeleteKey([2; 32]),
    };
    let bytes = request.encode();
    assert_eq!(bytes.len(), 48);
    assert_eq!(DeleteRequest::parse(&bytes).unwrap(), request);
    assert!(DeleteRequest::parse(&bytes[..47]).is_err());
    assert!(DeleteRequest::parse(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn a_tombstone_proves_the_deletion_and_a_dropped_blob_cannot_forge_it() {
    let key = DeleteKey([4; 32]);
    let expected = delete_hash(&key);
    let (r, slot) = (CommitmentNonce([1; 32]), Slot([2; 16]));
    let stone = Tombstone {
        key,
        blob: sha256(b"the blob"),
    };
    let bytes = stone.encode(BlobClass::Envelope8);
    assert_eq!(bytes.len(), BlobClass::Envelope8.size());
    assert_eq!(Tombstone::parse(&bytes), Some(stone.clone()));
    let logged = commitment(&r, &slot, &expected, &sha256(b"the blob"));
    assert_eq!(stone.commitment(&r, &slot, &expected), Some(logged));
    let forged = Tombstone {
        key: DeleteKey([5; 32]),
        ..stone
    };
    assert_eq!(forged.commitment(&r, &slot, &expected), None);
    let mut dirty = bytes;
    *dirty.last_mut().unwrap() = 1;
    assert_eq!(Tombstone::parse(&dirty), None);
}

#[test]
fn a_promise_is_of_exactly_what_was_put() {
    let world = world();
    let put = put();
    let r = CommitmentNonce([6; 32]);
    let promise = Promise {
        epoch: Epoch(3),
        leaf: put.putting().leaf(&r).hash(),
    };
    let text = promise::text(world.id(), &promise);
    let response = PutResponse {
        promise: world.log.sign(&text),
        r,
    };
    let verify = |response: &PutResponse, put: &PutRequest| {
        let body = serde_json::to_vec(response).unwrap();
        promise::verify(world.id(), &world.log.public, &put.putting(), &body)
    };
    assert_eq!(*verify(&response, &put).unwrap(), promise);
    let other = PutRequest {
        slot: Slot([9; 16]),
        ..put.clone()
    };
    assert_eq!(verify(&response, &other).err(), Some(PromiseError::Leaf));
    let other = PutRequest {
        delete_hash: DeleteHash([9; 16]),
        ..put.clone()
    };
    assert_eq!(verify(&response, &other).err(), Some(PromiseError::Leaf));
    let forged = PutResponse {
        promise: world.root.sign(&text),
        r,
    };
    assert!(matches!(verify(&forged, &put), Err(PromiseError::Note(_))));
}

#[test]
fn a_stamp_is_for_one_slot_one_day_and_one_use() {
    let (challenge, slot) = (sha256(b"checkpoint"), Slot([1; 16]));
    let stamp = search(StampUse::Envelope, &challenge, &slot, 12, 0, 1 << 20).unwrap();
    assert!(bits(StampUse::Envelope, &challenge, &slot, stamp) >= 12);
    let elsewhere = [
        bits(StampUse::Fetch, &challenge, &slot, stamp),
        bits(StampUse::Envelope, &sha256(b"tomorrow"), &slot, stamp),
        bits(StampUse::Envelope, &challenge, &Slot([2; 16]), stamp),
    ];
    assert!(elsewhere.iter().all(|bits| *bits < 12), "{elsewhere:?}");
    assert_eq!(
        search(StampUse::Envelope, &challenge, &slot, 60, 0, 100),
        None
    );
}

#[test]
fn a_sync_is_signed_by_a_trusted_device_on_the_same_day() {
    let world = world();
    let today = NOW.day();
    let request = SyncRequest {
        device: Writer(1),
        day: today,
        from: Day(0),
        after: Epoch(0),
    };
    let note = world.devices[0].sign(&request.text(world.id()));
    let mut roster = world.roster();
    let verify = |roster: &_, note: &str, day| {
        SyncRequest::verify(world.id(), roster, note.as_bytes(), day).map(|r| r.into_inner())
    };
    assert_eq!(verify(&roster, &note, today), Ok(request));
    assert!(verify(&roster, &note, today.forward(2)).is_err());
    let other = world.devices[1].sign(&request.text(world.id()));
    assert!(verify(&roster, &other, today).is_err());
    roster.devices[0].distrust_since = Some(today);
    assert!(verify(&roster, &note, today).is_err());
}
