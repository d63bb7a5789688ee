//! What we export, the Khronos validator and the schemas of KHR_interactivity find no fault with that the source had not.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use support::{assets, conformance, export_all, glb, import_bytes, import_file, small};

/// The packages the script needs, as npm takes them.
const PACKAGES: [&str; 2] = ["gltf-validator@2.0.0-dev.3.10", "ajv@8.20.0"];

/// What codes about the bytes themselves start with.
const ABOUT_BYTES: [&str; 2] = ["ACCESSOR_", "IMAGE_"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    errors: Vec<Issue>,
    error_count: u32,
    warnings: u32,
    infos: u32,
    codes: BTreeMap<String, u32>,
    schema: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Issue {
    code: String,
    pointer: String,
    message: String,
}

/// The folder of installed packages; installs them when they are missing.
fn modules() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/node");
    let there = |name: &str| folder.join("node_modules").join(name).is_dir();
    if !["gltf-validator", "ajv"].into_iter().all(there) {
        std::fs::create_dir_all(&folder).unwrap();
        let installed = Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(&folder)
            .args(PACKAGES)
            .output();
        match installed {
            Ok(output) if output.status.success() => {}
            Ok(output) => panic!(
                "npm cannot install {PACKAGES:?} into {}: {}",
                folder.display(),
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(error) => {
                panic!("npm cannot be started ({error}): install Node.js 20 or newer with npm")
            }
        }
    }
    folder
}

fn validate(paths: &[PathBuf]) -> BTreeMap<PathBuf, Report> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .arg(modules())
        .arg(conformance().unwrap().join("spec/schema"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node cannot be started: install Node.js 20 or newer");
    let list: String = paths
        .iter()
        .map(|path| format!("{}\n", path.display()))
        .collect();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(list.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "validate.mjs failed, its reason stands above"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn exports_have_no_errors_that_their_sources_had_not() {
    if conformance().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut pairs = Vec::new();
    for source in assets() {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        // Two groups of tests have files of one name.
        let exported = folder.path().join(format!("{}-{name}.glb", pairs.len()));
        std::fs::write(&exported, export_all(&import_file(&source)).glb).unwrap();
        pairs.push((source, exported));
    }
    let (json, bin) = small();
    let (source, exported) = (
        folder.path().join("small.glb"),
        folder.path().join("small-exported.glb"),
    );
    std::fs::write(&source, glb(&json, &bin)).unwrap();
    std::fs::write(
        &exported,
        export_all(&import_bytes("small.glb", &glb(&json, &bin))).glb,
    )
    .unwrap();
    pairs.push((source, exported));

    let paths: Vec<PathBuf> = pairs
        .iter()
        .flat_map(|(a, b)| [a.clone(), b.clone()])
        .collect();
    let reports = validate(&paths);
    for (source, exported) in &pairs {
        let (before, after) = (&reports[source], &reports[exported]);
        let name = source.file_name().unwrap().to_string_lossy();
        let had: BTreeSet<&str> = before
            .errors
            .iter()
            .map(|issue| issue.code.as_str())
            .collect();
        // The test graphs come without their bytes. Zeros stand for them, which are no pictures and fit no bounds.
        let without_bytes = name.ends_with(".gltf.json");
        if !without_bytes {
            println!(
                "{name}: {} → {} errors, {} → {} warnings, {} → {} infos, {} → {} schema violations; {:?}",
                before.error_count,
                after.error_count,
                before.warnings,
                after.warnings,
                before.infos,
                after.infos,
                before.schema.len(),
                after.schema.len(),
                after.codes,
            );
        }
        let new: Vec<_> = after
            .errors
            .iter()
            .filter(|issue| !had.contains(issue.code.as_str()))
            .filter(|issue| {
                !(without_bytes
                    && ABOUT_BYTES
                        .iter()
                        .any(|about| issue.code.starts_with(about)))
            })
            .collect();
        assert!(new.is_empty(), "{name}: {new:#?}");
        assert!(
            without_bytes || after.error_count <= before.error_count,
            "{name}: {:#?}",
            after.errors
        );
        assert!(after.schema.is_empty(), "{name}: {:#?}", after.schema);
    }
}
