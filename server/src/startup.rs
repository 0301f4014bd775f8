//! The whole server on one page: every route, every piece of state, how it starts and stops.

use crate::app::{OpenError, Wall};
use crate::clock::Clock;
use crate::disk::Watermark;
use crate::http::{self, body::Inbox, headers, problem, InstanceFile};
use crate::log_key::{self, LogKey, LogKeyError};
use crate::site::Site;
use crate::store::sled::{FatalHandler, SledStore};
use crate::store::{Store as _, StoreError};
use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};
use beistand_protocol::instance::{Instance, InstanceError};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long answers under way may take when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;
/// How long a client may take to send its headers, or to go away.
const CLIENT_DEADLINE: Duration = Duration::from_secs(5);
/// Connections at once; a reverse proxy or onion service keeps far fewer.
const MOST_CONNECTIONS: usize = 4096;
/// Threads that may wait for the disk.
const WAITING_THREADS: usize = 64;

/// Every address there is.
pub fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| web::resource(path).default_service(web::to(problem::method_not_allowed));
    config
        .service(at("/instance.json").route(web::get().to(http::instance)))
        .service(at("/v1/state").route(web::get().to(http::state)))
        .service(
            at("/v1/rosters")
                .route(web::get().to(http::rosters))
                .route(web::post().to(http::post_roster)),
        )
        .service(
            at("/v1/prekeys")
                .route(web::get().to(http::prekeys))
                .route(web::post().to(http::post_prekey)),
        )
        .service(at("/v1/index").route(web::get().to(http::index)))
        .service(at("/v1/envelopes").route(web::post().to(http::put_envelope)))
        .service(at("/v1/parts").route(web::post().to(http::put_part)))
        .service(at("/v1/fetch").route(web::post().to(http::fetch)))
        .service(at("/v1/sync").route(web::post().to(http::sync)))
        .service(at("/v1/delete").route(web::post().to(http::delete)))
        .service(at("/healthz").route(web::get().to(http::healthz)))
        .service(at("/readyz").route(web::get().to(http::readyz)))
        .default_service(web::to(http::static_site));
}

/// A server that listens.
pub struct Application {
    address: SocketAddr,
    server: Server,
}

/// What an application is made of.
#[derive(Debug)]
pub struct Parts {
    /// The wall.
    pub wall: Arc<Wall>,
    /// The site.
    pub site: Site,
    /// `instance.json`, served as given.
    pub instance_file: Vec<u8>,
    /// Where bodies come in.
    pub inbox: Inbox,
}

impl Application {
    /// Binds `listen` (port 0 for any). Nothing is served before [`Application::run`], and
    /// nobody closes epochs but a [`crate::app::Closer`].
    ///
    /// # Errors
    /// Those of binding.
    pub fn build(parts: Parts, listen: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let wall = Data::from(parts.wall);
        let site = Data::new(parts.site);
        let instance = Data::new(InstanceFile(parts.instance_file.into()));
        let inbox = Data::new(parts.inbox);
        let workers = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8);
        let server = HttpServer::new(move || {
            App::new()
                .wrap(headers::on_everything())
                .app_data(wall.clone())
                .app_data(site.clone())
                .app_data(instance.clone())
                .app_data(inbox.clone())
                .configure(routes)
        })
        .workers(workers)
        .worker_max_blocking_threads(WAITING_THREADS.div_ceil(workers))
        .max_connections(MOST_CONNECTIONS.div_ceil(workers))
        .client_request_timeout(CLIENT_DEADLINE)
        .client_disconnect_timeout(CLIENT_DEADLINE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
        Ok(Self { address, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped. When this returns, nothing is under way any more.
    ///
    /// # Errors
    /// Those of the sockets.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }
}

/// Why a data directory cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The instance file.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The log key.
    #[error(transparent)]
    LogKey(#[from] LogKeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it holds.
    #[error(transparent)]
    Wall(#[from] OpenError),
}

/// Opens the wall in a data directory.
///
/// # Errors
/// One [`StartError`] a way it can go wrong.
pub fn open_wall(
    data: &Path,
    instance_file: &[u8],
    watermark_bytes: u64,
    clock: Arc<dyn Clock>,
    fatal: FatalHandler,
) -> Result<Wall, StartError> {
    let instance = Instance::parse(instance_file)?;
    let watermark = Watermark::new(data, watermark_bytes);
    let store = SledStore::open(data, &instance.instance, watermark.clone(), fatal)?;
    if !data.join(log_key::FILE).exists() && !store.contents()?.rosters.is_empty() {
        // A new key would only hide that the one the roster names is missing.
        return Err(OpenError::LogKey.into());
    }
    let log_key = LogKey::open(data, Some(&instance.instance))?;
    Ok(Wall::open(
        instance,
        Arc::new(store),
        clock,
        log_key,
        watermark,
    )?)
}
