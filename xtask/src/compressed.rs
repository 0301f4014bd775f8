//! The site's files, compressed once and for all: the server compresses nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use flate2::write::GzEncoder;
use flate2::Compression;

use crate::failure::{Failure, While};
use crate::layout;

/// What text and code end in; pictures and fonts are compressed by themselves.
const COMPRESSIBLE: [&str; 8] = [
    ".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm",
];
/// The endings of the two compressed forms; the server picks by what a browser takes.
const FORMS: [(&str, Compress); 2] = [(".br", brotli), (".gz", gzip)];

type Compress = fn(&[u8]) -> std::io::Result<Vec<u8>>;

/// The compressed forms of `files`, where they are smaller. What `before` holds of the same
/// originals is taken from there, because the last percent takes its time.
///
/// # Errors
/// Compressing fails.
pub fn forms(
    files: &BTreeMap<String, Vec<u8>>,
    before: &BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut forms = BTreeMap::new();
    for (name, bytes) in files {
        if !COMPRESSIBLE.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        for (ending, compress) in FORMS {
            let form = format!("{name}{ending}");
            let known = before
                .get(&form)
                .filter(|_| before.get(name) == Some(bytes));
            let compressed = match known {
                Some(known) => known.clone(),
                None => compress(bytes).while_(format!("compressing {name}"))?,
            };
            if compressed.len() < bytes.len() {
                forms.insert(form, compressed);
            }
        }
    }
    Ok(forms)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // Without name and time: the same file is always the same bytes.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Node.js has the original encoder; a port of it, built for development, takes minutes.
fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut node = Command::new("node")
        .arg(layout::below_root("web/brotli.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = node.stdin.take().expect("stdin was asked to be piped");
    // It reads everything before it writes anything.
    input.write_all(bytes)?;
    drop(input);
    let output = node.wait_with_output()?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(std::io::Error::other(format!(
            "node ended with {}",
            output.status
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn text_has_both_forms_and_they_unpack_to_it() {
        let text = "the same again and ".repeat(200).into_bytes();
        let files = BTreeMap::from([
            ("a.js".to_owned(), text.clone()),
            ("b.png".to_owned(), text.clone()),
            ("tiny.txt".to_owned(), b"x".to_vec()),
        ]);
        let forms = forms(&files, &BTreeMap::new()).unwrap();
        assert_eq!(forms.keys().collect::<Vec<_>>(), ["a.js.br", "a.js.gz"]);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&forms["a.js.gz"][..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        let folder = tempfile::tempdir().unwrap();
        let packed = folder.path().join("a.js.br");
        std::fs::write(&packed, &forms["a.js.br"]).unwrap();
        let unpack =
            "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])))";
        let unpacked = Command::new("node")
            .args(["-e", unpack])
            .arg(&packed)
            .output()
            .unwrap();
        assert_eq!(unpacked.stdout, text);
    }

    #[test]
    fn what_was_compressed_before_is_not_compressed_again() {
        let files = BTreeMap::from([("a.js".to_owned(), vec![b'x'; 100])]);
        let mut before = files.clone();
        before.insert("a.js.br".to_owned(), b"kept".to_vec());
        assert_eq!(forms(&files, &before).unwrap()["a.js.br"], b"kept");
        before.insert("a.js".to_owned(), vec![b'y'; 100]);
        assert_ne!(forms(&files, &before).unwrap()["a.js.br"], b"kept");
    }
}
