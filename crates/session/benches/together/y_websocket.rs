//! The same edits over y-websocket, which keeps nothing on a disk: what people of the field know.

use std::path::Path;
use std::process::{Command, Stdio};

/// How many single edits a second reach a peer; none where node or its packages are not there, which is said.
pub fn rate(edits: usize) -> Option<f64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/y-websocket");
    if !folder.join("node_modules").is_dir() {
        println!(
            "(without y-websocket: `npm ci` in {} brings it)",
            folder.display()
        );
        return None;
    }
    let output = Command::new("node")
        .arg(folder.join("measure.mjs"))
        .arg(edits.to_string())
        .stderr(Stdio::inherit())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            Some(told["edits"].as_f64().unwrap() / told["seconds"].as_f64().unwrap())
        }
        Ok(output) => panic!("y-websocket was not measured: {}", output.status),
        Err(problem) => {
            println!("(without y-websocket: node: {problem})");
            None
        }
    }
}
