//! A JSON array of objects turned into JSON Lines on its way, so that a file of any size is read row by row.

use std::io::{Error, ErrorKind, Read, Result};

/// Objects of an array, a line each.
pub(super) struct Elements {
    inner: Box<dyn Read + Send>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    out: Vec<u8>,
    taken: usize,
    /// Has the array's opening bracket been seen, and its closing one?
    array: (bool, bool),
}

impl Elements {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        Self {
            inner,
            depth: 0,
            in_text: false,
            escaped: false,
            out: Vec::new(),
            taken: 0,
            array: (false, false),
        }
    }

    /// The end of the file: an array that is still open was cut, even between two of its objects.
    fn ended(&self) -> Result<usize> {
        if self.depth > 0 || self.in_text || (self.array.0 && !self.array.1) {
            let why = "the file ends inside of its array: it was cut";
            return Err(Error::new(ErrorKind::UnexpectedEof, why));
        }
        Ok(0)
    }

    fn pass(&mut self, byte: u8) {
        if self.in_text {
            self.out.push(byte);
            self.in_text = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        if self.depth == 0 && byte != b'{' {
            match byte {
                b'[' => self.array.0 = true,
                b']' => self.array.1 = true,
                _ => {}
            }
            // The array's own brackets and commas; anything else is told by the reader of lines.
            if !matches!(byte, b'[' | b']' | b',') && !byte.is_ascii_whitespace() {
                self.out.push(byte);
            }
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.out.push(if byte == b'\n' || byte == b'\r' { b' ' } else { byte });
        if self.depth == 0 {
            self.out.push(b'\n');
        }
    }
}

impl Read for Elements {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.taken == self.out.len() {
            let mut chunk = [0; 16 * 1024];
            let count = self.inner.read(&mut chunk)?;
            if count == 0 {
                return self.ended();
            }
            self.out.clear();
            self.taken = 0;
            chunk[..count].iter().for_each(|byte| self.pass(*byte));
        }
        let count = buffer.len().min(self.out.len() - self.taken);
        buffer[..count].copy_from_slice(&self.out[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
