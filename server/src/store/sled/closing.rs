//! The end of an epoch, as one batch.

use super::layout::{self, meta};
use super::reading::failed;
use super::staging::Staged;
use crate::store::{Closing, StoreError, Visible};
use beistand_protocol::bytes::Slot;

/// Stages everything the end of an epoch changes: one batch, so all of it or nothing.
pub fn close(staged: &mut Staged, closing: &Closing) -> Result<(), StoreError> {
    let tree = staged
        .database
        .get(layout::key(layout::META, &[meta::TREE]))
        .map_err(failed)?;
    let size = match tree {
        Some(tree) => layout::parse_tree(&tree)
            .ok_or_else(|| StoreError::Damaged("the log's tree is malformed".to_owned()))?
            .size(),
        None => 0,
    };
    if size != closing.first_leaf {
        return Err(StoreError::Conflict);
    }
    for logged in &closing.items {
        if let Some((stored, mut record)) = staged.record(&logged.slot)? {
            record.visible = Some(Visible {
                epoch: closing.epoch,
                leaf: logged.leaf,
            });
            if !closing.gone.contains(&record.day) {
                staged.insert_record(stored.places(), &record)?;
            }
        }
        staged.stops_waiting(logged.slot);
    }
    for day in &closing.gone {
        let of_day = staged
            .database
            .scan_prefix(layout::key(layout::DAY, &[&day.0.to_be_bytes()]));
        for key in of_day.keys() {
            let key = key.map_err(failed)?;
            if let Some(slot) = key.get(5..).and_then(|slot| slot.try_into().ok()).map(Slot) {
                staged.remove(layout::item_key(&slot));
                staged.stops_waiting(slot);
            }
            staged.remove(key.to_vec());
        }
        staged.insert(
            layout::key(layout::GONE, &[&day.0.to_be_bytes()]),
            Vec::new(),
        );
        staged.gone.push(*day);
    }
    for (index, leaf) in (closing.first_leaf..).zip(&closing.leaves) {
        let key = layout::key(layout::LEAF, &[&index.to_be_bytes()]);
        staged.insert(key, leaf.clone().into_bytes());
    }
    for (device, day) in &closing.dropped_prekeys {
        staged.remove(layout::prekey_key(layout::PREKEY, *device, *day, None));
        let replaced = layout::prekey_key(layout::REPLACED, *device, *day, None);
        for key in staged.database.scan_prefix(replaced).keys() {
            staged.remove(key.map_err(failed)?.to_vec());
        }
    }
    if let Some((day, note)) = &closing.first_checkpoint {
        for key in staged
            .database
            .scan_prefix([layout::FIRST_CHECKPOINT])
            .keys()
        {
            let key = key.map_err(failed)?;
            let older = layout::Fields(key.get(1..).unwrap_or_default()).array();
            if older
                .map(u32::from_be_bytes)
                .is_some_and(|older| older + 1 < day.0)
            {
                staged.remove(key.to_vec());
            }
        }
        let key = layout::key(layout::FIRST_CHECKPOINT, &[&day.0.to_be_bytes()]);
        staged.insert(key, note.clone().into_bytes());
    }
    let mut set = |name, value| staged.insert(layout::key(layout::META, &[name]), value);
    set(meta::TREE, layout::encode_tree(&closing.tree));
    set(meta::CLOSED, closing.epoch.0.to_be_bytes().to_vec());
    set(
        meta::LOGGED_ROSTER,
        closing.logged_roster.to_be_bytes().to_vec(),
    );
    set(meta::STATE, closing.state.clone().into_bytes());
    let mut state = staged.ending.lock();
    state.ended = state.ended.max(Some(closing.epoch));
    Ok(())
}
