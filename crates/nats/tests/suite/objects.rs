//! Files through the server.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use base64::Engine as _;
use wissil_dag::{Cid, cid_of};
use wissil_nats::{Connection, NatsError, Objects};

use crate::support::{Host, connected, session, soon};

const RAW: u64 = 0x55;

fn nothing(_: u64, _: u64) {}

/// A file whose parts all differ.
fn file(folder: &Path, bytes: usize) -> (PathBuf, Cid, Vec<u8>) {
    let content: Vec<u8> = (0..bytes)
        .map(|at| (at % 251 + at / 65_536) as u8)
        .collect();
    let path = folder.join("file.bin");
    std::fs::write(&path, &content).unwrap();
    let cid = cid_of(RAW, &content);
    (path, cid, content)
}

/// A file of which no part is like another, or like one of another file.
fn noise(folder: &Path, mut seed: u64, bytes: usize) -> (PathBuf, Cid, Vec<u8>) {
    let path = folder.join(format!("noise-{seed}"));
    let noise = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 56) as u8
    });
    let content: Vec<u8> = noise.take(bytes).collect();
    std::fs::write(&path, &content).unwrap();
    let cid = cid_of(RAW, &content);
    (path, cid, content)
}

async fn objects(connection: &Connection) -> Objects {
    Objects::open(connection, &session()).await.unwrap()
}

#[tokio::test]
async fn files_of_any_size_come_back_as_they_were() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    let folder = tempfile::tempdir().unwrap();
    const PART: usize = 8 * 1024 * 1024;
    for bytes in [0, 1, 100_000, PART, PART + 1, 2 * PART, 2 * PART + 12_345] {
        let (path, cid, content) = file(folder.path(), bytes);
        let to = folder.path().join("back.bin");
        assert!(!objects.has(&cid).await.unwrap());
        assert!(!objects.get_file(&cid, None, &to, &nothing).await.unwrap());
        objects.put_file(&cid, &path, &nothing).await.unwrap();
        assert!(objects.has(&cid).await.unwrap());
        let steps = Mutex::new(Vec::new());
        let progress = |there, total| steps.lock().unwrap().push((there, total));
        let size = Some(bytes as u64);
        assert!(objects.get_file(&cid, size, &to, &progress).await.unwrap());
        assert!(std::fs::read(&to).unwrap() == content, "{bytes} bytes");
        let steps = steps.into_inner().unwrap();
        assert!(steps.is_sorted());
        assert_eq!(steps.last(), Some(&(bytes as u64, bytes as u64)));
        assert!(!folder.path().join("back.bin.download").exists());
    }
}

#[tokio::test]
async fn reading_many_files_leaves_no_readers_on_the_server() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    let folder = tempfile::tempdir().unwrap();
    let (path, cid, content) = file(folder.path(), 3_000_000);
    objects.put_file(&cid, &path, &nothing).await.unwrap();
    // More than a server keeps readers of one stream.
    for number in 0..1100_u32 {
        let name = format!("{number}");
        let bytes = number.to_be_bytes().to_vec();
        objects.put_named(&name, bytes.clone()).await.unwrap();
        let got = objects.get_named(&name, 10).await.unwrap();
        assert_eq!(got, Some(bytes));
    }
    let to = folder.path().join("back.bin");
    assert!(objects.get_file(&cid, None, &to, &nothing).await.unwrap());
    assert!(std::fs::read(&to).unwrap() == content);
    let jetstream = async_nats::jetstream::new(host.client().await);
    let stream = jetstream.get_stream("OBJ_wissil-session-1").await.unwrap();
    assert_eq!(stream.cached_info().state.consumer_count, 0);
}

