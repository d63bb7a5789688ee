//! The command line as scripts use it: real processes, their output and exit codes.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wissil"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("WISSIL_HOME", self.path("home"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that has to succeed; gives what it printed.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    /// Feeds standard input; gives what was printed.
    fn feed(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    fn add(&self, id: &str, op: &str) -> String {
        let put = node(id, op).to_string();
        let edit = [
            "edit",
            "game",
            "--document",
            "Main",
            "--type",
            "node.add",
            "--changes",
            "-",
        ];
        let output = self.feed(&edit, &put);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

fn node(id: &str, op: &str) -> Value {
    let put = json!({"op": op, "position": {"x": 0, "y": 0}});
    json!({"collection": "nodes", "id": id, "put": put})
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn conformance_models() -> Option<PathBuf> {
    let data = std::env::var_os("WISSIL_CONFORMANCE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let models = data.join("khr_interactivity/models");
    if !models.is_dir() {
        println!("skipped: {} is not there", models.display());
        return None;
    }
    Some(models)
}

#[test]
fn a_project_is_made_edited_read_and_taken_back() {
    let place = Place::new();
    place.ok(&["new", "game", "--name", "My game"]);
    let added = place.add("a", "flow/branch");
    let label = json!([{"collection": "nodes", "id": "a", "set": {"label": "Was it a hit?"}}]);
    let set = [
        "edit",
        "game",
        "--document",
        "Main",
        "--type",
        "node.set",
        "--changes",
        "-",
    ];
    let set = String::from_utf8(place.feed(&set, &label.to_string()).stdout).unwrap();

    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["name"], "My game");
    assert_eq!(info["documents"][1]["counts"]["nodes"], 1);
    assert_eq!(info["documents"][1]["heads"], json!([set.trim()]));
    assert_eq!(info["outbox"], info["events"]);

    let log = place.ok(&["log", "game", "--document", "Main"]);
    assert!(
        log.contains("named a node Was it a hit?") && log.contains("added Branch"),
        "{log}"
    );
    let show = place.json(&["show", "game", &added, "--json"]);
    assert_eq!(show["event"]["type"], "node.add");
    assert_eq!(show["event"]["payload"]["nodeId"], "a");
    let diff = place.ok(&["diff", "game", &added, set.trim()]);
    assert!(diff.contains("Was it a hit?"), "{diff}");

    place.ok(&["undo", "game", "--document", "Main"]);
    place.ok(&["undo", "game", "--document", "Main"]);
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"], json!({}));
    place.ok(&["redo", "game", "--document", "Main"]);
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"]["nodes"], 1);
    assert!(place.ok(&["verify", "game"]).starts_with("sound"));
}

#[test]
fn what_was_done_last_is_taken_back_whatever_it_was() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let names = || -> Vec<String> {
        let info = place.json(&["info", "game", "--json"]);
        let documents = info["documents"].as_array().unwrap();
        let name = |document: &Value| document["name"].as_str().unwrap().to_owned();
        documents.iter().map(name).collect()
    };
    place.add("a", "flow/branch");
    let info = place.json(&["info", "game", "--json"]);
    let main = info["documents"][1]["id"].clone();
    let delete = json!({"collection": "documents", "id": main, "remove": true}).to_string();
    let edit = [
        "edit",
        "game",
        "--document",
        "manifest",
        "--type",
        "document.delete",
        "--changes",
        "-",
    ];
    assert!(place.feed(&edit, &delete).status.success());
    assert_eq!(names(), ["Scene"]);
    place.ok(&["undo", "game"]);
    assert_eq!(names(), ["Scene", "Main"]);
    place.ok(&["undo", "game"]);
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"], json!({}));
    place.ok(&["redo", "game"]);
    place.ok(&["redo", "game"]);
    assert_eq!(names(), ["Scene"]);
    assert_eq!(code(&place.run(&["redo", "game"])), 1);
}

#[test]
fn exit_codes_tell_refused_from_unusable() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    assert_eq!(code(&place.run(&["info", "nowhere"])), 2);
    assert_eq!(code(&place.run(&["verify", "nowhere"])), 2);
    assert_eq!(code(&place.run(&["export", "game", "file"])), 2);
    assert_eq!(code(&place.run(&["new", "game"])), 2);
    assert_eq!(code(&place.run(&["undo", "game", "--document", "Main"])), 1);
    assert_eq!(
        code(&place.run(&["undo", "game", "--document", "Nothing"])),
        2
    );
    assert_eq!(code(&place.run(&["show", "game", "not-a-cid"])), 1);
    let edit = [
        "edit",
        "game",
        "--document",
        "Main",
        "--type",
        "node.add",
        "--changes",
        "-",
    ];
    let refused = place.feed(&edit, "{\"collection\": \"nodes\"}");
    assert_eq!(code(&refused), 1);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("gesture 1"));
}

