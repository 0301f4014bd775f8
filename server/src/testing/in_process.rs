//! A whole server within a test: real HTTP on a free port, a clock that the test turns, and a
//! store in memory that fails when it is told to.

use super::{Team, Visitor};
use crate::app::{Quotas, Wall};
use crate::clock::SetClock;
use crate::disk::Watermark;
use crate::http::body::Inbox;
use crate::http::connection::Patience;
use crate::http::hosts::Hosts;
use crate::log_key::LogKey;
use crate::site::Site;
use crate::startup::{Application, Parts};
use crate::store::memory::MemoryStore;
use crate::store::Store;
use actix_web::dev::ServerHandle;
use beistand_protocol::roster::Roster;
use beistand_protocol::time::UnixTime;
use std::path::Path;
use std::sync::{mpsc, Arc};
use std::thread::JoinHandle;
use std::time::Duration;

/// 2026-11-22, noon: where every test's clock begins.
pub const NOON: UnixTime = UnixTime(20_779 * UnixTime::DAY_SECONDS + UnixTime::DAY_SECONDS / 2);

/// See the module.
#[derive(Debug)]
pub struct InProcess {
    /// Who asks.
    pub visitor: Visitor,
    /// The clock. Epochs close when the test says so.
    pub clock: Arc<SetClock>,
    /// The wall behind it.
    pub wall: Arc<Wall>,
    /// The store behind that.
    pub store: Arc<MemoryStore>,
    /// Who signs.
    pub team: Team,
    /// The roster in force, once there is one.
    pub roster: Roster,
    handle: Option<(ServerHandle, JoinHandle<()>)>,
    // Holds the log key.
    directory: tempfile::TempDir,
}

/// What a test may want to be otherwise.
pub struct Wishes {
    /// Changes the first roster.
    pub roster: fn(&mut Roster),
    /// The site.
    pub site: Site,
    /// Where bodies come in.
    pub inbox: Inbox,
    /// Bytes to keep free on the disk.
    pub keep_free: u64,
    /// What an epoch takes.
    pub quotas: Quotas,
    /// Connections at once.
    pub most_connections: usize,
    /// How long the other end may take.
    pub patience: Patience,
    /// Whether the roster is posted at the start.
    pub begins_with_roster: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            roster: |_| {},
            site: Site::embedded(),
            inbox: Inbox::new(crate::http::body::MOST_IN_FLIGHT, Duration::from_secs(30)),
            keep_free: 0,
            quotas: Quotas::default(),
            most_connections: 256,
            patience: Patience::default(),
            begins_with_roster: true,
        }
    }
}

impl InProcess {
    /// A server as tests mostly want it.
    pub fn start() -> Self {
        Self::with(Wishes::default())
    }

    /// A server of its own kind.
    pub fn with(wishes: Wishes) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let team = Team::new(1);
        let clock = Arc::new(SetClock::new(NOON));
        let store = Arc::new(MemoryStore::new());
        let wall = wall(
            &team,
            Arc::clone(&store) as _,
            &clock,
            directory.path(),
            wishes.keep_free,
            wishes.quotas,
        );
        let log_key = LogKey::open(directory.path(), None).expect("the key was made before");
        let mut roster = team.first_roster(log_key.verifier(), NOON);
        (wishes.roster)(&mut roster);
        let parts = Parts {
            wall: Arc::clone(&wall),
            site: wishes.site,
            instance_file: team.instance_file(),
            hosts: Hosts::of(&team.instance),
            inbox: wishes.inbox,
            tls: None,
            most_connections: wishes.most_connections,
            patience: wishes.patience,
        };
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let listen = ([127, 0, 0, 1], 0).into();
                let application = Application::build(parts, listen);
                let application = application.expect("a free port can be bound");
                let started = (application.address(), application.handle());
                sender.send(started).expect("the test waits for this");
                application
                    .run()
                    .await
                    .expect("the server runs until it is stopped");
            });
        });
        let (address, handle) = receiver.recv().expect("the server starts");
        let visitor = Visitor {
            address,
            instance: team.instance.clone(),
        };
        let server = Self {
            visitor,
            clock,
            wall,
            store,
            team,
            roster,
            handle: Some((handle, thread)),
            directory,
        };
        if wishes.begins_with_roster {
            let note = server.team.sign_roster(&server.roster);
            let answer = server.visitor.post("/v1/rosters", note.as_bytes());
            assert_eq!(answer.expect("the server answers").status, 204);
        }
        server
    }

    /// The wall as another server over the same store finds it.
    pub fn reopened(&self, quotas: Quotas) -> Arc<Wall> {
        let store = Arc::clone(&self.store) as _;
        wall(
            &self.team,
            store,
            &self.clock,
            self.directory.path(),
            0,
            quotas,
        )
    }

    /// Turns the clock on by an epoch and closes it.
    pub fn next_epoch(&self) {
        self.clock.advance(u64::from(self.roster.epoch_seconds));
        self.wall.close_epoch().expect("a sound store closes");
    }
}

/// A wall over `store`.
pub fn wall(
    team: &Team,
    store: Arc<dyn Store>,
    clock: &Arc<SetClock>,
    directory: &Path,
    keep_free: u64,
    quotas: Quotas,
) -> Arc<Wall> {
    let log_key = LogKey::open(directory, None).expect("a log key can be made");
    let watermark = Watermark::new(directory, keep_free);
    let clock = Arc::clone(clock) as _;
    let instance = team.instance.clone();
    let wall = Wall::open(instance, store, clock, log_key, watermark, quotas);
    Arc::new(wall.expect("a fresh wall opens"))
}

impl Drop for InProcess {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.handle.take() {
            // Stopping is asked for when the future is made; it need not be waited for.
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }
}
