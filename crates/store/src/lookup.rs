//! Questions that many callers ask at once: while one statement is answered, the keys of the next one gather.
//!
//! A look-up always begins after it was asked for, so it sees everything that was committed by then. It only saves the
//! round trips and the planning that each caller would pay alone.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::db::{Db, Row, Statement};
use crate::error::StoreError;

/// The most keys that may wait; beyond it callers are told to come back.
const MAX_WAITING: usize = 8_192;
/// The most keys of one statement.
const MAX_KEYS: usize = 512;

/// How long keys gather before the next statement when the last one had company.
const LINGER: Duration = Duration::from_millis(1);

/// What was found, by key.
pub type Answers<K, V> = Result<BTreeMap<K, V>, StoreError>;

/// How a key is looked up.
pub struct Question<K, V> {
    /// The statement for a set of keys.
    pub ask: fn(&[K]) -> Statement,
    /// What its rows say, by key; a key without a row has no answer.
    pub read: fn(&[Row]) -> Answers<K, V>,
}

/// A gathered look-up. Cheap to clone; all clones gather together.
pub struct Lookup<K, V> {
    desk: Arc<Desk<K, V>>,
}

impl<K, V> Clone for Lookup<K, V> {
    fn clone(&self) -> Self {
        Self { desk: Arc::clone(&self.desk) }
    }
}

struct Desk<K, V> {
    db: Db,
    question: Question<K, V>,
    waiting: Mutex<Waiting<K, V>>,
}

type Answer<V> = Result<Option<V>, StoreError>;

struct Waiting<K, V> {
    keys: BTreeMap<K, Vec<oneshot::Sender<Answer<V>>>>,
    /// Is somebody asking at present?
    busy: bool,
}

impl<K, V> Lookup<K, V>
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A look-up over `db`.
    #[must_use]
    pub fn new(db: Db, question: Question<K, V>) -> Self {
        let waiting = Mutex::new(Waiting { keys: BTreeMap::new(), busy: false });
        Self { desk: Arc::new(Desk { db, question, waiting }) }
    }

    /// What is stored under `key` at this moment, if anything is.
    pub async fn get(&self, key: K) -> Answer<V> {
        let (sender, answer) = oneshot::channel();
        {
            let mut waiting = self.desk.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.keys.len() >= MAX_WAITING {
                return Err(StoreError::Busy);
            }
            waiting.keys.entry(key).or_default().push(sender);
            if !waiting.busy {
                waiting.busy = true;
                // A task of its own: the caller may go away, those behind it may not be left waiting.
                tokio::spawn(Arc::clone(&self.desk).drain());
            }
        }
        answer.await.unwrap_or(Err(StoreError::Busy))
    }
}

impl<K, V> Desk<K, V>
where
    K: Ord + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Asks statement after statement until nobody waits.
    async fn drain(self: Arc<Self>) {
        let mut last = 1;
        loop {
            if last > 1 {
                tokio::time::sleep(LINGER).await;
            }
            let Some(asked) = self.next() else { return };
            let keys: Vec<K> = asked.keys().cloned().collect();
            last = asked.values().map(Vec::len).sum();
            let answers = self.answers(&keys).await.map_err(Arc::new);
            for (key, callers) in asked {
                for caller in callers {
                    let answer = match &answers {
                        Ok(found) => Ok(found.get(&key).cloned()),
                        Err(error) => Err(StoreError::Shared(Arc::clone(error))),
                    };
                    // A caller that went away needs no answer.
                    let _ = caller.send(answer);
                }
            }
        }
    }

    /// The next keys, or `None` when this task may end.
    fn next(&self) -> Option<BTreeMap<K, Vec<oneshot::Sender<Answer<V>>>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.keys.is_empty() {
            waiting.busy = false;
            return None;
        }
        let mut asked = std::mem::take(&mut waiting.keys);
        if let Some(later) = asked.keys().nth(MAX_KEYS).cloned() {
            waiting.keys = asked.split_off(&later);
        }
        Some(asked)
    }

    async fn answers(&self, keys: &[K]) -> Answers<K, V> {
        let rows = self.db.ask_keyed((self.question.ask)(keys)).await?;
        (self.question.read)(&rows)
    }
}
