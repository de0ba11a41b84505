//! `lazo serve` as a process, and a client that calls nothing but what the served OpenAPI document describes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::Value;

/// The server, as somebody starts it on a machine of their own.
pub struct Server {
    child: Child,
    address: String,
    /// What it printed for the first administrator.
    pub setup_token: String,
    log: JoinHandle<String>,
}

impl Server {
    /// Starts it on a free port; webhooks may go to this machine.
    pub fn start(database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lazo"))
            .args(["--database", database, "serve", "--bind", "127.0.0.1:0"])
            .env("LAZO_WEBHOOKS_TO_THIS_MACHINE", "true")
            .env("LAZO_LOG", "info")
            .env("LAZO_LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let after = |words: &mut BufReader<_>, mark: &str, end: &[char]| loop {
            let mut line = String::new();
            assert_ne!(words.read_line(&mut line).unwrap(), 0, "the server said nothing of {mark}");
            if let Some((_, rest)) = line.split_once(mark) {
                break rest.split(end).next().unwrap().to_owned();
            }
        };
        let address = after(&mut words, "listening on http://", &[';', '\n']);
        let setup_token = after(&mut words, "\"setup_token\":\"", &['"']);
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            words.read_to_string(&mut log).unwrap();
            log
        });
        Self { child, address, setup_token, log }
    }

    /// Ends it; answers what it logged, each line a JSON object.
    pub fn stop(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let log = self.log.join().unwrap();
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

/// A caller.
#[derive(Clone)]
pub struct Api {
    address: String,
    token: Option<String>,
    language: &'static str,
    key: Option<String>,
    within: Vec<(String, String)>,
    /// The served document.
    pub document: Arc<Value>,
}

impl Api {
    /// Reads the documentation, as nobody in particular.
    pub fn open(server: &Server) -> Self {
        let mut api = Self {
            address: server.address.clone(),
            token: None,
            language: "en",
            key: None,
            within: Vec::new(),
            document: Arc::default(),
        };
        let (status, document) = api.send("GET", "/api/openapi.json", &Value::Null);
        assert_eq!(status, 200);
        api.document = Arc::new(document);
        api
    }

    pub fn as_holder_of(&self, token: &Value) -> Self {
        Self { token: Some(token.as_str().unwrap().to_owned()), ..self.clone() }
    }

    pub fn in_spanish(&self) -> Self {
        Self { language: "es", ..self.clone() }
    }

    pub fn in_english(&self) -> Self {
        Self { language: "en", ..self.clone() }
    }

    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// Fills the path's parameters.
    pub fn at(&self, within: &[(&str, &Value)]) -> Self {
        let named = |(name, value): &(&str, &Value)| {
            (format!("{{{name}}}"), value.as_str().unwrap().to_owned())
        };
        Self { within: within.iter().map(named).collect(), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Value {
        self.call("GET", path, &Value::Null, 200)
    }

    pub fn post(&self, path: &str, body: Value, status: u16) -> Value {
        self.call("POST", path, &body, status)
    }

    pub fn put(&self, path: &str, body: Value, status: u16) -> Value {
        self.call("PUT", path, &body, status)
    }

    fn call(&self, method: &str, path: &str, body: &Value, wanted: u16) -> Value {
        let routed = format!("/api/v1{}", path.split('?').next().unwrap());
        let operation = &self.document["paths"][&routed][method.to_ascii_lowercase()];
        assert!(operation.is_object(), "the documentation has no {method} {path}");
        let answer = &operation["responses"][wanted.to_string()];
        assert!(answer.is_object(), "{method} {path} does not document {wanted}");
        let filled = self
            .within
            .iter()
            .fold(format!("/api/v1{path}"), |path, (name, value)| path.replace(name, value));
        let (status, told) = self.send(method, &filled, body);
        assert_eq!(status, wanted, "{method} {filled} {body}: {told}");
        told
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept-language: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            self.address,
            self.language,
            body.len()
        );
        for (name, value) in
            [("authorization: Bearer ", &self.token), ("idempotency-key: ", &self.key)]
        {
            if let Some(value) = value {
                head += &format!("{name}{value}\r\n");
            }
        }
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
        (status, body)
    }
}
