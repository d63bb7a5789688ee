//! One window per project: whoever opens a project that is open already brings that window to the front.
//!
//! The process that has it open listens on a port of this machine that nobody else reaches. Port and a secret stand in
//! a file of the installation, which only its owner can read.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::api::ApiError;
use crate::home::{Home, random};

/// Letters of the secret.
const SECRET: usize = 32;
/// How long the other side may take.
const ANSWER: Duration = Duration::from_secs(2);
const HEARD: &[u8] = b"heard";

/// What is called when somebody rings.
pub type RingListener = Box<dyn Fn() + Send>;

/// A listening project; it stops listening when dropped.
pub(crate) struct Doorbell {
    file: PathBuf,
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Doorbell {
    /// Listens for a project in a folder.
    pub(crate) fn hang(
        home: &Home,
        folder: &Path,
        listener: RingListener,
    ) -> Result<Self, ApiError> {
        let file = home.doorbell_path(folder);
        let failed = |error: std::io::Error| ApiError::io("opened", &file, &error);
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let secret = random::<{ SECRET / 2 }>()?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        crate::home::write_private(&file, format!("{}\n{secret}", address.port()).as_bytes())?;
        let ended = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&ended);
        let thread = thread::Builder::new()
            .name("doorbell".into())
            .spawn(move || {
                for ring in socket.incoming() {
                    if ending.load(Ordering::Acquire) {
                        break;
                    }
                    if ring.is_ok_and(|ring| answer(ring, &secret)) {
                        listener();
                    }
                }
            })
            .map_err(failed)?;
        Ok(Self {
            file,
            address,
            ended,
            thread: Some(thread),
        })
    }
}

impl Drop for Doorbell {
    fn drop(&mut self) {
        // A file that stays behind names a port where nobody answers with the secret.
        let _ = fs::remove_file(&self.file);
        self.ended.store(true, Ordering::Release);
        // Wakes the thread, which then sees that it is over.
        let woken = TcpStream::connect_timeout(&self.address, ANSWER).is_ok();
        if let Some(thread) = self.thread.take()
            && woken
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// Whether whoever rings knows the secret.
fn answer(mut ring: TcpStream, secret: &str) -> bool {
    let mut said = [0; SECRET];
    let timed = ring.set_read_timeout(Some(ANSWER));
    timed.is_ok()
        && ring.read_exact(&mut said).is_ok()
        && said == secret.as_bytes()
        && ring.write_all(HEARD).is_ok()
}

/// Rings at the project in a folder; whether somebody who has it open heard.
pub(crate) fn ring(home: &Home, folder: &Path) -> bool {
    let ring = || -> Option<bool> {
        let text = fs::read_to_string(home.doorbell_path(folder)).ok()?;
        let (port, secret) = text.split_once('\n')?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?));
        let mut bell = TcpStream::connect_timeout(&address, ANSWER).ok()?;
        bell.set_read_timeout(Some(ANSWER)).ok()?;
        bell.write_all(secret.as_bytes()).ok()?;
        let mut heard = [0; HEARD.len()];
        bell.read_exact(&mut heard).ok()?;
        Some(heard == HEARD)
    };
    ring().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_ring_is_heard_until_the_project_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let project = folder.path().join("project");
        assert!(!ring(&home, &project));
        let (rings, heard) = mpsc::channel();
        let bell =
            Doorbell::hang(&home, &project, Box::new(move || rings.send(()).unwrap())).unwrap();
        assert!(ring(&home, &project));
        heard.recv_timeout(ANSWER).unwrap();
        assert!(!ring(&home, &folder.path().join("another")));
        // Somebody who only knows the port.
        let mut stranger = TcpStream::connect(bell.address).unwrap();
        stranger.write_all(&[b'x'; SECRET]).unwrap();
        drop(bell);
        assert!(!ring(&home, &project));
        assert!(heard.try_recv().is_err());
    }
}
