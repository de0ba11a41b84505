//! SQLite's write-ahead log as it lies on the disk: which of its frames are whole and committed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Octets of the log's own head.
const HEAD: usize = 32;
/// Octets before each page.
const FRAME: usize = 24;
/// The first four octets; the last bit tells in which order of octets sums are built.
const MAGIC: u32 = 0x377f_0682;

/// The head of a log. A log that was begun anew has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    octets: [u8; HEAD],
}

/// How far a log has been read, always behind a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Octets from the log's beginning.
    pub octets: u64,
    sum: [u32; 2],
}

impl Head {
    /// The head of the log in `file`; nothing when there is none or it is being written.
    pub fn read(file: &mut File) -> io::Result<Option<Self>> {
        let mut octets = [0; HEAD];
        file.seek(SeekFrom::Start(0))?;
        match file.read_exact(&mut octets) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let head = Self { octets };
        let whole = head.word(0) & !1 == MAGIC
            && head.sum([0, 0], &octets[..24]) == [head.word(24), head.word(28)];
        Ok(whole.then_some(head))
    }

    /// As it is written.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// How often the log was begun anew before.
    pub fn sequence(&self) -> u32 {
        self.word(12)
    }

    /// Behind the head, where the first frame begins.
    pub fn begin(&self) -> Place {
        Place { octets: length(&self.octets), sum: [self.word(24), self.word(28)] }
    }

    /// How many frames are in a log of so many octets.
    pub fn frames(&self, octets: u64) -> u64 {
        let frame = u64::from(self.word(8)) + length(&[0; FRAME]);
        octets.saturating_sub(length(&self.octets)) / frame
    }

    /// Writes the committed frames behind `from` to `out`; answers where they end.
    pub fn committed(
        &self,
        file: &mut File,
        from: Place,
        out: &mut impl Write,
    ) -> io::Result<Place> {
        let page = usize::try_from(self.word(8)).map_err(io::Error::other)?;
        file.seek(SeekFrom::Start(from.octets))?;
        let mut log = io::BufReader::with_capacity(1 << 18, file);
        let (mut done, mut sum) = (from, from.sum);
        let (mut pending, mut frame) = (Vec::new(), vec![0; FRAME + page]);
        loop {
            match log.read_exact(&mut frame) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(done),
                Err(error) => return Err(error),
            }
            sum = self.sum(self.sum(sum, &frame[..8]), &frame[FRAME..]);
            let of_this_log = frame[8..16] == self.octets[16..24];
            if !of_this_log || sum != [word(&frame, 16), word(&frame, 20)] {
                return Ok(done);
            }
            pending.extend_from_slice(&frame);
            // The size of the database stands in the last frame of a transaction alone.
            if word(&frame, 4) > 0 {
                out.write_all(&pending)?;
                done = Place { octets: done.octets + length(&pending), sum };
                pending.clear();
            }
        }
    }

    fn word(&self, at: usize) -> u32 {
        word(&self.octets, at)
    }

    fn sum(&self, mut sum: [u32; 2], octets: &[u8]) -> [u32; 2] {
        let read = if self.word(0) & 1 == 1 { u32::from_be_bytes } else { u32::from_le_bytes };
        for pair in octets.chunks_exact(8) {
            let (first, second) = (four(pair, 0), four(pair, 4));
            sum[0] = sum[0].wrapping_add(read(first)).wrapping_add(sum[1]);
            sum[1] = sum[1].wrapping_add(read(second)).wrapping_add(sum[0]);
        }
        sum
    }
}

fn word(octets: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(four(octets, at))
}

fn four(octets: &[u8], at: usize) -> [u8; 4] {
    let mut four = [0; 4];
    four.copy_from_slice(&octets[at..at + 4]);
    four
}

fn length(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
