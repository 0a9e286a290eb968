//! From what somebody sent to what is kept: the picture alone, upright, and a small one of it. Everything here takes time and
//! memory in proportion to the pixels, so it runs off the request's thread, and never for more pixels than are allowed.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
    error::ImageError,
    imageops::{FilterType, overlay},
    metadata::Orientation,
};

use super::strip::{Stripped, strip};
use crate::{
    error::AppError,
    pilot::{
        images::{FILE_LIMIT, PIXEL_LIMIT, TOO_LARGE, WRONG_KIND},
        types::{Image, ImageType},
    },
};

/// A small picture is no larger than this: twice of what it is drawn at.
const SMALL: (u32, u32) = (640, 360);
const SMALL_QUALITY: u8 = 82;
/// A model is shown no longer side, and no larger file as it is: more costs more, and vendors scale it down themselves.
const SIGHT: u32 = 1568;
const SIGHT_BYTES: u64 = 1 << 20;
const SIGHT_QUALITY: u8 = 85;
/// Of a photograph that had to be turned.
const QUALITY: u8 = 92;
/// What a decoder may take beside the pixels it was asked for, in bytes.
const ALLOWANCE: u64 = 336 << 20;

/// An image as it is kept.
#[derive(Debug)]
pub struct Picture {
    pub kind: ImageType,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
    pub small: Vec<u8>,
    pub small_kind: ImageType,
}

/// Looks at what was sent and makes of it what is kept.
pub fn picture(file: &[u8]) -> Result<Picture, AppError> {
    if file.is_empty() {
        return Err(AppError::invalid("file", "The file is empty."));
    }
    if file.len() > FILE_LIMIT {
        return Err(AppError::TooLarge { detail: TOO_LARGE.to_owned() });
    }
    let kind = ImageType::of(file).ok_or_else(|| AppError::UnsupportedMedia { detail: WRONG_KIND.to_owned() })?;
    let Stripped { mut bytes, exif, animated } = strip(kind, file).ok_or_else(damaged)?;
    let (mut image, profile) = decode(kind, &bytes)?;
    let turn = exif.as_deref().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
    // Moving ones stay as they are: nobody makes them with a camera that was held sideways.
    if turn != Orientation::NoTransforms && !animated {
        image.apply_orientation(turn);
        bytes = encode(&image, kind, profile).map_err(|error| unreadable(&error))?;
    }
    let (width, height) = image.dimensions();
    let (small, small_kind) = small(image).map_err(|error| unreadable(&error))?;
    Ok(Picture { kind, width, height, bytes, small, small_kind })
}

/// The first frame, and the colour profile.
fn decode(kind: ImageType, bytes: &[u8]) -> Result<(DynamicImage, Option<Vec<u8>>), AppError> {
    let format = match kind {
        ImageType::Png => ImageFormat::Png,
        ImageType::Jpeg => ImageFormat::Jpeg,
        ImageType::Gif => ImageFormat::Gif,
        ImageType::Webp => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(ALLOWANCE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| unreadable(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXEL_LIMIT {
        return Err(AppError::TooLarge {
            detail: format!(
                "The image has {width} × {height} pixels: 40 megapixels at most. Crop the image, or scale it down."
            ),
        });
    }
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))?;
    Ok((image, profile))
}

fn encode(image: &DynamicImage, kind: ImageType, profile: Option<Vec<u8>>) -> Result<Vec<u8>, ImageError> {
    use image::ImageEncoder;
    let mut bytes = Vec::new();
    // A profile is for the colours it was made for: those of a press do not fit what is made of them here.
    let space: &[u8] = if image.color().has_color() { b"RGB " } else { b"GRAY" };
    let profile = profile.filter(|profile| profile.get(16..20) == Some(space));
    match kind {
        ImageType::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            if let Some(profile) = profile {
                encoder.set_icc_profile(profile).ok();
            }
            image.write_with_encoder(encoder)?;
        }
        ImageType::Png | ImageType::Gif => {
            let mut encoder = PngEncoder::new(&mut bytes);
            if let Some(profile) = profile {
                encoder.set_icc_profile(profile).ok();
            }
            image.write_with_encoder(encoder)?;
        }
        ImageType::Webp => {
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            if let Some(profile) = profile {
                encoder.set_icc_profile(profile).ok();
            }
            image.write_with_encoder(encoder)?;
        }
    }
    Ok(bytes)
}

/// A small picture: what can be seen through stays so, all else is a JPEG.
fn small(image: DynamicImage) -> Result<(Vec<u8>, ImageType), ImageError> {
    let fits = image.width() <= SMALL.0 && image.height() <= SMALL.1;
    let small = if fits { image } else { image.thumbnail(SMALL.0, SMALL.1) };
    let mut bytes = Vec::new();
    let small = small.into_rgba8();
    if small.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        let opaque = DynamicImage::from(small).into_rgb8();
        opaque.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, SMALL_QUALITY))?;
        return Ok((bytes, ImageType::Jpeg));
    }
    small.write_with_encoder(PngEncoder::new(&mut bytes))?;
    Ok((bytes, ImageType::Png))
}

/// Whether a model is shown the image as it is: of the kinds that every vendor takes, and not too large.
pub fn is_seen_as_it_is(image: &Image) -> bool {
    let taken = matches!(image.content_type, ImageType::Png | ImageType::Jpeg);
    taken && image.width.max(image.height) <= SIGHT && image.bytes <= SIGHT_BYTES
}

/// The image as a model is shown it: a JPEG, on white where it can be seen through; of a moving one the first picture.
pub fn sight(kind: ImageType, bytes: &[u8]) -> Result<Vec<u8>, AppError> {
    let (image, _) = decode(kind, bytes)?;
    let large = image.width().max(image.height()) > SIGHT;
    let image = if large { image.resize(SIGHT, SIGHT, FilterType::Triangle) } else { image };
    let mut paper = RgbaImage::from_pixel(image.width(), image.height(), Rgba([u8::MAX; 4]));
    overlay(&mut paper, &image.into_rgba8(), 0, 0);
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, SIGHT_QUALITY);
    let written = DynamicImage::from(paper).into_rgb8().write_with_encoder(encoder);
    written.map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

/// 422: it begins like an image and does not go on like one.
pub fn damaged() -> AppError {
    AppError::invalid("file", "The image is damaged or incomplete. Take it or save it again.")
}

fn unreadable(error: &ImageError) -> AppError {
    match error {
        ImageError::Limits(_) => AppError::TooLarge {
            detail: "The image takes too much memory to be shown. Scale it down, or save it with fewer colours."
                .to_owned(),
        },
        _ => damaged(),
    }
}
