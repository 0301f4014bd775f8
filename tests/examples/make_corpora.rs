//! Writes the small corpora the fuzz targets start from, `fuzz/corpus/TARGET/`:
//! `cargo run -p beistand-tests --example make_corpora`. What a fuzzer found is kept beside them.

use beistand_crypto_core::seal::decoy;
use beistand_protocol::class::BlobClass;
use beistand_protocol::put;
use beistand_tests::malformed::properties::FUZZED;
use beistand_tests::malformed::{seeds, Mutator};
use rand::rngs::StdRng;
use rand::SeedableRng as _;
use std::path::Path;

/// Inputs that are not quite right, a target.
const NEARLY: usize = 6;

fn main() -> std::io::Result<()> {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (number, (target, _)) in FUZZED.iter().enumerate() {
        let folder = corpora.join(target);
        std::fs::create_dir_all(&folder)?;
        let seeds = small_seeds(target);
        let mut mutator = Mutator::new(number as u64);
        let nearly: Vec<Vec<u8>> = (0..NEARLY).map(|_| mutator.mutate(&seeds)).collect();
        for (kind, inputs) in [("right", &seeds), ("nearly", &nearly)] {
            for (i, input) in inputs.iter().enumerate() {
                std::fs::write(folder.join(format!("{kind}-{i}")), input)?;
            }
        }
    }
    Ok(())
}

/// Blobs without their payload, which the properties fill up with zeros: no rule looks into it.
fn small_seeds(target: &str) -> Vec<Vec<u8>> {
    let header = |class| {
        let blob = decoy(class, &mut StdRng::seed_from_u64(1));
        blob.bytes()[..blob.header_size()].to_vec()
    };
    let classes = [BlobClass::Part, BlobClass::Envelope8];
    match target {
        "grammar" => classes.map(header).to_vec(),
        "put_frame" => classes
            .map(|class| {
                let mut frame = vec![7; put::HEADER_SIZE];
                frame[0] = class.wire();
                [frame, header(class)].concat()
            })
            .to_vec(),
        other => seeds::of(other),
    }
}
