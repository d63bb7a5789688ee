//! An edit of somebody else, as far as it can be checked without the document it changes.

use wissil_dag::Ipld;

use crate::change::ChangeError;
use crate::declared::Declared;
use crate::document::FoldError;
use crate::event_type::{self, TypeError};
use crate::gate::{self, GateError, Scan};
use crate::kinds::DocumentKind;

/// What an event of somebody else says it changes, and the update that does it: read and scanned, which needs no
/// document and may be done on any thread. [`Document::fold`] does the rest.
///
/// [`Document::fold`]: crate::Document::fold
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignEdit {
    pub(crate) event_type: String,
    pub(crate) changes: Vec<Declared<'static>>,
    pub(crate) update: Vec<u8>,
    pub(crate) scanned: Result<Scan, GateError>,
}

impl ForeignEdit {
    /// Reads what stands in an event's block. An update that the scan refuses is refused when it is folded, so that the
    /// reason is the same wherever it was read.
    ///
    /// # Errors
    /// When the changes are none; see [`Declared::read_all`].
    pub fn read(
        event_type: impl Into<String>,
        changes: &[Ipld],
        update: Vec<u8>,
    ) -> Result<Self, ChangeError> {
        let changes = Declared::read_all(changes)?;
        Ok(Self::new(event_type, changes, update))
    }

    /// An edit that declares these changes.
    pub fn new(event_type: impl Into<String>, changes: Vec<Declared<'_>>, update: Vec<u8>) -> Self {
        let changes = changes.into_iter().map(Declared::into_owned);
        Self {
            event_type: event_type.into(),
            changes: changes.collect(),
            scanned: gate::scan(&update),
            update,
        }
    }

    /// Checks what can be checked without the document: the event's type, the update's bytes, and who writes in it.
    /// Enough to keep an event, not to fold it.
    ///
    /// # Errors
    /// [`FoldError::Type`] and [`FoldError::Gate`].
    pub fn check(&self, kind: DocumentKind, writer: u64) -> Result<(), FoldError> {
        self.scan(kind)?.is_of(writer)?;
        Ok(())
    }

    /// What the scan found, where the event's type carries such changes.
    pub(crate) fn scan(&self, kind: DocumentKind) -> Result<&Scan, FoldError> {
        match event_type::check(kind, &self.event_type, &self.changes) {
            // A newer version's type; what it does is checked like any other's.
            Ok(()) | Err(TypeError::Unknown { .. }) => {}
            Err(mismatch) => return Err(mismatch.into()),
        }
        Ok(self.scanned.as_ref().map_err(GateError::clone)?)
    }

    /// Whether it says that it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
