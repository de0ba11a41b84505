//! A receiver on this machine that keeps what it gets and answers as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lazo_domain::time::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::features::webhook_endpoints::signing::{
    ID_HEADER, Received, SIGNATURE_HEADER, Secrets, TIMESTAMP_HEADER, Unproven,
};

/// A message as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.header(ID_HEADER)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn verify(&self, secrets: &Secrets, now: Timestamp) -> Result<(), Unproven> {
        let received = Received {
            id: self.id(),
            timestamp: self.header(TIMESTAMP_HEADER),
            signature: self.header(SIGNATURE_HEADER),
            body: &self.body,
        };
        secrets.verify(&received, now)
    }
}

/// How the receiver answers its n-th message, counted from 0.
pub type Answering = Arc<dyn Fn(usize) -> Reply + Send + Sync>;

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub after: Duration,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self { status, after: Duration::ZERO, headers: Vec::new(), body: "noted\n".into() }
    }
}

/// The receiver, for as long as the test's runtime lives.
pub struct Receiver {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub async fn kind() -> Self {
        Self::answering(Arc::new(|_| Reply::status(200))).await
    }

    /// Answers with these statuses in order, the last one for ever.
    pub async fn statuses(statuses: &'static [u16]) -> Self {
        Self::answering(Arc::new(|n| Reply::status(statuses[n.min(statuses.len() - 1)]))).await
    }

    pub async fn answering(answering: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let hook = move |headers: HeaderMap, body: Bytes| {
            let (log, answering) = (Arc::clone(&log), Arc::clone(&answering));
            async move {
                let reply = {
                    let mut log = log.lock().unwrap();
                    log.push(Seen { headers, body });
                    answering(log.len() - 1)
                };
                tokio::time::sleep(reply.after).await;
                answer(reply)
            }
        };
        let router = Router::new().fallback(hook);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(reply: Reply) -> Response {
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
