//! The whole server on one page: every route, every piece of state, how it starts and stops.

use crate::app::{OpenError, Quotas, Wall};
use crate::clock::Clock;
use crate::disk::Watermark;
use crate::hardening::raise_open_files;
use crate::http::connection::{Connection, Crowd, Patience};
use crate::http::InstanceFile;
use crate::http::{self, attend, body::Inbox, headers, hosts::Hosts, problem, records::Outbox};
use crate::log_key::{self, LogKey, LogKeyError};
use crate::site::Site;
use crate::store::sled::{FatalHandler, SledStore};
use crate::store::{Store as _, StoreError};
use actix_http::HttpServiceBuilder;
use actix_service::{fn_service, map_config, IntoServiceFactory as _, ServiceFactoryExt as _};
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer, Route};
use beistand_protocol::instance::{Instance, InstanceError};
use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long answers under way may take when the server stops.
const SHUTDOWN_SECONDS: u64 = 10;
/// How long a client may take to send its first headers, to send the next, or to go away.
const CLIENT_DEADLINE: Duration = Duration::from_secs(5);
/// How long a TLS handshake may take; a circuit of Tor does several round trips in it.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// See [`most_connections`].
const MOST_CONNECTIONS: usize = 4096;
/// Connections at once of those who watch.
const MOST_WATCHERS: usize = 16;
/// Files the store may have open beside the connections.
const OTHER_FILES: u64 = 256;
/// Bytes of answers that are copied ahead for a connection.
const WRITE_AHEAD: usize = 16 * 1024;
/// Threads that may wait for the disk.
const WAITING_THREADS: usize = 64;

/// An address of the wall, and what it takes.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    /// The path.
    pub path: &'static str,
    /// What answers `GET`, if anything does.
    pub get: Option<fn() -> Route>,
    /// What answers `POST`, if anything does.
    pub post: Option<fn() -> Route>,
}

/// Every address there is; everything else is a file of the site or nothing.
pub static ADDRESSES: [Address; 12] = [
    get("/instance.json", || web::get().to(http::instance)),
    get("/v1/state", || web::get().to(http::state)),
    Address {
        post: Some(|| web::post().to(http::post_roster)),
        ..get("/v1/rosters", || web::get().to(http::rosters))
    },
    Address {
        post: Some(|| web::post().to(http::post_prekey)),
        ..get("/v1/prekeys", || web::get().to(http::prekeys))
    },
    get("/v1/index", || web::get().to(http::index)),
    post("/v1/envelopes", || web::post().to(http::put_envelope)),
    post("/v1/parts", || web::post().to(http::put_part)),
    post("/v1/fetch", || web::post().to(http::fetch)),
    post("/v1/sync", || web::post().to(http::sync)),
    post("/v1/delete", || web::post().to(http::delete)),
    get("/healthz", || web::get().to(http::healthz)),
    get("/readyz", || web::get().to(http::readyz)),
];

const fn get(path: &'static str, route: fn() -> Route) -> Address {
    Address {
        path,
        get: Some(route),
        post: None,
    }
}

const fn post(path: &'static str, route: fn() -> Route) -> Address {
    Address {
        path,
        get: None,
        post: Some(route),
    }
}

/// Serves [`ADDRESSES`], and the site at every other.
pub fn routes(config: &mut ServiceConfig) {
    for address in &ADDRESSES {
        let mut resource = web::resource(address.path);
        for route in [address.get, address.post].into_iter().flatten() {
            resource = resource.route(route());
        }
        config.service(resource.default_service(web::to(problem::method_not_allowed)));
    }
    config.default_service(web::to(http::static_site));
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
    /// The names it is asked by.
    pub hosts: Hosts,
    /// Where bodies come in.
    pub inbox: Inbox,
    /// TLS, where nobody before it does that.
    pub tls: Option<rustls::ServerConfig>,
    /// Connections at once. One more, and the one that gets the least done has to go.
    pub most_connections: usize,
    /// How long the other end may take.
    pub patience: Patience,
}

