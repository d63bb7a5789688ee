//! Chains and forks.

use wissil_dag::{
    ChainError, ChainVerifier, Cid, DocumentId, Event, EventError, Fork, SignedEvent, cid_of,
    find_forks, verify_chain,
};

use crate::samples::{first_event, key, next_event};

/// A chain of `count` events, changed before each is signed.
fn chain(count: u64, change: impl Fn(&mut Event)) -> Vec<SignedEvent> {
    let key = key(7);
    let mut signed = Vec::new();
    let mut event = first_event(&key);
    for _ in 0..count {
        change(&mut event);
        let next = event.sign(&key).unwrap();
        event = next_event(&event, next.cid);
        signed.push(next);
    }
    signed
}

fn nothing(_: &Cid) -> Option<u64> {
    None
}

#[test]
fn a_chain_verifies_to_its_tip() {
    let events = chain(20, |_| {});
    let tip = verify_chain(&events, nothing).unwrap();
    assert_eq!((tip.cid, tip.seq, tip.height), (events[19].cid, 20, 20));

    let mut rest = ChainVerifier::resume(verify_chain(&events[..7], nothing).unwrap());
    for event in &events[7..] {
        rest.push(event, nothing).unwrap();
    }
    assert_eq!(rest.finish().unwrap(), tip);
    assert_eq!(verify_chain(&events[..0], nothing), Err(ChainError::Empty));
}

#[test]
fn gaps_repeats_and_foreign_events_are_found() {
    let events = chain(4, |_| {});
    let without = |at: usize| [&events[..at], &events[at + 1..]].concat();
    assert!(matches!(
        verify_chain(without(0), nothing),
        Err(ChainError::Seq {
            found: 2,
            expected: 1,
            ..
        })
    ));
    assert!(matches!(
        verify_chain(without(2), nothing),
        Err(ChainError::Seq {
            found: 4,
            expected: 3,
            ..
        })
    ));
    let repeated = [&events[..2], &events[1..]].concat();
    assert!(matches!(
        verify_chain(repeated, nothing),
        Err(ChainError::Seq {
            found: 2,
            expected: 3,
            ..
        })
    ));

    let other = chain(4, |event| event.time += 1);
    let spliced = [&events[..2], &other[2..]].concat();
    assert!(matches!(
        verify_chain(spliced, nothing),
        Err(ChainError::Previous { .. })
    ));
    let foreign = chain(4, |event| {
        event.document = DocumentId::new("other").unwrap()
    });
    let foreign = [&events[..2], &foreign[2..]].concat();
    assert!(matches!(
        verify_chain(foreign, nothing),
        Err(ChainError::Foreign {
            what: "document",
            ..
        })
    ));
}

#[test]
fn any_change_in_the_past_breaks_the_chain() {
    let events = chain(5, |_| {});
    for at in 0..5 {
        let mut block = events[at].block.to_vec();
        let place = block.iter().position(|&byte| byte == b'x').unwrap();
        block[place] = b'y';
        let mut named_new = events.clone();
        named_new[at] = SignedEvent::new(block.clone(), events[at].signature);
        assert!(verify_chain(&named_new, nothing).is_err());
        let mut named_old = events.clone();
        named_old[at].block = block.into();
        assert!(verify_chain(&named_old, nothing).is_err());
    }
    let mut unsigned = events;
    unsigned[4].signature[3] ^= 1;
    let error = verify_chain(&unsigned, nothing).unwrap_err();
    assert!(
        matches!(
            error,
            ChainError::Event {
                error: EventError::Signature { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn heights_count_the_parents_that_are_known() {
    let parent = cid_of(0x71, b"parent");
    let with_height = |height| {
        let key = key(7);
        let event = Event {
            parents: vec![parent],
            height,
            ..first_event(&key)
        };
        [event.sign(&key).unwrap()]
    };
    let known = |cid: &Cid| (*cid == parent).then_some(9);
    assert!(verify_chain(with_height(10), known).is_ok());
    for wrong in [9, 11] {
        let error = verify_chain(with_height(wrong), known).unwrap_err();
        assert!(
            matches!(error, ChainError::Height { expected: 10, .. }),
            "{error}"
        );
    }
    assert!(verify_chain(with_height(1000), nothing).is_ok());
}

#[test]
fn forks_are_found_once_per_number() {
    let ours = chain(4, |_| {});
    let restored = chain(4, |event| event.time += u64::from(event.seq > 2));
    let links = |events: &[SignedEvent]| -> Vec<_> {
        events
            .iter()
            .map(|event| event.open().unwrap().link(event.cid))
            .collect()
    };
    assert!(find_forks(links(&ours)).is_empty());
    assert!(find_forks([links(&ours), links(&ours)].concat()).is_empty());
    let forks = find_forks([links(&ours), links(&restored)].concat());
    let expected = [2, 3].map(|at: usize| {
        let mut events = vec![ours[at].cid, restored[at].cid];
        events.sort_unstable();
        Fork {
            replica: ours[0].open().unwrap().replica,
            seq: at as u64 + 1,
            events,
        }
    });
    assert_eq!(forks, expected);
}
