//! Images of a session: what they are is said by their content, nothing but the picture is kept, and only who sees the session
//! sees them (P2).

use flowpilot::{accounts::types::UserRole, pilot::images, server::files::Files};
use image::{ImageFormat, RgbImage};
use reqwest::{Method, multipart};
use serde_json::json;

use crate::support::{
    Answer, Case, SECRET, TestApp, encoded, exif, halves, photograph, png, png_chunk, read, text, with_chunks,
};

impl Case {
    async fn upload(&self, kind: &str, file: Vec<u8>) -> Answer {
        self.engineer.upload(&self.path, kind, file).await
    }
}

/// What is at this place of the picture.
fn colour(picture: &RgbImage, x: u32, y: u32) -> &'static str {
    match picture.get_pixel(x, y).0 {
        [red, _, blue] if red > 150 && blue < 100 => "red",
        [red, _, blue] if blue > 150 && red < 100 => "blue",
        _ => "neither",
    }
}

#[tokio::test]
async fn every_kind_is_taken_and_given_back_with_a_thumbnail() {
    let case = Case::new().await;
    for (format, kind) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let image = case.upload(kind, encoded(1280, 720, format)).await.expect(201);
        assert_eq!(
            (&image["content_type"], &image["width"], &image["height"]),
            (&json!(kind), &json!(1280), &json!(720))
        );
        let whole = case.engineer.fetch(&image["url"]).await;
        assert_eq!((whole.status, whole.header("content-type")), (200, kind));
        assert_eq!(image["bytes"], json!(whole.bytes.len()));
        assert_eq!(whole.picture().dimensions(), (1280, 720), "{kind}");
        let small = case.engineer.fetch(&image["thumbnail_url"]).await;
        assert_eq!((small.status, small.header("content-type")), (200, "image/jpeg"));
        assert_eq!(small.picture().dimensions(), (640, 360), "{kind}");
        assert_eq!((colour(&small.picture(), 100, 100), colour(&small.picture(), 540, 100)), ("red", "blue"), "{kind}");
    }
}

#[tokio::test]
async fn images_come_with_what_keeps_a_browser_from_taking_them_for_more() {
    let case = Case::new().await;
    let image = case.upload("image/png", png(8, 8)).await.expect(201);
    for url in [&image["url"], &image["thumbnail_url"]] {
        let file = case.engineer.fetch(url).await;
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("cross-origin-resource-policy"), "same-origin");
        assert!(file.header("content-security-policy").starts_with("default-src 'none'"), "{:?}", file.headers);
        let kept = file.header("cache-control");
        assert!(kept.contains("private") && kept.contains("immutable"), "{kept}");
    }
}

#[tokio::test]
async fn the_content_decides_what_a_file_is_and_not_its_name() {
    let case = Case::new().await;
    let image = case.upload("image/png", encoded(8, 8, ImageFormat::Jpeg)).await.expect(201);
    assert_eq!(image["content_type"], "image/jpeg");
    for script in [
        "<script>alert(1)</script>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "#!/bin/sh\nrm -rf /",
        "%PDF-1.7",
        "BM",
    ] {
        let part = multipart::Part::bytes(script.as_bytes().to_vec()).file_name("screenshot.png").mime_str("image/png");
        let form = multipart::Form::new().part("file", part.unwrap());
        let answer = read(case.engineer.request(Method::POST, &case.at("images")).multipart(form)).await;
        assert!(answer.body["detail"].as_str().unwrap().contains("Only PNG, JPEG, GIF and WebP"), "{}", answer.body);
        assert_eq!(answer.refused(415), "unsupported_media_type", "{script}");
    }
}

