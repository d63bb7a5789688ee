//! Files of two projects of one session, with events and objects handed over by hand.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use wissil_dag::Cid;
use wissil_sync::{Arrival, EventStore as _, ObjectStore as _};

use super::transfer::NamedObject;
use crate::api::{AssetInfo, AssetState, SessionMessage};
use crate::app::App;
use crate::session::Session;
use crate::transfer::ExportFormat;

/// How long a condition may take to come true.
const DEADLINE: Duration = Duration::from_secs(60);

struct Person {
    app: App,
    folder: PathBuf,
    session: Session,
}

/// Two people with a project of one session each.
fn two(root: &Path) -> (Person, Person) {
    let (ada, bob) = (root.join("ada"), root.join("bob"));
    let app = App::new(root.join("ada's home")).unwrap();
    let session = app.create("Game", &ada).unwrap();
    let car = root.join("game.car");
    session.export(ExportFormat::Car, &car).unwrap();
    let ada = Person {
        app,
        folder: ada,
        session,
    };
    let app = App::new(root.join("bob's home")).unwrap();
    let session = app.import(&car, &bob).unwrap();
    let bob = Person {
        app,
        folder: bob,
        session,
    };
    wait("both folders", || {
        ada.assets().is_dir() && bob.assets().is_dir()
    });
    (ada, bob)
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "waited in vain for {what}");
        park_timeout(Duration::from_millis(10));
    }
}

impl Person {
    /// Closes the project and opens it again.
    fn reopened(self) -> Self {
        let Self {
            app,
            folder,
            session,
        } = self;
        drop(session);
        Self {
            session: app.open(&folder).unwrap(),
            app,
            folder,
        }
    }

    fn assets(&self) -> PathBuf {
        self.folder.join("assets")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::write(self.assets().join(path), content.as_ref()).unwrap();
        let length = content.as_ref().len() as f64;
        wait("the file to be in the history", || {
            self.asset(path).is_some_and(|asset| asset.size == length)
        });
    }

    fn asset(&self, path: &str) -> Option<AssetInfo> {
        let assets = self.session.assets().unwrap();
        assets.into_iter().find(|asset| asset.path == path)
    }

    fn reads(&self, path: &str, content: &str) {
        wait(&format!("{path} to be {content:?}"), || {
            fs::read(self.assets().join(path)).is_ok_and(|found| found == content.as_bytes())
        });
    }

    fn misses(&self, path: &str) {
        wait(&format!("{path} to go"), || {
            !self.assets().join(path).exists()
        });
    }

    /// Hands over all events.
    fn tell(&self, other: &Person) {
        let events = self.session.ask(|actor| {
            let mut stored = actor.project.engine.store().history(None, 10_000, None)?;
            stored.reverse();
            Ok(stored.into_iter().map(|stored| stored.signed).collect())
        });
        let (arrivals, refused) = Arrival::read_all(events.unwrap());
        assert!(refused.is_empty());
        let told = other.session.ask(|actor| {
            let arrived = actor.project.engine.ingest_many(arrivals)?;
            assert_eq!(arrived.quarantined, []);
            for folded in arrived.folded {
                actor.note_files(&folded.delta);
            }
            Ok(())
        });
        told.unwrap();
    }

    fn wanted(&self) -> Vec<NamedObject> {
        let named = self.session.ask(|actor| actor.named_objects());
        named.unwrap().wanted
    }

    fn holds(&self, object: &str) -> bool {
        let object: Cid = object.parse().unwrap();
        let held = self
            .session
            .ask(move |actor| Ok(actor.project.objects.get(&object)?.is_some()));
        held.unwrap()
    }

    /// Fetches everything that is wanted.
    fn fetch(&self, other: &Person) {
        for object in self.wanted() {
            self.fetch_one(other, object.cid);
        }
        assert_eq!(self.wanted(), []);
    }

