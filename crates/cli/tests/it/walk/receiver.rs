//! A receiver of webhooks on this machine that checks signatures by the words of Standard Webhooks alone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A message as it came in.
#[derive(Debug, Clone)]
pub struct Message {
    headers: BTreeMap<String, String>,
    /// The octets that were signed.
    pub body: Vec<u8>,
}

impl Message {
    /// The name of what it tells.
    pub fn kind(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    }

    /// Is one of its signatures the one of `secret`?
    pub fn verify(&self, secret: &str) -> Result<(), String> {
        let key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
        let header = |name: &str| self.headers.get(name).map(String::as_str).unwrap_or_default();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
        mac.update(&self.body);
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let all = header("webhook-signature");
        let found = all.split(' ').any(|signature| signature == wanted);
        found.then_some(()).ok_or_else(|| format!("{wanted} is not among {all}"))
    }
}

/// The receiver; it lives as long as the test's process.
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    seen: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    /// Listens on a free port and takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                std::thread::spawn(move || {
                    while let Some(message) = take(&socket) {
                        log.lock().unwrap().push(message);
                        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                        if (&socket).write_all(answer).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { url, seen }
    }

    /// Everything that came until a message of this name did.
    #[expect(clippy::disallowed_methods, reason = "a test may wait only so long")]
    pub fn wait_for(&self, kind: &str) -> Vec<Message> {
        let begun = Instant::now();
        loop {
            let seen = self.seen.lock().unwrap().clone();
            if seen.iter().any(|message| message.kind() == kind) {
                return seen;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "no {kind} among {}", seen.len());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The next request of a connection; nothing when the other side hung up.
fn take(socket: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(socket);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Message { headers, body })
}