#[tokio::test]
async fn a_form_brings_its_file() {
    let case = Case::new().await;
    let post = async |form: multipart::Form| {
        read(case.engineer.request(Method::POST, &case.at("images")).multipart(form)).await
    };
    let part = || multipart::Part::bytes(png(8, 8)).file_name("a.png");
    let image = post(multipart::Form::new().text("why", "x").part("file", part())).await.expect(201);
    assert_eq!((&image["content_type"], &image["width"]), (&json!("image/png"), &json!(8)));
    assert_eq!(post(multipart::Form::new().part("picture", part())).await.refused(422), "validation");
    let half = case.upload("multipart/form-data; boundary=x", b"--x\r\ncontent-disp".to_vec()).await;
    assert_eq!(half.refused(400), "malformed");
    let none = case.upload("multipart/form-data", b"x".to_vec()).await;
    assert_eq!(none.refused(400), "malformed");
}

#[tokio::test]
async fn what_is_sent_as_no_image_is_refused_with_how_to_send_one() {
    let case = Case::new().await;
    for kind in ["text/plain", "application/json", "application/octet-stream"] {
        let answer = case.upload(kind, png(8, 8)).await;
        assert!(answer.body["detail"].as_str().unwrap().contains("multipart/form-data"), "{}", answer.body);
        assert_eq!(answer.refused(415), "unsupported_media_type");
    }
    assert_eq!(case.upload("image/png", Vec::new()).await.refused(422), "validation");
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_refused() {
    let case = Case::new().await;
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = encoded(200, 100, format);
        for length in [whole.len() / 2, whole.len() - 3, 12] {
            let answer = case.upload(format.to_mime_type(), whole[..length].to_vec()).await;
            assert!(answer.body["detail"].as_str().unwrap().contains("damaged or incomplete"), "{}", answer.body);
            assert_eq!(answer.refused(422), "validation", "{length} bytes of a {format:?}");
        }
    }
}

#[tokio::test]
async fn a_file_whose_inside_is_rubbish_is_refused() {
    let case = Case::new().await;
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let mut file = encoded(200, 100, format);
        let (from, to) = (file.len() / 3, file.len() / 2);
        file[from..to].fill(0x5a);
        assert_eq!(case.upload(format.to_mime_type(), file).await.refused(422), "validation", "{format:?}");
    }
}

