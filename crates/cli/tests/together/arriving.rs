//! What `sync` and `join` promise with their exit code: all of it is there, or what is not is said.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::{Place, port_of};

/// As many as people have, and more than are on their way at a time.
const FILES: usize = 57;

impl Place<'_> {
    /// Writes files of several sizes into a project's folder.
    fn write_files(&self, project: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = self.0.join(project).join("assets");
        fs::create_dir_all(&folder).unwrap();
        (0..FILES)
            .map(|number| {
                let name = format!("{number}.bin");
                let bytes = vec![number as u8; 1 + number * 20_000];
                fs::write(folder.join(&name), &bytes).unwrap();
                (name, bytes)
            })
            .collect()
    }

    fn read_files(&self, project: &str) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(self.0.join(project).join("assets"))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn info(&self, person: &str, project: &str) -> serde_json::Value {
        let said = self.ok(person, &["info", project, "--json"]);
        serde_json::from_str(&said).unwrap()
    }

    fn nodes(&self, person: &str, project: &str) -> u64 {
        let info = self.info(person, project);
        let documents = info["documents"].as_array().unwrap();
        let main = documents.iter().find(|document| document["name"] == "Main");
        main.unwrap()["counts"]["nodes"].as_u64().unwrap()
    }

    /// A link to another session on the same server.
    fn link_to(&self, link: &str, person: &str, project: &str) -> String {
        let session = self.info(person, project)["session"].clone();
        let (_, rest) = link.split_once('?').unwrap();
        format!("wissil://session/{}?{rest}", session.as_str().unwrap())
    }

    /// Runs a command at a terminal, at which somebody types; the exit code, and what the terminal showed.
    fn answer(&self, person: &str, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
        let at_a_terminal =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let command = self.command(person, arguments);
        let mut terminal = Command::new("python3");
        terminal
            .args(["-c", at_a_terminal])
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(command.get_current_dir().unwrap())
            .envs(
                command
                    .get_envs()
                    .filter_map(|(key, value)| Some((key, value?))),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut terminal = terminal.spawn().unwrap();
        let mut keyboard = terminal.stdin.take().unwrap();
        keyboard.write_all(typed.as_bytes()).unwrap();
        let output = terminal.wait_with_output().unwrap();
        drop(keyboard);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), shown)
    }

    /// Kills a `sync` as soon as it has said that much.
    fn kill_a_sync(&self, person: &str, project: &str, lines: usize) {
        let mut client = self
            .command(person, &["sync", project])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(client.stdout.take().unwrap()).lines();
        said.take(lines).for_each(drop);
        client.kill().unwrap();
        client.wait().unwrap();
    }
}

/// The address and the token of the server that a link leads to.
fn server_of(link: &str) -> [String; 4] {
    let token = link.split("token=").nth(1).unwrap();
    let token = token.split('&').next().unwrap().to_owned();
    let url = format!("nats://127.0.0.1:{}", port_of(link));
    ["--server".into(), url, "--token".into(), token]
}

#[test]
fn files_are_all_there_although_their_sender_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    let files = place.write_files("bens");
    for lines in 1..5 {
        place.kill_a_sync("ben", "bens", lines);
    }
    place.ok("ben", &["sync", "bens"]);
    place.ok("cleo", &["join", &link, "cleos"]);
    assert_eq!(place.read_files("cleos"), files);
    drop(host);
}

#[test]
fn a_long_session_is_here_when_it_was_joined() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    place.edit("ann", "castle");
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    drop(host);
    assert_eq!(place.nodes("ben", "bens"), 3_000);
}

