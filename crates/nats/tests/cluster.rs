//! Everything that only a cluster does, on three nodes started from the files of `deploy/`.
#![allow(clippy::unwrap_used)]

#[path = "suite/chain.rs"]
mod chain;

use std::collections::HashSet;
use std::future::Future;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tokio::task::block_in_place;
use tokio::time;
use wissil_cluster::{ADMINISTRATOR, Cluster, Files, NODES, PASSWORD, PEOPLE, program};
use wissil_dag::{Cid, Event, ReplicaId, SessionId};
use wissil_model::DocumentKind;
use wissil_nats::{
    Authority, Connection, ConnectionState, Login, NatsError, Outgoing, PublishProblem, Publisher,
    Reader, Server, StreamState, Topology, edit_stream, prepare, stream_states,
};

use chain::Chain;

/// How long anything may take before a test gives up.
const DEADLINE: Duration = Duration::from_secs(60);

const KIND: DocumentKind = DocumentKind::SCENE;

#[test]
fn the_files_are_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::copy(folder.path()).unwrap();
    let environment = files.environment().unwrap();
    let check = |left_out: Option<&str>| {
        let kept = |(name, _): &&(String, String)| left_out != Some(name);
        let mut command = Command::new(program().unwrap());
        command.arg("-t").arg("-c").arg(files.configuration());
        command
            .env_clear()
            .envs(environment.iter().filter(kept).cloned());
        let output = command.output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), words)
    };
    // Certificates are loaded when a configuration is read; those of the example are on another machine.
    let (_, words) = check(None);
    assert!(
        words.contains("/etc/nats/certificates/nats-1.pem"),
        "{words}"
    );
    for (name, _) in &environment {
        let (passes, words) = check(Some(name));
        assert!(!passes && words.contains(name), "{name}: {words}");
    }
    // As it comes, the example of users is in order too, and lets nobody in.
    let users = wissil_cluster::deployed("users.conf.example");
    let mut command = Command::new(program().unwrap());
    let output = command.arg("-t").arg("-c").arg(users).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_keep_three_copies_for_whom_they_know() {
    let cluster = block_in_place(Cluster::start).unwrap();
    for node in 0..NODES {
        let report = block_in_place(|| cluster.report(node, "varz")).unwrap();
        assert_eq!(report["http_host"], "127.0.0.1");
        assert_eq!(report["jetstream"]["config"]["sync_always"], true);
    }
    let connection = connect(&server(&cluster, 0, ADMINISTRATOR)).await;
    let detail = connection.server().unwrap();
    assert_eq!(detail.cluster.as_deref(), Some("wissil"));
    assert_eq!(detail.max_payload, 1024 * 1024);
    // What keeps the history is the administrator's: people can neither reconfigure it nor have to.
    prepare_new(&connection, Topology::Single).await;
    let people = connect(&server(&cluster, 0, PEOPLE)).await;
    let refused = prepare(&people, Topology::Cluster).await.unwrap_err();
    assert!(matches!(refused, NatsError::Permission { .. }), "{refused}");
    people.close().await;
    let states = prepare_new(&connection, Topology::Cluster).await;
    assert!(states.iter().all(|state| state.replicas == 3), "{states:?}");
    // More copies than asked for stay.
    assert_eq!(
        prepare(&connection, Topology::Single).await.unwrap(),
        states
    );
    // Through every node, over TLS and through the web, it is the same and stays so.
    for node in 0..NODES {
        let over_tls = server(&cluster, node, PEOPLE);
        let through_the_web = Server {
            url: cluster.web_url(node),
            ..over_tls.clone()
        };
        for address in [over_tls, through_the_web] {
            let connection = connect(&address).await;
            let again = prepare(&connection, Topology::Cluster).await.unwrap();
            assert_eq!(again, states);
            connection.close().await;
        }
    }
    let known = server(&cluster, 0, PEOPLE);
    let wrong_password = Server {
        login: login(PEOPLE, "wrong"),
        ..known.clone()
    };
    let words = refusal(&wrong_password).await;
    assert!(words.contains("does not accept this login"), "{words}");
    for url in [cluster.url(0), cluster.web_url(0)] {
        for certificate in [None, Some(trusted(cluster.stranger()))] {
            let untrusted = Server {
                url: url.clone(),
                certificate,
                ..known.clone()
            };
            let words = refusal(&untrusted).await;
            assert!(words.contains("invalid peer certificate"), "{words}");
            assert!(!words.contains(PASSWORD), "{words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_killed_in_a_burst_loses_nothing_it_acknowledged() {
    let mut cluster = block_in_place(Cluster::start).unwrap();
    let stream = edit_stream(KIND).unwrap();
    let admin = connect(&server(&cluster, 0, ADMINISTRATOR)).await;
    prepare_new(&admin, Topology::Cluster).await;
    admin.close().await;
    let leader = block_in_place(|| cluster.leader(stream)).unwrap();
    // Who is connected to the leader itself loses the connection as well, and finds the other nodes.
    let connection = connect(&server(&cluster, leader, PEOPLE)).await;
    let mut chains = [Chain::new(1, KIND), Chain::new(2, KIND)];
    let events: Vec<_> = (0..20_000)
        .flat_map(|at| chains[at % 2].next(1, 200))
        .collect();
    let sending = tokio::spawn(publish_all(connection.clone(), events.clone()));
    let begun = async { while messages(&connection).await == 0 {} };
    soon("the first batch", begun).await;
    block_in_place(|| cluster.kill(leader)).unwrap();
    let interrupted = soon("the end of sending", sending).await.unwrap();
    assert!(interrupted, "the burst was over before the leader was");

    let new_leader = block_in_place(|| cluster.leader(stream)).unwrap();
    assert_ne!(new_leader, leader);
    // What was sent again because its answer was lost is there once.
    assert_eq!(messages(&connection).await, events.len() as u64);
    let received = read_all(&connection, &chains[0].session).await;
    for chain in &chains {
        let of = |replica: ReplicaId, cids: &[(ReplicaId, Cid)]| {
            let own = cids.iter().filter(move |(other, _)| *other == replica);
            own.map(|(_, cid)| *cid).collect::<Vec<_>>()
        };
        let sent: Vec<_> = events
            .iter()
            .map(|it| (replica(it), it.signed.cid))
            .collect();
        let expected = of(chain.replica(), &sent);
        assert_eq!(of(chain.replica(), &received), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lost_its_disk_catches_up() {
    let mut cluster = block_in_place(Cluster::start).unwrap();
    let stream = edit_stream(KIND).unwrap();
    let connection = connect(&server(&cluster, 0, ADMINISTRATOR)).await;
    prepare_new(&connection, Topology::Cluster).await;
    let mut chain = Chain::new(1, KIND);
    let first = chain.next(3000, 200);
    soon("the first half", publish_all(connection.clone(), first)).await;
    block_in_place(|| cluster.kill(2)).unwrap();
    block_in_place(|| cluster.wipe(2)).unwrap();
    let second = chain.next(3000, 200);
    soon("the second half", publish_all(connection.clone(), second)).await;
    block_in_place(|| cluster.restart(2)).unwrap();
    block_in_place(|| cluster.wait_for_messages(2, stream, 6000)).unwrap();
    connection.close().await;

    // With another one gone it is needed, and does its part.
    block_in_place(|| cluster.kill(0)).unwrap();
    let connection = connect(&server(&cluster, 2, PEOPLE)).await;
    let third = chain.next(10, 200);
    soon("two of three nodes", publish_all(connection.clone(), third)).await;
    let received = read_all(&connection, &chain.session).await;
    assert_eq!(received.len(), 6010);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_the_power_of_all_nodes() {
    let mut cluster = block_in_place(Cluster::start).unwrap();
    let admin = connect(&server(&cluster, 0, ADMINISTRATOR)).await;
    prepare_new(&admin, Topology::Cluster).await;
    admin.close().await;
    let connection = connect(&server(&cluster, 1, PEOPLE)).await;
    let mut chain = Chain::new(1, KIND);
    let mut events = Vec::new();
    // One by one, and in batches.
    for count in [1, 1, 1, 700, 1500] {
        let more = chain.next(count, 200);
        events.extend(more.iter().map(|event| event.signed.cid));
        soon("publishing", publish_all(connection.clone(), more)).await;
    }
    block_in_place(|| cluster.lose_power()).unwrap();
    connected(&connection).await;
    // The node that is read may still be taking over from the log what it has acknowledged.
    let reading = async {
        loop {
            let read = read_all(&connection, &chain.session).await;
            if read.len() >= events.len() {
                return read;
            }
        }
    };
    let read = soon("having all that was acknowledged", reading).await;
    let read: Vec<Cid> = read.into_iter().map(|(_, cid)| cid).collect();
    assert!(read == events, "{} of {}", read.len(), events.len());
}

fn login(user: &str, password: &str) -> Login {
    Login::Password {
        user: user.to_owned(),
        password: password.to_owned(),
    }
}

fn trusted(file: &Path) -> Authority {
    let file = file.to_owned();
    Authority::File { file }
}

fn server(cluster: &Cluster, node: usize, user: &str) -> Server {
    Server {
        url: cluster.url(node),
        login: login(user, PASSWORD),
        certificate: Some(trusted(cluster.authority())),
    }
}

/// Waits for something, but not for ever.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen"),
    }
}

async fn connect(server: &Server) -> Connection {
    let connection = Connection::open(server, "test").await.unwrap();
    connected(&connection).await;
    connection
}

/// Makes the streams of a cluster that has just started: its leader may not have heard of all nodes yet.
async fn prepare_new(connection: &Connection, topology: Topology) -> Vec<StreamState> {
    let preparing = async {
        loop {
            match prepare(connection, topology).await {
                Ok(states) => return states,
                Err(error) => assert!(error.to_string().contains("peer offline"), "{error}"),
            }
        }
    };
    soon("the streams", preparing).await
}

async fn connected(connection: &Connection) {
    let mut state = connection.state();
    let is_there = |state: &ConnectionState| matches!(state, ConnectionState::Connected { .. });
    soon("a connection", state.wait_for(is_there))
        .await
        .unwrap();
}

/// What a person is told who cannot come in.
async fn refusal(server: &Server) -> String {
    let connection = Connection::open(server, "test").await.unwrap();
    let mut state = connection.state();
    let is_decided = |state: &ConnectionState| !matches!(state, ConnectionState::Connecting);
    let decided = soon("a refusal", state.wait_for(is_decided)).await;
    match &*decided.unwrap() {
        ConnectionState::Refused { problem } => problem.clone(),
        other => panic!("{other:?}"),
    }
}

/// How many events the server has. While a leader is chosen nobody can say.
async fn messages(connection: &Connection) -> u64 {
    let asking = async {
        loop {
            connected(connection).await;
            match stream_states(connection).await {
                Ok(states) => {
                    let stream = states
                        .iter()
                        .find(|state| state.name == edit_stream(KIND).unwrap());
                    return stream.unwrap().messages;
                }
                Err(error) => assert!(error.is_transient(), "{error}"),
            }
        }
    };
    soon("an answer", asking).await
}

/// Publishes until everything is acknowledged; whether anything had to be sent again.
async fn publish_all(connection: Connection, mut events: Vec<Outgoing>) -> bool {
    let publisher = Publisher::new(&connection);
    let mut interrupted = false;
    loop {
        let published = publisher.publish(events.clone()).await;
        let acknowledged: HashSet<_> = published.acknowledged.into_iter().collect();
        events.retain(|event| !acknowledged.contains(&event.signed.cid));
        match published.problem {
            None => {
                assert!(events.is_empty());
                return interrupted;
            }
            Some(PublishProblem::Lost(_)) => interrupted = true,
            Some(other) => panic!("{other:?}"),
        }
        connected(&connection).await;
    }
}

/// Everything the server has of a session, in its order.
async fn read_all(connection: &Connection, session: &SessionId) -> Vec<(ReplicaId, Cid)> {
    let reading = async {
        loop {
            connected(connection).await;
            match try_read_all(connection, session).await {
                Ok(read) => return read,
                Err(error) => assert!(error.is_transient(), "{error}"),
            }
        }
    };
    soon("reading", reading).await
}

async fn try_read_all(
    connection: &Connection,
    session: &SessionId,
) -> Result<Vec<(ReplicaId, Cid)>, NatsError> {
    let mut reader = Reader::open(connection, edit_stream(KIND).unwrap(), session, "r", 0).await?;
    let mut read = Vec::new();
    while (read.len() as u64) < reader.backlog() {
        let batch = reader.next().await?;
        assert_eq!(batch.malformed, []);
        let events = batch.events.into_iter();
        read.extend(events.map(|event| (event.subject.replica, event.signed.cid)));
    }
    Ok(read)
}

fn replica(event: &Outgoing) -> ReplicaId {
    Event::decode(&event.signed.block).unwrap().replica
}
