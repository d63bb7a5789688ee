//! Programs that work on a project that another one has open.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const EDIT: [&str; 8] = [
    "edit",
    "game",
    "--document",
    "Main",
    "--type",
    "node.add",
    "--changes",
    "-",
];
/// How long something may take that nobody waits for.
const PATIENCE: Duration = Duration::from_secs(60);

struct Place(tempfile::TempDir);

impl Place {
    /// With a project.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.0.path().join("run")).unwrap();
        place.ok(&["new", "game"]);
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wissil"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("WISSIL_HOME", self.0.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    /// A program that makes gestures and stays.
    fn editor(&self) -> Editor {
        let mut process = self
            .command(&EDIT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Editor {
            input: process.stdin.take().unwrap(),
            saved: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
        }
    }

    /// One that has the project open.
    fn holder(&self) -> Editor {
        let mut holder = self.editor();
        holder.add("held");
        holder
    }

    fn add(&self, id: &str) -> String {
        let mut editor = self.editor();
        let cid = editor.add(id);
        let (code, said) = editor.end();
        assert_eq!(code, Some(0), "{said}");
        cid
    }

    /// The names of all events of the Blueprint.
    fn events(&self) -> BTreeSet<String> {
        let log = self.ok(&["log", "game", "--json", "--document", "Main"]);
        let name = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            row["cid"].as_str().unwrap().to_owned()
        };
        let events: Vec<String> = log.lines().map(name).collect();
        let unique: BTreeSet<String> = events.iter().cloned().collect();
        assert_eq!(unique.len(), events.len(), "an event is there twice");
        unique
    }

    fn is_sound(&self) {
        assert!(self.ok(&["verify", "game"]).starts_with("sound"));
    }

    fn socket(&self) -> PathBuf {
        let database = fs::metadata(self.0.path().join("game/.wissil/session.db")).unwrap();
        let name = format!("{:x}-{:x}.sock", database.dev(), database.ino());
        self.0.path().join("run/wissil").join(name)
    }

    /// A program that speaks for itself, after the first word.
    fn stranger(&self) -> (UnixStream, BufReader<UnixStream>) {
        let stream = UnixStream::connect(self.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let hello = line(&mut reader).unwrap();
        assert_eq!(hello["protocol"], 1, "{hello}");
        (stream, reader)
    }
}

/// Whether a line of a feed tells of events.
fn is_of_events(line: &Value) -> bool {
    let rows = line["message"]["rows"].as_array();
    rows.is_some_and(|rows| !rows.is_empty())
}

/// The next line; none at the end.
fn line(reader: &mut impl BufRead) -> Option<Value> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).unwrap_or(0);
    (read > 0).then(|| serde_json::from_str(&line).unwrap())
}

struct Editor {
    process: Child,
    input: ChildStdin,
    saved: Lines<BufReader<ChildStdout>>,
}

impl Editor {
    /// Makes a gesture, and waits until it is saved.
    fn add(&mut self, id: &str) -> String {
        writeln!(self.input, "{}", node(id)).unwrap();
        match self.saved.next() {
            Some(cid) => cid.unwrap(),
            None => {
                let mut said = String::new();
                let mut stderr = self.process.stderr.take().unwrap();
                stderr.read_to_string(&mut said).unwrap();
                panic!("{id} was not saved: {said}");
            }
        }
    }

