//! The tables `session`, `sign_in_attempt`, `sign_in_link` and `privacy_acceptance`.

use lazo_domain::ids::{AccountId, BrandId, MemberId, StaffId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Device, Whose};
use crate::web::session::SECRET;

/// For how long attempts are kept after their end, in microseconds: so far back they are counted.
pub const COUNTED: i64 = 3_600 * 1_000_000;
/// Rows that have run out, of which one new row sweeps away so many: the tables stay small without a job.
const SWEEP: i64 = 20;

/// A session to keep.
pub struct New<'a> {
    /// The hash of its cookie.
    pub hash: &'a [u8],
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub whose: Whose,
    /// What its forms must bring back.
    pub secret: &'a [u8],
    /// Words such as `Firefox, Android`.
    pub device: &'a str,
    /// When it begins.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session as it is kept.
pub struct Found {
    /// Whose it is.
    pub whose: Whose,
    /// What its forms must bring back.
    pub secret: [u8; SECRET],
    /// When somebody last proved to be it.
    pub proven_at: Timestamp,
    /// When its last visit was noted.
    pub seen_at: Timestamp,
}

/// Tenant, member, account and staff as columns.
fn columns(whose: Whose) -> [Option<i64>; 4] {
    match whose {
        Whose::Member { tenant, member, account } => {
            [Some(tenant.0), Some(member.0), Some(account.0), None]
        }
        Whose::Staff(staff) => [None, None, None, Some(staff.0)],
    }
}

fn whose(row: &Row) -> Result<Whose, StoreError> {
    if let Some(staff) = row.maybe_int("staff")? {
        return Ok(Whose::Staff(StaffId(staff)));
    }
    Ok(Whose::Member {
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
    })
}

/// Keeps a session, and forgets a few that have run out.
pub async fn insert(db: &Db, new: &New<'_>) -> Result<(), StoreError> {
    let sql =
        "insert into session (hash, id, tenant, member, account, staff, secret, device, created_at,
            proven_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9, $10)";
    let [tenant, member, account, staff] = columns(new.whose);
    let (now, end) = (new.now.0, new.expires_at.0);
    let values =
        params![new.hash, new.id, tenant, member, account, staff, new.secret, new.device, now, end];
    db.execute(sql, values).await?;
    let sql = "delete from session where hash in
        (select hash from session where expires_at <= $1 order by expires_at limit $2)";
    db.execute(sql, params![now, SWEEP]).await?;
    Ok(())
}

