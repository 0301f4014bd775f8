//! `log-key`: what the holders of the root keys need before they sign the first roster.

use super::configuration::read_instance;
use super::print_line;
use crate::failure::Failure;
use beistand_protocol::instance::Instance;
use beistand_server::log_key::LogKey;
use std::path::Path;

/// Prints the log's verifier key; makes the key where there is none.
///
/// # Errors
/// The key or the instance file cannot be read.
pub fn run(data: &Path, instance: Option<&Path>) -> Result<(), Failure> {
    let instance = match instance {
        Some(path) => Some(Instance::parse(&read_instance(path)?)?.instance),
        None => None,
    };
    let key = LogKey::open(data, instance.as_ref())?;
    print_line(&key.verifier().to_string())
}
