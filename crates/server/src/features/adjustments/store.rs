//! The table `adjustment`.

use lazo_domain::ids::{
    AccountId, AdjustmentId, EventId, MemberId, PointTypeId, ProgramId, TenantId,
};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Adjustment, State};

const COLUMNS: &str = "adjustment, tenant, member, account, program, point_type, points, reason, effective_at, \
    state, asked_by, asked_at, decided_by, decided_at, event, alone";

/// Adds an adjustment that waits or is about to be posted. False when one was asked for under the same key.
pub async fn insert(tx: &mut Tx, new: &Adjustment, key: Option<&str>) -> Result<bool, StoreError> {
    let sql = "insert into adjustment (adjustment, tenant, member, account, program, point_type, points, reason,
        effective_at, state, asked_by, asked_at, request_key, alone)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (tenant, request_key) where request_key is not null do nothing";
    let params = params![
        new.id.0,
        new.tenant.0,
        new.member.0,
        new.account.0,
        new.program.0,
        new.point_type.0,
        new.points.0,
        new.reason.as_str(),
        new.effective_at.0,
        new.state.name(),
        new.asked_by.as_str(),
        new.asked_at.0,
        key,
        i64::from(new.alone),
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// The adjustment that was asked for under an idempotency key, however long ago.
pub async fn by_key(
    db: &Db,
    tenant: TenantId,
    key: &str,
) -> Result<Option<Adjustment>, StoreError> {
    let sql = format!("select {COLUMNS} from adjustment where tenant = $1 and request_key = $2");
    db.query_one(&sql, params![tenant.0, key]).await?.as_ref().map(adjustment).transpose()
}

/// One adjustment of the tenant.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: AdjustmentId,
) -> Result<Option<Adjustment>, StoreError> {
    let sql = format!("select {COLUMNS} from adjustment where tenant = $1 and adjustment = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(adjustment).transpose()
}

/// A page of the tenant's adjustments, newest first; only those that wait when `pending`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    pending: bool,
    before: AdjustmentId,
    limit: i64,
) -> Result<Vec<Adjustment>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from adjustment where tenant = $1 and adjustment < $2 and (state = 'pending' or $3 = 0)
         order by adjustment desc limit $4"
    );
    let rows = db.query(&sql, params![tenant.0, before.0, i64::from(pending), limit]).await?;
    rows.iter().map(adjustment).collect()
}

/// How many points of the same type went to or from the same account since `since` without a second person's word, or
/// wait for it: taken together, added or taken alike.
pub async fn by_one_person(
    tx: &mut Tx,
    like: &Adjustment,
    since: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "select points from adjustment where tenant = $1 and account = $2 and asked_at > $3
        and point_type = $4 and state <> 'rejected' and decided_by is null";
    let params = params![like.tenant.0, like.account.0, since.0, like.point_type.0];
    let rows = tx.query(sql, params).await?;
    rows.iter()
        .try_fold(0_u64, |sum, row| Ok(sum.saturating_add(row.int("points")?.unsigned_abs())))
}

/// Notes how an adjustment that waits ended. False when it waits no longer.
pub async fn decide(
    tx: &mut Tx,
    tenant: TenantId,
    id: AdjustmentId,
    state: State,
    by: Option<&str>,
    at: Timestamp,
    event: Option<EventId>,
) -> Result<bool, StoreError> {
    let sql = "update adjustment set state = $3, decided_by = $4, decided_at = $5, event = $6
        where tenant = $1 and adjustment = $2 and state = 'pending'";
    let params = params![tenant.0, id.0, state.name(), by, at.0, event.map(|e| e.0)];
    Ok(tx.execute(sql, params).await? == 1)
}

fn adjustment(row: &Row) -> Result<Adjustment, StoreError> {
    let state = row.text("state")?;
    let known = State::ALL.iter().find(|(_, name)| *name == state).map(|(state, _)| *state);
    Ok(Adjustment {
        id: AdjustmentId(row.int("adjustment")?),
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
        program: ProgramId(row.int("program")?),
        point_type: PointTypeId(row.int("point_type")?),
        points: Points(row.int("points")?),
        reason: row.text("reason")?.to_owned(),
        effective_at: Timestamp(row.int("effective_at")?),
        state: known
            .ok_or_else(|| StoreError::Corrupt(format!("adjustment.state is `{state}`")))?,
        alone: row.maybe_int("alone")? == Some(1),
        asked_by: row.text("asked_by")?.to_owned(),
        asked_at: Timestamp(row.int("asked_at")?),
        decided_by: row.maybe_text("decided_by")?.map(str::to_owned),
        decided_at: row.maybe_int("decided_at")?.map(Timestamp),
        event: row.maybe_int("event")?.map(EventId),
    })
}
