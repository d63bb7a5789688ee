//! A server of one's own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wissil_nats::{NatsError, NatsServer};

use crate::support::{BINARY, Host, TOKEN, options, soon, state};

#[tokio::test]
async fn a_hosted_server_starts_answers_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = NatsServer::start(options(&folder, None)).await.unwrap();
    assert!(server.is_running());
    assert!(server.process_id().is_some());
    assert_eq!(server.url(), format!("nats://127.0.0.1:{}", server.port()));
    assert!(!server.log(100).is_empty());
    assert!(!format!("{server:?} {:?}", server.log(1000)).contains(TOKEN));
    let address = ("127.0.0.1", server.port());
    server.stop().await;
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn only_this_person_can_read_its_token() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("nats-server.conf");
    std::fs::write(&config, "").unwrap();
    let server = NatsServer::start(options(&folder, None)).await.unwrap();
    let mode = config.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(std::fs::read_to_string(config).unwrap().contains(TOKEN));
    server.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_replaced_by_a_free_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let server = NatsServer::start(options(&folder, Some(port)))
        .await
        .unwrap();
    assert_ne!(server.port(), port);
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_was_ended_starts_again_at_its_port() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = NatsServer::start(options(&folder, None)).await.unwrap();
    let (process, port) = (server.process_id().unwrap(), server.port());
    server.start_again().await.unwrap();
    assert_eq!(server.process_id(), Some(process), "it runs");
    let mut kill = Command::new("kill");
    let killed = kill.args(["-9", &process.to_string()]).status();
    assert!(killed.unwrap().success());
    soon("its end", async {
        while server.is_running() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.start_again().await.unwrap();
    assert!(server.is_running());
    assert_ne!(server.process_id(), Some(process));
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    server.stop().await;
}

#[tokio::test]
async fn one_folder_hosts_one_server() {
    let host = Host::start().await;
    let second = NatsServer::start(options(&host.folder, None)).await;
    let problem = second.unwrap_err();
    assert!(matches!(problem, NatsError::Hosting(_)), "{problem}");
    assert!(problem.to_string().contains("already hosts"));
}

#[tokio::test]
async fn a_server_left_by_a_killed_program_is_ended_first() {
    let folder = tempfile::tempdir().unwrap();
    let server = NatsServer::start(options(&folder, None)).await.unwrap();
    server.stop().await;
    // As a killed program leaves them: one runs, one has only begun to.
    let config = folder.path().join("nats-server.conf");
    let mut running = left(&BINARY, &config);
    let log = folder.path().join("nats-server.log");
    let started = async {
        while !std::fs::read_to_string(&log)
            .unwrap()
            .contains(&format!("[{}] ", running.id().unwrap()))
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon("the left server's start", started).await;
    let mut beginning = left(&BINARY, &config);
    // Somebody who reads the configuration is no server.
    let mut reader = Command::new("tail").arg("-f").arg(&config).spawn().unwrap();

    let server = NatsServer::start(options(&folder, None)).await.unwrap();
    soon("the end of one that ran", running.wait())
        .await
        .unwrap();
    soon("the end of one that began", beginning.wait())
        .await
        .unwrap();
    assert!(reader.try_wait().unwrap().is_none());
    reader.kill().unwrap();
    reader.wait().unwrap();
    server.stop().await;
}

/// A server whose host is gone.
fn left(binary: &Path, config: &Path) -> tokio::process::Child {
    tokio::process::Command::new(binary)
        .arg("--config")
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("store"), "no folder").unwrap();
    let problem = NatsServer::start(options(&folder, None)).await.unwrap_err();
    assert!(problem.to_string().contains("not a directory"), "{problem}");
    let mut bad = options(&folder, None);
    bad.token = "$2a$11$".to_owned();
    assert!(NatsServer::start(bad).await.is_err());
    let mut bad = options(&folder, None);
    bad.binary = "/nowhere/nats-server".into();
    let problem = NatsServer::start(bad).await.unwrap_err();
    assert!(problem.to_string().contains("/nowhere"), "{problem}");
}

#[tokio::test]
async fn a_killed_server_is_seen() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let process = host.server().process_id().unwrap();
    let killed = Command::new(&*BINARY)
        .args(["--signal", &format!("stop={process}")])
        .status();
    assert!(killed.unwrap().success());
    state(&connection, |state| {
        matches!(state, wissil_nats::ConnectionState::Disconnected { .. })
    })
    .await;
    let gone = async {
        while host.server().is_running() {
            tokio::task::yield_now().await;
        }
    };
    soon("the end", gone).await;
}
