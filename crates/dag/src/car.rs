//! CARv1: a file of blocks, each with its CID (<https://ipld.io/specs/transport/car/carv1/>).

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::Cid;
use crate::block::{decode, encode, names};

/// The greatest length of a section a [`CarReader`] reads unless told otherwise: 512 MiB, because an asset is one
/// block.
pub const MAX_SECTION_BYTES: u64 = 512 << 20;

const MAX_HEADER_BYTES: u64 = 1 << 20;

/// Why a CAR file cannot be read. Offsets are bytes from its beginning.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CarError {
    /// The reader failed.
    #[error("CAR at byte {offset}: {error}")]
    Io {
        /// Where.
        offset: u64,
        /// What the reader said.
        #[source]
        error: io::Error,
    },
    /// The file ends inside a header or section.
    #[error("CAR ends at byte {offset}, inside what starts at byte {start}")]
    Truncated {
        /// Where the incomplete header or section starts.
        start: u64,
        /// Where the file ends.
        offset: u64,
    },
    /// A length that is not a varint or over the limit.
    #[error("CAR at byte {offset}: {reason}")]
    Length {
        /// Where.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// The header is not one of CARv1.
    #[error("CAR header: {0}")]
    Header(String),
    /// A section does not start with a CID we know.
    #[error("CAR section at byte {offset} has no valid CID: {reason}")]
    Cid {
        /// Where the section starts.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// A block is not what its CID names.
    #[error("CAR block at byte {offset} is not what its CID {cid} names")]
    Mismatch {
        /// Where the section starts.
        offset: u64,
        /// What the block is called.
        cid: Cid,
    },
}

/// One block of a CAR file; its CID was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarBlock {
    /// The block's name.
    pub cid: Cid,
    /// The block.
    pub data: Vec<u8>,
    /// Where its section starts in the file.
    pub offset: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u64,
    roots: Vec<Cid>,
}

/// Writes a CAR file block by block.
#[derive(Debug)]
#[must_use = "a CAR file is complete only after finish()"]
pub struct CarWriter<W: Write> {
    to: W,
}

impl<W: Write> CarWriter<W> {
    /// Starts a file with these roots; the specification asks for at least one.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(mut to: W, roots: &[Cid]) -> io::Result<Self> {
        let header = encode(&Header {
            version: 1,
            roots: roots.to_vec(),
        })
        .map_err(io::Error::other)?;
        write_varint(&mut to, header.len() as u64)?;
        to.write_all(&header)?;
        Ok(Self { to })
    }

    /// Adds a block. That `cid` names `data` is the caller's promise.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn block(&mut self, cid: &Cid, data: &[u8]) -> io::Result<()> {
        write_varint(&mut self.to, (cid.encoded_len() + data.len()) as u64)?;
        self.to.write_all(&cid.to_bytes())?;
        self.to.write_all(data)
    }

    /// Flushes and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

/// Reads a CAR file block by block, verifying each against its CID.
///
/// A block that does not verify is an error in its place and reading goes on; after any other error the iterator
/// ends, because nothing says where the next section starts.
#[derive(Debug)]
pub struct CarReader<R: Read> {
    from: R,
    roots: Vec<Cid>,
    offset: u64,
    max_section: u64,
    done: bool,
}

impl<R: Read> CarReader<R> {
    /// Reads the header. Give it a buffered reader.
    ///
    /// # Errors
    /// When there is no CARv1 header.
    pub fn new(from: R) -> Result<Self, CarError> {
        Self::with_limit(from, MAX_SECTION_BYTES)
    }

    /// As [`Self::new`], refusing sections over `max_section` bytes.
    ///
    /// # Errors
    /// When there is no CARv1 header.
    pub fn with_limit(from: R, max_section: u64) -> Result<Self, CarError> {
        let mut car = Self {
            from,
            roots: Vec::new(),
            offset: 0,
            max_section,
            done: false,
        };
        let header = car
            .frame(MAX_HEADER_BYTES)?
            .ok_or_else(|| CarError::Header("the file is empty".to_owned()))?;
        let header: Header = decode(&header, MAX_HEADER_BYTES as usize)
            .map_err(|error| CarError::Header(error.to_string()))?;
        if header.version != 1 {
            return Err(CarError::Header(format!(
                "version {} is not 1",
                header.version
            )));
        }
        car.roots = header.roots;
        Ok(car)
    }

    /// The blocks the file is about.
    #[must_use]
    pub fn roots(&self) -> &[Cid] {
        &self.roots
    }

    fn section(&mut self) -> Result<Option<CarBlock>, CarError> {
        let offset = self.offset;
        let Some(mut data) = self.frame(self.max_section)? else {
            return Ok(None);
        };
        let mut rest = data.as_slice();
        let cid = Cid::read_bytes(&mut rest).map_err(|error| CarError::Cid {
            offset,
            reason: error.to_string(),
        })?;
        let start = data.len() - rest.len();
        match names(&cid, rest) {
            Some(true) => {}
            Some(false) => return Err(CarError::Mismatch { offset, cid }),
            None => {
                let reason = format!("{cid} is not a sha2-256 hash");
                return Err(CarError::Cid { offset, reason });
            }
        }
        data.drain(..start);
        Ok(Some(CarBlock { cid, data, offset }))
    }

    /// A varint length and as many bytes; `None` at the end of the file.
    fn frame(&mut self, limit: u64) -> Result<Option<Vec<u8>>, CarError> {
        let start = self.offset;
        let Some(length) = self.varint()? else {
            return Ok(None);
        };
        if length > limit {
            let reason = format!("section of {length} bytes is over the limit of {limit}");
            return Err(CarError::Length {
                offset: start,
                reason,
            });
        }
        // Grows with the bytes that are there, not with the length that is claimed.
        let mut frame = Vec::new();
        let read = (&mut self.from).take(length).read_to_end(&mut frame);
        read.map_err(|error| CarError::Io {
            offset: self.offset,
            error,
        })?;
        self.offset += frame.len() as u64;
        if (frame.len() as u64) < length {
            return Err(CarError::Truncated {
                start,
                offset: self.offset,
            });
        }
        Ok(Some(frame))
    }

    /// Unsigned LEB128 of at most 63 bits in its shortest form, as the multiformats specification asks.
    fn varint(&mut self) -> Result<Option<u64>, CarError> {
        let start = self.offset;
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let Some(byte) = self.byte()? else {
                return if shift == 0 {
                    Ok(None)
                } else {
                    Err(CarError::Truncated {
                        start,
                        offset: self.offset,
                    })
                };
            };
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    break;
                }
                return Ok(Some(value));
            }
        }
        Err(CarError::Length {
            offset: start,
            reason: "the length is not a varint".to_owned(),
        })
    }

    fn byte(&mut self) -> Result<Option<u8>, CarError> {
        let mut byte = [0];
        loop {
            match self.from.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    self.offset += 1;
                    return Ok(Some(byte[0]));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(CarError::Io {
                        offset: self.offset,
                        error,
                    });
                }
            }
        }
    }
}

impl<R: Read> Iterator for CarReader<R> {
    type Item = Result<CarBlock, CarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.section().transpose();
        self.done = !matches!(
            item,
            Some(Ok(_) | Err(CarError::Mismatch { .. } | CarError::Cid { .. }))
        );
        item
    }
}

fn write_varint(to: &mut impl Write, mut value: u64) -> io::Result<()> {
    let mut bytes = [0; 10];
    let mut length = 0;
    loop {
        bytes[length] = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return to.write_all(&bytes[..=length]);
        }
        bytes[length] |= 0x80;
        length += 1;
    }
}
