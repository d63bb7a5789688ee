//! A server, and what is heard through it, beside a program that has the project open.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};

use serde_json::json;

use super::{Place, interrupt};

/// A program that has a project open, and makes a gesture when it is told to.
struct Editor {
    process: Child,
    input: ChildStdin,
    saved: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Editor {
    fn start(place: &Place, person: &str, project: &str) -> Self {
        let arguments = ["--document", "Main", "--type", "node.add", "--changes", "-"];
        let mut process = place
            .command(person, &[&["edit", project], &arguments[..]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: process.stdin.take().unwrap(),
            saved: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
        }
    }

    fn add(&mut self, id: &str) {
        let put = json!({"op": "math/add", "position": {"x": 0, "y": 0}});
        let node = json!({"collection": "nodes", "id": id, "put": put});
        writeln!(self.input, "{node}").unwrap();
        self.saved.next().unwrap().unwrap();
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.process.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn hosting_goes_on_whichever_program_has_the_project_open() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let mut holder = Editor::start(&place, "ann", "castle");
    holder.add("a");
    let (mut host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    // Asked for again, it stays as it is.
    let (mut second, again) = place.host();
    assert_eq!(again, link);
    assert!(second.interrupt().success());
    holder.add("b");
    assert_eq!(place.ok("ann", &["sync", "castle"]).trim(), "online");
    place.ok("ben", &["sync", "bens"]);
    assert_eq!(place.node_ids("ben", "bens"), ["a", "b"]);

    // It ends as it should, and the server is there again with the same link.
    holder.end();
    let mut edited = Editor::start(&place, "ben", "bens");
    edited.add("c");
    edited.end();
    place.ok("ben", &["sync", "bens"]);
    place.ok("ann", &["sync", "castle"]);
    assert_eq!(place.node_ids("ann", "castle"), ["a", "b", "c"]);
    assert!(host.interrupt().success());

    // It is killed, and its server with it or not.
    let mut holder = Editor::start(&place, "ann", "castle");
    holder.add("d");
    let (mut host, again) = place.host();
    assert_eq!(again, link);
    holder.kill();
    assert!(host.said.any(|line| line.unwrap() == "online"));
    place.ok("ben", &["sync", "bens"]);
    assert_eq!(place.node_ids("ben", "bens"), ["a", "b", "c", "d"]);
    assert!(host.interrupt().success());
    assert!(place.ok("ann", &["verify", "castle"]).starts_with("sound"));
}

#[test]
fn who_stays_beside_follows_what_the_project_does() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    let mut holder = Editor::start(&place, "ben", "bens");
    holder.add("b");
    let mut stays = place
        .command("ben", &["sync", "bens", "--stay"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(stays.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "online"));
    holder.add("c");
    // Beside both, and answered by the one that has it open.
    place.ok("ben", &["sync", "bens"]);
    place.ok("ann", &["sync", "castle"]);
    assert_eq!(place.node_ids("ann", "castle"), ["b", "c"]);
    holder.end();
    assert!(said.any(|line| line.unwrap() == "online"));
    assert!(interrupt(&mut stays).success());
    drop(host);
}

#[test]
fn live_messages_of_an_open_project_are_heard_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let mut holder = Editor::start(&place, "ann", "castle");
    holder.add("a");
    let mut listener = place
        .command("ann", &["bus", "listen", "castle", "slate.>"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(listener.stderr.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().starts_with("listening at"));
    fs::write(folder.path().join("castle/assets/note.txt"), "hello").unwrap();
    let heard = BufReader::new(listener.stdout.take().unwrap()).lines();
    let mut heard =
        heard.map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
    assert!(heard.any(|message| message["payload"].to_string().contains("note.txt")));
    holder.end();
    assert_eq!(listener.wait().unwrap().code(), Some(1));
    let said: String = said.map(Result::unwrap).collect();
    assert!(said.contains("has ended"), "{said}");
}