#[test]
fn a_restored_history_arrives_whole_on_an_empty_server() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    place.edit_times("ann", "castle", 300);
    let files = place.write_files("castle");
    // The folder is read, and the history written, by whoever opens it.
    place.ok("cleo", &["new", "hall"]);
    let (host, link) = place.host_of("cleo", "hall");
    let server = server_of(&link);
    let server: Vec<&str> = server.iter().map(String::as_str).collect();
    place.ok("ann", &[&["sync", "castle"], &server[..]].concat());
    place.ok("ann", &["export", "castle", "--car", "castle.car"]);
    drop(host);
    fs::remove_dir_all(folder.path().join("hall/.wissil/server")).unwrap();
    fs::remove_dir_all(folder.path().join("castle")).unwrap();

    let (host, link) = place.host_of("cleo", "hall");
    place.ok("dora", &["import", "castle.car", "--to", "restored"]);
    let first = [&["sync", "restored"], &server[..]].concat();
    let mut killed = place
        .command("dora", &first)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(killed.stdout.take().unwrap()).lines();
    said.take(3).for_each(drop);
    killed.kill().unwrap();
    killed.wait().unwrap();
    place.ok("dora", &first);
    let link = place.link_to(&link, "dora", "restored");
    place.ok("eve", &["join", &link, "eves"]);
    let made = place.events("dora", "restored");
    assert!(made.len() >= 300);
    assert_eq!(place.events("eve", "eves").len(), made.len());
    assert_eq!(place.nodes("eve", "eves"), 300);
    assert_eq!(place.read_files("eves"), files);
    let info = place.info("eve", "eves");
    assert_eq!((&info["pending"], &info["outbox"]), (&0.into(), &0.into()));
    drop(host);
}

#[test]
fn one_of_two_brings_a_wiped_server_everything_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("cleo", &["new", "hall"]);
    let (host, link) = place.host_of("cleo", "hall");
    let server = server_of(&link);
    let server: Vec<&str> = server.iter().map(String::as_str).collect();
    place.ok("ann", &["new", "castle"]);
    place.ok("ann", &[&["sync", "castle"], &server[..]].concat());
    let castle = place.link_to(&link, "ann", "castle");
    place.ok("ben", &["join", &castle, "bens"]);
    place.edit_times("ann", "castle", 1_500);
    place.ok("ann", &["sync", "castle"]);
    place.edit_times("ben", "bens", 1_000);
    place.ok("ben", &["sync", "bens"]);
    drop(host);
    fs::remove_dir_all(folder.path().join("hall/.wissil/server")).unwrap();

    let (host, _) = place.host_of("cleo", "hall");
    for lines in 1..4 {
        place.kill_a_sync("ben", "bens", lines);
    }
    place.ok("ben", &["sync", "bens"]);
    place.ok("dora", &["join", &castle, "doras"]);
    assert_eq!(place.nodes("dora", "doras"), 2_500);
    let info = place.info("dora", "doras");
    assert_eq!(info["pending"], 0);
    drop(host);
}

#[test]
fn exit_codes_say_what_is_left_and_whom_was_not_reached() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    place.write_files("castle");
    let nowhere = [
        "sync",
        "castle",
        "--server",
        "nats://127.0.0.1:1",
        "--timeout",
        "1",
    ];
    let (code, _, problem) = place.run("ann", &nowhere);
    assert_eq!(code, Some(2), "{problem}");
    assert!(problem.contains("not reached in 1 seconds"), "{problem}");

    place.ok("cleo", &["new", "hall"]);
    let (host, link) = place.host_of("cleo", "hall");
    let server = server_of(&link);
    let server: Vec<&str> = server.iter().map(String::as_str).collect();
    let mut wrong = [&["sync", "castle"], &server[..]].concat();
    *wrong.last_mut().unwrap() = "wrong";
    assert_eq!(place.run("ann", &wrong).0, Some(2));
    place.ok("ann", &[&["sync", "castle"], &server[..]].concat());

    // Nobody has the files any more, neither here nor there.
    let castle = place.link_to(&link, "ann", "castle");
    drop(host);
    let jetstream = folder.path().join("hall/.wissil/server");
    // The server has one bucket for each session.
    let session = castle.trim_start_matches("wissil://session/");
    let session = session.split('?').next().unwrap();
    let bucket = find(&jetstream, &format!("OBJ_wissil-{session}")).unwrap();
    fs::remove_dir_all(bucket).unwrap();
    let (host, _) = place.host_of("cleo", "hall");
    let (code, said, problem) = place.run("ben", &["join", &castle, "bens"]);
    assert_eq!(code, Some(1), "{problem}");
    let words = format!("{FILES} files that nobody has sent yet");
    assert!(problem.contains(&words), "{problem}");
    // What there is can be worked with.
    assert!(said.contains("bens"), "{said}");
    let (code, _, problem) = place.run("ben", &["sync", "bens"]);
    assert_eq!(code, Some(1), "{problem}");
    // Ann has them still.
    place.ok("ann", &["sync", "castle"]);
    place.ok("ben", &["sync", "bens"]);
    drop(host);
}

