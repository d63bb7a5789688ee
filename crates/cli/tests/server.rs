//! `wissil server init`, and syncing with the cluster it has prepared.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use wissil_cluster::{ADMINISTRATOR, Cluster, PASSWORD, PEOPLE};

#[test]
fn a_cluster_is_prepared_and_used() {
    let cluster = Cluster::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place {
        folder: folder.path(),
        cluster: &cluster,
    };
    let init = |user| {
        let mut command = place.command("ann", &["server", "init", "--cluster"]);
        place.at_server(&mut command, 0, user, cluster.authority());
        command
    };
    // The leader of a cluster that has just started may not have heard of all nodes yet.
    let begun = Instant::now();
    while !init(ADMINISTRATOR).status().unwrap().success() {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    // Doing it again says the same: the five streams, empty.
    for _ in 0..2 {
        let said = ok(&mut init(ADMINISTRATOR));
        let streams: Vec<_> = said.lines().collect();
        assert_eq!(streams.len(), 5, "{said}");
        assert_eq!(streams[0], "WISSIL_IGNIS  0 messages, 0 bytes");
    }
    let refused = failed(init(PEOPLE).env("WISSIL_SERVER_PASSWORD", "wrong"));
    assert!(refused.contains("does not accept this login"), "{refused}");
    let mut untrusted = place.command("ann", &["server", "init"]);
    place.at_server(&mut untrusted, 0, PEOPLE, cluster.stranger());
    let refused = failed(&mut untrusted);
    assert!(refused.contains("certificate"), "{refused}");

    // A person without an administrator's rights sends a project there, through another node.
    let castle = folder.path().join("castle");
    let castle = castle.to_str().unwrap();
    ok(&mut place.command("ann", &["new", castle, "--name", "Castle"]));
    let mut sync = place.command("ann", &["sync", castle]);
    place.at_server(&mut sync, 1, PEOPLE, cluster.authority());
    let said = ok(&mut sync);
    assert!(said.ends_with("online\n"), "{said}");
    let said = ok(&mut init(ADMINISTRATOR));
    assert!(
        said.contains("WISSIL_SPARK") && !said.contains("WISSIL_SPARK  0 "),
        "{said}"
    );
}

struct Place<'a> {
    folder: &'a Path,
    cluster: &'a Cluster,
}

impl Place<'_> {
    fn command(&self, person: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wissil"));
        command
            .args(arguments)
            .env("WISSIL_HOME", self.folder.join(person));
        command
    }

    /// Adds a server, how to log in there, and whom to trust.
    fn at_server(&self, command: &mut Command, node: usize, user: &str, authority: &Path) {
        command
            .args(["--server", &self.cluster.url(node), "--user", user])
            .arg("--certificate")
            .arg(authority)
            .env("WISSIL_SERVER_PASSWORD", PASSWORD);
    }
}

fn ok(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is said by a command that has to fail.
fn failed(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}
