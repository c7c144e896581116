//! The seal at the end of a snapshot, which tells whether any byte before it was changed or lost.
//!
//! | bytes | hold |
//! |---|---|
//! | as many as its header says | the SQLite database |
//! | 16 | [`MARK`] |
//! | 16 | id of the key, hexadecimal |
//! | 32 | HMAC-SHA256 of the database under that key |
//!
//! SQLite reads as many pages as the header says and never what stands behind them, so that the file remains
//! one that any SQLite opens. We read nothing of it before the seal is found right.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{APPLICATION_ID, SCHEMA_VERSION};
use crate::key::{Digest, Key, Sealing};

/// Begins every seal.
const MARK: [u8; 16] = *b"Pandu segel v1\r\n";

/// Length of a seal.
pub const BYTES: u64 = 64;

/// Length of SQLite's own header.
const HEADER: usize = 100;

/// Puts the seal at the end of a database that is complete.
pub fn append(mut file: &File, key: &Key) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut sealed = Sealed {
        source: file,
        sealing: key.sealing(),
    };
    // Behind the last byte of the database at the end.
    io::copy(&mut sealed, &mut io::sink())?;
    let mut seal = Vec::from(MARK);
    seal.extend(key.id().as_bytes());
    seal.extend(sealed.sealing.finish());
    file.write_all(&seal)
}

/// Reads, and seals what was read.
pub struct Sealed<R> {
    source: R,
    sealing: Sealing,
}

impl<R> Sealed<R> {
    /// Whether this is the seal of all that was read. Takes as long whatever it is.
    pub fn matches(self, seal: &Seal) -> bool {
        self.sealing.matches(&seal.digest)
    }
}

impl<R: Read> Read for Sealed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Pieces that are still in the processor's cache when they are sealed.
        let most = buffer.len().min(64 * 1024);
        let length = self
            .source
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        self.sealing
            .update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// What stands at the end of a snapshot.
pub struct Seal {
    /// The id of the key it was made under.
    pub key_id: String,
    digest: Digest,
    /// Length of the database before it, in bytes.
    database: u64,
}

/// Why a file has no seal to check.
pub enum SealError {
    /// It cannot be read.
    Io(io::Error),
    /// It is no database of ours.
    Foreign,
    /// Its tables are of another version.
    Version(i32),
    /// Its length is not what its header says.
    Length,
    /// No seal stands where it should.
    Absent,
}

impl From<io::Error> for SealError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Length,
            _ => Self::Io(error),
        }
    }
}

impl Seal {
    /// Reads the seal of `file`, which is at its beginning afterwards.
    pub fn read(mut file: &File) -> Result<Self, SealError> {
        let bytes = file.metadata()?.len();
        let mut header = [0; HEADER];
        let mut start = Vec::new();
        file.take(HEADER as u64).read_to_end(&mut start)?;
        let known = b"SQLite format 3\0";
        if !start.iter().zip(known).all(|(byte, known)| byte == known) {
            return Err(SealError::Foreign);
        }
        if start.len() < HEADER {
            return Err(SealError::Length);
        }
        header.copy_from_slice(&start);
        // https://sqlite.org/fileformat2.html, 1.3: numbers are big-endian.
        let number = |at: usize| {
            let bytes = header.get(at..).and_then(|rest| rest.first_chunk::<4>());
            u32::from_be_bytes(bytes.copied().unwrap_or_default())
        };
        if number(68).cast_signed() != APPLICATION_ID {
            return Err(SealError::Foreign);
        }
        match number(60).cast_signed() {
            SCHEMA_VERSION => {}
            found => return Err(SealError::Version(found)),
        }
        let page = match number(16) >> 16 {
            1 => 65_536,
            bytes => u64::from(bytes),
        };
        let database = page * u64::from(number(28));
        if database < HEADER as u64 || database + BYTES != bytes {
            return Err(SealError::Length);
        }

        file.seek(SeekFrom::Start(database))?;
        let (mut mark, mut key_id, mut digest) = ([0; 16], [0; 16], [0; 32]);
        file.read_exact(&mut mark)?;
        file.read_exact(&mut key_id)?;
        file.read_exact(&mut digest)?;
        file.seek(SeekFrom::Start(0))?;
        if mark != MARK {
            return Err(SealError::Absent);
        }
        Ok(Self {
            key_id: String::from_utf8_lossy(&key_id).into_owned(),
            digest,
            database,
        })
    }

    /// Length of the database before it, in bytes.
    pub fn database(&self) -> u64 {
        self.database
    }

    /// The database before it, to be read once, and then to be asked whether the seal is right.
    pub fn sealed<'f>(&self, file: &'f File, key: &Key) -> Sealed<io::Take<&'f File>> {
        Sealed {
            source: file.take(self.database),
            sealing: key.sealing(),
        }
    }
}
