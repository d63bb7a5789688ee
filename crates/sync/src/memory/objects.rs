//! Objects in memory.

use std::collections::BTreeMap;

use wissil_dag::{Cid, cid_of};

use crate::ports::{ObjectStore, StoreError};

/// An [`ObjectStore`] that ends with the process.
#[derive(Clone, Debug, Default)]
pub struct MemoryObjects {
    objects: BTreeMap<Cid, Vec<u8>>,
}

impl MemoryObjects {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl ObjectStore for MemoryObjects {
    fn put(&mut self, codec: u64, bytes: &[u8]) -> Result<Cid, StoreError> {
        let cid = cid_of(codec, bytes);
        self.objects.entry(cid).or_insert_with(|| bytes.to_vec());
        Ok(cid)
    }

    fn get(&self, cid: &Cid) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.objects.get(cid).cloned())
    }

    fn contains(&self, cid: &Cid) -> Result<bool, StoreError> {
        Ok(self.objects.contains_key(cid))
    }

    fn list(&self) -> Result<Vec<Cid>, StoreError> {
        Ok(self.objects.keys().copied().collect())
    }
}
