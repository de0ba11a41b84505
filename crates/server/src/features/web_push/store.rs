//! The tables `web_push_key`, `web_push_device` and `web_push_notice`.

use lazo_domain::ids::{AccountId, BrandId, MemberId, PushDeviceId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::{Device, Kind, Notice};

const DEVICE: &str = "device, tenant, member, account, brand, endpoint, endpoint_hash, public_key, auth, name, created_at";

/// A notice that is to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// For which browser.
    pub device: PushDeviceId,
    /// What kind, as it is stored.
    pub kind: String,
    /// Which of that kind.
    pub about: String,
    /// Its first line.
    pub title: String,
    /// What it says.
    pub body: String,
    /// The page that it opens.
    pub path: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// A tenant's private key.
pub async fn key(db: &Db, tenant: TenantId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select private_key from web_push_key where tenant = $1";
    let found = db.query_one(sql, params![tenant.0]).await?;
    found.map(|row| row.bytes("private_key").map(<[u8]>::to_vec)).transpose()
}

/// Keeps a tenant's key, unless there is one.
pub async fn keep_key(
    db: &Db,
    tenant: TenantId,
    private: &[u8],
    public: &[u8],
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into web_push_key (tenant, private_key, public_key, created_at) values ($1, $2, $3, $4)
        on conflict do nothing";
    db.execute(sql, params![tenant.0, private, public, at.0]).await.map(drop)
}

/// A member's browsers, in the order in which they came.
pub async fn devices(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<Device>, StoreError> {
    let sql = format!(
        "select {DEVICE} from web_push_device where tenant = $1 and member = $2 order by device"
    );
    db.query(&sql, params![tenant.0, member.0]).await?.iter().map(device).collect()
}

/// One browser.
pub async fn by_id(db: &Db, id: PushDeviceId) -> Result<Option<Device>, StoreError> {
    let sql = format!("select {DEVICE} from web_push_device where device = $1");
    db.query_one(&sql, params![id.0]).await?.as_ref().map(device).transpose()
}

/// Adds a browser. One that is known under its address is taken over: whoever is signed in there now gets the notices, and
/// nobody else.
pub async fn insert(tx: &mut Tx, new: &Device) -> Result<(), StoreError> {
    let sql = "select device from web_push_device where endpoint_hash = $1";
    for row in tx.query(sql, params![new.endpoint_hash.clone()]).await? {
        remove(tx, PushDeviceId(row.int("device")?)).await?;
    }
    let sql = format!(
        "insert into web_push_device ({DEVICE}, checked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
    );
    let row = params![
        new.id.0,
        new.tenant.0,
        new.member.0,
        new.account.0,
        new.brand.0,
        &new.endpoint,
        new.endpoint_hash.clone(),
        new.public_key.clone(),
        new.auth.clone(),
        &new.name,
        new.created_at.0
    ];
    tx.execute(&sql, row).await.map(drop)
}

/// Removes a browser with what it was told; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: PushDeviceId) -> Result<bool, StoreError> {
    tx.execute("delete from web_push_notice where device = $1", params![id.0]).await?;
    Ok(tx.execute("delete from web_push_device where device = $1", params![id.0]).await? == 1)
}

/// Removes all browsers of a member; answers how many.
pub async fn remove_all(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<u64, StoreError> {
    let sql = "delete from web_push_notice where device in
        (select device from web_push_device where tenant = $1 and member = $2)";
    tx.execute(sql, params![tenant.0, member.0]).await?;
    let sql = "delete from web_push_device where tenant = $1 and member = $2";
    tx.execute(sql, params![tenant.0, member.0]).await
}

/// Browsers whose members were not looked at since `before`, those of longest ago first.
pub async fn due(db: &Db, before: Timestamp, limit: i64) -> Result<Vec<Device>, StoreError> {
    let sql = format!(
        "select {DEVICE} from web_push_device where checked_at < $1 order by checked_at limit $2"
    );
    db.query(&sql, params![before.0, limit]).await?.iter().map(device).collect()
}

/// Notes that a browser's member was looked at.
pub async fn checked(tx: &mut Tx, id: PushDeviceId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update web_push_device set checked_at = $2 where device = $1";
    tx.execute(sql, params![id.0, at.0]).await.map(drop)
}

/// What a browser was told of a kind, or knew.
pub async fn known(db: &Db, id: PushDeviceId, kind: Kind) -> Result<Vec<String>, StoreError> {
    let sql = "select about from web_push_notice where device = $1 and kind = $2";
    let rows = db.query(sql, params![id.0, kind.name()]).await?;
    rows.iter().map(|row| row.text("about").map(str::to_owned)).collect()
}

/// Adds notices that are not there yet, to leave from `next_at` on, or as known when there is no such instant; those that
/// are there are noted as seen.
pub async fn notice(
    tx: &mut Tx,
    id: PushDeviceId,
    notices: &[Notice],
    next_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let set = Columns::of(notices)
        .text(|notice| notice.kind.name().to_owned())
        .text(|notice| notice.about.clone())
        .text(|notice| notice.title.clone())
        .text(|notice| notice.body.clone())
        .text(|notice| notice.path.clone())
        .done();
    if set.is_empty() {
        return Ok(());
    }
    let sql = "insert into web_push_notice (device, kind, about, state, reason, title, body, path, attempts, next_at,
            leased_until, made_at, seen_at)
        select $6, column1, column2, $7, '', column3, column4, column5, 0, $8, 0, $9, $9 from {rows} where true
        on conflict (device, kind, about) do update set seen_at = excluded.seen_at";
    let state = if next_at.is_some() { "ready" } else { "known" };
    let row = params![id.0, state, next_at.map_or(0, |at| at.0), now.0];
    tx.run_all(vec![Statement::over(sql, set, row)]).await.map(drop)
}

/// Notices that may leave now.
pub async fn waiting(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    let sql = "select device, kind, about, title, body, path, attempts from web_push_notice
        where state in ('ready', 'handing') and next_at <= $1 and leased_until <= $1 order by next_at limit $2";
    let read = |row: &Row| {
        let text = |name: &str| row.text(name).map(str::to_owned);
        Ok(Waiting {
            device: PushDeviceId(row.int("device")?),
            kind: text("kind")?,
            about: text("about")?,
            title: text("title")?,
            body: text("body")?,
            path: text("path")?,
            attempts: row.int("attempts")?,
        })
    };
    db.query(sql, params![now.0, limit]).await?.iter().map(read).collect()
}

/// Takes a notice in hand until `until`; false when somebody else has it or it is done.
pub async fn take(
    tx: &mut Tx,
    of: &Waiting,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update web_push_notice set state = 'handing', leased_until = $5, attempts = attempts + 1
        where device = $1 and kind = $2 and about = $3 and state in ('ready', 'handing') and leased_until <= $4
            and attempts = $6";
    let row = params![of.device.0, &of.kind, &of.about, now.0, until.0, of.attempts];
    Ok(tx.execute(sql, row).await? == 1)
}

/// A notice is done: `sent`, `failed` or `withheld`. Its words go; that it was is kept, so that it comes once.
pub async fn done(
    tx: &mut Tx,
    of: &Waiting,
    (state, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "update web_push_notice set state = $4, reason = $5, title = '', body = '', sent_at = $6
        where device = $1 and kind = $2 and about = $3";
    let row = params![of.device.0, &of.kind, &of.about, state, reason, now.0];
    tx.execute(sql, row).await.map(drop)
}

/// A notice leaves later.
pub async fn later(tx: &mut Tx, of: &Waiting, next_at: Timestamp) -> Result<(), StoreError> {
    let sql = "update web_push_notice set state = 'ready', next_at = $4, leased_until = 0
        where device = $1 and kind = $2 and about = $3";
    tx.execute(sql, params![of.device.0, &of.kind, &of.about, next_at.0]).await.map(drop)
}

/// How many notices of a kind a browser got since `since`.
pub async fn sent_since(
    tx: &mut Tx,
    id: PushDeviceId,
    kind: &str,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "select count(*) as n from web_push_notice
        where device = $1 and kind = $2 and state = 'sent' and sent_at > $3";
    let rows = tx.query(sql, params![id.0, kind, since.0]).await?;
    rows.first().map_or(Ok(0), |row| row.int("n"))
}

/// Forgets notices that are done and that were not found to be so since `before`; answers how many.
pub async fn forget(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let sql =
        "delete from web_push_notice where seen_at < $1 and state not in ('ready', 'handing')";
    db.execute(sql, params![before.0]).await
}

fn device(row: &Row) -> Result<Device, StoreError> {
    Ok(Device {
        id: PushDeviceId(row.int("device")?),
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
        brand: BrandId(row.int("brand")?),
        endpoint: row.text("endpoint")?.to_owned(),
        endpoint_hash: row.bytes("endpoint_hash")?.to_vec(),
        public_key: row.bytes("public_key")?.to_vec(),
        auth: row.bytes("auth")?.to_vec(),
        name: row.text("name")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
    })
}