/// The session of a hash, while it lasts.
pub async fn find(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<Found>, StoreError> {
    let sql = "select tenant, member, account, staff, secret, proven_at, seen_at from session
        where hash = $1 and expires_at > $2";
    let Some(row) = db.query_one(sql, params![hash, now.0]).await? else { return Ok(None) };
    let secret = row.bytes("secret")?.try_into();
    Ok(Some(Found {
        whose: whose(&row)?,
        secret: secret.map_err(|_| StoreError::Corrupt("session.secret".to_owned()))?,
        proven_at: Timestamp(row.int("proven_at")?),
        seen_at: Timestamp(row.int("seen_at")?),
    }))
}

/// Notes a visit.
pub async fn seen(db: &Db, hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
    let sql = "update session set seen_at = $2 where hash = $1 and seen_at < $2";
    db.execute(sql, params![hash, now.0]).await.map(drop)
}

/// Notes that somebody proved once more to be it.
pub async fn proven(db: &Db, hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
    db.execute("update session set proven_at = $2 where hash = $1", params![hash, now.0])
        .await
        .map(drop)
}

/// Ends a session.
pub async fn end(db: &Db, hash: &[u8]) -> Result<(), StoreError> {
    db.execute("delete from session where hash = $1", params![hash]).await.map(drop)
}

/// The browsers a member is signed in with, the last used first.
pub async fn devices(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    now: Timestamp,
) -> Result<Vec<Device>, StoreError> {
    let sql = "select id, device, seen_at, hash from session
        where tenant = $1 and member = $2 and expires_at > $3 order by seen_at desc limit 50";
    let rows = db.query(sql, params![tenant.0, member.0, now.0]).await?;
    rows.iter().map(device).collect()
}

/// Ends one session of a member.
pub async fn end_one(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    id: i64,
) -> Result<(), StoreError> {
    let sql = "delete from session where tenant = $1 and member = $2 and id = $3";
    db.execute(sql, params![tenant.0, member.0, id]).await.map(drop)
}

/// The browsers somebody of the staff is signed in with, the last used first.
pub async fn staff_devices(
    db: &Db,
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<Device>, StoreError> {
    let sql = "select id, device, seen_at, hash from session
        where staff = $1 and expires_at > $2 order by seen_at desc limit 50";
    db.query(sql, params![staff.0, now.0]).await?.iter().map(device).collect()
}

/// Ends one session of somebody of the staff.
pub async fn end_one_of_staff(db: &Db, staff: StaffId, id: i64) -> Result<(), StoreError> {
    let sql = "delete from session where staff = $1 and id = $2";
    db.execute(sql, params![staff.0, id]).await.map(drop)
}

/// Ends every session of somebody of the staff, and the links that would begin one.
pub async fn end_of_staff(tx: &mut Tx, staff: StaffId) -> Result<(), StoreError> {
    tx.execute("delete from session where staff = $1", params![staff.0]).await?;
    tx.execute("delete from sign_in_link where staff = $1", params![staff.0]).await.map(drop)
}

/// Ends every session of a member but the one with `kept` as its hash.
pub async fn end_of_member(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    kept: &[u8],
) -> Result<u64, StoreError> {
    let sql = "delete from session where tenant = $1 and member = $2 and hash <> $3";
    db.execute(sql, params![tenant.0, member.0, kept]).await
}

fn device(row: &Row) -> Result<Device, StoreError> {
    Ok(Device {
        id: row.int("id")?,
        device: row.text("device")?.to_owned(),
        seen_at: Timestamp(row.int("seen_at")?),
        hash: row.bytes("hash")?.to_vec(),
    })
}

/// Somebody on the way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Who it is; nobody here when absent.
    pub member: Option<MemberId>,
    /// The address that was typed. Personal data.
    pub email: Option<String>,
    /// Is it somebody who wants to join?
    pub joins: bool,
    /// The hash of the code.
    pub code_hash: Vec<u8>,
    /// How often a code was tried.
    pub tries: i64,
    /// Was the right code given?
    pub proven: bool,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Keeps an attempt, and forgets a few that have run out.
pub async fn put_attempt(db: &Db, hash: &[u8], attempt: &Attempt) -> Result<(), StoreError> {
    let sql =
        "insert into sign_in_attempt (hash, tenant, member, email, joins, code_hash, tries, proven,
            created_at, expires_at) values ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8)";
    let member = attempt.member.map(|member| member.0);
    let values = params![
        hash,
        attempt.tenant.0,
        member,
        attempt.email.clone(),
        attempt.joins,
        attempt.code_hash.clone(),
        attempt.created_at.0,
        attempt.expires_at.0
    ];
    db.execute(sql, values).await?;
    let sql = "delete from sign_in_attempt where hash in
        (select hash from sign_in_attempt where expires_at <= $1 order by expires_at limit $2)";
    // Those of the last hour are counted, though their codes are good no more.
    let over = attempt.created_at.plus_micros(-COUNTED);
    db.execute(sql, params![over.0, SWEEP]).await.map(drop)
}

/// What was tried for somebody lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recent {
    /// Attempts begun.
    pub begun: i64,
    /// Codes given, right ones that did not lead in included.
    pub tries: i64,
}

