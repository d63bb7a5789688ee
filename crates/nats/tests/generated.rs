//! The documentation of the subjects is what the code says. `cargo xtask generate` writes it anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn subject_documentation_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/subjects.md");
    let expected = wissil_nats::documentation();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not what the code says; run `cargo xtask generate`",
        path.display()
    );
}
