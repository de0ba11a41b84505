//! The journal in the order in which it grew, for readers that keep sums of their own.

use lazo_domain::decision::{Entry, Outcome};
use lazo_domain::event::Event;
use lazo_domain::ids::{AccountId, EventId, TenantId};
use lazo_domain::time::Timestamp;

use super::read::{self, Books, EVENT, MAX_PAGE, StoredEvent};
use super::rows;
use crate::chain::SEAL_AFTER_MICROS;
use crate::error::StoreError;
use crate::ids::lowest_at;
use crate::params;

/// An event with what it did and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// What happened.
    pub event: Event,
    /// The earlier event it changed.
    pub origin: Option<EventId>,
    /// What it did, with the reasons.
    pub outcome: Outcome,
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// The id below which no event can come any more: younger ones may still be on their way to their commit.
#[must_use]
pub fn settled(now: Timestamp) -> EventId {
    EventId(lowest_at(Timestamp(now.0 - SEAL_AFTER_MICROS)))
}

impl Books {
    /// The next events of a bucket after `after` and before `before`, of all tenants, in the order of their ids.
    pub async fn follow(
        &self,
        bucket: i64,
        after: EventId,
        before: EventId,
        limit: i64,
    ) -> Result<Vec<Followed>, StoreError> {
        let sql = format!(
            "select {EVENT}, e.entries from event e where e.bucket = $1 and e.event > $2 and e.event < $3
             order by e.event limit $4"
        );
        let key = params![bucket, after.0, before.0, limit.clamp(1, MAX_PAGE)];
        let followed = |row: &crate::db::Row| {
            let entries = rows::parse_entries(row)?;
            let StoredEvent { event, origin, outcome, .. } = read::stored(row)?;
            Ok(Followed { event, origin, outcome, entries })
        };
        self.db.query(&sql, key).await?.iter().map(followed).collect()
    }

    /// One event of an account.
    pub async fn event_of(
        &self,
        tenant: TenantId,
        account: AccountId,
        event: EventId,
    ) -> Result<Option<StoredEvent>, StoreError> {
        let sql = format!(
            "select {EVENT} from event e where e.bucket = $1 and e.tenant = $2 and e.account = $3 and e.event = $4"
        );
        let key = params![account.bucket(), tenant.0, account.0, event.0];
        self.db.query_one(&sql, key).await?.as_ref().map(read::stored).transpose()
    }
}
