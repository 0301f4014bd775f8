//! WebP (RFC 9649): kept are the chunks a picture or an animation is made of; the header's flags
//! say then what is left.

use crate::exif;
use crate::removed::{Findings, Removed};

const RIFF_HEADER: usize = 12;
const FRAME_HEADER: usize = 16;
const EXTENDED_SIZE: usize = 10;

const HAS_EXIF: u8 = 0x08;
/// Of the extended header's flags, those that say something about the picture.
const ABOUT_PICTURE: u8 = 0x10 | 0x02;

pub(crate) fn is_webp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..RIFF_HEADER) == Some(b"WEBP")
}

pub(crate) fn clean(bytes: &[u8], findings: &mut Findings) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let whole = usize::try_from(size).ok()?.checked_add(8)?;
    let (file, appended) = bytes.split_at_checked(whole)?;
    if !appended.is_empty() {
        findings.note(Removed::AppendedData);
    }
    let mut kept: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut orientation = None;
    let mut has_picture = false;
    let mut extended = false;
    let mut rest = file.get(RIFF_HEADER..)?;
    while !rest.is_empty() {
        let (kind, content, after) = chunk(rest)?;
        rest = after;
        match kind {
            b"VP8X" => {
                let header: [u8; EXTENDED_SIZE] = content.try_into().ok()?;
                if extended || !kept.is_empty() {
                    return None;
                }
                extended = true;
                // The three bytes after the flags are reserved.
                let flags = [header[0] & ABOUT_PICTURE, 0, 0, 0];
                push(&mut kept, kind, &[&flags, &header[4..]].concat());
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" => {
                has_picture |= kind != b"ALPH" && kind != b"ANIM";
                push(&mut kept, kind, content);
            }
            b"ANMF" => {
                has_picture = true;
                push(&mut kept, kind, &frame(content, findings)?);
            }
            b"EXIF" => {
                let tiff = content.strip_prefix(b"Exif\0\0").unwrap_or(content);
                orientation = exif::read(tiff, findings).or(orientation);
            }
            b"XMP " => findings.note_xmp(content),
            b"ICCP" => findings.note(Removed::ColorProfile),
            _ => findings.note(Removed::OtherMetadata),
        }
    }
    if !has_picture {
        return None;
    }
    if let Some(orientation) = orientation.filter(|_| extended) {
        // The flags follow the first chunk's type and length.
        *kept.get_mut(8)? |= HAS_EXIF;
        push(&mut kept, b"EXIF", &exif::only_orientation(orientation));
    }
    let mut clean = b"RIFF".to_vec();
    clean.extend_from_slice(&u32::try_from(kept.len() + 4).ok()?.to_le_bytes());
    clean.extend_from_slice(b"WEBP");
    clean.extend_from_slice(&kept);
    Some(clean)
}

/// A frame of an animation with only what its picture is made of.
fn frame(content: &[u8], findings: &mut Findings) -> Option<Vec<u8>> {
    let (header, mut rest) = content.split_at_checked(FRAME_HEADER)?;
    let mut frame = header.to_vec();
    while !rest.is_empty() {
        let (kind, content, after) = chunk(rest)?;
        rest = after;
        match kind {
            b"VP8 " | b"VP8L" | b"ALPH" => push(&mut frame, kind, content),
            _ => findings.note(Removed::OtherMetadata),
        }
    }
    Some(frame)
}

/// Type and content of the first chunk, and what follows it and its padding.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (content, rest) = rest.split_at_checked(length)?;
    let padding = (length % 2).min(rest.len());
    Some((kind, content, &rest[padding..]))
}

fn push(to: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    to.extend_from_slice(kind);
    // A chunk of a file in memory that came with a length of 32 bits, or is shorter.
    to.extend_from_slice(&(content.len() as u32).to_le_bytes());
    to.extend_from_slice(content);
    if content.len() % 2 == 1 {
        to.push(0);
    }
}
