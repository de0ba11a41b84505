//! The tables `wallet_pass` and `wallet_device`.

use lazo_domain::ids::{AccountId, BrandId, MemberId, TenantId, WalletPassId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::Pass;

const COLUMNS: &str = "pass, tenant, member, account, brand, secret, account_version, config_version, content_hash, voided, tag,
    changed_at, checked_at, in_use, google_since, google_told, google_tries, created_at";

/// A phone that is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The hash of the phone's name.
    pub device: Vec<u8>,
    /// The pass.
    pub pass: WalletPassId,
    /// Where Apple tells it.
    pub push_token: String,
    /// Up to which tag it is told now.
    pub tag: i64,
    /// How often it failed.
    pub tries: i64,
}

/// One pass, whosever it is.
pub async fn by_id(db: &Db, id: WalletPassId) -> Result<Option<Pass>, StoreError> {
    let sql = format!("select {COLUMNS} from wallet_pass where pass = $1");
    db.query_one(&sql, params![id.0]).await?.as_ref().map(pass).transpose()
}

/// A member's pass of a brand.
pub async fn of_brand(
    db: &Db,
    (tenant, member): (TenantId, MemberId),
    brand: BrandId,
) -> Result<Option<Pass>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from wallet_pass where tenant = $1 and member = $2 and brand = $3"
    );
    let key = params![tenant.0, member.0, brand.0];
    db.query_one(&sql, key).await?.as_ref().map(pass).transpose()
}

/// All passes of a member with how many phones have each.
pub async fn of_member(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<(Pass, i64)>, StoreError> {
    let sql = format!(
        "select {COLUMNS}, (select count(*) from wallet_device d where d.pass = p.pass) as phones
        from wallet_pass p where tenant = $1 and member = $2 order by pass"
    );
    let rows = db.query(&sql, params![tenant.0, member.0]).await?;
    rows.iter().map(|row| Ok((pass(row)?, row.int("phones")?))).collect()
}

/// Adds a pass; false when the member has one of the brand already.
pub async fn insert(tx: &mut Tx, new: &Pass) -> Result<bool, StoreError> {
    let sql = format!(
        "insert into wallet_pass ({COLUMNS}, google_next_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0) on conflict do nothing"
    );
    let row = params![
        new.id.0,
        new.tenant.0,
        new.member.0,
        new.account.0,
        new.brand.0,
        new.secret.clone(),
        new.account_version,
        new.config_version,
        new.content_hash.clone(),
        new.voided,
        new.tag,
        new.changed_at.0,
        new.checked_at.0,
        new.in_use,
        new.google_since.map(|at| at.0),
        new.google_told,
        new.google_tries,
        new.created_at.0
    ];
    Ok(tx.execute(&sql, row).await? == 1)
}

/// Writes what a pass says by now, unless somebody else did since it was read: answers whether it was written.
pub async fn changed(db: &Db, now: &Pass, tag_before: i64) -> Result<bool, StoreError> {
    let sql = "update wallet_pass set account_version = $2, config_version = $3, content_hash = $4, tag = $5,
            changed_at = $6, checked_at = $7, voided = $9, google_next_at = case when tag = $5 then google_next_at else 0 end
        where pass = $1 and tag = $8";
    let row = params![
        now.id.0,
        now.account_version,
        now.config_version,
        now.content_hash.clone(),
        now.tag,
        now.changed_at.0,
        now.checked_at.0,
        tag_before,
        now.voided
    ];
    Ok(db.execute(sql, row).await? == 1)
}

/// Passes that somebody has and that were not looked at since `before`, those of longest ago first.
pub async fn due(db: &Db, before: Timestamp, limit: i64) -> Result<Vec<Pass>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from wallet_pass where in_use = 1 and checked_at < $1 order by checked_at limit $2"
    );
    db.query(&sql, params![before.0, limit]).await?.iter().map(pass).collect()
}

/// Notes that passes were looked at.
pub async fn checked(db: &Db, passes: &[Pass], at: Timestamp) -> Result<(), StoreError> {
    let set = Columns::of(passes).int(|pass| pass.id.0).done();
    let sql =
        "update wallet_pass set checked_at = $2 from {rows} where wallet_pass.pass = r.column1";
    let mut tx = db.begin().await?;
    tx.run_all(vec![Statement::over(sql, set, params![at.0])]).await?;
    tx.commit().await
}

/// Notes that Google may have a pass from now on.
pub async fn offered_to_google(tx: &mut Tx, pass: &Pass, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update wallet_pass set google_since = coalesce(google_since, $2), google_told = $3, google_tries = 0,
        in_use = 1 where pass = $1";
    tx.execute(sql, params![pass.id.0, at.0, pass.tag]).await.map(drop)
}

/// Passes that Google has in an older form and may be told of now.
pub async fn google_waits(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Pass>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from wallet_pass where google_since is not null and google_told < tag and google_next_at <= $1
        order by google_next_at limit $2"
    );
    db.query(&sql, params![now.0, limit]).await?.iter().map(pass).collect()
}

