//! `beistand-server`: the command line.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod failure;

use crate::failure::Failure;
use actix_web::rt::signal::unix::{signal, SignalKind};
use beistand_protocol::instance::Instance;
use beistand_server::app::Closer;
use beistand_server::clock::SystemClock;
use beistand_server::disk::Watermark;
use beistand_server::http::body::Inbox;
use beistand_server::log_key::LogKey;
use beistand_server::site::Site;
use beistand_server::startup::{open_wall, Application, Parts};
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commit ",
    env!("BEISTAND_COMMIT"),
    ")"
);

/// Stores sealed envelopes it cannot open.
#[derive(Parser)]
#[command(name = "beistand-server", version = VERSION)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serves an instance.
    Serve {
        /// The directory that holds everything the server keeps; made if it is not there.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The instance file, `instance.json`.
        #[arg(long, value_name = "FILE")]
        instance: PathBuf,
        /// Where to listen; port 0 for any free one.
        #[arg(long, value_name = "ADDR:PORT")]
        listen: SocketAddr,
        /// The folder of the site, instead of the one the program was built with.
        #[arg(long, value_name = "DIR")]
        site: Option<PathBuf>,
        /// Megabytes to keep free on the disk of the data directory.
        #[arg(long, value_name = "MB", default_value_t = Watermark::DEFAULT_BYTES >> 20)]
        keep_free: u64,
    },
    /// Prints the log's verifier key, which the roster must name; makes the key if there is none.
    LogKey {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The instance file: a new key is then named after the instance's log.
        #[arg(long, value_name = "FILE")]
        instance: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    // A panic's message may hold what came from outside; where it happened does not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| (place.file(), place.line()));
        let (file, line) = place.unwrap_or(("unknown", 0));
        eprintln!("error: a fault of the server itself at {file}:{line}");
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // Help or version. Standard output may be closed; there is nobody to tell then.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return refuse(&Failure::usage(error.kind()), Failure::USAGE),
    };
    let outcome = match arguments.verb {
        Verb::Serve {
            data,
            instance,
            listen,
            site,
            keep_free,
        } => serve(&data, &instance, listen, site.as_deref(), keep_free),
        Verb::LogKey { data, instance } => log_key(&data, instance.as_deref()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure, Failure::EXIT_CODE),
    }
}

fn refuse(failure: &Failure, code: u8) -> ExitCode {
    eprintln!("error: {}\nhint: {}", failure.sentence, failure.hint);
    ExitCode::from(code)
}

fn log_key(data: &Path, instance: Option<&Path>) -> Result<(), Failure> {
    let instance = match instance {
        Some(path) => Some(Instance::parse(&read_instance(path)?)?.instance),
        None => None,
    };
    let key = LogKey::open(data, instance.as_ref())?;
    print_line(&key.verifier().to_string())
}

fn serve(
    data: &Path,
    instance: &Path,
    listen: SocketAddr,
    site: Option<&Path>,
    keep_free: u64,
) -> Result<(), Failure> {
    let instance_file = read_instance(instance)?;
    let site = match site {
        Some(directory) => Site::read(directory).map_err(Failure::site)?,
        None => Site::embedded(),
    };
    let fatal = Arc::new(|sentence: &str| {
        eprintln!(
            "error: {sentence}\nhint: check the disk and start again; nothing acknowledged is lost"
        );
        std::process::exit(i32::from(Failure::EXIT_CODE));
    });
    let keep_free = keep_free.saturating_mul(1 << 20);
    let wall = open_wall(
        data,
        &instance_file,
        keep_free,
        Arc::new(SystemClock),
        fatal,
    )?;
    let wall = Arc::new(wall);
    let complain = |sentence: &str| eprintln!("warning: {sentence}");
    let closer = Closer::start(Arc::clone(&wall), complain).map_err(Failure::serve)?;
    let parts = Parts {
        wall,
        site,
        instance_file,
        inbox: Inbox::default(),
    };
    let outcome = actix_web::rt::System::new().block_on(async move {
        let application = Application::build(parts, listen).map_err(Failure::listen)?;
        let handle = application.handle();
        let address = application.address();
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
        // Connections that come from now on wait in the socket's queue until they are served.
        print_line(&format!("listening on http://{address}"))?;
        application.run().await.map_err(Failure::serve)
    });
    // Answers are given; now the last of what was begun is finished and the files are closed.
    drop(closer);
    outcome
}

fn read_instance(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(Failure::instance)
}

fn print_line(line: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(Failure::serve)
}
