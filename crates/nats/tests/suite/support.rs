//! A real server in a temporary folder.

use std::future::Future;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time;
use wissil_dag::Cid;
use wissil_nats::{
    Connection, ConnectionState, HostOptions, Login, NatsServer, Outgoing, Reach, Server, Topology,
    find_server, prepare,
};

pub use crate::chain::{Chain, session};

/// How long anything may take before a test gives up.
pub const DEADLINE: Duration = Duration::from_secs(60);

pub const TOKEN: &str = "s3cret-token";

/// The program, found or fetched once.
pub static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let tools = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tools");
    find_server(&tools).unwrap()
});

/// Waits for something, but not for ever.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen"),
    }
}

/// A server and its folder.
pub struct Host {
    pub folder: TempDir,
    server: Option<NatsServer>,
    port: u16,
}

impl Host {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = NatsServer::start(options(&folder, None)).await.unwrap();
        Self {
            folder,
            port: server.port(),
            server: Some(server),
        }
    }

    pub fn server(&mut self) -> &mut NatsServer {
        self.server.as_mut().unwrap()
    }

    pub fn address(&self) -> Server {
        Server {
            url: format!("nats://127.0.0.1:{}", self.port),
            login: Login::Token {
                token: TOKEN.to_owned(),
            },
            certificate: None,
        }
    }

    /// A connection that is there, with the streams prepared.
    pub async fn connect(&self) -> Connection {
        let connection = Connection::open(&self.address(), "test").await.unwrap();
        connected(&connection).await;
        prepare(&connection, Topology::Single).await.unwrap();
        connection
    }

    /// A client of somebody else.
    pub async fn client(&self) -> async_nats::Client {
        let options = async_nats::ConnectOptions::with_token(TOKEN.to_owned());
        options.connect(self.address().url).await.unwrap()
    }

    /// Ends it without any warning.
    pub fn kill(&mut self) {
        drop(self.server.take());
    }

    /// Forgets everything it kept.
    pub fn wipe(&mut self) {
        self.kill();
        std::fs::remove_dir_all(self.folder.path().join("store")).unwrap();
    }

    /// Changes one bit in the middle of something that it keeps on its disk, which it is stopped for.
    pub async fn flip(&mut self, kept: &[u8]) {
        self.server.take().unwrap().stop().await;
        let mut folders = vec![self.folder.path().join("store")];
        let mut flipped = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "blk") {
                    let mut bytes = std::fs::read(&path).unwrap();
                    let mut places = bytes.windows(kept.len());
                    if let Some(place) = places.position(|bytes| bytes == kept) {
                        bytes[place + kept.len() / 2] ^= 1;
                        std::fs::write(&path, bytes).unwrap();
                        flipped += 1;
                    }
                }
            }
        }
        assert_eq!(flipped, 1);
        self.restart().await;
    }

    /// Starts it again at the same port.
    pub async fn restart(&mut self) {
        self.kill();
        let start = async {
            loop {
                let options = options(&self.folder, Some(self.port));
                let server = NatsServer::start(options).await.unwrap();
                if server.port() == self.port {
                    return server;
                }
                // The killed one has not let go of its port yet.
                server.stop().await;
            }
        };
        self.server = Some(soon("a restart", start).await);
    }
}

/// A server that is told other things than a hosted one.
pub struct PlainServer {
    pub port: u16,
    pub web_port: u16,
    process: Child,
    _folder: TempDir,
}

impl PlainServer {
    /// Starts one with more lines in its configuration, which get the port for web connections.
    pub async fn start(folder: TempDir, more: impl FnOnce(u16) -> String) -> Self {
        // Both are held until both are known.
        let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [port, web_port] = ports.map(|port| port.local_addr().unwrap().port());
        let store = folder.path().join("store");
        let more = more(web_port);
        let config = folder.path().join("plain.conf");
        let text = format!("port: {port}\njetstream {{ store_dir: {store:?} }}\n{more}\n");
        std::fs::write(&config, text).unwrap();
        let process = Command::new(&*BINARY)
            .arg("--config")
            .arg(config)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                tokio::task::yield_now().await;
            }
        };
        soon("the server's start", listening).await;
        Self {
            port,
            web_port,
            process,
            _folder: folder,
        }
    }
}

impl PlainServer {
    /// Sends its process a signal, as `STOP`.
    pub fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &process])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for PlainServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

pub fn options(folder: &TempDir, port: Option<u16>) -> HostOptions {
    HostOptions {
        binary: BINARY.clone(),
        folder: folder.path().to_owned(),
        reach: Reach::Machine,
        port,
        token: TOKEN.to_owned(),
        server_name: "test-server".to_owned(),
    }
}

/// Waits for a connection and gives its epoch.
pub async fn connected(connection: &Connection) -> u64 {
    let found = state(connection, |state| {
        matches!(state, ConnectionState::Connected { .. })
    });
    match found.await {
        ConnectionState::Connected { epoch } => epoch,
        other => unreachable!("{other:?}"),
    }
}

/// Waits for a state of the connection.
pub async fn state(
    connection: &Connection,
    is_wanted: impl Fn(&ConnectionState) -> bool,
) -> ConnectionState {
    let mut state = connection.state();
    let found = soon("a state of the connection", state.wait_for(is_wanted)).await;
    found.unwrap().clone()
}

pub fn cids(events: &[Outgoing]) -> Vec<Cid> {
    events.iter().map(|event| event.signed.cid).collect()
}
