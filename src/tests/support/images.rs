//! Images as people send them, made for the occasion.

use std::io::Cursor;

use image::{DynamicImage, ImageEncoder, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};
use reqwest::Method;
use serde_json::Value;

use super::{Answer, Case, Person, read, text};

/// What a camera writes beside the picture: in no answer of ours may it be found.
pub const SECRET: &str = "52.5200N 13.4050E";

/// The left half is red, the right one blue.
pub fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| image::Rgb(if x < width / 2 { [220, 30, 30] } else { [30, 30, 220] }))
}

pub fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::from(halves(width, height)).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Png)
}

/// EXIF with a place in it, that says which way is up.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0x01, 0x0e, 0, 2, 0, 0, 0, 18, 0, 0, 0, 38, 0, 0, 0, 0]);
    exif.extend(SECRET.as_bytes());
    exif.push(0);
    exif
}

/// A photograph as a telephone writes it: with EXIF, XMP, a comment, and a second picture after its end.
pub fn photograph(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    DynamicImage::from(halves(width, height)).write_with_encoder(encoder).unwrap();
    let segment = |marker: u8, data: String| {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], data.as_bytes()].concat()
    };
    let xmp = segment(0xe1, format!("http://ns.adobe.com/xap/1.0/\0<x>{SECRET}</x>"));
    bytes.splice(2..2, [xmp, segment(0xfe, SECRET.to_owned())].concat());
    bytes.extend(SECRET.as_bytes());
    bytes
}

/// A chunk of a PNG.
pub fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [name, data].concat();
    let checksum = body.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    });
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &body, &(!checksum).to_be_bytes()].concat()
}

/// Puts chunks behind the head of a PNG.
pub fn with_chunks(mut png: Vec<u8>, chunks: &[u8]) -> Vec<u8> {
    png.splice(33..33, chunks.iter().copied());
    png
}

/// An answer that is no JSON.
#[derive(Debug)]
pub struct File {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl File {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn picture(&self) -> RgbImage {
        image::load_from_memory(&self.bytes).unwrap().into_rgb8()
    }

    pub fn contains(&self, text: &str) -> bool {
        self.bytes.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

impl Person {
    /// Sends a file to the session at this path.
    pub async fn upload(&self, session: &str, kind: &str, file: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, &format!("{session}/images"));
        read(request.header("content-type", kind).body(file)).await
    }

    /// Adds an image to the session at this path; its id.
    pub async fn attach(&self, session: &str) -> String {
        text(&self.upload(session, "image/png", png(64, 36)).await.expect(201)["id"])
    }

    /// What is at an address that an answer named.
    pub async fn fetch(&self, url: &Value) -> File {
        let path = url.as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let response = self.request(Method::GET, path).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        File { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }
}

impl Case {
    /// Adds an image to the session; its id.
    pub async fn image(&self) -> String {
        self.engineer.attach(&self.path).await
    }
}