#[test]
fn a_session_goes_to_another_server_only_when_its_owner_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    place.ok("cleo", &["new", "hall"]);
    let (other, hall) = place.host_of("cleo", "hall");
    let elsewhere = place.link_to(&hall, "ben", "bens");

    // Nobody can be asked here.
    let (code, _, problem) = place.run("ben", &["join", &elsewhere]);
    assert_eq!(code, Some(1), "{problem}");
    assert!(problem.contains("nothing was changed"), "{problem}");
    let (code, said) = place.answer("ben", &["join", &elsewhere], "n\n");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("from now on? [y/N]"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    // The way it goes is the one it went: the server that is there has its history.
    drop(other);
    place.ok("ben", &["sync", "bens"]);
    let (other, _) = place.host_of("cleo", "hall");
    drop(host);

    let (code, said) = place.answer("ben", &["join", &elsewhere], "y\n");
    assert_eq!(code, Some(0), "{said}");
    place.ok("ben", &["sync", "bens"]);
    place.ok("dora", &["join", &elsewhere, "doras"]);
    // To go there again is no question.
    place.ok("ben", &["join", &elsewhere]);
    drop(other);
    let (_host, link) = place.host();
    place.ok("ben", &["join", &link, "--move"]);
}

/// A folder below another whose name begins like this.
fn find(folder: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let folders: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    let is_named = |path: &&std::path::PathBuf| {
        let found = path.file_name().unwrap_or_default().to_string_lossy();
        found.starts_with(name)
    };
    folders
        .iter()
        .find(is_named)
        .cloned()
        .or_else(|| folders.iter().find_map(|path| find(path, name)))
}

#[test]
fn files_that_cannot_be_exchanged_are_said_and_are_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    place.ok("ben", &["join", &link, "bens"]);
    let assets = folder.path().join("bens/assets");
    fs::create_dir_all(&assets).unwrap();
    fs::write(assets.join("con.txt"), "a device elsewhere").unwrap();
    fs::write(assets.join("fine.txt"), "fine").unwrap();
    let (code, _, said) = place.run("ben", &["sync", "bens"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("con.txt") && !said.contains("fine.txt"),
        "{said}"
    );
    fs::remove_dir_all(&assets).unwrap();
    fs::write(&assets, "in the way").unwrap();
    let (code, _, said) = place.run("ben", &["sync", "bens"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("is not a folder"), "{said}");
    fs::remove_file(&assets).unwrap();
    place.ok("ben", &["sync", "bens"]);
    drop(host);
}

#[test]
fn a_join_that_was_killed_leaves_a_project_with_its_server_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place(folder.path());
    place.ok("ann", &["new", "castle"]);
    let (host, link) = place.host();
    for round in 0..6 {
        let (person, project) = (format!("ben{round}"), format!("bens{round}"));
        let mut join = place
            .command(&person, &["join", &link, &project])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let database = folder.path().join(&project).join(".wissil/session.db");
        while !database.exists() && join.try_wait().unwrap().is_none() {}
        join.kill().unwrap();
        join.wait().unwrap();
        place.ok(&person, &["sync", &project]);
    }
    drop(host);
}
