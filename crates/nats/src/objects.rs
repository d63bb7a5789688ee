//! Files of a session on the server: a bucket per session, files named by their CID.
//!
//! A file up to 8 MiB is one object. A larger one is parts `<cid>.<n>` of that size, and last an empty object `<cid>`
//! that says how many there are; so both directions go on after the last whole part. What anybody else put there is
//! believed only when it hashes to its name.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt;
use std::io::{Cursor, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::header;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::object_store::{
    Config, InfoErrorKind, ObjectInfo, ObjectMetadata, ObjectStore,
};
use async_nats::jetstream::stream::StorageType;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::time;
use wissil_dag::{Cid, SessionId};

use crate::streams::{look, stream_state};
use crate::subjects::bucket_name;
use crate::{Connection, EDIT_STREAMS, NatsError};

/// The length of a part.
const PART_BYTES: u64 = 8 * 1024 * 1024;

/// The length of a message of an object; the default is an eighth, and slower.
const CHUNK_BYTES: usize = 1000 * 1024;

/// How many chunks are asked for at once: a part of our own and more.
const CHUNKS_AT_ONCE: usize = 16;

/// How long the next chunk may take.
const STALL: Duration = Duration::from_secs(10);

/// How often an object is read: it may be overwritten meanwhile, and a member of a cluster may be a little behind.
const READS: usize = 5;

/// How long such a member is given.
const BETWEEN_READS: Duration = Duration::from_millis(100);

/// What the last object of a large file says in its metadata.
const SIZE: &str = "size";

/// The files of one session.
#[derive(Clone)]
pub struct Objects {
    connection: Connection,
    bucket: String,
    store: ObjectStore,
    /// Whether several members of a cluster have them.
    is_copied: bool,
}

/// How far a transfer is: bytes there, bytes in all.
pub type Progress<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

impl Objects {
    /// Opens a session's files; the first to do so makes the bucket, with as many copies as the streams have.
    ///
    /// # Errors
    /// When the server cannot be asked or does not allow it.
    pub async fn open(connection: &Connection, session: &SessionId) -> Result<Self, NatsError> {
        let bucket = bucket_name(session);
        let action = || format!("opening the files {bucket}");
        let jetstream = connection.jetstream();
        let (store, replicas) = match look(connection, &format!("OBJ_{bucket}")).await {
            Ok(info) => {
                let store = jetstream.get_object_store(&bucket);
                let store = connection.while_connected(store).await?;
                let store = store.map_err(|cause| NatsError::from_client(action(), cause))?;
                (store, info.config.num_replicas)
            }
            Err(error) if error.answer_code() == Some(ErrorCode::STREAM_NOT_FOUND) => {
                let replicas = stream_state(connection, EDIT_STREAMS[0]).await?.replicas;
                let store = jetstream.create_object_store(Config {
                    bucket: bucket.clone(),
                    description: Some(format!("Files of the session {session}")),
                    storage: StorageType::File,
                    num_replicas: replicas,
                    max_bytes: -1,
                    ..Config::default()
                });
                let store = connection.while_connected(store).await?;
                let store = store.map_err(|cause| NatsError::from_client(action(), cause))?;
                (store, replicas)
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            connection: connection.clone(),
            bucket,
            store,
            is_copied: replicas > 1,
        })
    }

    /// Puts a file there. Parts that are there already are not sent again.
    ///
    /// # Errors
    /// When the file cannot be read or is not what the CID names, or the server cannot take it.
    pub async fn put_file(
        &self,
        cid: &Cid,
        path: &Path,
        progress: &Progress<'_>,
    ) -> Result<(), NatsError> {
        if self.has(cid).await? {
            return Ok(());
        }
        let unreadable = || NatsError::file(path);
        let mut file = File::open(path).await.map_err(unreadable())?;
        let size = file.metadata().await.map_err(unreadable())?.len();
        let mut hash = Sha256::new();
        let mut sent = 0;
        progress(sent, size);
        for number in 0.. {
            let mut part = Vec::new();
            let mut rest = (&mut file).take(PART_BYTES);
            rest.read_to_end(&mut part).await.map_err(unreadable())?;
            if part.is_empty() && number > 0 {
                break;
            }
            hash.update(&part);
            sent += part.len() as u64;
            let is_last = sent >= size || (part.len() as u64) < PART_BYTES;
            if number == 0 && is_last {
                // One object is the whole file; it must not get the name of something else.
                check(cid, hash, path)?;
                self.put(&cid.to_string(), None, part).await?;
                progress(sent, size);
                return Ok(());
            }
            let name = part_name(cid, number);
            let kept = self.info(&name).await?;
            if kept.is_none_or(|kept| !is_content(&kept, &part)) {
                self.put(&name, None, part).await?;
            }
            progress(sent, size);
            if is_last {
                break;
            }
        }
        check(cid, hash, path)?;
        self.put(&cid.to_string(), Some(sent), Vec::new()).await
    }

    /// Gets a file: into `<to>.download` beside it, and under its name only when it is whole and what the CID names. A
    /// download that was interrupted goes on. False when the server does not have the file. `size` is how long it is to
    /// be, where that is known.
    ///
    /// # Errors
    /// When the file cannot be written, the server cannot be asked, or what it holds is something else.
    pub async fn get_file(
        &self,
        cid: &Cid,
        size: Option<u64>,
        to: &Path,
        progress: &Progress<'_>,
    ) -> Result<bool, NatsError> {
        let Some(info) = self.info(&cid.to_string()).await? else {
            return Ok(false);
        };
        let total = match info.metadata.get(SIZE) {
            None => info.size as u64,
            Some(text) => text
                .parse()
                .map_err(|_| damaged(cid, "its size is no number"))?,
        };
        if size.is_some_and(|size| size != total) {
            return Err(damaged(cid, format!("it is {total} bytes long")));
        }
        let is_one = !info.metadata.contains_key(SIZE);
        if is_one && total > PART_BYTES {
            return Err(damaged(cid, "it is too long to be one object"));
        }
        let download = download_path(to);
        let unwritable = || NatsError::file(&download);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&download)
            .await
            .map_err(unwritable())?;
        let kept = file.metadata().await.map_err(unwritable())?.len();
        // Of an interrupted download the whole parts are good, or the hash will tell.
        let mut there = kept.min(total) / PART_BYTES * PART_BYTES;
        file.set_len(there).await.map_err(unwritable())?;
        file.seek(SeekFrom::Start(there))
            .await
            .map_err(unwritable())?;
        progress(there, total);
        while there < total {
            let length = (total - there).min(PART_BYTES);
            let name = if is_one {
                cid.to_string()
            } else {
                part_name(cid, there / PART_BYTES)
            };
            let part = self.get(&name, length).await?;
            let part = part.ok_or_else(|| damaged(&name, "it is missing"))?;
            if part.len() as u64 != length {
                return Err(damaged(&name, format!("it is {} bytes long", part.len())));
            }
            file.write_all(&part).await.map_err(unwritable())?;
            there += part.len() as u64;
            progress(there, total);
        }
        file.sync_all().await.map_err(unwritable())?;
        drop(file);
        if let Err(error) = check_file(cid, &download).await {
            // Nothing of it is known to be good.
            let _ = fs::remove_file(&download).await;
            return Err(error);
        }
        fs::rename(&download, to)
            .await
            .map_err(NatsError::file(to))?;
        sync_folder(to).await.map_err(NatsError::file(to))?;
        Ok(true)
    }

    /// Whether the server has a file, the last of its parts included.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn has(&self, cid: &Cid) -> Result<bool, NatsError> {
        Ok(self.info(&cid.to_string()).await?.is_some())
    }

    /// All files that the server has, the last of their parts included: one answer, however many there are.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn list(&self) -> Result<HashSet<Cid>, NatsError> {
        let question = format!("STREAM.INFO.OBJ_{}", self.bucket);
        let prefix = format!("$O.{}.M.", self.bucket);
        let mut files = HashSet::new();
        let mut offset = 0;
        loop {
            let asked = json!({ "subjects_filter": format!("{prefix}>"), "offset": offset });
            let action = format!("listing the files of {}", self.bucket);
            let page: Page = self
                .connection
                .ask(question.clone(), &asked, action)
                .await?;
            let names = page.state.subjects.unwrap_or_default();
            offset += names.len();
            for subject in names.keys() {
                let name = subject.strip_prefix(&prefix);
                let name = name.and_then(|name| URL_SAFE.decode(name).ok());
                let name = name.and_then(|name| String::from_utf8(name).ok());
                // Parts and named objects have other names.
                files.extend(name.and_then(|name| name.parse::<Cid>().ok()));
            }
            if names.is_empty() || offset >= page.total {
                return Ok(files);
            }
        }
    }

    /// Puts something there under a name, in place of what was there.
    ///
    /// # Errors
    /// When the server cannot take it.
    pub async fn put_named(&self, name: &str, bytes: Vec<u8>) -> Result<(), NatsError> {
        self.put(&named(name), None, bytes).await
    }

    /// Gets what is there under a name. Read again when it is overwritten meanwhile. Anybody may have put anything there:
    /// what is longer than `limit` bytes, damaged, or no object is as if nothing were there.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn get_named(&self, name: &str, limit: usize) -> Result<Option<Vec<u8>>, NatsError> {
        match self.get(&named(name), limit as u64).await {
            Err(NatsError::TooLarge { .. } | NatsError::Damaged { .. }) => Ok(None),
            got => got,
        }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The stream that is the bucket.
    pub(crate) fn stream(&self) -> String {
        format!("OBJ_{}", self.bucket)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    async fn info(&self, name: &str) -> Result<Option<ObjectInfo>, NatsError> {
        let info = self.store.info(name);
        match self.connection.while_connected(info).await? {
            Ok(info) if info.deleted => Ok(None),
            Ok(info) => Ok(Some(info)),
            Err(cause) => match cause.kind() {
                InfoErrorKind::NotFound => Ok(None),
                // What describes the object is no description.
                InfoErrorKind::Other if is_malformed(&cause) => Err(damaged(name, cause)),
                _ => Err(self.failed("looking for", name, cause)),
            },
        }
    }

    async fn put(&self, name: &str, size: Option<u64>, bytes: Vec<u8>) -> Result<(), NatsError> {
        let metadata = size.map(|size| (SIZE.to_owned(), size.to_string()));
        let meta = ObjectMetadata {
            name: name.to_owned(),
            chunk_size: Some(CHUNK_BYTES),
            metadata: HashMap::from_iter(metadata),
            ..ObjectMetadata::default()
        };
        let mut bytes = Cursor::new(bytes);
        let put = self.store.put(meta, &mut bytes);
        let put = self.connection.while_connected(put).await?;
        put.map_err(|cause| self.failed("sending", name, cause))?;
        Ok(())
    }

    /// An object as a whole.
    async fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, NatsError> {
        let mut read = 1;
        let mut found = self.info(name).await?;
        loop {
            let Some(info) = found else { return Ok(None) };
            let error = match self.read(&info, limit).await {
                Err(error @ NatsError::Damaged { .. }) if read < READS => error,
                answer => return answer.map(Some),
            };
            // Whoever overwrites an object removes its old chunks, also from under a reader.
            found = self.info(name).await?;
            if found.as_ref().is_some_and(|now| now.nuid == info.nuid) {
                if !self.is_copied {
                    return Err(error);
                }
                time::sleep(BETWEEN_READS).await;
            }
            read += 1;
        }
    }

    /// What an object holds. The server is asked for its chunks themselves, so it keeps no place for a reader.
    async fn read(&self, info: &ObjectInfo, limit: u64) -> Result<Vec<u8>, NatsError> {
        let name = &info.name;
        let size = info.size as u64;
        if size > limit {
            return Err(NatsError::TooLarge {
                what: name.clone(),
                size,
                limit,
            });
        }
        let mut bytes = Vec::new();
        let mut next = 1;
        while (bytes.len() as u64) < size {
            let before = bytes.len();
            next = self.read_chunks(info, next, &mut bytes).await?;
            if bytes.len() as u64 > size {
                return Err(damaged(name, "it is longer than it says"));
            }
            if bytes.len() == before {
                return Err(damaged(name, "a part of it is missing"));
            }
        }
        if is_content(info, &bytes) {
            Ok(bytes)
        } else {
            Err(damaged(name, "its content is something else"))
        }
    }

    /// Appends the next chunks of an object, from a message of the stream on; from which on to go on.
    async fn read_chunks(
        &self,
        info: &ObjectInfo,
        from: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<u64, NatsError> {
        let action = || format!("getting {} from {}", info.name, self.bucket);
        let subject = format!("$JS.API.DIRECT.GET.{}", self.stream());
        let question = json!({
            "seq": from,
            "next_by_subj": format!("$O.{}.C.{}", self.bucket, info.nuid),
            "batch": CHUNKS_AT_ONCE,
        });
        let client = self.connection.client();
        let inbox = client.new_inbox();
        let reading = async {
            let failed =
                |cause: Box<dyn Error + Send + Sync>| NatsError::from_client(action(), cause);
            let answers = client.subscribe(inbox.clone()).await;
            let mut answers = answers.map_err(|cause| failed(Box::from(cause)))?;
            let question = question.to_string().into();
            let asked = client.publish_with_reply(subject.clone(), inbox, question);
            asked.await.map_err(|cause| failed(Box::from(cause)))?;
            let mut next = from;
            loop {
                let Ok(Some(answer)) = time::timeout(STALL, answers.next()).await else {
                    return Err(NatsError::TimedOut { action: action() });
                };
                match answer.status.map(|status| status.as_u16()) {
                    None => {}
                    // The end of what was asked for; nothing more is there.
                    Some(204 | 404) => return Ok(next),
                    Some(503) => return Err(NatsError::NobodyAnswers { action: action() }),
                    // What describes the object names no chunks that could be asked for.
                    Some(status) => {
                        let words = answer.description.unwrap_or_default();
                        return Err(damaged(&info.name, format!("{status} {words}")));
                    }
                }
                let headers = answer.headers.as_ref();
                let place = headers.and_then(|headers| headers.get_last(header::NATS_SEQUENCE));
                let Some(place) = place.and_then(|place| place.as_str().parse::<u64>().ok()) else {
                    let problem = "a chunk does not say which it is".to_owned();
                    return Err(NatsError::Malformed {
                        subject: subject.clone(),
                        problem,
                    });
                };
                next = place.saturating_add(1);
                bytes.extend_from_slice(&answer.payload);
                if bytes.len() > info.size {
                    return Ok(next);
                }
            }
        };
        self.connection.while_allowed(&subject, reading).await?
    }

    fn failed(
        &self,
        verb: &str,
        name: &str,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> NatsError {
        NatsError::from_client(format!("{verb} {name} in {}", self.bucket), cause)
    }
}

/// Names of objects, as the server lists them with the state of the stream that holds them.
#[derive(Deserialize)]
struct Page {
    state: Names,
    /// How many there are in all.
    #[serde(default)]
    total: usize,
}

#[derive(Deserialize)]
struct Names {
    subjects: Option<HashMap<String, u64>>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({})", self.bucket)
    }
}

pub(crate) fn part_name(cid: &Cid, number: u64) -> String {
    format!("{cid}.{number}")
}

/// How many parts a file has; none when one object is all of it.
pub(crate) fn parts_of(info: &ObjectInfo) -> Option<u64> {
    let size: u64 = info.metadata.get(SIZE)?.parse().ok()?;
    Some(size.div_ceil(PART_BYTES))
}

/// How an object says that it is what a CID names.
pub(crate) fn digest_of(cid: &Cid) -> Option<String> {
    let is_sha256 = cid.hash().code() == SHA2_256;
    is_sha256.then(|| format!("SHA-256={}", URL_SAFE.encode(cid.hash().digest())))
}

/// Names are apart from CIDs.
fn named(name: &str) -> String {
    format!("named/{name}")
}

fn download_path(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".download");
    to.with_file_name(name)
}

