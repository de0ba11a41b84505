//! Gathers the commands of many callers into batches: under load everybody shares one transaction and one sync.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{Command, Desk, MAX_BATCH, PostError, Receipt, RequestKey};
use crate::db::Dialect;
use crate::error::StoreError;
use crate::measures;

/// How many commands may wait for one writer; beyond it callers are told to come back.
const MAX_WAITING: usize = 4096;
/// Writers on PostgreSQL: one decides while the other waits for its commit. More make smaller batches, which cost more
/// than they win, and fewer leave a core idle: seen on two cores, one posts four fifths and three nine tenths of what two do.
const WRITERS: usize = 2;
/// How long a writer waits for company at a time when the last batch had some; it goes on waiting while company comes.
const LINGER: Duration = Duration::from_millis(1);
/// How often it waits at most: what a purchase costs falls steeply until a batch has some hundred, and nobody notices
/// eight thousandths of a second.
const LINGERS: u32 = 8;
/// From so many on it waits no longer.
const ENOUGH: usize = 96;

struct Waiting {
    command: Command,
    key: Option<RequestKey>,
    answer: oneshot::Sender<Result<Receipt, PostError>>,
}

/// The writers' desks: each owns a set of buckets, so that two of them hardly ever want the same account.
#[derive(Clone)]
pub(super) struct Gatherer {
    writers: Arc<[mpsc::Sender<Waiting>]>,
}

impl Gatherer {
    pub fn start(desk: Arc<Desk>) -> Self {
        // dialect: SQLite has one writer
        let writers = match desk.db.dialect() {
            Dialect::Sqlite => 1,
            Dialect::Postgres => WRITERS,
        };
        let start = |_| {
            let (sender, receiver) = mpsc::channel(MAX_WAITING);
            tokio::spawn(write(Arc::clone(&desk), receiver));
            sender
        };
        Self { writers: (0..writers).map(start).collect() }
    }

    pub async fn post(
        &self,
        command: Command,
        key: Option<RequestKey>,
    ) -> Result<Receipt, PostError> {
        let bucket = command.events().next().map_or(0, |event| event.account.bucket());
        let writer = usize::try_from(bucket).unwrap_or(0) % self.writers.len();
        let (answer, receipt) = oneshot::channel();
        let unknown = |error| PostError::Unknown(Arc::new(error));
        let waiting = Waiting { command, key, answer };
        self.writers[writer].try_send(waiting).map_err(|_| {
            measures::turned_away();
            unknown(StoreError::Busy)
        })?;
        measures::queued();
        receipt.await.unwrap_or_else(|_| Err(unknown(StoreError::Busy)))
    }
}

/// Writes batch after batch until the last sender is gone.
async fn write(desk: Arc<Desk>, mut receiver: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    let mut last = 1;
    while receiver.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let mut lingers = 0;
        while last > 1 && lingers < LINGERS && waiting.len() < ENOUGH {
            lingers += 1;
            tokio::time::sleep(LINGER).await;
            let before = waiting.len();
            while waiting.len() < MAX_BATCH {
                let Ok(more) = receiver.try_recv() else { break };
                waiting.push(more);
            }
            if waiting.len() == before {
                break;
            }
        }
        last = waiting.len();
        let (mut commands, mut keys) = (Vec::with_capacity(last), Vec::with_capacity(last));
        let mut answers = Vec::with_capacity(last);
        for one in waiting.drain(..) {
            commands.push(one.command);
            keys.push(one.key);
            answers.push(one.answer);
        }
        measures::taken(last);
        let started = started();
        let results = desk.post(&mut commands, &keys).await;
        measures::batch(&results, started.elapsed());
        for (answer, result) in answers.into_iter().zip(results) {
            // A caller that went away asks again with the same key.
            let _ = answer.send(result);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "only a duration is measured, and nothing is decided by it"
)]
fn started() -> std::time::Instant {
    std::time::Instant::now()
}
