//! Guests who never say what they want lose their place; everybody else is served, and what is under way is finished.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Door, serve};

const HEAD: Duration = Duration::from_millis(300);

struct Open {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

async fn open(connections: usize) -> Open {
    let router = Router::new().route("/", get(|| async { "hello" })).route(
        "/slow",
        get(|| async {
            tokio::time::sleep(HEAD).await;
            "done"
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, asked) = oneshot::channel();
    let door = Door { connections, head: HEAD };
    let served = tokio::spawn(serve(router, listener, door, async {
        let _ = asked.await;
    }));
    Open { address, stop, served }
}

async fn say(address: SocketAddr, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

async fn heard(mut socket: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = socket.read_to_end(&mut all).await;
    String::from_utf8(all).unwrap()
}

const ASK: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[expect(clippy::disallowed_methods, reason = "what is measured here is real time")]
#[tokio::test(flavor = "multi_thread")]
async fn r43_whoever_sends_a_head_drop_by_drop_loses_the_place() {
    let open = open(2).await;
    let begun = Instant::now();
    // Both places are taken by guests who never finish their sentence, one of them saying a letter now and then.
    let silent = say(open.address, "GET / HTTP/1.1\r\nhost:").await;
    let mut dripping = say(open.address, "GET / HT").await;
    let drip = tokio::spawn(async move {
        while dripping.write_all(b"T").await.is_ok() {
            tokio::time::sleep(HEAD / 10).await;
        }
    });
    // A third one waits for a place and gets it.
    let answer = heard(say(open.address, ASK).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("hello"), "{answer}");
    let took = begun.elapsed();
    assert!(took >= HEAD / 2 && took < HEAD * 20, "{took:?}");
    assert_eq!(heard(silent).await, "");
    drip.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_is_under_way_is_finished_before_the_end() {
    let open = open(5).await;
    let slow = say(open.address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(HEAD / 4).await;
    open.stop.send(()).unwrap();
    let answer = heard(slow).await;
    assert!(answer.ends_with("done"), "{answer}");
    open.served.await.unwrap().unwrap();
    assert!(TcpStream::connect(open.address).await.is_err(), "nobody listens any more");
}
