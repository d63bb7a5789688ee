//! The check of SQLite's journal before it is brought into the database.
//!
//! After a crash SQLite takes the journal up to the first frame that is not as it was written and forgets the rest,
//! without a word: right for what a power loss left of the last commit, wrong for a bit that changed in an earlier one.
//! The two can be told apart: a commit is synced before the next one begins, so when another commit ends after the bad
//! frame and still more follows, the bad frame was whole once. Format: <https://sqlite.org/fileformat2.html#walformat>

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use wissil_sync::StoreError;

use crate::{error, layout};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const MAGIC: u32 = 0x377f_0682;

/// Checks the journal of a project that nobody writes.
pub(crate) fn check(project: &Path) -> Result<(), StoreError> {
    let path = layout::journal(project);
    let file = match File::open(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file.map_err(error::file("opened", &path))?,
    };
    match is_whole(BufReader::with_capacity(1 << 16, file)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(error::damaged(
            "the journal of the project's database",
            "it is not what was written",
        )),
        Err(cause) => Err(error::io("opened")(cause)),
    }
}

fn is_whole(mut journal: impl Read) -> io::Result<bool> {
    let mut header = [0; HEADER];
    if !fill(&mut journal, &mut header)? {
        return Ok(true);
    }
    let mut sum = Checksum {
        big_endian: number(&header, 0) == MAGIC | 1,
        first: 0,
        second: 0,
    };
    sum.take(&header[..24]);
    let mut frame_header = [0; FRAME_HEADER];
    if number(&header, 0) | 1 != MAGIC | 1 || !sum.is(&header[24..]) {
        // It is synced before anything follows it.
        return Ok(!fill(&mut journal, &mut frame_header)?);
    }
    let mut page = vec![0; (number(&header, 8) as usize).clamp(512, 65536)];
    let (mut broken, mut committed_after) = (false, false);
    while fill(&mut journal, &mut frame_header)? && fill(&mut journal, &mut page)? {
        let is_of_this_journal = frame_header[8..16] == header[16..24];
        if !broken {
            sum.take(&frame_header[..8]);
            sum.take(&page);
            broken = !is_of_this_journal || !sum.is(&frame_header[16..]);
        }
        if broken && is_of_this_journal {
            if committed_after {
                return Ok(false);
            }
            committed_after = number(&frame_header, 4) != 0;
        }
    }
    Ok(true)
}

/// The running checksum over pairs of 32-bit numbers.
struct Checksum {
    big_endian: bool,
    first: u32,
    second: u32,
}

impl Checksum {
    fn take(&mut self, bytes: &[u8]) {
        let (pairs, _) = bytes.as_chunks::<8>();
        for &[a, b, c, d, e, f, g, h] in pairs {
            let (one, two) = if self.big_endian {
                (
                    u32::from_be_bytes([a, b, c, d]),
                    u32::from_be_bytes([e, f, g, h]),
                )
            } else {
                (
                    u32::from_le_bytes([a, b, c, d]),
                    u32::from_le_bytes([e, f, g, h]),
                )
            };
            self.first = self.first.wrapping_add(one).wrapping_add(self.second);
            self.second = self.second.wrapping_add(two).wrapping_add(self.first);
        }
    }

    fn is(&self, stored: &[u8]) -> bool {
        (number(stored, 0), number(stored, 4)) == (self.first, self.second)
    }
}

/// Four bytes, big-endian; 0 where there are none.
fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_be_bytes)
}

/// Fills the buffer, or tells that the file ends before.
fn fill(journal: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match journal.read_exact(buffer) {
        Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    }
}
