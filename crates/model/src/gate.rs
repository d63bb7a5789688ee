//! The gate every foreign update passes before the CRDT library sees it.
//!
//! A document uses a small part of the update format (lib0 v1): root maps, maps inside them, plain values under keys.
//! Anything else is refused here, by a scan that neither recurses nor allocates what the bytes merely claim: sixteen
//! kilobytes of nested arrays overflow the stack of a decoder, fourteen bytes can claim fifty million entries.

mod places;

use std::collections::HashSet;

use crate::document::MAX_RECORDS;
use crate::value::MAX_DEPTH;
use places::{Place, Places};

/// Most bytes of one update.
pub const MAX_UPDATE_BYTES: usize = 896 * 1024;
/// Most clock ticks (roughly: field writes) of one update.
const MAX_CLOCK_TICKS: u64 = 1 << 20;
/// Highest clock a chain may reach; the format ends at 2^32.
const MAX_CLOCK: u64 = 1 << 31;
/// Longest collection name, record id or field name.
const MAX_KEY_BYTES: usize = 512;
/// Most collections that are named; kinds have fewer than ten.
const MAX_ROOTS: usize = 64;
/// Most blocks and values of a whole state: each takes some hundred bytes in memory, and very few when it travels.
const MAX_STATE_PARTS: usize = 16 * MAX_RECORDS;

