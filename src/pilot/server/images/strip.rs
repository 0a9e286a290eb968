//! An image without what is not its picture: the container is walked, and only the parts that a decoder draws from are taken
//! over, as they are. So metadata (EXIF with its places, comments, texts), embedded thumbnails, parts that nobody knows and
//! whatever follows the end stay behind, and a file that ends early is found out. Colour profiles are part of the picture.

use crate::pilot::types::ImageType;

/// What is left of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stripped {
    pub bytes: Vec<u8>,
    /// What the file said in EXIF. Which way is up stands there.
    pub exif: Option<Vec<u8>>,
    pub animated: bool,
}

/// Takes the metadata off. `None`: the file is not whole, or not what it begins as.
pub fn strip(kind: ImageType, file: &[u8]) -> Option<Stripped> {
    let mut kept = Stripped { bytes: Vec::with_capacity(file.len()), ..Stripped::default() };
    let mut rest = Rest(file);
    match kind {
        ImageType::Png => png(&mut rest, &mut kept),
        ImageType::Jpeg => jpeg(&mut rest, &mut kept),
        ImageType::Gif => gif(&mut rest, &mut kept),
        ImageType::Webp => webp(&mut rest, &mut kept),
    }?;
    Some(kept)
}

/// What has not been read yet.
struct Rest<'f>(&'f [u8]);

impl<'f> Rest<'f> {
    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
}

fn size(bytes: u32) -> Option<usize> {
    usize::try_from(bytes).ok()
}

fn png(rest: &mut Rest<'_>, kept: &mut Stripped) -> Option<()> {
    const DRAWN: [&[u8; 4]; 14] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"acTL",
        b"fcTL", b"fdAT",
    ];
    kept.bytes.extend(rest.take(8)?);
    loop {
        let length = rest.array()?;
        let name: [u8; 4] = rest.array()?;
        let data = rest.take(size(u32::from_be_bytes(length))?)?;
        let checksum = rest.take(4)?;
        if DRAWN.contains(&&name) {
            [&length, &name, data, checksum].into_iter().for_each(|part| kept.bytes.extend(part));
        }
        match &name {
            b"eXIf" => kept.exif = Some(data.to_vec()),
            b"acTL" => kept.animated = true,
            b"IEND" => return Some(()),
            _ => {}
        }
    }
}

fn jpeg(rest: &mut Rest<'_>, kept: &mut Stripped) -> Option<()> {
    const EXIF: &[u8] = b"Exif\0\0";
    const JFIF: &[u8] = b"JFIF\0";
    kept.bytes.extend(rest.take(2)?);
    loop {
        let marker = jpeg_marker(rest)?;
        kept.bytes.extend([0xff, marker]);
        match marker {
            0xd9 => return Some(()),
            0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let length = rest.array()?;
        let data = rest.take(usize::from(u16::from_be_bytes(length)).checked_sub(2)?)?;
        let mut keep = |data: &[u8]| {
            kept.bytes.extend(length);
            kept.bytes.extend(data);
        };
        match marker {
            // frames, scans, tables
            0xc0..=0xcf | 0xda..=0xde => keep(data),
            0xe2 if data.starts_with(b"ICC_PROFILE\0") => keep(data),
            0xee if data.starts_with(b"Adobe") => keep(data),
            // The density; its thumbnail goes.
            0xe0 if data.starts_with(JFIF) && data.len() >= 14 => {
                kept.bytes.extend([0, 16]);
                kept.bytes.extend(data.get(..12)?);
                kept.bytes.extend([0, 0]);
            }
            _ => {
                kept.bytes.truncate(kept.bytes.len() - 2);
                if marker == 0xe1 && kept.exif.is_none() {
                    kept.exif = data.strip_prefix(EXIF).map(<[u8]>::to_vec);
                }
            }
        }
        if marker == 0xda {
            let scan = jpeg_scan(rest.0)?;
            kept.bytes.extend(rest.take(scan)?);
        }
    }
}

/// The next marker; it may have fill bytes before it.
fn jpeg_marker(rest: &mut Rest<'_>) -> Option<u8> {
    if rest.byte()? != 0xff {
        return None;
    }
    loop {
        match rest.byte()? {
            0xff => {}
            marker => return Some(marker),
        }
    }
}

/// How long the compressed data is: up to the next marker that does not belong to it.
fn jpeg_scan(data: &[u8]) -> Option<usize> {
    let ends = |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7 | 0xff));
    data.windows(2).position(ends)
}

fn gif(rest: &mut Rest<'_>, kept: &mut Stripped) -> Option<()> {
    let head = rest.take(13)?;
    kept.bytes.extend(head);
    kept.bytes.extend(gif_colours(rest, *head.get(10)?)?);
    let mut frames = 0_usize;
    loop {
        match rest.byte()? {
            0x2c => {
                let frame = rest.take(9)?;
                kept.bytes.push(0x2c);
                kept.bytes.extend(frame);
                kept.bytes.extend(gif_colours(rest, *frame.get(8)?)?);
                kept.bytes.push(rest.byte()?);
                kept.bytes.extend(gif_blocks(rest)?);
                frames += 1;
                kept.animated = frames > 1;
            }
            0x21 => {
                let label = rest.byte()?;
                let data = gif_blocks(rest)?;
                // How a frame is shown, and how often all are.
                let loops = data.starts_with(b"\x0bNETSCAPE2.0\x03") || data.starts_with(b"\x0bANIMEXTS1.0\x03");
                if label == 0xf9 || label == 0xff && loops {
                    kept.bytes.extend([0x21, label]);
                    kept.bytes.extend(data);
                }
            }
            0x3b => {
                kept.bytes.push(0x3b);
                return (frames > 0).then_some(());
            }
            _ => return None,
        }
    }
}

