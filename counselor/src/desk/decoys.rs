//! This desk's own decoys (section 6): so many a day, at random times, whatever work there is;
//! some of them are deleted again, as messages are.

use super::{promises, Desk, DeskError};
use beistand_client::{deliver, Client, Sealed};
use beistand_crypto_core::counselor::compose_decoy;
use beistand_protocol::bytes::Slot;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, UnixTime};
use rand::rngs::OsRng;
use rand::Rng;
use serde::{Deserialize, Serialize};

const RECORD: &str = "decoys";
/// One in so many decoys is deleted.
const DELETED: u32 = 3;
/// Within so many days after it was put.
const DELETED_WITHIN: u64 = 7 * UnixTime::DAY_SECONDS;

/// What is due, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    day: Day,
    puts: Vec<UnixTime>,
    deletions: Vec<(UnixTime, Slot)>,
}

impl Plan {
    /// The plan of a new day: times drawn over the whole of it. What an earlier day did not get
    /// to is dropped: catching up would show how long the desk was away.
    pub(super) fn of_day(day: Day, count: u32, before: Option<Self>) -> Self {
        let start = day.start().0;
        let mut puts: Vec<UnixTime> = (0..count)
            .map(|_| UnixTime(start + OsRng.gen_range(0..UnixTime::DAY_SECONDS)))
            .collect();
        puts.sort_unstable();
        Self {
            day,
            puts,
            deletions: before.map(|before| before.deletions).unwrap_or_default(),
        }
    }

    /// The number of puts due at `now`.
    pub(super) fn due(&self, now: UnixTime) -> usize {
        self.puts.partition_point(|time| *time <= now)
    }
}

impl Desk {
    /// Puts the decoys that are due, and deletes those that are. Answers how many of each.
    pub(super) fn tend_decoys(
        &self,
        client: &Client,
        snapshot: &Snapshot,
        now: UnixTime,
    ) -> Result<(usize, usize), DeskError> {
        let stored: Option<Plan> = self.vault.read_json(RECORD)?;
        let mut plan = match stored {
            Some(plan) if plan.day == now.day() => plan,
            before => Plan::of_day(now.day(), snapshot.roster().decoys_per_desk_day, before),
        };
        let due = plan.due(now);
        for _ in 0..due {
            // Struck off first: one decoy too few says less than one too many.
            plan.puts.remove(0);
            self.vault.write_json(RECORD, &plan)?;
            let (outgoing, _) = compose_decoy(snapshot, &self.keys, &mut OsRng);
            let sealed = Sealed::from(outgoing.to_put(0));
            let delivered = deliver(client, snapshot, &sealed)?;
            promises::keep(&self.vault, sealed.day, &sealed.slot, &delivered)?;
            if OsRng.gen_ratio(1, DELETED) {
                let time = UnixTime(now.0 + OsRng.gen_range(1..DELETED_WITHIN));
                plan.deletions.push((time, sealed.slot));
            }
        }
        let (over, later): (Vec<_>, Vec<_>) = std::mem::take(&mut plan.deletions)
            .into_iter()
            .partition(|(time, _)| *time <= now);
        let deleted = over.len();
        for (_, slot) in over {
            let request = DeleteRequest {
                slot,
                key: self.keys.delete_key(&slot),
            };
            match client.delete(&request) {
                // Its day may have expired meanwhile.
                Err(error) if error.code() == Some(ProblemCode::DeleteRefused) => {}
                outcome => outcome?,
            }
        }
        plan.deletions = later;
        self.vault.write_json(RECORD, &plan)?;
        Ok((due, deleted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoys_spread_over_the_day_and_do_not_pile_up() {
        let day = Day(20_000);
        let plan = Plan::of_day(day, 200, None);
        assert_eq!(plan.due(UnixTime(day.start().0 - 1)), 0);
        let noon = plan.due(UnixTime(day.start().0 + UnixTime::DAY_SECONDS / 2));
        assert!((50..150).contains(&noon), "{noon} of 200 by noon");
        assert_eq!(plan.due(day.forward(1).start()), 200);
        let before = Plan {
            deletions: vec![(UnixTime(1), Slot([1; 16]))],
            ..plan
        };
        let next = Plan::of_day(day.forward(3), 5, Some(before));
        assert_eq!((next.puts.len(), next.deletions.len()), (5, 1));
    }
}
