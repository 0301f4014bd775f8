//! `serve`: from the configuration to a server that runs until it is told to stop.

use super::configuration::Configuration;
use super::{print_line, warn};
use crate::failure::Failure;
use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{signal, SignalKind};
use beistand_server::app::Closer;
use beistand_server::clock::SystemClock;
use beistand_server::http::body::Inbox;
use beistand_server::http::connection::Patience;
use beistand_server::startup::{metrics_server, most_connections, open_wall, Application, Parts};
use std::sync::Arc;

/// Serves.
///
/// # Errors
/// What keeps it from starting or going on.
pub fn run(configuration: Configuration) -> Result<(), Failure> {
    let fatal = Arc::new(|sentence: &str| {
        eprintln!(
            "error: {sentence}\nhint: check the disk and start again; nothing acknowledged is lost"
        );
        std::process::exit(i32::from(Failure::REFUSED));
    });
    let wall = open_wall(
        &configuration.data,
        &configuration.instance_file,
        configuration.keep_free,
        configuration.quotas,
        Arc::new(SystemClock),
        fatal,
    )?;
    let wall = Arc::new(wall);
    let closer = Closer::start(Arc::clone(&wall), warn).map_err(Failure::serve)?;
    let (listen, metrics) = (configuration.listen, configuration.metrics);
    let secure = if configuration.tls.is_some() { "s" } else { "" };
    let parts = Parts {
        wall: Arc::clone(&wall),
        site: configuration.site,
        instance_file: configuration.instance_file,
        hosts: configuration.hosts,
        inbox: Inbox::default(),
        tls: configuration.tls,
        most_connections: most_connections(),
        patience: Patience::default(),
    };
    let outcome = actix_web::rt::System::new().block_on(async move {
        let application = Application::build(parts, listen).map_err(Failure::listen)?;
        let address = application.address();
        stop_when_told(application.handle())?;
        if let Some(metrics) = metrics {
            let (address, server) = metrics_server(wall, metrics).map_err(Failure::listen)?;
            actix_web::rt::spawn(server);
            print_line(&format!("metrics on http://{address}/metrics"))?;
        }
        // Connections that come from now on wait in the socket's queue until they are served.
        print_line(&format!("listening on http{secure}://{address}"))?;
        application.run().await.map_err(Failure::serve)
    });
    // Answers are given; now the last of what was begun is finished and the files are closed.
    drop(closer);
    outcome
}

/// Lets what is under way end once SIGTERM or SIGINT comes.
fn stop_when_told(handle: ServerHandle) -> Result<(), Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::serve)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::serve)?;
    actix_web::rt::spawn(async move {
        std::future::poll_fn(|context| {
            let interrupted = interrupt.poll_recv(context).is_ready();
            match interrupted || terminate.poll_recv(context).is_ready() {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            }
        })
        .await;
        handle.stop(true).await;
    });
    Ok(())
}
