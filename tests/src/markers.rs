//! Looking for what must not be there, in every form in which it could be.

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use std::path::{Path, PathBuf};

/// Something secret, and all the forms it is looked for in.
#[derive(Debug, Clone)]
pub struct Marker {
    name: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Marker {
    /// Something secret of at least 8 bytes. `name` is what a finding calls it.
    pub fn new(name: &str, secret: &[u8]) -> Self {
        assert!(
            secret.len() >= 8,
            "too short to be found and not met by chance"
        );
        let mut forms = vec![
            ("plain", secret.to_vec()),
            ("hexadecimal", hex::encode(secret).into_bytes()),
            (
                "hexadecimal capitals",
                hex::encode_upper(secret).into_bytes(),
            ),
        ];
        // In the middle of a longer text, base64 looks different at each of three alignments;
        // what depends on the neighbours is left away.
        for (alignment, name) in ["base64", "base64, shifted", "base64, twice shifted"]
            .iter()
            .enumerate()
        {
            let padded = [&vec![0; alignment][..], secret].concat();
            let encoded = STANDARD_NO_PAD.encode(&padded[..padded.len() / 3 * 3]);
            let own = [0, 2, 3][alignment];
            let standard = encoded.as_bytes()[own..].to_vec();
            let for_addresses = encoded[own..]
                .replace('+', "-")
                .replace('/', "_")
                .into_bytes();
            forms.push((name, standard));
            forms.push((name, for_addresses));
        }
        if let Ok(text) = std::str::from_utf8(secret) {
            let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
            forms.push(("UTF-16", wide(u16::to_le_bytes)));
            forms.push(("UTF-16, big-endian", wide(u16::to_be_bytes)));
        }
        Self {
            name: name.to_owned(),
            forms,
        }
    }

    /// The form in which it stands in `bytes`, if it does.
    pub fn find_in(&self, bytes: &[u8]) -> Option<&'static str> {
        let found = self.forms.iter().find(|(_, form)| contains(bytes, form));
        found.map(|(name, _)| *name)
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    // Looks at windows only where the first byte fits: files are some megabytes.
    let Some(first) = wanted.first() else {
        return false;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(wanted) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Every marker in `bytes`, in sentences.
pub fn found_in(what: &str, bytes: &[u8], markers: &[Marker]) -> Vec<String> {
    markers
        .iter()
        .filter_map(|marker| {
            let form = marker.find_in(bytes)?;
            Some(format!("{what} holds {} ({form})", marker.name))
        })
        .collect()
}

/// Every marker in every file below `folder` and in the files' names.
pub fn found_below(folder: &Path, markers: &[Marker]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files_below(folder) {
        let name = path.display().to_string();
        found.extend(found_in("the name of a file", name.as_bytes(), markers));
        let bytes = std::fs::read(&path).expect("a file that was listed can be read");
        found.extend(found_in(&name, &bytes, markers));
    }
    found
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            // A socket holds nothing.
            files.push(path);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_at_every_place() {
        let secret = "kanarienvogel-2749";
        let marker = Marker::new("the bird", secret.as_bytes());
        for before in ["", "a", "ab", "abc", "abcd"] {
            let text = format!("{before}{secret}, und mehr");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let forms: [Vec<u8>; 6] = [
                text.clone().into_bytes(),
                STANDARD_NO_PAD.encode(&text).into_bytes(),
                base64::engine::general_purpose::URL_SAFE
                    .encode(&text)
                    .into_bytes(),
                hex::encode(&text).into_bytes(),
                hex::encode_upper(&text).into_bytes(),
                wide,
            ];
            for (number, form) in forms.iter().enumerate() {
                assert!(
                    marker.find_in(form).is_some(),
                    "form {number} after {before:?}"
                );
            }
        }
        assert_eq!(marker.find_in(b"kanarienvogel-2748, kanarienvogel"), None);
        assert_eq!(marker.find_in(b""), None);
    }
}
