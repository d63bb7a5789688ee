//! Hostile updates are refused with a reason, without a panic, and what is refused changes nothing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use wissil_model::{Change, Document, DocumentKind, FoldError, GateError, Record};

fn entity(name: &str) -> Record {
    Record::new().with("name", name)
}

fn authored(document: &mut Document, changes: Vec<Change>) -> (Vec<Change>, Vec<u8>) {
    let authored = document.author("version.restore", changes).unwrap();
    (authored.changes, authored.update)
}

fn put(id: &str) -> Vec<Change> {
    vec![Change::put("entities", id, entity(id))]
}

#[test]
fn an_update_under_another_writer_is_refused() {
    let (_, update) = authored(&mut Document::new(DocumentKind::Scene, 1), put("a"));
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(2, "version.restore", &put("a"), &update);
    assert_eq!(
        refused,
        Err(FoldError::Gate(GateError::WrongWriter {
            found: 1,
            expected: 2
        }))
    );
    assert!(!document.is_unusable());
}

#[test]
fn an_update_that_leaves_a_gap_is_refused() {
    let mut author = Document::new(DocumentKind::Scene, 1);
    let _ = authored(&mut author, put("a"));
    let (changes, update) = authored(&mut author, put("b"));
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(1, "version.restore", &changes, &update);
    assert!(matches!(
        refused,
        Err(FoldError::Gate(GateError::Gap { expected: 0, .. }))
    ));
}

#[test]
fn an_update_that_changes_more_than_it_says_is_refused() {
    let mut author = Document::new(DocumentKind::Scene, 1);
    let two = vec![put("a").remove(0), put("b").remove(0)];
    let (changes, update) = authored(&mut author, two);
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(1, "version.restore", &changes[..1], &update);
    assert!(matches!(refused, Err(FoldError::Undeclared { .. })));
    assert!(document.is_unusable());
}

#[test]
fn an_update_that_breaks_the_schema_is_refused() {
    // Written by a document that has no rules for the collection, as a foreign program would.
    let mut author = Document::new(DocumentKind::Blueprint, 1);
    let comment = Record::new()
        .with("text", "hello")
        .with(
            "position",
            wissil_model::Value::Map([("x".into(), 1.0.into()), ("y".into(), 2.0.into())].into()),
        )
        .with(
            "size",
            wissil_model::Value::Map(
                [("width".into(), 1.0.into()), ("height".into(), 2.0.into())].into(),
            ),
        );
    let (changes, update) = authored(&mut author, vec![Change::put("comments", "c", comment)]);
    // The same bytes with the collection renamed to one whose records need other fields.
    let at = update.windows(8).position(|w| w == b"comments").unwrap();
    let mut renamed = update.clone();
    renamed[at..at + 8].copy_from_slice(b"commentz");
    let mut document = Document::new(DocumentKind::Blueprint, 9);
    let unknown_collection = document.fold(1, "version.restore", &changes, &renamed);
    assert!(matches!(
        unknown_collection,
        Err(FoldError::Undeclared { .. })
    ));

    let at = update.windows(4).position(|w| w == b"size").unwrap();
    let mut without_size = update;
    without_size[at..at + 4].copy_from_slice(b"sice");
    let mut document = Document::new(DocumentKind::Blueprint, 9);
    let broken = document.fold(1, "version.restore", &changes, &without_size);
    assert!(
        matches!(broken, Err(FoldError::Schema { .. })),
        "{broken:?}"
    );
}

/// One block under a key of a root map, holding the given encoded value.
fn update_with_value(value: &[u8]) -> Vec<u8> {
    let mut update = vec![1, 1, 1, 0];
    update.extend([0x28, 1, 8]);
    update.extend(b"entities");
    update.extend([1, b'k', 1]);
    update.extend(value);
    update.push(0);
    update
}

#[test]
fn nesting_is_refused_before_the_library_recurses_into_it() {
    let mut nested = [117u8, 1].repeat(8000);
    nested.push(126);
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(1, "version.restore", &put("k"), &update_with_value(&nested));
    assert!(
        matches!(refused, Err(FoldError::Gate(GateError::TooDeep(_)))),
        "{refused:?}"
    );
}

#[test]
fn claimed_lengths_are_refused_before_anything_is_allocated() {
    let claims = [117, 0x80, 0xe0, 0xeb, 0x17];
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(1, "version.restore", &put("k"), &update_with_value(&claims));
    assert!(
        matches!(refused, Err(FoldError::Gate(GateError::Truncated(_)))),
        "{refused:?}"
    );
}

#[test]
fn a_plain_value_is_no_record() {
    let mut document = Document::new(DocumentKind::Scene, 9);
    let refused = document.fold(1, "version.restore", &put("k"), &update_with_value(&[120]));
    assert!(
        matches!(refused, Err(FoldError::Schema { .. })),
        "{refused:?}"
    );
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut document = Document::new(DocumentKind::Scene, 9);
        let _ = document.fold(1, "version.restore", &put("k"), &bytes);
    }

    #[test]
    fn mutated_updates_fold_to_legal_documents_or_not_at_all(
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut author = Document::new(DocumentKind::Scene, 1);
        let (changes, mut update) = authored(&mut author, vec![put("a").remove(0), put("b").remove(0)]);
        let at = at.index(update.len());
        update[at] = to;
        let mut document = Document::new(DocumentKind::Scene, 9);
        if document.fold(1, "version.restore", &changes, &update).is_ok() {
            for record in document.projection().records("entities").values() {
                prop_assert!(DocumentKind::Scene.schema().collection("entities").unwrap().check(record).is_ok());
            }
        }
    }
}
