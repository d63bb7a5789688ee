//! Two people through a cluster that loses a node.

use std::fs;
use std::path::Path;

use wissil_cluster::{ADMINISTRATOR, Cluster, PASSWORD, PEOPLE};
use wissil_session::Session;
use wissil_session::api::{ServerCertificate, ServerLogin, ServerSettings};

use crate::world::{Person, add_node, contents, nodes, until, until_online};

#[test]
fn a_burst_of_edits_survives_the_loss_of_a_leader() {
    let mut cluster = Cluster::start().unwrap();
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let streams = ann
        .app
        .prepare_server(&settings(&cluster, 0, ADMINISTRATOR), true)
        .unwrap();
    assert_eq!(streams.len(), 5);
    drop(ann.create());
    // Ben has got a copy of the folder: another replica of the same session.
    copy(&ann.folder("castle"), &ben.folder("copied"));
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let copied = ben.app.open(&ben.folder("copied")).unwrap();
    let leader = cluster.leader("WISSIL_IGNIS").unwrap();
    castle.connect(settings(&cluster, leader, PEOPLE)).unwrap();
    let other = (leader + 1) % wissil_cluster::NODES;
    copied.connect(settings(&cluster, other, PEOPLE)).unwrap();
    until_online(&castle);
    until_online(&copied);

    let mut made = Vec::new();
    let mut both_edit = |count: u32| {
        for x in 0..count {
            made.push(add_node(&castle, f64::from(x)));
            made.push(add_node(&copied, f64::from(x)));
        }
    };
    both_edit(100);
    cluster.kill(leader).unwrap();
    both_edit(200);
    let is_complete = |session: &Session| {
        let here = nodes(session);
        made.iter().all(|id| here.contains_key(id))
    };
    until("Ann has all of it", || is_complete(&castle));
    until("Ben has all of it", || is_complete(&copied));
    until_online(&castle);
    until_online(&copied);
    assert_eq!(contents(&castle), contents(&copied));
}

fn settings(cluster: &Cluster, node: usize, user: &str) -> ServerSettings {
    ServerSettings {
        url: cluster.url(node),
        login: ServerLogin::Password {
            user: user.to_owned(),
            password: PASSWORD.to_owned(),
        },
        certificate: Some(ServerCertificate::File {
            file: cluster.authority().display().to_string(),
        }),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