/// Notes that Google was told.
pub async fn google_told(db: &Db, pass: &Pass) -> Result<(), StoreError> {
    let sql = "update wallet_pass set google_told = $2, google_tries = 0 where pass = $1";
    db.execute(sql, params![pass.id.0, pass.tag]).await.map(drop)
}

/// Notes that Google was not told, and when it is tried again.
pub async fn google_later(db: &Db, pass: &Pass, next_at: Timestamp) -> Result<(), StoreError> {
    let sql = "update wallet_pass set google_tries = google_tries + 1, google_next_at = $2 where pass = $1";
    db.execute(sql, params![pass.id.0, next_at.0]).await.map(drop)
}

/// Google has the pass no more.
pub async fn google_gone(db: &Db, pass: WalletPassId) -> Result<(), StoreError> {
    let sql = "update wallet_pass set google_since = null, google_tries = 0, in_use =
            case when exists (select 1 from wallet_device d where d.pass = wallet_pass.pass) then 1 else 0 end
        where pass = $1";
    db.execute(sql, params![pass.0]).await.map(drop)
}

/// Notes that a phone has a pass; answers whether that is new.
pub async fn register(
    tx: &mut Tx,
    device: &[u8],
    pass: &Pass,
    push_token: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "insert into wallet_device (device, pass, push_token, told, tries, next_at, created_at)
        values ($1, $2, $3, $4, 0, 0, $5) on conflict do nothing";
    let row = params![device, pass.id.0, push_token, pass.tag, at.0];
    let new = tx.execute(sql, row).await? == 1;
    if !new {
        let sql = "update wallet_device set push_token = $3 where device = $1 and pass = $2";
        tx.execute(sql, params![device, pass.id.0, push_token]).await?;
    }
    tx.execute("update wallet_pass set in_use = 1 where pass = $1", params![pass.id.0]).await?;
    Ok(new)
}

/// Forgets that a phone has a pass.
pub async fn unregister(db: &Db, device: &[u8], pass: WalletPassId) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let sql = "delete from wallet_device where device = $1 and pass = $2";
    let gone = tx.execute(sql, params![device, pass.0]).await? == 1;
    let sql = "update wallet_pass set in_use = 0 where pass = $1 and google_since is null
        and not exists (select 1 from wallet_device d where d.pass = wallet_pass.pass)";
    tx.execute(sql, params![pass.0]).await?;
    tx.commit().await?;
    Ok(gone)
}

/// Removes a pass with what is known of its phones.
pub async fn remove(db: &Db, pass: WalletPassId) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.execute("delete from wallet_device where pass = $1", params![pass.0]).await?;
    tx.execute("delete from wallet_pass where pass = $1", params![pass.0]).await?;
    tx.commit().await
}

/// The passes that a phone has.
pub async fn of_device(db: &Db, device: &[u8]) -> Result<Vec<Pass>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from wallet_pass where pass in (select pass from wallet_device where device = $1) order by pass"
    );
    db.query(&sql, params![device]).await?.iter().map(pass).collect()
}

/// Phones that have a pass in an older form and may be told now.
pub async fn phones_wait(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    let sql = "select d.device, d.pass, d.push_token, d.tries, p.tag from wallet_device d
        join wallet_pass p on p.pass = d.pass where d.told < p.tag and d.next_at <= $1 order by d.next_at limit $2";
    let waiting = |row: &Row| {
        Ok(Waiting {
            device: row.bytes("device")?.to_vec(),
            pass: WalletPassId(row.int("pass")?),
            push_token: row.text("push_token")?.to_owned(),
            tag: row.int("tag")?,
            tries: row.int("tries")?,
        })
    };
    db.query(sql, params![now.0, limit]).await?.iter().map(waiting).collect()
}

/// Notes that a phone was told.
pub async fn phone_told(db: &Db, of: &Waiting) -> Result<(), StoreError> {
    let sql = "update wallet_device set told = $3, tries = 0, next_at = 0 where device = $1 and pass = $2";
    db.execute(sql, params![of.device.clone(), of.pass.0, of.tag]).await.map(drop)
}

/// Notes that a phone was not told, and when it is tried again.
pub async fn phone_later(db: &Db, of: &Waiting, next_at: Timestamp) -> Result<(), StoreError> {
    let sql =
        "update wallet_device set tries = tries + 1, next_at = $3 where device = $1 and pass = $2";
    db.execute(sql, params![of.device.clone(), of.pass.0, next_at.0]).await.map(drop)
}

fn pass(row: &Row) -> Result<Pass, StoreError> {
    Ok(Pass {
        id: WalletPassId(row.int("pass")?),
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
        brand: BrandId(row.int("brand")?),
        secret: row.bytes("secret")?.to_vec(),
        account_version: row.int("account_version")?,
        config_version: row.int("config_version")?,
        content_hash: row.bytes("content_hash")?.to_vec(),
        voided: row.flag("voided")?,
        tag: row.int("tag")?,
        changed_at: Timestamp(row.int("changed_at")?),
        checked_at: Timestamp(row.int("checked_at")?),
        in_use: row.flag("in_use")?,
        google_since: row.maybe_int("google_since")?.map(Timestamp),
        google_told: row.int("google_told")?,
        google_tries: row.int("google_tries")?,
        created_at: Timestamp(row.int("created_at")?),
    })
}
