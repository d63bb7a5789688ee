//! Clients that are killed while they send and while they fetch: nothing is lost, nothing is there twice.
#![allow(clippy::unwrap_used)]

mod arriving;
mod beside;
mod displaced;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use serde_json::json;

/// Gestures that are on their way while somebody is killed.
const GESTURES: usize = 3_000;

#[test]
fn a_client_killed_on_its_way_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    for (person, project) in [("ben", "bens"), ("cleo", "cleos")] {
        place.ok(person, &["join", &link, project]);
    }
    let made = place.edit("ben", "bens");
    for moment in 0..4 {
        place.kill_while_syncing("ben", "bens", moment);
    }
    place.ok("ben", &["sync", "bens"]);
    for moment in 0..4 {
        place.kill_while_syncing("cleo", "cleos", moment);
    }
    place.ok("cleo", &["sync", "cleos"]);
    place.ok("dora", &["join", &link, "doras"]);
    place.ok("dora", &["sync", "doras"]);
    for (person, project) in [("cleo", "cleos"), ("dora", "doras"), ("ben", "bens")] {
        let events = place.events(person, project);
        let unique: BTreeSet<&String> = events.iter().collect();
        assert_eq!(unique.len(), events.len(), "{project} has events twice");
        let lost = made.iter().filter(|cid| !unique.contains(cid)).count();
        assert_eq!(lost, 0, "{project} lost events");
        assert!(place.ok(person, &["verify", project]).starts_with("sound"));
    }
    drop(host);
}

