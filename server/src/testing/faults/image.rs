//! What a disk may hold after the power went: rebuilt from a trace, under several models of what
//! an operating system and a disk do with what was not synced.

use super::trace::Event;
use rand::Rng as _;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Bytes that a disk writes as a whole or not at all.
const SECTOR: u64 = 512;

/// What survives of what was not synced with `fsync` or `fdatasync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Nothing, except what `sync_file_range` was called for.
    Drop,
    /// A random part of it, cut at sectors, in any order; `sync_file_range` promises nothing.
    Torn,
    /// As [`Model::Drop`], but `sync_file_range` does not keep the growth of a file.
    Size,
    /// Nothing; `sync_file_range` promises nothing.
    Strict,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Drop, Self::Torn, Self::Size, Self::Strict];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Debug)]
enum Change<'a> {
    Write { at: u64, bytes: &'a [u8] },
    Resize(u64),
}

/// A file: what is safe, and what was done to it since.
#[derive(Debug, Default)]
struct Content<'a> {
    safe: Vec<u8>,
    pending: Vec<Change<'a>>,
    // How much of `pending` the syncs that are under way cover.
    syncing: HashMap<u32, usize>,
}

/// A change of the names in one folder; a renaming is one change.
#[derive(Debug, Clone)]
struct Naming {
    folder: PathBuf,
    number: u64,
    removed: Option<PathBuf>,
    added: Option<(PathBuf, Node)>,
}

/// A disk, as far as it is known at one position of a trace.
#[derive(Debug)]
pub struct Disk<'a> {
    model: Model,
    contents: Vec<Content<'a>>,
    handles: HashMap<u32, PathBuf>,
    files: HashMap<u32, usize>,
    now: BTreeMap<PathBuf, Node>,
    safe: BTreeMap<PathBuf, Node>,
    pending: Vec<Naming>,
    folder_syncs: HashMap<u32, u64>,
    namings: u64,
}

impl<'a> Disk<'a> {
    /// An empty disk below `root`.
    pub fn new(root: &Path, model: Model) -> Self {
        let names = BTreeMap::from([(root.to_owned(), Node::Folder)]);
        Self {
            model,
            contents: Vec::new(),
            handles: HashMap::new(),
            files: HashMap::new(),
            now: names.clone(),
            safe: names,
            pending: Vec::new(),
            folder_syncs: HashMap::new(),
            namings: 0,
        }
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &Event<'a>) {
        match event {
            Event::Open {
                handle,
                path,
                emptied,
            } => self.open(*handle, path, *emptied),
            Event::Write { handle, at, bytes } => {
                let (at, bytes) = (*at, *bytes);
                self.change(*handle, Change::Write { at, bytes });
            }
            Event::Resize { handle, length } => self.change(*handle, Change::Resize(*length)),
            Event::SyncBegins { handle } => self.sync_begins(*handle),
            Event::SyncEnds { handle } => self.sync_ends(*handle),
            Event::RangeSynced { handle, at, length } => {
                self.range_synced(*handle, *at..at + length);
            }
            Event::Rename { from, to } => {
                if let Some(node) = self.now.get(from).copied() {
                    self.rename_below(from, to);
                    self.name(Some(from), Some((to, node)));
                }
            }
            Event::Link { from, to } => {
                if let Some(node) = self.now.get(from).copied() {
                    self.now.insert(to.clone(), node);
                    self.name(None, Some((to, node)));
                }
            }
            Event::Remove { path } => {
                self.now.remove(path);
                self.name(Some(path), None);
            }
            Event::MakeFolder { path } => {
                self.now.insert(path.clone(), Node::Folder);
                self.name(None, Some((path, Node::Folder)));
            }
        }
    }

    fn open(&mut self, handle: u32, path: &Path, emptied: bool) {
        self.handles.insert(handle, path.to_owned());
        match self.now.get(path) {
            Some(Node::Folder) => {}
            Some(Node::File(file)) => {
                self.files.insert(handle, *file);
                if emptied {
                    self.change(handle, Change::Resize(0));
                }
            }
            None => {
                let node = Node::File(self.contents.len());
                self.files.insert(handle, self.contents.len());
                self.contents.push(Content::default());
                self.now.insert(path.to_owned(), node);
                self.name(None, Some((path, node)));
            }
        }
    }

    fn name(&mut self, removed: Option<&Path>, added: Option<(&Path, Node)>) {
        let path = removed.or(added.map(|(path, _)| path));
        let folder = path.and_then(Path::parent).unwrap_or(Path::new("/"));
        self.namings += 1;
        self.pending.push(Naming {
            folder: folder.to_owned(),
            number: self.namings,
            removed: removed.map(Path::to_owned),
            added: added.map(|(path, node)| (path.to_owned(), node)),
        });
    }

