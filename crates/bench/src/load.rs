//! Two kinds of load: closed (each connection asks again when it was answered) tells throughput, open (requests come at
//! a steady rate, whatever the server does) tells how long people wait.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::task::LocalSet;

use crate::machine::{self, Cpu};
use crate::wire::Line;

/// What makes the `n`th request.
pub type Maker = Rc<dyn Fn(u64) -> Vec<u8>>;

/// What a stretch of load showed.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Answers below 400.
    pub good: u64,
    /// Other answers, by status; 0 stands for a broken connection.
    pub bad: BTreeMap<u16, u64>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// CPU seconds of all processes that take part, the load generator's own included.
    pub cpu: Cpu,
    /// Waiting times in microseconds, sorted.
    pub waits: Vec<u32>,
}

impl Seen {
    /// Answers below 400 per second.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.seconds
    }

    /// CPU microseconds per such answer.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.seconds() * 1e6 / (self.good.max(1) as f64)
    }

    /// The wait that `part` of the requests did not exceed, in milliseconds.
    pub fn wait_ms(&self, part: f64) -> f64 {
        let last = self.waits.len().saturating_sub(1) as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in the list, rounded down"
        )]
        let place = (last * part) as usize;
        self.waits.get(place).map_or(f64::NAN, |us| f64::from(*us) / 1000.0)
    }

    /// Fails when more than one request in ten thousand went wrong.
    pub fn check(&self, what: &str) -> anyhow::Result<()> {
        let bad: u64 = self.bad.values().sum();
        if bad * 10_000 > self.good {
            bail!("{what}: {} answers were good, others were {:?}", self.good, self.bad);
        }
        Ok(())
    }
}

/// How requests come.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As soon as the one before was answered.
    Closed,
    /// So many per second.
    Open(f64),
}

/// Asks for `duration` over `connections`, counting requests on from `first`.
pub fn run(
    address: &str,
    connections: usize,
    pace: Pace,
    duration: Duration,
    first: &Cell<u64>,
    maker: &Maker,
) -> anyhow::Result<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seen = Rc::new(RefCell::new(Seen::default()));
    let start_number = first.get();
    let next = Rc::new(Cell::new(start_number));
    LocalSet::new().block_on(&runtime, async {
        let mut lines = Vec::with_capacity(connections);
        for _ in 0..connections {
            lines.push(Line::open(address).await?);
        }
        let start = machine::moment();
        let asking: Vec<_> = lines
            .into_iter()
            .map(|line| {
                let (next, maker, seen) = (Rc::clone(&next), Rc::clone(maker), Rc::clone(&seen));
                tokio::task::spawn_local(ask(
                    line,
                    start,
                    duration,
                    pace,
                    start_number,
                    next,
                    maker,
                    seen,
                ))
            })
            .collect();
        for task in asking {
            task.await?;
        }
        seen.borrow_mut().seconds = start.elapsed().as_secs_f64();
        anyhow::Ok(())
    })?;
    first.set(next.get());
    let mut seen = Rc::try_unwrap(seen).map(RefCell::into_inner).unwrap_or_default();
    seen.waits.sort_unstable();
    Ok(seen)
}

#[expect(clippy::too_many_arguments, reason = "one loop with everything it shares")]
async fn ask(
    mut line: Line,
    start: Instant,
    duration: Duration,
    pace: Pace,
    start_number: u64,
    next: Rc<Cell<u64>>,
    maker: Maker,
    seen: Rc<RefCell<Seen>>,
) {
    loop {
        let number = next.get();
        let from = match pace {
            Pace::Closed => machine::moment(),
            // Waiting counts from when the request should have gone out, not from when a connection was free.
            Pace::Open(rate) => {
                start + Duration::from_secs_f64((number - start_number) as f64 / rate)
            }
        };
        if from.duration_since(start) >= duration {
            return;
        }
        next.set(number + 1);
        if from > machine::moment() {
            tokio::time::sleep_until(from.into()).await;
        }
        let request = maker(number);
        let status = line.ask(&request).await.map_or(0, |(status, _)| status);
        let wait = u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX);
        let mut seen = seen.borrow_mut();
        if (200..400).contains(&status) {
            seen.good += 1;
            seen.waits.push(wait);
        } else {
            *seen.bad.entry(status).or_default() += 1;
        }
    }
}
