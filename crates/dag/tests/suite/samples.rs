//! Events to test with: fixed ones, whose bytes are frozen, and generated ones.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wissil_dag::{
    BranchId, Cid, Codec, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId, cid_of,
};

/// A key made from one byte.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub fn map<const N: usize>(entries: [(&str, Ipld); N]) -> Ipld {
    Ipld::Map(entries.map(|(key, value)| (key.to_owned(), value)).into())
}

pub fn text(text: &str) -> Ipld {
    Ipld::String(text.to_owned())
}

/// An event without predecessors.
pub fn first_event(key: &SigningKey) -> Event {
    Event {
        session: SessionId::new("session_abc123").unwrap(),
        branch: BranchId::main(),
        document: DocumentId::new("01J9GRAPH").unwrap(),
        event_type: "node.add".to_owned(),
        user: UserId::new("user_xyz").unwrap(),
        replica: ReplicaId::from(key),
        seq: 1,
        height: 1,
        previous: None,
        parents: Vec::new(),
        time: 1_732_913_100_000,
        changes: vec![map([
            ("collection", text("nodes")),
            ("id", text("node_9")),
            (
                "put",
                map([
                    ("op", text("math/add")),
                    (
                        "position",
                        map([("x", Ipld::Float(640.0)), ("y", Ipld::Float(220.5))]),
                    ),
                ]),
            ),
            ("was", Ipld::Null),
        ])],
        update: Some((0..48).collect()),
        metadata: BTreeMap::from([("version".to_owned(), text("0.1.0"))]),
    }
}

/// The event after `previous`, whose CID is `cid`.
pub fn next_event(previous: &Event, cid: Cid) -> Event {
    Event {
        event_type: "node.move".to_owned(),
        seq: previous.seq + 1,
        height: previous.height + 1,
        previous: Some(cid),
        time: previous.time + 1000,
        changes: vec![map([
            ("collection", text("nodes")),
            ("id", text("node_9")),
            (
                "set",
                map([(
                    "position",
                    map([("x", Ipld::Float(8.0)), ("y", Ipld::Float(-0.125))]),
                )]),
            ),
            (
                "was",
                map([(
                    "position",
                    map([("x", Ipld::Float(640.0)), ("y", Ipld::Float(220.5))]),
                )]),
            ),
        ])],
        ..previous.clone()
    }
}

/// Every kind of value, at the edges of its encoding.
pub fn edge_values() -> Ipld {
    let integers = [
        0,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        4_294_967_295,
        4_294_967_296,
        i128::from(u64::MAX),
        -1,
        -24,
        -25,
        i128::from(i64::MIN),
        -1 - i128::from(u64::MAX),
    ];
    let floats = [
        0.0,
        -0.0,
        1.0,
        0.1,
        -1e-310,
        5e-324,
        f64::MAX,
        1e21,
        0.1 + 0.2,
    ];
    map([
        ("integers", Ipld::List(integers.map(Ipld::Integer).into())),
        ("floats", Ipld::List(floats.map(Ipld::Float).into())),
        (
            "texts",
            Ipld::List(["", "ä€😀", "\0\"\\\n"].map(text).into()),
        ),
        (
            "bytes",
            Ipld::List(vec![Ipld::Bytes(vec![]), Ipld::Bytes(vec![0; 300])]),
        ),
        ("link", Ipld::Link(cid_of(Codec::RAW, b"linked"))),
        (
            "nothing",
            Ipld::List(vec![Ipld::Null, Ipld::Bool(true), Ipld::Bool(false)]),
        ),
        ("", map([])),
        (
            "/",
            map([("/", map([("/", map([("bytes", text("no base64!"))]))]))]),
        ),
        (
            "key order",
            map([
                ("b", Ipld::Null),
                ("aa", Ipld::Null),
                ("a", Ipld::Null),
                ("ab", Ipld::Null),
            ]),
        ),
    ])
}

prop_compose! {
    pub fn any_cid()(bytes: [u8; 8], raw: bool) -> Cid {
        cid_of(if raw { Codec::RAW } else { Codec::DAG_CBOR }, &bytes)
    }
}

/// Any value of the IPLD data model that dag-cbor can write.
pub fn any_ipld() -> impl Strategy<Value = Ipld> {
    let leaf = prop_oneof![
        Just(Ipld::Null),
        any::<bool>().prop_map(Ipld::Bool),
        (-1 - i128::from(u64::MAX)..=i128::from(u64::MAX)).prop_map(Ipld::Integer),
        any::<i16>().prop_map(|value| Ipld::Integer(value.into())),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(Ipld::Float),
        any::<i16>().prop_map(|value| Ipld::Float(value.into())),
        ".{0,30}".prop_map(Ipld::String),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Ipld::Bytes),
        any_cid().prop_map(Ipld::Link),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = prop_oneof![
            "[a-z]{0,3}",
            "/|bytes|map|integer|id|collection|was|change|nodeId|verb",
            ".{0,30}"
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Ipld::List),
            proptest::collection::btree_map(key, inner, 0..6).prop_map(Ipld::Map),
        ]
    })
}

/// A change in the shape documents use, or anything else.
fn any_change() -> impl Strategy<Value = Ipld> {
    let fields =
        proptest::collection::btree_map("[a-z]{1,4}|op|id|was|verb|nodeId", any_ipld(), 0..4);
    let shaped = (
        "nodes|wires|entities|keys|s|ies|",
        "[a-z0-9_]{1,8}",
        "put|set|remove|move",
        fields.prop_map(Ipld::Map),
        proptest::option::of(any_ipld()),
    );
    let shaped = shaped.prop_map(|(collection, id, verb, fields, was)| {
        let argument = if verb == "remove" {
            Ipld::Bool(true)
        } else {
            fields
        };
        let mut change = BTreeMap::from([
            ("collection".to_owned(), Ipld::String(collection)),
            ("id".to_owned(), Ipld::String(id)),
            (verb, argument),
        ]);
        change.extend(was.map(|was| ("was".to_owned(), was)));
        Ipld::Map(change)
    });
    prop_oneof![4 => shaped, 1 => any_ipld()]
}

prop_compose! {
    pub fn any_event_cid()(bytes: [u8; 8]) -> Cid {
        cid_of(Codec::DAG_CBOR, &bytes)
    }
}

prop_compose! {
    /// Any well-formed event of the replica [`key`]`(7)`.
    pub fn any_event()(
        parents in proptest::collection::btree_set(any_event_cid(), 0..4),
        previous in proptest::option::of(any_event_cid()),
        more in 1u64..1 << 40,
        event_type in "[a-z]{1,8}(\\.[a-z-]{1,8}){1,3}",
        time: u64,
        changes in proptest::collection::vec(any_change(), 0..4),
        update in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..200)),
        metadata in proptest::collection::btree_map("version|[a-z]{1,4}", any_ipld(), 0..3),
        tokens in proptest::array::uniform4("[A-Za-z0-9_-]{1,64}"),
    ) -> Event {
        let [session, branch, document, user] = tokens;
        let parents: Vec<Cid> = parents.into_iter().filter(|cid| Some(*cid) != previous).collect();
        Event {
            session: SessionId::new(session).unwrap(),
            branch: BranchId::new(branch).unwrap(),
            document: DocumentId::new(document).unwrap(),
            event_type,
            user: UserId::new(user).unwrap(),
            replica: ReplicaId::from(&key(7)),
            seq: if previous.is_some() { 1 + more } else { 1 },
            height: if previous.is_some() || !parents.is_empty() { 1 + more } else { 1 },
            previous,
            parents,
            time,
            changes,
            update,
            metadata,
        }
    }
}
