//! `GET /metrics`: the few numbers that tell an operator whether Lazo is well, in Prometheus' text format.
//!
//! Nothing in it names a person, a tenant or a key: routes are told as they are declared, never as they were called.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, Method};
use axum::response::{IntoResponse, Response};
use lazo_store::{StoreError, outbox, schedule};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::frame::Frame;
use super::problem::Problem;

/// Requests answered, by method, declared route and status.
const REQUESTS: &str = "lazo_http_requests_total";
/// How long they took, in seconds, by method and declared route.
const SECONDS: &str = "lazo_http_request_seconds";
/// Upper bounds of the histograms of seconds.
const BOUNDS_S: [f64; 11] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 10.0];
/// Upper bounds of the histogram of batch sizes.
const BOUNDS_COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// Headers of whoever forwards the requests of others.
const FORWARDED: [HeaderName; 3] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

/// Where the process counts; `None` when somebody else counts in this process.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let built = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BOUNDS_S)
        .and_then(|builder| {
            builder
                .set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), &BOUNDS_COMMANDS)
        })
        .and_then(PrometheusBuilder::install_recorder);
    let handle = built.inspect_err(|error| tracing::warn!(%error, "nothing is counted")).ok()?;
    metrics::describe_counter!(REQUESTS, "Requests answered");
    metrics::describe_histogram!(SECONDS, metrics::Unit::Seconds, "How long requests took");
    lazo_store::measures::describe();
    Some(handle)
});

/// Begins to count. Called once, before requests are taken.
pub fn start() {
    LazyLock::force(&RECORDER);
}

/// Counts a request that was answered.
pub(super) fn answered(method: &Method, route: &str, status: u16, took: Duration) {
    // A caller may invent methods; what is counted has few names.
    let place = METHODS.iter().position(|known| *known == method.as_str());
    let counters = COUNTERS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = counters.get(route).and_then(|of| of.get(&(place, status))) {
        return found.count(took);
    }
    drop(counters);
    let method = place.map_or("other", |place| METHODS[place]);
    let name = route.to_owned();
    let found = Counters {
        seconds: metrics::histogram!(SECONDS, "method" => method, "route" => name.clone()),
        requests: metrics::counter!(REQUESTS, "method" => method, "route" => name.clone(),
            "status" => status.to_string()),
    };
    found.count(took);
    let mut counters = COUNTERS.write().unwrap_or_else(PoisonError::into_inner);
    counters.entry(name).or_default().insert((place, status), found);
}

/// Methods that are counted by their names.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Where requests of one method, route and status are counted.
struct Counters {
    requests: metrics::Counter,
    seconds: metrics::Histogram,
}

impl Counters {
    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took);
    }
}

/// The counters by method (its place among the known) and status.
type OfRoute = HashMap<(Option<usize>, u16), Counters>;
/// The counters of each declared route, found once: their names are long and every request asks for them.
static COUNTERS: LazyLock<RwLock<HashMap<String, OfRoute>>> = LazyLock::new(RwLock::default);

/// What was counted, and what is found in the database now. Only for callers on this machine: others, and whatever a
/// proxy forwards, are told that there is nothing.
pub(super) async fn metrics(State(frame): State<Frame>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_near = peer.is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback());
    if !is_near || FORWARDED.iter().any(|name| request.headers().contains_key(name)) {
        return Problem::not_found("not_found").into_response();
    }
    if let Err(error) = look(&frame).await {
        tracing::warn!(%error, "the database could not be looked at for /metrics");
    }
    let Some(recorder) = RECORDER.as_ref() else {
        return Problem::unavailable().into_response();
    };
    recorder.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render())
        .into_response()
}

/// Looks at what waits, and how scheduled work goes.
async fn look(frame: &Frame) -> Result<(), StoreError> {
    let now = frame.clock.now();
    let seconds_since = |at: lazo_domain::time::Timestamp| (now.0 - at.0).max(0) as f64 / 1e6;
    let (waiting, oldest) = outbox::Outbox::new(frame.db.clone()).backlog().await?;
    metrics::gauge!("lazo_outbox_waiting").set(waiting as f64);
    metrics::gauge!("lazo_outbox_oldest_seconds").set(oldest.map_or(0.0, seconds_since));
    for turns in schedule::all(&frame.db).await? {
        let job = turns.name;
        metrics::gauge!("lazo_job_failures_in_a_row", "job" => job.clone())
            .set(turns.failures as f64);
        // A job that is overdue: its turn came and nobody took it, or whoever took it does not come to an end.
        let late = if turns.ended_at.is_some() { seconds_since(turns.next_at) } else { 0.0 };
        metrics::gauge!("lazo_job_late_seconds", "job" => job).set(late);
    }
    Ok(())
}