/// The table of colours that a head with these flags has.
fn gif_colours<'f>(rest: &mut Rest<'f>, flags: u8) -> Option<&'f [u8]> {
    let count = if flags & 0x80 == 0 { 0 } else { 2_usize << (flags & 7) };
    rest.take(3 * count)
}

/// Blocks of a length each, up to and with the empty one.
fn gif_blocks<'f>(rest: &mut Rest<'f>) -> Option<&'f [u8]> {
    let (from, mut length) = (rest.0, 0);
    loop {
        let block = usize::from(rest.byte()?);
        rest.take(block)?;
        length += 1 + block;
        if block == 0 {
            return from.get(..length);
        }
    }
}

fn webp(rest: &mut Rest<'_>, kept: &mut Stripped) -> Option<()> {
    const EXIF: [u8; 4] = *b"EXIF";
    rest.take(4)?;
    let length = size(u32::from_le_bytes(rest.array()?))?;
    let mut inside = Rest(rest.take(length)?);
    inside.take(4)?;
    let mut chunks = Vec::with_capacity(length);
    while !inside.0.is_empty() {
        let (name, data) = webp_chunk(&mut inside)?;
        match &name {
            // The head says what there is: no EXIF, no XMP.
            b"VP8X" => {
                let (flags, others) = data.split_first()?;
                webp_keep(&mut chunks, name, &[&[flags & !0x0c], others].concat())?;
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" | b"ANIM" => webp_keep(&mut chunks, name, data)?,
            b"ANMF" => {
                kept.animated = true;
                webp_keep(&mut chunks, name, &webp_frame(data)?)?;
            }
            &EXIF => kept.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data).to_vec()),
            _ => {}
        }
    }
    kept.bytes.extend(b"RIFF");
    kept.bytes.extend(u32::try_from(chunks.len() + 4).ok()?.to_le_bytes());
    kept.bytes.extend(b"WEBP");
    kept.bytes.append(&mut chunks);
    Some(())
}

/// A frame of an animation: its head, and again chunks.
fn webp_frame(data: &[u8]) -> Option<Vec<u8>> {
    let mut inside = Rest(data);
    let mut frame = inside.take(16)?.to_vec();
    while !inside.0.is_empty() {
        let (name, data) = webp_chunk(&mut inside)?;
        if matches!(&name, b"VP8 " | b"VP8L" | b"ALPH") {
            webp_keep(&mut frame, name, data)?;
        }
    }
    Some(frame)
}

fn webp_chunk<'f>(rest: &mut Rest<'f>) -> Option<([u8; 4], &'f [u8])> {
    let name = rest.array()?;
    let length = size(u32::from_le_bytes(rest.array()?))?;
    let data = rest.take(length)?;
    // Some writers leave the last padding out.
    if length % 2 == 1 && !rest.0.is_empty() {
        rest.take(1)?;
    }
    Some((name, data))
}

fn webp_keep(chunks: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> Option<()> {
    chunks.extend(name);
    chunks.extend(u32::try_from(data.len()).ok()?.to_le_bytes());
    chunks.extend(data);
    chunks.extend((data.len() % 2 == 1).then_some(0));
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};
    use proptest::prelude::*;

    use super::*;

    fn sample(kind: ImageType) -> Vec<u8> {
        let format = ImageFormat::from_mime_type(kind.as_str()).unwrap();
        let image =
            RgbImage::from_fn(40, 30, |x, y| image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 7]));
        let mut bytes = Vec::new();
        DynamicImage::from(image).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    #[test]
    fn what_has_nothing_to_lose_stays_as_it_is() {
        for kind in ImageType::ALL {
            let file = sample(*kind);
            let stripped = strip(*kind, &file).unwrap();
            assert_eq!(stripped.exif, None);
            assert_eq!(strip(*kind, &stripped.bytes).unwrap().bytes, stripped.bytes);
            let shown = |bytes| image::load_from_memory(bytes).unwrap();
            assert_eq!(shown(&stripped.bytes), shown(&file), "{kind}");
        }
    }

    #[test]
    fn a_file_that_ends_early_is_found_out_wherever_it_ends() {
        for kind in ImageType::ALL {
            let file = sample(*kind);
            // The last byte of a WebP may be padding.
            for end in 0..file.len() - 1 {
                assert_eq!(strip(*kind, &file[..end]), None, "{end} bytes of {} of {kind}", file.len());
            }
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(kind in 0..4_usize, from in any::<prop::sample::Index>(), junk in prop::collection::vec(any::<u8>(), 0..200)) {
            let kind = ImageType::ALL[kind];
            let mut file = sample(kind);
            let from = from.index(file.len());
            let to = (from + junk.len()).min(file.len());
            file.splice(from..to, junk);
            if let Some(stripped) = strip(kind, &file) {
                prop_assert!(stripped.bytes.len() <= file.len());
            }
        }
    }
}
