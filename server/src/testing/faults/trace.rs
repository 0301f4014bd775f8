//! What a server wrote and synced, as `shim.c` recorded it.

use std::path::{Path, PathBuf};

const HEAD: usize = 20;

/// Something the server did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A file or folder was opened; its content is gone where it was emptied.
    Open {
        handle: u32,
        path: PathBuf,
        emptied: bool,
    },
    /// Bytes were written.
    Write {
        handle: u32,
        at: u64,
        bytes: &'a [u8],
    },
    /// A file got another length.
    Resize { handle: u32, length: u64 },
    /// A sync began.
    SyncBegins { handle: u32 },
    /// It has ended: all that was written before it began is safe.
    SyncEnds { handle: u32 },
    /// `sync_file_range` has ended.
    RangeSynced { handle: u32, at: u64, length: u64 },
    /// A file or folder has another name.
    Rename { from: PathBuf, to: PathBuf },
    /// A file has one name more.
    Link { from: PathBuf, to: PathBuf },
    /// A name is gone.
    Remove { path: PathBuf },
    /// A folder was made.
    MakeFolder { path: PathBuf },
}

/// The events of a trace, each with the position at which its record ends.
///
/// # Errors
/// A record that no shim writes.
pub fn events(trace: &[u8]) -> Result<Vec<(u64, Event<'_>)>, String> {
    let mut events = Vec::new();
    let mut rest = trace;
    while let Some((head, tail)) = rest.split_first_chunk::<HEAD>() {
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let long = u64::from(number(8)) | u64::from(number(12)) << 32;
        let size = number(16) as usize;
        // What was being recorded when the server was killed.
        let Some((bytes, tail)) = tail.split_at_checked(size) else {
            break;
        };
        rest = tail;
        let event = event(head[0], number(4), long, bytes)?;
        events.push(((trace.len() - rest.len()) as u64, event));
    }
    Ok(events)
}

fn event(kind: u8, handle: u32, number: u64, bytes: &[u8]) -> Result<Event<'_>, String> {
    let path = |bytes: &[u8]| PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
    let two = || {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        Some((path(&bytes[..end]), path(&bytes[end + 1..])))
    };
    let event = match kind {
        b'O' => Event::Open {
            handle,
            path: path(bytes),
            emptied: number == 1,
        },
        b'W' => Event::Write {
            handle,
            at: number,
            bytes,
        },
        b'T' => Event::Resize {
            handle,
            length: number,
        },
        b'B' => Event::SyncBegins { handle },
        b'E' => Event::SyncEnds { handle },
        b'R' => Event::RangeSynced {
            handle,
            at: number,
            length: bytes.try_into().map(u64::from_le_bytes).unwrap_or(0),
        },
        b'N' => two()
            .map(|(from, to)| Event::Rename { from, to })
            .ok_or("a rename")?,
        b'L' => two()
            .map(|(from, to)| Event::Link { from, to })
            .ok_or("a link")?,
        b'U' => Event::Remove { path: path(bytes) },
        b'M' => Event::MakeFolder { path: path(bytes) },
        _ => return Err("the trace is malformed".to_owned()),
    };
    Ok(event)
}

/// How many writes and syncs of a trace could be made to fail.
pub fn count(events: &[(u64, Event<'_>)], root: &Path) -> (u64, u64) {
    let mut counts = (0, 0);
    let mut seen = std::collections::BTreeSet::from([root.to_owned()]);
    for (_, event) in events {
        match event {
            Event::Write { .. } => counts.0 += 1,
            Event::Open { path, .. } if seen.insert(path.clone()) => counts.0 += 1,
            Event::SyncEnds { .. } => counts.1 += 1,
            _ => {}
        }
    }
    counts
}