#[tokio::test]
async fn a_head_that_promises_too_many_pixels_is_refused_before_they_are_drawn() {
    let case = Case::new().await;
    // 60,000 × 60,000 in a hundred bytes.
    let head = [&60_000_u32.to_be_bytes()[..], &60_000_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let bomb =
        [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(b"IHDR", &head), png_chunk(b"IDAT", b"x"), png_chunk(b"IEND", b"")];
    let gif =
        [&b"GIF89a"[..], &[0xff, 0xff, 0xff, 0xff, 0, 0, 0], &[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0, 0, 0x3b]];
    for (kind, file) in [("image/png", bomb.concat()), ("image/gif", gif.concat())] {
        let answer = case.upload(kind, file).await;
        assert!(answer.body["detail"].as_str().unwrap().contains("40 megapixels"), "{}", answer.body);
        assert_eq!(answer.refused(413), "too_large", "{kind}");
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_however_large() {
    let case = Case::new().await;
    for size in [images::FILE_LIMIT + 1, 30 << 20] {
        let answer = case.upload("image/png", vec![0; size]).await;
        assert!(answer.body["detail"].as_str().unwrap().contains("10 MB"), "{}", answer.body);
        assert_eq!(answer.refused(413), "too_large", "{size} bytes");
    }
    let part = multipart::Part::bytes(vec![0; 30 << 20]).file_name("a.png");
    let form = multipart::Form::new().part("file", part);
    let answer = read(case.engineer.request(Method::POST, &case.at("images")).multipart(form)).await;
    assert_eq!(answer.refused(413), "too_large", "in a form");
}

#[tokio::test]
async fn a_file_just_within_the_limit_is_taken() {
    let case = Case::new().await;
    let picture = png(64, 64);
    let padding = images::FILE_LIMIT - picture.len() - 12;
    let file = with_chunks(picture.clone(), &png_chunk(b"teXt", &vec![b'x'; padding]));
    assert_eq!(file.len(), images::FILE_LIMIT);
    let image = case.upload("image/png", file).await.expect(201);
    assert!(image["bytes"].as_u64().unwrap() <= u64::try_from(picture.len()).unwrap(), "{image}");
}

#[tokio::test]
async fn other_requests_keep_their_limit() {
    let case = Case::new().await;
    let body = json!({ "text": "x".repeat(600_000) });
    assert_eq!(case.engineer.post(&case.at("facts"), body).await.refused(413), "too_large");
}

#[tokio::test]
async fn a_photograph_loses_where_it_was_taken_and_stands_upright() {
    let case = Case::new().await;
    // Held to the side: what is left in the file is up in the picture.
    let image = case.upload("image/jpeg", photograph(400, 200, 6)).await.expect(201);
    assert_eq!((&image["width"], &image["height"]), (&json!(200), &json!(400)));
    for url in [&image["url"], &image["thumbnail_url"]] {
        let file = case.engineer.fetch(url).await;
        assert!(!file.contains(SECRET) && !file.contains("Exif"));
        let (picture, (width, height)) = (file.picture(), file.picture().dimensions());
        assert!(width < height);
        assert_eq!((colour(&picture, 20, 20), colour(&picture, 20, height - 20)), ("red", "blue"));
    }
}

#[tokio::test]
async fn a_photograph_that_was_held_straight_keeps_every_bit_of_its_picture() {
    let case = Case::new().await;
    let sent = photograph(400, 200, 1);
    let image = case.upload("image/jpeg", sent.clone()).await.expect(201);
    let file = case.engineer.fetch(&image["url"]).await;
    assert!(!file.contains(SECRET) && !file.contains("Exif"));
    assert_eq!(file.picture(), image::load_from_memory(&sent).unwrap().into_rgb8());
}

#[tokio::test]
async fn texts_in_a_png_go_and_what_stands_after_its_end() {
    let case = Case::new().await;
    let chunks = [
        png_chunk(b"tEXt", format!("Comment\0{SECRET}").as_bytes()),
        png_chunk(b"iTXt", format!("XML:com.adobe.xmp\0\0\0\0\0{SECRET}").as_bytes()),
        png_chunk(b"eXIf", &exif(3)),
        png_chunk(b"prVt", SECRET.as_bytes()),
    ];
    let sent = [with_chunks(png(40, 20), &chunks.concat()), SECRET.into()].concat();
    let image = case.upload("image/png", sent).await.expect(201);
    let file = case.engineer.fetch(&image["url"]).await;
    assert!(!file.contains(SECRET));
    // Upside down, as its EXIF said.
    assert_eq!((colour(&file.picture(), 5, 5), colour(&file.picture(), 35, 5)), ("blue", "red"));
}

#[tokio::test]
async fn comments_of_a_gif_go_and_its_movement_stays() {
    let case = Case::new().await;
    let mut sent = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut sent);
        encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
        let frame = || image::Frame::new(image::DynamicImage::from(halves(40, 20)).into_rgba8());
        encoder.encode_frames([frame(), frame(), frame()]).unwrap();
    }
    let end = sent.len() - 1;
    let comment = [&[0x21, 0xfe, u8::try_from(SECRET.len()).unwrap()], SECRET.as_bytes(), &[0]].concat();
    sent.splice(end..end, comment);
    let image = case.upload("image/gif", sent).await.expect(201);
    let file = case.engineer.fetch(&image["url"]).await;
    assert!(!file.contains(SECRET) && file.contains("NETSCAPE2.0"));
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(&file.bytes)).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).collect_frames().unwrap().len(), 3);
}

