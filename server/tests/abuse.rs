//! Attackers and honest reporters side by side: quotas, the reserve and the price of stamps keep
//! the wall open for those who pay what is asked, and the disk bounded. Nobody is told apart.

use beistand_protocol::class::BlobClass;
use beistand_protocol::problem::Problem;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::stamp::{bits, search, StampUse};
use beistand_protocol::time::Day;
use beistand_server::app::Quotas;
use beistand_server::clock::Clock as _;
use beistand_server::testing::in_process::Wishes;
use beistand_server::testing::{put_of, InProcess};

const QUOTAS: Quotas = Quotas {
    envelopes: 40,
    parts: 8,
    fetches: 8,
};
const LEAST: u8 = 4;
const MOST: u8 = 12;

fn server() -> InProcess {
    InProcess::with(Wishes {
        roster: |roster| {
            roster.stamps.envelope_min = LEAST;
            roster.stamps.envelope_max = MOST;
            roster.stamps.part = 2;
            roster.stamps.fetch = 2;
        },
        quotas: QUOTAS,
        ..Wishes::default()
    })
}

fn snapshot(server: &InProcess) -> Snapshot {
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day().back(60));
    snapshot.unwrap().into_inner()
}

/// A put whose stamp is worth exactly so much, and how many numbers were tried for it.
fn put_worth(snapshot: &Snapshot, worth: u8) -> (PutRequest, u64) {
    let (mut put, _) = put_of(snapshot, BlobClass::Envelope8, snapshot.today());
    let challenge = snapshot.challenge();
    let worth_of = |stamp| bits(StampUse::Envelope, challenge, &put.slot, stamp);
    let stamp = (0..).find(|stamp| worth_of(*stamp) == worth).unwrap();
    put.stamp = stamp;
    (put, stamp + 1)
}

/// Puts; `Err` with the problem.
fn send(server: &InProcess, put: &PutRequest) -> Result<(), Box<Problem>> {
    let answer = server.visitor.post("/v1/envelopes", &put.encode()).unwrap();
    match answer.status {
        200 => Ok(()),
        _ => Err(serde_json::from_slice(&answer.body).unwrap()),
    }
}

/// What an up-to-date client does: the price of the state, and then what it is told.
fn report(server: &InProcess) -> bool {
    let snapshot = snapshot(server);
    let mut put = put_of(&snapshot, BlobClass::Envelope8, snapshot.today()).0;
    match send(server, &put) {
        Ok(()) => true,
        Err(problem) => {
            let Some(needed) = problem.bits else {
                return false;
            };
            let challenge = snapshot.challenge();
            let stamp = search(StampUse::Envelope, challenge, &put.slot, needed, 0, 1 << 24);
            put.stamp = stamp.unwrap();
            send(server, &put).is_ok()
        }
    }
}

#[test]
fn honest_reporters_get_through_a_flood_and_the_disk_stays_bounded() {
    let server = server();
    // Per epoch: enough for a thousand puts at the least price, and for four at the highest.
    let attackers_tries = 20_000;
    let (mut honest, mut sent) = (0, 0);
    let (epochs, mut dearest) = (20, 0);
    for _ in 0..epochs {
        let seen = snapshot(&server);
        let mut price = seen.stamp_bits(StampUse::Envelope);
        dearest = dearest.max(price);
        let mut tries = 0;
        while tries < attackers_tries {
            let (put, cost) = put_worth(&seen, price);
            tries += cost;
            if tries > attackers_tries {
                break;
            }
            match send(&server, &put) {
                Ok(()) => {}
                Err(problem) => match problem.bits {
                    Some(needed) => price = needed,
                    None => assert_eq!(problem.code, "quota-reached"),
                },
            }
        }
        // Worst for them: they come when the attackers are done.
        for _ in 0..3 {
            sent += 1;
            honest += usize::from(report(&server));
        }
        server.next_epoch();
    }
    assert!(honest * 100 >= sent * 99, "{honest} of {sent}");
    let stored = server.visitor.index(Day(0)).unwrap();
    let stored: usize = stored.days.iter().map(|day| day.slots.len()).sum();
    assert!(stored <= epochs * QUOTAS.envelopes as usize, "{stored}");
    assert!(stored > sent * 2, "there was no flood: {stored}");
    assert_eq!(dearest, MOST);

    // After it the price comes down again.
    for _ in 0..6 {
        server.next_epoch();
    }
    assert_eq!(snapshot(&server).stamp_bits(StampUse::Envelope), LEAST);
}

