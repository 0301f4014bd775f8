//! JPEG (ITU-T T.81, annex B): kept are tables, frames and scans, of the application segments
//! only what colours depend on, and nothing behind the end.

use crate::exif;
use crate::removed::{Findings, Removed};

/// The marker of the start and the first byte of the next.
pub(crate) const START: [u8; 3] = [0xff, 0xd8, 0xff];

const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

const JFIF: &[u8] = b"JFIF\0";
/// Marker, length, name, version, units and densities, and the two sizes of a preview.
const JFIF_WITHOUT_PREVIEW: usize = 2 + 2 + 5 + 2 + 5 + 2;
const ADOBE: &[u8] = b"Adobe";
const ADOBE_SIZE: usize = 2 + 2 + 5 + 7;
const EXIF: &[u8] = b"Exif\0";
const XMP: &[u8] = b"http://ns.adobe.com/x";
const ICC: &[u8] = b"ICC_PROFILE\0";

pub(crate) fn clean(bytes: &[u8], findings: &mut Findings) -> Option<Vec<u8>> {
    let mut jfif = None;
    let mut orientation = None;
    let mut picture = Vec::with_capacity(bytes.len());
    let mut rest = bytes.strip_prefix(&START_OF_IMAGE)?;
    let mut has_scan = false;
    loop {
        let (marker, after) = next_marker(rest)?;
        if marker == END_OF_IMAGE {
            if !after.is_empty() {
                findings.note(Removed::AppendedData);
            }
            break;
        }
        let (segment, after) = segment(rest, after)?;
        let content = &segment[4..];
        rest = after;
        match marker {
            // Frames (but for the reserved JPG), tables, and what belongs to them.
            0xc0..=0xc7 | 0xc9..=0xcf | 0xdb..=0xdf => picture.extend_from_slice(segment),
            START_OF_SCAN => {
                has_scan = true;
                let (data, after) = scan(rest);
                picture.extend_from_slice(segment);
                picture.extend_from_slice(data);
                rest = after;
            }
            0xe0 if content.starts_with(JFIF) && segment.len() >= JFIF_WITHOUT_PREVIEW => {
                if segment.len() > JFIF_WITHOUT_PREVIEW {
                    findings.note(Removed::Preview);
                }
                jfif = Some(without_preview(segment));
            }
            0xe0 => findings.note(Removed::Preview),
            0xe1 if content.starts_with(EXIF) => {
                let tiff = content.get(EXIF.len() + 1..).unwrap_or_default();
                orientation = exif::read(tiff, findings).or(orientation);
            }
            0xe1 if content.starts_with(XMP) => findings.note_xmp(content),
            0xe2 if content.starts_with(ICC) => findings.note(Removed::ColorProfile),
            // Without it, pictures in other colours than usual look inverted.
            0xee if content.starts_with(ADOBE) && segment.len() >= ADOBE_SIZE => {
                picture.extend_from_slice(&resized(segment, ADOBE_SIZE));
            }
            COMMENT => findings.note(Removed::Description),
            _ => findings.note(Removed::OtherMetadata),
        }
    }
    if !has_scan {
        return None;
    }
    let mut clean = START_OF_IMAGE.to_vec();
    clean.extend(jfif.into_iter().flatten());
    if let Some(orientation) = orientation {
        let content = [EXIF, b"\0", &exif::only_orientation(orientation)].concat();
        clean.extend_from_slice(&[0xff, 0xe1, 0, content.len() as u8 + 2]);
        clean.extend_from_slice(&content);
    }
    clean.extend_from_slice(&picture);
    clean.extend_from_slice(&[0xff, END_OF_IMAGE]);
    Some(clean)
}

/// The marker at the beginning, before which there may be filling, and what follows it.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let filled = bytes.iter().position(|byte| *byte != 0xff)?;
    (filled > 0).then(|| (bytes[filled], &bytes[filled + 1..]))
}

/// The whole segment whose marker has just been read, without filling, and what follows it.
fn segment<'a>(rest: &'a [u8], after: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
    if length < 2 || length > after.len() {
        return None;
    }
    let begin = rest.len() - after.len() - 2;
    Some((&rest[begin..begin + 2 + length], &after[length..]))
}

/// The entropy-coded data after a scan's header, and what follows it: the next marker that is
/// neither a stuffed byte nor a restart.
fn scan(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == 0xff) {
        at += found;
        match bytes.get(at + 1) {
            Some(0 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return bytes.split_at(at),
        }
    }
    (bytes, &[])
}

fn without_preview(jfif: &[u8]) -> Vec<u8> {
    let mut short = resized(jfif, JFIF_WITHOUT_PREVIEW);
    short[JFIF_WITHOUT_PREVIEW - 2..].fill(0);
    short
}

/// The first `size` bytes of a segment, with its length set right.
fn resized(segment: &[u8], size: usize) -> Vec<u8> {
    let mut short = segment[..size].to_vec();
    short[2..4].copy_from_slice(&(size as u16 - 2).to_be_bytes());
    short
}
