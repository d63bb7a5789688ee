//! Small pictures of pictures.

use std::fs::File;
use std::io::{self, BufReader, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

/// The longer side of a small picture, in pixels.
pub(crate) const SIDE: u32 = 256;
/// Most bytes a small picture has; 256 × 256 pixels of noise are less.
pub(crate) const MAX_BYTES: u64 = 512 * 1024;
/// Larger files get none: reading them would hold up everything else.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// Most pixels along one side of a picture that is decoded.
const MAX_SIDE: u32 = 16_384;
/// Most memory that decoding may take: a small file can claim any size.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

/// A PNG of at most [`SIDE`] pixels along its longer side; none for what is no picture, or too large, or damaged.
pub(crate) fn thumbnail(file: &Path) -> Option<Vec<u8>> {
    // The decoders are not ours, and the files are anybody's.
    catch_unwind(AssertUnwindSafe(|| decode(file).ok().flatten()))
        .ok()
        .flatten()
        .and_then(|picture| encode(&picture))
}

fn decode(file: &Path) -> io::Result<Option<DynamicImage>> {
    let file = File::open(file)?;
    if file.metadata()?.len() > MAX_FILE {
        return Ok(None);
    }
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format()?;
    let known = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ];
    if !reader
        .format()
        .is_some_and(|format| known.contains(&format))
    {
        return Ok(None);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let picture = reader.into_decoder().and_then(|mut decoder| {
        let orientation = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture)
    });
    Ok(picture.ok())
}

fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let small = if picture.width().max(picture.height()) > SIDE {
        picture.thumbnail(SIDE, SIDE)
    } else {
        picture.clone()
    };
    // Eight bits per channel are what a screen shows.
    let small = if small.color().has_alpha() {
        DynamicImage::from(small.to_rgba8())
    } else {
        DynamicImage::from(small.to_rgb8())
    };
    let mut bytes = Cursor::new(Vec::new());
    small.write_to(&mut bytes, ImageFormat::Png).ok()?;
    let bytes = bytes.into_inner();
    (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn of(bytes: &[u8]) -> Option<DynamicImage> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture");
        fs::write(&file, bytes).unwrap();
        thumbnail(&file)
            .map(|png| image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap())
    }

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::from(image::RgbImage::from_pixel(
            width,
            height,
            image::Rgb([200, 30, 30]),
        ));
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_known_format_gets_one_that_keeps_its_shape() {
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::WebP,
            ImageFormat::Gif,
        ] {
            let small = of(&picture(1024, 512, format)).unwrap();
            assert_eq!((small.width(), small.height()), (256, 128), "{format:?}");
        }
        let small = of(&picture(20, 30, ImageFormat::Png)).unwrap();
        assert_eq!((small.width(), small.height()), (20, 30));
    }

    #[test]
    fn what_is_no_picture_or_damaged_or_a_bomb_gets_none() {
        assert!(of(b"").is_none());
        assert!(of(b"a lid with a hinge").is_none());
        let png = picture(64, 64, ImageFormat::Png);
        assert!(of(&png[..png.len() / 2]).is_none());
        // The header claims 60,000 by 60,000 pixels.
        let mut bomb = png;
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(of(&bomb).is_none());
    }
}
