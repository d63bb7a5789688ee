//! Bundles: events, their signatures and objects as one CAR file.
//!
//! Everything in the file is plain IPLD. A signature is no part of its event's block, so signatures stand in blocks
//! of their own, `{v: 1, type: "signatures", signatures: [[event, bytes], …]}`, which are the file's roots and come
//! first: from them every event can be reached and checked by any tool that knows IPLD and ed25519.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::Cid;
use crate::block::{BlockError, Codec, cid_of, decode, encode};
use crate::car::{CarError, CarReader, CarWriter};
use crate::event::EventError;
use crate::signed::SignedEvent;

/// How many signatures one block holds: about 450 kB.
const SIGNATURES_PER_BLOCK: usize = 4096;
const MAX_SIGNATURES_BYTES: usize = 1 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signatures {
    v: u64,
    #[serde(rename = "type")]
    block_type: String,
    signatures: Vec<(Cid, ByteArray<64>)>,
}

/// Writes events and objects as a CAR file.
///
/// # Errors
/// When the writer fails.
pub fn export_events<'a, W: Write>(
    to: W,
    events: &[SignedEvent],
    objects: impl IntoIterator<Item = (&'a Cid, &'a [u8])>,
) -> io::Result<W> {
    let signatures = events.iter().map(|event| (event.cid, event.signature));
    let mut car = EventCarWriter::new(to, signatures)?;
    for event in events {
        car.event(event)?;
    }
    for (cid, data) in objects {
        car.object(cid, data)?;
    }
    car.finish()
}

/// Writes events and objects as a CAR file one by one, for selections that do not fit into memory. The signatures
/// are the roots and so are needed first.
#[derive(Debug)]
#[must_use = "a CAR file is complete only after finish()"]
pub struct EventCarWriter<W: Write> {
    car: CarWriter<W>,
}

impl<W: Write> EventCarWriter<W> {
    /// Starts a file for the events with these signatures.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(to: W, signatures: impl IntoIterator<Item = (Cid, [u8; 64])>) -> io::Result<Self> {
        let blocks = signature_blocks(signatures).map_err(io::Error::other)?;
        let roots: Vec<Cid> = blocks.iter().map(|(cid, _)| *cid).collect();
        let mut car = CarWriter::new(to, &roots)?;
        for (cid, data) in &blocks {
            car.block(cid, data)?;
        }
        Ok(Self { car })
    }

    /// Adds one of the events.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn event(&mut self, event: &SignedEvent) -> io::Result<()> {
        self.car.block(&event.cid, &event.block)
    }

    /// Adds a block that is no event.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn object(&mut self, cid: &Cid, data: &[u8]) -> io::Result<()> {
        self.car.block(cid, data)
    }

    /// Flushes and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> io::Result<W> {
        self.car.finish()
    }
}

/// What a bundle holds.
#[derive(Debug, Default)]
pub struct Import {
    /// The events, in the file's order. Each was hashed and opened; their signatures are not verified, because one
    /// signature proves a whole chain: see [`crate::verify_chain`] and [`SignedEvent::open_verified`].
    pub events: Vec<SignedEvent>,
    /// All other blocks, in the file's order.
    pub objects: Vec<(Cid, Vec<u8>)>,
    /// What could not be read; the rest is still good.
    pub errors: Vec<ImportError>,
}

/// One thing in a bundle that could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file is damaged.
    #[error(transparent)]
    Car(#[from] CarError),
    /// A block with a signature is no event.
    #[error("block {cid} is signed as an event and is none: {error}")]
    Event {
        /// The block.
        cid: Box<Cid>,
        /// Why it is none.
        error: EventError,
    },
    /// A signature whose event is not in the file.
    #[error("event {0} is signed and not in the file")]
    Absent(Cid),
}

/// One block of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarItem {
    /// A block that a signature stands for; neither is verified yet.
    Event(SignedEvent),
    /// Any other block.
    Object {
        /// The block's name.
        cid: Cid,
        /// The block.
        data: Vec<u8>,
    },
}

/// Reads a bundle block by block.
///
/// An event is told from an object by its signature, which [`EventCarWriter`] writes before it. In a CAR file from
/// elsewhere with another order, early events come out as objects; [`import`] sorts that out.
#[derive(Debug)]
pub struct EventCarReader<R: Read> {
    car: CarReader<R>,
    roots: HashSet<Cid>,
    signatures: HashMap<Cid, [u8; 64]>,
}

