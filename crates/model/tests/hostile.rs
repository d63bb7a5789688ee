//! Hostile updates are refused with a reason, without a panic, and what is refused changes nothing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use wissil_model::{
    Change, Declared, Delta, Document, DocumentKind, FoldError, ForeignEdit, GateError,
    MAX_RECORDS, Record, Value, check_state,
};

fn entity(name: &str) -> Record {
    Record::new().with("name", name)
}

fn authored(document: &mut Document, changes: Vec<Change>) -> (Vec<Change>, Vec<u8>) {
    let authored = document.author("version.restore", changes).unwrap();
    (authored.changes, authored.update)
}

fn fold(
    document: &mut Document,
    writer: u64,
    changes: &[Change],
    update: &[u8],
) -> Result<Delta, FoldError> {
    let changes = Declared::of(changes);
    let edit = ForeignEdit::new("version.restore", changes, update.to_vec());
    document.fold(writer, &edit)
}

fn put(id: &str) -> Vec<Change> {
    vec![Change::put("entities", id, entity(id))]
}

#[test]
fn an_update_under_another_writer_is_refused() {
    let (_, update) = authored(&mut Document::new(DocumentKind::SCENE, 1), put("a"));
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 2, &put("a"), &update);
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
    let mut author = Document::new(DocumentKind::SCENE, 1);
    let _ = authored(&mut author, put("a"));
    let (changes, update) = authored(&mut author, put("b"));
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 1, &changes, &update);
    assert!(matches!(
        refused,
        Err(FoldError::Gate(GateError::Gap { expected: 0, .. }))
    ));
}

#[test]
fn an_update_that_changes_more_than_it_says_is_refused() {
    let mut author = Document::new(DocumentKind::SCENE, 1);
    let two = vec![put("a").remove(0), put("b").remove(0)];
    let (changes, update) = authored(&mut author, two);
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 1, &changes[..1], &update);
    assert!(matches!(refused, Err(FoldError::Undeclared { .. })));
    assert!(document.is_unusable());
}

#[test]
fn an_update_that_breaks_the_schema_is_refused() {
    // Written by a document that has no rules for the collection, as a foreign program would.
    let mut author = Document::new(DocumentKind::BLUEPRINT, 1);
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
    let mut document = Document::new(DocumentKind::BLUEPRINT, 9);
    let unknown_collection = fold(&mut document, 1, &changes, &renamed);
    assert!(matches!(
        unknown_collection,
        Err(FoldError::Undeclared { .. })
    ));

    let at = update.windows(4).position(|w| w == b"size").unwrap();
    let mut without_size = update;
    without_size[at..at + 4].copy_from_slice(b"sice");
    let mut document = Document::new(DocumentKind::BLUEPRINT, 9);
    let broken = fold(&mut document, 1, &changes, &without_size);
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
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 1, &put("k"), &update_with_value(&nested));
    assert!(
        matches!(refused, Err(FoldError::Gate(GateError::TooDeep(_)))),
        "{refused:?}"
    );
}

#[test]
fn claimed_lengths_are_refused_before_anything_is_allocated() {
    let claims = [117, 0x80, 0xe0, 0xeb, 0x17];
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 1, &put("k"), &update_with_value(&claims));
    assert!(
        matches!(refused, Err(FoldError::Gate(GateError::Truncated(_)))),
        "{refused:?}"
    );
}

#[test]
fn a_plain_value_is_no_record() {
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let refused = fold(&mut document, 1, &put("k"), &update_with_value(&[120]));
    assert!(
        matches!(refused, Err(FoldError::Schema { .. })),
        "{refused:?}"
    );
}

/// A number as the format writes it.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// An update of writer 1 from clock 0 on.
fn update_of(blocks: &[Vec<u8>], deletions: &[u8]) -> Vec<u8> {
    let mut update = vec![1];
    update.extend(varint(blocks.len() as u64));
    update.extend([1, 0]);
    update.extend(blocks.concat());
    update.extend(deletions);
    update
}

/// An empty map under a key of a collection.
fn map_in(collection: &str, key: &str) -> Vec<u8> {
    let length = |text: &str| varint(text.len() as u64);
    let parts = [
        &[0x27, 1][..],
        &length(collection),
        collection.as_bytes(),
        &length(key),
        key.as_bytes(),
        &[1],
    ];
    parts.concat()
}

/// An empty map under `k` of the map that stands at a clock of the writer.
fn map_under(clock: u64) -> Vec<u8> {
    [&[0x27, 0, 1][..], &varint(clock), &[1, b'k', 1]].concat()
}

/// A null that overwrites what stands at a clock of the writer.
fn null_after(clock: u64) -> Vec<u8> {
    [&[0x88, 1][..], &varint(clock), &[1, 126]].concat()
}

/// A map that overwrites what stands at a clock of a writer.
fn map_after(writer: u64, clock: u64) -> Vec<u8> {
    [&[0x87][..], &varint(writer), &varint(clock), &[1]].concat()
}

/// Deletes what stands at clock 0 of the writer.
const DELETE_FIRST: [u8; 5] = [1, 1, 1, 0, 1];
const DELETE_NOTHING: [u8; 1] = [0];

