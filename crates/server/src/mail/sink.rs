//! A mail server that keeps what it is given instead of passing it on: for the demo and for tests, on this machine only.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How many letters are kept when nobody says.
const KEPT: usize = 100;
/// The longest letter, in octets.
const MAX_LETTER: u64 = 1024 * 1024;
/// How long a sender may keep its connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// A letter as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whom it is for.
    pub to: Vec<String>,
    /// Head and body, as they came.
    pub raw: String,
}

/// What was kept, the newest first. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sink {
    letters: Arc<Mutex<VecDeque<Kept>>>,
    most: usize,
    refused: Arc<Mutex<Vec<(String, String)>>>,
}

impl Sink {
    /// Begins to listen on a free port of this machine; answers where.
    pub async fn open() -> io::Result<(Self, SocketAddr)> {
        Self::open_for(KEPT).await
    }

    /// The same for the last `most` letters.
    pub async fn open_for(most: usize) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let sink = Self { letters: Arc::default(), most, refused: Arc::default() };
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let sink = own.clone();
                tokio::spawn(async move {
                    let talk = tokio::time::timeout(PATIENCE, sink.talk(socket)).await;
                    if !matches!(talk, Ok(Ok(()))) {
                        tracing::debug!("a sender of mail broke off");
                    }
                });
            }
        });
        Ok((sink, address))
    }

    /// What is there, the newest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Kept> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// How many letters are there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// From now on answers `answer`, such as `550 nobody here`, to letters for `address`.
    pub fn refuse(&self, address: &str, answer: &str) {
        let mut all = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(known, _)| known != address);
        all.push((address.to_owned(), answer.to_owned()));
    }

    /// Takes letters for everybody again.
    pub fn refuse_nobody(&self) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn refusal(&self, address: &str) -> Option<String> {
        let all = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(known, _)| known == address);
        found.map(|(_, answer)| format!("{answer}\r\n"))
    }

    fn keep(&self, letter: Kept) {
        let mut all = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_front(letter);
        all.truncate(self.most);
    }

    /// The part of SMTP (RFC 5321) that a client needs to hand over letters.
    async fn talk(&self, mut socket: TcpStream) -> io::Result<()> {
        let (read, mut write) = socket.split();
        let mut lines = BufReader::new(read.take(MAX_LETTER * 4));
        write.write_all(b"220 sink\r\n").await?;
        let mut to = Vec::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let word = line.trim().to_ascii_uppercase();
            let answer: &[u8] = if word.starts_with("EHLO") || word.starts_with("HELO") {
                b"250-sink\r\n250 8BITMIME\r\n"
            } else if let Some(refusal) =
                word.starts_with("RCPT TO:").then(|| self.refusal(&address(&line))).flatten()
            {
                write.write_all(refusal.as_bytes()).await?;
                continue;
            } else if word.starts_with("RCPT TO:") {
                to.push(address(&line));
                b"250 ok\r\n"
            } else if word.starts_with("DATA") {
                write.write_all(b"354 go on\r\n").await?;
                let raw = data(&mut lines).await?;
                lines.get_mut().set_limit(MAX_LETTER * 4);
                self.keep(Kept { to: std::mem::take(&mut to), raw });
                b"250 kept\r\n"
            } else if word.starts_with("RSET") {
                to.clear();
                b"250 ok\r\n"
            } else if word.starts_with("QUIT") {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            } else {
                b"250 ok\r\n"
            };
            write.write_all(answer).await?;
        }
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

async fn data<R: tokio::io::AsyncBufRead + Unpin>(lines: &mut R) -> io::Result<String> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            // A sender who broke off did not hand anything over.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(String::from_utf8_lossy(&raw).into_owned());
        }
        // A line that begins with a dot has one more on its way.
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

impl Kept {
    /// The subject, and the plain words, as people read them.
    #[must_use]
    pub fn read(&self) -> (String, String) {
        let (head, body) = self.raw.split_once("\r\n\r\n").unwrap_or((&self.raw, ""));
        (subject(head), plain(body))
    }
}

fn subject(head: &str) -> String {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
    let (mut words, mut after_encoded) = (String::new(), false);
    for word in line.split(' ') {
        let decoded = encoded_word(word);
        // Space between two encoded words only parts them (RFC 2047, 6.2); any other is meant.
        if !(words.is_empty() || (after_encoded && decoded.is_some())) {
            words.push(' ');
        }
        after_encoded = decoded.is_some();
        words.push_str(decoded.as_deref().unwrap_or(word));
    }
    words
}

/// `=?utf-8?b?…?=` in letters.
fn encoded_word(word: &str) -> Option<String> {
    use base64::Engine;
    let inner = word.strip_prefix("=?utf-8?b?")?.strip_suffix("?=")?;
    let octets = base64::engine::general_purpose::STANDARD.decode(inner).ok()?;
    String::from_utf8(octets).ok()
}

/// The plain part of a letter in two parts. A line of its own may begin as the line between parts does, such as the `-- `
/// before a signature: only the whole line parts.
fn plain(body: &str) -> String {
    let between = body.lines().find(|line| line.starts_with("--")).unwrap_or("--");
    let first = body.split_once("\r\n\r\n").map_or(body, |(_, rest)| rest);
    quoted(first.split(&format!("\r\n{between}")).next().unwrap_or_default())
}

/// Undoes quoted-printable (RFC 2045): `=C3=B1` is a letter, `=` at the end of a line joins it with the next.
fn quoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "").replace("\r\n", "\n");
    let mut octets = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'=', Some(octet)) => {
                octets.push(octet);
                rest = &more[2..];
            }
            _ => {
                octets.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}
