//! The formats are not ours alone: Python's IPLD packages read, verify and understand an exported CAR file.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use wissil_dag::{Ipld, decode, export_events, ipld_to_json};

use crate::golden::{golden_events, golden_objects, hex};

#[test]
fn python_reads_and_verifies_an_exported_car() {
    let directory = tempfile::tempdir().unwrap();
    let (car, expected) = (
        directory.path().join("export.car"),
        directory.path().join("expected.json"),
    );
    let (events, objects) = (golden_events(), golden_objects());
    let blocks = objects.iter().map(|(cid, data)| (cid, data.as_slice()));
    std::fs::write(&car, export_events(Vec::new(), &events, blocks).unwrap()).unwrap();
    let expected_events: Vec<Value> = events
        .iter()
        .map(|event| {
            let value: Ipld = decode(&event.block, usize::MAX).unwrap();
            let event_json = ipld_to_json(&value).unwrap();
            json!({ "cid": event.cid.to_string(), "signature": hex(&event.signature), "event": event_json })
        })
        .collect();
    let objects: Vec<String> = objects.iter().map(|(cid, _)| cid.to_string()).collect();
    let document = json!({ "events": expected_events, "objects": objects });
    std::fs::write(&expected, document.to_string()).unwrap();

    let output = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify_car.py"))
        .args([&car, &expected])
        .env("PYTHONPATH", python_packages())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 must be on the PATH to check the formats against another implementation");
    assert!(
        output.status.success(),
        "verify_car.py found a difference:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The folder with `dag-cbor` and `multiformats`, installed at the first use.
fn python_packages() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python");
    if folder.join("dag_cbor").exists() && folder.join("multiformats").exists() {
        return folder;
    }
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "dag-cbor==0.3.3",
        "multiformats==0.3.1.post4",
    ];
    let installed = Command::new("python3")
        .args(install)
        .arg("--target")
        .arg(&folder)
        .output();
    match installed {
        Ok(output) if output.status.success() => folder,
        other => panic!(
            "the Python packages dag-cbor and multiformats are missing and could not be installed; run\n    \
             python3 -m pip install --target {} dag-cbor multiformats\n{other:?}",
            folder.display()
        ),
    }
}