#[test]
fn several_gestures_come_one_a_line() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let edit = [
        "edit",
        "game",
        "--document",
        "Main",
        "--type",
        "node.add",
        "--changes",
        "-",
    ];
    let lines: String = (0..20)
        .map(|n| format!("{}\n", node(&format!("n{n}"), "math/add")))
        .collect();
    let output = place.feed(&edit, &lines);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().lines().count(),
        20
    );
    let log = place.ok(&["log", "game", "--document", "Main", "--json"]);
    assert_eq!(log.lines().count(), 20);
    // The same as one list is one gesture.
    place.ok(&["new", "other"]);
    let list: Vec<Value> = (0..20)
        .map(|n| node(&format!("n{n}"), "math/add"))
        .collect();
    let edit = [
        "edit",
        "other",
        "--document",
        "Main",
        "--type",
        "node.add",
        "--changes",
        "-",
    ];
    let output = place.feed(&edit, &json!(list).to_string());
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 1);
}

#[test]
fn what_was_printed_as_saved_survives_kill_nine() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let mut saved: Vec<String> = Vec::new();
    for round in 0..4 {
        let mut child = place
            .command(&[
                "edit",
                "game",
                "--document",
                "Main",
                "--type",
                "node.add",
                "--changes",
                "-",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || {
            for n in 0.. {
                let line = node(&format!("r{round}_{n}"), "math/add");
                if writeln!(input, "{line}").is_err() {
                    break;
                }
            }
        });
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
        let wanted = 7 + 13 * round;
        saved.extend(printed.by_ref().take(wanted).map(Result::unwrap));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever it still printed before it died counts too.
        let length = saved[0].len();
        saved.extend(
            printed
                .map_while(Result::ok)
                .filter(|line| line.len() == length),
        );
        feeder.join().unwrap();

        let log = place.ok(&["log", "game", "--json"]);
        for cid in &saved {
            assert!(
                log.contains(cid.as_str()),
                "{cid} was printed as saved and is lost"
            );
        }
        assert!(place.ok(&["verify", "game"]).starts_with("sound"));
    }
}

