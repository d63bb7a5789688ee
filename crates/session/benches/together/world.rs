//! People with installations of their own, and servers.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use wissil_nats::{
    Connection, ConnectionState as Answer, HostOptions, Login, NatsServer, Reach, Server, Topology,
    find_server, prepare,
};
use wissil_session::api::{ConnectionState, ServerLogin, ServerSettings};
use wissil_session::{App, Session};

use crate::scene;

/// How long anything may take before the benchmark gives up.
pub const PATIENCE: Duration = Duration::from_secs(3600);

pub const TOKEN: &str = "bench";

/// Where the plain side runs: as many threads as the sessions' own network has.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let tools = std::env::var_os("WISSIL_TOOLS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("tools"),
        PathBuf::from,
    );
    find_server(&tools).unwrap()
});

/// An installation with a place for projects.
pub struct Person {
    folder: TempDir,
    pub app: App,
}

impl Person {
    pub fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("home")).unwrap();
        app.set_person(name, "#5bc8ff").unwrap();
        Self { folder, app }
    }

    pub fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub fn create(&self) -> Session {
        self.app.create("Castle", &self.project()).unwrap()
    }

    /// Joins by a link; the connection is made when [`Session::reconnect`] is called.
    pub fn join(&self, link: &str) -> Session {
        self.app
            .join(link, &self.project(), Box::new(|_| ()))
            .unwrap()
    }
}

/// A server with a store of its own.
pub struct Host {
    server: Option<NatsServer>,
    port: u16,
    _folder: TempDir,
}

impl Host {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = HostOptions {
            binary: BINARY.clone(),
            folder: folder.path().join("server"),
            reach: Reach::Machine,
            port: None,
            token: TOKEN.into(),
            server_name: "bench".into(),
        };
        let server = RUNTIME.block_on(NatsServer::start(options)).unwrap();
        Self {
            port: server.port(),
            server: Some(server),
            _folder: folder,
        }
    }

    pub fn settings(&self) -> ServerSettings {
        ServerSettings {
            url: format!("nats://127.0.0.1:{}", self.port),
            login: ServerLogin::Token {
                token: TOKEN.into(),
            },
            certificate: None,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn process(&self) -> u32 {
        self.server.as_ref().unwrap().process_id().unwrap()
    }

    /// A connection that is there, with the streams prepared.
    pub async fn connection(&self) -> Connection {
        let server = Server {
            url: format!("nats://127.0.0.1:{}", self.port),
            login: Login::Token {
                token: TOKEN.into(),
            },
            certificate: None,
        };
        let connection = Connection::open(&server, "bench").await.unwrap();
        let mut state = connection.state();
        state
            .wait_for(|state| matches!(state, Answer::Connected { .. }))
            .await
            .unwrap();
        prepare(&connection, Topology::Single).await.unwrap();
        connection
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            RUNTIME.block_on(server.stop());
        }
    }
}

/// How many join at the same time.
const AT_ONCE: usize = 8;

/// One session of all, with a scene that has something in it: the first of them made it, the others joined. The scene, and
/// the project of each.
pub fn gathered(people: &[Person], host: &Host) -> (String, Vec<Session>) {
    let castle = people[0].create();
    let scene = scene::scene(&castle);
    scene::fill(&castle, &scene);
    castle.connect(host.settings()).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    let mut sessions = vec![castle];
    for together in people[1..].chunks(AT_ONCE) {
        sessions.extend(std::thread::scope(|scope| {
            let joining: Vec<_> = together
                .iter()
                .map(|person| {
                    scope.spawn(|| {
                        let session = person.join(&link);
                        session.reconnect().unwrap();
                        until_online(&session);
                        session
                    })
                })
                .collect();
            let joined = joining.into_iter().map(|joining| joining.join().unwrap());
            joined.collect::<Vec<Session>>()
        }));
    }
    (scene, sessions)
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until a session is online, has sent everything and fetched everything.
#[track_caller]
pub fn until_online(session: &Session) {
    until("a session is online", || {
        let connection = session.status().unwrap().connection;
        connection.state == ConnectionState::Online && connection.waiting == "0"
    });
}

/// How many events a session holds.
pub fn events(session: &Session) -> u64 {
    session.status().unwrap().events.parse().unwrap()
}
