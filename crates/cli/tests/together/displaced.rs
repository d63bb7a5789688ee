//! A project whose folder is deleted or moved while a command has it open.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::json;

use super::Place;

fn node(number: usize) -> String {
    let put = json!({"op": "math/add", "position": {"x": number, "y": 0}});
    json!({"collection": "nodes", "id": format!("n{number}"), "put": put}).to_string()
}

#[test]
fn nothing_is_said_to_be_saved_in_a_folder_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let edit = |project| {
        let arguments = ["--document", "Main", "--type", "node.add", "--changes", "-"];
        let mut edit = place
            .command("ann", &[&["edit", project], &arguments[..]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = edit.stdin.take().unwrap();
        let saved = BufReader::new(edit.stdout.take().unwrap()).lines();
        (edit, input, saved)
    };
    let (moving, mut input, mut saved) = edit("castle");
    writeln!(input, "{}", node(1)).unwrap();
    assert!(saved.next().is_some());
    fs::rename(folder.path().join("castle"), folder.path().join("moved")).unwrap();
    writeln!(input, "{}", node(2)).unwrap();
    assert!(saved.next().is_some());
    drop(input);
    let ended = moving.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    if cfg!(target_os = "linux") {
        assert!(
            said.contains("is saved in") && said.contains("moved"),
            "{said}"
        );
    }
    assert_eq!(place.node_ids("ann", "moved"), ["n1", "n2"]);

    let (deleting, mut input, mut saved) = edit("moved");
    writeln!(input, "{}", node(3)).unwrap();
    assert!(saved.next().is_some());
    fs::remove_dir_all(folder.path().join("moved")).unwrap();
    writeln!(input, "{}", node(4)).unwrap();
    assert!(saved.next().is_none());
    drop(input);
    let ended = deleting.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(
        said.contains("deleted") && said.contains("not saved"),
        "{said}"
    );
}

#[test]
fn who_stays_ends_with_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    let mut stays = place
        .command("ben", &["sync", "bens", "--stay"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(stays.stdout.take().unwrap()).lines();
    assert!(said.map(Result::unwrap).any(|line| line == "online"));
    fs::remove_dir_all(folder.path().join("bens")).unwrap();
    let ended = stays.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("deleted"));

    fs::rename(folder.path().join("castle"), folder.path().join("moved")).unwrap();
    let (code, said) = host.ended();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("moved to"), "{said}");
}