    /// What is in a folder goes with it.
    fn rename_below(&mut self, from: &Path, to: &Path) {
        move_names(&mut self.now, from, to);
        for path in self.handles.values_mut() {
            *path = moved(path, from, to);
        }
        for naming in &mut self.pending {
            naming.folder = moved(&naming.folder, from, to);
            naming.removed = naming.removed.as_deref().map(|path| moved(path, from, to));
            if let Some((path, _)) = &mut naming.added {
                *path = moved(path, from, to);
            }
        }
    }

    fn content(&mut self, handle: u32) -> Option<&mut Content<'a>> {
        let file = self.files.get(&handle)?;
        self.contents.get_mut(*file)
    }

    fn change(&mut self, handle: u32, change: Change<'a>) {
        if let Some(content) = self.content(handle) {
            content.pending.push(change);
        }
    }

    fn sync_begins(&mut self, handle: u32) {
        let namings = self.namings;
        match self.content(handle) {
            Some(content) => {
                let covered = content.pending.len();
                content.syncing.insert(handle, covered);
            }
            None => {
                self.folder_syncs.insert(handle, namings);
            }
        }
    }

    fn sync_ends(&mut self, handle: u32) {
        if let Some(content) = self.content(handle) {
            let covered = content.syncing.remove(&handle).unwrap_or(0);
            let done: Vec<_> = content.pending.drain(..covered).collect();
            done.iter().for_each(|change| content.make_safe(change));
            for other in content.syncing.values_mut() {
                *other = other.saturating_sub(covered);
            }
            return;
        }
        let (Some(until), Some(folder)) = (
            self.folder_syncs.remove(&handle),
            self.handles.get(&handle).cloned(),
        ) else {
            return;
        };
        let (done, pending): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|naming| naming.folder == folder && naming.number <= until);
        self.pending = pending;
        done.iter().for_each(|naming| naming.apply(&mut self.safe));
    }

    fn range_synced(&mut self, handle: u32, range: Range<u64>) {
        let growth = match self.model {
            Model::Drop => true,
            Model::Size => false,
            Model::Torn | Model::Strict => return,
        };
        let Some(content) = self.content(handle) else {
            return;
        };
        let length = content.safe.len() as u64;
        for change in &content.pending {
            let Change::Write { at, bytes } = change else {
                continue;
            };
            let end = at + bytes.len() as u64;
            if !range.contains(at) || end > range.end {
                continue;
            }
            let kept = if growth { end } else { end.min(length) };
            if kept > *at {
                let kept = (kept - at) as usize;
                write(&mut content.safe, *at, &bytes[..kept]);
            }
        }
    }

    /// Writes what survives to `folder`, which stands for the root the disk was made with.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write_to(mut self, root: &Path, folder: &Path) -> io::Result<()> {
        if self.model == Model::Torn {
            self.tear();
        }
        for (path, node) in &self.safe {
            let below = path.strip_prefix(root).map_err(io::Error::other)?;
            let target = folder.join(below);
            let parent_is_safe = below.as_os_str().is_empty()
                || path
                    .parent()
                    .is_some_and(|parent| self.safe.contains_key(parent));
            if !parent_is_safe {
                continue;
            }
            match node {
                Node::Folder => {
                    let mut builder = fs::DirBuilder::new();
                    builder.mode(0o700).recursive(true).create(&target)?;
                }
                Node::File(file) => {
                    let content = self.contents.get(*file);
                    let content = content.map_or(&[][..], |content| &content.safe);
                    let mut options = fs::OpenOptions::new();
                    let mut file = options
                        .write(true)
                        .create_new(true)
                        .mode(0o600)
                        .open(&target)?;
                    io::Write::write_all(&mut file, content)?;
                }
            }
        }
        Ok(())
    }

    /// Lets chance decide about everything that is not safe.
    fn tear(&mut self) {
        let mut random = rand::thread_rng();
        for content in &mut self.contents {
            for change in std::mem::take(&mut content.pending) {
                match change {
                    Change::Write { at, bytes } if random.gen() => {
                        let end = at + bytes.len() as u64;
                        let (mut from, mut until) = (at, end);
                        if random.gen() {
                            from = (random.gen_range(at..=end) / SECTOR * SECTOR).max(at);
                            until = (random.gen_range(from..=end) / SECTOR * SECTOR).max(from);
                        }
                        let piece = (from - at) as usize..(until - at) as usize;
                        if !piece.is_empty() {
                            write(&mut content.safe, from, &bytes[piece]);
                        }
                    }
                    Change::Resize(_) if random.gen() => content.make_safe(&change),
                    _ => {}
                }
            }
        }
        // File systems keep the order of the changes in one folder.
        let mut folders: HashMap<PathBuf, bool> = HashMap::new();
        for naming in std::mem::take(&mut self.pending) {
            let goes_on = folders.entry(naming.folder.clone()).or_insert(true);
            *goes_on = *goes_on && random.gen_ratio(2, 3);
            if *goes_on {
                naming.apply(&mut self.safe);
            }
        }
    }
}