#[tokio::test]
async fn what_can_be_seen_through_stays_so_in_the_thumbnail() {
    let case = Case::new().await;
    let glass = image::RgbaImage::from_pixel(30, 30, image::Rgba([10, 200, 10, 90]));
    let mut sent = Vec::new();
    glass.write_to(&mut std::io::Cursor::new(&mut sent), ImageFormat::Png).unwrap();
    let image = case.upload("image/png", sent).await.expect(201);
    let small = case.engineer.fetch(&image["thumbnail_url"]).await;
    assert_eq!(small.header("content-type"), "image/png");
    assert_eq!(image::load_from_memory(&small.bytes).unwrap().into_rgba8(), glass);
}

#[tokio::test]
async fn who_does_not_see_the_session_does_not_see_its_images() {
    let case = Case::new().await;
    let image = case.upload("image/png", png(8, 8)).await.expect(201);
    let colleague = case.app.colleague(&case.engineer, UserRole::Owner).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    for other in [&colleague, &stranger] {
        for url in [&image["url"], &image["thumbnail_url"]] {
            assert_eq!(other.fetch(url).await.status, 404);
        }
        assert_eq!(other.upload(&case.path, "image/png", png(8, 8)).await.refused(404), "not_found");
        // Nor through a session of their own.
        let own = other.session_about("VPN drops").await;
        let through = format!("/api/v1{own}/images/{}", text(&image["id"]));
        assert_eq!(other.fetch(&json!(through)).await.status, 404);
    }
    case.share_with(&colleague).await;
    assert_eq!(colleague.fetch(&image["url"]).await.status, 200);
    assert_eq!(case.app.http.get(case.app.url(image["url"].as_str().unwrap())).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_viewer_sees_images_and_adds_none() {
    let case = Case::new().await;
    let image = case.upload("image/png", png(8, 8)).await.expect(201);
    let viewer = case.app.colleague(&case.engineer, UserRole::Viewer).await;
    case.share_with(&viewer).await;
    assert_eq!(viewer.fetch(&image["url"]).await.status, 200);
    assert_eq!(viewer.upload(&case.path, "image/png", png(8, 8)).await.refused(403), "forbidden");
}

#[tokio::test]
async fn a_closed_session_shows_its_images_and_takes_no_more() {
    let case = Case::new().await;
    let image = case.upload("image/png", png(8, 8)).await.expect(201);
    case.app.sql(&format!("update ai_sessions set status = 'resolved' where id = '{}'", case.id())).await;
    assert_eq!(case.upload("image/png", png(8, 8)).await.refused(409), "session_not_open");
    assert_eq!(case.engineer.fetch(&image["url"]).await.status, 200);
}

#[tokio::test]
async fn another_node_gives_out_what_one_took_in() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password").await;
    let image = engineer.upload(&session, "image/png", png(8, 8)).await.expect(201);
    let other = app.second_node().await;
    assert_eq!(engineer.on(&other).fetch(&image["url"]).await.status, 200);
}

#[tokio::test]
async fn images_can_be_kept_in_an_s3_compatible_store() {
    let store = crate::support::Bucket::open().await;
    let files =
        Files::open(Some("s3://evidence/flowpilot"), std::path::Path::new("/nowhere"), store.options()).unwrap();
    let app = TestApp::with_files(files).await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password").await;
    let image = engineer.upload(&session, "image/png", png(8, 8)).await.expect(201);
    let at = format!(
        "/evidence/flowpilot/{}{}/{}",
        engineer.account,
        session.replace("/ai-sessions", ""),
        text(&image["id"])
    );
    assert_eq!(store.keys(), [format!("{at}/image"), format!("{at}/thumbnail")]);
    assert_eq!(engineer.fetch(&image["url"]).await.picture(), halves(8, 8));
    store.close();
    assert_eq!(engineer.fetch(&image["url"]).await.status, 503);
    let refused = engineer.upload(&session, "image/png", png(8, 8)).await;
    assert_eq!(refused.refused(503), "unavailable");
}
