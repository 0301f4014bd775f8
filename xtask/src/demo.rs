//! `cargo xtask run`: a demo instance that stays, with everything a person needs to file,
//! read and answer.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use crate::failure::{Failure, While};
use crate::organisation::{Organisation, COUNSELORS};
use crate::programs::{self, as_typed};
use crate::server::Server;
use crate::{layout, site};

/// Where the site is when nobody says otherwise; also the address in the instance file.
const ADDRESS: &str = "http://127.0.0.1:8180";

/// Builds everything, starts the demo, and stays until Ctrl-C.
///
/// # Errors
/// Something cannot be built or started, or the server ends by itself.
pub fn run(port: u16, data: Option<PathBuf>) -> Result<(), Failure> {
    let (interrupt, interrupted) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody listens any more when we are ending already.
        let _ = interrupt.send(());
    })
    .while_("waiting for Ctrl-C")?;

    site::build()?;
    let programs = programs::build()?;
    let folder = data.unwrap_or_else(|| layout::below_root("demo"));
    let folder = std::path::absolute(&folder).while_("finding the demo's folder")?;
    let organisation = Organisation::in_folder(folder, programs)?;
    organisation.found(ADDRESS)?;
    let mut server = organisation.serve(port)?;
    println!("renewing roster and prekeys");
    organisation.publish_roster(&server)?;
    for counselor in &COUNSELORS {
        organisation.at_desk(counselor, &["sync", "--server", &server.url])?;
    }
    print_guide(&organisation, &server);

    loop {
        match interrupted.recv_timeout(Duration::from_millis(200)) {
            Ok(()) => break,
            Err(_) => {
                if let Some(failure) = server.ended()? {
                    return Err(failure);
                }
            }
        }
    }
    println!("\nending; the next start finds everything again");
    server.stop()
}

/// Says where the site is, and how to read and answer.
fn print_guide(organisation: &Organisation, server: &Server) {
    println!("\nThe reporter's site:  {}/", server.url);
    println!("\nTo read and answer, in another terminal:");
    for counselor in &COUNSELORS {
        println!("\n  as {}", counselor.name);
        for verb in ["sync", "list", "show CASE", "reply CASE"] {
            println!(
                "    {}",
                at_desk(organisation, &organisation.desk(counselor), server, verb)
            );
        }
    }
    println!("\nTo report without a browser:");
    let report = as_typed(&organisation.programs().report);
    let instance = as_typed(&organisation.instance());
    for verb in ["file", "check"] {
        println!(
            "    {report} --server {} --instance {instance} {verb}",
            server.url
        );
    }
    println!("\nCtrl-C ends the demo.");
}

/// A command line of `beistand` that keeps the passphrase out of arguments and leaves
/// standard input to the text of an answer.
fn at_desk(organisation: &Organisation, desk: &Path, server: &Server, verb: &str) -> String {
    let program = as_typed(&organisation.programs().beistand);
    let server = if server.url == ADDRESS {
        String::new()
    } else {
        format!(" --server {}", server.url)
    };
    format!(
        "{program} --vault {} --passphrase-fd 3{server} {verb} 3<{}",
        as_typed(desk),
        as_typed(&organisation.passphrase())
    )
}