impl Content<'_> {
    fn make_safe(&mut self, change: &Change<'_>) {
        match change {
            Change::Write { at, bytes } => write(&mut self.safe, *at, bytes),
            Change::Resize(length) => {
                let length = usize::try_from(*length).unwrap_or(usize::MAX);
                self.safe.resize(length, 0);
            }
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match (&self.removed, &self.added) {
            (Some(from), Some((to, _))) => move_names(names, from, to),
            (Some(removed), None) => drop(names.remove(removed)),
            _ => {}
        }
        if let Some((path, node)) = &self.added {
            names.insert(path.clone(), *node);
        }
    }
}

/// A path after `from` was renamed to `to`.
fn moved(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        Ok(below) if below.as_os_str().is_empty() => to.to_owned(),
        Ok(below) => to.join(below),
        Err(_) => path.to_owned(),
    }
}

fn move_names(names: &mut BTreeMap<PathBuf, Node>, from: &Path, to: &Path) {
    let before = std::mem::take(names);
    names.extend(
        before
            .into_iter()
            .map(|(path, node)| (moved(&path, from, to), node)),
    );
}

fn write(content: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let end = at.saturating_add(bytes.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk_after(model: Model, events: &[Event<'_>]) -> BTreeMap<String, Vec<u8>> {
        let root = Path::new("/r");
        let mut disk = Disk::new(root, model);
        events.iter().for_each(|event| disk.apply(event));
        let folder = tempfile::tempdir().unwrap();
        disk.write_to(root, folder.path()).unwrap();
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        });
        files.collect()
    }

    fn open(handle: u32, path: &str) -> Event<'static> {
        Event::Open {
            handle,
            path: path.into(),
            emptied: false,
        }
    }

    fn written(handle: u32, bytes: &[u8]) -> Event<'_> {
        Event::Write {
            handle,
            at: 0,
            bytes,
        }
    }

    fn synced(handle: u32) -> [Event<'static>; 2] {
        [Event::SyncBegins { handle }, Event::SyncEnds { handle }]
    }

    #[test]
    fn a_file_needs_its_own_sync_and_that_of_its_folder() {
        for model in [Model::Drop, Model::Size, Model::Strict] {
            let mut events = vec![open(1, "/r/a"), written(1, b"x")];
            assert!(disk_after(model, &events).is_empty());
            events.push(open(2, "/r"));
            events.extend(synced(2));
            assert_eq!(disk_after(model, &events)["a"], b"");
            events.extend(synced(1));
            assert_eq!(disk_after(model, &events)["a"], b"x");
        }
    }

    #[test]
    fn a_folder_takes_along_what_is_in_it() {
        let mut events = vec![
            open(1, "/r"),
            Event::MakeFolder {
                path: "/r/d".into(),
            },
            open(2, "/r/d"),
            open(3, "/r/d/a"),
        ];
        events.extend([synced(1), synced(2), synced(3)].concat());
        events.push(Event::Rename {
            from: "/r/d".into(),
            to: "/r/e".into(),
        });
        let folders = |events: &[Event<'_>]| {
            let mut disk = Disk::new(Path::new("/r"), Model::Strict);
            events.iter().for_each(|event| disk.apply(event));
            disk.safe.into_keys().collect::<Vec<_>>()
        };
        let paths = |paths: [&str; 3]| paths.map(PathBuf::from);
        assert_eq!(folders(&events), paths(["/r", "/r/d", "/r/d/a"]));
        events.extend(synced(1));
        assert_eq!(folders(&events), paths(["/r", "/r/e", "/r/e/a"]));
    }

    #[test]
    fn a_range_is_kept_as_the_model_says() {
        let base = [
            vec![open(1, "/r/a"), open(2, "/r"), written(1, b"ab")],
            synced(1).to_vec(),
            synced(2).to_vec(),
            vec![
                written(1, b"cdef"),
                Event::RangeSynced {
                    handle: 1,
                    at: 0,
                    length: 4,
                },
            ],
        ]
        .concat();
        assert_eq!(disk_after(Model::Drop, &base)["a"], b"cdef");
        assert_eq!(disk_after(Model::Size, &base)["a"], b"cd");
        assert_eq!(disk_after(Model::Strict, &base)["a"], b"ab");
    }

    #[test]
    fn what_is_written_while_a_sync_runs_is_not_covered_by_it() {
        let events = [
            open(1, "/r/a"),
            open(2, "/r"),
            Event::SyncBegins { handle: 2 },
            Event::SyncEnds { handle: 2 },
            Event::SyncBegins { handle: 1 },
            written(1, b"x"),
            Event::SyncEnds { handle: 1 },
        ];
        assert_eq!(disk_after(Model::Strict, &events)["a"], b"");
    }
}
