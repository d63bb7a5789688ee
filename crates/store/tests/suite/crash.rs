//! A process that is killed at any moment has kept all that it said it kept.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wissil_dag::{Cid, Codec};
use wissil_store::{FileObjects, SqliteStore, verify};
use wissil_sync::contract::sample::{Writer, head, heads, log, over, session, user};
use wissil_sync::{Checkpoint, EventStore, Intake, ObjectStore, UndoChange};

use crate::house::Random;

const PROJECT: &str = "WISSIL_CRASH_PROJECT";
const SEED: &str = "WISSIL_CRASH_SEED";

/// Not a test of its own: the process that is killed. It prints what is kept, after it is kept.
#[test]
fn victim() {
    let Some(project) = std::env::var_os(PROJECT) else {
        return;
    };
    let seed: u8 = std::env::var(SEED).unwrap().parse().unwrap();
    let project = Path::new(&project);
    let mut store = SqliteStore::open(project).unwrap();
    let mut objects = FileObjects::open(project).unwrap();
    let mut writer = Writer::new(seed);
    let mut random = Random::new(u64::from(seed));
    let say = |kind: &str, cid: Cid| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{kind} {cid}").unwrap();
        out.flush().unwrap();
    };
    for round in 0_u64.. {
        let log = log(["door", "hall"][random.below(2)]);
        let mut seen = heads(&store, &log).unwrap();
        let mut events = Vec::new();
        for _ in 0..1 + random.below(4) {
            let new = writer.event(&log, &seen).unwrap();
            seen = vec![head(&new)];
            events.push(new);
        }
        let mut commit = over(&store, &log, events.clone()).unwrap();
        commit.undo = Some(UndoChange::Push {
            user: user("ada"),
            label: format!("Step {round}"),
        });
        if random.below(2) == 0 {
            // Begun by a thread of its own, and made whole.
            let part = Intake {
                commits: vec![commit],
                ..Intake::default()
            };
            store.begin(Arc::new(part)).unwrap();
            store.take_in(Intake::default()).unwrap();
        } else {
            store.commit(commit).unwrap();
        }
        for new in &events {
            say("event", new.signed.cid);
        }
        if random.below(4) == 0 {
            let object = objects
                .put(Codec::RAW, &vec![seed; random.below(50_000)])
                .unwrap();
            say("object", object);
        }
        if random.below(3) == 0 {
            let oldest = store.outbox(0, 1 + random.below(3)).unwrap();
            let cids: Vec<_> = oldest.iter().map(|event| event.signed.cid).collect();
            store.acknowledge(&cids).unwrap();
            cids.into_iter().for_each(|cid| say("sent", cid));
        }
        if random.below(5) == 0 {
            let position = store.log(&log).unwrap().unwrap().length;
            let state = vec![seed; 20_000];
            store
                .put_checkpoint(&log, &Checkpoint { position, state })
                .unwrap();
        }
    }
}

#[test]
fn nothing_that_was_kept_is_lost_when_the_process_is_killed() {
    let project = TempDir::new().unwrap();
    drop(SqliteStore::create(project.path(), &session()).unwrap());
    let mut random = Random::new(7);
    let (mut events, mut objects, mut sent) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 1..=8_u8 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["crash::victim", "--exact", "--nocapture"])
            .env(PROJECT, project.path())
            .env(SEED, seed.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let mut take = |line: String| {
            let Some((kind, cid)) = line.split_once(' ') else {
                return false;
            };
            let Ok(cid) = Cid::try_from(cid) else {
                return false;
            };
            match kind {
                "event" => events.push(cid),
                "object" => objects.push(cid),
                "sent" => sent.push(cid),
                _ => return false,
            }
            true
        };
        // Killed at a random moment after it began to write.
        while !take(lines.next().unwrap().unwrap()) {}
        std::thread::sleep(Duration::from_micros(random.below(250_000) as u64));
        victim.kill().unwrap();
        victim.wait().unwrap();
        for line in lines {
            take(line.unwrap());
        }

        let store = SqliteStore::open(project.path()).unwrap();
        let files = FileObjects::open(project.path()).unwrap();
        for cid in &events {
            let stored = store.event(cid).unwrap();
            let stored = stored.unwrap_or_else(|| panic!("{cid} is lost (round {seed})"));
            assert!(!stored.in_outbox || !sent.contains(cid), "{cid} came back");
        }
        for cid in &objects {
            assert!(files.get(cid).unwrap().is_some(), "object {cid} is lost");
        }
        let report = verify(project.path()).unwrap();
        assert_eq!(report.damages, [], "round {seed}");
    }
    assert!(events.len() > 50, "only {} events", events.len());
}
