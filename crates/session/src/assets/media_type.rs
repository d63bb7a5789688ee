//! What kind of file a name promises.

use super::path::AssetPath;

/// Endings of files that games are made of, with their media types as browsers know them, sorted.
const TYPES: &[(&str, &str)] = &[
    ("avif", "image/avif"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("exr", "image/x-exr"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("hdr", "image/vnd.radiance"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("ktx2", "image/ktx2"),
    ("m4a", "audio/mp4"),
    ("md", "text/markdown"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mtl", "model/mtl"),
    ("obj", "model/obj"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/opus"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("stl", "model/stl"),
    ("svg", "image/svg+xml"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain"),
    ("wasm", "application/wasm"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// The media type of a file by its ending; none for endings that are not known.
pub(crate) fn media_type(path: &AssetPath) -> Option<&'static str> {
    let ending = path.ending()?;
    let index = TYPES
        .binary_search_by(|(known, _)| (*known).cmp(&ending))
        .ok()?;
    Some(TYPES.get(index)?.1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_known_ending_is_found() {
        assert!(TYPES.is_sorted());
        for (ending, expected) in TYPES {
            let path = AssetPath::new(&format!("a.b/File.{}", ending.to_uppercase())).unwrap();
            assert_eq!(media_type(&path), Some(*expected));
        }
        assert_eq!(media_type(&AssetPath::new("a.png/file").unwrap()), None);
    }
}
