//! Files generated from the schema are what the schema says. `cargo xtask generate` writes them anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn check(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not what the schema says; run `cargo xtask generate`",
        path.display()
    );
}

#[test]
fn record_types_are_up_to_date() {
    check("ui/src/ipc/records.ts", &wissil_model::typescript());
}

#[test]
fn record_documentation_is_up_to_date() {
    check("docs/records.md", &wissil_model::documentation());
}
