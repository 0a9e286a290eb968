//! What may be attached to a message: which kinds, how large, how many, and how large it is drawn. The same for the browser,
//! which asks before it sends, and for the server, which decides.

use crate::pilot::types::ImageType;

/// Bytes of a file, at most: 10 MB.
pub const FILE_LIMIT: usize = 10 << 20;
/// Pixels of an image, at most: 40 megapixels.
pub const PIXEL_LIMIT: u64 = 40_000_000;
/// Images of a message, at most.
pub const PER_MESSAGE: usize = 6;
/// The kinds, for a file picker.
pub const ACCEPT: &str = "image/png,image/jpeg,image/gif,image/webp";

pub const TOO_LARGE: &str = "The file is too large: 10 MB at most. Crop the image, or save it smaller.";
pub const WRONG_KIND: &str = "Only PNG, JPEG, GIF and WebP images can be attached, and this file is none of them.";
pub const TOO_MANY: &str = "A message takes 6 images at most.";

/// Drawn in a message no larger than this, in CSS pixels: one alone, and each of several.
const ALONE: (u32, u32) = (320, 180);
const AMONG: (u32, u32) = (200, 112);

impl ImageType {
    /// What the content says, whatever the name of the file.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }
}

/// How large an image of this size is drawn in a message of so many, so that its place is there before it is.
pub fn drawn(width: u32, height: u32, count: usize) -> (u32, u32) {
    let most = if count > 1 { AMONG } else { ALONE };
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (most_wide, most_high) = (u64::from(most.0), u64::from(most.1));
    let (mut wide, mut high) = (width, height);
    if wide > most_wide {
        (wide, high) = (most_wide, height * most_wide / width);
    }
    if high > most_high {
        (wide, high) = (width * most_high / height, most_high);
    }
    let side = |side: u64| u32::try_from(side.max(1)).unwrap_or(u32::MAX);
    (side(wide), side(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_kind() {
        assert_eq!(ImageType::of(b"\x89PNG\r\n\x1a\n...."), Some(ImageType::Png));
        assert_eq!(ImageType::of(b"\xff\xd8\xff\xe0"), Some(ImageType::Jpeg));
        assert_eq!(ImageType::of(b"GIF89a"), Some(ImageType::Gif));
        assert_eq!(ImageType::of(b"RIFF\x10\0\0\0WEBPVP8 "), Some(ImageType::Webp));
        for other in
            [&b""[..], b"<svg xmlns=", b"#!/bin/sh", b"RIFF\x10\0\0\0WAVE", b"GIF90a", b"\x89PNG", b"BM", b"%PDF-1.7"]
        {
            assert_eq!(ImageType::of(other), None);
        }
    }

    #[test]
    fn a_drawn_image_keeps_its_form_within_the_box() {
        assert_eq!(drawn(1920, 1080, 1), (320, 180));
        assert_eq!(drawn(3200, 180, 1), (320, 18));
        assert_eq!(drawn(1170, 2532, 1), (83, 180));
        assert_eq!(drawn(1920, 1080, 3), (200, 112));
        assert_eq!(drawn(40, 20, 1), (40, 20));
        assert_eq!(drawn(65_535, 1, 1), (320, 1));
        assert_eq!(drawn(0, 0, 1), (1, 1));
    }

    #[test]
    fn the_picker_offers_what_is_taken() {
        let all: Vec<_> = ImageType::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(all.join(","), ACCEPT);
    }
}
