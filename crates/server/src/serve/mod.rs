//! Serving HTTP on a socket until asked to stop; what is under way is finished first, and nobody holds a place for ever.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// How long what is under way may take once the server was asked to stop: a request's own limit and a little more.
const LAST_REQUESTS: Duration = Duration::from_secs(20);
/// How long to wait before the next try when the system has no socket left to give.
const NO_SOCKET: Duration = Duration::from_millis(200);

/// How many connections may be open, and how long one may take to say what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// Connections open at once; more wait in the system's queue.
    pub connections: usize,
    /// How long a connection may take until a request's head is whole, an idle one until the next.
    pub head: Duration,
}

impl Default for Door {
    fn default() -> Self {
        // A process has 1,024 open files on most systems; the database and webhooks need some of them.
        Self { connections: 900, head: Duration::from_secs(30) }
    }
}

/// Answers requests that come to `listener` until `stop` is done.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    door: Door,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(door.connections));
    let guests = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(door.head);
    let mut stop = pin!(stop);
    loop {
        let come = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            let (socket, peer) = accept(&listener).await;
            Some((place, socket, peer))
        };
        let (place, socket, peer) = tokio::select! {
            Some(come) = come => come,
            () = &mut stop => break,
        };
        let router = router.clone();
        let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = guests.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::spawn(async move {
            // A connection that breaks off, or never says what it wants, is nobody's fault here.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, guests.shutdown()).await.is_err() {
        tracing::warn!("requests under way were left unfinished");
    }
    Ok(())
}

/// The next connection. A socket that fails at once is passed over; when there are none left, it is tried again soon.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                // Small answers leave at once instead of waiting for company.
                let _ = socket.set_nodelay(true);
                return (socket, peer);
            }
            Err(error) => {
                if !is_of_one_connection(&error) {
                    tracing::error!(%error, "no connection can be accepted");
                    tokio::time::sleep(NO_SOCKET).await;
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
