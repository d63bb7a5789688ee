//! A server apart from any project, which can be hurt.

use std::net::TcpStream;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use wissil_nats::{HostOptions, NatsServer, Reach, find_server};
use wissil_session::api::{ServerLogin, ServerSettings};

use crate::world::until;

/// What everybody signs in with.
pub const TOKEN: &str = "s3cret";

/// A server and its disk. It always comes back at the same port.
pub struct TestServer {
    runtime: Runtime,
    folder: TempDir,
    running: Option<NatsServer>,
    pub port: u16,
}

impl TestServer {
    pub fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path(), None);
        let running = runtime.block_on(NatsServer::start(options)).unwrap();
        Self {
            runtime,
            folder,
            port: running.port(),
            running: Some(running),
        }
    }

    /// Stops it as an administrator does.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        drop(self.running.take());
        until("the killed server is gone", || {
            TcpStream::connect(("127.0.0.1", self.port)).is_err()
        });
    }

    /// `kill -9`, and its disk is empty afterwards.
    pub fn wipe(&mut self) {
        self.kill();
        let store = self.folder.path().join("store");
        // It may have been emptied already and not run since.
        if store.exists() {
            std::fs::remove_dir_all(store).unwrap();
        }
    }

    /// Starts it again, if it does not run.
    pub fn resume(&mut self) {
        while self.running.is_none() {
            let options = options(self.folder.path(), Some(self.port));
            let server = self.runtime.block_on(NatsServer::start(options)).unwrap();
            if server.port() == self.port {
                self.running = Some(server);
            } else {
                // The killed one has not let go of its port yet.
                self.runtime.block_on(server.stop());
            }
        }
    }

    /// Changes one bit in the middle of each of these things that it keeps; the server is stopped for it.
    pub fn flip(&mut self, kept: &[&[u8]]) {
        self.stop();
        let mut flipped = 0;
        for file in blocks(&self.folder.path().join("store")) {
            let mut bytes = std::fs::read(&file).unwrap();
            for kept in kept {
                let mut places = bytes.windows(kept.len());
                if let Some(place) = places.position(|bytes| bytes == *kept) {
                    bytes[place + kept.len() / 2] ^= 1;
                    flipped += 1;
                }
            }
            std::fs::write(&file, bytes).unwrap();
        }
        assert_eq!(flipped, kept.len());
        self.resume();
    }

    /// A copy of its disk as it is now; the server is stopped for it.
    pub fn backup(&mut self) -> TempDir {
        self.stop();
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&self.folder.path().join("store"), copy.path());
        self.resume();
        copy
    }

    /// `kill -9`, and its disk is what the copy holds afterwards.
    pub fn restore(&mut self, copy: &Path) {
        self.wipe();
        copy_folder(copy, &self.folder.path().join("store"));
    }

    /// How clients reach it at a port: its own, or that of something in between.
    pub fn settings(&self, port: u16) -> ServerSettings {
        ServerSettings {
            url: format!("nats://127.0.0.1:{port}"),
            login: ServerLogin::Token {
                token: TOKEN.into(),
            },
            certificate: None,
        }
    }
}

fn options(folder: &Path, port: Option<u16>) -> HostOptions {
    let tools = std::env::var_os("WISSIL_TOOLS").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tools"),
        PathBuf::from,
    );
    HostOptions {
        binary: find_server(&tools).unwrap(),
        folder: folder.to_owned(),
        reach: Reach::Machine,
        port,
        token: TOKEN.into(),
        server_name: "test-server".into(),
    }
}

/// The files in which streams keep their messages.
fn blocks(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(blocks(&path));
        } else if path.extension().is_some_and(|ending| ending == "blk") {
            files.push(path);
        }
    }
    files
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
