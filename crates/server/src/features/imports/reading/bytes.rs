//! Bytes of a file on their way to a reader: counted, decompressed, and turned into UTF-8.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::super::mapping::Encoding;

/// The file as UTF-8 text, as far as `encoding` goes.
pub(super) fn open(
    file: File,
    counter: Arc<AtomicU64>,
    compressed: bool,
    encoding: Encoding,
) -> Box<dyn Read + Send> {
    let counted = BufReader::with_capacity(64 * 1024, Counted { inner: file, counter });
    let plain: Box<dyn Read + Send> =
        if compressed { Box::new(Unpacked::new(counted)) } else { Box::new(counted) };
    match encoding {
        Encoding::Utf8 | Encoding::Auto => plain,
        Encoding::Latin1 => Box::new(OneByte::new(plain, false)),
        Encoding::Windows1252 => Box::new(OneByte::new(plain, true)),
    }
}

/// Finds out how the bytes of a file stand for letters, and goes back to its beginning: UTF-8 where every byte fits, else
/// Windows-1252, of which Latin-1 is a part as far as letters go.
pub(super) fn detect(file: &mut File, compressed: bool) -> Result<Encoding> {
    let mut input: Box<dyn Read> = if compressed {
        let counter = Arc::default();
        Box::new(Unpacked::new(BufReader::new(Counted { inner: file.try_clone()?, counter })))
    } else {
        Box::new(file.try_clone()?)
    };
    let (mut chunk, mut kept) = (vec![0; 64 * 1024], 0);
    let found = loop {
        let count = input.read(&mut chunk[kept..])?;
        if count == 0 {
            // A letter that is cut at the end is none.
            break if kept == 0 { Encoding::Utf8 } else { Encoding::Windows1252 };
        }
        let filled = kept + count;
        match std::str::from_utf8(&chunk[..filled]) {
            Ok(_) => kept = 0,
            Err(error) if error.error_len().is_some() => break Encoding::Windows1252,
            Err(error) => {
                let whole = error.valid_up_to();
                chunk.copy_within(whole..filled, 0);
                kept = filled - whole;
            }
        }
    };
    file.rewind()?;
    Ok(found)
}

/// What unpacks to no more than this is never too much.
const SMALL: u64 = 64 << 20;
/// Beyond that a file may unpack to so many times its size: tables come to some 20 times, a trap to 1,000 times.
const MOST_TIMES: u64 = 200;

/// Unpacks, as long as what comes out is in proportion to what went in.
struct Unpacked {
    inner: MultiGzDecoder<BufReader<Counted>>,
    read: Arc<AtomicU64>,
    out: u64,
}

impl Unpacked {
    fn new(inner: BufReader<Counted>) -> Self {
        let read = Arc::clone(&inner.get_ref().counter);
        Self { inner: MultiGzDecoder::new(inner), read, out: 0 }
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        self.out = self.out.saturating_add(count as u64);
        let most = self.read.load(Ordering::Relaxed).saturating_mul(MOST_TIMES).max(SMALL);
        if self.out > most {
            let why = format!("it unpacks to more than {MOST_TIMES} times its size");
            return Err(Error::new(ErrorKind::InvalidData, why));
        }
        Ok(count)
    }
}

/// Counts what passes.
struct Counted {
    inner: File,
    counter: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        self.counter.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Turns an encoding of one byte a letter into UTF-8.
struct OneByte {
    inner: Box<dyn Read + Send>,
    windows: bool,
    out: Vec<u8>,
    taken: usize,
}

/// What Windows-1252 has at 0x80 to 0x9f; its five gaps stay control codes.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl OneByte {
    fn new(inner: Box<dyn Read + Send>, windows: bool) -> Self {
        Self { inner, windows, out: Vec::new(), taken: 0 }
    }

    fn letter(&self, byte: u8) -> char {
        match byte {
            0x80..=0x9f if self.windows => WINDOWS[usize::from(byte - 0x80)],
            _ => char::from(byte),
        }
    }

    fn fill(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        let count = self.inner.read(&mut chunk)?;
        self.out.clear();
        self.taken = 0;
        for byte in &chunk[..count] {
            let mut letter = [0; 4];
            let text = self.letter(*byte).encode_utf8(&mut letter);
            self.out.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }
}

impl Read for OneByte {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.taken == self.out.len() {
            self.fill()?;
        }
        let count = buffer.len().min(self.out.len() - self.taken);
        buffer[..count].copy_from_slice(&self.out[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