    fn fetch_one(&self, other: &Person, cid: Cid) {
        let bytes = other.session.ask(move |actor| {
            assert!(
                actor
                    .named_objects()?
                    .held
                    .iter()
                    .any(|held| held.cid == cid)
            );
            Ok(actor.project.objects.get(&cid)?)
        });
        let bytes = bytes.unwrap().unwrap();
        let kept = self.session.ask(move |actor| {
            actor.project.objects.put(cid.codec(), &bytes)?;
            actor.object_arrived(&named(cid));
            Ok(())
        });
        kept.unwrap();
    }
}

fn named(cid: Cid) -> NamedObject {
    NamedObject {
        cid,
        size: None,
        is_thumbnail: false,
    }
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(300, 300, |x, y| {
        image::Rgb([x as u8, y as u8, (x * y) as u8])
    });
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn files_come_small_pictures_first() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    let called = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&called);
    let listening = bob.session.ask(move |actor| {
        actor.assets.set_transfer(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        Ok(())
    });
    listening.unwrap();
    ada.write("hero.png", picture());
    ada.write("a.txt", "one");
    ada.tell(&bob);
    assert!(called.load(Ordering::Relaxed) > 0);
    let wanted = bob.wanted();
    assert_eq!(wanted.len(), 3);
    assert!(wanted[0].is_thumbnail);
    assert_eq!(wanted[1].size, Some(3));
    let hero = bob.asset("hero.png").unwrap();
    assert_eq!((hero.state, hero.thumbnail), (AssetState::Awaited, None));

    bob.fetch_one(&ada, wanted[0].cid);
    let small = bob.asset("hero.png").unwrap().thumbnail.unwrap();
    assert_eq!(small, wanted[0].cid.to_string());
    assert!(
        bob.session
            .object(&small)
            .unwrap()
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let cid = wanted[2].cid;
    let on_the_way = bob.session.ask(move |actor| {
        actor.object_progress(&cid, 7);
        Ok(())
    });
    on_the_way.unwrap();
    let hero = bob.asset("hero.png").unwrap();
    assert_eq!((hero.state, hero.done), (AssetState::Fetching, Some(7.0)));
    bob.fetch(&ada);
    let hero = bob.asset("hero.png").unwrap();
    assert_eq!((hero.state, hero.done), (AssetState::Here, None));
    bob.reads("a.txt", "one");
    wait("the picture", || {
        fs::read(bob.assets().join("hero.png")).is_ok_and(|found| found == picture())
    });

    let sending = ada.session.ask(move |actor| {
        actor.object_progress(&cid, 7);
        Ok(())
    });
    sending.unwrap();
    assert_eq!(ada.asset("hero.png").unwrap().state, AssetState::Sending);
    let sent = ada.session.ask(move |actor| {
        actor.object_stopped(&cid);
        Ok(())
    });
    sent.unwrap();
    assert_eq!(ada.asset("hero.png").unwrap().state, AssetState::Here);
}

#[test]
fn one_file_on_its_way_tells_of_that_file_only() {
    let root = tempfile::tempdir().unwrap();
    let (ada, _bob) = two(root.path());
    ada.write("a.txt", "one");
    ada.write("b.txt", "three");
    wait("the folder to rest", || {
        let rests = ada.session.ask(|actor| Ok(!actor.assets.standing().1));
        rests.unwrap()
    });
    let (told, heard) = std::sync::mpsc::channel();
    let listener = Box::new(move |message| drop(told.send(message)));
    ada.session.subscribe(listener).unwrap();
    let object = ada.asset("a.txt").unwrap().object;
    let cid: Cid = object.parse().unwrap();
    let travelled = ada.session.ask(move |actor| {
        actor.object_progress(&cid, 1);
        actor.object_progress(&cid, 1);
        actor.object_progress(&cid, 3);
        // The way is cut.
        actor.objects_stopped();
        Ok(())
    });
    travelled.unwrap();
    let travels = |state, done| SessionMessage::AssetTravels {
        object: object.clone(),
        state,
        done,
    };
    let all = [
        travels(AssetState::Sending, Some(1.0)),
        travels(AssetState::Sending, Some(3.0)),
        travels(AssetState::Here, None),
    ];
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), all);
}

