//! `init`: an operator's first hour.

use super::configuration::LISTEN;
use super::print_line;
use crate::failure::Failure;
use beistand_server::disk::{create_durably, make_directory};
use beistand_server::log_key::LogKey;
use clap::Args;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The file of options.
const FILE: &str = "beistand-server.toml";

/// What `init` is told; what is left out is asked for on a terminal.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder of the server: options, instance file and data; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where to listen; a reverse proxy or Tor leads visitors there
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The name visitors ask by, if that is known already
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
}

/// Makes folder, log key and options, and says what to do next. Nothing that is there is changed.
///
/// # Errors
/// There is a file of options already, or something cannot be written.
pub fn run(init: Init) -> Result<(), Failure> {
    let options = init.folder.join(FILE);
    if options.exists() {
        return Err(Failure::already_there());
    }
    let listen = match init.listen {
        Some(listen) => listen,
        None => ask(&format!("Where to listen [{LISTEN}]: "))?
            .map_or(Ok(LISTEN), |answer| answer.parse())
            .map_err(|_| Failure::answer("an address and a port, such as 127.0.0.1:8080"))?,
    };
    let host = match init.host {
        Some(host) => Some(host),
        None => ask("The name visitors will ask by, such as help.example.org [none yet]: ")?,
    };
    if let Some(host) = &host {
        let mut hosts = beistand_server::http::hosts::Hosts::default();
        hosts.add(host).map_err(Failure::host)?;
    }
    make_directory(&init.folder).map_err(Failure::init)?;
    let key = LogKey::open(&init.folder.join("data"), None)?;
    let text = template(listen, host.as_deref());
    create_durably(&options, text.as_bytes()).map_err(Failure::init)?;
    print_line(&next_steps(
        &options.display().to_string(),
        &key.verifier().to_string(),
    ))
}

/// What somebody at a terminal answers; `None` for an empty line, or where nobody is there.
fn ask(question: &str) -> Result<Option<String>, Failure> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(None);
    }
    let mut output = std::io::stdout().lock();
    write!(output, "{question}")
        .and_then(|()| output.flush())
        .map_err(Failure::serve)?;
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(Failure::serve)?;
    let answer = line.trim();
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

fn template(listen: SocketAddr, host: Option<&str>) -> String {
    let host = match host {
        Some(host) => format!("host = [\"{host}\"]"),
        None => "# host = [\"help.example.org\"]".to_owned(),
    };
    include_str!("template.toml")
        .replace("{listen}", &listen.to_string())
        .replace("{host}", &host)
}

fn next_steps(options: &str, log_key: &str) -> String {
    include_str!("next_steps.txt")
        .replace("{options}", options)
        .replace("{log-key}", log_key)
        .trim_end()
        .to_owned()
}