#[test]
fn a_client_set_back_to_an_earlier_state_and_killed_at_every_step_ends_equal() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    place.edit_some("ben", "bens", "before", 3);
    place.ok("ben", &["sync", "bens"]);
    let snapshot = place.snapshot(&["ben", "bens"]);
    place.edit_some("ben", "bens", "sent", 40);
    place.ok("ben", &["sync", "bens"]);
    place.set_back(&snapshot, &["ben", "bens"]);
    place.edit_some("ben", "bens", "made", 25);
    for moment in 0..4 {
        place.kill_while_syncing("ben", "bens", moment);
    }
    place.ok("ben", &["sync", "bens"]);
    let shown = place.ok("ben", &["set-aside", "bens", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["changes"], 25, "{shown}");
    let before: Vec<String> = (0..3).map(|n| format!("before{n}")).collect();
    let sent: Vec<String> = (0..40).map(|n| format!("sent{n}")).collect();
    assert_eq!(
        place.node_ids("ben", "bens"),
        sorted([&before[..], &sent].concat())
    );
    place.kill_making_again("ben", "bens");
    place.ok("ben", &["set-aside", "bens", "--again"]);
    place.ok("ben", &["sync", "bens"]);
    let made: Vec<String> = (0..25).map(|n| format!("made{n}")).collect();
    let all = sorted([&before[..], &sent, &made].concat());
    assert_eq!(place.node_ids("ben", "bens"), all);
    place.ok("dora", &["join", &link, "doras"]);
    place.ok("dora", &["sync", "doras"]);
    assert_eq!(place.node_ids("dora", "doras"), all);
    for (person, project) in [("ben", "bens"), ("dora", "doras")] {
        assert!(place.ok(person, &["verify", project]).starts_with("sound"));
    }
    drop(host);
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[test]
fn an_interrupted_host_takes_its_server_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (mut host, link) = place.host();
    let port = port_of(&link);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert!(host.interrupt().success());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn an_interrupted_join_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    // A server that takes the call and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let link = link.replace(&port_of(&link).to_string(), &port);
    let mut join = place
        .command("ben", &["join", &link, "bens"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(join.stderr.take().unwrap()).lines();
    said.next().unwrap().unwrap();
    assert_eq!(interrupt(&mut join).code(), Some(130));
    let problem = said.map(Result::unwrap).collect::<String>();
    assert!(problem.contains("cancelled"), "{problem}");
    assert!(!folder.path().join("bens").exists());
    drop(host);
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn a_shell_asks_and_answers_beside_a_project_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let question = [
        "bus",
        "request",
        "castle",
        "slate.runtime.status",
        r#"{"run": "run-1"}"#,
    ];
    let no_server = place.command("ann", &question).output().unwrap();
    assert_eq!(no_server.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_server.stderr).contains("no server yet"));
    let (host, _) = place.host();
    let nobody = place.command("ann", &question).output().unwrap();
    assert_eq!(nobody.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("nobody listens"));

    let answer = r#"{"run": "run-1", "status": "running"}"#;
    let mut listener = place
        .command(
            "ann",
            &[
                "bus",
                "listen",
                "castle",
                "slate.runtime.>",
                "--answer",
                answer,
            ],
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(listener.stderr.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().starts_with("listening at"));
    let answered = place.ok("ann", &question);
    let answered: serde_json::Value = serde_json::from_str(&answered).unwrap();
    assert_eq!(
        answered["payload"],
        json!({"run": "run-1", "status": "running"})
    );
    let mut heard = String::new();
    BufReader::new(listener.stdout.take().unwrap())
        .read_line(&mut heard)
        .unwrap();
    let heard: serde_json::Value = serde_json::from_str(&heard).unwrap();
    assert_eq!(heard["payload"], json!({"run": "run-1", "status": null}));
    assert!(interrupt(&mut listener).success());
    drop(host);
}

/// The port of the server that a link leads to.
fn port_of(link: &str) -> u16 {
    let address = link.split("127.0.0.1%3A").nth(1).unwrap();
    let digits = address.find(|character: char| !character.is_ascii_digit());
    address[..digits.unwrap_or(address.len())].parse().unwrap()
}

/// A folder in which everybody has an installation and projects.
struct Place<'a>(&'a Path);

impl Place<'_> {
    fn command(&self, person: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wissil"));
        command
            .args(arguments)
            .current_dir(self.0)
            .env("WISSIL_HOME", self.0.join(person));
        command
    }

    fn ok(&self, person: &str, arguments: &[&str]) -> String {
        let (code, said, problem) = self.run(person, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {problem}");
        said
    }

    /// The exit code, and what was said on standard output and standard error.
    fn run(&self, person: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = self.command(person, arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Ann's server, and the link to her project.
    fn host(&self) -> (Running, String) {
        self.host_of("ann", "castle")
    }

    /// A server that somebody runs for a project, and the link to it.
    fn host_of(&self, person: &str, project: &str) -> (Running, String) {
        let mut host = self
            .command(person, &["host", project])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(host.stderr.take().unwrap()).lines();
        let mut link = String::new();
        BufReader::new(host.stdout.take().unwrap())
            .read_line(&mut link)
            .unwrap();
        let mut running = Running {
            process: host,
            said,
        };
        assert!(link.starts_with("wissil://"), "{link}");
        // From here on the server has the project.
        assert!(running.said.any(|line| line.unwrap() == "online"));
        (running, link.trim().to_owned())
    }

    /// Adds so many nodes, one gesture each, and is killed as soon as all were said to be saved.
    fn edit_some(&self, person: &str, project: &str, name: &str, count: usize) {
        let arguments = ["--document", "Main", "--type", "node.add", "--changes", "-"];
        let mut child = self
            .command(person, &[&["edit", project], &arguments[..]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut saved = BufReader::new(child.stdout.take().unwrap()).lines();
        for number in 0..count {
            let put = json!({"op": "math/add", "position": {"x": number, "y": 0}});
            let node = json!({"collection": "nodes", "id": format!("{name}{number}"), "put": put});
            writeln!(input, "{node}").unwrap();
            saved.next().unwrap().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Kills a client that makes again what was set aside.
    fn kill_making_again(&self, person: &str, project: &str) {
        let mut client = self
            .command(person, &["set-aside", project, "--again"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(client.stderr.take().unwrap()).lines();
        // It is killed at its first word, or when it is done.
        let _ = said.next();
        client.kill().unwrap();
        client.wait().unwrap();
    }

    /// The ids of the Blueprint's nodes, sorted.
    fn node_ids(&self, person: &str, project: &str) -> Vec<String> {
        let log = self.ok(person, &["log", project, "--json", "--document", "Main"]);
        let touched = log.lines().flat_map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            row["touched"].as_array().unwrap().clone()
        });
        let ids = touched.map(|touched| touched["id"].as_str().unwrap().to_owned());
        let unique: BTreeSet<String> = ids.collect();
        unique.into_iter().collect()
    }

    /// A copy of folders as they are now.
    fn snapshot(&self, folders: &[&str]) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for folder in folders {
            for file in files(&self.0.join(folder)) {
                let to = copy.path().join(file.strip_prefix(self.0).unwrap());
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(&file, to).unwrap();
            }
        }
        copy
    }

    /// Makes folders what a copy of them holds; the files stay the same ones, as in a virtual machine.
    fn set_back(&self, copy: &tempfile::TempDir, folders: &[&str]) {
        for folder in folders {
            for file in files(&self.0.join(folder)) {
                let from = copy.path().join(file.strip_prefix(self.0).unwrap());
                match from.exists() {
                    true => std::fs::write(file, std::fs::read(from).unwrap()).unwrap(),
                    false => std::fs::remove_file(file).unwrap(),
                }
            }
            for from in files(&copy.path().join(folder)) {
                let to = self.0.join(from.strip_prefix(copy.path()).unwrap());
                if !to.exists() {
                    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                    std::fs::copy(from, to).unwrap();
                }
            }
        }
    }

    /// Many gestures, each an event; their names.
    fn edit(&self, person: &str, project: &str) -> Vec<String> {
        self.edit_times(person, project, GESTURES)
    }

    fn edit_times(&self, person: &str, project: &str, gestures: usize) -> Vec<String> {
        let arguments = ["--document", "Main", "--type", "node.add", "--changes", "-"];
        let mut child = self
            .command(person, &[&["edit", project], &arguments[..]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let project = project.to_owned();
        let feeding = std::thread::spawn(move || {
            for number in 0..gestures {
                let put = json!({"op": "math/add", "position": {"x": number, "y": 0}});
                let id = format!("{project}{number}");
                let node = json!({"collection": "nodes", "id": id, "put": put});
                writeln!(input, "{node}").unwrap();
            }
        });
        let output = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        assert!(output.status.success());
        let printed = String::from_utf8(output.stdout).unwrap();
        let made: Vec<String> = printed.lines().map(str::to_owned).collect();
        assert_eq!(made.len(), gestures);
        made
    }

    /// Kills a client after it has said so many times how far it is.
    fn kill_while_syncing(&self, person: &str, project: &str, moment: usize) {
        let mut client = self
            .command(person, &["sync", project, "--stay"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(client.stdout.take().unwrap()).lines();
        for line in said.by_ref().take(moment + 1) {
            // Whoever is done says nothing more.
            if line.is_ok_and(|line| line == "online") {
                break;
            }
        }
        client.kill().unwrap();
        client.wait().unwrap();
    }

    /// The names of all events of the Blueprint.
    fn events(&self, person: &str, project: &str) -> Vec<String> {
        let log = self.ok(person, &["log", project, "--json", "--document", "Main"]);
        log.lines()
            .map(|line| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                row["cid"].as_str().unwrap().to_owned()
            })
            .collect()
    }
}

/// A hosting process that ends with the test, and its server with it.
struct Running {
    process: Child,
    /// Kept, so that it can say more.
    said: Lines<BufReader<ChildStderr>>,
}

impl Running {
    /// Asks it to end and waits until it has.
    fn interrupt(&mut self) -> ExitStatus {
        interrupt(&mut self.process)
    }

    /// Waits until it has ended by itself; its exit code, and what it said since.
    fn ended(mut self) -> (Option<i32>, String) {
        let said = self.said.by_ref().map(Result::unwrap);
        let said = said.collect::<Vec<_>>().join("\n");
        (self.process.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            self.interrupt();
        }
    }
}

fn interrupt(process: &mut Child) -> ExitStatus {
    let number = process.id().to_string();
    let sent = Command::new("kill").args(["-INT", &number]).status();
    assert!(sent.unwrap().success());
    process.wait().unwrap()
}