/// As many connections as a server should have at once: enough for any proxy or onion service, and
/// no more than this process may have files open.
pub fn most_connections() -> usize {
    let files = raise_open_files().saturating_sub(OTHER_FILES);
    usize::try_from(files)
        .unwrap_or(usize::MAX)
        .clamp(64, MOST_CONNECTIONS)
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
        let hosts = Data::new(parts.hosts);
        let inbox = Data::new(parts.inbox);
        let outbox = Data::new(Outbox::default());
        let app = move || {
            App::new()
                .wrap(from_fn(attend::check_host))
                .wrap(headers::on_everything())
                .wrap(from_fn(attend::note_work))
                .app_data(wall.clone())
                .app_data(site.clone())
                .app_data(instance.clone())
                .app_data(hosts.clone())
                .app_data(inbox.clone())
                .app_data(outbox.clone())
                .configure(routes)
        };
        let workers = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8);
        let most = parts.most_connections.div_ceil(workers);
        let patience = parts.patience;
        let builder = Server::build()
            .workers(workers)
            .worker_max_blocking_threads(WAITING_THREADS.div_ceil(workers))
            // Above it only while so many are being worked for.
            .max_concurrent_connections(most + most / 4 + 1)
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .disable_signals();
        let stopping = builder.graceful_shutdown_signal();

        // The address of the other end is taken out here: nothing behind it can come to know it.
        macro_rules! http_over {
            ($stream:ty, $activity:expr) => {{
                let stopping = stopping.clone();
                let app = app()
                    .into_factory()
                    .map_err(|error: actix_web::Error| error.error_response());
                HttpServiceBuilder::default()
                    .graceful_shutdown_signal(move || {
                        let stopping = stopping.clone();
                        async move { stopping.notified().await }
                    })
                    .keep_alive(CLIENT_DEADLINE)
                    .client_request_timeout(CLIENT_DEADLINE)
                    .client_disconnect_timeout(CLIENT_DEADLINE)
                    .h1_write_buffer_size(WRITE_AHEAD)
                    .on_connect_ext(|stream: &$stream, extensions| {
                        let activity = $activity;
                        extensions.insert(activity(stream));
                    })
                    .h1(map_config(app, |()| AppConfig::default()))
                    .map_err(drop)
                    .map_init_err(drop)
            }};
        }
        let server = match parts.tls {
            None => builder.listen("http", listener, move || {
                let crowd = Crowd::new(most, patience);
                fn_service(move |stream: TcpStream| ready(Ok((crowd.admit(stream), None))))
                    .and_then(http_over!(Connection, Connection::activity))
            })?,
            Some(tls) => builder.listen("https", listener, move || {
                let crowd = Crowd::new(most, patience);
                let mut acceptor = Acceptor::new(tls.clone());
                acceptor.set_handshake_timeout(HANDSHAKE_DEADLINE);
                actix_tls::accept::max_concurrent_tls_connect(most);
                fn_service(move |stream: TcpStream| ready(Ok(crowd.admit(stream))))
                    .and_then(acceptor.map_err(drop).map_init_err(drop))
                    .map(|stream: TlsStream<Connection>| (stream, None))
                    .and_then(http_over!(TlsStream<Connection>, |stream: &TlsStream<
                        Connection,
                    >| {
                        stream.get_ref().0.activity()
                    }))
            })?,
        };
        Ok(Self {
            address,
            server: server.run(),
        })
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

/// A server of its own for the figures, and where it listens. It ends with the program.
///
/// # Errors
/// Those of binding.
pub fn metrics_server(
    wall: Arc<Wall>,
    listen: SocketAddr,
) -> std::io::Result<(SocketAddr, Server)> {
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let wall = Data::from(wall);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(attend::check_host))
            .app_data(Data::new(Hosts::default()))
            .app_data(wall.clone())
            .service(web::resource("/metrics").route(web::get().to(http::metrics)))
            .default_service(web::to(problem::not_found))
    })
    .workers(1)
    .max_connections(MOST_WATCHERS)
    .client_request_timeout(CLIENT_DEADLINE)
    .client_disconnect_timeout(CLIENT_DEADLINE)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((address, server))
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
    quotas: Quotas,
    clock: Arc<dyn Clock>,
    fatal: FatalHandler,
) -> Result<Wall, StartError> {
    let instance = Instance::parse(instance_file)?;
    let watermark = Watermark::new(data, watermark_bytes);
    let mut store = SledStore::open(data, &instance.instance, watermark.clone(), fatal)?;
    // Where there can be no socket, exports are taken from the stopped server.
    let _ = store.serve_exports();
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
        quotas,
    )?)
}