#[test]
fn the_folder_rests_only_when_it_was_read_and_written() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    let rests = |person: &Person| {
        let standing = person.session.ask(|actor| Ok(actor.assets.standing()));
        !standing.unwrap().1
    };
    for number in 0..20 {
        fs::write(ada.assets().join(format!("{number}")), format!("{number}")).unwrap();
    }
    // A project that is opened has not looked at its folder yet.
    let ada = ada.reopened();
    wait("Ada's folder to be read", || rests(&ada));
    assert_eq!(ada.session.assets().unwrap().len(), 20);
    ada.tell(&bob);
    bob.fetch(&ada);
    wait("Bob's folder to be written", || rests(&bob));
    assert_eq!(fs::read_dir(bob.assets()).unwrap().count(), 20);
}

#[test]
fn what_one_does_happens_in_the_folder_of_the_other() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    ada.write("a.txt", "one");
    ada.write("b.txt", "three");
    ada.tell(&bob);
    bob.fetch(&ada);
    bob.reads("a.txt", "one");
    bob.reads("b.txt", "three");

    ada.write("a.txt", "four");
    ada.tell(&bob);
    // The old content stays until the new one is here.
    assert_eq!(fs::read(bob.assets().join("a.txt")).unwrap(), b"one");
    bob.fetch(&ada);
    bob.reads("a.txt", "four");

    let id = ada.asset("a.txt").unwrap().id;
    ada.session.rename_asset(&id, "texts/a.txt").unwrap();
    let id = ada.asset("b.txt").unwrap().id;
    ada.session.delete_asset(&id).unwrap();
    ada.tell(&bob);
    bob.reads("texts/a.txt", "four");
    bob.misses("a.txt");
    bob.misses("b.txt");
    ada.misses("b.txt");

    // Closed and opened again both are as they were, and nothing was written that is news.
    let events = |person: &Person| person.session.status().unwrap().events;
    let before = events(&bob);
    let bob = bob.reopened();
    bob.write("mark", "mark");
    assert_eq!(
        events(&bob).parse::<u64>().unwrap(),
        before.parse::<u64>().unwrap() + 1
    );
}

#[test]
fn apart_both_change_a_file_and_both_contents_are_kept() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    ada.write("a.txt", "one");
    ada.tell(&bob);
    bob.fetch(&ada);
    bob.reads("a.txt", "one");

    ada.write("a.txt", "Ada's");
    bob.write("a.txt", "the one of Bob");
    let (adas, bobs) = (
        ada.asset("a.txt").unwrap().object,
        bob.asset("a.txt").unwrap().object,
    );
    ada.tell(&bob);
    bob.tell(&ada);
    let wins = ada.asset("a.txt").unwrap().object;
    assert_eq!(bob.asset("a.txt").unwrap().object, wins);
    assert!(wins == adas || wins == bobs);
    ada.fetch(&bob);
    bob.fetch(&ada);
    let content = if wins == adas {
        "Ada's"
    } else {
        "the one of Bob"
    };
    ada.reads("a.txt", content);
    bob.reads("a.txt", content);
    assert!(ada.holds(&adas) && bob.holds(&bobs));
}

