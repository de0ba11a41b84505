//! The few words of HTTP/1.1 that a till needs, over a plain socket that it may drop whenever it likes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// The longest answer a till reads, in octets.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// Where the API is and who calls.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host and port.
    pub address: String,
    /// The API key's secret.
    pub key: String,
}

/// A request, so that it can be sent again as it was.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path below `/api/v1`.
    pub path: String,
    /// The idempotency key.
    pub key: Option<String>,
    /// The body.
    pub body: Option<Value>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null when there is none.
    pub body: Value,
    /// The body as it came.
    pub octets: Vec<u8>,
    /// The headers, their names in small letters.
    pub headers: BTreeMap<String, String>,
}

/// One connection.
pub struct Line {
    server: Server,
    socket: BufReader<TcpStream>,
}

impl Line {
    /// Connects.
    pub fn open(server: &Server) -> anyhow::Result<Self> {
        Self::open_within(server, Duration::from_secs(30))
    }

    /// Connects; no answer is waited for longer than `patience`.
    pub fn open_within(server: &Server, patience: Duration) -> anyhow::Result<Self> {
        let address = server.address.parse()?;
        let socket = TcpStream::connect_timeout(&address, patience)
            .with_context(|| format!("nobody answers at {}", server.address))?;
        socket.set_read_timeout(Some(patience))?;
        socket.set_write_timeout(Some(patience))?;
        socket.set_nodelay(true)?;
        Ok(Self { server: server.clone(), socket: BufReader::new(socket) })
    }

    /// Asks and waits for the answer.
    pub fn ask(&mut self, request: &Request) -> anyhow::Result<Answer> {
        self.send(request)?;
        self.receive()
    }

    /// Sends without waiting.
    pub fn send(&mut self, request: &Request) -> anyhow::Result<()> {
        let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
        let Server { address, key } = &self.server;
        let idempotency = match &request.key {
            Some(key) => format!("idempotency-key: {key}\r\n"),
            None => String::new(),
        };
        let text = format!(
            "{} /api/v1{} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n{idempotency}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            request.method,
            request.path,
            body.len()
        );
        Ok(self.socket.get_mut().write_all(text.as_bytes())?)
    }

    /// Reads one answer.
    pub fn receive(&mut self) -> anyhow::Result<Answer> {
        let status = self.head_line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status: u16 = status.context("the answer is no HTTP")?;
        let mut headers = BTreeMap::new();
        loop {
            let line = self.head_line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").map_or(Ok(0), |length| length.parse())?;
        let chunked = headers.get("transfer-encoding").is_some_and(|how| how.contains("chunked"));
        let octets = if chunked { self.chunks()? } else { self.octets(length)? };
        let body = if octets.is_empty() { Value::Null } else { serde_json::from_slice(&octets)? };
        Ok(Answer { status, body, octets, headers })
    }

    fn head_line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.socket.by_ref().take(16_384).read_line(&mut line)? == 0 {
            bail!("the server hung up");
        }
        Ok(line.trim_end().to_owned())
    }

    fn octets(&mut self, length: usize) -> anyhow::Result<Vec<u8>> {
        if length > MAX_ANSWER {
            bail!("an answer of {length} octets");
        }
        let mut octets = vec![0; length];
        self.socket.read_exact(&mut octets)?;
        Ok(octets)
    }

    fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let size = usize::from_str_radix(self.head_line()?.trim(), 16)?;
            all.extend(self.octets(size)?);
            self.head_line()?;
            if size == 0 || all.len() > MAX_ANSWER {
                return Ok(all);
            }
        }
    }
}
