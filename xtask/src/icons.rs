//! The app's icons in every format, drawn from `src-tauri/icons/icon.svg` with ImageMagick.

use std::fs;
use std::path::Path;

use crate::command::{command, run_quietly};
use crate::fail::{Result, fail};

const FOLDER: &str = "src-tauri/icons";

/// Draws all of them.
pub fn generate() -> Result<()> {
    for (size, name) in [(32, "32x32.png"), (128, "128x128.png"), (256, "icon.png")] {
        draw(size, &Path::new(FOLDER).join(name))?;
    }
    run_quietly(
        command("convert")
            .args(["-background", "none"])
            .arg(Path::new(FOLDER).join("icon.svg"))
            .args(["-define", "icon:auto-resize=16,32,48", "-strip"])
            .arg(Path::new(FOLDER).join("icon.ico")),
    )?;
    write_icns()
}

fn draw(size: u32, file: &Path) -> Result<()> {
    run_quietly(
        command("convert")
            .args(["-background", "none"])
            .arg(Path::new(FOLDER).join("icon.svg"))
            .args(["-resize", &format!("{size}x{size}")])
            // Half-transparent edges keep their shades; the file keeps a palette's size.
            .args(["-colors", "64", "-depth", "8", "-strip"])
            .arg(format!("PNG32:{}", file.display())),
    )
}

/// Apple's container: a header, then each picture as a PNG under its type.
fn write_icns() -> Result<()> {
    let mut body = Vec::new();
    for (kind, name) in [(b"ic07", "128x128.png"), (b"ic08", "icon.png")] {
        let picture = fs::read(Path::new(FOLDER).join(name))?;
        body.extend_from_slice(kind);
        body.extend_from_slice(&length(picture.len() + 8)?);
        body.extend_from_slice(&picture);
    }
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&length(body.len() + 8)?);
    file.extend_from_slice(&body);
    fs::write(Path::new(FOLDER).join("icon.icns"), file)?;
    Ok(())
}

fn length(bytes: usize) -> Result<[u8; 4]> {
    u32::try_from(bytes)
        .map(u32::to_be_bytes)
        .map_err(|_| fail("an icon is too large for its container"))
}