/// Edits until that many gestures were printed as saved, and is killed with its journal still beside the database.
fn edit_and_kill(place: &Place, name: &str, gestures: usize) {
    let mut child = place
        .command(&[
            "edit",
            "game",
            "--document",
            "Main",
            "--type",
            "node.add",
            "--changes",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
    for n in 0..gestures {
        writeln!(input, "{}", node(&format!("{name}{n}"), "math/add")).unwrap();
        printed.next().unwrap().unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_journal_that_is_lost_or_cut_is_said_by_every_command() {
    for cut in [false, true] {
        let place = Place::new();
        place.ok(&["new", "game"]);
        edit_and_kill(&place, "n", 50);
        let journal = place.path("game/.wissil/session.db-wal");
        if cut {
            let file = std::fs::File::options().write(true).open(&journal).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        } else {
            std::fs::remove_file(&journal).unwrap();
        }
        let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
        let verified = place.run(&["verify", "game"]);
        assert_eq!(code(&verified), 1);
        let found = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(found.contains("events that were saved here"), "{found}");
        for reading in [
            &["info", "game"][..],
            &["log", "game"],
            &["export", "game", "--json", "game.json"],
            &["set-aside", "game"],
        ] {
            let output = place.run(reading);
            assert_eq!(code(&output), 0, "{reading:?}");
            assert!(
                said(&output).contains("events that were saved here"),
                "{reading:?}"
            );
        }
        let edit = [
            "edit",
            "game",
            "--document",
            "Main",
            "--type",
            "node.add",
            "--changes",
            "-",
        ];
        let edited = place.feed(&edit, &node("later", "math/add").to_string());
        assert_eq!(code(&edited), 0);
        let notes = said(&edited);
        assert!(
            notes.contains("new replica") && notes.contains("saved here"),
            "{notes}"
        );
        // The project is what it is now, and what it lost stays said.
        assert_eq!(said(&place.run(&["info", "game"])), "");
        for checking in ["verify", "check"] {
            let output = place.run(&[checking, "game"]);
            assert_eq!(code(&output), 1);
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(found.contains("saved here"), "{checking}: {found}");
        }
    }
}

#[test]
fn a_project_that_was_killed_and_is_whole_goes_on_as_the_same_replica() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    for round in ["a", "b", "c"] {
        edit_and_kill(&place, round, 7);
        let output = place.run(&["undo", "game", "--document", "Main"]);
        assert_eq!(code(&output), 0);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn a_flipped_byte_is_named() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let added = place.add("needle", "math/add");
    let database = place.path("game/.wissil/session.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(6).position(|window| window == b"needle");
    // The event may stand in the journal still.
    let (file, at) = match at {
        Some(at) => (database, at),
        None => {
            let journal = place.path("game/.wissil/session.db-wal");
            bytes = std::fs::read(&journal).unwrap();
            let at = bytes
                .windows(6)
                .position(|window| window == b"needle")
                .unwrap();
            (journal, at)
        }
    };
    bytes[at] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let output = place.run(&["verify", "game", "--json"]);
    assert_eq!(
        code(&output),
        1,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["sound"], false);
    let damages = report["damages"].to_string();
    assert!(damages.contains(&added), "{damages}");
}

#[test]
fn a_model_is_imported_and_leaves_playable() {
    let Some(models) = conformance_models() else {
        return;
    };
    let place = Place::new();
    let model = models.join("WhackAMole.glb");
    place.ok(&["import", model.to_str().unwrap(), "--to", "mole"]);
    let info = place.json(&["info", "mole", "--json"]);
    assert_eq!(info["documents"][0]["counts"]["entities"], 68);
    assert_eq!(info["documents"][1]["counts"]["nodes"], 525);
    place.ok(&["export", "mole", "--glb", "mole.glb"]);
    place.ok(&["import", "mole.glb", "--to", "again"]);
    let again = place.json(&["info", "again", "--json"]);
    for document in 0..2 {
        assert_eq!(
            again["documents"][document]["counts"],
            info["documents"][document]["counts"]
        );
    }
}

#[test]
fn a_file_is_added_to_the_scene_of_a_project() {
    let place = Place::new();
    place.ok(&["new", "room"]);
    let chair = json!({
        "asset": { "version": "2.0" },
        "nodes": [{ "name": "Seat" }],
        "scenes": [{ "nodes": [0] }],
        "extras": { "author": "Ada" },
    });
    std::fs::write(place.path("chair.gltf"), chair.to_string()).unwrap();
    let added = place.run(&["add", "chair.gltf", "--to", "room"]);
    assert_eq!(code(&added), 0);
    let event = String::from_utf8(added.stdout).unwrap();
    let said = String::from_utf8(added.stderr).unwrap();
    assert!(said.contains("/extras: was left out"), "{said}");
    assert!(place.ok(&["log", "room"]).contains("added 2 entities"));
    let event = place.json(&["show", "room", event.trim(), "--json"]);
    assert_eq!(event["event"]["type"], "scene.add");
    place.ok(&["undo", "room"]);
    for (file, document, why) in [
        ("gone.gltf", None, "gone.gltf"),
        ("chair.gltf", Some("Main"), "this document is none"),
        ("chair.gltf", Some("Attic"), "there is no document `Attic`"),
    ] {
        let mut arguments = vec!["add", file, "--to", "room"];
        arguments.extend(document.iter().flat_map(|name| ["--document", *name]));
        let refused = place.run(&arguments);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_ne!(code(&refused), 0);
        assert!(said.contains(why), "{said}");
    }
}

/// A file whose graph has a flow that leads nowhere, with a name that a terminal would obey.
fn broken_file(place: &Place) -> PathBuf {
    let json = json!({
        "asset": { "version": "2.0" }, "extensionsUsed": ["VND_\u{1b}[2Jgone"],
        "extensions": { "KHR_interactivity": { "graphs": [{
            "name": "Door\u{1b}[2J\nforged line",
            "declarations": [{ "op": "event/onStart" }],
            "nodes": [{ "declaration": 0, "flows": { "out": {} } }],
        }] } },
    });
    let file = place.path("broken.gltf");
    std::fs::write(&file, json.to_string()).unwrap();
    file
}

#[test]
fn what_is_wrong_in_a_file_or_project_is_listed_with_its_place() {
    let place = Place::new();
    broken_file(&place);
    let wrong = "/extensions/KHR_interactivity/graphs/0/nodes/0/flows/out: has no `node`";
    let check = place.run(&["check", "broken.gltf"]);
    assert_eq!(code(&check), 1);
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(said.contains(&format!("warning: {wrong}")), "{said}");
    assert!(
        said.contains("note: /extensionsUsed: names extensions"),
        "{said}"
    );
    assert!(said.ends_with("1 problem, 1 note\n"), "{said}");

    // The import says the same, and the project keeps it.
    let import = place.run(&["import", "broken.gltf", "--to", "door"]);
    assert_eq!(code(&import), 0);
    let said = String::from_utf8(import.stderr).unwrap();
    assert!(said.contains(&format!("warning: {wrong}")), "{said}");
    let check = place.run(&["check", "door", "--json"]);
    assert_eq!(code(&check), 1);
    let problems: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(problems[0]["severity"], "warning");
    assert!(problems[0]["message"].as_str().unwrap().starts_with(wrong));

    place.ok(&["new", "sound"]);
    assert_eq!(place.ok(&["check", "sound"]), "no problems, no notes\n");
    let said = String::from_utf8(place.run(&["check", "sound"]).stderr).unwrap();
    assert!(said.contains("`wissil verify`"), "{said}");
    std::fs::write(place.path("noise.glb"), "noise").unwrap();
    let check = place.run(&["check", "noise.glb", "--json"]);
    assert_eq!(code(&check), 1);
    let problems: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(problems[0]["severity"], "error");
    assert_eq!(code(&place.run(&["check", "nothing.glb"])), 2);
    assert_eq!(code(&place.run(&["check", "."])), 2);
}

#[test]
fn names_of_others_do_not_move_the_terminal() {
    let place = Place::new();
    broken_file(&place);
    let import = place.run(&["import", "broken.gltf", "--to", "door"]);
    let info = place.run(&["info", "door"]);
    let log = place.run(&["log", "door"]);
    let refused = place.run(&["undo", "door", "--document", "\u{1b}[2J\nforged"]);
    let found = place.run(&["check", "broken.gltf"]);
    for Output { stdout, stderr, .. } in [import, info, log, refused, found] {
        for said in [stdout, stderr] {
            let said = String::from_utf8(said).unwrap();
            assert!(!said.contains('\u{1b}'), "{said:?}");
            assert!(
                !said.lines().any(|line| line.starts_with("forged")),
                "{said}"
            );
        }
    }
    assert!(
        place
            .ok(&["info", "door"])
            .contains("Door\\u{1b}[2J\\u{a}forged line")
    );
}

#[test]
fn a_token_in_the_environment_asks_for_no_server() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    for variable in ["WISSIL_SERVER_TOKEN", "WISSIL_SERVER_PASSWORD"] {
        let mut sync = place.command(&["sync", "game"]);
        let output = sync.env(variable, "secret").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("this project has no server yet"), "{said}");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_said_in_words() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let edit = [
        "edit",
        "game",
        "--document",
        "Main",
        "--type",
        "node.add",
        "--changes",
        "-",
    ];
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (input, said) in [
        ("5", "it has to be a change: an object"),
        ("[", "it ends before it is whole"),
        ("{no}", "it is no JSON at line 1"),
        (r#"[{"collection":"nodes"}]"#, "`id` is missing"),
        (r#"{"collection":"nodes","id":"a"}"#, "it needs `put`"),
        (
            r#"{"type":"node.add","changes":5}"#,
            "it has to be a list, and is the number `5`",
        ),
        (&deep, "more than 127 deep"),
    ] {
        let output = place.feed(&edit, input);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(code(&output), 1, "{words}");
        assert!(words.contains(said), "{input}: {words}");
        assert!(!words.contains("untagged"), "{words}");
    }
    std::fs::create_dir(place.path("folder")).unwrap();
    std::fs::write(place.path("cut.json"), "[{\"a").unwrap();
    std::fs::write(place.path("cut.gltf"), "{\"asset\": ").unwrap();
    let changes = |file| [&edit[..7], &[file]].concat();
    for (command, said) in [
        (
            vec!["check", "folder/no.glb"],
            "folder/no.glb could not be read: it does not exist",
        ),
        (
            vec!["import", "cut.json", "--to", "x"],
            "it ends before it is whole",
        ),
        (
            vec!["import", "cut.gltf", "--to", "x"],
            "it ends before it is whole",
        ),
        (vec!["show", "game", "x"], "`x` is not a CID"),
        (
            changes("folder"),
            "gesture 1 cannot be read: it is a folder",
        ),
        (changes("none"), "none could not be read: it does not exist"),
        (vec!["new", "game/.wissil/session.db"], "could not be made"),
    ] {
        let output = place.run(&command);
        let words = [output.stdout, output.stderr].concat();
        let words = String::from_utf8(words).unwrap();
        assert!(words.contains(said), "{command:?}: {words}");
        for foreign in [
            "os error",
            "EOF",
            "expected",
            "No such file",
            "entity not found",
            "multihash",
        ] {
            assert!(!words.contains(foreign), "{command:?}: {words}");
        }
    }
    // A history that left is checked like anything else.
    place.ok(&["export", "game", "--json", "game.json"]);
    assert!(place.ok(&["check", "game.json"]).starts_with("no problems"));
    let output = place.run(&["check", "cut.json"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(words.contains("it ends before it is whole"), "{words}");
    let output = place.run(&["export", "game", "--glb", "no/such/out.glb"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("the folder no does not exist"), "{words}");
    for (path, said) in [("missing", "does not exist"), ("home", "holds no project")] {
        for command in ["info", "verify", "undo"] {
            let output = place.run(&[command, path]);
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(words.contains(said), "{command}: {words}");
        }
    }
}

#[cfg(unix)]
#[test]
fn few_open_files_are_told() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    place.add("a", "math/add");
    for files in 8..40 {
        let script = format!("ulimit -n {files}; exec \"$0\" undo game");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_wissil")])
            .current_dir(place.folder.path())
            .env("WISSIL_HOME", place.path("home"))
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(!words.contains("panicked"), "{files}: {words}");
        assert!(code(&output) <= 2, "{files}: {words}");
    }
}

#[test]
fn files_that_stay_here_are_problems_for_whoever_checks() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let assets = place.path("game/assets");
    std::fs::create_dir_all(&assets).unwrap();
    std::fs::write(assets.join("con.txt"), "a device elsewhere").unwrap();
    let output = place.run(&["check", "game"]);
    assert_eq!(code(&output), 1);
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(found.contains("con.txt"), "{found}");
    std::fs::remove_dir_all(&assets).unwrap();
    std::fs::write(&assets, "no folder").unwrap();
    let output = place.run(&["check", "game"]);
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(found.contains("is not a folder"), "{found}");
}

#[test]
fn a_sync_that_ends_does_not_tell_itself_that_it_did() {
    let place = Place::new();
    place.ok(&["new", "game"]);
    let nowhere = [
        "sync",
        "game",
        "--server",
        "nats://127.0.0.1:1",
        "--timeout",
        "1",
    ];
    let output = place.run(&nowhere);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), 2, "{said}");
    assert!(!said.contains("was closed"), "{said}");
}
