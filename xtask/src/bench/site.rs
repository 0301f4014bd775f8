//! The weight of the reporter's site, compressed as the server sends it: what has to be there
//! before somebody can type, and everything. Over TLS browsers take brotli, to an onion service
//! without TLS gzip.

use std::path::Path;

use crate::failure::{Failure, While};
use crate::site;

/// What has to be there before somebody can type.
const PAGE: [&str; 4] = ["index.html", "reporter.js", "reporter.css", "icon.svg"];
/// What seals; it loads while somebody types.
const SEALING: [&str; 2] = ["worker.js", "beistand_bg.wasm"];

/// The most bytes until somebody can type.
const PAGE_BUDGET: u64 = 60 * 1024;
/// The most bytes in all, in a browser that needs no fallback.
const WHOLE_BUDGET: u64 = 200 * 1024;

/// Bytes of one or several files.
#[derive(Clone, Copy, Default)]
struct Weight {
    plain: u64,
    gzip: u64,
    brotli: u64,
}

impl std::ops::Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            plain: self.plain + other.plain,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

/// Builds the site and prints each file, and the sums beside their budgets.
///
/// # Errors
/// The site does not build, or it is heavier than it may be.
pub fn run() -> Result<(), Failure> {
    let folder = site::build()?;
    println!(
        "\n{:20} {:>9} {:>9} {:>9}",
        "file", "bytes", "gzip", "brotli"
    );
    let page = weigh(&folder, &PAGE)?;
    let whole = page + weigh(&folder, &SEALING)?;
    println!();
    let met = [
        compare("until one can type", page, PAGE_BUDGET),
        compare("in all", whole, WHOLE_BUDGET),
    ];
    if met.contains(&false) {
        return Err(Failure::new("the site is heavier than it may be")
            .hint("look at what the last change pulled in; the table above says where"));
    }
    Ok(())
}

/// Prints the files and gives their sum.
fn weigh(folder: &Path, names: &[&str]) -> Result<Weight, Failure> {
    let mut sum = Weight::default();
    for name in names {
        let weight = weight_of(folder, name)?;
        let Weight {
            plain,
            gzip,
            brotli,
        } = weight;
        println!("{name:20} {plain:>9} {gzip:>9} {brotli:>9}");
        sum = sum + weight;
    }
    Ok(sum)
}

/// The sizes of a file's forms; what is not smaller when compressed is sent as it is.
fn weight_of(folder: &Path, name: &str) -> Result<Weight, Failure> {
    let size = |name: &str| std::fs::metadata(folder.join(name)).map(|file| file.len());
    let plain = size(name).while_(format!("looking at {name}"))?;
    Ok(Weight {
        plain,
        gzip: size(&format!("{name}.gz")).unwrap_or(plain),
        brotli: size(&format!("{name}.br")).unwrap_or(plain),
    })
}

/// Prints a sum as a share of its budget; true where it is within, as brotli.
fn compare(what: &str, weight: Weight, budget: u64) -> bool {
    let share = |bytes: u64| bytes as f64 / budget as f64;
    let within = weight.brotli <= budget;
    println!(
        "{what:20} {:>9} of {budget} as brotli: {:.2}{} (as gzip {:.2})",
        weight.brotli,
        share(weight.brotli),
        if within { "" } else { ", too much" },
        share(weight.gzip),
    );
    within
}
