//! What is taken out, what stays, and what is said about it.

mod support;

use beistand_image_clean::{clean, CleanError, Format, Removed};
use std::io::Cursor;
use support::*;

const EXIF: [Removed; 9] = [
    Removed::Location,
    Removed::SerialNumber,
    Removed::Author,
    Removed::Time,
    Removed::Camera,
    Removed::Description,
    Removed::Software,
    Removed::Preview,
    Removed::CameraSettings,
];

#[test]
fn nothing_is_left_but_the_picture() {
    for file in all() {
        assert!(contains(&file, MARK));
        let cleaned = clean(&file).unwrap();
        assert!(!contains(&cleaned.bytes, MARK), "{:?}", cleaned.format);
        assert!(contains(&cleaned.bytes, PICTURE), "{:?}", cleaned.format);
        for removed in EXIF {
            assert!(
                cleaned.removed.contains(&removed),
                "{:?} lacks {removed:?}",
                cleaned.format
            );
        }
        for removed in [
            Removed::AppendedData,
            Removed::ColorProfile,
            Removed::OtherMetadata,
        ] {
            assert!(
                cleaned.removed.contains(&removed),
                "{:?} lacks {removed:?}",
                cleaned.format
            );
        }
    }
}

#[test]
fn a_foreign_reader_finds_only_which_side_is_up() {
    for file in all() {
        let before = exif::Reader::new()
            .read_from_container(&mut Cursor::new(&file))
            .unwrap();
        assert!(before.fields().count() > 8);
        let cleaned = clean(&file).unwrap();
        let after = exif::Reader::new()
            .read_from_container(&mut Cursor::new(&cleaned.bytes))
            .unwrap();
        let left: Vec<_> = after.fields().collect();
        assert_eq!(left.len(), 1, "{:?}", cleaned.format);
        assert_eq!(left[0].tag, exif::Tag::Orientation);
        assert_eq!(left[0].value.get_uint(0), Some(6));
    }
}

#[test]
fn both_orders_of_bytes_are_read() {
    for little_endian in [true, false] {
        let block = [b"Exif\0\0", &exif_block(little_endian)[..]].concat();
        let cleaned = clean(&jpeg(&[segment(0xe1, &block)], b"")).unwrap();
        assert_eq!(cleaned.removed, EXIF);
    }
}

#[test]
fn a_clean_picture_stays_as_it_is() {
    let jfif = segment(0xe0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01");
    let pictures = [
        (Format::Jpeg, jpeg(&[jfif, adobe], b"")),
        (Format::Jpeg, jpeg(&[], b"")),
        (
            Format::Png,
            png(
                &[png_chunk(b"sRGB", b"\0"), png_chunk(b"acTL", &[0; 8])],
                b"",
            ),
        ),
        (Format::Webp, webp(&[webp_chunk(b"VP8 ", PICTURE)], b"")),
        (
            Format::Webp,
            webp(&[webp_chunk(b"VP8L", &PICTURE[1..])], b""),
        ),
    ];
    for (format, picture) in pictures {
        let cleaned = clean(&picture).unwrap();
        assert_eq!((cleaned.format, cleaned.removed), (format, vec![]));
        assert!(cleaned.bytes == picture, "{format:?}");
    }
}

#[test]
fn cleaning_twice_changes_nothing_more() {
    for file in all() {
        let once = clean(&file).unwrap();
        let twice = clean(&once.bytes).unwrap();
        assert!(twice.bytes == once.bytes, "{:?}", once.format);
        assert_eq!(twice.removed, vec![]);
    }
}

#[test]
fn other_files_are_not_pictures() {
    let gif = b"GIF89a";
    let film = b"\0\0\0\x18ftypheic";
    for file in [
        &b""[..],
        b"a text",
        b"\xff\xd8",
        gif,
        film,
        b"RIFF\0\0\0\0WAVE",
    ] {
        assert_eq!(clean(file).unwrap_err(), CleanError::NotAnImage);
    }
}

#[test]
fn what_is_cut_off_is_not_called_clean() {
    for file in all() {
        let whole = clean(&file).unwrap();
        for length in 12..file.len() {
            match clean(&file[..length]) {
                Err(error) => assert_eq!(error, CleanError::Damaged),
                // What is cut off was behind the end of the picture.
                Ok(cut) => assert!(cut.bytes == whole.bytes, "{length} bytes"),
            }
        }
    }
}

#[test]
fn directories_that_lead_in_circles_end() {
    // The next directory is this one, and so is the one inside.
    let circle = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08";
    let block = [b"Exif\0\0", &circle[..]].concat();
    assert!(clean(&jpeg(&[segment(0xe1, &block)], b"")).is_ok());
}

#[test]
fn nothing_from_outside_makes_it_stop() {
    // A small generator of its own: the crate has no dependencies, nor do its tests need one.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let files = all();
    for round in 0..30_000 {
        let mut file = files[round % files.len()].clone();
        for _ in 0..=random(4) {
            let at = random(file.len());
            file[at] = [0, 0xff, random(256) as u8][random(3)];
        }
        if let Ok(cleaned) = clean(&file) {
            // What was called clean is clean when looked at again.
            let again = clean(&cleaned.bytes).unwrap();
            assert!(again.bytes == cleaned.bytes, "round {round}");
            assert_eq!(again.removed, vec![], "round {round}");
        }
    }
}