/// Why an update was refused before it was applied.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GateError {
    /// More bytes than an update may have.
    #[error("the update is {0} bytes long; at most {MAX_UPDATE_BYTES} are accepted")]
    TooLarge(usize),
    /// The bytes end early, or a length points past them.
    #[error("the update is cut short at byte {0}")]
    Truncated(usize),
    /// Bytes after the end.
    #[error("the update has {0} bytes after its end")]
    Trailing(usize),
    /// A part of the format that documents do not use.
    #[error("the update holds {what} at byte {at}, which no document uses")]
    Foreign {
        /// What was found.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// Values nested too deep.
    #[error("the update nests values deeper than {MAX_DEPTH} at byte {0}")]
    TooDeep(usize),
    /// Content written under another writer's id.
    #[error("the update writes as {found:x}; its author writes as {expected:x}")]
    WrongWriter {
        /// The writer id in the update.
        found: u64,
        /// The id computed from the event.
        expected: u64,
    },
    /// The update does not continue where its writer stopped.
    #[error("the update continues at clock {found}; its writer stands at {expected}")]
    Gap {
        /// Where it continues.
        found: u64,
        /// Where it should.
        expected: u64,
    },
    /// Clocks beyond what the format holds.
    #[error("the update's clocks reach beyond what a document may hold")]
    ClockTooHigh,
    /// More than memory is given for.
    #[error("the state holds more than {MAX_STATE_PARTS} values, fields and records")]
    TooMany,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scan {
    /// The writer and the first and one-past-last clock of what it inserts; none for deletions only.
    pub inserts: Option<(u64, u64, u64)>,
    /// Names of the root collections that are named outright.
    pub roots: Vec<String>,
}

/// Scans an update, refusing whatever documents do not use.
pub(crate) fn scan(update: &[u8]) -> Result<Scan, GateError> {
    if update.len() > MAX_UPDATE_BYTES {
        return Err(GateError::TooLarge(update.len()));
    }
    // Its bytes bound what it holds.
    let mut reader = Reader::new(update, MAX_CLOCK_TICKS, usize::MAX);
    let mut found = Scan::default();
    match reader.varint()? {
        0 => {}
        1 => {
            let (client, from, ticks) = reader.writer()?;
            if ticks == 0 || from > MAX_CLOCK {
                return Err(reader.foreign("a writer without content"));
            }
            found.inserts = Some((client, from, from + ticks));
        }
        _ => return Err(reader.foreign("several writers")),
    }
    found.roots = reader.finish()?;
    Ok(found)
}

impl Scan {
    /// Checks that the scanned update inserts as nobody but `writer`.
    pub fn is_of(&self, writer: u64) -> Result<(), GateError> {
        match self.inserts {
            Some((client, ..)) if client != writer => Err(GateError::WrongWriter {
                found: client,
                expected: writer,
            }),
            _ => Ok(()),
        }
    }

    /// Checks that the scanned update continues its writer's content without a gap.
    ///
    /// `writer` is the id computed from the event; `clock` is where that writer stands in the document.
    pub fn continues(&self, writer: u64, clock: u64) -> Result<(), GateError> {
        self.is_of(writer)?;
        let Some((_, from, to)) = self.inserts else {
            return Ok(());
        };
        if from != clock {
            return Err(GateError::Gap {
                found: from,
                expected: clock,
            });
        }
        if to > MAX_CLOCK {
            return Err(GateError::ClockTooHigh);
        }
        Ok(())
    }
}

/// Scans a whole state, of all its writers, from anyone: it holds nothing that an update may not hold.
pub(crate) fn scan_state(state: &[u8]) -> Result<(), GateError> {
    let mut reader = Reader::new(state, MAX_CLOCK, MAX_STATE_PARTS);
    for _ in 0..reader.varint()? {
        let (_, from, _) = reader.writer()?;
        if from != 0 {
            return Err(GateError::Gap {
                found: from,
                expected: 0,
            });
        }
    }
    reader.finish().map(drop)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Most clock ticks of one writer.
    max_ticks: u64,
    /// How many more blocks and values may come.
    parts_left: usize,
    places: Places,
    /// Where blocks of the present writer stand: nobody writes twice over the same.
    taken: HashSet<&'a [u8]>,
    roots: Vec<String>,
}

/// Block kinds and flags of the v1 format.
const GC: u8 = 0;
const SKIP: u8 = 10;
const DELETED: u8 = 1;
const TYPE: u8 = 7;
const ANY: u8 = 8;
const HAS_ORIGIN: u8 = 0x80;
const HAS_RIGHT_ORIGIN: u8 = 0x40;
const HAS_PARENT_SUB: u8 = 0x20;
const TYPE_MAP: u8 = 1;

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], max_ticks: u64, max_parts: usize) -> Self {
        Self {
            bytes,
            at: 0,
            max_ticks,
            parts_left: max_parts,
            places: Places::default(),
            taken: HashSet::new(),
            roots: Vec::new(),
        }
    }

    fn foreign(&self, what: &'static str) -> GateError {
        GateError::Foreign { what, at: self.at }
    }

    fn byte(&mut self) -> Result<u8, GateError> {
        let byte = *self
            .bytes
            .get(self.at)
            .ok_or(GateError::Truncated(self.at))?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: u64) -> Result<&'a [u8], GateError> {
        let rest = self.bytes.len() - self.at;
        match usize::try_from(count) {
            Ok(count) if count <= rest => {
                let from = self.at;
                self.at += count;
                Ok(&self.bytes[from..self.at])
            }
            _ => Err(GateError::Truncated(self.at)),
        }
    }

    fn varint(&mut self) -> Result<u64, GateError> {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                // Otherwise one place could be written in several ways.
                if byte == 0 && shift > 0 {
                    return Err(self.foreign("a number that is longer than it needs to be"));
                }
                return Ok(number);
            }
        }
        Err(self.foreign("a number of more than 63 bits"))
    }

    /// A signed number: six bits and a sign first, then seven bits a byte.
    fn signed_varint(&mut self) -> Result<(), GateError> {
        for _ in 0..10 {
            if self.byte()? & 0x80 == 0 {
                return Ok(());
            }
        }
        Err(self.foreign("a number of more than 63 bits"))
    }

    fn text(&mut self) -> Result<&'a str, GateError> {
        let from = self.at;
        let length = self.varint()?;
        let bytes = self.skip(length)?;
        std::str::from_utf8(bytes).map_err(|_| GateError::Foreign {
            what: "text that is not UTF-8",
            at: from,
        })
    }

    fn key(&mut self) -> Result<&'a str, GateError> {
        let at = self.at;
        let text = self.text()?;
        if text.len() > MAX_KEY_BYTES {
            return Err(GateError::Foreign {
                what: "a name of more than 512 bytes",
                at,
            });
        }
        Ok(text)
    }

    /// An id of a block: writer and clock.
    fn id(&mut self) -> Result<(u64, u64), GateError> {
        let writer = self.varint()?;
        let clock = self.varint()?;
        if clock > MAX_CLOCK {
            return Err(GateError::ClockTooHigh);
        }
        Ok((writer, clock))
    }

    /// The blocks of one writer: who, the first clock, and how many clock ticks they take.
    fn writer(&mut self) -> Result<(u64, u64, u64), GateError> {
        let count = self.varint()?;
        let writer = self.varint()?;
        let from = self.varint()?;
        if writer >> 53 != 0 {
            return Err(self.foreign("a writer id of more than 53 bits"));
        }
        if !self.places.begin(writer) {
            return Err(self.foreign("a writer twice"));
        }
        self.taken.clear();
        let mut ticks = 0u64;
        for _ in 0..count {
            let clock = from.saturating_add(ticks);
            ticks = ticks.saturating_add(self.block(writer, clock)?);
            if ticks > self.max_ticks {
                return Err(GateError::ClockTooHigh);
            }
        }
        Ok((writer, from, ticks))
    }

    /// One block; returns how many clock ticks it takes.
    fn block(&mut self, writer: u64, clock: u64) -> Result<u64, GateError> {
        self.part()?;
        let block = self.at;
        let info = self.byte()?;
        match info {
            GC => {
                self.places.add(writer, clock, Place::Nowhere, None);
                return self.length();
            }
            SKIP => return Err(self.foreign("a gap")),
            _ => {}
        }
        if info & HAS_RIGHT_ORIGIN != 0 {
            return Err(self.foreign("an ordered sequence"));
        }
        let from = self.at;
        let place = if info & HAS_ORIGIN != 0 {
            let (writer, clock) = self.id()?;
            Place::After(writer, clock)
        } else {
            let place = if self.varint()? == 1 {
                self.root()?;
                Place::Collection
            } else {
                self.id()?;
                Place::Record
            };
            if info & HAS_PARENT_SUB == 0 {
                return Err(self.foreign("an ordered sequence"));
            }
            self.key()?;
            place
        };
        // Read as an id, a parent and its key would have bytes left over: the two are never the same.
        if !self.taken.insert(&self.bytes[from..self.at]) {
            return Err(self.foreign("two blocks in one place"));
        }
        let (ticks, map) = match info & 0x1f {
            DELETED => (self.length()?, None),
            TYPE => match self.byte()? {
                TYPE_MAP => (1, Some(block)),
                _ => return Err(self.foreign("a shared type other than a map")),
            },
            ANY => match self.varint()? {
                1 => {
                    self.value()?;
                    (1, None)
                }
                _ => return Err(self.foreign("several values under one key")),
            },
            _ => return Err(self.foreign("content other than maps and values")),
        };
        self.places.add(writer, clock, place, map);
        Ok(ticks)
    }

    fn root(&mut self) -> Result<(), GateError> {
        let root = self.key()?;
        if !self.roots.iter().any(|known| known == root) {
            if self.roots.len() == MAX_ROOTS {
                return Err(self.foreign("more collections than any document has"));
            }
            self.roots.push(root.to_owned());
        }
        Ok(())
    }

    /// One more block or value.
    fn part(&mut self) -> Result<(), GateError> {
        self.parts_left = self.parts_left.checked_sub(1).ok_or(GateError::TooMany)?;
        Ok(())
    }

    fn length(&mut self) -> Result<u64, GateError> {
        match self.varint()? {
            0 => Err(self.foreign("an empty block")),
            length if length > self.max_ticks => Err(GateError::ClockTooHigh),
            length => Ok(length),
        }
    }

    /// One value, however nested; iterative.
    fn value(&mut self) -> Result<(), GateError> {
        // What is left to read at each level: items of a list, or entries of a map, which have a key first.
        let mut open: Vec<(u64, bool)> = vec![(1, false)];
        while let Some((left, keyed)) = open.last_mut() {
            if *left == 0 {
                open.pop();
                continue;
            }
            *left -= 1;
            self.part()?;
            if *keyed {
                self.text()?;
            }
            match self.byte()? {
                126 | 120 | 121 => {}
                125 => self.signed_varint()?,
                124 => {
                    let bytes = self.skip(4)?;
                    let number = f32::from_be_bytes(bytes.try_into().unwrap_or_default());
                    if !number.is_finite() {
                        return Err(self.foreign("a number that is not finite"));
                    }
                }
                123 => {
                    let bytes = self.skip(8)?;
                    let number = f64::from_be_bytes(bytes.try_into().unwrap_or_default());
                    if !number.is_finite() {
                        return Err(self.foreign("a number that is not finite"));
                    }
                }
                119 => {
                    self.text()?;
                }
                kind @ (117 | 118) => {
                    let length = self.varint()?;
                    if length > (self.bytes.len() - self.at) as u64 {
                        return Err(GateError::Truncated(self.at));
                    }
                    if open.len() > MAX_DEPTH {
                        return Err(GateError::TooDeep(self.at));
                    }
                    open.push((length, kind == 118));
                }
                _ => return Err(self.foreign("a value of a kind that records do not hold")),
            }
        }
        Ok(())
    }

    /// What was deleted, and the end; the names of the collections.
    fn finish(mut self) -> Result<Vec<String>, GateError> {
        let writers = self.varint()?;
        for _ in 0..writers {
            self.part()?;
            self.varint()?;
            let ranges = self.varint()?;
            for _ in 0..ranges {
                self.part()?;
                let clock = self.varint()?;
                let length = self.varint()?;
                if clock.saturating_add(length) > MAX_CLOCK {
                    return Err(GateError::ClockTooHigh);
                }
            }
        }
        match self.bytes.len() - self.at {
            0 => {}
            rest => return Err(GateError::Trailing(rest)),
        }
        match self.places.map_in_record() {
            None => Ok(self.roots),
            Some(at) => Err(GateError::Foreign {
                what: "a map inside a record",
                at,
            }),
        }
    }
}
