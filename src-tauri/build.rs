//! Prepares what the window embeds: its web pages, its permissions, its icons.

use std::path::Path;

fn main() {
    // The pages are embedded in the executable, so a new build of them is a new executable.
    println!("cargo:rerun-if-changed=ui/dist");
    if !Path::new("ui/dist/index.html").is_file() {
        println!(
            "cargo:error=ui/dist is missing: run `cargo xtask run`, or `npm ci && npm run build` in ui/, first"
        );
        return;
    }
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error={error:#}");
    }
}