/// Both doors refuse: what comes as an update, and what comes as a state.
#[track_caller]
fn refused(update: &[u8], what: &str) {
    let fits = |refused: &FoldError| match refused {
        FoldError::Gate(GateError::Foreign { what: found, .. }) => *found == what,
        _ => false,
    };
    let mut document = Document::new(DocumentKind::SCENE, 9);
    let folded = fold(&mut document, 1, &put("k"), update);
    assert!(fits(folded.as_ref().unwrap_err()), "{folded:?}");
    let checked = check_state(DocumentKind::SCENE, update);
    assert!(fits(checked.as_ref().unwrap_err()), "{checked:?}");
}

#[test]
fn maps_nested_so_deep_that_deleting_them_overflows_the_stack_are_refused() {
    let mut nested = vec![map_in("entities", "k")];
    nested.extend((0..50_000).map(map_under));
    refused(&update_of(&nested, &DELETE_FIRST), "a map inside a record");
}

#[test]
fn a_map_does_not_come_into_a_record_by_overwriting_a_field() {
    let field = [&[0x28, 0, 1, 0, 1, b'k', 1][..], &[126]].concat();
    let record = map_in("entities", "k");
    let one = [record.clone(), field.clone(), map_after(1, 1)];
    refused(&update_of(&one, &DELETE_NOTHING), "a map inside a record");
    // Overwritten again in between, and by another writer whose blocks come first.
    let through = [record, field, null_after(1), map_after(1, 2)];
    refused(
        &update_of(&through, &DELETE_NOTHING),
        "a map inside a record",
    );
    let mut two = vec![2, 1, 2, 0];
    two.extend(map_after(1, 2));
    two.extend(&update_of(&through[..3], &DELETE_NOTHING)[1..]);
    let checked = check_state(DocumentKind::SCENE, &two);
    assert!(
        matches!(checked, Err(FoldError::Gate(GateError::Foreign { what, .. })) if what == "a map inside a record"),
    );
}

#[test]
fn a_map_that_overwrites_a_record_is_none_inside_a_record() {
    let mut author = Document::new(DocumentKind::SCENE, 1);
    let _ = authored(&mut author, put("a"));
    let _ = authored(&mut author, vec![Change::remove("entities", "a")]);
    let _ = authored(&mut author, put("a"));
    check_state(DocumentKind::SCENE, &author.checkpoint()).unwrap();
}

#[test]
fn thousands_of_blocks_in_one_place_are_refused() {
    let same = vec![map_in("entities", "k"); 60_000];
    refused(
        &update_of(&same, &DELETE_NOTHING),
        "two blocks in one place",
    );
    let mut after = vec![map_in("entities", "k")];
    after.extend(vec![map_after(1, 0); 60_000]);
    refused(
        &update_of(&after, &DELETE_NOTHING),
        "two blocks in one place",
    );
}

#[test]
fn thousands_of_collections_are_refused() {
    let blocks: Vec<_> = (0..30_000).map(|n| map_in(&n.to_string(), "k")).collect();
    let what = "more collections than any document has";
    refused(&update_of(&blocks, &DELETE_NOTHING), what);
}

#[test]
fn a_number_that_is_longer_than_it_needs_to_be_is_refused() {
    let mut long = vec![1, 0x81, 0, 1, 0];
    long.extend(map_in("entities", "k"));
    long.push(0);
    refused(&long, "a number that is longer than it needs to be");
}

#[test]
fn a_state_holds_each_writer_once_and_from_its_beginning() {
    let blocks = &update_of(&[map_in("entities", "k")], &DELETE_NOTHING)[1..];
    let blocks = &blocks[..blocks.len() - 1];
    let twice = [&[2], blocks, blocks, &[0]].concat();
    let checked = check_state(DocumentKind::SCENE, &twice);
    let what = "a writer twice";
    assert!(
        matches!(checked, Err(FoldError::Gate(GateError::Foreign { what: found, .. })) if found == what)
    );
    let mut late = update_of(&[map_in("entities", "k")], &DELETE_NOTHING);
    late[3] = 5;
    let checked = check_state(DocumentKind::SCENE, &late);
    let gap = GateError::Gap {
        found: 5,
        expected: 0,
    };
    assert_eq!(checked, Err(FoldError::Gate(gap)));
}

#[test]
fn two_blocks_that_wait_for_each_other_are_refused() {
    let mut state = vec![2, 1, 2, 0];
    state.extend(map_after(1, 0));
    state.extend([1, 1, 0]);
    state.extend(map_after(2, 0));
    state.push(0);
    let checked = check_state(DocumentKind::SCENE, &state);
    assert!(matches!(checked, Err(FoldError::Apply(_))), "{checked:?}");
}

#[test]
fn a_state_of_more_values_than_memory_is_given_for_is_refused() {
    let nulls = 16 * MAX_RECORDS;
    let mut value = vec![117];
    value.extend(varint(nulls as u64));
    value.extend(vec![126; nulls]);
    let checked = check_state(DocumentKind::SCENE, &update_with_value(&value));
    assert_eq!(checked, Err(FoldError::Gate(GateError::TooMany)));
}

