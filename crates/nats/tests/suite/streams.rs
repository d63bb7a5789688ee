//! The five streams.

use wissil_nats::{StreamState, Topology, prepare, stream_states};

use crate::support::{Chain, Host, connected};
use wissil_model::DocumentKind;
use wissil_nats::Publisher;

#[tokio::test]
async fn preparing_again_changes_nothing() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let before = stream_states(&connection).await.unwrap();
    let names: Vec<_> = before.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "WISSIL_IGNIS",
            "WISSIL_UNITY",
            "WISSIL_SPARK",
            "WISSIL_IGNITION",
            "WISSIL_WAYPOINT"
        ]
    );
    let empty = |state: &StreamState| state.messages == 0 && state.last == 0;
    assert!(before.iter().all(empty));
    let again = prepare(&connection, Topology::Single).await.unwrap();
    assert_eq!(again, before);
}

#[tokio::test]
async fn a_stream_lost_and_made_again_is_another_one() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::SCENE);
    let published = Publisher::new(&connection).publish(chain.next(3, 10)).await;
    assert_eq!(published.problem, None);
    let before = stream_states(&connection).await.unwrap();
    assert_eq!((before[1].first, before[1].last), (1, 3));

    host.restart().await;
    connected(&connection).await;
    assert_eq!(stream_states(&connection).await.unwrap(), before);

    host.wipe();
    host.restart().await;
    let connection = host.connect().await;
    let after = stream_states(&connection).await.unwrap();
    assert_eq!((after[1].messages, after[1].last), (0, 0));
    assert_ne!(after[1].incarnation, before[1].incarnation);
}
