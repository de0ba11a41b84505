//! The journal read back account by account, in the order in which it was decided, for replays.

use lazo_domain::event::Event;
use lazo_domain::ids::{AccountId, EventId, ImportId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;

use super::detail;
use crate::db::{Db, Row};
use crate::error::StoreError;
use crate::params;

/// How many accounts one page holds: a few thousand events, a few megabytes.
pub const PAGE: i64 = 200;

/// An account and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The account.
    pub account: AccountId,
    /// Whose it is.
    pub member: MemberId,
    /// When the membership began.
    pub enrolled_at: Timestamp,
    /// Its events in the order in which they were decided.
    pub events: Vec<Event>,
}

/// The histories of a page of one bucket's accounts, those after `after`, in the order of their ids.
///
/// Empty when there are no more. Only what happened is read, not what it did; a page is all of one moment.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    bucket: i64,
    after: AccountId,
) -> Result<Vec<History>, StoreError> {
    let accounts = "select account, member, enrolled_at from account
        where bucket = $1 and tenant = $2 and account > $3 order by account limit $4";
    let mut tx = db.snapshot().await?;
    let rows = tx.query(accounts, params![bucket, tenant.0, after.0, PAGE]).await?;
    let mut histories = rows.iter().map(history).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = histories.last().map(|history| history.account) else {
        tx.rollback().await?;
        return Ok(histories);
    };
    let events =
        "select account, event, kind, program, source, source_ref, effective_at, recorded_at,
        actor, import, detail from event
        where bucket = $1 and tenant = $2 and account > $3 and account <= $4 order by account, seq";
    let rows = tx.query(events, params![bucket, tenant.0, after.0, last.0]).await?;
    tx.rollback().await?;
    let mut rows = rows.iter().peekable();
    for history in &mut histories {
        while let Some(row) =
            rows.next_if(|row| row.int("account").is_ok_and(|id| id == history.account.0))
        {
            history.events.push(event(tenant, row)?);
        }
    }
    Ok(histories)
}

fn history(row: &Row) -> Result<History, StoreError> {
    Ok(History {
        account: AccountId(row.int("account")?),
        member: MemberId(row.int("member")?),
        enrolled_at: Timestamp(row.int("enrolled_at")?),
        events: Vec::new(),
    })
}

fn event(tenant: TenantId, row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        id: EventId(row.int("event")?),
        tenant,
        account: AccountId(row.int("account")?),
        program: ProgramId(row.int("program")?),
        source: row.text("source")?.to_owned(),
        source_ref: row.text("source_ref")?.to_owned(),
        effective_at: Timestamp(row.int("effective_at")?),
        recorded_at: Timestamp(row.int("recorded_at")?),
        actor: row.text("actor")?.to_owned(),
        import: row.maybe_int("import")?.map(ImportId),
        body: detail::unpack_body(row.bytes("detail")?)?,
    })
}