#[test]
fn a_stamp_that_got_too_weak_is_refused_with_the_bits_it_needs() {
    let server = server();
    let before = snapshot(&server);
    for _ in 0..30 {
        send(&server, &put_worth(&before, LEAST).0).unwrap();
    }
    let (mut put, _) = put_worth(&before, MOST - 1);
    let problem = send(&server, &put).unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (403, "weak-stamp"));
    assert_eq!(problem.bits, Some(MOST));
    put.stamp = search(
        StampUse::Envelope,
        before.challenge(),
        &put.slot,
        MOST,
        0,
        1 << 24,
    )
    .unwrap();
    send(&server, &put).unwrap();
    for _ in 0..9 {
        let (mut put, _) = put_of(&before, BlobClass::Envelope8, before.today());
        let challenge = before.challenge();
        put.stamp = search(StampUse::Envelope, challenge, &put.slot, MOST, 0, 1 << 24).unwrap();
        send(&server, &put).unwrap();
    }
    // Now the epoch takes no more, whatever is paid; but what is there can be sent again.
    let (dear, _) = put_worth(&before, MOST + 2);
    let problem = send(&server, &dear).unwrap_err();
    assert_eq!(
        (problem.status, problem.code.as_str()),
        (429, "quota-reached")
    );
    assert_eq!(problem.bits, None);
    send(&server, &put).unwrap();
    // The next epoch does.
    server.next_epoch();
    send(&server, &dear).unwrap();
    // Parts and fetches got dearer by as much.
    let after = snapshot(&server);
    let raise = after.stamp_bits(StampUse::Envelope) - LEAST;
    assert!(raise > 0);
    assert_eq!(after.stamp_bits(StampUse::Part), 2 + raise);
    assert_eq!(after.stamp_bits(StampUse::Fetch), 2 + raise);
}

#[test]
fn a_restart_is_no_relief() {
    let server = server();
    let before = snapshot(&server);
    for _ in 0..30 {
        send(&server, &put_worth(&before, LEAST).0).unwrap();
    }
    server.next_epoch();
    let price = snapshot(&server).stamp_bits(StampUse::Envelope);
    assert!(price > LEAST, "{price}");
    let again = server.reopened(QUOTAS).published().unwrap();
    assert_eq!(again.stamp_bits, price);
}

#[test]
fn the_stamp_of_a_fetch_works_once() {
    use beistand_protocol::bytes::Slot;
    use beistand_protocol::fetch::FetchRequest;
    let server = server();
    let snapshot = snapshot(&server);
    let slots: Vec<Slot> = (0..4).map(|byte| Slot([byte; 16])).collect();
    let fetch = |start: u64| {
        let challenge = snapshot.challenge();
        let stamp = search(StampUse::Fetch, challenge, &slots[0], 2, start, 1 << 20).unwrap();
        let request = FetchRequest {
            class: BlobClass::Envelope8,
            stamp,
            slots: slots.clone(),
        };
        let answer = server.visitor.post("/v1/fetch", &request.encode()).unwrap();
        (answer.status, answer.code(), stamp)
    };
    let (status, _, stamp) = fetch(0);
    assert_eq!(status, 200);
    let (status, code, _) = fetch(stamp);
    assert_eq!((status, code.as_str()), (403, "used-stamp"));
    assert_eq!(fetch(stamp + 1).0, 200);
}

#[test]
fn a_scarce_disk_makes_everything_as_dear_as_it_gets() {
    let server_keeping = |keep_free| {
        InProcess::with(Wishes {
            roster: |roster| roster.stamps.envelope_max = 9,
            keep_free,
            ..Wishes::default()
        })
    };
    let ample = server_keeping(0);
    assert_eq!(snapshot(&ample).stamp_bits(StampUse::Envelope), 1);
    // So much is to be kept free that nothing is left above it.
    let scarce = server_keeping(u64::MAX);
    assert_eq!(snapshot(&scarce).stamp_bits(StampUse::Envelope), 9);
}