#[test]
fn a_state_whose_records_break_the_schema_is_refused() {
    let state = update_of(&[map_in("entities", "k")], &DELETE_NOTHING);
    let checked = check_state(DocumentKind::SCENE, &state);
    assert!(
        matches!(checked, Err(FoldError::Schema { .. })),
        "{checked:?}"
    );
    let checked = check_state(DocumentKind::SCENE, &update_with_value(&[120]));
    assert!(matches!(checked, Err(FoldError::Schema { .. })));
}

#[test]
fn a_million_deleted_fields_in_a_row_are_no_reason_to_refuse() {
    // What is left of them once their record is gone.
    let run = [&[0][..], &varint(3 << 20)].concat();
    check_state(DocumentKind::SCENE, &update_of(&[run], &DELETE_NOTHING)).unwrap();
}

/// The state of a scene that three writers made together: overwritten, removed, made anew, at the same time.
fn state() -> Vec<u8> {
    let mut writers: Vec<_> = (1..=3)
        .map(|writer| Document::new(DocumentKind::SCENE, writer))
        .collect();
    let rename =
        |id: &str, name: &str| vec![Change::set("entities", id, [("name", Value::text(name))])];
    for round in 0..6 {
        let mut written = Vec::new();
        for (n, writer) in writers.iter_mut().enumerate() {
            let id = format!("entity_{}", (round + n) % 4);
            let changes = match writer.projection().stored("entities", &id) {
                None => put(&id),
                Some(_) if (round + 2 * n) % 5 == 0 => {
                    vec![Change::remove("entities", id.as_str())]
                }
                Some(_) => rename(&id, &format!("name {round} of {n}")),
            };
            written.push(authored(writer, changes));
        }
        for (from, (changes, update)) in written.iter().enumerate() {
            for (to, document) in writers.iter_mut().enumerate() {
                if from != to {
                    let writer = from as u64 + 1;
                    fold(document, writer, changes, update).unwrap();
                }
            }
        }
    }
    writers[0].checkpoint()
}

/// What is let through can be used, and holds only what the schema allows.
fn check_and_use(state: &[u8]) {
    if check_state(DocumentKind::SCENE, state).is_err() {
        return;
    }
    let document = Document::restore(DocumentKind::SCENE, 9, Some(state), []).unwrap();
    let entities = DocumentKind::SCENE.schema().collection("entities").unwrap();
    for record in document.projection().records("entities").values() {
        entities.check(record).unwrap();
    }
    assert!(check_state(DocumentKind::SCENE, &document.checkpoint()).is_ok());
}

#[test]
fn a_sound_state_passes_and_no_beginning_of_it_does() {
    let state = state();
    check_state(DocumentKind::SCENE, &state).unwrap();
    for end in 0..state.len() {
        assert!(
            check_state(DocumentKind::SCENE, &state[..end]).is_err(),
            "the first {end} bytes"
        );
    }
}

/// Failing seeds are kept, to be committed and tried first from then on.
fn seeded(cases: u32) -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/hostile-seeds.txt");
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(seeds)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(seeded(2000))]

    #[test]
    fn random_bytes_are_no_state(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check_and_use(&bytes);
    }

    /// Small numbers are what the format is made of.
    #[test]
    fn random_small_numbers_are_no_state(
        bytes in prop::collection::vec(prop_oneof![0..9u8, Just(0x27), Just(0x28), Just(0x87), Just(0x88), 117..127u8], 0..60),
    ) {
        check_and_use(&bytes);
    }

    #[test]
    fn mutated_states_are_refused_or_legal(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let mut state = state();
        for (at, byte, how) in edits {
            let at = at.index(state.len());
            match how {
                0 => state[at] = byte,
                1 => state.insert(at, byte),
                _ => drop(state.remove(at)),
            }
        }
        check_and_use(&state);
    }

    #[test]
    fn pieces_of_a_state_put_elsewhere_are_refused_or_legal(
        from in any::<prop::sample::Index>(),
        length in 1..40usize,
        to in any::<prop::sample::Index>(),
    ) {
        let mut state = state();
        let from = from.index(state.len());
        let piece = state[from..state.len().min(from + length)].to_vec();
        let to = to.index(state.len());
        state.splice(to..to, piece);
        check_and_use(&state);
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut document = Document::new(DocumentKind::SCENE, 9);
        let _ = fold(&mut document, 1, &put("k"), &bytes);
    }

    #[test]
    fn mutated_updates_fold_to_legal_documents_or_not_at_all(
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut author = Document::new(DocumentKind::SCENE, 1);
        let (changes, mut update) = authored(&mut author, vec![put("a").remove(0), put("b").remove(0)]);
        let at = at.index(update.len());
        update[at] = to;
        let mut document = Document::new(DocumentKind::SCENE, 9);
        if fold(&mut document, 1, &changes, &update).is_ok() {
            for record in document.projection().records("entities").values() {
                prop_assert!(DocumentKind::SCENE.schema().collection("entities").unwrap().check(record).is_ok());
            }
        }
    }
}
