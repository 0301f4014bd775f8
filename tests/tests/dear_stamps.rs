//! Native clients meet a server that asks for more than its state said: they find the dearer
//! stamp by themselves, and the person waits a little longer.

use beistand_client::{deliver, fetch_stamped, load_snapshot, Client, ServerAddress};
use beistand_client::{ClientError, DeliverError, Sealed};
use beistand_protocol::bytes::{DeleteHash, Slot};
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::stamp::StampUse;
use beistand_server::app::Quotas;
use beistand_server::clock::Clock as _;
use beistand_server::testing::in_process::Wishes;
use beistand_server::testing::{sealed_blob, InProcess};

const QUOTAS: Quotas = Quotas {
    envelopes: 8,
    parts: 8,
    fetches: 8,
};

fn server() -> (InProcess, Client, Snapshot) {
    let server = InProcess::with(Wishes {
        quotas: QUOTAS,
        ..Wishes::default()
    });
    let address: ServerAddress = format!("http://{}", server.visitor.address)
        .parse()
        .unwrap();
    let client = Client::new(address, None).unwrap();
    let instance = &server.team.instance;
    let snapshot = load_snapshot(&client, instance, server.clock.now(), None);
    let snapshot = snapshot.unwrap().into_inner();
    (server, client, snapshot)
}

fn put(client: &Client, snapshot: &Snapshot) -> Result<(), DeliverError> {
    let class = snapshot.envelope_class();
    let sealed = Sealed {
        day: snapshot.today(),
        slot: Slot(rand::random()),
        delete_hash: DeleteHash(rand::random()),
        shard: 0,
        blob: sealed_blob(class, &mut rand::thread_rng()),
    };
    deliver(client, snapshot, &sealed).map(drop)
}

#[test]
fn a_put_that_got_dearer_meanwhile_arrives_until_the_epoch_is_full() {
    let (server, client, snapshot) = server();
    let asked = snapshot.stamp_bits(StampUse::Envelope);
    assert!(asked < snapshot.roster().stamps.envelope_max);
    for _ in 0..QUOTAS.envelopes {
        // With what the state said at the beginning, although the last two cost more.
        put(&client, &snapshot).unwrap();
    }
    let full = put(&client, &snapshot).unwrap_err();
    let DeliverError::Client(full) = full else {
        panic!("{full}")
    };
    assert_eq!(full.code(), Some(ProblemCode::QuotaReached));
    assert!(full.code().is_some_and(ProblemCode::is_temporary));
    server.next_epoch();
    put(&client, &snapshot).unwrap();
}

#[test]
fn the_same_fetch_can_be_made_again_and_when_it_got_dearer() {
    let (_server, client, snapshot) = server();
    let class = snapshot.envelope_class();
    let slots = [Slot([1; 16]); 4];
    for _ in 0..2 * QUOTAS.fetches {
        // Always from the same number on: each finds another stamp.
        match fetch_stamped(&client, &snapshot, class, &slots, 7) {
            Ok(records) => assert_eq!(records.len(), 4),
            // After many there is none left within a few tries; a random start finds one.
            Err(ClientError::Problem { code, .. }) => {
                assert_eq!(code, Some(ProblemCode::UsedStamp));
                let start = rand::random();
                fetch_stamped(&client, &snapshot, class, &slots, start).unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
}
