//! Pictures built by hand, with a mark in every place in which something can be said beside the
//! picture.
#![allow(dead_code, reason = "each test file uses another part of it")]

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use std::io::Cursor;

/// What must not be left anywhere.
pub const MARK: &[u8] = b"MARK-0f1e2d3c";

/// Stands for the coded picture: it must come through as it is. The stuffed byte, the restart and
/// the filling are what scans of a JPEG can have.
pub const PICTURE: &[u8] = b"\x12\x34\xff\x00picture\xff\xd0\x56\x78\xff\x00\x01";

/// Something with the mark in it.
pub fn marked(before: &[u8]) -> Vec<u8> {
    [before, MARK, b" and more"].concat()
}

/// An Exif block with all sorts of things in it, a preview too, turned to the right.
pub fn exif_block(little_endian: bool) -> Vec<u8> {
    let ascii = || Value::Ascii(vec![MARK.to_vec()]);
    let degrees = || Value::Rational(vec![Rational { num: 52, denom: 1 }; 3]);
    let field = |tag, value| Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    };
    let fields = [
        field(Tag::Orientation, Value::Short(vec![6])),
        field(Tag::Make, ascii()),
        field(Tag::Artist, ascii()),
        field(Tag::Software, ascii()),
        field(Tag::ImageDescription, ascii()),
        field(Tag::DateTimeOriginal, ascii()),
        field(Tag::BodySerialNumber, ascii()),
        field(Tag::MakerNote, Value::Undefined(marked(b"note"), 0)),
        field(Tag::GPSLatitudeRef, Value::Ascii(vec![b"N".to_vec()])),
        field(Tag::GPSLatitude, degrees()),
    ];
    let preview = marked(b"\xff\xd8\xff");
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    writer.set_jpeg(&preview, In::THUMBNAIL);
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, little_endian).unwrap();
    block.into_inner()
}

pub fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// Tables, a frame and two scans: what every picture has.
pub fn jpeg_picture() -> Vec<u8> {
    let scan = [segment(0xda, b"\x01\x01\x00\x00\x3f\x00"), PICTURE.to_vec()].concat();
    [
        segment(0xdb, &[1; 65]),
        segment(0xc2, b"\x08\x00\x08\x00\x08\x01\x01\x11\x00"),
        segment(0xc4, &[0; 20]),
        scan.clone(),
        segment(0xc4, &[2; 20]),
        scan,
    ]
    .concat()
}

pub fn jpeg(before: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    let mut file = b"\xff\xd8".to_vec();
    file.extend(before.concat());
    file.extend(jpeg_picture());
    file.extend(b"\xff\xd9");
    file.extend(behind);
    file
}

pub fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    // Checksums are copied, not computed: any will do to see that.
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], kind, content, b"sum!"].concat()
}

pub fn png(extra: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(b"IHDR", &[7; 13]),
        extra.concat(),
        png_chunk(b"IDAT", PICTURE),
        png_chunk(b"IDAT", PICTURE),
        png_chunk(b"IEND", b""),
        behind.to_vec(),
    ]
    .concat()
}

pub fn webp_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_le_bytes();
    let padding = &[0][..content.len() % 2];
    [kind, &length[..], content, padding].concat()
}

pub fn webp(chunks: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    let chunks = chunks.concat();
    let size = (chunks.len() as u32 + 4).to_le_bytes();
    [b"RIFF", &size[..], b"WEBP", &chunks, behind].concat()
}

pub fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// One of each, full of things that must not be left.
pub fn all() -> [Vec<u8>; 3] {
    let block = exif_block(false);
    let jpeg = jpeg(
        &[
            segment(
                0xe0,
                &[b"JFIF\0\x01\x02\x01\0\x48\0\x48\x02\x02", MARK].concat(),
            ),
            segment(0xe0, &marked(b"JFXX\0\x10")),
            segment(0xe1, &[b"Exif\0\0", &block[..]].concat()),
            segment(
                0xe1,
                &marked(b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>"),
            ),
            segment(0xe2, &marked(b"ICC_PROFILE\0\x01\x01")),
            segment(0xe2, &marked(b"MPF\0")),
            segment(0xed, &marked(b"Photoshop 3.0\0")),
            segment(0xee, &marked(b"Adobe\0\x64\0\0\0\0\x01")),
            segment(0xef, &marked(b"")),
            segment(0xfe, &marked(b"")),
            segment(0xf0, &marked(b"")),
        ],
        &marked(b"\xff\xd8\xff"),
    );
    let png = png(
        &[
            png_chunk(b"eXIf", &block),
            png_chunk(b"tEXt", &marked(b"Author\0")),
            png_chunk(b"zTXt", &marked(b"Comment\0\0")),
            png_chunk(b"iTXt", &marked(b"XML:com.adobe.xmp\0\0\0\0\0")),
            png_chunk(b"iCCP", &marked(b"display\0\0")),
            png_chunk(b"tIME", MARK),
            png_chunk(b"prVt", MARK),
        ],
        // What was cut off a picture stays behind its end with some programs.
        &png_chunk(b"IDAT", MARK),
    );
    let frame = [
        vec![9; 16],
        webp_chunk(b"ALPH", PICTURE),
        webp_chunk(b"VP8 ", PICTURE),
        webp_chunk(b"NOTE", MARK),
    ];
    let webp = webp(
        &[
            webp_chunk(b"VP8X", b"\x3e\0\0\0\x07\0\0\x07\0\0"),
            webp_chunk(b"ICCP", MARK),
            webp_chunk(b"ANIM", b"\0\0\0\0\0\0"),
            webp_chunk(b"ANMF", &frame.concat()),
            webp_chunk(b"EXIF", &block),
            webp_chunk(b"XMP ", &marked(b"<dc:creator>")),
            webp_chunk(b"ODD ", &MARK[..7]),
        ],
        MARK,
    );
    [jpeg, png, webp]
}