    /// Ends it as it should; its exit code and what it said.
    fn end(self) -> (Option<i32>, String) {
        let Self {
            mut process,
            input,
            saved,
        } = self;
        drop(input);
        let mut said = String::new();
        process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        drop(saved);
        (process.wait().unwrap().code(), said)
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn node(id: &str) -> Value {
    let put = json!({"op": "math/add", "position": {"x": 0, "y": 0}});
    json!({"collection": "nodes", "id": id, "put": put})
}

#[test]
fn every_command_works_beside_a_program_that_has_the_project_open() {
    let place = Place::new();
    let mut holder = place.holder();
    let added = place.add("beside");
    let later = holder.add("later");
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"]["nodes"], 3);
    assert!(place.ok(&["log", "game"]).contains("added"));
    assert!(place.ok(&["show", "game", &added]).contains("node.add"));
    assert!(place.ok(&["diff", "game", &added, &later]).contains("Add"));
    place.ok(&["export", "game", "--json", "history.json"]);
    place.is_sound();
    // The newest gesture of this installation, whichever program made it.
    place.ok(&["undo", "game"]);
    place.ok(&["undo", "game", "--document", "Main"]);
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"]["nodes"], 1);
    place.ok(&["redo", "game"]);
    place.ok(&["redo", "game"]);
    holder.add("last");
    let (code, said) = holder.end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(info["documents"][1]["counts"]["nodes"], 4);
    // All of it is one installation's.
    assert_eq!(place.ok(&["undo", "game"]).lines().count(), 1);
    place.is_sound();
}

#[test]
fn words_and_exit_codes_are_the_same_beside_an_open_project() {
    let place = Place::new();
    place.add("held");
    let nothing = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    let commands: [&[&str]; 12] = [
        &["info", "game"],
        &["log", "game", "--json"],
        &["check", "game"],
        &["undo", "game", "--document", "Nothing"],
        &["redo", "game"],
        &["redo", "game", "--document", "Scene"],
        &["show", "game", "not-a-cid"],
        &["show", "game", nothing],
        &["diff", "game", nothing, nothing],
        &["set-aside", "game"],
        &["export", "game", "--glb", "no/such/out.glb"],
        &["sync", "game"],
    ];
    let edits = [
        "5",
        r#"{"collection": "nodes"}"#,
        r#"{"collection": "nodes", "id": "a", "set": {"label": "A"}}"#,
        r#"{"collection": "moons", "id": "a", "put": {}}"#,
        &format!("{}{}", "[".repeat(200), "]".repeat(200)),
    ];
    let all = || {
        let ran = commands.iter().map(|arguments| place.run(arguments));
        let edited = edits.iter().map(|input| {
            let mut editor = place.editor();
            // It may have ended by itself.
            let _ = writeln!(editor.input, "{input}");
            drop(editor.input);
            editor.process.wait_with_output().unwrap()
        });
        ran.chain(edited)
            .map(|output| {
                (
                    output.status.code(),
                    output.stdout,
                    String::from_utf8(output.stderr).unwrap(),
                )
            })
            .collect::<Vec<_>>()
    };
    let alone = all();
    let holder = place.editor();
    // Until it has the project open.
    while UnixStream::connect(place.socket()).is_err() {
        std::thread::yield_now();
    }
    assert_eq!(all(), alone);
    assert_eq!(holder.end().0, Some(0));
}

#[test]
fn what_was_answered_survives_kill_nine_of_the_program_that_holds_the_project() {
    let place = Place::new();
    let mut made = BTreeSet::new();
    for round in 0..3 {
        let mut holder = place.editor();
        made.insert(holder.add(&format!("h{round}")));
        let mut guest = place.editor();
        let mut input = guest.input;
        let feeding = std::thread::spawn(move || {
            for n in 0.. {
                if writeln!(input, "{}", node(&format!("g{round}_{n}"))).is_err() {
                    break;
                }
            }
        });
        made.extend(
            guest
                .saved
                .by_ref()
                .take(20 + 90 * round)
                .map(Result::unwrap),
        );
        holder.kill();
        // What was answered on the way counts too.
        made.extend(guest.saved.by_ref().map(Result::unwrap));
        let mut said = String::new();
        guest
            .process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(guest.process.wait().unwrap().code(), Some(1), "{said}");
        assert!(said.contains("ended before it answered"), "{said}");
        feeding.join().unwrap();
        // Its socket is still there, and nobody takes it for an open project.
        assert!(place.socket().exists());
        assert!(made.is_subset(&place.events()));
        place.is_sound();
    }
    place.add("after");
}

#[test]
fn what_was_answered_survives_kill_nine_of_the_program_beside() {
    let place = Place::new();
    let mut holder = place.holder();
    let mut made = BTreeSet::new();
    for round in 0..3 {
        let mut guest = place.editor();
        let mut input = guest.input;
        let feeding = std::thread::spawn(move || {
            for n in 0.. {
                if writeln!(input, "{}", node(&format!("g{round}_{n}"))).is_err() {
                    break;
                }
            }
        });
        made.extend(
            guest
                .saved
                .by_ref()
                .take(20 + 90 * round)
                .map(Result::unwrap),
        );
        guest.process.kill().unwrap();
        guest.process.wait().unwrap();
        feeding.join().unwrap();
        made.insert(holder.add(&format!("h{round}")));
        assert!(made.is_subset(&place.events()));
    }
    assert_eq!(holder.end().0, Some(0));
    assert!(made.is_subset(&place.events()));
    place.is_sound();
}

#[test]
fn who_works_beside_a_program_that_ends_as_it_should_goes_on_and_loses_nothing() {
    const GESTURES: usize = 1500;
    let place = Place::new();
    let holders: Vec<Editor> = (0..3)
        .map(|n| {
            let mut holder = place.editor();
            holder.add(&format!("h{n}"));
            holder
        })
        .collect();
    let mut guest = place.editor();
    let mut input = guest.input;
    let feeding = std::thread::spawn(move || {
        for n in 0..GESTURES {
            writeln!(input, "{}", node(&format!("g{n}"))).unwrap();
        }
    });
    let mut made = Vec::new();
    for holder in holders {
        made.extend(guest.saved.by_ref().take(100).map(Result::unwrap));
        assert_eq!(holder.end().0, Some(0));
    }
    made.extend(guest.saved.by_ref().map(Result::unwrap));
    feeding.join().unwrap();
    assert_eq!(guest.process.wait().unwrap().code(), Some(0));
    assert_eq!(made.len(), GESTURES);
    let events = place.events();
    assert_eq!(events.len(), GESTURES + 3);
    assert!(made.iter().all(|cid| events.contains(cid)));
    place.is_sound();
}

#[test]
fn programs_that_start_at_once_all_get_in() {
    let place = Place::new();
    let mut editors: Vec<Editor> = (0..8).map(|_| place.editor()).collect();
    for (n, editor) in editors.iter_mut().enumerate() {
        writeln!(editor.input, "{}", node(&format!("n{n}"))).unwrap();
    }
    let mut made = BTreeSet::new();
    for mut editor in editors {
        made.insert(editor.saved.next().unwrap().unwrap());
        let (code, said) = editor.end();
        assert_eq!((code, said.as_str()), (Some(0), ""));
    }
    assert_eq!(made.len(), 8);
    assert_eq!(place.events(), made);
    place.is_sound();
}

#[test]
fn junk_and_half_said_words_disturb_nobody() {
    let place = Place::new();
    let mut holder = place.holder();
    for junk in [
        &b"\x00\xff\xfe\n"[..],
        b"hello\n",
        b"[1, 2]\n",
        b"{\"id\": -1, \"method\": \"project.info\"}\n",
        &[b"[".repeat(100_000), b"\n".to_vec()].concat(),
    ] {
        let (mut stream, mut reader) = place.stranger();
        stream.write_all(junk).unwrap();
        let answer = line(&mut reader).unwrap();
        assert_eq!(answer["error"]["code"], "invalid", "{answer}");
        assert_eq!(line(&mut reader), None);
    }
    // What can be answered is, and the next thing too.
    let (mut stream, mut reader) = place.stranger();
    for (asked, code) in [
        (json!({"id": 1, "method": "project.burn"}), "notFound"),
        (json!({"id": 2, "method": "documents.snapshot"}), "invalid"),
        (
            json!({"id": 3, "method": "project.info", "params": {"x": 1}}),
            "invalid",
        ),
        (
            json!({"id": 4, "method": "documents.edit", "params": [7]}),
            "invalid",
        ),
        (
            json!({"id": 5, "method": "unfollow", "params": {"feed": 1}}),
            "notFound",
        ),
        (
            json!({"id": 6, "method": "documents.snapshot", "params": {"document": "../x"}}),
            "notFound",
        ),
    ] {
        writeln!(stream, "{asked}").unwrap();
        let answer = line(&mut reader).unwrap();
        assert_eq!(answer["id"], asked["id"]);
        let said = &answer["error"];
        assert!(
            said["code"] == code || said["code"] == "invalid",
            "{answer}"
        );
    }
    writeln!(stream, "{}", json!({"id": 7, "method": "project.info"})).unwrap();
    assert!(line(&mut reader).unwrap()["result"]["documents"].is_array());
    // Nobody hears the end of these, or their answers.
    let (mut half, _half) = place.stranger();
    half.write_all(b"{\"id\": 1, \"meth").unwrap();
    let (mut deaf, _deaf) = place.stranger();
    deaf.set_write_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let ask = format!("{}\n", json!({"id": 1, "method": "project.inventory"})).repeat(50_000);
    assert!(
        deaf.write_all(ask.as_bytes()).is_err(),
        "it is not let go on"
    );
    holder.add("still-there");
    place.add("and-for-others");
    // A line without an end is not kept for ever.
    let (mut endless, mut reader) = place.stranger();
    let piece = vec![b' '; 1 << 20];
    while endless.write_all(&piece).is_ok() {}
    let answer = line(&mut reader);
    assert!(answer.is_none_or(|answer| answer["error"]["code"] == "invalid"));
    assert_eq!(holder.end().0, Some(0));
    place.is_sound();
}

#[test]
fn too_many_programs_are_told_so_and_let_in_when_others_leave() {
    let place = Place::new();
    let mut holder = place.holder();
    // The holder is one of them.
    let mut strangers: Vec<_> = (0..63).map(|_| place.stranger()).collect();
    let output = place.run(&["info", "game"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("64 programs work on this project"), "{said}");
    holder.add("more");
    let (stream, mut reader) = strangers.pop().unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(line(&mut reader), None);
    place.ok(&["info", "game"]);
    assert_eq!(holder.end().0, Some(0));
}

#[test]
fn who_follows_hears_what_others_do_and_how_much_was_left_out() {
    let place = Place::new();
    let mut holder = place.holder();
    let (mut stream, mut reader) = place.stranger();
    writeln!(stream, "{}", json!({"id": 5, "method": "session.follow"})).unwrap();
    assert!(std::iter::from_fn(|| line(&mut reader)).any(|line| line["id"] == 5));
    let cid = place.add("beside");
    let told = std::iter::from_fn(|| line(&mut reader))
        .find(is_of_events)
        .unwrap();
    assert_eq!(told["message"]["rows"][0]["cid"], cid.as_str(), "{told}");

    let info = place.json(&["info", "game", "--json"]);
    let document = &info["documents"][1]["id"];
    let follow = json!({"id": 6, "method": "documents.follow", "params": {"document": document}});
    writeln!(stream, "{follow}").unwrap();
    let answer = std::iter::from_fn(|| line(&mut reader))
        .find(|line| line["id"] == 6)
        .unwrap();
    assert!(answer["result"]["collections"]["nodes"]["beside"].is_object());
    let cid = holder.add("again");
    let delta = std::iter::from_fn(|| line(&mut reader))
        .find(|line| line["feed"] == 6)
        .unwrap();
    assert!(delta["message"]["upserted"]["nodes"]["again"].is_object());
    let told = std::iter::from_fn(|| line(&mut reader))
        .find(is_of_events)
        .unwrap();
    assert_eq!(told["message"]["rows"][0]["cid"], cid.as_str());
    writeln!(
        stream,
        "{}",
        json!({"id": 7, "method": "unfollow", "params": {"feed": 6}})
    )
    .unwrap();
    assert!(std::iter::from_fn(|| line(&mut reader)).any(|line| line["id"] == 7));

    // It does not look for a while: nobody waits for it.
    for n in 0..900 {
        holder.add(&format!("n{n}"));
    }
    let mut heard = 0;
    let dropped = loop {
        let told = line(&mut reader).unwrap();
        match told["dropped"].as_u64() {
            Some(dropped) => break dropped,
            None => heard += u64::from(is_of_events(&told)),
        }
    };
    // Not all messages are of events.
    assert!(
        heard < 900 && heard + dropped >= 900,
        "{heard} and {dropped}"
    );
    let now = line(&mut reader).unwrap();
    let info = place.json(&["info", "game", "--json"]);
    assert_eq!(
        now["message"]["status"]["events"],
        info["events"].to_string()
    );
    assert_eq!(holder.end().0, Some(0));
    let last = std::iter::from_fn(|| line(&mut reader)).last().unwrap();
    assert_eq!(last["closing"], true);
}
