//! `cargo xtask run`: a demo instance that stays, with everything a person needs to file,
//! read and answer.

use std::path::PathBuf;
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
    let [first, others @ ..] = &COUNSELORS;
    println!("\nThe reporter's site:  {}/", server.url);
    println!("\nRead and answer as {}, in another terminal:", first.name);
    let program = as_typed(&organisation.programs().beistand);
    let desk = as_typed(&organisation.desk(first));
    // The passphrase stays out of the arguments, and standard input stays free for the
    // text of an answer.
    let beistand = format!("{program} --vault {desk} --passphrase-fd 3");
    let passphrase = format!("3<{}", as_typed(&organisation.passphrase()));
    let server_option = if server.url == ADDRESS {
        String::new()
    } else {
        format!(" --server {}", server.url)
    };
    println!("  {beistand} sync{server_option} {passphrase}");
    println!("  {beistand} list {passphrase}");
    println!("  {beistand} show CASE {passphrase}");
    println!("  {beistand} reply CASE{server_option} {passphrase}");
    for other in others {
        let desk = as_typed(&organisation.desk(other));
        println!("{} has --vault {desk}", other.name);
    }
    println!("\nReport without a browser, and look for the answer:");
    let report = as_typed(&organisation.programs().report);
    let instance = as_typed(&organisation.instance());
    for verb in ["file", "check"] {
        let url = &server.url;
        println!("  {report} --server {url} --instance {instance} {verb}");
    }
    println!("\nCtrl-C ends the demo.");
}
