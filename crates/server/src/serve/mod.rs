//! Serving HTTP on a socket until asked to stop; what is under way is finished first, and nobody holds a place for ever.

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tower::ServiceExt;

/// How long what is under way may take once the server was asked to stop: a request's own limit and a little more.
const LAST_REQUESTS: Duration = Duration::from_secs(20);
/// How long the door stays open once the server was asked to stop.
const FAREWELL: Duration = Duration::from_millis(200);
/// How long after that a connection that says nothing is waited for: its next request may be on the way.
const LINGER: Duration = Duration::from_secs(1);
/// How often to look whether all have left.
const LOOK: Duration = Duration::from_millis(10);
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
    let leaving = Arc::new(AtomicBool::new(false));
    let guests = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(door.head);
    let seat = |(place, socket, peer): Guest| {
        let service = service(router.clone(), peer, Arc::clone(&leaving));
        let connection = guests.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::spawn(async move {
            // A connection that breaks off, or never says what it wants, is nobody's fault here.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    };
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            guest = next(&listener, &places) => seat(guest),
            () = &mut stop => break,
        }
    }
    // Whoever knocked before the door closed is let in, and everybody hears that this is the last answer.
    leaving.store(true, Ordering::SeqCst);
    let (mut over, mut at_last) = (pin!(sleep(FAREWELL)), pin!(sleep(FAREWELL * 4)));
    loop {
        tokio::select! {
            biased;
            () = &mut at_last => break,
            guest = next(&listener, &places) => seat(guest),
            () = &mut over => break,
        }
    }
    // The system may have let somebody in of whom the runtime, when it is busy, has not heard yet.
    if let Ok(listener) = listener.into_std() {
        while let Some(guest) = last(&listener, &places) {
            seat(guest);
        }
    }
    // A connection still open may have its request on the way: each hears with its answer that it was the last.
    let gone = async {
        while guests.count() > 0 {
            sleep(LOOK).await;
        }
    };
    if tokio::time::timeout(LINGER, gone).await.is_err() {
        tracing::debug!(open = guests.count(), "connections that say nothing are closed");
    }
    if tokio::time::timeout(LAST_REQUESTS, guests.shutdown()).await.is_err() {
        tracing::warn!("requests under way were left unfinished");
    }
    Ok(())
}

/// A place, a connection, and who is at its other end.
type Guest = (OwnedSemaphorePermit, TcpStream, SocketAddr);

/// The next connection for which there is a place.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> Guest {
    match Arc::clone(places).acquire_owned().await {
        Ok(place) => {
            let (socket, peer) = accept(listener).await;
            (place, socket, peer)
        }
        // Places are never closed; were they, nobody would come in any more.
        Err(_) => std::future::pending().await,
    }
}

/// Somebody who stands at the door already, if there is a place.
fn last(listener: &std::net::TcpListener, places: &Arc<Semaphore>) -> Option<Guest> {
    let place = Arc::clone(places).try_acquire_owned().ok()?;
    let (socket, peer) = listener.accept().ok()?;
    socket.set_nonblocking(true).ok()?;
    // Small answers leave at once instead of waiting for company.
    let _ = socket.set_nodelay(true);
    Some((place, TcpStream::from_std(socket).ok()?, peer))
}

/// Answers the requests of one connection; once the server is leaving, each answer is the connection's last.
fn service(
    router: Router,
    peer: SocketAddr,
    leaving: Arc<AtomicBool>,
) -> impl HttpService<Incoming, ResBody = Body, Error = Infallible, Future: Send> {
    hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, leaving) = (router.clone(), Arc::clone(&leaving));
        async move {
            let mut answer = router.oneshot(request.map(Body::new)).await?;
            if leaving.load(Ordering::SeqCst) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
    })
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
                    sleep(NO_SOCKET).await;
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
