//! PNG (W3C PNG 3): kept are the chunks a picture or an animation is made of, and those its
//! colours depend on.

use crate::exif;
use crate::removed::{Findings, Removed};

pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Length, type, and checksum.
const AROUND: usize = 4 + 4 + 4;
const HEADER: &[u8; 4] = b"IHDR";
const END: &[u8; 4] = b"IEND";

pub(crate) fn clean(bytes: &[u8], findings: &mut Findings) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&SIGNATURE)?;
    let mut clean = Vec::with_capacity(bytes.len());
    clean.extend_from_slice(&SIGNATURE);
    let mut orientation = None;
    let mut after_header = None;
    loop {
        let (chunk, after) = chunk(rest)?;
        rest = after;
        let (kind, content) = (&chunk[4..8], &chunk[8..chunk.len() - 4]);
        let is_first = clean.len() == SIGNATURE.len();
        if is_first != (kind == HEADER) {
            return None;
        }
        match kind {
            b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB"
            | b"cICP" | b"acTL" | b"fcTL" | b"fdAT" => clean.extend_from_slice(chunk),
            b"eXIf" => orientation = exif::read(content, findings).or(orientation),
            b"tEXt" | b"zTXt" | b"iTXt" => note_text(content, findings),
            b"tIME" => findings.note(Removed::Time),
            b"iCCP" => findings.note(Removed::ColorProfile),
            _ => findings.note(Removed::OtherMetadata),
        }
        if is_first {
            after_header = Some(clean.len());
        }
        if kind == END {
            break;
        }
    }
    if !rest.is_empty() {
        findings.note(Removed::AppendedData);
    }
    if let (Some(orientation), Some(at)) = (orientation, after_header) {
        clean.splice(at..at, exif_chunk(orientation));
    }
    Some(clean)
}

/// The first chunk, whole, and what follows it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u32::from_be_bytes(*bytes.first_chunk::<4>()?);
    let whole = usize::try_from(length).ok()?.checked_add(AROUND)?;
    bytes.split_at_checked(whole)
}

/// Texts have a keyword, the usual ones of which the standard lists.
fn note_text(content: &[u8], findings: &mut Findings) {
    let keyword = content.split(|byte| *byte == 0).next().unwrap_or_default();
    match keyword {
        b"XML:com.adobe.xmp" => findings.note_xmp(content),
        b"Author" | b"Copyright" => findings.note(Removed::Author),
        b"Creation Time" => findings.note(Removed::Time),
        b"Software" => findings.note(Removed::Software),
        b"Source" => findings.note(Removed::Camera),
        _ => findings.note(Removed::Description),
    }
}

fn exif_chunk(orientation: u8) -> Vec<u8> {
    let content = exif::only_orientation(orientation);
    let mut chunk = (content.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(b"eXIf");
    chunk.extend_from_slice(&content);
    let checksum = crc32(&chunk[4..]);
    chunk.extend_from_slice(&checksum.to_be_bytes());
    chunk
}

/// The checksum of chunks (PNG 3, annex D), bit by bit: it is needed for 30 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let divisor = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            crc = (crc >> 1) ^ divisor;
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The end chunk of every PNG.
        assert_eq!(crc32(END), 0xae42_6082);
    }
}
