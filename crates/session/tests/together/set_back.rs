//! Machines that are set back to an earlier state, projects and installation together, as snapshots of virtual machines are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use wissil_session::Session;
use wissil_session::api::{SessionMessage, SetAside};
use wissil_session::{Change, Value};
use wissil_store::SqliteStore;
use wissil_sync::{EventStore, QuarantinedEvent, StoredEvent};

use crate::server::TestServer;
use crate::world::{Person, add_node, contents, graph, nodes, until, until_online};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    files(folder)
}

/// A copy of all that a person has.
fn snapshot(person: &Person) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let root = person.folder("");
    for file in files(&root) {
        let to = copy.path().join(file.strip_prefix(&root).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&file, to).unwrap();
    }
    copy
}

/// Puts all of it back, in the same files.
fn set_back(person: &Person, copy: &TempDir) {
    let root = person.folder("");
    for file in files(&root) {
        if !copy.path().join(file.strip_prefix(&root).unwrap()).exists() {
            fs::remove_file(file).unwrap();
        }
    }
    for file in files(copy.path()) {
        let to = root.join(file.strip_prefix(copy.path()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, fs::read(file).unwrap()).unwrap();
    }
}

fn until_same(one: &Session, other: &Session) {
    until("both have the same", || {
        one.status().unwrap().events == other.status().unwrap().events
            && contents(one) == contents(other)
    });
}

fn label(session: &Session, node: &str, text: &str) {
    let set = Change::set("nodes", node, [("label", Value::text(text))]);
    session
        .edit(&graph(session), "node.set", vec![set])
        .unwrap();
}

fn label_of(session: &Session, node: &str) -> Option<String> {
    let nodes = nodes(session);
    Some(nodes.get(node)?.get("label")?.as_str()?.to_owned())
}

/// Everything that is told of having been set back.
type Told = Arc<Mutex<Vec<(String, Option<SetAside>)>>>;

fn listen(session: &Session) -> Told {
    let told = Told::default();
    let heard = Arc::clone(&told);
    let listener = move |message| {
        if let SessionMessage::SetBack { notice, set_aside } = message {
            heard.lock().unwrap().push((notice, set_aside));
        }
    };
    session.subscribe(Box::new(listener)).unwrap();
    told
}

#[test]
fn a_machine_that_was_set_back_ends_equal_to_the_others_and_makes_its_work_again() {
    let server = TestServer::start();
    let [ann, ben, dora] = ["Ann", "Ben", "Dora"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    let first = add_node(&castle, 0.0);
    until_online(&castle);
    let bens = ben.join(&link);
    until_online(&bens);
    drop(castle);
    let yesterday = snapshot(&ann);

    let castle = ann.reopen("castle");
    let replica = castle.info().unwrap().replica;
    let today: Vec<String> = (0..5).map(|x| add_node(&castle, f64::from(x))).collect();
    label(&castle, &first, "Ann\u{2019}s of today");
    until_online(&castle);
    until_same(&castle, &bens);
    label(&bens, &today[0], "Ben\u{2019}s");
    until_online(&bens);
    until_same(&castle, &bens);
    drop(castle);

    set_back(&ann, &yesterday);
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    assert_eq!(castle.info().unwrap().replica, replica);
    assert_eq!(castle.info().unwrap().notices, Vec::<String>::new());
    let made = [add_node(&castle, 7.0), add_node(&castle, 8.0)];
    label(&castle, &made[1], "made while set back");
    let told = listen(&castle);
    let views: Arc<Mutex<Vec<String>>> = Arc::default();
    let gone = Arc::clone(&views);
    let opened = castle.open_document(
        &graph(&castle),
        Box::new(move |delta| {
            let removed = delta.removed.get("nodes").cloned().unwrap_or_default();
            gone.lock().unwrap().extend(removed);
        }),
    );
    opened.unwrap();
    castle.reconnect().unwrap();
    until("Ann is told", || !told.lock().unwrap().is_empty());
    until_online(&castle);
    until_same(&castle, &bens);

    let info = castle.info().unwrap();
    assert_ne!(info.replica, replica);
    let set_aside = info.set_aside.unwrap();
    assert_eq!((set_aside.changes, set_aside.documents.len()), (3, 1));
    assert_eq!(set_aside.words.len(), 3);
    assert!(info.notices[0].contains("set back"), "{:?}", info.notices);
    let (notice, of) = told.lock().unwrap()[0].clone();
    assert_eq!((notice, of), (info.notices[0].clone(), Some(set_aside)));
    let here = nodes(&castle);
    assert!(today.iter().all(|id| here.contains_key(id)));
    assert!(made.iter().all(|id| !here.contains_key(id)));
    assert!(made.iter().all(|id| views.lock().unwrap().contains(id)));
    assert_eq!(
        label_of(&castle, &today[0]).as_deref(),
        Some("Ben\u{2019}s")
    );
    for session in [&castle, &bens] {
        assert!(session.verify().unwrap().sound, "{:?}", session.verify());
    }

    // It is still there to be decided after a restart, and edits are taken meanwhile.
    add_node(&castle, 9.0);
    drop(castle);
    let castle = ann.reopen("castle");
    assert_eq!(castle.info().unwrap().set_aside.unwrap().changes, 3);
    assert_eq!(castle.info().unwrap().notices, Vec::<String>::new());
    let again = castle.make_again().unwrap();
    assert_eq!((again.made, again.refused), (3, Vec::new()));
    assert_eq!(castle.info().unwrap().set_aside, None);
    until_online(&castle);
    until_same(&castle, &bens);
    assert_eq!(
        label_of(&bens, &made[1]).as_deref(),
        Some("made while set back")
    );
    castle.undo(&graph(&castle)).unwrap();
    until_same(&castle, &bens);
    let doras = dora.join(&link);
    until_online(&doras);
    until_same(&castle, &doras);
    let status = castle.status().unwrap();
    assert_eq!(status.pending, "0");
    drop(castle);
    let castle = ann.reopen("castle");
    assert_eq!(castle.info().unwrap().set_aside, None);
    assert!(castle.verify().unwrap().sound);
}

#[test]
fn who_comes_to_a_session_whose_manifest_was_contradicted_gets_all_of_it() {
    let [first, second] = [TestServer::start(), TestServer::start()];
    let [ann, ben, dora, eve] = ["Ann", "Ben", "Dora", "Eve"].map(Person::new);
    let castle = ann.create();
    castle.connect(first.settings(first.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    until_online(&castle);
    let bens = ben.join(&link);
    until_online(&bens);
    drop(castle);
    let yesterday = snapshot(&ann);
    let castle = ann.reopen("castle");
    castle.create_document("blueprint", "Today").unwrap();
    add_node(&castle, 1.0);
    until_online(&castle);
    until_same(&castle, &bens);
    drop(castle);

    // The server was set back as well: it gets what is made anew first, and what counts afterwards.
    set_back(&ann, &yesterday);
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    castle.create_document("blueprint", "Again").unwrap();
    let again = add_node(&castle, 7.0);
    castle.connect(second.settings(second.port)).unwrap();
    until_online(&castle);
    bens.connect(second.settings(second.port)).unwrap();
    until_online(&bens);
    until_same(&castle, &bens);
    let link = castle.share().unwrap().link.unwrap();
    let doras = dora.join(&link);
    until_online(&doras);
    until_same(&castle, &doras);
    castle.make_again().unwrap();
    until_same(&castle, &bens);
    until_same(&castle, &doras);
    let eves = eve.join(&link);
    until_online(&eves);
    until_same(&castle, &eves);
    assert!(nodes(&eves).contains_key(&again));
    let waiting = [&castle, &bens, &doras, &eves].map(|session| session.status().unwrap().pending);
    assert_eq!(waiting, ["0"; 4]);
}

/// Has a project refuse what others know in a place of its own chain, as versions did that left it at that.
fn split(project: &Path, others: &Path, replica: &str) {
    let mut ours = SqliteStore::open(project).unwrap();
    let theirs = SqliteStore::open(others).unwrap();
    let replica = replica.parse().unwrap();
    let chains = ours.chains().unwrap().into_iter();
    let mut refused = 0;
    for (log, _, end) in chains.filter(|(_, of, _)| *of == replica) {
        let mut second = None;
        let places = 1..end.seq + 1;
        let visit = &mut |event: StoredEvent| {
            let cid = event.signed.cid;
            if ours.place(&cid).unwrap().is_none() {
                second = Some(event.signed);
            }
            second.is_none()
        };
        theirs.chain_events(&log, &replica, places, visit).unwrap();
        if let Some(signed) = second {
            let reason = "another event has the same place in its chain".to_owned();
            let second = QuarantinedEvent { signed, reason };
            ours.freeze(&log, &replica, &second).unwrap();
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn a_project_that_was_split_before_is_mended_when_it_is_opened() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    until_online(&castle);
    drop(castle);
    let yesterday = snapshot(&ann);
    let castle = ann.reopen("castle");
    let replica = castle.info().unwrap().replica;
    let today: Vec<String> = (0..5).map(|x| add_node(&castle, f64::from(x))).collect();
    until_online(&castle);
    let bens = ben.join(&link);
    until_online(&bens);
    until_same(&castle, &bens);
    drop((castle, bens));
    set_back(&ann, &yesterday);
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let made = [add_node(&castle, 7.0), add_node(&castle, 8.0)];
    drop(castle);
    split(&ann.folder("castle"), &ben.folder("joined"), &replica);

    // Without a server: it is no secret that others have something else.
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let info = castle.info().unwrap();
    assert_ne!(info.replica, replica);
    assert!(info.notices[0].contains("set back"), "{:?}", info.notices);
    assert_eq!(info.set_aside.unwrap().changes, 2);
    let last = add_node(&castle, 9.0);
    castle.reconnect().unwrap();
    let bens = ben.reopen("joined");
    until_online(&castle);
    until_same(&castle, &bens);
    let here = nodes(&bens);
    assert!(today.iter().chain([&last]).all(|id| here.contains_key(id)));
    assert_eq!(castle.make_again().unwrap().made, 2);
    until_same(&castle, &bens);
    let here = nodes(&bens);
    assert!(made.iter().all(|id| here.contains_key(id)));
    for session in [&castle, &bens] {
        assert!(session.verify().unwrap().sound, "{:?}", session.verify());
    }
}

#[test]
fn a_machine_that_was_set_back_and_did_nothing_gets_everything_back() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    until_online(&castle);
    let bens = ben.join(&link);
    until_online(&bens);
    drop(castle);
    let yesterday = snapshot(&ann);
    let castle = ann.reopen("castle");
    let replica = castle.info().unwrap().replica;
    let today: Vec<String> = (0..5).map(|x| add_node(&castle, f64::from(x))).collect();
    until_online(&castle);
    drop(castle);
    set_back(&ann, &yesterday);
    let castle = ann.reopen("castle");
    until_online(&castle);
    until_same(&castle, &bens);
    let info = castle.info().unwrap();
    assert_ne!(info.replica, replica);
    assert_eq!(info.set_aside, None);
    assert!(info.notices[0].contains("came back"), "{:?}", info.notices);
    assert!(today.iter().all(|id| nodes(&castle).contains_key(id)));
    let more = add_node(&castle, 1.0);
    until("Ben has it", || nodes(&bens).contains_key(&more));
    until_same(&castle, &bens);
}

#[test]
fn what_was_sent_while_set_back_gives_way_once_others_come_with_theirs() {
    let mut server = TestServer::start();
    let [ann, ben, cleo, dora] = ["Ann", "Ben", "Cleo", "Dora"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    add_node(&castle, 0.0);
    until_online(&castle);
    let bens = ben.join(&link);
    until_online(&bens);
    drop(castle);
    let yesterday = snapshot(&ann);
    let castle = ann.reopen("castle");
    let today: Vec<String> = (0..5).map(|x| add_node(&castle, f64::from(x))).collect();
    until_online(&castle);
    until_same(&castle, &bens);
    drop((castle, bens));

    // The server forgets everything too, so nothing tells Ann before Ben comes.
    server.wipe();
    server.resume();
    set_back(&ann, &yesterday);
    let castle = ann.reopen("castle");
    let made = add_node(&castle, 7.0);
    until_online(&castle);
    // Cleo comes across it first, and builds on it.
    let cleos = cleo.join(&link);
    until("Cleo has it", || nodes(&cleos).contains_key(&made));
    label(&cleos, &made, "Cleo\u{2019}s");
    until_online(&cleos);
    let bens = ben.reopen("joined");
    let onto = add_node(&bens, 3.0);
    until("Ann has what she made before", || {
        let here = nodes(&castle);
        today.iter().chain([&onto]).all(|id| here.contains_key(id))
    });
    until_same(&castle, &bens);
    assert_eq!(castle.set_aside().unwrap().unwrap().changes, 1);
    assert!(!nodes(&castle).contains_key(&made));
    castle.leave_aside().unwrap();
    assert_eq!(castle.set_aside().unwrap(), None);
    let more = add_node(&castle, 1.0);
    until("Ben has it", || nodes(&bens).contains_key(&more));
    until_same(&castle, &bens);
    until_same(&castle, &cleos);
    assert_eq!(cleos.set_aside().unwrap().unwrap().changes, 1);
    let hers = add_node(&cleos, 2.0);
    until("Ben has Cleo\u{2019}s", || nodes(&bens).contains_key(&hers));
    until_same(&castle, &cleos);
    let doras = dora.join(&link);
    until_same(&castle, &doras);
    for session in [&castle, &bens, &cleos, &doras] {
        assert!(session.verify().unwrap().sound, "{:?}", session.verify());
    }
}

#[test]
fn what_others_made_counts_as_come_back_too() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    add_node(&castle, 0.0);
    until_online(&castle);
    drop(castle);
    let database = ann.folder("castle").join(".wissil/session.db");
    let yesterday = fs::read(&database).unwrap();

    // Ben has not been known before.
    let castle = ann.reopen("castle");
    let bens = ben.join(&link);
    add_node(&bens, 1.0);
    add_node(&castle, 2.0);
    until_online(&bens);
    until_online(&castle);
    until_same(&castle, &bens);
    drop(castle);

    // The project alone, not the installation.
    fs::write(&database, yesterday).unwrap();
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let is_missed = |session: &Session| {
        let report = session.verify().unwrap();
        let mut damages = report.damages.iter();
        damages.any(|damage| damage.problem.contains("saved here"))
    };
    assert!(is_missed(&castle));
    // What is made here since brings nothing back.
    for x in 3..9 {
        add_node(&castle, f64::from(x));
    }
    assert!(is_missed(&castle));
    castle.reconnect().unwrap();
    until_online(&castle);
    until_same(&castle, &bens);
    assert!(!is_missed(&castle), "{:?}", castle.verify());
    drop(castle);
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let problems = castle.problems().unwrap();
    let mut said = problems.iter().map(|problem| &problem.message);
    assert!(!said.any(|words| words.contains("saved here")));
}
