//! The tables `invitation` and `invitation_code`.

use lazo_domain::ids::{EventId, InvitationId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Invitation;

const COLUMNS: &str =
    "tenant, invitation, program, inviter, invited, state, reason, joined_at, next_at, purchase,
    paid_at, inviter_event, invited_event, taken_back_at, revision";

/// The member whose link has a word.
pub async fn inviter(
    db: &Db,
    tenant: TenantId,
    code: &str,
) -> Result<Option<MemberId>, StoreError> {
    let sql = "select member from invitation_code where tenant = $1 and code = $2";
    let row = db.query_one(sql, params![tenant.0, code]).await?;
    row.map(|row| Ok(MemberId(row.int("member")?))).transpose()
}

/// The word in a member's link: the one there is, else `fresh`. Nothing when `fresh` is somebody else's.
pub async fn code_of(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    fresh: &str,
) -> Result<Option<String>, StoreError> {
    let add = "insert into invitation_code (tenant, member, code) values ($1, $2, $3) on conflict do nothing";
    let sql = "select code from invitation_code where tenant = $1 and member = $2";
    if let Some(row) = db.query_one(sql, params![tenant.0, member.0]).await? {
        return Ok(Some(row.text("code")?.to_owned()));
    }
    db.execute(add, params![tenant.0, member.0, fresh]).await?;
    let row = db.query_one(sql, params![tenant.0, member.0]).await?;
    row.map(|row| Ok(row.text("code")?.to_owned())).transpose()
}

/// What is known already of somebody who comes, as a transaction sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Did the same person come before?
    pub same_person: bool,
    /// How many the inviter brought since a while.
    pub of_inviter: i64,
    /// How many came from the same network address since a while.
    pub from_there: i64,
}

/// What is known of somebody who comes.
pub async fn before(
    tx: &mut Tx,
    tenant: TenantId,
    inviter: MemberId,
    (person, from): (&[u8], &[u8]),
    (month, week): (Timestamp, Timestamp),
) -> Result<Before, StoreError> {
    // Those who join at the same moment are counted one after the other: on a server each would see none of the others.
    let sql = "update invitation_policy set is_open = is_open where tenant = $1";
    tx.execute(sql, params![tenant.0]).await?;
    let sql = "select
        (select count(*) from invitation where tenant = $1 and invited_hash = $3) as persons,
        (select count(*) from invitation where tenant = $1 and inviter = $2 and joined_at > $5
            and state not in ('refused', 'over_limit')) as brought,
        (select count(*) from invitation where tenant = $1 and from_hash = $4 and joined_at > $6) as from_there";
    let row = params![tenant.0, inviter.0, person, from, month.0, week.0];
    let rows = tx.query(sql, row).await?;
    let row = rows.first().ok_or_else(|| StoreError::Corrupt("nothing was counted".to_owned()))?;
    Ok(Before {
        same_person: row.int("persons")? > 0,
        of_inviter: row.int("brought")?,
        from_there: row.int("from_there")?,
    })
}

/// Keeps who came by whose link; false when the person is somebody's already.
pub async fn insert(
    tx: &mut Tx,
    new: &Invitation,
    (person, from): (&[u8], &[u8]),
) -> Result<bool, StoreError> {
    let sql = "insert into invitation (tenant, invitation, program, inviter, invited, invited_hash, from_hash, state,
            reason, joined_at, next_at, revision)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) on conflict do nothing";
    let row = params![
        new.tenant.0,
        new.id.0,
        new.program.0,
        new.inviter.0,
        new.invited.0,
        person,
        from,
        &new.state,
        &new.reason,
        new.joined_at.0,
        new.next_at.map(|at| at.0)
    ];
    Ok(tx.execute(sql, row).await? == 1)
}

/// Keeps how far an invitation has come; answers whether it was still as it had been read.
pub async fn update(tx: &mut Tx, to: &Invitation) -> Result<bool, StoreError> {
    let sql =
        "update invitation set state = $4, reason = $5, next_at = $6, purchase = $7, paid_at = $8,
            inviter_event = $9, invited_event = $10, taken_back_at = $11, revision = revision + 1
        where tenant = $1 and invitation = $2 and revision = $3";
    let event = |event: Option<EventId>| event.map(|event| event.0);
    let row = params![
        to.tenant.0,
        to.id.0,
        to.revision,
        &to.state,
        &to.reason,
        to.next_at.map(|at| at.0),
        event(to.purchase),
        to.paid_at.map(|at| at.0),
        event(to.inviter_event),
        event(to.invited_event),
        to.taken_back_at.map(|at| at.0)
    ];
    Ok(tx.execute(sql, row).await? == 1)
}

/// One invitation.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: InvitationId,
) -> Result<Option<Invitation>, StoreError> {
    let sql = format!("select {COLUMNS} from invitation where tenant = $1 and invitation = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(invitation).transpose()
}

/// A tenant's invitations before `before`, the newest first; of one state where it is named.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Invitation>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from invitation where tenant = $1 and invitation < $2 and ($3 = '' or state = $3)
            order by invitation desc limit $4"
    );
    let rows = db.query(&sql, params![tenant.0, before, state, limit]).await?;
    rows.iter().map(invitation).collect()
}

/// Those whom a member brought, the latest first.
pub async fn of_inviter(
    db: &Db,
    tenant: TenantId,
    inviter: MemberId,
    limit: i64,
) -> Result<Vec<Invitation>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from invitation where tenant = $1 and inviter = $2 order by joined_at desc, invitation desc limit $3"
    );
    let rows = db.query(&sql, params![tenant.0, inviter.0, limit]).await?;
    rows.iter().map(invitation).collect()
}

/// Those that are to be looked at by `real`, of all tenants, the longest waiting first.
pub async fn due(db: &Db, real: Timestamp, limit: i64) -> Result<Vec<Invitation>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from invitation where next_at is not null and next_at <= $1 order by next_at limit $2"
    );
    db.query(&sql, params![real.0, limit]).await?.iter().map(invitation).collect()
}

/// Forgets the network addresses of those who joined before `before`.
pub async fn forget(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let sql =
        "update invitation set from_hash = null where from_hash is not null and joined_at <= $1";
    db.execute(sql, params![before.0]).await
}

/// Takes a member's link away. What stays of invitations are keyed hashes, by which nobody comes twice.
pub async fn forget_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), StoreError> {
    let sql = "delete from invitation_code where tenant = $1 and member = $2";
    tx.execute(sql, params![tenant.0, member.0]).await?;
    Ok(())
}

fn invitation(row: &Row) -> Result<Invitation, StoreError> {
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    let event = |name: &str| row.maybe_int(name).map(|event| event.map(EventId));
    Ok(Invitation {
        tenant: TenantId(row.int("tenant")?),
        id: InvitationId(row.int("invitation")?),
        program: ProgramId(row.int("program")?),
        inviter: MemberId(row.int("inviter")?),
        invited: MemberId(row.int("invited")?),
        state: row.text("state")?.to_owned(),
        reason: row.text("reason")?.to_owned(),
        joined_at: Timestamp(row.int("joined_at")?),
        next_at: instant("next_at")?,
        purchase: event("purchase")?,
        paid_at: instant("paid_at")?,
        inviter_event: event("inviter_event")?,
        invited_event: event("invited_event")?,
        taken_back_at: instant("taken_back_at")?,
        revision: row.int("revision")?,
    })
}