#[test]
fn apart_both_add_a_file_and_the_older_has_the_name() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    ada.write("a.txt", "Ada's");
    bob.write("a.txt", "the one of Bob");
    ada.tell(&bob);
    bob.tell(&ada);
    ada.fetch(&bob);
    bob.fetch(&ada);
    let assets = ada.session.assets().unwrap();
    assert_eq!(assets.len(), 2);
    let oldest = assets.iter().map(|asset| &asset.id).min().unwrap();
    let adas = assets
        .iter()
        .any(|asset| asset.id == *oldest && asset.size == 5.0);
    let content = if adas { "Ada's" } else { "the one of Bob" };
    ada.reads("a.txt", content);
    bob.reads("a.txt", content);
    for person in [&ada, &bob] {
        let problems = person.session.problems().unwrap();
        assert!(
            problems
                .iter()
                .any(|problem| problem.message.contains("Two files"))
        );
    }
    // Renamed, the other one is there, too.
    let newest = assets.iter().map(|asset| &asset.id).max().unwrap();
    bob.session.rename_asset(newest, "b.txt").unwrap();
    bob.tell(&ada);
    let other = if adas { "the one of Bob" } else { "Ada's" };
    ada.reads("b.txt", other);
    bob.reads("b.txt", other);
    assert_eq!(ada.session.problems().unwrap(), []);
}

#[test]
fn apart_one_adds_a_file_and_the_other_a_folder_and_the_older_has_the_name() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    ada.write("x", "Ada's");
    fs::create_dir(bob.assets().join("x")).unwrap();
    bob.write("x/in.txt", "the one of Bob");
    ada.tell(&bob);
    bob.tell(&ada);
    ada.fetch(&bob);
    bob.fetch(&ada);
    let mut assets = ada.session.assets().unwrap();
    assets.sort_by(|a, b| a.id.cmp(&b.id));
    let content = |asset: &AssetInfo| match asset.path.as_str() {
        "x" => "Ada's",
        _ => "the one of Bob",
    };
    let [older, newer] = assets.as_slice() else {
        panic!("{assets:?}");
    };
    for person in [&ada, &bob] {
        person.reads(&older.path, content(older));
        wait("the folder to rest", || {
            let standing = person.session.ask(|actor| Ok(actor.assets.standing()));
            !standing.unwrap().1
        });
        let problems = person.session.problems().unwrap();
        let said = problems.iter().find(|it| it.message.contains("folder"));
        assert_eq!(said.unwrap().id.as_deref(), Some(newer.id.as_str()));
    }
    // Renamed, the other one is there, too.
    bob.session.rename_asset(&newer.id, "y").unwrap();
    bob.tell(&ada);
    for person in [&ada, &bob] {
        person.reads("y", content(newer));
        person.reads(&older.path, content(older));
        assert_eq!(person.session.problems().unwrap(), []);
    }
}

#[test]
fn a_damaged_object_is_not_put_in_place_and_is_wanted_again() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    ada.write("a.txt", "one");
    ada.tell(&bob);
    let cid = bob.wanted()[0].cid;
    let damaged = bob.session.ask(move |actor| {
        let path = actor.project.objects.path_of(&cid);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "two").unwrap();
        actor.object_arrived(&named(cid));
        Ok(())
    });
    damaged.unwrap();
    wait("it to be wanted", || bob.wanted().len() == 1);
    assert!(!bob.assets().join("a.txt").exists());
    bob.fetch(&ada);
    bob.reads("a.txt", "one");
}

#[test]
fn closed_in_the_middle_nothing_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let (ada, bob) = two(root.path());
    for file in 0..200 {
        fs::write(ada.assets().join(format!("{file}")), format!("{file}")).unwrap();
    }
    // Closed again as soon as the first files are there.
    let ada = ada.reopened();
    wait("some files", || !ada.session.assets().unwrap().is_empty());
    let ada = ada.reopened();
    wait("all files", || ada.session.assets().unwrap().len() == 200);
    ada.tell(&bob);
    bob.fetch(&ada);
    let bob = bob.reopened();
    for file in 0..200 {
        bob.reads(&file.to_string(), &file.to_string());
    }
    bob.write("mark", "mark");
    assert_eq!(bob.session.assets().unwrap().len(), 201);
    let report = bob.session.verify().unwrap();
    assert!(report.sound, "{:?}", report.damages);
}