#[tokio::test]
async fn too_many_readers_are_no_damage_and_others_wait_for_them() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    objects.put_named("heads", vec![7; 10]).await.unwrap();
    let jetstream = async_nats::jetstream::new(host.client().await);
    let stream = jetstream.get_stream("OBJ_wissil-session-1").await.unwrap();
    let mut config = stream.cached_info().config.clone();
    config.max_consumers = 1;
    jetstream.update_stream(config).await.unwrap();
    let reader = async_nats::jetstream::consumer::pull::Config {
        name: Some("somebody".to_owned()),
        ..Default::default()
    };
    stream.create_consumer(reader).await.unwrap();
    // No reader is needed for what is there.
    let got = objects.get_named("heads", 10).await.unwrap();
    assert_eq!(got, Some(vec![7; 10]));
    // One is needed to look at everything.
    let held = HashSet::new();
    let looking = objects.drop_damaged(&held, "stock");
    let leaving = async {
        tokio::task::yield_now().await;
        stream.delete_consumer("somebody").await.unwrap();
    };
    let (dropped, ()) = soon("looking", async { tokio::join!(looking, leaving) }).await;
    assert_eq!(dropped.unwrap(), []);
}

#[tokio::test]
async fn an_interrupted_transfer_goes_on_after_its_last_whole_part() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    let folder = tempfile::tempdir().unwrap();
    const PART: usize = 8 * 1024 * 1024;
    let (path, cid, content) = file(folder.path(), 2 * PART + 10);
    objects.put_file(&cid, &path, &nothing).await.unwrap();
    let to = folder.path().join("back.bin");
    std::fs::write(
        folder.path().join("back.bin.download"),
        &content[..PART + 5],
    )
    .unwrap();
    let first = Mutex::new(None);
    let progress = |there, _| {
        first.lock().unwrap().get_or_insert(there);
    };
    assert!(objects.get_file(&cid, None, &to, &progress).await.unwrap());
    assert_eq!(first.into_inner().unwrap(), Some(PART as u64));
    assert!(std::fs::read(&to).unwrap() == content);
}

#[tokio::test]
async fn what_is_not_what_it_is_called_is_refused() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    let folder = tempfile::tempdir().unwrap();
    let (path, cid, _) = file(folder.path(), 5000);
    let other = cid_of(RAW, b"something else");
    let problem = objects.put_file(&other, &path, &nothing).await;
    assert!(matches!(problem, Err(NatsError::File { .. })));
    assert!(!objects.has(&other).await.unwrap());

    // Somebody else's client puts there what it likes.
    let client = host.client().await;
    let jetstream = async_nats::jetstream::new(client);
    let bucket = jetstream
        .get_object_store("wissil-session-1")
        .await
        .unwrap();
    let name = cid.to_string();
    bucket
        .put(name.as_str(), &mut b"lies".as_slice())
        .await
        .unwrap();
    let to = folder.path().join("back.bin");
    let got = objects.get_file(&cid, None, &to, &nothing).await;
    assert!(matches!(got, Err(NatsError::Damaged { .. })), "{got:?}");
    let got = objects.get_file(&cid, Some(5000), &to, &nothing).await;
    assert!(matches!(got, Err(NatsError::Damaged { .. })), "{got:?}");
    assert!(!to.exists());
    assert!(!folder.path().join("back.bin.download").exists());

    // A chunk gets lost: reading it does not hang.
    bucket
        .put(name.as_str(), &mut vec![7; 300_000].as_slice())
        .await
        .unwrap();
    let info = bucket.info(name.as_str()).await.unwrap();
    let stream = jetstream.get_stream("OBJ_wissil-session-1").await.unwrap();
    let chunks = format!("$O.wissil-session-1.C.{}", info.nuid);
    stream.purge().filter(chunks).await.unwrap();
    let got = soon("an answer", objects.get_file(&cid, None, &to, &nothing)).await;
    assert!(matches!(got, Err(NatsError::Damaged { .. })), "{got:?}");
}

