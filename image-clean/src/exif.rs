//! Exif, read only to say what is in it, and to carry over which side of the picture is up.
//! Reading never fails: what is not understood is not kept anyway.

use crate::removed::{Findings, Removed};

/// More directories than any camera writes; a file may try to lead in circles.
const MOST_DIRECTORIES: usize = 16;
const ENTRY_SIZE: usize = 12;

const ORIENTATION: u16 = 0x0112;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;

/// Notes what an Exif block (a TIFF file) says, and answers how the picture is to be turned
/// where it is not upright: 2 to 8.
pub(crate) fn read(tiff: &[u8], findings: &mut Findings) -> Option<u8> {
    let found = Tiff::of(tiff).map(|tiff| tiff.walk(findings));
    // Whatever there was, it is gone.
    found.unwrap_or_else(|| {
        findings.note(Removed::OtherMetadata);
        None
    })
}

/// An Exif block that says how the picture is to be turned, and nothing else.
pub(crate) fn only_orientation(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01".to_vec();
    tiff.extend_from_slice(&ORIENTATION.to_be_bytes());
    tiff.extend_from_slice(&[0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend_from_slice(&[0; 4]);
    tiff
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        Some(Self { bytes, big_endian })
    }

    fn walk(&self, findings: &mut Findings) -> Option<u8> {
        let mut orientation = None;
        let mut directories = vec![(self.u32(4), Directory::Main)];
        for _ in 0..MOST_DIRECTORIES {
            let Some((at, directory)) = directories.pop() else {
                break;
            };
            let Some(at) = at
                .and_then(|at| usize::try_from(at).ok())
                .filter(|at| *at > 0)
            else {
                continue;
            };
            if directory == Directory::Preview {
                findings.note(Removed::Preview);
            }
            let entries = usize::from(self.u16(at).unwrap_or(0));
            for i in 0..entries {
                let entry = at + 2 + i * ENTRY_SIZE;
                let Some(tag) = self.u16(entry) else {
                    break;
                };
                match (directory, tag) {
                    (Directory::Main, ORIENTATION) => orientation = self.u16(entry + 8),
                    (_, EXIF_DIRECTORY) => {
                        directories.push((self.u32(entry + 8), Directory::Exif));
                    }
                    (_, GPS_DIRECTORY) => findings.note(Removed::Location),
                    _ => findings.note(meaning(tag)),
                }
            }
            if directory == Directory::Main {
                let next = at + 2 + entries * ENTRY_SIZE;
                directories.push((self.u32(next), Directory::Preview));
            }
        }
        orientation
            .and_then(|orientation| u8::try_from(orientation).ok())
            .filter(|orientation| (2..=8).contains(orientation))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Directory {
    Main,
    Exif,
    Preview,
}

/// What a tag of Exif 2.32 says about the person who took the picture.
fn meaning(tag: u16) -> Removed {
    match tag {
        // ImageDescription, XPTitle, XPComment, XPKeywords, XPSubject, UserComment
        0x010e | 0x9c9b | 0x9c9c | 0x9c9e | 0x9c9f | 0x9286 => Removed::Description,
        // Make, Model, HostComputer, LensMake, LensModel
        0x010f | 0x0110 | 0x013c | 0xa433 | 0xa434 => Removed::Camera,
        // ProcessingSoftware, Software
        0x000b | 0x0131 => Removed::Software,
        // DateTime, DateTimeOriginal, DateTimeDigitized, their offsets and fractions
        0x0132 | 0x9003 | 0x9004 | 0x9010..=0x9012 | 0x9290..=0x9292 => Removed::Time,
        // Artist, Copyright, XPAuthor, CameraOwnerName
        0x013b | 0x8298 | 0x9c9d | 0xa430 => Removed::Author,
        // ImageUniqueID, BodySerialNumber, LensSerialNumber
        0xa420 | 0xa431 | 0xa435 => Removed::SerialNumber,
        _ => Removed::CameraSettings,
    }
}