/// What was tried for somebody, or for an address that nobody has, since `since`. For whoever is neither it is asked as
/// well, so that the time tells nothing.
pub async fn recent(
    db: &Db,
    tenant: TenantId,
    member: Option<MemberId>,
    email: Option<&str>,
    since: Timestamp,
) -> Result<Recent, StoreError> {
    const SUMS: &str = "select count(*) as n, cast(coalesce(sum(tries), 0) as bigint) as tries from sign_in_attempt";
    let row = match member {
        Some(member) => {
            let sql = format!("{SUMS} where tenant = $1 and member = $2 and created_at > $3");
            db.query_one(&sql, params![tenant.0, member.0, since.0]).await?
        }
        None => {
            let sql = format!(
                "{SUMS} where tenant = $1 and email = $2 and member is null and created_at > $3"
            );
            let email = email.unwrap_or_default();
            db.query_one(&sql, params![tenant.0, email, since.0]).await?
        }
    };
    let row = row.ok_or_else(|| StoreError::Shape("no sums came back".into()))?;
    Ok(Recent { begun: row.int("n")?, tries: row.int("tries")? })
}

/// Counts a try and answers the attempt as it then stands, while it lasts.
pub async fn try_attempt(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "update sign_in_attempt set tries = tries + 1 where hash = $1 and expires_at > $2
        returning tenant, member, email, joins, code_hash, tries, proven, created_at, expires_at";
    db.write(sql, params![hash, now.0]).await?.first().map(attempt).transpose()
}

/// An attempt, while it lasts.
pub async fn attempt_of(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<Attempt>, StoreError> {
    let sql =
        "select tenant, member, email, joins, code_hash, tries, proven, created_at, expires_at
        from sign_in_attempt where hash = $1 and expires_at > $2";
    db.query_one(sql, params![hash, now.0]).await?.as_ref().map(attempt).transpose()
}

/// Notes that the right code was given: answers whether it was the first time.
pub async fn prove(db: &Db, hash: &[u8]) -> Result<bool, StoreError> {
    let sql = "update sign_in_attempt set proven = 1 where hash = $1 and proven = 0";
    Ok(db.execute(sql, params![hash]).await? == 1)
}

/// Ends an attempt: answers whether it was there.
pub async fn take_attempt(db: &Db, hash: &[u8]) -> Result<bool, StoreError> {
    let sql = "delete from sign_in_attempt where hash = $1";
    Ok(db.execute(sql, params![hash]).await? == 1)
}

fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        tenant: TenantId(row.int("tenant")?),
        member: row.maybe_int("member")?.map(MemberId),
        email: row.maybe_text("email")?.map(str::to_owned),
        joins: row.flag("joins")?,
        code_hash: row.bytes("code_hash")?.to_vec(),
        tries: row.int("tries")?,
        proven: row.flag("proven")?,
        created_at: Timestamp(row.int("created_at")?),
        expires_at: Timestamp(row.int("expires_at")?),
    })
}

/// Keeps a link that opens once.
pub async fn put_link(
    db: &Db,
    hash: &[u8],
    owner: Whose,
    path: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into sign_in_link (hash, tenant, member, account, staff, path, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let [tenant, member, account, staff] = columns(owner);
    let values = params![hash, tenant, member, account, staff, path, expires_at.0];
    db.execute(sql, values).await.map(drop)
}

/// Uses a link up: whose it is and where it leads, while it works.
pub async fn take_link(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Whose, String)>, StoreError> {
    let sql = "delete from sign_in_link where hash = $1 and expires_at > $2
        returning tenant, member, account, staff, path";
    let rows = db.write(sql, params![hash, now.0]).await?;
    rows.first().map(|row| Ok((whose(row)?, row.text("path")?.to_owned()))).transpose()
}

/// Notes which text about personal data of a brand somebody had before them when joining, and when.
pub async fn note_privacy(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    (brand, version): (BrandId, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into privacy_acceptance (tenant, member, brand, text_version, accepted_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    tx.execute(sql, params![tenant.0, member.0, brand.0, version, now.0]).await.map(drop)
}