#[tokio::test]
async fn a_named_object_is_always_one_that_was_put_there() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    assert_eq!(objects.get_named("heads", 10).await.unwrap(), None);
    let content = |version: u8| vec![version; 2_500_000];
    objects.put_named("heads", content(0)).await.unwrap();
    let writing = tokio::spawn({
        let objects = objects.clone();
        async move {
            for version in 1..8 {
                objects.put_named("heads", content(version)).await.unwrap();
            }
        }
    });
    while !writing.is_finished() {
        let got = objects
            .get_named("heads", 3_000_000)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(got.len(), 2_500_000);
        assert!(got.iter().all(|&byte| byte == got[0]));
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn what_anybody_put_under_a_name_keeps_nobody_from_going_on() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let objects = objects(&connection).await;
    objects.put_named("heads", vec![1; 1001]).await.unwrap();
    assert_eq!(objects.get_named("heads", 1000).await.unwrap(), None);
    // What describes an object is no description.
    let client = host.client().await;
    let subject = format!(
        "$O.wissil-session-1.M.{}",
        base64::engine::general_purpose::URL_SAFE.encode("named/heads")
    );
    let no_chunks = |nuid: &str| {
        format!(
            r#"{{"name":"named/heads","bucket":"wissil-session-1","nuid":"{nuid}","size":10,"chunks":1,"mtime":"2026-01-01T00:00:00Z"}}"#
        )
    };
    let bad = [
        "{}".to_owned(),
        r#"{"name":"named/heads","mtime":""}"#.to_owned(),
        "?".to_owned(),
        no_chunks("a b..>"),
        no_chunks("gone"),
    ];
    for bad in bad {
        let put = async_nats::jetstream::new(client.clone())
            .publish(subject.clone(), bad.clone().into())
            .await
            .unwrap();
        put.await.unwrap();
        assert_eq!(
            objects.get_named("heads", 1000).await.unwrap(),
            None,
            "{bad}"
        );
    }
    objects.put_named("heads", vec![2; 10]).await.unwrap();
    let got = objects.get_named("heads", 1000).await.unwrap();
    assert_eq!(got, Some(vec![2; 10]));
}

#[tokio::test]
async fn a_damaged_file_is_taken_away_and_put_there_anew() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let files = objects(&connection).await;
    let folder = tempfile::tempdir().unwrap();
    const PART: usize = 8 * 1024 * 1024;
    let small = noise(folder.path(), 1, 100_000);
    let sound = noise(folder.path(), 2, 3_000_000);
    let large = noise(folder.path(), 3, 2 * PART + 10);
    let lies = noise(folder.path(), 4, 5000);
    for (path, cid, _) in [&small, &sound, &large] {
        files.put_file(cid, path, &nothing).await.unwrap();
    }
    host.flip(&small.2[1000..2000]).await;
    host.flip(&large.2[PART + 2_000_000..PART + 2_001_000])
        .await;
    connected(&connection).await;
    let client = host.client().await;
    let jetstream = async_nats::jetstream::new(client);
    let bucket = jetstream
        .get_object_store("wissil-session-1")
        .await
        .unwrap();
    let name = lies.1.to_string();
    bucket
        .put(name.as_str(), &mut b"lies".as_slice())
        .await
        .unwrap();

    let to = folder.path().join("back.bin");
    let damaged = [&small, &large, &lies];
    for (_, cid, _) in [&small, &lies] {
        let got = files.get_file(cid, None, &to, &nothing).await;
        assert!(matches!(got, Err(NatsError::Damaged { .. })), "{got:?}");
    }
    let held: HashSet<Cid> = [&small, &sound, &large, &lies]
        .iter()
        .map(|file| file.1)
        .collect();
    let dropped = soon("looking", files.drop_damaged(&held, "stock"));
    let mut dropped = dropped.await.unwrap();
    dropped.sort();
    let mut expected = damaged.map(|file| file.1);
    expected.sort();
    assert_eq!(dropped, expected);
    for (path, cid, content) in [&small, &sound, &large, &lies] {
        files.put_file(cid, path, &nothing).await.unwrap();
        let _ = std::fs::remove_file(&to);
        assert!(files.get_file(cid, None, &to, &nothing).await.unwrap());
        assert!(std::fs::read(&to).unwrap() == *content);
    }
    let dropped = soon("looking", files.drop_damaged(&held, "stock"));
    assert_eq!(dropped.await.unwrap(), []);
}