/// Whether the server's object is these bytes, as far as it says.
fn is_content(info: &ObjectInfo, bytes: &[u8]) -> bool {
    let digest = format!("SHA-256={}", URL_SAFE.encode(Sha256::digest(bytes)));
    info.size == bytes.len() && info.digest.as_deref() == Some(&digest)
}

/// Checks a file that is about to be named on the server.
fn check(cid: &Cid, hash: Sha256, path: &Path) -> Result<(), NatsError> {
    if is_named_by(cid, hash) {
        return Ok(());
    }
    let cause = std::io::Error::other(format!("its content is not {cid}"));
    Err(NatsError::file(path)(cause))
}

async fn check_file(cid: &Cid, path: &Path) -> Result<(), NatsError> {
    let unreadable = || NatsError::file(path);
    let mut file = File::open(path).await.map_err(unreadable())?;
    let mut hash = Sha256::new();
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut bytes).await.map_err(unreadable())? {
            0 => break,
            read => hash.update(&bytes[..read]),
        }
    }
    if is_named_by(cid, hash) {
        Ok(())
    } else {
        Err(damaged(cid, "its content is something else"))
    }
}

/// The multicodec number of sha2-256, the only hash of our CIDs.
const SHA2_256: u64 = 0x12;

fn is_named_by(cid: &Cid, hash: Sha256) -> bool {
    cid.hash().code() == SHA2_256 && cid.hash().digest() == hash.finalize().as_slice()
}

/// Whether the server answered with something that cannot be read. The client library says so in words only.
fn is_malformed(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.any(|cause| cause.to_string().contains("failed to decode info payload"))
}

fn damaged(what: impl fmt::Display, problem: impl fmt::Display) -> NatsError {
    NatsError::Damaged {
        what: what.to_string(),
        problem: problem.to_string(),
    }
}

/// A renamed file is there after a power loss only when its folder is synced too.
async fn sync_folder(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder).await?.sync_all().await?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
