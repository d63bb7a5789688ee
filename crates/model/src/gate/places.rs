//! Where the blocks of an update stand, so that nothing nests deeper than documents do.
//!
//! A record is a map in a collection, and its fields are plain values. A map in a field of a map in a field, and so on,
//! takes a few bytes a level, but deleting it takes a stack frame a level, and an overflow ends the process. A block that
//! names its parent says where it stands; one that follows another stands where that one does, wherever in the update
//! that is, so blocks that follow each other are joined, and then no map may be joined to what stands in a record.

use std::collections::HashMap;
use std::ops::Range;

/// Where a block stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// In a collection.
    Collection,
    /// In a record.
    Record,
    /// Where the block of this writer and clock stands.
    After(u64, u64),
    /// Nowhere any more.
    Nowhere,
}

/// The blocks of an update.
#[derive(Debug, Default)]
pub(super) struct Places {
    blocks: Vec<Block>,
    /// The blocks of each writer, by growing clocks.
    writers: HashMap<u64, Range<usize>>,
    /// The blocks that follow others, with the writer and the clock of those.
    follow: Vec<(usize, u64, u64)>,
    /// Whether a map is among them. Otherwise all maps say where they stand, and nothing has to be joined.
    maps_follow: bool,
}

#[derive(Debug)]
struct Block {
    clock: u64,
    /// A block that it is joined with; itself in the last.
    joined: usize,
    /// Where its bytes begin when it is a map.
    map: Option<usize>,
    in_record: bool,
    is_gone: bool,
}

impl Places {
    /// Begins the blocks of a writer; false when there were some already.
    pub fn begin(&mut self, writer: u64) -> bool {
        let at = self.blocks.len();
        self.writers.insert(writer, at..at).is_none()
    }

    /// Adds the next block of the writer that was begun last. `map` is where the bytes of a map begin.
    pub fn add(&mut self, writer: u64, clock: u64, place: Place, map: Option<usize>) {
        let at = self.blocks.len();
        if let Place::After(writer, clock) = place {
            self.follow.push((at, writer, clock));
            self.maps_follow |= map.is_some();
        }
        self.blocks.push(Block {
            clock,
            joined: at,
            map,
            in_record: matches!(place, Place::Record),
            is_gone: matches!(place, Place::Nowhere),
        });
        if let Some(range) = self.writers.get_mut(&writer) {
            range.end = at + 1;
        }
    }

    /// Where the bytes of a map that stands in a record begin.
    pub fn map_in_record(mut self) -> Option<usize> {
        let follow = std::mem::take(&mut self.follow);
        let maps_follow = self.maps_follow;
        for (at, writer, clock) in follow.into_iter().filter(|_| maps_follow) {
            if let Some(before) = self.find(writer, clock) {
                self.join(at, before);
            }
        }
        for at in 0..self.blocks.len() {
            if self.blocks[at].in_record {
                let last = self.last(at);
                self.blocks[last].in_record = true;
            }
        }
        (0..self.blocks.len()).find_map(|at| {
            let map = self.blocks[at].map?;
            let last = self.last(at);
            self.blocks[last].in_record.then_some(map)
        })
    }

    /// The block that holds a clock; none when it is not of this update, or gone.
    fn find(&self, writer: u64, clock: u64) -> Option<usize> {
        let range = self.writers.get(&writer)?;
        let blocks = &self.blocks[range.clone()];
        let after = blocks.partition_point(|block| block.clock <= clock);
        let at = range.start + after.checked_sub(1)?;
        (!self.blocks[at].is_gone).then_some(at)
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.last(one), self.last(other));
        self.blocks[one].joined = other;
    }

    /// The block that stands for all that this one is joined with.
    fn last(&mut self, mut at: usize) -> usize {
        while self.blocks[at].joined != at {
            // Halves the way for those who come later.
            self.blocks[at].joined = self.blocks[self.blocks[at].joined].joined;
            at = self.blocks[at].joined;
        }
        at
    }
}
