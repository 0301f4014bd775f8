//! The weight of the reporter's site, compressed as the server sends it: what has to be there
//! before somebody can type, and everything.

use std::path::Path;

use crate::failure::{Failure, While};
use crate::site;
use crate::wasm::gzip_size;

/// What has to be there before somebody can type.
const PAGE: [&str; 4] = ["index.html", "reporter.js", "reporter.css", "icon.svg"];
/// What seals; it loads while somebody types.
const SEALING: [&str; 2] = ["worker.js", "beistand_bg.wasm"];

/// The most bytes until somebody can type.
const PAGE_BUDGET: usize = 60 * 1024;
/// The most bytes in all, in a browser that needs no fallback.
const WHOLE_BUDGET: usize = 200 * 1024;

/// Builds the site and prints each file, and the sums beside their budgets.
///
/// # Errors
/// The site does not build, or it is heavier than it may be.
pub fn run() -> Result<(), Failure> {
    let folder = site::build()?;
    println!("\n{:24} {:>9} {:>9}", "file", "bytes", "gzip");
    let page = weigh(&folder, &PAGE)?;
    let sealing = weigh(&folder, &SEALING)?;
    println!();
    let met = [
        compare("until one can type", page, PAGE_BUDGET),
        compare("in all", page + sealing, WHOLE_BUDGET),
    ];
    if met.contains(&false) {
        return Err(Failure::new("the site is heavier than it may be")
            .hint("look at what the last change pulled in; the table above says where"));
    }
    Ok(())
}

/// Prints the files and gives the sum of their compressed sizes.
fn weigh(folder: &Path, names: &[&str]) -> Result<usize, Failure> {
    let mut sum = 0;
    for name in names {
        let bytes = std::fs::read(folder.join(name)).while_(format!("reading {name}"))?;
        let compressed = gzip_size(&bytes);
        println!("{name:24} {:>9} {compressed:>9}", bytes.len());
        sum += compressed;
    }
    Ok(sum)
}

/// Prints a sum as a share of its budget; true where it is within.
fn compare(what: &str, bytes: usize, budget: usize) -> bool {
    let within = bytes <= budget;
    println!(
        "{what:24} {bytes:>9} of {budget:>7}: {:.2}{}",
        bytes as f64 / budget as f64,
        if within { "" } else { ", too much" }
    );
    within
}
