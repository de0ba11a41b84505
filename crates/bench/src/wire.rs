//! The few words of HTTP/1.1 that a load generator needs, so that it takes little of the machine it measures.

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest answer that is read, in octets.
const MAX_ANSWER: usize = 1024 * 1024;

/// Where the API is and who calls.
#[derive(Debug, Clone)]
pub struct Door {
    /// Host and port.
    pub address: String,
    /// The API key's secret.
    pub key: String,
}

impl Door {
    /// A `POST` of a JSON body, with an idempotency key if one is given.
    pub fn post(&self, path: &str, key: Option<&str>, body: &str) -> Vec<u8> {
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n{key}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        )
        .into_bytes()
    }

    /// A `GET`.
    pub fn get(&self, path: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\r\n",
            self.address, self.key
        )
        .into_bytes()
    }

    /// A page, as a browser with a cookie asks for it.
    pub fn page(&self, path: &str, cookie: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\naccept-language: es-ES\r\n\r\n",
            self.address
        )
        .into_bytes()
    }
}

/// One connection that stays open.
pub struct Line {
    address: String,
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(address)
            .await
            .with_context(|| format!("nobody answers at {address}"))?;
        socket.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), socket, buffer: Vec::with_capacity(8 * 1024) })
    }

    /// Sends a request and reads its answer: status and body. The line is new after a failure.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        if let Err(error) = self.exchange(request).await {
            *self = Self::open(&self.address).await.context(error.to_string())?;
            return Err(error);
        }
        let (status, start, _) = parsed(&self.buffer)?.context("no answer")?;
        Ok((status, &self.buffer[start..]))
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.socket.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server hung up");
            }
            if let Some((_, start, length)) = parsed(&self.buffer)?
                && self.buffer.len() >= start + length
            {
                return Ok(());
            }
            if self.buffer.len() > MAX_ANSWER {
                bail!("an answer of more than {MAX_ANSWER} octets");
            }
        }
    }
}

/// Status, where the body starts, and how long it is; `None` while the head is not whole.
fn parsed(octets: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&octets[..end])?;
    let mut lines = head.split("\r\n");
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let status = status.context("the answer is no HTTP")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    Ok(Some((status, end + 4, length.unwrap_or(0))))
}
