//! Places for work that goes through a client's whole history: one of a kind at a time for each client, few of a kind in
//! all. What the work is, the features say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lazo_domain::ids::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::Problem;

/// How long somebody who wants figures waits for the place: most are done sooner, and a page is better late than refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long somebody waits for what takes minutes: as long as what is just over needs to put its things away.
const MOMENT: Duration = Duration::from_secs(1);
/// How many of one client have or want a place of a kind at once: whoever comes after them is told to come back.
const MOST_WAITING: usize = 8;
/// When somebody who got no place may ask again, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// What goes through a client's whole history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Figures, reports and models, from the sums of days: seconds.
    Figures,
    /// History replayed under other rules: minutes.
    Replay,
    /// Files read, matched and planned: minutes.
    Files,
}

impl Kind {
    /// How many of it go on at once, of all clients together: each takes a core, and none takes the cores of another kind.
    const fn in_all(self) -> usize {
        match self {
            Self::Figures => 4,
            Self::Replay | Self::Files => 2,
        }
    }
}

/// The places of this process.
#[derive(Debug)]
pub struct Places {
    rooms: [Room; 3],
    patience: Duration,
}

/// The places of a kind.
#[derive(Debug)]
struct Room {
    own: Mutex<BTreeMap<TenantId, Arc<Semaphore>>>,
    all: Arc<Semaphore>,
}

/// A place: free again as soon as this is dropped. Work that outlives its request takes it along.
#[derive(Debug)]
#[must_use = "the place is free again when this is dropped"]
pub struct Place {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Places {
    fn default() -> Self {
        Self::patient(PATIENCE)
    }
}

impl Places {
    /// Places for which those who want figures wait so long.
    #[must_use]
    pub fn patient(patience: Duration) -> Self {
        let rooms = [Kind::Figures, Kind::Replay, Kind::Files].map(|kind| Room {
            own: Mutex::default(),
            all: Arc::new(Semaphore::new(kind.in_all())),
        });
        Self { rooms, patience }
    }

    /// A client's place for work of a kind, or that it is taken (429). For figures one waits a little, for the rest a
    /// moment.
    pub async fn take(&self, tenant: TenantId, kind: Kind) -> Result<Place, Problem> {
        let patience =
            if kind == Kind::Figures { self.patience } else { self.patience.min(MOMENT) };
        let own = self.own(tenant, kind).ok_or_else(under_way)?;
        let place = tokio::time::timeout(patience, self.wait(own, kind)).await;
        place.ok().flatten().ok_or_else(under_way)
    }

    /// The same for work that waits for its turn as long as that takes.
    pub async fn take_in_turn(&self, tenant: TenantId, kind: Kind) -> Option<Place> {
        self.wait(self.own(tenant, kind)?, kind).await
    }

    /// First the client's own place, then one of all: whoever waits for the second is the only one of its client.
    async fn wait(&self, own: Arc<Semaphore>, kind: Kind) -> Option<Place> {
        let own = own.acquire_owned().await.ok()?;
        let all = Arc::clone(&self.room(kind).all).acquire_owned().await.ok()?;
        Some(Place { _own: own, _all: all })
    }

    /// The client's own place, unless too many want it already.
    fn own(&self, tenant: TenantId, kind: Kind) -> Option<Arc<Semaphore>> {
        let mut known = self.room(kind).own.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, own| Arc::strong_count(own) > 1);
        let own = known.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(1)));
        // One is the map's; everybody who has the place or waits for it holds another.
        (Arc::strong_count(own) <= MOST_WAITING).then(|| Arc::clone(own))
    }

    fn room(&self, kind: Kind) -> &Room {
        &self.rooms[kind as usize]
    }
}

/// Somebody of the client is at it; the same may be asked again.
pub fn under_way() -> Problem {
    Problem { retry_after_s: Some(RETRY_AFTER_S), ..Problem::new(429, "work_under_way") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn q9_a_client_has_one_place_of_a_kind_and_all_together_a_few() {
        let places = Places::patient(Duration::ZERO);
        let take = async |tenant: i64| places.take(TenantId(tenant), Kind::Replay).await;
        let first = take(1).await.unwrap();
        let refused = take(1).await.unwrap_err();
        assert_eq!((refused.status, refused.retry_after_s), (429, Some(RETRY_AFTER_S)));
        let _figures = places.take(TenantId(1), Kind::Figures).await.unwrap();
        let _second = take(2).await.unwrap();
        assert!(take(3).await.is_err(), "two in all");
        drop(first);
        let _third = take(3).await.unwrap();
        assert!(take(1).await.is_err());
    }

    #[tokio::test]
    async fn q9_those_who_wait_are_few_and_each_gets_a_turn() {
        let places = Arc::new(Places::patient(Duration::from_secs(600)));
        let first = places.take(TenantId(1), Kind::Figures).await.unwrap();
        let waiting: Vec<_> = (0..MOST_WAITING + 3)
            .map(|_| {
                let places = Arc::clone(&places);
                tokio::spawn(async move { places.take(TenantId(1), Kind::Figures).await.is_ok() })
            })
            .collect();
        // Those who are too many hear it at once; the place itself is one of the few.
        while waiting.iter().filter(|one| one.is_finished()).count() < 4 {
            tokio::task::yield_now().await;
        }
        drop(first);
        let mut got = 0;
        for one in waiting {
            got += usize::from(one.await.unwrap());
        }
        assert_eq!(got, MOST_WAITING - 1);
    }
}
