//! Requests that carry a stamp: what the state asks for is found first, and what the server asks
//! for meanwhile, if it got dearer since the state was signed.

use crate::error::ClientError;
use crate::routes::{Client, PutAnswer};
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::{FetchRecord, FetchRequest};
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::stamp::{self, StampUse};

/// How often a dearer stamp is found before the person is told.
const TRIES: usize = 4;

/// Puts `request` with a stamp, and with a dearer one where the server has come to ask for it.
pub(crate) fn put_stamped(
    client: &Client,
    snapshot: &Snapshot,
    mut request: PutRequest,
) -> Result<PutAnswer, ClientError> {
    let (purpose, slot) = (request.stamp_use(), request.slot);
    with_stamp(snapshot, purpose, &slot, 0, |stamp| {
        request.stamp = stamp;
        client.put(&request)
    })
}

/// Fetches `slots` with a stamp. `start` is a number drawn at random, where the search for the
/// stamp begins: a stamp works once, and the same slots may have been fetched before.
///
/// # Errors
/// [`ClientError`].
pub fn fetch_stamped(
    client: &Client,
    snapshot: &Snapshot,
    class: BlobClass,
    slots: &[Slot],
    start: u64,
) -> Result<Vec<FetchRecord>, ClientError> {
    let mut request = FetchRequest {
        class,
        stamp: 0,
        slots: slots.to_vec(),
    };
    let first = slots.first().copied().unwrap_or(Slot([0; 16]));
    with_stamp(snapshot, StampUse::Fetch, &first, start, |stamp| {
        request.stamp = stamp;
        client.fetch(&request)
    })
}

fn with_stamp<T>(
    snapshot: &Snapshot,
    purpose: StampUse,
    slot: &Slot,
    mut start: u64,
    mut send: impl FnMut(u64) -> Result<T, ClientError>,
) -> Result<T, ClientError> {
    let stamps = &snapshot.roster().stamps;
    // What is signed in the roster bounds what a server can make its visitors do.
    let most = stamps.needed(purpose, stamps.envelope_max);
    let mut bits = snapshot.stamp_bits(purpose);
    let mut tries = 1;
    loop {
        // At most 32 bits are ever asked for, so some 64-bit number is worth enough.
        let challenge = snapshot.challenge();
        let stamp = stamp::search(purpose, challenge, slot, bits, start, u64::MAX);
        let stamp = stamp.unwrap_or_default();
        match send(stamp) {
            Err(ClientError::Problem {
                code: Some(ProblemCode::WeakStamp),
                bits: Some(needed),
                ..
            }) if needed > bits && needed <= most && tries < TRIES => {
                (bits, start) = (needed, stamp);
            }
            Err(ClientError::Problem {
                code: Some(ProblemCode::UsedStamp),
                ..
            }) if tries < TRIES => start = stamp.wrapping_add(1),
            outcome => return outcome,
        }
        tries += 1;
    }
}
