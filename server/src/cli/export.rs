//! `export` and `import`: everything a server keeps, but its keys, in one file.

use super::print_line;
use crate::failure::Failure;
use beistand_protocol::instance::Instance;
use beistand_server::disk::Watermark;
use beistand_server::store::sled::{import, save_export};
use clap::Args;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The data directory; its server may run.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The instance file, `instance.json`.
    #[arg(long, value_name = "FILE")]
    instance: PathBuf,
    /// The file to write; must not be there yet.
    #[arg(value_name = "EXPORT")]
    to: PathBuf,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The data directory to make; must not be there yet, or be empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A folder with the `keys/` and `log.key` of the server that was exported, as they are now.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// The export.
    #[arg(value_name = "EXPORT")]
    from: PathBuf,
}

/// Saves an export.
///
/// # Errors
/// There is no such store, it cannot be opened or asked, or the file cannot be written.
pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let bytes = std::fs::read(&arguments.instance).map_err(Failure::instance)?;
    let instance = Instance::parse(&bytes)?.instance;
    let data = &arguments.data;
    if !data.is_dir() {
        return Err(Failure::no_data());
    }
    let watermark = Watermark::new(data, Watermark::DEFAULT_BYTES);
    let exported =
        save_export(data, &instance, watermark, &arguments.to).map_err(Failure::export)?;
    print_line(&format!(
        "exported {} envelopes and parts and {} leaves of the log; it holds no key: it is opened \
         by keys/ and log.key of the data directory, and forgotten with them",
        exported.items, exported.leaves
    ))
}

/// Makes a data directory of an export.
///
/// # Errors
/// The export or the keys cannot be read, or the directory cannot be made.
pub fn run_import(arguments: &ImportArguments) -> Result<(), Failure> {
    let file = File::open(&arguments.from).map_err(Failure::export_file)?;
    let mut from = BufReader::new(file);
    let imported = import(&arguments.data, &arguments.keys, &mut from).map_err(Failure::import)?;
    print_line(&format!(
        "imported {} envelopes and parts; {} were left out, because their keys were destroyed since",
        imported.items, imported.forgotten
    ))
}
