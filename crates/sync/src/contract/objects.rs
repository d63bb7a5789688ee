//! The cases of the object store.

use super::{ObjectStoreUnderTest, Outcome};
use crate::ports::ObjectStore;
use wissil_dag::{Codec, cid_of};

/// The store of a running case.
pub struct Steps<'a> {
    pub(super) under_test: &'a mut dyn ObjectStoreUnderTest,
    pub(super) reopens: bool,
}

impl Steps<'_> {
    /// The store for the next step.
    pub fn store(&mut self) -> &mut dyn ObjectStore {
        if self.reopens {
            self.under_test.reopen();
        }
        self.under_test.store()
    }
}

/// A case of [`ObjectStore`]: a name that begins with its number, and what to do with an empty store.
pub type ObjectCase = (&'static str, fn(&mut Steps<'_>) -> Outcome);

/// All cases of [`ObjectStore`].
pub const OBJECT_CASES: &[ObjectCase] = &[
    ("7.1 a new store is empty", new_store_is_empty),
    ("7.2 objects come back under their CID", kept),
    ("7.3 keeping the same twice is nothing", twice),
    ("7.4 one content under two codecs is two objects", codecs),
    ("7.5 objects of any size come back as they were", any_size),
];

fn new_store_is_empty(steps: &mut Steps<'_>) -> Outcome {
    let cid = cid_of(Codec::RAW, b"lid");
    assert_eq!(steps.store().list()?, []);
    assert_eq!(steps.store().get(&cid)?, None);
    assert!(!steps.store().contains(&cid)?);
    Ok(())
}

fn kept(steps: &mut Steps<'_>) -> Outcome {
    let mut cids = Vec::new();
    for at in 0..40_u8 {
        let bytes = vec![at; usize::from(at) + 1];
        let cid = steps.store().put(Codec::RAW, &bytes)?;
        assert_eq!(cid, cid_of(Codec::RAW, &bytes));
        assert!(steps.store().contains(&cid)?);
        cids.push((cid, bytes));
    }
    for (cid, bytes) in &cids {
        assert_eq!(steps.store().get(cid)?.as_ref(), Some(bytes));
    }
    let mut listed = steps.store().list()?;
    listed.sort_unstable();
    let mut expected: Vec<_> = cids.iter().map(|(cid, _)| *cid).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    Ok(())
}

fn twice(steps: &mut Steps<'_>) -> Outcome {
    let first = steps.store().put(Codec::RAW, b"lid")?;
    let second = steps.store().put(Codec::RAW, b"lid")?;
    assert_eq!(first, second);
    assert_eq!(steps.store().list()?, [first]);
    assert_eq!(steps.store().get(&first)?.as_deref(), Some(&b"lid"[..]));
    Ok(())
}

fn codecs(steps: &mut Steps<'_>) -> Outcome {
    // An empty map in dag-cbor.
    let raw = steps.store().put(Codec::RAW, &[0xa0])?;
    let cbor = steps.store().put(Codec::DAG_CBOR, &[0xa0])?;
    assert_ne!(raw, cbor);
    assert_eq!(steps.store().list()?.len(), 2);
    for cid in [raw, cbor] {
        assert_eq!(steps.store().get(&cid)?.as_deref(), Some(&[0xa0][..]));
    }
    Ok(())
}

fn any_size(steps: &mut Steps<'_>) -> Outcome {
    for size in [0_u32, 1, 4096, 3_000_000] {
        let bytes: Vec<u8> = (0..size)
            .map(|at| (at.wrapping_mul(at) >> 7) as u8)
            .collect();
        let cid = steps.store().put(Codec::RAW, &bytes)?;
        assert_eq!(steps.store().get(&cid)?, Some(bytes));
    }
    Ok(())
}
