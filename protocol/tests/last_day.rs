//! Days at the end of their 32 bits: kept as they are, told apart from what is beyond, and never
//! counted past their end.

mod support;

use beistand_protocol::bytes::{DeleteHash, Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::put::PutRequest;
use beistand_protocol::state::{StateDay, StateLeaf};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use support::BlobParts;

const LAST: Day = Day(u32::MAX);

#[test]
fn counting_stops_at_both_ends() {
    assert_eq!(LAST.forward(1), LAST);
    assert_eq!(Day(u32::MAX - 3).forward(7), LAST);
    assert_eq!(Day(0).forward(u32::MAX), LAST);
    assert_eq!(Day(0).back(1), Day(0));
    assert_eq!(LAST.back(u32::MAX), Day(0));
    assert_eq!(LAST.distance(Day(0)), u32::MAX);
    assert_eq!(Day(0).distance(LAST), u32::MAX);
}

#[test]
fn every_moment_has_a_day_and_an_epoch() {
    let start = LAST.start();
    assert_eq!(start, UnixTime(371_085_174_288_000));
    assert_eq!(start.day(), LAST);
    assert_eq!(UnixTime(start.0 - 1).day(), Day(u32::MAX - 1));
    assert_eq!(UnixTime(u64::MAX).day(), LAST);
    assert_eq!(UnixTime(u64::MAX).epoch(0), Epoch(u64::MAX));
    assert_eq!(UnixTime(u64::MAX).epoch(u32::MAX).0, (1 << 32) + 1);
}

#[test]
fn the_last_day_goes_through_every_frame() {
    let class = BlobClass::Envelope8;
    let put = PutRequest {
        day: LAST,
        slot: Slot([1; 16]),
        delete_hash: DeleteHash([2; 16]),
        shard: 0,
        stamp: u64::MAX,
        blob: SealedBlob::parse(class, BlobParts::new(class, 1).build()).unwrap(),
    };
    let bytes = put.encode();
    assert_eq!(bytes[1..5], [0xff; 4]);
    assert_eq!(PutRequest::parse(&bytes), Ok(put));

    let day = IndexDay {
        day: LAST,
        slots: vec![Slot([3; 16])],
    };
    let index = Index { days: vec![day] };
    assert_eq!(Index::parse(&index.encode()), Ok(index));
}

#[test]
fn the_state_says_it_and_nothing_beyond() {
    let leaf = StateLeaf {
        epoch: Epoch(u64::MAX),
        day: LAST,
        stamp_bits: 1,
        rosters: Digest([1; 32]),
        prekeys: Digest([2; 32]),
        index: vec![StateDay {
            day: LAST,
            count: u32::MAX,
            digest: Digest([3; 32]),
        }],
    };
    let text = leaf.encode();
    assert!(text.starts_with("state|18446744073709551615|4294967295|1|"));
    assert_eq!(StateLeaf::parse(&text), Some(leaf));
    let beyond = [
        ("|18446744073709551615|", "|18446744073709551616|"),
        ("|4294967295|", "|4294967296|"),
        ("|4294967295:", "|4294967296:"),
        (":4294967295:", ":4294967296:"),
        ("|4294967295|", "|-1|"),
    ];
    for (last, next) in beyond {
        let altered = text.replacen(last, next, 1);
        assert_ne!(altered, text);
        assert_eq!(StateLeaf::parse(&altered), None, "{next}");
    }
}