impl<R: Read> EventCarReader<R> {
    /// Reads the header. Give it a buffered reader.
    ///
    /// # Errors
    /// When there is no CARv1 header.
    pub fn new(from: R) -> Result<Self, CarError> {
        Ok(Self::from_car(CarReader::new(from)?))
    }

    /// Reads a file whose header was read, with the limits it was given.
    pub fn from_car(car: CarReader<R>) -> Self {
        let roots = car.roots().iter().copied().collect();
        Self {
            car,
            roots,
            signatures: HashMap::new(),
        }
    }

    /// Takes the signatures of a root block; false when it is something else.
    fn take_signatures(&mut self, cid: &Cid, data: &[u8]) -> bool {
        if cid.codec() != Codec::DAG_CBOR || !self.roots.contains(cid) {
            return false;
        }
        match decode::<Signatures>(data, MAX_SIGNATURES_BYTES) {
            Ok(block) if block.v == 1 && block.block_type == "signatures" => {
                let signatures = block.signatures.into_iter();
                self.signatures
                    .extend(signatures.map(|(cid, bytes)| (cid, bytes.into_array())));
                true
            }
            _ => false,
        }
    }
}

impl<R: Read> Iterator for EventCarReader<R> {
    type Item = Result<CarItem, CarError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let block = match self.car.next()? {
                Ok(block) => block,
                Err(error) => return Some(Err(error)),
            };
            if self.take_signatures(&block.cid, &block.data) {
                continue;
            }
            return Some(Ok(match self.signatures.get(&block.cid) {
                Some(&signature) => CarItem::Event(SignedEvent {
                    cid: block.cid,
                    block: block.data.into(),
                    signature,
                }),
                None => CarItem::Object {
                    cid: block.cid,
                    data: block.data,
                },
            }));
        }
    }
}

/// Reads a whole bundle into memory. What is damaged is listed and the rest returned.
///
/// # Errors
/// When there is no CARv1 header.
pub fn import(from: impl Read) -> Result<Import, CarError> {
    let mut reader = EventCarReader::new(from)?;
    let mut import = Import::default();
    let mut items = Vec::new();
    for item in reader.by_ref() {
        match item {
            Ok(item) => items.push(item),
            Err(error) => import.errors.push(error.into()),
        }
    }
    let mut absent: BTreeMap<Cid, [u8; 64]> = reader.signatures.into_iter().collect();
    for item in items {
        let (cid, block) = match item {
            CarItem::Event(event) => (event.cid, event.block),
            CarItem::Object { cid, data } if absent.contains_key(&cid) => (cid, data.into()),
            CarItem::Object { cid, data } => {
                import.objects.push((cid, data));
                continue;
            }
        };
        // A repeated block was taken the first time.
        let Some(signature) = absent.remove(&cid) else {
            continue;
        };
        let event = SignedEvent {
            cid,
            block,
            signature,
        };
        match event.open() {
            // One of a newer format is whole all the same: its name and its signature stand beside it.
            Ok(_) | Err(EventError::Version(_)) => import.events.push(event),
            Err(error) => import.errors.push(ImportError::Event {
                cid: cid.into(),
                error,
            }),
        }
    }
    import
        .errors
        .extend(absent.into_keys().map(ImportError::Absent));
    Ok(import)
}

fn signature_blocks(
    signatures: impl IntoIterator<Item = (Cid, [u8; 64])>,
) -> Result<Vec<(Cid, Vec<u8>)>, BlockError> {
    let mut signatures: Vec<_> = signatures
        .into_iter()
        .map(|(cid, bytes)| (cid, ByteArray::new(bytes)))
        .collect();
    let mut blocks = Vec::new();
    loop {
        // Even without events there is one block: a CAR file has a root.
        let rest = signatures.split_off(signatures.len().min(SIGNATURES_PER_BLOCK));
        let block = encode(&Signatures {
            v: 1,
            block_type: "signatures".to_owned(),
            signatures,
        })?;
        blocks.push((cid_of(Codec::DAG_CBOR, &block), block));
        if rest.is_empty() {
            return Ok(blocks);
        }
        signatures = rest;
    }
}
