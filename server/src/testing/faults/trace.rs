//! What a server wrote and synced, as `shim.c` recorded it.

use std::collections::HashMap;
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

/// What a trace would be of a store that leaves out the syncs of some files and folders: those whose
/// whole path fits one of `patterns`, in which `*` stands for anything and `?` for one character.
pub fn without_syncs<'a>(
    mut events: Vec<(u64, Event<'a>)>,
    patterns: &[&str],
) -> Vec<(u64, Event<'a>)> {
    let mut left_out: HashMap<u32, bool> = HashMap::new();
    events.retain(|(_, event)| match event {
        Event::Open { handle, path, .. } => {
            let path = path.to_string_lossy();
            let fits = |pattern: &&str| fits(pattern.as_bytes(), path.as_bytes());
            left_out.insert(*handle, patterns.iter().any(fits));
            true
        }
        Event::SyncBegins { handle } | Event::SyncEnds { handle } => {
            !left_out.get(handle).copied().unwrap_or(false)
        }
        _ => true,
    });
    events
}

fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let rest_fits = |rest| text.split_first().is_some_and(|(_, text)| fits(rest, text));
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
        Some((b'?', rest)) => rest_fits(rest),
        Some((byte, rest)) => text.first() == Some(byte) && rest_fits(rest),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_left_out_of_what_fits_a_pattern_and_of_nothing_else() {
        let both = |handle, path: &str| {
            let path = path.into();
            let emptied = false;
            [
                (
                    0,
                    Event::Open {
                        handle,
                        path,
                        emptied,
                    },
                ),
                (1, Event::SyncBegins { handle }),
                (2, Event::SyncEnds { handle }),
            ]
        };
        let all = [
            both(1, "/d/wall"),
            both(2, "/d/wall.draft"),
            both(3, "/d/wall/db"),
        ]
        .concat();
        let left = |patterns: &[&str]| without_syncs(all.clone(), patterns).len();
        assert_eq!(left(&[]), 9);
        assert_eq!(left(&["*/wall"]), 7);
        assert_eq!(left(&["*/wall", "*/wall.*"]), 5);
        assert_eq!(left(&["*wall*"]), 3);
        assert_eq!(left(&["/d/wall/d?"]), 7);
        assert_eq!(left(&["/d/wall/db?"]), 9);
        assert_eq!(left(&["wall", ""]), 9);
    }
}
